/* SPDX-License-Identifier: MIT
 *
 * A peer that means no good: whatever it says, the session either takes no notice or ends with a
 * clear reason; nothing crashes, nothing grows without bound, nothing critical is logged.
 */
#include "observer/grove-command.h"
#include "observer/grove-mailbox.h"
#include "observer/grove-process-detail.h"
#include "observer/grove-process-table.h"
#include "observer/grove-process-watch.h"
#include "observer/grove-tree.h"

#include "peer.h"

#include <string.h>

typedef struct
{
  Peer               *peer;
  GroveSession       *session;
  GroveProcessTable  *table;
  GroveTree          *tree;
  GroveProcessWatch  *watch;
  GroveMailbox       *mailbox;
  GroveProcessDetail *detail;
} Fixture;

/* Everything is open: the samples are 1, the table 2, the watch 3, the tree 4, the selected 5. */
static void
set_up (Fixture *self, gconstpointer data)
{
  const char *pids[] = { "<0.1.0>" };
  self->peer = peer_new ("shop");
  self->session = grove_session_new ();
  peer_listen (self->peer);
  peer_bring_live (self->peer, self->session, "run-1");
  self->table = grove_process_table_new (self->session, 100);
  grove_process_table_set_active (self->table, TRUE);
  peer_open_table (self->peer, 2);
  self->watch = grove_process_watch_new (self->session, 100);
  grove_process_watch_set_active (self->watch, TRUE);
  grove_process_watch_set_pids (self->watch, pids, 1);
  peer_open_table (self->peer, 3);
  self->tree = grove_tree_new (self->session, 8);
  grove_tree_set_active (self->tree, TRUE);
  peer_reply (self->peer, peer_expect (self->peer, "tree.open"), "{'sub':4}");
  grove_session_set_selected (self->session, "<0.1.0>");
  peer_open_table (self->peer, 5);
  self->mailbox = grove_mailbox_new (self->session, "<0.1.0>");
  grove_mailbox_set_active (self->mailbox, TRUE);
  self->detail = grove_process_detail_new (self->session, "<0.1.0>");
  grove_process_detail_set_active (self->detail, TRUE);
  WAIT_FOR (peer_has (self->peer, "process.get") && peer_has (self->peer, "process.messages"));
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_assert_finalize_object (self->mailbox);
  g_assert_finalize_object (self->detail);
  g_assert_finalize_object (self->watch);
  g_assert_finalize_object (self->tree);
  g_assert_finalize_object (self->table);
  g_assert_finalize_object (self->session);
  peer_free (self->peer);
}

typedef struct
{
  const char *name;
  const char *line;
} Line;

#define NOTE(method, params) "{'jsonrpc':'2.0','method':'" method "','params':{" params "}}"
#define ROW                                                                                        \
  "['<0.1.0>','a','waiting',1,1.5,10,100,2.5,1000,500,100,'normal','init/1','await','shop','',0,"  \
  "5,0,1,false,false]"
#define TABLE(more) NOTE ("table.update", "'sub':2,'seq':1,'t':1," more)
#define COUNTS      "'rev':0,'total':1,'matched':1,'offset':0,'skipped':0,"
#define LONG_PID    "'<0.0000000000000000000000000000000000000000000000000000000000000001.0>'"

