/* SPDX-License-Identifier: MIT
 *
 * The chained hash of otp/; see the header.
 */
#include "runtime/otp/hash.h"

#include <string.h>

#define MIN_BITS 4

static size_t
bucket_of (uint64_t key, unsigned bits)
{
  /* Fibonacci hashing: pids differ in a few low bits, and the multiplication spreads them. */
  return (size_t) ((key * UINT64_C (0x9E3779B97F4A7C15)) >> (64 - bits));
}

static void
resize (struct grove_hash *self, unsigned bits)
{
  size_t                   size = sizeof (struct grove_hash_link *) << bits;
  struct grove_hash_link **buckets = self->alloc (size);

  memset (buckets, 0, size);
  for (size_t i = 0; self->buckets && i < (size_t) 1 << self->bits; i++)
    {
      struct grove_hash_link *link = self->buckets[i];

      while (link)
        {
          struct grove_hash_link  *next = link->next;
          struct grove_hash_link **bucket = &buckets[bucket_of (link->key, bits)];

          link->next = *bucket;
          *bucket = link;
          link = next;
        }
    }
  if (self->buckets)
    self->release (self->buckets);
  self->buckets = buckets;
  self->bits = bits;
}

void
_grove_hash_finish (struct grove_hash *self)
{
  if (self->buckets)
    self->release (self->buckets);
  self->buckets = NULL;
  self->n = 0;
}

void
_grove_hash_add (struct grove_hash *self, uint64_t key, struct grove_hash_link *link)
{
  struct grove_hash_link **bucket;

  if (!self->buckets)
    resize (self, MIN_BITS);
  else if (self->n >= (size_t) 1 << self->bits)
    resize (self, self->bits + 1);

  link->key = key;
  bucket = &self->buckets[bucket_of (key, self->bits)];
  link->next = *bucket;
  *bucket = link;
  self->n++;
}

void
_grove_hash_remove (struct grove_hash *self, struct grove_hash_link *link)
{
  struct grove_hash_link **at;

  if (!self->buckets)
    return;
  for (at = &self->buckets[bucket_of (link->key, self->bits)]; *at; at = &(*at)->next)
    {
      if (*at != link)
        continue;
      *at = link->next;
      link->next = NULL;
      self->n--;
      /* Shrinks late, so that a count swinging around a power of two does not resize each time. */
      if (self->bits > MIN_BITS && self->n < (size_t) 1 << (self->bits - 3))
        resize (self, self->bits - 1);
      return;
    }
}

struct grove_hash_link *
_grove_hash_next (struct grove_hash_link *link)
{
  uint64_t key = link->key;

  do
    link = link->next;
  while (link && link->key != key);
  return link;
}

struct grove_hash_link *
_grove_hash_first (const struct grove_hash *self, uint64_t key)
{
  struct grove_hash_link *link;

  if (!self->buckets)
    return NULL;
  link = self->buckets[bucket_of (key, self->bits)];
  while (link && link->key != key)
    link = link->next;
  return link;
}

uint64_t
_grove_hash_text (const char *text, uint64_t seed)
{
  uint64_t hash = UINT64_C (0xcbf29ce484222325) ^ (seed * UINT64_C (0x9E3779B97F4A7C15));

  for (; *text; text++)
    hash = (hash ^ (uint8_t) *text) * UINT64_C (0x100000001b3);
  return hash;
}
