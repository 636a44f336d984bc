/* SPDX-License-Identifier: MIT
 *
 * A ring of the last processes that ended. Any scheduler writes, any thread reads, nobody waits: an
 * entry is words that are atomic one by one, and its version is odd while it is written. The reason
 * is kept as a term and printed when somebody asks, unless it is too long for its place.
 */
#include "runtime/core/ends.h"

#include "runtime/core/observe.h"

#include <string.h>

#define REASON_WORDS 24

enum form
{
  FORM_TERM,
  FORM_TEXT,
};

struct entry
{
  _Atomic uint64_t       version; /* of sequence number s: 2s - 1 while written, 2s after */
  _Atomic uint64_t       pid;
  _Atomic uint64_t       ended_ns;
  _Atomic (const char *) name; /* interned, or NULL */
  _Atomic uint64_t       meta; /* size of the reason, form, crash */
  _Atomic uint64_t       reason[REASON_WORDS];
};

static struct entry     ring[GROVE_ENDS];
static _Atomic uint64_t n_ends;

_Static_assert(REASON_WORDS * 8 == sizeof ((struct grove_end *) 0)->reason, "a cut text just fits");

void
_grove_ends_add (
  grove_pid pid, const char *name, struct grove_term reason, uint64_t ended_ns, bool crash)
{
  uint64_t      seq = atomic_fetch_add (&n_ends, 1) + 1;
  struct entry *entry = &ring[seq % GROVE_ENDS];
  uint64_t      words[REASON_WORDS];
  size_t        size = reason.size;
  uint64_t      version = atomic_load_explicit (&entry->version, memory_order_relaxed);
  enum form     form = FORM_TERM;

  /* Another that began a whole round ago and was held up still writes here, or one a round later
   * was faster: this end is then the one that is forgotten. */
  if ((version & 1) != 0 || version > 2 * seq ||
      !atomic_compare_exchange_strong (&entry->version, &version, 2 * seq - 1))
    return;
  if (size > sizeof words)
    {
      form = FORM_TEXT;
      size = grove_term_print (reason, GROVE_SYNTAX_ERLANG, 16, (char *) words, sizeof words, NULL);
    }
  else
    {
      words[(size - 1) / 8] = 0;
      memcpy (words, reason.bytes, size);
    }
  /* All stores release, so that none is seen before the odd version. */
  atomic_store_explicit (&entry->pid, pid, memory_order_release);
  atomic_store_explicit (&entry->ended_ns, ended_ns, memory_order_release);
  atomic_store_explicit (&entry->name, name, memory_order_release);
  atomic_store_explicit (&entry->meta, (uint64_t) size << 2 | (unsigned) form << 1 | crash,
                         memory_order_release);
  for (size_t i = 0; i * 8 < size; i++)
    atomic_store_explicit (&entry->reason[i], words[i], memory_order_release);
  atomic_store_explicit (&entry->version, 2 * seq, memory_order_release);
}

void
_grove_ends_clear (void)
{
  for (unsigned i = 0; i < GROVE_ENDS; i++)
    atomic_store (&ring[i].version, 0);
  atomic_store (&n_ends, 0);
}

static void
cut_into (char *to, size_t capacity, const char *text)
{
  size_t size = strnlen (text, capacity - 1);

  /* Never in the middle of a character. */
  if (text[size] != '\0')
    while (size > 0 && ((uint8_t) text[size] & 0xc0) == 0x80)
      size--;
  memcpy (to, text, size);
  to[size] = '\0';
}

static bool
read_entry (struct entry *entry, uint64_t seq, struct grove_end *ret_end)
{
  uint64_t    version = atomic_load_explicit (&entry->version, memory_order_acquire);
  uint64_t    words[REASON_WORDS] = { 0 };
  const char *name;
  uint64_t    meta;
  size_t      size;

  ret_end->seq = seq;
  ret_end->pid = atomic_load_explicit (&entry->pid, memory_order_acquire);
  ret_end->ended_ns = atomic_load_explicit (&entry->ended_ns, memory_order_acquire);
  name = atomic_load_explicit (&entry->name, memory_order_acquire);
  meta = atomic_load_explicit (&entry->meta, memory_order_acquire);
  size = (size_t) (meta >> 2);
  for (size_t i = 0; i < REASON_WORDS && i * 8 < size; i++)
    words[i] = atomic_load_explicit (&entry->reason[i], memory_order_acquire);
  if (version != 2 * seq || atomic_load_explicit (&entry->version, memory_order_relaxed) != version)
    return false;
  ret_end->crash = meta & 1;
  cut_into (ret_end->name, sizeof ret_end->name, name != NULL ? name : "");
  if ((meta >> 1 & 1) == FORM_TEXT)
    {
      memcpy (ret_end->reason, words, size);
      ret_end->reason[size] = '\0';
    }
  else
    grove_term_print ((struct grove_term){ (const uint8_t *) words, size }, GROVE_SYNTAX_ERLANG, 16,
                      ret_end->reason, sizeof ret_end->reason, NULL);
  return true;
}

bool
_grove_observe_end (grove_pid pid, struct grove_end *ret_end)
{
  uint64_t last = atomic_load (&n_ends);

  for (uint64_t seq = last; seq > 0 && last - seq < GROVE_ENDS; seq--)
    {
      struct entry    *entry = &ring[seq % GROVE_ENDS];
      struct grove_end end;
      if (atomic_load_explicit (&entry->pid, memory_order_relaxed) == pid &&
          read_entry (entry, seq, &end))
        {
          *ret_end = end;
          return true;
        }
    }
  return false;
}
