/* SPDX-License-Identifier: MIT
 *
 * GroveFactsSection: a list of rows with a title and a value. What does not apply has no row.
 */
#include "ui/grove-facts-section.h"

#include "observer/grove-format.h"

#include <glib/gi18n.h>

typedef enum
{
  SUPERVISOR,
  APPLICATION,
  PARENT,
  FUNCTION,
  INITIAL,
  LABEL,
  REDUCTIONS,
  RECEIVED,
  MEMORY,
  BINARIES,
  SCHEDULER,
  AGE,
  RESTARTS,
  TRAPS,
  N_FACTS
} Fact;

static const struct
{
  const char *title;
  gboolean    leads; /* to a process */
  gboolean    mono;
} facts[N_FACTS] = {
  [SUPERVISOR] = { N_ ("Supervisor"), TRUE, TRUE },
  [APPLICATION] = { N_ ("Application"), TRUE, TRUE },
  [PARENT] = { N_ ("Spawned by"), TRUE, TRUE },
  [FUNCTION] = { N_ ("Function"), FALSE, TRUE },
  [INITIAL] = { N_ ("Initial call"), FALSE, TRUE },
  [LABEL] = { N_ ("Label"), FALSE, TRUE },
  [REDUCTIONS] = { N_ ("Reductions"), FALSE, FALSE },
  [RECEIVED] = { N_ ("Received"), FALSE, FALSE },
  [MEMORY] = { N_ ("Memory"), FALSE, FALSE },
  [BINARIES] = { N_ ("Binaries"), FALSE, FALSE },
  [SCHEDULER] = { N_ ("Scheduler"), FALSE, FALSE },
  [AGE] = { N_ ("Running for"), FALSE, FALSE },
  [RESTARTS] = { N_ ("Restarts"), FALSE, FALSE },
  [TRAPS] = { N_ ("Traps exits"), FALSE, FALSE },
};

static const char *const priorities[] = { "low", "normal", "high", "max" };

struct _GroveFactsSection
{
  GroveSection parent_instance;
  GtkListBox  *list;
  GtkWidget   *rows[N_FACTS];
  GtkLabel    *labels[N_FACTS];
  char        *pids[N_FACTS]; /* of those that lead somewhere */
  AdwComboRow *priority_row;
  char        *priority;
  gboolean     showing; /* the priority is being set from data, not by the person */
  gboolean     gone;
};

G_DEFINE_FINAL_TYPE (GroveFactsSection, grove_facts_section, GROVE_TYPE_SECTION)

static void
show_fact (GroveFactsSection *self, Fact fact, char *text)
{
  gtk_widget_set_visible (self->rows[fact], text != NULL && text[0] != '\0');
  if (text != NULL && g_strcmp0 (gtk_label_get_text (self->labels[fact]), text) != 0)
    {
      gtk_label_set_text (self->labels[fact], text);
      /* What does not fit is still to be read. */
      gtk_widget_set_tooltip_text (GTK_WIDGET (self->labels[fact]),
                                   g_utf8_strlen (text, -1) > 20 ? text : NULL);
    }
  g_free (text);
}

static void
show_link (GroveFactsSection *self, Fact fact, const char *pid, const char *name)
{
  gboolean named = name != NULL && name[0] != '\0';

  if (g_strcmp0 (self->pids[fact], pid) != 0)
    {
      g_free (self->pids[fact]);
      self->pids[fact] = g_strdup (pid);
    }
  show_fact (self, fact, g_strdup (named ? name : pid));
}

static void
show_priority (GroveFactsSection *self, const char *priority)
{
  for (guint i = 0; i < G_N_ELEMENTS (priorities); i++)
    if (g_str_equal (priorities[i], priority))
      {
        g_free (self->priority);
        self->priority = g_strdup (priority);
        self->showing = TRUE;
        adw_combo_row_set_selected (self->priority_row, i);
        self->showing = FALSE;
      }
}

