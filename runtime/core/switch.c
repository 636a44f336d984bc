/* SPDX-License-Identifier: MIT
 *
 * The first frame of a stack, laid out as switch-*.S leaves one.
 */
#include "runtime/core/switch.h"

#include <stdint.h>
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

#elif defined(__aarch64__)

void *
_grove_switch_prepare (char *top, void (*start) (void))
{
  /* x19 to x29, x30 (where to return to), d8 to d15. */
  uintptr_t frame[20] = { 0 };

  frame[11] = (uintptr_t) start;
  return memcpy (top - sizeof frame, frame, sizeof frame);
}

#else
#  error "no context switch for this processor"
#endif
