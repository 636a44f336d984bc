/* SPDX-License-Identifier: MIT
 *
 * A heading before the first row of each cluster.
 */
#include "ui/grove-cluster-heading.h"

#include <glib/gi18n.h>

#define KEY "grove-cluster"

static void
set_heading (GtkListBoxRow *row, GtkListBoxRow *before, gpointer user_data)
{
  const char *cluster = g_object_get_data (G_OBJECT (row), KEY);
  const char *above = before != NULL ? g_object_get_data (G_OBJECT (before), KEY) : NULL;

  if (cluster == NULL || g_strcmp0 (cluster, above) == 0)
    {
      gtk_list_box_row_set_header (row, NULL);
      return;
    }
  /* TRANSLATORS: %s is the name of one of its Erlang nodes. */
  g_autofree char *text = g_strdup_printf (_ ("Cluster of %s"), cluster);
  GtkWidget       *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, "heading");
  gtk_widget_add_css_class (label, "cluster");
  gtk_list_box_row_set_header (row, label);
}

void
grove_cluster_heading_install (GtkListBox *list)
{
  gtk_list_box_set_header_func (list, set_heading, NULL, NULL);
}

void
grove_cluster_heading_mark (GtkWidget *row, GroveSystem *system)
{
  g_object_set_data_full (G_OBJECT (row), KEY, g_strdup (grove_system_get_cluster (system)),
                          g_free);
}
