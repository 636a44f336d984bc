/* SPDX-License-Identifier: MIT
 *
 * What can be asked of one process, and sent to it, over the real runtime and a real socket:
 * stacks, states, dictionaries, messages from outside, memory given back.
 */
#include "tests/runtime/export-peer.h"

#include <glib.h>
#include <string.h>

/* ---- Who is watched ----------------------------------------------------------------------------
 */

/* Waits three calls deep, for what never comes. */
static __attribute__ ((noinline)) void
innermost (void)
{
  struct grove_message *message;

  for (;;)
    g_assert_cmpint (grove_receive_pattern (GROVE_FOREVER, &message, "never"), ==, GROVE_OK);
}

static __attribute__ ((noinline)) void
middle (void)
{
  innermost ();
  __asm__ volatile("");
}

static void
deep (void *arg)
{
  g_assert_cmpint (grove_register ("deep", grove_self ()), ==, GROVE_OK);
  middle ();
  __asm__ volatile("");
}

/* Ends with the number it is told. */
static void
listener (void *arg)
{
  struct grove_message *message;
  int                   number;

  g_assert_cmpint (grove_register ("listener", grove_self ()), ==, GROVE_OK);
  g_assert_cmpint (grove_receive_pattern (GROVE_FOREVER, &message, "{stop, ~i}", &number), ==,
                   GROVE_OK);
  grove_exit ("{told, ~i}", number);
}

/* A server that tells its state, and one that does not. */
static enum grove_status
keeper_init (const void *arg, void **state)
{
  *state = grove_alloc (sizeof (int));
  *(int *) *state = 41;
  return GROVE_OK;
}

static enum grove_next
keeper_call (struct grove_term request, struct grove_from from, void *state)
{
  struct grove_message *message;

  /* Serves nobody until it is told to go on. */
  grove_reply (from, "ok");
  if (grove_term_is_atom (request, "sleep"))
    {
      g_assert_cmpint (grove_receive_pattern (GROVE_FOREVER, &message, "go_on"), ==, GROVE_OK);
      grove_message_free (message);
    }
  return GROVE_CONTINUE;
}

static enum grove_next
keeper_cast (struct grove_term request, void *state)
{
  struct grove_message *message;

  g_assert_cmpint (grove_receive_pattern (GROVE_FOREVER, &message, "go_on"), ==, GROVE_OK);
  grove_message_free (message);
  return GROVE_CONTINUE;
}

static void
keeper_describe (const void *state, struct grove_buffer *out)
{
  g_assert_cmpint (grove_build (out,
                                "#{count => ~i, names => [<<\"ann\">>, bob, {1, 2.5}], "
                                "self => ~p, pair => [a | b], word => \"hi\"}",
                                *(const int *) state, grove_self ()),
                   ==, GROVE_OK);
}

static const struct grove_server_callbacks keeper = {
  .module = "keeper",
  .init = keeper_init,
  .handle_call = keeper_call,
  .handle_cast = keeper_cast,
  .describe = keeper_describe,
};

static const struct grove_server_callbacks secretive = {
  .module = "secretive",
  .init = keeper_init,
  .handle_call = keeper_call,
};

static void
start_server (const struct grove_server_callbacks *callbacks, const char *name)
{
  struct grove_server_options options = GROVE_SERVER_DEFAULTS;
  grove_pid                   pid;

  options.name = name;
  g_assert_cmpint (grove_server_start (callbacks, &options, &pid, NULL), ==, GROVE_OK);
}

#define N_PAIRS 120

/* Has a dictionary, and has once been deep in its stack. */
static __attribute__ ((noinline)) size_t
use_stack (size_t n)
{
  volatile char room[16384];

  memset ((char *) room, (int) n, sizeof room);
  return n > 0 ? use_stack (n - 1) + (size_t) room[0] : (size_t) room[1];
}

