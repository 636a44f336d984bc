/* SPDX-License-Identifier: MIT
 *
 * Large messages: there once, however many processes hold them, and gone with the last of them.
 */
#include "runtime/core/suspend.h"
#include "runtime/core/timer.h"

#include "core-test.h"

#include <stdatomic.h>

#define LARGE     ((gsize) 1024 * 1024)
#define N_HOLDERS CORE_MANY (1000U, 50U)

static uint8_t *
large_bytes (void)
{
  uint8_t *bytes = grove_alloc (LARGE);

  for (gsize i = 0; i < LARGE; i++)
    bytes[i] = (uint8_t) (i * 31 + i / 251);
  return bytes;
}

static bool
is_large (struct grove_text text)
{
  for (gsize i = 0; i < LARGE; i++)
    if (text.size != LARGE || (uint8_t) text.bytes[i] != (uint8_t) (i * 31 + i / 251))
      return false;
  return true;
}

static struct grove_message *
large_message (void)
{
  uint8_t              *bytes = large_bytes ();
  struct grove_message *message;

  g_assert_cmpint (grove_message_new (&message, "{large, ~b}", bytes, LARGE), ==, GROVE_OK);
  grove_free (bytes);
  return message;
}

static uint64_t
shared_bytes (void)
{
  struct grove_runtime_sample sample;

  _grove_observe_counts (&sample, NULL, 0);
  return sample.shared_bytes;
}

static struct grove_process_sample
sample_of (grove_pid pid)
{
  struct grove_process_sample sample;

  g_assert_true (_grove_observe_process (pid, &sample));
  return sample;
}

/* Holds what it gets until it is told to end, and then says whether it was right. */
static void
holds (void *arg)
{
  struct grove_message *held, *message;
  struct grove_text     text;

  g_assert_cmpint (grove_receive_pattern (CORE_DEADLINE_NS, &held, "{large, ~b}", &text), ==,
                   GROVE_OK);
  grove_send (core_arg_pid (arg), "holds");
  g_assert_cmpint (grove_receive_pattern (CORE_DEADLINE_NS, &message, "end"), ==, GROVE_OK);
  if (is_large (text))
    grove_send (core_arg_pid (arg), "right");
}

static void
test_thousand (void *arg)
{
  grove_pid            *pids = grove_alloc (N_HOLDERS * sizeof *pids);
  uint64_t              before = shared_bytes ();
  struct grove_message *message = large_message ();
  grove_pid             self = grove_self ();

  (void) arg;
  g_assert_cmpuint (sample_of (self).heap_bytes, >=, LARGE);
  for (unsigned i = 0; i < N_HOLDERS; i++)
    {
      pids[i] = _grove_process_spawn_on (i % 2, holds, core_pid_arg (self));
      grove_forward (pids[i], message);
    }
  for (unsigned i = 0; i < N_HOLDERS; i++)
    core_expect ("holds");
  grove_message_free (message);
  g_assert_cmpuint (sample_of (self).heap_bytes, <, LARGE);
  g_assert_cmpuint (shared_bytes () - before, >=, LARGE);
  g_assert_cmpuint (shared_bytes () - before, <, LARGE + 4096);
  for (unsigned i = 0; i < N_HOLDERS; i++)
    {
      g_assert_cmpuint (sample_of (pids[i]).heap_bytes, >=, LARGE);
      g_assert_cmpuint (sample_of (pids[i]).memory_bytes, >=, LARGE);
      grove_send (pids[i], "end");
    }
  for (unsigned i = 0; i < N_HOLDERS; i++)
    core_expect ("right");
  for (unsigned i = 0; i < N_HOLDERS; i++)
    while (grove_is_alive (pids[i]))
      grove_yield ();
  while (shared_bytes () != before)
    grove_yield ();
}

