/* SPDX-License-Identifier: MIT
 *
 * How a process ends: by itself, or by a signal. Either way the reason is left in the scheduler,
 * the frames are dropped, and the scheduler takes the process apart. What others can see of it (its
 * name) is gone before anybody hears.
 */
#include "runtime/core/block.h"
#include "runtime/core/crash.h"
#include "runtime/core/dying.h"
#include "runtime/core/ends.h"
#include "runtime/core/event.h"
#include "runtime/core/heap.h"
#include "runtime/core/memory.h"
#include "runtime/core/process.h"
#include "runtime/core/registry.h"
#include "runtime/core/runtime.h"
#include "runtime/core/scheduler.h"
#include "runtime/core/trace-private.h"

#include <string.h>

static const uint8_t normal_bytes[] = { 119, 6, 'n', 'o', 'r', 'm', 'a', 'l' };

/* As counters, events and the ring of ends are told of it. */
static const struct grove_term normal = { NULL, 0 };

/* ---- Taking apart ---------------------------------------------------------------------------- */

static enum grove_event_exit
kind_of_end (struct grove_term reason)
{
  struct grove_term first;

  if (reason.bytes == normal_bytes || grove_term_is_atom (reason, "normal"))
    return GROVE_EVENT_EXIT_NORMAL;
  if (grove_term_is_atom (reason, "killed") || grove_term_is_atom (reason, "kill"))
    return GROVE_EVENT_EXIT_KILLED;
  if (grove_term_is_atom (reason, "shutdown") ||
      (grove_term_arity (reason) == 2 && grove_term_type (reason) == GROVE_TERM_TUPLE &&
       grove_term_element (reason, 0, &first) && grove_term_is_atom (first, "shutdown")))
    return GROVE_EVENT_EXIT_SHUTDOWN;
  return GROVE_EVENT_EXIT_CRASH;
}

static inline void
account (struct grove_scheduler *self,
         grove_pid               pid,
         const char             *name,
         enum grove_event_exit   kind,
         struct grove_term       reason,
         uint64_t                now_ns)
{
  GROVE_ADD (self->n_exited, 1);
  _grove_event_by (self, GROVE_EVENT_EXIT, pid, _grove_event_text (name), kind);
  _grove_ends_add (self->ends, pid, name, reason, now_ns, kind == GROVE_EVENT_EXIT_CRASH);
}

void
_grove_process_account (struct grove_scheduler *self,
                        struct grove_process   *process,
                        struct grove_term       reason)
{
  enum grove_event_exit kind = kind_of_end (reason);
  grove_pid             pid = _grove_process_pid (process);
  const char           *name = GROVE_GET (process->name);

  if (name == NULL)
    name = GROVE_GET (process->label);
  if (kind == GROVE_EVENT_EXIT_CRASH)
    {
      GROVE_ADD (self->n_crashed, 1);
      _grove_event_by (self, GROVE_EVENT_CRASH, pid, _grove_event_text (name), 0);
    }
  if (kind == GROVE_EVENT_EXIT_NORMAL)
    account (self, pid, name, kind, normal, self->now_ns);
  else
    account (self, pid, name, kind, reason, grove_now_ns ());
}

/* By itself, with a reason nobody has to hear, and nothing that others would have to be told or
 * that would have to be freed bit by bit. */
static inline bool
leaves_nothing (const struct grove_scheduler *self, const struct grove_process *process)
{
  return ((uintptr_t) process->bonds | (uintptr_t) process->mailbox_first |
          (uintptr_t) process->held | (uintptr_t) self->ending.reason.bytes) == 0 &&
         (process->heap == NULL || process->heap->next == NULL) &&
         process->timer == GROVE_NO_TIMEOUT && !process->queued && !GROVE_TRACED (process, 0xff) &&
         !_grove_runtime.ending;
}

/* Most processes end like this: what dying.c does in phases, in one go. */
static void
finish_at_once (struct grove_scheduler *self, struct grove_process *process)
{
  const char           *name = GROVE_GET (process->name);
  struct grove_message *unordered;

  account (self, _grove_process_pid (process), name != NULL ? name : GROVE_GET (process->label),
           GROVE_EVENT_EXIT_NORMAL, normal, self->now_ns);
  _grove_registry_forget (process);
  unordered = _grove_dying_close_inqueue (process);
  if (__builtin_expect (unordered != NULL, 0))
    {
      _grove_dying_refuse (self, process, unordered);
      return;
    }
  if (process->heap != NULL)
    (void) _grove_heap_free_all (process, &(int32_t){ 1 });
  _grove_dying_give_back (self, process);
}

