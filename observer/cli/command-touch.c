/* SPDX-License-Identifier: MIT
 *
 * grove send, gc: what a process is given, and what it gives back.
 */
#include "observer/cli/cli.h"

#include <string.h>

/* The place in the text of a term at which the system says it cannot be read. */
static void
point_at (const char *text, struct json_object *data, GError **error)
{
  gint64 position;
  if (error == NULL || *error == NULL || (*error)->code != GROVE_CODE_INVALID_PARAMS ||
      !_grove_json_get_int (data, "position", 0, &position) || (gsize) position > strlen (text))
    return;
  g_autofree char *before = g_strndup (text, (gsize) position);
  g_autofree char *clean = cli_clean (before);
  g_autofree char *message = g_strdup ((*error)->message);
  g_clear_error (error);
  g_set_error (error, CLI_ERROR, CLI_USAGE, "%s\n%s\n%*s^", message, text, cli_text_width (clean),
               "");
}

int
cli_run_send (Cli *cli, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_auto (CliProcess) process = { 0 };
  struct json_object *data = NULL;
  if (!cli_check_arguments (cli, argc, argv, 2, 2))
    return CLI_USAGE;
  if (!g_utf8_validate (argv[1], -1, NULL) || strlen (argv[1]) > 8000)
    return cli_complain_usage (cli, "the message is a term of at most 8000 bytes");
  if (!cli_connect (cli, CLI_CONTROL, &error) || !cli_can (cli, "process.send", &error) ||
      !cli_process_find (cli, argv[0], &process, &error))
    return cli_complain (cli, error);
  struct json_object *params = cli_process_expect (&process);
  json_object_object_add (params, "pid", json_object_new_string (process.pid));
  json_object_object_add (params, "message", json_object_new_string (argv[1]));
  struct json_object *result = cli_call (cli, "process.send", params, &data, &error);
  point_at (argv[1], data, &error);
  cli_explain_gone (&process, data, &error);
  json_object_put (data);
  if (result == NULL)
    return cli_complain (cli, error);
  if (cli->json)
    cli_put_json (cli, result);
  else
    {
      g_autofree char *who = cli_process_describe (&process);
      cli_printf (cli, "Sent to %s, where now %" G_GINT64_FORMAT " wait\n", who,
                  _grove_json_int (result, "messages", 0));
    }
  json_object_put (result);
  return CLI_OK;
}

int
cli_run_gc (Cli *cli, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_auto (CliProcess) process = { 0 };
  if (!cli_check_arguments (cli, argc, argv, 1, 1))
    return CLI_USAGE;
  if (!cli_connect (cli, CLI_CONTROL, &error) || !cli_can (cli, "process.gc", &error) ||
      !cli_process_find (cli, argv[0], &process, &error))
    return cli_complain (cli, error);
  struct json_object *result =
    cli_call_about (cli, "process.gc", &process, cli_process_expect (&process), &error);
  if (result == NULL)
    return cli_complain (cli, error);
  if (cli->json)
    cli_put_json (cli, result);
  else
    {
      g_autofree char *who = cli_process_describe (&process);
      g_autofree char *freed = cli_say_bytes (_grove_json_int (result, "freed_bytes", 0));
      g_autofree char *kept = cli_clean (_grove_json_text (result, "kept"));
      cli_printf (cli, "%s gave back %s%s%s\n", who, freed, kept[0] != '\0' ? ": " : "", kept);
    }
  json_object_put (result);
  return CLI_OK;
}
