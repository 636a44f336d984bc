/* SPDX-License-Identifier: MIT
 *
 * Timers. twin_timer.erl is the other side.
 */
#include "bench.h"
#include "runtime/core/timer.h"

/* ---- timers-million: a million set and cancelled -----------------------------------------------
 */

#define N_TIMERS 1000000

/* Between a minute and an hour from now, as timeouts of requests and leases are: none goes off. */
static int64_t
delay_ns (int i)
{
  return (60000 + (int64_t) i * 7919 % 3600000) * 1000000;
}

void
bench_timers_million (void *arg)
{
  grove_ref *timers = grove_alloc (N_TIMERS * sizeof *timers);
  grove_pid  self = grove_self ();
  uint64_t   started, set;

  (void) arg;
  started = grove_now_ns ();
  for (int i = 0; i < N_TIMERS; i++)
    if (grove_send_after (delay_ns (i), self, &timers[i], "{timeout, ~i}", i) != GROVE_OK)
      abort ();
  set = grove_now_ns ();
  for (int i = 0; i < N_TIMERS; i++)
    if (grove_cancel_timer (timers[i]) < 0)
      abort ();
  bench_print ("timers-million", bench_seconds_since (started), "s");
  bench_print ("timers-million-set", (double) (set - started) / N_TIMERS, "ns");
  bench_print ("timers-million-cancel", bench_seconds_since (set) * 1e9 / N_TIMERS, "ns");
}

/* ---- timers-late: by how much a message after 2 ms is late, idle and under load -----------
 */

#define N_LATE 500

static void
spins (void *arg)
{
  volatile unsigned n = 0;

  (void) arg;
  for (;;)
    n++;
}

static int
compare (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

static void
measure (const char *p50, const char *p99)
{
  static double us[N_LATE];

  for (int i = 0; i < N_LATE; i++)
    {
      int64_t  delay = 2000000;
      uint64_t due = grove_now_ns () + (uint64_t) delay;

      if (grove_send_after (delay, grove_self (), NULL, "now") != GROVE_OK)
        abort ();
      bench_receive_and_free ();
      us[i] = (double) (grove_now_ns () - due) / 1e3;
    }
  qsort (us, N_LATE, sizeof *us, compare);
  bench_print (p50, us[N_LATE / 2], "us");
  bench_print (p99, us[N_LATE * 99 / 100], "us");
}

void
bench_timers_late (void *arg)
{
  (void) arg;
  measure ("timer-late-idle-p50", "timer-late-idle-p99");
  /* Low ones: what is late then is the timer's fault, not that of other work. */
  for (unsigned i = 0; i < 2 * grove_schedulers (); i++)
    {
      struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;
      grove_pid                  pid;
      options.priority = GROVE_PRIORITY_LOW;
      if (grove_spawn_opt (spins, &options, &pid, NULL) != GROVE_OK)
        abort ();
    }
  measure ("timer-late-busy-p50", "timer-late-busy-p99");
}
