/* SPDX-License-Identifier: MIT
 *
 * Supervisors over the real runtime and a real socket: what they are, and what they can be asked to
 * do, with OTP's outcomes. And what a system that is only to be observed, or hides payloads, does
 * not do.
 */
#include "tests/runtime/export-peer.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

/* ---- Who is watched ----------------------------------------------------------------------------
 */

static enum grove_status
keeper_init (const void *arg, void **state)
{
  *state = NULL;
  return GROVE_OK;
}

static void
keeper_describe (const void *state, struct grove_buffer *out)
{
  g_assert_cmpint (grove_build (out, "secret"), ==, GROVE_OK);
}

static const struct grove_server_callbacks keeper = {
  .module = "keeper",
  .init = keeper_init,
  .describe = keeper_describe,
};

static enum grove_status
start_keeper (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  struct grove_server_options options = GROVE_SERVER_DEFAULTS;

  options.name = arg;
  options.link = true;
  return grove_server_start (&keeper, &options, ret_pid, ret_reason);
}

/* Fails unless it is given what its kind has. */
static enum grove_status
start_one (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  g_assert_cmpstr (arg, ==, "kind");
  return start_keeper (NULL, ret_pid, ret_reason);
}

static enum grove_status
start_many (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  static const struct grove_child_spec child = { .start = start_one, .arg = "kind" };
  struct grove_supervisor_spec         spec = GROVE_SUPERVISOR_DEFAULTS;

  spec.name = "many_sup";
  spec.strategy = GROVE_SIMPLE_ONE_FOR_ONE;
  spec.children = &child;
  spec.n_children = 1;
  spec.max_children = 2;
  return grove_supervisor_start (&spec, ret_pid, ret_reason);
}

static enum grove_status
start_top (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  static const struct grove_child_spec children[] = {
    { .id = "alpha", .start = start_keeper, .arg = "alpha", .shutdown_ms = 1000 },
    { .id = "beta", .start = start_keeper, .arg = "beta", .shutdown_ms = 1000 },
    { .id = "many", .start = start_many, .type = GROVE_SUPERVISOR },
  };
  struct grove_supervisor_spec spec = GROVE_SUPERVISOR_DEFAULTS;

  spec.name = "top_sup";
  spec.children = children;
  spec.n_children = G_N_ELEMENTS (children);
  return grove_supervisor_start (&spec, ret_pid, ret_reason);
}

static void
start (void)
{
  const struct grove_application_spec application = { .name = "lab", .start = start_top };
  grove_pid                           master;

  g_assert_cmpint (grove_application_start (&application, &master), ==, GROVE_OK);
}

/* ---- Looking -----------------------------------------------------------------------------------
 */

static json_object *
child_at (struct peer *peer, size_t index)
{
  return json_object_array_get_idx (member (peer->result, "children"), index);
}

static void
check_info (struct peer *peer)
{
  g_autofree char *top = pid_of (peer, "top_sup");
  g_autofree char *alpha = pid_of (peer, "alpha");

  g_assert_cmpint (ask_about (peer, "supervisor.info", top, ""), ==, 0);
  g_assert_cmpstr (text (peer->result, "name"), ==, "top_sup");
  g_assert_cmpstr (text (peer->result, "kind"), ==, "supervisor");
  g_assert_cmpstr (text (peer->result, "strategy"), ==, "one_for_one");
  g_assert_cmpint (integer (peer->result, "intensity"), ==, 1);
  g_assert_cmpint (integer (peer->result, "total"), ==, 3);
  g_assert_cmpstr (text (child_at (peer, 0), "id"), ==, "alpha");
  g_assert_cmpstr (text (child_at (peer, 0), "pid"), ==, alpha);
  g_assert_cmpstr (text (child_at (peer, 2), "kind"), ==, "supervisor");

  g_assert_cmpint (ask_about (peer, "supervisor.info", top, ",\"offset\":1,\"limit\":1"), ==, 0);
  g_assert_cmpuint (json_object_array_length (member (peer->result, "children")), ==, 1);
  g_assert_cmpstr (text (child_at (peer, 0), "id"), ==, "beta");
  g_assert_cmpint (ask_about (peer, "supervisor.info", alpha, ""), ==, -32009);
  g_assert_nonnull (strstr (error_message (peer), "no supervisor"));
}

/* ---- Acting ------------------------------------------------------------------------------------
 */

static void
assert_outcome_at (int          line,
                   struct peer *peer,
                   const char  *method,
                   const char  *pid,
                   const char  *more,
                   const char  *outcome)
{
  if (ask_about (peer, method, pid, more) != 0)
    g_error ("line %d: %s: %s", line, method, error_message (peer));
  if (!g_str_equal (text (peer->result, "outcome"), outcome))
    g_error ("line %d: %s: %s", line, method, text (peer->result, "outcome"));
}
#define assert_outcome(peer, method, pid, more, outcome)                                           \
  assert_outcome_at (__LINE__, peer, method, pid, more, outcome)

