/* SPDX-License-Identifier: MIT
 *
 * The table of crashes, what followed each, and crash.get, over the real runtime and a real socket.
 */
#include "tests/runtime/export-view.h"

#include <string.h>

#define TABLE                                                                                      \
  "{\"table\":\"crashes\",\"columns\":[\"seq\",\"at_ns\",\"pid\",\"name\",\"app\",\"initial\","    \
  "\"reason\",\"function\",\"file\",\"line\",\"messages\",\"heap\",\"lived_ns\",\"outcome\","      \
  "\"supervisor\",\"successor\",\"after_ns\",\"restarts\"],"                                       \
  "\"sort\":[[\"seq\",\"desc\"]],\"window\":{\"offset\":0,\"limit\":300},\"interval_ms\":50}"

/* ---- Who crashes -------------------------------------------------------------------------------
 */

static enum grove_status
init (const void *arg, void **state)
{
  g_assert_cmpint (grove_put ("secret", "{password, ~s}", "swordfish"), ==, GROVE_OK);
  return GROVE_OK;
}

/* Crashes for whatever it is told, three calls deep. */
static __attribute__ ((noinline)) void
fall (struct grove_term why)
{
  grove_exit ("~t", why);
}

static enum grove_next
handle_info (struct grove_term message, void *state)
{
  fall (message);
  __asm__ volatile("");
  return GROVE_CONTINUE;
}

static const struct grove_server_callbacks callbacks = {
  .module = "faller",
  .init = init,
  .handle_info = handle_info,
};

static enum grove_status
start_faller (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  struct grove_server_options options = GROVE_SERVER_DEFAULTS;

  options.name = arg;
  options.link = true;
  return grove_server_start (&callbacks, &options, ret_pid, ret_reason);
}

/* Allows no restart. */
static enum grove_status
start_strict (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  static const struct grove_child_spec children[] = {
    { .id = "fragile", .start = start_faller, .arg = "fragile", .shutdown_ms = 1000 },
  };
  const struct grove_supervisor_spec spec = {
    .name = "strict_sup",
    .strategy = GROVE_ONE_FOR_ONE,
    .children = children,
    .n_children = G_N_ELEMENTS (children),
    .period_s = 1,
  };

  return grove_supervisor_start (&spec, ret_pid, ret_reason);
}

static enum grove_status
start_top (const void *arg, grove_pid *ret_top, struct grove_buffer *ret_reason)
{
  static const struct grove_child_spec children[] = {
    { .id = "steady", .start = start_faller, .arg = "steady", .shutdown_ms = 1000 },
    { .id = "brief", .start = start_faller, .arg = "brief", .restart = GROVE_TEMPORARY },
    { .id = "strict",
      .start = start_strict,
      .type = GROVE_SUPERVISOR,
      .shutdown_ms = GROVE_SHUTDOWN_INFINITY },
  };
  const struct grove_supervisor_spec spec = {
    .name = "lab_sup",
    .strategy = GROVE_ONE_FOR_ONE,
    .intensity = 10000,
    .period_s = 1,
    .children = children,
    .n_children = G_N_ELEMENTS (children),
  };

  return grove_supervisor_start (&spec, ret_top, ret_reason);
}

static void
loner (void *arg)
{
  struct grove_message *message;

  g_assert_cmpint (grove_register ("loner", grove_self ()), ==, GROVE_OK);
  g_assert_cmpint (grove_receive (GROVE_FOREVER, &message), ==, GROVE_OK);
  /* It holds the message, so that the crash says what it worked on. */
  grove_exit ("lonely");
}

static void
begin (void)
{
  const struct grove_application_spec application = { .name = "lab_app", .start = start_top };
  grove_pid                           master;

  g_assert_cmpint (grove_application_start (&application, &master), ==, GROVE_OK);
  grove_spawn (loner, NULL);
  while (!grove_whereis ("loner"))
    grove_yield ();
}

/* ---- Asking ------------------------------------------------------------------------------------
 */

static void
tell (struct peer *peer, const char *pid, const char *message)
{
  g_autofree char *more = g_strdup_printf (",\"message\":\"%s\"", message);

  if (ask_about (peer, "process.send", pid, more) != 0)
    g_error ("%s", error_message (peer));
}

static json_object *
get (struct peer *peer, const char *seq)
{
  g_autofree char *params = g_strdup_printf ("{\"seq\":%s}", seq);

  if (ask (peer, "crash.get", params) != 0)
    g_error ("%s", error_message (peer));
  return peer->result;
}

/* Waits until what followed is known. */
static const char *
wait_for_outcome (struct view *view, const char *reason)
{
  const char *key;

  while ((key = view_key (view, "reason", reason)) == NULL ||
         g_str_equal (view_text (view, key, "outcome"), "pending"))
    view_wait (view);
  return key;
}

/* ---- What followed -----------------------------------------------------------------------------
 */