static void
on_priority_selected (GroveFactsSection *self)
{
  guint selected = adw_combo_row_get_selected (self->priority_row);

  if (self->showing || selected >= G_N_ELEMENTS (priorities) ||
      g_strcmp0 (self->priority, priorities[selected]) == 0)
    return;
  gtk_widget_activate_action (GTK_WIDGET (self), "win.priority", "s", priorities[selected]);
}

static void
on_activated (GroveFactsSection *self, GtkListBoxRow *row)
{
  for (int i = 0; i < N_FACTS; i++)
    if (self->rows[i] == GTK_WIDGET (row))
      {
        grove_section_navigate (GROVE_SECTION (self), self->pids[i]);
        return;
      }
}

static void
follow (GroveSection *section, GroveSession *session, const char *pid)
{
  GroveFactsSection *self = GROVE_FACTS_SECTION (section);

  self->gone = FALSE;
  for (int i = 0; i < N_FACTS; i++)
    {
      g_clear_pointer (&self->pids[i], g_free);
      gtk_label_set_text (self->labels[i], "");
      gtk_widget_set_visible (self->rows[i], FALSE);
    }
}

static void
live (GroveSection *section, const GroveProcessRow *row)
{
  GroveFactsSection *self = GROVE_FACTS_SECTION (section);

  show_fact (self, MEMORY, grove_format_bytes (row->memory));
  /* What it did last outlives it; a system may not say it. */
  if (row->current[0] != '\0')
    show_fact (self, FUNCTION, g_strdup (row->current));
  if (row->restarts > 0)
    show_fact (self, RESTARTS, grove_format_count (row->restarts));
  if (!self->gone)
    show_priority (self, row->priority);
}

static char *
count (GroveProcessDetail *detail, const char *member)
{
  return grove_format_count (grove_process_detail_get_int (detail, member));
}

/* The system says why there is no such thing; what stands in its place then is no value. */
static gboolean
is_absent (GroveProcessDetail *detail, const char *member)
{
  g_autofree char *why = g_strconcat ("absent.", member, NULL);

  return grove_process_detail_get_text (detail, why)[0] != '\0';
}

/* Takes @text; there is no row for what the system does not know. */
static void
show_known (
  GroveFactsSection *self, Fact fact, GroveProcessDetail *detail, const char *member, char *text)
{
  if (is_absent (detail, member))
    g_clear_pointer (&text, g_free);
  show_fact (self, fact, text);
}

/* They are outside its heap, and no part of its memory. */
static void
show_binaries (GroveFactsSection *self, gint64 n_bytes)
{
  show_fact (self, BINARIES, n_bytes > 0 ? grove_format_bytes (n_bytes) : NULL);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->rows[BINARIES]),
                               _ ("Outside its heap; others may refer to them too"));
}

static void
fill (GroveSection *section, GroveProcessDetail *detail)
{
  GroveFactsSection *self = GROVE_FACTS_SECTION (section);
  GroveProcessLink   supervisor = grove_process_detail_get_supervisor (detail);
  GroveProcessLink   application = grove_process_detail_get_application (detail);
  const char        *parent = grove_process_detail_get_text (detail, "parent.pid");

  self->gone = grove_process_detail_is_gone (detail);
  show_link (self, SUPERVISOR, supervisor.pid, supervisor.name);
  show_link (self, APPLICATION, application.pid, application.name);
  /* A supervisor's children were spawned by it. */
  if (g_strcmp0 (parent, supervisor.pid) != 0)
    show_link (self, PARENT, parent, grove_process_detail_get_text (detail, "parent.name"));
  show_fact (self, INITIAL, g_strdup (grove_process_detail_get_text (detail, "initial_call")));
  show_fact (self, LABEL, g_strdup (grove_process_detail_get_text (detail, "label")));
  if (gtk_label_get_text (self->labels[FUNCTION])[0] == '\0')
    show_fact (self, FUNCTION,
               g_strdup (grove_process_detail_get_text (detail, "current.function")));
  show_fact (self, REDUCTIONS, count (detail, "reductions"));
  show_known (self, RECEIVED, detail, "received",
              grove_format_plural (grove_process_detail_get_int (detail, "received"), "message",
                                   "messages"));
  if (gtk_label_get_text (self->labels[MEMORY])[0] == '\0')
    show_fact (self, MEMORY,
               grove_format_bytes (grove_process_detail_get_int (detail, "memory_bytes")));
  show_binaries (self, grove_process_detail_get_int (detail, "binary_bytes"));
  if (self->priority == NULL || !self->gone)
    show_priority (self, grove_process_detail_get_text (detail, "priority"));
  show_known (self, SCHEDULER, detail, "scheduler", count (detail, "scheduler"));
  if (!self->gone)
    show_known (self, AGE, detail, "started_ns",
                grove_format_duration (grove_process_detail_get_int (detail, "now_ns") -
                                       grove_process_detail_get_int (detail, "started_ns")));
  show_fact (self, TRAPS,
             g_strdup (grove_process_detail_get_boolean (detail, "trap_exit") ? _ ("Yes")
                                                                              : _ ("No")));
}

