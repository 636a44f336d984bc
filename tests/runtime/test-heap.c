/* SPDX-License-Identifier: MIT
 *
 * The heap of a process, and what it defers.
 */
#include "tests/runtime/core-test.h"

#include <string.h>

static uint64_t
heap_bytes (void)
{
  struct grove_process_sample sample;

  g_assert_true (_grove_observe_process (grove_self (), &sample));
  return sample.heap_bytes;
}

static void
test_accounting (void *arg)
{
  uint64_t before = heap_bytes ();
  char    *a, *b;

  (void) arg;
  a = grove_alloc (1000);
  memset (a, 1, 1000);
  g_assert_cmpuint ((uintptr_t) a % 16, ==, 0);
  g_assert_cmpuint (heap_bytes () - before, >=, 1000);
  g_assert_cmpuint (heap_bytes () - before, <, 1100);
  b = grove_alloc (10);
  a = grove_realloc (a, 5000);
  g_assert_cmpint (a[999], ==, 1);
  g_assert_cmpuint (heap_bytes () - before, >=, 5010);
  a = grove_realloc (a, 10);
  g_assert_cmpuint (heap_bytes () - before, <, 200);
  grove_free (b);
  grove_free (a);
  grove_free (NULL);
  g_assert_cmpuint (heap_bytes (), ==, before);
  g_assert_cmpstr (grove_strdup ("text"), ==, "text");
}

/* Small ones and large ones are kept in different places, and each keeps its bytes from one to the
 * other. */
static void
test_sizes (void *arg)
{
  uint64_t before = heap_bytes ();
  uint8_t *blocks[64] = { NULL };
  gsize    sizes[64] = { 0 };

  (void) arg;
  for (guint i = 0; i < 20000; i++)
    {
      guint at = (guint) g_test_rand_int_range (0, 64);
      gsize size = (gsize) g_test_rand_int_range (1, i % 2 == 0 ? 100 : 1200);

      for (gsize j = 0; j < sizes[at]; j++)
        if (blocks[at][j] != at)
          g_error ("byte %zu of %zu is wrong", j, sizes[at]);
      if (i % 5 == 0)
        {
          grove_free (blocks[at]);
          blocks[at] = NULL;
          sizes[at] = 0;
          continue;
        }
      blocks[at] = grove_realloc (blocks[at], size);
      g_assert_cmpuint ((uintptr_t) blocks[at] % 16, ==, 0);
      for (gsize j = 0; j < MIN (size, sizes[at]); j++)
        if (blocks[at][j] != at)
          g_error ("byte %zu of %zu is wrong after it was %zu", j, size, sizes[at]);
      memset (blocks[at], (int) at, size);
      sizes[at] = size;
    }
  for (guint i = 0; i < 64; i++)
    grove_free (blocks[i]);
  g_assert_cmpuint (heap_bytes (), ==, before);
}

static void
takes_too_much (void *arg)
{
  (void) arg;
  grove_trap_exit (true);
  for (;;)
    memset (grove_alloc (1000), 0, 1000);
}

static void
grows_too_much (void *arg)
{
  size_t size = 16;
  char  *block = grove_alloc (size);

  (void) arg;
  for (;;)
    block = grove_realloc (block, size *= 2);
}

static void
test_limit (void *arg)
{
  struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;
  static char                large[200000];
  grove_pid                  pid;
  grove_ref                  monitor;

  (void) arg;
  options.max_heap_bytes = 100000;
  options.monitor = true;
  g_assert_cmpint (grove_spawn_opt (takes_too_much, &options, &pid, &monitor), ==, GROVE_OK);
  core_expect ("{'DOWN', _, process, _, heap_limit}");
  g_assert_cmpint (grove_spawn_opt (grows_too_much, &options, &pid, &monitor), ==, GROVE_OK);
  core_expect ("{'DOWN', _, process, _, heap_limit}");
  /* An argument beyond the limit: nothing is created. */
  options.arg = large;
  options.arg_size = sizeof large;
  g_assert_cmpint (grove_spawn_opt (core_idle, &options, &pid, &monitor), ==,
                   GROVE_ERR_SYSTEM_LIMIT);
  core_expect_nothing ();
}

