/* SPDX-License-Identifier: MIT
 *
 * Reports of crashes, and ending with the stack in the reason. The number in a test's name is the
 * behaviour's in the conformance list.
 */
#include "tests/runtime/core-test.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#define APART __attribute__ ((noinline, noclone))

/* ---- Ending with the stack ---------------------------------------------------------------------
 */

static volatile int keeps_frame;

APART static void
fails_inside (void)
{
  grove_raise ("badarith");
}

static void
raises (void *arg)
{
  (void) arg;
  fails_inside ();
  keeps_frame++;
}

static void
raises_term (void *arg)
{
  static const uint8_t bad[] = { 119, 3, 'b', 'a', 'd' };

  (void) arg;
  grove_raise_term ((struct grove_term){ bad, sizeof bad });
}

static void
raises_bad_format (void *arg)
{
  (void) arg;
  grove_raise ("{unclosed");
}

static void
throws (void *arg)
{
  grove_throw ("{ball, ~i}", arg != NULL);
}

static void
throws_term (void *arg)
{
  static const uint8_t ball[] = { 119, 4, 'b', 'a', 'l', 'l' };

  (void) arg;
  grove_throw_term ((struct grove_term){ ball, sizeof ball });
}

static void
test_error_class (void *arg)
{
  (void) arg;
  core_expect_down (grove_spawn (raises, NULL), "{badarith, [{fails_inside, _, _} | _]}");
  core_expect_down (grove_spawn (raises_term, NULL), "{bad, [{raises_term, _, _}]}");
  core_expect_down (grove_spawn (raises_bad_format, NULL), "{badarg, [{raises_bad_format, _, _}]}");
}

static void
test_nocatch (void *arg)
{
  (void) arg;
  core_expect_down (grove_spawn (throws, NULL), "{{nocatch, {ball, 0}}, [{throws, _, _}]}");
  core_expect_down (grove_spawn (throws_term, NULL), "{{nocatch, ball}, [{throws_term, _, _}]}");
}

/* In a release it ends that release, as grove_exit() does. */
static void
defers_raise (void *arg)
{
  grove_defer (raises, arg);
  grove_defer (throws, arg);
}

static void
test_in_release (void *arg)
{
  (void) arg;
  core_expect_down (grove_spawn (defers_raise, NULL), "normal");
}

/* ---- Reports: read from a thread that may wait
 * --------------------------------------------------- */

static struct grove_crash crash;
static _Atomic bool       found;

static void *
read_last (void *data)
{
  (void) data;
  atomic_store (&found, _grove_observe_crash (_grove_observe_crashes (), &crash));
  return NULL;
}

static void
read_report (void)
{
  pthread_t thread;

  g_assert_cmpint (pthread_create (&thread, NULL, read_last, NULL), ==, 0);
  pthread_join (thread, NULL);
  g_assert_true (atomic_load (&found));
}

APART static void
handles (void)
{
  /* One is held, and two wait. */
  struct grove_message *message = core_receive ();

  (void) message;
  grove_exit ("{broken, ~s}", "into pieces");
}

static void
works (void *arg)
{
  grove_process_label ("a worker");
  g_assert_cmpint (grove_link (core_arg_pid (arg)), ==, GROVE_OK);
  memset (grove_alloc (3000), 0, 3000);
  g_assert_cmpint (grove_register ("worker", grove_self ()), ==, GROVE_OK);
  for (unsigned i = 1; i <= 3; i++)
    grove_send (grove_self (), "{order, ~i}", i);
  handles ();
  keeps_frame++;
}

static void
is_parent (void *arg)
{
  grove_trap_exit (true);
  grove_send (core_arg_pid (arg), "{parent, ~p}", grove_self ());
  core_expect_down (grove_spawn (works, core_pid_arg (grove_self ())), "_");
  core_expect ("{'EXIT', _, {broken, _}}");
  grove_send (core_arg_pid (arg), "done");
  core_idle (NULL);
}

