/* SPDX-License-Identifier: MIT
 *
 * GroveMessagePager: sets a mailbox's offset, and leads a GroveMailboxSearch.
 */
#include "ui/grove-message-pager.h"

#include "observer/grove-format.h"
#include "observer/grove-mailbox-search.h"

#include <glib/gi18n.h>

struct _GroveMessagePager
{
  AdwBin              parent_instance;
  GroveMailbox       *mailbox; /* NULL: none */
  GroveMailboxSearch *search;
  char               *sought; /* what the search was begun with, NULL: it was not */
  guint               match;  /* which is shown, from 1; 0 none yet */

  GtkWidget *first_button, *previous_button, *next_button, *last_button;
  GtkWidget *search_button, *search_entry, *find_button, *go_button;
  GtkLabel  *range_label, *kinds_label, *search_label;
};

G_DEFINE_FINAL_TYPE (GroveMessagePager, grove_message_pager, ADW_TYPE_BIN)

static void
take_label (GtkLabel *label, char *text)
{
  if (g_strcmp0 (gtk_label_get_text (label), text) != 0)
    gtk_label_set_text (label, text);
  g_free (text);
}

/* ---- Pages --------------------------------------------------------------------------------------
 */

static void
show_kinds (GroveMessagePager *self)
{
  guint64          total, n_read = grove_mailbox_search_get_n_read (self->search, &total);
  g_autofree char *kinds = n_read > 0 ? grove_mailbox_search_say_kinds (self->search)
                                      : grove_mailbox_say_kinds (self->mailbox);
  guint            n = g_list_model_get_n_items (G_LIST_MODEL (self->mailbox));
  gboolean         all = n_read == 0 && n == grove_mailbox_get_total (self->mailbox);
  g_autofree char *count = grove_format_count ((gint64) n_read);

  gtk_widget_set_visible (GTK_WIDGET (self->kinds_label), kinds[0] != '\0');
  if (n_read > 0)
    take_label (self->kinds_label, g_strdup_printf (_ ("Of the first %s: %s"), count, kinds));
  else
    take_label (self->kinds_label,
                all ? g_strdup (kinds) : g_strdup_printf (_ ("On this page: %s"), kinds));
}

static void
show_page (GroveMessagePager *self)
{
  guint64          offset = grove_mailbox_get_offset (self->mailbox);
  guint64          total = grove_mailbox_get_total (self->mailbox);
  guint            n = g_list_model_get_n_items (G_LIST_MODEL (self->mailbox));
  gboolean         newer = offset + n < total;
  g_autofree char *from = grove_format_count ((gint64) offset + 1);
  g_autofree char *to = grove_format_count ((gint64) (offset + n));
  g_autofree char *all = grove_format_count ((gint64) total);

  /* TRANSLATORS: "1–20 of 1,000 messages", without the word */
  take_label (self->range_label,
              n > 0 ? g_strdup_printf (_ ("%s–%s of %s"), from, to, all) : g_strdup (""));
  gtk_widget_set_sensitive (self->first_button, offset > 0);
  gtk_widget_set_sensitive (self->previous_button, offset > 0);
  gtk_widget_set_sensitive (self->next_button, newer);
  gtk_widget_set_sensitive (self->last_button, newer);
  show_kinds (self);
}

/* The mailbox may have become shorter than where one looked. */
static void
on_refreshed (GroveMessagePager *self)
{
  guint64 total = grove_mailbox_get_total (self->mailbox);
  guint   page = grove_mailbox_get_page (self->mailbox);

  if (grove_mailbox_get_offset (self->mailbox) >= MAX (total, 1))
    grove_mailbox_set_offset (self->mailbox, total > page ? total - page : 0);
  show_page (self);
}

static void
go_to (GroveMessagePager *self, guint64 offset)
{
  if (self->mailbox != NULL)
    grove_mailbox_set_offset (self->mailbox, offset);
}

static void
on_first (GroveMessagePager *self)
{
  go_to (self, 0);
}

static void
on_previous (GroveMessagePager *self)
{
  guint64 offset = grove_mailbox_get_offset (self->mailbox);

  go_to (self, offset - MIN (offset, grove_mailbox_get_page (self->mailbox)));
}

static void
on_next (GroveMessagePager *self)
{
  /* A page of large messages has fewer. */
  go_to (self, grove_mailbox_get_offset (self->mailbox) +
                 g_list_model_get_n_items (G_LIST_MODEL (self->mailbox)));
}

static void
on_last (GroveMessagePager *self)
{
  guint64 total = grove_mailbox_get_total (self->mailbox);
  guint   page = grove_mailbox_get_page (self->mailbox);

  go_to (self, total > page ? total - page : 0);
}

/* ---- Searching ----------------------------------------------------------------------------------
 */

static char *
describe_search (GroveMessagePager *self, guint n_matches)
{
  guint64          total, n_read = grove_mailbox_search_get_n_read (self->search, &total);
  g_autofree char *read = grove_format_count ((gint64) n_read);
  g_autofree char *all = grove_format_count ((gint64) total);
  const char      *error = grove_mailbox_search_get_error (self->search);

  if (error != NULL)
    return g_strdup (error);
  if (self->sought == NULL)
    return g_strdup (_ ("Enter reads the mailbox, and takes nothing"));
  if (self->sought[0] == '\0')
    return g_strdup_printf (_ ("%s of %s read"), read, all);
  if (n_matches == 0)
    return g_strdup_printf (_ ("None in %s of %s"), read, all);
  if (self->match > 0)
    return g_strdup_printf (ngettext ("%u of %u match in %s of %s", "%u of %u matches in %s of %s",
                                      n_matches),
                            self->match, n_matches, read, all);
  return g_strdup_printf (ngettext ("%u match in %s of %s", "%u matches in %s of %s", n_matches),
                          n_matches, read, all);
}

