/* SPDX-License-Identifier: MIT
 *
 * Applications over the real runtime and a real socket: which there are, starting one with what it
 * needs, stopping one, and what is said when it cannot be.
 */
#include "tests/runtime/export-peer.h"

#include <glib.h>
#include <string.h>

/* ---- Who is watched ----------------------------------------------------------------------------
 */

static void
stay (void *arg)
{
  lab_wait ();
}

/* One process above, and one below it. */
static void
branch (void *arg)
{
  grove_spawn_link (stay, NULL);
  lab_wait ();
}

static enum grove_status
start_branch (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  *ret_pid = grove_spawn_link (branch, NULL);
  return GROVE_OK;
}

static enum grove_status
start_top (const void *arg, grove_pid *ret_top, struct grove_buffer *ret_reason)
{
  static const struct grove_child_spec children[] = {
    { .id = "branch", .start = start_branch, .shutdown_ms = GROVE_SHUTDOWN_KILL },
  };
  struct grove_supervisor_spec spec = GROVE_SUPERVISOR_DEFAULTS;

  spec.children = children;
  spec.n_children = G_N_ELEMENTS (children);
  return grove_supervisor_start (&spec, ret_top, ret_reason);
}

static enum grove_status
start_badly (const void *arg, grove_pid *ret_top, struct grove_buffer *ret_reason)
{
  (void) !grove_build (ret_reason, "{no_soil, ~i}", 7);
  return GROVE_ERR_EXITED;
}

/* Until it is told to; another test may end first. */
static enum grove_status
start_never (const void *arg, grove_pid *ret_top, struct grove_buffer *ret_reason)
{
  lab_wait ();
}

static const char *const needs_root[] = { "root", NULL };
static const char *const needs_trunk[] = { "trunk", NULL };
static const char *const needs_bad[] = { "root", "rotten", NULL };
static const char *const needs_moon[] = { "moon", NULL };
static const char *const needs_egg[] = { "egg", NULL };
static const char *const needs_hen[] = { "hen", NULL };

static const struct grove_application_spec specs[] = {
  { .name = "root", .start = start_top },
  { .name = "trunk", .start = start_top, .needs = needs_root },
  { .name = "leaf", .start = start_top, .needs = needs_trunk, .type = GROVE_APPLICATION_TRANSIENT },
  { .name = "rotten", .start = start_badly },
  { .name = "fruit", .start = start_top, .needs = needs_bad },
  { .name = "tide", .start = start_top, .needs = needs_moon },
  { .name = "hen", .start = start_top, .needs = needs_egg },
  { .name = "egg", .start = start_top, .needs = needs_hen },
  { .name = "slow", .start = start_never },
};

static void
start (void)
{
  static const struct grove_application_spec weed = { .name = "weed", .start = start_top };
  grove_pid                                  master;

  for (gsize i = 0; i < G_N_ELEMENTS (specs); i++)
    g_assert_cmpint (grove_application_load (&specs[i]), ==, GROVE_OK);
  g_assert_cmpint (grove_application_load (&specs[0]), ==, GROVE_ERR_NAME_TAKEN);
  g_assert_cmpint (grove_application_start (&weed, &master), ==, GROVE_OK);
}

/* Another test loads them again. */
static void
unload (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (specs); i++)
    g_assert_cmpint (grove_application_unload (specs[i].name), ==, GROVE_OK);
  g_assert_cmpint (grove_application_unload (specs[0].name), ==, GROVE_ERR_NO_NAME);
}

/* ---- Asking ------------------------------------------------------------------------------------
 */

static int
ask_for (struct peer *peer, const char *method, const char *name, const char *more)
{
  g_autofree char *params = g_strdup_printf ("{\"name\":\"%s\"%s}", name, more);

  return ask (peer, method, params);
}

static char *
list (struct peer *peer, const char *name)
{
  json_object *array = member (peer->result, name);
  GString     *text = g_string_new (NULL);

  for (size_t i = 0; i < json_object_array_length (array); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "",
                            json_object_get_string (json_object_array_get_idx (array, i)));
  return g_string_free (text, FALSE);
}

static void
assert_started (
  struct peer *peer, const char *name, const char *more, const char *outcome, const char *started)
{
  if (ask_for (peer, "application.start", name, more) != 0)
    g_error ("%s: %s", name, error_message (peer));

  g_autofree char *others = list (peer, "started");

  g_assert_cmpstr (text (peer->result, "outcome"), ==, outcome);
  g_assert_cmpstr (others, ==, started);
}

/* What the table says of it, as "status type processes needs|needed_by". */
static char *
look_up (struct peer *peer, const char *name)
{
  g_autofree char *params =
    g_strdup_printf ("{\"table\":\"applications\",\"columns\":[\"name\",\"status\",\"type\","
                     "\"processes\",\"needs\",\"needed_by\"],\"sort\":[],\"filter\":[\"eq\","
                     "\"name\",\"%s\"],\"window\":{\"offset\":0,\"limit\":1},\"interval_ms\":1000}",
                     name);
  json_object *row;
  GString     *said = g_string_new (NULL);
  int64_t      sub;

  g_assert_cmpint (ask (peer, "table.open", params), ==, 0);
  sub = integer (peer->result, "sub");
  while (g_strcmp0 (peer->notified_method, "table.update") != 0 ||
         integer (peer->notified, "sub") != sub)
    peer_read (peer);
  row = json_object_array_get_idx (member (peer->notified, "rows"), 0);
  for (size_t i = 1; row != NULL && i < 6; i++)
    g_string_append_printf (said, "%s%s",
                            i == 5  ? "|"
                            : i > 1 ? " "
                                    : "",
                            json_object_get_string (json_object_array_get_idx (row, i)));

  g_autofree char *close = g_strdup_printf ("{\"sub\":%" G_GINT64_FORMAT "}", sub);

  g_assert_cmpint (ask (peer, "table.close", close), ==, 0);
  return g_string_free (said, FALSE);
}

