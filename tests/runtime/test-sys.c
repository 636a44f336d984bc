/* SPDX-License-Identifier: MIT
 *
 * System messages: runtime/otp/sys.c, sys-call.c.
 */
#include "supervisor-test.h"

#include "runtime/otp/application.h"
#include "runtime/otp/sys.h"

/* ---- A server to test with -------------------------------------------------------------- */

static enum grove_status
counter_init (const void *arg, void **state)
{
  int64_t *n = grove_alloc (sizeof *n);

  grove_trap_exit (true);
  *n = 10;
  *state = n;
  return GROVE_OK;
}

static enum grove_next
counter_call (struct grove_term request, struct grove_from from, void *state)
{
  int64_t *n = state;

  if (grove_term_is_atom (request, "next"))
    ++*n;
  grove_reply (from, "~l", *n);
  return GROVE_CONTINUE;
}

static void
counter_terminate (struct grove_term reason, void *state)
{
  grove_send_name ("test", "{terminate, ~t}", reason);
}

static void
counter_describe (const void *state, struct grove_buffer *out)
{
  g_assert_cmpint (grove_build (out, "{n, ~l}", *(const int64_t *) state), ==, GROVE_OK);
}

static const struct grove_server_callbacks counter = {
  .module = "counter",
  .init = counter_init,
  .handle_call = counter_call,
  .terminate = counter_terminate,
  .describe = counter_describe,
};

static const struct grove_server_callbacks silent = {
  .module = "silent",
  .init = counter_init,
  .handle_call = counter_call,
};

static grove_pid
start_server (const struct grove_server_callbacks *callbacks, bool link)
{
  struct grove_server_options options = GROVE_SERVER_DEFAULTS;
  grove_pid                   pid;

  options.link = link;
  g_assert_cmpint (grove_server_start (callbacks, &options, &pid, NULL), ==, GROVE_OK);
  return pid;
}

static int64_t
next_of (grove_pid pid)
{
  struct grove_message *reply;
  int64_t               n = 0;

  g_assert_cmpint (grove_call (pid, DEADLINE_NS, &reply, "next"), ==, GROVE_OK);
  g_assert_true (grove_match (grove_message_term (reply), "~l", &n));
  grove_message_free (reply);
  return n;
}

#define expect_term(buffer, ...)                                                                   \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_assert_true (grove_match (grove_buffer_term (&(buffer)), __VA_ARGS__));                      \
    grove_buffer_finish (&(buffer));                                                               \
  }                                                                                                \
  G_STMT_END

/* ---- Holding ---------------------------------------------------------------------------- */

static void
test_suspend (void *arg)
{
  struct grove_message *reply;
  struct grove_buffer   state = { NULL };
  grove_ref             first, second;
  grove_pid             pid;

  otp_begin ();
  pid = start_server (&counter, false);
  g_assert_cmpint (grove_sys_suspend (pid, DEADLINE_NS), ==, GROVE_OK);
  g_assert_cmpint (grove_sys_suspend (pid, DEADLINE_NS), ==, GROVE_OK);
  g_assert_cmpint (grove_server_send_request (pid, &first, "next"), ==, GROVE_OK);
  g_assert_cmpint (grove_server_send_request (pid, &second, "next"), ==, GROVE_OK);
  /* It answers the system, and nobody else. */
  g_assert_cmpint (grove_sys_get_state (pid, DEADLINE_NS, &state), ==, GROVE_OK);
  expect_term (state, "{n, 10}");
  g_assert_cmpint (grove_server_wait_response (first, 0, &reply), ==, GROVE_ERR_TIMEOUT);
  g_assert_cmpint (grove_sys_resume (pid, DEADLINE_NS), ==, GROVE_OK);
  g_assert_cmpint (grove_sys_resume (pid, DEADLINE_NS), ==, GROVE_OK);
  g_assert_cmpint (grove_server_wait_response (first, DEADLINE_NS, &reply), ==, GROVE_OK);
  g_assert_true (grove_match (grove_message_term (reply), "11"));
  grove_message_free (reply);
  g_assert_cmpint (grove_server_wait_response (second, DEADLINE_NS, &reply), ==, GROVE_OK);
  g_assert_true (grove_match (grove_message_term (reply), "12"));
  grove_message_free (reply);
}

static grove_pid held;

