/* SPDX-License-Identifier: MIT
 *
 * Tracing: what is told, in which order, to whom it is handed on, and how it ends.
 */
#include "runtime/core/trace.h"
#include "tests/runtime/core-test.h"

#include <string.h>

#define ALL_EVENTS (GROVE_TRACE_SEND | GROVE_TRACE_RECEIVE | GROVE_TRACE_PROCS)

static void
await_go (void)
{
  struct grove_message *message;

  g_assert_cmpint (grove_receive_pattern (CORE_DEADLINE_NS, &message, "go"), ==, GROVE_OK);
  grove_message_free (message);
}

static void
trace (grove_pid pid, unsigned flags)
{
  g_assert_cmpint (grove_trace (pid, GROVE_TRACE_ON, flags, 0), ==, GROVE_OK);
}

/* Everything about @pid has come, and nothing of it is left. */
static void
expect_no_more (grove_pid pid)
{
  grove_ref             ref = grove_trace_delivered (pid);
  grove_ref             got;
  grove_pid             about;
  struct grove_message *message = core_receive ();

  if (!grove_match (grove_message_term (message), "{trace_delivered, ~p, ~r}", &about, &got))
    {
      char text[512];
      grove_term_print (grove_message_term (message), GROVE_SYNTAX_ERLANG, 16, text, sizeof text,
                        NULL);
      g_error ("an event too many: %s", text);
    }
  g_assert_cmpuint (about, ==, pid);
  g_assert_cmpuint (got, ==, ref);
  grove_message_free (message);
}

static void
assert_traced (grove_pid pid, unsigned flags, grove_pid tracer)
{
  unsigned  got;
  grove_pid by;

  g_assert_cmpint (grove_trace_info (pid, &got, &by), ==, GROVE_OK);
  g_assert_cmphex (got, ==, flags);
  g_assert_cmpuint (by, ==, tracer);
}

/* ---- What is told -------------------------------------------------------------------------------
 */

static void
sends_and_receives (void *arg)
{
  struct grove_message *message;
  grove_pid             dead = grove_spawn (core_idle, NULL);

  grove_exit_process (dead, "kill");
  g_assert_false (grove_is_alive (dead));
  grove_send (core_arg_pid (arg), "{ready, ~p}", dead);
  await_go ();
  grove_send (grove_self (), "{hello, ~i}", 1);
  g_assert_cmpint (grove_receive_pattern (CORE_DEADLINE_NS, &message, "{hello, 1}"), ==, GROVE_OK);
  grove_message_free (message);
  grove_send (dead, "lost");
  g_assert_cmpint (grove_receive_pattern (0, &message, "never"), ==, GROVE_ERR_TIMEOUT);
  g_assert_cmpint (grove_receive_pattern (1000, &message, "never"), ==, GROVE_ERR_TIMEOUT);
  core_idle (NULL);
}

static void
test_send_and_receive (void *arg)
{
  grove_pid pid = _grove_process_spawn_on (1, sends_and_receives, core_pid_arg (grove_self ()));
  grove_pid dead, by, to;

  (void) arg;
  core_expect ("{ready, ~p}", &dead);
  trace (pid, GROVE_TRACE_SEND | GROVE_TRACE_RECEIVE);
  assert_traced (pid, GROVE_TRACE_SEND | GROVE_TRACE_RECEIVE, grove_self ());
  grove_send (pid, "go");
  core_expect ("{trace, ~p, 'receive', go}", &by);
  g_assert_cmpuint (by, ==, pid);
  core_expect ("{trace, _, send, {hello, 1}, ~p}", &to);
  g_assert_cmpuint (to, ==, pid);
  core_expect ("{trace, _, 'receive', {hello, 1}}");
  core_expect ("{trace, _, send_to_non_existing_process, lost, ~p}", &to);
  g_assert_cmpuint (to, ==, dead);
  core_expect ("{trace, _, 'receive', timeout}");
  core_expect ("{trace, _, 'receive', timeout}");
  expect_no_more (pid);
  g_assert_cmpint (grove_trace (pid, GROVE_TRACE_OFF, GROVE_TRACE_SEND, 0), ==, GROVE_OK);
  assert_traced (pid, GROVE_TRACE_RECEIVE, grove_self ());
  trace (pid, GROVE_TRACE_TIMESTAMP);
  grove_send (pid, "late");
  {
    uint64_t at;
    core_expect ("{trace_ts, _, 'receive', late, ~u}", &at);
    g_assert_cmpuint (at, <=, grove_now_ns ());
    g_assert_cmpuint (at + 60 * (uint64_t) CORE_SECOND_NS, >, grove_now_ns ());
  }
  g_assert_cmpint (grove_trace (pid, GROVE_TRACE_OFF, 0x1ff, 0), ==, GROVE_OK);
  assert_traced (pid, 0, 0);
  grove_send (pid, "unseen");
  expect_no_more (pid);
}