static void
check_restarted (struct peer *peer)
{
  struct view      view;
  g_autofree char *steady = pid_of (peer, "steady"), *sup = pid_of (peer, "lab_sup");
  g_autofree char *successor = NULL, *key = NULL;
  json_object     *crash, *after, *frames, *pair;
  bool             found = false;

  view_open (&view, peer, TABLE);
  g_assert_cmpint (view.total, ==, 0);
  g_assert_cmpint (view.lost, ==, 0);
  tell (peer, steady, "{boom, 7}");
  key = g_strdup (wait_for_outcome (&view, "{boom,7}"));
  g_assert_cmpstr (key, ==, "1");
  g_assert_cmpint (view_int (&view, key, "seq"), ==, 1);
  g_assert_cmpstr (view_text (&view, key, "pid"), ==, steady);
  g_assert_cmpstr (view_text (&view, key, "name"), ==, "steady");
  g_assert_cmpstr (view_text (&view, key, "app"), ==, "lab_app");
  g_assert_cmpstr (view_text (&view, key, "outcome"), ==, "restarted");
  g_assert_cmpstr (view_text (&view, key, "supervisor"), ==, sup);
  g_assert_cmpint (view_int (&view, key, "restarts"), ==, 1);
  g_assert_cmpint (view_int (&view, key, "lived_ns"), >, 0);
  successor = g_strdup (view_text (&view, key, "successor"));
  view_close (&view);
  {
    g_autofree char *now = pid_of (peer, "steady");

    g_assert_cmpstr (successor, ==, now);
  }

  crash = get (peer, key);
  g_assert_cmpstr (text (crash, "pid"), ==, steady);
  g_assert_cmpstr (text (member (crash, "reason"), "text"), ==, "{boom,7}");
  g_assert_cmpint (integer (member (crash, "reason"), "size"), >, 5);
  g_assert_false (json_object_get_boolean (member (member (crash, "reason"), "truncated")));
  g_assert_false (json_object_get_boolean (member (crash, "in_release")));
  g_assert_false (json_object_get_boolean (member (crash, "hidden")));
  after = member (crash, "after");
  g_assert_cmpstr (text (after, "outcome"), ==, "restarted");
  g_assert_cmpstr (text (member (after, "supervisor"), "name"), ==, "lab_sup");
  g_assert_cmpstr (text (member (after, "successor"), "name"), ==, "steady");
  g_assert_cmpint (integer (after, "after_ns"), >, 0);
  g_assert_cmpstr (text (json_object_array_get_idx (member (crash, "ancestors"), 0), "name"), ==,
                   "lab_sup");
  g_assert_cmpstr (text (json_object_array_get_idx (member (crash, "links"), 0), "pid"), ==, sup);
  g_assert_cmpint (integer (crash, "n_dictionary"), >=, 1);
  pair = member (crash, "dictionary");
  for (size_t i = 0; i < json_object_array_length (pair); i++)
    found =
      found ||
      (g_str_equal (text (member (json_object_array_get_idx (pair, i), "key"), "text"), "secret") &&
       strstr (text (member (json_object_array_get_idx (pair, i), "value"), "text"), "swordfish"));
  g_assert_true (found);
  frames = member (crash, "frames");
  g_assert_cmpuint (json_object_array_length (frames), >, 0);
}

static void
check_others (struct peer *peer)
{
  struct view      view;
  g_autofree char *brief = pid_of (peer, "brief"), *fragile = pid_of (peer, "fragile");
  g_autofree char *lonely = pid_of (peer, "loner"), *strict = pid_of (peer, "strict_sup");
  g_autofree char *key = NULL;
  json_object     *crash;

  view_open (&view, peer, TABLE);
  tell (peer, brief, "too_brief");
  key = g_strdup (wait_for_outcome (&view, "too_brief"));
  g_assert_cmpstr (view_text (&view, key, "outcome"), ==, "left");
  g_assert_cmpstr (view_text (&view, key, "successor"), ==, "");

  tell (peer, fragile, "too_much");
  g_free (key);
  key = g_strdup (wait_for_outcome (&view, "too_much"));
  g_assert_cmpstr (view_text (&view, key, "outcome"), ==, "gave_up");
  g_assert_cmpstr (view_text (&view, key, "supervisor"), ==, strict);

  tell (peer, lonely, "{go, away}");
  g_free (key);
  key = g_strdup (wait_for_outcome (&view, "lonely"));
  g_assert_cmpstr (view_text (&view, key, "outcome"), ==, "none");
  g_assert_cmpstr (view_text (&view, key, "supervisor"), ==, "");
  g_assert_cmpstr (view_text (&view, key, "app"), ==, "");
  crash = get (peer, key);
  g_assert_cmpstr (text (member (member (crash, "message"), "term"), "text"), ==, "{go,away}");
  /* Newest first. */
  g_assert_cmpstr (view.order->pdata[0], ==, "3");
  g_assert_cmpstr (view.order->pdata[2], ==, "1");
  view_close (&view);
}

/* ---- Bounds ------------------------------------------------------------------------------------
 */

#define N_CRASHES 300

static void
faller (void *arg)
{
  grove_exit ("{number, ~i}", (int) (intptr_t) arg);
}

