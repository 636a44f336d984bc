/* SPDX-License-Identifier: MIT
 *
 * Timers for processes, see timer.h. The timer stays with the scheduler it was set on, which its
 * reference names. Who is elsewhere asks there, and waits for the answer as for any other.
 */
#include "runtime/core/timer.h"

#include "runtime/core/block.h"
#include "runtime/core/memory.h"
#include "runtime/core/question.h"
#include "runtime/core/registry.h"
#include "runtime/core/scheduler.h"
#include "runtime/core/timer-private.h"

#include <string.h>

#define SET_REDUCTIONS 2

/* ---- Setting --------------------------------------------------------------------------------- */

/* {timeout, @ref, @message}; takes @message. */
static struct grove_message *
wrap (struct grove_message *message, grove_ref ref)
{
  struct grove_buffer   buffer = { NULL };
  struct grove_message *wrapped;

  (void) !grove_build (&buffer, "{timeout, ~r, ~t}", ref, grove_message_term (message));
  wrapped = _grove_signal_new (GROVE_SIGNAL_MESSAGE, buffer.size, 0);
  memcpy (_grove_signal_bytes (wrapped), buffer.bytes, buffer.size);
  grove_buffer_finish (&buffer);
  _grove_block_free (message);
  return wrapped;
}

struct order
{
  int64_t     delay_ns;
  uint64_t    period_ns; /* 0: once */
  grove_pid   to;
  const char *name; /* NULL: `to` counts */
  bool        wrapped;
};

static grove_ref
set (const struct order *order, struct grove_message *message)
{
  struct grove_scheduler *self = _grove_scheduler_self;
  size_t                  name_size = order->name != NULL ? strlen (order->name) + 1 : 0;
  grove_ref               ref = grove_make_ref ();
  struct grove_process   *process = _grove_table_block (order->to);
  struct grove_timer     *timer;

  if (order->wrapped)
    message = wrap (message, ref);
  if (order->name == NULL &&
      (process == NULL || GROVE_GET (process->generation) != (uint32_t) (order->to >> 32)))
    {
      _grove_block_free (message);
      return ref;
    }
  timer = _grove_malloc (sizeof *timer + name_size);
  timer->ref = ref;
  timer->to = order->to;
  timer->period_ns = order->period_ns;
  timer->message = message;
  if (name_size > 0)
    memcpy (timer->name, order->name, name_size);
  _grove_timers_set (self, timer, grove_now_ns () + (uint64_t) order->delay_ns);
  return ref;
}

static enum grove_status
set_va (const struct order *order, grove_ref *ret_timer, const char *format, va_list args)
{
  struct grove_message *message;
  enum grove_status     status;
  grove_ref             ref;

  _grove_process_require ();
  if (order->delay_ns < 0 || (order->name != NULL && !_grove_registry_valid_name (order->name)))
    return GROVE_ERR_BADARG;
  if (_grove_scheduler_self->timers.table.n >= _grove_runtime.max_timers)
    return GROVE_ERR_SYSTEM_LIMIT;
  status = _grove_message_build (&message, format, args);
  if (status != GROVE_OK)
    return status;
  ref = set (order, message);
  if (ret_timer != NULL)
    *ret_timer = ref;
  _grove_charge (SET_REDUCTIONS);
  return GROVE_OK;
}

enum grove_status
grove_send_after (int64_t delay_ns, grove_pid to, grove_ref *ret_timer, const char *format, ...)
{
  struct order      order = { .delay_ns = delay_ns, .to = to };
  enum grove_status status;
  va_list           args;

  _grove_process_require ();
  va_start (args, format);
  status = set_va (&order, ret_timer, format, args);
  va_end (args);
  return status;
}

enum grove_status
grove_send_after_name (
  int64_t delay_ns, const char *name, grove_ref *ret_timer, const char *format, ...)
{
  struct order      order = { .delay_ns = delay_ns, .name = name };
  enum grove_status status;
  va_list           args;

  _grove_process_require ();
  if (name == NULL)
    return GROVE_ERR_BADARG;
  va_start (args, format);
  status = set_va (&order, ret_timer, format, args);
  va_end (args);
  return status;
}

enum grove_status
grove_start_timer (int64_t delay_ns, grove_pid to, grove_ref *ret_timer, const char *format, ...)
{
  struct order      order = { .delay_ns = delay_ns, .to = to, .wrapped = true };
  enum grove_status status;
  va_list           args;

  _grove_process_require ();
  va_start (args, format);
  status = set_va (&order, ret_timer, format, args);
  va_end (args);
  return status;
}

enum grove_status
grove_start_timer_name (
  int64_t delay_ns, const char *name, grove_ref *ret_timer, const char *format, ...)
{
  struct order      order = { .delay_ns = delay_ns, .name = name, .wrapped = true };
  enum grove_status status;
  va_list           args;

  _grove_process_require ();
  if (name == NULL)
    return GROVE_ERR_BADARG;
  va_start (args, format);
  status = set_va (&order, ret_timer, format, args);
  va_end (args);
  return status;
}

