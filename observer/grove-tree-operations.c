/* SPDX-License-Identifier: MIT
 *
 * What updates do to a tree: the server's operations, applied one by one to nodes found by pid. The
 * roots are the children of a node nobody sees, so that a root is like any other.
 *
 * An operation that does not fit the tree as it stands means that the two sides disagree; the
 * connection is then of no use, and ends with a reason rather than show a wrong tree.
 *
 * A reset keeps the old nodes aside until the tree is built again: a process that is still there is
 * the same object as before.
 */
#include "observer/grove-tree-private.h"

#include <math.h>
#include <string.h>

#define NODE_DEPTH_MAX 256 /* of the tree; deeper ones are no forest of supervisors */
#define NODES_MAX      1000000

/* A node and all below it, parents first; each held. Not recursive: the depth is the peer's. */
static GPtrArray *
collect (GroveTreeNode *node)
{
  GPtrArray *all = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (all, g_object_ref (node));
  for (guint i = 0; i < all->len; i++)
    for (guint j = 0; j < grove_tree_node_get_n_loaded (all->pdata[i]); j++)
      g_ptr_array_add (all, g_object_ref (grove_tree_node_get_child (all->pdata[i], j)));
  return all;
}

/* Says that a node and all below it go, children first, and forgets their pids. */
static void
announce_removal (GroveTree *self, GroveTreeNode *node)
{
  g_autoptr (GPtrArray) all = collect (node);
  for (guint i = all->len; i-- > 0;)
    {
      _grove_tree_emit_removed (self, all->pdata[i]);
      g_hash_table_remove (self->nodes, grove_tree_node_get_pid (all->pdata[i]));
    }
}

/* A node for @pid that stands nowhere yet: the one of before a reset, which stays aside until it
 * is remembered, or a new one. */
static GroveTreeNode *
make_node (GroveTree *self, const char *pid)
{
  GroveTreeNode *node = self->aside != NULL ? g_hash_table_lookup (self->aside, pid) : NULL;
  if (node != NULL)
    return g_object_ref (node);
  node = _grove_tree_node_new (pid);
  if (!self->building)
    _grove_tree_node_set_appeared (node, g_get_monotonic_time ());
  return node;
}

static void
put_all_aside (GroveTree *self)
{
  if (self->aside == NULL)
    self->aside = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_object_unref);
  GHashTableIter iter;
  gpointer       value;
  guint          n_roots = grove_tree_node_get_n_loaded (self->top);
  g_hash_table_iter_init (&iter, self->nodes);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_hash_table_insert (self->aside, (gpointer) (gsize) grove_tree_node_get_pid (value),
                         g_object_ref (value));
  g_hash_table_remove_all (self->nodes);
  g_hash_table_iter_init (&iter, self->aside);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    _grove_tree_node_forget_children (value);
  _grove_tree_node_forget_children (self->top);
  self->told_family = FALSE;
  _grove_tree_emit_family_changed (self, self->top);
  if (n_roots > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, n_roots, 0);
}

void
_grove_tree_end_building (GroveTree *self)
{
  self->building = FALSE;
  g_autoptr (GHashTable) aside = g_steal_pointer (&self->aside);
  if (aside == NULL)
    return;
  GHashTableIter iter;
  gpointer       value;
  g_hash_table_iter_init (&iter, aside);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    _grove_tree_emit_removed (self, value);
}

void
_grove_tree_start_over (GroveTree *self)
{
  self->building = TRUE;
  put_all_aside (self);
  _grove_tree_structure_changed (self);
}

static struct json_object *
argument (struct json_object *op, guint index)
{
  return json_object_array_get_idx (op, index);
}

static GroveTreeNode *
node_argument (GroveTree *self, struct json_object *op, guint index)
{
  char pid[64];
  if (!_grove_copy_pid (pid, sizeof pid, argument (op, index)))
    return NULL;
  return g_hash_table_lookup (self->nodes, pid);
}

static gboolean
index_argument (struct json_object *op, guint position, guint limit, guint *ret_index)
{
  struct json_object *value = argument (op, position);
  if (!json_object_is_type (value, json_type_int) || json_object_get_int64 (value) < 0 ||
      json_object_get_int64 (value) > limit)
    return FALSE;
  *ret_index = (guint) json_object_get_int64 (value);
  return TRUE;
}

/* The node an operation brings; NULL if it is none, or stands in the tree already. */
static GroveTreeNode *
new_node_argument (GroveTree *self, struct json_object *op, guint index)
{
  struct json_object *object = argument (op, index);
  struct json_object *pid_value = NULL;
  char                pid[64];
  if (!json_object_is_type (object, json_type_object) ||
      !json_object_object_get_ex (object, "pid", &pid_value) ||
      !_grove_copy_pid (pid, sizeof pid, pid_value) || g_hash_table_contains (self->nodes, pid))
    return NULL;
  GroveTreeNode *node = make_node (self, pid);
  if (!_grove_tree_node_take (node, object))
    g_clear_object (&node);
  return node;
}

static void
remember (GroveTree *self, GroveTreeNode *node)
{
  if (self->aside != NULL)
    g_hash_table_remove (self->aside, grove_tree_node_get_pid (node));
  g_hash_table_insert (self->nodes, (gpointer) (gsize) grove_tree_node_get_pid (node), node);
}

