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
_grove_pending_inspect (struct grove_pending *self, grove_pid pid, grove_inspect_func inspect)
{
  self->inspecting = true;
  _grove_pending_wait (self);
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

      if (pending->call && (!inspecting || now_ns >= pending->deadline_ns) &&
          pending->poll (pending, now_ns))
        pending->call = NULL;

      pthread_mutex_lock (&lock);
      keep = pending->call || pending->inspecting;
      pthread_mutex_unlock (&lock);

      link = keep ? &left : &finished;
      pending->next = *link;
      *link = pending;
    }

  self->waiting = left;
  while (finished)
    {
      self->n_waiting--;
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
      pthread_mutex_lock (&lock);
      pending->abandoned = pending->inspecting;
      pthread_mutex_unlock (&lock);
      if (!pending->abandoned)
        pending->free (pending);
    }
}
