/* SPDX-License-Identifier: MIT
 *
 * Supervisors, and what they publish: runtime/otp/supervisor.c, supervisor-call.c, child-spec.c.
 */
#include "supervisor-test.h"

#include <string.h>

/* ---- Order ------------------------------------------------------------------------------ */

static void
test_order (void *arg)
{
  grove_pid sup;

  otp_begin ();
  grove_trap_exit (true);
  sup = start_abc (1, 5);
  expect_answer (sup, "which_children",
                 "[{c, _, worker, []}, {b, _, worker, []}, {a, _, worker, []}]");
  expect_answer (sup, "count_children",
                 "[{specs, 3}, {active, 3}, {supervisors, 0}, {workers, 3}]");
  grove_exit_process (sup, "shutdown");
  otp_expect ("{stop, c, shutdown}");
  otp_expect ("{stop, b, shutdown}");
  otp_expect ("{stop, a, shutdown}");
  otp_expect ("{'EXIT', _, shutdown}");
  otp_expect_nothing ();
}

static void
test_start_fails (void *arg)
{
  struct child_arg              a = child_arg ("a", NORMAL);
  struct child_arg              b = child_arg ("b", FAILING);
  struct child_arg              c = child_arg ("c", NORMAL);
  const struct grove_child_spec specs[] = {
    CHILD (a, .shutdown_ms = 20000),
    CHILD (b, .shutdown_ms = 20000),
    CHILD (c, .shutdown_ms = 20000),
  };
  const struct grove_supervisor_spec spec = {
    .name = "sup",
    .intensity = 1,
    .period_s = 5,
    .children = specs,
    .n_children = 3,
  };
  struct grove_buffer reason = { 0 };
  grove_pid           pid;

  otp_begin ();
  g_assert_cmpint (grove_supervisor_start (&spec, &pid, &reason), ==, GROVE_ERR_EXITED);
  otp_expect ("{start, a}");
  otp_expect ("{failed, b}");
  otp_expect ("{stop, a, shutdown}");
  otp_expect_nothing ();
  g_assert_true (
    grove_match (grove_buffer_term (&reason), "{shutdown, {failed_to_start_child, b, nope}}"));
  grove_buffer_finish (&reason);
  g_assert_cmpuint (grove_whereis ("sup"), ==, 0);
}

static void
test_bad_specs (void *arg)
{
  struct child_arg                   a = child_arg ("a", NORMAL);
  const struct grove_child_spec      twins[] = { CHILD (a), CHILD (a) };
  const struct grove_child_spec      startless = { .id = "a" };
  const struct grove_child_spec      wrong = CHILD (a, .restart = (enum grove_restart) 7);
  const struct grove_supervisor_spec bad[] = {
    { .intensity = 1, .period_s = 0 },
    { .intensity = 1, .period_s = 5, .strategy = (enum grove_strategy) 9 },
    { .intensity = 1, .period_s = 5, .children = twins, .n_children = 2 },
    { .intensity = 1, .period_s = 5, .children = &startless, .n_children = 1 },
    { .intensity = 1, .period_s = 5, .children = &wrong, .n_children = 1 },
  };
  grove_pid pid;

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_cmpint (grove_supervisor_start (&bad[i], &pid, NULL), ==, GROVE_ERR_BADARG);
}

/* ---- Restarting ------------------------------------------------------------------------- */

static void
test_restart_in_place (void *arg)
{
  struct grove_supervision_node nodes[4];
  grove_pid                     sup, a, b, c, parent;
  size_t                        n, total;

  otp_begin ();
  sup = start_abc (1, 5);
  a = grove_whereis ("a");
  b = grove_whereis ("b");
  c = grove_whereis ("c");
  grove_exit_process (b, "kill");
  otp_expect ("{start, b}");
  settle (sup);

  g_assert_cmpuint (grove_whereis ("a"), ==, a);
  g_assert_cmpuint (grove_whereis ("c"), ==, c);
  g_assert_cmpuint (grove_whereis ("b"), !=, b);
  g_assert_true (_grove_supervision_children (sup, 0, nodes, 4, &n, &total));
  g_assert_cmpuint (n, ==, 3);
  g_assert_cmpuint (nodes[0].pid, ==, a);
  g_assert_cmpuint (nodes[0].restarts, ==, 0);
  g_assert_cmpuint (nodes[1].pid, ==, grove_whereis ("b"));
  g_assert_cmpuint (nodes[1].restarts, ==, 1);
  g_assert_cmpuint (nodes[1].replaces, ==, b);
  g_assert_cmpuint (nodes[2].pid, ==, c);
  g_assert_cmpuint (_grove_supervision_successor (b), ==, nodes[1].pid);
  g_assert_true (_grove_supervision_find (nodes[1].pid, &parent, NULL));
  g_assert_cmpuint (parent, ==, sup);
  g_assert_false (_grove_supervision_find (b, NULL, NULL));
}

