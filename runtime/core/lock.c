/* SPDX-License-Identifier: MIT
 *
 * See lock.h. The ranks a thread holds are a set of bits in a variable of that thread.
 */
#include "runtime/core/lock.h"

#include <assert.h>

static _Thread_local unsigned held_ranks;

void
_grove_lock (struct grove_lock *self)
{
  assert (held_ranks >> self->rank == 0);
  pthread_mutex_lock (&self->mutex);
  held_ranks |= 1U << self->rank;
}

void
_grove_unlock (struct grove_lock *self)
{
  held_ranks &= ~(1U << self->rank);
  pthread_mutex_unlock (&self->mutex);
}

void
_grove_lock_wait (struct grove_lock *self, pthread_cond_t *condition)
{
  held_ranks &= ~(1U << self->rank);
  pthread_cond_wait (condition, &self->mutex);
  held_ranks |= 1U << self->rank;
}

bool
_grove_lock_held (void)
{
  return held_ranks != 0;
}

void
_grove_lock_check_none (void)
{
  assert (held_ranks == 0);
}
