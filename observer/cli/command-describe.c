/* SPDX-License-Identifier: MIT
 *
 * grove describe: what the system can do, in its own words: methods with their parameters, tables
 * with their columns, and what is absent and why.
 */
#include "observer/cli/cli.h"

#include <string.h>

static gboolean
is_offered (struct json_object *hello, const char *method)
{
  struct json_object *names = _grove_json_array (hello, "capabilities");
  for (gsize i = 0; names != NULL && i < json_object_array_length (names); i++)
    if (g_strcmp0 (json_object_get_string (json_object_array_get_idx (names, i)), method) == 0)
      return TRUE;
  return FALSE;
}

/* "pid, reason, wait_ms?" */
static char *
say_params (struct json_object *method)
{
  struct json_object *params = _grove_json_array (method, "params");
  GString            *text = g_string_new (NULL);
  for (gsize i = 0; params != NULL && i < json_object_array_length (params); i++)
    {
      struct json_object *param = json_object_array_get_idx (params, i);
      g_string_append_printf (text, "%s%s%s", i > 0 ? ", " : "", _grove_json_text (param, "name"),
                              _grove_json_boolean (param, "optional") ? "?" : "");
    }
  return g_string_free (text, FALSE);
}

/* What a method is to this very system: "yes", or why not. What needs nothing of a system works
 */
static void
add_method (CliGrid *grid, struct json_object *hello, struct json_object *method)
{
  const char      *name = _grove_json_text (method, "name");
  const char      *role = _grove_json_text (method, "role");
  const char      *why = _grove_json_text (_grove_json_object (hello, "absent"), name);
  g_autofree char *params = say_params (method);
  cli_grid_add (grid, why[0] != '\0' ? CLI_DIM : CLI_NAME, name);
  cli_grid_add (grid, CLI_PLAIN, role[0] == 'c' ? "control" : role[0] == 'o' ? "observe" : "");
  cli_grid_add (grid, CLI_PLAIN, params);
  if (why[0] != '\0')
    cli_grid_add (grid, CLI_WARN, why);
  else
    cli_grid_add (grid, CLI_GOOD, is_offered (hello, name) ? "yes" : "always");
}

static void
show_methods (Cli *cli, struct json_object *hello, struct json_object *schema)
{
  struct json_object *methods = _grove_json_array (schema, "methods");
  g_autoptr (CliGrid) grid = cli_grid_new (cli);
  cli_grid_add_column (grid, "method", CLI_LEFT);
  cli_grid_add_column (grid, "role", CLI_LEFT);
  cli_grid_add_column (grid, "params", CLI_LEFT | CLI_ELASTIC);
  cli_grid_add_column (grid, "offered", CLI_LEFT | CLI_ELASTIC);
  for (gsize i = 0; methods != NULL && i < json_object_array_length (methods); i++)
    add_method (grid, hello, json_object_array_get_idx (methods, i));
  cli_grid_print (grid, 0);
}

static void
show_absent (Cli *cli, struct json_object *hello)
{
  struct json_object *absent = _grove_json_object (hello, "absent");
  if (absent == NULL || json_object_object_length (absent) == 0)
    return;
  cli_put_styled (cli, CLI_BOLD, "\nNot offered\n");
  json_object_object_foreach (absent, method, why)
  {
    g_autofree char *text =
      g_strdup_printf ("%s: %s", method,
                       json_object_is_type (why, json_type_string) ? json_object_get_string (why)
                                                                   : "");
    g_autofree char *clean = cli_clean (text);
    cli_printf (cli, "  %s\n", clean);
  }
}

static void
show_table (Cli *cli, const char *table, struct json_object *columns, struct json_object *notes)
{
  g_autofree char *title = cli_clean (table);
  cli_put (cli, "\n");
  cli_put_styled (cli, CLI_BOLD, title);
  cli_put (cli, "\n");
  g_autoptr (CliGrid) grid = cli_grid_new (cli);
  cli_grid_add_column (grid, "column", CLI_LEFT);
  cli_grid_add_column (grid, "type", CLI_LEFT);
  cli_grid_add_column (grid, "unit", CLI_LEFT);
  cli_grid_add_column (grid, "note", CLI_LEFT | CLI_ELASTIC);
  for (gsize i = 0; i < json_object_array_length (columns); i++)
    {
      struct json_object *column = json_object_array_get_idx (columns, i);
      const char         *note = "";
      for (gsize j = 0; notes != NULL && j < json_object_array_length (notes); j++)
        if (strcmp (_grove_json_text (json_object_array_get_idx (notes, j), "name"),
                    _grove_json_text (column, "name")) == 0)
          note = _grove_json_text (json_object_array_get_idx (notes, j), "note");
      cli_grid_add (grid, CLI_NAME, _grove_json_text (column, "name"));
      cli_grid_add (grid, CLI_PLAIN, _grove_json_text (column, "type"));
      cli_grid_add (grid, CLI_PLAIN, _grove_json_text (column, "unit"));
      cli_grid_add (grid, CLI_PLAIN, note);
    }
  cli_grid_print (grid, 0);
}

static void
show_text (Cli *cli, struct json_object *hello, struct json_object *schema)
{
  struct json_object *tables = _grove_json_object (hello, "tables");
  struct json_object *noted = _grove_json_object (schema, "tables");
  show_methods (cli, hello, schema);
  show_absent (cli, hello);
  if (tables == NULL)
    return;
  json_object_object_foreach (tables, table, columns)
  {
    if (json_object_is_type (columns, json_type_array))
      show_table (cli, table, columns, _grove_json_array (noted, table));
  }
}

int
cli_run_describe (Cli *cli, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  if (!cli_take_system (cli, argc, argv))
    return CLI_USAGE;
  if (!cli_connect (cli, CLI_OBSERVE, &error))
    return cli_complain (cli, error);
  struct json_object *described = cli_call (cli, "server.describe", NULL, NULL, &error);
  if (described == NULL)
    return cli_complain (cli, error);
  struct json_object *hello = _grove_session_get_hello (cli->session);
  if (cli->json)
    {
      struct json_object *document = json_object_new_object ();
      json_object_object_add (document, "hello", json_object_get (hello));
      json_object_object_foreach (described, key, value)
        json_object_object_add (document, key, json_object_get (value));
      cli_put_json (cli, document);
      json_object_put (document);
    }
  else
    show_text (cli, hello, _grove_json_object (described, "schema"));
  json_object_put (described);
  return CLI_OK;
}
