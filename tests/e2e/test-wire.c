/* SPDX-License-Identifier: MIT
 *
 * The protocol as anybody's program would speak it, over the real socket, against the real runtime:
 * first what must be refused without effect, then what acts.
 */
#include "tests/e2e/shop.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct
{
  GroveTestSystem *shop;
  GroveTestWire   *wire; /* with the role control */
} Fixture;

static void
fixture_set_up (Fixture *fixture, gconstpointer data)
{
  fixture->shop = shop_start ();
  fixture->wire = shop_connect ("control");
}

static void
fixture_tear_down (Fixture *fixture, gconstpointer data)
{
  grove_test_wire_free (fixture->wire);
  shop_stop (fixture->shop);
}

static void
assert_serves (GroveTestWire *wire)
{
  struct json_object *answer = grove_test_wire_call (wire, "session.ping", NULL, "{}");

  g_assert_cmpint (grove_test_json_int (answer, "now_ns"), >, 0);
  json_object_put (answer);
}

/* The code of the next message, which must be an error. */
static int
read_error (GroveTestWire *wire)
{
  struct json_object *message = grove_test_wire_read (wire);
  struct json_object *error;
  int                 code;

  g_assert_nonnull (message);
  error = grove_test_json_object (message, "error");
  g_assert_cmpstr (grove_test_json_string (error, "message"), !=, "");
  code = (int) grove_test_json_int (error, "code");
  json_object_put (message);
  return code;
}

/* ---- Lines that are refused --------------------------------------------------------------------
 */

#define PING(params)                                                                               \
  "{\"jsonrpc\":\"2.0\",\"id\":99,\"method\":\"session.ping\",\"params\":" params "}"

typedef struct
{
  const char *name;
  const char *line;
  int         code;
} BadLine;

static const BadLine bad_lines[] = {
  { "no-json", "hello there", -32700 },
  { "empty", "", -32700 },
  { "cut-short", "{\"jsonrpc\":\"2.0\",\"id\":1,\"meth", -32700 },
  { "single-quotes", "{'jsonrpc':'2.0','id':1,'method':'session.ping','params':{}}", -32700 },
  { "nan", PING ("{\"x\":NaN}"), -32700 },
  { "big-integer", PING ("{\"x\":9007199254740992}"), -32700 },
  { "duplicate-key", PING ("{\"x\":1,\"x\":1}"), -32700 },
  { "nul-in-key", PING ("{\"x\\u0000y\":1}"), -32700 },
  { "bad-utf8", PING ("{\"x\":\"\xc0\xaf\"}"), -32700 },
  { "control-byte", PING ("{\"x\":\"\x01\"}"), -32700 },
  { "trailing", PING ("{}") " {}", -32700 },
  { "deep", PING ("{\"x\":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}"), -32005 },
  { "no-request", "{\"hello\":1}", -32600 },
  { "no-version", "{\"id\":1,\"method\":\"session.ping\",\"params\":{}}", -32600 },
  { "unknown-method", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"format.disk\",\"params\":{}}",
    -32601 },
  { "unknown-param", PING ("{\"x\":1}"), -32602 },
};

static void
test_bad_line (Fixture *fixture, gconstpointer data)
{
  const BadLine *bad = data;

  grove_test_wire_send (fixture->wire, bad->line);
  g_assert_cmpint (read_error (fixture->wire), ==, bad->code);
  assert_serves (fixture->wire);
}

static void
test_too_long (Fixture *fixture, gconstpointer data)
{
  g_autofree char *line = g_strnfill (3 * 1024 * 1024, 'x');

  grove_test_wire_send (fixture->wire, line);
  g_assert_cmpint (read_error (fixture->wire), ==, -32005);
  assert_serves (fixture->wire);
}

/* A peer that goes on talking nonsense is told goodbye, and nobody else notices. */
static void
test_too_many_bad_lines (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GroveTestWire) other = shop_connect ("observe");
  struct json_object *message;

  for (int i = 0; i < 8; i++)
    grove_test_wire_send (fixture->wire, "nonsense");
  for (int i = 0; i < 8; i++)
    g_assert_cmpint (read_error (fixture->wire), ==, -32700);
  message = grove_test_wire_await (fixture->wire, "goodbye");
  g_assert_cmpstr (grove_test_json_string (message, "reason"), ==, "errors");
  json_object_put (message);
  g_assert_null (grove_test_wire_read (fixture->wire));
  assert_serves (other);
}

