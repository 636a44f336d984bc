/* SPDX-License-Identifier: MIT
 *
 * Sleeping and waking. A scheduler that has nothing to run looks for some ten microseconds, then
 * sleeps on its futex until somebody puts a process into one of its lists, or the next timer is
 * due. Nothing else ever wakes it, so that an idle runtime costs nothing.
 *
 * Who waits says so before the last look, who brings news puts it into the list before it looks
 * whether anybody sleeps, both sequentially consistent: one of the two sees the other.
 */
#include "runtime/core/scheduler.h"
#include "runtime/core/seeded.h"
#include "runtime/core/watchdog.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* How often an idle scheduler looks before it sleeps: about ten microseconds. */
#define SPINS 200

/* With file descriptors to look after, it looks at these as often. */
#define SPINS_A_POLL 50

void
_grove_list_push (_Atomic (struct grove_process *) *list,
                  struct grove_process             *process,
                  struct grove_process            **link)
{
  struct grove_process *first = atomic_load_explicit (list, memory_order_relaxed);

  do
    *link = first;
  while (!atomic_compare_exchange_weak (list, &first, process));
}

void
_grove_scheduler_rouse (struct grove_scheduler *self)
{
  switch ((enum grove_sleep) atomic_exchange (&self->sleeping, GROVE_AWAKE))
    {
    case GROVE_SLEEPS_ON_FUTEX:
      syscall (SYS_futex, &self->sleeping, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
      break;
    case GROVE_SLEEPS_IN_POLL:
      _grove_poll_wake (&self->poll);
      break;
    case GROVE_AWAKE:
      break;
    }
}

void
_grove_scheduler_wake (struct grove_scheduler *self)
{
  if (self != _grove_scheduler_self && atomic_load (&self->sleeping) != GROVE_AWAKE)
    _grove_scheduler_rouse (self);
}

static bool
has_news (struct grove_scheduler *self)
{
  return atomic_load (&self->notified) != NULL || atomic_load (&self->handed) != NULL ||
         atomic_load (&self->calls) != NULL || atomic_load (&_grove_runtime.stop) != 0;
}

static void
sleep_in_poll (struct grove_scheduler *self, uint64_t deadline_ns)
{
  GROVE_ADD (self->n_sleeps, 1);
  atomic_store (&self->sleeping, GROVE_SLEEPS_IN_POLL);
  if (!has_news (self))
    _grove_poll_wait (&self->poll, deadline_ns);
  atomic_store (&self->sleeping, GROVE_AWAKE);
}

static void
sleep_until (struct grove_scheduler *self, uint64_t deadline_ns)
{
  struct timespec  span;
  struct timespec *timeout = NULL;

  if (deadline_ns != UINT64_MAX)
    {
      uint64_t now = grove_now_ns ();
      if (deadline_ns <= now)
        return;
      span.tv_sec = (time_t) ((deadline_ns - now) / 1000000000);
      span.tv_nsec = (long) ((deadline_ns - now) % 1000000000);
      timeout = &span;
    }
  GROVE_ADD (self->n_sleeps, 1);
  atomic_store (&self->sleeping, GROVE_SLEEPS_ON_FUTEX);
  if (!has_news (self))
    syscall (SYS_futex, &self->sleeping, FUTEX_WAIT_PRIVATE, 1, timeout, NULL, 0);
  atomic_store (&self->sleeping, GROVE_AWAKE);
}

static void
relax (void)
{
#if defined(__x86_64__)
  __builtin_ia32_pause ();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static void
spin (struct grove_scheduler *self)
{
  for (unsigned i = 0; i < SPINS && !has_news (self); i++)
    if (i % SPINS_A_POLL == 0 && _grove_poll_any (&self->poll))
      _grove_poll_wait (&self->poll, 0);
    else
      relax ();
}

void
_grove_scheduler_idle (struct grove_scheduler *self)
{
  uint64_t since = grove_now_ns ();
  uint64_t next = _grove_timers_next (&self->timers);
  uint64_t bit = UINT64_C (1) << self->id;

  GROVE_SET (self->idle_since_ns, since);
  atomic_fetch_or (&_grove_runtime.idle, bit);
  spin (self);
  if (GROVE_GET (_grove_seed) != 0 && next != UINT64_MAX && !has_news (self))
    _grove_seeded_jump (next);
  else if (!has_news (self))
    {
      if (_grove_poll_any (&self->poll))
        sleep_in_poll (self, next);
      else
        sleep_until (self, next);
    }
  atomic_fetch_and (&_grove_runtime.idle, ~bit);
  self->now_ns = grove_now_ns ();
  self->ticks = 0;
  GROVE_ADD (self->idle_ns, self->now_ns - since);
  /* Sequentially consistent, see watchdog.c. */
  atomic_store (&self->idle_since_ns, 0);
  _grove_watchdog_wake ();
}
