/* SPDX-License-Identifier: MIT
 *
 * GroveProcessTable: the table `processes` of a session as a list of GroveProcessItem slots. Item i
 * is whatever the server has at position i of its order; only the slots somebody holds exist, and
 * only the viewport is subscribed to. Sorting, filtering and live data rewrite slots and emit their
 * "changed"; items-changed comes only at the tail, when the total changes.
 *
 * Main thread only. With active FALSE (a view that is not mapped) nothing is subscribed.
 */
#pragma once

#include "observer/grove-process-item.h"
#include "observer/grove-session.h"

G_BEGIN_DECLS

#define GROVE_TYPE_PROCESS_TABLE (grove_process_table_get_type ())
G_DECLARE_FINAL_TYPE (GroveProcessTable, grove_process_table, GROVE, PROCESS_TABLE, GObject)

/* Properties: active boolean rw; filter string rw (typed; an invalid one leaves the last valid in
 * force and sets filter-error); filter-error string r (NULL fine); sort-column string rw;
 * sort-descending boolean rw; total uint64 r; matched uint64 r; loading boolean r (nothing came
 * yet); frozen boolean rw (rows keep their order, for while one points at them). Signals: refilled
 * (guint first, guint n, gboolean moved): slots were rewritten; moved: some hold another process
 * than before. */
GroveProcessTable *grove_process_table_new (GroveSession *session, guint interval_ms);
void               grove_process_table_set_active (GroveProcessTable *self, gboolean active);
void
grove_process_table_set_sort (GroveProcessTable *self, const char *column, gboolean descending);
void grove_process_table_set_filter (GroveProcessTable *self, const char *typed);

/* Rows on the screen. At most 480 are subscribed to. Since: 0.1 */
void    grove_process_table_set_viewport (GroveProcessTable *self, guint first, guint n);
guint64 grove_process_table_get_total (GroveProcessTable *self);
guint64 grove_process_table_get_matched (GroveProcessTable *self);

/* Returns: (nullable): a loaded slot, borrowed; makes none. Since: 0.1 */
GroveProcessItem *grove_process_table_peek (GroveProcessTable *self, guint position);

/**
 * grove_process_table_find:
 * @ret_position: (out): G_MAXUINT when there is none
 *
 * Returns: (nullable): the loaded slot that shows @pid, borrowed
 * Since: 0.1
 */
GroveProcessItem *
grove_process_table_find (GroveProcessTable *self, const char *pid, guint *ret_position);

G_END_DECLS
