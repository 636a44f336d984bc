/* SPDX-License-Identifier: MIT
 *
 * GroveProcessTable: the table `processes` of a session as a list of GroveProcessItem slots; a
 * GroveTable, which says what that means.
 *
 * Main thread only.
 */
#pragma once

#include "observer/grove-process-item.h"
#include "observer/grove-table.h"

G_BEGIN_DECLS

#define GROVE_TYPE_PROCESS_TABLE (grove_process_table_get_type ())
G_DECLARE_FINAL_TYPE (GroveProcessTable, grove_process_table, GROVE, PROCESS_TABLE, GroveTable)

GroveProcessTable *grove_process_table_new (GroveSession *session, guint interval_ms);

/* Those of its parent. Since: 0.1 */
void grove_process_table_set_active (GroveProcessTable *self, gboolean active);
void
grove_process_table_set_sort (GroveProcessTable *self, const char *column, gboolean descending);
void              grove_process_table_set_filter (GroveProcessTable *self, const char *typed);
void              grove_process_table_set_viewport (GroveProcessTable *self, guint first, guint n);
guint64           grove_process_table_get_total (GroveProcessTable *self);
guint64           grove_process_table_get_matched (GroveProcessTable *self);
GroveProcessItem *grove_process_table_peek (GroveProcessTable *self, guint position);
GroveProcessItem *
grove_process_table_find (GroveProcessTable *self, const char *pid, guint *ret_position);

G_END_DECLS
