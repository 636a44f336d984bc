/* SPDX-License-Identifier: MIT
 *
 * Crashes: the table of the last ones, and crash.get, which has all of one. What the core keeps is
 * copied once, when somebody first looks, and given its names here, on this thread; what followed
 * is asked each time, for it may yet come.
 *
 * Server thread only.
 */
#include "protocol/answer.h"
#include "protocol/schema.h"
#include "runtime/export/runtime-source.h"
#include "runtime/otp/aftermath.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A crash as the core told of it, and what is found out about it later. */
struct grove_seen_crash
{
  struct grove_crash crash; /* seq 0: none */
  const char        *app;
};

struct row
{
  const struct grove_seen_crash *seen;
  const char                    *outcome;
  struct grove_aftermath         aftermath;
};

struct reading
{
  struct grove_runtime_source *source;
  uint64_t                     first; /* number of the first row */
  struct row                   row;
  char                         text[4][GROVE_PID_TEXT_SIZE];
  unsigned                     next;
};

/* ---- What is kept ------------------------------------------------------------------------------
 */

/* NULL: there is no such crash (any more). */
static const struct grove_seen_crash *
see (struct grove_runtime_source *self, uint64_t seq)
{
  struct grove_seen_crash *seen;

  if (!self->crashes)
    self->crashes = calloc (GROVE_CRASHES, sizeof *self->crashes);
  if (!self->crashes)
    abort ();
  seen = &self->crashes[seq % GROVE_CRASHES];
  if (seen->crash.seq == seq)
    return seq ? seen : NULL;
  if (!_grove_observe_crash (seq, &seen->crash))
    {
      seen->crash.seq = 0;
      return NULL;
    }
  seen->app = _grove_application_name (seen->crash.group);
  return seen;
}

const char *
_grove_source_crash_reason (struct grove_runtime_source *self, grove_pid pid)
{
  const uint64_t last = _grove_observe_crashes ();

  for (uint64_t seq = last; seq > 0 && last - seq < GROVE_CRASHES; seq--)
    {
      const struct grove_seen_crash *seen = see (self, seq);

      if (seen && seen->crash.pid == pid)
        return seen->crash.reason;
    }
  return "";
}

void
_grove_source_forget_crashes (struct grove_runtime_source *self)
{
  free (self->crashes);
  self->crashes = NULL;
}

/* ---- What followed -----------------------------------------------------------------------------
 */

/* In this order: a supervisor says what it does before the child leaves its place. */
static const char *
find_outcome (const struct grove_crash *crash, struct grove_aftermath *ret_aftermath)
{
  grove_pid supervisor;

  *ret_aftermath = (struct grove_aftermath){ .supervisor = 0 };
  if (_grove_supervision_find (crash->pid, &supervisor, NULL))
    {
      ret_aftermath->supervisor = supervisor;
      return "pending";
    }
  if (!_grove_aftermath_find (crash->pid, ret_aftermath))
    return crash->crashed_ns < _grove_aftermath_since_ns () ? "" : "none";
  switch (ret_aftermath->outcome)
    {
    case GROVE_OUTCOME_RESTARTED:
      return "restarted";
    case GROVE_OUTCOME_LEFT:
      return "left";
    case GROVE_OUTCOME_GAVE_UP:
      return "gave_up";
    case GROVE_OUTCOME_PENDING:
      break;
    }
  return "pending";
}

static int64_t
after_ns (const struct grove_crash *crash, const struct grove_aftermath *aftermath)
{
  return aftermath->at_ns > crash->crashed_ns ? (int64_t) (aftermath->at_ns - crash->crashed_ns)
                                              : 0;
}

/* ---- The table ---------------------------------------------------------------------------------
 */

static const char *
pid_text (struct reading *reading, grove_pid pid)
{
  char *text = reading->text[reading->next++ % 4];

  if (!pid)
    return "";
  grove_pid_print (pid, text);
  return text;
}

static const struct grove_frame *
frame_of (const struct grove_crash *crash)
{
  static const struct grove_frame none = { .function = "", .file = "" };

  return crash->n_frames > 0 ? &crash->frames[0] : &none;
}

