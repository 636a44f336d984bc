/* SPDX-License-Identifier: MIT
 *
 * Text for terms: atoms and binaries, and which characters are shown as they are. What comes out is
 * safe to show: UTF-8, no control characters and nothing that turns the direction of writing.
 */
#include "runtime/term/print.h"

/* ---- Output ---------------------------------------------------------------------------------- */

void
_grove_printer_put (struct printer *self, const char *text, size_t size)
{
  size_t left = self->room - self->size;

  if (size > left)
    {
      self->full = true;
      size = left;
    }
  if (size > 0)
    memcpy (self->text + self->size, text, size);
  self->size += size;
}

void
_grove_printer_put_text (struct printer *self, const char *text)
{
  _grove_printer_put (self, text, strlen (text));
}

void
_grove_printer_put_number (struct printer *self, uint64_t value)
{
  char text[24];
  int  size = snprintf (text, sizeof text, "%llu", (unsigned long long) value);

  _grove_printer_put (self, text, (size_t) size);
}

static void
put_character (struct printer *self, uint32_t character)
{
  char   text[4];
  size_t size = _grove_utf8_encode (text, character);

  _grove_printer_put (self, text, size);
}

void
_grove_printer_put_dots (struct printer *self)
{
  _grove_printer_put_text (self, "...");
  self->truncated = true;
}

/* ---- Characters ------------------------------------------------------------------------------ */

/* Controls, and what changes how its neighbours are shown: directions, line ends, invisible marks.
 */
static bool
is_unsafe (uint32_t character)
{
  return character < 0x20 || (character >= 0x7f && character < 0xa0) || character == 0xad ||
         character == 0x61c || character == 0x180e || character == 0x200b ||
         (character >= 0x200e && character <= 0x200f) ||
         (character >= 0x2028 && character <= 0x202e) ||
         (character >= 0x2060 && character <= 0x206f) || character == 0xfeff ||
         (character >= 0xfdd0 && character <= 0xfdef) ||
         (character >= 0xfff0 && character <= 0xfffb) || (character & 0xfffe) == 0xfffe ||
         (character >= 0xe0000 && character <= 0xe0fff);
}

static void
put_escaped (struct printer *self, uint32_t character, char quote)
{
  static const char controls[] = "\n\r\t\v\b\f\033", names[] = "nrtvbfe";
  char              text[16];
  const char       *control;

  if (character == (uint32_t) quote || character == '\\')
    {
      _grove_printer_put_text (self, "\\");
      put_character (self, character);
      return;
    }
  control = character > 0 && character < 0x80 ? strchr (controls, (int) character) : NULL;
  if (control != NULL)
    snprintf (text, sizeof text, "\\%c", names[control - controls]);
  else if (is_unsafe (character))
    snprintf (text, sizeof text, is_elixir (self) ? "\\u{%X}" : "\\x{%X}", (unsigned) character);
  else
    {
      put_character (self, character);
      return;
    }
  _grove_printer_put_text (self, text);
}

/* In Elixir's texts #{ begins an expression. */
void
_grove_printer_put_quoted_character (struct printer *self,
                                     uint32_t        character,
                                     uint32_t        next,
                                     char            quote)
{
  if (is_elixir (self) && character == '#' && next == '{')
    _grove_printer_put_text (self, "\\");
  put_escaped (self, character, quote);
}

/* Well-formed UTF-8 between quotes. */
static void
put_quoted (struct printer *self, const char *text, size_t size, char quote)
{
  _grove_printer_put (self, &quote, 1);
  for (size_t at = 0; at < size && !self->full;)
    {
      uint32_t character = 0, next = 0;

      at += _grove_utf8_decode (text + at, size - at, &character);
      if (at < size)
        next = (uint8_t) text[at];
      _grove_printer_put_quoted_character (self, character, next, quote);
    }
  _grove_printer_put (self, &quote, 1);
}

/* ---- Atoms ----------------------------------------------------------------------------------- */

