/* SPDX-License-Identifier: MIT
 *
 * Faults in process code end that process and nothing else; others end the program and say why.
 * What faults on purpose is hidden from the undefined behaviour sanitizer.
 */
#include "runtime/otp/server.h"
#include "runtime/otp/supervisor.h"
#include "tests/runtime/core-test.h"

#include <assert.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define HOSTILE __attribute__ ((noinline, noclone, no_sanitize ("undefined"), no_sanitize_thread))

/* Where the compiler cannot know it. */
static void *volatile nowhere;
static volatile int zero;

/* ---- Ways to fault ----------------------------------------------------------------------------
 */

HOSTILE static void
writes_null (void *arg)
{
  (void) arg;
  *(volatile int *) nowhere = 1;
}

HOSTILE static void
calls_null (void *arg)
{
  void (*function) (void);
  void *address = nowhere;

  (void) arg;
  memcpy (&function, &address, sizeof function);
  function ();
  grove_exit ("came_back");
}

HOSTILE static void
divides (void *arg)
{
  (void) arg;
#if defined(__x86_64__)
  zero = 77 / zero;
#else
  raise (SIGFPE); /* there division by zero is 0 */
#endif
}

HOSTILE static void
executes_nonsense (void *arg)
{
  (void) arg;
  __builtin_trap ();
}

