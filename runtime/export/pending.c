/* SPDX-License-Identifier: MIT
 *
 * Questions that cannot be answered at once: they wait for an inspection to come back from a
 * scheduler, or are looked at every millisecond until what they wait for (an end, a successor) has
 * happened or their time is up. The timer runs only while somebody waits.
 *
 * The list `waiting` belongs to the server's thread. An inspection that outlives its deadline keeps
 * the question alive, already answered, until it comes back; it is freed then.
 */
#include "runtime/export/runtime-source.h"

#include <pthread.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define MANY    64
#define MANY_MS 10

/* Guards what an inspection that comes back writes into its question; it may outlive the source. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Who does not answer is asked by so many at most: each question lies in its mailbox until then. */
#define ERRANDS_EACH 4
#define ERRANDS      256

static struct grove_pending *errands; /* those under way; these under the lock */
static uint64_t              last_key;

/* People ask one question or a few; who asks hundreds at once is answered less promptly, so that
 * looking at them all costs no more than a few. */
static void
tick (struct grove_runtime_source *self)
{
  const uint32_t period_ms = self->n_waiting == 0 ? 0 : self->n_waiting <= MANY ? 1 : MANY_MS;

  if (self->period_ms == period_ms)
    return;

  const long              period_ns = period_ms * 1000000L;
  const struct itimerspec spec = { { 0, period_ns }, { 0, period_ns } };

  if (timerfd_settime (self->timer_fd, 0, &spec, NULL) == 0)
    self->period_ms = period_ms;
}

void
_grove_pending_wait (struct grove_pending *self)
{
  struct grove_runtime_source *source = self->source;

  self->next = source->waiting;
  source->waiting = self;
  source->n_waiting++;
  tick (source);
}

void
_grove_pending_cancel (struct grove_runtime_source *self, const struct grove_call *call)
{
  for (struct grove_pending *pending = self->waiting; pending; pending = pending->next)
    if (pending->call == call)
      {
        pending->deadline_ns = 0;
        return;
      }
}

/* Any thread: the target's scheduler, or the server's own when the target was gone. */
static void
inspection_done (enum grove_status status, void *user_data)
{
  struct grove_pending *self = user_data;
  const uint64_t        one = 1;
  bool                  abandoned;

  pthread_mutex_lock (&lock);
  abandoned = self->abandoned;
  if (!abandoned)
    {
      self->status = status;
      self->inspecting = false;
      /* Under the lock: once it is released the source may close the descriptor. */
      (void) !write (self->source->wake_fd, &one, sizeof one);
    }
  pthread_mutex_unlock (&lock);
  if (abandoned)
    self->free (self);
}

void
_grove_pending_came_back (struct grove_pending *self, enum grove_status status)
{
  inspection_done (status, self);
}

void
_grove_pending_inspect (struct grove_pending *self, grove_pid pid, grove_inspect_func inspect)
{
  self->inspecting = true;
  _grove_pending_wait (self);
  _grove_observe_inspect (pid, inspect, inspection_done, self);
}

void
_grove_pending_inspect_again (struct grove_pending *self, grove_pid pid, grove_inspect_func inspect)
{
  self->inspected = false;
  self->inspecting = true;
  _grove_observe_inspect (pid, inspect, inspection_done, self);
}

void
_grove_pending_suspend (struct grove_pending *self, struct grove_lease *lease, grove_pid pid)
{
  enum grove_status status;

  self->inspecting = true;
  _grove_pending_wait (self);
  status = _grove_observe_suspend (lease, pid, inspection_done, self);
  if (status != GROVE_OK)
    inspection_done (status, self);
}

/* ---- Errands -----------------------------------------------------------------------------------
 *
 * A process that is spawned for an errand finds it by a number: if the export has ended meanwhile,
 * there is none of that number. From there on the errand is the process's, which brings it back
 * however it ends.
 */

static void
unlink_errand_locked (struct grove_pending *self)
{
  struct grove_pending **link = &errands;

  while (*link && *link != self)
    link = &(*link)->next_errand;
  if (*link)
    *link = self->next_errand;
}

