/* SPDX-License-Identifier: MIT
 *
 * Tracing: a process, the tracer, is told by messages what others do. In Erlang's shapes, each
 * `{trace, Pid, ...}`, or with GROVE_TRACE_TIMESTAMP `{trace_ts, Pid, ..., Nanoseconds}`:
 *
 *   send, Message, To            send_to_non_existing_process, Message, To
 *   'receive', Message           'receive', timeout
 *   spawn, Child, Function       spawned, Parent, Function
 *   link, Peer                   unlink, Peer
 *   getting_linked, Peer         getting_unlinked, Peer
 *   register, Name               unregister, Name
 *   exit, Reason
 *   in, 0                        out, 0
 *   drop, N
 *
 * Function is `{c, Name, []}`. Receiving is when a message comes into the mailbox, which is before
 * any call that takes it.
 *
 * Invariants: what one traced process does is told in the order it did it. A process has one tracer
 * at a time, never itself; trace messages are not traced. When the tracer ends, so does the
 * tracing. A tracer that does not keep up does not fill the memory: while it has more than
 * GROVE_TRACE_MAX_MESSAGES messages, or GROVE_TRACE_MAX_BYTES in them, events are dropped, and
 * `drop` says how many before the next one that is told.
 */
#pragma once

#include "runtime/core/process.h"

GROVE_BEGIN_DECLS

#define GROVE_TRACE_MAX_MESSAGES 65536
#define GROVE_TRACE_MAX_BYTES    (UINT64_C (64) << 20)

enum grove_trace_flags
{
  GROVE_TRACE_SEND = 1 << 0,
  GROVE_TRACE_RECEIVE = 1 << 1,
  GROVE_TRACE_PROCS = 1 << 2,              /* spawn, exit, link, register and their like */
  GROVE_TRACE_RUNNING = 1 << 3,            /* in and out */
  GROVE_TRACE_SET_ON_SPAWN = 1 << 4,       /* whom it spawns is traced alike */
  GROVE_TRACE_SET_ON_FIRST_SPAWN = 1 << 5, /* the next one only, which does not hand it on */
  GROVE_TRACE_SET_ON_LINK = 1 << 6,        /* whom it links to is traced alike */
  GROVE_TRACE_SET_ON_FIRST_LINK = 1 << 7,  /* the next one only, which does not hand it on */
  GROVE_TRACE_TIMESTAMP = 1 << 8,
};

enum grove_trace_how
{
  GROVE_TRACE_OFF, /* takes the flags away, whoever traces */
  GROVE_TRACE_ON,  /* adds them */
};

enum grove_trace_which
{
  GROVE_TRACE_EXISTING,
  GROVE_TRACE_NEW, /* those that will be spawned */
  GROVE_TRACE_ALL, /* both */
};

/**
 * grove_trace:
 * @flags: of enum grove_trace_flags
 * @tracer: a process that lives; 0: the caller; ignored when turning off
 *
 * When it returns, @pid is traced, or is not any more.
 *
 * Threads: owner process only; not in what was given to grove_defer()
 * Blocks: until @pid has handled it, between two of its slices at the latest
 * Cost: O(1), two signals
 * Errors: GROVE_ERR_BADARG (unknown flags or none; @tracer is @pid or does not live);
 *   GROVE_ERR_NOPROC; GROVE_ERR_BUSY (another tracer that lives traces it)
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_trace (grove_pid pid, enum grove_trace_how how, unsigned flags, grove_pid tracer);

/**
 * grove_trace_all:
 * @ret_n: (out) (optional): how many processes were changed; new ones are not among them
 *
 * The same for many. The tracer is left out, and so is who has another one.
 *
 * Cost: O(processes), in one go
 * Threads: owner process only.
 * Blocks: until the last has handled it
 * Errors: GROVE_ERR_BADARG
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status grove_trace_all (enum grove_trace_which which,
                                                enum grove_trace_how   how,
                                                unsigned               flags,
                                                grove_pid              tracer,
                                                size_t                *ret_n);

/**
 * grove_trace_info:
 * @pid: a process, or 0: what those are given that will be spawned
 * @ret_flags: (out): 0: it is not traced
 * @ret_tracer: (out): 0: likewise
 *
 * Threads: owner process only. Blocks: until @pid has handled it
 * Cost: O(1), two signals
 * Errors: GROVE_ERR_NOPROC; GROVE_ERR_BADARG
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_trace_info (grove_pid pid, unsigned *ret_flags, grove_pid *ret_tracer);

/**
 * grove_trace_delivered:
 * @pid: a traced process, that may have ended; 0: all
 *
 * Asks for a message `{trace_delivered, Pid or all, Ref}` to the caller that comes when every trace
 * message about what @pid has done until now is in its tracer's mailbox.
 *
 * Threads: owner process only. Blocks: no
 * Cost: O(1), a signal each way
 * Errors: none
 * Returns: the reference
 * Since: 0.1
 */
GROVE_PUBLIC grove_ref grove_trace_delivered (grove_pid pid);

GROVE_END_DECLS
