/* SPDX-License-Identifier: MIT
 *
 * GroveRowReader: all rows of a table as a GroveRows lists them, page by page, to be saved; and
 * rows as lines of CSV and JSON. Pages are asked for one after the other: what moves between them
 * is not read twice, but may be missed; numbered rows do not move.
 *
 * Main thread only.
 */
#pragma once

#include "observer/grove-rows.h"

G_BEGIN_DECLS

#define GROVE_TYPE_ROW_READER (grove_row_reader_get_type ())
G_DECLARE_FINAL_TYPE (GroveRowReader, grove_row_reader, GROVE, ROW_READER, GObject)

/* Signals: page (GPtrArray *rows) (element-type GroveRow), a page came, and the next waits for
 * grove_row_reader_next(); finished (const char *error), there is no more; error: NULL when all was
 * read. */

/**
 * grove_row_reader_new:
 * @like: whose table, filter and order it reads; it may go
 *
 * Returns: (transfer full): reads nothing before grove_row_reader_next()
 * Since: 0.1
 */
GroveRowReader *grove_row_reader_new (GroveSession *session, GroveRows *like);
void            grove_row_reader_next (GroveRowReader *self);
/* Returns: how much of it was read, 0..1. Since: 0.1 */
double grove_row_reader_get_progress (GroveRowReader *self);

/* Returns: (transfer full): the names of the columns as a line, with its end. Since: 0.1 */
char *grove_row_csv_header (const GroveRowColumn *columns, guint n_columns);
/* Returns: (transfer full): the values as they came, with the line's end. Since: 0.1 */
char *grove_row_to_csv (GroveRow *row);
/* Returns: (transfer full): an object, without a line's end. Since: 0.1 */
char *grove_row_to_json (GroveRow *row);

G_END_DECLS
