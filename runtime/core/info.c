/* SPDX-License-Identifier: MIT
 *
 * Asking about processes, see info.h. What is asked travels as a signal and is answered by one, so
 * that nobody looks into a process that moves.
 */
#include "runtime/core/info.h"

#include "runtime/core/block.h"
#include "runtime/core/bonds.h"
#include "runtime/core/info-private.h"
#include "runtime/core/mailbox.h"
#include "runtime/core/observe.h"
#include "runtime/core/process-table.h"
#include "runtime/core/question.h"
#include "runtime/core/scheduler.h"
#include "runtime/core/symbol.h"
#include "runtime/term/etf.h"

#include <string.h>

#define MAX_ITEMS 256

/* So many blocks of the table are looked at for a reduction, and between two chances of others to
 * run. */
#define BLOCKS_A_REDUCTION 16
#define BLOCKS_A_CHUNK     4096

/* ---- Figures --------------------------------------------------------------------------------- */

enum grove_status
grove_process_figures (grove_pid pid, struct grove_process_figures *ret_figures)
{
  struct grove_process_sample sample;

  if (ret_figures == NULL)
    return GROVE_ERR_BADARG;
  if (!_grove_observe_running () || !_grove_observe_process (pid, &sample))
    return GROVE_ERR_NOPROC;
  *ret_figures = (struct grove_process_figures){
    .status = sample.status,
    .scheduler = sample.scheduler,
    .n_links = sample.n_links,
    .trap_exit = sample.trap_exit,
    .parent = sample.parent,
    .started_ns = sample.started_ns,
    .n_messages = sample.n_messages,
    .mailbox_bytes = sample.mailbox_bytes,
    .heap_bytes = sample.heap_bytes,
    .stack_bytes = sample.stack_bytes,
    .memory_bytes = sample.memory_bytes,
    .reductions = sample.reductions,
  };
  return GROVE_OK;
}

/* ---- Information ----------------------------------------------------------------------------- */

/* What is to travel, see info-private.h. */
struct request
{
  size_t  size;
  uint8_t bytes[1 + MAX_ITEMS];
};

static bool
read_items (struct grove_term term, struct request *ret_request)
{
  struct grove_cursor cursor;
  struct grove_term   item;

  ret_request->size = 1;
  if (grove_term_type (term) != GROVE_TERM_LIST)
    {
      ret_request->bytes[0] = GROVE_INFO_SINGLE;
      return _grove_info_item (term, &ret_request->bytes[ret_request->size++]);
    }
  ret_request->bytes[0] = GROVE_INFO_LIST;
  grove_cursor_init (&cursor, term);
  while (grove_cursor_next (&cursor, &item))
    if (ret_request->size > MAX_ITEMS ||
        !_grove_info_item (item, &ret_request->bytes[ret_request->size++]))
      return false;
  return !grove_cursor_tail (&cursor, &item);
}

static bool
read_request (const char *items, struct request *ret_request)
{
  struct grove_buffer term = { NULL };
  bool                good;

  if (items == NULL)
    {
      *ret_request = (struct request){ .size = 1, .bytes = { GROVE_INFO_FULL } };
      return true;
    }
  good = grove_term_parse (items, strlen (items), &term, NULL, NULL) == GROVE_OK &&
         read_items (grove_buffer_term (&term), ret_request);
  grove_buffer_finish (&term);
  return good;
}

/* NULL: @pid is no process any more. */
static struct grove_message *
ask (grove_pid pid, const struct request *request)
{
  struct grove_process *self = _grove_scheduler_self->current;
  struct grove_message *signal;
  struct grove_message *reply;
  grove_ref             question;
  int64_t               gone;

  if (_grove_scheduler_self->deferring)
    return NULL;
  question = _grove_question_new ();
  signal = _grove_signal_new (GROVE_SIGNAL_INFO, request->size, question);
  memcpy (_grove_signal_bytes (signal), request->bytes, request->size);
  _grove_signal_send (pid, signal);
  _grove_question_wait (question, UINT64_MAX, &gone);
  reply = self->bonds->reply;
  self->bonds->reply = NULL;
  return reply;
}

static struct grove_message *
answer_self (struct grove_process *self, const struct request *request)
{
  /* What came before counts, and may be the end. */
  if (!_grove_scheduler_self->deferring && !_grove_signal_handle_all (self))
    _grove_end_self ();
  return _grove_info_answer (self, request->bytes, request->size, 0);
}

/* ---- Naming the current function ------------------------------------------------------------- */

static bool
wants_function (const struct request *request)
{
  if (request->bytes[0] == GROVE_INFO_FULL)
    return true;
  for (size_t i = 1; i < request->size; i++)
    if (request->bytes[i] == GROVE_INFO_CURRENT_FUNCTION)
      return true;
  return false;
}

/* The address in {current_function, Address}; 0: it is anything else. */
static uintptr_t
address_in (struct grove_term pair)
{
  uint64_t pc;

  return grove_match (pair, "{current_function, ~u}", &pc) ? (uintptr_t) pc : 0;
}

static uintptr_t
find_address (struct grove_term answer)
{
  struct grove_cursor cursor;
  struct grove_term   pair;
  uintptr_t           pc = address_in (answer);

  if (pc == 0 && grove_term_type (answer) == GROVE_TERM_LIST)
    {
      grove_cursor_init (&cursor, answer);
      while (pc == 0 && grove_cursor_next (&cursor, &pair))
        pc = address_in (pair);
    }
  return pc;
}

