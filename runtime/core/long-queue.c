/* SPDX-License-Identifier: MIT
 *
 * Mailboxes that get too long, told of once: by the sender that finds it so, which looks at the
 * length anyway. That it is short again is seen when the process waits, since one that does not has
 * enough to do.
 */
#include "runtime/core/event.h"
#include "runtime/core/mailbox.h"
#include "runtime/core/process-table.h"

void
_grove_queue_long (grove_pid pid, uint64_t n)
{
  struct grove_process *process = _grove_table_block (pid);

  if (!GROVE_GET (process->long_queue) && !atomic_exchange (&process->long_queue, true))
    _grove_event (GROVE_EVENT_LONG_QUEUE, pid, n, 1);
}

void
_grove_queue_check (struct grove_process *process)
{
  uint64_t n = (GROVE_GET (process->pushed) - GROVE_GET (process->removed)) >> GROVE_COUNT_SHIFT;

  if (n >= GROVE_LONG_QUEUE / 2)
    return;
  GROVE_SET (process->long_queue, false);
  _grove_event (GROVE_EVENT_LONG_QUEUE, _grove_process_pid (process), n, 0);
}
