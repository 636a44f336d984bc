/* SPDX-License-Identifier: MIT
 *
 * Sending and handling signals, see signal.h.
 */
#include "runtime/core/signal.h"

#include "runtime/core/block.h"
#include "runtime/core/bonds.h"
#include "runtime/core/hold.h"
#include "runtime/core/info-private.h"
#include "runtime/core/inspect.h"
#include "runtime/core/mailbox.h"
#include "runtime/core/process-table.h"
#include "runtime/core/question.h"
#include "runtime/core/scheduler.h"
#include "runtime/core/share.h"
#include "runtime/core/short-way.h"
#include "runtime/core/suspend-private.h"
#include "runtime/core/trace-private.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t    noproc_bytes[] = { 119, 6, 'n', 'o', 'p', 'r', 'o', 'c' };
const struct grove_term _grove_noproc = { noproc_bytes, sizeof noproc_bytes };

/* ---- Making ---------------------------------------------------------------------------------- */

static struct grove_message *
new_block (enum grove_signal_kind kind, size_t size, grove_ref tag, size_t room)
{
  struct grove_scheduler *scheduler = _grove_scheduler_self;
  struct grove_process   *self = scheduler != NULL ? scheduler->current : NULL;
  struct grove_message   *signal = _grove_block_new (sizeof *signal + room);

  signal->shared = false;
  signal->kind = (uint8_t) kind;
  signal->size = (uint32_t) size;
  signal->reason_offset = 0;
  signal->sender = self != NULL ? _grove_process_pid (self) : 0;
  signal->tag = tag;
  signal->sent_ns = scheduler != NULL ? scheduler->now_ns : grove_now_ns ();
  return signal;
}

struct grove_message *
_grove_signal_try_new (enum grove_signal_kind kind, size_t size, grove_ref tag)
{
  struct grove_message *signal;

  if (__builtin_expect (size <= GROVE_SHARE_OVER, 1))
    return new_block (kind, size, tag, size);
  signal = new_block (kind, size, tag, sizeof (struct grove_share));
  if (_grove_share_new (signal, size))
    return signal;
  _grove_block_free (signal);
  return NULL;
}

struct grove_message *
_grove_signal_new (enum grove_signal_kind kind, size_t size, grove_ref tag)
{
  struct grove_message *signal = _grove_signal_try_new (kind, size, tag);

  if (signal == NULL)
    abort ();
  return signal;
}

struct grove_message *
_grove_signal_copy (const struct grove_message *signal, struct grove_term part)
{
  bool                  share = part.size > GROVE_SHARE_OVER;
  struct grove_message *copy =
    new_block ((enum grove_signal_kind) signal->kind, part.size, signal->tag,
               share ? sizeof (struct grove_share) : part.size);

  copy->sender = signal->sender;
  copy->reason_offset = signal->reason_offset;
  if (share)
    _grove_share_join (copy, signal, part);
  else
    memcpy (copy->inside, part.bytes, part.size);
  return copy;
}

uint8_t *
_grove_signal_bytes (struct grove_message *signal)
{
  if (__builtin_expect (signal->shared, 0))
    return ((struct grove_share *) (void *) signal->inside)->bytes;
  return signal->inside;
}

struct grove_term
_grove_signal_term (const struct grove_message *signal)
{
  if (__builtin_expect (signal->shared, 0))
    return (struct grove_term){
      ((const struct grove_share *) (const void *) signal->inside)->bytes,
      signal->size,
    };
  return (struct grove_term){ signal->inside, signal->size };
}

struct grove_message *
_grove_signal_build (enum grove_signal_kind kind, grove_ref tag, const char *format, ...)
{
  struct grove_message *signal;
  size_t                size;
  va_list               args;

  va_start (args, format);
  size = grove_build_into (NULL, 0, format, args);
  va_end (args);
  signal = _grove_signal_new (kind, size, tag);
  va_start (args, format);
  grove_build_into (_grove_signal_bytes (signal), size, format, args);
  va_end (args);
  return signal;
}

struct grove_message *
_grove_signal_new_exit (enum grove_signal_kind kind, grove_pid from, struct grove_term reason)
{
  struct grove_message *signal = _grove_signal_build (kind, 0, "{'EXIT', ~p, ~t}", from, reason);

  signal->sender = from;
  signal->reason_offset = signal->size - (uint32_t) reason.size;
  return signal;
}

struct grove_message *
_grove_signal_new_down (grove_ref monitor, grove_pid from, struct grove_term reason)
{
  struct grove_message *signal =
    _grove_signal_build (GROVE_SIGNAL_DOWN, monitor, "{'DOWN', ~r, process, ~p, ~t}", monitor, from,
                         reason);

  signal->sender = from;
  signal->reason_offset = signal->size - (uint32_t) reason.size;
  return signal;
}

