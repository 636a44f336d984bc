/* SPDX-License-Identifier: MIT
 *
 * Making processes, and what a process may ask about itself.
 */
#include "runtime/core/process.h"

#include "runtime/core/block.h"
#include "runtime/core/bonds.h"
#include "runtime/core/event.h"
#include "runtime/core/heap.h"
#include "runtime/core/intern.h"
#include "runtime/core/memory.h"
#include "runtime/core/process-private.h"
#include "runtime/core/question.h"
#include "runtime/core/scheduler.h"
#include "runtime/core/seeded.h"
#include "runtime/core/trace-private.h"

#include <string.h>
#include <time.h>

/* What a spawn costs its caller. */
#define SPAWN_REDUCTIONS 8

/* ---- Spawning -------------------------------------------------------------------------------- */

/* Everything of a new process that observers read is stored with release, see control.h. */
#define PUBLISH(field, value) atomic_store_explicit (&(field), (value), memory_order_release)

static inline __attribute__ ((always_inline)) void
init (struct grove_process             *process,
      grove_entry                       entry,
      const struct grove_spawn_options *options,
      const char                       *label)
{
  struct grove_scheduler *scheduler = _grove_scheduler_self;
  struct grove_process   *parent = scheduler->current;
  uint64_t                generation = GROVE_GET (process->generation);

  process->sp = NULL;
  process->entry = entry;
  process->arg = NULL;
  process->mailbox_first = NULL;
  process->mailbox_last = &process->mailbox_first;
  process->held = NULL;
  process->heap = NULL;
  process->bonds = NULL;
  process->timer = GROVE_NO_TIMEOUT;
  process->no_preempt = 0;
  process->saved_errno = 0;
  process->passed_over = 0;
  process->wait = GROVE_WAIT_NOTHING;
  process->queued = false;
  process->busy = 0;
  process->timed_out = false;
  process->woken = false;
  PUBLISH (process->suspended, false);
  PUBLISH (process->traced, 0);
  PUBLISH (process->long_queue, false);
  PUBLISH (process->system, 0);
  PUBLISH (process->parent, parent != NULL ? _grove_process_pid (parent) : 0);
  PUBLISH (process->group, parent != NULL ? GROVE_GET (parent->group) : 0);
  PUBLISH (process->label, label);
  PUBLISH (process->initial, options->initial_call);
  PUBLISH (process->started_ns, scheduler->now_ns);
  PUBLISH (process->priority, generation << 32 | options->priority);
  PUBLISH (process->trap_exit, false);
  PUBLISH (process->n_links, 0);
  PUBLISH (process->where, 0);
  PUBLISH (process->stack_bytes, 0);
  PUBLISH (process->n_received, 0);
  PUBLISH (process->heap_bytes, 0);
  PUBLISH (process->reductions, 0);
  PUBLISH (process->scheduler, scheduler);
  PUBLISH (process->scheduler_id, (uint8_t) scheduler->id);
  if (options->max_heap_bytes != 0)
    {
      _grove_bonds (process)->max_heap_bytes = options->max_heap_bytes;
      process->bonds->max_heap_reports = options->max_heap_reports;
    }
}

static bool
valid (grove_entry entry, const struct grove_spawn_options *options)
{
  return entry != NULL && options != NULL && (unsigned) options->priority <= GROVE_PRIORITY_MAX &&
         options->scheduler <= _grove_runtime.n_schedulers &&
         (options->arg_size == 0 || options->arg != NULL) && !_grove_scheduler_self->deferring &&
         _grove_monitor_options_valid (options->monitor_options);
}

/* The argument, in the child's heap if it is to be copied. */
static inline __attribute__ ((always_inline)) bool
hand_over (struct grove_process *process, const struct grove_spawn_options *options)
{
  if (options->arg_size == 0)
    {
      /* The entry function takes what it is handed as its own. */
      memcpy (&process->arg, &options->arg, sizeof process->arg);
      return true;
    }
  process->arg = _grove_heap_alloc (process, options->arg_size);
  if (process->arg == NULL)
    return false;
  memcpy (process->arg, options->arg, options->arg_size);
  return true;
}

