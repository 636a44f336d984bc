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
test_bad_modes (void *arg)
{
  grove_ref alias = 0;

  (void) arg;
  g_assert_cmpint (grove_alias_opt (GROVE_ALIAS_NONE, &alias), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_alias_opt (GROVE_ALIAS_DEMONITOR, &alias), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_alias_opt (GROVE_ALIAS_REPLY_DEMONITOR, &alias), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_alias_opt ((enum grove_alias_mode) 17, &alias), ==, GROVE_ERR_BADARG);
  g_assert_cmpuint (alias, ==, 0);
}

static void
test_reply (void *arg)
{
  grove_pid server = grove_spawn (answers, NULL);
  grove_ref alias;

  (void) arg;
  g_assert_cmpint (grove_alias_opt (GROVE_ALIAS_REPLY, &alias), ==, GROVE_OK);
  grove_send (server, "{call, ~r}", alias);
  grove_send (server, "{call, ~r}", alias);
  g_assert_true (grove_is_alive (server));
  core_expect ("ok");
  core_expect_nothing ();
  g_assert_false (grove_unalias (alias));
  /* One that nothing came to. */
  g_assert_cmpint (grove_alias_opt (GROVE_ALIAS_REPLY, &alias), ==, GROVE_OK);
  g_assert_true (grove_unalias (alias));
  g_assert_false (grove_unalias (alias));
  grove_send (server, "{call, ~r}", alias);
  g_assert_true (grove_is_alive (server));
  core_expect_nothing ();
}

/* 60, 78: the mark of one that has let its message in still leads there. */
static void
test_reply_full_mailbox (void *arg)
{
  grove_pid server = grove_spawn (answers, NULL);
  uint64_t  reductions[2];

  (void) arg;
  for (int i = 0; i < CORE_MANY (200000, 20000); i++)
    grove_send (grove_self (), "unrelated");
  for (int i = 0; i < 2; i++)
    {
      struct grove_process_sample sample;
      struct grove_message       *reply;
      grove_ref                   alias;
      g_assert_cmpint (grove_alias_opt (GROVE_ALIAS_REPLY, &alias), ==, GROVE_OK);
      grove_send (server, "{call, ~r}", alias);
      g_assert_true (grove_is_alive (server));
      g_assert_cmpint (grove_receive_alias (alias, 0, CORE_DEADLINE_NS, &reply), ==, GROVE_OK);
      grove_message_free (reply);
      grove_yield ();
      g_assert_true (_grove_observe_process (grove_self (), &sample));
      reductions[i] = sample.reductions;
    }
  /* Looking at every message would cost one for each. */
  g_assert_cmpuint (reductions[1] - reductions[0], <, CORE_MANY (20000, 2000));
}

static grove_ref
monitor_with (grove_pid pid, enum grove_alias_mode mode)
{
  struct grove_monitor_options options = { .alias = mode };
  grove_ref                    monitor;

  g_assert_cmpint (grove_monitor_opt (pid, &options, &monitor), ==, GROVE_OK);
  return monitor;
}

/* 61: nothing but grove_unalias() ends it, neither the monitor's end nor a message. */
static void
test_explicit_unalias (void *arg)
{
  grove_pid pid = grove_spawn (core_idle, NULL);
  grove_ref monitor = monitor_with (pid, GROVE_ALIAS_EXPLICIT);

  (void) arg;
  grove_send_alias (grove_self (), monitor, ok);
  grove_send_alias (grove_self (), monitor, ok);
  core_expect ("ok");
  core_expect ("ok");
  grove_exit_process (pid, "die");
  core_expect ("{'DOWN', _, process, _, die}");
  grove_send_alias (grove_self (), monitor, ok);
  core_expect ("ok");
  g_assert_false (grove_demonitor (monitor, true));
  grove_send_alias (grove_self (), monitor, ok);
  core_expect ("ok");
  g_assert_true (grove_unalias (monitor));
  grove_send_alias (grove_self (), monitor, ok);
  core_expect_nothing ();
}

static void
test_demonitor (void *arg)
{
  grove_pid pid = grove_spawn (core_idle, NULL);
  grove_ref monitor = monitor_with (pid, GROVE_ALIAS_DEMONITOR);

  (void) arg;
  grove_send_alias (grove_self (), monitor, ok);
  grove_send_alias (grove_self (), monitor, ok);
  core_expect ("ok");
  core_expect ("ok");
  g_assert_true (grove_demonitor (monitor, false));
  grove_send_alias (grove_self (), monitor, ok);
  core_expect_nothing ();
  g_assert_false (grove_unalias (monitor));

  /* Its end by DOWN ends it too; what is sent before the DOWN comes in. */
  monitor = monitor_with (pid, GROVE_ALIAS_DEMONITOR);
  grove_exit_process (pid, "die");
  core_until_gone (pid);
  grove_send_alias (grove_self (), monitor, ok);
  core_expect ("{'DOWN', _, process, _, die}");
  core_expect_nothing ();
  g_assert_false (grove_unalias (monitor));

  /* The alias ends before the monitor. */
  pid = grove_spawn (core_idle, NULL);
  monitor = monitor_with (pid, GROVE_ALIAS_DEMONITOR);
  g_assert_true (grove_unalias (monitor));
  grove_send_alias (grove_self (), monitor, ok);
  grove_exit_process (pid, "die");
  core_expect ("{'DOWN', _, process, _, die}");
  core_expect_nothing ();
}

