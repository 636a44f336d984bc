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

/* The smallest is a cache line: a signal that says a short word, or nothing. */
#define GROVE_BLOCK_CLASSES  6
#define GROVE_BLOCK_NO_CLASS UINT8_MAX /* malloc()ed */

struct grove_blocks
{
  struct grove_message *first[GROVE_BLOCK_CLASSES];
  unsigned              n[GROVE_BLOCK_CLASSES];
};

/* A scheduler keeps fewer than twice as many blocks of a size as a chain has. */
#define GROVE_BLOCK_CHAIN 128
#define GROVE_BLOCKS_KEPT (2 * GROVE_BLOCK_CHAIN - 1)

/* By the size in units of 16 bytes, rounded up; GROVE_BLOCK_CLASSES: too large for any. */
static inline unsigned
_grove_block_class (size_t size)
{
  static const uint8_t classes[] = {
    0, 0, 0, 0, 0,                                  /* to 64 */
    1,                                              /* to 80 */
    2, 2, 2,                                        /* to 128 */
    3, 3, 3, 3,                                     /* to 192 */
    4, 4, 4, 4,                                     /* to 256 */
    5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, /* to 512 */
  };
  size_t units = (size + 15) / 16;

  return units < sizeof classes ? classes[units] : GROVE_BLOCK_CLASSES;
}

/* Room for a signal of @size bytes. Where there is no memory, the second gives NULL; the first ends
 * the calling process with `system_limit`, or the program when it is for none. */
struct grove_message *_grove_block_new (size_t size);
struct grove_message *_grove_block_try_new (size_t size);
void                  _grove_block_free (struct grove_message *block);

/* Gives back all that @self keeps; and all that the depot keeps. */
void _grove_blocks_finish (struct grove_blocks *self);
void _grove_block_depot_finish (void);
/* What the slabs hold, used or not. Any thread. */
uint64_t _grove_block_bytes (void);
