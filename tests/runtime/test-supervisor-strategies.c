/* SPDX-License-Identifier: MIT
 *
 * The strategies that touch siblings, significant children, children that choose not to run, and
 * what is said of bad specifications: runtime/otp/supervisor-restart.c, supervisor-call.c.
 */
#include "supervisor-test.h"

static grove_pid
start_spec (const struct grove_supervisor_spec *spec)
{
  grove_pid pid;

  g_assert_cmpint (grove_supervisor_start (spec, &pid, NULL), ==, GROVE_OK);
  return pid;
}

/* a, b and c under @strategy; a restart of one is as good as none. */
static grove_pid
start_abc_with (enum grove_strategy strategy, enum grove_restart restart_of_a)
{
  struct child_arg              a = child_arg ("a", NORMAL);
  struct child_arg              b = child_arg ("b", NORMAL);
  struct child_arg              c = child_arg ("c", NORMAL);
  const struct grove_child_spec specs[] = {
    CHILD (a, .shutdown_ms = 20000, .restart = restart_of_a),
    CHILD (b, .shutdown_ms = 20000),
    CHILD (c, .shutdown_ms = 20000),
  };
  const struct grove_supervisor_spec spec = {
    .strategy = strategy,
    .intensity = 1000000,
    .period_s = 3600,
    .children = specs,
    .n_children = G_N_ELEMENTS (specs),
  };
  grove_pid pid = start_spec (&spec);

  otp_expect ("{start, a}");
  otp_expect ("{start, b}");
  otp_expect ("{start, c}");
  return pid;
}

/* ---- Siblings --------------------------------------------------------------------------- */

static void
test_rest_for_one (void *arg)
{
  grove_pid sup, a, b;

  otp_begin ();
  sup = start_abc_with (GROVE_REST_FOR_ONE, GROVE_PERMANENT);
  a = grove_whereis ("a");
  b = grove_whereis ("b");
  grove_exit_process (b, "kill");
  otp_expect ("{stop, c, shutdown}");
  otp_expect ("{start, b}");
  otp_expect ("{start, c}");
  settle (sup);
  otp_expect_nothing ();
  g_assert_cmpuint (grove_whereis ("a"), ==, a);
  g_assert_cmpuint (node_of (grove_whereis ("a")).restarts, ==, 0);
  g_assert_cmpuint (node_of (grove_whereis ("b")).replaces, ==, b);
  g_assert_cmpuint (node_of (grove_whereis ("c")).restarts, ==, 1);
  expect_answer (sup, "which_children",
                 "[{c, _, worker, []}, {b, _, worker, []}, {a, _, worker, []}]");
}

static void
test_one_for_all (void *arg)
{
  grove_pid sup;

  otp_begin ();
  sup = start_abc_with (GROVE_ONE_FOR_ALL, GROVE_PERMANENT);
  grove_exit_process (grove_whereis ("b"), "kill");
  otp_expect ("{stop, c, shutdown}");
  otp_expect ("{stop, a, shutdown}");
  otp_expect ("{start, a}");
  otp_expect ("{start, b}");
  otp_expect ("{start, c}");
  settle (sup);
  otp_expect_nothing ();
}

/* One that is never restarted is stopped with its siblings, and not started again with them. */
static void
test_temporary_bystander (void *arg)
{
  grove_pid sup;

  otp_begin ();
  sup = start_abc_with (GROVE_ONE_FOR_ALL, GROVE_TEMPORARY);
  grove_exit_process (grove_whereis ("b"), "kill");
  otp_expect ("{stop, c, shutdown}");
  otp_expect ("{stop, a, shutdown}");
  otp_expect ("{start, b}");
  otp_expect ("{start, c}");
  expect_answer (sup, "which_children", "[{c, _, worker, []}, {b, _, worker, []}]");
  otp_expect_nothing ();
}

/* A sibling that does not come back: who was restarted before it is stopped again under
 * one_for_all, and left alone under rest_for_one. */
