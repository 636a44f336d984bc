/* SPDX-License-Identifier: MIT
 *
 * GroveMessageRow: two lines, and below them a term that is made when it is first asked for.
 */
#include "ui/grove-message-row.h"

#include "observer/grove-format.h"
#include "ui/grove-term-view.h"

#include <glib/gi18n.h>

struct _GroveMessageRow
{
  GtkListBoxRow        parent_instance;
  GroveMailboxMessage *message;
  GtkImage            *arrow;
  GtkLabel            *text_label, *facts_label;
  GtkBox              *box;
  GtkWidget           *opened; /* NULL until it is opened */
  gboolean             open;
};

enum
{
  NAVIGATE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GroveMessageRow, grove_message_row, GTK_TYPE_LIST_BOX_ROW)

static void
show_facts (GroveMessageRow *self)
{
  g_autofree char *index =
    grove_format_count ((gint64) grove_mailbox_message_get_index (self->message) + 1);
  g_autofree char *size = grove_format_bytes (grove_mailbox_message_get_size (self->message));
  gint64           age_ns = grove_mailbox_message_get_age_ns (self->message);
  g_autofree char *age = grove_format_duration (MAX (age_ns, 0));
  const char      *from = grove_mailbox_message_get_from (self->message);
  g_autofree char *facts =
    g_strdup_printf ("%s · %s · %s · %s", index, from[0] != '\0' ? from : _ ("no process"),
                     age_ns < 0 ? _ ("age not known") : age, size);

  if (g_strcmp0 (gtk_label_get_text (self->facts_label), facts) != 0)
    gtk_label_set_text (self->facts_label, facts);
}

static void
navigate (GroveMessageRow *self, const char *pid)
{
  g_autofree char *copy = g_strdup (pid);

  g_signal_emit (self, signals[NAVIGATE], 0, copy);
}

static void
on_sender (GroveMessageRow *self)
{
  navigate (self, grove_mailbox_message_get_from (self->message));
}

static GtkWidget *
new_opened (GroveMessageRow *self)
{
  const char *from = grove_mailbox_message_get_from (self->message);
  GtkWidget  *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  GtkWidget  *view = grove_term_view_new ();

  grove_term_view_set_title (GROVE_TERM_VIEW (view), _ ("Message"));
  grove_term_view_set_term (GROVE_TERM_VIEW (view), grove_mailbox_message_get_term (self->message));
  g_signal_connect_object (view, "navigate", G_CALLBACK (navigate), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (box), view);
  if (from[0] != '\0')
    {
      GtkWidget *button = gtk_button_new_with_label (_ ("Show Sender"));

      gtk_widget_set_halign (button, GTK_ALIGN_START);
      gtk_widget_add_css_class (button, "caption");
      g_signal_connect_object (button, "clicked", G_CALLBACK (on_sender), self, G_CONNECT_SWAPPED);
      gtk_box_append (GTK_BOX (box), button);
    }
  return box;
}

void
grove_message_row_toggle (GroveMessageRow *self)
{
  g_return_if_fail (GROVE_IS_MESSAGE_ROW (self));
  self->open = !self->open;
  if (self->opened == NULL)
    {
      self->opened = new_opened (self);
      gtk_box_append (self->box, self->opened);
    }
  gtk_widget_set_visible (self->opened, self->open);
  gtk_image_set_from_icon_name (self->arrow, self->open ? "pan-down-symbolic" : "pan-end-symbolic");
  gtk_accessible_update_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_EXPANDED, self->open,
                               -1);
}

static void
grove_message_row_dispose (GObject *object)
{
  g_clear_object (&GROVE_MESSAGE_ROW (object)->message);
  G_OBJECT_CLASS (grove_message_row_parent_class)->dispose (object);
}

static void
grove_message_row_class_init (GroveMessageRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = grove_message_row_dispose;
  signals[NAVIGATE] = g_signal_new ("navigate", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static GtkLabel *
new_label (const char *css_class)
{
  GtkWidget *label = gtk_label_new ("");

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_add_css_class (label, css_class);
  return GTK_LABEL (label);
}

static void
grove_message_row_init (GroveMessageRow *self)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);

  self->arrow = GTK_IMAGE (gtk_image_new_from_icon_name ("pan-end-symbolic"));
  self->text_label = new_label ("mono");
  self->facts_label = new_label ("caption");
  gtk_widget_add_css_class (GTK_WIDGET (self->facts_label), "dim-label");
  gtk_widget_add_css_class (GTK_WIDGET (self->facts_label), "tnum");
  self->box = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 0));
  gtk_box_append (GTK_BOX (line), GTK_WIDGET (self->arrow));
  gtk_box_append (GTK_BOX (line), GTK_WIDGET (self->text_label));
  gtk_box_append (self->box, line);
  gtk_widget_set_margin_start (GTK_WIDGET (self->facts_label), 20);
  gtk_box_append (self->box, GTK_WIDGET (self->facts_label));
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self), GTK_WIDGET (self->box));
  gtk_accessible_update_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_EXPANDED, FALSE, -1);
}

GtkWidget *
grove_message_row_new (GroveMailboxMessage *message)
{
  GroveMessageRow *self = g_object_new (GROVE_TYPE_MESSAGE_ROW, NULL);

  self->message = g_object_ref (message);
  gtk_label_set_text (self->text_label, grove_mailbox_message_get_text (message));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  grove_mailbox_message_get_text (message), -1);
  g_signal_connect_object (message, "notify", G_CALLBACK (show_facts), self, G_CONNECT_SWAPPED);
  show_facts (self);
  return GTK_WIDGET (self);
}