static struct grove_pending *
take_errand (void *key)
{
  struct grove_pending *self;

  pthread_mutex_lock (&lock);
  for (self = errands; self && (self->taken || self->key != (uintptr_t) key);)
    self = self->next_errand;
  if (self)
    self->taken = true;
  pthread_mutex_unlock (&lock);
  return self;
}

static void
errand_done (void *data)
{
  struct grove_pending *self = data;
  enum grove_status     status;

  pthread_mutex_lock (&lock);
  unlink_errand_locked (self);
  status = self->status;
  pthread_mutex_unlock (&lock);
  inspection_done (status, self);
}

static void
errand_main (void *key)
{
  struct grove_pending *self = take_errand (key);
  enum grove_status     status;

  if (!self)
    return;
  grove_defer (errand_done, self);
  status = self->errand (self);
  pthread_mutex_lock (&lock);
  self->status = status;
  pthread_mutex_unlock (&lock);
}

static void
errand_failed (void *key)
{
  struct grove_pending *self = take_errand (key);

  if (self)
    {
      self->status = GROVE_ERR_SYSTEM_LIMIT;
      errand_done (self);
    }
}

bool
_grove_pending_errand (struct grove_pending *self,
                       grove_pid             target,
                       enum grove_status (*errand) (struct grove_pending *self))
{
  unsigned n = 0, n_target = 0;
  bool     accepted;

  pthread_mutex_lock (&lock);
  for (struct grove_pending *other = errands; other; other = other->next_errand)
    {
      n++;
      n_target += other->target == target;
    }
  accepted = n < ERRANDS && n_target < ERRANDS_EACH;
  if (accepted)
    {
      self->errand = errand;
      self->target = target;
      self->status = GROVE_ERR_EXITED;
      self->taken = false;
      self->inspecting = true;
      self->key = ++last_key;
      self->next_errand = errands;
      errands = self;
    }
  pthread_mutex_unlock (&lock);
  if (accepted)
    _grove_observe_spawn (target, "observer's errand", errand_main, (void *) (uintptr_t) self->key,
                          errand_failed);
  return accepted;
}

/* Somebody waits for its answer. */
static bool
is_open (const struct grove_pending *self)
{
  return self->call || self->rows;
}

void
_grove_pending_dispatch (struct grove_runtime_source *self)
{
  const uint64_t         now_ns = grove_now_ns ();
  struct grove_pending  *left = NULL, *finished = NULL, *next;
  struct grove_pending **link;

  for (struct grove_pending *pending = self->waiting; pending; pending = next)
    {
      bool inspecting, keep;

      next = pending->next;
      pthread_mutex_lock (&lock);
      inspecting = pending->inspecting;
      pthread_mutex_unlock (&lock);
      pending->inspected = !inspecting;

      if (is_open (pending) && (!inspecting || now_ns >= pending->deadline_ns) &&
          pending->poll (pending, now_ns))
        {
          pending->call = NULL;
          pending->rows = NULL;
          self->n_waiting--;
        }

      pthread_mutex_lock (&lock);
      keep = is_open (pending) || pending->inspecting;
      pthread_mutex_unlock (&lock);

      link = keep ? &left : &finished;
      pending->next = *link;
      *link = pending;
    }

  self->waiting = left;
  while (finished)
    {
      next = finished->next;
      finished->free (finished);
      finished = next;
    }
  tick (self);
}

void
_grove_pending_drop (struct grove_runtime_source *self)
{
  while (self->waiting)
    {
      struct grove_pending *pending = self->waiting;

      self->waiting = pending->next;
      /* Its session has gone before, so that nobody is told. */
      if (pending->call)
        grove_call_fail (pending->call, GROVE_ERROR_SHUTTING_DOWN, NULL,
                         "the system is shutting down");
      if (pending->rows)
        grove_rows_fail (pending->rows, GROVE_ERROR_SHUTTING_DOWN, "the system is shutting down");
      pthread_mutex_lock (&lock);
      if (pending->errand && pending->inspecting && !pending->taken)
        {
          unlink_errand_locked (pending);
          pending->inspecting = false;
        }
      pending->abandoned = pending->inspecting;
      pthread_mutex_unlock (&lock);
      if (!pending->abandoned)
        pending->free (pending);
    }
}
