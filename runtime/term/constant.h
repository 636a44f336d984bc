/* SPDX-License-Identifier: MIT
 *
 * Which text can never change: string literals of the program, and of the library this is in. What
 * lies in memory that the program loader maps without the right to write, and never unmaps, is the
 * same for as long as the program runs, so its address stands for it.
 */
#pragma once

#include <stdbool.h>

/* Any thread. Cost: a few comparisons, but for the first call. */
bool _grove_is_constant (const void *address);
