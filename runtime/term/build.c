/* SPDX-License-Identifier: MIT
 *
 * Building terms from a format and its arguments, in one pass when there is room. What does not fit
 * is only counted, so the caller learns the size it needs.
 */
#include "runtime/term/flat.h"

#include <math.h>

/* A list or map that is being written. */
struct open
{
  size_t   start;
  uint64_t n;      /* elements, or pairs */
  bool     string; /* all elements so far were bytes: written as a string */
};

struct writer
{
  uint8_t    *bytes;
  size_t      capacity;
  size_t      size; /* what was needed so far, whether it fitted or not */
  struct open open[FORMAT_MAX_DEPTH + 1];
  size_t      n_open;
};

static inline struct open *
innermost (struct writer *self)
{
  return &self->open[self->n_open - 1];
}

static inline bool
in_string (struct writer *self)
{
  return self->n_open > 0 && innermost (self)->string;
}

/* Where to put @n bytes; NULL if they do not fit. */
static inline uint8_t *
reserve (struct writer *self, size_t n)
{
  size_t start = self->size;

  self->size += n;
  return self->size <= self->capacity ? self->bytes + start : NULL;
}

static inline void
write_bytes (struct writer *self, const void *bytes, size_t n)
{
  uint8_t *to;

  if (n > 0 && (to = reserve (self, n)) != NULL)
    memcpy (to, bytes, n);
}

/* ---- Lists ----------------------------------------------------------------------------------- */

/* What was written as a string must be a list after all. That takes more room, never less. */
static void
widen (struct writer *self, uint64_t n_written)
{
  struct open *list = innermost (self);
  uint8_t     *bytes;

  list->string = false;
  self->size = list->start + 5 + 2 * n_written;
  if (self->size > self->capacity)
    return;
  bytes = self->bytes + list->start;
  for (uint64_t i = n_written; i > 0; i--)
    {
      uint8_t byte = bytes[3 + i - 1];

      bytes[5 + 2 * (i - 1) + 1] = byte;
      bytes[5 + 2 * (i - 1)] = ETF_SMALL_INTEGER;
    }
}

static uint64_t
string_length (struct writer *self)
{
  return self->size - innermost (self)->start - 3;
}

/* One term, which in a string must be a byte. */
static void
write_term (struct writer *self, const uint8_t *bytes, size_t size)
{
  if (in_string (self))
    {
      if (size == 2 && bytes[0] == ETF_SMALL_INTEGER)
        {
          write_bytes (self, bytes + 1, 1);
          return;
        }
      widen (self, string_length (self));
    }
  write_bytes (self, bytes, size);
}

static void
open_list (struct writer *self, const struct format_op *op)
{
  self->open[self->n_open++] = (struct open){ self->size, op->n, op->flat };
  reserve (self, op->flat ? 3 : 5);
}

/* The head can be written only now that the elements are known. */
static void
close_list (struct writer *self)
{
  struct open *list = innermost (self);
  uint8_t     *bytes;

  self->n_open--;
  if (self->size > self->capacity)
    return;
  bytes = self->bytes + list->start;
  bytes[0] = list->string ? ETF_STRING : ETF_LIST;
  if (list->string)
    etf_put16 (bytes + 1, (uint32_t) list->n);
  else
    etf_put32 (bytes + 1, (uint32_t) list->n);
}

static void
close_proper_list (struct writer *self)
{
  static const uint8_t nil = ETF_NIL;

  if (!innermost (self)->string)
    write_bytes (self, &nil, 1);
  close_list (self);
}

static void
close_list_with_string (struct writer *self, const uint8_t *characters, size_t n)
{
  struct open *list = innermost (self);

  list->n += n;
  if (list->string && list->n > UINT16_MAX)
    widen (self, string_length (self));
  if (list->string)
    write_bytes (self, characters, n);
  else
    for (size_t i = 0; i < n; i++)
      {
        uint8_t element[2] = { ETF_SMALL_INTEGER, characters[i] };

        write_bytes (self, element, 2);
      }
  close_proper_list (self);
}

/* A tail that is a list continues this one, as in Erlang. */
static enum grove_status
close_list_with_tail (struct writer *self, struct grove_term tail)
{
  struct open *list = innermost (self);

  if (tail.size == 0)
    return GROVE_ERR_SYNTAX;
  if (tail.bytes[0] == ETF_NIL)
    {
      close_proper_list (self);
      return GROVE_OK;
    }
  if (tail.bytes[0] == ETF_STRING)
    {
      close_list_with_string (self, tail.bytes + 3, etf_get16 (tail.bytes + 1));
      return GROVE_OK;
    }
  if (list->string)
    widen (self, string_length (self));
  if (tail.bytes[0] == ETF_LIST)
    {
      list->n += etf_get32 (tail.bytes + 1);
      if (list->n > UINT32_MAX)
        return GROVE_ERR_TOO_LARGE;
      write_bytes (self, tail.bytes + 5, tail.size - 5);
    }
  else
    write_bytes (self, tail.bytes, tail.size);
  close_list (self);
  return GROVE_OK;
}

