/* SPDX-License-Identifier: MIT
 *
 * Taking terms apart. Values are collected while the term is walked and handed out at the end, so a
 * term that does not match leaves the caller's variables alone.
 */
#include "runtime/term/format.h"

#include <limits.h>

union value
{
  int               integer;
  int64_t           int64;
  uint64_t          uint64;
  double            number;
  grove_pid         pid;
  grove_ref         ref;
  struct grove_term term;
  struct grove_text text;
};

struct matcher
{
  const struct format_op *op; /* the next */
  const uint8_t          *literals;
  union value             values[FORMAT_MAX_DIRECTIVES];
  size_t                  n_values;
};

static bool match_term (struct matcher *self, struct grove_term term);

static bool
match_literal (const uint8_t *literal, size_t size, struct grove_term term)
{
  if (term.size == size && memcmp (term.bytes, literal, size) == 0)
    return true;
  /* The same value can come in other bytes, unless both have the one form of their kind. */
  if (literal[0] == ETF_SMALL_ATOM_UTF8 && term.bytes[0] == ETF_SMALL_ATOM_UTF8)
    return false;
  return grove_term_equal ((struct grove_term){ literal, size }, term);
}

static bool
match_int (struct grove_term term, int *ret_value)
{
  int64_t value;

  if (!grove_term_int64 (term, &value) || value < INT_MIN || value > INT_MAX)
    return false;
  *ret_value = (int) value;
  return true;
}

/* The elements of a tuple or the keys and values of a map, @n of them, straight from the bytes. */
static bool
match_elements (struct matcher *self, const uint8_t *bytes, size_t n)
{
  for (size_t i = 0; i < n; i++)
    {
      struct grove_term element = etf_term_at (bytes);

      if (!match_term (self, element))
        return false;
      bytes += element.size;
    }
  return true;
}

static bool
match_tuple (struct matcher *self, struct grove_term term, size_t n)
{
  if (term.bytes[0] == ETF_SMALL_TUPLE && term.bytes[1] == n)
    return match_elements (self, term.bytes + 2, n);
  if (term.bytes[0] == ETF_LARGE_TUPLE && etf_get32 (term.bytes + 1) == n)
    return match_elements (self, term.bytes + 5, n);
  return false;
}

static bool
match_list (struct matcher *self, struct grove_term term, size_t n)
{
  struct grove_cursor cursor;
  struct grove_term   element, tail;

  if (grove_term_type (term) != GROVE_TERM_LIST || !grove_cursor_init (&cursor, term))
    return false;
  for (size_t i = 0; i < n; i++)
    if (!grove_cursor_next (&cursor, &element) || !match_term (self, element))
      return false;
  if (self->op->kind == FORMAT_ANY)
    {
      self->op++;
      return true;
    }
  if (grove_cursor_next (&cursor, &element))
    return false;
  if (self->op->kind == FORMAT_LIST_NIL)
    {
      self->op++;
      return !grove_cursor_tail (&cursor, &tail);
    }
  return grove_cursor_tail (&cursor, &tail) && match_term (self, tail);
}

static bool
match_map (struct matcher *self, struct grove_term term, size_t n)
{
  if (term.bytes[0] != ETF_MAP)
    return false;
  for (size_t i = 0; i < n; i++)
    {
      const struct format_op *key = self->op++;
      struct grove_term       value;

      if (!grove_term_get (term, (struct grove_term){ self->literals + key->offset, key->size },
                           &value) ||
          !match_term (self, value))
        return false;
    }
  return true;
}

static bool
match_term (struct matcher *self, struct grove_term term)
{
  const struct format_op *op = self->op++;
  union value            *value = &self->values[self->n_values];

  switch ((enum format_op_kind) op->kind)
    {
    case FORMAT_LITERAL:
      return match_literal (self->literals + op->offset, op->size, term);
    case FORMAT_ANY:
      return true;
    case FORMAT_TUPLE:
      return match_tuple (self, term, op->n);
    case FORMAT_LIST:
      return match_list (self, term, op->n);
    case FORMAT_MAP:
      return match_map (self, term, op->n);
    case FORMAT_INT:
    case FORMAT_INT64:
    case FORMAT_UINT64:
    case FORMAT_DOUBLE:
    case FORMAT_PID:
    case FORMAT_REF:
    case FORMAT_TERM:
    case FORMAT_ATOM:
    case FORMAT_TEXT:
    case FORMAT_BYTES:
      break;
    case FORMAT_LIST_NIL:
    case FORMAT_LIST_TAIL:
    case FORMAT_LIST_END:
    case FORMAT_MAP_END:
    default:
      return false;
    }
  self->n_values++;
  switch ((int) op->kind)
    {
    case FORMAT_INT:
      return match_int (term, &value->integer);
    case FORMAT_INT64:
      return grove_term_int64 (term, &value->int64);
    case FORMAT_UINT64:
      return grove_term_uint64 (term, &value->uint64);
    case FORMAT_DOUBLE:
      return grove_term_double (term, &value->number);
    case FORMAT_PID:
      return grove_term_pid (term, &value->pid);
    case FORMAT_REF:
      return grove_term_ref (term, &value->ref);
    case FORMAT_ATOM:
      return grove_term_atom (term, &value->text);
    case FORMAT_TEXT:
    case FORMAT_BYTES:
      return grove_term_binary (term, &value->text);
    default:
      value->term = term;
      return true;
    }
}

/* A directive whose pointer is NULL is checked but not handed out. */
#define BIND(type, member)                                                                         \
  do                                                                                               \
    {                                                                                              \
      type *pointer = va_arg (args->list, type *);                                                 \
      if (pointer != NULL)                                                                         \
        *pointer = value->member;                                                                  \
    }                                                                                              \
  while (0)

static void
bind (enum format_op_kind kind, const union value *value, struct format_args *args)
{
  switch ((int) kind)
    {
    case FORMAT_INT:
      BIND (int, integer);
      break;
    case FORMAT_INT64:
      BIND (int64_t, int64);
      break;
    case FORMAT_UINT64:
      BIND (uint64_t, uint64);
      break;
    case FORMAT_DOUBLE:
      BIND (double, number);
      break;
    case FORMAT_PID:
      BIND (grove_pid, pid);
      break;
    case FORMAT_REF:
      BIND (grove_ref, ref);
      break;
    case FORMAT_TERM:
      BIND (struct grove_term, term);
      break;
    default:
      BIND (struct grove_text, text);
      break;
    }
}

static bool
is_directive (enum format_op_kind kind)
{
  return kind >= FORMAT_INT && kind <= FORMAT_BYTES;
}

static bool
match (const struct format *format, struct grove_term term, va_list list)
{
  struct format_args args;
  struct matcher     self;
  size_t             n = 0;

  if (format->match_status != GROVE_OK || term.size == 0)
    return false;
  self.op = format->match.ops;
  self.literals = format->match_literals;
  self.n_values = 0;
  if (!match_term (&self, term))
    return false;
  va_copy (args.list, list);
  for (size_t i = 0; i < format->match.n_ops; i++)
    if (is_directive (format->match.ops[i].kind))
      bind (format->match.ops[i].kind, &self.values[n++], &args);
  va_end (args.list);
  return true;
}

bool
grove_match_va (struct grove_term term, const char *text, va_list args)
{
  const struct format *format = _grove_format_get (text);
  bool                 matched = match (format, term, args);

  _grove_format_release (format);
  return matched;
}

bool
grove_match (struct grove_term term, const char *text, ...)
{
  va_list args;
  bool    matched;

  va_start (args, text);
  matched = grove_match_va (term, text, args);
  va_end (args);
  return matched;
}
