/* SPDX-License-Identifier: MIT
 *
 * The table of timers, over the real runtime and a real socket.
 */
#include "tests/runtime/export-view.h"

#include <semaphore.h>
#include <stdatomic.h>
#include <string.h>

#define TIMERS                                                                                     \
  "{\"table\":\"timers\",\"columns\":[\"ref\",\"pid\",\"name\",\"kind\",\"due_ns\","               \
  "\"period_ns\",\"size\",\"message\",\"scheduler\"],"
#define BY_DUE                                                                                     \
  "\"sort\":[[\"due_ns\",\"asc\"]],\"window\":{\"offset\":0,\"limit\":512},"                       \
  "\"interval_ms\":50}"
#define HOUR_NS INT64_C (3600000000000)

/* ---- Who waits ---------------------------------------------------------------------------------
 */

static void
keeper (void *arg)
{
  struct grove_message *message;
  grove_ref             timer, interval;
  char                  large[1000];

  memset (large, 'x', sizeof large - 1);
  large[sizeof large - 1] = '\0';
  g_assert_cmpint (grove_send_after (HOUR_NS, grove_self (), &timer, "{tea, ~i}", 4), ==, GROVE_OK);
  g_assert_cmpint (grove_send_after_name (2 * HOUR_NS, "nobody", NULL, "late"), ==, GROVE_OK);
  g_assert_cmpint (grove_send_interval (3 * HOUR_NS, grove_self (), &interval, "tick"), ==,
                   GROVE_OK);
  g_assert_cmpint (grove_send_after (4 * HOUR_NS, grove_self (), NULL, "~s", large), ==, GROVE_OK);
  g_assert_cmpint (grove_register ("keeper", grove_self ()), ==, GROVE_OK);
  g_assert_cmpint (grove_receive_pattern (GROVE_FOREVER, &message, "cancel"), ==, GROVE_OK);
  grove_message_free (message);
  g_assert_cmpint (grove_cancel_timer (timer), >, 0);
  g_assert_cmpint (grove_receive_pattern (GROVE_FOREVER, &message, "end"), ==, GROVE_OK);
}

static void
begin (void)
{
  grove_spawn (keeper, NULL);
  while (!grove_whereis ("keeper"))
    grove_yield ();
}

static void
tell (struct peer *peer, const char *pid, const char *message)
{
  g_autofree char *more = g_strdup_printf (",\"message\":\"%s\"", message);

  g_assert_cmpint (ask_about (peer, "process.send", pid, more), ==, 0);
}

/* ---- A few -------------------------------------------------------------------------------------
 */

static void
check_few (struct peer *peer)
{
  struct view      view;
  g_autofree char *pid = pid_of (peer, "keeper");
  const char      *tea, *late, *tick, *large;

  view_open (&view, peer, TIMERS BY_DUE);
  g_assert_cmpint (view.total, ==, 4);
  g_assert_cmpint (view.matched, ==, 4);
  g_assert_cmpint (view.lost, ==, 0);
  tea = view.order->pdata[0];
  late = view.order->pdata[1];
  tick = view.order->pdata[2];
  large = view.order->pdata[3];
  g_assert_true (g_str_has_prefix (tea, "#Ref<"));
  g_assert_cmpstr (view_text (&view, tea, "pid"), ==, pid);
  g_assert_cmpstr (view_text (&view, tea, "name"), ==, "keeper");
  g_assert_cmpstr (view_text (&view, tea, "kind"), ==, "once");
  g_assert_cmpstr (view_text (&view, tea, "message"), ==, "{tea,4}");
  g_assert_cmpint (view_int (&view, tea, "size"), >, 5);
  g_assert_cmpint (view_int (&view, tea, "due_ns"), >, (int64_t) grove_now_ns ());
  g_assert_cmpint (view_int (&view, tea, "due_ns"), <, (int64_t) grove_now_ns () + HOUR_NS);
  g_assert_cmpstr (view_text (&view, late, "pid"), ==, "");
  g_assert_cmpstr (view_text (&view, late, "name"), ==, "nobody");
  g_assert_cmpstr (view_text (&view, tick, "kind"), ==, "interval");
  g_assert_cmpint (view_int (&view, tick, "period_ns"), ==, 3 * HOUR_NS);
  g_assert_cmpint (view_int (&view, large, "size"), >, 999);
  g_assert_cmpstr (view_text (&view, large, "message"), ==, "");

  tell (peer, pid, "cancel");
  while (view.total != 3)
    view_wait (&view);
  g_assert_null (view_key (&view, "message", "{tea,4}"));
  /* Those that were for it go with it. */
  tell (peer, pid, "end");
  while (view.total != 1)
    view_wait (&view);
  g_assert_cmpstr (view_text (&view, view.order->pdata[0], "name"), ==, "nobody");
  view_close (&view);
}

