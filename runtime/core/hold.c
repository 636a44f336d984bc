/* SPDX-License-Identifier: MIT
 *
 * See hold.h.
 */
#include "runtime/core/hold.h"

#include "runtime/core/bonds.h"
#include "runtime/core/scheduler.h"

#include <string.h>

static void
add (struct grove_process *process, struct grove_hold *hold)
{
  struct grove_bonds *bonds = _grove_bonds (process);

  hold->next = bonds->holds;
  hold->link = &bonds->holds;
  if (hold->next != NULL)
    hold->next->link = &hold->next;
  bonds->holds = hold;
}

void
_grove_hold_add (struct grove_hold *hold)
{
  add (_grove_scheduler_self->current, hold);
}

void
_grove_hold_remove (struct grove_hold *hold)
{
  *hold->link = hold->next;
  if (hold->next != NULL)
    hold->next->link = hold->link;
  hold->link = NULL;
}

void
_grove_hold_give (struct grove_hold *hold, grove_pid to)
{
  struct grove_message *signal = _grove_signal_new (GROVE_SIGNAL_HOLD, sizeof hold, 0);

  _grove_hold_remove (hold);
  memcpy (_grove_signal_bytes (signal), &hold, sizeof hold);
  _grove_signal_send (to, signal);
}

static struct grove_hold *
hold_of (const struct grove_message *signal)
{
  struct grove_hold *hold;

  memcpy (&hold, _grove_signal_term (signal).bytes, sizeof hold);
  return hold;
}

void
_grove_hold_handle (struct grove_process *process, const struct grove_message *signal)
{
  struct grove_hold *hold = hold_of (signal);

  add (process, hold);
  if (hold->arrived != NULL)
    hold->arrived (hold, _grove_process_pid (process));
}

void
_grove_hold_refuse (const struct grove_message *signal)
{
  struct grove_hold *hold = hold_of (signal);

  hold->release (hold);
}

bool
_grove_hold_release_one (struct grove_process *process)
{
  struct grove_hold *hold = process->bonds != NULL ? process->bonds->holds : NULL;

  if (hold == NULL)
    return false;
  _grove_hold_remove (hold);
  hold->release (hold);
  return true;
}
