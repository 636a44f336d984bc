/* SPDX-License-Identifier: MIT
 *
 * Timers of processes: what arrives, when at the earliest, and what is left of them afterwards.
 */
#include "runtime/core/timer.h"

#include "core-test.h"
#include "runtime/core/scheduler.h"

#define MS INT64_C (1000000)

/* Runs @ask as a process of the second scheduler, and waits for its end. */
static void
on_other_scheduler (grove_entry ask, void *arg)
{
  grove_pid pid = _grove_process_spawn_on (1, ask, arg);

  g_assert_cmpuint (pid, !=, 0);
  core_expect_down (pid, "_");
}

static uint32_t
n_pending (void)
{
  uint32_t n = 0;

  for (unsigned i = 0; i < _grove_runtime.n_schedulers; i++)
    n += _grove_runtime.schedulers[i].timers.table.n;
  return n;
}

/* Only for tests that let nobody set or fire any meanwhile; on one scheduler. */
static void
wait_until_none_pending (void)
{
  while (n_pending () > 0)
    grove_yield ();
}

/* ---- Setting -----------------------------------------------------------------------------------
 */

static void
test_arrive (void *arg)
{
  uint64_t  started = grove_now_ns ();
  grove_ref timer, got;
  int       n;

  (void) arg;
  g_assert_cmpint (grove_send_after (2 * MS, grove_self (), NULL, "{hi, ~i}", 7), ==, GROVE_OK);
  core_expect ("{hi, ~i}", &n);
  g_assert_cmpint (n, ==, 7);
  g_assert_cmpuint (grove_now_ns () - started, >=, 2 * MS);
  started = grove_now_ns ();
  g_assert_cmpint (grove_start_timer (MS, grove_self (), &timer, "hi"), ==, GROVE_OK);
  core_expect ("{timeout, ~r, hi}", &got);
  g_assert_cmpuint (got, ==, timer);
  g_assert_cmpuint (grove_now_ns () - started, >=, MS);
  g_assert_cmpint (grove_start_timer (0, grove_self (), &timer, "now"), ==, GROVE_OK);
  core_expect ("{timeout, ~r, now}", &got);
  g_assert_cmpuint (got, ==, timer);
  core_expect_nothing ();
}

static void
test_cancel (void *arg)
{
  grove_ref timer;
  int64_t   left;

  (void) arg;
  g_assert_cmpint (grove_cancel_timer (grove_make_ref ()), ==, GROVE_NO_TIMER);
  g_assert_cmpint (grove_cancel_timer (0), ==, GROVE_NO_TIMER);
  g_assert_cmpint (grove_cancel_timer (UINT64_MAX), ==, GROVE_NO_TIMER);
  g_assert_cmpint (grove_send_after (CORE_DEADLINE_NS, grove_self (), &timer, "x"), ==, GROVE_OK);
  left = grove_read_timer (timer);
  g_assert_cmpint (left, >, 0);
  g_assert_cmpint (left, <=, CORE_DEADLINE_NS);
  left = grove_cancel_timer (timer);
  g_assert_cmpint (left, >, 0);
  g_assert_cmpint (left, <=, CORE_DEADLINE_NS);
  g_assert_cmpint (grove_cancel_timer (timer), ==, GROVE_NO_TIMER);
  g_assert_cmpint (grove_read_timer (timer), ==, GROVE_NO_TIMER);
  g_assert_cmpint (grove_send_after (1, grove_self (), &timer, "fired"), ==, GROVE_OK);
  core_expect ("fired");
  g_assert_cmpint (grove_read_timer (timer), ==, GROVE_NO_TIMER);
  g_assert_cmpint (grove_cancel_timer (timer), ==, GROVE_NO_TIMER);
  core_expect_nothing ();
}

/* The timers of the first scheduler, looked at from the second. */
static grove_ref elsewhere[3];

static void
asks_elsewhere (void *arg)
{
  (void) arg;
  g_assert_cmpint (grove_read_timer (elsewhere[0]), >, 0);
  g_assert_cmpint (grove_cancel_timer (elsewhere[0]), >, 0);
  g_assert_cmpint (grove_read_timer (elsewhere[0]), ==, GROVE_NO_TIMER);
  g_assert_cmpint (grove_cancel_timer (elsewhere[0]), ==, GROVE_NO_TIMER);
}

