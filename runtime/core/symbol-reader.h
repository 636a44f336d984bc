/* SPDX-License-Identifier: MIT
 *
 * Reading debugging information, for symbol.c and backtrace.c: with libdw (symbol-dw.c), or only
 * the names in the files' symbol tables without it (symbol-elf.c). One thread at a time.
 */
#pragma once

#include "runtime/core/stack-copy.h"
#include "runtime/core/unwind.h"

#define GROVE_SYMBOL_NAME_SIZE 256
#define GROVE_SYMBOL_FILE_SIZE 512

struct grove_symbol_text
{
  char function[GROVE_SYMBOL_NAME_SIZE];
  char file[GROVE_SYMBOL_FILE_SIZE];
  int  line;
};

void _grove_symbol_read (uintptr_t pc, struct grove_symbol_text *ret_text);

/* The frames of a process that does not run, from what was copied of it. */
void _grove_symbol_unwind (const struct grove_stack_copy *copy, struct grove_trace *ret_trace);

/* The lock of the two above, which are called with it held. */
void _grove_symbols_lock (void);
void _grove_symbols_unlock (void);
