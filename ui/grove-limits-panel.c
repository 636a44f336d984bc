/* SPDX-License-Identifier: MIT
 *
 * GroveLimitsPanel: a row a limit, with what is used of it in words and as a bar.
 */
#include "ui/grove-limits-panel.h"

#include "observer/grove-format.h"
#include "ui/grove-fixed-text.h"

#include <glib/gi18n.h>
#include <math.h>

#define NEAR       0.5
#define VERY_NEAR  0.8
#define TEXT_CHARS 20    /* "1 000 000 of 134 217 727", "0.1 % of 2.0 % of a core" */
#define PART_STEPS 256.0 /* less than a pixel of the bar each */
/* Below this part of the alarm, whose mailbox is fullest changes from second to second. */
#define WORTH_NAMING 100
/* PROTOCOL.md: sessions at once, and what observing may cost. */
#define SESSIONS_MAX 32
#define COST_MAX     0.02

typedef enum
{
  LIMIT_PROCESSES,
  LIMIT_MAILBOX,
  LIMIT_RESTARTS,
  LIMIT_OBSERVING,
  LIMIT_SESSIONS,
  N_LIMITS,
} Limit;

struct _GroveLimitsPanel
{
  AdwBin      parent_instance;
  GtkListBox *list;
  GtkWidget  *rows[N_LIMITS], *bars[N_LIMITS], *texts[N_LIMITS];
};

G_DEFINE_FINAL_TYPE (GroveLimitsPanel, grove_limits_panel, ADW_TYPE_BIN)

static const char *const titles[N_LIMITS] = {
  N_ ("Processes"),         N_ ("Fullest mailbox"), N_ ("Restarts of one supervisor"),
  N_ ("Cost of observing"), N_ ("Observers"),
};

/* @of: may be 0, then nothing is known. Takes the texts. */
static void
show (GroveLimitsPanel *self, Limit limit, double used, double of, char *text, char *subtitle)
{
  GtkWidget *bar = self->bars[limit];
  double     part = of > 0 ? round (CLAMP (used / of, 0, 1) * PART_STEPS) / PART_STEPS : 0;

  gtk_inscription_set_text (GTK_INSCRIPTION (self->texts[limit]), text);
  if (g_strcmp0 (adw_action_row_get_subtitle (ADW_ACTION_ROW (self->rows[limit])), subtitle) != 0)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (self->rows[limit]), subtitle);
  if (gtk_progress_bar_get_fraction (GTK_PROGRESS_BAR (bar)) != part)
    {
      gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (bar), part);
      gtk_widget_remove_css_class (bar, "near");
      gtk_widget_remove_css_class (bar, "very-near");
      if (part >= NEAR)
        gtk_widget_add_css_class (bar, part >= VERY_NEAR ? "very-near" : "near");
    }
  g_free (text);
  g_free (subtitle);
}

static void
show_processes (GroveLimitsPanel *self, const GroveSample *sample)
{
  g_autofree char *used = grove_format_count (sample->n_processes);
  g_autofree char *room = grove_format_count (sample->max_processes);

  show (self, LIMIT_PROCESSES, (double) sample->n_processes, (double) sample->max_processes,
        sample->max_processes > 0 ? g_strdup_printf (_ ("%s of %s"), used, room) : g_strdup (used),
        g_strdup (""));
}

static void
show_mailbox (GroveLimitsPanel *self, const char *fullest, gint64 n_messages, gint64 alarm)
{
  g_autofree char *n = grove_format_count (n_messages);
  g_autofree char *limit = grove_format_count (alarm);

  show (self, LIMIT_MAILBOX, (double) n_messages, (double) alarm,
        g_strdup_printf (_ ("%s of %s"), n, limit),
        g_strdup (n_messages >= MAX (alarm / WORTH_NAMING, 1) && fullest != NULL ? fullest : ""));
}

static void
show_restarts (GroveLimitsPanel *self, GroveFindings *findings)
{
  GroveRestartBudget budget;
  g_autofree char   *period = NULL;

  if (!grove_findings_get_budget (findings, &budget))
    {
      show (self, LIMIT_RESTARTS, 0, 1, g_strdup (_ ("None lately")), g_strdup (""));
      return;
    }
  period = grove_format_duration (budget.period_s * G_GINT64_CONSTANT (1000000000));
  show (self, LIMIT_RESTARTS, (double) budget.recent_restarts, (double) budget.intensity,
        g_strdup_printf (_ ("%d of %d in %s"), (int) MIN (budget.recent_restarts, G_MAXINT),
                         (int) MIN (budget.intensity, G_MAXINT), period),
        g_strdup (budget.name[0] != '\0' ? budget.name : budget.pid));
}

static void
show_observing (GroveLimitsPanel *self, const GroveSample *sample)
{
  g_autofree char *cost = grove_format_percent (MAX (sample->observing_cpu, 0));
  g_autofree char *limit = grove_format_percent (COST_MAX);

  show (self, LIMIT_OBSERVING, sample->observing_cpu, COST_MAX,
        /* TRANSLATORS: 0.4 % of 2.0 % of a core */
        g_strdup_printf (_ ("%s of %s of a core"), cost, limit), g_strdup (""));
  show (self, LIMIT_SESSIONS, (double) sample->n_sessions, SESSIONS_MAX,
        g_strdup_printf (_ ("%d of %d"), (int) MIN (sample->n_sessions, G_MAXINT), SESSIONS_MAX),
        g_strdup (""));
}

void
grove_limits_panel_show (GroveLimitsPanel  *self,
                         const GroveSample *sample,
                         GroveFindings     *findings,
                         const char        *fullest,
                         gint64             n_messages,
                         gint64             alarm)
{
  g_return_if_fail (GROVE_IS_LIMITS_PANEL (self));
  show_processes (self, sample);
  show_mailbox (self, fullest, n_messages, alarm);
  show_restarts (self, findings);
  show_observing (self, sample);
}

static void
grove_limits_panel_class_init (GroveLimitsPanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/grove/Observer/grove-limits-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, GroveLimitsPanel, list);
}

static void
add_row (GroveLimitsPanel *self, Limit limit)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *text = grove_fixed_text_new (TEXT_CHARS, 1);
  GtkWidget *bar = gtk_progress_bar_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ (titles[limit]));
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 2);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 1);
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (text, "tnum");
  gtk_widget_add_css_class (bar, "limit");
  gtk_accessible_update_property (GTK_ACCESSIBLE (bar), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ (titles[limit]), -1);
  gtk_box_append (GTK_BOX (box), text);
  gtk_box_append (GTK_BOX (box), bar);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_focusable (row, FALSE);
  gtk_list_box_append (self->list, row);
  self->rows[limit] = row;
  self->bars[limit] = bar;
  self->texts[limit] = text;
}

static void
grove_limits_panel_init (GroveLimitsPanel *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (Limit limit = 0; limit < N_LIMITS; limit++)
    add_row (self, limit);
}
