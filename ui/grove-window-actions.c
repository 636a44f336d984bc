/* SPDX-License-Identifier: MIT
 *
 * What can be done in a GroveWindow besides the commands on processes: views, pause, filter,
 * inspector, connecting. One action each; menus, buttons and keys only name them.
 */
#include "ui/grove-connect-dialog.h"
#include "ui/grove-inspector-window.h"
#include "ui/grove-supervision-view.h"
#include "ui/grove-window-private.h"

static gboolean
is_observing (GroveWindow *self)
{
  GroveSessionState state = grove_session_get_state (self->session);

  return state == GROVE_SESSION_LIVE || state == GROVE_SESSION_LOST;
}

/* The keyboard follows into the view. Where it has nothing to focus yet, nothing has the focus:
 * left to itself the toolkit goes on to the next control, which may be one that restarts. */
static void
show_view (GroveWindow *self, const char *name)
{
  gtk_window_set_focus (GTK_WINDOW (self), NULL);
  grove_window_show_view (self, name);
  if (g_str_equal (name, "processes"))
    grove_process_view_focus_rows (self->process_view);
  else if (g_str_equal (name, "activity"))
    grove_activity_view_focus_rows (self->activity_view);
  else
    gtk_widget_child_focus (grove_window_get_view (self, name), GTK_DIR_TAB_FORWARD);
}

static void
on_view (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  const char *name = g_variant_get_string (parameter, NULL);

  if (grove_window_get_view (user_data, name) != NULL)
    show_view (user_data, name);
}

static void
on_show_activity (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GroveWindow *self = user_data;
  const char  *table = g_variant_get_string (parameter, NULL);

  if (table[0] != '\0')
    grove_activity_view_show_table (self->activity_view, table);
  show_view (self, "activity");
}

static void
on_show_process (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  const char *pid = g_variant_get_string (parameter, NULL);

  if (pid[0] != '\0')
    grove_window_show_process (user_data, pid);
}

static void
on_palette (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  _grove_window_finder_open (user_data);
}

static void
on_open (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  const char *target = g_variant_get_string (parameter, NULL);

  if (target[0] != '\0')
    grove_window_open (user_data, target);
}

static void
on_find (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GroveWindow *self = user_data;

  if (g_strcmp0 (adw_view_stack_get_visible_child_name (self->stack), "supervision") == 0)
    {
      grove_supervision_view_find (GROVE_SUPERVISION_VIEW (self->supervision_view));
      return;
    }
  if (g_strcmp0 (adw_view_stack_get_visible_child_name (self->stack), "activity") == 0)
    {
      grove_activity_view_find (self->activity_view);
      return;
    }
  grove_window_show_view (self, "processes");
  grove_process_view_find (self->process_view);
}

static void
on_target_chosen (GroveWindow *self, const char *target, gboolean in_new_window)
{
  GtkWidget *window = GTK_WIDGET (self);

  if (in_new_window)
    window = grove_window_new (gtk_window_get_application (GTK_WINDOW (self)));
  grove_window_open (GROVE_WINDOW (window), target);
  gtk_window_present (GTK_WINDOW (window));
}

static void
on_open_apart (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  const char *target = g_variant_get_string (parameter, NULL);

  if (target[0] != '\0')
    on_target_chosen (user_data, target, TRUE);
}

static void
on_connect (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GroveWindow        *self = user_data;
  GroveConnectDialog *dialog =
    grove_connect_dialog_new (GTK_WINDOW (self), grove_session_get_target (self->session));

  g_signal_connect_object (dialog, "chosen", G_CALLBACK (on_target_chosen), self,
                           G_CONNECT_SWAPPED);
  if (grove_session_wants_cookie (self->session))
    grove_connect_dialog_ask_cookie (dialog);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_disconnect (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  grove_session_close (GROVE_WINDOW (user_data)->session);
}

static void
on_retry (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  grove_session_retry (GROVE_WINDOW (user_data)->session);
}

/* Everything is asked for anew: found systems, and the system that is shown by connecting again. */
static void
on_refresh (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GroveWindow *self = user_data;

  grove_discovery_refresh (self->discovery);
  if (is_observing (self) || grove_session_get_state (self->session) == GROVE_SESSION_REFUSED)
    grove_session_retry (self->session);
}

static void
on_inspect (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GroveWindow *self = user_data;
  const char  *pid = grove_session_get_selected (self->session);

  if (pid != NULL)
    gtk_window_present (
      GTK_WINDOW (grove_inspector_window_new (gtk_window_get_application (GTK_WINDOW (self)),
                                              GTK_WINDOW (self), self->session, pid)));
}

static void
on_show_in_tree (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  /* The graph follows the session's selection by itself. */
  show_view (user_data, "supervision");
}

static void
on_show_in_table (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GroveWindow *self = user_data;
  const char  *pid = grove_session_get_selected (self->session);

  show_view (self, "processes");
  if (pid != NULL)
    grove_process_view_reveal (self->process_view, pid);
}

/* Leaves, in this order, the filter's field to itself, the selection, and nothing else. */
static void
on_escape (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  grove_session_set_selected (GROVE_WINDOW (user_data)->session, NULL);
}

static void
on_pause_state (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  grove_session_set_paused (GROVE_WINDOW (user_data)->session, g_variant_get_boolean (state));
}

static void
on_paused_notify (GroveWindow *self)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), "pause");

  g_simple_action_set_state (G_SIMPLE_ACTION (action),
                             g_variant_new_boolean (grove_session_get_paused (self->session)));
}

