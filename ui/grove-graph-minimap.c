/* SPDX-License-Identifier: MIT
 *
 * The whole supervision graph in a corner.
 */
#include "ui/grove-graph-minimap.h"

#include <math.h>

#define WIDTH_MAX    132.0
#define WIDTH_MIN    84.0
#define WIDTH_SHARE  0.13 /* of the view */
#define TURNED_MAX   260.0
#define TURNED_SHARE 0.24
#define HEIGHT_MAX   240.0
#define HEIGHT_SHARE 0.42
#define HEIGHT_MIN   80.0
#define BELOW        104.0 /* left free under it, for the zoom buttons */
#define ABOVE        76.0  /* the zoom buttons, where it stands over them */
#define EDGE         16.0  /* from the corner */
#define INSET        9.0
#define ROW          2.0
#define LEAST_WIDE   600.0 /* a narrower graph has no corner to spare */

struct _GroveGraphMinimap
{
  cairo_surface_t *rows; /* NULL: to be painted */
  double           width, height;
};

GroveGraphMinimap *
grove_graph_minimap_new (void)
{
  return g_new0 (GroveGraphMinimap, 1);
}

void
grove_graph_minimap_invalidate (GroveGraphMinimap *self)
{
  g_clear_pointer (&self->rows, cairo_surface_destroy);
}

void
grove_graph_minimap_free (GroveGraphMinimap *self)
{
  if (self == NULL)
    return;
  grove_graph_minimap_invalidate (self);
  g_free (self);
}

/* The view, or the world, the way round that the screen has it. */
static GroveGraphRect
get_view (const GroveGraphScene *scene, const GroveGraphCamera *camera)
{
  return grove_graph_turn (scene, (GroveGraphRect){ 0, 0, camera->width, camera->height });
}

gboolean
grove_graph_minimap_get_rect (const GroveGraphScene  *scene,
                              const GroveGraphCamera *camera,
                              GroveGraphRect         *ret_rect)
{
  const GroveGraphRect view = get_view (scene, camera);
  const GroveGraphRect world =
    grove_graph_turn (scene, (GroveGraphRect){ 0, 0, scene->width, scene->height });
  /* What grows downwards is wide. */
  const double share = scene->axes->turned ? TURNED_SHARE : WIDTH_SHARE;
  const double widest = scene->axes->turned ? TURNED_MAX : WIDTH_MAX;
  const double width = round (CLAMP (view.width * share, WIDTH_MIN, widest));
  double height = MIN (MIN (HEIGHT_MAX, view.height * HEIGHT_SHARE), view.height - EDGE - BELOW);

  if (scene->n_nodes == 0 || view.width < LEAST_WIDE || height < HEIGHT_MIN ||
      grove_graph_camera_sees_all (camera, scene))
    return FALSE;
  /* A low graph needs no high map. */
  height =
    CLAMP (world.height * width / MAX (world.width, 1) * 2.2 + 2 * INSET, HEIGHT_MIN, height);
  /* Where the graph is least likely to be: beside the outermost levels of the last tree. */
  *ret_rect = (GroveGraphRect){ floor (view.width - width - EDGE),
                                scene->axes->turned ? floor (view.height - height - ABOVE) : EDGE,
                                width, floor (height) };
  return TRUE;
}

/* The map's scales along and across: it stretches the graph to its own shape. */
static void
get_scales (const GroveGraphScene *scene, const GroveGraphRect *rect, double *ret_x, double *ret_y)
{
  const GroveGraphRect inside = grove_graph_turn (scene, *rect);

  *ret_x = (inside.width - 2 * INSET) / MAX (scene->width, 1);
  *ret_y = (inside.height - 2 * INSET) / MAX (scene->height, 1);
}

void
grove_graph_minimap_go (GroveGraphCamera *camera, const GroveGraphScene *scene, double x, double y)
{
  GroveGraphRect rect, to;
  double         sx, sy;

  if (!grove_graph_minimap_get_rect (scene, camera, &rect))
    return;
  get_scales (scene, &rect, &sx, &sy);
  to = grove_graph_turn (scene, (GroveGraphRect){ x - rect.x - INSET, y - rect.y - INSET, 0, 0 });
  to =
    grove_graph_turn (scene, (GroveGraphRect){
                               camera->width / 2 - camera->ox -
                                 to.x / sx * grove_graph_camera_get_x_scale (camera),
                               camera->height / 2 - camera->oy - to.y / sy * camera->scale, 0, 0 });
  grove_graph_camera_pan (camera, scene, to.x, to.y);
}

