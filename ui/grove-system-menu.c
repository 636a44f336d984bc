/* SPDX-License-Identifier: MIT
 *
 * The popover of the header's system button.
 */
#include "ui/grove-system-menu.h"

#include "ui/grove-cluster-heading.h"
#include "ui/grove-node-picker.h"
#include "ui/grove-recent-list.h"
#include "ui/grove-state-dot.h"

#include <glib/gi18n.h>

#define LIST_HEIGHT 320

struct _GroveSystemMenu
{
  GtkPopover      parent_instance;
  GroveSession   *session;
  GroveDiscovery *discovery;
  GtkListBox     *list;
  GtkWidget      *none;
  GtkWidget      *cluster, *nodes; /* GroveNodePicker */
  GtkBox         *box;
};

G_DEFINE_FINAL_TYPE (GroveSystemMenu, grove_system_menu, GTK_TYPE_POPOVER)

static gboolean
is_current (GroveSystemMenu *self, GroveSystem *system)
{
  const char *target = grove_session_get_target (self->session);

  return g_strcmp0 (target, grove_system_get_path (system)) == 0 ||
         g_strcmp0 (target, grove_system_get_name (system)) == 0;
}

static GtkWidget *
new_row (gpointer item, gpointer user_data)
{
  GroveSystemMenu *self = user_data;
  GroveSystem     *system = item;
  GtkWidget       *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget       *dot = grove_state_dot_new ();
  GtkWidget       *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 1);
  GtkWidget       *name = gtk_label_new (grove_system_get_name (system));
  const char      *trouble = grove_system_get_trouble (system);
  GtkWidget       *detail = gtk_label_new (grove_system_get_live (system) ? _ ("Running")
                                           : trouble != NULL              ? trouble
                                                                          : _ ("Not running"));
  GtkWidget       *check = gtk_image_new_from_icon_name ("object-select-symbolic");
  GtkWidget       *row = gtk_list_box_row_new ();

  grove_state_dot_set_state (GROVE_STATE_DOT (dot), grove_system_get_live (system)
                                                      ? GROVE_PROCESS_RUNNING
                                                      : GROVE_PROCESS_WAITING);
  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (detail), 0);
  gtk_label_set_ellipsize (GTK_LABEL (detail), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (detail, "caption");
  gtk_widget_add_css_class (detail, "dim-label");
  gtk_widget_set_hexpand (texts, TRUE);
  gtk_box_append (GTK_BOX (texts), name);
  gtk_box_append (GTK_BOX (texts), detail);
  gtk_box_append (GTK_BOX (box), dot);
  gtk_box_append (GTK_BOX (box), texts);
  gtk_box_append (GTK_BOX (box), check);
  gtk_widget_set_visible (check, is_current (self, system));
  gtk_widget_set_margin_top (box, 6);
  gtk_widget_set_margin_bottom (box, 6);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_widget_set_sensitive (row, grove_system_get_live (system));
  g_object_set_data_full (G_OBJECT (row), "grove-path", g_strdup (grove_system_get_path (system)),
                          g_free);
  grove_cluster_heading_mark (row, system);
  return row;
}

typedef struct
{
  GroveSession *session;
  char         *target;
} Choice;

static gboolean
open_choice (gpointer user_data)
{
  Choice *choice = user_data;

  grove_session_open (choice->session, choice->target);
  return G_SOURCE_REMOVE;
}

static void
choice_free (gpointer user_data)
{
  Choice *choice = user_data;

  g_object_unref (choice->session);
  g_free (choice->target);
  g_free (choice);
}

/* The button this hangs on is hidden while connecting: not before the popover has gone. */
static void
open_later (GroveSystemMenu *self, const char *target)
{
  Choice *choice = g_new (Choice, 1);

  *choice = (Choice){ g_object_ref (self->session), g_strdup (target) };
  gtk_popover_popdown (GTK_POPOVER (self));
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, open_choice, choice, choice_free);
}

static void
on_row_activated (GroveSystemMenu *self, GtkListBoxRow *row)
{
  open_later (self, g_object_get_data (G_OBJECT (row), "grove-path"));
}

static void
on_recent_opened (GroveSystemMenu *self, const char *target)
{
  open_later (self, target);
}

static void
on_node_opened (GroveSystemMenu *self, const char *target, gboolean in_new_window)
{
  if (!in_new_window)
    {
      open_later (self, target);
      return;
    }
  gtk_popover_popdown (GTK_POPOVER (self));
  gtk_widget_activate_action (GTK_WIDGET (self), "win.open-apart", "s", target);
}

static void
watch_nodes (GroveSystemMenu *self, gboolean watch)
{
  grove_node_picker_watch (GROVE_NODE_PICKER (self->cluster), watch);
  grove_node_picker_watch (GROVE_NODE_PICKER (self->nodes), watch);
}

static void
on_hide (GroveSystemMenu *self)
{
  watch_nodes (self, FALSE);
}

static void
show_whether_any (GroveSystemMenu *self)
{
  gtk_widget_set_visible (self->none,
                          g_list_model_get_n_items (G_LIST_MODEL (self->discovery)) == 0 &&
                            !gtk_widget_get_visible (self->cluster) &&
                            !gtk_widget_get_visible (self->nodes));
}

