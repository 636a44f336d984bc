/* SPDX-License-Identifier: MIT
 *
 * How the supervision graph's scene comes to be: a build beside what is shown, in parts, and single
 * nodes changed where they stand.
 *
 * What dies or is replaced while a build is under way may have been added already, or may not: it
 * is remembered for the build after it if it was.
 */
#include "observer/grove-graph-scene-private.h"

#include <math.h>
#include <string.h>

/* Nobody can follow a node that flies further than this; it jumps, and culling stays tight. */
#define MOVE_MAX 2400.0
/* A subtree of thousands may die at once; so many ghosts say it. */
#define GHOSTS_MAX 400
#define LEAST_ROOM 64
/* Of one place between two builds. */
#define SUCCESSIONS_MAX 64

typedef enum
{
  PART_LAYOUT,
  PART_LEVELS,
  PART_MATCH,
  PART_NONE,
} Part;

/* What the scene is to be. */
typedef struct
{
  const GroveGraphAxes *axes;
  GroveGraphNode       *nodes;
  GroveLayoutNode      *places;
  guint                 n_nodes, room;
  GroveGraphRange      *levels;
  guint                 n_levels;
  double                width, height;
  guint                 n_supervisors, n_processes;
  GroveGraphIndex      *index;
  GStringChunk        **strings;
  guint                *before; /* for each node its number now, GROVE_GRAPH_NONE: it is new */
  Part                  part;   /* the one to do next */
} Next;

void
grove_graph_scene_drop (GroveGraphScene *self)
{
  Next *next = g_steal_pointer (&self->next);

  if (next == NULL)
    return;
  g_free (next->nodes);
  g_free (next->places);
  g_free (next->levels);
  g_free (next->before);
  grove_graph_index_free (next->index);
  _grove_graph_strings_unref (next->strings);
  g_free (next);
  g_hash_table_remove_all (self->late_dead);
  g_hash_table_remove_all (self->late_successors);
}

void
grove_graph_scene_begin (GroveGraphScene *self)
{
  Next *next = g_new0 (Next, 1);

  grove_graph_scene_drop (self);
  next->axes = self->next_axes;
  /* There will be about as many. */
  next->room = self->n_nodes + LEAST_ROOM;
  next->nodes = g_new (GroveGraphNode, next->room);
  next->places = g_new (GroveLayoutNode, next->room);
  next->index = grove_graph_index_new (next->room);
  next->strings = _grove_graph_strings_new ();
  self->next = next;
}

/* Most of these are empty, or what the one before had. */
static const char *
keep_text (GStringChunk *strings, const char *text, const char *before)
{
  if (text[0] == '\0')
    return "";
  if (before != NULL && strcmp (text, before) == 0)
    return before;
  return g_string_chunk_insert_const (strings, text);
}

static void
keep_texts (GroveGraphNode *self, GStringChunk *strings, const GroveGraphNode *before)
{
  const gboolean same = before != NULL && strcmp (self->id, before->id) == 0;
  const gboolean namesake = before != NULL && strcmp (self->name, before->name) == 0;

  self->id = same ? before->id : g_string_chunk_insert (strings, self->id);
  self->name = namesake ? before->name : g_string_chunk_insert (strings, self->name);
  self->strategy = keep_text (strings, self->strategy, before != NULL ? before->strategy : NULL);
  self->status = keep_text (strings, self->status, before != NULL ? before->status : NULL);
  self->fold = keep_text (strings, self->fold, before != NULL ? before->fold : NULL);
}

