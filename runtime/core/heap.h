/* SPDX-License-Identifier: MIT
 *
 * The heap of a process: blocks of malloc() in a list, so that all of them can be given back. By
 * the process's owner.
 */
#pragma once

#include "runtime/core/control.h"

/* NULL: the process's limit, or the machine's memory. */
void *_grove_heap_alloc (struct grove_process *process, size_t size);
/* Gives back all blocks, as far as *@left goes: one each. False: there are more. */
bool _grove_heap_free_all (struct grove_process *process, int32_t *left);
