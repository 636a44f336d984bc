/* SPDX-License-Identifier: MIT
 *
 * What other rooms of runtime/ hang on the life of the runtime.
 */
#pragma once

#define GROVE_AT_STOP_MAX 8

/* @stop runs in grove_run(), each time the schedulers have stopped and before the processes end:
 * who watches the runtime from a thread of its own lets go there. Once a function; any thread. */
void _grove_runtime_at_stop (void (*stop) (void));
