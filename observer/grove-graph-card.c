/* SPDX-License-Identifier: MIT
 *
 * One node of the supervision graph as a card: strip and tint say the metric, texts the rest, as
 * much of it as fits.
 */
#include "observer/grove-graph-painter.h"

#include "observer/grove-format.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define RADIUS          8.0
#define STRIP           4.0
#define TEXT_LEFT       9.0
#define TEXT_RIGHT      8.0
#define PIPS_MAX        6
#define GAUGE           26.0
#define TWO_LINES       26.0 /* the least height for them */
#define LABEL_SCALE     0.78
#define ONE_LINE_BUDGET 130.0 /* a narrower card keeps its one line for the name */

/* A card being drawn. */
typedef struct
{
  const GroveGraphPainting *painting;
  cairo_t                  *cr;
  const GroveGraphNode     *node;
  GroveGraphRect            rect;
  double                    text_scale;
  double                    radius, strip;
  double                    left, right; /* between which there is room for text */
  gboolean                  faint;       /* the search passed it over */
} Card;

static void
set_colour (const Card *self, const GroveColour *colour, double alpha)
{
  grove_graph_painter_set_colour (self->cr, colour, self->faint ? alpha * 0.4 : alpha);
}

static const GroveColour *
band_colour (const Card *self)
{
  return grove_graph_painter_get_colour (self->painting->palette, self->node->band);
}

static void
rounded (const Card *self, double outset, double dx, double dy)
{
  const GroveGraphRect rect = { self->rect.x - outset + dx, self->rect.y - outset + dy,
                                self->rect.width + 2 * outset, self->rect.height + 2 * outset };

  grove_graph_painter_round_rect (self->cr, &rect, self->radius + outset);
}

static void
draw_back (const Card *self)
{
  const GroveColours *palette = self->painting->palette;
  const double        step = MAX (2, 3 * MIN (self->painting->camera->scale, 1.5));

  if (self->node->kind == GROVE_GRAPH_FOLD)
    for (int i = 2; i > 0; i--)
      {
        rounded (self, -0.5, i * step, i * step);
        grove_graph_painter_set_colour (self->cr, &palette->card, 1);
        cairo_fill_preserve (self->cr);
        grove_graph_painter_set_colour (self->cr, &palette->border, 1);
        cairo_set_line_width (self->cr, 1);
        cairo_stroke (self->cr);
      }
  else if (!palette->dark &&
           self->painting->camera->scale > self->painting->scene->axes->names_scale)
    {
      rounded (self, 0.5, 0, 1.5);
      grove_graph_painter_set_colour (self->cr, &palette->fg, 0.06);
      cairo_fill (self->cr);
    }
}

static void
draw_strip (const Card *self)
{
  const GroveGraphRect *rect = &self->rect;
  const double          r = MIN (self->radius, rect->height / 2);
  cairo_t              *cr = self->cr;

  /* The left end of the card's own outline, cut off straight: no clip is needed. */
  cairo_save (cr);
  cairo_rectangle (cr, rect->x, rect->y, self->strip, rect->height);
  cairo_clip (cr);
  cairo_new_sub_path (cr);
  cairo_arc (cr, rect->x + r, rect->y + r, r, G_PI, 3 * G_PI / 2);
  cairo_line_to (cr, rect->x + rect->width, rect->y);
  cairo_line_to (cr, rect->x + rect->width, rect->y + rect->height);
  cairo_arc (cr, rect->x + r, rect->y + rect->height - r, r, G_PI / 2, G_PI);
  cairo_close_path (cr);
  set_colour (self, band_colour (self), 1);
  cairo_fill (cr);
  cairo_restore (cr);
}

static double
tint_of (GroveGraphBand band)
{
  switch (band)
    {
    case GROVE_GRAPH_BAND_ALARM:
      return 0.22;
    case GROVE_GRAPH_BAND_HOT:
      return 0.14;
    case GROVE_GRAPH_BAND_WARM:
      return 0.08;
    case GROVE_GRAPH_BAND_OFF:
    case GROVE_GRAPH_BAND_CALM:
    case GROVE_GRAPH_BAND_BUSY:
    case GROVE_GRAPH_N_BANDS:
    default:
      return 0;
    }
}

