/* SPDX-License-Identifier: MIT
 *
 * What is read of one crash, what was done to the system and by whom, and rows page by page.
 */
#include "observer/grove-audit.h"
#include "observer/grove-command.h"
#include "observer/grove-crash.h"
#include "observer/grove-row-reader.h"

#include "peer.h"

#include <string.h>

/* ---- A crash -----------------------------------------------------------------------------------
 */

#define CRASH(after)                                                                               \
  "{'seq':7,'pid':'<0.7.0>','name':'cook','reason':{'text':'{boom,1}','size':9,"                   \
  "'truncated':false},'frames':[{'function':'taste','file':'poison.c','line':42},{}],"             \
  "'ancestors':[{'pid':'<0.2.0>','name':'kitchen'},{'name':'nobody'}],'links':3,"                  \
  "'message':{'from':'<0.9.0>','term':{'text':'{amanita,<0.3.0>}','size':8,'truncated':false}},"   \
  "'dictionary':[{'key':{'text':'k'},'value':{'text':'v'}}],'hidden':false,'after':" after "}"

static void
test_crash (PeerFixture *self, gconstpointer data)
{
  guint                   n;
  const GroveCrashFrame  *frames;
  const GroveProcessLink *links;
  const GroveTermNode    *nodes;
  g_autoptr (GroveCrash) crash = grove_crash_new (self->session, 7);
  struct json_object *request, *seq;

  g_signal_connect (crash, "changed", G_CALLBACK (peer_fixture_count), &self->n_changed);
  grove_crash_set_active (crash, TRUE);
  request = peer_expect (self->peer, "crash.get");
  g_assert_true (json_object_object_get_ex (peer_params (request), "seq", &seq));
  g_assert_cmpint (json_object_get_int64 (seq), ==, 7);
  peer_reply (self->peer, request, CRASH ("{'outcome':'pending'}"));
  WAIT_FOR (self->n_changed == 1);
  g_assert_true (grove_crash_is_loaded (crash));
  g_assert_cmpstr (grove_term_get_text (grove_crash_get_reason (crash)), ==, "{boom,1}");
  g_assert_cmpstr (grove_term_get_text (grove_crash_get_message (crash)), ==, "{amanita,<0.3.0>}");
  /* What leads somewhere can be followed; a short text stays one. */
  g_assert_null (grove_term_get_nodes (grove_crash_get_reason (crash), &n));
  nodes = grove_term_get_nodes (grove_crash_get_message (crash), &n);
  g_assert_cmpuint (n, ==, 3);
  g_assert_cmpint (nodes[2].kind, ==, GROVE_TERM_KIND_PID);
  g_assert_cmpstr (nodes[2].text, ==, "<0.3.0>");
  g_assert_cmpstr (grove_crash_get_text (crash, "message.from"), ==, "<0.9.0>");
  frames = grove_crash_get_frames (crash, &n);
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpstr (frames[0].function, ==, "taste");
  g_assert_cmpint (frames[0].line, ==, 42);
  g_assert_cmpstr (frames[1].file, ==, "");
  links = grove_crash_get_links (crash, "ancestors", &n);
  g_assert_cmpuint (n, ==, 1); /* one without a pid leads nowhere */
  g_assert_cmpstr (links[0].name, ==, "kitchen");
  grove_crash_get_links (crash, "links", &n);
  g_assert_cmpuint (n, ==, 0);
  g_assert_cmpstr (grove_crash_get_pairs (crash, &n)[0].value, ==, "v");
  g_assert_null (grove_crash_get_after (crash, "successor").pid);

  /* Its supervisor has not decided: it is asked again, and then no more. */
  peer_reply (self->peer, peer_expect (self->peer, "crash.get"),
              CRASH ("{'outcome':'restarted','supervisor':{'pid':'<0.2.0>','name':'kitchen'},"
                     "'successor':{'pid':'<0.8.0>','name':''},'after_ns':5}"));
  WAIT_FOR (self->n_changed == 2);
  g_assert_cmpstr (grove_crash_get_after (crash, "successor").pid, ==, "<0.8.0>");
  g_assert_cmpstr (grove_crash_get_after (crash, "supervisor").name, ==, "kitchen");
  g_assert_cmpint (grove_crash_get_int (crash, "after.after_ns"), ==, 5);
  grove_crash_set_active (crash, FALSE);
  grove_crash_set_active (crash, TRUE);
  peer_iterate ();
  g_assert_false (peer_has (self->peer, "crash.get"));
}

static void
test_crash_forgotten (PeerFixture *self, gconstpointer data)
{
  g_autoptr (GroveCrash) crash = grove_crash_new (self->session, 1);

  g_signal_connect (crash, "changed", G_CALLBACK (peer_fixture_count), &self->n_changed);
  grove_crash_set_active (crash, TRUE);
  peer_fail (self->peer, peer_expect (self->peer, "crash.get"), -32602, "not kept any more", NULL);
  WAIT_FOR (self->n_changed == 1);
  g_assert_false (grove_crash_is_loaded (crash));
  g_assert_cmpstr (grove_crash_get_error (crash), ==, "not kept any more");
}

