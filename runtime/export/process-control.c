/* SPDX-License-Identifier: MIT
 *
 * Acting on a process: exit signals, restart through its supervisor, priority; each checked first
 * (is it that process, is it one of the runtime's own, does the reason parse), then done, then
 * waited for, so that the answer says what came of it.
 *
 * Server thread only.
 */
#include "runtime/export/runtime-source.h"
#include "runtime/export/terms.h"
#include "runtime/otp/aftermath.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RESTART_WAIT_NS UINT64_C (2000000000)

bool
_grove_source_find_target (struct grove_call           *call,
                           const char                  *pid,
                           const struct grove_expect   *expect,
                           struct grove_process_sample *ret_sample)
{
  if (!_grove_source_find (call, pid, ret_sample))
    return false;

  if (expect && expect->started_ns && expect->started_ns != ret_sample->started_ns)
    {
      grove_call_fail (call, GROVE_ERROR_OTHER_PROCESS, NULL,
                       "%s is another process than the one you meant: it started at another time",
                       pid);
      return false;
    }
  if (expect && expect->name && expect->name[0] && strcmp (expect->name, ret_sample->name) != 0 &&
      strcmp (expect->name, ret_sample->label) != 0 &&
      strcmp (expect->name, ret_sample->initial) != 0)
    {
      grove_call_fail (call, GROVE_ERROR_OTHER_PROCESS, NULL,
                       "%s is another process than the one you meant: it is called \"%s\", not "
                       "\"%s\"",
                       pid, _grove_sample_name (ret_sample), expect->name);
      return false;
    }
  if (ret_sample->system)
    {
      grove_call_fail (call, GROVE_ERROR_PROTECTED, NULL,
                       "%s is protected: the whole system depends on it", pid);
      return false;
    }
  return true;
}

/* ---- Waiting for what came of it ---------------------------------------------------------------
 */

struct outcome
{
  struct grove_pending pending;
  grove_pid            pid;
  grove_pid            supervisor;
  char                 name[96];
  char                 supervisor_name[96];
  bool                 kill;
  uint32_t             restarts; /* of the child before */
};

static uint64_t
elapsed (const struct outcome *self, uint64_t then_ns)
{
  return then_ns > self->pending.since_ns ? then_ns - self->pending.since_ns : 0;
}

static void
write_supervisor (struct grove_writer *writer, const struct outcome *self)
{
  char text[GROVE_PID_TEXT_SIZE];

  grove_writer_name (writer, "supervisor");
  if (!self->supervisor)
    {
      grove_writer_null (writer);
      return;
    }
  grove_pid_print (self->supervisor, text);
  grove_writer_begin_object (writer);
  grove_writer_member_text (writer, "pid", text);
  grove_writer_member_text (writer, "name", self->supervisor_name);
  grove_writer_end_object (writer);
}

/* The members of a process that took the place of @self's, into an object already begun. */
static void
write_successor (struct grove_writer *writer, const struct outcome *self, grove_pid successor)
{
  struct grove_process_sample sample;
  char                        text[GROVE_PID_TEXT_SIZE];
  const bool                  alive = _grove_observe_process (successor, &sample);

  grove_pid_print (successor, text);
  grove_writer_member_text (writer, "pid", text);
  grove_writer_member_text (writer, "name", alive ? _grove_sample_name (&sample) : self->name);
  write_supervisor (writer, self);
  grove_writer_member_int (writer, "after_ns",
                           (int64_t) elapsed (self, alive ? sample.started_ns : grove_now_ns ()));
}

static void
answer_ended (struct outcome *self, const struct grove_end *end, grove_pid successor)
{
  struct grove_writer *writer = grove_call_begin (self->pending.call);
  char                 text[GROVE_PID_TEXT_SIZE];

  grove_pid_print (self->pid, text);
  grove_writer_begin_object (writer);
  grove_writer_member_text (writer, "outcome", "exited");
  grove_writer_member_text (writer, "pid", text);
  grove_writer_member_text (writer, "name", self->name);
  if (end)
    {
      grove_writer_name (writer, "reason");
      grove_writer_begin_object (writer);
      grove_writer_member_text (writer, "text", end->reason);
      grove_writer_member_int (writer, "size", (int64_t) strlen (end->reason));
      grove_writer_member_bool (writer, "truncated",
                                strlen (end->reason) >= sizeof end->reason - 1);
      grove_writer_end_object (writer);
      grove_writer_member_int (writer, "after_ns", (int64_t) elapsed (self, end->ended_ns));
    }
  if (successor)
    {
      grove_writer_name (writer, "successor");
      grove_writer_begin_object (writer);
      write_successor (writer, self, successor);
      grove_writer_end_object (writer);
    }
  else
    {
      struct grove_aftermath aftermath;

      write_supervisor (writer, self);
      if (_grove_aftermath_find (self->pid, &aftermath) &&
          aftermath.outcome == GROVE_OUTCOME_GAVE_UP)
        grove_writer_member_bool (writer, "gave_up", true);
    }
  grove_writer_end_object (writer);
  grove_call_end (self->pending.call);
}