HOSTILE static void
reads_behind_the_end (void *arg)
{
  char  path[] = "/tmp/grove-fault-XXXXXX";
  int   fd = mkstemp (path);
  char *file;

  (void) arg;
  g_assert_cmpint (fd, >=, 0);
  unlink (path);
  g_assert_cmpint (ftruncate (fd, 4096), ==, 0);
  file = mmap (NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
  g_assert_true (file != MAP_FAILED);
  g_assert_cmpint (ftruncate (fd, 0), ==, 0);
  close (fd);
  zero = *(volatile char *) file;
}

static volatile unsigned depth, limit = 1000000;

HOSTILE static unsigned
recurses (unsigned n)
{
  volatile char frame[200];

  frame[n % sizeof frame] = (char) n;
  depth = n;
  if (n == limit)
    return 0;
  return recurses (n + 1) + (unsigned) frame[n % sizeof frame];
}

static void
overflows (void *arg)
{
  (void) arg;
  recurses (0);
}

HOSTILE static unsigned
recurses_in_library (unsigned n)
{
  char text[200];

  snprintf (text, sizeof text, "%u %s", n, "and on");
  depth = n;
  if (n == limit)
    return 0;
  return recurses_in_library (n + 1) + (unsigned) text[n % sizeof text];
}

static void
overflows_in_library (void *arg)
{
  (void) arg;
  recurses_in_library (0);
}

HOSTILE static unsigned
recurses_in_runtime (unsigned n)
{
  volatile char         frame[16];
  struct grove_message *message;

  frame[n % sizeof frame] = (char) n;
  if (grove_receive (0, &message) == GROVE_OK || n == limit)
    return 0;
  return recurses_in_runtime (n + 1) + (unsigned) frame[n % sizeof frame];
}

static void
overflows_in_runtime (void *arg)
{
  (void) arg;
  recurses_in_runtime (0);
}

HOSTILE static void
measures_null (void *arg)
{
  size_t (*volatile measure) (const char *) = strlen;

  (void) arg;
  grove_exit ("{length, ~u}", (uint64_t) measure (nowhere));
}

static int
compares_badly (const void *a, const void *b)
{
  (void) a;
  (void) b;
  writes_null (NULL);
  return 0;
}

static void
sorts (void *arg)
{
  int numbers[] = { 3, 1, 2, 5, 4 };

  (void) arg;
  qsort (numbers, G_N_ELEMENTS (numbers), sizeof numbers[0], compares_badly);
}

static void
aborts (void *arg)
{
  (void) arg;
  abort ();
}

#undef NDEBUG

static void
fails_an_assertion (void *arg)
{
  assert (arg != NULL);
}

static bool
matches_badly (struct grove_term term, void *user_data)
{
  (void) term;
  writes_null (user_data);
  return false;
}

static void
receives_badly (void *arg)
{
  struct grove_message *message;

  (void) arg;
  grove_send (grove_self (), "hello");
  if (grove_receive_match (matches_badly, NULL, CORE_DEADLINE_NS, &message) == GROVE_OK)
    grove_exit ("matched");
}

static void
waits_frameless (void *arg)
{
  grove_hibernate (writes_null, arg);
}

/* ---- The process ends, with a reason -----------------------------------------------------------
 */

static void
test_signals (void *arg)
{
  (void) arg;
  core_expect_down (grove_spawn (writes_null, NULL), "{{signal, sigsegv, 0}, [{writes_null, _, _} "
                                                     "| _]}");
  core_expect_down (grove_spawn (calls_null, NULL),
                    "{{signal, sigsegv, 0}, [{calls_null, _, _} | _]}");
#if defined(__x86_64__)
  core_expect_down (grove_spawn (divides, NULL), "{{signal, sigfpe, _}, [{divides, _, _} | _]}");
#endif
  core_expect_down (grove_spawn (executes_nonsense, NULL),
                    "{{signal, sigill, _}, [{executes_nonsense, _, _} | _]}");
  core_expect_down (grove_spawn (reads_behind_the_end, NULL),
                    "{{signal, sigbus, _}, [{reads_behind_the_end, _, _} | _]}");
}

static void
test_abort (void *arg)
{
  (void) arg;
  core_expect_down (grove_spawn (aborts, NULL), "{{signal, sigabrt, _}, [_, _ | _]}");
  core_expect_down (grove_spawn (fails_an_assertion, NULL), "{{signal, sigabrt, _}, [_, _ | _]}");
}

static void
test_overflow (void *arg)
{
  (void) arg;
  for (unsigned i = 0; i < 20; i++)
    {
      core_expect_down (grove_spawn (overflows, NULL), "{stack_overflow, [{recurses, _, _} | _]}");
      g_assert_cmpuint (depth, >, 200);
    }
}

/* It is ended when it is back in its own code. */
static void
test_overflow_elsewhere (void *arg)
{
  (void) arg;
  for (unsigned i = 0; i < 20; i++)
    {
      core_expect_down (grove_spawn (overflows_in_library, NULL), "{stack_overflow, [_ | _]}");
      core_expect_down (grove_spawn (overflows_in_runtime, NULL), "{stack_overflow, [_ | _]}");
    }
}

/* A sanitizer's own strlen() is more than a leaf. */
static void
test_library_leaf (void *arg)
{
  (void) arg;
  if (CORE_MANY (false, true))
    g_test_skip ("the sanitizer has taken the place of strlen()");
  else
    core_expect_down (grove_spawn (measures_null, NULL),
                      "{{signal, sigsegv, 0}, [_, {measures_null, _, _} | _]}");
}

static void
test_called_back (void *arg)
{
  (void) arg;
  /* A sanitizer's own qsort() calls back from wherever it likes. */
  if (CORE_MANY (true, false))
    core_expect_down (grove_spawn (sorts, NULL),
                      "{{signal, sigsegv, 0}, [{writes_null, _, _}, {compares_badly, _, _} | _]}");
  core_expect_down (grove_spawn (receives_badly, NULL),
                    "{{signal, sigsegv, 0}, [{writes_null, _, _}, {matches_badly, _, _} | _]}");
}

static void
test_hibernated (void *arg)
{
  grove_pid pid = grove_spawn (waits_frameless, NULL);
  grove_ref monitor = grove_monitor (pid);

  (void) arg;
  (void) monitor;
  grove_send (pid, "go");
  core_expect ("{'DOWN', _, process, _, {{signal, sigsegv, 0}, [{writes_null, _, _}]}}");
}

/* What it wrote over its own frames only shortens the stack. */
HOSTILE static void
smashes (void *arg)
{
  volatile uintptr_t *frame = __builtin_frame_address (0);

  (void) arg;
  for (unsigned i = 0; i < 6; i++)
    frame[i] = 0x4141414141414141;
  writes_null (NULL);
}

static void
test_smashed (void *arg)
{
  (void) arg;
  core_expect_down (grove_spawn (smashes, NULL),
                    "{{signal, sigsegv, 0}, [{writes_null, _, _} | _]}");
}

/* ---- Releasing ---------------------------------------------------------------------------------
 */

static _Atomic unsigned n_released;

static void
releases (void *data)
{
  (void) data;
  atomic_fetch_add (&n_released, 1);
}

static void
defers (void *arg)
{
  grove_defer (releases, NULL);
  grove_defer (writes_null, NULL);
  grove_defer (releases, NULL);
  if (arg != NULL)
    writes_null (NULL);
}

static void
test_release (void *arg)
{
  struct grove_crash crash;
  grove_pid          pid;

  (void) arg;
  atomic_store (&n_released, 0);
  pid = grove_spawn (defers, NULL);
  core_expect_down (pid, "normal");
  g_assert_cmpuint (atomic_load (&n_released), ==, 2);
  g_assert_true (_grove_observe_crash_of (pid, &crash));
  g_assert_true (crash.in_release);
  g_assert_cmpstr (crash.reason, ==, "{signal,sigsegv,0}");
  core_expect_down (grove_spawn (defers, GINT_TO_POINTER (1)), "{{signal, sigsegv, 0}, _}");
  g_assert_cmpuint (atomic_load (&n_released), ==, 4);
}

/* ---- Others hear of it --------------------------------------------------------------------------
 */

static void
waits_linked (void *arg)
{
  grove_link (core_arg_pid (arg));
  core_idle (NULL);
}

static void
faults_when_told (void *arg)
{
  grove_message_free (core_receive ());
  writes_null (arg);
}

static void
test_links (void *arg)
{
  grove_pid faulty = grove_spawn (faults_when_told, NULL);
  grove_pid linked = grove_spawn (waits_linked, core_pid_arg (faulty));
  grove_pid trapper = core_spawn_trapper ();

  (void) arg;
  grove_trap_exit (true);
  g_assert_cmpint (grove_link (faulty), ==, GROVE_OK);
  g_assert_true (grove_is_alive (linked));
  grove_send (faulty, "go");
  core_expect ("{'EXIT', _, {{signal, sigsegv, 0}, [{writes_null, _, _} | _]}}");
  core_expect_down (linked, "_");
  g_assert_true (grove_is_alive (trapper));
}

static enum grove_status
faulty_init (const void *arg, void **state)
{
  (void) arg;
  (void) state;
  grove_send_name ("test", "started");
  return GROVE_OK;
}

static enum grove_next
faulty_cast (struct grove_term request, void *state)
{
  (void) request;
  writes_null (state);
  return GROVE_CONTINUE;
}

static enum grove_status
start_faulty (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  static const struct grove_server_callbacks callbacks = {
    .module = "faulty",
    .init = faulty_init,
    .handle_cast = faulty_cast,
  };
  struct grove_server_options options = GROVE_SERVER_DEFAULTS;

  (void) arg;
  options.name = "faulty";
  options.link = true;
  return grove_server_start (&callbacks, &options, ret_pid, ret_reason);
}

/* In a callback of a server, whose loop is the runtime's code. */
static void
test_supervised (void *arg)
{
  struct grove_child_spec      child = GROVE_CHILD_DEFAULTS;
  struct grove_supervisor_spec spec = GROVE_SUPERVISOR_DEFAULTS;
  grove_pid                    supervisor;

  (void) arg;
  g_assert_cmpint (grove_register ("test", grove_self ()), ==, GROVE_OK);
  child.id = "faulty";
  child.start = start_faulty;
  spec.intensity = 10;
  spec.children = &child;
  spec.n_children = 1;
  g_assert_cmpint (grove_supervisor_start (&spec, &supervisor, NULL), ==, GROVE_OK);
  core_expect ("started");
  for (unsigned i = 0; i < 5; i++)
    {
      grove_pid             faulty = grove_whereis ("faulty");
      struct grove_message *message;

      g_assert_cmpuint (faulty, !=, 0);
      grove_monitor (faulty);
      grove_cast (faulty, "go");
      /* Whichever comes first. */
      g_assert_cmpint (grove_receive_pattern (CORE_DEADLINE_NS, &message,
                                              "{'DOWN', _, process, _, {{signal, sigsegv, 0}, "
                                              "[{writes_null, _, _}, {faulty_cast, _, _} | _]}}"),
                       ==, GROVE_OK);
      grove_message_free (message);
      g_assert_cmpint (grove_receive_pattern (CORE_DEADLINE_NS, &message, "started"), ==, GROVE_OK);
      grove_message_free (message);
    }
  g_assert_true (grove_is_alive (supervisor));
}

/* Many at once, on both schedulers, leave nothing behind. */
static void
test_many (void *arg)
{
  const unsigned              n = CORE_MANY (10000, 300);
  struct grove_runtime_sample before, after;

  (void) arg;
  core_expect_down (grove_spawn (writes_null, NULL), "_");
  _grove_observe_runtime (&before, NULL, 0);
  for (unsigned i = 0; i < n / 10; i++)
    {
      for (unsigned j = 0; j < 10; j++)
        {
          grove_pid pid = _grove_process_spawn_on (j % 2, faults_when_told, NULL);
          grove_monitor (pid);
          grove_send (pid, "go");
        }
      for (unsigned j = 0; j < 10; j++)
        core_expect ("{'DOWN', _, process, _, {{signal, sigsegv, 0}, [{writes_null, _, _} | _]}}");
    }
  _grove_observe_runtime (&after, NULL, 0);
  g_assert_cmpuint (after.n_processes, ==, before.n_processes);
  g_assert_cmpuint (after.n_crashed - before.n_crashed, ==, n);
  g_assert_cmpuint (after.heap_bytes, ==, before.heap_bytes);
}

/* Killing what never calls the runtime, or is within a long call of a library. */
static void
sorts_long (void *arg)
{
  size_t n = CORE_MANY (2000000, 100000);
  int   *numbers = grove_alloc (n * sizeof *numbers);

  grove_send (core_arg_pid (arg), "begun");
  for (;;)
    memset (numbers, 1, n * sizeof *numbers);
}

static void
test_kill_busy (void *arg)
{
  grove_pid spinner = grove_spawn (core_spin, NULL);
  grove_pid sorter = grove_spawn (sorts_long, core_pid_arg (grove_self ()));

  (void) arg;
  core_expect ("begun");
  grove_exit_process (spinner, "kill");
  grove_exit_process (sorter, "kill");
  g_assert_false (grove_is_alive (spinner));
  g_assert_false (grove_is_alive (sorter));
}

/* ---- What is fatal ------------------------------------------------------------------------------
 */

static void
run_process (grove_entry entry)
{
  struct grove_options options = { .name = "fatal", .n_schedulers = 1 };

  /* No core of what is meant to be. */
  signal (SIGSEGV, SIG_DFL);
  signal (SIGABRT, SIG_DFL);
  (void) !grove_run (&options, entry, NULL);
}

static void
faults_in_runtime (void *arg)
{
  (void) arg;
  grove_message_free (GINT_TO_POINTER (64));
}

static void
faults_in_library (void *arg)
{
  FILE *file = fopen ("/dev/null", "w");
  int (*volatile print) (FILE *, const char *, ...) = fprintf;

  (void) arg;
  zero = print (file, "%s%s", "x", GINT_TO_POINTER (64));
}

static void
faults_without_preemption (void *arg)
{
  _grove_preempt_disable ();
  writes_null (arg);
}

static void
inspects_badly (struct grove_inspection *view, void *user_data)
{
  (void) view;
  writes_null (user_data);
}

static void
faults_in_scheduler (void *arg)
{
  (void) arg;
  _grove_observe_inspect (grove_spawn (core_idle, NULL), inspects_badly, NULL, NULL);
  core_idle (NULL);
}

static void
is_signalled (void *arg)
{
  (void) arg;
  kill (getpid (), SIGSEGV);
  core_idle (NULL);
}

static gpointer
faults_in_thread (gpointer data)
{
  writes_null (data);
  return NULL;
}

static void
starts_thread (void *arg)
{
  (void) arg;
  g_thread_join (g_thread_new ("faulty", faults_in_thread, NULL));
}

struct fatal_case
{
  const char *path;
  grove_entry entry;
  const char *says; /* NULL: nothing */
};

static const struct fatal_case fatal_cases[] = {
  { "/runtime/fault/fatal-in-runtime", faults_in_runtime,
    "*grove: fatal sigsegv at address 0x*, pc 0x* in *, process <0.*> (main): the runtime's own "
    "code*" },
  { "/runtime/fault/fatal-in-library", faults_in_library,
    "*grove: fatal sigsegv *: a library was running that may hold locks*" },
  { "/runtime/fault/fatal-with-lock", faults_without_preemption,
    "*grove: fatal sigsegv at address 0x0, pc 0x* in writes_null (the program), process * (main): "
    "the "
    "process holds a lock*" },
  { "/runtime/fault/fatal-in-scheduler", faults_in_scheduler,
    "*grove: fatal sigsegv * process none: the scheduler itself was running*" },
  { "/runtime/fault/sent-signal", is_signalled, NULL },
  { "/runtime/fault/other-thread", starts_thread, NULL },
};

static void
test_fatal (gconstpointer data)
{
  const struct fatal_case *test = data;

  if (g_test_subprocess ())
    {
      run_process (test->entry);
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  if (test->says != NULL)
    g_test_trap_assert_stderr (test->says);
  else
    g_test_trap_assert_stderr_unmatched ("*grove: fatal*");
}

/* What a program had installed is back after the runtime has stopped. */
static void
on_signal (int signal)
{
  (void) signal;
}

static void
does_nothing (void *arg)
{
  (void) arg;
}

static void
test_restores (void)
{
  struct sigaction action;
  sighandler_t     before = signal (SIGFPE, on_signal);

  run_process (does_nothing);
  sigaction (SIGFPE, NULL, &action);
  g_assert_true (action.sa_handler == on_signal);
  signal (SIGFPE, before);
}

int
main (int argc, char **argv)
{
  static const struct core_case cases[] = {
    { "/runtime/fault/signals", test_signals },
    { "/runtime/fault/abort", test_abort },
    { "/runtime/fault/overflow", test_overflow },
    { "/runtime/fault/overflow-elsewhere", test_overflow_elsewhere },
    { "/runtime/fault/library-leaf", test_library_leaf },
    { "/runtime/fault/called-back", test_called_back },
    { "/runtime/fault/hibernated", test_hibernated },
    { "/runtime/fault/smashed-stack", test_smashed },
    { "/runtime/fault/deferred-release", test_release },
    { "/runtime/fault/links", test_links },
    { "/runtime/fault/supervised", test_supervised },
    { "/runtime/fault/many", test_many },
    { "/runtime/fault/kill-busy", test_kill_busy },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i], core_run);
  for (gsize i = 0; i < G_N_ELEMENTS (fatal_cases); i++)
    g_test_add_data_func (fatal_cases[i].path, &fatal_cases[i], test_fatal);
  g_test_add_func ("/runtime/fault/restores-handlers", test_restores);
  return g_test_run ();
}
