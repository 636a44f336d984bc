/* SPDX-License-Identifier: MIT
 *
 * What the client keeps of a windowed table, exactly as PROTOCOL.md says: the keys in order from an
 * offset, and for each the last row that came, in whatever form its owner makes of it. Private to
 * observer/. Plain C, one owner.
 *
 * It takes in every update, also those of a query that is no longer wanted: the system sends only
 * what differs from what it sent last, so a skipped update could not be made up for. The history of
 * mailboxes goes to the session's store, if that was asked for.
 */
#pragma once

#include "observer/grove-observer-private.h"

G_BEGIN_DECLS

#define GROVE_WINDOW_MAX 512

/* What rows are made of. */
typedef struct
{
  gsize key_size; /* room there is for a key and its NUL */
  /* Returns: (transfer full): NULL when @values make no sense. */
  gpointer (*parse) (gpointer owner, struct json_object *values);
  void (*free_row) (gpointer row);
  /* Of a frozen table: it is gone, and stays as it was but for this. NULL: it shows nothing. */
  void (*die) (gpointer row);
} GroveMirrorKind;

typedef struct
{
  char    *key;
  gpointer row; /* NULL: not loaded */
  guint    index;
  void (*free_row) (gpointer row);
} GroveMirrorEntry;

typedef struct
{
  const GroveMirrorKind *kind;
  gpointer               owner;
  GHashTable            *entries; /* key -> GroveMirrorEntry */
  GPtrArray             *order;   /* GroveMirrorEntry, borrowed from `entries` */
  guint64                offset;
  guint64                total;
  guint64                matched;
  gint64                 rev;
  GroveHistory          *history; /* of mailboxes, borrowed; NULL: it is not asked for */
} GroveTableMirror;

void _grove_table_mirror_init (GroveTableMirror *self, const GroveMirrorKind *kind, gpointer owner);
void _grove_table_mirror_finish (GroveTableMirror *self);
void _grove_table_mirror_clear (GroveTableMirror *self);
/* Begins with the answer of `table.open`: FALSE if it names other columns than were asked for.
 * @asked: (transfer full) */
gboolean _grove_table_mirror_open (GroveTableMirror   *self,
                                   struct json_object *asked,
                                   struct json_object *result);
/* FALSE if @params is no `table.update`; the mirror is then of no more use. */
gboolean          _grove_table_mirror_take (GroveTableMirror   *self,
                                            struct json_object *params,
                                            const char        **ret_reason);
GroveMirrorEntry *_grove_table_mirror_find (GroveTableMirror *self, const char *key);

/* Rows of the table `processes`, of the columns of @owner, a GroveColumnSet: GroveProcessRow. Of a
 * frozen table the dead are shown as gone. */
extern const GroveMirrorKind _grove_process_mirror;

/* Pieces of `table.open` and `table.set`; all transfer full. */
struct json_object *_grove_table_sort (const char *column, gboolean descending);
struct json_object *_grove_table_window (guint64 offset, guint limit);
/* Takes the pieces; @filter may be NULL. */
struct json_object *_grove_table_open_params (const char         *table,
                                              struct json_object *columns,
                                              struct json_object *sort,
                                              struct json_object *filter,
                                              struct json_object *window,
                                              guint               interval_ms);

/* The minute of the mailboxes, for GroveTableMirror.history. */
void _grove_table_ask_history (struct json_object *params);

G_END_DECLS
