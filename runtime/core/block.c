/* SPDX-License-Identifier: MIT
 *
 * See block.h.
 */
#include "runtime/core/block.h"

#include "runtime/core/lock.h"
#include "runtime/core/memory.h"
#include "runtime/core/scheduler.h"
#include "runtime/core/share.h"
#include "runtime/core/slab.h"

#include <stdint.h>

#define FRESH_BLOCKS 64 /* at most; when the depot has no chain */
#define MAX_CHAINS   64

_Static_assert(offsetof (struct grove_message, next) == 0, "a chain is one for the slabs too");

#ifdef GROVE_OWN_STACKS

struct grove_message *
_grove_block_try_new (size_t size)
{
  struct grove_message *block = malloc (size);

  if (block != NULL)
    block->block_class = GROVE_BLOCK_NO_CLASS;
  return block;
}

void
_grove_block_free (struct grove_message *block)
{
  if (block->shared)
    _grove_share_leave (block);
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

uint64_t
_grove_block_bytes (void)
{
  return 0;
}

#else

static const uint16_t class_sizes[GROVE_BLOCK_CLASSES] = { 64, 80, 128, 192, 256, 512 };

/* Chains of exactly GROVE_BLOCK_CHAIN free blocks; a chain hangs on `previous` of its first block.
 * What is too much for the depot goes back to the slabs it came from. */
static struct depot
{
  struct grove_lock     lock;
  struct grove_message *first;
  unsigned              n;
  struct grove_slabs    slabs;
} depots[GROVE_BLOCK_CLASSES] = {
#  define DEPOT                                                                                    \
    {                                                                                              \
      .lock = GROVE_LOCK_INIT (GROVE_RANK_DEPOT), .slabs = {.huge = true }                         \
    }
  DEPOT, DEPOT, DEPOT, DEPOT, DEPOT, DEPOT,
};

/* A chain, or as many fresh blocks. Out of line, so that who has a block has no frame for this. */
static __attribute__ ((noinline)) struct grove_message *
depot_take (unsigned kind, unsigned *ret_n)
{
  struct depot         *depot = &depots[kind];
  struct grove_message *chain;

  _grove_lock (&depot->lock);
  chain = depot->first;
  *ret_n = GROVE_BLOCK_CHAIN;
  if (chain != NULL)
    {
      depot->first = chain->previous;
      depot->n--;
    }
  else
    chain = _grove_slab_take_some (&depot->slabs, class_sizes[kind], FRESH_BLOCKS, ret_n);
  _grove_unlock (&depot->lock);
  return chain;
}

static __attribute__ ((noinline)) void
depot_give (unsigned kind, struct grove_message *chain)
{
  struct depot *depot = &depots[kind];

  _grove_lock (&depot->lock);
  if (depot->n >= MAX_CHAINS)
    _grove_slab_give_chain (&depot->slabs, chain);
  else
    {
      chain->previous = depot->first;
      depot->first = chain;
      depot->n++;
    }
  _grove_unlock (&depot->lock);
}

struct grove_message *
_grove_block_try_new (size_t size)
{
  struct grove_scheduler *scheduler = _grove_scheduler_self;
  unsigned                kind = _grove_block_class (size);
  struct grove_message   *block;

  if (kind < GROVE_BLOCK_CLASSES && scheduler != NULL)
    {
      struct grove_blocks *blocks = &scheduler->blocks;

      if (__builtin_expect (blocks->n[kind] == 0, 0))
        blocks->first[kind] = depot_take (kind, &blocks->n[kind]);
      block = blocks->first[kind];
      if (__builtin_expect (block == NULL, 0))
        return NULL;
      blocks->first[kind] = block->next;
      blocks->n[kind]--;
      block->block_class = (uint8_t) kind;
      return block;
    }
  block = malloc (size);
  if (block != NULL)
    block->block_class = GROVE_BLOCK_NO_CLASS;
  return block;
}

/* A single one, by a thread that keeps none. */
static __attribute__ ((noinline)) void
give_one (struct grove_message *block)
{
  struct depot *depot = &depots[block->block_class];

  _grove_lock (&depot->lock);
  _grove_slab_give (&depot->slabs, block);
  _grove_unlock (&depot->lock);
}

static __attribute__ ((noinline)) void
give_chain (struct grove_blocks *blocks, unsigned kind)
{
  struct grove_message *first = blocks->first[kind];
  struct grove_message *last = first;

  for (unsigned i = 1; i < GROVE_BLOCK_CHAIN; i++)
    last = last->next;
  blocks->first[kind] = last->next;
  blocks->n[kind] -= GROVE_BLOCK_CHAIN;
  last->next = NULL;
  depot_give (kind, first);
}

void
_grove_block_free (struct grove_message *block)
{
  struct grove_scheduler *scheduler = _grove_scheduler_self;
  unsigned                kind = block->block_class;
  struct grove_blocks    *blocks;

  if (__builtin_expect (block->shared, 0))
    _grove_share_leave (block);
  if (__builtin_expect (kind == GROVE_BLOCK_NO_CLASS, 0))
    {
      free (block);
      return;
    }
  if (__builtin_expect (scheduler == NULL, 0))
    {
      give_one (block);
      return;
    }
  blocks = &scheduler->blocks;
  block->next = blocks->first[kind];
  blocks->first[kind] = block;
  if (__builtin_expect (++blocks->n[kind] > GROVE_BLOCKS_KEPT, 0))
    give_chain (blocks, kind);
}

/* The blocks themselves go with the slabs. */
void
_grove_blocks_finish (struct grove_blocks *self)
{
  *self = (struct grove_blocks){ .n = { 0 } };
}

void
_grove_block_depot_finish (void)
{
  for (unsigned kind = 0; kind < GROVE_BLOCK_CLASSES; kind++)
    {
      depots[kind].first = NULL;
      depots[kind].n = 0;
      _grove_slabs_finish (&depots[kind].slabs);
    }
}

uint64_t
_grove_block_bytes (void)
{
  uint64_t bytes = 0;

  for (unsigned kind = 0; kind < GROVE_BLOCK_CLASSES; kind++)
    bytes += atomic_load_explicit (&depots[kind].slabs.bytes, memory_order_relaxed);
  return bytes;
}

#endif

struct grove_message *
_grove_block_new (size_t size)
{
  struct grove_message *block = _grove_block_try_new (size);

  if (__builtin_expect (block == NULL, 0))
    _grove_out_of_memory ();
  return block;
}
