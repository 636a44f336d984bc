/* SPDX-License-Identifier: MIT
 *
 * The tables of names, applications, children and sessions, over the real runtime and a real
 * socket.
 */
#include "tests/runtime/export-view.h"

#include <string.h>
#include <unistd.h>

#define COLUMNS(...) "\"columns\":[" #__VA_ARGS__ "]"
#define REST                                                                                       \
  ",\"sort\":[],\"window\":{\"offset\":0,\"limit\":100},"                                          \
  "\"interval_ms\":50}"

/* ---- Who is watched ----------------------------------------------------------------------------
 */

static enum grove_status
init (const void *arg, void **state)
{
  return GROVE_OK;
}

static enum grove_next
handle_cast (struct grove_term request, void *state)
{
  grove_exit ("~t", request);
}

static const struct grove_server_callbacks callbacks = {
  .module = "counter",
  .init = init,
  .handle_cast = handle_cast,
};

static enum grove_status
start_counter (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  struct grove_server_options options = GROVE_SERVER_DEFAULTS;

  options.name = arg;
  options.link = true;
  return grove_server_start (&callbacks, &options, ret_pid, ret_reason);
}

static enum grove_status
start_many (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  static const struct grove_child_spec kind = { .id = "one",
                                                .start = start_counter,
                                                .restart = GROVE_TRANSIENT };
  const struct grove_supervisor_spec   spec = {
      .name = "many_sup",
      .strategy = GROVE_SIMPLE_ONE_FOR_ONE,
      .intensity = 1000,
      .period_s = 1,
      .children = &kind,
      .n_children = 1,
  };

  return grove_supervisor_start (&spec, ret_pid, ret_reason);
}

static enum grove_status
start_top (const void *arg, grove_pid *ret_top, struct grove_buffer *ret_reason)
{
  static const struct grove_child_spec children[] = {
    { .id = "alpha", .start = start_counter, .arg = "alpha", .shutdown_ms = 1000 },
    { .id = "beta",
      .start = start_counter,
      .arg = "beta",
      .restart = GROVE_TRANSIENT,
      .shutdown_ms = GROVE_SHUTDOWN_KILL },
    { .id = "many",
      .start = start_many,
      .type = GROVE_SUPERVISOR,
      .shutdown_ms = GROVE_SHUTDOWN_INFINITY },
  };
  const struct grove_supervisor_spec spec = {
    .name = "lab_sup",
    .strategy = GROVE_ONE_FOR_ONE,
    .intensity = 5,
    .period_s = 10,
    .children = children,
    .n_children = G_N_ELEMENTS (children),
  };

  return grove_supervisor_start (&spec, ret_top, ret_reason);
}

static void
begin (void)
{
  const struct grove_application_spec application = {
    .name = "lab_app",
    .start = start_top,
    .type = GROVE_APPLICATION_TRANSIENT,
  };
  grove_pid master;

  g_assert_cmpint (grove_application_start (&application, &master), ==, GROVE_OK);
}

/* ---- Names -------------------------------------------------------------------------------------
 */

static void
check_names (struct peer *peer)
{
  struct view      view;
  g_autofree char *alpha = NULL, *pid = pid_of (peer, "beta");

  view_open (&view, peer,
             "{\"table\":\"names\"," COLUMNS ("name", "pid", "app", "status", "messages", "memory",
                                              "initial", "started_ns") REST);
  g_assert_cmpstr (view_text (&view, "beta", "pid"), ==, pid);
  g_assert_cmpstr (view_text (&view, "beta", "app"), ==, "lab_app");
  g_assert_cmpstr (view_text (&view, "beta", "status"), ==, "waiting");
  g_assert_cmpint (view_int (&view, "beta", "memory"), >, 0);
  /* By name: alpha, beta, lab_sup, many_sup, and no label among them. */
  g_assert_cmpint (view.total, ==, 4);
  g_assert_cmpuint (view.order->len, ==, 4);
  for (guint i = 1; i < view.order->len; i++)
    g_assert_cmpstr (view.order->pdata[i - 1], <, view.order->pdata[i]);

  /* One ends and another takes its name: the row says who has it. */
  alpha = g_strdup (view_text (&view, "alpha", "pid"));
  g_assert_cmpint (ask_about (peer, "process.kill", alpha, ",\"wait_ms\":5000"), ==, 0);
  while (view_find (&view, "alpha", "pid") == NULL ||
         g_str_equal (view_text (&view, "alpha", "pid"), alpha))
    view_wait (&view);
  view_close (&view);

  view_open (&view, peer,
             "{\"table\":\"names\",\"columns\":[\"pid\"],\"sort\":[[\"name\",\"desc\"]],"
             "\"filter\":[\"prefix\",\"name\",\"a\"],\"window\":{\"offset\":0,\"limit\":1},"
             "\"interval_ms\":50}");
  g_assert_cmpint (view.matched, ==, 1);
  view_close (&view);

  /* Pids in the order of their numbers, and what is sorted by need not be among the columns. */
  view_open (&view, peer,
             "{\"table\":\"names\",\"columns\":[\"started_ns\"],\"sort\":[[\"app\",\"asc\"],"
             "[\"memory\",\"asc\"],[\"pid\",\"desc\"]],\"window\":{\"offset\":1,\"limit\":2},"
             "\"interval_ms\":50}");
  g_assert_cmpint (view.matched, ==, 4);
  g_assert_cmpuint (view.order->len, ==, 2);
  view_close (&view);
}

