/* SPDX-License-Identifier: MIT
 *
 * GroveConnectPage: what a window shows while it has no system.
 */
#include "ui/grove-connect-page.h"

#include "observer/grove-format.h"
#include "ui/grove-cluster-heading.h"
#include "ui/grove-node-picker.h"
#include "ui/grove-recent-list.h"
#include "ui/grove-spinner.h"
#include "ui/grove-state-dot.h"

#include <glib/gi18n.h>

struct _GroveConnectPage
{
  AdwBin          parent_instance;
  GroveSession   *session;
  GroveDiscovery *discovery;

  GtkStack      *stack;
  GtkListBox    *system_list;
  GtkWidget     *hint;
  GtkBox        *recent_box, *node_box;
  GtkWidget     *choose_page, *nodes;
  GtkWidget     *cookie_button, *way_button, *retry_button;
  AdwEntryRow   *target_row;
  GtkWidget     *connect_button;
  GtkLabel      *connecting_label, *progress_label;
  AdwStatusPage *refused_page;

  gint64 connecting_since_us; /* 0: it is not */
  guint  progress_source;
};

G_DEFINE_FINAL_TYPE (GroveConnectPage, grove_connect_page, ADW_TYPE_BIN)

static void
show_system (GtkWidget *row, GroveSystem *system)
{
  gboolean         live = grove_system_get_live (system);
  g_autofree char *name = g_markup_escape_text (grove_system_get_name (system), -1);
  g_autofree char *path = g_markup_escape_text (grove_system_get_path (system), -1);
  const char      *trouble = grove_system_get_trouble (system);
  g_autofree char *dead = trouble != NULL
                            ? g_markup_escape_text (trouble, -1)
                            : g_strdup_printf (_ ("Not running. It left %s behind."), path);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), live ? path : dead);
  gtk_widget_set_sensitive (row, live);
  grove_state_dot_set_state (g_object_get_data (G_OBJECT (row), "grove-dot"),
                             live ? GROVE_PROCESS_RUNNING : GROVE_PROCESS_WAITING);
}

static void
on_live_changed (GroveSystem *system, GParamSpec *pspec, GtkWidget *row)
{
  show_system (row, system);
}

static GtkWidget *
new_system_row (gpointer item, gpointer user_data)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *dot = grove_state_dot_new ();

  gtk_widget_set_margin_start (dot, 4);
  gtk_widget_set_margin_end (dot, 4);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), dot);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row),
                             gtk_image_new_from_icon_name ("go-next-symbolic"));
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 1);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  g_object_set_data (G_OBJECT (row), "grove-dot", dot);
  g_object_set_data_full (G_OBJECT (row), "grove-path", g_strdup (grove_system_get_path (item)),
                          g_free);
  g_signal_connect_object (item, "notify::live", G_CALLBACK (on_live_changed), row, 0);
  g_signal_connect_object (item, "notify::trouble", G_CALLBACK (on_live_changed), row, 0);
  grove_cluster_heading_mark (row, item);
  show_system (row, item);
  return row;
}

static void
on_systems_changed (GroveConnectPage *self)
{
  gboolean any = g_list_model_get_n_items (G_LIST_MODEL (self->discovery)) > 0;

  gtk_widget_set_visible (GTK_WIDGET (self->system_list), any);
  gtk_widget_set_visible (self->hint, !any && !gtk_widget_get_visible (self->nodes));
}

static void
on_system_activated (GroveConnectPage *self, GtkListBoxRow *row)
{
  grove_session_open (self->session, g_object_get_data (G_OBJECT (row), "grove-path"));
}

static char *
dup_target (GroveConnectPage *self)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->target_row))));
}

static void
on_target_changed (GroveConnectPage *self)
{
  g_autofree char *target = dup_target (self);

  gtk_widget_set_sensitive (self->connect_button, target[0] != '\0');
}

static void
on_connect (GroveConnectPage *self)
{
  g_autofree char *target = dup_target (self);

  if (target[0] != '\0')
    grove_session_open (self->session, target);
}

static void
on_back (GroveConnectPage *self)
{
  grove_session_close (self->session);
  grove_connect_page_focus (self);
}

static void
on_retry (GroveConnectPage *self)
{
  grove_session_retry (self->session);
}

