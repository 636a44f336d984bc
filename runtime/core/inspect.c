/* SPDX-License-Identifier: MIT
 *
 * Inspections: a signal like any other, handled by the scheduler that owns the target, so that the
 * target holds still meanwhile. See observe.h.
 */
#include "runtime/core/inspect.h"

#include "runtime/core/block.h"
#include "runtime/core/bonds.h"
#include "runtime/core/dictionary-private.h"
#include "runtime/core/scheduler.h"
#include "runtime/core/suspend-private.h"

#include <stdlib.h>
#include <string.h>

struct grove_inspection
{
  struct grove_process *process;
  struct grove_message *next; /* the @offset-th message */
  uint64_t              offset;

  const struct grove_dictionary_entry *next_pair; /* the @pair_offset-th of the dictionary */
  uint64_t                             pair_offset;
};

static struct grove_inspect_request
request_of (const struct grove_message *signal)
{
  struct grove_inspect_request request;

  memcpy (&request, _grove_signal_term (signal).bytes, sizeof request);
  return request;
}

void
_grove_inspect_handle (struct grove_process *process, const struct grove_message *signal)
{
  struct grove_inspect_request request = request_of (signal);
  struct grove_inspection      view = { .process = process,
                                        .next = process->mailbox_first,
                                        .next_pair = _grove_dictionary_next (process, NULL) };

  /* Should what is called be process code by mistake, it must at least not switch here. */
  process->no_preempt++;
  request.inspect (&view, request.user_data);
  if (request.done != NULL)
    request.done (GROVE_OK, request.user_data);
  process->no_preempt--;
}

void
_grove_inspect_refuse (const struct grove_message *signal)
{
  struct grove_inspect_request request = request_of (signal);

  if (request.done != NULL)
    request.done (GROVE_ERR_NOPROC, request.user_data);
}

void
_grove_observe_inspect (grove_pid          pid,
                        grove_inspect_func inspect,
                        grove_inspect_done done,
                        void              *user_data)
{
  struct grove_inspect_request request = { inspect, done, user_data };
  struct grove_message        *signal = _grove_signal_new (GROVE_SIGNAL_INSPECT, sizeof request, 0);

  memcpy (_grove_signal_bytes (signal), &request, sizeof request);
  _grove_signal_send (pid, signal);
}

bool
_grove_inspection_message (struct grove_inspection   *view,
                           uint64_t                   offset,
                           struct grove_message_view *ret_message)
{
  if (offset < view->offset)
    {
      view->next = view->process->mailbox_first;
      view->offset = 0;
    }
  while (view->next != NULL && view->offset < offset)
    {
      view->next = view->next->next;
      view->offset++;
    }
  if (view->next == NULL)
    return false;
  *ret_message = (struct grove_message_view){ .sender = view->next->sender,
                                              .sent_ns = view->next->sent_ns,
                                              .term = _grove_signal_term (view->next) };
  return true;
}

/* ---- Places ---------------------------------------------------------------------------------- */

/* Messages passed in one inspection: a fraction of a millisecond. */
#define SEEK_STEPS 16384
/* In one mailbox; whoever asks for more takes the place of the one that has waited longest. */
#define PLACES_MAX 4

/* Where an inspection will go on. It belongs to the process, so that it does no harm when nobody
 * ever comes back for it. */
struct grove_place
{
  struct grove_place    *next; /* made before */
  uint64_t               id;
  struct grove_message **link; /* that holds the @offset-th message */
  uint64_t               offset;
};

void
_grove_inspect_forget (struct grove_process *process)
{
  while (process->bonds != NULL && process->bonds->places != NULL)
    {
      struct grove_place *place = process->bonds->places;

      process->bonds->places = place->next;
      free (place);
    }
}

void
_grove_inspect_unmark (struct grove_process  *process,
                       struct grove_message  *message,
                       struct grove_message **link)
{
  for (struct grove_place *place = process->bonds->places; place != NULL; place = place->next)
    if (place->link == &message->next)
      place->link = link;
}

/* Takes the place of that id out of the list, or what goes for one at the beginning. */
static struct grove_place
take_place (struct grove_process *process, uint64_t id)
{
  struct grove_place   taken = { .link = &process->mailbox_first };
  struct grove_place **at = process->bonds != NULL ? &process->bonds->places : NULL;

  while (id != 0 && at != NULL && *at != NULL && (*at)->id != id)
    at = &(*at)->next;
  if (id != 0 && at != NULL && *at != NULL)
    {
      struct grove_place *place = *at;

      taken = *place;
      *at = place->next;
      free (place);
    }
  return taken;
}