/* ---- Applications ------------------------------------------------------------------------------
 */

static void
check_applications (struct peer *peer)
{
  struct view      view;
  g_autofree char *top = pid_of (peer, "lab_sup"), *beta = pid_of (peer, "beta");

  view_open (&view, peer,
             "{\"table\":\"applications\"," COLUMNS ("name", "pid", "top", "status", "type",
                                                     "processes", "memory", "restarts",
                                                     "started_ns") REST);
  g_assert_cmpint (view.total, ==, 1);
  g_assert_cmpstr (view_text (&view, "lab_app", "top"), ==, top);
  g_assert_cmpstr (view_text (&view, "lab_app", "status"), ==, "running");
  g_assert_cmpstr (view_text (&view, "lab_app", "type"), ==, "transient");
  /* Its master, two supervisors, two workers. */
  g_assert_cmpint (view_int (&view, "lab_app", "processes"), ==, 5);
  g_assert_cmpint (view_int (&view, "lab_app", "memory"), >, 1000);
  g_assert_cmpint (view_int (&view, "lab_app", "restarts"), ==, 0);
  g_assert_cmpint (view_int (&view, "lab_app", "started_ns"), >, 0);

  g_assert_cmpint (ask_about (peer, "process.kill", beta, ",\"wait_ms\":5000"), ==, 0);
  while (view_int (&view, "lab_app", "restarts") == 0)
    view_wait (&view);
  view_close (&view);
}

/* ---- Children ----------------------------------------------------------------------------------
 */

#define CHILDREN                                                                                   \
  COLUMNS ("id", "pid", "name", "kind", "status", "restart_type", "shutdown", "significant",       \
           "restarts", "children", "strategy", "messages", "memory", "reductions", "initial",      \
           "started_ns", "place")

static void
check_children (struct peer *peer)
{
  struct view      view;
  g_autofree char *top = pid_of (peer, "lab_sup"), *beta = pid_of (peer, "beta");
  g_autofree char *params =
    g_strdup_printf ("{\"table\":\"children\",\"of\":\"%s\"," CHILDREN
                     ",\"sort\":[[\"place\",\"asc\"]],"
                     "\"window\":{\"offset\":0,\"limit\":100},\"interval_ms\":50}",
                     top);

  view_open (&view, peer, params);
  g_assert_cmpuint (view.order->len, ==, 3);
  g_assert_cmpstr (view.order->pdata[0], ==, "alpha");
  g_assert_cmpstr (view.order->pdata[2], ==, "many");
  g_assert_cmpstr (view_text (&view, "alpha", "restart_type"), ==, "permanent");
  g_assert_cmpstr (view_text (&view, "alpha", "shutdown"), ==, "1000");
  g_assert_cmpstr (view_text (&view, "alpha", "kind"), ==, "worker");
  g_assert_cmpstr (view_text (&view, "alpha", "name"), ==, "alpha");
  g_assert_cmpstr (view_text (&view, "alpha", "strategy"), ==, "");
  g_assert_cmpint (view_int (&view, "alpha", "memory"), >, 0);
  g_assert_cmpstr (view_text (&view, "beta", "pid"), ==, beta);
  g_assert_cmpstr (view_text (&view, "beta", "restart_type"), ==, "transient");
  g_assert_cmpstr (view_text (&view, "beta", "shutdown"), ==, "brutal_kill");
  g_assert_cmpstr (view_text (&view, "many", "kind"), ==, "supervisor");
  g_assert_cmpstr (view_text (&view, "many", "shutdown"), ==, "infinity");
  g_assert_cmpstr (view_text (&view, "many", "strategy"), ==, "simple_one_for_one");

  /* It ends as it should: nobody starts it again, and its place is shown. */
  g_assert_cmpint (ask_about (peer, "process.exit", beta,
                              ",\"reason\":\"shutdown\",\"wait_ms\":5000"),
                   ==, 0);
  while (!g_str_equal (view_text (&view, "beta", "pid"), ""))
    view_wait (&view);
  g_assert_cmpstr (view_text (&view, "beta", "status"), ==, "terminated");
  view_close (&view);
}