static void
test_elsewhere (void *arg)
{
  (void) arg;
  g_assert_cmpint (grove_send_after (CORE_DEADLINE_NS, grove_self (), &elsewhere[0], "x"), ==,
                   GROVE_OK);
  on_other_scheduler (asks_elsewhere, NULL);
  g_assert_cmpint (grove_read_timer (elsewhere[0]), ==, GROVE_NO_TIMER);
}

static void
asks_async (void *arg)
{
  grove_ref got;
  int64_t   left;

  (void) arg;
  grove_read_timer_async (elsewhere[0]);
  grove_cancel_timer_async (elsewhere[0]);
  grove_read_timer_async (elsewhere[0]);
  grove_cancel_timer_async (elsewhere[0]);
  core_expect ("{read_timer, ~r, ~l}", &got, &left);
  g_assert_cmpuint (got, ==, elsewhere[0]);
  g_assert_cmpint (left, >, 0);
  core_expect ("{cancel_timer, ~r, ~l}", &got, &left);
  g_assert_cmpuint (got, ==, elsewhere[0]);
  g_assert_cmpint (left, >, 0);
  core_expect ("{read_timer, ~r, false}", &got);
  core_expect ("{cancel_timer, ~r, false}", &got);
  g_assert_cmpuint (got, ==, elsewhere[0]);
  grove_cancel_timer_async (UINT64_MAX);
  core_expect ("{cancel_timer, ~r, false}", &got);
  g_assert_cmpuint (got, ==, UINT64_MAX);
}

static void
test_async (void *arg)
{
  for (int i = 0; i < 2; i++)
    {
      g_assert_cmpint (grove_send_after (CORE_DEADLINE_NS, grove_self (), &elsewhere[0], "x"), ==,
                       GROVE_OK);
      if (i == 0)
        asks_async (arg);
      else
        on_other_scheduler (asks_async, NULL);
    }
  core_expect_nothing ();
}

static void
test_order (void *arg)
{
  static const int ms[] = { 50, 0, 30, 10, 100, 40, 20, 103, 101, 102 };
  int              last = -1;

  (void) arg;
  for (gsize i = 0; i < G_N_ELEMENTS (ms); i++)
    g_assert_cmpint (grove_send_after (ms[i] * MS, grove_self (), NULL, "~i", ms[i]), ==, GROVE_OK);
  for (gsize i = 0; i < G_N_ELEMENTS (ms); i++)
    {
      int now;
      core_expect ("~i", &now);
      g_assert_cmpint (now, >, last);
      last = now;
    }
}

static void
test_far (void *arg)
{
  static const int64_t ms[] = { INT64_C (1) << 31, INT64_C (1) << 32, INT64_C (1) << 33 };
  grove_ref            timer;

  (void) arg;
  for (gsize i = 0; i < G_N_ELEMENTS (ms); i++)
    {
      g_assert_cmpint (grove_send_after (ms[i] * MS, grove_self (), &timer, "x"), ==, GROVE_OK);
      g_assert_cmpint (grove_read_timer (timer), <=, ms[i] * MS);
      g_assert_cmpint (grove_read_timer (timer), >, ms[i] * MS - CORE_DEADLINE_NS);
      g_assert_cmpint (grove_cancel_timer (timer), >, ms[i] * MS - CORE_DEADLINE_NS);
    }
  g_assert_cmpint (grove_send_after (INT64_MAX, grove_self (), &timer, "x"), ==, GROVE_OK);
  g_assert_cmpint (grove_cancel_timer (timer), >, 0);
}

static void
test_misuse (void *arg)
{
  char      long_name[300];
  grove_ref timer = 7;

  (void) arg;
  memset (long_name, 'n', sizeof long_name);
  long_name[sizeof long_name - 1] = '\0';
  g_assert_cmpint (grove_send_after (-1, grove_self (), &timer, "x"), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_start_timer (INT64_MIN, grove_self (), &timer, "x"), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_send_after_name (-1, "name", &timer, "x"), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_send_after_name (1, NULL, &timer, "x"), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_send_after_name (1, "", &timer, "x"), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_start_timer_name (1, long_name, &timer, "x"), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_send_interval (0, grove_self (), &timer, "x"), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_send_interval (-5, grove_self (), &timer, "x"), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_send_after (1, grove_self (), &timer, "{"), ==, GROVE_ERR_SYNTAX);
  g_assert_cmpuint (timer, ==, 7);
  g_assert_cmpuint (n_pending (), ==, 0);
}

