/* SPDX-License-Identifier: MIT
 *
 * See export-view.h.
 */
#include "tests/runtime/export-view.h"

#include <glib/gstdio.h>
#include <pthread.h>
#include <semaphore.h>
#include <string.h>

/* ---- The world ---------------------------------------------------------------------------------
 */

static const struct world *running;
static char               *directory;
static sem_t               ready;

const char *
world_directory (void)
{
  return directory;
}

void
world_wait (void)
{
  struct grove_message *message;

  for (;;)
    g_assert_cmpint (grove_receive_pattern (GROVE_FOREVER, &message, "never"), ==, GROVE_OK);
}

static void
world_main (void *arg)
{
  struct grove_export_options options = running->export;
  char                       *error = NULL;

  options.name = "lab";
  options.directory = directory;
  if (running->begin)
    running->begin ();
  if (grove_export_start (&options, &error) != GROVE_OK)
    g_error ("%s", error);
  sem_post (&ready);
  world_wait ();
}

static void *
client_thread (void *arg)
{
  struct peer peer;

  while (sem_wait (&ready) != 0)
    ;
  peer_connect (&peer, directory, "lab");
  peer_open (&peer, running->role ? running->role : "control");
  running->check (&peer);
  peer_close (&peer);
  grove_export_stop ();
  grove_stop ();
  return NULL;
}

void
world_run (const struct world *world)
{
  struct grove_options runtime = world->runtime;
  pthread_t            thread;

  running = world;
  if (!runtime.name)
    runtime.name = "lab";
  if (!runtime.n_schedulers)
    runtime.n_schedulers = 2;
  directory = g_dir_make_tmp ("grove-test-XXXXXX", NULL);
  sem_init (&ready, 0, 0);
  g_assert_cmpint (pthread_create (&thread, NULL, client_thread, NULL), ==, 0);
  g_assert_cmpint (grove_run (&runtime, world_main, NULL), ==, GROVE_OK);
  pthread_join (thread, NULL);
  g_assert_cmpint (g_rmdir (directory), ==, 0);
  g_clear_pointer (&directory, g_free);
  sem_destroy (&ready);
}

/* ---- A table -----------------------------------------------------------------------------------
 */

static void
apply_rows (struct view *view, json_object *rows)
{
  for (size_t i = 0; i < json_object_array_length (rows); i++)
    {
      json_object *row = json_object_array_get_idx (rows, i);
      const char  *key = json_object_get_string (json_object_array_get_idx (row, 0));

      g_assert_cmpuint (json_object_array_length (row), ==, view->columns->len);
      if (view->follows)
        {
          g_assert_false (g_hash_table_contains (view->rows, key));
          g_ptr_array_add (view->order, g_strdup (key));
        }
      g_hash_table_replace (view->rows, g_strdup (key), json_object_get (row));
    }
}

static gboolean
is_outside (gpointer key, gpointer value, gpointer order)
{
  return !g_ptr_array_find_with_equal_func (order, key, g_str_equal, NULL);
}

static void
apply_order (struct view *view, json_object *order)
{
  g_ptr_array_set_size (view->order, 0);
  for (size_t i = 0; i < json_object_array_length (order); i++)
    {
      json_object *key = json_object_array_get_idx (order, i);

      g_assert_true (json_object_is_type (key, json_type_string));
      g_ptr_array_add (view->order, g_strdup (json_object_get_string (key)));
    }
  g_hash_table_foreach_remove (view->rows, is_outside, view->order);
  g_assert_cmpuint (g_hash_table_size (view->rows), ==, view->order->len);
}

static void
notified (const char *method, json_object *params, void *user_data)
{
  struct view     *view = user_data;
  json_object     *order = NULL, *lost = NULL;
  g_autofree char *ack = NULL;

  if (!g_str_equal (method, "table.update") || integer (params, "sub") != view->sub)
    return;
  g_assert_cmpint (integer (params, "seq"), ==, view->seq + 1);
  view->seq++;
  view->rev = integer (params, "rev");
  view->total = integer (params, "total");
  view->matched = integer (params, "matched");
  view->lost = json_object_object_get_ex (params, "lost", &lost) ? json_object_get_int64 (lost) : 0;
  apply_rows (view, member (params, "rows"));
  if (json_object_object_get_ex (params, "order", &order))
    {
      g_assert_false (view->follows);
      apply_order (view, order);
    }
  view->n_updates++;
}

/* Those that come before it is known which subscription it is. */
static void
collect (const char *method, json_object *params, void *user_data)
{
  if (g_str_equal (method, "table.update"))
    g_ptr_array_add (user_data, json_object_get (params));
}

