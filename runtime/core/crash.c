/* SPDX-License-Identifier: MIT
 *
 * A ring of the last crashes, behind a lock that is held for as long as one report takes to write
 * or to copy. A report is written in well under a microsecond: terms are kept as they are, and
 * where it crashed as addresses, which are given names and printed for who reads it.
 */
#include "runtime/core/crash.h"

#include "runtime/core/backtrace.h"
#include "runtime/core/bonds.h"
#include "runtime/core/dictionary-private.h"
#include "runtime/core/inspect.h"
#include "runtime/core/lock.h"
#include "runtime/core/log-private.h"
#include "runtime/core/observe.h"
#include "runtime/core/scheduler.h"

#include <string.h>

#define REASON_BYTES  1024
#define MESSAGE_BYTES 256
/* Of the whole dictionary, of which the first pairs are kept. */
#define PAIRS_BYTES 1024
#define KEY_BYTES   64
#define VALUE_BYTES 192

/* A term as it is, or, if it is too large for its place, the beginning of what it is printed as. */
struct excerpt
{
  uint64_t whole; /* the size of all of it */
  uint16_t size;  /* 0: nothing */
  bool     printed;
};

struct entry
{
  uint64_t           seq;   /* 0: none yet */
  struct grove_crash crash; /* all but what is printed */
  struct grove_trace trace;
  struct excerpt     reason;
  struct excerpt     message;
  uint32_t           n_dictionary, n_pairs;
  struct excerpt     keys[GROVE_CRASH_PAIRS], values[GROVE_CRASH_PAIRS];
  uint8_t            reason_bytes[REASON_BYTES];
  uint8_t            message_bytes[MESSAGE_BYTES];
  uint8_t            pairs_bytes[PAIRS_BYTES]; /* each key, then its value */
};

static struct grove_lock ring_lock = GROVE_LOCK_INIT (GROVE_RANK_CRASHES);
static struct entry      ring[GROVE_CRASHES]; /* these under the lock */
static uint64_t          n_crashes;

static struct excerpt
keep (struct grove_term term, uint8_t *bytes, size_t capacity)
{
  struct excerpt excerpt = { .whole = term.size, .size = (uint16_t) term.size };

  if (term.size <= capacity)
    memcpy (bytes, term.bytes, term.size);
  else
    {
      excerpt.printed = true;
      excerpt.size =
        (uint16_t) grove_term_print (term, GROVE_SYNTAX_ERLANG, 16, (char *) bytes, capacity, NULL);
    }
  return excerpt;
}

static void
copy_text (char *to, size_t capacity, const char *text)
{
  size_t size = text != NULL ? strnlen (text, capacity - 1) : 0;

  /* Never in the middle of a character. */
  if (text != NULL && text[size] != '\0')
    while (size > 0 && ((uint8_t) text[size] & 0xc0) == 0x80)
      size--;
  memcpy (to, text != NULL ? text : "", size);
  to[size] = '\0';
}

/* The parent, its parent, and so on, as far as they live. */
static uint32_t
ancestors_of (const struct grove_process *process, grove_pid *pids)
{
  grove_pid pid = GROVE_GET (process->parent);
  uint32_t  n = 0;

  while (pid != 0 && n < GROVE_CRASH_ANCESTORS)
    {
      struct grove_process *block = _grove_table_block (pid);
      grove_pid             above;

      pids[n++] = pid;
      if (block == NULL)
        break;
      above = atomic_load_explicit (&block->parent, memory_order_acquire);
      if (atomic_load_explicit (&block->generation, memory_order_acquire) != (uint32_t) (pid >> 32))
        break;
      pid = above;
    }
  return n;
}

