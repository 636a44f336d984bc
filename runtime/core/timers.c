/* SPDX-License-Identifier: MIT
 *
 * See timers.h. A process knows, as a set of bits, on which schedulers timers for it may be: those
 * are told when it ends. A scheduler that sets the first one for a process of another tells that
 * process with a signal; one that is refused, because the process has just ended, comes to the
 * same.
 */
#include "runtime/core/timers.h"

#include "runtime/core/block.h"
#include "runtime/core/bonds.h"
#include "runtime/core/memory.h"
#include "runtime/core/scheduler.h"
#include "runtime/core/timer-private.h"

#include <string.h>

/* So many are sent, moved nearer or freed before processes have a turn again. */
#define TIMERS_A_TURN 256

/* ---- References ------------------------------------------------------------------------------ */

/* References are counted up. Neighbours get neighbouring buckets, which is kind to the caches; what
 * is added spreads those that come at equal distances. */
static uint32_t
hash_of (grove_ref ref)
{
  uint64_t n = ref / GROVE_MAX_SCHEDULERS;

  return (uint32_t) (n ^ n >> 7 ^ n >> 17);
}

static struct grove_timer **
bucket_of (struct grove_timer_table *self, grove_ref ref)
{
  uint32_t place = hash_of (ref) & (self->capacity - 1);

  /* Not there yet: its timers are still with those of the lower half. */
  if (place >= self->n_buckets)
    place -= self->capacity / 2;
  return &self->buckets[place];
}

static void
resize (struct grove_timer_table *self, uint32_t capacity)
{
  self->buckets = _grove_realloc (self->buckets, capacity * sizeof (struct grove_timer *));
  self->capacity = capacity;
}

/* One bucket more: it takes from the one that stood in for it. */
static void
grow (struct grove_timer_table *self)
{
  struct grove_timer *timer, **from;

  if (self->n_buckets == self->capacity)
    resize (self, self->capacity == 0 ? 2 : self->capacity * 2);
  if (self->n_buckets == 0)
    {
      self->buckets[self->n_buckets++] = NULL;
      self->buckets[self->n_buckets++] = NULL;
      return;
    }
  from = &self->buckets[self->n_buckets - self->capacity / 2];
  timer = *from;
  *from = NULL;
  self->buckets[self->n_buckets++] = NULL;
  while (timer != NULL)
    {
      struct grove_timer  *next = timer->bucket_next;
      struct grove_timer **bucket = bucket_of (self, timer->ref);
      timer->bucket_next = *bucket;
      *bucket = timer;
      timer = next;
    }
}

static void
shrink (struct grove_timer_table *self)
{
  struct grove_timer  *timer = self->buckets[--self->n_buckets];
  struct grove_timer **last = &self->buckets[self->n_buckets - self->capacity / 2];

  while (*last != NULL)
    last = &(*last)->bucket_next;
  *last = timer;
  if (self->n_buckets == self->capacity / 2)
    resize (self, self->capacity / 2);
}

static void
table_add (struct grove_timer_table *self, struct grove_timer *timer)
{
  struct grove_timer **bucket;

  if (self->n == self->n_buckets)
    grow (self);
  bucket = bucket_of (self, timer->ref);
  timer->bucket_next = *bucket;
  *bucket = timer;
  self->n++;
}

static void
table_remove (struct grove_timer_table *self, struct grove_timer *timer)
{
  struct grove_timer **link = bucket_of (self, timer->ref);

  while (*link != timer)
    link = &(*link)->bucket_next;
  *link = timer->bucket_next;
  self->n--;
  /* Two for one, so that the last takes the last two with it. */
  for (unsigned i = 0; i < 2 && self->n_buckets > 2 && self->n < self->n_buckets / 2; i++)
    shrink (self);
}

/* ---- The timers for a process ---------------------------------------------------------------- */

/* Has the process the timer is for remember that there are some here. */
static void
tell (struct grove_scheduler *self, grove_pid pid)
{
  struct grove_process *process = _grove_table_block (pid);

  /* One of this scheduler's own can be touched. Acquire: pairs with the stores at spawn, and with
   * that of who gave it. One that is being taken apart has told of its timers already. */
  if (atomic_load_explicit (&process->state, memory_order_acquire) != GROVE_STATE_FREE &&
      GROVE_GET (process->inqueue) != GROVE_IN_CLOSED &&
      atomic_load_explicit (&process->scheduler, memory_order_acquire) == self &&
      GROVE_GET (process->generation) == (uint32_t) (pid >> 32))
    _grove_bonds (process)->timed_by |= UINT64_C (1) << self->id;
  else
    _grove_signal_send (pid, _grove_signal_new (GROVE_SIGNAL_TIMED, 0, self->id + 1));
}