static void
holds_a_server (void *arg)
{
  held = start_server (&counter, true);
  g_assert_cmpint (grove_sys_suspend (held, DEADLINE_NS), ==, GROVE_OK);
  grove_send_name ("test", "held");
  grove_exit ("gone");
}

/* The end of its parent reaches it all the same. */
static void
test_parent_ends (void *arg)
{
  otp_begin ();
  grove_spawn (holds_a_server, NULL);
  otp_expect ("held");
  otp_expect ("{terminate, gone}");
  otp_expect_down (held, "noproc");
}

static void
test_stop_suspended (void *arg)
{
  grove_pid pid;

  otp_begin ();
  pid = start_server (&counter, false);
  g_assert_cmpint (grove_sys_suspend (pid, DEADLINE_NS), ==, GROVE_OK);
  g_assert_cmpint (grove_server_stop (pid, DEADLINE_NS, "normal"), ==, GROVE_OK);
  otp_expect ("{terminate, normal}");
}

/* ---- The state -------------------------------------------------------------------------- */

static bool
add (void **state, const void *arg)
{
  *(int64_t *) *state += *(const int64_t *) arg;
  return true;
}

static bool
another (void **state, const void *arg)
{
  int64_t *n = grove_alloc (sizeof *n);

  *n = 1000;
  grove_free (*state);
  *state = n;
  return true;
}

static bool
refuse (void **state, const void *arg)
{
  return false;
}

static void
test_replace_state (void *arg)
{
  const int64_t       five = 5;
  struct grove_buffer state = { NULL };
  grove_pid           pid;

  otp_begin ();
  pid = start_server (&counter, false);
  g_assert_cmpint (grove_sys_replace_state (pid, DEADLINE_NS, add, &five, sizeof five), ==,
                   GROVE_OK);
  g_assert_cmpint (next_of (pid), ==, 16);
  g_assert_cmpint (grove_sys_suspend (pid, DEADLINE_NS), ==, GROVE_OK);
  g_assert_cmpint (grove_sys_replace_state (pid, DEADLINE_NS, add, &five, 0), ==, GROVE_OK);
  g_assert_cmpint (grove_sys_replace_state (pid, DEADLINE_NS, refuse, NULL, 0), ==,
                   GROVE_ERR_NO_MATCH);
  g_assert_cmpint (grove_sys_get_state (pid, DEADLINE_NS, &state), ==, GROVE_OK);
  expect_term (state, "{n, 21}");
  g_assert_cmpint (grove_sys_resume (pid, DEADLINE_NS), ==, GROVE_OK);
  g_assert_cmpint (grove_sys_replace_state (pid, DEADLINE_NS, another, NULL, 0), ==, GROVE_OK);
  g_assert_cmpint (next_of (pid), ==, 1001);
}

static void
test_status (void *arg)
{
  struct grove_buffer status = { NULL };
  grove_pid           pid, parent;

  otp_begin ();
  pid = start_server (&counter, true);
  g_assert_cmpint (grove_sys_get_status (pid, DEADLINE_NS, &status), ==, GROVE_OK);
  g_assert_true (grove_match (grove_buffer_term (&status),
                              "{status, _, {module, counter}, [running, ~p, {n, 10}]}", &parent));
  g_assert_cmpuint (parent, ==, grove_self ());
  grove_buffer_finish (&status);
  pid = start_server (&silent, false);
  g_assert_cmpint (grove_sys_suspend (pid, DEADLINE_NS), ==, GROVE_OK);
  g_assert_cmpint (grove_sys_get_status (pid, DEADLINE_NS, &status), ==, GROVE_OK);
  expect_term (status, "{status, _, {module, silent}, [suspended, none, undescribed]}");
  g_assert_cmpint (grove_sys_get_state (pid, DEADLINE_NS, &status), ==, GROVE_ERR_NO_MATCH);
}

/* ---- Watching --------------------------------------------------------------------------- */

