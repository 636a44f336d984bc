/* SPDX-License-Identifier: MIT
 *
 * The table `names`: who is registered. It is read from the processes, each of which knows its
 * name, so that nobody who registers or looks up a name waits for an observer.
 *
 * Server thread only.
 */
#include "protocol/answer.h"
#include "protocol/schema.h"
#include "runtime/export/runtime-source.h"

#include <string.h>

struct reading
{
  struct grove_selection *selection;
  /* Text that is made, not found: of one row, and two are compared at a time. */
  char     pid[2][GROVE_PID_TEXT_SIZE];
  unsigned next;
};

static void
name_value (const void *row, uint32_t column, void *user_data, struct grove_value *ret)
{
  const struct grove_process_sample *sample = row;
  struct reading                    *reading = user_data;

  ret->type = grove_schema_tables[GROVE_TABLE_NAMES].columns[column].type;
  switch ((enum grove_names_column) column)
    {
    case GROVE_COLUMN_NAMES_NAME:
      ret->u.text = sample->name;
      break;
    case GROVE_COLUMN_NAMES_PID:
      {
        char *text = reading->pid[reading->next++ % 2];

        grove_pid_print (sample->pid, text);
        ret->u.text = text;
        break;
      }
    case GROVE_COLUMN_NAMES_STATUS:
      ret->u.text = _grove_status_name (sample->status);
      break;
    case GROVE_COLUMN_NAMES_APP:
      ret->u.text = _grove_application_name (sample->group);
      break;
    case GROVE_COLUMN_NAMES_INITIAL:
      ret->u.text = sample->initial;
      break;
    case GROVE_COLUMN_NAMES_MESSAGES:
      ret->u.integer = (int64_t) sample->n_messages;
      break;
    case GROVE_COLUMN_NAMES_MEMORY:
      ret->u.integer = (int64_t) sample->memory_bytes;
      break;
    case GROVE_COLUMN_NAMES_STARTED_NS:
    case GROVE_N_COLUMNS_NAMES:
    default:
      ret->u.integer = (int64_t) sample->started_ns;
      break;
    }
}

static int
compare_names (const void *a, const void *b)
{
  return strcmp (((const struct grove_process_sample *) a)->name,
                 ((const struct grove_process_sample *) b)->name);
}

static bool
offer (const struct grove_process_sample *sample, uint32_t slot, void *user_data)
{
  struct reading *reading = user_data;

  if (sample->name[0] != '\0' && sample->status != GROVE_STATUS_EXITING)
    grove_selection_offer (reading->selection, sample);
  return true;
}

/* A name may go from one process to another while the table is read; it is then shown once. */
static bool
is_repeated (const void *const *window, size_t i)
{
  return i > 0 && compare_names (window[i - 1], window[i]) == 0;
}

void
_grove_source_name_table (struct grove_runtime_source    *self,
                          const struct grove_table_query *query,
                          struct grove_rows              *rows)
{
  struct reading reading = { .next = 0 };
  const void   **window;
  size_t         n;

  reading.selection = grove_selection_new (query, sizeof (struct grove_process_sample), name_value,
                                           compare_names, &reading);
  _grove_observe_scan (offer, &reading);
  n = grove_selection_window (reading.selection, &window);
  for (size_t i = 0; i < n; i++)
    if (!is_repeated (window, i))
      grove_answer_row (rows, query, ((const struct grove_process_sample *) window[i])->name,
                        window[i], name_value, &reading);
  grove_selection_tell_anchor (reading.selection, rows);
  grove_rows_done (rows, grove_selection_total (reading.selection),
                   grove_selection_matched (reading.selection), grove_now_ns ());
  grove_selection_free (reading.selection);
}
