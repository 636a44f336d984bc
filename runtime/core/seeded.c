/* SPDX-License-Identifier: MIT
 *
 * See seeded.h.
 */
#include "runtime/core/seeded.h"

#include "runtime/core/runtime.h"
#include "runtime/core/scheduler.h"

#include <stdlib.h>

/* What a reduction takes by the seeded clock, about as in the world; and asking for the time, so
 * that who waits for a moment in a loop without a reduction comes to it. */
#define NS_PER_REDUCTION 10
#define NS_PER_QUESTION  20
#define NS_PER_IDLING    1000

/* The clock begins at one second, so that no time is 0, which means "none" in places. */
#define BEGIN_NS UINT64_C (1000000000)

_Atomic uint64_t _grove_seed;

static _Atomic uint64_t clock_ns; /* written by the scheduler only */
static uint64_t         random_state;
static uint64_t         trace;

/* splitmix64: every seed is a good one. */
static uint64_t
mix (uint64_t x)
{
  x = (x ^ (x >> 30)) * UINT64_C (0xbf58476d1ce4e5b9);
  x = (x ^ (x >> 27)) * UINT64_C (0x94d049bb133111eb);
  return x ^ (x >> 31);
}

void
_grove_seeded_init (uint64_t seed)
{
  const char *text = getenv ("GROVE_SEED");

  if (seed == 0 && text != NULL)
    seed = strtoull (text, NULL, 0);
  random_state = seed;
  trace = 0;
  GROVE_SET (clock_ns, BEGIN_NS);
  atomic_store (&_grove_seed, seed);
}

void
_grove_seeded_finish (void)
{
  atomic_store (&_grove_seed, 0);
}

uint64_t
_grove_seeded_now (void)
{
  struct grove_scheduler *self = _grove_scheduler_self;
  uint64_t                now = GROVE_GET (clock_ns);

  if (self == NULL || self->current == NULL || self->deferring)
    return now;
  GROVE_SET (clock_ns, now + NS_PER_QUESTION);
  return now + (uint64_t) ((int64_t) self->slice - _grove_reductions_left) * NS_PER_REDUCTION;
}

void
_grove_seeded_jump (uint64_t deadline_ns)
{
  uint64_t now = GROVE_GET (clock_ns);

  /* A timer may be taken somewhat later than its deadline: time goes on in any case. */
  GROVE_SET (clock_ns, deadline_ns > now ? deadline_ns : now + NS_PER_IDLING);
}

uint32_t
_grove_seeded_draw (uint32_t n)
{
  random_state += UINT64_C (0x9e3779b97f4a7c15);
  return (uint32_t) ((mix (random_state) >> 32) * n >> 32);
}

/* Few races need a switch at one certain instruction and then a whole slice elsewhere; most need
 * many switches close to each other. So the scale is drawn first. */
int32_t
_grove_seeded_slice (void)
{
  static const uint32_t scales[] = { 16, 256, UINT32_MAX };
  uint32_t              scale = scales[_grove_seeded_draw (3)];
  uint32_t              budget = _grove_runtime.budget;

  return (int32_t) (1 + _grove_seeded_draw (scale < budget ? scale : budget));
}

void
_grove_seeded_account (struct grove_scheduler *self, struct grove_process *process, uint64_t used)
{
  GROVE_ADD (clock_ns, used * NS_PER_REDUCTION);
  trace = mix (trace ^ process->index);
  trace = mix (trace ^ (used << 8 | self->leave));
  trace = mix (trace ^ GROVE_GET (clock_ns));
}

uint64_t
_grove_seeded_trace (void)
{
  return trace;
}

uint64_t
grove_seed (void)
{
  return atomic_load (&_grove_seed);
}
