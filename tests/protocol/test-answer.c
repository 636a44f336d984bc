/* SPDX-License-Identifier: MIT
 *
 * Tests protocol/answer.c through a session: windows of numbered rows are what sorting them
 * naively gives, and who follows gets each row once, in order, and is told exactly of those it
 * cannot get, however slowly it takes them.
 */
#include "protocol/answer.h"
#include "tests/protocol/test-wire.h"

#include <string.h>

#define ROOM 64 /* rows that are kept */

enum
{
  SEQ,
  KIND,
  N_COLUMNS,
};

static const struct grove_column columns[N_COLUMNS] = {
  { "seq", GROVE_COLUMN_INT, "" },
  { "kind", GROVE_COLUMN_TEXT, "" },
};
static const struct grove_table table = {
  .name = "events", .columns = columns, .n_columns = N_COLUMNS, .numbered = true
};

struct row
{
  guint64     number;
  const char *kind;
};

/* The last rows; some numbers are nobody's. */
static struct
{
  struct row rows[ROOM];
  gsize      n;
  guint64    last;
} kept;

static const char *const kinds[] = { "spawn", "exit", "link" };

static void
happen (guint n, guint lost)
{
  kept.last += lost;
  for (guint i = 0; i < n; i++)
    {
      if (kept.n == ROOM)
        memmove (&kept.rows[0], &kept.rows[1], (--kept.n) * sizeof kept.rows[0]);
      kept.rows[kept.n++] =
        (struct row){ ++kept.last, kinds[g_test_rand_int_range (0, G_N_ELEMENTS (kinds))] };
    }
}

static const void *
row_at (size_t i, void *user_data)
{
  return &kept.rows[i];
}

static uint64_t
number_at (size_t i, void *user_data)
{
  return kept.rows[i].number;
}

static void
value_of (const void *row, uint32_t column, void *user_data, struct grove_value *ret)
{
  const struct row *r = row;

  ret->type = columns[column].type;
  if (column == SEQ)
    ret->u.integer = (int64_t) r->number;
  else
    ret->u.text = r->kind;
}

static void
table_query (void *data, const struct grove_table_query *query, struct grove_rows *rows)
{
  const struct grove_numbered numbered = {
    .n = kept.n, .last = kept.last, .row = row_at, .number = number_at, .value = value_of
  };

  grove_answer_numbered (rows, query, &numbered, 1);
}

static struct test_wire *
new_wire (void)
{
  static struct grove_source_ops ops;
  struct test_source            *source = test_source_new ();
  struct test_wire              *wire;

  memset (&kept, 0, sizeof kept);
  ops = *source->source.ops;
  ops.tables = &table;
  ops.n_tables = 1;
  ops.table_query = table_query;
  source->source.ops = &ops;
  wire = test_wire_new (source);
  test_wire_open (wire, "observe");
  return wire;
}

static gint64
key_of (struct json_object *rows, gsize i)
{
  return json_object_get_int64 (json_object_array_get_idx (json_object_array_get_idx (rows, i), 0));
}

/* ---- Following -------------------------------------------------------------------------------
 */

struct follower
{
  gint64      sub, seq, last, lost;
  guint64     n;
  const char *kind; /* NULL: all */
};

/* Takes an update, and holds it against what may come. */
static void
take (struct follower *self, struct json_object *update)
{
  struct json_object *rows = test_member (update, "rows");

  g_assert_false (json_object_object_get_ex (update, "order", NULL));
  g_assert_cmpint (test_int (update, "seq"), ==, self->seq + 1);
  g_assert_cmpint (test_int (update, "lost"), >=, self->lost);
  self->seq++;
  self->lost = test_int (update, "lost");
  for (gsize i = 0; i < json_object_array_length (rows); i++)
    {
      g_assert_cmpint (key_of (rows, i), >, self->last);
      self->last = key_of (rows, i);
      self->n++;
      if (self->kind != NULL)
        g_assert_cmpstr (json_object_get_string (
                           json_object_array_get_idx (json_object_array_get_idx (rows, i), 1)),
                         ==, self->kind);
    }
}

static void
catch_up (struct follower *self, struct test_wire *wire, gboolean acknowledge)
{
  struct json_object *update;

  while ((update = test_wire_next (wire, "table.update")) != NULL)
    {
      take (self, update);
      if (acknowledge)
        test_wire_ack (wire, "table.ack", self->sub, self->seq);
    }
}

