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

/* One operator of a filter with what it is applied to. All of a filter are numbered from 0, each
 * before those it joins, which follow one another: the first is the next, and each ends where the
 * next begins. For sources that filter where their rows are. */
struct grove_filter_part
{
  const char *name;     /* "and", "eq", ... */
  bool        joins;    /* "and", "or", "not": others; else it compares */
  uint32_t    end;      /* the part after this one and all it joins */
  uint32_t    column;   /* that is compared */
  size_t      n_values; /* that it is compared with */
};

/**
 * grove_filter_part:
 * @index: below grove_filter_part (self, 0)'s end
 *
 * Since: 0.1
 */
struct grove_filter_part grove_filter_part (const struct grove_filter *self, uint32_t index);
/* Values of "contains" are in lower case. Borrowed from @self. Since: 0.1 */
struct grove_value
grove_filter_part_value (const struct grove_filter *self, uint32_t index, size_t value);

/* ---- Many rows at once -----------------------------------------------------------------------
 */

/* At most; a window and some to spare. */
#define GROVE_COLUMNS_ROWS 528

/* The values of some rows, a column at a time: by index of the column in its table NULL, where it
 * is not wanted, or int64_t (integers and booleans), double or const char * (never NULL) of each
 * row. But for column 0 texts stay where they are: those of one address are one text. */
struct grove_columns
{
  size_t             n;
  const uint64_t    *keys; /* a number of each row, in the order of the key column; never 0 */
  const void *const *values;
};

/**
 * grove_filter_columns:
 * @self: (nullable)
 *
 * Returns: which columns it reads, a bit each
 * Since: 0.1
 */
uint64_t grove_filter_columns (const struct grove_filter *self);

/**
 * grove_filter_begin:
 * @self: (nullable)
 *
 * Forgets what it said of texts: those of a new scan may lie where others lay.
 *
 * Since: 0.1
 */
void grove_filter_begin (const struct grove_filter *self);

/**
 * grove_filter_select:
 * @self: (nullable): NULL accepts all
 * @ret_accepted: (out): a value a row
 *
 * Cost: a nanosecond or two a row and leaf; a text is compared once for each address it has
 * Since: 0.1
 */
void grove_filter_select (const struct grove_filter  *self,
                          const struct grove_columns *columns,
                          bool                        ret_accepted[GROVE_COLUMNS_ROWS]);

/* Chooses the window among rows of which it keeps no more than their sort keys. */
struct grove_ranking;

/**
 * grove_ranking_new:
 * @query: not kept
 * @table: the query's
 * @spare: so many more rows behind the window are wanted, in case that some are gone when it is
 *   looked at
 *
 * Returns: (transfer full): free with grove_ranking_free()
 * Since: 0.1
 */
struct grove_ranking *grove_ranking_new (const struct grove_table_query *query,
                                         const struct grove_table       *table,
                                         uint32_t                        spare);
void                  grove_ranking_free (struct grove_ranking *self);
/* Which columns the order follows from, a bit each, without the key. Since: 0.1 */
uint64_t grove_ranking_columns (const struct grove_ranking *self);
/* True when it may need memory for every row there is: the window is far from the front. */
bool grove_ranking_is_deep (const struct grove_ranking *self);

/**
 * grove_ranking_set_anchor:
 * @row: of @columns, accepted by the filter
 *
 * Before the first offer: the window is the one in which this row is the query's `anchor_row`-th.
 *
 * Since: 0.1
 */
void grove_ranking_set_anchor (struct grove_ranking       *self,
                               const struct grove_columns *columns,
                               size_t                      row);

/**
 * grove_ranking_offer:
 * @accepted: by the filter; of the others nothing is looked at
 *
 * Cost: a nanosecond or two for most rows
 * Since: 0.1
 */
void grove_ranking_offer (struct grove_ranking       *self,
                          const struct grove_columns *columns,
                          const bool                 *accepted);

/**
 * grove_ranking_window:
 * @ret_keys: (out): room for the query's limit and what is to spare
 * @ret_offset: (out): of the first
 *
 * After the last offer.
 *
 * Returns: how many
 * Since: 0.1
 */
size_t grove_ranking_window (struct grove_ranking *self, uint64_t *ret_keys, uint64_t *ret_offset);

/**
 * grove_ranking_sort:
 * @ret_rows: (out): which rows of @columns are accepted, in order; room for all
 *
 * Cost: O(n log n)
 * Returns: how many
 * Since: 0.1
 */
size_t grove_ranking_sort (const struct grove_ranking *self,
                           const struct grove_columns *columns,
                           const bool                 *accepted,
                           uint32_t                   *ret_rows);

/* Rows offered and accepted so far. Since: 0.1 */
uint64_t grove_ranking_matched (const struct grove_ranking *self);

/* ---- One row at a time -----------------------------------------------------------------------
 */

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

/* After the window: says where it is when its anchor has its place. Since: 0.1 */
void grove_selection_tell_anchor (const struct grove_selection *self, struct grove_rows *rows);

/* Returns: rows offered; grove_selection_matched(): those the filter took. Since: 0.1 */
uint64_t grove_selection_total (const struct grove_selection *self);   /* offered */
uint64_t grove_selection_matched (const struct grove_selection *self); /* accepted by the filter */