static inline __attribute__ ((always_inline)) grove_ref
bind (struct grove_process *process, const struct grove_spawn_options *options)
{
  struct grove_process *parent = _grove_scheduler_self->current;
  grove_pid             pid = _grove_process_pid (process);
  grove_ref             monitor = 0;

  if (options->link)
    {
      _grove_link_add (parent, pid);
      _grove_link_add (process, _grove_process_pid (parent));
      _grove_event (GROVE_EVENT_LINK, _grove_process_pid (parent), pid, 0);
    }
  if (options->monitor)
    {
      monitor = grove_make_ref ();
      _grove_monitor_add (parent, monitor, pid);
      if (options->monitor_options != NULL)
        _grove_monitor_note (parent, monitor, NULL, options->monitor_options);
      _grove_monitored_by_add (process, monitor, _grove_process_pid (parent));
    }
  return monitor;
}

/* By its parent's side, unless it is bound; see placement.c. */
static inline void
place (struct grove_process *process, unsigned scheduler)
{
  struct grove_scheduler *self = _grove_scheduler_self;

  process->bound = scheduler != 0;
  if (__builtin_expect (scheduler == 0 || scheduler == self->id + 1, 1))
    {
      _grove_run_queue_push (&self->queue, process);
      if (self->children.n++ == 0)
        self->children.next = process;
      return;
    }
  _grove_placement_hand (&_grove_runtime.schedulers[scheduler - 1], process);
  _grove_scheduler_wake (&_grove_runtime.schedulers[scheduler - 1]);
}

/* Nobody has run yet that could hear of it, so that links are as old as the process itself. In
 * line, and once more for options the compiler knows: most have the default ones. */
static inline __attribute__ ((always_inline)) enum grove_status
spawn (grove_entry                       entry,
       const struct grove_spawn_options *options,
       grove_pid                        *ret_pid,
       grove_ref                        *ret_monitor)
{
  struct grove_scheduler *scheduler = _grove_scheduler_self;
  const char *label = options->label != NULL ? _grove_intern_label (options->label) : NULL;
  struct grove_process *process = _grove_table_take (&scheduler->near);
  grove_ref             monitor = 0;

  if (process == NULL)
    return GROVE_ERR_SYSTEM_LIMIT;
  init (process, entry, options, label);
  if (!hand_over (process, options))
    {
      _grove_bonds_free (process);
      _grove_table_give (&scheduler->near, process);
      return GROVE_ERR_SYSTEM_LIMIT;
    }
  /* Only now: what comes late for the one before is taken in, and must be answered. */
  PUBLISH (process->inqueue, GROVE_IN_EMPTY);
  _grove_event_by (scheduler, GROVE_EVENT_SPAWN, _grove_process_pid (process),
                   GROVE_GET (process->parent), _grove_event_text (options->initial_call));
  if (scheduler->current != NULL)
    monitor = bind (process, options);
  if (__builtin_expect (GROVE_GET (_grove_trace_new.flags) != 0, 0) ||
      (scheduler->current != NULL && GROVE_TRACED (scheduler->current, 0xff)))
    _grove_trace_spawn (scheduler->current, process, scheduler->current != NULL && options->link);
  *ret_pid = _grove_process_pid (process);
  PUBLISH (process->state, GROVE_STATE_RUNNABLE);
  /* Before: elsewhere it may have ended when this comes back. */
  GROVE_ADD (scheduler->n_spawned, 1);
  place (process, options->scheduler);
  if (ret_monitor != NULL)
    *ret_monitor = monitor;
  return GROVE_OK;
}

enum grove_status
grove_spawn_opt (grove_entry                       entry,
                 const struct grove_spawn_options *options,
                 grove_pid                        *ret_pid,
                 grove_ref                        *ret_monitor)
{
  enum grove_status status;

  _grove_process_require ();
  if (!valid (entry, options) || ret_pid == NULL)
    return GROVE_ERR_BADARG;
  status = spawn (entry, options, ret_pid, ret_monitor);
  _grove_charge (SPAWN_REDUCTIONS);
  return status;
}

enum grove_status
_grove_process_spawn_first (grove_entry entry, void *arg, grove_pid *ret_pid)
{
  struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;
  enum grove_status          status;

  options.initial_call = "main";
  options.arg = arg;
  status = spawn (entry, &options, ret_pid, NULL);
  /* All ends with it, so nobody who only watches may end it. */
  if (status == GROVE_OK)
    GROVE_SET (_grove_table_block (*ret_pid)->system, 1);
  return status;
}

struct spawn_call
{
  struct grove_call call;
  const char       *initial_call;
  grove_entry       entry;
  void             *arg;
  void (*failed) (void *arg);
};