static void
keep_place (struct grove_process *process, const struct grove_place *kept)
{
  struct grove_bonds  *bonds = _grove_bonds (process);
  struct grove_place **last = &bonds->places, *place = malloc (sizeof *place);

  if (place == NULL)
    abort ();
  *place = *kept;
  place->next = bonds->places;
  bonds->places = place;
  for (unsigned n = 0; n < PLACES_MAX && *last != NULL; n++)
    last = &(*last)->next;
  free (*last);
  *last = NULL;
}

bool
_grove_inspection_seek (struct grove_inspection *view, uint64_t *id, uint64_t offset)
{
  static _Atomic uint64_t last_id;
  struct grove_place      place = take_place (view->process, *id);

  for (unsigned i = 0; i < SEEK_STEPS && place.offset < offset && *place.link != NULL; i++)
    {
      place.link = &(*place.link)->next;
      place.offset++;
    }
  view->next = *place.link;
  view->offset = place.offset;
  if (place.offset >= offset || view->next == NULL)
    return true;
  place.id = *id = atomic_fetch_add_explicit (&last_id, 1, memory_order_relaxed) + 1;
  keep_place (view->process, &place);
  return false;
}

/* ---- Lists ----------------------------------------------------------------------------------- */

/* Copies the pids in use: of links the keys that are not being unlinked, of monitors the values. */
static size_t
copy_places (const struct grove_relations *relations, bool links, grove_pid *pids, size_t n)
{
  size_t n_found = 0;

  for (uint32_t i = 0; i < relations->capacity; i++)
    {
      const struct grove_relation *place = &relations->places[i];
      if (place->key == 0 || (links && place->value != 0))
        continue;
      if (n_found < n)
        pids[n_found] = links ? place->key : place->value;
      n_found++;
    }
  return n_found;
}

struct grove_process *
_grove_inspection_process (const struct grove_inspection *view)
{
  return view->process;
}

bool
_grove_inspection_is_server (const struct grove_inspection *view)
{
  const struct grove_bonds *bonds = view->process->bonds;

  return bonds != NULL && bonds->behaviour != NULL;
}

size_t
_grove_links_copy (const struct grove_process *process, grove_pid *pids, size_t n)
{
  struct grove_bonds *bonds = process->bonds;

  return bonds != NULL ? copy_places (&bonds->links, true, pids, n) : 0;
}

size_t
_grove_inspection_links (struct grove_inspection *view, grove_pid *pids, size_t n)
{
  return _grove_links_copy (view->process, pids, n);
}

size_t
_grove_inspection_monitors (struct grove_inspection *view, grove_pid *pids, size_t n)
{
  struct grove_bonds *bonds = view->process->bonds;

  return bonds != NULL ? copy_places (&bonds->monitors, false, pids, n) : 0;
}

size_t
_grove_inspection_monitored_by (struct grove_inspection *view, grove_pid *pids, size_t n)
{
  struct grove_bonds *bonds = view->process->bonds;

  return bonds != NULL ? copy_places (&bonds->monitored_by, false, pids, n) : 0;
}

size_t
_grove_inspection_suspending (struct grove_inspection *view, grove_pid *pids, size_t n)
{
  const struct grove_bonds      *bonds = view->process->bonds;
  const struct grove_suspension *suspension = bonds != NULL ? bonds->suspension : NULL;
  size_t                         n_found = 0;

  for (uint32_t i = 0; suspension != NULL && i < suspension->targets.capacity; i++)
    if (suspension->targets.places[i].key != 0)
      {
        if (n_found < n)
          pids[n_found] = suspension->targets.places[i].key;
        n_found++;
      }
  return n_found;
}

size_t
_grove_inspection_dictionary_size (const struct grove_inspection *view)
{
  return _grove_dictionary_count (view->process);
}

uint64_t
_grove_inspection_max_heap (const struct grove_inspection *view)
{
  const struct grove_bonds *bonds = view->process->bonds;

  if (bonds != NULL && bonds->max_heap_bytes != 0)
    return bonds->max_heap_bytes;
  return _grove_runtime.max_heap_bytes;
}

bool
_grove_inspection_dictionary (struct grove_inspection *view,
                              uint64_t                 offset,
                              struct grove_term       *ret_key,
                              struct grove_term       *ret_value)
{
  if (offset < view->pair_offset)
    {
      view->next_pair = _grove_dictionary_next (view->process, NULL);
      view->pair_offset = 0;
    }
  while (view->next_pair != NULL && view->pair_offset < offset)
    {
      view->next_pair = _grove_dictionary_next (view->process, view->next_pair);
      view->pair_offset++;
    }
  if (view->next_pair == NULL)
    return false;
  _grove_dictionary_pair (view->next_pair, ret_key, ret_value);
  return true;
}
