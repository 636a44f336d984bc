/* SPDX-License-Identifier: MIT
 *
 * grove suspend: a suspension belongs to the session that made it and ends with it, so the program
 * stays: until Ctrl-C, until the process has ended, or while a command runs.
 */
#include "observer/cli/cli.h"

#include <glib-unix.h>
#include <signal.h>
#include <sys/wait.h>

typedef struct
{
  Cli     *cli;
  gboolean done;
  int      status; /* of the command */
  GPid     pid;
} Hold;

static gboolean
stop (gpointer user_data)
{
  Hold *self = user_data;
  /* A command that runs hears of it too; it decides when this ends. */
  if (self->pid == 0)
    self->done = TRUE;
  return G_SOURCE_CONTINUE;
}

static void
ended (GPid pid, int status, gpointer user_data)
{
  Hold *self = user_data;
  self->status = WIFEXITED (status) ? WEXITSTATUS (status) : 128 + WTERMSIG (status);
  self->done = TRUE;
  g_spawn_close_pid (pid);
}

static gboolean
start_command (Hold *self, char **argv, GError **error)
{
  g_autoptr (GError) problem = NULL;
  if (!g_spawn_async (NULL, argv, NULL,
                      G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD |
                        G_SPAWN_CHILD_INHERITS_STDIN,
                      NULL, NULL, &self->pid, &problem))
    {
      g_set_error (error, CLI_ERROR, CLI_USAGE, "cannot run “%s”: %s", argv[0], problem->message);
      return FALSE;
    }
  g_child_watch_add (self->pid, ended, self);
  return TRUE;
}

static int
hold (Cli *cli, const CliProcess *process, char **argv, GError **error)
{
  Hold             self = { .cli = cli };
  guint            sources[] = { g_unix_signal_add (SIGINT, stop, &self),
                                 g_unix_signal_add (SIGTERM, stop, &self),
                                 g_unix_signal_add (SIGHUP, stop, &self) };
  g_autofree char *who = cli_process_describe (process);
  gboolean         good = TRUE;
  if (argv[0] != NULL)
    good = start_command (&self, argv, error);
  else if (!cli->json)
    cli_printf (cli, "%s is held while this runs; Ctrl-C lets it run on\n", who);
  cli_flush ();
  good = good && cli_wait (cli, &self.done, error);
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    g_source_remove (sources[i]);
  if (!good)
    return CLI_REFUSED;
  /* It would run on by the end of the session too; asking says whether it does. */
  int status = cli_act (cli, GROVE_COMMAND_RESUME, process, NULL, error);
  if (status == CLI_UNREACHABLE)
    {
      g_clear_error (error);
      cli_printf (cli, "The connection ended, and with it the suspension of %s\n", who);
      status = CLI_OK;
    }
  return argv[0] != NULL ? self.status : status;
}

int
cli_run_suspend (Cli *cli, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_auto (CliProcess) process = { 0 };
  if (!cli_check_arguments (cli, argc, argv, 1, G_MAXINT))
    return CLI_USAGE;
  char **command = argv + 1;
  if (argc > 1 && g_str_equal (command[0], "--"))
    command++;
  if (!cli_connect (cli, CLI_CONTROL, &error) || !cli_can (cli, "process.suspend", &error) ||
      !cli_process_find (cli, argv[0], &process, &error))
    return cli_complain (cli, error);
  int status = cli_act (cli, GROVE_COMMAND_SUSPEND, &process, NULL, &error);
  if (status == CLI_OK)
    status = hold (cli, &process, command, &error);
  if (error == NULL)
    return status;
  int complaint = cli_complain (cli, error);
  return status > CLI_REFUSED ? status : complaint;
}
