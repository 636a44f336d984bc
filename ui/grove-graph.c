/* SPDX-License-Identifier: MIT
 *
 * GroveGraph: what it shows and when it paints.
 *
 * Cost: a build walks the whole tree, so builds are spaced to take a fifth of the time at most. New
 * numbers only repaint, and only when something in sight looks different. Nothing runs while
 * hidden.
 */
#include "ui/grove-graph-private.h"

#include "ui/grove-format.h"

#include <adwaita.h>
#include <string.h>

#define BUILD_SHARE      4 /* times as long as a build took is left to others */
#define FADE_FRAME_US    (50 * 1000)
#define MINIMAP_EVERY_US (500 * 1000)
#define DESCRIBE_MS      1000
#define ZOOM_STEP        1.25
#define READING_US       (3 * G_USEC_PER_SEC) /* a large tree comes in several updates */
#define FIT_SLACK        1.3                  /* a graph this much smaller is shown larger */

G_DEFINE_FINAL_TYPE (GroveGraph, grove_graph, GTK_TYPE_WIDGET)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static gboolean
is_animated (GroveGraph *self)
{
  gboolean enabled = TRUE;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-enable-animations", &enabled,
                NULL);
  return enabled;
}

guint
_grove_graph_get_cursor (GroveGraph *self)
{
  return self->cursor != NULL ? grove_graph_scene_find (self->scene, self->cursor)
                              : GROVE_GRAPH_NONE;
}

char *
grove_graph_describe (GroveGraph *self)
{
  const guint      cursor = _grove_graph_get_cursor (self);
  g_autofree char *supervisors =
    grove_format_plural (self->scene->n_supervisors, "supervisor", "supervisors");
  g_autofree char *processes =
    grove_format_plural (self->scene->n_processes, "process", "processes");
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "%s, of them %s, coloured by %s.", processes, supervisors,
                          grove_graph_metric_get_title (self->metric));
  if (cursor != GROVE_GRAPH_NONE)
    {
      const GroveGraphNode *node = &self->scene->nodes[cursor];
      const guint           parent = self->scene->places[cursor].parent;
      g_autofree char *value = grove_graph_metric_format (self->metric, node->metric, node->status);

      g_string_append_printf (text, " Selected: %s", node->name);
      if (grove_graph_node_is_process (node) && strcmp (node->id, node->name) != 0)
        g_string_append_printf (text, " %s", node->id);
      if (parent != GROVE_GRAPH_NONE)
        g_string_append_printf (text, ", child of %s", self->scene->nodes[parent].name);
      if (self->scene->places[cursor].n_children > 0)
        g_string_append_printf (text, ", %u children", node->n_children);
      g_string_append_printf (text, ", %s %s.", grove_graph_metric_get_title (self->metric),
                              value[0] != '\0' ? value : "0");
    }
  return g_string_free (text, FALSE);
}

gboolean
grove_graph_locate (GroveGraph *self, const char *pid, graphene_rect_t *ret_rect)
{
  guint          node;
  GroveGraphRect rect;

  g_return_val_if_fail (GROVE_IS_GRAPH (self), FALSE);
  node = grove_graph_scene_find (self->scene, pid);
  if (node == GROVE_GRAPH_NONE || !self->placed)
    return FALSE;
  rect = grove_graph_camera_get_rect (&self->camera, self->scene, node, g_get_monotonic_time ());
  *ret_rect =
    GRAPHENE_RECT_INIT ((float) rect.x, (float) rect.y, (float) rect.width, (float) rect.height);
  return TRUE;
}

static gboolean
on_describe (gpointer user_data)
{
  GroveGraph      *self = user_data;
  g_autofree char *text = grove_graph_describe (self);

  self->describe_timer = 0;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text,
                                  -1);
  return G_SOURCE_REMOVE;
}

/* The words follow at their leisure: a screen reader cannot read ten a second. */
static void
queue_describe (GroveGraph *self)
{
  if (self->describe_timer == 0)
    self->describe_timer = g_timeout_add (DESCRIBE_MS, on_describe, self);
}

