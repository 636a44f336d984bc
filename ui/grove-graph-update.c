/* SPDX-License-Identifier: MIT
 *
 * GroveGraph: keeping equal to the tree, and when to paint.
 *
 * Cost: a build walks the whole tree, so it is done in steps between which the main loop turns, and
 * builds are spaced to take a fifth of the time at most. What moves nothing is changed in place.
 * New numbers only repaint, and only when something in sight looks different. Nothing runs while
 * hidden.
 */
#include "ui/grove-graph-private.h"

#include <string.h>

#define BUILD_SHARE      4 /* times as long as a build took is left to others */
#define STEP_GAP_MS      2
#define FADE_FRAME_US    (50 * 1000)
#define MINIMAP_EVERY_US (500 * 1000)
#define READING_US       (3 * G_USEC_PER_SEC) /* a large tree comes in several updates */
#define FIT_SLACK        1.3                  /* a graph this much smaller is shown larger */

static void on_structure_changed (GroveGraph *self);

gboolean
_grove_graph_is_animated (GroveGraph *self)
{
  gboolean enabled = TRUE;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-enable-animations", &enabled,
                NULL);
  return enabled;
}

void
_grove_graph_redraw (GroveGraph *self)
{
  grove_graph_frame_invalidate (self->frame);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
_grove_graph_touch_node (GroveGraph *self, guint node)
{
  const GroveGraphRect rect =
    grove_graph_camera_get_screen_rect (&self->camera, self->scene, node, self->painted_us);

  grove_graph_frame_touch (self->frame, &rect);
}

static void
touch_nodes (GroveGraph *self, GArray *nodes)
{
  for (guint i = 0; i < nodes->len; i++)
    _grove_graph_touch_node (self, g_array_index (nodes, guint, i));
  if (!grove_graph_frame_is_current (self->frame))
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gboolean
is_fresh (gint64 since_us, gint64 now_us)
{
  return since_us != 0 && now_us - since_us < GROVE_GRAPH_FLASH_US;
}

typedef enum
{
  FLASHES_ASK,   /* whether there is one in sight */
  FLASHES_TOUCH, /* and have it painted again */
} Flashes;

static gboolean
look_for_flashes (GroveGraph *self, gint64 now_us, Flashes flashes)
{
  gboolean found = FALSE;

  for (guint level = 0; level < self->scene->n_levels; level++)
    {
      const GroveGraphRange range =
        grove_graph_camera_get_range (&self->camera, self->scene, level);

      for (guint i = range.begin; i < range.end; i++)
        {
          const GroveGraphNode *node = &self->scene->nodes[i];

          if (!is_fresh (node->restarted_us, now_us) && !is_fresh (node->appeared_us, now_us) &&
              !is_fresh (node->crashed_us, now_us))
            continue;
          found = TRUE;
          if (flashes == FLASHES_ASK)
            return TRUE;
          _grove_graph_touch_node (self, i);
        }
    }
  return found;
}

static void
touch_ghosts (GroveGraph *self)
{
  const GroveGraphPainting painting = { .scene = self->scene, .camera = &self->camera };
  const double             width = gtk_widget_get_width (GTK_WIDGET (self));
  const double             height = gtk_widget_get_height (GTK_WIDGET (self));

  for (guint i = 0; i < self->scene->ghosts->len; i++)
    {
      const GroveGraphRect rect =
        grove_graph_painter_get_ghost_rect (&painting, &g_array_index (self->scene->ghosts,
                                                                       GroveGraphGhost, i));

      if (rect.y < height && rect.y + rect.height > 0 && rect.x < width && rect.x + rect.width > 0)
        grove_graph_frame_touch (self->frame, &rect);
    }
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  GroveGraph    *self = GROVE_GRAPH (widget);
  const gint64   now_us = g_get_monotonic_time ();
  const gboolean moving = grove_graph_camera_sees_motion (&self->camera, self->scene);

  if (!grove_graph_scene_tick (self->scene, now_us) &&
      !look_for_flashes (self, now_us, FLASHES_ASK))
    {
      self->tick = 0;
      _grove_graph_redraw (self);
      return G_SOURCE_REMOVE;
    }
  if (moving)
    _grove_graph_redraw (self);
  else if (now_us - self->painted_us >= FADE_FRAME_US)
    {
      /* Fading needs fewer frames than motion, and only of what fades. */
      look_for_flashes (self, now_us, FLASHES_TOUCH);
      touch_ghosts (self);
      if (!grove_graph_frame_is_current (self->frame))
        gtk_widget_queue_draw (widget);
    }
  return G_SOURCE_CONTINUE;
}

static gboolean
on_still (gpointer user_data)
{
  GroveGraph *self = user_data;

  self->still_timer = 0;
  grove_graph_scene_tick (self->scene, g_get_monotonic_time ());
  _grove_graph_redraw (self);
  return G_SOURCE_REMOVE;
}

void
_grove_graph_start_frames (GroveGraph *self)
{
  const gint64 now_us = g_get_monotonic_time ();

  if (!gtk_widget_get_mapped (GTK_WIDGET (self)) ||
      (!grove_graph_scene_tick (self->scene, now_us) &&
       !look_for_flashes (self, now_us, FLASHES_ASK)))
    return;
  if (_grove_graph_is_animated (self))
    {
      if (self->tick == 0)
        self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_tick, NULL, NULL);
    }
  else if (self->still_timer == 0)
    self->still_timer = g_timeout_add (GROVE_GRAPH_FLASH_US / 1000, on_still, self);
}

void
_grove_graph_stop_frames (GroveGraph *self)
{
  if (self->tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
  self->tick = 0;
  g_clear_handle_id (&self->still_timer, g_source_remove);
}

void
_grove_graph_update_search (GroveGraph *self)
{
  g_clear_pointer (&self->found, g_ptr_array_unref);
  g_clear_pointer (&self->marks, g_free);
  self->found = grove_graph_model_search (self->model, self->scene, self->search, &self->marks);
}

/* The map follows the colours at its leisure: it is all of the graph. */
static void
refresh_minimap (GroveGraph *self)
{
  const gint64 now_us = g_get_monotonic_time ();

  if (!self->minimap_stale || now_us - self->minimap_us < MINIMAP_EVERY_US)
    return;
  self->minimap_us = now_us;
  self->minimap_stale = FALSE;
  grove_graph_minimap_invalidate (self->minimap);
  grove_graph_frame_invalidate_map (self->frame);
}

/* The node that keeps its place on the screen while others come and go: (transfer full). */
static char *
choose_anchor (GroveGraph *self)
{
  guint          node = _grove_graph_get_cursor (self);
  GroveGraphRect rect;

  if (node != GROVE_GRAPH_NONE)
    {
      rect = grove_graph_camera_get_rect (&self->camera, self->scene, node, self->painted_us);
      if (rect.y + rect.height < 0 || rect.y > self->camera.height)
        node = GROVE_GRAPH_NONE;
    }
  if (node == GROVE_GRAPH_NONE)
    node = grove_graph_camera_get_centre (&self->camera, self->scene);
  return node != GROVE_GRAPH_NONE ? g_strdup (self->scene->nodes[node].id) : NULL;
}

/* Keeps all in sight, but does not breathe with every process that comes or goes. */
static void
follow (GroveGraph *self, double dy)
{
  GroveGraphCamera fitting = self->camera;

  grove_graph_camera_slip (&self->camera, dy);
  grove_graph_camera_fit (&fitting, self->scene);
  if (grove_graph_camera_sees_all (&self->camera, self->scene) &&
      fitting.scale < self->camera.scale * FIT_SLACK)
    return;
  if (self->follow == GROVE_GRAPH_FOLLOW_START)
    {
      grove_graph_camera_start (&fitting, self->scene);
      /* It has outgrown the view. While it is still being read, that is no loss of what one was
       * looking at. */
      if (!grove_graph_camera_sees_all (&fitting, self->scene) &&
          g_get_monotonic_time () - self->placed_us > READING_US)
        {
          self->follow = GROVE_GRAPH_FOLLOW_NOT;
          return;
        }
    }
  self->camera = fitting;
}

void
_grove_graph_place_camera (GroveGraph *self, double dy)
{
  const int width = gtk_widget_get_width (GTK_WIDGET (self));
  const int height = gtk_widget_get_height (GTK_WIDGET (self));

  grove_graph_camera_set_size (&self->camera, self->scene, width, height);
  if (width <= 0 || height <= 0 || self->scene->n_nodes == 0)
    return;
  if (!self->placed)
    {
      self->placed = TRUE;
      self->placed_us = g_get_monotonic_time ();
      self->follow = GROVE_GRAPH_FOLLOW_START;
      grove_graph_camera_start (&self->camera, self->scene);
    }
  else if (self->follow != GROVE_GRAPH_FOLLOW_NOT)
    follow (self, dy);
  else
    grove_graph_camera_slip (&self->camera, dy);
}

/* Those that say something else, and are in sight, are painted again; the lists are of nodes. */
static void
touch_in_sight (GroveGraph *self, GArray *nodes)
{
  for (guint i = nodes->len; i-- > 0;)
    {
      const guint           node = g_array_index (nodes, guint, i);
      const GroveGraphRange range =
        grove_graph_camera_get_range (&self->camera, self->scene, self->scene->nodes[node].level);

      if (node < range.begin || node >= range.end)
        g_array_remove_index_fast (nodes, i);
    }
  touch_nodes (self, nodes);
}

/* What follows from the scene's saying something else. */
static void
follow_scene (GroveGraph *self)
{
  _grove_graph_update_search (self);
  _grove_graph_renew_arcs (self);
  refresh_minimap (self);
}

static void
tell (GroveGraph *self)
{
  _grove_graph_start_frames (self);
  _grove_graph_queue_describe (self);
  g_signal_emit_by_name (self, "changed");
  if (self->wanted && self->cursor != NULL && grove_tree_find (self->tree, self->cursor) != NULL)
    _grove_graph_show_cursor (self);
}

/* What has changed is changed where it stands, if nothing else moves for it. */
static gboolean
patch (GroveGraph *self)
{
  g_autoptr (GArray) seen = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GArray) changed = g_array_new (FALSE, FALSE, sizeof (guint));

  if (!grove_graph_model_patch (self->model, self->scene, g_get_monotonic_time (), changed))
    return FALSE;
  self->dirty = FALSE;
  if (grove_graph_model_refresh (self->model, self->scene, &self->camera, self->metric, seen))
    self->minimap_stale = TRUE;
  follow_scene (self);
  g_array_append_vals (seen, changed->data, changed->len);
  if (self->marks != NULL)
    _grove_graph_redraw (self);
  else
    touch_in_sight (self, seen);
  tell (self);
  return TRUE;
}

static void
select_chosen (GroveGraph *self)
{
  g_autofree char *chosen = g_steal_pointer (&self->chosen);
  guint            node;

  if (chosen == NULL)
    return;
  node = grove_graph_scene_find (self->scene, chosen);
  if (self->chosen_opens)
    for (node = 0; node < self->scene->n_nodes; node++)
      if (strcmp (self->scene->nodes[node].fold, chosen) == 0)
        break;
  if (node < self->scene->n_nodes)
    _grove_graph_select (self, node);
}

/* Shows what was built. */
static void
end_build (GroveGraph *self)
{
  const gint64          start_us = g_get_monotonic_time ();
  const GroveGraphAxes *axes = self->scene->axes;
  g_autofree char      *anchor = choose_anchor (self);
  const guint64         before = grove_graph_camera_get_signature (&self->camera, self->scene);
  g_autofree char      *hovered = NULL;
  g_autoptr (GArray) seen = g_array_new (FALSE, FALSE, sizeof (guint));
  double dy = 0;

  if (self->hovered < self->scene->n_nodes)
    hovered = g_strdup (self->scene->nodes[self->hovered].id);

  grove_graph_model_end (self->model, self->scene, anchor, start_us,
                         _grove_graph_is_animated (self) ? GROVE_GRAPH_GLIDE : GROVE_GRAPH_JUMP,
                         &dy);
  if (self->scene->axes != axes)
    {
      /* One begins to look at it again, but not somewhere else. */
      self->placed = FALSE;
      grove_graph_minimap_invalidate (self->minimap);
    }
  _grove_graph_place_camera (self, dy);
  /* While it is being read, it moves about what is selected, too. */
  if (self->follow != GROVE_GRAPH_FOLLOW_NOT)
    _grove_graph_reveal (self, _grove_graph_get_cursor (self));
  grove_graph_model_refresh (self->model, self->scene, &self->camera, self->metric, seen);

  self->hovered =
    hovered != NULL ? grove_graph_scene_find (self->scene, hovered) : GROVE_GRAPH_NONE;
  self->minimap_stale = TRUE;
  follow_scene (self);
  self->built_us = g_get_monotonic_time ();
  self->build_cost_us += self->built_us - start_us;

  /* Most of what comes and goes does so out of sight, or in a fold. */
  if (self->marks != NULL || grove_graph_camera_sees_motion (&self->camera, self->scene) ||
      before != grove_graph_camera_get_signature (&self->camera, self->scene))
    _grove_graph_redraw (self);
  else
    touch_nodes (self, seen);
  tell (self);
  select_chosen (self);
}

static gboolean on_step (gpointer user_data);

static void
go_on (GroveGraph *self, gint64 until_us)
{
  const gint64   start_us = g_get_monotonic_time ();
  const gboolean whole = grove_graph_model_step (self->model, self->scene, until_us);

  self->build_cost_us += g_get_monotonic_time () - start_us;
  if (!whole)
    {
      /* What waits meanwhile, frames and all, has its turn. */
      self->step_timer = g_timeout_add (STEP_GAP_MS, on_step, self);
      return;
    }
  end_build (self);
  if (self->dirty)
    on_structure_changed (self);
}

static gboolean
on_step (gpointer user_data)
{
  GroveGraph *self = user_data;

  self->step_timer = 0;
  if (grove_tree_get_loading (self->tree))
    {
      /* It is read anew. */
      self->dirty = TRUE;
      grove_graph_model_drop (self->model, self->scene);
    }
  else
    go_on (self, g_get_monotonic_time () + self->step_us);
  return G_SOURCE_REMOVE;
}

void
_grove_graph_drop_build (GroveGraph *self)
{
  if (self->step_timer == 0)
    return;
  g_clear_handle_id (&self->step_timer, g_source_remove);
  grove_graph_model_drop (self->model, self->scene);
  self->dirty = TRUE;
}

void
_grove_graph_finish_build (GroveGraph *self)
{
  if (self->step_timer == 0)
    return;
  g_clear_handle_id (&self->step_timer, g_source_remove);
  go_on (self, G_MAXINT64);
}

void
_grove_graph_build (GroveGraph *self)
{
  _grove_graph_drop_build (self);
  g_clear_handle_id (&self->build_timer, g_source_remove);
  self->dirty = FALSE;
  self->build_cost_us = 0;
  grove_graph_model_begin (self->model, self->scene);
  go_on (self, g_get_monotonic_time () + self->step_us);
}

static gboolean
on_build_due (gpointer user_data)
{
  GroveGraph *self = user_data;

  self->build_timer = 0;
  if (self->dirty && gtk_widget_get_mapped (GTK_WIDGET (self)))
    _grove_graph_build (self);
  return G_SOURCE_REMOVE;
}

static void
on_structure_changed (GroveGraph *self)
{
  const gint64 since_us = g_get_monotonic_time () - self->built_us;
  const gint64 wait_us = self->build_cost_us * BUILD_SHARE - since_us;

  self->dirty = TRUE;
  /* A tree that is read anew is drawn as it was until there is something to draw. */
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)) || self->build_timer != 0 ||
      self->step_timer != 0 || grove_tree_get_loading (self->tree) || patch (self))
    return;
  if (wait_us <= 0)
    _grove_graph_build (self);
  else
    self->build_timer = g_timeout_add ((guint) (wait_us / 1000) + 1, on_build_due, self);
}

