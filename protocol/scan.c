/* SPDX-License-Identifier: MIT
 *
 * The strict scan. It keeps a stack of what is open (one bit a level) and one set of the keys seen:
 * a key is a 64-bit hash of its characters, escapes resolved, mixed with the number of its object,
 * so one set serves all objects of the line and nothing has to be taken out of it. Two different
 * keys with one hash would refuse a line that is right; with 64 bits that does not happen by
 * accident.
 *
 * Threads: any thread; keeps nothing.
 */
#include "protocol/scan.h"

#include "protocol/memory.h"
#include "protocol/utf8.h"

#include <stdint.h>
#include <string.h>

#define MAX_DEPTH  64
#define MAX_NUMBER 64
#define SMALL_SET  64

struct key_set
{
  uint64_t *slots; /* 0: free */
  size_t    n, capacity;
  uint64_t  small[SMALL_SET];
};

struct scan
{
  const unsigned char            *bytes;
  size_t                          at, size;
  const struct grove_scan_limits *limits;
  struct grove_scan_error        *error;

  unsigned       depth;
  uint64_t       is_object; /* bit d: level d is an object */
  uint64_t       object[MAX_DEPTH];
  uint64_t       n_objects;
  struct key_set keys;
};

static bool
fail (struct scan *self, enum grove_scan_fault fault, const char *what)
{
  self->error->fault = fault;
  self->error->at = self->at;
  self->error->what = what;
  return false;
}

static bool
fail_syntax (struct scan *self, const char *what)
{
  return fail (self, GROVE_SCAN_SYNTAX, what);
}

static uint64_t
mix (uint64_t hash)
{
  hash ^= hash >> 33;
  hash *= UINT64_C (0xff51afd7ed558ccd);
  hash ^= hash >> 33;
  hash *= UINT64_C (0xc4ceb9fe1a85ec53);
  hash ^= hash >> 33;
  return hash != 0 ? hash : 1;
}

/* The slot that holds @key, or the free one where it goes. */
static uint64_t *
find_slot (uint64_t *slots, size_t capacity, uint64_t key)
{
  size_t i = (size_t) key & (capacity - 1);

  while (slots[i] != 0 && slots[i] != key)
    i = (i + 1) & (capacity - 1);
  return &slots[i];
}

static void
grow (struct key_set *self)
{
  size_t    capacity = self->capacity * 2;
  uint64_t *slots = grove_must_zero (capacity * sizeof *slots);

  for (size_t i = 0; i < self->capacity; i++)
    if (self->slots[i] != 0)
      *find_slot (slots, capacity, self->slots[i]) = self->slots[i];
  if (self->slots != self->small)
    free (self->slots);
  self->slots = slots;
  self->capacity = capacity;
}

/* False when the key was there already. */
static bool
add_key (struct key_set *self, uint64_t key)
{
  uint64_t *slot;

  if (self->n * 2 >= self->capacity)
    grow (self);
  slot = find_slot (self->slots, self->capacity, key);
  if (*slot == key)
    return false;
  *slot = key;
  self->n++;
  return true;
}

static int
hex_digit (unsigned char c)
{
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return -1;
}

/* The four digits after \u. */
static bool
scan_hex (struct scan *self, uint32_t *ret_unit)
{
  uint32_t unit = 0;

  for (int i = 0; i < 4; i++, self->at++)
    {
      int digit = self->at < self->size ? hex_digit (self->bytes[self->at]) : -1;

      if (digit < 0)
        return fail_syntax (self, "\\u needs four hexadecimal digits");
      unit = unit << 4 | (uint32_t) digit;
    }
  *ret_unit = unit;
  return true;
}

/* Behind \u: one character, of two escapes when it is a surrogate pair. */
static bool
scan_unicode_escape (struct scan *self, uint32_t *ret_character)
{
  uint32_t high, low;

  if (!scan_hex (self, &high))
    return false;
  if (high == 0)
    return fail_syntax (self, "\\u0000 is not allowed");
  if (high >= 0xDC00 && high <= 0xDFFF)
    return fail_syntax (self, "half of a surrogate pair");
  *ret_character = high;
  if (high < 0xD800 || high > 0xDBFF)
    return true;
  if (self->size - self->at < 2 || self->bytes[self->at] != '\\' ||
      self->bytes[self->at + 1] != 'u')
    return fail_syntax (self, "half of a surrogate pair");
  self->at += 2;
  if (!scan_hex (self, &low))
    return false;
  if (low < 0xDC00 || low > 0xDFFF)
    return fail_syntax (self, "half of a surrogate pair");
  *ret_character = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
  return true;
}

