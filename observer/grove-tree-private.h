/* SPDX-License-Identifier: MIT
 *
 * What the files of GroveTree share: grove-tree.c, the object, and grove-tree-operations.c, what
 * updates do to its nodes.
 *
 * Invariants: every node but the top stands below another, and in `nodes` under its pid, or in
 * `aside` while the tree is built again; never in both.
 */
#pragma once

#include "observer/grove-tree-node.h"

G_BEGIN_DECLS

struct _GroveTree
{
  GObject            parent_instance;
  GroveSession      *session;
  GroveSubscription *subscription;
  guint              depth;
  gboolean           active;
  char              *metric;
  gulong             reset_handler;

  GroveTreeNode *top;            /* whose children are the roots */
  GHashTable    *nodes;          /* pid -> GroveTreeNode, borrowed: their parents hold them */
  GHashTable    *aside;          /* while building: pid -> GroveTreeNode, held */
  GHashTable    *opened_by_hand; /* pid -> TRUE opened, FALSE closed */
  gboolean       loading;
  gboolean fresh; /* the next update is the first, and begins anew whether it says so or not */
  gboolean building;
  guint    last_n_nodes;
  guint    frame_source;
  gboolean told_family; /* in this update, of last_family, which need not be there any more */
  gpointer last_family;
};

/* Puts all nodes aside, to be built again. */
void _grove_tree_start_over (GroveTree *self);
/* Those that were not built again are gone. */
void _grove_tree_end_building (GroveTree *self);
/* FALSE: the operation does not fit the tree as it stands. */
gboolean _grove_tree_apply (GroveTree *self, struct json_object *op);
/* Returns -1 if they make no sense, else whether any differs. */
int _grove_tree_apply_metrics (GroveTree *self, struct json_object *metrics);

/* Tells of it, within a frame. */
void _grove_tree_structure_changed (GroveTree *self);
/* @parent: of the roots, the top. */
void _grove_tree_emit_family_changed (GroveTree *self, GroveTreeNode *parent);
void _grove_tree_emit_removed (GroveTree *self, GroveTreeNode *node);
void _grove_tree_emit_replaced (GroveTree *self, GroveTreeNode *old, GroveTreeNode *node);

G_END_DECLS
