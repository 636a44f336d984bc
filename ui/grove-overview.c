/* SPDX-License-Identifier: MIT
 *
 * GroveOverview: the system at a glance. All of it comes from the session's samples, two a second,
 * and from one small table of the fullest mailboxes.
 */
#include "ui/grove-overview.h"

#include "observer/grove-format.h"
#include "observer/grove-process-table.h"
#include "ui/grove-chart.h"
#include "ui/grove-events-panel.h"
#include "ui/grove-findings-panel.h"
#include "ui/grove-fixed-text.h"
#include "ui/grove-limits-panel.h"
#include "ui/grove-mailbox-bar.h"
#include "ui/grove-preferences.h"
#include "ui/grove-scheduler-bars.h"

#include <glib/gi18n.h>

#define INTERVAL_MS   500
#define N_MAILBOXES   5
#define N_CARDS       4
#define NAME_CHARS    12 /* at the least */
#define COUNTER_CHARS 14 /* "999 999 999 999" */
#define SIZE_CHARS    18 /* "999.9 MiB · 99.9 %" */
#define TRAFFIC       1  /* among the cards */

enum
{
  COUNTER_SPAWNS,
  COUNTER_EXITS,
  COUNTER_CRASHES,
  COUNTER_RESTARTS,
  N_COUNTERS
};

static const char *const counter_titles[N_COUNTERS] = {
  N_ ("Processes started"),
  N_ ("Processes ended"),
  N_ ("Crashes"),
  N_ ("Restarts by supervisors"),
};

/* What is not told apart, or not there, has no row. */
static const struct
{
  const char *title;
  gsize       offset; /* of its size in a GroveSample */
} kinds[] = {
  { N_ ("Heaps"), G_STRUCT_OFFSET (GroveSample, memory_heaps) },
  { N_ ("Stacks"), G_STRUCT_OFFSET (GroveSample, memory_stacks) },
  { N_ ("Mailboxes"), G_STRUCT_OFFSET (GroveSample, memory_mailboxes) },
  { N_ ("Control blocks"), G_STRUCT_OFFSET (GroveSample, memory_control) },
  { N_ ("Binaries outside the heaps"), G_STRUCT_OFFSET (GroveSample, memory_binaries) },
  { N_ ("ETS tables"), G_STRUCT_OFFSET (GroveSample, memory_tables) },
  { N_ ("Loaded modules"), G_STRUCT_OFFSET (GroveSample, memory_code) },
  { N_ ("Atoms"), G_STRUCT_OFFSET (GroveSample, memory_atoms) },
  { N_ ("The runtime system’s own"), G_STRUCT_OFFSET (GroveSample, memory_rest) },
};

struct _GroveOverview
{
  AdwBin             parent_instance;
  GroveSession      *session;
  GroveFindings     *findings;
  GroveProcessTable *table;
  GPtrArray         *slots; /* GroveProcessItem, held so that the table keeps them */
  GtkWidget         *mailbox_rows[N_MAILBOXES], *mailbox_names[N_MAILBOXES];
  GtkWidget         *mailbox_bars[N_MAILBOXES];
  GtkWidget         *counter_rows[N_COUNTERS], *counter_labels[N_COUNTERS];
  GtkWidget         *kind_rows[G_N_ELEMENTS (kinds)], *kind_labels[G_N_ELEMENTS (kinds)];

  GtkInscription     *values[N_CARDS];
  GroveChart         *charts[N_CARDS];
  GroveChart         *reductions_chart;
  GtkInscription     *reductions_label, *schedulers_label;
  GroveSchedulerBars *scheduler_bars;
  GtkListBox         *mailbox_list, *counter_list, *memory_list;
  GtkLabel           *no_mailboxes; /* why the list is empty */
  GtkLabel           *counters_title, *traffic_title;
  GroveFindingsPanel *findings_panel;
  GroveEventsPanel   *events_panel;
  GroveLimitsPanel   *limits_panel;
};

