/* SPDX-License-Identifier: MIT
 *
 * Starting and stopping applications: a process of the runtime's own does it, since it waits for
 * their processes, and the answer says what came of it.
 *
 * Server thread, except the two errands.
 */
#include "runtime/export/runtime-source.h"
#include "runtime/export/terms.h"
#include "runtime/otp/application-private.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 16

struct question
{
  struct grove_pending        pending;
  char                        name[GROVE_CHILD_ID_SIZE];
  uint32_t                    wait_ms;
  bool                        stops;
  bool                        typed; /* as the next says, instead of its own */
  enum grove_application_type type;
  /* to stop: what there was before */
  grove_pid master;
  uint64_t  n_processes;
  /* written by the errand */
  enum grove_status              status;
  struct grove_application_start start;
};

/* ---- The errands ------------------------------------------------------------------------------
 */

static enum grove_status
start_it (struct grove_pending *pending)
{
  struct question *self = (struct question *) pending;

  self->status =
    _grove_application_start_loaded (self->name, self->typed ? &self->type : NULL, &self->start);
  return GROVE_OK;
}

static enum grove_status
stop_it (struct grove_pending *pending)
{
  struct question *self = (struct question *) pending;

  self->status = grove_application_stop (self->name);
  return GROVE_OK;
}

/* ---- Answering ---------------------------------------------------------------------------------
 */

static struct grove_writer *
begin (struct grove_call *call, const char *outcome, const char *name)
{
  struct grove_writer *writer = grove_call_begin (call);

  grove_writer_begin_object (writer);
  grove_writer_member_text (writer, "outcome", outcome);
  grove_writer_member_text (writer, "name", name);
  return writer;
}

static void
answer_start (struct question *self)
{
  static const struct grove_term_style style = { .max_bytes = 1024 };
  const bool                           failed = self->status != GROVE_OK;
  struct grove_writer                 *writer = begin (self->pending.call,
                                       failed                       ? "failed"
                                                       : self->start.n_started == 0 ? "running"
                                                                                    : "started",
                                                       self->name);
  char                                 text[GROVE_PID_TEXT_SIZE] = "";

  if (self->start.master)
    grove_pid_print (self->start.master, text);
  grove_writer_member_text (writer, "pid", text);
  grove_writer_name (writer, "started");
  grove_writer_begin_array (writer);
  for (size_t i = 0; i < self->start.n_started; i++)
    grove_writer_text (writer, self->start.started[i]);
  grove_writer_end_array (writer);
  if (failed)
    {
      grove_writer_member_text (writer, "failed", self->start.failed);
      grove_writer_name (writer, "reason");
      _grove_write_term (writer, grove_buffer_term (&self->start.reason), &style);
    }
  grove_writer_end_object (writer);
  grove_call_end (self->pending.call);
}

static bool
needs (grove_pid master, const char *name)
{
  for (const char *const *need = _grove_supervision_needs (master); need && *need; need++)
    if (strcmp (*need, name) == 0)
      return true;
  return false;
}

/* Those that run and need it. */
static void
write_needed_by (struct grove_writer *writer, const char *name)
{
  struct grove_supervision_node nodes[PAGE];
  uint64_t                      place = 0;
  size_t                        n, total;

  grove_writer_begin_array (writer);
  while (_grove_supervision_children_after (0, place, nodes, PAGE, &n, &total) && n > 0)
    {
      for (size_t i = 0; i < n; i++)
        if (needs (nodes[i].pid, name))
          grove_writer_text (writer, nodes[i].id);
      place = nodes[n - 1].place;
    }
  grove_writer_end_array (writer);
}

static void
answer_stop (struct grove_call *call, const char *name, bool stopped, uint64_t n_processes)
{
  struct grove_writer *writer = begin (call, stopped ? "stopped" : "not_running", name);

  grove_writer_member_int (writer, "processes", stopped ? (int64_t) n_processes : 0);
  grove_writer_name (writer, "needed_by");
  write_needed_by (writer, name);
  grove_writer_end_object (writer);
  grove_call_end (call);
}