/* Each ends the session with a reason. */
static const Line broken[] = {
  { "no-json", "hello" },
  { "array", "[]" },
  { "half", "{'jsonrpc':'2.0'" },
  { "duplicate-keys", "{'jsonrpc':'2.0','method':'x','method':'y','params':{}}" },
  { "not-a-number", "{'jsonrpc':'2.0','method':'x','params':{'a':NaN}}" },
  { "surrogate", "{'jsonrpc':'2.0','method':'x','params':{'a':'\\ud800'}}" },
  { "nul", "{'jsonrpc':'2.0','method':'x','params':{'a':'\\u0000'}}" },
  { "bad-utf8", "{'jsonrpc':'2.0','method':'x','params':{'a':'\xff'}}" },
  { "answer-to-nothing", "{'jsonrpc':'2.0','id':9999,'result':{}}" },
  { "no-sub", NOTE ("table.update", "'seq':1") },
  { "sub-text", NOTE ("table.update", "'sub':'2','seq':1") },
  { "sample-no-sub", NOTE ("system.sample", "'seq':1") },
  { "no-seq", NOTE ("table.update", "'sub':2") },
  { "seq-zero", NOTE ("table.update", "'sub':2,'seq':0") },
  { "sample-empty", NOTE ("system.sample", "'sub':1,'seq':1") },
  { "sample-text", NOTE ("system.sample", "'sub':1,'seq':1,'t':1,'processes':'many'") },
  { "sample-negative", NOTE ("system.sample", "'sub':1,'seq':1,'t':1,'processes':-1") },
  { "sample-schedulers",
    NOTE ("system.sample", "'sub':1,'seq':1,'t':1,'processes':1,'schedulers':['a']") },
  { "table-empty", TABLE ("'rows':[]") },
  { "table-no-rows", TABLE (COUNTS "'order':[]") },
  { "table-rows-object", TABLE (COUNTS "'order':[],'rows':{}") },
  { "table-order-text", TABLE (COUNTS "'order':'<0.1.0>','rows':[]") },
  { "table-order-number", TABLE (COUNTS "'order':[1],'rows':[]") },
  { "table-order-twice", TABLE (COUNTS "'order':['<0.1.0>','<0.1.0>'],'rows':[]") },
  { "table-order-empty-pid", TABLE (COUNTS "'order':[''],'rows':[]") },
  { "table-order-long-pid", TABLE (COUNTS "'order':[" LONG_PID "],'rows':[]") },
  { "table-row-not-in-order", TABLE (COUNTS "'order':[],'rows':[" ROW "]") },
  { "table-row-short", TABLE (COUNTS "'order':['<0.1.0>'],'rows':[['<0.1.0>']]") },
  { "table-row-text", TABLE (COUNTS "'order':['<0.1.0>'],'rows':['<0.1.0>']") },
  { "table-row-types",
    TABLE (COUNTS "'order':['<0.1.0>'],'rows':[['<0.1.0>',1,2,'a','b',[],{},1,1,1,1,1,1,1,1,1,1,1,"
                  "1,1,1,1]]") },
  { "table-matched-negative",
    TABLE ("'rev':0,'total':1,'matched':-1,'offset':0,'order':[],'rows':[]") },
  { "table-offset-real",
    TABLE ("'rev':0,'total':1,'matched':1,'offset':0.5,'order':[],'rows':[]") },
  { "history-text", TABLE (COUNTS "'order':['<0.1.0>'],'rows':[" ROW "],'history':{'rows':[]}") },
  { "history-row",
    TABLE (COUNTS "'order':['<0.1.0>'],'rows':[" ROW "],'history':{'t':1,'rows':['<0.1.0>']}") },
  { "history-of-a-stranger", TABLE (COUNTS "'order':['<0.1.0>'],'rows':[" ROW
                                           "],'history':{'t':1,'rows':[['<0.2.0>',[1]]]}") },
  { "watch-row", NOTE ("table.update", "'sub':3,'seq':1," COUNTS "'order':[],'rows':[1]") },
  { "selected", NOTE ("table.update", "'sub':5,'seq':1,'matched':'none'") },
  { "tree-op-text", NOTE ("tree.update", "'sub':4,'seq':1,'ops':['add']") },
  { "tree-metric-text", NOTE ("tree.update", "'sub':4,'seq':1,'ops':[],'metrics':['x']") },
  { "tree-metric-value",
    NOTE ("tree.update", "'sub':4,'seq':1,'ops':[],'metrics':[['<0.1.0>','x']]") },
};

static void
assert_broken (Fixture *self)
{
  WAIT_FOR (grove_session_get_state (self->session) == GROVE_SESSION_REFUSED);
  g_autofree char *title = session_text (self->session, "error-title");
  g_autofree char *detail = session_text (self->session, "error-detail");
  g_assert_cmpstr (title, ==, "“shop” broke the protocol");
  g_assert_cmpuint (strlen (detail), >, 40);
  WAIT_FOR (!peer_is_connected (self->peer));
}