/* The events of @pid's heap since @cursor. */
static unsigned
n_large_heap_events (struct grove_event_cursor *cursor, grove_pid pid)
{
  struct grove_event events[64];
  uint64_t           lost;
  unsigned           n_found = 0;
  size_t             n;

  while ((n = _grove_observe_events (cursor, events, G_N_ELEMENTS (events), &lost)) > 0)
    for (size_t i = 0; i < n; i++)
      if (events[i].kind == GROVE_EVENT_LARGE_HEAP && events[i].pid == pid)
        {
          g_assert_cmpuint (events[i].a, >, 100000);
          n_found++;
        }
  return n_found;
}

/* Passes the limit twice, and lives. */
static void
passes_twice (void *arg)
{
  for (int i = 0; i < 2; i++)
    {
      void *large = grove_alloc (200000);
      void *larger = grove_alloc (200000);
      grove_free (large);
      grove_free (larger);
    }
  grove_send ((grove_pid) (uintptr_t) arg, "lives");
}

static void
test_limit_reports (void *arg)
{
  struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;
  struct grove_event_cursor  cursor = { .turn = 0 };
  grove_pid                  pid;

  (void) arg;
  _grove_observe_events_from_now (&cursor);
  options.max_heap_bytes = 100000;
  options.max_heap_reports = true;
  options.arg = (void *) (uintptr_t) grove_self ();
  g_assert_cmpint (grove_spawn_opt (passes_twice, &options, &pid, NULL), ==, GROVE_OK);
  core_expect ("lives");
  g_assert_cmpuint (n_large_heap_events (&cursor, pid), ==, 2);
  options.max_heap_reports = false;
  options.monitor = true;
  g_assert_cmpint (grove_spawn_opt (passes_twice, &options, &pid, NULL), ==, GROVE_OK);
  core_expect ("{'DOWN', _, process, _, heap_limit}");
  g_assert_cmpuint (n_large_heap_events (&cursor, pid), ==, 1);
}

/* What a process gets counts when it has received it. */
static void
receives_too_much (void *arg)
{
  struct grove_message *message = core_receive ();

  grove_free (grove_alloc (50000));
  grove_message_free (message);
  grove_free (grove_alloc (50000));
  grove_send ((grove_pid) (uintptr_t) arg, "lives");
}

static void
test_limit_counts_messages (void *arg)
{
  struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;
  static const char          bytes[90000];
  grove_pid                  pid;

  (void) arg;
  options.max_heap_bytes = 100000;
  options.monitor = true;
  options.arg = (void *) (uintptr_t) grove_self ();
  g_assert_cmpint (grove_spawn_opt (receives_too_much, &options, &pid, NULL), ==, GROVE_OK);
  grove_send (pid, "~b", bytes, (size_t) 20000);
  core_expect ("lives");
  core_expect ("{'DOWN', _, process, _, normal}");
  g_assert_cmpint (grove_spawn_opt (receives_too_much, &options, &pid, NULL), ==, GROVE_OK);
  grove_send (pid, "~b", bytes, sizeof bytes);
  core_expect ("{'DOWN', _, process, _, heap_limit}");
}

static void
default_limit (void *arg)
{
  struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;
  grove_pid                  pid;

  (void) arg;
  options.monitor = true;
  options.arg = (void *) (uintptr_t) grove_self ();
  g_assert_cmpint (grove_spawn_opt (passes_twice, &options, &pid, NULL), ==, GROVE_OK);
  core_expect ("{'DOWN', _, process, _, heap_limit}");
  options.max_heap_bytes = SIZE_MAX;
  g_assert_cmpint (grove_spawn_opt (passes_twice, &options, &pid, NULL), ==, GROVE_OK);
  core_expect ("lives");
}

static void
test_default_limit (void)
{
  const struct grove_options options = { .name = "test", .max_heap_bytes = 100000 };

  g_assert_cmpint (grove_run (&options, default_limit, NULL), ==, GROVE_OK);
}

/* ---- Deferring ---------------------------------------------------------------------------------
 */

static void
tells (void *data)
{
  (void) grove_send_name ("test", "{released, ~i, ~p}", (int) (intptr_t) data, grove_self ());
}

static void
tells_and_exits (void *data)
{
  tells (data);
  grove_exit ("from_release");
}

