/* SPDX-License-Identifier: MIT
 *
 * GroveGraph: mouse, touch, keys and tooltips.
 */
#include "ui/grove-graph-private.h"

#include "observer/grove-format.h"
#include "ui/grove-menus.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define CLICK_SLOP   6.0
#define WHEEL_ZOOM   1.18
#define KEY_ZOOM     1.25
#define SCROLL_PIXEL 1.0

static guint
pick (GroveGraph *self, double x, double y)
{
  return grove_graph_camera_pick (&self->camera, self->scene, x, y, g_get_monotonic_time ());
}

static gboolean
is_on_minimap (GroveGraph *self, double x, double y)
{
  GroveGraphRect rect;

  return grove_graph_minimap_get_rect (self->scene, &self->camera, &rect) && x >= rect.x &&
         x <= rect.x + rect.width && y >= rect.y && y <= rect.y + rect.height;
}

static void
on_drag_begin (GtkGestureDrag *drag, double x, double y, GroveGraph *self)
{
  self->drag_x = self->drag_y = 0;
  self->on_minimap = is_on_minimap (self, x, y);
  if (self->on_minimap)
    {
      grove_graph_minimap_go (&self->camera, self->scene, x, y);
      _grove_graph_moved (self);
    }
}

static void
on_drag_update (GtkGestureDrag *drag, double dx, double dy, GroveGraph *self)
{
  double x, y;

  if (self->on_minimap)
    {
      gtk_gesture_drag_get_start_point (drag, &x, &y);
      grove_graph_minimap_go (&self->camera, self->scene, x + dx, y + dy);
      _grove_graph_moved (self);
      return;
    }
  /* A hand that trembles as it clicks does not pan. */
  if (self->drag_x == 0 && self->drag_y == 0 && hypot (dx, dy) < CLICK_SLOP)
    return;
  if (self->drag_x == 0 && self->drag_y == 0)
    gtk_widget_set_cursor_from_name (GTK_WIDGET (self), "grabbing");
  grove_graph_camera_pan (&self->camera, self->scene, dx - self->drag_x, dy - self->drag_y);
  self->drag_x = dx;
  self->drag_y = dy;
  _grove_graph_moved (self);
}

static void
on_drag_end (GtkGestureDrag *drag, double dx, double dy, GroveGraph *self)
{
  gtk_widget_set_cursor (GTK_WIDGET (self), NULL);
}

/* The plus at the right end of a node with children to fetch. */
static gboolean
is_on_expander (GroveGraph *self, guint node, double x)
{
  GroveGraphRect rect;

  if (!self->scene->nodes[node].expandable)
    return FALSE;
  rect =
    grove_graph_camera_get_screen_rect (&self->camera, self->scene, node, g_get_monotonic_time ());
  return x >= rect.x + rect.width - MIN (26, rect.width / 4);
}

static void
on_released (GtkGestureClick *click, int n_press, double x, double y, GroveGraph *self)
{
  guint    node;
  gboolean again;

  /* What was dragged, or hit the map, was no click. */
  if (self->drag_x != 0 || self->drag_y != 0 || self->on_minimap)
    return;
  node = pick (self, x, y);
  /* Where one has killed a process and clicks again, another stands by then. */
  again =
    n_press > 1 && node != GROVE_GRAPH_NONE &&
    (!grove_graph_node_is_process (&self->scene->nodes[node]) ||
     g_strcmp0 (self->scene->nodes[node].id, grove_session_get_selected (self->session)) == 0);
  if (!again)
    {
      _grove_graph_select (self, node);
      if (node != GROVE_GRAPH_NONE && is_on_expander (self, node, x))
        _grove_graph_open (self, node);
    }
  else if (n_press == 2)
    {
      if (!_grove_graph_open (self, node) &&
          grove_graph_node_is_process (&self->scene->nodes[node]))
        gtk_widget_activate_action (GTK_WIDGET (self), "win.inspect", NULL);
    }
}

static void
on_pressed (GtkGestureClick *click, int n_press, double x, double y, GroveGraph *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
}

static gboolean
show_menu (GroveGraph *self, guint node, double x, double y)
{
  if (node == GROVE_GRAPH_NONE || !grove_graph_node_is_process (&self->scene->nodes[node]))
    return FALSE;
  _grove_graph_select (self, node);
  grove_process_menu_popup (GTK_WIDGET (self), x, y);
  return TRUE;
}

