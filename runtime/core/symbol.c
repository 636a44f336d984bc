/* SPDX-License-Identifier: MIT
 *
 * The names that were looked up, and the thread that looks them up for processes; see symbol.h.
 * What is looked up stays: the table only grows, up to a limit, behind which every address is
 * unknown. So readers need no lock, and nobody has to ask who still holds a name.
 */
#include "runtime/core/symbol.h"

#include "runtime/core/bonds.h"
#include "runtime/core/lock.h"
#include "runtime/core/memory.h"
#include "runtime/core/question.h"
#include "runtime/core/runtime-private.h"
#include "runtime/core/scheduler.h"
#include "runtime/core/symbol-reader.h"
#include "runtime/core/thread.h"

#include <stdio.h>
#include <string.h>

#define N_SLOTS   32768U
#define MAX_KNOWN 16384U

/* Written under the reader's lock, read by anybody: pairs release with acquire. */
static _Atomic (struct grove_symbol *) table[N_SLOTS];
static uint32_t                        n_known;

/* One that has a thousand addresses at hand must not be asked a thousand times. */
static const struct grove_symbol unknown = { 0, "", "", 0 };

/* Held for as long as it takes to read debugging information, by threads that are no scheduler. */
static pthread_mutex_t reading = PTHREAD_MUTEX_INITIALIZER;

static uint32_t
slot_of (uintptr_t pc)
{
  return (uint32_t) (((uint64_t) pc * UINT64_C (0x9e3779b97f4a7c15)) >> 40) % N_SLOTS;
}

const struct grove_symbol *
_grove_symbol_cached (uintptr_t pc)
{
  for (uint32_t i = slot_of (pc);; i = (i + 1) % N_SLOTS)
    {
      const struct grove_symbol *symbol = atomic_load_explicit (&table[i], memory_order_acquire);
      if (symbol == NULL)
        return NULL;
      if (symbol->pc == pc)
        return symbol;
    }
}

static const struct grove_symbol *
keep_locked (uintptr_t pc, const struct grove_symbol_text *text)
{
  struct grove_symbol *symbol = _grove_malloc (sizeof *symbol);
  uint32_t             i = slot_of (pc);

  *symbol = (struct grove_symbol){
    .pc = pc, .function = strdup (text->function), .file = strdup (text->file), .line = text->line
  };
  if (symbol->function == NULL || symbol->file == NULL)
    abort ();
  while (atomic_load_explicit (&table[i], memory_order_relaxed) != NULL)
    i = (i + 1) % N_SLOTS;
  atomic_store_explicit (&table[i], symbol, memory_order_release);
  n_known++;
  return symbol;
}

const struct grove_symbol *
_grove_symbol_find (uintptr_t pc)
{
  const struct grove_symbol *symbol = _grove_symbol_cached (pc);
  struct grove_symbol_text   text;

  if (symbol != NULL)
    return symbol;
  pthread_mutex_lock (&reading);
  symbol = _grove_symbol_cached (pc);
  if (symbol == NULL && n_known < MAX_KNOWN)
    {
      _grove_symbol_read (pc, &text);
      symbol = keep_locked (pc, &text);
    }
  pthread_mutex_unlock (&reading);
  return symbol != NULL ? symbol : &unknown;
}

void
_grove_symbols_lock (void)
{
  pthread_mutex_lock (&reading);
}

void
_grove_symbols_unlock (void)
{
  pthread_mutex_unlock (&reading);
}

/* ---- For processes --------------------------------------------------------------------------- */

struct request
{
  struct request    *next; /* asked before */
  grove_pid          pid;
  grove_ref          question;
  struct grove_trace trace;
};

static struct grove_lock asking = GROVE_LOCK_INIT (GROVE_RANK_SYMBOLS);
static pthread_cond_t    asked = PTHREAD_COND_INITIALIZER;
static struct request   *requests; /* these under `asking` */
static bool              has_thread, stopping;
static pthread_t         thread;

static void
answer (struct request *request)
{
  for (uint32_t i = 0; i < request->trace.n; i++)
    _grove_symbol_find (request->trace.pcs[i]);
  _grove_question_answer (request->pid, request->question, true);
  free (request);
}

static void *
answer_all (void *data)
{
  (void) data;
  for (;;)
    {
      struct request *list;

      _grove_lock (&asking);
      while (requests == NULL && !stopping)
        _grove_lock_wait (&asking, &asked);
      list = requests;
      requests = NULL;
      _grove_unlock (&asking);
      if (list == NULL)
        return NULL;
      while (list != NULL)
        {
          struct request *next = list->next;
          answer (list);
          list = next;
        }
    }
}

/* When the schedulers have stopped nobody asks any more. */
static void
stop (void)
{
  if (!has_thread)
    return;
  _grove_lock (&asking);
  stopping = true;
  pthread_cond_signal (&asked);
  _grove_unlock (&asking);
  pthread_join (thread, NULL);
  has_thread = stopping = false;
}

static bool
start_locked (void)
{
  if (has_thread)
    return true;
  if (!_grove_thread_start (&thread, answer_all, NULL))
    return false;
  _grove_runtime_at_stop (stop);
  has_thread = true;
  return true;
}

static bool
ask (const struct grove_trace *trace, grove_ref question)
{
  struct request *request = _grove_malloc (sizeof *request);
  bool            asks;

  *request = (struct request){ NULL, grove_self (), question, *trace };
  _grove_lock (&asking);
  asks = start_locked ();
  if (asks)
    {
      request->next = requests;
      requests = request;
      pthread_cond_signal (&asked);
    }
  _grove_unlock (&asking);
  if (!asks)
    free (request);
  return asks;
}

void
_grove_symbols_await (const struct grove_trace *trace)
{
  uint32_t  n = 0;
  int64_t   answered;
  grove_ref question;

  while (n < trace->n && _grove_symbol_cached (trace->pcs[n]) != NULL)
    n++;
  if (n == trace->n)
    return;
  question = _grove_question_new ();
  if (ask (trace, question))
    _grove_question_wait (question, UINT64_MAX, &answered);
}

void
_grove_symbols_build (struct grove_buffer *buffer, const struct grove_trace *trace)
{
  struct grove_buffer rest = { NULL };

  (void) !grove_build (buffer, "[]");
  for (uint32_t i = trace->n; i > 0; i--)
    {
      const struct grove_symbol *symbol = _grove_symbol_cached (trace->pcs[i - 1]);
      char                       text[GROVE_SYMBOL_NAME_SIZE];

      if (symbol != NULL && symbol->function[0] != '\0')
        snprintf (text, sizeof text, "%s", symbol->function);
      else
        snprintf (text, sizeof text, "0x%zx", (size_t) trace->pcs[i - 1]);
      grove_buffer_finish (&rest);
      rest = *buffer;
      *buffer = (struct grove_buffer){ NULL };
      if (grove_build (buffer, "[{~a, ~s, ~i} | ~t]", text, symbol != NULL ? symbol->file : "",
                       symbol != NULL ? symbol->line : 0, grove_buffer_term (&rest)) != GROVE_OK)
        (void) !grove_build (buffer, "~t", grove_buffer_term (&rest));
    }
  grove_buffer_finish (&rest);
}
