/* SPDX-License-Identifier: MIT
 *
 * The oracle about servers and supervisors: prints facts, each in one line, as oracle.escript
 * prints them of Erlang's. See oracle.c.
 */
#include "oracle-otp.h"

#include <stdlib.h>
#include <string.h>

static grove_pid teller; /* the first process, to which the others send */

/* ---- The server ------------------------------------------------------------------------------ */

struct state
{
  struct probe      probe;
  struct grove_from from; /* of the call that is answered late */
};

static bool
is_child (const struct probe *probe)
{
  return probe->kind == PROBE_CHILD || probe->kind == PROBE_STUBBORN;
}

static enum grove_status
probe_init (const void *arg, void **state)
{
  const struct probe   *probe = arg;
  struct state         *self = grove_alloc (sizeof *self);
  struct grove_message *message;

  *self = (struct state){ .probe = *probe };
  *state = self;
  if (probe->kind == PROBE_TRAPPING || is_child (probe))
    grove_trap_exit (true);
  if (is_child (probe))
    grove_send (teller, "{start, ~a}", probe->id);
  if (probe->kind == PROBE_FAILING)
    {
      grove_server_stop_reason ("nope");
      return GROVE_ERR_BADARG;
    }
  if (probe->kind == PROBE_IGNORING)
    return GROVE_IGNORED;
  if (probe->kind == PROBE_SLOW && grove_receive (GROVE_FOREVER, &message) == GROVE_OK)
    grove_message_free (message);
  if (probe->kind == PROBE_IDLE)
    {
      grove_send (grove_self (), "queued");
      grove_server_idle_timeout (0);
    }
  return GROVE_OK;
}

static enum grove_next
probe_call (struct grove_term request, struct grove_from from, void *state)
{
  struct state *self = state;

  if (grove_term_is_atom (request, "noreply"))
    {
      self->from = from;
      return GROVE_CONTINUE;
    }
  if (grove_term_is_atom (request, "crash"))
    grove_raise ("boom");
  if (grove_term_is_atom (request, "bad"))
    return (enum grove_next) 17;
  if (grove_term_is_atom (request, "stopreply"))
    {
      grove_reply (from, "rep");
      return GROVE_STOP;
    }
  grove_reply (from, "ok");
  return GROVE_CONTINUE;
}

static enum grove_next
probe_cast (struct grove_term request, void *state)
{
  struct grove_term reason;

  (void) state;
  if (!grove_match (request, "{stop, ~t}", &reason))
    return GROVE_CONTINUE;
  grove_server_stop_reason ("~t", reason);
  return GROVE_STOP;
}

static enum grove_next
probe_info (struct grove_term message, void *state)
{
  struct grove_buffer text = { NULL };
  struct state       *self = state;

  if (grove_term_is_atom (message, "lateall"))
    grove_reply (self->from, "late");
  else if (!is_child (&self->probe))
    {
      put_message (&text, message);
      grove_send (teller, "{info, ~t}", grove_buffer_term (&text));
      grove_buffer_finish (&text);
    }
  return GROVE_CONTINUE;
}

static void
probe_terminate (struct grove_term reason, void *state)
{
  struct grove_buffer text = { NULL };
  struct state       *self = state;

  if (self->probe.kind == PROBE_STUBBORN)
    grove_sleep_ms (3600000);
  put_reason (&text, reason);
  if (self->probe.kind == PROBE_CHILD)
    grove_send (teller, "{stop, ~a, ~t}", self->probe.id, grove_buffer_term (&text));
  else
    grove_send (teller, "{terminate, ~t}", grove_buffer_term (&text));
  grove_buffer_finish (&text);
}

static const struct grove_server_callbacks probe_callbacks = {
  .module = "oracle",
  .init = probe_init,
  .handle_call = probe_call,
  .handle_cast = probe_cast,
  .handle_info = probe_info,
  .terminate = probe_terminate,
};

enum grove_status
probe_start (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  struct grove_server_options options = GROVE_SERVER_DEFAULTS;

  options.arg = arg;
  options.arg_size = sizeof (struct probe);
  options.link = true;
  return grove_server_start (&probe_callbacks, &options, ret_pid, ret_reason);
}

