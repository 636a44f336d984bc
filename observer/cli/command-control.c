/* SPDX-License-Identifier: MIT
 *
 * grove kill, exit, restart, priority: what a person does to processes. What came of it is said in
 * the words that the windows use too.
 */
#include "observer/cli/cli.h"

#include <math.h>
#include <string.h>

static double opt_wait = 1;

const GOptionEntry cli_control_entries[] = {
  { "wait", 'w', 0, G_OPTION_ARG_DOUBLE, &opt_wait, "Wait so long to see how it ended, 0 to 5 (1)",
    "SECONDS" },
  { NULL },
};

/* What the system answered, with the words for it; a script reads the rest. */
static void
put_outcome_json (Cli                *cli,
                  const CliProcess   *process,
                  const char         *summary,
                  gboolean            had_effect,
                  struct json_object *result)
{
  struct json_object *document = json_object_new_object ();
  json_object_object_add (document, "pid", json_object_new_string (process->pid));
  json_object_object_add (document, "name", json_object_new_string (process->name));
  json_object_object_add (document, "summary", json_object_new_string (summary));
  json_object_object_add (document, "had_effect", json_object_new_boolean (had_effect));
  json_object_object_add (document, "result", json_object_get (result));
  cli_put_json (cli, document);
  json_object_put (document);
}

int
cli_act (
  Cli *cli, GroveCommand command, const CliProcess *process, const char *argument, GError **error)
{
  g_autoptr (GError) problem = NULL;
  struct json_object *data = NULL;
  gboolean            had_effect;
  const char         *method = grove_command_get_method (command);
  struct json_object *params =
    _grove_command_params (command, process->pid, process->name, process->started_ns, argument,
                           lround (opt_wait * 1000));
  struct json_object *result = cli_call (cli, method, params, &data, &problem);
  /* An error of the program's own says how the connection ended. */
  if (problem != NULL && problem->domain != GROVE_PROTOCOL_ERROR)
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      json_object_put (data);
      return CLI_UNREACHABLE;
    }
  GroveReply       reply = { .result = result, .data = data, .error = problem };
  g_autofree char *summary =
    _grove_command_say (command, process->pid, process->name, argument, &reply, &had_effect);
  if (problem != NULL)
    g_set_error_literal (error, problem->domain, problem->code, summary);
  else if (cli->json)
    put_outcome_json (cli, process, summary, had_effect, result);
  else
    {
      g_autofree char *clean = cli_clean (summary);
      cli_printf (cli, "%s\n", clean);
    }
  json_object_put (data);
  json_object_put (result);
  if (problem != NULL)
    return CLI_REFUSED;
  /* What was so already is as it was wished. */
  gboolean ends = command == GROVE_COMMAND_KILL || command == GROVE_COMMAND_EXIT;
  return had_effect || !ends ? CLI_OK : CLI_REFUSED;
}

/* All are found before anything is done to one; then each is told, whatever came of the others. */
static int
act_on_all (Cli *cli, GroveCommand command, char **texts, int n, const char *argument)
{
  g_autoptr (GError) error = NULL;
  g_autofree CliProcess *processes = g_new0 (CliProcess, n);
  int                    worst = CLI_OK, found = 0;
  if (!(opt_wait >= 0 && opt_wait <= 5))
    return cli_complain_usage (cli, "--wait is 0 to 5 seconds, not %g", opt_wait);
  if (!cli_connect (cli, CLI_CONTROL, &error) ||
      !cli_can (cli, grove_command_get_method (command), &error))
    return cli_complain (cli, error);
  while (found < n && cli_process_find (cli, texts[found], &processes[found], &error))
    found++;
  if (found < n)
    worst = cli_complain (cli, error);
  for (int i = 0; i < n && found == n; i++)
    {
      g_autoptr (GError) problem = NULL;
      int status = cli_act (cli, command, &processes[i], argument, &problem);
      if (problem != NULL)
        status = cli_complain (cli, problem);
      worst = MAX (worst, status);
    }
  for (int i = 0; i < n; i++)
    cli_process_clear (&processes[i]);
  return worst;
}

int
cli_run_kill (Cli *cli, int argc, char **argv)
{
  if (!cli_check_arguments (cli, argc, argv, 1, G_MAXINT))
    return CLI_USAGE;
  return act_on_all (cli, GROVE_COMMAND_KILL, argv, argc, NULL);
}

int
cli_run_restart (Cli *cli, int argc, char **argv)
{
  if (!cli_check_arguments (cli, argc, argv, 1, G_MAXINT))
    return CLI_USAGE;
  return act_on_all (cli, GROVE_COMMAND_RESTART, argv, argc, NULL);
}

/* A new session suspends nothing: this says who does. */
int
cli_run_resume (Cli *cli, int argc, char **argv)
{
  if (!cli_check_arguments (cli, argc, argv, 1, 1))
    return CLI_USAGE;
  return act_on_all (cli, GROVE_COMMAND_RESUME, argv, 1, NULL);
}

int
cli_run_exit (Cli *cli, int argc, char **argv)
{
  if (!cli_check_arguments (cli, argc, argv, 2, 2))
    return CLI_USAGE;
  if (!g_utf8_validate (argv[1], -1, NULL) || strlen (argv[1]) > 8000 ||
      argv[1][strspn (argv[1], " ")] == '\0')
    return cli_complain_usage (cli, "the reason is a term such as shutdown or {error, 1}");
  return act_on_all (cli, GROVE_COMMAND_EXIT, argv, 1, argv[1]);
}

int
cli_run_priority (Cli *cli, int argc, char **argv)
{
  static const char *const priorities[] = { "low", "normal", "high", "max", NULL };
  if (!cli_check_arguments (cli, argc, argv, 2, 2))
    return CLI_USAGE;
  if (!g_strv_contains (priorities, argv[1]))
    return cli_complain_usage (cli, "a priority is low, normal, high or max, not “%s”", argv[1]);
  return act_on_all (cli, GROVE_COMMAND_SET_PRIORITY, argv, 1, argv[1]);
}