struct grove_term
_grove_signal_reason (const struct grove_message *signal)
{
  struct grove_term term = _grove_signal_term (signal);

  return (struct grove_term){ term.bytes + signal->reason_offset,
                              term.size - signal->reason_offset };
}

/* ---- Sending --------------------------------------------------------------------------------- */

/* Whether a signal, once handled, is done with. */
enum handled
{
  HANDLED,      /* it can be freed */
  HANDLED_KEPT, /* it became a message */
  HANDLED_END,  /* the process must end, and the signal holds the reason */
};

/* What the state of the head asks of the one who pushed. */
enum pushed
{
  PUSHED_CLOSED,
  PUSHED,
  PUSHED_ON_WAITING,
};

static enum pushed
push (struct grove_process *process, struct grove_message *signal)
{
  uintptr_t in = atomic_load_explicit (&process->inqueue, memory_order_relaxed);

  do
    {
      if (in == GROVE_IN_CLOSED)
        return PUSHED_CLOSED;
      /* It hangs over the one before; what is taken is turned round. */
      signal->next = in > GROVE_IN_SPECIAL ? (struct grove_message *) in : NULL;
    }
  /* Release: pairs with the exchange that takes all, and publishes the signal. */
  while (!atomic_compare_exchange_weak_explicit (&process->inqueue, &in, (uintptr_t) signal,
                                                 memory_order_acq_rel, memory_order_relaxed));
  return in == GROVE_IN_WAITING ? PUSHED_ON_WAITING : PUSHED;
}

/* False, and @signal is still the caller's: it has ended meanwhile. */
static bool
deliver_far (struct grove_process *process, struct grove_message *signal)
{
  bool        is_message = signal->kind == GROVE_SIGNAL_MESSAGE;
  uint64_t    count = is_message ? _grove_message_count (signal) : 0;
  enum pushed pushed;

  /* Before the push, so that the mailbox never seems to hold less than nothing. */
  if (is_message)
    atomic_fetch_add_explicit (&process->pushed, count, memory_order_relaxed);
  pushed = push (process, signal);
  if (pushed == PUSHED_CLOSED)
    {
      if (is_message)
        atomic_fetch_sub_explicit (&process->pushed, count, memory_order_relaxed);
      return false;
    }
  if (!is_message || pushed == PUSHED_ON_WAITING)
    _grove_process_notify (process);
  return true;
}

static inline bool
is_near (struct grove_process *process)
{
  return _grove_scheduler_self != NULL && _grove_is_near (_grove_scheduler_self, process);
}

bool
_grove_signal_try_send (grove_pid to, struct grove_message *signal)
{
  struct grove_process *process = _grove_table_block (to);

  signal->generation = (uint32_t) (to >> 32);
  if (process == NULL || GROVE_GET (process->generation) != signal->generation)
    return false;
  if (signal->kind == GROVE_SIGNAL_MESSAGE && is_near (process))
    {
      _grove_deliver_near (_grove_scheduler_self, process, signal);
      return true;
    }
  return deliver_far (process, signal);
}

void
_grove_signal_send_far (struct grove_process *process, struct grove_message *message)
{
  if (!deliver_far (process, message))
    _grove_block_free (message);
}

void
_grove_signal_send (grove_pid to, struct grove_message *signal)
{
  if (!_grove_signal_try_send (to, signal))
    _grove_signal_refuse (to, signal);
}

void
_grove_signal_send_behind (grove_pid to, struct grove_message *message)
{
  struct grove_process *process = _grove_table_block (to);

  message->generation = (uint32_t) (to >> 32);
  if (process == NULL || GROVE_GET (process->generation) != message->generation ||
      !deliver_far (process, message))
    _grove_block_free (message);
}

void
_grove_signal_send_watch (grove_pid              to,
                          enum grove_signal_kind kind,
                          grove_ref              monitor,
                          grove_pid              watcher)
{
  struct grove_message *signal = _grove_signal_new (kind, 0, monitor);

  signal->sender = watcher;
  _grove_signal_send (to, signal);
}

