/* SPDX-License-Identifier: MIT
 *
 * File descriptors that a scheduler looks after: with epoll, edge-triggered, for reading and
 * writing at once, so that each is announced once and never again while it is open. A scheduler
 * without any has nothing of this and sleeps on its futex; one with some sleeps in epoll, from
 * which an eventfd wakes it, and looks at them now and then while it works.
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct grove_scheduler;

struct grove_poll
{
  int epoll; /* -1: none yet; set by the scheduler, used by any thread that knows of a descriptor */
  int wake;
  _Atomic uint32_t n; /* descriptors; any thread */
};

/* What happened to the descriptor that was added with @data; @events are those of epoll. On the
 * scheduler, between two processes. It must not wait. */
typedef void (*grove_poll_func) (uint64_t data, uint32_t events);

/* Before the first descriptor; there is one room that deals with them. */
void _grove_poll_set_func (grove_poll_func func);

void _grove_poll_init (struct grove_poll *self);
void _grove_poll_finish (struct grove_poll *self);

/* By the scheduler. False: errno tells why. */
bool _grove_poll_add (struct grove_poll *self, int fd, uint64_t data);
/* Any thread; events that were fetched before may still come. */
void _grove_poll_remove (struct grove_poll *self, int fd);

/* By the scheduler: passes on what has happened; waits for something until @deadline_ns, 0: not at
 * all, UINT64_MAX: for ever. True: something has. */
bool _grove_poll_wait (struct grove_poll *self, uint64_t deadline_ns);
/* Ends a wait. Any thread; async-signal-safe. */
void _grove_poll_wake (struct grove_poll *self);

static inline bool
_grove_poll_any (struct grove_poll *self)
{
  return atomic_load_explicit (&self->n, memory_order_relaxed) > 0;
}
