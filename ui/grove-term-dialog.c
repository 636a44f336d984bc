/* SPDX-License-Identifier: MIT
 *
 * GroveTermDialog: asks for a term.
 */
#include "ui/grove-term-dialog.h"

#include <glib/gi18n.h>

struct _GroveTermDialog
{
  AdwWindow    parent_instance;
  gboolean     busy; /* an answer is awaited */
  char        *empty;
  GtkWidget   *button;
  GtkLabel    *who_label, *example_label;
  AdwEntryRow *term_row;
  GtkLabel    *error_label;
};

enum
{
  CHOSEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GroveTermDialog, grove_term_dialog, ADW_TYPE_WINDOW)

static void
on_chosen (GroveTermDialog *self)
{
  g_autofree char *term = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->term_row)));

  g_strstrip (term);
  if (self->busy)
    return;
  if (term[0] == '\0')
    grove_term_dialog_set_error (self, self->empty);
  else
    g_signal_emit (self, signals[CHOSEN], 0, term);
}

static void
on_changed (GroveTermDialog *self)
{
  grove_term_dialog_set_error (self, NULL);
}

static void
grove_term_dialog_finalize (GObject *object)
{
  g_free (GROVE_TERM_DIALOG (object)->empty);
  G_OBJECT_CLASS (grove_term_dialog_parent_class)->finalize (object);
}

static void
grove_term_dialog_class_init (GroveTermDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = grove_term_dialog_finalize;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/grove/Observer/grove-term-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, GroveTermDialog, button);
  gtk_widget_class_bind_template_child (widget_class, GroveTermDialog, who_label);
  gtk_widget_class_bind_template_child (widget_class, GroveTermDialog, example_label);
  gtk_widget_class_bind_template_child (widget_class, GroveTermDialog, term_row);
  gtk_widget_class_bind_template_child (widget_class, GroveTermDialog, error_label);
  gtk_widget_class_bind_template_callback (widget_class, on_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, gtk_window_close);
  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
grove_term_dialog_init (GroveTermDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->term_row));
}

GroveTermDialog *
grove_term_dialog_new (GtkWindow *parent, const GroveTermQuestion *question, const char *who)
{
  GroveTermDialog *self = g_object_new (GROVE_TYPE_TERM_DIALOG, "transient-for", parent, "title",
                                        _ (question->title), NULL);

  self->empty = g_strdup (_ (question->empty));
  gtk_label_set_text (self->who_label, who);
  gtk_label_set_text (self->example_label, _ (question->example));
  gtk_button_set_label (GTK_BUTTON (self->button), _ (question->button));
  gtk_widget_add_css_class (self->button,
                            question->destructive ? "destructive-action" : "suggested-action");
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->term_row), _ (question->prompt));
  gtk_editable_set_text (GTK_EDITABLE (self->term_row), question->text);
  gtk_editable_select_region (GTK_EDITABLE (self->term_row), 0, -1);
  return self;
}

void
grove_term_dialog_set_error (GroveTermDialog *self, const char *error)
{
  g_return_if_fail (GROVE_IS_TERM_DIALOG (self));
  gtk_label_set_text (self->error_label, error != NULL ? error : "");
  gtk_widget_set_visible (GTK_WIDGET (self->error_label), error != NULL);
  if (error != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self->term_row), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->term_row), "error");
}

void
grove_term_dialog_set_busy (GroveTermDialog *self, gboolean busy)
{
  g_return_if_fail (GROVE_IS_TERM_DIALOG (self));
  /* The row stays sensitive, or it would lose the focus, and a mended term could not be typed. */
  self->busy = busy;
  gtk_widget_set_sensitive (self->button, !busy);
}
