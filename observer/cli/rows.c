/* SPDX-License-Identifier: MIT
 *
 * A window of any table of the system, kept as PROTOCOL.md says: the keys in their order, and for
 * each the last row that came. Rows are as they travel; whoever shows them knows the columns.
 */
#include "observer/cli/cli.h"

#include <string.h>

#define ROWS_MAX 512

struct CliRows
{
  Cli               *cli;
  CliQuery           query;
  GroveSubscription *subscription;
  GHashTable        *rows;  /* key -> json array, counted */
  GPtrArray         *order; /* keys */
  guint64            total, matched;
  GQueue             came; /* of a table that is followed: rows, counted */
  guint64            lost;
  gint64             time_ns;
  gboolean           fresh;  /* something came since it was last waited for */
  GError            *error;  /* it was refused */
  guint64            offset; /* of the first row, as it came */
  void (*changed) (gpointer);
  gpointer changed_data;
};

void
cli_json_unref (gpointer object)
{
  json_object_put (object);
}

static struct json_object *
open_params (gpointer owner)
{
  CliRows            *self = owner;
  const CliQuery     *query = &self->query;
  struct json_object *params = json_object_new_object ();
  json_object_object_add (params, "table", json_object_new_string (query->table));
  if (query->of != NULL)
    json_object_object_add (params, "of", json_object_new_string (query->of));
  json_object_object_add (params, "columns", json_object_get (query->columns));
  json_object_object_add (params, "sort", json_object_get (query->sort));
  if (query->filter != NULL)
    json_object_object_add (params, "filter", json_object_get (query->filter));
  json_object_object_add (params, "window", _grove_table_window (query->offset, query->limit));
  if (query->follow)
    json_object_object_add (params, "after",
                            query->after >= 0 ? json_object_new_int64 (query->after) : NULL);
  json_object_object_add (params, "interval_ms", json_object_new_int64 (query->interval_ms));
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
take_order (CliRows *self, struct json_object *order)
{
  gsize n = json_object_array_length (order);
  if (n > ROWS_MAX)
    return FALSE;
  g_autoptr (GHashTable) old = g_steal_pointer (&self->rows);
  self->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, cli_json_unref);
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

/* Each comes once, and stays until it is taken out. */
static gboolean
take_news (CliRows *self, struct json_object *rows)
{
  gsize n = json_object_array_length (rows);
  for (gsize i = 0; i < n; i++)
    {
      struct json_object *row = json_object_array_get_idx (rows, i);
      if (!json_object_is_type (row, json_type_array) ||
          json_object_array_length (row) != json_object_array_length (self->query.columns))
        return FALSE;
      g_queue_push_tail (&self->came, json_object_get (row));
    }
  self->fresh = TRUE;
  return TRUE;
}

static gboolean
take_rows (CliRows *self, struct json_object *rows)
{
  gsize n = json_object_array_length (rows),
        n_columns = json_object_array_length (self->query.columns);
  for (gsize i = 0; i < n && i < ROWS_MAX; i++)
    {
      struct json_object *row = json_object_array_get_idx (rows, i);
      if (!json_object_is_type (row, json_type_array) ||
          json_object_array_length (row) != n_columns)
        return FALSE;
      char *key = key_of (json_object_array_get_idx (row, 0));
      if (key == NULL)
        return FALSE;
      g_hash_table_insert (self->rows, key, json_object_get (row));
    }
  return n <= ROWS_MAX;
}

static gboolean
updated (gpointer owner, struct json_object *params, const char **ret_reason)
{
  CliRows            *self = owner;
  struct json_object *order = _grove_json_array (params, "order");
  struct json_object *rows = _grove_json_array (params, "rows");
  if (rows == NULL || (order != NULL && !take_order (self, order)) ||
      !(self->query.follow ? take_news (self, rows) : take_rows (self, rows)))
    {
      *ret_reason = "It sent a table that makes no sense.";
      return FALSE;
    }
  self->total = (guint64) MAX (_grove_json_int (params, "total", 0), 0);
  self->matched = (guint64) MAX (_grove_json_int (params, "matched", 0), 0);
  self->lost = (guint64) MAX (_grove_json_int (params, "lost", 0), 0);
  self->time_ns = _grove_json_int (params, "t", 0);
  /* Rows that did not fit into the message come with the next. */
  gboolean whole = TRUE;
  for (guint i = 0; i < self->order->len && whole; i++)
    whole = g_hash_table_contains (self->rows, self->order->pdata[i]);
  self->fresh = self->fresh || whole;
  self->offset = (guint64) MAX (_grove_json_int (params, "offset", 0), 0);
  if (self->changed != NULL)
    self->changed (self->changed_data);
  return TRUE;
}

static void
failed (gpointer owner, const GError *error)
{
  CliRows *self = owner;
  if (self->error == NULL)
    self->error = g_error_copy (error);
  self->fresh = TRUE;
  if (self->changed != NULL)
    self->changed (self->changed_data);
}

static gboolean
time_is_up (gpointer user_data)
{
  gboolean *up = user_data;
  *up = TRUE;
  return G_SOURCE_CONTINUE;
}

gboolean
cli_rows_wait (CliRows *self, guint timeout_ms, GError **error)
{
  gboolean up = FALSE;
  guint    timer = timeout_ms > 0 ? g_timeout_add (timeout_ms, time_is_up, &up) : 0;
  while (!self->fresh && !up && grove_session_get_state (self->cli->session) == GROVE_SESSION_LIVE)
    g_main_context_iteration (NULL, TRUE);
  g_clear_handle_id (&timer, g_source_remove);
  if (self->error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&self->error));
      return FALSE;
    }
  if (self->fresh || up)
    {
      gboolean came = self->fresh;
      self->fresh = FALSE;
      return came;
    }
  return cli_wait (self->cli, &self->fresh, error); /* which says what became of the connection */
}

