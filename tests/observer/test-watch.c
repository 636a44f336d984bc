/* SPDX-License-Identifier: MIT
 *
 * Watching processes by pid: the filter asked for, who has ended, a set that changes while answers
 * are under way.
 */
#include "observer/grove-process-watch.h"

#include "peer.h"

#include <string.h>

typedef struct
{
  Peer              *peer;
  GroveSession      *session;
  GroveProcessWatch *watch;
  guint              n_changed;
} Fixture;

static void
changed (GroveProcessWatch *watch, Fixture *self)
{
  self->n_changed++;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->peer = peer_new ("shop");
  self->session = grove_session_new ();
  self->watch = grove_process_watch_new (self->session, 250);
  g_signal_connect (self->watch, "changed", G_CALLBACK (changed), self);
  grove_process_watch_set_active (self->watch, TRUE);
  peer_listen (self->peer);
  peer_bring_live (self->peer, self->session, "run-1");
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_assert_finalize_object (self->watch);
  g_assert_finalize_object (self->session);
  peer_free (self->peer);
}

static void
update (Fixture *self, int seq, int rev, const char *order, const char *rows)
{
  peer_say (self->peer,
            "{'jsonrpc':'2.0','method':'table.update','params':{'sub':7,'seq':%d,'rev':%d,'t':1,"
            "'total':9,'matched':2,'offset':0,'order':%s,'rows':%s,'skipped':0}}",
            seq, rev, order, rows);
  WAIT_FOR (peer_get_acked (self->peer, 7) == seq);
}

static GroveProcessState
state_of (Fixture *self, const char *pid)
{
  const GroveProcessRow *row =
    grove_process_item_get_row (grove_process_watch_get (self->watch, pid));
  g_assert_nonnull (row);
  return row->state;
}

static void
test_values (Fixture *self, gconstpointer data)
{
  const char *pids[] = { "<0.1.0>", "<0.2.0>", "<0.1.0>", "", NULL };
  for (int i = 0; i < 3; i++)
    peer_iterate ();
  g_assert_false (peer_has (self->peer, "table.open")); /* nobody to watch yet */
  grove_process_watch_set_pids (self->watch, pids, G_N_ELEMENTS (pids));
  peer_open_table (self->peer, 7);
  GroveProcessItem *one = grove_process_watch_get (self->watch, "<0.1.0>");
  g_assert_null (grove_process_item_get_row (one));
  g_assert_null (grove_process_watch_get (self->watch, "<0.3.0>"));

  g_autofree char *row = peer_row ("<0.1.0>", "a", 5);
  g_autofree char *rows = g_strdup_printf ("[%s]", row);
  update (self, 1, 0, "['<0.1.0>']", rows);
  g_assert_cmpuint (self->n_changed, ==, 1);
  g_assert_true (grove_process_watch_get (self->watch, "<0.1.0>") == one);
  g_assert_cmpint (state_of (self, "<0.1.0>"), ==, GROVE_PROCESS_WAITING);
  /* Asked for, and not in the answer. */
  g_assert_cmpint (state_of (self, "<0.2.0>"), ==, GROVE_PROCESS_GONE);

  update (self, 2, 0, "[]", "[]");
  g_assert_cmpint (state_of (self, "<0.1.0>"), ==, GROVE_PROCESS_GONE);
  g_assert_cmpint (grove_process_item_get_row (one)->messages, ==, 5);
  g_assert_cmpint (grove_process_item_get_gone_us (one), >, 0);
  g_assert_cmpuint (self->n_changed, ==, 2);
  update (self, 3, 0, "[]", "[]");
  g_assert_cmpuint (self->n_changed, ==, 2);
}

static void
test_set_changes (Fixture *self, gconstpointer data)
{
  const char *before[] = { "<0.1.0>" };
  const char *after[] = { "<0.1.0>", "<0.2.0>" };
  grove_process_watch_set_pids (self->watch, before, 1);
  peer_open_table (self->peer, 7);
  g_autofree char *a = peer_row ("<0.1.0>", "a", 5);
  g_autofree char *rows = g_strdup_printf ("[%s]", a);
  update (self, 1, 0, "['<0.1.0>']", rows);
  GroveProcessItem *one = grove_process_watch_get (self->watch, "<0.1.0>");

  grove_process_watch_set_pids (self->watch, after, 2);
  struct json_object *request = peer_expect (self->peer, "table.set");
  /* An answer to the old question says nothing of the new pid. */
  update (self, 2, 0, "['<0.1.0>']", "[]");
  g_assert_null (grove_process_item_get_row (grove_process_watch_get (self->watch, "<0.2.0>")));
  peer_reply (self->peer, request, "{'rev':1}");
  g_autofree char *b = peer_row ("<0.2.0>", "b", 6);
  g_autofree char *more = g_strdup_printf ("[%s]", b);
  update (self, 3, 1, "['<0.1.0>','<0.2.0>']", more);
  g_assert_cmpint (state_of (self, "<0.2.0>"), ==, GROVE_PROCESS_WAITING);
  g_assert_true (grove_process_watch_get (self->watch, "<0.1.0>") == one);

  grove_process_watch_set_pids (self->watch, NULL, 0);
  json_object_put (peer_expect (self->peer, "table.close"));
  g_assert_null (grove_process_watch_get (self->watch, "<0.1.0>"));
}

/* Never more than 400, in one `in`, which a system answers without a scan. */
static void
test_bounded (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) pids = g_ptr_array_new_with_free_func (g_free);
  for (int i = 0; i < 1000; i++)
    g_ptr_array_add (pids, g_strdup_printf ("<0.%d.0>", i));
  grove_process_watch_set_pids (self->watch, (const char *const *) pids->pdata, pids->len);
  g_assert_nonnull (grove_process_watch_get (self->watch, "<0.399.0>"));
  g_assert_null (grove_process_watch_get (self->watch, "<0.400.0>"));

  struct json_object *request = peer_expect (self->peer, "table.open"), *filter;
  json_object_object_get_ex (peer_params (request), "filter", &filter);
  g_assert_cmpstr (json_object_get_string (json_object_array_get_idx (filter, 0)), ==, "in");
  g_assert_cmpuint (json_object_array_length (json_object_array_get_idx (filter, 2)), ==, 400);
  json_object_put (request);
}

static void
test_another_run (Fixture *self, gconstpointer data)
{
  const char *pids[] = { "<0.1.0>" };
  grove_process_watch_set_pids (self->watch, pids, 1);
  peer_open_table (self->peer, 7);
  g_autofree char *a = peer_row ("<0.1.0>", "a", 5);
  g_autofree char *rows = g_strdup_printf ("[%s]", a);
  update (self, 1, 0, "['<0.1.0>']", rows);
  peer_hang_up (self->peer);
  WAIT_FOR (grove_session_get_state (self->session) == GROVE_SESSION_LOST);
  g_assert_cmpint (state_of (self, "<0.1.0>"), ==, GROVE_PROCESS_WAITING);
  peer_forget (self->peer);
  peer_bring_live (self->peer, self->session, "run-2");
  g_assert_cmpint (state_of (self, "<0.1.0>"), ==, GROVE_PROCESS_GONE);
}

#define ADD(path, function)                                                                        \
  g_test_add ("/observer/watch/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("values", test_values);
  ADD ("set-changes", test_set_changes);
  ADD ("bounded", test_bounded);
  ADD ("another-run", test_another_run);
  return g_test_run ();
}
