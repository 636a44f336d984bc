/* SPDX-License-Identifier: MIT
 *
 * What a process leaves of its slice when it waits or ends goes to those that were spawned in it:
 * the children of the one that ran last first, in the order they were spawned, then its siblings. A
 * tree of processes so runs depth first, a slice at a time, in blocks and messages that are still
 * in the cache, where the queue alone would make all of a generation before the first of it ends.
 *
 * Nobody waits longer for it: all heirs together have one slice, and for others it is as if the
 * first had used it up. Nothing is inherited when somebody of higher priority could run, when
 * signals wait to be served, when the clock is to be read, or where a busy process is, from which
 * the children had better be taken away, or on a scheduler that is offline. Between the turns of a
 * family nobody but the processes themselves touches the run queue, and they only append to it: so
 * the places in it that are kept here hold until the slice is over.
 */
#include "runtime/core/scheduler.h"

#include "runtime/core/seeded.h"

/* Less than this part of a slice is not worth a turn. */
#define WORTH 8

/* Those that were woken may stand between children: so many are looked over. */
#define MAX_BETWEEN 16

/* Takes the next child of @heirs out of the queue; NULL: it is not to be seen. */
static struct grove_process *
take_child (struct grove_scheduler *self, struct grove_heirs *heirs)
{
  struct grove_process *process = heirs->next;

  for (unsigned i = 0; i < MAX_BETWEEN && process != NULL; i++)
    {
      struct grove_process *next = process->queue_next;
      if (_grove_process_is_free (process) && process->queue == GROVE_PRIORITY_NORMAL)
        {
          heirs->next = next;
          heirs->n--;
          _grove_run_queue_remove (&self->queue, process);
          return process;
        }
      process = next;
    }
  return NULL;
}

static bool
may_inherit (struct grove_scheduler *self)
{
  return (self->leave == GROVE_LEAVE_WAIT || self->leave == GROVE_LEAVE_END) && self->ticks > 0 &&
         _grove_reductions_left >= (int32_t) (_grove_runtime.budget / WORTH) &&
         self->queue.first[GROVE_QUEUE_HIGH] == NULL &&
         self->queue.first[GROVE_QUEUE_MAX] == NULL &&
         GROVE_GET (self->queue.n_busy[0]) + GROVE_GET (self->queue.n_busy[1]) == 0 &&
         self->dying == NULL && GROVE_GET (self->notified) == NULL &&
         GROVE_GET (_grove_seed) == 0 && self->id < GROVE_GET (_grove_runtime.n_online);
}

struct grove_process *
_grove_heir_take (struct grove_scheduler *self)
{
  if (!may_inherit (self))
    return NULL;
  if (self->children.n > 0 && self->n_heirs < GROVE_HEIRS)
    self->heirs[self->n_heirs++] = self->children;
  while (self->n_heirs > 0)
    {
      struct grove_heirs   *heirs = &self->heirs[self->n_heirs - 1];
      struct grove_process *process = heirs->n > 0 ? take_child (self, heirs) : NULL;
      if (process != NULL)
        return process;
      self->n_heirs--;
    }
  return NULL;
}