static void
fill (struct grove_crash *crash, struct grove_process *process)
{
  uint64_t mailbox = GROVE_GET (process->removed);

  mailbox = GROVE_GET (process->pushed) - mailbox;
  crash->pid = _grove_process_pid (process);
  crash->parent = GROVE_GET (process->parent);
  crash->group = GROVE_GET (process->group);
  copy_text (crash->name, sizeof crash->name, GROVE_GET (process->name));
  copy_text (crash->label, sizeof crash->label, GROVE_GET (process->label));
  copy_text (crash->initial, sizeof crash->initial, GROVE_GET (process->initial));
  crash->started_ns = GROVE_GET (process->started_ns);
  crash->crashed_ns = grove_now_ns ();
  crash->n_messages = mailbox >> GROVE_COUNT_SHIFT;
  crash->heap_bytes = GROVE_GET (process->heap_bytes);
  crash->reductions = GROVE_GET (process->reductions);
  crash->n_links = (uint32_t) _grove_links_copy (process, crash->links, GROVE_CRASH_LINKS);
  crash->n_ancestors = ancestors_of (process, crash->ancestors);
}

/* One whose releases run may have given its heap back. */
static void
keep_dictionary (struct entry *entry, const struct grove_process *process)
{
  const struct grove_dictionary_entry *pair = NULL;
  size_t                               used = 0;

  entry->n_pairs = entry->n_dictionary = 0;
  if (entry->crash.in_release)
    return;
  entry->n_dictionary = _grove_dictionary_count (process);
  while (entry->n_pairs < GROVE_CRASH_PAIRS && used + KEY_BYTES + VALUE_BYTES <= PAIRS_BYTES &&
         (pair = _grove_dictionary_next (process, pair)) != NULL)
    {
      const uint32_t    i = entry->n_pairs++;
      struct grove_term key, value;

      _grove_dictionary_pair (pair, &key, &value);
      entry->keys[i] = keep (key, entry->pairs_bytes + used, KEY_BYTES);
      used += entry->keys[i].size;
      entry->values[i] = keep (value, entry->pairs_bytes + used, VALUE_BYTES);
      used += entry->values[i].size;
    }
}

static void
log_crash (struct grove_process *process, struct grove_term reason, bool in_release)
{
  struct grove_log_about about = {
    .level = GROVE_LOG_ERROR,
    .source = GROVE_LOG_CRASH,
    .pid = _grove_process_pid (process),
    .name = GROVE_GET (process->name),
    .term = reason,
  };

  if (about.name == NULL)
    about.name = GROVE_GET (process->label);
  _grove_log_process (&about, in_release ? "failed in a release while it ended" : "crashed");
}

static void
add (struct grove_process     *process,
     struct grove_term         reason,
     const struct grove_trace *trace,
     bool                      in_release)
{
  const struct grove_message *held = process->held;
  uintptr_t                   where = GROVE_GET (process->where);
  struct entry               *entry;

  _grove_lock (&ring_lock);
  entry = &ring[++n_crashes % GROVE_CRASHES];
  entry->seq = n_crashes;
  fill (&entry->crash, process);
  entry->crash.in_release = in_release;
  if (trace != NULL)
    entry->trace = *trace;
  else
    entry->trace = (struct grove_trace){ .n = where != 0, .cut = where != 0, .pcs = { where - 1 } };
  keep_dictionary (entry, process);
  entry->reason = keep (reason, entry->reason_bytes, REASON_BYTES);
  entry->message = (struct excerpt){ .size = 0 };
  if (held != NULL)
    {
      entry->message = keep (_grove_signal_term (held), entry->message_bytes, MESSAGE_BYTES);
      entry->crash.message_sender = held->sender;
    }
  _grove_unlock (&ring_lock);
  log_crash (process, reason, in_release);
}

void
_grove_crash_add (struct grove_process     *process,
                  struct grove_term         reason,
                  const struct grove_trace *trace)
{
  add (process, reason, trace, false);
}

void
_grove_crash_add_fault (struct grove_process *process, const struct grove_fault *fault)
{
  struct grove_buffer reason = { NULL };

  (void) !grove_build (&reason, "{signal, ~a, ~l}", _grove_fault_name (fault->signal),
                       (int64_t) fault->address);
  add (process, grove_buffer_term (&reason), &fault->trace, true);
  grove_buffer_finish (&reason);
}

