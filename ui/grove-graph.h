/* SPDX-License-Identifier: MIT
 *
 * GroveGraph: the supervision tree as a picture one can walk through, kept equal to the system. It
 * shows the session's selection and sets it; what is selected, opened and in sight survives every
 * update. It works only while it is mapped.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-graph-scene.h"
#include "observer/grove-tree.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define GROVE_TYPE_GRAPH (grove_graph_get_type ())
G_DECLARE_FINAL_TYPE (GroveGraph, grove_graph, GROVE, GRAPH, GtkWidget)

/* Signals:
 *   changed      what is counted below may be another number now
 * Actions of the window that its keys and menu use, all on the session's selection:
 *   win.inspect (Enter, double click), win.kill (Delete). */
GtkWidget    *grove_graph_new (GroveSession *session, GroveTree *tree);
GroveSession *grove_graph_get_session (GroveGraph *self);

GroveGraphMetric grove_graph_get_metric (GroveGraph *self);
void             grove_graph_set_metric (GroveGraph *self, GroveGraphMetric metric);

/* Where the colours of the metric begin is another now. */
void             grove_graph_recolour (GroveGraph *self);
GroveGraphGrowth grove_graph_get_growth (GroveGraph *self);
void             grove_graph_set_growth (GroveGraph *self, GroveGraphGrowth growth);

typedef enum
{
  GROVE_GRAPH_LINKS_NONE,
  GROVE_GRAPH_LINKS_SELECTED, /* of the selected process */
  GROVE_GRAPH_LINKS_IN_SIGHT, /* of all processes in sight, 64 at most */
} GroveGraphLinks;
/* Links and monitors that are no edges of the tree, drawn over it. */
GroveGraphLinks grove_graph_get_links (GroveGraph *self);
void            grove_graph_set_links (GroveGraph *self, GroveGraphLinks links);
/* What of the overlay is not drawn, "" when that is nothing, NULL when nothing is drawn. (transfer
 * full) */
char *grove_graph_describe_overlay (GroveGraph *self);

/* What stands at the top, applications mostly, and which of that is drawn. A process that is
 * selected has its root drawn. */
guint       grove_graph_get_n_roots (GroveGraph *self);
guint       grove_graph_get_n_shown_roots (GroveGraph *self);
const char *grove_graph_get_root (GroveGraph *self, guint index); /* its name; borrowed */
gboolean    grove_graph_is_root_shown (GroveGraph *self, const char *name);
void        grove_graph_set_root_shown (GroveGraph *self, const char *name, gboolean shown);
void        grove_graph_show_all_roots (GroveGraph *self);

typedef enum
{
  GROVE_GRAPH_ZOOM_IN,
  GROVE_GRAPH_ZOOM_OUT,
  GROVE_GRAPH_ZOOM_NORMAL,
  GROVE_GRAPH_ZOOM_FIT,
} GroveGraphZoom;
/* About the middle of the view. */
void grove_graph_zoom (GroveGraph *self, GroveGraphZoom zoom);

/* Marks what matches and counts it; "" ends the search. */
void  grove_graph_set_search (GroveGraph *self, const char *text);
guint grove_graph_get_n_matches (GroveGraph *self);
/* The match that is selected, from 0; -1 when none is. */
int grove_graph_get_match (GroveGraph *self);
typedef enum
{
  GROVE_GRAPH_NEXT,
  GROVE_GRAPH_PREVIOUS,
} GroveGraphDirection;
/* Selects the next match and brings it into sight, opening the fold that hides it. */
void grove_graph_step_match (GroveGraph *self, GroveGraphDirection direction);

/* What is drawn, colours and all, shared with nobody. (transfer full) */
GroveGraphScene *grove_graph_dup_scene (GroveGraph *self);
/* The links and monitors over it, by their nodes in that scene. (transfer full) (element-type
 * GroveGraphArc) */
GArray *grove_graph_dup_arcs (GroveGraph *self);
/* Where a process is drawn in the widget; FALSE when it is not drawn, or hidden in a fold. */
gboolean grove_graph_locate (GroveGraph *self, const char *pid, graphene_rect_t *ret_rect);
/* What is drawn, in words: how many there are and what is selected. (transfer full) */
char *grove_graph_describe (GroveGraph *self);

G_END_DECLS
