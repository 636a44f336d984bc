/* SPDX-License-Identifier: MIT
 *
 * The orders: in a file of SQLite's, or in memory. A database is used by one process, which waits
 * while another thread does the work (grove_blocking()), and may be killed meanwhile. Not compiled
 * as process code: what holds SQLite's locks must not be pre-empted.
 */
#pragma once

#include "runtime/grove.h"

#define SHOP_TEXT_MAX   64   /* bytes of a customer's or an item's name */
#define SHOP_LIMIT_MAX  1000 /* orders in a list */
#define SHOP_SLEEP_MAX  5000 /* milliseconds */
#define SHOP_N_AT_START 5000 /* orders in a new database */

enum shop_query_kind
{
  SHOP_QUERY_LIST,   /* the last @number orders, newest first */
  SHOP_QUERY_ORDER,  /* the order @number */
  SHOP_QUERY_INSERT, /* @quantity of @item for @customer */
  SHOP_QUERY_SLEEP,  /* takes @number milliseconds */
};

struct shop_query
{
  enum shop_query_kind kind;
  int64_t              number;
  int64_t              quantity;
  char                 customer[SHOP_TEXT_MAX + 1];
  char                 item[SHOP_TEXT_MAX + 1];
};

enum shop_outcome
{
  SHOP_DONE,        /* the text is JSON */
  SHOP_NOT_FOUND,   /* there is no such order */
  SHOP_UNAVAILABLE, /* the file is locked, broken or not there; the text says why */
};

/* The text is the database's until the next question. */
struct shop_answer
{
  enum shop_outcome outcome;
  const char       *text;
  size_t            size;
};

struct shop_database;

/* Nothing is opened yet: that is done with the first question, and again after an error, so that a
 * database that was broken and is whole again is used. @path: NULL: in memory; static storage. */
struct shop_database *shop_database_new (const char *path);
/* For grove_defer(): closes it as soon as nobody works with it. */
void shop_database_release (void *database);
/* A new file gets its tables and orders. Waits; the status is grove_blocking()'s. */
enum grove_status shop_database_ask (struct shop_database    *self,
                                     const struct shop_query *query,
                                     struct shop_answer      *ret_answer) GROVE_NODISCARD;

/* From a signal's handler, which ends the program: nobody sleeps any more. */
void shop_database_hurry (void);
