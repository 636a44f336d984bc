/* SPDX-License-Identifier: MIT
 *
 * The supervision graph as geometry: which nodes it has, where they stand, how they get there, and
 * which of them a view sees or a point hits. No widget and no drawing, so all of it can be tested.
 *
 * Invariants: nodes stand breadth first, children together, so each level is one run of the array
 * and, the layout keeping order, is sorted by y. A build goes begin(), add() for every node, end(),
 * over as many turns of the main loop as it takes: until end() the scene is what it was. The
 * indices of the one before are then gone, but nodes keep their identity through their id: what
 * moved is animated from where it was, and what died leaves a ghost where it stood.
 *
 * Threads: main thread only. It owns all of its strings.
 */
#pragma once

#include "observer/grove-graph-index.h"
#include "observer/grove-graph-metric.h"
#include "observer/grove-tree-layout.h"

G_BEGIN_DECLS

#define GROVE_GRAPH_FLASH_US (1600 * 1000)
#define GROVE_GRAPH_MOVE_US  (200 * 1000)

typedef enum
{
  GROVE_GRAPH_RIGHTWARDS, /* children to the right of their parent */
  GROVE_GRAPH_DOWNWARDS,  /* children below it */
} GroveGraphGrowth;

/* The world's x is along the levels, from parents to children, and its y across them, from sibling
 * to sibling, whichever way a graph grows: one that grows downwards is turned only where it meets
 * the screen. World units are pixels at scale 1. All nodes are equally long, so that levels line
 * up. */
typedef struct
{
  gboolean         turned;     /* the world's x is the screen's y */
  double           length;     /* of a node, along */
  double           tall, flat; /* of a node, across: supervisors and folds, and the others */
  GroveLayoutStyle gaps;
  double           pitch; /* from one level to the next */
  double           trunk; /* where in it the edges part */
  /* Below these scales there is no room for names, for shapes of their own. */
  double names_scale, shapes_scale;
  double card_least;               /* across, on the screen: what is smaller is a plain bar */
  double label_least, label_great; /* across: of a parent seen from afar, where there is room */
} GroveGraphAxes;

const GroveGraphAxes *grove_graph_axes_get (GroveGraphGrowth growth);

typedef enum
{
  GROVE_GRAPH_PROCESS,
  GROVE_GRAPH_WORKER,
  GROVE_GRAPH_SUPERVISOR,
  GROVE_GRAPH_APPLICATION,
  GROVE_GRAPH_FOLD, /* many alike siblings */
  GROVE_GRAPH_MORE, /* children that the system did not send */
} GroveGraphKind;

typedef struct
{
  const char    *id;       /* unique: the pid, or parent and stem of a fold */
  const char    *name;     /* what it is called */
  const char    *strategy; /* of a supervisor, else "" */
  const char    *status;   /* the state as the system says it */
  const char    *fold;     /* id of the fold it is a member of, "" none */
  GroveGraphKind kind;
  gboolean       expandable; /* has children that are not here */
  guint          restarts, intensity, period_s, recent_restarts;
  guint          n_children; /* all it has; of a fold its members, of a "more" those missing */
  gint64         appeared_us, restarted_us;
  gint64         crashed_us; /* it, or the one whose place it took; kept by the scene */

  /* Kept by the scene. */
  GroveGraphBand band;
  double         metric;
  guint          band_counts[GROVE_GRAPH_N_BANDS]; /* of a fold's members */
  double         from_x, from_y;                   /* where the animation started */
  guint          level;
} GroveGraphNode;

/* What died, where it stood. */
typedef struct
{
  char          *id, *name;
  GroveGraphKind kind;
  double         x, y, height;
  gint64         died_us;
  gboolean       crashed; /* else it ended as it should, or nobody has heard yet */
} GroveGraphGhost;

typedef struct
{
  guint begin, end; /* of the nodes */
} GroveGraphRange;

typedef struct
{
  const GroveGraphAxes *axes;
  GroveGraphNode       *nodes;
  GroveLayoutNode      *places; /* beside nodes: where each ends up */
  guint                 n_nodes;
  GroveGraphRange      *levels;
  guint                 n_levels;
  double                width, height;
  guint                 n_supervisors, n_processes; /* of the system's, in or out of folds */

  GArray *ghosts; /* GroveGraphGhost */
  gint64  move_start_us;
  double  max_move; /* how far from its place a node may be drawn, world units */

  guint n_patched; /* nodes that were changed in place since the last build */

  /* Private. */
  const GroveGraphAxes *next_axes;
  GroveGraphIndex      *index;
  GStringChunk        **strings;    /* shared with copies */
  GHashTable           *dead;       /* ids since the last build */
  GHashTable           *crashed;    /* ids to when (gint64), for as long as it is seen */
  GHashTable           *successors; /* new id to old id */
  /* Those of them that were told of while a build was under way. */
  GHashTable *late_dead, *late_successors;
  gpointer    next; /* the build under way, NULL */
} GroveGraphScene;

GroveGraphScene *grove_graph_scene_new (void);
void             grove_graph_scene_free (GroveGraphScene *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GroveGraphScene, grove_graph_scene_free)

/* What it looks like when all motion is over; shares only texts with it, which never change, so a
 * thread may have it. (transfer full) */
GroveGraphScene *grove_graph_scene_copy (const GroveGraphScene *self);

