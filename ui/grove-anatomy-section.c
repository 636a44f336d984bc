/* SPDX-License-Identifier: MIT
 *
 * GroveAnatomySection: a row for each part, and for each thing there is none of.
 */
#include "ui/grove-anatomy-section.h"

#include "observer/grove-format.h"

#include <glib/gi18n.h>

enum
{
  HEAP,
  STACK,
  MAILBOX,
  CONTROL,
  PID,
  LIMIT,
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
  [HEAP] = { N_ ("Heap"), N_ ("All of it is in use: it is the total heap too"), "sizes.heap" },
  [STACK] = { N_ ("Stack"), NULL, "sizes.stack" },
  [MAILBOX] = { N_ ("Messages"), N_ ("The mailbox in bytes"), "sizes.mailbox" },
  [CONTROL] = { N_ ("Control block"), NULL, "sizes.control_block" },
  [PID] = { N_ ("PID"), NULL, "sizes.pid" },
  [LIMIT] = { N_ ("Heap limit"), NULL, "max_heap_bytes" },
  [GROUP_LEADER] = { N_ ("Group leader"), NULL, NULL },
  [ERROR_HANDLER] = { N_ ("Error handler"), NULL, "error_handler" },
  [COLLECTION] = { N_ ("Garbage collection"), NULL, "collections.full_after" },
};

struct _GroveAnatomySection
{
  GroveSection parent_instance;
  GtkListBox  *list;
  GtkWidget   *rows[N_FACTS];
  GtkWidget   *leads; /* the arrow of the group leader's row */
  GtkLabel    *labels[N_FACTS];
  char        *leader; /* pid, "" none */
};

G_DEFINE_FINAL_TYPE (GroveAnatomySection, grove_anatomy_section, GROVE_TYPE_SECTION)

static char *
in_bytes (gint64 n_bytes)
{
  g_autofree char *count = grove_format_count (n_bytes);

  return g_strdup_printf ("%s\u202fB", count);
}

/* What a system says may begin small; beside our own texts it does not. */
static char *
capitalise (const char *text)
{
  char    *result = g_malloc0 (strlen (text) + 8);
  gunichar first = g_utf8_get_char (text);

  if (text[0] != '\0')
    {
      g_unichar_to_utf8 (g_unichar_toupper (first), result);
      strcat (result, g_utf8_next_char (text));
    }
  return result;
}

static void
show_subtitle (GroveAnatomySection *self, int fact, const char *text)
{
  g_autofree char *begun = capitalise (text);
  g_autofree char *markup = g_markup_escape_text (begun, -1);

  if (g_strcmp0 (adw_action_row_get_subtitle (ADW_ACTION_ROW (self->rows[fact])), markup) != 0)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (self->rows[fact]), markup);
}

/* What there is none of, in a system that says so. */
static void
show_absent (GroveAnatomySection *self, int fact, const char *why)
{
  gtk_widget_set_visible (self->rows[fact], why[0] != '\0');
  gtk_label_set_text (self->labels[fact], _ ("None"));
  show_subtitle (self, fact, why);
}

static void
show_error_handler (GroveAnatomySection *self, GroveProcessDetail *detail)
{
  const char *module = grove_process_detail_get_text (detail, facts[ERROR_HANDLER].member);

  show_absent (self, ERROR_HANDLER, grove_process_detail_get_text (detail, "absent.error_handler"));
  if (module[0] == '\0')
    return;
  gtk_widget_set_visible (self->rows[ERROR_HANDLER], TRUE);
  gtk_label_set_text (self->labels[ERROR_HANDLER], module);
}

/* A heap that is collected has room that is not in use. */
static void
show_collections (GroveAnatomySection *self, GroveProcessDetail *detail)
{
  const gint64     full_after = grove_process_detail_get_int (detail, facts[COLLECTION].member);
  const gint64     minor = grove_process_detail_get_int (detail, "collections.minor");
  g_autofree char *most = NULL, *smallest = NULL, *text = NULL;

  show_absent (self, COLLECTION,
               grove_process_detail_get_text (detail, "absent.garbage_collection"));
  if (full_after == 0)
    return;
  smallest = in_bytes (grove_process_detail_get_int (detail, "collections.min_heap_bytes"));
  most = grove_format_count (full_after);
  /* Translators: of small garbage collections: how many at most, and a size, "1,864 B". */
  text = g_strdup_printf (_ ("Since the last full one, of at most %s; the heap is never below %s"),
                          most, smallest);
  gtk_widget_set_visible (self->rows[COLLECTION], TRUE);
  grove_section_take_label (self->labels[COLLECTION], grove_format_count (minor));
  show_subtitle (self, COLLECTION, text);
  show_subtitle (self, HEAP, _ ("Of all generations, with the room that is free in it"));
}

