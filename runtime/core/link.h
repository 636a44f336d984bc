/* SPDX-License-Identifier: MIT
 *
 * Links and monitors: who hears of whose end. To be included with process.h, which says what "owner
 * process only" means and what misuse is answered with.
 */
#pragma once

#include "runtime/status.h"
#include "runtime/term/term.h"

#include <stdbool.h>

GROVE_BEGIN_DECLS

/**
 * grove_link:
 * @pid: any; the caller itself: nothing happens
 *
 * Ties two processes: when one ends, the other gets an exit signal. There is one link between two,
 * however often it is asked for.
 *
 * ```c
 * static void
 * lingers (void *arg)
 * {
 *   struct grove_message *message;
 *
 *   (void) arg;
 *   (void) !grove_receive (GROVE_FOREVER, &message);
 * }
 *
 * grove_pid             pid = grove_spawn (lingers, NULL);
 * struct grove_message *message;
 * grove_ref             monitor;
 *
 * grove_trap_exit (true);
 * grove_assert (grove_link (pid) == GROVE_OK);
 * grove_unlink (pid);
 * monitor = grove_monitor (pid);
 * grove_exit_process (pid, "kill");
 * grove_assert (grove_receive_pattern (GROVE_FOREVER, &message, "{'DOWN', _, process, _, killed}")
 *               == GROVE_OK); // and no {'EXIT', _, killed}
 * grove_message_free (message);
 * grove_assert (!grove_demonitor (monitor, true));
 * ```
 *
 * Threads: owner process only. Blocks: no. Cost: O(1).
 * Errors: GROVE_ERR_NOPROC; who traps exits gets GROVE_OK and {'EXIT', Pid, noproc} instead
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status grove_link (grove_pid pid);

/**
 * grove_unlink:
 * @pid: any; one that is not linked to the caller has no effect
 *
 * No exit signal of that link comes in after this; earlier ones stay.
 *
 * Threads: owner process only. Blocks: no. Cost: O(1).
 * Errors: none
 * Since: 0.1
 */
GROVE_PUBLIC void grove_unlink (grove_pid pid);

/**
 * grove_monitor:
 * @pid: any
 *
 * {'DOWN', Ref, process, Pid, Reason} arrives once when @pid ends; at once, with the reason
 * `noproc`, when there is no such process. Each call makes a monitor of its own.
 *
 * Threads: owner process only. Blocks: no. Cost: O(1).
 * Errors: none
 * Returns: the Ref
 * Since: 0.1
 */
GROVE_PUBLIC grove_ref grove_monitor (grove_pid pid);

/**
 * grove_demonitor:
 * @monitor: one that is not the caller's has no effect
 * @flush: also removes a DOWN message that is in the mailbox already
 *
 * Threads: owner process only. Blocks: no. Cost: O(1), with @flush O(messages).
 * Errors: none
 * Returns: true when no DOWN was delivered nor will be
 * Since: 0.1
 */
GROVE_PUBLIC bool grove_demonitor (grove_ref monitor, bool flush);

GROVE_END_DECLS
