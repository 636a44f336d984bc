/* SPDX-License-Identifier: MIT
 *
 * Building a term without malloc(): small ones on the stack, others in the process's heap, so that
 * a process which is killed while it sends leaks nothing. Private to otp/; owner process only.
 */
#pragma once

#include "runtime/core/process.h"

struct grove_scratch
{
  uint8_t           small[224];
  uint8_t          *large; /* in the process's heap, NULL while @small is enough */
  struct grove_term term;
};

/* False: the format cannot be built; there is nothing to finish then. */
bool _grove_scratch_build_va (struct grove_scratch *self, const char *format, va_list args);
/* For formats that are right. */
void _grove_scratch_build (struct grove_scratch *self, const char *format, ...);
void _grove_scratch_finish (struct grove_scratch *self);

/* A copy in the process's heap; its bytes are freed with grove_free(). */
struct grove_term _grove_keep_term (struct grove_term term);
void              _grove_drop_term (struct grove_term *term);
