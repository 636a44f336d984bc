/* SPDX-License-Identifier: MIT
 *
 * One process looked at closely: its details, and the messages in its mailbox.
 */
#include "observer/grove-mailbox.h"
#include "observer/grove-process-detail.h"

#include "peer.h"

#include <string.h>

static GroveProcessDetail *
new_detail (PeerFixture *self)
{
  GroveProcessDetail *detail = grove_process_detail_new (self->session, "<0.5.0>");
  g_signal_connect (detail, "changed", G_CALLBACK (peer_fixture_count), &self->n_changed);
  grove_process_detail_set_active (detail, TRUE);
  return detail;
}

static void
test_detail (PeerFixture *self, gconstpointer data)
{
  GroveProcessDetail *detail = new_detail (self);
  guint               n;
  g_assert_false (grove_process_detail_is_loaded (detail));
  g_assert_cmpstr (grove_process_detail_get_text (detail, "name"), ==, "");
  peer_reply (self->peer, peer_expect (self->peer, "process.get"),
              "{'pid':'<0.5.0>','name':'packer','trap_exit':true,'messages':12,"
              "'application':{'pid':'<0.1.0>','name':'shop'},"
              "'supervisor':{'pid':'<0.2.0>','name':'sup','strategy':'one_for_one'},"
              "'child':{'id':'packer','restarts':3,'kind':'worker'},'n_links':2,"
              "'links':[{'pid':'<0.2.0>','name':'sup'},{'pid':'<0.9.0>','name':''}],"
              "'monitors':[],'monitored_by':null}");
  WAIT_FOR (self->n_changed == 1);
  g_assert_cmpstr (grove_process_detail_get_text (detail, "name"), ==, "packer");
  g_assert_cmpint (grove_process_detail_get_int (detail, "messages"), ==, 12);
  g_assert_true (grove_process_detail_get_boolean (detail, "trap_exit"));
  g_assert_cmpint (grove_process_detail_get_int (detail, "child.restarts"), ==, 3);
  g_assert_cmpstr (grove_process_detail_get_text (detail, "supervisor.strategy"), ==,
                   "one_for_one");
  g_assert_cmpstr (grove_process_detail_get_text (detail, "no.such.member"), ==, "");
  g_assert_cmpstr (grove_process_detail_get_application (detail).name, ==, "shop");
  g_assert_cmpstr (grove_process_detail_get_supervisor (detail).pid, ==, "<0.2.0>");
  const GroveProcessLink *links = grove_process_detail_get_links (detail, "links", &n);
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpstr (links[1].pid, ==, "<0.9.0>");
  grove_process_detail_get_links (detail, "monitored_by", &n);
  g_assert_cmpuint (n, ==, 0);

  /* Asked again by itself; when it has ended what was known stays, with the reason. */
  peer_fail (self->peer, peer_expect (self->peer, "process.get"), -32003, "no such process",
             "{'exited':{'reason':{'text':'killed'},'successor':'<0.6.0>'}}");
  WAIT_FOR (self->n_changed == 2);
  g_assert_true (grove_process_detail_is_gone (detail));
  g_assert_cmpstr (grove_process_detail_get_exit_reason (detail), ==, "killed");
  g_assert_cmpstr (grove_process_detail_get_successor (detail), ==, "<0.6.0>");
  g_assert_cmpstr (grove_process_detail_get_text (detail, "name"), ==, "packer");
  g_assert_finalize_object (detail);
}

static void
test_detail_many_links (PeerFixture *self, gconstpointer data)
{
  GroveProcessDetail *detail = new_detail (self);
  g_autoptr (GString) links = g_string_new (NULL);
  guint n;
  for (int i = 0; i < 1000; i++)
    g_string_append_printf (links, "%s{'pid':'<0.%d.0>','name':'x'}", i > 0 ? "," : "", i);
  peer_reply (self->peer, peer_expect (self->peer, "process.get"), "{'links':[%s]}", links->str);
  WAIT_FOR (self->n_changed == 1);
  grove_process_detail_get_links (detail, "links", &n);
  g_assert_cmpuint (n, ==, 100);
  g_assert_finalize_object (detail);
}

static void
test_detail_another_run (PeerFixture *self, gconstpointer data)
{
  GroveProcessDetail *detail = new_detail (self);
  peer_reply (self->peer, peer_expect (self->peer, "process.get"), "{'name':'packer'}");
  WAIT_FOR (self->n_changed == 1);
  peer_hang_up (self->peer);
  WAIT_FOR (grove_session_get_state (self->session) == GROVE_SESSION_LOST);
  g_assert_false (grove_process_detail_is_gone (detail));
  peer_forget (self->peer);
  peer_bring_live (self->peer, self->session, "run-2");
  g_assert_true (grove_process_detail_is_gone (detail));
  g_assert_null (grove_process_detail_get_exit_reason (detail));
  g_assert_false (peer_has (self->peer, "process.get"));
  g_assert_finalize_object (detail);
}

