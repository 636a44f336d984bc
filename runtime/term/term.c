/* SPDX-License-Identifier: MIT
 *
 * Reading terms that were checked: walking, types and values. Nothing here recurses, so a term may
 * be as deep as it likes.
 */
#include "runtime/term/etf.h"

#include <stdlib.h>

/* ---- Walking --------------------------------------------------------------------------------- */

static const uint8_t *
skip_atom (const uint8_t *bytes)
{
  return bytes[0] == ETF_SMALL_ATOM_UTF8 || bytes[0] == ETF_SMALL_ATOM
           ? bytes + 2 + bytes[1]
           : bytes + 3 + etf_get16 (bytes + 1);
}

const uint8_t *
_grove_etf_skip (const uint8_t *bytes)
{
  /* Terms still to be passed: a container adds its elements and goes on. */
  for (uint64_t pending = 1; pending > 0; pending--)
    switch ((enum etf_tag) * bytes)
      {
      case ETF_SMALL_INTEGER:
        bytes += 2;
        break;
      case ETF_INTEGER:
        bytes += 5;
        break;
      case ETF_NEW_FLOAT:
        bytes += 9;
        break;
      case ETF_FLOAT:
        bytes += 32;
        break;
      case ETF_NIL:
        bytes += 1;
        break;
      case ETF_ATOM:
      case ETF_SMALL_ATOM:
      case ETF_ATOM_UTF8:
      case ETF_SMALL_ATOM_UTF8:
        bytes = skip_atom (bytes);
        break;
      case ETF_STRING:
        bytes += 3 + etf_get16 (bytes + 1);
        break;
      case ETF_BINARY:
        bytes += 5 + (size_t) etf_get32 (bytes + 1);
        break;
      case ETF_BIT_BINARY:
        bytes += 6 + (size_t) etf_get32 (bytes + 1);
        break;
      case ETF_SMALL_BIG:
        bytes += 3 + bytes[1];
        break;
      case ETF_LARGE_BIG:
        bytes += 6 + (size_t) etf_get32 (bytes + 1);
        break;
      case ETF_SMALL_TUPLE:
        pending += bytes[1];
        bytes += 2;
        break;
      case ETF_LARGE_TUPLE:
        pending += etf_get32 (bytes + 1);
        bytes += 5;
        break;
      case ETF_LIST:
        pending += (uint64_t) etf_get32 (bytes + 1) + 1;
        bytes += 5;
        break;
      case ETF_MAP:
        pending += 2 * (uint64_t) etf_get32 (bytes + 1);
        bytes += 5;
        break;
      case ETF_PID:
        bytes = skip_atom (bytes + 1) + 9;
        break;
      case ETF_NEW_PID:
        bytes = skip_atom (bytes + 1) + 12;
        break;
      case ETF_PORT:
        bytes = skip_atom (bytes + 1) + 5;
        break;
      case ETF_NEW_PORT:
        bytes = skip_atom (bytes + 1) + 8;
        break;
      case ETF_V4_PORT:
        bytes = skip_atom (bytes + 1) + 12;
        break;
      case ETF_NEW_REFERENCE:
        bytes = skip_atom (bytes + 3) + 1 + 4 * (size_t) etf_get16 (bytes + 1);
        break;
      case ETF_NEWER_REFERENCE:
        bytes = skip_atom (bytes + 3) + 4 + 4 * (size_t) etf_get16 (bytes + 1);
        break;
      case ETF_NEW_FUN:
        bytes += 1 + (size_t) etf_get32 (bytes + 1);
        break;
      case ETF_EXPORT:
        bytes = skip_atom (skip_atom (bytes + 1)) + 2;
        break;
      default:
        /* A term that nobody checked: a mistake of the caller, better found than survived. */
        abort ();
      }
  return bytes;
}

/* The elements of a string have no encoding of their own in it; these are what a view of one shows.
 */
#define SMALL_1(n)                                                                                 \
  {                                                                                                \
    ETF_SMALL_INTEGER, (n)                                                                         \
  }
#define SMALL_4(n)  SMALL_1 (n), SMALL_1 ((n) + 1), SMALL_1 ((n) + 2), SMALL_1 ((n) + 3)
#define SMALL_16(n) SMALL_4 (n), SMALL_4 ((n) + 4), SMALL_4 ((n) + 8), SMALL_4 ((n) + 12)
#define SMALL_64(n) SMALL_16 (n), SMALL_16 ((n) + 16), SMALL_16 ((n) + 32), SMALL_16 ((n) + 48)
static const uint8_t small_integers[256][2] = { SMALL_64 (0), SMALL_64 (64), SMALL_64 (128),
                                                SMALL_64 (192) };

