/* SPDX-License-Identifier: MIT
 *
 * Suspending and resuming: whatever the target does, whoever suspends it, and whoever ends first.
 */
#include "runtime/core/suspend.h"
#include "tests/runtime/core-test.h"

#include <stdatomic.h>
#include <string.h>

static enum grove_process_status
status_of (grove_pid pid)
{
  struct grove_process_sample sample;

  g_assert_true (_grove_observe_process (pid, &sample));
  return sample.status;
}

/* Lets others run until @pid is in that state. */
static void
await_status (grove_pid pid, enum grove_process_status status)
{
  uint64_t deadline = grove_now_ns () + CORE_DEADLINE_NS;

  while (status_of (pid) != status)
    {
      g_assert_cmpuint (grove_now_ns (), <, deadline);
      grove_yield ();
    }
}

static uint64_t
reductions_of (grove_pid pid)
{
  struct grove_process_sample sample;

  g_assert_true (_grove_observe_process (pid, &sample));
  return sample.reductions;
}

/* What is suspended does not get any further. */
static void
assert_still (grove_pid pid)
{
  uint64_t before = reductions_of (pid);

  g_assert_cmpint (status_of (pid), ==, GROVE_STATUS_SUSPENDED);
  for (int i = 0; i < 100; i++)
    grove_yield ();
  g_assert_cmpint (status_of (pid), ==, GROVE_STATUS_SUSPENDED);
  g_assert_cmpuint (reductions_of (pid), ==, before);
}

static void
await_progress (grove_pid pid)
{
  uint64_t before = reductions_of (pid);
  uint64_t deadline = grove_now_ns () + CORE_DEADLINE_NS;

  while (reductions_of (pid) == before)
    {
      g_assert_cmpuint (grove_now_ns (), <, deadline);
      grove_yield ();
    }
}

/* ---- What targets do
 * -----------------------------------------------------------------------------
 */

/* On the other scheduler, and on this one. */
static void
test_computing (void *arg)
{
  (void) arg;
  for (unsigned i = 0; i < 2; i++)
    {
      grove_pid pid = _grove_process_spawn_on (i, core_spin, NULL);

      await_progress (pid);
      for (int n = 0; n < 10000; n++)
        {
          g_assert_cmpint (grove_suspend (pid, 0), ==, GROVE_OK);
          g_assert_cmpint (status_of (pid), ==, GROVE_STATUS_SUSPENDED);
          g_assert_cmpint (grove_resume (pid), ==, GROVE_OK);
          if (n % 1000 == 0)
            await_progress (pid);
        }
      g_assert_cmpint (grove_suspend (pid, 0), ==, GROVE_OK);
      assert_still (pid);
      g_assert_cmpint (grove_resume (pid), ==, GROVE_OK);
      await_progress (pid);
      grove_exit_process (pid, "kill");
      g_assert_false (grove_is_alive (pid));
    }
}

static void
test_waiting (void *arg)
{
  grove_pid pid = core_spawn_trapper ();

  (void) arg;
  await_status (pid, GROVE_STATUS_WAITING);
  g_assert_cmpint (grove_suspend (pid, 0), ==, GROVE_OK);
  g_assert_cmpint (status_of (pid), ==, GROVE_STATUS_SUSPENDED);
  g_assert_cmpint (grove_resume (pid), ==, GROVE_OK);
  await_status (pid, GROVE_STATUS_WAITING);
  /* Woken while it is suspended, from the same scheduler and by a signal. */
  g_assert_cmpint (grove_suspend (pid, 0), ==, GROVE_OK);
  grove_send (pid, "hello");
  grove_exit_process (pid, "reason");
  assert_still (pid);
  core_expect_nothing ();
  g_assert_cmpint (grove_resume (pid), ==, GROVE_OK);
  core_expect ("{got, hello}");
  core_expect ("{got, {'EXIT', _, reason}}");
}

static void
times_out (void *arg)
{
  struct grove_message *message;

  g_assert_cmpint (grove_receive (1000000, &message), ==, GROVE_ERR_TIMEOUT);
  grove_send (core_arg_pid (arg), "timeout");
  grove_sleep_ms (1);
  grove_send (core_arg_pid (arg), "slept");
}

