/* SPDX-License-Identifier: MIT
 *
 * Paints the supervision graph: ground, edges, rows, and cards where they are large enough.
 */
#include "observer/grove-graph-painter.h"

#include <math.h>

#define DOT_PITCH  32.0
#define LINE_WIDTH 1.5
#define ROW        2 /* pixels of a heat map's row */
#define ELBOW      9.0
#define AROUND     9.0 /* outlines, flashes and the cards behind a fold */

/* Rectangles of one colour, filled in one go. */
typedef struct
{
  GArray *rects[GROVE_GRAPH_N_BANDS];
} Batch;

G_STATIC_ASSERT (GROVE_GRAPH_N_BANDS == GROVE_COLOUR_STEPS);

const GroveColour *
grove_graph_painter_get_colour (const GroveColours *palette, GroveGraphBand band)
{
  return &palette->steps[band < GROVE_GRAPH_N_BANDS ? band : GROVE_GRAPH_BAND_OFF];
}

double
grove_graph_painter_get_weight (GroveGraphBand band)
{
  /* The many that are well recede, so that the few that are not stand out. */
  switch (band)
    {
    case GROVE_GRAPH_BAND_CALM:
      return 0.45;
    case GROVE_GRAPH_BAND_BUSY:
      return 0.65;
    case GROVE_GRAPH_BAND_OFF:
    case GROVE_GRAPH_BAND_WARM:
    case GROVE_GRAPH_BAND_HOT:
    case GROVE_GRAPH_BAND_ALARM:
    case GROVE_GRAPH_N_BANDS:
    default:
      return 1;
    }
}

void
grove_graph_painter_set_colour (cairo_t *cr, const GroveColour *colour, double alpha)
{
  cairo_set_source_rgba (cr, colour->red, colour->green, colour->blue, colour->alpha * alpha);
}

void
grove_graph_painter_round_rect (cairo_t *cr, const GroveGraphRect *rect, double radius)
{
  const double r = MIN (radius, MIN (rect->width, rect->height) / 2);

  cairo_new_sub_path (cr);
  cairo_arc (cr, rect->x + rect->width - r, rect->y + r, r, -G_PI / 2, 0);
  cairo_arc (cr, rect->x + rect->width - r, rect->y + rect->height - r, r, 0, G_PI / 2);
  cairo_arc (cr, rect->x + r, rect->y + rect->height - r, r, G_PI / 2, G_PI);
  cairo_arc (cr, rect->x + r, rect->y + r, r, G_PI, 3 * G_PI / 2);
  cairo_close_path (cr);
}

double
grove_graph_painter_get_flash (const GroveGraphPainting *painting, gint64 since_us)
{
  const double age = (double) (painting->now_us - since_us) / GROVE_GRAPH_FLASH_US;

  if (since_us == 0 || age < 0 || age >= 1)
    return 0;
  return painting->still ? 1 : (1 - age) * (1 - age);
}

/* Whether something of the screen, with what it draws around itself, is to be painted. */
static gboolean
is_asked_for (const GroveGraphPainting *painting, const GroveGraphRect *rect)
{
  const GroveGraphRect *area = painting->area;

  if (rect->y > painting->camera->height + AROUND || rect->y + rect->height < -AROUND)
    return FALSE;
  return area == NULL ||
         (rect->x - AROUND < area->x + area->width && rect->x + rect->width + AROUND > area->x &&
          rect->y - AROUND < area->y + area->height && rect->y + rect->height + AROUND > area->y);
}

static void
draw_ground (const GroveGraphPainting *painting, cairo_t *cr)
{
  const GroveGraphCamera *camera = painting->camera;
  const GroveGraphRect    all = { 0, 0, camera->width, camera->height };
  const GroveGraphRect   *area = painting->area != NULL ? painting->area : &all;
  const double            ground = camera->oy + camera->slip;
  double                  pitch = DOT_PITCH * camera->scale, left, top;

  grove_graph_painter_set_colour (cr, &painting->palette->view, 1);
  cairo_paint (cr);
  if (painting->bare)
    return;

  /* The dots keep about the same distance at any scale: they double as they crowd. */
  while (pitch < DOT_PITCH * 0.7)
    pitch *= 2;
  while (pitch > DOT_PITCH * 1.4)
    pitch /= 2;
  left = camera->ox + floor ((area->x - camera->ox) / pitch) * pitch;
  top = ground + floor ((area->y - ground) / pitch) * pitch;
  for (double x = left; x < area->x + area->width; x += pitch)
    for (double y = top; y < area->y + area->height; y += pitch)
      cairo_rectangle (cr, floor (x), floor (y), 2, 2);
  grove_graph_painter_set_colour (cr, &painting->palette->grid, 1);
  cairo_fill (cr);
}

