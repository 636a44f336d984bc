/* SPDX-License-Identifier: MIT
 *
 * The External Term Format, inside this folder only: its tags, big-endian numbers, UTF-8, and the
 * few primitives that walking, building and printing share. Everything that takes a bare pointer
 * trusts the bytes: they were written here or passed grove_term_check().
 */
#pragma once

#include "runtime/term/term.h"

#include <stdatomic.h>
#include <string.h>

/* Caps that come with the format or keep work on foreign bytes bounded. */
#define ETF_MAX_DEPTH      256
#define ETF_MAX_KEY_MAPS   4   /* maps inside keys of maps inside keys ... */
#define ETF_MAX_ATOM_CHARS 255 /* as in Erlang */
#define ETF_MAX_ATOM_BYTES (4 * ETF_MAX_ATOM_CHARS)
#define ETF_MAX_SIZE       ((size_t) 1 << 30) /* of a term that is built here */
#define ETF_MAX_INT64_SIZE 11                 /* bytes of an encoded 64-bit integer at most */

#define ETF_NODE                                                                                   \
  "nonode@nohost" /* what a runtime that joined no cluster calls itself in Erlang                  \
                   */

enum etf_tag
{
  ETF_NEW_FLOAT = 70,
  ETF_BIT_BINARY = 77,
  ETF_NEW_PID = 88,
  ETF_NEW_PORT = 89,
  ETF_NEWER_REFERENCE = 90,
  ETF_SMALL_INTEGER = 97,
  ETF_INTEGER = 98,
  ETF_FLOAT = 99,
  ETF_ATOM = 100,
  ETF_PORT = 102,
  ETF_PID = 103,
  ETF_SMALL_TUPLE = 104,
  ETF_LARGE_TUPLE = 105,
  ETF_NIL = 106,
  ETF_STRING = 107,
  ETF_LIST = 108,
  ETF_BINARY = 109,
  ETF_SMALL_BIG = 110,
  ETF_LARGE_BIG = 111,
  ETF_NEW_FUN = 112,
  ETF_EXPORT = 113,
  ETF_NEW_REFERENCE = 114,
  ETF_SMALL_ATOM = 115,
  ETF_MAP = 116,
  ETF_ATOM_UTF8 = 118,
  ETF_SMALL_ATOM_UTF8 = 119,
  ETF_V4_PORT = 120,
};

/* ---- Numbers --------------------------------------------------------------------------------- */

static inline uint32_t
etf_get16 (const uint8_t *bytes)
{
  return (uint32_t) bytes[0] << 8 | bytes[1];
}

static inline uint32_t
etf_get32 (const uint8_t *bytes)
{
  uint32_t value;

  memcpy (&value, bytes, sizeof value);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  value = __builtin_bswap32 (value);
#endif
  return value;
}

static inline uint64_t
etf_get64 (const uint8_t *bytes)
{
  return (uint64_t) etf_get32 (bytes) << 32 | etf_get32 (bytes + 4);
}

static inline void
etf_put16 (uint8_t *bytes, uint32_t value)
{
  bytes[0] = (uint8_t) (value >> 8);
  bytes[1] = (uint8_t) value;
}

static inline void
etf_put32 (uint8_t *bytes, uint32_t value)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  value = __builtin_bswap32 (value);
#endif
  memcpy (bytes, &value, sizeof value);
}

static inline void
etf_put64 (uint8_t *bytes, uint64_t value)
{
  etf_put32 (bytes, (uint32_t) (value >> 32));
  etf_put32 (bytes + 4, (uint32_t) value);
}

/* A whole number of any size: a sign and a magnitude, least significant byte first, with no zero
 * bytes at its end. Zero has no bytes and is not negative. */
struct etf_integer
{
  const uint8_t *magnitude;
  size_t         size;
  bool           negative;
  uint8_t        small[8]; /* what @magnitude points to for the encodings that are big-endian */
};

/* @self must not be copied: it may point into itself. */
void   _grove_etf_integer (const uint8_t *bytes, struct etf_integer *self);
double _grove_etf_double (const uint8_t *bytes);

/* ---- UTF-8 ----------------------------------------------------------------------------------- */

