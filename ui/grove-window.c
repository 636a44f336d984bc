/* SPDX-License-Identifier: MIT
 *
 * GroveWindow: one system in one window. What it shows follows the state of its session; what it
 * can do is in grove-window-actions.c.
 */
#include "ui/grove-window.h"

#include "ui/grove-preferences.h"
#include "ui/grove-recents.h"
#include "ui/grove-supervision-view.h"
#include "ui/grove-window-private.h"

#include <glib/gi18n.h>

enum
{
  ANSWERED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GroveWindow, grove_window, ADW_TYPE_APPLICATION_WINDOW)

/* ---- Following the session ----------------------------------------------------------------------
 */

/* What is shown is how it was: the system is lost, or says nothing. */
static void
update_stale (GroveWindow *self)
{
  GtkWidget *flap = GTK_WIDGET (self->flap);
  guint      silent_ms = 0;

  g_object_get (self->session, "silent-ms", &silent_ms, NULL);
  grove_state_dot_set_connection (self->system_dot, self->session);
  if (silent_ms > 0 || grove_session_get_state (self->session) == GROVE_SESSION_LOST)
    gtk_widget_add_css_class (flap, "stale");
  else
    gtk_widget_remove_css_class (flap, "stale");
}

/* What is lost and was never seen would wait for ever. */
static void
update_unseen (GroveWindow *self)
{
  const char *view = adw_view_stack_get_visible_child_name (self->stack);
  gboolean    lost = grove_session_get_state (self->session) == GROVE_SESSION_LOST;
  gboolean    seen = g_hash_table_contains (self->seen, view);

  /* Rows that have just come are the last state too. */
  if (!seen && g_str_equal (view, "processes"))
    seen = grove_process_view_has_rows (self->process_view);
  gtk_widget_set_visible (self->unseen_page, lost && !seen);
}

static void
note_seen (GroveWindow *self)
{
  const char *view = adw_view_stack_get_visible_child_name (self->stack);

  if (grove_window_is_filled (self, view))
    g_hash_table_add (self->seen, (gpointer) g_intern_string (view));
}

static void
on_view_changed (GroveWindow *self)
{
  update_unseen (self);
  _grove_window_actions_update (self);
}

static void
on_state_changed (GroveWindow *self)
{
  GroveSessionState state = grove_session_get_state (self->session);
  gboolean          observe = state == GROVE_SESSION_LIVE || state == GROVE_SESSION_LOST;
  const char       *name = grove_session_get_system_name (self->session);
  g_autofree char  *title = NULL;

  if (name == NULL || name[0] == '\0')
    name = "Grove";
  title = observe ? g_strdup_printf (_ ("%s – Grove"), name) : g_strdup ("Grove");
  if (state == GROVE_SESSION_LIVE && !self->noted)
    grove_recents_note (grove_session_get_target (self->session), name);
  self->noted = state == GROVE_SESSION_LIVE;
  if (!observe)
    g_hash_table_remove_all (self->seen);
  gtk_window_set_title (GTK_WINDOW (self), title);
  gtk_label_set_text (self->system_label, name);
  gtk_stack_set_visible_child_name (self->main_stack, observe ? "observe" : "connect");
  gtk_widget_set_visible (self->system_button, observe);
  gtk_widget_set_visible (self->pause_button, observe);
  gtk_widget_set_visible (self->inspector_button, observe);
  adw_view_switcher_title_set_view_switcher_enabled (ADW_VIEW_SWITCHER_TITLE (self->switcher_title),
                                                     observe);
  update_stale (self);
  update_unseen (self);
  _grove_window_actions_update (self);
}

static void
on_paused_changed (GroveWindow *self)
{
  gboolean paused = grove_session_get_paused (self->session);

  grove_state_dot_set_connection (self->system_dot, self->session);
  gtk_button_set_icon_name (GTK_BUTTON (self->pause_button), paused
                                                               ? "media-playback-start-symbolic"
                                                               : "media-playback-pause-symbolic");
  gtk_widget_set_tooltip_text (self->pause_button, paused ? _ ("Let the views go on (Ctrl+P)")
                                                          : _ ("Hold the views still (Ctrl+P)"));
}

static void
on_selected_changed (GroveWindow *self)
{
  grove_inspector_set_pid (self->inspector, grove_session_get_selected (self->session));
  _grove_window_actions_update (self);
}

