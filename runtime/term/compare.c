/* SPDX-License-Identifier: MIT
 *
 * Erlang's order of terms, and equality, which is the same question with integers and floats kept
 * apart. Recursion follows the nesting and stops at the depth that grove_term_check() lets in; a
 * term that was built here in steps can be deeper, and there the bytes decide.
 */
#include "runtime/term/etf.h"

#include <math.h>
#include <stdlib.h>

/* Integers and floats are different values, and integers come first. */
enum exactness
{
  BY_VALUE,
  EXACT,
};

static int
compare (struct grove_term a, struct grove_term b, enum exactness exactness, unsigned depth);

/* ---- Numbers --------------------------------------------------------------------------------- */

static int
compare_magnitudes (const struct etf_integer *a, const struct etf_integer *b)
{
  if (a->size != b->size)
    return a->size < b->size ? -1 : 1;
  for (size_t i = a->size; i > 0; i--)
    if (a->magnitude[i - 1] != b->magnitude[i - 1])
      return a->magnitude[i - 1] < b->magnitude[i - 1] ? -1 : 1;
  return 0;
}

static int
compare_integers (const struct etf_integer *a, const struct etf_integer *b)
{
  if (a->negative != b->negative)
    return a->negative ? -1 : 1;
  return a->negative ? -compare_magnitudes (a, b) : compare_magnitudes (a, b);
}

/* Without rounding either of them: the whole part of @b as an integer, then its fraction. */
static int
compare_integer_double (const struct etf_integer *a, double b)
{
  uint8_t            magnitude[136] = { 0 };
  struct etf_integer whole = { .magnitude = magnitude, .negative = b < 0 };
  double             integral, fraction = modf (b, &integral);
  int                exponent, order;
  uint64_t           bits = (uint64_t) ldexp (fabs (frexp (integral, &exponent)), 53);

  /* The whole part is bits * 2^(exponent - 53). */
  if (exponent < 53)
    {
      bits = exponent <= 0 ? 0 : bits >> (53 - exponent);
      exponent = 53;
    }
  for (unsigned i = 0; i < 53; i++)
    if (bits >> i & 1)
      {
        unsigned at = i + (unsigned) (exponent - 53);

        magnitude[at / 8] |= (uint8_t) (1u << at % 8);
      }
  whole.size = sizeof magnitude;
  while (whole.size > 0 && magnitude[whole.size - 1] == 0)
    whole.size--;
  whole.negative = whole.negative && whole.size > 0;
  order = compare_integers (a, &whole);
  if (order == 0 && fraction != 0)
    return fraction > 0 ? -1 : 1;
  return order;
}

/* Not inlined, as some below: what they keep must not be in every frame of the recursion. */
static __attribute__ ((noinline)) int
compare_numbers (struct grove_term a, struct grove_term b, enum exactness exactness)
{
  bool               a_float = grove_term_type (a) == GROVE_TERM_FLOAT;
  bool               b_float = grove_term_type (b) == GROVE_TERM_FLOAT;
  struct etf_integer x, y;

  if (a_float && b_float)
    {
      double p = _grove_etf_double (a.bytes), q = _grove_etf_double (b.bytes);

      return p < q ? -1 : p > q;
    }
  if (exactness == EXACT && a_float != b_float)
    return a_float ? 1 : -1;
  if (!a_float)
    _grove_etf_integer (a.bytes, &x);
  if (!b_float)
    _grove_etf_integer (b.bytes, &y);
  if (a_float)
    return -compare_integer_double (&y, _grove_etf_double (a.bytes));
  if (b_float)
    return compare_integer_double (&x, _grove_etf_double (b.bytes));
  return compare_integers (&x, &y);
}

/* ---- Atoms, identifiers, bits ---------------------------------------------------------------- */

static int
compare_bytes (const void *a, size_t a_size, const void *b, size_t b_size)
{
  size_t size = a_size < b_size ? a_size : b_size;
  int    order = size == 0 ? 0 : memcmp (a, b, size);

  if (order == 0)
    return a_size < b_size ? -1 : a_size > b_size;
  return order < 0 ? -1 : 1;
}