/* A large message is told whole. */
static void
test_large_message (void *arg)
{
  grove_pid           pid = _grove_process_spawn_on (1, core_idle, NULL);
  struct grove_buffer large = { NULL };
  char               *text = g_strnfill (100000, 'x');
  struct grove_term   told;

  (void) arg;
  trace (pid, GROVE_TRACE_RECEIVE);
  g_assert_cmpint (grove_build (&large, "{big, ~s}", text), ==, GROVE_OK);
  grove_send_term (pid, grove_buffer_term (&large));
  {
    struct grove_message *message = core_receive ();
    g_assert_true (grove_match (grove_message_term (message), "{trace, _, 'receive', ~t}", &told));
    g_assert_cmpmem (told.bytes, told.size, large.bytes, large.size);
    grove_message_free (message);
  }
  grove_buffer_finish (&large);
  g_free (text);
}

static void
ends_at_once (void *arg)
{
  (void) arg;
}

static void
does_it_all (void *arg)
{
  grove_pid peer;

  (void) arg;
  await_go ();
  g_assert_cmpint (grove_register ("traced", grove_self ()), ==, GROVE_OK);
  peer = grove_spawn (core_idle, NULL);
  g_assert_cmpint (grove_link (peer), ==, GROVE_OK);
  grove_unlink (peer);
  grove_exit_process (peer, "kill");
  g_assert_false (grove_is_alive (peer));
  peer = grove_spawn_link (core_idle, NULL);
  grove_unlink (peer);
  grove_exit_process (peer, "kill");
  g_assert_cmpint (grove_unregister ("traced"), ==, GROVE_OK);
  g_assert_cmpint (grove_register ("again", grove_self ()), ==, GROVE_OK);
  await_go ();
  grove_exit ("{done, ~i}", 7);
}

static void
test_procs (void *arg)
{
  grove_pid pid = _grove_process_spawn_on (1, does_it_all, NULL);
  grove_pid child, peer;

  (void) arg;
  trace (pid, GROVE_TRACE_PROCS);
  grove_send (pid, "go");
  core_expect ("{trace, _, register, traced}");
  core_expect ("{trace, _, spawn, ~p, {c, core_idle, []}}", &child);
  core_expect ("{trace, _, link, ~p}", &peer);
  g_assert_cmpuint (peer, ==, child);
  core_expect ("{trace, _, unlink, ~p}", &peer);
  g_assert_cmpuint (peer, ==, child);
  core_expect ("{trace, _, spawn, ~p, _}", &child);
  core_expect ("{trace, _, link, ~p}", &peer);
  g_assert_cmpuint (peer, ==, child);
  core_expect ("{trace, _, unlink, ~p}", &peer);
  core_expect ("{trace, _, unregister, traced}");
  core_expect ("{trace, _, register, again}");
  grove_send (pid, "go");
  core_expect ("{trace, _, exit, {done, 7}}");
  core_expect ("{trace, _, unregister, again}");
  expect_no_more (pid);
}

/* The other side of a link, in order with what is received. */
static void
links_to (void *arg)
{
  grove_pid pid = core_arg_pid (arg);

  for (int i = 0; i < 100; i++)
    {
      grove_send (pid, "~i", i);
      g_assert_cmpint (grove_link (pid), ==, GROVE_OK);
      grove_send (pid, "~i", i);
      grove_unlink (pid);
    }
}

