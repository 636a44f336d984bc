/* SPDX-License-Identifier: MIT
 *
 * The supervision graph as geometry.
 */
#include "observer/grove-graph-scene.h"

#include <math.h>
#include <string.h>

/* Nobody can follow a node that flies further than this; it jumps, and culling stays tight. */
#define MOVE_MAX 2400.0
/* A subtree of thousands may die at once; so many ghosts say it. */
#define GHOSTS_MAX 400
/* Crashes that are told of before, or after, the tree tells. */
#define CRASHED_MAX 256
#define LEAST_ROOM  64
#define CHUNK_SIZE  65536

static const GroveGraphAxes all_axes[] = {
  [GROVE_GRAPH_RIGHTWARDS] = {
    .length = 196,
    .tall = 38,
    .flat = 25,
    .gaps = { .level_gap = 60, .sibling_gap = 8, .cousin_gap = 22, .root_gap = 44 },
    .pitch = 196 + 60,
    .trunk = 196 + 60 * 0.42,
    .names_scale = 0.34,
    .shapes_scale = 0.10,
    .card_least = 11,
    .label_least = 12,
    .label_great = 17,
  },
  [GROVE_GRAPH_DOWNWARDS] = {
    .turned = TRUE,
    .length = 38,
    .tall = 172,
    .flat = 128,
    .gaps = { .level_gap = 46, .sibling_gap = 10, .cousin_gap = 26, .root_gap = 60 },
    .pitch = 38 + 46,
    .trunk = 38 + 46 * 0.5,
    .names_scale = 0.30,
    .shapes_scale = 0.03,
    .card_least = 30,
    .label_least = 44,
    .label_great = 84,
  },
};

const GroveGraphAxes *
grove_graph_axes_get (GroveGraphGrowth growth)
{
  return &all_axes[growth == GROVE_GRAPH_DOWNWARDS ? GROVE_GRAPH_DOWNWARDS
                                                   : GROVE_GRAPH_RIGHTWARDS];
}

/* What the scene was before the build under way. */
typedef struct
{
  GroveGraphNode  *nodes;
  GroveLayoutNode *places;
  guint            n_nodes;
  GroveGraphIndex *index;
  GStringChunk    *strings;
} Previous;

static void
previous_free (Previous *self)
{
  if (self == NULL)
    return;
  g_free (self->nodes);
  g_free (self->places);
  grove_graph_index_free (self->index);
  g_string_chunk_free (self->strings);
  g_free (self);
}

static void
clear_ghost (gpointer data)
{
  g_free (((GroveGraphGhost *) data)->id);
  g_free (((GroveGraphGhost *) data)->name);
}

GroveGraphScene *
grove_graph_scene_new (void)
{
  GroveGraphScene *self = g_new0 (GroveGraphScene, 1);

  self->axes = self->next_axes = grove_graph_axes_get (GROVE_GRAPH_RIGHTWARDS);
  self->index = grove_graph_index_new (0);
  self->strings = g_string_chunk_new (CHUNK_SIZE);
  self->dead = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->crashed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->successors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->ghosts = g_array_new (FALSE, FALSE, sizeof (GroveGraphGhost));
  g_array_set_clear_func (self->ghosts, clear_ghost);
  return self;
}

void
grove_graph_scene_free (GroveGraphScene *self)
{
  if (self == NULL)
    return;
  previous_free (self->previous);
  g_free (self->nodes);
  g_free (self->places);
  g_free (self->levels);
  grove_graph_index_free (self->index);
  g_string_chunk_free (self->strings);
  g_hash_table_unref (self->dead);
  g_hash_table_unref (self->crashed);
  g_hash_table_unref (self->successors);
  g_array_unref (self->ghosts);
  g_free (self);
}

GroveGraphScene *
grove_graph_scene_copy (const GroveGraphScene *self)
{
  GroveGraphScene *copy = grove_graph_scene_new ();

  grove_graph_scene_set_growth (copy, self->axes->turned ? GROVE_GRAPH_DOWNWARDS
                                                         : GROVE_GRAPH_RIGHTWARDS);
  grove_graph_scene_begin (copy);
  for (guint i = 0; i < self->n_nodes; i++)
    {
      const GroveGraphNode *node = &self->nodes[i];

      grove_graph_scene_add (copy, self->places[i].parent, node);
      copy->nodes[i].band = node->band;
      copy->nodes[i].metric = node->metric;
      memcpy (copy->nodes[i].band_counts, node->band_counts, sizeof node->band_counts);
    }
  grove_graph_scene_end (copy, NULL, 0, GROVE_GRAPH_JUMP, NULL);
  return copy;
}