void
_grove_process_finish (struct grove_scheduler *self, struct grove_process *process)
{
  struct grove_ending ending;

  if (leaves_nothing (self, process))
    {
      /* Sequentially consistent: see _grove_registry_forget(). */
      atomic_store (&process->state, GROVE_STATE_EXITING);
      _grove_stack_release (&self->stacks, process);
      finish_at_once (self, process);
      return;
    }
  ending = self->ending;
  if (ending.reason.bytes == NULL)
    ending.reason = (struct grove_term){ normal_bytes, sizeof normal_bytes };
  _grove_timers_remove (&self->timers, process);
  if (process->queued)
    _grove_run_queue_remove (&self->queue, process);
  /* Sequentially consistent: see _grove_registry_forget(). */
  atomic_store (&process->state, GROVE_STATE_EXITING);
  _grove_stack_release (&self->stacks, process);
  if (!_grove_runtime.ending && kind_of_end (ending.reason) == GROVE_EVENT_EXIT_CRASH)
    _grove_crash_add (process, ending.reason, ending.trace);
  if (GROVE_TRACED (process, GROVE_TRACE_PROCS) && !_grove_runtime.ending)
    _grove_trace_exit (process, ending.reason);
  _grove_dying_begin (self, process, &ending);
}

/* ---- Public ---------------------------------------------------------------------------------- */

/* The reason lies in the process's heap meanwhile: one that is killed while it speaks leaks
 * nothing.
 */
static void
say_last_words (struct grove_process *process, struct grove_buffer *reason)
{
  struct grove_bonds *bonds = process->bonds;
  void (*say) (void *behaviour, struct grove_term reason);
  struct grove_term kept = { NULL, reason->size };
  uint8_t          *bytes;

  if (bonds == NULL || bonds->last_words == NULL)
    return;
  say = bonds->last_words;
  bonds->last_words = NULL;
  bytes = _grove_heap_alloc (process, reason->size);
  if (bytes == NULL)
    return;
  memcpy (bytes, reason->bytes, reason->size);
  kept.bytes = bytes;
  grove_buffer_finish (reason);
  say (bonds->behaviour, kept);
  memcpy (grove_buffer_extend (reason, kept.size), kept.bytes, kept.size);
}

void
_grove_process_leave_calls (struct grove_process *self)
{
  self->no_preempt = 0;
  _grove_timers_remove (&_grove_scheduler_self->timers, self);
}

void
_grove_end_with (struct grove_buffer *reason, const struct grove_trace *trace)
{
  struct grove_scheduler *scheduler = _grove_scheduler_self;

  if (scheduler->deferring)
    {
      grove_buffer_finish (reason);
      _grove_end_self ();
    }
  _grove_process_leave_calls (scheduler->current);
  say_last_words (scheduler->current, reason);
  scheduler->ending =
    (struct grove_ending){ .reason = grove_buffer_term (reason), .owned = reason->bytes };
  if (trace != NULL)
    scheduler->fault->trace = *trace;
  else if (kind_of_end (scheduler->ending.reason) == GROVE_EVENT_EXIT_CRASH)
    _grove_fault_trace_here (scheduler, &scheduler->fault->trace);
  else
    _grove_end_self ();
  scheduler->ending.trace = &scheduler->fault->trace;
  _grove_end_self ();
}

void
_grove_badarg (void)
{
  grove_exit ("badarg");
}

void
_grove_out_of_memory (void)
{
  if (_grove_process_self () == NULL || _grove_scheduler_self->deferring)
    abort ();
  grove_exit ("system_limit");
}

void
grove_exit (const char *reason_format, ...)
{
  struct grove_buffer reason = { NULL };
  va_list             args;

  _grove_process_require ();
  va_start (args, reason_format);
  if (grove_build_va (&reason, reason_format, args) != GROVE_OK)
    (void) !grove_build (&reason, "badarg");
  va_end (args);
  _grove_end_with (&reason, NULL);
}

void
grove_exit_term (struct grove_term reason)
{
  struct grove_buffer copy = { NULL };

  _grove_process_require ();
  if (reason.size == 0)
    _grove_badarg ();
  memcpy (grove_buffer_extend (&copy, reason.size), reason.bytes, reason.size);
  _grove_end_with (&copy, NULL);
}

void
grove_assert_failed (const char *expression, const char *function, const char *file, int line)
{
  grove_exit ("{{assert, ~s}, [{~a, ~s, ~i}]}", expression, function, file, line);
}

static void
send_exit (grove_pid pid, struct grove_term reason)
{
  struct grove_process *self = _grove_scheduler_self->current;

  _grove_signal_send (pid, _grove_signal_new_exit (GROVE_SIGNAL_EXIT, _grove_process_pid (self),
                                                   reason));
}

static void
after_send_exit (grove_pid pid)
{
  struct grove_process *self = _grove_scheduler_self->current;

  /* To oneself it works at once. */
  if (pid == _grove_process_pid (self) && !_grove_scheduler_self->deferring &&
      !_grove_signal_handle_all (self))
    _grove_end_self ();
  _grove_charge (1);
}

void
grove_exit_process (grove_pid pid, const char *reason_format, ...)
{
  struct grove_buffer reason = { NULL };
  va_list             args;

  _grove_process_require ();
  va_start (args, reason_format);
  if (grove_build_va (&reason, reason_format, args) != GROVE_OK)
    (void) !grove_build (&reason, "badarg");
  va_end (args);
  send_exit (pid, grove_buffer_term (&reason));
  grove_buffer_finish (&reason);
  after_send_exit (pid);
}

void
grove_exit_process_term (grove_pid pid, struct grove_term reason)
{
  _grove_process_require ();
  if (reason.size == 0)
    _grove_badarg ();
  send_exit (pid, reason);
  after_send_exit (pid);
}
