/* SPDX-License-Identifier: MIT
 *
 * Links. Each end keeps its own half, and signals keep the halves in step. Unlinking removes the
 * own half at once and tells the peer, which answers with an acknowledgement; until that comes the
 * peer's LINK is not believed, for it was sent before the peer knew. Linking again in between
 * forgets the unlinking. With signals in order in both directions the halves agree as soon as
 * nothing is under way, whatever both ends did at the same time (OTP's protocol since version 23).
 */
#include "runtime/core/block.h"
#include "runtime/core/bonds.h"
#include "runtime/core/event.h"
#include "runtime/core/inspect.h"
#include "runtime/core/memory.h"
#include "runtime/core/scheduler.h"
#include "runtime/core/suspend-private.h"
#include "runtime/core/trace-private.h"

#define LINKED 0 /* else the value is the id of an unlinking that was not acknowledged */

struct grove_bonds *
_grove_bonds (struct grove_process *process)
{
  if (process->bonds == NULL)
    process->bonds = _grove_calloc (1, sizeof *process->bonds);
  return process->bonds;
}

void
_grove_bonds_free (struct grove_process *process)
{
  if (process->bonds == NULL)
    return;
  _grove_relations_finish (&process->bonds->links);
  _grove_relations_finish (&process->bonds->monitors);
  _grove_relations_finish (&process->bonds->monitored_by);
  if (process->bonds->reply != NULL)
    _grove_block_free (process->bonds->reply);
  _grove_monitor_notes_free (process);
  _grove_aliases_free (process);
  free (process->bonds->fault);
  _grove_inspect_forget (process);
  _grove_suspensions_free (process);
  _grove_trace_stop (process);
  free (process->bonds);
  process->bonds = NULL;
}

bool
_grove_link_add (struct grove_process *process, grove_pid peer)
{
  struct grove_relations *links = &_grove_bonds (process)->links;
  struct grove_relation  *link = _grove_relations_find (links, peer);

  if (link != NULL && link->value == LINKED)
    return false;
  _grove_relations_put (links, peer, LINKED);
  GROVE_ADD (process->n_links, 1);
  return true;
}

bool
_grove_link_remove (struct grove_process *process, grove_pid peer)
{
  struct grove_relation *link;

  if (process->bonds == NULL)
    return false;
  link = _grove_relations_find (&process->bonds->links, peer);
  if (link == NULL || link->value != LINKED)
    return false;
  _grove_relations_remove (&process->bonds->links, peer);
  GROVE_ADD (process->n_links, (uint32_t) -1);
  return true;
}

static void
acknowledge (struct grove_process *process, const struct grove_message *signal)
{
  struct grove_message *ack = _grove_signal_new (GROVE_SIGNAL_UNLINK_ACK, 0, signal->tag);

  ack->sender = _grove_process_pid (process);
  _grove_signal_send (signal->sender, ack);
}

void
_grove_link_handle (struct grove_process *process, const struct grove_message *signal)
{
  struct grove_relation *link =
    process->bonds != NULL ? _grove_relations_find (&process->bonds->links, signal->sender) : NULL;

  if (signal->kind == GROVE_SIGNAL_LINK)
    {
      if (link == NULL && _grove_link_add (process, signal->sender) &&
          GROVE_TRACED (process, GROVE_TRACE_PROCS))
        _grove_trace_peer (process, "getting_linked", signal->sender);
    }
  else if (signal->kind == GROVE_SIGNAL_UNLINK)
    {
      if (_grove_link_remove (process, signal->sender) && GROVE_TRACED (process, GROVE_TRACE_PROCS))
        _grove_trace_peer (process, "getting_unlinked", signal->sender);
      acknowledge (process, signal);
    }
  else if (link != NULL && link->value == signal->tag)
    _grove_relations_remove (&process->bonds->links, signal->sender);
}

bool
_grove_relation_is_link (const struct grove_relation *place)
{
  return place->value == LINKED;
}

/* ---- Public ---------------------------------------------------------------------------------- */

enum grove_status
grove_link (grove_pid pid)
{
  struct grove_process *self = _grove_process_require ();
  struct grove_message *signal;

  /* Nobody: gone before there was anything to link, so that no half of a link need be kept. */
  if (pid == 0)
    {
      grove_pid me = _grove_process_pid (self);
      bool      trapping = GROVE_GET (self->trap_exit);
      if (trapping)
        _grove_signal_send (me, _grove_signal_new_exit (GROVE_SIGNAL_EXIT, 0, _grove_noproc));
      _grove_charge (1);
      return trapping ? GROVE_OK : GROVE_ERR_NOPROC;
    }
  if (pid == _grove_process_pid (self) || !_grove_link_add (self, pid))
    {
      _grove_charge (1);
      return GROVE_OK;
    }
  if (GROVE_TRACED (self, 0xff))
    _grove_trace_link (self, pid);
  signal = _grove_signal_new (GROVE_SIGNAL_LINK, 0, 0);
  if (!_grove_signal_try_send (pid, signal))
    {
      if (!GROVE_GET (self->trap_exit))
        {
          _grove_link_remove (self, pid);
          _grove_block_free (signal);
          _grove_charge (1);
          return GROVE_ERR_NOPROC;
        }
      _grove_signal_refuse (pid, signal);
    }
  else
    _grove_event (GROVE_EVENT_LINK, _grove_process_pid (self), pid, 0);
  _grove_charge (1);
  return GROVE_OK;
}

void
grove_unlink (grove_pid pid)
{
  struct grove_process *self = _grove_process_require ();

  if (_grove_link_remove (self, pid))
    {
      grove_ref             id = grove_make_ref ();
      struct grove_message *signal = _grove_signal_new (GROVE_SIGNAL_UNLINK, 0, id);

      _grove_relations_put (&_grove_bonds (self)->links, pid, id);
      _grove_signal_send (pid, signal);
      _grove_event (GROVE_EVENT_UNLINK, _grove_process_pid (self), pid, 0);
      if (GROVE_TRACED (self, GROVE_TRACE_PROCS))
        _grove_trace_peer (self, "unlink", pid);
    }
  _grove_charge (1);
}
