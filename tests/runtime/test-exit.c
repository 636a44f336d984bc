/* SPDX-License-Identifier: MIT
 *
 * Exit reasons and exit signals. The number in a test's name is the behaviour's in the conformance
 * list.
 */
#include "tests/runtime/core-test.h"

#include <stdatomic.h>

/* ---- Ending by oneself -------------------------------------------------------------------------
 */

static void
returns (void *arg)
{
  (void) arg;
}

static void
exits_with_tuple (void *arg)
{
  (void) arg;
  grove_exit ("{bad_order, ~i, [a, <<\"b\">>]}", 7);
}

static void
exits_with_bad_format (void *arg)
{
  (void) arg;
  grove_exit ("{unclosed");
}

static void
asserts (void *arg)
{
  grove_assert (arg != NULL);
}

static void
test_own_reason (void *arg)
{
  (void) arg;
  core_expect_down (grove_spawn (returns, NULL), "normal");
  core_expect_down (grove_spawn (exits_with_tuple, NULL), "{bad_order, 7, [a, <<\"b\">>]}");
  core_expect_down (grove_spawn (exits_with_bad_format, NULL), "badarg");
  core_expect_down (grove_spawn (asserts, NULL),
                    "{{assert, <<\"arg != NULL\">>}, [{asserts, _, _}]}");
}

static void
exits_itself_normal (void *arg)
{
  (void) arg;
  grove_exit_process (grove_self (), "normal");
  grove_exit ("survived");
}

static void
exits_itself_die (void *arg)
{
  (void) arg;
  grove_exit_process (grove_self (), "die");
  grove_exit ("survived");
}

static void
test_exit_self (void *arg)
{
  (void) arg;
  core_expect_down (grove_spawn (exits_itself_normal, NULL), "normal");
  core_expect_down (grove_spawn (exits_itself_die, NULL), "die");
}

static void
test_exit_self_trapping (void *arg)
{
  grove_pid from;

  (void) arg;
  grove_trap_exit (true);
  grove_exit_process (grove_self (), "{reason, 1}");
  core_expect ("{'EXIT', ~p, {reason, 1}}", &from);
  g_assert_cmpuint (from, ==, grove_self ());
}

/* ---- Exit signals ------------------------------------------------------------------------------
 */

static void
test_normal_is_dropped (void *arg)
{
  grove_pid pid = grove_spawn (core_idle, NULL);

  (void) arg;
  grove_exit_process (pid, "normal");
  g_assert_true (grove_is_alive (pid));
}

static void
test_trapper_gets_messages (void *arg)
{
  grove_pid trapper = core_spawn_trapper ();
  grove_pid from;

  (void) arg;
  grove_exit_process (trapper, "normal");
  core_expect ("{got, {'EXIT', ~p, normal}}", &from);
  g_assert_cmpuint (from, ==, grove_self ());
  grove_exit_process (trapper, "{why, [not]}");
  core_expect ("{got, {'EXIT', ~p, {why, [not]}}}", &from);
  g_assert_cmpuint (from, ==, grove_self ());
  g_assert_true (grove_is_alive (trapper));
}

static void
test_reason_ends (void *arg)
{
  grove_pid pid = grove_spawn (core_idle, NULL);
  grove_ref monitor = grove_monitor (pid);

  (void) arg;
  (void) monitor;
  grove_exit_process (pid, "{r, ~i}", 3);
  core_expect ("{'DOWN', _, process, _, {r, 3}}");
}

static void
test_kill (void *arg)
{
  grove_pid trapper = core_spawn_trapper ();

  (void) arg;
  grove_monitor (trapper);
  grove_exit_process (trapper, "kill");
  g_assert_false (grove_is_alive (trapper));
  core_expect ("{'DOWN', _, process, _, killed}");
  core_expect_nothing ();
}

static void
chain_member (void *arg)
{
  intptr_t left = (intptr_t) arg;

  if (left > 0)
    grove_spawn_link (chain_member, (void *) (left - 1));
  else
    (void) grove_send_name ("test", "{last, ~p}", grove_self ());
  core_idle (NULL);
}

static void
test_kill_reaches_links_as_killed (void *arg)
{
  (void) arg;
  g_assert_cmpint (grove_register ("test", grove_self ()), ==, GROVE_OK);
  for (intptr_t n = 1; n <= 10; n += 3)
    {
      grove_pid first = grove_spawn (chain_member, (void *) n);
      grove_pid last;

      core_expect ("{last, ~p}", &last);
      grove_monitor (last);
      grove_exit_process (first, "kill");
      core_expect ("{'DOWN', _, process, _, killed}");
    }
}

