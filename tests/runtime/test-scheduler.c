/* SPDX-License-Identifier: MIT
 *
 * Who runs when, and where. The number in a test's name is the behaviour's in the conformance list.
 */
#include "tests/runtime/core-test.h"

#include <stdatomic.h>

/* Counts while it runs; one counter a process, by its argument. */
static _Atomic uint64_t counters[512];

static void
counts (void *arg)
{
  _Atomic uint64_t *counter = &counters[(uintptr_t) arg];

  for (;;)
    atomic_fetch_add_explicit (counter, 1, memory_order_relaxed);
}

static uint64_t
counter (unsigned i)
{
  return atomic_load_explicit (&counters[i], memory_order_relaxed);
}

static void
reset_counters (void)
{
  for (unsigned i = 0; i < G_N_ELEMENTS (counters); i++)
    atomic_store_explicit (&counters[i], 0, memory_order_relaxed);
}

static struct grove_process_sample
sample_of (grove_pid pid)
{
  struct grove_process_sample sample = { 0 };

  g_assert_true (_grove_observe_process (pid, &sample));
  return sample;
}

/* ---- Pre-emption -------------------------------------------------------------------------------
 */

static void
test_loop_is_preempted (void *arg)
{
  (void) arg;
  for (int i = 0; i < 4; i++)
    grove_spawn (core_spin, NULL);
  /* There is one scheduler, and still this goes on. */
  for (int i = 0; i < 20; i++)
    grove_yield ();
  grove_sleep_ms (5);
}

/* 116: no longer than a slice, in reductions. */
static void
test_budget (void *arg)
{
  grove_pid                   pid = grove_spawn (core_spin, NULL);
  struct grove_process_sample before, after;

  (void) arg;
  grove_yield ();
  for (int i = 0; i < 100; i++)
    {
      before = sample_of (pid);
      grove_yield ();
      after = sample_of (pid);
      g_assert_cmpuint (after.reductions - before.reductions, >=, 2000);
      g_assert_cmpuint (after.reductions - before.reductions, <=, 2002);
    }
}

static void
test_yield_and_bump (void *arg)
{
  grove_pid other = grove_spawn (core_spin, NULL);
  uint64_t  before, bumped;

  (void) arg;
  grove_yield ();
  before = sample_of (grove_self ()).reductions;
  for (int i = 0; i < 4; i++)
    {
      uint64_t slices = sample_of (other).reductions / 2000;
      grove_yield ();
      /* 118: last in the queue, so that the other has run once. */
      g_assert_cmpuint (sample_of (other).reductions / 2000 - slices, ==, 1);
    }
  bumped = sample_of (grove_self ()).reductions;
  g_assert_cmpuint (bumped - before, <, 200);
  grove_bump_reductions (100);
  grove_yield ();
  before = sample_of (grove_self ()).reductions;
  g_assert_cmpuint (before - bumped, >=, 100);
  g_assert_cmpuint (before - bumped, <=, 150);
  /* Huge ones cost a slice and no more. */
  grove_bump_reductions (UINT32_MAX);
  grove_yield ();
  g_assert_cmpuint (sample_of (grove_self ()).reductions - before, <, 2500);
}

/* 115, 112: equals get the same. */
static void
test_fair (void *arg)
{
  enum
  {
    N = 50
  };
  grove_pid pids[N];
  uint64_t  least, most;

  (void) arg;
  g_assert_cmpint (grove_set_priority (GROVE_PRIORITY_HIGH, NULL), ==, GROVE_OK);
  for (int i = 0; i < N; i++)
    pids[i] = grove_spawn (core_spin, NULL);
  do
    {
      grove_sleep_ms (10);
      least = UINT64_MAX;
      most = 0;
      for (int i = 0; i < N; i++)
        {
          uint64_t reductions = sample_of (pids[i]).reductions;
          least = MIN (least, reductions);
          most = MAX (most, reductions);
        }
      g_assert_cmpuint (most - least, <=, 2 * 2002);
    }
  while (least < UINT64_C (4) * 2002);
}