/* The time passes while it is suspended; what comes of it is seen when it is resumed. */
static void
test_timeouts_are_kept (void *arg)
{
  grove_pid pid = grove_spawn (times_out, core_pid_arg (grove_self ()));

  (void) arg;
  await_status (pid, GROVE_STATUS_WAITING);
  g_assert_cmpint (grove_suspend (pid, 0), ==, GROVE_OK);
  grove_sleep_ms (3);
  core_expect_nothing ();
  assert_still (pid);
  g_assert_cmpint (grove_resume (pid), ==, GROVE_OK);
  core_expect ("timeout");
  g_assert_cmpint (grove_suspend (pid, GROVE_SUSPEND_ASYNCHRONOUS), ==, GROVE_OK);
  g_assert_cmpint (grove_resume (pid), ==, GROVE_OK);
  core_expect ("slept");
}

static void
tells_and_idles (void *arg)
{
  grove_send (core_arg_pid (arg), "ran");
  core_idle (NULL);
}

static void
test_not_yet_begun (void *arg)
{
  grove_pid pid = grove_spawn (tells_and_idles, core_pid_arg (grove_self ()));

  (void) arg;
  g_assert_cmpint (grove_suspend (pid, 0), ==, GROVE_OK);
  assert_still (pid);
  core_expect_nothing ();
  g_assert_cmpint (grove_resume (pid), ==, GROVE_OK);
  core_expect ("ran");
  /* Asleep for good: a process that never runs can end, too. */
  pid = grove_spawn (tells_and_idles, core_pid_arg (grove_self ()));
  g_assert_cmpint (grove_suspend (pid, 0), ==, GROVE_OK);
  grove_exit_process (pid, "kill");
  core_expect_down (pid, "noproc");
  core_expect_nothing ();
}

static void
hibernates (void *arg)
{
  struct grove_message *message;

  if (grove_receive (0, &message) == GROVE_OK)
    {
      grove_send (core_arg_pid (arg), "{woken, ~t}", grove_message_term (message));
      grove_message_free (message);
    }
  grove_hibernate (hibernates, arg);
}

static void
test_hibernating (void *arg)
{
  grove_pid pid = grove_spawn (hibernates, core_pid_arg (grove_self ()));

  (void) arg;
  await_status (pid, GROVE_STATUS_WAITING);
  g_assert_cmpint (grove_suspend (pid, 0), ==, GROVE_OK);
  grove_send (pid, "up");
  assert_still (pid);
  core_expect_nothing ();
  g_assert_cmpint (grove_resume (pid), ==, GROVE_OK);
  core_expect ("{woken, up}");
}

/* It handles the signal itself, in a call of its own, and stops there. */
static void
asks_about_itself (void *arg)
{
  grove_pid other = grove_spawn (core_idle, NULL);

  (void) arg;
  for (;;)
    {
      grove_trap_exit (true);
      (void) grove_is_alive (other);
      grove_unlink (other);
    }
}

static void
test_in_calls (void *arg)
{
  grove_pid pid = _grove_process_spawn_on (1, asks_about_itself, NULL);

  (void) arg;
  for (int i = 0; i < CORE_MANY (20000, 2000); i++)
    {
      g_assert_cmpint (grove_suspend (pid, 0), ==, GROVE_OK);
      g_assert_cmpint (status_of (pid), ==, GROVE_STATUS_SUSPENDED);
      if (i % 1000 == 0)
        assert_still (pid);
      g_assert_cmpint (grove_resume (pid), ==, GROVE_OK);
    }
  grove_exit_process (pid, "kill");
  g_assert_false (grove_is_alive (pid));
}

/* ---- Counts -------------------------------------------------------------------------------------
 */

/* What OTP 25 answers, U01. */
static void
test_counts (void *arg)
{
  grove_pid pid = _grove_process_spawn_on (1, core_spin, NULL);

  (void) arg;
  g_assert_cmpint (grove_resume (pid), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_suspend (pid, 0), ==, GROVE_OK);
  g_assert_cmpint (grove_suspend (pid, 0), ==, GROVE_OK);
  g_assert_cmpint (status_of (pid), ==, GROVE_STATUS_SUSPENDED);
  g_assert_cmpint (grove_resume (pid), ==, GROVE_OK);
  assert_still (pid);
  g_assert_cmpint (grove_resume (pid), ==, GROVE_OK);
  await_progress (pid);
  g_assert_cmpint (grove_resume (pid), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_resume (grove_self ()), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_resume (0), ==, GROVE_ERR_BADARG);
}

