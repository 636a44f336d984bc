/* SPDX-License-Identifier: MIT
 *
 * Writing single values, byte for byte as Erlang's term_to_binary (with minor version 2) writes
 * them.
 */
#include "runtime/term/etf.h"

/* Integers that fit 32 bits have two encodings of their own, the rest is a sign and a magnitude. */
static size_t
put_magnitude (uint8_t *bytes, bool negative, uint64_t magnitude)
{
  size_t n = 0;

  if (!negative && magnitude < 256)
    {
      bytes[0] = ETF_SMALL_INTEGER;
      bytes[1] = (uint8_t) magnitude;
      return 2;
    }
  if (magnitude <= (uint64_t) INT32_MAX + negative)
    {
      bytes[0] = ETF_INTEGER;
      etf_put32 (bytes + 1, negative ? (uint32_t) -magnitude : (uint32_t) magnitude);
      return 5;
    }
  for (; magnitude != 0; magnitude >>= 8)
    bytes[3 + n++] = (uint8_t) magnitude;
  bytes[0] = ETF_SMALL_BIG;
  bytes[1] = (uint8_t) n;
  bytes[2] = negative;
  return 3 + n;
}

size_t
_grove_etf_put_int64 (uint8_t *bytes, int64_t value)
{
  return put_magnitude (bytes, value < 0, value < 0 ? -(uint64_t) value : (uint64_t) value);
}

size_t
_grove_etf_put_uint64 (uint8_t *bytes, uint64_t value)
{
  return put_magnitude (bytes, false, value);
}

void
_grove_encode_integer (struct grove_buffer *out,
                       bool                 negative,
                       const uint8_t       *magnitude,
                       size_t               size)
{
  uint8_t *bytes;

  while (size > 0 && magnitude[size - 1] == 0)
    size--;
  if (size <= 8)
    {
      uint64_t value = 0;

      for (size_t i = size; i > 0; i--)
        value = value << 8 | magnitude[i - 1];
      bytes = grove_buffer_extend (out, ETF_MAX_INT64_SIZE);
      out->size -= ETF_MAX_INT64_SIZE - put_magnitude (bytes, negative && value != 0, value);
      return;
    }
  if (size < 256)
    {
      bytes = grove_buffer_extend (out, 3 + size);
      bytes[0] = ETF_SMALL_BIG;
      bytes[1] = (uint8_t) size;
      bytes += 2;
    }
  else
    {
      bytes = grove_buffer_extend (out, 6 + size);
      bytes[0] = ETF_LARGE_BIG;
      etf_put32 (bytes + 1, (uint32_t) size);
      bytes += 5;
    }
  bytes[0] = negative;
  memcpy (bytes + 1, magnitude, size);
}

void
_grove_encode_float (struct grove_buffer *out, double value)
{
  uint8_t *bytes = grove_buffer_extend (out, 9);
  uint64_t bits;

  memcpy (&bits, &value, sizeof bits);
  bytes[0] = ETF_NEW_FLOAT;
  etf_put64 (bytes + 1, bits);
}

void
_grove_encode_atom (struct grove_buffer *out, const char *name, size_t size)
{
  uint8_t *bytes;

  if (size < 256)
    {
      bytes = grove_buffer_extend (out, 2 + size);
      bytes[0] = ETF_SMALL_ATOM_UTF8;
      bytes[1] = (uint8_t) size;
      bytes += 2;
    }
  else
    {
      bytes = grove_buffer_extend (out, 3 + size);
      bytes[0] = ETF_ATOM_UTF8;
      etf_put16 (bytes + 1, (uint32_t) size);
      bytes += 3;
    }
  if (size > 0)
    memcpy (bytes, name, size);
}

void
_grove_encode_binary (struct grove_buffer *out, const void *bytes, size_t size)
{
  uint8_t *to = grove_buffer_extend (out, 5 + size);

  to[0] = ETF_BINARY;
  etf_put32 (to + 1, (uint32_t) size);
  if (size > 0)
    memcpy (to + 5, bytes, size);
}

void
_grove_encode_characters (struct grove_buffer *out, const uint32_t *characters, size_t n)
{
  bool     string = n <= UINT16_MAX;
  uint8_t *bytes;

  for (size_t i = 0; i < n && string; i++)
    string = characters[i] < 256;
  if (n == 0)
    {
      *grove_buffer_extend (out, 1) = ETF_NIL;
      return;
    }
  if (string)
    {
      bytes = grove_buffer_extend (out, 3 + n);
      bytes[0] = ETF_STRING;
      etf_put16 (bytes + 1, (uint32_t) n);
      for (size_t i = 0; i < n; i++)
        bytes[3 + i] = (uint8_t) characters[i];
      return;
    }
  bytes = grove_buffer_extend (out, 5);
  bytes[0] = ETF_LIST;
  etf_put32 (bytes + 1, (uint32_t) n);
  for (size_t i = 0; i < n; i++)
    {
      bytes = grove_buffer_extend (out, ETF_MAX_INT64_SIZE);
      out->size -= ETF_MAX_INT64_SIZE - put_magnitude (bytes, false, characters[i]);
    }
  *grove_buffer_extend (out, 1) = ETF_NIL;
}
