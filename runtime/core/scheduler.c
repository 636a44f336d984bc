/* SPDX-License-Identifier: MIT
 *
 * The loop of a scheduler, see scheduler.h.
 */
#include "runtime/core/scheduler.h"

#include "runtime/core/dying.h"
#include "runtime/core/fault.h"
#include "runtime/core/lock.h"
#include "runtime/core/mailbox.h"
#include "runtime/core/seeded.h"
#include "runtime/core/suspend-private.h"
#include "runtime/core/trace-private.h"

#include <errno.h>
#include <stdlib.h>

/* The clock is read after this many slices, and after one that was used up. */
#define TICKS_BETWEEN_CLOCKS 32

/* So many processes are looked at for their signals before others have a turn. When one with many
 * links ends, all of those end with it. */
#define SERVES_A_TURN 64

/* Who uses up a slice with fewer calls of the runtime computes. */
#define FEW_CALLS 32

struct grove_runtime _grove_runtime;

_Thread_local struct grove_scheduler *_grove_scheduler_self;
_Thread_local int32_t                 _grove_reductions_left;

/* ---- Being looked at ------------------------------------------------------------------------- */

void
_grove_process_notify (struct grove_process *process)
{
  struct grove_scheduler *scheduler;

  /* Publishes what was pushed to the in-queue before, to whoever clears the flag. */
  if (atomic_exchange (&process->notified, 1) != 0)
    return;
  scheduler = atomic_load_explicit (&process->scheduler, memory_order_acquire);
  _grove_list_push (&scheduler->notified, process, &process->notified_next);
  _grove_scheduler_wake (scheduler);
}

void
_grove_process_make_runnable (struct grove_process *process)
{
  if (__builtin_expect (GROVE_GET (process->suspended), 0))
    {
      /* It cannot go on, so it is not busy, nor would its end be where it is counted. */
      _grove_run_queue_set_busy (&_grove_scheduler_self->queue, process, false);
      _grove_suspend_park (process);
      return;
    }
  GROVE_SET (process->state, GROVE_STATE_RUNNABLE);
  _grove_run_queue_push (&_grove_scheduler_self->queue, process);
}

/* A process that does not run has signals, perhaps. */
static void
serve (struct grove_scheduler *self, struct grove_process *process)
{
  for (;;)
    {
      uintptr_t in = atomic_load_explicit (&process->inqueue, memory_order_acquire);

      if (in > GROVE_IN_SPECIAL && !_grove_signal_handle_all (process))
        {
          _grove_process_finish (self, process);
          return;
        }
      if (GROVE_GET (process->state) != GROVE_STATE_WAITING)
        return;
      if (process->woken)
        {
          _grove_process_make_runnable (process);
          return;
        }
      if (in == GROVE_IN_WAITING)
        return;
      in = GROVE_IN_EMPTY;
      if (atomic_compare_exchange_strong (&process->inqueue, &in, GROVE_IN_WAITING))
        return;
    }
}

static struct grove_process *
take_list (_Atomic (struct grove_process *) *list)
{
  if (atomic_load_explicit (list, memory_order_relaxed) == NULL)
    return NULL;
  return atomic_exchange_explicit (list, NULL, memory_order_acquire);
}

static void
serve_notified (struct grove_scheduler *self)
{
  if (self->serving == NULL)
    self->serving = take_list (&self->notified);
  for (unsigned i = 0; i < SERVES_A_TURN && self->serving != NULL; i++)
    {
      struct grove_process *process = self->serving;

      self->serving = process->notified_next;
      /* From here on others put it into a list again. */
      atomic_exchange (&process->notified, 0);
      /* Acquire: pairs with the store at spawn; a block that lives tells whose it is. */
      if (atomic_load_explicit (&process->state, memory_order_acquire) != GROVE_STATE_FREE)
        {
          if (atomic_load_explicit (&process->scheduler, memory_order_acquire) != self)
            _grove_process_notify (process);
          /* One that is being handed to this scheduler is served when it has arrived. */
          else if (process->queued || GROVE_GET (process->state) == GROVE_STATE_WAITING ||
                   GROVE_GET (process->state) == GROVE_STATE_SUSPENDED)
            serve (self, process);
        }
    }
  /* That took long. */
  if (self->serving != NULL)
    self->ticks = 0;
}

