/* SPDX-License-Identifier: MIT
 *
 * Tables of any kind: what a system declares of them, how their rows are read and said, and ranges
 * of those that are numbered.
 */
#include "observer/grove-rows.h"

#include "peer.h"

#include <string.h>

typedef struct
{
  Peer         *peer;
  GroveSession *session;
  GroveRows    *rows;
  guint         n_columns_changed;
} Fixture;

static void
count (gpointer instance, guint *n)
{
  (*n)++;
}

static void
set_up (Fixture *self, gconstpointer table)
{
  self->peer = peer_new ("shop");
  self->session = grove_session_new ();
  self->rows = grove_rows_new (self->session, table, NULL, 100);
  g_signal_connect (self->rows, "columns-changed", G_CALLBACK (count), &self->n_columns_changed);
  grove_table_set_active (GROVE_TABLE (self->rows), TRUE);
  peer_listen (self->peer);
  peer_bring_live (self->peer, self->session, "run-1");
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  if (self->rows != NULL)
    g_assert_finalize_object (self->rows);
  g_assert_finalize_object (self->session);
  peer_free (self->peer);
}

static void
update (Fixture *self, int seq, int rev, const char *order, const char *rows)
{
  peer_say (self->peer,
            "{'jsonrpc':'2.0','method':'table.update','params':{'sub':7,'seq':%d,'rev':%d,'t':1,"
            "'total':5,'matched':2,'offset':0,'lost':3,'order':%s,'rows':%s,'skipped':0}}",
            seq, rev, order, rows);
  WAIT_FOR (peer_get_acked (self->peer, 7) == seq);
}

static void
assert_param (struct json_object *request, const char *name, const char *expected)
{
  struct json_object *value = NULL;
  g_autofree char    *text = g_strdelimit (g_strdup (expected), "'", '"');
  json_object_object_get_ex (peer_params (request), name, &value);
  g_assert_cmpstr (json_object_to_json_string_ext (value, JSON_C_TO_STRING_PLAIN), ==, text);
}

static void
assert_said (GroveRow *row, guint column, const char *expected)
{
  g_autofree char *said = grove_row_say (row, column);
  g_assert_cmpstr (said, ==, expected);
}

static void
test_declared (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char   *name, *title;
    GroveCellKind kind;
    gboolean      numeric;
  } expected[] = {
    { "shoe", "Shoe", GROVE_CELL_TEXT, FALSE },
    { "size", "Size", GROVE_CELL_BYTES, TRUE },
    { "worn_ns", "Worn", GROVE_CELL_DURATION, TRUE },
    { "steps/s", "Steps/s", GROVE_CELL_RATE, TRUE },
    { "left", "Left", GROVE_CELL_BOOLEAN, FALSE },
    { "lace_colour", "Lace colour", GROVE_CELL_TEXT, FALSE },
  };
  guint                 n;
  const GroveRowColumn *columns = grove_rows_get_columns (self->rows, &n);
  g_assert_cmpuint (self->n_columns_changed, ==, 1);
  g_assert_true (grove_rows_is_available (self->rows));
  g_assert_false (grove_rows_is_numbered (self->rows));
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < n; i++)
    {
      g_assert_cmpstr (columns[i].name, ==, expected[i].name);
      g_assert_cmpstr (columns[i].title, ==, expected[i].title);
      g_assert_cmpint (columns[i].kind, ==, expected[i].kind);
      g_assert_cmpint (columns[i].numeric, ==, expected[i].numeric);
      g_assert_cmpuint (grove_rows_find_column (self->rows, columns[i].name), ==, i);
    }
  struct json_object *request = peer_expect (self->peer, "table.open");
  assert_param (request, "table", "'shoes'");
  assert_param (request, "columns", "['shoe','size','worn_ns','steps\\/s','left','lace_colour']");
  assert_param (request, "sort", "[['shoe','asc']]");
  json_object_put (request);
  g_auto (GStrv) tables = grove_rows_list_tables (self->session);
  g_assert_true (g_strv_contains ((const char *const *) tables, "shoes"));
  g_assert_true (g_strv_contains ((const char *const *) tables, "log"));
}

