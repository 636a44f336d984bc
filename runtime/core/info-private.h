/* SPDX-License-Identifier: MIT
 *
 * What travels when one process asks another about it: the items there, the answer back. The items
 * are checked by the one who asks.
 */
#pragma once

#include "runtime/core/control.h"

/* One byte each, behind one that says in which form the answer is wanted. */
enum grove_info_item
{
  GROVE_INFO_CURRENT_FUNCTION,
  GROVE_INFO_INITIAL_CALL,
  GROVE_INFO_STATUS,
  GROVE_INFO_MESSAGE_QUEUE_LEN,
  GROVE_INFO_LINKS,
  GROVE_INFO_DICTIONARY,
  GROVE_INFO_TRAP_EXIT,
  GROVE_INFO_PRIORITY,
  GROVE_INFO_GROUP_LEADER,
  GROVE_INFO_TOTAL_HEAP_SIZE,
  GROVE_INFO_HEAP_SIZE,
  GROVE_INFO_STACK_SIZE,
  GROVE_INFO_REDUCTIONS,
  GROVE_INFO_SUSPENDING,
  GROVE_INFO_N_STARRED, /* those before are in the full form, in this order */
  GROVE_INFO_MESSAGES = GROVE_INFO_N_STARRED,
  GROVE_INFO_MEMORY,
  GROVE_INFO_MONITORS,
  GROVE_INFO_MONITORED_BY,
  GROVE_INFO_REGISTERED_NAME,
  GROVE_INFO_MESSAGE_QUEUE_DATA,
  GROVE_INFO_MAX_HEAP_SIZE,
  GROVE_INFO_PARENT,
  GROVE_INFO_N_ITEMS,
};

enum grove_info_form
{
  GROVE_INFO_SINGLE,
  GROVE_INFO_LIST,
  GROVE_INFO_FULL, /* no items follow */
};

/* The item of that name; false: there is none. */
bool _grove_info_item (struct grove_term name, uint8_t *ret_item);

/* The answer about @process, which holds still or is the caller, as a new INFO_REPLY. Where its
 * current function is to be named there is an address, for the one who asks to name. */
struct grove_message *_grove_info_answer (struct grove_process *process,
                                          const uint8_t        *request,
                                          size_t                size,
                                          grove_ref             question);
/* Sends it to who asked. By the owner of @process. */
void _grove_info_handle (struct grove_process *process, const struct grove_message *signal);
