/* SPDX-License-Identifier: MIT
 *
 * The supervisor itself: a server that traps exits and keeps the list of its children (children.h).
 * It starts them, in order, and stops them, in reverse; what happens to one in between is one EXIT
 * message (supervisor-restart.c). Its node in the supervision forest is tied to the process's end,
 * however it ends.
 */
#include "runtime/otp/stop.h"
#include "runtime/otp/supervisor-private.h"

#include <stdlib.h>
#include <string.h>

/* ---- What others see -------------------------------------------------------------------- */

static void
close_branch (void *data)
{
  _grove_supervision_close ((grove_pid) (uintptr_t) data);
}

static const char *
strategy_name (enum grove_strategy strategy)
{
  switch (strategy)
    {
    case GROVE_ONE_FOR_ALL:
      return "one_for_all";
    case GROVE_REST_FOR_ONE:
      return "rest_for_one";
    case GROVE_SIMPLE_ONE_FOR_ONE:
      return "simple_one_for_one";
    case GROVE_ONE_FOR_ONE:
      break;
    }
  return "one_for_one";
}

static void
open_branch (const struct grove_supervisor *self)
{
  struct grove_supervision_node node = {
    .kind = GROVE_NODE_SUPERVISOR,
    .strategy = strategy_name (self->strategy),
    .intensity = self->intensity,
    .period_s = self->period_s,
  };

  _Static_assert(sizeof (void *) >= sizeof (grove_pid), "a pid travels as a pointer");
  grove_defer (close_branch, (void *) (uintptr_t) grove_self ());
  _grove_supervision_open (grove_self (), &node);
}

/* ---- Starting and stopping one ---------------------------------------------------------- */

enum grove_status
_grove_supervisor_start_place (struct grove_supervisor *self, struct grove_child *child)
{
  grove_pid         pid = 0;
  enum grove_status status;

  self->buffer->size = 0;
  status = child->spec->start (_grove_packed_child_arg (child->spec), &pid, self->buffer);
  if (status == GROVE_OK)
    {
      grove_pid replaces = child->last_pid;

      child->restarting = false;
      child->failures = 0;
      child->last_pid = pid;
      _grove_children_set_pid (&self->children, child, pid);
      _grove_child_publish (child, replaces);
      if (child->spec->restart == GROVE_TEMPORARY)
        _grove_child_forget_arg (child, self->kind);
      return GROVE_OK;
    }
  if (status == GROVE_IGNORED)
    {
      child->restarting = false;
      child->failures = 0;
      return GROVE_IGNORED;
    }
  if (status == GROVE_ERR_NAME_TAKEN)
    {
      self->buffer->size = 0;
      status = grove_build (self->buffer, "{already_started, ~p}", pid);
    }
  else if (self->buffer->size == 0)
    {
      status = grove_build (self->buffer, "~a", grove_status_text (status));
    }
  grove_assert (self->buffer->size > 0);
  return GROVE_ERR_EXITED;
}

void
_grove_supervisor_stop_place (struct grove_supervisor *self, struct grove_child *child)
{
  grove_pid pid = child->pid;

  child->restarting = false;
  if (pid == 0)
    return;
  _grove_children_set_pid (&self->children, child, 0);
  _grove_stop_process (pid, child->spec->shutdown_ms);
}

static void
stop_in_reverse (struct grove_supervisor *self)
{
  for (struct grove_child *child = self->children.last; child; child = child->previous)
    {
      if (child->pid == 0)
        continue;
      _grove_supervisor_stop_place (self, child);
      _grove_child_publish (child, child->last_pid);
    }
}

/* All at once, with one time for all of them. */
static void
stop_dynamic (struct grove_supervisor *self)
{
  grove_pid *pids = grove_alloc ((self->children.n + 1) * sizeof *pids);
  size_t     n = 0;

  for (struct grove_child *child = self->children.first; child; child = child->next)
    if (child->pid)
      pids[n++] = child->pid;
  _grove_stop_processes (pids, n, self->kind->shutdown_ms);
  grove_free (pids);
  while (self->children.last)
    _grove_children_remove (&self->children, self->children.last);
}

