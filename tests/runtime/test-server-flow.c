/* SPDX-License-Identifier: MIT
 *
 * What a server may say besides going on and stopping, how it is started in time and stopped from
 * outside, and requests whose answers are waited for later: runtime/otp/server*.c.
 */
#include "otp-test.h"

/* ---- A server to test with -------------------------------------------------------------- */

enum start_kind
{
  PLAIN,
  CONTINUING,
  IDLE_AT_ONCE,
  IGNORING,
  SLOW,
};

static void
tell (const char *format, ...)
{
  grove_pid test = grove_whereis ("test");
  va_list   args;

  va_start (args, format);
  if (test)
    g_assert_cmpint (grove_send_va (test, format, args), ==, GROVE_OK);
  va_end (args);
}

static void
wait_for_ever (void)
{
  struct grove_message *message;

  g_assert_cmpint (grove_receive_pattern (GROVE_FOREVER, &message, "never"), ==, GROVE_OK);
}

static enum grove_status
init (const void *arg, void **state)
{
  const enum start_kind kind = *(const enum start_kind *) arg;

  grove_trap_exit (true);
  if (kind == CONTINUING)
    grove_server_continue ("{step, ~i}", 1);
  if (kind == IDLE_AT_ONCE)
    {
      grove_send (grove_self (), "queued");
      grove_server_idle_timeout (0);
    }
  if (kind == SLOW)
    wait_for_ever ();
  return kind == IGNORING ? GROVE_IGNORED : GROVE_OK;
}

static enum grove_next
handle_continue (struct grove_term term, void *state)
{
  int step;

  tell ("{continued, ~t}", term);
  if (grove_match (term, "{step, ~i}", &step) && step < 3)
    grove_server_continue ("{step, ~i}", step + 1);
  return GROVE_CONTINUE;
}

static struct grove_from kept;

static enum grove_next
handle_call (struct grove_term request, struct grove_from from, void *state)
{
  if (grove_term_is_atom (request, "keep"))
    {
      kept = from;
      return GROVE_CONTINUE;
    }
  if (grove_term_is_atom (request, "crash"))
    grove_exit ("crashed");
  if (grove_term_is_atom (request, "bad"))
    return (enum grove_next) 42;
  grove_reply (from, "{echo, ~t}", request);
  return GROVE_CONTINUE;
}

static enum grove_next
handle_cast (struct grove_term request, void *state)
{
  int64_t ns;

  if (grove_match (request, "{idle, ~l}", &ns))
    grove_server_idle_timeout (ns);
  else if (grove_term_is_atom (request, "answer"))
    grove_reply (kept, "kept");
  else if (grove_term_is_atom (request, "wait"))
    {
      tell ("waiting");
      wait_for_ever ();
    }
  return GROVE_CONTINUE;
}

static enum grove_next
handle_info (struct grove_term message, void *state)
{
  tell ("{info, ~t}", message);
  return GROVE_CONTINUE;
}

static void
terminate (struct grove_term reason, void *state)
{
  tell ("{terminate, ~t}", reason);
}

static const struct grove_server_callbacks callbacks = {
  .module = "flow",
  .init = init,
  .handle_call = handle_call,
  .handle_cast = handle_cast,
  .handle_info = handle_info,
  .handle_continue = handle_continue,
  .terminate = terminate,
};

static enum grove_status
try_start (
  enum start_kind kind, const char *name, bool link, int64_t timeout_ns, grove_pid *ret_pid)
{
  struct grove_server_options options = GROVE_SERVER_DEFAULTS;

  options.name = name;
  options.arg = &kind;
  options.arg_size = sizeof kind;
  options.link = link;
  options.start_timeout_ns = timeout_ns;
  return grove_server_start (&callbacks, &options, ret_pid, NULL);
}

static grove_pid
start (enum start_kind kind)
{
  grove_pid pid;

  g_assert_cmpint (try_start (kind, NULL, false, 0, &pid), ==, GROVE_OK);
  return pid;
}

