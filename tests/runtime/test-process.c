/* SPDX-License-Identifier: MIT
 *
 * Spawning, pids, liveness, hibernation. The number in a test's name is the behaviour's in the
 * conformance list.
 */
#include "tests/runtime/core-test.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>

static _Atomic int n_begun;

static void
begins (void *arg)
{
  (void) arg;
  atomic_fetch_add (&n_begun, 1);
}

static void
test_asynchronous (void *arg)
{
  grove_pid pid;

  (void) arg;
  atomic_store (&n_begun, 0);
  _grove_preempt_disable ();
  pid = grove_spawn (begins, NULL);
  g_assert_cmpint (atomic_load (&n_begun), ==, 0);
  _grove_preempt_enable ();
  while (grove_is_alive (pid))
    grove_yield ();
  g_assert_cmpint (atomic_load (&n_begun), ==, 1);
}

static void
test_atomic_bonds (void *arg)
{
  struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;

  (void) arg;
  grove_trap_exit (true);
  options.link = true;
  options.monitor = true;
  for (int i = 0; i < 1000; i++)
    {
      grove_pid pid, from;
      grove_ref monitor, got;
      int       n_exit = 0, n_down = 0;

      g_assert_cmpint (grove_spawn_opt (begins, &options, &pid, &monitor), ==, GROVE_OK);
      for (int j = 0; j < 2; j++)
        {
          struct grove_message *message = core_receive ();
          if (grove_match (grove_message_term (message), "{'EXIT', ~p, normal}", &from))
            n_exit++;
          else if (grove_match (grove_message_term (message), "{'DOWN', ~r, process, ~p, normal}",
                                &got, &from))
            {
              n_down++;
              g_assert_cmpuint (got, ==, monitor);
            }
          g_assert_cmpuint (from, ==, pid);
          grove_message_free (message);
        }
      g_assert_cmpint (n_exit, ==, 1);
      g_assert_cmpint (n_down, ==, 1);
    }
  core_expect_nothing ();
}

static void
spawns_link_and_dies (void *arg)
{
  grove_pid pid = grove_spawn_link (core_idle, NULL);

  grove_send (core_arg_pid (arg), "{child, ~p}", pid);
  grove_exit ("gone");
}

static void
test_parent_dies (void *arg)
{
  (void) arg;
  for (unsigned i = 0; i < CORE_MANY (1000, 300); i++)
    {
      grove_pid child;
      _grove_process_spawn_on (i % 2, spawns_link_and_dies, core_pid_arg (grove_self ()));
      core_expect ("{child, ~p}", &child);
      while (grove_is_alive (child))
        grove_yield ();
    }
}

