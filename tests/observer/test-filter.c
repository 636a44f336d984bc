/* SPDX-License-Identifier: MIT
 *
 * The typed filter: what it compiles to, and where and how it complains.
 */
#include "observer/grove-filter.h"

#include "protocol/query.h"

#include <json-c/json.h>
#include <string.h>

typedef struct
{
  const char *name;
  const char *typed;
  const char *json; /* NULL: no filter */
} Good;

static const Good goods[] = {
  { "empty", "", NULL },
  { "only-spaces", "  \t ", NULL },
  { "only-and", "and", NULL },
  { "number", "messages>100", "[\"gt\",\"messages\",100]" },
  { "alias-state", "state:waiting", "[\"eq\",\"status\",\"waiting\"]" },
  { "alias-mailbox", "mailbox<=3", "[\"le\",\"messages\",3]" },
  { "alias-reds", "reds>1k", "[\"gt\",\"reductions/s\",1000.0]" },
  { "rate-with-slash", "messages_in/s>0.5", "[\"gt\",\"messages_in/s\",0.5]" },
  { "bytes", "memory>=1M", "[\"ge\",\"memory\",1048576]" },
  { "bytes-fraction", "heap<1.5k", "[\"lt\",\"heap\",1536]" },
  { "count-suffix", "messages>2k", "[\"gt\",\"messages\",2000]" },
  { "giga", "reductions>3G", "[\"gt\",\"reductions\",3000000000]" },
  { "negative", "scheduler!=-1", "[\"ne\",\"scheduler\",-1]" },
  { "case", "STATUS:Waiting", "[\"eq\",\"status\",\"waiting\"]" },
  { "contains", "name~conn", "[\"contains\",\"name\",\"conn\"]" },
  { "prefix", "initial^gen", "[\"prefix\",\"initial\",\"gen\"]" },
  { "part-of-status", "status~run", "[\"contains\",\"status\",\"run\"]" },
  { "boolean", "trap_exit:yes", "[\"eq\",\"trap_exit\",true]" },
  { "not", "-system:true", "[\"not\",[\"eq\",\"system\",true]]" },
  { "not-with-bang", "!system:true", "[\"not\",[\"eq\",\"system\",true]]" },
  { "not-in-words", "not system:true", "[\"not\",[\"eq\",\"system\",true]]" },
  { "not-not", "not -app:shop", "[\"eq\",\"app\",\"shop\"]" },
  { "not-equal-turned", "-app!=shop", "[\"eq\",\"app\",\"shop\"]" },
  { "not-less", "not messages<5", "[\"not\",[\"lt\",\"messages\",5]]" },
  { "does-not-contain", "name!~conn", "[\"not\",[\"contains\",\"name\",\"conn\"]]" },
  { "several", "status:waiting,running", "[\"in\",\"status\",[\"waiting\",\"running\"]]" },
  { "several-quoted", "name:\"a,b\",c", "[\"in\",\"name\",[\"a,b\",\"c\"]]" },
  { "several-numbers", "messages:1,2k", "[\"in\",\"messages\",[1,2000]]" },
  { "none-of-several", "app!=a,b", "[\"not\",[\"in\",\"app\",[\"a\",\"b\"]]]" },
  { "comma-in-a-part", "name~a,b", "[\"contains\",\"name\",\"a,b\"]" },
  { "seconds", "age<5s", "[\"lt\",\"age\",5000000000]" },
  { "milliseconds", "age>=1.5ms", "[\"ge\",\"age\",1500000]" },
  { "hours", "age>2h", "[\"gt\",\"age\",7200000000000]" },
  { "kibibytes", "memory>4KiB", "[\"gt\",\"memory\",4096]" },
  { "fraction-that-is-whole", "messages>1.1k", "[\"gt\",\"messages\",1100]" },
  { "quoted-quote", "name:\"a\\\"b\\\\c\"", "[\"eq\",\"name\",\"a\\\"b\\\\c\"]" },
  { "supervisor-completed", "supervisor:0.4.0", "[\"eq\",\"supervisor\",\"<0.4.0>\"]" },
  { "quoted", "name=\"a b\"", "[\"eq\",\"name\",\"a b\"]" },
  { "quoted-empty", "app:\"\"", "[\"eq\",\"app\",\"\"]" },
  { "value-with-operators", "name=a:b>c", "[\"eq\",\"name\",\"a:b>c\"]" },
  { "pid-completed", "pid=0.41.0", "[\"eq\",\"pid\",\"<0.41.0>\"]" },
  { "and", "app:shop messages>1", "[\"and\",[\"eq\",\"app\",\"shop\"],[\"gt\",\"messages\",1]]" },
  { "written-and", "app:shop and messages>1",
    "[\"and\",[\"eq\",\"app\",\"shop\"],[\"gt\",\"messages\",1]]" },
  { "or", "app:shop or app:bank", "[\"or\",[\"eq\",\"app\",\"shop\"],[\"eq\",\"app\",\"bank\"]]" },
  { "bare", "conn",
    "[\"or\",[\"contains\",\"name\",\"conn\"],[\"contains\",\"initial\",\"conn\"]]" },
  { "bare-pid", "<0.41.0>",
    "[\"or\",[\"contains\",\"name\",\"<0.41.0>\"],[\"contains\",\"initial\",\"<0.41.0>\"],"
    "[\"eq\",\"pid\",\"<0.41.0>\"]]" },
  { "bare-quoted", "\"or\"",
    "[\"or\",[\"contains\",\"name\",\"or\"],[\"contains\",\"initial\",\"or\"]]" },
  { "not-bare", "-conn",
    "[\"and\",[\"not\",[\"contains\",\"name\",\"conn\"]],[\"not\",[\"contains\",\"initial\","
    "\"conn\"]]]" },
  { "word-that-begins-like-or", "orders",
    "[\"or\",[\"contains\",\"name\",\"orders\"],[\"contains\",\"initial\",\"orders\"]]" },
  { "deepest", "x -y or app:a -app:b",
    "[\"or\",[\"and\",[\"or\",[\"contains\",\"name\",\"x\"],[\"contains\",\"initial\",\"x\"]],"
    "[\"not\",[\"contains\",\"name\",\"y\"]],[\"not\",[\"contains\",\"initial\",\"y\"]]],"
    "[\"and\",[\"eq\",\"app\",\"a\"],[\"not\",[\"eq\",\"app\",\"b\"]]]]" },
};

