/* SPDX-License-Identifier: MIT
 *
 * What a supervisor is, by copy of the published forest; and what it can be asked to do, which a
 * process asks it, so that the answer is its own. Its answers are those of OTP's.
 *
 * Server thread, except the two errands.
 */
#include "runtime/export/runtime-source.h"
#include "runtime/export/terms.h"
#include "runtime/otp/server.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 256

static bool
is_supervisor (grove_pid pid)
{
  struct grove_supervision_node node;
  size_t                        n, total;

  return _grove_supervision_children (pid, 0, NULL, 0, &n, &total) &&
         !(_grove_supervision_find (pid, NULL, &node) && node.kind == GROVE_NODE_APPLICATION);
}

/* ---- supervisor.info ---------------------------------------------------------------------------
 */

static void
write_child (struct grove_writer *writer, const struct grove_supervision_node *child)
{
  static const char *const    kinds[] = { "application", "supervisor", "worker" };
  struct grove_process_sample sample;
  char                        text[GROVE_PID_TEXT_SIZE] = "";
  const bool                  runs = child->pid && _grove_observe_process (child->pid, &sample);

  if (runs)
    grove_pid_print (child->pid, text);
  grove_writer_begin_object (writer);
  grove_writer_member_text (writer, "id", child->id);
  grove_writer_member_text (writer, "pid", text);
  grove_writer_member_text (writer, "name", runs ? _grove_sample_name (&sample) : "");
  grove_writer_member_text (writer, "kind", kinds[child->kind]);
  grove_writer_member_text (writer, "status", runs ? _grove_status_name (sample.status) : "");
  grove_writer_member_int (writer, "restarts", child->restarts);
  grove_writer_end_object (writer);
}

void
_grove_source_supervisor_info (
  void *source, struct grove_call *call, const char *pid, uint64_t offset, uint32_t limit)
{
  struct grove_supervision_node *children, self = { .kind = GROVE_NODE_SUPERVISOR, .strategy = "" };
  struct grove_process_sample    sample;
  struct grove_writer           *writer;
  size_t                         n = 0, total = 0;

  if (!_grove_source_find (call, pid, &sample))
    return;
  children = calloc (limit ? limit : 1, sizeof *children);
  if (!children)
    abort ();
  if (!_grove_supervision_children (sample.pid, offset, children, limit, &n, &total))
    {
      grove_call_fail (call, GROVE_ERROR_NOT_SUPPORTED, NULL, "%s is no supervisor", pid);
      free (children);
      return;
    }
  (void) _grove_supervision_find (sample.pid, NULL, &self);

  writer = grove_call_begin (call);
  grove_writer_begin_object (writer);
  grove_writer_member_text (writer, "pid", pid);
  grove_writer_member_text (writer, "name", _grove_sample_name (&sample));
  grove_writer_member_text (writer, "kind",
                            self.kind == GROVE_NODE_APPLICATION ? "application" : "supervisor");
  grove_writer_member_text (writer, "strategy", self.strategy);
  grove_writer_member_int (writer, "intensity", self.intensity);
  grove_writer_member_int (writer, "period_s", self.period_s);
  grove_writer_member_int (writer, "recent_restarts", self.recent_restarts);
  grove_writer_member_int (writer, "total", (int64_t) total);
  grove_writer_member_int (writer, "offset", (int64_t) offset);
  grove_writer_name (writer, "children");
  grove_writer_begin_array (writer);
  for (size_t i = 0; i < n; i++)
    write_child (writer, &children[i]);
  grove_writer_end_array (writer);
  grove_writer_end_object (writer);
  grove_call_end (call);
  free (children);
}

/* ---- Acting ------------------------------------------------------------------------------------
 */

struct act
{
  struct grove_pending pending;
  grove_pid            pid;
  uint32_t             wait_ms;
  char                 name[96];
  struct grove_buffer  request; /* read by the errand */
  struct grove_buffer  answer;  /* written by it */
};

/* A call of any kind; what comes is the answer. */
static enum grove_status
ask (struct grove_pending *pending)
{
  struct act           *self = (struct act *) pending;
  struct grove_message *reply;
  struct grove_term     term;
  enum grove_status     status;

  status = grove_call (self->pid, GROVE_FOREVER, &reply, "~t", grove_buffer_term (&self->request));
  if (status != GROVE_OK)
    return status;
  term = grove_message_term (reply);
  memcpy (grove_buffer_extend (&self->answer, term.size), term.bytes, term.size);
  grove_message_free (reply);
  return GROVE_OK;
}

/* One more of a kind, with the argument that the kind has. */
static enum grove_status
start_one_more (struct grove_pending *pending)
{
  struct act         *self = (struct act *) pending;
  struct grove_buffer reason = { NULL };
  grove_pid           child = 0;
  enum grove_status   status = grove_supervisor_start_dynamic (self->pid, NULL, 0, &child, &reason);

  if (status == GROVE_OK && reason.size > 0)
    status = grove_build (&self->answer, "{ok, ~p, ~t}", child, grove_buffer_term (&reason));
  else if (status == GROVE_OK)
    status = grove_build (&self->answer, "{ok, ~p}", child);
  else if (status == GROVE_IGNORED)
    status = grove_build (&self->answer, "{ok, undefined}");
  else if (reason.size > 0)
    status = grove_build (&self->answer, "{error, ~t}", grove_buffer_term (&reason));
  grove_buffer_finish (&reason);
  return status;
}

