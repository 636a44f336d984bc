/* SPDX-License-Identifier: MIT
 *
 * Rows and their columns from the inside, between grove-row.c and grove-rows.c.
 */
#pragma once

#include "observer/grove-observer-private.h"
#include "observer/grove-row.h"

G_BEGIN_DECLS

/* The columns of a table as a greeting declared them, shared by its rows; never changes. */
typedef struct
{
  gatomicrefcount n_refs;
  GroveSession   *session; /* counted; for clocks */
  guint           n;
  GroveRowColumn  columns[];
} GroveRowColumns;

#define GROVE_ROW_COLUMNS_MAX 64

/* NULL when nothing is declared that can be shown. */
GroveRowColumns *_grove_row_columns_new (GroveSession *session, struct json_object *declared);
GroveRowColumns *_grove_row_columns_ref (GroveRowColumns *self);
void             _grove_row_columns_unref (GroveRowColumns *self);
gboolean         _grove_row_columns_equal (const GroveRowColumns *a, const GroveRowColumns *b);
/* G_MAXUINT when there is none. */
guint _grove_row_columns_find (const GroveRowColumns *self, const char *name);
/* What a table sends as a row: as many values as columns, each of its type or null. */
gboolean _grove_row_columns_check (const GroveRowColumns *self, struct json_object *values);

GroveRow *_grove_row_new (void);
/* Returns: whether it shows another row than before. @values is counted. */
gboolean _grove_row_show (GroveRow *self, GroveRowColumns *columns, struct json_object *values);
/* Borrowed; NULL while nothing is known. */
const GroveRowColumns *_grove_row_get (GroveRow *self, struct json_object **ret_values);
void                   _grove_row_copy (GroveRow *self, GroveRow *from);
void                   _grove_row_clear (GroveRow *self);

G_END_DECLS
