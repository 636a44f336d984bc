/* SPDX-License-Identifier: MIT
 *
 * grove names, apps, timers, sessions, crashes, events, log, children: the system's other tables;
 * grove table: whatever else it declares.
 */
#include "observer/cli/cli.h"

const GOptionEntry cli_table_entries[] = { CLI_LISTING_ENTRIES, { NULL } };

const GOptionEntry cli_chat_entries[] = {
  CLI_LISTING_ENTRIES,
  { "follow", 'f', 0, G_OPTION_ARG_NONE, &cli_opt_follow,
    "Go on with each that comes; --limit N begins with the last N", NULL },
  { NULL },
};

static char *opt_of;

const GOptionEntry cli_any_table_entries[] = {
  CLI_LISTING_ENTRIES,
  { "of", 0, 0, G_OPTION_ARG_STRING, &opt_of,
    "Whose table, where there is one for each of something", "KEY" },
  { NULL },
};

const char cli_table_more[] = "QUERY: words that all must hold, of the table's columns: kind:exit "
                              "name~conn. grove describe lists\n"
                              "the columns, grove(1) says what a query can be.";

int
cli_run_names (Cli *cli, int argc, char **argv)
{
  static const CliListing listing = {
    .table = "names",
    .columns = "name,pid,status,messages,memory,app,initial,started_ns",
    .sort = "name:asc",
  };
  return cli_run_listing (cli, &listing, argv, argc);
}

int
cli_run_apps (Cli *cli, int argc, char **argv)
{
  static const CliListing listing = {
    .table = "applications",
    .columns = "name,pid,status,type,version,processes,memory,restarts,needs,started_ns",
    .sort = "name:asc",
  };
  return cli_run_listing (cli, &listing, argv, argc);
}

int
cli_run_timers (Cli *cli, int argc, char **argv)
{
  static const CliListing listing = {
    .table = "timers",
    .columns = "ref,pid,name,kind,due_ns,period_ns,message",
    .sort = "due_ns:asc",
  };
  return cli_run_listing (cli, &listing, argv, argc);
}

int
cli_run_sessions (Cli *cli, int argc, char **argv)
{
  static const CliListing listing = {
    .table = "sessions",
    .columns =
      "session,client,version,role,os_pid,opened_ns,requests,subscriptions,bytes_out,suspends",
    .sort = "session:asc",
  };
  return cli_run_listing (cli, &listing, argv, argc);
}

int
cli_run_crashes (Cli *cli, int argc, char **argv)
{
  static const CliListing listing = {
    .table = "crashes",
    .columns = "seq,at_ns,pid,name,reason,function,file,line,outcome,successor",
    .sort = "seq:desc",
    .chats = TRUE,
  };
  return cli_run_listing (cli, &listing, argv, argc);
}

int
cli_run_events (Cli *cli, int argc, char **argv)
{
  static const CliListing listing = {
    .table = "events",
    .columns = "seq,at_ns,kind,pid,name,peer,function,detail",
    .sort = "seq:desc",
    .chats = TRUE,
  };
  return cli_run_listing (cli, &listing, argv, argc);
}

int
cli_run_log (Cli *cli, int argc, char **argv)
{
  static const CliListing listing = {
    .table = "log",
    .columns = "seq,at_ns,level,pid,name,source,text",
    .sort = "seq:desc",
    .chats = TRUE,
  };
  return cli_run_listing (cli, &listing, argv, argc);
}

int
cli_run_children (Cli *cli, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_auto (CliProcess) process = { 0 };
  if (!cli_check_arguments (cli, argc, argv, 1, G_MAXINT))
    return CLI_USAGE;
  if (!cli_connect (cli, CLI_OBSERVE, &error) || !cli_process_find (cli, argv[0], &process, &error))
    return cli_complain (cli, error);
  const CliListing listing = {
    .table = "children",
    .columns =
      "id,pid,kind,status,restart_type,shutdown,restarts,children,strategy,messages,memory",
    .sort = "place:asc",
    .of = process.pid,
  };
  return cli_run_listing (cli, &listing, argv + 1, argc - 1);
}

/* What can be named, with what is known of each. */
static int
list_tables (Cli *cli)
{
  static const char *const titles[] = { "TABLE", "COLUMNS" };
  struct json_object      *tables =
    _grove_json_object (_grove_session_get_hello (cli->session), "tables");
  if (cli->json)
    {
      cli_put_json (cli, tables);
      return CLI_OK;
    }
  g_autoptr (CliGrid) grid = cli_grid_new (cli);
  for (guint i = 0; i < G_N_ELEMENTS (titles); i++)
    cli_grid_add_column (grid, titles[i], 0);
  json_object_object_foreach (tables, table, columns)
  {
    g_autoptr (GString) names = g_string_new (NULL);
    for (gsize i = 0; i < json_object_array_length (columns); i++)
      g_string_append_printf (names, "%s%s", i > 0 ? ", " : "",
                              _grove_json_text (json_object_array_get_idx (columns, i), "name"));
    cli_grid_add (grid, CLI_NAME, table);
    cli_grid_add (grid, CLI_PLAIN, names->str);
  }
  cli_grid_print (grid, 0);
  return CLI_OK;
}

int
cli_run_table (Cli *cli, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  if (!cli_connect (cli, CLI_OBSERVE, &error))
    return cli_complain (cli, error);
  if (argc == 0)
    return list_tables (cli);
  struct json_object *columns = cli_table_columns (cli, argv[0]);
  if (columns == NULL || json_object_array_length (columns) == 0)
    {
      g_set_error (&error, CLI_ERROR, CLI_USAGE,
                   "There is no table “%s”\ngrove table lists those there are.", argv[0]);
      return cli_complain (cli, error);
    }
  g_autofree char *sort =
    g_strdup_printf ("%s:asc", _grove_json_text (json_object_array_get_idx (columns, 0), "name"));
  const CliListing listing = { .table = argv[0], .columns = "all", .sort = sort, .of = opt_of };
  return cli_run_listing (cli, &listing, argv + 1, argc - 1);
}
