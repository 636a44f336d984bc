/* SPDX-License-Identifier: MIT
 *
 * Names of functions where libdw is not to be had: from the symbol tables of the files, without
 * file and line, and of a process that does not run only where it goes on.
 */
#include "runtime/core/symbol-reader.h"

#include <string.h>

void
_grove_symbol_read (uintptr_t pc, struct grove_symbol_text *ret_text)
{
  char        file[GROVE_SYMBOL_FILE_SIZE];
  const char *base;

  *ret_text = (struct grove_symbol_text){ .line = 0 };
  _grove_code_name (pc, ret_text->function, sizeof ret_text->function, file, sizeof file);
  base = strrchr (file, '/');
  strcpy (ret_text->file, base != NULL ? base + 1 : file);
}

void
_grove_symbol_unwind (const struct grove_stack_copy *copy, struct grove_trace *ret_trace)
{
  ret_trace->cut = true;
  ret_trace->n = copy->has_frames ? 1 : 0;
  ret_trace->pcs[0] = copy->registers.pc - 1;
}
