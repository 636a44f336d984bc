/* SPDX-License-Identifier: MIT
 *
 * Scenarios of a web system: requests and database workers are processes, which one watches, kills
 * and attaches to while it serves. The database workers are made to stand still where something has
 * to be seen that would be over at once.
 */
#include "tests/e2e/scenario.h"

#include <string.h>

#define N_WORKERS 10
#define WORKERS   "[\"eq\",\"name\",\"db worker\"]"

/* ---- A client ----------------------------------------------------------------------------------
 */

static guint16
get_port (WindowFixture *fixture)
{
  g_autofree char *port =
    scenario_match_output (fixture, "listening on http://127\\.0\\.0\\.1:(\\d+)/");

  return (guint16) atoi (port);
}

/* Asks, and leaves the answer to be read later. (transfer full) */
static GSocketConnection *
ask (guint16 port, const char *target)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *request =
    g_strdup_printf ("GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", target);
  GSocketConnection *connection =
    g_socket_client_connect_to_host (client, "127.0.0.1", port, NULL, &error);

  g_assert_no_error (error);
  g_socket_set_timeout (g_socket_connection_get_socket (connection), SCENARIO_PATIENCE_MS / 1000);
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), request,
                             strlen (request), NULL, NULL, &error);
  g_assert_no_error (error);
  return connection;
}

/* The status of its answer; frees @connection. @ret_body: (transfer full) (optional) */
static int
get_answer (GSocketConnection *connection, char **ret_body)
{
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  g_autoptr (GString) answer = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  char   bytes[4096];
  gssize n;
  int    status = 0;

  while ((n = g_input_stream_read (input, bytes, sizeof bytes, NULL, &error)) > 0)
    g_string_append_len (answer, bytes, n);
  g_assert_no_error (error);
  g_assert_cmpint (sscanf (answer->str, "HTTP/1.1 %d", &status), ==, 1);
  if (ret_body != NULL)
    *ret_body = g_strdup (strstr (answer->str, "\r\n\r\n") + 4);
  g_object_unref (connection);
  return status;
}

static int
get_status (guint16 port, const char *target)
{
  return get_answer (ask (port, target), NULL);
}

/* A number of the pool's, from the page that tells. */
static gint64
get_pool (guint16 port, const char *member)
{
  g_autofree char    *body = NULL;
  struct json_object *status;
  gint64              value;

  g_assert_cmpint (get_answer (ask (port, "/status"), &body), ==, 200);
  status = json_tokener_parse (body);
  value = grove_test_json_int (grove_test_json_object (status, "pool"), member);
  json_object_put (status);
  return value;
}

/* ---- The workers -------------------------------------------------------------------------------
 */

static void
each_worker (WindowFixture *fixture, const char *method)
{
  struct json_object *rows = scenario_get_rows (fixture, "processes", "\"pid\"", WORKERS);

  g_assert_cmpuint (json_object_array_length (rows), ==, N_WORKERS);
  for (gsize i = 0; i < N_WORKERS; i++)
    json_object_put (
      grove_test_wire_call (fixture->wire, method, NULL, "{\"pid\":\"%s\"}",
                            json_object_get_string (
                              json_object_array_get_idx (json_object_array_get_idx (rows, i), 0))));
  json_object_put (rows);
}

/* ---- web-request -------------------------------------------------------------------------------
 */

/* So many of them stand in the table, under what they were asked. */
static gint64
count_requests (WindowFixture *fixture, const char *target)
{
  g_autofree char *filter = g_strdup_printf ("[\"prefix\",\"name\",\"GET %s \"]", target);

  return scenario_count (fixture, filter);
}

static char *
find_request (WindowFixture *fixture, const char *target)
{
  g_autofree char *filter = g_strdup_printf ("[\"prefix\",\"name\",\"GET %s \"]", target);

  return scenario_find (fixture, filter);
}

/* A client people use, if there is one; the processes it causes come and go meanwhile. */
static void
load (WindowFixture *fixture, guint16 port)
{
  g_autofree char *ab = g_find_program_in_path ("ab");
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u/orders?limit=10", port);
  g_autoptr (GSubprocess) client = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *output = NULL;
  gint64           most = 0;

  if (ab == NULL)
    {
      g_test_message ("ab is not here, so that no real client loads it");
      return;
    }
  client =
    g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE, &error, ab,
                      "-q", "-k", "-l", "-s", "120", "-n", "2000", "-c", "20", url, NULL);
  g_assert_no_error (error);
  window_type_filter (fixture, "name~connection");
  SCENARIO_WAIT ((most = MAX (most, (gint64) window_count_rows (fixture))) >= 10 ||
                 g_subprocess_get_identifier (client) == NULL);
  g_assert_true (g_subprocess_communicate_utf8 (client, NULL, NULL, &output, NULL, &error));
  g_assert_no_error (error);
  g_assert_nonnull (strstr (output, "Complete requests:      2000\n"));
  g_assert_nonnull (strstr (output, "Failed requests:        0\n"));
  g_assert_null (strstr (output, "Non-2xx"));
  /* All that it brought has left, and was seen to. */
  SCENARIO_WAIT (scenario_count (fixture, "[\"prefix\",\"name\",\"connection \"]") == 0);
  SCENARIO_WAIT (window_count_rows (fixture) == 1); /* connection_sup */
}