static void
test_intensity (void *arg)
{
  grove_pid sup;

  otp_begin ();
  grove_trap_exit (true);
  sup = start_abc (1, 3600);
  end_child ("b", "oops");
  otp_expect ("{start, b}");
  settle (sup);
  end_child ("b", "oops");
  /* The second one is one more than it allows. */
  otp_expect ("{stop, c, shutdown}");
  otp_expect ("{stop, a, shutdown}");
  otp_expect ("{'EXIT', _, shutdown}");
  otp_expect_nothing ();
  g_assert_cmpuint (grove_whereis ("sup"), ==, 0);
}

static void
test_intensity_zero (void *arg)
{
  otp_begin ();
  grove_trap_exit (true);
  start_abc (0, 3600);
  grove_exit_process (grove_whereis ("a"), "kill");
  otp_expect ("{stop, c, shutdown}");
  otp_expect ("{stop, b, shutdown}");
  otp_expect ("{'EXIT', _, shutdown}");
}

/* Time itself is what is tested: a second is long enough ago two seconds later. */
static void
test_intensity_window (void *arg)
{
  grove_pid sup;

  otp_begin ();
  sup = start_abc (1, 1);
  for (int i = 0; i < 3; i++)
    {
      if (i > 0)
        grove_sleep_ms (2100);
      end_child ("b", "oops");
      otp_expect ("{start, b}");
    }
  settle (sup);
  g_assert_cmpuint (node_of (grove_whereis ("b")).restarts, ==, 3);
  g_assert_cmpuint (node_of (grove_whereis ("b")).pid, ==, grove_whereis ("b"));
}

static void
test_kinds_of_restart (void *arg)
{
  struct child_arg        a = child_arg ("a", NORMAL);
  struct child_arg        b = child_arg ("b", NORMAL);
  struct child_arg        c = child_arg ("c", NORMAL);
  struct grove_child_spec specs[] = {
    CHILD (a, .restart = GROVE_PERMANENT),
    CHILD (b, .restart = GROVE_TRANSIENT),
    CHILD (c, .restart = GROVE_TEMPORARY),
  };
  grove_pid sup;

  otp_begin ();
  sup = start_supervisor (specs, 3, 10, 3600);
  otp_expect ("{start, a}");
  otp_expect ("{start, b}");
  otp_expect ("{start, c}");

  end_child ("a", "normal");
  otp_expect ("{start, a}");
  end_child ("b", "oops");
  otp_expect ("{start, b}");
  grove_cast (grove_whereis ("b"), "{stop, {shutdown, done}}");
  otp_expect ("{stop, b, {shutdown, done}}");
  end_child ("c", "oops");
  /* Their ends reach the supervisor in their own time: ask until it has heard of both. */
  for (;;)
    {
      struct grove_message *answer;
      bool                  there;

      g_assert_cmpint (grove_call (sup, DEADLINE_NS, &answer, "which_children"), ==, GROVE_OK);
      there = grove_match (grove_message_term (answer),
                           "[{b, undefined, worker, []}, {a, _, worker, []}]");
      grove_message_free (answer);
      if (there)
        break;
      grove_yield ();
    }
  otp_expect_nothing ();
}

static void
test_failing_restart (void *arg)
{
  struct child_arg        a = child_arg ("a", FAIL_LATER);
  struct grove_child_spec spec = CHILD (a, .restart = GROVE_PERMANENT);

  otp_begin ();
  grove_trap_exit (true);
  n_started = 0;
  may_start = false;
  start_supervisor (&spec, 1, 3, 3600);
  otp_expect ("{start, a}");
  end_child ("a", "oops");
  otp_expect ("{failed, a}");
  otp_expect ("{failed, a}");
  otp_expect ("{failed, a}");
  /* Each attempt counts. */
  otp_expect ("{'EXIT', _, shutdown}");
  otp_expect_nothing ();
}

