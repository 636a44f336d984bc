/* SPDX-License-Identifier: MIT
 *
 * Who is traced, see trace.h. The flags of a process belong to it, like its links: they are changed
 * by a signal, and inherited where the owner of the parent makes the child. That a tracer has ended
 * is found out by who has something to tell it, or is asked.
 */
#include "runtime/core/trace.h"

#include "runtime/core/bonds.h"
#include "runtime/core/memory.h"
#include "runtime/core/process-table.h"
#include "runtime/core/question.h"
#include "runtime/core/scheduler.h"
#include "runtime/core/trace-private.h"

#include <string.h>

#define ALL_FLAGS   0x1ffU
#define HOT_FLAGS   0xffU /* those a process has in its block, too */
#define SPAWN_FLAGS ((unsigned) GROVE_TRACE_SET_ON_SPAWN | GROVE_TRACE_SET_ON_FIRST_SPAWN)
#define LINK_FLAGS  ((unsigned) GROVE_TRACE_SET_ON_LINK | GROVE_TRACE_SET_ON_FIRST_LINK)

struct grove_trace_new _grove_trace_new;

enum op
{
  OP_ON,
  OP_OFF,
  OP_INHERIT, /* ON, and nobody is answered */
  OP_FLAGS,   /* of the process: the answer */
  OP_TRACER,
  OP_DELIVERED,
  OP_NAME, /* tell it that it has, or had, a name */
};

/* What is asked of many; answered when the last has answered. */
struct group
{
  _Atomic uint64_t n_left;
  _Atomic uint64_t n_changed;
  grove_pid        asker;
  grove_ref        ref;
  bool             delivered; /* a message is the answer */
};

/* The bytes of a TRACE signal. */
struct request
{
  enum op       op;
  unsigned      flags;
  grove_pid     tracer;
  struct group *group; /* NULL: only this one is asked */
  const char   *event; /* of OP_NAME; static */
  const char   *name;  /* interned */
};

/* ---- Asking ---------------------------------------------------------------------------------- */

static struct grove_message *
signal_of (const struct request *request, grove_ref tag)
{
  struct grove_message *signal = _grove_signal_new (GROVE_SIGNAL_TRACE, sizeof *request, tag);

  memcpy (_grove_signal_bytes (signal), request, sizeof *request);
  return signal;
}

static void
say_delivered (grove_pid to, grove_pid pid, grove_ref ref)
{
  struct grove_buffer   text = { NULL };
  struct grove_message *message;

  if (pid != 0)
    (void) !grove_build (&text, "{trace_delivered, ~p, ~r}", pid, ref);
  else
    (void) !grove_build (&text, "{trace_delivered, all, ~r}", ref);
  message = _grove_signal_new (GROVE_SIGNAL_MESSAGE, text.size, GROVE_TAG_TRACE);
  memcpy (_grove_signal_bytes (message), text.bytes, text.size);
  message->sender = 0;
  _grove_signal_send_behind (to, message);
  grove_buffer_finish (&text);
}

static void
leave_group (struct group *group, bool changed)
{
  if (changed)
    atomic_fetch_add (&group->n_changed, 1);
  if (atomic_fetch_sub (&group->n_left, 1) > 1)
    return;
  if (group->delivered)
    say_delivered (group->asker, 0, group->ref);
  else
    _grove_question_answer (group->asker, group->ref, (int64_t) atomic_load (&group->n_changed));
  free (group);
}

/* Asks all processes but the asker's tracer. */
static void
ask_all (struct request *request, grove_ref ref, bool delivered)
{
  struct group *group = _grove_malloc (sizeof *group);
  uint32_t      n = _grove_table_used ();

  *group = (struct group){
    .n_left = 1, /* this one */
    .asker = grove_self (),
    .ref = ref,
    .delivered = delivered,
  };
  request->group = group;
  for (uint32_t i = 1; i < n; i++)
    {
      struct grove_process *process = _grove_table_block (i);
      uint32_t              state = atomic_load_explicit (&process->state, memory_order_acquire);
      if (state == GROVE_STATE_FREE ||
          (!delivered && _grove_process_pid (process) == request->tracer))
        continue;
      atomic_fetch_add (&group->n_left, 1);
      _grove_signal_send (_grove_process_pid (process), signal_of (request, 0));
    }
  leave_group (group, false);
}

