/* SPDX-License-Identifier: MIT
 *
 * All features at once, at random, on one to four schedulers, while a thread outside watches,
 * inspects, suspends and kills; in every second round the runtime stops in the middle of it, in the
 * others everybody is killed, and then nothing may be left. GROVE_SOAK_SEED repeats a run, as far
 * as threads can be repeated; GROVE_SOAK_MS is how long a round takes.
 */
#include "runtime/core/heap.h"
#include "runtime/core/info.h"
#include "runtime/core/link.h"
#include "runtime/core/scheduler.h"
#include "runtime/core/suspend.h"
#include "runtime/core/timer.h"
#include "runtime/core/trace.h"
#include "runtime/io/blocking.h"
#include "tests/runtime/core-test.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define N_WORKERS     40
#define N_ROUNDS      4
#define MS_A_ROUND    500
#define MAX_PROCESSES 20000
#define LARGE         60000
#define STEPS         400 /* of one worker */

/* More than there ever are. */
#define MANY_MESSAGES (UINT64_C (1) << 27)

#define HOSTILE __attribute__ ((noinline, noclone, no_sanitize ("undefined"), no_sanitize_thread))

static _Atomic (grove_pid) workers[N_WORKERS];
static _Atomic int         observer_stops;
static _Atomic int         n_pending; /* inspections and suspensions that were not answered */
static uint32_t            seed;
static unsigned            current_round;
static uint8_t             large[LARGE];
static void *volatile nowhere;

/* Of the process's own: it needs no memory that somebody would have to free. */
static uint32_t
draw (uint32_t *state, uint32_t below)
{
  *state ^= *state << 13;
  *state ^= *state >> 17;
  *state ^= *state << 5;
  return *state % below;
}

static uint32_t
begin_drawing (uint32_t number)
{
  uint32_t state = seed + number * UINT32_C (0x9e3779b9) + current_round * UINT32_C (0x85ebca6b);

  /* Neighbours get numbers that have nothing in common. */
  state = (state ^ state >> 16) * UINT32_C (0x85ebca6b);
  state = (state ^ state >> 13) * UINT32_C (0xc2b2ae35);
  state ^= state >> 16;
  return state != 0 ? state : 1;
}

/* ---- Workers -----------------------------------------------------------------------------------
 */

struct worker
{
  uint32_t              random;
  grove_pid             peer;
  struct grove_message *held; /* what was received last, or NULL */
  grove_pid             suspended;
  grove_ref             timer;
  unsigned              n_matched;
};

static void work (void *arg);

HOSTILE static void
fault (void)
{
  *(volatile int *) nowhere = 1;
}

static void
short_lived (void *arg)
{
  uint32_t              random = begin_drawing ((uint32_t) (uintptr_t) arg);
  struct grove_message *message;

  switch (draw (&random, 6))
    {
    case 0:
      grove_exit ("{crash, ~i}", 1);
    case 1:
      fault ();
      break;
    case 2:
      (void) !grove_receive (draw (&random, 2000000), &message);
      break;
    case 3:
      for (volatile int i = 0; i < 20000; i++)
        ;
      break;
    case 4:
      grove_raise ("{raised, ~i}", 2);
    default:
      break;
    }
}

static void
spawn_one (struct worker *self)
{
  struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;
  grove_pid                  pid;

  options.initial_call = "short_lived";
  options.label = "short";
  options.arg = (void *) (uintptr_t) draw (&self->random, 1 << 30);
  options.link = draw (&self->random, 3) == 0;
  options.monitor = draw (&self->random, 3) == 0;
  options.priority = (enum grove_priority) draw (&self->random, GROVE_PRIORITY_MAX);
  options.scheduler =
    draw (&self->random, 3) == 0 ? 1 + draw (&self->random, grove_schedulers ()) : 0;
  (void) !grove_spawn_opt (short_lived, &options, &pid, NULL);
}

static void
tells (void *data)
{
  grove_send (core_arg_pid (data), "released");
}

static bool
sends_meanwhile (struct grove_term term, void *user_data)
{
  struct worker *self = user_data;

  (void) term;
  if (self->n_matched++ % 4 == 0)
    grove_send (self->n_matched % 8 == 1 ? grove_self () : self->peer, "meanwhile");
  return self->n_matched % 16 == 0;
}