/* Suspends who is asked for, and says what came of it; "{resume, Pid}" likewise. */
static void
suspends_for_others (void *arg)
{
  for (;;)
    {
      struct grove_message *message = core_receive ();
      struct grove_term     term = grove_message_term (message);
      grove_pid             pid;

      if (grove_match (term, "{suspend, ~p}", &pid))
        grove_send (core_arg_pid (arg), "~i", (int) grove_suspend (pid, 0));
      else if (grove_match (term, "{resume, ~p}", &pid))
        grove_send (core_arg_pid (arg), "~i", (int) grove_resume (pid));
      else
        return;
      grove_message_free (message);
    }
}

static void
expect_status (enum grove_status status)
{
  int got;

  core_expect ("~i", &got);
  g_assert_cmpint (got, ==, status);
}

static void
test_foreign (void *arg)
{
  grove_pid pid = _grove_process_spawn_on (1, core_spin, NULL);
  grove_pid other = grove_spawn (suspends_for_others, core_pid_arg (grove_self ()));

  (void) arg;
  g_assert_cmpint (grove_suspend (pid, 0), ==, GROVE_OK);
  grove_send (other, "{resume, ~p}", pid);
  expect_status (GROVE_ERR_BADARG);
  assert_still (pid);
  grove_send (other, "{suspend, ~p}", pid);
  expect_status (GROVE_OK);
  g_assert_cmpint (grove_resume (pid), ==, GROVE_OK);
  assert_still (pid);
  grove_send (other, "{resume, ~p}", pid);
  expect_status (GROVE_OK);
  await_progress (pid);
}

/* U02, and with a second suspender that lives. */
static void
test_suspender_ends (void *arg)
{
  static const char *const ends[] = { "stop", NULL };
  grove_pid                pid = grove_spawn (core_idle, NULL);

  (void) arg;
  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      grove_pid other = grove_spawn (suspends_for_others, core_pid_arg (grove_self ()));

      grove_send (other, "{suspend, ~p}", pid);
      grove_send (other, "{suspend, ~p}", pid);
      expect_status (GROVE_OK);
      expect_status (GROVE_OK);
      g_assert_cmpint (grove_suspend (pid, 0), ==, GROVE_OK);
      if (ends[i] != NULL)
        grove_send (other, "~t", (struct grove_term){ (const uint8_t *) "\167\4stop", 6 });
      else
        grove_exit_process (other, "kill");
      core_expect_down (other, "_");
      assert_still (pid);
      g_assert_cmpint (grove_resume (pid), ==, GROVE_OK);
      await_status (pid, GROVE_STATUS_WAITING);
    }
  /* The other way round: what has ended is suspended by nobody any more. */
  g_assert_cmpint (grove_suspend (pid, 0), ==, GROVE_OK);
  grove_exit_process (pid, "kill");
  g_assert_false (grove_is_alive (pid));
  g_assert_cmpint (grove_resume (pid), ==, GROVE_ERR_BADARG);
}

/* U04, and other misuse. */
static void
suspends_while_released (void *data)
{
  g_assert_cmpint (grove_suspend (core_arg_pid (data), 0), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_resume (core_arg_pid (data)), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_suspend_tagged (core_arg_pid (data), 0, "x"), ==, GROVE_ERR_BADARG);
  grove_send (core_arg_pid (data), "released");
}

static void
defers_suspending (void *arg)
{
  grove_defer (suspends_while_released, arg);
}

