/* SPDX-License-Identifier: MIT
 *
 * The first frame of a stack, laid out as switch-*.S leaves one.
 */
#include "runtime/core/switch.h"

#include "runtime/core/stack.h"

#include <string.h>

#if defined(__x86_64__)

void *
_grove_switch_prepare (char *top, void (*start) (void))
{
  /* Six registers, the address to return to, and a return address of 0 where unwinding ends. */
  uintptr_t frame[8] = { 0 };

  frame[6] = (uintptr_t) start;
  return memcpy (top - sizeof frame, frame, sizeof frame);
}

bool
_grove_switch_registers (const void *frames, const void *sp, struct grove_registers *ret_registers)
{
  uintptr_t  frame[7];
  uintptr_t *values = ret_registers->values;

  _grove_stack_read (frame, frames, sizeof frame);
  *ret_registers = (struct grove_registers){ .n = 17, .pc = frame[6] };
  values[3] = frame[4]; /* rbx */
  values[6] = frame[5]; /* rbp */
  values[7] = (uintptr_t) sp + sizeof frame;
  values[12] = frame[3]; /* r12 to r15 */
  values[13] = frame[2];
  values[14] = frame[1];
  values[15] = frame[0];
  values[16] = frame[6];
  return true;
}

#elif defined(__aarch64__)

void _grove_switch_begin (void);

void *
_grove_switch_prepare (char *top, void (*start) (void))
{
  /* x19 to x29, x30 (where to return to), d8 to d15. What is begun there calls x19, so that nobody
   * finds a caller above it. */
  uintptr_t frame[20] = { 0 };

  frame[0] = (uintptr_t) start;
  frame[11] = (uintptr_t) _grove_switch_begin;
  return memcpy (top - sizeof frame, frame, sizeof frame);
}

bool
_grove_switch_registers (const void *frames, const void *sp, struct grove_registers *ret_registers)
{
  uintptr_t frame[20];

  _grove_stack_read (frame, frames, sizeof frame);
  *ret_registers = (struct grove_registers){ .n = 32, .pc = frame[11] };
  memcpy (&ret_registers->values[19], frame, 12 * sizeof frame[0]);
  ret_registers->values[31] = (uintptr_t) sp + sizeof frame;
  return true;
}

#else
#  error "no context switch for this processor"
#endif