static void
test_rows (Fixture *self, gconstpointer data)
{
  guint   n_changed = 0, position;
  guint64 lost = 0;
  peer_open_table (self->peer, 7);
  update (self, 1, 0, "['pump','boot']",
          "[['pump',2048,1500000000,2.5,true,'red'],['boot',null,null,null,null,null]]");
  g_object_get (self->rows, "lost", &lost, NULL);
  g_assert_cmpuint (lost, ==, 3);
  g_assert_cmpuint (grove_table_get_total (GROVE_TABLE (self->rows)), ==, 5);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (self->rows)), ==, 2);
  g_autoptr (GroveRow) pump = g_list_model_get_item (G_LIST_MODEL (self->rows), 0);
  g_autoptr (GroveRow) boot = g_list_model_get_item (G_LIST_MODEL (self->rows), 1);
  g_assert_cmpstr (grove_row_get_key (pump), ==, "pump");
  g_assert_cmpint (grove_row_get_int (pump, "size"), ==, 2048);
  g_assert_cmpfloat (grove_row_get_real (pump, "steps/s"), ==, 2.5);
  g_assert_true (grove_row_get_boolean (pump, "left"));
  g_assert_cmpstr (grove_row_get_text (pump, "lace_colour"), ==, "red");
  g_assert_cmpstr (grove_row_get_text (pump, "heel"), ==, "");
  assert_said (pump, 1, "2.0\u202fKiB");
  assert_said (pump, 2, "1.5 s");
  assert_said (pump, 3, "2.5");
  assert_said (pump, 4, "Yes");
  assert_said (pump, 99, "");
  for (guint i = 1; i < 6; i++)
    assert_said (boot, i, "");
  /* What a later version sends in a column of a type of its own is text; lines are one line. */
  g_signal_connect (pump, "changed", G_CALLBACK (count), &n_changed);
  update (self, 2, 0, "['boot','pump']", "[['pump',2048,1500000000,2.5,true,['a\\n','b']]]");
  g_assert_cmpstr (grove_row_get_key (pump), ==, "boot");
  g_assert_cmpuint (n_changed, ==, 1);
  g_assert_true (grove_rows_find (self->rows, "pump", &position) == boot);
  g_assert_cmpuint (position, ==, 1);
  assert_said (boot, 5, "[ \"a\\n\", \"b\" ]");
}

static void
test_said_on_one_line (Fixture *self, gconstpointer data)
{
  peer_open_table (self->peer, 7);
  update (self, 1, 0, "['7']", "[[7,1500000000,'warning','','two\\nlines']]");
  g_autoptr (GroveRow) row = g_list_model_get_item (G_LIST_MODEL (self->rows), 0);
  g_assert_cmpstr (grove_row_get_key (row), ==, "7"); /* a number in the row, a text in the order */
  assert_said (row, 0, "7");
  assert_said (row, 2, "Warning");
  assert_said (row, 4, "two lines");
  g_autofree char *raw = grove_row_dup_raw (row, 4);
  g_assert_cmpstr (raw, ==, "two\nlines");
  /* The greeting says that 1,000,000,000 was at 1790000000000. */
  g_assert_cmpint (grove_session_get_utc_us (self->session, 1500000000), ==,
                   1790000000000000 + 500000);
  g_autofree char *at = grove_row_say (row, 1);
  g_assert_nonnull (strstr (at, ":20.500"));
}

static void
test_range (Fixture *self, gconstpointer data)
{
  struct json_object *request = peer_expect (self->peer, "table.open");
  g_assert_true (grove_rows_is_numbered (self->rows));
  assert_param (request, "sort", "[['seq','desc']]");
  assert_param (request, "filter", "null");
  peer_reply (self->peer, request,
              "{'sub':7,'columns':['seq','at_ns','level','pid','text'],'total':0,'matched':0}");
  update (self, 1, 0, "['7']", "[[7,1,'info','','x']]");

  grove_rows_set_range (self->rows, -1, 7);
  request = peer_expect (self->peer, "table.set");
  assert_param (request, "filter", "['le','seq',7]");
  peer_reply (self->peer, request, "{'rev':1}");
  update (self, 2, 1, "['7']", "[]");
  /* Written into each row of what is typed. */
  grove_table_set_filter (GROVE_TABLE (self->rows), "level:error or text~x");
  request = peer_expect (self->peer, "table.set");
  assert_param (request, "filter",
                "['or',['and',['eq','level','error'],['le','seq',7]],"
                "['and',['contains','text','x'],['le','seq',7]]]");
  peer_reply (self->peer, request, "{'rev':2}");
  grove_table_set_filter (GROVE_TABLE (self->rows), "level:error x");
  request = peer_expect (self->peer, "table.set");
  assert_param (request, "filter",
                "['and',['eq','level','error'],['contains','text','x'],['le','seq',7]]");
  peer_reply (self->peer, request, "{'rev':3}");
  grove_table_set_filter (GROVE_TABLE (self->rows), "");
  grove_rows_set_range (self->rows, 3, 7);
  request = peer_expect (self->peer, "table.set");
  assert_param (request, "filter", "['and',['gt','seq',3],['le','seq',7]]");
  peer_reply (self->peer, request, "{'rev':4}");

  /* Another run counts anew. */
  peer_hang_up (self->peer);
  peer_bring_live (self->peer, self->session, "run-2");
  request = peer_expect (self->peer, "table.open");
  assert_param (request, "filter", "null");
  json_object_put (request);
}