static void
test_links_in_order (void *arg)
{
  grove_pid pid = _grove_process_spawn_on (1, core_idle, NULL);
  grove_pid linker, peer;

  (void) arg;
  trace (pid, GROVE_TRACE_PROCS | GROVE_TRACE_RECEIVE);
  linker = grove_spawn (links_to, core_pid_arg (pid));
  for (int i = 0; i < 100; i++)
    {
      int n;
      core_expect ("{trace, _, 'receive', ~i}", &n);
      g_assert_cmpint (n, ==, i);
      core_expect ("{trace, _, getting_linked, ~p}", &peer);
      g_assert_cmpuint (peer, ==, linker);
      core_expect ("{trace, _, 'receive', ~i}", &n);
      core_expect ("{trace, _, getting_unlinked, ~p}", &peer);
      g_assert_cmpuint (peer, ==, linker);
    }
  expect_no_more (pid);
}

/* A message is told before any call that takes it: what the traced one does with it comes after. */
static void
echoes (void *arg)
{
  (void) arg;
  for (;;)
    {
      struct grove_message *message = core_receive ();
      grove_pid             to;
      int                   n;
      g_assert_true (grove_match (grove_message_term (message), "{~p, ~i}", &to, &n));
      grove_message_free (message);
      grove_send (to, "{echo, ~i}", n);
    }
}

static void
sinks (void *arg)
{
  (void) arg;
  for (;;)
    grove_message_free (core_receive ());
}

#define N_ECHOES 2000

static void
test_order (void *arg)
{
  grove_pid echo[2], sink = grove_spawn (sinks, NULL);
  int       next[2] = { 0, 0 };
  int       n_received[2] = { 0, 0 };

  (void) arg;
  for (unsigned i = 0; i < 2; i++)
    {
      echo[i] = _grove_process_spawn_on (i, echoes, NULL);
      trace (echo[i], GROVE_TRACE_SEND | GROVE_TRACE_RECEIVE);
    }
  for (int n = 0; n < N_ECHOES; n++)
    for (unsigned i = 0; i < 2; i++)
      {
        /* Both far below what a tracer may have waiting. */
        grove_send (echo[i], "{~p, ~i}", sink, n);
        if (n % 100 == 0)
          grove_yield ();
      }
  while (next[0] < N_ECHOES || next[1] < N_ECHOES)
    {
      struct grove_message *message = core_receive ();
      struct grove_term     term = grove_message_term (message);
      grove_pid             by, to;
      unsigned              i;
      int                   n;
      g_assert_true (grove_match (term, "{trace, ~p, _, _}", &by) ||
                     grove_match (term, "{trace, ~p, _, _, _}", &by));
      i = by == echo[1];
      if (grove_match (term, "{trace, _, send, {echo, ~i}, ~p}", &n, &to))
        {
          g_assert_cmpint (n, ==, next[i]);
          g_assert_cmpint (n, <, n_received[i]);
          next[i]++;
        }
      else
        {
          g_assert_true (grove_match (term, "{trace, _, 'receive', {_, ~i}}", &n));
          g_assert_cmpint (n, ==, n_received[i]);
          n_received[i]++;
        }
      grove_message_free (message);
    }
}

static void
test_running (void *arg)
{
  grove_pid pid = _grove_process_spawn_on (1, core_spin, NULL);
  grove_pid waiter = grove_spawn (core_idle, NULL);

  (void) arg;
  trace (pid, GROVE_TRACE_RUNNING);
  core_expect ("{trace, _, in, 0}");
  core_expect ("{trace, _, out, 0}");
  core_expect ("{trace, _, in, 0}");
  g_assert_cmpint (grove_trace (pid, GROVE_TRACE_OFF, GROVE_TRACE_RUNNING, 0), ==, GROVE_OK);
  grove_exit_process (pid, "kill");
  g_assert_false (grove_is_alive (pid));
  for (;;)
    {
      struct grove_message *message;
      if (grove_receive (0, &message) != GROVE_OK)
        break;
      grove_message_free (message);
    }
  trace (waiter, GROVE_TRACE_RUNNING);
  grove_yield ();
  grove_send (waiter, "up");
  core_expect ("{trace, _, in, 0}");
  core_expect ("{trace, _, out, 0}");
}

