/* SPDX-License-Identifier: MIT
 *
 * Tests that schema/grove-1.json, PROTOCOL.md and the program say the same, and protocol/schema.c.
 */
#include "protocol/schema.h"
#include "protocol/source.h"

#include <glib.h>
#include <json-c/json.h>
#include <string.h>

static struct json_object *
schema (void)
{
  static struct json_object *parsed;

  if (parsed == NULL)
    parsed = json_tokener_parse (grove_schema_json);
  g_assert_nonnull (parsed);
  return parsed;
}

static struct json_object *
member (struct json_object *object, const char *name)
{
  struct json_object *value = NULL;

  if (!json_object_object_get_ex (object, name, &value))
    g_error ("no “%s” in %s", name, json_object_to_json_string (object));
  return value;
}

static const char *
text_of (struct json_object *object, const char *name)
{
  return json_object_get_string (member (object, name));
}

static gboolean
flag (struct json_object *object, const char *name)
{
  struct json_object *value = NULL;

  return json_object_object_get_ex (object, name, &value) && json_object_get_boolean (value);
}

/* The rows of the table of PROTOCOL.md below @heading, without the two lines at its top. */
static char **
table_below (const char *heading)
{
  g_autofree char *path =
    g_build_filename (g_getenv ("G_TEST_SRCDIR"), "..", "protocol", "PROTOCOL.md", NULL);
  g_autofree char *page = NULL;
  g_auto (GStrv) lines = NULL;
  GPtrArray  *rows = g_ptr_array_new ();
  const char *start;
  guint       n = 0;

  g_assert_true (g_file_get_contents (path, &page, NULL, NULL));
  start = strstr (page, heading);
  g_assert_nonnull (start);
  lines = g_strsplit (start, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (lines[i][0] == '|')
      {
        if (n++ >= 2)
          g_ptr_array_add (rows, g_strdup (lines[i]));
      }
    else if (n > 0)
      break;
  g_ptr_array_add (rows, NULL);
  return (char **) g_ptr_array_free (rows, FALSE);
}

/* The cells of a row, without the space around them. */
static char **
cells_of (const char *row)
{
  char **cells = g_strsplit (row + 1, "|", -1);

  for (guint i = 0; cells[i] != NULL; i++)
    g_strstrip (cells[i]);
  return cells;
}

/* Splits at the commas that are in no bracket. */
static GPtrArray *
split_list (const char *text)
{
  GPtrArray  *parts = g_ptr_array_new_with_free_func (g_free);
  const char *start = text;
  gint        depth = 0;

  for (const char *at = text;; at++)
    {
      if (strchr ("([{", *at) != NULL && *at != '\0')
        depth++;
      if (strchr (")]}", *at) != NULL && *at != '\0')
        depth--;
      if (*at == '\0' || (*at == ',' && depth == 0))
        {
          if (at > start)
            g_ptr_array_add (parts, g_strstrip (g_strndup (start, (gsize) (at - start))));
          start = at + 1;
        }
      if (*at == '\0')
        return parts;
    }
}

/* "wait_ms? 0..5000" and the like against the schema's param. */
static void
compare_param (const char *method, const char *text, struct json_object *param)
{
  gsize               size = strspn (text, "abcdefghijklmnopqrstuvwxyz_");
  g_autofree char    *name = g_strndup (text, size);
  const char         *range = strstr (text, "..");
  struct json_object *choices;

  g_assert_cmpstr (name, ==, text_of (param, "name"));
  if ((text[size] == '?') != flag (param, "optional"))
    g_error ("%s: “%s” is not optional in one of the two", method, name);
  if (range != NULL && range > text && g_ascii_isdigit (range[-1]))
    {
      const char *low = range;

      while (g_ascii_isdigit (low[-1]))
        low--;
      g_assert_cmpint (g_ascii_strtoll (low, NULL, 10), ==,
                       json_object_get_int64 (member (param, "minimum")));
      g_assert_cmpint (g_ascii_strtoll (range + 2, NULL, 10), ==,
                       json_object_get_int64 (member (param, "maximum")));
    }
  else if (g_str_equal (text_of (param, "type"), "int") && strstr (text, "1..") == NULL &&
           !g_str_equal (name, "major") && !g_str_equal (name, "offset"))
    g_error ("%s: “%s” has no range on the page", method, name);
  if (json_object_object_get_ex (param, "choices", &choices))
    for (gsize i = 0; i < json_object_array_length (choices); i++)
      {
        const char *choice = json_object_get_string (json_object_array_get_idx (choices, i));

        /* The roles are told in the text. */
        if (!g_str_equal (name, "role") && strstr (text, choice) == NULL)
          g_error ("%s: “%s” does not name “%s”", method, text, choice);
      }
}

static void
compare_params (const char *method, const char *cell, struct json_object *params)
{
  g_autoptr (GPtrArray) parts = split_list (cell);

  if (parts->len != json_object_array_length (params))
    g_error ("%s: “%s” is not %s", method, cell, json_object_to_json_string (params));
  for (guint i = 0; i < parts->len; i++)
    compare_param (method, parts->pdata[i], json_object_array_get_idx (params, i));
}

static void
test_methods (void)
{
  g_auto (GStrv) rows = table_below ("## Methods");
  struct json_object *methods = member (schema (), "methods");

  g_assert_cmpuint (g_strv_length (rows), ==, json_object_array_length (methods));
  for (guint i = 0; rows[i] != NULL; i++)
    {
      struct json_object *method = json_object_array_get_idx (methods, i);
      g_auto (GStrv) cells = cells_of (rows[i]);
      g_autofree char *name = g_strdup_printf ("`%s`", text_of (method, "name"));

      g_assert_cmpstr (cells[0], ==, name);
      g_assert_cmpstr (cells[1], ==, text_of (method, "role"));
      compare_params (name, cells[2], member (method, "params"));
    }
}

/* The names of what is in a result, without what says that they may be missing. */
static char **
members_of (struct json_object *result)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  json_object_object_foreach (result, name, type)
  {
    g_autofree char *plain = g_strndup (name, strcspn (name, "?"));

    g_assert_cmpuint (strlen (json_object_get_string (type)), >, 0);
    g_strv_builder_add (names, plain);
  }
  return g_strv_builder_end (names);
}

