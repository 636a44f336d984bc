/* SPDX-License-Identifier: MIT
 *
 * What the supervision graph can be coloured by.
 */
#include "observer/grove-graph-metric.h"

#include "observer/grove-format.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  const char *title;
  const char *name;
  const char *column;
  /* The lowest value of the bands from busy on. */
  double      from[GROVE_GRAPH_N_BANDS - GROVE_GRAPH_BAND_BUSY];
  const char *legend[GROVE_GRAPH_N_BANDS];
} Metric;

#define KIB 1024.0
#define MIB (1024.0 * 1024.0)

static Metric metrics[GROVE_GRAPH_N_METRICS] = {
  [GROVE_GRAPH_METRIC_MAILBOX] = {
    .title = N_ ("Mailbox"),
    .name = "mailbox",
    .column = "messages",
    .from = { 1, 100, 400, 1000 },
    /* Yellow and red begin where they do in tables, unless set otherwise. */
    .legend = { NULL, N_ ("empty"), "1+", "100+", "400+", "1000+" },
  },
  [GROVE_GRAPH_METRIC_MEMORY] = {
    .title = N_ ("Memory"),
    .name = "memory",
    .column = "memory",
    .from = { 16 * KIB, 256 * KIB, 4 * MIB, 64 * MIB },
    .legend = { NULL, "< 16 KiB", "16 KiB+", "256 KiB+", "4 MiB+", "64 MiB+" },
  },
  [GROVE_GRAPH_METRIC_REDUCTIONS] = {
    .title = N_ ("Reductions/s"),
    .name = "reductions",
    .column = "reductions/s",
    .from = { 100, 1e4, 1e6, 1e7 },
    .legend = { NULL, N_ ("idle"), "100+", "10k+", "1M+", "10M+" },
  },
  [GROVE_GRAPH_METRIC_STATE] = {
    .title = N_ ("State"),
    .name = "state",
    .column = "messages",
    .legend = { "suspended", "waiting", "running", "runnable", NULL, "exiting" },
  },
};

static const struct
{
  const char    *status;
  GroveGraphBand band;
} states[] = {
  { "waiting", GROVE_GRAPH_BAND_CALM },  { "running", GROVE_GRAPH_BAND_BUSY },
  { "runnable", GROVE_GRAPH_BAND_WARM }, { "exiting", GROVE_GRAPH_BAND_ALARM },
  { "suspended", GROVE_GRAPH_BAND_OFF },
};

const char *
grove_graph_metric_get_title (GroveGraphMetric metric)
{
  return _ (metrics[metric].title);
}

const char *
grove_graph_metric_get_name (GroveGraphMetric metric)
{
  return metrics[metric].name;
}

const char *
grove_graph_metric_get_column (GroveGraphMetric metric)
{
  return metrics[metric].column;
}

void
grove_graph_metric_set_mailbox_limits (guint warning, guint alarm)
{
  double *from = metrics[GROVE_GRAPH_METRIC_MAILBOX].from;

  from[1] = MAX (warning, 1);
  from[3] = MAX (alarm, from[1]);
  from[2] = MIN (from[1] * 4, (from[1] + from[3]) / 2);
  for (guint i = 1; i < G_N_ELEMENTS (metrics[0].from); i++)
    {
      g_autofree char *text = g_strdup_printf ("%.0f+", from[i]);

      /* A picture that is being drawn in a thread goes on with the old one. */
      metrics[GROVE_GRAPH_METRIC_MAILBOX].legend[GROVE_GRAPH_BAND_BUSY + i] =
        g_intern_string (text);
    }
}

const char *
grove_graph_metric_get_legend (GroveGraphMetric metric, GroveGraphBand band)
{
  const char *legend = metrics[metric].legend[band];

  return legend != NULL ? _ (legend) : NULL;
}

GroveGraphBand
grove_graph_metric_get_band (GroveGraphMetric metric, double value, const char *status)
{
  GroveGraphBand band = GROVE_GRAPH_BAND_CALM;

  if (metric == GROVE_GRAPH_METRIC_STATE)
    {
      for (guint i = 0; i < G_N_ELEMENTS (states); i++)
        if (g_strcmp0 (status, states[i].status) == 0)
          return states[i].band;
      return GROVE_GRAPH_BAND_OFF;
    }
  for (guint i = 0; i < G_N_ELEMENTS (metrics[metric].from); i++)
    if (value >= metrics[metric].from[i])
      band = GROVE_GRAPH_BAND_BUSY + i;
  return band;
}

char *
grove_graph_metric_format (GroveGraphMetric metric, double value, const char *status)
{
  switch (metric)
    {
    case GROVE_GRAPH_METRIC_MEMORY:
      return value > 0 ? grove_format_bytes ((gint64) value) : g_strdup ("");
    case GROVE_GRAPH_METRIC_STATE:
      return g_strdup (status != NULL ? status : "");
    case GROVE_GRAPH_METRIC_MAILBOX:
    case GROVE_GRAPH_METRIC_REDUCTIONS:
    case GROVE_GRAPH_N_METRICS:
    default:
      return value >= 1 ? grove_format_short ((gint64) value) : g_strdup ("");
    }
}