static void
begin_storm (void)
{
  for (int i = 1; i <= N_CRASHES; i++)
    {
      struct grove_message *message;

      grove_monitor (grove_spawn (faller, (void *) (intptr_t) i));
      g_assert_cmpint (grove_receive (GROVE_FOREVER, &message), ==, GROVE_OK);
      grove_message_free (message);
    }
}

static void
check_storm (struct peer *peer)
{
  struct view view;

  view_open (&view, peer, TABLE);
  g_assert_cmpint (view.total, ==, 256);
  g_assert_cmpint (view.lost, ==, N_CRASHES - 256);
  g_assert_cmpstr (view.order->pdata[0], ==, "300");
  g_assert_cmpstr (view_text (&view, "300", "reason"), ==, "{number,300}");
  g_assert_cmpstr (view.order->pdata[255], ==, "45");
  view_close (&view);

  g_assert_cmpint (ask (peer, "crash.get", "{\"seq\":44}"), ==, -32602);
  g_assert_nonnull (strstr (error_message (peer), "45 to 300"));
  g_assert_cmpint (ask (peer, "crash.get", "{\"seq\":301}"), ==, -32602);
  g_assert_cmpint (ask (peer, "crash.get", "{\"seq\":45}"), ==, 0);

  /* Each once, in parts, with what is gone told. */
  view_open (&view, peer,
             "{\"table\":\"crashes\",\"columns\":[\"seq\",\"reason\"],\"sort\":[],\"after\":10,"
             "\"window\":{\"offset\":0,\"limit\":100},\"interval_ms\":60000}");
  g_assert_cmpint (view.lost, ==, 34);
  while (view.order->len < 256)
    view_wait (&view);
  g_assert_cmpuint (view.n_updates, ==, 3);
  for (guint i = 0; i < view.order->len; i++)
    g_assert_cmpint (atoi (view.order->pdata[i]), ==, 45 + (int) i);
  g_assert_cmpint (view.lost, ==, 34);
  view_close (&view);
}

/* A reason that nobody can want to see whole. */
#define HUGE_BYTES ((size_t) 32 << 20)

static void
huge (void *arg)
{
  char *bytes = grove_alloc (HUGE_BYTES + 1);

  memset (bytes, 'x', HUGE_BYTES);
  bytes[HUGE_BYTES] = '\0';
  grove_exit ("{huge, ~s}", bytes);
}

static void
begin_huge (void)
{
  struct grove_message *message;

  grove_monitor (grove_spawn (huge, NULL));
  g_assert_cmpint (grove_receive (GROVE_FOREVER, &message), ==, GROVE_OK);
  grove_message_free (message);
}

static void
check_huge (struct peer *peer)
{
  struct view  view;
  json_object *reason;

  view_open (&view, peer, TABLE);
  g_assert_cmpint (view.total, ==, 1);
  g_assert_cmpuint (strlen (view_text (&view, "1", "reason")), <, 1024);
  view_close (&view);
  reason = member (get (peer, "1"), "reason");
  g_assert_true (json_object_get_boolean (member (reason, "truncated")));
  g_assert_cmpint (integer (reason, "size"), >, (int64_t) HUGE_BYTES);
}

/* ---- Secrets -----------------------------------------------------------------------------------
 */

static void
check_hidden (struct peer *peer)
{
  struct view      view;
  g_autofree char *steady = pid_of (peer, "steady");
  json_object     *crash;

  view_open (&view, peer, TABLE);
  g_assert_cmpint (ask_about (peer, "process.exit", steady, ",\"reason\":\"boom\""), ==, 0);
  wait_for_outcome (&view, "boom");
  view_close (&view);
  crash = get (peer, "1");
  g_assert_true (json_object_get_boolean (member (crash, "hidden")));
  g_assert_cmpint (integer (crash, "n_dictionary"), >=, 1);
  g_assert_cmpuint (json_object_array_length (member (crash, "dictionary")), ==, 0);
  g_assert_null (member (crash, "message"));
}

static void
check_nothing (struct peer *peer)
{
  g_assert_cmpint (ask (peer, "crash.get", "{\"seq\":1}"), ==, -32602);
  g_assert_cmpstr (error_message (peer), ==, "nothing has crashed");
}

/* ---- Each of them ------------------------------------------------------------------------------
 */

static const struct world worlds[] = {
  { .begin = begin, .check = check_restarted },
  { .begin = begin, .check = check_others },
  { .begin = begin_storm, .check = check_storm },
  { .begin = begin_huge, .check = check_huge },
  { .begin = begin, .check = check_hidden, .export = { .hide_payloads = true } },
  { .begin = begin, .check = check_nothing },
};

static void
run (gconstpointer data)
{
  world_run (data);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/runtime/export-crashes/restarted", &worlds[0], run);
  g_test_add_data_func ("/runtime/export-crashes/left-given-up-alone", &worlds[1], run);
  g_test_add_data_func ("/runtime/export-crashes/storm", &worlds[2], run);
  g_test_add_data_func ("/runtime/export-crashes/huge-reason", &worlds[3], run);
  g_test_add_data_func ("/runtime/export-crashes/hidden", &worlds[4], run);
  g_test_add_data_func ("/runtime/export-crashes/nothing", &worlds[5], run);
  return g_test_run ();
}
