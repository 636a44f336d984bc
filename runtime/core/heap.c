/* SPDX-License-Identifier: MIT
 *
 * See heap.h. Its bytes are counted with the headers: what the process costs, not what it asked
 * for.
 */
#include "runtime/core/heap.h"

#include "runtime/core/bonds.h"
#include "runtime/core/event.h"
#include "runtime/core/scheduler.h"
#include "runtime/core/short-way.h"

#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof (struct grove_heap_block) % 16 == 0, "what follows is aligned for anything");

static void
count (struct grove_process *process, size_t change)
{
  GROVE_ADD (process->heap_bytes, change);
  GROVE_ADD (_grove_scheduler_self->heap_bytes, change);
}

/* The heap is about to pass its limit. */
static bool
passes_limit (const struct grove_process *process, size_t limit, size_t bytes)
{
  const struct grove_bonds *bonds = process->bonds;
  bool reports = bonds != NULL && bonds->max_heap_bytes != 0 ? bonds->max_heap_reports
                                                             : _grove_runtime.max_heap_reports;

  if (!reports || GROVE_GET (process->heap_bytes) <= limit)
    _grove_event (GROVE_EVENT_LARGE_HEAP, _grove_process_pid (process), bytes, 0);
  return reports;
}

/* Whether the heap may grow by @size. What runs at the very end is not stopped. */
static bool
allowed (const struct grove_process *process, size_t size)
{
  size_t limit = process->bonds != NULL ? process->bonds->max_heap_bytes : 0;

  if (size > SIZE_MAX / 2)
    return false;
  if (limit == 0)
    limit = _grove_runtime.max_heap_bytes;
  if (limit == 0 || GROVE_GET (process->heap_bytes) + size <= limit ||
      _grove_scheduler_self->deferring)
    return true;
  return passes_limit (process, limit, GROVE_GET (process->heap_bytes) + size);
}

/* Small ones are of the blocks that messages are made of, which is faster, above all when the
 * parent makes what the child, elsewhere perhaps, frees. NULL: there is no memory. */
static struct grove_heap_block *
take (size_t size)
{
  struct grove_message    *room = _grove_block_try_new (size);
  struct grove_heap_block *block = (struct grove_heap_block *) (void *) room;
  uint8_t                  block_class;

  if (room == NULL)
    return NULL;
  block_class = room->block_class;
  block->block_class = block_class;
  block->size = size;
  return block;
}

static void
give (struct grove_heap_block *block)
{
  uint8_t               block_class = block->block_class;
  struct grove_message *room = (struct grove_message *) (void *) block;

  room->block_class = block_class;
  room->shared = false;
  _grove_block_put (_grove_scheduler_self, room);
}

/* Another size for what @block holds. NULL: there is no memory, and @block is as it was. */
static struct grove_heap_block *
resize (struct grove_heap_block *block, size_t size)
{
  unsigned                 block_class = _grove_block_class (size);
  struct grove_heap_block *other;

  if (block->block_class == block_class)
    other = block;
  else if (block->block_class == GROVE_BLOCK_NO_CLASS && block_class == GROVE_BLOCK_CLASSES)
    other = realloc (block, size);
  else
    {
      other = take (size);
      if (other != NULL)
        {
          other->next = block->next;
          other->previous = block->previous;
          memcpy (other + 1, block + 1, (block->size < size ? block->size : size) - sizeof *block);
          give (block);
        }
    }
  if (other != NULL)
    other->size = size;
  return other;
}

static void
link_block (struct grove_process *process, struct grove_heap_block *block)
{
  block->previous = NULL;
  block->next = process->heap;
  if (process->heap != NULL)
    process->heap->previous = block;
  process->heap = block;
}

void *
_grove_heap_alloc (struct grove_process *process, size_t size)
{
  struct grove_heap_block *block;

  if (size > SIZE_MAX / 2 || !allowed (process, sizeof *block + size) ||
      (block = take (sizeof *block + size)) == NULL)
    return NULL;
  link_block (process, block);
  count (process, block->size);
  return block + 1;
}

bool
_grove_heap_free_all (struct grove_process *process, int32_t *left)
{
  while (process->heap != NULL)
    {
      struct grove_heap_block *block = process->heap;
      if (--*left < 0)
        return false;
      process->heap = block->next;
      count (process, (size_t) 0 - block->size);
      give (block);
    }
  return true;
}

/* ---- Public ---------------------------------------------------------------------------------- */

GROVE_NORETURN static void
over_limit (void)
{
  if (_grove_scheduler_self->deferring)
    abort (); /* the machine has no memory for what releases memory */
  grove_exit ("heap_limit");
}

void *
grove_alloc (size_t size)
{
  void *memory = _grove_heap_alloc (_grove_process_require (), size);

  if (memory == NULL)
    over_limit ();
  return memory;
}

void *
grove_realloc (void *memory, size_t size)
{
  struct grove_process    *self = _grove_process_require ();
  struct grove_heap_block *block;
  struct grove_heap_block *old;
  size_t                   old_size;

  if (memory == NULL)
    return grove_alloc (size);
  old = (struct grove_heap_block *) memory - 1;
  old_size = old->size;
  if (size + sizeof *old > old_size && !allowed (self, size + sizeof *old - old_size))
    over_limit ();
  if (size > SIZE_MAX / 2 || (block = resize (old, sizeof *block + size)) == NULL)
    over_limit ();
  if (block->previous != NULL)
    block->previous->next = block;
  else
    self->heap = block;
  if (block->next != NULL)
    block->next->previous = block;
  count (self, block->size - old_size);
  return block + 1;
}

void
grove_free (void *memory)
{
  struct grove_process    *self = _grove_process_require ();
  struct grove_heap_block *block;

  if (memory == NULL)
    return;
  block = (struct grove_heap_block *) memory - 1;
  if (block->previous != NULL)
    block->previous->next = block->next;
  else
    self->heap = block->next;
  if (block->next != NULL)
    block->next->previous = block->previous;
  count (self, (size_t) 0 - block->size);
  give (block);
}

char *
grove_strdup (const char *text)
{
  size_t size;

  _grove_process_require ();
  if (text == NULL)
    _grove_badarg ();
  size = strlen (text) + 1;
  return memcpy (grove_alloc (size), text, size);
}

void
grove_defer (void (*release) (void *), void *data)
{
  struct grove_bonds *bonds = _grove_bonds (_grove_process_require ());
  struct grove_defer *defer;

  if (release == NULL)
    _grove_badarg ();
  defer = grove_alloc (sizeof *defer);
  *defer = (struct grove_defer){ bonds->defers, release, data };
  bonds->defers = defer;
}