G_DEFINE_FINAL_TYPE (GroveOverview, grove_overview, ADW_TYPE_BIN)

static const struct
{
  GroveMetric      metric;
  GroveChartColour colour;
  const char      *title;
  gboolean         from_zero;
  double           least_top;
} cards[N_CARDS] = {
  { GROVE_METRIC_PROCESSES, GROVE_CHART_ACCENT, N_ ("Processes"), FALSE, 20 },
  { GROVE_METRIC_MESSAGES_PER_S, GROVE_CHART_SUCCESS, N_ ("Messages per second"), TRUE, 10 },
  { GROVE_METRIC_MEMORY, GROVE_CHART_PURPLE, N_ ("Memory in bytes"), FALSE, 65536 },
  { GROVE_METRIC_RUN_QUEUE, GROVE_CHART_ORANGE, N_ ("Run queue"), TRUE, 4 },
};

/* ---- Samples ------------------------------------------------------------------------------------
 */

/* Messages; of a system that does not count them, what it reads and writes. */
static void
show_traffic (GroveOverview *self, const GroveSample *sample)
{
  const gboolean   reads = !sample->counts_messages && sample->counts_bytes;
  const char      *title = reads ? _ ("Read and written per second") : _ ("Messages per second");
  g_autofree char *bytes = grove_format_bytes ((gint64) sample->bytes_per_s);

  if (g_strcmp0 (gtk_label_get_text (self->traffic_title), title) != 0)
    {
      gtk_label_set_text (self->traffic_title, title);
      grove_chart_set_title (self->charts[TRAFFIC], title);
    }
  grove_fixed_text_take (self->values[TRAFFIC], sample->counts_messages
                                                  ? grove_format_rate (sample->messages_per_s)
                                                : reads ? g_steal_pointer (&bytes)
                                                        : g_strdup ("–"));
  grove_chart_set_series (self->charts[TRAFFIC],
                          grove_session_get_series (self->session,
                                                    reads ? GROVE_METRIC_BYTES_PER_S
                                                          : GROVE_METRIC_MESSAGES_PER_S));
}

static void
show_cards (GroveOverview *self, const GroveSample *sample)
{
  grove_fixed_text_take (self->values[0], grove_format_count (sample->n_processes));
  show_traffic (self, sample);
  grove_fixed_text_take (self->values[2], grove_format_bytes (sample->memory_total));
  grove_fixed_text_take (self->values[3], grove_format_count (sample->run_queue));
  for (guint i = 0; i < N_CARDS; i++)
    if (i != TRAFFIC)
      grove_chart_set_series (self->charts[i],
                              grove_session_get_series (self->session, cards[i].metric));
}

static void
show_schedulers (GroveOverview *self, const GroveSample *sample)
{
  g_autofree char *percent = NULL;
  double           sum = 0;

  for (guint i = 0; i < sample->n_schedulers; i++)
    sum += sample->scheduler_utilisation[i];
  percent = grove_format_percent (sample->n_schedulers > 0 ? sum / sample->n_schedulers : 0);
  grove_fixed_text_take (self->schedulers_label, g_strdup_printf (_ ("average %s"), percent));
  grove_scheduler_bars_set_values (self->scheduler_bars, sample->scheduler_utilisation,
                                   sample->n_schedulers);
}

static void
show_counters (GroveOverview *self, const GroveSample *sample)
{
  const gint64 counts[] = { sample->n_spawns, sample->n_exits, sample->n_crashes,
                            sample->n_restarts };

  /* One that is looked at from outside was not looked at from its start. */
  gtk_label_set_text (self->counters_title,
                      sample->counts_spawns ? _ ("Since It Started") : _ ("While Observed"));
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      gtk_widget_set_visible (self->counter_rows[i], sample->counts_spawns || i >= COUNTER_CRASHES);
      grove_fixed_text_take (GTK_INSCRIPTION (self->counter_labels[i]),
                             grove_format_count (counts[i]));
    }
}

