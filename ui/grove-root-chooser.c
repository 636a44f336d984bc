/* SPDX-License-Identifier: MIT
 *
 * GroveRootChooser: which applications the supervision graph shows; beside each, what stops it.
 */
#include "ui/grove-root-chooser.h"

#include <glib/gi18n.h>

/* Of more the first are listed; the others are always drawn. */
#define LISTED_MAX 200

struct _GroveRootChooser
{
  AdwBin      parent_instance;
  GroveGraph *graph; /* borrowed: it stands beside this in the view that holds both */

  GtkPopover *popover;
  GtkBox     *list;
  GtkLabel   *label, *rest_label;
  GtkWidget  *button, *all_button;
};

G_DEFINE_FINAL_TYPE (GroveRootChooser, grove_root_chooser, ADW_TYPE_BIN)

/* The last one stays: a graph of nothing helps nobody. */
static void
update_rows (GroveRootChooser *self)
{
  const guint n_shown = grove_graph_get_n_shown_roots (self->graph);

  for (GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self->list)); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    {
      GtkWidget     *check = gtk_widget_get_first_child (row);
      const gboolean last = n_shown == 1 && gtk_check_button_get_active (GTK_CHECK_BUTTON (check));

      gtk_widget_set_sensitive (check, !last);
      gtk_widget_set_tooltip_text (check, last ? _ ("At least one application is drawn") : NULL);
    }
  gtk_widget_set_sensitive (self->all_button, n_shown < grove_graph_get_n_roots (self->graph));
}

static void
update_button (GroveRootChooser *self)
{
  const guint      n = grove_graph_get_n_roots (self->graph);
  const guint      n_shown = grove_graph_get_n_shown_roots (self->graph);
  g_autofree char *text = NULL;

  if (n_shown >= n)
    text = g_strdup (_ ("All Applications"));
  else if (n_shown == 1)
    for (guint i = 0; i < n && text == NULL; i++)
      {
        const char *name = grove_graph_get_root (self->graph, i);

        if (grove_graph_is_root_shown (self->graph, name))
          text = g_strdup (name);
      }
  if (text == NULL)
    text = g_strdup_printf (_ ("%u of %u Applications"), n_shown, n);
  if (g_strcmp0 (gtk_label_get_text (self->label), text) != 0)
    {
      gtk_label_set_text (self->label, text);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      text, -1);
    }
  gtk_widget_set_visible (GTK_WIDGET (self), n > 1);
}

static void
on_toggled (GtkCheckButton *row, GroveRootChooser *self)
{
  grove_graph_set_root_shown (self->graph, g_object_get_data (G_OBJECT (row), "grove-root"),
                              gtk_check_button_get_active (row));
  update_rows (self);
}

/* The window asks before it does. */
static GtkWidget *
new_stop_button (GroveRootChooser *self, const char *name)
{
  GtkWidget       *button = gtk_button_new_from_icon_name ("media-playback-stop-symbolic");
  g_autofree char *title = g_strdup_printf (_ ("Stop %s…"), name);
  const char      *why = NULL;

  gtk_widget_add_css_class (button, "flat");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", name);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.stop-application");
  (void) grove_session_can (grove_graph_get_session (self->graph), "application.stop", &why);
  gtk_widget_set_tooltip_text (button, why != NULL ? why : title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  -1);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (gtk_popover_popdown), self->popover);
  return button;
}

static GtkWidget *
new_row (GroveRootChooser *self, const char *name)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *check = gtk_check_button_new_with_label (name);

  gtk_check_button_set_active (GTK_CHECK_BUTTON (check),
                               grove_graph_is_root_shown (self->graph, name));
  g_object_set_data_full (G_OBJECT (check), "grove-root", g_strdup (name), g_free);
  g_signal_connect (check, "toggled", G_CALLBACK (on_toggled), self);
  gtk_widget_set_hexpand (check, TRUE);
  gtk_box_append (GTK_BOX (row), check);
  gtk_box_append (GTK_BOX (row), new_stop_button (self, name));
  return row;
}

static void
fill (GroveRootChooser *self)
{
  const guint n = grove_graph_get_n_roots (self->graph);
  GtkWidget  *row;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->list))) != NULL)
    gtk_box_remove (self->list, row);
  for (guint i = 0; i < MIN (n, LISTED_MAX); i++)
    gtk_box_append (self->list, new_row (self, grove_graph_get_root (self->graph, i)));
  gtk_widget_set_visible (GTK_WIDGET (self->rest_label), n > LISTED_MAX);
  if (n > LISTED_MAX)
    {
      g_autofree char *text =
        g_strdup_printf (ngettext ("%u more is always drawn", "%u more are always drawn",
                                   n - LISTED_MAX),
                         n - LISTED_MAX);

      gtk_label_set_text (self->rest_label, text);
    }
  update_rows (self);
}

static void
on_show (GroveRootChooser *self)
{
  fill (self);
}

static void
on_all (GroveRootChooser *self)
{
  grove_graph_show_all_roots (self->graph);
  fill (self);
  gtk_popover_popdown (self->popover);
}

static void
grove_root_chooser_class_init (GroveRootChooserClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/grove/Observer/grove-root-chooser.ui");
  gtk_widget_class_bind_template_child (widget_class, GroveRootChooser, button);
  gtk_widget_class_bind_template_child (widget_class, GroveRootChooser, popover);
  gtk_widget_class_bind_template_child (widget_class, GroveRootChooser, list);
  gtk_widget_class_bind_template_child (widget_class, GroveRootChooser, label);
  gtk_widget_class_bind_template_child (widget_class, GroveRootChooser, rest_label);
  gtk_widget_class_bind_template_child (widget_class, GroveRootChooser, all_button);
  gtk_widget_class_bind_template_callback (widget_class, on_show);
  gtk_widget_class_bind_template_callback (widget_class, on_all);
}

static void
grove_root_chooser_init (GroveRootChooser *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
grove_root_chooser_set_graph (GroveRootChooser *self, GroveGraph *graph)
{
  g_return_if_fail (GROVE_IS_ROOT_CHOOSER (self));
  g_return_if_fail (self->graph == NULL);
  self->graph = graph;
  g_signal_connect_object (graph, "changed", G_CALLBACK (update_button), self, G_CONNECT_SWAPPED);
  update_button (self);
}