/* Enters the cells of a list at @bytes, if there are any. */
static bool
enter_list (struct grove_cursor *self, const uint8_t *bytes)
{
  if (bytes[0] == ETF_LIST)
    {
      self->remaining = etf_get32 (bytes + 1);
      self->kind = GROVE_CURSOR_LIST;
      self->next = bytes + 5;
      return true;
    }
  if (bytes[0] == ETF_STRING && etf_get16 (bytes + 1) > 0)
    {
      self->remaining = etf_get16 (bytes + 1);
      self->kind = GROVE_CURSOR_STRING;
      self->next = bytes + 3;
      return true;
    }
  return false;
}

bool
grove_cursor_init (struct grove_cursor *self, struct grove_term term)
{
  const uint8_t *bytes = term.bytes;

  *self = (struct grove_cursor){ .kind = GROVE_CURSOR_END };
  if (term.size == 0)
    return false;
  if (enter_list (self, bytes))
    return true;
  switch (bytes[0])
    {
    case ETF_SMALL_TUPLE:
      *self = (struct grove_cursor){ bytes + 2, bytes[1], GROVE_CURSOR_ELEMENTS };
      return true;
    case ETF_LARGE_TUPLE:
      *self = (struct grove_cursor){ bytes + 5, etf_get32 (bytes + 1), GROVE_CURSOR_ELEMENTS };
      return true;
    case ETF_MAP:
      *self = (struct grove_cursor){ bytes + 5, 2 * (uint64_t) etf_get32 (bytes + 1),
                                     GROVE_CURSOR_ELEMENTS };
      return true;
    case ETF_NIL:
    case ETF_STRING:
      return true;
    default:
      return false;
    }
}

bool
grove_cursor_next (struct grove_cursor *self, struct grove_term *ret_element)
{
  /* Behind the elements of a list is its tail, which may be a list again: the same list. A string
   * has no tail. */
  if (self->remaining == 0 && (self->kind != GROVE_CURSOR_LIST || !enter_list (self, self->next)))
    return false;
  self->remaining--;
  if (self->kind == GROVE_CURSOR_STRING)
    {
      *ret_element = (struct grove_term){ small_integers[*self->next++], 2 };
      return true;
    }
  *ret_element = etf_term_at (self->next);
  self->next += ret_element->size;
  return true;
}

bool
grove_cursor_tail (const struct grove_cursor *self, struct grove_term *ret_tail)
{
  uint8_t tag;

  if (self->kind != GROVE_CURSOR_LIST || self->remaining > 0)
    return false;
  tag = self->next[0];
  if (tag == ETF_NIL || tag == ETF_LIST || tag == ETF_STRING)
    return false;
  *ret_tail = etf_term_at (self->next);
  return true;
}

/* ---- Types ----------------------------------------------------------------------------------- */

enum grove_term_type
grove_term_type (struct grove_term term)
{
  if (term.size == 0)
    return GROVE_TERM_INVALID;
  switch ((enum etf_tag) term.bytes[0])
    {
    case ETF_SMALL_INTEGER:
    case ETF_INTEGER:
    case ETF_SMALL_BIG:
    case ETF_LARGE_BIG:
      return GROVE_TERM_INTEGER;
    case ETF_NEW_FLOAT:
    case ETF_FLOAT:
      return GROVE_TERM_FLOAT;
    case ETF_ATOM:
    case ETF_SMALL_ATOM:
    case ETF_ATOM_UTF8:
    case ETF_SMALL_ATOM_UTF8:
      return GROVE_TERM_ATOM;
    case ETF_BINARY:
      return GROVE_TERM_BINARY;
    case ETF_BIT_BINARY:
      return _grove_etf_bits (term.bytes).last_bits == 8 ? GROVE_TERM_BINARY : GROVE_TERM_BITSTRING;
    case ETF_NIL:
    case ETF_STRING:
    case ETF_LIST:
      return GROVE_TERM_LIST;
    case ETF_SMALL_TUPLE:
    case ETF_LARGE_TUPLE:
      return GROVE_TERM_TUPLE;
    case ETF_MAP:
      return GROVE_TERM_MAP;
    case ETF_PID:
    case ETF_NEW_PID:
      return GROVE_TERM_PID;
    case ETF_NEW_REFERENCE:
    case ETF_NEWER_REFERENCE:
      return GROVE_TERM_REFERENCE;
    case ETF_NEW_FUN:
    case ETF_EXPORT:
      return GROVE_TERM_FUN;
    case ETF_PORT:
    case ETF_NEW_PORT:
    case ETF_V4_PORT:
      return GROVE_TERM_PORT;
    default:
      return GROVE_TERM_INVALID;
    }
}

/* ---- Numbers --------------------------------------------------------------------------------- */

