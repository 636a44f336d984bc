/* SPDX-License-Identifier: MIT
 *
 * Supervisors of any number of children of one kind: GROVE_SIMPLE_ONE_FOR_ONE.
 */
#include "supervisor-test.h"

#include "runtime/otp/children.h"

#include <string.h>

static grove_pid
start_dynamic_sup (enum grove_restart restart, uint32_t shutdown_ms, size_t max_children)
{
  const struct grove_child_spec kind = {
    .id = "kind",
    .start = start_child,
    .restart = restart,
    .shutdown_ms = shutdown_ms,
  };
  const struct grove_supervisor_spec spec = {
    .strategy = GROVE_SIMPLE_ONE_FOR_ONE,
    .intensity = 3,
    .period_s = 3600,
    .children = &kind,
    .n_children = 1,
    .max_children = max_children,
  };
  grove_pid pid;

  g_assert_cmpint (grove_supervisor_start (&spec, &pid, NULL), ==, GROVE_OK);
  return pid;
}

static enum grove_status
try_add (grove_pid sup, const char *id, enum how how, grove_pid *ret_pid)
{
  const struct child_arg given = child_arg (id, how);

  return grove_supervisor_start_dynamic (sup, &given, sizeof given, ret_pid, NULL);
}

static grove_pid
add (grove_pid sup, const char *id)
{
  grove_pid pid;

  g_assert_cmpint (try_add (sup, id, NORMAL, &pid), ==, GROVE_OK);
  otp_expect ("{start, _}");
  return pid;
}

static void
test_children (void *arg)
{
  struct grove_children_count count;
  grove_pid                   sup, a, b, pid;

  otp_begin ();
  sup = start_dynamic_sup (GROVE_TRANSIENT, 20000, 0);
  a = add (sup, "a");
  b = add (sup, "b");
  g_assert_cmpuint (grove_whereis ("b"), ==, b);
  expect_answer (sup, "which_children", "[{undefined, _, worker, []}, {undefined, _, worker, []}]");
  g_assert_cmpint (grove_supervisor_count_children (sup, &count), ==, GROVE_OK);
  g_assert_cmpuint (count.specs, ==, 1);
  g_assert_cmpuint (count.active, ==, 2);
  g_assert_cmpuint (count.workers, ==, 2);

  /* Restarted with what it was started with. */
  end_child ("a", "oops");
  otp_expect ("{start, a}");
  settle (sup);
  g_assert_cmpuint (node_of (grove_whereis ("a")).replaces, ==, a);
  /* A normal end is forgotten. */
  end_child ("b", "normal");
  settle (sup);
  expect_answer (sup, "which_children", "[{undefined, _, worker, []}]");
  g_assert_cmpint (try_add (sup, "c", FAILING, &pid), ==, GROVE_ERR_EXITED);
  otp_expect ("{failed, c}");
  g_assert_cmpint (try_add (sup, "d", IGNORING, &pid), ==, GROVE_IGNORED);
  expect_answer (sup, "which_children", "[{undefined, _, worker, []}]");
}

static void
test_administration (void *arg)
{
  grove_pid sup, a, pid;

  otp_begin ();
  sup = start_dynamic_sup (GROVE_PERMANENT, 20000, 0);
  a = add (sup, "a");
  g_assert_cmpint (grove_supervisor_terminate_child (sup, "kind"), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_supervisor_restart_child (sup, "kind", &pid), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_supervisor_delete_child (sup, "kind"), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_supervisor_terminate_dynamic (sup, grove_self ()), ==, GROVE_ERR_NO_NAME);
  g_assert_cmpint (grove_supervisor_terminate_dynamic (sup, 0), ==, GROVE_ERR_NO_NAME);
  g_assert_cmpint (grove_supervisor_terminate_dynamic (sup, a), ==, GROVE_OK);
  otp_expect ("{stop, a, shutdown}");
  g_assert_cmpint (grove_supervisor_terminate_dynamic (sup, a), ==, GROVE_OK);
  expect_answer (sup, "which_children", "[]");
  otp_expect_nothing ();
}

