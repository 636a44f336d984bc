/* SPDX-License-Identifier: MIT
 *
 * Reading a term that a person typed, in Erlang's syntax. Recursion follows the nesting, which is
 * capped; what is written is what Erlang's term_to_binary writes for the same value.
 */
#include "runtime/term/lex.h"

#define MAX_TEXT  (64 * 1024)
#define MAX_DEPTH 64

struct parser
{
  struct lexer         lexer;
  struct grove_buffer *out;
};

static bool parse_term (struct parser *self, unsigned depth);

static bool
fail (struct parser *self, const char *message)
{
  return _grove_lex_fail (&self->lexer, self->lexer.position, message);
}

/* ---- Tuples and maps ------------------------------------------------------------------------- */

static bool
parse_tuple (struct parser *self, unsigned depth)
{
  struct grove_buffer *out = self->out;
  size_t               start = out->size;
  uint32_t             n = 0;

  grove_buffer_extend (out, 5);
  if (!_grove_lex_take (&self->lexer, "}"))
    {
      do
        {
          if (!parse_term (self, depth))
            return false;
          n++;
        }
      while (_grove_lex_take (&self->lexer, ","));
      if (!_grove_lex_take (&self->lexer, "}"))
        return fail (self, "',' or '}' expected");
    }
  if (n > 255)
    {
      out->bytes[start] = ETF_LARGE_TUPLE;
      etf_put32 (out->bytes + start + 1, n);
      return true;
    }
  out->bytes[start] = ETF_SMALL_TUPLE;
  out->bytes[start + 1] = (uint8_t) n;
  memmove (out->bytes + start + 2, out->bytes + start + 5, out->size - start - 5);
  out->size -= 3;
  return true;
}

static bool
parse_map (struct parser *self, unsigned depth)
{
  struct grove_buffer *out = self->out;
  size_t               start = out->size, position = self->lexer.position;
  uint32_t             n = 0;

  grove_buffer_extend (out, 5);
  if (!_grove_lex_take (&self->lexer, "}"))
    {
      do
        {
          if (!parse_term (self, depth))
            return false;
          if (!_grove_lex_take (&self->lexer, "=>"))
            return fail (self, "'=>' expected");
          if (!parse_term (self, depth))
            return false;
          n++;
        }
      while (_grove_lex_take (&self->lexer, ","));
      if (!_grove_lex_take (&self->lexer, "}"))
        return fail (self, "',' or '}' expected");
    }
  out->bytes[start] = ETF_MAP;
  etf_put32 (out->bytes + start + 1, n);
  if (!_grove_etf_sort_pairs (out->bytes + start + 5, out->bytes + out->size, n))
    return _grove_lex_fail (&self->lexer, position, "a key is in this map twice");
  return true;
}

/* ---- Lists ----------------------------------------------------------------------------------- */

/* The tail at @at, behind @n elements, continues the list if it is one. Returns how many it has
 * now. A list that is joined was no string, and so this one is none. */
static uint32_t
join_tail (struct grove_buffer *out, size_t at, uint32_t n, bool *ret_bytes)
{
  uint8_t *tail = out->bytes + at;
  size_t   length;

  *ret_bytes = true;
  switch (tail[0])
    {
    case ETF_NIL:
      return n;
    case ETF_LIST:
      n += etf_get32 (tail + 1);
      memmove (tail, tail + 5, out->size - at - 5);
      out->size -= 5;
      *ret_bytes = false;
      return n;
    case ETF_STRING:
      length = etf_get16 (tail + 1);
      grove_buffer_extend (out, 2 * length + 1);
      out->size = at + 2 * length + 1;
      tail = out->bytes + at;
      memmove (tail + length, tail + 3, length);
      for (size_t i = 0; i < length; i++)
        {
          uint8_t byte = tail[length + i];

          tail[2 * i] = ETF_SMALL_INTEGER;
          tail[2 * i + 1] = byte;
        }
      tail[2 * length] = ETF_NIL;
      return n + (uint32_t) length;
    default:
      *ret_bytes = false;
      return n;
    }
}

