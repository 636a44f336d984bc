/* SPDX-License-Identifier: MIT
 *
 * Which process a person means: a pid, a registered name, or a query that only one process answers.
 * What is found is named with the time of its start, so that a command does not hit another in its
 * place.
 */
#include "observer/cli/cli.h"

#include "observer/grove-filter.h"

#include <string.h>

#define CHOICES_MAX 8 /* named when more than one is meant */

void
cli_process_clear (CliProcess *self)
{
  g_clear_pointer (&self->pid, g_free);
  g_clear_pointer (&self->name, g_free);
}

char *
cli_process_describe (const CliProcess *self)
{
  g_autofree char *name = cli_clean (self->name);
  return name[0] != '\0' ? g_strdup_printf ("%s %s", name, self->pid) : g_strdup (self->pid);
}

struct json_object *
cli_process_expect (const CliProcess *process)
{
  struct json_object *params = json_object_new_object ();
  struct json_object *expected = json_object_new_object ();
  if (process->name[0] != '\0')
    json_object_object_add (expected, "name", json_object_new_string (process->name));
  if (process->started_ns > 0)
    json_object_object_add (expected, "started_ns", json_object_new_int64 (process->started_ns));
  if (json_object_object_length (expected) > 0)
    json_object_object_add (params, "expect", expected);
  else
    json_object_put (expected);
  return params;
}

char *
cli_parse_pid (const char *text)
{
  gsize       length = strlen (text);
  const char *digits = text;
  if (length > 2 && text[0] == '<' && text[length - 1] == '>')
    {
      digits++;
      length -= 2;
    }
  guint n_dots = 0;
  for (gsize i = 0; i < length; i++)
    if (digits[i] == '.')
      n_dots++;
    else if (!g_ascii_isdigit (digits[i]))
      return NULL;
  if (n_dots != 2 || length > 60)
    return NULL;
  return g_strdup_printf ("<%.*s>", (int) length, digits);
}

gboolean
cli_parse_query (
  Cli *cli, const char *table, char **words, int n, struct json_object **ret_filter, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (int i = 0; i < n; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "", words[i]);
  g_autoptr (GError) problem = NULL;
  gsize                  position = 0;
  const GroveFilterScope scope = { table, cli_table_columns (cli, table) };
  if (grove_filter_parse (&scope, text->str, ret_filter, &position, &problem))
    return TRUE;
  if (!g_utf8_validate (text->str, -1, NULL))
    {
      g_propagate_error (error, g_error_new (CLI_ERROR, CLI_USAGE, "%s", problem->message));
      return FALSE;
    }
  /* Under the place. */
  g_autofree char *before = g_strndup (text->str, position);
  g_autofree char *clean = cli_clean (before);
  g_set_error (error, CLI_ERROR, CLI_USAGE, "%s\n%s\n%*s^", problem->message, text->str,
               cli_text_width (clean), "");
  return FALSE;
}

/* When it was started comes last: not every system knows. */
static struct json_object *
columns_of_process (Cli *cli)
{
  struct json_object *declared = cli_table_columns (cli, "processes");
  struct json_object *columns = json_object_new_array ();
  json_object_array_add (columns, json_object_new_string ("pid"));
  json_object_array_add (columns, json_object_new_string ("name"));
  for (gsize i = 0; declared != NULL && i < json_object_array_length (declared); i++)
    if (g_str_equal (_grove_json_text (json_object_array_get_idx (declared, i), "name"),
                     "started_ns"))
      json_object_array_add (columns, json_object_new_string ("started_ns"));
  return columns;
}

static void
take_row (struct json_object *row, CliProcess *ret)
{
  ret->pid = g_strdup (json_object_get_string (json_object_array_get_idx (row, 0)));
  ret->name = g_strdup (json_object_get_string (json_object_array_get_idx (row, 1)));
  ret->started_ns = json_object_get_int64 (json_object_array_get_idx (row, 2));
}

