/* SPDX-License-Identifier: MIT
 *
 * The windowed table: slots that are found, filled, moved, cleared and let go; a query changed
 * while updates of the old one are still coming; how many subscriptions, windows and slots there
 * are.
 */
#include "observer/grove-process-table.h"

#include "peer.h"

#include <string.h>

typedef struct
{
  Peer              *peer;
  GroveSession      *session;
  GroveProcessTable *table;
  GPtrArray         *held; /* what a view holds */
  guint              n_refilled;
  gboolean           moved;
  guint              n_items_changed;
} Fixture;

static void
refilled (GroveProcessTable *table, guint first, guint n, gboolean moved, Fixture *self)
{
  self->n_refilled++;
  self->moved = moved;
}

static void
items_changed (GListModel *model, guint position, guint removed, guint added, Fixture *self)
{
  self->n_items_changed++;
  /* Only ever at the tail. */
  g_assert_cmpuint (position + added, ==, g_list_model_get_n_items (model));
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->peer = peer_new ("shop");
  self->session = grove_session_new ();
  self->table = grove_process_table_new (self->session, 100);
  self->held = g_ptr_array_new_with_free_func (g_object_unref);
  g_signal_connect (self->table, "refilled", G_CALLBACK (refilled), self);
  g_signal_connect (self->table, "items-changed", G_CALLBACK (items_changed), self);
  peer_listen (self->peer);
  peer_bring_live (self->peer, self->session, "run-1");
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_ptr_array_unref (self->held);
  g_assert_finalize_object (self->table);
  g_assert_finalize_object (self->session);
  peer_free (self->peer);
}

static void
open_table (Fixture *self)
{
  grove_process_table_set_active (self->table, TRUE);
  peer_open_table (self->peer, 7);
}

/* @order: keys as JSON, or NULL for none; @rows likewise. */
static void
update (Fixture *self, int seq, int rev, int matched, const char *order, const char *rows)
{
  peer_say (self->peer,
            "{'jsonrpc':'2.0','method':'table.update','params':{'sub':7,'seq':%d,'rev':%d,'t':1,"
            "'total':1000,'matched':%d,'offset':0%s%s,'rows':%s,'skipped':0}}",
            seq, rev, matched, order != NULL ? ",'order':" : "", order != NULL ? order : "", rows);
  WAIT_FOR (peer_get_acked (self->peer, 7) == seq);
}

static void
update_three (Fixture *self, int seq, int rev)
{
  g_autofree char *a = peer_row ("<0.1.0>", "a", 10);
  g_autofree char *b = peer_row ("<0.2.0>", "b", 20);
  g_autofree char *c = peer_row ("<0.3.0>", "c", 30);
  g_autofree char *rows = g_strdup_printf ("[%s,%s,%s]", a, b, c);
  update (self, seq, rev, 3, "['<0.1.0>','<0.2.0>','<0.3.0>']", rows);
}

static GroveProcessItem *
hold (Fixture *self, guint position)
{
  GroveProcessItem *item = g_list_model_get_item (G_LIST_MODEL (self->table), position);
  g_assert_nonnull (item);
  g_ptr_array_add (self->held, item);
  return item;
}

static void
count (gpointer instance, guint *n)
{
  (*n)++;
}

static struct json_object *
param (struct json_object *request, const char *name)
{
  struct json_object *value = NULL;
  json_object_object_get_ex (peer_params (request), name, &value);
  return value;
}

static const char *
shown (GroveProcessItem *item)
{
  const GroveProcessRow *row = grove_process_item_get_row (item);
  return row != NULL ? row->name : NULL;
}

