/* SPDX-License-Identifier: MIT
 *
 * What is promised of the order of messages and of what becomes of them, and what is not; and ends
 * that nobody hears of. The number in a test's name is the behaviour's in the conformance list.
 */
#include "tests/runtime/core-test.h"

#include <setjmp.h>
#include <stdatomic.h>

/* ---- Links to the dead ----------------------------------------------------------------------- */

static void
links_and_ends (void *arg)
{
  struct grove_message *message = core_receive ();
  grove_pid             peer;

  g_assert_true (grove_match (grove_message_term (message), "{peer, ~p}", &peer));
  grove_message_free (message);
  (void) !grove_link (peer);
  for (volatile unsigned spin = (unsigned) (uintptr_t) arg; spin > 0; spin--)
    ;
}

/* 43: two that are linked end at the same moment; each end is heard of once, and neither ends with
 * anything but its own reason. */
static void
test_dead_peer (void *arg)
{
  (void) arg;
  for (unsigned i = 0; i < CORE_MANY (5000, 500); i++)
    {
      grove_pid pids[2];
      for (unsigned k = 0; k < 2; k++)
        {
          pids[k] =
            _grove_process_spawn_on (k, links_and_ends, (void *) (uintptr_t) (i * (k + 1) % 97));
          grove_monitor (pids[k]);
        }
      for (unsigned k = 0; k < 2; k++)
        grove_send (pids[k], "{peer, ~p}", pids[1 - k]);
      for (unsigned k = 0; k < 2; k++)
        {
          struct grove_message *message = core_receive ();
          /* The one that came to link too late hears that there is nobody, and goes on. */
          g_assert_true (
            grove_match (grove_message_term (message), "{'DOWN', _, process, _, normal}") ||
            grove_match (grove_message_term (message), "{'DOWN', _, process, _, noproc}"));
          grove_message_free (message);
        }
      core_expect_nothing ();
    }
}

/* ---- Order ----------------------------------------------------------------------------------- */

static void
relays (void *arg)
{
  grove_pid to = core_arg_pid (arg);

  for (;;)
    {
      struct grove_message *message = core_receive ();
      grove_send (to, "{relayed, ~t}", grove_message_term (message));
      grove_message_free (message);
    }
}

/* 65: what goes round and what goes straight comes in any order, and each in its own. */
static void
test_no_promise (void *arg)
{
  grove_pid relay = _grove_process_spawn_on (1, relays, core_pid_arg (grove_self ()));
  int       n = CORE_MANY (20000, 1000);
  int       n_straight = 0, n_relayed = 0;

  (void) arg;
  for (int i = 0; i < n; i++)
    {
      grove_send (relay, "~i", i);
      grove_send (grove_self (), "{straight, ~i}", i);
    }
  for (int i = 0; i < 2 * n; i++)
    {
      struct grove_message *message = core_receive ();
      int                   got;
      if (grove_match (grove_message_term (message), "{straight, ~i}", &got))
        g_assert_cmpint (got, ==, n_straight++);
      else
        {
          g_assert_true (grove_match (grove_message_term (message), "{relayed, ~i}", &got));
          g_assert_cmpint (got, ==, n_relayed++);
        }
      grove_message_free (message);
    }
  core_expect_nothing ();
}

#define SENDERS   4
#define RECEIVERS 6 /* the first half of them live */

static grove_pid receivers[RECEIVERS];

/* Each message once, in the order of its sender. */
static void
counts (void *arg)
{
  int expected[SENDERS] = { 0 };
  int n = CORE_MANY (20000, 1000) * SENDERS;

  for (int i = 0; i < n; i++)
    {
      struct grove_message *message = core_receive ();
      int                   sender, number;
      g_assert_true (grove_match (grove_message_term (message), "{~i, ~i}", &sender, &number));
      g_assert_cmpint (number, ==, expected[sender]++);
      grove_message_free (message);
    }
  core_expect_nothing ();
  grove_send (core_arg_pid (arg), "counted");
}

static void
sends_to_all (void *arg)
{
  for (int i = 0; i < CORE_MANY (20000, 1000); i++)
    for (unsigned k = 0; k < RECEIVERS; k++)
      grove_send (receivers[k], "{~i, ~i}", (int) (uintptr_t) arg, i);
}

/* 66: nothing twice; nothing lost but with its receiver. */
static void
test_no_loss (void *arg)
{
  (void) arg;
  for (unsigned k = 0; k < RECEIVERS; k++)
    receivers[k] = _grove_process_spawn_on (k % 2, counts, core_pid_arg (grove_self ()));
  for (unsigned i = 0; i < SENDERS; i++)
    _grove_process_spawn_on (i % 2, sends_to_all, (void *) (uintptr_t) i);
  for (unsigned k = RECEIVERS / 2; k < RECEIVERS; k++)
    {
      grove_sleep_ms (1);
      grove_exit_process (receivers[k], "kill");
    }
  for (unsigned k = 0; k < RECEIVERS / 2; k++)
    core_expect ("counted");
}

