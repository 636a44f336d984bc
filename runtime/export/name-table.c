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
  const struct grove_table_query *query;
  struct grove_selection         *selection;
  uint64_t                        total;
  /* Text that is made, not found: of one row, and two are compared at a time. */
  char     pid[2][GROVE_PID_TEXT_SIZE];
  unsigned next;
};

/* What the selection keeps of each: enough to put it in order. There may be a million. */
struct entry
{
  uint64_t           prefix; /* of the name, as a number that orders as it does */
  const char        *name;
  grove_pid          pid;
  struct grove_value values[]; /* of the columns that are sorted by */
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

static size_t
entry_size (const struct grove_table_query *query)
{
  return sizeof (struct entry) + query->n_sort * sizeof (struct grove_value);
}

/* Of the key, or a column that is sorted by. */
static void
entry_value (const void *row, uint32_t column, void *user_data, struct grove_value *ret)
{
  const struct entry   *entry = row;
  const struct reading *reading = user_data;

  *ret = (struct grove_value){ GROVE_COLUMN_TEXT, { .text = entry->name } };
  for (size_t i = 0; i < reading->query->n_sort && column != GROVE_COLUMN_NAMES_NAME; i++)
    if (reading->query->sort[i].column == column)
      *ret = entry->values[i];
}

static int
compare_names (const void *a, const void *b)
{
  const struct entry *ea = a, *eb = b;

  if (ea->prefix != eb->prefix)
    return ea->prefix < eb->prefix ? -1 : 1;
  return strcmp (ea->name, eb->name);
}

static uint64_t
prefix_of (const char *name)
{
  uint64_t prefix = 0;

  for (unsigned i = 0; i < 8 && name[i] != '\0'; i++)
    prefix |= (uint64_t) (uint8_t) name[i] << (56 - 8 * i);
  return prefix;
}

static bool
offer (const struct grove_process_sample *sample, uint32_t slot, void *user_data)
{
  struct reading *reading = user_data;
  union
  {
    struct entry entry;
    char         room[sizeof (struct entry) + GROVE_SORT_KEYS * sizeof (struct grove_value)];
  } row;

  if (sample->name[0] == '\0' || sample->status == GROVE_STATUS_EXITING)
    return true;
  reading->total++;
  if (reading->query->keys == NULL &&
      !grove_filter_accepts (reading->query->filter, sample, name_value, reading))
    return true;
  row.entry.prefix = prefix_of (sample->name);
  row.entry.name = sample->name;
  row.entry.pid = sample->pid;
  for (size_t i = 0; i < reading->query->n_sort; i++)
    {
      struct grove_value value;

      name_value (sample, reading->query->sort[i].column, reading, &value);
      /* The text of a pid is gone with the next: pids are in the order of their numbers. */
      if (reading->query->sort[i].column == GROVE_COLUMN_NAMES_PID)
        value =
          (struct grove_value){ GROVE_COLUMN_INT, { .integer = (int64_t) (uint32_t) sample->pid } };
      row.entry.values[i] = value;
    }
  grove_selection_offer (reading->selection, &row);
  return true;
}

/* A name may go from one process to another while the table is read; it is then shown once. */
static bool
is_repeated (const void *const *window, size_t i)
{
  for (size_t j = 0; j < i; j++)
    if (compare_names (window[j], window[i]) == 0)
      return true;
  return false;
}

static void
write_names (struct reading *reading, struct grove_rows *rows)
{
  const void **window;
  const size_t n = grove_selection_window (reading->selection, &window);

  for (size_t i = 0; i < n; i++)
    {
      const struct entry         *entry = window[i];
      struct grove_process_sample sample;

      /* One that has ended, or given its name up, meanwhile. */
      if (is_repeated (window, i) || !_grove_observe_process (entry->pid, &sample) ||
          sample.name != entry->name)
        continue;
      grove_answer_row (rows, reading->query, sample.name, &sample, name_value, reading);
    }
}

void
_grove_source_name_table (struct grove_runtime_source    *self,
                          const struct grove_table_query *query,
                          struct grove_rows              *rows)
{
  struct reading           reading = { .query = query };
  struct grove_table_query order = *query;

  /* The filter is asked here, of all columns. */
  order.filter = NULL;
  reading.selection =
    grove_selection_new (&order, entry_size (query), entry_value, compare_names, &reading);
  _grove_observe_scan (offer, &reading);
  write_names (&reading, rows);
  grove_selection_tell_anchor (reading.selection, rows);
  grove_rows_done (rows, reading.total, grove_selection_matched (reading.selection),
                   grove_now_ns ());
  grove_selection_free (reading.selection);
}
