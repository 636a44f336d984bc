/* SPDX-License-Identifier: MIT
 *
 * The writer of compact JSON. Its one invariant: whatever it is given, what it has written so far
 * is the beginning of a JSON text in valid UTF-8. It is used a row at a time on every tick, so
 * integers, short reals and plain text have paths of their own that call no printf.
 *
 * Threads: any one thread at a time.
 */
#include "protocol/writer.h"

#include "protocol/utf8.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DEPTH   63
#define MAX_INTEGER INT64_C (9007199254740991)

void
grove_writer_init (struct grove_writer *self, size_t limit)
{
  memset (self, 0, sizeof *self);
  self->limit = limit;
}

void
grove_writer_finish (struct grove_writer *self)
{
  free (self->bytes);
  memset (self, 0, sizeof *self);
}

void
grove_writer_clear (struct grove_writer *self)
{
  self->size = 0;
  self->has_value = 0;
  self->depth = 0;
  self->after_name = false;
  self->failed = false;
}

static char *reserve (struct grove_writer *self, size_t n);

bool
grove_writer_ok (const struct grove_writer *self)
{
  return !self->failed;
}

const char *
grove_writer_text_of (struct grove_writer *self)
{
  /* The terminator is no part of the text, so it may stand one byte past a limit. */
  const size_t limit = self->limit;
  const bool   failed = self->failed;
  char        *end;

  self->limit = 0;
  self->failed = false;
  end = reserve (self, 1);
  self->limit = limit;
  self->failed = failed;
  if (end == NULL)
    return "";
  *end = '\0';
  return self->bytes;
}

/* Makes room for @n bytes more and returns where they go, or NULL once the writer is dead. */
static char *
reserve (struct grove_writer *self, size_t n)
{
  size_t need;

  if (self->failed)
    return NULL;
  need = self->size + n;
  if (self->limit != 0 && need > self->limit)
    {
      self->failed = true;
      return NULL;
    }
  if (need > self->capacity)
    {
      size_t capacity = self->capacity < 256 ? 256 : self->capacity;
      char  *bytes;

      while (capacity < need)
        capacity *= 2;
      bytes = realloc (self->bytes, capacity);
      if (bytes == NULL)
        {
          self->failed = true;
          return NULL;
        }
      self->bytes = bytes;
      self->capacity = capacity;
    }
  return self->bytes + self->size;
}

/* Room for a value of @n bytes, after the comma it needs, if it needs one. */
static char *
begin_value (struct grove_writer *self, size_t n)
{
  uint64_t bit = UINT64_C (1) << self->depth;
  char    *at = reserve (self, n + 1);

  if (at == NULL)
    return NULL;
  if (self->after_name)
    self->after_name = false;
  else if ((self->has_value & bit) != 0)
    {
      *at++ = ',';
      self->size++;
    }
  self->has_value |= bit;
  return at;
}

static void
open_level (struct grove_writer *self, char bracket)
{
  char *at;

  if (self->depth >= MAX_DEPTH)
    {
      self->failed = true;
      return;
    }
  at = begin_value (self, 1);
  if (at == NULL)
    return;
  *at = bracket;
  self->size++;
  self->depth++;
  self->has_value &= ~(UINT64_C (1) << self->depth);
}

static void
close_level (struct grove_writer *self, char bracket)
{
  char *at;

  if (self->depth == 0)
    {
      self->failed = true;
      return;
    }
  at = reserve (self, 1);
  if (at == NULL)
    return;
  *at = bracket;
  self->size++;
  self->depth--;
}

void
grove_writer_begin_object (struct grove_writer *self)
{
  open_level (self, '{');
}

void
grove_writer_end_object (struct grove_writer *self)
{
  close_level (self, '}');
}

void
grove_writer_begin_array (struct grove_writer *self)
{
  open_level (self, '[');
}

void
grove_writer_end_array (struct grove_writer *self)
{
  close_level (self, ']');
}

void
grove_writer_name (struct grove_writer *self, const char *name)
{
  size_t size = strlen (name);
  char  *at = begin_value (self, size + 3);

  if (at == NULL)
    return;
  *at++ = '"';
  memcpy (at, name, size);
  at += size;
  *at++ = '"';
  *at = ':';
  self->size += size + 3;
  self->after_name = true;
}

void
grove_writer_raw (struct grove_writer *self, const char *json, size_t size)
{
  char *at = begin_value (self, size);

  if (at == NULL)
    return;
  memcpy (at, json, size);
  self->size += size;
}

void
grove_writer_null (struct grove_writer *self)
{
  grove_writer_raw (self, "null", 4);
}

void
grove_writer_bool (struct grove_writer *self, bool value)
{
  if (value)
    grove_writer_raw (self, "true", 4);
  else
    grove_writer_raw (self, "false", 5);
}

/* Writes @value in decimal so that it ends before @end; returns where it begins. */
static char *
put_decimal (char *end, uint64_t value)
{
  do
    {
      *--end = (char) ('0' + value % 10);
      value /= 10;
    }
  while (value != 0);
  return end;
}

