/* SPDX-License-Identifier: MIT
 *
 * Servers: runtime/otp/server.c.
 */
#include "otp-test.h"

#include "runtime/core/observe.h"

#include <string.h>

/* ---- A server to test with -------------------------------------------------------------- */

enum kind
{
  PLAIN,
  TRAPPING,
  FAILING,
  FAILING_WITHOUT_REASON,
  CRASHING,
};

struct counter
{
  int64_t           value;
  struct grove_from pending;
};

static void
tell_test (const char *format, ...)
{
  grove_pid test = grove_whereis ("test");
  va_list   args;

  va_start (args, format);
  if (test)
    g_assert_cmpint (grove_send_va (test, format, args), ==, GROVE_OK);
  va_end (args);
}

static enum grove_status
counter_init (const void *arg, void **state)
{
  const enum kind kind = arg ? *(const enum kind *) arg : PLAIN;
  struct counter *self;

  if (kind == FAILING)
    {
      grove_server_stop_reason ("{nope, ~i}", 7);
      return GROVE_ERR_BADARG;
    }
  if (kind == FAILING_WITHOUT_REASON)
    return GROVE_ERR_BADARG;
  if (kind == CRASHING)
    grove_exit ("crashed_in_init");
  if (kind == TRAPPING)
    grove_trap_exit (true);

  self = grove_alloc (sizeof *self);
  *self = (struct counter){ .value = 10 };
  *state = self;
  return GROVE_OK;
}

static void
reply_for (void *arg)
{
  const struct grove_from *from = arg;

  grove_reply (*from, "{from_another, ~p}", grove_self ());
}

static void
answer_elsewhere (struct grove_from from)
{
  struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;
  grove_pid                  pid;

  options.initial_call = "reply_for";
  options.arg = &from;
  options.arg_size = sizeof from;
  g_assert_cmpint (grove_spawn_opt (reply_for, &options, &pid, NULL), ==, GROVE_OK);
}

static enum grove_next
counter_call (struct grove_term request, struct grove_from from, void *state)
{
  struct counter   *self = state;
  struct grove_term echo;

  if (grove_term_is_atom (request, "value"))
    grove_reply (from, "~l", self->value);
  else if (grove_term_is_atom (request, "increment"))
    grove_reply (from, "~l", ++self->value);
  else if (grove_match (request, "{echo, ~t}", &echo))
    grove_reply (from, "~t", echo);
  else if (grove_term_is_atom (request, "later"))
    self->pending = from;
  else if (grove_term_is_atom (request, "elsewhere"))
    answer_elsewhere (from);
  else if (grove_term_is_atom (request, "crash"))
    grove_exit ("{boom, ~l}", self->value);
  else if (grove_term_is_atom (request, "stop"))
    {
      grove_reply (from, "stopping");
      return GROVE_STOP;
    }
  return GROVE_CONTINUE;
}

static enum grove_next
counter_cast (struct grove_term request, void *state)
{
  struct counter *self = state;
  int64_t         n;

  if (grove_match (request, "{add, ~l}", &n))
    self->value += n;
  else if (grove_term_is_atom (request, "now"))
    grove_reply (self->pending, "late");
  else if (grove_term_is_atom (request, "stop_with_reason"))
    {
      grove_server_stop_reason ("{enough, ~l}", self->value);
      return GROVE_STOP;
    }
  return GROVE_CONTINUE;
}

static enum grove_next
counter_info (struct grove_term message, void *state)
{
  tell_test ("{info, ~t}", message);
  return GROVE_CONTINUE;
}

static void
counter_terminate (struct grove_term reason, void *state)
{
  tell_test ("{terminate, ~t}", reason);
}

static const struct grove_server_callbacks counter = {
  .module = "counter",
  .init = counter_init,
  .handle_call = counter_call,
  .handle_cast = counter_cast,
  .handle_info = counter_info,
  .terminate = counter_terminate,
};

static enum grove_status
start (
  enum kind kind, const char *name, bool link, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  struct grove_server_options options = GROVE_SERVER_DEFAULTS;

  options.name = name;
  options.label = "a counter";
  options.arg = &kind;
  options.arg_size = sizeof kind;
  options.link = link;
  return grove_server_start (&counter, &options, ret_pid, ret_reason);
}

static grove_pid
start_plain (void)
{
  grove_pid pid;

  g_assert_cmpint (start (PLAIN, NULL, false, &pid, NULL), ==, GROVE_OK);
  return pid;
}