static void
test_not_open (Fixture *fixture, gconstpointer data)
{
  g_autofree char *socket_path = grove_test_socket_path (SHOP);
  g_autoptr (GroveTestWire) wire = grove_test_wire_connect (socket_path);

  json_object_put (grove_test_wire_await (wire, "hello"));
  g_assert_cmpint (grove_test_wire_call_error (wire, "system.info", "{}"), ==, -32000);
  g_assert_cmpint (grove_test_wire_call_error (wire, "process.kill",
                                               "{\"pid\":\"<0.1.0>\",\"wait_ms\":0}"),
                   ==, -32000);
}

static void
test_web_browser (Fixture *fixture, gconstpointer data)
{
  g_autofree char *socket_path = grove_test_socket_path (SHOP);
  g_autoptr (GroveTestWire) wire = grove_test_wire_connect (socket_path);

  json_object_put (grove_test_wire_await (wire, "hello"));
  grove_test_wire_send (wire, "GET / HTTP/1.1\r\nHost: localhost\r\n\r");
  g_assert_null (grove_test_wire_read (wire));
  assert_serves (fixture->wire);
}

static void
test_wrong_types (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *method, *params;
  } wrong[] = {
    { "process.get", "{}" },
    { "process.get", "{\"pid\":7}" },
    { "process.kill", "{\"pid\":\"<0.1.0>\",\"wait_ms\":\"long\"}" },
    { "process.kill", "{\"pid\":\"<0.1.0>\",\"wait_ms\":-1}" },
    { "process.kill", "{\"pid\":\"<0.1.0>\",\"wait_ms\":0,\"expect\":5}" },
    { "process.set_priority", "{\"pid\":\"<0.1.0>\",\"priority\":\"urgent\"}" },
    { "process.exit", "{\"pid\":\"<0.1.0>\",\"reason\":null,\"wait_ms\":0}" },
    { "table.open", "{\"table\":\"processes\",\"columns\":[\"pid\",\"shoe_size\"],\"sort\":[],"
                    "\"window\":{\"offset\":0,\"limit\":10},\"interval_ms\":1000}" },
    { "table.open", "{\"table\":\"processes\",\"columns\":[\"pid\"],\"sort\":[],"
                    "\"window\":{\"offset\":0,\"limit\":513},\"interval_ms\":1000}" },
    { "table.open", "{\"table\":\"processes\",\"columns\":[\"pid\"],\"sort\":[],\"filter\":["
                    "\"like\",\"name\",\"x\"],"
                    "\"window\":{\"offset\":0,\"limit\":10},\"interval_ms\":1000}" },
    { "tree.open",
      "{\"depth\":99,\"max_children\":10,\"metric\":\"messages\",\"interval_ms\":1000}" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_test_message ("%s %s", wrong[i].method, wrong[i].params);
      g_assert_cmpint (grove_test_wire_call_error (fixture->wire, wrong[i].method, "%s",
                                                   wrong[i].params),
                       ==, -32602);
    }
}

/* ---- Pids that are no use ----------------------------------------------------------------------
 */

static void
test_malformed_pids (Fixture *fixture, gconstpointer data)
{
  static const char *const pids[] = {
    "",         "7",        "<0.1>",          "<0.1.0",
    "<0.-1.0>", "<0.1.0> ", "<0.1.0><0.2.0>", "<0.99999999999999999999.0>",
    "<1.1.0>",  "<0.0x1.0>"
  };

  for (gsize i = 0; i < G_N_ELEMENTS (pids); i++)
    {
      g_test_message ("%s", pids[i]);
      g_assert_cmpint (grove_test_wire_call_error (fixture->wire, "process.get", "{\"pid\":\"%s\"}",
                                                   pids[i]),
                       ==, -32602);
      g_assert_cmpint (grove_test_wire_call_error (fixture->wire, "process.kill",
                                                   "{\"pid\":\"%s\",\"wait_ms\":0}", pids[i]),
                       ==, -32602);
    }
}

