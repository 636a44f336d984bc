/* SPDX-License-Identifier: MIT
 *
 * See lock.h. The ranks a thread holds are a set of bits in a variable of that thread.
 */
#include "runtime/core/lock.h"

_Thread_local unsigned _grove_lock_ranks;

void
_grove_lock (struct grove_lock *self)
{
  assert (_grove_lock_ranks >> self->rank == 0);
  pthread_mutex_lock (&self->mutex);
  _grove_lock_ranks |= 1U << self->rank;
}

void
_grove_unlock (struct grove_lock *self)
{
  _grove_lock_ranks &= ~(1U << self->rank);
  pthread_mutex_unlock (&self->mutex);
}

void
_grove_lock_wait (struct grove_lock *self, pthread_cond_t *condition)
{
  _grove_lock_ranks &= ~(1U << self->rank);
  pthread_cond_wait (condition, &self->mutex);
  _grove_lock_ranks |= 1U << self->rank;
}

bool
_grove_lock_held (void)
{
  return _grove_lock_ranks != 0;
}
