/* SPDX-License-Identifier: MIT
 *
 * The children of one supervisor; see the header.
 */
#include "runtime/otp/children.h"

#include "runtime/otp/supervision.h"

#include <stdio.h>
#include <string.h>

struct grove_child *
_grove_children_find_id (const struct grove_children *self, const char *id)
{
  struct grove_hash_link *link = _grove_hash_first (&self->ids, _grove_hash_text (id, 0));

  for (; link; link = _grove_hash_next (link))
    {
      struct grove_child *child = GROVE_HASH_OWNER (link, struct grove_child, by_id);

      if (strcmp (child->id, id) == 0)
        return child;
    }
  return NULL;
}

struct grove_child *
_grove_children_find_pid (const struct grove_children *self, grove_pid pid)
{
  struct grove_hash_link *link = pid ? _grove_hash_first (&self->pids, pid) : NULL;

  return link ? GROVE_HASH_OWNER (link, struct grove_child, by_pid) : NULL;
}

void
_grove_children_set_pid (struct grove_children *self, struct grove_child *child, grove_pid pid)
{
  if (child->pid)
    _grove_hash_remove (&self->pids, &child->by_pid);
  child->pid = pid;
  if (pid)
    _grove_hash_add (&self->pids, pid, &child->by_pid);
}

/* @spec: (transfer full) */
static struct grove_child *
add (struct grove_children *self, struct grove_packed_child *spec)
{
  struct grove_child *child = grove_alloc (sizeof *child);

  *child = (struct grove_child){ .spec = spec, .previous = self->last };
  if (_grove_packed_child_id (spec))
    snprintf (child->id, sizeof child->id, "%s", _grove_packed_child_id (spec));
  else
    do
      snprintf (child->id, sizeof child->id, "child_%llu", (unsigned long long) ++self->next_id);
    while (_grove_children_find_id (self, child->id));

  if (self->last)
    self->last->next = child;
  else
    self->first = child;
  self->last = child;
  self->n++;
  _grove_hash_add (&self->ids, _grove_hash_text (child->id, 0), &child->by_id);
  return child;
}

struct grove_child *
_grove_children_add (struct grove_children *self, const struct grove_packed_child *packed)
{
  struct grove_packed_child *spec = grove_alloc (packed->size);

  memcpy (spec, packed, packed->size);
  return add (self, spec);
}

struct grove_child *
_grove_children_add_dynamic (struct grove_children           *self,
                             const struct grove_packed_child *kind,
                             const struct grove_packed_child *given)
{
  const struct grove_packed_child *arg = given->arg || given->arg_size > 0 ? given : kind;
  size_t                           size = sizeof *arg + arg->arg_size;
  struct grove_packed_child       *spec = grove_alloc (size);

  *spec = *kind;
  spec->size = size;
  spec->arg = arg->arg;
  spec->arg_size = arg->arg_size;
  spec->id_size = 0;
  if (arg->arg_size > 0)
    memcpy (spec->bytes, arg->bytes, arg->arg_size);
  return add (self, spec);
}

void
_grove_child_forget_arg (struct grove_child *child, const struct grove_packed_child *kind)
{
  struct grove_packed_child *spec;

  if (child->spec_shared || (child->spec->arg_size == 0 && !kind))
    return;
  if (kind)
    {
      grove_free ((void *) child->spec);
      child->spec = kind;
      child->spec_shared = true;
      return;
    }
  spec = grove_alloc (sizeof *spec);
  *spec = *child->spec;
  spec->size = sizeof *spec;
  spec->arg = NULL;
  spec->arg_size = 0;
  spec->id_size = 0;
  grove_free ((void *) child->spec);
  child->spec = spec;
}

void
_grove_children_remove (struct grove_children *self, struct grove_child *child)
{
  _grove_children_set_pid (self, child, 0);
  _grove_hash_remove (&self->ids, &child->by_id);
  if (child->previous)
    child->previous->next = child->next;
  else
    self->first = child->next;
  if (child->next)
    child->next->previous = child->previous;
  else
    self->last = child->previous;
  self->n--;
  _grove_supervision_remove (grove_self (), child->id);
  if (!child->spec_shared)
    grove_free ((void *) child->spec);
  grove_free (child);
}

void
_grove_child_publish (const struct grove_child *child, grove_pid replaces)
{
  struct grove_supervision_node node = {
    .pid = child->pid,
    .replaces = replaces,
    .kind = child->spec->type == GROVE_SUPERVISOR ? GROVE_NODE_SUPERVISOR : GROVE_NODE_WORKER,
    .state = child->restarting ? GROVE_NODE_RESTARTING : GROVE_NODE_RUNS,
    .restart = child->spec->restart,
    .shutdown_ms = child->spec->shutdown_ms,
    .significant = child->spec->significant,
    .restarts = child->restarts,
  };

  memcpy (node.id, child->id, sizeof node.id);
  _grove_supervision_put (grove_self (), &node);
}