static void
test_self_and_misuse (void *arg)
{
  grove_pid pid = grove_spawn (core_idle, NULL);

  (void) arg;
  g_assert_cmpint (grove_suspend (grove_self (), 0), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_suspend (grove_self (), GROVE_SUSPEND_ASYNCHRONOUS), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_suspend_tagged (grove_self (), 0, "x"), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_suspend (pid, 4), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_suspend_tagged (pid, 0, "{"), ==, GROVE_ERR_SYNTAX);
  g_assert_cmpint (grove_resume (pid), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_suspend (0, 0), ==, GROVE_ERR_NOPROC);
  g_assert_cmpint (grove_suspend (UINT64_MAX, 0), ==, GROVE_ERR_NOPROC);
  g_assert_cmpint (grove_suspend (pid + (UINT64_C (1) << 32), 0), ==, GROVE_ERR_NOPROC);
  grove_spawn (defers_suspending, core_pid_arg (grove_self ()));
  core_expect ("released");
}

/* ---- While suspended ----------------------------------------------------------------------------
 */

static void
count_messages (struct grove_inspection *view, void *user_data)
{
  struct grove_message_view message;
  uint64_t                  n = 0;

  while (_grove_inspection_message (view, n, &message))
    n++;
  atomic_store ((_Atomic uint64_t *) user_data, n + 1);
}

/* U03, and every other signal. */
static void
test_signals_are_served (void *arg)
{
  grove_pid                   pid = core_spawn_trapper ();
  struct grove_process_sample sample;
  _Atomic uint64_t            n = 0;
  uint64_t                    deadline = grove_now_ns () + CORE_DEADLINE_NS;
  enum grove_priority         old;

  (void) arg;
  g_assert_cmpint (grove_suspend (pid, 0), ==, GROVE_OK);
  grove_send (pid, "one");
  grove_send (pid, "two");
  g_assert_true (_grove_observe_process (pid, &sample));
  g_assert_cmpuint (sample.n_messages, ==, 2);
  g_assert_cmpint (sample.status, ==, GROVE_STATUS_SUSPENDED);
  g_assert_true (grove_is_alive (pid));
  g_assert_cmpint (grove_link (pid), ==, GROVE_OK);
  g_assert_cmpint (_grove_observe_set_priority (pid, GROVE_PRIORITY_HIGH, &old), ==, GROVE_OK);
  _grove_observe_inspect (pid, count_messages, NULL, &n);
  while (atomic_load (&n) == 0)
    {
      g_assert_cmpuint (grove_now_ns (), <, deadline);
      grove_yield ();
    }
  g_assert_cmpuint (atomic_load (&n), ==, 3);
  g_assert_true (_grove_observe_process (pid, &sample));
  g_assert_cmpuint (sample.n_links, ==, 1);
  g_assert_cmpint (sample.priority, ==, GROVE_PRIORITY_HIGH);
  grove_unlink (pid);
  assert_still (pid);
  core_expect_nothing ();
  grove_exit_process (pid, "kill");
  g_assert_false (grove_is_alive (pid));
  core_expect_nothing ();
}

/* ---- Variants -----------------------------------------------------------------------------------
 */

static void
test_variants (void *arg)
{
  grove_pid pid = _grove_process_spawn_on (1, core_spin, NULL);
  grove_pid dead = grove_spawn (core_idle, NULL);

  (void) arg;
  grove_exit_process (dead, "kill");
  g_assert_false (grove_is_alive (dead));
  g_assert_cmpint (grove_suspend (pid, GROVE_SUSPEND_ASYNCHRONOUS), ==, GROVE_OK);
  await_status (pid, GROVE_STATUS_SUSPENDED);
  g_assert_cmpint (grove_suspend (pid, GROVE_SUSPEND_UNLESS_SUSPENDING), ==, GROVE_ERR_BUSY);
  g_assert_cmpint (grove_suspend_tagged (pid, GROVE_SUSPEND_UNLESS_SUSPENDING, "x"), ==,
                   GROVE_ERR_BUSY);
  g_assert_cmpint (grove_resume (pid), ==, GROVE_OK);
  g_assert_cmpint (grove_resume (pid), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_suspend (pid, GROVE_SUSPEND_UNLESS_SUSPENDING), ==, GROVE_OK);
  assert_still (pid);
  g_assert_cmpint (grove_suspend_tagged (pid, 0, "{tag, ~i}", 7), ==, GROVE_OK);
  core_expect ("{{tag, 7}, suspended}");
  g_assert_cmpint (grove_resume (pid), ==, GROVE_OK);
  assert_still (pid);
  g_assert_cmpint (grove_resume (pid), ==, GROVE_OK);
  g_assert_cmpint (grove_suspend_tagged (pid, 0, "x"), ==, GROVE_OK);
  core_expect ("{x, suspended}");
  assert_still (pid);
  g_assert_cmpint (grove_suspend (dead, GROVE_SUSPEND_ASYNCHRONOUS), ==, GROVE_OK);
  g_assert_cmpint (grove_resume (dead), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_suspend_tagged (dead, 0, "x"), ==, GROVE_OK);
  core_expect ("{x, exited}");
  g_assert_cmpint (grove_suspend (dead, 0), ==, GROVE_ERR_NOPROC);
}

