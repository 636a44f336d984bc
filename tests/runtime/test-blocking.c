/* SPDX-License-Identifier: MIT
 *
 * Work that blocks a thread, and what becomes of it when its process does not wait for it.
 */
#include "runtime/io/blocking.h"

#include "core-test.h"
#include "runtime/io/blocking-private.h"

#include <errno.h>
#include <unistd.h>

/* A gate that work waits at until the test opens it. */
static pthread_mutex_t gate_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t  gate_cond = PTHREAD_COND_INITIALIZER;
static int             n_at_gate;
static bool            gate_open;

static void
gate_reset (void)
{
  n_at_gate = 0;
  gate_open = false;
}

static void
gate_pass (void)
{
  pthread_mutex_lock (&gate_mutex);
  n_at_gate++;
  pthread_cond_broadcast (&gate_cond);
  while (!gate_open)
    pthread_cond_wait (&gate_cond, &gate_mutex);
  pthread_mutex_unlock (&gate_mutex);
}

static int
gate_waiting (void)
{
  int n;

  _grove_preempt_disable ();
  pthread_mutex_lock (&gate_mutex);
  n = n_at_gate;
  pthread_mutex_unlock (&gate_mutex);
  _grove_preempt_enable ();
  return n;
}

static void
gate_wait_for (int n)
{
  while (gate_waiting () < n)
    grove_sleep_ms (1);
}

static void
gate_let_all_pass (void)
{
  _grove_preempt_disable ();
  pthread_mutex_lock (&gate_mutex);
  gate_open = true;
  pthread_cond_broadcast (&gate_cond);
  pthread_mutex_unlock (&gate_mutex);
  _grove_preempt_enable ();
}

static void
works_at_gate (void *data)
{
  (void) data;
  gate_pass ();
}

/* ---- The work ----------------------------------------------------------------------------------
 */

struct sum
{
  int       a, b, sum;
  pthread_t thread;
};

static void
adds (void *data)
{
  struct sum *sum = data;

  sum->sum = sum->a + sum->b;
  sum->thread = pthread_self ();
  errno = ENOTTY;
}

static void
test_result (void *arg)
{
  struct sum sum = { .a = 20, .b = 22 };

  (void) arg;
  g_assert_cmpint (grove_blocking (adds, &sum, sizeof sum, NULL, GROVE_FOREVER), ==, GROVE_OK);
  g_assert_cmpint (errno, ==, ENOTTY);
  g_assert_cmpint (sum.sum, ==, 42);
  g_assert_false (pthread_equal (sum.thread, pthread_self ()));
}

static void
works_on_nothing (void *data)
{
  (void) data;
}

static void
test_misuse (void *arg)
{
  static char large[65537];
  int         data = 0;

  (void) arg;
  g_assert_cmpint (grove_blocking (NULL, &data, sizeof data, NULL, 0), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_blocking (adds, NULL, 1, NULL, 0), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_blocking (adds, large, sizeof large, NULL, 0), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_blocking (adds, &data, sizeof data, NULL, -1), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_blocking (works_on_nothing, NULL, 0, NULL, GROVE_FOREVER), ==, GROVE_OK);
}

static void
blocks_at_gate (void *arg)
{
  g_assert_cmpint (grove_blocking (works_at_gate, NULL, 0, NULL, GROVE_FOREVER), ==, GROVE_OK);
  grove_send (core_arg_pid (arg), "passed");
}

/* While all threads are blocked, everything else goes on on the one scheduler. */
static void
test_others_go_on (void *arg)
{
  grove_pid trapper;

  (void) arg;
  gate_reset ();
  for (int i = 0; i < 10; i++)
    grove_spawn (blocks_at_gate, core_pid_arg (grove_self ()));
  gate_wait_for (10);
  trapper = core_spawn_trapper ();
  for (int i = 0; i < 1000; i++)
    {
      grove_send (trapper, "x");
      core_expect ("{got, x}");
    }
  core_expect_nothing ();
  gate_let_all_pass ();
  for (int i = 0; i < 10; i++)
    core_expect ("passed");
}

/* ---- Without its process -----------------------------------------------------------------------
 */

static int             n_dropped;
static void           *dropped;
static pthread_mutex_t dropped_mutex = PTHREAD_MUTEX_INITIALIZER;

static void
drops (void *data)
{
  pthread_mutex_lock (&dropped_mutex);
  n_dropped++;
  dropped = *(void **) data;
  g_free (dropped);
  pthread_mutex_unlock (&dropped_mutex);
}