static void
put (gpointer object)
{
  json_object_put (object);
}

static void
acknowledge (struct view *view)
{
  json_object *params = json_object_new_object ();

  json_object_object_add (params, "sub", json_object_new_int64 (view->sub));
  json_object_object_add (params, "seq", json_object_new_int64 (view->seq));
  grove_client_notify (view->peer->client, "table.ack", params);
  peer_send (view->peer);
}

gboolean
view_wait_ms (struct view *view, int ms)
{
  const guint  before = view->n_updates;
  const gint64 end_us = g_get_monotonic_time () + (gint64) ms * 1000;

  /* Those that came while something else was asked took its credit. */
  acknowledge (view);
  while (view->n_updates == before)
    {
      const gint64 rest_us = end_us - g_get_monotonic_time ();

      if (ms >= 0 && rest_us <= 0)
        return FALSE;
      if (peer_wait_ms (view->peer, ms < 0 ? -1 : (int) (rest_us / 1000) + 1))
        peer_read (view->peer);
    }
  acknowledge (view);
  return TRUE;
}

void
view_wait (struct view *view)
{
  view_wait_ms (view, -1);
}

int
view_try_open (struct view *view, struct peer *peer, const char *params)
{
  g_autoptr (GPtrArray) early = g_ptr_array_new_with_free_func (put);
  json_object *names;
  int          code;

  *view = (struct view){ .peer = peer, .follows = strstr (params, "\"after\"") != NULL };
  peer->on_notification = collect;
  peer->on_notification_data = early;
  code = ask (peer, "table.open", params);
  peer->on_notification = NULL;
  if (code != 0)
    return code;
  view->sub = integer (peer->result, "sub");
  view->columns = g_ptr_array_new_with_free_func (g_free);
  names = member (peer->result, "columns");
  for (size_t i = 0; i < json_object_array_length (names); i++)
    g_ptr_array_add (view->columns,
                     g_strdup (json_object_get_string (json_object_array_get_idx (names, i))));
  view->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, put);
  view->order = g_ptr_array_new_with_free_func (g_free);
  peer->on_notification = notified;
  peer->on_notification_data = view;
  for (guint i = 0; i < early->len; i++)
    notified ("table.update", early->pdata[i], view);
  while (view->n_updates == 0)
    peer_read (peer);
  acknowledge (view);
  return 0;
}

void
view_open (struct view *view, struct peer *peer, const char *params)
{
  if (view_try_open (view, peer, params) != 0)
    g_error ("%s: %s", params, error_message (peer));
}

void
view_ask (struct view *view, const char *method, const char *params)
{
  if (ask (view->peer, method, params) != 0)
    g_error ("%s %s: %s", method, params, error_message (view->peer));
}

void
view_close (struct view *view)
{
  g_autofree char *params = g_strdup_printf ("{\"sub\":%d}", (int) view->sub);

  view_ask (view, "table.close", params);
  view->peer->on_notification = NULL;
  g_clear_pointer (&view->peer->notified, json_object_put);
  g_clear_pointer (&view->peer->notified_method, g_free);
  g_ptr_array_unref (view->columns);
  g_ptr_array_unref (view->order);
  g_hash_table_unref (view->rows);
}

json_object *
view_find (struct view *view, const char *key, const char *column)
{
  json_object *row = g_hash_table_lookup (view->rows, key);
  guint        i;

  if (!g_ptr_array_find_with_equal_func (view->columns, column, g_str_equal, &i))
    g_error ("the column “%s” was not asked for", column);
  return row ? json_object_array_get_idx (row, i) : NULL;
}

const char *
view_text (struct view *view, const char *key, const char *column)
{
  json_object *cell = view_find (view, key, column);

  g_assert_nonnull (cell);
  return json_object_get_string (cell);
}

int64_t
view_int (struct view *view, const char *key, const char *column)
{
  json_object *cell = view_find (view, key, column);

  g_assert_true (json_object_is_type (cell, json_type_int));
  return json_object_get_int64 (cell);
}

const char *
view_key (struct view *view, const char *column, const char *value)
{
  for (guint i = 0; i < view->order->len; i++)
    if (g_strcmp0 (view_text (view, view->order->pdata[i], column), value) == 0)
      return view->order->pdata[i];
  return NULL;
}

const char *
view_wait_for (struct view *view, const char *column, const char *value)
{
  const char *key;

  while ((key = view_key (view, column, value)) == NULL)
    view_wait (view);
  return key;
}
