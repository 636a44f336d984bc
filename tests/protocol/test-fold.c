/* SPDX-License-Identifier: MIT
 *
 * The property of windowed tables: who folds all updates, as PROTOCOL.md says, has what a table
 * that is opened this moment shows, whatever happens to the rows and to the query, and however late
 * updates are acknowledged. With order, anchor, history and what is frozen.
 */
#include "tests/protocol/test-wire.h"

#include <math.h>
#include <string.h>

#define N_PROCESSES 60
#define N_POINTS    60
#define SECOND      G_GINT64_CONSTANT (1000000000)

/* ---- A client ---------------------------------------------------------------------------------
 */

struct view
{
  gint64      sub, seq, rev;
  gint64      total, matched, offset;
  gboolean    anchored;
  GPtrArray  *order;   /* of keys */
  GHashTable *rows;    /* key -> JSON text */
  GHashTable *dead;    /* keys */
  GHashTable *history; /* key -> GArray of double */
  gint64      history_t;
};

static struct view *
view_new (gint64 sub)
{
  struct view *view = g_new0 (struct view, 1);

  view->sub = sub;
  view->order = g_ptr_array_new_with_free_func (g_free);
  view->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  view->dead = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  view->history =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_array_unref);
  return view;
}

static void
view_free (struct view *view)
{
  g_ptr_array_unref (view->order);
  g_hash_table_unref (view->rows);
  g_hash_table_unref (view->dead);
  g_hash_table_unref (view->history);
  g_free (view);
}

static gboolean
not_in_order (gpointer key, gpointer value, gpointer order)
{
  return !g_ptr_array_find_with_equal_func (order, key, g_str_equal, NULL);
}

static const char *
text_at (struct json_object *array, gsize i)
{
  return json_object_get_string (json_object_array_get_idx (array, i));
}

static void
take_order (struct view *view, struct json_object *order)
{
  g_ptr_array_set_size (view->order, 0);
  for (gsize i = 0; i < json_object_array_length (order); i++)
    g_ptr_array_add (view->order, g_strdup (text_at (order, i)));
  g_hash_table_foreach_remove (view->rows, not_in_order, view->order);
  g_hash_table_foreach_remove (view->history, not_in_order, view->order);
}

/* Each was what it was, up to @t. */
static void
extend_history (struct view *view, gint64 t)
{
  GHashTableIter iter;
  gpointer       points;

  g_hash_table_iter_init (&iter, view->history);
  while (g_hash_table_iter_next (&iter, NULL, &points))
    for (gint64 at = view->history_t; at < t; at += SECOND)
      {
        GArray *array = points;
        double  last = g_array_index (array, double, array->len - 1);

        g_array_append_val (array, last);
        if (array->len > N_POINTS)
          g_array_remove_index (array, 0);
      }
  view->history_t = t;
}

static void
take_history (struct view *view, struct json_object *history)
{
  struct json_object *rows = test_member (history, "rows");
  gint64              t = test_int (history, "t"), before = view->history_t;

  g_assert_cmpint (t, >=, before);
  extend_history (view, t);
  for (gsize i = 0; i < json_object_array_length (rows); i++)
    {
      struct json_object *row = json_object_array_get_idx (rows, i);
      struct json_object *points = json_object_array_get_idx (row, 1);
      gsize               n = json_object_array_length (points);
      GArray             *had = g_hash_table_lookup (view->history, text_at (row, 0));
      GArray             *array = g_array_new (FALSE, FALSE, sizeof (double));

      g_assert_true (g_hash_table_contains (view->rows, text_at (row, 0)));
      g_assert_cmpuint (n, <=, N_POINTS);
      /* Before the points, what it had; unless a second is missing between them. */
      if (had != NULL && t - (gint64) n * SECOND <= before && had->len > n)
        g_array_append_vals (array, had->data, (guint) (had->len - n));
      for (gsize p = 0; p < n; p++)
        {
          double value = json_object_get_double (json_object_array_get_idx (points, p));

          g_array_append_val (array, value);
        }
      g_hash_table_insert (view->history, g_strdup (text_at (row, 0)), array);
    }
}