static void
show_memory (GroveOverview *self, const GroveSample *sample)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      const gint64     n_bytes = G_STRUCT_MEMBER (gint64, sample, kinds[i].offset);
      const double     whole = (double) MAX (sample->memory_total, 1);
      g_autofree char *bytes = grove_format_bytes (n_bytes);
      g_autofree char *share = grove_format_percent (MIN ((double) n_bytes / whole, 1));

      gtk_widget_set_visible (self->kind_rows[i], n_bytes > 0);
      grove_fixed_text_take (GTK_INSCRIPTION (self->kind_labels[i]),
                             g_strdup_printf ("%s · %s", bytes, share));
    }
}

static void
show_limits (GroveOverview *self, const GroveSample *sample)
{
  GroveProcessItem      *item = self->slots->len > 0 ? g_ptr_array_index (self->slots, 0) : NULL;
  const GroveProcessRow *row = item != NULL ? grove_process_item_get_row (item) : NULL;

  grove_limits_panel_show (self->limits_panel, sample, self->findings,
                           row != NULL ? grove_process_item_get_title (item) : NULL,
                           row != NULL ? row->messages : 0,
                           grove_preferences_get_mailbox_alarm (grove_preferences_get ()));
}

static void
show_throughput (GroveOverview *self, const GroveSample *sample)
{
  g_autofree char *reductions = grove_format_short ((gint64) sample->reductions_per_s);

  grove_fixed_text_take (self->reductions_label,
                         g_strdup_printf (_ ("%s reductions a second, the last minute"),
                                          reductions));
  grove_chart_set_series (self->reductions_chart,
                          grove_session_get_series (self->session, GROVE_METRIC_REDUCTIONS_PER_S));
}

