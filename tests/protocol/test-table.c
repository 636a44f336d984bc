/* SPDX-License-Identifier: MIT
 *
 * Tests protocol/subscription-table.c: what a client has after each update is what the table is.
 */
#include "tests/protocol/test-wire.h"

#include <string.h>

#define N_PROCESSES 40

/* What a client keeps of a table. */
struct view
{
  GHashTable *rows;  /* key -> JSON text of its row */
  GPtrArray  *order; /* of keys */
  gint64      rev, seq, sub, offset, total, matched, skipped;
};

static void
view_init (struct view *view)
{
  memset (view, 0, sizeof *view);
  view->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  view->order = g_ptr_array_new_with_free_func (g_free);
}

static void
view_finish (struct view *view)
{
  g_hash_table_unref (view->rows);
  g_ptr_array_unref (view->order);
}

static gboolean
not_in_order (gpointer key, gpointer value, gpointer user_data)
{
  return !g_ptr_array_find_with_equal_func (user_data, key, g_str_equal, NULL);
}

static void
view_apply (struct view *view, struct json_object *update)
{
  struct json_object *order = NULL, *rows = test_member (update, "rows");

  g_assert_cmpint (test_int (update, "seq"), ==, view->seq + 1);
  view->seq++;
  if (test_int (update, "rev") != view->rev)
    g_assert_true (json_object_object_get_ex (update, "order", &order));
  view->rev = test_int (update, "rev");
  view->total = test_int (update, "total");
  view->matched = test_int (update, "matched");
  view->offset = test_int (update, "offset");
  view->skipped = test_int (update, "skipped");
  for (gsize i = 0; i < json_object_array_length (rows); i++)
    {
      struct json_object *row = json_object_array_get_idx (rows, i);

      g_hash_table_insert (view->rows,
                           g_strdup (json_object_get_string (json_object_array_get_idx (row, 0))),
                           g_strdup (json_object_to_json_string_ext (row, JSON_C_TO_STRING_PLAIN)));
    }
  if (json_object_object_get_ex (update, "order", &order))
    {
      g_ptr_array_set_size (view->order, 0);
      for (gsize i = 0; i < json_object_array_length (order); i++)
        g_ptr_array_add (view->order,
                         g_strdup (json_object_get_string (json_object_array_get_idx (order, i))));
      g_hash_table_foreach_remove (view->rows, not_in_order, view->order);
    }
}

/* Takes and acknowledges all updates there are. */
static guint
view_catch_up (struct view *view, struct test_wire *wire)
{
  struct json_object *update;
  guint               n = 0;

  while ((update = test_wire_next (wire, "table.update")) != NULL)
    {
      view_apply (view, update);
      test_wire_ack (wire, "table.ack", view->sub, view->seq);
      n++;
    }
  return n;
}

struct truth
{
  guint    column;
  gboolean descending;
  gint64   above; /* only those with more messages; -1: all */
  guint    offset, limit;
};

static gint
compare_truth (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const struct truth *truth = user_data;
  struct grove_value  va, vb;
  gint                order = 0;

  if (truth->column == TEST_PID)
    order = test_source_compare (a, b);
  else
    {
      g_autofree char *text = NULL;

      test_source_value (a, truth->column, NULL, &va);
      if (va.type == GROVE_COLUMN_TEXT)
        va.u.text = text = g_strdup (va.u.text);
      test_source_value (b, truth->column, NULL, &vb);
      if (va.type == GROVE_COLUMN_TEXT)
        order = strcmp (va.u.text, vb.u.text);
      else if (va.type == GROVE_COLUMN_REAL)
        order = va.u.real < vb.u.real ? -1 : va.u.real > vb.u.real;
      else
        order = va.u.integer < vb.u.integer ? -1 : va.u.integer > vb.u.integer;
    }
  if (truth->descending)
    order = -order;
  return order != 0 ? order : test_source_compare (a, b);
}

/* Sorts the whole table naively and compares it with the client's. */
static void
check (const struct view *view, struct test_wire *wire, const struct truth *truth)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new ();
  GPtrArray *all = wire->source->processes;
  guint      n;

  for (guint i = 0; i < all->len; i++)
    if (((struct test_process *) all->pdata[i])->messages > truth->above)
      g_ptr_array_add (rows, all->pdata[i]);
  g_ptr_array_sort_with_data (rows, compare_truth, (gpointer) truth);
  g_assert_cmpint (view->total, ==, all->len);
  g_assert_cmpint (view->matched, ==, rows->len);
  g_assert_cmpint (view->offset, ==, truth->offset);
  n = rows->len > truth->offset ? MIN (truth->limit, rows->len - truth->offset) : 0;
  g_assert_cmpuint (view->order->len, ==, n);
  g_assert_cmpuint (g_hash_table_size (view->rows), ==, n);
  for (guint i = 0; i < n; i++)
    {
      struct test_process *process = rows->pdata[truth->offset + i];
      char                 pid[GROVE_SOURCE_PID_SIZE];
      g_autofree char     *row = NULL;

      test_source_pid (process, pid);
      g_assert_cmpstr (view->order->pdata[i], ==, pid);
      row = g_strdup_printf ("[\"%s\",\"%s\",%" G_GINT64_FORMAT "]", pid, process->name,
                             process->messages);
      g_assert_cmpstr (g_hash_table_lookup (view->rows, pid), ==, row);
    }
}

