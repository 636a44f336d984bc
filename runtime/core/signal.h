/* SPDX-License-Identifier: MIT
 *
 * Signals: everything that one process, or a thread outside, tells another. Each is one block, and
 * all kinds go through the one ordered in-queue of their target, so what one sender sent arrives in
 * the order it was sent, whatever it was. A message is a signal that stays; DOWN and EXIT are
 * written as the message they may become.
 *
 * The in-queue is a lock-free stack that many push to and only the target's scheduler takes, whole.
 * Its head says more than where it begins: CLOSED (the process has ended: a push fails, and the
 * sender answers in its stead), EMPTY, or WAITING (empty, and who pushes onto this tells the owner;
 * it is so whenever the process waits). So a signal can neither be lost in a dead block nor forget
 * to wake anybody. A message whose sender runs on the thread that owns the target goes straight
 * into the mailbox, when nothing is in the in-queue.
 */
#pragma once

#include "runtime/core/process.h"

#include <stdatomic.h>

struct grove_process;

enum grove_signal_kind
{
  GROVE_SIGNAL_MESSAGE,
  GROVE_SIGNAL_EXIT,      /* exit/2; bytes: {'EXIT', Sender, Reason} */
  GROVE_SIGNAL_LINK_EXIT, /* a linked process ended; bytes: likewise */
  GROVE_SIGNAL_LINK,
  GROVE_SIGNAL_UNLINK,     /* tag: the unlink's id */
  GROVE_SIGNAL_UNLINK_ACK, /* tag: that id */
  GROVE_SIGNAL_MONITOR,    /* tag: the monitor */
  GROVE_SIGNAL_DEMONITOR,  /* tag: the monitor */
  GROVE_SIGNAL_DOWN,       /* tag: the monitor; bytes: {'DOWN', Ref, process, Pid, Reason} */
  GROVE_SIGNAL_ALIVE,      /* tag: the question */
  GROVE_SIGNAL_ANSWER,     /* tag: the question; bytes: int64_t */
  GROVE_SIGNAL_HOLD,       /* bytes: struct grove_hold *: it is the target's now */
  GROVE_SIGNAL_TIMED,      /* tag: a scheduler's number + 1: timers for the process are there */
  GROVE_SIGNAL_INFO,       /* tag: the question; bytes: the items, see info-private.h */
  GROVE_SIGNAL_INFO_REPLY, /* tag: the question; bytes: the term; none: it would be too large */
  GROVE_SIGNAL_INSPECT,    /* bytes: struct grove_inspect_request */
  GROVE_SIGNAL_TRACE,      /* tag: the question, or 0; bytes: what is asked, trace.c */
  GROVE_SIGNAL_SUSPEND,    /* tag: the question, or 0; bytes: what to answer with, suspend.c */
  GROVE_SIGNAL_RESUME,
  GROVE_SIGNAL_SUSPEND_GONE, /* the sender, which its receiver suspends, has ended */
  GROVE_SIGNAL_PRIORITY,     /* look at the priority that was asked for */
  GROVE_SIGNAL_GROUP,        /* tag: the question; bytes: grove_pid: its group leader from now on */
};

/* A signal. The name is the public one, because most of them are messages. */
struct grove_message
{
  struct grove_message *next;
  struct grove_message *previous;   /* among the messages a process holds */
  uint32_t              generation; /* of the target */
  uint8_t               kind;
  uint8_t               block_class;   /* block.c */
  bool                  shared;        /* inside is a struct grove_share (share.h) */
  uint32_t              size;          /* of bytes */
  uint32_t              reason_offset; /* of EXIT and DOWN: where in bytes the reason begins */
  grove_pid             sender;
  grove_ref             tag;
  uint64_t sent_ns;  /* by the sending scheduler's clock, which is a few slices coarse */
  uint8_t  inside[]; /* the bytes, of one that is not shared: see _grove_signal_bytes() */
};

#define GROVE_IN_CLOSED  ((uintptr_t) 0) /* what a control block never used holds */
#define GROVE_IN_EMPTY   ((uintptr_t) 1)
#define GROVE_IN_WAITING ((uintptr_t) 2)
#define GROVE_IN_SPECIAL ((uintptr_t) 2) /* the largest that is no pointer */

/* Which process a message counts for, as one number that can be added to: 28 bits of messages above
 * 36 bits of bytes. */
#define GROVE_COUNT_SHIFT 36
static inline uint64_t
_grove_message_count (const struct grove_message *message)
{
  return ((uint64_t) 1 << GROVE_COUNT_SHIFT) + sizeof *message + message->size;
}

/* A signal with room for @size bytes; sender and time are filled in. _grove_signal_try_new() gives
 * NULL where there is no memory for a large one, and _grove_signal_new() aborts. */
struct grove_message *
_grove_signal_try_new (enum grove_signal_kind kind, size_t size, grove_ref tag) GROVE_NODISCARD;
struct grove_message *_grove_signal_new (enum grove_signal_kind kind, size_t size, grove_ref tag);
/* Another one like @signal, with the same sender, that says @part of what it says. Shares what is
 * large, and copies what is small. */
struct grove_message *
_grove_signal_copy (const struct grove_message *signal, struct grove_term part);
/* Where a signal's bytes are. Those of a new one are the maker's to write. */
uint8_t          *_grove_signal_bytes (struct grove_message *signal);
struct grove_term _grove_signal_term (const struct grove_message *signal);
/* A signal whose bytes are built; the format is a good one. */
struct grove_message *
_grove_signal_build (enum grove_signal_kind kind, grove_ref tag, const char *format, ...);
/* {'EXIT', @from, @reason} and {'DOWN', @monitor, process, @from, @reason}; @from is the sender
 * too. */
struct grove_message *
_grove_signal_new_exit (enum grove_signal_kind kind, grove_pid from, struct grove_term reason);
struct grove_message *
_grove_signal_new_down (grove_ref monitor, grove_pid from, struct grove_term reason);

/* The reason in an EXIT or DOWN. */
struct grove_term _grove_signal_reason (const struct grove_message *signal);

/* Sends any signal; @to may have ended, or never been: then the signal is answered in its stead.
 * Any thread. Takes @signal. */
void _grove_signal_send (grove_pid to, struct grove_message *signal);
/* For a message that is sent while signals are handled, perhaps the addressee's own: it
 * comes behind all that is on its way, where the other could overtake what has been taken from the
 * in-queue and is not in the mailbox yet. */
void _grove_signal_send_behind (grove_pid to, struct grove_message *message);
/* The same, but false and @signal is still the caller's when there is no such process. */
bool _grove_signal_try_send (grove_pid to, struct grove_message *signal);
/* MONITOR or DEMONITOR, of a @watcher whose thread this is; see _grove_watch() too. */
void _grove_signal_send_watch (grove_pid              to,
                               enum grove_signal_kind kind,
                               grove_ref              monitor,
                               grove_pid              watcher);
/* A message, whose generation is set, to one who need not be near (short-way.h); who is not there
 * any more has no answer for it. */
void _grove_signal_send_far (struct grove_process *process, struct grove_message *message);

/* The reason of those who are not there. */
extern const struct grove_term _grove_noproc;

/* Answers @signal as @gone, to which it was sent and which is no process any more. Takes it. */
void _grove_signal_refuse (grove_pid gone, struct grove_message *signal);