static void
test_fill (Fixture *self, gconstpointer data)
{
  gboolean loading = FALSE;
  g_object_get (self->table, "loading", &loading, NULL);
  g_assert_true (loading);
  open_table (self);
  update_three (self, 1, 0);
  g_object_get (self->table, "loading", &loading, NULL);
  g_assert_false (loading);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (self->table)), ==, 3);
  g_assert_cmpuint (grove_process_table_get_total (self->table), ==, 1000);
  g_assert_cmpuint (grove_process_table_get_matched (self->table), ==, 3);
  g_assert_null (
    grove_process_table_peek (self->table, 1)); /* nobody holds it: it does not exist */

  GroveProcessItem *item = hold (self, 1);
  g_assert_cmpstr (shown (item), ==, "b");
  g_assert_true (grove_process_table_peek (self->table, 1) == item);
  g_assert_true (g_list_model_get_item (G_LIST_MODEL (self->table), 1) == (gpointer) item);
  g_object_unref (item);
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (self->table), 3));
  const GroveProcessRow *row = grove_process_item_get_row (item);
  g_assert_cmpint (row->messages, ==, 20);
  g_assert_cmpfloat (row->messages_in_per_s, ==, 1.5);
  g_assert_cmpstr (row->initial, ==, "init/1");
  g_assert_cmpstr (row->current, ==, "await");
  g_assert_cmpint (row->state, ==, GROVE_PROCESS_WAITING);
  guint          n;
  const guint32 *history = grove_process_item_get_history (item, &n);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpuint (history[0], ==, 20);
}

/* Of a column that can hold anything, what is in sight is offered. */
static void
test_complete (Fixture *self, gconstpointer data)
{
  open_table (self);
  update_three (self, 1, 0);
  gsize start = 0;
  g_auto (GStrv) names =
    grove_table_complete_filter (GROVE_TABLE (self->table), "-name:x,", &start);
  g_assert_cmpuint (start, ==, strlen ("-name:x,"));
  g_assert_cmpuint (g_strv_length (names), ==, 3);
  g_assert_cmpstr (names[0], ==, "a");
  g_assert_cmpstr (names[2], ==, "c");
  g_auto (GStrv) some = grove_table_complete_filter (GROVE_TABLE (self->table), "app:SH", &start);
  g_assert_cmpuint (g_strv_length (some), ==, 1);
  g_assert_cmpstr (some[0], ==, "shop");
  /* Numbers are not. */
  g_auto (GStrv) none =
    grove_table_complete_filter (GROVE_TABLE (self->table), "messages>1", &start);
  g_assert_cmpuint (g_strv_length (none), ==, 0);
  /* A comma would end the value. */
  g_autofree char *odd = peer_row ("<0.1.0>", "a, b", 10);
  g_autofree char *rows = g_strdup_printf ("[%s]", odd);
  update (self, 2, 0, 3, NULL, rows);
  g_auto (GStrv) quoted = grove_table_complete_filter (GROVE_TABLE (self->table), "name:a", &start);
  g_assert_cmpstr (quoted[0], ==, "\"a, b\"");
}

/* What the system kept of a minute is there at once, whoever saw it. */
static void
test_history (Fixture *self, gconstpointer data)
{
  open_table (self);
  GroveProcessItem *item;
  guint             n;
  update_three (self, 1, 0);
  item = hold (self, 1);
  gint64 t_ns = grove_session_now_ns (self->session) / 1000000000 * 1000000000;
  peer_say (self->peer,
            "{'jsonrpc':'2.0','method':'table.update','params':{'sub':7,'seq':2,'rev':0,'t':1,"
            "'total':1000,'matched':3,'offset':0,'rows':[],"
            "'history':{'t':%" G_GINT64_FORMAT ",'rows':[['<0.2.0>',[3,1,4,1,5,null,9.0]]]},"
            "'skipped':0}}",
            t_ns);
  WAIT_FOR (peer_get_acked (self->peer, 7) == 2);
  const guint32 *history = grove_process_item_get_history (item, &n);
  /* And what it holds now, in this second or the next ones. */
  g_assert_cmpuint (n, >=, 7);
  g_assert_cmpuint (history[0], ==, 3);
  g_assert_cmpuint (history[4], ==, 5);
  g_assert_cmpuint (history[5], ==, 0);
  g_assert_cmpuint (history[n - 1], ==, 20);
  g_assert_cmpint (grove_process_item_get_history_end_s (item), >=, t_ns / 1000000000);
}

static void
test_delta (Fixture *self, gconstpointer data)
{
  guint n[3] = { 0 };
  open_table (self);
  update_three (self, 1, 0);
  for (guint i = 0; i < 3; i++)
    g_signal_connect (hold (self, i), "changed", G_CALLBACK (count), &n[i]);
  guint            before = self->n_items_changed;
  g_autofree char *b = peer_row ("<0.2.0>", "b", 21);
  g_autofree char *rows = g_strdup_printf ("[%s]", b);
  update (self, 2, 0, 3, NULL, rows);
  g_assert_cmpuint (n[0], ==, 0);
  g_assert_cmpuint (n[1], ==, 1);
  g_assert_cmpuint (n[2], ==, 0);
  g_assert_false (self->moved);
  g_assert_cmpuint (self->n_items_changed, ==, before);
}

