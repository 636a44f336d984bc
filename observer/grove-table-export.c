/* SPDX-License-Identifier: MIT
 *
 * A table's rows as a text. A page follows the last row of the page before by that row's key, so
 * that rows that come and go do not shift what is left; what is read twice is left out.
 */
#include "observer/grove-table-export.h"

#include "observer/grove-csv.h"
#include "observer/grove-table-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define PAGE        GROVE_WINDOW_MAX
#define KEY_MAX     1024
#define INTERVAL_MS 60000 /* pages are asked for; what changes is of no interest */

struct GroveTableExport
{
  GroveTable          *table;
  GroveTablePrivate   *query; /* of it */
  GroveSession        *session;
  gulong               state_handler;
  GroveSubscription   *subscription;
  GroveTableMirror     mirror;
  GroveExportFormat    format;
  struct json_object  *keys;    /* NULL: all */
  struct json_object  *columns; /* names */
  GHashTable          *seen;    /* hashes of keys */
  GroveExportPieceFunc piece;
  GroveExportEndFunc   end;
  gpointer             user_data;
  guint64              n_rows;
  gint64               min_rev;
  guint                end_source;
  GError              *error;
  gboolean             opened, waiting, ready, over;
};

/* ---- Text ------------------------------------------------------------------------------------ */

static const char *
text_of (struct json_object *value)
{
  return value != NULL ? json_object_get_string (value) : "";
}

/* What parts cells and lines cannot be in them. */
static void
append_plain (GString *text, const char *value)
{
  for (; *value != '\0'; value++)
    g_string_append_c (text, strchr ("\t\r\n", *value) != NULL ? ' ' : *value);
}

/* @values: of a row, or the names of the columns. */
static void
append_cells (GroveTableExport *self, GString *text, struct json_object *values)
{
  gboolean csv = self->format == GROVE_EXPORT_CSV;
  for (gsize i = 0; i < json_object_array_length (self->columns); i++)
    {
      struct json_object *cell = json_object_array_get_idx (values, i);
      const char         *value = text_of (cell);
      if (i > 0)
        g_string_append_c (text, csv ? ',' : '\t');
      if (csv)
        grove_csv_append (text, value, json_object_is_type (cell, json_type_string));
      else
        append_plain (text, value);
    }
  g_string_append (text, csv ? "\r\n" : "\n");
}

static void
append_object (GroveTableExport *self, GString *text, struct json_object *values)
{
  struct json_object *object = json_object_new_object ();
  for (gsize i = 0; i < json_object_array_length (self->columns); i++)
    json_object_object_add (object,
                            json_object_get_string (json_object_array_get_idx (self->columns, i)),
                            json_object_get (json_object_array_get_idx (values, i)));
  g_string_append (text, self->n_rows > 0 ? ",\n" : "\n");
  g_string_append (text, json_object_to_json_string_ext (object, JSON_C_TO_STRING_PLAIN |
                                                                   JSON_C_TO_STRING_NOSLASHESCAPE));
  json_object_put (object);
}

static void
append_row (GroveTableExport *self, GString *text, const GroveMirrorEntry *entry)
{
  guint64 hash = 14695981039346656037u;
  for (const char *c = entry->key; *c != '\0'; c++)
    hash = (hash ^ (guchar) *c) * 1099511628211u;
  if (!g_hash_table_add (self->seen, GSIZE_TO_POINTER ((gsize) hash)))
    return;
  if (self->format == GROVE_EXPORT_JSON)
    append_object (self, text, entry->row);
  else
    append_cells (self, text, entry->row);
  self->n_rows++;
}

/* ---- Pages ----------------------------------------------------------------------------------- */

static gboolean
end_later (gpointer user_data)
{
  GroveTableExport *self = user_data;
  self->end_source = 0;
  self->end (self->n_rows, self->error, self->user_data);
  return G_SOURCE_REMOVE;
}

/* Takes @error. */
static void
finish (GroveTableExport *self, GError *error)
{
  if (self->over)
    {
      g_clear_error (&error);
      return;
    }
  self->over = TRUE;
  self->error = error;
  _grove_subscription_set_wanted (self->subscription, FALSE);
  self->end_source = g_idle_add (end_later, self);
}