static void
test_web_request (WindowFixture *fixture)
{
  const guint16      port = get_port (fixture);
  GSocketConnection *orders[3], *victim;
  g_autofree char   *pid = NULL, *reason = NULL;
  g_autofree char   *acceptor = grove_test_wire_find_pid (fixture->wire, "acceptor");

  g_test_summary ("Each request is a process one sees; one that crashes gets a 500, alone");
  each_worker (fixture, "process.suspend");
  for (gsize i = 0; i < G_N_ELEMENTS (orders); i++)
    orders[i] = ask (port, "/orders");
  victim = ask (port, "/order/1");
  SCENARIO_WAIT (count_requests (fixture, "/orders") == 3);
  SCENARIO_WAIT ((pid = find_request (fixture, "/order/")) != NULL);
  g_assert_cmpint (scenario_count (fixture, "[\"prefix\",\"name\",\"connection \"]"), ==, 4);
  g_assert_nonnull (acceptor);
  grove_window_show_view (fixture->window, "processes");
  window_type_filter (fixture, "name~\"GET /orders\"");
  SCENARIO_WAIT (window_count_rows (fixture) == 3);

  /* A person ends one of them. */
  window_select_in_table (fixture, "name~\"GET /order/ \"", pid);
  scenario_kill (fixture, SCENARIO_PLAIN);
  g_assert_cmpint (get_answer (victim, NULL), ==, 500);
  reason = scenario_get_exit_reason (fixture, pid);
  g_assert_cmpstr (reason, ==, "killed");
  /* And one ends by itself. */
  g_assert_cmpint (get_status (port, "/boom"), ==, 500);
  g_assert_cmpint (count_requests (fixture, "/orders"), ==, 3);

  each_worker (fixture, "process.resume");
  for (gsize i = 0; i < G_N_ELEMENTS (orders); i++)
    g_assert_cmpint (get_answer (orders[i], NULL), ==, 200);
  SCENARIO_WAIT (count_requests (fixture, "/orders") == 0);
  load (fixture, port);
}

/* ---- pool --------------------------------------------------------------------------------------
 */

static void
test_pool (WindowFixture *fixture)
{
  const guint16       port = get_port (fixture);
  GSocketConnection  *orders[N_WORKERS + 3];
  struct json_object *rows;
  g_autofree char    *pid = NULL;
  const char         *filter = "name:\"db worker\"";

  g_test_summary ("Ten workers; who comes when all are lent waits in line; a dead one is replaced");
  grove_window_show_view (fixture->window, "processes");
  window_type_filter (fixture, filter);
  SCENARIO_WAIT (window_count_rows (fixture) == N_WORKERS);
  each_worker (fixture, "process.suspend");
  for (gsize i = 0; i < G_N_ELEMENTS (orders); i++)
    orders[i] = ask (port, "/order/1");
  SCENARIO_WAIT (get_pool (port, "lent") == N_WORKERS && get_pool (port, "waiting") == 3);
  g_assert_cmpint (get_pool (port, "free"), ==, 0);
  each_worker (fixture, "process.resume");
  for (gsize i = 0; i < G_N_ELEMENTS (orders); i++)
    g_assert_cmpint (get_answer (orders[i], NULL), ==, 200);
  SCENARIO_WAIT (get_pool (port, "free") == N_WORKERS);

  rows = scenario_get_rows (fixture, "processes", "\"pid\"", WORKERS);
  pid = g_strdup (
    json_object_get_string (json_object_array_get_idx (json_object_array_get_idx (rows, 0), 0)));
  json_object_put (rows);
  /* Alone in the table: rows change places as long as nobody points at them. */
  window_select_in_table (fixture, pid, pid);
  scenario_kill (fixture, SCENARIO_PLAIN);
  SCENARIO_WAIT (scenario_is_gone (fixture, pid));
  SCENARIO_WAIT (window_has_toast (fixture, "started <"));
  SCENARIO_WAIT (get_pool (port, "free") == N_WORKERS);
  g_assert_cmpint (scenario_count (fixture, WORKERS), ==, N_WORKERS);
  window_type_filter (fixture, filter);
  SCENARIO_WAIT (window_find_row (fixture, pid) == NULL &&
                 window_count_rows (fixture) == N_WORKERS);
  g_assert_cmpint (get_status (port, "/crash-db"), ==, 500);
  SCENARIO_WAIT (get_pool (port, "free") == N_WORKERS);
  g_assert_cmpint (get_status (port, "/order/1"), ==, 200);
}

