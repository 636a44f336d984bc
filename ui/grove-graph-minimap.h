/* SPDX-License-Identifier: MIT
 *
 * The whole supervision graph in a corner, with the part in sight marked: geometry and painting.
 * The rows are painted once and kept until the graph changes; only the mark follows every pan.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-graph-painter.h"

G_BEGIN_DECLS

typedef struct _GroveGraphMinimap GroveGraphMinimap;

GroveGraphMinimap *grove_graph_minimap_new (void);
void               grove_graph_minimap_free (GroveGraphMinimap *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GroveGraphMinimap, grove_graph_minimap_free)

/* Where it is, in the camera's screen. FALSE: there is no room, or nothing out of sight to show. */
gboolean grove_graph_minimap_get_rect (const GroveGraphScene  *scene,
                                       const GroveGraphCamera *camera,
                                       GroveGraphRect         *ret_rect);
/* Pans the camera so that the middle of the screen shows what is at a point of the map. */
void
grove_graph_minimap_go (GroveGraphCamera *camera, const GroveGraphScene *scene, double x, double y);
/* The graph, its colours or the style have changed. */
void grove_graph_minimap_invalidate (GroveGraphMinimap *self);
void
grove_graph_minimap_draw (GroveGraphMinimap *self, const GroveGraphPainting *painting, cairo_t *cr);

G_END_DECLS