static void
waits (void *data)
{
  (void) data;
  usleep (200);
}

static void
keep (struct worker *self, struct grove_message *message)
{
  grove_message_free (self->held);
  self->held = message;
}

static void
talk (struct worker *self)
{
  struct grove_message *message;

  switch (draw (&self->random, 6))
    {
    case 0:
      (void) !grove_send (self->peer, "{large, ~b}", large, (size_t) draw (&self->random, LARGE));
      break;
    case 1:
      if (self->held != NULL)
        grove_forward (self->peer, self->held);
      break;
    case 2:
      if (grove_message_new (&message, "{shared, ~b}", large, sizeof large) == GROVE_OK)
        {
          for (unsigned i = 0; i < 4; i++)
            grove_forward (atomic_load (&workers[draw (&self->random, N_WORKERS)]), message);
          keep (self, message);
        }
      break;
    case 3:
      self->n_matched = 0;
      if (grove_receive_match (sends_meanwhile, self, draw (&self->random, 100000), &message) ==
          GROVE_OK)
        keep (self, message);
      break;
    default:
      (void) !grove_send (self->peer, "{hello, ~p}", grove_self ());
    }
}

static void
call_peer (struct worker *self)
{
  struct grove_monitor_options options = { .alias = GROVE_ALIAS_REPLY_DEMONITOR };
  struct grove_message        *message;
  grove_ref                    ref;

  if (grove_monitor_opt (self->peer, &options, &ref) != GROVE_OK)
    return;
  (void) !grove_send (self->peer, "{call, ~p, ~r}", grove_self (), ref);
  if (grove_receive_alias (ref, ref, draw (&self->random, 500000), &message) == GROVE_OK)
    grove_message_free (message);
  else
    grove_demonitor (ref, true);
}

static void
relate (struct worker *self)
{
  char name[16];

  switch (draw (&self->random, 7))
    {
    case 0:
      (void) !grove_link (self->peer);
      break;
    case 1:
      grove_unlink (self->peer);
      break;
    case 2:
      grove_demonitor (grove_monitor (self->peer), draw (&self->random, 2) == 0);
      break;
    case 3:
      grove_monitor (self->peer);
      break;
    case 4:
      g_snprintf (name, sizeof name, "soak%u", draw (&self->random, 8));
      (void) !grove_register (name, self->peer);
      (void) !grove_send_name (name, "named");
      if (draw (&self->random, 2) == 0)
        (void) !grove_unregister (name);
      break;
    case 5:
      call_peer (self);
      break;
    default:
      if (draw (&self->random, 4) == 0)
        grove_exit_process (self->peer, draw (&self->random, 4) == 0 ? "kill" : "poke");
    }
}

static void
use_time (struct worker *self)
{
  struct grove_message *message;

  switch (draw (&self->random, 7))
    {
    case 0:
      (void) !grove_send_after (draw (&self->random, 3000000), self->peer, &self->timer, "late");
      break;
    case 1:
      (void) grove_cancel_timer (self->timer);
      break;
    case 2:
      (void) !grove_send_interval (500000, self->peer, &self->timer, "again");
      break;
    case 3:
      grove_cancel_timer_async (self->timer);
      break;
    case 4:
      (void) !grove_start_timer (CORE_DEADLINE_NS, self->peer, &self->timer, "much_later");
      break;
    case 5:
      (void) !grove_blocking (waits, NULL, 0, NULL, draw (&self->random, 400000));
      break;
    default:
      if (grove_receive (draw (&self->random, 300000), &message) == GROVE_OK)
        keep (self, message);
    }
}