/* Behind a backslash. */
static bool
scan_escape (struct scan *self, uint32_t *ret_character)
{
  static const char names[] = "\"\\/bfnrt";
  static const char meant[] = "\"\\/\b\f\n\r\t";
  const char       *found;
  unsigned char     c;

  if (self->at == self->size)
    return fail_syntax (self, "the line ends inside a string");
  c = self->bytes[self->at];
  if (c == 'u')
    {
      self->at++;
      return scan_unicode_escape (self, ret_character);
    }
  found = c != 0 ? strchr (names, c) : NULL;
  if (found == NULL)
    return fail_syntax (self, "no such escape in a string");
  self->at++;
  *ret_character = (unsigned char) meant[found - names];
  return true;
}

static size_t
size_in_utf8 (uint32_t character)
{
  return character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
}

static void
hash_character (uint64_t *hash, uint32_t character)
{
  *hash = (*hash ^ character) * UINT64_C (0x9E3779B97F4A7C15);
  *hash ^= *hash >> 29;
}

/* One character above ASCII as it stands in the line. */
static bool
scan_utf8 (struct scan *self, uint32_t *ret_character)
{
  const unsigned char *at = self->bytes + self->at;
  size_t               n = grove_utf8_length (at, self->size - self->at);

  switch (n)
    {
    case 2:
      *ret_character = (at[0] & 0x1Fu) << 6 | (at[1] & 0x3Fu);
      break;
    case 3:
      *ret_character = (at[0] & 0x0Fu) << 12 | (at[1] & 0x3Fu) << 6 | (at[2] & 0x3Fu);
      break;
    case 4:
      *ret_character =
        (at[0] & 0x07u) << 18 | (at[1] & 0x3Fu) << 12 | (at[2] & 0x3Fu) << 6 | (at[3] & 0x3Fu);
      break;
    default:
      return fail_syntax (self, "not UTF-8");
    }
  self->at += n;
  return true;
}

/* From behind the opening quote to behind the closing one. @ret_hash: of the characters, or NULL.
 */
static bool
scan_string (struct scan *self, uint64_t *ret_hash)
{
  uint64_t hash = UINT64_C (0x243F6A8885A308D3);
  size_t   size = 0, start = self->at - 1;

  for (;;)
    {
      uint32_t      character;
      unsigned char c;

      while (ret_hash == NULL && self->size - self->at >= 8 &&
             grove_eight_plain (self->bytes + self->at))
        {
          self->at += 8;
          size += 8;
        }
      if (self->at == self->size)
        return fail_syntax (self, "the line ends inside a string");
      c = self->bytes[self->at];
      if (c == '"')
        break;
      if (c < 0x20)
        return fail_syntax (self, "a control byte");
      character = c;
      if (c >= 0x80)
        {
          if (!scan_utf8 (self, &character))
            return false;
        }
      else
        {
          self->at++;
          if (c == '\\' && !scan_escape (self, &character))
            return false;
        }
      size += size_in_utf8 (character);
      if (ret_hash != NULL)
        hash_character (&hash, character);
    }
  self->at++;
  if (size > self->limits->string)
    {
      self->at = start;
      return fail (self, GROVE_SCAN_STRING, "a string is too long");
    }
  if (ret_hash != NULL)
    *ret_hash = hash;
  return true;
}

static size_t
scan_digits (struct scan *self)
{
  size_t start = self->at;

  while (self->at < self->size && self->bytes[self->at] >= '0' && self->bytes[self->at] <= '9')
    self->at++;
  return self->at - start;
}

static bool
integer_fits (const unsigned char *digits, size_t n)
{
  static const char greatest[] = "9007199254740991";

  if (n != sizeof greatest - 1)
    return n < sizeof greatest - 1;
  return memcmp (digits, greatest, n) <= 0;
}

static bool
scan_number (struct scan *self)
{
  size_t start = self->at, whole, n_whole;
  bool   is_real = false;
  long   exponent = 0;

  if (self->bytes[self->at] == '-')
    self->at++;
  whole = self->at;
  n_whole = scan_digits (self);
  if (n_whole == 0)
    return fail_syntax (self, "a number needs a digit here");
  if (n_whole > 1 && self->bytes[whole] == '0')
    return fail_syntax (self, "a number does not begin with 0");
  if (self->at < self->size && self->bytes[self->at] == '.')
    {
      is_real = true;
      self->at++;
      if (scan_digits (self) == 0)
        return fail_syntax (self, "a number needs a digit here");
    }
  if (self->at < self->size && (self->bytes[self->at] | 0x20) == 'e')
    {
      bool   negative = false;
      size_t first;

      is_real = true;
      self->at++;
      if (self->at < self->size && (self->bytes[self->at] == '+' || self->bytes[self->at] == '-'))
        negative = self->bytes[self->at++] == '-';
      first = self->at;
      if (scan_digits (self) == 0)
        return fail_syntax (self, "a number needs a digit here");
      for (size_t i = first; i < self->at && exponent < 100000; i++)
        exponent = exponent * 10 + (self->bytes[i] - '0');
      if (negative)
        exponent = -exponent;
    }
  if (self->at - start > MAX_NUMBER)
    {
      self->at = start;
      return fail_syntax (self, "a number is too long");
    }
  if (is_real ? (long) n_whole + exponent > 308 : !integer_fits (self->bytes + whole, n_whole))
    {
      self->at = start;
      return fail_syntax (self, is_real ? "a number is too big" : "an integer is beyond 2^53-1");
    }
  return true;
}

