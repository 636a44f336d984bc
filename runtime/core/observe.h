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

#include "runtime/core/info.h"
#include "runtime/core/log.h"
#include "runtime/core/process.h"

/* One process, copied from its control block with relaxed loads: each field is a value it had. */
struct grove_process_sample
{
  grove_pid   pid;
  grove_pid   parent;  /* who spawned it */
  grove_pid   group;   /* the master of its application, 0: none */
  const char *name;    /* "" when not registered; interned for the life of the runtime */
  const char *label;   /* likewise */
  const char *initial; /* static */
  uintptr_t   where;   /* behind what it last did before it gave up its scheduler; 0: nothing yet */
  enum grove_process_status status;
  enum grove_priority       priority;
  uint32_t                  scheduler;
  uint32_t                  n_links;
  bool                      trap_exit;
  bool                      system; /* the runtime's own: protected */
  uint64_t                  started_ns;
  uint64_t                  n_messages; /* in the mailbox, in-queue included */
  uint64_t                  n_received; /* ever put into its mailbox */
  /* Of both: what is shared counts with each process that has it in its mailbox or holds it. */
  uint64_t mailbox_bytes;
  uint64_t heap_bytes;
  uint64_t stack_bytes;  /* what its live frames take */
  uint64_t memory_bytes; /* all of it: block, heap, stack, mailbox */
  uint64_t reductions;
};

/* Calls @visit for each process alive during the whole call exactly once, until it returns false.
 * @slot is the table index, below _grove_observe_capacity(), one process at a time. Cost: O(table).
 */
typedef bool (*grove_observe_visit) (const struct grove_process_sample *sample,
                                     uint32_t                           slot,
                                     void                              *user_data);
void     _grove_observe_scan (grove_observe_visit visit, void *user_data);
uint32_t _grove_observe_capacity (void);

/* ---- Many at once ----------------------------------------------------------------------------
 */

/* What is wanted of each; a bit each. */
enum grove_batch_field
{
  GROVE_BATCH_STATUS,
  GROVE_BATCH_STARTED,
  GROVE_BATCH_LINKS,
  GROVE_BATCH_TRAP_EXIT,
  GROVE_BATCH_SYSTEM,
  GROVE_BATCH_INITIAL,
  GROVE_BATCH_GROUP,
  GROVE_BATCH_STACK,
  GROVE_BATCH_NAME, /* its name, else its label */
  GROVE_BATCH_PRIORITY,
  GROVE_BATCH_SCHEDULER,
  GROVE_BATCH_WHERE,
  GROVE_BATCH_MAILBOX, /* messages and their bytes */
  GROVE_BATCH_RECEIVED,
  GROVE_BATCH_HEAP,
  GROVE_BATCH_REDUCTIONS,
  GROVE_BATCH_MEMORY,
};
#define GROVE_BATCH_BIT(field) (UINT32_C (1) << (field))

#define GROVE_BATCH_ROWS 528

/* As struct grove_process_sample, a column at a time, so that who wants to compare one number of a
 * million processes copies no more of each. Columns not asked for are left as they are. */
struct grove_process_batch
{
  size_t      n;
  grove_pid   pid[GROVE_BATCH_ROWS];
  grove_pid   group[GROVE_BATCH_ROWS];
  uintptr_t   where[GROVE_BATCH_ROWS];
  const char *name[GROVE_BATCH_ROWS];
  const char *initial[GROVE_BATCH_ROWS];
  uint8_t     status[GROVE_BATCH_ROWS];   /* enum grove_process_status */
  uint8_t     priority[GROVE_BATCH_ROWS]; /* enum grove_priority */
  int64_t     n_messages[GROVE_BATCH_ROWS];
  int64_t     mailbox_bytes[GROVE_BATCH_ROWS];
  int64_t     n_received[GROVE_BATCH_ROWS];
  int64_t     reductions[GROVE_BATCH_ROWS];
  int64_t     memory_bytes[GROVE_BATCH_ROWS];
  int64_t     heap_bytes[GROVE_BATCH_ROWS];
  int64_t     stack_bytes[GROVE_BATCH_ROWS];
  int64_t     started_ns[GROVE_BATCH_ROWS];
  int64_t     scheduler[GROVE_BATCH_ROWS];
  int64_t     n_links[GROVE_BATCH_ROWS];
  int64_t     trap_exit[GROVE_BATCH_ROWS];
  int64_t     system[GROVE_BATCH_ROWS];
};

