/* SPDX-License-Identifier: MIT
 *
 * Ending with the stack in the reason, as Erlang's error/1 and a throw nobody catches do.
 */
#include "runtime/core/fault.h"
#include "runtime/core/mailbox.h"
#include "runtime/core/process.h"
#include "runtime/core/scheduler.h"
#include "runtime/core/symbol.h"

#include <string.h>

/* As a message that @self holds, so that it goes with a process that is killed while it waits.
 * Takes
 * @what. */
static struct grove_message *
keep (struct grove_process *self, struct grove_buffer *what)
{
  struct grove_message *kept =
    what->size <= UINT32_MAX ? _grove_signal_try_new (GROVE_SIGNAL_MESSAGE, what->size, 0) : NULL;

  if (kept != NULL && what->size > 0)
    memcpy (_grove_signal_bytes (kept), what->bytes, what->size);
  grove_buffer_finish (what);
  if (kept == NULL)
    grove_exit ("system_limit");
  _grove_mailbox_hold (self, kept);
  return kept;
}

/* @format: of the reason, for what was raised and the stack. Takes @what. */
GROVE_NORETURN static void
end_with_stack (struct grove_buffer *what, const char *format)
{
  struct grove_process *self = _grove_scheduler_self->current;
  struct grove_buffer   reason = { NULL };
  struct grove_buffer   stack = { NULL };
  struct grove_message *kept;
  struct grove_trace    trace;

  /* A release that ends its process ends itself, whatever the reason. */
  if (_grove_scheduler_self->deferring)
    _grove_end_with (what, NULL);
  _grove_process_leave_calls (self);
  kept = keep (self, what);
  _grove_fault_trace_here (_grove_scheduler_self, &trace);
  _grove_symbols_await (&trace);
  _grove_symbols_build (&stack, &trace);
  (void) !grove_build (&reason, format, _grove_signal_term (kept), grove_buffer_term (&stack));
  grove_buffer_finish (&stack);
  _grove_end_with (&reason, &trace);
}

static struct grove_buffer
build (const char *format, va_list args)
{
  struct grove_buffer term = { NULL };

  if (grove_build_va (&term, format, args) != GROVE_OK)
    (void) !grove_build (&term, "badarg");
  return term;
}

static struct grove_buffer
copy (struct grove_term term)
{
  struct grove_buffer buffer = { NULL };

  if (term.size == 0)
    (void) !grove_build (&buffer, "badarg");
  else
    memcpy (grove_buffer_extend (&buffer, term.size), term.bytes, term.size);
  return buffer;
}

static const char error_format[] = "{~t, ~t}";
static const char throw_format[] = "{{nocatch, ~t}, ~t}";

void
grove_raise (const char *reason_format, ...)
{
  struct grove_buffer what;
  va_list             args;

  _grove_process_require ();
  va_start (args, reason_format);
  what = build (reason_format, args);
  va_end (args);
  end_with_stack (&what, error_format);
}

void
grove_raise_term (struct grove_term reason)
{
  struct grove_buffer what;

  _grove_process_require ();
  what = copy (reason);
  end_with_stack (&what, error_format);
}

void
grove_throw (const char *format, ...)
{
  struct grove_buffer what;
  va_list             args;

  _grove_process_require ();
  va_start (args, format);
  what = build (format, args);
  va_end (args);
  end_with_stack (&what, throw_format);
}

void
grove_throw_term (struct grove_term term)
{
  struct grove_buffer what;

  _grove_process_require ();
  what = copy (term);
  end_with_stack (&what, throw_format);
}