#define LIMIT 100U

static void
limit_main (void *arg)
{
  grove_ref timer, more;

  (void) arg;
  for (unsigned i = 0; i < LIMIT; i++)
    g_assert_cmpint (grove_send_after (CORE_DEADLINE_NS, grove_self (), &timer, "x"), ==, GROVE_OK);
  g_assert_cmpint (grove_send_after (CORE_DEADLINE_NS, grove_self (), &more, "x"), ==,
                   GROVE_ERR_SYSTEM_LIMIT);
  g_assert_cmpint (grove_cancel_timer (timer), >, 0);
  g_assert_cmpint (grove_send_after (CORE_DEADLINE_NS, grove_self (), &timer, "x"), ==, GROVE_OK);
}

static void
test_limit (void)
{
  const struct grove_options options = { .n_schedulers = 1, .max_timers = LIMIT };

  g_assert_cmpint (grove_run (&options, limit_main, NULL), ==, GROVE_OK);
}

/* ---- Whom they are for -------------------------------------------------------------------------
 */

static void
test_name (void *arg)
{
  grove_pid trapper = core_spawn_trapper ();
  grove_ref timer, got;

  (void) arg;
  /* Set while nobody has the name. */
  g_assert_cmpint (grove_send_after_name (10 * MS, "later", NULL, "one"), ==, GROVE_OK);
  g_assert_cmpint (grove_start_timer_name (20 * MS, "later", &timer, "two"), ==, GROVE_OK);
  g_assert_cmpint (grove_register ("later", trapper), ==, GROVE_OK);
  core_expect ("{got, one}");
  core_expect ("{got, {timeout, ~r, two}}", &got);
  g_assert_cmpuint (got, ==, timer);
  /* The name is another's when the time has come. */
  g_assert_cmpint (grove_send_after_name (MS, "later", NULL, "three"), ==, GROVE_OK);
  g_assert_cmpint (grove_unregister ("later"), ==, GROVE_OK);
  g_assert_cmpint (grove_register ("later", grove_self ()), ==, GROVE_OK);
  core_expect ("three");
  /* Nobody's. */
  g_assert_cmpint (grove_send_after_name (0, "nobody", &timer, "four"), ==, GROVE_OK);
  while (grove_read_timer (timer) != GROVE_NO_TIMER)
    grove_yield ();
  core_expect_nothing ();
}

static void
sets_many (void *arg)
{
  grove_pid to = core_arg_pid (arg);

  for (int i = 0; i < 500; i++)
    g_assert_cmpint (grove_send_after (CORE_DEADLINE_NS, to, NULL, "x"), ==, GROVE_OK);
}

static void
test_end (void *arg)
{
  grove_pid dead = grove_spawn (core_idle, NULL);
  grove_pid pid = grove_spawn (core_idle, NULL);
  grove_ref timer;

  (void) arg;
  grove_exit_process (dead, "kill");
  core_expect_down (dead, "_");
  g_assert_cmpint (grove_send_after (1, dead, &timer, "x"), ==, GROVE_OK);
  g_assert_cmpint (grove_send_after (1, 0, &timer, "x"), ==, GROVE_OK);
  g_assert_cmpint (grove_send_after (1, UINT64_MAX, &timer, "x"), ==, GROVE_OK);
  g_assert_cmpint (grove_cancel_timer (timer), ==, GROVE_NO_TIMER);
  g_assert_cmpuint (n_pending (), ==, 0);
  sets_many (core_pid_arg (pid));
  sets_many (core_pid_arg (grove_self ()));
  g_assert_cmpint (grove_send_after (CORE_DEADLINE_NS, pid, &timer, "x"), ==, GROVE_OK);
  g_assert_cmpuint (n_pending (), ==, 1001);
  grove_exit_process (pid, "kill");
  core_expect_down (pid, "_");
  /* Gone before anybody hears of the end. */
  g_assert_cmpint (grove_read_timer (timer), ==, GROVE_NO_TIMER);
  while (n_pending () > 500)
    grove_yield ();
  /* And those of a process that sets some for itself and ends. */
  pid = grove_spawn (core_idle, NULL);
  grove_exit_process (grove_spawn (sets_many, core_pid_arg (pid)), "kill");
}

