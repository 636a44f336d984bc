/* SPDX-License-Identifier: MIT
 *
 * A storm of crashes: spawned, crashed, heard of, and again. Each leaves a report with its stack.
 * twin_crash.erl is the other side.
 */
#include "bench.h"

#define N_CRASHES 200000

static void
exits (void *arg)
{
  (void) arg;
  grove_exit ("crashed");
}

static void
raises (void *arg)
{
  (void) arg;
  grove_raise ("badarith");
}

static int *volatile nowhere;

static void
faults (void *arg)
{
  (void) arg;
  *(volatile int *) nowhere = 1;
}

static void
storm (const char *name, grove_entry entry)
{
  uint64_t started = grove_now_ns ();

  for (unsigned i = 0; i < N_CRASHES; i++)
    {
      grove_monitor (grove_spawn (entry, NULL));
      bench_receive_and_free ();
    }
  bench_print (name, bench_seconds_since (started) * 1e6 / N_CRASHES, "us");
}

void
bench_crash (void *arg)
{
  (void) arg;
  storm ("crash-exit", exits);
  storm ("crash-error", raises);
  storm ("crash-fault", faults);
}