/* Resumed at once: that it was suspended is still said, once. */
static void
test_tag_and_resume (void *arg)
{
  grove_pid pid = _grove_process_spawn_on (1, asks_about_itself, NULL);

  (void) arg;
  for (int i = 0; i < 1000; i++)
    {
      int got;
      g_assert_cmpint (grove_suspend_tagged (pid, 0, "~i", i), ==, GROVE_OK);
      g_assert_cmpint (grove_resume (pid), ==, GROVE_OK);
      core_expect ("{~i, suspended}", &got);
      g_assert_cmpint (got, ==, i);
    }
  core_expect_nothing ();
}

static void
ends_soon (void *arg)
{
  for (uintptr_t i = 0; i < (uintptr_t) arg; i++)
    grove_trap_exit (true);
}

/* It ends by itself, at all moments; OTP's erl_704 and suspend_exit. */
static void
test_target_ends (void *arg)
{
  (void) arg;
  for (uintptr_t i = 0; i < CORE_MANY (20000, 2000); i++)
    {
      grove_pid pid = _grove_process_spawn_on (i % 3 == 0 ? 0 : 1, ends_soon, (void *) (i % 40));
      enum grove_status status = GROVE_OK;

      if (i % 5 == 0)
        {
          g_assert_cmpint (grove_suspend_tagged (pid, 0, "x"), ==, GROVE_OK);
          core_expect ("{x, _}");
        }
      else
        status = grove_suspend (pid, 0);
      if (i % 2 == 0)
        grove_exit_process (pid, "kill");
      else if (status == GROVE_OK)
        (void) grove_resume (pid);
      else
        g_assert_cmpint (grove_resume (pid), ==, GROVE_ERR_BADARG);
      core_expect_down (pid, "_");
      g_assert_cmpint (grove_resume (pid), ==, GROVE_ERR_BADARG);
    }
}

/* ---- From outside -------------------------------------------------------------------------------
 */

static struct
{
  _Atomic int n_done;
  _Atomic int n_gone;
  _Atomic int finished; /* the thread of the storm is about to end */
} outside;

static void
note (enum grove_status status, void *user_data)
{
  (void) user_data;
  atomic_fetch_add (status == GROVE_OK ? &outside.n_done : &outside.n_gone, 1);
}

static void
await (_Atomic int *n, int wanted)
{
  uint64_t deadline = grove_now_ns () + CORE_DEADLINE_NS;

  while (atomic_load (n) != wanted)
    {
      g_assert_cmpuint (grove_now_ns (), <, deadline);
      grove_yield ();
    }
}