static char *
kill_and_wait (GroveTestWire *wire, const char *pid, struct json_object **ret_outcome)
{
  struct json_object *outcome =
    grove_test_wire_call (wire, "process.kill", NULL, "{\"pid\":\"%s\",\"wait_ms\":5000}", pid);
  char *successor;

  g_assert_cmpstr (grove_test_json_string (outcome, "outcome"), ==, "exited");
  successor =
    g_strdup (grove_test_json_string (grove_test_json_object (outcome, "successor"), "pid"));
  if (ret_outcome != NULL)
    *ret_outcome = outcome;
  else
    json_object_put (outcome);
  return successor;
}

static void
test_dead_pid (Fixture *fixture, gconstpointer data)
{
  g_autofree char    *pid = grove_test_wire_find_pid (fixture->wire, SHOP_COUNTER);
  g_autofree char    *successor = kill_and_wait (fixture->wire, pid, NULL);
  struct json_object *error = NULL, *exited;

  g_assert_null (
    grove_test_wire_call (fixture->wire, "process.get", &error, "{\"pid\":\"%s\"}", pid));
  g_assert_cmpint (grove_test_json_int (error, "code"), ==, -32003);
  exited = grove_test_json_object (grove_test_json_object (error, "data"), "exited");
  g_assert_cmpstr (grove_test_json_string (exited, "name"), ==, SHOP_COUNTER);
  json_object_put (error);

  g_assert_cmpint (grove_test_wire_call_error (fixture->wire, "process.kill",
                                               "{\"pid\":\"%s\",\"wait_ms\":0}", pid),
                   ==, -32003);
  g_assert_cmpint (grove_test_wire_call_error (fixture->wire, "process.set_priority",
                                               "{\"pid\":\"%s\",\"priority\":\"low\"}", pid),
                   ==, -32003);
  g_assert_cmpint (shop_get_restarts (fixture->wire, successor), ==, 1);
}

/* The pid of an earlier run may be somebody else's now: who it was goes with the command. */
static void
test_pid_of_an_earlier_run (Fixture *fixture, gconstpointer data)
{
  g_autofree char    *pid = grove_test_wire_find_pid (fixture->wire, SHOP_COUNTER);
  g_autofree char    *now = NULL;
  struct json_object *info = shop_get (fixture->wire, pid), *error = NULL;
  gint64              started_ns = grove_test_json_int (info, "started_ns");
  gint64              code;

  json_object_put (info);
  fixture_tear_down (fixture, NULL);
  fixture_set_up (fixture, NULL);
  g_assert_null (
    grove_test_wire_call (fixture->wire, "process.kill", &error,
                          "{\"pid\":\"%s\",\"wait_ms\":0,\"expect\":{\"name\":\"" SHOP_COUNTER
                          "\",\"started_ns\":%" G_GINT64_FORMAT "}}",
                          pid, started_ns));
  code = grove_test_json_int (error, "code");
  json_object_put (error);
  g_assert_true (code == -32003 || code == -32008);
  now = grove_test_wire_find_pid (fixture->wire, SHOP_COUNTER);
  g_assert_cmpint (shop_get_restarts (fixture->wire, now), ==, 0);
}

/* ---- Acting ------------------------------------------------------------------------------------
 */

static void
test_kill (Fixture *fixture, gconstpointer data)
{
  g_autofree char    *pid = grove_test_wire_find_pid (fixture->wire, SHOP_COUNTER);
  g_autofree char    *successor = NULL, *now = NULL;
  struct json_object *outcome, *new_process;

  successor = kill_and_wait (fixture->wire, pid, &outcome);
  g_assert_cmpstr (successor, !=, pid);
  g_assert_cmpstr (grove_test_json_string (outcome, "name"), ==, SHOP_COUNTER);
  g_assert_cmpstr (grove_test_json_string (grove_test_json_object (outcome, "reason"), "text"), ==,
                   "killed");
  new_process = grove_test_json_object (outcome, "successor");
  g_assert_cmpstr (grove_test_json_string (new_process, "name"), ==, SHOP_COUNTER);
  g_assert_cmpstr (grove_test_json_string (grove_test_json_object (new_process, "supervisor"),
                                           "name"),
                   ==, SHOP_COUNTER_SUPERVISOR);
  json_object_put (outcome);

  now = grove_test_wire_find_pid (fixture->wire, SHOP_COUNTER);
  g_assert_cmpstr (now, ==, successor);
  g_assert_cmpint (shop_get_restarts (fixture->wire, now), ==, 1);
}

