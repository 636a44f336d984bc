/* SPDX-License-Identifier: MIT
 *
 * A table's rows as a text, all that its query finds, whatever is in sight: read page by page
 * beside the table, so that what is shown stays as it is. Up to 512 rows are of one moment and in
 * the table's order; more are in the order of their keys, each once, those that come and go
 * meanwhile or not.
 *
 * Main thread only.
 */
#pragma once

#include "observer/grove-table.h"

G_BEGIN_DECLS

typedef enum
{
  GROVE_EXPORT_CSV,  /* RFC 4180, with a line of names */
  GROVE_EXPORT_JSON, /* an array of objects */
  GROVE_EXPORT_TEXT, /* with tabs between them and a line of names: for the clipboard */
} GroveExportFormat;

typedef struct GroveTableExport GroveTableExport;

/* The next piece; @part of the whole is read now, 0..1. More comes when it is asked for. */
typedef void (*GroveExportPieceFunc) (GBytes *piece, double part, gpointer user_data);
/* There is nothing more; @error: why not all. It may be freed then. */
typedef void (*GroveExportEndFunc) (guint64 n_rows, const GError *error, gpointer user_data);

/**
 * grove_table_export_new:
 * @keys: (array length=n_keys) (nullable): of the rows that are wanted, at most 512; NULL: all that
 *   match
 *
 * Begins at once; nothing is called back before this returned.
 *
 * Returns: (transfer full)
 * Since: 0.1
 */
GroveTableExport *grove_table_export_new (GroveTable          *table,
                                          GroveExportFormat    format,
                                          const char *const   *keys,
                                          guint                n_keys,
                                          GroveExportPieceFunc piece,
                                          GroveExportEndFunc   end,
                                          gpointer             user_data);
/* The last piece was dealt with. */
void grove_table_export_next (GroveTableExport *self);
/* Nothing is called back any more. NULL is fine. */
void grove_table_export_free (GroveTableExport *self);

G_END_DECLS
