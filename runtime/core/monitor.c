/* SPDX-License-Identifier: MIT
 *
 * Monitors. The watcher knows what it watches, the watched who watches it. A DOWN is believed only
 * while the watcher still has the monitor, so it arrives once, and never after demonitoring.
 */
#include "runtime/core/block.h"
#include "runtime/core/bonds.h"
#include "runtime/core/mailbox.h"
#include "runtime/core/scheduler.h"

void
_grove_monitor_add (struct grove_process *process, grove_ref monitor, grove_pid target)
{
  _grove_relations_put (&_grove_bonds (process)->monitors, monitor, target);
}

void
_grove_monitored_by_add (struct grove_process *process, grove_ref monitor, grove_pid watcher)
{
  _grove_relations_put (&_grove_bonds (process)->monitored_by, monitor, watcher);
}

bool
_grove_monitor_take (struct grove_process *process, grove_ref monitor)
{
  return process->bonds != NULL && _grove_relations_remove (&process->bonds->monitors, monitor);
}

void
_grove_monitor_handle (struct grove_process *process, const struct grove_message *signal)
{
  if (signal->kind == GROVE_SIGNAL_MONITOR)
    _grove_monitored_by_add (process, signal->tag, signal->sender);
  else if (process->bonds != NULL)
    _grove_relations_remove (&process->bonds->monitored_by, signal->tag);
}

void
_grove_monitors_end (struct grove_process *process, struct grove_term reason)
{
  struct grove_relations *relations;

  if (process->bonds == NULL)
    return;
  relations = &process->bonds->monitored_by;
  for (uint32_t i = 0; i < relations->capacity; i++)
    if (relations->places[i].key != 0)
      _grove_signal_send (relations->places[i].value,
                          _grove_signal_new_down (relations->places[i].key,
                                                  _grove_process_pid (process), reason));
  relations = &process->bonds->monitors;
  for (uint32_t i = 0; i < relations->capacity; i++)
    if (relations->places[i].key != 0)
      _grove_signal_send (relations->places[i].value,
                          _grove_signal_new (GROVE_SIGNAL_DEMONITOR, 0, relations->places[i].key));
}

/* ---- Public ---------------------------------------------------------------------------------- */

grove_ref
grove_monitor (grove_pid pid)
{
  struct grove_process *self = _grove_process_require ();
  grove_ref             monitor = grove_make_ref ();

  /* A process does not live to hear of its own end. */
  if (pid != _grove_process_pid (self))
    {
      _grove_monitor_add (self, monitor, pid);
      _grove_signal_send (pid, _grove_signal_new (GROVE_SIGNAL_MONITOR, 0, monitor));
    }
  _grove_charge (1);
  return monitor;
}

bool
grove_demonitor (grove_ref monitor, bool flush)
{
  struct grove_process  *self = _grove_process_require ();
  struct grove_relation *relation =
    self->bonds != NULL ? _grove_relations_find (&self->bonds->monitors, monitor) : NULL;
  bool active = relation != NULL;

  if (active)
    {
      grove_pid target = relation->value;
      _grove_monitor_take (self, monitor);
      _grove_signal_send (target, _grove_signal_new (GROVE_SIGNAL_DEMONITOR, 0, monitor));
    }
  else if (flush)
    _grove_mailbox_flush (self, monitor);
  _grove_charge (1);
  return active;
}