void
grove_graph_scene_set_growth (GroveGraphScene *self, GroveGraphGrowth growth)
{
  self->next_axes = grove_graph_axes_get (growth);
}

void
grove_graph_scene_note_dead (GroveGraphScene *self, const char *id)
{
  g_hash_table_add (self->dead, g_strdup (id));
}

void
grove_graph_scene_note_replaced (GroveGraphScene *self, const char *old_id, const char *new_id)
{
  const char *oldest = g_hash_table_lookup (self->successors, old_id);

  /* Two replacements before one build: the last stands where the first stood. */
  g_hash_table_insert (self->successors, g_strdup (new_id),
                       g_strdup (oldest != NULL ? oldest : old_id));
}

static gint64
when_crashed (const GroveGraphScene *self, const char *id)
{
  const gint64 *at;

  /* A hundred thousand ask, and mostly nobody crashed. */
  if (g_hash_table_size (self->crashed) == 0)
    return 0;
  at = g_hash_table_lookup (self->crashed, id);
  return at != NULL ? *at : 0;
}

void
grove_graph_scene_note_crashed (GroveGraphScene *self, const char *id, gint64 now_us)
{
  const guint node = grove_graph_scene_find (self, id);

  if (g_hash_table_size (self->crashed) >= CRASHED_MAX)
    g_hash_table_remove_all (self->crashed);
  g_hash_table_insert (self->crashed, g_strdup (id), g_memdup2 (&now_us, sizeof now_us));
  if (node != GROVE_GRAPH_NONE)
    self->nodes[node].crashed_us = now_us;
  for (guint i = 0; i < self->ghosts->len; i++)
    {
      GroveGraphGhost *ghost = &g_array_index (self->ghosts, GroveGraphGhost, i);

      ghost->crashed = ghost->crashed || strcmp (ghost->id, id) == 0;
    }
}

void
grove_graph_scene_begin (GroveGraphScene *self)
{
  Previous *previous = g_new0 (Previous, 1);

  previous_free (self->previous);
  previous->nodes = g_steal_pointer (&self->nodes);
  previous->places = g_steal_pointer (&self->places);
  previous->n_nodes = self->n_nodes;
  previous->index = self->index;
  previous->strings = self->strings;
  if (self->axes != self->next_axes)
    {
      /* Where a node was says nothing of where it comes to stand when all of it is turned. */
      previous->n_nodes = 0;
      grove_graph_index_free (previous->index);
      previous->index = grove_graph_index_new (0);
      g_array_set_size (self->ghosts, 0);
      self->max_move = 0;
      self->axes = self->next_axes;
    }
  self->previous = previous;

  /* There will be about as many. */
  self->room = self->n_nodes + LEAST_ROOM;
  self->nodes = g_new (GroveGraphNode, self->room);
  self->places = g_new (GroveLayoutNode, self->room);
  self->n_nodes = 0;
  self->n_supervisors = self->n_processes = 0;
  self->index = grove_graph_index_new (self->room);
  self->strings = g_string_chunk_new (CHUNK_SIZE);
}

/* Most of these are empty, or what the one before had. */
static const char *
keep_text (GroveGraphScene *self, const char *text, const char *before)
{
  if (text[0] == '\0')
    return "";
  if (before != NULL && strcmp (text, before) == 0)
    return before;
  return g_string_chunk_insert_const (self->strings, text);
}

static const char *
get_id (gconstpointer nodes, guint number)
{
  return ((const GroveGraphNode *) nodes)[number].id;
}