static void
exits_kill_when_told (void *arg)
{
  (void) arg;
  grove_message_free (core_receive ());
  grove_exit ("kill");
}

static void
links_and_idles (void *arg)
{
  if (grove_link (core_arg_pid (arg)) == GROVE_OK)
    (void) grove_send_name ("test", "linked");
  core_idle (NULL);
}

static void
test_own_kill_is_no_kill (void *arg)
{
  grove_pid pid, untrapped, from;

  (void) arg;
  g_assert_cmpint (grove_register ("test", grove_self ()), ==, GROVE_OK);
  pid = grove_spawn (exits_kill_when_told, NULL);
  untrapped = grove_spawn (links_and_idles, core_pid_arg (pid));
  core_expect ("linked");
  grove_trap_exit (true);
  g_assert_cmpint (grove_link (pid), ==, GROVE_OK);
  grove_monitor (untrapped);
  grove_send (pid, "go");
  for (int i = 0; i < 2; i++)
    {
      struct grove_message *message = core_receive ();
      if (grove_match (grove_message_term (message), "{'EXIT', ~p, kill}", &from))
        g_assert_cmpuint (from, ==, pid);
      else
        g_assert_true (grove_match (grove_message_term (message), "{'DOWN', _, process, _, kill}"));
      grove_message_free (message);
    }
  core_expect_nothing ();
}

static void
test_link_normal (void *arg)
{
  grove_pid pid, from;

  (void) arg;
  /* Not trapping: dropped, or this would end. */
  pid = grove_spawn_link (returns, NULL);
  core_expect_down (pid, "normal");
  core_expect_nothing ();
  grove_trap_exit (true);
  pid = grove_spawn_link (returns, NULL);
  core_expect ("{'EXIT', ~p, normal}", &from);
  g_assert_cmpuint (from, ==, pid);
}

static void
test_first_signal_wins (void *arg)
{
  (void) arg;
  for (int i = 0; i < 200; i++)
    {
      grove_pid pid = _grove_process_spawn_on (i % 2, core_idle, NULL);
      grove_monitor (pid);
      grove_exit_process (pid, "first");
      grove_exit_process (pid, "second");
      core_expect ("{'DOWN', _, process, _, first}");
    }
}

static void
waits_with_timeout (void *arg)
{
  struct grove_message *message;

  grove_send (core_arg_pid (arg), "waiting");
  if (grove_receive (CORE_DEADLINE_NS, &message) == GROVE_OK)
    grove_exit ("got_something");
  grove_exit ("timed_out");
}

static void
test_exit_and_timeout (void *arg)
{
  grove_pid pid = grove_spawn (waits_with_timeout, core_pid_arg (grove_self ()));

  (void) arg;
  core_expect ("waiting");
  grove_monitor (pid);
  grove_exit_process (pid, "enough");
  core_expect ("{'DOWN', _, process, _, enough}");
}

/* ---- Signals that are there but not handled -----------------------------------------------------
 */

/* Cannot see a signal until told that it is there. */
static _Atomic int signal_is_there;

static void
wait_unseeing (grove_pid parent)
{
  grove_message_free (core_receive ());
  _grove_preempt_disable ();
  grove_send (parent, "ready");
  while (atomic_load (&signal_is_there) == 0)
    ;
}

static void
ends_before_looking (void *arg)
{
  wait_unseeing (core_arg_pid (arg));
  grove_exit ("own");
}

static void
traps_too_late (void *arg)
{
  wait_unseeing (core_arg_pid (arg));
  grove_trap_exit (true);
  grove_exit ("saved");
}

static void
looks_in_receive (void *arg)
{
  struct grove_message *message;

  wait_unseeing (core_arg_pid (arg));
  (void) !grove_receive (0, &message);
  grove_exit ("saved");
}

static void
pending_exit (grove_entry entry)
{
  grove_pid pid;

  atomic_store (&signal_is_there, 0);
  pid = _grove_process_spawn_on (1, entry, core_pid_arg (grove_self ()));
  grove_monitor (pid);
  grove_send (pid, "go");
  core_expect ("ready");
  grove_exit_process (pid, "pending");
  atomic_store (&signal_is_there, 1);
}

static void
test_exit_before_pending (void *arg)
{
  (void) arg;
  pending_exit (ends_before_looking);
  core_expect ("{'DOWN', _, process, _, own}");
}