/* What falls into one row shares its width, the worst at the left. */
static void
draw_row (const GroveGraphPainting *painting,
          cairo_t                  *cr,
          const guint              *counts,
          guint                     n,
          double                    x,
          double                    y,
          double                    width)
{
  const double end = x + width;

  for (guint i = GROVE_GRAPH_N_BANDS; i-- > 0 && x < end;)
    {
      const double share = MIN (MAX (3, width * counts[i] / n), end - x);

      if (counts[i] == 0)
        continue;
      cairo_rectangle (cr, x, y, share, ROW - 0.5);
      grove_graph_painter_set_colour (cr, grove_graph_painter_get_colour (painting->palette, i),
                                      grove_graph_painter_get_weight (i));
      cairo_fill (cr);
      x += share;
    }
}

static void
draw_rows (const GroveGraphPainting *painting, const GroveGraphRect *rect, cairo_t *cr)
{
  const GroveGraphScene *scene = painting->scene;
  double                 sx, sy;

  get_scales (scene, rect, &sx, &sy);
  for (guint level = 0; level < scene->n_levels; level++)
    {
      const GroveGraphRange *range = &scene->levels[level];
      const double           x = INSET + level * scene->axes->pitch * sx;
      const double           width = MAX (2, scene->axes->length * sx);

      for (guint i = range->begin; i < range->end;)
        {
          guint        counts[GROVE_GRAPH_N_BANDS] = { 0 };
          const guint  first = i;
          const double row = floor (scene->places[i].y * sy / ROW);

          do
            counts[scene->nodes[i].band]++;
          while (++i < range->end && scene->places[i].y * sy / ROW < row + 1);
          draw_row (painting, cr, counts, i - first, x, INSET + row * ROW, width);
        }
    }
}

static void
keep_rows (GroveGraphMinimap        *self,
           const GroveGraphPainting *painting,
           const GroveGraphRect     *rect,
           cairo_t                  *cr)
{
  cairo_t *onto;

  if (self->rows != NULL && self->width == rect->width && self->height == rect->height)
    return;
  grove_graph_minimap_invalidate (self);
  self->width = rect->width;
  self->height = rect->height;
  self->rows = cairo_surface_create_similar (cairo_get_target (cr), CAIRO_CONTENT_COLOR_ALPHA,
                                             (int) rect->width, (int) rect->height);
  onto = cairo_create (self->rows);
  grove_graph_painter_turn (painting, onto);
  draw_rows (painting, rect, onto);
  cairo_destroy (onto);
}

/* The part in sight, kept large enough to be taken hold of. */
static GroveGraphRect
get_sight (const GroveGraphPainting *painting, const GroveGraphRect *rect)
{
  const GroveGraphCamera *camera = painting->camera;
  const GroveGraphRect    inside = grove_graph_turn (painting->scene, *rect);
  const double            xs = grove_graph_camera_get_x_scale (camera);
  double                  sx, sy, left, right, top, bottom;

  get_scales (painting->scene, rect, &sx, &sy);
  left = inside.x + INSET - camera->ox / xs * sx;
  right = left + camera->width / xs * sx;
  top = inside.y + INSET - camera->oy / camera->scale * sy;
  bottom = top + camera->height / camera->scale * sy;
  left = CLAMP (left, inside.x + 3, inside.x + inside.width - 9);
  right = CLAMP (right, left + 6, inside.x + inside.width - 3);
  top = CLAMP (top, inside.y + 3, inside.y + inside.height - 9);
  bottom = CLAMP (bottom, top + 6, inside.y + inside.height - 3);
  return grove_graph_turn (painting->scene,
                           (GroveGraphRect){ floor (left) + 0.5, floor (top) + 0.5,
                                             ceil (right - left), ceil (bottom - top) });
}

void
grove_graph_minimap_draw (GroveGraphMinimap *self, const GroveGraphPainting *painting, cairo_t *cr)
{
  const GroveColours *palette = painting->palette;
  GroveGraphRect      rect, sight;

  if (!grove_graph_minimap_get_rect (painting->scene, painting->camera, &rect))
    return;

  grove_graph_painter_round_rect (cr, &rect, 10);
  grove_graph_painter_set_colour (cr, &palette->popover, 0.96);
  cairo_fill_preserve (cr);
  grove_graph_painter_set_colour (cr, &palette->border, 0.7);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);

  keep_rows (self, painting, &rect, cr);
  cairo_set_source_surface (cr, self->rows, rect.x, rect.y);
  cairo_rectangle (cr, rect.x, rect.y, rect.width, rect.height);
  cairo_fill (cr);

  sight = get_sight (painting, &rect);
  grove_graph_painter_round_rect (cr, &sight, 4);
  grove_graph_painter_set_colour (cr, &palette->accent, 0.16);
  cairo_fill_preserve (cr);
  grove_graph_painter_set_colour (cr, &palette->accent, 0.9);
  cairo_stroke (cr);
}
