/* SPDX-License-Identifier: MIT
 *
 * What is flat: formats whose arguments are integers, pids and references and nothing else, which
 * most messages are. How large they can get is known when they are compiled, so that they are
 * written where they are to be, at once, and nothing can fail.
 *
 * A pid or a reference takes the same room whatever it is, so all bytes up to the next integer are
 * the same each time but for a few numbers: a stretch. It is written by one copy and the numbers
 * put into it, and matched by one comparison that leaves these out. Building is exact; a term that
 * does not match in just these bytes may still match in others.
 */
#pragma once

#include "runtime/term/format.h"

/* A pid or a reference in a stretch. */
struct format_hole
{
  uint32_t offset; /* of what follows its head */
  bool     is_ref;
};

struct format_stretch
{
  const uint8_t            *bytes; /* 0 in the holes */
  const uint8_t            *mask;  /* likewise, and all bits elsewhere */
  const struct format_hole *holes;
  uint32_t                  size;
  uint16_t                  n_holes;
  uint8_t end; /* what follows it: an integer's kind, or FORMAT_LITERAL: nothing */
};

struct format_flat
{
  uint32_t              n_stretches;
  uint32_t              n_args;
  bool                  is_int[FORMAT_MAX_DIRECTIVES]; /* an int; all else has 64 bits */
  struct format_hole    holes[FORMAT_MAX_DIRECTIVES];
  struct format_stretch stretches[]; /* at least one */
};

/* The most bytes @program can write; SIZE_MAX: it is not flat. */
size_t _grove_flat_bound (const struct format_program *program);
/* What is in flat form; with _grove_flat_bound() as @bound. */
struct format_flat *
_grove_flat_new (const struct format_program *program, const uint8_t *literals, size_t bound);

/* ---- Bytes ----------------------------------------------------------------------------------- */

/* What is copied or compared at once: a register. What is left at the end is done by one that
 * overlaps the one before. */
typedef uint64_t flat_unit __attribute__ ((vector_size (16)));

/* Without a call, and without a byte too many. */
static inline void
flat_copy (uint8_t *to, const uint8_t *from, size_t size)
{
  if (size >= sizeof (flat_unit))
    {
      const uint8_t *last = from + size - sizeof (flat_unit);
      uint8_t       *to_last = to + size - sizeof (flat_unit);
      for (; from < last; from += sizeof (flat_unit), to += sizeof (flat_unit))
        memcpy (to, from, sizeof (flat_unit));
      memcpy (to_last, last, sizeof (flat_unit));
    }
  else if (size >= 8)
    {
      memcpy (to, from, 8);
      memcpy (to + size - 8, from + size - 8, 8);
    }
  else if (size >= 4)
    {
      memcpy (to, from, 4);
      memcpy (to + size - 4, from + size - 4, 4);
    }
  else if (size > 0)
    {
      to[0] = from[0];
      to[size / 2] = from[size / 2];
      to[size - 1] = from[size - 1];
    }
}

/* The bits in which @type, at @at of @bytes and @stretch, differs. */
#define FLAT_DIFFER(type, bytes, stretch, at)                                                      \
  ({                                                                                               \
    type a_, b_, mask_;                                                                            \
    memcpy (&a_, (bytes) + (at), sizeof a_);                                                       \
    memcpy (&b_, (stretch)->bytes + (at), sizeof b_);                                              \
    memcpy (&mask_, (stretch)->mask + (at), sizeof mask_);                                         \
    (a_ ^ b_) & mask_;                                                                             \
  })

static inline bool
flat_same (const uint8_t *bytes, const struct format_stretch *stretch)
{
  size_t size = stretch->size;

  if (size >= sizeof (flat_unit))
    {
      size_t    last = size - sizeof (flat_unit);
      flat_unit differ = FLAT_DIFFER (flat_unit, bytes, stretch, last);
      for (size_t i = 0; i < last; i += sizeof differ)
        differ |= FLAT_DIFFER (flat_unit, bytes, stretch, i);
      return (differ[0] | differ[1]) == 0;
    }
  if (size >= 8)
    return (FLAT_DIFFER (uint64_t, bytes, stretch, 0) |
            FLAT_DIFFER (uint64_t, bytes, stretch, size - 8)) == 0;
  if (size >= 4)
    return (FLAT_DIFFER (uint32_t, bytes, stretch, 0) |
            FLAT_DIFFER (uint32_t, bytes, stretch, size - 4)) == 0;
  /* Too short for a hole. */
  for (size_t i = 0; i < size; i++)
    if (bytes[i] != stretch->bytes[i])
      return false;
  return true;
}

/* ---- Building -------------------------------------------------------------------------------- */

