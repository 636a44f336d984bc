/* SPDX-License-Identifier: MIT
 *
 * A GroveTree without a system.
 */
#include "tests/ui/toy-tree.h"

struct _GroveTreeNode
{
  GObject        parent_instance;
  char          *pid, *name;
  GroveNodeKind  kind;
  guint          restarts, intensity, recent, n_hidden;
  double         metric;
  gint64         appeared_us, restarted_us;
  GroveTreeNode *parent;
  GPtrArray     *children;
};

struct _GroveTree
{
  GObject     parent_instance;
  gboolean    active, loading;
  char       *metric, *expanded;
  GPtrArray  *roots;
  GHashTable *nodes;
};

enum
{
  PROP_0,
  PROP_LOADING,
};

enum
{
  STRUCTURE_CHANGED,
  METRICS_CHANGED,
  REPLACED,
  REMOVED,
  FAMILY_CHANGED,
  N_SIGNALS,
};

static guint      signals[N_SIGNALS];
static GroveTree *last_tree;

G_DEFINE_FINAL_TYPE (GroveTreeNode, grove_tree_node, G_TYPE_OBJECT)
G_DEFINE_FINAL_TYPE (GroveTree, grove_tree, G_TYPE_OBJECT)

static void
grove_tree_node_finalize (GObject *object)
{
  GroveTreeNode *self = GROVE_TREE_NODE (object);

  g_free (self->pid);
  g_free (self->name);
  g_ptr_array_unref (self->children);
  G_OBJECT_CLASS (grove_tree_node_parent_class)->finalize (object);
}

static void
grove_tree_node_class_init (GroveTreeNodeClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = grove_tree_node_finalize;
}

static void
grove_tree_node_init (GroveTreeNode *self)
{
  self->children = g_ptr_array_new_with_free_func (g_object_unref);
}

const char *
grove_tree_node_get_pid (GroveTreeNode *self)
{
  return self->pid;
}

const char *
grove_tree_node_get_name (GroveTreeNode *self)
{
  return self->name;
}

GroveNodeKind
grove_tree_node_get_kind (GroveTreeNode *self)
{
  return self->kind;
}

const char *
grove_tree_node_get_strategy (GroveTreeNode *self)
{
  return self->kind == GROVE_NODE_KIND_SUPERVISOR ? "one_for_one" : "";
}

const char *
grove_tree_node_get_status (GroveTreeNode *self)
{
  return "waiting";
}

guint
grove_tree_node_get_restarts (GroveTreeNode *self)
{
  return self->restarts;
}

guint
grove_tree_node_get_intensity (GroveTreeNode *self)
{
  return self->intensity;
}

guint
grove_tree_node_get_period_s (GroveTreeNode *self)
{
  return self->intensity > 0 ? 5 : 0;
}

guint
grove_tree_node_get_recent_restarts (GroveTreeNode *self)
{
  return self->recent;
}

guint
grove_tree_node_get_n_children (GroveTreeNode *self)
{
  return self->children->len + self->n_hidden;
}

guint
grove_tree_node_get_n_loaded (GroveTreeNode *self)
{
  return self->children->len;
}

GroveTreeNode *
grove_tree_node_get_child (GroveTreeNode *self, guint index)
{
  return g_ptr_array_index (self->children, index);
}

GroveTreeNode *
grove_tree_node_get_parent (GroveTreeNode *self)
{
  return self->parent;
}

gboolean
grove_tree_node_get_expanded (GroveTreeNode *self)
{
  return self->children->len > 0;
}

double
grove_tree_node_get_metric (GroveTreeNode *self)
{
  return self->metric;
}

gint64
grove_tree_node_get_appeared_us (GroveTreeNode *self)
{
  return self->appeared_us;
}

gint64
grove_tree_node_get_restarted_us (GroveTreeNode *self)
{
  return self->restarted_us;
}

static void
grove_tree_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_LOADING)
    g_value_set_boolean (value, GROVE_TREE (object)->loading);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
grove_tree_finalize (GObject *object)
{
  GroveTree *self = GROVE_TREE (object);

  if (last_tree == self)
    last_tree = NULL;
  g_free (self->metric);
  g_free (self->expanded);
  g_hash_table_unref (self->nodes);
  g_ptr_array_unref (self->roots);
  G_OBJECT_CLASS (grove_tree_parent_class)->finalize (object);
}