static void
control (struct worker *self)
{
  struct grove_message *answer;
  unsigned              flags;

  switch (draw (&self->random, 7))
    {
    case 0:
      flags = draw (&self->random, 2) == 0 ? GROVE_SUSPEND_ASYNCHRONOUS : 0;
      if (grove_suspend (self->peer, flags) == GROVE_OK)
        self->suspended = self->peer;
      break;
    case 1:
      (void) !grove_suspend_tagged (self->peer, GROVE_SUSPEND_UNLESS_SUSPENDING, "tag");
      (void) !grove_resume (self->peer);
      break;
    case 2:
      flags = 1 + draw (&self->random, 0xff);
      (void) !grove_trace (self->peer, GROVE_TRACE_ON, flags, 0);
      break;
    case 3:
      (void) !grove_trace (self->peer, GROVE_TRACE_OFF, 0xff, 0);
      grove_trace_delivered (draw (&self->random, 8) == 0 ? 0 : self->peer);
      break;
    case 4:
      if (grove_process_info (self->peer, NULL, &answer) == GROVE_OK)
        grove_message_free (answer);
      break;
    case 5:
      (void) !grove_set_priority ((enum grove_priority) draw (&self->random, GROVE_PRIORITY_MAX),
                                  NULL);
      break;
    default:
      (void) grove_is_alive (self->peer);
    }
  if (self->suspended != 0 && draw (&self->random, 2) == 0)
    {
      (void) !grove_resume (self->suspended);
      self->suspended = 0;
    }
}

static void
behave (struct worker *self)
{
  switch (draw (&self->random, 24))
    {
    case 0:
      fault ();
      break;
    case 1:
      grove_exit ("{crash, ~i}", 3);
    case 2:
      keep (self, NULL);
      grove_hibernate (work, (void *) (uintptr_t) draw (&self->random, 1 << 30));
    case 3:
    case 4:
      grove_defer (tells, core_pid_arg (self->peer));
      break;
    case 5:
    case 6:
      grove_trap_exit (draw (&self->random, 2) == 0);
      break;
    case 7:
      grove_set_schedulers_online (1 + draw (&self->random, grove_schedulers ()));
      break;
    case 8:
    case 9:
      for (volatile int i = 0; i < 5000; i++)
        ;
      break;
    case 10:
    case 11:
    case 12:
      (void) grove_alloc (draw (&self->random, 5000));
      break;
    default:
      grove_yield ();
    }
}

static void
work (void *arg)
{
  struct worker self = { .random = begin_drawing ((uint32_t) (uintptr_t) arg) };

  for (unsigned i = 0; i < STEPS; i++)
    {
      struct grove_message *message;

      self.peer = atomic_load (&workers[draw (&self.random, N_WORKERS)]);
      switch (draw (&self.random, 7))
        {
        case 0:
          spawn_one (&self);
          break;
        case 1:
          relate (&self);
          break;
        case 2:
          use_time (&self);
          break;
        case 3:
          control (&self);
          break;
        case 4:
          behave (&self);
          break;
        default:
          talk (&self);
        }
      for (unsigned n = 0; n < 20 && grove_receive (0, &message) == GROVE_OK; n++)
        keep (&self, message);
    }
}

/* ---- Outside -----------------------------------------------------------------------------------
 */

static bool
visit (const struct grove_process_sample *sample, uint32_t slot, void *user_data)
{
  unsigned *n = user_data;

  (void) slot;
  ++*n;
  g_assert_cmpuint (sample->n_messages, <, MANY_MESSAGES);
  g_assert_cmpuint (sample->scheduler, <, GROVE_MAX_SCHEDULERS);
  return true;
}

static void
inspect (struct grove_inspection *view, void *user_data)
{
  grove_pid                 pids[8];
  struct grove_message_view message;
  struct grove_term         key, value;

  (void) _grove_inspection_links (view, pids, G_N_ELEMENTS (pids));
  (void) _grove_inspection_monitors (view, pids, G_N_ELEMENTS (pids));
  for (uint64_t i = 0; i < 20 && _grove_inspection_message (view, i, &message); i++)
    g_assert_cmpuint (message.term.size, >, 0);
  (void) _grove_inspection_dictionary (view, 0, &key, &value);
  (void) user_data;
}

static void
answered (enum grove_status status, void *user_data)
{
  (void) status;
  (void) user_data;
  atomic_fetch_sub (&n_pending, 1);
}

static void
read_events (struct grove_event_cursor *cursor)
{
  static struct grove_event events[1024];
  uint64_t                  lost;
  size_t n = _grove_observe_events (cursor, events, G_N_ELEMENTS (events), &lost);

  for (size_t i = 0; i < n; i++)
    {
      g_assert_cmpuint (events[i].kind, <, GROVE_N_EVENTS);
      if (events[i].kind == GROVE_EVENT_LONG_QUEUE)
        g_assert_cmpuint (events[i].a, <, MANY_MESSAGES);
    }
}

