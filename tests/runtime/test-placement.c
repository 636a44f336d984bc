/* SPDX-License-Identifier: MIT
 *
 * Where processes run. Nothing here is timed: each test waits until what it is about has happened.
 * The number in a test's name is the behaviour's in the conformance list.
 */
#include "runtime/core/scheduler.h"
#include "runtime/otp/server.h"
#include "tests/runtime/core-test.h"

static struct grove_process_sample
sample_of (grove_pid pid)
{
  struct grove_process_sample sample = { 0 };

  g_assert_true (_grove_observe_process (pid, &sample));
  return sample;
}

static grove_pid
spawn_bound (unsigned scheduler, grove_entry entry, void *arg, enum grove_priority priority)
{
  struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;
  grove_pid                  pid;

  options.initial_call = "bound";
  options.arg = arg;
  options.priority = priority;
  options.scheduler = scheduler;
  g_assert_cmpint (grove_spawn_opt (entry, &options, &pid, NULL), ==, GROVE_OK);
  return pid;
}

/* Never idle, and never busy for a whole slice. */
static void
keeps_awake (void *arg)
{
  (void) arg;
  for (;;)
    grove_yield ();
}

/* ---- Binding -----------------------------------------------------------------------------------
 */

#define N_MOVES 200

/* Waits without frames, so that it could go anywhere each time, and says where it is. */
static void
says_where (void *arg)
{
  grove_pid             parent = core_arg_pid (arg);
  struct grove_message *message = core_receive ();

  grove_message_free (message);
  grove_send (parent, "{at, ~i}", (int) sample_of (grove_self ()).scheduler);
  grove_hibernate (says_where, arg);
}

static void
test_bound (void *arg)
{
  grove_pid bound[2], unbound;
  int       at;
  bool      moved = false;

  (void) arg;
  g_assert_cmpuint (grove_schedulers (), ==, 2);
  for (unsigned i = 0; i < 2; i++)
    bound[i] = spawn_bound (i + 1, says_where, core_pid_arg (grove_self ()), GROVE_PRIORITY_NORMAL);
  unbound = grove_spawn (says_where, core_pid_arg (grove_self ()));
  spawn_bound (1, core_spin, NULL, GROVE_PRIORITY_NORMAL);
  for (int i = 0; i < N_MOVES || !moved; i++)
    {
      for (unsigned b = 0; b < 2; b++)
        {
          grove_send (bound[b], "where");
          core_expect ("{at, ~i}", &at);
          g_assert_cmpint (at, ==, (int) b);
        }
      grove_send (unbound, "where");
      core_expect ("{at, ~i}", &at);
      moved = moved || at == 1;
    }
}