static void
test_report (void *arg)
{
  grove_pid parent;

  (void) arg;
  grove_spawn (is_parent, core_pid_arg (grove_self ()));
  core_expect ("{parent, ~p}", &parent);
  core_expect ("done");
  read_report ();
  g_assert_cmpuint (crash.seq, ==, 1);
  g_assert_cmpstr (crash.name, ==, "worker");
  g_assert_cmpstr (crash.label, ==, "a worker");
  g_assert_cmpstr (crash.initial, ==, "works");
  g_assert_cmpstr (crash.reason, ==, "{broken,<<\"into pieces\">>}");
  g_assert_cmpstr (crash.message, ==, "{order,1}");
  g_assert_cmpuint (crash.message_sender, ==, crash.pid);
  g_assert_cmpuint (crash.n_messages, ==, 2);
  g_assert_cmpuint (crash.parent, ==, parent);
  g_assert_cmpuint (crash.n_ancestors, ==, 2);
  g_assert_cmpuint (crash.ancestors[0], ==, parent);
  g_assert_cmpuint (crash.ancestors[1], ==, grove_self ());
  g_assert_cmpuint (crash.n_links, ==, 1);
  g_assert_cmpuint (crash.links[0], ==, parent);
  g_assert_cmpuint (crash.heap_bytes, >=, 3000);
  g_assert_cmpuint (crash.reductions, >, 0);
  g_assert_cmpuint (crash.started_ns, <=, crash.crashed_ns);
  g_assert_false (crash.in_release);
  g_assert_cmpuint (crash.n_frames, ==, 2);
  g_assert_cmpstr (crash.frames[0].function, ==, "handles");
  g_assert_cmpstr (crash.frames[1].function, ==, "works");
}

/* ---- Which ends are crashes
 * ---------------------------------------------------------------------- */

static void
exits_so (void *arg)
{
  grove_exit (arg);
}

static void
waits_linked (void *arg)
{
  grove_message_free (core_receive ());
  grove_spawn_link (exits_so, arg);
  core_idle (NULL);
}

static void
test_what_is_a_crash (void *arg)
{
  static const char *const none[] = { "normal", "shutdown", "{shutdown, 1}", "kill" };
  static const char *const crashes[] = { "oops", "{shutdown, 1, 2}", "[shutdown]" };

  (void) arg;
  for (gsize i = 0; i < G_N_ELEMENTS (none); i++)
    core_expect_down (grove_spawn (exits_so, (void *) none[i]), "_");
  g_assert_cmpuint (_grove_observe_crashes (), ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (crashes); i++)
    {
      core_expect_down (grove_spawn (exits_so, (void *) crashes[i]), "_");
      g_assert_cmpuint (_grove_observe_crashes (), ==, i + 1);
    }
}

/* One that ends with another says where it was. */
static void
test_linked (void *arg)
{
  grove_pid pid = grove_spawn (waits_linked, (void *) "oops");
  grove_ref monitor = grove_monitor (pid);

  (void) arg;
  (void) monitor;
  grove_send (pid, "go");
  core_expect ("{'DOWN', _, process, _, oops}");
  g_assert_cmpuint (_grove_observe_crashes (), ==, 2);
  read_report ();
  g_assert_cmpuint (crash.pid, ==, pid);
  g_assert_cmpstr (crash.reason, ==, "oops");
  g_assert_cmpuint (crash.n_frames, ==, 1);
  g_assert_true (crash.frames_cut);
  g_assert_cmpstr (crash.frames[0].function, !=, "");
}

static void
asserts (void *arg)
{
  grove_assert (arg != NULL);
}

static void
is_greedy (void *arg)
{
  (void) arg;
  grove_alloc (100000);
  keeps_frame++;
}

static void
test_assert_and_limit (void *arg)
{
  struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;
  grove_pid                  pid;

  (void) arg;
  core_expect_down (grove_spawn (asserts, NULL), "{{assert, _}, _}");
  read_report ();
  g_assert_cmpuint (crash.n_frames, ==, 1);
  g_assert_cmpstr (crash.frames[0].function, ==, "asserts");
  options.max_heap_bytes = 10000;
  g_assert_cmpint (grove_spawn_opt (is_greedy, &options, &pid, NULL), ==, GROVE_OK);
  core_expect_down (pid, "heap_limit");
  read_report ();
  g_assert_cmpstr (crash.frames[0].function, ==, "is_greedy");
}

/* ---- Bounds
 * -------------------------------------------------------------------------------------- */

APART static void
exits_deep (unsigned n)
{
  if (n > 0)
    exits_deep (n - 1);
  else if (keeps_frame != -1)
    grove_exit ("deep");
  keeps_frame++;
}

