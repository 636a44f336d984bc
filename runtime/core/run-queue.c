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

static void
append (struct grove_run_queue *self, struct grove_process *process)
{
  unsigned queue = _grove_queue_of (process->queue);

  process->queue_next = NULL;
  process->queue_previous = self->last[queue];
  if (self->last[queue] != NULL)
    self->last[queue]->queue_next = process;
  else
    self->first[queue] = process;
  self->last[queue] = process;
}

void
_grove_run_queue_remove (struct grove_run_queue *self, struct grove_process *process)
{
  _grove_run_queue_set_busy (self, process, false);
  _grove_run_queue_take_out (self, process);
}

struct grove_process *
_grove_run_queue_pop_unusual (struct grove_run_queue *self)
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
          _grove_run_queue_unlink (self, process);
          append (self, process);
          process = self->first[GROVE_QUEUE_SHARED];
        }
    }
  if (process != NULL)
    {
      process->passed_over = 0;
      _grove_run_queue_take_out (self, process);
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
  _grove_run_queue_unlink (self, process);
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
_grove_run_queue_count_busy (struct grove_run_queue *self,
                             struct grove_process   *process,
                             unsigned                now)
{
  if (process->busy != 0)
    GROVE_ADD (self->n_busy[process->busy - 1], (uint32_t) -1);
  if (now != 0)
    GROVE_ADD (self->n_busy[now - 1], 1);
  process->busy = now & 3;
}
