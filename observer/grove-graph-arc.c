/* SPDX-License-Identifier: MIT
 *
 * Links and monitors as curves over the supervision graph. All of it is along and across, so that
 * it is the same whichever way the graph grows.
 */
#include "observer/grove-graph-painter.h"

#include <math.h>

#define BULGE_LEAST 22.0
#define BULGE_MOST  140.0
#define POINT       7.0 /* of a monitor: the length of its head */
#define REST        2.5 /* of a link: the radius of its ends */
#define SLACK       12.0

typedef struct
{
  double x0, y0, x1, y1, x2, y2, x3, y3; /* of a cubic */
} Curve;

static double
middle_of (const GroveGraphRect *rect)
{
  return rect->y + rect->height / 2;
}

static Curve
trace (const GroveGraphRect *from, const GroveGraphRect *to)
{
  const double y0 = middle_of (from), y3 = middle_of (to);
  Curve        curve = { .y0 = y0, .y1 = y0, .y2 = y3, .y3 = y3 };
  double       bulge;

  if (fabs (from->x - to->x) < from->width / 2)
    {
      /* In one level: around the outer side, the further the wider. */
      bulge = CLAMP (fabs (y3 - y0) * 0.3, BULGE_LEAST, BULGE_MOST);
      curve.x0 = from->x + from->width;
      curve.x3 = to->x + to->width;
      curve.x1 = curve.x0 + bulge;
      curve.x2 = curve.x3 + bulge;
      return curve;
    }
  curve.x0 = from->x < to->x ? from->x + from->width : from->x;
  curve.x3 = from->x < to->x ? to->x : to->x + to->width;
  bulge = MAX (fabs (curve.x3 - curve.x0) / 2, BULGE_LEAST) * (from->x < to->x ? 1 : -1);
  curve.x1 = curve.x0 + bulge;
  curve.x2 = curve.x3 - bulge;
  return curve;
}

/* A curve stays within the hull of its four points. */
static gboolean
is_in (const Curve *curve, const GroveGraphRect *area)
{
  const double left = MIN (MIN (curve->x0, curve->x1), MIN (curve->x2, curve->x3));
  const double right = MAX (MAX (curve->x0, curve->x1), MAX (curve->x2, curve->x3));

  return right + SLACK >= area->x && left - SLACK <= area->x + area->width &&
         MAX (curve->y0, curve->y3) + SLACK >= area->y &&
         MIN (curve->y0, curve->y3) - SLACK <= area->y + area->height;
}

static void
draw_head (cairo_t *cr, const Curve *curve)
{
  const double way = curve->x3 > curve->x2 ? 1 : -1;

  cairo_move_to (cr, curve->x3, curve->y3);
  cairo_line_to (cr, curve->x3 - way * POINT, curve->y3 - POINT / 2);
  cairo_line_to (cr, curve->x3 - way * POINT, curve->y3 + POINT / 2);
  cairo_close_path (cr);
  cairo_fill (cr);
}

static void
draw_arc (const GroveGraphPainting *painting, cairo_t *cr, const GroveGraphArc *arc)
{
  const double         dashes[] = { 5, 4 };
  const GroveGraphRect from =
    grove_graph_camera_get_rect (painting->camera, painting->scene, arc->from, painting->now_us);
  const GroveGraphRect to =
    grove_graph_camera_get_rect (painting->camera, painting->scene, arc->to, painting->now_us);
  const Curve          curve = trace (&from, &to);
  const GroveGraphRect all = { 0, 0, painting->camera->width, painting->camera->height };

  if (!is_in (&curve, painting->area != NULL ? painting->area : &all))
    return;
  grove_graph_painter_set_colour (cr, &painting->palette->teal, 0.9);
  cairo_move_to (cr, curve.x0, curve.y0);
  cairo_curve_to (cr, curve.x1, curve.y1, curve.x2, curve.y2, curve.x3, curve.y3);
  cairo_set_line_width (cr, 1.6);
  cairo_set_dash (cr, dashes, arc->monitor ? G_N_ELEMENTS (dashes) : 0, 0);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  cairo_arc (cr, curve.x0, curve.y0, REST, 0, 2 * G_PI);
  cairo_fill (cr);
  if (arc->monitor)
    draw_head (cr, &curve);
  else
    {
      cairo_arc (cr, curve.x3, curve.y3, REST, 0, 2 * G_PI);
      cairo_fill (cr);
    }
}

void
grove_graph_painter_draw_arcs (const GroveGraphPainting *painting, cairo_t *cr)
{
  for (guint i = 0; i < painting->n_arcs; i++)
    draw_arc (painting, cr, &painting->arcs[i]);
}
