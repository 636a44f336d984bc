/* SPDX-License-Identifier: MIT
 *
 * What OTP's proc_lib does for every process of a behaviour: where it comes from, synchronous
 * starts, and what is left to read of one that crashed.
 */
#include "otp-test.h"

#include "runtime/core/dictionary.h"
#include "runtime/core/info.h"
#include "runtime/core/observe.h"

enum kind
{
  PLAIN,
  FAILING,
  PARENT, /* starts another, linked, and tells the test which */
};

static grove_pid start (enum kind kind, const char *name, bool link, enum grove_status expected);

static enum grove_status
init (const void *arg, void **state)
{
  const enum kind kind = *(const enum kind *) arg;

  *state = NULL;
  if (kind == FAILING)
    {
      grove_server_stop_reason ("nope");
      return GROVE_ERR_BADARG;
    }
  if (kind == PARENT)
    grove_send_name ("test", "{child, ~p}", start (PLAIN, NULL, true, GROVE_OK));
  grove_send_name ("test", "ready");
  return GROVE_OK;
}

static enum grove_next
handle_cast (struct grove_term request, void *state)
{
  (void) state;
  grove_server_stop_reason ("~t", request);
  return GROVE_STOP;
}

static const struct grove_server_callbacks callbacks = {
  .module = "proc_lib_test",
  .init = init,
  .handle_cast = handle_cast,
};

static grove_pid
start (enum kind kind, const char *name, bool link, enum grove_status expected)
{
  struct grove_server_options options = GROVE_SERVER_DEFAULTS;
  grove_pid                   pid = 0;

  options.name = name;
  options.arg = &kind;
  options.arg_size = sizeof kind;
  options.link = link;
  g_assert_cmpint (grove_server_start (&callbacks, &options, &pid, NULL), ==, expected);
  return pid;
}

static void
expect_dictionary (grove_pid pid, const char *expected)
{
  struct grove_message *answer;
  char                  text[256];

  g_assert_cmpint (grove_process_info (pid, "dictionary", &answer), ==, GROVE_OK);
  grove_term_print (grove_message_term (answer), GROVE_SYNTAX_ERLANG, 16, text, sizeof text, NULL);
  grove_message_free (answer);
  g_assert_cmpstr (text, ==, expected);
}

static grove_pid
expect_child (void)
{
  struct grove_message *message;
  grove_pid             pid = 0;

  g_assert_cmpint (grove_receive_pattern (DEADLINE_NS, &message, "{child, ~p}", &pid), ==,
                   GROVE_OK);
  grove_message_free (message);
  return pid;
}

/* Names where there are names, pids where there are none, the nearest first. */
static void
test_origin (void *arg)
{
  g_autofree char *of_child = NULL;
  char             text[GROVE_PID_TEXT_SIZE];
  grove_pid        parent, child;

  otp_begin ();
  parent = start (PARENT, NULL, false, GROVE_OK);
  child = expect_child ();
  expect_dictionary (parent, "{dictionary,[{'$ancestors',[test]},"
                             "{'$initial_call',{proc_lib_test,init,1}}]}");
  grove_pid_print (parent, text);
  of_child = g_strdup_printf ("{dictionary,[{'$ancestors',[%s,test]},"
                              "{'$initial_call',{proc_lib_test,init,1}}]}",
                              text);
  expect_dictionary (child, of_child);
  /* What a process wrote there itself, and is no list, is nobody's ancestor. */
  grove_put ("$ancestors", "nonsense");
  expect_dictionary (start (PLAIN, NULL, false, GROVE_OK),
                     "{dictionary,[{'$ancestors',[test]},"
                     "{'$initial_call',{proc_lib_test,init,1}}]}");
}

static void
end (grove_pid pid, const char *reason)
{
  grove_ref monitor = grove_monitor (pid);

  grove_cast (pid, "~a", reason);
  otp_expect ("{'DOWN', _, process, _, _}");
  g_assert_false (grove_demonitor (monitor, true));
}

static void
test_crash_report (void *arg)
{
  struct grove_crash crash;
  grove_pid          parent, child, quiet;

  otp_begin ();
  grove_trap_exit (true);
  parent = start (PARENT, "parent", true, GROVE_OK);
  child = expect_child ();
  otp_expect ("ready");
  otp_expect ("ready");
  quiet = start (PLAIN, NULL, false, GROVE_OK);
  otp_expect ("ready");
  end (quiet, "shutdown");
  g_assert_false (_grove_observe_crash_of (quiet, &crash));
  quiet = start (PLAIN, NULL, false, GROVE_OK);
  otp_expect ("ready");
  end (quiet, "normal");
  g_assert_false (_grove_observe_crash_of (quiet, &crash));

  end (child, "oops");
  g_assert_true (_grove_observe_crash_of (child, &crash));
  g_assert_cmpstr (crash.reason, ==, "oops");
  g_assert_cmpstr (crash.initial, ==, "proc_lib_test");
  g_assert_cmpuint (crash.n_ancestors, >=, 2);
  g_assert_cmpuint (crash.ancestors[0], ==, parent);
  g_assert_cmpuint (crash.ancestors[1], ==, grove_self ());
  g_assert_cmpuint (crash.n_links, ==, 1);
  g_assert_cmpuint (crash.links[0], ==, parent);
  g_assert_cmpstr (crash.message, ==, "{'$gen_cast',oops}");
  /* It took its parent, by the link. */
  otp_expect ("{'EXIT', _, oops}");
  g_assert_true (_grove_observe_crash_of (parent, &crash));
  g_assert_cmpstr (crash.name, ==, "parent");
}

/* init has returned when the start has. */
static void
test_synchronous (void *arg)
{
  struct grove_message *message;

  otp_begin ();
  for (int i = 0; i < 100; i++)
    {
      grove_pid pid = start (PLAIN, "synchronous", i % 2 == 0, GROVE_OK);

      g_assert_cmpint (grove_receive (0, &message), ==, GROVE_OK);
      g_assert_true (grove_term_is_atom (grove_message_term (message), "ready"));
      grove_message_free (message);
      g_assert_cmpuint (grove_whereis ("synchronous"), ==, pid);
      g_assert_cmpint (grove_server_stop (pid, DEADLINE_NS, "normal"), ==, GROVE_OK);
    }
}

/* OTP 25 leaves an EXIT message, later ones do not. */
static void
test_failing_start (void *arg)
{
  otp_begin ();
  grove_trap_exit (true);
  for (int i = 0; i < 100; i++)
    start (FAILING, NULL, true, GROVE_ERR_EXITED);
  otp_expect_nothing ();
}

int
main (int argc, char **argv)
{
  static const struct otp_case cases[] = {
    { "/runtime/proc-lib/origin-142", test_origin },
    { "/runtime/proc-lib/crash-report-143", test_crash_report },
    { "/runtime/proc-lib/synchronous-144", test_synchronous },
    { "/runtime/proc-lib/failing-start-147", test_failing_start },
  };

  return otp_main (argc, argv, cases, G_N_ELEMENTS (cases));
}