static int64_t
call_int (grove_pid server, const char *request)
{
  struct grove_message *reply;
  int64_t               value = -1;

  g_assert_cmpint (grove_call (server, DEADLINE_NS, &reply, request), ==, GROVE_OK);
  g_assert_true (grove_term_int64 (grove_message_term (reply), &value));
  grove_message_free (reply);
  return value;
}

/* ---- Talking ---------------------------------------------------------------------------- */

static void
test_call (void *arg)
{
  grove_pid server = start_plain ();

  grove_cast (server, "{add, 1}");
  grove_cast (server, "{add, ~i}", 1);
  g_assert_cmpint (call_int (server, "value"), ==, 12);
  otp_expect_nothing ();
}

static void
test_info (void *arg)
{
  grove_pid server;

  otp_begin ();
  server = start_plain ();
  grove_send (server, "{hello, ~i}", 3);
  otp_expect ("{info, {hello, 3}}");
  /* What only looks like a call is no call. */
  grove_send (server, "{'$gen_call', nobody, value}");
  otp_expect ("{info, {'$gen_call', nobody, value}}");
  g_assert_cmpint (call_int (server, "value"), ==, 10);
}

static void
test_large (void *arg)
{
  const size_t          size = 1 << 20;
  char                 *text = grove_alloc (size);
  grove_pid             server = start_plain ();
  struct grove_message *reply;
  struct grove_text     back;

  memset (text, 'x', size);
  g_assert_cmpint (grove_call (server, DEADLINE_NS, &reply, "{echo, ~b}", text, size), ==,
                   GROVE_OK);
  g_assert_true (grove_match (grove_message_term (reply), "~s", &back));
  g_assert_cmpmem (back.bytes, back.size, text, size);
  grove_message_free (reply);
}

static void
test_timeout (void *arg)
{
  grove_pid             server = start_plain ();
  struct grove_message *reply;

  g_assert_cmpint (grove_call (server, 1000000, &reply, "later"), ==, GROVE_ERR_TIMEOUT);
  grove_cast (server, "now");
  /* The server has answered both when it answers this one. */
  g_assert_cmpint (call_int (server, "value"), ==, 10);
  otp_expect_nothing ();
}

static void
test_reply_elsewhere (void *arg)
{
  grove_pid             server = start_plain ();
  struct grove_message *reply;
  grove_pid             who;

  g_assert_cmpint (grove_call (server, DEADLINE_NS, &reply, "elsewhere"), ==, GROVE_OK);
  g_assert_true (grove_match (grove_message_term (reply), "{from_another, ~p}", &who));
  g_assert_cmpuint (who, !=, server);
  grove_message_free (reply);
}

static void
test_errors (void *arg)
{
  grove_pid             server = start_plain ();
  struct grove_message *reply;

  g_assert_cmpint (grove_call (grove_self (), DEADLINE_NS, &reply, "value"), ==,
                   GROVE_ERR_CALLING_SELF);
  g_assert_cmpint (grove_call (0, DEADLINE_NS, &reply, "value"), ==, GROVE_ERR_NOPROC);
  g_assert_cmpint (grove_call (server, -1, &reply, "value"), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_call (server, DEADLINE_NS, &reply, "{value"), ==, GROVE_ERR_SYNTAX);
  g_assert_cmpint (call_int (server, "value"), ==, 10);

  grove_exit_process (server, "kill");
  g_assert_cmpint (grove_call (server, DEADLINE_NS, &reply, "value"), ==, GROVE_ERR_NOPROC);
  grove_cast (server, "{add, 1}");
  grove_cast (0, "{add, 1}");
  otp_expect_nothing ();
}

static void
test_crash_in_call (void *arg)
{
  grove_pid             server;
  struct grove_message *reply;

  otp_begin ();
  server = start_plain ();
  g_assert_cmpint (grove_call (server, DEADLINE_NS, &reply, "crash"), ==, GROVE_ERR_EXITED);
  otp_expect ("{terminate, {boom, 10}}");
  otp_expect_nothing ();
  g_assert_false (grove_is_alive (server));
}

/* Who is killed, or ended by a link, has no say. */
static void
test_ended_by_signal (void *arg)
{
  grove_pid server;

  otp_begin ();
  server = start_plain ();
  grove_exit_process (server, "oops");
  otp_expect_down (server, "_");
  otp_expect_nothing ();
}

static void
last_words_crash (struct grove_term reason, void *state)
{
  tell_test ("{terminate, ~t}", reason);
  grove_exit ("crashed_in_terminate");
}

static const struct grove_server_callbacks crashing = {
  .module = "crashing",
  .init = counter_init,
  .handle_call = counter_call,
  .terminate = last_words_crash,
};

