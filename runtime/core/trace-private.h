/* SPDX-License-Identifier: MIT
 *
 * Where the runtime tells what happens; trace-emit.c. Each place looks at one byte of the process,
 * `traced`, and calls only when the flag is there. All by the process's owner.
 */
#pragma once

#include "runtime/core/control.h"
#include "runtime/core/trace.h"

/* The tag of messages that are not traced: trace messages. No reference is this. */
#define GROVE_TAG_TRACE UINT64_MAX

struct grove_tracing
{
  grove_pid tracer;
  unsigned  flags;
  uint64_t  n_dropped; /* since the last that was told */
};

/* What new processes are given. */
struct grove_trace_new
{
  _Atomic uint32_t    flags; /* 0: nothing */
  _Atomic (grove_pid) tracer;
};
extern struct grove_trace_new _grove_trace_new;

#define GROVE_TRACED(process, flag) (__builtin_expect (GROVE_GET ((process)->traced) & (flag), 0))

/* trace.c. A TRACE signal, and one that was sent to who is no process any more. */
void _grove_trace_handle (struct grove_process *process, struct grove_message *signal);
void _grove_trace_refuse (grove_pid gone, const struct grove_message *signal);
/* @child, which nobody else knows yet, by @parent, which may be NULL. */
void _grove_trace_spawn (struct grove_process *parent, struct grove_process *child, bool linked);
/* @process is about to link to @peer. */
void _grove_trace_link (struct grove_process *process, grove_pid peer);
/* By anybody: @pid was given the name, or lost it. */
void _grove_trace_name (grove_pid pid, const char *event, const char *name);
bool _grove_trace_lives (grove_pid tracer);
/* Ends it for @process. */
void _grove_trace_stop (struct grove_process *process);

/* trace-emit.c. */
void _grove_trace_send (struct grove_process *process, grove_pid to, struct grove_term message);
void _grove_trace_receive (struct grove_process *process, const struct grove_message *message);
void _grove_trace_peer (struct grove_process *process, const char *event, grove_pid peer);
void _grove_trace_child (struct grove_process *process,
                         const char           *event,
                         grove_pid             other,
                         const char           *function);
void _grove_trace_text (struct grove_process *process, const char *event, const char *text);
void _grove_trace_exit (struct grove_process *process, struct grove_term reason);
void _grove_trace_running (struct grove_process *process, const char *event);