/* Bytes of the character at @text, 0 if it is not UTF-8: no surrogates, nothing overlong. */
size_t _grove_utf8_decode (const char *text, size_t size, uint32_t *ret_character);
/* @text has room for four bytes. @character must be a Unicode scalar value. */
size_t _grove_utf8_encode (char *text, uint32_t character);
/* False if it is no UTF-8. */
bool _grove_utf8_count (const char *text, size_t size, size_t *ret_characters);

static inline bool
etf_is_character (uint64_t value)
{
  return value <= 0x10ffff && (value < 0xd800 || value > 0xdfff);
}

/* ---- Walking --------------------------------------------------------------------------------- */

/* The byte behind the term. Needs no stack, however deep the term is. */
const uint8_t *_grove_etf_skip (const uint8_t *bytes);

static inline struct grove_term
etf_term_at (const uint8_t *bytes)
{
  return (struct grove_term){ bytes, (size_t) (_grove_etf_skip (bytes) - bytes) };
}

static inline bool
etf_is_atom_tag (uint8_t tag)
{
  return tag == ETF_SMALL_ATOM_UTF8 || tag == ETF_ATOM_UTF8 || tag == ETF_SMALL_ATOM ||
         tag == ETF_ATOM;
}

/* An atom's name as it is stored. */
struct etf_atom
{
  const char *bytes;
  size_t      size;
  bool        latin1;
};
struct etf_atom _grove_etf_atom (const uint8_t *bytes);
int             _grove_etf_atom_compare (struct etf_atom a, struct etf_atom b);

/* A pid, port or reference, whichever way it is encoded. */
struct etf_identifier
{
  struct etf_atom node;
  uint32_t        creation;
  uint64_t        id;    /* of a port; of a pid: serial in the high, number in the low 32 bits */
  const uint8_t  *words; /* of a reference, the least significant first */
  size_t          n_words;
};
void _grove_etf_identifier (const uint8_t *bytes, struct etf_identifier *self);

/* A binary or bitstring: the last byte holds @last_bits bits, from the top; 8 for whole bytes. */
struct etf_bits
{
  const uint8_t *bytes;
  size_t         size;
  unsigned       last_bits;
};
struct etf_bits _grove_etf_bits (const uint8_t *bytes);

/* Integers differ from floats and sort before all of them; otherwise grove_term_compare(). This is
 * the order of keys in a map, and 0 means =:=. */
int _grove_term_compare_exact (struct grove_term a, struct grove_term b);

/* ---- Writing --------------------------------------------------------------------------------- */

/* Each returns the bytes written; @bytes has room for ETF_MAX_INT64_SIZE. */
size_t _grove_etf_put_int64 (uint8_t *bytes, int64_t value);
size_t _grove_etf_put_uint64 (uint8_t *bytes, uint64_t value);

/* @name must be UTF-8 of at most ETF_MAX_ATOM_CHARS characters. */
void _grove_encode_atom (struct grove_buffer *out, const char *name, size_t size);
/* @magnitude: least significant byte first. Takes the shortest encoding. */
void _grove_encode_integer (struct grove_buffer *out,
                            bool                 negative,
                            const uint8_t       *magnitude,
                            size_t               size);
void _grove_encode_float (struct grove_buffer *out, double value);
void _grove_encode_binary (struct grove_buffer *out, const void *bytes, size_t size);
/* A list of code points, as Erlang's "..." is one. */
void _grove_encode_characters (struct grove_buffer *out, const uint32_t *characters, size_t n);

/* Our own pids and references; the size is the same for all of them. What they begin with tells
 * them from all others but for the creation, which tells the pids of this run from those of an
 * earlier one: written once, before any term is built. */
#define ETF_PID_SIZE       (ETF_PID_HEAD_SIZE + 12)
#define ETF_REFERENCE_SIZE (ETF_REFERENCE_HEAD_SIZE + 4 + 12)

