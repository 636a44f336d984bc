/* SPDX-License-Identifier: MIT
 *
 * GroveGraph: what it shows in words and on the screen, what is selected, found and in sight.
 */
#include "ui/grove-graph-private.h"

#include "observer/grove-format.h"
#include "ui/grove-palette.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

#define DESCRIBE_MS 1000
#define STEP_US     (6 * 1000)

G_DEFINE_FINAL_TYPE (GroveGraph, grove_graph, GTK_TYPE_WIDGET)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

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

  g_string_append_printf (text, _ ("%s, of them %s, coloured by %s."), processes, supervisors,
                          grove_graph_metric_get_title (self->metric));
  if (cursor != GROVE_GRAPH_NONE)
    {
      const GroveGraphNode *node = &self->scene->nodes[cursor];
      const guint           parent = self->scene->places[cursor].parent;
      g_autofree char *value = grove_graph_metric_format (self->metric, node->metric, node->status);

      g_string_append_printf (text, _ (" Selected: %s"), node->name);
      if (grove_graph_node_is_process (node) && strcmp (node->id, node->name) != 0)
        g_string_append_printf (text, " %s", node->id);
      if (parent != GROVE_GRAPH_NONE)
        g_string_append_printf (text, _ (", child of %s"), self->scene->nodes[parent].name);
      if (self->scene->places[cursor].n_children > 0)
        g_string_append_printf (text, ngettext (", %u child", ", %u children", node->n_children),
                                node->n_children);
      g_string_append_printf (text, ", %s %s.", grove_graph_metric_get_title (self->metric),
                              value[0] != '\0' ? value : "0");
    }
  if (grove_graph_get_n_shown_roots (self) < grove_graph_get_n_roots (self))
    g_string_append_printf (text, _ (" %u of %u applications are drawn."),
                            grove_graph_get_n_shown_roots (self), grove_graph_get_n_roots (self));
  if (self->cursor != NULL)
    {
      g_autofree char *links = _grove_graph_describe_links (self, self->cursor);

      g_string_append_printf (text, "%s%s", links[0] != '\0' ? " " : "", links);
    }
  return g_string_free (text, FALSE);
}

GroveGraphScene *
grove_graph_dup_scene (GroveGraph *self)
{
  g_return_val_if_fail (GROVE_IS_GRAPH (self), NULL);
  /* What one sees; who sees nothing yet means what is coming. */
  if (self->scene->n_nodes == 0)
    _grove_graph_finish_build (self);
  return grove_graph_scene_copy (self->scene);
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
  rect =
    grove_graph_camera_get_screen_rect (&self->camera, self->scene, node, g_get_monotonic_time ());
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
void
_grove_graph_queue_describe (GroveGraph *self)
{
  if (self->describe_timer == 0)
    self->describe_timer = g_timeout_add (DESCRIBE_MS, on_describe, self);
}

static void
grove_graph_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  GroveGraph              *self = GROVE_GRAPH (widget);
  const int                width = gtk_widget_get_width (widget);
  const int                height = gtk_widget_get_height (widget);
  const GroveGraphPainting painting = {
    .palette = &grove_palette_get (widget)->colours,
    .text = self->text,
    .scene = self->scene,
    .camera = &self->camera,
    .metric = self->metric,
    .selected = _grove_graph_get_cursor (self),
    .hovered = self->hovered,
    .matches = self->marks,
    .arcs = (const GroveGraphArc *) (void *) self->arcs->data,
    .n_arcs = self->arcs->len,
    .focused = gtk_widget_has_visible_focus (widget),
    .still = !_grove_graph_is_animated (self),
    .now_us = g_get_monotonic_time (),
  };

  if (width <= 0 || height <= 0)
    return;
  self->painted_us = painting.now_us;
  grove_graph_frame_snapshot (self->frame, &painting, self->minimap, snapshot);
}

