/* SPDX-License-Identifier: MIT
 *
 * Erlang's scalar syntax: see the header.
 */
#include "runtime/term/lex.h"

#include <math.h>
#include <stdlib.h>

/* Every integer that printing shows in full can be typed. */
#define MAX_DIGITS      2500
#define MAX_LIMBS       416 /* of 32 bits: MAX_DIGITS digits in base 36 */
#define MAX_FLOAT_CHARS 400

bool
_grove_lex_fail (struct lexer *self, size_t position, const char *message)
{
  if (self->message == NULL)
    {
      self->position = position;
      self->message = message;
      self->status = GROVE_ERR_SYNTAX;
    }
  return false;
}

static bool
is_digit (char byte)
{
  return byte >= '0' && byte <= '9';
}

static bool
at_end (const struct lexer *self)
{
  return self->position >= self->size;
}

/* The byte @ahead of the next, 0 behind the end. */
static char
byte_at (const struct lexer *self, size_t ahead)
{
  return self->position + ahead < self->size ? self->text[self->position + ahead] : 0;
}

void
_grove_lex_space (struct lexer *self)
{
  for (; !at_end (self); self->position++)
    {
      char byte = self->text[self->position];

      if (byte == '%')
        while (!at_end (self) && self->text[self->position] != '\n')
          self->position++;
      else if (byte != ' ' && byte != '\t' && byte != '\n' && byte != '\r')
        return;
      if (at_end (self))
        return;
    }
}

char
_grove_lex_peek (struct lexer *self)
{
  _grove_lex_space (self);
  return byte_at (self, 0);
}

bool
_grove_lex_take (struct lexer *self, const char *token)
{
  size_t size = strlen (token);

  _grove_lex_space (self);
  if (self->message != NULL || self->size - self->position < size ||
      memcmp (self->text + self->position, token, size) != 0)
    return false;
  self->position += size;
  return true;
}

/* ---- Characters ------------------------------------------------------------------------------ */

/* Code points of a quoted text. */
struct characters
{
  uint32_t *at;
  size_t    n;
  size_t    capacity;
};

static void
characters_add (struct characters *self, uint32_t character)
{
  if (self->n == self->capacity)
    {
      self->capacity = self->capacity == 0 ? 64 : 2 * self->capacity;
      self->at = realloc (self->at, self->capacity * sizeof *self->at);
      if (self->at == NULL)
        abort ();
    }
  self->at[self->n++] = character;
}

static int
digit_value (char byte)
{
  if (is_digit (byte))
    return byte - '0';
  if (byte >= 'a' && byte <= 'z')
    return byte - 'a' + 10;
  if (byte >= 'A' && byte <= 'Z')
    return byte - 'A' + 10;
  return 99;
}

static bool
read_plain (struct lexer *self, uint32_t *ret_character)
{
  size_t length =
    _grove_utf8_decode (self->text + self->position, self->size - self->position, ret_character);

  if (length == 0)
    return _grove_lex_fail (self, self->position, at_end (self) ? "unexpected end" : "not UTF-8");
  self->position += length;
  return true;
}

/* Behind \x: two digits, or any number in braces. */
static bool
read_hexadecimal (struct lexer *self, size_t start, uint32_t *ret_character)
{
  bool     braces = byte_at (self, 0) == '{';
  uint64_t value = 0;
  size_t   n = 0;

  self->position += braces;
  while (digit_value (byte_at (self, 0)) < 16 && n < (braces ? 8u : 2u))
    {
      value = value * 16 + (unsigned) digit_value (byte_at (self, 0));
      self->position++;
      n++;
    }
  if (n == 0 || (!braces && n != 2) || (braces && byte_at (self, 0) != '}'))
    return _grove_lex_fail (self, start, "\\x needs two hexadecimal digits, or \\x{...}");
  self->position += braces;
  if (!etf_is_character (value))
    return _grove_lex_fail (self, start, "no such character");
  *ret_character = (uint32_t) value;
  return true;
}