static void
change_something (struct test_source *source)
{
  guint n = (guint) g_test_rand_int_range (0, 4);

  while (n-- > 0)
    {
      struct test_process *process =
        source->processes->pdata[g_test_rand_int_range (0, (gint32) source->processes->len)];

      switch (g_test_rand_int_range (0, 6))
        {
        case 0:
          if (source->processes->len > 5)
            test_source_kill (source, process);
          break;
        case 1:
          test_source_spawn (source, NULL, 0, "new");
          break;
        default:
          process->messages = g_test_rand_int_range (0, 30);
          process->memory = g_test_rand_int_range (0, 1000);
          process->rate = g_test_rand_double () * 10;
          break;
        }
    }
}

static struct test_wire *
new_wire (void)
{
  struct test_source *source = test_source_new ();
  struct test_wire   *wire;

  for (guint i = 0; i < N_PROCESSES; i++)
    {
      g_autofree char     *name = g_strdup_printf ("worker_%u", i % 7);
      struct test_process *process = test_source_spawn (source, NULL, i, name);

      process->messages = g_test_rand_int_range (0, 30);
    }
  wire = test_wire_new (source);
  test_wire_open (wire, "observe");
  return wire;
}

static void
open_table (struct test_wire *wire, struct view *view)
{
  struct json_object *result =
    test_wire_ask (wire, "table.open",
                   "{\"table\":\"processes\",\"columns\":[\"name\",\"messages\"],"
                   "\"sort\":[[\"messages\",\"desc\"]],"
                   "\"window\":{\"offset\":0,\"limit\":10},\"interval_ms\":100}");

  view->sub = test_int (result, "sub");
  /* The key comes first, asked for or not. */
  g_assert_cmpstr (json_object_get_string (
                     json_object_array_get_idx (test_member (result, "columns"), 0)),
                   ==, "pid");
  g_assert_cmpint (test_int (result, "total"), ==, wire->source->processes->len);
}

static void
change_query (struct test_wire *wire, struct view *view, struct truth *truth)
{
  static const guint  sorts[] = { TEST_PID, TEST_NAME, TEST_MESSAGES, TEST_RATE, TEST_MEMORY };
  g_autofree char    *filter = NULL;
  g_autofree char    *params = NULL;
  struct json_object *result;

  truth->column = sorts[g_test_rand_int_range (0, G_N_ELEMENTS (sorts))];
  truth->descending = g_test_rand_bit ();
  truth->above = g_test_rand_int_range (-1, 15);
  truth->offset = (guint) g_test_rand_int_range (0, 50);
  truth->limit = (guint) g_test_rand_int_range (0, 30);
  filter = truth->above < 0 ? g_strdup ("null")
                            : g_strdup_printf ("[\"gt\",\"messages\",%d]", (gint) truth->above);
  params =
    g_strdup_printf ("{\"sub\":%d,\"sort\":[[\"%s\",\"%s\"]],\"filter\":%s,"
                     "\"window\":{\"offset\":%u,\"limit\":%u}}",
                     (gint) view->sub, test_table.columns[truth->column].name,
                     truth->descending ? "desc" : "asc", filter, truth->offset, truth->limit);
  result = test_wire_ask (wire, "table.set", params);
  view_catch_up (view, wire);
  g_assert_cmpint (test_int (result, "rev"), ==, view->rev);
}

/* Whatever changes, in the table or in the query, applying the updates gives the truth. */
static void
test_equals_truth (gconstpointer deferred)
{
  struct test_wire *wire = new_wire ();
  struct truth truth = { .column = TEST_MESSAGES, .descending = TRUE, .above = -1, .limit = 10 };
  struct view  view;

  view_init (&view);
  open_table (wire, &view);
  view_catch_up (&view, wire);
  check (&view, wire, &truth);
  wire->source->deferred = deferred != NULL;
  for (guint i = 0; i < 300; i++)
    {
      change_something (wire->source);
      if (deferred == NULL && g_test_rand_int_range (0, 5) == 0)
        change_query (wire, &view, &truth);
      test_wire_advance (wire, 100);
      test_source_answer (wire->source);
      test_wire_pump (wire);
      view_catch_up (&view, wire);
      test_source_answer (wire->source);
      test_wire_pump (wire);
      view_catch_up (&view, wire);
      check (&view, wire, &truth);
    }
  view_finish (&view);
  test_wire_free (wire);
}

