/* SPDX-License-Identifier: MIT
 *
 * The growing buffer that terms are built in.
 */
#include "runtime/term/term.h"

#include <stdlib.h>

void
grove_buffer_finish (struct grove_buffer *self)
{
  if (self == NULL)
    return;
  free (self->bytes);
  *self = (struct grove_buffer){ 0 };
}

uint8_t *
grove_buffer_extend (struct grove_buffer *self, size_t n)
{
  size_t size;

  if (__builtin_add_overflow (self->size, n, &size))
    abort ();
  if (size > self->capacity || self->bytes == NULL)
    {
      size_t capacity = self->capacity < 64 ? 64 : self->capacity;

      while (capacity < size)
        if (__builtin_mul_overflow (capacity, 2, &capacity))
          capacity = size;
      self->bytes = realloc (self->bytes, capacity);
      if (self->bytes == NULL)
        abort ();
      self->capacity = capacity;
    }
  self->size = size;
  return self->bytes + (size - n);
}
