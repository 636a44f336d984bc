/* SPDX-License-Identifier: MIT
 *
 * What the compiler's counting of basic blocks costs: the same loops, compiled as process code and
 * as plain code.
 */
#include "bench-loop.h"
#include "bench.h"

#define N_ROUNDS 20

static uint64_t
best_of (uint64_t (*loop) (uint64_t n), uint64_t n)
{
  uint64_t best = UINT64_MAX;

  for (int i = 0; i < N_ROUNDS; i++)
    {
      uint64_t started = grove_now_ns ();
      loop (n);
      started = grove_now_ns () - started;
      best = started < best ? started : best;
    }
  return best;
}

static double
percent (uint64_t instrumented, uint64_t plain)
{
  return 100.0 * ((double) instrumented / (double) plain - 1);
}

/* The tight one is the worst there is: a block of a few instructions that depend on each other. The
 * other is what a program rather does, and the number to think of. */
void
bench_instrumentation (void *arg)
{
  const uint64_t n = 10000000;

  (void) arg;
  bench_print ("instrumentation-percent",
               percent (best_of (bench_tight_loop_instrumented, n),
                        best_of (bench_tight_loop_plain, n)),
               "%");
  bench_print ("instrumentation-sort-percent",
               percent (best_of (bench_sort_loop_instrumented, n / 100),
                        best_of (bench_sort_loop_plain, n / 100)),
               "%");
}
