/* SPDX-License-Identifier: MIT
 *
 * GroveMessagesSection: a list bound to a page of a GroveMailbox, and its pager.
 */
#include "ui/grove-messages-section.h"

#include "observer/grove-format.h"
#include "ui/grove-message-pager.h"
#include "ui/grove-message-row.h"

#include <glib/gi18n.h>

#define PAGE 20

struct _GroveMessagesSection
{
  GroveFoldedSection parent_instance;
  GroveSession      *session;
  GroveMailbox      *mailbox; /* NULL: nobody is shown */
  gboolean           gone;
  GtkListBox        *list;
  GtkLabel          *note_label;
  GtkWidget         *costly_button;
  GroveMessagePager *pager;
};

G_DEFINE_FINAL_TYPE (GroveMessagesSection, grove_messages_section, GROVE_TYPE_FOLDED_SECTION)

static GtkWidget *
new_row (gpointer item, gpointer user_data)
{
  GtkWidget *row = grove_message_row_new (item);

  grove_section_hand_on (GROVE_SECTION (user_data), row);
  return row;
}

static void
on_activated (GroveMessagesSection *self, GtkListBoxRow *row)
{
  grove_message_row_toggle (GROVE_MESSAGE_ROW (row));
}

static void
on_refreshed (GroveMessagesSection *self)
{
  const char *error = grove_mailbox_get_error (self->mailbox);
  const char *cost = grove_mailbox_get_cost (self->mailbox);
  guint       n = g_list_model_get_n_items (G_LIST_MODEL (self->mailbox));

  gtk_widget_set_visible (self->costly_button, error == NULL && cost != NULL);
  if (error == NULL && cost != NULL)
    error = cost;
  if (error == NULL && n == 0)
    error = _ ("The mailbox is empty. What comes appears here.");
  gtk_widget_set_visible (GTK_WIDGET (self->note_label), error != NULL);
  gtk_label_set_text (self->note_label, error != NULL ? error : "");
  gtk_widget_set_visible (GTK_WIDGET (self->pager), n > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->list), n > 0);
}

static void
on_costly_clicked (GroveMessagesSection *self)
{
  if (self->mailbox == NULL)
    return;
  gtk_widget_set_visible (self->costly_button, FALSE);
  gtk_label_set_text (self->note_label, _ ("The messages are copied…"));
  grove_mailbox_read_costly (self->mailbox);
}

static void
set_active (GroveFoldedSection *section, gboolean active)
{
  GroveMessagesSection *self = GROVE_MESSAGES_SECTION (section);

  if (self->mailbox != NULL)
    grove_mailbox_set_active (self->mailbox, active);
}

static void
drop_mailbox (GroveMessagesSection *self)
{
  gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
  grove_message_pager_set_mailbox (self->pager, NULL, NULL, NULL);
  if (self->mailbox != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->mailbox, self);
      grove_mailbox_set_active (self->mailbox, FALSE);
    }
  g_clear_object (&self->mailbox);
}

static void
follow (GroveSection *section, GroveSession *session, const char *pid)
{
  GroveMessagesSection *self = GROVE_MESSAGES_SECTION (section);

  drop_mailbox (self);
  g_set_object (&self->session, session);
  grove_folded_section_set_subtitle (GROVE_FOLDED_SECTION (self), "");
  gtk_widget_set_visible (GTK_WIDGET (self->pager), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->note_label), FALSE);
  gtk_widget_set_visible (self->costly_button, FALSE);
  if (pid == NULL)
    return;
  self->mailbox = grove_mailbox_new (session, pid);
  grove_mailbox_set_page (self->mailbox, PAGE);
  g_signal_connect_swapped (self->mailbox, "refreshed", G_CALLBACK (on_refreshed), self);
  grove_message_pager_set_mailbox (self->pager, session, pid, self->mailbox);
  gtk_list_box_bind_model (self->list, G_LIST_MODEL (self->mailbox), new_row, self, NULL);
  grove_mailbox_set_active (self->mailbox,
                            grove_folded_section_is_active (GROVE_FOLDED_SECTION (self)));
}

static gboolean
has_messages (GroveMessagesSection *self)
{
  return self->mailbox != NULL && g_list_model_get_n_items (G_LIST_MODEL (self->mailbox)) > 0;
}

static void
show_count (GroveMessagesSection *self, gint64 n)
{
  g_autofree char *count = grove_format_plural (n, "message", "messages");

  grove_folded_section_set_subtitle (GROVE_FOLDED_SECTION (self), n > 0 ? count : _ ("Empty"));
}

static void
fill (GroveSection *section, GroveProcessDetail *detail)
{
  GroveMessagesSection *self = GROVE_MESSAGES_SECTION (section);
  const char           *obstacle = NULL;
  gboolean              can = grove_session_can (self->session, "process.messages", &obstacle);

  self->gone = grove_process_detail_is_gone (detail);
  grove_folded_section_set_enabled (GROVE_FOLDED_SECTION (self),
                                    has_messages (self) || (can && !self->gone));
  if (has_messages (self) || can)
    show_count (self, grove_process_detail_get_int (detail, "messages"));
  else
    grove_folded_section_set_subtitle (GROVE_FOLDED_SECTION (self), obstacle);
}

static void
live (GroveSection *section, const GroveProcessRow *row)
{
  GroveMessagesSection *self = GROVE_MESSAGES_SECTION (section);

  if (grove_session_can (self->session, "process.messages", NULL))
    show_count (self, row->messages);
}

static void
grove_messages_section_dispose (GObject *object)
{
  GroveMessagesSection *self = GROVE_MESSAGES_SECTION (object);

  if (self->mailbox != NULL)
    drop_mailbox (self);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (grove_messages_section_parent_class)->dispose (object);
}

static void
grove_messages_section_class_init (GroveMessagesSectionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = grove_messages_section_dispose;
  GROVE_SECTION_CLASS (klass)->follow = follow;
  GROVE_SECTION_CLASS (klass)->fill = fill;
  GROVE_SECTION_CLASS (klass)->live = live;
  GROVE_FOLDED_SECTION_CLASS (klass)->set_active = set_active;
}

static void
grove_messages_section_init (GroveMessagesSection *self)
{
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  self->pager = GROVE_MESSAGE_PAGER (grove_message_pager_new ());
  self->note_label = GTK_LABEL (gtk_label_new (""));
  gtk_label_set_wrap (self->note_label, TRUE);
  gtk_label_set_xalign (self->note_label, 0);
  gtk_widget_add_css_class (GTK_WIDGET (self->note_label), "dim-label");
  self->costly_button = gtk_button_new_with_mnemonic (_ ("_Read All the Same"));
  gtk_widget_set_halign (self->costly_button, GTK_ALIGN_START);
  gtk_widget_set_visible (self->costly_button, FALSE);
  g_signal_connect_swapped (self->costly_button, "clicked", G_CALLBACK (on_costly_clicked), self);
  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "term-lines");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Messages in the mailbox"), -1);
  gtk_box_append (GTK_BOX (content), GTK_WIDGET (self->pager));
  gtk_box_append (GTK_BOX (content), GTK_WIDGET (self->note_label));
  gtk_box_append (GTK_BOX (content), self->costly_button);
  gtk_box_append (GTK_BOX (content), GTK_WIDGET (self->list));
  g_signal_connect_swapped (self->list, "row-activated", G_CALLBACK (on_activated), self);
  grove_folded_section_set_up (GROVE_FOLDED_SECTION (self), _ ("Waiting messages"), content);
}