/* Looks again each time it opens: what is shown is what is there now. */
static void
on_show (GroveSystemMenu *self)
{
  grove_discovery_refresh (self->discovery);
  watch_nodes (self, TRUE);
  gtk_list_box_bind_model (self->list, G_LIST_MODEL (self->discovery), new_row, self, NULL);
  show_whether_any (self);
}

static void
grove_system_menu_dispose (GObject *object)
{
  GroveSystemMenu *self = GROVE_SYSTEM_MENU (object);

  if (self->list != NULL)
    gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
  self->list = NULL;
  G_OBJECT_CLASS (grove_system_menu_parent_class)->dispose (object);
  g_clear_object (&self->session);
  g_clear_object (&self->discovery);
}

static void
grove_system_menu_class_init (GroveSystemMenuClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = grove_system_menu_dispose;
}

/* Looks as an item of a menu does: these are commands, beside the rows that are places. */
static GtkWidget *
new_button (const char *text, const char *action, const char *accel)
{
  GtkWidget *button = gtk_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *label = gtk_label_new_with_mnemonic (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_mnemonic_widget (GTK_LABEL (label), button);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (box), label);
  if (accel != NULL)
    {
      GtkWidget *shortcut = gtk_label_new (accel);

      gtk_widget_add_css_class (shortcut, "dim-label");
      gtk_accessible_update_state (GTK_ACCESSIBLE (shortcut), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE,
                                   -1);
      gtk_box_append (GTK_BOX (box), shortcut);
    }
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_RELATION_LABELLED_BY,
                                  label, NULL, -1);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "item");
  return button;
}

/* A cluster may have more than there is room for. */
static GtkWidget *
new_scrolled (GtkWidget *child)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scrolled), LIST_HEIGHT);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), child);
  return scrolled;
}

static void
grove_system_menu_init (GroveSystemMenu *self)
{
  GtkWidget       *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget       *commands = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  g_autofree char *accel = gtk_accelerator_get_label (GDK_KEY_o, GDK_CONTROL_MASK);

  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  grove_cluster_heading_install (self->list);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "navigation-sidebar");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Systems found"), -1);
  g_signal_connect_swapped (self->list, "row-activated", G_CALLBACK (on_row_activated), self);
  self->none = gtk_label_new (_ ("No other system is running here"));
  gtk_widget_add_css_class (self->none, "dim-label");
  gtk_widget_add_css_class (self->none, "none");

  gtk_widget_set_size_request (box, 320, -1);
  gtk_box_append (GTK_BOX (box), new_scrolled (GTK_WIDGET (self->list)));
  gtk_box_append (GTK_BOX (box), self->none);
  self->box = GTK_BOX (box);
  gtk_box_append (GTK_BOX (box), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  gtk_box_append (GTK_BOX (commands), new_button (_ ("_Connect…"), "win.connect", accel));
  gtk_box_append (GTK_BOX (commands), new_button (_ ("_Disconnect"), "win.disconnect", NULL));
  gtk_box_append (GTK_BOX (box), commands);
  gtk_widget_add_css_class (GTK_WIDGET (self), "systems");
  gtk_popover_set_child (GTK_POPOVER (self), box);
  gtk_widget_set_halign (GTK_WIDGET (self), GTK_ALIGN_START);
  g_signal_connect (self, "show", G_CALLBACK (on_show), NULL);
  g_signal_connect (self, "hide", G_CALLBACK (on_hide), NULL);
}

static GtkWidget *
add_picker (GroveSystemMenu *self, GroveNodeList *nodes, const char *heading, GtkWidget *after)
{
  GtkWidget *picker = grove_node_picker_new (self->session, nodes, heading);

  grove_node_picker_set_served (GROVE_NODE_PICKER (picker), self->discovery);
  g_signal_connect_object (picker, "opened", G_CALLBACK (on_node_opened), self, G_CONNECT_SWAPPED);
  gtk_box_insert_child_after (self->box, picker, after);
  return picker;
}

GtkWidget *
grove_system_menu_new (GroveSession *session, GroveDiscovery *discovery, GroveNodeList *nodes)
{
  GroveSystemMenu *self = g_object_new (GROVE_TYPE_SYSTEM_MENU, NULL);
  g_autoptr (GroveNodeList) cluster = grove_node_list_new_cluster (session);
  GtkWidget *recents;

  self->session = g_object_ref (session);
  self->discovery = g_object_ref (discovery);
  self->cluster = add_picker (self, cluster, _ ("Its Cluster"), self->none);
  self->nodes = add_picker (self, nodes, _ ("Erlang and Elixir Nodes Here"), self->cluster);
  grove_node_picker_set_except (GROVE_NODE_PICKER (self->nodes), cluster);
  g_signal_connect_object (self->nodes, "notify::visible", G_CALLBACK (show_whether_any), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->cluster, "notify::visible", G_CALLBACK (show_whether_any), self,
                           G_CONNECT_SWAPPED);
  recents = grove_recent_list_new (session, discovery, nodes);
  g_signal_connect_object (recents, "opened", G_CALLBACK (on_recent_opened), self,
                           G_CONNECT_SWAPPED);
  gtk_box_insert_child_after (self->box, recents, self->nodes);
  return GTK_WIDGET (self);
}
