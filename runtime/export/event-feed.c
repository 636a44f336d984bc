/* SPDX-License-Identifier: MIT
 *
 * Gathering events. How often follows from how much there was: the timer runs faster when much
 * happens, and slower again when little does, or when gathering takes too long.
 *
 * Server thread only.
 */
#include "runtime/export/event-feed.h"

#include "runtime/export/runtime-source.h"

#include <stdlib.h>
#include <sys/timerfd.h>

#define BATCH         8192
#define MIN_PERIOD_MS 4
#define MAX_PERIOD_MS 64
/* The scheduler's ring has 4,096. */
#define MANY 1024
#define FEW  256
/* Of the time between two. */
#define SHARE 100
/* Nobody asked for so long: nobody looks any more. A table is asked for at least every minute,
 * unless its observer is stretched or slow. */
#define PATIENCE_NS UINT64_C (180000000000)

static void
set_timer (struct grove_runtime_source *self, uint32_t period_ms)
{
  const struct itimerspec spec = { { 0, 0 }, { 0, period_ms * 1000000L } };

  /* Once: a pump that is late does not have the next one follow at once. */
  if (timerfd_settime (self->events_fd, 0, &spec, NULL) == 0)
    self->events->period_ms = period_ms;
}

/* The name at that moment is known for some; the others are asked while they live. */
static const char *
name_of (const struct grove_event *event)
{
  struct grove_process_sample sample;

  switch (event->kind)
    {
    case GROVE_EVENT_EXIT:
    case GROVE_EVENT_CRASH:
    case GROVE_EVENT_REGISTER:
    case GROVE_EVENT_UNREGISTER:
      return (const char *) (uintptr_t) event->a;
    case GROVE_EVENT_SPAWN:
    case GROVE_EVENT_LINK:
    case GROVE_EVENT_UNLINK:
    case GROVE_EVENT_SUSPEND:
    case GROVE_EVENT_RESUME:
    case GROVE_EVENT_OVERRUN:
    case GROVE_EVENT_LONG_SCHEDULE:
    case GROVE_EVENT_LARGE_HEAP:
    case GROVE_EVENT_LONG_QUEUE:
    case GROVE_EVENT_TRACE_LOST:
    case GROVE_N_EVENTS:
      break;
    }
  return _grove_observe_process (event->pid, &sample) ? _grove_sample_name (&sample) : NULL;
}

static void
keep (struct grove_event_feed *feed, const struct grove_event *event)
{
  struct grove_kept_event *kept = &feed->events[feed->n++ % GROVE_KEPT_EVENTS];

  *kept = (struct grove_kept_event){
    .seq = ++feed->last,
    .at_ns = event->at_ns,
    .pid = event->pid,
    .a = event->a,
    .b = event->b,
    .name = name_of (event),
    .scheduler = event->scheduler == GROVE_EVENT_OUTSIDE ? -1 : (int32_t) event->scheduler,
    .kind = event->kind,
  };
}

/* The events of one scheduler lie together, in order: what is merged is that many runs. */
static void
merge (struct grove_event_feed *feed, size_t n)
{
  size_t   at[GROVE_EVENT_RINGS], end[GROVE_EVENT_RINGS];
  unsigned n_runs = 0;

  for (size_t i = 0; i < n; i++)
    {
      if (i == 0 || feed->batch[i].scheduler != feed->batch[i - 1].scheduler)
        at[n_runs++] = i;
      end[n_runs - 1] = i + 1;
    }
  while (n_runs > 0)
    {
      unsigned first = 0;

      for (unsigned i = 1; i < n_runs; i++)
        if (feed->batch[at[i]].at_ns < feed->batch[at[first]].at_ns)
          first = i;
      keep (feed, &feed->batch[at[first]++]);
      if (at[first] == end[first])
        {
          n_runs--;
          at[first] = at[n_runs];
          end[first] = end[n_runs];
        }
    }
}

/* Returns how many there were, the lost ones included. */
static uint64_t
gather (struct grove_event_feed *feed)
{
  const uint64_t before = feed->last;
  uint64_t       lost;
  size_t         n;

  /* Two rounds: all rings of a large machine may be full, and then this has to end. */
  for (unsigned i = 0; i < 2; i++)
    {
      n = _grove_observe_events (&feed->cursor, feed->batch, BATCH, &lost);
      feed->last += lost;
      merge (feed, n);
      if (n < BATCH)
        break;
    }
  return feed->last - before;
}

static uint32_t
next_period_ms (const struct grove_event_feed *feed, uint64_t n, uint64_t took_ns)
{
  uint32_t       period_ms = feed->period_ms;
  const uint64_t fair_ms = took_ns * SHARE / 1000000;

  if (n > MANY)
    period_ms /= 2;
  else if (n < FEW)
    period_ms *= 2;
  if (period_ms < MIN_PERIOD_MS)
    period_ms = MIN_PERIOD_MS;
  if (period_ms > MAX_PERIOD_MS)
    period_ms = MAX_PERIOD_MS;
  /* However much is then lost. */
  if (period_ms < fair_ms)
    period_ms = fair_ms < 999 ? (uint32_t) fair_ms : 999;
  return period_ms;
}

void
_grove_source_pump_events (struct grove_runtime_source *self)
{
  struct grove_event_feed *feed = self->events;
  const uint64_t           now_ns = grove_now_ns ();
  uint64_t                 n;

  if (!feed)
    return;
  n = gather (feed);
  if (now_ns - feed->asked_ns > PATIENCE_NS ||
      (self->server && grove_protocol_server_sessions (self->server) == 0))
    set_timer (self, 0);
  else
    set_timer (self, next_period_ms (feed, n, grove_now_ns () - now_ns));
}

struct grove_event_feed *
_grove_source_events (struct grove_runtime_source *self)
{
  if (!self->events)
    {
      self->events = calloc (1, sizeof *self->events);
      if (!self->events)
        abort ();
      self->events->batch = calloc (BATCH, sizeof *self->events->batch);
      if (!self->events->batch)
        abort ();
    }
  (void) gather (self->events);
  self->events->asked_ns = grove_now_ns ();
  if (self->events->period_ms == 0)
    set_timer (self, MAX_PERIOD_MS);
  return self->events;
}

void
_grove_source_forget_events (struct grove_runtime_source *self)
{
  if (self->events)
    free (self->events->batch);
  free (self->events);
  self->events = NULL;
}
