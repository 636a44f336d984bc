/* SPDX-License-Identifier: MIT
 *
 * GroveRows: any table that the system's greeting declares, as a list of GroveRow slots; a
 * GroveTable, which says what that means. `crashes`, `events` and `log` are numbered: their newest
 * rows come first, the property `lost` counts those that are not kept any more, and a range of
 * numbers can be held still while more come.
 *
 * A system that has no such table is not asked: `available` is FALSE then.
 *
 * Main thread only.
 */
#pragma once

#include "observer/grove-row.h"
#include "observer/grove-table.h"

G_BEGIN_DECLS

#define GROVE_TYPE_ROWS (grove_rows_get_type ())
G_DECLARE_FINAL_TYPE (GroveRows, grove_rows, GROVE, ROWS, GroveTable)

/**
 * grove_rows_new:
 * @table: "crashes", "events", "log", "names", "applications", "timers", "sessions" or another
 * @of: (nullable): whose, of the table "children": the pid of a supervisor
 * @interval_ms: of its updates, at least 50
 *
 * Property, besides those of GroveTable: available boolean r. Signal: columns-changed: the system
 * declares other columns than the last; what is shown by index must be built anew.
 *
 * Who is no list view holds the rows wanted: grove_table_set_viewport (rows, 0, 8), and on
 * items-changed and "refilled" g_list_model_get_item() of each.
 *
 * Returns: (transfer full): not active
 * Since: 0.1
 */
GroveRows *
grove_rows_new (GroveSession *session, const char *table, const char *of, guint interval_ms);

const char *grove_rows_get_table (GroveRows *self);
gboolean    grove_rows_is_available (GroveRows *self);

/* Returns: (array length=ret_n): borrowed until "columns-changed"; none before a system was
 * reached. Since: 0.1 */
const GroveRowColumn *grove_rows_get_columns (GroveRows *self, guint *ret_n);
/* Returns: G_MAXUINT when there is none. Since: 0.1 */
guint grove_rows_find_column (GroveRows *self, const char *name);

/* What it is sorted by when nobody asked for something else. Since: 0.1 */
const char *grove_rows_get_default_sort (GroveRows *self, gboolean *ret_descending);

/* Whether its rows are numbered. Since: 0.1 */
gboolean grove_rows_is_numbered (GroveRows *self);

/**
 * grove_rows_set_range:
 * @after: only rows with a larger number; -1: all
 * @until: only rows up to that number; -1: all
 *
 * Of a numbered table. With @until nothing moves while newer rows come; another table with @after
 * counts them. A new run of the system ends it.
 *
 * Since: 0.1
 */
void grove_rows_set_range (GroveRows *self, gint64 after, gint64 until);

/* grove_table_peek() and grove_table_find(), of rows. Since: 0.1 */
GroveRow *grove_rows_peek (GroveRows *self, guint position);
GroveRow *grove_rows_find (GroveRows *self, const char *key, guint *ret_position);

/* Returns: (transfer full): the names of the tables that the system declares, NULL-terminated.
 * Since: 0.1 */
char **grove_rows_list_tables (GroveSession *session);

G_END_DECLS