static void
test_crash_in_terminate (void *arg)
{
  struct grove_server_options options = GROVE_SERVER_DEFAULTS;
  struct grove_message       *reply;
  grove_pid                   server;

  otp_begin ();
  g_assert_cmpint (grove_server_start (&crashing, &options, &server, NULL), ==, GROVE_OK);
  grove_monitor (server);
  g_assert_cmpint (grove_call (server, DEADLINE_NS, &reply, "crash"), ==, GROVE_ERR_EXITED);
  otp_expect ("{terminate, {boom, 10}}");
  otp_expect ("{'DOWN', _, process, _, crashed_in_terminate}");
  otp_expect_nothing ();
}

static const struct grove_server_callbacks bare = { .module = "bare", .init = counter_init };

static void
test_without_callbacks (void *arg)
{
  struct grove_server_options options = GROVE_SERVER_DEFAULTS;
  struct grove_message       *reply;
  grove_pid                   server;

  g_assert_cmpint (grove_server_start (&bare, &options, &server, NULL), ==, GROVE_OK);
  grove_send (server, "dropped");
  g_assert_true (grove_is_alive (server));
  g_assert_cmpint (grove_call (server, DEADLINE_NS, &reply, "value"), ==, GROVE_ERR_EXITED);

  g_assert_cmpint (grove_server_start (&bare, &options, &server, NULL), ==, GROVE_OK);
  grove_cast (server, "{add, 1}");
  otp_expect_down (server, "{bad_cast, {add, 1}}");
}

/* ---- Starting --------------------------------------------------------------------------- */

static void
test_name_taken (void *arg)
{
  grove_pid first, second = 0;

  g_assert_cmpint (start (PLAIN, "counter", true, &first, NULL), ==, GROVE_OK);
  g_assert_cmpuint (grove_whereis ("counter"), ==, first);
  /* Linked and not trapping: hearing of the end of the second one would be our end. */
  g_assert_cmpint (start (PLAIN, "counter", true, &second, NULL), ==, GROVE_ERR_NAME_TAKEN);
  g_assert_cmpuint (second, ==, first);
  otp_expect_nothing ();
  g_assert_cmpint (call_int (first, "value"), ==, 10);
}

static void
test_bad_name (void *arg)
{
  struct grove_buffer reason = { 0 };
  grove_pid           pid;

  g_assert_cmpint (start (PLAIN, "undefined", true, &pid, &reason), ==, GROVE_ERR_EXITED);
  g_assert_true (grove_match (grove_buffer_term (&reason), "{bad_name, <<\"undefined\">>}"));
  grove_buffer_finish (&reason);
}

static void
test_init_fails (void *arg)
{
  struct grove_buffer reason = { 0 };
  grove_pid           pid;

  g_assert_cmpint (start (FAILING, "counter", true, &pid, &reason), ==, GROVE_ERR_EXITED);
  g_assert_true (grove_match (grove_buffer_term (&reason), "{nope, 7}"));
  g_assert_cmpuint (grove_whereis ("counter"), ==, 0);
  reason.size = 0;
  g_assert_cmpint (start (FAILING_WITHOUT_REASON, NULL, true, &pid, &reason), ==, GROVE_ERR_EXITED);
  g_assert_true (grove_match (grove_buffer_term (&reason), "{init, _}"));
  grove_buffer_finish (&reason);
  otp_expect_nothing ();
}

static void
test_init_crashes (void *arg)
{
  struct grove_buffer reason = { 0 };
  grove_pid           pid;

  grove_trap_exit (true);
  for (int i = 0; i < 100; i++)
    {
      reason.size = 0;
      g_assert_cmpint (start (CRASHING, "counter", true, &pid, &reason), ==, GROVE_ERR_EXITED);
      g_assert_true (grove_match (grove_buffer_term (&reason), "crashed_in_init"));
      otp_expect_nothing ();
    }
  grove_buffer_finish (&reason);
}

static void
start_crashing (void *arg)
{
  grove_pid pid;

  (void) start (CRASHING, NULL, true, &pid, NULL);
  grove_exit ("survived");
}

static void
test_init_crash_reaches_link (void *arg)
{
  otp_expect_down (grove_spawn (start_crashing, NULL), "crashed_in_init");
}

/* ---- Ending ----------------------------------------------------------------------------- */

static void
test_stop (void *arg)
{
  struct grove_message *reply;
  grove_pid             server;

  otp_begin ();
  server = start_plain ();
  g_assert_cmpint (grove_call (server, DEADLINE_NS, &reply, "stop"), ==, GROVE_OK);
  g_assert_true (grove_term_is_atom (grove_message_term (reply), "stopping"));
  grove_message_free (reply);
  otp_expect ("{terminate, normal}");
  otp_expect_down (server, "_");

  server = start_plain ();
  grove_monitor (server);
  grove_cast (server, "stop_with_reason");
  otp_expect ("{terminate, {enough, 10}}");
  otp_expect ("{'DOWN', _, process, _, {enough, 10}}");
}

