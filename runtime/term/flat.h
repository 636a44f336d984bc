/* SPDX-License-Identifier: MIT
 *
 * Building what is flat: formats whose arguments are integers, pids and references and nothing
 * else, which most messages are. How large they can get is known when they are compiled, so that
 * they are written where they are to be, at once, and nothing can fail.
 */
#pragma once

#include "runtime/term/format.h"

/* The most bytes @program can write; SIZE_MAX: it is not flat. */
size_t _grove_flat_bound (const struct format_program *program);

/* Writes the term to @bytes, which has room for format->flat_bound. Returns its size. */
size_t _grove_flat_write (const struct format *format, uint8_t *bytes, struct format_args *args);
