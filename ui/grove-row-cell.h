/* SPDX-License-Identifier: MIT
 *
 * GroveRowCell: one cell of a table of any kind. It follows a GroveRow and says its column by type
 * and unit; a word of few (a level, a kind, what followed) stands on a patch of colour.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-row.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define GROVE_TYPE_ROW_CELL (grove_row_cell_get_type ())
G_DECLARE_FINAL_TYPE (GroveRowCell, grove_row_cell, GROVE, ROW_CELL, GtkWidget)

/* @index: of @column in the table. */
GtkWidget *grove_row_cell_new (const GroveRowColumn *column, guint index);
/* Follows @row; NULL: nothing known. */
void      grove_row_cell_set_row (GroveRowCell *self, GroveRow *row);
GroveRow *grove_row_cell_get_row (GroveRowCell *self);
/* What it says of time has gone on. */
void grove_row_cell_refresh (GroveRowCell *self);
/* What the cell stands at, for the menu; G_MAXUINT when nowhere. */
void  grove_row_cell_set_list_item (GroveRowCell *self, GtkListItem *list_item);
guint grove_row_cell_get_position (GroveRowCell *self);

/* The style of a word: "tone-bad" and the like, "" none. */
const char *grove_row_cell_get_tone (const char *column, const char *word);

G_END_DECLS
