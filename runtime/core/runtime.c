/* SPDX-License-Identifier: MIT
 *
 * Starting and stopping. The thread that calls grove_run() is the first scheduler. When the
 * schedulers have stopped, it alone takes the processes apart that are left, and gives everything
 * back.
 */
#include "runtime/core/runtime.h"

#include "runtime/core/crash.h"
#include "runtime/core/dying.h"
#include "runtime/core/ends.h"
#include "runtime/core/event.h"
#include "runtime/core/fault.h"
#include "runtime/core/intern.h"
#include "runtime/core/log-private.h"
#include "runtime/core/memory.h"
#include "runtime/core/observe.h"
#include "runtime/core/registry.h"
#include "runtime/core/runtime-private.h"
#include "runtime/core/scheduler.h"
#include "runtime/core/seeded.h"
#include "runtime/core/trace-private.h"
#include "runtime/core/watchdog.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <unistd.h>

#define DEFAULT_MAX_PROCESSES 4194304U
#define MAX_MAX_PROCESSES     (UINT32_C (1) << 28)
#define DEFAULT_BUDGET        2000U
#define MAX_BUDGET            1000000U
#define DEFAULT_MAX_BLOCKING  64U
#define MAX_MAX_BLOCKING      4096U
#define DEFAULT_MAX_TIMERS    (UINT32_C (1) << 24)
#define DEFAULT_OVERRUN_MS    100U

/* By how much the system may let a scheduler sleep longer, to wake several at once: it does so by
 * 50,000 otherwise, which is most of what an idle scheduler's timers are late by. */
#define TIMER_SLACK_NS 1000UL

static _Atomic uint32_t running_once; /* a runtime runs, is being made or taken apart */

/* Stopping and taking apart meet here: who stops is counted first and looks at `stoppable` after,
 * who takes apart clears it first and waits for the count after; both sequentially consistent. */
static _Atomic uint32_t stoppable, n_stopping;

/* ---- Stopping -------------------------------------------------------------------------------- */

void
grove_stop (void)
{
  int saved_errno = errno;

  /* No lock, nothing that allocates: a signal handler may be here. */
  atomic_fetch_add (&n_stopping, 1);
  if (atomic_load (&stoppable) != 0)
    {
      atomic_store (&_grove_runtime.stop, 1);
      for (unsigned i = 0; i < _grove_runtime.n_schedulers; i++)
        _grove_scheduler_rouse (&_grove_runtime.schedulers[i]);
    }
  atomic_fetch_sub (&n_stopping, 1);
  errno = saved_errno;
}

static _Atomic (void (*) (void)) at_stop[GROVE_AT_STOP_MAX];

void
_grove_runtime_at_stop (void (*stop) (void))
{
  for (unsigned i = 0; i < GROVE_AT_STOP_MAX; i++)
    {
      void (*old) (void) = NULL;
      if (atomic_compare_exchange_strong (&at_stop[i], &old, stop) || old == stop)
        return;
    }
  abort (); /* more rooms than the house has */
}

/* What schedulers were asked and did not come to. */
static void
run_calls (void)
{
  for (unsigned i = 0; i < _grove_runtime.n_schedulers; i++)
    {
      _grove_scheduler_self = &_grove_runtime.schedulers[i];
      _grove_scheduler_run_calls (_grove_scheduler_self);
    }
}

static void
end_all (void)
{
  const uint8_t shutdown[] = { 119, 8, 's', 'h', 'u', 't', 'd', 'o', 'w', 'n' };
  uint32_t      n = _grove_table_used ();

  _grove_runtime.ending = true;
  for (unsigned i = 0; i < _grove_runtime.n_schedulers; i++)
    {
      _grove_scheduler_self = &_grove_runtime.schedulers[i];
      while (_grove_scheduler_self->dying != NULL)
        _grove_dying_step (_grove_scheduler_self);
    }
  for (uint32_t i = 1; i < n; i++)
    {
      struct grove_process *process = _grove_table_block (i);
      if (GROVE_GET (process->state) == GROVE_STATE_FREE)
        continue;
      _grove_scheduler_self = GROVE_GET (process->scheduler);
      _grove_scheduler_self->ending =
        (struct grove_ending){ .reason = { shutdown, sizeof shutdown } };
      _grove_process_finish (_grove_scheduler_self, process);
    }
}