/* Lists of bytes have an encoding of their own. @bytes: it may be one. */
static void
finish_list (struct grove_buffer *out, size_t start, uint32_t n, bool bytes)
{
  uint8_t *list = out->bytes + start;
  bool     string = bytes && n <= UINT16_MAX && out->size - start == 5 + 2 * (size_t) n + 1;

  for (size_t i = 0; i < n && string; i++)
    string = list[5 + 2 * i] == ETF_SMALL_INTEGER;
  if (!string)
    {
      list[0] = ETF_LIST;
      etf_put32 (list + 1, n);
      return;
    }
  list[0] = ETF_STRING;
  etf_put16 (list + 1, n);
  for (size_t i = 0; i < n; i++)
    list[3 + i] = list[5 + 2 * i + 1];
  out->size = start + 3 + n;
}

static bool
parse_list (struct parser *self, unsigned depth)
{
  struct grove_buffer *out = self->out;
  size_t               start = out->size, tail;
  uint32_t             n = 0;
  bool                 bytes = true;

  if (_grove_lex_take (&self->lexer, "]"))
    {
      *grove_buffer_extend (out, 1) = ETF_NIL;
      return true;
    }
  grove_buffer_extend (out, 5);
  do
    {
      if (!parse_term (self, depth))
        return false;
      n++;
    }
  while (_grove_lex_take (&self->lexer, ","));
  if (_grove_lex_take (&self->lexer, "|"))
    {
      tail = out->size;
      if (!parse_term (self, depth))
        return false;
      n = join_tail (out, tail, n, &bytes);
    }
  else
    *grove_buffer_extend (out, 1) = ETF_NIL;
  if (!_grove_lex_take (&self->lexer, "]"))
    return fail (self, "',', '|' or ']' expected");
  finish_list (out, start, n, bytes);
  return true;
}

/* ---- Terms ----------------------------------------------------------------------------------- */

static bool
parse_pid (struct parser *self)
{
  const char *text = self->lexer.text + self->lexer.position;
  size_t      left = self->lexer.size - self->lexer.position;
  const char *end = memchr (text, '>', left < GROVE_PID_TEXT_SIZE ? left : GROVE_PID_TEXT_SIZE);
  grove_pid   pid;

  if (end == NULL || !grove_pid_parse (text, (size_t) (end + 1 - text), &pid))
    return fail (self, "a pid is written <0.12.0>");
  etf_put_pid (grove_buffer_extend (self->out, ETF_PID_SIZE), pid);
  self->lexer.position += (size_t) (end + 1 - text);
  return true;
}

static bool
parse_term (struct parser *self, unsigned depth)
{
  struct lexer *lexer = &self->lexer;
  char          byte = _grove_lex_peek (lexer);
  bool          container = byte == '{' || byte == '[' || byte == '#';

  if (container && depth >= MAX_DEPTH)
    {
      fail (self, "nested too deep");
      lexer->status = GROVE_ERR_TOO_LARGE;
      return false;
    }
  if (_grove_lex_take (lexer, "{"))
    return parse_tuple (self, depth + 1);
  if (_grove_lex_take (lexer, "["))
    return parse_list (self, depth + 1);
  if (_grove_lex_take (lexer, "#{"))
    return parse_map (self, depth + 1);
  if (byte == '#')
    return fail (self, "only maps, #{...}, begin with '#'");
  if (byte == '<' &&
      (lexer->position + 1 >= lexer->size || lexer->text[lexer->position + 1] != '<'))
    return parse_pid (self);
  return _grove_lex_scalar (lexer, self->out);
}

enum grove_status
grove_term_parse (const char          *text,
                  size_t               size,
                  struct grove_buffer *out,
                  size_t              *ret_position,
                  const char         **ret_message)
{
  struct parser self = { .lexer = { .text = text, .size = size }, .out = out };
  size_t        before = out->size;

  if (size > MAX_TEXT)
    {
      _grove_lex_fail (&self.lexer, MAX_TEXT, "the text is longer than 64 KiB");
      self.lexer.status = GROVE_ERR_TOO_LARGE;
    }
  else if (parse_term (&self, 0))
    {
      _grove_lex_take (&self.lexer, ".");
      if (_grove_lex_peek (&self.lexer) != 0 || self.lexer.position < size)
        fail (&self, "the end expected");
    }
  if (self.lexer.message == NULL)
    return GROVE_OK;
  out->size = before;
  if (ret_position != NULL)
    *ret_position = self.lexer.position;
  if (ret_message != NULL)
    *ret_message = self.lexer.message;
  return self.lexer.status;
}
