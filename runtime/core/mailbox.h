/* SPDX-License-Identifier: MIT
 *
 * The mailbox of a process: its messages in order of arrival, after the in-queue, before it
 * receives them; and the way there out of the in-queue. By the process's owner.
 */
#pragma once

#include "runtime/core/control.h"
#include "runtime/core/trace-private.h"

/* Takes all signals of the in-queue and does what they say. False: the process must end now; its
 * scheduler knows why. By the scheduler that owns @process only, or the process itself; signal.c.
 */
bool _grove_signal_handle_queued (struct grove_process *process) GROVE_NODISCARD;
/* Relaxed is enough to find nothing; what is found is taken with acquire. */
static inline bool
_grove_signal_nothing (struct grove_process *process)
{
  return GROVE_GET (process->inqueue) <= GROVE_IN_SPECIAL && !GROVE_GET (process->suspended);
}
static inline GROVE_NODISCARD bool
_grove_signal_handle_all (struct grove_process *process)
{
  if (_grove_signal_nothing (process))
    return true;
  return _grove_signal_handle_queued (process);
}

/* Appends a signal that has become a message. */
static inline void
_grove_mailbox_append (struct grove_process *process, struct grove_message *message)
{
  message->next = NULL;
  *process->mailbox_last = message;
  process->mailbox_last = &message->next;
  GROVE_ADD (process->n_received, 1);
  if (GROVE_TRACED (process, GROVE_TRACE_RECEIVE))
    _grove_trace_receive (process, message);
  if (process->wait == GROVE_WAIT_MESSAGE)
    process->woken = true;
}

/* By any sender: so many messages are in the mailbox of @pid. */
void _grove_queue_long (grove_pid pid, uint64_t n);
/* By the owner, whose mailbox was told of as long: it is about to wait. */
void _grove_queue_check (struct grove_process *process);

/* Removes the DOWN of @monitor, if it is there. */
void _grove_mailbox_flush (struct grove_process *process, grove_ref monitor);
/* Frees all messages, those that the process received and still holds too, as far as *@left goes:
 * one each. False: there are more. */
bool _grove_mailbox_free (struct grove_process *process, int32_t *left);
/* Makes a message one that the process has received and not freed. What is large, and so shared,
 * counts as part of its heap from then on. */
void _grove_mailbox_hold (struct grove_process *process, struct grove_message *message);