/* ---- Continuing and idling -------------------------------------------------------------- */

static void
test_continue (void *arg)
{
  grove_pid pid;

  otp_begin ();
  pid = start (CONTINUING);
  grove_send (pid, "later");
  otp_expect ("{continued, {step, 1}}");
  otp_expect ("{continued, {step, 2}}");
  otp_expect ("{continued, {step, 3}}");
  otp_expect ("{info, later}");
  otp_expect_nothing ();
}

static void
test_idle_timeout (void *arg)
{
  struct grove_message *reply;
  grove_pid             pid;

  otp_begin ();
  pid = start (PLAIN);
  grove_cast (pid, "{idle, ~l}", INT64_C (1));
  otp_expect ("{info, timeout}");
  /* It holds for one wait only. */
  g_assert_cmpint (grove_call (pid, DEADLINE_NS, &reply, "x"), ==, GROVE_OK);
  grove_message_free (reply);
  otp_expect_nothing ();
  /* A message that comes first takes its place. */
  grove_cast (pid, "{idle, ~l}", DEADLINE_NS);
  grove_send (pid, "first");
  otp_expect ("{info, first}");
  g_assert_cmpint (grove_call (pid, DEADLINE_NS, &reply, "x"), ==, GROVE_OK);
  grove_message_free (reply);
  otp_expect_nothing ();
}

static void
test_idle_at_once (void *arg)
{
  struct grove_message *reply;
  grove_pid             pid;

  otp_begin ();
  pid = start (IDLE_AT_ONCE);
  otp_expect ("{info, queued}");
  g_assert_cmpint (grove_call (pid, DEADLINE_NS, &reply, "x"), ==, GROVE_OK);
  grove_message_free (reply);
  otp_expect_nothing ();
}

static void
says_continue_outside (void *arg)
{
  grove_server_continue ("x");
}

static void
says_idle_outside (void *arg)
{
  grove_server_idle_timeout (1);
}

static void
test_outside_callbacks (void *arg)
{
  otp_begin ();
  otp_expect_down (grove_spawn (says_continue_outside, NULL), "_");
  otp_expect_down (grove_spawn (says_idle_outside, NULL), "_");
}

/* ---- Starting --------------------------------------------------------------------------- */

static void
test_ignore (void *arg)
{
  grove_pid pid;

  otp_begin ();
  grove_trap_exit (true);
  for (int i = 0; i < 100; i++)
    {
      pid = 7;
      g_assert_cmpint (try_start (IGNORING, "ignorer", true, 0, &pid), ==, GROVE_IGNORED);
      g_assert_cmpuint (pid, ==, 0);
      g_assert_cmpuint (grove_whereis ("ignorer"), ==, 0);
    }
  otp_expect_nothing ();
}

