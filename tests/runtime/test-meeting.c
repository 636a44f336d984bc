/* SPDX-License-Identifier: MIT
 *
 * Where parts of the core meet that are tested apart: suspending and what counts the busy, matching
 * and waiting, releases and heirs, timers and what is being taken apart, stopping and what was
 * asked of others.
 */
#include "runtime/core/scheduler.h"
#include "runtime/core/suspend.h"
#include "runtime/core/symbol-reader.h"
#include "runtime/core/timer.h"
#include "tests/runtime/core-test.h"

#include <stdatomic.h>
#include <string.h>

#define HOUR_NS (3600 * CORE_SECOND_NS)

static grove_pid
spawn_on (unsigned scheduler, grove_entry entry, void *arg)
{
  grove_pid pid = _grove_process_spawn_on (scheduler, entry, arg);

  g_assert_cmpuint (pid, !=, 0);
  return pid;
}

static grove_pid
spawn_watched (grove_entry entry, void *arg)
{
  struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;
  grove_pid                  pid;

  options.initial_call = "test";
  options.arg = arg;
  options.monitor = true;
  g_assert_cmpint (grove_spawn_opt (entry, &options, &pid, NULL), ==, GROVE_OK);
  return pid;
}

/* ---- Suspending --------------------------------------------------------------------------------
 */

static uint32_t
count_busy (unsigned scheduler)
{
  struct grove_run_queue *queue = &_grove_runtime.schedulers[scheduler].queue;

  return GROVE_GET (queue->n_busy[0]) + GROVE_GET (queue->n_busy[1]);
}

/* One that computes is not busy while it is suspended, and does not stay counted when it ends. */
static void
test_suspended_is_not_busy (void *arg)
{
  grove_pid pid = grove_spawn (core_spin, NULL);

  (void) arg;
  while (count_busy (0) == 0)
    grove_yield ();
  g_assert_cmpint (grove_suspend (pid, 0), ==, GROVE_OK);
  g_assert_cmpuint (count_busy (0), ==, 0);
  g_assert_cmpint (grove_resume (pid), ==, GROVE_OK);
  while (count_busy (0) == 0)
    grove_yield ();
  g_assert_cmpint (grove_suspend (pid, 0), ==, GROVE_OK);
  grove_exit_process (pid, "kill");
  core_until_gone (pid);
  g_assert_cmpuint (count_busy (0), ==, 0);
}

static _Atomic int matching;

/* Looks at its signals when it is told that there is one. */
static bool
looks_at_signals (struct grove_term term, void *user_data)
{
  (void) term;
  (void) user_data;
  atomic_store (&matching, 1);
  while (atomic_load (&matching) != 2)
    ;
  grove_trap_exit (false);
  return false;
}

static void
matches (void *arg)
{
  struct grove_message *message;

  grove_send (grove_self (), "look");
  if (grove_receive_match (arg == NULL ? looks_at_signals : NULL, NULL, GROVE_FOREVER, &message) ==
      GROVE_OK)
    grove_message_free (message);
}

/* Who is suspended where it cannot stop stops, and says so, when it would wait; that it used up its
 * slice before does not count any more. */
static void
test_suspended_in_match (void *arg)
{
  grove_pid pid;

  (void) arg;
  atomic_store (&matching, 0);
  pid = spawn_on (1, matches, NULL);
  while (atomic_load (&matching) != 1)
    grove_yield ();
  g_assert_cmpint (grove_suspend_tagged (pid, GROVE_SUSPEND_ASYNCHRONOUS, "tag"), ==, GROVE_OK);
  atomic_store (&matching, 2);
  core_expect ("{tag, suspended}");
  g_assert_cmpuint (count_busy (1), ==, 0);
  grove_exit_process (pid, "kill");
  core_until_gone (pid);
}

/* ---- Matching ----------------------------------------------------------------------------------
 */

static void
sleeps (void)
{
  grove_sleep_ms (1);
}

static void
hibernates (void)
{
  grove_hibernate (core_idle, NULL);
}

