/* SPDX-License-Identifier: MIT
 *
 * The supervisor itself: a server that traps exits and keeps the list of its children (children.h).
 * What happens to a child is one EXIT message, handled in handle_info(). Its node in the
 * supervision forest is tied to the process's end, however it ends.
 */
#include "runtime/otp/children.h"
#include "runtime/otp/request.h"
#include "runtime/otp/stop.h"

#include <stdlib.h>
#include <string.h>

struct supervisor
{
  struct grove_children children;
  unsigned              intensity, period_s;
  uint64_t             *times; /* of the restarts within the period, in seconds, oldest first */
  size_t                n_times, times_capacity;
  struct grove_buffer  *buffer; /* for terms of any size; released when the process ends */
};

/* What became of an attempt to fill a place again. */
enum outcome
{
  STARTED,
  FAILED,
  GIVE_UP,
};

/* ---- What others see -------------------------------------------------------------------- */

static void
close_branch (void *data)
{
  _grove_supervision_close ((grove_pid) (uintptr_t) data);
}

static void
open_branch (const struct supervisor *self)
{
  struct grove_supervision_node node = {
    .kind = GROVE_NODE_SUPERVISOR,
    .strategy = "one_for_one",
    .intensity = self->intensity,
    .period_s = self->period_s,
  };

  _Static_assert(sizeof (void *) >= sizeof (grove_pid), "a pid travels as a pointer");
  grove_defer (close_branch, (void *) (uintptr_t) grove_self ());
  _grove_supervision_open (grove_self (), &node);
}

/* ---- Starting and stopping one ---------------------------------------------------------- */