void
_grove_graph_redraw (GroveGraph *self)
{
  grove_graph_frame_invalidate (self->frame);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
touch_node (GroveGraph *self, guint node)
{
  const GroveGraphRect rect =
    grove_graph_camera_get_rect (&self->camera, self->scene, node, self->painted_us);

  grove_graph_frame_touch (self->frame, &rect);
}

static void
touch_nodes (GroveGraph *self, GArray *nodes)
{
  for (guint i = 0; i < nodes->len; i++)
    touch_node (self, g_array_index (nodes, guint, i));
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

          if (!is_fresh (node->restarted_us, now_us) && !is_fresh (node->appeared_us, now_us))
            continue;
          found = TRUE;
          if (flashes == FLASHES_ASK)
            return TRUE;
          touch_node (self, i);
        }
    }
  return found;
}

static void
touch_ghosts (GroveGraph *self)
{
  const double xs = grove_graph_camera_get_x_scale (&self->camera);

  for (guint i = 0; i < self->scene->ghosts->len; i++)
    {
      const GroveGraphGhost *ghost = &g_array_index (self->scene->ghosts, GroveGraphGhost, i);
      const double           height = ghost->height * self->camera.scale;
      const GroveGraphRect   rect = { self->camera.ox + ghost->x * xs,
                                      self->camera.oy + ghost->y * self->camera.scale - height / 2,
                                      GROVE_GRAPH_NODE_WIDTH * xs, height };

      if (rect.y < self->camera.height && rect.y + height > 0)
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

static void
start_frames (GroveGraph *self)
{
  const gint64 now_us = g_get_monotonic_time ();

  if (!gtk_widget_get_mapped (GTK_WIDGET (self)) ||
      (!grove_graph_scene_tick (self->scene, now_us) &&
       !look_for_flashes (self, now_us, FLASHES_ASK)))
    return;
  if (is_animated (self))
    {
      if (self->tick == 0)
        self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_tick, NULL, NULL);
    }
  else if (self->still_timer == 0)
    self->still_timer = g_timeout_add (GROVE_GRAPH_FLASH_US / 1000, on_still, self);
}

static void
stop_frames (GroveGraph *self)
{
  if (self->tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
  self->tick = 0;
  g_clear_handle_id (&self->still_timer, g_source_remove);
}

static void
grove_graph_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  GroveGraph              *self = GROVE_GRAPH (widget);
  const int                width = gtk_widget_get_width (widget);
  const int                height = gtk_widget_get_height (widget);
  const GroveGraphPainting painting = {
    .palette = grove_palette_get (widget),
    .text = self->text,
    .scene = self->scene,
    .camera = &self->camera,
    .metric = self->metric,
    .selected = _grove_graph_get_cursor (self),
    .hovered = self->hovered,
    .matches = self->marks,
    .focused = gtk_widget_has_visible_focus (widget),
    .still = !is_animated (self),
    .now_us = g_get_monotonic_time (),
  };

  if (width <= 0 || height <= 0)
    return;
  self->painted_us = painting.now_us;
  grove_graph_frame_snapshot (self->frame, &painting, self->minimap, snapshot);
}

static void
update_marks (GroveGraph *self)
{
  g_clear_pointer (&self->marks, g_free);
  if (self->search[0] != '\0')
    self->marks = grove_graph_model_mark (self->model, self->scene, self->found);
}

static void
update_search (GroveGraph *self)
{
  g_clear_pointer (&self->found, g_ptr_array_unref);
  self->found = grove_graph_model_search (self->model, self->scene, self->search);
  update_marks (self);
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

static void
place_camera (GroveGraph *self, double dy)
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

static void
build (GroveGraph *self)
{
  const gint64     start_us = g_get_monotonic_time ();
  g_autofree char *anchor = choose_anchor (self);
  const guint64    before = grove_graph_camera_get_signature (&self->camera, self->scene);
  g_autofree char *hovered = NULL;
  g_autoptr (GArray) seen = g_array_new (FALSE, FALSE, sizeof (guint));
  double dy = 0;

  if (self->hovered < self->scene->n_nodes)
    hovered = g_strdup (self->scene->nodes[self->hovered].id);

  self->dirty = FALSE;
  grove_graph_scene_begin (self->scene);
  grove_graph_model_build (self->model, self->scene);
  grove_graph_scene_end (self->scene, anchor, start_us,
                         is_animated (self) ? GROVE_GRAPH_GLIDE : GROVE_GRAPH_JUMP, &dy);
  place_camera (self, dy);
  grove_graph_model_refresh (self->model, self->scene, &self->camera, self->metric, seen);

  self->hovered =
    hovered != NULL ? grove_graph_scene_find (self->scene, hovered) : GROVE_GRAPH_NONE;
  update_search (self);
  self->minimap_stale = TRUE;
  refresh_minimap (self);
  self->built_us = g_get_monotonic_time ();
  self->build_cost_us = self->built_us - start_us;

  /* Most of what comes and goes does so out of sight, or in a fold. */
  if (self->marks != NULL || grove_graph_camera_sees_motion (&self->camera, self->scene) ||
      before != grove_graph_camera_get_signature (&self->camera, self->scene))
    _grove_graph_redraw (self);
  else
    touch_nodes (self, seen);
  start_frames (self);
  queue_describe (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static gboolean
on_build_due (gpointer user_data)
{
  GroveGraph *self = user_data;

  self->build_timer = 0;
  if (self->dirty && gtk_widget_get_mapped (GTK_WIDGET (self)))
    build (self);
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
      grove_tree_get_loading (self->tree))
    return;
  if (wait_us <= 0)
    build (self);
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

  if (!gtk_widget_get_mapped (GTK_WIDGET (self)) || self->dirty)
    return;
  seen = g_array_new (FALSE, FALSE, sizeof (guint));
  if (grove_graph_model_refresh (self->model, self->scene, &self->camera, self->metric, seen))
    self->minimap_stale = TRUE;
  refresh_minimap (self);
  touch_nodes (self, seen);
  if (seen->len > 0)
    queue_describe (self);
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

/* Opens the fold that hides a process, if one does. */
static void
uncover (GroveGraph *self, const char *pid)
{
  const char *fold = grove_graph_model_find_fold (self->model, self->scene, pid);

  if (fold != NULL && grove_graph_scene_find (self->scene, pid) == GROVE_GRAPH_NONE)
    {
      grove_graph_model_open_fold (self->model, fold);
      build (self);
    }
}

static void
reveal (GroveGraph *self, guint node)
{
  if (node != GROVE_GRAPH_NONE && self->placed &&
      grove_graph_camera_reveal (&self->camera, self->scene, node))
    self->follow = GROVE_GRAPH_FOLLOW_NOT;
}

static void
on_selected (GroveGraph *self)
{
  const char *pid = grove_session_get_selected (self->session);
  guint       node;

  if (g_strcmp0 (pid, self->cursor) == 0)
    return;
  if (pid == NULL)
    {
      node = _grove_graph_get_cursor (self);
      /* The cursor may stand on a fold while nothing is selected. */
      if (node != GROVE_GRAPH_NONE && !grove_graph_node_is_process (&self->scene->nodes[node]))
        return;
    }
  g_free (self->cursor);
  self->cursor = g_strdup (pid);
  if (pid != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
    {
      uncover (self, pid);
      reveal (self, _grove_graph_get_cursor (self));
    }
  queue_describe (self);
  _grove_graph_redraw (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

void
_grove_graph_select (GroveGraph *self, guint node)
{
  const GroveGraphNode *to;

  if (node >= self->scene->n_nodes)
    {
      grove_session_set_selected (self->session, NULL);
      g_clear_pointer (&self->cursor, g_free);
      _grove_graph_redraw (self);
      return;
    }
  to = &self->scene->nodes[node];
  g_free (self->cursor);
  self->cursor = g_strdup (to->id);
  grove_session_set_selected (self->session, grove_graph_node_is_process (to) ? to->id : NULL);
  reveal (self, node);
  queue_describe (self);
  _grove_graph_redraw (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

gboolean
_grove_graph_open (GroveGraph *self, guint node)
{
  const GroveGraphNode *of = &self->scene->nodes[node];
  guint                 first;

  if (of->kind == GROVE_GRAPH_FOLD)
    {
      g_autofree char *fold = g_strdup (of->id);

      grove_graph_model_open_fold (self->model, fold);
      build (self);
      for (first = 0; first < self->scene->n_nodes; first++)
        if (strcmp (self->scene->nodes[first].fold, fold) == 0)
          {
            _grove_graph_select (self, first);
            break;
          }
      return TRUE;
    }
  if (of->expandable)
    {
      grove_tree_expand (self->tree, of->id);
      return TRUE;
    }
  return FALSE;
}

gboolean
_grove_graph_close (GroveGraph *self, guint node)
{
  const GroveGraphNode *of = &self->scene->nodes[node];

  if (of->kind != GROVE_GRAPH_FOLD && of->fold[0] != '\0')
    {
      g_autofree char *fold = g_strdup (of->fold);

      grove_graph_model_close_fold (self->model, fold);
      build (self);
      _grove_graph_select (self, grove_graph_scene_find (self->scene, fold));
      return TRUE;
    }
  if (self->scene->places[node].n_children > 0)
    {
      grove_tree_collapse (self->tree, of->id);
      return TRUE;
    }
  return FALSE;
}

void
_grove_graph_set_hovered (GroveGraph *self, guint node)
{
  const guint before = self->hovered;

  if (before == node)
    return;
  self->hovered = node;
  if (before < self->scene->n_nodes)
    touch_node (self, before);
  if (node < self->scene->n_nodes)
    touch_node (self, node);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
_grove_graph_moved (GroveGraph *self)
{
  self->follow = GROVE_GRAPH_FOLLOW_NOT;
  start_frames (self);
  _grove_graph_redraw (self);
}

void
_grove_graph_zoom_at (GroveGraph *self, double factor, double x, double y)
{
  grove_graph_camera_zoom_at (&self->camera, self->scene, factor, x, y);
  _grove_graph_moved (self);
}

void
grove_graph_zoom (GroveGraph *self, GroveGraphZoom zoom)
{
  const double x = self->camera.width / 2, y = self->camera.height / 2;

  g_return_if_fail (GROVE_IS_GRAPH (self));
  if (self->camera.scale <= 0)
    return;
  switch (zoom)
    {
    case GROVE_GRAPH_ZOOM_IN:
      _grove_graph_zoom_at (self, ZOOM_STEP, x, y);
      break;
    case GROVE_GRAPH_ZOOM_OUT:
      _grove_graph_zoom_at (self, 1 / ZOOM_STEP, x, y);
      break;
    case GROVE_GRAPH_ZOOM_NORMAL:
      _grove_graph_zoom_at (self, 1 / self->camera.scale, x, y);
      reveal (self, _grove_graph_get_cursor (self));
      break;
    case GROVE_GRAPH_ZOOM_FIT:
    default:
      grove_graph_camera_fit (&self->camera, self->scene);
      _grove_graph_moved (self);
      self->follow = GROVE_GRAPH_FOLLOW_FIT;
      break;
    }
}

GroveGraphMetric
grove_graph_get_metric (GroveGraph *self)
{
  g_return_val_if_fail (GROVE_IS_GRAPH (self), GROVE_GRAPH_METRIC_MAILBOX);
  return self->metric;
}

void
grove_graph_set_metric (GroveGraph *self, GroveGraphMetric metric)
{
  g_return_if_fail (GROVE_IS_GRAPH (self));
  g_return_if_fail (metric < GROVE_GRAPH_N_METRICS);
  if (self->metric == metric)
    return;
  self->metric = metric;
  grove_tree_set_metric (self->tree, grove_graph_metric_get_column (metric));
  grove_graph_model_refresh (self->model, self->scene, &self->camera, metric, NULL);
  grove_graph_minimap_invalidate (self->minimap);
  queue_describe (self);
  _grove_graph_redraw (self);
}

void
grove_graph_set_search (GroveGraph *self, const char *text)
{
  g_return_if_fail (GROVE_IS_GRAPH (self));
  if (g_strcmp0 (self->search, text) == 0)
    return;
  g_free (self->search);
  self->search = g_strdup (text != NULL ? text : "");
  update_search (self);
  _grove_graph_redraw (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

guint
grove_graph_get_n_matches (GroveGraph *self)
{
  g_return_val_if_fail (GROVE_IS_GRAPH (self), 0);
  return self->found->len;
}

int
grove_graph_get_match (GroveGraph *self)
{
  g_return_val_if_fail (GROVE_IS_GRAPH (self), -1);
  for (guint i = 0; i < self->found->len; i++)
    if (g_strcmp0 (g_ptr_array_index (self->found, i), self->cursor) == 0)
      return (int) i;
  return -1;
}

void
grove_graph_step_match (GroveGraph *self, GroveGraphDirection direction)
{
  const int n = (int) grove_graph_get_n_matches (self);
  int       at = grove_graph_get_match (self);

  if (n == 0)
    return;
  if (direction == GROVE_GRAPH_NEXT)
    at = (at + 1) % n;
  else
    at = at <= 0 ? n - 1 : at - 1;
  grove_session_set_selected (self->session, g_ptr_array_index (self->found, (guint) at));
}

static void
grove_graph_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  GroveGraph *self = GROVE_GRAPH (widget);

  if (self->placed && self->follow == GROVE_GRAPH_FOLLOW_NOT)
    {
      /* What was in the middle stays there. */
      self->camera.ox += (width - self->camera.width) / 2 * (self->camera.width > 0);
      self->camera.oy += (height - self->camera.height) / 2 * (self->camera.height > 0);
      grove_graph_camera_set_size (&self->camera, self->scene, width, height);
      grove_graph_camera_pan (&self->camera, self->scene, 0, 0);
    }
  else
    place_camera (self, 0);

  /* Its menus are its children, and without a layout manager nobody else sees to them. */
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (GTK_IS_POPOVER (child))
      gtk_popover_present (GTK_POPOVER (child));
}

static void
grove_graph_map (GtkWidget *widget)
{
  GroveGraph *self = GROVE_GRAPH (widget);

  GTK_WIDGET_CLASS (grove_graph_parent_class)->map (widget);
  if (self->dirty && !grove_tree_get_loading (self->tree))
    build (self);
  /* It may have been selected elsewhere meanwhile. */
  if (self->cursor != NULL)
    {
      uncover (self, self->cursor);
      reveal (self, _grove_graph_get_cursor (self));
    }
  start_frames (self);
  _grove_graph_redraw (self);
}

static void
grove_graph_state_flags_changed (GtkWidget *widget, GtkStateFlags before)
{
  const GtkStateFlags changed = before ^ gtk_widget_get_state_flags (widget);

  GTK_WIDGET_CLASS (grove_graph_parent_class)->state_flags_changed (widget, before);
  if (changed & (GTK_STATE_FLAG_FOCUSED | GTK_STATE_FLAG_FOCUS_VISIBLE))
    _grove_graph_redraw (GROVE_GRAPH (widget));
}

static void
grove_graph_unmap (GtkWidget *widget)
{
  GroveGraph *self = GROVE_GRAPH (widget);

  stop_frames (self);
  g_clear_handle_id (&self->build_timer, g_source_remove);
  GTK_WIDGET_CLASS (grove_graph_parent_class)->unmap (widget);
}

static void
renew_text (GroveGraph *self)
{
  g_clear_pointer (&self->text, grove_graph_text_free);
  self->text = grove_graph_text_new (gtk_widget_get_pango_context (GTK_WIDGET (self)));
}

static void
grove_graph_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GroveGraph *self = GROVE_GRAPH (widget);

  GTK_WIDGET_CLASS (grove_graph_parent_class)->css_changed (widget, change);
  renew_text (self);
  grove_graph_minimap_invalidate (self->minimap);
  grove_graph_frame_invalidate (self->frame);
}

static void
grove_graph_dispose (GObject *object)
{
  GroveGraph *self = GROVE_GRAPH (object);

  stop_frames (self);
  g_clear_handle_id (&self->build_timer, g_source_remove);
  g_clear_handle_id (&self->describe_timer, g_source_remove);
  if (self->tree != NULL)
    g_signal_handlers_disconnect_by_data (self->tree, self);
  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_clear_object (&self->tree);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (grove_graph_parent_class)->dispose (object);
}

static void
grove_graph_finalize (GObject *object)
{
  GroveGraph *self = GROVE_GRAPH (object);

  g_clear_pointer (&self->model, grove_graph_model_free);
  g_clear_pointer (&self->scene, grove_graph_scene_free);
  g_clear_pointer (&self->minimap, grove_graph_minimap_free);
  g_clear_pointer (&self->frame, grove_graph_frame_free);
  g_clear_pointer (&self->text, grove_graph_text_free);
  g_clear_pointer (&self->found, g_ptr_array_unref);
  g_free (self->marks);
  g_free (self->cursor);
  g_free (self->search);
  G_OBJECT_CLASS (grove_graph_parent_class)->finalize (object);
}

static void
grove_graph_class_init (GroveGraphClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = grove_graph_dispose;
  object_class->finalize = grove_graph_finalize;
  widget_class->snapshot = grove_graph_snapshot;
  widget_class->size_allocate = grove_graph_size_allocate;
  widget_class->map = grove_graph_map;
  widget_class->unmap = grove_graph_unmap;
  widget_class->css_changed = grove_graph_css_changed;
  widget_class->state_flags_changed = grove_graph_state_flags_changed;
  gtk_widget_class_set_css_name (widget_class, "grovegraph");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  _grove_graph_class_init_input (widget_class);

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
grove_graph_init (GroveGraph *self)
{
  self->scene = grove_graph_scene_new ();
  self->minimap = grove_graph_minimap_new ();
  self->frame = grove_graph_frame_new ();
  self->found = g_ptr_array_new_with_free_func (g_free);
  self->search = g_strdup ("");
  self->hovered = GROVE_GRAPH_NONE;
  self->camera.scale = 1;
  /* An empty scene is a scene too. */
  grove_graph_scene_begin (self->scene);
  grove_graph_scene_end (self->scene, NULL, 0, GROVE_GRAPH_JUMP, NULL);
  renew_text (self);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
  gtk_widget_set_vexpand (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  "Supervision graph", -1);
  _grove_graph_init_input (self);
}

GtkWidget *
grove_graph_new (GroveSession *session, GroveTree *tree)
{
  GroveGraph *self = g_object_new (GROVE_TYPE_GRAPH, NULL);

  self->session = g_object_ref (session);
  self->tree = g_object_ref (tree);
  self->model = grove_graph_model_new (tree);
  self->dirty = TRUE;
  grove_tree_set_metric (tree, grove_graph_metric_get_column (self->metric));
  g_signal_connect_swapped (tree, "structure-changed", G_CALLBACK (on_structure_changed), self);
  g_signal_connect_swapped (tree, "notify::loading", G_CALLBACK (on_loading), self);
  g_signal_connect_swapped (tree, "metrics-changed", G_CALLBACK (on_metrics_changed), self);
  g_signal_connect_swapped (tree, "replaced", G_CALLBACK (on_replaced), self);
  g_signal_connect_swapped (tree, "removed", G_CALLBACK (on_removed), self);
  g_signal_connect_swapped (session, "notify::selected", G_CALLBACK (on_selected), self);
  on_selected (self);
  return GTK_WIDGET (self);
}