/* Timers on the first scheduler for processes of the second, which end: while they are set, too. */
static void
test_end_elsewhere (void *arg)
{
  (void) arg;
  for (int round = 0; round < CORE_MANY (300, 50); round++)
    {
      grove_pid pid = _grove_process_spawn_on (1, core_idle, NULL);
      grove_ref timer;

      for (int i = 0; i < round % 5; i++)
        g_assert_cmpint (grove_send_after (CORE_DEADLINE_NS, pid, &timer, "x"), ==, GROVE_OK);
      grove_exit_process (pid, "kill");
      for (int i = 0; i < round % 7; i++)
        g_assert_cmpint (grove_send_after (CORE_DEADLINE_NS, pid, &timer, "x"), ==, GROVE_OK);
    }
  while (_grove_runtime.schedulers[0].timers.table.n > 0)
    grove_sleep_ms (1);
  g_assert_cmpuint (_grove_runtime.schedulers[0].timers.by_pid.n, ==, 0);
}

/* The same as a process that moves: it has no frames while it hibernates. */
static void
ends_when_told (void *arg)
{
  (void) arg;
}

static void
sets_and_hibernates (void *arg)
{
  sets_many (core_pid_arg (grove_self ()));
  grove_send (core_arg_pid (arg), "set");
  grove_hibernate (ends_when_told, NULL);
}

static void
test_end_moved (void *arg)
{
  grove_pid             pid = grove_spawn (sets_and_hibernates, core_pid_arg (grove_self ()));
  struct grove_process *process = _grove_table_block (pid);

  (void) arg;
  core_expect ("set");
  while (GROVE_GET (process->state) != GROVE_STATE_WAITING)
    grove_yield ();
  grove_send (pid, "end");
  /* It can run now, without frames, and is given away as a scheduler would do it. */
  if (process->queued)
    {
      _grove_run_queue_remove (&_grove_scheduler_self->queue, process);
      _grove_placement_hand (&_grove_runtime.schedulers[1], process);
      _grove_scheduler_wake (&_grove_runtime.schedulers[1]);
    }
  core_expect_down (pid, "_");
  while (_grove_runtime.schedulers[0].timers.table.n > 0)
    grove_sleep_ms (1);
}

/* ---- Series ------------------------------------------------------------------------------------
 */

static void
test_interval (void *arg)
{
  grove_pid trapper = core_spawn_trapper ();
  uint64_t  started = grove_now_ns ();
  grove_ref timer, other, once;

  (void) arg;
  g_assert_cmpint (grove_send_interval (2 * MS, grove_self (), &timer, "tick"), ==, GROVE_OK);
  g_assert_cmpint (grove_send_after (CORE_DEADLINE_NS, grove_self (), &once, "x"), ==, GROVE_OK);
  for (uint64_t i = 1; i <= 5; i++)
    {
      core_expect ("tick");
      g_assert_cmpuint (grove_now_ns () - started, >=, i * 2 * MS);
    }
  g_assert_cmpuint (timer, !=, once);
  g_assert_cmpint (grove_read_timer (timer), <=, 2 * MS);
  g_assert_cmpint (grove_cancel_timer (timer), >=, 0);
  g_assert_cmpint (grove_read_timer (timer), ==, GROVE_NO_TIMER);
  g_assert_cmpint (grove_cancel_timer (once), >, 0);
  /* One that has come meanwhile stays; no other follows. */
  while (n_pending () > 0)
    grove_yield ();
  grove_sleep_ms (5);
  for (struct grove_message *message; grove_receive (0, &message) == GROVE_OK;)
    grove_message_free (message);
  core_expect_nothing ();
  /* It ends with its process. */
  g_assert_cmpint (grove_send_interval (MS, trapper, &other, "tick"), ==, GROVE_OK);
  core_expect ("{got, tick}");
  core_expect ("{got, tick}");
  grove_exit_process (trapper, "kill");
  core_expect_down (trapper, "_");
  g_assert_cmpint (grove_read_timer (other), ==, GROVE_NO_TIMER);
  wait_until_none_pending ();
}

/* Times that were missed are left out. */
static void
test_interval_missed (void *arg)
{
  grove_ref timer;
  int       n = 0;

  (void) arg;
  g_assert_cmpint (grove_send_interval (1, grove_self (), &timer, "tick"), ==, GROVE_OK);
  grove_sleep_ms (20);
  g_assert_cmpint (grove_cancel_timer (timer), >=, 0);
  for (struct grove_message *message; grove_receive (0, &message) == GROVE_OK; n++)
    grove_message_free (message);
  g_assert_cmpint (n, >, 0);
  /* There are 20,000,000 of a nanosecond each. */
  g_assert_cmpint (n, <, 1000000);
}

