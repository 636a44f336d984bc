/* SPDX-License-Identifier: MIT
 *
 * Monitors. The watcher knows what it watches, the watched who watches it. A DOWN is believed only
 * while the watcher still has the monitor, so it arrives once, and never after demonitoring.
 */
#include "runtime/core/block.h"
#include "runtime/core/bonds.h"
#include "runtime/core/mailbox.h"
#include "runtime/core/memory.h"
#include "runtime/core/process-private.h"
#include "runtime/core/registry.h"
#include "runtime/core/short-way.h"
#include "runtime/term/etf.h"

#include <string.h>

/* A tag comes back with every message, so it is something small. */
#define MAX_TAG 65536

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

/* ---- With options ---------------------------------------------------------------------------- */

/* What most monitors have nothing of. Whether it is an alias too the alias knows. */
struct grove_monitor_note
{
  char    *name;     /* who is watched, behind the tag; NULL: a pid is */
  uint32_t tag_size; /* 0: 'DOWN' */
  uint8_t  tag[];
};

bool
_grove_monitor_options_valid (const struct grove_monitor_options *options)
{
  return options == NULL ||
         ((unsigned) options->alias <= GROVE_ALIAS_REPLY_DEMONITOR &&
          options->alias != GROVE_ALIAS_REPLY &&
          (options->tag.size == 0 ? options->tag.bytes == NULL
                                  : options->tag.bytes != NULL && options->tag.size <= MAX_TAG));
}

void
_grove_monitor_note (struct grove_process               *process,
                     grove_ref                           monitor,
                     const char                         *name,
                     const struct grove_monitor_options *options)
{
  static const struct grove_monitor_options none;
  struct grove_monitor_note                *note;
  size_t                                    name_size = name != NULL ? strlen (name) + 1 : 0;

  if (options == NULL)
    options = &none;
  if (options->alias != GROVE_ALIAS_NONE)
    _grove_alias_add (process, monitor, options->alias);
  if (name == NULL && options->tag.size == 0)
    return;
  note = _grove_malloc (sizeof *note + options->tag.size + name_size);
  note->name = NULL;
  note->tag_size = (uint32_t) options->tag.size;
  if (note->tag_size > 0)
    memcpy (note->tag, options->tag.bytes, note->tag_size);
  if (name != NULL)
    note->name = memcpy (note->tag + note->tag_size, name, name_size);
  _grove_relations_put (&_grove_bonds (process)->notes, monitor, (uintptr_t) note);
}

static struct grove_monitor_note *
find_note (const struct grove_process *process, grove_ref monitor)
{
  struct grove_relation *place =
    process->bonds != NULL ? _grove_relations_find (&process->bonds->notes, monitor) : NULL;

  return place != NULL ? (struct grove_monitor_note *) (uintptr_t) place->value : NULL;
}

const char *
_grove_monitor_name (const struct grove_process *process, grove_ref monitor)
{
  const struct grove_monitor_note *note = find_note (process, monitor);

  return note != NULL ? note->name : NULL;
}

static void
free_note (struct grove_process *process, grove_ref monitor)
{
  struct grove_monitor_note *note = find_note (process, monitor);

  if (note == NULL)
    return;
  _grove_relations_remove (&process->bonds->notes, monitor);
  free (note);
}

void
_grove_monitor_notes_free (struct grove_process *process)
{
  struct grove_relations *notes = &process->bonds->notes;

  for (uint32_t i = 0; i < notes->capacity; i++)
    if (notes->places[i].key != 0)
      free ((void *) (uintptr_t) notes->places[i].value);
  _grove_relations_finish (notes);
}

/* The same with the tag and the name that the watcher wants. */
static struct grove_message *
rewrite (const struct grove_message *down, const struct grove_monitor_note *note)
{
  static const uint8_t  plain_tag[] = { 119, 4, 'D', 'O', 'W', 'N' };
  struct grove_term     tag = note->tag_size > 0 ? (struct grove_term){ note->tag, note->tag_size }
                                                 : (struct grove_term){ plain_tag, sizeof plain_tag };
  struct grove_term     reason = _grove_signal_reason (down);
  struct grove_message *message;

  if (note->name != NULL)
    message = _grove_signal_build (GROVE_SIGNAL_DOWN, down->tag,
                                   "{~t, ~r, process, {~a, '" ETF_NODE "'}, ~t}", tag, down->tag,
                                   note->name, reason);
  else
    message = _grove_signal_build (GROVE_SIGNAL_DOWN, down->tag, "{~t, ~r, process, ~p, ~t}", tag,
                                   down->tag, down->sender, reason);
  message->sender = down->sender;
  message->sent_ns = down->sent_ns;
  message->reason_offset = message->size - (uint32_t) reason.size;
  return message;
}

