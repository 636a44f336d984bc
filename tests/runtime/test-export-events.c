/* SPDX-License-Identifier: MIT
 *
 * The tables of events and of the log, over the real runtime and a real socket.
 */
#include "tests/runtime/export-view.h"

#include <string.h>
#include <unistd.h>

#define EVENTS                                                                                     \
  "{\"table\":\"events\",\"columns\":[\"seq\",\"at_ns\",\"kind\",\"pid\",\"name\",\"peer\","       \
  "\"function\",\"value\",\"detail\",\"scheduler\"],"
#define LOG                                                                                        \
  "{\"table\":\"log\",\"columns\":[\"seq\",\"at_ns\",\"level\",\"pid\",\"name\",\"source\","       \
  "\"text\"],"
#define NEWEST                                                                                     \
  "\"sort\":[[\"seq\",\"desc\"]],\"window\":{\"offset\":0,\"limit\":512},"                         \
  "\"interval_ms\":50}"
#define FOLLOW(after)                                                                              \
  "\"sort\":[],\"after\":" after ",\"window\":{\"offset\":0,\"limit\":512},\"interval_ms\":50}"

/* ---- Who lives and dies ------------------------------------------------------------------------
 */

/* Spawns those it is told to: `{burst, N}`. */
static void
mayfly (void *arg)
{
}

static void
hatcher (void *arg)
{
  struct grove_message *message;
  int                   n;

  g_assert_cmpint (grove_register ("hatcher", grove_self ()), ==, GROVE_OK);
  for (;;)
    {
      g_assert_cmpint (grove_receive_pattern (GROVE_FOREVER, &message, "{burst, ~i}", &n), ==,
                       GROVE_OK);
      grove_message_free (message);
      for (int i = 0; i < n; i++)
        grove_spawn (mayfly, NULL);
      grove_log (GROVE_LOG_NOTICE, "%d of them have\nlived", n);
    }
}

static void
begin (void)
{
  grove_spawn (hatcher, NULL);
  while (!grove_whereis ("hatcher"))
    grove_yield ();
}

static void
burst (struct peer *peer, int n)
{
  g_autofree char *pid = pid_of (peer, "hatcher");
  g_autofree char *more = g_strdup_printf (",\"message\":\"{burst, %d}\"", n);

  g_assert_cmpint (ask_about (peer, "process.send", pid, more), ==, 0);
}

/* ---- Events ------------------------------------------------------------------------------------
 */

/* The key of the event of that kind and pid; NULL: none. */
static const char *
find_event (struct view *view, const char *kind, const char *pid)
{
  for (guint i = 0; i < view->order->len; i++)
    if (g_str_equal (view_text (view, view->order->pdata[i], "kind"), kind) &&
        g_str_equal (view_text (view, view->order->pdata[i], "pid"), pid))
      return view->order->pdata[i];
  return NULL;
}

/* All that happened, from the first on, none missing and none twice; also of who lived so shortly
 * that no sample could have seen it. */
static void
check_life (struct peer *peer)
{
  struct view      view;
  g_autofree char *hatcher_pid = pid_of (peer, "hatcher"), *pid = NULL;
  const char      *spawn, *end;
  guint            n_spawned = 0;

  burst (peer, 100);
  view_open (&view, peer, EVENTS FOLLOW ("0"));
  while (n_spawned < 100)
    {
      n_spawned = 0;
      for (guint i = 0; i < view.order->len; i++)
        {
          const char *key = view.order->pdata[i];

          g_assert_cmpint (view_int (&view, key, "seq"), ==, (int64_t) i + 1);
          if (g_str_equal (view_text (&view, key, "function"), "mayfly"))
            {
              n_spawned++;
              g_free (pid);
              pid = g_strdup (view_text (&view, key, "pid"));
            }
        }
      if (n_spawned < 100)
        view_wait (&view);
    }
  while ((end = find_event (&view, "exit", pid)) == NULL)
    view_wait (&view);
  spawn = find_event (&view, "spawn", pid);
  g_assert_cmpstr (view_text (&view, spawn, "peer"), ==, hatcher_pid);
  g_assert_cmpstr (view_text (&view, end, "detail"), ==, "normal");
  g_assert_cmpint (view_int (&view, spawn, "at_ns"), <=, view_int (&view, end, "at_ns"));
  g_assert_cmpint (view_int (&view, spawn, "scheduler"), >=, 0);
  g_assert_cmpint (view.lost, ==, 0);
  spawn = find_event (&view, "register", hatcher_pid);
  g_assert_cmpstr (view_text (&view, spawn, "name"), ==, "hatcher");
  view_close (&view);
}

