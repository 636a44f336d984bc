/* SPDX-License-Identifier: MIT
 *
 * The table `processes`: its columns, their values, and a window of it in one scan of the process
 * table. Rates are differences between two looks at the same process at least 0.9 s apart; the
 * earlier look is kept by table slot, in 24 bytes, only for processes somebody looked at.
 *
 * Server thread only.
 */
#include "protocol/query.h"
#include "protocol/schema.h"
#include "runtime/export/runtime-source.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum column
{
  COLUMN_PID,
  COLUMN_NAME,
  COLUMN_STATUS,
  COLUMN_MESSAGES,
  COLUMN_MESSAGES_IN_S,
  COLUMN_MAILBOX_BYTES,
  COLUMN_REDUCTIONS,
  COLUMN_REDUCTIONS_S,
  COLUMN_MEMORY,
  COLUMN_HEAP,
  COLUMN_STACK,
  COLUMN_PRIORITY,
  COLUMN_INITIAL,
  COLUMN_CURRENT,
  COLUMN_APP,
  COLUMN_SUPERVISOR,
  COLUMN_RESTARTS,
  COLUMN_STARTED,
  COLUMN_SCHEDULER,
  COLUMN_LINKS,
  COLUMN_TRAP_EXIT,
  COLUMN_SYSTEM,
  COLUMN_AGE,
  N_COLUMNS,
};

_Static_assert((int) N_COLUMNS == (int) GROVE_N_COLUMNS_PROCESSES, "they are the schema's");

/* The earlier look at the process in a slot. Counters are kept in their low 32 bits: what passes
 * between two looks a second apart is far less. */
struct grove_rate
{
  uint32_t generation; /* plus 1: 0 is none */
  uint32_t at_ms;
  uint32_t reductions, received;
  float    reductions_s, received_s;
};

/* What reading values needs beside the row, which is the sample of a process. */
struct reading
{
  struct grove_runtime_source *source;
  uint64_t                     now_ns;
  /* Text that is made, not found: a few, in turn, since two rows are compared at a time. */
  char     text[4][GROVE_PID_TEXT_SIZE];
  unsigned next_text;
};

#define RATE_SPAN_MS 900