/* The next character of a name, which is well-formed. */
static uint32_t
next_character (const struct etf_atom *atom, size_t *at)
{
  uint32_t character = (uint8_t) atom->bytes[*at];

  if (atom->latin1)
    *at += 1;
  else
    *at += _grove_utf8_decode (atom->bytes + *at, atom->size - *at, &character);
  return character;
}

int
_grove_etf_atom_compare (struct etf_atom a, struct etf_atom b)
{
  size_t i = 0, j = 0;

  /* UTF-8 sorts as its characters do. */
  if (a.latin1 == b.latin1)
    return compare_bytes (a.bytes, a.size, b.bytes, b.size);
  while (i < a.size && j < b.size)
    {
      uint32_t x = next_character (&a, &i), y = next_character (&b, &j);

      if (x != y)
        return x < y ? -1 : 1;
    }
  return i < a.size ? 1 : j < b.size ? -1 : 0;
}

static int
compare_origins (const struct etf_identifier *a, const struct etf_identifier *b)
{
  int order = _grove_etf_atom_compare (a->node, b->node);

  if (order == 0 && a->creation != b->creation)
    order = a->creation < b->creation ? -1 : 1;
  return order;
}

static __attribute__ ((noinline)) int
compare_identifiers (struct grove_term a, struct grove_term b)
{
  struct etf_identifier x, y;
  int                   order;

  _grove_etf_identifier (a.bytes, &x);
  _grove_etf_identifier (b.bytes, &y);
  /* Pids: the number first. Ports and references: where they come from first; references then from
   * the most significant word down, what is missing being zero. */
  order = compare_origins (&x, &y);
  if (grove_term_type (a) == GROVE_TERM_PID)
    return x.id == y.id ? order : x.id < y.id ? -1 : 1;
  if (order == 0 && x.id != y.id)
    order = x.id < y.id ? -1 : 1;
  for (size_t i = x.n_words > y.n_words ? x.n_words : y.n_words; i > 0 && order == 0; i--)
    {
      uint32_t p = i <= x.n_words ? etf_get32 (x.words + 4 * (i - 1)) : 0;
      uint32_t q = i <= y.n_words ? etf_get32 (y.words + 4 * (i - 1)) : 0;

      if (p != q)
        order = p < q ? -1 : 1;
    }
  return order;
}

static __attribute__ ((noinline)) int
compare_bits (struct grove_term a, struct grove_term b)
{
  struct etf_bits x = _grove_etf_bits (a.bytes), y = _grove_etf_bits (b.bytes);
  uint64_t        n = 8 * (uint64_t) x.size - (8 - x.last_bits);
  uint64_t        m = 8 * (uint64_t) y.size - (8 - y.last_bits);
  uint64_t        common = n < m ? n : m;
  int             order = compare_bytes (x.bytes, common / 8, y.bytes, common / 8);

  if (order == 0 && common % 8 != 0)
    {
      uint8_t mask = (uint8_t) (0xff00u >> common % 8);
      int     p = x.bytes[common / 8] & mask, q = y.bytes[common / 8] & mask;

      order = p < q ? -1 : p > q;
    }
  if (order == 0)
    order = n < m ? -1 : n > m;
  return order;
}

/* ---- Containers ------------------------------------------------------------------------------ */

/* Where a type stands in the order; [] is below all lists with elements. */
static unsigned
rank (struct grove_term term)
{
  struct grove_cursor cursor;

  switch (grove_term_type (term))
    {
    case GROVE_TERM_INVALID:
    case GROVE_TERM_INTEGER:
    case GROVE_TERM_FLOAT:
      return 0;
    case GROVE_TERM_ATOM:
      return 1;
    case GROVE_TERM_REFERENCE:
      return 2;
    case GROVE_TERM_FUN:
      return 3;
    case GROVE_TERM_PORT:
      return 4;
    case GROVE_TERM_PID:
      return 5;
    case GROVE_TERM_TUPLE:
      return 6;
    case GROVE_TERM_MAP:
      return 7;
    case GROVE_TERM_LIST:
      grove_cursor_init (&cursor, term);
      return cursor.kind == GROVE_CURSOR_END ? 8 : 9;
    case GROVE_TERM_BINARY:
    case GROVE_TERM_BITSTRING:
    default:
      return 10;
    }
}