/* "there are 3: a <0.1.0>, b <0.2.0>, ..." */
static void
complain_of_many (CliRows *rows, const char *text, GError **error)
{
  GString *message = g_string_new (NULL);
  g_string_append_printf (message,
                          "“%s” is more than one process; say which of these %" G_GUINT64_FORMAT
                          "\n",
                          text, cli_rows_get_matched (rows));
  for (guint i = 0; i < cli_rows_get_n (rows); i++)
    {
      g_auto (CliProcess) one = { 0 };
      take_row (cli_rows_get (rows, i), &one);
      g_autofree char *name = cli_process_describe (&one);
      g_string_append_printf (message, "%s%s", i > 0 ? ", " : "", name);
    }
  if (cli_rows_get_matched (rows) > cli_rows_get_n (rows))
    g_string_append (message, " and more");
  g_set_error_literal (error, CLI_ERROR, CLI_REFUSED, message->str);
  g_string_free (message, TRUE);
}

/* -1 on an error, else how many match (2: more than one, and @error is set). */
static int
look_up (Cli *cli, const char *text, struct json_object *filter, CliProcess *ret, GError **error)
{
  struct json_object *columns = columns_of_process (cli);
  struct json_object *sort = _grove_table_sort ("pid", FALSE);
  CliQuery            query = { .table = "processes",
                                .columns = columns,
                                .sort = sort,
                                .filter = filter,
                                .limit = CHOICES_MAX,
                                .interval_ms = 60000 };
  g_autoptr (CliRows) rows = cli_rows_open (cli, &query, error);
  int found = -1;
  if (rows != NULL)
    {
      guint64 n = cli_rows_get_matched (rows);
      found = (int) MIN (n, 2);
      if (n == 1 && cli_rows_get_n (rows) == 1)
        take_row (cli_rows_get (rows, 0), ret);
      else if (n > 0)
        complain_of_many (rows, text, error);
    }
  json_object_put (columns);
  json_object_put (sort);
  return found;
}

static struct json_object *
equals (const char *column, const char *text)
{
  struct json_object *filter = json_object_new_array ();
  json_object_array_add (filter, json_object_new_string ("eq"));
  json_object_array_add (filter, json_object_new_string (column));
  json_object_array_add (filter, json_object_new_string (text));
  return filter;
}

/* A pid that no process has is taken as it is: the system says what became of it. */
static gboolean
find_by_pid (Cli *cli, char *pid, CliProcess *ret, GError **error)
{
  struct json_object *filter = equals ("pid", pid);
  int                 found = look_up (cli, pid, filter, ret, error);
  json_object_put (filter);
  if (found == 0)
    {
      ret->pid = g_steal_pointer (&pid);
      ret->name = g_strdup ("");
    }
  g_free (pid);
  return found == 0 || found == 1;
}

gboolean
cli_process_find (Cli *cli, const char *text, CliProcess *ret, GError **error)
{
  char *pid = cli_parse_pid (text);
  if (pid != NULL)
    return find_by_pid (cli, pid, ret, error);
  if (!g_utf8_validate (text, -1, NULL) || text[0] == '\0' || strlen (text) > 1024)
    {
      g_set_error (error, CLI_ERROR, CLI_USAGE,
                   "“%s” names no process; give a pid, a name, or a query that one process answers",
                   text);
      return FALSE;
    }
  struct json_object *by_name = equals ("name", text);
  int                 found = look_up (cli, text, by_name, ret, error);
  json_object_put (by_name);
  if (found != 0)
    return found == 1;

  struct json_object *filter = NULL;
  char               *words[] = { (char *) (gsize) text };
  if (!cli_parse_query (cli, "processes", words, 1, &filter, error))
    return FALSE;
  found = look_up (cli, text, filter, ret, error);
  json_object_put (filter);
  if (found == 0)
    g_set_error (error, CLI_ERROR, CLI_REFUSED, "No process is called “%s” or answers to it", text);
  return found == 1;
}
