/* SPDX-License-Identifier: MIT
 *
 * GroveTable: a table of the system as a list of slots. Item i is whatever the system has at
 * position i of its order; only the slots somebody holds exist, and only the viewport is subscribed
 * to. Sorting, filtering and live data rewrite slots and emit their "changed"; items-changed comes
 * only at the tail, when the total changes. What slots are is its heirs' to say: GroveProcessTable,
 * GroveRows.
 *
 * Main thread only. With active FALSE (a view that is not mapped) nothing is subscribed.
 */
#pragma once

#include "observer/grove-session.h"

G_BEGIN_DECLS

struct GroveTableKind;

#define GROVE_TYPE_TABLE (grove_table_get_type ())
G_DECLARE_DERIVABLE_TYPE (GroveTable, grove_table, GROVE, TABLE, GObject)

struct _GroveTableClass
{
  GObjectClass                 parent_class;
  const struct GroveTableKind *kind; /* of the heirs in observer/ */
};

/* Properties: active boolean rw; filter string rw (typed; an invalid one leaves the last valid in
 * force and sets filter-error); filter-error string r (NULL fine); sort-column string rw;
 * sort-descending boolean rw; total uint64 r; matched uint64 r; lost uint64 r (rows there were that
 * are not there any more, as far as the system counts them); loading boolean r (nothing came yet);
 * refusal string r (NULL fine): why the system does not tell it, and what to do; frozen boolean rw
 * (rows keep their order, for while one points at them). Signal: refilled (guint first, guint n,
 * gboolean moved): slots were rewritten; moved: some hold another row than before. */
void grove_table_set_active (GroveTable *self, gboolean active);
/* Borrowed; NULL: the system tells it, or has not been asked. Since: 0.1 */
const char *grove_table_get_refusal (GroveTable *self);
/* What the table has no column for is sorted as the table is by itself. Since: 0.1 */
void grove_table_set_sort (GroveTable *self, const char *column, gboolean descending);
void grove_table_set_filter (GroveTable *self, const char *typed);
/**
 * grove_table_check_filter:
 * @ret_position: (out) (optional): the byte where it goes wrong
 *
 * Whether @typed is a query this table could be asked; it is not asked.
 *
 * Returns: FALSE, and why not
 * Since: 0.1
 */
gboolean
grove_table_check_filter (GroveTable *self, const char *typed, gsize *ret_position, GError **error);

/**
 * grove_table_complete_filter:
 * @typed: up to the cursor
 * @ret_start: (out): the byte from which on a completion takes the place of what is typed
 *
 * What may come next, as grove_filter_complete(), and of columns that can hold anything what their
 * rows in sight do.
 *
 * Returns: (transfer full): NULL-terminated, in the order to offer them in; maybe none
 * Since: 0.1
 */
char **grove_table_complete_filter (GroveTable *self, const char *typed, gsize *ret_start);

/* Rows on the screen. At most 480 are subscribed to. Since: 0.1 */
void    grove_table_set_viewport (GroveTable *self, guint first, guint n);
guint64 grove_table_get_total (GroveTable *self);
guint64 grove_table_get_matched (GroveTable *self);

/* Returns: (nullable) (type GObject): a loaded slot, borrowed; makes none. Since: 0.1 */
gpointer grove_table_peek (GroveTable *self, guint position);

/**
 * grove_table_find:
 * @key: of a row: a pid, a name, a number as text
 * @ret_position: (out): G_MAXUINT when there is none
 *
 * Returns: (nullable) (type GObject): the loaded slot that shows it, borrowed
 * Since: 0.1
 */
gpointer grove_table_find (GroveTable *self, const char *key, guint *ret_position);

G_END_DECLS
