/* SPDX-License-Identifier: MIT
 *
 * GroveDictionarySection: a key and a term for each pair. Lines stay the same widgets while the
 * same keys are there, so that folds stay.
 */
#include "ui/grove-dictionary-section.h"

#include "observer/grove-dictionary.h"
#include "observer/grove-format.h"
#include "ui/grove-term-view.h"

#include <glib/gi18n.h>

struct _GroveDictionarySection
{
  GroveFoldedSection parent_instance;
  GroveSession      *session;
  GroveDictionary   *dictionary; /* NULL: nobody is shown */
  gint64             n_pairs;
  GtkBox            *pairs;
  GPtrArray         *keys; /* GtkLabel */
  GPtrArray         *views;
  GtkWidget         *pager, *previous_button, *next_button;
  GtkLabel          *page_label, *error_label;
};

G_DEFINE_FINAL_TYPE (GroveDictionarySection, grove_dictionary_section, GROVE_TYPE_FOLDED_SECTION)

static void
clear_pairs (GroveDictionarySection *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->pairs))) != NULL)
    gtk_box_remove (self->pairs, child);
  g_ptr_array_set_size (self->keys, 0);
  g_ptr_array_set_size (self->views, 0);
}

static void
add_pair (GroveDictionarySection *self)
{
  GtkWidget *key = gtk_label_new ("");
  GtkWidget *view = grove_term_view_new ();

  gtk_label_set_xalign (GTK_LABEL (key), 0);
  gtk_label_set_ellipsize (GTK_LABEL (key), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (key, "mono");
  gtk_widget_add_css_class (key, "term-key");
  gtk_widget_set_margin_bottom (view, 6);
  grove_section_hand_on (GROVE_SECTION (self), view);
  gtk_box_append (self->pairs, key);
  gtk_box_append (self->pairs, view);
  g_ptr_array_add (self->keys, key);
  g_ptr_array_add (self->views, view);
}

static gboolean
has_same_keys (GroveDictionarySection *self, const GrovePair *pairs, guint n)
{
  if (self->keys->len != n)
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (!g_str_equal (gtk_label_get_text (self->keys->pdata[i]), pairs[i].key))
      return FALSE;
  return TRUE;
}

static void
show_page (GroveDictionarySection *self, guint n)
{
  guint            offset = grove_dictionary_get_offset (self->dictionary);
  gboolean         more = grove_dictionary_has_more (self->dictionary);
  g_autofree char *from = grove_format_count ((gint64) offset + 1);
  g_autofree char *to = grove_format_count ((gint64) offset + n);
  g_autofree char *total = grove_format_count (MAX (self->n_pairs, (gint64) offset + n));

  gtk_widget_set_visible (self->pager, offset > 0 || more);
  gtk_widget_set_sensitive (self->previous_button, offset > 0);
  gtk_widget_set_sensitive (self->next_button, more && n > 0);
  grove_section_take_label (self->page_label, g_strdup_printf (_ ("%s–%s of %s"), from, to, total));
}

static void
on_changed (GroveDictionarySection *self)
{
  guint            n = 0;
  const GrovePair *pairs = grove_dictionary_get_pairs (self->dictionary, &n);
  const char      *error = grove_dictionary_get_error (self->dictionary);

  gtk_widget_set_visible (GTK_WIDGET (self->error_label), error != NULL);
  gtk_label_set_text (self->error_label, error != NULL ? error : "");
  if (!has_same_keys (self, pairs, n))
    {
      clear_pairs (self);
      for (guint i = 0; i < n; i++)
        {
          add_pair (self);
          gtk_label_set_text (self->keys->pdata[i], pairs[i].key);
          grove_term_view_set_title (self->views->pdata[i], pairs[i].key);
        }
    }
  for (guint i = 0; i < n; i++)
    grove_term_view_set_term (self->views->pdata[i], pairs[i].term);
  show_page (self, n);
}

static void
turn (GroveDictionarySection *self, int by)
{
  guint n = 0, offset;

  if (self->dictionary == NULL)
    return;
  (void) grove_dictionary_get_pairs (self->dictionary, &n);
  offset = grove_dictionary_get_offset (self->dictionary);
  grove_dictionary_set_offset (self->dictionary,
                               by > 0 ? offset + n : offset - MIN (offset, GROVE_DICTIONARY_PAGE));
}

static void
on_previous (GroveDictionarySection *self)
{
  turn (self, -1);
}

static void
on_next (GroveDictionarySection *self)
{
  turn (self, 1);
}

static void
set_active (GroveFoldedSection *section, gboolean active)
{
  GroveDictionarySection *self = GROVE_DICTIONARY_SECTION (section);

  if (self->dictionary != NULL)
    grove_dictionary_set_active (self->dictionary, active);
}

static void
drop_dictionary (GroveDictionarySection *self)
{
  if (self->dictionary != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->dictionary, self);
      grove_dictionary_set_active (self->dictionary, FALSE);
    }
  g_clear_object (&self->dictionary);
}

