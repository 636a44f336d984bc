/* SPDX-License-Identifier: MIT
 *
 * Lines out of bytes. Invariant: at most `limit` bytes are kept, whatever arrives.
 *
 * Threads: any one thread at a time.
 */
#include "protocol/frame.h"

#include "protocol/memory.h"

void
grove_frame_init (struct grove_frame *self, size_t limit)
{
  memset (self, 0, sizeof *self);
  self->limit = limit;
}

void
grove_frame_finish (struct grove_frame *self)
{
  free (self->bytes);
  memset (self, 0, sizeof *self);
}

static void
keep (struct grove_frame *self, const char *bytes, size_t size)
{
  if (size == 0)
    return;
  if (self->size + size > self->capacity)
    {
      size_t capacity = self->capacity == 0 ? 512 : self->capacity;

      while (capacity < self->size + size)
        capacity *= 2;
      self->bytes = grove_must_resize (self->bytes, capacity, 1);
      self->capacity = capacity;
    }
  memcpy (self->bytes + self->size, bytes, size);
  self->size += size;
}

enum grove_frame_event
grove_frame_next (struct grove_frame *self,
                  const char        **bytes,
                  size_t             *size,
                  const char        **ret_line,
                  size_t             *ret_size)
{
  const char *start = *bytes;
  const char *end = *size > 0 ? memchr (start, '\n', *size) : NULL;
  size_t      n = end != NULL ? (size_t) (end - start) : *size;
  size_t      taken = end != NULL ? n + 1 : n;

  *bytes += taken;
  *size -= taken;
  if (self->n_thrown > 0 || self->size + n > self->limit)
    {
      self->n_thrown += self->size + n;
      self->size = 0;
      if (end == NULL)
        return GROVE_FRAME_MORE;
      *ret_size = self->n_thrown;
      self->n_thrown = 0;
      return GROVE_FRAME_TOO_LONG;
    }
  if (end == NULL)
    {
      keep (self, start, n);
      return GROVE_FRAME_MORE;
    }
  *ret_line = start;
  *ret_size = n;
  if (self->size > 0)
    {
      keep (self, start, n);
      *ret_line = self->bytes;
      *ret_size = self->size;
      self->size = 0;
    }
  return GROVE_FRAME_LINE;
}
