/* SPDX-License-Identifier: MIT
 *
 * Reading processes by copy, and acting on them from outside; see observe.h. Loads acquire, in an
 * order that begins and ends with the generation: a copy that another process got into is thrown
 * away.
 */
#include "runtime/core/observe.h"

#include "runtime/core/observe-status.h"
#include "runtime/core/process-table.h"
#include "runtime/core/scheduler.h"
#include "runtime/core/share.h"

#include <string.h>

/* Blocks: some 300 ns of reading. */
#define LOOK_AHEAD 32

#define LOAD(field) atomic_load_explicit (&(field), memory_order_acquire)

static const char *
text_or_empty (const char *text)
{
  return text != NULL ? text : "";
}

/* False: there is no process, or it ended meanwhile. */
static bool
sample (struct grove_process *process, struct grove_process_sample *ret_sample)
{
  uint32_t generation = LOAD (process->generation);
  uint32_t state = LOAD (process->state);
  uint64_t mailbox;

  if (state == GROVE_STATE_FREE)
    return false;
  ret_sample->pid = (grove_pid) generation << 32 | process->index;
  ret_sample->parent = LOAD (process->parent);
  ret_sample->group = LOAD (process->group);
  ret_sample->name = text_or_empty (LOAD (process->name));
  ret_sample->label = text_or_empty (LOAD (process->label));
  ret_sample->initial = text_or_empty (LOAD (process->initial));
  ret_sample->where = LOAD (process->where);
  ret_sample->status = _grove_status_of (state, LOAD (process->suspended));
  ret_sample->priority = (enum grove_priority) (uint32_t) LOAD (process->priority);
  ret_sample->scheduler = LOAD (process->scheduler_id);
  ret_sample->n_links = LOAD (process->n_links);
  ret_sample->trap_exit = LOAD (process->trap_exit);
  ret_sample->system = LOAD (process->system) != 0;
  ret_sample->started_ns = LOAD (process->started_ns);
  /* First what left, then what came: the difference is never negative. */
  mailbox = LOAD (process->removed);
  mailbox = LOAD (process->pushed) - mailbox;
  ret_sample->n_messages = mailbox >> GROVE_COUNT_SHIFT;
  ret_sample->mailbox_bytes = mailbox & (((uint64_t) 1 << GROVE_COUNT_SHIFT) - 1);
  ret_sample->n_received = LOAD (process->n_received);
  ret_sample->heap_bytes = LOAD (process->heap_bytes);
  ret_sample->stack_bytes = LOAD (process->stack_bytes);
  ret_sample->memory_bytes =
    sizeof *process + ret_sample->heap_bytes + ret_sample->stack_bytes + ret_sample->mailbox_bytes;
  ret_sample->reductions = LOAD (process->reductions);
  return LOAD (process->generation) == generation;
}

/* The blocks of a big table are in no cache: those that come are fetched while these are read, and
 * pass by the caches that others have what they work with in. As a function of its own it would be
 * left out: to the compiler it has no effect. @n_left: the blocks from @process on. */
static inline __attribute__ ((always_inline)) void
look_ahead (const struct grove_process *process, uint32_t n_left)
{
  if (n_left <= LOOK_AHEAD)
    return;
  process += LOOK_AHEAD;
  __builtin_prefetch (process, 0, 0);
  __builtin_prefetch (&process->pushed, 0, 0);
}

void
_grove_observe_scan (grove_observe_visit visit, void *user_data)
{
  uint32_t                    n = _grove_table_used ();
  struct grove_process_sample one;

  for (uint32_t i = 1; i < n; i++)
    {
      look_ahead (_grove_table_block (i), n - i);
      if (sample (_grove_table_block (i), &one) && !visit (&one, i, user_data))
        return;
    }
}

uint32_t
_grove_observe_capacity (void)
{
  return _grove_table_capacity ();
}

bool
_grove_observe_process (grove_pid pid, struct grove_process_sample *ret_sample)
{
  struct grove_process       *process = _grove_table_block (pid);
  struct grove_process_sample one;

  if (process == NULL || !sample (process, &one) || one.pid != pid)
    return false;
  *ret_sample = one;
  return true;
}

/* ---- The runtime ----------------------------------------------------------------------------- */

/* The turn is the same before and after, so that pid and time belong together. */
static void
sample_holder (struct grove_scheduler *scheduler, struct grove_scheduler_sample *ret_sample)
{
  uint64_t              n_turns = LOAD (scheduler->n_turns);
  uint32_t              index = LOAD (scheduler->running);
  uint64_t              held_turn = LOAD (scheduler->held_turn);
  uint64_t              since = LOAD (scheduler->held_since_ns);
  struct grove_process *process = _grove_table_block (index);

  if (process == NULL)
    return;
  ret_sample->running = _grove_process_pid (process);
  if (held_turn == n_turns && LOAD (scheduler->n_turns) == n_turns)
    ret_sample->held_since_ns = since;
}

static void
add_scheduler (struct grove_runtime_sample   *sum,
               struct grove_scheduler        *scheduler,
               struct grove_scheduler_sample *ret_sample)
{
  uint64_t idle = LOAD (scheduler->idle_ns);
  uint64_t since = LOAD (scheduler->idle_since_ns);
  uint64_t total = sum->now_ns - sum->started_ns;