/* The columns as a source declares them, so that the server's own compiler judges what we send. */
static const struct grove_column columns[] = {
  { "pid", GROVE_COLUMN_TEXT, "" },
  { "name", GROVE_COLUMN_TEXT, "" },
  { "status", GROVE_COLUMN_TEXT, "" },
  { "messages", GROVE_COLUMN_INT, "" },
  { "messages_in/s", GROVE_COLUMN_REAL, "1/s" },
  { "mailbox_bytes", GROVE_COLUMN_INT, "bytes" },
  { "reductions", GROVE_COLUMN_INT, "" },
  { "reductions/s", GROVE_COLUMN_REAL, "1/s" },
  { "memory", GROVE_COLUMN_INT, "bytes" },
  { "heap", GROVE_COLUMN_INT, "bytes" },
  { "stack", GROVE_COLUMN_INT, "bytes" },
  { "priority", GROVE_COLUMN_TEXT, "" },
  { "initial", GROVE_COLUMN_TEXT, "" },
  { "current", GROVE_COLUMN_TEXT, "" },
  { "app", GROVE_COLUMN_TEXT, "" },
  { "supervisor", GROVE_COLUMN_TEXT, "" },
  { "restarts", GROVE_COLUMN_INT, "" },
  { "started_ns", GROVE_COLUMN_INT, "ns" },
  { "scheduler", GROVE_COLUMN_INT, "" },
  { "links", GROVE_COLUMN_INT, "" },
  { "trap_exit", GROVE_COLUMN_BOOL, "" },
  { "system", GROVE_COLUMN_BOOL, "" },
  { "age", GROVE_COLUMN_INT, "ns" },
};
static const struct grove_table table = { "processes", columns, G_N_ELEMENTS (columns) };

static void
assert_server_takes (struct json_object *json)
{
  char                *complaint = NULL;
  struct grove_filter *filter = grove_filter_new (json, &table, &complaint);
  g_assert_cmpstr (complaint, ==, NULL);
  g_assert_nonnull (filter);
  grove_filter_free (filter);
}

static void
test_good (gconstpointer user_data)
{
  const Good         *good = user_data;
  struct json_object *json = NULL;
  g_autoptr (GError) error = NULL;
  g_assert_true (grove_filter_parse (NULL, good->typed, &json, NULL, &error));
  g_assert_no_error (error);
  if (good->json == NULL)
    {
      g_assert_null (json);
      return;
    }
  g_assert_cmpstr (json_object_to_json_string_ext (json, JSON_C_TO_STRING_NOSLASHESCAPE |
                                                           JSON_C_TO_STRING_PLAIN),
                   ==, good->json);
  assert_server_takes (json);
  json_object_put (json);
}

typedef struct
{
  const char *name;
  const char *typed;
  gsize       position;
  const char *says; /* a part of the message */
} Bad;

