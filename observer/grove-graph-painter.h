/* SPDX-License-Identifier: MIT
 *
 * Paints the supervision graph with cairo: one painter for the screen and for pictures. What is out
 * of sight costs nothing, and how much is drawn of the rest follows the scale: cards with names,
 * then shapes, then a heat map in which the worst of a row shows.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-colours.h"
#include "observer/grove-graph-camera.h"
#include "observer/grove-graph-text.h"

#include <cairo.h>

G_BEGIN_DECLS

typedef struct
{
  const GroveColours     *palette;
  GroveGraphText         *text;
  const GroveGraphScene  *scene;
  const GroveGraphCamera *camera;
  GroveGraphMetric        metric;
  guint                   selected, hovered; /* nodes, GROVE_GRAPH_NONE none */
  const guint8           *matches;           /* per node: found by the search; NULL: no search */
  gboolean                focused;           /* shows that the keyboard comes here */
  gboolean                still;             /* no fading: flashes stand and then are gone */
  gboolean                bare;              /* no dots on the ground: nobody moves about on it */
  gint64                  now_us;
  const GroveGraphRect   *area; /* of the screen, NULL all: the rest need not be painted */
} GroveGraphPainting;

/* The whole view, @painting's camera wide and high, at the origin of @cr. */
void grove_graph_painter_draw (const GroveGraphPainting *painting, cairo_t *cr);

/* A lower node is a plain bar: no name fits in. */
#define GROVE_GRAPH_CARD_HEIGHT 11.0

/* How solid the colour of a band is where it fills a bar or a row. */
double grove_graph_painter_get_weight (GroveGraphBand band);
const GroveColour *
grove_graph_painter_get_colour (const GroveColours *palette, GroveGraphBand band);

/* One node as a card, for the painter. */
void grove_graph_painter_draw_card (const GroveGraphPainting *painting,
                                    cairo_t                  *cr,
                                    guint                     node,
                                    const GroveGraphRect     *rect);
void grove_graph_painter_draw_ghost (const GroveGraphPainting *painting,
                                     cairo_t                  *cr,
                                     const GroveGraphGhost    *ghost);
/* What is left of something that happened at @since_us: 1 then, 0 when it is over. */
double grove_graph_painter_get_flash (const GroveGraphPainting *painting, gint64 since_us);
void   grove_graph_painter_round_rect (cairo_t *cr, const GroveGraphRect *rect, double radius);
void   grove_graph_painter_set_colour (cairo_t *cr, const GroveColour *colour, double alpha);

G_END_DECLS
