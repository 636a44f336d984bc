/* SPDX-License-Identifier: MIT
 *
 * Terms as text a person reads, in the syntax of Erlang's or Elixir's shell. What comes out is safe
 * to show: UTF-8, no control characters and nothing that turns the direction of writing. The work
 * is bounded by the room for the text, not by the size of the term.
 */
#include "runtime/term/number.h"

struct printer
{
  char             *text;
  size_t            room; /* without the NUL */
  size_t            size;
  enum grove_syntax syntax;
  unsigned          max_depth;
  bool              full;
  bool              truncated;
};

static void print_term (struct printer *self, struct grove_term term, unsigned depth);

/* ---- Output ---------------------------------------------------------------------------------- */

static void
put (struct printer *self, const char *text, size_t size)
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

static void
put_text (struct printer *self, const char *text)
{
  put (self, text, strlen (text));
}

static void
put_number (struct printer *self, uint64_t value)
{
  char text[24];
  int  size = snprintf (text, sizeof text, "%llu", (unsigned long long) value);

  put (self, text, (size_t) size);
}

static void
put_character (struct printer *self, uint32_t character)
{
  char   text[4];
  size_t size = _grove_utf8_encode (text, character);

  put (self, text, size);
}

/* Something is left out here. */
static void
put_dots (struct printer *self)
{
  put_text (self, "...");
  self->truncated = true;
}

