/* SPDX-License-Identifier: MIT
 *
 * The runtime measured: the same work as beam_twin.erl, through the public interface, with real
 * terms as messages and a scheduler a core. Prints lines `bench NAME VALUE UNIT`. What is quick is
 * done several times and the best taken, on either side, so that a busy machine disturbs less.
 */
#include "runtime/core/runtime.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROUNDS 3

static grove_pid first;

static struct grove_message *
receive (void)
{
  struct grove_message *message;

  if (grove_receive (GROVE_FOREVER, &message) != GROVE_OK)
    abort ();
  return message;
}

static void
receive_and_free (void)
{
  grove_message_free (receive ());
}

static double
seconds_since (uint64_t started_ns)
{
  return (double) (grove_now_ns () - started_ns) / 1e9;
}

static void
print (const char *name, double value, const char *unit)
{
  printf ("bench %s %.*f %s\n", name, value < 10 ? 3 : 1, value, unit);
  fflush (stdout);
}

static double
best_of (double (*measure) (void))
{
  double best = measure ();

  for (int i = 1; i < ROUNDS; i++)
    {
      double next = measure ();
      best = next < best ? next : best;
    }
  return best;
}

/* ---- Spawning ----------------------------------------------------------------------------------
 */

#define N_SPAWNS 1000000

static void
says_x (void *arg)
{
  (void) arg;
  grove_send (first, "x");
}

static double
spawn_exit (void)
{
  uint64_t started = grove_now_ns ();

  for (int i = 0; i < N_SPAWNS; i++)
    grove_spawn (says_x, NULL);
  for (int i = 0; i < N_SPAWNS; i++)
    receive_and_free ();
  return seconds_since (started) * 1e9 / N_SPAWNS;
}

static void
parks (void *arg)
{
  (void) arg;
  grove_send (first, "parked");
  receive_and_free ();
}

static long
resident_bytes (void)
{
  long  pages = 0;
  FILE *file = fopen ("/proc/self/statm", "r");

  if (file == NULL || fscanf (file, "%*d %ld", &pages) != 1)
    abort ();
  fclose (file);
  return pages * sysconf (_SC_PAGESIZE);
}

static void
parked_million (void)
{
  grove_pid *pids = grove_alloc (N_SPAWNS * sizeof *pids);
  uint64_t   started;
  long       before;

  memset (pids, 0, N_SPAWNS * sizeof *pids);
  before = resident_bytes ();
  started = grove_now_ns ();
  for (int i = 0; i < N_SPAWNS; i++)
    pids[i] = grove_spawn (parks, NULL);
  for (int i = 0; i < N_SPAWNS; i++)
    receive_and_free ();
  print ("parked-million", seconds_since (started), "s");
  print ("parked-million-bytes", (double) (resident_bytes () - before) / N_SPAWNS, "bytes");
  for (int i = 0; i < N_SPAWNS; i++)
    grove_send (pids[i], "stop");
  while (grove_is_alive (pids[N_SPAWNS - 1]))
    grove_yield ();
  grove_free (pids);
}

/* ---- Talking -----------------------------------------------------------------------------------
 */

#define N_PINGS 1000000

static void
pongs (void *arg)
{
  (void) arg;
  for (;;)
    {
      struct grove_message *message = receive ();
      grove_pid             from;
      bool                  ping = grove_match (grove_message_term (message), "{~p, ping}", &from);
      grove_message_free (message);
      if (!ping)
        return;
      grove_send (from, "pong");
    }
}

static double
ping_pong (void)
{
  grove_pid pid = grove_spawn (pongs, NULL);
  uint64_t  started = grove_now_ns ();
  double    ns;

  for (int i = 0; i < N_PINGS; i++)
    {
      grove_send (pid, "{~p, ping}", first);
      receive_and_free ();
    }
  ns = seconds_since (started) * 1e9 / N_PINGS;
  grove_send (pid, "stop");
  return ns;
}

#define RING_SIZE 503
#define N_HOPS    2000000