static void
check_other_child_fails (enum grove_strategy strategy)
{
  struct child_arg              a = child_arg ("a", NORMAL);
  struct child_arg              b = child_arg ("b", FAIL_LATER);
  const struct grove_child_spec specs[] = {
    CHILD (a, .shutdown_ms = 20000),
    CHILD (b, .shutdown_ms = 20000),
  };
  const struct grove_supervisor_spec spec = {
    .strategy = strategy,
    .intensity = 2,
    .period_s = 3600,
    .children = specs,
    .n_children = G_N_ELEMENTS (specs),
  };

  otp_begin ();
  grove_trap_exit (true);
  n_started = 0;
  may_start = false;
  start_spec (&spec);
  otp_expect ("{start, a}");
  otp_expect ("{start, b}");
  grove_exit_process (grove_whereis ("a"), "kill");
  otp_expect ("{stop, b, shutdown}");
  otp_expect ("{start, a}");
  otp_expect ("{failed, b}");
  if (strategy == GROVE_ONE_FOR_ALL)
    {
      otp_expect ("{stop, a, shutdown}");
      otp_expect ("{start, a}");
    }
  otp_expect ("{failed, b}");
  /* The third restart is one too many. */
  otp_expect ("{stop, a, shutdown}");
  otp_expect ("{'EXIT', _, shutdown}");
  otp_expect_nothing ();
}

static void
test_one_for_all_other_fails (void *arg)
{
  check_other_child_fails (GROVE_ONE_FOR_ALL);
}

static void
test_rest_for_one_other_fails (void *arg)
{
  check_other_child_fails (GROVE_REST_FOR_ONE);
}

/* ---- A supervisor in a supervisor ------------------------------------------------------- */

static enum grove_status
start_inner (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  struct child_arg                   a = child_arg ("a", NORMAL);
  const struct grove_child_spec      spec_of_a = CHILD (a, .shutdown_ms = 20000);
  const struct grove_supervisor_spec spec = {
    .name = "inner",
    .intensity = 0,
    .period_s = 3600,
    .children = &spec_of_a,
    .n_children = 1,
  };

  return grove_supervisor_start (&spec, ret_pid, ret_reason);
}

static void
test_escalation (void *arg)
{
  struct child_arg              b = child_arg ("b", NORMAL);
  const struct grove_child_spec added = CHILD (b, .shutdown_ms = 20000);
  const struct grove_child_spec inner = {
    .id = "inner",
    .start = start_inner,
    .type = GROVE_SUPERVISOR,
    .shutdown_ms = GROVE_SHUTDOWN_INFINITY,
  };
  grove_pid outer, pid;

  otp_begin ();
  outer = start_supervisor (&inner, 1, 5, 3600);
  otp_expect ("{start, a}");
  g_assert_cmpint (grove_supervisor_start_child (grove_whereis ("inner"), &added, &pid, NULL), ==,
                   GROVE_OK);
  otp_expect ("{start, b}");
  /* It gives up at once; the one above starts it again, with what it began with only. */
  grove_exit_process (grove_whereis ("a"), "kill");
  otp_expect ("{stop, b, shutdown}");
  otp_expect ("{start, a}");
  settle (outer);
  otp_expect_nothing ();
  expect_answer (grove_whereis ("inner"), "which_children", "[{a, _, worker, []}]");
}

/* ---- Significant children --------------------------------------------------------------- */

static grove_pid
start_significant (enum grove_auto_shutdown auto_shutdown)
{
  struct child_arg              a = child_arg ("a", NORMAL);
  struct child_arg              b = child_arg ("b", NORMAL);
  struct child_arg              c = child_arg ("c", NORMAL);
  const struct grove_child_spec specs[] = {
    CHILD (a, .shutdown_ms = 20000, .restart = GROVE_TRANSIENT, .significant = true),
    CHILD (b, .shutdown_ms = 20000, .restart = GROVE_TEMPORARY, .significant = true),
    CHILD (c, .shutdown_ms = 20000),
  };
  const struct grove_supervisor_spec spec = {
    .intensity = 10,
    .period_s = 3600,
    .auto_shutdown = auto_shutdown,
    .children = specs,
    .n_children = G_N_ELEMENTS (specs),
  };
  grove_pid pid = start_spec (&spec);

  otp_expect ("{start, a}");
  otp_expect ("{start, b}");
  otp_expect ("{start, c}");
  return pid;
}

