/* SPDX-License-Identifier: MIT
 *
 * Aliases, and waiting for replies. The number in a test's name is the behaviour's in the
 * conformance list.
 */
#include "tests/runtime/core-test.h"

static const uint8_t           ok_bytes[] = { 119, 2, 'o', 'k' };
static const struct grove_term ok = { ok_bytes, sizeof ok_bytes };

static void
test_active (void *arg)
{
  grove_ref alias = grove_alias ();

  (void) arg;
  grove_send_alias (grove_self (), alias, ok);
  core_expect ("ok");
  grove_send_alias (grove_self (), alias, ok);
  /* In the mailbox already when it is taken away: it stays. */
  grove_send (grove_self (), "marker");
  {
    struct grove_message *message;
    g_assert_cmpint (grove_receive_pattern (0, &message, "marker"), ==, GROVE_OK);
    grove_message_free (message);
  }
  grove_unalias (alias);
  core_expect ("ok");
  grove_send_alias (grove_self (), alias, ok);
  grove_send_alias (grove_self (), grove_make_ref (), ok);
  core_expect_nothing ();
}

static void
answers (void *arg)
{
  (void) arg;
  for (;;)
    {
      struct grove_message *message = core_receive ();
      grove_pid             from = grove_message_sender (message);
      grove_ref             alias;
      g_assert_true (grove_match (grove_message_term (message), "{call, ~r}", &alias));
      grove_message_free (message);
      grove_send_alias (from, alias, ok);
    }
}

static void
call (grove_pid server)
{
  grove_ref             alias = grove_alias ();
  grove_ref             monitor = grove_monitor (server);
  struct grove_message *reply;

  grove_send (server, "{call, ~r}", alias);
  g_assert_cmpint (grove_receive_alias (alias, monitor, CORE_DEADLINE_NS, &reply), ==, GROVE_OK);
  g_assert_true (grove_term_is_atom (grove_message_term (reply), "ok"));
  grove_message_free (reply);
  grove_demonitor (monitor, true);
  grove_unalias (alias);
}

static uint64_t
time_of_calls (grove_pid server, int n)
{
  uint64_t best = UINT64_MAX;

  for (int round = 0; round < 5; round++)
    {
      uint64_t started = grove_now_ns ();
      uint64_t took;
      for (int i = 0; i < n; i++)
        call (server);
      took = grove_now_ns () - started;
      best = MIN (best, took);
    }
  return best;
}

/* 78: a full mailbox does not make calls slow. */
static void
test_full_mailbox (void *arg)
{
  grove_pid server = grove_spawn (answers, NULL);
  uint64_t  empty, full;

  (void) arg;
  empty = time_of_calls (server, 300);
  for (int i = 0; i < CORE_MANY (500000, 50000); i++)
    grove_send (grove_self (), "{unrelated, ~i}", i);
  full = time_of_calls (server, 300);
  g_test_message ("300 calls: %.0f us, with a full mailbox %.0f us", empty / 1e3, full / 1e3);
  g_assert_cmpuint (full, <=, 10 * empty);
  for (int i = 0; i < CORE_MANY (500000, 50000); i++)
    {
      int got;
      core_expect ("{unrelated, ~i}", &got);
      g_assert_cmpint (got, ==, i);
    }
}

/* The mark is behind a message that is taken before the reply is waited for. */
static void
test_marked_message_is_taken (void *arg)
{
  grove_pid             server = grove_spawn (answers, NULL);
  grove_ref             first, second;
  struct grove_message *message;

  (void) arg;
  for (int i = 0; i < 3; i++)
    grove_send (grove_self (), "{n, ~i}", i);
  g_assert_cmpint (grove_receive_pattern (0, &message, "{n, 1}"), ==, GROVE_OK);
  grove_message_free (message);
  first = grove_alias ();
  second = grove_alias ();
  grove_send (server, "{call, ~r}", first);
  grove_send (server, "{call, ~r}", second);
  core_expect ("{n, 0}");
  core_expect ("{n, 2}");
  for (int i = 0; i < 2; i++)
    {
      g_assert_cmpint (grove_receive_alias (i == 0 ? second : first, 0, CORE_DEADLINE_NS, &message),
                       ==, GROVE_OK);
      grove_message_free (message);
    }
  core_expect_nothing ();
}

static void
test_many_aliases (void *arg)
{
  grove_pid             server = grove_spawn (answers, NULL);
  grove_ref             aliases[40];
  struct grove_message *message;

  (void) arg;
  for (int i = 0; i < 40; i++)
    {
      aliases[i] = grove_alias ();
      grove_send (server, "{call, ~r}", aliases[i]);
    }
  for (int i = 0; i < 40; i++)
    {
      g_assert_cmpint (grove_receive_alias (aliases[i * 7 % 40], 0, CORE_DEADLINE_NS, &message), ==,
                       GROVE_OK);
      grove_message_free (message);
      grove_unalias (aliases[i * 7 % 40]);
    }
  core_expect_nothing ();
}

static void
never_answers (void *arg)
{
  (void) arg;
  grove_message_free (core_receive ());
  grove_exit ("no_answer");
}

/* 79: the DOWN is found though it came before the alias was made. */
static void
test_down_before_mark (void *arg)
{
  grove_pid             pid = grove_spawn (never_answers, NULL);
  grove_ref             monitor = grove_monitor (pid);
  grove_ref             alias;
  struct grove_message *message;

  (void) arg;
  grove_send (pid, "go");
  while (grove_is_alive (pid))
    grove_yield ();
  grove_send (grove_self (), "after");
  g_assert_cmpint (grove_receive_pattern (0, &message, "after"), ==, GROVE_OK);
  grove_message_free (message);
  alias = grove_alias ();
  g_assert_cmpint (grove_receive_alias (alias, monitor, CORE_DEADLINE_NS, &message), ==, GROVE_OK);
  core_check_down (message, "no_answer");
}

static void
test_timeout (void *arg)
{
  struct grove_message *message = NULL;
  grove_ref             alias = grove_alias ();

  (void) arg;
  grove_send (grove_self (), "unrelated");
  g_assert_cmpint (grove_receive_alias (alias, 0, 1000000, &message), ==, GROVE_ERR_TIMEOUT);
  g_assert_null (message);
  core_expect ("unrelated");
}

int
main (int argc, char **argv)
{
  static const struct core_case cases[] = {
    { "/runtime/alias/active-59", test_active },
    { "/runtime/alias/full-mailbox-78", test_full_mailbox },
    { "/runtime/alias/marked-message-is-taken", test_marked_message_is_taken },
    { "/runtime/alias/many", test_many_aliases },
    { "/runtime/alias/down-before-mark-79", test_down_before_mark },
    { "/runtime/alias/timeout", test_timeout },
  };

  return core_main (argc, argv, cases, G_N_ELEMENTS (cases));
}