static void
check_children (struct peer *peer)
{
  g_autofree char *top = pid_of (peer, "top_sup");
  g_autofree char *alpha = pid_of (peer, "alpha");
  g_autofree char *started = g_strdup_printf ("{error,{already_started,%s}}", alpha);
  g_autofree char *again = NULL;

  assert_outcome (peer, "supervisor.restart_child", top, ",\"child\":\"alpha\"", "{error,running}");
  assert_outcome (peer, "supervisor.delete_child", top, ",\"child\":\"alpha\"", "{error,running}");
  assert_outcome (peer, "supervisor.start_child", top, ",\"child\":\"alpha\"", started);
  assert_outcome (peer, "supervisor.terminate_child", top, ",\"child\":\"gamma\"",
                  "{error,not_found}");
  g_assert_cmpint (ask_about (peer, "supervisor.terminate_child", top,
                              ",\"child\":\"alpha\",\"expect\":{\"name\":\"omega\"}"),
                   ==, -32008);
  assert_outcome (peer, "supervisor.terminate_child", top, ",\"child\":\"alpha\"", "ok");
  g_assert_true (json_object_is_type (member (peer->result, "child"), json_type_null));
  g_assert_cmpint (ask_about (peer, "process.get", alpha, ""), ==, -32003);
  assert_outcome (peer, "supervisor.start_child", top, ",\"child\":\"alpha\"",
                  "{error,already_present}");
  g_assert_cmpint (ask_about (peer, "supervisor.info", top, ""), ==, 0);
  g_assert_cmpstr (text (child_at (peer, 0), "pid"), ==, "");

  g_assert_cmpint (ask_about (peer, "supervisor.restart_child", top, ",\"child\":\"alpha\""), ==,
                   0);
  again = g_strdup_printf ("{ok,%s}", text (member (peer->result, "child"), "pid"));
  g_assert_cmpstr (text (peer->result, "outcome"), ==, again);
  g_assert_cmpstr (text (member (peer->result, "child"), "name"), ==, "alpha");
  g_assert_cmpstr (text (member (peer->result, "child"), "pid"), !=, alpha);

  assert_outcome (peer, "supervisor.terminate_child", top, ",\"child\":\"beta\"", "ok");
  assert_outcome (peer, "supervisor.delete_child", top, ",\"child\":\"beta\"", "ok");
  assert_outcome (peer, "supervisor.restart_child", top, ",\"child\":\"beta\"",
                  "{error,not_found}");
  g_assert_cmpint (ask_about (peer, "supervisor.start_child", top, ",\"child\":\"beta\""), ==,
                   -32009);
  g_assert_nonnull (strstr (error_message (peer), "code"));
}

static void
check_dynamic (struct peer *peer)
{
  g_autofree char *top = pid_of (peer, "top_sup");
  g_autofree char *many = pid_of (peer, "many_sup");
  g_autofree char *first = NULL, *params = NULL;

  g_assert_cmpint (ask_about (peer, "supervisor.start_child", many, ""), ==, 0);
  first = g_strdup (text (member (peer->result, "child"), "pid"));
  params = g_strdup_printf (",\"child\":\"%s\"", first);
  g_assert_cmpint (ask_about (peer, "process.get", first, ""), ==, 0);
  g_assert_cmpint (ask_about (peer, "supervisor.start_child", many, ""), ==, 0);
  assert_outcome (peer, "supervisor.start_child", many, "", "{error,max_children}");
  assert_outcome (peer, "supervisor.terminate_child", many, params, "ok");
  g_assert_cmpint (ask_about (peer, "process.get", first, ""), ==, -32003);
  assert_outcome (peer, "supervisor.terminate_child", many, params, "ok");
  assert_outcome (peer, "supervisor.restart_child", many, ",\"child\":\"x\"",
                  "{error,simple_one_for_one}");
  assert_outcome (peer, "supervisor.start_child", top, "", "{error,not_simple_one_for_one}");
}

static void
check_refused (struct peer *peer)
{
  g_autofree char *alpha = pid_of (peer, "alpha");
  g_autofree char *top = pid_of (peer, "top_sup");

  g_assert_cmpint (ask_about (peer, "supervisor.terminate_child", alpha, ",\"child\":\"x\""), ==,
                   -32009);
  g_assert_cmpint (ask_about (peer, "supervisor.terminate_child", top, ""), ==, -32602);
  g_assert_cmpint (ask_about (peer, "supervisor.terminate_child", "<0.4000.7>", ",\"child\":\"x\""),
                   ==, -32003);
  g_assert_cmpint (ask (peer, "audit.tail", "{}"), ==, 0);
  g_assert_cmpuint (json_object_array_length (member (peer->result, "entries")), ==, 3);
}

/* ---- What is not offered -----------------------------------------------------------------------
 */

static bool
is_absent (struct peer *peer, const char *method)
{
  json_object *why;

  return json_object_object_get_ex (member (peer->hello, "absent"), method, &why) &&
         strlen (json_object_get_string (why)) > 10;
}

