/* SPDX-License-Identifier: MIT
 *
 * Waking under load. twin_wake.erl is the other side.
 */
#include "bench.h"

#include <unistd.h>

#define N_WAKES 2000

static grove_pid first;

static void
spins (void *arg)
{
  volatile unsigned long n = 0;

  (void) arg;
  for (;;)
    n++;
}

static void
tells_time (void *arg)
{
  (void) arg;
  grove_send (first, "{t, ~u}", grove_now_ns ());
}

static int
compare (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

/* Microseconds from the spawn of a process of high priority to its first instruction, while two low
 * ones for each core do nothing but compute. */
void
bench_high_priority_wake (void *arg)
{
  struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;
  double                    *us = grove_alloc (N_WAKES * sizeof *us);
  grove_pid                  pid;

  (void) arg;
  first = grove_self ();
  options.priority = GROVE_PRIORITY_LOW;
  for (long i = 0; i < 2 * sysconf (_SC_NPROCESSORS_ONLN); i++)
    if (grove_spawn_opt (spins, &options, &pid, NULL) != GROVE_OK)
      abort ();
  grove_sleep_ms (100);
  options.priority = GROVE_PRIORITY_HIGH;
  for (int i = 0; i < N_WAKES; i++)
    {
      uint64_t              started = grove_now_ns ();
      struct grove_message *message;
      uint64_t              at;
      if (grove_spawn_opt (tells_time, &options, &pid, NULL) != GROVE_OK)
        abort ();
      message = bench_receive ();
      if (!grove_match (grove_message_term (message), "{t, ~u}", &at))
        abort ();
      grove_message_free (message);
      us[i] = (double) (at - started) / 1e3;
    }
  qsort (us, N_WAKES, sizeof *us, compare);
  bench_print ("high-priority-wake-p50", us[N_WAKES / 2], "us");
  bench_print ("high-priority-wake-p99", us[N_WAKES * 99 / 100], "us");
}