void
_grove_etf_integer (const uint8_t *bytes, struct etf_integer *self)
{
  uint32_t value;

  switch (bytes[0])
    {
    case ETF_SMALL_BIG:
      self->magnitude = bytes + 3;
      self->size = bytes[1];
      self->negative = bytes[2] != 0;
      break;
    case ETF_LARGE_BIG:
      self->magnitude = bytes + 6;
      self->size = etf_get32 (bytes + 1);
      self->negative = bytes[5] != 0;
      break;
    default:
      value = bytes[0] == ETF_SMALL_INTEGER ? bytes[1] : etf_get32 (bytes + 1);
      self->negative = bytes[0] == ETF_INTEGER && value >> 31 != 0;
      if (self->negative)
        value = -value;
      for (unsigned i = 0; i < 4; i++)
        self->small[i] = (uint8_t) (value >> (8 * i));
      self->magnitude = self->small;
      self->size = 4;
      break;
    }
  while (self->size > 0 && self->magnitude[self->size - 1] == 0)
    self->size--;
  self->negative = self->negative && self->size > 0;
}

/* False if it does not fit 64 bits, or is no integer. */
static bool
read_integer (struct grove_term term, bool *ret_negative, uint64_t *ret_magnitude)
{
  struct etf_integer integer;

  if (grove_term_type (term) != GROVE_TERM_INTEGER)
    return false;
  _grove_etf_integer (term.bytes, &integer);
  if (integer.size > 8)
    return false;
  *ret_negative = integer.negative;
  *ret_magnitude = 0;
  for (size_t i = integer.size; i > 0; i--)
    *ret_magnitude = *ret_magnitude << 8 | integer.magnitude[i - 1];
  return true;
}

bool
grove_term_int64 (struct grove_term term, int64_t *ret_value)
{
  uint64_t magnitude;
  bool     negative;

  if (term.size == 2 && term.bytes[0] == ETF_SMALL_INTEGER)
    {
      if (ret_value != NULL)
        *ret_value = term.bytes[1];
      return true;
    }
  if (!read_integer (term, &negative, &magnitude) || magnitude > (uint64_t) INT64_MAX + negative)
    return false;
  if (ret_value != NULL)
    *ret_value = (int64_t) (negative ? -magnitude : magnitude);
  return true;
}

bool
grove_term_uint64 (struct grove_term term, uint64_t *ret_value)
{
  uint64_t magnitude;
  bool     negative;

  if (!read_integer (term, &negative, &magnitude) || negative)
    return false;
  if (ret_value != NULL)
    *ret_value = magnitude;
  return true;
}

/* The old encoding is text, "1.50000000000000000000e+00". The point is taken out before the C
 * library reads it, since what it takes for a point depends on the locale. */
static double
read_old_float (const uint8_t *bytes)
{
  char   digits[40];
  size_t n = 0;
  long   exponent = 0;
  bool   fraction = false;

  for (size_t i = 0; i < 31 && bytes[i] != 0; i++)
    {
      if (bytes[i] == 'e' || bytes[i] == 'E')
        {
          exponent += strtol ((const char *) bytes + i + 1, NULL, 10);
          break;
        }
      if (bytes[i] == '.')
        {
          fraction = true;
          continue;
        }
      digits[n++] = (char) bytes[i];
      exponent -= fraction && bytes[i] >= '0' && bytes[i] <= '9';
    }
  snprintf (digits + n, sizeof digits - n, "e%d", (int) exponent);
  return strtod (digits, NULL);
}

double
_grove_etf_double (const uint8_t *bytes)
{
  uint64_t bits;
  double   value;

  if (bytes[0] == ETF_FLOAT)
    return read_old_float (bytes + 1);
  bits = etf_get64 (bytes + 1);
  memcpy (&value, &bits, sizeof value);
  return value;
}

bool
grove_term_double (struct grove_term term, double *ret_value)
{
  if (grove_term_type (term) != GROVE_TERM_FLOAT)
    return false;
  if (ret_value != NULL)
    *ret_value = _grove_etf_double (term.bytes);
  return true;
}

/* ---- Text ------------------------------------------------------------------------------------ */

struct etf_atom
_grove_etf_atom (const uint8_t *bytes)
{
  bool small = bytes[0] == ETF_SMALL_ATOM_UTF8 || bytes[0] == ETF_SMALL_ATOM;

  return (struct etf_atom){
    .bytes = (const char *) bytes + (small ? 2 : 3),
    .size = small ? bytes[1] : etf_get16 (bytes + 1),
    .latin1 = bytes[0] == ETF_ATOM || bytes[0] == ETF_SMALL_ATOM,
  };
}

bool
grove_term_atom (struct grove_term term, struct grove_text *ret_text)
{
  struct etf_atom atom;

  if (term.size == 0 || !etf_is_atom_tag (term.bytes[0]))
    return false;
  atom = _grove_etf_atom (term.bytes);
  if (atom.latin1)
    for (size_t i = 0; i < atom.size; i++)
      if ((uint8_t) atom.bytes[i] >= 0x80)
        return false;
  if (ret_text != NULL)
    *ret_text = (struct grove_text){ atom.bytes, atom.size };
  return true;
}