static void
check_hidden (struct peer *peer)
{
  struct view view;

  view_open (&view, peer, TIMERS BY_DUE);
  g_assert_cmpint (view.total, ==, 4);
  for (guint i = 0; i < view.order->len; i++)
    g_assert_cmpstr (view_text (&view, view.order->pdata[i], "message"), ==, "");
  view_close (&view);

  view_open (&view, peer, TIMERS "\"filter\":[\"contains\",\"message\",\"tea\"]," BY_DUE);
  g_assert_cmpint (view.matched, ==, 0);
  view_close (&view);
}

/* ---- Many --------------------------------------------------------------------------------------
 */

#define N_MANY 5000

static void
many (void *arg)
{
  for (int i = 0; i < N_MANY; i++)
    g_assert_cmpint (grove_send_after (HOUR_NS + i * INT64_C (1000000000), grove_self (), NULL,
                                       "{number, ~i}", i),
                     ==, GROVE_OK);
  g_assert_cmpint (grove_register (arg, grove_self ()), ==, GROVE_OK);
  world_wait ();
}

static void
begin_many (void)
{
  grove_spawn (many, (void *) (uintptr_t) "one");
  grove_spawn (many, (void *) (uintptr_t) "two");
  while (!grove_whereis ("one") || !grove_whereis ("two"))
    grove_yield ();
}

/* From both schedulers, a few at a time: all of them, and each once. */
static void
check_many (struct peer *peer)
{
  struct view      view;
  g_autofree char *one = pid_of (peer, "one");
  g_autofree char *of_one =
    g_strdup_printf (TIMERS "\"filter\":[\"eq\",\"pid\",\"%s\"]," BY_DUE, one);

  view_open (&view, peer, TIMERS BY_DUE);
  g_assert_cmpint (view.total, ==, 2 * N_MANY);
  g_assert_cmpint (view.matched, ==, 2 * N_MANY);
  g_assert_cmpuint (view.order->len, ==, 512);
  view_close (&view);

  view_open (&view, peer, of_one);
  g_assert_cmpint (view.matched, ==, N_MANY);
  for (guint i = 0; i < view.order->len; i++)
    {
      g_autofree char *message = g_strdup_printf ("{number,%u}", i);

      g_assert_cmpstr (view_text (&view, view.order->pdata[i], "message"), ==, message);
    }
  view_close (&view);
}

/* ---- A scheduler that does not come back -------------------------------------------------------
 */

static atomic_bool told, sulking;
static sem_t       gate;

static void
sulk (void *arg)
{
  while (!atomic_load (&told))
    grove_yield ();
  atomic_store (&sulking, true);
  while (sem_wait (&gate) != 0)
    ;
  world_wait ();
}

static void
begin_sulking (void)
{
  sem_init (&gate, 0, 0);
  grove_spawn (sulk, NULL);
}

static void
check_sulking (struct peer *peer)
{
  struct view view;

  atomic_store (&told, true);
  while (!atomic_load (&sulking))
    g_thread_yield ();
  g_assert_cmpint (view_try_open (&view, peer, TIMERS BY_DUE), ==, -32007);
  g_assert_nonnull (strstr (error_message (peer), "did not answer"));
  /* Everybody else is served meanwhile, and the timers again when it has come back. */
  g_assert_cmpint (ask (peer, "session.ping", "{}"), ==, 0);
  sem_post (&gate);
  view_open (&view, peer, TIMERS BY_DUE);
  g_assert_cmpint (view.total, ==, 0);
  view_close (&view);
}

/* ---- Each of them ------------------------------------------------------------------------------
 */

static const struct
{
  const char  *path;
  struct world world;
} tests[] = {
  { "/runtime/export-timers/few", { .begin = begin, .check = check_few } },
  { "/runtime/export-timers/hidden",
    { .begin = begin, .check = check_hidden, .export = { .hide_payloads = true } } },
  { "/runtime/export-timers/many", { .begin = begin_many, .check = check_many } },
  { "/runtime/export-timers/not-reached", { .begin = begin_sulking, .check = check_sulking } },
};

static void
run (gconstpointer world)
{
  world_run (world);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add_data_func (tests[i].path, &tests[i].world, run);
  return g_test_run ();
}