/* Behind a backslash. */
static bool
read_escape (struct lexer *self, uint32_t *ret_character)
{
  static const char names[] = "nrtvbfesd", values[] = "\n\r\t\v\b\f\033 \177";
  size_t            start = self->position - 1;
  uint32_t          character;
  const char       *name;

  if (byte_at (self, 0) >= '0' && byte_at (self, 0) <= '7')
    {
      character = 0;
      for (size_t n = 0; n < 3 && byte_at (self, 0) >= '0' && byte_at (self, 0) <= '7'; n++)
        character = character * 8 + (uint32_t) (self->text[self->position++] - '0');
      *ret_character = character;
      return true;
    }
  if (!read_plain (self, &character))
    return false;
  if (character == 'x')
    return read_hexadecimal (self, start, ret_character);
  if (character == '^')
    {
      if (!read_plain (self, &character))
        return false;
      if (character < '@' || character > '_')
        return _grove_lex_fail (self, start, "\\^ needs a letter");
      *ret_character = character & 31;
      return true;
    }
  name = character < 0x80 && character > 0 ? strchr (names, (int) character) : NULL;
  *ret_character = name != NULL ? (uint32_t) values[name - names] : character;
  return true;
}

/* From behind the opening quote to behind the closing one. */
static bool
read_quoted (struct lexer *self, char quote, struct characters *characters)
{
  size_t start = self->position - 1;

  for (;;)
    {
      uint32_t character;

      if (at_end (self))
        return _grove_lex_fail (self, start, "the quote is not closed");
      if (byte_at (self, 0) == quote)
        {
          self->position++;
          return true;
        }
      if (!read_plain (self, &character) || (character == '\\' && !read_escape (self, &character)))
        return false;
      characters_add (characters, character);
    }
}

/* ---- Numbers --------------------------------------------------------------------------------- */

/* Digits up to the first byte that is none; underscores stand between digits. */
static bool
read_digits (struct lexer *self, unsigned base, uint32_t limbs[MAX_LIMBS], size_t *n_limbs)
{
  size_t start = self->position, n_digits = 0;

  *n_limbs = 0;
  for (;; self->position++)
    {
      char     byte = byte_at (self, 0);
      uint64_t carry;

      if (byte == '_' && n_digits > 0 && byte_at (self, 1) != '_' &&
          (unsigned) digit_value (byte_at (self, 1)) < base)
        continue;
      if ((unsigned) digit_value (byte) >= base)
        break;
      if (++n_digits > MAX_DIGITS)
        return _grove_lex_fail (self, start, "the integer has too many digits");
      carry = (unsigned) digit_value (byte);
      for (size_t i = 0; i < *n_limbs; i++)
        {
          carry += (uint64_t) limbs[i] * base;
          limbs[i] = (uint32_t) carry;
          carry >>= 32;
        }
      if (carry != 0)
        limbs[(*n_limbs)++] = (uint32_t) carry;
    }
  if (n_digits == 0)
    return _grove_lex_fail (self, self->position, "digits expected");
  return true;
}

/* From the sign or first digit at @start; the point is where the lexer stands. The number goes to
 * the C library without its point, which in a locale may be another byte. */
static bool
read_fraction (struct lexer *self, size_t start, bool negative, struct grove_buffer *out)
{
  char   digits[MAX_FLOAT_CHARS + 32];
  size_t n = 0;
  int    exponent = 0, typed = 0;
  double value;

  for (size_t i = start; i < self->position; i++)
    if (is_digit (self->text[i]) && n < MAX_FLOAT_CHARS)
      digits[n++] = self->text[i];
  for (self->position++; is_digit (byte_at (self, 0)); self->position++, exponent--)
    if (n < MAX_FLOAT_CHARS)
      digits[n++] = byte_at (self, 0);
  if (n == MAX_FLOAT_CHARS)
    return _grove_lex_fail (self, start, "the number has too many digits");
  if (byte_at (self, 0) == 'e' || byte_at (self, 0) == 'E')
    {
      bool below;

      self->position++;
      below = byte_at (self, 0) == '-';
      self->position += byte_at (self, 0) == '-' || byte_at (self, 0) == '+';
      if (!is_digit (byte_at (self, 0)))
        return _grove_lex_fail (self, self->position, "digits expected");
      for (; is_digit (byte_at (self, 0)); self->position++)
        if (typed < 100000)
          typed = typed * 10 + (byte_at (self, 0) - '0');
      exponent += below ? -typed : typed;
    }
  snprintf (digits + n, sizeof digits - n, "e%d", exponent);
  value = strtod (digits, NULL);
  if (!isfinite (value))
    return _grove_lex_fail (self, start, "the number is too large for a float");
  _grove_encode_float (out, negative ? -value : value);
  return true;
}