static void
follow (struct follower *self, struct test_wire *wire, const char *after, const char *kind)
{
  g_autofree char *filter =
    kind != NULL ? g_strdup_printf (",\"filter\":[\"eq\",\"kind\",\"%s\"]", kind) : g_strdup ("");
  g_autofree char *params =
    g_strdup_printf ("{\"table\":\"events\",\"columns\":[\"seq\",\"kind\"],\"sort\":[],"
                     "\"window\":{\"offset\":0,\"limit\":10},\"interval_ms\":100,\"after\":%s%s}",
                     after, filter);

  *self = (struct follower){ .kind = kind };
  self->sub = test_int (test_wire_ask (wire, "table.open", params), "sub");
}

/* Whatever happens between, and however slow it is: all rows, or the exact number of the rest. */
static void
test_all_or_told (void)
{
  struct test_wire *wire = new_wire ();
  struct follower   follower;

  happen (5, 3);
  follow (&follower, wire, "0", NULL);
  for (guint i = 0; i < 400; i++)
    {
      happen ((guint) g_test_rand_int_range (0, 30),
              g_test_rand_int_range (0, 5) == 0 ? (guint) g_test_rand_int_range (0, 9) : 0);
      test_wire_advance (wire, 100);
      catch_up (&follower, wire, g_test_rand_int_range (0, 3) != 0);
    }
  for (guint i = 0; i < 40; i++)
    {
      test_wire_ack (wire, "table.ack", follower.sub, follower.seq);
      test_wire_advance (wire, 100);
      catch_up (&follower, wire, TRUE);
    }
  g_assert_cmpint (follower.lost, >, 0);
  g_assert_cmpuint (follower.n + (guint64) follower.lost, ==, kept.last);
  test_wire_free (wire);
}

/* A filter hides rows, which are not lost for that. */
static void
test_filtered (void)
{
  struct test_wire *wire = new_wire ();
  struct follower   follower;
  guint64           n = 0;

  follow (&follower, wire, "0", "link");
  for (guint i = 0; i < 100; i++)
    {
      happen (ROOM / 2, 0);
      for (gsize r = kept.n - ROOM / 2; r < kept.n; r++)
        n += g_str_equal (kept.rows[r].kind, "link");
      for (guint k = 0; k < 5; k++)
        {
          test_wire_advance (wire, 100);
          catch_up (&follower, wire, TRUE);
        }
    }
  g_assert_cmpint (follower.lost, ==, 0);
  g_assert_cmpuint (follower.n, ==, n);
  test_wire_free (wire);
}

/* What is left over is sent soon, not with the next tick, and nothing without something new. */
static void
test_in_parts (void)
{
  struct test_wire   *wire = new_wire ();
  struct follower     follower;
  struct json_object *update;

  happen (25, 0);
  follow (&follower, wire, "3", NULL);
  update = test_wire_next (wire, "table.update");
  g_assert_cmpint (test_int (update, "matched"), ==, 22);
  take (&follower, update);
  test_wire_ack (wire, "table.ack", follower.sub, 1);
  test_wire_advance (wire, 25);
  catch_up (&follower, wire, TRUE);
  test_wire_advance (wire, 25);
  catch_up (&follower, wire, TRUE);
  g_assert_cmpint (follower.last, ==, 25);
  g_assert_cmpint (follower.seq, ==, 3);
  test_wire_advance (wire, 1000);
  g_assert_null (test_wire_next (wire, "table.update"));
  test_wire_free (wire);
}

static void
test_from_now (void)
{
  struct test_wire *wire = new_wire ();
  struct follower   follower;

  happen (25, 7);
  follow (&follower, wire, "null", NULL);
  catch_up (&follower, wire, TRUE);
  g_assert_cmpuint (follower.n, ==, 0);
  happen (2, 1);
  test_wire_advance (wire, 100);
  catch_up (&follower, wire, TRUE);
  g_assert_cmpuint (follower.n, ==, 2);
  g_assert_cmpint (follower.last, ==, 35);
  g_assert_cmpint (follower.lost, ==, 1);
  test_wire_free (wire);
}