static void
answer_alive (struct outcome *self)
{
  struct grove_writer *writer = grove_call_begin (self->pending.call);
  char                 text[GROVE_PID_TEXT_SIZE];

  grove_pid_print (self->pid, text);
  grove_writer_begin_object (writer);
  grove_writer_member_text (writer, "outcome", self->kill ? "pending" : "alive");
  grove_writer_member_text (writer, "pid", text);
  grove_writer_member_text (writer, "name", self->name);
  write_supervisor (writer, self);
  grove_writer_end_object (writer);
  grove_call_end (self->pending.call);
}

/* A successor comes as long as the supervisor still has the dead child on its list, or tries again
 * what has failed. */
static bool
successor_may_come (const struct outcome *self)
{
  struct grove_supervision_node node;
  struct grove_aftermath        aftermath;
  grove_pid                     parent;

  return self->supervisor && (_grove_supervision_find (self->pid, &parent, &node) ||
                              (_grove_aftermath_find (self->pid, &aftermath) &&
                               aftermath.outcome == GROVE_OUTCOME_PENDING));
}

static bool
exit_poll (struct grove_pending *pending, uint64_t now_ns)
{
  struct outcome             *self = (struct outcome *) pending;
  struct grove_process_sample sample;
  struct grove_end            end;
  const bool                  late = now_ns >= pending->deadline_ns;
  bool                        known, may_come;
  grove_pid                   successor;

  if (_grove_observe_process (self->pid, &sample) && sample.status != GROVE_STATUS_EXITING)
    {
      if (late)
        answer_alive (self);
      return late;
    }

  /* In this order: one that came in between is seen. */
  may_come = successor_may_come (self);
  successor = _grove_supervision_successor (self->pid);
  if (!successor && !late && may_come)
    return false;
  known = _grove_observe_end (self->pid, &end);
  if (!known && !late)
    return false;
  answer_ended (self, known ? &end : NULL, successor);
  return true;
}

static bool
restart_poll (struct grove_pending *pending, uint64_t now_ns)
{
  struct outcome               *self = (struct outcome *) pending;
  const grove_pid               successor = _grove_supervision_successor (self->pid);
  struct grove_supervision_node node;
  struct grove_writer          *writer;
  grove_pid                     parent;

  if (!successor)
    {
      if (now_ns < pending->deadline_ns)
        return false;
      grove_call_fail (pending->call, GROVE_ERROR_NOT_REACHED, NULL,
                       "%s was asked to restart \"%s\", but no new process came in time",
                       self->supervisor_name[0] ? self->supervisor_name : "its supervisor",
                       self->name);
      return true;
    }

  writer = grove_call_begin (pending->call);
  grove_writer_begin_object (writer);
  write_successor (writer, self, successor);
  grove_writer_member_int (writer, "restarts",
                           _grove_supervision_find (successor, &parent, &node)
                             ? node.restarts
                             : self->restarts + 1);
  grove_writer_end_object (writer);
  grove_call_end (pending->call);
  return true;
}

static void
outcome_free (struct grove_pending *pending)
{
  free (pending);
}

static struct outcome *
outcome_new (struct grove_runtime_source       *source,
             struct grove_call                 *call,
             const struct grove_process_sample *sample,
             uint64_t                           wait_ns)
{
  struct outcome               *self = calloc (1, sizeof *self);
  struct grove_process_sample   supervisor;
  struct grove_supervision_node node;

  if (!self)
    abort ();
  self->pid = sample->pid;
  snprintf (self->name, sizeof self->name, "%s", _grove_sample_name (sample));
  if (_grove_supervision_find (sample->pid, &self->supervisor, &node) && self->supervisor)
    {
      self->restarts = node.restarts;
      if (_grove_observe_process (self->supervisor, &supervisor))
        snprintf (self->supervisor_name, sizeof self->supervisor_name, "%s",
                  _grove_sample_name (&supervisor));
    }
  self->pending.source = source;
  self->pending.call = call;
  self->pending.since_ns = grove_now_ns ();
  self->pending.deadline_ns = self->pending.since_ns + wait_ns;
  self->pending.free = outcome_free;
  return self;
}

/* ---- Commands ----------------------------------------------------------------------------------
 */