/* ---- Handling -------------------------------------------------------------------------------- */

bool
_grove_trace_lives (grove_pid tracer)
{
  struct grove_process *process = _grove_table_block (tracer);

  return process != NULL &&
         atomic_load_explicit (&process->generation, memory_order_acquire) ==
           (uint32_t) (tracer >> 32) &&
         atomic_load_explicit (&process->inqueue, memory_order_acquire) != GROVE_IN_CLOSED;
}

void
_grove_trace_stop (struct grove_process *process)
{
  GROVE_SET (process->traced, 0);
  if (process->bonds == NULL)
    return;
  free (process->bonds->tracing);
  process->bonds->tracing = NULL;
}

static void
set_flags (struct grove_process *process, unsigned flags)
{
  if (flags == 0)
    {
      _grove_trace_stop (process);
      return;
    }
  process->bonds->tracing->flags = flags;
  GROVE_SET (process->traced, (uint8_t) (flags & HOT_FLAGS));
}

/* NULL: it is not traced, or its tracer has ended. */
static struct grove_tracing *
tracing_of (struct grove_process *process)
{
  struct grove_tracing *tracing = process->bonds != NULL ? process->bonds->tracing : NULL;

  if (tracing == NULL || _grove_trace_lives (tracing->tracer))
    return tracing;
  _grove_trace_stop (process);
  return NULL;
}

/* False: somebody else traces it. */
static bool
turn_on (struct grove_process *process, unsigned flags, grove_pid tracer)
{
  struct grove_tracing *tracing = tracing_of (process);

  if (tracing != NULL && tracing->tracer != tracer)
    return false;
  if (tracer == _grove_process_pid (process))
    return false;
  if (tracing == NULL)
    {
      tracing = _grove_calloc (1, sizeof *tracing);
      tracing->tracer = tracer;
      _grove_bonds (process)->tracing = tracing;
    }
  set_flags (process, tracing->flags | flags);
  return true;
}

static int64_t
obey (struct grove_process *process, const struct request *request)
{
  struct grove_tracing *tracing;

  switch (request->op)
    {
    case OP_ON:
    case OP_INHERIT:
      return turn_on (process, request->flags, request->tracer) ? GROVE_OK : GROVE_ERR_BUSY;
    case OP_OFF:
      tracing = tracing_of (process);
      if (tracing != NULL)
        set_flags (process, tracing->flags & ~request->flags);
      return GROVE_OK;
    case OP_FLAGS:
      tracing = tracing_of (process);
      return tracing != NULL ? tracing->flags : 0;
    case OP_TRACER:
      tracing = tracing_of (process);
      return tracing != NULL ? (int64_t) tracing->tracer : 0;
    case OP_DELIVERED:
      break;
    case OP_NAME:
      if (GROVE_TRACED (process, GROVE_TRACE_PROCS))
        _grove_trace_text (process, request->event, request->name);
      break;
    }
  return GROVE_OK;
}

static void
answer (grove_pid                   pid,
        const struct grove_message *signal,
        const struct request       *request,
        int64_t                     to)
{
  if (request->group != NULL)
    leave_group (request->group, to == GROVE_OK);
  else if (request->op == OP_DELIVERED)
    say_delivered (signal->sender, pid, signal->tag);
  else if (signal->tag != 0)
    _grove_question_answer (signal->sender, signal->tag, to);
}

void
_grove_trace_handle (struct grove_process *process, struct grove_message *signal)
{
  struct request request;

  memcpy (&request, _grove_signal_bytes (signal), sizeof request);
  answer (_grove_process_pid (process), signal, &request, obey (process, &request));
}

void
_grove_trace_refuse (grove_pid gone, const struct grove_message *signal)
{
  struct request request;

  memcpy (&request, _grove_signal_term (signal).bytes, sizeof request);
  answer (gone, signal, &request, GROVE_ERR_NOPROC);
}

/* ---- Inheriting ------------------------------------------------------------------------------ */

