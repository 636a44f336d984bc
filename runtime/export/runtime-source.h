/* SPDX-License-Identifier: MIT
 *
 * This runtime as a grove_source. Reading is by copy (core/observe.h, otp/supervision.h); what has
 * to wait for a scheduler (an inspection) or for an outcome (an exit) is kept as a pending question
 * and finished from dispatch(). Everything runs on the server's thread, except the completion of an
 * inspection, which only puts it on a list and wakes that thread.
 */
#pragma once

#include "protocol/server.h"
#include "protocol/source.h"
#include "runtime/core/observe.h"
#include "runtime/export/process-scan.h"
#include "runtime/otp/supervision.h"

struct grove_pending;
struct grove_event_feed;
struct grove_seen_crash;

struct grove_runtime_source
{
  /* set once */
  int  epoll_fd, wake_fd, timer_fd, events_fd;
  char instance[33];
  char name[65];

  /* server thread */
  struct grove_protocol_server *server; /* for what observing costs; set after it was made */
  struct grove_pending         *waiting;
  uint32_t                      n_waiting; /* of them those that are to be answered */
  uint32_t                      period_ms; /* of the timer; 0: it does not run */
  struct grove_process_scan     scan;
  struct grove_seen_crash      *crashes; /* those somebody looked at; NULL: nobody did */
  struct grove_event_feed      *events;  /* likewise */
  struct grove_log_line        *lines;   /* likewise */
  unsigned                      n_timer_looks;

  struct
  {
    struct grove_runtime_sample   runtime;
    struct grove_scheduler_sample schedulers[256];
    uint64_t                      cpu_ns;
    /* what was found between the last two */
    double   utilisation[256];
    uint64_t n_restarts;
    double   reductions_s, messages_s, spawns_s, exits_s, crashes_s, restarts_s, cpu;
  } last;
};

extern const struct grove_source_ops _grove_runtime_source_ops;

/* Errors: false when the operating system gives no descriptors; errno tells. */
bool _grove_runtime_source_init (struct grove_runtime_source *self, const char *name);
/* The server must be gone. */
void _grove_runtime_source_finish (struct grove_runtime_source *self);

/* ---- Shared by the files of this room ----------------------------------------------------------
 */

const char *_grove_status_name (enum grove_process_status status);
const char *_grove_priority_name (enum grove_priority priority);
const char *_grove_restart_name (enum grove_restart restart);
/* What the process is called: its name, else its label, else "". */
const char *_grove_sample_name (const struct grove_process_sample *sample);
/* {"pid":..., "name":...}, or null for 0. */
void _grove_write_process (struct grove_writer *writer, grove_pid pid);
/* Finds @pid or fails @call with -32003 (saying how it ended, if known) or -32602. */
bool _grove_source_find (struct grove_call           *call,
                         const char                  *pid_text,
                         struct grove_process_sample *ret_sample);
/* What is known of the end of a process: an object, or null. True when there is something. */
bool _grove_write_end (struct grove_writer *writer, grove_pid pid);
void _grove_source_fail_gone (struct grove_call *call, grove_pid pid);
/* It did not stand still before the deadline. */
void _grove_source_fail_not_reached (struct grove_call *call, grove_pid pid);

/* tables.c */
void _grove_source_table_query (void                           *self,
                                const struct grove_table_query *query,
                                struct grove_rows              *rows);
/* The application whose master that is, or was; "" for 0. Valid for as long as the runtime. */
const char *_grove_application_name (grove_pid master);

/* One a file, NAME-table.c; each answers at once, unless it says otherwise. */
typedef void (*grove_table_answer) (struct grove_runtime_source    *self,
                                    const struct grove_table_query *query,
                                    struct grove_rows              *rows);
void _grove_source_process_table (struct grove_runtime_source    *self,
                                  const struct grove_table_query *query,
                                  struct grove_rows              *rows);
void _grove_source_name_table (struct grove_runtime_source    *self,
                               const struct grove_table_query *query,
                               struct grove_rows              *rows);
void _grove_source_application_table (struct grove_runtime_source    *self,
                                      const struct grove_table_query *query,
                                      struct grove_rows              *rows);
void _grove_source_child_table (struct grove_runtime_source    *self,
                                const struct grove_table_query *query,
                                struct grove_rows              *rows);