static void
test_reorder (Fixture *self, gconstpointer data)
{
  guint position;
  open_table (self);
  update_three (self, 1, 0);
  GroveProcessItem *first = hold (self, 0), *last = hold (self, 2);
  g_assert_true (grove_process_table_find (self->table, "<0.3.0>", &position) == last);
  g_assert_cmpuint (position, ==, 2);
  /* Only the order travels; the slots stay and show others. */
  update (self, 2, 0, 3, "['<0.3.0>','<0.2.0>','<0.1.0>']", "[]");
  g_assert_true (self->moved);
  g_assert_cmpstr (shown (first), ==, "c");
  g_assert_cmpstr (shown (last), ==, "a");
  g_assert_true (grove_process_table_find (self->table, "<0.3.0>", &position) == first);
  g_assert_cmpuint (position, ==, 0);
  g_assert_null (grove_process_table_find (self->table, "<0.2.0>", &position));
  g_assert_cmpuint (position, ==, G_MAXUINT);
}

static void
test_shrink (Fixture *self, gconstpointer data)
{
  open_table (self);
  update_three (self, 1, 0);
  update (self, 2, 0, 1, "['<0.2.0>']", "[]");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (self->table)), ==, 1);
  g_assert_cmpstr (shown (hold (self, 0)), ==, "b");
}

static void
test_slots_are_let_go (Fixture *self, gconstpointer data)
{
  open_table (self);
  update (self, 1, 0, 100000, "[]", "[]");
  for (guint i = 0; i < 100000; i++)
    g_object_unref (g_list_model_get_item (G_LIST_MODEL (self->table), i));
  GroveProcessItem *kept = hold (self, 5);
  gpointer          watched = g_list_model_get_item (G_LIST_MODEL (self->table), 6);
  g_object_add_weak_pointer (watched, &watched);
  g_object_unref (watched);
  g_assert_null (watched);
  g_assert_null (grove_process_item_get_row (kept)); /* not loaded */
  g_assert_null (grove_process_table_peek (self->table, 5));
}

/* A slot that outlives its table is only a row that nobody rewrites. */
static void
test_slot_outlives_table (Fixture *self, gconstpointer data)
{
  open_table (self);
  update_three (self, 1, 0);
  GroveProcessItem *item = hold (self, 0);
  g_assert_finalize_object (self->table);
  g_assert_cmpstr (shown (item), ==, "a");
  json_object_put (peer_expect (self->peer, "table.close"));
  self->table = grove_process_table_new (self->session, 100);
}

static void
assert_window (Fixture *self, gint64 offset, gint64 limit, int rev)
{
  struct json_object *request = peer_expect (self->peer, "table.set"), *value;
  json_object_object_get_ex (param (request, "window"), "offset", &value);
  g_assert_cmpint (json_object_get_int64 (value), ==, offset);
  json_object_object_get_ex (param (request, "window"), "limit", &value);
  g_assert_cmpint (json_object_get_int64 (value), ==, limit);
  g_assert_null (param (request, "sort"));
  peer_reply (self->peer, request, "{'rev':%d}", rev);
}

static void
test_viewport (Fixture *self, gconstpointer data)
{
  open_table (self);
  update (self, 1, 0, 1000000, "[]", "[]");
  /* A hundred scrolls in one turn are one request, for where they ended. */
  for (guint i = 1; i <= 100; i++)
    grove_process_table_set_viewport (self->table, i * 5000, 60);
  assert_window (self, 500000 - 16, 60 + 32, 1);
  /* While that was under way nothing was asked; a little further on is inside it. */
  grove_process_table_set_viewport (self->table, 500003, 60);
  grove_process_table_set_viewport (self->table, 500005, 60);
  for (int i = 0; i < 5; i++)
    peer_iterate ();
  g_assert_false (peer_has (self->peer, "table.set"));
  grove_process_table_set_viewport (self->table, 500015, 60);
  assert_window (self, 500015 - 16, 60 + 32, 2);
  /* No view makes it ask for more than the protocol allows. */
  grove_process_table_set_viewport (self->table, 700000, 100000);
  assert_window (self, 700000 - 16, 512, 3);
}

