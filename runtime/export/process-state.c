/* SPDX-License-Identifier: MIT
 *
 * What a server says its state is, by the system messages that every server answers. It is asked by
 * a process, and first looked at: what is no server would keep the question in its mailbox for
 * ever.
 *
 * Server thread, except inspect_server() and ask_status().
 */
#include "protocol/schema.h"
#include "runtime/export/runtime-source.h"
#include "runtime/export/terms.h"
#include "runtime/otp/sys.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define PATIENCE_NS UINT64_C (2000000000)
/* Larger ones are not looked at: it is copied three times on its way. */
#define STATE_MAX ((size_t) GROVE_LIMIT_STATE)

struct state
{
  struct grove_pending    pending;
  grove_pid               pid;
  struct grove_term_style style;
  uint32_t                timeout_ms;
  bool                    asked;
  bool                    is_server; /* filled by the inspection */
  struct grove_buffer     status;    /* by the errand */
};

static void
inspect_server (struct grove_inspection *view, void *user_data)
{
  struct state *self = user_data;

  self->is_server = _grove_inspection_is_server (view);
}

static enum grove_status
ask_status (struct grove_pending *pending)
{
  struct state *self = (struct state *) pending;

  return grove_sys_get_status (self->pid, GROVE_FOREVER, &self->status);
}

static void
fail_no_server (struct grove_call *call, grove_pid pid)
{
  char text[GROVE_PID_TEXT_SIZE];

  grove_pid_print (pid, text);
  grove_call_fail (call, GROVE_ERROR_NOT_SUPPORTED, NULL,
                   "%s is no server: nothing in it answers such a question. What it has can be "
                   "seen in its stack, its messages and its dictionary",
                   text);
}

/* The first look has come back: whom there is to ask is asked. */
static bool
ask (struct state *self, uint64_t now_ns)
{
  if (!self->is_server)
    {
      fail_no_server (self->pending.call, self->pid);
      return true;
    }
  if (!_grove_pending_errand (&self->pending, self->pid, ask_status))
    {
      _grove_source_fail_busy (self->pending.call, self->pid);
      return true;
    }
  self->asked = true;
  self->pending.deadline_ns = now_ns + (uint64_t) self->timeout_ms * 1000000;
  return false;
}

static void
answer (struct state *self)
{
  struct grove_call          *call = self->pending.call;
  struct grove_process_sample sample;
  struct grove_writer        *writer;
  struct grove_term           state, module;
  struct grove_text           name = { NULL, 0 }, held = { NULL, 0 };
  char                        text[GROVE_PID_TEXT_SIZE];

  grove_pid_print (self->pid, text);
  if (!grove_match (grove_buffer_term (&self->status), "{status, _, {module, ~t}, [~a, _, ~t]}",
                    &module, &held, &state))
    {
      grove_call_fail (call, GROVE_ERROR_NOT_SUPPORTED, NULL,
                       "%s answered, but not as a server does", text);
      return;
    }
  (void) grove_term_atom (module, &name);
  if (grove_term_is_atom (state, "undescribed"))
    {
      grove_call_fail (call, GROVE_ERROR_NOT_SUPPORTED, NULL,
                       "the server of %s (%.*s) has no `describe`, which would tell its state",
                       text, (int) name.size, name.bytes ? (const char *) name.bytes : "");
      return;
    }
  if (state.size > STATE_MAX)
    {
      char data[64];

      (void) snprintf (data, sizeof data, "{\"limit\":\"state\",\"value\":%zu}", STATE_MAX);
      grove_call_fail (call, GROVE_ERROR_LIMIT, data,
                       "the state of %s has %zu bytes; at most %zu are looked at", text, state.size,
                       STATE_MAX);
      return;
    }

  writer = grove_call_begin (call);
  grove_writer_begin_object (writer);
  grove_writer_member_text (writer, "pid", text);
  grove_writer_member_text (writer, "name",
                            _grove_observe_process (self->pid, &sample)
                              ? _grove_sample_name (&sample)
                              : "");
  grove_writer_name (writer, "module");
  grove_writer_text_size (writer, (const char *) name.bytes, name.size);
  grove_writer_member_bool (writer, "suspended", held.size == sizeof "suspended" - 1);
  grove_writer_name (writer, "state");
  _grove_write_term (writer, state, &self->style);
  grove_writer_end_object (writer);
  grove_call_end (call);
}

static bool
state_poll (struct grove_pending *pending, uint64_t now_ns)
{
  struct state *self = (struct state *) pending;
  char          text[GROVE_PID_TEXT_SIZE];

  if (!pending->inspected)
    {
      if (now_ns < pending->deadline_ns)
        return false;
      grove_pid_print (self->pid, text);
      if (self->asked)
        grove_call_fail (pending->call, GROVE_ERROR_NOT_REACHED, NULL,
                         "%s did not answer within %" PRIu32
                         " ms: it is busy with one message, or waits for somebody else",
                         text, self->timeout_ms);
      else
        _grove_source_fail_not_reached (pending->call, self->pid);
      return true;
    }
  if (pending->status == GROVE_OK && !self->asked)
    return ask (self, now_ns);
  if (pending->status == GROVE_OK)
    answer (self);
  else if (pending->status == GROVE_ERR_SYSTEM_LIMIT)
    _grove_source_fail_busy (pending->call, self->pid);
  else
    _grove_source_fail_gone (pending->call, self->pid);
  return true;
}

static void
state_free (struct grove_pending *pending)
{
  struct state *self = (struct state *) pending;

  grove_buffer_finish (&self->status);
  free (self);
}

void
_grove_source_process_state (void                          *source,
                             struct grove_call             *call,
                             const char                    *pid,
                             const struct grove_term_style *style,
                             uint32_t                       timeout_ms)
{
  struct grove_process_sample sample;
  struct state               *self;

  if (!_grove_source_find (call, pid, &sample))
    return;
  self = calloc (1, sizeof *self);
  if (!self)
    abort ();
  self->pid = sample.pid;
  self->style = *style;
  self->timeout_ms = timeout_ms;
  self->pending = (struct grove_pending){
    .source = source,
    .call = call,
    .since_ns = grove_now_ns (),
    .deadline_ns = grove_now_ns () + PATIENCE_NS,
    .poll = state_poll,
    .free = state_free,
  };
  _grove_pending_inspect (&self->pending, self->pid, inspect_server);
}