static double
middle_of (const GroveGraphRect *rect)
{
  return rect->y + rect->height / 2;
}

/* From a trunk to a child: straight, or round where the trunk ends. */
static void
add_branch (cairo_t *cr, double trunk, double from_y, double x, double y, double radius)
{
  const double r = MIN (MIN (radius, fabs (y - from_y)), x - trunk);

  if (r < 1)
    {
      cairo_move_to (cr, trunk, y);
      cairo_line_to (cr, x, y);
      return;
    }
  if (y > from_y)
    {
      cairo_move_to (cr, trunk, y - r);
      cairo_arc_negative (cr, trunk + r, y - r, r, G_PI, G_PI / 2);
    }
  else
    {
      cairo_move_to (cr, trunk, y + r);
      cairo_arc (cr, trunk + r, y + r, r, G_PI, 3 * G_PI / 2);
    }
  cairo_line_to (cr, x, y);
}

static void
add_family (const GroveGraphPainting *painting, cairo_t *cr, guint parent)
{
  const GroveGraphScene  *scene = painting->scene;
  const GroveGraphCamera *camera = painting->camera;
  const GroveLayoutNode  *place = &scene->places[parent];
  const guint             last = place->first_child + place->n_children - 1;
  const double            xs = grove_graph_camera_get_x_scale (camera);
  const double            radius = MIN (ELBOW, ELBOW * camera->scale + 2);
  const double            bottom = camera->height + radius;
  const GroveGraphRect at = grove_graph_camera_get_rect (camera, scene, parent, painting->now_us);
  const GroveGraphRect first =
    grove_graph_camera_get_rect (camera, scene, place->first_child, painting->now_us);
  const GroveGraphRect final = grove_graph_camera_get_rect (camera, scene, last, painting->now_us);
  const double         y = middle_of (&at), top_y = middle_of (&first), end_y = middle_of (&final);
  const double         trunk = floor (at.x + scene->axes->trunk * xs) + 0.5;
  GroveGraphRange      range;
  double               next_y = -G_MAXDOUBLE;

  if (MAX (end_y, y) < -radius || MIN (top_y, y) > bottom || trunk > camera->width)
    return;

  cairo_move_to (cr, at.x + at.width, y);
  cairo_line_to (cr, trunk, y);
  if (end_y - top_y > 1)
    {
      double from = top_y + (y - top_y < radius ? 0 : MIN (radius, (end_y - top_y) / 2));
      double to = end_y - (end_y - y < radius ? 0 : MIN (radius, (end_y - top_y) / 2));

      cairo_move_to (cr, trunk, CLAMP (MIN (from, y), -4, bottom));
      cairo_line_to (cr, trunk, CLAMP (MAX (to, y), -4, bottom));
    }
  else if (fabs (y - top_y) > 1)
    {
      /* An only child that has slid into sight stands no longer beside its parent. */
      cairo_move_to (cr, trunk, CLAMP (y, -4, bottom));
      cairo_line_to (cr, trunk, CLAMP (top_y, -4, bottom));
    }

  range = grove_graph_camera_get_range (camera, scene, scene->nodes[place->first_child].level);
  for (guint i = MAX (range.begin, place->first_child); i < range.end && i <= last; i++)
    {
      const GroveGraphRect child = grove_graph_camera_get_rect (camera, scene, i, painting->now_us);
      const double         child_y = middle_of (&child);

      /* Branches closer than the eye can part are drawn once. */
      if (child_y < next_y && i != last)
        continue;
      next_y = child_y + 3;
      if (i == place->first_child || i == last)
        add_branch (cr, trunk, place->n_children == 1 ? child_y : CLAMP (y, top_y, end_y), child.x,
                    child_y, radius);
      else
        add_branch (cr, trunk, child_y, child.x, child_y, 0);
    }
}

