/* SPDX-License-Identifier: MIT
 *
 * Taking terms apart. Values are collected while the term is walked and handed out at the end, so a
 * term that does not match leaves the caller's variables alone.
 */
#include "runtime/term/flat.h"

#include <limits.h>

struct matcher
{
  const struct format_op   *op;  /* the next */
  const uint8_t            *end; /* of what is being matched: nothing is read behind it */
  const uint8_t            *literals;
  union format_value        values[FORMAT_MAX_DIRECTIVES];
  size_t                    n_values;
  struct grove_term        *variables; /* where the format has any */
  const union format_value *given;     /* the next value that was given */
};

/* All of these return the byte behind the term at @bytes, or NULL if it does not match. */
static const uint8_t *
match_other (struct matcher *self, const struct format_op *op, const uint8_t *bytes);

/* The same value can come in other bytes, unless both have the one form of their kind. */
static __attribute__ ((noinline)) const uint8_t *
match_literal_elsewise (const uint8_t *literal, size_t size, const uint8_t *bytes)
{
  struct grove_term term;

  if (literal[0] == bytes[0] &&
      (bytes[0] == ETF_SMALL_ATOM_UTF8 || bytes[0] == ETF_SMALL_INTEGER || bytes[0] == ETF_INTEGER))
    return NULL;
  term = etf_term_at (bytes);
  return grove_term_equal ((struct grove_term){ literal, size }, term) ? bytes + term.size : NULL;
}

/* memcmp() for the few bytes that literals mostly have. */
static inline bool
same (const uint8_t *a, const uint8_t *b, size_t size)
{
  if (size > 16 || size < 2)
    return memcmp (a, b, size) == 0;
  if (size >= 8)
    {
      uint64_t x[2], y[2];
      memcpy (&x[0], a, 8);
      memcpy (&x[1], a + size - 8, 8);
      memcpy (&y[0], b, 8);
      memcpy (&y[1], b + size - 8, 8);
      return ((x[0] ^ y[0]) | (x[1] ^ y[1])) == 0;
    }
  if (size >= 4)
    {
      uint32_t x[2], y[2];
      memcpy (&x[0], a, 4);
      memcpy (&x[1], a + size - 4, 4);
      memcpy (&y[0], b, 4);
      memcpy (&y[1], b + size - 4, 4);
      return ((x[0] ^ y[0]) | (x[1] ^ y[1])) == 0;
    }
  return a[0] == b[0] && a[1] == b[1] && a[size - 1] == b[size - 1];
}

/* A term that begins as the literal does is the literal: every term says where it ends. */
static inline const uint8_t *
match_literal (const struct matcher *self, const struct format_op *op, const uint8_t *bytes)
{
  const uint8_t *literal = self->literals + op->offset;

  if ((size_t) (self->end - bytes) >= op->size && same (bytes, literal, op->size))
    return bytes + op->size;
  return match_literal_elsewise (literal, op->size, bytes);
}

static inline const uint8_t *
match_int64 (const uint8_t *bytes, int64_t *ret_value)
{
  struct grove_term term;

  if (bytes[0] == ETF_SMALL_INTEGER)
    {
      *ret_value = bytes[1];
      return bytes + 2;
    }
  if (bytes[0] == ETF_INTEGER)
    {
      *ret_value = (int32_t) etf_get32 (bytes + 1);
      return bytes + 5;
    }
  term = etf_term_at (bytes);
  return grove_term_int64 (term, ret_value) ? bytes + term.size : NULL;
}

static inline const uint8_t *
match_int (const uint8_t *bytes, int *ret_value)
{
  int64_t value;

  bytes = match_int64 (bytes, &value);
  if (bytes == NULL || value < INT_MIN || value > INT_MAX)
    return NULL;
  *ret_value = (int) value;
  return bytes;
}

static inline const uint8_t *
match_pid (const struct matcher *self, const uint8_t *bytes, grove_pid *ret_value)
{
  struct grove_term term;

  if (etf_get_own_pid (bytes, (size_t) (self->end - bytes), ret_value))
    return bytes + ETF_PID_SIZE;
  term = etf_term_at (bytes);
  return grove_term_pid (term, ret_value) ? bytes + term.size : NULL;
}

/* What messages mostly are made of, without a call. */
static inline const uint8_t *
match_at (struct matcher *self, const uint8_t *bytes)
{
  const struct format_op *op = self->op++;

  switch ((int) op->kind)
    {
    case FORMAT_LITERAL:
      return match_literal (self, op, bytes);
    case FORMAT_INT:
      return match_int (bytes, &self->values[self->n_values++].integer);
    case FORMAT_INT64:
      return match_int64 (bytes, &self->values[self->n_values++].int64);
    case FORMAT_PID:
      return match_pid (self, bytes, &self->values[self->n_values++].pid);
    default:
      return match_other (self, op, bytes);
    }
}

