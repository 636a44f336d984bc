/* SPDX-License-Identifier: MIT
 *
 * GroveRecentList: a list box over the recent systems.
 */
#include "ui/grove-recent-list.h"

#include "ui/grove-recents.h"

#include <glib/gi18n.h>

struct _GroveRecentList
{
  GtkBox              parent_instance;
  GroveSession       *session;
  GroveDiscovery     *discovery;
  GroveNodeList      *nodes;
  GtkCustomFilter    *filter;
  GtkFilterListModel *shown;
  GtkListBox         *list;
};

enum
{
  OPENED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GroveRecentList, grove_recent_list, GTK_TYPE_BOX)

/* Whether it stands in the list of those that are found, dead or alive. */
static gboolean
is_found (GroveRecentList *self, const char *target)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->discovery));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GroveSystem) system = g_list_model_get_item (G_LIST_MODEL (self->discovery), i);

      if (g_str_equal (target, grove_system_get_path (system)) ||
          g_str_equal (target, grove_system_get_name (system)))
        return TRUE;
    }
  n = g_list_model_get_n_items (G_LIST_MODEL (self->nodes));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GroveNode) node = g_list_model_get_item (G_LIST_MODEL (self->nodes), i);

      if (g_str_equal (target, grove_node_get_target (node)))
        return TRUE;
    }
  return FALSE;
}

static const char *
get_target (GtkListBoxRow *row)
{
  return g_object_get_data (G_OBJECT (row), "grove-target");
}

static void
on_forget (GtkButton *button, GtkListBoxRow *row)
{
  g_autofree char *target = g_strdup (get_target (row));

  grove_recents_forget (target);
}

static GtkWidget *
new_row (gpointer item, gpointer user_data)
{
  GtkWidget       *row = adw_action_row_new ();
  GtkWidget       *icon = gtk_image_new_from_icon_name ("document-open-recent-symbolic");
  GtkWidget       *forget = gtk_button_new_from_icon_name ("window-close-symbolic");
  const char      *target = grove_recent_get_target (item);
  g_autofree char *title = g_markup_escape_text (grove_recent_get_name (item), -1);
  g_autofree char *subtitle = g_markup_escape_text (target, -1);
  /* TRANSLATORS: %s is the name of a system; the button takes it off the list of recent ones. */
  g_autofree char *label = g_strdup_printf (_ ("Forget %s"), grove_recent_get_name (item));

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 1);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 1);
  gtk_accessible_update_state (GTK_ACCESSIBLE (icon), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);
  gtk_widget_add_css_class (icon, "dim-label");
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  gtk_widget_add_css_class (forget, "flat");
  gtk_widget_add_css_class (forget, "circular");
  gtk_widget_set_valign (forget, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (forget, _ ("Forget"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (forget), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  g_object_set_data_full (G_OBJECT (row), "grove-target", g_strdup (target), g_free);
  g_signal_connect_object (forget, "clicked", G_CALLBACK (on_forget), row, 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), forget);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  return row;
}

static gboolean
is_wanted (gpointer item, gpointer user_data)
{
  GroveRecentList *self = user_data;
  const char      *target = grove_recent_get_target (item);
  const char      *current = grove_session_get_state (self->session) != GROVE_SESSION_IDLE
                               ? grove_session_get_target (self->session)
                               : NULL;

  return g_strcmp0 (current, target) != 0 && !is_found (self, target);
}

static void
on_wanted_changed (GroveRecentList *self)
{
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
}

static void
on_shown_changed (GroveRecentList *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self),
                          g_list_model_get_n_items (G_LIST_MODEL (self->shown)) > 0);
}

static void
on_row_activated (GroveRecentList *self, GtkListBoxRow *row)
{
  g_autofree char *target = g_strdup (get_target (row));

  g_signal_emit (self, signals[OPENED], 0, target);
}

static void
grove_recent_list_dispose (GObject *object)
{
  GroveRecentList *self = GROVE_RECENT_LIST (object);

  if (self->discovery != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->discovery, self);
      g_signal_handlers_disconnect_by_data (self->nodes, self);
      g_signal_handlers_disconnect_by_data (self->session, self);
      g_signal_handlers_disconnect_by_data (self->shown, self);
      gtk_custom_filter_set_filter_func (self->filter, NULL, NULL, NULL);
      gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
    }
  g_clear_object (&self->shown);
  g_clear_object (&self->filter);
  g_clear_object (&self->discovery);
  g_clear_object (&self->nodes);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (grove_recent_list_parent_class)->dispose (object);
}

static void
grove_recent_list_class_init (GroveRecentListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = grove_recent_list_dispose;
  signals[OPENED] = g_signal_new ("opened", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
grove_recent_list_init (GroveRecentList *self)
{
  GtkWidget *heading = gtk_label_new (_ ("Recent"));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 6);
  gtk_label_set_xalign (GTK_LABEL (heading), 0);
  gtk_widget_add_css_class (heading, "heading");
  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "boxed-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Recent systems"), -1);
  g_signal_connect_swapped (self->list, "row-activated", G_CALLBACK (on_row_activated), self);
  gtk_box_append (GTK_BOX (self), heading);
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->list));
}

GtkWidget *
grove_recent_list_new (GroveSession *session, GroveDiscovery *discovery, GroveNodeList *nodes)
{
  GroveRecentList *self = g_object_new (GROVE_TYPE_RECENT_LIST, NULL);

  self->session = g_object_ref (session);
  self->discovery = g_object_ref (discovery);
  self->nodes = g_object_ref (nodes);
  self->filter = gtk_custom_filter_new (is_wanted, self, NULL);
  self->shown = gtk_filter_list_model_new (g_object_ref (grove_recents_get ()),
                                           GTK_FILTER (g_object_ref (self->filter)));
  gtk_list_box_bind_model (self->list, G_LIST_MODEL (self->shown), new_row, NULL, NULL);
  g_signal_connect_swapped (discovery, "items-changed", G_CALLBACK (on_wanted_changed), self);
  g_signal_connect_swapped (nodes, "items-changed", G_CALLBACK (on_wanted_changed), self);
  g_signal_connect_swapped (session, "notify::state", G_CALLBACK (on_wanted_changed), self);
  g_signal_connect_swapped (self->shown, "items-changed", G_CALLBACK (on_shown_changed), self);
  on_shown_changed (self);
  return GTK_WIDGET (self);
}
