/* SPDX-License-Identifier: MIT
 *
 * Values of a system's tables as they are shown: by the type and the unit that the table declares
 * for each column, so that a column of a later version is shown well too.
 */
#include "observer/cli/cli.h"

#include <string.h>

void
cli_column_init (CliColumn *self, Cli *cli, struct json_object *declared)
{
  const char *type = _grove_json_text (declared, "type");
  const char *unit = _grove_json_text (declared, "unit");
  /* The greeting goes when the system is reached anew. */
  self->name = g_intern_string (_grove_json_text (declared, "name"));
  self->numeric = strcmp (type, "int") == 0 || strcmp (type, "real") == 0;
  self->epoch_ms = cli_epoch_ms (cli);
  self->rate = g_str_has_suffix (self->name, "/s");
  if (strcmp (unit, "bytes") == 0)
    self->kind = CLI_CELL_BYTES;
  else if (strcmp (type, "bool") == 0)
    self->kind = CLI_CELL_BOOLEAN;
  else if (strcmp (self->name, "at_ns") == 0)
    self->kind = CLI_CELL_AT;
  else if (strcmp (self->name, "due_ns") == 0)
    self->kind = CLI_CELL_DUE;
  else if (strcmp (self->name, "started_ns") == 0 || strcmp (self->name, "opened_ns") == 0)
    self->kind = CLI_CELL_SINCE;
  else if (strcmp (unit, "ns") == 0)
    self->kind = CLI_CELL_DURATION;
  else if (strcmp (self->name, "status") == 0)
    self->kind = CLI_CELL_STATUS;
  else if (self->rate || strcmp (self->name, "reductions") == 0)
    self->kind = CLI_CELL_ROUGH;
  else if (self->numeric)
    self->kind = strcmp (type, "real") == 0 ? CLI_CELL_REAL : CLI_CELL_COUNT;
  else
    self->kind = CLI_CELL_TEXT;
}

const char *
cli_column_get_title (const CliColumn *self)
{
  if (strcmp (self->name, "started_ns") == 0)
    return "age";
  if (strcmp (self->name, "messages_in/s") == 0)
    return "in/s";
  if (strcmp (self->name, "reductions/s") == 0)
    return "reds/s";
  if (strcmp (self->name, "at_ns") == 0)
    return "time";
  if (strcmp (self->name, "due_ns") == 0)
    return "due in";
  if (strcmp (self->name, "opened_ns") == 0)
    return "open for";
  if (strcmp (self->name, "after_ns") == 0)
    return "after";
  if (strcmp (self->name, "lived_ns") == 0)
    return "lived";
  if (strcmp (self->name, "period_ns") == 0)
    return "period";
  return self->name;
}

int
cli_column_get_flags (const CliColumn *self)
{
  if (self->numeric)
    return CLI_RIGHT;
  if (strcmp (self->name, "pid") == 0 || self->kind != CLI_CELL_TEXT)
    return CLI_LEFT;
  return CLI_LEFT | CLI_ELASTIC;
}

char *
cli_column_say (const CliColumn    *self,
                struct json_object *value,
                gint64              now_ns,
                CliStyle           *ret_style)
{
  *ret_style = CLI_PLAIN;
  if (value == NULL)
    return g_strdup ("");
  gint64 integer = json_object_get_int64 (value);
  double real = json_object_get_double (value);
  if (self->numeric && real == 0)
    *ret_style = CLI_DIM;
  switch (self->kind)
    {
    case CLI_CELL_BYTES:
      return cli_say_bytes (integer);
    case CLI_CELL_SINCE:
      return integer != 0 ? cli_say_duration (now_ns - integer) : g_strdup ("");
    case CLI_CELL_AT:
      return cli_say_clock (self->epoch_ms + integer / 1000000);
    case CLI_CELL_DUE:
      return cli_say_duration (integer - now_ns);
    case CLI_CELL_DURATION:
      return cli_say_duration (integer);
    case CLI_CELL_BOOLEAN:
      return g_strdup (json_object_get_boolean (value) ? "yes" : "");
    case CLI_CELL_ROUGH:
      return cli_say_count (real);
    case CLI_CELL_REAL:
      return g_strdup_printf ("%.2f", real);
    case CLI_CELL_COUNT:
      return g_strdup_printf ("%" G_GINT64_FORMAT, integer);
    case CLI_CELL_STATUS:
      *ret_style = cli_style_of_status (json_object_get_string (value));
      break;
    case CLI_CELL_TEXT:
      if (strcmp (self->name, "name") == 0)
        *ret_style = CLI_NAME;
      break;
    }
  return g_strdup (json_object_get_string (value));
}

void
cli_grid_add_columns (CliGrid *grid, const CliColumn *columns, guint n)
{
  for (guint i = 0; i < n; i++)
    cli_grid_add_column (grid, cli_column_get_title (&columns[i]),
                         cli_column_get_flags (&columns[i]));
}

void
cli_grid_add_row (
  CliGrid *grid, const CliColumn *columns, guint n, struct json_object *row, gint64 now_ns)
{
  for (guint i = 0; i < n; i++)
    {
      CliStyle         style;
      g_autofree char *text =
        cli_column_say (&columns[i], json_object_array_get_idx (row, i), now_ns, &style);
      cli_grid_add (grid, style, text);
    }
}

struct json_object *
cli_row_to_json (struct json_object *columns, struct json_object *row)
{
  struct json_object *object = json_object_new_object ();
  for (gsize i = 0; i < json_object_array_length (columns); i++)
    json_object_object_add (object, json_object_get_string (json_object_array_get_idx (columns, i)),
                            json_object_get (json_object_array_get_idx (row, i)));
  return object;
}
