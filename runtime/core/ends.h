/* SPDX-License-Identifier: MIT
 *
 * The last processes that ended, and why; ends.c.
 */
#pragma once

#include "runtime/core/control.h"

struct grove_ends;

/* NULL: there is no memory. */
struct grove_ends *_grove_ends_new (void);
void               _grove_ends_free (struct grove_ends *self);

/* By the scheduler whose ring it is, which ends the process. @name may be NULL; it is interned.
 * @reason: no bytes: normal. */
void _grove_ends_add (struct grove_ends *self,
                      grove_pid          pid,
                      const char        *name,
                      struct grove_term  reason,
                      uint64_t           ended_ns,
                      bool               crash);
