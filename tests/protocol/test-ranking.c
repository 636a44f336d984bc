/* SPDX-License-Identifier: MIT
 *
 * Tests protocol/ranking.c and filter-columns.c: windows, anchored ones, and filters of many rows
 * at once against a naive sort and a filter of one row.
 */
#include "protocol/query.h"

#include <glib.h>
#include <json-c/json.h>
#include <math.h>
#include <string.h>

#define N_ROWS 20000

enum
{
  PID,
  NAME,
  MESSAGES,
  RATE,
  SYSTEM,
  N_COLUMNS,
};

static const struct grove_column columns[N_COLUMNS] = {
  [PID] = { "pid", GROVE_COLUMN_TEXT, "" },          [NAME] = { "name", GROVE_COLUMN_TEXT, "" },
  [MESSAGES] = { "messages", GROVE_COLUMN_INT, "" }, [RATE] = { "rate", GROVE_COLUMN_REAL, "1/s" },
  [SYSTEM] = { "system", GROVE_COLUMN_BOOL, "" },
};
static const struct grove_table table = { "rows", columns, N_COLUMNS };

/* A whole table, a column at a time. */
struct rows
{
  uint64_t    keys[N_ROWS];
  const char *pids[N_ROWS];
  const char *names[N_ROWS];
  int64_t     messages[N_ROWS];
  double      rates[N_ROWS];
  int64_t     systems[N_ROWS];
  char        texts[N_ROWS][24];
};

static void
fill (struct rows *rows)
{
  static const double rates[] = { 0, -0.0, 1.5, -2.5, NAN, INFINITY, -INFINITY, 1e9 };

  for (gsize i = 0; i < N_ROWS; i++)
    {
      rows->keys[i] = 1 + i * 7919 % 1000003;
      g_snprintf (rows->texts[i], sizeof rows->texts[i], "<0.%u.0>", (guint) rows->keys[i]);
      rows->pids[i] = rows->texts[i];
      rows->messages[i] = g_test_rand_int_range (-5, g_test_rand_bit () ? 5 : 100000);
      rows->rates[i] = rates[g_test_rand_int_range (0, G_N_ELEMENTS (rates))];
      rows->systems[i] = g_test_rand_bit ();
    }
  /* Many begin alike, beyond the eight bytes that are compared first. */
  for (gsize i = 0; i < N_ROWS; i++)
    {
      g_autofree char *name = g_strdup_printf ("worker_of_%d", g_test_rand_int_range (0, 50));

      rows->names[i] = g_test_rand_int_range (0, 5) == 0 ? "" : g_intern_string (name);
    }
}

/* Calls @take with all rows, some at a time. */
static void
for_each_batch (const struct rows *rows,
                void (*take) (const struct grove_columns *batch, gsize first, gpointer user_data),
                gpointer user_data)
{
  gsize first = 0;

  while (first < N_ROWS)
    {
      const void *const values[N_COLUMNS] = {
        [PID] = rows->pids + first,          [NAME] = rows->names + first,
        [MESSAGES] = rows->messages + first, [RATE] = rows->rates + first,
        [SYSTEM] = rows->systems + first,
      };
      struct grove_columns batch = { .keys = rows->keys + first, .values = values };

      batch.n = (gsize) g_test_rand_int_range (1, GROVE_COLUMNS_ROWS + 1);
      batch.n = MIN (batch.n, N_ROWS - first);
      take (&batch, first, user_data);
      first += batch.n;
    }
}

/* ---- One row, naively -------------------------------------------------------------------------
 */

static const struct rows *rows_now;

static void
value_of (const void *row, uint32_t column, void *user_data, struct grove_value *ret)
{
  const guint i = *(const guint *) row;

  ret->type = columns[column].type;
  switch (column)
    {
    case PID:
      ret->u.text = rows_now->pids[i];
      break;
    case NAME:
      ret->u.text = rows_now->names[i];
      break;
    case MESSAGES:
      ret->u.integer = rows_now->messages[i];
      break;
    case RATE:
      ret->u.real = rows_now->rates[i];
      break;
    default:
      ret->u.integer = rows_now->systems[i];
      break;
    }
}

static gint
compare_reals (double a, double b)
{
  if (isnan (a) || isnan (b))
    return !isnan (a) - !isnan (b);
  return a < b ? -1 : a > b;
}

static gint
compare_naively (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const struct grove_table_query *query = user_data;
  const guint                     x = *(const guint *) a, y = *(const guint *) b;
  const gint                      by_key =
    rows_now->keys[x] < rows_now->keys[y] ? -1 : rows_now->keys[x] > rows_now->keys[y];

  for (gsize i = 0; i < query->n_sort; i++)
    {
      gint               order;
      struct grove_value vx, vy;

      value_of (a, query->sort[i].column, NULL, &vx);
      value_of (b, query->sort[i].column, NULL, &vy);
      if (query->sort[i].column == PID)
        order = by_key;
      else if (vx.type == GROVE_COLUMN_TEXT)
        order = strcmp (vx.u.text, vy.u.text);
      else if (vx.type == GROVE_COLUMN_REAL)
        order = compare_reals (vx.u.real, vy.u.real);
      else
        order = vx.u.integer < vy.u.integer ? -1 : vx.u.integer > vy.u.integer;
      if (order != 0)
        return query->sort[i].descending ? -order : order;
    }
  return by_key;
}

