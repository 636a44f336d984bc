/* SPDX-License-Identifier: MIT
 *
 * Tasks: a function that runs as a process of its own, and whose result the caller waits for when
 * it wants it. A task is linked to its owner: one that crashes takes an owner along that does not
 * trap exits, and an owner that ends takes its tasks along.
 */
#pragma once

#include "runtime/core/process.h"

GROVE_BEGIN_DECLS

struct grove_task
{
  grove_pid pid;
  grove_ref ref;   /* watches the task, and lets its result in */
  grove_pid owner; /* who may wait for it */
};

/* Runs as the task and appends its result, one term, to @result; nothing there is `ok`. */
typedef void (*grove_task_func) (const void *arg, struct grove_buffer *result);

/**
 * grove_task_async_named:
 * @initial_call: static storage; shown to observers
 * @func: runs as a new process
 * @arg: for @func; copied when @arg_size > 0, else it must outlive the task
 * @ret_task: (out): the task, for the caller only
 *
 * Mostly through grove_task_async(), which takes the function's name for @initial_call.
 *
 * ```c
 * static void
 * square (const void *arg, struct grove_buffer *result)
 * {
 *   const int *n = arg;
 *
 *   grove_assert (grove_build (result, "~i", *n * *n) == GROVE_OK);
 * }
 *
 * struct grove_message *result;
 * struct grove_task     task;
 * int                   n = 12;
 *
 * grove_assert (grove_task_async (square, &n, sizeof n, &task) == GROVE_OK);
 * grove_assert (grove_task_await (&task, GROVE_FOREVER, &result) == GROVE_OK);
 * grove_assert (grove_match (grove_message_term (result), "144"));
 * grove_message_free (result);
 * ```
 *
 * Threads: owner process only. Blocks: no. Cost: a spawn.
 * Errors: GROVE_ERR_BADARG, GROVE_ERR_SYSTEM_LIMIT; there is no task then
 * Returns: GROVE_OK or the error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status grove_task_async_named (const char        *initial_call,
                                                       grove_task_func    func,
                                                       const void        *arg,
                                                       size_t             arg_size,
                                                       struct grove_task *ret_task) GROVE_NODISCARD;
#define grove_task_async(func, arg, arg_size, ret_task)                                            \
  grove_task_async_named (#func, func, arg, arg_size, ret_task)

/**
 * grove_task_await:
 * @task: of the caller, not answered yet
 * @timeout_ns: nanoseconds; GROVE_FOREVER waits
 * @ret_result: (out) (transfer full): its term is the result; free with grove_message_free()
 *
 * Waits for the result. When the time is up first, or the task has ended without one, there is
 * nothing left of it: it is shut down, and no message of it comes later.
 *
 * Threads: owner process only. Blocks: yes. Cost: as grove_receive_alias().
 * Errors: GROVE_ERR_TIMEOUT, GROVE_ERR_EXITED, GROVE_ERR_BADARG (also a task of another process)
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status grove_task_await (const struct grove_task *task,
                                                 int64_t                  timeout_ns,
                                                 struct grove_message **ret_result) GROVE_NODISCARD;

/**
 * grove_task_yield:
 * @task: of the caller, not answered yet
 * @timeout_ns: nanoseconds; 0 looks once
 * @ret_result: (out) (transfer full): as for grove_task_await()
 *
 * As grove_task_await(), but when the time is up first the task goes on, and can be waited for
 * again.
 *
 * Threads: owner process only. Blocks: yes. Cost: as grove_receive_alias().
 * Errors: GROVE_ERR_TIMEOUT, GROVE_ERR_EXITED, GROVE_ERR_BADARG (also a task of another process)
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status grove_task_yield (const struct grove_task *task,
                                                 int64_t                  timeout_ns,
                                                 struct grove_message **ret_result) GROVE_NODISCARD;

/**
 * grove_task_shutdown:
 * @task: of the caller
 * @timeout_ns: how long it may take to end after it was asked to, with `shutdown`; not more than 0:
 * it is killed
 *
 * Ends the task, whatever it does. Nothing of it comes later. A task of another process is left
 * alone.
 *
 * Threads: owner process only. Blocks: yes, until it has ended. Cost: as grove_receive_alias().
 * Errors: none
 * Since: 0.1
 */
GROVE_PUBLIC void grove_task_shutdown (const struct grove_task *task, int64_t timeout_ns);

GROVE_END_DECLS