static void
check_read_only (struct peer *peer)
{
  static const char *const commands[] = { "process.kill", "process.gc", "process.suspend",
                                          "process.resume" };
  g_autofree char         *alpha = pid_of (peer, "alpha");

  g_assert_true (json_object_get_boolean (member (peer->hello, "read_only")));
  for (size_t i = 0; i < G_N_ELEMENTS (commands); i++)
    g_assert_cmpint (ask_about (peer, commands[i], alpha, ""), ==, -32002);
  g_assert_cmpint (ask_about (peer, "process.send", alpha, ",\"message\":\"a\""), ==, -32002);
  g_assert_cmpint (ask_about (peer, "supervisor.delete_child", alpha, ",\"child\":\"a\""), ==,
                   -32002);
  g_assert_cmpint (ask_about (peer, "process.get", alpha, ""), ==, 0);
  g_assert_cmpint (integer (peer->result, "messages"), ==, 0);
}

/* What may be seen is seen. */
static void
check_observed (struct peer *peer)
{
  g_autofree char *alpha = pid_of (peer, "alpha");

  check_read_only (peer);
  g_assert_cmpint (ask_about (peer, "process.state", alpha, ""), ==, 0);
}

static void
check_hidden_from (struct peer *peer)
{
  g_autofree char *alpha = pid_of (peer, "alpha");

  g_assert_true (is_absent (peer, "process.messages"));
  g_assert_true (is_absent (peer, "process.state"));
  g_assert_true (is_absent (peer, "process.dictionary"));
  g_assert_cmpint (ask_about (peer, "process.messages", alpha,
                              ",\"offset\":0,\"limit\":1,\"max_bytes\":16"),
                   ==, -32002);
  g_assert_cmpint (ask_about (peer, "process.state", alpha, ""), ==, -32002);
  g_assert_cmpint (ask_about (peer, "process.dictionary", alpha, ""), ==, -32002);
  g_assert_cmpint (ask_about (peer, "process.stack", alpha, ""), ==, 0);
}

static void
check_hidden (struct peer *peer)
{
  g_autofree char *alpha = pid_of (peer, "alpha");

  check_hidden_from (peer);
  /* What is sent is not told to others either. */
  g_assert_cmpint (ask_about (peer, "process.send", alpha, ",\"message\":\"hush\""), ==, 0);
  g_assert_cmpint (ask (peer, "audit.tail", "{}"), ==, 0);
  g_assert_null (strstr (json_object_to_json_string (peer->result), "hush"));
}

/* Both ways to say it, at once. */
static void
check_environment (struct peer *peer)
{
  check_hidden_from (peer);
  check_read_only (peer);
}

static void
wrong_word (void *arg)
{
  char *error = NULL;

  g_assert_cmpint (grove_export_start (NULL, &error), ==, GROVE_ERR_BADARG);
  g_assert_nonnull (strstr (error, "read_only"));
  g_assert_nonnull (strstr (error, "allowed"));
  free (error);
}

static void
test_wrong_word (void)
{
  g_setenv ("GROVE_OBSERVE", "no-payloads,read_only", TRUE);
  g_assert_cmpint (grove_run (NULL, wrong_word, NULL), ==, GROVE_OK);
  g_unsetenv ("GROVE_OBSERVE");
}

/* ---- Watching ----------------------------------------------------------------------------------
 */

static void
check_watch (struct peer *peer)
{
  g_autofree char *alpha = pid_of (peer, "alpha");
  json_object     *exited;

  g_assert_cmpint (ask_about (peer, "process.watch", alpha, ",\"interval_ms\":100"), ==, 0);
  while (g_strcmp0 (peer->notified_method, "process.sample") != 0)
    peer_read (peer);
  g_assert_cmpstr (text (peer->notified, "name"), ==, "alpha");
  g_assert_cmpstr (text (peer->notified, "status"), ==, "waiting");
  g_assert_cmpint (integer (peer->notified, "memory_bytes"), >, 0);
  g_assert_cmpint (ask_about (peer, "process.kill", alpha, ",\"wait_ms\":5000"), ==, 0);
  while (!json_object_object_get_ex (peer->notified, "exited", &exited))
    {
      json_object *ack = json_object_new_object ();

      json_object_object_add (ack, "sub", json_object_get (member (peer->notified, "sub")));
      json_object_object_add (ack, "seq", json_object_get (member (peer->notified, "seq")));
      grove_client_notify (peer->client, "process.ack", ack);
      peer_send (peer);
      peer_read (peer);
    }
  g_assert_cmpstr (text (exited, "reason"), ==, "killed");
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
  g_test_add_data_func ("/runtime/export-supervisor/" path,                                        \
                        (&(const struct lab){ .start = start, __VA_ARGS__ }), run)
  ADD ("info", .check = check_info);
  ADD ("children", .check = check_children);
  ADD ("dynamic", .check = check_dynamic);
  ADD ("refused", .check = check_refused);
  ADD ("read-only", .check = check_observed, .read_only = true, .role = "observe");
  ADD ("hidden", .check = check_hidden, .hide_payloads = true);
  ADD ("environment", .check = check_environment, .environment = "no-payloads,", .read_only = true,
       .role = "observe");
  g_test_add_func ("/runtime/export-supervisor/wrong-word", test_wrong_word);
  ADD ("watch", .check = check_watch);
  return g_test_run ();
}
