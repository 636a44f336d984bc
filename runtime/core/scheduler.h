/* SPDX-License-Identifier: MIT
 *
 * Schedulers: one thread a core, each with its own run queue, stacks, timers and pools. A process
 * belongs to one scheduler, and only a process without frames ever changes it: it is given away by
 * the scheduler it belongs to. Others reach a scheduler through two lists, both taken whole:
 * `notified`, the processes that have signals to serve, and `handed`, those it is given.
 *
 * The order in the loop: what was handed, signals, timers, then the run queue. So signals are
 * served for a process that waits or starves, whatever is running here, within a slice.
 */
#pragma once

#include "runtime/core/block.h"
#include "runtime/core/log.h"
#include "runtime/core/mailbox.h"
#include "runtime/core/misuse.h"
#include "runtime/core/poll.h"
#include "runtime/core/process-table.h"
#include "runtime/core/run-queue.h"
#include "runtime/core/stack.h"
#include "runtime/core/timers.h"

#include <pthread.h>
#include <setjmp.h>

struct grove_ends;
struct grove_event_ring;
struct grove_fault_area;
struct grove_trace;

/* What no_preempt is raised by around a function of the process that the runtime calls: there no
 * lock is held, and a fault is the process's own. Anything else raises it by 1. */
#define GROVE_NO_PREEMPT_CALLBACK 256

#define GROVE_MAX_SCHEDULERS 64 /* one number is kept for references made outside */

/* Why a process came back to its scheduler. */
enum grove_leave
{
  GROVE_LEAVE_YIELD,
  GROVE_LEAVE_PREEMPTED,
  GROVE_LEAVE_WAIT, /* everything has been done by the process */
  GROVE_LEAVE_HIBERNATE,
  GROVE_LEAVE_END,
  GROVE_LEAVE_FAULT, /* see fault.h */
};

/* Why the process that is to end does so. */
struct grove_ending
{
  struct grove_term         reason;   /* no bytes: normal */
  void                     *owned;    /* holds the reason: malloc()ed, or NULL */
  struct grove_message     *block;    /* or this signal does */
  struct grove_message     *leftover; /* signals behind the one that ended it, in order */
  const struct grove_trace *trace;    /* where it ended; NULL: it was ended, wherever it was */
};

/* What a scheduler saw of its own queue, placement.c, at which it looks this often at most. */
#define GROVE_LOOK_EVERY_NS 1000000
struct grove_look
{
  uint64_t at_ns;
  uint64_t idle_ns, n_turns, reductions; /* as of then */
  bool     is_long;
  bool     crowded;
};

/* How it sleeps, and is woken. */
enum grove_sleep
{
  GROVE_AWAKE,
  GROVE_SLEEPS_ON_FUTEX,
  GROVE_SLEEPS_IN_POLL,
};

/* What another scheduler is asked to do. */
struct grove_call
{
  struct grove_call *next;
  void (*run) (struct grove_scheduler *self, struct grove_call *call); /* frees it */
};

/* Children that may have what is left of a slice, heirs.c. */
#define GROVE_HEIRS 8
struct grove_heirs
{
  struct grove_process *next; /* in the run queue */
  uint32_t              n;
};

/* Who waits with frames that are not needed any more, while turns are passed on; pass.c. */
#define GROVE_LINGERING 8
struct grove_lingering
{
  struct grove_process *process;
  grove_entry           entry;
  void                 *arg;
};