static bool
read_number (struct lexer *self, struct grove_buffer *out)
{
  uint32_t limbs[MAX_LIMBS];
  uint8_t  magnitude[4 * MAX_LIMBS];
  size_t   n_limbs, start = self->position;
  bool     negative = byte_at (self, 0) == '-';

  self->position += byte_at (self, 0) == '-' || byte_at (self, 0) == '+';
  if (!is_digit (byte_at (self, 0)))
    return _grove_lex_fail (self, self->position, "digits expected");
  if (!read_digits (self, 10, limbs, &n_limbs))
    return false;
  if (byte_at (self, 0) == '.' && is_digit (byte_at (self, 1)))
    return read_fraction (self, start, negative, out);
  if (byte_at (self, 0) == '#')
    {
      uint32_t base = n_limbs == 1 ? limbs[0] : 0;

      if (base < 2 || base > 36)
        return _grove_lex_fail (self, start, "a base is between 2 and 36");
      self->position++;
      if (!read_digits (self, base, limbs, &n_limbs))
        return false;
    }
  for (size_t i = 0; i < 4 * n_limbs; i++)
    magnitude[i] = (uint8_t) (limbs[i / 4] >> (8 * (i % 4)));
  _grove_encode_integer (out, negative, magnitude, 4 * n_limbs);
  return true;
}

/* ---- Atoms and binaries ---------------------------------------------------------------------- */

static bool
is_atom_start (uint32_t character)
{
  return (character >= 'a' && character <= 'z') ||
         (character >= 0xdf && character <= 0xff && character != 0xf7);
}

static bool
is_atom_character (uint32_t character)
{
  return is_atom_start (character) || (character >= 'A' && character <= 'Z') ||
         (character >= '0' && character <= '9') || character == '_' || character == '@' ||
         (character >= 0xc0 && character <= 0xde && character != 0xd7);
}

static bool
read_bare_atom (struct lexer *self, struct grove_buffer *out)
{
  size_t   start = self->position, length, n = 0;
  uint32_t character;

  while ((length = _grove_utf8_decode (self->text + self->position, self->size - self->position,
                                       &character)) > 0 &&
         is_atom_character (character))
    {
      self->position += length;
      n++;
    }
  if (n > ETF_MAX_ATOM_CHARS)
    return _grove_lex_fail (self, start, "an atom has at most 255 characters");
  _grove_encode_atom (out, self->text + start, self->position - start);
  return true;
}

static bool
read_quoted_atom (struct lexer *self, struct grove_buffer *out)
{
  struct characters characters = { 0 };
  char              name[ETF_MAX_ATOM_BYTES];
  size_t            start = self->position++, size = 0;
  bool              ok = read_quoted (self, '\'', &characters);

  if (ok && characters.n > ETF_MAX_ATOM_CHARS)
    ok = _grove_lex_fail (self, start, "an atom has at most 255 characters");
  for (size_t i = 0; ok && i < characters.n; i++)
    size += _grove_utf8_encode (name + size, characters.at[i]);
  if (ok)
    _grove_encode_atom (out, name, size);
  free (characters.at);
  return ok;
}

/* Strings that follow each other are one, as in Erlang. */
static bool
read_strings (struct lexer *self, struct characters *characters)
{
  while (_grove_lex_take (self, "\""))
    if (!read_quoted (self, '"', characters))
      return false;
  return self->message == NULL;
}

static bool
read_string (struct lexer *self, struct grove_buffer *out)
{
  struct characters characters = { 0 };
  bool              ok = read_strings (self, &characters);

  if (ok)
    _grove_encode_characters (out, characters.at, characters.n);
  free (characters.at);
  return ok;
}