/* What new ones are given, unless who was to be told has ended. */
static unsigned
flags_of_new (grove_pid *ret_tracer)
{
  /* Acquire: pairs with set_new(). */
  uint32_t flags = atomic_load_explicit (&_grove_trace_new.flags, memory_order_acquire);

  *ret_tracer = flags != 0 ? atomic_load (&_grove_trace_new.tracer) : 0;
  if (flags == 0 || _grove_trace_lives (*ret_tracer))
    return flags;
  atomic_compare_exchange_strong (&_grove_trace_new.flags, &flags, 0);
  *ret_tracer = 0;
  return 0;
}

/* @once: the flag that hands on once only, of the two in @flags. */
static void
inherit (struct grove_process *parent, struct grove_process *child, unsigned flags, unsigned once)
{
  struct grove_tracing *tracing = tracing_of (parent);
  unsigned              given;

  if (tracing == NULL || (tracing->flags & flags) == 0)
    return;
  given = tracing->flags;
  if ((tracing->flags & once) != 0)
    {
      given &= ~flags;
      set_flags (parent, tracing->flags & ~flags);
      tracing = parent->bonds->tracing;
    }
  if (given != 0 && tracing != NULL)
    turn_on (child, given, tracing->tracer);
}

void
_grove_trace_spawn (struct grove_process *parent, struct grove_process *child, bool linked)
{
  const char *function = GROVE_GET (child->initial);
  grove_pid   pid = _grove_process_pid (child);
  grove_pid   tracer;
  unsigned    flags = flags_of_new (&tracer);

  if (flags != 0)
    turn_on (child, flags, tracer);
  if (parent != NULL && GROVE_TRACED (parent, GROVE_TRACE_PROCS))
    _grove_trace_child (parent, "spawn", pid, function);
  if (parent != NULL)
    inherit (parent, child, SPAWN_FLAGS, GROVE_TRACE_SET_ON_FIRST_SPAWN);
  if (linked)
    inherit (parent, child, LINK_FLAGS, GROVE_TRACE_SET_ON_FIRST_LINK);
  if (GROVE_TRACED (child, GROVE_TRACE_PROCS))
    _grove_trace_child (child, "spawned", GROVE_GET (child->parent), function);
  if (linked && GROVE_TRACED (parent, GROVE_TRACE_PROCS))
    _grove_trace_peer (parent, "link", pid);
  if (linked && GROVE_TRACED (child, GROVE_TRACE_PROCS))
    _grove_trace_peer (child, "getting_linked", _grove_process_pid (parent));
}

void
_grove_trace_link (struct grove_process *process, grove_pid peer)
{
  struct grove_tracing *tracing = tracing_of (process);
  struct request        request = { .op = OP_INHERIT };

  if (tracing == NULL)
    return;
  if ((tracing->flags & LINK_FLAGS) != 0)
    {
      bool once = (tracing->flags & GROVE_TRACE_SET_ON_FIRST_LINK) != 0;
      request.tracer = tracing->tracer;
      request.flags = once ? tracing->flags & ~LINK_FLAGS : tracing->flags;
      if (request.flags != 0)
        _grove_signal_send (peer, signal_of (&request, 0));
      if (once)
        set_flags (process, tracing->flags & ~LINK_FLAGS);
    }
  if (GROVE_TRACED (process, GROVE_TRACE_PROCS))
    _grove_trace_peer (process, "link", peer);
}

void
_grove_trace_name (grove_pid pid, const char *event, const char *name)
{
  struct grove_process *process = _grove_table_block (pid);
  struct request        request = { .op = OP_NAME, .event = event, .name = name };

  if (!GROVE_TRACED (process, GROVE_TRACE_PROCS))
    return;
  if (process == _grove_process_self ())
    _grove_trace_text (process, event, name);
  else
    _grove_signal_send (pid, signal_of (&request, 0));
}

/* ---- Public ---------------------------------------------------------------------------------- */

static bool
valid (enum grove_trace_how how, unsigned flags, grove_pid tracer)
{
  return (how == GROVE_TRACE_ON || how == GROVE_TRACE_OFF) && flags != 0 &&
         (flags & ~ALL_FLAGS) == 0 && (how == GROVE_TRACE_OFF || _grove_trace_lives (tracer)) &&
         !_grove_scheduler_self->deferring;
}

static int64_t
ask (grove_pid pid, struct request *request)
{
  grove_ref question = _grove_question_new ();
  int64_t   answer_to_it = GROVE_ERR_NOPROC;

  _grove_signal_send (pid, signal_of (request, question));
  (void) _grove_question_wait (question, UINT64_MAX, &answer_to_it);
  return answer_to_it;
}

