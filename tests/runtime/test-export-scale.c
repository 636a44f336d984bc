/* SPDX-License-Identifier: MIT
 *
 * The table of processes over the real runtime and a real socket, while processes come and go and
 * the query changes: who folds the updates comes to have what a table opened afresh shows. Orders,
 * filters, windows near and far, anchors, freezing and history; and a mailbox's far end.
 */
#include "runtime/core/observe.h"
#include "tests/runtime/export-view.h"

#include <string.h>
#include <unistd.h>

#define N_PROCESSES 3000
#define N_FAR       40000
#define PATIENCE_S  60

static grove_pid pids[N_PROCESSES];

static void
waits (void *arg)
{
  struct grove_message *message;

  g_assert_cmpint (grove_receive_pattern (GROVE_FOREVER, &message, "never"), ==, GROVE_OK);
}

static void
begin (void)
{
  for (guint i = 0; i < N_PROCESSES; i++)
    pids[i] = grove_spawn (waits, NULL);
}

/* Sends to some, ends others. */
static void
change_something (void)
{
  struct grove_buffer kill = { NULL };
  guint               n = (guint) g_test_rand_int_range (0, 20);

  g_assert_cmpint (grove_build (&kill, "kill"), ==, GROVE_OK);
  while (n-- > 0)
    {
      grove_pid pid = pids[g_test_rand_int_range (0, N_PROCESSES)];

      if (g_test_rand_int_range (0, 10) == 0)
        (void) _grove_observe_exit (pid, grove_buffer_term (&kill));
      else
        (void) _grove_observe_send (pid, grove_buffer_term (&kill));
    }
  grove_buffer_finish (&kill);
}

/* The members of an order, a filter and a window. */
static char *
some_query (void)
{
  static const char *const sorts[] = {
    "",
    "[\"messages\",\"desc\"]",
    "[\"messages\",\"asc\"],[\"pid\",\"desc\"]",
    "[\"status\",\"asc\"],[\"memory\",\"desc\"]",
    "[\"started_ns\",\"desc\"]",
    "[\"initial\",\"asc\"]",
  };
  static const char *const filters[] = {
    "null",
    "[\"gt\",\"messages\",0]",
    "[\"and\",[\"eq\",\"status\",\"waiting\"],[\"not\",[\"gt\",\"messages\",1]]]",
    "[\"or\",[\"prefix\",\"pid\",\"<0.1\"],[\"in\",\"messages\",[1,2]]]",
    "[\"contains\",\"initial\",\"WAIT\"]",
  };

  return g_strdup_printf ("\"sort\":[%s],\"filter\":%s,\"window\":{\"offset\":%d,\"limit\":%d}",
                          sorts[g_test_rand_int_range (0, G_N_ELEMENTS (sorts))],
                          filters[g_test_rand_int_range (0, G_N_ELEMENTS (filters))],
                          g_test_rand_int_range (0, g_test_rand_bit () ? 3 : 3500),
                          g_test_rand_int_range (1, 100));
}

static gboolean
is_same (struct view *view, struct view *fresh)
{
  if (view->matched != fresh->matched || view->total != fresh->total ||
      view->order->len != fresh->order->len)
    return FALSE;
  for (guint i = 0; i < fresh->order->len; i++)
    {
      const char  *key = fresh->order->pdata[i];
      json_object *row = g_hash_table_lookup (fresh->rows, key);

      if (!g_str_equal (view->order->pdata[i], key) ||
          !json_object_equal (g_hash_table_lookup (view->rows, key), row))
        return FALSE;
    }
  return TRUE;
}

/* A table opened afresh may catch a process on its way through a state that the other never saw,
 * and then nothing more is to be told of: so an update need not come before the two are compared
 * again. */
static void
wait_until_same (struct view *view, struct peer *other, const char *query)
{
  const gint64     end_us = g_get_monotonic_time () + PATIENCE_S * G_USEC_PER_SEC;
  g_autofree char *params = g_strdup_printf (
    "{\"table\":\"processes\",\"columns\":[\"messages\",\"status\"],\"interval_ms\":50,%s}", query);

  for (gboolean same = FALSE; !same;)
    {
      struct view fresh;

      view_open (&fresh, other, params);
      same = is_same (view, &fresh);
      view_close (&fresh);
      if (!same && !view_wait_ms (view, 200) && g_get_monotonic_time () > end_us)
        g_error ("the table does not come to be what a fresh one shows, with %s", query);
    }
}

static void
check_fold (struct peer *peer)
{
  struct view      view;
  struct peer      other;
  g_autofree char *query = some_query ();
  g_autofree char *params = g_strdup_printf (
    "{\"table\":\"processes\",\"columns\":[\"messages\",\"status\"],\"interval_ms\":50,%s}", query);

  peer_connect (&other, world_directory (), "lab");
  peer_open (&other, "observe");
  view_open (&view, peer, params);
  for (guint round = 0; round < 25; round++)
    {
      change_something ();
      if (g_test_rand_bit ())
        {
          g_autofree char *set = NULL;

          g_free (query);
          query = some_query ();
          set = g_strdup_printf ("{\"sub\":%d,%s}", (int) view.sub, query);
          view_ask (&view, "table.set", set);
          change_something ();
        }
      /* Others come and go without a word. */
      if (round % 10 == 5)
        {
          peer_close (&other);
          peer_connect (&other, world_directory (), "lab");
          peer_open (&other, "observe");
        }
      wait_until_same (&view, &other, query);
    }
  view_close (&view);
  peer_close (&other);
}