void
_grove_signal_refuse (grove_pid gone, struct grove_message *signal)
{
  grove_pid sender = signal->sender;
  grove_ref tag = signal->tag;

  switch ((enum grove_signal_kind) signal->kind)
    {
    case GROVE_SIGNAL_LINK:
      _grove_signal_send (sender,
                          _grove_signal_new_exit (GROVE_SIGNAL_LINK_EXIT, gone, _grove_noproc));
      break;
    case GROVE_SIGNAL_UNLINK:
      {
        struct grove_message *ack = _grove_signal_new (GROVE_SIGNAL_UNLINK_ACK, 0, tag);
        ack->sender = gone;
        _grove_signal_send (sender, ack);
        break;
      }
    case GROVE_SIGNAL_MONITOR:
      _grove_signal_send (sender, _grove_signal_new_down (tag, gone, _grove_noproc));
      break;
    case GROVE_SIGNAL_ALIVE:
    case GROVE_SIGNAL_INFO:
    case GROVE_SIGNAL_GROUP:
      _grove_question_answer (sender, tag, false);
      break;
    case GROVE_SIGNAL_HOLD:
      _grove_hold_refuse (signal);
      break;
    case GROVE_SIGNAL_TIMED:
      _grove_timers_release (&_grove_runtime.schedulers[tag - 1], gone);
      break;
    case GROVE_SIGNAL_INSPECT:
      _grove_inspect_refuse (signal);
      break;
    case GROVE_SIGNAL_TRACE:
      _grove_trace_refuse (gone, signal);
      break;
    case GROVE_SIGNAL_SUSPEND:
      _grove_suspend_refuse (gone, signal);
      break;
    case GROVE_SIGNAL_MESSAGE:
    case GROVE_SIGNAL_EXIT:
    case GROVE_SIGNAL_LINK_EXIT:
    case GROVE_SIGNAL_UNLINK_ACK:
    case GROVE_SIGNAL_DEMONITOR:
    case GROVE_SIGNAL_DOWN:
    case GROVE_SIGNAL_ANSWER:
    case GROVE_SIGNAL_INFO_REPLY:
    case GROVE_SIGNAL_RESUME:
    case GROVE_SIGNAL_SUSPEND_GONE:
    case GROVE_SIGNAL_PRIORITY:
      break;
    }
  _grove_block_free (signal);
}

/* ---- Handling -------------------------------------------------------------------------------- */

/* An EXIT or DOWN becomes what it is written as. */
static enum handled
become_message (struct grove_process *process, struct grove_message *signal)
{
  signal->kind = GROVE_SIGNAL_MESSAGE;
  atomic_fetch_add_explicit (&process->pushed, _grove_message_count (signal), memory_order_relaxed);
  _grove_mailbox_append (process, signal);
  return HANDLED_KEPT;
}

static enum handled
end_with (struct grove_message *signal, struct grove_term reason)
{
  _grove_scheduler_self->ending = (struct grove_ending){ .reason = reason, .block = signal };
  return HANDLED_END;
}

static enum handled
handle_exit (struct grove_process *process, struct grove_message *signal)
{
  static const uint8_t killed[] = { 119, 6, 'k', 'i', 'l', 'l', 'e', 'd' };
  struct grove_term    reason = _grove_signal_reason (signal);
  bool                 linked = signal->kind == GROVE_SIGNAL_LINK_EXIT;

  if (linked && !_grove_link_remove (process, signal->sender))
    return HANDLED;
  if (!linked && grove_term_is_atom (reason, "kill"))
    return end_with (signal, (struct grove_term){ killed, sizeof killed });
  if (GROVE_GET (process->trap_exit))
    return become_message (process, signal);
  if (grove_term_is_atom (reason, "normal") &&
      (linked || signal->sender != _grove_process_pid (process)))
    return HANDLED;
  return end_with (signal, reason);
}

static enum handled
handle_message (struct grove_process *process, struct grove_message *message)
{
  if (message->tag != 0 && message->tag != GROVE_TAG_TRACE &&
      !_grove_alias_accept (process, message->tag))
    {
      GROVE_ADD (process->removed, _grove_message_count (message));
      return HANDLED;
    }
  _grove_mailbox_append (process, message);
  return HANDLED_KEPT;
}

static enum handled
handle_down (struct grove_process *process, struct grove_message *signal)
{
  struct grove_message *down = _grove_monitor_down (process, signal);

  if (down == NULL)
    return HANDLED;
  if (down != signal)
    _grove_block_free (signal);
  return become_message (process, down);
}

static void
handle_priority (struct grove_process *process)
{
  struct grove_run_queue *queue = &_grove_scheduler_self->queue;

  if (!process->queued || process->queue == (uint8_t) GROVE_GET (process->priority))
    return;
  _grove_run_queue_remove (queue, process);
  _grove_run_queue_push (queue, process);
}

static void
handle_group (struct grove_process *process, const struct grove_message *signal)
{
  grove_pid leader;

  memcpy (&leader, _grove_signal_term (signal).bytes, sizeof leader);
  GROVE_SET (process->group, leader);
  _grove_question_answer (signal->sender, signal->tag, true);
}

