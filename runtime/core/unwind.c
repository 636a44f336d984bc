/* SPDX-License-Identifier: MIT
 *
 * See unwind.h. The unwinder believes what the stack says; where that may be anything, the caller
 * sees to it that reading nowhere ends the unwinding only (fault.c).
 */
#include "runtime/core/unwind.h"

#include <dlfcn.h>
#include <string.h>
#include <unwind.h>

/* A stack of 256 KiB can hold no more frames than this; a loop of frames ends here. */
#define MAX_FRAMES 20000

/* What a return address lies behind. */
#if defined(__x86_64__)
#  define PUSHED_BY_CALL sizeof (uintptr_t)
#else
#  define PUSHED_BY_CALL 0
#endif

struct walk
{
  struct grove_trace *trace;
  unsigned            n_frames;
  uintptr_t           last_cfa;

  /* Of what was interrupted. */
  uintptr_t          pc; /* 0: the caller's frames are walked */
  uintptr_t          sp;
  uintptr_t          low, high;
  bool               begun;
  unsigned           n_library;   /* frames of libraries since the last that was none */
  uintptr_t          entered;     /* the outermost of them */
  bool               at_leaf;     /* they are the innermost of all */
  bool               leaf_framed; /* the innermost function has put something on the stack */
  enum grove_verdict verdict;
  uintptr_t          culprit;
};

static void
record (struct grove_trace *trace, uintptr_t pc)
{
  if (trace->n < GROVE_TRACE_DEPTH)
    trace->pcs[trace->n++] = pc;
  else
    trace->cut = true;
}

static bool
is_function (uintptr_t pc, const char *const *names)
{
  Dl_info info;

  if (dladdr ((void *) pc, &info) == 0 || info.dli_sname == NULL)
    return false;
  for (; *names != NULL; names++)
    if (strcmp (*names, info.dli_sname) == 0)
      return true;
  return false;
}

/* The frames of libraries seen last were called by code that is none. Whether they may be left
 * behind: a function that has put nothing on its stack cannot give back a lock, so it holds none;
 * some are known to hold none while they call back; and abort() is made to be left. */
static void
leave_library (struct walk *walk, enum grove_code_kind caller)
{
  static const char *const harmless[] = { "qsort", "qsort_r", "bsearch", NULL };
  static const char *const aborting[] = { "abort", "__assert_fail", "__assert_perror_fail",
                                          "__stack_chk_fail", NULL };
  bool                     leaf = walk->at_leaf;

  walk->at_leaf = false;
  if (walk->n_library == 0 || walk->verdict > GROVE_VERDICT_ABORT)
    return;
  if (leaf && caller == GROVE_CODE_RUNTIME)
    {
      walk->verdict = GROVE_VERDICT_RUNTIME;
      walk->culprit = walk->entered;
    }
  else if (leaf && walk->n_library == 1 && !walk->leaf_framed)
    ;
  else if (leaf && is_function (walk->entered, aborting))
    walk->verdict = GROVE_VERDICT_ABORT;
  else if (!is_function (walk->entered, harmless))
    {
      walk->verdict = GROVE_VERDICT_LIBRARY;
      walk->culprit = walk->entered;
    }
  walk->n_library = 0;
}

static void
judge (struct walk *walk, uintptr_t pc, uintptr_t cfa)
{
  enum grove_code_kind kind = _grove_code_kind (pc);
  bool                 first = walk->n_frames == 0;

  /* The place in the stack where the innermost function was called from. */
  if (walk->n_frames == 1)
    walk->leaf_framed = cfa != walk->sp + PUSHED_BY_CALL;
  if (first && kind == GROVE_CODE_RUNTIME)
    walk->verdict = GROVE_VERDICT_RUNTIME;
  else if (first && kind == GROVE_CODE_NONE)
    walk->verdict = GROVE_VERDICT_UNKNOWN;
  if (kind == GROVE_CODE_LIBRARY)
    {
      walk->n_library++;
      walk->entered = pc;
    }
  else
    leave_library (walk, kind);
}

static _Unwind_Reason_Code
step (struct _Unwind_Context *context, void *data)
{
  struct walk *walk = data;
  int          interrupted = 0;
  uintptr_t    pc = _Unwind_GetIPInfo (context, &interrupted);
  uintptr_t    cfa = _Unwind_GetCFA (context);

  if (pc == 0)
    return _URC_END_OF_STACK;
  if (!interrupted)
    pc--; /* the call, not what comes after */
  if (walk->pc != 0 && !walk->begun)
    {
      /* The handler's own frames. */
      if (!interrupted || pc != walk->pc)
        return ++walk->n_frames < 64 ? _URC_NO_REASON : _URC_END_OF_STACK;
      walk->begun = true;
      walk->n_frames = 0;
      /* On aarch64 it is told where the handler's frame lies. */
      cfa = walk->sp;
    }
  else if (walk->n_frames > 0 && cfa < walk->last_cfa)
    return _URC_END_OF_STACK;
  if (walk->high != 0 && (cfa < walk->low || cfa > walk->high))
    return _URC_END_OF_STACK;
  walk->last_cfa = cfa;
  if (walk->pc != 0)
    judge (walk, pc, cfa);
  record (walk->trace, pc);
  /* Whoever called the runtime there is not the process. */
  if (walk->pc != 0 && walk->high == 0 && _grove_code_kind (pc) == GROVE_CODE_RUNTIME)
    return _URC_END_OF_STACK;
  return ++walk->n_frames < MAX_FRAMES ? _URC_NO_REASON : _URC_END_OF_STACK;
}

void
_grove_trace_trim (struct grove_trace *trace)
{
  uint32_t first = 0;

  while (first < trace->n && _grove_code_kind (trace->pcs[first]) == GROVE_CODE_RUNTIME)
    first++;
  if (first == trace->n)
    return;
  memmove (trace->pcs, trace->pcs + first, (trace->n - first) * sizeof *trace->pcs);
  trace->n -= first;
  while (trace->n > 1 && _grove_code_kind (trace->pcs[trace->n - 1]) == GROVE_CODE_RUNTIME)
    trace->n--;
}

void
_grove_unwind_here (struct grove_trace *ret_trace)
{
  struct walk walk = { .trace = ret_trace };

  ret_trace->n = 0;
  ret_trace->cut = false;
  _Unwind_Backtrace (step, &walk);
  _grove_trace_trim (ret_trace);
}

enum grove_verdict
_grove_unwind_interrupted (uintptr_t           pc,
                           uintptr_t           sp,
                           uintptr_t           low,
                           uintptr_t           high,
                           struct grove_trace *ret_trace,
                           uintptr_t          *ret_culprit)
{
  struct walk walk = {
    .trace = ret_trace, .pc = pc, .sp = sp, .low = low, .high = high, .at_leaf = true
  };

  _Unwind_Backtrace (step, &walk);
  if (!walk.begun)
    {
      record (ret_trace, pc);
      judge (&walk, pc, sp);
    }
  /* The innermost frames are a library's, and who called it cannot be made out. */
  if (walk.n_library > 0 && walk.at_leaf)
    {
      walk.verdict = GROVE_VERDICT_LIBRARY;
      walk.culprit = walk.entered;
    }
  _grove_trace_trim (ret_trace);
  *ret_culprit = walk.culprit;
  return walk.verdict;
}

void
_grove_unwind_prepare (void)
{
  struct grove_trace trace;

  _grove_unwind_here (&trace);
}
