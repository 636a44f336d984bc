/* SPDX-License-Identifier: MIT
 *
 * What happens to processes, for whoever looks: a ring of the last events a scheduler, always on.
 * Only the scheduler writes to its ring, and never waits; any thread copies what is new, see
 * _grove_observe_events(). Threads that are no scheduler share one more ring behind a lock.
 */
#pragma once

#include "runtime/core/observe.h"
#include "runtime/core/scheduler.h"

#include <stdalign.h>
#include <stdatomic.h>

#define GROVE_EVENTS 4096U /* a power of two */

struct grove_event_slot
{
  _Atomic uint64_t when; /* kind in the 8 bits above, below it nanoseconds since the start */
  _Atomic uint64_t pid;
  _Atomic uint64_t a;
  _Atomic uint64_t b;
};

struct grove_event_ring
{
  /* Of the last event that is whole; the first has number 1. The scheduler's. */
  alignas (64) _Atomic uint64_t last;
  alignas (64) struct grove_event_slot slots[GROVE_EVENTS]; /* event s lies at s % GROVE_EVENTS */
};

struct grove_event_ring *_grove_event_ring_new (void);
void                     _grove_event_ring_free (struct grove_event_ring *self);
/* The ring of threads that are no scheduler. */
void _grove_events_clear (void);

/* Any thread; on a scheduler it takes a few nanoseconds. What @a and @b are depends on @kind, see
 * observe.h; strings are interned or static, so that they live as long as the runtime. */
void _grove_event (enum grove_event_kind kind, grove_pid pid, uint64_t a, uint64_t b);

#define GROVE_EVENT_KIND_SHIFT 56
#define GROVE_EVENT_TIME_MASK  (((uint64_t) 1 << GROVE_EVENT_KIND_SHIFT) - 1)

/* By who may write to @ring. */
static inline void
_grove_event_write (struct grove_event_ring *ring,
                    uint64_t                 now_ns,
                    enum grove_event_kind    kind,
                    grove_pid                pid,
                    uint64_t                 a,
                    uint64_t                 b)
{
  uint64_t                 seq = GROVE_GET (ring->last) + 1;
  struct grove_event_slot *slot = &ring->slots[seq % GROVE_EVENTS];
  uint64_t                 since = now_ns - _grove_runtime.started_ns;

  /* Release throughout, see event.c. */
  atomic_store_explicit (&slot->when,
                         (uint64_t) kind << GROVE_EVENT_KIND_SHIFT |
                           (since & GROVE_EVENT_TIME_MASK),
                         memory_order_release);
  atomic_store_explicit (&slot->pid, pid, memory_order_release);
  atomic_store_explicit (&slot->a, a, memory_order_release);
  atomic_store_explicit (&slot->b, b, memory_order_release);
  /* Pairs with the reader's first look. */
  atomic_store_explicit (&ring->last, seq, memory_order_release);
}

/* The same in line, by the thread of @self. */
static inline void
_grove_event_by (
  struct grove_scheduler *self, enum grove_event_kind kind, grove_pid pid, uint64_t a, uint64_t b)
{
  _grove_event_write (self->events, self->now_ns, kind, pid, a, b);
}

/* A string as a number. */
static inline uint64_t
_grove_event_text (const char *text)
{
  return (uint64_t) (uintptr_t) text;
}
