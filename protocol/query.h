/* SPDX-License-Identifier: MIT
 *
 * Filters, and choosing a window of a sorted table without sorting it. For sources that have their
 * rows in memory: they scan once, and the selection keeps only what the window needs (a heap for a
 * window near the front, a quickselect further in), never a full sort.
 *
 * Threads: any one thread at a time. No I/O.
 */
#pragma once

#include "protocol/source.h"

struct json_object;

#define GROVE_FILTER_MAX_DEPTH  4
#define GROVE_FILTER_MAX_NODES  64
#define GROVE_FILTER_MAX_VALUES 512 /* of one "in" */

/* A value of one row in one column. */
struct grove_value
{
  enum grove_column_type type;
  union
  {
    int64_t     integer; /* GROVE_COLUMN_INT, GROVE_COLUMN_BOOL */
    double      real;
    const char *text; /* valid until the scan moves on */
  } u;
};

/* Compiles ["and", ["gt","messages",100], ["eq","app","shop"], ...] against the columns of @table.
 * Operators: and or not eq ne lt le gt ge in prefix contains. NULL and *ret_error (free()) on an
 * error. */
struct grove_filter      *
grove_filter_new (struct json_object *json, const struct grove_table *table, char **ret_error);
void grove_filter_free (struct grove_filter *self);

/* How the selection reads a row: @row is whatever the source scans, or a copy of it; what a row
 * points to must stay readable until the selection is freed. */
typedef void (*grove_row_value) (const void         *row,
                                 uint32_t            column,
                                 void               *user_data,
                                 struct grove_value *ret);

bool grove_filter_accepts (const struct grove_filter *self,
                           const void                *row,
                           grove_row_value            value,
                           void                      *user_data);

/* When @self is nothing but ["eq"|"in", key column, ...]: the keys it names, borrowed from it, so
 * that a source can look them up instead of scanning. 0 for any other filter, and for NULL. */
size_t grove_filter_keys (const struct grove_filter *self, const char *const **ret_keys);

/* A selection over fixed-size rows, which it copies. */
struct grove_selection;
/* @key_compare: breaks ties (the key column), makes the order total. */
struct grove_selection *grove_selection_new (const struct grove_table_query *query,
                                             size_t                          row_size,
                                             grove_row_value                 value,
                                             int (*key_compare) (const void *, const void *),
                                             void *user_data);
void                    grove_selection_free (struct grove_selection *self);
void                    grove_selection_offer (struct grove_selection *self, const void *row);
/* After the last offer: the window's rows, in order, owned by the selection. */
size_t   grove_selection_window (struct grove_selection *self, const void ***ret_rows);
uint64_t grove_selection_total (const struct grove_selection *self);   /* offered */
uint64_t grove_selection_matched (const struct grove_selection *self); /* accepted by the filter */
