/* SPDX-License-Identifier: MIT
 *
 * The supervision graph as geometry: what is in the scene, and what has become of it since.
 */
#include "observer/grove-graph-scene-private.h"

#include <string.h>

/* Crashes that are told of before, or after, the tree tells. */
#define CRASHED_MAX 256
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

static void
clear_ghost (gpointer data)
{
  g_free (((GroveGraphGhost *) data)->id);
  g_free (((GroveGraphGhost *) data)->name);
}

GStringChunk **
_grove_graph_strings_new (void)
{
  GStringChunk **strings = g_atomic_rc_box_new (GStringChunk *);

  *strings = g_string_chunk_new (CHUNK_SIZE);
  return strings;
}

static void
clear_strings (gpointer strings)
{
  g_string_chunk_free (*(GStringChunk **) strings);
}

void
_grove_graph_strings_unref (GStringChunk **strings)
{
  g_atomic_rc_box_release_full (strings, clear_strings);
}

GroveGraphScene *
grove_graph_scene_new (void)
{
  GroveGraphScene *self = g_new0 (GroveGraphScene, 1);

  self->axes = self->next_axes = grove_graph_axes_get (GROVE_GRAPH_RIGHTWARDS);
  self->index = grove_graph_index_new (0);
  self->strings = _grove_graph_strings_new ();
  self->dead = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->crashed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->successors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->late_dead = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->late_successors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->ghosts = g_array_new (FALSE, FALSE, sizeof (GroveGraphGhost));
  g_array_set_clear_func (self->ghosts, clear_ghost);
  return self;
}

void
grove_graph_scene_free (GroveGraphScene *self)
{
  if (self == NULL)
    return;
  grove_graph_scene_drop (self);
  g_free (self->nodes);
  g_free (self->places);
  g_free (self->levels);
  grove_graph_index_free (self->index);
  _grove_graph_strings_unref (self->strings);
  g_hash_table_unref (self->dead);
  g_hash_table_unref (self->crashed);
  g_hash_table_unref (self->successors);
  g_hash_table_unref (self->late_dead);
  g_hash_table_unref (self->late_successors);
  g_array_unref (self->ghosts);
  g_free (self);
}

GroveGraphScene *
grove_graph_scene_copy (const GroveGraphScene *self)
{
  GroveGraphScene *copy = grove_graph_scene_new ();

  copy->axes = copy->next_axes = self->axes;
  copy->nodes = g_memdup2 (self->nodes, self->n_nodes * sizeof *self->nodes);
  copy->places = g_memdup2 (self->places, self->n_nodes * sizeof *self->places);
  copy->n_nodes = self->n_nodes;
  copy->levels = g_memdup2 (self->levels, self->n_levels * sizeof *self->levels);
  copy->n_levels = self->n_levels;
  copy->width = self->width;
  copy->height = self->height;
  copy->n_supervisors = self->n_supervisors;
  copy->n_processes = self->n_processes;
  _grove_graph_strings_unref (copy->strings);
  copy->strings = g_atomic_rc_box_acquire (self->strings);
  for (guint i = 0; i < copy->n_nodes; i++)
    copy->nodes[i].crashed_us = 0;
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
  if (self->next != NULL)
    g_hash_table_add (self->late_dead, g_strdup (id));
}

void
grove_graph_scene_note_replaced (GroveGraphScene *self, const char *old_id, const char *new_id)
{
  g_hash_table_insert (self->successors, g_strdup (new_id), g_strdup (old_id));
  if (self->next != NULL)
    g_hash_table_add (self->late_successors, g_strdup (new_id));
}

gint64
_grove_graph_scene_when_crashed (const GroveGraphScene *self, const char *id)
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

const char *
_grove_graph_scene_get_id (gconstpointer nodes, guint number)
{
  return ((const GroveGraphNode *) nodes)[number].id;
}

guint
_grove_graph_scene_look_up (const GroveGraphIndex *index,
                            const GroveGraphNode  *nodes,
                            const char            *id)
{
  return id != NULL ? grove_graph_index_find (index, id, _grove_graph_scene_get_id, nodes)
                    : GROVE_GRAPH_NONE;
}

guint
grove_graph_scene_find (GroveGraphScene *self, const char *id)
{
  return _grove_graph_scene_look_up (self->index, self->nodes, id);
}

void
grove_graph_scene_set_status (GroveGraphScene *self, guint node, const char *status)
{
  self->nodes[node].status = g_string_chunk_insert_const (*self->strings, status);
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