/* By what only the processes can tell, which is not among the columns. */
static void
check_sorted (struct peer *peer)
{
  struct view      view;
  g_autofree char *top = pid_of (peer, "lab_sup"), *alpha = pid_of (peer, "alpha");
  g_autofree char *params =
    g_strdup_printf ("{\"table\":\"children\",\"of\":\"%s\",\"columns\":[\"kind\",\"messages\"],"
                     "\"sort\":[[\"messages\",\"desc\"],[\"id\",\"desc\"]],"
                     "\"filter\":[\"ne\",\"status\",\"terminated\"],\"window\":{\"offset\":0,"
                     "\"limit\":2},"
                     "\"interval_ms\":50}",
                     top);

  g_assert_cmpint (ask_about (peer, "process.suspend", alpha, ""), ==, 0);
  g_assert_cmpint (ask_about (peer, "process.send", alpha, ",\"message\":\"hello\""), ==, 0);
  view_open (&view, peer, params);
  while (view_int (&view, view.order->pdata[0], "messages") != 1)
    view_wait (&view);
  g_assert_cmpstr (view.order->pdata[0], ==, "alpha");
  g_assert_cmpstr (view.order->pdata[1], ==, "many");
  g_assert_cmpint (view.matched, ==, 3);
  view_close (&view);
}

static void
expect_refusal (struct peer *peer, const char *params, int code, const char *said)
{
  struct view view;

  g_assert_cmpint (view_try_open (&view, peer, params), ==, code);
  if (strstr (error_message (peer), said) == NULL)
    g_error ("“%s” does not say “%s”", error_message (peer), said);
}

static void
check_refused (struct peer *peer)
{
  g_autofree char *alpha = pid_of (peer, "alpha");
  g_autofree char *of_worker =
    g_strdup_printf ("{\"table\":\"children\",\"of\":\"%s\"," COLUMNS ("id") REST, alpha);

  expect_refusal (peer, of_worker, -32003, "supervises nobody");
  expect_refusal (peer, "{\"table\":\"children\"," COLUMNS ("id") REST, -32602, "\"of\"");
  expect_refusal (peer, "{\"table\":\"children\",\"of\":\"<0.0.0>\"," COLUMNS ("id") REST, -32602,
                  "\"of\"");
  expect_refusal (peer, "{\"table\":\"children\",\"of\":\"beta\"," COLUMNS ("id") REST, -32602,
                  "\"of\"");
  expect_refusal (peer, "{\"table\":\"names\",\"of\":\"<0.1.0>\"," COLUMNS ("name") REST, -32602,
                  "not \"of\" anything");
  expect_refusal (peer, "{\"table\":\"names\",\"after\":0," COLUMNS ("name") REST, -32602,
                  "not numbered");
  expect_refusal (peer, "{\"table\":\"ets\"," COLUMNS ("name") REST, -32602, "table");
}

/* ---- Many children -----------------------------------------------------------------------------
 */

/* Sanitizers make processes expensive. */
#if defined __SANITIZE_THREAD__ || defined __SANITIZE_ADDRESS__
#  define N_MANY 300
#else
#  define N_MANY 5000
#endif

static void
begin_many (void)
{
  grove_pid many, child;

  begin ();
  many = grove_whereis ("many_sup");
  for (int i = 0; i < N_MANY; i++)
    g_assert_cmpint (grove_supervisor_start_dynamic (many, NULL, 0, &child, NULL), ==, GROVE_OK);
}

/* A window of a few out of many, in the middle, while one ends; then the supervisor itself ends,
 * and the table is empty. */
