/* SPDX-License-Identifier: MIT
 *
 * The switch for processors that have none in assembler, out of the C library. It also keeps the
 * mask of signals, with a system call at every switch: a few hundred nanoseconds more.
 *
 * The registers are in a ucontext_t that lies in the frame of _grove_switch() itself, so that they
 * are part of what is copied when another process needs the stack, and come back to the address
 * they were saved at: a ucontext_t may point into itself.
 */
#include "runtime/core/switch.h"

#include <stddef.h>
#include <stdint.h>
#include <ucontext.h>

/* Of what the compiler keeps in the frame nothing lies further below the ucontext_t than this; the
 * stack pointer that is saved leaves it room. */
#define BELOW 256

/* What makecontext() writes for a function without arguments. */
#define FIRST_FRAME 1024

/* It only has to be shorter than what is there. */
#define LENGTH (64 * 1024)

void
_grove_switch (void **save, void *to, _Atomic uint32_t *ret_live, const char *top)
{
  ucontext_t here;

  *save = (void *) ((uintptr_t) &here - BELOW);
  atomic_store_explicit (ret_live, (uint32_t) ((uintptr_t) top - (uintptr_t) *save),
                         memory_order_relaxed);
  swapcontext (&here, (ucontext_t *) (void *) ((char *) to + BELOW));
}

void *
_grove_switch_prepare (char *top, void (*start) (void))
{
  uintptr_t   at = ((uintptr_t) top - FIRST_FRAME - sizeof (ucontext_t)) & ~(uintptr_t) 63;
  ucontext_t *context = (ucontext_t *) at;

  getcontext (context);
  context->uc_stack.ss_sp = top - LENGTH;
  context->uc_stack.ss_size = LENGTH;
  context->uc_link = NULL;
  makecontext (context, start, 0);
  return (char *) at - BELOW;
}

bool
_grove_switch_registers (const void *frames, const void *sp, struct grove_registers *ret_registers)
{
  (void) frames;
  (void) sp;
  (void) ret_registers;
  return false;
}