static void
suggest (GtkWidget *button, gboolean suggested)
{
  if (suggested)
    gtk_widget_add_css_class (button, "suggested-action");
  else
    gtk_widget_remove_css_class (button, "suggested-action");
}

/* A node that wants another cookie is not reached by trying again. */
static void
show_ways_out (GroveConnectPage *self)
{
  const char *target = grove_session_get_target (self->session);
  gboolean    wants_cookie = grove_session_wants_cookie (self->session);
  gboolean    node = target != NULL && g_str_has_prefix (target, "beam:");

  gtk_widget_set_visible (self->cookie_button, wants_cookie);
  gtk_widget_set_visible (self->way_button, node && !wants_cookie);
  suggest (self->cookie_button, wants_cookie);
  suggest (self->retry_button, !wants_cookie);
}

static void
show_refused (GroveConnectPage *self)
{
  g_autofree char *title = NULL, *detail = NULL, *title_markup = NULL, *detail_markup = NULL;

  g_object_get (self->session, "error-title", &title, "error-detail", &detail, NULL);
  title_markup = g_markup_escape_text (title != NULL ? title : _ ("Cannot connect"), -1);
  detail_markup = g_markup_escape_text (detail != NULL ? detail : "", -1);
  adw_status_page_set_title (self->refused_page, title_markup);
  adw_status_page_set_description (self->refused_page, detail_markup);
  show_ways_out (self);
}

static void
on_node_opened (GroveConnectPage *self, const char *target, gboolean in_new_window)
{
  if (in_new_window)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.open-apart", "s", target);
  else
    grove_session_open (self->session, target);
}

/* Epmd is asked only while there is somebody to choose. */
static void
on_choose_map (GroveConnectPage *self)
{
  grove_node_picker_watch (GROVE_NODE_PICKER (self->nodes), TRUE);
}

static void
on_choose_unmap (GroveConnectPage *self)
{
  if (self->nodes != NULL)
    grove_node_picker_watch (GROVE_NODE_PICKER (self->nodes), FALSE);
}

/* What one waits for, and how long already: time is never empty. */
static gboolean
show_progress (gpointer user_data)
{
  GroveConnectPage *self = user_data;
  const char       *target = grove_session_get_target (self->session);
  gint64            waited_us = g_get_monotonic_time () - self->connecting_since_us;
  const char       *what = _ ("Waiting for its greeting");
  g_autofree char *waited = grove_format_duration (waited_us / G_USEC_PER_SEC * 1000 * 1000 * 1000);
  g_autofree char *text = NULL;

  if (target != NULL && g_str_has_prefix (target, "ssh:"))
    what = _ ("Waiting for ssh to reach the machine, and for the system to greet");
  else if (target != NULL && g_str_has_prefix (target, "beam:"))
    what = _ ("Waiting for the node to let us in");
  else if (target != NULL && g_str_has_prefix (target, "exec:"))
    what = _ ("Waiting for what the command connects to");
  if (waited_us >= G_USEC_PER_SEC)
    text = g_strdup_printf ("%s · %s", what, waited);
  gtk_label_set_text (self->progress_label, text != NULL ? text : what);
  return G_SOURCE_CONTINUE;
}

static void
follow_progress (GroveConnectPage *self, gboolean connecting)
{
  if (connecting == (self->progress_source != 0))
    return;
  g_clear_handle_id (&self->progress_source, g_source_remove);
  if (!connecting)
    return;
  self->connecting_since_us = g_get_monotonic_time ();
  self->progress_source = g_timeout_add_seconds (1, show_progress, self);
  show_progress (self);
}

static void
on_state_changed (GroveConnectPage *self)
{
  GroveSessionState state = grove_session_get_state (self->session);
  gboolean          connecting = state == GROVE_SESSION_CONNECTING;
  const char       *name = grove_session_get_system_name (self->session);
  g_autofree char  *text =
    g_strdup_printf (_ ("Connecting to %s…"), name != NULL ? name : _ ("the system"));

  gtk_label_set_text (self->connecting_label, text);
  follow_progress (self, connecting);
  if (state == GROVE_SESSION_REFUSED)
    {
      show_refused (self);
      gtk_stack_set_visible_child_name (self->stack, "refused");
    }
  else if (connecting)
    gtk_stack_set_visible_child_name (self->stack, "connecting");
  else
    gtk_stack_set_visible_child_name (self->stack, "choose");
}