static void
test_reply_demonitor (void *arg)
{
  grove_pid                   pid = grove_spawn (core_idle, NULL);
  grove_ref                   monitor = monitor_with (pid, GROVE_ALIAS_REPLY_DEMONITOR);
  struct grove_process_sample sample;

  (void) arg;
  grove_send_alias (grove_self (), monitor, ok);
  grove_send_alias (grove_self (), monitor, ok);
  core_expect ("ok");
  grove_exit_process (pid, "die");
  core_until_gone (pid);
  core_expect_nothing ();
  g_assert_false (grove_demonitor (monitor, true));
  g_assert_false (grove_unalias (monitor));

  /* Nothing answers. */
  pid = grove_spawn (core_idle, NULL);
  monitor = monitor_with (pid, GROVE_ALIAS_REPLY_DEMONITOR);
  grove_exit_process (pid, "die");
  core_until_gone (pid);
  grove_send_alias (grove_self (), monitor, ok);
  core_expect ("{'DOWN', _, process, _, die}");
  core_expect_nothing ();

  /* Of oneself: there is no monitor, and no alias. */
  monitor = monitor_with (grove_self (), GROVE_ALIAS_REPLY_DEMONITOR);
  grove_send_alias (grove_self (), monitor, ok);
  core_expect_nothing ();
  g_assert_true (_grove_observe_process (grove_self (), &sample));
  g_assert_cmpuint (sample.n_messages, ==, 0);
}

/* A flush takes the DOWN and leaves the answers. */
static void
test_flush (void *arg)
{
  grove_pid pid = grove_spawn (core_idle, NULL);
  grove_ref monitor = monitor_with (pid, GROVE_ALIAS_EXPLICIT);

  (void) arg;
  grove_send_alias (grove_self (), monitor, ok);
  grove_exit_process (pid, "die");
  core_until_gone (pid);
  g_assert_false (grove_demonitor (monitor, true));
  core_expect ("ok");
  core_expect_nothing ();
}

static void
answers_monitor (void *arg)
{
  (void) arg;
  for (;;)
    {
      struct grove_message *message = core_receive ();
      grove_pid             from = grove_message_sender (message);
      grove_ref             alias;
      if (grove_match (grove_message_term (message), "{call, ~r}", &alias))
        grove_send_alias (from, alias, ok);
      else
        grove_exit ("no_call");
      grove_message_free (message);
    }
}

/* A call with one reference for both: the answer or the end, whichever comes, and one of them. */
static void
test_call_by_monitor (void *arg)
{
  (void) arg;
  for (int i = 0; i < CORE_MANY (2000, 300); i++)
    {
      grove_pid             pid = _grove_process_spawn_on (1, answers_monitor, NULL);
      grove_ref             monitor = monitor_with (pid, GROVE_ALIAS_REPLY_DEMONITOR);
      struct grove_message *reply;
      if (i % 2 == 0)
        grove_send (pid, "{call, ~r}", monitor);
      grove_send (pid, "bad");
      if (i % 2 == 0)
        grove_send (pid, "{call, ~r}", monitor);
      g_assert_cmpint (grove_receive_alias (monitor, monitor, CORE_DEADLINE_NS, &reply), ==,
                       GROVE_OK);
      if (i % 2 == 0)
        g_assert_true (grove_term_is_atom (grove_message_term (reply), "ok"));
      else
        g_assert_true (
          grove_match (grove_message_term (reply), "{'DOWN', _, process, _, no_call}"));
      grove_message_free (reply);
      core_until_gone (pid);
      core_expect_nothing ();
    }
}

/* Of a child that has not begun. */
static void
test_spawn_monitor_alias (void *arg)
{
  struct grove_monitor_options monitoring = { .alias = GROVE_ALIAS_REPLY_DEMONITOR };
  struct grove_spawn_options   options = GROVE_SPAWN_DEFAULTS;
  grove_pid                    pid;
  grove_ref                    monitor;
  struct grove_message        *reply;

  (void) arg;
  options.monitor = true;
  options.monitor_options = &monitoring;
  g_assert_cmpint (grove_spawn_opt (answers, &options, &pid, &monitor), ==, GROVE_OK);
  grove_send (pid, "{call, ~r}", monitor);
  g_assert_cmpint (grove_receive_alias (monitor, monitor, CORE_DEADLINE_NS, &reply), ==, GROVE_OK);
  grove_message_free (reply);
  grove_exit_process (pid, "die");
  core_until_gone (pid);
  core_expect_nothing ();

  monitoring.alias = GROVE_ALIAS_REPLY;
  g_assert_cmpint (grove_spawn_opt (answers, &options, &pid, &monitor), ==, GROVE_ERR_BADARG);
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
    { "/runtime/alias/bad-modes-60", test_bad_modes },
    { "/runtime/alias/reply-60", test_reply },
    { "/runtime/alias/reply-full-mailbox-60-78", test_reply_full_mailbox },
    { "/runtime/alias/explicit-unalias-61", test_explicit_unalias },
    { "/runtime/alias/demonitor-61", test_demonitor },
    { "/runtime/alias/reply-demonitor-61", test_reply_demonitor },
    { "/runtime/alias/flush-53-61", test_flush },
    { "/runtime/alias/call-by-monitor-61", test_call_by_monitor },
    { "/runtime/alias/spawn-monitor-8-61", test_spawn_monitor_alias },
  };

  return core_main (argc, argv, cases, G_N_ELEMENTS (cases));
}
