/* SPDX-License-Identifier: MIT
 *
 * GroveHorizonChart: a mailbox over the last minutes in three bands.
 */
#include "ui/grove-horizon-chart.h"

#include "observer/grove-format.h"
#include "ui/grove-palette.h"
#include "ui/grove-preferences.h"

#include <glib/gi18n.h>
#include <string.h>

#define LEAST    1.5 /* so that one message is seen */
#define MINUTE_S 60

struct _GroveHorizonChart
{
  GtkWidget    parent_instance;
  GroveHorizon horizon;
  guint        span_s;
};

G_DEFINE_FINAL_TYPE (GroveHorizonChart, grove_horizon_chart, GTK_TYPE_WIDGET)

/* Steps, not slopes: a value stands for its whole second. */
static void
trace_band (GroveHorizonChart *self, cairo_t *cr, guint band, double width, double height)
{
  const GroveHorizon *horizon = &self->horizon;
  GrovePreferences   *preferences = grove_preferences_get ();
  const guint         warning = grove_preferences_get_mailbox_warning (preferences);
  const guint         alarm = grove_preferences_get_mailbox_alarm (preferences);
  const double        step = width / self->span_s;
  const guint         n = MIN (horizon->n, self->span_s);
  double              x = width - n * step;

  cairo_move_to (cr, x, height);
  for (guint i = horizon->n - n; i < horizon->n; i++, x += step)
    {
      const guint32 value = grove_horizon_get (horizon, i);
      double        level = grove_horizon_get_level (value, band, warning, alarm) * height;

      if (level > 0)
        level = MAX (level, LEAST);
      cairo_line_to (cr, x, height - level);
      cairo_line_to (cr, x + step, height - level);
    }
  cairo_line_to (cr, width, height);
  cairo_close_path (cr);
}

static void
grove_horizon_chart_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  static const guint  steps[GROVE_HORIZON_BANDS] = { 1, 3, 5 };
  static const double weights[GROVE_HORIZON_BANDS] = { 0.5, 0.85, 0.95 };
  GroveHorizonChart  *self = GROVE_HORIZON_CHART (widget);
  const GrovePalette *palette = grove_palette_get (widget);
  const float         width = gtk_widget_get_width (widget);
  const float         height = gtk_widget_get_height (widget);
  cairo_t            *cr;

  for (int i = 1; i * MINUTE_S < (int) self->span_s; i++)
    gtk_snapshot_append_color (snapshot, &palette->grid,
                               &GRAPHENE_RECT_INIT ((int) (width * i * MINUTE_S / self->span_s), 0,
                                                    1, height));
  gtk_snapshot_append_color (snapshot, &palette->track,
                             &GRAPHENE_RECT_INIT (0, height - 1, width, 1));
  if (self->horizon.n == 0 || width < 1 || height < 1)
    return;
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  for (guint band = 0; band < GROVE_HORIZON_BANDS; band++)
    {
      GdkRGBA colour = grove_rgba_fade (palette->steps[steps[band]], weights[band]);

      trace_band (self, cr, band, width, height);
      gdk_cairo_set_source_rgba (cr, &colour);
      cairo_fill (cr);
    }
  cairo_destroy (cr);
}

static void
grove_horizon_chart_measure (GtkWidget     *widget,
                             GtkOrientation orientation,
                             int            for_size,
                             int           *minimum,
                             int           *natural,
                             int           *minimum_baseline,
                             int           *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 100 : 32;
  *minimum_baseline = *natural_baseline = -1;
}

static void
grove_horizon_chart_class_init (GroveHorizonChartClass *klass)
{
  GTK_WIDGET_CLASS (klass)->snapshot = grove_horizon_chart_snapshot;
  GTK_WIDGET_CLASS (klass)->measure = grove_horizon_chart_measure;
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_IMG);
}

/* The same in words. */
static void
update_label (GroveHorizonChart *self)
{
  const GroveHorizon *horizon = &self->horizon;
  g_autofree char    *text = NULL;

  if (horizon->n == 0)
    text = g_strdup (_ ("Messages over the last minutes: nothing known yet"));
  else
    {
      g_autofree char *now = grove_format_count (grove_horizon_get (horizon, horizon->n - 1));
      g_autofree char *before = grove_format_count (grove_horizon_get (horizon, 0));
      g_autofree char *peak = grove_format_count (grove_horizon_get_peak (horizon));
      g_autofree char *span = grove_format_duration ((gint64) horizon->n * 1000000000);

      text = g_strdup_printf (_ ("Messages over the last %s: %s at first, %s now, %s at most"),
                              span, before, now, peak);
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), text);
}

static void
grove_horizon_chart_init (GroveHorizonChart *self)
{
  self->span_s = GROVE_HORIZON_LENGTH;
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  update_label (self);
}

void
grove_horizon_chart_set (GroveHorizonChart *self, const GroveHorizon *horizon)
{
  g_return_if_fail (GROVE_IS_HORIZON_CHART (self));
  if (memcmp (&self->horizon, horizon, sizeof *horizon) == 0)
    return;
  self->horizon = *horizon;
  update_label (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
grove_horizon_chart_set_span (GroveHorizonChart *self, guint span_s)
{
  g_return_if_fail (GROVE_IS_HORIZON_CHART (self));
  self->span_s = CLAMP (span_s, 1, GROVE_HORIZON_LENGTH);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
