/* SPDX-License-Identifier: MIT
 *
 * A windowed table as its updates tell it. Bounded by the window: at most GROVE_WINDOW_MAX rows.
 */
#include "observer/grove-table-mirror.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define NS_PER_S 1000000000

static void
free_entry (gpointer data)
{
  GroveMirrorEntry *entry = data;
  if (entry->row != NULL)
    entry->free_row (entry->row);
  g_free (entry->key);
  g_free (entry);
}

static GHashTable *
new_entries (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, NULL, free_entry);
}

void
_grove_table_mirror_init (GroveTableMirror *self, const GroveMirrorKind *kind, gpointer owner)
{
  memset (self, 0, sizeof *self);
  self->kind = kind;
  self->owner = owner;
  self->entries = new_entries ();
  self->order = g_ptr_array_new ();
}

void
_grove_table_mirror_finish (GroveTableMirror *self)
{
  g_clear_pointer (&self->order, g_ptr_array_unref);
  g_clear_pointer (&self->entries, g_hash_table_unref);
}

void
_grove_table_mirror_clear (GroveTableMirror *self)
{
  g_ptr_array_set_size (self->order, 0);
  g_hash_table_remove_all (self->entries);
  self->offset = self->total = self->matched = 0;
  self->rev = 0;
}

gboolean
_grove_table_mirror_open (GroveTableMirror   *self,
                          struct json_object *asked,
                          struct json_object *result)
{
  struct json_object *given = _grove_json_array (result, "columns");
  gboolean            agree = given != NULL && json_object_equal (asked, given);
  json_object_put (asked);
  _grove_table_mirror_clear (self);
  return agree;
}

GroveMirrorEntry *
_grove_table_mirror_find (GroveTableMirror *self, const char *key)
{
  return g_hash_table_lookup (self->entries, key);
}

/* Keys are texts, but in rows some are numbers. Borrowed; NULL: it can be none. */
static const char *
key_of (GroveTableMirror *self, struct json_object *value, gboolean in_row)
{
  if (!json_object_is_type (value, json_type_string) &&
      !(in_row && json_object_is_type (value, json_type_int)))
    return NULL;
  const char *key = json_object_get_string (value);
  return key[0] != '\0' && strlen (key) < self->kind->key_size ? key : NULL;
}

static GroveMirrorEntry *
new_entry (GroveTableMirror *self, const char *key)
{
  GroveMirrorEntry *entry = g_new0 (GroveMirrorEntry, 1);
  entry->key = g_strdup (key);
  entry->free_row = self->kind->free_row;
  return entry;
}

static gboolean
take_order (GroveTableMirror *self, struct json_object *keys)
{
  gsize n = json_object_array_length (keys);
  if (n > GROVE_WINDOW_MAX)
    return FALSE;
  GHashTable *old = self->entries;
  self->entries = new_entries ();
  g_ptr_array_set_size (self->order, 0);
  gboolean good = TRUE;
  for (guint i = 0; i < n && good; i++)
    {
      const char *key = key_of (self, json_object_array_get_idx (keys, i), FALSE);
      good = key != NULL && !g_hash_table_contains (self->entries, key);
      if (!good)
        break;
      GroveMirrorEntry *entry = g_hash_table_lookup (old, key);
      if (entry != NULL)
        g_hash_table_steal (old, key);
      else
        entry = new_entry (self, key);
      entry->index = i;
      g_hash_table_insert (self->entries, entry->key, entry);
      g_ptr_array_add (self->order, entry);
    }
  g_hash_table_unref (old);
  return good;
}

static gboolean
take_row (GroveTableMirror *self, struct json_object *values)
{
  if (!json_object_is_type (values, json_type_array) || json_object_array_length (values) == 0)
    return FALSE;
  const char       *key = key_of (self, json_object_array_get_idx (values, 0), TRUE);
  GroveMirrorEntry *entry = key != NULL ? g_hash_table_lookup (self->entries, key) : NULL;
  gpointer          row = entry != NULL ? self->kind->parse (self->owner, values) : NULL;
  if (row == NULL)
    return FALSE;
  if (entry->row != NULL)
    self->kind->free_row (entry->row);
  entry->row = row;
  return TRUE;
}

static gboolean
take_rows (GroveTableMirror *self, struct json_object *rows)
{
  gsize n = json_object_array_length (rows);
  if (n > GROVE_WINDOW_MAX)
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (!take_row (self, json_object_array_get_idx (rows, i)))
      return FALSE;
  return TRUE;
}

/* Rows of a frozen table that are gone stay as they were last, but for what their kind does. */
static gboolean
take_dead (GroveTableMirror *self, struct json_object *dead)
{
  gsize n = json_object_array_length (dead);
  for (guint i = 0; i < n; i++)
    {
      const char       *key = json_object_get_string (json_object_array_get_idx (dead, i));
      GroveMirrorEntry *entry = key != NULL ? g_hash_table_lookup (self->entries, key) : NULL;
      if (entry == NULL)
        return FALSE;
      if (self->kind->die != NULL && entry->row != NULL)
        self->kind->die (entry->row);
    }
  return TRUE;
}

