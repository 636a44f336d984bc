/* SPDX-License-Identifier: MIT
 *
 * A table as its updates tell it: keys in order, and for each the last row that came.
 */
#include "observer/grove-probe.h"

#include "observer/grove-table-mirror.h"

struct grove_probe
{
  GroveSession         *session;
  const GroveProbeKind *kind;
  gpointer              owner;
  GroveSubscription    *subscription;
  guint                 interval_ms;
  gint64                spaced_ms; /* as the system says; 0: as asked */
  guint                 n_columns;
  GHashTable           *rows;  /* key -> json array, counted */
  GPtrArray            *order; /* keys */
  guint64               matched;
  gboolean              loaded;
  char                 *refusal;
};

static void
json_unref (gpointer object)
{
  json_object_put (object);
}

static GHashTable *
new_rows (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, json_unref);
}

static void
forget (GroveProbe *self)
{
  g_hash_table_remove_all (self->rows);
  g_ptr_array_set_size (self->order, 0);
  self->matched = 0;
  self->loaded = FALSE;
  self->spaced_ms = 0;
}

static struct json_object *
open_params (gpointer owner)
{
  GroveProbe         *self = owner;
  struct json_object *params = json_object_new_object ();
  struct json_object *columns = self->kind->columns (self->owner);
  struct json_object *filter = self->kind->filter != NULL ? self->kind->filter (self->owner) : NULL;
  forget (self);
  g_clear_pointer (&self->refusal, g_free);
  self->n_columns = (guint) json_object_array_length (columns);
  json_object_object_add (params, "table", json_object_new_string (self->kind->table));
  json_object_object_add (params, "columns", columns);
  json_object_object_add (params, "sort",
                          _grove_table_sort (self->kind->sort, self->kind->descending));
  if (filter != NULL)
    json_object_object_add (params, "filter", filter);
  json_object_object_add (params, "window", _grove_table_window (0, self->kind->limit));
  json_object_object_add (params, "interval_ms", json_object_new_int64 (self->interval_ms));
  return params;
}

/* The text of a key, which is the first value of its row; NULL if it can be none. */
static char *
key_of (struct json_object *value)
{
  if (!json_object_is_type (value, json_type_string) && !json_object_is_type (value, json_type_int))
    return NULL;
  return g_strdup (json_object_get_string (value));
}

static gboolean
take_order (GroveProbe *self, struct json_object *order)
{
  gsize n = json_object_array_length (order);
  if (n > self->kind->limit)
    return FALSE;
  g_autoptr (GHashTable) old = g_steal_pointer (&self->rows);
  self->rows = new_rows ();
  g_ptr_array_set_size (self->order, 0);
  for (gsize i = 0; i < n; i++)
    {
      char *key = key_of (json_object_array_get_idx (order, i));
      if (key == NULL)
        return FALSE;
      g_ptr_array_add (self->order, key);
      struct json_object *row = g_hash_table_lookup (old, key);
      if (row != NULL)
        g_hash_table_insert (self->rows, g_strdup (key), json_object_get (row));
    }
  return TRUE;
}

static gboolean
take_rows (GroveProbe *self, struct json_object *rows)
{
  gsize n = json_object_array_length (rows);
  if (n > GROVE_WINDOW_MAX)
    return FALSE;
  for (gsize i = 0; i < n; i++)
    {
      struct json_object *row = json_object_array_get_idx (rows, i);
      if (!json_object_is_type (row, json_type_array) ||
          json_object_array_length (row) != self->n_columns)
        return FALSE;
      char *key = key_of (json_object_array_get_idx (row, 0));
      if (key == NULL)
        return FALSE;
      g_hash_table_insert (self->rows, key, json_object_get (row));
    }
  /* Rows that are no part of the order would stay for ever. */
  return g_hash_table_size (self->rows) <= self->order->len;
}

static gboolean
updated (gpointer owner, struct json_object *params, const char **ret_reason)
{
  GroveProbe         *self = owner;
  struct json_object *order = _grove_json_array (params, "order");
  struct json_object *rows = _grove_json_array (params, "rows");
  if (rows == NULL || (order != NULL && !take_order (self, order)) || !take_rows (self, rows))
    {
      *ret_reason = "It sent a table that makes no sense.";
      return FALSE;
    }
  self->matched = (guint64) MAX (_grove_json_int (params, "matched", 0), 0);
  self->spaced_ms = CLAMP (_grove_json_int (params, "interval_ms", 0), 0, G_MAXUINT);
  /* Rows that did not fit into the message come with the next. */
  self->loaded = g_hash_table_size (self->rows) == self->order->len;
  return TRUE;
}

static void
failed (gpointer owner, const GError *error)
{
  GroveProbe *self = owner;
  g_free (self->refusal);
  self->refusal = g_strdup (error->message);
}

GroveProbe *
_grove_probe_new (GroveSession *session, const GroveProbeKind *kind, gpointer owner)
{
  static const GroveSubscriptionKind subscription = {
    .open_method = "table.open",
    .set_method = "table.set",
    .close_method = "table.close",
    .ack_method = "table.ack",
    .update = "table.update",
    .open_params = open_params,
    .updated = updated,
    .failed = failed,
    .fixed_pace = TRUE, /* what is looked at once a second is no view */
  };
  GroveProbe *self = g_new0 (GroveProbe, 1);
  self->session = session;
  self->kind = kind;
  self->owner = owner;
  self->interval_ms = 1000;
  self->rows = new_rows ();
  self->order = g_ptr_array_new_with_free_func (g_free);
  self->subscription = _grove_subscription_new (session, &subscription, self);
  return self;
}

void
_grove_probe_free (GroveProbe *self)
{
  if (self == NULL)
    return;
  _grove_subscription_free (self->subscription);
  g_hash_table_unref (self->rows);
  g_ptr_array_unref (self->order);
  g_free (self->refusal);
  g_free (self);
}

void
_grove_probe_set_wanted (GroveProbe *self, gboolean wanted)
{
  if (!wanted)
    self->loaded = FALSE;
  _grove_subscription_set_wanted (self->subscription, wanted);
}

void
_grove_probe_set_interval (GroveProbe *self, guint interval_ms)
{
  if (self->interval_ms == interval_ms)
    return;
  self->interval_ms = interval_ms;
  if (!_grove_subscription_is_open (self->subscription))
    return;
  struct json_object *params = json_object_new_object ();
  json_object_object_add (params, "interval_ms", json_object_new_int64 (interval_ms));
  _grove_subscription_set (self->subscription, params);
}

gboolean
_grove_probe_is_loaded (GroveProbe *self)
{
  return self->loaded && _grove_subscription_is_open (self->subscription);
}

gint64
_grove_probe_get_interval_ns (GroveProbe *self)
{
  return MAX ((gint64) self->interval_ms, self->spaced_ms) * 1000 * 1000;
}

guint
_grove_probe_get_n (GroveProbe *self)
{
  return self->order->len;
}

guint64
_grove_probe_get_matched (GroveProbe *self)
{
  return self->matched;
}

struct json_object *
_grove_probe_get_row (GroveProbe *self, guint index)
{
  return g_hash_table_lookup (self->rows, self->order->pdata[index]);
}

const char *
_grove_probe_get_refusal (GroveProbe *self)
{
  return self->refusal;
}