static void
on_sample (GroveOverview *self)
{
  const GroveSample *sample = grove_session_get_sample (self->session);

  if (sample == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  show_cards (self, sample);
  show_schedulers (self, sample);
  show_counters (self, sample);
  show_memory (self, sample);
  show_throughput (self, sample);
  show_limits (self, sample);
  grove_events_panel_tick (self->events_panel);
}

/* ---- Mailboxes ----------------------------------------------------------------------------------
 */

/* Where little waits, who is fullest changes from second to second. */
static void
show_name (GroveOverview *self, guint index, const char *name)
{
  GtkInscription *inscription = GTK_INSCRIPTION (self->mailbox_names[index]);

  if (g_strcmp0 (gtk_inscription_get_text (inscription), name) == 0)
    return;
  gtk_inscription_set_text (inscription, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->mailbox_rows[index]),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
show_mailboxes (GroveOverview *self)
{
  for (guint i = 0; i < N_MAILBOXES; i++)
    {
      GroveProcessItem *item = i < self->slots->len ? g_ptr_array_index (self->slots, i) : NULL;
      const GroveProcessRow *row = item != NULL ? grove_process_item_get_row (item) : NULL;

      gtk_widget_set_visible (self->mailbox_rows[i], row != NULL);
      if (row != NULL)
        {
          show_name (self, i, grove_process_item_get_title (item));
          grove_mailbox_bar_set_n_messages (GROVE_MAILBOX_BAR (self->mailbox_bars[i]),
                                            (guint64) MAX (row->messages, 0));
        }
    }
  if (grove_session_get_sample (self->session) != NULL)
    show_limits (self, grove_session_get_sample (self->session));
}

static void
on_refusal (GroveOverview *self)
{
  const char *refusal = grove_table_get_refusal (GROVE_TABLE (self->table));

  gtk_label_set_text (self->no_mailboxes, refusal != NULL ? refusal : "");
  gtk_widget_set_visible (GTK_WIDGET (self->no_mailboxes), refusal != NULL);
}

static void
hold_slots (GroveOverview *self)
{
  guint n = MIN (g_list_model_get_n_items (G_LIST_MODEL (self->table)), N_MAILBOXES);

  g_ptr_array_set_size (self->slots, 0);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (self->slots, g_list_model_get_item (G_LIST_MODEL (self->table), i));
  show_mailboxes (self);
}

static void
on_mailbox_activated (GroveOverview *self, GtkListBoxRow *activated)
{
  guint                  index = (guint) gtk_list_box_row_get_index (activated);
  const GroveProcessRow *row =
    index < self->slots->len ? grove_process_item_get_row (g_ptr_array_index (self->slots, index))
                             : NULL;

  if (row == NULL)
    return;
  grove_session_set_selected (self->session, row->pid);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.view", "s", "mailboxes");
}

/* ---- The object ---------------------------------------------------------------------------------
 */

static void
on_map (GroveOverview *self)
{
  grove_process_table_set_active (self->table, TRUE);
  on_sample (self);
}

static void
on_unmap (GroveOverview *self)
{
  if (self->table != NULL)
    grove_process_table_set_active (self->table, FALSE);
}

static void
grove_overview_dispose (GObject *object)
{
  GroveOverview *self = GROVE_OVERVIEW (object);

  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  if (self->table != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->table, self);
      grove_process_table_set_active (self->table, FALSE);
    }
  g_ptr_array_set_size (self->slots, 0);
  g_clear_object (&self->table);
  g_clear_object (&self->findings);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (grove_overview_parent_class)->dispose (object);
}

static void
grove_overview_finalize (GObject *object)
{
  g_ptr_array_unref (GROVE_OVERVIEW (object)->slots);
  G_OBJECT_CLASS (grove_overview_parent_class)->finalize (object);
}

static void
grove_overview_class_init (GroveOverviewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = grove_overview_dispose;
  G_OBJECT_CLASS (klass)->finalize = grove_overview_finalize;
  g_type_ensure (GROVE_TYPE_CHART);
  g_type_ensure (GROVE_TYPE_EVENTS_PANEL);
  g_type_ensure (GROVE_TYPE_FINDINGS_PANEL);
  g_type_ensure (GROVE_TYPE_LIMITS_PANEL);
  g_type_ensure (GROVE_TYPE_SCHEDULER_BARS);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/grove/Observer/grove-overview.ui");
  for (guint i = 0; i < N_CARDS; i++)
    {
      g_autofree char *value = g_strdup_printf ("value_%u", i);
      g_autofree char *chart = g_strdup_printf ("chart_%u", i);

      gtk_widget_class_bind_template_child_full (widget_class, g_intern_string (value), FALSE,
                                                 G_STRUCT_OFFSET (GroveOverview, values) +
                                                   (gssize) (i * sizeof (gpointer)));
      gtk_widget_class_bind_template_child_full (widget_class, g_intern_string (chart), FALSE,
                                                 G_STRUCT_OFFSET (GroveOverview, charts) +
                                                   (gssize) (i * sizeof (gpointer)));
    }
#define BIND(child) gtk_widget_class_bind_template_child (widget_class, GroveOverview, child)
  BIND (reductions_chart);
  BIND (reductions_label);
  BIND (schedulers_label);
  BIND (scheduler_bars);
  BIND (mailbox_list);
  BIND (no_mailboxes);
  BIND (counter_list);
  BIND (counters_title);
  BIND (memory_list);
  BIND (traffic_title);
  BIND (findings_panel);
  BIND (events_panel);
  BIND (limits_panel);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, on_mailbox_activated);
}