static void
on_selection_changed (GroveWindow *self)
{
  GroveProcessSelection *selection = grove_process_view_get_selection (self->process_view);

  grove_status_bar_set_n_selected (self->status_bar,
                                   grove_process_selection_get_n_selected (selection));
  _grove_window_actions_update (self);
}

/* ---- Targets of commands ------------------------------------------------------------------------
 */

/* What is selected, by who knows most of it: one may press Delete before the inspector has heard
 * what it is. */
static GroveTarget *
dup_target (GroveWindow *self, const char *pid)
{
  GroveTarget *target = grove_inspector_dup_target (self->inspector);

  if (target == NULL || g_strcmp0 (target->pid, pid) != 0)
    {
      grove_target_free (target);
      target = grove_target_new (pid, "");
    }
  if (!target->known)
    {
      const GroveTarget *in_table =
        grove_process_selection_get_target (grove_process_view_get_selection (self->process_view),
                                            pid);

      if (in_table != NULL && in_table->known)
        {
          grove_target_free (target);
          target = grove_target_copy (in_table);
        }
    }
  grove_process_view_tell (self->process_view, target);
  grove_supervision_view_tell (GROVE_SUPERVISION_VIEW (self->supervision_view), target);
  return target;
}

GPtrArray *
_grove_window_dup_targets (GroveWindow *self)
{
  const char *selected = grove_session_get_selected (self->session);
  const char *view = adw_view_stack_get_visible_child_name (self->stack);
  GPtrArray  *targets;

  /* Several can only be selected in the table, and only while it is seen are they meant. */
  if (g_strcmp0 (view, "processes") == 0)
    {
      GroveProcessSelection *selection = grove_process_view_get_selection (self->process_view);

      if (grove_process_selection_get_n_selected (selection) > 1)
        {
          targets = grove_process_selection_dup_targets (selection);
          for (guint i = 0; i < targets->len; i++)
            grove_process_view_tell (self->process_view, g_ptr_array_index (targets, i));
          return targets;
        }
    }
  targets = g_ptr_array_new_with_free_func ((GDestroyNotify) grove_target_free);
  if (selected != NULL)
    g_ptr_array_add (targets, dup_target (self, selected));
  return targets;
}

static GPtrArray *
dup_targets (gpointer user_data)
{
  return _grove_window_dup_targets (user_data);
}

void
grove_window_show_process (GroveWindow *self, const char *pid)
{
  g_return_if_fail (GROVE_IS_WINDOW (self));
  grove_session_set_selected (self->session, pid);
  if (g_strcmp0 (adw_view_stack_get_visible_child_name (self->stack), "processes") == 0)
    grove_process_view_reveal (self->process_view, pid);
  adw_flap_set_reveal_flap (self->flap, TRUE);
}

static void
on_show (GroveProcessActions *actions, const char *pid, GroveWindow *self)
{
  grove_window_show_process (self, pid);
}

static void
on_navigate (GroveInspector *inspector, const char *pid, GroveWindow *self)
{
  grove_session_set_selected (self->session, pid);
}

static void
on_open_supervisor (GroveActivityView *view, const char *pid, GroveWindow *self)
{
  grove_session_set_selected (self->session, pid);
  g_action_group_activate_action (G_ACTION_GROUP (self), "show-in-tree", NULL);
}

static void
on_answered (GroveProcessActions *actions, const char *text, GroveWindow *self)
{
  grove_process_view_release (self->process_view);
  grove_activity_view_release (self->activity_view);
  g_signal_emit (self, signals[ANSWERED], 0, text);
}

/* ---- The object ---------------------------------------------------------------------------------
 */

static void
add_page (
  GroveWindow *self, GtkWidget *child, const char *name, const char *title, const char *icon)
{
  adw_view_stack_add_titled (self->stack, child, name, title);
  adw_view_stack_page_set_icon_name (adw_view_stack_get_page (self->stack, child), icon);
}