CliRows *
cli_rows_new (Cli *cli, const CliQuery *query, void (*changed) (gpointer), gpointer data)
{
  static const GroveSubscriptionKind kind = {
    .open_method = "table.open",
    .set_method = "table.set",
    .close_method = "table.close",
    .ack_method = "table.ack",
    .update = "table.update",
    .open_params = open_params,
    .updated = updated,
    .failed = failed,
  };
  CliRows *self = g_new0 (CliRows, 1);
  self->cli = cli;
  self->query = *query;
  self->changed = changed;
  self->changed_data = data;
  self->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, cli_json_unref);
  self->order = g_ptr_array_new_with_free_func (g_free);
  self->subscription = _grove_subscription_new (cli->session, &kind, self);
  _grove_subscription_set_wanted (self->subscription, TRUE);
  return self;
}

CliRows *
cli_rows_open (Cli *cli, const CliQuery *query, GError **error)
{
  CliRows *self = cli_rows_new (cli, query, NULL, NULL);
  if (cli_rows_wait (self, 0, error))
    return self;
  cli_rows_free (self);
  return NULL;
}

void
cli_rows_set (CliRows *self, const CliQuery *query, gboolean frozen)
{
  struct json_object *params = json_object_new_object ();
  self->query = *query;
  json_object_object_add (params, "sort", json_object_get (query->sort));
  json_object_object_add (params, "filter", json_object_get (query->filter));
  json_object_object_add (params, "window", _grove_table_window (query->offset, query->limit));
  json_object_object_add (params, "frozen", json_object_new_boolean (frozen));
  _grove_subscription_set (self->subscription, params);
}

void
cli_rows_free (CliRows *self)
{
  if (self == NULL)
    return;
  _grove_subscription_free (self->subscription);
  g_hash_table_unref (self->rows);
  g_ptr_array_unref (self->order);
  g_queue_clear_full (&self->came, cli_json_unref);
  g_clear_error (&self->error);
  g_free (self);
}

guint
cli_rows_get_n (CliRows *self)
{
  return self->order->len;
}

struct json_object *
cli_rows_get (CliRows *self, guint index)
{
  return g_hash_table_lookup (self->rows, self->order->pdata[index]);
}

guint64
cli_rows_get_total (CliRows *self)
{
  return self->total;
}

guint64
cli_rows_get_matched (CliRows *self)
{
  return self->matched;
}

gint64
cli_rows_get_time_ns (CliRows *self)
{
  return self->time_ns;
}

guint64
cli_rows_get_lost (CliRows *self)
{
  return self->lost;
}

struct json_object *
cli_rows_pop (CliRows *self)
{
  return g_queue_pop_head (&self->came);
}

guint64
cli_rows_get_offset (CliRows *self)
{
  return self->offset;
}

GError *
cli_rows_steal_error (CliRows *self)
{
  return g_steal_pointer (&self->error);
}
