/* SPDX-License-Identifier: MIT
 *
 * What one scheduler has another do: a list that anybody pushes to and the scheduler takes whole.
 */
#include "runtime/core/scheduler.h"

void
_grove_scheduler_call (struct grove_scheduler *self, struct grove_call *call)
{
  struct grove_call *first = atomic_load_explicit (&self->calls, memory_order_relaxed);

  /* Sequentially consistent, as in _grove_list_push(). */
  do
    call->next = first;
  while (!atomic_compare_exchange_weak (&self->calls, &first, call));
  _grove_scheduler_wake (self);
}

void
_grove_scheduler_run_calls (struct grove_scheduler *self)
{
  struct grove_call *call = atomic_exchange_explicit (&self->calls, NULL, memory_order_acquire);
  struct grove_call *in_order = NULL;

  while (call != NULL)
    {
      struct grove_call *next = call->next;
      call->next = in_order;
      in_order = call;
      call = next;
    }
  while (in_order != NULL)
    {
      call = in_order;
      in_order = call->next;
      call->run (self, call);
    }
}
