/* SPDX-License-Identifier: MIT
 *
 * What the system does beside running processes: inspecting them in masses, sleeping, and watching
 * who holds a scheduler. The number in a test's name is the behaviour's in the conformance list.
 */
#include "runtime/core/scheduler.h"
#include "runtime/core/watchdog.h"
#include "tests/runtime/core-test.h"

#include <signal.h>
#include <unistd.h>

/* ---- Inspections in masses ---------------------------------------------------------------------
 */

#define N_TARGETS   1000
#define N_TASKS     CORE_MANY (400, 20)
#define N_AT_ONE    CORE_MANY (10000, 1000)
#define N_IN_FLIGHT 20000

static _Atomic int n_inspected, n_answered, n_failed;

static void
inspect (struct grove_inspection *view, void *user_data)
{
  (void) view;
  (void) user_data;
  atomic_fetch_add (&n_inspected, 1);
}

static void
answered (enum grove_status status, void *user_data)
{
  (void) user_data;
  if (status != GROVE_OK)
    atomic_fetch_add (&n_failed, 1);
  atomic_fetch_add (&n_answered, 1);
}

static void
reset_counts (void)
{
  atomic_store (&n_inspected, 0);
  atomic_store (&n_answered, 0);
  atomic_store (&n_failed, 0);
}

static void
wait_for_answers (int n)
{
  while (atomic_load (&n_answered) < n)
    g_thread_yield ();
  g_assert_cmpint (atomic_load (&n_answered), ==, n);
  g_assert_cmpint (atomic_load (&n_inspected), ==, n);
  g_assert_cmpint (atomic_load (&n_failed), ==, 0);
}

static grove_pid targets[N_TARGETS];

static gpointer
inspects_all (gpointer unused)
{
  (void) unused;
  for (int task = 0; task < N_TASKS; task++)
    for (int i = 0; i < N_TARGETS; i++)
      {
        while (task * N_TARGETS + i - atomic_load (&n_answered) > N_IN_FLIGHT)
          g_thread_yield ();
        _grove_observe_inspect (targets[i], inspect, answered, NULL);
      }
  wait_for_answers (N_TASKS * N_TARGETS);
  grove_stop ();
  return NULL;
}

/* 125: 400 tasks at each of 1,000 processes, some of which compute. */
static void
blast_main (void *arg)
{
  (void) arg;
  for (int i = 0; i < N_TARGETS; i++)
    targets[i] = grove_spawn (i % 100 == 0 ? core_spin : core_idle, NULL);
  g_thread_unref (g_thread_new ("blast", inspects_all, NULL));
  core_idle (NULL);
}

static void
test_blast (void)
{
  const struct core_case test = { "", blast_main };

  reset_counts ();
  core_run (&test);
}

static _Atomic int may_go_on, holds;

static void
holds_on (void *arg)
{
  (void) arg;
  /* As one that has taken a lock. It is not pre-empted, so nothing is served. */
  _grove_preempt_disable ();
  atomic_store (&holds, 1);
  while (atomic_load (&may_go_on) == 0)
    ;
  _grove_preempt_enable ();
  core_idle (NULL);
}

static gpointer
inspects_one (gpointer data)
{
  while (atomic_load (&holds) == 0)
    g_thread_yield ();
  for (int i = 0; i < N_AT_ONE; i++)
    _grove_observe_inspect (*(grove_pid *) data, inspect, answered, NULL);
  g_assert_cmpint (atomic_load (&n_answered), ==, 0);
  atomic_store (&may_go_on, 1);
  wait_for_answers (N_AT_ONE);
  grove_stop ();
  return NULL;
}

/* 125: all of those that waited for the same process are answered. */
static void
blocked_main (void *arg)
{
  static grove_pid pid;

  (void) arg;
  pid = _grove_process_spawn_on (1, holds_on, NULL);
  g_thread_unref (g_thread_new ("blocked", inspects_one, &pid));
  core_idle (NULL);
}

static void
test_blocked (void)
{
  const struct core_case test = { "", blocked_main };

  reset_counts ();
  atomic_store (&may_go_on, 0);
  atomic_store (&holds, 0);
  core_run (&test);
}

/* ---- Waking, raced by inspections --------------------------------------------------------------
 */

#define N_ROUNDS CORE_MANY (30000, 2000)

static _Atomic int storm_is_over;

static void
echoes (void *arg)
{
  (void) arg;
  for (;;)
    {
      struct grove_message *message = core_receive ();
      grove_pid             from = grove_message_sender (message);
      grove_message_free (message);
      grove_send (from, "echo");
    }
}

static gpointer
storms (gpointer data)
{
  grove_pid *pids = data;
  int        n_asked = 0;

  while (atomic_load (&storm_is_over) == 0)
    {
      if (n_asked - atomic_load (&n_answered) < 50)
        _grove_observe_inspect (pids[n_asked++ % 2], inspect, answered, NULL);
      else
        g_thread_yield ();
    }
  wait_for_answers (n_asked);
  grove_stop ();
  return NULL;
}

