/* SPDX-License-Identifier: MIT
 *
 * GroveNodePicker: a heading and a list box over a GroveNodeList.
 */
#include "ui/grove-node-picker.h"

#include "observer/grove-cookies.h"

#include <glib/gi18n.h>

#define LIST_HEIGHT 260

struct _GroveNodePicker
{
  GtkBox              parent_instance;
  GroveSession       *session;
  GroveNodeList      *nodes;
  GroveNodeList      *except; /* NULL: none */
  GroveDiscovery     *served; /* likewise */
  GtkCustomFilter    *filter;
  GtkFilterListModel *shown;
  GtkLabel           *heading;
  GtkListBox         *list;
  gboolean            watching;
};

enum
{
  OPENED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GroveNodePicker, grove_node_picker, GTK_TYPE_BOX)

static void
open_node (GroveNodePicker *self, GroveNode *node, gboolean in_new_window)
{
  g_autofree char *target = g_strdup (grove_node_get_target (node));

  grove_cookie_share (grove_session_get_target (self->session), target);
  g_signal_emit (self, signals[OPENED], 0, target, in_new_window);
}

static void
on_new_window (GtkButton *button, GtkWidget *row)
{
  GtkWidget *self = gtk_widget_get_ancestor (row, GROVE_TYPE_NODE_PICKER);

  open_node (GROVE_NODE_PICKER (self), g_object_get_data (G_OBJECT (row), "grove-node"), TRUE);
}

static void
on_row_activated (GroveNodePicker *self, GtkListBoxRow *row)
{
  open_node (self, g_object_get_data (G_OBJECT (row), "grove-node"), FALSE);
}

static GtkWidget *
new_row (gpointer item, gpointer user_data)
{
  GtkWidget       *row = adw_action_row_new ();
  GtkWidget       *apart = gtk_button_new_from_icon_name ("window-new-symbolic");
  const char      *name = grove_node_get_name (item);
  g_autofree char *title = g_markup_escape_text (name, -1);
  /* TRANSLATORS: %s is the name of an Erlang node. */
  g_autofree char *label = g_strdup_printf (_ ("Open %s in a new window"), name);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 1);
  gtk_widget_add_css_class (apart, "flat");
  gtk_widget_add_css_class (apart, "circular");
  gtk_widget_set_valign (apart, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (apart, _ ("In a new window"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (apart), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_object_set_data_full (G_OBJECT (row), "grove-node", g_object_ref (item), g_object_unref);
  g_signal_connect_object (apart, "clicked", G_CALLBACK (on_new_window), row, 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), apart);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  return row;
}

static gboolean
is_in (GroveNodeList *list, const char *name)
{
  guint n = list != NULL ? g_list_model_get_n_items (G_LIST_MODEL (list)) : 0;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GroveNode) node = g_list_model_get_item (G_LIST_MODEL (list), i);

      if (g_str_equal (grove_node_get_name (node), name))
        return TRUE;
    }
  return FALSE;
}

/* Through a socket of this machine. */
static gboolean
is_served (GroveNodePicker *self, GroveNode *node)
{
  return self->served != NULL && !g_str_has_prefix (grove_node_get_target (node), "ssh:") &&
         grove_discovery_serves_node (self->served, grove_node_get_name (node));
}

static gboolean
is_wanted (gpointer item, gpointer user_data)
{
  GroveNodePicker *self = user_data;
  const char      *target = grove_session_get_target (self->session);

  if (is_in (self->except, grove_node_get_name (item)) || is_served (self, item))
    return FALSE;
  if (grove_session_get_state (self->session) == GROVE_SESSION_IDLE)
    return TRUE;
  return g_strcmp0 (target, grove_node_get_target (item)) != 0 &&
         g_strcmp0 (grove_session_get_system_name (self->session), grove_node_get_name (item)) != 0;
}

static void
on_wanted_changed (GroveNodePicker *self)
{
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
}

static void
on_shown_changed (GroveNodePicker *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self),
                          g_list_model_get_n_items (G_LIST_MODEL (self->shown)) > 0);
}

