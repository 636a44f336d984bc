/* SPDX-License-Identifier: MIT
 *
 * The cache of run stacks: frames come back as they were, wherever they have been. With canaries in
 * the frames, far more processes than stacks, and stacks that lose their frames at random.
 */
#include "runtime/core/stack.h"
#include "tests/runtime/core-test.h"

#include <string.h>

#define N_PROCESSES CORE_MANY (1000, 200)
#define N_ROUNDS    CORE_MANY (50, 10)

/* Fills a frame of its own, waits for a message below it, and looks whether the frame is still
 * there. */
static unsigned __attribute__ ((noinline)) descend (unsigned depth, uint64_t seed)
{
  uint64_t              canaries[16];
  volatile uint64_t    *held = canaries; /* the compiler must not know what is in there */
  struct grove_message *message;
  unsigned              n = 0;

  for (unsigned i = 0; i < G_N_ELEMENTS (canaries); i++)
    held[i] = seed * 6364136223846793005U + i;
  if (depth > 0)
    n = descend (depth - 1, seed + 1);
  else
    {
      if (grove_receive (CORE_DEADLINE_NS, &message) != GROVE_OK)
        grove_exit ("no_message");
      grove_message_free (message);
    }
  for (unsigned i = 0; i < G_N_ELEMENTS (canaries); i++)
    if (held[i] != seed * 6364136223846793005U + i)
      grove_exit ("canary_died");
  return n + 1;
}

static void
canary (void *arg)
{
  uint64_t seed = (uintptr_t) arg;

  for (unsigned round = 0; round < N_ROUNDS; round++)
    {
      unsigned depth = (unsigned) (seed * 2654435761U >> 16) % 40;
      if (descend (depth, seed) != depth + 1)
        grove_exit ("lost_a_frame");
      (void) grove_send_name ("test", "alive");
      seed += 7919;
    }
}

static void
keep_canaries (void)
{
  grove_pid *pids = grove_alloc (N_PROCESSES * sizeof *pids);

  g_assert_cmpint (grove_register ("test", grove_self ()), ==, GROVE_OK);
  for (uintptr_t i = 0; i < N_PROCESSES; i++)
    {
      pids[i] = _grove_process_spawn_on (i % 2, canary, (void *) (i + 1));
      grove_monitor (pids[i]);
    }
  for (unsigned round = 0; round < N_ROUNDS; round++)
    {
      for (unsigned i = 0; i < N_PROCESSES; i++)
        grove_send (pids[(i * 617) % N_PROCESSES], "go");
      for (unsigned i = 0; i < N_PROCESSES; i++)
        {
          struct grove_message *message;
          g_assert_cmpint (grove_receive_pattern (CORE_DEADLINE_NS, &message, "alive"), ==,
                           GROVE_OK);
          grove_message_free (message);
        }
    }
  for (unsigned i = 0; i < N_PROCESSES; i++)
    core_expect ("{'DOWN', _, process, _, normal}");
  core_expect_nothing ();
}

static void
test_canaries (void *arg)
{
  (void) arg;
  keep_canaries ();
}

static void
test_random_eviction (void *arg)
{
  (void) arg;
  _grove_stack_set_chaos (4711);
  keep_canaries ();
  _grove_stack_set_chaos (0);
}

/* Pre-empted in the middle of anything, with registers full. */
static void
computes (void *arg)
{
  uint64_t a = (uintptr_t) arg, b = 1, c = 2, d = 3, e = 5;
  double   x = 1.0;

  for (unsigned i = 0; i < CORE_MANY (200000, 20000); i++)
    {
      a = a * 31 + b;
      b ^= c + i;
      c += d << 3 | e >> 5;
      d = d * 7 + (a & 0xff);
      e += b * 3;
      x = x * 0.999 + (double) (e & 0xffff);
    }
  (void) grove_send_name ("test", "{sum, ~u, ~f}", a ^ b ^ c ^ d ^ e, x);
}

static void
test_registers (void *arg)
{
  uint64_t first = 0, sum;
  double   first_x = 0, x;

  (void) arg;
  g_assert_cmpint (grove_register ("test", grove_self ()), ==, GROVE_OK);
  _grove_stack_set_chaos (99);
  for (unsigned i = 0; i < 100; i++)
    _grove_process_spawn_on (i % 2, computes, (void *) 42);
  for (unsigned i = 0; i < 100; i++)
    {
      core_expect ("{sum, ~u, ~f}", &sum, &x);
      if (i == 0)
        {
          first = sum;
          first_x = x;
        }
      g_assert_cmpuint (sum, ==, first);
      g_assert_cmpfloat (x, ==, first_x);
    }
  _grove_stack_set_chaos (0);
}

static void
has_parked (void *arg)
{
  (void) arg;
  (void) grove_send_name ("test", "parked");
  core_idle (NULL);
}

/* What parked processes keep of their stacks is counted, and given back. */
static void
test_accounting (void *arg)
{
  struct grove_runtime_sample before, parked, after;
  grove_pid                  *pids = grove_alloc (N_PROCESSES * sizeof *pids);

  (void) arg;
  g_assert_cmpint (grove_register ("test", grove_self ()), ==, GROVE_OK);
  _grove_observe_runtime (&before, NULL, 0);
  for (unsigned i = 0; i < N_PROCESSES; i++)
    pids[i] = grove_spawn (has_parked, NULL);
  for (unsigned i = 0; i < N_PROCESSES; i++)
    core_expect ("parked");
  _grove_observe_runtime (&parked, NULL, 0);
  g_assert_cmpuint (parked.stack_bytes, >, before.stack_bytes);
  for (unsigned i = 0; i < N_PROCESSES; i++)
    {
      struct grove_process_sample sample;
      g_assert_true (_grove_observe_process (pids[i], &sample));
      g_assert_cmpuint (sample.stack_bytes, >, 0);
      g_assert_cmpuint (sample.stack_bytes, <, CORE_MANY (2048, 16384));
      grove_exit_process (pids[i], "kill");
      g_assert_false (grove_is_alive (pids[i]));
    }
  _grove_observe_runtime (&after, NULL, 0);
  g_assert_cmpuint (after.stack_bytes, <=, before.stack_bytes + 2 * GROVE_STACK_TOUCHED);
}

int
main (int argc, char **argv)
{
  static const struct core_case cases[] = {
    { "/runtime/stack/canaries", test_canaries },
    { "/runtime/stack/random-eviction", test_random_eviction },
    { "/runtime/stack/registers", test_registers },
    { "/runtime/stack/accounting", test_accounting },
  };

  return core_main (argc, argv, cases, G_N_ELEMENTS (cases));
}
