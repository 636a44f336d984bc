/* SPDX-License-Identifier: MIT
 *
 * GroveGraphLegend: what the colours of the supervision graph mean, read from the same table that
 * the painter uses.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-graph-metric.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define GROVE_TYPE_GRAPH_LEGEND (grove_graph_legend_get_type ())
G_DECLARE_FINAL_TYPE (GroveGraphLegend, grove_graph_legend, GROVE, GRAPH_LEGEND, GtkWidget)

void grove_graph_legend_set_metric (GroveGraphLegend *self, GroveGraphMetric metric);

G_END_DECLS