void
grove_node_picker_set_except (GroveNodePicker *self, GroveNodeList *except)
{
  g_return_if_fail (GROVE_IS_NODE_PICKER (self));
  g_return_if_fail (self->except == NULL);
  self->except = g_object_ref (except);
  g_signal_connect_swapped (except, "items-changed", G_CALLBACK (on_wanted_changed), self);
  on_wanted_changed (self);
}

void
grove_node_picker_set_served (GroveNodePicker *self, GroveDiscovery *served)
{
  g_return_if_fail (GROVE_IS_NODE_PICKER (self));
  g_return_if_fail (self->served == NULL);
  self->served = g_object_ref (served);
  g_signal_connect_swapped (served, "items-changed", G_CALLBACK (on_wanted_changed), self);
  on_wanted_changed (self);
}

void
grove_node_picker_watch (GroveNodePicker *self, gboolean watch)
{
  g_return_if_fail (GROVE_IS_NODE_PICKER (self));
  if (self->watching == watch)
    return;
  self->watching = watch;
  if (watch)
    grove_node_list_watch (self->nodes);
  else
    grove_node_list_unwatch (self->nodes);
}

static void
grove_node_picker_dispose (GObject *object)
{
  GroveNodePicker *self = GROVE_NODE_PICKER (object);

  if (self->nodes != NULL)
    {
      grove_node_picker_watch (self, FALSE);
      g_signal_handlers_disconnect_by_data (self->session, self);
      g_signal_handlers_disconnect_by_data (self->shown, self);
      gtk_custom_filter_set_filter_func (self->filter, NULL, NULL, NULL);
      gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
    }
  g_clear_object (&self->shown);
  g_clear_object (&self->filter);
  if (self->except != NULL)
    g_signal_handlers_disconnect_by_data (self->except, self);
  g_clear_object (&self->except);
  if (self->served != NULL)
    g_signal_handlers_disconnect_by_data (self->served, self);
  g_clear_object (&self->served);
  g_clear_object (&self->nodes);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (grove_node_picker_parent_class)->dispose (object);
}

static void
grove_node_picker_class_init (GroveNodePickerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = grove_node_picker_dispose;
  signals[OPENED] = g_signal_new ("opened", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_BOOLEAN);
}

static void
grove_node_picker_init (GroveNodePicker *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 6);
  self->heading = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->heading, 0);
  gtk_widget_add_css_class (GTK_WIDGET (self->heading), "heading");
  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "boxed-list");
  g_signal_connect_swapped (self->list, "row-activated", G_CALLBACK (on_row_activated), self);
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->heading));
  /* A cluster may have hundreds. */
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scrolled), LIST_HEIGHT);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (self->list));
  gtk_box_append (GTK_BOX (self), scrolled);
  gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
}

GtkWidget *
grove_node_picker_new (GroveSession *session, GroveNodeList *nodes, const char *heading)
{
  GroveNodePicker *self = g_object_new (GROVE_TYPE_NODE_PICKER, NULL);

  self->session = g_object_ref (session);
  self->nodes = g_object_ref (nodes);
  self->filter = gtk_custom_filter_new (is_wanted, self, NULL);
  self->shown = gtk_filter_list_model_new (g_object_ref (G_LIST_MODEL (nodes)),
                                           g_object_ref (GTK_FILTER (self->filter)));
  gtk_label_set_text (self->heading, heading);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  heading, -1);
  gtk_list_box_bind_model (self->list, G_LIST_MODEL (self->shown), new_row, NULL, NULL);
  g_signal_connect_swapped (self->shown, "items-changed", G_CALLBACK (on_shown_changed), self);
  g_signal_connect_swapped (session, "notify::state", G_CALLBACK (on_wanted_changed), self);
  g_signal_connect_swapped (session, "notify::target", G_CALLBACK (on_wanted_changed), self);
  on_shown_changed (self);
  return GTK_WIDGET (self);
}
