/* SPDX-License-Identifier: MIT
 *
 * The wheel of timers, with a clock of the test's own, against a model that looks at all of them.
 */
#include "runtime/core/timer-wheel.h"

#include <glib.h>

#define TICK_NS  (UINT64_C (1) << GROVE_WHEEL_TICK_SHIFT)
#define N_TIMERS 300U

static unsigned no_limit = UINT32_MAX;

/* Of every size there is: as many below a tick as in centuries. */
static uint64_t
random_span (GRand *rand)
{
  uint64_t span = (uint64_t) g_rand_int (rand) << 32 | g_rand_int (rand);

  return span >> g_rand_int_range (rand, 2, 64);
}

static uint64_t
rounded_up (uint64_t ns)
{
  return (ns + TICK_NS - 1) / TICK_NS;
}

/* No timer is due by @now_ns, and the wheel wants to be looked at in time for the next. */
static void
check_none_due (struct grove_wheel *wheel, const struct grove_wheel_timer *timers, uint64_t now_ns)
{
  uint64_t first = UINT64_MAX;
  uint64_t next = _grove_wheel_next (wheel);

  for (unsigned i = 0; i < N_TIMERS; i++)
    if (_grove_wheel_contains (&timers[i]))
      {
        g_assert_cmpuint (rounded_up (timers[i].deadline_ns), >, now_ns / TICK_NS);
        first = MIN (first, timers[i].deadline_ns);
      }
  g_assert_cmpuint (next, >, now_ns);
  if (first != UINT64_MAX)
    g_assert_cmpuint (next, <, first + TICK_NS);
}

static void
test_random (void)
{
  static struct grove_wheel_timer timers[N_TIMERS];
  static struct grove_wheel       wheel;
  guint32                         seed = g_test_rand_int ();
  GRand                          *rand = g_rand_new_with_seed (seed);
  uint64_t                        now = random_span (rand);

  g_test_message ("seed %u", seed);
  _grove_wheel_init (&wheel, now);
  for (unsigned step = 0; step < 200000; step++)
    {
      struct grove_wheel_timer *timer = &timers[g_rand_int_range (rand, 0, N_TIMERS)];
      uint64_t                  last = 0;

      if (!_grove_wheel_contains (timer))
        _grove_wheel_add (&wheel, timer, now + random_span (rand) / 64);
      else if (g_rand_int_range (rand, 0, 3) == 0)
        _grove_wheel_remove (timer);
      if (g_rand_int_range (rand, 0, 4) != 0)
        continue;
      /* The clock stays far enough from its end for what is added. */
      now += random_span (rand) >> 20;
      while ((timer = _grove_wheel_take (&wheel, now, &no_limit)) != NULL)
        {
          g_assert_false (_grove_wheel_contains (timer));
          g_assert_cmpuint (timer->deadline_ns, <=, now);
          g_assert_cmpuint (rounded_up (timer->deadline_ns), >=, last);
          last = rounded_up (timer->deadline_ns);
        }
      check_none_due (&wheel, timers, now);
    }
  g_rand_free (rand);
}

/* Woken only when it says so, and by nothing else, the wheel finds each timer at its time. */
static void
test_next (void)
{
  static struct grove_wheel_timer timers[N_TIMERS];
  static struct grove_wheel       wheel;
  guint32                         seed = g_test_rand_int ();
  GRand                          *rand = g_rand_new_with_seed (seed);
  uint64_t                        now = 12345;
  unsigned                        n_taken = 0;

  g_test_message ("seed %u", seed);
  _grove_wheel_init (&wheel, now);
  for (unsigned i = 0; i < N_TIMERS; i++)
    _grove_wheel_add (&wheel, &timers[i], now + (random_span (rand) >> 4));
  while (_grove_wheel_next (&wheel) != UINT64_MAX)
    {
      struct grove_wheel_timer *timer;
      unsigned                  n_before = n_taken;

      now = MAX (now, _grove_wheel_next (&wheel));
      while ((timer = _grove_wheel_take (&wheel, now, &no_limit)) != NULL)
        {
          g_assert_cmpuint (now - timer->deadline_ns, <, TICK_NS);
          n_taken++;
        }
      /* Never for nothing: what wakes an idle processor must be worth it. */
      g_assert_cmpuint (n_taken, >, n_before);
    }
  g_assert_cmpuint (n_taken, ==, N_TIMERS);
  g_rand_free (rand);
}

static void
test_last_of_all (void)
{
  static struct grove_wheel wheel;
  struct grove_wheel_timer  timer = { NULL };

  _grove_wheel_init (&wheel, 0);
  _grove_wheel_add (&wheel, &timer, UINT64_MAX);
  g_assert_null (_grove_wheel_take (&wheel, UINT64_MAX - TICK_NS, &no_limit));
  g_assert_cmpuint (_grove_wheel_next (&wheel), ==, UINT64_MAX);
  _grove_wheel_remove (&timer);
  _grove_wheel_add (&wheel, &timer, 0);
  g_assert_true (_grove_wheel_take (&wheel, 0, &no_limit) == &timer);
}

/* 10,000 for one moment come down and out a few at a time, in the order they were added. */
static void
test_budget (void)
{
  static struct grove_wheel wheel;
  const unsigned            n = 10000;
  struct grove_wheel_timer *timers = g_new0 (struct grove_wheel_timer, n);
  uint64_t                  deadline = UINT64_C (3600000000000);
  unsigned                  n_taken = 0;

  _grove_wheel_init (&wheel, 1);
  for (unsigned i = 0; i < n; i++)
    _grove_wheel_add (&wheel, &timers[i], deadline);
  while (n_taken < n)
    {
      struct grove_wheel_timer *timer;
      unsigned                  budget = 100;
      unsigned                  n_before = n_taken;

      while (n_taken - n_before < 100 &&
             (timer = _grove_wheel_take (&wheel, deadline + TICK_NS, &budget)) != NULL)
        g_assert_true (timer == &timers[n_taken++]);
      g_assert_true (budget == 0 || n_taken - n_before == 100);
      if (n_taken < n)
        g_assert_cmpuint (_grove_wheel_next (&wheel), ==, 0);
    }
  g_assert_cmpuint (_grove_wheel_next (&wheel), ==, UINT64_MAX);
  g_free (timers);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/runtime/timer-wheel/random", test_random);
  g_test_add_func ("/runtime/timer-wheel/next", test_next);
  g_test_add_func ("/runtime/timer-wheel/last-of-all", test_last_of_all);
  g_test_add_func ("/runtime/timer-wheel/budget", test_budget);
  return g_test_run ();
}
