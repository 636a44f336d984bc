/* SPDX-License-Identifier: MIT
 *
 * Giving memory back. A process that once went deep leaves pages behind below where it is now, for
 * as long as the run stack is its own; they go back to the system and are zero when it comes there
 * again. The heap is the process's own affair: what it has allocated it still means to use.
 */
#include "runtime/core/inspect.h"
#include "runtime/core/scheduler.h"

#include <sys/mman.h>
#include <unistd.h>

/* Below the frames of whoever inspects itself: what is called from here. */
#define OWN_FRAMES ((size_t) 16 * 1024)
#define PAGE_LEAST ((size_t) 4096)

/* How many bytes of it are there. */
static size_t
resident (char *memory, size_t size, size_t page)
{
  unsigned char pages[GROVE_STACK_SIZE / PAGE_LEAST + 2];
  size_t        n = 0;

  if (size / page > sizeof pages || mincore (memory, size, pages) != 0)
    return 0;
  for (size_t i = 0; i < size / page; i++)
    n += pages[i] & 1;
  return n * page;
}

size_t
_grove_inspection_trim (const struct grove_inspection *view)
{
  const struct grove_process *process = _grove_inspection_process (view);
  const struct grove_stack   *stack = process->stack;
  const size_t                page = (size_t) sysconf (_SC_PAGESIZE);
  uintptr_t                   end;
  char                       *low;
  size_t                      size, bytes;

  if (process->sp == NULL || stack == NULL || process->saved != NULL || stack->owner != process)
    return 0;
  end = (uintptr_t) process->sp;
  if (_grove_process_self () == process)
    end = (uintptr_t) __builtin_frame_address (0) - OWN_FRAMES;
  low = stack->memory + GROVE_STACK_GUARD;
  if (end < (uintptr_t) low + page || end > (uintptr_t) stack->top)
    return 0;
  /* What is just below the frames is left to what is called next. */
  size = (end - (uintptr_t) low) / page * page - page;
  bytes = size > 0 ? resident (low, size, page) : 0;
  if (bytes == 0 || madvise (low, size, MADV_DONTNEED) != 0)
    return 0;
  return bytes;
}
