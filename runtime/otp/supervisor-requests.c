/* SPDX-License-Identifier: MIT
 *
 * What can be asked of a supervisor, answered in its process: calls as OTP's supervisors answer
 * them, and the casts by which it talks to itself and a person to it.
 */
#include "runtime/otp/request.h"
#include "runtime/otp/stop.h"
#include "runtime/otp/supervisor-private.h"

#include <stdlib.h>
#include <string.h>

/* ---- Adding children -------------------------------------------------------------------- */

/* Starts @child, which is new, and answers. */
static void
start_new (struct grove_supervisor *self, struct grove_from from, struct grove_child *child)
{
  const bool        temporary = child->spec->restart == GROVE_TEMPORARY;
  enum grove_status status = _grove_supervisor_start_place (self, child);

  if (status == GROVE_OK && self->buffer->size > 0)
    grove_reply (from, "{ok, ~p, ~t}", child->pid, grove_buffer_term (self->buffer));
  else if (status == GROVE_OK)
    grove_reply (from, "{ok, ~p}", child->pid);
  else if (status == GROVE_IGNORED)
    grove_reply (from, "{ok, undefined}");
  else
    grove_reply (from, "{error, ~t}", grove_buffer_term (self->buffer));

  if (status == GROVE_IGNORED && !temporary && !self->kind)
    _grove_child_publish (child, 0);
  else if (status != GROVE_OK)
    _grove_children_remove (&self->children, child);
}

static void
answer_start_child (struct grove_supervisor *self, struct grove_from from, uint64_t key)
{
  struct grove_request            *request = _grove_request_take (grove_self (), key);
  const struct grove_packed_child *packed;
  struct grove_child              *child;
  enum grove_status                checked;

  if (!request || self->kind)
    {
      free (request);
      grove_reply (from, "{error, ~a}", self->kind ? "simple_one_for_one" : "not_found");
      return;
    }
  packed = (const struct grove_packed_child *) (const void *) request->bytes;
  self->buffer->size = 0;
  checked = _grove_child_spec_check_significant (packed->significant, packed->restart,
                                                 self->auto_shutdown, self->buffer);
  if (checked != GROVE_OK)
    {
      free (request);
      grove_reply (from, "{error, ~t}", grove_buffer_term (self->buffer));
      return;
    }
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
  start_new (self, from, child);
}

static void
answer_start_dynamic (struct grove_supervisor *self, struct grove_from from, uint64_t key)
{
  struct grove_request *request = _grove_request_take (grove_self (), key);
  struct grove_child   *child;

  if (!request || !self->kind)
    {
      free (request);
      grove_reply (from, "{error, not_simple_one_for_one}");
      return;
    }
  if (self->max_children > 0 && self->children.n >= self->max_children)
    {
      free (request);
      grove_reply (from, "{error, max_children}");
      return;
    }
  child = _grove_children_add_dynamic (&self->children, self->kind, (const void *) request->bytes);
  free (request);
  start_new (self, from, child);
}

/* ---- One child -------------------------------------------------------------------------- */

static void
terminate_child (struct grove_supervisor *self, struct grove_from from, struct grove_child *child)
{
  grove_pid pid = child->pid;

  _grove_supervisor_stop_place (self, child);
  _grove_forget_exit (pid);
  if (child->spec->restart == GROVE_TEMPORARY || self->kind)
    _grove_children_remove (&self->children, child);
  else
    _grove_child_publish (child, child->last_pid);
  grove_reply (from, "ok");
}

static void
restart_child (struct grove_supervisor *self, struct grove_from from, struct grove_child *child)
{
  if (child->pid)
    grove_reply (from, "{error, running}");
  else if (child->restarting)
    grove_reply (from, "{error, restarting}");
  else
    {
      enum grove_status status;

      child->restarts++;
      status = _grove_supervisor_start_place (self, child);
      if (status == GROVE_OK)
        {
          grove_reply (from, "{ok, ~p}", child->pid);
          return;
        }
      child->restarts--;
      if (status == GROVE_IGNORED)
        grove_reply (from, "{ok, undefined}");
      else
        grove_reply (from, "{error, ~t}", grove_buffer_term (self->buffer));
    }
}

static void
delete_child (struct grove_supervisor *self, struct grove_from from, struct grove_child *child)
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

static struct grove_child *
find_text (const struct grove_supervisor *self, struct grove_text text)
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
  void (*answer) (struct grove_supervisor *self, struct grove_from from, struct grove_child *child);
} child_requests[] = {
  { "terminate_child", terminate_child },
  { "restart_child", restart_child },
  { "delete_child", delete_child },
};

