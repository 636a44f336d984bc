/* SPDX-License-Identifier: MIT
 *
 * What each priority gets, as in scheduler_SUITE of OTP, and counted in turns: a worker takes one,
 * counts it and yields, until all have had so many together. On one scheduler the result is the
 * same in every run. The number in a test's name is the behaviour's in the conformance list.
 */
#include "runtime/core/scheduler.h"
#include "tests/runtime/core-test.h"

#define MAX_WORKERS 1002

static unsigned  n_turns[MAX_WORKERS];
static unsigned  n_left; /* until the first process is told */
static grove_pid first;

static void
takes_turns (void *arg)
{
  for (;;)
    {
      n_turns[(uintptr_t) arg]++;
      if (n_left > 0 && --n_left == 0)
        grove_send (first, "over");
      grove_yield ();
    }
}

/* Of highest priority itself, so that nobody begins before all are there, and all stop at once. */
static void
begin (unsigned turns)
{
  g_assert_cmpint (grove_set_priority (GROVE_PRIORITY_MAX, NULL), ==, GROVE_OK);
  first = grove_self ();
  n_left = turns;
  memset (n_turns, 0, sizeof n_turns);
}

static void
spawn_workers (unsigned from, unsigned n, enum grove_priority priority)
{
  for (uintptr_t i = from; i < from + n; i++)
    core_spawn_priority (takes_turns, (void *) i, priority);
}

static double
average (unsigned from, unsigned n)
{
  double sum = 0;

  for (unsigned i = from; i < from + n; i++)
    sum += n_turns[i];
  return sum / n;
}

/* Nobody gets less than half of what those like it get. */
static void
check_fair (unsigned from, unsigned n)
{
  for (unsigned i = from; i < from + n; i++)
    g_assert_cmpfloat (n_turns[i], >=, average (from, n) / 2);
}

static void
check_low_to_normal (unsigned n_normal, unsigned n_low)
{
  double ratio;

  /* So often each low one has its turn. */
  begin (CORE_MANY (30, 5) * (8 * n_normal + n_low));
  spawn_workers (0, n_normal, GROVE_PRIORITY_NORMAL);
  spawn_workers (n_normal, n_low, GROVE_PRIORITY_LOW);
  core_expect ("over");
  ratio = average (n_normal, n_low) / average (0, n_normal);
  g_test_message ("%u low to %u normal: %.4f", n_low, n_normal, ratio);
  g_assert_cmpfloat (ratio, >=, 0.05);
  g_assert_cmpfloat (ratio, <=, 0.25);
  check_fair (0, n_normal);
  check_fair (n_normal, n_low);
}

static void
test_equal (void *arg)
{
  (void) arg;
  check_low_to_normal (CORE_MANY (500, 50), CORE_MANY (500, 50));
}

static void
test_few_low (void *arg)
{
  (void) arg;
  check_low_to_normal (CORE_MANY (1000, 100), 2);
}

static void
test_many_low (void *arg)
{
  (void) arg;
  check_low_to_normal (2, CORE_MANY (1000, 100));
}

/* 115: nobody has a turn more than another. */
static void
test_round_robin (void *arg)
{
  (void) arg;
  for (unsigned priority = GROVE_PRIORITY_LOW; priority <= GROVE_PRIORITY_HIGH; priority++)
    {
      grove_pid pids[50];

      begin (50 * 40);
      for (uintptr_t i = 0; i < 50; i++)
        pids[i] = core_spawn_priority (takes_turns, (void *) i, (enum grove_priority) priority);
      core_expect ("over");
      for (unsigned i = 0; i < 50; i++)
        g_assert_cmpuint (n_turns[i], ==, 40);
      for (unsigned i = 0; i < 50; i++)
        grove_exit_process (pids[i], "kill");
    }
}

/* ---- Those above -------------------------------------------------------------------------------
 */

/* Has as many turns in a row as the others have had since, then waits. */
static void
part_time (void *arg)
{
  for (;;)
    {
      for (int i = 0; i < 10; i++)
        {
          n_turns[(uintptr_t) arg]++;
          grove_yield ();
        }
      grove_sleep_ms (1);
    }
}

static void
check_part_time (enum grove_priority above)
{
  begin (CORE_MANY (100000, 10000));
  core_spawn_priority (part_time, (void *) 40, above);
  spawn_workers (0, 20, GROVE_PRIORITY_NORMAL);
  spawn_workers (20, 20, GROVE_PRIORITY_LOW);
  core_expect ("over");
  g_assert_cmpuint (n_turns[40], >=, 10);
  g_assert_cmpfloat (average (20, 20) / average (0, 20), >=, 0.05);
  g_assert_cmpfloat (average (20, 20) / average (0, 20), <=, 0.25);
  check_fair (0, 20);
  check_fair (20, 20);
}

/* 113: one that waits now and then stops nobody. */
static void
test_part_time_high (void *arg)
{
  (void) arg;
  check_part_time (GROVE_PRIORITY_HIGH);
}

static void
test_part_time_max (void *arg)
{
  (void) arg;
  check_part_time (GROVE_PRIORITY_MAX);
}