static void
is_large (void *arg)
{
  char *text = grove_alloc (100001);

  (void) arg;
  memset (text, 'x', 100000);
  text[100000] = '\0';
  grove_process_label ("0123456789012345678901234567890123456789012345678901234567890123456789");
  for (unsigned i = 0; i < 40; i++)
    grove_spawn_link (core_idle, NULL);
  grove_send (grove_self (), "~s", text);
  (void) core_receive ();
  if (arg == NULL)
    grove_exit ("{large, ~s}", text);
  exits_deep (100);
}

/* Those linked to it have reports of their own. */
static void
read_report_of (grove_pid pid)
{
  memset (&crash, 0, sizeof crash);
  g_assert_true (_grove_observe_crash_of (pid, &crash));
}

static void
test_bounds (void *arg)
{
  grove_pid pid = grove_spawn (is_large, NULL);

  (void) arg;
  core_expect_down (pid, "{large, _}");
  read_report_of (pid);
  g_assert_cmpuint (crash.n_links, ==, 40);
  g_assert_true (g_str_has_prefix (crash.reason, "{large,<<\"xxx"));
  g_assert_cmpuint (strlen (crash.reason), <, sizeof crash.reason);
  g_assert_true (g_str_has_prefix (crash.message, "<<\"xxx"));
  g_assert_cmpuint (strlen (crash.label), ==, sizeof crash.label - 1);
  pid = grove_spawn (is_large, GINT_TO_POINTER (1));
  core_expect_down (pid, "deep");
  read_report_of (pid);
  g_assert_cmpuint (crash.n_frames, >, GROVE_MAX_FRAMES - 8);
  g_assert_cmpuint (crash.n_frames, <=, GROVE_MAX_FRAMES);
  g_assert_true (crash.frames_cut);
}

/* The last ones are kept, while schedulers write them. */
static void
crashes_often (void *arg)
{
  for (unsigned i = 0; i < 1000; i++)
    core_expect_down (grove_spawn (exits_so, (void *) "{storm, 1}"), "_");
  grove_send (core_arg_pid (arg), "over");
}

static void *
read_all (void *data)
{
  _Atomic bool *stop = data;

  while (!atomic_load (stop))
    {
      struct grove_crash one;
      uint64_t           last = _grove_observe_crashes ();
      if (last > 0 && _grove_observe_crash (last, &one))
        {
          g_assert_cmpuint (one.seq, ==, last);
          g_assert_cmpstr (one.reason, ==, "{storm,1}");
        }
    }
  return NULL;
}

static void
test_ring (void *arg)
{
  _Atomic bool stop = false;
  pthread_t    reader;

  (void) arg;
  g_assert_false (_grove_observe_crash (0, &crash));
  g_assert_false (_grove_observe_crash (1, &crash));
  g_assert_cmpint (pthread_create (&reader, NULL, read_all, &stop), ==, 0);
  for (unsigned i = 0; i < 2; i++)
    _grove_process_spawn_on (i, crashes_often, core_pid_arg (grove_self ()));
  core_expect ("over");
  core_expect ("over");
  atomic_store (&stop, true);
  pthread_join (reader, NULL);
  g_assert_cmpuint (_grove_observe_crashes (), ==, 2000);
  g_assert_false (_grove_observe_crash (2000 - GROVE_CRASHES, &crash));
  g_assert_true (_grove_observe_crash (2000 - GROVE_CRASHES + 1, &crash));
  g_assert_cmpuint (crash.seq, ==, 2000 - GROVE_CRASHES + 1);
  g_assert_false (_grove_observe_crash_of (grove_self (), &crash));
}

int
main (int argc, char **argv)
{
  static const struct core_case cases[] = {
    { "/runtime/crash/error-class-4", test_error_class },
    { "/runtime/crash/nocatch-4", test_nocatch },
    { "/runtime/crash/raised-in-release", test_in_release },
    { "/runtime/crash/report", test_report },
    { "/runtime/crash/what-is-one", test_what_is_a_crash },
    { "/runtime/crash/linked", test_linked },
    { "/runtime/crash/assert-and-limit", test_assert_and_limit },
    { "/runtime/crash/bounds", test_bounds },
    { "/runtime/crash/ring", test_ring },
  };

  return core_main (argc, argv, cases, G_N_ELEMENTS (cases));
}