  if (since != 0 && since < sum->now_ns)
    idle += sum->now_ns - since;
  sum->n_spawned += LOAD (scheduler->n_spawned);
  sum->n_crashed += LOAD (scheduler->n_crashed);
  sum->n_messages_sent += LOAD (scheduler->n_sent);
  sum->reductions += LOAD (scheduler->reductions);
  sum->heap_bytes += LOAD (scheduler->heap_bytes);
  sum->stack_bytes +=
    LOAD (scheduler->stacks.saved_bytes) + LOAD (scheduler->stacks.n_in_use) * GROVE_STACK_TOUCHED;
  if (ret_sample == NULL)
    return;
  *ret_sample = (struct grove_scheduler_sample){
    .busy_ns = total > idle ? total - idle : 0,
    .run_queue = LOAD (scheduler->queue.n),
  };
  sample_holder (scheduler, ret_sample);
}

/* Summed over the table, for a message is counted where it lies and not where it was sent. */
static uint64_t
mailbox_bytes (uint32_t n)
{
  uint64_t bytes = 0;

  for (uint32_t i = 1; i < n; i++)
    {
      struct grove_process *process = _grove_table_block (i);
      uint64_t              mailbox;

      look_ahead (process, n - i);
      mailbox = LOAD (process->removed);
      mailbox = LOAD (process->pushed) - mailbox;
      bytes += mailbox & (((uint64_t) 1 << GROVE_COUNT_SHIFT) - 1);
    }
  return bytes;
}

void
_grove_observe_counts (struct grove_runtime_sample   *ret_sample,
                       struct grove_scheduler_sample *schedulers,
                       uint32_t                       n)
{
  *ret_sample = (struct grove_runtime_sample){
    .now_ns = grove_now_ns (),
    .started_ns = _grove_runtime.started_ns,
    .n_messages_sent = LOAD (_grove_runtime.n_sent_outside),
    .control_bytes = (uint64_t) _grove_table_used () * sizeof (struct grove_process),
    .shared_bytes = _grove_share_bytes (),
    .max_processes = _grove_runtime.max_processes,
    .n_schedulers = _grove_runtime.n_schedulers,
  };
  /* First all that ended, then who was spawned, so that no more have ended than there were. */
  for (unsigned i = 0; i < _grove_runtime.n_schedulers; i++)
    ret_sample->n_exited += LOAD (_grove_runtime.schedulers[i].n_exited);
  for (unsigned i = 0; i < _grove_runtime.n_schedulers; i++)
    add_scheduler (ret_sample, &_grove_runtime.schedulers[i],
                   schedulers != NULL && i < n ? &schedulers[i] : NULL);
  ret_sample->n_processes = ret_sample->n_spawned - ret_sample->n_exited;
}

void
_grove_observe_runtime (struct grove_runtime_sample   *ret_sample,
                        struct grove_scheduler_sample *schedulers,
                        uint32_t                       n)
{
  _grove_observe_counts (ret_sample, schedulers, n);
  ret_sample->mailbox_bytes = mailbox_bytes (_grove_table_used ());
}

const char *
_grove_observe_name (void)
{
  return _grove_runtime.name;
}

bool
_grove_observe_running (void)
{
  return LOAD (_grove_runtime.running) != 0;
}

/* ---- Acting ---------------------------------------------------------------------------------- */

static bool
lives (grove_pid pid)
{
  struct grove_process *process = _grove_table_block (pid);

  return process != NULL && LOAD (process->state) != GROVE_STATE_FREE &&
         LOAD (process->generation) == (uint32_t) (pid >> 32);
}

enum grove_status
_grove_observe_exit (grove_pid pid, struct grove_term reason)
{
  struct grove_message *signal;

  if (!lives (pid))
    return GROVE_ERR_NOPROC;
  signal = _grove_signal_new_exit (GROVE_SIGNAL_EXIT, 0, reason);
  if (_grove_signal_try_send (pid, signal))
    return GROVE_OK;
  _grove_signal_refuse (pid, signal);
  return GROVE_ERR_NOPROC;
}

enum grove_status
_grove_observe_set_priority (grove_pid            pid,
                             enum grove_priority  priority,
                             enum grove_priority *ret_old)
{
  struct grove_process *process = _grove_table_block (pid);
  uint64_t              generation = pid >> 32;
  uint64_t              old;

  if ((unsigned) priority > GROVE_PRIORITY_MAX)
    return GROVE_ERR_BADARG;
  if (!lives (pid))
    return GROVE_ERR_NOPROC;
  /* The generation beside it, so that this never changes the process that has the block now. */
  old = atomic_load (&process->priority);
  do
    if (old >> 32 != generation)
      return GROVE_ERR_NOPROC;
  while (!atomic_compare_exchange_weak (&process->priority, &old, generation << 32 | priority));
  _grove_signal_send (pid, _grove_signal_new (GROVE_SIGNAL_PRIORITY, 0, 0));
  if (ret_old != NULL)
    *ret_old = (enum grove_priority) (uint32_t) old;
  return GROVE_OK;
}

enum grove_status
_grove_observe_send (grove_pid pid, struct grove_term message)
{
  if (!lives (pid))
    return GROVE_ERR_NOPROC;
  return _grove_message_inject (pid, message);
}
