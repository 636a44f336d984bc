/* SPDX-License-Identifier: MIT
 *
 * grove supervisor: what a supervisor is, and what it does with its children, in OTP's words.
 */
#include "observer/cli/cli.h"

#include <math.h>
#include <string.h>

#define PAGE_MAX 500

static double opt_wait = 10;

const GOptionEntry cli_supervisor_entries[] = {
  { "wait", 'w', 0, G_OPTION_ARG_DOUBLE, &opt_wait, "Wait so long for its answer, up to 60 (10)",
    "SECONDS" },
  { NULL },
};

/* ---- What it is ------------------------------------------------------------------------------ */

/* All children, page by page, in the answer to the first page. */
static struct json_object *
fetch_info (Cli *cli, const CliProcess *process, GError **error)
{
  struct json_object *whole = NULL, *all = NULL;
  gint64              total = 1;
  for (gint64 n = 0; n < total;)
    {
      struct json_object *params = json_object_new_object ();
      json_object_object_add (params, "offset", json_object_new_int64 (n));
      json_object_object_add (params, "limit", json_object_new_int64 (PAGE_MAX));
      struct json_object *result = cli_call_about (cli, "supervisor.info", process, params, error);
      if (result == NULL)
        {
          json_object_put (whole);
          return NULL;
        }
      struct json_object *children = _grove_json_array (result, "children");
      gsize               page = children != NULL ? json_object_array_length (children) : 0;
      total = _grove_json_int (result, "total", 0);
      if (whole == NULL)
        {
          whole = result;
          all = children;
        }
      else
        {
          for (gsize i = 0; i < page; i++)
            json_object_array_add (all, json_object_get (json_object_array_get_idx (children, i)));
          json_object_put (result);
        }
      if (page == 0)
        break;
      n += (gint64) page;
    }
  return whole;
}

static void
show_info (Cli *cli, struct json_object *info)
{
  struct json_object *children = _grove_json_array (info, "children");
  gsize               n = children != NULL ? json_object_array_length (children) : 0;
  g_autofree char    *title =
    g_strdup_printf ("%s %s: %s, %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT
                     " restarts in %" G_GINT64_FORMAT " s, %" G_GINT64_FORMAT " children",
                     _grove_json_text (info, "name"), _grove_json_text (info, "pid"),
                     _grove_json_text (info, "strategy"),
                     _grove_json_int (info, "recent_restarts", 0),
                     _grove_json_int (info, "intensity", 0), _grove_json_int (info, "period_s", 0),
                     _grove_json_int (info, "total", 0));
  g_autofree char *clean = cli_clean (g_strchug (title));
  g_autoptr (CliGrid) grid = cli_grid_new (cli);
  cli_put_styled (cli, CLI_BOLD, clean);
  cli_put (cli, "\n");
  if (n == 0)
    return;
  cli_grid_add_column (grid, "id", CLI_LEFT | CLI_ELASTIC);
  cli_grid_add_column (grid, "pid", CLI_LEFT);
  cli_grid_add_column (grid, "name", CLI_LEFT | CLI_ELASTIC);
  cli_grid_add_column (grid, "kind", CLI_LEFT);
  cli_grid_add_column (grid, "status", CLI_LEFT);
  cli_grid_add_column (grid, "restarts", CLI_RIGHT);
  for (gsize i = 0; i < n; i++)
    {
      struct json_object *child = json_object_array_get_idx (children, i);
      const char         *status = _grove_json_text (child, "status");
      cli_grid_add (grid, CLI_PLAIN, _grove_json_text (child, "id"));
      cli_grid_add (grid, CLI_PLAIN, _grove_json_text (child, "pid"));
      cli_grid_add (grid, CLI_NAME, _grove_json_text (child, "name"));
      cli_grid_add (grid, CLI_PLAIN, _grove_json_text (child, "kind"));
      cli_grid_add (grid, cli_style_of_status (status), status);
      if (_grove_json_int (child, "restarts", -1) >= 0)
        cli_grid_add_count (grid, _grove_json_int (child, "restarts", 0));
      else
        cli_grid_add (grid, CLI_PLAIN, "-");
    }
  cli_grid_print (grid, 0);
}

