/* SPDX-License-Identifier: MIT
 *
 * Switching from one stack to another. Only what the calling convention lets a function rely on is
 * kept; rounding modes and the like belong to the thread, not to the process.
 *
 * In assembler for x86-64 and aarch64 (switch-*.S, laid out as switch.c says), and through the C
 * library elsewhere or when it is asked for (switch-ucontext.c; GROVE_SWITCH_UCONTEXT is defined
 * then). What lies where *@save points is known only to those files.
 */
#pragma once

#include "runtime/core/stack-copy.h"

#include <stdatomic.h>
#include <stdint.h>

/* Saves the registers on the stack and its pointer in *@save, and goes on where @to was saved.
 * *@ret_live: how much of the stack, which ends at @top, is in use then. */
void _grove_switch (void **save, void *to, _Atomic uint32_t *ret_live, const char *top);

/* What the registers will be behind _grove_switch(), of what was saved at @sp and lies in @frames
 * now. False: there is no telling on this machine. */
bool
_grove_switch_registers (const void *frames, const void *sp, struct grove_registers *ret_registers);

/* What to switch to so that @start begins, on a stack that ends at @top; it must not return. */
void *_grove_switch_prepare (char *top, void (*start) (void));