static bool
poll_it (struct grove_pending *pending, uint64_t now_ns)
{
  struct question *self = (struct question *) pending;

  if (!pending->inspected)
    {
      if (now_ns < pending->deadline_ns)
        return false;
      grove_call_fail (pending->call, GROVE_ERROR_NOT_REACHED, NULL,
                       "%s has not %s within %" PRIu32 " ms; it may still", self->name,
                       self->stops ? "stopped" : "started", self->wait_ms);
    }
  else if (pending->status == GROVE_ERR_SYSTEM_LIMIT)
    _grove_source_fail_busy (pending->call, self->master);
  else if (pending->status != GROVE_OK)
    grove_call_fail (pending->call, GROVE_ERROR_INTERNAL, NULL,
                     "who was to do it was ended; whether it was done is not known");
  else if (self->stops)
    answer_stop (pending->call, self->name, self->status == GROVE_OK, self->n_processes);
  else
    answer_start (self);
  return true;
}

static void
free_it (struct grove_pending *pending)
{
  struct question *self = (struct question *) pending;

  grove_buffer_finish (&self->start.reason);
  free (self);
}

/* ---- Asking ------------------------------------------------------------------------------------
 */

/* NULL: there is no such application, and @call has failed. */
static struct question *
question_new (struct grove_runtime_source *source,
              struct grove_call           *call,
              const char                  *name,
              uint32_t                     wait_ms)
{
  const grove_pid  master = _grove_supervision_application (name);
  struct question *self;

  if (!master && !_grove_application_find_loaded (name))
    {
      grove_call_fail (call, GROVE_ERROR_INVALID_PARAMS, NULL,
                       "no application of that name runs, and the program has loaded none that "
                       "could be started");
      return NULL;
    }
  self = calloc (1, sizeof *self);
  if (!self)
    abort ();
  snprintf (self->name, sizeof self->name, "%s", name);
  self->wait_ms = wait_ms;
  self->master = master;
  self->pending = (struct grove_pending){
    .source = source,
    .call = call,
    .since_ns = grove_now_ns (),
    .deadline_ns = grove_now_ns () + (uint64_t) wait_ms * 1000000,
    .poll = poll_it,
    .free = free_it,
  };
  return self;
}

static void
send_out (struct question *self, enum grove_status (*errand) (struct grove_pending *pending))
{
  if (_grove_pending_errand (&self->pending, self->master, errand))
    {
      _grove_pending_wait (&self->pending);
      return;
    }
  _grove_source_fail_busy (self->pending.call, self->master);
  free_it (&self->pending);
}

void
_grove_source_application_start (
  void *source, struct grove_call *call, const char *name, const char *type, uint32_t wait_ms)
{
  struct question *self = question_new (source, call, name, wait_ms);

  if (!self)
    return;
  if (type)
    {
      self->typed = true;
      self->type = strcmp (type, "permanent") == 0   ? GROVE_APPLICATION_PERMANENT
                   : strcmp (type, "transient") == 0 ? GROVE_APPLICATION_TRANSIENT
                                                     : GROVE_APPLICATION_TEMPORARY;
    }
  send_out (self, start_it);
}

static bool
count (const struct grove_process_sample *sample, uint32_t slot, void *user_data)
{
  struct question *self = user_data;

  self->n_processes += sample->group == self->master;
  return true;
}

void
_grove_source_application_stop (void              *source,
                                struct grove_call *call,
                                const char        *name,
                                uint32_t           wait_ms)
{
  struct question *self = question_new (source, call, name, wait_ms);

  if (!self)
    return;
  if (!self->master)
    {
      answer_stop (call, name, false, 0);
      free_it (&self->pending);
      return;
    }
  self->stops = true;
  _grove_observe_scan (count, self);
  send_out (self, stop_it);
}