void
grove_writer_int (struct grove_writer *self, int64_t value)
{
  char  digits[24];
  char *end = digits + sizeof digits;
  char *at;

  if (value > MAX_INTEGER)
    value = MAX_INTEGER;
  if (value < -MAX_INTEGER)
    value = -MAX_INTEGER;
  at = put_decimal (end, (uint64_t) (value < 0 ? -value : value));
  if (value < 0)
    *--at = '-';
  grove_writer_raw (self, at, (size_t) (end - at));
}

/* Most reals on the wire are rates and fractions with few decimals. Those that are a whole number
 * of thousandths are written from integers: exactly, and without printf. */
static bool
write_thousandths (struct grove_writer *self, double value)
{
  double  scaled = value * 1000.0;
  int64_t whole;
  char    digits[32];
  char   *end = digits + sizeof digits;
  char   *at = end;
  int     n_decimals = 3;

  if (!(fabs (scaled) < 9e15))
    return false;
  whole = (int64_t) scaled;
  if ((double) whole / 1000.0 != value)
    return false;
  if (whole < 0)
    whole = -whole;
  while (n_decimals > 0 && whole % 10 == 0)
    {
      whole /= 10;
      n_decimals--;
    }
  if (n_decimals > 0)
    {
      for (int i = 0; i < n_decimals; i++)
        {
          *--at = (char) ('0' + whole % 10);
          whole /= 10;
        }
      *--at = '.';
    }
  at = put_decimal (at, (uint64_t) whole);
  if (value < 0)
    *--at = '-';
  grove_writer_raw (self, at, (size_t) (end - at));
  return true;
}

void
grove_writer_real (struct grove_writer *self, double value)
{
  char text[40];
  int  size;

  if (!isfinite (value))
    {
      grove_writer_null (self);
      return;
    }
  if (write_thousandths (self, value))
    return;
  size = snprintf (text, sizeof text, "%.15g", value);
  if (strtod (text, NULL) != value)
    size = snprintf (text, sizeof text, "%.17g", value);
  /* The program's locale may have another decimal sign; JSON has one. */
  for (int i = 0; i < size; i++)
    if (strchr ("0123456789+-e.", text[i]) == NULL)
      text[i] = '.';
  grove_writer_raw (self, text, (size_t) size);
}

/* The escape of a byte below 0x20, or of a quote or backslash; returns its size. */
static size_t
escape (char *at, unsigned char c)
{
  static const char hex[] = "0123456789abcdef";
  static const char plain[][2] = { { '"', '"' },  { '\\', '\\' }, { '\n', 'n' }, { '\t', 't' },
                                   { '\r', 'r' }, { '\b', 'b' },  { '\f', 'f' } };

  at[0] = '\\';
  for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
    if ((unsigned char) plain[i][0] == c)
      {
        at[1] = plain[i][1];
        return 2;
      }
  memcpy (at + 1, "u00", 3);
  at[4] = hex[c >> 4];
  at[5] = hex[c & 15];
  return 6;
}

static void
append (struct grove_writer *self, const char *bytes, size_t size)
{
  char *at = reserve (self, size);

  if (at == NULL)
    return;
  memcpy (at, bytes, size);
  self->size += size;
}

static bool
is_plain (unsigned char c)
{
  return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

void
grove_writer_text_size (struct grove_writer *self, const char *text, size_t size)
{
  const unsigned char *bytes = (const unsigned char *) text;
  size_t               start = 0, i = 0;
  char                *at;

  if (text == NULL)
    {
      grove_writer_null (self);
      return;
    }
  while (size - i >= 8 && grove_eight_plain (bytes + i))
    i += 8;
  while (i < size && is_plain (bytes[i]))
    i++;
  at = begin_value (self, i + 2);
  if (at == NULL)
    return;
  *at++ = '"';
  memcpy (at, text, i);
  self->size += i + 1;
  if (i == size)
    {
      at[i] = '"';
      self->size++;
      return;
    }
  start = i;
  while (i < size)
    {
      unsigned char c = bytes[i];
      size_t        n;
      char          escaped[6];

      if (is_plain (c))
        {
          i++;
          continue;
        }
      n = grove_utf8_length (bytes + i, size - i);
      if (n > 1)
        {
          i += n;
          continue;
        }
      append (self, text + start, i - start);
      if (n == 0 || c == '\0') /* which no text of the protocol may hold */
        append (self, "\xEF\xBF\xBD", 3);
      else
        append (self, escaped, escape (escaped, c));
      start = ++i;
    }
  append (self, text + start, i - start);
  append (self, "\"", 1);
}

void
grove_writer_text (struct grove_writer *self, const char *text)
{
  grove_writer_text_size (self, text, text != NULL ? strlen (text) : 0);
}

void
grove_writer_member_int (struct grove_writer *self, const char *name, int64_t value)
{
  grove_writer_name (self, name);
  grove_writer_int (self, value);
}

void
grove_writer_member_real (struct grove_writer *self, const char *name, double value)
{
  grove_writer_name (self, name);
  grove_writer_real (self, value);
}

void
grove_writer_member_bool (struct grove_writer *self, const char *name, bool value)
{
  grove_writer_name (self, name);
  grove_writer_bool (self, value);
}

void
grove_writer_member_text (struct grove_writer *self, const char *name, const char *text)
{
  grove_writer_name (self, name);
  grove_writer_text (self, text);
}
