/* SPDX-License-Identifier: MIT
 *
 * A GroveTree without a system: implements observer/grove-tree.h over nodes that a test puts there
 * by hand, so that what shows a tree can be tested step by step. Link it instead of the observer's.
 */
#pragma once

#include "observer/grove-tree.h"

G_BEGIN_DECLS

/* @parent: NULL for a root. @metric: what the node shows. Nothing is told until toy_tree_commit().
 */
GroveTreeNode *toy_tree_add (GroveTree    *self,
                             const char   *parent,
                             const char   *pid,
                             const char   *name,
                             GroveNodeKind kind,
                             double        metric);
/* A supervisor's numbers. */
void toy_tree_set_budget (GroveTree *self, const char *pid, guint intensity, guint used);
/* It has more children than are here. */
void toy_tree_set_n_children (GroveTree *self, const char *pid, guint n_children);
void toy_tree_set_value (GroveTree *self, const char *pid, double metric);
void toy_tree_remove (GroveTree *self, const char *pid);
void toy_tree_replace (GroveTree *self, const char *pid, const char *new_pid);
void toy_tree_set_loading (GroveTree *self, gboolean loading);
/* Emits structure-changed. */
void toy_tree_commit (GroveTree *self);
/* Emits metrics-changed. */
void toy_tree_commit_values (GroveTree *self);
/* The tree made last, for a test whose widget made it. Borrowed. */
GroveTree  *toy_tree_get_last (void);
gboolean    toy_tree_get_active (GroveTree *self);
const char *toy_tree_get_expanded (GroveTree *self); /* the last expanded, or NULL */
const char *toy_tree_get_metric (GroveTree *self);

G_END_DECLS
