/* SPDX-License-Identifier: MIT
 *
 * grove: the command-line program. Finds the command, reads the options that all have, and ends
 * with a status that scripts can rely on.
 */
#include "observer/cli/cli.h"

#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

G_DEFINE_QUARK (cli - error - quark, cli_error)

static char    *opt_system;
static char    *opt_color;
static gboolean opt_json;
static gboolean opt_version;

const GOptionEntry cli_common_entries[] = {
  { "system", 's', 0, G_OPTION_ARG_STRING, &opt_system,
    "A name, a socket's path, beam:node@host, ssh:[user@]host/name, exec:command; else the only "
    "one here",
    "TARGET" },
  { "json", 'j', 0, G_OPTION_ARG_NONE, &opt_json, "One JSON document, or a line an update", NULL },
  { "color", 0, 0, G_OPTION_ARG_STRING, &opt_color, "auto, always or never (auto)", "WHEN" },
  { NULL },
};

static const GOptionEntry version_entries[] = {
  { "version", 0, 0, G_OPTION_ARG_NONE, &opt_version, "Show the version", NULL },
  { NULL },
};

const CliCommand cli_commands[] = {
  { "ls", "", "the systems found on this machine", NULL, cli_run_ls, NULL },
  { "system", "[SYSTEM]", "a system's figures: load, memory, rates", NULL, cli_run_system,
    cli_system_entries },
  { "doctor", "[SYSTEM]", "what needs a look, with the evidence", cli_doctor_more, cli_run_doctor,
    cli_doctor_entries },
  { "ps", "[QUERY...]", "processes", cli_ps_more, cli_run_ps, cli_ps_entries,
    .table = "processes" },
  { "top", "[QUERY...]", "processes, live, to be acted upon", cli_top_more, cli_run_top,
    cli_top_entries, .table = "processes" },
  { "tree", "[SYSTEM]", "who supervises whom", NULL, cli_run_tree, cli_tree_entries },
  { "info", "PROCESS", "all that is known of one process", NULL, cli_run_info, NULL },
  { "messages", "PROCESS", "what is in a mailbox, without taking it", NULL, cli_run_messages,
    cli_messages_entries },
  { "state", "PROCESS", "what a server says its state is", NULL, cli_run_state, cli_state_entries },
  { "dictionary", "PROCESS", "a process's dictionary", NULL, cli_run_dictionary, cli_term_entries },
  { "stack", "PROCESS", "where a process is: functions, files and lines", NULL, cli_run_stack,
    NULL },
  { "children", "SUPERVISOR [QUERY...]", "the children of a supervisor, also those that do not run",
    cli_table_more, cli_run_children, cli_table_entries, .table = "children" },
  { "supervisor", "info|start|terminate|restart|delete SUPERVISOR [CHILD]",
    "what a supervisor is, and what it does with its children", NULL, cli_run_supervisor,
    cli_supervisor_entries },
  { "names", "[QUERY...]", "registered names", cli_table_more, cli_run_names, cli_table_entries,
    .table = "names" },
  { "app", "start|stop APPLICATION", "start an application and what it needs, or stop it", NULL,
    cli_run_app, cli_app_entries },
  { "apps", "[QUERY...]", "applications, also those that do not run", cli_table_more, cli_run_apps,
    cli_table_entries, .table = "applications" },
  { "timers", "[QUERY...]", "messages that are to be sent", cli_table_more, cli_run_timers,
    cli_table_entries, .table = "timers" },
  { "crashes", "[QUERY...]", "the last crashes, and what followed", cli_table_more, cli_run_crashes,
    cli_chat_entries, .table = "crashes" },
  { "crash", "NUMBER", "all of one crash: where, why, the last message", NULL, cli_run_crash,
    cli_term_entries },
  { "events", "[QUERY...]", "spawns, exits, links and the like, as they happen", cli_table_more,
    cli_run_events, cli_chat_entries, .table = "events" },
  { "log", "[QUERY...]", "what the system and its programs log", cli_table_more, cli_run_log,
    cli_chat_entries, .table = "log" },
  { "sessions", "[QUERY...]", "who observes the system", cli_table_more, cli_run_sessions,
    cli_table_entries, .table = "sessions" },
  { "table", "[NAME [QUERY...]]", "any table a system declares; without a name, which there are",
    cli_table_more, cli_run_table, cli_any_table_entries },
  { "audit", "[SYSTEM]", "who did what, and what came of it", NULL, cli_run_audit,
    cli_audit_entries },
  { "kill", "PROCESS...", "end processes, whether they trap exits or not", NULL, cli_run_kill,
    cli_control_entries },
  { "exit", "PROCESS REASON", "send an exit signal with a reason", NULL, cli_run_exit,
    cli_control_entries },
  { "restart", "PROCESS...", "end and start again, through the supervisor", NULL, cli_run_restart,
    cli_control_entries },
  { "priority", "PROCESS low|normal|high|max", "change a process's priority", NULL,
    cli_run_priority, NULL },
  { "suspend", "PROCESS [COMMAND...]", "stop a process until Ctrl-C, or while a command runs", NULL,
    cli_run_suspend, NULL, .takes_all = true },
  { "resume", "PROCESS", "let a process run on that this session suspends; says who else does",
    NULL, cli_run_resume, NULL },
  { "send", "PROCESS TERM", "send a message", NULL, cli_run_send, NULL },
  { "gc", "PROCESS", "have a process give back memory", NULL, cli_run_gc, NULL },
  { "describe", "[SYSTEM]", "what the system can do, and what it cannot and why", NULL,
    cli_run_describe, NULL },
  { "graph", "[SYSTEM]", "the supervision tree as a picture", NULL, cli_run_graph,
    cli_graph_entries },
  { "dial-stdio", "[SYSTEM]", "a pipe from standard input and output to a local system", NULL,
    cli_run_dial_stdio, NULL },
  { "__complete", "WORD...", "what the last word may become", NULL, cli_run_complete, NULL,
    .hidden = true, .takes_all = true },
  { NULL },
};

