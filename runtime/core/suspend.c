/* SPDX-License-Identifier: MIT
 *
 * Suspending. The suspender keeps the count, and tells its target when that becomes more than 0,
 * and when it is 0 again; the target keeps who suspends it. A process is taken out of the run queue
 * and put aside by the one that owns it, when it handles the signal; from then on nothing looks at
 * it until the last RESUME. One that waits goes on waiting, and is put aside when what it waits for
 * comes.
 */
#include "runtime/core/suspend.h"

#include "runtime/core/block.h"
#include "runtime/core/bonds.h"
#include "runtime/core/event.h"
#include "runtime/core/memory.h"
#include "runtime/core/question.h"
#include "runtime/core/scheduler.h"
#include "runtime/core/suspend-private.h"

#include <string.h>

#define ALL_FLAGS ((unsigned) GROVE_SUSPEND_ASYNCHRONOUS | GROVE_SUSPEND_UNLESS_SUSPENDING)

static struct grove_suspension *
suspension_of (struct grove_process *process)
{
  struct grove_bonds *bonds = _grove_bonds (process);

  if (bonds->suspension == NULL)
    bonds->suspension = _grove_calloc (1, sizeof *bonds->suspension);
  return bonds->suspension;
}

/* NULL: it has none. */
static struct grove_suspension *
peek (const struct grove_process *process)
{
  return process->bonds != NULL ? process->bonds->suspension : NULL;
}

uint64_t
_grove_suspend_count (const struct grove_process *process, grove_pid target)
{
  struct grove_suspension *suspension = peek (process);
  struct grove_relation   *relation =
    suspension != NULL ? _grove_relations_find (&suspension->targets, target) : NULL;

  return relation != NULL ? relation->value : 0;
}

void
_grove_suspend_tell (grove_pid from, grove_pid to, enum grove_signal_kind kind)
{
  struct grove_message *signal = _grove_signal_new (kind, 0, 0);

  signal->sender = from;
  _grove_signal_send (to, signal);
}

/* ---- Answering ------------------------------------------------------------------------------- */

static void
answer_tagged (grove_pid from, const struct grove_message *signal, const char *answer)
{
  struct grove_term     tag = _grove_signal_term (signal);
  struct grove_buffer   message = { NULL };
  struct grove_message *copy;

  (void) !grove_build (&message, "{~t, ~a}", tag, answer);
  copy = _grove_signal_new (GROVE_SIGNAL_MESSAGE, message.size, 0);
  copy->sender = from;
  memcpy (_grove_signal_bytes (copy), message.bytes, message.size);
  _grove_signal_send (signal->sender, copy);
  grove_buffer_finish (&message);
}

/* Should what is called be process code by mistake, it must not switch among the signals of a
 * process that handles its own. */
static void
call_done (const struct grove_suspend_request *request, enum grove_status status)
{
  struct grove_process *self = _grove_process_self ();

  if (request->done == NULL)
    return;
  if (self != NULL)
    self->no_preempt++;
  request->done (status, request->user_data);
  if (self != NULL)
    self->no_preempt--;
}

/* Tells who sent @signal to @target that it is suspended, or has ended. */
static void
answer (grove_pid target, const struct grove_message *signal, bool suspended)
{
  if (_grove_is_lease (signal->sender))
    {
      struct grove_suspend_request request;
      memcpy (&request, _grove_signal_term (signal).bytes, sizeof request);
      call_done (&request, suspended ? GROVE_OK : GROVE_ERR_NOPROC);
      return;
    }
  if (!suspended)
    _grove_suspend_tell (target, signal->sender, GROVE_SIGNAL_SUSPEND_GONE);
  if (signal->tag != 0)
    _grove_question_answer (signal->sender, signal->tag, suspended);
  else if (signal->size > 0)
    answer_tagged (target, signal, suspended ? "suspended" : "exited");
}

static void
answer_owed (struct grove_process *process, bool suspended)
{
  struct grove_suspension *suspension = peek (process);

  while (suspension != NULL && suspension->owed != NULL)
    {
      struct grove_message *signal = suspension->owed;
      suspension->owed = signal->next;
      answer (_grove_process_pid (process), signal, suspended);
      _grove_block_free (signal);
    }
}

void
_grove_suspend_refuse (grove_pid gone, struct grove_message *signal)
{
  answer (gone, signal, false);
}

/* ---- The target ------------------------------------------------------------------------------ */

void
_grove_suspend_park (struct grove_process *process)
{
  GROVE_SET (process->state, GROVE_STATE_SUSPENDED);
  answer_owed (process, true);
}

static bool
suspend (struct grove_process *process, struct grove_message *signal)
{
  struct grove_suspension *suspension = suspension_of (process);
  struct grove_message   **last = &suspension->owed;

  _grove_relations_put (&suspension->by, signal->sender, 1);
  if (!GROVE_GET (process->suspended))
    {
      GROVE_SET (process->suspended, true);
      _grove_event (GROVE_EVENT_SUSPEND, _grove_process_pid (process), signal->sender, 0);
    }
  if (process->queued)
    {
      _grove_run_queue_remove (&_grove_scheduler_self->queue, process);
      _grove_suspend_park (process);
    }
  if (_grove_scheduler_self->current != process)
    {
      answer (_grove_process_pid (process), signal, true);
      return false;
    }
  /* It runs, and handles its own signals. It is put aside when it leaves. */
  while (*last != NULL)
    last = &(*last)->next;
  signal->next = NULL;
  *last = signal;
  return true;
}

