/* SPDX-License-Identifier: MIT
 *
 * The timeouts of one scheduler's waiting processes, earliest first, in a heap that knows the place
 * of each: a process has at most one, and one that is no longer wanted is taken out, so that none
 * ever wakes a later wait. Belongs to the scheduler.
 */
#pragma once

#include "runtime/core/control.h"

struct grove_timer
{
  uint64_t              deadline_ns;
  struct grove_process *process;
};

struct grove_timers
{
  struct grove_timer *timers;
  uint32_t            n, capacity;
};

void _grove_timers_finish (struct grove_timers *self);
void
_grove_timers_add (struct grove_timers *self, struct grove_process *process, uint64_t deadline_ns);
/* A no-op for a process without one. */
void _grove_timers_remove (struct grove_timers *self, struct grove_process *process);
/* Takes out the earliest if it is due; else NULL. */
struct grove_process *_grove_timers_take_due (struct grove_timers *self, uint64_t now_ns);
/* UINT64_MAX: there is none. */
uint64_t _grove_timers_next (const struct grove_timers *self);