/* 126: a message that comes while its receiver, which waits, is inspected wakes it all the same. */
static void
storm_main (void *arg)
{
  static grove_pid pids[2];

  (void) arg;
  pids[0] = grove_self ();
  pids[1] = _grove_process_spawn_on (1, echoes, NULL);
  g_thread_unref (g_thread_new ("storm", storms, pids));
  for (int i = 0; i < N_ROUNDS; i++)
    {
      grove_send (pids[1], "call");
      core_expect ("echo");
    }
  atomic_store (&storm_is_over, 1);
  core_idle (NULL);
}

static void
test_storm (void)
{
  const struct core_case test = { "", storm_main };

  reset_counts ();
  atomic_store (&storm_is_over, 0);
  core_run (&test);
}

/* ---- Idling ------------------------------------------------------------------------------------
 */

static uint64_t
n_sleeps (void)
{
  return atomic_load (&_grove_runtime.schedulers[0].n_sleeps) +
         atomic_load (&_grove_runtime.schedulers[1].n_sleeps);
}

static bool
all_sleep (void)
{
  bool     asleep;
  uint64_t n_looks = _grove_watchdog_looks (&asleep);

  (void) n_looks;
  return asleep && atomic_load (&_grove_runtime.schedulers[0].sleeping) != 0 &&
         atomic_load (&_grove_runtime.schedulers[1].sleeping) != 0;
}

static gpointer
looks_at_sleepers (gpointer data)
{
  bool     asleep;
  uint64_t sleeps, looks;

  while (!all_sleep ())
    g_thread_yield ();
  sleeps = n_sleeps ();
  looks = _grove_watchdog_looks (&asleep);
  /* Whoever looked again and again would have done so by now; however long this takes, nobody may
   * have woken. */
  g_usleep (50000);
  g_assert_true (all_sleep ());
  g_assert_cmpuint (n_sleeps (), ==, sleeps);
  g_assert_cmpuint (_grove_watchdog_looks (&asleep), ==, looks);
  /* And a message wakes one of them. */
  _grove_observe_send (*(grove_pid *) data, (struct grove_term){ (const uint8_t *) "a\1", 2 });
  return NULL;
}

/* Without a timer, which might have to be looked at. */
static void
parks (void *arg)
{
  struct grove_message *message;

  (void) arg;
  if (grove_receive (GROVE_FOREVER, &message) == GROVE_OK)
    grove_message_free (message);
}

/* 127: all threads are in the kernel, and not one wakes for nothing. */
static void
test_idle (void *arg)
{
  static grove_pid self;
  GThread         *thread;

  (void) arg;
  self = grove_self ();
  for (int i = 0; i < 100; i++)
    grove_spawn (parks, NULL);
  thread = g_thread_new ("sleepers", looks_at_sleepers, &self);
  parks (NULL);
  g_thread_join (thread);
}

/* ---- Stopped by a signal ------------------------------------------------------------------------
 */

/* ThreadSanitizer keeps a handler back until the thread, or the process that it ran, makes a call
 * that it knows, which may be never. */
#ifndef __SANITIZE_THREAD__

static void
stops (int number)
{
  (void) number;
  grove_stop ();
}

/* Comes anywhere from the last turn of a process to the sleep, or into it. */
static gpointer
signals (gpointer data)
{
  struct grove_scheduler *scheduler = &_grove_runtime.schedulers[0];
  unsigned                later = GPOINTER_TO_UINT (data);

  while (later % 1000 == 0 && atomic_load (&scheduler->idle_since_ns) == 0)
    g_thread_yield ();
  for (volatile unsigned i = 0; i < later; i++)
    ;
  while (later == 0 && atomic_load (&scheduler->sleeping) == GROVE_AWAKE)
    g_thread_yield ();
  g_assert_cmpint (kill (getpid (), SIGUSR1), ==, 0);
  return NULL;
}

static void
awaits_signal (void *arg)
{
  GThread *thread = g_thread_new ("signals", signals, arg);

  g_thread_unref (thread);
  parks (NULL);
}

/* Nothing else would ever wake the runtime. */
static void
test_stopped_by_signal (void)
{
  const struct grove_options options = { .n_schedulers = 2, .overrun_ms = GROVE_NEVER_REPORT };
  const struct sigaction     action = { .sa_handler = stops, .sa_flags = SA_RESTART };
  struct sigaction           before;

  sigaction (SIGUSR1, &action, &before);
  for (unsigned i = 0; i < 100; i++)
    g_assert_cmpint (grove_run (&options, awaits_signal, GUINT_TO_POINTER (i * 500)), ==, GROVE_OK);
  sigaction (SIGUSR1, &before, NULL);
}

#endif

/* ---- Overruns ----------------------------------------------------------------------------------
 */

static _Atomic int let_go;

static void
overruns (void *arg)
{
  (void) arg;
  /* As a long call of libc. */
  _grove_preempt_disable ();
  while (atomic_load (&let_go) == 0)
    g_usleep (1000);
  _grove_preempt_enable ();
  core_idle (NULL);
}