/* ---- Handing on ---------------------------------------------------------------------------------
 */

/* Spawns as it is told; says who. */
static void
spawns (void *arg)
{
  for (;;)
    {
      struct grove_message *message = core_receive ();
      struct grove_term     term = grove_message_term (message);
      grove_pid             pid, to = core_arg_pid (arg);

      if (grove_match (term, "spawn"))
        grove_send (to, "{child, ~p}", grove_spawn (spawns, arg));
      else if (grove_match (term, "spawn_link"))
        grove_send (to, "{child, ~p}", grove_spawn_link (spawns, arg));
      else if (grove_match (term, "{link, ~p}", &pid))
        {
          g_assert_cmpint (grove_link (pid), ==, GROVE_OK);
          grove_send (to, "linked");
        }
      grove_message_free (message);
    }
}

static grove_pid
child_of (grove_pid pid, const char *how)
{
  grove_pid child;

  grove_send_term (pid, (struct grove_term){ (const uint8_t *) how, strlen (how) });
  core_expect ("{child, ~p}", &child);
  return child;
}

/* As they are on the wire. */
#define SPAWN      "\167\5spawn"
#define SPAWN_LINK "\167\12spawn_link"

static void
test_set_on_spawn (void *arg)
{
  grove_pid self = grove_self ();
  grove_pid pid = _grove_process_spawn_on (1, spawns, core_pid_arg (self));
  grove_pid child, tracer = grove_spawn (core_idle, NULL);

  (void) arg;
  g_assert_cmpint (grove_trace (pid, GROVE_TRACE_ON, GROVE_TRACE_SET_ON_SPAWN | GROVE_TRACE_SEND,
                                tracer),
                   ==, GROVE_OK);
  child = child_of (pid, SPAWN);
  assert_traced (child, GROVE_TRACE_SET_ON_SPAWN | GROVE_TRACE_SEND, tracer);
  child = child_of (child, SPAWN);
  assert_traced (child, GROVE_TRACE_SET_ON_SPAWN | GROVE_TRACE_SEND, tracer);
  /* The first one only. */
  pid = grove_spawn (spawns, core_pid_arg (self));
  g_assert_cmpint (grove_trace (pid, GROVE_TRACE_ON,
                                GROVE_TRACE_SET_ON_FIRST_SPAWN | GROVE_TRACE_SEND, tracer),
                   ==, GROVE_OK);
  child = child_of (pid, SPAWN);
  assert_traced (child, GROVE_TRACE_SEND, tracer);
  assert_traced (child_of (child, SPAWN), 0, 0);
  assert_traced (pid, GROVE_TRACE_SEND, tracer);
  assert_traced (child_of (pid, SPAWN), 0, 0);
}

static void
test_set_on_link (void *arg)
{
  grove_pid self = grove_self ();
  grove_pid pid = _grove_process_spawn_on (1, spawns, core_pid_arg (self));
  grove_pid other = grove_spawn (core_idle, NULL);
  grove_pid tracer = grove_spawn (core_idle, NULL);

  (void) arg;
  g_assert_cmpint (grove_trace (pid, GROVE_TRACE_ON, GROVE_TRACE_SET_ON_LINK | GROVE_TRACE_SEND,
                                tracer),
                   ==, GROVE_OK);
  grove_send (pid, "{link, ~p}", other);
  core_expect ("linked");
  assert_traced (other, GROVE_TRACE_SET_ON_LINK | GROVE_TRACE_SEND, tracer);
  assert_traced (child_of (pid, SPAWN_LINK), GROVE_TRACE_SET_ON_LINK | GROVE_TRACE_SEND, tracer);
  assert_traced (child_of (pid, SPAWN), 0, 0);
  pid = grove_spawn (spawns, core_pid_arg (self));
  other = grove_spawn (core_idle, NULL);
  g_assert_cmpint (grove_trace (pid, GROVE_TRACE_ON,
                                GROVE_TRACE_SET_ON_FIRST_LINK | GROVE_TRACE_SEND, tracer),
                   ==, GROVE_OK);
  grove_send (pid, "{link, ~p}", other);
  core_expect ("linked");
  assert_traced (other, GROVE_TRACE_SEND, tracer);
  assert_traced (pid, GROVE_TRACE_SEND, tracer);
  assert_traced (child_of (pid, SPAWN_LINK), 0, 0);
}

