/* SPDX-License-Identifier: MIT
 *
 * Who holds a scheduler for too long: process code that was built without the instrumentation, or a
 * long call of libc. A thread of its own looks, four times in the time that is too long, and only
 * while some scheduler is awake: in an idle runtime it sleeps as long as they do.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* false: no thread could be had. @overrun_ns: what is too long; 0: nobody looks. */
bool _grove_watchdog_start (uint64_t overrun_ns);
void _grove_watchdog_stop (void);

/* By a scheduler that no longer idles, after it has said so. */
void _grove_watchdog_wake (void);

/* How often it has looked, and whether it sleeps until somebody is awake; for tests. */
uint64_t _grove_watchdog_looks (bool *ret_asleep);
