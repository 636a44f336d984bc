/* SPDX-License-Identifier: MIT
 *
 * See event.h. A slot is written word by word, each with release, and then the ring's `last` moves
 * on. A reader copies the slots up to `last` and looks at `last` again: a slot that may have been
 * written to meanwhile is known by its number alone. For a word that is new was stored after `last`
 * had become the number before it, so that the second look sees at least that.
 */
#include "runtime/core/event.h"

#include "runtime/core/lock.h"
#include "runtime/core/memory.h"

#include <string.h>

_Static_assert((GROVE_EVENTS & (GROVE_EVENTS - 1)) == 0, "a number's slot is its low bits");
_Static_assert(sizeof (struct grove_event_slot) == 32, "no event lies in two cache lines");
_Static_assert(GROVE_MAX_SCHEDULERS == GROVE_EVENT_RINGS - 1, "a cursor has room for each ring");

static struct grove_event_ring outside; /* of threads that are no scheduler */
static struct grove_lock       outside_lock = GROVE_LOCK_INIT (GROVE_RANK_EVENTS);

/* ---- Writing --------------------------------------------------------------------------------- */

struct grove_event_ring *
_grove_event_ring_new (void)
{
  struct grove_event_ring *self = aligned_alloc (alignof (struct grove_event_ring), sizeof *self);

  if (self == NULL)
    return NULL;
  memset (self, 0, sizeof *self);
  return self;
}

void
_grove_event_ring_free (struct grove_event_ring *self)
{
  free (self);
}

void
_grove_events_clear (void)
{
  GROVE_SET (outside.last, 0);
}

void
_grove_event (enum grove_event_kind kind, grove_pid pid, uint64_t a, uint64_t b)
{
  struct grove_scheduler *self = _grove_scheduler_self;

  if (__builtin_expect (self != NULL, 1))
    {
      _grove_event_by (self, kind, pid, a, b);
      return;
    }
  _grove_lock (&outside_lock);
  _grove_event_write (&outside, grove_now_ns (), kind, pid, a, b);
  _grove_unlock (&outside_lock);
}

/* ---- Reading --------------------------------------------------------------------------------- */

static struct grove_event_ring *
ring_of (unsigned i)
{
  return i < _grove_runtime.n_schedulers ? _grove_runtime.schedulers[i].events : &outside;
}

/* Copies at most @n events behind *@cursor, and counts in *@ret_lost those that are gone. */
static size_t
copy_ring (unsigned i, uint64_t *cursor, struct grove_event *out, size_t n, uint64_t *ret_lost)
{
  struct grove_event_ring *ring = ring_of (i);
  uint64_t                 last = atomic_load_explicit (&ring->last, memory_order_acquire);
  uint64_t                 first, oldest;
  size_t                   n_gone = 0;
  size_t                   n_copied = 0;

  if (*cursor > last)
    *cursor = 0; /* it is of a runtime before this one */
  first = *cursor + 1;
  /* The slot of the oldest one may be written to already. */
  if (last >= GROVE_EVENTS && first < last - GROVE_EVENTS + 2)
    first = last - GROVE_EVENTS + 2;
  for (uint64_t seq = first; seq <= last && n_copied < n; seq++)
    {
      struct grove_event_slot *slot = &ring->slots[seq % GROVE_EVENTS];
      uint64_t                 when = atomic_load_explicit (&slot->when, memory_order_acquire);

      out[n_copied++] = (struct grove_event){
        .seq = seq,
        .at_ns = _grove_runtime.started_ns + (when & GROVE_EVENT_TIME_MASK),
        .kind = (enum grove_event_kind) (when >> GROVE_EVENT_KIND_SHIFT),
        .scheduler = i < _grove_runtime.n_schedulers ? i : GROVE_EVENT_OUTSIDE,
        .pid = atomic_load_explicit (&slot->pid, memory_order_acquire),
        .a = atomic_load_explicit (&slot->a, memory_order_acquire),
        .b = atomic_load_explicit (&slot->b, memory_order_acquire),
      };
    }
  /* The second look: what is older than this may be half of another. */
  oldest = atomic_load_explicit (&ring->last, memory_order_relaxed) + 2;
  oldest = oldest > GROVE_EVENTS ? oldest - GROVE_EVENTS : 1;
  while (n_gone < n_copied && out[n_gone].seq < oldest)
    n_gone++;
  *ret_lost += first + n_gone - (*cursor + 1);
  *cursor = first + n_copied - 1;
  memmove (out, out + n_gone, (n_copied - n_gone) * sizeof *out);
  return n_copied - n_gone;
}

size_t
_grove_observe_events (struct grove_event_cursor *cursor,
                       struct grove_event        *out,
                       size_t                     n,
                       uint64_t                  *ret_lost)
{
  unsigned n_rings = _grove_runtime.n_schedulers + 1;
  size_t   n_copied = 0;

  *ret_lost = 0;
  for (unsigned i = 0; i < n_rings && n_copied < n; i++)
    {
      /* Begins with another one each time, so that none is left out for long. */
      unsigned ring = cursor->turn++ % n_rings;
      n_copied += copy_ring (ring, &cursor->last[ring], out + n_copied, n - n_copied, ret_lost);
    }
  return n_copied;
}

void
_grove_observe_events_from_now (struct grove_event_cursor *cursor)
{
  *cursor = (struct grove_event_cursor){ 0 };
  for (unsigned i = 0; i <= _grove_runtime.n_schedulers; i++)
    cursor->last[i] = atomic_load_explicit (&ring_of (i)->last, memory_order_acquire);
}