static bool
scan_word (struct scan *self, const char *word)
{
  size_t n = strlen (word);

  if (self->size - self->at < n || memcmp (self->bytes + self->at, word, n) != 0)
    return fail_syntax (self, "a value is expected here");
  self->at += n;
  return true;
}

static bool
open_level (struct scan *self, bool is_object)
{
  uint64_t bit;

  if (self->depth >= self->limits->depth || self->depth >= MAX_DEPTH)
    return fail (self, GROVE_SCAN_DEPTH, "nested too deep");
  bit = UINT64_C (1) << self->depth;
  self->is_object = is_object ? self->is_object | bit : self->is_object & ~bit;
  self->object[self->depth] = is_object ? ++self->n_objects : 0;
  self->depth++;
  self->at++;
  return true;
}

static void
skip_spaces (struct scan *self)
{
  while (self->at < self->size && self->bytes[self->at] == ' ')
    self->at++;
}

static bool
in_object (const struct scan *self)
{
  return (self->is_object >> (self->depth - 1) & 1) != 0;
}

/* A key and its colon. */
static bool
scan_key (struct scan *self)
{
  uint64_t hash;
  size_t   start = self->at;

  if (self->at == self->size || self->bytes[self->at] != '"')
    return fail_syntax (self, "a key in double quotes is expected here");
  self->at++;
  if (!scan_string (self, &hash))
    return false;
  if (!add_key (&self->keys, mix (hash + self->object[self->depth - 1] * UINT64_C (0x9E3779B1))))
    {
      self->at = start;
      return fail_syntax (self, "a duplicate key");
    }
  skip_spaces (self);
  if (self->at == self->size || self->bytes[self->at] != ':')
    return fail_syntax (self, "a colon is expected here");
  self->at++;
  skip_spaces (self);
  return true;
}

/* A scalar, or the opening of an object or array. */
static bool
scan_value (struct scan *self)
{
  if (self->at == self->size)
    return fail_syntax (self, "the line ends too early");
  switch (self->bytes[self->at])
    {
    case '{':
      return open_level (self, true);
    case '[':
      return open_level (self, false);
    case '"':
      self->at++;
      return scan_string (self, NULL);
    case 't':
      return scan_word (self, "true");
    case 'f':
      return scan_word (self, "false");
    case 'n':
      return scan_word (self, "null");
    case '-':
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9':
      return scan_number (self);
    default:
      return fail_syntax (self, "a value is expected here");
    }
}

/* Until everything opened is closed. Before each turn a value, opened or whole, has just been read.
 */
static bool
scan_levels (struct scan *self)
{
  bool fresh = true; /* the level has just been opened and holds nothing */

  while (self->depth > 0)
    {
      unsigned char close = in_object (self) ? '}' : ']';
      unsigned      depth;

      skip_spaces (self);
      if (self->at == self->size)
        return fail_syntax (self, "the line ends too early");
      if (self->bytes[self->at] == close)
        {
          self->at++;
          self->depth--;
          fresh = false;
          continue;
        }
      if (!fresh)
        {
          if (self->bytes[self->at] != ',')
            return fail_syntax (self, "a comma or the closing bracket is expected here");
          self->at++;
          skip_spaces (self);
        }
      if (in_object (self) && !scan_key (self))
        return false;
      depth = self->depth;
      if (!scan_value (self))
        return false;
      fresh = self->depth > depth;
    }
  return true;
}

static bool
scan_line (struct scan *self)
{
  skip_spaces (self);
  if (self->at == self->size || self->bytes[self->at] != '{')
    return fail_syntax (self, "a line is one object");
  if (!open_level (self, true) || !scan_levels (self))
    return false;
  skip_spaces (self);
  if (self->at != self->size)
    return fail_syntax (self, "something follows the closing brace");
  return true;
}

bool
grove_scan (const char                     *bytes,
            size_t                          size,
            const struct grove_scan_limits *limits,
            struct grove_scan_error        *ret_error)
{
  struct scan self;
  bool        fine;

  self.bytes = (const unsigned char *) bytes;
  self.at = 0;
  self.size = size;
  self.limits = limits;
  self.error = ret_error;
  self.depth = 0;
  self.is_object = 0;
  self.n_objects = 0;
  memset (self.keys.small, 0, sizeof self.keys.small);
  self.keys.slots = self.keys.small;
  self.keys.n = 0;
  self.keys.capacity = SMALL_SET;
  fine = scan_line (&self);
  if (self.keys.slots != self.keys.small)
    free (self.keys.slots);
  return fine;
}