/* A window of the newest, and of those a filter takes. */
static void
check_window (struct peer *peer)
{
  struct view      view;
  g_autofree char *hatcher_pid = pid_of (peer, "hatcher");
  g_autofree char *of_kind = g_strdup_printf (EVENTS "\"filter\":[\"and\",[\"eq\",\"kind\","
                                                     "\"spawn\"],[\"eq\",\"peer\",\"%s\"]]," NEWEST,
                                              hatcher_pid);
  g_autofree char *of_pid =
    g_strdup_printf (EVENTS "\"filter\":[\"eq\",\"pid\",\"%s\"]," NEWEST, hatcher_pid);

  burst (peer, 20);
  view_open (&view, peer, of_kind);
  while (view.matched < 20)
    view_wait (&view);
  g_assert_cmpuint (view.order->len, ==, 20);
  g_assert_cmpint (view_int (&view, view.order->pdata[0], "seq"), >,
                   view_int (&view, view.order->pdata[19], "seq"));
  view_close (&view);

  view_open (&view, peer, of_pid);
  g_assert_nonnull (view_key (&view, "kind", "spawn"));
  g_assert_nonnull (view_key (&view, "kind", "register"));
  g_assert_cmpint (ask_about (peer, "process.exit", hatcher_pid, ",\"reason\":\"enough\""), ==, 0);
  g_assert_cmpstr (view_text (&view, view_wait_for (&view, "kind", "crash"), "detail"), ==,
                   "enough");
  g_assert_cmpstr (view_text (&view, view_wait_for (&view, "kind", "exit"), "name"), ==, "hatcher");
  view_close (&view);

  /* By another column than the number. */
  view_open (&view, peer,
             EVENTS "\"sort\":[[\"kind\",\"desc\"],[\"seq\",\"asc\"]],"
                    "\"window\":{\"offset\":0,\"limit\":5},\"interval_ms\":50}");
  g_assert_cmpstr (view_text (&view, view.order->pdata[0], "kind"), ==, "spawn");
  g_assert_cmpint (view_int (&view, view.order->pdata[0], "seq"), <,
                   view_int (&view, view.order->pdata[1], "seq"));
  view_close (&view);
}

#define N_FLOOD 10000

/* More than all rings hold: what is missing is told to the last one, whoever is asked. */
static void
check_flood (struct peer *peer)
{
  struct view view;
  int64_t     newest, received;

  burst (peer, N_FLOOD);
  view_open (&view, peer, LOG NEWEST);
  view_wait_for (&view, "source", "program");
  view_close (&view);

  view_open (&view, peer, EVENTS FOLLOW ("0"));
  while (newest = atoi (view.order->pdata[view.order->len - 1]), newest < 2 * N_FLOOD)
    view_wait (&view);
  received = view.order->len;
  g_assert_cmpint (view.lost, >, 0);
  g_assert_cmpint (received + view.lost, ==, newest);
  for (guint i = 1; i < view.order->len; i++)
    g_assert_cmpint (atoi (view.order->pdata[i - 1]), <, atoi (view.order->pdata[i]));
  view_close (&view);

  view_open (&view, peer, EVENTS NEWEST);
  g_assert_cmpint (view.total + view.lost, >=, 2 * N_FLOOD);
  g_assert_cmpint (view.total, <=, 32768);
  view_close (&view);

  /* From now on: nothing of all that, and then what comes. */
  view_open (&view, peer, EVENTS FOLLOW ("null"));
  g_assert_cmpuint (view.order->len, ==, 0);
  g_assert_cmpint (view.lost, ==, 0);
  view_close (&view);
}