enum grove_status
grove_send_interval (int64_t period_ns, grove_pid to, grove_ref *ret_timer, const char *format, ...)
{
  struct order      order = { .delay_ns = period_ns, .period_ns = (uint64_t) period_ns, .to = to };
  enum grove_status status;
  va_list           args;

  _grove_process_require ();
  if (period_ns <= 0)
    return GROVE_ERR_BADARG;
  va_start (args, format);
  status = set_va (&order, ret_timer, format, args);
  va_end (args);
  return status;
}

/* ---- Asking ---------------------------------------------------------------------------------- */

enum what
{
  CANCEL,
  READ,
};

static int64_t
look (struct grove_scheduler *self, grove_ref ref, enum what what)
{
  struct grove_timer *timer = _grove_timers_find (self, ref);
  uint64_t            now = grove_now_ns ();
  uint64_t            deadline;

  if (timer == NULL)
    return GROVE_NO_TIMER;
  deadline = timer->wheel.deadline_ns;
  if (what == CANCEL)
    _grove_timers_cancel (self, timer);
  return deadline > now ? (int64_t) (deadline - now) : 0;
}

struct look_call
{
  struct grove_call call;
  grove_ref         timer;
  grove_pid         from;
  grove_ref         question; /* 0: the answer is to be a message */
  enum what         what;
};

static void
tell (grove_pid to, grove_ref timer, enum what what, int64_t left)
{
  struct grove_buffer   buffer = { NULL };
  struct grove_message *message;
  const char           *kind = what == CANCEL ? "cancel_timer" : "read_timer";

  if (left == GROVE_NO_TIMER)
    (void) !grove_build (&buffer, "{~a, ~r, false}", kind, timer);
  else
    (void) !grove_build (&buffer, "{~a, ~r, ~l}", kind, timer, left);
  message = _grove_signal_new (GROVE_SIGNAL_MESSAGE, buffer.size, 0);
  memcpy (_grove_signal_bytes (message), buffer.bytes, buffer.size);
  grove_buffer_finish (&buffer);
  _grove_signal_send (to, message);
}

static void
run_look (struct grove_scheduler *self, struct grove_call *call)
{
  struct look_call *request = (struct look_call *) call;
  int64_t           left = look (self, request->timer, request->what);

  if (request->question != 0)
    _grove_question_answer (request->from, request->question, left);
  else
    tell (request->from, request->timer, request->what, left);
  free (request);
}

static void
call (struct grove_scheduler *scheduler, grove_ref timer, enum what what, grove_ref question)
{
  struct look_call *request = _grove_malloc (sizeof *request);

  *request = (struct look_call){ { NULL, run_look }, timer, grove_self (), question, what };
  _grove_scheduler_call (scheduler, &request->call);
}

static int64_t
ask (grove_ref timer, enum what what)
{
  struct grove_scheduler *scheduler = _grove_timer_scheduler (timer);
  int64_t                 left = GROVE_NO_TIMER;

  if (scheduler == _grove_scheduler_self)
    left = look (scheduler, timer, what);
  else if (scheduler != NULL && !_grove_scheduler_self->deferring)
    {
      grove_ref question = _grove_question_new ();
      call (scheduler, timer, what, question);
      (void) !_grove_question_wait (question, UINT64_MAX, &left);
    }
  /* Who is ending cannot wait. */
  else if (scheduler != NULL && what == CANCEL)
    call (scheduler, timer, what, 0);
  _grove_charge (1);
  return left;
}

static void
ask_async (grove_ref timer, enum what what)
{
  struct grove_scheduler *scheduler = _grove_timer_scheduler (timer);

  if (scheduler == NULL || scheduler == _grove_scheduler_self)
    tell (grove_self (), timer, what,
          scheduler != NULL ? look (scheduler, timer, what) : GROVE_NO_TIMER);
  else
    call (scheduler, timer, what, 0);
  _grove_charge (1);
}

int64_t
grove_cancel_timer (grove_ref timer)
{
  struct grove_process *self = _grove_process_require ();

  GROVE_SET (self->where, (uintptr_t) __builtin_return_address (0));
  return ask (timer, CANCEL);
}

int64_t
grove_read_timer (grove_ref timer)
{
  struct grove_process *self = _grove_process_require ();

  GROVE_SET (self->where, (uintptr_t) __builtin_return_address (0));
  return ask (timer, READ);
}

void
grove_cancel_timer_async (grove_ref timer)
{
  _grove_process_require ();
  ask_async (timer, CANCEL);
}

void
grove_read_timer_async (grove_ref timer)
{
  _grove_process_require ();
  ask_async (timer, READ);
}