static void
test_failing_restart_recovers (void *arg)
{
  struct child_arg        a = child_arg ("a", FAIL_LATER);
  struct grove_child_spec spec = CHILD (a, .restart = GROVE_PERMANENT);
  grove_pid               sup, pid = 0;

  otp_begin ();
  n_started = 0;
  may_start = false;
  sup = start_supervisor (&spec, 1, 1000000, 3600);
  otp_expect ("{start, a}");
  end_child ("a", "oops");
  otp_expect ("{failed, a}");
  /* Requests get in between the attempts. */
  g_assert_cmpint (grove_supervisor_restart_child (sup, "a", &pid), ==, GROVE_ERR_BUSY);
  g_assert_cmpint (grove_supervisor_delete_child (sup, "a"), ==, GROVE_ERR_BUSY);
  g_assert_cmpint (grove_supervisor_start_child (sup, &spec, &pid, NULL), ==, GROVE_ERR_NAME_TAKEN);
  g_assert_cmpuint (pid, ==, 0);
  expect_answer (sup, "which_children", "[{a, restarting, worker, []}]");
  g_assert_cmpint (grove_supervisor_terminate_child (sup, "a"), ==, GROVE_OK);
  expect_answer (sup, "which_children", "[{a, undefined, worker, []}]");
  may_start = true;
  g_assert_cmpint (grove_supervisor_restart_child (sup, "a", &pid), ==, GROVE_OK);
  g_assert_cmpuint (grove_whereis ("a"), ==, pid);
}

/* Those who keep it from starting, such as the children of a supervisor that was killed, are given
 * time to end before the intensity is used up. */
static void
test_failing_restart_waits (void *arg)
{
  struct child_arg        a = child_arg ("a", FAIL_LATER);
  struct grove_child_spec spec = CHILD (a, .restart = GROVE_PERMANENT);
  uint64_t                begin_ns;

  otp_begin ();
  grove_trap_exit (true);
  n_started = 0;
  may_start = false;
  start_supervisor (&spec, 1, 6, 3600);
  otp_expect ("{start, a}");
  begin_ns = grove_now_ns ();
  end_child ("a", "oops");
  for (int i = 0; i < 6; i++)
    otp_expect ("{failed, a}");
  otp_expect ("{'EXIT', _, shutdown}");
  g_assert_cmpuint (grove_now_ns () - begin_ns, >=, 31000000);
  otp_expect_nothing ();
}

/* ---- Stopping --------------------------------------------------------------------------- */

static void
test_shutdown_timeout (void *arg)
{
  struct child_arg        a = child_arg ("a", STUBBORN);
  struct grove_child_spec spec = CHILD (a, .shutdown_ms = 50);
  grove_pid               sup;
  uint64_t                begin_ns;

  otp_begin ();
  grove_trap_exit (true);
  sup = start_supervisor (&spec, 1, 1, 5);
  otp_expect ("stubborn");
  begin_ns = grove_now_ns ();
  grove_exit_process (sup, "shutdown");
  otp_expect ("stubborn"); /* it was asked */
  otp_expect ("{'EXIT', _, shutdown}");
  g_assert_cmpuint (grove_now_ns () - begin_ns, >=, 50000000);
}

static void
test_shutdown_kill (void *arg)
{
  struct child_arg        a = child_arg ("a", NORMAL);
  struct grove_child_spec spec = CHILD (a, .shutdown_ms = GROVE_SHUTDOWN_KILL);
  grove_pid               sup;

  otp_begin ();
  grove_trap_exit (true);
  sup = start_supervisor (&spec, 1, 1, 5);
  otp_expect ("{start, a}");
  grove_exit_process (sup, "shutdown");
  otp_expect ("{'EXIT', _, shutdown}");
  otp_expect_nothing ();
}

