/* SPDX-License-Identifier: MIT
 *
 * The entries of an expander that lists processes.
 */
#include "ui/grove-link-rows.h"

#include "observer/grove-format.h"

#include <glib/gi18n.h>

struct grove_link_rows
{
  AdwExpanderRow     *expander;
  const char         *member, *count_member;
  GroveLinkChosenFunc chosen;
  gpointer            user_data;
  GPtrArray          *rows;  /* GtkWidget, owned by the expander */
  char               *shown; /* what the rows stand for, to see whether it changed */
};

/* libadwaita opens a row whose expansion it enables; whether it is open is the person's to say. */
static void
enable (GroveLinkRows *self, gboolean enabled)
{
  if (enabled == adw_expander_row_get_enable_expansion (self->expander))
    return;
  adw_expander_row_set_enable_expansion (self->expander, enabled);
  adw_expander_row_set_expanded (self->expander, FALSE);
}

GroveLinkRows *
grove_link_rows_new (AdwExpanderRow     *expander,
                     const char         *member,
                     const char         *count_member,
                     GroveLinkChosenFunc chosen,
                     gpointer            user_data)
{
  GroveLinkRows *self = g_new0 (GroveLinkRows, 1);

  self->expander = expander;
  self->member = member;
  self->count_member = count_member;
  self->chosen = chosen;
  self->user_data = user_data;
  self->rows = g_ptr_array_new ();
  return self;
}

void
grove_link_rows_free (GroveLinkRows *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->rows);
  g_free (self->shown);
  g_free (self);
}

static void
on_activated (AdwActionRow *row, GroveLinkRows *self)
{
  self->chosen (g_object_get_data (G_OBJECT (row), "grove-pid"), self->user_data);
}

static GtkWidget *
new_row (GroveLinkRows *self, const GroveProcessLink *link)
{
  GtkWidget       *row = adw_action_row_new ();
  g_autofree char *title = g_markup_escape_text (link->name[0] ? link->name : link->pid, -1);
  g_autofree char *pid = g_markup_escape_text (link->pid, -1);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 1);
  if (link->name[0] != '\0')
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), pid);
  g_object_set_data_full (G_OBJECT (row), "grove-pid", g_strdup (link->pid), g_free);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), self->chosen != NULL);
  if (self->chosen == NULL)
    return row;
  adw_action_row_add_suffix (ADW_ACTION_ROW (row),
                             gtk_image_new_from_icon_name ("go-next-symbolic"));
  g_signal_connect (row, "activated", G_CALLBACK (on_activated), self);
  return row;
}

static void
replace_rows (GroveLinkRows *self, const GroveProcessLink *links, guint n)
{
  for (guint i = 0; i < self->rows->len; i++)
    adw_expander_row_remove (self->expander, g_ptr_array_index (self->rows, i));
  g_ptr_array_set_size (self->rows, 0);
  for (guint i = 0; i < n; i++)
    {
      GtkWidget *row = new_row (self, &links[i]);

      adw_expander_row_add_row (self->expander, row);
      g_ptr_array_add (self->rows, row);
    }
}

void
grove_link_rows_fill (GroveLinkRows *self, GroveProcessDetail *detail)
{
  guint                   n = 0;
  const GroveProcessLink *links = grove_process_detail_get_links (detail, self->member, &n);
  gint64                  total = grove_process_detail_get_int (detail, self->count_member);
  GString                *shown = g_string_new (NULL);
  g_autofree char        *count = NULL;

  total = MAX (total, (gint64) n);
  g_string_printf (shown, "%" G_GINT64_FORMAT "\n", total);
  for (guint i = 0; i < n; i++)
    g_string_append_printf (shown, "%s %s\n", links[i].pid, links[i].name);
  if (g_strcmp0 (self->shown, shown->str) == 0)
    {
      g_string_free (shown, TRUE);
      return;
    }
  g_free (self->shown);
  self->shown = g_string_free (shown, FALSE);
  replace_rows (self, links, n);
  count = grove_format_count (total);
  if (total > n)
    {
      char *all = g_steal_pointer (&count);

      count = g_strdup_printf (_ ("%s, the first %u shown"), all, n);
      g_free (all);
    }
  adw_expander_row_set_subtitle (self->expander, total == 0 ? _ ("None") : count);
  enable (self, n > 0);
}

void
grove_link_rows_clear (GroveLinkRows *self)
{
  replace_rows (self, NULL, 0);
  adw_expander_row_set_subtitle (self->expander, "");
  g_clear_pointer (&self->shown, g_free);
}