static void
build_views (GroveWindow *self)
{
  _grove_window_badges_init (self);
  self->overview = GROVE_OVERVIEW (grove_overview_new (self->session, self->findings));
  add_page (self, GTK_WIDGET (self->overview), "overview", _ ("Overview"),
            "grove-overview-symbolic");
  self->supervision_view = grove_supervision_view_new (self->session);
  add_page (self, self->supervision_view, "supervision", _ ("Supervision"),
            "grove-supervision-symbolic");
  self->process_view = GROVE_PROCESS_VIEW (grove_process_view_new (self->session));
  add_page (self, GTK_WIDGET (self->process_view), "processes", _ ("Processes"),
            "grove-processes-symbolic");
  self->mailboxes_view = GROVE_MAILBOXES_VIEW (grove_mailboxes_view_new (self->session));
  add_page (self, GTK_WIDGET (self->mailboxes_view), "mailboxes", _ ("Mailboxes"),
            "grove-mailboxes-symbolic");
  self->activity_view = GROVE_ACTIVITY_VIEW (grove_activity_view_new (self->session));
  grove_activity_view_set_toasts (self->activity_view, self->toasts);
  add_page (self, GTK_WIDGET (self->activity_view), "activity", _ ("Activity"),
            "grove-activity-symbolic");
  adw_view_stack_set_visible_child_name (self->stack, "supervision");

  self->status_bar = GROVE_STATUS_BAR (grove_status_bar_new (self->session));
  gtk_box_prepend (GTK_BOX (self->bottom_box), GTK_WIDGET (self->status_bar));
  self->connect_page =
    GROVE_CONNECT_PAGE (grove_connect_page_new (self->session, self->discovery, self->nodes));
  gtk_stack_add_named (self->main_stack, GTK_WIDGET (self->connect_page), "connect");
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (self->system_button),
                               grove_system_menu_new (self->session, self->discovery, self->nodes));
}

static void
connect_signals (GroveWindow *self)
{
  GroveSession *session = self->session;

  g_signal_connect_swapped (session, "notify::state", G_CALLBACK (on_state_changed), self);
  g_signal_connect_swapped (session, "notify::silent-ms", G_CALLBACK (update_stale), self);
  g_signal_connect_swapped (session, "notify::system-name", G_CALLBACK (on_state_changed), self);
  g_signal_connect_swapped (session, "notify::paused", G_CALLBACK (on_paused_changed), self);
  g_signal_connect_swapped (session, "sample", G_CALLBACK (note_seen), self);
  g_signal_connect_swapped (session, "notify::selected", G_CALLBACK (on_selected_changed), self);
  g_signal_connect_object (self->process_view, "selection-changed",
                           G_CALLBACK (on_selection_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->stack, "notify::visible-child-name", G_CALLBACK (on_view_changed),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->activity_view, "open-supervisor", G_CALLBACK (on_open_supervisor),
                           self, 0);
  g_signal_connect_object (self->inspector, "navigate", G_CALLBACK (on_navigate), self, 0);
  g_signal_connect_object (self->actions, "show", G_CALLBACK (on_show), self, 0);
  g_signal_connect_object (self->actions, "answered", G_CALLBACK (on_answered), self, 0);
}

static void
follow_preferences (GroveWindow *self)
{
  GrovePreferences *preferences = grove_preferences_get ();

  g_object_bind_property (preferences, "update-interval-ms", self->session, "min-interval-ms",
                          G_BINDING_SYNC_CREATE);
  g_object_bind_property (preferences, "term-syntax", self->session, "syntax",
                          G_BINDING_SYNC_CREATE);
}

static void
grove_window_dispose (GObject *object)
{
  GroveWindow *self = GROVE_WINDOW (object);

  if (self->session != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->session, self);
      grove_session_close (self->session);
      /* A property action holds its object, which is a child of this window. */
      g_action_map_remove_action (G_ACTION_MAP (self), "inspector");
    }
  _grove_window_badges_finish (self);
  _grove_window_finder_finish (self);
  if (self->actions != NULL)
    g_object_run_dispose (G_OBJECT (self->actions));
  if (self->application_actions != NULL)
    g_object_run_dispose (G_OBJECT (self->application_actions));
  G_OBJECT_CLASS (grove_window_parent_class)->dispose (object);
  g_clear_object (&self->actions);
  g_clear_object (&self->application_actions);
  g_clear_object (&self->discovery);
  g_clear_object (&self->nodes);
  _grove_window_nodes_finish (self);
  g_clear_object (&self->session);
}

static void
grove_window_finalize (GObject *object)
{
  g_hash_table_unref (GROVE_WINDOW (object)->seen);
  G_OBJECT_CLASS (grove_window_parent_class)->finalize (object);
}

static gboolean
grove_window_close_request (GtkWindow *window)
{
  GroveWindow *self = GROVE_WINDOW (window);

  _grove_window_remember (self);
  return GTK_WINDOW_CLASS (grove_window_parent_class)->close_request (window);
}