/* The child's own events begin with its spawn. */
static void
test_spawned (void *arg)
{
  grove_pid pid = _grove_process_spawn_on (1, spawns, core_pid_arg (grove_self ()));
  grove_pid child, peer, told, parent;

  (void) arg;
  trace (pid, GROVE_TRACE_PROCS | GROVE_TRACE_SET_ON_SPAWN);
  grove_send (pid, "spawn_link");
  core_expect ("{trace, _, spawn, ~p, {c, spawns, []}}", &child);
  core_expect ("{trace, ~p, spawned, ~p, {c, spawns, []}}", &told, &parent);
  g_assert_cmpuint (told, ==, child);
  g_assert_cmpuint (parent, ==, pid);
  core_expect ("{trace, ~p, link, ~p}", &told, &peer);
  g_assert_cmpuint (told, ==, pid);
  g_assert_cmpuint (peer, ==, child);
  core_expect ("{trace, ~p, getting_linked, ~p}", &told, &peer);
  g_assert_cmpuint (told, ==, child);
  g_assert_cmpuint (peer, ==, pid);
  core_expect ("{child, ~p}", &peer);
}

/* ---- All and new --------------------------------------------------------------------------------
 */

static void
test_all_and_new (void *arg)
{
  grove_pid one = grove_spawn (core_idle, NULL);
  grove_pid two = _grove_process_spawn_on (1, core_idle, NULL);
  grove_pid tracer = grove_spawn (core_idle, NULL);
  unsigned  flags;
  grove_pid by;
  size_t    n = 99;

  (void) arg;
  g_assert_cmpint (grove_trace_all (GROVE_TRACE_NEW, GROVE_TRACE_ON, GROVE_TRACE_PROCS, tracer, &n),
                   ==, GROVE_OK);
  g_assert_cmpuint (n, ==, 0);
  assert_traced (one, 0, 0);
  assert_traced (0, GROVE_TRACE_PROCS, tracer);
  assert_traced (grove_spawn (core_idle, NULL), GROVE_TRACE_PROCS, tracer);
  g_assert_cmpint (grove_trace_all (GROVE_TRACE_NEW, GROVE_TRACE_OFF, GROVE_TRACE_PROCS, tracer,
                                    NULL),
                   ==, GROVE_OK);
  assert_traced (0, 0, 0);
  assert_traced (grove_spawn (core_idle, NULL), 0, 0);
  /* This one, the two, and those that were spawned; not the tracer. */
  g_assert_cmpint (grove_trace_all (GROVE_TRACE_EXISTING, GROVE_TRACE_ON, GROVE_TRACE_SEND, tracer,
                                    &n),
                   ==, GROVE_OK);
  g_assert_cmpuint (n, ==, 5);
  assert_traced (two, GROVE_TRACE_SEND, tracer);
  assert_traced (grove_self (), GROVE_TRACE_SEND, tracer);
  assert_traced (tracer, 0, 0);
  g_assert_cmpint (grove_trace_all (GROVE_TRACE_ALL, GROVE_TRACE_OFF, 0x1ff, 0, &n), ==, GROVE_OK);
  g_assert_cmpuint (n, ==, 6);
  assert_traced (two, 0, 0);
  g_assert_cmpint (grove_trace_info (0, &flags, &by), ==, GROVE_OK);
  g_assert_cmpuint (flags, ==, 0);
}

