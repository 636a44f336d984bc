/* SPDX-License-Identifier: MIT
 *
 * Everything at once on two schedulers, from a seed: processes that spawn, send, link, monitor,
 * name, kill, allocate, sleep and hibernate, with an observer that reads, inspects and kills from a
 * thread outside. What is checked is what must hold whatever happens: nobody is stuck, every
 * monitor fires once, the books balance, and the sanitizers stay quiet.
 */
#include "runtime/core/stack.h"
#include "tests/runtime/core-test.h"

#include <stdatomic.h>

#define N_WORKERS 60
#define N_STEPS   CORE_MANY (3000, 400)

static _Atomic (grove_pid) workers[N_WORKERS];
static _Atomic int         n_inspections; /* asked for and not answered */
static guint32             seed;

static void
nothing (void *data)
{
  (void) data;
}

static void
wakes_once (void *arg)
{
  (void) arg;
}

static void
short_lived (void *arg)
{
  struct grove_message *message;

  switch ((int) (intptr_t) arg % 5)
    {
    case 0:
      return;
    case 1:
      grove_exit ("{crash, ~i}", (int) (intptr_t) arg);
    case 2:
      grove_hibernate (wakes_once, NULL);
    case 3:
      if (grove_receive (1000 * (int) (intptr_t) arg % 1000000, &message) == GROVE_OK)
        grove_message_free (message);
      return;
    default:
      for (volatile int spin = 5000; spin > 0; spin--)
        ;
    }
}

static grove_pid
some_worker (GRand *rand)
{
  return atomic_load (&workers[g_rand_int_range (rand, 0, N_WORKERS)]);
}

static void
step (GRand *rand)
{
  struct grove_message *message;
  grove_pid             peer = some_worker (rand);
  char                  name[16];

  switch (g_rand_int_range (rand, 0, 14))
    {
    case 0:
      grove_spawn (short_lived, (void *) (intptr_t) g_rand_int_range (rand, 0, 1000));
      break;
    case 1:
      grove_spawn_link (short_lived, (void *) (intptr_t) g_rand_int_range (rand, 0, 1000));
      break;
    case 2:
      (void) !grove_link (peer);
      break;
    case 3:
      grove_unlink (peer);
      break;
    case 4:
      grove_demonitor (grove_monitor (peer), g_rand_boolean (rand));
      break;
    case 5:
      grove_exit_process (peer, g_rand_boolean (rand) ? "normal" : "{poke, 1}");
      break;
    case 6:
      (void) grove_is_alive (peer);
      break;
    case 7:
      g_snprintf (name, sizeof name, "n%d", g_rand_int_range (rand, 0, 10));
      (void) !grove_register (name, peer);
      (void) grove_unregister (name);
      break;
    case 8:
      grove_free (grove_alloc ((gsize) g_rand_int_range (rand, 1, 10000)));
      break;
    case 9:
      g_assert_cmpint (grove_set_priority ((enum grove_priority) g_rand_int_range (rand, 0, 3),
                                           NULL),
                       ==, GROVE_OK);
      break;
    case 10:
      if (grove_receive (g_rand_int_range (rand, 0, 20000), &message) == GROVE_OK)
        grove_message_free (message);
      break;
    case 11:
      grove_yield ();
      break;
    default:
      grove_send (peer, "{hello, ~p, ~i}", grove_self (), 42);
    }
}

static void
worker (void *arg)
{
  GRand *rand = g_rand_new_with_seed (seed + (guint32) (uintptr_t) arg);

  grove_defer ((void (*) (void *)) g_rand_free, rand);
  grove_defer (nothing, NULL);
  grove_trap_exit (true);
  for (int i = 0; i < N_STEPS; i++)
    {
      struct grove_message *message;
      step (rand);
      while (grove_receive (0, &message) == GROVE_OK)
        grove_message_free (message);
    }
}

