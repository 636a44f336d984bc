/* SPDX-License-Identifier: MIT
 *
 * Elixir's structs as its inspect() writes them: %Name{...}, and those of its own that have a
 * shorter form, ~D[2026-01-31] and the like. What is not quite such a struct is left to be shown as
 * the map that it is.
 */
#include "runtime/term/print.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A struct's fields by their names; what is looked for is missed if it is not there. */
struct fields
{
  struct grove_term map;
  bool              missed;
};

static bool
is_atom (struct grove_term term, const char *name)
{
  struct grove_text text;

  return grove_term_atom (term, &text) && text.size == strlen (name) &&
         memcmp (text.bytes, name, text.size) == 0;
}

static struct grove_term
field (struct fields *self, const char *name)
{
  struct grove_cursor cursor;
  struct grove_term   key, value = { NULL, 0 };

  grove_cursor_init (&cursor, self->map);
  while (grove_cursor_next (&cursor, &key) && grove_cursor_next (&cursor, &value))
    if (is_atom (key, name))
      return value;
  self->missed = true;
  return self->map;
}

/* A number that such a field can hold. */
static int
number (struct fields *self, const char *name)
{
  int64_t value = 0;

  if (!grove_term_int64 (field (self, name), &value) || value < -999999 || value > 999999)
    self->missed = true;
  return (int) value;
}

static __attribute__ ((format (printf, 2, 3))) void
put_format (struct printer *self, const char *format, ...)
{
  char    text[64];
  va_list arguments;

  va_start (arguments, format);
  (void) vsnprintf (text, sizeof text, format, arguments);
  va_end (arguments);
  _grove_printer_put_text (self, text);
}

/* ---- Dates and times
 * ----------------------------------------------------------------------------- */

/* 2026-01-31 */
static bool
date_text (struct fields *self, char text[32])
{
  const int year = number (self, "year"), month = number (self, "month");
  const int day = number (self, "day");

  if (!is_atom (field (self, "calendar"), "Elixir.Calendar.ISO"))
    self->missed = true;
  (void) snprintf (text, 32, "%s%04d-%02d-%02d", year < 0 ? "-" : "", abs (year), month, day);
  return !self->missed;
}

/* 23:59:59.123, with as many digits as it is precise. */
static bool
time_text (struct fields *self, char text[40])
{
  static const int        scales[] = { 1, 1000000 / 10, 10000, 1000, 100, 10, 1 };
  const int               hour = number (self, "hour"), minute = number (self, "minute");
  const int               second = number (self, "second");
  const struct grove_term fraction = field (self, "microsecond");
  struct grove_term       value, digits;
  int64_t                 microseconds = 0, precision = 0;
  int                     size;

  if (!is_atom (field (self, "calendar"), "Elixir.Calendar.ISO") ||
      grove_term_type (fraction) != GROVE_TERM_TUPLE || grove_term_arity (fraction) != 2 ||
      !grove_term_element (fraction, 0, &value) || !grove_term_element (fraction, 1, &digits) ||
      !grove_term_int64 (value, &microseconds) || !grove_term_int64 (digits, &precision) ||
      microseconds < 0 || microseconds > 999999 || precision < 0 || precision > 6)
    self->missed = true;
  if (self->missed)
    return false;
  size = snprintf (text, 32, "%02d:%02d:%02d", hour, minute, second);
  if (precision > 0)
    (void) snprintf (text + size, 9, ".%0*d", (int) precision,
                     (int) microseconds / scales[precision]);
  return true;
}

static bool
print_date (struct printer *self, struct fields *fields)
{
  char date[32];

  if (!date_text (fields, date))
    return false;
  put_format (self, "~D[%s]", date);
  return true;
}

static bool
print_time (struct printer *self, struct fields *fields)
{
  char time[40];

  if (!time_text (fields, time))
    return false;
  put_format (self, "~T[%s]", time);
  return true;
}