static void
asks (void)
{
  (void) grove_is_alive (grove_spawn (core_idle, NULL));
}

static void
flushes (void)
{
  grove_demonitor (1, true);
}

static void
raises (void)
{
  grove_raise ("raised");
}

static bool
match_by (struct grove_term term, void *user_data)
{
  void (*what) (void);

  (void) term;
  memcpy (&what, user_data, sizeof what);
  what ();
  return false;
}

static void
matches_by (void *arg)
{
  struct grove_message *message;

  grove_send (grove_self (), "anything");
  /* The timeout is not to be taken for another's. */
  (void) !grove_receive_match (match_by, arg, CORE_SECOND_NS, &message);
  core_idle (NULL);
}

static void
test_waits_in_match (void *arg)
{
  static void (*const waits[]) (void) = { sleeps, hibernates, asks, flushes };
  static void (*const raising) (void) = raises;

  (void) arg;
  for (gsize i = 0; i < G_N_ELEMENTS (waits); i++)
    {
      spawn_watched (matches_by, (void *) (uintptr_t) &waits[i]);
      core_expect ("{'DOWN', _, process, _, badarg}");
    }
  /* Waits for the names of functions, but goes back to nothing. */
  spawn_watched (matches_by, (void *) (uintptr_t) &raising);
  core_expect ("{'DOWN', _, process, _, {raised, [_ | _]}}");
}

/* ---- Releases ----------------------------------------------------------------------------------
 */

static bool
ends (struct grove_term term, void *user_data)
{
  (void) term;
  (void) user_data;
  grove_exit ("enough");
}

static void
receives_and_tells (void *data)
{
  struct grove_message *message;

  if (grove_receive (0, &message) == GROVE_OK)
    grove_message_free (message);
  grove_send (core_arg_pid (data), "released");
}

static void
ends_in_match (void *arg)
{
  struct grove_message *message;

  grove_defer (receives_and_tells, arg);
  grove_send (grove_self (), "anything");
  (void) !grove_receive_match (ends, NULL, GROVE_FOREVER, &message);
}

/* That the process ended within a match is nothing to its releases. */
static void
test_release_after_match (void *arg)
{
  (void) arg;
  spawn_watched (ends_in_match, core_pid_arg (grove_self ()));
  core_expect ("released");
  core_expect ("{'DOWN', _, process, _, enough}");
}

#define FAMILY 20

static unsigned n_begun;

static void
does_nothing (void *data)
{
  (void) data;
}

/* Half a slice, a release, and a child that does the same. */
static void
has_child (void *arg)
{
  n_begun++;
  grove_defer (does_nothing, NULL);
  if ((intptr_t) arg > 1)
    grove_spawn (has_child, (void *) ((intptr_t) arg - 1));
  for (int i = 0; i < 10; i++)
    grove_bump_reductions (100);
}

/* A family has one slice together, whatever is released in it. */
static void
test_heirs_and_releases (void *arg)
{
  unsigned most = 0;

  (void) arg;
  n_begun = 0;
  grove_spawn (has_child, (void *) (intptr_t) FAMILY);
  while (n_begun < FAMILY)
    {
      unsigned before = n_begun;
      grove_yield ();
      most = MAX (most, n_begun - before);
    }
  g_assert_cmpuint (most, <=, 4);
}

/* ---- Ending ------------------------------------------------------------------------------------
 */

#define MANY CORE_MANY (100000, 20000)

/* A timer that is set for one that is being taken apart goes with it. */
static void
test_timer_for_dying (void *arg)
{
  grove_pid pid = grove_spawn (core_idle, NULL);

  (void) arg;
  for (unsigned i = 0; i < MANY; i++)
    grove_monitor (pid);
  g_assert_true (grove_is_alive (pid));
  grove_exit_process (pid, "kill");
  while (grove_is_alive (pid))
    ;
  g_assert_true (_grove_observe_process (pid, &(struct grove_process_sample){ 0 }));
  g_assert_cmpint (grove_send_after (HOUR_NS, pid, NULL, "late"), ==, GROVE_OK);
  core_until_gone (pid);
  for (unsigned i = 0; i < 10000 && _grove_scheduler_self->timers.table.n > 0; i++)
    grove_yield ();
  g_assert_cmpuint (_grove_scheduler_self->timers.table.n, ==, 0);
}

