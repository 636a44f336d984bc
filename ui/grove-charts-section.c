/* SPDX-License-Identifier: MIT
 *
 * GroveChartsSection: three charts of a GroveProcessHistory. A minute fills them; later they are as
 * long as what is known, so that they never begin with an empty stretch.
 */
#include "ui/grove-charts-section.h"

#include "observer/grove-format.h"
#include "observer/grove-process-history.h"
#include "ui/grove-chart.h"

#include <glib/gi18n.h>

/* Points, one a second. */
#define MINUTE 60

enum
{
  MAILBOX,
  MEMORY,
  REDUCTIONS,
  N_CHARTS
};

static const GroveHistoryKind kinds[N_CHARTS] = { GROVE_HISTORY_MESSAGES, GROVE_HISTORY_MEMORY,
                                                  GROVE_HISTORY_REDUCTIONS };

struct _GroveChartsSection
{
  GroveSection         parent_instance;
  GroveProcessHistory *history; /* NULL: nobody is shown */
  gboolean             has_row;
  GtkLabel            *mailbox_label, *memory_label, *reductions_label;
  GroveChart          *mailbox_chart, *memory_chart, *reductions_chart;
};

G_DEFINE_FINAL_TYPE (GroveChartsSection, grove_charts_section, GROVE_TYPE_SECTION)

static GroveChart *
get_chart (GroveChartsSection *self, int chart)
{
  return chart == MAILBOX  ? self->mailbox_chart
         : chart == MEMORY ? self->memory_chart
                           : self->reductions_chart;
}

static void
show_charts (GroveChartsSection *self)
{
  for (int i = 0; i < N_CHARTS; i++)
    {
      guint         n = 0;
      const double *points =
        self->history != NULL ? grove_process_history_get (self->history, kinds[i], &n) : NULL;
      g_autoptr (GroveSeries) series = grove_series_new (MAX (n, MINUTE));

      for (guint k = 0; k < n; k++)
        grove_series_push (series, points[k]);
      grove_chart_set_series (get_chart (self, i), series);
    }
}

static void
drop_history (GroveChartsSection *self)
{
  if (self->history != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->history, self);
      grove_process_history_set_active (self->history, FALSE);
    }
  g_clear_object (&self->history);
}

static void
follow (GroveSection *section, GroveSession *session, const char *pid)
{
  GroveChartsSection *self = GROVE_CHARTS_SECTION (section);

  drop_history (self);
  self->has_row = FALSE;
  if (pid != NULL)
    {
      self->history = grove_process_history_new (session, pid);
      g_signal_connect_swapped (self->history, "changed", G_CALLBACK (show_charts), self);
      grove_process_history_set_active (self->history, grove_section_is_seen (section));
    }
  gtk_label_set_text (self->mailbox_label, "");
  gtk_label_set_text (self->memory_label, "");
  gtk_label_set_text (self->reductions_label, "");
  show_charts (self);
}

static void
live (GroveSection *section, const GroveProcessRow *row)
{
  GroveChartsSection *self = GROVE_CHARTS_SECTION (section);

  self->has_row = TRUE;
  grove_section_take_label (self->mailbox_label, grove_format_count (row->messages));
  grove_section_take_label (self->memory_label, grove_format_bytes (row->memory));
  grove_section_take_label (self->reductions_label, grove_format_rate (row->reductions_per_s));
}

/* What was not seen alive has no row. */
static void
fill (GroveSection *section, GroveProcessDetail *detail)
{
  GroveChartsSection *self = GROVE_CHARTS_SECTION (section);

  if (self->has_row)
    return;
  grove_section_take_label (self->mailbox_label,
                            grove_format_count (grove_process_detail_get_int (detail, "messages")));
  grove_section_take_label (self->memory_label,
                            grove_format_bytes (
                              grove_process_detail_get_int (detail, "memory_bytes")));
}

gboolean
grove_charts_section_is_filled (GroveChartsSection *self)
{
  guint n = 0;

  g_return_val_if_fail (GROVE_IS_CHARTS_SECTION (self), FALSE);
  if (self->history != NULL)
    (void) grove_process_history_get (self->history, GROVE_HISTORY_MESSAGES, &n);
  return n > 2;
}

static void
set_seen (GroveSection *section, gboolean seen)
{
  GroveChartsSection *self = GROVE_CHARTS_SECTION (section);

  if (self->history != NULL)
    grove_process_history_set_active (self->history, seen);
}

static void
grove_charts_section_dispose (GObject *object)
{
  drop_history (GROVE_CHARTS_SECTION (object));
  G_OBJECT_CLASS (grove_charts_section_parent_class)->dispose (object);
}

static void
grove_charts_section_class_init (GroveChartsSectionClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = grove_charts_section_dispose;
  GROVE_SECTION_CLASS (klass)->set_seen = set_seen;
  GROVE_SECTION_CLASS (klass)->follow = follow;
  GROVE_SECTION_CLASS (klass)->fill = fill;
  GROVE_SECTION_CLASS (klass)->live = live;
  g_type_ensure (GROVE_TYPE_CHART);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/grove/Observer/grove-charts-section.ui");
#define BIND(child) gtk_widget_class_bind_template_child (widget_class, GroveChartsSection, child)
  BIND (mailbox_label);
  BIND (memory_label);
  BIND (reductions_label);
  BIND (mailbox_chart);
  BIND (memory_chart);
  BIND (reductions_chart);
#undef BIND
}

static void
grove_charts_section_init (GroveChartsSection *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  grove_chart_set_title (self->mailbox_chart, _ ("Messages in the mailbox over the last minutes"));
  grove_chart_set_least_top (self->mailbox_chart, 8);
  grove_chart_set_title (self->memory_chart, _ ("Memory in bytes over the last minutes"));
  grove_chart_set_least_top (self->memory_chart, 4096);
  grove_chart_set_colour (self->memory_chart, GROVE_CHART_PURPLE);
  grove_chart_set_title (self->reductions_chart, _ ("Reductions a second over the last minutes"));
  grove_chart_set_least_top (self->reductions_chart, 100);
  grove_chart_set_colour (self->reductions_chart, GROVE_CHART_SUCCESS);
}