/* "abc" or "abc"/utf8 in a binary. */
static bool
read_text_segment (struct lexer *self, struct grove_buffer *out)
{
  struct characters characters = { 0 };
  size_t            start = self->position;
  bool              ok = read_strings (self, &characters);
  bool              utf8 = ok && _grove_lex_take (self, "/utf8");

  for (size_t i = 0; ok && i < characters.n; i++)
    {
      char   bytes[4] = { (char) characters.at[i] };
      size_t size = 1;

      if (utf8)
        size = _grove_utf8_encode (bytes, characters.at[i]);
      else if (characters.at[i] > 255)
        ok = _grove_lex_fail (self, start, "this text needs /utf8 behind it: <<\"...\"/utf8>>");
      if (ok)
        memcpy (grove_buffer_extend (out, size), bytes, size);
    }
  free (characters.at);
  return ok;
}

static bool
read_byte_segment (struct lexer *self, struct grove_buffer *out)
{
  struct grove_buffer number = { 0 };
  size_t              start = self->position;
  uint64_t            value = 256;
  bool                ok = read_number (self, &number);

  if (ok && (!grove_term_uint64 (grove_buffer_term (&number), &value) || value > 255))
    ok = _grove_lex_fail (self, start, "a byte is between 0 and 255");
  if (ok)
    *grove_buffer_extend (out, 1) = (uint8_t) value;
  grove_buffer_finish (&number);
  return ok;
}

static bool
read_segments (struct lexer *self, struct grove_buffer *out)
{
  if (_grove_lex_take (self, ">>"))
    return true;
  do
    {
      char byte = _grove_lex_peek (self);

      if (byte == '"' ? !read_text_segment (self, out)
                      : !is_digit (byte) || !read_byte_segment (self, out))
        return _grove_lex_fail (self, self->position, "a byte or a \"text\" expected");
    }
  while (_grove_lex_take (self, ","));
  if (!_grove_lex_take (self, ">>"))
    return _grove_lex_fail (self, self->position, "',' or '>>' expected");
  return true;
}

static bool
read_binary (struct lexer *self, struct grove_buffer *out)
{
  struct grove_buffer bytes = { 0 };
  bool                ok;

  self->position += 2;
  ok = read_segments (self, &bytes);
  if (ok)
    _grove_encode_binary (out, bytes.bytes, bytes.size);
  grove_buffer_finish (&bytes);
  return ok;
}

static bool
read_character (struct lexer *self, struct grove_buffer *out)
{
  uint8_t  bytes[ETF_MAX_INT64_SIZE];
  uint32_t character;
  size_t   size;

  self->position++;
  if (!read_plain (self, &character) || (character == '\\' && !read_escape (self, &character)))
    return false;
  size = _grove_etf_put_uint64 (bytes, character);
  memcpy (grove_buffer_extend (out, size), bytes, size);
  return true;
}

bool
_grove_lex_scalar (struct lexer *self, struct grove_buffer *out)
{
  char     byte = _grove_lex_peek (self);
  uint32_t character = 0;

  if (self->message != NULL)
    return false;
  if (at_end (self))
    return _grove_lex_fail (self, self->position, "a term expected");
  if (is_digit (byte) || byte == '-' || byte == '+')
    return read_number (self, out);
  if (byte == '$')
    return read_character (self, out);
  if (byte == '"')
    return read_string (self, out);
  if (byte == '\'')
    return read_quoted_atom (self, out);
  if (byte == '<' && byte_at (self, 1) == '<')
    return read_binary (self, out);
  if (_grove_utf8_decode (self->text + self->position, self->size - self->position, &character) ==
      0)
    return _grove_lex_fail (self, self->position, "not UTF-8");
  if (is_atom_start (character))
    return read_bare_atom (self, out);
  if ((character >= 'A' && character <= 'Z') || character == '_')
    return _grove_lex_fail (self, self->position,
                            "variables have no value here; an atom with a capital is 'Quoted'");
  return _grove_lex_fail (self, self->position, "a term expected");
}