static void
draw_edges (const GroveGraphPainting *painting, cairo_t *cr)
{
  const GroveGraphScene *scene = painting->scene;

  for (guint level = 0; level + 1 < scene->n_levels; level++)
    {
      const GroveGraphRange range = grove_graph_camera_get_range (painting->camera, scene, level);

      for (guint i = range.begin; i < range.end; i++)
        {
          const GroveLayoutNode *place = &scene->places[i];
          double                 span;

          if (place->n_children == 0)
            continue;
          span = (scene->places[place->first_child + place->n_children - 1].y -
                  scene->places[place->first_child].y + scene->axes->flat) *
                 painting->camera->scale;
          if (span >= 5)
            add_family (painting, cr, i);
        }
    }
  cairo_set_line_width (cr, painting->camera->scale < scene->axes->names_scale ? 1 : LINE_WIDTH);
  grove_graph_painter_set_colour (cr, &painting->palette->line, 1);
  cairo_stroke (cr);
}

/* The way from the selected node up to its root. */
static void
draw_lineage (const GroveGraphPainting *painting, cairo_t *cr)
{
  const GroveGraphScene  *scene = painting->scene;
  const GroveGraphCamera *camera = painting->camera;
  const double            xs = grove_graph_camera_get_x_scale (camera);
  const double            far = camera->height + 64;
  guint                   node = painting->selected;

  if (node >= scene->n_nodes)
    return;
  for (guint parent = scene->places[node].parent; parent != GROVE_GRAPH_NONE;
       node = parent, parent = scene->places[node].parent)
    {
      const GroveGraphRect to = grove_graph_camera_get_rect (camera, scene, node, painting->now_us);
      const GroveGraphRect from =
        grove_graph_camera_get_rect (camera, scene, parent, painting->now_us);
      const double trunk = floor (from.x + scene->axes->trunk * xs) + 0.5;
      const double y0 = middle_of (&from), y1 = middle_of (&to);
      const double r = MIN (ELBOW, fabs (y1 - y0) / 2);

      cairo_move_to (cr, from.x + from.width, CLAMP (y0, -64, far));
      cairo_line_to (cr, trunk, CLAMP (y0, -64, far));
      if (fabs (y1 - y0) > 2)
        cairo_line_to (cr, trunk, CLAMP (y1 > y0 ? y1 - r : y1 + r, -64, far));
      if (y1 > -64 && y1 < far)
        add_branch (cr, trunk, fabs (y1 - y0) > 2 ? y0 : y1, to.x, y1, ELBOW);
    }
  cairo_set_line_width (cr, 2);
  grove_graph_painter_set_colour (cr, &painting->palette->accent, 1);
  cairo_stroke (cr);
}

static void
batch_init (Batch *self)
{
  for (guint i = 0; i < GROVE_GRAPH_N_BANDS; i++)
    self->rects[i] = g_array_new (FALSE, FALSE, sizeof (GroveGraphRect));
}

static void
batch_add (Batch *self, GroveGraphBand band, double x, double y, double width, double height)
{
  /* On whole pixels cairo fills them without blending their edges. */
  GroveGraphRect rect = { round (x), round (y), MAX (1, round (x + width) - round (x)),
                          MAX (1, round (height)) };

  g_array_append_val (self->rects[band], rect);
}

static void
batch_fill (Batch *self, cairo_t *cr, const GroveColours *palette)
{
  for (guint band = 0; band < GROVE_GRAPH_N_BANDS; band++)
    {
      for (guint i = 0; i < self->rects[band]->len; i++)
        {
          const GroveGraphRect *rect = &g_array_index (self->rects[band], GroveGraphRect, i);
          cairo_rectangle (cr, rect->x, rect->y, rect->width, rect->height);
        }
      grove_graph_painter_set_colour (cr, grove_graph_painter_get_colour (palette, band),
                                      grove_graph_painter_get_weight (band));
      cairo_fill (cr);
      g_array_unref (self->rects[band]);
    }
}

/* What falls into one row of the heat map shares its width: the worst at the left, seen even if it
 * is one in a thousand. */
