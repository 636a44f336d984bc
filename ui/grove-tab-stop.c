/* SPDX-License-Identifier: MIT
 *
 * GroveTabStop: the Tab key leads in, and out again.
 */
#include "ui/grove-tab-stop.h"

struct _GroveTabStop
{
  AdwBin parent_instance;
};

G_DEFINE_FINAL_TYPE (GroveTabStop, grove_tab_stop, ADW_TYPE_BIN)

static gboolean
grove_tab_stop_focus (GtkWidget *widget, GtkDirectionType direction)
{
  GtkWidget *child = adw_bin_get_child (ADW_BIN (widget));
  gboolean   inside = gtk_widget_get_focus_child (widget) != NULL;

  if (child == NULL ||
      (inside && (direction == GTK_DIR_TAB_FORWARD || direction == GTK_DIR_TAB_BACKWARD)))
    return FALSE;
  return gtk_widget_child_focus (child, direction);
}

static void
grove_tab_stop_class_init (GroveTabStopClass *klass)
{
  GTK_WIDGET_CLASS (klass)->focus = grove_tab_stop_focus;
}

static void
grove_tab_stop_init (GroveTabStop *self)
{
}

GtkWidget *
grove_tab_stop_new (GtkWidget *child)
{
  GtkWidget *self = g_object_new (GROVE_TYPE_TAB_STOP, NULL);

  adw_bin_set_child (ADW_BIN (self), child);
  return self;
}