static bool
is_one_of (const char *const *words, const char *text, size_t size)
{
  for (; *words != NULL; words++)
    if (strlen (*words) == size && memcmp (*words, text, size) == 0)
      return true;
  return false;
}

static bool
is_lower (uint32_t character)
{
  return (character >= 'a' && character <= 'z') ||
         (character >= 0xdf && character <= 0xff && character != 0xf7);
}

static bool
is_word (uint32_t character)
{
  return is_lower (character) || (character >= 'A' && character <= 'Z') ||
         (character >= '0' && character <= '9') || character == '_' || character == '@' ||
         (character >= 0xc0 && character <= 0xde && character != 0xd7);
}

static bool
is_bare_in_erlang (const char *name, size_t size)
{
  static const char *const reserved[] = { "after",   "and",   "andalso", "band", "begin", "bnot",
                                          "bor",     "bsl",   "bsr",     "bxor", "case",  "catch",
                                          "cond",    "div",   "else",    "end",  "fun",   "if",
                                          "let",     "maybe", "not",     "of",   "or",    "orelse",
                                          "receive", "rem",   "try",     "when", "xor",   NULL };
  size_t                   at = 0;

  while (at < size)
    {
      uint32_t character = 0;
      bool     first = at == 0;

      at += _grove_utf8_decode (name + at, size - at, &character);
      if (first ? !is_lower (character) : !is_word (character))
        return false;
    }
  return size > 0 && !is_one_of (reserved, name, size);
}

static bool
is_ascii_word (char byte)
{
  return (byte & 0x80) == 0 && is_word ((uint8_t) byte);
}

static bool
is_bare_in_elixir (const char *name, size_t size)
{
  size_t n = size;

  if (n > 0 && (name[n - 1] == '?' || name[n - 1] == '!'))
    n--;
  if (n == 0 || (name[0] >= '0' && name[0] <= '9') || name[0] == '@')
    return false;
  for (size_t i = 0; i < n; i++)
    if (!is_ascii_word (name[i]))
      return false;
  return true;
}

/* Elixir.Some.Module is written Some.Module. */
static bool
is_alias (const char *name, size_t size)
{
  bool start = true;

  if (size < 8 || memcmp (name, "Elixir.", 7) != 0)
    return false;
  for (size_t i = 7; i < size; i++)
    {
      if (start ? name[i] < 'A' || name[i] > 'Z'
                : name[i] != '.' && (!is_ascii_word (name[i]) || name[i] == '@'))
        return false;
      start = name[i] == '.';
    }
  return !start;
}

/* @name in UTF-8, whatever the encoding was. Returns its size. */
static size_t
atom_text (struct etf_atom atom, char name[ETF_MAX_ATOM_BYTES])
{
  size_t size = 0;

  name[0] = 0;
  if (!atom.latin1)
    {
      memcpy (name, atom.bytes, atom.size);
      return atom.size;
    }
  for (size_t i = 0; i < atom.size; i++)
    size += _grove_utf8_encode (name + size, (uint8_t) atom.bytes[i]);
  return size;
}

void
_grove_printer_put_atom (struct printer *self, struct etf_atom atom)
{
  static const char *const words[] = { "nil", "true", "false", NULL };
  char                     name[ETF_MAX_ATOM_BYTES];
  size_t                   size = atom_text (atom, name);

  if (!is_elixir (self))
    {
      if (is_bare_in_erlang (name, size))
        _grove_printer_put (self, name, size);
      else
        put_quoted (self, name, size, '\'');
      return;
    }
  if (is_alias (name, size))
    _grove_printer_put (self, name + 7, size - 7);
  else if (is_one_of (words, name, size))
    _grove_printer_put (self, name, size);
  else
    {
      _grove_printer_put_text (self, ":");
      if (is_bare_in_elixir (name, size))
        _grove_printer_put (self, name, size);
      else
        put_quoted (self, name, size, '"');
    }
}

void
_grove_printer_put_name (struct printer *self, struct etf_atom atom)
{
  char   name[ETF_MAX_ATOM_BYTES];
  size_t size = atom_text (atom, name);

  if (is_bare_in_elixir (name, size))
    _grove_printer_put (self, name, size);
  else
    put_quoted (self, name, size, '"');
}

