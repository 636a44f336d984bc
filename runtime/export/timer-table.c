/* SPDX-License-Identifier: MIT
 *
 * The table `timers`. Timers belong to the schedulers, so that each is asked, one after the other,
 * for a few at a time; the answer comes when the last of them has told all, or one of them does
 * not.
 *
 * Server thread only, except the completion of a look.
 */
#include "protocol/answer.h"
#include "protocol/schema.h"
#include "runtime/export/runtime-source.h"

#include <stdio.h>
#include <stdlib.h>

/* Of one scheduler: beyond this they are counted, not looked at. */
#define MAX_TIMERS 65536
/* At once: more come when a scheduler does not answer. */
#define MAX_LOOKS   16
#define PATIENCE_NS UINT64_C (2000000000)

struct look
{
  struct grove_pending            pending; /* its rows are those to be answered */
  const struct grove_table_query *query;
  struct grove_selection         *selection;
  unsigned                        n_schedulers;
  uint32_t                        n_seen;           /* of the present scheduler */
  uint64_t                        total, n_skipped; /* of all before it */
  struct grove_timer_look         look;
  /* Text that is made, not found: of one row, and two are compared at a time. */
  char     text[8][256];
  unsigned next;
};

static char *
room (struct look *self)
{
  return self->text[self->next++ % 8];
}

static const char *
ref_text (struct look *self, grove_ref ref)
{
  struct grove_buffer buffer = { 0 };
  char               *text = room (self);

  text[0] = '\0';
  if (grove_build (&buffer, "~r", ref) == GROVE_OK)
    (void) grove_term_print (grove_buffer_term (&buffer), GROVE_SYNTAX_ERLANG, 1, text,
                             sizeof self->text[0], NULL);
  grove_buffer_finish (&buffer);
  return text;
}

static const char *
pid_text (struct look *self, grove_pid pid)
{
  char *text = room (self);

  if (!pid)
    return "";
  grove_pid_print (pid, text);
  return text;
}

static const char *
message_text (struct look *self, const struct grove_timer_sample *sample)
{
  char *text = room (self);

  if (sample->term_size == 0)
    return "";
  (void) grove_term_print ((struct grove_term){ sample->term, sample->term_size },
                           GROVE_SYNTAX_ERLANG, 12, text, sizeof self->text[0], NULL);
  return text;
}

/* Names of processes are interned for the life of the runtime. */
static const char *
name_of (const struct grove_timer_sample *sample)
{
  struct grove_process_sample process;

  if (!sample->to)
    return sample->name;
  return _grove_observe_process (sample->to, &process) ? _grove_sample_name (&process) : "";
}

static void
timer_value (const void *row, uint32_t column, void *user_data, struct grove_value *ret)
{
  const struct grove_timer_sample *sample = row;
  struct look                     *self = user_data;

  ret->type = grove_schema_tables[GROVE_TABLE_TIMERS].columns[column].type;
  switch ((enum grove_timers_column) column)
    {
    case GROVE_COLUMN_TIMERS_REF:
      ret->u.text = ref_text (self, sample->ref);
      break;
    case GROVE_COLUMN_TIMERS_PID:
      ret->u.text = pid_text (self, sample->to);
      break;
    case GROVE_COLUMN_TIMERS_NAME:
      ret->u.text = name_of (sample);
      break;
    case GROVE_COLUMN_TIMERS_KIND:
      ret->u.text = sample->period_ns ? "interval" : "once";
      break;
    case GROVE_COLUMN_TIMERS_DUE_NS:
      ret->u.integer = (int64_t) sample->due_ns;
      break;
    case GROVE_COLUMN_TIMERS_PERIOD_NS:
      ret->u.integer = (int64_t) sample->period_ns;
      break;
    case GROVE_COLUMN_TIMERS_SIZE:
      ret->u.integer = (int64_t) sample->message_size;
      break;
    case GROVE_COLUMN_TIMERS_MESSAGE:
      ret->u.text = message_text (self, sample);
      break;
    case GROVE_COLUMN_TIMERS_SCHEDULER:
    case GROVE_N_COLUMNS_TIMERS:
    default:
      ret->u.integer = sample->scheduler;
      break;
    }
}

static int
compare_refs (const void *a, const void *b)
{
  const grove_ref x = ((const struct grove_timer_sample *) a)->ref;
  const grove_ref y = ((const struct grove_timer_sample *) b)->ref;

  return x < y ? -1 : x > y;
}

/* ---- The answer --------------------------------------------------------------------------------
 */