static void
crash_value (const void *row_data, uint32_t column, void *user_data, struct grove_value *ret)
{
  const struct row         *row = row_data;
  const struct grove_crash *crash = &row->seen->crash;
  struct reading           *reading = user_data;

  ret->type = grove_schema_tables[GROVE_TABLE_CRASHES].columns[column].type;
  switch ((enum grove_crashes_column) column)
    {
    case GROVE_COLUMN_CRASHES_SEQ:
      ret->u.integer = (int64_t) crash->seq;
      break;
    case GROVE_COLUMN_CRASHES_AT_NS:
      ret->u.integer = (int64_t) crash->crashed_ns;
      break;
    case GROVE_COLUMN_CRASHES_PID:
      ret->u.text = pid_text (reading, crash->pid);
      break;
    case GROVE_COLUMN_CRASHES_NAME:
      ret->u.text = crash->name[0] ? crash->name : crash->label;
      break;
    case GROVE_COLUMN_CRASHES_APP:
      ret->u.text = row->seen->app;
      break;
    case GROVE_COLUMN_CRASHES_INITIAL:
      ret->u.text = crash->initial;
      break;
    case GROVE_COLUMN_CRASHES_REASON:
      ret->u.text = crash->reason;
      break;
    case GROVE_COLUMN_CRASHES_FUNCTION:
      ret->u.text = frame_of (crash)->function;
      break;
    case GROVE_COLUMN_CRASHES_FILE:
      ret->u.text = frame_of (crash)->file;
      break;
    case GROVE_COLUMN_CRASHES_LINE:
      ret->u.integer = frame_of (crash)->line;
      break;
    case GROVE_COLUMN_CRASHES_MESSAGES:
      ret->u.integer = (int64_t) crash->n_messages;
      break;
    case GROVE_COLUMN_CRASHES_HEAP:
      ret->u.integer = (int64_t) crash->heap_bytes;
      break;
    case GROVE_COLUMN_CRASHES_LIVED_NS:
      ret->u.integer = (int64_t) (crash->crashed_ns - crash->started_ns);
      break;
    case GROVE_COLUMN_CRASHES_OUTCOME:
      ret->u.text = row->outcome;
      break;
    case GROVE_COLUMN_CRASHES_SUPERVISOR:
      ret->u.text = pid_text (reading, row->aftermath.supervisor);
      break;
    case GROVE_COLUMN_CRASHES_SUCCESSOR:
      ret->u.text = pid_text (reading, row->aftermath.successor);
      break;
    case GROVE_COLUMN_CRASHES_AFTER_NS:
      ret->u.integer = after_ns (crash, &row->aftermath);
      break;
    case GROVE_COLUMN_CRASHES_RESTARTS:
    case GROVE_N_COLUMNS_CRASHES:
    default:
      ret->u.integer = row->aftermath.restarts;
      break;
    }
}

struct rows
{
  struct reading reading;
  size_t         n;
  struct row     rows[GROVE_CRASHES];
};

static const void *
numbered_row (size_t i, void *user_data)
{
  return &((struct rows *) user_data)->rows[i];
}

static uint64_t
numbered_number (size_t i, void *user_data)
{
  return ((struct rows *) user_data)->rows[i].seen->crash.seq;
}

static void
numbered_value (const void *row, uint32_t column, void *user_data, struct grove_value *ret)
{
  crash_value (row, column, &((struct rows *) user_data)->reading, ret);
}

void
_grove_source_crash_table (struct grove_runtime_source    *self,
                           const struct grove_table_query *query,
                           struct grove_rows              *rows)
{
  const uint64_t        last = _grove_observe_crashes ();
  struct rows          *all = calloc (1, sizeof *all);
  struct grove_numbered numbered = {
    .last = last,
    .row = numbered_row,
    .number = numbered_number,
    .value = numbered_value,
    .user_data = all,
  };

  if (!all)
    abort ();
  for (uint64_t seq = last > GROVE_CRASHES ? last - GROVE_CRASHES + 1 : 1; seq <= last; seq++)
    {
      struct row *row = &all->rows[all->n];

      /* One may have been overwritten since. */
      row->seen = see (self, seq);
      if (!row->seen)
        continue;
      row->outcome = find_outcome (&row->seen->crash, &row->aftermath);
      all->n++;
    }
  numbered.n = all->n;
  grove_answer_numbered (rows, query, &numbered, grove_now_ns ());
  free (all);
}

/* ---- One crash ---------------------------------------------------------------------------------
 */

static void
write_member_pid (struct grove_writer *writer, const char *name, grove_pid pid)
{
  char text[GROVE_PID_TEXT_SIZE] = "";

  if (pid)
    grove_pid_print (pid, text);
  grove_writer_member_text (writer, name, text);
}

static void
write_term (
  struct grove_writer *writer, const char *name, const char *text, uint64_t size, bool truncated)
{
  grove_writer_name (writer, name);
  grove_writer_begin_object (writer);
  grove_writer_member_text (writer, "text", text);
  grove_writer_member_int (writer, "size", (int64_t) size);
  grove_writer_member_bool (writer, "truncated", truncated);
  grove_writer_end_object (writer);
}

static void
write_pids (struct grove_writer *writer, const char *name, const grove_pid *pids, size_t n)
{
  grove_writer_name (writer, name);
  grove_writer_begin_array (writer);
  for (size_t i = 0; i < n; i++)
    _grove_write_process (writer, pids[i]);
  grove_writer_end_array (writer);
}

static void
write_frames (struct grove_writer *writer, const struct grove_crash *crash)
{
  grove_writer_name (writer, "frames");
  grove_writer_begin_array (writer);
  for (uint32_t i = 0; i < crash->n_frames; i++)
    {
      grove_writer_begin_object (writer);
      grove_writer_member_text (writer, "function", crash->frames[i].function);
      grove_writer_member_text (writer, "file", crash->frames[i].file);
      grove_writer_member_int (writer, "line", crash->frames[i].line);
      grove_writer_end_object (writer);
    }
  grove_writer_end_array (writer);
  grove_writer_member_bool (writer, "frames_cut", crash->frames_cut);
}

