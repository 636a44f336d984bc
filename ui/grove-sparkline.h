/* SPDX-License-Identifier: MIT
 *
 * GroveSparkline: a mailbox's last minute as a row of bars, oldest first and palest; coloured as
 * mailboxes are. Each is as high as its share of the row's largest, and never quite flat.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-process-item.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define GROVE_TYPE_SPARKLINE (grove_sparkline_get_type ())
G_DECLARE_FINAL_TYPE (GroveSparkline, grove_sparkline, GROVE, SPARKLINE, GtkWidget)

GtkWidget *grove_sparkline_new (void);
/* @values: one a second, the last of second @end_s; copied; at most GROVE_HISTORY_LENGTH are kept,
 * the newest. */
void
grove_sparkline_set_values (GroveSparkline *self, const guint32 *values, guint n, gint64 end_s);

G_END_DECLS
