/* SPDX-License-Identifier: MIT
 *
 * Stopping a process and knowing that it has stopped. Private to otp/; owner process only.
 */
#pragma once

#include "runtime/otp/supervisor.h"

/* Unlinks from @pid and ends it: asked with `shutdown`, and killed when it has not ended after
 * @shutdown_ms (a child's shutdown rule). Returns when it has ended. */
void _grove_stop_process (grove_pid pid, uint32_t shutdown_ms);
/* Likewise for @n of them at once, with one time for all. */
void _grove_stop_processes (const grove_pid *pids, size_t n, uint32_t shutdown_ms);
/* Takes an EXIT message of @pid out of the mailbox, if there is one. */
void _grove_forget_exit (grove_pid pid);
