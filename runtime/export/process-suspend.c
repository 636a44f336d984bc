/* SPDX-License-Identifier: MIT
 *
 * Suspending and resuming for a session. Its lease counts in the core, and each suspension under
 * way counts there for itself; what is left when it is answered is one, however many there were. A
 * resume takes all of them back, those under way included.
 *
 * Server thread only, but for suspension_free().
 */
#include "runtime/export/runtime-source.h"

#include <stdio.h>
#include <stdlib.h>

#define WAIT_NS UINT64_C (2000000000)

/* What the session and its suspensions under way share. */
struct grove_source_lease
{
  struct grove_lease *lease; /* NULL: the session has ended */
  _Atomic unsigned    n_users;
};

struct suspension
{
  struct grove_pending       pending;
  struct grove_source_lease *lease; /* NULL: resuming */
  grove_pid                  pid;
  char                       name[96];
  const char                *initial; /* static; what to call it when it has no name */
  bool                       already;
};

struct grove_source_lease *
_grove_source_lease_new (void *source)
{
  struct grove_source_lease *self = malloc (sizeof *self);

  if (!self)
    abort ();
  *self = (struct grove_source_lease){ _grove_lease_new (), 1 };
  return self;
}

static void
release (struct grove_source_lease *self)
{
  if (self && --self->n_users == 0)
    free (self);
}

void
_grove_source_lease_end (void *source, struct grove_source_lease *self)
{
  _grove_lease_end (self->lease);
  self->lease = NULL;
  release (self);
}

uint32_t
_grove_source_lease_count (void *source, struct grove_source_lease *self)
{
  return self->lease ? _grove_lease_size (self->lease) : 0;
}

static void
suspension_free (struct grove_pending *pending)
{
  struct suspension *self = (struct suspension *) pending;

  release (self->lease);
  free (self);
}

static struct suspension *
suspension_new (struct grove_runtime_source       *source,
                struct grove_call                 *call,
                const struct grove_process_sample *sample)
{
  struct suspension *self = calloc (1, sizeof *self);

  if (!self)
    abort ();
  self->pid = sample->pid;
  self->initial = sample->initial;
  snprintf (self->name, sizeof self->name, "%s", _grove_sample_name (sample));
  self->pending.source = source;
  self->pending.call = call;
  self->pending.since_ns = grove_now_ns ();
  self->pending.deadline_ns = self->pending.since_ns + WAIT_NS;
  self->pending.free = suspension_free;
  return self;
}

/* Its status is looked at now: somebody else may suspend it, or have resumed it. */
static void
answer (struct grove_call *call, grove_pid pid, const char *name, bool already)
{
  struct grove_process_sample sample;
  struct grove_writer        *writer;
  char                        text[GROVE_PID_TEXT_SIZE];

  if (!_grove_observe_process (pid, &sample))
    {
      _grove_source_fail_gone (call, pid);
      return;
    }
  grove_pid_print (pid, text);
  writer = grove_call_begin (call);
  grove_writer_begin_object (writer);
  grove_writer_member_text (writer, "pid", text);
  grove_writer_member_text (writer, "name", name);
  grove_writer_member_text (writer, "status", _grove_status_name (sample.status));
  grove_writer_member_bool (writer, "already", already);
  grove_writer_end_object (writer);
  grove_call_end (call);
}

static const char *
title (const struct suspension *self)
{
  return self->name[0] ? self->name : self->initial;
}

static bool
suspend_poll (struct grove_pending *pending, uint64_t now_ns)
{
  struct suspension  *self = (struct suspension *) pending;
  struct grove_lease *lease = self->lease->lease;

  if (!lease)
    grove_call_fail (pending->call, GROVE_ERROR_SHUTTING_DOWN, NULL,
                     "the session ended before %s stood still", title (self));
  else if (!pending->inspected)
    {
      if (_grove_lease_count (lease, self->pid) > 0)
        (void) _grove_observe_resume (lease, self->pid);
      grove_call_fail (pending->call, GROVE_ERROR_NOT_REACHED, NULL,
                       "%s did not come to a place where it can be suspended, and runs on",
                       title (self));
    }
  else if (pending->status != GROVE_OK)
    _grove_source_fail_gone (pending->call, self->pid);
  else
    {
      while (_grove_lease_count (lease, self->pid) > 1)
        (void) _grove_observe_resume (lease, self->pid);
      answer (pending->call, self->pid, self->name, self->already);
    }
  return true;
}

void
_grove_source_process_suspend (void                      *source,
                               struct grove_call         *call,
                               struct grove_source_lease *lease,
                               const char                *pid,
                               const struct grove_expect *expect)
{
  struct grove_process_sample sample;
  struct suspension          *suspension;

  if (!_grove_source_find_target (call, pid, expect, &sample))
    return;
  suspension = suspension_new (source, call, &sample);
  suspension->pending.poll = suspend_poll;
  suspension->already = _grove_lease_count (lease->lease, sample.pid) > 0;
  suspension->lease = lease;
  lease->n_users++;
  _grove_pending_suspend (&suspension->pending, lease->lease, sample.pid);
}

static void
look (struct grove_inspection *view, void *user_data)
{
}

/* The inspection stands behind the resumption: what is seen now is what came of it. */
static bool
resume_poll (struct grove_pending *pending, uint64_t now_ns)
{
  struct suspension *self = (struct suspension *) pending;

  if (pending->inspected && pending->status != GROVE_OK)
    _grove_source_fail_gone (pending->call, self->pid);
  else
    answer (pending->call, self->pid, self->name, false);
  return true;
}

void
_grove_source_process_resume (void                      *source,
                              struct grove_call         *call,
                              struct grove_source_lease *lease,
                              const char                *pid,
                              const struct grove_expect *expect)
{
  struct grove_process_sample sample;
  struct suspension          *suspension;

  if (!_grove_source_find_target (call, pid, expect, &sample))
    return;
  if (_grove_lease_count (lease->lease, sample.pid) == 0)
    {
      if (sample.status == GROVE_STATUS_SUSPENDED)
        grove_call_fail (call, GROVE_ERROR_FORBIDDEN, NULL,
                         "%s is suspended by somebody else: another observer, or a process of the "
                         "system",
                         _grove_sample_name (&sample)[0] ? _grove_sample_name (&sample)
                                                         : sample.initial);
      else
        answer (call, sample.pid, _grove_sample_name (&sample), true);
      return;
    }
  while (_grove_lease_count (lease->lease, sample.pid) > 0)
    (void) _grove_observe_resume (lease->lease, sample.pid);
  suspension = suspension_new (source, call, &sample);
  suspension->pending.poll = resume_poll;
  _grove_pending_inspect (&suspension->pending, sample.pid, look);
}
