/* SPDX-License-Identifier: MIT
 *
 * What the supervision graph can be coloured by: for each metric its column at the system, the
 * thresholds between its colours, and how its values are said. The legend and the painter both read
 * this table, so what the legend says is what is painted.
 *
 * Threads: main thread only, but for grove_graph_metric_format().
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  GROVE_GRAPH_METRIC_MAILBOX,
  GROVE_GRAPH_METRIC_MEMORY,
  GROVE_GRAPH_METRIC_REDUCTIONS,
  GROVE_GRAPH_METRIC_STATE,
  GROVE_GRAPH_N_METRICS,
} GroveGraphMetric;

/* From the harmless to what needs a look; the order is used, a higher one shows through. */
typedef enum
{
  GROVE_GRAPH_BAND_OFF, /* suspended, or not known */
  GROVE_GRAPH_BAND_CALM,
  GROVE_GRAPH_BAND_BUSY,
  GROVE_GRAPH_BAND_WARM,
  GROVE_GRAPH_BAND_HOT,
  GROVE_GRAPH_BAND_ALARM,
  GROVE_GRAPH_N_BANDS,
} GroveGraphBand;

const char *grove_graph_metric_get_title (GroveGraphMetric metric);
/* "mailbox" and so on, for files and command lines. */
const char *grove_graph_metric_get_name (GroveGraphMetric metric);
/* Of the table "processes"; for the state, which comes with each node, that of the mailbox. */
const char *grove_graph_metric_get_column (GroveGraphMetric metric);
/* From how many messages on a mailbox is worth a look, and alarms: 100 and 1,000 unless said. */
void grove_graph_metric_set_mailbox_limits (guint warning, guint alarm);
/* What the legend says of a band, NULL when the metric does not use it. */
const char *grove_graph_metric_get_legend (GroveGraphMetric metric, GroveGraphBand band);
/* @status: the process's state as the system says it, may be NULL. */
GroveGraphBand
grove_graph_metric_get_band (GroveGraphMetric metric, double value, const char *status);
/* The value in a few characters for the end of a node, "" when there is nothing worth saying.
 * (transfer full) */
char *grove_graph_metric_format (GroveGraphMetric metric, double value, const char *status);

G_END_DECLS