static void
on_loading (GroveGraph *self)
{
  if (self->dirty)
    on_structure_changed (self);
}

static void
on_metrics_changed (GroveGraph *self)
{
  g_autoptr (GArray) seen = NULL;

  if (!gtk_widget_get_mapped (GTK_WIDGET (self)) || self->dirty || self->step_timer != 0)
    return;
  seen = g_array_new (FALSE, FALSE, sizeof (guint));
  if (grove_graph_model_refresh (self->model, self->scene, &self->camera, self->metric, seen))
    self->minimap_stale = TRUE;
  refresh_minimap (self);
  touch_nodes (self, seen);
  if (seen->len > 0)
    _grove_graph_queue_describe (self);
}

static void
on_replaced (GroveGraph *self, GroveTreeNode *before, GroveTreeNode *after)
{
  const char *old_pid = grove_tree_node_get_pid (before);
  const char *new_pid = grove_tree_node_get_pid (after);

  grove_graph_scene_note_replaced (self->scene, old_pid, new_pid);
  if (g_strcmp0 (self->cursor, old_pid) == 0)
    {
      g_free (self->cursor);
      self->cursor = g_strdup (new_pid);
    }
}

static void
on_removed (GroveGraph *self, GroveTreeNode *node)
{
  grove_graph_scene_note_dead (self->scene, grove_tree_node_get_pid (node));
}

void
_grove_graph_connect_tree (GroveGraph *self)
{
  g_signal_connect_swapped (self->tree, "structure-changed", G_CALLBACK (on_structure_changed),
                            self);
  g_signal_connect_swapped (self->tree, "notify::loading", G_CALLBACK (on_loading), self);
  g_signal_connect_swapped (self->tree, "metrics-changed", G_CALLBACK (on_metrics_changed), self);
  g_signal_connect_swapped (self->tree, "replaced", G_CALLBACK (on_replaced), self);
  g_signal_connect_swapped (self->tree, "removed", G_CALLBACK (on_removed), self);
}
