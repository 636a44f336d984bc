/* SPDX-License-Identifier: MIT
 *
 * GroveChart: one quantity over time as an area under a line; the newest at the right edge. It
 * borrows nothing: values are copied when set.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-series.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum
{
  GROVE_CHART_ACCENT,
  GROVE_CHART_SUCCESS,
  GROVE_CHART_PURPLE,
  GROVE_CHART_ORANGE,
} GroveChartColour;

#define GROVE_TYPE_CHART (grove_chart_get_type ())
G_DECLARE_FINAL_TYPE (GroveChart, grove_chart, GROVE, CHART, GtkWidget)

void grove_chart_set_colour (GroveChart *self, GroveChartColour colour);
/* What it shows, in words; the range and the last value are added for screen readers. */
void grove_chart_set_title (GroveChart *self, const char *title);
/* From zero rather than from the smallest value. Default TRUE. */
void grove_chart_set_from_zero (GroveChart *self, gboolean from_zero);
/* The value the top stands for at the least, so that noise is not drawn as a storm. Default 1. */
void grove_chart_set_least_top (GroveChart *self, double least_top);
void grove_chart_set_series (GroveChart *self, const GroveSeries *series);

/* Begins a series with what is known already, @n_each points a value, in straight lines from one to
 * the next. */
void grove_chart_seed_series (GroveSeries *series, const guint32 *values, guint n, guint n_each);

G_END_DECLS
