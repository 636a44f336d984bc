/* SPDX-License-Identifier: MIT
 *
 * Sentences for people, made with formats; and what cannot fail but for want of memory.
 */
#pragma once

#include <stdbool.h>
#include <stdlib.h>

/* Never NULL: ends the program when there is no memory. free() it. */
char *beam_text (const char *format, ...) __attribute__ ((format (printf, 1, 2)));

/* Of what we build ourselves, from values that were checked: it fails only without memory. */
static inline void
beam_must (bool done)
{
  if (!done)
    abort ();
}