static int
dropped_count (void)
{
  int n;

  _grove_preempt_disable ();
  pthread_mutex_lock (&dropped_mutex);
  n = n_dropped;
  pthread_mutex_unlock (&dropped_mutex);
  _grove_preempt_enable ();
  return n;
}

static void
makes_at_gate (void *data)
{
  *(void **) data = g_malloc (100);
  gate_pass ();
}

static void
blocks_and_makes (void *arg)
{
  void *made = NULL;

  (void) arg;
  g_assert_cmpint (grove_blocking (makes_at_gate, &made, sizeof made, drops, GROVE_FOREVER), ==,
                   GROVE_OK);
  g_free (made);
}

/* A process that is killed ends at once; what its work made is freed when that is done. */
static void
test_killed (void *arg)
{
  grove_pid pid;

  (void) arg;
  gate_reset ();
  n_dropped = 0;
  pid = grove_spawn (blocks_and_makes, NULL);
  gate_wait_for (1);
  grove_exit_process (pid, "kill");
  core_expect_down (pid, "_");
  g_assert_cmpint (dropped_count (), ==, 0);
  gate_let_all_pass ();
  while (dropped_count () == 0)
    grove_sleep_ms (1);
}

/* Killed at every moment: freed once, by one of the two. */
static void
makes (void *data)
{
  *(void **) data = g_malloc (100);
}

static void
makes_for_ever (void *arg)
{
  (void) arg;
  for (;;)
    {
      void *made = NULL;
      _grove_preempt_disable ();
      g_assert_cmpint (grove_blocking (makes, &made, sizeof made, drops, GROVE_FOREVER), ==,
                       GROVE_OK);
      g_free (made);
      _grove_preempt_enable ();
    }
}

static void
test_killed_randomly (void *arg)
{
  (void) arg;
  for (int i = 0; i < CORE_MANY (2000, 200); i++)
    {
      grove_pid pid = _grove_process_spawn_on ((unsigned) i % 2, makes_for_ever, NULL);
      for (int j = 0; j < i % 10; j++)
        grove_yield ();
      grove_exit_process (pid, "kill");
      core_expect_down (pid, "_");
    }
}

static void
test_timeout (void *arg)
{
  void *made = NULL;

  (void) arg;
  gate_reset ();
  n_dropped = 0;
  g_assert_cmpint (grove_blocking (makes_at_gate, &made, sizeof made, drops, 1000000), ==,
                   GROVE_ERR_TIMEOUT);
  g_assert_null (made);
  gate_let_all_pass ();
  while (dropped_count () == 0)
    grove_sleep_ms (1);
}

/* Work is under way and in line when the runtime stops: it comes to its end, and is freed. */
static void
stops_meanwhile (void *arg)
{
  (void) arg;
  gate_reset ();
  n_dropped = 0;
  for (int i = 0; i < 20; i++)
    grove_spawn (blocks_and_makes, NULL);
  gate_wait_for (4);
  while (_grove_blocking_look ().n_waiting < 16)
    grove_sleep_ms (1);
  gate_let_all_pass ();
}

static void
test_stop (void)
{
  const struct grove_options options = { .n_schedulers = 2, .max_blocking = 4 };

  g_assert_cmpint (grove_run (&options, stops_meanwhile, NULL), ==, GROVE_OK);
  g_assert_cmpuint (_grove_blocking_look ().n_threads, ==, 0);
}

/* ---- The threads -------------------------------------------------------------------------------
 */

#define MANY 200

static void
limited (void *arg)
{
  (void) arg;
  gate_reset ();
  for (int i = 0; i < MANY; i++)
    grove_spawn (blocks_at_gate, core_pid_arg (grove_self ()));
  gate_wait_for (4);
  while (_grove_blocking_look ().n_waiting < MANY - 4)
    grove_sleep_ms (1);
  g_assert_cmpint (gate_waiting (), ==, 4);
  g_assert_cmpuint (_grove_blocking_look ().n_threads, ==, 4);
  gate_let_all_pass ();
  for (int i = 0; i < MANY; i++)
    core_expect ("passed");
}

static void
test_limit (void)
{
  const struct grove_options options = { .n_schedulers = 2, .max_blocking = 4 };

  g_assert_cmpint (grove_run (&options, limited, NULL), ==, GROVE_OK);
}

/* Threads without work end. */
static void
test_idle_threads (void *arg)
{
  struct sum sum = { .a = 1, .b = 1 };

  (void) arg;
  g_assert_cmpint (grove_blocking (adds, &sum, sizeof sum, NULL, GROVE_FOREVER), ==, GROVE_OK);
  g_assert_cmpuint (_grove_blocking_look ().n_threads, >=, 1);
  while (_grove_blocking_look ().n_threads > 0)
    grove_sleep_ms (10);
  g_assert_cmpint (grove_blocking (adds, &sum, sizeof sum, NULL, GROVE_FOREVER), ==, GROVE_OK);
}

