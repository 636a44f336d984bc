/* SPDX-License-Identifier: MIT
 *
 * GroveTabStop: around a long list. The Tab key leads into it, and on to what comes after it; in
 * GTK 4.8 it would lead from row to row, through all of a million. The arrow keys do that.
 *
 * Threads: main thread only.
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define GROVE_TYPE_TAB_STOP (grove_tab_stop_get_type ())
G_DECLARE_FINAL_TYPE (GroveTabStop, grove_tab_stop, GROVE, TAB_STOP, AdwBin)

GtkWidget *grove_tab_stop_new (GtkWidget *child);

G_END_DECLS
