/* SPDX-License-Identifier: MIT
 *
 * Through which part of the graph's world one looks.
 */
#include "observer/grove-graph-camera.h"

#include <math.h>
#include <string.h>

#define MARGIN       28.0
#define REVEAL       48.0
#define KEEP_IN      96.0 /* so much of the graph cannot be panned away */
#define SCALE_MIN    1e-6
#define X_LEAST_MIN  0.10
#define X_LEAST_MAX  0.9
#define START_SCALE  0.80
#define START_LEAST  0.50 /* names are read with ease from here on */
#define STICK_MARGIN 10.0

static void
turn (const GroveGraphScene *scene, double *x, double *y)
{
  if (scene->axes->turned)
    {
      const double kept = *x;

      *x = *y;
      *y = kept;
    }
}

static double
fitting_scale (const GroveGraphCamera *self, const GroveGraphScene *scene)
{
  double by_height = (self->height - 2 * MARGIN) / MAX (scene->height, 1);
  double by_width = (self->width - 2 * MARGIN) / MAX (scene->width, 1);

  /* A deep tree is not shrunk to nothing: past the least width it runs out at the right. */
  return CLAMP (MIN (by_height, MAX (by_width, X_LEAST_MIN)), SCALE_MIN, 1.0);
}

/* Panning ends where the graph would be lost from sight. */
static void
keep_in_sight (GroveGraphCamera *self, const GroveGraphScene *scene)
{
  const double xs = grove_graph_camera_get_x_scale (self);
  const double keep_x = MIN (KEEP_IN, self->width / 2), keep_y = MIN (KEEP_IN, self->height / 2);

  if (scene->n_nodes == 0 || self->width <= 0)
    return;
  self->ox = CLAMP (self->ox, keep_x - scene->width * xs, self->width - keep_x);
  self->oy = CLAMP (self->oy, keep_y - scene->height * self->scale, self->height - keep_y);
}

void
grove_graph_camera_set_size (GroveGraphCamera      *self,
                             const GroveGraphScene *scene,
                             double                 width,
                             double                 height)
{
  self->width = scene->axes->turned ? height : width;
  self->height = scene->axes->turned ? width : height;
  if (self->scale <= 0)
    self->scale = 1;
  self->x_least =
    CLAMP ((self->width - 2 * MARGIN) / MAX (scene->width, 1), X_LEAST_MIN, X_LEAST_MAX);
}

void
grove_graph_camera_fit (GroveGraphCamera *self, const GroveGraphScene *scene)
{
  double xs;

  self->scale = fitting_scale (self, scene);
  xs = grove_graph_camera_get_x_scale (self);
  self->ox = MAX (MARGIN, (self->width - scene->width * xs) / 2);
  self->oy = (self->height - scene->height * self->scale) / 2;
}

void
grove_graph_camera_start (GroveGraphCamera *self, const GroveGraphScene *scene)
{
  grove_graph_camera_fit (self, scene);
  if (self->scale >= START_LEAST || scene->n_nodes == 0)
    return;
  self->scale = START_SCALE;
  self->ox = MARGIN;
  self->oy = MARGIN;
}

gboolean
grove_graph_camera_sees_all (const GroveGraphCamera *self, const GroveGraphScene *scene)
{
  const double xs = grove_graph_camera_get_x_scale (self);

  return self->ox >= 0 && self->oy >= 0 && self->ox + scene->width * xs <= self->width &&
         self->oy + scene->height * self->scale <= self->height;
}

void
grove_graph_camera_zoom_at (
  GroveGraphCamera *self, const GroveGraphScene *scene, double factor, double x, double y)
{
  const double least = MIN (fitting_scale (self, scene) * 0.7, 0.5);
  const double old_scale = self->scale, old_xs = grove_graph_camera_get_x_scale (self);

  turn (scene, &x, &y);
  self->scale = CLAMP (old_scale * factor, least, GROVE_GRAPH_SCALE_MAX);
  self->ox = x - (x - self->ox) * grove_graph_camera_get_x_scale (self) / old_xs;
  self->oy = y - (y - self->oy) * self->scale / old_scale;
  self->slip *= self->scale / old_scale;
  keep_in_sight (self, scene);
}

void
grove_graph_camera_pan (GroveGraphCamera *self, const GroveGraphScene *scene, double dx, double dy)
{
  turn (scene, &dx, &dy);
  self->ox += dx;
  self->oy += dy;
  keep_in_sight (self, scene);
}

void
grove_graph_camera_slip (GroveGraphCamera *self, double dy)
{
  self->oy -= dy * self->scale;
  self->slip += dy * self->scale;
}

static double
reveal_span (double begin, double end, double size)
{
  const double margin = MIN (REVEAL, MAX (0, (size - (end - begin)) / 2));

  if (begin < margin - 0.5)
    return margin - begin;
  if (end > size - margin + 0.5)
    return size - margin - end;
  return 0;
}

