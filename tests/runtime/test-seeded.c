/* SPDX-License-Identifier: MIT
 *
 * Running from a seed: that a race is found, that its seed replays it exactly, and that the clock
 * is part of the replay. GROVE_SEED, when it is set, is the only seed that is tried.
 */
#include "runtime/core/seeded.h"
#include "tests/runtime/core-test.h"

#define N_SEEDS   200
#define N_REPLAYS 100

/* What a run did, as the program saw it. */
struct outcome
{
  uint64_t trace;
  uint64_t seed;
  guint    log_hash; /* who did what when */
  unsigned n_logged;
  int      value;
};

static struct outcome outcome;

static void
note (unsigned what)
{
  outcome.log_hash = outcome.log_hash * 31 + what + (guint) grove_now_ns () * 7;
  outcome.n_logged++;
}

static void
run_seed (uint64_t seed, grove_entry entry)
{
  /* Two are asked for, there is one. */
  const struct grove_options options = { .name = "seeded", .n_schedulers = 2, .seed = seed };

  outcome = (struct outcome){ .trace = 0 };
  g_assert_cmpint (grove_run (&options, entry, NULL), ==, GROVE_OK);
  outcome.trace = _grove_seeded_trace ();
}

/* ---- A planted race ---------------------------------------------------------------------------
 */

#define N_ADDERS 3
#define N_ADDS   4

static volatile int shared;
static volatile int odd;

static void
adds (void *arg)
{
  for (int i = 0; i < N_ADDS; i++)
    {
      int seen = shared;
      /* The end of a basic block between the load and the store is all that is needed. */
      if (seen % 2 == 1)
        odd = seen;
      shared = seen + 1;
      note ((unsigned) i);
    }
  grove_send (core_arg_pid (arg), "done");
}

static void
race_main (void *arg)
{
  (void) arg;
  shared = 0;
  outcome.seed = grove_seed ();
  g_assert_cmpuint (grove_schedulers (), ==, 1);
  for (int i = 0; i < N_ADDERS; i++)
    grove_spawn (adds, core_pid_arg (grove_self ()));
  for (int i = 0; i < N_ADDERS; i++)
    core_expect ("done");
  outcome.value = shared;
}

static uint64_t
first_seed (void)
{
  const char *text = g_getenv ("GROVE_SEED");

  return text != NULL ? g_ascii_strtoull (text, NULL, 0) : 1;
}

/* 0: none fails. */
static uint64_t
find_failing (grove_entry entry, int right)
{
  uint64_t seed = first_seed ();

  for (unsigned i = 0; i < N_SEEDS; i++, seed++)
    {
      run_seed (seed, entry);
      g_assert_cmpuint (outcome.seed, ==, seed);
      if (outcome.value != right)
        {
          g_test_message ("%d instead of %d with GROVE_SEED=%" G_GUINT64_FORMAT, outcome.value,
                          right, seed);
          return seed;
        }
    }
  return 0;
}

static void
test_race (void)
{
  uint64_t       seed = find_failing (race_main, N_ADDERS * N_ADDS);
  struct outcome found = outcome;
  unsigned       n_same = 0;

  g_assert_cmpuint (seed, !=, 0);
  /* The same in every run of this program, too. */
  g_test_message ("trace %016" G_GINT64_MODIFIER "x", found.trace);
  for (int i = 0; i < N_REPLAYS; i++)
    {
      run_seed (seed, race_main);
      g_assert_cmpint (outcome.value, ==, found.value);
      g_assert_cmpuint (outcome.trace, ==, found.trace);
      g_assert_cmpuint (outcome.log_hash, ==, found.log_hash);
      g_assert_cmpuint (outcome.n_logged, ==, N_ADDERS * N_ADDS);
    }
  /* And other seeds make other runs. */
  for (uint64_t other = seed + 1; other <= seed + 20; other++)
    {
      run_seed (other, race_main);
      n_same += outcome.trace == found.trace;
    }
  g_assert_cmpuint (n_same, ==, 0);
}

static void
unseeded_main (void *arg)
{
  (void) arg;
  g_assert_cmpuint (grove_seed (), ==, 0);
  g_assert_cmpuint (grove_schedulers (), ==, 2);
}

/* By the environment, where the options say nothing. */
static void
test_environment (void)
{
  char          *before = g_strdup (g_getenv ("GROVE_SEED"));
  struct outcome found;

  run_seed (4711, race_main);
  found = outcome;
  g_setenv ("GROVE_SEED", "0x1267", TRUE);
  run_seed (0, race_main);
  g_assert_cmpuint (outcome.seed, ==, 4711);
  g_assert_cmpuint (outcome.trace, ==, found.trace);
  /* The program's own goes first. */
  run_seed (5, race_main);
  g_assert_cmpuint (outcome.seed, ==, 5);
  g_unsetenv ("GROVE_SEED");
  run_seed (0, unseeded_main);
  g_assert_cmpuint (grove_seed (), ==, 0);
  if (before != NULL)
    g_setenv ("GROVE_SEED", before, TRUE);
  g_free (before);
}

/* ---- The clock --------------------------------------------------------------------------------
 */

