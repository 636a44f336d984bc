/* SPDX-License-Identifier: MIT
 *
 * See watchdog.h. A scheduler counts its turns and says which process runs; the one that runs at
 * the same count for too long is an overrun. It is reported while it lasts and again when it is
 * over, both by this thread, so that schedulers do nothing for it: times are exact to the span
 * between two looks.
 */
#include "runtime/core/watchdog.h"

#include "runtime/core/event.h"
#include "runtime/core/process-table.h"
#include "runtime/core/scheduler.h"
#include "runtime/core/thread.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define LOOKS_PER_OVERRUN 4

struct watch
{
  uint64_t  n_turns;  /* as of `since_ns` */
  uint64_t  since_ns; /* when this turn was first seen */
  grove_pid pid;      /* who has it; 0: nobody */
  bool      reported;
};

static struct
{
  pthread_t        thread;
  uint64_t         overrun_ns; /* 0: there is no thread */
  struct watch     watches[GROVE_MAX_SCHEDULERS];
  _Atomic uint32_t stop;
  _Atomic uint32_t asleep; /* no timeout, for all schedulers idle */
  _Atomic uint32_t bell;   /* the futex: it is waited on while 0 */
  _Atomic uint64_t n_looks;
} dog;

/* Who runs at turn @n_turns; 0: nobody, or that turn is over. */
static grove_pid
who_runs (struct grove_scheduler *scheduler, uint64_t n_turns)
{
  /* Acquire: pairs with the store in run(). Who sees the process of a later turn then also sees
   * that the turn before has been counted. */
  struct grove_process *process =
    _grove_table_block (atomic_load_explicit (&scheduler->running, memory_order_acquire));

  if (process == NULL || GROVE_GET (scheduler->n_turns) != n_turns)
    return 0;
  return _grove_process_pid (process);
}

static void
look_at (struct grove_scheduler *scheduler, struct watch *watch, uint64_t now_ns)
{
  uint64_t  n_turns = GROVE_GET (scheduler->n_turns);
  grove_pid pid = who_runs (scheduler, n_turns);
  uint64_t  lasted = now_ns - watch->since_ns;

  if (pid == 0 || pid != watch->pid || n_turns != watch->n_turns)
    {
      if (watch->reported)
        _grove_event (GROVE_EVENT_LONG_SCHEDULE, watch->pid, lasted, 0);
      *watch = (struct watch){ n_turns, now_ns, pid, false };
      GROVE_SET (scheduler->held_since_ns, now_ns);
      atomic_store_explicit (&scheduler->held_turn, n_turns, memory_order_release);
    }
  else if (!watch->reported && lasted >= dog.overrun_ns)
    {
      watch->reported = true;
      _grove_event (GROVE_EVENT_OVERRUN, pid, lasted, 0);
    }
}

static bool
all_idle (void)
{
  for (unsigned i = 0; i < _grove_runtime.n_schedulers; i++)
    if (atomic_load (&_grove_runtime.schedulers[i].idle_since_ns) == 0 || dog.watches[i].reported)
      return false;
  return true;
}

static void
sleep_for (uint64_t ns)
{
  struct timespec span = { .tv_sec = (time_t) (ns / 1000000000),
                           .tv_nsec = (long) (ns % 1000000000) };

  syscall (SYS_futex, &dog.bell, FUTEX_WAIT_PRIVATE, 0, ns != 0 ? &span : NULL, NULL, 0);
}

static void *
watch_all (void *unused)
{
  (void) unused;
  while (atomic_load (&dog.stop) == 0)
    {
      uint64_t now = grove_now_ns ();

      for (unsigned i = 0; i < _grove_runtime.n_schedulers; i++)
        look_at (&_grove_runtime.schedulers[i], &dog.watches[i], now);
      GROVE_ADD (dog.n_looks, 1);
      atomic_store (&dog.bell, 0);
      atomic_store (&dog.asleep, 1);
      /* Sequentially consistent: a scheduler that wakes says so, then looks whether this sleeps. */
      if (all_idle () && atomic_load (&dog.stop) == 0)
        sleep_for (0);
      atomic_store (&dog.asleep, 0);
      atomic_store (&dog.bell, 0);
      if (atomic_load (&dog.stop) == 0)
        sleep_for (dog.overrun_ns / LOOKS_PER_OVERRUN);
    }
  return NULL;
}

static void
ring (void)
{
  atomic_store (&dog.bell, 1);
  syscall (SYS_futex, &dog.bell, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

void
_grove_watchdog_wake (void)
{
  if (__builtin_expect (atomic_load (&dog.asleep) != 0, 0) && atomic_exchange (&dog.asleep, 0) != 0)
    ring ();
}

bool
_grove_watchdog_start (uint64_t overrun_ns)
{
  dog.overrun_ns = overrun_ns;
  atomic_store (&dog.stop, 0);
  for (unsigned i = 0; i < GROVE_MAX_SCHEDULERS; i++)
    dog.watches[i] = (struct watch){ .pid = 0 };
  if (overrun_ns == 0 || _grove_thread_start (&dog.thread, watch_all, NULL))
    return true;
  dog.overrun_ns = 0;
  return false;
}

void
_grove_watchdog_stop (void)
{
  if (dog.overrun_ns == 0)
    return;
  atomic_store (&dog.stop, 1);
  ring ();
  pthread_join (dog.thread, NULL);
  dog.overrun_ns = 0;
}

uint64_t
_grove_watchdog_looks (bool *ret_asleep)
{
  *ret_asleep = atomic_load (&dog.asleep) != 0;
  return GROVE_GET (dog.n_looks);
}
