/* SPDX-License-Identifier: MIT
 *
 * GroveRowPane: one row of a table looked at closely, below the table: all that its columns hold,
 * whole; of a crash, where it happened, what the process had in hand, who stood above it, and what
 * followed. It stays when its row goes.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-rows.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define GROVE_TYPE_ROW_PANE (grove_row_pane_get_type ())
G_DECLARE_FINAL_TYPE (GroveRowPane, grove_row_pane, GROVE, ROW_PANE, AdwBin)

/* Signals: closed, the button that takes it away; navigate (const char *pid), a process is to be
 * shown; open-supervisor (const char *pid), one is to be shown in the tree. */

/* Shows @row, of which @table, with @columns; copies what it needs. NULL: nothing. */
void grove_row_pane_show (GroveRowPane         *self,
                          GroveSession         *session,
                          const char           *table,
                          const GroveRowColumn *columns,
                          guint                 n_columns,
                          GroveRow             *row);
/* Of a crash: whether all of it is there (of others: whether something is shown). */
gboolean grove_row_pane_is_filled (GroveRowPane *self);

G_END_DECLS
