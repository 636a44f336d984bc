/* SPDX-License-Identifier: MIT
 *
 * Allocation for what has a fixed or capped size: when even that fails there is no way to go on,
 * and the process ends. What a peer can size is capped before it gets here.
 *
 * Threads: any thread.
 */
#pragma once

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static inline void *
grove_must_resize (void *memory, size_t n, size_t size)
{
  void *bigger;

  if (size != 0 && n > SIZE_MAX / size)
    abort ();
  bigger = realloc (memory, n * size > 0 ? n * size : 1);
  if (bigger == NULL)
    abort ();
  return bigger;
}

static inline void *
grove_must_zero (size_t size)
{
  void *memory = calloc (1, size > 0 ? size : 1);

  if (memory == NULL)
    abort ();
  return memory;
}

static inline char *
grove_must_copy (const char *text)
{
  char *copy = strdup (text);

  if (copy == NULL)
    abort ();
  return copy;
}
