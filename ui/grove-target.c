/* SPDX-License-Identifier: MIT
 *
 * GroveTarget: a process a command is meant for, as the person saw it.
 */
#include "ui/grove-target.h"

GroveTarget *
grove_target_new (const char *pid, const char *name)
{
  GroveTarget *self = g_new0 (GroveTarget, 1);

  self->pid = g_strdup (pid);
  self->name = g_strdup (name != NULL ? name : "");
  return self;
}

gboolean
grove_target_is_supervisor_call (const char *initial_call)
{
  return g_str_has_prefix (initial_call, "supervisor") ||
         g_str_has_prefix (initial_call, "application_master");
}

GroveTarget *
grove_target_new_from_row (const GroveProcessRow *row)
{
  GroveTarget *self = grove_target_new (row->pid, row->name);

  self->started_ns = row->started_ns;
  self->supervisor = grove_target_is_supervisor_call (row->initial);
  self->system = row->system;
  if (g_str_has_prefix (row->initial, "application_master") && row->app[0] != '\0')
    self->application = g_strdup (row->app);
  self->known = TRUE;
  return self;
}

GroveTarget *
grove_target_copy (const GroveTarget *self)
{
  GroveTarget *copy = grove_target_new (self->pid, self->name);

  copy->started_ns = self->started_ns;
  copy->system = self->system;
  copy->supervisor = self->supervisor;
  copy->application = g_strdup (self->application);
  copy->known = self->known;
  return copy;
}

void
grove_target_free (GroveTarget *self)
{
  if (self == NULL)
    return;
  g_free (self->pid);
  g_free (self->name);
  g_free (self->application);
  g_free (self);
}

void
grove_target_learn (GroveTarget *self, GroveTree *tree)
{
  GroveTreeNode *node = grove_tree_find (tree, self->pid);
  const char    *name = node != NULL ? grove_tree_node_get_name (node) : NULL;

  if (node == NULL)
    return;
  if (self->name[0] == '\0' && name != NULL)
    {
      g_free (self->name);
      self->name = g_strdup (name);
    }
  if (grove_tree_node_get_kind (node) <= GROVE_NODE_KIND_SUPERVISOR)
    self->supervisor = TRUE;
  if (grove_tree_node_get_kind (node) == GROVE_NODE_KIND_APPLICATION && self->application == NULL)
    self->application = g_strdup (name);
  self->known = TRUE;
}

char *
grove_target_describe (const GroveTarget *self)
{
  return self->name[0] != '\0' ? g_strdup_printf ("%s %s", self->name, self->pid)
                               : g_strdup (self->pid);
}
