/* SPDX-License-Identifier: MIT
 *
 * Reports of crashes; observe.h has what readers call. ends.h says of every process that it ended
 * and why; here is what there is to say of those that should not have.
 */
#pragma once

#include "runtime/core/control.h"
#include "runtime/core/fault.h"

/* By the scheduler that ends @process, before anything of it is taken apart. @trace: where it
 * ended; NULL: where it was last seen. */
void _grove_crash_add (struct grove_process     *process,
                       struct grove_term         reason,
                       const struct grove_trace *trace);
/* A deferred release of @process faulted. */
void _grove_crash_add_fault (struct grove_process *process, const struct grove_fault *fault);
void _grove_crashes_clear (void);
