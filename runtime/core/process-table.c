/* SPDX-License-Identifier: MIT
 *
 * See process-table.h.
 */
#include "runtime/core/process-table.h"

#include "runtime/core/lock.h"

#include <sys/mman.h>

#define MAX_BATCH 64U

static struct
{
  struct grove_lock     lock; /* guards first and the growth of n_used */
  struct grove_process *first;
  _Atomic uint32_t      n_used;
  uint32_t              batch; /* set once */
} table = { .lock = GROVE_LOCK_INIT (GROVE_RANK_TABLE) };

struct grove_table_blocks _grove_table_blocks;

bool
_grove_table_init (uint32_t max_processes)
{
  size_t size = ((size_t) max_processes + 1) * sizeof (struct grove_process);
  void  *memory =
    mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

  if (memory == MAP_FAILED)
    return false;
  /* Without huge pages a walk over many processes is mostly misses of the TLB. It is only advice.
   */
  madvise (memory, size, MADV_HUGEPAGE);
  _grove_table_blocks.first = memory;
  _grove_table_blocks.capacity = max_processes + 1;
  table.first = NULL;
  table.batch = max_processes / 1024 < MAX_BATCH ? max_processes / 1024 : MAX_BATCH;
  if (table.batch == 0)
    table.batch = 1;
  atomic_store (&table.n_used, 1);
  return true;
}

void
_grove_table_finish (void)
{
  munmap (_grove_table_blocks.first, _grove_table_blocks.capacity * sizeof (struct grove_process));
  _grove_table_blocks.first = NULL;
  _grove_table_blocks.capacity = 0;
  table.first = NULL;
  atomic_store (&table.n_used, 0);
}

static void
fill (struct grove_free_blocks *near)
{
  uint32_t used, fresh;

  _grove_lock (&table.lock);
  while (near->n < table.batch && table.first != NULL)
    {
      struct grove_process *process = table.first;
      table.first = process->queue_next;
      process->queue_next = near->first;
      near->first = process;
      near->n++;
    }
  used = GROVE_GET (table.n_used);
  fresh = table.batch - near->n < _grove_table_blocks.capacity - used
            ? table.batch - near->n
            : _grove_table_blocks.capacity - used;
  /* From the last, so that the first is taken first: pids then tell who came before whom. */
  for (uint32_t i = fresh; i-- > 0;)
    {
      struct grove_process *process = &_grove_table_blocks.first[used + i];
      process->index = used + i;
      process->queue_next = near->first;
      near->first = process;
      near->n++;
    }
  used += fresh;
  /* Release: pairs with _grove_table_used(), so that a scan sees the index of each block. */
  atomic_store_explicit (&table.n_used, used, memory_order_release);
  _grove_unlock (&table.lock);
}

struct grove_process *
_grove_table_take (struct grove_free_blocks *near)
{
  struct grove_process *process;

  if (near->first == NULL)
    fill (near);
  process = near->first;
  if (process != NULL)
    {
      near->first = process->queue_next;
      near->n--;
    }
  return process;
}

void
_grove_table_give (struct grove_free_blocks *near, struct grove_process *process)
{
  /* Release: pairs with the acquiring loads of an observer, see control.h. Free before the
   * generation moves: who sees the new one must not find what is left of the old process with it.
   */
  atomic_store_explicit (&process->state, GROVE_STATE_FREE, memory_order_release);
  atomic_store_explicit (&process->generation, GROVE_GET (process->generation) + 1,
                         memory_order_release);
  process->queue_next = near->first;
  near->first = process;
  near->n++;
  if (table.batch > 1 && near->n < 2 * table.batch)
    return;
  _grove_lock (&table.lock);
  for (uint32_t i = 0; i < table.batch; i++)
    {
      process = near->first;
      near->first = process->queue_next;
      near->n--;
      process->queue_next = table.first;
      table.first = process;
    }
  _grove_unlock (&table.lock);
}

uint32_t
_grove_table_used (void)
{
  return atomic_load_explicit (&table.n_used, memory_order_acquire);
}

uint32_t
_grove_table_capacity (void)
{
  return _grove_table_blocks.capacity;
}