static void
check_from_now (struct peer *peer)
{
  struct view      view;
  g_autofree char *hatcher_pid = pid_of (peer, "hatcher");
  g_autofree char *who = g_strdup_printf ("{\"pid\":\"%s\"}", hatcher_pid);

  view_open (&view, peer, EVENTS FOLLOW ("null"));
  g_assert_cmpuint (view.order->len, ==, 0);
  view_ask (&view, "process.suspend", who);
  while (find_event (&view, "suspend", hatcher_pid) == NULL)
    view_wait (&view);
  view_ask (&view, "process.resume", who);
  while (find_event (&view, "resume", hatcher_pid) == NULL)
    view_wait (&view);
  g_assert_cmpstr (view_text (&view, find_event (&view, "suspend", hatcher_pid), "name"), ==,
                   "hatcher");
  view_close (&view);
}

static void
check_refused (struct peer *peer)
{
  struct view view;

  g_assert_cmpint (view_try_open (&view, peer,
                                  EVENTS "\"sort\":[[\"seq\",\"asc\"]],\"after\":0,\"window\":{"
                                         "\"offset\":0,\"limit\":5},\"interval_ms\":50}"),
                   ==, -32602);
  g_assert_nonnull (strstr (error_message (peer), "followed"));
  g_assert_cmpint (view_try_open (&view, peer,
                                  EVENTS "\"sort\":[],\"after\":0,\"window\":{\"offset\":1,"
                                         "\"limit\":5},\"interval_ms\":50}"),
                   ==, -32602);
  g_assert_cmpint (view_try_open (&view, peer,
                                  EVENTS "\"sort\":[],\"after\":-1,\"window\":{\"offset\":0,"
                                         "\"limit\":5},\"interval_ms\":50}"),
                   ==, -32602);
}

/* ---- The log -----------------------------------------------------------------------------------
 */

static enum grove_status
init (const void *arg, void **state)
{
  return GROVE_OK;
}

static enum grove_next
handle_info (struct grove_term message, void *state)
{
  grove_exit ("~t", message);
}

static const struct grove_server_callbacks callbacks = {
  .module = "fragile",
  .init = init,
  .handle_info = handle_info,
};

static enum grove_status
start_fragile (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  struct grove_server_options options = GROVE_SERVER_DEFAULTS;

  options.name = "fragile";
  options.link = true;
  return grove_server_start (&callbacks, &options, ret_pid, ret_reason);
}

static enum grove_status
start_top (const void *arg, grove_pid *ret_top, struct grove_buffer *ret_reason)
{
  static const struct grove_child_spec children[] = {
    { .id = "one", .start = start_fragile, .shutdown_ms = 1000 },
  };
  const struct grove_supervisor_spec spec = {
    .name = "lab_sup",
    .strategy = GROVE_ONE_FOR_ONE,
    .intensity = 1,
    .period_s = 60,
    .children = children,
    .n_children = G_N_ELEMENTS (children),
  };

  return grove_supervisor_start (&spec, ret_top, ret_reason);
}

static void
begin_log (void)
{
  const struct grove_application_spec application = { .name = "lab_app", .start = start_top };
  grove_pid                           master;

  g_assert_cmpint (grove_application_start (&application, &master), ==, GROVE_OK);
  grove_log (GROVE_LOG_WARNING, "begun: %s", "\x01\xff good");
  grove_log ((enum grove_log_level) 9, "no such level");
}

/* The first line from that source with that in it. */
static const char *
find_line (struct view *view, const char *source, const char *part)
{
  for (guint i = 0; i < view->order->len; i++)
    if (g_str_equal (view_text (view, view->order->pdata[i], "source"), source) &&
        strstr (view_text (view, view->order->pdata[i], "text"), part) != NULL)
      return view->order->pdata[i];
  return NULL;
}

