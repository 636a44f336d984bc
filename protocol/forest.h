/* SPDX-License-Identifier: MIT
 *
 * The copy of the supervision forest that a client has, and the operations that bring it to the
 * present: whatever changes here is written as an op, so the client's copy and this one are equal
 * after each update. Only the children of expanded nodes are in it.
 *
 * Threads: the server's.
 */
#pragma once

#include "protocol/nodes.h"

enum grove_fold
{
  GROVE_FOLD_AUTOMATIC, /* by depth */
  GROVE_FOLD_EXPANDED,  /* as the client said */
  GROVE_FOLD_COLLAPSED,
};

struct grove_forest_node
{
  char                       pid[GROVE_SOURCE_PID_SIZE]; /* "": the root of all, no process */
  struct grove_forest_node  *parent;
  struct grove_forest_node **children;
  size_t                     n_children, capacity;
  unsigned                   level; /* 0: below the root of all */
  char                      *info;  /* NODE without its closing brace */
  size_t                     info_size;
  uint32_t                   n_all_children;
  bool                       expanded;
  enum grove_fold            fold;
  bool                       asked; /* `revision` is that of the children here */
  uint64_t                   revision;
  uint64_t                   handle; /* the source's */
  double                     metric; /* last sent; NAN: none */
  uint64_t                   stamp;  /* of the answer that last named it */
  struct grove_forest_node  *next_in_bucket;
  struct grove_forest_node  *previous_queued, *next_queued;
  bool                       queued;
};

struct grove_forest
{
  struct grove_forest_node   root;
  unsigned                   depth; /* levels below this are expanded by themselves */
  struct grove_forest_node **buckets;
  size_t                     n_buckets;
  size_t                     n_nodes;
  uint64_t                   change; /* rises when a node comes, goes or is replaced */
  uint64_t                   stamp;

  struct grove_writer ops; /* the inside of an array */
  size_t              n_ops;
  bool                overflown; /* more ops than an update takes; they are gone */

  struct grove_forest_node *first_queued, *last_queued; /* still to be looked at */
  struct grove_fold_choice *choices; /* kept when all nodes are dropped to build anew */
  size_t                    n_choices;
};

void grove_forest_init (struct grove_forest *self, unsigned depth);
void grove_forest_finish (struct grove_forest *self);
/* Forgets all nodes and ops, but not what the client expanded and collapsed. */
void grove_forest_clear (struct grove_forest *self);
/* After the ops were sent. */
void grove_forest_clear_ops (struct grove_forest *self);

struct grove_forest_node *grove_forest_find (struct grove_forest *self, const char *pid);
/* The children of @node are those of @answer now. */
void grove_forest_update (struct grove_forest      *self,
                          struct grove_forest_node *node,
                          const struct grove_nodes *answer);
void grove_forest_fold (struct grove_forest *self, struct grove_forest_node *node, bool expand);

/* The queue of a walk: @node, and later its expanded children. */
void grove_forest_enqueue (struct grove_forest *self, struct grove_forest_node *node);
void grove_forest_enqueue_children (struct grove_forest *self, struct grove_forest_node *node);
struct grove_forest_node *grove_forest_first_queued (struct grove_forest *self);
void grove_forest_dequeue (struct grove_forest *self, struct grove_forest_node *node);