/* ---- attach-to-production ----------------------------------------------------------------------
 */

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Who is there, of what kind and how often restarted: what must be as it was. */
static char *
get_census (WindowFixture *fixture)
{
  struct json_object *rows =
    scenario_get_rows (fixture, "processes",
                       "\"pid\",\"name\",\"priority\",\"trap_exit\",\"restarts\",\"links\"", NULL);
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  char *census;

  for (gsize i = 0; i < json_object_array_length (rows); i++)
    g_ptr_array_add (lines,
                     g_strdup (json_object_to_json_string (json_object_array_get_idx (rows, i))));
  json_object_put (rows);
  g_ptr_array_sort (lines, compare_lines);
  g_ptr_array_add (lines, NULL);
  census = g_strjoinv ("\n", (char **) lines->pdata);
  return census;
}

static gint64
get_sessions (WindowFixture *fixture)
{
  struct json_object *opened =
    grove_test_wire_call (fixture->wire, "system.watch", NULL, "{\"interval_ms\":100}");
  struct json_object *sample = grove_test_wire_await (fixture->wire, "system.sample");
  gint64 n = grove_test_json_int (grove_test_json_object (sample, "observing"), "sessions");

  json_object_put (grove_test_wire_call (fixture->wire, "system.unwatch", NULL,
                                         "{\"sub\":%" G_GINT64_FORMAT "}",
                                         grove_test_json_int (opened, "sub")));
  json_object_put (sample);
  json_object_put (opened);
  return n;
}

static void
test_attach (WindowFixture *fixture)
{
  static const char *const suspend[] = { "Suspend", NULL };
  static const char *const views[] = { "overview", "supervision", "processes", "mailboxes" };
  const guint16            port = get_port (fixture);
  g_autofree char *before = NULL, *after = NULL, *pid = scenario_await_pid (fixture, "listener");
  const GPid       program = grove_test_system_get_pid (fixture->system);

  g_test_summary ("It ran long before one looked, and is left as it was");
  window_fixture_close (fixture);
  SCENARIO_WAIT (get_sessions (fixture) == 1);
  g_assert_cmpint (get_status (port, "/order/1"), ==, 200);
  SCENARIO_WAIT (scenario_count (fixture, "[\"prefix\",\"name\",\"connection \"]") == 0);
  before = get_census (fixture);

  window_fixture_open (fixture, fixture->name);
  SCENARIO_WAIT (grove_session_get_state (fixture->session) == GROVE_SESSION_LIVE);
  for (gsize i = 0; i < G_N_ELEMENTS (views); i++)
    {
      grove_window_show_view (fixture->window, views[i]);
      /* No mailbox fills, which is as it should be. */
      SCENARIO_WAIT (i == 0 || i == 3 || grove_window_is_filled (fixture->window, views[i]));
      grove_ui_test_settle (GTK_WIDGET (fixture->window));
    }
  g_assert_cmpint (get_sessions (fixture), ==, 2);
  window_choose_from_menu (scenario_inspect (fixture, "name:listener", pid), suspend);
  SCENARIO_WAIT (scenario_is (fixture, pid, "status", "suspended"));
  g_assert_cmpint (get_status (port, "/order/1"), ==, 200);

  window_fixture_close (fixture);
  SCENARIO_WAIT (get_sessions (fixture) == 1);
  SCENARIO_WAIT (scenario_is (fixture, pid, "status", "waiting"));
  SCENARIO_WAIT (scenario_count (fixture, "[\"prefix\",\"name\",\"connection \"]") == 0);
  after = get_census (fixture);
  g_assert_cmpstr (after, ==, before);
  g_assert_cmpint (grove_test_system_get_pid (fixture->system), ==, program);
  g_assert_true (grove_test_system_is_running (fixture->system));
  g_assert_cmpint (get_status (port, "/order/1"), ==, 200);
}

int
main (int argc, char **argv)
{
#define WEB_SHOP(scenario, function)                                                               \
  {                                                                                                \
    .name = (scenario), .program = GROVE_WEB_SHOP_PROGRAM, .system = "web-shop",                   \
    .arguments = { "--observe", "--pool-timeout", "600000", "--request-timeout", "600000" },       \
    .test = (function),                                                                            \
  }
  static const Scenario scenarios[] = {
    WEB_SHOP ("web-request", test_web_request),
    WEB_SHOP ("pool", test_pool),
    WEB_SHOP ("attach-to-production", test_attach),
  };

  return scenario_main (argc, argv, scenarios, G_N_ELEMENTS (scenarios));
}