static void
reader (void *arg)
{
  char key[16];

  for (int i = 0; i < N_PAIRS; i++)
    {
      g_snprintf (key, sizeof key, "key_%d", i);
      g_assert_cmpint (grove_put (key, "[~i, value]", i), ==, GROVE_OK);
    }
  grove_send (grove_self (), "~u", (uint64_t) use_stack (8));
  g_assert_cmpint (grove_register ("reader", grove_self ()), ==, GROVE_OK);
  innermost ();
}

static void
start (void)
{
  grove_spawn (deep, NULL);
  grove_spawn (listener, NULL);
  grove_spawn (reader, NULL);
  start_server (&keeper, "keeper");
  start_server (&secretive, "secretive");
  while (!grove_whereis ("deep") || !grove_whereis ("listener") || !grove_whereis ("reader"))
    grove_yield ();
}

static void
run (gconstpointer check)
{
  struct lab lab = { .start = start };

  memcpy (&lab.check, &check, sizeof lab.check);
  lab_run (&lab);
}

/* ---- Stacks ------------------------------------------------------------------------------------
 */

/* The place of @function among the frames; -1: it is not there. */
static int
frame_of (json_object *frames, const char *function)
{
  for (size_t i = 0; i < json_object_array_length (frames); i++)
    if (strcmp (text (json_object_array_get_idx (frames, i), "function"), function) == 0)
      return (int) i;
  return -1;
}

static void
check_stack (struct peer *peer)
{
  g_autofree char *pid = pid_of (peer, "deep");
  json_object     *frames, *frame;

  g_assert_cmpint (ask_about (peer, "process.stack", pid, ""), ==, 0);
  g_assert_cmpstr (text (peer->result, "pid"), ==, pid);
  g_assert_cmpstr (text (peer->result, "name"), ==, "deep");
  g_assert_cmpstr (text (peer->result, "status"), ==, "waiting");
  frames = member (peer->result, "frames");
  g_assert_cmpint (frame_of (frames, "innermost"), >=, 0);
  g_assert_cmpint (frame_of (frames, "innermost"), <, frame_of (frames, "middle"));
  g_assert_cmpint (frame_of (frames, "middle"), <, frame_of (frames, "deep"));
  frame = json_object_array_get_idx (frames, (size_t) frame_of (frames, "middle"));
  g_assert_true (g_str_has_suffix (text (frame, "file"), "test-export-process.c"));
  g_assert_cmpint (integer (frame, "line"), >, 0);
  g_assert_false (json_object_get_boolean (member (peer->result, "truncated")));

  g_assert_cmpint (ask_about (peer, "process.stack", pid, ",\"limit\":1"), ==, 0);
  g_assert_cmpuint (json_object_array_length (member (peer->result, "frames")), ==, 1);
  g_assert_true (json_object_get_boolean (member (peer->result, "truncated")));

  g_assert_cmpint (ask_about (peer, "process.stack", "<0.4000.7>", ""), ==, -32003);
  g_assert_cmpint (ask_about (peer, "process.stack", pid, ",\"limit\":0"), ==, -32602);
}

/* ---- States ------------------------------------------------------------------------------------
 */

static json_object *
node_at (json_object *tree, size_t index)
{
  return json_object_array_get_idx (tree, index);
}