static void
test_start_timeout (void *arg)
{
  grove_pid pid;

  otp_begin ();
  grove_trap_exit (true);
  g_assert_cmpint (try_start (SLOW, "slow", true, 1, &pid), ==, GROVE_ERR_TIMEOUT);
  g_assert_cmpuint (grove_whereis ("slow"), ==, 0);
  g_assert_cmpint (try_start (PLAIN, "slow", true, -1, &pid), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (try_start (PLAIN, "slow", false, DEADLINE_NS, &pid), ==, GROVE_OK);
  otp_expect_nothing ();
}

/* ---- Stopping --------------------------------------------------------------------------- */

static void
test_stop (void *arg)
{
  grove_pid pid;

  otp_begin ();
  pid = start (PLAIN);
  g_assert_cmpint (grove_register ("flow", pid), ==, GROVE_OK);
  g_assert_cmpint (grove_server_stop (pid, DEADLINE_NS, "{done, ~i}", 1), ==, GROVE_OK);
  g_assert_cmpuint (grove_whereis ("flow"), ==, 0);
  otp_expect ("{terminate, {done, 1}}");
  g_assert_cmpint (grove_server_stop (pid, DEADLINE_NS, "normal"), ==, GROVE_ERR_NOPROC);
  g_assert_cmpint (grove_server_stop (0, DEADLINE_NS, "normal"), ==, GROVE_ERR_NOPROC);
  g_assert_cmpint (grove_server_stop (grove_self (), DEADLINE_NS, "normal"), ==,
                   GROVE_ERR_CALLING_SELF);
  otp_expect_nothing ();
}

static void
test_stop_fails (void *arg)
{
  grove_pid pid;

  otp_begin ();
  pid = start (PLAIN);
  g_assert_cmpint (grove_server_stop (pid, -1, "normal"), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_server_stop (pid, DEADLINE_NS, "{"), ==, GROVE_ERR_SYNTAX);
  g_assert_true (grove_is_alive (pid));
  grove_cast (pid, "wait");
  otp_expect ("waiting");
  g_assert_cmpint (grove_server_stop (pid, 1, "normal"), ==, GROVE_ERR_TIMEOUT);
  g_assert_true (grove_is_alive (pid));
  /* It ends for another reason than the one that was asked for. */
  grove_exit_process (pid, "kill");
  g_assert_cmpint (grove_server_stop (pid, DEADLINE_NS, "normal"), ==, GROVE_ERR_NOPROC);
  otp_expect_nothing ();
}

static void
test_bad_return (void *arg)
{
  struct grove_message *reply;
  grove_ref             monitor;
  grove_pid             pid;

  otp_begin ();
  pid = start (PLAIN);
  monitor = grove_monitor (pid);
  g_assert_cmpint (grove_call (pid, DEADLINE_NS, &reply, "bad"), ==, GROVE_ERR_EXITED);
  otp_expect ("{terminate, {bad_return_value, 42}}");
  otp_expect ("{'DOWN', _, process, _, {bad_return_value, 42}}");
  g_assert_false (grove_demonitor (monitor, true));
}

/* ---- Requests --------------------------------------------------------------------------- */

static void
test_requests (void *arg)
{
  struct grove_message *reply;
  grove_ref             first, second;
  grove_pid             a, b;

  otp_begin ();
  a = start (PLAIN);
  b = start (PLAIN);
  g_assert_cmpint (grove_server_send_request (a, &first, "~i", 1), ==, GROVE_OK);
  g_assert_cmpint (grove_server_send_request (b, &second, "~i", 2), ==, GROVE_OK);
  g_assert_cmpint (grove_server_wait_response (second, DEADLINE_NS, &reply), ==, GROVE_OK);
  g_assert_true (grove_match (grove_message_term (reply), "{echo, 2}"));
  grove_message_free (reply);
  g_assert_cmpint (grove_server_receive_response (first, DEADLINE_NS, &reply), ==, GROVE_OK);
  g_assert_true (grove_match (grove_message_term (reply), "{echo, 1}"));
  grove_message_free (reply);
  otp_expect_nothing ();
}

static void
test_request_late (void *arg)
{
  struct grove_message *reply;
  grove_ref             request;
  grove_pid             pid;

  otp_begin ();
  pid = start (PLAIN);
  g_assert_cmpint (grove_server_send_request (pid, &request, "keep"), ==, GROVE_OK);
  /* It stands as long as it is waited for, and is dropped when it is given up. */
  g_assert_cmpint (grove_server_wait_response (request, 1, &reply), ==, GROVE_ERR_TIMEOUT);
  g_assert_cmpint (grove_server_wait_response (request, 0, &reply), ==, GROVE_ERR_TIMEOUT);
  grove_cast (pid, "answer");
  g_assert_cmpint (grove_server_wait_response (request, DEADLINE_NS, &reply), ==, GROVE_OK);
  g_assert_true (grove_term_is_atom (grove_message_term (reply), "kept"));
  grove_message_free (reply);

  g_assert_cmpint (grove_server_send_request (pid, &request, "keep"), ==, GROVE_OK);
  g_assert_cmpint (grove_server_receive_response (request, 1, &reply), ==, GROVE_ERR_TIMEOUT);
  grove_cast (pid, "answer");
  g_assert_cmpint (grove_call (pid, DEADLINE_NS, &reply, "x"), ==, GROVE_OK);
  grove_message_free (reply);
  otp_expect_nothing ();
}

static void
test_request_errors (void *arg)
{
  struct grove_message *reply;
  grove_ref             request;
  grove_pid             pid;

  otp_begin ();
  pid = start (PLAIN);
  g_assert_cmpint (grove_server_send_request (0, &request, "x"), ==, GROVE_ERR_NOPROC);
  g_assert_cmpint (grove_server_send_request (grove_self (), &request, "x"), ==,
                   GROVE_ERR_CALLING_SELF);
  g_assert_cmpint (grove_server_send_request (pid, &request, "{"), ==, GROVE_ERR_SYNTAX);
  g_assert_cmpint (grove_server_wait_response (0, 0, &reply), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_server_receive_response (0, 0, &reply), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_server_send_request (pid, &request, "crash"), ==, GROVE_OK);
  g_assert_cmpint (grove_server_wait_response (request, -1, &reply), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_server_wait_response (request, DEADLINE_NS, &reply), ==, GROVE_ERR_EXITED);
  g_assert_cmpint (grove_server_send_request (pid, &request, "x"), ==, GROVE_OK);
  g_assert_cmpint (grove_server_wait_response (request, DEADLINE_NS, &reply), ==, GROVE_ERR_NOPROC);
}

static void
test_check_response (void *arg)
{
  struct grove_message *message;
  grove_ref             request, other;
  grove_pid             pid;
  enum grove_status     status = GROVE_ERR_BUSY;

  otp_begin ();
  pid = start (PLAIN);
  grove_send (grove_self (), "foreign");
  g_assert_cmpint (grove_server_send_request (pid, &request, "x"), ==, GROVE_OK);
  g_assert_cmpint (grove_receive (DEADLINE_NS, &message), ==, GROVE_OK);
  g_assert_false (grove_server_check_response (request, message, &status));
  grove_message_free (message);
  g_assert_cmpint (grove_receive (DEADLINE_NS, &message), ==, GROVE_OK);
  g_assert_true (grove_server_check_response (request, message, &status));
  g_assert_cmpint (status, ==, GROVE_OK);
  g_assert_true (grove_match (grove_message_term (message), "{echo, x}"));
  grove_message_free (message);

  g_assert_cmpint (grove_server_send_request (pid, &other, "crash"), ==, GROVE_OK);
  otp_expect ("{terminate, crashed}");
  g_assert_cmpint (grove_receive (DEADLINE_NS, &message), ==, GROVE_OK);
  g_assert_false (grove_server_check_response (request, message, &status));
  g_assert_true (grove_server_check_response (other, message, &status));
  g_assert_cmpint (status, ==, GROVE_ERR_EXITED);
  grove_message_free (message);
}

int
main (int argc, char **argv)
{
  static const struct otp_case cases[] = {
    { "/runtime/server/continue-158", test_continue },
    { "/runtime/server/idle-timeout-159", test_idle_timeout },
    { "/runtime/server/idle-at-once-159", test_idle_at_once },
    { "/runtime/server/outside-callbacks", test_outside_callbacks },
    { "/runtime/server/ignore-164-165", test_ignore },
    { "/runtime/server/start-timeout-146-164", test_start_timeout },
    { "/runtime/server/asked-to-stop-148-167", test_stop },
    { "/runtime/server/stop-fails-148-167", test_stop_fails },
    { "/runtime/server/bad-return-161", test_bad_return },
    { "/runtime/server/requests-168", test_requests },
    { "/runtime/server/request-late-168", test_request_late },
    { "/runtime/server/request-errors-168", test_request_errors },
    { "/runtime/server/check-response-168", test_check_response },
  };

  return otp_main (argc, argv, cases, G_N_ELEMENTS (cases));
}