static bool
visit (const struct grove_process_sample *sample, uint32_t slot, void *user_data)
{
  (void) slot;
  (void) user_data;
  g_assert_nonnull (sample->label);
  return true;
}

static void
inspect (struct grove_inspection *view, void *user_data)
{
  grove_pid                 pids[4];
  struct grove_message_view message;

  (void) user_data;
  (void) _grove_inspection_links (view, pids, 4);
  (void) _grove_inspection_message (view, 0, &message);
}

static void
inspected (enum grove_status status, void *user_data)
{
  (void) status;
  (void) user_data;
  atomic_fetch_sub (&n_inspections, 1);
}

static _Atomic int observer_stop;

static gpointer
observer (gpointer data)
{
  GRand              *rand = g_rand_new_with_seed (seed);
  struct grove_buffer kill = { NULL };

  (void) data;
  g_assert_cmpint (grove_build (&kill, "kill"), ==, GROVE_OK);
  while (atomic_load (&observer_stop) == 0)
    {
      struct grove_runtime_sample sample;
      grove_pid                   pid = some_worker (rand);

      _grove_observe_scan (visit, NULL);
      _grove_observe_runtime (&sample, NULL, 0);
      atomic_fetch_add (&n_inspections, 1);
      _grove_observe_inspect (pid, inspect, inspected, NULL);
      (void) _grove_observe_set_priority (pid, GROVE_PRIORITY_NORMAL, NULL);
      (void) _grove_observe_send (pid, grove_buffer_term (&kill));
      if (g_rand_int_range (rand, 0, 50) == 0)
        (void) _grove_observe_exit (pid, grove_buffer_term (&kill));
    }
  grove_buffer_finish (&kill);
  g_rand_free (rand);
  return NULL;
}

static bool
wake (const struct grove_process_sample *sample, uint32_t slot, void *user_data)
{
  (void) slot;
  (void) user_data;
  if (sample->pid != grove_self ())
    grove_send (sample->pid, "wake");
  return true;
}

static void
test_everything (void *arg)
{
  GThread                    *thread;
  struct grove_runtime_sample sample;

  (void) arg;
  seed = g_test_rand_int ();
  g_test_message ("seed %u", seed);
  _grove_stack_set_chaos (seed | 1);
  atomic_store (&observer_stop, 0);
  for (unsigned i = 0; i < N_WORKERS; i++)
    {
      grove_pid pid = _grove_process_spawn_on (i % 2, worker, (void *) (uintptr_t) i);
      atomic_store (&workers[i], pid);
      grove_monitor (pid);
    }
  thread = g_thread_new ("observer", observer, NULL);
  for (unsigned i = 0; i < N_WORKERS; i++)
    {
      struct grove_message *message;
      g_assert_cmpint (grove_receive_pattern (2 * CORE_DEADLINE_NS, &message,
                                              "{'DOWN', _, process, _, _}"),
                       ==, GROVE_OK);
      grove_message_free (message);
    }
  atomic_store (&observer_stop, 1);
  g_thread_join (thread);
  while (atomic_load (&n_inspections) > 0)
    grove_sleep_ms (1);
  core_expect_nothing ();
  /* Those that hibernate are left; whoever else there was ends by itself. */
  _grove_observe_scan (wake, NULL);
  do
    {
      grove_sleep_ms (2);
      _grove_observe_runtime (&sample, NULL, 0);
    }
  while (sample.n_processes > 1);
  g_assert_cmpuint (sample.heap_bytes, ==, 0);
  g_assert_cmpuint (sample.mailbox_bytes, ==, 0);
  _grove_stack_set_chaos (0);
}

int
main (int argc, char **argv)
{
  static const struct core_case cases[] = {
    { "/runtime/stress/everything", test_everything },
    { "/runtime/stress/everything-on-three", test_everything, .n_schedulers = 3 },
  };

  return core_main (argc, argv, cases, G_N_ELEMENTS (cases));
}
