/* SPDX-License-Identifier: MIT
 *
 * See task.h. The owner's monitor is the alias that the result comes in by, so that after the
 * first of result and end there is neither.
 */
#include "runtime/otp/task.h"

#include "runtime/core/process-private.h"
#include "runtime/otp/child-spec.h"
#include "runtime/otp/stop.h"

#include <stdlib.h>
#include <string.h>

struct start
{
  grove_task_func func;
  const void     *arg; /* when arg_size is 0 */
  size_t          arg_size;
  grove_pid       owner;
  _Alignas(16) uint8_t bytes[];
};

static void
finish_buffer (void *data)
{
  struct grove_buffer *buffer = data;

  grove_buffer_finish (buffer);
  free (buffer);
}

/* What it is told first: the reference, which is made when there is somebody to watch. */
static grove_ref
receive_reference (grove_pid owner)
{
  struct grove_message *message;
  grove_ref             ref = 0;

  grove_assert (grove_receive_pattern (GROVE_FOREVER, &message, "{task, ~r}", &ref) == GROVE_OK);
  grove_message_free (message);
  return ref;
}

static void
task_main (void *arg)
{
  const struct start  *start = arg;
  struct grove_buffer *result = calloc (1, sizeof *result);
  grove_ref            ref;

  if (!result)
    grove_exit ("heap_limit");
  /* Released however the task ends; not in its heap, because it grows with realloc(). */
  grove_defer (finish_buffer, result);
  ref = receive_reference (start->owner);
  start->func (start->arg_size > 0 ? start->bytes : start->arg, result);
  if (result->size == 0)
    grove_assert (grove_build (result, "ok") == GROVE_OK);
  /* Not to be told twice: the owner hears the result, and not that its task has ended. */
  grove_unlink (start->owner);
  grove_send_alias (start->owner, ref, grove_buffer_term (result));
}

enum grove_status
grove_task_async_named (const char        *initial_call,
                        grove_task_func    func,
                        const void        *arg,
                        size_t             arg_size,
                        struct grove_task *ret_task)
{
  const struct grove_monitor_options watch = { .alias = GROVE_ALIAS_REPLY_DEMONITOR };
  struct grove_spawn_options         spawn = GROVE_SPAWN_DEFAULTS;
  struct start                      *start;
  enum grove_status                  status;

  _grove_process_demand ();
  if (!func || !ret_task || (arg_size > 0 && !arg))
    return GROVE_ERR_BADARG;
  if (arg_size > GROVE_MAX_CHILD_ARG)
    return GROVE_ERR_SYSTEM_LIMIT;
  start = grove_alloc (sizeof *start + arg_size);
  *start = (struct start){
    .func = func,
    .arg = arg,
    .arg_size = arg_size,
    .owner = grove_self (),
  };
  if (arg_size > 0)
    memcpy (start->bytes, arg, arg_size);
  spawn.initial_call = initial_call;
  spawn.arg = start;
  spawn.arg_size = sizeof *start + arg_size;
  spawn.link = true;
  ret_task->owner = grove_self ();
  status = grove_spawn_opt (task_main, &spawn, &ret_task->pid, NULL);
  grove_free (start);
  if (status != GROVE_OK)
    return status;
  status = grove_monitor_opt (ret_task->pid, &watch, &ret_task->ref);
  if (status == GROVE_OK)
    grove_send (ret_task->pid, "{task, ~r}", ret_task->ref);
  return status;
}

/* Nobody else hears of it, or is linked to it. */
static bool
is_own (const struct grove_task *task)
{
  return task && task->ref != 0 && task->owner == grove_self ();
}

/* What @message, which came for @task, says. */
static enum grove_status
take (const struct grove_task *task,
      struct grove_message    *message,
      struct grove_message   **ret_result)
{
  grove_ref down;

  if (!grove_match (grove_message_term (message), "{'DOWN', ~r, process, _, _}", &down) ||
      down != task->ref)
    {
      *ret_result = message;
      return GROVE_OK;
    }
  grove_message_free (message);
  /* It ended, and an owner that traps exits heard of that by its link too. */
  grove_unlink (task->pid);
  _grove_forget_exit (task->pid);
  return GROVE_ERR_EXITED;
}

enum grove_status
grove_task_yield (const struct grove_task *task,
                  int64_t                  timeout_ns,
                  struct grove_message   **ret_result)
{
  struct grove_message *message;
  enum grove_status     status;

  _grove_process_demand ();
  if (!is_own (task) || timeout_ns < 0 || !ret_result)
    return GROVE_ERR_BADARG;
  status = grove_receive_alias (task->ref, task->ref, timeout_ns, &message);
  return status == GROVE_OK ? take (task, message, ret_result) : status;
}

enum grove_status
grove_task_await (const struct grove_task *task,
                  int64_t                  timeout_ns,
                  struct grove_message   **ret_result)
{
  enum grove_status status;

  _grove_process_demand ();
  status = grove_task_yield (task, timeout_ns, ret_result);
  if (status == GROVE_ERR_TIMEOUT)
    grove_task_shutdown (task, 0);
  return status;
}

void
grove_task_shutdown (const struct grove_task *task, int64_t timeout_ns)
{
  const uint64_t        ms = timeout_ns > 0 ? ((uint64_t) timeout_ns + 999999) / 1000000 : 0;
  struct grove_message *message;

  _grove_process_demand ();
  if (!is_own (task))
    return;
  grove_unalias (task->ref);
  grove_demonitor (task->ref, true);
  _grove_stop_process (task->pid, timeout_ns == GROVE_FOREVER    ? GROVE_SHUTDOWN_INFINITY
                                  : ms < GROVE_SHUTDOWN_INFINITY ? (uint32_t) ms
                                                                 : GROVE_SHUTDOWN_INFINITY - 1);
  _grove_forget_exit (task->pid);
  /* A result that had come before. */
  if (grove_receive_alias (task->ref, 0, 0, &message) == GROVE_OK)
    grove_message_free (message);
}