/* The filter of before the system was known is read by its columns. */
static void
test_filter_before (Fixture *self, gconstpointer data)
{
  struct json_object *request = peer_expect (self->peer, "table.open");
  json_object_put (request);
  g_autofree char *error = NULL;
  grove_table_set_filter (GROVE_TABLE (self->rows), "shoe_size:4");
  g_object_get (self->rows, "filter-error", &error, NULL);
  g_assert_nonnull (error);
  peer_hang_up (self->peer);
  grove_table_set_filter (GROVE_TABLE (self->rows), "text^a");
  peer_bring_live (self->peer, self->session, "run-1");
  request = peer_expect (self->peer, "table.open");
  assert_param (request, "filter", "['prefix','text','a']");
  json_object_put (request);
}

static void
test_not_there (Fixture *self, gconstpointer data)
{
  g_assert_false (grove_rows_is_available (self->rows));
  for (guint i = 0; i < 5; i++)
    peer_iterate ();
  g_assert_false (peer_has (self->peer, "table.open"));
  /* The next system may have it. */
  peer_set_early (self->peer, TRUE);
  peer_hang_up (self->peer);
  peer_bring_live (self->peer, self->session, "run-2");
  g_assert_false (grove_rows_is_available (self->rows));
  g_assert_false (peer_has (self->peer, "table.open"));
}

/* A system that is there no more takes its tables away, and gives them back. */
static void
test_comes_and_goes (Fixture *self, gconstpointer data)
{
  peer_open_table (self->peer, 7);
  peer_set_early (self->peer, TRUE);
  peer_hang_up (self->peer);
  peer_bring_live (self->peer, self->session, "run-2");
  g_assert_false (grove_rows_is_available (self->rows));
  g_assert_false (peer_has (self->peer, "table.open"));
  peer_set_early (self->peer, FALSE);
  peer_hang_up (self->peer);
  peer_bring_live (self->peer, self->session, "run-3");
  g_assert_true (grove_rows_is_available (self->rows));
  peer_open_table (self->peer, 7);
  g_assert_cmpuint (self->n_columns_changed, ==, 1);
}

static void
test_lies (Fixture *self, gconstpointer data)
{
  peer_open_table (self->peer, 7);
  peer_say (self->peer,
            "{'jsonrpc':'2.0','method':'table.update','params':{'sub':7,'seq':1,'rev':0,'t':1,"
            "'total':1,'matched':1,'offset':0,'order':['pump'],'rows':[['pump','large',1,1,true,"
            "'']],'skipped':0}}");
  WAIT_FOR (grove_session_get_state (self->session) == GROVE_SESSION_REFUSED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, table, func)                                                                     \
  g_test_add ("/observer/rows/" path, Fixture, table, set_up, func, tear_down)
  ADD ("declared", "shoes", test_declared);
  ADD ("rows", "shoes", test_rows);
  ADD ("said-on-one-line", "log", test_said_on_one_line);
  ADD ("range", "log", test_range);
  ADD ("filter-before", "log", test_filter_before);
  ADD ("not-there", "gloves", test_not_there);
  ADD ("comes-and-goes", "shoes", test_comes_and_goes);
  ADD ("lies", "shoes", test_lies);
  return g_test_run ();
}