static void
finish (void)
{
  for (unsigned i = 0; i < _grove_runtime.n_schedulers; i++)
    {
      struct grove_scheduler *scheduler = &_grove_runtime.schedulers[i];
      _grove_timers_finish (&scheduler->timers);
      _grove_poll_finish (&scheduler->poll);
      _grove_blocks_finish (&scheduler->blocks);
      _grove_stacks_finish (&scheduler->stacks);
      _grove_event_ring_free (scheduler->events);
      _grove_ends_free (scheduler->ends);
      _grove_fault_area_finish (scheduler);
    }
  _grove_events_clear ();
  _grove_block_depot_finish ();
  _grove_registry_finish ();
  _grove_intern_finish ();
  _grove_table_finish ();
  _grove_crashes_clear ();
  _grove_log_clear ();
  _grove_seeded_finish ();
  _grove_scheduler_self = NULL;
  _grove_runtime.n_schedulers = 0;
  atomic_store (&_grove_runtime.n_online, 0);
  free (_grove_runtime.schedulers);
  _grove_runtime.schedulers = NULL;
}

/* ---- Starting -------------------------------------------------------------------------------- */

static bool
init_schedulers (unsigned n)
{
  struct grove_scheduler *schedulers =
    aligned_alloc (alignof (struct grove_scheduler), n * sizeof *schedulers);

  if (schedulers == NULL)
    return false;
  memset (schedulers, 0, n * sizeof *schedulers);
  for (unsigned i = 0; i < n; i++)
    {
      schedulers[i].id = i;
      _grove_poll_init (&schedulers[i].poll);
      schedulers[i].dying_last = &schedulers[i].dying;
      _grove_timers_init (&schedulers[i].timers, _grove_runtime.started_ns);
      schedulers[i].events = _grove_event_ring_new ();
      schedulers[i].ends = _grove_ends_new ();
      if (schedulers[i].events == NULL || schedulers[i].ends == NULL ||
          !_grove_fault_area_init (&schedulers[i]) ||
          !_grove_stacks_init (&schedulers[i].stacks, n))
        {
          _grove_event_ring_free (schedulers[i].events);
          _grove_ends_free (schedulers[i].ends);
          _grove_fault_area_finish (&schedulers[i]);
          while (i-- > 0)
            {
              _grove_stacks_finish (&schedulers[i].stacks);
              _grove_event_ring_free (schedulers[i].events);
              _grove_ends_free (schedulers[i].ends);
              _grove_fault_area_finish (&schedulers[i]);
            }
          free (schedulers);
          return false;
        }
    }
  _grove_runtime.schedulers = schedulers;
  _grove_runtime.n_schedulers = n;
  atomic_store (&_grove_runtime.n_online, n);
  return true;
}

static uint32_t
or_default (uint32_t value, uint32_t fallback, uint32_t limit)
{
  if (value == 0)
    return fallback;
  return value < limit ? value : limit;
}

static bool
init (const struct grove_options *options)
{
  struct grove_options defaults = { .name = NULL };
  unsigned             n_cores = (unsigned) sysconf (_SC_NPROCESSORS_ONLN);
  uint32_t             creation = 0;

  if (options == NULL)
    options = &defaults;
  memset (&_grove_runtime, 0, sizeof _grove_runtime);
  GROVE_SET (_grove_trace_new.flags, 0);
  snprintf (_grove_runtime.name, sizeof _grove_runtime.name, "%s",
            options->name != NULL ? options->name : program_invocation_short_name);
  _grove_runtime.budget = or_default (options->budget, DEFAULT_BUDGET, MAX_BUDGET);
  _grove_runtime.max_processes =
    or_default (options->max_processes, DEFAULT_MAX_PROCESSES, MAX_MAX_PROCESSES);
  _grove_runtime.max_blocking =
    or_default (options->max_blocking, DEFAULT_MAX_BLOCKING, MAX_MAX_BLOCKING);
  _grove_runtime.max_heap_bytes = options->max_heap_bytes;
  _grove_runtime.max_heap_reports = options->max_heap_reports;
  _grove_runtime.log_stderr = options->log_stderr;
  _grove_runtime.max_timers = or_default (options->max_timers, DEFAULT_MAX_TIMERS, UINT32_MAX / 2);
  _grove_seeded_init (options->seed);
  _grove_runtime.started_ns = grove_now_ns ();
  if (GROVE_GET (_grove_seed) != 0)
    creation = 1; /* pids print the same in every replay */
  while (creation == 0)
    if (getrandom (&creation, sizeof creation, 0) != sizeof creation)
      creation = (uint32_t) _grove_runtime.started_ns | 1;
  grove_term_set_creation (creation);
  if (!_grove_table_init (_grove_runtime.max_processes))
    return false;
  if (init_schedulers (GROVE_GET (_grove_seed) != 0
                         ? 1
                         : or_default (options->n_schedulers, n_cores, GROVE_MAX_SCHEDULERS - 1)))
    return true;
  _grove_seeded_finish ();
  _grove_table_finish ();
  return false;
}

