/* SPDX-License-Identifier: MIT
 *
 * Inspections as signals; what they show is in observe.h.
 */
#pragma once

#include "runtime/core/control.h"
#include "runtime/core/observe.h"

struct grove_inspect_request
{
  grove_inspect_func inspect;
  grove_inspect_done done;
  void              *user_data;
};

void _grove_inspect_handle (struct grove_process *process, const struct grove_message *signal);
void _grove_inspect_refuse (const struct grove_message *signal);

/* While it is inspected. */
struct grove_process *_grove_inspection_process (const struct grove_inspection *view);
/* How many @process is linked to, of which at most @n are copied. By its owner. */
size_t _grove_links_copy (const struct grove_process *process, grove_pid *pids, size_t n);
/* Takes back the places in the mailbox where somebody wanted to go on. By its owner. */
void _grove_inspect_forget (struct grove_process *process);
/* @link, which held @message, is about to hold the message behind it. */
void _grove_inspect_unmark (struct grove_process  *process,
                            struct grove_message  *message,
                            struct grove_message **link);
