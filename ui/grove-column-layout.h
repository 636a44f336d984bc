/* SPDX-License-Identifier: MIT
 *
 * GroveColumnLayout: which columns a table of processes has, in which order and how wide, chosen by
 * the person and remembered. Each column is an action `columns.ID` of the view: the menu of a
 * column's title and the chooser name it. Columns that the system does not have are hidden, and
 * come back with a system that has them.
 *
 * Threads: main thread only.
 */
#pragma once

#include "ui/grove-process-cell.h"

G_BEGIN_DECLS

#define GROVE_TYPE_COLUMN_LAYOUT (grove_column_layout_get_type ())
G_DECLARE_FINAL_TYPE (GroveColumnLayout, grove_column_layout, GROVE, COLUMN_LAYOUT, GObject)

/* Signal: choose, the chooser was asked for by a title's menu. */

/**
 * grove_column_layout_new:
 * @view: with its columns, made by grove_process_columns_add(), in the order they have at first;
 *   the name is among them, and stays
 * @memory: under which name it is remembered
 * @shown: (array length=n_shown): columns that are shown at first
 *
 * Returns: (transfer full)
 */
GroveColumnLayout *grove_column_layout_new (GtkColumnView     *view,
                                            GroveSession      *session,
                                            const char        *memory,
                                            const GroveColumn *shown,
                                            guint              n_shown);
/* A list of checks, to be put into a popover. Borrowed: it is the layout's own. */
GtkWidget *grove_column_layout_get_chooser (GroveColumnLayout *self);
/* Returns: (nullable): borrowed from the view. */
GtkColumnViewColumn *grove_column_layout_find (GroveColumnLayout *self, GroveColumn column);

G_END_DECLS