static void
grove_tree_class_init (GroveTreeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = grove_tree_finalize;
  object_class->get_property = grove_tree_get_property;
  g_object_class_install_property (object_class, PROP_LOADING,
                                   g_param_spec_boolean ("loading", NULL, NULL, FALSE,
                                                         G_PARAM_READABLE |
                                                           G_PARAM_STATIC_STRINGS));
  signals[STRUCTURE_CHANGED] =
    g_signal_new ("structure-changed", GROVE_TYPE_TREE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 0);
  signals[METRICS_CHANGED] = g_signal_new ("metrics-changed", GROVE_TYPE_TREE, G_SIGNAL_RUN_LAST, 0,
                                           NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[REPLACED] =
    g_signal_new ("replaced", GROVE_TYPE_TREE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                  2, GROVE_TYPE_TREE_NODE, GROVE_TYPE_TREE_NODE);
  signals[REMOVED] = g_signal_new ("removed", GROVE_TYPE_TREE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 1, GROVE_TYPE_TREE_NODE);
  signals[FAMILY_CHANGED] = g_signal_new ("family-changed", GROVE_TYPE_TREE, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 1, GROVE_TYPE_TREE_NODE);
}

static void
grove_tree_init (GroveTree *self)
{
  self->roots = g_ptr_array_new_with_free_func (g_object_unref);
  self->nodes = g_hash_table_new (g_str_hash, g_str_equal);
}

GroveTree *
grove_tree_new (GroveSession *session, guint depth)
{
  last_tree = g_object_new (GROVE_TYPE_TREE, NULL);
  return last_tree;
}

void
grove_tree_set_active (GroveTree *self, gboolean active)
{
  self->active = active;
}

void
grove_tree_set_metric (GroveTree *self, const char *column)
{
  g_free (self->metric);
  self->metric = g_strdup (column);
}

guint
grove_tree_get_n_roots (GroveTree *self)
{
  return self->roots->len;
}

GroveTreeNode *
grove_tree_get_root (GroveTree *self, guint index)
{
  return g_ptr_array_index (self->roots, index);
}

GroveTreeNode *
grove_tree_find (GroveTree *self, const char *pid)
{
  return g_hash_table_lookup (self->nodes, pid);
}

guint
grove_tree_get_n_nodes (GroveTree *self)
{
  return g_hash_table_size (self->nodes);
}

gboolean
grove_tree_get_loading (GroveTree *self)
{
  return self->loading;
}

const char *
grove_tree_get_refusal (GroveTree *self)
{
  return NULL;
}

void
grove_tree_expand (GroveTree *self, const char *pid)
{
  g_free (self->expanded);
  self->expanded = g_strdup (pid);
}

void
grove_tree_collapse (GroveTree *self, const char *pid)
{
}

static GroveTreeNode *
make_node (GroveTree *self, const char *pid, const char *name, GroveNodeKind kind, double metric)
{
  GroveTreeNode *node = g_object_new (GROVE_TYPE_TREE_NODE, NULL);

  node->pid = g_strdup (pid);
  node->name = g_strdup (name);
  node->kind = kind;
  node->metric = metric;
  g_hash_table_insert (self->nodes, node->pid, node);
  return node;
}

static void
tell_family (GroveTree *self, GroveTreeNode *parent)
{
  g_signal_emit (self, signals[FAMILY_CHANGED], 0, parent);
}

GroveTreeNode *
toy_tree_add (GroveTree    *self,
              const char   *parent,
              const char   *pid,
              const char   *name,
              GroveNodeKind kind,
              double        metric)
{
  GroveTreeNode *above = parent != NULL ? grove_tree_find (self, parent) : NULL;
  GroveTreeNode *node = make_node (self, pid, name, kind, metric);

  node->parent = above;
  g_ptr_array_add (above != NULL ? above->children : self->roots, node);
  tell_family (self, above);
  return node;
}

void
toy_tree_set_budget (GroveTree *self, const char *pid, guint intensity, guint used)
{
  GroveTreeNode *node = grove_tree_find (self, pid);

  node->intensity = intensity;
  node->recent = used;
  tell_family (self, node->parent);
}

void
toy_tree_set_n_children (GroveTree *self, const char *pid, guint n_children)
{
  GroveTreeNode *node = grove_tree_find (self, pid);

  node->n_hidden = n_children - node->children->len;
  tell_family (self, node->parent);
  tell_family (self, node);
}

void
toy_tree_set_value (GroveTree *self, const char *pid, double metric)
{
  grove_tree_find (self, pid)->metric = metric;
}

static void
announce_removal (GroveTree *self, GroveTreeNode *node)
{
  for (guint i = node->children->len; i-- > 0;)
    announce_removal (self, g_ptr_array_index (node->children, i));
  g_signal_emit (self, signals[REMOVED], 0, node);
  g_hash_table_remove (self->nodes, node->pid);
}

void
toy_tree_remove (GroveTree *self, const char *pid)
{
  GroveTreeNode *node = grove_tree_find (self, pid);
  GroveTreeNode *parent = node->parent;
  GPtrArray     *among = parent != NULL ? parent->children : self->roots;

  announce_removal (self, node);
  g_ptr_array_remove (among, node);
  tell_family (self, parent);
}

void
toy_tree_replace (GroveTree *self, const char *pid, const char *new_pid)
{
  g_autoptr (GroveTreeNode) before = g_object_ref (grove_tree_find (self, pid));
  GPtrArray     *among = before->parent != NULL ? before->parent->children : self->roots;
  GroveTreeNode *after;
  guint          index = 0;

  g_assert_true (g_ptr_array_find (among, before, &index));
  announce_removal (self, before);
  after = make_node (self, new_pid, before->name, before->kind, 0);
  after->parent = before->parent;
  after->restarts = before->restarts + 1;
  after->restarted_us = g_get_monotonic_time ();
  g_ptr_array_remove_index (among, index);
  g_ptr_array_insert (among, (int) index, after);
  tell_family (self, after->parent);
  g_signal_emit (self, signals[REPLACED], 0, before, after);
}

void
toy_tree_set_loading (GroveTree *self, gboolean loading)
{
  self->loading = loading;
  g_object_notify (G_OBJECT (self), "loading");
}

void
toy_tree_commit (GroveTree *self)
{
  g_signal_emit (self, signals[STRUCTURE_CHANGED], 0);
}

void
toy_tree_commit_values (GroveTree *self)
{
  g_signal_emit (self, signals[METRICS_CHANGED], 0);
}

GroveTree *
toy_tree_get_last (void)
{
  return last_tree;
}

gboolean
toy_tree_get_active (GroveTree *self)
{
  return self->active;
}

const char *
toy_tree_get_expanded (GroveTree *self)
{
  return self->expanded;
}

const char *
toy_tree_get_metric (GroveTree *self)
{
  return self->metric;
}
