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

/* Last of the priority that was asked for. */
void _grove_run_queue_push (struct grove_run_queue *self, struct grove_process *process);
void _grove_run_queue_remove (struct grove_run_queue *self, struct grove_process *process);
/* Whose turn it is; NULL: nobody's. */
struct grove_process *_grove_run_queue_pop (struct grove_run_queue *self);
/* Has one of those whose turn it could be, drawn from the seed, come first. */
void _grove_run_queue_choose (struct grove_run_queue *self);
/* Takes out at most @n free ones, of the highest priority first, and there first come first; they
 * are chained by queue_next. */
struct grove_process *_grove_run_queue_take_free (struct grove_run_queue *self, uint32_t n);
/* Whether @process, which has just run, used up its slice and could go on. */
void
_grove_run_queue_set_busy (struct grove_run_queue *self, struct grove_process *process, bool busy);
