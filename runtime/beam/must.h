/* SPDX-License-Identifier: MIT
 *
 * What cannot fail but for want of memory.
 */
#pragma once

#include <stdbool.h>
#include <stdlib.h>

/* Of what we build ourselves, from values that were checked: it fails only without memory. */
static inline void
beam_must (bool done)
{
  if (!done)
    abort ();
}
