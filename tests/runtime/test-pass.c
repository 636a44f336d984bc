/* SPDX-License-Identifier: MIT
 *
 * Turns that are passed on: what a scheduler does between two turns is still done, and whoever
 * looks sees processes as if each had come from its scheduler.
 */
#include "runtime/core/trace.h"
#include "runtime/otp/server.h"
#include "tests/runtime/core-test.h"

#include <errno.h>

#define N_ROUNDS CORE_MANY (2000, 200)

/* ---- Two that talk --------------------------------------------------------------------------- */

/* Answers each message, and has an errno of its own all the time. */
static void
answers (void *arg)
{
  (void) arg;
  errno = 1;
  for (;;)
    {
      struct grove_message *message = core_receive ();

      g_assert_cmpint (errno, ==, 1);
      grove_send (grove_message_sender (message), "ball");
      grove_message_free (message);
    }
}

struct game
{
  grove_pid other, tell;
  int       n_rounds;
};

static void
plays (void *arg)
{
  const struct game game = *(const struct game *) arg;

  errno = 3;
  for (int i = 0; i < game.n_rounds || game.n_rounds < 0; i++)
    {
      grove_send (game.other, "ball");
      core_expect ("ball");
      g_assert_cmpint (errno, ==, 3);
    }
  grove_send (game.tell, "over");
}

static void
spawn_with (grove_entry entry, grove_pid other, int n_rounds)
{
  const struct game          game = { other, grove_self (), n_rounds };
  struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;
  grove_pid                  pid;

  options.arg = &game;
  options.arg_size = sizeof game;
  g_assert_cmpint (grove_spawn_opt (entry, &options, &pid, NULL), ==, GROVE_OK);
}

/* Two that talk, so often or, for less than 0, for ever. */
static grove_pid
spawn_game (int n_rounds)
{
  grove_pid other = grove_spawn (answers, NULL);

  spawn_with (plays, other, n_rounds);
  return other;
}

/* Each finds its errno as it left it. */
static void
test_errno (void *arg)
{
  (void) arg;
  errno = 4;
  spawn_game (N_ROUNDS);
  core_expect ("over");
  g_assert_cmpint (errno, ==, 4);
}

/* Timers go off and others have their turns, on the one scheduler there is, while two never stop.
 */
static void
test_nobody_starves (void *arg)
{
  struct grove_message *message;

  (void) arg;
  spawn_game (-1);
  for (int i = 0; i < 20; i++)
    g_assert_cmpint (grove_receive (1000000, &message), ==, GROVE_ERR_TIMEOUT);
  (void) !grove_set_priority (GROVE_PRIORITY_LOW, NULL);
  for (int i = 0; i < 20; i++)
    g_assert_cmpint (grove_receive (1000000, &message), ==, GROVE_ERR_TIMEOUT);
  spawn_game (N_ROUNDS);
  core_expect ("over");
}

/* One of the two is traced: it is in and out by turns, and nothing is left out. */
static void
test_traced (void *arg)
{
  grove_pid other = spawn_game (100);
  int       n_in = 0, n_out = 0;
  bool      over = false;

  (void) arg;
  g_assert_cmpint (grove_trace (other, GROVE_TRACE_ON, GROVE_TRACE_RUNNING, 0), ==, GROVE_OK);
  while (!over || n_in != n_out)
    {
      struct grove_message *message = core_receive ();
      struct grove_term     term = grove_message_term (message);
      if (grove_match (term, "{trace, _, in, _}"))
        g_assert_cmpint (++n_in, ==, n_out + 1);
      else if (grove_match (term, "{trace, _, out, _}"))
        g_assert_cmpint (++n_out, ==, n_in);
      else
        over = grove_match (term, "over");
      grove_message_free (message);
    }
  g_assert_cmpint (n_in, >=, 100);
}

/* ---- A server that is called again and again --------------------------------------------------
 */

static enum grove_status
init (const void *arg, void **state)
{
  *state = (void *) arg;
  return GROVE_OK;
}

static enum grove_next
handle_call (struct grove_term request, struct grove_from from, void *state)
{
  (void) request;
  (void) state;
  grove_reply (from, "ok");
  return GROVE_CONTINUE;
}

static const struct grove_server_callbacks server = {
  .module = "server",
  .init = init,
  .handle_call = handle_call,
};

/* Calls until there is nobody to call. */
static void
calls (void *arg)
{
  const struct game     game = *(const struct game *) arg;
  struct grove_message *reply;
  enum grove_status     status;

  while ((status = grove_call (game.other, CORE_DEADLINE_NS, &reply, "hello")) == GROVE_OK)
    {
      g_assert_true (grove_match (grove_message_term (reply), "ok"));
      grove_message_free (reply);
    }
  g_assert_true (status == GROVE_ERR_EXITED || status == GROVE_ERR_NOPROC);
  grove_send (game.tell, "over");
}

/* It has no frames whenever it waits, lingering or not, as far as can be seen; and it can be killed
 * at any moment. */
static void
test_lingers (void *arg)
{
  (void) arg;
  for (unsigned round = 0; round < CORE_MANY (50, 10); round++)
    {
      struct grove_server_options options = GROVE_SERVER_DEFAULTS;
      struct grove_process_sample sample;
      grove_pid                   pid;

      g_assert_cmpint (grove_server_start (&server, &options, &pid, NULL), ==, GROVE_OK);
      spawn_with (calls, pid, 0);
      for (unsigned i = 0; i < 20 + round; i++)
        {
          grove_yield ();
          g_assert_true (_grove_observe_process (pid, &sample));
          if (grove_schedulers () == 1 && sample.status == GROVE_STATUS_WAITING)
            g_assert_cmpuint (sample.stack_bytes, ==, 0);
        }
      grove_exit_process (pid, "kill");
      core_expect ("over");
    }
}

static const struct core_case cases[] = {
  { "/runtime/pass/errno", test_errno, 1 },
  { "/runtime/pass/nobody-starves", test_nobody_starves, 1 },
  { "/runtime/pass/traced", test_traced, 1 },
  { "/runtime/pass/lingers", test_lingers, 1 },
  { "/runtime/pass/lingers-elsewhere", test_lingers, 2 },
};

int
main (int argc, char **argv)
{
  return core_main (argc, argv, cases, G_N_ELEMENTS (cases));
}