/* From the next build on; where nodes stood before is then forgotten. */
void grove_graph_scene_set_growth (GroveGraphScene *self, GroveGraphGrowth growth);

/* The system said so, ahead of the build that leaves it out: it will fade, or hand on its place. */
void grove_graph_scene_note_dead (GroveGraphScene *self, const char *id);
void
grove_graph_scene_note_replaced (GroveGraphScene *self, const char *old_id, const char *new_id);

/* It crashed, or took the place of one that did: a node, one that is yet to come, or a ghost. */
void grove_graph_scene_note_crashed (GroveGraphScene *self, const char *id, gint64 now_us);

/* ---- Building ---------------------------------------------------------------------------------
 */

/* What was begun before is dropped. */
void grove_graph_scene_begin (GroveGraphScene *self);
/* Breadth first: roots with parent GROVE_GRAPH_NONE, then the children of each node in turn. The
 * strings are copied. Returns its number. */
guint grove_graph_scene_add (GroveGraphScene *self, guint parent, const GroveGraphNode *node);
/* Of the nodes added so far: how many, and whether one of that id is among them. */
guint    grove_graph_scene_get_n_added (const GroveGraphScene *self);
gboolean grove_graph_scene_has_added (const GroveGraphScene *self, const char *id);
/* Does a part of what end() is to do, once all are added; FALSE when only end() is left. Each part
 * is O(nodes), and the longest is the layout. */
gboolean grove_graph_scene_prepare (GroveGraphScene *self);
/* The build under way is of no use. */
void grove_graph_scene_drop (GroveGraphScene *self);

typedef enum
{
  GROVE_GRAPH_JUMP, /* animations are off */
  GROVE_GRAPH_GLIDE,
} GroveGraphMotion;

/**
 * grove_graph_scene_end:
 * @self: a scene
 * @anchor: (nullable): the id of the node that must not move on the screen
 * @now_us: g_get_monotonic_time()
 * @motion: whether nodes glide
 * @ret_dy: (out) (optional): how far @anchor moved down; move the camera by as much
 *
 * Lays the new nodes out, and shows them instead of those of before. Positions of before are taken
 * relative to the anchor, so that only what moved relative to it is animated.
 *
 * Threads: main thread only. Cost: O(nodes).
 */
void grove_graph_scene_end (GroveGraphScene *self,
                            const char      *anchor,
                            gint64           now_us,
                            GroveGraphMotion motion,
                            double          *ret_dy);

/**
 * grove_graph_scene_patch:
 * @self: a scene, no build of which is under way
 * @number: one of its nodes
 * @node: what stands there now: another of its kind, or the same with other words
 * @now_us: g_get_monotonic_time()
 *
 * Changes one node where it stands. Who stood there and died leaves a ghost.
 *
 * Threads: main thread only. Cost: O(1).
 * Returns: FALSE, and nothing was done, if that would move others, or @node is elsewhere already
 */
gboolean grove_graph_scene_patch (GroveGraphScene      *self,
                                  guint                 number,
                                  const GroveGraphNode *node,
                                  gint64                now_us);
/* All that was noted since the build has been changed so. */
void grove_graph_scene_end_patches (GroveGraphScene *self);

/* ---- What there is ------------------------------------------------------------------------------
 */

/* (not of a copy) */
guint grove_graph_scene_find (GroveGraphScene *self, const char *id);
void  grove_graph_scene_set_status (GroveGraphScene *self, guint node, const char *status);
/* Returns whether it is painted in another colour now. */
gboolean
grove_graph_scene_set_metric (GroveGraphScene *self, guint node, double value, GroveGraphBand band);

/* Where a node is drawn at a moment: the left edge and the middle. */
void grove_graph_scene_get_position (
  const GroveGraphScene *self, guint node, gint64 now_us, double *ret_x, double *ret_y);
/* Whether anything will look different a frame later; drops the ghosts that have faded. */
gboolean grove_graph_scene_tick (GroveGraphScene *self, gint64 now_us);
/* Those of a level whose nodes are drawn between two heights, and possibly a few more. */
GroveGraphRange
grove_graph_scene_get_range (const GroveGraphScene *self, guint level, double top, double bottom);

/* The keyboard's way along the tree. GROVE_GRAPH_NONE when there is none. */
typedef enum
{
  GROVE_GRAPH_TO_PARENT,
  GROVE_GRAPH_TO_CHILD,
  GROVE_GRAPH_TO_PREVIOUS,
  GROVE_GRAPH_TO_NEXT,
  GROVE_GRAPH_TO_FIRST,
  GROVE_GRAPH_TO_LAST,
} GroveGraphStep;
guint grove_graph_scene_step (const GroveGraphScene *self, guint node, GroveGraphStep step);

/* A link or a monitor between two nodes of the scene, drawn over all that lies between. */
typedef struct
{
  guint    from, to;
  gboolean monitor; /* dashed, with a point at whom it watches */
} GroveGraphArc;

static inline gboolean
grove_graph_node_is_process (const GroveGraphNode *node)
{
  return node->kind != GROVE_GRAPH_FOLD && node->kind != GROVE_GRAPH_MORE;
}

static inline gboolean
grove_graph_node_is_tall (const GroveGraphNode *node)
{
  return node->kind == GROVE_GRAPH_SUPERVISOR || node->kind == GROVE_GRAPH_APPLICATION ||
         node->kind == GROVE_GRAPH_FOLD;
}

G_END_DECLS