bool
grove_term_is_atom (struct grove_term term, const char *name)
{
  struct etf_atom atom = { .bytes = name, .size = name != NULL ? strlen (name) : 0 };

  return term.size > 0 && name != NULL && etf_is_atom_tag (term.bytes[0]) &&
         _grove_etf_atom_compare (_grove_etf_atom (term.bytes), atom) == 0;
}

struct etf_bits
_grove_etf_bits (const uint8_t *bytes)
{
  struct etf_bits bits = { .size = etf_get32 (bytes + 1), .last_bits = 8 };

  bits.bytes = bytes + (bytes[0] == ETF_BIT_BINARY ? 6 : 5);
  if (bytes[0] == ETF_BIT_BINARY && bits.size > 0)
    bits.last_bits = bytes[5];
  return bits;
}

bool
grove_term_binary (struct grove_term term, struct grove_text *ret_text)
{
  struct etf_bits bits;

  if (grove_term_type (term) != GROVE_TERM_BINARY)
    return false;
  bits = _grove_etf_bits (term.bytes);
  if (ret_text != NULL)
    *ret_text = (struct grove_text){ (const char *) bits.bytes, bits.size };
  return true;
}

/* ---- Identifiers ----------------------------------------------------------------------------- */

void
_grove_etf_identifier (const uint8_t *bytes, struct etf_identifier *self)
{
  enum etf_tag   tag = bytes[0];
  bool           reference = tag == ETF_NEWER_REFERENCE || tag == ETF_NEW_REFERENCE;
  const uint8_t *node = bytes + (reference ? 3 : 1);
  const uint8_t *at = skip_atom (node);

  *self = (struct etf_identifier){ .node = _grove_etf_atom (node) };
  switch ((uint8_t) tag)
    {
    case ETF_NEW_REFERENCE:
      self->creation = at[0];
      self->words = at + 1;
      self->n_words = etf_get16 (bytes + 1);
      break;
    case ETF_NEWER_REFERENCE:
      self->creation = etf_get32 (at);
      self->words = at + 4;
      self->n_words = etf_get16 (bytes + 1);
      break;
    case ETF_PID:
      self->id = (uint64_t) etf_get32 (at + 4) << 32 | etf_get32 (at);
      self->creation = at[8];
      break;
    case ETF_NEW_PID:
      self->id = (uint64_t) etf_get32 (at + 4) << 32 | etf_get32 (at);
      self->creation = etf_get32 (at + 8);
      break;
    case ETF_PORT:
      self->id = etf_get32 (at);
      self->creation = at[4];
      break;
    case ETF_NEW_PORT:
      self->id = etf_get32 (at);
      self->creation = etf_get32 (at + 4);
      break;
    case ETF_V4_PORT:
    default:
      self->id = etf_get64 (at);
      self->creation = etf_get32 (at + 8);
      break;
    }
}

/* ---- Containers ------------------------------------------------------------------------------ */

size_t
grove_term_arity (struct grove_term term)
{
  struct grove_cursor cursor;
  size_t              n = 0;

  if (!grove_cursor_init (&cursor, term) || term.bytes[0] == ETF_MAP)
    return 0;
  while (cursor.kind == GROVE_CURSOR_LIST)
    {
      struct grove_term element;

      n += cursor.remaining;
      while (cursor.remaining > 0)
        grove_cursor_next (&cursor, &element);
      if (!enter_list (&cursor, cursor.next))
        return n;
    }
  return n + (size_t) cursor.remaining;
}

bool
grove_term_element (struct grove_term term, size_t index, struct grove_term *ret_element)
{
  struct grove_cursor cursor;
  struct grove_term   element;

  if (grove_term_type (term) != GROVE_TERM_TUPLE || !grove_cursor_init (&cursor, term) ||
      index >= cursor.remaining)
    return false;
  do
    grove_cursor_next (&cursor, &element);
  while (index-- > 0);
  if (ret_element != NULL)
    *ret_element = element;
  return true;
}

bool
grove_term_get (struct grove_term map, struct grove_term key, struct grove_term *ret_value)
{
  struct grove_cursor cursor;
  struct grove_term   candidate, value;

  if (grove_term_type (map) != GROVE_TERM_MAP || !grove_cursor_init (&cursor, map))
    return false;
  while (grove_cursor_next (&cursor, &candidate) && grove_cursor_next (&cursor, &value))
    if (grove_term_equal (candidate, key))
      {
        if (ret_value != NULL)
          *ret_value = value;
        return true;
      }
  return false;
}