/* ---- What was done -----------------------------------------------------------------------------
 */

#define ENTRY(seq, at, pid, outcome)                                                               \
  "{'seq':" seq ",'at_ns':" at ",'session':4,'client':'grove','method':'process.kill','params':"   \
  "{'pid':'" pid "','expect':{'name':'cook'},'wait_ms':500},'outcome':'" outcome                   \
  "','code':0,'result':'exited','after_ns':7}"

static GroveRow *
row_at (GroveAudit *audit, guint position)
{
  GroveRow *row = g_list_model_get_item (G_LIST_MODEL (audit), position);

  g_assert_nonnull (row);
  g_object_unref (row); /* the list holds it */
  return row;
}

static void
items_changed (GListModel *model, guint position, guint removed, guint added, guint *n)
{
  *n += removed + added;
}

static void
test_audit (PeerFixture *self, gconstpointer data)
{
  g_autoptr (GroveAudit) audit = grove_audit_new (self->session);
  guint     n_changed = 0;
  GroveRow *first;

  g_signal_connect (audit, "items-changed", G_CALLBACK (items_changed), &n_changed);
  g_assert_true (grove_audit_is_loading (audit));
  grove_audit_set_active (audit, TRUE);
  peer_reply (self->peer, peer_expect (self->peer, "audit.tail"),
              "{'entries':[" ENTRY ("5", "10", "<0.5.0>", "under way") "],'lost':4,'last':5}");
  WAIT_FOR (!grove_audit_is_loading (audit));
  g_assert_cmpuint (grove_audit_get_lost (audit), ==, 4);
  g_assert_cmpuint (n_changed, ==, 1);
  first = row_at (audit, 0);
  g_assert_cmpstr (grove_row_get_text (first, "command"), ==, "Kill");
  g_assert_cmpstr (grove_row_get_text (first, "name"), ==, "cook");
  g_assert_cmpstr (grove_row_get_text (first, "pid"), ==, "<0.5.0>");
  g_assert_cmpstr (grove_row_get_text (first, "about"), ==, "");
  g_assert_cmpstr (grove_row_get_text (first, "answer"), ==, "under way");

  /* The newest come first, and what was there stays the row it was. */
  peer_reply (self->peer, peer_expect (self->peer, "audit.tail"),
              "{'entries':[" ENTRY ("5", "10", "<0.5.0>",
                                    "done") "," ENTRY ("6", "20", "<0.6.0>",
                                                       "failed") "],'lost':4,'last':6}");
  WAIT_FOR (g_list_model_get_n_items (G_LIST_MODEL (audit)) == 2);
  g_assert_cmpuint (n_changed, ==, 2);
  g_assert_true (row_at (audit, 1) == first);
  g_assert_cmpstr (grove_row_get_text (first, "answer"), ==, "done");
  g_assert_cmpstr (grove_row_get_text (row_at (audit, 0), "pid"), ==, "<0.6.0>");

  grove_audit_set_filter (audit, "FAILED cook");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (audit)), ==, 1);
  g_assert_cmpuint (grove_audit_get_total (audit), ==, 2);
  grove_audit_set_filter (audit, "");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (audit)), ==, 2);

  /* The oldest is forgotten. */
  peer_reply (self->peer, peer_expect (self->peer, "audit.tail"),
              "{'entries':[" ENTRY ("6", "20", "<0.6.0>", "failed") "],'lost':5,'last':6}");
  WAIT_FOR (g_list_model_get_n_items (G_LIST_MODEL (audit)) == 1);
  g_assert_cmpstr (grove_row_get_text (row_at (audit, 0), "pid"), ==, "<0.6.0>");
}

/* Who may not read it is told so, once; and is told what could not even be said. */
static void
test_audit_refused (PeerFixture *self, gconstpointer data)
{
  g_autoptr (GroveAudit) audit = grove_audit_new (self->session);

  grove_audit_set_active (audit, TRUE);
  peer_fail (self->peer, peer_expect (self->peer, "audit.tail"), -32002, "not for who observes",
             NULL);
  WAIT_FOR (grove_audit_get_error (audit) != NULL);
  g_assert_cmpstr (grove_audit_get_error (audit), ==, "not for who observes");
  g_assert_false (grove_audit_is_loading (audit));

  grove_command_run_async (self->session, GROVE_COMMAND_EXIT, "<0.1.0>", "cook", 0, "", NULL, NULL,
                           NULL);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (audit)), ==, 1);
  g_assert_cmpstr (grove_row_get_text (row_at (audit, 0), "pid"), ==, "<0.1.0>");
  g_assert_cmpstr (grove_row_get_text (row_at (audit, 0), "answer"), ==, "failed");
  g_assert_nonnull (strstr (grove_row_get_text (row_at (audit, 0), "result"), "give a reason"));

  /* One that was under way when the connection ended. */
  grove_command_run_async (self->session, GROVE_COMMAND_KILL, "<0.2.0>", NULL, 0, NULL, NULL, NULL,
                           NULL);
  json_object_put (peer_expect (self->peer, "process.kill"));
  peer_hang_up (self->peer);
  WAIT_FOR (g_list_model_get_n_items (G_LIST_MODEL (audit)) == 2);
  g_assert_cmpstr (grove_row_get_text (row_at (audit, 0), "pid"), ==, "<0.2.0>");

  /* Another run, another list; and it may be asked anew. */
  peer_bring_live (self->peer, self->session, "run-2");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (audit)), ==, 0);
  json_object_put (peer_expect (self->peer, "audit.tail"));
}