static void
on_menu_released (GtkGestureClick *click, int n_press, double x, double y, GroveGraph *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (show_menu (self, pick (self, x, y), x, y))
    gtk_gesture_set_state (GTK_GESTURE (click), GTK_EVENT_SEQUENCE_CLAIMED);
}

static void
on_motion (GtkEventControllerMotion *motion, double x, double y, GroveGraph *self)
{
  self->mouse_x = x;
  self->mouse_y = y;
  if (gtk_gesture_is_active (self->drag))
    return;
  _grove_graph_set_hovered (self,
                            is_on_minimap (self, x, y) ? GROVE_GRAPH_NONE : pick (self, x, y));
}

static void
on_leave (GtkEventControllerMotion *motion, GroveGraph *self)
{
  _grove_graph_set_hovered (self, GROVE_GRAPH_NONE);
}

/* A wheel zooms where the mouse is, fingers on a pad pan; Control zooms, Shift goes sideways. */
static gboolean
on_scroll (GtkEventControllerScroll *scroll, double dx, double dy, GroveGraph *self)
{
  const GdkModifierType state =
    gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (scroll));
  const gboolean wheel = gtk_event_controller_scroll_get_unit (scroll) == GDK_SCROLL_UNIT_WHEEL;

  if (state & GDK_SHIFT_MASK)
    {
      grove_graph_camera_pan (&self->camera, self->scene,
                              -(dx + dy) * (wheel ? gtk_widget_get_width (GTK_WIDGET (self)) / 8.0
                                                  : SCROLL_PIXEL),
                              0);
      _grove_graph_moved (self);
    }
  else if (wheel || (state & GDK_CONTROL_MASK))
    _grove_graph_zoom_at (self, pow (WHEEL_ZOOM, wheel ? -dy : -dy / 24), self->mouse_x,
                          self->mouse_y);
  else
    {
      grove_graph_camera_pan (&self->camera, self->scene, -dx * SCROLL_PIXEL, -dy * SCROLL_PIXEL);
      _grove_graph_moved (self);
    }
  return TRUE;
}

static void
on_pinch_begin (GtkGesture *pinch, GdkEventSequence *sequence, GroveGraph *self)
{
  self->pinch_scale = self->camera.scale;
}

static void
on_pinch (GtkGestureZoom *pinch, double scale, GroveGraph *self)
{
  double x = self->mouse_x, y = self->mouse_y;

  gtk_gesture_get_bounding_box_center (GTK_GESTURE (pinch), &x, &y);
  _grove_graph_zoom_at (self, self->pinch_scale * scale / self->camera.scale, x, y);
}

static gboolean
step (GroveGraph *self, GroveGraphStep to)
{
  const guint next = grove_graph_scene_step (self->scene, _grove_graph_get_cursor (self), to);

  if (next != GROVE_GRAPH_NONE)
    _grove_graph_select (self, next);
  return TRUE;
}

static gboolean
on_toggle_key (GroveGraph *self)
{
  const guint node = _grove_graph_get_cursor (self);

  return node != GROVE_GRAPH_NONE &&
         (_grove_graph_open (self, node) || _grove_graph_close (self, node));
}

static gboolean
on_enter_key (GroveGraph *self)
{
  const guint node = _grove_graph_get_cursor (self);

  if (node == GROVE_GRAPH_NONE)
    return FALSE;
  if (self->scene->nodes[node].kind == GROVE_GRAPH_FOLD)
    return _grove_graph_open (self, node);
  if (!grove_graph_node_is_process (&self->scene->nodes[node]))
    return FALSE;
  grove_session_set_selected (self->session, self->cursor);
  return gtk_widget_activate_action (GTK_WIDGET (self), "win.inspect", NULL);
}

static gboolean
on_delete_key (GroveGraph *self)
{
  const guint node = _grove_graph_get_cursor (self);

  /* Only what is selected: after a kill the cursor stands on the successor, which a second press,
   * meant for the first, must not hit. */
  if (node == GROVE_GRAPH_NONE ||
      g_strcmp0 (grove_session_get_selected (self->session), self->cursor) != 0)
    return FALSE;
  return gtk_widget_activate_action (GTK_WIDGET (self), "win.kill", NULL);
}

