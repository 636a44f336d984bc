/* SPDX-License-Identifier: MIT
 *
 * grove names, apps, timers, sessions, crashes, events, log, children: the system's other tables.
 */
#include "observer/cli/cli.h"

const GOptionEntry cli_table_entries[] = { CLI_LISTING_ENTRIES, { NULL } };

const GOptionEntry cli_chat_entries[] = {
  CLI_LISTING_ENTRIES,
  { "follow", 'f', 0, G_OPTION_ARG_NONE, &cli_opt_follow,
    "Go on with each that comes; --limit N begins with the last N", NULL },
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
    .columns = "name,pid,status,type,processes,memory,restarts,started_ns",
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