/* ---- Both -------------------------------------------------------------------------------------
 */

static const char *const filters[] = {
  "[\"gt\",\"messages\",0]",
  "[\"le\",\"messages\",1.5]",
  "[\"in\",\"messages\",[-1,2,3]]",
  "[\"ne\",\"rate\",1.5]",
  "[\"ge\",\"rate\",0]",
  "[\"in\",\"rate\",[0,1.5]]",
  "[\"eq\",\"system\",true]",
  "[\"eq\",\"name\",\"worker_of_7\"]",
  "[\"lt\",\"name\",\"worker_of_3\"]",
  "[\"prefix\",\"name\",\"worker_of_1\"]",
  "[\"contains\",\"name\",\"OF_2\"]",
  "[\"in\",\"name\",[\"worker_of_1\",\"\"]]",
  "[\"prefix\",\"pid\",\"<0.12\"]",
  "[\"or\",[\"and\",[\"gt\",\"messages\",2],[\"not\",[\"eq\",\"system\",true]],[\"ne\",\"name\","
  "\"\"]],[\"eq\",\"rate\",1.5],[\"not\",[\"or\",[\"gt\",\"messages\",0],[\"lt\",\"rate\",5]]]]",
};

static struct grove_filter *
some_filter (void)
{
  const gint           which = g_test_rand_int_range (-1, G_N_ELEMENTS (filters));
  struct json_object  *json;
  struct grove_filter *filter;
  char                *error = NULL;

  if (which < 0)
    return NULL;
  json = json_tokener_parse (filters[which]);
  filter = grove_filter_new (json, &table, &error);
  g_assert_cmpstr (error, ==, NULL);
  json_object_put (json);
  return filter;
}

static void
fill_query (struct grove_table_query *query)
{
  query->limit = (guint32) g_test_rand_int_range (0, 513);
  query->offset = (guint64) g_test_rand_int_range (0, g_test_rand_bit () ? 400 : 22000);
  query->n_sort = (gsize) g_test_rand_int_range (0, 5);
  for (gsize i = 0; i < query->n_sort; i++)
    {
      query->sort[i].column = (guint32) g_test_rand_int_range (0, N_COLUMNS);
      query->sort[i].descending = g_test_rand_bit ();
    }
}

/* What goes through one round. */
struct round
{
  struct grove_table_query query;
  struct grove_ranking    *ranking;
  guint                    sorted[N_ROWS]; /* naively: those that are accepted */
  gsize                    n;
  guint                    anchor; /* to be set; N_ROWS: none */
};

static void
take_anchor (const struct grove_columns *batch, gsize first, gpointer user_data)
{
  struct round *round = user_data;

  if (round->anchor >= first && round->anchor < first + batch->n)
    grove_ranking_set_anchor (round->ranking, batch, round->anchor - first);
}

static void
take_batch (const struct grove_columns *batch, gsize first, gpointer user_data)
{
  struct round *round = user_data;
  bool          accepted[GROVE_COLUMNS_ROWS];

  grove_filter_select (round->query.filter, batch, accepted);
  for (guint i = 0; i < batch->n; i++)
    {
      const guint row = (guint) first + i;

      g_assert_cmpint (accepted[i], ==,
                       grove_filter_accepts (round->query.filter, &row, value_of, NULL));
      if (accepted[i])
        round->sorted[round->n++] = row;
    }
  grove_ranking_offer (round->ranking, batch, accepted);
}

static void
round_begin (struct round *round)
{
  memset (round, 0, sizeof *round);
  fill_query (&round->query);
  round->query.filter = some_filter ();
  round->anchor = N_ROWS;
}

/* Offers all, and sorts them naively. */
static void
round_run (struct round *round, const struct rows *rows)
{
  for_each_batch (rows, take_batch, round);
  g_qsort_with_data (round->sorted, (gint) round->n, sizeof *round->sorted, compare_naively,
                     &round->query);
  g_assert_cmpuint (grove_ranking_matched (round->ranking), ==, round->n);
}

static void
round_end (struct round *round)
{
  grove_ranking_free (round->ranking);
  grove_filter_free ((struct grove_filter *) (uintptr_t) round->query.filter);
}