void _grove_source_crash_table (struct grove_runtime_source    *self,
                                const struct grove_table_query *query,
                                struct grove_rows              *rows);
void _grove_source_event_table (struct grove_runtime_source    *self,
                                const struct grove_table_query *query,
                                struct grove_rows              *rows);
/* Answers later. */
void _grove_source_timer_table (struct grove_runtime_source    *self,
                                const struct grove_table_query *query,
                                struct grove_rows              *rows);
void _grove_source_log_table (struct grove_runtime_source    *self,
                              const struct grove_table_query *query,
                              struct grove_rows              *rows);

/* event-feed.c */
/* Takes what happened from the schedulers' rings, if somebody looks; when the timer says so. */
void _grove_source_pump_events (struct grove_runtime_source *self);
/* The last events, from now on for as long as somebody asks. */
struct grove_event_feed *_grove_source_events (struct grove_runtime_source *self);
void                     _grove_source_forget_events (struct grove_runtime_source *self);

/* log-table.c */
void _grove_source_forget_lines (struct grove_runtime_source *self);

/* crash-table.c */
void
_grove_source_crash_get (void *self, struct grove_call *call, uint64_t seq, bool hide_payloads);
/* Why the last process with that pid crashed; "": not known. Until the next question. */
const char *_grove_source_crash_reason (struct grove_runtime_source *self, grove_pid pid);
void        _grove_source_forget_crashes (struct grove_runtime_source *self);

/* process-table.c */
/* A slice of what queries need; from dispatch(). */
void _grove_source_process_walk (struct grove_runtime_source *self);
void _grove_source_tree_metrics (
  void *self, uint32_t column, const uint64_t *handles, size_t n, double *values);

/* process-info.c */
void _grove_source_process_get (void *self, struct grove_call *call, const char *pid);

/* process-sample.c */
bool _grove_source_process_sample (void                        *self,
                                   const char                  *pid,
                                   struct grove_writer         *writer,
                                   struct grove_process_counts *ret_counts);

/* supervisor.c */
void _grove_source_supervisor_info (
  void *self, struct grove_call *call, const char *pid, uint64_t offset, uint32_t limit);
void _grove_source_supervisor_act (void                        *self,
                                   struct grove_call           *call,
                                   const char                  *pid,
                                   const struct grove_expect   *expect,
                                   enum grove_supervisor_action action,
                                   const char                  *child,
                                   uint32_t                     wait_ms);

/* process-payloads.c */
void _grove_source_process_messages (void                          *self,
                                     struct grove_call             *call,
                                     const char                    *pid,
                                     uint64_t                       offset,
                                     uint32_t                       limit,
                                     const struct grove_term_style *style);
void _grove_source_process_dictionary (void                          *self,
                                       struct grove_call             *call,
                                       const char                    *pid,
                                       uint64_t                       offset,
                                       uint32_t                       limit,
                                       const struct grove_term_style *style);

/* process-state.c */
void _grove_source_process_state (void                          *self,
                                  struct grove_call             *call,
                                  const char                    *pid,
                                  const struct grove_term_style *style,
                                  uint32_t                       timeout_ms);

/* process-stack.c */
void
_grove_source_process_stack (void *self, struct grove_call *call, const char *pid, uint32_t limit);

/* process-control.c */
void _grove_source_process_exit (void                      *self,
                                 struct grove_call         *call,
                                 const char                *pid,
                                 const struct grove_expect *expect,
                                 const char                *reason,
                                 uint32_t                   wait_ms);
void _grove_source_process_restart (void                      *self,
                                    struct grove_call         *call,
                                    const char                *pid,
                                    const struct grove_expect *expect,
                                    uint32_t                   wait_ms);
void _grove_source_process_set_priority (void                      *self,
                                         struct grove_call         *call,
                                         const char                *pid,
                                         const struct grove_expect *expect,
                                         const char                *priority);

void _grove_source_process_send (void                      *self,
                                 struct grove_call         *call,
                                 const char                *pid,
                                 const struct grove_expect *expect,
                                 const char                *message);

/* process-gc.c */
void _grove_source_process_gc (void                      *self,
                               struct grove_call         *call,
                               const char                *pid,
                               const struct grove_expect *expect);