static void
test_statistics (void *arg)
{
  struct grove_sys_statistics seen = { 0 };
  grove_pid                   pid;

  otp_begin ();
  pid = start_server (&counter, false);
  g_assert_cmpint (grove_sys_get_statistics (pid, DEADLINE_NS, &seen), ==, GROVE_ERR_NO_MATCH);
  g_assert_cmpint (grove_sys_set_statistics (pid, DEADLINE_NS, true), ==, GROVE_OK);
  next_of (pid);
  next_of (pid);
  grove_send (pid, "nothing");
  next_of (pid);
  g_assert_cmpint (grove_sys_get_statistics (pid, DEADLINE_NS, &seen), ==, GROVE_OK);
  g_assert_cmpuint (seen.messages_in, ==, 4);
  g_assert_cmpuint (seen.messages_out, ==, 3);
  g_assert_cmpuint (seen.elapsed_ns, >, 0);
  g_assert_cmpuint (seen.reductions, >, 0);
  g_assert_cmpint (grove_sys_set_statistics (pid, DEADLINE_NS, false), ==, GROVE_OK);
  g_assert_cmpint (grove_sys_get_statistics (pid, DEADLINE_NS, &seen), ==, GROVE_ERR_NO_MATCH);
}

static void
test_log (void *arg)
{
  struct grove_buffer log = { NULL };
  char                large[GROVE_SYS_LOG_TERM + 1] = "";
  grove_pid           pid;

  otp_begin ();
  pid = start_server (&counter, false);
  g_assert_cmpint (grove_sys_set_log (pid, DEADLINE_NS, 3), ==, GROVE_OK);
  grove_send (pid, "a");
  grove_send (pid, "b");
  next_of (pid);
  g_assert_cmpint (grove_sys_get_log (pid, DEADLINE_NS, &log), ==, GROVE_OK);
  expect_term (log, "[{in, b}, {in, {'$gen_call', _, next}}, {out, 11, _}]");
  /* Fewer: the newest stay. */
  g_assert_cmpint (grove_sys_set_log (pid, DEADLINE_NS, 1), ==, GROVE_OK);
  g_assert_cmpint (grove_sys_get_log (pid, DEADLINE_NS, &log), ==, GROVE_OK);
  expect_term (log, "[{out, 11, _}]");
  grove_send (pid, "~b", large, sizeof large);
  g_assert_cmpint (grove_sys_get_log (pid, DEADLINE_NS, &log), ==, GROVE_OK);
  expect_term (log, "[{in, too_large}]");
  g_assert_cmpint (grove_sys_set_log (pid, DEADLINE_NS, 0), ==, GROVE_OK);
  next_of (pid);
  g_assert_cmpint (grove_sys_get_log (pid, DEADLINE_NS, &log), ==, GROVE_OK);
  expect_term (log, "[]");
  g_assert_cmpint (grove_sys_set_log (pid, DEADLINE_NS, GROVE_SYS_LOG_MAX + 1), ==,
                   GROVE_ERR_BADARG);
}

struct seen
{
  int n_in, n_out, until;
};

static bool
count_events (const struct grove_sys_event *event, void *arg)
{
  struct seen *seen = arg;

  g_assert_cmpuint (event->server, ==, grove_self ());
  if (event->to)
    seen->n_out++;
  else
    seen->n_in++;
  return seen->n_in + seen->n_out < seen->until;
}

static void
test_hooks (void *arg)
{
  static struct seen by_hook, by_id, done;
  grove_pid          pid;

  otp_begin ();
  by_hook = by_id = (struct seen){ .until = 1000 };
  done = (struct seen){ .until = 1 };
  pid = start_server (&counter, false);
  /* The same one twice is there once. */
  for (int i = 0; i < 2; i++)
    {
      g_assert_cmpint (grove_sys_install (pid, DEADLINE_NS, NULL, count_events, &by_hook), ==,
                       GROVE_OK);
      g_assert_cmpint (grove_sys_install (pid, DEADLINE_NS, "watch", count_events, &by_id), ==,
                       GROVE_OK);
    }
  g_assert_cmpint (grove_sys_install (pid, DEADLINE_NS, "once", count_events, &done), ==, GROVE_OK);
  next_of (pid);
  g_assert_cmpint (grove_sys_remove (pid, DEADLINE_NS, NULL, count_events), ==, GROVE_OK);
  g_assert_cmpint (grove_sys_remove (pid, DEADLINE_NS, "not there", NULL), ==, GROVE_OK);
  next_of (pid);
  g_assert_cmpint (grove_sys_remove (pid, DEADLINE_NS, "watch", NULL), ==, GROVE_OK);
  next_of (pid);
  g_assert_cmpint (by_hook.n_in, ==, 1);
  g_assert_cmpint (by_hook.n_out, ==, 1);
  g_assert_cmpint (by_id.n_in, ==, 2);
  g_assert_cmpint (by_id.n_out, ==, 2);
  g_assert_cmpint (done.n_in + done.n_out, ==, 1);
}

