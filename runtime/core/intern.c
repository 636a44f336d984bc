/* SPDX-License-Identifier: MIT
 *
 * See intern.h: a chained hash that only grows, behind one lock.
 */
#include "runtime/core/intern.h"

#include "runtime/core/lock.h"
#include "runtime/core/memory.h"

#include <stdint.h>
#include <string.h>

#define MAX_STRINGS 1000000U
#define MAX_LABELS  (MAX_STRINGS / 2)

struct entry
{
  struct entry *next;
  uint64_t      hash;
  char          text[];
};

static struct
{
  struct grove_lock lock;
  struct entry    **buckets; /* a power of two, or none */
  uint32_t          n_buckets;
  uint32_t          n;
} strings = { .lock = GROVE_LOCK_INIT (GROVE_RANK_INTERN) };

static uint64_t
hash_of (const char *text)
{
  uint64_t hash = UINT64_C (0xcbf29ce484222325);

  for (; *text != '\0'; text++)
    hash = (hash ^ (uint8_t) *text) * UINT64_C (0x100000001b3);
  return hash ^ hash >> 32;
}

static void
grow (void)
{
  uint32_t       n = strings.n_buckets == 0 ? 64 : strings.n_buckets * 2;
  struct entry **buckets = _grove_calloc (n, sizeof (struct entry *));

  for (uint32_t i = 0; i < strings.n_buckets; i++)
    for (struct entry *entry = strings.buckets[i]; entry != NULL;)
      {
        struct entry *next = entry->next;
        entry->next = buckets[entry->hash & (n - 1)];
        buckets[entry->hash & (n - 1)] = entry;
        entry = next;
      }
  free (strings.buckets);
  strings.buckets = buckets;
  strings.n_buckets = n;
}

static struct entry *
find_locked (const char *text, uint64_t hash)
{
  struct entry *entry;

  if (strings.n == 0)
    return NULL;
  entry = strings.buckets[hash & (strings.n_buckets - 1)];
  while (entry != NULL && (entry->hash != hash || strcmp (entry->text, text) != 0))
    entry = entry->next;
  return entry;
}

static const char *
intern_locked (const char *text, uint32_t max)
{
  uint64_t      hash = hash_of (text);
  struct entry *entry = find_locked (text, hash);
  size_t        size;

  if (entry != NULL)
    return entry->text;
  if (strings.n >= max)
    return NULL;
  if (strings.n >= strings.n_buckets)
    grow ();
  size = strlen (text) + 1;
  entry = _grove_malloc (sizeof *entry + size);
  memcpy (entry->text, text, size);
  entry->hash = hash;
  entry->next = strings.buckets[hash & (strings.n_buckets - 1)];
  strings.buckets[hash & (strings.n_buckets - 1)] = entry;
  strings.n++;
  return entry->text;
}

static const char *
intern (const char *text, uint32_t max)
{
  const char *interned;

  _grove_lock (&strings.lock);
  interned = intern_locked (text, max);
  _grove_unlock (&strings.lock);
  return interned;
}

const char *
_grove_intern (const char *text)
{
  return intern (text, MAX_STRINGS);
}

const char *
_grove_intern_label (const char *text)
{
  return intern (text, MAX_LABELS);
}

const char *
_grove_intern_find (const char *text)
{
  struct entry *entry;

  if (text == NULL)
    return NULL;
  _grove_lock (&strings.lock);
  entry = find_locked (text, hash_of (text));
  _grove_unlock (&strings.lock);
  return entry != NULL ? entry->text : NULL;
}

void
_grove_intern_finish (void)
{
  for (uint32_t i = 0; i < strings.n_buckets; i++)
    while (strings.buckets[i] != NULL)
      {
        struct entry *entry = strings.buckets[i];
        strings.buckets[i] = entry->next;
        free (entry);
      }
  free (strings.buckets);
  strings.buckets = NULL;
  strings.n_buckets = 0;
  strings.n = 0;
}
