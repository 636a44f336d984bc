/* SPDX-License-Identifier: MIT
 *
 * What is spread over the cores, and how fast one that sleeps is woken. twin_scheduling.erl is the
 * other side.
 */
#include "bench.h"

static grove_pid first;

/* ---- skynet: a tree of ten children each, of a million leaves; the leaves' numbers are summed
 * ----
 */

#define N_LEAVES 1000000
#define N_BELOW  10

struct node
{
  grove_pid parent;
  int64_t   number; /* of its first leaf */
  int64_t   n_leaves;
};

static void
skynet_node (void *arg)
{
  const struct node         *node = arg;
  grove_pid                  self = grove_self ();
  struct node                child = { self, node->number, node->n_leaves / N_BELOW };
  struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;
  int64_t                    sum = node->number;

  if (node->n_leaves > 1)
    {
      sum = 0;
      options.arg = &child;
      options.arg_size = sizeof child;
      for (int i = 0; i < N_BELOW; i++, child.number += child.n_leaves)
        {
          grove_pid pid;
          if (grove_spawn_opt (skynet_node, &options, &pid, NULL) != GROVE_OK)
            abort ();
        }
      for (int i = 0; i < N_BELOW; i++)
        {
          struct grove_message *message = bench_receive ();
          grove_pid             from;
          int64_t               part;
          if (!grove_match (grove_message_term (message), "{sum, ~p, ~l}", &from, &part))
            abort ();
          grove_message_free (message);
          sum += part;
        }
    }
  grove_send (node->parent, "{sum, ~p, ~l}", self, sum);
}

/* Milliseconds. */
void
bench_skynet (void *arg)
{
  struct node                root = { grove_self (), 0, N_LEAVES };
  struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;
  struct grove_message      *message;
  uint64_t                   started = grove_now_ns ();
  grove_pid                  pid;
  int64_t                    sum;

  (void) arg;
  options.arg = &root;
  options.arg_size = sizeof root;
  if (grove_spawn_opt (skynet_node, &options, &pid, NULL) != GROVE_OK)
    abort ();
  message = bench_receive ();
  if (!grove_match (grove_message_term (message), "{sum, ~p, ~l}", &pid, &sum) ||
      sum != (int64_t) N_LEAVES * (N_LEAVES - 1) / 2)
    abort ();
  grove_message_free (message);
  bench_print ("skynet", bench_seconds_since (started) * 1e3, "ms");
}

/* ---- two-spinners: how long two that compute take beside one: 1 on two cores, 2 on one ----------
 */

#define N_STEPS 100000000U

static void
computes (void *arg)
{
  volatile unsigned n = 0;

  (void) arg;
  while (n < N_STEPS)
    n++;
  grove_send (first, "done");
}

static double
seconds_of (int n)
{
  uint64_t started = grove_now_ns ();

  for (int i = 0; i < n; i++)
    grove_spawn (computes, NULL);
  for (int i = 0; i < n; i++)
    bench_receive_and_free ();
  return bench_seconds_since (started);
}

void
bench_two_spinners (void *arg)
{
  double one;

  (void) arg;
  first = grove_self ();
  one = seconds_of (1);
  bench_print ("two-spinners", seconds_of (2) / one, "times");
}

/* ---- idle-wake: a message to one that waits on another scheduler, when all sleep ----------------
 */

#define N_WAKES 500

static int
compare (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

static void
tells_time (void *arg)
{
  (void) arg;
  for (;;)
    {
      bench_receive_and_free ();
      grove_send (first, "{t, ~u}", grove_now_ns ());
    }
}

/* Microseconds from the send to the receiver's first instruction. */
void
bench_idle_wake (void *arg)
{
  struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;
  double                    *us = grove_alloc (N_WAKES * sizeof *us);
  grove_pid                  pid;

  (void) arg;
  first = grove_self ();
  options.scheduler = grove_schedulers ();
  if (grove_spawn_opt (tells_time, &options, &pid, NULL) != GROVE_OK)
    abort ();
  for (int i = 0; i < N_WAKES; i++)
    {
      struct grove_message *message;
      uint64_t              started, at;
      grove_sleep_ms (2);
      started = grove_now_ns ();
      grove_send (pid, "question");
      message = bench_receive ();
      if (!grove_match (grove_message_term (message), "{t, ~u}", &at))
        abort ();
      grove_message_free (message);
      us[i] = (double) (at - started) / 1e3;
    }
  qsort (us, N_WAKES, sizeof *us, compare);
  bench_print ("idle-wake-p50", us[N_WAKES / 2], "us");
  bench_print ("idle-wake-p99", us[N_WAKES * 99 / 100], "us");
}
