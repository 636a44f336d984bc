/* SPDX-License-Identifier: MIT
 *
 * grove app: starts and stops applications. What came of it is said in the words that the windows
 * use too.
 */
#include "observer/cli/cli.h"

#include <math.h>
#include <string.h>

static double opt_wait = 10;
static char  *opt_type;

const GOptionEntry cli_app_entries[] = {
  { "type", 't', 0, G_OPTION_ARG_STRING, &opt_type,
    "start: what its end means: temporary, transient or permanent (temporary)", "TYPE" },
  { "wait", 'w', 0, G_OPTION_ARG_DOUBLE, &opt_wait, "Wait so long until it is done, up to 60 (10)",
    "SECONDS" },
  { NULL },
};

static int
act (Cli *cli, GroveApplicationCommand command, const char *name, GError **error)
{
  g_autoptr (GError) problem = NULL;
  struct json_object *data = NULL;
  gboolean            had_effect;
  struct json_object *result =
    cli_call (cli, grove_application_command_get_method (command),
              _grove_application_command_params (name, opt_type, lround (opt_wait * 1000)), &data,
              &problem);
  json_object_put (data);
  /* An error of the program's own says how the connection ended. */
  if (problem != NULL && problem->domain != GROVE_PROTOCOL_ERROR)
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return CLI_UNREACHABLE;
    }
  GroveReply       reply = { .result = result, .error = problem };
  g_autofree char *summary = _grove_application_command_say (command, name, &reply, &had_effect);
  gboolean         failed = strcmp (_grove_json_text (result, "outcome"), "failed") == 0;
  if (problem != NULL)
    g_set_error_literal (error, problem->domain, problem->code, summary);
  else if (cli->json)
    cli_put_json (cli, result);
  else
    {
      g_autofree char *clean = cli_clean (summary);
      cli_put_styled (cli, failed ? CLI_WARN : CLI_PLAIN, clean);
      cli_put (cli, "\n");
    }
  json_object_put (result);
  return problem != NULL || failed ? CLI_REFUSED : CLI_OK;
}

int
cli_run_app (Cli *cli, int argc, char **argv)
{
  static const char *const types[] = { "temporary", "transient", "permanent", NULL };
  static const char *const verbs[] = { "start", "stop" };
  g_autoptr (GError) error = NULL;
  if (!cli_check_arguments (cli, argc, argv, 2, 2))
    return CLI_USAGE;
  GroveApplicationCommand command = GROVE_APPLICATION_COMMAND_START;
  while (command <= GROVE_APPLICATION_COMMAND_STOP && strcmp (verbs[command], argv[0]) != 0)
    command++;
  if (command > GROVE_APPLICATION_COMMAND_STOP)
    return cli_complain_usage (cli, "an application can start and stop, but not “%s”", argv[0]);
  if (opt_type != NULL && command == GROVE_APPLICATION_COMMAND_STOP)
    return cli_complain_usage (cli, "--type is for start");
  if (opt_type != NULL && !g_strv_contains (types, opt_type))
    return cli_complain_usage (cli, "--type is temporary, transient or permanent, not “%s”",
                               opt_type);
  if (!(opt_wait >= 0.001 && opt_wait <= 60))
    return cli_complain_usage (cli, "--wait is 0.001 to 60 seconds, not %g", opt_wait);
  if (argv[1][0] == '\0' || strlen (argv[1]) > 255 || !g_utf8_validate (argv[1], -1, NULL))
    return cli_complain_usage (cli, "an application has a name of at most 255 bytes");
  if (!cli_connect (cli, CLI_CONTROL, &error) ||
      !cli_can (cli, grove_application_command_get_method (command), &error))
    return cli_complain (cli, error);
  int status = act (cli, command, argv[1], &error);
  return error == NULL ? status : cli_complain (cli, error);
}
