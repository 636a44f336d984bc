/* SPDX-License-Identifier: MIT
 *
 * What is asked of a process only when somebody looks: its state, its stack, its dictionary, its
 * last minutes, and a search through its mailbox.
 */
#include "observer/grove-dictionary.h"
#include "observer/grove-mailbox-search.h"
#include "observer/grove-message-kind.h"
#include "observer/grove-process-history.h"
#include "observer/grove-process-stack.h"
#include "observer/grove-server-state.h"
#include "observer/grove-supervisor-info.h"

#include "peer.h"

#define PID "<0.5.0>"

static void
test_state (PeerFixture *self, gconstpointer data)
{
  GroveServerState *state = grove_server_state_new (self->session, PID);
  g_signal_connect (state, "changed", G_CALLBACK (peer_fixture_count), &self->n_changed);
  /* It costs the server a message: nothing is asked until somebody asks, and not twice at once. */
  g_assert_false (peer_has (self->peer, "process.state"));
  grove_server_state_ask (state);
  grove_server_state_ask (state);
  g_assert_true (grove_server_state_is_busy (state));
  peer_reply (self->peer, peer_expect (self->peer, "process.state"),
              "{'module':'counter','suspended':true,'state':{'text':'12','size':2,"
              "'tree':[{'kind':'integer','text':'12'}]}}");
  WAIT_FOR (!grove_server_state_is_busy (state));
  g_assert_false (peer_has (self->peer, "process.state"));
  g_assert_cmpstr (grove_server_state_get_module (state), ==, "counter");
  g_assert_true (grove_server_state_is_suspended (state));
  g_assert_cmpstr (grove_term_get_text (grove_server_state_get_term (state)), ==, "12");

  /* What it said stays when it does not answer. */
  grove_server_state_ask (state);
  peer_fail (self->peer, peer_expect (self->peer, "process.state"), -32007, "it did not answer",
             NULL);
  WAIT_FOR (!grove_server_state_is_busy (state));
  g_assert_cmpstr (grove_server_state_get_error (state), ==, "It did not answer");
  g_assert_nonnull (grove_server_state_get_term (state));
  grove_server_state_ask (state);
  peer_fail (self->peer, peer_expect (self->peer, "process.state"), -32003, "gone", NULL);
  WAIT_FOR (!grove_server_state_is_busy (state));
  g_assert_cmpstr (grove_server_state_get_error (state), ==, "The process has ended");
  grove_server_state_ask (state);
  g_assert_finalize_object (state);
}

static void
test_stack (PeerFixture *self, gconstpointer data)
{
  GroveProcessStack *stack = grove_process_stack_new (self->session, PID);
  const GroveFrame  *frames;
  guint              n;
  g_signal_connect (stack, "changed", G_CALLBACK (peer_fixture_count), &self->n_changed);
  grove_process_stack_set_active (stack, TRUE);
  peer_reply (self->peer, peer_expect (self->peer, "process.stack"),
              "{'frames':[{'function':'packer','file':'a/packing.c','line':109},{},7],"
              "'truncated':true,'current':{'function':'wait','file':'','line':-4}}");
  WAIT_FOR (self->n_changed == 1);
  frames = grove_process_stack_get_frames (stack, &n);
  g_assert_cmpuint (n, ==, 3);
  g_assert_cmpstr (frames[0].file, ==, "a/packing.c");
  g_assert_cmpint (frames[0].line, ==, 109);
  g_assert_cmpstr (frames[2].function, ==, "");
  g_assert_true (grove_process_stack_is_truncated (stack));
  g_assert_cmpint (grove_process_stack_get_current (stack)->line, ==, 0);
  /* It ended: the last frames stay. */
  peer_fail (self->peer, peer_expect (self->peer, "process.stack"), -32003, "gone", NULL);
  WAIT_FOR (self->n_changed == 2);
  g_assert_cmpstr (grove_process_stack_get_error (stack), ==, "The process has ended");
  grove_process_stack_get_frames (stack, &n);
  g_assert_cmpuint (n, ==, 3);
  g_assert_finalize_object (stack);
}