/* ---- Windows ---------------------------------------------------------------------------------
 */

static gint
by_number (gconstpointer a, gconstpointer b, gpointer descending)
{
  const struct row *ra = *(const struct row *const *) a, *rb = *(const struct row *const *) b;
  gint              order = ra->number < rb->number ? -1 : ra->number > rb->number;

  return descending != NULL ? -order : order;
}

static gint
by_kind (gconstpointer a, gconstpointer b, gpointer descending)
{
  const struct row *ra = *(const struct row *const *) a, *rb = *(const struct row *const *) b;
  gint              order = strcmp (ra->kind, rb->kind);

  if (order == 0)
    return by_number (a, b, NULL);
  return descending != NULL ? -order : order;
}

static void
check_window (struct test_wire *wire,
              const char       *sort,
              gboolean          descending,
              const char       *kind,
              guint             offset,
              guint             limit)
{
  g_autofree char *order =
    sort != NULL ? g_strdup_printf ("[\"%s\",\"%s\"]", sort, descending ? "desc" : "asc")
                 : g_strdup ("");
  g_autofree char *filter =
    kind != NULL ? g_strdup_printf (",\"filter\":[\"eq\",\"kind\",\"%s\"]", kind) : g_strdup ("");
  g_autofree char *params =
    g_strdup_printf ("{\"table\":\"events\",\"columns\":[\"kind\"],\"sort\":[%s]%s,"
                     "\"window\":{\"offset\":%u,\"limit\":%u},\"interval_ms\":60000}",
                     order, filter, offset, limit);
  g_autofree char *close = NULL;
  g_autoptr (GPtrArray) truth = g_ptr_array_new ();
  struct json_object *result = test_wire_ask (wire, "table.open", params), *update, *keys;
  gsize               n;

  close = g_strdup_printf ("{\"sub\":%d}", (gint) test_int (result, "sub"));
  for (gsize i = 0; i < kept.n; i++)
    if (kind == NULL || g_str_equal (kept.rows[i].kind, kind))
      g_ptr_array_add (truth, &kept.rows[i]);
  g_ptr_array_sort_with_data (truth, g_strcmp0 (sort, "kind") == 0 ? by_kind : by_number,
                              sort != NULL && descending ? truth : NULL);
  update = test_wire_next (wire, "table.update");
  g_assert_cmpint (test_int (update, "total"), ==, kept.n);
  g_assert_cmpint (test_int (update, "matched"), ==, truth->len);
  g_assert_cmpint (test_int (update, "lost"), ==, kept.last - kept.n);
  keys = test_member (update, "order");
  n = truth->len > offset ? MIN (limit, truth->len - offset) : 0;
  g_assert_cmpuint (json_object_array_length (keys), ==, n);
  for (gsize i = 0; i < n; i++)
    {
      const struct row   *row = truth->pdata[offset + i];
      struct json_object *key = json_object_array_get_idx (keys, i);

      g_assert_true (json_object_is_type (key, json_type_string));
      g_assert_cmpint (json_object_get_int64 (key), ==, row->number);
      g_assert_cmpint (key_of (test_member (update, "rows"), i), ==, row->number);
    }
  test_wire_ask (wire, "table.close", close);
}

static void
test_windows (void)
{
  static const char *const sorts[] = { NULL, "seq", "kind" };
  struct test_wire        *wire = new_wire ();

  for (guint i = 0; i < 300; i++)
    {
      happen ((guint) g_test_rand_int_range (0, 20), (guint) g_test_rand_int_range (0, 3));
      check_window (wire, sorts[i % 3], g_test_rand_bit (),
                    g_test_rand_bit () ? kinds[i % G_N_ELEMENTS (kinds)] : NULL,
                    (guint) g_test_rand_int_range (0, ROOM + 10),
                    (guint) g_test_rand_int_range (0, ROOM + 10));
    }
  test_wire_free (wire);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/protocol/answer/all-or-told", test_all_or_told);
  g_test_add_func ("/protocol/answer/filtered", test_filtered);
  g_test_add_func ("/protocol/answer/in-parts", test_in_parts);
  g_test_add_func ("/protocol/answer/from-now", test_from_now);
  g_test_add_func ("/protocol/answer/windows", test_windows);
  return g_test_run ();
}