/* Where the page lists the members of a result, the schema has the same. */
static void
test_results (void)
{
  g_auto (GStrv) rows = table_below ("## Methods");
  struct json_object *methods = member (schema (), "methods");
  guint               n_compared = 0;

  for (guint i = 0; rows[i] != NULL; i++)
    {
      struct json_object *method = json_object_array_get_idx (methods, i);
      struct json_object *result = member (method, "result");
      g_auto (GStrv) cells = cells_of (rows[i]);
      g_autoptr (GPtrArray) parts = split_list (cells[3]);

      g_auto (GStrv) wanted = members_of (result);

      if (parts->len != g_strv_length (wanted))
        {
          /* Told in words below the table, or with words added. */
          g_assert_true (strstr (cells[3], "below") != NULL ||
                         strstr (cells[3], "outcome") != NULL || strstr (cells[3], "then") != NULL);
          continue;
        }
      for (guint p = 0; p < parts->len; p++)
        {
          if (!g_str_has_prefix (parts->pdata[p], wanted[p]) &&
              strstr (parts->pdata[p], "outcome") == NULL)
            g_error ("%s: “%s” is not “%s”", cells[0], (char *) parts->pdata[p], wanted[p]);
          n_compared++;
        }
    }
  g_assert_cmpuint (n_compared, >, 30);
}

/* Whoever commands a process can say which one is meant, and what is a number of something says of
 * what. */
static void
test_commands (void)
{
  struct json_object *methods = member (schema (), "methods");
  guint               n_commands = 0;

  for (gsize i = 0; i < json_object_array_length (methods); i++)
    {
      struct json_object *method = json_object_array_get_idx (methods, i);
      struct json_object *params = member (method, "params");
      gboolean            expects = FALSE;

      for (gsize p = 0; p < json_object_array_length (params); p++)
        {
          struct json_object *param = json_object_array_get_idx (params, p);
          const char         *name = text_of (param, "name");

          expects = expects || (g_str_equal (name, "expect") && flag (param, "optional"));
          if (g_str_has_suffix (name, "_ms"))
            g_assert_cmpstr (text_of (param, "unit"), ==, "ms");
          if (g_str_has_suffix (name, "_bytes"))
            g_assert_cmpstr (text_of (param, "unit"), ==, "bytes");
        }
      if (!g_str_equal (text_of (method, "role"), "c") ||
          g_str_equal (text_of (method, "name"), "audit.tail") ||
          g_str_has_prefix (text_of (method, "name"), "application."))
        continue;
      if (!expects)
        g_error ("%s takes no “expect”", text_of (method, "name"));
      n_commands++;
    }
  g_assert_cmpuint (n_commands, >=, 12);
}