static void
draw_face (const Card *self, gboolean hovered)
{
  const GroveColours *palette = self->painting->palette;
  const double restarted = grove_graph_painter_get_flash (self->painting, self->node->restarted_us);
  const double appeared = grove_graph_painter_get_flash (self->painting, self->node->appeared_us);
  const double crashed = grove_graph_painter_get_flash (self->painting, self->node->crashed_us);
  const double tint = tint_of (self->node->band);

  rounded (self, 0, 0, 0);
  grove_graph_painter_set_colour (self->cr, &palette->card, 1);
  cairo_fill_preserve (self->cr);
  if (tint > 0)
    {
      set_colour (self, band_colour (self), tint);
      cairo_fill_preserve (self->cr);
    }
  if (hovered)
    {
      grove_graph_painter_set_colour (self->cr, &palette->fg, 0.05);
      cairo_fill_preserve (self->cr);
    }
  if (crashed > 0 || restarted > 0 || appeared > 0)
    {
      grove_graph_painter_set_colour (self->cr,
                                      crashed > 0     ? &palette->error
                                      : restarted > 0 ? &palette->warning
                                                      : &palette->success,
                                      0.35 * MAX (crashed, MAX (restarted, appeared)));
      cairo_fill_preserve (self->cr);
    }
  cairo_new_path (self->cr);
}

static void
draw_outline (
  const Card *self, double outset, const GroveColour *colour, double alpha, double width)
{
  rounded (self, outset, 0, 0);
  cairo_set_line_width (self->cr, width);
  grove_graph_painter_set_colour (self->cr, colour, alpha);
  cairo_stroke (self->cr);
}

static void
draw_outlines (const Card *self, guint node)
{
  const GroveGraphPainting *painting = self->painting;
  const GroveColours       *palette = painting->palette;
  const double restarted = grove_graph_painter_get_flash (painting, self->node->restarted_us);
  const double appeared = grove_graph_painter_get_flash (painting, self->node->appeared_us);
  const double crashed = grove_graph_painter_get_flash (painting, self->node->crashed_us);
  const double dashes[] = { 4, 3 };

  if (self->node->kind == GROVE_GRAPH_MORE)
    cairo_set_dash (self->cr, dashes, G_N_ELEMENTS (dashes), 0);
  draw_outline (self, -0.5, &palette->border, 1, 1);
  cairo_set_dash (self->cr, NULL, 0, 0);

  if (crashed > 0)
    draw_outline (self, 2 + 5 * (1 - crashed), &palette->error, crashed, 3.5);
  else if (restarted > 0)
    draw_outline (self, 2 + 5 * (1 - restarted), &palette->warning, restarted, 2.5);
  else if (appeared > 0)
    draw_outline (self, 1, &palette->success, appeared, 2);
  if (painting->matches != NULL && painting->matches[node])
    draw_outline (self, 1, &palette->purple, 1, 2);
  if (node == painting->selected)
    {
      draw_outline (self, 0.5, &palette->accent, 1, 2.5);
      if (painting->focused)
        draw_outline (self, 3.5, &palette->accent, 0.35, 2.5);
    }
}

/* Right-aligned before self->right, which it moves. */
static void
draw_at_right (Card *self, const char *text, const GroveColour *colour, double y)
{
  const double width =
    grove_graph_text_measure (self->painting->text, GROVE_GRAPH_TEXT_SMALL, text) *
    self->text_scale;

  if (text[0] == '\0' || self->right - width < self->left + 40 * self->text_scale)
    return;
  set_colour (self, colour, 1);
  grove_graph_text_show (self->painting->text, self->cr, GROVE_GRAPH_TEXT_SMALL, text,
                         self->right - width, y, width + 2, self->text_scale);
  self->right -= width + 7 * self->text_scale;
}