/* The tracer ends: nobody is traced any more, also of those that come. */
static void
test_tracer_ends (void *arg)
{
  grove_pid one = _grove_process_spawn_on (1, core_idle, NULL);
  grove_pid two = grove_spawn (core_idle, NULL);
  grove_pid tracer = grove_spawn (core_idle, NULL);

  (void) arg;
  g_assert_cmpint (grove_trace_all (GROVE_TRACE_ALL, GROVE_TRACE_ON, ALL_EVENTS, tracer, NULL), ==,
                   GROVE_OK);
  grove_send (one, "hello");
  assert_traced (one, ALL_EVENTS, tracer);
  grove_exit_process (tracer, "kill");
  g_assert_false (grove_is_alive (tracer));
  assert_traced (0, 0, 0);
  assert_traced (grove_spawn (core_idle, NULL), 0, 0);
  grove_send (one, "hello");
  assert_traced (one, 0, 0);
  assert_traced (two, 0, 0);
  assert_traced (grove_self (), 0, 0);
  /* Another one may take over. */
  trace (two, GROVE_TRACE_RECEIVE);
  grove_send (two, "hello");
  core_expect ("{trace, _, 'receive', hello}");
}

/* While much is traced, at any moment. */
static void
babbles (void *arg)
{
  for (unsigned i = 0;; i++)
    {
      grove_send (core_arg_pid (arg), "~i", (int) i);
      if (i % 10 == 0)
        grove_spawn (ends_at_once, NULL);
      if (i % 50 == 0)
        grove_sleep_ms (1); /* or the sink is flooded, which is not what is tested */
    }
}

static void
test_tracers_come_and_go (void *arg)
{
  grove_pid sink = grove_spawn (sinks, NULL);
  grove_pid babblers[4];

  (void) arg;
  for (unsigned i = 0; i < 4; i++)
    babblers[i] = _grove_process_spawn_on (i % 2, babbles, core_pid_arg (sink));
  for (unsigned i = 0; i < CORE_MANY (100, 30); i++)
    {
      grove_pid tracer = _grove_process_spawn_on (i % 2, sinks, NULL);
      g_assert_cmpint (grove_trace_all (GROVE_TRACE_ALL, GROVE_TRACE_ON,
                                        ALL_EVENTS | GROVE_TRACE_SET_ON_SPAWN | GROVE_TRACE_RUNNING,
                                        tracer, NULL),
                       ==, GROVE_OK);
      grove_yield ();
      grove_exit_process (tracer, "kill");
      g_assert_false (grove_is_alive (tracer));
      g_assert_cmpint (grove_trace_delivered (0), !=, 0);
      core_expect ("{trace_delivered, all, _}");
    }
  for (unsigned i = 0; i < 4; i++)
    {
      assert_traced (babblers[i], 0, 0);
      grove_exit_process (babblers[i], "kill");
    }
}

/* ---- Delivered ----------------------------------------------------------------------------------
 */

static void
test_delivered (void *arg)
{
  grove_pid self = grove_self ();
  grove_pid pid = _grove_process_spawn_on (1, core_idle, NULL);

  (void) arg;
  trace (pid, GROVE_TRACE_RECEIVE | GROVE_TRACE_PROCS);
  for (int round = 0; round < 200; round++)
    {
      grove_ref ref, got;
      for (int i = 0; i < 20; i++)
        grove_send (pid, "~i", i);
      ref = grove_trace_delivered (round % 2 == 0 ? pid : 0);
      for (int i = 0; i < 20; i++)
        {
          int n;
          core_expect ("{trace, _, 'receive', ~i}", &n);
          g_assert_cmpint (n, ==, i);
        }
      core_expect ("{trace_delivered, _, ~r}", &got);
      g_assert_cmpuint (ref, ==, got);
    }
  grove_exit_process (pid, "kill");
  core_expect ("{trace, _, exit, killed}");
  expect_no_more (pid);
  expect_no_more (self);
}

/* The asker has the question to itself in hand, and behind it, taken but not in the mailbox, what
 * @pid told before it answered. One scheduler, and who is notified last is served first. */