static void
test_errors (void)
{
  g_auto (GStrv) rows = table_below ("## Errors");
  struct json_object *errors = member (schema (), "errors");

  g_assert_cmpuint (g_strv_length (rows), ==, json_object_array_length (errors));
  for (guint i = 0; rows[i] != NULL; i++)
    {
      struct json_object *error = json_object_array_get_idx (errors, i);
      g_auto (GStrv) cells = cells_of (rows[i]);

      g_assert_cmpint (g_ascii_strtoll (cells[0], NULL, 10), ==,
                       json_object_get_int (member (error, "code")));
      g_assert_cmpstr (cells[1], ==, text_of (error, "meaning"));
    }
}

/* The page and the generated tables have the columns of the schema, each in its place. */
static void
test_columns (void)
{
  struct json_object *tables = member (schema (), "tables");
  gsize               t = 0;

  json_object_object_foreach (tables, name, columns)
  {
    const struct grove_table *table = &grove_schema_tables[t++];
    g_autofree char          *heading = g_strdup_printf ("## The table `%s`", name);
    g_auto (GStrv) rows = table_below (heading);

    g_assert_cmpstr (table->name, ==, name);
    g_assert_cmpuint (table->n_columns, ==, json_object_array_length (columns));
    g_assert_cmpuint (g_strv_length (rows), ==, json_object_array_length (columns));
    for (guint i = 0; rows[i] != NULL; i++)
      {
        struct json_object *column = json_object_array_get_idx (columns, i);
        g_auto (GStrv) cells = cells_of (rows[i]);

        g_assert_cmpstr (table->columns[i].name, ==, text_of (column, "name"));
        g_assert_cmpstr (table->columns[i].unit, ==, text_of (column, "unit"));
        g_assert_cmpstr (cells[0], ==, text_of (column, "name"));
        g_assert_cmpstr (cells[1], ==, text_of (column, "type"));
        g_assert_cmpstr (cells[2], ==, text_of (column, "unit"));
        g_assert_cmpstr (cells[3], ==, text_of (column, "note"));
      }
  }
  g_assert_cmpuint (t, ==, GROVE_N_TABLES);
}

/* The number in a cell like "65,536 bytes (4,096 before ...)" or "1 MiB soft". */
static gint64
number_in (const char *text, gssize from)
{
  g_autofree char *digits = g_strdup ("");
  gint64           number;

  for (text += from; *text != '\0' && !g_ascii_isdigit (*text); text++)
    continue;
  for (; g_ascii_isdigit (*text) || (*text == ',' && g_ascii_isdigit (text[1])); text++)
    if (*text != ',')
      {
        char *longer = g_strdup_printf ("%s%c", digits, *text);

        g_free (digits);
        digits = longer;
      }
  number = g_ascii_strtoll (digits, NULL, 10);
  return g_str_has_prefix (text, " MiB") ? number * 1024 * 1024 : number;
}