static int
compare_tails (const struct grove_cursor *a,
               const struct grove_cursor *b,
               enum exactness             exactness,
               unsigned                   depth)
{
  struct grove_term x, y;
  bool              a_has = grove_cursor_tail (a, &x), b_has = grove_cursor_tail (b, &y);

  if (a_has && b_has)
    return compare (x, y, exactness, depth);
  if (a_has)
    return rank (x) < 8 ? -1 : 1;
  if (b_has)
    return rank (y) < 8 ? 1 : -1;
  return 0;
}

/* What is left of a list with elements, against the tail behind @ended. */
static int
compare_with_tail (const struct grove_cursor *ended)
{
  struct grove_term tail;

  return grove_cursor_tail (ended, &tail) && rank (tail) > 9 ? -1 : 1;
}

static int
compare_lists (struct grove_term a, struct grove_term b, enum exactness exactness, unsigned depth)
{
  struct grove_cursor i, j;

  grove_cursor_init (&i, a);
  grove_cursor_init (&j, b);
  for (;;)
    {
      struct grove_term x, y;
      bool              a_has = grove_cursor_next (&i, &x), b_has = grove_cursor_next (&j, &y);
      int               order;

      if (!a_has && !b_has)
        return compare_tails (&i, &j, exactness, depth);
      if (!b_has)
        return compare_with_tail (&j);
      if (!a_has)
        return -compare_with_tail (&i);
      order = compare (x, y, exactness, depth);
      if (order != 0)
        return order;
    }
}

static int
compare_tuples (struct grove_term a, struct grove_term b, enum exactness exactness, unsigned depth)
{
  struct grove_cursor i, j;
  struct grove_term   x, y;
  int                 order = 0;

  grove_cursor_init (&i, a);
  grove_cursor_init (&j, b);
  if (i.remaining != j.remaining)
    return i.remaining < j.remaining ? -1 : 1;
  while (order == 0 && grove_cursor_next (&i, &x) && grove_cursor_next (&j, &y))
    order = compare (x, y, exactness, depth);
  return order;
}

/* ---- Maps ------------------------------------------------------------------------------------ */

#define KEYS_ON_STACK 8

/* Where the pairs of a map begin, in the order of their keys. */
struct pairs
{
  const uint8_t **at;
  size_t          n;
  bool            unique;
  const uint8_t  *on_stack[KEYS_ON_STACK];
};

static int
compare_keys (const void *a, const void *b)
{
  const uint8_t *const *x = a, *const *y = b;

  return _grove_term_compare_exact (etf_term_at (*x), etf_term_at (*y));
}

static void
pairs_init (struct pairs *self, const uint8_t *bytes, size_t n)
{
  bool sorted = true;

  self->at = n <= KEYS_ON_STACK ? self->on_stack : malloc (n * sizeof *self->at);
  if (self->at == NULL)
    abort ();
  self->n = n;
  self->unique = true;
  for (size_t i = 0; i < n; i++)
    {
      self->at[i] = bytes;
      if (i > 0 && sorted)
        sorted = compare_keys (&self->at[i - 1], &self->at[i]) < 0;
      bytes = _grove_etf_skip (_grove_etf_skip (bytes));
    }
  if (sorted)
    return;
  qsort (self->at, n, sizeof *self->at, compare_keys);
  for (size_t i = 1; i < n && self->unique; i++)
    self->unique = compare_keys (&self->at[i - 1], &self->at[i]) != 0;
}

static void
pairs_finish (struct pairs *self)
{
  if (self->at != self->on_stack)
    free (self->at);
}

bool
_grove_etf_keys_unique (const uint8_t *pairs, size_t n)
{
  struct pairs sorted;
  bool         unique;

  pairs_init (&sorted, pairs, n);
  unique = sorted.unique;
  pairs_finish (&sorted);
  return unique;
}