static bool
print_naive (struct printer *self, struct fields *fields)
{
  char date[32], time[40];

  if (!date_text (fields, date) || !time_text (fields, time))
    return false;
  put_format (self, "~N[%s ", date);
  put_format (self, "%s]", time);
  return true;
}

/* In UTC; another place's is shown with its offset, and with the name of its zone. */
static bool
print_moment (struct printer *self, struct fields *fields)
{
  char                    date[32], time[40];
  struct grove_text       zone, abbreviation;
  const struct grove_term zone_field = field (fields, "time_zone");
  const struct grove_term abbreviation_field = field (fields, "zone_abbr");
  const int               offset = number (fields, "utc_offset") + number (fields, "std_offset");
  const int               minutes = abs (offset) / 60;

  if (!date_text (fields, date) || !time_text (fields, time) ||
      !grove_term_binary (zone_field, &zone) ||
      !grove_term_binary (abbreviation_field, &abbreviation) || zone.size > 64 ||
      abbreviation.size > 16)
    return false;
  if (offset == 0 && zone.size == 7 && memcmp (zone.bytes, "Etc/UTC", 7) == 0)
    {
      put_format (self, "~U[%s ", date);
      put_format (self, "%sZ]", time);
      return true;
    }
  put_format (self, "#DateTime<%s ", date);
  put_format (self, "%s%c%02d:%02d ", time, offset < 0 ? '-' : '+', minutes / 60 % 100,
              minutes % 60);
  _grove_printer_put_plain (self, abbreviation.bytes, abbreviation.size);
  _grove_printer_put_text (self, " ");
  _grove_printer_put_plain (self, zone.bytes, zone.size);
  _grove_printer_put_text (self, ">");
  return true;
}

/* ---- Ranges, sets, expressions
 * ------------------------------------------------------------------- */

static bool
print_range (struct printer *self, struct fields *fields)
{
  const struct grove_term first = field (fields, "first"), last = field (fields, "last");
  const struct grove_term step = field (fields, "step");
  int64_t                 by = 1;

  if (grove_term_type (first) != GROVE_TERM_INTEGER ||
      grove_term_type (last) != GROVE_TERM_INTEGER || fields->missed)
    return false;
  _grove_printer_put_term (self, first, 0);
  _grove_printer_put_text (self, "..");
  _grove_printer_put_term (self, last, 0);
  if (!grove_term_int64 (step, &by) || by != 1)
    {
      _grove_printer_put_text (self, "//");
      _grove_printer_put_term (self, step, 0);
    }
  return true;
}

static bool
print_set (struct printer *self, struct fields *fields, unsigned depth)
{
  const struct grove_term map = field (fields, "map");
  struct grove_cursor     cursor;
  struct grove_term       key, value;

  if (fields->missed || grove_term_type (map) != GROVE_TERM_MAP)
    return false;
  _grove_printer_put_text (self, "MapSet.new([");
  grove_cursor_init (&cursor, map);
  for (size_t n = 0; !self->full && grove_cursor_next (&cursor, &key); n++)
    {
      grove_cursor_next (&cursor, &value);
      _grove_printer_put_text (self, n > 0 ? ", " : "");
      _grove_printer_put_term (self, key, depth);
    }
  _grove_printer_put_text (self, "])");
  return true;
}

/* The letters of the options, which are a list of words since Elixir 1.15. */
static bool
options_text (struct grove_term options, char text[16])
{
  static const char *const words[][2] = {
    { "caseless", "i" }, { "multiline", "m" }, { "dotall", "s" }, { "extended", "x" },
    { "unicode", "u" },  { "ungreedy", "U" },  { "ucp", "" },     { "firstline", "f" },
  };
  struct grove_text   letters;
  struct grove_cursor cursor;
  struct grove_term   option;

  text[0] = '\0';
  if (grove_term_binary (options, &letters))
    {
      if (letters.size > 8)
        return false;
      for (size_t i = 0; i < letters.size; i++)
        if (strchr ("imsxuUfr", letters.bytes[i]) == NULL || letters.bytes[i] == '\0')
          return false;
      (void) snprintf (text, 16, "%.*s", (int) letters.size, letters.bytes);
      return true;
    }
  if (grove_term_type (options) != GROVE_TERM_LIST || !grove_cursor_init (&cursor, options))
    return false;
  while (grove_cursor_next (&cursor, &option))
    {
      size_t i = 0;

      while (i < sizeof words / sizeof words[0] && !is_atom (option, words[i][0]))
        i++;
      if (i == sizeof words / sizeof words[0] || strlen (text) > 8)
        return false;
      (void) strcat (text, words[i][1]);
    }
  return true;
}

