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
  const GroveGraphArc    *arcs;
  guint                   n_arcs;
  gboolean                focused; /* shows that the keyboard comes here */
  gboolean                still;   /* no fading: flashes stand and then are gone */
  gboolean                bare;    /* no dots on the ground: nobody moves about on it */
  gint64                  now_us;
  const GroveGraphRect   *area; /* of the screen, NULL all: the rest need not be painted */
} GroveGraphPainting;

/* The whole view, @painting's camera wide and high, at the origin of @cr. */
void grove_graph_painter_draw (const GroveGraphPainting *painting, cairo_t *cr);

/* How solid the colour of a band is where it fills a bar or a row. */
double grove_graph_painter_get_weight (GroveGraphBand band);
const GroveColour *
grove_graph_painter_get_colour (const GroveColours *palette, GroveGraphBand band);

/* Links and monitors; along and across. */
void grove_graph_painter_draw_arcs (const GroveGraphPainting *painting, cairo_t *cr);

/* One node as a card, for the painter; @rect and @cr are the screen's. */
void grove_graph_painter_draw_card (const GroveGraphPainting *painting,
                                    cairo_t                  *cr,
                                    guint                     node,
                                    const GroveGraphRect     *rect);
/* Of the screen, like what follows. */
GroveGraphRect grove_graph_painter_get_ghost_rect (const GroveGraphPainting *painting,
                                                   const GroveGraphGhost    *ghost);
void           grove_graph_painter_draw_ghost (const GroveGraphPainting *painting,
                                               cairo_t                  *cr,
                                               const GroveGraphGhost    *ghost);
/* What is left of something that happened at @since_us: 1 then, 0 when it is over. */
double grove_graph_painter_get_flash (const GroveGraphPainting *painting, gint64 since_us);
/* From the world's way round to the screen's, or back. */
void grove_graph_painter_turn (const GroveGraphPainting *painting, cairo_t *cr);
void grove_graph_painter_round_rect (cairo_t *cr, const GroveGraphRect *rect, double radius);
void grove_graph_painter_set_colour (cairo_t *cr, const GroveColour *colour, double alpha);

G_END_DECLS
