/* SPDX-License-Identifier: MIT
 *
 * Stacks in builds with sanitizers: one a process, for the address and thread sanitizers know
 * frames by their addresses. Every switch is announced to them. A scheduler keeps a few stacks that
 * are free.
 */
#include "runtime/core/stack.h"

#include "runtime/core/memory.h"
#include "runtime/core/switch.h"

#ifdef GROVE_OWN_STACKS

#  include <sys/mman.h>

#  ifdef __has_feature
#    if __has_feature(address_sanitizer)
#      define HAVE_ASAN 1
#    endif
#    if __has_feature(thread_sanitizer)
#      define HAVE_TSAN 1
#    endif
#  endif
#  ifdef __SANITIZE_ADDRESS__
#    define HAVE_ASAN 1
#  endif
#  ifdef __SANITIZE_THREAD__
#    define HAVE_TSAN 1
#  endif

#  ifdef HAVE_ASAN
#    include <sanitizer/asan_interface.h>
#    include <sanitizer/common_interface_defs.h>
#  endif
#  ifdef HAVE_TSAN
#    include <sanitizer/tsan_interface.h>
#  endif

#  define MAPPING_SIZE (GROVE_STACK_GUARD + GROVE_STACK_SIZE)
#  define MAX_SPARE    64

_Atomic unsigned _grove_stack_chaos;

void
_grove_stack_set_chaos (unsigned seed)
{
  (void) seed; /* frames never move here */
}

bool
_grove_stacks_init (struct grove_stack_cache *self, unsigned n_schedulers)
{
  (void) n_schedulers;
  *self = (struct grove_stack_cache){ .spare = NULL };
  return true;
}

static struct grove_stack *
stack_new (void)
{
  struct grove_stack *stack = _grove_calloc (1, sizeof *stack);

  stack->memory = mmap (NULL, MAPPING_SIZE, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
  if (stack->memory == MAP_FAILED || mprotect (stack->memory, GROVE_STACK_GUARD, PROT_NONE) != 0)
    abort ();
  stack->top = stack->memory + MAPPING_SIZE - 64;
  return stack;
}

static void
stack_free (struct grove_stack *stack)
{
#  ifdef HAVE_ASAN
  /* Whoever is mapped there next has not been in those frames. */
  ASAN_UNPOISON_MEMORY_REGION (stack->memory, MAPPING_SIZE);
#  endif
  munmap (stack->memory, MAPPING_SIZE);
  free (stack);
}

void
_grove_stacks_finish (struct grove_stack_cache *self)
{
  while (self->spare != NULL)
    {
      struct grove_stack *stack = self->spare;
      self->spare = stack->next;
      stack_free (stack);
    }
}

void
_grove_stack_attach (struct grove_stack_cache *self,
                     struct grove_process     *process,
                     void (*start) (void))
{
  struct grove_stack *stack;

  if (process->sp != NULL)
    return;
  self->entry = process->entry;
  self->arg = process->arg;
  process->saved = NULL;
  stack = self->spare;
  if (stack == NULL)
    stack = stack_new ();
  else
    {
      self->spare = stack->next;
      self->n_spare--;
    }
  stack->owner = process;
  process->stack = stack;
  stack->fake = NULL;
#  ifdef HAVE_ASAN
  ASAN_UNPOISON_MEMORY_REGION (stack->memory + GROVE_STACK_GUARD, GROVE_STACK_SIZE);
#  endif
#  ifdef HAVE_TSAN
  stack->fiber = __tsan_create_fiber (0);
#  endif
  process->sp = _grove_switch_prepare (stack->top, start);
  GROVE_ADD (self->n_in_use, 1);
}

void
_grove_stack_release (struct grove_stack_cache *self, struct grove_process *process)
{
  struct grove_stack *stack = process->stack;

  if (process->sp == NULL)
    return;
#  ifdef HAVE_TSAN
  __tsan_destroy_fiber (stack->fiber);
#  endif
  stack->owner = NULL;
  process->sp = NULL;
  GROVE_SET (process->stack_bytes, 0);
  GROVE_ADD (self->n_in_use, (uint64_t) -1);
  if (self->n_spare >= MAX_SPARE)
    {
      stack_free (stack);
      return;
    }
  stack->next = self->spare;
  self->spare = stack;
  self->n_spare++;
}

void
_grove_stack_enter (struct grove_stack_cache *self, struct grove_process *process)
{
#  ifdef HAVE_ASAN
  __sanitizer_start_switch_fiber (&self->fake, process->stack->memory + GROVE_STACK_GUARD,
                                  GROVE_STACK_SIZE - 64);
#  endif
#  ifdef HAVE_TSAN
  self->fiber = __tsan_get_current_fiber ();
  __tsan_switch_to_fiber (process->stack->fiber, 0);
#  endif
  _grove_switch (&self->context, process->sp, &self->context_live, NULL);
#  ifdef HAVE_ASAN
  __sanitizer_finish_switch_fiber (self->fake, NULL, NULL);
#  endif
}

void
_grove_stack_leave (struct grove_stack_cache *self, struct grove_process *process, bool for_ever)
{
#  ifdef HAVE_ASAN
  __sanitizer_start_switch_fiber (for_ever ? NULL : &process->stack->fake, self->bottom,
                                  self->size);
#  else
  (void) for_ever;
#  endif
#  ifdef HAVE_TSAN
  __tsan_switch_to_fiber (self->fiber, 0);
#  endif
  _grove_switch (&process->sp, self->context, &process->stack_bytes, process->stack->top);
#  ifdef HAVE_ASAN
  __sanitizer_finish_switch_fiber (process->stack->fake, NULL, NULL);
#  endif
}

void
_grove_stack_pass (struct grove_process *process,
                   struct grove_process *next,
                   _Atomic uint32_t     *ret_live)
{
#  ifdef HAVE_ASAN
  __sanitizer_start_switch_fiber (&process->stack->fake, next->stack->memory + GROVE_STACK_GUARD,
                                  GROVE_STACK_SIZE - 64);
#  endif
#  ifdef HAVE_TSAN
  __tsan_switch_to_fiber (next->stack->fiber, 0);
#  endif
  _grove_switch (&process->sp, next->sp, ret_live, process->stack->top);
#  ifdef HAVE_ASAN
  __sanitizer_finish_switch_fiber (process->stack->fake, NULL, NULL);
#  endif
}

void
_grove_stack_entered (struct grove_stack_cache *self)
{
#  ifdef HAVE_ASAN
  /* From the scheduler, as always when a process begins here. */
  __sanitizer_finish_switch_fiber (NULL, &self->bottom, &self->size);
#  else
  (void) self;
#  endif
}

void
_grove_stack_abandon (struct grove_stack *stack)
{
#  ifdef HAVE_ASAN
  ASAN_UNPOISON_MEMORY_REGION (stack->memory + GROVE_STACK_GUARD, GROVE_STACK_SIZE);
#  else
  (void) stack;
#  endif
}

__attribute__ ((no_sanitize_address, no_sanitize_thread)) void
_grove_stack_read (void *to, const void *frames, size_t size)
{
  volatile uint8_t       *bytes = to;
  const volatile uint8_t *from = frames;

  for (size_t i = 0; i < size; i++)
    bytes[i] = from[i];
}

#endif