/* ---- Many --------------------------------------------------------------------------------------
 */

#define N_SAME (3 * 256 + 1)

static volatile bool     watching;
static volatile uint64_t most_in_a_turn;

/* How many messages go out between two turns of a process. */
static void
watches (void *arg)
{
  uint64_t before = GROVE_GET (_grove_scheduler_self->n_sent);

  (void) arg;
  while (watching)
    {
      uint64_t now = GROVE_GET (_grove_scheduler_self->n_sent);
      most_in_a_turn = MAX (most_in_a_turn, now - before);
      before = now;
      grove_yield ();
    }
}

/* All for one moment: they come in batches, between which others have their turns. */
static void
test_same_time (void *arg)
{
  grove_pid watcher;
  uint64_t  deadline = grove_now_ns () + CORE_MANY (20, 200) * MS;

  (void) arg;
  for (int i = 0; i < N_SAME; i++)
    {
      uint64_t now = grove_now_ns ();
      g_assert_cmpint (grove_send_after (now < deadline ? (int64_t) (deadline - now) : 0,
                                         grove_self (), NULL, "x"),
                       ==, GROVE_OK);
    }
  watching = true;
  most_in_a_turn = 0;
  watcher = grove_spawn (watches, NULL);
  for (int i = 0; i < N_SAME; i++)
    core_expect ("x");
  watching = false;
  core_expect_down (watcher, "normal");
  core_expect_nothing ();
  /* A batch before the turn of each of the two. */
  g_assert_cmpuint (most_in_a_turn, >, 0);
  g_assert_cmpuint (most_in_a_turn, <=, 2 * 256);
}

/* Half of them are cancelled from both schedulers while they go off: each is either. */
#define N_RACING 2000
static grove_ref racing[N_RACING];

static void
cancels_half (void *arg)
{
  int n = 0;

  for (int i = 0; i < N_RACING; i += 2)
    n += grove_cancel_timer (racing[i]) != GROVE_NO_TIMER;
  grove_send (core_arg_pid (arg), "{cancelled, ~i}", n);
}

static void
test_same_time_cancel (void *arg)
{
  for (int round = 0; round < 10; round++)
    {
      int n_cancelled = -1, n_arrived = 0;

      for (int i = 0; i < N_RACING; i++)
        g_assert_cmpint (grove_send_after (round * MS / 4, core_arg_pid (arg) + grove_self (),
                                           &racing[i], "x"),
                         ==, GROVE_OK);
      _grove_process_spawn_on ((unsigned) round % 2, cancels_half, core_pid_arg (grove_self ()));
      while (n_cancelled < 0 || n_arrived + n_cancelled < N_RACING)
        {
          struct grove_message *message = core_receive ();
          if (!grove_match (grove_message_term (message), "{cancelled, ~i}", &n_cancelled))
            n_arrived++;
          grove_message_free (message);
        }
      g_assert_cmpint (n_cancelled, <=, N_RACING / 2);
      g_assert_cmpint (n_arrived + n_cancelled, ==, N_RACING);
    }
  core_expect_nothing ();
}

/* A million at once, and memory for none of them afterwards. */
static void
test_million (void *arg)
{
  const uint32_t            n = CORE_MANY (1000000, 50000);
  grove_ref                *timers = grove_alloc (n * sizeof *timers);
  struct grove_timer_table *table = &_grove_scheduler_self->timers.table;
  guint32                   seed = g_test_rand_int ();
  GRand                    *rand = g_rand_new_with_seed (seed);

  (void) arg;
  g_test_message ("seed %u", seed);
  for (uint32_t i = 0; i < n; i++)
    g_assert_cmpint (grove_send_after (CORE_DEADLINE_NS + g_rand_int (rand) * INT64_C (1000),
                                       grove_self (), &timers[i], "~u", (uint64_t) i),
                     ==, GROVE_OK);
  g_assert_cmpuint (n_pending (), ==, n);
  for (uint32_t i = 0; i < n; i++)
    {
      uint32_t  other = i + (uint32_t) g_rand_int_range (rand, 0, (gint32) (n - i));
      grove_ref timer = timers[other];
      timers[other] = timers[i];
      g_assert_cmpint (grove_cancel_timer (timer), >, 0);
    }
  g_assert_cmpuint (n_pending (), ==, 0);
  g_assert_cmpuint (table->capacity, <=, 4);
  core_expect_nothing ();
  g_rand_free (rand);
}