static void
test_dictionary (PeerFixture *self, gconstpointer data)
{
  GroveDictionary    *dictionary = grove_dictionary_new (self->session, PID);
  struct json_object *request, *offset;
  const GrovePair    *pairs;
  guint               n;
  g_signal_connect (dictionary, "changed", G_CALLBACK (peer_fixture_count), &self->n_changed);
  grove_dictionary_set_active (dictionary, TRUE);
  peer_reply (self->peer, peer_expect (self->peer, "process.dictionary"),
              "{'offset':0,'pairs':[{'key':{'text':'a'},'value':{'text':'1','size':2}},"
              "{'key':3}],'more':true}");
  WAIT_FOR (self->n_changed == 1);
  pairs = grove_dictionary_get_pairs (dictionary, &n);
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpstr (pairs[0].key, ==, "a");
  g_assert_cmpstr (grove_term_get_text (pairs[0].term), ==, "1");
  g_assert_cmpstr (pairs[1].key, ==, "");
  g_assert_nonnull (pairs[1].term);
  g_assert_true (grove_dictionary_has_more (dictionary));
  grove_dictionary_set_offset (dictionary, 50);
  request = peer_expect (self->peer, "process.dictionary");
  json_object_object_get_ex (peer_params (request), "offset", &offset);
  g_assert_cmpint (json_object_get_int (offset), ==, 50);
  peer_reply (self->peer, request, "{'offset':50,'pairs':[],'more':false}");
  WAIT_FOR (self->n_changed == 2);
  g_assert_false (grove_dictionary_has_more (dictionary));
  g_assert_finalize_object (dictionary);
}

static void
test_supervisor (PeerFixture *self, gconstpointer data)
{
  GroveSupervisorInfo *info = grove_supervisor_info_new (self->session, PID);
  gint64               intensity, period_s, recent;
  g_signal_connect (info, "changed", G_CALLBACK (peer_fixture_count), &self->n_changed);
  grove_supervisor_info_set_active (info, TRUE);
  peer_reply (self->peer, peer_expect (self->peer, "supervisor.info"),
              "{'strategy':'rest_for_one','intensity':3,'period_s':5,'recent_restarts':-7}");
  WAIT_FOR (self->n_changed == 1);
  grove_supervisor_info_get_budget (info, &intensity, &period_s, &recent);
  g_assert_cmpstr (grove_supervisor_info_get_strategy (info), ==, "rest_for_one");
  g_assert_cmpint (intensity, ==, 3);
  g_assert_cmpint (period_s, ==, 5);
  g_assert_cmpint (recent, ==, 0);
  g_assert_finalize_object (info);
}

static void
reply_page (PeerFixture *self, int n, int total, const char *text)
{
  g_autoptr (GString) messages = g_string_new (NULL);
  for (int i = 0; i < n; i++)
    g_string_append_printf (messages,
                            "%s{'index':%d,'from':'<0.1.0>','size':9,'term':{'text':'%s'}}",
                            i > 0 ? "," : "", i, text);
  peer_reply (self->peer, peer_expect (self->peer, "process.messages"),
              "{'total':%d,'offset':0,'messages':[%s]}", total, messages->str);
}

