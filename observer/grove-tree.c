/* SPDX-License-Identifier: MIT
 *
 * GroveTree: the subscription, the properties, and the list of the roots. What an update does to
 * the nodes is in grove-tree-operations.c.
 */
#include "observer/grove-tree-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define INTERVAL_MS  100
#define MAX_CHILDREN 1000
#define DEPTH_MAX    16   /* of what opens by itself, as the protocol has it */
#define OPENED_MAX   1000 /* nodes opened or closed by hand that are remembered */
#define BUILDING_OPS 500  /* an update with fewer of them ends the building after a reset */
#define FRAME_MS     10

enum
{
  PROP_0,
  PROP_ACTIVE,
  PROP_LOADING,
  PROP_N_NODES,
  PROP_METRIC,
  PROP_REFUSAL,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

enum
{
  STRUCTURE_CHANGED,
  METRICS_CHANGED,
  REPLACED,
  REMOVED,
  FAMILY_CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GroveTree,
                               grove_tree,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static gboolean
frame (gpointer user_data)
{
  GroveTree *self = user_data;
  self->frame_source = 0;
  g_object_ref (self);
  if (self->last_n_nodes != g_hash_table_size (self->nodes))
    {
      self->last_n_nodes = g_hash_table_size (self->nodes);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_NODES]);
    }
  g_signal_emit (self, signals[STRUCTURE_CHANGED], 0);
  g_object_unref (self);
  return G_SOURCE_REMOVE;
}

void
_grove_tree_structure_changed (GroveTree *self)
{
  if (self->frame_source == 0 && self->subscription != NULL)
    self->frame_source = g_timeout_add (FRAME_MS, frame, self);
}

void
_grove_tree_emit_family_changed (GroveTree *self, GroveTreeNode *parent)
{
  /* Of a thousand children that come one after the other, one is told of. */
  if (self->told_family && self->last_family == parent)
    return;
  self->told_family = TRUE;
  self->last_family = parent;
  g_signal_emit (self, signals[FAMILY_CHANGED], 0, parent != self->top ? parent : NULL);
}

void
_grove_tree_emit_removed (GroveTree *self, GroveTreeNode *node)
{
  g_signal_emit (self, signals[REMOVED], 0, node);
}

void
_grove_tree_emit_replaced (GroveTree *self, GroveTreeNode *old, GroveTreeNode *node)
{
  g_signal_emit (self, signals[REPLACED], 0, old, node);
}

static void
set_loading (GroveTree *self, gboolean loading)
{
  if (self->loading == loading)
    return;
  self->loading = loading;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADING]);
}

static gboolean
updated (gpointer owner, struct json_object *params, const char **ret_reason)
{
  GroveTree          *self = owner;
  struct json_object *ops = _grove_json_array (params, "ops");
  struct json_object *metrics = _grove_json_array (params, "metrics");
  gsize               n_ops = ops != NULL ? json_object_array_length (ops) : 0;
  gboolean            good = TRUE;
  g_object_ref (self);
  self->told_family = FALSE;
  if (self->fresh || _grove_json_boolean (params, "reset"))
    _grove_tree_start_over (self);
  self->fresh = FALSE;
  for (gsize i = 0; i < n_ops && good; i++)
    {
      good = _grove_tree_apply (self, json_object_array_get_idx (ops, i));
      /* Whoever is told may have let go of the tree. */
      if (self->subscription == NULL)
        break;
    }
  int differ = good ? _grove_tree_apply_metrics (self, metrics) : 0;
  if (n_ops > 0)
    _grove_tree_structure_changed (self);
  if (self->building && n_ops < BUILDING_OPS)
    _grove_tree_end_building (self);
  set_loading (self, FALSE);
  if (differ > 0)
    g_signal_emit (self, signals[METRICS_CHANGED], 0);
  if (!good)
    *ret_reason = _ ("It sent a change of the tree that does not fit the tree.");
  else if (differ < 0)
    *ret_reason = _ ("It sent values of the tree that make no sense.");
  g_object_unref (self);
  return good && differ >= 0;
}

static struct json_object *
open_params (gpointer owner)
{
  GroveTree          *self = owner;
  struct json_object *params = json_object_new_object ();
  json_object_object_add (params, "depth", json_object_new_int64 (self->depth));
  json_object_object_add (params, "max_children", json_object_new_int (MAX_CHILDREN));
  json_object_object_add (params, "metric", json_object_new_string (self->metric));
  json_object_object_add (params, "interval_ms", json_object_new_int (INTERVAL_MS));
  return params;
}