static void
test_any_significant (void *arg)
{
  otp_begin ();
  grove_trap_exit (true);
  start_significant (GROVE_AUTO_SHUTDOWN_ANY);
  end_child ("a", "normal");
  otp_expect ("{stop, c, shutdown}");
  otp_expect ("{stop, b, shutdown}");
  otp_expect ("{'EXIT', _, shutdown}");
  otp_expect_nothing ();
}

static void
test_all_significant (void *arg)
{
  grove_pid sup;

  otp_begin ();
  grove_trap_exit (true);
  sup = start_significant (GROVE_AUTO_SHUTDOWN_ALL);
  end_child ("b", "oops");
  settle (sup);
  otp_expect_nothing ();
  end_child ("a", "shutdown");
  otp_expect ("{stop, c, shutdown}");
  otp_expect ("{'EXIT', _, shutdown}");
  otp_expect_nothing ();
}

/* What somebody asked for, and what is restarted, is no end by itself. */
static void
test_not_significant (void *arg)
{
  grove_pid sup;

  otp_begin ();
  grove_trap_exit (true);
  sup = start_significant (GROVE_AUTO_SHUTDOWN_ANY);
  end_child ("a", "oops");
  otp_expect ("{start, a}");
  settle (sup);
  g_assert_cmpint (grove_supervisor_terminate_child (sup, "a"), ==, GROVE_OK);
  otp_expect ("{stop, a, shutdown}");
  g_assert_cmpint (grove_supervisor_terminate_child (sup, "b"), ==, GROVE_OK);
  otp_expect ("{stop, b, shutdown}");
  end_child ("c", "oops");
  otp_expect ("{start, c}");
  settle (sup);
  otp_expect_nothing ();
}

static enum grove_status
start_significant_inner (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  struct child_arg              a = child_arg ("a", NORMAL);
  const struct grove_child_spec spec_of_a =
    CHILD (a, .shutdown_ms = 20000, .restart = GROVE_TRANSIENT, .significant = true);
  const struct grove_supervisor_spec spec = {
    .intensity = 1,
    .period_s = 5,
    .auto_shutdown = GROVE_AUTO_SHUTDOWN_ANY,
    .children = &spec_of_a,
    .n_children = 1,
  };

  return grove_supervisor_start (&spec, ret_pid, ret_reason);
}

static void
test_significant_escalation (void *arg)
{
  struct child_arg              c = child_arg ("c", NORMAL);
  const struct grove_child_spec specs[] = {
    {
      .id = "inner",
      .start = start_significant_inner,
      .restart = GROVE_TRANSIENT,
      .type = GROVE_SUPERVISOR,
      .shutdown_ms = GROVE_SHUTDOWN_INFINITY,
      .significant = true,
    },
    CHILD (c, .shutdown_ms = 20000),
  };
  const struct grove_supervisor_spec spec = {
    .intensity = 1,
    .period_s = 5,
    .auto_shutdown = GROVE_AUTO_SHUTDOWN_ANY,
    .children = specs,
    .n_children = G_N_ELEMENTS (specs),
  };

  otp_begin ();
  grove_trap_exit (true);
  start_spec (&spec);
  otp_expect ("{start, a}");
  otp_expect ("{start, c}");
  end_child ("a", "normal");
  otp_expect ("{stop, c, shutdown}");
  otp_expect ("{'EXIT', _, shutdown}");
  otp_expect_nothing ();
}

/* ---- Ignoring, and telling -------------------------------------------------------------- */

static void
test_ignore (void *arg)
{
  struct child_arg              a = child_arg ("a", IGNORING);
  struct child_arg              b = child_arg ("b", IGNORING);
  struct child_arg              c = child_arg ("c", IGNORING);
  struct child_arg              d = child_arg ("d", IGNORING);
  const struct grove_child_spec specs[] = {
    CHILD (a),
    CHILD (b, .restart = GROVE_TEMPORARY),
  };
  const struct grove_child_spec kept = CHILD (c);
  const struct grove_child_spec dropped = CHILD (d, .restart = GROVE_TEMPORARY);
  grove_pid                     sup, pid = 7;

  otp_begin ();
  sup = start_supervisor (specs, G_N_ELEMENTS (specs), 1, 5);
  expect_answer (sup, "which_children", "[{a, undefined, worker, []}]");
  g_assert_cmpint (grove_supervisor_start_child (sup, &kept, &pid, NULL), ==, GROVE_IGNORED);
  g_assert_cmpuint (pid, ==, 0);
  g_assert_cmpint (grove_supervisor_start_child (sup, &dropped, &pid, NULL), ==, GROVE_IGNORED);
  expect_answer (sup, "which_children", "[{c, undefined, worker, []}, {a, undefined, worker, []}]");
  g_assert_cmpint (grove_supervisor_restart_child (sup, "a", &pid), ==, GROVE_IGNORED);
  expect_answer (sup, "count_children",
                 "[{specs, 2}, {active, 0}, {supervisors, 0}, {workers, 2}]");
}

