/* SPDX-License-Identifier: MIT
 *
 * The loops of which the cost of the instrumentation is taken. This file is compiled twice, as
 * process code and as plain code; HOW is `instrumented` or `plain`.
 */
#include "bench-loop.h"

#include <stdlib.h>

#define PASTE(a, b)    a##_##b
#define NAMED(name, b) PASTE (name, b)

/* One block, each of whose rounds needs the one before. */
uint64_t
NAMED (bench_tight_loop, HOW) (uint64_t n)
{
  uint64_t x = 88172645463325252U;

  for (uint64_t i = 0; i < n; i++)
    {
      x ^= x << 13;
      x ^= x >> 7;
      x ^= x << 17;
    }
  return x;
}

/* A heap of 1,024 numbers, into which @n are put in turn for the smallest. */
uint64_t
NAMED (bench_sort_loop, HOW) (uint64_t n)
{
  static uint64_t heap[1024];
  const uint64_t  size = sizeof heap / sizeof *heap;
  uint64_t        x = 88172645463325252U;

  for (uint64_t i = 0; i < n; i++)
    {
      uint64_t at = 0;
      x = x * 6364136223846793005U + 1442695040888963407U;
      heap[0] += x >> 40;
      while (2 * at + 1 < size)
        {
          uint64_t child = 2 * at + 1, value = heap[at];
          if (child + 1 < size && heap[child + 1] < heap[child])
            child++;
          if (heap[child] >= value)
            break;
          heap[at] = heap[child];
          heap[child] = value;
          at = child;
        }
    }
  return heap[0];
}