static void
grove_window_class_init (GroveWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = grove_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = grove_window_finalize;
  GTK_WINDOW_CLASS (klass)->close_request = grove_window_close_request;
  signals[ANSWERED] = g_signal_new ("answered", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  g_type_ensure (GROVE_TYPE_STATE_DOT);
  g_type_ensure (GROVE_TYPE_INSPECTOR);
  g_type_ensure (GROVE_TYPE_LOSS_BAR);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/grove/Observer/grove-window.ui");
#define BIND(child) gtk_widget_class_bind_template_child (widget_class, GroveWindow, child)
  BIND (toasts);
  BIND (main_stack);
  BIND (stack);
  BIND (flap);
  BIND (inspector);
  BIND (header);
  BIND (menu_button);
  BIND (system_button);
  BIND (system_dot);
  BIND (system_label);
  BIND (pause_button);
  BIND (inspector_button);
  BIND (switcher_title);
  BIND (switcher_bar);
  BIND (loss_bar);
  BIND (unseen_page);
  BIND (bottom_box);
#undef BIND
}

static void
grove_window_init (GroveWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->session = grove_session_new ();
  self->seen = g_hash_table_new (g_str_hash, g_str_equal);
  self->discovery = grove_discovery_new (NULL);
  self->nodes = grove_node_list_new ();
  follow_preferences (self);
  build_views (self);
  grove_inspector_set_session (self->inspector, self->session);
  grove_loss_bar_set_session (self->loss_bar, self->session);
  self->actions =
    grove_process_actions_new (GTK_WINDOW (self), self->toasts, self->session, dup_targets, self);
  grove_inspector_set_actions (self->inspector, self->actions);
  self->application_actions =
    grove_application_actions_new (GTK_WINDOW (self), self->session, self->actions);
  _grove_window_actions_init (self);
  _grove_window_finder_init (self);
  _grove_window_nodes_init (self);
  connect_signals (self);
  _grove_window_recall (self);
  on_state_changed (self);
}

GtkWidget *
grove_window_new (GtkApplication *application)
{
  return g_object_new (GROVE_TYPE_WINDOW, "application", application, NULL);
}

void
grove_window_open (GroveWindow *self, const char *target)
{
  g_return_if_fail (GROVE_IS_WINDOW (self));
  grove_session_open (self->session, target);
}

GroveSession *
grove_window_get_session (GroveWindow *self)
{
  g_return_val_if_fail (GROVE_IS_WINDOW (self), NULL);
  return self->session;
}

void
grove_window_show_view (GroveWindow *self, const char *name)
{
  g_return_if_fail (GROVE_IS_WINDOW (self));
  adw_view_stack_set_visible_child_name (self->stack, name);
}

GtkWidget *
grove_window_get_view (GroveWindow *self, const char *name)
{
  g_return_val_if_fail (GROVE_IS_WINDOW (self), NULL);
  if (g_str_equal (name, "inspector"))
    return GTK_WIDGET (self->inspector);
  if (g_str_equal (name, "status"))
    return GTK_WIDGET (self->status_bar);
  if (g_str_equal (name, "connect"))
    return GTK_WIDGET (self->connect_page);
  return adw_view_stack_get_child_by_name (self->stack, name);
}

void
grove_window_set_inspector_visible (GroveWindow *self, gboolean visible)
{
  g_return_if_fail (GROVE_IS_WINDOW (self));
  adw_flap_set_reveal_flap (self->flap, visible);
}

gboolean
grove_window_is_filled (GroveWindow *self, const char *view)
{
  g_return_val_if_fail (GROVE_IS_WINDOW (self), FALSE);
  if (grove_session_get_state (self->session) != GROVE_SESSION_LIVE ||
      grove_session_get_sample (self->session) == NULL)
    return FALSE;
  if (g_str_equal (view, "processes"))
    return grove_process_view_is_filled (self->process_view);
  if (g_str_equal (view, "mailboxes"))
    return grove_mailboxes_view_is_filled (self->mailboxes_view);
  if (g_str_equal (view, "activity"))
    return grove_activity_view_is_filled (self->activity_view);
  if (g_str_equal (view, "overview"))
    return grove_overview_is_filled (self->overview);
  if (g_str_equal (view, "inspector"))
    return grove_inspector_is_filled (self->inspector);
  return TRUE;
}
