/* SPDX-License-Identifier: MIT
 *
 * Observing from outside: samples, scans, ends, and acting on processes.
 */
#include "tests/runtime/core-test.h"

#include <stdatomic.h>
#include <string.h>

static bool
find (const struct grove_process_sample *sample, uint32_t slot, void *user_data)
{
  struct grove_process_sample *wanted = user_data;

  g_assert_cmpuint (slot, ==, (uint32_t) sample->pid);
  g_assert_cmpuint (slot, <, _grove_observe_capacity ());
  if (sample->pid != wanted->pid)
    return true;
  *wanted = *sample;
  return false;
}

static void
holds_things (void *arg)
{
  (void) arg;
  grove_process_label ("a label");
  _grove_process_set_group (grove_self ());
  _grove_process_set_system ();
  grove_trap_exit (true);
  memset (grove_alloc (5000), 0, 5000);
  (void) grove_send_name ("test", "ready");
  core_idle (NULL);
}

static void
test_sample (void *arg)
{
  grove_pid                   pid = grove_spawn_link (holds_things, NULL);
  struct grove_process_sample sample = { .pid = pid };

  (void) arg;
  g_assert_cmpint (grove_register ("test", grove_self ()), ==, GROVE_OK);
  core_expect ("ready");
  grove_yield ();
  _grove_observe_scan (find, &sample);
  g_assert_cmpstr (sample.label, ==, "a label");
  g_assert_cmpstr (sample.name, ==, "");
  g_assert_cmpstr (sample.initial, ==, "holds_things");
  g_assert_cmpuint (sample.parent, ==, grove_self ());
  g_assert_cmpuint (sample.group, ==, pid);
  g_assert_true (sample.system);
  g_assert_true (sample.trap_exit);
  g_assert_cmpint (sample.status, ==, GROVE_STATUS_WAITING);
  g_assert_cmpint (sample.priority, ==, GROVE_PRIORITY_NORMAL);
  g_assert_cmpuint (sample.n_links, ==, 1);
  g_assert_cmpuint (sample.heap_bytes, >=, 5000);
  g_assert_cmpuint (sample.stack_bytes, >, 0);
  g_assert_cmpuint (sample.reductions, >, 0);
  g_assert_cmpuint (sample.memory_bytes, >, sample.heap_bytes + sample.stack_bytes);
  g_assert_cmpuint (sample.started_ns, <=, grove_now_ns ());
  g_assert_true (_grove_observe_process (grove_self (), &sample));
  g_assert_cmpstr (sample.name, ==, "test");
  g_assert_cmpint (sample.status, ==, GROVE_STATUS_RUNNING);
  g_assert_false (_grove_observe_process (0, &sample));
  g_assert_false (_grove_observe_process (pid + (UINT64_C (1) << 32), &sample));
}

/* Children belong to the application of who spawned them. */
static void
tells_its_group (void *arg)
{
  (void) arg;
  (void) grove_send_name ("test", "{group, ~p}", _grove_process_group ());
}

static void
test_group_is_inherited (void *arg)
{
  grove_pid group;

  (void) arg;
  g_assert_cmpint (grove_register ("test", grove_self ()), ==, GROVE_OK);
  _grove_process_set_group (UINT64_C (0x500000007));
  grove_spawn (tells_its_group, NULL);
  core_expect ("{group, ~p}", &group);
  g_assert_cmpuint (group, ==, UINT64_C (0x500000007));
}

/* ---- Scans while processes come and go ----------------------------------------------------------
 */

#define N_STEADY 500

static struct
{
  grove_pid   steady[N_STEADY];
  _Atomic int stop;
  _Atomic int n_scans;
  grove_pid   seen[200000];
  uint32_t    n_seen;
} scans;

static bool
collect (const struct grove_process_sample *sample, uint32_t slot, void *user_data)
{
  (void) slot;
  (void) user_data;
  g_assert_cmpuint (scans.n_seen, <, G_N_ELEMENTS (scans.seen));
  scans.seen[scans.n_seen++] = sample->pid;
  return true;
}

static int
compare (const void *a, const void *b)
{
  grove_pid x = *(const grove_pid *) a, y = *(const grove_pid *) b;

  return x < y ? -1 : x > y;
}