static void
test_broken (Fixture *self, gconstpointer data)
{
  peer_say (self->peer, "%s", ((const Line *) data)->line);
  assert_broken (self);
}

/* Each is taken no notice of. */
static const Line harmless[] = {
  { "later-version", NOTE ("weather.update", "'sub':99,'seq':1,'rain':true") },
  { "later-notification", NOTE ("news", "'text':'hello'") },
  { "unknown-sub", NOTE ("table.update", "'sub':99,'seq':1") },
  { "other-kind-of-sub", NOTE ("tree.update", "'sub':2,'seq':1,'ops':['nonsense']") },
  { "second-hello", NOTE ("hello", "'protocol':{'major':9}") },
  { "sample-more", NOTE ("system.sample", "'sub':1,'seq':1,'t':1,'processes':1,'moon':'full'") },
  { "sample-odd-members",
    NOTE ("system.sample",
          "'sub':1,'seq':1,'t':1,'processes':1,'memory':7,'observing':[],'spawns':'a',"
          "'reductions/s':-5,'schedulers':[-1,2]") },
  { "row-nulls",
    TABLE (COUNTS "'order':['<0.1.0>'],'rows':[['<0.1.0>',null,null,null,null,null,null,null,null,"
                  "null,null,null,null,null,null,null,null,null,null,null,null,null]]") },
  { "row-not-sent", TABLE (COUNTS "'order':['<0.1.0>'],'rows':[]") },
  { "huge-total",
    TABLE ("'rev':0,'total':9007199254740991,'matched':9007199254740991,'offset':9007199254740990,"
           "'order':['<0.1.0>'],'rows':[" ROW "]") },
  { "unknown-metric", NOTE ("tree.update", "'sub':4,'seq':1,'ops':[],'metrics':[['<9>',1]]") },
  { "empty-tree-update", NOTE ("tree.update", "'sub':4,'seq':1") },
};

static void
test_harmless (Fixture *self, gconstpointer data)
{
  peer_say (self->peer, "%s", ((const Line *) data)->line);
  /* It listens still: a later sample arrives. */
  peer_say (self->peer, NOTE ("system.sample", "'sub':1,'seq':5,'t':1,'processes':77"));
  WAIT_FOR (peer_get_acked (self->peer, 1) == 5);
  g_assert_cmpint (grove_session_get_sample (self->session)->n_processes, ==, 77);
  g_assert_cmpint (grove_session_get_state (self->session), ==, GROVE_SESSION_LIVE);
}

/* Texts longer than a row has room for are cut between characters. */
static void
test_long_texts (Fixture *self, gconstpointer data)
{
  g_autoptr (GString) name = g_string_new (NULL);
  for (int i = 0; i < 2000; i++)
    g_string_append (name, "é");
  peer_say (self->peer,
            "{'jsonrpc':'2.0','method':'table.update','params':{'sub':2,'seq':1,'t':1," COUNTS
            "'order':['<0.1.0>'],'rows':[['<0.1.0>','%s','waiting',1,1.5,10,100,2.5,1000,500,100,"
            "'%s','%s','%s','%s','%s',0,5,0,1,false,false]]}}",
            name->str, name->str, name->str, name->str, name->str, name->str);
  peer_say (self->peer,
            NOTE ("tree.update", "'sub':4,'seq':1,'ops':[['add',null,0,{'pid':'<0.1.0>',"
                                 "'kind':'worker','name':'%s','status':'%s','strategy':'%s'}]]"),
            name->str, name->str, name->str);
  WAIT_FOR (peer_get_acked (self->peer, 4) == 1);
  GroveProcessItem      *item = g_list_model_get_item (G_LIST_MODEL (self->table), 0);
  const GroveProcessRow *row = grove_process_item_get_row (item);
  g_assert_cmpuint (strlen (row->name), ==, 94);
  g_assert_true (g_utf8_validate (row->name, -1, NULL));
  g_assert_true (g_utf8_validate (row->priority, -1, NULL));
  g_assert_cmpuint (strlen (row->current), ==, 94);
  g_object_unref (item);
  const char *text = grove_tree_node_get_name (grove_tree_find (self->tree, "<0.1.0>"));
  g_assert_cmpuint (strlen (text), ==, 94);
  g_assert_true (g_utf8_validate (text, -1, NULL));
}

