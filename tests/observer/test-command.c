/* SPDX-License-Identifier: MIT
 *
 * Commands: what is sent, and the sentence for each thing that can come of them.
 */
#include "observer/grove-command.h"

#include "peer.h"

#include <string.h>

typedef struct
{
  Peer         *peer;
  GroveSession *session;
  GAsyncResult *result;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->peer = peer_new ("shop");
  self->session = grove_session_new ();
  peer_listen (self->peer);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_clear_object (&self->result);
  g_assert_finalize_object (self->session);
  peer_free (self->peer);
}

static void
done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *self = user_data;
  g_assert_null (self->result);
  self->result = g_object_ref (result);
}

typedef struct
{
  const char  *name;
  GroveCommand command;
  const char  *argument;
  const char  *result; /* NULL: an error */
  const char  *summary;
  const char  *successor;
  gboolean     no_effect;
  int          code;
  const char  *data;
} Case;

#define COUNTER_SUP "'supervisor':{'pid':'<0.9.0>','name':'counter_sup'}"

static const Case cases[] = {
  { "killed", GROVE_COMMAND_KILL, NULL,
    "{'outcome':'exited','pid':'<0.91.0>','name':'counter','reason':{'text':'killed'},"
    "'after_ns':100,'successor':{'pid':'<0.97.0>','name':'counter'," COUNTER_SUP
    ",'after_ns':2100000}}",
    "Killed counter <0.91.0>; counter_sup started <0.97.0> after 2 ms", .successor = "<0.97.0>" },
  { "killed-no-successor", GROVE_COMMAND_KILL, NULL,
    "{'outcome':'exited','reason':{'text':'killed'}," COUNTER_SUP "}",
    "Killed counter <0.91.0>; counter_sup did not start another" },
  { "killed-alone", GROVE_COMMAND_KILL, NULL,
    "{'outcome':'exited','reason':{'text':'killed'},'supervisor':null}",
    "Killed counter <0.91.0>" },
  { "killed-nameless-supervisor", GROVE_COMMAND_KILL, NULL,
    "{'outcome':'exited','successor':{'pid':'<0.97.0>','supervisor':{'pid':'<0.9.0>','name':''},"
    "'after_ns':1500000000}}",
    "Killed counter <0.91.0>; <0.9.0> started <0.97.0> after 1.5 s", .successor = "<0.97.0>" },
  { "kill-pending", GROVE_COMMAND_KILL, NULL, "{'outcome':'pending'}",
    "counter <0.91.0> was told to exit and has not ended yet", .no_effect = TRUE },
  { "exited-normal", GROVE_COMMAND_EXIT, "shutdown",
    "{'outcome':'exited','reason':{'text':'normal','size':6,'truncated':false}}",
    "counter <0.91.0> ended with normal" },
  { "exited-and-started", GROVE_COMMAND_EXIT, "{bad, day}",
    "{'outcome':'exited','reason':{'text':'{bad,day}'},'successor':{'pid':'<0.97.0>'," COUNTER_SUP
    ",'after_ns':90000}}",
    "counter <0.91.0> ended with {bad,day}; counter_sup started <0.97.0> after 90 µs",
    .successor = "<0.97.0>" },
  { "alive", GROVE_COMMAND_EXIT, "shutdown", "{'outcome':'alive'}",
    "counter <0.91.0> is alive: it traps exits", .no_effect = TRUE },
  { "gave-up", GROVE_COMMAND_KILL, NULL,
    "{'outcome':'exited','reason':{'text':'killed'}," COUNTER_SUP ",'gave_up':true}",
    "Killed counter <0.91.0>; counter_sup gave up: it had restarted too often" },
  { "alive-normal", GROVE_COMMAND_EXIT, "normal", "{'outcome':'alive'}",
    "counter <0.91.0> is alive: the reason normal ends no other process", .no_effect = TRUE },
  { "restarted", GROVE_COMMAND_RESTART, NULL,
    "{'pid':'<0.97.0>','name':'counter'," COUNTER_SUP ",'after_ns':3000000,'restarts':4}",
    "Restarted counter <0.91.0>; counter_sup started <0.97.0> after 3 ms",
    .successor = "<0.97.0>" },
  { "priority", GROVE_COMMAND_SET_PRIORITY, "high", "{'old':'normal','new':'high'}",
    "Priority of counter <0.91.0> is now high (was normal)" },
  { "priority-same", GROVE_COMMAND_SET_PRIORITY, "high", "{'old':'high','new':'high'}",
    "Priority of counter <0.91.0> was high already" },
  { "suspended", GROVE_COMMAND_SUSPEND, NULL, "{'status':'suspended','already':false}",
    "Suspended counter <0.91.0>" },
  { "suspended-already", GROVE_COMMAND_SUSPEND, NULL, "{'status':'suspended','already':true}",
    "counter <0.91.0> was suspended already", .no_effect = TRUE },
  { "suspend-busy", GROVE_COMMAND_SUSPEND, NULL, NULL,
    "counter <0.91.0> was not suspended: it is busy and did not come to a point where it can be "
    "reached",
    .code = -32007 },
  { "suspend-protected", GROVE_COMMAND_SUSPEND, NULL, NULL,
    "counter <0.91.0> was not suspended: it is one of the system’s own processes", .code = -32011 },
  { "sent", GROVE_COMMAND_SEND, "{whisper, hi}",
    "{'pid':'<0.91.0>','name':'counter','message':{'text':'{whisper,hi}'},'messages':1}",
    "Sent {whisper, hi} to counter <0.91.0>" },
  { "sent-to-busy", GROVE_COMMAND_SEND, "go", "{'pid':'<0.91.0>','name':'counter','messages':12}",
    "Sent go to counter <0.91.0>, where 12 messages wait" },
  { "send-no-term", GROVE_COMMAND_SEND, "{go", NULL,
    "counter <0.91.0> was sent nothing: the server's own words", .code = -32602 },
  { "send-shutting-down", GROVE_COMMAND_SEND, "go", NULL,
    "The system shut down before the answer: whether counter <0.91.0> has got the message is not "
    "known",
    .code = -32012 },
  { "resumed", GROVE_COMMAND_RESUME, NULL, "{'status':'waiting','already':false}",
    "Resumed counter <0.91.0>" },
  { "resumed-already", GROVE_COMMAND_RESUME, NULL, "{'status':'waiting','already':true}",
    "counter <0.91.0> was not suspended", .no_effect = TRUE },
  { "resumed-in-part", GROVE_COMMAND_RESUME, NULL, "{'status':'suspended','already':false}",
    "Resumed counter <0.91.0>, but somebody else suspends it still" },
  { "resume-not-ours", GROVE_COMMAND_RESUME, NULL, NULL,
    "counter <0.91.0> was not resumed: somebody else suspends it", .code = -32002 },
  { "resume-shutting-down", GROVE_COMMAND_RESUME, NULL, NULL,
    "The system shut down before the answer: whether counter <0.91.0> is suspended is not known",
    .code = -32012 },
  { "had-ended", GROVE_COMMAND_KILL, NULL, NULL,
    "counter <0.91.0> had already ended with {badarith,[]}; <0.97.0> took its place",
    .code = -32003,
    .data = "{'exited':{'reason':{'text':'{badarith,[]}'},'ended_ns':1,'name':'counter',"
            "'successor':'<0.97.0>'}}" },
  { "had-ended-nothing-known", GROVE_COMMAND_KILL, NULL, NULL, "counter <0.91.0> had already ended",
    .code = -32003 },
  { "another-process", GROVE_COMMAND_KILL, NULL, NULL,
    "<0.91.0> is another process by now; nothing was done", .code = -32008 },
  { "protected", GROVE_COMMAND_SET_PRIORITY, "low", NULL,
    "counter <0.91.0> keeps its priority: it is one of the system’s own processes",
    .code = -32011 },
  { "forbidden", GROVE_COMMAND_KILL, NULL, NULL,
    "counter <0.91.0> was not killed: this session may only observe", .code = -32002 },
  { "not-supported", GROVE_COMMAND_RESTART, NULL, NULL,
    "counter <0.91.0> was not restarted: the server's own words", .code = -32009 },
  { "bad-params", GROVE_COMMAND_EXIT, "}{", NULL,
    "counter <0.91.0> was not told to exit: the server's own words", .code = -32602 },
  { "not-reached", GROVE_COMMAND_SET_PRIORITY, "low", NULL,
    "counter <0.91.0> keeps its priority: it is busy and did not come to a point where it can be "
    "reached",
    .code = -32007 },
  { "shutting-down", GROVE_COMMAND_KILL, NULL, NULL,
    "The system shut down before the answer: whether counter <0.91.0> has ended is not known",
    .code = -32012 },
};

