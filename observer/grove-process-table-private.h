/* SPDX-License-Identifier: MIT
 *
 * A table from the inside, shared by its two files: the object and its slots
 * (grove-process-table.c), and what it asks of the system (grove-process-table-query.c).
 */
#pragma once

#include "observer/grove-process-table.h"
#include "observer/grove-table-mirror.h"

G_BEGIN_DECLS

struct _GroveProcessTable
{
  GObject            parent_instance;
  GroveSession      *session;
  GroveSubscription *subscription;
  guint              interval_ms;
  gboolean           active;
  gulong             reset_handler;
  gulong             sample_handler;

  /* What is wanted. */
  char               *filter;
  char               *filter_error;
  struct json_object *filter_json;
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
  gboolean         loading;
  gboolean         strangers; /* slots outside the window show another query's rows */
};

/* grove-process-table.c */
gboolean
_grove_process_table_updated (gpointer owner, struct json_object *params, const char **ret_reason);
void _grove_process_table_set_filter_error (GroveProcessTable *self, const char *error);

/* grove-process-table-query.c */
GroveSubscription *_grove_process_table_subscribe (GroveProcessTable *self);
void               _grove_process_table_query_changed (GroveProcessTable *self);
void               _grove_process_table_viewport_changed (GroveProcessTable *self);
void               _grove_process_table_sync_later (GroveProcessTable *self);
/* What came last is not of the query that is wanted. */
gboolean _grove_process_table_is_stale (GroveProcessTable *self);

G_END_DECLS