/* Only rows that changed travel, and nothing when nothing did. */
static void
test_only_changes (void)
{
  struct test_wire    *wire = new_wire ();
  struct json_object  *update;
  struct test_process *process;
  struct view          view;
  char                 pid[GROVE_SOURCE_PID_SIZE];

  view_init (&view);
  open_table (wire, &view);
  g_assert_cmpuint (view_catch_up (&view, wire), ==, 1);
  test_wire_advance (wire, 100);
  g_assert_cmpuint (view_catch_up (&view, wire), ==, 0);

  process = test_source_find (wire->source, view.order->pdata[3]);
  g_strlcpy (process->name, "renamed", sizeof process->name);
  test_source_pid (process, pid);
  test_wire_advance (wire, 100);
  update = test_wire_next (wire, "table.update");
  g_assert_cmpuint (json_object_array_length (test_member (update, "rows")), ==, 1);
  g_assert_false (json_object_object_get_ex (update, "order", NULL));
  view_finish (&view);
  test_wire_free (wire);
}

static void
test_credit (void)
{
  struct test_wire *wire = new_wire ();
  struct view       view;
  guint             n_queries;

  view_init (&view);
  open_table (wire, &view);
  for (guint i = 0; i < 6; i++)
    {
      test_source_spawn (wire->source, NULL, 0, "more");
      test_wire_advance (wire, 100);
    }
  n_queries = wire->source->n_queries;
  test_wire_advance (wire, 1000);
  g_assert_cmpuint (wire->source->n_queries, ==, n_queries);
  view_apply (&view, test_wire_next (wire, "table.update"));
  view_apply (&view, test_wire_next (wire, "table.update"));
  g_assert_null (test_wire_next (wire, "table.update"));
  /* 600 ms of changes and 1,000 ms of silence later, the ticks passed over are told. */
  test_wire_ack (wire, "table.ack", view.sub, 2);
  view_apply (&view, test_wire_next (wire, "table.update"));
  g_assert_cmpint (view.skipped, ==, 14);
  g_assert_cmpint (view.total, ==, wire->source->processes->len);
  view_finish (&view);
  test_wire_free (wire);
}

/* The rows stay in their order; what they say goes on to change, and the dead are named. */
static void
test_frozen (void)
{
  struct test_wire *wire = new_wire ();
  struct truth truth = { .column = TEST_MESSAGES, .descending = TRUE, .above = -1, .limit = 10 };
  struct view  view;
  struct json_object  *update, *dead;
  struct test_process *process;

  view_init (&view);
  open_table (wire, &view);
  view_catch_up (&view, wire);
  test_wire_ask (wire, "table.set", "{\"sub\":1,\"frozen\":true}");
  view_catch_up (&view, wire);
  process = test_source_find (wire->source, view.order->pdata[9]);
  process->messages = 1000;
  test_source_kill (wire->source, test_source_find (wire->source, view.order->pdata[4]));
  test_wire_advance (wire, 100);
  update = test_wire_next (wire, "table.update");
  g_assert_false (json_object_object_get_ex (update, "order", NULL));
  g_assert_cmpuint (json_object_array_length (test_member (update, "rows")), ==, 1);
  dead = test_member (update, "dead");
  g_assert_cmpuint (json_object_array_length (dead), ==, 1);
  g_assert_cmpstr (json_object_get_string (json_object_array_get_idx (dead, 0)), ==,
                   view.order->pdata[4]);
  view_apply (&view, update);
  test_wire_ask (wire, "table.set", "{\"sub\":1,\"frozen\":false}");
  update = test_wire_next (wire, "table.update");
  g_assert_cmpuint (json_object_array_length (test_member (update, "dead")), ==, 0);
  view_apply (&view, update);
  g_assert_cmpint (view.rev, ==, 3);
  check (&view, wire, &truth);
  view_finish (&view);
  test_wire_free (wire);
}

/* A wrong table.set changes nothing. */
static void
test_set_wrong (void)
{
  struct test_wire *wire = new_wire ();
  struct truth truth = { .column = TEST_MESSAGES, .descending = TRUE, .above = -1, .limit = 10 };
  struct view  view;

  view_init (&view);
  open_table (wire, &view);
  view_catch_up (&view, wire);
  g_assert_cmpint (test_wire_ask_error (wire, "table.set",
                                        "{\"sub\":1,\"sort\":[[\"pid\",\"asc\"]],\"filter\":["
                                        "\"eq\",\"zz\",1]}",
                                        NULL),
                   ==, GROVE_ERROR_INVALID_PARAMS);
  test_source_spawn (wire->source, NULL, 0, "more");
  test_wire_advance (wire, 100);
  view_catch_up (&view, wire);
  g_assert_cmpint (view.rev, ==, 1);
  check (&view, wire, &truth);
  test_wire_ask (wire, "table.close", "{\"sub\":1}");
  g_assert_cmpint (test_wire_ask_error (wire, "table.set", "{\"sub\":1}", NULL), ==,
                   GROVE_ERROR_NO_SUBSCRIPTION);
  view_finish (&view);
  test_wire_free (wire);
}