static void
parent (void *arg)
{
  struct grove_message *message;
  grove_pid             server;

  g_assert_cmpint (start (TRAPPING, NULL, true, &server, NULL), ==, GROVE_OK);
  tell_test ("{server, ~p}", server);
  g_assert_cmpint (grove_receive_pattern (DEADLINE_NS, &message, "go"), ==, GROVE_OK);
  grove_exit ("{parent, ended}");
}

static void
test_parent_ends (void *arg)
{
  grove_pid pid, server;

  otp_begin ();
  pid = grove_spawn (parent, NULL);
  otp_expect ("{server, ~p}", &server);
  grove_monitor (server);
  grove_send (pid, "go");
  otp_expect ("{terminate, {parent, ended}}");
  otp_expect ("{'DOWN', _, process, _, {parent, ended}}");
}

static void
test_other_exit (void *arg)
{
  grove_pid server;

  otp_begin ();
  /* Started without a link, it has no parent: an exit signal of the starter is one of many. */
  g_assert_cmpint (start (TRAPPING, NULL, false, &server, NULL), ==, GROVE_OK);
  grove_exit_process (server, "foo");
  otp_expect ("{info, {'EXIT', _, foo}}");
  g_assert_true (grove_is_alive (server));
}

/* ---- Many ------------------------------------------------------------------------------- */

#define N_CALLERS     1000
#define CALLS_OF_EACH 10

static void
caller (void *arg)
{
  const grove_pid server = grove_whereis ("counter");

  for (int i = 0; i < CALLS_OF_EACH; i++)
    call_int (server, "increment");
  tell_test ("done");
}

static void
test_many_callers (void *arg)
{
  grove_pid server;

  otp_begin ();
  g_assert_cmpint (start (PLAIN, "counter", false, &server, NULL), ==, GROVE_OK);
  for (int i = 0; i < N_CALLERS; i++)
    grove_spawn (caller, NULL);
  for (int i = 0; i < N_CALLERS; i++)
    otp_expect ("done");
  g_assert_cmpint (call_int (server, "value"), ==, 10 + N_CALLERS * CALLS_OF_EACH);
}

static void
test_idle_owns_no_stack (void *arg)
{
  struct grove_process_sample sample;
  grove_pid                   server = start_plain ();
  const uint64_t              end_ns = grove_now_ns () + (uint64_t) DEADLINE_NS;

  g_assert_cmpint (call_int (server, "value"), ==, 10);
  do
    {
      grove_yield ();
      g_assert_cmpuint (grove_now_ns (), <, end_ns);
      g_assert_true (_grove_observe_process (server, &sample));
    }
  while (sample.status != GROVE_STATUS_WAITING || sample.stack_bytes > 0);
  g_assert_cmpstr (sample.label, ==, "a counter");
  g_assert_cmpstr (sample.initial, ==, "counter");
}

static const struct otp_case cases[] = {
  { "/runtime/server/call-149-156", test_call },
  { "/runtime/server/info-155", test_info },
  { "/runtime/server/large", test_large },
  { "/runtime/server/timeout-151-152", test_timeout },
  { "/runtime/server/reply-elsewhere", test_reply_elsewhere },
  { "/runtime/server/errors-150-154", test_errors },
  { "/runtime/server/crash-in-call-153-162", test_crash_in_call },
  { "/runtime/server/ended-by-signal-162", test_ended_by_signal },
  { "/runtime/server/crash-in-terminate-162", test_crash_in_terminate },
  { "/runtime/server/without-callbacks-155", test_without_callbacks },
  { "/runtime/server/name-taken-166", test_name_taken },
  { "/runtime/server/bad-name", test_bad_name },
  { "/runtime/server/init-fails-145-164-165", test_init_fails },
  { "/runtime/server/init-crashes", test_init_crashes },
  { "/runtime/server/init-crash-reaches-link", test_init_crash_reaches_link },
  { "/runtime/server/stop-156-157", test_stop },
  { "/runtime/server/parent-ends-163", test_parent_ends },
  { "/runtime/server/other-exit-163", test_other_exit },
  { "/runtime/server/many-callers", test_many_callers },
  { "/runtime/server/idle-owns-no-stack-160", test_idle_owns_no_stack },
};

int
main (int argc, char **argv)
{
  return otp_main (argc, argv, cases, G_N_ELEMENTS (cases));
}