static const Bad bads[] = {
  { "no-such-field", "app:a nonsense:1", 6, "nonsense" },
  { "missing-value", "messages>", 9, "value is missing" },
  { "missing-value-before-space", "messages> 5", 9, "value is missing" },
  { "not-a-number", "messages>many", 9, "many" },
  { "hexadecimal", "messages>0x10", 9, "0x10" },
  { "exponent", "messages>1e5", 9, "1e5" },
  { "half-a-message", "messages>1.5", 9, "whole" },
  { "too-big", "messages>99999999999G", 9, "number" },
  { "less-for-text", "name<b", 4, "contains" },
  { "contains-for-numbers", "memory~1", 6, "<" },
  { "less-for-booleans", "system>true", 6, "!=" },
  { "no-such-status", "status:sleeping", 7, "running, runnable, waiting, suspended, exiting" },
  { "no-such-priority", "priority:urgent", 9, "low, normal, high, max" },
  { "maybe", "system:maybe", 7, "true or false" },
  { "open-quote", "name:\"abc", 5, "closed" },
  { "text-after-quote", "name:\"abc\"def", 10, "space" },
  { "empty-quotes", "\"\"", 0, "nothing between" },
  { "lonely-minus", "app:a - b", 6, "condition" },
  { "or-first", "or app:a", 0, "before" },
  { "or-last", "app:a or", 8, "after" },
  { "or-twice", "app:a or or app:b", 9, "before" },
  { "no-text", "name:\xff", 5, "no text" },
  { "not-nothing", "app:a not", 6, "must follow" },
  { "not-or", "not or app:a", 0, "must follow" },
  { "lonely-bang", "app:a ! b", 6, "condition" },
  { "missing-second-value", "status:waiting,", 15, "missing" },
  { "wrong-second-value", "status:waiting,asleep", 15, "asleep" },
  { "bytes-for-counts", "messages>1KiB", 9, "number" },
  { "no-time", "age<5x", 4, "5s or 2h" },
  { "half-a-nanosecond", "age<0.5ns", 4, "whole" },
};

static void
test_bad (gconstpointer user_data)
{
  const Bad          *bad = user_data;
  struct json_object *json = NULL;
  g_autoptr (GError) error = NULL;
  gsize position = G_MAXSIZE;
  g_assert_false (grove_filter_parse (NULL, bad->typed, &json, &position, &error));
  g_assert_null (json);
  g_assert_nonnull (error);
  g_assert_true (error->domain == GROVE_FILTER_ERROR);
  if (strstr (error->message, bad->says) == NULL)
    g_error ("“%s” does not say “%s”", error->message, bad->says);
  g_assert_cmpuint (position, ==, bad->position);
}

static void
test_too_much (void)
{
  struct json_object *json = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) typed = g_string_new (NULL);
  for (int i = 0; i < 62; i++)
    g_string_append_printf (typed, "app:a%d ", i);
  g_assert_true (grove_filter_parse (NULL, typed->str, &json, NULL, &error));
  assert_server_takes (json);
  json_object_put (json);
  json = NULL;
  g_string_append (typed, "app:b app:c app:d");
  g_assert_false (grove_filter_parse (NULL, typed->str, &json, NULL, &error));
  g_assert_nonnull (strstr (error->message, "too many"));
  g_clear_error (&error);

  g_string_truncate (typed, 0);
  for (int i = 0; i < 2001; i++)
    g_string_append_c (typed, 'a');
  g_assert_false (grove_filter_parse (NULL, typed->str, &json, NULL, &error));
  g_assert_nonnull (strstr (error->message, "longer"));
}

/* Each name offered for completion is one the parser knows, and the server too. */
static void
test_fields (void)
{
  g_auto (GStrv) fields = grove_filter_get_fields (NULL);
  for (char **field = fields; *field != NULL; field++)
    {
      static const char *const values[] = { "1", "true", "waiting", "low", "x" };
      gboolean                 taken = FALSE;
      for (guint i = 0; i < G_N_ELEMENTS (values) && !taken; i++)
        {
          struct json_object *json = NULL;
          g_autofree char    *typed = g_strdup_printf ("%s:%s", *field, values[i]);
          taken = grove_filter_parse (NULL, typed, &json, NULL, NULL);
          if (taken)
            assert_server_takes (json);
          json_object_put (json);
        }
      g_assert_true (taken);
    }
}