/* There is room for ETF_MAX_INT64_SIZE. */
static inline uint8_t *
flat_put_int64 (uint8_t *to, int64_t value)
{
  uint64_t magnitude;
  unsigned size;

  if (value >= 0 && value <= UINT8_MAX)
    {
      to[0] = ETF_SMALL_INTEGER;
      to[1] = (uint8_t) value;
      return to + 2;
    }
  if (value >= INT32_MIN && value <= INT32_MAX)
    {
      to[0] = ETF_INTEGER;
      etf_put32 (to + 1, (uint32_t) value);
      return to + 5;
    }
  magnitude = value < 0 ? -(uint64_t) value : (uint64_t) value;
  size = (71 - (unsigned) __builtin_clzll (magnitude)) / 8;
  to[0] = ETF_SMALL_BIG;
  to[1] = (uint8_t) size;
  to[2] = value < 0;
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
  magnitude = __builtin_bswap64 (magnitude);
#endif
  memcpy (to + 3, &magnitude, sizeof magnitude);
  return to + 3 + size;
}

/* Of 4 to 8 bytes: all that is neither small nor has more than 64 bits. NULL: another. */
static inline const uint8_t *
flat_get_big (const uint8_t *bytes, int64_t *ret_value, bool is_unsigned)
{
  unsigned size = bytes[1], negative = bytes[2];
  uint32_t low, high;
  uint64_t magnitude;

  if (size < 4 || size > 8 || (negative && is_unsigned))
    return NULL;
  memcpy (&low, bytes + 3, sizeof low);
  memcpy (&high, bytes + size - 1, sizeof high);
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
  low = __builtin_bswap32 (low);
  high = __builtin_bswap32 (high);
#endif
  magnitude = low | (uint64_t) high << (size * 8 - 32);
  if (magnitude > INT64_MAX && !is_unsigned)
    return NULL;
  *ret_value = negative ? -(int64_t) magnitude : (int64_t) magnitude;
  return bytes + 3 + size;
}

/* Writes the term to @bytes, which has room for format->flat_bound. Returns its size. */
static inline __attribute__ ((always_inline)) size_t
_grove_flat_write (const struct format *format, uint8_t *bytes, struct format_args *args)
{
  const struct format_stretch *stretch = format->flat->stretches;
  const struct format_stretch *end = stretch + format->flat->n_stretches;
  uint8_t                     *to = bytes;

  for (; stretch < end; stretch++)
    {
      flat_copy (to, stretch->bytes, stretch->size);
      for (unsigned i = 0; i < stretch->n_holes; i++)
        if (stretch->holes[i].is_ref)
          etf_put_ref_words (to + stretch->holes[i].offset, va_arg (args->list, grove_ref));
        else
          etf_put_pid_words (to + stretch->holes[i].offset, va_arg (args->list, grove_pid));
      to += stretch->size;
      if (stretch->end == FORMAT_INT)
        to = flat_put_int64 (to, va_arg (args->list, int));
      else if (stretch->end == FORMAT_INT64)
        to = flat_put_int64 (to, va_arg (args->list, int64_t));
      else if (stretch->end == FORMAT_UINT64)
        to += _grove_etf_put_uint64 (to, va_arg (args->list, uint64_t));
    }
  return (size_t) (to - bytes);
}

/* ---- Matching -------------------------------------------------------------------------------- */

/* Whether @term, which is not empty, is in just the bytes that building with the same format
 * writes. False: it may match in other bytes. Takes nothing from @args then. */
static inline __attribute__ ((always_inline)) bool
_grove_flat_match (const struct format *format, struct grove_term term, struct format_args *args)
{
  const struct format_flat    *flat = format->flat;
  const struct format_stretch *stretch = flat->stretches;
  const struct format_stretch *end_stretch = stretch + flat->n_stretches;
  const uint8_t               *bytes = term.bytes;
  const uint8_t               *end = bytes + term.size;
  int64_t                      values[FORMAT_MAX_DIRECTIVES];
  int64_t                     *value = values;

  for (; stretch < end_stretch; stretch++)
    {
      if ((size_t) (end - bytes) < stretch->size || !flat_same (bytes, stretch))
        return false;
      for (unsigned i = 0; i < stretch->n_holes; i++)
        if (!(stretch->holes[i].is_ref
                ? etf_get_ref_words (bytes + stretch->holes[i].offset, (grove_ref *) value++)
                : etf_get_pid_words (bytes + stretch->holes[i].offset, (grove_pid *) value++)))
          return false;
      bytes += stretch->size;
      if (stretch->end == FORMAT_LITERAL)
        break;
      if (bytes[0] == ETF_SMALL_INTEGER)
        {
          *value++ = bytes[1];
          bytes += 2;
        }
      else if (bytes[0] == ETF_INTEGER)
        {
          *value = (int32_t) etf_get32 (bytes + 1);
          if (stretch->end == FORMAT_UINT64 && *value < 0)
            return false;
          value++;
          bytes += 5;
        }
      else if (bytes[0] == ETF_SMALL_BIG && stretch->end != FORMAT_INT)
        {
          bytes = flat_get_big (bytes, value++, stretch->end == FORMAT_UINT64);
          if (bytes == NULL)
            return false;
        }
      else
        return false;
    }
  for (uint32_t i = 0; i < flat->n_args; i++)
    {
      void *pointer = va_arg (args->list, void *);

      if (pointer == NULL)
        continue;
      if (flat->is_int[i])
        *(int *) pointer = (int) values[i];
      else
        memcpy (pointer, &values[i], sizeof *values);
    }
  return true;
}
