/* SPDX-License-Identifier: MIT
 *
 * Links. The number in a test's name is the behaviour's in the conformance list.
 */
#include "tests/runtime/core-test.h"

#include <stdatomic.h>

/* ---- Looking at both ends ----------------------------------------------------------------------
 */

/* Static: an inspection writes from another thread, and a stack may be another process's by then.
 */
static struct
{
  grove_pid   pids[16];
  size_t      n;
  _Atomic int done;
} looked;

static void
look (struct grove_inspection *view, void *user_data)
{
  (void) user_data;
  looked.n = _grove_inspection_links (view, looked.pids, G_N_ELEMENTS (looked.pids));
}

static void
looked_done (enum grove_status status, void *user_data)
{
  (void) user_data;
  if (status != GROVE_OK)
    looked.n = 0;
  atomic_store (&looked.done, 1);
}

static bool
has_link (grove_pid of, grove_pid to)
{
  atomic_store (&looked.done, 0);
  _grove_observe_inspect (of, look, looked_done, NULL);
  while (atomic_load (&looked.done) == 0)
    grove_yield ();
  for (size_t i = 0; i < looked.n; i++)
    if (looked.pids[i] == to)
      return true;
  return false;
}

/* ---- Cases -------------------------------------------------------------------------------------
 */

static void
test_idempotent (void *arg)
{
  grove_pid pid = grove_spawn (core_idle, NULL);

  (void) arg;
  grove_trap_exit (true);
  g_assert_cmpint (grove_link (pid), ==, GROVE_OK);
  g_assert_cmpint (grove_link (pid), ==, GROVE_OK);
  g_assert_true (grove_is_alive (pid));
  g_assert_true (has_link (pid, grove_self ()));
  g_assert_cmpuint (looked.n, ==, 1);
  g_assert_true (has_link (grove_self (), pid));
  g_assert_cmpuint (looked.n, ==, 1);
  grove_unlink (pid);
  grove_exit_process (pid, "kill");
  g_assert_false (grove_is_alive (pid));
  core_expect_nothing ();
}

static void
test_self (void *arg)
{
  struct grove_process_sample sample;

  (void) arg;
  g_assert_cmpint (grove_link (grove_self ()), ==, GROVE_OK);
  g_assert_true (_grove_observe_process (grove_self (), &sample));
  g_assert_cmpuint (sample.n_links, ==, 0);
}

static void
test_dead (void *arg)
{
  grove_pid pid = grove_spawn (core_idle, NULL);
  grove_pid from;

  (void) arg;
  grove_exit_process (pid, "kill");
  g_assert_false (grove_is_alive (pid));
  g_assert_cmpint (grove_link (pid), ==, GROVE_ERR_NOPROC);
  grove_trap_exit (true);
  g_assert_cmpint (grove_link (pid), ==, GROVE_OK);
  core_expect ("{'EXIT', ~p, noproc}", &from);
  g_assert_cmpuint (from, ==, pid);
  g_assert_cmpint (grove_link (UINT64_C (0xffffffffffffffff)), ==, GROVE_OK);
  core_expect ("{'EXIT', _, noproc}");
  g_assert_cmpint (grove_link (0), ==, GROVE_OK);
  core_expect ("{'EXIT', _, noproc}");
  grove_trap_exit (false);
  g_assert_cmpint (grove_link (0), ==, GROVE_ERR_NOPROC);
  g_assert_cmpint (grove_link (UINT64_C (0xffffffffffffffff)), ==, GROVE_ERR_NOPROC);
  grove_unlink (0);
  grove_unlink (pid);
  grove_unlink (UINT64_C (0xffffffffffffffff));
  g_assert_false (has_link (grove_self (), 0));
  g_assert_cmpuint (looked.n, ==, 0);
  core_expect_nothing ();
}