static void
test_parts (void *arg)
{
  struct grove_message *message = large_message (), *part;
  struct grove_term     view, small, none = { NULL, 0 };
  struct grove_buffer   foreign = { NULL };
  struct grove_text     text;
  uint64_t              before = shared_bytes ();

  (void) arg;
  g_assert_true (grove_match (grove_message_term (message), "{~t, ~t}", &small, &view));
  g_assert_cmpint (grove_forward_part (grove_self (), message, view), ==, GROVE_OK);
  part = core_receive ();
  g_assert_cmpuint (grove_message_sender (part), ==, grove_self ());
  g_assert_cmpuint (shared_bytes (), ==, before);
  grove_message_free (message);
  g_assert_true (grove_match (grove_message_term (part), "~b", &text));
  g_assert_true (is_large (text));
  /* A part of a part, and what is copied because it is small. */
  g_assert_cmpint (grove_forward_part (grove_self (), part, grove_message_term (part)), ==,
                   GROVE_OK);
  grove_message_free (part);
  part = core_receive ();
  g_assert_true (grove_match (grove_message_term (part), "~b", &text));
  g_assert_true (is_large (text));
  g_assert_cmpint (grove_build (&foreign, "{a, b}"), ==, GROVE_OK);
  g_assert_cmpint (grove_forward_part (grove_self (), part, grove_buffer_term (&foreign)), ==,
                   GROVE_ERR_BADARG);
  g_assert_cmpint (grove_forward_part (grove_self (), part, none), ==, GROVE_ERR_BADARG);
  grove_buffer_finish (&foreign);
  grove_message_free (part);
  g_assert_cmpuint (shared_bytes (), <, before);
  g_assert_cmpint (grove_message_new (&message, "{small, 1}"), ==, GROVE_OK);
  grove_forward (grove_self (), message);
  g_assert_true (grove_match (grove_message_term (message), "{~t, _}", &small));
  g_assert_cmpint (grove_forward_part (grove_self (), message, small), ==, GROVE_OK);
  grove_message_free (message);
  core_expect ("{small, 1}");
  core_expect ("small");
  g_assert_cmpint (grove_message_new (&message, "{small, "), ==, GROVE_ERR_SYNTAX);
  core_expect_nothing ();
}

static void
waits_for_never (void *arg)
{
  struct grove_message *message;

  (void) arg;
  if (grove_receive_pattern (GROVE_FOREVER, &message, "never") == GROVE_OK)
    grove_message_free (message);
}

/* In the mailbox, in the in-queue, and sent to one that is dead. */
static void
test_killed (void *arg)
{
  uint64_t              before = shared_bytes ();
  struct grove_message *message = large_message ();
  grove_pid             waits = grove_spawn (waits_for_never, NULL);
  grove_pid             spins = core_spawn_priority (core_spin, NULL, GROVE_PRIORITY_LOW);

  (void) arg;
  for (int i = 0; i < 10; i++)
    {
      grove_forward (waits, message);
      grove_forward (spins, message);
    }
  g_assert_true (grove_is_alive (waits));
  g_assert_cmpuint (sample_of (waits).mailbox_bytes, >=, 10 * LARGE);
  g_assert_cmpuint (sample_of (spins).mailbox_bytes, >=, 10 * LARGE);
  g_assert_cmpuint (shared_bytes () - before, <, LARGE + 4096);
  grove_exit_process (waits, "kill");
  grove_exit_process (spins, "kill");
  g_assert_false (grove_is_alive (waits));
  g_assert_false (grove_is_alive (spins));
  grove_forward (waits, message);
  grove_message_free (message);
  while (shared_bytes () != before)
    grove_yield ();
}

#define N_PASSES CORE_MANY (2000, 400)

/* Passes on what it gets, to the next in a ring over both schedulers, as often as it gets it. */
static void
passes_on (void *arg)
{
  grove_pid             next = core_arg_pid (arg);
  struct grove_message *message;

  for (;;)
    {
      message = core_receive ();
      if (!grove_match (grove_message_term (message), "{large, _}"))
        break;
      grove_forward (next, message);
      grove_message_free (message);
    }
}