/* Any window of any order, near the front and deep, is the one a full sort gives. */
static void
test_windows (void)
{
  g_autofree struct rows  *rows = g_new (struct rows, 1);
  g_autofree struct round *round = g_new (struct round, 1);
  guint64                  keys[GROVE_COLUMNS_ROWS], offset;

  for (guint times = 0; times < 80; times++)
    {
      gsize n, n_wanted;

      fill (rows);
      rows_now = rows;
      round_begin (round);
      round->ranking = grove_ranking_new (&round->query, &table, 16);
      round_run (round, rows);
      n = grove_ranking_window (round->ranking, keys, &offset);
      n_wanted = round->query.limit + 16;
      n_wanted = round->query.limit > 0 && round->query.offset < round->n
                   ? MIN (n_wanted, round->n - round->query.offset)
                   : 0;
      g_assert_cmpuint (n, ==, n_wanted);
      g_assert_cmpuint (offset, ==, round->query.offset);
      for (gsize i = 0; i < n; i++)
        g_assert_cmpuint (keys[i], ==, rows->keys[round->sorted[offset + i]]);
      round_end (round);
    }
}

/* Wherever a row is: the window is the one in which it has its place. */
static void
test_anchors (void)
{
  g_autofree struct rows  *rows = g_new (struct rows, 1);
  g_autofree struct round *round = g_new (struct round, 1);
  guint64                  keys[GROVE_COLUMNS_ROWS], offset;

  for (guint times = 0; times < 80; times++)
    {
      gsize n, place = 0;
      guint anchor;

      fill (rows);
      rows_now = rows;
      round_begin (round);
      do
        anchor = (guint) g_test_rand_int_range (0, N_ROWS);
      while (!grove_filter_accepts (round->query.filter, &anchor, value_of, NULL));
      round->anchor = anchor;
      round->query.limit = MAX (round->query.limit, 1);
      round->query.anchor_row = (guint32) g_test_rand_int_range (0, (gint) round->query.limit);
      round->ranking = grove_ranking_new (&round->query, &table, 16);
      for_each_batch (rows, take_anchor, round);
      g_assert_false (grove_ranking_is_deep (round->ranking));
      round_run (round, rows);
      n = grove_ranking_window (round->ranking, keys, &offset);
      while (round->sorted[place] != anchor)
        place++;
      g_assert_cmpuint (offset, ==, place - MIN (place, (gsize) round->query.anchor_row));
      g_assert_cmpuint (n, ==, MIN ((gsize) round->query.limit + 16, round->n - offset));
      for (gsize i = 0; i < n; i++)
        g_assert_cmpuint (keys[i], ==, rows->keys[round->sorted[offset + i]]);
      round_end (round);
    }
}

static void
take_sorted (const struct grove_columns *batch, gsize first, gpointer user_data)
{
  struct round     *round = user_data;
  bool              accepted[GROVE_COLUMNS_ROWS];
  uint32_t          which[GROVE_COLUMNS_ROWS];
  g_autofree guint *sorted = g_new (guint, GROVE_COLUMNS_ROWS);
  gsize             n = 0;

  grove_filter_select (round->query.filter, batch, accepted);
  for (guint i = 0; i < batch->n; i++)
    if (accepted[i])
      sorted[n++] = (guint) first + i;
  g_qsort_with_data (sorted, (gint) n, sizeof *sorted, compare_naively, &round->query);
  g_assert_cmpuint (grove_ranking_sort (round->ranking, batch, accepted, which), ==, n);
  for (gsize i = 0; i < n; i++)
    g_assert_cmpuint (first + which[i], ==, sorted[i]);
}

static void
test_sort (void)
{
  g_autofree struct rows  *rows = g_new (struct rows, 1);
  g_autofree struct round *round = g_new (struct round, 1);

  fill (rows);
  rows_now = rows;
  for (guint times = 0; times < 10; times++)
    {
      round_begin (round);
      round->ranking = grove_ranking_new (&round->query, &table, 0);
      for_each_batch (rows, take_sorted, round);
      round_end (round);
    }
}

/* What a filter says of a text is forgotten when another may lie there. */
static void
test_forgets (void)
{
  struct json_object  *json = json_tokener_parse ("[\"prefix\",\"name\",\"a\"]");
  char                *error = NULL;
  struct grove_filter *filter = grove_filter_new (json, &table, &error);
  char                 text[] = "a";
  const char          *names[] = { text };
  const void *const    values[N_COLUMNS] = { [NAME] = names };
  const uint64_t       key = 1;
  struct grove_columns batch = { .n = 1, .keys = &key, .values = values };
  bool                 accepted[GROVE_COLUMNS_ROWS];

  g_assert_cmpuint (grove_filter_columns (filter), ==, 1 << NAME);
  grove_filter_select (filter, &batch, accepted);
  g_assert_true (accepted[0]);
  text[0] = 'b';
  grove_filter_begin (filter);
  grove_filter_select (filter, &batch, accepted);
  g_assert_false (accepted[0]);
  grove_filter_free (filter);
  json_object_put (json);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/protocol/ranking/windows", test_windows);
  g_test_add_func ("/protocol/ranking/anchors", test_anchors);
  g_test_add_func ("/protocol/ranking/sort", test_sort);
  g_test_add_func ("/protocol/ranking/forgets-texts", test_forgets);
  return g_test_run ();
}