/* Shows the root that a process belongs to, and opens the fold that hides it, if one does. */
static void
uncover (GroveGraph *self, const char *pid)
{
  const char *root = grove_graph_model_get_root_of (self->model, pid);
  const char *fold;

  if (root != NULL && !grove_graph_model_is_root_shown (self->model, root))
    grove_graph_set_root_shown (self, root, TRUE);
  fold = grove_graph_model_find_fold (self->model, self->scene, pid);
  if (fold != NULL && grove_graph_scene_find (self->scene, pid) == GROVE_GRAPH_NONE)
    {
      grove_graph_model_open_fold (self->model, fold);
      _grove_graph_build (self);
    }
}

void
_grove_graph_reveal (GroveGraph *self, guint node)
{
  if (node != GROVE_GRAPH_NONE && self->placed &&
      grove_graph_camera_reveal (&self->camera, self->scene, node))
    self->follow = GROVE_GRAPH_FOLLOW_NOT;
}

void
_grove_graph_show_cursor (GroveGraph *self)
{
  guint node;

  self->wanted = FALSE;
  if (self->cursor == NULL)
    return;
  uncover (self, self->cursor);
  node = _grove_graph_get_cursor (self);
  _grove_graph_reveal (self, node);
  self->wanted = node == GROVE_GRAPH_NONE || !self->placed;
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
  g_clear_pointer (&self->chosen, g_free);
  g_free (self->cursor);
  self->cursor = g_strdup (pid);
  if (pid != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
    _grove_graph_show_cursor (self);
  _grove_graph_queue_links (self);
  _grove_graph_queue_describe (self);
  _grove_graph_redraw (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

void
_grove_graph_select (GroveGraph *self, guint node)
{
  const GroveGraphNode *to;

  g_clear_pointer (&self->chosen, g_free);
  if (node >= self->scene->n_nodes)
    {
      grove_session_set_selected (self->session, NULL);
      g_clear_pointer (&self->cursor, g_free);
      _grove_graph_queue_links (self);
      _grove_graph_redraw (self);
      return;
    }
  to = &self->scene->nodes[node];
  /* What a person points at does not run away because the rest of the tree is still coming. */
  if (self->placed && self->follow == GROVE_GRAPH_FOLLOW_START)
    self->follow = GROVE_GRAPH_FOLLOW_NOT;
  g_free (self->cursor);
  self->cursor = g_strdup (to->id);
  grove_session_set_selected (self->session, grove_graph_node_is_process (to) ? to->id : NULL);
  _grove_graph_reveal (self, node);
  _grove_graph_queue_links (self);
  _grove_graph_queue_describe (self);
  _grove_graph_redraw (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
choose (GroveGraph *self, const char *fold, gboolean opens)
{
  g_free (self->chosen);
  self->chosen = g_strdup (fold);
  self->chosen_opens = opens;
}

gboolean
_grove_graph_open (GroveGraph *self, guint node)
{
  const GroveGraphNode *of = &self->scene->nodes[node];

  if (of->kind == GROVE_GRAPH_FOLD)
    {
      grove_graph_model_open_fold (self->model, of->id);
      choose (self, of->id, TRUE);
      _grove_graph_build (self);
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
      grove_graph_model_close_fold (self->model, of->fold);
      choose (self, of->fold, FALSE);
      _grove_graph_build (self);
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
    _grove_graph_touch_node (self, before);
  if (node < self->scene->n_nodes)
    _grove_graph_touch_node (self, node);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
_grove_graph_moved (GroveGraph *self)
{
  self->follow = GROVE_GRAPH_FOLLOW_NOT;
  self->wanted = FALSE;
  _grove_graph_queue_links (self);
  _grove_graph_start_frames (self);
  _grove_graph_redraw (self);
}

void
_grove_graph_zoom_at (GroveGraph *self, double factor, double x, double y)
{
  grove_graph_camera_zoom_at (&self->camera, self->scene, factor, x, y);
  _grove_graph_moved (self);
}

void
grove_graph_set_search (GroveGraph *self, const char *text)
{
  g_return_if_fail (GROVE_IS_GRAPH (self));
  if (g_strcmp0 (self->search, text) == 0)
    return;
  g_free (self->search);
  self->search = g_strdup (text != NULL ? text : "");
  _grove_graph_update_search (self);
  _grove_graph_redraw (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

guint
grove_graph_get_n_matches (GroveGraph *self)
{
  g_return_val_if_fail (GROVE_IS_GRAPH (self), 0);
  return self->found->len;
}

static const char *
get_found (GroveGraph *self, guint index)
{
  return grove_tree_node_get_pid (g_ptr_array_index (self->found, index));
}

int
grove_graph_get_match (GroveGraph *self)
{
  g_return_val_if_fail (GROVE_IS_GRAPH (self), -1);
  for (guint i = 0; i < self->found->len; i++)
    if (g_strcmp0 (get_found (self, i), self->cursor) == 0)
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
  grove_session_set_selected (self->session, get_found (self, (guint) at));
}

static void
grove_graph_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  GroveGraph *self = GROVE_GRAPH (widget);

  if (self->placed && self->follow == GROVE_GRAPH_FOLLOW_NOT)
    {
      /* What was in the middle stays there. */
      const GroveGraphCamera before = self->camera;

      grove_graph_camera_set_size (&self->camera, self->scene, width, height);
      self->camera.ox += (self->camera.width - before.width) / 2 * (before.width > 0);
      self->camera.oy += (self->camera.height - before.height) / 2 * (before.height > 0);
      grove_graph_camera_pan (&self->camera, self->scene, 0, 0);
    }
  else
    _grove_graph_place_camera (self, 0);
  if (self->wanted)
    _grove_graph_reveal (self, _grove_graph_get_cursor (self));

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
    _grove_graph_build (self);
  /* It may have been selected elsewhere meanwhile. */
  _grove_graph_show_cursor (self);
  _grove_graph_update_links (self);
  _grove_graph_update_crashes (self);
  _grove_graph_start_frames (self);
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

  _grove_graph_stop_frames (self);
  _grove_graph_drop_build (self);
  g_clear_handle_id (&self->build_timer, g_source_remove);
  GTK_WIDGET_CLASS (grove_graph_parent_class)->unmap (widget);
  if (self->web != NULL)
    {
      _grove_graph_update_links (self);
      _grove_graph_update_crashes (self);
    }
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

  _grove_graph_stop_frames (self);
  _grove_graph_drop_build (self);
  g_clear_handle_id (&self->build_timer, g_source_remove);
  g_clear_handle_id (&self->describe_timer, g_source_remove);
  _grove_graph_dispose_links (self);
  _grove_graph_dispose_crashes (self);
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
  g_clear_pointer (&self->arcs, g_array_unref);
  g_free (self->marks);
  g_free (self->cursor);
  g_free (self->chosen);
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
  self->found = g_ptr_array_new_with_free_func (g_object_unref);
  self->search = g_strdup ("");
  self->hovered = GROVE_GRAPH_NONE;
  self->step_us = STEP_US;
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

GroveSession *
grove_graph_get_session (GroveGraph *self)
{
  g_return_val_if_fail (GROVE_IS_GRAPH (self), NULL);
  return self->session;
}

GtkWidget *
grove_graph_new (GroveSession *session, GroveTree *tree)
{
  GroveGraph *self = g_object_new (GROVE_TYPE_GRAPH, NULL);

  self->session = g_object_ref (session);
  self->tree = g_object_ref (tree);
  self->model = grove_graph_model_new (tree);
  _grove_graph_init_links (self);
  _grove_graph_init_crashes (self);
  self->dirty = TRUE;
  grove_tree_set_metric (tree, grove_graph_metric_get_column (self->metric));
  _grove_graph_connect_tree (self);
  g_signal_connect_swapped (session, "notify::selected", G_CALLBACK (on_selected), self);
  on_selected (self);
  return GTK_WIDGET (self);
}