bool
_grove_printer_is_key (struct grove_term key)
{
  struct etf_atom atom;

  if (grove_term_type (key) != GROVE_TERM_ATOM)
    return false;
  atom = _grove_etf_atom (key.bytes);
  return !is_alias (atom.bytes, atom.size);
}

bool
_grove_printer_is_module (struct grove_term term)
{
  struct etf_atom atom;

  if (grove_term_type (term) != GROVE_TERM_ATOM)
    return false;
  atom = _grove_etf_atom (term.bytes);
  return is_alias (atom.bytes, atom.size);
}

void
_grove_printer_put_plain (struct printer *self, const char *text, size_t size)
{
  for (size_t at = 0; at < size && !self->full;)
    {
      uint32_t     character = 0;
      const size_t length = _grove_utf8_decode (text + at, size - at, &character);

      if (length == 0)
        character = 0xfffd;
      at += length > 0 ? length : 1;
      if (is_unsafe (character))
        put_escaped (self, character, '\0');
      else
        put_character (self, character);
    }
}

/* ---- Binaries -------------------------------------------------------------------------------- */

/* Is what there is room for text? A character cut by that limit does not count against it. */
static bool
is_printable (const struct printer *self, const uint8_t *bytes, size_t size, bool *ret_ascii)
{
  size_t room = self->room - self->size;

  *ret_ascii = true;
  for (size_t at = 0; at < size && at < room;)
    {
      uint32_t character;
      size_t   length = _grove_utf8_decode ((const char *) bytes + at, size - at, &character);

      if (length == 0 || (character < 0x20 && !is_text_control (character)) ||
          (character >= 0x7f && character < 0xa0))
        return false;
      *ret_ascii = *ret_ascii && character < 0x80;
      at += length;
    }
  return size > 0;
}

static void
put_binary_text (struct printer *self, const uint8_t *bytes, size_t size)
{
  size_t whole = 0;

  /* Only what is_printable() saw is known to be UTF-8. */
  _grove_printer_put_text (self, "\"");
  while (whole < size && !self->full)
    {
      uint32_t character = 0, next = 0;
      size_t   length = _grove_utf8_decode ((const char *) bytes + whole, size - whole, &character);

      if (length == 0)
        {
          self->full = true;
          break;
        }
      whole += length;
      if (whole < size)
        next = bytes[whole];
      _grove_printer_put_quoted_character (self, character, next, '"');
    }
  _grove_printer_put_text (self, "\"");
}

void
_grove_printer_put_bits (struct printer *self, struct etf_bits bits)
{
  const char *separator = is_elixir (self) ? ", " : ",";
  bool        ascii;

  if (bits.last_bits == 8 && is_printable (self, bits.bytes, bits.size, &ascii))
    {
      _grove_printer_put_text (self, is_elixir (self) ? "" : "<<");
      put_binary_text (self, bits.bytes, bits.size);
      _grove_printer_put_text (self, is_elixir (self) ? "" : ascii ? ">>" : "/utf8>>");
      return;
    }
  if (bits.size == 0 && is_elixir (self))
    {
      _grove_printer_put_text (self, "\"\"");
      return;
    }
  _grove_printer_put_text (self, "<<");
  for (size_t i = 0; i < bits.size && !self->full; i++)
    {
      bool last = i + 1 == bits.size;

      _grove_printer_put_number (self,
                                 last ? bits.bytes[i] >> (8 - bits.last_bits) : bits.bytes[i]);
      if (!last)
        _grove_printer_put_text (self, separator);
      else if (bits.last_bits != 8)
        {
          _grove_printer_put_text (self, is_elixir (self) ? "::size(" : ":");
          _grove_printer_put_number (self, bits.last_bits);
          _grove_printer_put_text (self, is_elixir (self) ? ")" : "");
        }
    }
  _grove_printer_put_text (self, ">>");
}
