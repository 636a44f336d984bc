/* SPDX-License-Identifier: MIT
 *
 * The loop of a scheduler, see scheduler.h.
 */
#include "runtime/core/scheduler.h"

#include "runtime/core/dying.h"
#include "runtime/core/lock.h"

#include <errno.h>
#include <linux/futex.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* The clock is read after this many slices, and after one that was used up. */
#define TICKS_BETWEEN_CLOCKS 32

/* So many processes are looked at for their signals before others have a turn. When one with many
 * links ends, all of those end with it. */
#define SERVES_A_TURN 64

/* How often an idle scheduler looks before it sleeps: about ten microseconds. */
#define SPINS 200

/* With more fresh processes than this in its queue, a scheduler gives half of them to an idle one.
 */
#define BACKLOG 256

struct grove_runtime _grove_runtime;

_Thread_local struct grove_scheduler *_grove_scheduler_self;
_Thread_local int32_t                 _grove_reductions_left;

/* ---- Being looked at ------------------------------------------------------------------------- */

static void
push_on (_Atomic (struct grove_process *) *list,
         struct grove_process             *process,
         struct grove_process            **link)
{
  struct grove_process *first = atomic_load_explicit (list, memory_order_relaxed);

  /* Sequentially consistent, as is the load of `sleeping` behind it: either this thread sees that
   * the scheduler sleeps, or the scheduler sees the list before it does. */
  do
    *link = first;
  while (!atomic_compare_exchange_weak (list, &first, process));
}

