/* SPDX-License-Identifier: MIT
 *
 * GroveFoldedSection: a list of one row that opens.
 */
#include "ui/grove-folded-section.h"

typedef struct
{
  AdwExpanderRow *expander;
  gboolean        active;
} GroveFoldedSectionPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (GroveFoldedSection, grove_folded_section, GROVE_TYPE_SECTION)

static GroveFoldedSectionPrivate *
get_private (GroveFoldedSection *self)
{
  return grove_folded_section_get_instance_private (self);
}

static void
set_active (GroveFoldedSection *self, gboolean active)
{
  GroveFoldedSectionPrivate *private = get_private (self);

  if (private->active == active)
    return;
  private->active = active;
  GROVE_FOLDED_SECTION_GET_CLASS (self)->set_active (self, active);
}

static void
update_active (GroveFoldedSection *self)
{
  set_active (self, grove_section_is_seen (GROVE_SECTION (self)) &&
                      adw_expander_row_get_expanded (get_private (self)->expander));
}

static void
set_seen (GroveSection *section, gboolean seen)
{
  update_active (GROVE_FOLDED_SECTION (section));
}

static void
grove_folded_section_class_init (GroveFoldedSectionClass *klass)
{
  GROVE_SECTION_CLASS (klass)->set_seen = set_seen;
}

static void
grove_folded_section_init (GroveFoldedSection *self)
{
  GtkWidget *list = gtk_list_box_new ();

  get_private (self)->expander = ADW_EXPANDER_ROW (adw_expander_row_new ());
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_list_box_append (GTK_LIST_BOX (list), GTK_WIDGET (get_private (self)->expander));
  adw_bin_set_child (ADW_BIN (self), list);
  g_signal_connect_object (get_private (self)->expander, "notify::expanded",
                           G_CALLBACK (update_active), self, G_CONNECT_SWAPPED);
}

void
grove_folded_section_set_up (GroveFoldedSection *self, const char *title, GtkWidget *content)
{
  GtkWidget *row = gtk_list_box_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (get_private (self)->expander), title);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_focusable (row, FALSE);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), content);
  gtk_widget_add_css_class (row, "section-content");
  adw_expander_row_add_row (get_private (self)->expander, row);
}

void
grove_folded_section_set_subtitle (GroveFoldedSection *self, const char *subtitle)
{
  g_autofree char *markup = g_markup_escape_text (subtitle, -1);

  if (g_strcmp0 (adw_expander_row_get_subtitle (get_private (self)->expander), markup) != 0)
    adw_expander_row_set_subtitle (get_private (self)->expander, markup);
}

void
grove_folded_section_set_enabled (GroveFoldedSection *self, gboolean enabled)
{
  AdwExpanderRow *expander = get_private (self)->expander;

  if (enabled == adw_expander_row_get_enable_expansion (expander))
    return;
  /* libadwaita opens a row whose expansion it enables; whether it is open is the person's to say.
   */
  adw_expander_row_set_enable_expansion (expander, enabled);
  adw_expander_row_set_expanded (expander, FALSE);
}

void
grove_folded_section_set_open (GroveFoldedSection *self, gboolean open)
{
  adw_expander_row_set_expanded (get_private (self)->expander, open);
}

gboolean
grove_folded_section_is_active (GroveFoldedSection *self)
{
  return get_private (self)->active;
}
