/* SPDX-License-Identifier: MIT
 *
 * Blocks for signals. Small ones come in a few sizes, out of slabs, and are kept by the scheduler
 * that freed them; a scheduler that has too many, or none, deals in chains with a depot. Both are
 * bounded: what does not fit goes back to its slab, and that to the system. Threads that are no
 * scheduler, and what is large, use malloc(); in builds with sanitizers everybody does, so that
 * nothing hides a use after free.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct grove_message;

#define GROVE_BLOCK_CLASSES 5

struct grove_blocks
{
  struct grove_message *first[GROVE_BLOCK_CLASSES];
  unsigned              n[GROVE_BLOCK_CLASSES];
};

/* Room for a signal of @size bytes; *ret_capacity, which may be NULL, is how many really fit. */
struct grove_message *_grove_block_new (size_t size, size_t *ret_capacity);
void                  _grove_block_free (struct grove_message *block);

/* Gives back all that @self keeps; and all that the depot keeps. */
void _grove_blocks_finish (struct grove_blocks *self);
void _grove_block_depot_finish (void);
/* What the slabs hold, used or not. Any thread. */
uint64_t _grove_block_bytes (void);