static void
check_state (struct peer *peer)
{
  g_autofree char *pid = pid_of (peer, "keeper");
  g_autofree char *erlang = NULL;
  json_object     *state, *tree;

  g_assert_cmpint (ask_about (peer, "process.state", pid, ""), ==, 0);
  g_assert_cmpstr (text (peer->result, "name"), ==, "keeper");
  g_assert_cmpstr (text (peer->result, "module"), ==, "keeper");
  g_assert_false (json_object_get_boolean (member (peer->result, "suspended")));
  state = member (peer->result, "state");
  erlang = g_strdup_printf ("#{count => 41,names => [<<\"ann\">>,bob,{1,2.5}],pair => [a|b],self "
                            "=> %s,word => \"hi\"}",
                            pid);
  g_assert_cmpstr (text (state, "text"), ==, erlang);
  g_assert_nonnull (strstr (text (state, "text"), "count => 41"));
  g_assert_false (json_object_object_get_ex (state, "tree", NULL));

  g_assert_cmpint (ask_about (peer, "process.state", pid,
                              ",\"syntax\":\"elixir\",\"form\":\"tree\""),
                   ==, 0);
  state = member (peer->result, "state");
  g_assert_nonnull (strstr (text (state, "text"), "count: 41"));
  tree = member (state, "tree");
  g_assert_cmpstr (text (node_at (tree, 0), "kind"), ==, "map");
  g_assert_cmpint (integer (node_at (tree, 0), "n"), ==, 10);

  /* Cut text, and all of it in the tree. */
  g_assert_cmpint (ask_about (peer, "process.state", pid, ",\"max_bytes\":16,\"form\":\"tree\""),
                   ==, 0);
  state = member (peer->result, "state");
  g_assert_true (json_object_get_boolean (member (state, "truncated")));
  g_assert_cmpuint (strlen (text (state, "text")), <=, 16);
  tree = member (state, "tree");
  /* The map, five keys, five values, what is in the list, in its tuple and in the pair. */
  g_assert_cmpuint (json_object_array_length (tree), ==, 1 + 10 + 3 + 2 + 2);
}

static void
check_no_state (struct peer *peer)
{
  g_autofree char *deep_pid = pid_of (peer, "deep");
  g_autofree char *secret = pid_of (peer, "secretive");

  g_assert_cmpint (ask_about (peer, "process.state", deep_pid, ""), ==, -32009);
  g_assert_nonnull (strstr (error_message (peer), "no server"));
  /* It was not asked: nothing lies in its mailbox. */
  g_assert_cmpint (ask_about (peer, "process.get", deep_pid, ""), ==, 0);
  g_assert_cmpint (integer (peer->result, "messages"), ==, 0);
  g_assert_cmpint (ask_about (peer, "process.state", secret, ""), ==, -32009);
  g_assert_nonnull (strstr (error_message (peer), "describe"));
  g_assert_cmpint (ask_about (peer, "process.state", "<0.4000.7>", ""), ==, -32003);
}

/* One that does not answer is asked by so many and no more; when it goes on, all is well. */
static void
check_late_state (struct peer *peer)
{
  g_autofree char *pid = pid_of (peer, "keeper");

  g_assert_cmpint (ask_about (peer, "process.send", pid, ",\"message\":\"{'$gen_cast', sleep}\""),
                   ==, 0);
  for (int i = 0; i < 4; i++)
    {
      g_assert_cmpint (ask_about (peer, "process.state", pid, ",\"timeout_ms\":20"), ==, -32007);
      g_assert_nonnull (strstr (error_message (peer), "20 ms"));
    }
  g_assert_cmpint (ask_about (peer, "process.state", pid, ",\"timeout_ms\":20"), ==, -32006);
  g_assert_cmpint (integer (member (peer->error, "data"), "retry_after_ms"), >, 0);

  g_assert_cmpint (ask_about (peer, "process.send", pid, ",\"message\":\"go_on\""), ==, 0);
  while (ask_about (peer, "process.state", pid, ",\"timeout_ms\":30000") == -32006)
    continue;
  g_assert_cmpint (integer (member (peer->result, "state"), "size"), >, 0);
}