static void
test_passed_around (void *arg)
{
  uint64_t              before = shared_bytes ();
  struct grove_message *message = large_message ();
  grove_pid             last = _grove_process_spawn_on (1, passes_on, core_pid_arg (grove_self ()));
  grove_pid             first = _grove_process_spawn_on (0, passes_on, core_pid_arg (last));
  struct grove_text     text;

  (void) arg;
  /* Eight of them are under way at a time. */
  for (int i = 0; i < 8; i++)
    grove_forward (first, message);
  grove_message_free (message);
  for (int i = 0; i < N_PASSES; i++)
    {
      message = core_receive ();
      grove_forward (first, message);
      grove_message_free (message);
    }
  for (int i = 0; i < 8; i++)
    {
      message = core_receive ();
      g_assert_true (grove_match (grove_message_term (message), "{large, ~b}", &text));
      g_assert_true (i > 0 || is_large (text));
      grove_message_free (message);
    }
  g_assert_cmpuint (shared_bytes (), ==, before);
  grove_send (first, "stop");
  grove_send (last, "stop");
}

/* An exit reason that many linked processes get. */
static void
ends_large (void *arg)
{
  uint8_t *bytes = large_bytes ();

  grove_message_free (core_receive ());
  grove_send (core_arg_pid (arg), "ends");
  grove_exit ("{large, ~b}", bytes, LARGE);
}

static void
links_and_holds (void *arg)
{
  struct grove_message *held, *message;
  struct grove_text     text;
  grove_pid             ends, parent;

  g_assert_cmpint (grove_receive_pattern (CORE_DEADLINE_NS, &message, "{~p, ~p}", &parent, &ends),
                   ==, GROVE_OK);
  (void) arg;
  grove_trap_exit (true);
  g_assert_cmpint (grove_link (ends), ==, GROVE_OK);
  g_assert_true (grove_is_alive (ends));
  grove_send (parent, "linked");
  g_assert_cmpint (grove_receive_pattern (CORE_DEADLINE_NS, &held, "{'EXIT', _, {large, ~b}}",
                                          &text),
                   ==, GROVE_OK);
  g_assert_true (is_large (text));
  grove_send (parent, "holds");
  g_assert_cmpint (grove_receive_pattern (CORE_DEADLINE_NS, &message, "end"), ==, GROVE_OK);
}

static void
test_reason (void *arg)
{
  uint64_t  before = shared_bytes ();
  grove_pid pids[50];
  grove_pid ends = grove_spawn (ends_large, core_pid_arg (grove_self ()));

  (void) arg;
  for (unsigned i = 0; i < G_N_ELEMENTS (pids); i++)
    {
      pids[i] = _grove_process_spawn_on (i % 2, links_and_holds, NULL);
      grove_send (pids[i], "{~p, ~p}", grove_self (), ends);
    }
  for (unsigned i = 0; i < G_N_ELEMENTS (pids); i++)
    core_expect ("linked");
  grove_send (ends, "go");
  core_expect ("ends");
  for (unsigned i = 0; i < G_N_ELEMENTS (pids); i++)
    core_expect ("holds");
  while (shared_bytes () - before >= LARGE + 4096)
    grove_yield ();
  g_assert_cmpuint (shared_bytes () - before, >=, LARGE);
  for (unsigned i = 0; i < G_N_ELEMENTS (pids); i++)
    grove_send (pids[i], "end");
  while (shared_bytes () != before)
    grove_yield ();
}

/* What an observer sees of a mailbox with large messages. */
struct look
{
  bool             right;
  _Atomic uint32_t done;
};

static void
looks (struct grove_inspection *view, void *user_data)
{
  struct look              *look = user_data;
  struct grove_message_view message;
  struct grove_text         text;
  char                      print[64];
  bool                      truncated;

  look->right = _grove_inspection_message (view, 1, &message) &&
                grove_match (message.term, "{large, ~b}", &text) && is_large (text) &&
                grove_term_print (message.term, GROVE_SYNTAX_ERLANG, 16, print, sizeof print,
                                  &truncated) < sizeof print &&
                truncated;
}