/* A query that changes while the source is still at work: only the new one is answered. */
static void
test_set_while_busy (void)
{
  struct test_wire *wire = new_wire ();
  struct truth      truth = { .column = TEST_PID, .above = 3, .limit = 10 };
  struct view       view;

  view_init (&view);
  open_table (wire, &view);
  view_catch_up (&view, wire);
  wire->source->deferred = TRUE;
  test_source_spawn (wire->source, NULL, 0, "more");
  test_wire_advance (wire, 100);
  g_assert_cmpuint (wire->source->waiting->len, ==, 1);
  test_wire_ask (wire, "table.set",
                 "{\"sub\":1,\"sort\":[[\"pid\",\"asc\"]],\"filter\":[\"gt\",\"messages\",3]}");
  g_assert_cmpuint (wire->source->waiting->len, ==, 2);
  test_source_answer (wire->source);
  test_wire_pump (wire);
  g_assert_cmpuint (view_catch_up (&view, wire), ==, 1);
  check (&view, wire, &truth);
  view_finish (&view);
  test_wire_free (wire);
}

/* What a command did is shown at once, however long the interval is. */
static void
test_command_shows (void)
{
  struct test_wire *wire = test_wire_new (test_source_new ());
  struct view       view;

  for (guint i = 0; i < 5; i++)
    test_source_spawn (wire->source, NULL, i, "worker");
  test_wire_open (wire, "control");
  view_init (&view);
  view.sub =
    test_int (test_wire_ask (wire, "table.open",
                             "{\"table\":\"processes\",\"columns\":[\"pid\"],\"sort\":[],"
                             "\"window\":{\"offset\":0,\"limit\":9},\"interval_ms\":60000}"),
              "sub");
  view_catch_up (&view, wire);
  test_wire_advance (wire, 1000);
  g_assert_cmpuint (view_catch_up (&view, wire), ==, 0);
  test_wire_ask (wire, "process.kill", "{\"pid\":\"<0.2.0>\"}");
  g_assert_cmpuint (view_catch_up (&view, wire), ==, 1);
  g_assert_cmpint (view.total, ==, 4);
  view_finish (&view);
  test_wire_free (wire);
}

/* A window wider than a message takes several updates, and arrives whole. */
static void
test_wide_window (void)
{
  struct test_source *source = test_source_new ();
  g_autofree char    *status = g_strnfill (4000, 's');
  struct test_wire   *wire;
  struct view         view;

  for (guint i = 0; i < 512; i++)
    test_source_spawn (source, NULL, i, "wide")->status = status;
  wire = test_wire_new (source);
  test_wire_open (wire, "observe");
  view_init (&view);
  view.sub =
    test_int (test_wire_ask (wire, "table.open",
                             "{\"table\":\"processes\",\"columns\":[\"pid\",\"name\",\"status\","
                             "\"messages\","
                             "\"messages_in/s\",\"memory\",\"app\",\"system\"],\"sort\":[],"
                             "\"window\":{\"offset\":0,\"limit\":512},\"interval_ms\":100}"),
              "sub");
  view_catch_up (&view, wire);
  g_assert_cmpuint (g_hash_table_size (view.rows), <, 300);
  test_wire_advance (wire, 100);
  test_wire_advance (wire, 100);
  view_catch_up (&view, wire);
  test_wire_advance (wire, 100);
  view_catch_up (&view, wire);
  g_assert_cmpuint (g_hash_table_size (view.rows), ==, 512);
  g_assert_cmpuint (view_catch_up (&view, wire), ==, 0);
  view_finish (&view);
  test_wire_free (wire);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/protocol/table/equals-truth", NULL, test_equals_truth);
  g_test_add_data_func ("/protocol/table/equals-truth-deferred", "", test_equals_truth);
  g_test_add_func ("/protocol/table/only-changes", test_only_changes);
  g_test_add_func ("/protocol/table/credit", test_credit);
  g_test_add_func ("/protocol/table/frozen", test_frozen);
  g_test_add_func ("/protocol/table/set-wrong", test_set_wrong);
  g_test_add_func ("/protocol/table/set-while-busy", test_set_while_busy);
  g_test_add_func ("/protocol/table/wide-window", test_wide_window);
  g_test_add_func ("/protocol/table/command-shows", test_command_shows);
  return g_test_run ();
}
