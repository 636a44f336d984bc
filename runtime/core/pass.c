/* SPDX-License-Identifier: MIT
 *
 * Passing the turn on. A process that waits goes straight to the one whose turn comes, when all
 * that its scheduler would do in between is to find that out: half of the switches, and a
 * scheduler's loop, are saved. Besides, processors predict where a function returns to by where it
 * was called from; two that wait in the same function return to where the other one would have, and
 * so they are predicted rightly, which is never so on the way through a scheduler.
 *
 * Nothing here decides anything: wherever there is more to it than one process waiting and the next
 * one running, the scheduler does it. What it looks at by the clock it gets to as often as ever,
 * for a turn that is passed on counts as one of those between two looks.
 */
#include "runtime/core/lock.h"
#include "runtime/core/process-private.h"
#include "runtime/core/scheduler.h"
#include "runtime/core/trace-private.h"

#include <stdlib.h>

/* So much room a process has left on its stack that passes its turn on: nothing here may get into
 * the guard, for that would be found out in the next one's turn. */
#define ROOM 4096

/* Whether the loop would just take the next one out of its queue. */
static inline bool
loop_rests (struct grove_scheduler *self)
{
  return self->passes && self->ticks > 1 && GROVE_GET (self->notified) == NULL &&
         GROVE_GET (self->handed) == NULL && GROVE_GET (self->calls) == NULL;
}

/* Whether @process leaves nothing to be looked at: no heirs, no slice that was used up, nobody who
 * wants to know. */
static inline bool
leaves_nothing (struct grove_scheduler *self, struct grove_process *process)
{
  uintptr_t here = (uintptr_t) __builtin_frame_address (0);

  return self->children.n == 0 && _grove_reductions_left >= 0 && process->busy == 0 &&
         !self->overflowed && !GROVE_TRACED (process, GROVE_TRACE_RUNNING) &&
         here - (uintptr_t) process->stack->memory > GROVE_STACK_GUARD + ROOM;
}

/* Whose turn comes, out of the queue and with its frames in place; NULL: that is for the scheduler
 * to say. */
static inline __attribute__ ((always_inline)) struct grove_process *
take_next (struct grove_scheduler *self, struct grove_process *process)
{
  struct grove_run_queue *queue = &self->queue;
  struct grove_process   *next = queue->first[GROVE_QUEUE_MAX];

  if (next == NULL)
    next = queue->first[GROVE_QUEUE_HIGH];
  if (next == NULL)
    next = queue->first[GROVE_QUEUE_SHARED];
  if (next == NULL || next->queue == GROVE_PRIORITY_LOW || !loop_rests (self) ||
      !leaves_nothing (self, process) || GROVE_TRACED (next, GROVE_TRACE_RUNNING) ||
      !_grove_stack_ready (&self->stacks, next) ||
      (queue->n_free > 0 && !_grove_placement_rests (self)))
    return NULL;
  next->passed_over = 0;
  _grove_run_queue_take_out (queue, next);
  if (next->sp == NULL)
    _grove_stack_attach (&self->stacks, next, _grove_process_start);
  return next;
}

static inline void
change_turns (struct grove_scheduler *self,
              struct grove_process   *process,
              struct grove_process   *next)
{
  _grove_lock_check_none ();
  process->saved_errno = *self->errno_at;
  _grove_turn_end (self, process);
  self->ticks--;
  _grove_turn_begin (self, next, self->slice);
}

void
_grove_wait (enum grove_wait wait)
{
  struct grove_scheduler *self = _grove_scheduler_self;
  struct grove_process   *process = self->current;
  struct grove_process   *next;
  uintptr_t               in = atomic_load_explicit (&process->inqueue, memory_order_relaxed);

  if (__builtin_expect (GROVE_GET (process->long_queue), 0))
    _grove_queue_check (process);
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
  next = take_next (self, process);
  /* Nothing is done behind the switch, so that this function has no frame among those of a process
   * that waits. */
  if (next == NULL)
    _grove_leave (GROVE_LEAVE_WAIT);
  else
    {
      change_turns (self, process, next);
      _grove_stack_pass (process, next, &process->stack_bytes);
    }
}

/* ---- Without frames -------------------------------------------------------------------------- */

bool
_grove_linger (grove_entry entry, void *arg)
{
  struct grove_scheduler *self = _grove_scheduler_self;
  struct grove_process   *process = self->current;
  struct grove_process   *next;
  uintptr_t               in = GROVE_IN_EMPTY;
  unsigned                i;

  if (self->deferring || process->no_preempt != 0 || process->mailbox_first != NULL ||
      self->n_lingering == GROVE_LINGERING || !_grove_placement_rests (self) ||
      (GROVE_GET (process->inqueue) != GROVE_IN_WAITING &&
       !atomic_compare_exchange_strong (&process->inqueue, &in, GROVE_IN_WAITING)))
    return false;
  next = take_next (self, process);
  if (next == NULL)
    return false;
  self->lingering[self->n_lingering++] = (struct grove_lingering){ process, entry, arg };
  GROVE_SET (process->where, (uintptr_t) entry + 1);
  process->wait = GROVE_WAIT_MESSAGE;
  process->woken = false;
  GROVE_SET (process->state, GROVE_STATE_WAITING);
  /* None of the frames counts any more. */
  GROVE_SET (process->stack_bytes, 0);
  change_turns (self, process, next);
  _grove_stack_pass (process, next, &self->stacks.context_live);
  for (i = 0; self->lingering[i].process != process; i++)
    continue;
  self->lingering[i] = self->lingering[--self->n_lingering];
  return true;
}

void
_grove_lingering_end (struct grove_scheduler *self)
{
  while (self->n_lingering > 0)
    {
      const struct grove_lingering *lingering = &self->lingering[--self->n_lingering];
      struct grove_process         *process = lingering->process;

      _grove_process_drop_frames (self, process, lingering->entry, lingering->arg);
      self->queue.n_free += process->queued && _grove_process_is_free (process);
    }
}

void
_grove_hibernate (grove_entry entry, void *arg)
{
  struct grove_scheduler *self = _grove_scheduler_self;
#ifndef GROVE_OWN_STACKS
  struct grove_process *process = self->current;
  struct grove_process *next = NULL;
  uintptr_t             in = GROVE_IN_EMPTY;

  if (process->mailbox_first == NULL &&
      (GROVE_GET (process->inqueue) == GROVE_IN_WAITING ||
       atomic_compare_exchange_strong (&process->inqueue, &in, GROVE_IN_WAITING)))
    next = take_next (self, process);
  if (next != NULL)
    {
      change_turns (self, process, next);
      /* It still stands there; but nobody else is given the stack before the switch. */
      _grove_process_park (self, process, entry, arg);
      _grove_stack_pass_away (&self->stacks, next);
    }
#endif
  self->stacks.entry = entry;
  self->stacks.arg = arg;
  _grove_leave (GROVE_LEAVE_HIBERNATE);
  abort ();
}