/* false: @what is no such request. */
static bool
answer_for_child (struct grove_supervisor *self,
                  struct grove_from        from,
                  struct grove_term        what,
                  struct grove_text        id)
{
  for (size_t i = 0; i < sizeof child_requests / sizeof child_requests[0]; i++)
    if (grove_term_is_atom (what, child_requests[i].name))
      {
        struct grove_child *child = find_text (self, id);

        if (self->kind)
          grove_reply (from, "{error, simple_one_for_one}");
        else if (child)
          child_requests[i].answer (self, from, child);
        else
          grove_reply (from, "{error, not_found}");
        return true;
      }
  return false;
}

/* As in OTP a pid says which only where children have no ids; one that has ended is no mistake. */
static void
answer_terminate_pid (struct grove_supervisor *self, struct grove_from from, grove_pid pid)
{
  struct grove_child *child = _grove_children_find_pid (&self->children, pid);

  if (!self->kind)
    grove_reply (from, "{error, not_found}");
  else if (child)
    terminate_child (self, from, child);
  else if (grove_is_alive (pid))
    grove_reply (from, "{error, not_found}");
  else
    grove_reply (from, "ok");
}

/* ---- All children ----------------------------------------------------------------------- */

/* Newest first, as in OTP. The list's own bytes are written here: a format has a fixed length. */
static void
answer_which_children (struct grove_supervisor *self, struct grove_from from)
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
      const char *id = self->kind ? "undefined" : child->id;
      const char *type = child->spec->type == GROVE_SUPERVISOR ? "supervisor" : "worker";

      if (child->pid)
        status = grove_build (out, "{~a, ~p, ~a, []}", id, child->pid, type);
      else
        status = grove_build (out, "{~a, ~a, ~a, []}", id,
                              child->restarting ? "restarting" : "undefined", type);
      grove_assert (status == GROVE_OK);
    }
  *grove_buffer_extend (out, 1) = 106;
  grove_reply (from, "~t", grove_buffer_term (out));
}

static void
answer_count_children (struct grove_supervisor *self, struct grove_from from)
{
  uint64_t n_specs = self->kind ? 1 : self->children.n;
  uint64_t n_active = 0, n_supervisors = 0;

  for (struct grove_child *child = self->children.first; child; child = child->next)
    {
      n_active += child->pid != 0;
      n_supervisors += child->spec->type == GROVE_SUPERVISOR;
    }
  grove_reply (from, "[{specs, ~u}, {active, ~u}, {supervisors, ~u}, {workers, ~u}]", n_specs,
               n_active, n_supervisors, (uint64_t) self->children.n - n_supervisors);
}

/* ---- Callbacks -------------------------------------------------------------------------- */

enum grove_next
_grove_supervisor_handle_call (struct grove_term request, struct grove_from from, void *state)
{
  struct grove_supervisor *self = state;
  struct grove_term        what;
  struct grove_text        id;
  grove_pid                pid;
  uint64_t                 key;

  if (grove_match (request, "{start_child, ~u}", &key))
    answer_start_child (self, from, key);
  else if (grove_match (request, "{start_dynamic, ~u}", &key))
    answer_start_dynamic (self, from, key);
  else if (grove_term_is_atom (request, "which_children"))
    answer_which_children (self, from);
  else if (grove_term_is_atom (request, "count_children"))
    answer_count_children (self, from);
  else if (grove_match (request, "{terminate_child, ~p}", &pid))
    answer_terminate_pid (self, from, pid);
  else if (!grove_match (request, "{~t, ~a}", &what, &id) ||
           !answer_for_child (self, from, what, id))
    grove_reply (from, "{error, unknown_request}");
  return GROVE_CONTINUE;
}

enum grove_next
_grove_supervisor_handle_cast (struct grove_term request, void *state)
{
  struct grove_supervisor *self = state;
  struct grove_child      *child;
  struct grove_text        id;
  grove_pid                pid;

  if (grove_match (request, "{try_again_restart, ~a}", &id))
    {
      child = find_text (self, id);
      if (child && child->restarting)
        return _grove_supervisor_try_again (self, child);
    }
  else if (grove_match (request, "{restart_process, ~p}", &pid))
    {
      child = _grove_children_find_pid (&self->children, pid);
      if (child)
        _grove_supervisor_replace (self, child);
    }
  return GROVE_CONTINUE;
}
