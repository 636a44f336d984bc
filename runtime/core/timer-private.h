/* SPDX-License-Identifier: MIT
 *
 * A timer that a process has set, inside the core; timers.c keeps them, timer.c is what processes
 * call.
 */
#pragma once

#include "runtime/core/timers.h"

struct grove_timer
{
  struct grove_wheel_timer wheel;
  bool                     user; /* where grove_timeout has it: true */
  grove_ref                ref;
  struct grove_timer      *bucket_next;               /* grove_timer_table.buckets */
  struct grove_timer      *peer_next, *peer_previous; /* those for the same process */
  grove_pid                to;                        /* 0: whoever is called `name` */
  uint64_t                 period_ns;                 /* 0: once */
  struct grove_message    *message;                   /* what is sent, or copied and sent */
  char                     name[];
};

/* Whose reference it is follows from the reference; NULL: it is of no scheduler. */
struct grove_scheduler *_grove_timer_scheduler (grove_ref timer);

/* All by the scheduler. Takes @timer, whose wheel, bucket and peers are not set yet. */
void
_grove_timers_set (struct grove_scheduler *self, struct grove_timer *timer, uint64_t deadline_ns);
/* NULL: there is none, or the process it is for has ended. */
struct grove_timer *_grove_timers_find (struct grove_scheduler *self, grove_ref ref);
/* Takes it out and frees it. */
void _grove_timers_cancel (struct grove_scheduler *self, struct grove_timer *timer);