static void
view_apply (struct view *view, struct json_object *update)
{
  struct json_object *member, *rows = test_member (update, "rows");

  g_assert_cmpint (test_int (update, "seq"), ==, ++view->seq);
  if (test_int (update, "rev") != view->rev)
    g_assert_true (json_object_object_get_ex (update, "order", NULL));
  view->rev = test_int (update, "rev");
  view->total = test_int (update, "total");
  view->matched = test_int (update, "matched");
  view->offset = test_int (update, "offset");
  view->anchored =
    json_object_object_get_ex (update, "anchored", &member) && json_object_get_boolean (member);
  if (json_object_object_get_ex (update, "order", &member))
    take_order (view, member);
  if (json_object_object_get_ex (update, "dead", &member))
    {
      g_hash_table_remove_all (view->dead);
      for (gsize i = 0; i < json_object_array_length (member); i++)
        g_hash_table_add (view->dead, g_strdup (text_at (member, i)));
    }
  for (gsize i = 0; i < json_object_array_length (rows); i++)
    {
      struct json_object *row = json_object_array_get_idx (rows, i);

      g_hash_table_insert (view->rows, g_strdup (text_at (row, 0)),
                           g_strdup (json_object_to_json_string_ext (row, JSON_C_TO_STRING_PLAIN)));
    }
  if (json_object_object_get_ex (update, "history", &member))
    take_history (view, member);
}

/* Takes what came, and acknowledges it or not. */
static void
view_catch_up (struct view *view, struct test_wire *wire, gboolean acknowledge)
{
  struct json_object *update;

  do
    {
      while ((update = test_wire_next (wire, "table.update")) != NULL)
        {
          g_assert_cmpint (test_int (update, "sub"), ==, view->sub);
          view_apply (view, update);
        }
      if (acknowledge)
        test_wire_ack (wire, "table.ack", view->sub, view->seq);
    }
  while (acknowledge && wire->next < wire->notifications->len);
}

/* ---- What is asked for ------------------------------------------------------------------------
 */

struct question
{
  const char *sort;
  gint        above; /* only those with more messages; -1: all */
  guint       offset, limit;
  char        anchor[GROVE_SOURCE_PID_SIZE]; /* "": none */
  guint       row;
  gboolean    frozen;
};

static char *
describe_filter (const struct question *question)
{
  if (question->above < 0)
    return g_strdup ("null");
  return g_strdup_printf ("[\"gt\",\"messages\",%d]", question->above);
}

static char *
describe_anchor (const struct question *question)
{
  if (question->anchor[0] == '\0')
    return g_strdup ("null");
  return g_strdup_printf ("{\"key\":\"%s\",\"row\":%u}", question->anchor, question->row);
}

static struct view *
open_table (struct test_wire *wire, const struct question *question)
{
  g_autofree char *filter = describe_filter (question), *anchor = describe_anchor (question);
  g_autofree char *params = g_strdup_printf (
    "{\"table\":\"processes\",\"columns\":[\"name\",\"messages\"],\"sort\":[%s],\"filter\":%s,"
    "\"window\":{\"offset\":%u,\"limit\":%u},\"interval_ms\":100,\"history\":[\"messages\"],"
    "\"anchor\":%s}",
    question->sort, filter, question->offset, question->limit, anchor);

  return view_new (test_int (test_wire_ask (wire, "table.open", params), "sub"));
}

static void
change_question (struct test_wire *wire, struct view *view, struct question *question)
{
  static const char *const sorts[] = {
    "",
    "[\"messages\",\"desc\"]",
    "[\"name\",\"asc\"],[\"messages\",\"asc\"]",
    "[\"messages\",\"asc\"],[\"pid\",\"desc\"]",
  };
  g_autofree char *filter = NULL, *anchor = NULL, *params = NULL;

  question->frozen = FALSE;
  question->sort = sorts[g_test_rand_int_range (0, G_N_ELEMENTS (sorts))];
  question->above = g_test_rand_int_range (-1, 15);
  question->offset = (guint) g_test_rand_int_range (0, 40);
  question->limit = (guint) g_test_rand_int_range (1, 30);
  question->anchor[0] = '\0';
  if (view->order->len > 0 && g_test_rand_bit ())
    {
      question->row = (guint) g_test_rand_int_range (0, (gint) question->limit);
      g_strlcpy (question->anchor,
                 view->order->pdata[g_test_rand_int_range (0, (gint) view->order->len)],
                 sizeof question->anchor);
    }
  filter = describe_filter (question);
  anchor = describe_anchor (question);
  params = g_strdup_printf ("{\"sub\":%d,\"sort\":[%s],\"filter\":%s,\"frozen\":false,"
                            "\"window\":{\"offset\":%u,\"limit\":%u},\"anchor\":%s}",
                            (gint) view->sub, question->sort, filter, question->offset,
                            question->limit, anchor);
  test_wire_ask (wire, "table.set", params);
}