static void *
scheduler_thread (void *data)
{
  prctl (PR_SET_TIMERSLACK, TIMER_SLACK_NS);
  _grove_scheduler_loop (data);
  return NULL;
}

/* The schedulers but the first; how many could be started, the first included. Returns when those
 * are ready to be given processes: one that has begun to run stays where it is. */
static unsigned
start_threads (void)
{
  unsigned n = 1;

  while (n < _grove_runtime.n_schedulers &&
         pthread_create (&_grove_runtime.schedulers[n].thread, NULL, scheduler_thread,
                         &_grove_runtime.schedulers[n]) == 0)
    n++;
  while ((unsigned) __builtin_popcountll (atomic_load (&_grove_runtime.idle)) < n - 1 &&
         atomic_load (&_grove_runtime.stop) == 0)
    sched_yield ();
  return n;
}

/* 0: nobody looks. The seeded clock is not the world's. */
static uint64_t
overrun_ns (const struct grove_options *options)
{
  uint32_t ms = options != NULL ? options->overrun_ms : 0;

  if (ms == GROVE_NEVER_REPORT || GROVE_GET (_grove_seed) != 0)
    return 0;
  return (ms != 0 ? ms : DEFAULT_OVERRUN_MS) * UINT64_C (1000000);
}

enum grove_status
grove_run (const struct grove_options *options, grove_entry main, void *arg)
{
  enum grove_status status = GROVE_OK;
  unsigned          n_started;
  int               old_slack;

  if (main == NULL)
    return GROVE_ERR_BADARG;
  if (atomic_exchange (&running_once, 1) != 0)
    return GROVE_ERR_BUSY;
  if (!init (options))
    {
      atomic_store (&running_once, 0);
      return GROVE_ERR_SYSTEM_LIMIT;
    }
  _grove_scheduler_self = &_grove_runtime.schedulers[0];
  _grove_scheduler_self->now_ns = _grove_runtime.started_ns;
  status = _grove_process_spawn_first (main, arg, &_grove_runtime.main);
  _grove_faults_install ();
  atomic_store (&_grove_runtime.running, 1);
  atomic_store (&stoppable, 1);
  n_started = start_threads ();
  if (n_started < _grove_runtime.n_schedulers || !_grove_watchdog_start (overrun_ns (options)))
    {
      status = GROVE_ERR_SYSTEM_LIMIT;
      grove_stop ();
    }
  old_slack = prctl (PR_GET_TIMERSLACK);
  prctl (PR_SET_TIMERSLACK, TIMER_SLACK_NS);
  _grove_scheduler_loop (&_grove_runtime.schedulers[0]);
  if (old_slack >= 0)
    prctl (PR_SET_TIMERSLACK, old_slack);
  for (unsigned i = 1; i < n_started; i++)
    pthread_join (_grove_runtime.schedulers[i].thread, NULL);
  _grove_watchdog_stop ();
  for (unsigned i = 0; i < GROVE_AT_STOP_MAX && at_stop[i] != NULL; i++)
    at_stop[i]();
  atomic_store (&_grove_runtime.running, 0);
  atomic_store (&stoppable, 0);
  while (atomic_load (&n_stopping) != 0)
    sched_yield ();
  run_calls ();
  end_all ();
  /* What those that ended asked of other schedulers. */
  run_calls ();
  _grove_faults_restore ();
  finish ();
  atomic_store (&running_once, 0);
  return status;
}
