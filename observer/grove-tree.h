/* SPDX-License-Identifier: MIT
 *
 * GroveTree: the supervision forest, kept equal to the server's by its operations. Nodes are
 * objects that live as long as their process (a replaced one is a new object in the same place);
 * each node is a GListModel of its children, and the tree is one of its roots, so GtkTreeListModel
 * can show them.
 *
 * Main thread only.
 */
#pragma once

#include "observer/grove-session.h"

G_BEGIN_DECLS

typedef enum
{
  GROVE_NODE_KIND_APPLICATION,
  GROVE_NODE_KIND_SUPERVISOR,
  GROVE_NODE_KIND_WORKER,
  GROVE_NODE_KIND_PROCESS,
} GroveNodeKind;

#define GROVE_TYPE_TREE_NODE (grove_tree_node_get_type ())
G_DECLARE_FINAL_TYPE (GroveTreeNode, grove_tree_node, GROVE, TREE_NODE, GObject)

/* Signal: changed (name, status, restarts and the like; not the metric). */
const char    *grove_tree_node_get_pid (GroveTreeNode *self);
const char    *grove_tree_node_get_name (GroveTreeNode *self);
GroveNodeKind  grove_tree_node_get_kind (GroveTreeNode *self);
const char    *grove_tree_node_get_strategy (GroveTreeNode *self); /* "" when no supervisor */
const char    *grove_tree_node_get_status (GroveTreeNode *self);
guint          grove_tree_node_get_restarts (GroveTreeNode *self);
guint          grove_tree_node_get_intensity (GroveTreeNode *self);
guint          grove_tree_node_get_period_s (GroveTreeNode *self);
guint          grove_tree_node_get_recent_restarts (GroveTreeNode *self);
guint          grove_tree_node_get_n_children (GroveTreeNode *self); /* all it has */
guint          grove_tree_node_get_n_loaded (GroveTreeNode *self);   /* those that are here */
GroveTreeNode *grove_tree_node_get_child (GroveTreeNode *self, guint index); /* borrowed */
GroveTreeNode *grove_tree_node_get_parent (GroveTreeNode *self); /* borrowed, NULL: root */
gboolean       grove_tree_node_get_expanded (GroveTreeNode *self);
double         grove_tree_node_get_metric (GroveTreeNode *self);
/* g_get_monotonic_time() when it came, took another's place; 0 for those there from the start. */
gint64 grove_tree_node_get_appeared_us (GroveTreeNode *self);
gint64 grove_tree_node_get_restarted_us (GroveTreeNode *self);

#define GROVE_TYPE_TREE (grove_tree_get_type ())
G_DECLARE_FINAL_TYPE (GroveTree, grove_tree, GROVE, TREE, GObject)

/**
 * grove_tree_new:
 * @depth: levels that open by themselves, at most 16
 *
 * Properties: active boolean rw, loading boolean r, n-nodes uint r, metric string rw (a column of
 * the table processes), refusal string r (why the system does not tell it, NULL: it does). Signals:
 * structure-changed (at most once a frame); metrics-changed; replaced (GroveTreeNode *old,
 * GroveTreeNode *new); removed (GroveTreeNode *node, just before it goes); family-changed
 * (GroveTreeNode *parent, NULL: the roots: some of its children are others, stand otherwise or say
 * something else; some time before structure-changed).
 *
 * Returns: (transfer full): not active
 * Since: 0.1
 */
GroveTree *grove_tree_new (GroveSession *session, guint depth);

/* Subscribed to only while active; what it showed stays. Since: 0.1 */
void grove_tree_set_active (GroveTree *self, gboolean active);

/* @column: of the table processes; one that is not known has no effect. Since: 0.1 */
void           grove_tree_set_metric (GroveTree *self, const char *column);
guint          grove_tree_get_n_roots (GroveTree *self);
GroveTreeNode *grove_tree_get_root (GroveTree *self, guint index); /* borrowed */
GroveTreeNode *grove_tree_find (GroveTree *self, const char *pid); /* borrowed, NULL */
guint          grove_tree_get_n_nodes (GroveTree *self);
gboolean       grove_tree_get_loading (GroveTree *self);
const char    *grove_tree_get_refusal (GroveTree *self); /* borrowed, NULL */

/**
 * grove_tree_expand:
 *
 * Asks for the children of @pid, and remembers the wish when the connection is lost, as
 * grove_tree_collapse() does.
 *
 * Since: 0.1
 */
void grove_tree_expand (GroveTree *self, const char *pid);
void grove_tree_collapse (GroveTree *self, const char *pid);

G_END_DECLS