static void
test_shutdown_unlinked (void *arg)
{
  struct child_arg        a = child_arg ("a", UNLINKED);
  struct grove_child_spec spec = CHILD (a, .shutdown_ms = GROVE_SHUTDOWN_INFINITY);
  grove_pid               sup, pid;

  otp_begin ();
  grove_trap_exit (true);
  sup = start_supervisor (&spec, 1, 1, 5);
  otp_expect ("{start, a}");
  pid = grove_whereis ("a");
  grove_exit_process (sup, "shutdown");
  otp_expect ("{'EXIT', _, shutdown}");
  g_assert_false (grove_is_alive (pid));
}

/* Trapping, it ends when asked, but for a reason of its own. */
static void
contrary_main (void *arg)
{
  struct grove_message *message;

  grove_trap_exit (true);
  grove_send_name ("test", "contrary");
  if (grove_receive (GROVE_FOREVER, &message) == GROVE_OK)
    grove_exit ("not_now");
}

static enum grove_status
start_contrary (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  *ret_pid = grove_spawn_link (contrary_main, NULL);
  return GROVE_OK;
}

static void
test_shutdown_other_reason (void *arg)
{
  struct child_arg        a = child_arg ("a", NORMAL);
  struct grove_child_spec specs[] = {
    CHILD (a, .shutdown_ms = 20000),
    { .id = "b", .start = start_contrary, .shutdown_ms = 20000 },
  };
  grove_pid sup;

  otp_begin ();
  grove_trap_exit (true);
  sup = start_supervisor (specs, 2, 1, 5);
  otp_expect ("{start, a}");
  otp_expect ("contrary");
  grove_exit_process (sup, "shutdown");
  otp_expect ("{stop, a, shutdown}");
  otp_expect ("{'EXIT', _, shutdown}");
}

/* ---- Children by request ---------------------------------------------------------------- */

static void
test_requests (void *arg)
{
  struct child_arg        d = child_arg ("d", NORMAL);
  struct child_arg        e = child_arg ("e", FAILING);
  struct grove_child_spec spec = CHILD (d, .shutdown_ms = 20000);
  struct grove_child_spec failing = CHILD (e);
  grove_pid               sup, first, pid = 0;

  otp_begin ();
  sup = start_supervisor (NULL, 0, 1, 5);
  expect_answer (sup, "which_children", "[]");
  g_assert_cmpint (grove_supervisor_start_child (sup, &spec, &first, NULL), ==, GROVE_OK);
  otp_expect ("{start, d}");
  g_assert_cmpuint (grove_whereis ("d"), ==, first);
  g_assert_cmpint (grove_supervisor_start_child (sup, &spec, &pid, NULL), ==, GROVE_ERR_NAME_TAKEN);
  g_assert_cmpuint (pid, ==, first);
  g_assert_cmpint (grove_supervisor_delete_child (sup, "d"), ==, GROVE_ERR_BUSY);
  g_assert_cmpint (grove_supervisor_restart_child (sup, "d", &pid), ==, GROVE_ERR_BUSY);

  g_assert_cmpint (grove_supervisor_terminate_child (sup, "d"), ==, GROVE_OK);
  otp_expect ("{stop, d, shutdown}");
  g_assert_cmpint (grove_supervisor_terminate_child (sup, "d"), ==, GROVE_OK);
  g_assert_cmpint (grove_supervisor_restart_child (sup, "d", &pid), ==, GROVE_OK);
  otp_expect ("{start, d}");
  g_assert_cmpuint (pid, !=, first);
  g_assert_cmpuint (_grove_supervision_successor (first), ==, pid);

  g_assert_cmpint (grove_supervisor_terminate_child (sup, "d"), ==, GROVE_OK);
  otp_expect ("{stop, d, shutdown}");
  g_assert_cmpint (grove_supervisor_delete_child (sup, "d"), ==, GROVE_OK);
  g_assert_cmpint (grove_supervisor_terminate_child (sup, "d"), ==, GROVE_ERR_NO_NAME);
  g_assert_cmpint (grove_supervisor_restart_child (sup, "d", &pid), ==, GROVE_ERR_NO_NAME);

  g_assert_cmpint (grove_supervisor_start_child (sup, &failing, &pid, NULL), ==, GROVE_ERR_EXITED);
  otp_expect ("{failed, e}");
  expect_answer (sup, "count_children",
                 "[{specs, 0}, {active, 0}, {supervisors, 0}, {workers, 0}]");
}