static bool
print_regex (struct printer *self, struct fields *fields)
{
  const struct grove_term source_field = field (fields, "source");
  const struct grove_term options_field = field (fields, "opts");
  struct grove_text       source;
  char                    options[16];

  if (fields->missed || !grove_term_binary (source_field, &source) ||
      !options_text (options_field, options))
    return false;
  _grove_printer_put_text (self, "~r/");
  for (size_t i = 0, start = 0; i <= source.size && !self->full; i++)
    if (i == source.size || source.bytes[i] == '/')
      {
        _grove_printer_put_plain (self, source.bytes + start, i - start);
        /* One that is escaped already stays so. */
        if (i < source.size)
          _grove_printer_put_text (self, i > 0 && source.bytes[i - 1] == '\\' ? "/" : "\\/");
        start = i + 1;
      }
  _grove_printer_put_text (self, "/");
  _grove_printer_put_text (self, options);
  return true;
}

/* ---- Any
 * ----------------------------------------------------------------------------------------- */

/* %Name{...}, where all other keys are names. */
static bool
print_fields (struct printer *self, struct grove_term map, struct grove_term name, unsigned depth)
{
  struct grove_cursor cursor;
  struct grove_term   key, value;
  size_t              n = 0, room = self->room - self->size;

  grove_cursor_init (&cursor, map);
  while (n++ <= room && grove_cursor_next (&cursor, &key) && grove_cursor_next (&cursor, &value))
    if (!_grove_printer_is_key (key))
      return false;
  _grove_printer_put_text (self, "%");
  _grove_printer_put_atom (self, _grove_etf_atom (name.bytes));
  _grove_printer_put_text (self, "{");
  grove_cursor_init (&cursor, map);
  for (n = 0; !self->full && grove_cursor_next (&cursor, &key);)
    {
      grove_cursor_next (&cursor, &value);
      if (is_atom (key, "__struct__") || is_atom (key, "__exception__"))
        continue;
      _grove_printer_put_text (self, n++ > 0 ? ", " : "");
      if (_grove_printer_is_more (key))
        {
          _grove_printer_put_dots (self);
          continue;
        }
      _grove_printer_put_key (self, key);
      _grove_printer_put_term (self, value, depth);
    }
  _grove_printer_put_text (self, "}");
  return true;
}

bool
_grove_printer_put_struct (struct printer *self, struct grove_term map, unsigned depth)
{
  struct fields     fields = { map, false };
  struct grove_term name;
  bool              done = false;

  name = field (&fields, "__struct__");
  if (fields.missed || !_grove_printer_is_module (name))
    return false;
  if (is_atom (name, "Elixir.Date"))
    done = print_date (self, &fields);
  else if (is_atom (name, "Elixir.Time"))
    done = print_time (self, &fields);
  else if (is_atom (name, "Elixir.NaiveDateTime"))
    done = print_naive (self, &fields);
  else if (is_atom (name, "Elixir.DateTime"))
    done = print_moment (self, &fields);
  else if (is_atom (name, "Elixir.Range"))
    done = print_range (self, &fields);
  else if (is_atom (name, "Elixir.MapSet"))
    done = print_set (self, &fields, depth);
  else if (is_atom (name, "Elixir.Regex"))
    done = print_regex (self, &fields);
  return done || print_fields (self, map, name, depth);
}
