/* SPDX-License-Identifier: MIT
 *
 * What the files of GroveGraphModel share: grove-graph-model.c, which keeps a scene equal to a
 * tree; grove-graph-family.c, how the children of one node are drawn; grove-graph-find.c, what a
 * search is after.
 *
 * Invariants: a source stands beside each node of the scene. What it points to is in the tree, or
 * in `gone`.
 */
#pragma once

#include "observer/grove-graph-model.h"

G_BEGIN_DECLS

/* What a node of the scene stands for: one process, several, or what is missing. */
typedef struct
{
  GroveTreeNode *node;     /* NULL of a fold and of what is missing; borrowed */
  GPtrArray     *members;  /* GroveTreeNode, borrowed; of a fold, else NULL */
  guint          n_loaded; /* children of the one that are drawn */
} GroveGraphSource;

typedef struct
{
  GroveGraphNode   node;
  GroveGraphSource source;
} GroveGraphRow;

struct _GroveGraphModel
{
  GroveTree  *tree;
  GHashTable *hidden;  /* names of roots */
  GHashTable *open;    /* ids of folds that a person has opened */
  GHashTable *closed;  /* ids of those in the scene */
  GArray     *sources; /* GroveGraphSource */
  GPtrArray  *gone;    /* GroveTreeNode, held: left the tree since the scene was built */

  /* What the tree has changed since the scene was, or began to be, built. */
  GHashTable *changed; /* GroveTreeNode, held, whose children are others; NULL: the roots */
  gboolean    all_changed;

  /* The build under way. */
  GArray     *next_sources; /* NULL: none */
  GHashTable *next_closed;
  guint       at;     /* the next node whose children are to be added */
  guint       n_gone; /* so many of those gone are not in it */
  gboolean    lost;   /* all that it was made of has left the tree */

  /* A family. */
  GArray       *rows;  /* GroveGraphRow */
  GStringChunk *texts; /* of theirs */
};

const char *_grove_graph_model_name_of (GroveTreeNode *node);
/* The roots that are shown: all when that would be none. */
void _grove_graph_model_collect_roots (GroveGraphModel *self, GPtrArray *roots);
/* Fills the rows with how the children of @parent, NULL: the roots, are drawn now. Those folds of
 * them that were @closed_before stay closed longer; adds what is folded to @closed. */
void _grove_graph_model_list_family (GroveGraphModel *self,
                                     GroveTreeNode   *parent,
                                     GHashTable      *closed_before,
                                     GHashTable      *closed);

G_END_DECLS