static void
draw_numbers (Card *self, double y)
{
  const GroveColours   *palette = self->painting->palette;
  const GroveGraphNode *node = self->node;
  g_autofree char      *value = NULL;

  if (node->kind == GROVE_GRAPH_MORE)
    return;
  value = grove_graph_metric_format (self->painting->metric, node->metric,
                                     node->kind == GROVE_GRAPH_FOLD ? "" : node->status);
  draw_at_right (self, value, node->band >= GROVE_GRAPH_BAND_WARM ? &palette->fg : &palette->dim,
                 y);
  if (node->restarts > 0)
    {
      g_autofree char *restarts = g_strdup_printf ("↻ %u", node->restarts);
      draw_at_right (self, restarts, &palette->warning, y);
    }
}

/* The budget of a supervisor that allows many restarts: a gauge, and the number once one is used.
 */
static void
draw_gauge (Card *self, double y, const GroveColour *colour)
{
  const GroveGraphNode *node = self->node;
  const double          height = MAX (2, 4 * self->text_scale), width = GAUGE * self->text_scale;
  const double          share = MIN (1.0, (double) node->recent_restarts / node->intensity);
  GroveGraphRect        rect = { self->right - width, y - height / 2, width, height };

  grove_graph_painter_round_rect (self->cr, &rect, height / 2);
  set_colour (self, &self->painting->palette->track, 1.6);
  cairo_fill (self->cr);
  self->right -= width + 5 * self->text_scale;
  if (share > 0)
    {
      g_autofree char *text = g_strdup_printf ("%u/%u", node->recent_restarts, node->intensity);

      rect.width = MAX (height, width * share);
      grove_graph_painter_round_rect (self->cr, &rect, height / 2);
      set_colour (self, colour, 1);
      cairo_fill (self->cr);
      draw_at_right (self, text, colour, y);
    }
}

/* How many restarts of the allowed ones were used lately: a pip each, or a number when many. */
static void
draw_budget (Card *self, double y)
{
  const GroveGraphNode *node = self->node;
  const GroveColours   *palette = self->painting->palette;
  const double          r = 2.4 * self->text_scale, pitch = 7.5 * self->text_scale;
  const guint           used = node->recent_restarts;
  const GroveColour    *colour = used >= node->intensity ? &palette->error : &palette->warning;

  if (node->intensity == 0)
    return;
  if (node->intensity > PIPS_MAX)
    {
      draw_gauge (self, y, colour);
      return;
    }
  for (guint i = 0; i < node->intensity; i++)
    {
      const double x = self->right - r - (node->intensity - 1 - i) * pitch;

      cairo_new_sub_path (self->cr);
      cairo_arc (self->cr, x, y, r, 0, 2 * G_PI);
      if (i < used)
        {
          set_colour (self, colour, 1);
          cairo_fill (self->cr);
        }
      else
        {
          set_colour (self, &palette->dim, 0.8);
          cairo_set_line_width (self->cr, MAX (0.8, self->text_scale));
          cairo_stroke (self->cr);
        }
    }
  self->right -= node->intensity * pitch + 4 * self->text_scale;
}

/* The members of a fold by colour, the calm at the left. */
static void
draw_shares (const Card *self, double y)
{
  const GroveGraphNode *node = self->node;
  const double          height = MAX (3, 5 * self->text_scale), width = self->right - self->left;
  double                x = self->left, n = 0, n_bands = 0;

  for (guint band = 0; band < GROVE_GRAPH_N_BANDS; band++)
    {
      n += node->band_counts[band];
      n_bands += node->band_counts[band] > 0;
    }
  if (n == 0)
    return;
  for (guint band = 0; band < GROVE_GRAPH_N_BANDS; band++)
    {
      /* One in a thousand is still to be seen: each gets three pixels before the rest is shared. */
      const double share = 3 + (width - 3 * n_bands) * node->band_counts[band] / n;

      if (node->band_counts[band] == 0)
        continue;
      cairo_rectangle (self->cr, x, round (y - height / 2), share - 1, height);
      set_colour (self, grove_graph_painter_get_colour (self->painting->palette, band), 0.9);
      cairo_fill (self->cr);
      x += share;
    }
}

