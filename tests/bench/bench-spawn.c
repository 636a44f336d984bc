/* SPDX-License-Identifier: MIT
 *
 * Being born, parked and dying by the million. twin_spawn.erl is the other side.
 */
#include "bench.h"

#include <string.h>
#include <unistd.h>

#define N_SPAWNS 1000000

static grove_pid first;

/* ---- spawn-exit: a million processes are spawned, each sends its parent an atom and ends -------
 */

static void
says_x (void *arg)
{
  (void) arg;
  grove_send (first, "x");
}

void
bench_spawn_exit (void *arg)
{
  uint64_t started = grove_now_ns ();

  (void) arg;
  first = grove_self ();
  for (int i = 0; i < N_SPAWNS; i++)
    grove_spawn (says_x, NULL);
  for (int i = 0; i < N_SPAWNS; i++)
    bench_receive_and_free ();
  bench_print ("spawn-exit", bench_seconds_since (started) * 1e9 / N_SPAWNS, "ns");
}

/* ---- parked-million: a million that each send an atom and wait for a message -------------------
 */

static void
parks (void *arg)
{
  (void) arg;
  grove_send (first, "parked");
  bench_receive_and_free ();
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

/* The bytes are all that the whole program has resident when the million wait, the list of their
 * pids and what is left of a million messages included. */
void
bench_parked_million (void *arg)
{
  grove_pid *pids = grove_alloc (N_SPAWNS * sizeof *pids);
  uint64_t   started;

  (void) arg;
  first = grove_self ();
  memset (pids, 0, N_SPAWNS * sizeof *pids);
  started = grove_now_ns ();
  for (int i = 0; i < N_SPAWNS; i++)
    pids[i] = grove_spawn (parks, NULL);
  for (int i = 0; i < N_SPAWNS; i++)
    bench_receive_and_free ();
  bench_print ("parked-million", bench_seconds_since (started), "s");
  bench_print ("parked-million-bytes", (double) resident_bytes () / N_SPAWNS, "bytes");
}

/* ---- kill-million: a million that wait are killed, and all their ends are waited for -----------
 */

void
bench_kill_million (void *arg)
{
  grove_pid *pids = grove_alloc (N_SPAWNS * sizeof *pids);
  uint64_t   started;

  (void) arg;
  first = grove_self ();
  for (int i = 0; i < N_SPAWNS; i++)
    pids[i] = grove_spawn (parks, NULL);
  for (int i = 0; i < N_SPAWNS; i++)
    bench_receive_and_free ();
  started = grove_now_ns ();
  for (int i = 0; i < N_SPAWNS; i++)
    grove_exit_process (pids[i], "kill");
  for (int i = 0; i < N_SPAWNS; i++)
    if (grove_is_alive (pids[i]))
      abort ();
  bench_print ("kill-million", bench_seconds_since (started), "s");
  bench_print ("killed-million-bytes", (double) resident_bytes () / N_SPAWNS, "bytes");
}