static void
join_peers (struct grove_scheduler *self, struct grove_timer *timer)
{
  struct grove_relation *first = _grove_relations_find (&self->timers.by_pid, timer->to);

  timer->peer_previous = NULL;
  timer->peer_next = NULL;
  if (first == NULL)
    {
      _grove_relations_put (&self->timers.by_pid, timer->to, (uintptr_t) timer);
      tell (self, timer->to);
      return;
    }
  timer->peer_next = (struct grove_timer *) (uintptr_t) first->value;
  timer->peer_next->peer_previous = timer;
  first->value = (uintptr_t) timer;
}

static void
leave_peers (struct grove_timers *self, struct grove_timer *timer)
{
  if (timer->peer_next != NULL)
    timer->peer_next->peer_previous = timer->peer_previous;
  if (timer->peer_previous != NULL)
    timer->peer_previous->peer_next = timer->peer_next;
  else if (timer->peer_next != NULL)
    _grove_relations_find (&self->by_pid, timer->to)->value = (uintptr_t) timer->peer_next;
  else
    _grove_relations_remove (&self->by_pid, timer->to);
}

static bool
has_ended (grove_pid pid)
{
  struct grove_process *process = _grove_table_block (pid);
  uint32_t              state;

  if (process == NULL)
    return true;
  state = atomic_load_explicit (&process->state, memory_order_acquire);
  return state == GROVE_STATE_FREE || state == GROVE_STATE_EXITING ||
         GROVE_GET (process->generation) != (uint32_t) (pid >> 32);
}

/* A process that has ended, and may have timers here. */
struct grove_doomed
{
  struct grove_call    call;
  struct grove_doomed *next;
  grove_pid            pid;
};

static void
doom (struct grove_scheduler *self, struct grove_call *call)
{
  struct grove_doomed *doomed = (struct grove_doomed *) call;

  doomed->next = self->timers.doomed;
  self->timers.doomed = doomed;
  self->ticks = 0;
}

/* Frees the next timer of one that has ended; false: there is none. */
static bool
free_doomed (struct grove_scheduler *self)
{
  struct grove_doomed   *doomed = self->timers.doomed;
  struct grove_relation *first;

  if (doomed == NULL)
    return false;
  first = _grove_relations_find (&self->timers.by_pid, doomed->pid);
  if (first != NULL)
    _grove_timers_cancel (self, (struct grove_timer *) (uintptr_t) first->value);
  else
    {
      self->timers.doomed = doomed->next;
      free (doomed);
    }
  return true;
}

void
_grove_timers_release (struct grove_scheduler *scheduler, grove_pid pid)
{
  struct grove_doomed *doomed = _grove_malloc (sizeof *doomed);

  *doomed = (struct grove_doomed){ { NULL, doom }, NULL, pid };
  if (scheduler == _grove_scheduler_self)
    doom (scheduler, &doomed->call);
  else
    _grove_scheduler_call (scheduler, &doomed->call);
}

void
_grove_timers_end (struct grove_process *process)
{
  uint64_t schedulers = process->bonds != NULL ? process->bonds->timed_by : 0;

  for (; schedulers != 0; schedulers &= schedulers - 1)
    _grove_timers_release (&_grove_runtime.schedulers[__builtin_ctzll (schedulers)],
                           _grove_process_pid (process));
}

/* ---- Timers ---------------------------------------------------------------------------------- */

struct grove_scheduler *
_grove_timer_scheduler (grove_ref timer)
{
  uint64_t id = timer % GROVE_MAX_SCHEDULERS;

  return id < _grove_runtime.n_schedulers ? &_grove_runtime.schedulers[id] : NULL;
}

void
_grove_timers_set (struct grove_scheduler *self, struct grove_timer *timer, uint64_t deadline_ns)
{
  timer->user = true;
  _grove_wheel_add (&self->timers.wheel, &timer->wheel, deadline_ns);
  table_add (&self->timers.table, timer);
  /* Last: when the process has just ended, the timer is gone after this. */
  if (timer->to != 0)
    join_peers (self, timer);
}