static void
test_exit_with_reason (Fixture *fixture, gconstpointer data)
{
  g_autofree char    *pid = grove_test_wire_find_pid (fixture->wire, SHOP_COUNTER);
  struct json_object *outcome;

  g_assert_cmpint (
    grove_test_wire_call_error (fixture->wire, "process.exit",
                                "{\"pid\":\"%s\",\"reason\":\"{broken,\",\"wait_ms\":0}", pid),
    ==, -32602);
  outcome =
    grove_test_wire_call (fixture->wire, "process.exit", NULL,
                          "{\"pid\":\"%s\",\"reason\":\"{retired, 42}\",\"wait_ms\":5000}", pid);
  g_assert_cmpstr (grove_test_json_string (outcome, "outcome"), ==, "exited");
  g_assert_cmpstr (grove_test_json_string (grove_test_json_object (outcome, "reason"), "text"), ==,
                   "{retired,42}");
  json_object_put (outcome);
}

static void
test_restart (Fixture *fixture, gconstpointer data)
{
  g_autofree char    *pid = grove_test_wire_find_pid (fixture->wire, SHOP_COUNTER);
  struct json_object *answer = grove_test_wire_call (fixture->wire, "process.restart", NULL,
                                                     "{\"pid\":\"%s\",\"wait_ms\":5000}", pid);

  g_assert_cmpstr (grove_test_json_string (answer, "pid"), !=, pid);
  g_assert_cmpstr (grove_test_json_string (answer, "name"), ==, SHOP_COUNTER);
  json_object_put (answer);
  g_assert_cmpint (grove_test_wire_call_error (fixture->wire, "process.get", "{\"pid\":\"%s\"}",
                                               pid),
                   ==, -32003);
}

static void
test_priority (Fixture *fixture, gconstpointer data)
{
  static const char *const levels[] = { "low", "high", "max", "normal" };
  g_autofree char         *pid = grove_test_wire_find_pid (fixture->wire, SHOP_COUNTER);
  const char              *before = "normal";

  for (gsize i = 0; i < G_N_ELEMENTS (levels); i++)
    {
      struct json_object *answer =
        grove_test_wire_call (fixture->wire, "process.set_priority", NULL,
                              "{\"pid\":\"%s\",\"priority\":\"%s\"}", pid, levels[i]);
      struct json_object *info = shop_get (fixture->wire, pid);

      g_assert_cmpstr (grove_test_json_string (answer, "old"), ==, before);
      g_assert_cmpstr (grove_test_json_string (answer, "new"), ==, levels[i]);
      g_assert_cmpstr (grove_test_json_string (info, "priority"), ==, levels[i]);
      before = levels[i];
      json_object_put (answer);
      json_object_put (info);
    }
}

static void
test_messages (Fixture *fixture, gconstpointer data)
{
  g_autofree char    *pid = grove_test_wire_find_pid (fixture->wire, SHOP_SLOW);
  struct json_object *answer = NULL, *list;

  /* It falls behind its senders by itself; reading consumes nothing. */
  for (gint64 total = 0; total < 3;)
    {
      if (answer != NULL)
        json_object_put (answer);
      answer =
        grove_test_wire_call (fixture->wire, "process.messages", NULL,
                              "{\"pid\":\"%s\",\"offset\":0,\"limit\":2,\"max_bytes\":200}", pid);
      total = grove_test_json_int (answer, "total");
    }
  list = grove_test_json_object (answer, "messages");
  g_assert_cmpuint (json_object_array_length (list), ==, 2);
  for (gsize i = 0; i < 2; i++)
    {
      struct json_object *message = json_object_array_get_idx (list, i);

      g_assert_cmpint (grove_test_json_int (message, "index"), ==, (gint64) i);
      g_assert_cmpstr (grove_test_json_string (grove_test_json_object (message, "term"), "text"),
                       !=, "");
    }
  json_object_put (answer);
}

/* ---- Suspending --------------------------------------------------------------------------------
 */

