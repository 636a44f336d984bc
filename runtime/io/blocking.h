/* SPDX-License-Identifier: MIT
 *
 * Work that blocks a thread: files, names of hosts, libraries that wait by themselves. It is done
 * by threads that are kept for it; the process waits, and its scheduler goes on with others.
 */
#pragma once

#include "runtime/core/process.h"

GROVE_BEGIN_DECLS

/**
 * grove_blocking:
 * @work: called on another thread, where it is no process and must not call the runtime
 * @data: what it works on, at most 65,536 bytes; a copy is, which is copied back when it has
 * returned, so that @data may lie on the stack. NULL when @size is 0
 * @size: of @data
 * @drop: (nullable): what to do with the copy when it cannot be copied back
 * @timeout_ns: GROVE_FOREVER waits
 *
 * Has @work done and waits for it. What @data refers to belongs to the work from the beginning, and
 * to the caller again with GROVE_OK. When the caller ends, or the time is up, the work goes on:
 * @drop is then called with the copy when it has returned, or instead of it, on some thread, to
 * free what the copy refers to.
 *
 * There are as many threads as there is work at a time, up to options.max_blocking; then work waits
 * in line. Work for processes of low priority has every eighth turn while there is other. Threads
 * that had nothing to do for a second end. errno is as @work left it.
 *
 * ```c
 * static void
 * adds (void *data)
 * {
 *   int *numbers = data;
 *
 *   numbers[2] = numbers[0] + numbers[1];
 * }
 *
 * int numbers[3] = { 20, 22, 0 };
 *
 * grove_assert (grove_blocking (adds, numbers, sizeof numbers, NULL, GROVE_FOREVER) == GROVE_OK);
 * grove_assert (numbers[2] == 42);
 * ```
 *
 * Threads: owner process only. Blocks: yes. Cost: two switches between threads, some 10 us.
 * Errors: GROVE_ERR_TIMEOUT; GROVE_ERR_BADARG; GROVE_ERR_SYSTEM_LIMIT when 10,000 wait in line or
 * there can be no thread: @drop is not called then
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status grove_blocking (void (*work) (void *data),
                                               void  *data,
                                               size_t size,
                                               void (*drop) (void *data),
                                               int64_t timeout_ns) GROVE_NODISCARD;

GROVE_END_DECLS