static void
resume (struct grove_process *process, grove_pid suspender)
{
  struct grove_suspension *suspension = peek (process);

  if (suspension == NULL || !_grove_relations_remove (&suspension->by, suspender) ||
      suspension->by.n > 0)
    return;
  GROVE_SET (process->suspended, false);
  _grove_event (GROVE_EVENT_RESUME, _grove_process_pid (process), suspender, 0);
  /* Those who were to be told when it left: it did nothing since. */
  answer_owed (process, true);
  if (GROVE_GET (process->state) == GROVE_STATE_SUSPENDED)
    _grove_process_make_runnable (process);
}

bool
_grove_suspend_handle (struct grove_process *process, struct grove_message *signal)
{
  struct grove_suspension *suspension = peek (process);

  if (signal->kind == GROVE_SIGNAL_SUSPEND)
    return suspend (process, signal);
  if (signal->kind == GROVE_SIGNAL_RESUME)
    resume (process, signal->sender);
  else if (suspension != NULL)
    _grove_relations_remove (&suspension->targets, signal->sender);
  return false;
}

/* ---- Ending ---------------------------------------------------------------------------------- */

void
_grove_suspend_end (struct grove_process *process)
{
  answer_owed (process, false);
}

void
_grove_suspensions_free (struct grove_process *process)
{
  struct grove_suspension *suspension = process->bonds->suspension;

  if (suspension == NULL)
    return;
  _grove_relations_finish (&suspension->targets);
  _grove_relations_finish (&suspension->by);
  free (suspension);
  process->bonds->suspension = NULL;
}

/* ---- Public ---------------------------------------------------------------------------------- */

/* Whether the caller may suspend @pid. */
static enum grove_status
check (struct grove_process *self, grove_pid pid, unsigned flags)
{
  if ((flags & ~ALL_FLAGS) != 0 || pid == _grove_process_pid (self) ||
      _grove_scheduler_self->deferring)
    return GROVE_ERR_BADARG;
  /* Whether a target has ended is among the signals. */
  if (!_grove_signal_handle_all (self))
    _grove_end_self ();
  if ((flags & GROVE_SUSPEND_UNLESS_SUSPENDING) != 0 && _grove_suspend_count (self, pid) > 0)
    return GROVE_ERR_BUSY;
  return GROVE_OK;
}

static void
count (struct grove_process *self, grove_pid pid)
{
  if (_grove_table_block (pid) != NULL)
    _grove_relations_put (&suspension_of (self)->targets, pid,
                          _grove_suspend_count (self, pid) + 1);
}

enum grove_status
grove_suspend (grove_pid pid, unsigned flags)
{
  struct grove_process *self = _grove_process_require ();
  enum grove_status     status = check (self, pid, flags);
  grove_ref             question = 0;
  int64_t               suspended;

  if (status != GROVE_OK)
    return status;
  GROVE_SET (self->where, (uintptr_t) __builtin_return_address (0));
  count (self, pid);
  if ((flags & GROVE_SUSPEND_ASYNCHRONOUS) == 0)
    question = _grove_question_new ();
  /* Also sent when it is suspended already: an earlier one may still be under way. */
  _grove_signal_send (pid, _grove_signal_new (GROVE_SIGNAL_SUSPEND, 0, question));
  if (question != 0 && (!_grove_question_wait (question, UINT64_MAX, &suspended) || suspended == 0))
    status = GROVE_ERR_NOPROC;
  _grove_charge (1);
  return status;
}

enum grove_status
grove_suspend_tagged (grove_pid pid, unsigned flags, const char *tag_format, ...)
{
  struct grove_process *self = _grove_process_require ();
  struct grove_buffer   tag = { NULL };
  /* Nothing is held yet, should the caller end here. */
  enum grove_status status = check (self, pid, flags);
  va_list           args;

  if (status != GROVE_OK)
    return status;
  va_start (args, tag_format);
  status = grove_build_va (&tag, tag_format, args);
  va_end (args);
  if (status == GROVE_OK)
    {
      struct grove_message *signal = _grove_signal_new (GROVE_SIGNAL_SUSPEND, tag.size, 0);
      memcpy (_grove_signal_bytes (signal), tag.bytes, tag.size);
      count (self, pid);
      _grove_signal_send (pid, signal);
    }
  grove_buffer_finish (&tag);
  _grove_charge (1);
  return status;
}

enum grove_status
grove_resume (grove_pid pid)
{
  struct grove_process *self = _grove_process_require ();
  uint64_t              n;

  if (_grove_scheduler_self->deferring)
    return GROVE_ERR_BADARG;
  if (!_grove_signal_handle_all (self))
    _grove_end_self ();
  n = _grove_suspend_count (self, pid);
  if (n > 1)
    _grove_relations_put (&self->bonds->suspension->targets, pid, n - 1);
  else if (n == 1)
    {
      _grove_relations_remove (&self->bonds->suspension->targets, pid);
      _grove_signal_send (pid, _grove_signal_new (GROVE_SIGNAL_RESUME, 0, 0));
    }
  _grove_charge (1);
  return n > 0 ? GROVE_OK : GROVE_ERR_BADARG;
}