/* ---- Bad input -------------------------------------------------------------------------- */

static void
test_unknown (void *arg)
{
  struct grove_message *message;
  grove_ref             alias = grove_alias ();
  grove_pid             pid;

  otp_begin ();
  pid = start_server (&counter, false);
  grove_send (pid, "{system, {~p, ~r}, {dance, 1}}", grove_self (), alias);
  g_assert_cmpint (grove_receive_alias (alias, 0, DEADLINE_NS, &message), ==, GROVE_OK);
  g_assert_true (
    grove_match (grove_message_term (message), "{error, {unknown_system_msg, {dance, 1}}}"));
  grove_message_free (message);
  /* A number that nobody gave out leads to no address. */
  grove_send (pid, "{system, {~p, ~r}, {replace_state, 1}}", grove_self (), alias);
  g_assert_cmpint (grove_receive_alias (alias, 0, DEADLINE_NS, &message), ==, GROVE_OK);
  g_assert_true (grove_match (grove_message_term (message), "{error, not_found}"));
  grove_message_free (message);
  grove_send (pid, "{system, nobody, suspend}");
  g_assert_cmpint (next_of (pid), ==, 11);
}

static void
test_errors (void *arg)
{
  struct grove_buffer out = { NULL };
  grove_pid           pid;

  otp_begin ();
  pid = start_server (&counter, false);
  g_assert_cmpint (grove_sys_suspend (grove_self (), 1), ==, GROVE_ERR_CALLING_SELF);
  g_assert_cmpint (grove_sys_suspend (pid, -1), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_sys_suspend (0, 1), ==, GROVE_ERR_NOPROC);
  g_assert_cmpint (grove_sys_replace_state (pid, 1, NULL, NULL, 0), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_sys_replace_state (pid, 1, add, NULL, 8), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_sys_install (pid, 1, NULL, NULL, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_sys_install (pid, 1, "", count_events, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_sys_remove (pid, 1, NULL, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_server_stop (pid, DEADLINE_NS, "normal"), ==, GROVE_OK);
  otp_expect ("{terminate, normal}");
  g_assert_cmpint (grove_sys_get_state (pid, DEADLINE_NS, &out), ==, GROVE_ERR_NOPROC);
  g_assert_cmpint (grove_sys_install (pid, 1, NULL, count_events, NULL), ==, GROVE_ERR_NOPROC);
}

/* ---- Every behaviour -------------------------------------------------------------------- */

static void
test_supervisor (void *arg)
{
  struct grove_buffer status = { NULL };
  grove_pid           sup;

  otp_begin ();
  sup = start_abc (1, 5);
  g_assert_cmpint (grove_sys_suspend (sup, DEADLINE_NS), ==, GROVE_OK);
  grove_exit_process (grove_whereis ("b"), "kill");
  g_assert_cmpint (grove_sys_get_status (sup, DEADLINE_NS, &status), ==, GROVE_OK);
  expect_term (status, "{status, _, {module, supervisor}, [suspended, _, _]}");
  otp_expect_nothing ();
  g_assert_cmpint (grove_sys_resume (sup, DEADLINE_NS), ==, GROVE_OK);
  otp_expect ("{start, b}");
  g_assert_cmpint (grove_sys_get_state (sup, DEADLINE_NS, &status), ==, GROVE_OK);
  expect_term (status,
               "{one_for_one, [{intensity, 1}, {period, 5}, {children, 3}, {restarts, 1}]}");
}

int
main (int argc, char **argv)
{
  static const struct otp_case cases[] = {
    { "/runtime/sys/suspend-171-172-173", test_suspend },
    { "/runtime/sys/parent-ends-172", test_parent_ends },
    { "/runtime/sys/stop-suspended-171-172", test_stop_suspended },
    { "/runtime/sys/replace-state-174", test_replace_state },
    { "/runtime/sys/status-171", test_status },
    { "/runtime/sys/statistics-175", test_statistics },
    { "/runtime/sys/log-175", test_log },
    { "/runtime/sys/hooks-176", test_hooks },
    { "/runtime/sys/unknown-177", test_unknown },
    { "/runtime/sys/errors", test_errors },
    { "/runtime/sys/supervisor-171", test_supervisor },
  };

  return otp_main (argc, argv, cases, G_N_ELEMENTS (cases));
}