static int
exit_status_of (const GError *error)
{
  if (error->domain == CLI_ERROR)
    return error->code;
  if (error->domain != GROVE_PROTOCOL_ERROR)
    return CLI_REFUSED;
  switch (error->code)
    {
    case GROVE_CODE_INVALID_PARAMS:
      return CLI_USAGE;
    case GROVE_CODE_BUSY:
    case GROVE_CODE_NOT_REACHED:
    case GROVE_CODE_SHUTTING_DOWN:
      return CLI_UNKNOWN;
    case GROVE_PROTOCOL_ERROR_LOST:
    case GROVE_PROTOCOL_ERROR_BROKEN:
      return CLI_UNREACHABLE;
    default:
      return CLI_REFUSED;
    }
}

int
cli_complain (Cli *cli, const GError *error)
{
  fflush (stdout);
  cli_put_error (error->message);
  return exit_status_of (error);
}

int
cli_complain_usage (Cli *cli, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *problem = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_autofree char *text = cli->command != NULL
                            ? g_strdup_printf ("%s: %s\nTry: grove %s --help", cli->command->name,
                                               problem, cli->command->name)
                            : g_strdup_printf ("%s\nTry: grove --help", problem);
  cli_put_error (text);
  return CLI_USAGE;
}

gboolean
cli_check_arguments (Cli *cli, int argc, char **argv, int min, int max)
{
  if (argc < min)
    cli_complain_usage (cli, "it takes %s", cli->command->arguments);
  else if (argc > max)
    cli_complain_usage (cli, "what is “%s” for? It takes %s", argv[max],
                        max > 0 ? cli->command->arguments : "no arguments");
  return argc >= min && argc <= max;
}

gboolean
cli_take_system (Cli *cli, int argc, char **argv)
{
  if (!cli_check_arguments (cli, argc, argv, 0, 1))
    return FALSE;
  if (argc == 1 && cli->target != NULL)
    {
      cli_complain_usage (cli, "two systems are named: “%s” and “%s”", cli->target, argv[0]);
      return FALSE;
    }
  if (argc == 1)
    cli->target = g_strdup (argv[0]);
  return TRUE;
}

const CliCommand *
cli_find_command (const char *name)
{
  for (const CliCommand *command = cli_commands; command->name != NULL; command++)
    if (strcmp (command->name, name) == 0)
      return command;
  return NULL;
}

static char *
list_commands (void)
{
  GString *text = g_string_new ("Commands:\n");
  for (const CliCommand *command = cli_commands; command->name != NULL; command++)
    if (!command->hidden)
      g_string_append_printf (text, "  %-12s %s\n", command->name, command->summary);
  g_string_append (text, "\nPROCESS is a pid, a name, or a query that one process answers. "
                         "grove COMMAND --help says more,\ngrove(1) all.");
  return g_string_free (text, FALSE);
}