static struct grove_rate *
rate_of (struct reading *reading, const struct grove_process_sample *sample)
{
  struct grove_runtime_source *source = reading->source;
  const uint32_t               slot = (uint32_t) sample->pid;

  if (!source->rates)
    {
      source->n_rates = _grove_observe_capacity ();
      source->rates = mmap (NULL, source->n_rates * sizeof *source->rates, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
      if (source->rates == MAP_FAILED)
        source->rates = NULL;
    }
  if (!source->rates || slot >= source->n_rates)
    return NULL;

  struct grove_rate *rate = &source->rates[slot];
  const uint32_t     generation = (uint32_t) (sample->pid >> 32) + 1;
  const uint32_t     now_ms = (uint32_t) (reading->now_ns / 1000000);
  const uint32_t     reductions = (uint32_t) sample->reductions;
  const uint32_t     received = (uint32_t) sample->n_received;
  const uint32_t     passed_ms = now_ms - rate->at_ms;

  if (rate->generation != generation)
    *rate = (struct grove_rate){ generation, now_ms, reductions, received, 0, 0 };
  else if (passed_ms >= RATE_SPAN_MS)
    {
      rate->reductions_s = (float) (uint32_t) (reductions - rate->reductions) * 1000.0f / passed_ms;
      rate->received_s = (float) (uint32_t) (received - rate->received) * 1000.0f / passed_ms;
      rate->at_ms = now_ms;
      rate->reductions = reductions;
      rate->received = received;
    }
  return rate;
}

void
_grove_source_forget_rates (struct grove_runtime_source *self)
{
  if (self->rates)
    munmap (self->rates, self->n_rates * sizeof *self->rates);
  self->rates = NULL;
}

static const char *
pid_text (struct reading *reading, grove_pid pid)
{
  char *text = reading->text[reading->next_text++ % 4];

  if (!pid)
    return "";
  grove_pid_print (pid, text);
  return text;
}

static void
row_value (const void *row_data, uint32_t column, void *user_data, struct grove_value *ret)
{
  const struct grove_process_sample *sample = row_data;
  struct reading                    *reading = user_data;
  struct grove_supervision_node      node;
  struct grove_frame                 where;
  grove_pid                          parent;

  ret->type = grove_schema_tables[GROVE_TABLE_PROCESSES].columns[column].type;
  switch ((enum column) column)
    {
    case COLUMN_PID:
      ret->u.text = pid_text (reading, sample->pid);
      break;
    case COLUMN_NAME:
      ret->u.text = _grove_sample_name (sample);
      break;
    case COLUMN_STATUS:
      ret->u.text = _grove_status_name (sample->status);
      break;
    case COLUMN_MESSAGES:
      ret->u.integer = (int64_t) sample->n_messages;
      break;
    case COLUMN_MESSAGES_IN_S:
    case COLUMN_REDUCTIONS_S:
      {
        const struct grove_rate *rate = rate_of (reading, sample);

        if (!rate)
          ret->u.real = 0;
        else
          ret->u.real = column == COLUMN_REDUCTIONS_S ? rate->reductions_s : rate->received_s;
        break;
      }
    case COLUMN_MAILBOX_BYTES:
      ret->u.integer = (int64_t) sample->mailbox_bytes;
      break;
    case COLUMN_REDUCTIONS:
      ret->u.integer = (int64_t) sample->reductions;
      break;
    case COLUMN_MEMORY:
      ret->u.integer = (int64_t) sample->memory_bytes;
      break;
    case COLUMN_HEAP:
      ret->u.integer = (int64_t) sample->heap_bytes;
      break;
    case COLUMN_STACK:
      ret->u.integer = (int64_t) sample->stack_bytes;
      break;
    case COLUMN_PRIORITY:
      ret->u.text = _grove_priority_name (sample->priority);
      break;
    case COLUMN_INITIAL:
      ret->u.text = sample->initial;
      break;
    case COLUMN_CURRENT:
      _grove_observe_where (sample, &where);
      ret->u.text = where.function;
      break;
    case COLUMN_APP:
      ret->u.text = _grove_application_name (sample->group);
      break;
    case COLUMN_SUPERVISOR:
      if (!_grove_supervision_find (sample->pid, &parent, &node))
        parent = 0;
      ret->u.text = pid_text (reading, parent);
      break;
    case COLUMN_RESTARTS:
      ret->u.integer = _grove_supervision_find (sample->pid, &parent, &node) ? node.restarts : 0;
      break;
    case COLUMN_STARTED:
      ret->u.integer = (int64_t) sample->started_ns;
      break;
    case COLUMN_SCHEDULER:
      ret->u.integer = sample->scheduler;
      break;
    case COLUMN_LINKS:
      ret->u.integer = sample->n_links;
      break;
    case COLUMN_TRAP_EXIT:
      ret->u.integer = sample->trap_exit;
      break;
    case COLUMN_SYSTEM:
      ret->u.integer = sample->system;
      break;
    case COLUMN_AGE:
      /* One that was spawned after the clock was read is new, not of the future. */
      ret->u.integer =
        (int64_t) (reading->now_ns > sample->started_ns ? reading->now_ns - sample->started_ns : 0);
      break;
    case N_COLUMNS:
    default:
      *ret = (struct grove_value){ GROVE_COLUMN_INT, { 0 } };
      break;
    }
}

/* Pids in the order they are read: by index, then by generation. */
static int
compare_keys (const void *a, const void *b)
{
  const grove_pid x = ((const struct grove_process_sample *) a)->pid;
  const grove_pid y = ((const struct grove_process_sample *) b)->pid;

  if ((uint32_t) x != (uint32_t) y)
    return (uint32_t) x < (uint32_t) y ? -1 : 1;
  return x < y ? -1 : x > y;
}

static bool
offer (const struct grove_process_sample *sample, uint32_t slot, void *selection)
{
  grove_selection_offer (selection, sample);
  return true;
}

static int
compare_pids (const void *a, const void *b)
{
  const grove_pid x = *(const grove_pid *) a, y = *(const grove_pid *) b;

  return x < y ? -1 : x > y;
}

/* A filter that names its processes (a tree's visible rows, an inspector) needs no scan. */
static bool
offer_named (struct grove_selection *selection, const struct grove_filter *filter)
{
  grove_pid                   pids[GROVE_FILTER_MAX_VALUES];
  const char *const          *names;
  const size_t                n_names = grove_filter_keys (filter, &names);
  size_t                      n = 0;
  struct grove_process_sample sample;

  if (n_names == 0)
    return false;
  for (size_t i = 0; i < n_names && n < GROVE_FILTER_MAX_VALUES; i++)
    n += grove_pid_parse (names[i], strlen (names[i]), &pids[n]);
  /* Sorted, so that one that is named twice is offered once. */
  qsort (pids, n, sizeof pids[0], compare_pids);
  for (size_t i = 0; i < n; i++)
    if ((i == 0 || pids[i] != pids[i - 1]) && _grove_observe_process (pids[i], &sample))
      grove_selection_offer (selection, &sample);
  return true;
}

static void
write_value (struct grove_writer *writer, const struct grove_value *value)
{
  switch (value->type)
    {
    case GROVE_COLUMN_INT:
      grove_writer_int (writer, value->u.integer);
      break;
    case GROVE_COLUMN_REAL:
      /* Whole numbers for what changes all the time: half a reduction is no news. */
      grove_writer_real (writer, value->u.real < 10 ? round (value->u.real * 10) / 10
                                                    : round (value->u.real));
      break;
    case GROVE_COLUMN_TEXT:
      grove_writer_text (writer, value->u.text);
      break;
    case GROVE_COLUMN_BOOL:
    default:
      grove_writer_bool (writer, value->u.integer != 0);
      break;
    }
}

void
_grove_source_process_table (struct grove_runtime_source    *self,
                             const struct grove_table_query *query,
                             struct grove_rows              *rows)
{
  struct reading              reading = { .source = self, .now_ns = grove_now_ns () };
  struct grove_runtime_sample runtime;
  const void                **window;
  struct grove_selection     *selection =
    grove_selection_new (query, sizeof (struct grove_process_sample), row_value, compare_keys,
                         &reading);

  if (!offer_named (selection, query->filter))
    _grove_observe_scan (offer, selection);

  const size_t n = grove_selection_window (selection, &window);

  for (size_t i = 0; i < n; i++)
    {
      char                 key[GROVE_PID_TEXT_SIZE];
      struct grove_writer *writer;
      struct grove_value   value;

      grove_pid_print (((const struct grove_process_sample *) window[i])->pid, key);
      writer = grove_rows_begin (rows, key);
      for (size_t c = 0; c < query->n_columns; c++)
        {
          row_value (window[i], query->columns[c], &reading, &value);
          write_value (writer, &value);
        }
      grove_rows_end (rows);
    }

  _grove_observe_counts (&runtime, NULL, 0);
  grove_rows_done (rows, runtime.n_processes, grove_selection_matched (selection), reading.now_ns);
  grove_selection_free (selection);
}

void
_grove_source_tree_metrics (
  void *self, uint32_t column, const char *const *pids, size_t n, double *values)
{
  struct reading              reading = { .source = self, .now_ns = grove_now_ns () };
  struct grove_process_sample sample;
  struct grove_value          value;
  grove_pid                   pid;

  for (size_t i = 0; i < n; i++)
    {
      values[i] = NAN;
      if (!grove_pid_parse (pids[i], strlen (pids[i]), &pid) ||
          !_grove_observe_process (pid, &sample))
        continue;
      row_value (&sample, column, &reading, &value);
      if (column == COLUMN_STATUS)
        values[i] = sample.status;
      else if (value.type == GROVE_COLUMN_REAL)
        values[i] = round (value.u.real);
      else if (value.type != GROVE_COLUMN_TEXT)
        values[i] = (double) value.u.integer;
    }
}
