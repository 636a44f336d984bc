/* SPDX-License-Identifier: MIT
 *
 * Sending and receiving. The number in a test's name is the behaviour's in the conformance list.
 */
#include "tests/runtime/core-test.h"

#include <string.h>

/* ---- Order -------------------------------------------------------------------------------------
 */

static void
test_selective (void *arg)
{
  grove_pid             self = grove_self ();
  struct grove_message *message;

  (void) arg;
  grove_send (self, "a");
  grove_send (self, "b");
  grove_send (self, "c");
  g_assert_cmpint (grove_receive_pattern (0, &message, "c"), ==, GROVE_OK);
  grove_message_free (message);
  core_expect ("a");
  core_expect ("b");
  core_expect_nothing ();
}

/* Counts what it is shown. */
static bool
accepts_last (struct grove_term term, void *user_data)
{
  unsigned *n_shown = user_data;

  ++*n_shown;
  return grove_term_is_atom (term, "last");
}

static void
sends_one_by_one (void *arg)
{
  for (int i = 0; i < 100; i++)
    {
      grove_send (core_arg_pid (arg), "{no, ~i}", i);
      grove_yield ();
    }
  grove_send (core_arg_pid (arg), "last");
}

/* 72: waking up does not look again at what was refused. */
static void
test_save_mark (void *arg)
{
  struct grove_message *message;
  unsigned              n_shown = 0;

  (void) arg;
  for (int i = 0; i < 50; i++)
    grove_send (grove_self (), "early");
  grove_spawn (sends_one_by_one, core_pid_arg (grove_self ()));
  g_assert_cmpint (grove_receive_match (accepts_last, &n_shown, CORE_DEADLINE_NS, &message), ==,
                   GROVE_OK);
  grove_message_free (message);
  g_assert_cmpuint (n_shown, ==, 151);
  /* And the next receive begins at the beginning. */
  for (int i = 0; i < 50; i++)
    core_expect ("early");
}

/* Three before, exit, three after; 64: those after are never seen. */
static void
test_signal_order (void *arg)
{
  (void) arg;
  for (int i = 0; i < 1000; i++)
    {
      grove_pid pid = _grove_process_spawn_on (i % 2, core_trapper, core_pid_arg (grove_self ()));
      core_expect ("ready");
      for (int j = 0; j < 3; j++)
        grove_send (pid, "{before, ~i}", j);
      grove_exit_process (pid, "kill");
      for (int j = 0; j < 3; j++)
        grove_send (pid, "after");
      g_assert_false (grove_is_alive (pid));
      for (;;)
        {
          struct grove_message *message;
          if (grove_receive (0, &message) != GROVE_OK)
            break;
          g_assert_true (grove_match (grove_message_term (message), "{got, {before, _}}"));
          grove_message_free (message);
        }
    }
}

static void
forwards (void *arg)
{
  struct grove_message *message = core_receive ();

  grove_send_term (core_arg_pid (arg), grove_message_term (message));
  grove_message_free (message);
}

static void
test_copied (void *arg)
{
  char text[] = "before";

  (void) arg;
  grove_send (grove_self (), "{text, ~s}", text);
  memcpy (text, "after.", sizeof text);
  core_expect ("{text, <<\"before\">>}");
  grove_send (grove_spawn (forwards, core_pid_arg (grove_self ())), "{large, ~b}", text,
              (size_t) 6);
  core_expect ("{large, <<\"after.\">>}");
}

static void
test_sizes (void *arg)
{
  static uint8_t bytes[100000];

  (void) arg;
  for (size_t size = 0; size <= sizeof bytes; size = size < 600 ? size + 1 : size * 3)
    {
      struct grove_message *message;
      struct grove_text     text;
      memset (bytes, (int) size, size);
      g_assert_cmpint (grove_send (grove_self (), "{b, ~b}", bytes, size), ==, GROVE_OK);
      message = core_receive ();
      g_assert_true (grove_match (grove_message_term (message), "{b, ~b}", &text));
      g_assert_cmpmem (text.bytes, text.size, bytes, size);
      g_assert_cmpuint (grove_message_sender (message), ==, grove_self ());
      grove_message_free (message);
    }
}