static gboolean
is_last_page (GroveTableExport *self)
{
  return self->mirror.order->len < 2 ||
         self->mirror.offset + self->mirror.order->len >= self->mirror.matched;
}

static gboolean
is_whole (GroveTableExport *self)
{
  for (guint i = 0; i < self->mirror.order->len; i++)
    if (((GroveMirrorEntry *) self->mirror.order->pdata[i])->row == NULL)
      return FALSE;
  return TRUE;
}

static void
give_page (GroveTableExport *self)
{
  GString *text = g_string_new (NULL);
  gboolean last = is_last_page (self);
  if (self->n_rows == 0)
    {
      if (self->format == GROVE_EXPORT_JSON)
        g_string_append_c (text, '[');
      else
        append_cells (self, text, self->columns);
    }
  for (guint i = 0; i < self->mirror.order->len; i++)
    append_row (self, text, self->mirror.order->pdata[i]);
  if (last && self->format == GROVE_EXPORT_JSON)
    g_string_append (text, "\n]\n");
  g_autoptr (GBytes) piece = g_string_free_to_bytes (text);
  guint64 end = self->mirror.offset + self->mirror.order->len;
  double  part = self->mirror.matched > 0 ? (double) end / (double) self->mirror.matched : 1;
  self->waiting = FALSE;
  self->ready = TRUE;
  self->piece (piece, MIN (part, 1), self->user_data);
}

static gboolean
updated (gpointer owner, struct json_object *params, const char **ret_reason)
{
  GroveTableExport *self = owner;
  if (!_grove_table_mirror_take (&self->mirror, params, ret_reason))
    return FALSE;
  if (self->waiting && self->mirror.rev >= self->min_rev && is_whole (self))
    give_page (self);
  return TRUE;
}

void
grove_table_export_next (GroveTableExport *self)
{
  g_return_if_fail (self->ready || self->over);
  if (self->over)
    return;
  self->ready = FALSE;
  if (is_last_page (self))
    {
      finish (self, NULL);
      return;
    }
  guint                   n = self->mirror.order->len;
  const GroveMirrorEntry *last = self->mirror.order->pdata[n - 1];
  struct json_object     *params = json_object_new_object ();
  struct json_object     *anchor = json_object_new_object ();
  json_object_object_add (anchor, "key", json_object_new_string (last->key));
  json_object_object_add (anchor, "row", json_object_new_int (0));
  json_object_object_add (params, "window",
                          _grove_table_window (self->mirror.offset + n - 1, PAGE));
  json_object_object_add (params, "anchor", anchor);
  self->min_rev = G_MAXINT64; /* until it is said which knows of it */
  self->waiting = TRUE;
  _grove_subscription_set (self->subscription, params);
}

static void
was_set (gpointer owner, struct json_object *result)
{
  GroveTableExport *self = owner;
  if (!_grove_json_get_int (result, "rev", 0, &self->min_rev))
    _grove_session_break (self->session, _ ("It changed a table without saying its revision."));
}

/* ---- Opening --------------------------------------------------------------------------------- */

/* All that the table has, but what only filters can use; in the order of the greeting. */
static struct json_object *
choose_columns (GroveTablePrivate *query)
{
  struct json_object *offered = query->kind->get_offered (query->object);
  /* Those of a table that was never open are not chosen yet. */
  if (offered == NULL)
    return query->active ? query->kind->get_columns (query->object)
                         : query->kind->choose_columns (query->object);
  struct json_object *names = json_object_new_array ();
  for (gsize i = 0; i < MIN (json_object_array_length (offered), 256); i++)
    {
      const char *name = _grove_json_text (json_object_array_get_idx (offered, i), "name");
      if (name[0] != '\0' && strcmp (name, "age") != 0)
        json_object_array_add (names, json_object_new_string (name));
    }
  return names;
}

static struct json_object *
make_filter (GroveTableExport *self)
{
  if (self->keys == NULL)
    return _grove_table_make_filter (self->query);
  struct json_object *in = json_object_new_array ();
  json_object_array_add (in, json_object_new_string ("in"));
  json_object_array_add (in, json_object_get (json_object_array_get_idx (self->columns, 0)));
  json_object_array_add (in, json_object_get (self->keys));
  return in;
}