/* Timers of a scheduler that takes no more work go off: for others, for those that have frames
 * there, and as timeouts. */
static void
sets_and_sleeps (void *arg)
{
  grove_pid             parent = core_arg_pid (arg);
  struct grove_message *message;
  grove_ref             timer;

  g_assert_cmpint (grove_send_after (5 * MS, parent, NULL, "other"), ==, GROVE_OK);
  g_assert_cmpint (grove_send_after (5 * MS, grove_self (), NULL, "own"), ==, GROVE_OK);
  g_assert_cmpint (grove_send_after (CORE_DEADLINE_NS, parent, &timer, "never"), ==, GROVE_OK);
  grove_send (parent, "{set, ~r}", timer);
  core_expect ("own");
  g_assert_cmpint (grove_receive (5 * MS, &message), ==, GROVE_ERR_TIMEOUT);
  grove_sleep_ms (5);
  grove_send (parent, "slept");
}

static void
test_offline (void *arg)
{
  grove_ref timer;

  (void) arg;
  g_assert_cmpuint (_grove_process_spawn_on (1, sets_and_sleeps, core_pid_arg (grove_self ())), !=,
                    0);
  core_expect ("{set, ~r}", &timer);
  g_assert_cmpuint (grove_set_schedulers_online (1), ==, 2);
  core_expect ("other");
  core_expect ("slept");
  g_assert_cmpint (grove_read_timer (timer), >, 0);
  g_assert_cmpint (grove_cancel_timer (timer), >, 0);
  g_assert_cmpuint (grove_set_schedulers_online (2), ==, 1);
}

/* A release that runs at the end of a process may set and cancel, but does not wait. */
static void
releases (void *data)
{
  grove_ref timer;

  g_assert_cmpint (grove_send_after (0, core_arg_pid (data), &timer, "released"), ==, GROVE_OK);
  g_assert_cmpint (grove_read_timer (timer), >=, 0);
  g_assert_cmpint (grove_read_timer (elsewhere[0]), ==, GROVE_NO_TIMER);
  g_assert_cmpint (grove_cancel_timer (elsewhere[0]), ==, GROVE_NO_TIMER);
  g_assert_cmpint (grove_send_after (CORE_DEADLINE_NS, grove_self (), NULL, "x"), ==, GROVE_OK);
}

static void
defers (void *arg)
{
  grove_defer (releases, arg);
}

static void
test_release (void *arg)
{
  (void) arg;
  g_assert_cmpint (grove_send_after (CORE_DEADLINE_NS, grove_self (), &elsewhere[0], "x"), ==,
                   GROVE_OK);
  on_other_scheduler (defers, core_pid_arg (grove_self ()));
  core_expect ("released");
  while (grove_read_timer (elsewhere[0]) != GROVE_NO_TIMER)
    grove_sleep_ms (1);
}

static const struct core_case cases[] = {
  { "/runtime/timer/arrive-81", test_arrive },
  { "/runtime/timer/cancel-82", test_cancel },
  { "/runtime/timer/elsewhere-82-83", test_elsewhere },
  { "/runtime/timer/async-83", test_async },
  { "/runtime/timer/order-84", test_order },
  { "/runtime/timer/far-85", test_far },
  { "/runtime/timer/misuse-86", test_misuse },
  { "/runtime/timer/end-16-87", test_end, .n_schedulers = 1 },
  { "/runtime/timer/end-elsewhere-87", test_end_elsewhere },
  { "/runtime/timer/end-moved-87", test_end_moved },
  { "/runtime/timer/name-88", test_name },
  { "/runtime/timer/same-time-89", test_same_time, .n_schedulers = 1 },
  { "/runtime/timer/same-time-cancel-89", test_same_time_cancel },
  { "/runtime/timer/offline-90", test_offline },
  { "/runtime/timer/million-91", test_million, .n_schedulers = 1 },
  { "/runtime/timer/interval-92", test_interval, .n_schedulers = 1 },
  { "/runtime/timer/interval-missed-92", test_interval_missed },
  { "/runtime/timer/release", test_release },
};

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i], core_run);
  g_test_add_func ("/runtime/timer/limit", test_limit);
  return g_test_run ();
}
