/* SPDX-License-Identifier: MIT
 *
 * A runtime that is exported, with a client beside it, for tests of the tables; and what such a
 * client knows of one table, as its updates tell it.
 */
#pragma once

#include "runtime/grove.h"
#include "tests/runtime/export-peer.h"

#include <glib.h>

struct world
{
  /* In the first process, before the export starts; may be NULL. */
  void (*begin) (void);
  /* In a thread of its own; the runtime stops when it returns. */
  void (*check) (struct peer *peer);
  struct grove_export_options export;
  struct grove_options runtime; /* name and schedulers are set when they are not */
  const char          *role;    /* NULL: "control" */
};

void world_run (const struct world *world);
/* Of the world that runs, to connect once more. */
const char *world_directory (void);
/* In the first process of the world, whose mailbox nobody reads. */
void world_wait (void);

struct view
{
  struct peer *peer;
  int64_t      sub, seq, rev, total, matched, lost;
  GPtrArray   *columns; /* of names */
  GHashTable  *rows;    /* key as text -> the row, an array */
  GPtrArray   *order;   /* of keys; of who follows: all keys there were, in order */
  gboolean     follows;
  guint        n_updates;
};

/* One at a time with one peer. Returns the error's code, 0 when it is open; the first update is
 * then there. @params: those of table.open. */
int  view_try_open (struct view *view, struct peer *peer, const char *params);
void view_open (struct view *view, struct peer *peer, const char *params);
/* Also frees what it knows. */
void view_close (struct view *view);
/* Waits for one more update, and acknowledges it. */
void view_wait (struct view *view);
/* The same, but at most @ms; whether one came. */
gboolean view_wait_ms (struct view *view, int ms);
/* Takes those that come while a question is answered. */
void view_ask (struct view *view, const char *method, const char *params);

/* NULL: there is no such row. */
json_object *view_find (struct view *view, const char *key, const char *column);
/* These want the row to be there. */
const char *view_text (struct view *view, const char *key, const char *column);
int64_t     view_int (struct view *view, const char *key, const char *column);
/* The key of the first row, in the order of the window, whose @column is @value; NULL: none. */
const char *view_key (struct view *view, const char *column, const char *value);
/* Waits until there is one. */
const char *view_wait_for (struct view *view, const char *column, const char *value);