static bool
is_elixir (const struct printer *self)
{
  return self->syntax == GROVE_SYNTAX_ELIXIR;
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

/* What the shells take for text, as far as control characters go. */
static bool
is_text_control (uint32_t character)
{
  return (character >= '\b' && character <= '\r') || character == 033;
}

static void
put_escaped (struct printer *self, uint32_t character, char quote)
{
  static const char controls[] = "\n\r\t\v\b\f\033", names[] = "nrtvbfe";
  char              text[16];
  const char       *control;

  if (character == (uint32_t) quote || character == '\\')
    {
      put_text (self, "\\");
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
  put_text (self, text);
}

/* In Elixir's texts #{ begins an expression. */
static void
put_quoted_character (struct printer *self, uint32_t character, uint32_t next, char quote)
{
  if (is_elixir (self) && character == '#' && next == '{')
    put_text (self, "\\");
  put_escaped (self, character, quote);
}

/* Well-formed UTF-8 between quotes. */
static void
put_quoted (struct printer *self, const char *text, size_t size, char quote)
{
  put (self, &quote, 1);
  for (size_t at = 0; at < size && !self->full;)
    {
      uint32_t character = 0, next = 0;

      at += _grove_utf8_decode (text + at, size - at, &character);
      if (at < size)
        next = (uint8_t) text[at];
      put_quoted_character (self, character, next, quote);
    }
  put (self, &quote, 1);
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

  if (!atom.latin1)
    {
      memcpy (name, atom.bytes, atom.size);
      return atom.size;
    }
  for (size_t i = 0; i < atom.size; i++)
    size += _grove_utf8_encode (name + size, (uint8_t) atom.bytes[i]);
  return size;
}

/* Not inlined: the name must not be in every frame of the recursion. */
static __attribute__ ((noinline)) void
print_atom (struct printer *self, struct etf_atom atom)
{
  static const char *const words[] = { "nil", "true", "false", NULL };
  char                     name[ETF_MAX_ATOM_BYTES];
  size_t                   size = atom_text (atom, name);

  if (!is_elixir (self))
    {
      if (is_bare_in_erlang (name, size))
        put (self, name, size);
      else
        put_quoted (self, name, size, '\'');
      return;
    }
  if (is_alias (name, size))
    put (self, name + 7, size - 7);
  else if (is_one_of (words, name, size))
    put (self, name, size);
  else
    {
      put_text (self, ":");
      if (is_bare_in_elixir (name, size))
        put (self, name, size);
      else
        put_quoted (self, name, size, '"');
    }
}

/* The key of %{key: 1} and [key: 1]. */
static __attribute__ ((noinline)) void
print_elixir_key (struct printer *self, struct grove_term key)
{
  char   name[ETF_MAX_ATOM_BYTES];
  size_t size = atom_text (_grove_etf_atom (key.bytes), name);

  if (is_bare_in_elixir (name, size))
    put (self, name, size);
  else
    put_quoted (self, name, size, '"');
  put_text (self, ": ");
}

static bool
is_elixir_key (struct grove_term key)
{
  struct etf_atom atom;

  if (grove_term_type (key) != GROVE_TERM_ATOM)
    return false;
  atom = _grove_etf_atom (key.bytes);
  return !is_alias (atom.bytes, atom.size);
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
  put_text (self, "\"");
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
      put_quoted_character (self, character, next, '"');
    }
  put_text (self, "\"");
}

static void
print_bits (struct printer *self, struct etf_bits bits)
{
  const char *separator = is_elixir (self) ? ", " : ",";
  bool        ascii;

  if (bits.last_bits == 8 && is_printable (self, bits.bytes, bits.size, &ascii))
    {
      put_text (self, is_elixir (self) ? "" : "<<");
      put_binary_text (self, bits.bytes, bits.size);
      put_text (self, is_elixir (self) ? "" : ascii ? ">>" : "/utf8>>");
      return;
    }
  if (bits.size == 0 && is_elixir (self))
    {
      put_text (self, "\"\"");
      return;
    }
  put_text (self, "<<");
  for (size_t i = 0; i < bits.size && !self->full; i++)
    {
      bool last = i + 1 == bits.size;

      put_number (self, last ? bits.bytes[i] >> (8 - bits.last_bits) : bits.bytes[i]);
      if (!last)
        put_text (self, separator);
      else if (bits.last_bits != 8)
        {
          put_text (self, is_elixir (self) ? "::size(" : ":");
          put_number (self, bits.last_bits);
          put_text (self, is_elixir (self) ? ")" : "");
        }
    }
  put_text (self, ">>");
}

/* ---- Containers ------------------------------------------------------------------------------ */

/* Would the shell show the list as text? Only as much of it is looked at as there is room for. */
static bool
is_character_list (const struct printer *self, struct grove_term term)
{
  struct grove_cursor cursor;
  struct grove_term   element;
  size_t              n = 0, room = self->room - self->size;

  grove_cursor_init (&cursor, term);
  while (n <= room && grove_cursor_next (&cursor, &element))
    {
      int64_t value;

      n++;
      if (grove_term_type (element) != GROVE_TERM_INTEGER || !grove_term_int64 (element, &value))
        return false;
      if (!(value >= 0x20 && value < 0x7f) &&
          !(value > 0 && is_text_control ((uint32_t) value & 0xff) && value < 0x20) &&
          (is_elixir (self) || value < 0xa0 || value > 0xff))
        return false;
    }
  return n > 0 && (n > room || !grove_cursor_tail (&cursor, &element));
}

static void
print_character_list (struct printer *self, struct grove_term term)
{
  struct grove_cursor cursor;
  struct grove_term   element;
  int64_t             value = 0, next = 0;
  bool                more;

  put_text (self, is_elixir (self) ? "~c\"" : "\"");
  grove_cursor_init (&cursor, term);
  more = grove_cursor_next (&cursor, &element) && grove_term_int64 (element, &value);
  while (more && !self->full)
    {
      more = grove_cursor_next (&cursor, &element) && grove_term_int64 (element, &next);
      put_quoted_character (self, (uint32_t) value, more ? (uint32_t) next : 0, '"');
      value = next;
    }
  put_text (self, "\"");
}

/* [{key, value}, ...] with nothing else in it, as far as there is room. */
static bool
is_keyword_list (const struct printer *self, struct grove_term term)
{
  struct grove_cursor cursor;
  struct grove_term   element, key;
  size_t              n = 0, room = self->room - self->size;

  grove_cursor_init (&cursor, term);
  while (n <= room && grove_cursor_next (&cursor, &element))
    {
      n++;
      if (grove_term_type (element) != GROVE_TERM_TUPLE || grove_term_arity (element) != 2 ||
          !grove_term_element (element, 0, &key) || !is_elixir_key (key))
        return false;
    }
  return n > 0 && (n > room || !grove_cursor_tail (&cursor, &element));
}

static void
print_pair (struct printer *self, struct grove_term pair, unsigned depth)
{
  struct grove_term key, value;

  if (!grove_term_element (pair, 0, &key) || !grove_term_element (pair, 1, &value))
    return;
  print_elixir_key (self, key);
  print_term (self, value, depth);
}

static void
print_elements (struct printer *self, struct grove_term term, unsigned depth, bool keywords)
{
  const char         *separator = is_elixir (self) ? ", " : ",";
  struct grove_cursor cursor;
  struct grove_term   element;

  grove_cursor_init (&cursor, term);
  for (size_t n = 0; !self->full && grove_cursor_next (&cursor, &element); n++)
    {
      if (n > 0)
        put_text (self, separator);
      if (keywords)
        print_pair (self, element, depth);
      else
        print_term (self, element, depth);
    }
  if (!self->full && grove_cursor_tail (&cursor, &element))
    {
      put_text (self, is_elixir (self) ? " | " : "|");
      print_term (self, element, depth);
    }
}

static void
print_list (struct printer *self, struct grove_term term, unsigned depth)
{
  bool keywords;

  if (is_character_list (self, term))
    {
      print_character_list (self, term);
      return;
    }
  keywords = is_elixir (self) && is_keyword_list (self, term);
  put_text (self, "[");
  print_elements (self, term, depth, keywords);
  put_text (self, "]");
}

static void
print_map (struct printer *self, struct grove_term term, unsigned depth)
{
  struct grove_cursor cursor;
  struct grove_term   key, value;
  size_t              n = 0, room = self->room - self->size;
  bool                short_keys = is_elixir (self);

  grove_cursor_init (&cursor, term);
  while (short_keys && n++ <= room && grove_cursor_next (&cursor, &key) &&
         grove_cursor_next (&cursor, &value))
    short_keys = is_elixir_key (key);
  put_text (self, is_elixir (self) ? "%{" : "#{");
  grove_cursor_init (&cursor, term);
  for (n = 0; !self->full && grove_cursor_next (&cursor, &key); n++)
    {
      grove_cursor_next (&cursor, &value);
      if (n > 0)
        put_text (self, is_elixir (self) ? ", " : ",");
      if (short_keys)
        print_elixir_key (self, key);
      else
        {
          print_term (self, key, depth);
          put_text (self, " => ");
        }
      print_term (self, value, depth);
    }
  put_text (self, "}");
}

/* ---- Identifiers and functions --------------------------------------------------------------- */

/* Something of another node, or of an earlier run, must not be taken for something of ours: it is
 * shown with the name of its node. */
static void
put_origin (struct printer *self, const struct etf_identifier *identifier)
{
  bool ours = identifier->creation == grove_term_creation () &&
              identifier->node.size == sizeof ETF_NODE - 1 &&
              memcmp (identifier->node.bytes, ETF_NODE, sizeof ETF_NODE - 1) == 0;

  if (ours)
    put_text (self, "0");
  else
    print_atom (self, identifier->node);
}

static void
print_pid (struct printer *self, struct grove_term term)
{
  struct etf_identifier identifier;
  grove_pid             pid;

  _grove_etf_identifier (term.bytes, &identifier);
  put_text (self, is_elixir (self) ? "#PID<" : grove_term_pid (term, &pid) ? "<" : "#Pid<");
  put_origin (self, &identifier);
  put_text (self, ".");
  put_number (self, (uint32_t) identifier.id);
  put_text (self, ".");
  put_number (self, identifier.id >> 32);
  put_text (self, ">");
}

static void
print_reference (struct printer *self, struct grove_term term)
{
  struct etf_identifier identifier;

  _grove_etf_identifier (term.bytes, &identifier);
  put_text (self, is_elixir (self) ? "#Reference<" : "#Ref<");
  put_origin (self, &identifier);
  for (size_t i = identifier.n_words; i > 0; i--)
    {
      put_text (self, ".");
      put_number (self, etf_get32 (identifier.words + 4 * (i - 1)));
    }
  put_text (self, ">");
}

static void
print_port (struct printer *self, struct grove_term term)
{
  struct etf_identifier identifier;

  _grove_etf_identifier (term.bytes, &identifier);
  put_text (self, "#Port<");
  put_origin (self, &identifier);
  put_text (self, ".");
  put_number (self, identifier.id);
  put_text (self, ">");
}

static void
print_fun (struct printer *self, struct grove_term term)
{
  const uint8_t *module = term.bytes + 1, *function, *arity;

  if (term.bytes[0] != ETF_EXPORT)
    {
      /* Size, arity, a checksum, index, count of what it closes over; then the module. */
      put_text (self, is_elixir (self) ? "#Function<" : "#Fun<");
      print_atom (self, _grove_etf_atom (term.bytes + 30));
      put_text (self, ".");
      put_number (self, etf_get32 (term.bytes + 22));
      put_text (self, "/");
      put_number (self, term.bytes[5]);
      put_text (self, ">");
      return;
    }
  function = _grove_etf_skip (module);
  arity = _grove_etf_skip (function);
  put_text (self, is_elixir (self) ? "&" : "fun ");
  print_atom (self, _grove_etf_atom (module));
  put_text (self, is_elixir (self) ? "." : ":");
  if (is_elixir (self))
    {
      struct etf_atom name = _grove_etf_atom (function);

      if (!name.latin1 && is_bare_in_elixir (name.bytes, name.size))
        put (self, name.bytes, name.size);
      else
        put_quoted (self, name.bytes, name.size, '"');
    }
  else
    print_atom (self, _grove_etf_atom (function));
  put_text (self, "/");
  put_number (self, arity[1]);
}

/* ---- All of them ----------------------------------------------------------------------------- */

static __attribute__ ((noinline)) void
print_number (struct printer *self, struct grove_term term)
{
  char   text[NUMBER_TEXT_SIZE];
  size_t size;

  if (grove_term_type (term) == GROVE_TERM_FLOAT)
    size = _grove_number_print_float (_grove_etf_double (term.bytes), text);
  else
    size = _grove_number_print_integer (term.bytes, text);
  if (size == 0)
    put_dots (self);
  else
    put (self, text, size);
}

static void
print_container (struct printer *self, struct grove_term term, unsigned depth)
{
  if (depth >= self->max_depth || depth >= ETF_MAX_DEPTH)
    {
      put_dots (self);
      return;
    }
  switch ((int) grove_term_type (term))
    {
    case GROVE_TERM_LIST:
      print_list (self, term, depth + 1);
      break;
    case GROVE_TERM_TUPLE:
      put_text (self, "{");
      print_elements (self, term, depth + 1, false);
      put_text (self, "}");
      break;
    default:
      print_map (self, term, depth + 1);
      break;
    }
}

static void
print_term (struct printer *self, struct grove_term term, unsigned depth)
{
  if (self->full)
    return;
  switch (grove_term_type (term))
    {
    case GROVE_TERM_INTEGER:
    case GROVE_TERM_FLOAT:
      print_number (self, term);
      break;
    case GROVE_TERM_ATOM:
      print_atom (self, _grove_etf_atom (term.bytes));
      break;
    case GROVE_TERM_BINARY:
    case GROVE_TERM_BITSTRING:
      print_bits (self, _grove_etf_bits (term.bytes));
      break;
    case GROVE_TERM_LIST:
    case GROVE_TERM_TUPLE:
    case GROVE_TERM_MAP:
      print_container (self, term, depth);
      break;
    case GROVE_TERM_PID:
      print_pid (self, term);
      break;
    case GROVE_TERM_REFERENCE:
      print_reference (self, term);
      break;
    case GROVE_TERM_PORT:
      print_port (self, term);
      break;
    case GROVE_TERM_FUN:
      print_fun (self, term);
      break;
    case GROVE_TERM_INVALID:
    default:
      break;
    }
}

/* Something did not fit: the dots take the place of the last characters. */
static void
end_with_dots (struct printer *self)
{
  size_t dots = self->room < 3 ? self->room : 3;

  if (self->size > self->room - dots)
    {
      self->size = self->room - dots;
      while (self->size > 0 && ((uint8_t) self->text[self->size] & 0xc0) == 0x80)
        self->size--;
    }
  if (dots > 0)
    memcpy (self->text + self->size, "...", dots);
  self->size += dots;
  self->truncated = true;
}

size_t
grove_term_print (struct grove_term term,
                  enum grove_syntax syntax,
                  unsigned          max_depth,
                  char             *text,
                  size_t            capacity,
                  bool             *ret_truncated)
{
  struct printer self = {
    .text = text,
    .room = capacity > 0 ? capacity - 1 : 0,
    .syntax = syntax,
    .max_depth = max_depth,
  };

  print_term (&self, term, 0);
  if (self.full)
    end_with_dots (&self);
  if (capacity > 0)
    text[self.size] = 0;
  if (ret_truncated != NULL)
    *ret_truncated = self.truncated;
  return self.size;
}