static void
has_looked (enum grove_status status, void *user_data)
{
  struct look *look = user_data;

  atomic_store (&look->done, status == GROVE_OK ? 1 : 2);
}

static void
test_observed (void *arg)
{
  struct grove_message *message = large_message ();
  grove_pid             pid = grove_spawn (waits_for_never, NULL);
  static struct look    look;

  (void) arg;
  grove_send (pid, "first");
  g_assert_cmpint (_grove_observe_send (pid, grove_message_term (message)), ==, GROVE_OK);
  grove_message_free (message);
  _grove_observe_inspect (pid, looks, has_looked, &look);
  while (atomic_load (&look.done) == 0)
    grove_yield ();
  g_assert_cmpuint (atomic_load (&look.done), ==, 1);
  g_assert_true (look.right);
  grove_exit_process (pid, "kill");
}

/* Timers keep messages, wrap them, and send them again and again. */
static void
test_timers (void *arg)
{
  uint64_t              before = shared_bytes ();
  uint8_t              *bytes = large_bytes ();
  struct grove_message *message;
  struct grove_text     text;
  grove_ref             series;

  (void) arg;
  g_assert_cmpint (grove_send_after (0, grove_self (), NULL, "{large, ~b}", bytes, LARGE), ==,
                   GROVE_OK);
  g_assert_cmpint (grove_receive_pattern (CORE_DEADLINE_NS, &message, "{large, ~b}", &text), ==,
                   GROVE_OK);
  g_assert_true (is_large (text));
  grove_message_free (message);
  g_assert_cmpint (grove_start_timer (0, grove_self (), NULL, "{large, ~b}", bytes, LARGE), ==,
                   GROVE_OK);
  g_assert_cmpint (grove_receive_pattern (CORE_DEADLINE_NS, &message, "{timeout, _, {large, ~b}}",
                                          &text),
                   ==, GROVE_OK);
  g_assert_true (is_large (text));
  grove_message_free (message);
  g_assert_cmpint (grove_send_interval (1000000, grove_self (), &series, "{large, ~b}", bytes,
                                        LARGE),
                   ==, GROVE_OK);
  for (int i = 0; i < 3; i++)
    {
      g_assert_cmpint (grove_receive_pattern (CORE_DEADLINE_NS, &message, "{large, ~b}", &text), ==,
                       GROVE_OK);
      g_assert_true (is_large (text));
      grove_message_free (message);
    }
  grove_cancel_timer (series);
  while (grove_receive (0, &message) == GROVE_OK)
    grove_message_free (message);
  while (shared_bytes () != before)
    grove_yield ();
}

/* What a signal other than a message carries can be large, too. */
static void
test_suspend_tag (void *arg)
{
  uint8_t              *bytes = large_bytes ();
  grove_pid             pid = grove_spawn (core_idle, NULL);
  struct grove_message *message;
  struct grove_text     text;

  (void) arg;
  g_assert_cmpint (grove_suspend_tagged (pid, 0, "{large, ~b}", bytes, LARGE), ==, GROVE_OK);
  g_assert_cmpint (grove_receive_pattern (CORE_DEADLINE_NS, &message, "{{large, ~b}, suspended}",
                                          &text),
                   ==, GROVE_OK);
  g_assert_true (is_large (text));
  grove_message_free (message);
}

int
main (int argc, char **argv)
{
  static const struct core_case cases[] = {
    { "/runtime/binary/held-by-a-thousand", test_thousand },
    { "/runtime/binary/parts", test_parts },
    { "/runtime/binary/killed", test_killed },
    { "/runtime/binary/passed-around-67", test_passed_around },
    { "/runtime/binary/exit-reason-35", test_reason },
    { "/runtime/binary/observed-100", test_observed },
    { "/runtime/binary/suspend-tag", test_suspend_tag },
    { "/runtime/binary/timers", test_timers },
  };

  return core_main (argc, argv, cases, G_N_ELEMENTS (cases));
}