void
_grove_crashes_clear (void)
{
  _grove_lock (&ring_lock);
  memset (ring, 0, sizeof ring);
  n_crashes = 0;
  _grove_unlock (&ring_lock);
}

/* ---- Reading --------------------------------------------------------------------------------- */

/* Returns whether anything is missing. */
static bool
print (const struct excerpt *excerpt, const uint8_t *bytes, char *text, size_t capacity)
{
  char kept[REASON_BYTES + 1];
  bool cut = excerpt->printed;

  text[0] = '\0';
  if (excerpt->printed)
    {
      memcpy (kept, bytes, excerpt->size);
      kept[excerpt->size] = '\0';
      copy_text (text, capacity, kept);
    }
  else if (excerpt->size > 0)
    grove_term_print ((struct grove_term){ bytes, excerpt->size }, GROVE_SYNTAX_ERLANG, 32, text,
                      capacity, &cut);
  return cut;
}

/* The names are looked up when the lock is free again. */
static void
present (const struct entry *entry, struct grove_crash *ret_crash)
{
  *ret_crash = entry->crash;
  ret_crash->seq = entry->seq;
  ret_crash->reason_size = entry->reason.whole;
  ret_crash->message_size = entry->message.whole;
  ret_crash->reason_cut =
    print (&entry->reason, entry->reason_bytes, ret_crash->reason, sizeof ret_crash->reason);
  ret_crash->message_cut =
    print (&entry->message, entry->message_bytes, ret_crash->message, sizeof ret_crash->message);
  ret_crash->n_frames =
    (uint32_t) _grove_trace_frames (&entry->trace, ret_crash->frames, GROVE_MAX_FRAMES);
  ret_crash->frames_cut = entry->trace.cut;
}

uint64_t
_grove_observe_crashes (void)
{
  uint64_t n;

  _grove_lock (&ring_lock);
  n = n_crashes;
  _grove_unlock (&ring_lock);
  return n;
}

bool
_grove_observe_crash (uint64_t seq, struct grove_crash *ret_crash)
{
  struct entry entry;

  _grove_lock (&ring_lock);
  entry = ring[seq % GROVE_CRASHES];
  _grove_unlock (&ring_lock);
  if (seq == 0 || entry.seq != seq)
    return false;
  present (&entry, ret_crash);
  return true;
}

bool
_grove_observe_crash_dictionary (uint64_t                seq,
                                 struct grove_crash_pair pairs[GROVE_CRASH_PAIRS],
                                 uint32_t               *ret_n,
                                 uint32_t               *ret_total)
{
  struct entry   entry;
  const uint8_t *bytes = entry.pairs_bytes;

  _grove_lock (&ring_lock);
  entry = ring[seq % GROVE_CRASHES];
  _grove_unlock (&ring_lock);
  if (seq == 0 || entry.seq != seq)
    return false;
  for (uint32_t i = 0; i < entry.n_pairs; i++)
    {
      pairs[i].key_size = entry.keys[i].whole;
      pairs[i].key_cut = print (&entry.keys[i], bytes, pairs[i].key, sizeof pairs[i].key);
      bytes += entry.keys[i].size;
      pairs[i].value_size = entry.values[i].whole;
      pairs[i].value_cut = print (&entry.values[i], bytes, pairs[i].value, sizeof pairs[i].value);
      bytes += entry.values[i].size;
    }
  *ret_n = entry.n_pairs;
  *ret_total = entry.n_dictionary;
  return true;
}

bool
_grove_observe_crash_of (grove_pid pid, struct grove_crash *ret_crash)
{
  struct entry entry;
  bool         found = false;

  _grove_lock (&ring_lock);
  for (uint64_t seq = n_crashes; seq > 0 && n_crashes - seq < GROVE_CRASHES && !found; seq--)
    {
      found = ring[seq % GROVE_CRASHES].crash.pid == pid;
      if (found)
        entry = ring[seq % GROVE_CRASHES];
    }
  _grove_unlock (&ring_lock);
  if (found)
    present (&entry, ret_crash);
  return found;
}