#define LINE 10000

static void
full (void *arg)
{
  grove_pid *pids = grove_alloc (LINE * sizeof *pids);
  int        data = 0;

  (void) arg;
  gate_reset ();
  grove_spawn (blocks_at_gate, core_pid_arg (grove_self ()));
  gate_wait_for (1);
  for (int i = 0; i < LINE; i++)
    pids[i] = grove_spawn (blocks_at_gate, core_pid_arg (grove_self ()));
  while (_grove_blocking_look ().n_waiting < LINE)
    grove_sleep_ms (1);
  g_assert_cmpint (grove_blocking (adds, &data, sizeof data, NULL, GROVE_FOREVER), ==,
                   GROVE_ERR_SYSTEM_LIMIT);
  /* Those that are killed keep their places until it is their turn. */
  for (int i = 0; i < LINE; i++)
    grove_exit_process (pids[i], "kill");
  gate_let_all_pass ();
  core_expect ("passed");
}

static void
test_full (void)
{
  const struct grove_options options = { .n_schedulers = 1, .max_blocking = 1 };

  if (CORE_MANY (1, 0) == 0)
    g_test_skip ("10,000 stacks of their own");
  else
    g_assert_cmpint (grove_run (&options, full, NULL), ==, GROVE_OK);
}

/* ---- Priorities --------------------------------------------------------------------------------
 */

#define EACH 160

static int n_normal_done, n_low_meanwhile;

static void
counts_normal (void *data)
{
  (void) data;
  n_normal_done++;
}

static void
counts_low (void *data)
{
  (void) data;
  if (n_normal_done < EACH)
    n_low_meanwhile++;
}

static void
works_normally (void *arg)
{
  g_assert_cmpint (grove_blocking (counts_normal, NULL, 0, NULL, GROVE_FOREVER), ==, GROVE_OK);
  grove_send (core_arg_pid (arg), "passed");
}

static void
works_low (void *arg)
{
  g_assert_cmpint (grove_blocking (counts_low, NULL, 0, NULL, GROVE_FOREVER), ==, GROVE_OK);
  grove_send (core_arg_pid (arg), "passed");
}

/* One thread, held until all are in line: then it has the order in its hands. */
static void
fair (void *arg)
{
  (void) arg;
  gate_reset ();
  n_normal_done = n_low_meanwhile = 0;
  grove_spawn (blocks_at_gate, core_pid_arg (grove_self ()));
  gate_wait_for (1);
  for (int i = 0; i < EACH; i++)
    {
      core_spawn_priority (works_low, core_pid_arg (grove_self ()), GROVE_PRIORITY_LOW);
      core_spawn_priority (works_normally, core_pid_arg (grove_self ()), GROVE_PRIORITY_NORMAL);
    }
  while (_grove_blocking_look ().n_waiting < 2 * EACH)
    grove_sleep_ms (1);
  gate_let_all_pass ();
  for (int i = 0; i < 2 * EACH + 1; i++)
    core_expect ("passed");
  /* An eighth of the turns, while normal ones waited. */
  g_assert_cmpint (n_low_meanwhile, >=, EACH / 20);
  g_assert_cmpint (n_low_meanwhile, <=, EACH / 2);
}

static void
test_fair (void)
{
  const struct grove_options options = { .n_schedulers = 2, .max_blocking = 1 };

  g_assert_cmpint (grove_run (&options, fair, NULL), ==, GROVE_OK);
}

static const struct core_case cases[] = {
  { "/runtime/blocking/result", test_result },
  { "/runtime/blocking/misuse", test_misuse },
  { "/runtime/blocking/others-go-on-128", test_others_go_on, .n_schedulers = 1 },
  { "/runtime/blocking/killed", test_killed },
  { "/runtime/blocking/killed-randomly", test_killed_randomly },
  { "/runtime/blocking/timeout", test_timeout },
  { "/runtime/blocking/idle-threads", test_idle_threads },
};

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i], core_run);
  g_test_add_func ("/runtime/blocking/stop", test_stop);
  g_test_add_func ("/runtime/blocking/limit", test_limit);
  g_test_add_func ("/runtime/blocking/full", test_full);
  g_test_add_func ("/runtime/blocking/fair-128", test_fair);
  return g_test_run ();
}
