/* SPDX-License-Identifier: MIT
 *
 * UTF-8, strictly.
 */
#include "runtime/term/etf.h"

size_t
_grove_utf8_decode (const char *text, size_t size, uint32_t *ret_character)
{
  const uint8_t *bytes = (const uint8_t *) text;
  uint32_t       character;
  size_t         length;

  if (size == 0)
    return 0;
  if (bytes[0] < 0x80)
    {
      *ret_character = bytes[0];
      return 1;
    }
  if (bytes[0] < 0xc2 || bytes[0] > 0xf4)
    return 0;
  length = bytes[0] < 0xe0 ? 2 : bytes[0] < 0xf0 ? 3 : 4;
  if (size < length)
    return 0;
  character = bytes[0] & (0x7fu >> length);
  for (size_t i = 1; i < length; i++)
    {
      if ((bytes[i] & 0xc0) != 0x80)
        return 0;
      character = character << 6 | (bytes[i] & 0x3f);
    }
  if (!etf_is_character (character) || (length == 3 && character < 0x800) ||
      (length == 4 && character < 0x10000))
    return 0;
  *ret_character = character;
  return length;
}

size_t
_grove_utf8_encode (char *text, uint32_t character)
{
  if (character < 0x80)
    {
      text[0] = (char) character;
      return 1;
    }
  if (character < 0x800)
    {
      text[0] = (char) (0xc0 | character >> 6);
      text[1] = (char) (0x80 | (character & 0x3f));
      return 2;
    }
  if (character < 0x10000)
    {
      text[0] = (char) (0xe0 | character >> 12);
      text[1] = (char) (0x80 | (character >> 6 & 0x3f));
      text[2] = (char) (0x80 | (character & 0x3f));
      return 3;
    }
  text[0] = (char) (0xf0 | character >> 18);
  text[1] = (char) (0x80 | (character >> 12 & 0x3f));
  text[2] = (char) (0x80 | (character >> 6 & 0x3f));
  text[3] = (char) (0x80 | (character & 0x3f));
  return 4;
}

bool
_grove_utf8_count (const char *text, size_t size, size_t *ret_characters)
{
  size_t n = 0;

  for (size_t at = 0; at < size; n++)
    {
      uint32_t character;
      size_t   length = _grove_utf8_decode (text + at, size - at, &character);

      if (length == 0)
        return false;
      at += length;
    }
  *ret_characters = n;
  return true;
}