static char *
get_status (GroveTestWire *wire, const char *pid)
{
  struct json_object *info = shop_get (wire, pid);
  char               *status = g_strdup (grove_test_json_string (info, "status"));

  json_object_put (info);
  return status;
}

static void
assert_status (GroveTestWire *wire, const char *pid, const char *status)
{
  g_autofree char *now = get_status (wire, pid);

  g_assert_cmpstr (now, ==, status);
}

/* It is let go a moment after its suspender is. */
static void
await_status (GroveTestWire *wire, const char *pid, const char *status)
{
  const gint64 until_us = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;

  for (;;)
    {
      g_autofree char *now = get_status (wire, pid);

      if (g_str_equal (now, status))
        return;
      if (g_get_monotonic_time () > until_us)
        g_error ("%s is %s, not %s", pid, now, status);
    }
}

static void
suspend (GroveTestWire *wire, const char *pid)
{
  struct json_object *answer =
    grove_test_wire_call (wire, "process.suspend", NULL,
                          "{\"pid\":\"%s\",\"expect\":{\"name\":\"" SHOP_COUNTER "\"}}", pid);

  g_assert_cmpstr (grove_test_json_string (answer, "status"), ==, "suspended");
  json_object_put (answer);
}

/* Returns the status that came of it. */
static char *
resume (GroveTestWire *wire, const char *pid)
{
  struct json_object *answer =
    grove_test_wire_call (wire, "process.resume", NULL, "{\"pid\":\"%s\"}", pid);
  char *status = g_strdup (grove_test_json_string (answer, "status"));

  json_object_put (answer);
  return status;
}

/* Each session suspends for itself, and takes back only what it did. */
static void
test_suspend (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GroveTestWire) other = shop_connect ("control");
  g_autofree char *pid = grove_test_wire_find_pid (fixture->wire, SHOP_COUNTER);
  g_autofree char *ours = NULL, *still = NULL;

  suspend (fixture->wire, pid);
  assert_status (other, pid, "suspended");
  g_assert_cmpint (grove_test_wire_call_error (other, "process.resume", "{\"pid\":\"%s\"}", pid),
                   ==, -32002);
  suspend (other, pid);
  still = resume (fixture->wire, pid);
  g_assert_cmpstr (still, ==, "suspended");
  ours = resume (other, pid);
  g_assert_cmpstr (ours, !=, "suspended");
  g_assert_cmpint (shop_get_restarts (fixture->wire, pid), ==, 0);
}

/* A session that is closed, and one that just goes. */
static void
test_suspender_leaves (Fixture *fixture, gconstpointer data)
{
  g_autofree char *pid = grove_test_wire_find_pid (fixture->wire, SHOP_COUNTER);

  for (int i = 0; i < 2; i++)
    {
      GroveTestWire *other = shop_connect ("control");

      suspend (other, pid);
      assert_status (fixture->wire, pid, "suspended");
      if (i == 0)
        json_object_put (grove_test_wire_call (other, "session.close", NULL, "{}"));
      else
        grove_test_wire_free (other);
      await_status (fixture->wire, pid, "waiting");
      if (i == 0)
        grove_test_wire_free (other);
    }
}

/* Another program, in the middle of it all. */
static void
test_suspender_is_killed (Fixture *fixture, gconstpointer data)
{
  g_autofree char *pid = grove_test_wire_find_pid (fixture->wire, SHOP_COUNTER);
  char             ready;
  int              pipe_fds[2], status;
  pid_t            child;

  g_assert_cmpint (pipe (pipe_fds), ==, 0);
  child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      suspend (shop_connect ("control"), pid);
      if (write (pipe_fds[1], "!", 1) == 1)
        for (;;)
          pause ();
      _exit (1);
    }
  g_assert_cmpint (read (pipe_fds[0], &ready, 1), ==, 1);
  assert_status (fixture->wire, pid, "suspended");
  g_assert_cmpint (kill (child, SIGKILL), ==, 0);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFSIGNALED (status));
  await_status (fixture->wire, pid, "waiting");
  close (pipe_fds[0]);
  close (pipe_fds[1]);
}