static void
expect_line (struct view *view, const char *source, const char *level, const char *part)
{
  const char *key;

  while ((key = find_line (view, source, part)) == NULL)
    view_wait (view);
  g_assert_cmpstr (view_text (view, key, "level"), ==, level);
}

static void
check_log (struct peer *peer)
{
  struct view      view;
  g_autofree char *first = pid_of (peer, "fragile"), *second = NULL,
                  *sup = pid_of (peer, "lab_sup");

  view_open (&view, peer, LOG FOLLOW ("0"));
  g_assert_cmpuint (view.order->len, ==, 1);
  /* One line, and what is no text of Unicode is not sent as if it were. */
  g_assert_cmpstr (view_text (&view, "1", "text"), ==, "begun:  \xef\xbf\xbd good");
  g_assert_cmpstr (view_text (&view, "1", "level"), ==, "warning");
  g_assert_cmpstr (view_text (&view, "1", "source"), ==, "program");

  g_assert_cmpint (ask_about (peer, "process.send", first, ",\"message\":\"{oh, 1}\""), ==, 0);
  expect_line (&view, "crash", "error", "(fragile) crashed: {oh,1}");
  g_assert_cmpstr (view_text (&view, find_line (&view, "crash", "oh"), "pid"), ==, first);
  expect_line (&view, "supervisor", "error", "child one");
  g_assert_nonnull (find_line (&view, "supervisor", "ended: {oh,1}"));
  expect_line (&view, "supervisor", "info", "was started again");
  g_assert_cmpstr (view_text (&view, find_line (&view, "supervisor", "again"), "pid"), ==, sup);
  g_assert_cmpstr (view_text (&view, find_line (&view, "supervisor", "again"), "name"), ==,
                   "lab_sup");

  /* That was one restart too many. */
  view_close (&view);
  second = pid_of (peer, "fragile");
  g_assert_cmpint (ask_about (peer, "process.send", second, ",\"message\":\"again\""), ==, 0);
  view_open (&view, peer, LOG NEWEST);
  expect_line (&view, "supervisor", "error", "gives up, more than 1 restarts in 60 s");
  expect_line (&view, "application", "notice", "Application lab_app exited: shutdown");
  view_close (&view);
}

#define N_LINES 1500

static void
begin_lines (void)
{
  char long_line[2000];

  memset (long_line, 'x', sizeof long_line - 1);
  long_line[sizeof long_line - 1] = '\0';
  for (int i = 1; i < N_LINES; i++)
    grove_log (GROVE_LOG_DEBUG, "line %d", i);
  grove_log (GROVE_LOG_DEBUG, "%s", long_line);
}

static void
check_lines (struct peer *peer)
{
  struct view view;

  view_open (&view, peer, LOG NEWEST);
  g_assert_cmpint (view.total, ==, 1024);
  g_assert_cmpint (view.lost, ==, N_LINES - 1024);
  g_assert_cmpstr (view.order->pdata[0], ==, "1500");
  g_assert_cmpuint (strlen (view_text (&view, "1500", "text")), ==, 479);
  g_assert_cmpstr (view_text (&view, "1499", "text"), ==, "line 1499");
  view_close (&view);
}

/* ---- Each of them ------------------------------------------------------------------------------
 */

static const struct
{
  const char  *path;
  struct world world;
} tests[] = {
  { "/runtime/export-events/life", { .begin = begin, .check = check_life } },
  { "/runtime/export-events/window", { .begin = begin, .check = check_window } },
  { "/runtime/export-events/flood", { .begin = begin, .check = check_flood } },
  { "/runtime/export-events/from-now", { .begin = begin, .check = check_from_now } },
  { "/runtime/export-events/refused", { .begin = begin, .check = check_refused } },
  { "/runtime/export-events/log", { .begin = begin_log, .check = check_log } },
  { "/runtime/export-events/log-bounded", { .begin = begin_lines, .check = check_lines } },
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