static struct grove_event
next_event (struct grove_event_cursor *cursor, enum grove_event_kind kind)
{
  struct grove_event event;
  uint64_t           lost;

  for (;;)
    {
      while (_grove_observe_events (cursor, &event, 1, &lost) == 0)
        grove_sleep_ms (1);
      if (event.kind == kind)
        return event;
    }
}

#define OVERRUN_MS 20

/* 129: who holds a scheduler for too long is reported while it does and when it no longer does, and
 * can be seen. */
static void
overrun_main (void *arg)
{
  struct grove_event_cursor     cursor = { .turn = 0 };
  struct grove_runtime_sample   runtime;
  struct grove_scheduler_sample schedulers[2];
  struct grove_event            event;
  grove_pid                     pid;

  (void) arg;
  _grove_observe_events_from_now (&cursor);
  pid = _grove_process_spawn_on (1, overruns, NULL);
  event = next_event (&cursor, GROVE_EVENT_OVERRUN);
  g_assert_cmpuint (event.pid, ==, pid);
  g_assert_cmpuint (event.a, >=, OVERRUN_MS * 1000000);
  _grove_observe_counts (&runtime, schedulers, 2);
  g_assert_cmpuint (schedulers[1].running, ==, pid);
  g_assert_cmpuint (schedulers[1].held_since_ns, !=, 0);
  g_assert_cmpuint (runtime.now_ns - schedulers[1].held_since_ns, >=, OVERRUN_MS * 1000000);
  g_assert_cmpuint (schedulers[0].running, ==, grove_self ());
  atomic_store (&let_go, 1);
  event = next_event (&cursor, GROVE_EVENT_LONG_SCHEDULE);
  g_assert_cmpuint (event.pid, ==, pid);
  g_assert_cmpuint (event.a, >=, OVERRUN_MS * 1000000);
  while (schedulers[1].running == pid)
    {
      grove_sleep_ms (1);
      _grove_observe_counts (&runtime, schedulers, 2);
    }
}

static void
test_overrun (void)
{
  const struct grove_options options = { .n_schedulers = 2, .overrun_ms = OVERRUN_MS };

  atomic_store (&let_go, 0);
  g_assert_cmpint (grove_run (&options, overrun_main, NULL), ==, GROVE_OK);
}

/* Who computes and is pre-empted holds nothing, however long it goes on. */
static void
spinning_main (void *arg)
{
  struct grove_event_cursor     cursor = { .turn = 0 };
  struct grove_runtime_sample   runtime;
  struct grove_scheduler_sample schedulers[2];
  struct grove_event            event;
  uint64_t                      lost, looks;
  bool                          asleep;
  grove_pid                     pid = _grove_process_spawn_on (1, core_spin, NULL);

  (void) arg;
  _grove_observe_events_from_now (&cursor);
  looks = _grove_watchdog_looks (&asleep);
  while (_grove_watchdog_looks (&asleep) < looks + 20)
    grove_sleep_ms (1);
  while (_grove_observe_events (&cursor, &event, 1, &lost) > 0)
    if (event.kind == GROVE_EVENT_OVERRUN)
      g_assert_cmpuint (event.pid, !=, pid);
  do
    _grove_observe_counts (&runtime, schedulers, 2);
  while (schedulers[1].running != pid);
}

static void
test_spinning (void)
{
  const struct grove_options options = { .n_schedulers = 2 };

  g_assert_cmpint (grove_run (&options, spinning_main, NULL), ==, GROVE_OK);
}

static void
unwatched_main (void *arg)
{
  bool asleep;

  (void) arg;
  *(uint64_t *) arg = _grove_watchdog_looks (&asleep);
  grove_sleep_ms (30);
  g_assert_cmpuint (_grove_watchdog_looks (&asleep), ==, *(uint64_t *) arg);
}

static void
test_unwatched (void)
{
  const struct grove_options options = { .overrun_ms = GROVE_NEVER_REPORT };
  uint64_t                   looks;

  g_assert_cmpint (grove_run (&options, unwatched_main, &looks), ==, GROVE_OK);
}

int
main (int argc, char **argv)
{
  static const struct core_case idle = { "/runtime/system/idle-127", test_idle };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/runtime/system/blast-125", test_blast);
  g_test_add_func ("/runtime/system/blocked-125", test_blocked);
  g_test_add_func ("/runtime/system/inspected-while-woken-126", test_storm);
  g_test_add_data_func (idle.path, &idle, core_run);
#ifndef __SANITIZE_THREAD__
  g_test_add_func ("/runtime/system/stopped-by-signal", test_stopped_by_signal);
#endif
  g_test_add_func ("/runtime/system/overrun-129", test_overrun);
  g_test_add_func ("/runtime/system/spinning-is-no-overrun-129", test_spinning);
  g_test_add_func ("/runtime/system/unwatched-129", test_unwatched);
  return g_test_run ();
}
