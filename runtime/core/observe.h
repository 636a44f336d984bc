/* SPDX-License-Identifier: MIT
 *
 * What export/ needs of the core: reading processes by copy without stopping them, and acting on
 * them from a thread that is no process. Private to runtime/.
 *
 * Reading never blocks a scheduler and takes no lock a scheduler waits for. Acting is a signal in
 * the target's in-queue like any other; an inspection runs on the target's scheduler, between two
 * slices, at the highest priority, so it is served though the target starves. All functions may be
 * called from any thread unless they say otherwise; the strings they give are copies.
 */
#pragma once

#include "runtime/core/process.h"

enum grove_process_status
{
  GROVE_STATUS_RUNNABLE,
  GROVE_STATUS_RUNNING,
  GROVE_STATUS_WAITING,
  GROVE_STATUS_SUSPENDED,
  GROVE_STATUS_EXITING,
};

/* One process, copied from its control block with relaxed loads: each field is a value it had. */
struct grove_process_sample
{
  grove_pid                 pid;
  grove_pid                 parent; /* who spawned it */
  grove_pid                 group;  /* the master of its application, 0: none */
  const char               *name; /* "" when not registered; interned for the life of the runtime */
  const char               *label;   /* likewise */
  const char               *initial; /* static */
  enum grove_process_status status;
  enum grove_priority       priority;
  uint32_t                  scheduler;
  uint32_t                  n_links;
  bool                      trap_exit;
  bool                      system; /* the runtime's own: protected */
  uint64_t                  started_ns;
  uint64_t                  n_messages; /* in the mailbox, in-queue included */
  uint64_t                  n_received; /* ever put into its mailbox */
  uint64_t                  mailbox_bytes;
  uint64_t                  heap_bytes;
  uint64_t                  stack_bytes;  /* what its live frames take */
  uint64_t                  memory_bytes; /* all of it: block, heap, stack, mailbox */
  uint64_t                  reductions;
};

/* Calls @visit for each process alive during the whole call exactly once, until it returns false.
 * @slot is the table index, below _grove_observe_capacity(), one process at a time. Cost: O(table).
 */
typedef bool (*grove_observe_visit) (const struct grove_process_sample *sample,
                                     uint32_t                           slot,
                                     void                              *user_data);
void     _grove_observe_scan (grove_observe_visit visit, void *user_data);
uint32_t _grove_observe_capacity (void);

/* false: no such process. */
bool _grove_observe_process (grove_pid pid, struct grove_process_sample *ret_sample);

struct grove_scheduler_sample
{
  uint64_t busy_ns; /* spent running processes, since start */
  uint32_t run_queue;
};

struct grove_runtime_sample
{
  uint64_t now_ns;
  uint64_t started_ns;
  uint64_t n_processes;
  uint64_t n_spawned; /* these count since start */
  uint64_t n_exited;
  uint64_t n_crashed; /* ended with a reason other than normal, shutdown, {shutdown, _}, kill */
  uint64_t n_messages_sent;
  uint64_t reductions;
  uint64_t heap_bytes;
  uint64_t mailbox_bytes;
  uint64_t stack_bytes;   /* saved parts and run stacks in use */
  uint64_t control_bytes; /* control blocks */
  uint32_t max_processes;
  uint32_t n_schedulers;
};
/* @schedulers: room for @n; filled up to n_schedulers. Cost: O(table), for mailbox_bytes. */
void _grove_observe_runtime (struct grove_runtime_sample   *ret_sample,
                             struct grove_scheduler_sample *schedulers,
                             uint32_t                       n);
/* All but mailbox_bytes, which is 0. Cost: O(schedulers). */
void        _grove_observe_counts (struct grove_runtime_sample   *ret_sample,
                                   struct grove_scheduler_sample *schedulers,
                                   uint32_t                       n);
const char *_grove_observe_name (void); /* the system's name */
bool        _grove_observe_running (void);

/* ---- Ends ------------------------------------------------------------------------------------ */

/* The last GROVE_ENDS processes that ended, in a ring. */
#define GROVE_ENDS 4096
struct grove_end
{
  uint64_t  seq; /* from 1 */
  grove_pid pid;
  uint64_t  ended_ns;
  char      name[64];    /* name or label, cut */
  char      reason[192]; /* printed in Erlang syntax, cut */
  bool      crash;
};
/* false: not known (any more). */
bool _grove_observe_end (grove_pid pid, struct grove_end *ret_end);

/* ---- Acting ---------------------------------------------------------------------------------- */

/* Sends an exit signal from no process (sender shown as @self_pid in EXIT messages, may be 0).
 * @reason: `kill` cannot be trapped. */
enum grove_status _grove_observe_exit (grove_pid pid, struct grove_term reason);
enum grove_status _grove_observe_set_priority (grove_pid            pid,
                                               enum grove_priority  priority,
                                               enum grove_priority *ret_old);
/* Delivers a message from outside. */
enum grove_status _grove_observe_send (grove_pid pid, struct grove_term message);

/* The view an inspection has of its target: stable while @inspect runs. */
struct grove_inspection;
typedef void (*grove_inspect_func) (struct grove_inspection *view, void *user_data);
typedef void (*grove_inspect_done) (enum grove_status status, void *user_data);

/**
 * _grove_observe_inspect:
 * @inspect: runs on the target's scheduler while the target does not; keep it short and pure
 * @done: called once, from any thread, after @inspect or when the target was gone
 * (GROVE_ERR_NOPROC)
 *
 * Behind all signals sent to @pid before by this thread.
 */
void _grove_observe_inspect (grove_pid          pid,
                             grove_inspect_func inspect,
                             grove_inspect_done done,
                             void              *user_data);

struct grove_message_view
{
  grove_pid         sender;  /* 0: not a process */
  uint64_t          sent_ns; /* 0 when not known */
  struct grove_term term;
};
/* The @offset-th message of the mailbox in order of arrival; walks on with each call that asks for
 * the next one. false: no such. */
bool _grove_inspection_message (struct grove_inspection   *view,
                                uint64_t                   offset,
                                struct grove_message_view *ret_message);
/* How many there are, of which at most @n are copied. */
size_t _grove_inspection_links (struct grove_inspection *view, grove_pid *pids, size_t n);
size_t _grove_inspection_monitors (struct grove_inspection *view, grove_pid *pids, size_t n);
size_t _grove_inspection_monitored_by (struct grove_inspection *view, grove_pid *pids, size_t n);
