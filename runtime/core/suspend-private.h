/* SPDX-License-Identifier: MIT
 *
 * What the scheduler and the signals need of suspending; suspend.c. All by the process's owner.
 */
#pragma once

#include "runtime/core/control.h"

/* Of a process that suspends others, or is suspended. */
struct grove_suspension
{
  struct grove_relations targets; /* pid -> how often this process suspends it */
  struct grove_relations by;      /* pid or lease (observe.h) that suspends it -> 1 */
  struct grove_message  *owed;    /* SUSPEND signals to be answered once it does not run */
};

/* What stands in the place of a suspender's pid when that is a lease: no process has index 0. */
static inline bool
_grove_is_lease (grove_pid sender)
{
  return (uint32_t) sender == 0;
}

/* SUSPEND, RESUME or SUSPEND_GONE; true: the signal is kept. */
bool _grove_suspend_handle (struct grove_process *process, struct grove_message *signal);
/* A SUSPEND that was sent to @gone, which is no process any more. */
void _grove_suspend_refuse (grove_pid gone, struct grove_message *signal);
/* @process, which is suspended, could run now, but for that. */
void _grove_suspend_park (struct grove_process *process);
/* Answers those who wait for its suspension: it has ended. */
void _grove_suspend_end (struct grove_process *process);
/* Sends @kind, which says all, as @from. To a lease it is nothing. */
void _grove_suspend_tell (grove_pid from, grove_pid to, enum grove_signal_kind kind);
void _grove_suspensions_free (struct grove_process *process);

/* How often @process suspends @target. */
uint64_t _grove_suspend_count (const struct grove_process *process, grove_pid target);

/* The bytes of a SUSPEND that a lease sends. */
struct grove_suspend_request
{
  void (*done) (enum grove_status status, void *user_data); /* may be NULL */
  void *user_data;
};
