/* SPDX-License-Identifier: MIT
 *
 * Taking a process apart, in steps. Most processes have little, and are gone after the first one;
 * what has a hundred thousand links, messages or blocks is in the state EXITING for as long as it
 * takes, and its scheduler runs others between the steps. By the scheduler that owns the process.
 */
#pragma once

#include "runtime/core/scheduler.h"

enum grove_dying_phase
{
  GROVE_DYING_RELEASES,   /* what the process deferred; signals still come in, and wait */
  GROVE_DYING_HOLDS,      /* what it holds for other rooms, hold.h */
  GROVE_DYING_TARGETS,    /* whom it suspends runs again, before anybody hears of the end, */
  GROVE_DYING_SUSPENDERS, /* and who suspends it knows */
  GROVE_DYING_NAME, /* others cannot see it any more; from here on senders answer themselves */
  GROVE_DYING_LEFTOVER,
  GROVE_DYING_TURNED, /* the last of the in-queue, turned round */
  GROVE_DYING_REFUSED,
  GROVE_DYING_LINKS,
  GROVE_DYING_WATCHERS,
  GROVE_DYING_WATCHED,
  GROVE_DYING_MAILBOX,
  GROVE_DYING_HEAP,
  GROVE_DYING_GONE,
};

struct grove_dying
{
  struct grove_dying    *next; /* of the same scheduler, in order */
  struct grove_process  *process;
  struct grove_ending    ending;    /* leftover: signals that nobody has answered, in order */
  struct grove_message  *unordered; /* what was in the in-queue at its closing, newest first */
  struct grove_message  *ordered;
  struct grove_message  *exit; /* what those are told who are linked; NULL: nobody was yet */
  enum grove_dying_phase phase;
  uint32_t               place; /* in the table of bonds that is being told */
};

/* Tells the scheduler's counters, the events and the ring of ends; process-end.c. */
void _grove_process_account (struct grove_scheduler *self,
                             struct grove_process   *process,
                             struct grove_term       reason);

/* Does what can be done in a step, and leaves the rest, if any, to later ones. */
void _grove_dying_begin (struct grove_scheduler    *self,
                         struct grove_process      *process,
                         const struct grove_ending *ending);
/* Pieces of it, for one of which nobody has to be told anything. Closing gives what was in the
 * in-queue, newest first; refusing that goes on from there, and ends with giving back. */
struct grove_message *_grove_dying_close_inqueue (struct grove_process *process);
void                  _grove_dying_refuse (struct grove_scheduler *self,
                                           struct grove_process   *process,
                                           struct grove_message   *unordered);
void _grove_dying_give_back (struct grove_scheduler *self, struct grove_process *process);
/* The next step of the process that has been dying longest; there is one. */
void _grove_dying_step (struct grove_scheduler *self);
