/* SPDX-License-Identifier: MIT
 *
 * Tests protocol/filter.c and selection.c: filters, and windows against a naive sort.
 */
#include "protocol/query.h"

#include <glib.h>
#include <json-c/json.h>
#include <math.h>
#include <string.h>

struct row
{
  guint64 number;
  gint64  messages;
  double  rate;
  char    name[24];
  bool    system;
};

enum
{
  PID,
  NAME,
  MESSAGES,
  RATE,
  SYSTEM,
};

static const struct grove_column columns[] = {
  { "pid", GROVE_COLUMN_TEXT, "" },     { "name", GROVE_COLUMN_TEXT, "" },
  { "messages", GROVE_COLUMN_INT, "" }, { "rate", GROVE_COLUMN_REAL, "1/s" },
  { "system", GROVE_COLUMN_BOOL, "" },
};
static const struct grove_table table = { "rows", columns, G_N_ELEMENTS (columns) };

static void
value_of (const void *data, uint32_t column, void *user_data, struct grove_value *ret)
{
  const struct row *row = data;

  ret->type = columns[column].type;
  switch (column)
    {
    case PID:
      ret->u.text = "";
      break;
    case NAME:
      ret->u.text = row->name;
      break;
    case MESSAGES:
      ret->u.integer = row->messages;
      break;
    case RATE:
      ret->u.real = row->rate;
      break;
    default:
      ret->u.integer = row->system;
      break;
    }
}

static int
compare_keys (const void *a, const void *b)
{
  const struct row *ra = a, *rb = b;

  return ra->number < rb->number ? -1 : ra->number > rb->number;
}

static gint
compare_column (const struct row *a, const struct row *b, guint column)
{
  switch (column)
    {
    case PID:
      return compare_keys (a, b);
    case NAME:
      return strcmp (a->name, b->name);
    case MESSAGES:
      return a->messages < b->messages ? -1 : a->messages > b->messages;
    case RATE:
      if (isnan (a->rate) || isnan (b->rate))
        return !isnan (a->rate) - !isnan (b->rate);
      return a->rate < b->rate ? -1 : a->rate > b->rate;
    default:
      return a->system - b->system;
    }
}

static gint
compare_naively (gconstpointer a, gconstpointer b, gpointer data)
{
  const struct grove_table_query *query = data;

  for (gsize i = 0; i < query->n_sort; i++)
    {
      gint order = compare_column (a, b, query->sort[i].column);

      if (order != 0)
        return query->sort[i].descending ? -order : order;
    }
  return compare_keys (a, b);
}

static void
fill (struct row *rows, gsize n)
{
  static const double rates[] = { 0, -0.0, 1.5, -2.5, NAN, INFINITY, 1e9 };

  for (gsize i = 0; i < n; i++)
    {
      rows[i].number = i * 7919 % 1000003;
      rows[i].messages = g_test_rand_int_range (-5, g_test_rand_bit () ? 5 : 100000);
      rows[i].rate = rates[g_test_rand_int_range (0, G_N_ELEMENTS (rates))];
      /* Many names begin alike, beyond the eight bytes a rank holds. */
      g_snprintf (rows[i].name, sizeof rows[i].name, "worker_of_%d", g_test_rand_int_range (0, 50));
      rows[i].system = g_test_rand_bit ();
    }
}

static struct grove_filter *
compile (const char *text)
{
  struct json_object  *json = json_tokener_parse (text);
  char                *error = NULL;
  struct grove_filter *filter = grove_filter_new (json, &table, &error);

  if (filter == NULL)
    g_error ("%s: %s", text, error);
  json_object_put (json);
  return filter;
}

/* Any window of any order, near the front and deep, is the one a full sort gives. */
static void
test_windows (void)
{
  const gsize            n = 20000;
  g_autofree struct row *rows = g_new0 (struct row, n);
  g_autofree struct row *sorted = g_new0 (struct row, n);
  struct grove_filter   *filter = compile ("[\"gt\",\"messages\",0]");

  for (guint round = 0; round < 60; round++)
    {
      struct grove_table_query query = { .limit = (guint32) g_test_rand_int_range (0, 513) };
      struct grove_selection  *selection;
      const void             **window;
      gsize                    n_sorted = 0, n_window, n_wanted;

      fill (rows, n);
      query.offset = (guint64) g_test_rand_int_range (0, round % 3 == 0 ? 400 : 22000);
      query.n_sort = (gsize) g_test_rand_int_range (0, 4);
      for (gsize i = 0; i < query.n_sort; i++)
        {
          query.sort[i].column = (guint32) g_test_rand_int_range (0, G_N_ELEMENTS (columns));
          query.sort[i].descending = g_test_rand_bit ();
        }
      query.filter = g_test_rand_bit () ? filter : NULL;
      selection = grove_selection_new (&query, sizeof (struct row), value_of, compare_keys, NULL);
      for (gsize i = 0; i < n; i++)
        {
          grove_selection_offer (selection, &rows[i]);
          if (query.filter == NULL || rows[i].messages > 0)
            sorted[n_sorted++] = rows[i];
        }
      g_qsort_with_data (sorted, (gint) n_sorted, sizeof *sorted, compare_naively, &query);
      g_assert_cmpuint (grove_selection_total (selection), ==, n);
      g_assert_cmpuint (grove_selection_matched (selection), ==, n_sorted);
      n_window = grove_selection_window (selection, &window);
      n_wanted = query.offset < n_sorted ? MIN (query.limit, n_sorted - query.offset) : 0;
      g_assert_cmpuint (n_window, ==, n_wanted);
      for (gsize i = 0; i < n_wanted; i++)
        g_assert_cmpuint (((const struct row *) window[i])->number, ==,
                          sorted[query.offset + i].number);
      /* Asking twice gives the same. */
      g_assert_cmpuint (grove_selection_window (selection, &window), ==, n_wanted);
      grove_selection_free (selection);
    }
  grove_filter_free (filter);
}