static gboolean
apply_add (GroveTree *self, struct json_object *op)
{
  GroveTreeNode *parent = self->top;
  guint          index;
  if (argument (op, 1) != NULL)
    parent = node_argument (self, op, 1);
  if (parent == NULL || _grove_tree_node_get_depth (parent) >= NODE_DEPTH_MAX ||
      g_hash_table_size (self->nodes) >= NODES_MAX ||
      !index_argument (op, 2, grove_tree_node_get_n_loaded (parent), &index))
    return FALSE;
  g_autoptr (GroveTreeNode) node = new_node_argument (self, op, 3);
  if (node == NULL)
    return FALSE;
  remember (self, node);
  _grove_tree_node_insert (parent, index, node);
  _grove_tree_emit_family_changed (self, parent);
  if (parent == self->top)
    g_list_model_items_changed (G_LIST_MODEL (self), index, 0, 1);
  return TRUE;
}

/* Where a node stands; every node in the hash has a parent, if only the top. */
static GroveTreeNode *
parent_of (GroveTree *self, GroveTreeNode *node)
{
  GroveTreeNode *parent = grove_tree_node_get_parent (node);
  return parent != NULL ? parent : self->top;
}

static gboolean
apply_del (GroveTree *self, struct json_object *op)
{
  GroveTreeNode *node = node_argument (self, op, 1);
  if (node == NULL)
    return FALSE;
  g_object_ref (node);
  announce_removal (self, node);
  GroveTreeNode *parent = parent_of (self, node);
  guint          index = _grove_tree_node_index_of (parent, node);
  _grove_tree_node_remove (parent, node);
  _grove_tree_emit_family_changed (self, parent);
  if (parent == self->top)
    g_list_model_items_changed (G_LIST_MODEL (self), index, 1, 0);
  g_object_unref (node);
  return TRUE;
}

static gboolean
apply_set (GroveTree *self, struct json_object *op)
{
  GroveTreeNode *node = node_argument (self, op, 1);
  if (node == NULL)
    return FALSE;
  guint n_children = grove_tree_node_get_n_children (node);
  if (!_grove_tree_node_take (node, argument (op, 2)))
    return FALSE;
  _grove_tree_emit_family_changed (self, parent_of (self, node));
  if (grove_tree_node_get_n_children (node) != n_children)
    _grove_tree_emit_family_changed (self, node);
  return TRUE;
}

static gboolean
apply_replace (GroveTree *self, struct json_object *op)
{
  GroveTreeNode *old = node_argument (self, op, 1);
  if (old == NULL)
    return FALSE;
  g_autoptr (GroveTreeNode) node = new_node_argument (self, op, 2);
  if (node == NULL)
    return FALSE;
  g_object_ref (old);
  _grove_tree_node_set_appeared (node, 0);
  _grove_tree_node_set_restarted (node, g_get_monotonic_time ());
  GroveTreeNode *parent = parent_of (self, old);
  guint          index = _grove_tree_node_index_of (parent, old);
  announce_removal (self, old);
  remember (self, node);
  _grove_tree_node_replace (parent, old, node);
  _grove_tree_emit_family_changed (self, parent);
  if (parent == self->top)
    g_list_model_items_changed (G_LIST_MODEL (self), index, 1, 1);
  _grove_tree_emit_replaced (self, old, node);
  g_object_unref (old);
  return TRUE;
}

static gboolean
apply_move (GroveTree *self, struct json_object *op)
{
  GroveTreeNode *node = node_argument (self, op, 1);
  guint          index;
  if (node == NULL)
    return FALSE;
  GroveTreeNode *parent = parent_of (self, node);
  if (!index_argument (op, 2, grove_tree_node_get_n_loaded (parent) - 1, &index))
    return FALSE;
  guint from = _grove_tree_node_index_of (parent, node);
  _grove_tree_node_move (parent, node, index);
  _grove_tree_emit_family_changed (self, parent);
  if (parent == self->top && from != index)
    {
      guint low = MIN (from, index), n = MAX (from, index) - low + 1;
      g_list_model_items_changed (G_LIST_MODEL (self), low, n, n);
    }
  return TRUE;
}

gboolean
_grove_tree_apply (GroveTree *self, struct json_object *op)
{
  static const struct
  {
    const char *name;
    gsize       length;
    gboolean (*apply) (GroveTree *self, struct json_object *op);
  } operations[] = {
    { "add", 4, apply_add },         { "del", 2, apply_del },   { "set", 3, apply_set },
    { "replace", 3, apply_replace }, { "move", 3, apply_move },
  };
  if (!json_object_is_type (op, json_type_array) ||
      !json_object_is_type (argument (op, 0), json_type_string))
    return FALSE;
  const char *name = json_object_get_string (argument (op, 0));
  for (guint i = 0; i < G_N_ELEMENTS (operations); i++)
    if (strcmp (operations[i].name, name) == 0)
      return json_object_array_length (op) == operations[i].length &&
             operations[i].apply (self, op);
  return FALSE;
}

int
_grove_tree_apply_metrics (GroveTree *self, struct json_object *metrics)
{
  gsize    n = metrics != NULL ? json_object_array_length (metrics) : 0;
  gboolean differ = FALSE;
  for (gsize i = 0; i < n; i++)
    {
      struct json_object *pair = json_object_array_get_idx (metrics, i);
      if (!json_object_is_type (pair, json_type_array) || json_object_array_length (pair) != 2)
        return -1;
      struct json_object *value = json_object_array_get_idx (pair, 1);
      GroveTreeNode      *node = node_argument (self, pair, 0);
      if (value != NULL && !json_object_is_type (value, json_type_int) &&
          !json_object_is_type (value, json_type_double))
        return -1;
      double number = json_object_get_double (value);
      if (!isfinite (number))
        return -1;
      /* It may have been left out, being one child too many. */
      if (node != NULL)
        differ |= _grove_tree_node_set_metric (node, _grove_json_bound (number));
    }
  return differ;
}
