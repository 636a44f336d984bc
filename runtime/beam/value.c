/* SPDX-License-Identifier: MIT
 *
 * See value.h.
 */
#include "runtime/beam/value.h"

#include "runtime/export/terms.h"

#include <stdio.h>
#include <string.h>

/* The protocol knows a few levels more. No agent says anything as deep. */
#define DEPTH_MAX 8

bool
beam_write_name (struct grove_writer *writer, struct grove_term key)
{
  struct grove_text text;
  char              name[64];

  if (!grove_term_atom (key, &text) || text.size >= sizeof name)
    return false;
  for (size_t i = 0; i < text.size; i++)
    if (text.bytes[i] < ' ' || text.bytes[i] > '~' || text.bytes[i] == '"' || text.bytes[i] == '\\')
      return false;
  memcpy (name, text.bytes, text.size);
  name[text.size] = '\0';
  grove_writer_name (writer, name);
  return true;
}

static void write_value (struct grove_writer           *writer,
                         struct grove_term              term,
                         const struct grove_term_style *style,
                         int                            depth);

static void
write_map (struct grove_writer           *writer,
           struct grove_term              map,
           const struct grove_term_style *style,
           int                            depth)
{
  struct grove_cursor cursor;
  struct grove_term   key, value;

  grove_writer_begin_object (writer);
  if (grove_cursor_init (&cursor, map))
    while (grove_cursor_next (&cursor, &key) && grove_cursor_next (&cursor, &value))
      if (beam_write_name (writer, key))
        write_value (writer, value, style, depth + 1);
  grove_writer_end_object (writer);
}

static void
write_list (struct grove_writer           *writer,
            struct grove_term              list,
            const struct grove_term_style *style,
            int                            depth)
{
  struct grove_cursor cursor;
  struct grove_term   element;

  grove_writer_begin_array (writer);
  if (grove_cursor_init (&cursor, list))
    while (grove_cursor_next (&cursor, &element))
      write_value (writer, element, style, depth + 1);
  grove_writer_end_array (writer);
}

static void
write_atom (struct grove_writer *writer, struct grove_term atom)
{
  struct grove_text text;

  if (grove_match (atom, "null"))
    grove_writer_null (writer);
  else if (grove_match (atom, "true") || grove_match (atom, "false"))
    grove_writer_bool (writer, grove_match (atom, "true"));
  else if (grove_match (atom, "~a", &text))
    grove_writer_text_size (writer, text.bytes, text.size);
}

static void
write_value (struct grove_writer           *writer,
             struct grove_term              term,
             const struct grove_term_style *style,
             int                            depth)
{
  struct grove_term inner;
  struct grove_text text;
  int64_t           integer;
  double            real;

  switch (depth < DEPTH_MAX ? grove_term_type (term) : GROVE_TERM_INVALID)
    {
    case GROVE_TERM_INTEGER:
      if (grove_term_int64 (term, &integer))
        grove_writer_int (writer, integer);
      else
        grove_writer_null (writer);
      break;
    case GROVE_TERM_FLOAT:
      grove_writer_real (writer, grove_match (term, "~f", &real) ? real : 0);
      break;
    case GROVE_TERM_ATOM:
      write_atom (writer, term);
      break;
    case GROVE_TERM_BINARY:
      if (grove_match (term, "~s", &text))
        grove_writer_text_size (writer, text.bytes, text.size);
      break;
    case GROVE_TERM_LIST:
      write_list (writer, term, style, depth);
      break;
    case GROVE_TERM_MAP:
      write_map (writer, term, style, depth);
      break;
    case GROVE_TERM_TUPLE:
      if (grove_match (term, "{term, ~t, _}", &inner))
        _grove_write_term (writer, inner, style);
      else if (grove_match (term, "{part, ~t, ~l}", &inner, &integer))
        _grove_write_term_part (writer, inner, (size_t) integer, style);
      else
        grove_writer_null (writer);
      break;
    case GROVE_TERM_INVALID:
    case GROVE_TERM_BITSTRING:
    case GROVE_TERM_PID:
    case GROVE_TERM_REFERENCE:
    case GROVE_TERM_FUN:
    case GROVE_TERM_PORT:
    default:
      grove_writer_null (writer);
      break;
    }
}

void
beam_write_json (struct grove_writer           *writer,
                 struct grove_term              term,
                 const struct grove_term_style *style)
{
  write_value (writer, term, style, 0);
}

bool
beam_map_get (struct grove_term map, const char *key, struct grove_term *ret_value)
{
  struct grove_cursor cursor;
  struct grove_term   found;
  struct grove_text   name;
  const size_t        size = strlen (key);

  if (grove_term_type (map) != GROVE_TERM_MAP || !grove_cursor_init (&cursor, map))
    return false;
  while (grove_cursor_next (&cursor, &found) && grove_cursor_next (&cursor, ret_value))
    if (grove_term_atom (found, &name) && name.size == size && memcmp (name.bytes, key, size) == 0)
      return true;
  return false;
}

int64_t
beam_map_int (struct grove_term map, const char *key)
{
  struct grove_term value;
  int64_t           integer;

  return beam_map_get (map, key, &value) && grove_term_int64 (value, &integer) ? integer : 0;
}

uint64_t
beam_map_count (struct grove_term map, const char *key)
{
  const int64_t count = beam_map_int (map, key);

  return count > 0 ? (uint64_t) count : 0;
}

int64_t
beam_minus (int64_t a, int64_t b)
{
  int64_t difference;

  if (__builtin_sub_overflow (a, b, &difference))
    return a < b ? INT64_MIN : INT64_MAX;
  return difference;
}

void
beam_map_text (struct grove_term map, const char *key, char *text, size_t size)
{
  struct grove_term value;
  struct grove_text found = { "", 0 };

  if (beam_map_get (map, key, &value) && !grove_term_binary (value, &found))
    (void) grove_term_atom (value, &found);
  (void) snprintf (text, size, "%.*s", (int) (found.size < size ? found.size : size - 1),
                   found.bytes);
}