static void
look_at_all (void)
{
  struct grove_runtime_sample sample;
  unsigned                    n = 0;

  _grove_observe_scan (visit, &n);
  _grove_observe_runtime (&sample, NULL, 0);
  g_assert_cmpuint (n, <=, MAX_PROCESSES);
  g_assert_cmpuint (sample.n_processes, <=, MAX_PROCESSES);
}

static gpointer
observe (gpointer data)
{
  uint32_t                  random = begin_drawing (12345);
  struct grove_lease       *lease = _grove_lease_new ();
  struct grove_event_cursor cursor = { 0 };
  struct grove_buffer       kill = { NULL };

  (void) data;
  g_assert_cmpint (grove_build (&kill, "kill"), ==, GROVE_OK);
  while (atomic_load (&observer_stops) == 0)
    {
      grove_pid pid = atomic_load (&workers[draw (&random, N_WORKERS)]);

      look_at_all ();
      read_events (&cursor);
      atomic_fetch_add (&n_pending, 1);
      _grove_observe_inspect (pid, inspect, answered, NULL);
      atomic_fetch_add (&n_pending, 1);
      if (_grove_observe_suspend (lease, pid, answered, NULL) != GROVE_OK)
        atomic_fetch_sub (&n_pending, 1);
      (void) !_grove_observe_set_priority (pid, (enum grove_priority) draw (&random, 3), NULL);
      (void) !_grove_observe_send (pid, grove_buffer_term (&kill));
      if (draw (&random, 10) == 0)
        (void) !_grove_observe_exit (pid, grove_buffer_term (&kill));
      (void) !_grove_observe_resume (lease, pid);
    }
  _grove_lease_end (lease);
  grove_buffer_finish (&kill);
  return NULL;
}

/* ---- A round -----------------------------------------------------------------------------------
 */

static unsigned n_started, n_ended;

static void
start_worker (unsigned i)
{
  struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;
  grove_pid                  pid;

  options.initial_call = "work";
  options.arg = (void *) (uintptr_t) ++n_started;
  options.monitor = true;
  g_assert_cmpint (grove_spawn_opt (work, &options, &pid, NULL), ==, GROVE_OK);
  atomic_store (&workers[i], pid);
}

static void
take_down (struct grove_message *message)
{
  g_assert_true (grove_match (grove_message_term (message), "{'DOWN', _, process, _, _}"));
  grove_message_free (message);
  n_ended++;
}

/* Starts others for those that end, and now and then ends one that may be stuck. */
static void
keep_working (uint64_t until_ns)
{
  uint32_t random = begin_drawing (54321);

  while (grove_now_ns () < until_ns)
    {
      struct grove_message *message;

      if (grove_receive (1000000, &message) == GROVE_OK)
        take_down (message);
      for (unsigned i = 0; i < N_WORKERS; i++)
        if (!_grove_observe_process (atomic_load (&workers[i]),
                                     &(struct grove_process_sample){ 0 }))
          start_worker (i);
      if (draw (&random, 4) == 0)
        grove_exit_process (atomic_load (&workers[draw (&random, N_WORKERS)]), "kill");
    }
}

static uint32_t
count_busy (void)
{
  uint32_t n = 0;

  for (unsigned i = 0; i < grove_schedulers (); i++)
    n += GROVE_GET (_grove_runtime.schedulers[i].queue.n_busy[0]) +
         GROVE_GET (_grove_runtime.schedulers[i].queue.n_busy[1]) +
         GROVE_GET (_grove_runtime.schedulers[i].n_coming);
  return n;
}

/* Kills all there are until nobody is left but the caller. */
static void
kill_all (void)
{
  static grove_pid pids[MAX_PROCESSES];
  uint64_t         deadline_ns = grove_now_ns () + 2 * CORE_DEADLINE_NS;

  for (;;)
    {
      struct grove_message *message;
      size_t                n = grove_processes (pids, G_N_ELEMENTS (pids));

      if (n == 1)
        return;
      g_assert_cmpuint (grove_now_ns (), <, deadline_ns);
      for (size_t i = 0; i < n; i++)
        if (pids[i] != grove_self ())
          grove_exit_process (pids[i], "kill");
      grove_sleep_ms (1);
      while (grove_receive (0, &message) == GROVE_OK)
        take_down (message);
    }
}