static void
spawn_outside (struct grove_scheduler *scheduler, struct grove_call *call)
{
  struct spawn_call         *self = (struct spawn_call *) call;
  struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;
  grove_pid                  pid;

  (void) scheduler;
  options.initial_call = self->initial_call;
  options.arg = self->arg;
  options.priority = GROVE_PRIORITY_HIGH;
  if (spawn (self->entry, &options, &pid, NULL) == GROVE_OK)
    GROVE_SET (_grove_table_block (pid)->system, 1);
  else if (self->failed != NULL)
    self->failed (self->arg);
  free (self);
}

void
_grove_observe_spawn (grove_pid   near,
                      const char *initial_call,
                      grove_entry entry,
                      void       *arg,
                      void (*failed) (void *arg))
{
  struct grove_process   *process = _grove_table_block (near);
  struct grove_scheduler *scheduler =
    process != NULL ? atomic_load_explicit (&process->scheduler, memory_order_acquire) : NULL;
  struct spawn_call *self = _grove_malloc (sizeof *self);

  *self = (struct spawn_call){ .call = { .run = spawn_outside },
                               .initial_call = initial_call,
                               .entry = entry,
                               .arg = arg,
                               .failed = failed };
  _grove_scheduler_call (scheduler != NULL ? scheduler : &_grove_runtime.schedulers[0],
                         &self->call);
}

grove_pid
_grove_process_spawn_on (unsigned scheduler, grove_entry entry, void *arg)
{
  struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;
  grove_pid                  pid = 0;

  options.initial_call = "placed";
  options.arg = arg;
  options.scheduler = scheduler + 1;
  return grove_spawn_opt (entry, &options, &pid, NULL) == GROVE_OK ? pid : 0;
}

static inline __attribute__ ((always_inline)) grove_pid
spawn_or_end (const char *initial_call, grove_entry entry, void *arg, bool link)
{
  struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;
  grove_pid                  pid;

  options.initial_call = initial_call;
  options.arg = arg;
  options.link = link;
  if (entry == NULL || _grove_scheduler_self->deferring)
    grove_exit ("badarg");
  if (spawn (entry, &options, &pid, NULL) != GROVE_OK)
    grove_exit ("system_limit");
  _grove_charge (SPAWN_REDUCTIONS);
  return pid;
}

grove_pid
grove_spawn_named (const char *initial_call, grove_entry entry, void *arg)
{
  _grove_process_require ();
  return spawn_or_end (initial_call, entry, arg, false);
}

grove_pid
grove_spawn_link_named (const char *initial_call, grove_entry entry, void *arg)
{
  _grove_process_require ();
  return spawn_or_end (initial_call, entry, arg, true);
}

/* ---- The caller ------------------------------------------------------------------------------ */

grove_pid
grove_self (void)
{
  struct grove_process *self = _grove_process_self ();

  return self != NULL ? _grove_process_pid (self) : 0;
}

grove_ref
grove_make_ref (void)
{
  struct grove_scheduler *scheduler = _grove_scheduler_self;

  /* The low bits say who made it, so that nobody has to agree with anybody. */
  if (scheduler == NULL)
    return (atomic_fetch_add (&_grove_runtime.n_refs_outside, 1) + 1) * GROVE_MAX_SCHEDULERS +
           GROVE_MAX_SCHEDULERS - 1;
  return ++scheduler->n_refs * GROVE_MAX_SCHEDULERS + scheduler->id;
}

bool
grove_is_alive (grove_pid pid)
{
  struct grove_process *self = _grove_process_require ();
  grove_ref             question;
  int64_t               alive = false;

  if (pid == _grove_process_pid (self))
    return true;
  if (_grove_scheduler_self->deferring)
    return false;
  GROVE_SET (self->where, (uintptr_t) __builtin_return_address (0));
  question = _grove_question_new ();
  _grove_signal_send (pid, _grove_signal_new (GROVE_SIGNAL_ALIVE, 0, question));
  _grove_question_wait (question, UINT64_MAX, &alive);
  _grove_charge (1);
  return alive != false;
}

void
grove_yield (void)
{
  struct grove_process *self = _grove_process_require ();

  _grove_reductions_left--;
  if (self->no_preempt != 0 || _grove_scheduler_self->deferring)
    return;
  GROVE_SET (self->where, (uintptr_t) __builtin_return_address (0));
  _grove_leave (GROVE_LEAVE_YIELD);
}

