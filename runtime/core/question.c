/* SPDX-License-Identifier: MIT
 *
 * See question.h. The answer is a signal, and so behind all that the answerer sent before.
 */
#include "runtime/core/question.h"

#include "runtime/core/bonds.h"
#include "runtime/core/scheduler.h"

#include <string.h>

grove_ref
_grove_question_new (void)
{
  grove_ref question = grove_make_ref ();

  _grove_require_outermost (_grove_scheduler_self->current);
  _grove_bonds (_grove_scheduler_self->current)->question = question;
  return question;
}

bool
_grove_question_wait (grove_ref question, uint64_t deadline_ns, int64_t *ret_answer)
{
  struct grove_scheduler *scheduler = _grove_scheduler_self;
  struct grove_process   *self = scheduler->current;
  bool                    timing = false;

  self->timed_out = false;
  for (;;)
    {
      bool last = self->timed_out;

      if (!_grove_signal_handle_all (self))
        _grove_end_self ();
      if (self->bonds->question != question)
        break;
      if (last)
        {
          self->bonds->question = 0;
          return false;
        }
      if (!timing && deadline_ns != UINT64_MAX)
        {
          timing = true;
          _grove_timers_add (&scheduler->timers, self, deadline_ns);
        }
      _grove_wait (GROVE_WAIT_REPLY);
    }
  if (timing)
    _grove_timers_remove (&scheduler->timers, self);
  *ret_answer = self->bonds->answer;
  return true;
}

void
_grove_question_drop (void)
{
  _grove_scheduler_self->current->bonds->question = 0;
}

void
_grove_question_answer (grove_pid to, grove_ref question, int64_t answer)
{
  struct grove_message *signal = _grove_signal_new (GROVE_SIGNAL_ANSWER, sizeof answer, question);

  memcpy (_grove_signal_bytes (signal), &answer, sizeof answer);
  _grove_signal_send (to, signal);
}

void
_grove_question_handle (struct grove_process *process, const struct grove_message *signal)
{
  if (process->bonds == NULL || process->bonds->question != signal->tag)
    return;
  process->bonds->question = 0;
  memcpy (&process->bonds->answer, _grove_signal_term (signal).bytes,
          sizeof process->bonds->answer);
  process->woken = true;
}

bool
_grove_question_handle_reply (struct grove_process *process, struct grove_message *signal)
{
  if (process->bonds == NULL || process->bonds->question != signal->tag)
    return false;
  process->bonds->question = 0;
  process->bonds->reply = signal;
  process->woken = true;
  return true;
}