static void
test_bad_options (void *arg)
{
  struct grove_spawn_options  options = GROVE_SPAWN_DEFAULTS;
  struct grove_runtime_sample before, after;
  grove_pid                   pid = 0;

  (void) arg;
  _grove_observe_runtime (&before, NULL, 0);
  g_assert_cmpint (grove_spawn_opt (NULL, &options, &pid, NULL), ==, GROVE_ERR_BADARG);
  options.arg_size = 1;
  g_assert_cmpint (grove_spawn_opt (core_idle, &options, &pid, NULL), ==, GROVE_ERR_BADARG);
  options.arg_size = 0;
  options.priority = (enum grove_priority) 17;
  g_assert_cmpint (grove_spawn_opt (core_idle, &options, &pid, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpuint (pid, ==, 0);
  _grove_observe_runtime (&after, NULL, 0);
  g_assert_cmpuint (before.n_spawned, ==, after.n_spawned);
}

#define LIMIT 100

static void
spawns_beyond_limit (void *arg)
{
  (void) arg;
  for (;;)
    grove_spawn (core_idle, NULL);
}

static void
test_limit (void *arg)
{
  struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;
  grove_pid                  pids[LIMIT];

  (void) arg;
  options.monitor = true;
  options.link = true;
  grove_trap_exit (true);
  for (int round = 0; round < 3; round++)
    {
      grove_pid                   pid;
      grove_ref                   monitor = 0;
      struct grove_process_sample sample;

      for (int i = 0; i < LIMIT - 1; i++)
        g_assert_cmpint (grove_spawn_opt (core_idle, &options, &pids[i], NULL), ==, GROVE_OK);
      g_assert_cmpint (grove_spawn_opt (core_idle, &options, &pid, &monitor), ==,
                       GROVE_ERR_SYSTEM_LIMIT);
      g_assert_cmpuint (monitor, ==, 0);
      g_assert_true (_grove_observe_process (grove_self (), &sample));
      g_assert_cmpuint (sample.n_links, ==, LIMIT - 1);
      for (int i = 0; i < LIMIT - 1; i++)
        grove_exit_process (pids[i], "kill");
      for (int i = 0; i < 2 * (LIMIT - 1); i++)
        grove_message_free (core_receive ());
      core_expect_nothing ();
    }
  core_expect_down (grove_spawn (spawns_beyond_limit, NULL), "system_limit");
}

static void
test_stale_pids (void *arg)
{
  grove_pid old = grove_spawn (core_idle, NULL);
  grove_pid again = 0;

  (void) arg;
  grove_exit_process (old, "kill");
  g_assert_false (grove_is_alive (old));
  /* Until the block is used again. */
  for (int i = 0; i < 1000 && (uint32_t) again != (uint32_t) old; i++)
    again = grove_spawn (core_idle, NULL);
  g_assert_cmpuint ((uint32_t) again, ==, (uint32_t) old);
  g_assert_cmpuint (again, !=, old);
  g_assert_false (grove_is_alive (old));
  grove_exit_process (old, "kill");
  grove_send (old, "for nobody");
  g_assert_cmpint (grove_link (old), ==, GROVE_ERR_NOPROC);
  g_assert_cmpint (grove_register ("old", old), ==, GROVE_ERR_NOPROC);
  grove_monitor (old);
  core_expect ("{'DOWN', _, process, _, noproc}");
  g_assert_true (grove_is_alive (again));
}

/* Signals that are on their way while the block changes hands. */
static void
dies_when_asked (void *arg)
{
  (void) arg;
  grove_message_free (core_receive ());
}

static void
pesters (void *arg)
{
  grove_pid target = core_arg_pid (arg);

  for (int i = 0; i < 30; i++)
    {
      grove_send (target, "go");
      grove_monitor (target);
    }
  for (int i = 0; i < 30; i++)
    {
      struct grove_message *message;
      g_assert_cmpint (grove_receive_pattern (CORE_DEADLINE_NS, &message,
                                              "{'DOWN', _, process, _, _}"),
                       ==, GROVE_OK);
      grove_message_free (message);
    }
  (void) grove_send_name ("test", "pestered");
}

static void
test_signals_to_the_dying (void *arg)
{
  (void) arg;
  g_assert_cmpint (grove_register ("test", grove_self ()), ==, GROVE_OK);
  for (int i = 0; i < CORE_MANY (3000, 150); i++)
    {
      grove_pid target = _grove_process_spawn_on (0, dies_when_asked, NULL);
      _grove_process_spawn_on (1, pesters, core_pid_arg (target));
      _grove_process_spawn_on (0, pesters, core_pid_arg (target));
    }
  for (int i = 0; i < 2 * CORE_MANY (3000, 150); i++)
    core_expect ("pestered");
}

static void
test_alive (void *arg)
{
  (void) arg;
  g_assert_true (grove_is_alive (grove_self ()));
  g_assert_false (grove_is_alive (0));
  g_assert_false (grove_is_alive (UINT64_C (0x123456789abcdef0)));
  for (unsigned i = 0; i < CORE_MANY (2000, 300); i++)
    {
      grove_pid pid = _grove_process_spawn_on (i % 2, i % 4 < 2 ? core_idle : core_spin, NULL);
      g_assert_true (grove_is_alive (pid));
      grove_exit_process (pid, "kill");
      g_assert_false (grove_is_alive (pid));
    }
}

static void
checks_argument (void *arg)
{
  const uint8_t *bytes = arg;

  for (size_t i = 0; i < 2000000; i++)
    if (bytes[i] != 'x')
      grove_exit ("wrong");
}

static void
test_arguments_are_copied (void *arg)
{
  struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;
  uint8_t                   *bytes = grove_alloc (2000000);

  (void) arg;
  options.arg = bytes;
  options.arg_size = 2000000;
  options.monitor = true;
  for (int i = 0; i < CORE_MANY (150, 20); i++)
    {
      grove_pid pid;
      memset (bytes, 'x', 2000000);
      _grove_preempt_disable ();
      g_assert_cmpint (grove_spawn_opt (checks_argument, &options, &pid, NULL), ==, GROVE_OK);
      memset (bytes, 'y', 2000000);
      _grove_preempt_enable ();
      core_expect ("{'DOWN', _, process, _, normal}");
    }
}

static void
errno_keeper (void *arg)
{
  for (int i = 0; i < 200; i++)
    {
      errno = (int) (intptr_t) arg;
      for (volatile int spin = 3000; spin > 0; spin--)
        ;
      if (errno != (int) (intptr_t) arg)
        grove_exit ("errno_changed");
    }
}

static void
test_errno (void *arg)
{
  struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;

  (void) arg;
  options.monitor = true;
  for (intptr_t i = 1; i < 20; i++)
    {
      grove_pid pid;

      options.arg = (void *) i;
      g_assert_cmpint (grove_spawn_opt (errno_keeper, &options, &pid, NULL), ==, GROVE_OK);
    }
  for (int i = 1; i < 20; i++)
    core_expect ("{'DOWN', _, process, _, normal}");
}

/* ---- Hibernation -------------------------------------------------------------------------------
 */

struct sleeper
{
  grove_pid test;
  int       n_woken;
};

static void
wakes (void *arg)
{
  struct sleeper       *self = arg;
  struct grove_message *message;

  self->n_woken++;
  while (grove_receive (0, &message) == GROVE_OK)
    {
      grove_send (self->test, "{~i, ~t}", self->n_woken, grove_message_term (message));
      grove_message_free (message);
    }
  grove_hibernate (wakes, self);
}

static void
goes_to_sleep (void *arg)
{
  struct sleeper *self = grove_alloc (sizeof *self);

  self->test = core_arg_pid (arg);
  self->n_woken = 0;
  grove_hibernate (wakes, self);
}

static void
test_hibernate (void *arg)
{
  grove_pid                   pid;
  struct grove_process_sample sample;

  (void) arg;
  for (unsigned on = 0; on < 2; on++)
    {
      pid = _grove_process_spawn_on (on, goes_to_sleep, core_pid_arg (grove_self ()));
      grove_send (pid, "first");
      core_expect ("{1, first}");
      for (int i = 2; i < 100; i++)
        {
          do
            {
              grove_yield ();
              g_assert_true (_grove_observe_process (pid, &sample));
            }
          while (sample.status != GROVE_STATUS_WAITING);
          g_assert_cmpuint (sample.stack_bytes, ==, 0);
          grove_send (pid, "~i", i);
          core_expect ("{~i, _}", &(int){ 0 });
        }
      /* Asking and killing needs no frames. */
      g_assert_true (grove_is_alive (pid));
      grove_exit_process (pid, "kill");
      g_assert_false (grove_is_alive (pid));
    }
}

static void
sleeps_on_a_full_mailbox (void *arg)
{
  struct sleeper       *self = grove_alloc (sizeof *self);
  struct grove_message *message;

  self->test = core_arg_pid (arg);
  self->n_woken = 0;
  if (grove_receive_pattern (CORE_DEADLINE_NS, &message, "second") == GROVE_OK)
    grove_message_free (message);
  grove_hibernate (wakes, self);
}

static void
test_hibernate_wakes_at_once (void *arg)
{
  grove_pid pid = grove_spawn (sleeps_on_a_full_mailbox, core_pid_arg (grove_self ()));

  (void) arg;
  grove_send (pid, "first");
  grove_send (pid, "second");
  core_expect ("{1, first}");
}

int
main (int argc, char **argv)
{
  static const struct core_case cases[] = {
    { "/runtime/process/asynchronous-1", test_asynchronous },
    { "/runtime/process/atomic-bonds-5-6", test_atomic_bonds },
    { "/runtime/process/parent-dies-7", test_parent_dies },
    { "/runtime/process/bad-options-8", test_bad_options },
    { "/runtime/process/limit-9", test_limit, .max_processes = LIMIT },
    { "/runtime/process/stale-pids-10", test_stale_pids },
    { "/runtime/process/signals-to-the-dying-10-47", test_signals_to_the_dying },
    { "/runtime/process/alive-12", test_alive },
    { "/runtime/process/arguments-are-copied-14", test_arguments_are_copied },
    { "/runtime/process/errno-225", test_errno, .n_schedulers = 1 },
    { "/runtime/process/hibernate-107", test_hibernate },
    { "/runtime/process/hibernate-wakes-at-once-107", test_hibernate_wakes_at_once },
  };

  return core_main (argc, argv, cases, G_N_ELEMENTS (cases));
}
