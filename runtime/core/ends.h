/* SPDX-License-Identifier: MIT
 *
 * The last processes that ended, and why; ends.c.
 */
#pragma once

#include "runtime/core/control.h"

/* By the scheduler that ends @process. @name may be NULL. */
void _grove_ends_add (
  grove_pid pid, const char *name, struct grove_term reason, uint64_t ended_ns, bool crash);
void _grove_ends_clear (void);