static void
show_match (GroveMessagePager *self, guint match)
{
  guint          n;
  const guint64 *matches = grove_mailbox_search_get_matches (self->search, &n);

  if (match == 0 || match > n)
    return;
  self->match = match;
  go_to (self, matches[match - 1]);
}

static void
on_search_changed (GroveMessagePager *self)
{
  guint    n_matches;
  guint64  total, n_read = grove_mailbox_search_get_n_read (self->search, &total);
  gboolean busy = grove_mailbox_search_is_busy (self->search);

  (void) grove_mailbox_search_get_matches (self->search, &n_matches);
  if (self->match == 0)
    show_match (self, 1);
  take_label (self->search_label, describe_search (self, n_matches));
  gtk_widget_set_visible (self->go_button, busy || (n_read > 0 && n_read < total));
  gtk_button_set_label (GTK_BUTTON (self->go_button), busy ? _ ("Stop") : _ ("Read On"));
  gtk_widget_set_sensitive (self->find_button, n_matches > 0);
  if (self->mailbox != NULL)
    show_kinds (self);
}

static void
on_find (GroveMessagePager *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->search_entry));
  guint       n_matches;

  if (self->search == NULL)
    return;
  if (g_strcmp0 (self->sought, text) != 0)
    {
      g_free (self->sought);
      self->sought = g_strdup (text);
      self->match = 0;
      grove_mailbox_search_start (self->search, text);
      return;
    }
  (void) grove_mailbox_search_get_matches (self->search, &n_matches);
  if (n_matches > 0)
    show_match (self, self->match % n_matches + 1);
  on_search_changed (self);
}

static void
on_go (GroveMessagePager *self)
{
  if (self->search == NULL)
    return;
  if (grove_mailbox_search_is_busy (self->search))
    grove_mailbox_search_stop (self->search);
  else
    grove_mailbox_search_go_on (self->search);
}

static void
on_stop_search (GroveMessagePager *self)
{
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->search_button), FALSE);
}

/* What is under way is not wanted by who has put the search away. */
static void
on_search_toggled (GroveMessagePager *self)
{
  gboolean open = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->search_button));

  if (open)
    gtk_widget_grab_focus (self->search_entry);
  else if (self->search != NULL)
    grove_mailbox_search_stop (self->search);
}

/* ---- The object ---------------------------------------------------------------------------------
 */

static void
drop (GroveMessagePager *self)
{
  if (self->mailbox != NULL)
    g_signal_handlers_disconnect_by_data (self->mailbox, self);
  if (self->search != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->search, self);
      g_object_run_dispose (G_OBJECT (self->search));
    }
  g_clear_object (&self->mailbox);
  g_clear_object (&self->search);
  g_clear_pointer (&self->sought, g_free);
  self->match = 0;
}

void
grove_message_pager_set_mailbox (GroveMessagePager *self,
                                 GroveSession      *session,
                                 const char        *pid,
                                 GroveMailbox      *mailbox)
{
  g_return_if_fail (GROVE_IS_MESSAGE_PAGER (self));
  drop (self);
  if (mailbox == NULL)
    return;
  self->mailbox = g_object_ref (mailbox);
  self->search = grove_mailbox_search_new (session, pid);
  g_signal_connect_swapped (mailbox, "refreshed", G_CALLBACK (on_refreshed), self);
  g_signal_connect_swapped (self->search, "changed", G_CALLBACK (on_search_changed), self);
  on_search_changed (self);
  show_page (self);
}

static void
grove_message_pager_dispose (GObject *object)
{
  drop (GROVE_MESSAGE_PAGER (object));
  G_OBJECT_CLASS (grove_message_pager_parent_class)->dispose (object);
}

static void
grove_message_pager_class_init (GroveMessagePagerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = grove_message_pager_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/grove/Observer/grove-message-pager.ui");
#define BIND(child) gtk_widget_class_bind_template_child (widget_class, GroveMessagePager, child)
  BIND (first_button);
  BIND (previous_button);
  BIND (next_button);
  BIND (last_button);
  BIND (search_button);
  BIND (search_entry);
  BIND (find_button);
  BIND (go_button);
  BIND (range_label);
  BIND (kinds_label);
  BIND (search_label);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, on_first);
  gtk_widget_class_bind_template_callback (widget_class, on_previous);
  gtk_widget_class_bind_template_callback (widget_class, on_next);
  gtk_widget_class_bind_template_callback (widget_class, on_last);
  gtk_widget_class_bind_template_callback (widget_class, on_find);
  gtk_widget_class_bind_template_callback (widget_class, on_go);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_search);
}

static void
grove_message_pager_init (GroveMessagePager *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_swapped (self->search_button, "toggled", G_CALLBACK (on_search_toggled), self);
}

GtkWidget *
grove_message_pager_new (void)
{
  return g_object_new (GROVE_TYPE_MESSAGE_PAGER, NULL);
}