static void
write_message (struct grove_writer *writer, const struct grove_crash *crash)
{
  grove_writer_name (writer, "message");
  if (crash->message[0] == '\0')
    {
      grove_writer_null (writer);
      return;
    }
  grove_writer_begin_object (writer);
  write_member_pid (writer, "from", crash->message_sender);
  write_term (writer, "term", crash->message, crash->message_size, crash->message_cut);
  grove_writer_end_object (writer);
}

/* What the process was told and knew. */
static void
write_payloads (struct grove_writer *writer, const struct grove_crash *crash, bool hide)
{
  struct grove_crash_pair pairs[GROVE_CRASH_PAIRS];
  uint32_t                n = 0, total = 0;

  (void) _grove_observe_crash_dictionary (crash->seq, pairs, &n, &total);
  if (hide)
    {
      grove_writer_name (writer, "message");
      grove_writer_null (writer);
      n = 0;
    }
  else
    write_message (writer, crash);
  grove_writer_member_int (writer, "n_dictionary", total);
  grove_writer_name (writer, "dictionary");
  grove_writer_begin_array (writer);
  for (uint32_t i = 0; i < n; i++)
    {
      grove_writer_begin_object (writer);
      write_term (writer, "key", pairs[i].key, pairs[i].key_size, pairs[i].key_cut);
      write_term (writer, "value", pairs[i].value, pairs[i].value_size, pairs[i].value_cut);
      grove_writer_end_object (writer);
    }
  grove_writer_end_array (writer);
  grove_writer_member_bool (writer, "hidden", hide);
}

static void
write_after (struct grove_writer *writer, const struct grove_crash *crash)
{
  struct grove_aftermath aftermath;
  const char            *outcome = find_outcome (crash, &aftermath);

  grove_writer_name (writer, "after");
  grove_writer_begin_object (writer);
  grove_writer_member_text (writer, "outcome", outcome);
  grove_writer_name (writer, "supervisor");
  _grove_write_process (writer, aftermath.supervisor);
  grove_writer_name (writer, "successor");
  _grove_write_process (writer, aftermath.successor);
  grove_writer_member_int (writer, "after_ns", after_ns (crash, &aftermath));
  grove_writer_member_int (writer, "restarts", aftermath.restarts);
  grove_writer_end_object (writer);
}

static void
write_crash (struct grove_writer *writer, const struct grove_seen_crash *seen, bool hide_payloads)
{
  const struct grove_crash *crash = &seen->crash;

  grove_writer_begin_object (writer);
  grove_writer_member_int (writer, "seq", (int64_t) crash->seq);
  grove_writer_member_int (writer, "at_ns", (int64_t) crash->crashed_ns);
  write_member_pid (writer, "pid", crash->pid);
  grove_writer_member_text (writer, "name", crash->name);
  grove_writer_member_text (writer, "label", crash->label);
  grove_writer_member_text (writer, "initial_call", crash->initial);
  grove_writer_member_text (writer, "app", seen->app);
  write_member_pid (writer, "parent", crash->parent);
  grove_writer_member_int (writer, "started_ns", (int64_t) crash->started_ns);
  write_term (writer, "reason", crash->reason, crash->reason_size, crash->reason_cut);
  grove_writer_member_bool (writer, "in_release", crash->in_release);
  grove_writer_member_int (writer, "messages", (int64_t) crash->n_messages);
  grove_writer_member_int (writer, "heap_bytes", (int64_t) crash->heap_bytes);
  grove_writer_member_int (writer, "reductions", (int64_t) crash->reductions);
  grove_writer_member_int (writer, "n_links", crash->n_links);
  write_pids (writer, "links", crash->links,
              crash->n_links < GROVE_CRASH_LINKS ? crash->n_links : GROVE_CRASH_LINKS);
  write_pids (writer, "ancestors", crash->ancestors, crash->n_ancestors);
  write_frames (writer, crash);
  write_payloads (writer, crash, hide_payloads);
  write_after (writer, crash);
  grove_writer_end_object (writer);
}

void
_grove_source_crash_get (void *source, struct grove_call *call, uint64_t seq, bool hide_payloads)
{
  const struct grove_seen_crash *seen = see (source, seq);
  const uint64_t                 last = _grove_observe_crashes ();

  if (seen && seen->crash.seq + GROVE_CRASHES > last)
    {
      write_crash (grove_call_begin (call), seen, hide_payloads);
      grove_call_end (call);
    }
  else if (last == 0)
    grove_call_fail (call, GROVE_ERROR_INVALID_PARAMS, NULL, "nothing has crashed");
  else
    grove_call_fail (call, GROVE_ERROR_INVALID_PARAMS, NULL,
                     "\"seq\" is %" PRIu64 "; the crashes that are kept are %" PRIu64
                     " to %" PRIu64,
                     seq, last > GROVE_CRASHES ? last - GROVE_CRASHES + 1 : 1, last);
}