static void
test_limits (void)
{
  static const struct
  {
    const char *row;
    const char *name;
    const char *after; /* the number behind this; NULL: the first */
  } limits[] = {
    { "a request line", "line", NULL },
    { "a request line", "line_before_open", "(" },
    { "a message out", "message", NULL },
    { "nesting", "depth", NULL },
    { "a string in a request", "string", NULL },
    { "bad lines before the session is closed", "bad_lines", NULL },
    { "sessions at once", "sessions", NULL },
    { "subscriptions of a session", "subscriptions", NULL },
    { "replies queued for a session", "soft", NULL },
    { "replies queued for a session", "hard", ")" },
    { "questions of a session under way at the source", "calls", NULL },
    { "operations of a tree update", "tree_ops", NULL },
    { "processes in a tree", "tree_nodes", NULL },
    { "levels of a tree", "tree_levels", NULL },
    { "nodes of a term shown as a tree", "term_nodes", NULL },
    { "levels of a term shown as a tree", "term_levels", NULL },
    { "elements of a node shown", "term_width", NULL },
    { "a message or value that is shown as a tree", "stored_term", NULL },
    { "a state that is looked at", "state", NULL },
    { "commands in the audit", "audit", NULL },
  };
  g_auto (GStrv) rows = table_below ("## Limits");
  struct json_object *schema_limits = member (schema (), "limits");

  g_assert_cmpint (json_object_object_length (schema_limits), ==, G_N_ELEMENTS (limits));
  for (gsize i = 0; i < G_N_ELEMENTS (limits); i++)
    {
      gboolean found = FALSE;

      for (guint r = 0; rows[r] != NULL; r++)
        {
          g_auto (GStrv) cells = cells_of (rows[r]);
          const char *after;

          if (!g_str_equal (cells[0], limits[i].row))
            continue;
          after = limits[i].after != NULL ? strstr (cells[1], limits[i].after) : cells[1];
          g_assert_nonnull (after);
          g_assert_cmpint (number_in (after, 0), ==,
                           json_object_get_int64 (member (schema_limits, limits[i].name)));
          found = TRUE;
        }
      if (!found)
        g_error ("no limit “%s” on the page", limits[i].row);
    }
}

/* The notifications the page tells of are those of the schema. */
static void
test_notifications (void)
{
  g_autofree char *path =
    g_build_filename (g_getenv ("G_TEST_SRCDIR"), "..", "protocol", "PROTOCOL.md", NULL);
  g_autofree char *page = NULL;

  g_assert_true (g_file_get_contents (path, &page, NULL, NULL));
  for (guint list = 0; list < 2; list++)
    {
      struct json_object *names =
        member (schema (), list == 0 ? "notifications" : "acknowledgements");

      for (gsize i = 0; i < json_object_array_length (names); i++)
        {
          struct json_object *item = json_object_array_get_idx (names, i);
          const char         *name = text_of (item, "name");

          if (strstr (page, name) == NULL)
            g_error ("“%s” is not on the page", name);
        }
    }
}

/* The codes of source.h are those of the schema. */
static void
test_codes (void)
{
  static const gint codes[] = {
    GROVE_ERROR_PARSE,
    GROVE_ERROR_INVALID_REQUEST,
    GROVE_ERROR_UNKNOWN_METHOD,
    GROVE_ERROR_INVALID_PARAMS,
    GROVE_ERROR_INTERNAL,
    GROVE_ERROR_NOT_OPEN,
    GROVE_ERROR_FORBIDDEN,
    GROVE_ERROR_NO_PROCESS,
    GROVE_ERROR_NO_SUBSCRIPTION,
    GROVE_ERROR_LIMIT,
    GROVE_ERROR_BUSY,
    GROVE_ERROR_NOT_REACHED,
    GROVE_ERROR_OTHER_PROCESS,
    GROVE_ERROR_NOT_SUPPORTED,
    GROVE_ERROR_PROTECTED,
    GROVE_ERROR_SHUTTING_DOWN,
    GROVE_ERROR_CANCELLED,
  };
  struct json_object *errors = member (schema (), "errors");

  g_assert_cmpuint (json_object_array_length (errors), ==, G_N_ELEMENTS (codes));
  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    g_assert_cmpint (json_object_get_int (member (json_object_array_get_idx (errors, i), "code")),
                     ==, codes[i]);
}

struct sample
{
  const char *method;
  const char *good;
  const char *bad[3];
};

#define WINDOW "\"window\":{\"offset\":0,\"limit\":5}"