/* ---- The callbacks ----------------------------------------------------------------------- */

static enum grove_next
handle_info (struct grove_term message, void *state)
{
  struct grove_supervisor *self = state;
  struct grove_term        reason;
  struct grove_child      *child;
  grove_pid                pid;

  if (!grove_match (message, "{'EXIT', ~p, ~t}", &pid, &reason))
    return GROVE_CONTINUE;
  child = _grove_children_find_pid (&self->children, pid);
  return child ? _grove_supervisor_child_ended (self, child, reason) : GROVE_CONTINUE;
}

static void
terminate (struct grove_term reason, void *state)
{
  struct grove_supervisor *self = state;

  if (self->kind)
    stop_dynamic (self);
  else
    stop_in_reverse (self);
}

static void
describe (const void *state, struct grove_buffer *out)
{
  const struct grove_supervisor *self = state;

  (void) !grove_build (out, "{~a, [{intensity, ~u}, {period, ~u}, {children, ~u}, {restarts, ~u}]}",
                       strategy_name (self->strategy), (uint64_t) self->intensity,
                       (uint64_t) self->period_s, (uint64_t) self->children.n,
                       (uint64_t) self->n_times);
}

/* ---- Its own start ---------------------------------------------------------------------- */

static void
finish_buffer (void *data)
{
  struct grove_buffer *buffer = data;

  grove_buffer_finish (buffer);
  free (buffer);
}

static struct grove_supervisor *
supervisor_new (const struct grove_packed_supervisor *packed)
{
  struct grove_supervisor *self = grove_alloc (sizeof *self);

  *self = (struct grove_supervisor){
    .children = GROVE_CHILDREN_INIT,
    .strategy = packed->strategy,
    .auto_shutdown = packed->auto_shutdown,
    .intensity = packed->intensity,
    .period_s = packed->period_s,
    .max_children = packed->max_children,
  };
  /* The argument of init() is kept as long as the server. */
  if (packed->strategy == GROVE_SIMPLE_ONE_FOR_ONE)
    self->kind = (const struct grove_packed_child *) (const void *) packed->bytes;
  /* Not in the process's heap: what is deferred may run when that is gone. */
  self->buffer = calloc (1, sizeof *self->buffer);
  if (!self->buffer)
    abort ();
  grove_defer (finish_buffer, self->buffer);
  return self;
}

/* false: one failed, and those before it have been stopped; the reason is set. */
static bool
start_all (struct grove_supervisor *self, const struct grove_packed_supervisor *packed)
{
  const uint8_t *at = packed->bytes;

  for (size_t i = 0; i < packed->n_children; i++)
    {
      const struct grove_packed_child *spec = (const void *) at;
      struct grove_child              *child = _grove_children_add (&self->children, spec);
      enum grove_status                status = _grove_supervisor_start_place (self, child);

      if (status == GROVE_ERR_EXITED)
        {
          grove_server_stop_reason ("{shutdown, {failed_to_start_child, ~a, ~t}}", child->id,
                                    grove_buffer_term (self->buffer));
          stop_in_reverse (self);
          return false;
        }
      if (status == GROVE_IGNORED && spec->restart == GROVE_TEMPORARY)
        _grove_children_remove (&self->children, child);
      else if (status == GROVE_IGNORED)
        _grove_child_publish (child, 0);
      at += spec->size;
    }
  return true;
}

static enum grove_status
init (const void *arg, void **state)
{
  const struct grove_packed_supervisor *packed = arg;
  struct grove_supervisor              *self;

  grove_trap_exit (true);
  *state = self = supervisor_new (packed);
  open_branch (self);
  if (!self->kind && !start_all (self, packed))
    return GROVE_ERR_EXITED;
  return GROVE_OK;
}

const struct grove_server_callbacks _grove_supervisor_callbacks = {
  .module = "supervisor",
  .init = init,
  .handle_call = _grove_supervisor_handle_call,
  .handle_cast = _grove_supervisor_handle_cast,
  .handle_info = handle_info,
  .terminate = terminate,
  .describe = describe,
};