static void
test_case (Fixture *self, gconstpointer data)
{
  const Case *c = data;
  g_autoptr (GError) error = NULL;
  peer_bring_live (self->peer, self->session, "run-1");
  grove_command_run_async (self->session, c->command, "<0.91.0>", "counter", 42, c->argument, NULL,
                           done, self);
  struct json_object *request = peer_expect (self->peer, grove_command_get_method (c->command));
  if (c->result != NULL)
    peer_reply (self->peer, request, "%s", c->result);
  else
    /* The quotation marks of the words are no JSON ones. */
    peer_fail (self->peer, request, c->code, "the server\\u0027s own words", c->data);
  WAIT_FOR (self->result != NULL);
  g_autoptr (GroveCommandOutcome) outcome =
    grove_command_run_finish (self->session, self->result, &error);
  if (c->result == NULL)
    {
      g_assert_error (error, GROVE_PROTOCOL_ERROR, c->code);
      g_assert_cmpstr (error->message, ==, c->summary);
      return;
    }
  g_assert_no_error (error);
  g_assert_cmpstr (outcome->summary, ==, c->summary);
  g_assert_cmpstr (outcome->pid, ==, "<0.91.0>");
  g_assert_cmpstr (outcome->successor, ==, c->successor);
  g_assert_cmpint (outcome->had_effect, ==, !c->no_effect);
  g_assert_cmpint (outcome->command, ==, c->command);
  g_assert_cmpint (outcome->elapsed_us, >, 0);
}