static gboolean
on_menu_key (GroveGraph *self)
{
  const guint    node = _grove_graph_get_cursor (self);
  GroveGraphRect rect;

  if (node == GROVE_GRAPH_NONE)
    return FALSE;
  rect =
    grove_graph_camera_get_screen_rect (&self->camera, self->scene, node, g_get_monotonic_time ());
  return show_menu (self, node, rect.x + MIN (24, rect.width), rect.y + rect.height);
}

/* Arrows go where they point. */
static gboolean
get_step (GroveGraph *self, guint key, GroveGraphStep *ret_step)
{
  const gboolean turned = self->scene->axes->turned;

  switch (key)
    {
    case GDK_KEY_Left:
    case GDK_KEY_KP_Left:
      *ret_step = turned ? GROVE_GRAPH_TO_PREVIOUS : GROVE_GRAPH_TO_PARENT;
      return TRUE;
    case GDK_KEY_Right:
    case GDK_KEY_KP_Right:
      *ret_step = turned ? GROVE_GRAPH_TO_NEXT : GROVE_GRAPH_TO_CHILD;
      return TRUE;
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      *ret_step = turned ? GROVE_GRAPH_TO_PARENT : GROVE_GRAPH_TO_PREVIOUS;
      return TRUE;
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      *ret_step = turned ? GROVE_GRAPH_TO_CHILD : GROVE_GRAPH_TO_NEXT;
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
on_step_key (GroveGraph *self, GroveGraphStep to)
{
  const guint node = _grove_graph_get_cursor (self);

  /* Further on is what has yet to be opened. */
  if (to == GROVE_GRAPH_TO_CHILD && node != GROVE_GRAPH_NONE && _grove_graph_open (self, node))
    return TRUE;
  return step (self, to);
}

static gboolean
on_key (
  GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, GroveGraph *self)
{
  const double   x = gtk_widget_get_width (GTK_WIDGET (self)) / 2.0;
  const double   y = gtk_widget_get_height (GTK_WIDGET (self)) / 2.0;
  GroveGraphStep way;

  if (key == GDK_KEY_Menu || (key == GDK_KEY_F10 && (state & GDK_SHIFT_MASK)))
    return on_menu_key (self);
  if (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK))
    return FALSE;
  if (get_step (self, key, &way))
    return on_step_key (self, way);
  switch (key)
    {
    case GDK_KEY_Home:
      return step (self, GROVE_GRAPH_TO_FIRST);
    case GDK_KEY_End:
      return step (self, GROVE_GRAPH_TO_LAST);
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_ISO_Enter:
      return on_enter_key (self);
    case GDK_KEY_space:
      return on_toggle_key (self);
    case GDK_KEY_Delete:
    case GDK_KEY_KP_Delete:
      return on_delete_key (self);
    case GDK_KEY_plus:
    case GDK_KEY_equal:
    case GDK_KEY_KP_Add:
      _grove_graph_zoom_at (self, KEY_ZOOM, x, y);
      return TRUE;
    case GDK_KEY_minus:
    case GDK_KEY_KP_Subtract:
      _grove_graph_zoom_at (self, 1 / KEY_ZOOM, x, y);
      return TRUE;
    case GDK_KEY_0:
    case GDK_KEY_KP_0:
      grove_graph_zoom (self, GROVE_GRAPH_ZOOM_FIT);
      return TRUE;
    case GDK_KEY_1:
      grove_graph_zoom (self, GROVE_GRAPH_ZOOM_NORMAL);
      return TRUE;
    case GDK_KEY_Escape:
      if (self->cursor == NULL)
        return FALSE;
      _grove_graph_select (self, GROVE_GRAPH_NONE);
      return TRUE;
    default:
      return FALSE;
    }
}

static void
describe_process (const GroveGraphNode *node, GString *text)
{
  if (strcmp (node->name, node->id) != 0)
    g_string_append_printf (text, "\n%s", node->id);
  if (node->status[0] != '\0')
    g_string_append_printf (text, "\n%s", node->status);
  if (node->kind == GROVE_GRAPH_SUPERVISOR && node->strategy[0] != '\0')
    g_string_append_printf (text,
                            ngettext ("\n%s, %u child", "\n%s, %u children", node->n_children),
                            node->strategy, node->n_children);
  if (node->intensity > 0)
    g_string_append_printf (text, _ ("\n%u of %u restarts in %u s used"), node->recent_restarts,
                            node->intensity, node->period_s);
  if (node->restarts > 0)
    g_string_append_printf (text, _ ("\nrestarted %u×"), node->restarts);
  if (node->expandable)
    g_string_append (text, _ ("\nnot expanded: Space expands it"));
}

static void
describe_fold (const GroveGraphNode *node, GroveGraphMetric metric, GString *text)
{
  for (guint band = 0; band < GROVE_GRAPH_N_BANDS; band++)
    {
      const char *legend = grove_graph_metric_get_legend (metric, band);

      if (node->band_counts[band] > 0 && legend != NULL)
        g_string_append_printf (text, "\n%u × %s", node->band_counts[band], legend);
    }
  g_string_append (text, _ ("\nEnter or a double click opens it"));
}

char *
_grove_graph_describe_node (GroveGraph *self, guint at)
{
  const GroveGraphNode *node = &self->scene->nodes[at];
  GString              *text = g_string_new (node->name);
  g_autofree char      *value = NULL;

  if (node->kind == GROVE_GRAPH_MORE)
    {
      g_string_append (text, _ ("\nchildren that the system did not send: see Processes"));
      return g_string_free (text, FALSE);
    }
  if (node->kind == GROVE_GRAPH_FOLD)
    describe_fold (node, self->metric, text);
  else
    describe_process (node, text);
  if (self->metric != GROVE_GRAPH_METRIC_STATE)
    {
      value = grove_graph_metric_format (self->metric, node->metric, node->status);
      g_string_append_printf (text,
                              node->kind == GROVE_GRAPH_FOLD ? _ ("\n%s: at most %s") : "\n%s: %s",
                              grove_graph_metric_get_title (self->metric),
                              value[0] != '\0' ? value : "0");
    }
  return g_string_free (text, FALSE);
}

static gboolean
on_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  GroveGraph      *self = GROVE_GRAPH (widget);
  const guint      at = keyboard ? _grove_graph_get_cursor (self) : pick (self, x, y);
  GroveGraphRect   rect;
  g_autofree char *text = NULL;

  if (at == GROVE_GRAPH_NONE || (!keyboard && is_on_minimap (self, x, y)))
    return FALSE;
  text = _grove_graph_describe_node (self, at);
  rect =
    grove_graph_camera_get_screen_rect (&self->camera, self->scene, at, g_get_monotonic_time ());
  gtk_tooltip_set_text (tooltip, text);
  gtk_tooltip_set_tip_area (tooltip,
                            &(GdkRectangle){ (int) rect.x, (int) rect.y, (int) ceil (rect.width),
                                             (int) ceil (rect.height) });
  return TRUE;
}