enum grove_status
probe_start_opt (enum probe_kind      kind,
                 const char          *name,
                 bool                 link,
                 int64_t              timeout_ns,
                 grove_pid           *ret_pid,
                 struct grove_buffer *ret_reason)
{
  const struct probe          probe = { .kind = kind };
  struct grove_server_options options = GROVE_SERVER_DEFAULTS;

  options.name = name;
  options.arg = &probe;
  options.arg_size = sizeof probe;
  options.link = link;
  options.start_timeout_ns = timeout_ns;
  return grove_server_start (&probe_callbacks, &options, ret_pid, ret_reason);
}

static grove_pid
started (enum probe_kind kind, const char *name, bool link)
{
  grove_pid pid;

  grove_assert (probe_start_opt (kind, name, link, 0, &pid, NULL) == GROVE_OK);
  return pid;
}

/* ---- G: servers ------------------------------------------------------------------------------ */

static const char *
exit_of (enum grove_status status)
{
  return status == GROVE_ERR_NOPROC         ? "noproc"
         : status == GROVE_ERR_CALLING_SELF ? "calling_self"
         : status == GROVE_ERR_TIMEOUT      ? "timeout"
         : status == GROVE_ERR_EXITED       ? "exited"
                                            : "other";
}

/* {ok, Reply}, or how Erlang's caller would exit. */
static void
put_call (struct grove_buffer *out, grove_pid server, int64_t timeout_ns, const char *request)
{
  struct grove_message *reply;
  enum grove_status     status = grove_call (server, timeout_ns, &reply, "~a", request);

  if (status == GROVE_OK)
    {
      grove_assert (grove_build (out, "{ok, ~t}", grove_message_term (reply)) == GROVE_OK);
      grove_message_free (reply);
    }
  else
    grove_assert (grove_build (out, "{exit, {~a, gen_server_call}}", exit_of (status)) == GROVE_OK);
}

static void
say_call (const char *fact, grove_pid server, int64_t timeout_ns, const char *request)
{
  struct grove_buffer text = { NULL };

  put_call (&text, server, timeout_ns, request);
  say (fact, "~t", grove_buffer_term (&text));
  grove_buffer_finish (&text);
}

/* What came of a call, and what the server, which ends, told. */
static void
say_last_call (const char *fact, grove_pid server, const char *request)
{
  struct grove_buffer text = { NULL };

  put_call (&text, server, GROVE_FOREVER, request);
  say (fact, "{~t, ~t}", grove_buffer_term (&text), collect_after (server));
  grove_buffer_finish (&text);
}

/* Returns when it has handled what was sent to it before. */
static void
served (grove_pid server)
{
  struct grove_message *reply;

  grove_assert (grove_call (server, GROVE_FOREVER, &reply, "sync") == GROVE_OK);
  grove_message_free (reply);
}

static void
stop (grove_pid server)
{
  grove_assert (grove_server_stop (server, GROVE_FOREVER, "normal") == GROVE_OK);
  collect_after (server);
}

static grove_pid
dead_process (void)
{
  grove_pid pid = started (PROBE_PLAIN, NULL, false);

  stop (pid);
  return pid;
}

static void
calls (void)
{
  grove_pid dead = dead_process ();
  grove_pid pid;

  say_call ("G01 call dead pid", dead, GROVE_FOREVER, "x");
  say_call ("G02 call unknown name", grove_whereis ("nosuch"), GROVE_FOREVER, "x");
  say_call ("G03 call self", grove_self (), GROVE_FOREVER, "x");
  grove_cast (dead, "x");
  grove_cast (grove_whereis ("nosuch"), "x");
  say ("G04 cast to dead / unknown", "{ok, ok}");
  pid = started (PROBE_PLAIN, NULL, false);
  say_call ("G05 call timeout", pid, 30 * MILLISECOND_NS, "noreply");
  grove_send (pid, "lateall");
  served (pid);
  say ("G06 late reply not delivered", "~t", collect ());
  say_call ("G07 crash in call", pid, GROVE_FOREVER, "crash");
  say ("G08 terminate saw", "~t", collect_after (pid));
}

