/* SPDX-License-Identifier: MIT
 *
 * Nobody can hold the others up. The compiler counts what a process does at every basic block
 * (-fsanitize-coverage=trace-pc, which the dependency brings along), and after some 2,000 of these
 * it is the next one's turn, whatever it is in the middle of.
 */
#include "example.h"

#include <stdio.h>

#define N_WORKERS 100

static void
sums_for_ever (void *arg)
{
  volatile uint64_t sum = 0;

  for (uint64_t i = 0;; i++)
    sum += i;
}

static void
worker (void *arg)
{
  struct grove_message *message;
  grove_pid             sender;
  int                   n;

  while (grove_receive_pattern (GROVE_FOREVER, &message, "{~p, ~i}", &sender, &n) == GROVE_OK)
    {
      grove_message_free (message);
      grove_send (sender, "{square, ~i}", n * n);
    }
}

static void
ask_all (const grove_pid *workers)
{
  const uint64_t        begin_ns = grove_now_ns ();
  struct grove_message *reply;

  for (int i = 0; i < N_WORKERS; i++)
    grove_send (workers[i], "{~p, ~i}", grove_self (), i);
  for (int i = 0; i < N_WORKERS; i++)
    {
      grove_assert (grove_receive_pattern (GROVE_FOREVER, &reply, "{square, ^~i}", i * i) == 0);
      grove_message_free (reply);
    }
  printf ("%d of %d answered, the last after %.1f ms\n", N_WORKERS, N_WORKERS,
          (double) (grove_now_ns () - begin_ns) / 1e6);
}

static void
first (void *arg)
{
  grove_pid workers[N_WORKERS];

  for (unsigned i = 0; i < grove_schedulers (); i++)
    grove_spawn (sums_for_ever, NULL);
  printf ("a process for each core sums numbers without end\n");
  for (int i = 0; i < N_WORKERS; i++)
    workers[i] = grove_spawn (worker, NULL);
  do
    ask_all (workers);
  while (example_again (1000));
}

int
main (int argc, char **argv)
{
  return example_main (argc, argv, "fairness", first);
}