static void
test_bound_to_nothing (void *arg)
{
  struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;
  grove_pid                  pid = 0;

  (void) arg;
  options.scheduler = grove_schedulers () + 1;
  g_assert_cmpint (grove_spawn_opt (core_idle, &options, &pid, NULL), ==, GROVE_ERR_BADARG);
  options.scheduler = UINT32_MAX;
  g_assert_cmpint (grove_spawn_opt (core_idle, &options, &pid, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpuint (pid, ==, 0);
}

/* ---- Two that compute --------------------------------------------------------------------------
 */

static void
two_spinners (unsigned priority)
{
  grove_pid pids[2];

  for (unsigned i = 0; i < 2; i++)
    pids[i] = core_spawn_priority (core_spin, NULL, (enum grove_priority) priority);
  for (unsigned i = 0; i < 2; i++)
    while (sample_of (pids[i]).reductions < 4000)
      grove_yield ();
  g_assert_cmpuint (sample_of (pids[0]).scheduler, !=, sample_of (pids[1]).scheduler);
  for (unsigned i = 0; i < 2; i++)
    {
      grove_exit_process (pids[i], "kill");
      core_expect_down (pids[i], "_");
    }
}

/* Though the other scheduler never idles, and nothing could be told from that it does. */
static void
test_spinners_beside_busy (void *arg)
{
  (void) arg;
  spawn_bound (2, keeps_awake, NULL, GROVE_PRIORITY_NORMAL);
  grove_sleep_ms (5);
  for (int i = 0; i < 50; i++)
    two_spinners (GROVE_PRIORITY_NORMAL);
}

static void
test_spinners_beside_idle (void *arg)
{
  (void) arg;
  for (int i = 0; i < 50; i++)
    {
      /* It sleeps when it has ended the last one. */
      while (GROVE_GET (_grove_runtime.schedulers[1].idle_since_ns) == 0)
        grove_yield ();
      two_spinners (GROVE_PRIORITY_NORMAL);
    }
}

/* A high one that never waits has one core, and not what is behind it in the queue of that one. */
static void
test_behind_high (void *arg)
{
  grove_pid high, low;

  (void) arg;
  g_assert_cmpint (grove_set_priority (GROVE_PRIORITY_MAX, NULL), ==, GROVE_OK);
  high = spawn_bound (1, core_spin, NULL, GROVE_PRIORITY_HIGH);
  low = core_spawn_priority (core_spin, NULL, GROVE_PRIORITY_LOW);
  while (sample_of (low).reductions < 4000 || sample_of (high).reductions < 4000)
    grove_sleep_ms (1);
  g_assert_cmpuint (sample_of (low).scheduler, ==, 1);
}

/* 121: what is taken first. */
static void
test_take_highest (void)
{
  static struct grove_process processes[8];
  struct grove_run_queue      queue = { .n_free = 0 };
  struct grove_process       *taken;
  static const unsigned       priorities[] = { GROVE_PRIORITY_LOW,    GROVE_PRIORITY_NORMAL,
                                               GROVE_PRIORITY_HIGH,   GROVE_PRIORITY_MAX,
                                               GROVE_PRIORITY_NORMAL, GROVE_PRIORITY_HIGH,
                                               GROVE_PRIORITY_MAX,    GROVE_PRIORITY_MAX };
  static const unsigned       order[] = { 6, 2, 5, 0 };

  for (unsigned i = 0; i < 8; i++)
    {
      processes[i].index = i;
      processes[i].bound = i == 3;                            /* stays, though it is the highest */
      processes[i].sp = i == 7 || i == 4 ? &processes : NULL; /* likewise, for its frames */
      atomic_store (&processes[i].priority, priorities[i]);
      _grove_run_queue_push (&queue, &processes[i]);
    }
  g_assert_cmpuint (queue.n_free, ==, 5);
  taken = _grove_run_queue_take_free (&queue, 4);
  for (unsigned i = 0; i < 4; i++, taken = taken->queue_next)
    g_assert_cmpuint (taken->index, ==, order[i]);
  g_assert_null (taken);
  g_assert_cmpuint (queue.n_free, ==, 1);
  taken = _grove_run_queue_take_free (&queue, 100);
  g_assert_cmpuint (taken->index, ==, 1);
  g_assert_null (taken->queue_next);
  g_assert_cmpuint (atomic_load (&queue.n), ==, 3);
  g_assert_null (_grove_run_queue_take_free (&queue, 100));
}

/* ---- Many --------------------------------------------------------------------------------------
 */

#define N_WORKERS 120

/* A few hundred reductions a message, never a whole slice. */
static void
works (void *arg)
{
  struct grove_message *message = core_receive ();
  volatile unsigned     n = 0;

  grove_message_free (message);
  while (n < 300)
    n++;
  grove_send (core_arg_pid (arg), "done");
  grove_hibernate (works, arg);
}

static unsigned
n_at (grove_pid *pids, unsigned n, unsigned scheduler)
{
  unsigned n_there = 0;

  for (unsigned i = 0; i < n; i++)
    n_there += sample_of (pids[i]).scheduler == scheduler;
  return n_there;
}

static void
work_until_spread (unsigned least)
{
  grove_pid pids[N_WORKERS];

  for (unsigned i = 0; i < N_WORKERS; i++)
    pids[i] = grove_spawn (works, core_pid_arg (grove_self ()));
  do
    {
      for (unsigned i = 0; i < N_WORKERS; i++)
        grove_send (pids[i], "work");
      for (unsigned i = 0; i < N_WORKERS; i++)
        core_expect ("done");
    }
  while (n_at (pids, N_WORKERS, 1) < least);
}

/* 122: queues of what has no frames become alike, though nobody idles. */
static void
test_evened (void *arg)
{
  (void) arg;
  spawn_bound (2, keeps_awake, NULL, GROVE_PRIORITY_LOW);
  work_until_spread (N_WORKERS / 4);
}

/* 121: and whoever idles gets half of a crowd. */
static void
test_crowd (void *arg)
{
  (void) arg;
  work_until_spread (N_WORKERS / 4);
}

/* ---- Servers -----------------------------------------------------------------------------------
 */

static enum grove_status
server_init (const void *arg, void **state)
{
  (void) arg;
  *state = NULL;
  return GROVE_OK;
}

static enum grove_next
server_call (struct grove_term request, struct grove_from from, void *state)
{
  (void) request;
  (void) state;
  grove_reply (from, "~i", (int) sample_of (grove_self ()).scheduler);
  return GROVE_CONTINUE;
}

static const struct grove_server_callbacks server = {
  .module = "where",
  .init = server_init,
  .handle_call = server_call,
};

static int
call_where (grove_pid pid)
{
  struct grove_message *reply;
  int                   at;

  g_assert_cmpint (grove_call (pid, CORE_DEADLINE_NS, &reply, "where"), ==, GROVE_OK);
  g_assert_true (grove_match (grove_message_term (reply), "~i", &at));
  grove_message_free (reply);
  return at;
}

/* A server waits without frames, so it leaves a scheduler where somebody computes. */
static void
test_server_moves (void *arg)
{
  struct grove_server_options options = GROVE_SERVER_DEFAULTS;
  grove_pid                   pid;

  (void) arg;
  g_assert_cmpint (grove_server_start (&server, &options, &pid, NULL), ==, GROVE_OK);
  g_assert_cmpint (call_where (pid), ==, 0);
  while (sample_of (pid).status != GROVE_STATUS_WAITING)
    grove_yield ();
  g_assert_cmpuint (sample_of (pid).stack_bytes, ==, 0);
  spawn_bound (1, core_spin, NULL, GROVE_PRIORITY_NORMAL);
  while (call_where (pid) == 0)
    ;
  /* And stays where it is. */
  for (int i = 0; i < 100; i++)
    g_assert_cmpint (call_where (pid), ==, 1);
}

/* ---- On and off --------------------------------------------------------------------------------
 */

/* Has frames, and timers. */
static void
ticks (void *arg)
{
  for (int i = 0;; i++)
    {
      struct grove_message *message;

      g_assert_cmpint (grove_receive (100000, &message), ==, GROVE_ERR_TIMEOUT);
      grove_send (core_arg_pid (arg), "{tick, ~i, ~i}", i,
                  (int) sample_of (grove_self ()).scheduler);
    }
}

static void
test_offline_keeps (void *arg)
{
  grove_pid pid = _grove_process_spawn_on (1, ticks, core_pid_arg (grove_self ()));
  int       at;

  (void) arg;
  for (int i = 0; i < 3; i++)
    core_expect ("{tick, ~i, ~i}", &(int){ 0 }, &at);
  g_assert_cmpuint (grove_set_schedulers_online (1), ==, 2);
  g_assert_cmpuint (grove_schedulers_online (), ==, 1);
  g_assert_cmpuint (grove_schedulers (), ==, 2);
  /* What it had goes on there, with its timers. */
  for (int i = 0; i < 20; i++)
    {
      core_expect ("{tick, ~i, ~i}", &(int){ 0 }, &at);
      g_assert_cmpint (at, ==, 1);
    }
  grove_exit_process (pid, "kill");
  core_expect_down (pid, "_");
}

/* On the scheduler that is offline: what it spawns runs elsewhere. */
static void
spawns_one (void *arg)
{
  grove_message_free (core_receive ());
  grove_send (grove_spawn (says_where, arg), "where");
  core_idle (NULL);
}

static void
test_offline_gives (void *arg)
{
  grove_pid parent = _grove_process_spawn_on (1, spawns_one, core_pid_arg (grove_self ()));
  grove_pid busy = spawn_bound (1, core_spin, NULL, GROVE_PRIORITY_NORMAL);
  grove_pid moves = grove_spawn (says_where, core_pid_arg (grove_self ()));
  grove_pid spinners[2];
  int       at;

  (void) arg;
  /* Away, where it waits. */
  do
    {
      grove_send (moves, "where");
      core_expect ("{at, ~i}", &at);
    }
  while (at != 1);
  grove_exit_process (busy, "kill");
  core_expect_down (busy, "_");
  g_assert_cmpuint (grove_set_schedulers_online (1), ==, 2);
  grove_send (moves, "where");
  core_expect ("{at, 0}");
  grove_send (parent, "spawn");
  core_expect ("{at, 0}");
  for (int i = 0; i < 2; i++)
    spinners[i] = grove_spawn (core_spin, NULL);
  for (int i = 0; i < 2; i++)
    {
      while (sample_of (spinners[i]).reductions < 10000)
        grove_yield ();
      g_assert_cmpuint (sample_of (spinners[i]).scheduler, ==, 0);
      grove_exit_process (spinners[i], "kill");
      core_expect_down (spinners[i], "_");
    }
  /* And back. */
  g_assert_cmpuint (grove_set_schedulers_online (2), ==, 1);
  two_spinners (GROVE_PRIORITY_NORMAL);
}

static void
test_online_range (void *arg)
{
  (void) arg;
  g_assert_cmpuint (grove_set_schedulers_online (0), ==, 2);
  g_assert_cmpuint (grove_set_schedulers_online (3), ==, 2);
  g_assert_cmpuint (grove_set_schedulers_online (UINT32_MAX), ==, 2);
  g_assert_cmpuint (grove_set_schedulers_online (2), ==, 2);
}

static void
beats (void *arg)
{
  for (int i = 0; i < 200; i++)
    {
      struct grove_message *message;
      if (grove_receive (i % 3 * 50000, &message) == GROVE_OK)
        grove_message_free (message);
      grove_yield ();
    }
  grove_send (core_arg_pid (arg), "done");
}

/* Nothing is lost while they go off and on all the time. */
static void
test_on_off_storm (void *arg)
{
  int n_done = 0, n_begun = 0;

  (void) arg;
  while (n_done < CORE_MANY (400, 60))
    {
      struct grove_message *message;

      while (n_begun - n_done < 40)
        {
          grove_spawn (beats, core_pid_arg (grove_self ()));
          n_begun++;
        }
      grove_set_schedulers_online (1 + (unsigned) n_begun % 2);
      message = core_receive ();
      grove_message_free (message);
      n_done++;
    }
  grove_set_schedulers_online (2);
  while (n_done++ < n_begun)
    core_expect ("done");
}

int
main (int argc, char **argv)
{
  static const struct core_case cases[] = {
    { "/runtime/placement/bound-120", test_bound },
    { "/runtime/placement/bound-to-nothing-120", test_bound_to_nothing },
    { "/runtime/placement/spinners-beside-busy-121", test_spinners_beside_busy },
    { "/runtime/placement/spinners-beside-idle-121", test_spinners_beside_idle },
    { "/runtime/placement/behind-high-114-121", test_behind_high },
    { "/runtime/placement/crowd-121", test_crowd },
    { "/runtime/placement/evened-122", test_evened },
    { "/runtime/placement/server-moves-122", test_server_moves },
    { "/runtime/placement/offline-keeps-what-runs-90-123", test_offline_keeps },
    { "/runtime/placement/offline-gives-what-is-free-123", test_offline_gives },
    { "/runtime/placement/online-range-123", test_online_range },
    { "/runtime/placement/on-off-storm-123", test_on_off_storm },
  };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/runtime/placement/take-highest-121", test_take_highest);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i], core_run);
  return g_test_run ();
}