static void
send_opened (GroveTree *self, const char *pid, gboolean expand)
{
  struct json_object *params = json_object_new_object ();
  json_object_object_add (params, "pid", json_object_new_string (pid));
  _grove_subscription_send (self->subscription, expand ? "tree.expand" : "tree.collapse", params);
}

static void
opened (gpointer owner, struct json_object *result)
{
  GroveTree     *self = owner;
  GHashTableIter iter;
  gpointer       key, value;
  self->fresh = TRUE;
  g_hash_table_iter_init (&iter, self->opened_by_hand);
  while (g_hash_table_iter_next (&iter, &key, &value))
    send_opened (self, key, GPOINTER_TO_INT (value));
}

static void
was_reset (GroveSession *session, GroveTree *self)
{
  g_object_ref (self);
  g_hash_table_remove_all (self->opened_by_hand);
  _grove_tree_start_over (self);
  _grove_tree_end_building (self);
  set_loading (self, TRUE);
  g_object_unref (self);
}

static void
refusal_changed (gpointer owner)
{
  g_object_notify_by_pspec (owner, properties[PROP_REFUSAL]);
}

const char *
grove_tree_get_refusal (GroveTree *self)
{
  g_return_val_if_fail (GROVE_IS_TREE (self), NULL);
  return self->subscription != NULL ? _grove_subscription_get_refusal (self->subscription) : NULL;
}

void
grove_tree_set_active (GroveTree *self, gboolean active)
{
  g_return_if_fail (GROVE_IS_TREE (self));
  active = !!active;
  if (self->active == active || self->subscription == NULL)
    return;
  self->active = active;
  _grove_subscription_set_wanted (self->subscription, active);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ACTIVE]);
}

void
grove_tree_set_metric (GroveTree *self, const char *column)
{
  g_return_if_fail (GROVE_IS_TREE (self));
  if (column == NULL || !_grove_column_is_known (column) || strcmp (self->metric, column) == 0)
    return;
  char *copy = g_strdup (column);
  g_free (self->metric);
  self->metric = copy;
  if (self->subscription != NULL)
    {
      struct json_object *params = json_object_new_object ();
      json_object_object_add (params, "metric", json_object_new_string (self->metric));
      _grove_subscription_set (self->subscription, params);
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_METRIC]);
}

guint
grove_tree_get_n_roots (GroveTree *self)
{
  g_return_val_if_fail (GROVE_IS_TREE (self), 0);
  return grove_tree_node_get_n_loaded (self->top);
}

GroveTreeNode *
grove_tree_get_root (GroveTree *self, guint index)
{
  g_return_val_if_fail (GROVE_IS_TREE (self), NULL);
  return grove_tree_node_get_child (self->top, index);
}

GroveTreeNode *
grove_tree_find (GroveTree *self, const char *pid)
{
  g_return_val_if_fail (GROVE_IS_TREE (self), NULL);
  return pid != NULL ? g_hash_table_lookup (self->nodes, pid) : NULL;
}

guint
grove_tree_get_n_nodes (GroveTree *self)
{
  g_return_val_if_fail (GROVE_IS_TREE (self), 0);
  return g_hash_table_size (self->nodes);
}

gboolean
grove_tree_get_loading (GroveTree *self)
{
  g_return_val_if_fail (GROVE_IS_TREE (self), FALSE);
  return self->loading;
}

static void
open_by_hand (GroveTree *self, const char *pid, gboolean expand)
{
  if (pid == NULL || self->subscription == NULL)
    return;
  if (g_hash_table_size (self->opened_by_hand) >= OPENED_MAX)
    g_hash_table_remove_all (self->opened_by_hand);
  g_hash_table_insert (self->opened_by_hand, g_strdup (pid), GINT_TO_POINTER (expand));
  send_opened (self, pid, expand);
}

void
grove_tree_expand (GroveTree *self, const char *pid)
{
  g_return_if_fail (GROVE_IS_TREE (self));
  open_by_hand (self, pid, TRUE);
}

void
grove_tree_collapse (GroveTree *self, const char *pid)
{
  g_return_if_fail (GROVE_IS_TREE (self));
  open_by_hand (self, pid, FALSE);
}

static GType
get_item_type (GListModel *model)
{
  return GROVE_TYPE_TREE_NODE;
}

static guint
get_n_items (GListModel *model)
{
  return grove_tree_node_get_n_loaded (GROVE_TREE (model)->top);
}