/* One can type at once; without this the main menu, which is before it, has the focus. */
static void
on_map (GroveConnectPage *self)
{
  if (g_str_equal (gtk_stack_get_visible_child_name (self->stack), "choose"))
    grove_connect_page_focus (self);
}

static void
grove_connect_page_dispose (GObject *object)
{
  GroveConnectPage *self = GROVE_CONNECT_PAGE (object);

  g_clear_handle_id (&self->progress_source, g_source_remove);
  self->nodes = NULL;
  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  if (self->discovery != NULL)
    g_signal_handlers_disconnect_by_data (self->discovery, self);
  g_clear_object (&self->session);
  g_clear_object (&self->discovery);
  G_OBJECT_CLASS (grove_connect_page_parent_class)->dispose (object);
}

static void
grove_connect_page_class_init (GroveConnectPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = grove_connect_page_dispose;
  g_type_ensure (GROVE_TYPE_SPINNER);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/grove/Observer/grove-connect-page.ui");
#define BIND(child) gtk_widget_class_bind_template_child (widget_class, GroveConnectPage, child)
  BIND (stack);
  BIND (system_list);
  BIND (hint);
  BIND (recent_box);
  BIND (node_box);
  BIND (choose_page);
  BIND (cookie_button);
  BIND (way_button);
  BIND (retry_button);
  BIND (target_row);
  BIND (connect_button);
  BIND (connecting_label);
  BIND (progress_label);
  BIND (refused_page);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, on_system_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_target_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_connect);
  gtk_widget_class_bind_template_callback (widget_class, on_back);
  gtk_widget_class_bind_template_callback (widget_class, on_retry);
}

static void
grove_connect_page_init (GroveConnectPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self, "map", G_CALLBACK (on_map), NULL);
}

GtkWidget *
grove_connect_page_new (GroveSession *session, GroveDiscovery *discovery, GroveNodeList *nodes)
{
  GroveConnectPage *self = g_object_new (GROVE_TYPE_CONNECT_PAGE, NULL);
  GtkWidget        *recents;

  self->session = g_object_ref (session);
  self->discovery = g_object_ref (discovery);
  self->nodes = grove_node_picker_new (session, nodes, _ ("Erlang and Elixir Nodes Here"));
  grove_node_picker_set_served (GROVE_NODE_PICKER (self->nodes), discovery);
  gtk_box_append (self->node_box, self->nodes);
  g_object_bind_property (self->nodes, "visible", self->node_box, "visible", G_BINDING_SYNC_CREATE);
  g_signal_connect_object (self->nodes, "notify::visible", G_CALLBACK (on_systems_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->nodes, "opened", G_CALLBACK (on_node_opened), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->choose_page, "map", G_CALLBACK (on_choose_map), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->choose_page, "unmap", G_CALLBACK (on_choose_unmap), self,
                           G_CONNECT_SWAPPED);
  recents = grove_recent_list_new (session, discovery, nodes);
  gtk_box_append (self->recent_box, recents);
  g_signal_connect_object (recents, "opened", G_CALLBACK (grove_session_open), session,
                           G_CONNECT_SWAPPED);
  g_object_bind_property (recents, "visible", self->recent_box, "visible", G_BINDING_SYNC_CREATE);
  grove_cluster_heading_install (self->system_list);
  gtk_list_box_bind_model (self->system_list, G_LIST_MODEL (discovery), new_system_row, NULL, NULL);
  g_signal_connect_swapped (discovery, "items-changed", G_CALLBACK (on_systems_changed), self);
  g_signal_connect_swapped (session, "notify::state", G_CALLBACK (on_state_changed), self);
  g_signal_connect_swapped (session, "notify::error-title", G_CALLBACK (on_state_changed), self);
  on_systems_changed (self);
  on_state_changed (self);
  return GTK_WIDGET (self);
}

void
grove_connect_page_focus (GroveConnectPage *self)
{
  g_return_if_fail (GROVE_IS_CONNECT_PAGE (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->target_row));
}