struct grove_scheduler
{
  /* ---- The thread's own ---- */
  alignas (64) unsigned id;
  pthread_t              thread;
  struct grove_process  *current; /* NULL: the scheduler itself runs */
  enum grove_leave       leave;
  uint32_t               n_calls;    /* of the runtime in this slice */
  bool                   passes;     /* it may be passed on, as far as the scheduler goes: pass.c */
  int32_t                slice;      /* how many reductions it had */
  bool                   overflowed; /* the stack of current, in code that cannot be left */
  bool                   deferring;  /* current's deferred releases run, on the scheduler's stack */
  jmp_buf                escape;     /* out of a release that wants to end the process */
  unsigned               ticks;      /* slices until the clock is read again */
  uint64_t               now_ns;     /* as of then */
  int                   *errno_at;   /* the thread's */
  struct grove_look      look;
  struct grove_heirs     children; /* of the process in this turn */
  struct grove_heirs     heirs[GROVE_HEIRS];
  unsigned               n_heirs;
  struct grove_lingering lingering[GROVE_LINGERING];
  unsigned               n_lingering;
  uint64_t               n_refs;
  struct grove_process  *serving; /* the rest of those taken from `notified` */
  struct grove_ending    ending;
  struct grove_dying    *dying; /* processes that are being taken apart, dying.h */
  struct grove_dying   **dying_last;
  struct grove_run_queue queue;
  struct grove_timers    timers;
  struct grove_poll      poll;
  struct grove_free_blocks near;
  struct grove_blocks      blocks;
  struct grove_stack_cache stacks;
  struct grove_event_ring *events; /* event.h */
  struct grove_ends       *ends;   /* ends.h */
  struct grove_fault_area *fault;  /* fault.h */

  /* Counters, written by the thread, read by observers. Those of bytes may go below 0 here: only
   * the sum over all schedulers means something. */
  _Atomic uint64_t n_spawned;
  _Atomic uint64_t n_exited;
  _Atomic uint64_t n_crashed;
  _Atomic uint64_t n_sent;
  _Atomic uint64_t reductions;
  _Atomic uint64_t n_turns;
  _Atomic uint64_t heap_bytes;
  _Atomic uint64_t n_given;
  _Atomic uint64_t idle_ns;
  _Atomic uint64_t idle_since_ns; /* 0: busy */
  _Atomic uint64_t n_sleeps;      /* how often it has gone to sleep */
  _Atomic uint32_t running;       /* the index of the process that runs; 0: none does */
  _Atomic uint64_t held_since_ns; /* by the watchdog: it was first seen then in the turn below */
  _Atomic uint64_t held_turn;

  /* ---- Written by any thread ---- */
  alignas (64) _Atomic (struct grove_process *) notified; /* grove_process.notified_next */
  _Atomic (struct grove_process *) handed;                /* grove_process.queue_next */
  _Atomic (struct grove_call *)    calls;                 /* grove_call.next */
  _Atomic uint32_t                 n_coming;              /* in `handed`, or about to be */
  _Atomic uint32_t                 sleeping;              /* the futex: enum grove_sleep */
};

struct grove_runtime
{
  struct grove_scheduler *schedulers; /* set once, like all to the next comment */
  unsigned                n_schedulers;
  uint32_t                max_processes;
  uint32_t                budget;
  uint32_t                max_timers; /* a scheduler */
  uint32_t                max_blocking;
  size_t                  max_heap_bytes; /* of a process without a limit of its own; 0: none */
  bool                    max_heap_reports;
  enum grove_log_level    log_stderr;
  uint64_t                started_ns;
  char                    name[256];

  _Atomic uint32_t running;
  _Atomic uint32_t stop;
  _Atomic uint32_t n_online; /* those below are given processes */
  _Atomic uint64_t idle; /* a bit a scheduler that may be given some; who clears it gives them */
  _Atomic uint64_t n_sent_outside; /* messages from threads that are no scheduler */
  _Atomic uint64_t n_refs_outside;
  grove_pid        main;
  bool             ending; /* the schedulers have stopped and all processes are being ended */
};

extern struct grove_runtime _grove_runtime;

/* The scheduler that is the calling thread; NULL: none. A process always runs on the same one while
 * it has frames, so that reading it before and after a switch gives the same. */
extern _Thread_local struct grove_scheduler *_grove_scheduler_self
  __attribute__ ((tls_model ("initial-exec")));

/* What is left of the slice. */
extern _Thread_local int32_t _grove_reductions_left __attribute__ ((tls_model ("initial-exec")));

/* The calling process; NULL: the caller is none. */
static inline struct grove_process *
_grove_process_self (void)
{
  struct grove_scheduler *scheduler = _grove_scheduler_self;

  return scheduler == NULL ? NULL : scheduler->current;
}

/* The same where anything but a process is a mistake of the program, which ends with the name of
 * the function that asks. */