static void
test_params (Fixture *self, gconstpointer data)
{
  peer_bring_live (self->peer, self->session, "run-1");
  grove_command_run_async (self->session, GROVE_COMMAND_EXIT, "<0.91.0>", "counter", 42, "{a, 1}",
                           NULL, NULL, NULL);
  struct json_object *request = peer_expect (self->peer, "process.exit");
  g_assert_cmpstr (json_object_to_json_string_ext (peer_params (request), JSON_C_TO_STRING_PLAIN),
                   ==,
                   "{\"pid\":\"<0.91.0>\",\"expect\":{\"name\":\"counter\",\"started_ns\":42},"
                   "\"wait_ms\":1000,\"reason\":\"{a, 1}\"}");
  peer_reply (self->peer, request, "{'outcome':'alive'}");
  /* What is not known is not demanded. */
  grove_command_run_async (self->session, GROVE_COMMAND_SET_PRIORITY, "<0.91.0>", NULL, 0, "low",
                           NULL, NULL, NULL);
  request = peer_expect (self->peer, "process.set_priority");
  g_assert_cmpstr (json_object_to_json_string_ext (peer_params (request), JSON_C_TO_STRING_PLAIN),
                   ==, "{\"pid\":\"<0.91.0>\",\"priority\":\"low\"}");
  peer_reply (self->peer, request, "{'old':'low','new':'low'}");
  grove_command_run_async (self->session, GROVE_COMMAND_SUSPEND, "<0.91.0>", "counter", 42, NULL,
                           NULL, NULL, NULL);
  request = peer_expect (self->peer, "process.suspend");
  g_assert_cmpstr (json_object_to_json_string_ext (peer_params (request), JSON_C_TO_STRING_PLAIN),
                   ==,
                   "{\"pid\":\"<0.91.0>\",\"expect\":{\"name\":\"counter\",\"started_ns\":42}}");
  peer_reply (self->peer, request, "{'status':'suspended','already':false}");
  for (int i = 0; i < 3; i++)
    peer_iterate ();
}

static void
assert_error (Fixture *self, const char *message)
{
  g_autoptr (GError) error = NULL;
  WAIT_FOR (self->result != NULL);
  g_assert_null (grove_command_run_finish (self->session, self->result, &error));
  g_assert_cmpstr (error->message, ==, message);
  g_clear_object (&self->result);
}

static void
test_not_connected (Fixture *self, gconstpointer data)
{
  grove_command_run_async (self->session, GROVE_COMMAND_KILL, "<0.91.0>", NULL, 0, NULL, NULL, done,
                           self);
  assert_error (self, "<0.91.0> was not killed: No system is chosen");
}

static void
test_empty_reason (Fixture *self, gconstpointer data)
{
  peer_bring_live (self->peer, self->session, "run-1");
  grove_command_run_async (self->session, GROVE_COMMAND_EXIT, "<0.91.0>", "counter", 0, "  ", NULL,
                           done, self);
  assert_error (self, "counter <0.91.0> was not told to exit: give a reason, such as shutdown");
}

/* The answer never comes: the sentence does not claim to know. */
static void
test_lost (Fixture *self, gconstpointer data)
{
  peer_bring_live (self->peer, self->session, "run-1");
  grove_command_run_async (self->session, GROVE_COMMAND_KILL, "<0.91.0>", "counter", 0, NULL, NULL,
                           done, self);
  json_object_put (peer_expect (self->peer, "process.kill"));
  if (data != NULL)
    grove_session_close (self->session);
  else
    peer_hang_up (self->peer);
  assert_error (self,
                "The connection ended before the answer: whether counter <0.91.0> has ended is "
                "not known");
}

static void
test_cancelled (Fixture *self, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  peer_bring_live (self->peer, self->session, "run-1");
  grove_command_run_async (self->session, GROVE_COMMAND_KILL, "<0.91.0>", NULL, 0, NULL,
                           cancellable, done, self);
  struct json_object *request = peer_expect (self->peer, "process.kill");
  g_cancellable_cancel (cancellable);
  WAIT_FOR (self->result != NULL);
  g_assert_null (grove_command_run_finish (self->session, self->result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  /* Its answer comes all the same, to nobody. */
  peer_reply (self->peer, request, "{'outcome':'exited'}");
  for (int i = 0; i < 3; i++)
    peer_iterate ();
}

#define ADD(path, data, function)                                                                  \
  g_test_add ("/observer/command/" path, Fixture, data, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/observer/command/says/%s", cases[i].name);
      g_test_add (path, Fixture, &cases[i], set_up, test_case, tear_down);
    }
  ADD ("params", NULL, test_params);
  ADD ("not-connected", NULL, test_not_connected);
  ADD ("empty-reason", NULL, test_empty_reason);
  ADD ("lost", NULL, test_lost);
  ADD ("closed", GINT_TO_POINTER (TRUE), test_lost);
  ADD ("cancelled", NULL, test_cancelled);
  return g_test_run ();
}