guint
grove_graph_scene_add (GroveGraphScene *self, guint parent, const GroveGraphNode *node)
{
  const guint           number = self->n_nodes;
  const GroveGraphNode *before;
  GroveGraphNode       *kept;
  GroveLayoutNode      *place;

  g_return_val_if_fail (parent == GROVE_GRAPH_NONE || parent < number, GROVE_GRAPH_NONE);

  if (number == self->room)
    {
      self->room = MAX (LEAST_ROOM, self->room * 2);
      self->nodes = g_renew (GroveGraphNode, self->nodes, self->room);
      self->places = g_renew (GroveLayoutNode, self->places, self->room);
    }
  kept = &self->nodes[number];
  place = &self->places[number];
  before = number > 0 ? kept - 1 : NULL;
  self->n_nodes++;

  *kept = *node;
  kept->id = g_string_chunk_insert (self->strings, node->id);
  kept->name = g_string_chunk_insert (self->strings, node->name);
  kept->strategy = keep_text (self, node->strategy, before != NULL ? before->strategy : NULL);
  kept->status = keep_text (self, node->status, before != NULL ? before->status : NULL);
  kept->fold = keep_text (self, node->fold, before != NULL ? before->fold : NULL);
  kept->crashed_us = when_crashed (self, node->id);
  kept->band = GROVE_GRAPH_BAND_CALM;
  kept->metric = 0;
  memset (kept->band_counts, 0, sizeof kept->band_counts);
  kept->level = parent == GROVE_GRAPH_NONE ? 0 : self->nodes[parent].level + 1;
  grove_graph_index_add (self->index, number, get_id, self->nodes);

  *place = (GroveLayoutNode){
    .parent = parent,
    .depth = kept->level,
    .width = (float) self->axes->length,
    .height = (float) (grove_graph_node_is_tall (kept) ? self->axes->tall : self->axes->flat)
  };
  if (parent != GROVE_GRAPH_NONE)
    {
      GroveLayoutNode *above = &self->places[parent];

      if (above->n_children == 0)
        above->first_child = number;
      above->n_children++;
    }
  return number;
}

static guint
look_up (const GroveGraphIndex *index, const GroveGraphNode *nodes, const char *id)
{
  return id != NULL ? grove_graph_index_find (index, id, get_id, nodes) : GROVE_GRAPH_NONE;
}

guint
grove_graph_scene_find (GroveGraphScene *self, const char *id)
{
  return look_up (self->index, self->nodes, id);
}

static double
move_progress (gint64 start_us, gint64 now_us)
{
  double t = (double) (now_us - start_us) / GROVE_GRAPH_MOVE_US;

  if (start_us == 0 || t >= 1)
    return 1;
  t = 1 - CLAMP (t, 0, 1);
  return 1 - t * t * t;
}

void
grove_graph_scene_get_position (
  const GroveGraphScene *self, guint node, gint64 now_us, double *ret_x, double *ret_y)
{
  const GroveGraphNode  *from = &self->nodes[node];
  const GroveLayoutNode *to = &self->places[node];
  double                 t = self->max_move > 0 ? move_progress (self->move_start_us, now_us) : 1;

  *ret_x = from->from_x + (to->x - from->from_x) * t;
  *ret_y = from->from_y + (to->y - from->from_y) * t;
}

static void
find_levels (GroveGraphScene *self)
{
  self->n_levels = self->n_nodes > 0 ? self->nodes[self->n_nodes - 1].level + 1 : 0;
  g_free (self->levels);
  self->levels = g_new0 (GroveGraphRange, self->n_levels);
  for (guint i = 0; i < self->n_nodes; i++)
    {
      GroveGraphRange *level = &self->levels[self->nodes[i].level];

      if (level->end == 0)
        level->begin = i;
      level->end = i + 1;
    }
}

static void
count_nodes (GroveGraphScene *self)
{
  for (guint i = 0; i < self->n_nodes; i++)
    {
      const GroveGraphNode *node = &self->nodes[i];

      if (node->kind == GROVE_GRAPH_FOLD || node->kind == GROVE_GRAPH_MORE)
        self->n_processes += node->n_children;
      else
        self->n_processes++;
      if (node->kind == GROVE_GRAPH_SUPERVISOR)
        self->n_supervisors++;
    }
}

static guint
look_up_before (const Previous *previous, const char *id)
{
  return look_up (previous->index, previous->nodes, id);
}

/* For each node its number before, GROVE_GRAPH_NONE: it is new. Most stand behind the one they
 * stood behind before. */
static guint *
match_nodes (const GroveGraphScene *self, const Previous *previous)
{
  guint *before = g_new (guint, MAX (1, self->n_nodes));
  guint  next = 0;

  for (guint i = 0; i < self->n_nodes; i++)
    {
      const char *id = self->nodes[i].id;

      before[i] = next < previous->n_nodes && strcmp (previous->nodes[next].id, id) == 0
                    ? next
                    : look_up_before (previous, id);
      next = before[i] != GROVE_GRAPH_NONE ? before[i] + 1 : next + 1;
    }
  return before;
}

