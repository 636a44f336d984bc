/* SPDX-License-Identifier: MIT
 *
 * The characters of JSON's strings: UTF-8, strictly (no overlong forms, no surrogates, nothing
 * above U+10FFFF), and which bytes need no thought at all. The writer and the scan share it, so
 * that what one writes the other accepts.
 *
 * Threads: any thread; pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Bytes of the character at @at, of which @left are there: 1 to 4, or 0 when it is not UTF-8. */
static inline size_t
grove_utf8_length (const unsigned char *at, size_t left)
{
  unsigned char c = at[0];

  if (c < 0x80)
    return 1;
  if (c < 0xC2)
    return 0;
  if (c < 0xE0)
    return left >= 2 && (at[1] & 0xC0) == 0x80 ? 2 : 0;
  if (c < 0xF0)
    {
      if (left < 3 || (at[1] & 0xC0) != 0x80 || (at[2] & 0xC0) != 0x80)
        return 0;
      if ((c == 0xE0 && at[1] < 0xA0) || (c == 0xED && at[1] > 0x9F))
        return 0;
      return 3;
    }
  if (c < 0xF5)
    {
      if (left < 4 || (at[1] & 0xC0) != 0x80 || (at[2] & 0xC0) != 0x80 || (at[3] & 0xC0) != 0x80)
        return 0;
      if ((c == 0xF0 && at[1] < 0x90) || (c == 0xF4 && at[1] > 0x8F))
        return 0;
      return 4;
    }
  return 0;
}

/* True where the next eight bytes are all plain: ASCII, no control byte, no quote, no backslash. */
static inline bool
grove_eight_plain (const unsigned char *at)
{
  const uint64_t ones = UINT64_C (0x0101010101010101), highs = UINT64_C (0x8080808080808080);
  uint64_t       word, quote, backslash;

  memcpy (&word, at, 8);
  quote = word ^ ones * '"';
  backslash = word ^ ones * '\\';
  return ((word | (word - ones * 0x20) | (quote - ones) | (backslash - ones)) & highs) == 0;
}