static void
add_mailbox_rows (GroveOverview *self)
{
  for (guint i = 0; i < N_MAILBOXES; i++)
    {
      GtkWidget *row = gtk_list_box_row_new ();
      GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
      GtkWidget *name = grove_fixed_text_new (NAME_CHARS, 0);
      GtkWidget *bar = grove_mailbox_bar_new ();

      gtk_widget_add_css_class (box, "header"); /* as AdwActionRow has it */
      gtk_widget_set_hexpand (name, TRUE);
      gtk_widget_set_size_request (bar, 200, -1);
      gtk_widget_set_valign (bar, GTK_ALIGN_CENTER);
      gtk_box_append (GTK_BOX (box), name);
      gtk_box_append (GTK_BOX (box), bar);
      gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
      gtk_widget_set_visible (row, FALSE);
      gtk_list_box_append (self->mailbox_list, row);
      self->mailbox_rows[i] = row;
      self->mailbox_names[i] = name;
      self->mailbox_bars[i] = bar;
    }
}

/* A title, and a figure that changes. */
static GtkWidget *
add_figure (GtkListBox *list, const char *title, guint n_chars, GtkWidget **ret_label)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *label = grove_fixed_text_new (n_chars, 1);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  gtk_inscription_set_text (GTK_INSCRIPTION (label), "–");
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_add_css_class (label, "tnum");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_focusable (row, FALSE);
  gtk_list_box_append (list, row);
  *ret_label = label;
  return row;
}

static void
add_figures (GroveOverview *self)
{
  for (guint i = 0; i < N_COUNTERS; i++)
    self->counter_rows[i] = add_figure (self->counter_list, _ (counter_titles[i]), COUNTER_CHARS,
                                        &self->counter_labels[i]);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      self->kind_rows[i] =
        add_figure (self->memory_list, _ (kinds[i].title), SIZE_CHARS, &self->kind_labels[i]);
      gtk_widget_set_visible (self->kind_rows[i], FALSE);
    }
}

static void
grove_overview_init (GroveOverview *self)
{
  self->slots = g_ptr_array_new_with_free_func (g_object_unref);
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < N_CARDS; i++)
    {
      grove_chart_set_colour (self->charts[i], cards[i].colour);
      grove_chart_set_title (self->charts[i], _ (cards[i].title));
      grove_chart_set_from_zero (self->charts[i], cards[i].from_zero);
      grove_chart_set_least_top (self->charts[i], cards[i].least_top);
    }
  grove_chart_set_colour (self->reductions_chart, GROVE_CHART_SUCCESS);
  grove_chart_set_title (self->reductions_chart, _ ("Reductions per second"));
  grove_chart_set_least_top (self->reductions_chart, 1000);
  add_mailbox_rows (self);
  add_figures (self);
  g_signal_connect (self, "map", G_CALLBACK (on_map), NULL);
  g_signal_connect (self, "unmap", G_CALLBACK (on_unmap), NULL);
}

GtkWidget *
grove_overview_new (GroveSession *session, GroveFindings *findings)
{
  GroveOverview *self = g_object_new (GROVE_TYPE_OVERVIEW, NULL);

  self->session = g_object_ref (session);
  self->findings = g_object_ref (findings);
  grove_findings_panel_set_findings (self->findings_panel, findings, session);
  grove_events_panel_set_session (self->events_panel, session);
  self->table = grove_process_table_new (session, INTERVAL_MS);
  grove_process_table_set_sort (self->table, "messages", TRUE);
  grove_process_table_set_viewport (self->table, 0, N_MAILBOXES);
  g_signal_connect_swapped (self->table, "items-changed", G_CALLBACK (hold_slots), self);
  g_signal_connect_swapped (self->table, "refilled", G_CALLBACK (show_mailboxes), self);
  g_signal_connect_swapped (self->table, "notify::refusal", G_CALLBACK (on_refusal), self);
  g_signal_connect_swapped (session, "sample", G_CALLBACK (on_sample), self);
  return GTK_WIDGET (self);
}

gboolean
grove_overview_is_filled (GroveOverview *self)
{
  g_return_val_if_fail (GROVE_IS_OVERVIEW (self), FALSE);
  return gtk_widget_get_visible (self->mailbox_rows[0]) &&
         grove_session_get_sample (self->session) != NULL;
}