static void
set_enabled (GroveWindow *self, const char *name, gboolean enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

/* What is selected may be the root of an application. */
static void
update_application (GroveWindow *self)
{
  g_autoptr (GPtrArray) targets = _grove_window_dup_targets (self);
  const GroveTarget *first = targets->len == 1 ? g_ptr_array_index (targets, 0) : NULL;

  grove_application_actions_update (self->application_actions,
                                    first != NULL ? first->application : NULL);
}

void
_grove_window_actions_update (GroveWindow *self)
{
  GroveSessionState state = grove_session_get_state (self->session);
  gboolean          observing = is_observing (self);
  gboolean          selected = observing && grove_session_get_selected (self->session) != NULL;

  set_enabled (self, "view", observing);
  set_enabled (self, "show-process", observing);
  set_enabled (self, "show-activity", observing);
  set_enabled (self, "find", observing);
  set_enabled (self, "pause", state == GROVE_SESSION_LIVE);
  set_enabled (self, "retry", state == GROVE_SESSION_LOST || state == GROVE_SESSION_REFUSED);
  set_enabled (self, "disconnect", state != GROVE_SESSION_IDLE);
  set_enabled (self, "inspect", selected);
  set_enabled (self, "show-in-tree", selected);
  set_enabled (self, "show-in-table", selected);
  set_enabled (self, "escape", selected);
  grove_process_actions_update (self->actions, grove_inspector_is_gone (self->inspector));
  update_application (self);
}

static void
add_keys (GroveWindow *self)
{
  GtkEventController *controller = gtk_shortcut_controller_new ();

  /* Not an accelerator of the application: those come before the field that has the focus. */
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (controller),
                                        gtk_shortcut_new (gtk_shortcut_trigger_parse_string (
                                                            "Escape"),
                                                          gtk_named_action_new ("win.escape")));
  gtk_widget_add_controller (GTK_WIDGET (self), controller);
}

void
_grove_window_actions_init (GroveWindow *self)
{
  static const GActionEntry entries[] = {
    { .name = "view", .activate = on_view, .parameter_type = "s" },
    { .name = "show-process", .activate = on_show_process, .parameter_type = "s" },
    { .name = "show-activity", .activate = on_show_activity, .parameter_type = "s" },
    { .name = "palette", .activate = on_palette },
    { .name = "open", .activate = on_open, .parameter_type = "s" },
    { .name = "open-apart", .activate = on_open_apart, .parameter_type = "s" },
    { .name = "find", .activate = on_find },
    { .name = "connect", .activate = on_connect },
    { .name = "disconnect", .activate = on_disconnect },
    { .name = "retry", .activate = on_retry },
    { .name = "refresh", .activate = on_refresh },
    { .name = "inspect", .activate = on_inspect },
    { .name = "show-in-tree", .activate = on_show_in_tree },
    { .name = "show-in-table", .activate = on_show_in_table },
    { .name = "escape", .activate = on_escape },
    { .name = "pause", .state = "false", .change_state = on_pause_state },
  };
  g_autoptr (GPropertyAction) inspector =
    g_property_action_new ("inspector", self->flap, "reveal-flap");
  g_autoptr (GtkBuilder) help =
    gtk_builder_new_from_resource ("/io/github/grove/Observer/grove-help-overlay.ui");

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (inspector));
  g_signal_connect_object (self->session, "notify::paused", G_CALLBACK (on_paused_notify), self,
                           G_CONNECT_SWAPPED);
  gtk_application_window_set_help_overlay (GTK_APPLICATION_WINDOW (self),
                                           GTK_SHORTCUTS_WINDOW (
                                             gtk_builder_get_object (help, "help_overlay")));
  add_keys (self);
}