/* Updates of the old window are right where they say they are, and shown. */
static void
test_scrolling_shows_old_window (Fixture *self, gconstpointer data)
{
  open_table (self);
  update_three (self, 1, 0);
  GroveProcessItem *item = hold (self, 0);
  grove_process_table_set_viewport (self->table, 2000, 60);
  struct json_object *request = peer_expect (self->peer, "table.set");
  g_autofree char    *a = peer_row ("<0.1.0>", "a2", 11);
  g_autofree char    *rows = g_strdup_printf ("[%s]", a);
  update (self, 2, 0, 3, NULL, rows);
  g_assert_cmpstr (shown (item), ==, "a2");
  peer_reply (self->peer, request, "{'rev':1}");
}

static void
test_sort (Fixture *self, gconstpointer data)
{
  open_table (self);
  update_three (self, 1, 0);
  GroveProcessItem *first = hold (self, 0);
  grove_process_table_set_sort (self->table, "messages", TRUE);
  struct json_object *request = peer_expect (self->peer, "table.set");
  g_assert_cmpstr (json_object_to_json_string_ext (param (request, "sort"), 0), ==,
                   "[[\"messages\",\"desc\"]]");
  /* Of the old query: taken in, for the rows may not come again, but not shown. */
  g_autofree char *d = peer_row ("<0.4.0>", "d", 40);
  g_autofree char *rows = g_strdup_printf ("[%s]", d);
  update (self, 2, 0, 4, "['<0.4.0>','<0.1.0>','<0.2.0>','<0.3.0>']", rows);
  g_assert_cmpstr (shown (first), ==, "a");
  g_assert_cmpuint (grove_process_table_get_matched (self->table), ==, 3);
  peer_reply (self->peer, request, "{'rev':1}");
  update (self, 3, 1, 4, "['<0.4.0>','<0.3.0>','<0.2.0>','<0.1.0>']", "[]");
  g_assert_cmpstr (shown (first), ==, "d");
  g_assert_cmpuint (grove_process_table_get_matched (self->table), ==, 4);

  grove_process_table_set_sort (self->table, "nonsense", TRUE);
  request = peer_expect (self->peer, "table.set");
  g_assert_cmpstr (json_object_to_json_string_ext (param (request, "sort"), 0), ==,
                   "[[\"pid\",\"asc\"]]");
  json_object_put (request);
}

/* Slots outside the window show rows of the old query until told otherwise. */
static void
test_strangers (Fixture *self, gconstpointer data)
{
  open_table (self);
  update_three (self, 1, 0);
  GroveProcessItem *first = hold (self, 0), *last = hold (self, 2);
  grove_process_table_set_filter (self->table, "name~b");
  peer_reply (self->peer, peer_expect (self->peer, "table.set"), "{'rev':1}");
  update (self, 2, 1, 3, "['<0.2.0>']", "[]");
  g_assert_cmpstr (shown (first), ==, "b");
  g_assert_null (shown (last));
}

static void
test_filter (Fixture *self, gconstpointer data)
{
  grove_process_table_set_filter (self->table, "messages>5");
  grove_process_table_set_active (self->table, TRUE);
  struct json_object *request = peer_expect (self->peer, "table.open");
  g_assert_cmpstr (json_object_to_json_string_ext (param (request, "filter"), 0), ==,
                   "[\"gt\",\"messages\",5]");
  g_autofree char *columns = g_strdup (json_object_to_json_string (param (request, "columns")));
  peer_reply (self->peer, request, "{'sub':7,'columns':%s,'total':0,'matched':0}", columns);
  update_three (self, 1, 0);

  /* An invalid one leaves the last valid in force. */
  grove_process_table_set_filter (self->table, "messages>many");
  g_autofree char *error = NULL;
  g_object_get (self->table, "filter-error", &error, NULL);
  g_assert_nonnull (strstr (error, "many"));
  for (int i = 0; i < 5; i++)
    peer_iterate ();
  g_assert_false (peer_has (self->peer, "table.set"));

  /* The same in other words is no change; none is. */
  grove_process_table_set_filter (self->table, " messages>5 ");
  grove_process_table_set_filter (self->table, "");
  request = peer_expect (self->peer, "table.set");
  struct json_object *filter;
  g_assert_true (json_object_object_get_ex (peer_params (request), "filter", &filter));
  g_assert_null (filter);
  g_autofree char *no_error = NULL;
  g_object_get (self->table, "filter-error", &no_error, NULL);
  g_assert_cmpstr (no_error, ==, NULL);
  json_object_put (request);
}