guint
grove_graph_scene_add (GroveGraphScene *self, guint parent, const GroveGraphNode *node)
{
  Next            *next = self->next;
  const guint      number = next->n_nodes;
  GroveGraphNode  *kept;
  GroveLayoutNode *place;

  g_return_val_if_fail (parent == GROVE_GRAPH_NONE || parent < number, GROVE_GRAPH_NONE);

  if (number == next->room)
    {
      next->room *= 2;
      next->nodes = g_renew (GroveGraphNode, next->nodes, next->room);
      next->places = g_renew (GroveLayoutNode, next->places, next->room);
    }
  kept = &next->nodes[number];
  place = &next->places[number];
  next->n_nodes++;

  *kept = *node;
  keep_texts (kept, *next->strings, number > 0 ? kept - 1 : NULL);
  kept->crashed_us = _grove_graph_scene_when_crashed (self, node->id);
  kept->band = GROVE_GRAPH_BAND_CALM;
  kept->metric = 0;
  memset (kept->band_counts, 0, sizeof kept->band_counts);
  kept->level = parent == GROVE_GRAPH_NONE ? 0 : next->nodes[parent].level + 1;
  grove_graph_index_add (next->index, number, _grove_graph_scene_get_id, next->nodes);

  *place = (GroveLayoutNode){
    .parent = parent,
    .depth = kept->level,
    .width = (float) next->axes->length,
    .height = (float) (grove_graph_node_is_tall (kept) ? next->axes->tall : next->axes->flat)
  };
  if (parent != GROVE_GRAPH_NONE)
    {
      GroveLayoutNode *above = &next->places[parent];

      if (above->n_children == 0)
        above->first_child = number;
      above->n_children++;
    }
  return number;
}

guint
grove_graph_scene_get_n_added (const GroveGraphScene *self)
{
  const Next *next = self->next;

  return next != NULL ? next->n_nodes : 0;
}

gboolean
grove_graph_scene_has_added (const GroveGraphScene *self, const char *id)
{
  const Next *next = self->next;

  return next != NULL &&
         _grove_graph_scene_look_up (next->index, next->nodes, id) != GROVE_GRAPH_NONE;
}

/* ---- The parts of a build -----------------------------------------------------------------------
 */

static guint
count_processes (const GroveGraphNode *node)
{
  return grove_graph_node_is_process (node) ? 1 : node->n_children;
}

static void
find_levels (Next *self)
{
  self->n_levels = self->n_nodes > 0 ? self->nodes[self->n_nodes - 1].level + 1 : 0;
  self->levels = g_new0 (GroveGraphRange, self->n_levels);
  for (guint i = 0; i < self->n_nodes; i++)
    {
      const GroveGraphNode *node = &self->nodes[i];
      GroveGraphRange      *level = &self->levels[node->level];

      if (level->end == 0)
        level->begin = i;
      level->end = i + 1;
      self->n_processes += count_processes (node);
      self->n_supervisors += node->kind == GROVE_GRAPH_SUPERVISOR;
    }
}

static guint
look_up_now (const GroveGraphScene *self, const char *id)
{
  return _grove_graph_scene_look_up (self->index, self->nodes, id);
}

/* Most stand behind the one they stand behind now. */
static void
match_nodes (const GroveGraphScene *self, Next *next)
{
  /* Where a node was says nothing of where it comes to stand when all of it is turned. */
  const gboolean turned = self->axes != next->axes;
  guint          expected = 0;

  next->before = g_new (guint, MAX (1, next->n_nodes));
  for (guint i = 0; i < next->n_nodes; i++)
    {
      const char *id = next->nodes[i].id;

      if (turned)
        next->before[i] = GROVE_GRAPH_NONE;
      else if (expected < self->n_nodes && strcmp (self->nodes[expected].id, id) == 0)
        next->before[i] = expected;
      else
        next->before[i] = look_up_now (self, id);
      expected = next->before[i] != GROVE_GRAPH_NONE ? next->before[i] + 1 : expected + 1;
    }
}

gboolean
grove_graph_scene_prepare (GroveGraphScene *self)
{
  Next *next = self->next;

  switch (next->part)
    {
    case PART_LAYOUT:
      grove_tree_layout (next->places, next->n_nodes, &next->axes->gaps, &next->width,
                         &next->height);
      break;
    case PART_LEVELS:
      find_levels (next);
      break;
    case PART_MATCH:
      match_nodes (self, next);
      break;
    case PART_NONE:
    default:
      return FALSE;
    }
  return ++next->part != PART_NONE;
}

