/* SPDX-License-Identifier: MIT
 *
 * Starting and stopping the runtime. There is one runtime in an operating-system process.
 */
#pragma once

#include "runtime/core/log.h"
#include "runtime/core/process.h"

GROVE_BEGIN_DECLS

/* What is beyond a limit stands for the limit: 63 schedulers, 268,435,456 processes, 1,000,000
 * reductions, 255 bytes of name. */
struct grove_options
{
  const char *name;          /* the system's name, for observers; NULL: the program's */
  unsigned    n_schedulers;  /* 0: one a core */
  uint32_t    max_processes; /* 0: 4,194,304 */
  uint32_t    budget;        /* reductions a slice; 0: 2000 */
  uint32_t    max_timers;    /* pending, for each scheduler; 0: 16,777,216 */
  uint32_t    max_blocking;  /* threads for grove_blocking(), at most 4,096; 0: 64 */
  uint32_t    overrun_ms; /* who holds a scheduler longer is reported; 0: 100; GROVE_NEVER_REPORT */
  uint64_t    seed;       /* 0: see grove_seed() */
  /* Of a process that was spawned without a limit of its own; 0: none. What it does is said at
   * struct grove_spawn_options. */
  size_t max_heap_bytes;
  bool   max_heap_reports;
  /* Lines of the log from this level on go to standard error as well; 0: none do. */
  enum grove_log_level log_stderr;
};

#define GROVE_NEVER_REPORT UINT32_MAX

/**
 * grove_run:
 * @options: (nullable): NULL for the defaults
 * @main: the first process; the runtime stops when it ends
 * @arg: for @main, as it is
 *
 * Runs schedulers until the first process ends or grove_stop() is called, then ends every process
 * and returns.
 *
 * Threads: any thread that is no process, once at a time; it becomes the first scheduler.
 * Blocks: until the runtime has stopped. Cost: a thread a scheduler, and what the processes cost.
 * Errors: GROVE_ERR_SYSTEM_LIMIT when the address space or threads cannot be had, GROVE_ERR_BUSY
 * when a runtime runs, GROVE_ERR_BADARG when @main is NULL
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_run (const struct grove_options *options, grove_entry main, void *arg) GROVE_NODISCARD;

/**
 * grove_stop:
 *
 * Asks a running runtime to stop, and does not wait for it. The handler of a signal must not be
 * compiled as process code: it could be pre-empted within whatever the signal interrupted.
 *
 * Threads: any thread; async-signal-safe. Blocks: no. Cost: O(schedulers).
 * Errors: none; without a runtime nothing happens
 * Since: 0.1
 */
GROVE_PUBLIC void grove_stop (void);

/**
 * grove_schedulers:
 *
 * Threads: any thread. Blocks: no. Cost: O(1).
 * Errors: none
 * Returns: how many schedulers there are; 0 when no runtime runs
 * Since: 0.1
 */
GROVE_PUBLIC unsigned grove_schedulers (void);

/**
 * grove_schedulers_online:
 *
 * Threads: any thread. Blocks: no. Cost: O(1).
 * Errors: none
 * Returns: how many schedulers take new work, the first ones; 0 when no runtime runs
 * Since: 0.1
 */
GROVE_PUBLIC unsigned grove_schedulers_online (void);

/**
 * grove_set_schedulers_online:
 * @n: 1 to grove_schedulers(); anything else changes nothing
 *
 * From now on only the first @n schedulers are given work. The others give away what is free: what
 * they have spawned, and what waits in grove_hibernate() as soon as a message comes for it. They go
 * on running, with their timers, the processes that have frames there or are bound to them.
 *
 * Threads: owner process only. Blocks: no. Cost: O(1).
 * Errors: none; out of range nothing happens
 * Returns: how many were online
 * Since: 0.1
 */
GROVE_PUBLIC unsigned grove_set_schedulers_online (unsigned n);

/**
 * grove_seed:
 *
 * A runtime that runs from a seed, which is in its options or else in the environment's GROVE_SEED,
 * has one scheduler and does the same in every run: where processes are pre-empted, whose turn it
 * is among equals, and what the clock says follow from the seed alone. The clock (grove_now_ns(),
 * timeouts) moves with the reductions of processes, and jumps to the next timeout when all wait.
 * So a test tries many seeds, prints the one that fails, and GROVE_SEED=that replays it. What comes
 * from outside (other threads, files, the real clock) does not replay.
 *
 * Threads: any thread. Blocks: no. Cost: O(1).
 * Errors: none
 * Returns: the seed of the runtime that runs; 0: it does not run from one
 * Since: 0.1
 */
GROVE_PUBLIC uint64_t grove_seed (void);

GROVE_END_DECLS
