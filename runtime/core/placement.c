/* SPDX-License-Identifier: MIT
 *
 * Which scheduler a process runs on. Only a free one (it has no frames and is not bound) ever
 * changes it, and only its owner gives it away, out of the run queue: so the queue needs no lock
 * and no atomic operation. The reasons and what was measured are in DESIGN.md.
 */
#include "runtime/core/runtime.h"
#include "runtime/core/scheduler.h"

/* With more free ones than this in its queue, a scheduler gives half of them to an idle one. */
#define BACKLOG 256

/* How often the queue is looked at as a whole: after so many turns, besides the time. */
#define LOOK_EVERY_TURNS 32
#define LOOK_HOLDS_NS    100000000

/* As long as this at two looks, never idle and so many reductions a turn in between: more is to do
 * here than one scheduler can, and it is worth while to do it elsewhere. */
#define CROWD      4
#define CROWD_TURN 100

/* How much longer than another's it has to be to be evened out, and how many go in one go. */
#define EVEN_DIFFERENCE 32
#define EVEN_AT_MOST    4096

/* The owner counts; others see what was true a moment ago. */
static uint32_t
n_busy (const struct grove_scheduler *self, bool strict)
{
  uint32_t n = GROVE_GET (self->queue.n_busy[1]);

  return strict ? n : n + GROVE_GET (self->queue.n_busy[0]);
}

/* With those that are on the way. */
static uint32_t
n_queued (const struct grove_scheduler *self)
{
  return GROVE_GET (self->queue.n) + GROVE_GET (self->n_coming);
}

static uint64_t
online_bits (void)
{
  /* There are fewer than 64. */
  return (UINT64_C (1) << GROVE_GET (_grove_runtime.n_online)) - 1;
}

static uint64_t
idle_bits (void)
{
  return GROVE_GET (_grove_runtime.idle) & online_bits ();
}

/* Whoever clears the bit may give something: the next one sees that it is taken. */
static struct grove_scheduler *
claim_idle (void)
{
  for (uint64_t idle = idle_bits (); idle != 0; idle &= idle - 1)
    {
      uint64_t bit = idle & -idle;
      if ((atomic_fetch_and (&_grove_runtime.idle, ~bit) & bit) != 0)
        return &_grove_runtime.schedulers[__builtin_ctzll (bit)];
    }
  return NULL;
}

/* Of those online and other than @self, the one with the fewest busy ones, and of these with the
 * shortest queue. NULL: there is none. */
static struct grove_scheduler *
least_loaded (const struct grove_scheduler *self, bool strict)
{
  struct grove_scheduler *least = NULL;
  unsigned                n = GROVE_GET (_grove_runtime.n_online);

  for (unsigned i = 0; i < n; i++)
    {
      struct grove_scheduler *other = &_grove_runtime.schedulers[i];
      uint32_t                busy = n_busy (other, strict);
      if (other != self &&
          (least == NULL || busy < n_busy (least, strict) ||
           (busy == n_busy (least, strict) && n_queued (other) < n_queued (least))))
        least = other;
    }
  return least;
}

void
_grove_placement_hand (struct grove_scheduler *to, struct grove_process *process)
{
  GROVE_ADD (_grove_scheduler_self->n_given, 1);
  /* Before it is there: the count never falls below none. */
  atomic_fetch_add_explicit (&to->n_coming, 1, memory_order_relaxed);
  /* Release: whoever sees the new owner also sees that the process is in no queue. */
  atomic_store_explicit (&process->scheduler, to, memory_order_release);
  GROVE_SET (process->scheduler_id, (uint8_t) to->id);
  _grove_list_push (&to->handed, process, &process->queue_next);
}

static void
hand_free (struct grove_scheduler *self, struct grove_scheduler *to, uint32_t n)
{
  struct grove_process *process = _grove_run_queue_take_free (&self->queue, n);

  while (process != NULL)
    {
      struct grove_process *next = process->queue_next;
      _grove_placement_hand (to, process);
      process = next;
    }
  _grove_scheduler_wake (to);
}

