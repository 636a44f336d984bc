/* SPDX-License-Identifier: MIT
 *
 * GroveHorizonChart: what a mailbox held over the last minutes, in three bands that lie over each
 * other: up to the warning limit, up to the alarm limit, and beyond. So ten messages and ten
 * thousand are both seen in little height, in the colours that mailboxes have everywhere, and
 * charts that stand above one another can be compared.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-horizon.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define GROVE_TYPE_HORIZON_CHART (grove_horizon_chart_get_type ())
G_DECLARE_FINAL_TYPE (GroveHorizonChart, grove_horizon_chart, GROVE, HORIZON_CHART, GtkWidget)

/* Takes a copy; nothing is drawn anew when it is as it was. */
void grove_horizon_chart_set (GroveHorizonChart *self, const GroveHorizon *horizon);

/* How many seconds it is wide, at most GROVE_HORIZON_LENGTH, which it is at first. */
void grove_horizon_chart_set_span (GroveHorizonChart *self, guint span_s);

G_END_DECLS