static gpointer
scanner (gpointer data)
{
  (void) data;
  while (atomic_load (&scans.stop) == 0)
    {
      struct grove_runtime_sample   runtime;
      struct grove_scheduler_sample schedulers[2];

      scans.n_seen = 0;
      _grove_observe_scan (collect, NULL);
      qsort (scans.seen, scans.n_seen, sizeof scans.seen[0], compare);
      for (uint32_t i = 1; i < scans.n_seen; i++)
        g_assert_cmpuint (scans.seen[i], !=, scans.seen[i - 1]);
      for (unsigned i = 0; i < N_STEADY; i++)
        g_assert_nonnull (
          bsearch (&scans.steady[i], scans.seen, scans.n_seen, sizeof scans.seen[0], compare));
      _grove_observe_runtime (&runtime, schedulers, 2);
      g_assert_cmpuint (runtime.n_schedulers, ==, 2);
      atomic_fetch_add (&scans.n_scans, 1);
    }
  return NULL;
}

static void
comes_and_goes (void *arg)
{
  (void) arg;
  grove_process_label ("churn");
  grove_free (grove_alloc (100));
}

static void
test_scan (void *arg)
{
  GThread *thread;
  bool     steady = false;

  (void) arg;
  for (unsigned i = 0; i < N_STEADY; i++)
    {
      for (unsigned j = 0; j < 3; j++)
        grove_spawn (comes_and_goes, NULL);
      scans.steady[i] = _grove_process_spawn_on (i % 2, core_idle, NULL);
    }
  while (!steady)
    {
      steady = true;
      for (unsigned i = 0; i < N_STEADY; i++)
        steady = steady && grove_is_alive (scans.steady[i]);
    }
  atomic_store (&scans.stop, 0);
  atomic_store (&scans.n_scans, 0);
  thread = g_thread_new ("scanner", scanner, NULL);
  while (atomic_load (&scans.n_scans) < 50)
    {
      for (unsigned i = 0; i < 100; i++)
        _grove_process_spawn_on (i % 2, comes_and_goes, NULL);
      grove_sleep_ms (1);
    }
  atomic_store (&scans.stop, 1);
  g_thread_join (thread);
}

/* ---- The runtime as a whole --------------------------------------------------------------------
 */

static void
exits_as_told (void *arg)
{
  switch ((int) (intptr_t) arg)
    {
    case 0:
      return;
    case 1:
      grove_exit ("shutdown");
    case 2:
      grove_exit ("{shutdown, why}");
    case 3:
      grove_exit ("kill");
    default:
      grove_exit ("{crash, ~i}", (int) (intptr_t) arg);
    }
}

static void
test_crashes (void *arg)
{
  struct grove_runtime_sample before, after;
  struct grove_end            end;
  grove_pid                   pids[6];

  (void) arg;
  _grove_observe_runtime (&before, NULL, 0);
  for (intptr_t i = 0; i < 6; i++)
    pids[i] = _grove_process_spawn_on ((unsigned) i % 2, exits_as_told, (void *) i);
  for (int i = 0; i < 6; i++)
    while (grove_is_alive (pids[i]))
      grove_yield ();
  _grove_observe_runtime (&after, NULL, 0);
  g_assert_cmpuint (after.n_spawned - before.n_spawned, ==, 6);
  g_assert_cmpuint (after.n_exited - before.n_exited, ==, 6);
  g_assert_cmpuint (after.n_crashed - before.n_crashed, ==, 2);
  g_assert_cmpuint (after.n_processes, ==, 1);
  for (int i = 0; i < 6; i++)
    {
      const char *reasons[] = { "normal", "shutdown",  "{shutdown,why}",
                                "kill",   "{crash,4}", "{crash,5}" };
      g_assert_true (_grove_observe_end (pids[i], &end));
      g_assert_cmpuint (end.pid, ==, pids[i]);
      g_assert_cmpstr (end.reason, ==, reasons[i]);
      g_assert_cmpint (end.crash, ==, i >= 4);
      g_assert_cmpuint (end.seq, >, 0);
      g_assert_cmpuint (end.ended_ns, >, before.started_ns);
    }
  g_assert_false (_grove_observe_end (grove_self (), &end));
}

