/* SPDX-License-Identifier: MIT
 *
 * The typed query: what is refused is refused with a place inside the text and words that can be
 * shown; what is accepted is a filter the system accepts as well, whichever table is asked. What
 * may be typed next is offered without harm, and offers what fits what was typed.
 *
 * The first byte chooses the table.
 */
#include "observer/grove-filter.h"
#include "protocol/query.h"
#include "tests/fuzz/fuzz.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#define REQUIRE(condition)                                                                         \
  do                                                                                               \
    if (!(condition))                                                                              \
      abort ();                                                                                    \
  while (0)

static const struct grove_column processes[] = {
  { "pid", GROVE_COLUMN_TEXT, "" },           { "name", GROVE_COLUMN_TEXT, "" },
  { "status", GROVE_COLUMN_TEXT, "" },        { "messages", GROVE_COLUMN_INT, "" },
  { "memory", GROVE_COLUMN_INT, "bytes" },    { "reductions/s", GROVE_COLUMN_REAL, "1/s" },
  { "app", GROVE_COLUMN_TEXT, "" },           { "priority", GROVE_COLUMN_TEXT, "" },
  { "initial", GROVE_COLUMN_TEXT, "" },       { "age", GROVE_COLUMN_INT, "ns" },
  { "messages_in/s", GROVE_COLUMN_REAL, "" }, { "system", GROVE_COLUMN_BOOL, "" },
};
static const struct grove_column crashes[] = {
  { "seq", GROVE_COLUMN_INT, "" },        { "at_ns", GROVE_COLUMN_INT, "ns" },
  { "pid", GROVE_COLUMN_TEXT, "" },       { "name", GROVE_COLUMN_TEXT, "" },
  { "reason", GROVE_COLUMN_TEXT, "" },    { "outcome", GROVE_COLUMN_TEXT, "" },
  { "lived_ns", GROVE_COLUMN_INT, "ns" }, { "restarts", GROVE_COLUMN_INT, "" },
  { "successor", GROVE_COLUMN_TEXT, "" },
};
/* One without any text. */
static const struct grove_column figures[] = {
  { "ref", GROVE_COLUMN_INT, "" },
  { "due_ns", GROVE_COLUMN_INT, "ns" },
};

static const struct grove_table tables[] = {
  { "processes", processes, G_N_ELEMENTS (processes) },
  { "crashes", crashes, G_N_ELEMENTS (crashes) },
  { "timers", figures, G_N_ELEMENTS (figures) },
};

/* As the greeting tells it. */
static struct json_object *
describe (const struct grove_table *table)
{
  static const char *const types[] = {
    [GROVE_COLUMN_INT] = "int",
    [GROVE_COLUMN_REAL] = "real",
    [GROVE_COLUMN_BOOL] = "bool",
    [GROVE_COLUMN_TEXT] = "text",
  };
  struct json_object *array = json_object_new_array ();

  for (size_t i = 0; i < table->n_columns; i++)
    {
      const struct grove_column *column = &table->columns[i];
      struct json_object        *object = json_object_new_object ();

      json_object_object_add (object, "name", json_object_new_string (column->name));
      json_object_object_add (object, "type", json_object_new_string (types[column->type]));
      json_object_object_add (object, "unit", json_object_new_string (column->unit));
      json_object_array_add (array, object);
    }
  return array;
}

static void
parse (const GroveFilterScope *scope, const struct grove_table *table, const char *text)
{
  struct json_object  *json = NULL;
  struct grove_filter *filter;
  gsize                position = G_MAXSIZE;
  char                *complaint = NULL;
  g_autoptr (GError) error = NULL;

  if (!grove_filter_parse (scope, text, &json, &position, &error))
    {
      REQUIRE (json == NULL && error != NULL && position <= strlen (text));
      REQUIRE (error->message[0] != '\0' && g_utf8_validate (error->message, -1, NULL));
      /* Between characters, where a mark can be set. */
      REQUIRE (((guint8) text[position] & 0xc0) != 0x80 || !g_utf8_validate (text, -1, NULL));
      return;
    }
  REQUIRE (error == NULL);
  if (json == NULL || table == NULL)
    {
      json_object_put (json);
      return;
    }
  filter = grove_filter_new (json, table, &complaint);
  if (filter == NULL)
    g_error ("“%s” became %s: %s", text, json_object_to_json_string (json), complaint);
  grove_filter_free (filter);
  json_object_put (json);
}

static void
complete (const GroveFilterScope *scope, const char *text)
{
  gsize start = G_MAXSIZE;
  g_auto (GStrv) offers = grove_filter_complete (scope, text, &start);

  REQUIRE (offers != NULL && start <= strlen (text));
  for (guint i = 0; offers[i] != NULL; i++)
    {
      REQUIRE (strlen (offers[i]) >= strlen (text + start));
      REQUIRE (g_ascii_strncasecmp (offers[i], text + start, strlen (text + start)) == 0);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size)
{
  GroveFilterScope          scope = { NULL, NULL };
  const struct grove_table *table;
  g_autofree char          *text = NULL;

  if (size == 0)
    return 0;
  /* Up to a NUL, as a text ends. */
  text = g_strndup ((const char *) bytes + 1, size - 1);
  if (bytes[0] % 4 == 3)
    {
      parse (NULL, NULL, text);
      complete (NULL, text);
      return 0;
    }
  table = &tables[bytes[0] % 4];
  scope.table = table->name;
  scope.columns = describe (table);
  parse (&scope, table, text);
  complete (&scope, text);
  json_object_put (scope.columns);
  return 0;
}
