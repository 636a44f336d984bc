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

/**
 * grove_filter_new:
 * @json: ["and", ["gt","messages",100], ["eq","app","shop"], ...]; operators: and or not eq ne lt
 * le gt ge in prefix contains
 * @table: whose columns it names; longer lived than the filter
 * @ret_error: (out) (transfer full): what is wrong, for people; free()
 *
 * Returns: (transfer full): NULL on an error
 * Since: 0.1
 */
struct grove_filter *
grove_filter_new (struct json_object *json, const struct grove_table *table, char **ret_error);

/* @self: (nullable) (transfer full). Since: 0.1 */
void grove_filter_free (struct grove_filter *self);

/* How the selection reads a row: @row is whatever the source scans, or a copy of it; what a row
 * points to must stay readable until the selection is freed. */
typedef void (*grove_row_value) (const void         *row,
                                 uint32_t            column,
                                 void               *user_data,
                                 struct grove_value *ret);

/**
 * grove_filter_accepts:
 * @self: (nullable): NULL accepts all
 * @row: handed to @value
 *
 * Since: 0.1
 */
bool grove_filter_accepts (const struct grove_filter *self,
                           const void                *row,
                           grove_row_value            value,
                           void                      *user_data);

/**
 * grove_filter_keys:
 * @self: (nullable)
 * @ret_keys: (out): borrowed from @self
 *
 * When @self is nothing but ["eq"|"in", key column, ...]: the keys it names, so that a source can
 * look them up instead of scanning.
 *
 * Returns: how many; 0 for any other filter
 * Since: 0.1
 */
size_t grove_filter_keys (const struct grove_filter *self, const char *const **ret_keys);

/* A selection over fixed-size rows, which it copies. */
struct grove_selection;

/**
 * grove_selection_new:
 * @query: copied, but for its filter, which outlives the selection
 * @row_size: rows are copied, this many bytes each
 * @key_compare: breaks ties by the key column, which makes the order total
 *
 * Returns: (transfer full): free with grove_selection_free()
 * Since: 0.1
 */
struct grove_selection *grove_selection_new (const struct grove_table_query *query,
                                             size_t                          row_size,
                                             grove_row_value                 value,
                                             int (*key_compare) (const void *, const void *),
                                             void *user_data);
void                    grove_selection_free (struct grove_selection *self);

/**
 * grove_selection_offer:
 * @row: copied if the window may need it
 *
 * Cost: O(1) for most rows of a large table
 * Since: 0.1
 */
void grove_selection_offer (struct grove_selection *self, const void *row);

/**
 * grove_selection_window:
 * @ret_rows: (out): the window's rows, in order, borrowed from the selection
 *
 * After the last offer.
 *
 * Returns: how many
 * Since: 0.1
 */
size_t grove_selection_window (struct grove_selection *self, const void ***ret_rows);

/* Returns: rows offered; grove_selection_matched(): those the filter took. Since: 0.1 */
uint64_t grove_selection_total (const struct grove_selection *self);   /* offered */
uint64_t grove_selection_matched (const struct grove_selection *self); /* accepted by the filter */
