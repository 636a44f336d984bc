/* SPDX-License-Identifier: MIT
 *
 * GroveRowList: a table of any kind on the screen, over a GListModel of GroveRow. Of a GroveRows
 * the system sorts, and what is on the screen is what is subscribed to. Columns are made from what
 * is declared, can be chosen, and are remembered.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-rows.h"
#include "ui/grove-process-selection.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define GROVE_TYPE_ROW_LIST (grove_row_list_get_type ())
G_DECLARE_FINAL_TYPE (GroveRowList, grove_row_list, GROVE, ROW_LIST, AdwBin)

/* Signals: scrolled, the rows on the screen are others; menu (double x, double y), one is asked for
 * on a selected row, at that point of the list; activated, Enter or a double click on a row. */

/* @title: what it lists, for who cannot see it. */
GtkWidget *grove_row_list_new (GListModel *model, const char *table, const char *title);
/* Columns are others. Borrowed while it is called. */
void
grove_row_list_set_columns (GroveRowList *self, const GroveRowColumn *columns, guint n_columns);
/* Actions "columns.NAME", to be inserted where the menu is; and the menu. */
GActionGroup *grove_row_list_get_column_actions (GroveRowList *self);
GMenuModel   *grove_row_list_get_column_menu (GroveRowList *self);
/* Keys of rows are its pids. */
GroveProcessSelection *grove_row_list_get_selection (GroveRowList *self);
/* (nullable): the row of that key if it is loaded; borrowed. */
GroveRow *grove_row_list_find (GroveRowList *self, const char *key);
gboolean  grove_row_list_is_at_top (GroveRowList *self);
void      grove_row_list_scroll_to_top (GroveRowList *self);
/* Rows keep their order no longer for a pointer that moves over them. */
void grove_row_list_release (GroveRowList *self);
/* What is said of time has gone on. */
void grove_row_list_refresh (GroveRowList *self);
/* (transfer full): the selected rows that are loaded, cells apart by tabs, as they are shown. NULL:
 * none. */
char *grove_row_list_copy (GroveRowList *self, guint *ret_n);
/* (transfer full): the names of the columns shown, in their order. */
char **grove_row_list_dup_shown (GroveRowList *self);

G_END_DECLS
