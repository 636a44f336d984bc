/* SPDX-License-Identifier: MIT
 *
 * The short way of a message: a small block of this scheduler's own, and from there into the
 * mailbox of a process that belongs to the same scheduler. It is what most messages go, in line, so
 * that it is one function; whatever is unusual is left to block.c, signal.c and scheduler.c, which
 * do the same and all the rest. By the thread of a scheduler.
 */
#pragma once

#include "runtime/core/bonds.h"
#include "runtime/core/scheduler.h"
#include "runtime/core/share.h"

/* ---- Blocks ---------------------------------------------------------------------------------- */

/* As _grove_block_new(). */
static inline struct grove_message *
_grove_block_take (struct grove_scheduler *scheduler, size_t size)
{
#ifndef GROVE_OWN_STACKS
  unsigned              kind = _grove_block_class (size);
  struct grove_blocks  *blocks = &scheduler->blocks;
  struct grove_message *block;

  if (__builtin_expect (kind < GROVE_BLOCK_CLASSES && blocks->n[kind] > 0, 1))
    {
      block = blocks->first[kind];
      blocks->first[kind] = block->next;
      blocks->n[kind]--;
      block->block_class = (uint8_t) kind;
      return block;
    }
#endif
  (void) scheduler;
  return _grove_block_new (size);
}

/* As _grove_block_free(). */
static inline void
_grove_block_put (struct grove_scheduler *scheduler, struct grove_message *block)
{
#ifndef GROVE_OWN_STACKS
  struct grove_blocks *blocks = &scheduler->blocks;
  unsigned             kind = block->block_class;

  if (__builtin_expect (kind < GROVE_BLOCK_CLASSES && !block->shared &&
                          blocks->n[kind] < GROVE_BLOCKS_KEPT,
                        1))
    {
      block->next = blocks->first[kind];
      blocks->first[kind] = block;
      blocks->n[kind]++;
      return;
    }
#endif
  (void) scheduler;
  _grove_block_free (block);
}

/* A message of @sender's, to be written where its bytes are: at most GROVE_SHARE_OVER of them. */
static inline struct grove_message *
_grove_message_begin (struct grove_scheduler *scheduler,
                      struct grove_process   *sender,
                      size_t                  room,
                      grove_ref               tag)
{
  struct grove_message *message = _grove_block_take (scheduler, sizeof *message + room);

  message->kind = GROVE_SIGNAL_MESSAGE;
  message->shared = false;
  message->reason_offset = 0;
  message->sender = _grove_process_pid (sender);
  message->tag = tag;
  message->sent_ns = scheduler->now_ns;
  return message;
}

/* ---- Delivery -------------------------------------------------------------------------------- */

/* Whether @scheduler, the calling thread, owns @process, which has the generation of a pid this
 * thread was given, and nothing is in its in-queue: then a message is put into its mailbox without
 * any operation that locks a cache line.
 *
 * That is safe: only the owner's thread takes from the in-queue or touches the mailbox, and it is
 * here. Of a block that is another's by now the in-queue was opened after its `scheduler` was
 * stored, so whoever sees it open sees that scheduler, or a later one. Acquire: of one that was
 * given to this thread, and is not accepted yet, what its last owner did to it is seen, too.
 * And it is in order: what the same sender sent before, from wherever it ran, was pushed before,
 * and has been taken. Nothing else is ordered; what is, like the answer of a barrier, must not go
 * this way, see _grove_signal_send_behind(). */
static inline bool
_grove_is_near (const struct grove_scheduler *scheduler, struct grove_process *process)
{
  uintptr_t in = atomic_load_explicit (&process->inqueue, memory_order_acquire);

  return in <= GROVE_IN_SPECIAL && in != GROVE_IN_CLOSED &&
         atomic_load_explicit (&process->scheduler, memory_order_acquire) == scheduler;
}

/* Of one that has a reason to go on, by its owner. */
static inline void
_grove_process_wake (struct grove_scheduler *scheduler, struct grove_process *process)
{
  if (__builtin_expect (GROVE_GET (process->suspended), 0))
    {
      _grove_process_make_runnable (process);
      return;
    }
  GROVE_SET (process->state, GROVE_STATE_RUNNABLE);
  _grove_run_queue_push (&scheduler->queue, process);
}

/* @process is near. */
static inline void
_grove_deliver_near (struct grove_scheduler *scheduler,
                     struct grove_process   *process,
                     struct grove_message   *message)
{
  /* Counted as the opposite of what has left. An observer reads this first and `pushed` later, so
   * that the difference is still never negative. */
  GROVE_ADD (process->removed, -_grove_message_count (message));
  if (message->tag != 0 && message->tag != GROVE_TAG_TRACE &&
      !_grove_alias_accept (process, message->tag))
    {
      GROVE_ADD (process->removed, _grove_message_count (message));
      _grove_block_put (scheduler, message);
      return;
    }
  _grove_mailbox_append (process, message);
  /* The in-queue stays WAITING: that the owner is told once too often does no harm. */
  if (process->woken && GROVE_GET (process->state) == GROVE_STATE_WAITING)
    _grove_process_wake (scheduler, process);
}

/* ---- Monitors -------------------------------------------------------------------------------- */

/* As _grove_signal_send_watch(), but on the spot where the one that is watched is near: a call
 * makes and takes back a monitor, and two blocks, two pushes and two turns of the one that is
 * watched would cost more than all the rest of it. */
static inline void
_grove_watch (struct grove_scheduler *scheduler,
              grove_pid               to,
              enum grove_signal_kind  kind,
              grove_ref               monitor,
              grove_pid               watcher)
{
  struct grove_process *process = _grove_table_block (to);

  if (__builtin_expect (process != NULL &&
                          GROVE_GET (process->generation) == (uint32_t) (to >> 32) &&
                          scheduler != NULL && _grove_is_near (scheduler, process),
                        1))
    {
      struct grove_bonds *bonds = process->bonds != NULL ? process->bonds : _grove_bonds (process);
      grove_pid           known;
      if (kind == GROVE_SIGNAL_MONITOR)
        _grove_relations_put (&bonds->monitored_by, monitor, watcher);
      else
        (void) _grove_relations_take (&bonds->monitored_by, monitor, &known);
      return;
    }
  _grove_signal_send_watch (to, kind, monitor, watcher);
}