#define _grove_process_require() _grove_process_require_in (__func__)
static inline __attribute__ ((always_inline)) struct grove_process *
_grove_process_require_in (const char *function)
{
  struct grove_process *process = _grove_process_self ();

  if (__builtin_expect (process == NULL, 0))
    _grove_misuse (function, "was called by a thread that is no process",
                   __builtin_return_address (0));
  return process;
}

/* What a mistake of the calling process ends it with: the reason `badarg`. */
GROVE_NORETURN void _grove_badarg (void) __attribute__ ((cold));

/* There is no memory for what the caller asked for: ends the calling process with `system_limit`,
 * or the program when it is for no process. */
GROVE_NORETURN void _grove_out_of_memory (void) __attribute__ ((cold));

/* Charges the caller and lets it be pre-empted. Last thing a runtime call does: whatever the call
 * still held would be lost with a process that is killed meanwhile. */
static inline void _grove_charge (int32_t reductions);
/* The slow half of it: the slice is spent. */
void _grove_charge_spent (void);

/* Gives up the scheduler. The process that is killed meanwhile does not come back. */
void _grove_leave (enum grove_leave leave);

/* Waits until a signal comes or the timer is due. @wait: what counts. pass.c. */
void _grove_wait (enum grove_wait wait);
/* Drops its frames, and runs @entry when there is a message. */
GROVE_NORETURN void _grove_hibernate (grove_entry entry, void *arg);
/* Those that linger (process-private.h) have hibernated from here on. Before anything but the next
 * turn is done. */
void _grove_lingering_end (struct grove_scheduler *self);

/* Ends @self, the caller, with `badarg` when it is within a function that the runtime calls for it.
 * What it waited for there would get mixed up with what the receive around it waits for, and the
 * mailbox has to hold still. */
static inline void
_grove_require_outermost (const struct grove_process *self)
{
  if (__builtin_expect (self->no_preempt >= GROVE_NO_PREEMPT_CALLBACK, 0))
    _grove_badarg ();
}

/* @self, the caller, does not go back to what it is within: neither to a function that the runtime
 * called, nor to a receive with its timeout. */
void _grove_process_leave_calls (struct grove_process *self);

/* Ends the calling process with @reason, which is taken over; @trace may be NULL. */
GROVE_NORETURN void _grove_end_with (struct grove_buffer *reason, const struct grove_trace *trace);

/* Ends the calling process with scheduler->ending. */
GROVE_NORETURN void _grove_end_self (void);

/* Has the owner of @process look at its signals soon. Any thread. */
void _grove_process_notify (struct grove_process *process);
/* By its owner: puts it into the run queue, unless it is suspended. */
void _grove_process_make_runnable (struct grove_process *process);

/* The first process. By the first scheduler, before it runs. */
enum grove_status _grove_process_spawn_first (grove_entry entry, void *arg, grove_pid *ret_pid);
/* A message by a format; GROVE_ERR_SYNTAX. Free what is not sent with _grove_block_free(). */
enum grove_status
_grove_message_build (struct grove_message **ret_message, const char *format, va_list args);
/* A message from a thread that is no process. */
enum grove_status _grove_message_inject (grove_pid to, struct grove_term term);

void _grove_scheduler_loop (struct grove_scheduler *self);

/* ---- idle.c ---------------------------------------------------------------------------------- */

/* Puts @process first into one of the two lists of a scheduler, of which @link is the field. */
void _grove_list_push (_Atomic (struct grove_process *) *list,
                       struct grove_process             *process,
                       struct grove_process            **link);
/* Any thread; behind _grove_list_push(). */
void _grove_scheduler_wake (struct grove_scheduler *self);
/* The same for grove_stop(), which may be called from a signal handler on any thread. */
void _grove_scheduler_rouse (struct grove_scheduler *self);
/* Nothing can run: waits for news or the next timer. */
void _grove_scheduler_idle (struct grove_scheduler *self);

/* ---- calls.c --------------------------------------------------------------------------------- */

/* Has @self run @call between two processes, in the order such calls come from one thread. Any
 * thread. */
void _grove_scheduler_call (struct grove_scheduler *self, struct grove_call *call);
void _grove_scheduler_run_calls (struct grove_scheduler *self);

