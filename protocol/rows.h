/* SPDX-License-Identifier: MIT
 *
 * One answer to a table query: the encoded rows of a window, in order, with their keys. What
 * grove_rows_begin(), _end(), _done() and _fail() of source.h work on. It holds the query it
 * answers, so that whoever asked may change its mind while the source is still at work; it is then
 * let go, and frees itself when the source is done.
 *
 * Threads: the server's.
 */
#pragma once

#include "protocol/host.h"
#include "protocol/query.h"

struct grove_row
{
  size_t key_at, key_size; /* in `keys`, a NUL behind it */
  size_t at, size;         /* in `writer.bytes`; size 0: not known to the client */
  bool   dead;             /* gone; it is what it was last */
  bool   has_history;      /* the client has what there is up to now */
};

/* A filter that several queries share. */
struct grove_shared_filter
{
  unsigned             n_users;
  struct grove_filter *filter;
};

struct grove_rows
{
  void (*finished) (struct grove_rows *self, void *owner);
  void *owner; /* NULL: let go */
  bool  working;

  struct grove_table_query    query;
  uint32_t                   *columns;
  struct grove_shared_filter *filter;

  char        *held;      /* the keys behind query.keys, one after the other; NULL: none */
  const char **held_keys; /* query.keys */

  struct grove_writer writer;
  char               *keys;
  size_t              keys_size, keys_capacity;
  struct grove_row   *rows;
  size_t              n, capacity;
  uint32_t           *index; /* row + 1 by hash of key, 0: free; made when first needed */
  size_t              index_size;
  uint64_t            total, matched, sampled_ns;
  uint64_t            lost, position; /* grove_rows_lost() */
  bool                anchored;       /* and then the offset is this, not the query's */
  uint64_t            offset;
  bool                failed;
  enum grove_error    error;
  char                message[256];
};

/* @filter: (nullable): shared. The columns of @query are copied. */
struct grove_rows *
grove_rows_new (const struct grove_table_query *query, struct grove_shared_filter *filter);
/* Empties it for another answer to the same query. */
void grove_rows_reset (struct grove_rows *self);
/* Frees it, now or when the source is done with it. */
void grove_rows_release (struct grove_rows *self);
/* Asks the source, or whoever of @host has that table; @finished is called once, maybe before this
 * returns. */
void grove_rows_ask (struct grove_rows       *self,
                     const struct grove_host *host,
                     void (*finished) (struct grove_rows *, void *),
                     void *owner);
/* From now on it asks for the rows of @order alone, in that order; NULL: for a window again. */
void grove_rows_hold (struct grove_rows *self, const struct grove_rows *order);
/* An answer to that: puts in those that are gone as they were in @order, so that both have the same
 * keys. */
void grove_rows_keep_gone (struct grove_rows *self, const struct grove_rows *order);
/* The number in the @column-th cell of a row; NAN when there is none. */
double
grove_rows_number (const struct grove_rows *self, const struct grove_row *row, size_t column);
/* The row of that key, or NULL. */
struct grove_row *grove_rows_find (struct grove_rows *self, const char *key);

struct grove_shared_filter *grove_shared_filter_new (struct grove_filter *filter);
struct grove_shared_filter *grove_shared_filter_use (struct grove_shared_filter *self);
void                        grove_shared_filter_drop (struct grove_shared_filter *self);