static void
test_detail_dropped_while_asking (PeerFixture *self, gconstpointer data)
{
  GroveProcessDetail *detail = new_detail (self);
  struct json_object *request = peer_expect (self->peer, "process.get");
  g_assert_finalize_object (detail);
  peer_reply (self->peer, request, "{'name':'packer'}");
  for (int i = 0; i < 5; i++)
    peer_iterate ();
  g_assert_cmpuint (self->n_changed, ==, 0);
  g_assert_cmpint (grove_session_get_state (self->session), ==, GROVE_SESSION_LIVE);
}

static GroveMailbox *
new_mailbox (PeerFixture *self)
{
  GroveMailbox *mailbox = grove_mailbox_new (self->session, "<0.5.0>");
  g_signal_connect (mailbox, "refreshed", G_CALLBACK (peer_fixture_count), &self->n_changed);
  grove_mailbox_set_active (mailbox, TRUE);
  return mailbox;
}

/* @texts: the messages, one letter each. */
static void
fill (PeerFixture *self, int total, const char *texts)
{
  g_autoptr (GString) messages = g_string_new (NULL);
  for (int i = 0; texts[i] != '\0'; i++)
    g_string_append_printf (messages,
                            "%s{'index':%d,'from':'<0.1.0>','age_ns':%d,'size':9,"
                            "'term':{'text':'%c','size':9,'truncated':false}}",
                            i > 0 ? "," : "", i, 1000 - i, texts[i]);
  guint before = self->n_changed;
  peer_reply (self->peer, peer_expect (self->peer, "process.messages"),
              "{'total':%d,'offset':0,'messages':[%s]}", total, messages->str);
  WAIT_FOR (self->n_changed == before + 1);
}

static char *
contents (GroveMailbox *mailbox)
{
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (mailbox)); i++)
    {
      g_autoptr (GroveMailboxMessage) message = g_list_model_get_item (G_LIST_MODEL (mailbox), i);
      g_assert_cmpuint (grove_mailbox_message_get_index (message), ==, i);
      g_assert_cmpint (grove_mailbox_message_get_age_ns (message), ==, 1000 - (gint64) i);
      g_string_append (text, grove_mailbox_message_get_text (message));
    }
  return g_string_free (text, FALSE);
}

#define assert_contents(mailbox, expected)                                                         \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autofree char *contents_ = contents (mailbox);                                               \
    g_assert_cmpstr (contents_, ==, expected);                                                     \
  }                                                                                                \
  G_STMT_END

static void
take_change (GListModel *model, guint position, guint removed, guint added, GString *changes)
{
  g_string_append_printf (changes, "%u-%u+%u ", position, removed, added);
}

/* Two were taken out, two came: what stays is the same objects, and only the ends are told. */
static void
test_mailbox_drains (PeerFixture *self, gconstpointer data)
{
  g_autoptr (GString) changes = g_string_new (NULL);
  GroveMailbox *mailbox = new_mailbox (self);
  g_signal_connect (mailbox, "items-changed", G_CALLBACK (take_change), changes);
  fill (self, 500, "abcd");
  assert_contents (mailbox, "abcd");
  g_assert_cmpuint (grove_mailbox_get_total (mailbox), ==, 500);
  g_autoptr (GroveMailboxMessage) c = g_list_model_get_item (G_LIST_MODEL (mailbox), 2);
  g_assert_cmpstr (grove_mailbox_message_get_from (c), ==, "<0.1.0>");
  g_assert_cmpint (grove_mailbox_message_get_size (c), ==, 9);
  fill (self, 500, "cdef");
  assert_contents (mailbox, "cdef");
  g_autoptr (GroveMailboxMessage) first = g_list_model_get_item (G_LIST_MODEL (mailbox), 0);
  g_assert_true (first == c);
  g_assert_cmpstr (changes->str, ==, "0-0+4 0-2+0 2-0+2 ");
  /* One out of the middle, as selective receive does; then nothing is left. */
  fill (self, 3, "cef");
  assert_contents (mailbox, "cef");
  fill (self, 0, "");
  assert_contents (mailbox, "");
  g_assert_finalize_object (mailbox);
}

