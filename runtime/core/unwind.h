/* SPDX-License-Identifier: MIT
 *
 * The frames of the calling thread as addresses, at once: what it takes to say later where a
 * process was. By the compiler's own unwinder, which takes no lock and allocates nothing, so that
 * it also serves in the handler of a signal. Naming the addresses is symbol.c's.
 */
#pragma once

#include "runtime/core/code.h"

#define GROVE_TRACE_DEPTH 32

/* Addresses of instructions: of the one that faulted or was about to be executed, then of calls. */
struct grove_trace
{
  uint32_t  n;
  bool      cut; /* there were more */
  uintptr_t pcs[GROVE_TRACE_DEPTH];
};

/* What the frames between the end of the stack and where a process faulted allow. */
enum grove_verdict
{
  GROVE_VERDICT_PROCESS, /* it was process code, and nothing else is on its way there */
  GROVE_VERDICT_ABORT,   /* it called abort(), or failed an assert() */
  GROVE_VERDICT_RUNTIME, /* the runtime's own code */
  GROVE_VERDICT_LIBRARY, /* a library, within which it may hold locks */
  GROVE_VERDICT_UNKNOWN, /* code that is nobody's, called by none that is the process's */
};

/* The caller's frames, but the innermost that are the runtime's. */
void _grove_unwind_here (struct grove_trace *ret_trace);

/* In the handler of a signal that interrupted @pc where the stack pointer was @sp: the frames from
 * there on. The stack lies between @low and @high; both 0: it is
 * not the process's, and only the frames up to the first of the runtime are. *ret_culprit, where
 * the verdict is a library's, is what was called there. */
enum grove_verdict _grove_unwind_interrupted (uintptr_t           pc,
                                              uintptr_t           sp,
                                              uintptr_t           low,
                                              uintptr_t           high,
                                              struct grove_trace *ret_trace,
                                              uintptr_t          *ret_culprit);

/* Leaves out the innermost frames that are the runtime's, and the outermost, which each process
 * has; unless there are no others. */
void _grove_trace_trim (struct grove_trace *trace);

/* Has the unwinder make ready what it makes ready once. */
void _grove_unwind_prepare (void);
