/* SPDX-License-Identifier: MIT
 *
 * What a process consists of.
 */
#include "ui/grove-fact-rows.h"

#include "observer/grove-dictionary.h"
#include "observer/grove-format.h"

#include <glib/gi18n.h>

enum
{
  HEAP,
  STACK,
  MAILBOX,
  CONTROL,
  PID,
  GROUP_LEADER,
  ERROR_HANDLER,
  COLLECTION,
  N_FACTS
};

static const struct
{
  const char *title, *subtitle;
  const char *member; /* of `process.get`: its size, or what it is or why there is none */
} facts[N_FACTS] = {
  [HEAP] = { N_ ("Heap"), N_ ("all of it is in use: it is the total heap too"), "sizes.heap" },
  [STACK] = { N_ ("Stack"), NULL, "sizes.stack" },
  [MAILBOX] = { N_ ("Messages"), N_ ("the mailbox in bytes"), "sizes.mailbox" },
  [CONTROL] = { N_ ("Control block"), NULL, "sizes.control_block" },
  [PID] = { N_ ("PID"), NULL, "sizes.pid" },
  [GROUP_LEADER] = { N_ ("Group leader"), NULL, NULL },
  [ERROR_HANDLER] = { N_ ("Error handler"), NULL, "absent.error_handler" },
  [COLLECTION] = { N_ ("Garbage collection"), NULL, "absent.garbage_collection" },
};

struct grove_fact_rows
{
  GtkWidget       *rows[N_FACTS];
  GtkLabel        *labels[N_FACTS];
  AdwExpanderRow  *dictionary_row;
  GroveDictionary *dictionary; /* NULL: nobody is shown */
  GPtrArray       *pair_rows;
};

static void
take_label (GtkLabel *label, char *text)
{
  if (g_strcmp0 (gtk_label_get_text (label), text) != 0)
    gtk_label_set_text (label, text);
  g_free (text);
}

/* ---- The dictionary -----------------------------------------------------------------------------
 */

static GtkWidget *
new_pair_row (const GrovePair *pair)
{
  GtkWidget       *row = adw_action_row_new ();
  g_autofree char *title = g_markup_escape_text (pair->key, -1);
  g_autofree char *subtitle = g_markup_escape_text (pair->value, -1);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 1);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 3);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  return row;
}

static void
clear_pairs (GroveFactRows *self)
{
  for (guint i = 0; i < self->pair_rows->len; i++)
    adw_expander_row_remove (self->dictionary_row, g_ptr_array_index (self->pair_rows, i));
  g_ptr_array_set_size (self->pair_rows, 0);
}

static void
on_pairs (GroveFactRows *self)
{
  guint            n = 0;
  const GrovePair *pairs = grove_dictionary_get_pairs (self->dictionary, &n);

  clear_pairs (self);
  for (guint i = 0; i < n; i++)
    {
      GtkWidget *row = new_pair_row (&pairs[i]);

      adw_expander_row_add_row (self->dictionary_row, row);
      g_ptr_array_add (self->pair_rows, row);
    }
}

/* Only an open one is asked for. */
static void
update_dictionary (GroveFactRows *self)
{
  if (self->dictionary != NULL)
    grove_dictionary_set_active (self->dictionary,
                                 adw_expander_row_get_expanded (self->dictionary_row) &&
                                   gtk_widget_get_mapped (GTK_WIDGET (self->dictionary_row)));
}

static void
drop_dictionary (GroveFactRows *self)
{
  if (self->dictionary == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->dictionary, self);
  grove_dictionary_set_active (self->dictionary, FALSE);
  g_clear_object (&self->dictionary);
}

static void
show_dictionary (GroveFactRows *self, GroveSession *session, gint64 n_pairs)
{
  const char      *obstacle = NULL;
  gboolean         open = grove_session_can (session, "process.dictionary", &obstacle);
  g_autofree char *count = grove_format_plural (n_pairs, "pair", "pairs");
  gboolean         enabled = open && n_pairs > 0;

  adw_expander_row_set_subtitle (self->dictionary_row, !open          ? obstacle
                                                       : n_pairs == 0 ? _ ("Empty")
                                                                      : count);
  if (enabled != adw_expander_row_get_enable_expansion (self->dictionary_row))
    {
      /* libadwaita opens a row whose expansion it enables. */
      adw_expander_row_set_enable_expansion (self->dictionary_row, enabled);
      adw_expander_row_set_expanded (self->dictionary_row, FALSE);
    }
}

