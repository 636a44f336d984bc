/* SPDX-License-Identifier: MIT
 *
 * GroveSchedulerBars: how busy each scheduler is, as a row of upright bars.
 *
 * Threads: main thread only.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define GROVE_SCHEDULER_BARS_MAX 256

#define GROVE_TYPE_SCHEDULER_BARS (grove_scheduler_bars_get_type ())
G_DECLARE_FINAL_TYPE (GroveSchedulerBars, grove_scheduler_bars, GROVE, SCHEDULER_BARS, GtkWidget)

/* @utilisation: 0..1 each, copied. */
void grove_scheduler_bars_set_values (GroveSchedulerBars *self, const double *utilisation, guint n);

G_END_DECLS
