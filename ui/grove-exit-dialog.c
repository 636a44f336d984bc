/* SPDX-License-Identifier: MIT
 *
 * GroveExitDialog: asks for the reason a process is told to exit with.
 */
#include "ui/grove-exit-dialog.h"

struct _GroveExitDialog
{
  AdwWindow    parent_instance;
  gboolean     busy; /* an answer is awaited */
  GtkWidget   *exit_button;
  GtkLabel    *who_label;
  AdwEntryRow *reason_row;
  GtkLabel    *error_label;
};

enum
{
  CHOSEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GroveExitDialog, grove_exit_dialog, ADW_TYPE_WINDOW)

static void
on_chosen (GroveExitDialog *self)
{
  g_autofree char *reason = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->reason_row)));

  g_strstrip (reason);
  if (self->busy)
    return;
  if (reason[0] == '\0')
    grove_exit_dialog_set_error (self, "A reason is needed, for example shutdown.");
  else
    g_signal_emit (self, signals[CHOSEN], 0, reason);
}

static void
on_changed (GroveExitDialog *self)
{
  grove_exit_dialog_set_error (self, NULL);
}

static void
grove_exit_dialog_class_init (GroveExitDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/grove/Observer/grove-exit-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, GroveExitDialog, exit_button);
  gtk_widget_class_bind_template_child (widget_class, GroveExitDialog, who_label);
  gtk_widget_class_bind_template_child (widget_class, GroveExitDialog, reason_row);
  gtk_widget_class_bind_template_child (widget_class, GroveExitDialog, error_label);
  gtk_widget_class_bind_template_callback (widget_class, on_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, gtk_window_close);
  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
grove_exit_dialog_init (GroveExitDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->reason_row));
  gtk_editable_select_region (GTK_EDITABLE (self->reason_row), 0, -1);
}

GroveExitDialog *
grove_exit_dialog_new (GtkWindow *parent, const char *who)
{
  GroveExitDialog *self = g_object_new (GROVE_TYPE_EXIT_DIALOG, "transient-for", parent, NULL);

  gtk_label_set_text (self->who_label, who);
  return self;
}

void
grove_exit_dialog_set_error (GroveExitDialog *self, const char *error)
{
  g_return_if_fail (GROVE_IS_EXIT_DIALOG (self));
  gtk_label_set_text (self->error_label, error != NULL ? error : "");
  gtk_widget_set_visible (GTK_WIDGET (self->error_label), error != NULL);
  if (error != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self->reason_row), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->reason_row), "error");
}

void
grove_exit_dialog_set_busy (GroveExitDialog *self, gboolean busy)
{
  g_return_if_fail (GROVE_IS_EXIT_DIALOG (self));
  /* The row stays sensitive, or it would lose the focus, and a mended reason could not be typed. */
  self->busy = busy;
  gtk_widget_set_sensitive (self->exit_button, !busy);
}