static void
test_far_offset (void)
{
  struct grove_table_query query = { .offset = G_MAXINT64, .limit = 512 };
  struct grove_selection  *selection =
    grove_selection_new (&query, sizeof (struct row), value_of, compare_keys, NULL);
  struct row   row = { .number = 1 };
  const void **window;

  grove_selection_offer (selection, &row);
  g_assert_cmpuint (grove_selection_window (selection, &window), ==, 0);
  grove_selection_free (selection);
}

struct sample
{
  const char *filter;
  gboolean    accepts;
};

static void
test_filters (void)
{
  const struct row row = {
    .number = 7, .messages = 12, .rate = 2.5, .name = "Counter_3", .system = true
  };
  static const struct sample samples[] = {
    { "[\"eq\",\"messages\",12]", TRUE },
    { "[\"eq\",\"messages\",12.0]", TRUE },
    { "[\"gt\",\"messages\",11.5]", TRUE },
    { "[\"lt\",\"messages\",12]", FALSE },
    { "[\"le\",\"messages\",12]", TRUE },
    { "[\"ge\",\"messages\",13]", FALSE },
    { "[\"ne\",\"messages\",13]", TRUE },
    { "[\"gt\",\"rate\",2]", TRUE },
    { "[\"lt\",\"rate\",2.5]", FALSE },
    { "[\"eq\",\"system\",true]", TRUE },
    { "[\"ne\",\"system\",true]", FALSE },
    { "[\"eq\",\"name\",\"Counter_3\"]", TRUE },
    { "[\"eq\",\"name\",\"counter_3\"]", FALSE },
    { "[\"prefix\",\"name\",\"Count\"]", TRUE },
    { "[\"prefix\",\"name\",\"count\"]", FALSE },
    { "[\"contains\",\"name\",\"NTER\"]", TRUE },
    { "[\"contains\",\"name\",\"\"]", TRUE },
    { "[\"contains\",\"name\",\"er_33\"]", FALSE },
    { "[\"lt\",\"name\",\"D\"]", TRUE },
    { "[\"in\",\"messages\",[1,12]]", TRUE },
    { "[\"in\",\"name\",[\"a\",\"b\"]]", FALSE },
    { "[\"not\",[\"eq\",\"messages\",12]]", FALSE },
    { "[\"and\",[\"gt\",\"messages\",1],[\"eq\",\"system\",false]]", FALSE },
    { "[\"or\",[\"gt\",\"messages\",100],[\"eq\",\"system\",true]]", TRUE },
    { "[\"and\",[\"or\",[\"eq\",\"messages\",1],[\"not\",[\"eq\",\"messages\",1]]],[\"gt\","
      "\"rate\",1]]",
      TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      struct grove_filter *filter = compile (samples[i].filter);

      if (grove_filter_accepts (filter, &row, value_of, NULL) != samples[i].accepts)
        g_error ("%s", samples[i].filter);
      grove_filter_free (filter);
    }
}

static void
test_bad_filters (void)
{
  static const char *const samples[] = {
    "[]",
    "{}",
    "5",
    "[5]",
    "[\"xor\",[\"eq\",\"messages\",1]]",
    "[\"and\"]",
    "[\"not\"]",
    "[\"not\",[\"eq\",\"messages\",1],[\"eq\",\"messages\",1]]",
    "[\"eq\",\"messages\"]",
    "[\"eq\",\"messages\",1,2]",
    "[\"eq\",5,1]",
    "[\"eq\",\"nothing\",1]",
    "[\"eq\",\"messages\",\"1\"]",
    "[\"eq\",\"messages\",null]",
    "[\"eq\",\"name\",1]",
    "[\"eq\",\"system\",1]",
    "[\"lt\",\"system\",true]",
    "[\"prefix\",\"messages\",\"1\"]",
    "[\"contains\",\"rate\",\"1\"]",
    "[\"in\",\"messages\",1]",
    "[\"in\",\"messages\",[]]",
    "[\"in\",\"messages\",[1,\"2\"]]",
    "[\"not\",[\"not\",[\"not\",[\"not\",[\"eq\",\"messages\",1]]]]]",
  };
  GString             *big = g_string_new ("[\"or\"");
  struct json_object  *json;
  struct grove_filter *filter;
  char                *error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      json = json_tokener_parse (samples[i]);
      filter = grove_filter_new (json, &table, &error);
      if (filter != NULL)
        g_error ("%s", samples[i]);
      g_assert_true (g_str_has_prefix (error, "filter: "));
      free (error);
      json_object_put (json);
    }
  for (guint i = 0; i < 64; i++)
    g_string_append (big, ",[\"eq\",\"messages\",1]");
  g_string_append (big, "]");
  json = json_tokener_parse (big->str);
  g_assert_null (grove_filter_new (json, &table, &error));
  g_assert_nonnull (strstr (error, "64"));
  free (error);
  json_object_put (json);
  g_string_free (big, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/protocol/query/windows", test_windows);
  g_test_add_func ("/protocol/query/far-offset", test_far_offset);
  g_test_add_func ("/protocol/query/filters", test_filters);
  g_test_add_func ("/protocol/query/bad-filters", test_bad_filters);
  return g_test_run ();
}