/* ---- What stays -------------------------------------------------------------------------------
 */

static void
keep (const char *method, json_object *params, void *user_data)
{
  json_object **last = user_data;

  if (!g_str_equal (method, "table.update"))
    return;
  if (*last != NULL)
    json_object_put (*last);
  *last = json_object_get (params);
}

/* The first update from now on that has @name, acknowledged like those before it. */
static json_object *
wait_for (struct peer *peer, json_object **last, const char *name)
{
  json_object *found;

  for (;;)
    {
      if (*last != NULL)
        {
          json_object *ack = json_object_new_object ();

          json_object_object_add (ack, "sub", json_object_get (member (*last, "sub")));
          json_object_object_add (ack, "seq", json_object_get (member (*last, "seq")));
          grove_client_notify (peer->client, "table.ack", ack);
          peer_send (peer);
          if (json_object_object_get_ex (*last, name, &found))
            {
              found = *last;
              *last = NULL;
              return found;
            }
          json_object_put (*last);
          *last = NULL;
        }
      peer_read (peer);
    }
}

static const char *
key_at (json_object *update, const char *name, size_t i)
{
  return json_object_get_string (json_object_array_get_idx (member (update, name), i));
}

static void
check_stays (struct peer *peer)
{
  json_object     *last = NULL, *update;
  g_autofree char *dead = NULL, *params = NULL;
  char             anchor[64];

  grove_pid_print (pids[1000], anchor);
  params = g_strdup_printf (
    "{\"table\":\"processes\",\"columns\":[\"messages\"],\"sort\":[],\"window\":{\"offset\":0,"
    "\"limit\":10},\"interval_ms\":50,\"history\":[\"messages\"],\"anchor\":{\"key\":\"%s\","
    "\"row\":3}}",
    anchor);
  peer->on_notification = keep;
  peer->on_notification_data = &last;
  g_assert_cmpint (ask (peer, "table.open", params), ==, 0);
  update = wait_for (peer, &last, "order");
  g_assert_true (json_object_get_boolean (member (update, "anchored")));
  g_assert_cmpstr (key_at (update, "order", 3), ==, anchor);
  g_assert_cmpint (integer (update, "offset"), >=, 997);
  g_assert_cmpuint (json_object_array_length (member (member (update, "history"), "rows")), ==, 10);
  dead = g_strdup (key_at (update, "order", 5));
  json_object_put (update);

  g_assert_cmpint (ask (peer, "table.set", "{\"sub\":1,\"frozen\":true}"), ==, 0);
  json_object_put (wait_for (peer, &last, "order"));
  g_assert_cmpint (ask_about (peer, "process.kill", dead, ",\"wait_ms\":5000"), ==, 0);
  update = wait_for (peer, &last, "dead");
  g_assert_cmpuint (json_object_array_length (member (update, "dead")), ==, 1);
  g_assert_cmpstr (key_at (update, "dead", 0), ==, dead);
  json_object_put (update);

  g_assert_cmpint (ask (peer, "table.set", "{\"sub\":1,\"frozen\":false}"), ==, 0);
  update = wait_for (peer, &last, "order");
  g_assert_cmpuint (json_object_array_length (member (update, "dead")), ==, 0);
  g_assert_cmpstr (key_at (update, "order", 3), ==, anchor);
  for (size_t i = 0; i < 10; i++)
    g_assert_cmpstr (key_at (update, "order", i), !=, dead);
  json_object_put (update);
  peer->on_notification = NULL;
  if (last != NULL)
    json_object_put (last);
}

/* ---- The far end of a mailbox ------------------------------------------------------------------
 */

static void
begin_far (void)
{
  grove_pid pid = grove_spawn (waits, NULL);

  for (int i = 0; i < N_FAR; i++)
    grove_send (pid, "{n, ~i}", i);
  g_assert_cmpint (grove_register ("far", pid), ==, GROVE_OK);
}

static void
check_far (struct peer *peer)
{
  g_autofree char *pid = pid_of (peer, "far");
  json_object     *messages;

  g_assert_cmpint (ask_about (peer, "process.messages", pid,
                              ",\"offset\":39990,\"limit\":20,\"max_bytes\":100"),
                   ==, 0);
  messages = member (peer->result, "messages");
  g_assert_cmpuint (json_object_array_length (messages), ==, 10);
  for (size_t i = 0; i < 10; i++)
    {
      json_object     *message = json_object_array_get_idx (messages, i);
      g_autofree char *wanted = g_strdup_printf ("{n,%zu}", 39990 + i);

      g_assert_cmpint (integer (message, "index"), ==, (int64_t) (39990 + i));
      g_assert_cmpstr (text (member (message, "term"), "text"), ==, wanted);
    }
}

static void
test_fold (void)
{
  world_run (&(struct world){ .begin = begin, .check = check_fold });
}

static void
test_stays (void)
{
  world_run (&(struct world){ .begin = begin, .check = check_stays });
}

static void
test_far (void)
{
  world_run (&(struct world){ .begin = begin_far, .check = check_far });
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/runtime/export-scale/equals-a-fresh-table", test_fold);
  g_test_add_func ("/runtime/export-scale/anchored-and-frozen", test_stays);
  g_test_add_func ("/runtime/export-scale/far-messages", test_far);
  return g_test_run ();
}