struct grove_timer *
_grove_timers_find (struct grove_scheduler *self, grove_ref ref)
{
  struct grove_timer *timer;

  if (self->timers.table.n == 0)
    return NULL;
  timer = *bucket_of (&self->timers.table, ref);
  while (timer != NULL && timer->ref != ref)
    timer = timer->bucket_next;
  return timer != NULL && timer->to != 0 && has_ended (timer->to) ? NULL : timer;
}

static void
timer_free (struct grove_timer *timer)
{
  if (timer->message != NULL)
    _grove_block_free (timer->message);
  free (timer);
}

void
_grove_timers_cancel (struct grove_scheduler *self, struct grove_timer *timer)
{
  if (_grove_wheel_contains (&timer->wheel))
    _grove_wheel_remove (&timer->wheel);
  table_remove (&self->timers.table, timer);
  if (timer->to != 0)
    leave_peers (&self->timers, timer);
  timer_free (timer);
}

static struct grove_message *
copy_of (const struct grove_message *message)
{
  return _grove_signal_copy (message, _grove_signal_term (message));
}

/* The first time of a series that is still to come. */
static uint64_t
next_of_series (uint64_t last_ns, uint64_t period_ns, uint64_t now_ns)
{
  uint64_t missed = now_ns > last_ns ? (now_ns - last_ns) / period_ns : 0;

  return last_ns + (missed + 1) * period_ns;
}

static void
expire (struct grove_scheduler *self, struct grove_timer *timer)
{
  grove_pid             to = timer->to != 0 ? timer->to : grove_whereis (timer->name);
  struct grove_message *message = timer->message;

  if (timer->period_ns != 0 && !has_ended (to))
    {
      message = copy_of (message);
      _grove_wheel_add (&self->timers.wheel, &timer->wheel,
                        next_of_series (timer->wheel.deadline_ns, timer->period_ns, self->now_ns));
    }
  else
    {
      timer->message = NULL;
      _grove_timers_cancel (self, timer);
    }
  message->sent_ns = self->now_ns;
  if (to == 0)
    _grove_block_free (message);
  else
    {
      _grove_signal_send (to, message);
      GROVE_ADD (self->n_sent, 1);
    }
}

/* ---- For the scheduler ----------------------------------------------------------------------- */

bool
_grove_timers_fire (struct grove_scheduler *scheduler)
{
  struct grove_timers *self = &scheduler->timers;
  unsigned             budget = TIMERS_A_TURN;

  for (unsigned i = 0; i < TIMERS_A_TURN; i++)
    {
      struct grove_wheel_timer *timer =
        _grove_wheel_take (&self->wheel, scheduler->now_ns, &budget);
      if (timer == NULL)
        break;
      if (((struct grove_timeout *) timer)->user)
        expire (scheduler, (struct grove_timer *) timer);
      else
        _grove_timeout_expire (self, (struct grove_timeout *) timer);
    }
  for (unsigned i = 0; i < TIMERS_A_TURN && free_doomed (scheduler); i++)
    ;
  return _grove_timers_next (self) <= scheduler->now_ns;
}

uint64_t
_grove_timers_next (struct grove_timers *self)
{
  return self->doomed != NULL ? 0 : _grove_wheel_next (&self->wheel);
}

void
_grove_timers_init (struct grove_timers *self, uint64_t now_ns)
{
  *self = (struct grove_timers){ .doomed = NULL };
  _grove_wheel_init (&self->wheel, now_ns);
}

void
_grove_timers_finish (struct grove_timers *self)
{
  for (uint32_t i = 0; i < self->table.n_buckets; i++)
    for (struct grove_timer *timer = self->table.buckets[i]; timer != NULL;)
      {
        struct grove_timer *next = timer->bucket_next;
        timer_free (timer);
        timer = next;
      }
  free (self->table.buckets);
  _grove_relations_finish (&self->by_pid);
  while (self->doomed != NULL)
    {
      struct grove_doomed *next = self->doomed->next;
      free (self->doomed);
      self->doomed = next;
    }
  _grove_timeouts_finish (self);
  *self = (struct grove_timers){ .doomed = NULL };
}
