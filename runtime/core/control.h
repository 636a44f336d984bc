/* SPDX-License-Identifier: MIT
 *
 * The control block of a process. Blocks lie in one table and are never anything else, so that a
 * stale pid leads to a block whose generation does not match, and to nothing worse.
 *
 * What an observer reads is atomic and written with relaxed stores, but for the stores at spawn,
 * which release: a reader that sees a value of the next process also sees the generation move
 * (process-table.c), and throws away what it has. All that is not atomic belongs to the scheduler
 * in `scheduler`, which is the only thread that touches it, be it as scheduler or as the process
 * itself.
 */
#pragma once

#include "runtime/core/relation.h"
#include "runtime/core/signal.h"

#include <stdalign.h>
#include <stdatomic.h>
#include <stddef.h>

struct grove_dictionary;
struct grove_fault;
struct grove_scheduler;
struct grove_stack;
struct grove_hold;
struct grove_place;
struct grove_suspension;
struct grove_tracing;

/* FREE is what memory nobody wrote to holds. */
enum grove_state
{
  GROVE_STATE_FREE,
  GROVE_STATE_RUNNABLE,
  GROVE_STATE_RUNNING,
  GROVE_STATE_WAITING,
  GROVE_STATE_SUSPENDED, /* could run, but is suspended: in no queue */
  GROVE_STATE_EXITING,
};

/* What ends a wait, besides its timeout. */
enum grove_wait
{
  GROVE_WAIT_MESSAGE, /* any message that is put into the mailbox */
  GROVE_WAIT_REPLY,   /* the answer to `question` */
  GROVE_WAIT_NOTHING,
};

/* A block of the process's heap; what the process gets begins behind it. */
struct grove_heap_block
{
  alignas (16) struct grove_heap_block *next;
  struct grove_heap_block *previous;
  size_t                   size;        /* with this header */
  uint8_t                  block_class; /* block.h */
};

struct grove_defer
{
  struct grove_defer *next; /* registered before */
  void (*release) (void *data);
  void *data;
};

struct grove_alias
{
  struct grove_alias   *next; /* made before */
  grove_ref             ref;
  enum grove_alias_mode mode;
  bool                  spent; /* lets nothing in any more; kept for its mark */
  /* The link of the mailbox behind which messages to this alias are; NULL: unknown. */
  struct grove_message **mark;
};

/* What most processes have little or nothing of, apart from the block. */
struct grove_bonds
{
  struct grove_relations links;        /* pid -> 0: linked, else the id of the unlink under way */
  struct grove_relations monitors;     /* monitor -> pid */
  struct grove_relations monitored_by; /* monitor -> pid */
  struct grove_relations notes;        /* monitor with options -> struct grove_monitor_note * */
  struct grove_alias    *aliases;
  struct grove_alias    *spare_alias; /* for the next one: who calls makes one for each call */
  struct grove_fault    *fault;       /* what it is being ended for */
  struct grove_defer    *defers;
  struct grove_hold     *holds;
  void                  *behaviour;
  /* What it says before it ends by itself; once. */
  void (*last_words) (void *behaviour, struct grove_term reason);
  size_t                max_heap_bytes; /* 0: that of the runtime */
  bool                  max_heap_reports;
  grove_ref             question; /* a reply is waited for; 0: it has come */
  uint64_t              timed_by; /* a bit a scheduler that may have timers for this process */
  int64_t               answer;   /* to the last question */
  struct grove_message *reply;    /* what came with it; NULL: nothing */

  struct grove_dictionary *dictionary; /* in the heap; NULL: empty */

  struct grove_tracing    *tracing;    /* trace-private.h; NULL: nobody traces it */
  struct grove_suspension *suspension; /* suspend-private.h; NULL: none */
  struct grove_place      *places;     /* inspect.c; in the mailbox, where somebody will go on */
};

#define GROVE_NO_TIMEOUT UINT32_MAX

/* Four lines of the cache, by who reads and who writes. A scan for an observer reads the first two
 * and nothing else; a sender on another thread reads the first, and writes to the second and third.
 */