static void
test_pending_exit_is_noticed (void *arg)
{
  (void) arg;
  pending_exit (traps_too_late);
  core_expect ("{'DOWN', _, process, _, pending}");
  pending_exit (looks_in_receive);
  core_expect ("{'DOWN', _, process, _, pending}");
}

static void
test_starved_is_killed (void *arg)
{
  grove_pid starved;

  (void) arg;
  g_assert_cmpint (grove_set_priority (GROVE_PRIORITY_MAX, NULL), ==, GROVE_OK);
  starved = core_spawn_priority (core_spin, NULL, GROVE_PRIORITY_LOW);
  for (unsigned i = 0; i < 4; i++)
    _grove_observe_set_priority (_grove_process_spawn_on (i % 2, core_spin, NULL),
                                 GROVE_PRIORITY_HIGH, NULL);
  grove_sleep_ms (20);
  grove_monitor (starved);
  grove_exit_process (starved, "kill");
  core_expect ("{'DOWN', _, process, _, killed}");
}

static void
test_spinner_is_killed (void *arg)
{
  (void) arg;
  for (unsigned i = 0; i < 20; i++)
    {
      grove_pid pid = _grove_process_spawn_on (i % 2, core_spin, NULL);
      grove_monitor (pid);
      if (i % 3 != 0)
        grove_sleep_ms (1);
      grove_exit_process (pid, "kill");
      core_expect ("{'DOWN', _, process, _, killed}");
    }
}

/* ---- Large reasons ------------------------------------------------------------------------------
 */

#define LARGE ((size_t) 128 * 1024)

static void
free_buffer (void *data)
{
  grove_buffer_finish (data);
}

static void
exits_large_when_told (void *arg)
{
  struct grove_buffer *reason = grove_alloc (sizeof *reason);
  uint8_t             *bytes = grove_alloc (LARGE);

  (void) arg;
  *reason = (struct grove_buffer){ NULL };
  grove_defer (free_buffer, reason);
  for (size_t i = 0; i < LARGE; i++)
    bytes[i] = (uint8_t) (i * 31);
  g_assert_cmpint (grove_build (reason, "{large, ~b}", bytes, LARGE), ==, GROVE_OK);
  grove_message_free (core_receive ());
  grove_exit_term (grove_buffer_term (reason));
}

static void
test_large_reason (void *arg)
{
  grove_pid         pid = grove_spawn (exits_large_when_told, NULL);
  struct grove_text text;

  (void) arg;
  for (int i = 0; i < 20; i++)
    grove_monitor (pid);
  grove_send (pid, "go");
  for (int i = 0; i < 20; i++)
    {
      struct grove_message *message = core_receive ();
      g_assert_true (
        grove_match (grove_message_term (message), "{'DOWN', _, process, _, {large, ~b}}", &text));
      g_assert_cmpuint (text.size, ==, LARGE);
      for (size_t j = 0; j < LARGE; j++)
        if ((uint8_t) text.bytes[j] != (uint8_t) (j * 31))
          g_error ("byte %zu is wrong", j);
      grove_message_free (message);
    }
}

int
main (int argc, char **argv)
{
  static const struct core_case cases[] = {
    { "/runtime/exit/own-reason-2-3", test_own_reason },
    { "/runtime/exit/normal-is-dropped-18", test_normal_is_dropped },
    { "/runtime/exit/trapper-gets-messages-19-24", test_trapper_gets_messages },
    { "/runtime/exit/self-20-21", test_exit_self },
    { "/runtime/exit/self-trapping-22", test_exit_self_trapping },
    { "/runtime/exit/reason-ends-23", test_reason_ends },
    { "/runtime/exit/kill-25", test_kill },
    { "/runtime/exit/kill-reaches-links-as-killed-26", test_kill_reaches_links_as_killed },
    { "/runtime/exit/own-kill-is-no-kill-27", test_own_kill_is_no_kill },
    { "/runtime/exit/link-normal-28", test_link_normal },
    { "/runtime/exit/first-signal-wins-29", test_first_signal_wins },
    { "/runtime/exit/exit-and-timeout-30", test_exit_and_timeout },
    { "/runtime/exit/before-pending-31", test_exit_before_pending },
    { "/runtime/exit/pending-is-noticed-32", test_pending_exit_is_noticed },
    { "/runtime/exit/starved-is-killed-34", test_starved_is_killed },
    { "/runtime/exit/spinner-is-killed", test_spinner_is_killed },
    { "/runtime/exit/large-reason-35", test_large_reason },
  };

  return core_main (argc, argv, cases, G_N_ELEMENTS (cases));
}