/* ---- What it does ---------------------------------------------------------------------------- */

static int
act (Cli *cli, const char *method, const CliProcess *process, const char *child, GError **error)
{
  struct json_object *params = cli_process_expect (process);
  json_object_object_add (params, "wait_ms", json_object_new_int64 (lround (opt_wait * 1000)));
  if (child != NULL)
    json_object_object_add (params, "child", json_object_new_string (child));
  struct json_object *result = cli_call_about (cli, method, process, params, error);
  if (result == NULL)
    return CLI_REFUSED;
  const char      *outcome = _grove_json_text (result, "outcome");
  gboolean         failed = g_str_has_prefix (outcome, "{error");
  g_autofree char *clean = cli_clean (outcome);
  if (cli->json)
    cli_put_json (cli, result);
  else
    {
      cli_put_styled (cli, failed ? CLI_WARN : CLI_GOOD, clean);
      cli_put (cli, "\n");
    }
  json_object_put (result);
  return failed ? CLI_REFUSED : CLI_OK;
}

static int
show (Cli *cli, const CliProcess *process, GError **error)
{
  struct json_object *info = fetch_info (cli, process, error);
  if (info == NULL)
    return CLI_REFUSED;
  if (cli->json)
    cli_put_json (cli, info);
  else
    show_info (cli, info);
  json_object_put (info);
  return CLI_OK;
}

static const struct
{
  const char *name;
  const char *method;
  int         min, max; /* arguments after it */
} verbs[] = {
  { "info", "supervisor.info", 1, 1 },
  { "start", "supervisor.start_child", 1, 2 },
  { "terminate", "supervisor.terminate_child", 2, 2 },
  { "restart", "supervisor.restart_child", 2, 2 },
  { "delete", "supervisor.delete_child", 2, 2 },
};

int
cli_run_supervisor (Cli *cli, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_auto (CliProcess) process = { 0 };
  guint verb = 0;
  if (!cli_check_arguments (cli, argc, argv, 2, 3))
    return CLI_USAGE;
  while (verb < G_N_ELEMENTS (verbs) && strcmp (verbs[verb].name, argv[0]) != 0)
    verb++;
  if (verb == G_N_ELEMENTS (verbs))
    return cli_complain_usage (
      cli, "a supervisor can info, start, terminate, restart and delete, but not “%s”", argv[0]);
  if (argc - 1 < verbs[verb].min || argc - 1 > verbs[verb].max)
    return cli_complain_usage (cli, "%s takes SUPERVISOR%s", verbs[verb].name,
                               verbs[verb].max == 1   ? " alone"
                               : verbs[verb].min == 1 ? " [CHILD]"
                                                      : " CHILD");
  if (!(opt_wait >= 0.001 && opt_wait <= 60))
    return cli_complain_usage (cli, "--wait is 0.001 to 60 seconds, not %g", opt_wait);
  if (argc > 2 && (strlen (argv[2]) > 63 || !g_utf8_validate (argv[2], -1, NULL)))
    return cli_complain_usage (cli, "a child has an id of at most 63 bytes");
  if (!cli_connect (cli, verb == 0 ? CLI_OBSERVE : CLI_CONTROL, &error) ||
      !cli_can (cli, verbs[verb].method, &error) ||
      !cli_process_find (cli, argv[1], &process, &error))
    return cli_complain (cli, error);
  int status = verb == 0
                 ? show (cli, &process, &error)
                 : act (cli, verbs[verb].method, &process, argc > 2 ? argv[2] : NULL, &error);
  return error == NULL ? status : cli_complain (cli, error);
}