static void
stopping (void)
{
  grove_pid         pid = started (PROBE_PLAIN, "gsn", false);
  grove_pid         holder = 0;
  enum grove_status status = probe_start_opt (PROBE_PLAIN, "gsn", false, 0, &holder, NULL);
  enum grove_status again;
  bool              alive;

  say ("G09 dup name", "~a", boolean (status == GROVE_ERR_NAME_TAKEN && holder == pid));
  say_last_call ("G10 {stop,normal,Reply,S}: reply and terminate order", pid, "stopreply");
  say_last_call ("G11 bad return", started (PROBE_PLAIN, NULL, false), "bad");
  pid = started (PROBE_PLAIN, NULL, false);
  status = grove_server_stop (pid, GROVE_FOREVER, "normal");
  alive = grove_is_alive (pid);
  again = grove_server_stop (pid, GROVE_FOREVER, "normal");
  say ("G12 gen_server:stop, then is alive, then stop again", "{~a, ~a, {exit, ~a}, ~t}",
       status == GROVE_OK ? "ok" : "other", boolean (alive), exit_of (again), collect_after (pid));
}

static void
signals (void)
{
  grove_pid pid = started (PROBE_PLAIN, NULL, true);

  grove_exit_process (pid, "shutdown");
  say ("G13 linked no trap exit(shutdown): terminate?", "~t", collect_after (pid));
  pid = started (PROBE_TRAPPING, NULL, true);
  grove_exit_process (pid, "shutdown");
  say ("G14 linked trap, parent exit(shutdown)", "~t", collect_after (pid));
  pid = started (PROBE_TRAPPING, NULL, false);
  grove_exit_process (pid, "foo");
  served (pid);
  say ("G15 trap, non-parent exit(foo): handle_info", "~t", collect ());
  stop (pid);
}

static void
put_start (struct grove_buffer *out, enum probe_kind kind, bool link, int64_t timeout_ns)
{
  struct grove_buffer reason = { NULL };
  grove_pid           pid;
  enum grove_status   status = probe_start_opt (kind, NULL, link, timeout_ns, &pid, &reason);

  if (status == GROVE_IGNORED)
    grove_assert (grove_build (out, "ignore") == GROVE_OK);
  else if (status == GROVE_ERR_TIMEOUT)
    grove_assert (grove_build (out, "{error, timeout}") == GROVE_OK);
  else
    grove_assert (grove_build (out, "{error, ~t}", grove_buffer_term (&reason)) == GROVE_OK);
  grove_buffer_finish (&reason);
}

static void
starting (void)
{
  struct grove_buffer failed = { NULL }, ignored = { NULL }, late = { NULL };
  grove_pid           pid;

  put_start (&failed, PROBE_FAILING, false, 0);
  put_start (&ignored, PROBE_IGNORING, false, 0);
  put_start (&late, PROBE_SLOW, false, 20 * MILLISECOND_NS);
  say ("G16 init stop/ignore/timeout", "{~t, ~t, ~t}", grove_buffer_term (&failed),
       grove_buffer_term (&ignored), grove_buffer_term (&late));
  failed.size = 0;
  put_start (&failed, PROBE_FAILING, true, 0);
  say ("G17 start_link init stop: EXIT msgs to trapper", "{~t, ~t}", grove_buffer_term (&failed),
       collect ());
  grove_buffer_finish (&failed);
  grove_buffer_finish (&ignored);
  grove_buffer_finish (&late);
  pid = started (PROBE_IDLE, NULL, false);
  served (pid);
  say ("G18 init timeout 0 then queued msg", "~t", collect ());
  stop (pid);
}

static void
tell (void *arg)
{
  (void) arg;
  teller = grove_self ();
  grove_trap_exit (true);
  calls ();
  stopping ();
  signals ();
  starting ();
  supervisors ();
}

int
main (void)
{
  const struct grove_options options = { .name = "oracle", .n_schedulers = 2 };

  return grove_run (&options, tell, NULL) == GROVE_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