/* Who does not want to wait any more is answered at once, and the next one is not in its way. */
static void
check_cancelled_state (struct peer *peer)
{
  g_autofree char *pid = pid_of (peer, "keeper");
  json_object     *params = json_object_new_object (), *which = json_object_new_object ();
  int64_t          id;

  g_assert_cmpint (ask_about (peer, "process.send", pid, ",\"message\":\"{'$gen_cast', sleep}\""),
                   ==, 0);
  json_object_object_add (params, "pid", json_object_new_string (pid));
  json_object_object_add (params, "timeout_ms", json_object_new_int (30000));
  id = grove_client_request (peer->client, "process.state", params);
  json_object_object_add (which, "id", json_object_new_int64 (id));
  grove_client_notify (peer->client, "$/cancel", which);
  peer_send (peer);
  while (peer->answered != id)
    peer_read (peer);
  g_assert_cmpint (integer (peer->error, "code"), ==, -32800);
  g_assert_cmpint (ask_about (peer, "process.send", pid, ",\"message\":\"go_on\""), ==, 0);
  g_assert_cmpint (ask_about (peer, "process.state", pid, ",\"timeout_ms\":30000"), ==, 0);
}

/* What cannot be done says why. */
static void
check_absent (struct peer *peer)
{
  static const char *const methods[] = { "process.step", "process.break", "trace.start" };

  for (size_t i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_assert_nonnull (strstr (text (member (peer->hello, "absent"), methods[i]), "debugger"));
      g_assert_cmpint (ask (peer, methods[i], "{}"), ==, -32009);
      g_assert_nonnull (strstr (error_message (peer), "debugger"));
    }
}

/* The system ends while somebody waits for what does not come. */
static void
check_abandoned_state (struct peer *peer)
{
  g_autofree char *pid = pid_of (peer, "keeper");
  json_object     *params = json_object_new_object ();

  g_assert_cmpint (ask_about (peer, "process.send", pid, ",\"message\":\"{'$gen_cast', sleep}\""),
                   ==, 0);
  json_object_object_add (params, "pid", json_object_new_string (pid));
  (void) grove_client_request (peer->client, "process.state", params);
  peer_send (peer);
  g_assert_cmpint (ask_about (peer, "process.state", pid, ",\"timeout_ms\":1"), ==, -32007);
}

/* ---- Dictionaries ------------------------------------------------------------------------------
 */

static void
check_dictionary (struct peer *peer)
{
  g_autofree char *pid = pid_of (peer, "reader");
  json_object     *pairs, *pair;
  g_autofree char *key = NULL;

  g_assert_cmpint (ask_about (peer, "process.dictionary", pid, ",\"offset\":100"), ==, 0);
  pairs = member (peer->result, "pairs");
  g_assert_cmpuint (json_object_array_length (pairs), ==, N_PAIRS - 100);
  g_assert_false (json_object_get_boolean (member (peer->result, "more")));

  g_assert_cmpint (ask_about (peer, "process.dictionary", pid, ",\"limit\":3,\"form\":\"tree\""),
                   ==, 0);
  pairs = member (peer->result, "pairs");
  g_assert_cmpuint (json_object_array_length (pairs), ==, 3);
  g_assert_true (json_object_get_boolean (member (peer->result, "more")));
  pair = json_object_array_get_idx (pairs, 2);
  g_assert_cmpstr (text (member (pair, "key"), "text"), ==, "key_2");
  g_assert_cmpstr (text (member (pair, "value"), "text"), ==, "[2,value]");
  g_assert_cmpuint (json_object_array_length (member (member (pair, "value"), "tree")), ==, 3);

  g_assert_cmpint (ask_about (peer, "process.dictionary", pid, ",\"offset\":65536"), ==, 0);
  g_assert_cmpuint (json_object_array_length (member (peer->result, "pairs")), ==, 0);
  g_assert_cmpint (ask_about (peer, "process.dictionary", pid, ",\"offset\":65537"), ==, -32602);
}

/* ---- Memory ------------------------------------------------------------------------------------
 */

static void
check_gc (struct peer *peer)
{
  g_autofree char *pid = pid_of (peer, "reader");

  g_assert_cmpint (ask_about (peer, "process.gc", pid, ",\"expect\":{\"name\":\"x\"}"), ==, -32008);
  g_assert_cmpint (ask_about (peer, "process.gc", pid, ""), ==, 0);
  /* Nine frames of 16 KiB. */
  g_assert_cmpint (integer (peer->result, "freed_bytes"), >=, 100000);
  g_assert_cmpint (integer (peer->result, "heap_bytes"), >, 0);
  g_assert_cmpuint (strlen (text (peer->result, "kept")), >, 10);
  g_assert_cmpint (ask_about (peer, "process.gc", pid, ""), ==, 0);
  g_assert_cmpint (integer (peer->result, "freed_bytes"), ==, 0);
  g_assert_cmpint (ask_about (peer, "process.dictionary", pid, ""), ==, 0);
}

