/* SPDX-License-Identifier: MIT
 *
 * Trace messages. They are sent by the owner of the traced process at the moment the thing happens,
 * so they are in order, and are there before anything that follows from it.
 */
#include "runtime/core/block.h"
#include "runtime/core/event.h"
#include "runtime/core/process-table.h"
#include "runtime/core/scheduler.h"
#include "runtime/core/trace-private.h"

#include <stdarg.h>
#include <string.h>

/* Whether the tracer has as much as it is given. */
static bool
is_full (grove_pid tracer)
{
  struct grove_process *process = _grove_table_block (tracer);
  uint64_t              removed = GROVE_GET (process->removed);
  uint64_t              mailbox = GROVE_GET (process->pushed) - removed;

  return mailbox >> GROVE_COUNT_SHIFT >= GROVE_TRACE_MAX_MESSAGES ||
         (mailbox & (((uint64_t) 1 << GROVE_COUNT_SHIFT) - 1)) >= GROVE_TRACE_MAX_BYTES;
}

/* Sends {trace, Pid | @tail}, where @tail has been built as the list of what comes behind, without
 * its head. */
static void
send_trace (struct grove_process *process, const struct grove_buffer *rest, unsigned n)
{
  struct grove_tracing *tracing = process->bonds->tracing;
  struct grove_buffer   whole = { NULL };
  struct grove_message *message;
  grove_pid             pid = _grove_process_pid (process);
  bool                  stamped = (tracing->flags & GROVE_TRACE_TIMESTAMP) != 0;
  uint8_t              *head;

  head = grove_buffer_extend (&whole, 2);
  head[0] = 104; /* a small tuple */
  head[1] = (uint8_t) (n + 2 + stamped);
  (void) !grove_build (&whole, "~a", stamped ? "trace_ts" : "trace");
  (void) !grove_build (&whole, "~p", pid);
  memcpy (grove_buffer_extend (&whole, rest->size), rest->bytes, rest->size);
  if (stamped)
    (void) !grove_build (&whole, "~u", grove_now_ns ());
  message = whole.size <= UINT32_MAX
              ? _grove_signal_try_new (GROVE_SIGNAL_MESSAGE, whole.size, GROVE_TAG_TRACE)
              : NULL;
  if (message == NULL)
    tracing->n_dropped++;
  else
    {
      message->sender = pid;
      memcpy (_grove_signal_bytes (message), whole.bytes, whole.size);
      if (!_grove_signal_try_send (tracing->tracer, message))
        {
          _grove_block_free (message);
          _grove_trace_stop (process);
        }
    }
  grove_buffer_finish (&whole);
}

/* Whether an event can be told now; says before how many could not. */
static bool
has_room (struct grove_process *process)
{
  struct grove_tracing *tracing = process->bonds->tracing;
  struct grove_buffer   rest = { NULL };
  uint64_t              n_dropped = tracing->n_dropped;

  if (is_full (tracing->tracer) && _grove_trace_lives (tracing->tracer))
    {
      if (tracing->n_dropped++ == 0)
        _grove_event (GROVE_EVENT_TRACE_LOST, _grove_process_pid (process), tracing->tracer, 0);
      return false;
    }
  if (n_dropped == 0)
    return true;
  tracing->n_dropped = 0;
  (void) !grove_build (&rest, "drop");
  (void) !grove_build (&rest, "~u", n_dropped);
  send_trace (process, &rest, 2);
  grove_buffer_finish (&rest);
  return process->bonds->tracing != NULL;
}

static void
begin (struct grove_buffer *rest, const char *event)
{
  (void) !grove_build (rest, "~a", event);
}

static void
append (struct grove_buffer *rest, struct grove_term term)
{
  memcpy (grove_buffer_extend (rest, term.size), term.bytes, term.size);
}

static void
finish (struct grove_process *process, struct grove_buffer *rest, unsigned n)
{
  send_trace (process, rest, n);
  grove_buffer_finish (rest);
}

void
_grove_trace_send (struct grove_process *process, grove_pid to, struct grove_term message)
{
  struct grove_buffer rest = { NULL };

  if (!has_room (process))
    return;
  begin (&rest, _grove_trace_lives (to) ? "send" : "send_to_non_existing_process");
  append (&rest, message);
  (void) !grove_build (&rest, "~p", to);
  finish (process, &rest, 3);
}

/* NULL: it waited as long as it wanted to. */
void
_grove_trace_receive (struct grove_process *process, const struct grove_message *message)
{
  struct grove_buffer rest = { NULL };

  if ((message != NULL && message->tag == GROVE_TAG_TRACE) || !has_room (process))
    return;
  begin (&rest, "receive");
  if (message != NULL)
    append (&rest, grove_message_term (message));
  else
    begin (&rest, "timeout");
  finish (process, &rest, 2);
}

void
_grove_trace_peer (struct grove_process *process, const char *event, grove_pid peer)
{
  struct grove_buffer rest = { NULL };

  if (!has_room (process))
    return;
  begin (&rest, event);
  (void) !grove_build (&rest, "~p", peer);
  finish (process, &rest, 2);
}

void
_grove_trace_child (struct grove_process *process,
                    const char           *event,
                    grove_pid             other,
                    const char           *function)
{
  struct grove_buffer rest = { NULL };

  if (!has_room (process))
    return;
  begin (&rest, event);
  (void) !grove_build (&rest, "~p", other);
  if (grove_build (&rest, "{c, ~a, []}", function != NULL ? function : "undefined") != GROVE_OK)
    (void) !grove_build (&rest, "{c, undefined, []}");
  finish (process, &rest, 3);
}

void
_grove_trace_text (struct grove_process *process, const char *event, const char *text)
{
  struct grove_buffer rest = { NULL };

  if (!has_room (process))
    return;
  begin (&rest, event);
  begin (&rest, text);
  finish (process, &rest, 2);
}

void
_grove_trace_exit (struct grove_process *process, struct grove_term reason)
{
  struct grove_buffer rest = { NULL };

  if (!has_room (process))
    return;
  begin (&rest, "exit");
  append (&rest, reason);
  finish (process, &rest, 2);
}

void
_grove_trace_running (struct grove_process *process, const char *event)
{
  struct grove_buffer rest = { NULL };

  if (!has_room (process))
    return;
  begin (&rest, event);
  (void) !grove_build (&rest, "0");
  finish (process, &rest, 2);
}