static gboolean
asks_for (struct json_object *request, const char *column)
{
  struct json_object *columns = param (request, "columns");
  for (gsize i = 0; i < json_object_array_length (columns); i++)
    if (strcmp (json_object_get_string (json_object_array_get_idx (columns, i)), column) == 0)
      return TRUE;
  return FALSE;
}

/* A system of the first version does not know the current function: it is not asked for, nor sorted
 * by, and all else is as it was. The same system, replaced by a later version, is asked. */
static void
test_early_version (Fixture *self, gconstpointer data)
{
  g_assert_true (grove_session_has_column (self->session, "current"));
  g_assert_false (grove_session_has_column (self->session, "shoe_size"));
  grove_process_table_set_sort (self->table, "current", TRUE);
  open_table (self);
  update_three (self, 1, 0);
  g_assert_cmpstr (grove_process_item_get_row (hold (self, 0))->current, ==, "await");

  peer_set_early (self->peer, TRUE);
  peer_hang_up (self->peer);
  WAIT_FOR (grove_session_get_state (self->session) == GROVE_SESSION_LOST);
  peer_bring_live (self->peer, self->session, "run-2");
  g_assert_false (grove_session_has_column (self->session, "current"));
  g_assert_true (grove_session_has_column (self->session, "initial"));
  struct json_object *request = peer_expect (self->peer, "table.open");
  g_assert_false (asks_for (request, "current"));
  g_assert_true (asks_for (request, "initial"));
  g_assert_cmpstr (json_object_to_json_string_ext (param (request, "sort"), 0), ==,
                   "[[\"pid\",\"asc\"]]");
  g_autofree char *columns = g_strdup (json_object_to_json_string (param (request, "columns")));
  peer_reply (self->peer, request, "{'sub':7,'columns':%s,'total':0,'matched':0}", columns);
  update (self, 1, 0, 1, "['<0.9.0>']",
          "[['<0.9.0>','z','waiting',1,1.5,10,100,2.5,1000,500,100,'normal','init/1','till','',0,5,"
          "0,1,false,false]]");
  const GroveProcessRow *row = grove_process_item_get_row (hold (self, 0));
  g_assert_cmpstr (row->initial, ==, "init/1");
  g_assert_cmpstr (row->current, ==, "");
  g_assert_cmpstr (row->app, ==, "till");

  peer_set_early (self->peer, FALSE);
  peer_hang_up (self->peer);
  WAIT_FOR (grove_session_get_state (self->session) == GROVE_SESSION_LOST);
  peer_bring_live (self->peer, self->session, "run-3");
  request = peer_expect (self->peer, "table.open");
  g_assert_true (asks_for (request, "current"));
  g_assert_cmpstr (json_object_to_json_string_ext (param (request, "sort"), 0), ==,
                   "[[\"current\",\"desc\"]]");
  json_object_put (request);
}

static void
test_filter_refused (Fixture *self, gconstpointer data)
{
  grove_process_table_set_filter (self->table, "messages>5");
  grove_process_table_set_active (self->table, TRUE);
  peer_fail (self->peer, peer_expect (self->peer, "table.open"), -32602, "filter: not today", NULL);
  struct json_object *request = peer_expect (self->peer, "table.open");
  g_assert_null (param (request, "filter"));
  json_object_put (request);
  g_autofree char *error = NULL;
  g_object_get (self->table, "filter-error", &error, NULL);
  g_assert_cmpstr (error, ==, "filter: not today");
}

static void
assert_frozen (Fixture *self, gboolean frozen, int rev)
{
  struct json_object *request = peer_expect (self->peer, "table.set");
  g_assert_true (json_object_is_type (param (request, "frozen"), json_type_boolean));
  g_assert_cmpint (json_object_get_boolean (param (request, "frozen")), ==, frozen);
  peer_reply (self->peer, request, "{'rev':%d}", rev);
}

