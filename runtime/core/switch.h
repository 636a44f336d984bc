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

/* Saves the registers on the stack and its pointer in *@save, and goes on where @to was saved. */
void _grove_switch (void **save, void *to);

/* What to switch to so that @start begins, on a stack that ends at @top; it must not return. */
void *_grove_switch_prepare (char *top, void (*start) (void));
