/* SPDX-License-Identifier: MIT
 *
 * The cache of run stacks, see stack.h; own-stack.c is what takes its place in sanitizer builds.
 * Everything here belongs to one scheduler.
 */
#include "runtime/core/stack.h"

#include "runtime/core/memory.h"
#include "runtime/core/switch.h"

#ifndef GROVE_OWN_STACKS

#  include <string.h>
#  include <sys/mman.h>

#  define MAPPING_SIZE (GROVE_STACK_GUARD + GROVE_STACK_SIZE)

/* Tops are spread over this many groups of cache sets, so that 64 processes that each touch the top
 * of their stack do not fight for the same few. */
#  define N_COLOURS   16U
#  define COLOUR_STEP 192U

_Atomic unsigned _grove_stack_chaos;

void
_grove_stack_set_chaos (unsigned seed)
{
  atomic_store (&_grove_stack_chaos, seed);
}

static void
set_free (struct grove_stack_cache *self, const struct grove_stack *stack)
{
  self->free[stack->index / 64] |= UINT64_C (1) << stack->index % 64;
  self->free_words |= UINT64_C (1) << stack->index / 64;
}

static void
set_taken (struct grove_stack_cache *self, const struct grove_stack *stack)
{
  unsigned word = stack->index / 64;

  self->free[word] &= ~(UINT64_C (1) << stack->index % 64);
  if (self->free[word] == 0)
    self->free_words &= ~(UINT64_C (1) << word);
}

/* One more stack; false: there is no more memory, or mappings, for any. */
static bool
map (struct grove_stack_cache *self)
{
  struct grove_stack *stack = &self->stacks[self->n_stacks];
  char               *memory = mmap (NULL, MAPPING_SIZE, PROT_READ | PROT_WRITE,
                                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);

  if (memory == MAP_FAILED)
    return false;
  if (mprotect (memory, GROVE_STACK_GUARD, PROT_NONE) != 0)
    {
      munmap (memory, MAPPING_SIZE);
      return false;
    }
  stack->memory = memory;
  stack->top = memory + MAPPING_SIZE - 64 - self->n_stacks % N_COLOURS * COLOUR_STEP;
  stack->index = self->n_stacks++;
  set_free (self, stack);
  return true;
}

bool
_grove_stacks_init (struct grove_stack_cache *self, unsigned n_schedulers)
{
  *self = (struct grove_stack_cache){
    .limit = GROVE_STACKS_OF_ALL / n_schedulers,
    .saved = { .huge = true },
  };
  if (self->limit > GROVE_STACKS)
    self->limit = GROVE_STACKS;
  if (self->limit < GROVE_STACKS_LEAST)
    self->limit = GROVE_STACKS_LEAST;
  return map (self);
}

void
_grove_stacks_finish (struct grove_stack_cache *self)
{
  for (unsigned i = 0; i < self->n_stacks; i++)
    munmap (self->stacks[i].memory, MAPPING_SIZE);
  self->n_stacks = 0;
  _grove_slabs_finish (&self->saved);
}

/* ---- Saved frames ---------------------------------------------------------------------------- */

static void *
take_saved (struct grove_stack_cache *self, size_t size)
{
  void *saved =
    size <= GROVE_SLAB_LARGEST ? _grove_slab_take (&self->saved, size) : _grove_malloc (size);

  if (saved == NULL)
    abort ();
  GROVE_ADD (self->saved_bytes, size);
  return saved;
}

static void
give_saved (struct grove_stack_cache *self, struct grove_process *process)
{
  size_t size = (size_t) (process->stack->top - (char *) process->sp);

  if (size <= GROVE_SLAB_LARGEST)
    _grove_slab_give (&self->saved, process->saved);
  else
    free (process->saved);
  process->saved = NULL;
  GROVE_ADD (self->saved_bytes, (uint64_t) 0 - size);
}

/* ---- Stacks ---------------------------------------------------------------------------------- */