void
_grove_source_process_exit (void                      *source,
                            struct grove_call         *call,
                            const char                *pid,
                            const struct grove_expect *expect,
                            const char                *reason,
                            uint32_t                   wait_ms)
{
  struct grove_process_sample sample;
  struct grove_buffer         term = { 0 };
  struct outcome             *outcome;

  if (!_grove_source_find_target (call, pid, expect, &sample))
    return;
  if (reason && !_grove_source_parse (call, "reason", reason, &term))
    return;
  if (!reason)
    (void) grove_build (&term, "kill");

  outcome = outcome_new (source, call, &sample, (uint64_t) wait_ms * 1000000);
  outcome->kill = grove_term_is_atom (grove_buffer_term (&term), "kill");
  outcome->pending.poll = exit_poll;
  /* Gone between the look and the signal is an end like any other: poll finds it. */
  (void) _grove_observe_exit (sample.pid, grove_buffer_term (&term));
  grove_buffer_finish (&term);
  _grove_pending_wait (&outcome->pending);
}

void
_grove_source_process_restart (void                      *source,
                               struct grove_call         *call,
                               const char                *pid,
                               const struct grove_expect *expect,
                               uint32_t                   wait_ms)
{
  struct grove_process_sample sample;
  struct outcome             *outcome;
  const uint64_t              wait_ns = wait_ms ? (uint64_t) wait_ms * 1000000 : RESTART_WAIT_NS;

  if (!_grove_source_find_target (call, pid, expect, &sample))
    return;

  outcome = outcome_new (source, call, &sample, wait_ns);
  if (!outcome->supervisor || _grove_supervision_restart (sample.pid) != GROVE_OK)
    {
      grove_call_fail (call, GROVE_ERROR_NOT_SUPPORTED, NULL,
                       "%s has no supervisor that could start it again",
                       outcome->name[0] ? outcome->name : pid);
      free (outcome);
      return;
    }
  outcome->pending.poll = restart_poll;
  _grove_pending_wait (&outcome->pending);
}

void
_grove_source_process_set_priority (void                      *source,
                                    struct grove_call         *call,
                                    const char                *pid,
                                    const struct grove_expect *expect,
                                    const char                *priority)
{
  struct grove_process_sample sample;
  struct grove_writer        *writer;
  enum grove_priority         wanted = GROVE_PRIORITY_LOW, old;

  while (wanted <= GROVE_PRIORITY_MAX && strcmp (_grove_priority_name (wanted), priority) != 0)
    wanted++;
  if (wanted > GROVE_PRIORITY_MAX)
    {
      grove_call_fail (call, GROVE_ERROR_INVALID_PARAMS, NULL,
                       "priority is \"%s\"; allowed are low, normal, high and max", priority);
      return;
    }
  if (!_grove_source_find_target (call, pid, expect, &sample))
    return;
  if (_grove_observe_set_priority (sample.pid, wanted, &old) != GROVE_OK)
    {
      _grove_source_fail_gone (call, sample.pid);
      return;
    }

  writer = grove_call_begin (call);
  grove_writer_begin_object (writer);
  grove_writer_member_text (writer, "old", _grove_priority_name (old));
  grove_writer_member_text (writer, "new", _grove_priority_name (wanted));
  grove_writer_end_object (writer);
  grove_call_end (call);
}

void
_grove_source_process_send (void                      *source,
                            struct grove_call         *call,
                            const char                *pid,
                            const struct grove_expect *expect,
                            const char                *message)
{
  struct grove_process_sample sample;
  struct grove_buffer         term = { 0 };
  struct grove_writer        *writer;
  char                        text[GROVE_PID_TEXT_SIZE];

  if (!_grove_source_find_target (call, pid, expect, &sample) ||
      !_grove_source_parse (call, "message", message, &term))
    return;
  if (_grove_observe_send (sample.pid, grove_buffer_term (&term)) != GROVE_OK)
    {
      grove_buffer_finish (&term);
      _grove_source_fail_gone (call, sample.pid);
      return;
    }

  /* It may have taken the message already, and have ended by it. */
  if (!_grove_observe_process (sample.pid, &sample))
    sample.n_messages = 0;
  grove_pid_print (sample.pid, text);
  writer = grove_call_begin (call);
  grove_writer_begin_object (writer);
  grove_writer_member_text (writer, "pid", text);
  grove_writer_member_text (writer, "name", _grove_sample_name (&sample));
  grove_writer_name (writer, "message");
  _grove_write_term (writer, grove_buffer_term (&term), &_grove_plain_style);
  grove_writer_member_int (writer, "messages", (int64_t) sample.n_messages);
  grove_writer_end_object (writer);
  grove_call_end (call);
  grove_buffer_finish (&term);
}