static unsigned order[8];
static unsigned n_ordered;

static void
sleeps (void *arg)
{
  grove_sleep_ms (3600 * 1000 * (uint64_t) (uintptr_t) arg);
  order[n_ordered++] = (unsigned) (uintptr_t) arg;
  note ((unsigned) (uintptr_t) arg);
}

static void
clock_main (void *arg)
{
  struct grove_message *message;
  uint64_t              began = grove_now_ns ();

  (void) arg;
  n_ordered = 0;
  for (uintptr_t i = 8; i > 0; i--)
    grove_spawn (sleeps, (void *) i);
  /* Nine hours, by a clock that nobody waits for. */
  g_assert_cmpint (grove_receive (9 * 3600 * CORE_SECOND_NS, &message), ==, GROVE_ERR_TIMEOUT);
  g_assert_cmpuint (grove_now_ns () - began, >=, 9 * 3600 * (uint64_t) CORE_SECOND_NS);
  g_assert_cmpuint (grove_now_ns () - began, <, 9 * 3601 * (uint64_t) CORE_SECOND_NS);
  /* And it moves while somebody looks at it only. */
  began = grove_now_ns ();
  while (grove_now_ns () - began < 1000000)
    ;
}

static void
test_clock (void)
{
  struct outcome found;

  run_seed (first_seed (), clock_main);
  found = outcome;
  g_assert_cmpuint (n_ordered, ==, 8);
  for (unsigned i = 0; i < 8; i++)
    g_assert_cmpuint (order[i], ==, i + 1);
  run_seed (first_seed (), clock_main);
  g_assert_cmpuint (outcome.trace, ==, found.trace);
  g_assert_cmpuint (outcome.log_hash, ==, found.log_hash);
}

/* A timeout and the message it waits for, in a race that only the clock decides. */
static void
answers_late (void *arg)
{
  volatile unsigned n = 0;

  while (n < 300000)
    n++;
  grove_send (core_arg_pid (arg), "answer");
}

static void
timeout_main (void *arg)
{
  struct grove_message *message;

  (void) arg;
  outcome.seed = grove_seed ();
  grove_spawn (answers_late, core_pid_arg (grove_self ()));
  /* About what so many rounds take by the seeded clock: from far too little to enough. */
  outcome.value = grove_receive ((int64_t) grove_seed () * 100000, &message) == GROVE_OK;
  if (outcome.value)
    grove_message_free (message);
}

static void
test_timeout (void)
{
  unsigned n_answers = 0;

  for (uint64_t seed = 1; seed <= 40; seed++)
    {
      struct outcome found;
      run_seed (seed, timeout_main);
      found = outcome;
      n_answers += found.value == 1;
      run_seed (seed, timeout_main);
      g_assert_cmpint (outcome.value, ==, found.value);
      g_assert_cmpuint (outcome.trace, ==, found.trace);
    }
  g_assert_cmpuint (n_answers, >, 0);
  g_assert_cmpuint (n_answers, <, 40);
  g_test_message ("%u of 40 were in time", n_answers);
}

/* ---- A program of some size -------------------------------------------------------------------
 */

static void
worker (void *arg)
{
  for (;;)
    {
      struct grove_message *message = core_receive ();
      int                   n;
      bool                  work = grove_match (grove_message_term (message), "~i", &n);
      grove_message_free (message);
      if (!work)
        return;
      note ((unsigned) n);
      if (n > 0 && n % 7 == 0)
        grove_sleep_ms ((uint64_t) n);
      grove_send (core_arg_pid (arg), "~i", n);
    }
}

static void
many_main (void *arg)
{
  grove_pid pids[20];
  grove_ref monitors[20];

  (void) arg;
  for (unsigned i = 0; i < 20; i++)
    {
      pids[i] = grove_spawn (worker, core_pid_arg (grove_self ()));
      monitors[i] = grove_monitor (pids[i]);
    }
  for (int n = 0; n < 400; n++)
    grove_send (pids[n % 20], "~i", n);
  for (int n = 0; n < 400; n++)
    {
      int got;
      core_expect ("~i", &got);
      note ((unsigned) got);
    }
  for (unsigned i = 0; i < 20; i++)
    {
      grove_send (pids[i], "stop");
      (void) monitors[i];
      core_expect ("{'DOWN', _, process, _, normal}");
    }
}

static void
test_many (void)
{
  struct outcome found;

  run_seed (first_seed (), many_main);
  found = outcome;
  g_assert_cmpuint (found.n_logged, ==, 800);
  for (int i = 0; i < CORE_MANY (20, 5); i++)
    {
      run_seed (first_seed (), many_main);
      g_assert_cmpuint (outcome.trace, ==, found.trace);
      g_assert_cmpuint (outcome.log_hash, ==, found.log_hash);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/runtime/seeded/race-is-found-and-replayed", test_race);
  g_test_add_func ("/runtime/seeded/environment", test_environment);
  g_test_add_func ("/runtime/seeded/clock", test_clock);
  g_test_add_func ("/runtime/seeded/timeout", test_timeout);
  g_test_add_func ("/runtime/seeded/many", test_many);
  return g_test_run ();
}