gboolean
grove_graph_camera_reveal (GroveGraphCamera *self, const GroveGraphScene *scene, guint node)
{
  const GroveLayoutNode *place = &scene->places[node];
  const double           xs = grove_graph_camera_get_x_scale (self);
  const double           left = self->ox + place->x * xs;
  const double           middle = self->oy + place->y * self->scale;
  const double           half = place->height * self->scale / 2;
  const double           dx = reveal_span (left, left + place->width * xs, self->width);
  const double           dy = reveal_span (middle - half, middle + half, self->height);

  self->ox += dx;
  self->oy += dy;
  return dx != 0 || dy != 0;
}

/* Slides a parent along its children towards the screen, but not into its neighbours. */
static double
stick (
  const GroveGraphCamera *self, const GroveGraphScene *scene, guint node, double y, double half)
{
  const GroveLayoutNode *place = &scene->places[node];
  const GroveGraphRange *level = &scene->levels[scene->nodes[node].level];
  const double           gap = scene->axes->gaps.sibling_gap * self->scale;
  double                 least, most, wanted;

  wanted = y < half + STICK_MARGIN                  ? half + STICK_MARGIN
           : y > self->height - half - STICK_MARGIN ? self->height - half - STICK_MARGIN
                                                    : y;
  if (wanted == y)
    return y;

  least = self->oy + scene->places[place->first_child].y * self->scale;
  most = self->oy + scene->places[place->first_child + place->n_children - 1].y * self->scale;
  if (node > level->begin)
    {
      const GroveLayoutNode *before = &scene->places[node - 1];
      least = MAX (least, self->oy + (before->y + before->height / 2) * self->scale + half + gap);
    }
  if (node + 1 < level->end)
    {
      const GroveLayoutNode *after = &scene->places[node + 1];
      most = MIN (most, self->oy + (after->y - after->height / 2) * self->scale - half - gap);
    }
  return least <= y && y <= most ? CLAMP (wanted, least, most) : y;
}

/* Seen from afar, those with children keep a height that a name fits in, where there is room. */
static double
get_height (const GroveGraphCamera *self, const GroveGraphScene *scene, guint node)
{
  const GroveLayoutNode *place = &scene->places[node];
  const GroveGraphRange *level = &scene->levels[scene->nodes[node].level];
  double                 height = place->height * self->scale, room = scene->axes->label_great;

  if (height >= scene->axes->label_great || place->n_children == 0)
    return height;
  if (node > level->begin)
    room = MIN (room, (place->y - scene->places[node - 1].y) * self->scale - 3);
  if (node + 1 < level->end)
    room = MIN (room, (scene->places[node + 1].y - place->y) * self->scale - 3);
  return room >= scene->axes->label_least ? MAX (height, room) : height;
}

GroveGraphRect
grove_graph_camera_get_rect (const GroveGraphCamera *self,
                             const GroveGraphScene  *scene,
                             guint                   node,
                             gint64                  now_us)
{
  const GroveLayoutNode *place = &scene->places[node];
  const double           xs = grove_graph_camera_get_x_scale (self);
  const double           height = get_height (self, scene, node);
  double                 x, y;

  grove_graph_scene_get_position (scene, node, now_us, &x, &y);
  y = self->oy + y * self->scale;
  if (place->n_children > 1)
    y = stick (self, scene, node, y, height / 2);
  return (GroveGraphRect){ self->ox + x * xs, y - height / 2, place->width * xs, height };
}

GroveGraphRect
grove_graph_camera_get_screen_rect (const GroveGraphCamera *self,
                                    const GroveGraphScene  *scene,
                                    guint                   node,
                                    gint64                  now_us)
{
  return grove_graph_turn (scene, grove_graph_camera_get_rect (self, scene, node, now_us));
}

GroveGraphRange
grove_graph_camera_get_range (const GroveGraphCamera *self,
                              const GroveGraphScene  *scene,
                              guint                   level)
{
  const double    top = -self->oy / self->scale;
  const double    bottom = (self->height - self->oy) / self->scale;
  GroveGraphRange range = grove_graph_scene_get_range (scene, level, top, bottom);
  GroveGraphRange below;

  if (level + 1 >= scene->n_levels)
    return range;

  /* The parents of the children in sight, and of the nearest out of sight: a long family may pass
   * the screen between two of its members. */
  below = grove_graph_scene_get_range (scene, level + 1, top, bottom);
  below.begin = MAX (scene->levels[level + 1].begin, below.begin > 0 ? below.begin - 1 : 0);
  below.end = MIN (scene->levels[level + 1].end, below.end + 1);
  range.begin = MIN (range.begin, scene->places[below.begin].parent);
  range.end = MAX (range.end, scene->places[below.end - 1].parent + 1);
  return range;
}

