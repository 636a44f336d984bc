/* SPDX-License-Identifier: MIT
 *
 * Threads of the runtime beside the schedulers. All signals are blocked in them: those are for the
 * program's own threads, and for the schedulers, which the system can interrupt.
 */
#pragma once

#include <pthread.h>
#include <stdbool.h>

/* False: no thread could be had. */
bool _grove_thread_start (pthread_t *ret_thread, void *(*run) (void *data), void *data);
