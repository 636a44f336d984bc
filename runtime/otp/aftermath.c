/* SPDX-License-Identifier: MIT
 *
 * A ring of what followed, found by the pid that died. The lock is held for a few hundred
 * nanoseconds, and taken within that of the forest.
 */
#include "runtime/otp/aftermath.h"

#include "runtime/core/runtime-private.h"
#include "runtime/otp/hash.h"

#include <pthread.h>
#include <stdlib.h>

struct entry
{
  struct grove_hash_link by_pid; /* key 0: not used yet */
  struct grove_aftermath aftermath;
};

static void *
hash_alloc (size_t size)
{
  void *block = calloc (1, size);

  /* A failed allocation of fixed size aborts. */
  if (!block)
    abort ();
  return block;
}

/* All of it under the lock. */
static pthread_mutex_t   lock = PTHREAD_MUTEX_INITIALIZER;
static struct grove_hash by_pid = { .alloc = hash_alloc, .release = free };
static struct entry      ring[GROVE_AFTERMATHS];
static size_t            next;
static uint64_t          since_ns;

static struct entry *
find_locked (grove_pid dead)
{
  struct grove_hash_link *link = dead ? _grove_hash_first (&by_pid, dead) : NULL;

  return link ? GROVE_HASH_OWNER (link, struct entry, by_pid) : NULL;
}

/* Pids of the next run of the runtime are none of these. */
static void
forget_all (void)
{
  pthread_mutex_lock (&lock);
  for (size_t i = 0; i < GROVE_AFTERMATHS; i++)
    if (ring[i].by_pid.key)
      {
        _grove_hash_remove (&by_pid, &ring[i].by_pid);
        ring[i] = (struct entry){ 0 };
      }
  next = 0;
  since_ns = 0;
  pthread_mutex_unlock (&lock);
}

void
_grove_aftermath_add (grove_pid dead, const struct grove_aftermath *aftermath)
{
  const uint64_t now_ns = grove_now_ns ();
  struct entry  *entry;

  /* A child that never ran. */
  if (!dead)
    return;
  _grove_runtime_at_stop (forget_all);
  pthread_mutex_lock (&lock);
  entry = find_locked (dead);
  if (!entry)
    {
      entry = &ring[next];
      next = (next + 1) % GROVE_AFTERMATHS;
      if (entry->by_pid.key)
        {
          since_ns = entry->aftermath.at_ns + 1;
          _grove_hash_remove (&by_pid, &entry->by_pid);
        }
      _grove_hash_add (&by_pid, dead, &entry->by_pid);
    }
  entry->aftermath = *aftermath;
  entry->aftermath.at_ns = now_ns;
  pthread_mutex_unlock (&lock);
}

bool
_grove_aftermath_find (grove_pid dead, struct grove_aftermath *ret_aftermath)
{
  const struct entry *entry;

  pthread_mutex_lock (&lock);
  entry = find_locked (dead);
  if (entry)
    *ret_aftermath = entry->aftermath;
  pthread_mutex_unlock (&lock);
  return entry != NULL;
}

uint64_t
_grove_aftermath_since_ns (void)
{
  uint64_t since;

  pthread_mutex_lock (&lock);
  since = since_ns;
  pthread_mutex_unlock (&lock);
  return since;
}