static void
vacate (struct grove_stack_cache *self, struct grove_stack *stack)
{
  struct grove_process *owner = stack->owner;
  size_t                size = (size_t) (stack->top - (char *) owner->sp);

  owner->saved = take_saved (self, size);
  memcpy (owner->saved, owner->sp, size);
  stack->owner = NULL;
  set_free (self, stack);
  GROVE_ADD (self->n_in_use, (uint64_t) -1);
}

static void
vacate_some (struct grove_stack_cache *self, unsigned seed)
{
  /* A fixed step of xorshift32; what matters is only that it wanders over the stacks. */
  seed ^= seed << 13;
  seed ^= seed >> 17;
  seed ^= seed << 5;
  for (unsigned i = 0; i < self->n_stacks; i++)
    if (self->stacks[i].owner != NULL && (seed >> (i % 32) & 3) == 0)
      vacate (self, &self->stacks[i]);
  atomic_store (&_grove_stack_chaos, seed);
}

static void
own (struct grove_stack_cache *self, struct grove_stack *stack, struct grove_process *process)
{
  if (stack->owner != NULL)
    vacate (self, stack);
  if (self->last_released == stack)
    self->last_released = NULL;
  else
    set_taken (self, stack);
  stack->owner = process;
  GROVE_ADD (self->n_in_use, 1);
}

/* One for a process that has none yet: a free one, or a new one, or somebody else's. */
static __attribute__ ((noinline)) struct grove_stack *
choose (struct grove_stack_cache *self)
{
  unsigned word;

  if (self->free_words == 0 && (self->n_stacks == self->limit || !map (self)))
    {
      self->limit = self->n_stacks;
      self->hand = self->hand + 1 < self->n_stacks ? self->hand + 1 : 0;
      return &self->stacks[self->hand];
    }
  word = (unsigned) __builtin_ctzll (self->free_words);
  return &self->stacks[word * 64 + (unsigned) __builtin_ctzll (self->free[word])];
}

void
_grove_stack_attach (struct grove_stack_cache *self,
                     struct grove_process     *process,
                     void (*start) (void))
{
  struct grove_stack *stack;
  unsigned            seed = GROVE_GET (_grove_stack_chaos);

  if (__builtin_expect (seed != 0, 0))
    vacate_some (self, seed);
  if (process->sp == NULL)
    {
      stack = self->last_released;
      self->entry = process->entry;
      self->arg = process->arg;
      if (stack == NULL)
        stack = choose (self);
      own (self, stack, process);
      process->stack = stack;
      process->saved = NULL;
      process->sp = _grove_switch_prepare (stack->top, start);
      return;
    }
  stack = process->stack;
  if (stack->owner == process)
    return;
  own (self, stack, process);
  memcpy (process->sp, process->saved, (size_t) (stack->top - (char *) process->sp));
  give_saved (self, process);
}

void
_grove_stack_release (struct grove_stack_cache *self, struct grove_process *process)
{
  struct grove_stack *stack = process->stack;

  if (process->sp == NULL)
    return;
  if (process->saved != NULL)
    give_saved (self, process);
  if (stack->owner == process)
    {
      stack->owner = NULL;
      if (self->last_released == NULL)
        self->last_released = stack;
      else
        set_free (self, stack);
      GROVE_ADD (self->n_in_use, (uint64_t) -1);
    }
  process->sp = NULL;
  GROVE_SET (process->stack_bytes, 0);
}

void
_grove_stack_enter (struct grove_stack_cache *self, struct grove_process *process)
{
  _grove_switch (&self->context, process->sp, &self->context_live, NULL);
}

void
_grove_stack_leave (struct grove_stack_cache *self, struct grove_process *process, bool for_ever)
{
  (void) for_ever;
  _grove_switch (&process->sp, self->context, &process->stack_bytes, process->stack->top);
}

void
_grove_stack_pass_away (struct grove_stack_cache *self, struct grove_process *next)
{
  void *nowhere;

  _grove_switch (&nowhere, next->sp, &self->context_live, NULL);
  __builtin_unreachable ();
}

void
_grove_stack_abandon (struct grove_stack *stack)
{
  (void) stack;
}

void
_grove_stack_read (void *to, const void *frames, size_t size)
{
  memcpy (to, frames, size);
}

#endif
