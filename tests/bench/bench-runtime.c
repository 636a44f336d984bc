/* SPDX-License-Identifier: MIT
 *
 * The runtime measured, a row of the table at a time: `bench-runtime NAME` does the work of that
 * row once and prints it, `bench-runtime` lists the rows as lines NAME SCHEDULERS ROUNDS BESIDE.
 * The same work on the BEAM is in the twin_*.erl beside the bench-*.c of the same subject.
 */
#include "bench.h"

#include <string.h>

enum beside
{
  ALONE,       /* the BEAM has nothing like it */
  BESIDE_BEAM, /* beam_twin.erl knows a row of this name */
};

static const struct row
{
  const char *name;
  grove_entry run;
  unsigned    n_schedulers; /* on either side; 0: one a core */
  unsigned    rounds;       /* of which the median is taken */
  enum beside beside;
} rows[] = {
  { "spawn-exit", bench_spawn_exit, 0, 5, BESIDE_BEAM },
  { "parked-million", bench_parked_million, 0, 3, BESIDE_BEAM },
  { "kill-million", bench_kill_million, 0, 3, BESIDE_BEAM },
  { "ping-pong", bench_ping_pong, 0, 7, BESIDE_BEAM },
  { "ring", bench_ring, 1, 5, BESIDE_BEAM },
  { "ring-2", bench_ring, 2, 5, BESIDE_BEAM },
  { "fan-in", bench_fan_in, 0, 7, BESIDE_BEAM },
  { "high-priority-wake", bench_high_priority_wake, 0, 5, BESIDE_BEAM },
  { "skynet", bench_skynet, 0, 5, BESIDE_BEAM },
  { "two-spinners", bench_two_spinners, 2, 5, BESIDE_BEAM },
  { "idle-wake", bench_idle_wake, 2, 5, BESIDE_BEAM },
  { "receive-marked", bench_receive_marked, 0, 5, BESIDE_BEAM },
  { "timers-million", bench_timers_million, 0, 5, BESIDE_BEAM },
  { "timers-late", bench_timers_late, 0, 3, BESIDE_BEAM },
  { "socket-echo", bench_socket_echo, 0, 5, BESIDE_BEAM },
  { "crash", bench_crash, 1, 3, BESIDE_BEAM },
  { "gen-server-call", bench_gen_server_call, 0, 5, BESIDE_BEAM },
  { "supervised-100k", bench_supervised_100k, 0, 3, BESIDE_BEAM },
  { "observed-loss-percent", bench_observed_loss, 0, 3, ALONE },
  { "instrumentation-percent", bench_instrumentation, 1, 5, ALONE },
};

#define N_ROWS (sizeof rows / sizeof *rows)

static int
run (const struct row *row)
{
  const struct grove_options options = { .name = "bench", .n_schedulers = row->n_schedulers };
  char                       name[64];

  snprintf (name, sizeof name, "%s", row->name);
  return grove_run (&options, row->run, name) == GROVE_OK ? 0 : 1;
}

int
main (int argc, char **argv)
{
  if (argc < 2)
    for (size_t i = 0; i < N_ROWS; i++)
      printf ("%s %u %u %s\n", rows[i].name, rows[i].n_schedulers, rows[i].rounds,
              rows[i].beside == BESIDE_BEAM ? "beam" : "alone");
  for (int i = 1; i < argc; i++)
    {
      size_t r = 0;
      while (r < N_ROWS && strcmp (rows[r].name, argv[i]) != 0)
        r++;
      if (r == N_ROWS || run (&rows[r]) != 0)
        return 1;
    }
  return 0;
}