static void
show_leader (GroveAnatomySection *self, GroveProcessDetail *detail)
{
  g_autofree char *pid = g_strdup (grove_process_detail_get_text (detail, "group_leader.pid"));
  const char      *name = grove_process_detail_get_text (detail, "group_leader.name");

  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self->rows[GROUP_LEADER]), pid[0] != '\0');
  gtk_widget_set_visible (self->leads, pid[0] != '\0');
  grove_section_take_label (self->labels[GROUP_LEADER], pid[0] == '\0' ? g_strdup (_ ("None"))
                                                        : name[0] != '\0'
                                                          ? g_strdup_printf ("%s %s", name, pid)
                                                          : g_strdup (pid));
  g_free (self->leader);
  self->leader = g_steal_pointer (&pid);
}

static void
fill (GroveSection *section, GroveProcessDetail *detail)
{
  GroveAnatomySection *self = GROVE_ANATOMY_SECTION (section);
  gint64               limit = grove_process_detail_get_int (detail, facts[LIMIT].member);

  for (int i = HEAP; i <= PID; i++)
    grove_section_take_label (self->labels[i],
                              in_bytes (grove_process_detail_get_int (detail, facts[i].member)));
  gtk_widget_set_visible (self->rows[LIMIT], limit > 0);
  grove_section_take_label (self->labels[LIMIT], in_bytes (limit));
  show_subtitle (self, HEAP, _ (facts[HEAP].subtitle));
  show_error_handler (self, detail);
  show_collections (self, detail);
  show_leader (self, detail);
}

static void
follow (GroveSection *section, GroveSession *session, const char *pid)
{
  GroveAnatomySection *self = GROVE_ANATOMY_SECTION (section);

  g_clear_pointer (&self->leader, g_free);
  for (int i = 0; i < N_FACTS; i++)
    gtk_label_set_text (self->labels[i], "");
}

static void
on_activated (GroveAnatomySection *self)
{
  grove_section_navigate (GROVE_SECTION (self), self->leader);
}

static void
add_row (GroveAnatomySection *self, int fact)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *label = gtk_label_new ("");

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ (facts[fact].title));
  if (facts[fact].subtitle != NULL)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), _ (facts[fact].subtitle));
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 4);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (label), 1);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 24);
  gtk_widget_add_css_class (label, "tnum");
  gtk_widget_add_css_class (label, "dim-label");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
  if (fact == GROUP_LEADER)
    {
      self->leads = g_object_new (GTK_TYPE_IMAGE, "icon-name", "go-next-symbolic",
                                  "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), self->leads);
    }
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_list_box_append (self->list, row);
  self->rows[fact] = row;
  self->labels[fact] = GTK_LABEL (label);
}

static void
grove_anatomy_section_finalize (GObject *object)
{
  g_free (GROVE_ANATOMY_SECTION (object)->leader);
  G_OBJECT_CLASS (grove_anatomy_section_parent_class)->finalize (object);
}

static void
grove_anatomy_section_class_init (GroveAnatomySectionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = grove_anatomy_section_finalize;
  GROVE_SECTION_CLASS (klass)->follow = follow;
  GROVE_SECTION_CLASS (klass)->fill = fill;
}

static void
grove_anatomy_section_init (GroveAnatomySection *self)
{
  GtkWidget *group = adw_preferences_group_new ();

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), _ ("Anatomy"));
  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "boxed-list");
  for (int i = 0; i < N_FACTS; i++)
    add_row (self, i);
  g_signal_connect_swapped (self->list, "row-activated", G_CALLBACK (on_activated), self);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), GTK_WIDGET (self->list));
  adw_bin_set_child (ADW_BIN (self), group);
}
