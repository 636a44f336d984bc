/* SPDX-License-Identifier: MIT
 *
 * Reading columns of many processes by copy; see observe.h. What is not asked for is not copied. As
 * in observe.c loads acquire, in an order that begins and ends with the generation: a copy that
 * another process got into is thrown away.
 */
#include "runtime/core/observe.h"

#include "runtime/core/observe-status.h"
#include "runtime/core/process-table.h"
#include "runtime/core/scheduler.h"

/* Blocks. Far, for memory is slower than what is done with it. */
#define LOOK_AHEAD 64

#define LOAD(field) atomic_load_explicit (&(field), memory_order_acquire)
#define BIT(field)  GROVE_BATCH_BIT (GROVE_BATCH_##field)

#define IDENTITY                                                                                   \
  (BIT (STARTED) | BIT (LINKS) | BIT (TRAP_EXIT) | BIT (SYSTEM) | BIT (INITIAL) | BIT (GROUP) |    \
   BIT (NAME) | BIT (SCHEDULER))
#define SUMS (BIT (MAILBOX) | BIT (MEMORY) | BIT (STACK) | BIT (HEAP))

static inline void
read_identity (struct grove_process       *process,
               uint32_t                    fields,
               struct grove_process_batch *batch,
               size_t                      i)
{
  if (fields & BIT (STARTED))
    batch->started_ns[i] = (int64_t) LOAD (process->started_ns);
  if (fields & BIT (LINKS))
    batch->n_links[i] = LOAD (process->n_links);
  if (fields & BIT (TRAP_EXIT))
    batch->trap_exit[i] = LOAD (process->trap_exit);
  if (fields & BIT (SYSTEM))
    batch->system[i] = LOAD (process->system) != 0;
  if (fields & BIT (SCHEDULER))
    batch->scheduler[i] = LOAD (process->scheduler_id);
  if (fields & BIT (GROUP))
    batch->group[i] = LOAD (process->group);
  if (fields & BIT (INITIAL))
    {
      const char *initial = LOAD (process->initial);

      batch->initial[i] = initial != NULL ? initial : "";
    }
  if (fields & BIT (NAME))
    {
      const char *name = LOAD (process->name);

      if (name == NULL)
        name = LOAD (process->label);
      batch->name[i] = name != NULL ? name : "";
    }
}

static inline void
read_sums (struct grove_process       *process,
           uint32_t                    fields,
           struct grove_process_batch *batch,
           size_t                      i)
{
  int64_t memory = sizeof *process;

  if (fields & (BIT (MAILBOX) | BIT (MEMORY)))
    {
      /* First what left, then what came: the difference is never negative. */
      uint64_t mailbox = LOAD (process->removed);

      mailbox = LOAD (process->pushed) - mailbox;
      batch->n_messages[i] = (int64_t) (mailbox >> GROVE_COUNT_SHIFT);
      batch->mailbox_bytes[i] = (int64_t) (mailbox & ((UINT64_C (1) << GROVE_COUNT_SHIFT) - 1));
      memory += batch->mailbox_bytes[i];
    }
  if (fields & (BIT (HEAP) | BIT (MEMORY)))
    memory += batch->heap_bytes[i] = (int64_t) LOAD (process->heap_bytes);
  if (fields & (BIT (STACK) | BIT (MEMORY)))
    memory += batch->stack_bytes[i] = LOAD (process->stack_bytes);
  batch->memory_bytes[i] = memory;
}

/* False: there is no process, or it ended meanwhile. */
static inline __attribute__ ((always_inline)) bool
read_block (struct grove_process       *process,
            uint32_t                    fields,
            struct grove_process_batch *batch,
            size_t                      i)
{
  uint32_t generation = LOAD (process->generation);
  uint32_t state = LOAD (process->state);

  if (state == GROVE_STATE_FREE)
    return false;
  batch->pid[i] = (grove_pid) generation << 32 | process->index;
  if (fields & BIT (STATUS))
    batch->status[i] = (uint8_t) _grove_status_of (state, LOAD (process->suspended));
  if (fields & IDENTITY)
    read_identity (process, fields, batch, i);
  if (fields & BIT (PRIORITY))
    batch->priority[i] = (uint8_t) LOAD (process->priority);
  if (fields & BIT (WHERE))
    batch->where[i] = LOAD (process->where);
  if (fields & SUMS)
    read_sums (process, fields, batch, i);
  if (fields & BIT (RECEIVED))
    batch->n_received[i] = (int64_t) LOAD (process->n_received);
  if (fields & BIT (REDUCTIONS))
    batch->reductions[i] = (int64_t) LOAD (process->reductions);
  return LOAD (process->generation) == generation;
}

/* The blocks of a big table are in no cache: those that come are fetched while these are read, and
 * pass by the caches that others have what they work with in. */
static inline __attribute__ ((always_inline)) void
look_ahead (const struct grove_process *process)
{
  __builtin_prefetch (process, 0, 0);
  __builtin_prefetch (&process->pushed, 0, 0);
}

uint32_t
_grove_observe_used (void)
{
  return _grove_table_used ();
}

uint32_t
_grove_observe_slots (uint32_t                    first,
                      uint32_t                    end,
                      uint32_t                    fields,
                      struct grove_process_batch *batch)
{
  struct grove_process *blocks = _grove_table_blocks.first;
  size_t                n = 0;
  uint32_t              slot = first > 0 ? first : 1;

  for (; slot < end && n < GROVE_BATCH_ROWS; slot++)
    {
      if (end - slot > LOOK_AHEAD)
        look_ahead (&blocks[slot + LOOK_AHEAD]);
      n += read_block (&blocks[slot], fields, batch, n);
    }
  batch->n = n;
  return slot;
}

void
_grove_observe_pids (const grove_pid            *pids,
                     size_t                      n,
                     uint32_t                    fields,
                     struct grove_process_batch *batch)
{
  size_t n_alive = 0;

  for (size_t i = 0; i < n && i < GROVE_BATCH_ROWS; i++)
    {
      struct grove_process *process = _grove_table_block (pids[i]);

      if (i + LOOK_AHEAD < n && _grove_table_block (pids[i + LOOK_AHEAD]) != NULL)
        look_ahead (_grove_table_block (pids[i + LOOK_AHEAD]));
      if (process != NULL && read_block (process, fields, batch, n_alive))
        n_alive += batch->pid[n_alive] == pids[i];
    }
  batch->n = n_alive;
}