static GOptionContext *
new_context (const CliCommand *command)
{
  g_autofree char *usage =
    command != NULL ? g_strdup (command->arguments) : g_strdup ("COMMAND [ARGUMENT...]");
  GOptionContext *context = g_option_context_new (usage);
  if (command == NULL)
    {
      g_autofree char *commands = list_commands ();
      g_option_context_set_summary (context, "Shows running systems of processes, and acts upon "
                                             "them, from a terminal.");
      g_option_context_set_description (context, commands);
      g_option_context_add_main_entries (context, version_entries, NULL);
      g_option_context_set_strict_posix (context, TRUE);
    }
  else
    {
      g_autofree char *first =
        g_strdup_printf ("%c%s.", g_ascii_toupper (command->summary[0]), command->summary + 1);
      g_option_context_set_summary (context, first);
      if (command->more != NULL)
        g_option_context_set_description (context, command->more);
      if (command->entries != NULL)
        g_option_context_add_main_entries (context, command->entries, NULL);
      g_option_context_set_strict_posix (context, command->takes_all);
    }
  g_option_context_add_main_entries (context, cli_common_entries, NULL);
  return context;
}

/* Takes the options out of @argv, whose first is the program's name. */
static gboolean
read_options (Cli *cli, int *argc, char ***argv)
{
  g_autoptr (GOptionContext) context = new_context (cli->command);
  g_autoptr (GError) error = NULL;
  if (!g_option_context_parse_strv (context, argv, &error))
    {
      cli_complain_usage (cli, "%s", error->message);
      return FALSE;
    }
  *argc = (int) g_strv_length (*argv);
  for (int i = 1; i < *argc && cli->command != NULL && !cli->command->takes_all; i++)
    if (strcmp ((*argv)[i], "--") == 0) /* which ends the options, and is no argument */
      {
        g_free ((*argv)[i]);
        memmove (*argv + i, *argv + i + 1, (gsize) (*argc - i) * sizeof **argv);
        (*argc)--;
        break;
      }
  if (opt_system != NULL)
    {
      g_free (cli->target);
      cli->target = g_steal_pointer (&opt_system);
    }
  return TRUE;
}

static int
run_command (Cli *cli, char ***argv)
{
  int              argc;
  g_autofree char *name = g_strdup_printf ("grove %s", cli->command->name);
  g_set_prgname (name);
  if (!read_options (cli, &argc, argv))
    return CLI_USAGE;
  if (opt_color != NULL && strcmp (opt_color, "auto") != 0 && strcmp (opt_color, "always") != 0 &&
      strcmp (opt_color, "never") != 0)
    return cli_complain_usage (cli, "--color is auto, always or never, not “%s”", opt_color);
  cli->json = opt_json;
  cli_print_init (cli, opt_color);
  int status = cli->command->run (cli, argc - 1, *argv + 1);
  cli_disconnect (cli);
  if (!cli_flush () && status == CLI_OK)
    status = CLI_REFUSED;
  return status;
}

int
main (int argc, char **argv)
{
  Cli    cli = { 0 };
  char **arguments = g_strdupv (argv); /* GOption frees what it takes out */
  int    status;

  setlocale (LC_ALL, "");
  /* What is printed is read by scripts too, and searched for: it is English everywhere. */
  setlocale (LC_MESSAGES, "C");
  /* Whoever reads us has had enough: that is no error, and nothing to complain of. */
  signal (SIGPIPE, SIG_DFL);
  cli.utf8 = g_get_charset (NULL);
  g_set_prgname ("grove");
  if (!read_options (&cli, &argc, &arguments))
    status = CLI_USAGE;
  else if (opt_version)
    {
      printf ("grove %s\n", GROVE_VERSION);
      status = cli_flush () ? CLI_OK : CLI_REFUSED;
    }
  else if (argc < 2)
    status = cli_complain_usage (&cli, "a command is missing");
  else if ((cli.command = cli_find_command (arguments[1])) == NULL)
    status = cli_complain_usage (&cli, "there is no command “%s”", arguments[1]);
  else
    {
      g_auto (GStrv) rest = g_strdupv (arguments + 1);
      status = run_command (&cli, &rest);
    }
  g_free (cli.target);
  g_free (opt_color);
  g_strfreev (arguments);
  return status;
}
