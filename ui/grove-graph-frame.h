/* SPDX-License-Identifier: MIT
 *
 * The last picture of the supervision graph, and what of it is out of date. A number that changes
 * costs the painting of its node, not of the window: the picture is one render node, over it lie
 * patches for what has changed since, and GSK repaints only render nodes that are not the same as
 * in the frame before. The map in the corner is a render node of its own.
 *
 * Threads: main thread only.
 */
#pragma once

#include "ui/grove-graph-minimap.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct _GroveGraphFrame GroveGraphFrame;

GroveGraphFrame *grove_graph_frame_new (void);
void             grove_graph_frame_free (GroveGraphFrame *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GroveGraphFrame, grove_graph_frame_free)

/* All of it is out of date. */
void grove_graph_frame_invalidate (GroveGraphFrame *self);
/* So is the map. */
void grove_graph_frame_invalidate_map (GroveGraphFrame *self);
/* A node, as it is drawn at @rect, is out of date, with all it draws around itself. */
void grove_graph_frame_touch (GroveGraphFrame *self, const GroveGraphRect *rect);
/* Whether a snapshot would paint anything anew. */
gboolean grove_graph_frame_is_current (GroveGraphFrame *self);
void     grove_graph_frame_snapshot (GroveGraphFrame          *self,
                                     const GroveGraphPainting *painting,
                                     GroveGraphMinimap        *minimap,
                                     GtkSnapshot              *snapshot);

G_END_DECLS