/* More rows than a window can have. */
static void
test_too_many_rows (Fixture *self, gconstpointer data)
{
  g_autoptr (GString) line = g_string_new (NULL);
  g_string_append (line,
                   "{'jsonrpc':'2.0','method':'table.update','params':{'sub':2,'seq':1," COUNTS
                   "'rows':[],'order':[");
  for (int i = 0; i < 513; i++)
    g_string_append_printf (line, "%s'<0.%d.0>'", i > 0 ? "," : "", i);
  g_string_append (line, "]}}");
  peer_say (self->peer, "%s", line->str);
  assert_broken (self);
}

/* A line without end is not kept. */
static void
test_endless_line (Fixture *self, gconstpointer data)
{
  g_autofree char *bytes = g_strnfill (65536, 'x');
  for (int i = 0; i < 200 && peer_is_connected (self->peer); i++)
    {
      peer_say_bytes (self->peer, bytes, 65536);
      peer_iterate ();
    }
  assert_broken (self);
}

typedef struct
{
  const char *name;
  const char *method;
  const char *result;
  gboolean    harmless;
} Answer;

static const Answer answers[] = {
  { "get-text", "process.get", "'hello'", TRUE },
  { "get-odd", "process.get", "{'links':{},'supervisor':[],'messages':'a','name':7}", TRUE },
  { "get-links", "process.get", "{'links':[1,'a',{},{'pid':7},{'pid':'<0.2.0>'}]}", TRUE },
  { "messages-text", "process.messages", "'hello'", FALSE },
  { "messages-no-total", "process.messages", "{'messages':[]}", FALSE },
  { "messages-odd", "process.messages", "{'total':1,'messages':[1]}", FALSE },
  { "messages-no-term", "process.messages", "{'total':1,'messages':[{'index':0}]}", FALSE },
};

static void
test_answer (Fixture *self, gconstpointer data)
{
  const Answer *answer = data;
  guint         n = 0;
  peer_reply (self->peer, peer_expect (self->peer, answer->method), "%s", answer->result);
  if (!answer->harmless)
    {
      assert_broken (self);
      return;
    }
  WAIT_FOR (grove_process_detail_is_loaded (self->detail));
  g_assert_cmpstr (grove_process_detail_get_text (self->detail, "name"), ==, "");
  g_assert_cmpint (grove_process_detail_get_int (self->detail, "messages"), ==, 0);
  g_assert_cmpint (grove_process_detail_get_int (self->detail, "child.restarts"), ==, 0);
  g_assert_cmpstr (grove_process_detail_get_text (self->detail, "supervisor.name"), ==, "");
  g_assert_null (grove_process_detail_get_supervisor (self->detail).pid);
  const GroveProcessLink *links = grove_process_detail_get_links (self->detail, "links", &n);
  if (n > 0)
    {
      g_assert_cmpuint (n, ==, 1);
      g_assert_cmpstr (links[0].pid, ==, "<0.2.0>");
      g_assert_cmpstr (links[0].name, ==, "");
    }
}

/* An answer that opens what was asked for with other columns would be read as something else. */
static void
test_other_columns (Fixture *self, gconstpointer data)
{
  grove_process_table_set_active (self->table, FALSE);
  grove_process_table_set_active (self->table, TRUE);
  peer_reply (self->peer, peer_expect (self->peer, "table.open"),
              "{'sub':8,'columns':['pid','memory'],'total':0,'matched':0}");
  assert_broken (self);
}

static void
test_open_without_number (Fixture *self, gconstpointer data)
{
  grove_tree_set_active (self->tree, FALSE);
  grove_tree_set_active (self->tree, TRUE);
  peer_reply (self->peer, peer_expect (self->peer, "tree.open"), "{'sub':'x'}");
  assert_broken (self);
}