/* A term that ends where @term does, be it in other bytes than the rest. */
static bool
match_term (struct matcher *self, struct grove_term term)
{
  const uint8_t *end = self->end;
  bool           matches;

  self->end = term.bytes + term.size;
  matches = match_at (self, term.bytes) != NULL;
  self->end = end;
  return matches;
}

/* The elements of a tuple, @n of them. */
static inline const uint8_t *
match_elements (struct matcher *self, const uint8_t *bytes, size_t n)
{
  for (size_t i = 0; i < n && bytes != NULL; i++)
    bytes = match_at (self, bytes);
  return bytes;
}

static inline const uint8_t *
match_tuple (struct matcher *self, const uint8_t *bytes, size_t n)
{
  if (bytes[0] == ETF_SMALL_TUPLE)
    return bytes[1] == n ? match_elements (self, bytes + 2, n) : NULL;
  if (bytes[0] == ETF_LARGE_TUPLE && etf_get32 (bytes + 1) == n)
    return match_elements (self, bytes + 5, n);
  return NULL;
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
match_value (const struct format_op *op, struct grove_term term, union format_value *value)
{
  switch ((int) op->kind)
    {
    case FORMAT_UINT64:
      return grove_term_uint64 (term, &value->uint64);
    case FORMAT_DOUBLE:
      return grove_term_double (term, &value->number);
    case FORMAT_REF:
      return grove_term_ref (term, &value->ref);
    case FORMAT_ATOM:
      return grove_term_atom (term, &value->text);
    case FORMAT_TEXT:
    case FORMAT_BYTES:
      return grove_term_binary (term, &value->text);
    case FORMAT_TERM:
      value->term = term;
      return true;
    default:
      return false;
    }
}

static bool
match_pinned (struct matcher *self, enum format_op_kind kind, struct grove_term term)
{
  const union format_value *given = self->given++;
  union format_value        value;

  switch ((int) kind)
    {
    case FORMAT_INT:
      return match_int (term.bytes, &value.integer) != NULL && value.integer == given->integer;
    case FORMAT_INT64:
      return grove_term_int64 (term, &value.int64) && value.int64 == given->int64;
    case FORMAT_UINT64:
      return grove_term_uint64 (term, &value.uint64) && value.uint64 == given->uint64;
    case FORMAT_DOUBLE:
      return grove_term_double (term, &value.number) && value.number >= given->number &&
             value.number <= given->number;
    case FORMAT_PID:
      return grove_term_pid (term, &value.pid) && value.pid == given->pid;
    case FORMAT_REF:
      return grove_term_ref (term, &value.ref) && value.ref == given->ref;
    case FORMAT_ATOM:
      return given->text.bytes != NULL && grove_term_is_atom (term, given->text.bytes);
    case FORMAT_TEXT:
    case FORMAT_BYTES:
      return given->text.bytes != NULL && grove_term_binary (term, &value.text) &&
             value.text.size == given->text.size &&
             memcmp (value.text.bytes, given->text.bytes, value.text.size) == 0;
    default:
      return given->term.size > 0 && grove_term_equal (term, given->term);
    }
}

static const uint8_t *
match_other (struct matcher *self, const struct format_op *op, const uint8_t *bytes)
{
  struct grove_term term;

  if (op->kind == FORMAT_TUPLE)
    return match_tuple (self, bytes, op->n);
  term = etf_term_at (bytes);
  switch ((int) op->kind)
    {
    case FORMAT_ANY:
      return bytes + term.size;
    case FORMAT_BIND:
      self->variables[op->n] = term;
      return match_at (self, bytes);
    case FORMAT_SAME:
      return grove_term_equal (self->variables[op->n], term) ? match_at (self, bytes) : NULL;
    case FORMAT_PINNED:
      return match_pinned (self, (enum format_op_kind) op->n, term) ? bytes + term.size : NULL;
    case FORMAT_LIST:
      return match_list (self, term, op->n) ? bytes + term.size : NULL;
    case FORMAT_MAP:
      return match_map (self, term, op->n) ? bytes + term.size : NULL;
    default:
      return match_value (op, term, &self->values[self->n_values++]) ? bytes + term.size : NULL;
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
bind (enum format_op_kind kind, const union format_value *value, struct format_args *args)
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

/* ---- Values that are given --------------------------------------------------------------------
 */

bool
_grove_format_take (enum format_op_kind kind, struct format_args *args, union format_value *ret)
{
  switch ((int) kind)
    {
    case FORMAT_INT:
      ret->integer = va_arg (args->list, int);
      return true;
    case FORMAT_INT64:
      ret->int64 = va_arg (args->list, int64_t);
      return true;
    case FORMAT_UINT64:
      ret->uint64 = va_arg (args->list, uint64_t);
      return true;
    case FORMAT_DOUBLE:
      ret->number = va_arg (args->list, double);
      return true;
    case FORMAT_PID:
      ret->pid = va_arg (args->list, grove_pid);
      return true;
    case FORMAT_REF:
      ret->ref = va_arg (args->list, grove_ref);
      return true;
    case FORMAT_TERM:
      ret->term = va_arg (args->list, struct grove_term);
      return true;
    case FORMAT_BYTES:
      ret->text.bytes = va_arg (args->list, const char *);
      ret->text.size = va_arg (args->list, size_t);
      return ret->text.bytes != NULL;
    default:
      ret->text.bytes = va_arg (args->list, const char *);
      ret->text.size = ret->text.bytes != NULL ? strlen (ret->text.bytes) : 0;
      return ret->text.bytes != NULL;
    }
}

/* The values in @args, in order: those in the pattern, and from *ret_guard on those in the guard.
 */
static void
take_values (const struct format *format,
             va_list              list,
             union format_value  *values,
             size_t              *ret_guard)
{
  struct format_args args;
  size_t             n = 0;

  va_copy (args.list, list);
  for (size_t i = 0; i < format->match.n_ops; i++)
    {
      const struct format_op *op = &format->match.ops[i];

      if (op->kind == FORMAT_PINNED)
        _grove_format_take ((enum format_op_kind) op->n, &args, &values[n++]);
      else if (is_directive (op->kind))
        (void) va_arg (args.list, void *);
    }
  *ret_guard = n;
  for (size_t i = 0; i < format->guard.n_ops; i++)
    if (is_directive (format->guard.ops[i].kind))
      _grove_format_take (format->guard.ops[i].kind, &args, &values[n++]);
  va_end (args.list);
}

static void
bind_all (const struct format *format, const union format_value *values, va_list list)
{
  struct format_args args;
  union format_value skipped;

  va_copy (args.list, list);
  for (size_t i = 0; i < format->match.n_ops; i++)
    {
      const struct format_op *op = &format->match.ops[i];

      if (is_directive (op->kind))
        bind (op->kind, values++, &args);
      else if (op->kind == FORMAT_PINNED)
        _grove_format_take ((enum format_op_kind) op->n, &args, &skipped);
    }
  va_end (args.list);
}

/* With variables, values that are given, or a guard. Out of line: most formats need no room for
 * them. */
static __attribute__ ((noinline)) bool
match_extended (const struct format *format, struct grove_term term, va_list list)
{
  struct grove_term  variables[FORMAT_MAX_VARIABLES];
  union format_value given[FORMAT_MAX_DIRECTIVES];
  struct matcher     self;
  size_t             guard;

  take_values (format, list, given, &guard);
  self.op = format->match.ops;
  self.literals = format->match_literals;
  self.end = term.bytes + term.size;
  self.n_values = 0;
  self.variables = variables;
  self.given = given;
  if (match_at (&self, term.bytes) == NULL ||
      (format->guard.n_ops > 0 && !_grove_guard_holds (format, variables, given + guard)))
    return false;
  bind_all (format, self.values, list);
  return true;
}

static __attribute__ ((noinline)) bool
match_any (const struct format *format, struct grove_term term, va_list list)
{
  const struct format_op *op = format->match.ops;
  struct format_args      args;
  struct matcher          self;
  const uint8_t          *matched;

  self.op = op;
  self.literals = format->match_literals;
  self.end = term.bytes + term.size;
  self.n_values = 0;
  if (op->kind == FORMAT_TUPLE)
    {
      self.op++;
      matched = match_tuple (&self, term.bytes, op->n);
    }
  else
    matched = match_at (&self, term.bytes);
  if (matched == NULL)
    return false;
  va_copy (args.list, list);
  for (size_t n = 0; n < self.n_values; op++)
    if (is_directive (op->kind))
      bind (op->kind, &self.values[n++], &args);
  va_end (args.list);
  return true;
}

/* Takes from @args. */
static inline __attribute__ ((always_inline)) bool
match (const struct format *format, struct grove_term term, struct format_args *args)
{
  if (__builtin_expect (format->match_status != GROVE_OK || term.size == 0, 0))
    return false;
  if (__builtin_expect (format->flat != NULL, 1) && _grove_flat_match (format, term, args))
    return true;
  if (__builtin_expect (format->extended, 0))
    return match_extended (format, term, args->list);
  return match_any (format, term, args->list);
}

bool
grove_match_va (struct grove_term term, const char *text, va_list list)
{
  const struct format *format = _grove_format_get (text);
  struct format_args   args;
  bool                 matched;

  va_copy (args.list, list);
  matched = match (format, term, &args);
  va_end (args.list);
  _grove_format_release (format);
  return matched;
}

bool
grove_match (struct grove_term term, const char *text, ...)
{
  const struct format *format = _grove_format_get (text);
  struct format_args   args;
  bool                 matched;

  va_start (args.list, text);
  matched = match (format, term, &args);
  va_end (args.list);
  _grove_format_release (format);
  return matched;
}

bool
_grove_format_matches (const char *text)
{
  const struct format *format = _grove_format_get (text);
  bool                 can = format->match_status == GROVE_OK;

  _grove_format_release (format);
  return can;
}