static void
assert_row (struct peer *peer, const char *name, const char *expected)
{
  g_autofree char *said = look_up (peer, name);

  g_assert_cmpstr (said, ==, expected);
}

/* ---- Starting and stopping
 * -----------------------------------------------------------------------
 */

static void
check_start (struct peer *peer)
{
  assert_row (peer, "leaf", "loaded transient 0 trunk|");
  assert_row (peer, "root", "loaded temporary 0 |");
  assert_row (peer, "weed", "running temporary 4 |");
  assert_started (peer, "leaf", "", "started", "root trunk leaf");
  g_assert_cmpuint (strlen (text (peer->result, "pid")), >, 0);
  assert_started (peer, "leaf", "", "running", "");
  assert_row (peer, "leaf", "running transient 4 trunk|");
  assert_row (peer, "trunk", "running temporary 4 root|leaf");
  /* Its type can be another, those of what it needs are their own. */
  g_assert_cmpint (ask_for (peer, "application.stop", "trunk", ""), ==, 0);
  assert_started (peer, "trunk", ",\"type\":\"transient\"", "started", "trunk");
  assert_row (peer, "trunk", "running transient 4 root|leaf");
  unload ();
}

static void
check_stop (struct peer *peer)
{
  assert_started (peer, "trunk", "", "started", "root trunk");
  g_assert_cmpint (ask_for (peer, "application.stop", "root", ""), ==, 0);
  g_assert_cmpstr (text (peer->result, "outcome"), ==, "stopped");
  g_assert_cmpint (integer (peer->result, "processes"), ==, 4);

  g_autofree char *needed_by = list (peer, "needed_by");

  g_assert_cmpstr (needed_by, ==, "trunk");
  assert_row (peer, "root", "loaded temporary 0 |trunk");
  assert_row (peer, "trunk", "running temporary 4 root|");
  g_assert_cmpint (ask_for (peer, "application.stop", "root", ""), ==, 0);
  g_assert_cmpstr (text (peer->result, "outcome"), ==, "not_running");
  g_assert_cmpint (integer (peer->result, "processes"), ==, 0);
  /* One that is not loaded is gone when it is stopped. */
  g_assert_cmpint (ask_for (peer, "application.stop", "weed", ""), ==, 0);
  g_assert_cmpint (integer (peer->result, "processes"), ==, 4);
  assert_row (peer, "weed", "");
  g_assert_cmpint (ask_for (peer, "application.start", "weed", ""), ==, -32602);
  g_assert_cmpint (ask_for (peer, "application.stop", "weed", ""), ==, -32602);
  g_assert_nonnull (strstr (error_message (peer), "no application of that name"));
  unload ();
}

static void
assert_failed (struct peer *peer, const char *name, const char *failed, const char *reason)
{
  assert_started (peer, name, "", "failed", "");
  g_assert_cmpstr (text (peer->result, "failed"), ==, failed);
  g_assert_cmpstr (text (member (peer->result, "reason"), "text"), ==, reason);
  g_assert_cmpstr (text (peer->result, "pid"), ==, "");
}

static void
check_failures (struct peer *peer)
{
  assert_failed (peer, "rotten", "rotten", "{no_soil,7}");
  /* What was started for it is stopped again. */
  assert_failed (peer, "fruit", "rotten", "{no_soil,7}");
  assert_row (peer, "root", "loaded temporary 0 |");
  assert_failed (peer, "tide", "moon", "not_loaded");
  assert_failed (peer, "hen", "hen", "needs_itself");
  unload ();
}

static void
check_slow (struct peer *peer)
{
  g_assert_cmpint (ask_for (peer, "application.start", "slow", ",\"wait_ms\":50"), ==, -32007);
  g_assert_nonnull (strstr (error_message (peer), "slow has not started within 50 ms"));
  assert_row (peer, "slow", "starting temporary 1 |");
  /* The others are not held up. */
  assert_started (peer, "root", "", "started", "root");
  unload ();
}

static void
check_observed (struct peer *peer)
{
  g_assert_cmpint (ask_for (peer, "application.start", "root", ""), ==, -32002);
  g_assert_cmpint (ask_for (peer, "application.stop", "weed", ""), ==, -32002);
  assert_row (peer, "weed", "running temporary 4 |");
  unload ();
}

static void
run (gconstpointer lab)
{
  lab_run (lab);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, ...)                                                                             \
  g_test_add_data_func ("/runtime/export-applications/" path,                                      \
                        (&(const struct lab){ .start = start, __VA_ARGS__ }), run)
  ADD ("start", .check = check_start);
  ADD ("stop", .check = check_stop);
  ADD ("failures", .check = check_failures);
  ADD ("slow", .check = check_slow);
  ADD ("read-only", .check = check_observed, .read_only = true, .role = "observe");
  return g_test_run ();
}