/* ---- From what is shown to what was built -------------------------------------------------------
 */

/* Where a node comes from: its own place, that of the one it replaced, of the fold it was in. */
static guint
find_origin (const GroveGraphScene *self, const Next *next, guint number)
{
  const GroveGraphNode *node = &next->nodes[number];
  const char           *id = node->id;
  guint                 origin = next->before[number];

  if (self->axes != next->axes)
    return GROVE_GRAPH_NONE;
  /* Several may have stood in one place since: the first of them is the one that was seen. */
  for (guint i = 0; origin == GROVE_GRAPH_NONE && id != NULL && i < SUCCESSIONS_MAX; i++)
    {
      id = g_hash_table_lookup (self->successors, id);
      origin = look_up_now (self, id);
    }
  if (origin == GROVE_GRAPH_NONE && node->fold[0] != '\0')
    origin = look_up_now (self, node->fold);
  return origin;
}

/* The colours stay until somebody says what they are now. */
static void
keep_colours (const GroveGraphScene *self, Next *next)
{
  for (guint i = 0; i < next->n_nodes; i++)
    {
      GroveGraphNode       *node = &next->nodes[i];
      const GroveGraphNode *was;

      if (next->before[i] == GROVE_GRAPH_NONE)
        continue;
      was = &self->nodes[next->before[i]];
      node->band = was->band;
      node->metric = was->metric;
      memcpy (node->band_counts, was->band_counts, sizeof node->band_counts);
    }
}

/* Whether a node is there still, and if so how far down from where it is drawn now. */
static gboolean
measure_move (
  const GroveGraphScene *self, const Next *next, const char *id, gint64 now_us, double *ret_dy)
{
  const guint number = _grove_graph_scene_look_up (next->index, next->nodes, id);
  const guint origin =
    number != GROVE_GRAPH_NONE ? find_origin (self, next, number) : GROVE_GRAPH_NONE;
  double x, y;

  if (origin == GROVE_GRAPH_NONE)
    return FALSE;
  grove_graph_scene_get_position (self, origin, now_us, &x, &y);
  *ret_dy = next->places[number].y - y;
  return TRUE;
}

/* Of those that stood beside a node that has gone, the nearest. Siblings have successive numbers.
 */
static gboolean
measure_sibling (
  const GroveGraphScene *self, const Next *next, guint gone, gint64 now_us, double *ret_dy)
{
  const guint parent = self->places[gone].parent;
  gboolean    above = TRUE, below = TRUE;

  for (guint i = 1; above || below; i++)
    {
      above = above && gone >= i && self->places[gone - i].parent == parent;
      below = below && gone + i < self->n_nodes && self->places[gone + i].parent == parent;
      if ((below && measure_move (self, next, self->nodes[gone + i].id, now_us, ret_dy)) ||
          (above && measure_move (self, next, self->nodes[gone - i].id, now_us, ret_dy)))
        return TRUE;
    }
  return FALSE;
}

/* How far down the anchor is from where it is drawn now. If it has gone, what was next to it keeps
 * its place: a sibling, else the supervisor of both. */
static double
measure_anchor (const GroveGraphScene *self, const Next *next, const char *anchor, gint64 now_us)
{
  guint  number = look_up_now (self, anchor);
  double dy = 0;

  while (number != GROVE_GRAPH_NONE &&
         !measure_move (self, next, self->nodes[number].id, now_us, &dy) &&
         !measure_sibling (self, next, number, now_us, &dy))
    number = self->places[number].parent;
  return dy;
}

