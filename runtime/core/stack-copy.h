/* SPDX-License-Identifier: MIT
 *
 * The frames of a process that does not run, copied: what unwinding it takes, so that the process
 * may go on meanwhile.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The innermost part of a deep stack is enough. */
#define GROVE_STACK_COPY_SIZE 16384

/* By their numbers in debugging information; x86-64 has 16 and the return address, aarch64 31, sp.
 */
#define GROVE_N_REGISTERS 32

struct grove_registers
{
  uintptr_t values[GROVE_N_REGISTERS];
  unsigned  n;
  uintptr_t pc;
};

struct grove_stack_copy
{
  bool                   has_frames; /* false: it has none */
  struct grove_registers registers;
  uintptr_t              address; /* where the bytes lay */
  size_t                 size;
  bool                   cut; /* the stack is deeper */
  uint8_t                bytes[GROVE_STACK_COPY_SIZE];
};
