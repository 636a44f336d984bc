/* SPDX-License-Identifier: MIT
 *
 * Terms as text a person reads, in the syntax of Erlang's or Elixir's shell. Printing
 * stops where the room ends, so a large term costs no more than a walk over it for each level
 * shown.
 */
#include "runtime/term/print.h"

#include "runtime/term/number.h"

static void print_term (struct printer *self, struct grove_term term, unsigned depth);

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

  _grove_printer_put_text (self, is_elixir (self) ? "~c\"" : "\"");
  grove_cursor_init (&cursor, term);
  more = grove_cursor_next (&cursor, &element) && grove_term_int64 (element, &value);
  while (more && !self->full)
    {
      more = grove_cursor_next (&cursor, &element) && grove_term_int64 (element, &next);
      _grove_printer_put_quoted_character (self, (uint32_t) value, more ? (uint32_t) next : 0, '"');
      value = next;
    }
  _grove_printer_put_text (self, "\"");
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
          !grove_term_element (element, 0, &key) || !_grove_printer_is_key (key))
        return false;
    }
  return n > 0 && (n > room || !grove_cursor_tail (&cursor, &element));
}

/* The key of %{key: 1} and [key: 1]. */
void
_grove_printer_put_key (struct printer *self, struct grove_term key)
{
  _grove_printer_put_name (self, _grove_etf_atom (key.bytes));
  _grove_printer_put_text (self, ": ");
}

static void
print_pair (struct printer *self, struct grove_term pair, unsigned depth)
{
  struct grove_term key, value;

  if (!grove_term_element (pair, 0, &key) || !grove_term_element (pair, 1, &value))
    return;
  _grove_printer_put_key (self, key);
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
        _grove_printer_put_text (self, separator);
      if (keywords)
        print_pair (self, element, depth);
      else
        print_term (self, element, depth);
    }
  if (!self->full && grove_cursor_tail (&cursor, &element))
    {
      _grove_printer_put_text (self, is_elixir (self) ? " | " : "|");
      print_term (self, element, depth);
    }
}

bool
_grove_printer_is_more (struct grove_term term)
{
  struct grove_text text;

  return grove_term_type (term) == GROVE_TERM_ATOM && grove_term_atom (term, &text) &&
         text.size == 11 && memcmp (text.bytes, "$grove_more", 11) == 0;
}

static bool
print_beginning (struct printer *self, struct grove_term list)
{
  struct grove_cursor cursor;
  struct grove_term   first, bits;
  struct etf_bits     bytes;

  grove_cursor_init (&cursor, list);
  if (!grove_cursor_next (&cursor, &first) || !_grove_printer_is_more (first) ||
      grove_cursor_next (&cursor, &bits) || !grove_cursor_tail (&cursor, &bits) ||
      grove_term_type (bits) != GROVE_TERM_BINARY)
    return false;
  bytes = _grove_etf_bits (bits.bytes);
  _grove_printer_put_bits (self, bytes);
  if (is_elixir (self))
    _grove_printer_put_text (self, " <> ...");
  else if (!self->full)
    {
      self->size -= 2;
      _grove_printer_put_text (self, "...>>");
    }
  self->truncated = true;
  return true;
}

static void
print_list (struct printer *self, struct grove_term term, unsigned depth)
{
  bool keywords;

  if (print_beginning (self, term))
    return;
  if (is_character_list (self, term))
    {
      print_character_list (self, term);
      return;
    }
  keywords = is_elixir (self) && is_keyword_list (self, term);
  _grove_printer_put_text (self, "[");
  print_elements (self, term, depth, keywords);
  _grove_printer_put_text (self, "]");
}

static void
print_map (struct printer *self, struct grove_term term, unsigned depth)
{
  struct grove_cursor cursor;
  struct grove_term   key, value;
  size_t              n = 0, room = self->room - self->size;
  bool                short_keys = is_elixir (self);

  if (is_elixir (self) && _grove_printer_put_struct (self, term, depth))
    return;
  grove_cursor_init (&cursor, term);
  while (short_keys && n++ <= room && grove_cursor_next (&cursor, &key) &&
         grove_cursor_next (&cursor, &value))
    short_keys = _grove_printer_is_key (key);
  _grove_printer_put_text (self, is_elixir (self) ? "%{" : "#{");
  grove_cursor_init (&cursor, term);
  for (n = 0; !self->full && grove_cursor_next (&cursor, &key); n++)
    {
      grove_cursor_next (&cursor, &value);
      if (n > 0)
        _grove_printer_put_text (self, is_elixir (self) ? ", " : ",");
      if (_grove_printer_is_more (key))
        {
          _grove_printer_put_dots (self);
          continue;
        }
      if (short_keys)
        _grove_printer_put_key (self, key);
      else
        {
          print_term (self, key, depth);
          _grove_printer_put_text (self, " => ");
        }
      print_term (self, value, depth);
    }
  _grove_printer_put_text (self, "}");
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
    _grove_printer_put_dots (self);
  else
    _grove_printer_put (self, text, size);
}

static void
print_container (struct printer *self, struct grove_term term, unsigned depth)
{
  if (depth >= self->max_depth || depth >= ETF_MAX_DEPTH)
    {
      _grove_printer_put_dots (self);
      return;
    }
  switch ((int) grove_term_type (term))
    {
    case GROVE_TERM_LIST:
      print_list (self, term, depth + 1);
      break;
    case GROVE_TERM_TUPLE:
      _grove_printer_put_text (self, "{");
      print_elements (self, term, depth + 1, false);
      _grove_printer_put_text (self, "}");
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
      if (_grove_printer_is_more (term))
        {
          _grove_printer_put_dots (self);
          break;
        }
      _grove_printer_put_atom (self, _grove_etf_atom (term.bytes));
      break;
    case GROVE_TERM_BINARY:
    case GROVE_TERM_BITSTRING:
      _grove_printer_put_bits (self, _grove_etf_bits (term.bytes));
      break;
    case GROVE_TERM_LIST:
    case GROVE_TERM_TUPLE:
    case GROVE_TERM_MAP:
      print_container (self, term, depth);
      break;
    case GROVE_TERM_PID:
    case GROVE_TERM_REFERENCE:
    case GROVE_TERM_PORT:
      _grove_printer_put_identifier (self, term);
      break;
    case GROVE_TERM_FUN:
      _grove_printer_put_fun (self, term);
      break;
    case GROVE_TERM_INVALID:
    default:
      break;
    }
}

void
_grove_printer_put_term (struct printer *self, struct grove_term term, unsigned depth)
{
  print_term (self, term, depth);
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