/* ---- Messages from outside ---------------------------------------------------------------------
 */

static void
check_send (struct peer *peer)
{
  g_autofree char *deep_pid = pid_of (peer, "deep");
  g_autofree char *pid = pid_of (peer, "listener");

  g_assert_cmpint (ask_about (peer, "process.send", deep_pid,
                              ",\"message\":\"{hello, <<\\\"you\\\">>}.\""),
                   ==, 0);
  g_assert_cmpstr (text (member (peer->result, "message"), "text"), ==, "{hello,<<\"you\">>}");
  g_assert_cmpint (ask_about (peer, "process.messages", deep_pid,
                              ",\"offset\":0,\"limit\":9,\"max_bytes\":64"),
                   ==, 0);
  g_assert_cmpint (integer (peer->result, "total"), ==, 1);
  g_assert_cmpstr (text (member (json_object_array_get_idx (member (peer->result, "messages"), 0),
                                 "term"),
                         "text"),
                   ==, "{hello,<<\"you\">>}");

  g_assert_cmpint (ask_about (peer, "process.send", pid, ",\"message\":\"{stop, 7}\""), ==, 0);
  /* Until it has ended, and what of is known. */
  while (ask_about (peer, "process.get", pid, "") == 0 ||
         !json_object_object_get_ex (peer->error, "data", NULL))
    continue;
  g_assert_cmpstr (text (member (member (peer->error, "data"), "exited"), "reason"), ==,
                   "{told,7}");
  g_assert_cmpint (ask_about (peer, "process.send", pid, ",\"message\":\"a\""), ==, -32003);
}

static void
check_send_refused (struct peer *peer)
{
  g_autofree char *pid = pid_of (peer, "listener");

  g_assert_cmpint (ask_about (peer, "process.send", pid, ",\"message\":\"{stop, [1}\""), ==,
                   -32602);
  g_assert_cmpint (integer (member (peer->error, "data"), "position"), ==, 9);
  g_assert_cmpstr (text (member (peer->error, "data"), "param"), ==, "message");
  g_assert_cmpint (ask_about (peer, "process.send", pid,
                              ",\"message\":\"{stop,1}\",\"expect\":{\"name\":\"x\"}"),
                   ==, -32008);
  g_assert_cmpint (ask_about (peer, "process.send", "<0.1.0>", ",\"message\":\"never\""), ==,
                   -32011);
  g_assert_cmpint (ask_about (peer, "process.get", pid, ""), ==, 0);
  g_assert_cmpint (integer (peer->result, "messages"), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/runtime/export-process/stack", check_stack, run);
  g_test_add_data_func ("/runtime/export-process/send", check_send, run);
  g_test_add_data_func ("/runtime/export-process/send-refused", check_send_refused, run);
  g_test_add_data_func ("/runtime/export-process/state", check_state, run);
  g_test_add_data_func ("/runtime/export-process/no-state", check_no_state, run);
  g_test_add_data_func ("/runtime/export-process/late-state", check_late_state, run);
  g_test_add_data_func ("/runtime/export-process/abandoned-state", check_abandoned_state, run);
  g_test_add_data_func ("/runtime/export-process/cancelled-state", check_cancelled_state, run);
  g_test_add_data_func ("/runtime/export-process/absent", check_absent, run);
  g_test_add_data_func ("/runtime/export-process/dictionary", check_dictionary, run);
  g_test_add_data_func ("/runtime/export-process/gc", check_gc, run);
  return g_test_run ();
}