static void
test_mailbox_offset (PeerFixture *self, gconstpointer data)
{
  GroveMailbox       *mailbox = new_mailbox (self);
  struct json_object *first = peer_expect (self->peer, "process.messages"), *offset;
  g_object_set (mailbox, "offset", (guint64) 200, NULL);
  struct json_object *second = peer_expect (self->peer, "process.messages");
  json_object_object_get_ex (peer_params (second), "offset", &offset);
  g_assert_cmpint (json_object_get_int (offset), ==, 200);
  /* The answer for the page that was left is not shown. */
  peer_reply (self->peer, first,
              "{'total':1,'offset':0,'messages':[{'index':0,'from':'','term':{'text':'old'}}]}");
  peer_reply (self->peer, second,
              "{'total':1,'offset':0,'messages':[{'index':0,'age_ns':1000,'term':"
              "{'text':'n'}}]}");
  WAIT_FOR (self->n_changed == 1);
  assert_contents (mailbox, "n");
  g_assert_finalize_object (mailbox);
}

static void
test_mailbox_truncated (PeerFixture *self, gconstpointer data)
{
  GroveMailbox *mailbox = new_mailbox (self);
  peer_reply (self->peer, peer_expect (self->peer, "process.messages"),
              "{'total':1,'offset':0,'messages':[{'index':0,'term':{'text':'{long','truncated':true"
              "}}]}");
  WAIT_FOR (self->n_changed == 1);
  g_autoptr (GroveMailboxMessage) message = g_list_model_get_item (G_LIST_MODEL (mailbox), 0);
  g_assert_cmpstr (grove_mailbox_message_get_text (message), ==, "{long…");
  g_assert_cmpint (grove_mailbox_message_get_age_ns (message), ==, -1);
  g_assert_finalize_object (mailbox);
}

static void
test_mailbox_errors (PeerFixture *self, gconstpointer data)
{
  GroveMailbox *mailbox = new_mailbox (self);
  peer_fail (self->peer, peer_expect (self->peer, "process.messages"), -32002, "no", NULL);
  WAIT_FOR (self->n_changed == 1);
  g_assert_cmpstr (grove_mailbox_get_error (mailbox), ==,
                   "The system keeps to itself what messages and states hold");
  fill (self, 1, "a");
  g_assert_cmpstr (grove_mailbox_get_error (mailbox), ==, NULL);
  peer_fail (self->peer, peer_expect (self->peer, "process.messages"), -32003, "no", NULL);
  WAIT_FOR (self->n_changed == 3);
  g_assert_cmpstr (grove_mailbox_get_error (mailbox), ==, "The process has ended");
  assert_contents (mailbox, "a"); /* the last that was known */
  g_assert_finalize_object (mailbox);
}

static void
test_mailbox_paused (PeerFixture *self, gconstpointer data)
{
  GroveMailbox *mailbox = new_mailbox (self);
  fill (self, 1, "a");
  grove_session_set_paused (self->session, TRUE);
  json_object_put (peer_expect (self->peer, "system.unwatch"));
  g_assert_false (peer_has (self->peer, "process.messages"));
  grove_session_set_paused (self->session, FALSE);
  fill (self, 1, "b");
  assert_contents (mailbox, "b");
  g_assert_finalize_object (mailbox);
}

static void
expect_syntax (PeerFixture *self, const char *syntax)
{
  struct json_object *request = peer_expect (self->peer, "process.messages");
  struct json_object *asked = NULL;
  json_object_object_get_ex (peer_params (request), "syntax", &asked);
  g_assert_cmpstr (json_object_get_string (asked), ==, syntax);
  peer_reply (self->peer, request, "{'total':0,'offset':0,'messages':[]}");
}

static void
test_syntax (PeerFixture *self, gconstpointer data)
{
  GroveMailbox *mailbox = grove_mailbox_new (self->session, "<0.5.0>");
  g_test_summary ("Terms are asked for as they are wished to be written now, connected or not");
  g_assert_cmpstr (grove_session_get_syntax (self->session), ==, "system");
  grove_mailbox_set_active (mailbox, TRUE);
  expect_syntax (self, NULL);
  grove_session_set_syntax (self->session, "elixir");
  expect_syntax (self, "elixir");
  grove_session_set_syntax (self->session, "erlang");
  expect_syntax (self, "erlang");
  grove_session_set_syntax (self->session, "system");
  expect_syntax (self, NULL);
  g_assert_finalize_object (mailbox);
}

#define ADD(path, function)                                                                        \
  g_test_add ("/observer/" path, PeerFixture, NULL, peer_fixture_set_up, function,                 \
              peer_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("detail/members", test_detail);
  ADD ("detail/many-links", test_detail_many_links);
  ADD ("detail/another-run", test_detail_another_run);
  ADD ("detail/dropped-while-asking", test_detail_dropped_while_asking);
  ADD ("mailbox/drains", test_mailbox_drains);
  ADD ("mailbox/offset", test_mailbox_offset);
  ADD ("mailbox/truncated", test_mailbox_truncated);
  ADD ("mailbox/errors", test_mailbox_errors);
  ADD ("mailbox/paused", test_mailbox_paused);
  ADD ("session/syntax", test_syntax);
  return g_test_run ();
}
