/* SPDX-License-Identifier: MIT
 *
 * GroveColumns: its children beside each other where there is room for that, else below each other.
 *
 * Threads: main thread only.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define GROVE_TYPE_COLUMNS (grove_columns_get_type ())
G_DECLARE_FINAL_TYPE (GroveColumns, grove_columns, GROVE, COLUMNS, GtkWidget)

G_END_DECLS