static void
tells_and_tries_to_wait (void *data)
{
  struct grove_message *message;

  if (grove_receive (GROVE_FOREVER, &message) == GROVE_ERR_TIMEOUT)
    tells (data);
}

static void
allocates (void *data)
{
  char *text = grove_strdup ("more than the limit allows");

  (void) data;
  grove_free (text);
}

static void
defers (void *arg)
{
  grove_defer (tells, (void *) 1);
  grove_defer (tells_and_tries_to_wait, (void *) 2);
  grove_defer (tells_and_exits, (void *) 3);
  grove_defer (allocates, NULL);
  grove_defer (tells, (void *) 4);
  (void) grove_send_name ("test", "ready");
  if (arg != NULL)
    core_spin (NULL);
  core_idle (NULL);
}

static void
test_defer (void *arg)
{
  (void) arg;
  g_assert_cmpint (grove_register ("test", grove_self ()), ==, GROVE_OK);
  for (intptr_t spins = 0; spins < 2; spins++)
    for (unsigned on = 0; on < 2; on++)
      {
        grove_pid pid = _grove_process_spawn_on (on, defers, (void *) spins);
        core_expect ("ready");
        grove_monitor (pid);
        grove_exit_process (pid, "kill");
        for (int i = 4; i > 0; i--)
          {
            int       got;
            grove_pid from;
            core_expect ("{released, ~i, ~p}", &got, &from);
            g_assert_cmpint (got, ==, i);
            g_assert_cmpuint (from, ==, pid);
          }
        core_expect ("{'DOWN', _, process, _, killed}");
      }
}

static int n_released_at_stop;

static void
counts (void *data)
{
  (void) data;
  n_released_at_stop++;
}

/* ---- What comes while the releases run ---- */

static int n_answers;

static void
looks (struct grove_inspection *view, void *user_data)
{
  (void) view;
  (void) user_data;
}

static void
answered (enum grove_status status, void *user_data)
{
  (void) user_data;
  g_assert_cmpint (status, ==, GROVE_ERR_NOPROC);
  n_answers++;
}

/* A signal that would end the process is in front of others that must be answered. */
static void
receives_its_end (void *data)
{
  struct grove_message *message;

  (void) data;
  grove_exit_process (grove_self (), "kill");
  _grove_observe_inspect (grove_self (), looks, answered, NULL);
  g_assert_cmpint (grove_receive (0, &message), ==, GROVE_ERR_TIMEOUT);
}

static void
defers_receiving (void *arg)
{
  (void) arg;
  grove_defer (receives_its_end, NULL);
}

static void
test_defer_receives (void *arg)
{
  (void) arg;
  n_answers = 0;
  core_expect_down (grove_spawn (defers_receiving, NULL), "normal");
  g_assert_cmpint (n_answers, ==, 1);
}

static void
defers_counting (void *arg)
{
  (void) arg;
  grove_defer (counts, NULL);
  grove_alloc (100);
  (void) grove_send_name ("test", "ready");
  core_idle (NULL);
}

static void
stops_with_processes (void *arg)
{
  (void) arg;
  g_assert_cmpint (grove_register ("test", grove_self ()), ==, GROVE_OK);
  for (unsigned i = 0; i < 10; i++)
    _grove_process_spawn_on (i % 2, defers_counting, NULL);
  for (unsigned i = 0; i < 10; i++)
    core_expect ("ready");
  grove_defer (counts, NULL);
}

static void
test_stop_releases (void)
{
  const struct core_case test = { "", stops_with_processes };

  n_released_at_stop = 0;
  core_run (&test);
  g_assert_cmpint (n_released_at_stop, ==, 11);
}

int
main (int argc, char **argv)
{
  static const struct core_case cases[] = {
    { "/runtime/heap/accounting", test_accounting },
    { "/runtime/heap/sizes", test_sizes },
    { "/runtime/heap/limit-106", test_limit },
    { "/runtime/heap/limit-reports-106", test_limit_reports },
    { "/runtime/heap/limit-counts-messages-106", test_limit_counts_messages },
    { "/runtime/heap/defer", test_defer },
    { "/runtime/heap/defer-receives", test_defer_receives, .n_schedulers = 1 },
  };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/runtime/heap/stop-releases", test_stop_releases);
  g_test_add_func ("/runtime/heap/limit-by-default-106", test_default_limit);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i], core_run);
  return g_test_run ();
}