/* ---- Maps ------------------------------------------------------------------------------------ */

static void
open_map (struct writer *self, const struct format_op *op)
{
  uint8_t *head;

  self->open[self->n_open++] = (struct open){ self->size, op->n, false };
  head = reserve (self, 5);
  if (head == NULL)
    return;
  head[0] = ETF_MAP;
  etf_put32 (head + 1, op->n);
}

static enum grove_status
close_map (struct writer *self)
{
  const struct open *map = innermost (self);

  self->n_open--;
  if (self->size > self->capacity ||
      _grove_etf_sort_pairs (self->bytes + map->start + 5, self->bytes + self->size, map->n))
    return GROVE_OK;
  return GROVE_ERR_SYNTAX;
}

/* ---- Arguments ------------------------------------------------------------------------------- */

static enum grove_status
write_binary (struct writer *self, const void *bytes, size_t size)
{
  uint8_t *to;

  if (bytes == NULL && size > 0)
    return GROVE_ERR_SYNTAX;
  if (size > ETF_MAX_SIZE)
    return GROVE_ERR_TOO_LARGE;
  to = reserve (self, 5 + size);
  if (to == NULL)
    return GROVE_OK;
  to[0] = ETF_BINARY;
  etf_put32 (to + 1, (uint32_t) size);
  if (size > 0)
    memcpy (to + 5, bytes, size);
  return GROVE_OK;
}

static enum grove_status
write_atom (struct writer *self, const char *name)
{
  uint8_t head[3];
  size_t  size, n_characters;

  if (name == NULL)
    return GROVE_ERR_SYNTAX;
  size = strnlen (name, ETF_MAX_ATOM_BYTES + 1);
  if (size > ETF_MAX_ATOM_BYTES)
    return GROVE_ERR_TOO_LARGE;
  if (!_grove_utf8_count (name, size, &n_characters))
    return GROVE_ERR_SYNTAX;
  if (n_characters > ETF_MAX_ATOM_CHARS)
    return GROVE_ERR_TOO_LARGE;
  if (size < 256)
    {
      head[0] = ETF_SMALL_ATOM_UTF8;
      head[1] = (uint8_t) size;
      write_bytes (self, head, 2);
    }
  else
    {
      head[0] = ETF_ATOM_UTF8;
      etf_put16 (head + 1, (uint32_t) size);
      write_bytes (self, head, 3);
    }
  write_bytes (self, name, size);
  return GROVE_OK;
}

static enum grove_status
write_double (struct writer *self, double value)
{
  uint8_t  bytes[9] = { ETF_NEW_FLOAT };
  uint64_t bits;

  /* Erlang has no others. */
  if (!isfinite (value))
    return GROVE_ERR_SYNTAX;
  memcpy (&bits, &value, sizeof bits);
  etf_put64 (bytes + 1, bits);
  write_bytes (self, bytes, sizeof bytes);
  return GROVE_OK;
}

static enum grove_status
write_view (struct writer *self, struct grove_term term)
{
  if (term.size == 0)
    return GROVE_ERR_SYNTAX;
  if (term.size > ETF_MAX_SIZE)
    return GROVE_ERR_TOO_LARGE;
  write_term (self, term.bytes, term.size);
  return GROVE_OK;
}

static inline enum grove_status
run_op (struct writer          *self,
        const struct format_op *op,
        const uint8_t          *literals,
        struct format_args     *args)
{
  uint8_t  bytes[ETF_MAX_INT64_SIZE];
  uint8_t *to;