/* ---- Ending one ------------------------------------------------------------------------------ */

/* False: it was not there. */
static inline bool
take (struct grove_process *process, grove_ref monitor, grove_pid *ret_target)
{
  if (process->bonds == NULL ||
      !_grove_relations_take (&process->bonds->monitors, monitor, ret_target))
    return false;
  if (process->bonds->aliases != NULL)
    _grove_alias_drop (process, monitor);
  if (process->bonds->notes.n > 0)
    free_note (process, monitor);
  return true;
}

struct grove_message *
_grove_monitor_down (struct grove_process *process, struct grove_message *down)
{
  const struct grove_monitor_note *note;
  struct grove_message            *message = down;
  grove_pid                        target;

  if (process->bonds == NULL ||
      _grove_relations_find (&process->bonds->monitors, down->tag) == NULL)
    return NULL;
  if (process->bonds->notes.n > 0)
    {
      note = find_note (process, down->tag);
      if (note != NULL && (note->name != NULL || note->tag_size > 0))
        message = rewrite (down, note);
    }
  _grove_alias_spend (process, down->tag);
  take (process, down->tag, &target);
  return message;
}

bool
_grove_monitor_drop (struct grove_process *process, grove_ref monitor)
{
  grove_pid target;

  if (!take (process, monitor, &target))
    return false;
  _grove_watch (_grove_scheduler_self, target, GROVE_SIGNAL_DEMONITOR, monitor,
                _grove_process_pid (process));
  return true;
}

void
_grove_monitored_by_remove (struct grove_process *process, grove_ref monitor)
{
  grove_pid watcher;

  if (process->bonds != NULL)
    (void) _grove_relations_take (&process->bonds->monitored_by, monitor, &watcher);
}

grove_ref
_grove_monitor_request (grove_pid pid)
{
  struct grove_process *self = _grove_scheduler_self->current;
  grove_ref             monitor = grove_make_ref ();

  _grove_monitor_add (self, monitor, pid);
  _grove_alias_add (self, monitor, GROVE_ALIAS_REPLY_DEMONITOR);
  _grove_watch (_grove_scheduler_self, pid, GROVE_SIGNAL_MONITOR, monitor,
                _grove_process_pid (self));
  _grove_charge (1);
  return monitor;
}

/* ---- Public ---------------------------------------------------------------------------------- */

static void
watch (struct grove_process               *self,
       grove_ref                           monitor,
       grove_pid                           pid,
       const char                         *name,
       const struct grove_monitor_options *options)
{
  /* A process does not live to hear of its own end. */
  if (pid == _grove_process_pid (self))
    return;
  _grove_monitor_add (self, monitor, pid);
  if (name != NULL || options != NULL)
    _grove_monitor_note (self, monitor, name, options);
  _grove_watch (_grove_scheduler_self, pid, GROVE_SIGNAL_MONITOR, monitor,
                _grove_process_pid (self));
}

grove_ref
grove_monitor (grove_pid pid)
{
  struct grove_process *self = _grove_process_require ();
  grove_ref             monitor = grove_make_ref ();

  watch (self, monitor, pid, NULL, NULL);
  _grove_charge (1);
  return monitor;
}

enum grove_status
grove_monitor_opt (grove_pid                           pid,
                   const struct grove_monitor_options *options,
                   grove_ref                          *ret_monitor)
{
  struct grove_process *self = _grove_process_require ();
  grove_ref             monitor;

  if (!_grove_monitor_options_valid (options) || ret_monitor == NULL)
    return GROVE_ERR_BADARG;
  monitor = grove_make_ref ();
  watch (self, monitor, pid, NULL, options);
  *ret_monitor = monitor;
  _grove_charge (1);
  return GROVE_OK;
}

enum grove_status
grove_monitor_name (const char                         *name,
                    const struct grove_monitor_options *options,
                    grove_ref                          *ret_monitor)
{
  struct grove_process *self = _grove_process_require ();
  grove_ref             monitor;

  if (!_grove_registry_valid_name (name) || !_grove_monitor_options_valid (options) ||
      ret_monitor == NULL)
    return GROVE_ERR_BADARG;
  monitor = grove_make_ref ();
  watch (self, monitor, grove_whereis (name), name, options);
  *ret_monitor = monitor;
  _grove_charge (1);
  return GROVE_OK;
}

bool
grove_demonitor (grove_ref monitor, bool flush)
{
  struct grove_process *self = _grove_process_require ();
  bool                  active;

  if (flush)
    _grove_require_outermost (self);
  active = _grove_monitor_drop (self, monitor);
  if (!active && flush)
    _grove_mailbox_flush (self, monitor);
  _grove_charge (1);
  return active;
}