static void
test_info (void *arg)
{
  struct child_arg              a = child_arg ("a", TELLING);
  const struct grove_child_spec spec = CHILD (a);
  struct grove_buffer           told = { NULL };
  grove_pid                     sup, pid;

  otp_begin ();
  sup = start_supervisor (NULL, 0, 1, 5);
  g_assert_cmpint (grove_supervisor_start_child (sup, &spec, &pid, &told), ==, GROVE_OK);
  otp_expect ("{start, a}");
  g_assert_true (grove_match (grove_buffer_term (&told), "{info, a}"));
  grove_buffer_finish (&told);
  g_assert_cmpuint (grove_whereis ("a"), ==, pid);
}

/* ---- Asking in C ------------------------------------------------------------------------ */

static void
visit (const struct grove_child_info *child, void *user_data)
{
  g_string_append_printf (user_data, "%s %d%d%d ", child->id, child->pid != 0, child->restarting,
                          child->type == GROVE_SUPERVISOR);
}

static void
test_getters (void *arg)
{
  GString                    *seen = g_string_new (NULL);
  struct grove_children_count count;
  grove_pid                   sup;

  otp_begin ();
  sup = start_abc (1, 5);
  g_assert_cmpint (grove_supervisor_terminate_child (sup, "b"), ==, GROVE_OK);
  otp_expect ("{stop, b, shutdown}");
  g_assert_cmpint (grove_supervisor_which_children (sup, visit, seen), ==, GROVE_OK);
  g_assert_cmpstr (seen->str, ==, "c 100 b 000 a 100 ");
  g_assert_cmpint (grove_supervisor_count_children (sup, &count), ==, GROVE_OK);
  g_assert_cmpuint (count.specs, ==, 3);
  g_assert_cmpuint (count.active, ==, 2);
  g_assert_cmpuint (count.supervisors, ==, 0);
  g_assert_cmpuint (count.workers, ==, 3);
  g_string_free (seen, TRUE);

  grove_unlink (sup);
  grove_exit_process (sup, "kill");
  g_assert_cmpint (grove_supervisor_count_children (sup, &count), ==, GROVE_ERR_NOPROC);
  g_assert_cmpint (grove_supervisor_which_children (sup, visit, NULL), ==, GROVE_ERR_NOPROC);
}

/* ---- Bad specifications ----------------------------------------------------------------- */

#define expect_bad(expected, ...)                                                                  \
  G_STMT_START                                                                                     \
  {                                                                                                \
    const struct grove_supervisor_spec bad_spec = __VA_ARGS__;                                     \
    struct grove_buffer                bad_reason = { NULL };                                      \
    grove_pid                          bad_pid;                                                    \
    g_assert_cmpint (grove_supervisor_start (&bad_spec, &bad_pid, &bad_reason), ==,                \
                     GROVE_ERR_BADARG);                                                            \
    g_assert_true (grove_match (grove_buffer_term (&bad_reason), expected));                       \
    grove_buffer_finish (&bad_reason);                                                             \
  }                                                                                                \
  G_STMT_END

#define BAD_CHILD(...)                                                                             \
  {                                                                                                \
    .intensity = 1, .period_s = 5,                                                                 \
    .children = (const struct grove_child_spec[]){ { __VA_ARGS__ } }, .n_children = 1              \
  }