/* ---- Priorities --------------------------------------------------------------------------------
 */

static uint64_t
sum_of (unsigned from, unsigned to)
{
  uint64_t sum = 0;

  for (unsigned i = from; i < to; i++)
    sum += counter (i);
  return sum;
}

/* 110, 111: low to normal is one to eight; alone, low is not slowed. */
static void
test_low (void *arg)
{
  double ratio;

  (void) arg;
  reset_counters ();
  g_assert_cmpint (grove_set_priority (GROVE_PRIORITY_MAX, NULL), ==, GROVE_OK);
  for (uintptr_t i = 0; i < 20; i++)
    {
      core_spawn_priority (counts, (void *) i, GROVE_PRIORITY_LOW);
      core_spawn_priority (counts, (void *) (i + 20), GROVE_PRIORITY_NORMAL);
    }
  /* Until every low one had some turns. */
  do
    grove_sleep_ms (50);
  while (sum_of (0, 20) < UINT64_C (20) * 4 * 2000);
  ratio = (double) sum_of (0, 20) / (double) sum_of (20, 40);
  g_test_message ("low to normal: %.4f", ratio);
  g_assert_cmpfloat (ratio, >, 1.0 / 16);
  g_assert_cmpfloat (ratio, <, 1.0 / 4);
}

static void
test_low_alone (void *arg)
{
  uint64_t  turns;
  grove_pid low = core_spawn_priority (core_spin, NULL, GROVE_PRIORITY_LOW);

  (void) arg;
  g_assert_cmpint (grove_set_priority (GROVE_PRIORITY_LOW, NULL), ==, GROVE_OK);
  core_spawn_priority (core_spin, NULL, GROVE_PRIORITY_LOW);
  grove_yield ();
  turns = sample_of (low).reductions;
  for (int i = 0; i < 10; i++)
    grove_yield ();
  /* It has had every turn. */
  g_assert_cmpuint (sample_of (low).reductions - turns, >=, 10 * 2000);
}

/* 109, 114: what is strict. */
static void
strict (enum grove_priority above, enum grove_priority below)
{
  grove_pid high;

  reset_counters ();
  high = core_spawn_priority (counts, (void *) 0, above);
  core_spawn_priority (counts, (void *) 1, below);
  while (counter (0) == 0)
    grove_sleep_ms (1);
  grove_sleep_ms (10);
  g_assert_cmpuint (counter (1), ==, 0);
  /* 113: once the high one waits the other runs. */
  grove_exit_process (high, "kill");
  while (counter (1) == 0)
    grove_sleep_ms (1);
}

static void
test_strict (void *arg)
{
  (void) arg;
  g_assert_cmpint (grove_set_priority (GROVE_PRIORITY_MAX, NULL), ==, GROVE_OK);
  strict (GROVE_PRIORITY_HIGH, GROVE_PRIORITY_NORMAL);
  strict (GROVE_PRIORITY_HIGH, GROVE_PRIORITY_LOW);
}

static void
test_max_is_strict (void *arg)
{
  (void) arg;
  g_assert_cmpint (grove_set_priority (GROVE_PRIORITY_MAX, NULL), ==, GROVE_OK);
  reset_counters ();
  core_spawn_priority (counts, (void *) 0, GROVE_PRIORITY_HIGH);
  for (int i = 0; i < 100; i++)
    grove_yield ();
  g_assert_cmpuint (counter (0), ==, 0);
}