/* The columns of another table, as a greeting has them, are asked by their own types. */
static void
test_other_table (void)
{
  struct json_object *declared =
    json_tokener_parse ("[{\"name\":\"seq\",\"type\":\"int\",\"unit\":\"\"},"
                        "{\"name\":\"kind\",\"type\":\"text\",\"unit\":\"\"},"
                        "{\"name\":\"lived_ns\",\"type\":\"int\",\"unit\":\"ns\"},"
                        "{\"name\":\"peer\",\"type\":\"text\",\"unit\":\"\"}]");
  const GroveFilterScope scope = { "events", declared };
  struct json_object    *json = NULL;
  g_autoptr (GError) error = NULL;
  g_assert_true (
    grove_filter_parse (&scope, "kind:exit lived<1ms peer:0.1.0", &json, NULL, &error));
  g_assert_cmpstr (json_object_to_json_string_ext (json, JSON_C_TO_STRING_PLAIN), ==,
                   "[\"and\",[\"eq\",\"kind\",\"exit\"],[\"lt\",\"lived_ns\",1000000],[\"eq\","
                   "\"peer\",\"<0.1.0>\"]]");
  json_object_put (json);
  json = NULL;
  g_assert_false (grove_filter_parse (&scope, "messages>1", &json, NULL, &error));
  g_assert_nonnull (strstr (error->message, "try kind"));
  g_clear_error (&error);
  g_assert_false (grove_filter_parse (&scope, "conn", &json, NULL, &error));
  g_assert_nonnull (strstr (error->message, "name a column"));
  json_object_put (declared);
}

typedef struct
{
  const char *name;
  const char *typed;
  gsize       start;
  const char *offered; /* with spaces between; "*": anything */
} Completion;

static const Completion completions[] = {
  { "column", "mess", 0, "messages> messages_in/s>" },
  { "column-and-alias", "sta", 0, "status: stack> started_ns> state:" },
  { "second-word", "app:a pri", 6, "priority:" },
  { "word-between", "app:a o", 6, "or" },
  { "first-word", "no", 0, "not" },
  { "value", "status:r", 7, "running runnable" },
  { "values", "status:", 7, "running runnable waiting suspended exiting" },
  { "second-value", "status:running,wa", 15, "waiting" },
  { "negated", "-priority=h", 10, "high" },
  { "boolean", "system:t", 7, "true" },
  { "no-values", "name:a", 5, "" },
  { "no-such-column", "nonsense:a", 0, "" },
  { "in-quotes", "name:\"a st", 5, "" },
};

static void
test_completion (gconstpointer user_data)
{
  const Completion *completion = user_data;
  gsize             start = G_MAXSIZE;
  g_auto (GStrv) offered = grove_filter_complete (NULL, completion->typed, &start);
  g_autofree char *all = g_strjoinv (" ", offered);
  g_assert_cmpstr (all, ==, completion->offered);
  g_assert_cmpuint (start, ==, completion->start);
}

/* Anything typed is answered: never a crash, never a tree the server would refuse. */
static void
test_random (void)
{
  static const char *const pieces[] = { "app",   ":",     "=",   "\"", " ",        "or",   "-",
                                        "<",     ">=",    "~",   "!",  "not",      ",",    "age",
                                        "5s",    "conn",  "1k",  "é",  "messages", "true", "!=",
                                        "state", "<0.1>", "and", "^",  "waiting" };
  for (int round = 0; round < 20000; round++)
    {
      g_autoptr (GString) typed = g_string_new (NULL);
      int n = g_test_rand_int_range (1, 12);
      for (int i = 0; i < n; i++)
        g_string_append (typed, pieces[g_test_rand_int_range (0, G_N_ELEMENTS (pieces))]);
      struct json_object *json = NULL;
      g_autoptr (GError) error = NULL;
      gsize position = 0;
      if (!grove_filter_parse (NULL, typed->str, &json, &position, &error))
        {
          g_assert_nonnull (error);
          g_assert_cmpuint (position, <=, typed->len);
        }
      else if (json != NULL)
        assert_server_takes (json);
      json_object_put (json);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (goods); i++)
    {
      g_autofree char *path = g_strdup_printf ("/observer/filter/good/%s", goods[i].name);
      g_test_add_data_func (path, &goods[i], test_good);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bads); i++)
    {
      g_autofree char *path = g_strdup_printf ("/observer/filter/bad/%s", bads[i].name);
      g_test_add_data_func (path, &bads[i], test_bad);
    }
  for (guint i = 0; i < G_N_ELEMENTS (completions); i++)
    {
      g_autofree char *path =
        g_strdup_printf ("/observer/filter/completion/%s", completions[i].name);
      g_test_add_data_func (path, &completions[i], test_completion);
    }
  g_test_add_func ("/observer/filter/other-table", test_other_table);
  g_test_add_func ("/observer/filter/too-much", test_too_much);
  g_test_add_func ("/observer/filter/fields", test_fields);
  g_test_add_func ("/observer/filter/random", test_random);
  return g_test_run ();
}