static void
test_bad_specs (void *arg)
{
  const struct grove_child_spec good = { .id = "a", .start = start_child };
  const struct grove_child_spec twins[] = { good, good };

  expect_bad ("{supervisor_data, {invalid_strategy, 9}}",
              { .strategy = (enum grove_strategy) 9, .period_s = 5 });
  expect_bad ("{supervisor_data, {invalid_period, 0}}", { .period_s = 0 });
  expect_bad ("{supervisor_data, {invalid_auto_shutdown, 3}}",
              { .period_s = 5, .auto_shutdown = (enum grove_auto_shutdown) 3 });
  expect_bad ("{bad_start_spec, []}", { .period_s = 5, .strategy = GROVE_SIMPLE_ONE_FOR_ONE });
  expect_bad ("{start_spec, {duplicate_child_name, a}}",
              { .period_s = 5, .children = twins, .n_children = 2 });
  expect_bad ("{start_spec, missing_start}", BAD_CHILD (.id = "a"));
  expect_bad ("{start_spec, {invalid_child_id, <<>>}}", BAD_CHILD (.id = "", .start = start_child));
  expect_bad ("{start_spec, {invalid_child_id, _}}",
              BAD_CHILD (.id = "\xff", .start = start_child));
  expect_bad ("{start_spec, {invalid_restart_type, 7}}",
              BAD_CHILD (.start = start_child, .restart = (enum grove_restart) 7));
  expect_bad ("{start_spec, {invalid_child_type, 5}}",
              BAD_CHILD (.start = start_child, .type = (enum grove_child_type) 5));
  expect_bad ("{start_spec, {invalid_arg_size, 8}}",
              BAD_CHILD (.start = start_child, .arg_size = 8));
  expect_bad ("{start_spec, {bad_combination, [{auto_shutdown, never}, {significant, true}]}}",
              BAD_CHILD (.start = start_child, .restart = GROVE_TRANSIENT, .significant = true));
  expect_bad ("{start_spec, {bad_combination, [{restart, permanent}, {significant, true}]}}",
              BAD_CHILD (.start = start_child, .significant = true));
}

static void
test_bad_child_later (void *arg)
{
  const struct grove_child_spec significant = {
    .start = start_child,
    .restart = GROVE_TRANSIENT,
    .significant = true,
  };
  const struct grove_child_spec startless = { .id = "a" };
  struct grove_buffer           reason = { NULL };
  grove_pid                     sup, pid;

  otp_begin ();
  sup = start_supervisor (NULL, 0, 1, 5);
  g_assert_cmpint (grove_supervisor_start_child (sup, &significant, &pid, &reason), ==,
                   GROVE_ERR_BADARG);
  g_assert_true (grove_match (grove_buffer_term (&reason), "{bad_combination, _}"));
  grove_buffer_finish (&reason);
  g_assert_cmpint (grove_supervisor_start_child (sup, &startless, &pid, &reason), ==,
                   GROVE_ERR_BADARG);
  g_assert_true (grove_match (grove_buffer_term (&reason), "missing_start"));
  grove_buffer_finish (&reason);
  expect_answer (sup, "which_children", "[]");
}

int
main (int argc, char **argv)
{
  static const struct otp_case cases[] = {
    { "/runtime/supervisor/rest-for-one-185", test_rest_for_one },
    { "/runtime/supervisor/one-for-all-186", test_one_for_all },
    { "/runtime/supervisor/temporary-bystander-189", test_temporary_bystander },
    { "/runtime/supervisor/one-for-all-other-fails-194", test_one_for_all_other_fails },
    { "/runtime/supervisor/rest-for-one-other-fails-194", test_rest_for_one_other_fails },
    { "/runtime/supervisor/escalation-192", test_escalation },
    { "/runtime/supervisor/any-significant-204", test_any_significant },
    { "/runtime/supervisor/all-significant-204", test_all_significant },
    { "/runtime/supervisor/not-significant-204", test_not_significant },
    { "/runtime/supervisor/significant-escalation-205", test_significant_escalation },
    { "/runtime/supervisor/ignore-198", test_ignore },
    { "/runtime/supervisor/info-199", test_info },
    { "/runtime/supervisor/getters-182-183", test_getters },
    { "/runtime/supervisor/bad-specs-202-203", test_bad_specs },
    { "/runtime/supervisor/bad-child-later-202-203", test_bad_child_later },
  };

  return otp_main (argc, argv, cases, G_N_ELEMENTS (cases));
}