#define N_HIGH CORE_MANY (500, 100)

/* 113: 500 that never wait stop all below them, and share among themselves. */
static void
test_full_time_high (void *arg)
{
  (void) arg;
  begin (N_HIGH * 20);
  spawn_workers (0, N_HIGH, GROVE_PRIORITY_HIGH);
  spawn_workers (N_HIGH, 100, GROVE_PRIORITY_NORMAL);
  spawn_workers (N_HIGH + 100, 100, GROVE_PRIORITY_LOW);
  core_expect ("over");
  for (unsigned i = 0; i < N_HIGH; i++)
    g_assert_cmpuint (n_turns[i], ==, 20);
  for (unsigned i = N_HIGH; i < N_HIGH + 200; i++)
    g_assert_cmpuint (n_turns[i], ==, 0);
}

/* 109: likewise between max and high. */
static void
test_full_time_max (void *arg)
{
  struct grove_message *message;

  (void) arg;
  begin (1000);
  spawn_workers (0, 2, GROVE_PRIORITY_MAX);
  spawn_workers (2, 2, GROVE_PRIORITY_HIGH);
  while (grove_receive (0, &message) == GROVE_ERR_TIMEOUT)
    grove_yield ();
  grove_message_free (message);
  g_assert_cmpuint (n_turns[0] + n_turns[1], ==, 1000);
  g_assert_cmpuint (n_turns[2] + n_turns[3], ==, 0);
}

/* ---- On two schedulers -------------------------------------------------------------------------
 */

static uint64_t
reductions_of (grove_pid pid)
{
  struct grove_process_sample sample = { 0 };

  g_assert_true (_grove_observe_process (pid, &sample));
  return sample.reductions;
}

static grove_pid
spin_bound (unsigned scheduler, enum grove_priority priority)
{
  struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;
  grove_pid                  pid;

  options.initial_call = "core_spin";
  options.priority = priority;
  options.scheduler = scheduler;
  g_assert_cmpint (grove_spawn_opt (core_spin, &options, &pid, NULL), ==, GROVE_OK);
  return pid;
}

/* 114: those below go on exactly while there are more schedulers than there are of those. */
static void
high_on_two (enum grove_priority above)
{
  grove_pid low[2], high[2];
  uint64_t  before[2], high_before[2];

  for (unsigned i = 0; i < 2; i++)
    low[i] = spin_bound (i + 1, i == 0 ? GROVE_PRIORITY_LOW : GROVE_PRIORITY_NORMAL);
  high[0] = spin_bound (1, above);
  while (reductions_of (high[0]) < 2000)
    grove_sleep_ms (1);
  before[1] = reductions_of (low[1]);
  while (reductions_of (low[1]) < before[1] + 20000)
    grove_sleep_ms (1);
  high[1] = spin_bound (2, above);
  while (reductions_of (high[1]) < 2000)
    grove_sleep_ms (1);
  for (unsigned i = 0; i < 2; i++)
    {
      before[i] = reductions_of (low[i]);
      high_before[i] = reductions_of (high[i]);
    }
  for (unsigned i = 0; i < 2; i++)
    while (reductions_of (high[i]) < high_before[i] + 200 * 2000)
      grove_sleep_ms (1);
  for (unsigned i = 0; i < 2; i++)
    g_assert_cmpuint (reductions_of (low[i]), ==, before[i]);
  grove_exit_process (high[1], "kill");
  while (reductions_of (low[1]) == before[1])
    grove_sleep_ms (1);
}

static void
test_high_on_two (void *arg)
{
  (void) arg;
  g_assert_cmpint (grove_set_priority (GROVE_PRIORITY_MAX, NULL), ==, GROVE_OK);
  high_on_two (GROVE_PRIORITY_HIGH);
}

static void
test_max_on_two (void *arg)
{
  (void) arg;
  g_assert_cmpint (grove_set_priority (GROVE_PRIORITY_MAX, NULL), ==, GROVE_OK);
  high_on_two (GROVE_PRIORITY_MAX);
}

int
main (int argc, char **argv)
{
  static const struct core_case cases[] = {
    { "/runtime/priority/equal-111-112", test_equal, 1, 0 },
    { "/runtime/priority/few-low-110-112", test_few_low, 1, 0 },
    { "/runtime/priority/many-low-110-112", test_many_low, 1, 0 },
    { "/runtime/priority/round-robin-115", test_round_robin, 1, 0 },
    { "/runtime/priority/part-time-high-113", test_part_time_high, 1, 0 },
    { "/runtime/priority/part-time-max-113", test_part_time_max, 1, 0 },
    { "/runtime/priority/full-time-high-109-113", test_full_time_high, 1, 0 },
    { "/runtime/priority/full-time-max-109", test_full_time_max, 1, 0 },
    { "/runtime/priority/high-on-two-114", test_high_on_two, 2, 0 },
    { "/runtime/priority/max-on-two-114", test_max_on_two, 2, 0 },
  };

  return core_main (argc, argv, cases, G_N_ELEMENTS (cases));
}
