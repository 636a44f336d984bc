/* SPDX-License-Identifier: MIT
 *
 * A hierarchical wheel of timers: nine levels of 64 slots, each level 64 times as coarse as the one
 * below, the finest a tick of 16 microseconds. Adding and taking out touch one list; a timer comes
 * nearer by a level at a time, at most eight times in its life. It knows nothing of what its timers
 * are for. Belongs to one thread.
 *
 * Invariants: a timer is never taken before its deadline, and at most a tick after it by the clock
 * that is handed in. Timers whose deadlines lie a tick or more apart are taken in the order of
 * these; those of one tick in the order they were added. Relative to `tick` all of a level come
 * before all of the next, and within a level the slots come in order.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GROVE_WHEEL_TICK_SHIFT 14 /* a tick is 16,384 ns */
#define GROVE_WHEEL_LEVELS     9  /* enough for every deadline of 64 bits */
#define GROVE_WHEEL_SLOTS      64

/* A member of a circular list. Zero-initialised it is in no wheel. */
struct grove_wheel_timer
{
  struct grove_wheel_timer *next, *previous;
  uint64_t                  deadline_ns; /* of a list's head: not later than that of any member */
};

struct grove_wheel
{
  uint64_t                 tick;    /* what is due by it has left the slots */
  struct grove_wheel_timer due;     /* head: those to be taken */
  struct grove_wheel_timer falling; /* head: the slot that is being spread over the levels below */
  uint64_t occupied[GROVE_WHEEL_LEVELS]; /* a bit a slot; may be set for an empty one */
  struct grove_wheel_timer slots[GROVE_WHEEL_LEVELS][GROVE_WHEEL_SLOTS]; /* heads */
};

void _grove_wheel_init (struct grove_wheel *self, uint64_t now_ns);

/* @timer must be in no wheel. */
void
_grove_wheel_add (struct grove_wheel *self, struct grove_wheel_timer *timer, uint64_t deadline_ns);

static inline bool
_grove_wheel_contains (const struct grove_wheel_timer *timer)
{
  return timer->next != NULL;
}

static inline void
_grove_wheel_remove (struct grove_wheel_timer *timer)
{
  timer->next->previous = timer->previous;
  timer->previous->next = timer->next;
  timer->next = NULL;
}

/* Takes out the next timer that is due. Moves at most *@budget timers nearer, and counts them off:
 * NULL with no budget left means that there may be more. */
struct grove_wheel_timer *
_grove_wheel_take (struct grove_wheel *self, uint64_t now_ns, unsigned *budget);

/* When _grove_wheel_take() has something to do again: 0: at once; UINT64_MAX: never. Not later than
 * the next timer is due, and earlier only where that one was removed. */
uint64_t _grove_wheel_next (struct grove_wheel *self);