void
grove_bump_reductions (unsigned reductions)
{
  uint32_t budget = _grove_runtime.budget;

  _grove_process_require ();
  _grove_charge ((int32_t) (reductions < budget ? reductions : budget));
}

void
grove_sleep_ms (uint64_t ms)
{
  struct grove_process   *self = _grove_process_require ();
  struct grove_scheduler *scheduler = _grove_scheduler_self;
  uint64_t                now = grove_now_ns ();

  if (scheduler->deferring)
    return;
  _grove_require_outermost (self);
  GROVE_SET (self->where, (uintptr_t) __builtin_return_address (0));
  self->timed_out = false;
  if (ms < (UINT64_MAX - now) / 1000000)
    _grove_timers_add (&scheduler->timers, self, now + ms * 1000000);
  while (!self->timed_out)
    {
      if (!_grove_signal_handle_all (self))
        _grove_end_self ();
      _grove_wait (GROVE_WAIT_NOTHING);
    }
  _grove_charge (1);
}

uint64_t
grove_now_ns (void)
{
  struct timespec now;

  if (__builtin_expect (GROVE_GET (_grove_seed) != 0, 0))
    return _grove_seeded_now ();
  clock_gettime (CLOCK_MONOTONIC, &now);
  return (uint64_t) now.tv_sec * 1000000000 + (uint64_t) now.tv_nsec;
}

void
grove_hibernate (grove_entry continuation, void *arg)
{
  _grove_process_require ();
  if (_grove_scheduler_self->deferring)
    _grove_end_self ();
  if (continuation == NULL)
    _grove_badarg ();
  _grove_require_outermost (_grove_scheduler_self->current);
  _grove_hibernate (continuation, arg);
}

bool
grove_trap_exit (bool trap)
{
  struct grove_process *self = _grove_process_require ();
  bool                  old;

  /* An exit signal that came before is not saved from by trapping now. */
  if (!_grove_scheduler_self->deferring && !_grove_signal_handle_all (self))
    _grove_end_self ();
  old = GROVE_GET (self->trap_exit);
  GROVE_SET (self->trap_exit, trap);
  _grove_charge (1);
  return old;
}

enum grove_status
grove_set_priority (enum grove_priority priority, enum grove_priority *ret_old)
{
  struct grove_process *self = _grove_process_require ();
  uint64_t              generation = GROVE_GET (self->generation);
  uint64_t              old;

  if ((unsigned) priority > GROVE_PRIORITY_MAX)
    return GROVE_ERR_BADARG;
  old = atomic_exchange (&self->priority, generation << 32 | priority);
  if (ret_old != NULL)
    *ret_old = (enum grove_priority) (uint32_t) old;
  _grove_charge (1);
  return GROVE_OK;
}

void
grove_process_label (const char *label)
{
  struct grove_process *self = _grove_process_require ();

  GROVE_SET (self->label, label != NULL ? _grove_intern_label (label) : NULL);
  _grove_charge (1);
}

/* ---- For the other rooms --------------------------------------------------------------------- */

void
_grove_process_set_group (grove_pid master)
{
  GROVE_SET (_grove_process_require ()->group, master);
}

grove_pid
_grove_process_group (void)
{
  return GROVE_GET (_grove_process_require ()->group);
}

void
_grove_process_set_behaviour (void *behaviour)
{
  _grove_bonds (_grove_process_require ())->behaviour = behaviour;
}

void
_grove_process_set_last_words (void (*say) (void *behaviour, struct grove_term reason))
{
  _grove_bonds (_grove_process_require ())->last_words = say;
}

void *
_grove_process_behaviour (void)
{
  struct grove_bonds *bonds = _grove_process_require ()->bonds;

  return bonds != NULL ? bonds->behaviour : NULL;
}

void
_grove_process_set_system (void)
{
  GROVE_SET (_grove_process_require ()->system, 1);
}

void
_grove_preempt_disable (void)
{
  _grove_process_require ()->no_preempt++;
}

void
_grove_preempt_enable (void)
{
  _grove_process_require ()->no_preempt--;
}

void
_grove_process_demand_in (const char *function, const void *caller)
{
  if (_grove_process_self () == NULL)
    _grove_misuse (function, "was called by a thread that is no process", caller);
}