/* On failure the reason is in self->buffer. */
static enum grove_status
start_child (struct supervisor *self, struct grove_child *child)
{
  const struct grove_packed_child *spec = child->spec;
  grove_pid                        pid = 0;
  enum grove_status                status;

  self->buffer->size = 0;
  status = spec->start (_grove_packed_child_arg (spec), &pid, self->buffer);
  if (status == GROVE_OK)
    {
      grove_pid replaces = child->last_pid;

      child->restarting = false;
      child->last_pid = pid;
      _grove_children_set_pid (&self->children, child, pid);
      _grove_child_publish (child, replaces);
      return GROVE_OK;
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

/* Also ends the attempts to start it again. An EXIT that was queued before the link was cut is left
 * to the caller: while everything is stopped it does no harm, and looking for it takes time. */
static void
stop_child (struct supervisor *self, struct grove_child *child)
{
  grove_pid pid = child->pid;

  child->restarting = false;
  if (pid == 0)
    return;
  _grove_children_set_pid (&self->children, child, 0);
  _grove_stop_process (pid, child->spec->shutdown_ms);
}

static void
stop_all (struct supervisor *self)
{
  for (struct grove_child *child = self->children.last; child; child = child->previous)
    {
      if (child->pid == 0)
        continue;
      stop_child (self, child);
      _grove_child_publish (child, child->last_pid);
    }
}

/* ---- Restarting ------------------------------------------------------------------------- */

/* Counts one restart; false: that is one more than the intensity allows. As in OTP the window is in
 * whole seconds of the monotonic clock and includes both its ends. */
static bool
count_restart (struct supervisor *self)
{
  const uint64_t now_s = grove_now_ns () / 1000000000;
  size_t         n_old = 0;

  while (n_old < self->n_times && self->times[n_old] + self->period_s < now_s)
    n_old++;
  self->n_times -= n_old;
  if (n_old > 0)
    memmove (self->times, self->times + n_old, self->n_times * sizeof *self->times);
  if (self->n_times == self->times_capacity)
    {
      self->times_capacity = self->times_capacity ? self->times_capacity * 2 : 4;
      self->times = grove_realloc (self->times, self->times_capacity * sizeof *self->times);
    }
  self->times[self->n_times++] = now_s;
  _grove_supervision_restarted (grove_self (), (uint32_t) self->n_times);
  return self->n_times <= self->intensity;
}

/* One attempt. A failed one is tried again by a message to itself, so that requests get in between.
 */
static enum outcome
refill (struct supervisor *self, struct grove_child *child)
{
  child->restarts++;
  if (start_child (self, child) == GROVE_OK)
    return STARTED;
  child->restarts--;
  child->restarting = true;
  _grove_child_publish (child, child->last_pid);
  grove_cast (grove_self (), "{try_again_restart, ~s}", child->id);
  return FAILED;
}

static enum outcome
restart (struct supervisor *self, struct grove_child *child)
{
  if (!count_restart (self))
    {
      child->restarting = false;
      _grove_child_publish (child, child->last_pid);
      return GIVE_UP;
    }
  return refill (self, child);
}

static enum grove_next
next_after (enum outcome outcome)
{
  if (outcome != GIVE_UP)
    return GROVE_CONTINUE;
  grove_server_stop_reason ("shutdown");
  return GROVE_STOP;
}

static bool
is_shutdown (struct grove_term reason)
{
  return grove_term_is_atom (reason, "normal") || grove_term_is_atom (reason, "shutdown") ||
         grove_match (reason, "{shutdown, _}");
}

static enum grove_next
child_ended (struct supervisor *self, struct grove_child *child, struct grove_term reason)
{
  _grove_children_set_pid (&self->children, child, 0);
  if (child->spec->restart == GROVE_TEMPORARY)
    {
      _grove_children_remove (&self->children, child);
      return GROVE_CONTINUE;
    }
  if (child->spec->restart == GROVE_TRANSIENT && is_shutdown (reason))
    {
      _grove_child_publish (child, child->last_pid);
      return GROVE_CONTINUE;
    }
  return next_after (restart (self, child));
}

/* ---- Requests --------------------------------------------------------------------------- */

static void
answer_start_child (struct supervisor *self, struct grove_from from, uint64_t key)
{
  struct grove_request            *request = _grove_request_take (grove_self (), key);
  const struct grove_packed_child *packed;
  struct grove_child              *child;

  if (!request)
    {
      grove_reply (from, "{error, not_found}");
      return;
    }
  packed = (const struct grove_packed_child *) (const void *) request->bytes;
  child = _grove_packed_child_id (packed)
            ? _grove_children_find_id (&self->children, _grove_packed_child_id (packed))
            : NULL;
  if (child)
    {
      free (request);
      if (child->pid)
        grove_reply (from, "{error, {already_started, ~p}}", child->pid);
      else
        grove_reply (from, "{error, already_present}");
      return;
    }

  child = _grove_children_add (&self->children, packed);
  free (request);
  if (start_child (self, child) == GROVE_OK)
    {
      grove_reply (from, "{ok, ~p}", child->pid);
      return;
    }
  _grove_children_remove (&self->children, child);
  grove_reply (from, "{error, ~t}", grove_buffer_term (self->buffer));
}

static void
answer_terminate_child (struct supervisor *self, struct grove_from from, struct grove_child *child)
{
  grove_pid pid = child->pid;

  stop_child (self, child);
  _grove_forget_exit (pid);
  if (child->spec->restart == GROVE_TEMPORARY)
    _grove_children_remove (&self->children, child);
  else
    _grove_child_publish (child, child->last_pid);
  grove_reply (from, "ok");
}

static void
answer_restart_child (struct supervisor *self, struct grove_from from, struct grove_child *child)
{
  if (child->pid)
    grove_reply (from, "{error, running}");
  else if (child->restarting)
    grove_reply (from, "{error, restarting}");
  else
    {
      child->restarts++;
      if (start_child (self, child) == GROVE_OK)
        {
          grove_reply (from, "{ok, ~p}", child->pid);
          return;
        }
      child->restarts--;
      grove_reply (from, "{error, ~t}", grove_buffer_term (self->buffer));
    }
}

static void
answer_delete_child (struct supervisor *self, struct grove_from from, struct grove_child *child)
{
  if (child->pid)
    grove_reply (from, "{error, running}");
  else if (child->restarting)
    grove_reply (from, "{error, restarting}");
  else
    {
      _grove_children_remove (&self->children, child);
      grove_reply (from, "ok");
    }
}

/* Newest first, as in OTP. The list's own bytes are written here: a format has a fixed length. */
static void
answer_which_children (struct supervisor *self, struct grove_from from)
{
  struct grove_buffer *out = self->buffer;
  const uint32_t       n = (uint32_t) self->children.n;
  const uint8_t        head[] = { 108, (uint8_t) (n >> 24), (uint8_t) (n >> 16), (uint8_t) (n >> 8),
                                  (uint8_t) n };
  enum grove_status    status = GROVE_OK;

  out->size = 0;
  if (n > 0)
    memcpy (grove_buffer_extend (out, sizeof head), head, sizeof head);
  for (struct grove_child *child = self->children.last; child; child = child->previous)
    {
      const char *type = child->spec->type == GROVE_SUPERVISOR ? "supervisor" : "worker";

      if (child->pid)
        status = grove_build (out, "{~s, ~p, ~a}", child->id, child->pid, type);
      else
        status = grove_build (out, "{~s, ~a, ~a}", child->id,
                              child->restarting ? "restarting" : "undefined", type);
      grove_assert (status == GROVE_OK);
    }
  *grove_buffer_extend (out, 1) = 106;
  grove_reply (from, "~t", grove_buffer_term (out));
}

static void
answer_count_children (struct supervisor *self, struct grove_from from)
{
  uint64_t n_active = 0, n_supervisors = 0;

  for (struct grove_child *child = self->children.first; child; child = child->next)
    {
      n_active += child->pid != 0;
      n_supervisors += child->spec->type == GROVE_SUPERVISOR;
    }
  grove_reply (from, "[{specs, ~u}, {active, ~u}, {supervisors, ~u}, {workers, ~u}]",
               (uint64_t) self->children.n, n_active, n_supervisors,
               (uint64_t) self->children.n - n_supervisors);
}

static struct grove_child *
find_text (const struct supervisor *self, struct grove_text text)
{
  char id[GROVE_CHILD_ID_SIZE];

  if (text.size >= sizeof id)
    return NULL;
  memcpy (id, text.bytes, text.size);
  id[text.size] = '\0';
  return _grove_children_find_id (&self->children, id);
}

static const struct
{
  const char *name;
  void (*answer) (struct supervisor *self, struct grove_from from, struct grove_child *child);
} child_requests[] = {
  { "terminate_child", answer_terminate_child },
  { "restart_child", answer_restart_child },
  { "delete_child", answer_delete_child },
};

static enum grove_next
handle_call (struct grove_term request, struct grove_from from, void *state)
{
  struct supervisor *self = state;
  struct grove_term  what;
  struct grove_text  id;
  uint64_t           key;

  if (grove_match (request, "{start_child, ~u}", &key))
    answer_start_child (self, from, key);
  else if (grove_term_is_atom (request, "which_children"))
    answer_which_children (self, from);
  else if (grove_term_is_atom (request, "count_children"))
    answer_count_children (self, from);
  else if (grove_match (request, "{~t, ~s}", &what, &id))
    {
      struct grove_child *child = find_text (self, id);

      for (size_t i = 0; child && i < sizeof child_requests / sizeof child_requests[0]; i++)
        if (grove_term_is_atom (what, child_requests[i].name))
          {
            child_requests[i].answer (self, from, child);
            return GROVE_CONTINUE;
          }
      grove_reply (from, "{error, not_found}");
    }
  else
    grove_reply (from, "{error, unknown_request}");
  return GROVE_CONTINUE;
}

/* A person asked for it: the process is stopped by its own rule and another put in its place. */
static void
restart_process (struct supervisor *self, struct grove_child *child)
{
  grove_pid pid = child->pid;

  stop_child (self, child);
  _grove_forget_exit (pid);
  refill (self, child);
}

static enum grove_next
handle_cast (struct grove_term request, void *state)
{
  struct supervisor  *self = state;
  struct grove_child *child;
  struct grove_text   id;
  grove_pid           pid;

  if (grove_match (request, "{try_again_restart, ~s}", &id))
    {
      child = find_text (self, id);
      if (child && child->restarting)
        return next_after (restart (self, child));
    }
  else if (grove_match (request, "{restart_process, ~p}", &pid))
    {
      child = _grove_children_find_pid (&self->children, pid);
      if (child)
        restart_process (self, child);
    }
  return GROVE_CONTINUE;
}

static enum grove_next
handle_info (struct grove_term message, void *state)
{
  struct supervisor  *self = state;
  struct grove_term   reason;
  struct grove_child *child;
  grove_pid           pid;

  if (!grove_match (message, "{'EXIT', ~p, ~t}", &pid, &reason))
    return GROVE_CONTINUE;
  child = _grove_children_find_pid (&self->children, pid);
  return child ? child_ended (self, child, reason) : GROVE_CONTINUE;
}

static void
terminate (struct grove_term reason, void *state)
{
  stop_all (state);
}

/* ---- Its own start ---------------------------------------------------------------------- */

static void
finish_buffer (void *data)
{
  struct grove_buffer *buffer = data;

  grove_buffer_finish (buffer);
  free (buffer);
}

static struct supervisor *
supervisor_new (const struct grove_packed_supervisor *packed)
{
  struct supervisor *self = grove_alloc (sizeof *self);

  *self = (struct supervisor){
    .children = GROVE_CHILDREN_INIT,
    .intensity = packed->intensity,
    .period_s = packed->period_s,
  };
  /* Not in the process's heap: what is deferred may run when that is gone. */
  self->buffer = calloc (1, sizeof *self->buffer);
  if (!self->buffer)
    abort ();
  grove_defer (finish_buffer, self->buffer);
  return self;
}

static enum grove_status
init (const void *arg, void **state)
{
  const struct grove_packed_supervisor *packed = arg;
  const uint8_t                        *at = packed->bytes;
  struct supervisor                    *self;

  grove_trap_exit (true);
  *state = self = supervisor_new (packed);
  open_branch (self);

  for (size_t i = 0; i < packed->n_children; i++)
    {
      const struct grove_packed_child *spec = (const void *) at;
      struct grove_child              *child = _grove_children_add (&self->children, spec);

      if (start_child (self, child) != GROVE_OK)
        {
          grove_server_stop_reason ("{shutdown, {failed_to_start_child, ~a, ~t}}", child->id,
                                    grove_buffer_term (self->buffer));
          stop_all (self);
          return GROVE_ERR_EXITED;
        }
      at += spec->size;
    }
  return GROVE_OK;
}

const struct grove_server_callbacks _grove_supervisor_callbacks = {
  .module = "supervisor",
  .init = init,
  .handle_call = handle_call,
  .handle_cast = handle_cast,
  .handle_info = handle_info,
  .terminate = terminate,
};
