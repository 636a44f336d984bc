/* SPDX-License-Identifier: MIT
 *
 * Being told to end, by Ctrl-C or by another program. The signals are blocked in all threads and
 * taken by one that waits for them, so that nothing is done inside a handler.
 */
#pragma once

#include <stdbool.h>

/* By the main thread, before there are others. */
void stopper_block_signals (void);
/* By the first process, when there is a runtime to stop: SIGINT and SIGTERM do from now on, also
 * those that came before. @also: called before that, or NULL. False: no thread could be had. */
bool stopper_start (void (*also) (void));
/* By the main thread, when the runtime has stopped. */
void stopper_end (void);