static void
check_nothing_is_left (void)
{
  uint64_t                    deadline_ns = grove_now_ns () + CORE_DEADLINE_NS;
  struct grove_runtime_sample sample;
  struct grove_message       *message;

  while (n_ended < n_started)
    {
      g_assert_cmpint (grove_receive (CORE_DEADLINE_NS, &message), ==, GROVE_OK);
      take_down (message);
    }
  core_expect_nothing ();
  do
    {
      /* Messages of timers are freed a few at a time, and a dying one still counts as there. */
      grove_sleep_ms (1);
      _grove_observe_runtime (&sample, NULL, 0);
    }
  while ((sample.n_processes > 1 || sample.shared_bytes > 0 || sample.heap_bytes > 0 ||
          sample.mailbox_bytes > 0 || count_busy () > 0 || atomic_load (&n_pending) > 0) &&
         grove_now_ns () < deadline_ns);
  g_assert_cmpuint (sample.n_processes, ==, 1);
  g_assert_cmpuint (sample.heap_bytes, ==, 0);
  g_assert_cmpuint (sample.mailbox_bytes, ==, 0);
  g_assert_cmpuint (sample.shared_bytes, ==, 0);
  g_assert_cmpuint (count_busy (), ==, 0);
  g_assert_cmpint (atomic_load (&n_pending), ==, 0);
  for (unsigned i = 0; i < 8; i++)
    {
      g_autofree char *name = g_strdup_printf ("soak%u", i);
      g_assert_cmpuint (grove_whereis (name), ==, 0);
    }
}

static void
soak (void *arg)
{
  const char *ms = g_getenv ("GROVE_SOAK_MS");
  uint64_t    span_ns = (ms != NULL ? g_ascii_strtoull (ms, NULL, 10) : MS_A_ROUND) * 1000000;
  GThread    *thread;
  struct grove_runtime_sample sample;

  n_started = n_ended = 0;
  atomic_store (&observer_stops, 0);
  atomic_store (&n_pending, 0);
  for (unsigned i = 0; i < N_WORKERS; i++)
    start_worker (i);
  thread = g_thread_new ("observer", observe, NULL);
  keep_working (grove_now_ns () + span_ns);
  atomic_store (&observer_stops, 1);
  g_thread_join (thread);
  _grove_observe_runtime (&sample, NULL, 0);
  g_test_message ("%u workers, %" G_GUINT64_FORMAT " processes, %" G_GUINT64_FORMAT
                  " crashes, %" G_GUINT64_FORMAT " messages; now %" G_GUINT64_FORMAT,
                  n_started, sample.n_spawned, sample.n_crashed, sample.n_messages_sent,
                  sample.n_processes);
  /* Else it stops in the middle. */
  if (arg == NULL)
    {
      kill_all ();
      check_nothing_is_left ();
    }
}

static void
test_soak (void)
{
  const char *given = g_getenv ("GROVE_SOAK_SEED");
  uint32_t    random;

  seed =
    given != NULL ? (uint32_t) g_ascii_strtoull (given, NULL, 10) : (uint32_t) g_test_rand_int ();
  g_test_message ("GROVE_SOAK_SEED=%u", seed);
  for (current_round = 0; current_round < N_ROUNDS; current_round++)
    {
      struct grove_options options = { .name = "soak", .max_processes = MAX_PROCESSES };
      random = begin_drawing (0);
      options.n_schedulers = 1 + draw (&random, 4);
      options.overrun_ms = 10;
      g_test_message ("round %u: %u schedulers", current_round, options.n_schedulers);
      g_assert_cmpint (grove_run (&options, soak, current_round % 2 == 0 ? NULL : (void *) &seed),
                       ==, GROVE_OK);
      /* What stopped in the middle has answered all, too. */
      g_assert_cmpint (atomic_load (&n_pending), ==, 0);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/runtime/soak/everything", test_soak);
  return g_test_run ();
}
