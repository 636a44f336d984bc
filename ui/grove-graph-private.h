/* SPDX-License-Identifier: MIT
 *
 * What grove-graph.c (state, updates, painting) and grove-graph-input.c (mouse, keys, tooltips)
 * share.
 */
#pragma once

#include "observer/grove-graph-model.h"
#include "observer/grove-link-web.h"
#include "observer/grove-rows.h"
#include "ui/grove-graph-frame.h"
#include "ui/grove-graph.h"

G_BEGIN_DECLS

/* What the camera does by itself when the graph gets another size. */
typedef enum
{
  GROVE_GRAPH_FOLLOW_NOT,   /* a person has moved it: it keeps its anchor */
  GROVE_GRAPH_FOLLOW_START, /* all of it in sight, as long as names can be read */
  GROVE_GRAPH_FOLLOW_FIT,   /* all of it in sight */
} GroveGraphFollow;

struct _GroveGraph
{
  GtkWidget parent_instance;

  GroveSession      *session;
  GroveTree         *tree;
  GroveGraphModel   *model;
  GroveGraphScene   *scene;
  GroveGraphCamera   camera;
  GroveGraphMinimap *minimap;
  GroveGraphFrame   *frame;
  GroveGraphText    *text;
  GroveGraphMetric   metric;
  GroveGraphGrowth   growth;

  /* What the keyboard moves: usually the selection, but it can stand on a fold, and on the
   * successor of what was selected. NULL when nowhere. */
  char *cursor;
  guint hovered; /* a node of the scene, for the mouse */
  /* It is to be brought into sight as soon as it is there: it was selected before all was read. */
  gboolean wanted;

  char      *search;
  GPtrArray *found; /* GroveTreeNode, in the order they are drawn in */
  guint8    *marks; /* per node, NULL without a search */

  GroveGraphLinks links;
  GroveLinkWeb   *web;
  GArray         *arcs; /* GroveGraphArc */
  guint           n_in_sight;
  guint           links_timer;

  GroveRows  *crashes;
  GPtrArray  *crash_rows;   /* GroveRow: the newest */
  GHashTable *crashes_told; /* gint64: number * 2, and 1 when it was known what followed */
  gint64      last_crash;   /* of those before one looked, -1: not known yet */

  gboolean         dirty;  /* the tree has changed since the last build, or began to */
  gboolean         placed; /* the camera has seen nodes */
  gint64           placed_us;
  GroveGraphFollow follow;
  guint            build_timer; /* a build is due */
  guint            step_timer;  /* a build is under way, and this goes on with it */
  gint64           step_us;     /* after which others have their turn */
  gint64           built_us, build_cost_us;
  /* What a person did waits for the build that shows it: the fold whose first member, or which
   * itself, is selected then. */
  char    *chosen;
  gboolean chosen_opens;
  guint    tick; /* frame callback while something fades or moves */
  guint    still_timer;
  gint64   painted_us, minimap_us;
  gboolean minimap_stale;
  guint    describe_timer;

  /* Dragging. */
  GtkGesture *drag;
  gboolean    on_minimap;
  double      drag_x, drag_y;   /* the last offset */
  double      mouse_x, mouse_y; /* last seen */
  double      pinch_scale;
};

/* Selects a process, or puts the cursor on a fold. */
void _grove_graph_select (GroveGraph *self, guint node);
/* What Enter, Space or a double click does: opens what is closed, else FALSE. */
gboolean _grove_graph_open (GroveGraph *self, guint node);
/* What Space does once more: FALSE when there is nothing to close. */
gboolean _grove_graph_close (GroveGraph *self, guint node);
guint    _grove_graph_get_cursor (GroveGraph *self);
/* All of it looks different. */
void _grove_graph_redraw (GroveGraph *self);
/* Brings the cursor into sight, opening what hides it, now or when it has come. */
void _grove_graph_show_cursor (GroveGraph *self);
/* Brings a node into sight, if it is one. */
void _grove_graph_reveal (GroveGraph *self, guint node);
/* Someone moved the camera. */
void _grove_graph_moved (GroveGraph *self);
void _grove_graph_zoom_at (GroveGraph *self, double factor, double x, double y);
void _grove_graph_set_hovered (GroveGraph *self, guint node);

/* Its numbers in words, a line each, for the tooltip. (transfer full) */
char *_grove_graph_describe_node (GroveGraph *self, guint node);

/* Whether the desktop wants motion. */
gboolean _grove_graph_is_animated (GroveGraph *self);
/* Listens to the tree. */
void _grove_graph_connect_tree (GroveGraph *self);
/* Makes the scene anew from the tree: a small one at once, of a large one it shows the old until
 * the new one is whole. */
void _grove_graph_build (GroveGraph *self);
/* The build under way, if one is: all the rest of it now; it is of no use. */
void _grove_graph_finish_build (GroveGraph *self);
void _grove_graph_drop_build (GroveGraph *self);
/* The widget, or the scene, which moved down by @dy under its anchor, has another size. */
void _grove_graph_place_camera (GroveGraph *self, double dy);
void _grove_graph_update_search (GroveGraph *self);
/* One node looks different. */
void _grove_graph_touch_node (GroveGraph *self, guint node);
/* Frames come until nothing in sight moves or fades any more. */
void _grove_graph_start_frames (GroveGraph *self);
void _grove_graph_stop_frames (GroveGraph *self);
/* The words for screen readers follow soon. */
void _grove_graph_queue_describe (GroveGraph *self);

void _grove_graph_init_links (GroveGraph *self);
void _grove_graph_dispose_links (GroveGraph *self);
/* Asks while it is looked at. */
void _grove_graph_update_links (GroveGraph *self);
/* Others may be in sight, or selected. */
void _grove_graph_queue_links (GroveGraph *self);
/* After a build. */
void _grove_graph_renew_arcs (GroveGraph *self);
/* Of a process, a sentence each; "" when there are none. (transfer full) */
char *_grove_graph_describe_links (GroveGraph *self, const char *pid);

void _grove_graph_init_crashes (GroveGraph *self);
void _grove_graph_dispose_crashes (GroveGraph *self);
/* Asks while it is looked at. */
void _grove_graph_update_crashes (GroveGraph *self);

void _grove_graph_init_input (GroveGraph *self);
void _grove_graph_class_init_input (GtkWidgetClass *widget_class);

G_END_DECLS
