/* SPDX-License-Identifier: MIT
 *
 * The processes of one scheduler that can run. Max and high are strict. Normal and low share a
 * queue, in which a low one is passed over until its 8th turn; where no normal one waits, low ones
 * run at full speed. Belongs to the scheduler; the length may be read by anybody.
 */
#pragma once

#include "runtime/core/control.h"

enum
{
  GROVE_QUEUE_SHARED, /* normal and low */
  GROVE_QUEUE_HIGH,
  GROVE_QUEUE_MAX,
  GROVE_N_QUEUES,
};

struct grove_run_queue
{
  struct grove_process *first[GROVE_N_QUEUES]; /* grove_process.queue_next */
  struct grove_process *last[GROVE_N_QUEUES];
  _Atomic uint32_t      n;
  uint32_t              n_normal;
  uint32_t              n_free; /* could run on any scheduler */
  /* Those that can run, the one that runs included, and have used up the whole of their last slice:
   * of normal and low priority, and above. May be read by anybody. */
  _Atomic uint32_t n_busy[2];
};

/* It could run on any scheduler: it has no frames, and is not bound. */
static inline bool
_grove_process_is_free (const struct grove_process *process)
{
  return process->sp == NULL && !process->bound;
}

void _grove_run_queue_count_busy (struct grove_run_queue *self,
                                  struct grove_process   *process,
                                  unsigned                now);

static inline unsigned
_grove_queue_of (uint8_t priority)
{
  _Static_assert(GROVE_PRIORITY_HIGH - GROVE_PRIORITY_NORMAL == GROVE_QUEUE_HIGH &&
                   GROVE_PRIORITY_MAX - GROVE_PRIORITY_NORMAL == GROVE_QUEUE_MAX,
                 "both rise");

  return priority <= GROVE_PRIORITY_NORMAL ? GROVE_QUEUE_SHARED : priority - GROVE_PRIORITY_NORMAL;
}

/* Last of the priority that was asked for. */
static inline void
_grove_run_queue_push (struct grove_run_queue *self, struct grove_process *process)
{
  uint8_t  priority = (uint8_t) GROVE_GET (process->priority);
  unsigned queue = _grove_queue_of (priority);

  process->queue = priority;
  process->queued = true;
  process->queue_next = NULL;
  process->queue_previous = self->last[queue];
  if (self->last[queue] != NULL)
    self->last[queue]->queue_next = process;
  else
    self->first[queue] = process;
  self->last[queue] = process;
  GROVE_ADD (self->n, 1);
  self->n_normal += priority == GROVE_PRIORITY_NORMAL;
  self->n_free += _grove_process_is_free (process);
}

/* Out of the list, and no more. */
static inline void
_grove_run_queue_unlink (struct grove_run_queue *self, struct grove_process *process)
{
  unsigned queue = _grove_queue_of (process->queue);

  if (process->queue_previous != NULL)
    process->queue_previous->queue_next = process->queue_next;
  else
    self->first[queue] = process->queue_next;
  if (process->queue_next != NULL)
    process->queue_next->queue_previous = process->queue_previous;
  else
    self->last[queue] = process->queue_previous;
}

static inline void
_grove_run_queue_take_out (struct grove_run_queue *self, struct grove_process *process)
{
  _grove_run_queue_unlink (self, process);
  process->queued = false;
  GROVE_ADD (self->n, (uint32_t) -1);
  self->n_normal -= process->queue == GROVE_PRIORITY_NORMAL;
  self->n_free -= _grove_process_is_free (process);
}

/* Takes it out, to be elsewhere, or at another priority. */
void _grove_run_queue_remove (struct grove_run_queue *self, struct grove_process *process);

/* Whose turn it is; NULL: nobody's. */
struct grove_process *_grove_run_queue_pop_unusual (struct grove_run_queue *self);
static inline struct grove_process *
_grove_run_queue_pop (struct grove_run_queue *self)
{
  struct grove_process *process = self->first[GROVE_QUEUE_SHARED];

  if (__builtin_expect (self->first[GROVE_QUEUE_MAX] != NULL ||
                          self->first[GROVE_QUEUE_HIGH] != NULL || process == NULL ||
                          process->queue != GROVE_PRIORITY_NORMAL,
                        0))
    return _grove_run_queue_pop_unusual (self);
  process->passed_over = 0;
  _grove_run_queue_take_out (self, process);
  return process;
}

/* Has one of those whose turn it could be, drawn from the seed, come first. */
void _grove_run_queue_choose (struct grove_run_queue *self);
/* Takes out at most @n free ones, of the highest priority first, and there first come first; they
 * are chained by queue_next. */
struct grove_process *_grove_run_queue_take_free (struct grove_run_queue *self, uint32_t n);

/* Whether @process, which has just run, used up its slice and could go on. */
static inline void
_grove_run_queue_set_busy (struct grove_run_queue *self, struct grove_process *process, bool busy)
{
  unsigned now = busy ? 1 + (_grove_queue_of (process->queue) != GROVE_QUEUE_SHARED) : 0;

  if (__builtin_expect (process->busy != now, 0))
    _grove_run_queue_count_busy (self, process, now);
}