/* ---- All ----------------------------------------------------------------------------------------
 */

static char *
in_bytes (gint64 n_bytes)
{
  g_autofree char *count = grove_format_count (n_bytes);

  return g_strdup_printf ("%s B", count);
}

/* What there is none of, in a system that says so. */
static void
show_absent (GroveFactRows *self, int fact, const char *why)
{
  gtk_widget_set_visible (self->rows[fact], why[0] != '\0');
  gtk_label_set_text (self->labels[fact], _ ("none"));
  if (g_strcmp0 (adw_action_row_get_subtitle (ADW_ACTION_ROW (self->rows[fact])), why) != 0)
    {
      g_autofree char *markup = g_markup_escape_text (why, -1);

      adw_action_row_set_subtitle (ADW_ACTION_ROW (self->rows[fact]), markup);
    }
}

void
grove_fact_rows_fill (GroveFactRows *self, GroveSession *session, GroveProcessDetail *detail)
{
  g_autofree char *leader = g_strdup (grove_process_detail_get_text (detail, "group_leader.pid"));
  const char      *name = grove_process_detail_get_text (detail, "group_leader.name");

  for (int i = HEAP; i <= PID; i++)
    take_label (self->labels[i], in_bytes (grove_process_detail_get_int (detail, facts[i].member)));
  for (int i = ERROR_HANDLER; i <= COLLECTION; i++)
    show_absent (self, i, grove_process_detail_get_text (detail, facts[i].member));
  take_label (self->labels[GROUP_LEADER], leader[0] == '\0' ? g_strdup (_ ("none"))
                                          : name[0] != '\0'
                                            ? g_strdup_printf ("%s %s", name, leader)
                                            : g_strdup (leader));
  show_dictionary (self, session, grove_process_detail_get_int (detail, "n_dictionary"));
}

void
grove_fact_rows_follow (GroveFactRows *self, GroveSession *session, const char *pid)
{
  drop_dictionary (self);
  clear_pairs (self);
  for (int i = 0; i < N_FACTS; i++)
    gtk_label_set_text (self->labels[i], "");
  if (pid == NULL)
    return;
  self->dictionary = grove_dictionary_new (session, pid);
  g_signal_connect_swapped (self->dictionary, "changed", G_CALLBACK (on_pairs), self);
  update_dictionary (self);
}

static GtkWidget *
add_row (GtkListBox *list, const char *title, const char *subtitle, GtkLabel **ret_label)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *label = gtk_label_new ("");

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  if (subtitle != NULL)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 3);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (label), 1);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 24);
  gtk_widget_add_css_class (label, "tnum");
  gtk_widget_add_css_class (label, "dim-label");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_list_box_append (list, row);
  *ret_label = GTK_LABEL (label);
  return row;
}

GroveFactRows *
grove_fact_rows_new (GtkListBox *list)
{
  GroveFactRows *self = g_new0 (GroveFactRows, 1);
  GtkWidget     *row = adw_expander_row_new ();

  self->pair_rows = g_ptr_array_new ();
  for (int i = 0; i < N_FACTS; i++)
    self->rows[i] =
      add_row (list, _ (facts[i].title), facts[i].subtitle != NULL ? _ (facts[i].subtitle) : NULL,
               &self->labels[i]);

  self->dictionary_row = ADW_EXPANDER_ROW (row);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ ("Dictionary"));
  adw_expander_row_set_enable_expansion (self->dictionary_row, FALSE);
  g_signal_connect_swapped (row, "notify::expanded", G_CALLBACK (update_dictionary), self);
  g_signal_connect_data (row, "map", G_CALLBACK (update_dictionary), self, NULL,
                         G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_data (row, "unmap", G_CALLBACK (update_dictionary), self, NULL,
                         G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  gtk_list_box_append (list, row);
  return self;
}

void
grove_fact_rows_free (GroveFactRows *self)
{
  if (self == NULL)
    return;
  drop_dictionary (self);
  g_signal_handlers_disconnect_by_data (self->dictionary_row, self);
  g_ptr_array_unref (self->pair_rows);
  g_free (self);
}