static void
toggle_frozen (struct test_wire *wire, struct view *view, struct question *question)
{
  g_autofree char *params = NULL;

  question->frozen = !question->frozen;
  params = g_strdup_printf ("{\"sub\":%d,\"frozen\":%s}", (gint) view->sub,
                            question->frozen ? "true" : "false");
  test_wire_ask (wire, "table.set", params);
}

/* ---- The property -----------------------------------------------------------------------------
 */

static void
change_something (struct test_source *source)
{
  guint n = (guint) g_test_rand_int_range (0, 6);

  while (n-- > 0)
    {
      guint                at = (guint) g_test_rand_int_range (0, (gint) source->processes->len);
      struct test_process *process = source->processes->pdata[at];

      switch (g_test_rand_int_range (0, 6))
        {
        case 0:
          if (source->processes->len > 20)
            test_source_kill (source, process);
          break;
        case 1:
          test_source_spawn (source, NULL, 0, "new");
          break;
        default:
          process->messages = g_test_rand_int_range (0, 30);
          break;
        }
    }
}

static void
assert_same_history (struct view *view, const struct view *fresh, const char *key)
{
  const GArray *ours = g_hash_table_lookup (view->history, key);
  const GArray *theirs = g_hash_table_lookup (fresh->history, key);

  g_assert_nonnull (ours);
  g_assert_nonnull (theirs);
  g_assert_cmpmem (ours->data, ours->len * sizeof (double), theirs->data,
                   theirs->len * sizeof (double));
}

/* What is frozen shows the rows it showed, those that live as they are now. */
static void
check_frozen (struct view *view, struct test_wire *wire)
{
  for (guint i = 0; i < view->order->len; i++)
    {
      const char          *key = view->order->pdata[i];
      struct test_process *process = test_source_find (wire->source, key);
      g_autofree char     *row = NULL;

      g_assert_cmpint (process == NULL, ==, g_hash_table_contains (view->dead, key));
      g_assert_nonnull (g_hash_table_lookup (view->rows, key));
      if (process == NULL)
        continue;
      row = g_strdup_printf ("[\"%s\",\"%s\",%" G_GINT64_FORMAT "]", key, process->name,
                             process->messages);
      g_assert_cmpstr (g_hash_table_lookup (view->rows, key), ==, row);
    }
}

static void
check (struct view *view, struct test_wire *wire, struct question *question)
{
  struct view     *fresh;
  g_autofree char *close = NULL;

  if (question->frozen)
    {
      check_frozen (view, wire);
      return;
    }
  /* Where an anchor was lost, the window stays where it was last. */
  if (question->anchor[0] != '\0' && !view->anchored)
    question->offset = (guint) view->offset;
  fresh = open_table (wire, question);
  view_catch_up (fresh, wire, FALSE);
  close = g_strdup_printf ("{\"sub\":%d}", (gint) fresh->sub);
  test_wire_ask (wire, "table.close", close);

  g_assert_cmpint (view->total, ==, fresh->total);
  g_assert_cmpint (view->matched, ==, fresh->matched);
  g_assert_cmpint (view->offset, ==, fresh->offset);
  g_assert_cmpint (view->anchored, ==, fresh->anchored);
  g_assert_cmpuint (g_hash_table_size (view->dead), ==, 0);
  g_assert_cmpuint (view->order->len, ==, fresh->order->len);
  g_assert_cmpuint (g_hash_table_size (view->rows), ==, fresh->order->len);
  extend_history (view, fresh->history_t);
  for (guint i = 0; i < fresh->order->len; i++)
    {
      const char *key = fresh->order->pdata[i];

      g_assert_cmpstr (view->order->pdata[i], ==, key);
      g_assert_cmpstr (g_hash_table_lookup (view->rows, key), ==,
                       g_hash_table_lookup (fresh->rows, key));
      assert_same_history (view, fresh, key);
    }
  if (view->anchored)
    {
      guint at = 0;

      g_assert_true (
        g_ptr_array_find_with_equal_func (view->order, question->anchor, g_str_equal, &at));
      g_assert_cmpuint (at, <=, question->row);
      g_assert_true (at == question->row || view->offset == 0);
    }
  view_free (fresh);
}