/* Finds the target of a control call, or fails it; nothing has been done then. */
bool _grove_source_find_target (struct grove_call           *call,
                                const char                  *pid,
                                const struct grove_expect   *expect,
                                struct grove_process_sample *ret_sample);

/* application-control.c */
void _grove_source_application_start (
  void *self, struct grove_call *call, const char *name, const char *type, uint32_t wait_ms);
void _grove_source_application_stop (void              *self,
                                     struct grove_call *call,
                                     const char        *name,
                                     uint32_t           wait_ms);

/* process-suspend.c */
struct grove_source_lease *_grove_source_lease_new (void *self);
void                       _grove_source_lease_end (void *self, struct grove_source_lease *lease);
uint32_t                   _grove_source_lease_count (void *self, struct grove_source_lease *lease);
void                       _grove_source_process_suspend (void                      *self,
                                                          struct grove_call         *call,
                                                          struct grove_source_lease *lease,
                                                          const char                *pid,
                                                          const struct grove_expect *expect);
void                       _grove_source_process_resume (void                      *self,
                                                         struct grove_call         *call,
                                                         struct grove_source_lease *lease,
                                                         const char                *pid,
                                                         const struct grove_expect *expect);

/* ---- Pending questions -------------------------------------------------------------------------
 */

/* Embedded at the start of a question of its own kind. */
struct grove_pending
{
  struct grove_pending        *next; /* grove_runtime_source.waiting */
  struct grove_runtime_source *source;
  struct grove_call           *call; /* NULL once answered */
  struct grove_rows           *rows; /* instead of a call */
  uint64_t                     since_ns, deadline_ns;
  /* Looks whether it can be answered; after the deadline it must. Returns true when answered. */
  bool (*poll) (struct grove_pending *self, uint64_t now_ns);
  void (*free) (struct grove_pending *self);
  bool              inspecting; /* an inspection, a suspension or an errand still holds it */
  bool              inspected;  /* poll: it has come back, with the status below */
  bool              abandoned;  /* nobody waits for it any more: whoever finishes it frees it */
  enum grove_status status;

  /* of an errand; these under the lock */
  enum grove_status (*errand) (struct grove_pending *self);
  grove_pid             target;
  uint64_t              key;
  bool                  taken; /* a process runs it */
  struct grove_pending *next_errand;
};

/* What holds @self has come back; any thread. */
void _grove_pending_came_back (struct grove_pending *self, enum grove_status status);
/* Asks again from dispatch() until poll() answers. */
void _grove_pending_wait (struct grove_pending *self);
/* Inspects @pid; poll() is called when it came back, and at the deadline. */
void _grove_pending_inspect (struct grove_pending *self, grove_pid pid, grove_inspect_func inspect);
/* In poll(), when it came back and there is more to be done; poll() answers false then. */
void _grove_pending_inspect_again (struct grove_pending *self,
                                   grove_pid             pid,
                                   grove_inspect_func    inspect);
/* Suspends @pid; poll() is called when it stands still, with the status if it cannot be done, and
 * at the deadline. */
void _grove_pending_suspend (struct grove_pending *self, struct grove_lease *lease, grove_pid pid);
/* Has a process of the runtime's own run @errand, which may call @target and wait for as long as
 * that takes; poll() is called when it came back, with the status it gave, and at the deadline.
 * @self waits already, or is made to wait behind this. False: too many are under way, to @target or
 * in all; nothing was done. */
bool _grove_pending_errand (struct grove_pending *self,
                            grove_pid             target,
                            enum grove_status (*errand) (struct grove_pending *self));
/* Fails its call with -32006: _grove_pending_errand() said no. */
void _grove_source_fail_busy (struct grove_call *call, grove_pid target);
/* Nobody waits for @call any more: it is finished with the next dispatch. */
void _grove_pending_cancel (struct grove_runtime_source *self, const struct grove_call *call);
/* Finishes what is waiting, as far as it can be. */
void _grove_pending_dispatch (struct grove_runtime_source *self);
/* Drops what is waiting: its sessions are gone. What is still being inspected is freed when it
 * comes back. */
void _grove_pending_drop (struct grove_runtime_source *self);