static void
accept_handed (struct grove_scheduler *self)
{
  struct grove_process *process = take_list (&self->handed);
  struct grove_process *in_order = NULL;
  uint32_t              n = 0;

  if (process == NULL)
    return;
  for (; process != NULL; n++)
    {
      struct grove_process *next = process->queue_next;
      process->queue_next = in_order;
      in_order = process;
      process = next;
    }
  while (in_order != NULL)
    {
      process = in_order;
      in_order = process->queue_next;
      _grove_run_queue_push (&self->queue, process);
      serve (self, process);
    }
  atomic_fetch_sub_explicit (&self->n_coming, n, memory_order_relaxed);
}

/* ---- Running --------------------------------------------------------------------------------- */

GROVE_NORETURN static __attribute__ ((noinline)) void
entry_returned (void)
{
  struct grove_scheduler *self = _grove_scheduler_self;

  self->ending = (struct grove_ending){ .owned = NULL };
  self->leave = GROVE_LEAVE_END;
  _grove_lock_check_none ();
  _grove_stack_leave (&self->stacks, self->current, true);
  abort ();
}

/* Its frame lies among those of everything that waits: it keeps nothing. */
void
_grove_process_start (void)
{
  struct grove_stack_cache *stacks = &_grove_scheduler_self->stacks;

  _grove_stack_entered (stacks);
  stacks->entry (stacks->arg);
  entry_returned ();
}

/* For the slice it had, which may be the rest of another's. */
static bool
few_calls (const struct grove_scheduler *self)
{
  return (uint64_t) self->n_calls * _grove_runtime.budget < FEW_CALLS * (uint64_t) self->slice;
}

/* What the process that just left wanted. */
static void
settle (struct grove_scheduler *self, struct grove_process *process)
{
  bool goes_on = self->leave == GROVE_LEAVE_PREEMPTED || self->leave == GROVE_LEAVE_YIELD;

  /* Not what talks or spawns: it had better stay with those it talks to. */
  _grove_run_queue_set_busy (&self->queue, process,
                             goes_on && _grove_reductions_left < 0 && few_calls (self));
  switch (self->leave)
    {
    case GROVE_LEAVE_PREEMPTED:
    case GROVE_LEAVE_YIELD:
      _grove_process_make_runnable (process);
      break;
    case GROVE_LEAVE_WAIT:
      break;
    case GROVE_LEAVE_HIBERNATE:
      _grove_process_park (self, process, self->stacks.entry, self->stacks.arg);
      serve (self, process);
      break;
    case GROVE_LEAVE_END:
      _grove_process_finish (self, process);
      break;
    case GROVE_LEAVE_FAULT:
      _grove_fault_settle (self, process);
      break;
    }
}

/* A turn of @process, and of those it is passed on to, of at most @slice reductions. */
static void
run_turn (struct grove_scheduler *self, struct grove_process *process, int32_t slice, bool seeded)
{
  uint64_t used;

  if (GROVE_TRACED (process, GROVE_TRACE_RUNNING))
    _grove_trace_running (process, "in");
  _grove_stack_attach (&self->stacks, process, _grove_process_start);
  self->passes = slice == (int32_t) _grove_runtime.budget && !seeded && self->serving == NULL &&
                 self->dying == NULL && GROVE_GET (_grove_stack_chaos) == 0;
  _grove_turn_begin (self, process, slice);
  _grove_stack_enter (&self->stacks, process);
  /* It may have passed its turn on, pass.c. */
  process = self->current;
  self->current = NULL;
  if (self->n_lingering > 0)
    _grove_lingering_end (self);
  if (__builtin_expect (self->overflowed, 0))
    _grove_fault_overflowed (self, process);
  GROVE_SET (self->running, 0);
  used = _grove_turn_end (self, process);
  if (__builtin_expect (seeded, 0))
    _grove_seeded_account (self, process, used);
  if (GROVE_TRACED (process, GROVE_TRACE_RUNNING) && self->leave != GROVE_LEAVE_END)
    _grove_trace_running (process, "out");
  settle (self, process);
}

