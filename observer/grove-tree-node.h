/* SPDX-License-Identifier: MIT
 *
 * A node of the tree from the inside: what GroveTree does to it. Private to observer/.
 */
#pragma once

#include "observer/grove-observer-private.h"
#include "observer/grove-tree.h"

G_BEGIN_DECLS

GroveTreeNode *_grove_tree_node_new (const char *pid);
/* Takes in a NODE of the protocol; FALSE if it is none. The pid is not read. */
gboolean _grove_tree_node_take (GroveTreeNode *self, struct json_object *object);
void     _grove_tree_node_set_appeared (GroveTreeNode *self, gint64 time_us);
void     _grove_tree_node_set_restarted (GroveTreeNode *self, gint64 time_us);
/* Returns TRUE if it is another value. */
gboolean _grove_tree_node_set_metric (GroveTreeNode *self, double value);
guint    _grove_tree_node_get_depth (GroveTreeNode *self); /* 0: a root */
/* Children; each emits items-changed. */
void  _grove_tree_node_insert (GroveTreeNode *self, guint index, GroveTreeNode *child);
void  _grove_tree_node_remove (GroveTreeNode *self, GroveTreeNode *child);
void  _grove_tree_node_replace (GroveTreeNode *self, GroveTreeNode *old, GroveTreeNode *child);
void  _grove_tree_node_move (GroveTreeNode *self, GroveTreeNode *child, guint index);
guint _grove_tree_node_index_of (GroveTreeNode *self, GroveTreeNode *child);
/* Lets go of all children without a word; for a tree that starts anew. */
void _grove_tree_node_forget_children (GroveTreeNode *self);

G_END_DECLS