static void
draw_second_line (Card *self, double y)
{
  const GroveGraphNode *node = self->node;
  g_autofree char      *children = NULL, *text = NULL;

  if (node->kind == GROVE_GRAPH_FOLD)
    {
      draw_shares (self, y);
      return;
    }
  draw_budget (self, y);
  children = grove_format_plural (node->n_children, "child", "children");
  text = node->kind == GROVE_GRAPH_APPLICATION ? g_strdup_printf (_ ("application · %s"), children)
         : node->strategy[0] != '\0' ? g_strdup_printf ("%s · %s", children, node->strategy)
                                     : g_steal_pointer (&children);
  if (node->strategy[0] != '\0' &&
      grove_graph_text_measure (self->painting->text, GROVE_GRAPH_TEXT_SMALL, text) *
          self->text_scale >
        self->right - self->left)
    {
      /* The strategy whole says more than the word "children". */
      g_free (text);
      text = g_strdup_printf ("%u · %s", node->n_children, node->strategy);
    }
  set_colour (self, &self->painting->palette->dim, 1);
  grove_graph_text_show (self->painting->text, self->cr, GROVE_GRAPH_TEXT_SMALL, text, self->left,
                         y, self->right - self->left, self->text_scale);
}

static double
draw_name (Card *self, double y)
{
  const GroveColours *palette = self->painting->palette;
  const gboolean      strong = grove_graph_node_is_tall (self->node);

  set_colour (self, self->node->kind == GROVE_GRAPH_MORE ? &palette->dim : &palette->fg, 1);
  return grove_graph_text_show (self->painting->text, self->cr,
                                strong ? GROVE_GRAPH_TEXT_STRONG : GROVE_GRAPH_TEXT_NAME,
                                self->node->name, self->left, y, self->right - self->left,
                                self->text_scale);
}

/* All that a card too low for two lines can say; the strategy only whole. */
static void
draw_only_line (Card *self, double y)
{
  const char *strategy = self->node->strategy;
  double      room;

  draw_numbers (self, y);
  if (self->rect.width > ONE_LINE_BUDGET * self->text_scale)
    draw_budget (self, y);
  self->left += draw_name (self, y) + 8 * self->text_scale;
  room = self->right - self->left;
  if (grove_graph_text_measure (self->painting->text, GROVE_GRAPH_TEXT_SMALL, strategy) *
        self->text_scale >=
      room)
    return;
  set_colour (self, &self->painting->palette->dim, 1);
  grove_graph_text_show (self->painting->text, self->cr, GROVE_GRAPH_TEXT_SMALL, strategy,
                         self->left, y, room, self->text_scale);
}

/* Children that can be fetched: a plus on the right edge. */
static void
draw_expander (const Card *self)
{
  const GroveColours *palette = self->painting->palette;
  const double        r = CLAMP (self->rect.height * 0.2, 4, 8);
  const double        x = self->rect.x + self->rect.width - r - 5,
               y = round (self->rect.y + self->rect.height / 2);

  cairo_new_sub_path (self->cr);
  cairo_arc (self->cr, x, y, r, 0, 2 * G_PI);
  grove_graph_painter_set_colour (self->cr, &palette->accent, 1);
  cairo_fill (self->cr);
  cairo_rectangle (self->cr, x - r * 0.6, y - 0.75, r * 1.2, 1.5);
  cairo_rectangle (self->cr, x - 0.75, y - r * 0.6, 1.5, r * 1.2);
  grove_graph_painter_set_colour (self->cr, &palette->view, 1);
  cairo_fill (self->cr);
}

static double
quantise (double scale)
{
  /* Fonts are made for a scale: not for every step of a zoom. */
  return MAX (1, round (scale * 32)) / 32;
}

static double
text_scale_for (double scale, double height, gboolean two_lines)
{
  const double largest = MAX (scale, 1);

  if (two_lines)
    return quantise (MIN (largest, height / 33));
  return quantise (MIN (largest, MAX (1.15 * scale, MIN (LABEL_SCALE, height / 21))));
}