static void
test_request_errors (void *arg)
{
  struct child_arg        a = child_arg ("a", NORMAL);
  struct grove_child_spec spec = CHILD (a);
  grove_pid               sup, pid;

  otp_begin ();
  grove_trap_exit (true);
  sup = start_supervisor (NULL, 0, 1, 5);
  expect_answer (sup, "{start_child, 4711}", "{error, not_found}");
  expect_answer (sup, "what", "{error, unknown_request}");
  grove_send (sup, "nonsense");
  grove_cast (sup, "nonsense");
  g_assert_cmpint (grove_supervisor_start_child (grove_self (), &spec, &pid, NULL), ==,
                   GROVE_ERR_CALLING_SELF);
  grove_exit_process (sup, "kill");
  otp_expect ("{'EXIT', _, killed}");
  g_assert_cmpint (grove_supervisor_start_child (sup, &spec, &pid, NULL), ==, GROVE_ERR_NOPROC);
  g_assert_cmpint (grove_supervisor_terminate_child (sup, "a"), ==, GROVE_ERR_NOPROC);
}

static enum grove_status
start_quiet (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  *ret_pid = grove_spawn_link (stubborn_main, NULL);
  return GROVE_OK;
}

static void
test_thousand (void *arg)
{
  const struct grove_child_spec spec = { .start = start_quiet, .restart = GROVE_TEMPORARY };
  struct grove_supervision_node nodes[64];
  grove_pid                     sup, pids[1000];
  size_t                        n, total;

  grove_trap_exit (true);
  sup = start_supervisor (NULL, 0, 1, 5);
  for (int i = 0; i < 1000; i++)
    g_assert_cmpint (grove_supervisor_start_child (sup, &spec, &pids[i], NULL), ==, GROVE_OK);
  expect_answer (sup, "count_children",
                 "[{specs, 1000}, {active, 1000}, {supervisors, 0}, {workers, 1000}]");

  for (size_t at = 0; at < 1000; at += n)
    {
      g_assert_true (_grove_supervision_children (sup, at, nodes, 64, &n, &total));
      g_assert_cmpuint (total, ==, 1000);
      g_assert_cmpuint (n, ==, MIN (64, 1000 - at));
      for (size_t i = 0; i < n; i++)
        g_assert_cmpuint (nodes[i].pid, ==, pids[at + i]);
    }
  grove_exit_process (sup, "shutdown");
  otp_expect ("{'EXIT', _, shutdown}");
  for (int i = 0; i < 1000; i++)
    g_assert_false (grove_is_alive (pids[i]));
}

/* ---- Asked for by an observer ----------------------------------------------------------- */

static void
test_asked_restart (void *arg)
{
  grove_pid sup, before, c;

  otp_begin ();
  sup = start_abc (1, 3600);
  c = grove_whereis ("c");
  for (int i = 1; i <= 5; i++)
    {
      before = grove_whereis ("b");
      g_assert_cmpint (_grove_supervision_restart (before), ==, GROVE_OK);
      otp_expect ("{stop, b, shutdown}");
      otp_expect ("{start, b}");
      settle (sup);
      g_assert_cmpuint (node_of (grove_whereis ("b")).restarts, ==, i);
      g_assert_cmpuint (_grove_supervision_successor (before), ==, grove_whereis ("b"));
    }
  /* Five of them did not count against an intensity of one. */
  g_assert_cmpuint (grove_whereis ("sup"), ==, sup);
  g_assert_cmpuint (grove_whereis ("c"), ==, c);
  g_assert_cmpint (_grove_supervision_restart (before), ==, GROVE_ERR_NOPROC);
  g_assert_cmpint (_grove_supervision_restart (grove_self ()), ==, GROVE_ERR_NOPROC);
}