static void
add_heat_row (Batch *batch, const guint *counts, guint n, double x, double y, double width)
{
  double left = x;

  for (guint i = GROVE_GRAPH_N_BANDS; i-- > 0;)
    {
      const double share = MAX (2, width * counts[i] / n);

      if (counts[i] == 0 || left >= x + width)
        continue;
      batch_add (batch, i, left, y, MIN (share, x + width - left), ROW);
      left += share;
    }
}

static void
add_heat_rows (
  const GroveGraphPainting *painting, GroveGraphRange range, double x, double width, Batch *batch)
{
  const GroveGraphScene *scene = painting->scene;
  const double           scale = painting->camera->scale / ROW;
  const double           offset = painting->camera->oy / ROW;

  for (guint i = range.begin; i < range.end;)
    {
      guint        counts[GROVE_GRAPH_N_BANDS] = { 0 };
      const guint  first = i;
      const double row = floor (scene->places[i].y * scale + offset);

      do
        counts[scene->nodes[i].band]++;
      while (++i < range.end && scene->places[i].y * scale + offset < row + 1);
      add_heat_row (batch, counts, i - first, x, row * ROW, width);
    }
}

static gboolean
has_crashed (const GroveGraphPainting *painting, guint node)
{
  return grove_graph_painter_get_flash (painting, painting->scene->nodes[node].crashed_us) > 0;
}

static gboolean
is_marked (const GroveGraphPainting *painting, guint node)
{
  return node == painting->selected || node == painting->hovered ||
         (painting->matches != NULL && painting->matches[node]) ||
         grove_graph_painter_get_flash (painting, painting->scene->nodes[node].restarted_us) > 0 ||
         has_crashed (painting, node);
}

/* What must be found in a crowd of bars: the selection, the matches, what has just crashed. */
static void
draw_mark (const GroveGraphPainting *painting, cairo_t *cr, guint node, const GroveGraphRect *rect)
{
  const GroveGraphRect mark = { rect->x - 2, rect->y - 2, rect->width + 4,
                                MAX (rect->height, 2) + 4 };
  const GroveColours  *palette = painting->palette;

  if (mark.y > painting->camera->height || mark.y + mark.height < 0)
    return;
  grove_graph_painter_round_rect (cr, &mark, 3);
  grove_graph_painter_set_colour (cr,
                                  node == painting->selected  ? &palette->accent
                                  : node == painting->hovered ? &palette->dim
                                  : painting->matches != NULL && painting->matches[node]
                                    ? &palette->purple
                                  : has_crashed (painting, node) ? &palette->error
                                                                 : &palette->warning,
                                  1);
  cairo_set_line_width (cr, node == painting->selected ? 2.5 : 1.5);
  cairo_stroke (cr);
}

static void
draw_bars (const GroveGraphPainting *painting, cairo_t *cr, guint level)
{
  const GroveGraphScene  *scene = painting->scene;
  const GroveGraphCamera *camera = painting->camera;
  const double            xs = grove_graph_camera_get_x_scale (camera);
  const GroveGraphRange   range =
    grove_graph_scene_get_range (scene, level, -camera->oy / camera->scale,
                                 (camera->height - camera->oy) / camera->scale);
  Batch batch;

  batch_init (&batch);
  if (camera->scale < scene->axes->shapes_scale)
    add_heat_rows (painting, range, camera->ox + level * scene->axes->pitch * xs,
                   scene->axes->length * xs, &batch);
  else
    for (guint i = range.begin; i < range.end; i++)
      {
        const GroveGraphRect rect =
          grove_graph_camera_get_rect (camera, scene, i, painting->now_us);

        if (rect.height < scene->axes->card_least)
          batch_add (&batch, scene->nodes[i].band, rect.x, rect.y, rect.width, rect.height);
      }
  batch_fill (&batch, cr, painting->palette);
}

/* What has text in it is turned back. */
static void
draw_upright (const GroveGraphPainting *painting, cairo_t *cr, guint node, GroveGraphRect *rect)
{
  const GroveGraphRect on_screen = grove_graph_turn (painting->scene, *rect);

  grove_graph_painter_turn (painting, cr);
  grove_graph_painter_draw_card (painting, cr, node, &on_screen);
  grove_graph_painter_turn (painting, cr);
}