/* Where a node comes from: its own place, that of the one it replaced, of the fold it was in. */
static guint
find_origin (GroveGraphScene *self, const Previous *previous, const guint *before, guint number)
{
  const GroveGraphNode *node = &self->nodes[number];
  guint                 origin = before[number];

  if (origin == GROVE_GRAPH_NONE)
    origin = look_up_before (previous, g_hash_table_lookup (self->successors, node->id));
  if (origin == GROVE_GRAPH_NONE && node->fold[0] != '\0')
    origin = look_up_before (previous, node->fold);
  return origin;
}

/* The colours stay until somebody says what they are now. */
static void
keep_colours (GroveGraphScene *self, const Previous *previous, const guint *before)
{
  for (guint i = 0; i < self->n_nodes; i++)
    {
      GroveGraphNode       *node = &self->nodes[i];
      const GroveGraphNode *was;

      if (before[i] == GROVE_GRAPH_NONE)
        continue;
      was = &previous->nodes[before[i]];
      node->band = was->band;
      node->metric = was->metric;
      memcpy (node->band_counts, was->band_counts, sizeof node->band_counts);
    }
}

static void
start_moves (GroveGraphScene *self,
             const Previous  *previous,
             const guint     *before,
             const double    *old_x,
             const double    *old_y,
             double           dy,
             GroveGraphMotion motion)
{
  self->max_move = 0;
  for (guint i = 0; i < self->n_nodes; i++)
    {
      GroveGraphNode        *node = &self->nodes[i];
      const GroveLayoutNode *place = &self->places[i];
      guint                  origin = GROVE_GRAPH_NONE;

      node->from_x = place->x;
      node->from_y = place->y;
      if (motion == GROVE_GRAPH_GLIDE && previous->n_nodes > 0)
        origin = find_origin (self, previous, before, i);
      if (origin != GROVE_GRAPH_NONE)
        {
          const double move = fabs (old_y[origin] + dy - place->y);

          if (move < MOVE_MAX)
            {
              node->from_x = old_x[origin];
              node->from_y = old_y[origin] + dy;
              self->max_move = MAX (self->max_move, MAX (move, fabs (node->from_x - place->x)));
            }
        }
    }
  if (self->max_move < 0.5)
    self->max_move = 0;
}

static void
raise_ghosts (GroveGraphScene *self,
              const Previous  *previous,
              const double    *old_x,
              const double    *old_y,
              double           dy,
              gint64           now_us)
{
  g_autofree gboolean *dead = g_new0 (gboolean, previous->n_nodes);

  for (guint i = 0; i < self->ghosts->len; i++)
    g_array_index (self->ghosts, GroveGraphGhost, i).y += dy;

  if (g_hash_table_size (self->dead) == 0)
    return;
  for (guint i = 0; i < previous->n_nodes && self->ghosts->len < GHOSTS_MAX; i++)
    {
      const GroveGraphNode *node = &previous->nodes[i];
      const guint           parent = previous->places[i].parent;

      /* What hung below the dead went with it. */
      dead[i] = g_hash_table_contains (self->dead, node->id) ||
                (parent != GROVE_GRAPH_NONE && dead[parent]);
      if (dead[i] && look_up (self->index, self->nodes, node->id) == GROVE_GRAPH_NONE)
        {
          GroveGraphGhost ghost = { .id = g_strdup (node->id),
                                    .name = g_strdup (node->name),
                                    .kind = node->kind,
                                    .x = old_x[i],
                                    .y = old_y[i] + dy,
                                    .height = previous->places[i].height,
                                    .died_us = now_us,
                                    .crashed = when_crashed (self, node->id) != 0 };
          g_array_append_val (self->ghosts, ghost);
        }
    }
}

