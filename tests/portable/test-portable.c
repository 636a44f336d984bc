/* SPDX-License-Identifier: MIT
 *
 * What depends on the processor and the C library, in one program that needs nothing but the
 * runtime: the switch and what it keeps, stacks that move, pre-emption, threads that talk, values
 * in memory that is not aligned, and a supervised server on top of it all.
 *
 *   test-portable [--prefix /runtime/aarch64]
 */
#include "runtime/core/process-private.h"
#include "runtime/core/stack.h"
#include "runtime/grove.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEADLINE_NS INT64_C (60000000000)

/* An emulator is some twenty times slower; this is enough to find what is wrong. */
#define N_PROCESSES 200
#define N_ROUNDS    10

/* Failures are told by the process that sees them: a crash of it alone could go unseen. */
#define check(expression)                                                                          \
  do                                                                                               \
    if (!(expression))                                                                             \
      {                                                                                            \
        printf ("Bail out! %s:%d: %s\n", __FILE__, __LINE__, #expression);                         \
        fflush (stdout);                                                                           \
        _Exit (1);                                                                                 \
      }                                                                                            \
  while (0)

static void
expect (const char *pattern)
{
  struct grove_message *message;

  check (grove_receive (DEADLINE_NS, &message) == GROVE_OK);
  if (!grove_match (grove_message_term (message), pattern))
    {
      char text[256];
      grove_term_print (grove_message_term (message), GROVE_SYNTAX_ERLANG, 8, text, sizeof text,
                        NULL);
      printf ("# %s, not %s\n", text, pattern);
      check (!"another message");
    }
  grove_message_free (message);
}

/* ---- Stacks ---------------------------------------------------------------------------------- */

/* Fills a frame, waits for a message below it, and looks whether the frame is still there. */
static unsigned __attribute__ ((noinline)) descend (unsigned depth, uint64_t seed)
{
  uint64_t              canaries[16];
  volatile uint64_t    *held = canaries; /* the compiler must not know what is in there */
  struct grove_message *message;
  unsigned              n = 0;

  for (unsigned i = 0; i < 16; i++)
    held[i] = seed * 6364136223846793005U + i;
  if (depth > 0)
    n = descend (depth - 1, seed + 1);
  else
    {
      check (grove_receive (DEADLINE_NS, &message) == GROVE_OK);
      grove_message_free (message);
    }
  for (unsigned i = 0; i < 16; i++)
    check (held[i] == seed * 6364136223846793005U + i);
  return n + 1;
}

static void
canary (void *arg)
{
  uint64_t seed = (uintptr_t) arg;

  for (unsigned round = 0; round < N_ROUNDS; round++)
    {
      unsigned depth = (unsigned) (seed * 2654435761U >> 16) % 40;
      check (descend (depth, seed) == depth + 1);
      check (grove_send_name ("test", "alive") == GROVE_OK);
      seed += 7919;
    }
}

static void
keep_canaries (void)
{
  grove_pid pids[N_PROCESSES];

  check (grove_register ("test", grove_self ()) == GROVE_OK);
  for (uintptr_t i = 0; i < N_PROCESSES; i++)
    pids[i] = _grove_process_spawn_on (i % 2, canary, (void *) (i + 1));
  for (unsigned round = 0; round < N_ROUNDS; round++)
    {
      for (unsigned i = 0; i < N_PROCESSES; i++)
        grove_send (pids[i * 61 % N_PROCESSES], "go");
      for (unsigned i = 0; i < N_PROCESSES; i++)
        expect ("alive");
    }
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

/* Pre-empted in the middle of anything, with registers of both kinds full. */
static void
computes (void *arg)
{
  uint64_t a = (uintptr_t) arg, b = 1, c = 2, d = 3, e = 5, f = 7, g = 11, h = 13, k = 17;
  double   x = 1, y = 2, z = 3, u = 4, v = 5, w = 6, s = 7, t = 8;

  for (unsigned i = 0; i < 20000; i++)
    {
      a = a * 31 + b;
      b ^= c + i;
      c += d << 3 | e >> 5;
      d = d * 7 + (a & 0xff);
      e += b * 3 + f;
      f ^= g >> 3;
      g += h * 5;
      h = h * 9 + k;
      k ^= a >> 7;
      x = x * 0.999 + (double) (e & 0xffff);
      y = y * 0.5 + x;
      z = z * 0.25 + y;
      u = u * 0.125 + z;
      v = v * 0.75 + u;
      w = w * 0.625 + v;
      s = s * 0.3 + w;
      t = t * 0.2 + s;
    }
  check (grove_send_name ("test", "{sum, ~u, ~f}", a ^ b ^ c ^ d ^ e ^ f ^ g ^ h ^ k,
                          x + y + z + u + v + w + s + t) == GROVE_OK);
}

static void
test_registers (void *arg)
{
  uint64_t              first = 0, sum;
  double                first_x = 0, x;
  struct grove_message *message;

  (void) arg;
  check (grove_register ("test", grove_self ()) == GROVE_OK);
  _grove_stack_set_chaos (99);
  for (unsigned i = 0; i < 100; i++)
    _grove_process_spawn_on (i % 2, computes, (void *) 42);
  for (unsigned i = 0; i < 100; i++)
    {
      check (grove_receive_pattern (DEADLINE_NS, &message, "{sum, ~u, ~f}", &sum, &x) == GROVE_OK);
      grove_message_free (message);
      if (i == 0)
        {
          first = sum;
          first_x = x;
        }
      check (sum == first && memcmp (&x, &first_x, sizeof x) == 0);
    }
  _grove_stack_set_chaos (0);
}

/* ---- Processes ------------------------------------------------------------------------------- */

static void
spins (void *arg)
{
  volatile unsigned n = 0;

  (void) arg;
  for (;;)
    n++;
}

/* A loop without a call in it, on the only scheduler: others still have their turns, and it can be
 * ended. */
static void
test_preemption (void *arg)
{
  grove_pid spinner = grove_spawn (spins, NULL);

  (void) arg;
  for (unsigned i = 0; i < 20; i++)
    grove_yield ();
  check (grove_is_alive (spinner));
  grove_monitor (spinner);
  grove_exit_process (spinner, "kill");
  expect ("{'DOWN', _, process, _, killed}");
  check (!grove_is_alive (spinner));
}

static void
waits (void *arg)
{
  struct grove_message *message;

  (void) arg;
  (void) !grove_receive (GROVE_FOREVER, &message);
  check (!"woken");
}

static void
test_ends (void *arg)
{
  grove_pid pid;

  (void) arg;
  grove_trap_exit (true);
  pid = grove_spawn_link (waits, NULL);
  grove_exit_process (pid, "{bored, 1}");
  expect ("{'EXIT', _, {bored, 1}}");
  pid = grove_spawn_link (waits, NULL);
  grove_exit_process (pid, "kill");
  expect ("{'EXIT', _, killed}");
  check (grove_link (pid) == GROVE_OK);
  expect ("{'EXIT', _, noproc}");
  grove_monitor (pid);
  expect ("{'DOWN', _, process, _, noproc}");
}

static void
passes_on (void *arg)
{
  grove_pid             next = (grove_pid) (uintptr_t) arg;
  struct grove_message *message;
  int                   n;

  for (;;)
    {
      if (grove_receive_pattern (GROVE_FOREVER, &message, "{token, ~i}", &n) != GROVE_OK)
        return;
      grove_message_free (message);
      grove_send (next, "{token, ~i}", n + 1);
    }
}

/* Over both schedulers by turns: every hop wakes another thread. */
static void
test_ring (void *arg)
{
  grove_pid             first = grove_self ();
  struct grove_message *message;
  int                   n = 0;

  (void) arg;
  for (unsigned i = 0; i < 9; i++)
    first = _grove_process_spawn_on (i % 2, passes_on, (void *) (uintptr_t) first);
  for (unsigned lap = 1; lap <= 100; lap++)
    {
      grove_send (first, "{token, ~i}", n);
      check (grove_receive_pattern (DEADLINE_NS, &message, "{token, ~i}", &n) == GROVE_OK);
      grove_message_free (message);
      check (n == (int) (9 * lap));
    }
}

static void
test_time (void *arg)
{
  struct grove_message *message;
  uint64_t              before = grove_now_ns ();

  (void) arg;
  check (grove_receive (5000000, &message) == GROVE_ERR_TIMEOUT);
  grove_sleep_ms (5);
  check (grove_now_ns () - before >= 10000000);
}

/* ---- Values ---------------------------------------------------------------------------------- */

static void
test_values (void *arg)
{
  static const char text[] = "{big,-123456789012345678901234567890,1.5,#{a => [1,2|c]},<<\"x\">>}";
  struct grove_buffer buffer = { NULL };
  int64_t             number = 0;
  double              fraction = 0;
  char                printed[256];

  (void) arg;
  for (unsigned shift = 0; shift < 8; shift++)
    {
      struct grove_term term, element;

      buffer.size = 0;
      grove_buffer_extend (&buffer, shift);
      check (grove_build (&buffer, "{~l, ~f, ~s}", INT64_MIN + shift, 0.1, "text") == GROVE_OK);
      term = (struct grove_term){ buffer.bytes + shift, buffer.size - shift };
      check (grove_term_check (term.bytes, term.size, NULL) == GROVE_OK);
      check (grove_match (term, "{~l, ~f, <<\"text\">>}", &number, &fraction));
      check (number == INT64_MIN + (int) shift && fraction > 0.099 && fraction < 0.101);
      check (grove_term_element (term, 2, &element));
    }
  buffer.size = 0;
  check (grove_term_parse (text, sizeof text - 1, &buffer, NULL, NULL) == GROVE_OK);
  grove_term_print (grove_buffer_term (&buffer), GROVE_SYNTAX_ERLANG, 16, printed, sizeof printed,
                    NULL);
  check (strcmp (printed, text) == 0);
  grove_buffer_finish (&buffer);
}

/* ---- A supervised server --------------------------------------------------------------------- */

static enum grove_status
counter_init (const void *arg, void **state)
{
  (void) arg;
  *state = grove_alloc (sizeof (int));
  *(int *) *state = 0;
  return GROVE_OK;
}

static enum grove_next
counter_call (struct grove_term request, struct grove_from from, void *state)
{
  if (grove_match (request, "crash"))
    grove_exit ("crashed");
  grove_reply (from, "~i", ++*(int *) state);
  return GROVE_CONTINUE;
}

static const struct grove_server_callbacks counter = {
  .module = "counter",
  .init = counter_init,
  .handle_call = counter_call,
};

static enum grove_status
counter_start (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  struct grove_server_options options = GROVE_SERVER_DEFAULTS;

  (void) arg;
  options.name = "counter";
  options.link = true;
  return grove_server_start (&counter, &options, ret_pid, ret_reason);
}

static int
count (void)
{
  struct grove_message *reply;
  int                   n = 0;

  check (grove_call (grove_whereis ("counter"), DEADLINE_NS, &reply, "next") == GROVE_OK);
  check (grove_match (grove_message_term (reply), "~i", &n));
  grove_message_free (reply);
  return n;
}

static void
test_supervised (void *arg)
{
  struct grove_child_spec      child = GROVE_CHILD_DEFAULTS;
  struct grove_supervisor_spec spec = GROVE_SUPERVISOR_DEFAULTS;
  struct grove_message        *reply;
  grove_pid                    supervisor, old;

  (void) arg;
  child.id = "counter";
  child.start = counter_start;
  spec.children = &child;
  spec.n_children = 1;
  check (grove_supervisor_start (&spec, &supervisor, NULL) == GROVE_OK);
  check (count () == 1 && count () == 2);
  old = grove_whereis ("counter");
  check (grove_call (old, DEADLINE_NS, &reply, "crash") == GROVE_ERR_EXITED);
  /* The restart is over when the supervisor answers. */
  check (grove_call (supervisor, DEADLINE_NS, &reply, "which_children") == GROVE_OK);
  grove_message_free (reply);
  check (grove_whereis ("counter") != 0 && grove_whereis ("counter") != old);
  check (count () == 1);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    grove_entry entry;
    unsigned    n_schedulers;
  } cases[] = {
    { "canaries", test_canaries, 2 },
    { "random-eviction", test_random_eviction, 2 },
    { "registers", test_registers, 2 },
    { "preemption", test_preemption, 1 },
    { "ends", test_ends, 2 },
    { "ring", test_ring, 2 },
    { "time", test_time, 1 },
    { "values", test_values, 1 },
    { "supervised", test_supervised, 2 },
  };
  const char *prefix = "/runtime/portable";

  if (argc == 3 && strcmp (argv[1], "--prefix") == 0)
    prefix = argv[2];
  printf ("1..%zu\n", sizeof cases / sizeof *cases);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    {
      struct grove_options options = { .name = "portable", .n_schedulers = cases[i].n_schedulers };

      fflush (stdout);
      check (grove_run (&options, cases[i].entry, NULL) == GROVE_OK);
      printf ("ok %zu %s/%s\n", i + 1, prefix, cases[i].name);
    }
  return 0;
}