/* ---- All rows ----------------------------------------------------------------------------------
 */

typedef struct
{
  GString *csv, *json;
  guint    n_pages;
  gboolean over;
  char    *error;
} Saved;

static void
on_page (GroveRowReader *reader, GPtrArray *rows, Saved *saved)
{
  saved->n_pages++;
  for (guint i = 0; i < rows->len; i++)
    {
      g_autofree char *csv = grove_row_to_csv (rows->pdata[i]);
      g_autofree char *json = grove_row_to_json (rows->pdata[i]);

      g_string_append (saved->csv, csv);
      g_string_append (saved->json, json);
    }
  grove_row_reader_next (reader);
}

static void
on_finished (GroveRowReader *reader, const char *error, Saved *saved)
{
  saved->over = TRUE;
  saved->error = g_strdup (error);
}

static void
test_reader (PeerFixture *self, gconstpointer data)
{
  g_autoptr (GroveRows) rows = grove_rows_new (self->session, "shoes", NULL, 100);
  g_autoptr (GroveRowReader) reader = grove_row_reader_new (self->session, rows);
  Saved                 saved = { g_string_new (NULL), g_string_new (NULL), 0, FALSE, NULL };
  guint                 n;
  const GroveRowColumn *columns = grove_rows_get_columns (rows, &n);
  g_autofree char      *header = grove_row_csv_header (columns, n);

  g_assert_cmpstr (header, ==, "shoe,size,worn_ns,steps/s,left,lace_colour\r\n");
  g_signal_connect (reader, "page", G_CALLBACK (on_page), &saved);
  g_signal_connect (reader, "finished", G_CALLBACK (on_finished), &saved);
  grove_row_reader_next (reader);
  peer_open_table (self->peer, 7);
  peer_say (self->peer,
            "{'jsonrpc':'2.0','method':'table.update','params':{'sub':7,'seq':1,'rev':0,'t':1,"
            "'total':2,'matched':2,'offset':0,'order':['=pump','bo,ot'],'rows':[['=pump',2048,1,"
            "2.5,true,null],['bo,ot',-1,null,null,null,'a\\\"b']],'skipped':0}}");
  WAIT_FOR (saved.over);
  g_assert_cmpuint (saved.n_pages, ==, 1);
  g_assert_null (saved.error);
  g_assert_cmpfloat (grove_row_reader_get_progress (reader), ==, 1);
  /* What would be a formula to a table calculator is not, but a negative number is one. */
  g_assert_cmpstr (saved.csv->str, ==,
                   "\"'=pump\",2048,1,2.5,true,\r\n\"bo,ot\",-1,,,,\"a\"\"b\"\r\n");
  g_assert_true (
    g_str_has_prefix (saved.json->str,
                      "{\"shoe\":\"=pump\",\"size\":2048,\"worn_ns\":1,\"steps/s\":2.5,"
                      "\"left\":true,\"lace_colour\":null}"));
  g_string_free (saved.csv, TRUE);
  g_string_free (saved.json, TRUE);
}

static void
test_reader_lost (PeerFixture *self, gconstpointer data)
{
  g_autoptr (GroveRows) rows = grove_rows_new (self->session, "shoes", NULL, 100);
  g_autoptr (GroveRowReader) reader = grove_row_reader_new (self->session, rows);
  Saved saved = { NULL, NULL, 0, FALSE, NULL };

  g_signal_connect (reader, "finished", G_CALLBACK (on_finished), &saved);
  grove_row_reader_next (reader);
  json_object_put (peer_expect (self->peer, "table.open"));
  peer_hang_up (self->peer);
  WAIT_FOR (saved.over);
  g_assert_nonnull (saved.error);
  g_free (saved.error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func)                                                                            \
  g_test_add ("/observer/activity/" path, PeerFixture, NULL, peer_fixture_set_up, func,            \
              peer_fixture_tear_down)
  ADD ("crash", test_crash);
  ADD ("crash-forgotten", test_crash_forgotten);
  ADD ("audit", test_audit);
  ADD ("audit-refused", test_audit_refused);
  ADD ("reader", test_reader);
  ADD ("reader-lost", test_reader_lost);
  return g_test_run ();
}