#define HOSTILE __attribute__ ((noinline, noclone, no_sanitize ("undefined"), no_sanitize_thread))

/* Where the compiler cannot know it. */
static void *volatile nowhere;

HOSTILE static void
fails (void *behaviour, struct grove_term reason)
{
  (void) behaviour;
  (void) reason;
  *(volatile int *) nowhere = 1;
}

HOSTILE static void
fails_twice (void *arg)
{
  (void) arg;
  _grove_process_set_last_words (fails);
  *(volatile int *) nowhere = 1;
}

/* The second fault takes the place of the first. */
static void
test_fails_at_its_end (void *arg)
{
  (void) arg;
  spawn_watched (fails_twice, NULL);
  core_expect ("{'DOWN', _, process, _, {{signal, sigsegv, 0}, _}}");
}

static void
raises_large (void *arg)
{
  char text[1000] = { 0 };

  memset (text, 'x', sizeof text - 1);
  grove_send (core_arg_pid (arg), "raising");
  grove_raise ("~s", text);
}

/* What it raised goes with it; a leak is what the sanitizer would find. */
static void
test_killed_while_raising (void *arg)
{
  grove_pid pid;

  (void) arg;
  _grove_symbols_lock ();
  pid = spawn_on (1, raises_large, core_pid_arg (grove_self ()));
  core_expect ("raising");
  grove_exit_process (pid, "kill");
  core_until_gone (pid);
  _grove_symbols_unlock ();
}

static void
cancels (void *data)
{
  grove_ref timer = (grove_ref) (uintptr_t) data;

  g_assert_cmpint (grove_cancel_timer (timer), ==, GROVE_NO_TIMER);
}

static void
will_cancel (void *arg)
{
  grove_ref             timer;
  struct grove_message *message = core_receive ();

  g_assert_true (grove_match (grove_message_term (message), "~r", &timer));
  grove_message_free (message);
  grove_defer (cancels, (void *) (uintptr_t) timer);
  grove_send (core_arg_pid (arg), "ready");
  core_idle (NULL);
}

static void
sets_timer (void *arg)
{
  grove_ref timer;

  g_assert_cmpint (grove_send_after (HOUR_NS, core_arg_pid (arg), &timer, "late"), ==, GROVE_OK);
  grove_send (core_arg_pid (arg), "~r", timer);
}

/* What a release asks of another scheduler when the runtime stops is done, or at least not leaked.
 */
static void
test_asked_while_stopping (void *arg)
{
  grove_pid pid = spawn_on (0, will_cancel, core_pid_arg (grove_self ()));

  (void) arg;
  spawn_on (1, sets_timer, core_pid_arg (pid));
  core_expect ("ready");
}

int
main (int argc, char **argv)
{
  static const struct core_case cases[] = {
    { "/runtime/meeting/suspended-is-not-busy", test_suspended_is_not_busy, .n_schedulers = 1 },
    { "/runtime/meeting/suspended-in-match", test_suspended_in_match },
    { "/runtime/meeting/waits-in-match", test_waits_in_match },
    { "/runtime/meeting/release-after-match", test_release_after_match },
    { "/runtime/meeting/heirs-and-releases", test_heirs_and_releases, .n_schedulers = 1 },
    { "/runtime/meeting/timer-for-dying", test_timer_for_dying, .n_schedulers = 1 },
    { "/runtime/meeting/fails-at-its-end", test_fails_at_its_end },
    { "/runtime/meeting/killed-while-raising", test_killed_while_raising },
    { "/runtime/meeting/asked-while-stopping", test_asked_while_stopping },
  };

  return core_main (argc, argv, cases, G_N_ELEMENTS (cases));
}