static void
add_row (GroveFactsSection *self, Fact fact)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *label = gtk_label_new ("");

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ (facts[fact].title));
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (label), 1);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 24);
  gtk_widget_add_css_class (label, facts[fact].mono ? "mono" : "tnum");
  gtk_widget_add_css_class (label, "dim-label");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
  if (facts[fact].leads)
    adw_action_row_add_suffix (ADW_ACTION_ROW (row),
                               g_object_new (GTK_TYPE_IMAGE, "icon-name", "go-next-symbolic",
                                             "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION,
                                             NULL));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), facts[fact].leads);
  gtk_widget_set_visible (row, FALSE);
  gtk_list_box_append (self->list, row);
  self->rows[fact] = row;
  self->labels[fact] = GTK_LABEL (label);
}

static void
add_priority (GroveFactsSection *self)
{
  static const char *const names[] = { N_ ("low"), N_ ("normal"), N_ ("high"), N_ ("max"), NULL };
  GtkStringList           *model = gtk_string_list_new (NULL);

  for (guint i = 0; names[i] != NULL; i++)
    gtk_string_list_append (model, _ (names[i]));
  self->priority_row = ADW_COMBO_ROW (adw_combo_row_new ());
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->priority_row), _ ("Priority"));
  self->showing = TRUE;
  adw_combo_row_set_model (self->priority_row, G_LIST_MODEL (model));
  self->showing = FALSE;
  g_object_unref (model);
  gtk_list_box_append (self->list, GTK_WIDGET (self->priority_row));
  g_signal_connect_swapped (self->priority_row, "notify::selected",
                            G_CALLBACK (on_priority_selected), self);
}

static void
grove_facts_section_finalize (GObject *object)
{
  GroveFactsSection *self = GROVE_FACTS_SECTION (object);

  for (int i = 0; i < N_FACTS; i++)
    g_free (self->pids[i]);
  g_free (self->priority);
  G_OBJECT_CLASS (grove_facts_section_parent_class)->finalize (object);
}

static void
grove_facts_section_class_init (GroveFactsSectionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = grove_facts_section_finalize;
  GROVE_SECTION_CLASS (klass)->follow = follow;
  GROVE_SECTION_CLASS (klass)->fill = fill;
  GROVE_SECTION_CLASS (klass)->live = live;
}

static void
grove_facts_section_init (GroveFactsSection *self)
{
  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "boxed-list");
  for (int i = 0; i < N_FACTS; i++)
    {
      add_row (self, i);
      if (i == MEMORY)
        add_priority (self);
    }
  g_signal_connect_swapped (self->list, "row-activated", G_CALLBACK (on_activated), self);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->list));
}

void
grove_facts_section_set_actions (GroveFactsSection *self, GroveProcessActions *actions)
{
  g_return_if_fail (GROVE_IS_FACTS_SECTION (self));
  grove_process_actions_add_control (actions, GTK_WIDGET (self->priority_row), "priority",
                                     _ ("How it competes for the schedulers"));
}
