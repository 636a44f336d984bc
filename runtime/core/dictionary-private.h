/* SPDX-License-Identifier: MIT
 *
 * The process dictionary as those see it who look at a process that holds still: its owner.
 */
#pragma once

#include "runtime/core/control.h"

struct grove_dictionary_entry;

/* The pair that was put first, or after @entry; NULL: there is none. */
const struct grove_dictionary_entry *
_grove_dictionary_next (const struct grove_process          *process,
                        const struct grove_dictionary_entry *entry);
/* How many pairs there are. */
uint32_t _grove_dictionary_count (const struct grove_process *process);
void     _grove_dictionary_pair (const struct grove_dictionary_entry *entry,
                                 struct grove_term                   *ret_key,
                                 struct grove_term                   *ret_value);