void
grove_graph_scene_end (
  GroveGraphScene *self, const char *anchor, gint64 now_us, GroveGraphMotion motion, double *ret_dy)
{
  Previous          *previous = self->previous;
  g_autofree double *old_x = g_new (double, MAX (1, previous->n_nodes));
  g_autofree double *old_y = g_new (double, MAX (1, previous->n_nodes));
  const double       t = self->max_move > 0 ? move_progress (self->move_start_us, now_us) : 1;
  double             dy = 0;
  guint              old_anchor, new_anchor;
  g_autofree guint  *before = NULL;

  for (guint i = 0; i < previous->n_nodes; i++)
    {
      const GroveGraphNode *node = &previous->nodes[i];

      old_x[i] = node->from_x + (previous->places[i].x - node->from_x) * t;
      old_y[i] = node->from_y + (previous->places[i].y - node->from_y) * t;
    }

  grove_tree_layout (self->places, self->n_nodes, &self->axes->gaps, &self->width, &self->height);
  find_levels (self);
  count_nodes (self);
  before = match_nodes (self, previous);
  keep_colours (self, previous, before);

  new_anchor = look_up (self->index, self->nodes, anchor);
  if (new_anchor != GROVE_GRAPH_NONE)
    {
      old_anchor = find_origin (self, previous, before, new_anchor);
      if (old_anchor != GROVE_GRAPH_NONE)
        dy = self->places[new_anchor].y - old_y[old_anchor];
    }

  start_moves (self, previous, before, old_x, old_y, dy, motion);
  self->move_start_us = self->max_move > 0 ? now_us : 0;
  raise_ghosts (self, previous, old_x, old_y, dy, now_us);

  g_hash_table_remove_all (self->dead);
  g_hash_table_remove_all (self->successors);
  previous_free (g_steal_pointer (&self->previous));
  if (ret_dy != NULL)
    *ret_dy = dy;
}

gboolean
grove_graph_scene_set_metric (GroveGraphScene *self, guint node, double value, GroveGraphBand band)
{
  GroveGraphNode *kept = &self->nodes[node];
  gboolean        changed = kept->band != band;

  kept->metric = value;
  kept->band = band;
  return changed;
}

static gboolean
is_over (gpointer key, gpointer value, gpointer user_data)
{
  return *(gint64 *) user_data - *(gint64 *) value >= GROVE_GRAPH_FLASH_US;
}

gboolean
grove_graph_scene_tick (GroveGraphScene *self, gint64 now_us)
{
  for (guint i = self->ghosts->len; i-- > 0;)
    if (now_us - g_array_index (self->ghosts, GroveGraphGhost, i).died_us >= GROVE_GRAPH_FLASH_US)
      g_array_remove_index_fast (self->ghosts, i);
  g_hash_table_foreach_remove (self->crashed, is_over, &now_us);
  if (self->max_move > 0 && now_us - self->move_start_us >= GROVE_GRAPH_MOVE_US)
    {
      self->max_move = 0;
      self->move_start_us = 0;
    }
  return self->ghosts->len > 0 || self->max_move > 0;
}

/* The first of a level that stands at @y or lower. */
static guint
first_below (const GroveGraphScene *self, const GroveGraphRange *level, double y)
{
  guint low = level->begin, high = level->end;

  while (low < high)
    {
      const guint middle = low + (high - low) / 2;

      if (self->places[middle].y < y)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

GroveGraphRange
grove_graph_scene_get_range (const GroveGraphScene *self, guint level, double top, double bottom)
{
  const double reach = self->axes->tall / 2 + self->max_move;

  return (GroveGraphRange){ first_below (self, &self->levels[level], top - reach),
                            first_below (self, &self->levels[level], bottom + reach) };
}

guint
grove_graph_scene_step (const GroveGraphScene *self, guint node, GroveGraphStep step)
{
  const GroveLayoutNode *place;
  const GroveGraphRange *level;

  if (self->n_nodes == 0)
    return GROVE_GRAPH_NONE;
  if (node >= self->n_nodes)
    return 0;

  place = &self->places[node];
  level = &self->levels[self->nodes[node].level];
  switch (step)
    {
    case GROVE_GRAPH_TO_PARENT:
      return place->parent;
    case GROVE_GRAPH_TO_CHILD:
      /* The one that stands beside it. */
      return place->n_children > 0 ? place->first_child + (place->n_children - 1) / 2
                                   : GROVE_GRAPH_NONE;
    case GROVE_GRAPH_TO_PREVIOUS:
      return node > level->begin ? node - 1 : GROVE_GRAPH_NONE;
    case GROVE_GRAPH_TO_NEXT:
      return node + 1 < level->end ? node + 1 : GROVE_GRAPH_NONE;
    case GROVE_GRAPH_TO_FIRST:
      return level->begin;
    case GROVE_GRAPH_TO_LAST:
      return level->end - 1;
    default:
      return GROVE_GRAPH_NONE;
    }
}
