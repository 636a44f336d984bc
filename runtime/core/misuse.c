/* SPDX-License-Identifier: MIT
 *
 * The end of a program that breaks a rule no status can answer. It is the whole program's end: what
 * called was no process, so that there is nobody else to end.
 */
#include "runtime/core/misuse.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void
_grove_misuse (const char *function, const char *what, const void *caller)
{
  char        text[512];
  Dl_info     info;
  const char *file = "?";
  uintptr_t   offset = (uintptr_t) caller;
  int         size;

  /* The address within the file, as addr2line takes it. */
  if (dladdr (caller, &info) != 0 && info.dli_fname != NULL)
    {
      file = info.dli_fname;
      offset -= (uintptr_t) info.dli_fbase;
    }
  size = snprintf (text, sizeof text, "grove: %s() %s (called from %s+0x%llx)\n", function, what,
                   file, (unsigned long long) offset);
  if (size > (int) sizeof text - 1)
    size = (int) sizeof text - 1;
  /* Not through stdio, whose lock this thread may hold. */
  if (write (STDERR_FILENO, text, (size_t) size) < 0)
    abort ();
  abort ();
}
