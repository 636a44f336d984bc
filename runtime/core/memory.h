/* SPDX-License-Identifier: MIT
 *
 * Allocation inside the runtime: of sizes the runtime chooses, so that running out is not an answer
 * anybody could give a better reaction to than to stop. What others size is capped and checked
 * before.
 */
#pragma once

#include <stdlib.h>

static inline void *
_grove_malloc (size_t size)
{
  void *block = malloc (size);

  if (block == NULL)
    abort ();
  return block;
}

static inline void *
_grove_calloc (size_t n, size_t size)
{
  void *block = calloc (n, size);

  if (block == NULL)
    abort ();
  return block;
}

static inline void *
_grove_realloc (void *old, size_t size)
{
  void *block = realloc (old, size);

  if (block == NULL)
    abort ();
  return block;
}