static gpointer
get_item (GListModel *model, guint position)
{
  GroveTreeNode *root = grove_tree_node_get_child (GROVE_TREE (model)->top, position);
  return root != NULL ? g_object_ref (root) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
grove_tree_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  GroveTree *self = GROVE_TREE (object);
  switch (prop_id)
    {
    case PROP_ACTIVE:
      g_value_set_boolean (value, self->active);
      break;
    case PROP_LOADING:
      g_value_set_boolean (value, self->loading);
      break;
    case PROP_N_NODES:
      g_value_set_uint (value, g_hash_table_size (self->nodes));
      break;
    case PROP_METRIC:
      g_value_set_string (value, self->metric);
      break;
    case PROP_REFUSAL:
      g_value_set_string (value, grove_tree_get_refusal (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
grove_tree_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  GroveTree *self = GROVE_TREE (object);
  switch (prop_id)
    {
    case PROP_ACTIVE:
      grove_tree_set_active (self, g_value_get_boolean (value));
      break;
    case PROP_METRIC:
      grove_tree_set_metric (self, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
grove_tree_dispose (GObject *object)
{
  GroveTree *self = GROVE_TREE (object);
  g_clear_handle_id (&self->frame_source, g_source_remove);
  g_clear_pointer (&self->subscription, _grove_subscription_free);
  if (self->session != NULL)
    g_clear_signal_handler (&self->reset_handler, self->session);
  self->active = FALSE;
  G_OBJECT_CLASS (grove_tree_parent_class)->dispose (object);
}

static void
grove_tree_finalize (GObject *object)
{
  GroveTree *self = GROVE_TREE (object);
  g_hash_table_unref (self->nodes);
  g_clear_pointer (&self->aside, g_hash_table_unref);
  g_hash_table_unref (self->opened_by_hand);
  g_object_unref (self->top);
  g_free (self->metric);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (grove_tree_parent_class)->finalize (object);
}

static guint
new_signal (GType type, const char *name, guint n_nodes)
{
  return g_signal_new (name, type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, n_nodes,
                       GROVE_TYPE_TREE_NODE, GROVE_TYPE_TREE_NODE);
}

static void
grove_tree_class_init (GroveTreeClass *klass)
{
  const GParamFlags read = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  const GParamFlags write = read | G_PARAM_WRITABLE;
  GObjectClass     *object_class = G_OBJECT_CLASS (klass);
  object_class->get_property = grove_tree_get_property;
  object_class->set_property = grove_tree_set_property;
  object_class->dispose = grove_tree_dispose;
  object_class->finalize = grove_tree_finalize;
  properties[PROP_ACTIVE] = g_param_spec_boolean ("active", NULL, NULL, FALSE, write);
  properties[PROP_LOADING] = g_param_spec_boolean ("loading", NULL, NULL, TRUE, read);
  properties[PROP_N_NODES] = g_param_spec_uint ("n-nodes", NULL, NULL, 0, G_MAXUINT, 0, read);
  properties[PROP_METRIC] = g_param_spec_string ("metric", NULL, NULL, "messages", write);
  properties[PROP_REFUSAL] = g_param_spec_string ("refusal", NULL, NULL, NULL, read);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  GType type = G_TYPE_FROM_CLASS (klass);
  signals[STRUCTURE_CHANGED] = new_signal (type, "structure-changed", 0);
  signals[METRICS_CHANGED] = new_signal (type, "metrics-changed", 0);
  signals[REPLACED] = new_signal (type, "replaced", 2);
  signals[REMOVED] = new_signal (type, "removed", 1);
  signals[FAMILY_CHANGED] = new_signal (type, "family-changed", 1);
}

static void
grove_tree_init (GroveTree *self)
{
  self->metric = g_strdup ("messages");
  self->loading = TRUE;
  self->top = _grove_tree_node_new ("");
  self->nodes = g_hash_table_new (g_str_hash, g_str_equal);
  self->opened_by_hand = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

GroveTree *
grove_tree_new (GroveSession *session, guint depth)
{
  static const GroveSubscriptionKind kind = {
    .open_method = "tree.open",
    .set_method = "tree.set",
    .close_method = "tree.close",
    .ack_method = "tree.ack",
    .update = "tree.update",
    .open_params = open_params,
    .opened = opened,
    .updated = updated,
    .refusal_changed = refusal_changed,
  };
  g_return_val_if_fail (GROVE_IS_SESSION (session), NULL);
  GroveTree *self = g_object_new (GROVE_TYPE_TREE, NULL);
  self->session = g_object_ref (session);
  self->depth = MIN (depth, DEPTH_MAX);
  self->subscription = _grove_subscription_new (session, &kind, self);
  self->reset_handler = g_signal_connect (session, "reset", G_CALLBACK (was_reset), self);
  return self;
}