void
_grove_graph_class_init_input (GtkWidgetClass *widget_class)
{
  widget_class->query_tooltip = on_query_tooltip;
}

void
_grove_graph_init_input (GroveGraph *self)
{
  GtkWidget          *widget = GTK_WIDGET (self);
  GtkGesture         *click = gtk_gesture_click_new ();
  GtkGesture         *menu = gtk_gesture_click_new ();
  GtkGesture         *pinch = gtk_gesture_zoom_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll =
    gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  GtkEventController *key = gtk_event_controller_key_new ();

  self->drag = gtk_gesture_drag_new ();
  g_signal_connect (self->drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (self->drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (self->drag, "drag-end", G_CALLBACK (on_drag_end), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (self->drag));

  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  g_signal_connect (click, "released", G_CALLBACK (on_released), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));
  gtk_gesture_group (self->drag, click);

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (menu), GDK_BUTTON_SECONDARY);
  /* On release: a popover that opens in between loses count of the button that is down. */
  g_signal_connect (menu, "released", G_CALLBACK (on_menu_released), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (menu));

  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (widget, motion);

  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), self);
  gtk_widget_add_controller (widget, scroll);

  g_signal_connect (pinch, "begin", G_CALLBACK (on_pinch_begin), self);
  g_signal_connect (pinch, "scale-changed", G_CALLBACK (on_pinch), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (pinch));

  g_signal_connect (key, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (widget, key);
}