static void
test_observers_cannot_act (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GroveTestWire) observer = shop_connect ("observe");
  g_autofree char *pid = grove_test_wire_find_pid (observer, SHOP_COUNTER);
  g_autofree char *now = NULL;

  g_assert_cmpint (grove_test_wire_call_error (observer, "process.kill",
                                               "{\"pid\":\"%s\",\"wait_ms\":0}", pid),
                   ==, -32002);
  g_assert_cmpint (grove_test_wire_call_error (observer, "process.set_priority",
                                               "{\"pid\":\"%s\",\"priority\":\"low\"}", pid),
                   ==, -32002);
  now = grove_test_wire_find_pid (observer, SHOP_COUNTER);
  g_assert_cmpstr (now, ==, pid);
}

/* Observers that vanish without a word leave nothing behind. */
static void
test_vanishing_observers (Fixture *fixture, gconstpointer data)
{
  gint64 sessions = 0;

  for (int i = 0; i < 40; i++)
    {
      g_autoptr (GroveTestWire) wire = shop_connect ("observe");

      json_object_put (grove_test_wire_call (wire, "system.watch", NULL, "{\"interval_ms\":100}"));
      json_object_put (grove_test_wire_call (wire, "tree.open", NULL,
                                             "{\"depth\":8,\"max_children\":200,\"metric\":"
                                             "\"messages\",\"interval_ms\":50}"));
      if (i % 2 == 0)
        grove_test_wire_send_bytes (wire, "{\"jsonrpc\":", 11);
    }
  json_object_put (
    grove_test_wire_call (fixture->wire, "system.watch", NULL, "{\"interval_ms\":100}"));
  do
    {
      struct json_object *sample = grove_test_wire_await (fixture->wire, "system.sample");
      g_autofree char    *ack =
        g_strdup_printf ("{\"jsonrpc\":\"2.0\",\"method\":\"system.ack\",\"params\":{\"sub\":"
                         "%" G_GINT64_FORMAT ",\"seq\":%" G_GINT64_FORMAT "}}",
                         grove_test_json_int (sample, "sub"), grove_test_json_int (sample, "seq"));

      sessions = grove_test_json_int (grove_test_json_object (sample, "observing"), "sessions");
      grove_test_wire_send (fixture->wire, ack);
      json_object_put (sample);
    }
  while (sessions != 1);
}

int
main (int argc, char **argv)
{
  grove_test_runtime_directory_init ();
  g_test_init (&argc, &argv, NULL);

#define ADD(path, function)                                                                        \
  g_test_add (path, Fixture, NULL, fixture_set_up, function, fixture_tear_down)
  for (gsize i = 0; i < G_N_ELEMENTS (bad_lines); i++)
    {
      g_autofree char *path = g_strconcat ("/e2e/wire/bad-line/", bad_lines[i].name, NULL);

      g_test_add (path, Fixture, &bad_lines[i], fixture_set_up, test_bad_line, fixture_tear_down);
    }
  ADD ("/e2e/wire/too-long", test_too_long);
  ADD ("/e2e/wire/too-many-bad-lines", test_too_many_bad_lines);
  ADD ("/e2e/wire/not-open", test_not_open);
  ADD ("/e2e/wire/web-browser", test_web_browser);
  ADD ("/e2e/wire/wrong-types", test_wrong_types);
  ADD ("/e2e/wire/malformed-pids", test_malformed_pids);
  ADD ("/e2e/wire/dead-pid", test_dead_pid);
  ADD ("/e2e/wire/pid-of-an-earlier-run", test_pid_of_an_earlier_run);
  ADD ("/e2e/wire/kill", test_kill);
  ADD ("/e2e/wire/exit-with-reason", test_exit_with_reason);
  ADD ("/e2e/wire/restart", test_restart);
  ADD ("/e2e/wire/priority", test_priority);
  ADD ("/e2e/wire/messages", test_messages);
  ADD ("/e2e/wire/suspend", test_suspend);
  ADD ("/e2e/wire/suspender-leaves", test_suspender_leaves);
  ADD ("/e2e/wire/suspender-is-killed", test_suspender_is_killed);
  ADD ("/e2e/wire/observers-cannot-act", test_observers_cannot_act);
  ADD ("/e2e/wire/vanishing-observers", test_vanishing_observers);
  return g_test_run ();
}