/* Each method: one set of params that is right, three that are wrong. */
static const struct sample samples[] = {
  { "session.open",
    "{\"major\":1,\"client\":{\"name\":\"a\",\"version\":\"1\"},\"role\":\"observe\"}",
    { "{\"major\":1,\"client\":{\"name\":\"a\"},\"role\":\"observe\"}",
      "{\"major\":1,\"client\":{\"name\":\"a\",\"version\":\"1\"},\"role\":\"admin\"}",
      "{\"major\":0,\"client\":{\"name\":\"a\",\"version\":\"1\"},\"role\":\"observe\"}" } },
  { "session.ping", "{}", { "{\"a\":1}", "{\"now_ns\":1}", "{\"\":null}" } },
  { "session.close", "{}", { "{\"a\":1}", "{\"closed\":true}", "{\"\":null}" } },
  { "server.describe", "{}", { "{\"a\":1}", "{\"schema\":1}", "{\"\":null}" } },
  { "system.info", "{}", { "{\"a\":1}", "{\"name\":\"x\"}", "{\"\":null}" } },
  { "system.watch",
    "{\"interval_ms\":100}",
    { "{}", "{\"interval_ms\":60001}", "{\"interval_ms\":null}" } },
  { "system.unwatch", "{\"sub\":1}", { "{}", "{\"sub\":0}", "{\"sub\":\"1\"}" } },
  { "table.open",
    "{\"table\":\"processes\",\"columns\":[\"pid\"],\"sort\":[[\"pid\",\"asc\"]]," WINDOW
    ",\"interval_ms\":50}",
    { "{\"table\":\"processes\",\"columns\":[],\"sort\":[]," WINDOW ",\"interval_ms\":50}",
      "{\"table\":\"processes\",\"columns\":[\"pid\"],\"sort\":[[\"pid\"]]," WINDOW
      ",\"interval_ms\":50}",
      "{\"table\":\"processes\",\"columns\":[\"pid\"],\"sort\":[],\"window\":{\"offset\":-1,"
      "\"limit\":5},\"interval_ms\":50}" } },
  { "table.set",
    "{\"sub\":1,\"filter\":null,\"frozen\":true}",
    { "{\"sub\":1,\"filter\":7}", "{\"sub\":1,\"frozen\":null}", "{\"sub\":1,\"sort\":null}" } },
  { "table.close", "{\"sub\":1}", { "{}", "{\"sub\":1.0}", "{\"sub\":1,\"rev\":1}" } },
  { "tree.open",
    "{\"depth\":16,\"max_children\":1000,\"metric\":\"messages\",\"interval_ms\":60000}",
    { "{\"depth\":17,\"max_children\":1000,\"metric\":\"messages\",\"interval_ms\":60000}",
      "{\"depth\":1,\"max_children\":0,\"metric\":\"messages\",\"interval_ms\":60000}",
      "{\"depth\":1,\"max_children\":9,\"metric\":\"messages\",\"interval_ms\":49}" } },
  { "tree.expand",
    "{\"sub\":1,\"pid\":\"<0.1.0>\"}",
    { "{\"sub\":1}", "{\"pid\":\"<0.1.0>\"}", "{\"sub\":1,\"pid\":\"a b\"}" } },
  { "tree.collapse",
    "{\"sub\":1,\"pid\":\"<0.1.0>\"}",
    { "{\"sub\":1}", "{\"pid\":\"<0.1.0>\"}", "{\"sub\":1,\"pid\":[]}" } },
  { "tree.set",
    "{\"sub\":1,\"metric\":\"memory\"}",
    { "{\"metric\":\"memory\"}", "{\"sub\":1,\"metric\":\"\"}", "{\"sub\":1,\"depth\":1}" } },
  { "tree.close", "{\"sub\":1}", { "{}", "{\"sub\":true}", "{\"sub\":-1}" } },
  { "process.get", "{\"pid\":\"<0.1.0>\"}", { "{}", "{\"pid\":1}", "{\"pid\":\"\"}" } },
  { "process.messages",
    "{\"pid\":\"<0.1.0>\",\"offset\":0,\"limit\":200,\"max_bytes\":8192}",
    { "{\"pid\":\"<0.1.0>\",\"offset\":0,\"limit\":201,\"max_bytes\":8192}",
      "{\"pid\":\"<0.1.0>\",\"offset\":0,\"limit\":1,\"max_bytes\":15}",
      "{\"pid\":\"<0.1.0>\",\"limit\":1,\"max_bytes\":16}" } },
  { "process.dictionary",
    "{\"pid\":\"<0.1.0>\",\"form\":\"tree\"}",
    { "{\"offset\":0}", "{\"pid\":\"<0.1.0>\",\"form\":\"wood\"}",
      "{\"pid\":\"<0.1.0>\",\"limit\":0}" } },
  { "process.state",
    "{\"pid\":\"<0.1.0>\",\"timeout_ms\":1,\"syntax\":\"elixir\"}",
    { "{\"pid\":\"<0.1.0>\",\"timeout_ms\":0}", "{\"pid\":\"<0.1.0>\",\"syntax\":\"c\"}",
      "{\"pid\":\"<0.1.0>\",\"max_bytes\":65537}" } },
  { "process.stack",
    "{\"pid\":\"<0.1.0>\",\"limit\":32}",
    { "{\"limit\":1}", "{\"pid\":\"<0.1.0>\",\"limit\":0}",
      "{\"pid\":\"<0.1.0>\",\"limit\":33}" } },
  { "process.kill",
    "{\"pid\":\"<0.1.0>\",\"expect\":{\"started_ns\":1},\"wait_ms\":5000}",
    { "{\"pid\":\"<0.1.0>\",\"wait_ms\":-1}", "{\"pid\":\"<0.1.0>\",\"expect\":[]}",
      "{\"pid\":\"<0.1.0>\",\"reason\":\"kill\"}" } },
  { "process.exit",
    "{\"pid\":\"<0.1.0>\",\"reason\":\"normal\"}",
    { "{\"pid\":\"<0.1.0>\"}", "{\"pid\":\"<0.1.0>\",\"reason\":\"\"}",
      "{\"pid\":\"<0.1.0>\",\"reason\":{}}" } },
  { "process.restart",
    "{\"pid\":\"<0.1.0>\",\"wait_ms\":0}",
    { "{}", "{\"pid\":\"<0.1.0>\",\"wait_ms\":\"1\"}",
      "{\"pid\":\"<0.1.0>\",\"expect\":{\"pid\":1}}" } },
  { "process.set_priority",
    "{\"pid\":\"<0.1.0>\",\"priority\":\"max\"}",
    { "{\"pid\":\"<0.1.0>\"}", "{\"pid\":\"<0.1.0>\",\"priority\":\"MAX\"}",
      "{\"pid\":\"<0.1.0>\",\"priority\":3}" } },
  { "process.suspend",
    "{\"pid\":\"<0.1.0>\",\"expect\":{\"name\":\"counter\"}}",
    { "{}", "{\"pid\":7}", "{\"pid\":\"<0.1.0>\",\"wait_ms\":1}" } },
  { "process.resume",
    "{\"pid\":\"<0.1.0>\"}",
    { "{}", "{\"pid\":\"\"}", "{\"pid\":\"<0.1.0>\",\"expect\":true}" } },
  { "process.send",
    "{\"pid\":\"<0.1.0>\",\"message\":\"{ping,1}\",\"expect\":{}}",
    { "{\"pid\":\"<0.1.0>\"}", "{\"pid\":\"<0.1.0>\",\"message\":\"\"}",
      "{\"pid\":\"<0.1.0>\",\"message\":[1]}" } },
  { "process.gc",
    "{\"pid\":\"<0.1.0>\"}",
    { "{}", "{\"pid\":\"<0.1.0>\",\"wait_ms\":1}", "{\"pid\":\"<0.1.0>\",\"expect\":1}" } },
  { "process.watch",
    "{\"pid\":\"<0.1.0>\",\"interval_ms\":100}",
    { "{\"pid\":\"<0.1.0>\"}", "{\"pid\":\"<0.1.0>\",\"interval_ms\":99}",
      "{\"interval_ms\":100}" } },
  { "process.unwatch", "{\"sub\":1}", { "{}", "{\"sub\":0}", "{\"sub\":[]}" } },
  { "supervisor.info",
    "{\"pid\":\"<0.1.0>\"}",
    { "{}", "{\"pid\":\"<0.1.0>\",\"limit\":501}", "{\"pid\":\"<0.1.0>\",\"offset\":-1}" } },
  { "supervisor.start_child",
    "{\"pid\":\"<0.1.0>\",\"child\":\"a\",\"wait_ms\":60000}",
    { "{\"pid\":\"<0.1.0>\",\"child\":\"\"}", "{\"child\":\"a\"}",
      "{\"pid\":\"<0.1.0>\",\"child\":\"a\",\"expect\":[]}" } },
  { "supervisor.terminate_child",
    "{\"pid\":\"<0.1.0>\",\"child\":\"a\",\"wait_ms\":60000}",
    { "{\"pid\":\"<0.1.0>\",\"child\":\"\"}", "{\"child\":\"a\"}",
      "{\"pid\":\"<0.1.0>\",\"child\":\"a\",\"expect\":[]}" } },
  { "supervisor.restart_child",
    "{\"pid\":\"<0.1.0>\",\"child\":\"a\",\"wait_ms\":60000}",
    { "{\"pid\":\"<0.1.0>\",\"child\":\"\"}", "{\"child\":\"a\"}",
      "{\"pid\":\"<0.1.0>\",\"child\":\"a\",\"expect\":[]}" } },
  { "supervisor.delete_child",
    "{\"pid\":\"<0.1.0>\",\"child\":\"a\",\"wait_ms\":60000}",
    { "{\"pid\":\"<0.1.0>\",\"child\":\"\"}", "{\"child\":\"a\"}",
      "{\"pid\":\"<0.1.0>\",\"child\":\"a\",\"expect\":[]}" } },
  { "application.start",
    "{\"name\":\"mnesia\",\"type\":\"transient\",\"wait_ms\":60000}",
    { "{}", "{\"name\":\"\"}", "{\"name\":\"a\",\"type\":\"eternal\"}" } },
  { "application.stop",
    "{\"name\":\"mnesia\"}",
    { "{\"name\":1}", "{\"name\":\"a\",\"wait_ms\":60001}",
      "{\"name\":\"a\",\"type\":\"permanent\"}" } },
  { "audit.tail",
    "{\"after\":0,\"limit\":256}",
    { "{\"limit\":0}", "{\"after\":-1}", "{\"limit\":257}" } },
  { "crash.get", "{\"seq\":1}", { "{}", "{\"seq\":0}", "{\"seq\":\"1\"}" } },
  { "table.ack",
    "{\"sub\":1,\"seq\":1}",
    { "{\"sub\":1}", "{\"seq\":1}", "{\"sub\":1,\"seq\":0}" } },
  { "tree.ack",
    "{\"sub\":1,\"seq\":1}",
    { "{\"sub\":1}", "{\"seq\":1}", "{\"sub\":0,\"seq\":1}" } },
  { "system.ack",
    "{\"sub\":1,\"seq\":1}",
    { "{\"sub\":1}", "{\"seq\":1}", "{\"sub\":1,\"seq\":[]}" } },
  { "process.ack",
    "{\"sub\":1,\"seq\":1}",
    { "{\"sub\":1}", "{\"seq\":1}", "{\"sub\":1,\"seq\":1.5}" } },
  { "$/cancel", "{\"id\":1}", { "{}", "{\"id\":0}", "{\"id\":\"1\"}" } },
};