static void
check_many (struct peer *peer)
{
  struct view      view;
  g_autofree char *many = pid_of (peer, "many_sup");
  g_autofree char *pid = NULL;
  g_autofree char *params =
    g_strdup_printf ("{\"table\":\"children\",\"of\":\"%s\"," CHILDREN
                     ",\"sort\":[[\"place\",\"asc\"]],"
                     "\"window\":{\"offset\":%d,\"limit\":10},\"interval_ms\":50}",
                     many, N_MANY / 2);
  int64_t place;

  view_open (&view, peer, params);
  g_assert_cmpint (view.total, ==, N_MANY);
  g_assert_cmpuint (view.order->len, ==, 10);
  place = view_int (&view, view.order->pdata[0], "place");
  for (guint i = 1; i < 10; i++)
    {
      g_assert_cmpint (view_int (&view, view.order->pdata[i], "place"), >, place);
      place = view_int (&view, view.order->pdata[i], "place");
    }
  pid = g_strdup (view_text (&view, view.order->pdata[4], "pid"));
  g_assert_cmpint (ask_about (peer, "process.exit", pid, ",\"reason\":\"shutdown\""), ==, 0);
  while (view.total != N_MANY - 1)
    view_wait (&view);
  while (view_key (&view, "pid", pid) != NULL)
    view_wait (&view);
  g_assert_cmpuint (view.order->len, ==, 10);

  g_assert_cmpint (ask_about (peer, "process.kill", many, ",\"wait_ms\":5000"), ==, 0);
  while (view.total != 0)
    view_wait (&view);
  g_assert_cmpuint (view.order->len, ==, 0);
  view_close (&view);
}

/* ---- Sessions ----------------------------------------------------------------------------------
 */

#define SESSIONS                                                                                   \
  "{\"table\":\"sessions\"," COLUMNS ("session", "client", "version", "role", "os_pid",            \
                                      "opened_ns", "bytes_in", "bytes_out", "queued", "requests",  \
                                      "calls", "subscriptions", "suspends") REST

static void
check_sessions (struct peer *peer)
{
  struct view      view;
  struct peer      other;
  g_autofree char *key = NULL, *alpha = pid_of (peer, "alpha");

  view_open (&view, peer, SESSIONS);
  g_assert_cmpint (view.total, ==, 1);
  key = g_strdup (view.order->pdata[0]);
  g_assert_cmpstr (view_text (&view, key, "client"), ==, "test");
  g_assert_cmpstr (view_text (&view, key, "version"), ==, "1");
  g_assert_cmpstr (view_text (&view, key, "role"), ==, "control");
  g_assert_cmpint (view_int (&view, key, "os_pid"), ==, getpid ());
  g_assert_cmpint (view_int (&view, key, "opened_ns"), >, 0);
  g_assert_cmpint (view_int (&view, key, "bytes_in"), >, 100);
  g_assert_cmpint (view_int (&view, key, "bytes_out"), >, 100);
  /* Opening, describing, one table to find alpha, and this one. */
  g_assert_cmpint (view_int (&view, key, "requests"), ==, 5);
  g_assert_cmpint (view_int (&view, key, "subscriptions"), ==, 1);
  g_assert_cmpint (view_int (&view, key, "suspends"), ==, 0);

  g_assert_cmpint (ask_about (peer, "process.suspend", alpha, ""), ==, 0);
  while (view_int (&view, key, "suspends") != 1)
    view_wait (&view);
  g_assert_cmpint (ask_about (peer, "process.resume", alpha, ""), ==, 0);
  while (view_int (&view, key, "suspends") != 0)
    view_wait (&view);

  /* Somebody else comes and goes. */
  peer_connect (&other, world_directory (), "lab");
  peer_open (&other, "observe");
  g_assert_cmpstr (view_wait_for (&view, "role", "observe"), !=, key);
  peer_close (&other);
  while (view.total != 1)
    view_wait (&view);
  view_close (&view);
}

/* ---- Each of them ------------------------------------------------------------------------------
 */

#define TEST(name)                                                                                 \
  static void test_##name (void)                                                                   \
  {                                                                                                \
    world_run (&(struct world){ .begin = begin, .check = check_##name });                          \
  }

TEST (names)
TEST (applications)
TEST (children)
TEST (sorted)
TEST (refused)
TEST (sessions)

static void
test_many (void)
{
  world_run (&(struct world){ .begin = begin_many, .check = check_many });
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/runtime/export-tables/names", test_names);
  g_test_add_func ("/runtime/export-tables/applications", test_applications);
  g_test_add_func ("/runtime/export-tables/children", test_children);
  g_test_add_func ("/runtime/export-tables/children-sorted", test_sorted);
  g_test_add_func ("/runtime/export-tables/refused", test_refused);
  g_test_add_func ("/runtime/export-tables/many-children", test_many);
  g_test_add_func ("/runtime/export-tables/sessions", test_sessions);
  return g_test_run ();
}
