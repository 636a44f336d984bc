/* SPDX-License-Identifier: MIT
 *
 * GroveSpinner: a spinner that spins while it is seen.
 */
#include "ui/grove-spinner.h"

struct _GroveSpinner
{
  AdwBin      parent_instance;
  GtkSpinner *spinner;
};

G_DEFINE_FINAL_TYPE (GroveSpinner, grove_spinner, ADW_TYPE_BIN)

static void
grove_spinner_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (grove_spinner_parent_class)->map (widget);
  gtk_spinner_start (GROVE_SPINNER (widget)->spinner);
}

static void
grove_spinner_unmap (GtkWidget *widget)
{
  gtk_spinner_stop (GROVE_SPINNER (widget)->spinner);
  GTK_WIDGET_CLASS (grove_spinner_parent_class)->unmap (widget);
}

static void
grove_spinner_class_init (GroveSpinnerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->map = grove_spinner_map;
  widget_class->unmap = grove_spinner_unmap;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PROGRESS_BAR);
}

static void
grove_spinner_init (GroveSpinner *self)
{
  /* This one has the label. */
  self->spinner =
    g_object_new (GTK_TYPE_SPINNER, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->spinner));
}
