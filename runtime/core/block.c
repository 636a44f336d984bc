/* SPDX-License-Identifier: MIT
 *
 * See block.h.
 */
#include "runtime/core/block.h"

#include "runtime/core/lock.h"
#include "runtime/core/memory.h"
#include "runtime/core/scheduler.h"

#include <stdint.h>

/* Blocks in a chain between a scheduler and the depot; a scheduler keeps at most two such. */
#define CHAIN_BLOCKS 128
#define MAX_CHAINS   64
#define NO_CLASS     UINT8_MAX

#ifdef GROVE_OWN_STACKS

struct grove_message *
_grove_block_new (size_t size, size_t *ret_capacity)
{
  struct grove_message *block = _grove_malloc (size);

  block->block_class = NO_CLASS;
  if (ret_capacity != NULL)
    *ret_capacity = size;
  return block;
}

void
_grove_block_free (struct grove_message *block)
{
  free (block);
}

void
_grove_blocks_finish (struct grove_blocks *self)
{
  (void) self;
}

void
_grove_block_depot_finish (void)
{
}

#else

static const uint16_t class_sizes[GROVE_BLOCK_CLASSES] = { 80, 128, 192, 256, 512 };

/* Chains of exactly CHAIN_BLOCKS free blocks; a chain hangs on `previous` of its first block. */
static struct depot
{
  struct grove_lock     lock;
  struct grove_message *first;
  unsigned              n;
} depots[GROVE_BLOCK_CLASSES] = {
  { .lock = GROVE_LOCK_INIT (GROVE_RANK_DEPOT) }, { .lock = GROVE_LOCK_INIT (GROVE_RANK_DEPOT) },
  { .lock = GROVE_LOCK_INIT (GROVE_RANK_DEPOT) }, { .lock = GROVE_LOCK_INIT (GROVE_RANK_DEPOT) },
  { .lock = GROVE_LOCK_INIT (GROVE_RANK_DEPOT) },
};

static struct grove_message *
depot_take (unsigned kind)
{
  struct depot         *depot = &depots[kind];
  struct grove_message *chain;

  _grove_lock (&depot->lock);
  chain = depot->first;
  if (chain != NULL)
    {
      depot->first = chain->previous;
      depot->n--;
    }
  _grove_unlock (&depot->lock);
  return chain;
}

static void
free_chain (struct grove_message *chain)
{
  while (chain != NULL)
    {
      struct grove_message *next = chain->next;
      free (chain);
      chain = next;
    }
}

static void
depot_give (unsigned kind, struct grove_message *chain)
{
  struct depot *depot = &depots[kind];
  bool          full;

  _grove_lock (&depot->lock);
  full = depot->n >= MAX_CHAINS;
  if (!full)
    {
      chain->previous = depot->first;
      depot->first = chain;
      depot->n++;
    }
  _grove_unlock (&depot->lock);
  if (full)
    free_chain (chain);
}

static unsigned
class_of (size_t size)
{
  unsigned kind = 0;

  while (kind < GROVE_BLOCK_CLASSES && class_sizes[kind] < size)
    kind++;
  return kind;
}

struct grove_message *
_grove_block_new (size_t size, size_t *ret_capacity)
{
  struct grove_scheduler *scheduler = _grove_scheduler_self;
  unsigned                kind = class_of (size);
  struct grove_message   *block = NULL;

  if (kind < GROVE_BLOCK_CLASSES)
    {
      size = class_sizes[kind];
      if (scheduler != NULL)
        {
          struct grove_blocks *blocks = &scheduler->blocks;
          if (blocks->n[kind] == 0 && (blocks->first[kind] = depot_take (kind)) != NULL)
            blocks->n[kind] = CHAIN_BLOCKS;
          block = blocks->first[kind];
          if (block != NULL)
            {
              blocks->first[kind] = block->next;
              blocks->n[kind]--;
            }
        }
    }
  if (block == NULL)
    block = _grove_malloc (size);
  block->block_class = kind < GROVE_BLOCK_CLASSES ? (uint8_t) kind : NO_CLASS;
  if (ret_capacity != NULL)
    *ret_capacity = size;
  return block;
}

void
_grove_block_free (struct grove_message *block)
{
  struct grove_scheduler *scheduler = _grove_scheduler_self;
  unsigned                kind = block->block_class;
  struct grove_blocks    *blocks;
  struct grove_message   *last;

  if (kind == NO_CLASS || scheduler == NULL)
    {
      free (block);
      return;
    }
  blocks = &scheduler->blocks;
  block->next = blocks->first[kind];
  blocks->first[kind] = block;
  if (++blocks->n[kind] < 2 * CHAIN_BLOCKS)
    return;
  last = block;
  for (unsigned i = 1; i < CHAIN_BLOCKS; i++)
    last = last->next;
  blocks->first[kind] = last->next;
  blocks->n[kind] -= CHAIN_BLOCKS;
  last->next = NULL;
  depot_give (kind, block);
}

void
_grove_blocks_finish (struct grove_blocks *self)
{
  for (unsigned kind = 0; kind < GROVE_BLOCK_CLASSES; kind++)
    {
      free_chain (self->first[kind]);
      self->first[kind] = NULL;
      self->n[kind] = 0;
    }
}

void
_grove_block_depot_finish (void)
{
  for (unsigned kind = 0; kind < GROVE_BLOCK_CLASSES; kind++)
    for (struct grove_message *chain; (chain = depot_take (kind)) != NULL;)
      free_chain (chain);
}

#endif