/* 105: though it sits in a queue. */
static void
test_change (void *arg)
{
  enum grove_priority old;
  grove_pid           high, low;

  (void) arg;
  g_assert_cmpint (grove_set_priority (GROVE_PRIORITY_MAX, NULL), ==, GROVE_OK);
  reset_counters ();
  high = core_spawn_priority (counts, (void *) 0, GROVE_PRIORITY_HIGH);
  low = core_spawn_priority (counts, (void *) 1, GROVE_PRIORITY_NORMAL);
  grove_sleep_ms (5);
  g_assert_cmpuint (counter (1), ==, 0);
  g_assert_cmpint (_grove_observe_set_priority (low, GROVE_PRIORITY_HIGH, &old), ==, GROVE_OK);
  g_assert_cmpint (old, ==, GROVE_PRIORITY_NORMAL);
  while (counter (1) == 0)
    grove_sleep_ms (1);
  g_assert_cmpint (_grove_observe_set_priority (high, GROVE_PRIORITY_LOW, &old), ==, GROVE_OK);
  g_assert_cmpint (old, ==, GROVE_PRIORITY_HIGH);
  g_assert_cmpint (sample_of (high).priority, ==, GROVE_PRIORITY_LOW);
  grove_sleep_ms (5);
  {
    uint64_t stopped_at = counter (0);
    grove_sleep_ms (10);
    g_assert_cmpuint (counter (0), ==, stopped_at);
  }
  /* 104: of oneself. */
  g_assert_cmpint (grove_set_priority (GROVE_PRIORITY_NORMAL, &old), ==, GROVE_OK);
  g_assert_cmpint (old, ==, GROVE_PRIORITY_MAX);
  g_assert_cmpint (grove_set_priority ((enum grove_priority) 9, &old), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (old, ==, GROVE_PRIORITY_MAX);
  g_assert_cmpint (grove_set_priority (GROVE_PRIORITY_NORMAL, &old), ==, GROVE_OK);
  g_assert_cmpint (old, ==, GROVE_PRIORITY_NORMAL);
  g_assert_cmpint (_grove_observe_set_priority (low, (enum grove_priority) 9, NULL), ==,
                   GROVE_ERR_BADARG);
  g_assert_cmpint (_grove_observe_set_priority (UINT64_C (77) << 32 | 1, GROVE_PRIORITY_LOW, NULL),
                   ==, GROVE_ERR_NOPROC);
}

/* 114 on two schedulers: one high leaves the other to the rest, two do not. */
static void
test_high_on_two (void *arg)
{
  uint64_t before;

  (void) arg;
  reset_counters ();
  g_assert_cmpint (grove_set_priority (GROVE_PRIORITY_MAX, NULL), ==, GROVE_OK);
  core_spawn_priority (counts, (void *) 0, GROVE_PRIORITY_LOW);
  grove_sleep_ms (5);
  core_spawn_priority (counts, (void *) 1, GROVE_PRIORITY_HIGH);
  while (counter (1) == 0)
    grove_sleep_ms (1);
  before = counter (0);
  while (counter (0) == before)
    grove_sleep_ms (1);
}

/* ---- Inspecting the starved --------------------------------------------------------------------
 */

static _Atomic int n_inspected;

static void
inspect (struct grove_inspection *view, void *user_data)
{
  struct grove_message_view message;

  (void) user_data;
  if (_grove_inspection_message (view, 0, &message) && grove_match (message.term, "hello"))
    atomic_fetch_add (&n_inspected, 1);
}

static void
inspected (enum grove_status status, void *user_data)
{
  (void) user_data;
  if (status == GROVE_OK)
    atomic_fetch_add (&n_inspected, 1000);
}

/* 124: high spinners have all cores, and the target is low. From a thread outside, as observers
 * are. */
static gpointer
observer (gpointer data)
{
  grove_pid *pids = data;

  for (int round = 0; round < 10; round++)
    for (int i = 0; i < 4; i++)
      {
        int before = atomic_load (&n_inspected);
        _grove_observe_inspect (pids[i], inspect, inspected, NULL);
        while (atomic_load (&n_inspected) < before + 1000)
          g_thread_yield ();
      }
  grove_stop ();
  return NULL;
}

static void
inspecting_main (void *arg)
{
  static grove_pid pids[4];
  GThread         *thread;

  (void) arg;
  g_assert_cmpint (grove_set_priority (GROVE_PRIORITY_MAX, NULL), ==, GROVE_OK);
  for (unsigned i = 0; i < 4; i++)
    {
      pids[i] = _grove_process_spawn_on (i % 2, i < 2 ? core_spin : core_idle, NULL);
      _grove_observe_set_priority (pids[i], GROVE_PRIORITY_LOW, NULL);
    }
  grove_sleep_ms (10);
  for (unsigned i = 0; i < 4; i++)
    _grove_observe_set_priority (_grove_process_spawn_on (i % 2, core_spin, NULL),
                                 GROVE_PRIORITY_HIGH, NULL);
  grove_sleep_ms (20);
  /* Those that spin cannot run, those that wait cannot take it. */
  for (unsigned i = 0; i < 4; i++)
    grove_send (pids[i], "hello");
  thread = g_thread_new ("observer", observer, pids);
  g_thread_unref (thread);
  core_idle (NULL);
}

static void
test_inspect_starved (void)
{
  const struct core_case test = { "", inspecting_main };

  atomic_store (&n_inspected, 0);
  core_run (&test);
  /* All 40 answered, all 40 saw the message. */
  g_assert_cmpint (atomic_load (&n_inspected), ==, 40 * 1000 + 40);
}

static void
links_many (void *arg)
{
  for (int i = 0; i < CORE_MANY (20000, 1000); i++)
    grove_spawn_link (core_idle, NULL);
  grove_send (core_arg_pid (arg), "ready");
  grove_message_free (core_receive ());
  grove_exit ("all_of_you");
}

static uint64_t
n_processes (void)
{
  struct grove_runtime_sample sample;

  _grove_observe_runtime (&sample, NULL, 0);
  return sample.n_processes;
}

/* Others have their turns while many end at once. */
static void
test_many_end (void *arg)
{
  grove_pid pid = grove_spawn (links_many, core_pid_arg (grove_self ()));
  int       n_turns = 0;

  (void) arg;
  core_expect ("ready");
  grove_send (pid, "end");
  for (; n_processes () > 1; n_turns++)
    grove_yield ();
  g_assert_cmpint (n_turns, >, CORE_MANY (20000, 1000) / 100);
}

/* ---- Several schedulers ------------------------------------------------------------------------
 */

static void
test_spinners_spread (void *arg)
{
  bool spread = false;

  (void) arg;
  /* The other scheduler's thread may not have begun to look for work when they come: then again. */
  for (int attempt = 0; attempt < 100 && !spread; attempt++)
    {
      grove_pid a = grove_spawn (core_spin, NULL);
      grove_pid b = grove_spawn (core_spin, NULL);

      while (sample_of (a).reductions < 4000 || sample_of (b).reductions < 4000)
        grove_sleep_ms (1);
      spread = sample_of (a).scheduler != sample_of (b).scheduler;
      grove_exit_process (a, "kill");
      grove_exit_process (b, "kill");
    }
  g_assert_true (spread);
}

/* Many that begin at once, as those that share out work do: whoever idles gets a fair part of them
 * before they have begun where they are. */
static void
test_many_spread (void *arg)
{
  enum
  {
    N = 16
  };
  grove_pid pids[N];
  bool      spread = false;

  (void) arg;
  /* Again if the other scheduler's thread had not begun to look for work. */
  for (int attempt = 0; attempt < 100 && !spread; attempt++)
    {
      int n_away = 0;

      for (int i = 0; i < N; i++)
        pids[i] = grove_spawn (core_spin, NULL);
      for (int i = 0; i < N; i++)
        while (sample_of (pids[i]).reductions == 0)
          grove_yield ();
      for (int i = 0; i < N; i++)
        {
          n_away += sample_of (pids[i]).scheduler != 0;
          grove_exit_process (pids[i], "kill");
        }
      spread = n_away >= N / 4;
      /* It idles when it has ended them. */
      for (int i = 0; i < N; i++)
        core_expect_down (pids[i], "_");
    }
  g_assert_true (spread);
}

static void
passes_on (void *arg)
{
  for (;;)
    {
      struct grove_message *message = core_receive ();
      int                   n;
      if (!grove_match (grove_message_term (message), "~i", &n))
        grove_exit ("bad_message");
      grove_message_free (message);
      grove_send (n == 0 ? grove_whereis ("test") : core_arg_pid (arg), "~i", n - 1);
    }
}

static void
test_ring_stays_together (void *arg)
{
  enum
  {
    N = 100
  };
  grove_pid pids[N];

  (void) arg;
  g_assert_cmpint (grove_register ("test", grove_self ()), ==, GROVE_OK);
  pids[0] = grove_spawn (passes_on, core_pid_arg (grove_self ()));
  for (int i = 1; i < N; i++)
    pids[i] = grove_spawn (passes_on, core_pid_arg (pids[i - 1]));
  for (int round = 0; round < 50; round++)
    {
      grove_send (pids[N - 1], "~i", N - 1);
      core_expect ("-1");
    }
  for (int i = 0; i < N; i++)
    g_assert_cmpuint (sample_of (pids[i]).scheduler, ==, 0);
}

static void
answers (void *arg)
{
  (void) arg;
  for (;;)
    {
      struct grove_message *message = core_receive ();
      grove_pid             from = grove_message_sender (message);
      grove_message_free (message);
      grove_send (from, "answer");
    }
}

static int
compare (const void *a, const void *b)
{
  uint64_t x = *(const uint64_t *) a, y = *(const uint64_t *) b;

  return x < y ? -1 : x > y;
}

/* 127: one that sleeps is woken from another thread; the idle rest is in test-system.c. */
static void
test_wake (void *arg)
{
  static uint64_t times[200];
  grove_pid       other = _grove_process_spawn_on (1, answers, NULL);

  (void) arg;
  for (unsigned i = 0; i < G_N_ELEMENTS (times); i++)
    {
      uint64_t started;
      grove_sleep_ms (1);
      started = grove_now_ns ();
      grove_send (other, "question");
      core_expect ("answer");
      times[i] = grove_now_ns () - started;
    }
  qsort (times, G_N_ELEMENTS (times), sizeof times[0], compare);
  g_test_message ("there and back: median %.1f us, 99th %.1f us", times[100] / 1e3,
                  times[197] / 1e3);
}

int
main (int argc, char **argv)
{
  static const struct core_case cases[] = {
    { "/runtime/scheduler/loop-is-preempted-116", test_loop_is_preempted, .n_schedulers = 1 },
    { "/runtime/scheduler/budget-116", test_budget, .n_schedulers = 1 },
    { "/runtime/scheduler/yield-and-bump-117-118", test_yield_and_bump, .n_schedulers = 1 },
    { "/runtime/scheduler/fair-112-115", test_fair, .n_schedulers = 1 },
    { "/runtime/scheduler/low-110-111", test_low, .n_schedulers = 1 },
    { "/runtime/scheduler/low-alone-110", test_low_alone, .n_schedulers = 1 },
    { "/runtime/scheduler/strict-109-113-114", test_strict, .n_schedulers = 1 },
    { "/runtime/scheduler/max-is-strict-109", test_max_is_strict, .n_schedulers = 1 },
    { "/runtime/scheduler/change-104-105", test_change, .n_schedulers = 1 },
    { "/runtime/scheduler/many-end", test_many_end, .n_schedulers = 1 },
    { "/runtime/scheduler/high-on-two-114", test_high_on_two },
    { "/runtime/scheduler/spinners-spread", test_spinners_spread },
    { "/runtime/scheduler/many-spread", test_many_spread },
    { "/runtime/scheduler/ring-stays-together", test_ring_stays_together },
    { "/runtime/scheduler/wake-127", test_wake },
  };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/runtime/scheduler/inspect-starved-124", test_inspect_starved);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i], core_run);
  return g_test_run ();
}
