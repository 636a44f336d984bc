/* SPDX-License-Identifier: MIT
 *
 * Faults in process code as the end of that process; fault.c.
 */
#pragma once

#include "runtime/core/unwind.h"

#include <setjmp.h>
#include <signal.h>

struct grove_process;
struct grove_scheduler;

/* How a process was interrupted for good. */
struct grove_fault
{
  int                signal;
  bool               overflow; /* of its stack */
  uintptr_t          address;  /* what could not be used; of the instruction if it was that */
  struct grove_trace trace;
};

/* What a scheduler's thread needs to survive the faults of its processes. */
struct grove_fault_area
{
  char                 *memory; /* the handlers' stack, with a guard below */
  stack_t               replaced;
  sigjmp_buf            probe;
  volatile sig_atomic_t probing; /* the handler reads what may not be there */
  struct grove_fault    fault;   /* the last */
  struct grove_trace    trace;   /* of the process that is ending */
};

/* By grove_run(): the handlers, for the whole program, and what was there before. */
void _grove_faults_install (void);
void _grove_faults_restore (void);

bool _grove_fault_area_init (struct grove_scheduler *self);
void _grove_fault_area_finish (struct grove_scheduler *self);
/* By the scheduler's thread, around its loop. */
void _grove_fault_thread_begin (struct grove_scheduler *self);
void _grove_fault_thread_end (struct grove_scheduler *self);

/* @process has left with GROVE_LEAVE_FAULT: it goes on in a function that ends it. */
void _grove_fault_settle (struct grove_scheduler *self, struct grove_process *process);
/* @process has come back from code it could not be ended in, and had overflowed its stack there. */
void _grove_fault_overflowed (struct grove_scheduler *self, struct grove_process *process);

/* The frames of the calling process, however they look. */
void _grove_fault_trace_here (struct grove_scheduler *self, struct grove_trace *ret_trace);

/* "sigsegv". */
const char *_grove_fault_name (int signal);