static void
test_search (PeerFixture *self, gconstpointer data)
{
  GroveMailboxSearch *search = grove_mailbox_search_new (self->session, PID);
  const guint64      *matches;
  guint64             total;
  guint               n;
  g_signal_connect (search, "changed", G_CALLBACK (peer_fixture_count), &self->n_changed);
  grove_mailbox_search_start (search, "Needle");
  reply_page (self, 3, 5, "{hay,1}");
  WAIT_FOR (grove_mailbox_search_get_n_read (search, &total) == 3);
  g_assert_true (grove_mailbox_search_is_busy (search));
  reply_page (self, 2, 5, "{needle,2}");
  WAIT_FOR (!grove_mailbox_search_is_busy (search));
  matches = grove_mailbox_search_get_matches (search, &n);
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpuint (matches[0], ==, 3);
  g_autofree char *kinds = grove_mailbox_search_say_kinds (search);
  g_assert_cmpstr (kinds, ==, "3 × {hay,…}, 2 × {needle,…}");

  /* Stopped while a page is under way: what it has stays, and nothing more is asked. */
  grove_mailbox_search_start (search, "");
  struct json_object *request = peer_expect (self->peer, "process.messages");
  grove_mailbox_search_stop (search);
  g_assert_false (grove_mailbox_search_is_busy (search));
  peer_reply (self->peer, request, "{'total':9,'offset':0,'messages':[]}");
  for (int i = 0; i < 5; i++)
    peer_iterate ();
  g_assert_false (peer_has (self->peer, "process.messages"));
  /* A mailbox that is said to have more, and has not, ends it. */
  grove_mailbox_search_start (search, "x");
  reply_page (self, 0, 1000, "");
  WAIT_FOR (!grove_mailbox_search_is_busy (search));
  g_assert_finalize_object (search);
}

static void
assert_history (GroveProcessHistory *history, const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint         n;
  const double *points = grove_process_history_get (history, GROVE_HISTORY_MESSAGES, &n);
  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%g ", points[i]);
  g_assert_cmpstr (text->str, ==, expected);
}

static void
say_history (PeerFixture *self, int seq, int second, const char *rows)
{
  guint before = self->n_changed;
  peer_say (self->peer,
            "{'jsonrpc':'2.0','method':'table.update','params':{'sub':7,'seq':%d,'rev':1,'t':1,"
            "'total':1,'matched':1,'offset':0,'order':['" PID "'],'rows':[],'skipped':0,"
            "'history':{'t':%d000000000,'rows':[%s]}}}",
            seq, second, rows);
  WAIT_FOR (self->n_changed == before + 1);
}

static void
test_history (PeerFixture *self, gconstpointer data)
{
  GroveProcessHistory *history = grove_process_history_new (self->session, PID);
  g_signal_connect (history, "changed", G_CALLBACK (peer_fixture_count), &self->n_changed);
  grove_process_history_set_active (history, TRUE);
  peer_open_table (self->peer, 7);
  say_history (self, 1, 100, "['" PID "',[1,2,3],[0,0,0],[0,0,0],[0,0,0]]");
  assert_history (history, "1 2 3 ");
  say_history (self, 2, 101, "['" PID "',[4],[0],[0],[0]]");
  assert_history (history, "1 2 3 4 ");
  /* Nothing was said of two seconds: it was as before. */
  say_history (self, 3, 103, "");
  assert_history (history, "1 2 3 4 4 4 ");
  /* What overlaps is replaced; a lie, and another's row, are passed over. */
  say_history (self, 4, 104, "['" PID "',[8,9],[0],'x',7]");
  assert_history (history, "1 2 3 4 4 8 9 ");
  say_history (self, 5, 105, "['<0.9.0>',[7],[0],[0],[0]],3,[]");
  assert_history (history, "1 2 3 4 4 8 9 9 ");
  /* After a long silence it begins anew. */
  say_history (self, 6, 500, "['" PID "',[5],[0],[0],[0]]");
  assert_history (history, "5 ");
  g_assert_finalize_object (history);
}

/* The peer is another system now, whose processes have only these columns. */
static void
become_a_system_that_counts_less (PeerFixture *self)
{
  const guint before = peer_get_n_connections (self->peer);
  peer_hang_up (self->peer);
  WAIT_FOR (peer_get_n_connections (self->peer) > before);
  peer_forget (self->peer);
  peer_say (self->peer,
            "{'jsonrpc':'2.0','method':'hello','params':{'protocol':{'major':1,'minor':0},"
            "'server':{'name':'node','version':'25','kind':'beam'},'instance':'run-2',"
            "'read_only':false,'capabilities':[],'absent':{},'now_ns':1,'now_utc_ms':1,"
            "'tables':{'processes':[{'name':'pid'},{'name':'messages'},{'name':'memory'},"
            "{'name':'reductions/s'}]}}}");
  peer_reply (self->peer, peer_expect (self->peer, "session.open"),
              "{'session':1,'role':'control'}");
  WAIT_FOR (grove_session_get_state (self->session) == GROVE_SESSION_LIVE);
}

