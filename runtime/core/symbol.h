/* SPDX-License-Identifier: MIT
 *
 * Names for addresses of code: function, file, line. Those looked up once are found again without a
 * lock, by anybody. Looking up reads debugging information, which takes milliseconds the first
 * time: a thread does it for processes, which wait meanwhile as for any answer; other threads do it
 * themselves, one at a time.
 */
#pragma once

#include "runtime/core/unwind.h"
#include "runtime/term/term.h"

/* All text lives as long as the program. */
struct grove_symbol
{
  uintptr_t   pc;
  const char *function; /* "" where it is not known */
  const char *file;     /* of the source; else of the library or program; "" likewise */
  int         line;     /* 0: not known */
};

/* NULL: not looked up yet. Any thread. */
const struct grove_symbol *_grove_symbol_cached (uintptr_t pc);
/* Never NULL, but it may know nothing. Any thread but a scheduler's. */
const struct grove_symbol *_grove_symbol_find (uintptr_t pc);

/* By a process: waits until all of @trace can be found cached. */
void _grove_symbols_await (const struct grove_trace *trace);
/* The list [{Function, File, Line}], innermost first. What is not cached is {'0x123', <<>>, 0}. */
void _grove_symbols_build (struct grove_buffer *buffer, const struct grove_trace *trace);