/* A flood does not keep the main loop from its other work. */
static gboolean
tick (gpointer user_data)
{
  (*(guint *) user_data)++;
  return G_SOURCE_CONTINUE;
}

static void
test_flood (Fixture *self, gconstpointer data)
{
  guint n_ticks = 0, source = g_timeout_add (1, tick, &n_ticks);
  g_autoptr (GString) lines = g_string_new (NULL);
  for (int i = 0; i < 20000; i++)
    g_string_append_printf (
      lines, "{\"jsonrpc\":\"2.0\",\"method\":\"news\",\"params\":{\"number\":%d}}\n", i);
  peer_say_bytes (self->peer, lines->str, lines->len);
  peer_say (self->peer, NOTE ("system.sample", "'sub':1,'seq':1,'t':1,'processes':77"));
  WAIT_FOR (peer_get_acked (self->peer, 1) == 1);
  g_assert_cmpuint (n_ticks, >, 2);
  g_source_remove (source);
}

/* Lines made of pieces of good ones: none may do more than end the session. */
static void
test_random (Fixture *self, gconstpointer data)
{
  for (int round = 0; round < 300; round++)
    {
      const Line *line = g_test_rand_int_range (0, 2)
                           ? &broken[g_test_rand_int_range (0, G_N_ELEMENTS (broken))]
                           : &harmless[g_test_rand_int_range (0, G_N_ELEMENTS (harmless))];
      g_autoptr (GString) bytes = g_string_new (line->line);
      g_string_replace (bytes, "'", "\"", 0);
      for (int i = g_test_rand_int_range (0, 4); i > 0 && bytes->len > 2; i--)
        {
          gssize at = g_test_rand_int_range (0, (gint32) bytes->len - 1);
          if (g_test_rand_int_range (0, 2))
            g_string_erase (bytes, at, 1);
          else
            bytes->str[at] = "0123456789{}[],:\"ae-"[g_test_rand_int_range (0, 20)];
        }
      g_string_append_c (bytes, '\n');
      if (!peer_is_connected (self->peer))
        {
          peer_forget (self->peer);
          grove_session_retry (self->session);
          peer_bring_live (self->peer, self->session, "run-1");
          peer_open_table (self->peer, 2);
          peer_open_table (self->peer, 3);
          peer_reply (self->peer, peer_expect (self->peer, "tree.open"), "{'sub':4}");
        }
      peer_say_bytes (self->peer, bytes->str, bytes->len);
      if (grove_session_get_state (self->session) == GROVE_SESSION_LIVE)
        peer_iterate ();
      for (int i = 0; i < 3; i++)
        g_main_context_iteration (NULL, FALSE);
      if (grove_session_get_state (self->session) != GROVE_SESSION_LIVE)
        WAIT_FOR (!peer_is_connected (self->peer));
    }
}

#define ADD(path, data, function)                                                                  \
  g_test_add ("/observer/hostile/" path, Fixture, data, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (broken); i++)
    {
      g_autofree char *path = g_strdup_printf ("/observer/hostile/broken/%s", broken[i].name);
      g_test_add (path, Fixture, &broken[i], set_up, test_broken, tear_down);
    }
  for (guint i = 0; i < G_N_ELEMENTS (harmless); i++)
    {
      g_autofree char *path = g_strdup_printf ("/observer/hostile/harmless/%s", harmless[i].name);
      g_test_add (path, Fixture, &harmless[i], set_up, test_harmless, tear_down);
    }
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autofree char *path = g_strdup_printf ("/observer/hostile/answer/%s", answers[i].name);
      g_test_add (path, Fixture, &answers[i], set_up, test_answer, tear_down);
    }
  ADD ("long-texts", NULL, test_long_texts);
  ADD ("too-many-rows", NULL, test_too_many_rows);
  ADD ("endless-line", NULL, test_endless_line);
  ADD ("other-columns", NULL, test_other_columns);
  ADD ("open-without-number", NULL, test_open_without_number);
  ADD ("flood", NULL, test_flood);
  ADD ("random", NULL, test_random);
  return g_test_run ();
}