enum grove_status
grove_trace (grove_pid pid, enum grove_trace_how how, unsigned flags, grove_pid tracer)
{
  struct grove_process *self = _grove_process_require ();
  struct request        request = { .op = how == GROVE_TRACE_ON ? OP_ON : OP_OFF, .flags = flags };
  enum grove_status     status;

  request.tracer = tracer != 0 ? tracer : _grove_process_pid (self);
  if (!valid (how, flags, request.tracer) || (how == GROVE_TRACE_ON && request.tracer == pid))
    return GROVE_ERR_BADARG;
  GROVE_SET (self->where, (uintptr_t) __builtin_return_address (0));
  status = (enum grove_status) ask (pid, &request);
  _grove_charge (1);
  return status;
}

static void
set_new (enum grove_trace_how how, unsigned flags, grove_pid tracer)
{
  grove_pid old;
  unsigned  old_flags = flags_of_new (&old);

  if (how == GROVE_TRACE_OFF)
    {
      atomic_fetch_and (&_grove_trace_new.flags, ~flags);
      return;
    }
  /* Nobody is given one's flags and another's tracer. */
  if (old != tracer)
    {
      old_flags = 0;
      atomic_store (&_grove_trace_new.flags, 0);
    }
  atomic_store (&_grove_trace_new.tracer, tracer);
  atomic_store_explicit (&_grove_trace_new.flags, old_flags | flags, memory_order_release);
}

enum grove_status
grove_trace_all (enum grove_trace_which which,
                 enum grove_trace_how   how,
                 unsigned               flags,
                 grove_pid              tracer,
                 size_t                *ret_n)
{
  struct grove_process *self = _grove_process_require ();
  struct request        request = { .op = how == GROVE_TRACE_ON ? OP_ON : OP_OFF, .flags = flags };
  int64_t               n = 0;

  request.tracer = tracer != 0 ? tracer : _grove_process_pid (self);
  if (!valid (how, flags, request.tracer) || (unsigned) which > GROVE_TRACE_ALL)
    return GROVE_ERR_BADARG;
  if (which != GROVE_TRACE_EXISTING)
    set_new (how, flags, request.tracer);
  if (how == GROVE_TRACE_OFF)
    request.tracer = 0; /* nobody is left out */
  if (which != GROVE_TRACE_NEW)
    {
      grove_ref question = _grove_question_new ();
      GROVE_SET (self->where, (uintptr_t) __builtin_return_address (0));
      ask_all (&request, question, false);
      (void) _grove_question_wait (question, UINT64_MAX, &n);
    }
  if (ret_n != NULL)
    *ret_n = (size_t) n;
  _grove_charge (1 + (int32_t) (n < 1000 ? n : 1000));
  return GROVE_OK;
}

enum grove_status
grove_trace_info (grove_pid pid, unsigned *ret_flags, grove_pid *ret_tracer)
{
  struct grove_process *self = _grove_process_require ();
  struct request        request = { .op = OP_FLAGS };
  int64_t               flags, tracer;

  if (ret_flags == NULL || ret_tracer == NULL || _grove_scheduler_self->deferring)
    return GROVE_ERR_BADARG;
  if (pid == 0)
    {
      *ret_flags = flags_of_new (ret_tracer);
      return GROVE_OK;
    }
  GROVE_SET (self->where, (uintptr_t) __builtin_return_address (0));
  flags = ask (pid, &request);
  request.op = OP_TRACER;
  tracer = flags > 0 ? ask (pid, &request) : 0;
  _grove_charge (1);
  if (flags < 0 || tracer == GROVE_ERR_NOPROC)
    return GROVE_ERR_NOPROC;
  *ret_flags = tracer != 0 ? (unsigned) flags : 0;
  *ret_tracer = (grove_pid) tracer;
  return GROVE_OK;
}

grove_ref
grove_trace_delivered (grove_pid pid)
{
  struct request request = { .op = OP_DELIVERED };
  grove_ref      ref = grove_make_ref ();

  _grove_process_require ();
  if (pid == 0)
    ask_all (&request, ref, true);
  else
    _grove_signal_send (pid, signal_of (&request, ref));
  _grove_charge (1);
  return ref;
}