static void
test_killed_supervisor (void *arg)
{
  struct grove_supervision_node node;
  size_t                        n, total;
  grove_pid                     sup, a;

  otp_begin ();
  grove_trap_exit (true);
  sup = start_abc (1, 5);
  a = grove_whereis ("a");
  g_assert_true (_grove_supervision_children (sup, 0, &node, 1, &n, &total));
  grove_exit_process (sup, "kill");
  for (int i = 0; i < 4; i++)
    {
      struct grove_message *message;

      /* In any order: they all hear of it at the same time. */
      g_assert_cmpint (grove_receive (DEADLINE_NS, &message), ==, GROVE_OK);
      g_assert_true (grove_match (grove_message_term (message), "{_, _, killed}"));
      grove_message_free (message);
    }
  g_assert_false (_grove_supervision_children (sup, 0, &node, 1, &n, &total));
  g_assert_false (_grove_supervision_find (a, NULL, NULL));
  g_assert_cmpuint (_grove_supervision_revision_of (sup), ==, 0);
}

static void
test_defaults (void *arg)
{
  const struct grove_supervisor_spec supervisor = GROVE_SUPERVISOR_DEFAULTS;
  const struct grove_child_spec      child = GROVE_CHILD_DEFAULTS;

  g_assert_cmpint (supervisor.strategy, ==, GROVE_ONE_FOR_ONE);
  g_assert_cmpuint (supervisor.intensity, ==, 1);
  g_assert_cmpuint (supervisor.period_s, ==, 5);
  g_assert_cmpint (supervisor.auto_shutdown, ==, GROVE_AUTO_SHUTDOWN_NEVER);
  g_assert_cmpint (child.restart, ==, GROVE_PERMANENT);
  g_assert_cmpint (child.type, ==, GROVE_WORKER);
  g_assert_cmpuint (child.shutdown_ms, ==, 5000);
  g_assert_false (child.significant);
}

/* Neither a message, nor a cast, nor a call that it does not know is a reason to end. */
static void
test_unexpected (void *arg)
{
  struct grove_message *reply;
  grove_pid             sup;

  otp_begin ();
  sup = start_abc (1, 5);
  grove_send (sup, "what");
  grove_send (sup, "{'EXIT', ~p, who}", grove_self ());
  grove_send (sup, "{'DOWN', 1, process, 2, 3}");
  grove_cast (sup, "{what, ~i}", 1);
  g_assert_cmpint (grove_call (sup, DEADLINE_NS, &reply, "what"), ==, GROVE_OK);
  g_assert_true (grove_match (grove_message_term (reply), "{error, _}"));
  grove_message_free (reply);
  expect_answer (sup, "count_children",
                 "[{specs, 3}, {active, 3}, {supervisors, 0}, {workers, 3}]");
  otp_expect_nothing ();
}

static const struct otp_case cases[] = {
  { "/runtime/supervisor/defaults-178", test_defaults },
  { "/runtime/supervisor/unexpected-206", test_unexpected },
  { "/runtime/supervisor/order-179-181-182-183", test_order },
  { "/runtime/supervisor/start-fails-180", test_start_fails },
  { "/runtime/supervisor/bad-specs", test_bad_specs },
  { "/runtime/supervisor/restart-in-place-184", test_restart_in_place },
  { "/runtime/supervisor/intensity-190-191", test_intensity },
  { "/runtime/supervisor/intensity-zero-190", test_intensity_zero },
  { "/runtime/supervisor/intensity-window-190", test_intensity_window },
  { "/runtime/supervisor/kinds-of-restart-187-188", test_kinds_of_restart },
  { "/runtime/supervisor/failing-restart-193-195", test_failing_restart },
  { "/runtime/supervisor/failing-restart-recovers-193", test_failing_restart_recovers },
  { "/runtime/supervisor/failing-restart-waits", test_failing_restart_waits },
  { "/runtime/supervisor/shutdown-timeout-200", test_shutdown_timeout },
  { "/runtime/supervisor/shutdown-kill-200", test_shutdown_kill },
  { "/runtime/supervisor/shutdown-unlinked-200", test_shutdown_unlinked },
  { "/runtime/supervisor/shutdown-other-reason-201", test_shutdown_other_reason },
  { "/runtime/supervisor/requests-196-197", test_requests },
  { "/runtime/supervisor/request-errors", test_request_errors },
  { "/runtime/supervisor/thousand", test_thousand },
  { "/runtime/supervisor/asked-restart", test_asked_restart },
  { "/runtime/supervisor/killed", test_killed_supervisor },
};

int
main (int argc, char **argv)
{
  return otp_main (argc, argv, cases, G_N_ELEMENTS (cases));
}