void
_grove_scheduler_wake (struct grove_scheduler *self)
{
  if (self == _grove_scheduler_self || atomic_load (&self->sleeping) == 0)
    return;
  if (atomic_exchange (&self->sleeping, 0) != 0)
    syscall (SYS_futex, &self->sleeping, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

void
_grove_process_notify (struct grove_process *process)
{
  struct grove_scheduler *scheduler;

  /* Publishes what was pushed to the in-queue before, to whoever clears the flag. */
  if (atomic_exchange (&process->notified, 1) != 0)
    return;
  scheduler = atomic_load_explicit (&process->scheduler, memory_order_acquire);
  push_on (&scheduler->notified, process, &process->notified_next);
  _grove_scheduler_wake (scheduler);
}

void
_grove_process_make_runnable (struct grove_process *process)
{
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
          else if (process->queued || GROVE_GET (process->state) == GROVE_STATE_WAITING)
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

  while (process != NULL)
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
}

/* ---- Giving ---------------------------------------------------------------------------------- */

static struct grove_scheduler *
claim_idle (void)
{
  for (unsigned i = 0; i < _grove_runtime.n_schedulers; i++)
    {
      struct grove_scheduler *other = &_grove_runtime.schedulers[i];
      if (GROVE_GET (other->idle) != 0 && atomic_exchange (&other->idle, 0) != 0)
        {
          atomic_fetch_sub (&_grove_runtime.n_idle, 1);
          return other;
        }
    }
  return NULL;
}

void
_grove_scheduler_hand (struct grove_scheduler *to, struct grove_process *process)
{
  GROVE_ADD (_grove_scheduler_self->n_given, 1);
  /* Release: whoever sees the new owner also sees that the process is in no queue. */
  atomic_store_explicit (&process->scheduler, to, memory_order_release);
  push_on (&to->handed, process, &process->queue_next);
}

/* Gives @process, whose turn it is and which has no frames, to an idle scheduler, if there is one
 * and this one has more than it can do: a process that only computes, or many that have not begun.
 * Those that talk to each other so stay together. */
static bool
give (struct grove_scheduler *self, struct grove_process *process)
{
  bool                    backlog = self->queue.n_frameless > BACKLOG;
  struct grove_scheduler *to;
  struct grove_process   *more = NULL;

  if (self->queue.n_computing == 0 && !backlog)
    return false;
  to = claim_idle ();
  if (to == NULL)
    return false;
  /* Half of those that have not begun: an idle one that is given a single one of many is idle again
   * when the others have begun here, and then it is too late. */
  if (self->queue.n_frameless > 0)
    more = _grove_run_queue_take_frameless (&self->queue, self->queue.n_frameless / 2);
  _grove_scheduler_hand (to, process);
  while (more != NULL)
    {
      struct grove_process *next = more->queue_next;
      _grove_scheduler_hand (to, more);
      more = next;
    }
  _grove_scheduler_wake (to);
  return true;
}

/* ---- Idling ---------------------------------------------------------------------------------- */

static bool
has_news (struct grove_scheduler *self)
{
  return atomic_load (&self->notified) != NULL || atomic_load (&self->handed) != NULL ||
         atomic_load (&_grove_runtime.stop) != 0;
}

static void
sleep_until (struct grove_scheduler *self, uint64_t deadline_ns)
{
  struct timespec  span;
  struct timespec *timeout = NULL;

  if (deadline_ns != UINT64_MAX)
    {
      uint64_t now = grove_now_ns ();
      if (deadline_ns <= now)
        return;
      span.tv_sec = (time_t) ((deadline_ns - now) / 1000000000);
      span.tv_nsec = (long) ((deadline_ns - now) % 1000000000);
      timeout = &span;
    }
  atomic_store (&self->sleeping, 1);
  if (!has_news (self))
    syscall (SYS_futex, &self->sleeping, FUTEX_WAIT_PRIVATE, 1, timeout, NULL, 0);
  atomic_store (&self->sleeping, 0);
}

static void
relax (void)
{
#if defined(__x86_64__)
  __builtin_ia32_pause ();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static void
idle (struct grove_scheduler *self)
{
  uint64_t since = grove_now_ns ();
  uint64_t next = _grove_timers_next (&self->timers);

  GROVE_SET (self->idle_since_ns, since);
  atomic_store (&self->idle, 1);
  atomic_fetch_add (&_grove_runtime.n_idle, 1);
  for (unsigned i = 0; i < SPINS && !has_news (self); i++)
    relax ();
  if (!has_news (self))
    sleep_until (self, next);
  if (atomic_exchange (&self->idle, 0) != 0)
    atomic_fetch_sub (&_grove_runtime.n_idle, 1);
  self->now_ns = grove_now_ns ();
  self->ticks = 0;
  GROVE_ADD (self->idle_ns, self->now_ns - since);
  GROVE_SET (self->idle_since_ns, 0);
}

/* ---- Running --------------------------------------------------------------------------------- */

static void
start_process (void)
{
  struct grove_scheduler *self = _grove_scheduler_self;

  _grove_stack_entered (&self->stacks);
  self->stacks.entry (self->stacks.arg);
  /* Read again rather than kept among the frames of everything that waits. */
  self = _grove_scheduler_self;
  self->ending = (struct grove_ending){ .owned = NULL };
  _grove_end_self ();
}

/* What the process that just left wanted. */
static void
settle (struct grove_scheduler *self, struct grove_process *process)
{
  switch (self->leave)
    {
    case GROVE_LEAVE_PREEMPTED:
    case GROVE_LEAVE_YIELD:
      process->computes = self->leave == GROVE_LEAVE_PREEMPTED && !self->called;
      _grove_process_make_runnable (process);
      break;
    case GROVE_LEAVE_WAIT:
      break;
    case GROVE_LEAVE_HIBERNATE:
      _grove_stack_release (&self->stacks, process);
      process->entry = self->stacks.entry;
      process->arg = self->stacks.arg;
      GROVE_SET (process->state, GROVE_STATE_WAITING);
      process->wait = GROVE_WAIT_MESSAGE;
      process->woken = process->mailbox_first != NULL;
      serve (self, process);
      break;
    case GROVE_LEAVE_END:
      _grove_process_finish (self, process);
      break;
    }
}

static void
run (struct grove_scheduler *self, struct grove_process *process)
{
  int32_t  budget = (int32_t) _grove_runtime.budget;
  uint64_t used;

  _grove_stack_attach (&self->stacks, process, start_process);
  GROVE_SET (process->state, GROVE_STATE_RUNNING);
  process->computes = false;
  self->current = process;
  self->called = false;
  _grove_reductions_left = budget;
  errno = process->saved_errno;
  _grove_stack_enter (&self->stacks, process);
  self->current = NULL;
  used = (uint64_t) ((int64_t) budget - _grove_reductions_left);
  GROVE_ADD (process->reductions, used);
  GROVE_ADD (self->reductions, used);
  self->ticks = self->leave == GROVE_LEAVE_PREEMPTED || self->ticks == 0 ? 0 : self->ticks - 1;
  settle (self, process);
}

static void
fire_timers (struct grove_scheduler *self)
{
  struct grove_process *process;

  while ((process = _grove_timers_take_due (&self->timers, self->now_ns)) != NULL)
    {
      process->timed_out = true;
      /* A signal that came at this moment the process looks at first. */
      if (GROVE_GET (process->state) == GROVE_STATE_WAITING)
        _grove_process_make_runnable (process);
    }
}

void
_grove_scheduler_loop (struct grove_scheduler *self)
{
  _grove_scheduler_self = self;
  self->now_ns = grove_now_ns ();
  while (atomic_load_explicit (&_grove_runtime.stop, memory_order_relaxed) == 0)
    {
      struct grove_process *process;

      accept_handed (self);
      serve_notified (self);
      if (self->ticks == 0)
        {
          self->now_ns = grove_now_ns ();
          self->ticks = TICKS_BETWEEN_CLOCKS;
          fire_timers (self);
        }
      if (__builtin_expect (self->dying != NULL, 0))
        _grove_dying_step (self);
      process = _grove_run_queue_pop (&self->queue);
      if (process == NULL)
        {
          if (self->serving == NULL && self->dying == NULL)
            idle (self);
        }
      else if (process->sp != NULL || GROVE_GET (_grove_runtime.n_idle) == 0 ||
               !give (self, process))
        run (self, process);
    }
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
  process->saved_errno = errno;
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

void
_grove_wait (enum grove_wait wait)
{
  struct grove_process *process = _grove_scheduler_self->current;
  uintptr_t             in = atomic_load_explicit (&process->inqueue, memory_order_relaxed);

  process->wait = (uint8_t) wait;
  process->woken = false;
  /* It still is when all that came since the last wait came from this thread. */
  if (in != GROVE_IN_WAITING)
    {
      in = GROVE_IN_EMPTY;
      if (!atomic_compare_exchange_strong (&process->inqueue, &in, GROVE_IN_WAITING))
        return;
    }
  GROVE_SET (process->state, GROVE_STATE_WAITING);
  _grove_leave (GROVE_LEAVE_WAIT);
}

static bool
may_preempt (struct grove_scheduler *self)
{
  return self != NULL && self->current != NULL && self->current->no_preempt == 0 &&
         !self->deferring;
}

void
_grove_charge (int32_t reductions)
{
  struct grove_scheduler *self = _grove_scheduler_self;

  self->called = true;
  _grove_reductions_left -= reductions;
  if (__builtin_expect (_grove_reductions_left < 0, 0) && may_preempt (self))
    _grove_leave (GROVE_LEAVE_YIELD);
}

__attribute__ ((noinline)) static void
reductions_spent (void)
{
  struct grove_scheduler *self = _grove_scheduler_self;

  if (may_preempt (self))
    _grove_leave (GROVE_LEAVE_PREEMPTED);
  else if (self == NULL)
    _grove_reductions_left = INT32_MAX; /* a thread that is no scheduler runs process code */
}

/* What the compiler calls at every basic block of process code. */
GROVE_PUBLIC void __sanitizer_cov_trace_pc (void);

void
__sanitizer_cov_trace_pc (void)
{
  if (__builtin_expect (--_grove_reductions_left < 0, 0))
    reductions_spent ();
}