#define ETF_NODE_SIZE           (sizeof ETF_NODE - 1)
#define ETF_PID_HEAD            "\x58\x77\x0d" ETF_NODE /* ETF_NEW_PID, an atom of 13 bytes */
#define ETF_PID_HEAD_SIZE       (sizeof ETF_PID_HEAD - 1)
#define ETF_REFERENCE_HEAD      "\x5a\x00\x03\x77\x0d" ETF_NODE /* ETF_NEWER_REFERENCE, 3 words */
#define ETF_REFERENCE_HEAD_SIZE (sizeof ETF_REFERENCE_HEAD - 1)
_Static_assert(ETF_NODE_SIZE == 13, "the heads say so");

extern _Atomic uint32_t _grove_etf_creation;

static inline uint32_t
etf_creation (void)
{
  return atomic_load_explicit (&_grove_etf_creation, memory_order_relaxed);
}

/* What follows the heads. */
static inline void
etf_put_pid_words (uint8_t *bytes, grove_pid pid)
{
  etf_put32 (bytes, (uint32_t) pid);
  etf_put32 (bytes + 4, (uint32_t) (pid >> 32));
  etf_put32 (bytes + 8, etf_creation ());
}

static inline void
etf_put_pid (uint8_t *bytes, grove_pid pid)
{
  memcpy (bytes, ETF_PID_HEAD, ETF_PID_HEAD_SIZE);
  etf_put_pid_words (bytes + ETF_PID_HEAD_SIZE, pid);
}

/* Words of a reference in Erlang: 18 bits, then two of 32. */
#define ETF_FIRST_WORD_BITS 18

static inline void
etf_put_ref_words (uint8_t *bytes, grove_ref ref)
{
  etf_put32 (bytes, etf_creation ());
  etf_put32 (bytes + 4, ref & ((1u << ETF_FIRST_WORD_BITS) - 1));
  etf_put32 (bytes + 8, (uint32_t) (ref >> ETF_FIRST_WORD_BITS));
  etf_put32 (bytes + 12, (uint32_t) (ref >> (ETF_FIRST_WORD_BITS + 32)));
}

static inline void
etf_put_ref (uint8_t *bytes, grove_ref ref)
{
  memcpy (bytes, ETF_REFERENCE_HEAD, ETF_REFERENCE_HEAD_SIZE);
  etf_put_ref_words (bytes + ETF_REFERENCE_HEAD_SIZE, ref);
}

/* Of what follows the heads of our own: false if it is of another run, or no reference that a
 * number can be. */
static inline bool
etf_get_pid_words (const uint8_t *bytes, grove_pid *ret_pid)
{
  *ret_pid = (grove_pid) etf_get32 (bytes + 4) << 32 | etf_get32 (bytes);
  return etf_get32 (bytes + 8) == etf_creation ();
}

static inline bool
etf_get_ref_words (const uint8_t *bytes, grove_ref *ret_ref)
{
  uint64_t first = etf_get32 (bytes + 4), last = etf_get32 (bytes + 12);

  *ret_ref = first | (uint64_t) etf_get32 (bytes + 8) << ETF_FIRST_WORD_BITS |
             last << (ETF_FIRST_WORD_BITS + 32);
  return etf_get32 (bytes) == etf_creation () && first >> ETF_FIRST_WORD_BITS == 0 &&
         last >> (32 - ETF_FIRST_WORD_BITS) == 0;
}

/* False if the @size bytes are not one of ours in the form they are built here; it may be one in
 * another form even so. */
static inline bool
etf_get_own_pid (const uint8_t *bytes, size_t size, grove_pid *ret_pid)
{
  return size >= ETF_PID_SIZE && memcmp (bytes, ETF_PID_HEAD, ETF_PID_HEAD_SIZE) == 0 &&
         etf_get_pid_words (bytes + ETF_PID_HEAD_SIZE, ret_pid);
}

/* False if a key of the @n pairs at @pairs is there twice. */
bool _grove_etf_keys_unique (const uint8_t *pairs, size_t n);
/* Puts @n pairs that begin at @pairs and end at @end into Erlang's order of keys. False if a key is
 * there twice. */
bool _grove_etf_sort_pairs (uint8_t *pairs, const uint8_t *end, size_t n);

/* Whether it is a format that can match anything. */
bool _grove_format_matches (const char *text);