static void
follow (GroveSection *section, GroveSession *session, const char *pid)
{
  GroveDictionarySection *self = GROVE_DICTIONARY_SECTION (section);

  drop_dictionary (self);
  clear_pairs (self);
  gtk_widget_set_visible (self->pager, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->error_label), FALSE);
  grove_folded_section_set_subtitle (GROVE_FOLDED_SECTION (self), "");
  g_set_object (&self->session, session);
  if (pid == NULL)
    return;
  self->dictionary = grove_dictionary_new (session, pid);
  g_signal_connect_swapped (self->dictionary, "changed", G_CALLBACK (on_changed), self);
  grove_dictionary_set_active (self->dictionary,
                               grove_folded_section_is_active (GROVE_FOLDED_SECTION (self)));
}

static void
fill (GroveSection *section, GroveProcessDetail *detail)
{
  GroveDictionarySection *self = GROVE_DICTIONARY_SECTION (section);
  const char             *obstacle = NULL;
  gboolean                can = grove_session_can (self->session, "process.dictionary", &obstacle);
  gboolean                lost = grove_process_detail_is_gone (detail) && self->keys->len == 0;
  g_autofree char        *count = NULL;

  self->n_pairs = grove_process_detail_get_int (detail, "n_dictionary");
  count = grove_format_plural (self->n_pairs, "pair", "pairs");
  grove_folded_section_set_enabled (GROVE_FOLDED_SECTION (self),
                                    self->keys->len > 0 || (can && self->n_pairs > 0 && !lost));
  if (self->n_pairs == 0)
    grove_folded_section_set_subtitle (GROVE_FOLDED_SECTION (self), _ ("Empty"));
  else if (!can && self->keys->len == 0)
    grove_folded_section_set_subtitle (GROVE_FOLDED_SECTION (self), obstacle);
  else if (lost)
    grove_folded_section_set_subtitle (GROVE_FOLDED_SECTION (self),
                                       _ ("It was not read before the process ended"));
  else
    grove_folded_section_set_subtitle (GROVE_FOLDED_SECTION (self), count);
}

static void
grove_dictionary_section_dispose (GObject *object)
{
  GroveDictionarySection *self = GROVE_DICTIONARY_SECTION (object);

  drop_dictionary (self);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (grove_dictionary_section_parent_class)->dispose (object);
}

static void
grove_dictionary_section_finalize (GObject *object)
{
  GroveDictionarySection *self = GROVE_DICTIONARY_SECTION (object);

  g_ptr_array_unref (self->keys);
  g_ptr_array_unref (self->views);
  G_OBJECT_CLASS (grove_dictionary_section_parent_class)->finalize (object);
}

static void
grove_dictionary_section_class_init (GroveDictionarySectionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = grove_dictionary_section_dispose;
  G_OBJECT_CLASS (klass)->finalize = grove_dictionary_section_finalize;
  GROVE_SECTION_CLASS (klass)->follow = follow;
  GROVE_SECTION_CLASS (klass)->fill = fill;
  GROVE_FOLDED_SECTION_CLASS (klass)->set_active = set_active;
}

static GtkWidget *
new_turner (const char *icon, const char *tooltip)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "circular");
  gtk_widget_set_tooltip_text (button, tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, tooltip,
                                  -1);
  return button;
}

static void
grove_dictionary_section_init (GroveDictionarySection *self)
{
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);

  self->keys = g_ptr_array_new ();
  self->views = g_ptr_array_new ();
  self->pairs = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 0));
  self->error_label = GTK_LABEL (gtk_label_new (""));
  gtk_label_set_wrap (self->error_label, TRUE);
  gtk_label_set_xalign (self->error_label, 0);
  gtk_widget_add_css_class (GTK_WIDGET (self->error_label), "dim-label");
  gtk_widget_set_visible (GTK_WIDGET (self->error_label), FALSE);
  self->pager = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  self->page_label = GTK_LABEL (gtk_label_new (""));
  gtk_widget_set_hexpand (GTK_WIDGET (self->page_label), TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->page_label), "tnum");
  gtk_widget_add_css_class (GTK_WIDGET (self->page_label), "dim-label");
  self->previous_button = new_turner ("go-previous-symbolic", _ ("Pairs before these"));
  self->next_button = new_turner ("go-next-symbolic", _ ("Pairs behind these"));
  gtk_box_append (GTK_BOX (self->pager), self->previous_button);
  gtk_box_append (GTK_BOX (self->pager), GTK_WIDGET (self->page_label));
  gtk_box_append (GTK_BOX (self->pager), self->next_button);
  gtk_box_append (GTK_BOX (content), GTK_WIDGET (self->error_label));
  gtk_box_append (GTK_BOX (content), GTK_WIDGET (self->pairs));
  gtk_box_append (GTK_BOX (content), self->pager);
  g_signal_connect_swapped (self->previous_button, "clicked", G_CALLBACK (on_previous), self);
  g_signal_connect_swapped (self->next_button, "clicked", G_CALLBACK (on_next), self);
  grove_folded_section_set_up (GROVE_FOLDED_SECTION (self), _ ("Dictionary"), content);
  gtk_widget_set_visible (self->pager, FALSE);
}
