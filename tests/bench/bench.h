/* SPDX-License-Identifier: MIT
 *
 * For the benchmarks of the runtime: what their rows share. A row is an entry function that runs as
 * the first process of a runtime of its own, does its work once, and prints lines `bench NAME VALUE
 * UNIT`; bench-runtime.c has the table of them, bench-beside-beam runs each several times in turn
 * with its twin on the BEAM and takes medians. Messages are real terms: an atom, a tuple.
 */
#pragma once

#include "runtime/core/runtime.h"

#include <stdio.h>
#include <stdlib.h>

/* By subject, a file each. */
void bench_spawn_exit (void *);     /* bench-spawn.c */
void bench_parked_million (void *); /* bench-spawn.c */
void bench_kill_million (void *);
void bench_ping_pong (void *);          /* bench-talk.c */
void bench_ring (void *);               /* bench-talk.c; the argument is the name to print */
void bench_fan_in (void *);             /* bench-talk.c */
void bench_receive_marked (void *);     /* bench-select.c */
void bench_high_priority_wake (void *); /* bench-wake.c */
void bench_skynet (void *);             /* bench-scheduling.c */
void bench_two_spinners (void *);       /* bench-scheduling.c */
void bench_idle_wake (void *);          /* bench-scheduling.c */
void bench_observed_loss (void *);      /* bench-observe.c */
void bench_timers_million (void *);     /* bench-timer.c */
void bench_timers_late (void *);        /* bench-timer.c */
void bench_socket_echo (void *);        /* bench-socket.c */
void bench_crash (void *);              /* bench-crash.c */
void bench_gen_server_call (void *);    /* bench-otp.c */
void bench_supervised_100k (void *);    /* bench-otp.c */
void bench_instrumentation (void *);    /* bench-instrumentation.c */

static inline void
bench_print (const char *name, double value, const char *unit)
{
  printf ("bench %s %.*f %s\n", name, value < 10 ? 3 : 1, value, unit);
  fflush (stdout);
}

static inline double
bench_seconds_since (uint64_t started_ns)
{
  return (double) (grove_now_ns () - started_ns) / 1e9;
}

static inline struct grove_message *
bench_receive (void)
{
  struct grove_message *message;

  if (grove_receive (GROVE_FOREVER, &message) != GROVE_OK)
    abort ();
  return message;
}

static inline void
bench_receive_and_free (void)
{
  grove_message_free (bench_receive ());
}

/* A pid as the argument of an entry function, and back. */
static inline void *
bench_pid_arg (grove_pid pid)
{
  return (void *) (uintptr_t) pid;
}

static inline grove_pid
bench_arg_pid (void *arg)
{
  return (grove_pid) (uintptr_t) arg;
}