static void
test_delivered_to_itself (void *arg)
{
  grove_pid             pid = grove_spawn (core_idle, NULL);
  struct grove_message *message;
  grove_ref             mine, all, got;

  (void) arg;
  trace (pid, GROVE_TRACE_RECEIVE);
  mine = grove_trace_delivered (grove_self ());
  /* Behind a signal a message waits for its turn, too. */
  g_assert_cmpint (grove_link (pid), ==, GROVE_OK);
  for (int i = 0; i < 20; i++)
    grove_send (pid, "~i", i);
  all = grove_trace_delivered (0);
  grove_yield ();
  g_assert_cmpint (grove_receive_pattern (CORE_DEADLINE_NS, &message, "{trace_delivered, ~p, ~r}",
                                          &pid, &got),
                   ==, GROVE_OK);
  g_assert_cmpuint (got, ==, mine);
  grove_message_free (message);
  for (int i = 0; i < 20; i++)
    {
      int n;
      core_expect ("{trace, _, 'receive', ~i}", &n);
      g_assert_cmpint (n, ==, i);
    }
  core_expect ("{trace_delivered, all, ~r}", &got);
  g_assert_cmpuint (got, ==, all);
}

/* ---- A tracer that does not keep up
 * -------------------------------------------------------------- */

static void
floods (void *arg)
{
  grove_pid sink = grove_spawn (sinks, NULL);

  await_go ();
  for (int i = 0; i < 3 * GROVE_TRACE_MAX_MESSAGES; i++)
    grove_send (sink, "x");
  grove_send (core_arg_pid (arg), "flooded");
  await_go ();
  grove_send (sink, "last");
  core_idle (NULL);
}

static void
test_flood (void *arg)
{
  grove_pid                   pid = grove_spawn (floods, core_pid_arg (grove_self ()));
  struct grove_process_sample sample;
  struct grove_message       *message;
  uint64_t                    n_told = 0, n_dropped;

  (void) arg;
  trace (pid, GROVE_TRACE_SEND);
  grove_send (pid, "go");
  g_assert_cmpint (grove_receive_pattern (CORE_DEADLINE_NS, &message, "flooded"), ==, GROVE_OK);
  grove_message_free (message);
  g_assert_true (_grove_observe_process (grove_self (), &sample));
  g_assert_cmpuint (sample.n_messages, ==, GROVE_TRACE_MAX_MESSAGES);
  while (grove_receive_pattern (0, &message, "{trace, _, send, x, _}") == GROVE_OK)
    {
      grove_message_free (message);
      n_told++;
    }
  core_expect_nothing ();
  grove_send (pid, "go");
  core_expect ("{trace, _, drop, ~u}", &n_dropped);
  core_expect ("{trace, _, send, last, _}");
  /* All that was sent, and the word that it was. */
  g_assert_cmpuint (n_told + n_dropped, ==, 3 * GROVE_TRACE_MAX_MESSAGES + 1);
}

/* ---- Misuse -------------------------------------------------------------------------------------
 */

static void
traces_while_released (void *data)
{
  unsigned  flags;
  grove_pid by;

  g_assert_cmpint (grove_trace (core_arg_pid (data), GROVE_TRACE_ON, 1, core_arg_pid (data)), ==,
                   GROVE_ERR_BADARG);
  g_assert_cmpint (grove_trace_all (GROVE_TRACE_ALL, GROVE_TRACE_ON, 1, 0, NULL), ==,
                   GROVE_ERR_BADARG);
  g_assert_cmpint (grove_trace_info (core_arg_pid (data), &flags, &by), ==, GROVE_ERR_BADARG);
  grove_send (core_arg_pid (data), "released");
}

static void
defers_tracing (void *arg)
{
  grove_defer (traces_while_released, arg);
}