guint
grove_graph_camera_pick (
  const GroveGraphCamera *self, const GroveGraphScene *scene, double x, double y, gint64 now_us)
{
  const double xs = grove_graph_camera_get_x_scale (self);
  double       world_y;
  /* A row thinner than this would be hard to meet. */
  const double slack = 2.0;

  turn (scene, &x, &y);
  world_y = (y - self->oy) / self->scale;
  for (guint level = 0; level < scene->n_levels; level++)
    {
      const double    left = self->ox + level * scene->axes->pitch * xs;
      GroveGraphRange range;
      guint           best = GROVE_GRAPH_NONE;
      double          best_distance = G_MAXDOUBLE;

      if (x < left || x > left + scene->axes->length * xs)
        continue;
      /* Only those with children are ever drawn elsewhere than at their place. */
      range = level + 1 < scene->n_levels
                ? grove_graph_camera_get_range (self, scene, level)
                : grove_graph_scene_get_range (scene, level, world_y - slack / self->scale,
                                               world_y + slack / self->scale);
      for (guint i = range.begin; i < range.end; i++)
        {
          const GroveGraphRect rect = grove_graph_camera_get_rect (self, scene, i, now_us);
          const double         distance = fabs (rect.y + rect.height / 2 - y);

          if (distance <= MAX (rect.height / 2, slack) && distance < best_distance)
            {
              best = i;
              best_distance = distance;
            }
        }
      return best;
    }
  return GROVE_GRAPH_NONE;
}

guint
grove_graph_camera_get_centre (const GroveGraphCamera *self, const GroveGraphScene *scene)
{
  const double xs = grove_graph_camera_get_x_scale (self);
  const double world_y = (self->height / 2 - self->oy) / self->scale;
  guint        best = GROVE_GRAPH_NONE;
  double       best_distance = G_MAXDOUBLE;

  for (guint level = 0; level < scene->n_levels; level++)
    {
      const double    x = self->ox + (level * scene->axes->pitch + scene->axes->length / 2) * xs;
      GroveGraphRange range =
        grove_graph_scene_get_range (scene, level, world_y - 4 * scene->axes->flat,
                                     world_y + 4 * scene->axes->flat);

      if (x < 0 || x > self->width)
        continue;
      for (guint i = range.begin; i < range.end; i++)
        {
          const double y = self->oy + scene->places[i].y * self->scale;
          const double distance = hypot (x - self->width / 2, y - self->height / 2);

          if (distance < best_distance)
            {
              best = i;
              best_distance = distance;
            }
        }
    }
  return best;
}

static guint64
hash_bytes (guint64 hash, gconstpointer data, gsize n)
{
  const guint8 *bytes = data;

  for (gsize i = 0; i < n; i++)
    hash = (hash ^ bytes[i]) * G_GUINT64_CONSTANT (1099511628211);
  return hash;
}

/* Where on the screen, to a fraction of a pixel; what is far outside is just outside. */
static guint64
hash_rect (guint64 hash, const GroveGraphCamera *self, const GroveGraphScene *scene, guint node)
{
  const GroveGraphRect rect = grove_graph_camera_get_rect (self, scene, node, G_MAXINT64);
  const gint64         at[] = { (gint64) round (rect.x * 8),
                                (gint64) round (CLAMP (rect.y, -100, self->height + 100) * 8),
                                (gint64) round (rect.height * 8) };

  return hash_bytes (hash, at, sizeof at);
}

guint64
grove_graph_camera_get_signature (const GroveGraphCamera *self, const GroveGraphScene *scene)
{
  guint64 hash = G_GUINT64_CONSTANT (14695981039346656037);

  for (guint level = 0; level < scene->n_levels; level++)
    {
      const GroveGraphRange range = grove_graph_camera_get_range (self, scene, level);

      for (guint i = range.begin; i < range.end; i++)
        {
          const GroveGraphNode  *node = &scene->nodes[i];
          const GroveLayoutNode *place = &scene->places[i];
          const guint            numbers[] = {
                       node->kind,      (guint) node->expandable, node->restarts,
                       node->intensity, node->n_children,         node->recent_restarts
          };

          hash = hash_rect (hash, self, scene, i);
          hash = hash_bytes (hash, numbers, sizeof numbers);
          hash = hash_bytes (hash, node->id, strlen (node->id));
          hash = hash_bytes (hash, node->name, strlen (node->name));
          hash = hash_bytes (hash, node->strategy, strlen (node->strategy));
          if (place->n_children > 0)
            {
              hash = hash_rect (hash, self, scene, place->first_child);
              hash = hash_rect (hash, self, scene, place->first_child + place->n_children - 1);
            }
        }
    }
  return hash;
}

gboolean
grove_graph_camera_sees_motion (const GroveGraphCamera *self, const GroveGraphScene *scene)
{
  if (scene->max_move <= 0)
    return FALSE;
  for (guint level = 0; level < scene->n_levels; level++)
    {
      const GroveGraphRange range = grove_graph_camera_get_range (self, scene, level);

      for (guint i = range.begin; i < range.end; i++)
        {
          const GroveGraphNode  *node = &scene->nodes[i];
          const GroveLayoutNode *to = &scene->places[i];
          const double           from_y = self->oy + node->from_y * self->scale;
          const double           to_y = self->oy + to->y * self->scale;
          const double           half = to->height * self->scale / 2;

          if (MAX (from_y, to_y) < -half || MIN (from_y, to_y) > self->height + half)
            continue;
          if (fabs (from_y - to_y) > 0.2 || fabs (node->from_x - to->x) * self->scale > 0.2)
            return TRUE;
        }
    }
  return FALSE;
}