static void
draw_cards (const GroveGraphPainting *painting, cairo_t *cr, guint level)
{
  const GroveGraphScene  *scene = painting->scene;
  const GroveGraphCamera *camera = painting->camera;
  const GroveGraphRange   range = grove_graph_camera_get_range (camera, scene, level);
  const gboolean          flat_too = camera->scale * scene->axes->flat >= scene->axes->card_least;

  for (guint i = range.begin; i < range.end; i++)
    {
      GroveGraphRect rect;

      if (!flat_too && scene->places[i].n_children == 0 &&
          scene->places[i].height * camera->scale < scene->axes->card_least)
        continue;
      rect = grove_graph_camera_get_rect (camera, scene, i, painting->now_us);
      if (rect.height < scene->axes->card_least || !is_asked_for (painting, &rect))
        continue;
      draw_upright (painting, cr, i, &rect);
    }
}

static void
draw_marks (const GroveGraphPainting *painting, cairo_t *cr)
{
  const GroveGraphScene  *scene = painting->scene;
  const GroveGraphCamera *camera = painting->camera;

  for (guint level = 0; level < scene->n_levels; level++)
    {
      const GroveGraphRange range = grove_graph_camera_get_range (camera, scene, level);
      double                last_y = -G_MAXDOUBLE;

      for (guint i = range.begin; i < range.end; i++)
        {
          GroveGraphRect rect;

          if (!is_marked (painting, i))
            continue;
          rect = grove_graph_camera_get_rect (camera, scene, i, painting->now_us);
          if (rect.height >= scene->axes->card_least)
            continue;
          /* A thousand matches in the same place are one mark. */
          if (rect.y - last_y < 2 && i != painting->selected)
            continue;
          last_y = rect.y;
          draw_mark (painting, cr, i, &rect);
        }
    }
}

static void
draw_ghosts (const GroveGraphPainting *painting, cairo_t *cr)
{
  const GArray *ghosts = painting->scene->ghosts;

  grove_graph_painter_turn (painting, cr);
  for (guint i = 0; i < ghosts->len; i++)
    grove_graph_painter_draw_ghost (painting, cr, &g_array_index (ghosts, GroveGraphGhost, i));
  grove_graph_painter_turn (painting, cr);
}

void
grove_graph_painter_turn (const GroveGraphPainting *painting, cairo_t *cr)
{
  const cairo_matrix_t swap = { 0, 1, 1, 0, 0, 0 };

  if (painting->scene->axes->turned)
    cairo_transform (cr, &swap);
}

static void
clip_to (cairo_t *cr, const GroveGraphRect *rect)
{
  cairo_rectangle (cr, rect->x, rect->y, rect->width, rect->height);
  cairo_clip (cr);
}

/* Along and across. */
static void
draw_turned (const GroveGraphPainting *painting, cairo_t *cr)
{
  const GroveGraphScene *scene = painting->scene;

  draw_ground (painting, cr);
  draw_edges (painting, cr);
  draw_lineage (painting, cr);
  draw_ghosts (painting, cr);
  for (guint level = 0; level < scene->n_levels; level++)
    {
      const double xs = grove_graph_camera_get_x_scale (painting->camera);
      const double x = painting->camera->ox + level * scene->axes->pitch * xs;

      if (x > painting->camera->width || x + scene->axes->length * xs < -8)
        continue;
      draw_bars (painting, cr, level);
      draw_cards (painting, cr, level);
    }
  draw_marks (painting, cr);
  grove_graph_painter_draw_arcs (painting, cr);
}

void
grove_graph_painter_draw (const GroveGraphPainting *painting, cairo_t *cr)
{
  const GroveGraphRect all = { 0, 0, painting->camera->width, painting->camera->height };
  GroveGraphPainting   turned = *painting;
  GroveGraphRect       area;

  cairo_save (cr);
  grove_graph_painter_turn (painting, cr);
  clip_to (cr, &all);
  if (painting->area != NULL)
    {
      area = grove_graph_turn (painting->scene, *painting->area);
      turned.area = &area;
      clip_to (cr, &area);
    }
  draw_turned (&turned, cr);
  cairo_restore (cr);
}
