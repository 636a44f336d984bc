/* SPDX-License-Identifier: MIT
 *
 * A table's rows to a file, as CSV or JSON, or to the clipboard: all that its query finds, or some
 * of them. It asks where, shows how far a long one is, and says what came of it in a toast.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-table.h"
#include "ui/grove-save.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* @widget: in the window it is for. @name: of the file that is suggested. @keys: (nullable): of the
 * rows that are meant, at most 512; NULL: all that the query finds. */
void grove_table_save (GtkWidget         *widget,
                       GroveTable        *table,
                       const char        *title,
                       const char        *name,
                       const char *const *keys,
                       guint              n_keys);
/* Where the place is known. @suffix: "csv" or "json". */
void grove_table_save_to (
  GroveSave *save, GroveTable *table, const char *suffix, const char *const *keys, guint n_keys);
/* The same as text, cells parted by tabs. */
void grove_table_copy (GtkWidget *widget, GroveTable *table, const char *const *keys, guint n_keys);

G_END_DECLS