static void
test_frozen (Fixture *self, gconstpointer data)
{
  open_table (self);
  update_three (self, 1, 0);
  g_object_set (self->table, "frozen", TRUE, NULL);
  assert_frozen (self, TRUE, 1);
  /* Scrolling needs rows: it is thawed for as long as it takes to get them. */
  grove_process_table_set_viewport (self->table, 5000, 60);
  assert_frozen (self, FALSE, 2);
  update (self, 2, 2, 3, "[]", "[]");
  assert_frozen (self, TRUE, 3);
  g_object_set (self->table, "frozen", FALSE, NULL);
  assert_frozen (self, FALSE, 4);
}

static void
test_inactive (Fixture *self, gconstpointer data)
{
  open_table (self);
  update_three (self, 1, 0);
  GroveProcessItem *item = hold (self, 0);
  grove_process_table_set_active (self->table, FALSE);
  json_object_put (peer_expect (self->peer, "table.close"));
  g_assert_cmpstr (shown (item), ==, "a");
  /* What was on its way is neither shown nor acknowledged. */
  g_autofree char *a = peer_row ("<0.1.0>", "late", 10);
  peer_say (self->peer,
            "{'jsonrpc':'2.0','method':'table.update','params':{'sub':7,'seq':2,'rev':0,'t':1,"
            "'total':1,'matched':1,'offset':0,'rows':[%s],'skipped':0}}",
            a);
  grove_process_table_set_active (self->table, TRUE);
  peer_open_table (self->peer, 8);
  g_assert_cmpint (peer_get_acked (self->peer, 7), ==, 1);
  g_assert_cmpstr (shown (item), ==, "a");
}

static void
test_lost_keeps_rows (Fixture *self, gconstpointer data)
{
  open_table (self);
  update_three (self, 1, 0);
  GroveProcessItem *item = hold (self, 0);
  peer_hang_up (self->peer);
  WAIT_FOR (grove_session_get_state (self->session) == GROVE_SESSION_LOST);
  g_assert_cmpstr (shown (item), ==, "a");
  peer_forget (self->peer);
  peer_bring_live (self->peer, self->session, "run-1");
  g_assert_cmpstr (shown (item), ==, "a");
  peer_open_table (self->peer, 7);
  g_autofree char *b = peer_row ("<0.2.0>", "b", 20);
  g_autofree char *rows = g_strdup_printf ("[%s]", b);
  update (self, 1, 0, 1, "['<0.2.0>']", rows);
  g_assert_cmpstr (shown (item), ==, "b");
}

static void
test_reset_forgets_rows (Fixture *self, gconstpointer data)
{
  gboolean loading = FALSE;
  open_table (self);
  update_three (self, 1, 0);
  GroveProcessItem *item = hold (self, 0);
  peer_hang_up (self->peer);
  WAIT_FOR (grove_session_get_state (self->session) == GROVE_SESSION_LOST);
  peer_forget (self->peer);
  peer_bring_live (self->peer, self->session, "run-2");
  g_assert_null (shown (item));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (self->table)), ==, 0);
  g_object_get (self->table, "loading", &loading, NULL);
  g_assert_true (loading);
}

/* Whoever is told may let go of the table itself. */
static void
drop_table (GroveProcessItem *item, Fixture *self)
{
  g_clear_object (&self->table);
}

static void
test_dropped_by_a_handler (Fixture *self, gconstpointer data)
{
  open_table (self);
  update_three (self, 1, 0);
  g_signal_connect (hold (self, 0), "changed", G_CALLBACK (drop_table), self);
  g_autofree char *a = peer_row ("<0.1.0>", "a2", 10);
  peer_say (self->peer,
            "{'jsonrpc':'2.0','method':'table.update','params':{'sub':7,'seq':2,'rev':0,'t':1,"
            "'total':3,'matched':3,'offset':0,'rows':[%s],'skipped':0}}",
            a);
  json_object_put (peer_expect (self->peer, "table.close"));
  g_assert_null (self->table);
  g_assert_cmpint (grove_session_get_state (self->session), ==, GROVE_SESSION_LIVE);
  self->table = grove_process_table_new (self->session, 100);
}

