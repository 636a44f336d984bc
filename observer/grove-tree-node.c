/* SPDX-License-Identifier: MIT
 *
 * GroveTreeNode: one process in the forest, and a list of its children. A node holds its children;
 * the way up is a bare pointer, cleared when the child leaves.
 */
#include "observer/grove-tree-node.h"

#include <string.h>

/* What a graph of a hundred thousand of them reads of each for every change comes first, together.
 */
struct _GroveTreeNode
{
  GObject        parent_instance;
  GPtrArray     *children; /* NULL: none was ever there */
  GroveNodeKind  kind;
  guint          n_children;
  guint          restarts;
  guint          intensity;
  guint          period_s;
  guint          recent_restarts;
  gint64         appeared_us;
  gint64         restarted_us;
  double         metric;
  char           status[16];
  char           strategy[24];
  char           pid[64];
  char           name[96];
  gboolean       expanded;
  GroveTreeNode *parent;
  guint          depth;
};

enum
{
  CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static guint
count_loaded (GroveTreeNode *self)
{
  return self->children != NULL ? self->children->len : 0;
}

static GPtrArray *
ensure_children (GroveTreeNode *self)
{
  if (self->children == NULL)
    self->children = g_ptr_array_new_with_free_func (g_object_unref);
  return self->children;
}

static GType
get_item_type (GListModel *model)
{
  return GROVE_TYPE_TREE_NODE;
}

static guint
get_n_items (GListModel *model)
{
  return count_loaded (GROVE_TREE_NODE (model));
}

static gpointer
get_item (GListModel *model, guint position)
{
  GroveTreeNode *self = GROVE_TREE_NODE (model);
  return position < count_loaded (self) ? g_object_ref (self->children->pdata[position]) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (GroveTreeNode,
                               grove_tree_node,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static gboolean
read_kind (const char *text, GroveNodeKind *ret_kind)
{
  static const char *const kinds[] = {
    [GROVE_NODE_KIND_APPLICATION] = "application",
    [GROVE_NODE_KIND_SUPERVISOR] = "supervisor",
    [GROVE_NODE_KIND_WORKER] = "worker",
    [GROVE_NODE_KIND_PROCESS] = "process",
  };
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (kinds[i], text) == 0)
      {
        *ret_kind = i;
        return TRUE;
      }
  return FALSE;
}

static guint
count (struct json_object *object, const char *member)
{
  return (guint) CLAMP (_grove_json_int (object, member, 0), 0, G_MAXUINT);
}

gboolean
_grove_tree_node_take (GroveTreeNode *self, struct json_object *object)
{
  GroveNodeKind kind;
  if (!read_kind (_grove_json_text (object, "kind"), &kind))
    return FALSE;
  self->kind = kind;
  _grove_copy_text (self->name, sizeof self->name, _grove_json_text (object, "name"));
  _grove_copy_text (self->status, sizeof self->status, _grove_json_text (object, "status"));
  _grove_copy_text (self->strategy, sizeof self->strategy, _grove_json_text (object, "strategy"));
  self->n_children = count (object, "children");
  self->restarts = count (object, "restarts");
  self->intensity = count (object, "intensity");
  self->period_s = count (object, "period_s");
  self->recent_restarts = count (object, "recent_restarts");
  self->expanded = _grove_json_boolean (object, "expanded");
  g_signal_emit (self, signals[CHANGED], 0);
  return TRUE;
}

void
_grove_tree_node_set_appeared (GroveTreeNode *self, gint64 time_us)
{
  self->appeared_us = time_us;
}

void
_grove_tree_node_set_restarted (GroveTreeNode *self, gint64 time_us)
{
  self->restarted_us = time_us;
}

gboolean
_grove_tree_node_set_metric (GroveTreeNode *self, double value)
{
  if (self->metric == value)
    return FALSE;
  self->metric = value;
  return TRUE;
}

guint
_grove_tree_node_get_depth (GroveTreeNode *self)
{
  return self->depth;
}

void
_grove_tree_node_insert (GroveTreeNode *self, guint index, GroveTreeNode *child)
{
  child->parent = self;
  child->depth = self->depth + 1;
  g_ptr_array_insert (ensure_children (self), (int) index, g_object_ref (child));
  g_list_model_items_changed (G_LIST_MODEL (self), index, 0, 1);
}

guint
_grove_tree_node_index_of (GroveTreeNode *self, GroveTreeNode *child)
{
  guint index = G_MAXUINT;
  if (self->children != NULL)
    g_ptr_array_find (self->children, child, &index);
  return index;
}

void
_grove_tree_node_remove (GroveTreeNode *self, GroveTreeNode *child)
{
  guint index = _grove_tree_node_index_of (self, child);
  g_return_if_fail (index != G_MAXUINT);
  child->parent = NULL;
  g_ptr_array_remove_index (self->children, index);
  g_list_model_items_changed (G_LIST_MODEL (self), index, 1, 0);
}

void
_grove_tree_node_replace (GroveTreeNode *self, GroveTreeNode *old, GroveTreeNode *child)
{
  guint index = _grove_tree_node_index_of (self, old);
  g_return_if_fail (index != G_MAXUINT);
  child->parent = self;
  child->depth = self->depth + 1;
  old->parent = NULL;
  self->children->pdata[index] = g_object_ref (child);
  g_list_model_items_changed (G_LIST_MODEL (self), index, 1, 1);
  g_object_unref (old);
}

void
_grove_tree_node_move (GroveTreeNode *self, GroveTreeNode *child, guint index)
{
  guint from = _grove_tree_node_index_of (self, child);
  g_return_if_fail (from != G_MAXUINT && index < count_loaded (self));
  if (from == index)
    return;
  gpointer kept = g_ptr_array_steal_index (self->children, from);
  g_ptr_array_insert (self->children, (int) index, kept);
  guint low = MIN (from, index), n = MAX (from, index) - low + 1;
  g_list_model_items_changed (G_LIST_MODEL (self), low, n, n);
}

void
_grove_tree_node_forget_children (GroveTreeNode *self)
{
  for (guint i = 0; i < count_loaded (self); i++)
    ((GroveTreeNode *) self->children->pdata[i])->parent = NULL;
  g_clear_pointer (&self->children, g_ptr_array_unref);
}

const char *
grove_tree_node_get_pid (GroveTreeNode *self)
{
  g_return_val_if_fail (GROVE_IS_TREE_NODE (self), "");
  return self->pid;
}

const char *
grove_tree_node_get_name (GroveTreeNode *self)
{
  g_return_val_if_fail (GROVE_IS_TREE_NODE (self), "");
  return self->name;
}

GroveNodeKind
grove_tree_node_get_kind (GroveTreeNode *self)
{
  g_return_val_if_fail (GROVE_IS_TREE_NODE (self), GROVE_NODE_KIND_PROCESS);
  return self->kind;
}

const char *
grove_tree_node_get_strategy (GroveTreeNode *self)
{
  g_return_val_if_fail (GROVE_IS_TREE_NODE (self), "");
  return self->strategy;
}

const char *
grove_tree_node_get_status (GroveTreeNode *self)
{
  g_return_val_if_fail (GROVE_IS_TREE_NODE (self), "");
  return self->status;
}

guint
grove_tree_node_get_restarts (GroveTreeNode *self)
{
  g_return_val_if_fail (GROVE_IS_TREE_NODE (self), 0);
  return self->restarts;
}

guint
grove_tree_node_get_intensity (GroveTreeNode *self)
{
  g_return_val_if_fail (GROVE_IS_TREE_NODE (self), 0);
  return self->intensity;
}

guint
grove_tree_node_get_period_s (GroveTreeNode *self)
{
  g_return_val_if_fail (GROVE_IS_TREE_NODE (self), 0);
  return self->period_s;
}

guint
grove_tree_node_get_recent_restarts (GroveTreeNode *self)
{
  g_return_val_if_fail (GROVE_IS_TREE_NODE (self), 0);
  return self->recent_restarts;
}

guint
grove_tree_node_get_n_children (GroveTreeNode *self)
{
  g_return_val_if_fail (GROVE_IS_TREE_NODE (self), 0);
  return MAX (self->n_children, count_loaded (self));
}

guint
grove_tree_node_get_n_loaded (GroveTreeNode *self)
{
  g_return_val_if_fail (GROVE_IS_TREE_NODE (self), 0);
  return count_loaded (self);
}

GroveTreeNode *
grove_tree_node_get_child (GroveTreeNode *self, guint index)
{
  g_return_val_if_fail (GROVE_IS_TREE_NODE (self), NULL);
  return index < count_loaded (self) ? self->children->pdata[index] : NULL;
}

GroveTreeNode *
grove_tree_node_get_parent (GroveTreeNode *self)
{
  g_return_val_if_fail (GROVE_IS_TREE_NODE (self), NULL);
  /* Roots hang on a node that nobody sees; it has no pid. */
  return self->parent != NULL && self->parent->pid[0] != '\0' ? self->parent : NULL;
}

gboolean
grove_tree_node_get_expanded (GroveTreeNode *self)
{
  g_return_val_if_fail (GROVE_IS_TREE_NODE (self), FALSE);
  return self->expanded;
}

double
grove_tree_node_get_metric (GroveTreeNode *self)
{
  g_return_val_if_fail (GROVE_IS_TREE_NODE (self), 0);
  return self->metric;
}

gint64
grove_tree_node_get_appeared_us (GroveTreeNode *self)
{
  g_return_val_if_fail (GROVE_IS_TREE_NODE (self), 0);
  return self->appeared_us;
}

gint64
grove_tree_node_get_restarted_us (GroveTreeNode *self)
{
  g_return_val_if_fail (GROVE_IS_TREE_NODE (self), 0);
  return self->restarted_us;
}

static void
grove_tree_node_finalize (GObject *object)
{
  GroveTreeNode *self = GROVE_TREE_NODE (object);
  _grove_tree_node_forget_children (self);
  G_OBJECT_CLASS (grove_tree_node_parent_class)->finalize (object);
}

static void
grove_tree_node_class_init (GroveTreeNodeClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = grove_tree_node_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
grove_tree_node_init (GroveTreeNode *self)
{
  self->kind = GROVE_NODE_KIND_PROCESS;
}

GroveTreeNode *
_grove_tree_node_new (const char *pid)
{
  GroveTreeNode *self = g_object_new (GROVE_TYPE_TREE_NODE, NULL);
  _grove_copy_text (self->pid, sizeof self->pid, pid);
  return self;
}
