/* SPDX-License-Identifier: MIT
 *
 * What the flat table and the tree have in common: a GtkColumnView of processes with its pointer
 * and keyboard. Both shapes look and act alike because both are made here.
 *
 * Threads: main thread only.
 */
#pragma once

#include "ui/grove-process-cell.h"
#include "ui/grove-process-selection.h"

G_BEGIN_DECLS

/* An empty view of processes, styled. */
GtkWidget *grove_process_columns_new_view (const char *accessible_label);
/* Adds a column. @factory: (transfer full). */
GtkColumnViewColumn *
grove_process_columns_add (GtkColumnView *view, GroveColumn column, GtkListItemFactory *factory);
/* Which one it is, and how wide it is at first. */
GroveColumn grove_process_columns_get_column (GtkColumnViewColumn *column);
int         grove_process_columns_get_width (GtkColumnViewColumn *column);
/* Makes the column wider, or narrower, than others of its kind are at first. */
void grove_process_columns_set_width (GtkColumnViewColumn *column, int width);
/* Menu by right click and key, Delete kills, Enter and double-click inspect. */
void grove_process_columns_add_controls (GtkColumnView *view, GroveProcessSelection *selection);
/* Aligns the titles of the columns of numbers with their numbers; GTK 4.8 has no way to ask for it.
 */
void grove_process_columns_align_titles (GtkColumnView *view);
/* The rows on the screen. FALSE: none. */
gboolean grove_process_columns_get_visible (GtkScrolledWindow *scrolled,
                                            guint              n_items,
                                            guint             *ret_first,
                                            guint             *ret_n);
void     grove_process_columns_scroll_to (GtkColumnView *view, guint position);

G_END_DECLS