static void
test_misuse (void *arg)
{
  grove_pid pid = grove_spawn (core_idle, NULL);
  grove_pid other = grove_spawn (core_idle, NULL);
  grove_pid dead = grove_spawn (ends_at_once, NULL);
  unsigned  flags;
  grove_pid by;

  (void) arg;
  core_expect_down (dead, "_");
  g_assert_cmpint (grove_trace (pid, GROVE_TRACE_ON, 0x200, 0), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_trace (pid, GROVE_TRACE_ON, 0, 0), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_trace (pid, (enum grove_trace_how) 7, 1, 0), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_trace (grove_self (), GROVE_TRACE_ON, 1, 0), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_trace (pid, GROVE_TRACE_ON, 1, pid), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_trace (pid, GROVE_TRACE_ON, 1, dead), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_trace (dead, GROVE_TRACE_ON, 1, 0), ==, GROVE_ERR_NOPROC);
  g_assert_cmpint (grove_trace (0, GROVE_TRACE_ON, 1, 0), ==, GROVE_ERR_NOPROC);
  g_assert_cmpint (grove_trace (dead, GROVE_TRACE_OFF, 1, 0), ==, GROVE_ERR_NOPROC);
  g_assert_cmpint (grove_trace (pid, GROVE_TRACE_OFF, 1, 0), ==, GROVE_OK);
  trace (pid, GROVE_TRACE_SEND);
  g_assert_cmpint (grove_trace (pid, GROVE_TRACE_ON, GROVE_TRACE_SEND, other), ==, GROVE_ERR_BUSY);
  assert_traced (pid, GROVE_TRACE_SEND, grove_self ());
  g_assert_cmpint (grove_trace_all ((enum grove_trace_which) 3, GROVE_TRACE_ON, 1, 0, NULL), ==,
                   GROVE_ERR_BADARG);
  g_assert_cmpint (grove_trace_all (GROVE_TRACE_NEW, GROVE_TRACE_ON, 1, dead, NULL), ==,
                   GROVE_ERR_BADARG);
  g_assert_cmpint (grove_trace_info (dead, &flags, &by), ==, GROVE_ERR_NOPROC);
  g_assert_cmpint (grove_trace_info (pid, NULL, &by), ==, GROVE_ERR_BADARG);
  expect_no_more (dead);
  grove_spawn (defers_tracing, core_pid_arg (grove_self ()));
  core_expect ("released");
}

/* Two that trace each other do not go on about it for ever. */
static void
test_each_other (void *arg)
{
  grove_pid one = grove_spawn (core_idle, NULL);
  grove_pid two = _grove_process_spawn_on (1, core_idle, NULL);

  (void) arg;
  g_assert_cmpint (grove_trace (one, GROVE_TRACE_ON, GROVE_TRACE_RECEIVE, two), ==, GROVE_OK);
  g_assert_cmpint (grove_trace (two, GROVE_TRACE_ON, GROVE_TRACE_RECEIVE, one), ==, GROVE_OK);
  for (int i = 0; i < 100; i++)
    grove_send (i % 2 == 0 ? one : two, "hello");
  for (int round = 0; round < 2; round++)
    {
      g_assert_true (grove_is_alive (one));
      g_assert_true (grove_is_alive (two));
    }
  for (unsigned i = 0; i < 2; i++)
    {
      grove_pid                   pid = i == 0 ? one : two;
      struct grove_process_sample sample;
      g_assert_true (_grove_observe_process (pid, &sample));
      g_assert_cmpuint (sample.n_received, ==, 100);
    }
}

static const struct core_case cases[] = {
  { "/runtime/trace/send-and-receive-137-141", test_send_and_receive, 0, 0 },
  { "/runtime/trace/large-message-137", test_large_message, 0, 0 },
  { "/runtime/trace/procs-137", test_procs, 0, 0 },
  { "/runtime/trace/links-in-order-137", test_links_in_order, 0, 0 },
  { "/runtime/trace/order-137", test_order, 0, 0 },
  { "/runtime/trace/running-137", test_running, 0, 0 },
  { "/runtime/trace/set-on-spawn-138", test_set_on_spawn, 0, 0 },
  { "/runtime/trace/set-on-link-138", test_set_on_link, 0, 0 },
  { "/runtime/trace/spawned-138", test_spawned, 0, 0 },
  { "/runtime/trace/all-and-new-138", test_all_and_new, 0, 0 },
  { "/runtime/trace/tracer-ends-139", test_tracer_ends, 0, 0 },
  { "/runtime/trace/tracers-come-and-go-139", test_tracers_come_and_go, 0, 0 },
  { "/runtime/trace/delivered-140", test_delivered, 0, 0 },
  { "/runtime/trace/delivered-to-itself-140", test_delivered_to_itself, 1, 0 },
  { "/runtime/trace/flood", test_flood, 0, 0 },
  { "/runtime/trace/misuse-141", test_misuse, 0, 0 },
  { "/runtime/trace/each-other", test_each_other, 0, 0 },
};

int
main (int argc, char **argv)
{
  return core_main (argc, argv, cases, G_N_ELEMENTS (cases));
}