static void
answer (struct grove_call *call, grove_pid pid, const char *name, struct grove_term outcome)
{
  struct grove_writer *writer = grove_call_begin (call);
  char                 text[1024];
  grove_pid            child = 0;

  (void) grove_term_print (outcome, GROVE_SYNTAX_ERLANG, 8, text, sizeof text, NULL);
  grove_writer_begin_object (writer);
  grove_writer_member_text (writer, "outcome", text);
  grove_pid_print (pid, text);
  grove_writer_member_text (writer, "pid", text);
  grove_writer_member_text (writer, "name", name);
  if (!grove_match (outcome, "{ok, ~p}", &child))
    (void) grove_match (outcome, "{ok, ~p, _}", &child);
  grove_writer_name (writer, "child");
  _grove_write_process (writer, child);
  grove_writer_end_object (writer);
  grove_call_end (call);
}

static bool
act_poll (struct grove_pending *pending, uint64_t now_ns)
{
  struct act *self = (struct act *) pending;

  if (!pending->inspected)
    {
      if (now_ns < pending->deadline_ns)
        return false;
      grove_call_fail (pending->call, GROVE_ERROR_NOT_REACHED, NULL,
                       "%s did not answer within %" PRIu32 " ms; it may still do what it was asked",
                       self->name[0] ? self->name : "the supervisor", self->wait_ms);
    }
  else if (pending->status == GROVE_OK)
    answer (pending->call, self->pid, self->name, grove_buffer_term (&self->answer));
  else if (pending->status == GROVE_ERR_SYSTEM_LIMIT)
    _grove_source_fail_busy (pending->call, self->pid);
  else
    _grove_source_fail_gone (pending->call, self->pid);
  return true;
}

static void
act_free (struct grove_pending *pending)
{
  struct act *self = (struct act *) pending;

  grove_buffer_finish (&self->request);
  grove_buffer_finish (&self->answer);
  free (self);
}

/* A child of that id, which need not run. */
static bool
find_child (grove_pid supervisor, const char *id, struct grove_supervision_node *ret_child)
{
  struct grove_supervision_node *page = calloc (PAGE, sizeof *page);
  size_t                         n = PAGE, total = 0;
  bool                           found = false;

  if (!page)
    abort ();
  for (size_t offset = 0; n > 0 && !found; offset += n)
    {
      n = 0;
      if (!_grove_supervision_children (supervisor, offset, page, PAGE, &n, &total))
        break;
      for (size_t i = 0; i < n && !found; i++)
        if (strcmp (page[i].id, id) == 0)
          {
            *ret_child = page[i];
            found = true;
          }
    }
  free (page);
  return found;
}

/* A specification is code and does not travel; but of a child that there is, OTP's answer is known.
 */
static void
answer_start_of (struct grove_call                 *call,
                 const struct grove_process_sample *supervisor,
                 const char                        *id)
{
  struct grove_supervision_node child;
  struct grove_buffer           outcome = { NULL };

  if (!find_child (supervisor->pid, id, &child))
    {
      grove_call_fail (call, GROVE_ERROR_NOT_SUPPORTED, NULL,
                       "%s has no child \"%s\", and how to start one is code, which cannot be sent",
                       _grove_sample_name (supervisor), id);
      return;
    }
  if (child.pid)
    (void) grove_build (&outcome, "{error, {already_started, ~p}}", child.pid);
  else
    (void) grove_build (&outcome, "{error, already_present}");
  answer (call, supervisor->pid, _grove_sample_name (supervisor), grove_buffer_term (&outcome));
  grove_buffer_finish (&outcome);
}

/* False: @child can be no child's id. */
static bool
build_request (struct grove_buffer *out, enum grove_supervisor_action action, const char *child)
{
  static const char *const names[] = { "start_child", "terminate_child", "restart_child",
                                       "delete_child" };
  grove_pid                pid;

  if (action == GROVE_SUPERVISOR_TERMINATE_CHILD && grove_pid_parse (child, strlen (child), &pid))
    return grove_build (out, "{terminate_child, ~p}", pid) == GROVE_OK;
  return grove_build (out, "{~a, ~a}", names[action], child) == GROVE_OK;
}

void
_grove_source_supervisor_act (void                        *source,
                              struct grove_call           *call,
                              const char                  *pid,
                              const struct grove_expect   *expect,
                              enum grove_supervisor_action action,
                              const char                  *child,
                              uint32_t                     wait_ms)
{
  struct grove_process_sample sample;
  struct act                 *self;

  if (!_grove_source_find_target (call, pid, expect, &sample))
    return;
  if (!is_supervisor (sample.pid))
    {
      grove_call_fail (call, GROVE_ERROR_NOT_SUPPORTED, NULL, "%s is no supervisor", pid);
      return;
    }
  if (action == GROVE_SUPERVISOR_START_CHILD && child)
    {
      answer_start_of (call, &sample, child);
      return;
    }

  self = calloc (1, sizeof *self);
  if (!self)
    abort ();
  self->pid = sample.pid;
  self->wait_ms = wait_ms;
  snprintf (self->name, sizeof self->name, "%s", _grove_sample_name (&sample));
  self->pending = (struct grove_pending){
    .source = source,
    .call = call,
    .since_ns = grove_now_ns (),
    .deadline_ns = grove_now_ns () + (uint64_t) wait_ms * 1000000,
    .poll = act_poll,
    .free = act_free,
  };
  if (child && !build_request (&self->request, action, child))
    {
      grove_call_fail (call, GROVE_ERROR_INVALID_PARAMS, NULL,
                       "child is \"%s\"; it is an id, or a pid", child);
      act_free (&self->pending);
    }
  else if (!_grove_pending_errand (&self->pending, self->pid, child ? ask : start_one_more))
    {
      _grove_source_fail_busy (call, self->pid);
      act_free (&self->pending);
    }
  else
    _grove_pending_wait (&self->pending);
}
