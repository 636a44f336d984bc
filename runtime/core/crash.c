/* SPDX-License-Identifier: MIT
 *
 * A ring of the last crashes, behind a lock that is held for as long as one report takes to write
 * or to copy. A report is written in well under a microsecond: terms are kept as they are, and
 * where it crashed as addresses, which are given names and printed for who reads it.
 */
#include "runtime/core/crash.h"

#include "runtime/core/backtrace.h"
#include "runtime/core/bonds.h"
#include "runtime/core/inspect.h"
#include "runtime/core/lock.h"
#include "runtime/core/observe.h"
#include "runtime/core/scheduler.h"

#include <string.h>

#define REASON_BYTES  1024
#define MESSAGE_BYTES 256

/* A term as it is, or, if it is too large for its place, the beginning of what it is printed as. */
struct excerpt
{
  uint16_t size; /* 0: nothing */
  bool     printed;
};

struct entry
{
  uint64_t           seq;   /* 0: none yet */
  struct grove_crash crash; /* all but what is printed */
  struct grove_trace trace;
  struct excerpt     reason;
  struct excerpt     message;
  uint8_t            reason_bytes[REASON_BYTES];
  uint8_t            message_bytes[MESSAGE_BYTES];
};

static struct grove_lock ring_lock = GROVE_LOCK_INIT (GROVE_RANK_CRASHES);
static struct entry      ring[GROVE_CRASHES]; /* these under the lock */
static uint64_t          n_crashes;

static struct excerpt
keep (struct grove_term term, uint8_t *bytes, size_t capacity)
{
  struct excerpt excerpt = { .size = (uint16_t) term.size };

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
  entry->reason = keep (reason, entry->reason_bytes, REASON_BYTES);
  entry->message.size = 0;
  if (held != NULL)
    {
      entry->message = keep (_grove_signal_term (held), entry->message_bytes, MESSAGE_BYTES);
      entry->crash.message_sender = held->sender;
    }
  _grove_unlock (&ring_lock);
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

static void
print (const struct excerpt *excerpt, const uint8_t *bytes, char *text, size_t capacity)
{
  text[0] = '\0';
  if (excerpt->size == 0)
    return;
  if (excerpt->printed)
    copy_text (text, capacity, (const char *) bytes);
  else
    grove_term_print ((struct grove_term){ bytes, excerpt->size }, GROVE_SYNTAX_ERLANG, 32, text,
                      capacity, NULL);
}

/* The names are looked up when the lock is free again. */
static void
present (const struct entry *entry, struct grove_crash *ret_crash)
{
  *ret_crash = entry->crash;
  ret_crash->seq = entry->seq;
  print (&entry->reason, entry->reason_bytes, ret_crash->reason, sizeof ret_crash->reason);
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