static void
put_pair (struct grove_buffer *out, struct grove_term pair, const struct grove_symbol *symbol)
{
  if (address_in (pair) == 0)
    memcpy (grove_buffer_extend (out, pair.size), pair.bytes, pair.size);
  else if (symbol == NULL || symbol->function[0] == '\0' ||
           grove_build (out, "{current_function, {~a, ~s, ~i}}", symbol->function, symbol->file,
                        symbol->line) != GROVE_OK)
    (void) grove_build (out, "{current_function, undefined}");
}

/* The same with the name. */
static struct grove_message *
with_name (struct grove_message *answer, const struct grove_symbol *symbol)
{
  struct grove_term     term = _grove_signal_term (answer);
  struct grove_buffer   out = { NULL };
  struct grove_cursor   cursor;
  struct grove_term     pair;
  struct grove_message *named;

  if (grove_term_type (term) == GROVE_TERM_LIST)
    {
      uint8_t *head = grove_buffer_extend (&out, 5);
      head[0] = ETF_LIST;
      etf_put32 (head + 1, (uint32_t) grove_term_arity (term));
      grove_cursor_init (&cursor, term);
      while (grove_cursor_next (&cursor, &pair))
        put_pair (&out, pair, symbol);
      *grove_buffer_extend (&out, 1) = ETF_NIL;
    }
  else
    put_pair (&out, term, symbol);
  named = _grove_signal_new (GROVE_SIGNAL_INFO_REPLY, out.size, 0);
  memcpy (_grove_signal_bytes (named), out.bytes, out.size);
  named->sender = answer->sender;
  grove_buffer_finish (&out);
  return named;
}

/* @answer is held, so that it is freed with a process that is killed while it waits for the name.
 */
static struct grove_message *
name_function (struct grove_process *self, struct grove_message *answer)
{
  struct grove_trace    trace = { .n = 1 };
  struct grove_message *named;

  trace.pcs[0] = find_address (_grove_signal_term (answer));
  if (trace.pcs[0] == 0)
    return answer;
  if (!_grove_scheduler_self->deferring)
    _grove_symbols_await (&trace);
  named = with_name (answer, _grove_symbol_cached (trace.pcs[0]));
  _grove_mailbox_hold (self, named);
  grove_message_free (answer);
  return named;
}

/* ---- The whole ------------------------------------------------------------------------------- */

enum grove_status
grove_process_info (grove_pid pid, const char *items, struct grove_message **ret_answer)
{
  struct grove_process *self = _grove_process_require ();
  struct grove_message *answer;
  struct request        request;
  enum grove_status     status = GROVE_OK;

  if (ret_answer == NULL || !read_request (items, &request))
    return GROVE_ERR_BADARG;
  GROVE_SET (self->where, (uintptr_t) __builtin_return_address (0));
  answer = pid == _grove_process_pid (self) ? answer_self (self, &request) : ask (pid, &request);
  if (answer == NULL)
    status = GROVE_ERR_NOPROC;
  else if (answer->size == 0)
    {
      _grove_block_free (answer);
      status = GROVE_ERR_TOO_LARGE;
    }
  else
    {
      answer->tag = 0;
      _grove_mailbox_hold (self, answer);
      *ret_answer = wants_function (&request) ? name_function (self, answer) : answer;
    }
  _grove_charge (2);
  return status;
}

/* ---- All processes --------------------------------------------------------------------------- */

static grove_pid
pid_at (uint32_t index)
{
  struct grove_process *process = _grove_table_block (index);
  /* Acquire: in the order in which they are written when one ends, see process-table.c. */
  uint32_t generation = atomic_load_explicit (&process->generation, memory_order_acquire);

  if (atomic_load_explicit (&process->state, memory_order_acquire) == GROVE_STATE_FREE ||
      atomic_load_explicit (&process->generation, memory_order_acquire) != generation)
    return 0;
  return (grove_pid) generation << 32 | index;
}

size_t
grove_processes (grove_pid *pids, size_t n)
{
  uint32_t n_used;
  size_t   found = 0;

  _grove_process_require ();
  if (pids == NULL)
    n = 0;
  n_used = _grove_table_used ();
  for (uint32_t i = 1; i < n_used; i++)
    {
      grove_pid pid = pid_at (i);
      if (pid != 0 && found++ < n)
        pids[found - 1] = pid;
      if (i % BLOCKS_A_CHUNK == 0)
        _grove_charge (BLOCKS_A_CHUNK / BLOCKS_A_REDUCTION);
    }
  _grove_charge (1 + (int32_t) (n_used % BLOCKS_A_CHUNK / BLOCKS_A_REDUCTION));
  return found;
}

grove_pid
grove_group_leader (void)
{
  return GROVE_GET (_grove_process_require ()->group);
}

enum grove_status
grove_set_group_leader (grove_pid pid, grove_pid leader)
{
  struct grove_process *self = _grove_process_require ();
  struct grove_message *signal;
  grove_ref             question;
  int64_t               moved = false;

  if (!grove_is_alive (leader))
    return GROVE_ERR_BADARG;
  if (pid == _grove_process_pid (self))
    {
      GROVE_SET (self->group, leader);
      return GROVE_OK;
    }
  if (_grove_scheduler_self->deferring)
    return GROVE_ERR_NOPROC;
  GROVE_SET (self->where, (uintptr_t) __builtin_return_address (0));
  question = _grove_question_new ();
  signal = _grove_signal_new (GROVE_SIGNAL_GROUP, sizeof leader, question);
  memcpy (_grove_signal_bytes (signal), &leader, sizeof leader);
  _grove_signal_send (pid, signal);
  _grove_question_wait (question, UINT64_MAX, &moved);
  _grove_charge (1);
  return moved ? GROVE_OK : GROVE_ERR_NOPROC;
}