static void
exits_long (void *arg)
{
  char text[1000];

  (void) arg;
  memset (text, 'x', sizeof text - 1);
  text[sizeof text - 1] = '\0';
  g_assert_cmpint (grove_register ("long_one", grove_self ()), ==, GROVE_OK);
  grove_exit ("{long, ~s}", text);
}

static void
test_long_end (void *arg)
{
  struct grove_end end;
  grove_pid        pid = grove_spawn (exits_long, NULL);

  (void) arg;
  while (grove_is_alive (pid))
    grove_yield ();
  g_assert_true (_grove_observe_end (pid, &end));
  g_assert_cmpstr (end.name, ==, "long_one");
  g_assert_true (g_str_has_prefix (end.reason, "{long,"));
  g_assert_cmpuint (strlen (end.reason), >, 100);
  g_assert_cmpuint (strlen (end.reason), <, sizeof end.reason);
  g_assert_true (end.crash);
}

static void
test_totals (void *arg)
{
  struct grove_runtime_sample   before, after;
  struct grove_scheduler_sample schedulers[2];
  grove_pid                     pid = grove_spawn (core_idle, NULL);

  (void) arg;
  grove_yield ();
  _grove_observe_runtime (&before, NULL, 0);
  _grove_preempt_disable ();
  for (int i = 0; i < 100; i++)
    grove_send (pid, "{some, message}");
  grove_alloc (10000);
  _grove_observe_runtime (&after, schedulers, 2);
  _grove_preempt_enable ();
  g_assert_cmpuint (after.n_messages_sent - before.n_messages_sent, ==, 100);
  g_assert_cmpuint (after.mailbox_bytes - before.mailbox_bytes, >, 100 * 56);
  g_assert_cmpuint (after.heap_bytes - before.heap_bytes, >=, 10000);
  g_assert_cmpuint (after.control_bytes, >, 0);
  g_assert_cmpuint (after.max_processes, ==, 4194304);
  g_assert_cmpuint (schedulers[0].busy_ns, <=, after.now_ns - after.started_ns);
  g_assert_cmpstr (_grove_observe_name (), ==, "test");
  g_assert_true (_grove_observe_running ());
}

/* ---- Acting ------------------------------------------------------------------------------------
 */

static void
test_acting (void *arg)
{
  grove_pid           trapper = core_spawn_trapper ();
  struct grove_buffer term = { NULL };

  (void) arg;
  g_assert_cmpint (grove_build (&term, "{from, outside}"), ==, GROVE_OK);
  g_assert_cmpint (_grove_observe_send (trapper, grove_buffer_term (&term)), ==, GROVE_OK);
  core_expect ("{got, {from, outside}}");
  g_assert_cmpint (_grove_observe_exit (trapper, grove_buffer_term (&term)), ==, GROVE_OK);
  core_expect ("{got, {'EXIT', _, {from, outside}}}");
  grove_buffer_finish (&term);
  g_assert_cmpint (grove_build (&term, "kill"), ==, GROVE_OK);
  grove_monitor (trapper);
  g_assert_cmpint (_grove_observe_exit (trapper, grove_buffer_term (&term)), ==, GROVE_OK);
  core_expect ("{'DOWN', _, process, _, killed}");
  while (grove_is_alive (trapper))
    grove_yield ();
  g_assert_cmpint (_grove_observe_exit (trapper, grove_buffer_term (&term)), ==, GROVE_ERR_NOPROC);
  g_assert_cmpint (_grove_observe_send (trapper, grove_buffer_term (&term)), ==, GROVE_ERR_NOPROC);
  g_assert_cmpint (_grove_observe_exit (0, grove_buffer_term (&term)), ==, GROVE_ERR_NOPROC);
  grove_buffer_finish (&term);
}

static struct
{
  grove_pid   senders[100];
  int         numbers[100];
  int         n;
  grove_pid   links[10], monitors[10], monitored_by[10];
  size_t      n_links, n_monitors, n_monitored_by;
  _Atomic int done; /* 1: answered, 2: there was nobody */
} inspection;

