/* SPDX-License-Identifier: MIT
 *
 * One character of UTF-8, strictly: no overlong forms, no surrogates, nothing above U+10FFFF. The
 * writer and the scan share it, so that what one writes the other accepts.
 *
 * Threads: any thread; pure.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

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
