/* SPDX-License-Identifier: MIT
 *
 * The stacks processes run on. A scheduler has up to GROVE_STACKS run stacks with a guard each, and
 * maps one more whenever all are taken. A process is given one at its first run and always runs at
 * that address. When another needs the
 * same stack, the live part of the frames, typically two hundred bytes, is copied to a slab for
 * just that size, and back before their process runs again. Hot processes never pay for a copy;
 * a million parked ones cost what they really use.
 *
 * With GROVE_OWN_STACKS every process has a stack of its own, and the sanitizers are told of
 * switches.
 */
#pragma once

#include "runtime/core/control.h"
#include "runtime/core/slab.h"
#include "runtime/core/switch.h"

/* So many processes that take turns leave their frames in place. Each has two mappings of the some
 * 65,000 that a program may have, so that all schedulers together have GROVE_STACKS_OF_ALL. */
#define GROVE_STACKS        512
#define GROVE_STACKS_LEAST  64
#define GROVE_STACKS_OF_ALL 8192
#ifdef GROVE_OWN_STACKS
#  define GROVE_STACK_SIZE ((size_t) 512 * 1024) /* frames with red zones are larger */
#else
#  define GROVE_STACK_SIZE ((size_t) 256 * 1024)
#endif

/* A frame larger than this could step over the guard below a stack. */
#define GROVE_STACK_GUARD ((size_t) 64 * 1024)

/* What a run stack is taken to cost while it is in use: the pages at its top. */
#define GROVE_STACK_TOUCHED 8192

struct grove_stack
{
  char                 *memory; /* the mapping; the guard is at its beginning */
  char                 *top;    /* 64-byte aligned; the tops differ in their cache sets */
  struct grove_process *owner;  /* whose frames are in place; NULL: nobody's */
  unsigned              index;  /* among those of its scheduler */
#ifdef GROVE_OWN_STACKS
  struct grove_stack *next; /* grove_stack_cache.spare */
  void               *fiber;
  void               *fake;
#endif
};

struct grove_stack_cache
{
  void            *context;      /* the scheduler's own frames while a process runs */
  _Atomic uint32_t context_live; /* means nothing: its stack is not ours */
  grove_entry entry; /* what the process will run that has just been given its first frame, or */
  void       *arg;   /* that hibernates now */
#ifdef GROVE_OWN_STACKS
  struct grove_stack *spare;
  unsigned            n_spare;
  void               *fiber;
  void               *fake;
  const void         *bottom;
  size_t              size;
#else
  struct grove_stack  stacks[GROVE_STACKS];
  unsigned            n_stacks;                /* mapped */
  unsigned            limit;                   /* no more than these are going to be */
  uint64_t            free_words;              /* a bit a word of `free` that is not 0 */
  uint64_t            free[GROVE_STACKS / 64]; /* a bit a stack without owner, but for */
  struct grove_stack *last_released;           /* this one, which the next begins on; may be NULL */
  unsigned            hand;                    /* whose turn it is to make room */
  struct grove_slabs  saved;                   /* the frames of those whose stack is another's */
#endif
  _Atomic uint64_t n_in_use;    /* stacks with an owner; for observers */
  _Atomic uint64_t saved_bytes; /* likewise; may go below 0 and is summed over all schedulers */
};

/* @n_schedulers: how many there are besides. */
bool _grove_stacks_init (struct grove_stack_cache *self, unsigned n_schedulers);
void _grove_stacks_finish (struct grove_stack_cache *self);

/* Puts the frames in place, or gives a process without frames its first one, which calls @start. */
void _grove_stack_attach (struct grove_stack_cache *self,
                          struct grove_process     *process,
                          void (*start) (void));
/* Drops the frames. */
void _grove_stack_release (struct grove_stack_cache *self, struct grove_process *process);

/* Whether that can be done without moving anybody's frames. */
static inline bool
_grove_stack_ready (const struct grove_stack_cache *self, const struct grove_process *process)
{
#ifdef GROVE_OWN_STACKS
  (void) self;
  return process->sp != NULL;
#else
  return process->sp != NULL ? process->stack->owner == process
                             : self->last_released != NULL || self->free_words != 0;
#endif
}

/* From the scheduler into the process, and back; and from one process into another one, whose
 * frames are in place. Each returns when it is switched back to. @ret_live: where to say how much
 * of its stack the process uses. */
void _grove_stack_enter (struct grove_stack_cache *self, struct grove_process *process);
void
_grove_stack_leave (struct grove_stack_cache *self, struct grove_process *process, bool for_ever);
#ifdef GROVE_OWN_STACKS
void _grove_stack_pass (struct grove_process *process,
                        struct grove_process *next,
                        _Atomic uint32_t     *ret_live);
#else
static inline void
_grove_stack_pass (struct grove_process *process,
                   struct grove_process *next,
                   _Atomic uint32_t *ret_live)
{
  _grove_switch (&process->sp, next->sp, ret_live, process->stack->top);
}
#endif
/* The last, by a process that has dropped its frames and so does not return. */
GROVE_NORETURN void
_grove_stack_pass_away (struct grove_stack_cache *self, struct grove_process *next);
/* First thing in @start. */
#ifdef GROVE_OWN_STACKS
void _grove_stack_entered (struct grove_stack_cache *self);
#else
static inline void
_grove_stack_entered (struct grove_stack_cache *self)
{
  (void) self;
}
#endif

/* Its frames will not be returned from; the process goes on at its top. In a signal's handler. */
void _grove_stack_abandon (struct grove_stack *stack);

/* Copies from frames, whatever a sanitizer thinks of what lies there. */
void _grove_stack_read (void *to, const void *frames, size_t size);

/* Tests: with a @seed that is not 0, stacks lose their frames at random; before a process is
 * entered from its scheduler. */
extern _Atomic unsigned _grove_stack_chaos;
void                    _grove_stack_set_chaos (unsigned seed);