static enum handled
handle (struct grove_process *process, struct grove_message *signal)
{
  switch ((enum grove_signal_kind) signal->kind)
    {
    case GROVE_SIGNAL_MESSAGE:
      return handle_message (process, signal);
    case GROVE_SIGNAL_EXIT:
    case GROVE_SIGNAL_LINK_EXIT:
      return handle_exit (process, signal);
    case GROVE_SIGNAL_LINK:
    case GROVE_SIGNAL_UNLINK:
    case GROVE_SIGNAL_UNLINK_ACK:
      _grove_link_handle (process, signal);
      return HANDLED;
    case GROVE_SIGNAL_MONITOR:
      _grove_monitored_by_add (process, signal->tag, signal->sender);
      return HANDLED;
    case GROVE_SIGNAL_DEMONITOR:
      _grove_monitored_by_remove (process, signal->tag);
      return HANDLED;
    case GROVE_SIGNAL_DOWN:
      return handle_down (process, signal);
    case GROVE_SIGNAL_ALIVE:
      _grove_question_answer (signal->sender, signal->tag, true);
      return HANDLED;
    case GROVE_SIGNAL_ANSWER:
      _grove_question_handle (process, signal);
      return HANDLED;
    case GROVE_SIGNAL_HOLD:
      _grove_hold_handle (process, signal);
      return HANDLED;
    case GROVE_SIGNAL_TIMED:
      _grove_bonds (process)->timed_by |= UINT64_C (1) << (signal->tag - 1);
      return HANDLED;
    case GROVE_SIGNAL_INFO:
      _grove_info_handle (process, signal);
      return HANDLED;
    case GROVE_SIGNAL_INFO_REPLY:
      return _grove_question_handle_reply (process, signal) ? HANDLED_KEPT : HANDLED;
    case GROVE_SIGNAL_INSPECT:
      _grove_inspect_handle (process, signal);
      return HANDLED;
    case GROVE_SIGNAL_TRACE:
      _grove_trace_handle (process, signal);
      return HANDLED;
    case GROVE_SIGNAL_SUSPEND:
    case GROVE_SIGNAL_RESUME:
    case GROVE_SIGNAL_SUSPEND_GONE:
      return _grove_suspend_handle (process, signal) ? HANDLED_KEPT : HANDLED;
    case GROVE_SIGNAL_PRIORITY:
      handle_priority (process);
      return HANDLED;
    case GROVE_SIGNAL_GROUP:
      handle_group (process, signal);
      return HANDLED;
    }
  abort ();
}

/* The in-queue, oldest first. */
static struct grove_message *
take_all (struct grove_process *process)
{
  struct grove_message *ordered = NULL;
  uintptr_t             in;

  if (atomic_load_explicit (&process->inqueue, memory_order_relaxed) <= GROVE_IN_SPECIAL)
    return NULL;
  /* Acquire: pairs with the pushes. Only the owner, which is here, changes it to anything special.
   */
  in = atomic_exchange_explicit (&process->inqueue, GROVE_IN_EMPTY, memory_order_acq_rel);
  for (struct grove_message *signal = (struct grove_message *) in; signal != NULL;)
    {
      struct grove_message *next = signal->next;
      signal->next = ordered;
      ordered = signal;
      signal = next;
    }
  return ordered;
}

static bool
handle_taken (struct grove_process *process)
{
  uint32_t              generation = GROVE_GET (process->generation);
  struct grove_message *signal = take_all (process);

  while (signal != NULL)
    {
      struct grove_message *next = signal->next;

      if (__builtin_expect (signal->generation != generation, 0))
        {
          /* For the process that had this block before. */
          if (signal->kind == GROVE_SIGNAL_MESSAGE)
            GROVE_ADD (process->removed, _grove_message_count (signal));
          _grove_signal_refuse ((grove_pid) signal->generation << 32 | process->index, signal);
          signal = next;
          continue;
        }
      switch (handle (process, signal))
        {
        case HANDLED:
          _grove_block_free (signal);
          break;
        case HANDLED_KEPT:
          break;
        case HANDLED_END:
          _grove_scheduler_self->ending.leftover = next;
          return false;
        }
      signal = next;
    }
  return true;
}

bool
_grove_signal_handle_queued (struct grove_process *process)
{
  bool lives = handle_taken (process);

  /* The process itself, which was suspended by what it handled: it goes on from here when it is
   * resumed, and what came meanwhile is handled then. */
  while (__builtin_expect (GROVE_GET (process->suspended), 0) && lives &&
         process == _grove_scheduler_self->current && process->no_preempt == 0)
    {
      _grove_leave (GROVE_LEAVE_YIELD);
      lives = handle_taken (process);
    }
  return lives;
}