bool
_grove_etf_sort_pairs (uint8_t *pairs, const uint8_t *end, size_t n)
{
  struct pairs sorted;
  uint8_t     *copy, *to;
  bool         unique, moved = false;

  pairs_init (&sorted, pairs, n);
  unique = sorted.unique;
  for (size_t i = 1; i < n && !moved; i++)
    moved = sorted.at[i] < sorted.at[i - 1];
  if (moved && unique)
    {
      copy = to = malloc ((size_t) (end - pairs));
      if (copy == NULL)
        abort ();
      for (size_t i = 0; i < n; i++)
        {
          size_t size = (size_t) (_grove_etf_skip (_grove_etf_skip (sorted.at[i])) - sorted.at[i]);

          memcpy (to, sorted.at[i], size);
          to += size;
        }
      memcpy (pairs, copy, (size_t) (end - pairs));
      free (copy);
    }
  pairs_finish (&sorted);
  return unique;
}

static __attribute__ ((noinline)) int
compare_maps (struct grove_term a, struct grove_term b, enum exactness exactness, unsigned depth)
{
  size_t       n = etf_get32 (a.bytes + 1), m = etf_get32 (b.bytes + 1);
  struct pairs x, y;
  int          order = 0;

  if (n != m)
    return n < m ? -1 : 1;
  pairs_init (&x, a.bytes + 5, n);
  pairs_init (&y, b.bytes + 5, n);
  for (size_t i = 0; i < n && order == 0; i++)
    order = compare (etf_term_at (x.at[i]), etf_term_at (y.at[i]), EXACT, depth);
  for (size_t i = 0; i < n && order == 0; i++)
    order = compare (etf_term_at (_grove_etf_skip (x.at[i])),
                     etf_term_at (_grove_etf_skip (y.at[i])), exactness, depth);
  pairs_finish (&x);
  pairs_finish (&y);
  return order;
}

/* ---- All of them ----------------------------------------------------------------------------- */

static int
compare (struct grove_term a, struct grove_term b, enum exactness exactness, unsigned depth)
{
  unsigned a_rank, b_rank;

  if (a.size == b.size && memcmp (a.bytes, b.bytes, a.size) == 0)
    return 0;
  if (depth > ETF_MAX_DEPTH)
    return compare_bytes (a.bytes, a.size, b.bytes, b.size);
  a_rank = rank (a);
  b_rank = rank (b);
  if (a_rank != b_rank)
    return a_rank < b_rank ? -1 : 1;
  switch (grove_term_type (a))
    {
    case GROVE_TERM_INTEGER:
    case GROVE_TERM_FLOAT:
      return compare_numbers (a, b, exactness);
    case GROVE_TERM_ATOM:
      return _grove_etf_atom_compare (_grove_etf_atom (a.bytes), _grove_etf_atom (b.bytes));
    case GROVE_TERM_REFERENCE:
    case GROVE_TERM_PORT:
    case GROVE_TERM_PID:
      return compare_identifiers (a, b);
    case GROVE_TERM_TUPLE:
      return compare_tuples (a, b, exactness, depth + 1);
    case GROVE_TERM_MAP:
      return compare_maps (a, b, exactness, depth + 1);
    case GROVE_TERM_LIST:
      return compare_lists (a, b, exactness, depth + 1);
    case GROVE_TERM_BINARY:
    case GROVE_TERM_BITSTRING:
      return compare_bits (a, b);
    case GROVE_TERM_FUN: /* opaque */
    case GROVE_TERM_INVALID:
    default:
      return compare_bytes (a.bytes, a.size, b.bytes, b.size);
    }
}

int
grove_term_compare (struct grove_term a, struct grove_term b)
{
  if (a.size == 0 || b.size == 0)
    return (a.size != 0) - (b.size != 0);
  return compare (a, b, BY_VALUE, 0);
}

int
_grove_term_compare_exact (struct grove_term a, struct grove_term b)
{
  return compare (a, b, EXACT, 0);
}

bool
grove_term_equal (struct grove_term a, struct grove_term b)
{
  if (a.size == 0 || b.size == 0)
    return a.size == b.size;
  return compare (a, b, EXACT, 0) == 0;
}