/* This one takes nothing new: the free ones go where there is least to do. */
static void
leave_offline (struct grove_scheduler *self)
{
  struct grove_scheduler *to = claim_idle ();

  if (to == NULL)
    to = least_loaded (self, false);
  hand_free (self, to, self->queue.n_free);
}

/* Queues that have become unequal: half of the difference, of those that are free. */
static void
even_out (struct grove_scheduler *self)
{
  struct grove_scheduler *to = least_loaded (self, false);
  uint32_t                n = GROVE_GET (self->queue.n);
  uint32_t                n_there;

  if (to == NULL)
    return;
  n_there = n_queued (to);
  if (n <= n_there * 2 + EVEN_DIFFERENCE)
    return;
  n = (n - n_there) / 2;
  hand_free (self, to, n < EVEN_AT_MOST ? n : EVEN_AT_MOST);
}

static void
look_at_queue (struct grove_scheduler *self)
{
  struct grove_look last = self->look;
  struct grove_look now = {
    .at_ns = self->now_ns,
    .idle_ns = GROVE_GET (self->idle_ns),
    .n_turns = GROVE_GET (self->n_turns),
    .reductions = GROVE_GET (self->reductions),
    .is_long = GROVE_GET (self->queue.n) >= CROWD,
  };

  now.crowded = now.is_long && last.is_long && now.idle_ns == last.idle_ns &&
                now.at_ns - last.at_ns < LOOK_HOLDS_NS &&
                now.reductions - last.reductions > CROWD_TURN * (now.n_turns - last.n_turns);
  self->look = now;
}

static bool
is_time_to_look (const struct grove_scheduler *self)
{
  return self->now_ns - self->look.at_ns >= GROVE_LOOK_EVERY_NS &&
         GROVE_GET (self->n_turns) - self->look.n_turns >= LOOK_EVERY_TURNS;
}

static bool
has_much_to_give (const struct grove_scheduler *self)
{
  return n_busy (self, false) > 0 || self->look.crowded || self->queue.n_free > BACKLOG;
}

bool
_grove_placement_rests (const struct grove_scheduler *self)
{
  return self->id < GROVE_GET (_grove_runtime.n_online) && !is_time_to_look (self) &&
         !has_much_to_give (self);
}

void
_grove_placement_spread_now (struct grove_scheduler *self)
{
  bool look = is_time_to_look (self);

  if (__builtin_expect (self->id >= GROVE_GET (_grove_runtime.n_online), 0))
    {
      leave_offline (self);
      return;
    }
  if (look)
    look_at_queue (self);
  if (idle_bits () == 0)
    {
      if (look)
        even_out (self);
    }
  else if (has_much_to_give (self))
    {
      /* Half of the free ones, or the only one: an idle one that is given one of many is idle again
       * when the others have begun here, and then it is too late. */
      struct grove_scheduler *to = claim_idle ();
      if (to != NULL)
        hand_free (self, to, (self->queue.n_free + 1) / 2);
    }
}

/* A busy one is here, and fewer are there, where the queue is no longer. Nobody sleeps there, or
 * this one would have been given away before. */
bool
_grove_placement_give_now (struct grove_scheduler *self, struct grove_process *process)
{
  bool                    strict = process->queue > GROVE_PRIORITY_NORMAL;
  uint32_t                n = n_busy (self, strict);
  struct grove_scheduler *to;

  if (n == 0)
    return false;
  to = least_loaded (self, strict);
  if (to == NULL || n_busy (to, strict) >= n || n_queued (to) > GROVE_GET (self->queue.n))
    return false;
  _grove_placement_hand (to, process);
  _grove_scheduler_wake (to);
  return true;
}

/* ---- On and off ------------------------------------------------------------------------------ */

unsigned
grove_schedulers (void)
{
  return _grove_runtime.n_schedulers;
}

unsigned
grove_schedulers_online (void)
{
  return GROVE_GET (_grove_runtime.n_online);
}

unsigned
grove_set_schedulers_online (unsigned n)
{
  _grove_process_require ();
  if (n == 0 || n > _grove_runtime.n_schedulers)
    return GROVE_GET (_grove_runtime.n_online);
  /* Each scheduler reads it when it has free ones next. */
  return atomic_exchange (&_grove_runtime.n_online, n);
}