static void
test_lease (void *arg)
{
  struct grove_lease *one = _grove_lease_new ();
  struct grove_lease *two = _grove_lease_new ();
  grove_pid           pid = _grove_process_spawn_on (1, core_spin, NULL);
  grove_pid           others[200];

  (void) arg;
  atomic_store (&outside.n_done, 0);
  atomic_store (&outside.n_gone, 0);
  g_assert_cmpint (_grove_observe_resume (one, pid), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (_grove_observe_suspend (one, pid, note, NULL), ==, GROVE_OK);
  await (&outside.n_done, 1);
  assert_still (pid);
  g_assert_cmpint (_grove_observe_suspend (one, pid, note, NULL), ==, GROVE_OK);
  g_assert_cmpint (_grove_observe_suspend (two, pid, note, NULL), ==, GROVE_OK);
  await (&outside.n_done, 3);
  g_assert_cmpint (grove_suspend (pid, 0), ==, GROVE_OK);
  g_assert_cmpint (_grove_observe_resume (one, pid), ==, GROVE_OK);
  g_assert_cmpint (_grove_observe_resume (one, pid), ==, GROVE_OK);
  g_assert_cmpint (_grove_observe_resume (one, pid), ==, GROVE_ERR_BADARG);
  assert_still (pid);
  g_assert_cmpint (grove_resume (pid), ==, GROVE_OK);
  assert_still (pid);
  _grove_lease_end (two);
  await_progress (pid);
  /* What has ended does not fill a lease. */
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    {
      others[i] = grove_spawn (core_idle, NULL);
      g_assert_cmpint (_grove_observe_suspend (one, others[i], NULL, NULL), ==, GROVE_OK);
      if (i % 2 == 0)
        {
          grove_exit_process (others[i], "kill");
          g_assert_false (grove_is_alive (others[i]));
        }
    }
  g_assert_cmpint (_grove_observe_suspend (one, others[0], note, NULL), ==, GROVE_ERR_NOPROC);
  g_assert_cmpint (_grove_observe_resume (one, others[0]), ==, GROVE_ERR_NOPROC);
  g_assert_cmpint (_grove_observe_resume (one, 0), ==, GROVE_ERR_NOPROC);
  _grove_lease_end (one);
  for (gsize i = 1; i < G_N_ELEMENTS (others); i += 2)
    await_status (others[i], GROVE_STATUS_WAITING);
  _grove_lease_end (NULL);
  g_assert_cmpint (atomic_load (&outside.n_gone), ==, 0);
}

/* ---- Everything at once -------------------------------------------------------------------------
 */

#define N_VICTIMS 24

static struct
{
  _Atomic grove_pid victims[N_VICTIMS];
  _Atomic int       stop;
  grove_pid         first;
} storm;

/* Waits, computes, spawns, is woken by others. */
static void
lives_and_works (void *arg)
{
  unsigned place = (unsigned) (uintptr_t) arg;

  for (;;)
    {
      struct grove_message *message;
      volatile unsigned     n = 0;

      if (grove_receive (100000, &message) == GROVE_OK)
        grove_message_free (message);
      grove_send (atomic_load (&storm.victims[(place + 1) % N_VICTIMS]), "hop");
      while (n < 500)
        n++;
      if (place % 4 == 0)
        grove_hibernate (lives_and_works, arg);
    }
}

static void
torments (void *arg)
{
  unsigned seed = (unsigned) (uintptr_t) arg * 7919 + 1;
  bool     dies = seed % 2 == 0;

  for (unsigned i = 0; dies ? i < 50 : atomic_load (&storm.stop) == 0; i++)
    {
      grove_pid pid;
      seed = seed * 1664525 + 1013904223;
      pid = atomic_load (&storm.victims[(seed >> 8) % N_VICTIMS]);
      switch ((seed >> 16) % 6)
        {
        case 0:
        case 1:
          (void) grove_suspend (pid, 0);
          break;
        case 2:
          (void) grove_suspend (pid, GROVE_SUSPEND_ASYNCHRONOUS);
          break;
        case 3:
          (void) grove_suspend_tagged (pid, GROVE_SUSPEND_UNLESS_SUSPENDING, "x");
          break;
        default:
          while (grove_resume (pid) == GROVE_OK)
            continue;
          break;
        }
    }
  if (!dies)
    grove_send (storm.first, "done");
}

static gpointer
torments_from_outside (gpointer data)
{
  unsigned seed = 5;
  int      n_asked = 0;

  atomic_store (&outside.n_done, 0);
  atomic_store (&outside.n_gone, 0);
  while (atomic_load (&storm.stop) == 0)
    {
      struct grove_lease *lease = _grove_lease_new ();
      for (unsigned i = 0; i < 20; i++)
        {
          grove_pid pid;
          seed = seed * 1664525 + 1013904223;
          pid = atomic_load (&storm.victims[(seed >> 8) % N_VICTIMS]);
          if ((seed >> 16) % 3 != 0)
            n_asked += _grove_observe_suspend (lease, pid, note, NULL) == GROVE_OK;
          else
            (void) _grove_observe_resume (lease, pid);
        }
      _grove_lease_end (lease);
      /* Each is answered. And nobody asks faster than it can be: there would be no end. */
      while (atomic_load (&outside.n_done) + atomic_load (&outside.n_gone) < n_asked)
        g_thread_yield ();
    }
  atomic_store (&outside.finished, 1);
  return data;
}

static void
test_storm (void *arg)
{
  GThread *thread;

  (void) arg;
  atomic_store (&storm.stop, 0);
  atomic_store (&outside.finished, 0);
  storm.first = grove_self ();
  for (uintptr_t i = 0; i < N_VICTIMS; i++)
    atomic_store (&storm.victims[i], _grove_process_spawn_on (i % 2, lives_and_works, (void *) i));
  thread = g_thread_new ("torments", torments_from_outside, NULL);
  grove_spawn (torments, (void *) 2);
  grove_spawn (torments, (void *) 4);
  for (uintptr_t i = 0; i < CORE_MANY (1000, 200); i++)
    {
      uintptr_t place = i % N_VICTIMS;
      if (i % 10 == 0)
        grove_spawn (torments, (void *) (2 * i + 1));
      grove_exit_process (atomic_load (&storm.victims[place]), "kill");
      g_assert_false (grove_is_alive (atomic_load (&storm.victims[place])));
      atomic_store (&storm.victims[place],
                    _grove_process_spawn_on (i % 2, lives_and_works, (void *) place));
      grove_yield ();
    }
  atomic_store (&storm.stop, 1);
  /* It waits for answers that this scheduler may have to give. */
  while (atomic_load (&outside.finished) == 0)
    grove_yield ();
  g_thread_join (thread);
  for (int i = 0; i < 2; i++)
    core_expect ("done");
  /* All who suspended have ended: everybody gets on. */
  for (uintptr_t i = 0; i < N_VICTIMS; i++)
    await_progress (atomic_load (&storm.victims[i]));
}

/* A tag that does not fit into a small block. */
static void
test_large_tag (void *arg)
{
  grove_pid             pid = grove_spawn (core_idle, NULL);
  char                  text[2000];
  struct grove_message *message;
  struct grove_text     tag;

  (void) arg;
  memset (text, 't', sizeof text - 1);
  text[sizeof text - 1] = '\0';
  g_assert_cmpint (grove_suspend_tagged (pid, 0, "~s", text), ==, GROVE_OK);
  message = core_receive ();
  g_assert_true (grove_match (grove_message_term (message), "{~s, suspended}", &tag));
  g_assert_cmpmem (tag.bytes, tag.size, text, sizeof text - 1);
  grove_message_free (message);
  grove_exit_process (pid, "kill");
}

static const struct core_case cases[] = {
  { "/runtime/suspend/computing-130", test_computing, 0, 0 },
  { "/runtime/suspend/in-calls-130", test_in_calls, 0, 0 },
  { "/runtime/suspend/not-yet-begun-130", test_not_yet_begun, 0, 0 },
  { "/runtime/suspend/hibernating-130-136", test_hibernating, 0, 0 },
  { "/runtime/suspend/counts-131", test_counts, 0, 0 },
  { "/runtime/suspend/foreign-131-132", test_foreign, 0, 0 },
  { "/runtime/suspend/suspender-ends-132", test_suspender_ends, 0, 0 },
  { "/runtime/suspend/self-and-misuse-133", test_self_and_misuse, 0, 0 },
  { "/runtime/suspend/signals-are-served-34-134", test_signals_are_served, 0, 0 },
  { "/runtime/suspend/variants-135", test_variants, 0, 0 },
  { "/runtime/suspend/tag-and-resume-135", test_tag_and_resume, 0, 0 },
  { "/runtime/suspend/target-ends-135", test_target_ends, 0, 0 },
  { "/runtime/suspend/waiting-136", test_waiting, 0, 0 },
  { "/runtime/suspend/timeouts-are-kept-136", test_timeouts_are_kept, 0, 0 },
  { "/runtime/suspend/lease", test_lease, 0, 0 },
  { "/runtime/suspend/storm", test_storm, 0, 0 },
  { "/runtime/suspend/large-tag-135", test_large_tag },
};

int
main (int argc, char **argv)
{
  return core_main (argc, argv, cases, G_N_ELEMENTS (cases));
}