static void
test_unlink_silences (void *arg)
{
  (void) arg;
  grove_trap_exit (true);
  for (int i = 0; i < 500; i++)
    {
      grove_pid pid = _grove_process_spawn_on (1, core_idle, NULL);
      g_assert_cmpint (grove_link (pid), ==, GROVE_OK);
      grove_unlink (pid);
      grove_exit_process (pid, "die");
      g_assert_false (grove_is_alive (pid));
    }
  core_expect_nothing ();
}

static void
test_exit_removes_link (void *arg)
{
  grove_pid trapper = core_spawn_trapper ();
  grove_pid pid = grove_spawn (core_idle, NULL);

  (void) arg;
  /* The trapper links by being linked to: its half is what is looked at. */
  grove_trap_exit (true);
  g_assert_cmpint (grove_link (pid), ==, GROVE_OK);
  g_assert_true (grove_is_alive (pid));
  grove_exit_process (pid, "die");
  core_expect ("{'EXIT', _, die}");
  g_assert_false (has_link (grove_self (), pid));
  g_assert_cmpuint (looked.n, ==, 0);
  grove_exit_process (trapper, "kill");
}

/* ---- Both ends at once -------------------------------------------------------------------------
 */

#define MAX_OPERATIONS 500

/* {peer, Pid, Seed}: as many random links and unlinks of that peer, then `done`. */
static void
random_linker (void *arg)
{
  grove_pid test = core_arg_pid (arg);

  grove_trap_exit (true);
  for (;;)
    {
      struct grove_message *message = core_receive ();
      grove_pid             peer;
      uint64_t              seed;
      GRand                *rand;

      if (!grove_match (grove_message_term (message), "{peer, ~p, ~u}", &peer, &seed))
        {
          grove_message_free (message);
          continue;
        }
      grove_message_free (message);
      rand = g_rand_new_with_seed ((guint32) seed);
      grove_defer ((void (*) (void *)) g_rand_free, rand);
      for (int n = g_rand_int_range (rand, 1, MAX_OPERATIONS); n > 0; n--)
        if (g_rand_boolean (rand))
          g_assert_cmpint (grove_link (peer), ==, GROVE_OK);
        else
          grove_unlink (peer);
      grove_send (test, "done");
      core_idle (NULL);
    }
}

static void
test_random (void *arg)
{
  unsigned n_linked = 0;

  (void) arg;
  for (unsigned round = 0; round < CORE_MANY (300, 100); round++)
    {
      grove_pid a = _grove_process_spawn_on (0, random_linker, core_pid_arg (grove_self ()));
      grove_pid b = _grove_process_spawn_on (1, random_linker, core_pid_arg (grove_self ()));
      bool      linked;

      grove_send (a, "{peer, ~p, ~u}", b, (uint64_t) (2 * round + 1));
      grove_send (b, "{peer, ~p, ~u}", a, (uint64_t) (2 * round + 2));
      core_expect ("done");
      core_expect ("done");
      /* Each answer says that all before was handled, what follows from that too after a few. */
      for (int i = 0; i < 4; i++)
        g_assert_true (grove_is_alive (a) && grove_is_alive (b));
      linked = has_link (a, b);
      if (linked != has_link (b, a))
        g_error ("round %u: one end is linked, the other is not", round);
      n_linked += linked;
      grove_exit_process (a, "kill");
      /* A linked one lives on, for it traps. */
      g_assert_false (grove_is_alive (a));
      g_assert_true (grove_is_alive (b));
      g_assert_false (has_link (b, a));
      grove_exit_process (b, "kill");
    }
  /* Or it has shown nothing. */
  g_assert_cmpuint (n_linked, >, 10);
}

int
main (int argc, char **argv)
{
  static const struct core_case cases[] = {
    { "/runtime/link/idempotent-36", test_idempotent },
    { "/runtime/link/self-37", test_self },
    { "/runtime/link/dead-38-39", test_dead },
    { "/runtime/link/unlink-silences-40", test_unlink_silences },
    { "/runtime/link/exit-removes-link-42", test_exit_removes_link },
    { "/runtime/link/random-41-44", test_random },
  };

  return core_main (argc, argv, cases, G_N_ELEMENTS (cases));
}
