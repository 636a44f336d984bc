/* SPDX-License-Identifier: MIT
 *
 * The last processes that ended, a ring a scheduler, which only that scheduler writes to, with
 * plain stores: an end locks no cache line and touches one. Any thread reads, and nobody waits, as
 * with the events (event.c): a slot is copied word by word, and thrown away when a second look at
 * `last` says that another end may have got into it. The reason is kept as a term and printed when
 * somebody asks, unless it is too long for its place.
 */
#include "runtime/core/ends.h"

#include "runtime/core/observe.h"
#include "runtime/core/scheduler.h"

#include <stdlib.h>
#include <string.h>

#define REASON_WORDS 24
#define NEAR_WORDS   4 /* most reasons are no longer */

enum form
{
  FORM_TERM,
  FORM_TEXT,
};

struct entry
{
  _Atomic uint64_t       pid;
  _Atomic uint64_t       ended_ns;
  _Atomic (const char *) name; /* interned, or NULL */
  _Atomic uint64_t       meta; /* size of the reason, 0: normal; form; crash */
  _Atomic uint64_t       reason[NEAR_WORDS];
};

struct grove_ends
{
  alignas (64) _Atomic uint64_t last; /* of the last end that is whole; the first has number 1 */
  alignas (64) struct entry entries[GROVE_ENDS]; /* end s lies at s % GROVE_ENDS */
  /* What is behind the first words of a reason: pages nobody touches where reasons are short. */
  _Atomic uint64_t far[GROVE_ENDS][REASON_WORDS - NEAR_WORDS];
};

_Static_assert(sizeof (struct entry) == 64, "an end is one cache line");
_Static_assert(REASON_WORDS * 8 == sizeof ((struct grove_end *) 0)->reason, "a cut text just fits");

/* ---- Writing --------------------------------------------------------------------------------- */

struct grove_ends *
_grove_ends_new (void)
{
  struct grove_ends *self = aligned_alloc (alignof (struct grove_ends), sizeof *self);

  /* Nothing else is read before it was written. */
  if (self != NULL)
    atomic_init (&self->last, 0);
  return self;
}

void
_grove_ends_free (struct grove_ends *self)
{
  free (self);
}

static _Atomic uint64_t *
word_of (struct grove_ends *self, uint64_t seq, size_t i)
{
  return i < NEAR_WORDS ? &self->entries[seq % GROVE_ENDS].reason[i]
                        : &self->far[seq % GROVE_ENDS][i - NEAR_WORDS];
}

/* How many bytes of the slot of @seq it takes. */
static size_t
keep_reason (struct grove_ends *self, uint64_t seq, struct grove_term reason, enum form *ret_form)
{
  uint64_t words[REASON_WORDS];
  size_t   size = reason.size;

  *ret_form = FORM_TERM;
  if (size > sizeof words)
    {
      *ret_form = FORM_TEXT;
      size = grove_term_print (reason, GROVE_SYNTAX_ERLANG, 16, (char *) words, sizeof words, NULL);
    }
  else
    {
      words[(size - 1) / 8] = 0;
      memcpy (words, reason.bytes, size);
    }
  for (size_t i = 0; i * 8 < size; i++)
    atomic_store_explicit (word_of (self, seq, i), words[i], memory_order_release);
  return size;
}

void
_grove_ends_add (struct grove_ends *self,
                 grove_pid          pid,
                 const char        *name,
                 struct grove_term  reason,
                 uint64_t           ended_ns,
                 bool               crash)
{
  uint64_t      seq = GROVE_GET (self->last) + 1;
  struct entry *entry = &self->entries[seq % GROVE_ENDS];
  enum form     form = FORM_TERM;
  size_t        size = 0;

  /* All release, so that who reads a new word sees the number before it at its second look. */
  if (reason.size > 0)
    size = keep_reason (self, seq, reason, &form);
  atomic_store_explicit (&entry->pid, pid, memory_order_release);
  atomic_store_explicit (&entry->ended_ns, ended_ns, memory_order_release);
  atomic_store_explicit (&entry->name, name, memory_order_release);
  atomic_store_explicit (&entry->meta, (uint64_t) size << 2 | (unsigned) form << 1 | crash,
                         memory_order_release);
  /* Pairs with the reader's first look. */
  atomic_store_explicit (&self->last, seq, memory_order_release);
}

/* ---- Reading --------------------------------------------------------------------------------- */

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

/* What is copied here may be of two ends, so that nothing in it is believed yet. */
struct copy
{
  grove_pid   pid;
  uint64_t    ended_ns;
  const char *name;
  uint64_t    meta;
  uint64_t    words[REASON_WORDS];
};

/* False: the slot is, or may be, another end's by now. */
static bool
copy_slot (struct grove_ends *self, uint64_t seq, struct copy *ret_copy)
{
  struct entry *entry = &self->entries[seq % GROVE_ENDS];
  size_t        size;

  ret_copy->pid = atomic_load_explicit (&entry->pid, memory_order_acquire);
  ret_copy->ended_ns = atomic_load_explicit (&entry->ended_ns, memory_order_acquire);
  ret_copy->name = atomic_load_explicit (&entry->name, memory_order_acquire);
  ret_copy->meta = atomic_load_explicit (&entry->meta, memory_order_acquire);
  size = (size_t) (ret_copy->meta >> 2);
  for (size_t i = 0; i < REASON_WORDS && i * 8 < size; i++)
    ret_copy->words[i] = atomic_load_explicit (word_of (self, seq, i), memory_order_acquire);
  /* The slot is written to once the number before that of its next end is there. */
  return atomic_load_explicit (&self->last, memory_order_relaxed) < seq + GROVE_ENDS - 1;
}

static void
tell_reason (const struct copy *copy, char *text, size_t capacity)
{
  size_t size = (size_t) (copy->meta >> 2);

  if (size == 0)
    cut_into (text, capacity, "normal");
  else if ((copy->meta >> 1 & 1) == FORM_TEXT)
    {
      memcpy (text, copy->words, size);
      text[size] = '\0';
    }
  else
    grove_term_print ((struct grove_term){ (const uint8_t *) copy->words, size },
                      GROVE_SYNTAX_ERLANG, 16, text, capacity, NULL);
}

/* False: @self does not know of it. */
static bool
find (struct grove_ends *self, grove_pid pid, struct copy *ret_copy, uint64_t *ret_seq)
{
  uint64_t last = atomic_load_explicit (&self->last, memory_order_acquire);

  for (uint64_t seq = last; seq > 0 && last - seq < GROVE_ENDS - 1; seq--)
    if (atomic_load_explicit (&self->entries[seq % GROVE_ENDS].pid, memory_order_relaxed) == pid &&
        copy_slot (self, seq, ret_copy) && ret_copy->pid == pid)
      {
        *ret_seq = seq;
        return true;
      }
  return false;
}

bool
_grove_observe_end (grove_pid pid, struct grove_end *ret_end)
{
  struct copy copy;

  for (unsigned i = 0; i < _grove_runtime.n_schedulers; i++)
    if (find (_grove_runtime.schedulers[i].ends, pid, &copy, &ret_end->seq))
      {
        ret_end->pid = pid;
        ret_end->scheduler = i;
        ret_end->ended_ns = copy.ended_ns;
        ret_end->crash = copy.meta & 1;
        cut_into (ret_end->name, sizeof ret_end->name, copy.name != NULL ? copy.name : "");
        tell_reason (&copy, ret_end->reason, sizeof ret_end->reason);
        return true;
      }
  return false;
}