static void
test_closed_while_opening (Fixture *self, gconstpointer data)
{
  grove_process_table_set_active (self->table, TRUE);
  WAIT_FOR (peer_has (self->peer, "table.open"));
  g_assert_finalize_object (self->table);
  self->table = grove_process_table_new (self->session, 100);
  peer_open_table (self->peer, 7);
  struct json_object *request = peer_expect (self->peer, "table.close");
  g_assert_cmpint (json_object_get_int (param (request, "sub")), ==, 7);
  json_object_put (request);
}

static gint64
expect_interval (Fixture *self, const char *method)
{
  struct json_object *request = peer_expect (self->peer, method);
  gint64              interval_ms = json_object_get_int64 (param (request, "interval_ms"));
  json_object_put (request);
  return interval_ms;
}

static guint
slowed_ms (Fixture *self)
{
  guint slowed_ms = 0;
  g_object_get (self->session, "slowed-ms", &slowed_ms, NULL);
  return slowed_ms;
}

static void
test_slowed (Fixture *self, gconstpointer data)
{
  g_test_summary ("That a system spares itself is known while it does");
  open_table (self);
  update_three (self, 1, 0);
  g_assert_cmpuint (slowed_ms (self), ==, 0);
  peer_say (self->peer,
            "{'jsonrpc':'2.0','method':'table.update','params':{'sub':7,'seq':2,'rev':0,'t':1,"
            "'total':3,'matched':3,'offset':0,'rows':[],'skipped':0,'interval_ms':750}}");
  WAIT_FOR (slowed_ms (self) == 750);
  peer_say (self->peer,
            "{'jsonrpc':'2.0','method':'table.update','params':{'sub':7,'seq':3,'rev':0,'t':1,"
            "'total':3,'matched':3,'offset':0,'rows':[],'skipped':0}}");
  WAIT_FOR (slowed_ms (self) == 0);
}

static void
test_pace (Fixture *self, gconstpointer data)
{
  g_test_summary ("A slower pace wished of the session reaches what is open, what is opened later "
                  "and what is being opened, but not the samples; a faster one is each view's own");
  open_table (self);
  update_three (self, 1, 0);
  peer_forget (self->peer);
  grove_session_set_min_interval_ms (self->session, 1000);
  json_object_put (peer_expect (self->peer, "table.close"));
  g_assert_cmpint (expect_interval (self, "table.open"), ==, 1000);
  g_assert_false (peer_has (self->peer, "system.unwatch"));
  grove_process_table_set_active (self->table, FALSE);

  /* One that is still being opened when the pace changes is opened anew. */
  g_autoptr (GroveProcessTable) late = grove_process_table_new (self->session, 100);
  grove_process_table_set_active (late, TRUE);
  struct json_object *request = peer_expect (self->peer, "table.open");
  g_assert_cmpint (json_object_get_int64 (param (request, "interval_ms")), ==, 1000);
  grove_session_set_min_interval_ms (self->session, 50);
  peer_reply (self->peer, request, "{'sub':9,'columns':['pid'],'total':0,'matched':0}");
  json_object_put (peer_expect (self->peer, "table.close"));
  g_assert_cmpint (expect_interval (self, "table.open"), ==, 100);
}

#define ADD(path, function)                                                                        \
  g_test_add ("/observer/table/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("fill", test_fill);
  ADD ("delta", test_delta);
  ADD ("reorder", test_reorder);
  ADD ("shrink", test_shrink);
  ADD ("slots-are-let-go", test_slots_are_let_go);
  ADD ("slot-outlives-table", test_slot_outlives_table);
  ADD ("viewport", test_viewport);
  ADD ("complete", test_complete);
  ADD ("history", test_history);
  ADD ("scrolling-shows-old-window", test_scrolling_shows_old_window);
  ADD ("sort", test_sort);
  ADD ("strangers", test_strangers);
  ADD ("filter", test_filter);
  ADD ("early-version", test_early_version);
  ADD ("filter-refused", test_filter_refused);
  ADD ("frozen", test_frozen);
  ADD ("inactive", test_inactive);
  ADD ("lost-keeps-rows", test_lost_keeps_rows);
  ADD ("reset-forgets-rows", test_reset_forgets_rows);
  ADD ("dropped-by-a-handler", test_dropped_by_a_handler);
  ADD ("closed-while-opening", test_closed_while_opening);
  ADD ("pace", test_pace);
  ADD ("slowed", test_slowed);
  return g_test_run ();
}
