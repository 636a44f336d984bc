/* SPDX-License-Identifier: MIT
 *
 * Numbers as text: see the header.
 */
#include "runtime/term/number.h"

#include <math.h>
#include <stdlib.h>

size_t
_grove_number_print_integer (const uint8_t *bytes, char text[NUMBER_TEXT_SIZE])
{
  struct etf_integer integer;
  uint32_t           limbs[NUMBER_MAX_BYTES / 4] = { 0 };
  char               digits[NUMBER_TEXT_SIZE];
  size_t             n_limbs, n = 0, size = 0;

  _grove_etf_integer (bytes, &integer);
  if (integer.size > NUMBER_MAX_BYTES)
    return 0;
  for (size_t i = 0; i < integer.size; i++)
    limbs[i / 4] |= (uint32_t) integer.magnitude[i] << (8 * (i % 4));
  n_limbs = (integer.size + 3) / 4;
  /* Nine digits at a time, from the last. */
  do
    {
      uint64_t rest = 0;

      for (size_t i = n_limbs; i > 0; i--)
        {
          rest = rest << 32 | limbs[i - 1];
          limbs[i - 1] = (uint32_t) (rest / 1000000000);
          rest %= 1000000000;
        }
      while (n_limbs > 0 && limbs[n_limbs - 1] == 0)
        n_limbs--;
      for (unsigned i = 0; i < 9 && (n_limbs > 0 || rest > 0 || n == 0); i++, rest /= 10)
        digits[n++] = (char) ('0' + rest % 10);
    }
  while (n_limbs > 0);
  if (integer.negative)
    text[size++] = '-';
  while (n > 0)
    text[size++] = digits[--n];
  return size;
}

/* The digits of the shortest text that reads back as @value, which is positive: 0.DIGITS *
 * 10^place. */
static size_t
shortest_digits (double value, char digits[20], int *ret_place)
{
  char   text[FLOAT_TEXT_SIZE];
  size_t n = 0;
  char  *at;

  for (int precision = 0; precision < 17; precision++)
    {
      snprintf (text, sizeof text, "%.*e", precision, value);
      if (strtod (text, NULL) == value)
        break;
    }
  /* What stands for the point depends on the locale. */
  for (at = text; *at != 'e'; at++)
    if (*at >= '0' && *at <= '9')
      digits[n++] = *at;
  *ret_place = (int) strtol (at + 1, NULL, 10) + 1;
  while (n > 1 && digits[n - 1] == '0')
    n--;
  return n;
}

static size_t
put_exponent (char *text, const char *digits, size_t n, int place)
{
  if (n == 1)
    return (size_t) snprintf (text, FLOAT_TEXT_SIZE, "%c.0e%d", digits[0], place - 1);
  return (size_t) snprintf (text, FLOAT_TEXT_SIZE, "%c.%.*se%d", digits[0], (int) n - 1, digits + 1,
                            place - 1);
}

/* Erlang takes the shorter of the two ways to write the digits at @digits, and always an exponent
 * from 2^53, where digits before the point would claim a precision that is not there. */
static size_t
put_digits (char *text, const char *digits, size_t n, int place, bool large)
{
  char exponent[8];
  int  length = (int) n;
  int  cost = snprintf (exponent, sizeof exponent, "%d", place - 1) + 1 + (n == 1 ? 2 : 1);

  if (place <= 0)
    {
      if (place < 0 && 2 - place > cost)
        return put_exponent (text, digits, n, place);
      return (size_t) snprintf (text, FLOAT_TEXT_SIZE, "0.%.*s%.*s", -place, "0000000", length,
                                digits);
    }
  if (large || (place >= length && place - length + 2 > cost))
    return put_exponent (text, digits, n, place);
  if (place >= length)
    return (size_t) snprintf (text, FLOAT_TEXT_SIZE, "%.*s%.*s.0", length, digits, place - length,
                              "0000000");
  return (size_t) snprintf (text, FLOAT_TEXT_SIZE, "%.*s.%.*s", place, digits, length - place,
                            digits + place);
}

size_t
_grove_number_print_float (double value, char text[FLOAT_TEXT_SIZE])
{
  char   digits[20];
  int    place;
  size_t n, size = 0;

  if (signbit (value))
    text[size++] = '-';
  if (value == 0)
    {
      memcpy (text + size, "0.0", 3);
      return size + 3;
    }
  value = fabs (value);
  n = shortest_digits (value, digits, &place);
  return size + put_digits (text + size, digits, n, place, value >= 9007199254740992.0);
}
