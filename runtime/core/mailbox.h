/* SPDX-License-Identifier: MIT
 *
 * The mailbox of a process: its messages in order of arrival, after the in-queue, before it
 * receives them. By the process's owner.
 */
#pragma once

#include "runtime/core/control.h"

/* Removes the DOWN of @monitor, if it is there. */
void _grove_mailbox_flush (struct grove_process *process, grove_ref monitor);
/* Frees all messages, those that the process received and still holds too, as far as *@left goes:
 * one each. False: there are more. */
bool _grove_mailbox_free (struct grove_process *process, int32_t *left);
/* Makes a message one that the process has received and not freed. What is large, and so shared,
 * counts as part of its heap from then on. */
void _grove_mailbox_hold (struct grove_process *process, struct grove_message *message);