/* One that was moved while others were looked at may have come twice. */
static bool
is_repeated (const void *const *window, size_t i)
{
  for (size_t j = 0; j < i; j++)
    if (compare_refs (window[j], window[i]) == 0)
      return true;
  return false;
}

static void
answer (struct look *self)
{
  struct grove_rows *rows = self->pending.rows;
  const void       **window;
  const size_t       n = grove_selection_window (self->selection, &window);

  for (size_t i = 0; i < n; i++)
    if (!is_repeated (window, i))
      grove_answer_row (rows, self->query,
                        ref_text (self, ((const struct grove_timer_sample *) window[i])->ref),
                        window[i], timer_value, self);
  grove_selection_tell_anchor (self->selection, rows);
  grove_rows_lost (rows, self->n_skipped, 0);
  grove_rows_done (rows, self->total, grove_selection_matched (self->selection), grove_now_ns ());
}

static void
look_done (void *data)
{
  _grove_pending_came_back (data, GROVE_OK);
}

static void
ask (struct look *self)
{
  self->pending.inspecting = true;
  _grove_observe_timers (&self->look);
}

/* False: that was the last. */
static bool
go_on (struct look *self)
{
  struct grove_timer_look *look = &self->look;

  if (look->next_bucket != UINT32_MAX && self->n_seen < MAX_TIMERS)
    {
      look->bucket = look->next_bucket;
      return true;
    }
  self->total += look->n_timers;
  if (look->next_bucket != UINT32_MAX && look->n_timers > self->n_seen)
    self->n_skipped += look->n_timers - self->n_seen;
  self->n_seen = 0;
  look->bucket = 0;
  return ++look->scheduler < self->n_schedulers;
}

static bool
look_poll (struct grove_pending *pending, uint64_t now_ns)
{
  struct look *self = (struct look *) pending;
  char         message[96];

  if (!pending->inspected)
    {
      if (now_ns < pending->deadline_ns)
        return false;
      snprintf (message, sizeof message,
                "scheduler %u did not answer within 2 s: it is in one call", self->look.scheduler);
      grove_rows_fail (pending->rows, GROVE_ERROR_NOT_REACHED, message);
      return true;
    }
  for (uint32_t i = 0; i < self->look.n; i++)
    grove_selection_offer (self->selection, &self->look.samples[i]);
  self->n_seen += self->look.n;
  if (go_on (self))
    {
      pending->deadline_ns = now_ns + PATIENCE_NS;
      ask (self);
      return false;
    }
  answer (self);
  return true;
}

/* Runs where a look comes back that outlived the export, too: by then nothing counts looks. */
static void
look_free (struct grove_pending *pending)
{
  struct look *self = (struct look *) pending;

  if (!pending->abandoned)
    pending->source->n_timer_looks--;
  grove_selection_free (self->selection);
  free (self);
}

static bool
wants_messages (const struct grove_table_query *query)
{
  if (query->hide_payloads)
    return false;
  for (size_t i = 0; i < query->n_columns; i++)
    if (query->columns[i] == GROVE_COLUMN_TIMERS_MESSAGE)
      return true;
  for (size_t i = 0; i < query->n_sort; i++)
    if (query->sort[i].column == GROVE_COLUMN_TIMERS_MESSAGE)
      return true;
  return query->filter != NULL;
}

void
_grove_source_timer_table (struct grove_runtime_source    *source,
                           const struct grove_table_query *query,
                           struct grove_rows              *rows)
{
  struct grove_runtime_sample runtime;
  struct look                *self;

  if (source->n_timer_looks >= MAX_LOOKS)
    {
      grove_rows_fail (rows, GROVE_ERROR_BUSY, "the timers are being looked at already");
      return;
    }
  self = calloc (1, sizeof *self);
  if (!self)
    abort ();
  _grove_observe_counts (&runtime, NULL, 0);
  source->n_timer_looks++;
  self->n_schedulers = runtime.n_schedulers;
  self->query = query;
  self->selection = grove_selection_new (query, sizeof (struct grove_timer_sample), timer_value,
                                         compare_refs, self);
  self->look.messages = wants_messages (query);
  self->look.done = look_done;
  self->look.user_data = self;
  self->pending = (struct grove_pending){
    .source = source,
    .rows = rows,
    .since_ns = grove_now_ns (),
    .deadline_ns = grove_now_ns () + PATIENCE_NS,
    .poll = look_poll,
    .free = look_free,
  };
  _grove_pending_wait (&self->pending);
  ask (self);
}