struct grove_process
{
  /* ---- Set by the spawner, the index for ever, or by the owner, seldom. Read by anybody. ---- */
  alignas (64) uint32_t index;
  _Atomic uint32_t       generation; /* written by the owner when the process has ended */
  _Atomic (grove_pid)    parent;
  _Atomic (grove_pid)    group;   /* owner */
  _Atomic (const char *) name;    /* under the registry's lock */
  _Atomic (const char *) label;   /* owner */
  _Atomic (const char *) initial; /* owner */
  _Atomic uint64_t       started_ns;
  _Atomic uint32_t       n_links;      /* owner */
  _Atomic uint8_t        scheduler_id; /* owner; that of `scheduler` below */
  _Atomic uint8_t        system;       /* owner */
  _Atomic bool           trap_exit;    /* owner */
  _Atomic uint8_t        traced;       /* owner; enum grove_trace_flags, but for the last */

  /* ---- What observers read that changes all the time ---- */
  alignas (64) _Atomic uint64_t pushed; /* any thread; _grove_message_count() of all messages ever
                                           pushed to this block */
  _Atomic uint64_t  removed;  /* owner; likewise: all that left the mailbox, or never got in */
  _Atomic uint64_t  priority; /* any thread; generation above, the asked for one below (32 bits) */
  _Atomic uint64_t  n_received;  /* owner; ever put into the mailbox */
  _Atomic uint64_t  heap_bytes;  /* owner */
  _Atomic uint64_t  reductions;  /* owner */
  _Atomic uintptr_t where;       /* owner; where it last gave up its scheduler: behind that call */
  _Atomic uint32_t  stack_bytes; /* owner; live, as of its last switch */
  _Atomic uint8_t   state;       /* enum grove_state; owner */
  _Atomic bool      suspended;   /* owner; somebody suspends it */
  bool              woken;       /* owner; what it waits for has come */
  _Atomic bool      long_queue;  /* senders; cleared by the owner; long-queue.c */

  /* ---- Written by any thread, and below what the owner has little to do with ---- */
  alignas (64) _Atomic uintptr_t inqueue;       /* see signal.h */
  _Atomic (struct grove_scheduler *) scheduler; /* written by that scheduler only */
  struct grove_process              *notified_next;
  /* 1 while the block is in some scheduler's list of those to look at. Belongs to the block, not to
   * the process: what is left over from the last one makes somebody look once too often. */
  _Atomic uint32_t notified;

  uint32_t                 timer; /* timers.h: which timeout is its */
  struct grove_heap_block *heap;
  struct grove_bonds      *bonds;       /* NULL: none of them */
  int                      saved_errno; /* while it does not run */
  uint16_t                 no_preempt;  /* how often disabled */
  uint8_t                  queue;       /* the priority it is queued at, or was last */
  uint8_t                  passed_over; /* turns a low one still has to wait */
  uint8_t                  wait;        /* enum grove_wait */
  bool                     queued;      /* is in the run queue */
  uint8_t busy : 2;  /* counted by the run queue as n_busy[busy - 1]; 0: it is not */
  bool    bound : 1; /* to its scheduler, also without frames */
  bool    timed_out;

  /* ---- The owner's ---- */
  alignas (64) struct grove_process *queue_next;
  struct grove_process *queue_previous;
  void                 *sp; /* where the frames begin; NULL: it has none, only what it will run */
  union
  {
    void       *saved; /* the frames, while the stack is another's; else NULL */
    grove_entry entry;
  };
  union
  {
    struct grove_stack *stack; /* where it runs */
    void               *arg;
  };

  struct grove_message  *mailbox_first;
  struct grove_message **mailbox_last;
  struct grove_message  *held; /* received and not freed */
};

_Static_assert(sizeof (struct grove_process) <= 256, "a million parked processes cost this each");
_Static_assert(offsetof (struct grove_process, pushed) == 64 &&
                 offsetof (struct grove_process, inqueue) == 128 &&
                 offsetof (struct grove_process, queue_next) == 192,
               "a line each");

static inline grove_pid
_grove_process_pid (const struct grove_process *self)
{
  return (grove_pid) atomic_load_explicit (&self->generation, memory_order_relaxed) << 32 |
         self->index;
}

/* The block keeps what only one thread writes; these are shorter, and cheaper than
 * read-modify-write. */
#define GROVE_GET(field)        atomic_load_explicit (&(field), memory_order_relaxed)
#define GROVE_SET(field, value) atomic_store_explicit (&(field), (value), memory_order_relaxed)
#define GROVE_ADD(field, n)     GROVE_SET (field, GROVE_GET (field) + (n))