static void
test_fold (void)
{
  struct test_source *source = test_source_new ();
  struct question     question = { .sort = "", .above = -1, .limit = 20 };
  struct test_wire   *wire;
  struct view        *view;
  guint               n_dead = 0, n_anchored = 0;

  for (guint i = 0; i < N_PROCESSES; i++)
    {
      g_autofree char *name = g_strdup_printf ("worker_%u", i % 7);

      test_source_spawn (source, NULL, i, name)->messages = g_test_rand_int_range (0, 30);
    }
  wire = test_wire_new (source);
  test_wire_open (wire, "observe");
  view = open_table (wire, &question);
  view_catch_up (view, wire, TRUE);
  for (guint i = 0; i < 1200; i++)
    {
      gint starve = g_test_rand_int_range (0, 10) == 0 ? g_test_rand_int_range (1, 40) : 0;

      change_something (source);
      if (g_test_rand_int_range (0, 12) == 0)
        change_question (wire, view, &question);
      else if (g_test_rand_int_range (0, 12) == 0)
        toggle_frozen (wire, view, &question);
      /* For a while nothing is acknowledged. */
      while (starve-- > 0)
        {
          test_wire_advance (wire, 100);
          view_catch_up (view, wire, FALSE);
          change_something (source);
        }
      view_catch_up (view, wire, TRUE);
      test_wire_advance (wire, (guint) g_test_rand_int_range (1, 5) * 100);
      view_catch_up (view, wire, TRUE);
      n_dead += g_hash_table_size (view->dead);
      n_anchored += view->anchored;
      check (view, wire, &question);
    }
  /* Otherwise nothing was shown. */
  g_assert_cmpuint (n_dead, >, 0);
  g_assert_cmpuint (n_anchored, >, 0);
  view_free (view);
  test_wire_free (wire);
}

/* What cannot be is said before anything is opened or changed. */
static void
test_refuses (void)
{
  static const struct
  {
    const char *params, *why;
  } wrong[] = {
    { "\"history\":[\"memory\"]", "not in" },
    { "\"history\":[\"name\"]", "of numbers" },
    { "\"history\":[\"nothing\"]", "of numbers" },
    { "\"anchor\":{\"key\":\"<0.1.0>\",\"row\":20}", "below" },
  };
  struct question   question = { .sort = "", .above = -1, .limit = 20 };
  struct test_wire *wire = test_wire_new (test_source_new ());
  struct view      *view;
  const char       *message;

  test_wire_open (wire, "observe");
  view = open_table (wire, &question);
  view_catch_up (view, wire, TRUE);
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autofree char *set = g_strdup_printf ("{\"sub\":1,%s}", wrong[i].params);
      g_autofree char *open = g_strdup_printf ("{\"table\":\"processes\",\"columns\":[\"name\","
                                               "\"messages\"],\"sort\":[],\"window\":{"
                                               "\"offset\":0,\"limit\":20},\"interval_ms\":100,%s}",
                                               wrong[i].params);

      g_assert_cmpint (test_wire_ask_error (wire, "table.set", set, &message), ==,
                       GROVE_ERROR_INVALID_PARAMS);
      g_assert_nonnull (strstr (message, wrong[i].why));
      g_assert_cmpint (test_wire_ask_error (wire, "table.open", open, &message), ==,
                       GROVE_ERROR_INVALID_PARAMS);
      g_assert_nonnull (strstr (message, wrong[i].why));
    }
  test_wire_advance (wire, 100);
  g_assert_cmpuint (wire->next, ==, wire->notifications->len);
  view_free (view);
  test_wire_free (wire);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/protocol/fold/equals-a-fresh-table", test_fold);
  g_test_add_func ("/protocol/fold/refuses", test_refuses);
  return g_test_run ();
}