static void
test_bad_format (void *arg)
{
  (void) arg;
  g_assert_cmpint (grove_send (grove_self (), "{a"), ==, GROVE_ERR_SYNTAX);
  g_assert_cmpint (grove_send (0, "a"), ==, GROVE_OK);
  g_assert_cmpint (grove_send_name ("nobody", "a"), ==, GROVE_ERR_NO_NAME);
  core_expect_nothing ();
}

static void
test_held_messages_are_freed (void *arg)
{
  (void) arg;
  /* The leak checker is the judge. */
  for (int i = 0; i < 10; i++)
    grove_send (grove_self (), "{held, ~i}", i);
  for (int i = 0; i < 5; i++)
    (void) core_receive ();
}

#define MANY CORE_MANY (1000000, 100000)

static void
test_a_million (void *arg)
{
  struct grove_process_sample sample;

  (void) arg;
  for (int i = 0; i < MANY; i++)
    grove_send (grove_self (), "~i", i);
  g_assert_true (_grove_observe_process (grove_self (), &sample));
  g_assert_cmpuint (sample.n_messages, ==, MANY);
  g_assert_cmpuint (sample.mailbox_bytes, >, MANY * 56);
  for (int i = 0; i < MANY; i++)
    {
      int got;
      core_expect ("~i", &got);
      g_assert_cmpint (got, ==, i);
    }
  g_assert_true (_grove_observe_process (grove_self (), &sample));
  g_assert_cmpuint (sample.n_messages, ==, 0);
  g_assert_cmpuint (sample.mailbox_bytes, ==, 0);
}

/* ---- Many senders ------------------------------------------------------------------------------
 */

#define N_SENDERS 8
#define N_EACH    CORE_MANY (100000, 10000)

static void
numbered_sender (void *arg)
{
  grove_pid to = grove_whereis ("test");

  for (int i = 0; i < N_EACH; i++)
    grove_send (to, "{~i, ~i}", (int) (intptr_t) arg, i);
}

static void
test_senders (void *arg)
{
  int next[N_SENDERS] = { 0 };

  (void) arg;
  g_assert_cmpint (grove_register ("test", grove_self ()), ==, GROVE_OK);
  for (intptr_t i = 0; i < N_SENDERS; i++)
    _grove_process_spawn_on ((unsigned) i % 2, numbered_sender, (void *) i);
  for (int i = 0; i < N_SENDERS * N_EACH; i++)
    {
      int sender, n;
      core_expect ("{~i, ~i}", &sender, &n);
      g_assert_cmpint (n, ==, next[sender]++);
    }
  core_expect_nothing ();
}

/* ---- Timeouts ----------------------------------------------------------------------------------
 */

static void
test_after_zero (void *arg)
{
  struct grove_message *message = NULL;

  (void) arg;
  grove_send (grove_self (), "a");
  g_assert_cmpint (grove_receive_pattern (0, &message, "b"), ==, GROVE_ERR_TIMEOUT);
  g_assert_null (message);
  core_expect ("a");
}

static void
disturbs (void *arg)
{
  for (int i = 0; i < 10; i++)
    {
      grove_send (core_arg_pid (arg), "disturbance");
      grove_sleep_ms (3);
    }
}

static void
test_timeout (void *arg)
{
  struct grove_message *message;
  uint64_t              started;

  (void) arg;
  for (int ms = 1; ms <= 16; ms *= 2)
    {
      started = grove_now_ns ();
      g_assert_cmpint (grove_receive (ms * 1000000, &message), ==, GROVE_ERR_TIMEOUT);
      g_assert_cmpuint (grove_now_ns () - started, >=, (uint64_t) ms * 1000000);
    }
  /* Messages that do not match do not put it off. */
  grove_spawn (disturbs, core_pid_arg (grove_self ()));
  started = grove_now_ns ();
  g_assert_cmpint (grove_receive_pattern (15000000, &message, "never"), ==, GROVE_ERR_TIMEOUT);
  g_assert_cmpuint (grove_now_ns () - started, >=, 15000000);
  for (int i = 0; i < 10; i++)
    core_expect ("disturbance");
}