/* Indices from 1 below this have been used: where a scan ends. It only grows. */
uint32_t _grove_observe_used (void);
/* Fills @batch with those alive from slot @first on, below @end, and returns the slot to go on from
 * (@end: that was all). Cost: O(slots passed), two cache lines of each. */
uint32_t _grove_observe_slots (uint32_t                    first,
                               uint32_t                    end,
                               uint32_t                    fields,
                               struct grove_process_batch *batch);
/* Fills @batch with those of @pids that are alive, in their order; @n at most GROVE_BATCH_ROWS. */
void _grove_observe_pids (const grove_pid            *pids,
                          size_t                      n,
                          uint32_t                    fields,
                          struct grove_process_batch *batch);

/* false: no such process. */
bool _grove_observe_process (grove_pid pid, struct grove_process_sample *ret_sample);

struct grove_scheduler_sample
{
  uint64_t busy_ns; /* spent running processes, since start */
  uint32_t run_queue;
  /* Who runs there, 0: nobody, and since when at least: 0, for less than a quarter of what is
   * reported as an overrun. */
  grove_pid running;
  uint64_t  held_since_ns;
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
  uint64_t shared_bytes;  /* of large messages, each once, however many hold it */
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

/* The last processes that ended: of each scheduler those it took apart, at least GROVE_ENDS - 1. */
#define GROVE_ENDS 4096U /* a power of two */
struct grove_end
{
  uint64_t  seq; /* counts from 1 for each scheduler, without gaps */
  uint32_t  scheduler;
  grove_pid pid;
  uint64_t  ended_ns;
  char      name[64];    /* name or label, cut */
  char      reason[192]; /* printed in Erlang syntax, cut */
  bool      crash;
};
/* false: not known (any more). */
bool _grove_observe_end (grove_pid pid, struct grove_end *ret_end);

/* ---- Events ---------------------------------------------------------------------------------- */

/* What the numbers of an event are. Those that end in _name or _function are strings, which live as
 * long as the runtime, or 0. */
enum grove_event_kind
{
  GROVE_EVENT_SPAWN,         /* a: parent; b: initial function */
  GROVE_EVENT_EXIT,          /* a: name or label; b: enum grove_event_exit */
  GROVE_EVENT_LINK,          /* a: peer; by the one who links */
  GROVE_EVENT_UNLINK,        /* a: peer; by the one who unlinks */
  GROVE_EVENT_REGISTER,      /* a: name */
  GROVE_EVENT_UNREGISTER,    /* a: name; not when it ends, which says so itself */
  GROVE_EVENT_CRASH,         /* a: name or label; its EXIT follows */
  GROVE_EVENT_SUSPEND,       /* a: suspender, 0: from outside */
  GROVE_EVENT_RESUME,        /* a: suspender; it may run again */
  GROVE_EVENT_OVERRUN,       /* a: nanoseconds so far; b: where, 0: not known */
  GROVE_EVENT_LONG_SCHEDULE, /* a: nanoseconds; b: where, 0: not known */
  GROVE_EVENT_LARGE_HEAP,    /* a: bytes */
  GROVE_EVENT_LONG_QUEUE,    /* a: messages; b: 1: too many, 0: few again */
  GROVE_EVENT_TRACE_LOST,    /* a: tracer; its trace messages were too many */
  GROVE_N_EVENTS,
};

/* With so many messages a mailbox is told of as long; when its process waits with less than half of
 * that, as long no more. */
#define GROVE_LONG_QUEUE 16384

enum grove_event_exit
{
  GROVE_EVENT_EXIT_NORMAL,
  GROVE_EVENT_EXIT_SHUTDOWN,
  GROVE_EVENT_EXIT_KILLED,
  GROVE_EVENT_EXIT_CRASH,
};

#define GROVE_EVENT_RINGS   65         /* one a scheduler and one for all others */
#define GROVE_EVENT_OUTSIDE UINT32_MAX /* scheduler of what a thread that is none did */

struct grove_event
{
  uint64_t              seq;   /* counts from 1 for each scheduler, without gaps */
  uint64_t              at_ns; /* by the scheduler's clock, which is a few slices coarse */
  enum grove_event_kind kind;
  uint32_t              scheduler;
  grove_pid             pid;
  uint64_t              a;
  uint64_t              b;
};

/* How far a reader is. All zero: before the first event. */
struct grove_event_cursor
{
  uint64_t last[GROVE_EVENT_RINGS];
  uint32_t turn;
};

/**
 * _grove_observe_events:
 * @cursor: one reader's, moves on
 * @out: room for @n events
 * @ret_lost: (out): how many were overwritten before this reader came, exactly
 *
 * Copies what is new. The events of one scheduler are in order; those of several are told apart by
 * `scheduler`, and put in order by time as well as the clocks go. Never slows a writer.
 *
 * Threads: any thread; one at a time with one @cursor
 * Cost: O(@n)
 * Returns: how many; as many as there was room for: there may be more
 */
size_t _grove_observe_events (struct grove_event_cursor *cursor,
                              struct grove_event        *out,
                              size_t                     n,
                              uint64_t                  *ret_lost);
/* Sets @cursor behind the newest. */
void _grove_observe_events_from_now (struct grove_event_cursor *cursor);

/* ---- Acting ---------------------------------------------------------------------------------- */

/* Sends an exit signal from no process (sender shown as @self_pid in EXIT messages, may be 0).
 * @reason: `kill` cannot be trapped. */
enum grove_status _grove_observe_exit (grove_pid pid, struct grove_term reason);
enum grove_status _grove_observe_set_priority (grove_pid            pid,
                                               enum grove_priority  priority,
                                               enum grove_priority *ret_old);
/* Delivers a message from outside. */
enum grove_status _grove_observe_send (grove_pid pid, struct grove_term message);

/* What one observer suspends, to be undone when it is gone. */
struct grove_lease;
/* Errors: none. Returns: (transfer full): end with _grove_lease_end(). */
struct grove_lease *_grove_lease_new (void);
/* Resumes whatever it still suspends, and frees it. A no-op for NULL. */
void _grove_lease_end (struct grove_lease *self);

/**
 * _grove_observe_suspend:
 * @done: (nullable): called once, from any thread, when @pid is suspended, or was gone
 *   (GROVE_ERR_NOPROC); not when this function answers an error
 *
 * Adds one to the lease's count for @pid, see suspend.h; _grove_observe_resume() takes one away.
 * The lease's functions lock it; @done must not call them.
 *
 * Threads: any thread
 * Errors: GROVE_ERR_NOPROC; resuming: GROVE_ERR_BADARG when the lease does not suspend it
 */
enum grove_status _grove_observe_suspend (struct grove_lease *self,
                                          grove_pid           pid,
                                          void (*done) (enum grove_status status, void *user_data),
                                          void *user_data);
enum grove_status _grove_observe_resume (struct grove_lease *self, grove_pid pid);
/* How many processes that live @self suspends. Cost: O(those). Any thread. */
uint32_t _grove_lease_size (struct grove_lease *self);
/* How often @self suspends @pid: 0 when it does not, or when that has ended. Any thread. */
uint32_t _grove_lease_count (struct grove_lease *self, grove_pid pid);

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

/* Whether it is a server, or anything built on one: it answers system messages (otp/sys.h). */
bool _grove_inspection_is_server (const struct grove_inspection *view);
/* Gives the memory of its run stack that its frames do not need back to the system. Returns: how
 * many bytes. */
size_t _grove_inspection_trim (const struct grove_inspection *view);

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
/* Goes to the @offset-th message, but no further at a time than takes a fraction of a millisecond.
 * @place: 0 at first; where the next inspection of the same process goes on. What leaves the
 * mailbox between the two counts as still there. false: not there yet; end this inspection and ask
 * for another. */
bool _grove_inspection_seek (struct grove_inspection *view, uint64_t *place, uint64_t offset);
/* How many there are, of which at most @n are copied. */
size_t _grove_inspection_links (struct grove_inspection *view, grove_pid *pids, size_t n);
size_t _grove_inspection_monitors (struct grove_inspection *view, grove_pid *pids, size_t n);
size_t _grove_inspection_monitored_by (struct grove_inspection *view, grove_pid *pids, size_t n);
/* Those that it suspends, likewise. */
size_t _grove_inspection_suspending (struct grove_inspection *view, grove_pid *pids, size_t n);
/* How many pairs are in its dictionary. */
size_t _grove_inspection_dictionary_size (const struct grove_inspection *view);
/* The limit of its heap in bytes; 0: none. */
uint64_t _grove_inspection_max_heap (const struct grove_inspection *view);
/* The @offset-th pair of the process dictionary in the order the keys were first put; walks on with
 * each call that asks for the next one. false: no such. Both are borrowed from the process. */
bool _grove_inspection_dictionary (struct grove_inspection *view,
                                   uint64_t                 offset,
                                   struct grove_term       *ret_key,
                                   struct grove_term       *ret_value);

/* ---- Asking as a process --------------------------------------------------------------------- */

/**
 * _grove_observe_spawn:
 * @near: on whose scheduler it begins, which is soon if @near can answer soon; it may be gone
 * @initial_call: static
 * @failed: called once, from any thread, when there is no room for another process
 *
 * Spawns a process of the runtime's own, of high priority, without parent and application: for
 * questions that only a process can ask. When the runtime stops first it may never run.
 *
 * Threads: any thread, while the runtime runs
 */
void _grove_observe_spawn (grove_pid   near,
                           const char *initial_call,
                           void (*entry) (void *arg),
                           void *arg,
                           void (*failed) (void *arg));

/* ---- Stacks ---------------------------------------------------------------------------------- */

/* One frame of a stack, innermost first. Text lives as long as the program. */
struct grove_frame
{
  uintptr_t   pc;       /* within the instruction: of a caller, its call */
  const char *function; /* "" where it is not known */
  const char *file;     /* of the source, as the compiler was told; else of the library; or "" */
  int         line;     /* 0: not known */
};

#define GROVE_MAX_FRAMES 32

/* Names an address of code. The first time it may take milliseconds: never on a scheduler's thread.
 */
void _grove_observe_frame (uintptr_t pc, struct grove_frame *ret_frame);

/* The function a process is in, as of when it last gave up its scheduler; the same applies. */
void
_grove_observe_where (const struct grove_process_sample *sample, struct grove_frame *ret_frame);

/* The stack of a process, copied by an inspection and unwound afterwards by the thread that asked
 * for it: the process's scheduler is held for a microsecond. */
struct grove_stack_view;
struct grove_stack_view *_grove_stack_view_new (void);
void                     _grove_stack_view_free (struct grove_stack_view *view);
void _grove_inspection_stack (struct grove_inspection *inspection, struct grove_stack_view *view);
/* How many frames there are, at most @n. Never on a scheduler's thread. */
size_t
_grove_stack_view_frames (struct grove_stack_view *view, struct grove_frame *frames, size_t n);

/* ---- Crashes --------------------------------------------------------------------------------- */

/* The last processes that ended for a reason that is neither normal, shutdown, {shutdown, _} nor
 * kill, in a ring: what there is to say about them besides struct grove_end. */
#define GROVE_CRASHES         256
#define GROVE_CRASH_LINKS     16
#define GROVE_CRASH_ANCESTORS 8
#define GROVE_CRASH_PAIRS     16
struct grove_crash
{
  uint64_t  seq; /* from 1 */
  grove_pid pid;
  grove_pid parent;
  grove_pid group;     /* the master of its application, 0: none */
  char      name[64];  /* "" when it had none; these are cut */
  char      label[64]; /* likewise */
  char      initial[64];
  uint64_t  started_ns;
  uint64_t  crashed_ns;
  uint64_t  n_messages; /* that waited */
  uint64_t  heap_bytes;
  uint64_t  reductions;
  uint32_t  n_links; /* of which these are kept */
  grove_pid links[GROVE_CRASH_LINKS];
  uint32_t  n_ancestors; /* the parent first */
  grove_pid ancestors[GROVE_CRASH_ANCESTORS];
  grove_pid message_sender;
  char message[256]; /* the last it received and had not freed, printed; "" when there is none */
  char reason[1024]; /* printed in Erlang syntax, cut */
  uint64_t           message_size, reason_size; /* of the whole terms */
  bool               message_cut, reason_cut;   /* not all is printed */
  bool               in_release; /* it was ending already: a deferred release faulted */
  uint32_t           n_frames;   /* where it crashed, innermost first */
  bool               frames_cut; /* there were more */
  struct grove_frame frames[GROVE_MAX_FRAMES];
};
uint64_t _grove_observe_crashes (void); /* how many there have been; the last one has this number */
/* false: not known (any more). Names are looked up: never on a scheduler's thread. */
bool _grove_observe_crash (uint64_t seq, struct grove_crash *ret_crash);
struct grove_crash_pair
{
  char     key[64]; /* these are printed and cut */
  char     value[192];
  uint64_t key_size, value_size; /* of the whole terms */
  bool     key_cut, value_cut;
};
/* What it had in its dictionary: @ret_n of the first pairs, of @ret_total. false: not known (any
 * more). */
bool _grove_observe_crash_dictionary (uint64_t                seq,
                                      struct grove_crash_pair pairs[GROVE_CRASH_PAIRS],
                                      uint32_t               *ret_n,
                                      uint32_t               *ret_total);
/* The last one of @pid. */
bool _grove_observe_crash_of (grove_pid pid, struct grove_crash *ret_crash);

/* ---- The log --------------------------------------------------------------------------------- */

enum grove_log_source
{
  GROVE_LOG_PROGRAM,
  GROVE_LOG_CRASH,
  GROVE_LOG_SUPERVISOR,
  GROVE_LOG_APPLICATION,
};

#define GROVE_LOG_LINES 1024
#define GROVE_LOG_TEXT  1024
struct grove_log_line
{
  uint64_t              seq; /* from 1 */
  uint64_t              at_ns;
  enum grove_log_level  level;
  enum grove_log_source source;
  grove_pid             pid;  /* 0: no process */
  const char           *name; /* as long as the runtime; "" */
  char                  text[GROVE_LOG_TEXT];
};
uint64_t _grove_observe_log (void); /* how many there have been; the last one has this number */
/* false: not known (any more). */
bool        _grove_observe_log_line (uint64_t seq, struct grove_log_line *ret_line);
const char *_grove_log_level_name (enum grove_log_level level);

/* ---- Timers ---------------------------------------------------------------------------------- */

struct grove_timer_sample
{
  grove_ref ref;
  grove_pid to; /* 0: whoever is called `name` then */
  uint64_t  due_ns;
  uint64_t  period_ns; /* 0: once */
  uint64_t  message_size;
  uint32_t  scheduler;
  uint16_t  term_size; /* 0: not asked for, or too large */
  char      name[64];  /* cut */
  uint8_t   term[128];
};

#define GROVE_TIMERS_A_LOOK 128
/* A few timers of one scheduler. It belongs to that scheduler until @done was called there, which
 * happens once, also when the runtime stops meanwhile. */
struct grove_timer_look
{
  unsigned scheduler;
  uint32_t bucket; /* 0, or where the one before ended */
  bool     messages;
  void (*done) (void *user_data);
  void *user_data;
  /* filled */
  uint32_t                  next_bucket; /* UINT32_MAX: these were the last */
  uint32_t                  n_timers;    /* it has in all */
  uint32_t                  n;
  struct grove_timer_sample samples[GROVE_TIMERS_A_LOOK];
};
void _grove_observe_timers (struct grove_timer_look *look);
