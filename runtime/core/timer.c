/* SPDX-License-Identifier: MIT
 *
 * See timer.h.
 */
#include "runtime/core/timer.h"

#include "runtime/core/memory.h"

static void
put (struct grove_timers *self, uint32_t place, struct grove_timer timer)
{
  self->timers[place] = timer;
  timer.process->timer = place;
}

static void
sift_up (struct grove_timers *self, uint32_t place, struct grove_timer timer)
{
  while (place > 0)
    {
      uint32_t above = (place - 1) / 2;
      if (self->timers[above].deadline_ns <= timer.deadline_ns)
        break;
      put (self, place, self->timers[above]);
      place = above;
    }
  put (self, place, timer);
}

static void
sift_down (struct grove_timers *self, uint32_t place, struct grove_timer timer)
{
  for (;;)
    {
      uint32_t below = 2 * place + 1;
      if (below >= self->n)
        break;
      if (below + 1 < self->n &&
          self->timers[below + 1].deadline_ns < self->timers[below].deadline_ns)
        below++;
      if (self->timers[below].deadline_ns >= timer.deadline_ns)
        break;
      put (self, place, self->timers[below]);
      place = below;
    }
  put (self, place, timer);
}

void
_grove_timers_finish (struct grove_timers *self)
{
  free (self->timers);
  *self = (struct grove_timers){ 0 };
}

void
_grove_timers_add (struct grove_timers *self, struct grove_process *process, uint64_t deadline_ns)
{
  if (self->n == self->capacity)
    {
      self->capacity = self->capacity == 0 ? 64 : self->capacity * 2;
      self->timers = _grove_realloc (self->timers, self->capacity * sizeof *self->timers);
    }
  self->n++;
  sift_up (self, self->n - 1, (struct grove_timer){ deadline_ns, process });
}

void
_grove_timers_remove (struct grove_timers *self, struct grove_process *process)
{
  uint32_t           place = process->timer;
  struct grove_timer last;

  if (place == GROVE_NO_TIMER)
    return;
  process->timer = GROVE_NO_TIMER;
  last = self->timers[--self->n];
  if (place == self->n)
    return;
  if (place > 0 && self->timers[(place - 1) / 2].deadline_ns > last.deadline_ns)
    sift_up (self, place, last);
  else
    sift_down (self, place, last);
}

struct grove_process *
_grove_timers_take_due (struct grove_timers *self, uint64_t now_ns)
{
  struct grove_process *process;

  if (self->n == 0 || self->timers[0].deadline_ns > now_ns)
    return NULL;
  process = self->timers[0].process;
  _grove_timers_remove (self, process);
  return process;
}

uint64_t
_grove_timers_next (const struct grove_timers *self)
{
  return self->n == 0 ? UINT64_MAX : self->timers[0].deadline_ns;
}