static struct json_object *
open_params (gpointer owner)
{
  GroveTableExport *self = owner;
  const char       *key = text_of (json_object_array_get_idx (self->columns, 0));
  gboolean          one_page = self->keys != NULL || self->query->matched <= PAGE;
  self->opened = TRUE;
  self->waiting = TRUE;
  struct json_object *params =
    _grove_table_open_params (self->query->name, json_object_get (self->columns),
                              one_page ? _grove_table_make_sort (self->query)
                                       : _grove_table_sort (key, FALSE),
                              make_filter (self), _grove_table_window (0, PAGE), INTERVAL_MS);
  if (self->query->of != NULL)
    json_object_object_add (params, "of", json_object_new_string (self->query->of));
  return params;
}

static void
opened (gpointer owner, struct json_object *result)
{
  GroveTableExport *self = owner;
  if (!_grove_table_mirror_open (&self->mirror, json_object_get (self->columns), result))
    _grove_session_break (self->session,
                          _ ("It opened a table with other columns than asked for."));
}

static void
failed (gpointer owner, const GError *error)
{
  finish (owner, g_error_copy (error));
}

static gpointer
keep_row (gpointer owner, struct json_object *values)
{
  GroveTableExport *self = owner;
  if (json_object_array_length (values) != json_object_array_length (self->columns))
    return NULL;
  return json_object_get (values);
}

static void
drop_row (gpointer row)
{
  json_object_put (row);
}

/* A page that was asked for does not come any more. */
static void
check_session (GroveTableExport *self)
{
  if (grove_session_get_state (self->session) != GROVE_SESSION_LIVE)
    finish (self, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED,
                                       _ ("the connection to the system was lost")));
  else if (grove_session_get_paused (self->session))
    finish (self, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_BUSY,
                                       _ ("the views are paused; let them go on first")));
}

static void
set_keys (GroveTableExport *self, const char *const *keys, guint n_keys)
{
  if (keys == NULL)
    return;
  self->keys = json_object_new_array ();
  for (guint i = 0; i < MIN (n_keys, PAGE); i++)
    json_object_array_add (self->keys, json_object_new_string (keys[i]));
}

GroveTableExport *
grove_table_export_new (GroveTable          *table,
                        GroveExportFormat    format,
                        const char *const   *keys,
                        guint                n_keys,
                        GroveExportPieceFunc piece,
                        GroveExportEndFunc   end,
                        gpointer             user_data)
{
  static const GroveMirrorKind mirror = {
    .key_size = KEY_MAX,
    .parse = keep_row,
    .free_row = drop_row,
  };
  static const GroveSubscriptionKind kind = {
    .open_method = "table.open",
    .set_method = "table.set",
    .close_method = "table.close",
    .ack_method = "table.ack",
    .update = "table.update",
    .open_params = open_params,
    .opened = opened,
    .updated = updated,
    .failed = failed,
    .was_set = was_set,
  };
  g_return_val_if_fail (GROVE_IS_TABLE (table), NULL);
  GroveTableExport *self = g_new0 (GroveTableExport, 1);
  self->table = g_object_ref (table);
  self->query = _grove_table_get_private (table);
  self->session = g_object_ref (self->query->session);
  self->format = format;
  self->columns = choose_columns (self->query);
  self->seen = g_hash_table_new (NULL, NULL);
  self->piece = piece;
  self->end = end;
  self->user_data = user_data;
  set_keys (self, keys, n_keys);
  _grove_table_mirror_init (&self->mirror, &mirror, self);
  self->subscription = _grove_subscription_new (self->session, &kind, self);
  self->state_handler =
    g_signal_connect_swapped (self->session, "notify", G_CALLBACK (check_session), self);
  check_session (self);
  if (!self->over)
    _grove_subscription_set_wanted (self->subscription, TRUE);
  return self;
}

void
grove_table_export_free (GroveTableExport *self)
{
  if (self == NULL)
    return;
  g_clear_handle_id (&self->end_source, g_source_remove);
  g_clear_signal_handler (&self->state_handler, self->session);
  g_clear_pointer (&self->subscription, _grove_subscription_free);
  _grove_table_mirror_finish (&self->mirror);
  g_hash_table_unref (self->seen);
  json_object_put (self->keys);
  json_object_put (self->columns);
  g_clear_error (&self->error);
  g_object_unref (self->session);
  g_object_unref (self->table);
  g_free (self);
}