static gboolean
fits (const char *method, const char *params, char *error)
{
  struct json_object *json = json_tokener_parse (params);
  gboolean            fine;

  g_assert_nonnull (json);
  fine = grove_params_check (grove_method_find (method), json, error);
  json_object_put (json);
  return fine;
}

static void
test_params (void)
{
  char error[GROVE_PARAMS_ERROR_SIZE];

  g_assert_cmpint (G_N_ELEMENTS (samples), ==, GROVE_N_METHODS);
  for (gsize i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      g_assert_cmpstr (grove_methods[i].name, ==, samples[i].method);
      if (!fits (samples[i].method, samples[i].good, error))
        g_error ("%s %s: %s", samples[i].method, samples[i].good, error);
      for (guint b = 0; b < 3; b++)
        {
          error[0] = '\0';
          if (fits (samples[i].method, samples[i].bad[b], error))
            g_error ("%s %s", samples[i].method, samples[i].bad[b]);
          g_assert_cmpuint (strlen (error), >, 10);
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/protocol/schema/methods", test_methods);
  g_test_add_func ("/protocol/schema/results", test_results);
  g_test_add_func ("/protocol/schema/commands", test_commands);
  g_test_add_func ("/protocol/schema/errors", test_errors);
  g_test_add_func ("/protocol/schema/columns", test_columns);
  g_test_add_func ("/protocol/schema/limits", test_limits);
  g_test_add_func ("/protocol/schema/notifications", test_notifications);
  g_test_add_func ("/protocol/schema/codes", test_codes);
  g_test_add_func ("/protocol/schema/params", test_params);
  return g_test_run ();
}
