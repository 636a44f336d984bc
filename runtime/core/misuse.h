/* SPDX-License-Identifier: MIT
 *
 * Mistakes of the program that have no status: one line that names the function, then abort().
 */
#pragma once

#include "runtime/status.h"

/* @function: the public one, without parentheses. @what: the rest of the sentence.
 * @caller: an address within who called it. */
GROVE_NORETURN void
_grove_misuse (const char *function, const char *what, const void *caller) __attribute__ ((cold));