/* Numbers of messages; those of a source that does not know are none. */
static guint
read_points (struct json_object *values, guint32 *points)
{
  gsize n = json_object_array_length (values);
  gsize first = n > GROVE_HISTORY_LENGTH ? n - GROVE_HISTORY_LENGTH : 0;
  for (gsize i = first; i < n; i++)
    {
      double value = json_object_get_double (json_object_array_get_idx (values, i));
      points[i - first] = (guint32) CLAMP (value, 0, G_MAXUINT32);
    }
  return (guint) (n - first);
}

static gboolean
take_row_history (GroveTableMirror *self, struct json_object *row, gint64 second)
{
  if (!json_object_is_type (row, json_type_array) || json_object_array_length (row) < 2)
    return FALSE;
  const char         *key = key_of (self, json_object_array_get_idx (row, 0), FALSE);
  struct json_object *values = json_object_array_get_idx (row, 1);
  if (key == NULL || !json_object_is_type (values, json_type_array) ||
      !g_hash_table_contains (self->entries, key))
    return FALSE;
  guint32 points[GROVE_HISTORY_LENGTH];
  guint   n = read_points (values, points);
  _grove_history_take (self->history, key, points, n, second);
  return TRUE;
}

static gboolean
take_history (GroveTableMirror *self, struct json_object *history)
{
  gint64              t_ns;
  struct json_object *rows = _grove_json_array (history, "rows");
  gsize               n = rows != NULL ? json_object_array_length (rows) : 0;
  if (rows == NULL || n > GROVE_WINDOW_MAX || !_grove_json_get_int (history, "t", 0, &t_ns))
    return FALSE;
  for (gsize i = 0; i < n; i++)
    if (!take_row_history (self, json_object_array_get_idx (rows, i), t_ns / NS_PER_S))
      return FALSE;
  return TRUE;
}

gboolean
_grove_table_mirror_take (GroveTableMirror   *self,
                          struct json_object *params,
                          const char        **ret_reason)
{
  gint64              rev, total, matched, offset;
  struct json_object *rows = _grove_json_array (params, "rows");
  struct json_object *order = _grove_json_array (params, "order");
  struct json_object *dead = _grove_json_array (params, "dead");
  struct json_object *history = _grove_json_object (params, "history");
  if (!_grove_json_get_int (params, "rev", self->rev, &rev) ||
      !_grove_json_get_int (params, "total", 0, &total) ||
      !_grove_json_get_int (params, "matched", 0, &matched) ||
      !_grove_json_get_int (params, "offset", 0, &offset) || rows == NULL ||
      (order == NULL && json_object_object_get_ex (params, "order", NULL)))
    {
      *ret_reason = _ ("It sent a table update that lacks what it must say.");
      return FALSE;
    }
  if (order != NULL && !take_order (self, order))
    {
      *ret_reason = _ ("It sent a table whose order makes no sense.");
      return FALSE;
    }
  if (!take_rows (self, rows))
    {
      *ret_reason = _ ("It sent a table row that makes no sense.");
      return FALSE;
    }
  if (dead != NULL && !take_dead (self, dead))
    {
      *ret_reason = _ ("It sent a table whose dead are none of its rows.");
      return FALSE;
    }
  if (self->history != NULL && history != NULL && !take_history (self, history))
    {
      *ret_reason = _ ("It sent a table with a history that makes no sense.");
      return FALSE;
    }
  self->rev = rev;
  self->total = (guint64) total;
  self->matched = (guint64) matched;
  self->offset = (guint64) offset;
  return TRUE;
}

struct json_object *
_grove_table_sort (const char *column, gboolean descending)
{
  struct json_object *key = json_object_new_array_ext (2);
  json_object_array_add (key, json_object_new_string (column));
  json_object_array_add (key, json_object_new_string (descending ? "desc" : "asc"));
  struct json_object *sort = json_object_new_array_ext (1);
  json_object_array_add (sort, key);
  return sort;
}

struct json_object *
_grove_table_window (guint64 offset, guint limit)
{
  struct json_object *window = json_object_new_object ();
  json_object_object_add (window, "offset", json_object_new_int64 ((gint64) offset));
  json_object_object_add (window, "limit", json_object_new_int64 (limit));
  return window;
}

struct json_object *
_grove_table_open_params (const char         *table,
                          struct json_object *columns,
                          struct json_object *sort,
                          struct json_object *filter,
                          struct json_object *window,
                          guint               interval_ms)
{
  struct json_object *params = json_object_new_object ();
  json_object_object_add (params, "table", json_object_new_string (table));
  json_object_object_add (params, "columns", columns);
  json_object_object_add (params, "sort", sort);
  if (filter != NULL)
    json_object_object_add (params, "filter", filter);
  json_object_object_add (params, "window", window);
  json_object_object_add (params, "interval_ms", json_object_new_int64 (interval_ms));
  return params;
}

void
_grove_table_ask_history (struct json_object *params)
{
  struct json_object *columns = json_object_new_array_ext (1);
  json_object_array_add (columns, json_object_new_string ("messages"));
  json_object_object_add (params, "history", columns);
}