static void
test_bad_timeouts (void *arg)
{
  struct grove_message *message;

  (void) arg;
  g_assert_cmpint (grove_receive (-1, &message), ==, GROVE_ERR_BADARG);
  /* One far away must not be there at once. */
  grove_spawn (disturbs, core_pid_arg (grove_self ()));
  g_assert_cmpint (grove_receive_pattern (GROVE_FOREVER - 1, &message, "disturbance"), ==,
                   GROVE_OK);
  grove_message_free (message);
  g_assert_cmpint (grove_receive_pattern ((int64_t) UINT32_MAX * 1000000, &message, "disturbance"),
                   ==, GROVE_OK);
  grove_message_free (message);
}

static void
short_timeouts (void *arg)
{
  struct grove_message *message;

  for (int i = 0; i < 3; i++)
    if (grove_receive (1 + (i * 7919) % 3000000, &message) != GROVE_ERR_TIMEOUT)
      grove_exit ("unexpected");
  grove_send (core_arg_pid (arg), "done");
}

static void
test_timeout_blast (void *arg)
{
  (void) arg;
  for (int i = 0; i < CORE_MANY (10000, 1000); i++)
    _grove_process_spawn_on ((unsigned) i % 2, short_timeouts, core_pid_arg (grove_self ()));
  for (int i = 0; i < CORE_MANY (10000, 1000); i++)
    core_expect ("done");
}

#define N_RACES CORE_MANY (20000, 3000)

static void
sends_about_when_asked (void *arg)
{
  (void) arg;
  for (int i = 0; i < N_RACES; i++)
    {
      struct grove_message *message = core_receive ();
      int                   n;
      grove_pid             from = grove_message_sender (message);
      g_assert_true (grove_match (grove_message_term (message), "{race, ~i}", &n));
      grove_message_free (message);
      for (volatile int spin = n * 37 % 3000; spin > 0; spin--)
        ;
      grove_send (from, "{late, ~i}", n);
    }
}

/* 77: the message or the timeout, never both, never neither. */
static void
test_timeout_race (void *arg)
{
  grove_pid other = _grove_process_spawn_on (1, sends_about_when_asked, NULL);
  int       n_timeouts = 0;

  (void) arg;
  for (int i = 0; i < N_RACES; i++)
    {
      struct grove_message *message;
      int                   n;

      grove_send (other, "{race, ~i}", i);
      if (grove_receive (i % 7 * 1000, &message) == GROVE_OK)
        {
          g_assert_true (grove_match (grove_message_term (message), "{late, ~i}", &n));
          grove_message_free (message);
        }
      else
        {
          n_timeouts++;
          /* The timer that has fired must not end this one. */
          core_expect ("{late, ~i}", &n);
        }
      g_assert_cmpint (n, ==, i);
    }
  core_expect_nothing ();
  g_test_message ("%d timeouts in %d", n_timeouts, N_RACES);
}

static void
test_sleep_ignores_messages (void *arg)
{
  uint64_t started = grove_now_ns ();

  (void) arg;
  grove_spawn (disturbs, core_pid_arg (grove_self ()));
  grove_sleep_ms (10);
  g_assert_cmpuint (grove_now_ns () - started, >=, 10000000);
  for (int i = 0; i < 10; i++)
    core_expect ("disturbance");
}

int
main (int argc, char **argv)
{
  static const struct core_case cases[] = {
    { "/runtime/mailbox/selective-71", test_selective },
    { "/runtime/mailbox/save-mark-72", test_save_mark },
    { "/runtime/mailbox/signal-order-64", test_signal_order },
    { "/runtime/mailbox/copied-67", test_copied },
    { "/runtime/mailbox/sizes", test_sizes },
    { "/runtime/mailbox/bad-format-62-63", test_bad_format },
    { "/runtime/mailbox/held-messages-are-freed", test_held_messages_are_freed },
    { "/runtime/mailbox/a-million-69", test_a_million },
    { "/runtime/mailbox/senders-70", test_senders },
    { "/runtime/mailbox/after-zero-73", test_after_zero },
    { "/runtime/mailbox/timeout-74", test_timeout },
    { "/runtime/mailbox/bad-timeouts-75", test_bad_timeouts },
    { "/runtime/mailbox/timeout-blast-76", test_timeout_blast },
    { "/runtime/mailbox/timeout-race-77", test_timeout_race },
    { "/runtime/mailbox/sleep-ignores-messages", test_sleep_ignores_messages },
  };

  return core_main (argc, argv, cases, G_N_ELEMENTS (cases));
}