static void
run (struct grove_scheduler *self, struct grove_process *process)
{
  bool seeded = GROVE_GET (_grove_seed) != 0;

  run_turn (self, process,
            __builtin_expect (seeded, 0) ? _grove_seeded_slice () : (int32_t) _grove_runtime.budget,
            seeded);
  if (__builtin_expect (self->children.n != 0, 0))
    {
      self->n_heirs = 0;
      while ((process = _grove_heir_take (self)) != NULL)
        run_turn (self, process, _grove_reductions_left, false);
    }
  /* A slice that was used up takes so long that timers may be due. */
  self->ticks = _grove_reductions_left < 0 || self->ticks == 0 ? 0 : self->ticks - 1;
}

void
_grove_scheduler_loop (struct grove_scheduler *self)
{
  _grove_scheduler_self = self;
  self->errno_at = &errno;
  _grove_fault_thread_begin (self);
  self->now_ns = grove_now_ns ();
  while (atomic_load_explicit (&_grove_runtime.stop, memory_order_relaxed) == 0)
    {
      struct grove_process *process;

      accept_handed (self);
      serve_notified (self);
      if (atomic_load_explicit (&self->calls, memory_order_relaxed) != NULL)
        _grove_scheduler_run_calls (self);
      if (self->ticks == 0)
        {
          self->now_ns = grove_now_ns ();
          self->ticks = TICKS_BETWEEN_CLOCKS;
          if (_grove_poll_any (&self->poll))
            _grove_poll_wait (&self->poll, 0);
          if (_grove_timers_fire (self))
            self->ticks = 0;
        }
      if (__builtin_expect (self->dying != NULL, 0))
        _grove_dying_step (self);
      _grove_placement_spread (self);
      if (__builtin_expect (GROVE_GET (_grove_seed) != 0, 0))
        _grove_run_queue_choose (&self->queue);
      process = _grove_run_queue_pop (&self->queue);
      if (process == NULL)
        {
          /* No ticks: there are more timers than one turn is for. */
          if (self->serving == NULL && self->dying == NULL && self->ticks != 0)
            _grove_scheduler_idle (self);
        }
      else if (!_grove_process_is_free (process) || !_grove_placement_give (self, process))
        run (self, process);
    }
  _grove_fault_thread_end (self);
}

/* ---- In the process -------------------------------------------------------------------------- */

void
_grove_leave (enum grove_leave leave)
{
  struct grove_scheduler *self = _grove_scheduler_self;
  struct grove_process   *process = self->current;

  _grove_lock_check_none ();
  self->leave = leave;
  /* The thread's, and others will run on it. Nothing is done behind the switch, so that this
   * function has no frame among those of a process that waits. */
  process->saved_errno = *self->errno_at;
  _grove_stack_leave (&self->stacks, process, leave >= GROVE_LEAVE_HIBERNATE);
}

void
_grove_end_self (void)
{
  struct grove_scheduler *self = _grove_scheduler_self;

  if (self->deferring)
    longjmp (self->escape, 1);
  _grove_leave (GROVE_LEAVE_END);
  abort ();
}

static bool
may_preempt (struct grove_scheduler *self)
{
  return self != NULL && self->current != NULL && self->current->no_preempt == 0 &&
         !self->deferring;
}

void
_grove_charge_spent (void)
{
  struct grove_scheduler *self = _grove_scheduler_self;

  if (!may_preempt (self))
    return;
  GROVE_SET (self->current->where, (uintptr_t) __builtin_return_address (0));
  _grove_leave (GROVE_LEAVE_YIELD);
}

__attribute__ ((noinline)) static void
reductions_spent (void *where)
{
  struct grove_scheduler *self = _grove_scheduler_self;

  if (may_preempt (self))
    {
      GROVE_SET (self->current->where, (uintptr_t) where);
      _grove_leave (GROVE_LEAVE_PREEMPTED);
    }
  else if (self == NULL)
    _grove_reductions_left = INT32_MAX; /* a thread that is no scheduler runs process code */
}

/* What the compiler calls at every basic block of process code. */
GROVE_PUBLIC void __sanitizer_cov_trace_pc (void);

void
__sanitizer_cov_trace_pc (void)
{
  if (__builtin_expect (--_grove_reductions_left < 0, 0))
    reductions_spent (__builtin_return_address (0));
}
