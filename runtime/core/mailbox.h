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