static void
says_two (void *arg)
{
  grove_send (core_arg_pid (arg), "two");
  core_idle (NULL);
}

/* 68: as they came, one's own among those of others. */
static void
test_own_messages (void *arg)
{
  (void) arg;
  for (int i = 0; i < CORE_MANY (3000, 300); i++)
    {
      grove_pid pid;
      grove_send (grove_self (), "one");
      pid = _grove_process_spawn_on (i % 2, says_two, core_pid_arg (grove_self ()));
      {
        struct grove_process_sample sample;
        /* It waits when it has sent. A message is counted a moment before it is there. */
        do
          {
            grove_yield ();
            g_assert_true (_grove_observe_process (pid, &sample));
          }
        while (sample.status != GROVE_STATUS_WAITING);
      }
      grove_send (grove_self (), "three");
      core_expect ("one");
      core_expect ("two");
      core_expect ("three");
      grove_exit_process (pid, "kill");
    }
}

/* ---- Leaving a handler ----------------------------------------------------------------------- */

static jmp_buf out;

static void
handle (struct grove_message *message)
{
  if (grove_match (grove_message_term (message), "bad"))
    longjmp (out, 1);
  grove_message_free (message);
}

static bool
ends_at_bad (struct grove_term term, void *user_data)
{
  (void) user_data;
  if (grove_term_is_atom (term, "bad"))
    grove_exit ("left");
  return false;
}

static void
leaves_match (void *arg)
{
  struct grove_message *message;

  (void) arg;
  (void) !grove_receive_match (ends_at_bad, NULL, GROVE_FOREVER, &message);
}

/* 80: by a jump out of it, or by the end of the process in the middle of looking. */
static void
test_leaving (void *arg)
{
  static int       n_left;
  static grove_pid pid;

  (void) arg;
  n_left = 0;
  for (int i = 0; i < 300; i++)
    grove_send (grove_self (), i % 3 == 1 ? "bad" : "{n, ~i}", i);
  while (n_left < 100)
    {
      if (setjmp (out) != 0)
        n_left++;
      else
        for (;;)
          handle (core_receive ());
    }
  core_expect ("{n, 299}");
  core_expect_nothing ();
  /* Still pre-empted, and still able to wait. */
  pid = grove_spawn (core_spin, NULL);
  grove_sleep_ms (1);
  grove_exit_process (pid, "kill");
  core_expect_down (pid, "_");

  pid = grove_spawn (leaves_match, NULL);
  grove_monitor (pid);
  for (int i = 0; i < 100; i++)
    grove_send (pid, "{n, ~i}", i);
  grove_send (pid, "bad");
  grove_send (pid, "behind");
  core_expect ("{'DOWN', _, process, _, left}");
}

/* ---- The cost of a full mailbox -------------------------------------------------------------- */

static uint64_t
own_reductions (void)
{
  struct grove_message *answer;
  uint64_t              reductions;

  g_assert_cmpint (grove_process_info (grove_self (), "reductions", &answer), ==, GROVE_OK);
  g_assert_true (grove_match (grove_message_term (answer), "{reductions, ~u}", &reductions));
  grove_message_free (answer);
  return reductions;
}

static uint64_t
cost_of_sends (grove_pid to)
{
  uint64_t before = own_reductions ();

  for (int i = 0; i < 100; i++)
    grove_send (to, "hello");
  return own_reductions () - before;
}

/* 119: who fills a mailbox pays more for each message, up to a limit. */
static void
test_full_mailbox (void *arg)
{
  grove_pid pid;
  uint64_t  empty, full, fuller;

  (void) arg;
  g_assert_cmpint (grove_set_priority (GROVE_PRIORITY_MAX, NULL), ==, GROVE_OK);
  pid = grove_spawn (core_spin, NULL);
  empty = cost_of_sends (pid);
  for (int i = 0; i < 10000; i++)
    grove_send (pid, "hello");
  full = cost_of_sends (pid);
  for (int i = 0; i < 10000; i++)
    grove_send (pid, "hello");
  fuller = cost_of_sends (pid);
  g_test_message ("100 messages cost %" G_GUINT64_FORMAT " reductions, %" G_GUINT64_FORMAT
                  " to a full mailbox",
                  empty, full);
  g_assert_cmpuint (full, >=, empty + 2000);
  g_assert_cmpuint (fuller, <=, full + 500);
  grove_exit_process (pid, "kill");
}

int
main (int argc, char **argv)
{
  static const struct core_case cases[] = {
    { "/runtime/order/dead-peer-43", test_dead_peer },
    { "/runtime/order/no-promise-65", test_no_promise },
    { "/runtime/order/no-loss-66", test_no_loss },
    { "/runtime/order/own-messages-68", test_own_messages },
    { "/runtime/order/leaving-80", test_leaving },
    { "/runtime/order/full-mailbox-119", test_full_mailbox },
  };

  return core_main (argc, argv, cases, G_N_ELEMENTS (cases));
}
