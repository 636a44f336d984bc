/* SPDX-License-Identifier: MIT
 *
 * Tasks: runtime/otp/task.c.
 */
#include "otp-test.h"

#include "runtime/otp/task.h"

static void
square (const void *arg, struct grove_buffer *result)
{
  const int *n = arg;

  g_assert_cmpint (grove_build (result, "{square, ~i}", *n * *n), ==, GROVE_OK);
}

static void
nothing (const void *arg, struct grove_buffer *result)
{
}

static void
crash (const void *arg, struct grove_buffer *result)
{
  grove_exit ("oops");
}

static void
wait_for_go (const void *arg, struct grove_buffer *result)
{
  struct grove_message *message;

  grove_send_name ("test", "{waits, ~p}", grove_self ());
  g_assert_cmpint (grove_receive_pattern (GROVE_FOREVER, &message, "go"), ==, GROVE_OK);
  grove_message_free (message);
}

static void
ignore_exits (const void *arg, struct grove_buffer *result)
{
  grove_trap_exit (true);
  wait_for_go (arg, result);
}

static void
test_await (void *arg)
{
  struct grove_task     tasks[10];
  struct grove_message *result;
  int                   n;

  otp_begin ();
  grove_trap_exit (true);
  for (int i = 0; i < 10; i++)
    g_assert_cmpint (grove_task_async (square, &i, sizeof i, &tasks[i]), ==, GROVE_OK);
  for (int i = 9; i >= 0; i--)
    {
      g_assert_cmpint (grove_task_await (&tasks[i], DEADLINE_NS, &result), ==, GROVE_OK);
      g_assert_true (grove_match (grove_message_term (result), "{square, ~i}", &n));
      g_assert_cmpint (n, ==, i * i);
      grove_message_free (result);
    }
  g_assert_cmpint (grove_task_async (nothing, NULL, 0, &tasks[0]), ==, GROVE_OK);
  g_assert_cmpint (grove_task_await (&tasks[0], DEADLINE_NS, &result), ==, GROVE_OK);
  g_assert_true (grove_term_is_atom (grove_message_term (result), "ok"));
  grove_message_free (result);
  otp_expect_nothing ();
}

static void
test_yield (void *arg)
{
  struct grove_task     task;
  struct grove_message *result;

  otp_begin ();
  g_assert_cmpint (grove_task_async (wait_for_go, NULL, 0, &task), ==, GROVE_OK);
  otp_expect ("{waits, _}");
  g_assert_cmpint (grove_task_yield (&task, 0, &result), ==, GROVE_ERR_TIMEOUT);
  g_assert_cmpint (grove_task_yield (&task, 1, &result), ==, GROVE_ERR_TIMEOUT);
  grove_send (task.pid, "go");
  g_assert_cmpint (grove_task_yield (&task, DEADLINE_NS, &result), ==, GROVE_OK);
  grove_message_free (result);
  otp_expect_nothing ();
}

static void
test_timeout (void *arg)
{
  struct grove_task     task;
  struct grove_message *result;

  otp_begin ();
  grove_trap_exit (true);
  g_assert_cmpint (grove_task_async (wait_for_go, NULL, 0, &task), ==, GROVE_OK);
  otp_expect ("{waits, _}");
  g_assert_cmpint (grove_task_await (&task, 1, &result), ==, GROVE_ERR_TIMEOUT);
  g_assert_false (grove_is_alive (task.pid));
  otp_expect_nothing ();
}

static void
test_shutdown (void *arg)
{
  struct grove_task     task;
  struct grove_message *result;
  int                   n = 3;

  otp_begin ();
  grove_trap_exit (true);
  /* One that does not care is killed. */
  g_assert_cmpint (grove_task_async (ignore_exits, NULL, 0, &task), ==, GROVE_OK);
  otp_expect ("{waits, _}");
  grove_task_shutdown (&task, 1);
  g_assert_false (grove_is_alive (task.pid));
  /* The result of one that was ready before is dropped. */
  g_assert_cmpint (grove_task_async (square, &n, sizeof n, &task), ==, GROVE_OK);
  while (grove_is_alive (task.pid))
    grove_yield ();
  grove_task_shutdown (&task, GROVE_FOREVER);
  g_assert_cmpint (grove_task_yield (&task, 0, &result), ==, GROVE_ERR_TIMEOUT);
  otp_expect_nothing ();
}

static void
test_crash (void *arg)
{
  struct grove_task     task;
  struct grove_message *result;

  otp_begin ();
  grove_trap_exit (true);
  g_assert_cmpint (grove_task_async (crash, NULL, 0, &task), ==, GROVE_OK);
  g_assert_cmpint (grove_task_await (&task, DEADLINE_NS, &result), ==, GROVE_ERR_EXITED);
  otp_expect_nothing ();
}

static void
owns_a_crash (void *arg)
{
  struct grove_task     task;
  struct grove_message *result;

  g_assert_cmpint (grove_task_async (crash, NULL, 0, &task), ==, GROVE_OK);
  (void) !grove_task_await (&task, DEADLINE_NS, &result);
  grove_send_name ("test", "survived");
}

static void
owns_a_wait (void *arg)
{
  struct grove_task task;

  g_assert_cmpint (grove_task_async (wait_for_go, NULL, 0, &task), ==, GROVE_OK);
  grove_exit ("leaves");
}

static void
test_link (void *arg)
{
  struct grove_message *message;
  grove_pid             task;

  otp_begin ();
  otp_expect_down (grove_spawn (owns_a_crash, NULL), "_");
  grove_spawn (owns_a_wait, NULL);
  /* It was told nothing if its owner was quicker. */
  while (grove_receive_pattern (0, &message, "{waits, ~p}", &task) == GROVE_OK)
    {
      grove_message_free (message);
      otp_expect_down (task, "_");
    }
  otp_expect_nothing ();
}

static void
test_errors (void *arg)
{
  struct grove_task       task;
  const struct grove_task none = { 0 };
  struct grove_message   *result;

  otp_begin ();
  g_assert_cmpint (grove_task_async (NULL, NULL, 0, &task), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_task_async (square, NULL, 4, &task), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_task_async (square, NULL, 0, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_task_await (&none, 1, &result), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_task_await (NULL, 1, &result), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_task_async (nothing, NULL, 0, &task), ==, GROVE_OK);
  g_assert_cmpint (grove_task_yield (&task, -1, &result), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_task_await (&task, DEADLINE_NS, &result), ==, GROVE_OK);
  grove_message_free (result);
}

int
main (int argc, char **argv)
{
  static const struct otp_case cases[] = {
    { "/runtime/task/await", test_await },     { "/runtime/task/yield", test_yield },
    { "/runtime/task/timeout", test_timeout }, { "/runtime/task/shutdown", test_shutdown },
    { "/runtime/task/crash", test_crash },     { "/runtime/task/link", test_link },
    { "/runtime/task/errors", test_errors },
  };

  return otp_main (argc, argv, cases, G_N_ELEMENTS (cases));
}
