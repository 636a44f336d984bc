/* SPDX-License-Identifier: MIT
 *
 * The timers of one scheduler: the timeouts of its waiting processes, and the timers that processes
 * set while they were on it (timer.h), which stay with it whoever they are for. Belongs to the
 * scheduler; others ask it with _grove_scheduler_call().
 */
#pragma once

#include "runtime/core/control.h"
#include "runtime/core/timer-wheel.h"

struct grove_scheduler;
struct grove_timer;
struct grove_doomed;

/* Of a process that waits with a timeout; it has at most one. */
struct grove_timeout
{
  struct grove_wheel_timer wheel;
  bool                     user; /* in every timer of the wheel: false here */
  uint32_t                 next; /* of a free one */
  struct grove_process    *process;
};

/* Timeouts have numbers, which take half of what a pointer does in every control block. They lie in
 * chunks; of those that are empty one is kept. */
#define GROVE_TIMEOUT_CHUNK 128U
struct grove_timeout_chunk
{
  struct grove_timeout_chunk *next, *previous; /* among those with room */
  uint32_t                    index;
  uint32_t                    n;
  uint32_t                    free; /* GROVE_TIMEOUT_CHUNK: none */
  struct grove_timeout        timeouts[GROVE_TIMEOUT_CHUNK];
};

struct grove_timeouts
{
  struct grove_timeout_chunk **chunks; /* NULL: given back */
  uint32_t                     n_chunks;
  uint32_t                     hint; /* no chunk before this was given back */
  struct grove_timeout_chunk  *with_room;
};

/* Which timer a reference names. A table that grows and shrinks by a bucket at a time, so that no
 * timer pays for many. */
struct grove_timer_table
{
  struct grove_timer **buckets;
  uint32_t             n_buckets;
  uint32_t             capacity; /* a power of two, or 0; n_buckets is above the half of it */
  uint32_t             n;
};

struct grove_timers
{
  struct grove_wheel       wheel;
  struct grove_timeouts    timeouts;
  struct grove_timer_table table;
  struct grove_relations by_pid; /* pid -> the first of the timers for it, grove_timer.peer_next */
  struct grove_doomed   *doomed; /* processes that have ended: their timers are being freed */
};

void _grove_timers_init (struct grove_timers *self, uint64_t now_ns);
void _grove_timers_finish (struct grove_timers *self);

/* The process has had its time. */
void _grove_timeout_expire (struct grove_timers *self, struct grove_timeout *timeout);
void _grove_timeouts_finish (struct grove_timers *self);

/* The timeout of @process, which has none. */
void
_grove_timers_add (struct grove_timers *self, struct grove_process *process, uint64_t deadline_ns);
/* A no-op for a process without one. */
void _grove_timers_remove (struct grove_timers *self, struct grove_process *process);

/* Does what is due, up to a number of timers; true: there is more. */
bool _grove_timers_fire (struct grove_scheduler *scheduler) GROVE_NODISCARD;

/* When _grove_timers_fire() is next needed: 0: at once; UINT64_MAX: never. */
uint64_t _grove_timers_next (struct grove_timers *self);

/* The process has ended: forgets the timers for it. By its owner. */
void _grove_timers_end (struct grove_process *process);
/* Forgets those that are with @scheduler. By any thread; @process has ended. */
void _grove_timers_release (struct grove_scheduler *scheduler, grove_pid pid);
