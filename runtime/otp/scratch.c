/* SPDX-License-Identifier: MIT
 *
 * See scratch.h.
 */
#include "runtime/otp/scratch.h"

#include <string.h>

bool
_grove_scratch_build_va (struct grove_scratch *self, const char *format, va_list args)
{
  va_list again;
  size_t  size;

  self->large = NULL;
  va_copy (again, args);
  size = grove_build_into (self->small, sizeof self->small, format, args);
  if (size > sizeof self->small)
    {
      self->large = grove_alloc (size);
      size = grove_build_into (self->large, size, format, again);
    }
  va_end (again);
  self->term = (struct grove_term){ self->large ? self->large : self->small, size };
  return size > 0;
}

void
_grove_scratch_build (struct grove_scratch *self, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  grove_assert (_grove_scratch_build_va (self, format, args));
  va_end (args);
}

void
_grove_scratch_finish (struct grove_scratch *self)
{
  grove_free (self->large);
}

struct grove_term
_grove_keep_term (struct grove_term term)
{
  uint8_t *bytes = grove_alloc (term.size);

  memcpy (bytes, term.bytes, term.size);
  return (struct grove_term){ bytes, term.size };
}

void
_grove_drop_term (struct grove_term *term)
{
  grove_free ((void *) term->bytes);
  *term = (struct grove_term){ NULL, 0 };
}
