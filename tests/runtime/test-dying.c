/* SPDX-License-Identifier: MIT
 *
 * Ending with much to tell or to free: it takes many turns of the scheduler, others have theirs in
 * between, and whoever asks meanwhile is told that the process is dead.
 */
#include "core-test.h"

#define MANY CORE_MANY (100000, 20000)
/* Turns that a process on the same scheduler has at least, while one with MANY of something ends. A
 * step is 2,000 of the cheapest. */
#define FEW (MANY / 2500)

/* Yields until @pid is gone; how often it was seen on its way. */
static unsigned
turns_while_exiting (grove_pid pid)
{
  struct grove_process_sample sample;
  unsigned                    n = 0;

  while (_grove_observe_process (pid, &sample))
    {
      n += sample.status == GROVE_STATUS_EXITING;
      grove_yield ();
    }
  return n;
}

static void
wait_until_exiting (grove_pid pid)
{
  struct grove_process_sample sample;

  do
    {
      grove_yield ();
      g_assert_true (_grove_observe_process (pid, &sample));
    }
  while (sample.status != GROVE_STATUS_EXITING);
}

static bool
listed (const struct grove_process_sample *sample, uint32_t slot, void *user_data)
{
  grove_pid *pid = user_data;

  (void) slot;
  if (sample->pid != *pid)
    return true;
  *pid = 0;
  return false;
}

static void
test_watchers (void *arg)
{
  grove_pid pid = grove_spawn (core_idle, NULL);
  grove_pid sought = pid;

  (void) arg;
  g_assert_cmpint (grove_register ("dying", pid), ==, GROVE_OK);
  for (unsigned i = 0; i < MANY; i++)
    grove_monitor (pid);
  g_assert_true (grove_is_alive (pid));
  grove_exit_process (pid, "{told, many}");
  wait_until_exiting (pid);
  g_assert_cmpuint (grove_whereis ("dying"), ==, 0);
  g_assert_false (grove_is_alive (pid));
  _grove_observe_scan (listed, &sought);
  g_assert_cmpuint (sought, ==, 0);
  g_assert_cmpint (grove_register ("dying", pid), ==, GROVE_ERR_NOPROC);
  g_assert_cmpint (grove_link (pid), ==, GROVE_ERR_NOPROC);
  /* Too late to change anything. */
  grove_exit_process (pid, "kill");
  g_assert_cmpuint (turns_while_exiting (pid), >=, FEW);
  for (unsigned i = 0; i < MANY; i++)
    core_expect ("{'DOWN', _, process, _, {told, many}}");
  core_expect_nothing ();
}

static void
watches_many (void *arg)
{
  for (unsigned i = 0; i < MANY; i++)
    grove_monitor (core_arg_pid (arg));
  grove_is_alive (core_arg_pid (arg));
  grove_send (core_arg_pid (arg), "ready");
  core_idle (NULL);
}

static void
test_watched (void *arg)
{
  grove_pid                   pid = grove_spawn (watches_many, core_pid_arg (grove_self ()));
  struct grove_process_sample sample;

  (void) arg;
  core_expect ("ready");
  grove_exit_process (pid, "kill");
  wait_until_exiting (pid);
  g_assert_cmpuint (turns_while_exiting (pid), >=, FEW);
  g_assert_true (_grove_observe_process (grove_self (), &sample));
  core_expect_nothing ();
}

static void
waits_for_never (void *arg)
{
  struct grove_message *message;

  (void) arg;
  if (grove_receive_pattern (GROVE_FOREVER, &message, "never") == GROVE_OK)
    grove_message_free (message);
}

static void
test_messages (void *arg)
{
  grove_pid pid = grove_spawn (waits_for_never, NULL);

  (void) arg;
  for (unsigned i = 0; i < MANY; i++)
    grove_send (pid, "~i", (int) i);
  g_assert_true (grove_is_alive (pid));
  grove_exit_process (pid, "kill");
  g_assert_cmpuint (turns_while_exiting (pid), >=, FEW);
}

/* The process has not looked at any of them when it ends. */
static void
test_unseen_messages (void *arg)
{
  grove_pid pid = core_spawn_priority (core_spin, NULL, GROVE_PRIORITY_LOW);

  (void) arg;
  grove_exit_process (pid, "kill");
  for (unsigned i = 0; i < MANY; i++)
    grove_send (pid, "~i", (int) i);
  g_assert_false (grove_is_alive (pid));
  core_expect_nothing ();
}

static void
allocates_many (void *arg)
{
  for (unsigned i = 0; i < MANY; i++)
    grove_alloc (i % 64);
  grove_send (core_arg_pid (arg), "ready");
  core_idle (NULL);
}

static void
test_heap (void *arg)
{
  grove_pid pid = grove_spawn (allocates_many, core_pid_arg (grove_self ()));

  (void) arg;
  core_expect ("ready");
  grove_exit_process (pid, "kill");
  g_assert_cmpuint (turns_while_exiting (pid), >=, FEW);
}

static unsigned n_released;

/* In reverse order of registration. */
static void
counts_down (void *data)
{
  g_assert_cmpuint ((uintptr_t) data, ==, MANY - 1 - n_released);
  n_released++;
}

static void
defers_many (void *arg)
{
  for (uintptr_t i = 0; i < MANY; i++)
    grove_defer (counts_down, (void *) i);
  grove_send (core_arg_pid (arg), "ready");
  core_idle (NULL);
}

static void
test_releases (void *arg)
{
  grove_pid pid = grove_spawn (defers_many, core_pid_arg (grove_self ()));

  (void) arg;
  n_released = 0;
  core_expect ("ready");
  grove_exit_process (pid, "kill");
  g_assert_cmpuint (turns_while_exiting (pid), >=, FEW);
  g_assert_cmpuint (n_released, ==, MANY);
}

static void
stops_meanwhile (void *arg)
{
  grove_pid pid = grove_spawn (defers_many, core_pid_arg (grove_self ()));

  (void) arg;
  core_expect ("ready");
  for (unsigned i = 0; i < MANY; i++)
    grove_monitor (pid);
  grove_exit_process (pid, "kill");
  wait_until_exiting (pid);
  g_assert_cmpuint (n_released, <, MANY);
}

/* What has begun to end when the runtime stops is ended whole. */
static void
test_stop (void)
{
  const struct core_case test = { "", stops_meanwhile, .n_schedulers = 1 };

  n_released = 0;
  core_run (&test);
  g_assert_cmpuint (n_released, ==, MANY);
}

int
main (int argc, char **argv)
{
  static const struct core_case cases[] = {
    { "/runtime/dying/watchers-13-16-17-33", test_watchers, .n_schedulers = 1 },
    { "/runtime/dying/watched-17", test_watched, .n_schedulers = 1 },
    { "/runtime/dying/messages-17", test_messages, .n_schedulers = 1 },
    { "/runtime/dying/unseen-messages-17", test_unseen_messages },
    { "/runtime/dying/heap-17", test_heap, .n_schedulers = 1 },
    { "/runtime/dying/releases-17", test_releases, .n_schedulers = 1 },
  };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/runtime/dying/stop", test_stop);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i], core_run);
  return g_test_run ();
}