static void
test_wrong_strategy (void *arg)
{
  struct child_arg              a = child_arg ("a", NORMAL);
  const struct grove_child_spec spec = CHILD (a);
  grove_pid                     dynamic, fixed, pid;

  otp_begin ();
  dynamic = start_dynamic_sup (GROVE_PERMANENT, 20000, 0);
  fixed = start_supervisor (NULL, 0, 1, 5);
  g_assert_cmpint (grove_supervisor_start_child (dynamic, &spec, &pid, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (try_add (fixed, "a", NORMAL, &pid), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_supervisor_terminate_dynamic (fixed, grove_self ()), ==,
                   GROVE_ERR_NO_NAME);
  g_assert_cmpint (grove_supervisor_start_dynamic (dynamic, NULL, 8, &pid, NULL), ==,
                   GROVE_ERR_BADARG);
  otp_expect_nothing ();
}

static void
test_max_children (void *arg)
{
  grove_pid sup, a, pid;

  otp_begin ();
  sup = start_dynamic_sup (GROVE_TEMPORARY, 20000, 2);
  a = add (sup, "a");
  add (sup, "b");
  g_assert_cmpint (try_add (sup, "c", NORMAL, &pid), ==, GROVE_ERR_SYSTEM_LIMIT);
  g_assert_cmpint (grove_supervisor_terminate_dynamic (sup, a), ==, GROVE_OK);
  otp_expect ("{stop, a, shutdown}");
  add (sup, "c");
  otp_expect_nothing ();
}

/* ---- Stopping --------------------------------------------------------------------------- */

/* Each waits, when told to stop, until all have been told: stopped one by one they would never end.
 */
#define N_TOGETHER 20

static _Atomic int n_told;

static void
waits_for_all (void *arg)
{
  struct grove_message *message;

  grove_trap_exit (true);
  grove_send_name ("test", "ready");
  g_assert_cmpint (grove_receive (GROVE_FOREVER, &message), ==, GROVE_OK);
  grove_message_free (message);
  n_told++;
  while (n_told < N_TOGETHER)
    grove_yield ();
}

static enum grove_status
start_together (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  *ret_pid = grove_spawn_link (waits_for_all, NULL);
  return GROVE_OK;
}

static void
test_parallel_shutdown (void *arg)
{
  const struct grove_child_spec kind = {
    .start = start_together,
    .restart = GROVE_TEMPORARY,
    .shutdown_ms = GROVE_SHUTDOWN_INFINITY,
  };
  const struct grove_supervisor_spec spec = {
    .strategy = GROVE_SIMPLE_ONE_FOR_ONE,
    .period_s = 5,
    .children = &kind,
    .n_children = 1,
  };
  grove_pid sup, pid;

  otp_begin ();
  grove_trap_exit (true);
  n_told = 0;
  g_assert_cmpint (grove_supervisor_start (&spec, &sup, NULL), ==, GROVE_OK);
  for (int i = 0; i < N_TOGETHER; i++)
    {
      g_assert_cmpint (grove_supervisor_start_dynamic (sup, NULL, 0, &pid, NULL), ==, GROVE_OK);
      otp_expect ("ready");
    }
  grove_exit_process (sup, "shutdown");
  otp_expect ("{'EXIT', _, shutdown}");
  g_assert_cmpint (n_told, ==, N_TOGETHER);
}

static void
test_stubborn (void *arg)
{
  grove_pid sup, a, b;

  otp_begin ();
  grove_trap_exit (true);
  sup = start_dynamic_sup (GROVE_PERMANENT, 1, 0);
  g_assert_cmpint (try_add (sup, "a", STUBBORN, &a), ==, GROVE_OK);
  otp_expect ("stubborn");
  b = add (sup, "b");
  grove_exit_process (sup, "shutdown");
  otp_expect_down (sup, "shutdown");
  g_assert_false (grove_is_alive (a));
  g_assert_false (grove_is_alive (b));
}

static void
test_killed_at_once (void *arg)
{
  grove_pid sup;

  otp_begin ();
  grove_trap_exit (true);
  sup = start_dynamic_sup (GROVE_PERMANENT, GROVE_SHUTDOWN_KILL, 0);
  add (sup, "a");
  add (sup, "b");
  grove_exit_process (sup, "shutdown");
  otp_expect ("{'EXIT', _, shutdown}");
  /* They were not asked, so they said nothing. */
  otp_expect_nothing ();
  g_assert_cmpuint (grove_whereis ("a"), ==, 0);
}

/* ---- Many ------------------------------------------------------------------------------- */

#ifdef GROVE_OWN_STACKS
#  define N_MANY 2000
#else
#  define N_MANY 100000
#endif

static void
waits (void *arg)
{
  struct grove_message *message;

  (void) !grove_receive (GROVE_FOREVER, &message);
}

static enum grove_status
start_waiting (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  *ret_pid = grove_spawn_link (waits, NULL);
  return GROVE_OK;
}

static void
test_many (void *arg)
{
  const struct grove_child_spec kind = {
    .start = start_waiting,
    .restart = GROVE_TEMPORARY,
    .shutdown_ms = 20000,
  };
  const struct grove_supervisor_spec spec = {
    .strategy = GROVE_SIMPLE_ONE_FOR_ONE,
    .period_s = 5,
    .children = &kind,
    .n_children = 1,
  };
  struct grove_children_count count;
  grove_pid                   sup, pid;

  otp_begin ();
  grove_trap_exit (true);
  g_assert_cmpint (grove_supervisor_start (&spec, &sup, NULL), ==, GROVE_OK);
  for (int i = 0; i < N_MANY; i++)
    g_assert_cmpint (grove_supervisor_start_dynamic (sup, NULL, 0, &pid, NULL), ==, GROVE_OK);
  g_assert_cmpint (grove_supervisor_count_children (sup, &count), ==, GROVE_OK);
  g_assert_cmpuint (count.active, ==, N_MANY);
  grove_exit_process (sup, "shutdown");
  otp_expect ("{'EXIT', _, shutdown}");
  g_assert_false (grove_is_alive (pid));
}

/* ---- What is kept ----------------------------------------------------------------------- */

/* The argument of one that is started once only is not kept. */
static void
test_argument_dropped (void *arg)
{
  struct grove_children           children = GROVE_CHILDREN_INIT;
  const struct grove_packed_child kind = { .size = sizeof kind, .restart = GROVE_TEMPORARY };
  struct grove_packed_child      *given = grove_alloc (sizeof *given + 4096);
  struct grove_child             *child;

  *given = (struct grove_packed_child){ .size = sizeof *given + 4096, .arg_size = 4096 };
  memset (given->bytes, 'x', 4096);
  child = _grove_children_add_dynamic (&children, &kind, given);
  g_assert_cmpuint (child->spec->arg_size, ==, 4096);
  _grove_child_forget_arg (child, &kind);
  g_assert_true (child->spec == &kind);
  _grove_children_remove (&children, child);

  given->restart = GROVE_TEMPORARY;
  child = _grove_children_add (&children, given);
  _grove_child_forget_arg (child, NULL);
  g_assert_cmpuint (child->spec->arg_size, ==, 0);
  g_assert_cmpint (child->spec->restart, ==, GROVE_TEMPORARY);
  _grove_children_remove (&children, child);
}

int
main (int argc, char **argv)
{
  static const struct otp_case cases[] = {
    { "/runtime/supervisor/dynamic/children-209", test_children },
    { "/runtime/supervisor/dynamic/administration-210", test_administration },
    { "/runtime/supervisor/dynamic/wrong-strategy", test_wrong_strategy },
    { "/runtime/supervisor/dynamic/max-children-213", test_max_children },
    { "/runtime/supervisor/dynamic/parallel-shutdown-211", test_parallel_shutdown },
    { "/runtime/supervisor/dynamic/stubborn-211-214", test_stubborn },
    { "/runtime/supervisor/dynamic/killed-at-once-214", test_killed_at_once },
    { "/runtime/supervisor/dynamic/many-207-212", test_many },
    { "/runtime/supervisor/dynamic/argument-dropped-208", test_argument_dropped },
  };

  return otp_main (argc, argv, cases, G_N_ELEMENTS (cases));
}
