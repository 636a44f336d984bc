/* SPDX-License-Identifier: MIT
 *
 * GroveBondsSection: a list of each kind, that opens.
 */
#include "ui/grove-bonds-section.h"

#include "ui/grove-link-rows.h"

#include <glib/gi18n.h>

enum
{
  PORTS = 4, /* which not every system has */
};

static const struct
{
  const char *title, *member, *count_member;
} lists[] = {
  { N_ ("Linked processes"), "links", "n_links" },
  { N_ ("Monitors"), "monitors", "n_monitors" },
  { N_ ("Monitored by"), "monitored_by", "n_monitored_by" },
  { N_ ("Suspending"), "suspending", "n_suspending" },
  { N_ ("Ports"), "ports", "n_ports" },
};

struct _GroveBondsSection
{
  GroveSection   parent_instance;
  GroveLinkRows *rows[G_N_ELEMENTS (lists)];
  GtkWidget     *ports;
};

G_DEFINE_FINAL_TYPE (GroveBondsSection, grove_bonds_section, GROVE_TYPE_SECTION)

static void
follow (GroveSection *section, GroveSession *session, const char *pid)
{
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    grove_link_rows_clear (GROVE_BONDS_SECTION (section)->rows[i]);
}

static void
fill (GroveSection *section, GroveProcessDetail *detail)
{
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    grove_link_rows_fill (GROVE_BONDS_SECTION (section)->rows[i], detail);
  gtk_widget_set_visible (GROVE_BONDS_SECTION (section)->ports,
                          grove_process_detail_get_int (detail, lists[PORTS].count_member) > 0);
}

static void
on_chosen (const char *pid, gpointer user_data)
{
  grove_section_navigate (user_data, pid);
}

static void
grove_bonds_section_finalize (GObject *object)
{
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    grove_link_rows_free (GROVE_BONDS_SECTION (object)->rows[i]);
  G_OBJECT_CLASS (grove_bonds_section_parent_class)->finalize (object);
}

static void
grove_bonds_section_class_init (GroveBondsSectionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = grove_bonds_section_finalize;
  GROVE_SECTION_CLASS (klass)->follow = follow;
  GROVE_SECTION_CLASS (klass)->fill = fill;
}

static void
grove_bonds_section_init (GroveBondsSection *self)
{
  GtkWidget *group = adw_preferences_group_new ();

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), _ ("Links and Monitors"));
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      GtkWidget *expander = adw_expander_row_new ();

      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (expander), _ (lists[i].title));
      adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), expander);
      self->rows[i] =
        grove_link_rows_new (ADW_EXPANDER_ROW (expander), lists[i].member, lists[i].count_member,
                             i == PORTS ? NULL : on_chosen, self);
      if (i == PORTS)
        self->ports = expander;
    }
  gtk_widget_set_visible (self->ports, FALSE);
  adw_bin_set_child (ADW_BIN (self), group);
}