/* ---- heirs.c --------------------------------------------------------------------------------- */

/* Whoever has just left the scheduler left some of its slice: takes one of those spawned in it out
 * of the queue, to have the rest. NULL: nobody is to. */
struct grove_process *_grove_heir_take (struct grove_scheduler *self);

/* ---- turns ----------------------------------------------------------------------------------- */

/* First thing that runs on the stack of a process. */
void _grove_process_start (void);

/* @process, whose frames are in place, has its turn of at most @slice reductions from here on. */
static inline void
_grove_turn_begin (struct grove_scheduler *self, struct grove_process *process, int32_t slice)
{
  GROVE_SET (process->state, GROVE_STATE_RUNNING);
  self->current = process;
  self->n_calls = 0;
  self->children.n = 0;
  self->slice = slice;
  /* Release: pairs with the watchdog, see there. */
  atomic_store_explicit (&self->running, process->index, memory_order_release);
  _grove_reductions_left = slice;
  *self->errno_at = process->saved_errno;
}

/* Its turn is over. Returns how many reductions it used. */
static inline uint64_t
_grove_turn_end (struct grove_scheduler *self, struct grove_process *process)
{
  uint64_t used = (uint64_t) ((int64_t) self->slice - _grove_reductions_left);

  GROVE_ADD (process->reductions, used);
  GROVE_ADD (self->reductions, used);
  GROVE_ADD (self->n_turns, 1);
  return used;
}

/* What @process has on its stack is not needed any more: it goes on with @entry. */
static inline void
_grove_process_drop_frames (struct grove_scheduler *self,
                            struct grove_process   *process,
                            grove_entry             entry,
                            void                   *arg)
{
  _grove_stack_release (&self->stacks, process);
  process->entry = entry;
  process->arg = arg;
  /* Its beginning, and what is looked up is the instruction before. */
  GROVE_SET (process->where, (uintptr_t) entry + 1);
}

/* The same of one that ran, and is to wait. */
static inline void
_grove_process_park (struct grove_scheduler *self,
                     struct grove_process   *process,
                     grove_entry             entry,
                     void                   *arg)
{
  _grove_process_drop_frames (self, process, entry, arg);
  GROVE_SET (process->state, GROVE_STATE_WAITING);
  process->wait = GROVE_WAIT_MESSAGE;
  process->woken = process->mailbox_first != NULL;
}

/* ---- placement.c ----------------------------------------------------------------------------- */

/* Gives away a free process that is in no queue, and belongs to the caller; wakes nobody. */
void _grove_placement_hand (struct grove_scheduler *to, struct grove_process *process);
/* When there are free ones in the queue, between two slices: gives some of them away, if that is
 * good. */
void _grove_placement_spread_now (struct grove_scheduler *self);
static inline void
_grove_placement_spread (struct grove_scheduler *self)
{
  if (self->queue.n_free > 0 && (GROVE_GET (_grove_runtime.idle) != 0 ||
                                 self->now_ns - self->look.at_ns >= GROVE_LOOK_EVERY_NS ||
                                 self->id >= GROVE_GET (_grove_runtime.n_online)))
    _grove_placement_spread_now (self);
}

/* Whether that, and the following for a free one, would do nothing now. */
bool _grove_placement_rests (const struct grove_scheduler *self);
/* It is the turn of @process, which is free: true, it has been given away instead. */
bool _grove_placement_give_now (struct grove_scheduler *self, struct grove_process *process);
static inline bool
_grove_placement_give (struct grove_scheduler *self, struct grove_process *process)
{
  return __builtin_expect ((GROVE_GET (self->queue.n_busy[0]) |
                            GROVE_GET (self->queue.n_busy[1])) != 0,
                           0) &&
         _grove_placement_give_now (self, process);
}

/* Ends @process, which does not run, with self->ending; process-end.c. */
void _grove_process_finish (struct grove_scheduler *self, struct grove_process *process);

static inline void
_grove_charge (int32_t reductions)
{
  _grove_scheduler_self->n_calls++;
  _grove_reductions_left -= reductions;
  if (__builtin_expect (_grove_reductions_left < 0, 0))
    _grove_charge_spent ();
}