static void
ring_member (void *arg)
{
  grove_pid next = (grove_pid) (uintptr_t) arg;

  for (;;)
    {
      struct grove_message *message = receive ();
      int                   n;
      bool                  number = grove_match (grove_message_term (message), "~i", &n);
      grove_message_free (message);
      if (!number)
        {
          if (next != first)
            grove_send (next, "stop");
          return;
        }
      if (n == 0)
        grove_send (first, "done");
      else
        grove_send (next, "~i", n - 1);
    }
}

/* The last member has the first as its next, which it learns from a message. */
static void
ring_closer (void *arg)
{
  struct grove_message *message = receive ();
  grove_pid             next;

  (void) arg;
  if (!grove_match (grove_message_term (message), "{next, ~p}", &next))
    abort ();
  grove_message_free (message);
  ring_member ((void *) (uintptr_t) next);
}

static double
ring (void)
{
  grove_pid closer = grove_spawn (ring_closer, NULL);
  grove_pid head = closer;
  uint64_t  started;
  double    ns;

  for (int i = 1; i < RING_SIZE; i++)
    head = grove_spawn (ring_member, (void *) (uintptr_t) head);
  grove_send (closer, "{next, ~p}", head);
  started = grove_now_ns ();
  grove_send (head, "~i", N_HOPS);
  receive_and_free ();
  ns = seconds_since (started) * 1e9 / N_HOPS;
  grove_send (head, "stop");
  while (grove_is_alive (closer))
    grove_yield ();
  return ns;
}

#define N_SENDERS 4
#define N_EACH    500000

static void
sends_many (void *arg)
{
  (void) arg;
  for (int i = 0; i < N_EACH; i++)
    grove_send (first, "{msg, ~i}", i);
}

/* Nanoseconds a message; printed as millions a second. */
static double
fan_in (void)
{
  uint64_t started = grove_now_ns ();

  for (int i = 0; i < N_SENDERS; i++)
    grove_spawn (sends_many, NULL);
  for (int i = 0; i < N_SENDERS * N_EACH; i++)
    {
      struct grove_message *message = receive ();
      int                   n;
      if (!grove_match (grove_message_term (message), "{msg, ~i}", &n))
        abort ();
      grove_message_free (message);
    }
  return seconds_since (started) * 1e9 / (N_SENDERS * N_EACH);
}

/* ---- Waking under load -------------------------------------------------------------------------
 */

#define N_WAKES 2000

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

static void
high_priority_wake (void)
{
  struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;
  long                       n_spinners = 2 * sysconf (_SC_NPROCESSORS_ONLN);
  grove_pid                 *spinners = grove_alloc ((size_t) n_spinners * sizeof *spinners);
  double                    *us = grove_alloc (N_WAKES * sizeof *us);
  grove_pid                  pid;

  options.priority = GROVE_PRIORITY_LOW;
  for (long i = 0; i < n_spinners; i++)
    if (grove_spawn_opt (spins, &options, &spinners[i], NULL) != GROVE_OK)
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
      message = receive ();
      if (!grove_match (grove_message_term (message), "{t, ~u}", &at))
        abort ();
      grove_message_free (message);
      us[i] = (double) (at - started) / 1e3;
    }
  qsort (us, N_WAKES, sizeof *us, compare);
  print ("high-priority-wake-p50", us[N_WAKES / 2], "us");
  print ("high-priority-wake-p99", us[N_WAKES * 99 / 100], "us");
  for (long i = 0; i < n_spinners; i++)
    grove_exit_process (spinners[i], "kill");
}

static void
bench_main (void *arg)
{
  (void) arg;
  first = grove_self ();
  print ("spawn-exit", best_of (spawn_exit), "ns");
  print ("ping-pong", best_of (ping_pong), "ns");
  print ("ring", best_of (ring), "ns");
  print ("fan-in", 1e3 / best_of (fan_in), "M/s");
  high_priority_wake ();
  parked_million ();
}

int
main (void)
{
  return grove_run (NULL, bench_main, NULL) == GROVE_OK ? 0 : 1;
}
