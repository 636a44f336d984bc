/* SPDX-License-Identifier: MIT
 *
 * What the client keeps of a windowed table, exactly as PROTOCOL.md says: the keys in order from an
 * offset, and for each the last row that came. Private to observer/. Plain C, one owner.
 *
 * It takes in every update, also those of a query that is no longer wanted: the system sends only
 * what differs from what it sent last, so a skipped update could not be made up for. Of a frozen
 * table the dead are shown as exiting. History, which it does not ask for, does not come.
 */
#pragma once

#include "observer/grove-observer-private.h"

G_BEGIN_DECLS

#define GROVE_WINDOW_MAX 512

typedef struct
{
  GroveProcessRow row; /* row.pid is the key, also before it is loaded */
  gboolean        loaded;
  guint           index; /* in the window */
} GroveMirrorEntry;

typedef struct
{
  GHashTable    *entries; /* row.pid -> GroveMirrorEntry */
  GPtrArray     *order;   /* GroveMirrorEntry, borrowed from `entries` */
  guint64        offset;
  guint64        total;
  guint64        matched;
  gint64         rev;
  GroveColumnSet columns; /* a row is made of */
} GroveTableMirror;

void _grove_table_mirror_init (GroveTableMirror *self);
void _grove_table_mirror_finish (GroveTableMirror *self);
void _grove_table_mirror_clear (GroveTableMirror *self);
/* Begins with the answer of `table.open`: FALSE if it names other columns than were asked for. */
gboolean _grove_table_mirror_open (GroveTableMirror   *self,
                                   GroveColumnSet      columns,
                                   struct json_object *result);
/* FALSE if @params is no `table.update`; the mirror is then of no more use. */
gboolean          _grove_table_mirror_take (GroveTableMirror   *self,
                                            struct json_object *params,
                                            const char        **ret_reason);
GroveMirrorEntry *_grove_table_mirror_find (GroveTableMirror *self, const char *pid);

/* Pieces of `table.open` and `table.set`; all transfer full. */
struct json_object *_grove_table_sort (const char *column, gboolean descending);
struct json_object *_grove_table_window (guint64 offset, guint limit);
/* Takes the pieces; @filter may be NULL. */
struct json_object *_grove_table_open_params (GroveColumnSet      columns,
                                              struct json_object *sort,
                                              struct json_object *filter,
                                              struct json_object *window,
                                              guint               interval_ms);

G_END_DECLS