void
grove_graph_painter_draw_card (const GroveGraphPainting *painting,
                               cairo_t                  *cr,
                               guint                     node,
                               const GroveGraphRect     *rect)
{
  const GroveGraphNode *of = &painting->scene->nodes[node];
  const double          scale = painting->camera->scale;
  const gboolean        two_lines = grove_graph_node_is_tall (of) && rect->height >= TWO_LINES;
  Card                  card = { .painting = painting, .cr = cr, .node = of, .rect = *rect };

  card.faint = painting->matches != NULL && !painting->matches[node] && node != painting->selected;
  card.text_scale = text_scale_for (scale, rect->height, two_lines);
  card.radius = CLAMP (RADIUS * scale, 3, 12);
  card.strip = CLAMP (STRIP * scale, 3, 8);
  card.left = rect->x + card.strip + TEXT_LEFT * card.text_scale;
  card.right = rect->x + rect->width - TEXT_RIGHT * card.text_scale;

  draw_back (&card);
  draw_face (&card, node == painting->hovered);
  if (of->kind != GROVE_GRAPH_MORE)
    draw_strip (&card);
  draw_outlines (&card, node);

  if (of->expandable)
    {
      draw_expander (&card);
      card.right -= 18 * card.text_scale;
    }
  if (two_lines)
    {
      Card second = card;

      draw_numbers (&card, rect->y + rect->height * 0.31);
      draw_name (&card, rect->y + rect->height * 0.31);
      draw_second_line (&second, rect->y + rect->height * 0.73);
    }
  else
    draw_only_line (&card, rect->y + rect->height / 2);
}

GroveGraphRect
grove_graph_painter_get_ghost_rect (const GroveGraphPainting *painting,
                                    const GroveGraphGhost    *ghost)
{
  const GroveGraphCamera *camera = painting->camera;
  const double            xs = grove_graph_camera_get_x_scale (camera);
  const double            height = ghost->height * camera->scale;
  const GroveGraphRect    rect = { camera->ox + ghost->x * xs,
                                   camera->oy + ghost->y * camera->scale - height / 2,
                                   painting->scene->axes->length * xs, height };

  return grove_graph_turn (painting->scene, rect);
}

void
grove_graph_painter_draw_ghost (const GroveGraphPainting *painting,
                                cairo_t                  *cr,
                                const GroveGraphGhost    *ghost)
{
  const GroveGraphCamera *camera = painting->camera;
  const double            left = grove_graph_painter_get_flash (painting, ghost->died_us);
  const double            dashes[] = { 4, 3 };
  const GroveGraphRect    rect = grove_graph_painter_get_ghost_rect (painting, ghost);
  const GroveGraphRect    view =
    grove_graph_turn (painting->scene, (GroveGraphRect){ 0, 0, camera->width, camera->height });
  const double text_scale = text_scale_for (camera->scale, rect.height, FALSE);
  /* Who ended as it should fades without alarm. */
  const GroveColour *colour = ghost->crashed ? &painting->palette->error : &painting->palette->dim;

  if (left <= 0 || rect.y > view.height || rect.y + rect.height < 0 || rect.x > view.width ||
      rect.x + rect.width < 0)
    return;
  grove_graph_painter_round_rect (cr, &rect, CLAMP (RADIUS * camera->scale, 1, 12));
  grove_graph_painter_set_colour (cr, colour, 0.16 * left);
  cairo_fill_preserve (cr);
  grove_graph_painter_set_colour (cr, colour, left);
  cairo_set_line_width (cr, 1.5);
  cairo_set_dash (cr, dashes, G_N_ELEMENTS (dashes), 0);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  if (camera->scale >= painting->scene->axes->names_scale)
    {
      g_autofree char *text = g_strdup_printf ("%s %s", ghost->crashed ? "✕" : "−", ghost->name);

      grove_graph_painter_set_colour (cr, colour, left);
      grove_graph_text_show (painting->text, cr, GROVE_GRAPH_TEXT_NAME, text,
                             rect.x + 10 * text_scale, rect.y + rect.height / 2, rect.width - 16,
                             text_scale);
    }
}