/* Returns how far a node may be drawn from its place. */
static double
start_moves (
  const GroveGraphScene *self, Next *next, gint64 now_us, double dy, GroveGraphMotion motion)
{
  double max_move = 0;

  for (guint i = 0; i < next->n_nodes; i++)
    {
      GroveGraphNode        *node = &next->nodes[i];
      const GroveLayoutNode *place = &next->places[i];
      guint                  origin = GROVE_GRAPH_NONE;
      double                 x, y, move;

      node->from_x = place->x;
      node->from_y = place->y;
      if (motion == GROVE_GRAPH_GLIDE && self->n_nodes > 0)
        origin = find_origin (self, next, i);
      if (origin == GROVE_GRAPH_NONE)
        continue;
      grove_graph_scene_get_position (self, origin, now_us, &x, &y);
      move = fabs (y + dy - place->y);
      if (move < MOVE_MAX)
        {
          node->from_x = x;
          node->from_y = y + dy;
          max_move = MAX (max_move, MAX (move, fabs (x - place->x)));
        }
    }
  return max_move < 0.5 ? 0 : max_move;
}

static void
raise_ghost (GroveGraphScene *self, guint number, double dy, gint64 now_us)
{
  const GroveGraphNode *node = &self->nodes[number];
  GroveGraphGhost       ghost = { .id = g_strdup (node->id),
                                  .name = g_strdup (node->name),
                                  .kind = node->kind,
                                  .height = self->places[number].height,
                                  .died_us = now_us,
                                  .crashed = _grove_graph_scene_when_crashed (self, node->id) != 0 };

  grove_graph_scene_get_position (self, number, now_us, &ghost.x, &ghost.y);
  ghost.y += dy;
  g_array_append_val (self->ghosts, ghost);
}

static void
raise_ghosts (GroveGraphScene *self, const Next *next, double dy, gint64 now_us)
{
  g_autofree gboolean *dead = NULL;
  GHashTableIter       iter;
  gpointer             id;

  for (guint i = 0; i < self->ghosts->len; i++)
    g_array_index (self->ghosts, GroveGraphGhost, i).y += dy;

  if (g_hash_table_size (self->dead) == 0)
    return;
  dead = g_new0 (gboolean, self->n_nodes + 1);
  g_hash_table_iter_init (&iter, self->dead);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    {
      const guint number = look_up_now (self, id);

      if (number != GROVE_GRAPH_NONE)
        dead[number] = TRUE;
    }
  for (guint i = 0; i < self->n_nodes && self->ghosts->len < GHOSTS_MAX; i++)
    {
      const guint parent = self->places[i].parent;

      /* What hung below the dead went with it. */
      dead[i] = dead[i] || (parent != GROVE_GRAPH_NONE && dead[parent]);
      if (dead[i] && _grove_graph_scene_look_up (next->index, next->nodes, self->nodes[i].id) ==
                       GROVE_GRAPH_NONE)
        raise_ghost (self, i, dy, now_us);
    }
}

static void
take_over (GroveGraphScene *self)
{
  Next *next = g_steal_pointer (&self->next);

  g_free (self->nodes);
  g_free (self->places);
  g_free (self->levels);
  grove_graph_index_free (self->index);
  _grove_graph_strings_unref (self->strings);
  self->axes = next->axes;
  self->nodes = next->nodes;
  self->places = next->places;
  self->n_nodes = next->n_nodes;
  self->levels = next->levels;
  self->n_levels = next->n_levels;
  self->width = next->width;
  self->height = next->height;
  self->n_supervisors = next->n_supervisors;
  self->n_processes = next->n_processes;
  self->index = next->index;
  self->strings = next->strings;
  self->n_patched = 0;
  g_free (next->before);
  g_free (next);
}