  switch ((enum format_op_kind) op->kind)
    {
    case FORMAT_LITERAL:
      write_term (self, literals + op->offset, op->size);
      return GROVE_OK;
    case FORMAT_INT:
      write_term (self, bytes, _grove_etf_put_int64 (bytes, va_arg (args->list, int)));
      return GROVE_OK;
    case FORMAT_INT64:
      write_term (self, bytes, _grove_etf_put_int64 (bytes, va_arg (args->list, int64_t)));
      return GROVE_OK;
    case FORMAT_UINT64:
      write_term (self, bytes, _grove_etf_put_uint64 (bytes, va_arg (args->list, uint64_t)));
      return GROVE_OK;
    case FORMAT_DOUBLE:
      return write_double (self, va_arg (args->list, double));
    case FORMAT_PID:
      {
        grove_pid pid = va_arg (args->list, grove_pid);

        if ((to = reserve (self, ETF_PID_SIZE)) != NULL)
          etf_put_pid (to, pid);
        return GROVE_OK;
      }
    case FORMAT_REF:
      {
        grove_ref ref = va_arg (args->list, grove_ref);

        if ((to = reserve (self, ETF_REFERENCE_SIZE)) != NULL)
          etf_put_ref (to, ref);
        return GROVE_OK;
      }
    case FORMAT_TERM:
      return write_view (self, va_arg (args->list, struct grove_term));
    case FORMAT_ATOM:
      return write_atom (self, va_arg (args->list, const char *));
    case FORMAT_TEXT:
      {
        const char *text = va_arg (args->list, const char *);

        return text == NULL ? GROVE_ERR_SYNTAX : write_binary (self, text, strlen (text));
      }
    case FORMAT_BYTES:
      {
        const void *data = va_arg (args->list, const void *);

        return write_binary (self, data, va_arg (args->list, size_t));
      }
    case FORMAT_LIST:
      open_list (self, op);
      return GROVE_OK;
    case FORMAT_LIST_NIL:
      close_proper_list (self);
      return GROVE_OK;
    case FORMAT_LIST_TAIL:
      return close_list_with_tail (self, va_arg (args->list, struct grove_term));
    case FORMAT_LIST_END:
      close_list (self);
      return GROVE_OK;
    case FORMAT_MAP:
      open_map (self, op);
      return GROVE_OK;
    case FORMAT_MAP_END:
      return close_map (self);
    case FORMAT_ANY:
    case FORMAT_BIND:
    case FORMAT_SAME:
    case FORMAT_PINNED:
    case FORMAT_TUPLE:
    default:
      return GROVE_ERR_SYNTAX;
    }
}

enum grove_status
_grove_format_run (const struct format_program *program,
                   const uint8_t               *literals,
                   uint8_t                     *bytes,
                   size_t                       capacity,
                   struct format_args          *args,
                   size_t                      *ret_size)
{
  struct writer self;

  self.bytes = bytes;
  self.capacity = capacity;
  self.size = 0;
  self.n_open = 0;
  for (size_t i = 0; i < program->n_ops; i++)
    {
      enum grove_status status = run_op (&self, &program->ops[i], literals, args);

      if (status != GROVE_OK)
        return status;
      if (self.size > ETF_MAX_SIZE)
        return GROVE_ERR_TOO_LARGE;
    }
  *ret_size = self.size;
  return GROVE_OK;
}

/* ---- The public side ------------------------------------------------------------------------- */

static enum grove_status
build_into (
  const struct format *format, void *bytes, size_t capacity, va_list list, size_t *ret_size)
{
  struct format_args args;
  enum grove_status  status = format->build_status;

  if (status != GROVE_OK)
    return status;
  va_copy (args.list, list);
  if (format->flat_bound <= capacity)
    *ret_size = _grove_flat_write (format, bytes, &args);
  else
    status =
      _grove_format_run (&format->build, format->build_literals, bytes, capacity, &args, ret_size);
  va_end (args.list);
  return status;
}

size_t
grove_build_into (void *bytes, size_t capacity, const char *text, va_list args)
{
  const struct format *format = _grove_format_get (text);
  size_t               size;

  if (build_into (format, bytes, capacity, args, &size) != GROVE_OK)
    size = 0;
  _grove_format_release (format);
  return size;
}

enum grove_status
grove_build_va (struct grove_buffer *out, const char *text, va_list args)
{
  const struct format *format = _grove_format_get (text);
  size_t               before = out->size, room = out->capacity - out->size, size;
  uint8_t             *free_bytes = out->bytes == NULL ? NULL : out->bytes + before;
  enum grove_status    status = build_into (format, free_bytes, room, args, &size);

  if (status == GROVE_OK)
    grove_buffer_extend (out, size);
  if (status == GROVE_OK && size > room)
    {
      status = build_into (format, out->bytes + before, size, args, &size);
      if (status != GROVE_OK)
        out->size = before;
    }
  _grove_format_release (format);
  return status;
}

enum grove_status
grove_build (struct grove_buffer *out, const char *text, ...)
{
  enum grove_status status;
  va_list           args;

  va_start (args, text);
  status = grove_build_va (out, text, args);
  va_end (args);
  return status;
}
