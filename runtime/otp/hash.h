/* SPDX-License-Identifier: MIT
 *
 * A chained hash whose links live in the things it holds, so that putting something in never fails
 * and never allocates more than the buckets. Several things may have the same key; the owner tells
 * them apart. Not locked: it belongs to one process, or to whoever holds the lock around it.
 * Private to otp/.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct grove_hash_link
{
  struct grove_hash_link *next;
  uint64_t                key;
};

struct grove_hash
{
  struct grove_hash_link **buckets; /* 2^bits, or NULL while empty */
  unsigned                 bits;
  size_t                   n;
  /* Where the buckets come from; must not fail. */
  void *(*alloc) (size_t size);
  void (*release) (void *block);
};

void _grove_hash_finish (struct grove_hash *self);
void _grove_hash_add (struct grove_hash *self, uint64_t key, struct grove_hash_link *link);
void _grove_hash_remove (struct grove_hash *self, struct grove_hash_link *link);
/* The first with that key; _grove_hash_next() gives the others. NULL: none. */
struct grove_hash_link *_grove_hash_first (const struct grove_hash *self, uint64_t key);
struct grove_hash_link *_grove_hash_next (struct grove_hash_link *link);
/* The key of a text, mixed with @seed. */
uint64_t _grove_hash_text (const char *text, uint64_t seed);

#define GROVE_HASH_OWNER(link, type, member)                                                       \
  ((type *) (void *) ((char *) (link) -offsetof (type, member)))
