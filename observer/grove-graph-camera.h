/* SPDX-License-Identifier: MIT
 *
 * Through which part of the graph's world one looks, and how near: the transform between the scene
 * and the screen, and what follows from it. Pure geometry, unit-tested.
 *
 * The two axes zoom apart: looked at from afar the levels keep filling the width, while the rows
 * grow thin, so that names give way to shapes and shapes to a heat map without the columns
 * collapsing. A supervisor whose children are in sight is in sight too: it slides along them
 * ("sticks").
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-graph-scene.h"

G_BEGIN_DECLS

#define GROVE_GRAPH_SCALE_MAX 2.5

/* All of it is along and across, as the world is: x, width and so on of the screen are y and height
 * here when the graph grows downwards. */
typedef struct
{
  double scale;   /* of y, and of x when near */
  double x_least; /* x never gets narrower than this */
  double ox, oy;  /* where the world's origin is in the view */
  double slip; /* how far the ground is from the world's origin: it stays when the anchor is kept */
  double width, height;
} GroveGraphCamera;

typedef struct
{
  double x, y, width, height;
} GroveGraphRect;

static inline double
grove_graph_camera_get_x_scale (const GroveGraphCamera *self)
{
  return MAX (self->scale, self->x_least);
}

/* From the world's way round to the screen's, and back: it is the same. */
static inline GroveGraphRect
grove_graph_turn (const GroveGraphScene *scene, GroveGraphRect rect)
{
  return scene->axes->turned ? (GroveGraphRect){ rect.y, rect.x, rect.height, rect.width } : rect;
}

/* The screen, or the scene, has another size now. What follows takes the screen's x and y. */
void grove_graph_camera_set_size (GroveGraphCamera      *self,
                                  const GroveGraphScene *scene,
                                  double                 width,
                                  double                 height);
/* All of it in sight, but never larger than life. */
void grove_graph_camera_fit (GroveGraphCamera *self, const GroveGraphScene *scene);
/* As near as names can be read, and the first tree in sight; all of it if that can be read. */
void grove_graph_camera_start (GroveGraphCamera *self, const GroveGraphScene *scene);
/* Whether fit() would change nothing that one could see. */
gboolean grove_graph_camera_sees_all (const GroveGraphCamera *self, const GroveGraphScene *scene);
/* Keeps the point of the world that is at @x, @y where it is. */
void grove_graph_camera_zoom_at (
  GroveGraphCamera *self, const GroveGraphScene *scene, double factor, double x, double y);
void
grove_graph_camera_pan (GroveGraphCamera *self, const GroveGraphScene *scene, double dx, double dy);
/* The scene has moved by @dy under the anchor: what one sees, the ground included, stays. */
void grove_graph_camera_slip (GroveGraphCamera *self, double dy);
/* Pans as little as brings a node into sight. Returns whether it had to. */
gboolean
grove_graph_camera_reveal (GroveGraphCamera *self, const GroveGraphScene *scene, guint node);

/* Where a node is drawn, along and across, sticking included. */
GroveGraphRect grove_graph_camera_get_rect (const GroveGraphCamera *self,
                                            const GroveGraphScene  *scene,
                                            guint                   node,
                                            gint64                  now_us);
/* The same as it is on the screen. */
GroveGraphRect grove_graph_camera_get_screen_rect (const GroveGraphCamera *self,
                                                   const GroveGraphScene  *scene,
                                                   guint                   node,
                                                   gint64                  now_us);
/* Of a level, those who may be in sight: by themselves, by their edges, or sticking. */
GroveGraphRange grove_graph_camera_get_range (const GroveGraphCamera *self,
                                              const GroveGraphScene  *scene,
                                              guint                   level);
/* A number for all that is drawn in sight but its colours: the same as long as it looks the same.
 */
guint64
grove_graph_camera_get_signature (const GroveGraphCamera *self, const GroveGraphScene *scene);
/* Whether something in sight is on its way. */
gboolean
grove_graph_camera_sees_motion (const GroveGraphCamera *self, const GroveGraphScene *scene);
/* The node at a point of the screen, GROVE_GRAPH_NONE if there is none. */
guint grove_graph_camera_pick (
  const GroveGraphCamera *self, const GroveGraphScene *scene, double x, double y, gint64 now_us);
/* The node in sight that is nearest to the middle: what should stay put when things move. */
guint grove_graph_camera_get_centre (const GroveGraphCamera *self, const GroveGraphScene *scene);

G_END_DECLS
