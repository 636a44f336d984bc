/* SPDX-License-Identifier: MIT
 *
 * The server that the facts about servers and supervisors are found out with: what it is to do in
 * its init stands in its argument, and it tells the first process what happens to it.
 */
#pragma once

#include "oracle-say.h"

enum probe_kind
{
  PROBE_PLAIN,
  PROBE_TRAPPING,
  PROBE_FAILING,  /* init says {stop, nope} */
  PROBE_IGNORING, /* init says ignore */
  PROBE_SLOW,     /* init does not return */
  PROBE_IDLE,     /* sends itself `queued`, with an idle timeout of 0 */
  PROBE_CHILD,    /* traps exits, tells {start, Id}, and {stop, Id, Reason} in terminate */
  PROBE_STUBBORN, /* likewise, but terminate does not return */
};

struct probe
{
  enum probe_kind kind;
  char            id[8];
};

/* A supervisor's start function too: @arg is a struct probe; linked. */
enum grove_status
probe_start (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason);
/* @name: may be NULL. @timeout_ns: of the start; 0: none. */
enum grove_status probe_start_opt (enum probe_kind      kind,
                                   const char          *name,
                                   bool                 link,
                                   int64_t              timeout_ns,
                                   grove_pid           *ret_pid,
                                   struct grove_buffer *ret_reason);

/* ---- P (oracle-supervisor.c) ------------------------------------------------------------ */

void supervisors (void);
