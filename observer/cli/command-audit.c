/* SPDX-License-Identifier: MIT
 *
 * grove audit: who did what to the system, and what came of it; the system keeps the last.
 */
#include "observer/cli/cli.h"

#include <string.h>

#define KEPT_MAX  256
#define REPEAT_MS 500

static gint64 opt_limit = KEPT_MAX;

const GOptionEntry cli_audit_entries[] = {
  { "limit", 'n', 0, G_OPTION_ARG_INT64, &opt_limit, "The last N, 1 to 256 (256)", "N" },
  { "follow", 'f', 0, G_OPTION_ARG_NONE, &cli_opt_follow, "Go on with each that comes", NULL },
  { NULL },
};

/* What a command was about: its params without what they expected. */
static char *
say_params (struct json_object *params)
{
  GString *text = g_string_new (NULL);
  if (json_object_is_type (params, json_type_string))
    g_string_append (text, json_object_get_string (params));
  else if (json_object_is_type (params, json_type_object))
    {
      json_object_object_foreach (params, key, value)
      {
        if (strcmp (key, "expect") != 0 && strcmp (key, "wait_ms") != 0)
          g_string_append_printf (text, "%s%s=%s", text->len > 0 ? " " : "", key,
                                  json_object_get_string (value));
      }
    }
  return g_string_free (text, FALSE);
}

static void
add_entry (Cli *cli, CliGrid *grid, struct json_object *entry)
{
  struct json_object *params = NULL;
  const char         *outcome = _grove_json_text (entry, "outcome");
  gint64              at_ns = _grove_json_int (entry, "at_ns", 0);
  gboolean            failed = strcmp (outcome, "failed") == 0;
  g_autofree char    *clock = cli_say_clock (cli_epoch_ms (cli) + at_ns / 1000000);
  g_autofree char    *after = cli_say_duration (_grove_json_int (entry, "after_ns", 0));
  json_object_object_get_ex (entry, "params", &params);
  g_autofree char *about = say_params (params);
  cli_grid_add_count (grid, _grove_json_int (entry, "seq", 0));
  cli_grid_add (grid, CLI_PLAIN, clock);
  cli_grid_add_count (grid, _grove_json_int (entry, "session", 0));
  cli_grid_add (grid, CLI_PLAIN, _grove_json_text (entry, "client"));
  cli_grid_add (grid, CLI_NAME, _grove_json_text (entry, "method"));
  cli_grid_add (grid, CLI_PLAIN, about);
  cli_grid_add (grid, failed ? CLI_BAD : CLI_GOOD, outcome);
  cli_grid_add (grid, CLI_PLAIN, after);
  cli_grid_add (grid, CLI_PLAIN, _grove_json_text (entry, "result"));
}

static gboolean
once_more (gpointer user_data)
{
  gboolean *again = user_data;
  *again = TRUE;
  return G_SOURCE_REMOVE;
}

/* Entries behind @after; the number to go on from, -1 on an error. */
static gint64
tell (Cli *cli, CliGrid *grid, gint64 after, GError **error)
{
  struct json_object *params = json_object_new_object ();
  if (after > 0)
    json_object_object_add (params, "after", json_object_new_int64 (after));
  json_object_object_add (params, "limit",
                          json_object_new_int64 (after > 0 ? KEPT_MAX : opt_limit));
  struct json_object *result = cli_call (cli, "audit.tail", params, NULL, error);
  if (result == NULL)
    return -1;
  struct json_object *entries = _grove_json_array (result, "entries");
  gsize               n = entries != NULL ? json_object_array_length (entries) : 0;
  gint64              last = MAX (_grove_json_int (result, "last", 0), after);
  if (cli->json && !cli_opt_follow)
    cli_put_json (cli, result);
  for (gsize i = 0; i < n; i++)
    {
      struct json_object *entry = json_object_array_get_idx (entries, i);
      if (!cli->json)
        add_entry (cli, grid, entry);
      else if (cli_opt_follow)
        cli_put_json (cli, entry);
    }
  if (!cli->json && (n > 0 || after == 0))
    cli_grid_print_more (grid);
  json_object_put (result);
  return last;
}

int
cli_run_audit (Cli *cli, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  if (!cli_take_system (cli, argc, argv))
    return CLI_USAGE;
  if (opt_limit < 1 || opt_limit > KEPT_MAX)
    return cli_complain_usage (cli, "--limit is 1 to %d, not %" G_GINT64_FORMAT, KEPT_MAX,
                               opt_limit);
  if (!cli_connect (cli, CLI_CONTROL, &error))
    return cli_complain (cli, error);
  g_autoptr (CliGrid) grid = cli_grid_new (cli);
  cli_grid_add_column (grid, "seq", CLI_RIGHT);
  cli_grid_add_column (grid, "time", CLI_LEFT);
  cli_grid_add_column (grid, "session", CLI_RIGHT);
  cli_grid_add_column (grid, "client", CLI_LEFT);
  cli_grid_add_column (grid, "method", CLI_LEFT);
  cli_grid_add_column (grid, "about", CLI_LEFT | CLI_ELASTIC);
  cli_grid_add_column (grid, "outcome", CLI_LEFT);
  cli_grid_add_column (grid, "after", CLI_RIGHT);
  cli_grid_add_column (grid, "result", CLI_LEFT | CLI_ELASTIC);
  gint64 last = tell (cli, grid, 0, &error);
  /* It is asked again and again: a command is not told of by itself. */
  while (last >= 0 && cli_opt_follow && cli_flush ())
    {
      gboolean again = FALSE;
      guint    timer = g_timeout_add (REPEAT_MS, once_more, &again);
      if (!cli_wait (cli, &again, &error))
        {
          g_source_remove (timer);
          break;
        }
      last = tell (cli, grid, last, &error);
    }
  return error == NULL ? CLI_OK : cli_complain (cli, error);
}