static void
inspect (struct grove_inspection *view, void *user_data)
{
  struct grove_message_view message;

  (void) user_data;
  inspection.n = 0;
  while (_grove_inspection_message (view, (uint64_t) inspection.n, &message))
    {
      g_assert_true (grove_match (message.term, "{n, ~i}", &inspection.numbers[inspection.n]));
      inspection.senders[inspection.n++] = message.sender;
      g_assert_cmpuint (message.sent_ns, >, 0);
    }
  /* And back again. */
  g_assert_true (_grove_inspection_message (view, 3, &message));
  g_assert_true (grove_match (message.term, "{n, 3}"));
  g_assert_false (_grove_inspection_message (view, 1000, &message));
  inspection.n_links = _grove_inspection_links (view, inspection.links, 10);
  inspection.n_monitors = _grove_inspection_monitors (view, inspection.monitors, 10);
  inspection.n_monitored_by = _grove_inspection_monitored_by (view, inspection.monitored_by, 10);
}

static void
inspected (enum grove_status status, void *user_data)
{
  (void) user_data;
  atomic_store (&inspection.done, status == GROVE_OK ? 1 : 2);
}

/* Far into a mailbox. */
#define N_FAR 60000
#define FAR   50000

static struct
{
  uint64_t    place;
  int         number; /* of the message it has come to */
  bool        reached;
  _Atomic int done;
} seeking;

static void
seek (struct grove_inspection *view, void *user_data)
{
  struct grove_message_view message;

  (void) user_data;
  seeking.reached = _grove_inspection_seek (view, &seeking.place, FAR);
  if (seeking.reached)
    {
      g_assert_true (_grove_inspection_message (view, FAR, &message));
      g_assert_true (grove_match (message.term, "{n, ~i}", &seeking.number));
    }
}

static void
sought (enum grove_status status, void *user_data)
{
  (void) user_data;
  g_assert_cmpint (status, ==, GROVE_OK);
  atomic_store (&seeking.done, 1);
}

static bool
is_number (struct grove_term message, void *wanted)
{
  int number;

  return grove_match (message, "{n, ~i}", &number) && number == *(int *) wanted;
}

/* It goes there in steps, however the mailbox changes between them: also where it stands. */
static void
test_inspect_steps (void *arg)
{
  int n_steps = 0, place = 0;

  (void) arg;
  for (int i = 0; i < N_FAR; i++)
    grove_send (grove_self (), "{n, ~i}", i);
  for (;;)
    {
      struct grove_message *message;

      atomic_store (&seeking.done, 0);
      _grove_observe_inspect (grove_self (), seek, sought, NULL);
      while (atomic_load (&seeking.done) == 0)
        grove_yield ();
      if (seeking.reached)
        break;
      n_steps++;
      place = 16384 * n_steps + n_steps - 1;
      /* The last it passed, and the first it did not. */
      for (int number = place - 1; number <= place; number++)
        {
          g_assert_cmpint (grove_receive_match (is_number, &number, 0, &message), ==, GROVE_OK);
          grove_message_free (message);
        }
    }
  g_assert_cmpint (n_steps, ==, 3);
  /* Those it had passed count as still there; each step one in front of it went. */
  g_assert_cmpint (seeking.number, ==, FAR + n_steps);
}

static void
waits_for_stop (void *arg)
{
  struct grove_message *message;

  grove_monitor (core_arg_pid (arg));
  if (grove_receive_pattern (GROVE_FOREVER, &message, "stop") == GROVE_OK)
    grove_message_free (message);
}

static void
test_inspect (void *arg)
{
  grove_pid pid = _grove_process_spawn_on (1, waits_for_stop, core_pid_arg (grove_self ()));

  (void) arg;
  for (int i = 0; i < 10; i++)
    grove_send (pid, "{n, ~i}", i);
  g_assert_cmpint (grove_link (pid), ==, GROVE_OK);
  grove_monitor (pid);
  do
    {
      atomic_store (&inspection.done, 0);
      _grove_observe_inspect (pid, inspect, inspected, NULL);
      while (atomic_load (&inspection.done) == 0)
        grove_yield ();
      g_assert_cmpint (atomic_load (&inspection.done), ==, 1);
      /* Behind all that was sent before. */
      g_assert_cmpint (inspection.n, ==, 10);
      for (int i = 0; i < 10; i++)
        {
          g_assert_cmpint (inspection.numbers[i], ==, i);
          g_assert_cmpuint (inspection.senders[i], ==, grove_self ());
        }
      g_assert_cmpuint (inspection.n_links, ==, 1);
      g_assert_cmpuint (inspection.links[0], ==, grove_self ());
      g_assert_cmpuint (inspection.n_monitored_by, ==, 1);
      g_assert_cmpuint (inspection.monitored_by[0], ==, grove_self ());
    }
  while (inspection.n_monitors == 0);
  g_assert_cmpuint (inspection.monitors[0], ==, grove_self ());
  grove_unlink (pid);
  grove_exit_process (pid, "kill");
  atomic_store (&inspection.done, 0);
  _grove_observe_inspect (pid, inspect, inspected, NULL);
  while (atomic_load (&inspection.done) == 0)
    grove_yield ();
  g_assert_cmpint (atomic_load (&inspection.done), ==, 2);
}

