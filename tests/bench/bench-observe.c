/* SPDX-License-Identifier: MIT
 *
 * What being observed costs: the throughput that is lost while another thread copies all counters
 * of a million processes ten times a second. The BEAM has no such reading: there every item is
 * asked of the process.
 */
#include "bench.h"
#include "runtime/core/observe.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#define N_PROCESSES 1000000
#define PERIOD_NS   100000000
#define SLICE_NS    UINT64_C (500000000)
#define N_PAIRS     8

static grove_pid first;

static void
parks (void *arg)
{
  (void) arg;
  bench_receive_and_free ();
}

/* ---- The observer ---------------------------------------------------------------------------- */

static _Atomic int      observing; /* the bench's word to the thread: 1 look, 0 do not, -1 end */
static _Atomic uint64_t n_copied;
static _Atomic uint64_t copying_ns; /* of the observer's own processor time */

/* The calling thread's: what else the machine does must not count. */
static uint64_t
cpu_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (uint64_t) now.tv_sec * 1000000000 + (uint64_t) now.tv_nsec;
}

static bool
copies (const struct grove_process_sample *sample, uint32_t slot, void *user_data)
{
  uint64_t *sum = user_data;

  (void) slot;
  sum[0]++;
  sum[1] += sample->n_messages + sample->reductions + sample->heap_bytes;
  return true;
}

static void *
observer (void *arg)
{
  (void) arg;
  while (atomic_load (&observing) >= 0)
    {
      struct timespec period = { 0, PERIOD_NS };
      uint64_t        started = grove_now_ns ();

      if (atomic_load (&observing) == 1)
        {
          uint64_t sum[2] = { 0, 0 };
          uint64_t before = cpu_ns ();
          _grove_observe_scan (copies, sum);
          atomic_fetch_add (&copying_ns, cpu_ns () - before);
          atomic_fetch_add (&n_copied, sum[0]);
        }
      started = grove_now_ns () - started;
      if (started < PERIOD_NS)
        {
          period.tv_nsec = (long) (PERIOD_NS - started);
          nanosleep (&period, NULL);
        }
    }
  return NULL;
}

/* ---- The load -------------------------------------------------------------------------------- */

static void
pongs (void *arg)
{
  (void) arg;
  for (;;)
    {
      struct grove_message *message = bench_receive ();
      grove_pid             from;
      if (!grove_match (grove_message_term (message), "{~p, ping}", &from))
        abort ();
      grove_message_free (message);
      grove_send (from, "pong");
    }
}

/* Round trips a second of processor time, over one slice. */
static double
throughput (grove_pid peer)
{
  uint64_t started = grove_now_ns (), started_cpu = cpu_ns (), now;
  uint64_t n = 0;

  do
    {
      for (int i = 0; i < 1000; i++)
        {
          grove_send (peer, "{~p, ping}", first);
          bench_receive_and_free ();
        }
      n += 1000;
      now = grove_now_ns ();
    }
  while (now - started < SLICE_NS);
  return (double) n * 1e9 / (double) (cpu_ns () - started_cpu);
}

static int
compare (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

/* Slices with and without the observer alternate, and the median of the losses of each pair is
 * taken: the machine's other work hits both. On one scheduler of two cores, so that what is
 * measured is not merely a core too few. */
void
bench_observed_loss (void *arg)
{
  double    losses[N_PAIRS];
  pthread_t thread;
  grove_pid peer;

  (void) arg;
  first = grove_self ();
  for (int i = 0; i < N_PROCESSES; i++)
    grove_spawn (parks, NULL);
  peer = grove_spawn (pongs, NULL);
  grove_send (peer, "{~p, ping}", first);
  bench_receive_and_free ();
  if (pthread_create (&thread, NULL, observer, NULL) != 0)
    abort ();
  for (int i = 0; i < N_PAIRS; i++)
    {
      double alone, observed;
      atomic_store (&observing, i % 2);
      alone = throughput (peer);
      atomic_store (&observing, 1 - i % 2);
      observed = throughput (peer);
      /* Which of the two comes first alternates too. */
      losses[i] = i % 2 == 0 ? 100 * (1 - observed / alone) : 100 * (1 - alone / observed);
    }
  atomic_store (&observing, -1);
  pthread_join (thread, NULL);
  if (atomic_load (&n_copied) < N_PROCESSES)
    abort ();
  qsort (losses, N_PAIRS, sizeof *losses, compare);
  bench_print ("observer-core-percent",
               100.0 * (double) atomic_load (&copying_ns) /
                 ((double) atomic_load (&n_copied) / N_PROCESSES * PERIOD_NS),
               "%");
  bench_print ("observed-loss-percent", (losses[N_PAIRS / 2 - 1] + losses[N_PAIRS / 2]) / 2, "%");
}