/* What was told of too late for the build that is now shown stays for the next. */
static void
forget_news (GroveGraphScene *self)
{
  g_autoptr (GHashTable) late_dead = self->late_dead;
  g_autoptr (GHashTable) late_successors = self->late_successors;
  GHashTableIter iter;
  gpointer       key;

  self->late_dead = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->late_successors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  g_hash_table_remove_all (self->dead);
  g_hash_table_iter_init (&iter, late_dead);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (look_up_now (self, key) != GROVE_GRAPH_NONE)
      g_hash_table_add (self->dead, g_strdup (key));

  g_hash_table_iter_init (&iter, self->successors);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (!g_hash_table_contains (late_successors, key) ||
        look_up_now (self, key) != GROVE_GRAPH_NONE)
      g_hash_table_iter_remove (&iter);
}

static void
mark_crashed (GroveGraphScene *self)
{
  GHashTableIter iter;
  gpointer       id, at;

  g_hash_table_iter_init (&iter, self->crashed);
  while (g_hash_table_iter_next (&iter, &id, &at))
    {
      const guint number = look_up_now (self, id);

      if (number != GROVE_GRAPH_NONE)
        self->nodes[number].crashed_us = *(const gint64 *) at;
    }
}

void
grove_graph_scene_end (
  GroveGraphScene *self, const char *anchor, gint64 now_us, GroveGraphMotion motion, double *ret_dy)
{
  Next  *next = self->next;
  double dy, max_move;

  while (grove_graph_scene_prepare (self))
    ;
  if (self->axes != next->axes)
    g_array_set_size (self->ghosts, 0);
  keep_colours (self, next);
  dy = measure_anchor (self, next, anchor, now_us);
  max_move = start_moves (self, next, now_us, dy, motion);
  if (self->axes == next->axes)
    raise_ghosts (self, next, dy, now_us);
  self->max_move = max_move;
  self->move_start_us = max_move > 0 ? now_us : 0;

  take_over (self);
  forget_news (self);
  mark_crashed (self);
  if (ret_dy != NULL)
    *ret_dy = dy;
}

/* ---- In place -----------------------------------------------------------------------------------
 */

gboolean
grove_graph_scene_patch (GroveGraphScene      *self,
                         guint                 number,
                         const GroveGraphNode *node,
                         gint64                now_us)
{
  GroveGraphNode      *kept = &self->nodes[number];
  const GroveGraphNode was = *kept;
  const gboolean       other = strcmp (was.id, node->id) != 0;

  g_return_val_if_fail (self->next == NULL, FALSE);
  if (grove_graph_node_is_tall (&was) != grove_graph_node_is_tall (node) ||
      (other && look_up_now (self, node->id) != GROVE_GRAPH_NONE))
    return FALSE;
  if (other && g_hash_table_contains (self->dead, was.id) && self->ghosts->len < GHOSTS_MAX)
    raise_ghost (self, number, 0, now_us);

  *kept = *node;
  keep_texts (kept, *self->strings, &was);
  kept->level = was.level;
  kept->from_x = was.from_x;
  kept->from_y = was.from_y;
  kept->crashed_us = _grove_graph_scene_when_crashed (self, node->id);
  kept->band = other ? GROVE_GRAPH_BAND_CALM : was.band;
  kept->metric = other ? 0 : was.metric;
  memset (kept->band_counts, 0, sizeof kept->band_counts);
  if (!other)
    memcpy (kept->band_counts, was.band_counts, sizeof kept->band_counts);
  else
    {
      /* The place that the other had in the index leads here, and its name no longer does. */
      grove_graph_index_add (self->index, number, _grove_graph_scene_get_id, self->nodes);
    }
  self->n_processes += count_processes (kept) - count_processes (&was);
  self->n_supervisors +=
    (guint) (kept->kind == GROVE_GRAPH_SUPERVISOR) - (guint) (was.kind == GROVE_GRAPH_SUPERVISOR);
  self->n_patched++;
  return TRUE;
}

void
grove_graph_scene_end_patches (GroveGraphScene *self)
{
  g_hash_table_remove_all (self->dead);
  g_hash_table_remove_all (self->successors);
}