/* ---- One block, many processes ---- */

static _Atomic int n_compared, comparing;

struct seen
{
  int parity; /* of the label and the generation together: always the same; -1: not known */
};

static bool
visit_labelled (const struct grove_process_sample *sample, uint32_t slot, void *user_data)
{
  struct seen *seen = user_data;
  int          parity;

  (void) slot;
  if (sample->label[0] == '\0')
    return true;
  parity = (sample->label[0] == 'a') ^ (int) (sample->pid >> 32 & 1);
  if (seen->parity < 0)
    seen->parity = parity;
  g_assert_cmpint (seen->parity, ==, parity);
  return true;
}

static gpointer
comparer (gpointer data)
{
  struct seen seen = { .parity = -1 };

  (void) data;
  while (atomic_load (&comparing) != 0)
    {
      _grove_observe_scan (visit_labelled, &seen);
      atomic_fetch_add (&n_compared, 1);
    }
  return NULL;
}

static void
ends_at_once (void *arg)
{
  (void) arg;
}

/* What a scan finds in a block is of the process whose pid it says, however fast they come and go.
 */
static void
test_block_is_reused (void *arg)
{
  struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;
  GThread                   *thread;

  (void) arg;
  options.monitor = true;
  atomic_store (&n_compared, 0);
  atomic_store (&comparing, 1);
  thread = g_thread_new ("comparer", comparer, NULL);
  for (int i = 0; i < CORE_MANY (200000, 4000) || atomic_load (&n_compared) < 1000; i++)
    {
      grove_pid pid;
      options.label = i % 2 == 0 ? "a" : "b";
      g_assert_cmpint (grove_spawn_opt (ends_at_once, &options, &pid, NULL), ==, GROVE_OK);
      core_expect ("{'DOWN', _, process, _, normal}");
    }
  atomic_store (&comparing, 0);
  g_thread_join (thread);
}

/* ---- Running -----------------------------------------------------------------------------------
 */

static void
stops_all (void *arg)
{
  (void) arg;
  grove_stop ();
  core_spin (NULL);
}

static void
stopped_main (void *arg)
{
  (void) arg;
  grove_spawn (stops_all, NULL);
  core_idle (NULL);
}

static void
counts_down (void *arg)
{
  int *left = arg;

  --*left;
}

static void
test_run (void)
{
  const struct core_case stopped = { "", stopped_main };
  int                    left = 3;

  core_run (&stopped);
  g_assert_false (_grove_observe_running ());
  g_assert_cmpint (grove_run (NULL, NULL, NULL), ==, GROVE_ERR_BADARG);
  while (left > 0)
    g_assert_cmpint (grove_run (NULL, counts_down, &left), ==, GROVE_OK);
}

int
main (int argc, char **argv)
{
  static const struct core_case cases[] = {
    { "/runtime/observe/sample", test_sample },
    { "/runtime/observe/group-is-inherited-215", test_group_is_inherited },
    { "/runtime/observe/scan-11", test_scan },
    { "/runtime/observe/crashes", test_crashes },
    { "/runtime/observe/long-end", test_long_end },
    { "/runtime/observe/totals", test_totals },
    { "/runtime/observe/acting", test_acting },
    { "/runtime/observe/inspect-100", test_inspect },
    { "/runtime/observe/inspect-steps", test_inspect_steps },
    { "/runtime/observe/block-is-reused", test_block_is_reused, .n_schedulers = 1 },
  };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/runtime/observe/run", test_run);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i], core_run);
  return g_test_run ();
}
