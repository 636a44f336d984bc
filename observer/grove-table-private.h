/* SPDX-License-Identifier: MIT
 *
 * A table from the inside, shared by its two files, the object and its slots (grove-table.c) and
 * what it asks of the system (grove-table-query.c), and by its heirs.
 */
#pragma once

#include "observer/grove-table-mirror.h"
#include "observer/grove-table.h"

G_BEGIN_DECLS

/* What makes a table one of processes, or of anything. */
typedef struct GroveTableKind
{
  const GroveMirrorKind *mirror; /* the owner is the table */
  GType (*get_item_type) (void);
  /* Returns: (transfer full): a slot that shows nothing. */
  gpointer (*new_item) (GroveTable *table);
  /* Returns: TRUE if it shows another row than before. */
  gboolean (*fill) (GroveTable *table, gpointer item, const GroveMirrorEntry *entry);
  void (*clear) (gpointer item);
  /* Returns: (nullable): of the row it shows; borrowed. */
  const char *(*get_key) (gpointer item);
  /* Whether the system that greeted has the table. NULL: yes. */
  gboolean (*is_offered) (GroveTable *table);
  /* About to open: what is asked for, which rows are then made of. (transfer full) */
  struct json_object *(*choose_columns) (GroveTable *table);
  /* As when it was opened. (transfer full) */
  struct json_object *(*get_columns) (GroveTable *table);
  /* As the greeting declares them; borrowed, NULL: not known. */
  struct json_object *(*get_offered) (GroveTable *table);
  gboolean (*has_column) (GroveTable *table, const char *column);
  /* Whether it may be a column of some system. */
  gboolean (*knows_column) (GroveTable *table, const char *column);
  /* Returns: (nullable): what a row has in a column of texts; borrowed. NULL: none has any. */
  const char *(*get_text) (gconstpointer row, const char *column);
  /* An update was taken in, and is about to be shown. NULL: not of interest. */
  void (*came) (GroveTable *table);
} GroveTableKind;

typedef struct
{
  GroveTable           *object;
  const GroveTableKind *kind;
  GroveSession         *session;
  GroveSubscription    *subscription;
  char                 *name; /* of the table */
  char                 *of;   /* whose it is, NULL: nobody's */
  const char           *default_sort;
  gboolean              default_descending;
  guint                 interval_ms;
  gboolean              active;
  gulong                reset_handler;

  /* What is wanted. */
  char               *filter;
  char               *filter_error;
  struct json_object *filter_json;
  gboolean            filter_refused; /* by the system: it is not asked again */
  struct json_object *condition;      /* that must hold besides, NULL: none */
  char               *sort_column;
  gboolean            sort_descending;
  gboolean            frozen;
  guint               viewport_first;
  guint               viewport_n;
  guint               query; /* counts changes of filter and sort */

  /* What the system was told. */
  guint    sent_query;
  guint64  sent_offset;
  guint    sent_limit;
  gboolean sent_frozen;
  gboolean set_under_way;
  gboolean set_changes_query;
  gboolean waiting; /* for the first update that knows what was told */
  gint64   min_rev; /* older ones know nothing of the query */
  gint64   wait_rev;
  guint    sync_source;

  /* What came. */
  GroveTableMirror mirror;
  GHashTable      *slots; /* position -> Slot */
  guint            n_items;
  guint64          total;
  guint64          matched;
  guint64          lost;
  gboolean         loading;
  gboolean         strangers; /* slots outside the window show another query's rows */
} GroveTablePrivate;

/* grove-table.c */
GroveTablePrivate *_grove_table_get_private (GroveTable *self);
/* Once, by who makes it. @default_sort: static; @of: (nullable) */
void     _grove_table_set_up (GroveTable   *self,
                              GroveSession *session,
                              const char   *name,
                              const char   *of,
                              const char   *default_sort,
                              gboolean      default_descending,
                              guint         interval_ms);
gboolean _grove_table_is_shown (GroveTable *self); /* what comes now is of the query wanted */
/* Rewrites the slots from the mirror: what items show depends on more than rows. */
void _grove_table_refill (GroveTable *self);
/* (transfer full) (nullable): what rows must fulfil besides what is typed. */
void _grove_table_set_condition (GroveTable *self, struct json_object *condition);
/* The columns are others: what was typed is read again. */
void     _grove_table_read_filter (GroveTablePrivate *self);
gboolean _grove_table_updated (gpointer owner, struct json_object *params, const char **ret_reason);
void     _grove_table_refusal_changed (GroveTablePrivate *self);
void     _grove_table_set_filter_error (GroveTablePrivate *self, const char *error);

/* grove-table-query.c */
GroveSubscription *_grove_table_subscribe (GroveTablePrivate *self);
/* As it is asked for now; both transfer full, a filter may be NULL. */
struct json_object *_grove_table_make_sort (GroveTablePrivate *self);
struct json_object *_grove_table_make_filter (GroveTablePrivate *self);
/* Between asking and the first update that knows the query. */
gboolean _grove_table_is_stale (GroveTablePrivate *self);
void     _grove_table_query_changed (GroveTablePrivate *self);
void     _grove_table_viewport_changed (GroveTablePrivate *self);
void     _grove_table_sync_later (GroveTablePrivate *self);

G_END_DECLS
