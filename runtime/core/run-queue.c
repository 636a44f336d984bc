/* SPDX-License-Identifier: MIT
 *
 * See run-queue.h.
 */
#include "runtime/core/run-queue.h"

#include "runtime/core/seeded.h"

/* As the BEAM does: a low one runs when its turn has come this often. */
#define LOW_TURNS 8

/* Among so many of the first the seed chooses. */
#define CHOICES 32

static unsigned
queue_of (uint8_t priority)
{
  _Static_assert(GROVE_PRIORITY_HIGH - GROVE_PRIORITY_NORMAL == GROVE_QUEUE_HIGH &&
                   GROVE_PRIORITY_MAX - GROVE_PRIORITY_NORMAL == GROVE_QUEUE_MAX,
                 "both rise");

  return priority <= GROVE_PRIORITY_NORMAL ? GROVE_QUEUE_SHARED : priority - GROVE_PRIORITY_NORMAL;
}

static void
append (struct grove_run_queue *self, struct grove_process *process)
{
  unsigned queue = queue_of (process->queue);

  process->queue_next = NULL;
  process->queue_previous = self->last[queue];
  if (self->last[queue] != NULL)
    self->last[queue]->queue_next = process;
  else
    self->first[queue] = process;
  self->last[queue] = process;
}

static void
unlink_from (struct grove_run_queue *self, struct grove_process *process)
{
  unsigned queue = queue_of (process->queue);

  if (process->queue_previous != NULL)
    process->queue_previous->queue_next = process->queue_next;
  else
    self->first[queue] = process->queue_next;
  if (process->queue_next != NULL)
    process->queue_next->queue_previous = process->queue_previous;
  else
    self->last[queue] = process->queue_previous;
}

void
_grove_run_queue_push (struct grove_run_queue *self, struct grove_process *process)
{
  process->queue = (uint8_t) GROVE_GET (process->priority);
  process->queued = true;
  append (self, process);
  GROVE_ADD (self->n, 1);
  self->n_normal += process->queue == GROVE_PRIORITY_NORMAL;
  self->n_free += _grove_process_is_free (process);
}

static void
take_out (struct grove_run_queue *self, struct grove_process *process)
{
  unlink_from (self, process);
  process->queued = false;
  GROVE_ADD (self->n, (uint32_t) -1);
  self->n_normal -= process->queue == GROVE_PRIORITY_NORMAL;
  self->n_free -= _grove_process_is_free (process);
}

void
_grove_run_queue_remove (struct grove_run_queue *self, struct grove_process *process)
{
  _grove_run_queue_set_busy (self, process, false);
  take_out (self, process);
}

struct grove_process *
_grove_run_queue_pop (struct grove_run_queue *self)
{
  struct grove_process *process = self->first[GROVE_QUEUE_MAX];

  if (process == NULL)
    process = self->first[GROVE_QUEUE_HIGH];
  if (process == NULL)
    {
      process = self->first[GROVE_QUEUE_SHARED];
      while (process != NULL && process->queue == GROVE_PRIORITY_LOW && self->n_normal > 0 &&
             ++process->passed_over < LOW_TURNS)
        {
          unlink_from (self, process);
          append (self, process);
          process = self->first[GROVE_QUEUE_SHARED];
        }
    }
  if (process != NULL)
    {
      process->passed_over = 0;
      take_out (self, process);
    }
  return process;
}

void
_grove_run_queue_choose (struct grove_run_queue *self)
{
  struct grove_process *process = NULL;
  unsigned              queue = GROVE_N_QUEUES;
  uint32_t              n = 0;

  while (process == NULL && queue-- > 0)
    process = self->first[queue];
  for (struct grove_process *other = process; other != NULL && n < CHOICES; n++)
    other = other->queue_next;
  if (n < 2)
    return;
  for (uint32_t chosen = _grove_seeded_draw (n); chosen > 0; chosen--)
    process = process->queue_next;
  unlink_from (self, process);
  process->queue_previous = NULL;
  process->queue_next = self->first[queue];
  if (self->first[queue] != NULL)
    self->first[queue]->queue_previous = process;
  else
    self->last[queue] = process;
  self->first[queue] = process;
}

struct grove_process *
_grove_run_queue_take_free (struct grove_run_queue *self, uint32_t n)
{
  struct grove_process  *taken = NULL;
  struct grove_process **last = &taken;

  for (unsigned queue = GROVE_N_QUEUES; queue-- > 0;)
    for (struct grove_process *next, *process = self->first[queue];
         process != NULL && n > 0 && self->n_free > 0; process = next)
      {
        next = process->queue_next;
        if (!_grove_process_is_free (process))
          continue;
        _grove_run_queue_remove (self, process);
        process->queue_next = NULL;
        *last = process;
        last = &process->queue_next;
        n--;
      }
  return taken;
}

void
_grove_run_queue_set_busy (struct grove_run_queue *self, struct grove_process *process, bool busy)
{
  unsigned now = busy ? 1 + (queue_of (process->queue) != GROVE_QUEUE_SHARED) : 0;

  if (__builtin_expect (process->busy == now, 1))
    return;
  if (process->busy != 0)
    GROVE_ADD (self->n_busy[process->busy - 1], (uint32_t) -1);
  if (now != 0)
    GROVE_ADD (self->n_busy[now - 1], 1);
  process->busy = now & 3;
}