static void
test_history_of_less (PeerFixture *self, gconstpointer data)
{
  become_a_system_that_counts_less (self);
  GroveProcessHistory *history = grove_process_history_new (self->session, PID);
  g_signal_connect (history, "changed", G_CALLBACK (peer_fixture_count), &self->n_changed);
  grove_process_history_set_active (history, TRUE);
  struct json_object *request = peer_expect (self->peer, "table.open"), *names = NULL;
  json_object_object_get_ex (peer_params (request), "history", &names);
  g_assert_cmpstr (json_object_to_json_string_ext (names, JSON_C_TO_STRING_PLAIN |
                                                            JSON_C_TO_STRING_NOSLASHESCAPE),
                   ==, "[\"messages\",\"memory\",\"reductions/s\"]");
  peer_reply (self->peer, request, "{'sub':7,'columns':['pid'],'total':1,'matched':1}");
  say_history (self, 1, 100, "['" PID "',[1,2],[30,40],[5,6]]");
  assert_history (history, "1 2 ");
  guint         n;
  const double *points = grove_process_history_get (history, GROVE_HISTORY_REDUCTIONS, &n);
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpfloat (points[1], ==, 6);
  (void) grove_process_history_get (history, GROVE_HISTORY_MESSAGES_IN, &n);
  g_assert_cmpuint (n, ==, 0);
  g_assert_finalize_object (history);
}

static void
test_kinds (void)
{
  static const char *const kinds[][2] = {
    { "ping", "ping" },
    { ":ping", "ping" },
    { "{order,12,[a,b]}", "{order,…}" },
    { "{:order, 12}", "{order,…}" },
    { "{done}", "{done}" },
    { "{'$gen_cast',{add,1}}", "cast {add,…}" },
    { "{'$gen_call',{<0.1.0>,#Ref<0.1.2.3>},get}", "call get" },
    { "{'$gen_call',{<0.1.0>,[alias|#Ref<0.1>]},{put,\"a,b}\",2}}", "call {put,…}" },
    { "{:\"$gen_cast\", {:add, 1}}", "cast {add,…}" },
    { "{<0.7.0>,pong}", "{pid,pong}" },
    { "{#Ref<0.1.2>,ok,1}", "{reference,ok,…}" },
    { "<0.7.0>", "pid" },
    { "<<1,2>>", "binary" },
    { "\"text\"", "text" },
    { "#{a => 1}", "map" },
    { "%{a: 1}", "map" },
    { "[1,2]", "list" },
    { "-12", "number" },
    { "{}", "tuple" },
    { "", "other" },
    { "{'an atom', 1}", "{an atom,…}" },
    { "{'$gen_cast',{add", "cast {add}" },
    { "{'$gen_call',{<0.1", "call …" },
    { "'never ends", "never ends" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *kind = grove_message_kind (kinds[i][0]);
      g_test_message ("%s", kinds[i][0]);
      g_assert_cmpstr (kind, ==, kinds[i][1]);
    }
}

#define ADD(path, function)                                                                        \
  g_test_add ("/observer/look/" path, PeerFixture, NULL, peer_fixture_set_up, function,            \
              peer_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("state", test_state);
  ADD ("stack", test_stack);
  ADD ("dictionary", test_dictionary);
  ADD ("supervisor", test_supervisor);
  ADD ("search", test_search);
  ADD ("history", test_history);
  ADD ("history-of-a-system-that-counts-less", test_history_of_less);
  g_test_add_func ("/observer/look/kinds", test_kinds);
  return g_test_run ();
}
