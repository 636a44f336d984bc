/* SPDX-License-Identifier: MIT
 *
 * Suspending processes, for debugging: one that is suspended does not run, whatever comes for it.
 * It still exists for others: messages queue, it can be linked, watched, asked about and killed,
 * and a timeout that passes meanwhile takes effect when it is resumed.
 *
 * Invariants: a process counts how often it suspends each other one, and the other runs again when
 * the counts of all who suspend it are 0. The counts of one that ends are released. Two that
 * suspend each other both stand still until somebody else resumes or kills one.
 */
#pragma once

#include "runtime/core/process.h"

#include <stdbool.h>

GROVE_BEGIN_DECLS

enum grove_suspend_flags
{
  GROVE_SUSPEND_ASYNCHRONOUS = 1 << 0,      /* do not wait until it is suspended */
  GROVE_SUSPEND_UNLESS_SUSPENDING = 1 << 1, /* not if the caller suspends it already */
};

/**
 * grove_suspend:
 * @pid: anybody but the caller
 * @flags: of enum grove_suspend_flags, or 0
 *
 * Adds one to the caller's count for @pid. When it returns, @pid does not run any more: it is where
 * a slice or a wait ended. With GROVE_SUSPEND_ASYNCHRONOUS that comes later, unless @pid ends or is
 * resumed first, and a process that is not there is no error.
 *
 * Threads: owner process only; not in what was given to grove_defer()
 * Blocks: until @pid is suspended, at most to the end of its slice; not when asynchronous
 * Cost: O(1), two signals
 * Errors: GROVE_ERR_BADARG (@pid is the caller; unknown flags); GROVE_ERR_NOPROC;
 *   GROVE_ERR_BUSY (GROVE_SUSPEND_UNLESS_SUSPENDING, and the count was not 0: it stays as it is)
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status grove_suspend (grove_pid pid, unsigned flags);

/**
 * grove_suspend_tagged:
 * @tag_format: a build format (term.h)
 *
 * Like grove_suspend() with GROVE_SUSPEND_ASYNCHRONOUS; a message `{Tag, suspended}` comes when
 * @pid is, or `{Tag, exited}` when it ended before, or was not there.
 *
 * Threads: owner process only.
 * Blocks: no
 * Cost: O(size of the tag), two signals
 * Errors: GROVE_ERR_BADARG, GROVE_ERR_BUSY; GROVE_ERR_SYNTAX (@tag_format)
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_suspend_tagged (grove_pid pid, unsigned flags, const char *tag_format, ...);

/**
 * grove_resume:
 * @pid: a process the caller suspends
 *
 * Takes one from the caller's count for @pid, which may run again when nobody suspends it any more.
 *
 * Threads: owner process only
 * Blocks: no
 * Cost: O(1), a signal
 * Errors: GROVE_ERR_BADARG (the caller does not suspend it, or not any more since it ended)
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status grove_resume (grove_pid pid);

GROVE_END_DECLS
