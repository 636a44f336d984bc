/* SPDX-License-Identifier: MIT
 *
 * Looking at the timers of a scheduler from outside: the scheduler itself copies a few of them,
 * between two slices, and hands them over. Who wants all of them asks again from where that ended;
 * what was set or cancelled in between may be missing or come twice.
 */
#include "runtime/core/memory.h"
#include "runtime/core/observe.h"
#include "runtime/core/scheduler.h"
#include "runtime/core/timer-private.h"

#include <string.h>

/* A table that has shrunk has empty buckets at most for each full one. */
#define BUCKETS_A_LOOK 512U

struct look_call
{
  struct grove_call        call;
  struct grove_timer_look *look;
};

static void
copy_message (struct grove_timer_sample *sample, const struct grove_message *message, bool wanted)
{
  struct grove_term term = _grove_signal_term (message);

  sample->message_size = term.size;
  sample->term_size = 0;
  if (!wanted || term.size > sizeof sample->term)
    return;
  sample->term_size = (uint16_t) term.size;
  memcpy (sample->term, term.bytes, term.size);
}

static void
copy_timer (struct grove_timer_look *look, const struct grove_timer *timer)
{
  struct grove_timer_sample *sample = &look->samples[look->n++];

  sample->ref = timer->ref;
  sample->to = timer->to;
  sample->due_ns = timer->wheel.deadline_ns;
  sample->period_ns = timer->period_ns;
  sample->scheduler = look->scheduler;
  sample->name[0] = '\0';
  if (timer->to == 0)
    {
      size_t size = strnlen (timer->name, sizeof sample->name - 1);

      memcpy (sample->name, timer->name, size);
      sample->name[size] = '\0';
    }
  copy_message (sample, timer->message, look->messages);
}

static void
run_look (struct grove_scheduler *self, struct grove_call *call)
{
  struct look_call               *asked = (struct look_call *) call;
  struct grove_timer_look        *look = asked->look;
  const struct grove_timer_table *table = &self->timers.table;
  uint32_t                        bucket = look->bucket, end = table->n_buckets;

  free (asked);
  if (bucket < end && end - bucket > BUCKETS_A_LOOK)
    end = bucket + BUCKETS_A_LOOK;
  look->n = 0;
  look->n_timers = table->n;
  /* A chain is never cut, but one that alone is longer than there is room. */
  for (; bucket < end && look->n < GROVE_TIMERS_A_LOOK / 2; bucket++)
    for (const struct grove_timer *timer = table->buckets[bucket];
         timer != NULL && look->n < GROVE_TIMERS_A_LOOK; timer = timer->bucket_next)
      copy_timer (look, timer);
  look->next_bucket = bucket < table->n_buckets ? bucket : UINT32_MAX;
  look->done (look->user_data);
}

void
_grove_observe_timers (struct grove_timer_look *look)
{
  struct look_call *asked;

  if (look->scheduler >= _grove_runtime.n_schedulers)
    {
      look->n = look->n_timers = 0;
      look->next_bucket = UINT32_MAX;
      look->done (look->user_data);
      return;
    }
  asked = _grove_malloc (sizeof *asked);
  *asked = (struct look_call){ { NULL, run_look }, look };
  _grove_scheduler_call (&_grove_runtime.schedulers[look->scheduler], &asked->call);
}
