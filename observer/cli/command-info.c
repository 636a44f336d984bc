/* SPDX-License-Identifier: MIT
 *
 * grove info: all that is known of one process.
 */
#include "observer/cli/cli.h"

#include <string.h>

static void
put_line (Cli *cli, const char *label, CliStyle style, const char *text)
{
  g_autofree char *padded = g_strdup_printf ("%-14s ", label);
  g_autofree char *clean = cli_clean (text);
  cli_put_styled (cli, CLI_BOLD, padded);
  cli_put_styled (cli, style, clean);
  cli_put (cli, "\n");
}

/* Takes @text. */
static void
put_taken (Cli *cli, const char *label, char *text)
{
  put_line (cli, label, CLI_PLAIN, text);
  g_free (text);
}

/* "ledger <0.5.0>" of {pid, name}; transfer full. */
static char *
say_link (struct json_object *link)
{
  const char *name = _grove_json_text (link, "name");
  const char *pid = _grove_json_text (link, "pid");
  /* A port is {port, name}. */
  if (pid[0] == '\0')
    pid = _grove_json_text (link, "port");
  return name[0] != '\0' ? g_strdup_printf ("%s %s", name, pid) : g_strdup (pid);
}

static void
put_links (Cli *cli, struct json_object *info, const char *label, const char *member, const char *n)
{
  struct json_object *links = _grove_json_array (info, member);
  gint64              all = _grove_json_int (info, n, 0);
  g_autoptr (GString) text = g_string_new (NULL);
  gsize listed = links != NULL ? json_object_array_length (links) : 0;
  if (all == 0)
    return;
  g_string_append_printf (text, "%" G_GINT64_FORMAT ":", all);
  for (gsize i = 0; i < listed; i++)
    {
      g_autofree char *one = say_link (json_object_array_get_idx (links, i));
      g_string_append_printf (text, "%s %s", i > 0 ? "," : "", one);
    }
  if ((gint64) listed < all)
    g_string_append (text, ", ...");
  put_line (cli, label, CLI_PLAIN, text->str);
}

static void
put_supervision (Cli *cli, struct json_object *info)
{
  struct json_object *supervisor = _grove_json_object (info, "supervisor");
  struct json_object *child = _grove_json_object (info, "child");
  struct json_object *application = _grove_json_object (info, "application");
  if (application != NULL)
    put_line (cli, "application", CLI_PLAIN, _grove_json_text (application, "name"));
  if (supervisor != NULL)
    {
      g_autofree char *who = say_link (supervisor);
      const char      *strategy = _grove_json_text (supervisor, "strategy");
      /* That of a top supervisor is its application, which restarts nobody. */
      if (strategy[0] == '\0')
        put_line (cli, "supervisor", CLI_PLAIN, who);
      else
        put_taken (cli, "supervisor",
                   g_strdup_printf ("%s (%s, %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT
                                    " restarts in %" G_GINT64_FORMAT " s)",
                                    who, strategy,
                                    _grove_json_int (supervisor, "recent_restarts", 0),
                                    _grove_json_int (supervisor, "intensity", 0),
                                    _grove_json_int (supervisor, "period_s", 0)));
    }
  if (child != NULL && _grove_json_int (child, "restarts", -1) < 0)
    put_taken (cli, "child",
               g_strdup_printf ("%s (%s)", _grove_json_text (child, "id"),
                                _grove_json_text (child, "kind")));
  else if (child != NULL)
    put_taken (cli, "child",
               g_strdup_printf ("%s (%s), restarted %" G_GINT64_FORMAT " times",
                                _grove_json_text (child, "id"), _grove_json_text (child, "kind"),
                                _grove_json_int (child, "restarts", 0)));
}

static void
put_sizes (Cli *cli, struct json_object *info)
{
  static const struct
  {
    const char *label, *member;
  } sizes[] = {
    { "memory", "memory_bytes" },
    { "heap", "heap_bytes" },
    { "stack", "stack_bytes" },
    { "mailbox", "mailbox_bytes" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    put_taken (cli, sizes[i].label, cli_say_bytes (_grove_json_int (info, sizes[i].member, 0)));
}

/* Not every system counts what a process received. */
static void
put_messages (Cli *cli, struct json_object *info)
{
  struct json_object *absent = _grove_json_object (info, "absent");
  const gint64        waiting = _grove_json_int (info, "messages", 0);
  if (_grove_json_text (absent, "received")[0] != '\0')
    put_taken (cli, "messages", g_strdup_printf ("%" G_GINT64_FORMAT " waiting", waiting));
  else
    put_taken (cli, "messages",
               g_strdup_printf ("%" G_GINT64_FORMAT " waiting, %" G_GINT64_FORMAT " received",
                                waiting, _grove_json_int (info, "received", 0)));
}

static void
show_text (Cli *cli, struct json_object *info)
{
  const char *status = _grove_json_text (info, "status");
  gint64 age_ns = _grove_json_int (info, "now_ns", 0) - _grove_json_int (info, "started_ns", 0);
  put_line (cli, "pid", CLI_PLAIN, _grove_json_text (info, "pid"));
  if (_grove_json_text (info, "name")[0] != '\0')
    put_line (cli, "name", CLI_NAME, _grove_json_text (info, "name"));
  if (_grove_json_text (info, "label")[0] != '\0')
    put_line (cli, "label", CLI_PLAIN, _grove_json_text (info, "label"));
  put_line (cli, "started with", CLI_PLAIN, _grove_json_text (info, "initial_call"));
  put_line (cli, "status", cli_style_of_status (status), status);
  put_line (cli, "priority", CLI_PLAIN, _grove_json_text (info, "priority"));
  if (_grove_json_int (info, "started_ns", 0) > 0)
    put_taken (cli, "age", cli_say_duration (age_ns));
  put_line (cli, "traps exits", CLI_PLAIN, _grove_json_boolean (info, "trap_exit") ? "yes" : "no");
  if (_grove_json_boolean (info, "system"))
    put_line (cli, "system", CLI_PLAIN, "the system's own: it is protected");
  put_messages (cli, info);
  put_taken (cli, "reductions", cli_say_count ((double) _grove_json_int (info, "reductions", 0)));
  put_sizes (cli, info);
  if (json_object_object_get_ex (info, "binary_bytes", NULL))
    put_taken (cli, "binaries", cli_say_bytes (_grove_json_int (info, "binary_bytes", 0)));
  put_supervision (cli, info);
  put_links (cli, info, "links", "links", "n_links");
  put_links (cli, info, "monitors", "monitors", "n_monitors");
  put_links (cli, info, "monitored by", "monitored_by", "n_monitored_by");
  put_links (cli, info, "ports", "ports", "n_ports");
}

void
cli_explain_gone (const CliProcess *process, struct json_object *data, GError **error)
{
  if (error == NULL || *error == NULL || (*error)->code != GROVE_CODE_NO_PROCESS ||
      (*error)->domain != GROVE_PROTOCOL_ERROR)
    return;
  struct json_object *exited = _grove_json_object (data, "exited");
  g_autofree char    *reason = exited != NULL ? _grove_exited_reason (exited) : NULL;
  g_autofree char    *successor = exited != NULL ? _grove_exited_successor (exited) : NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  struct json_object *elsewhere = _grove_json_object (data, "elsewhere");
  if (elsewhere != NULL)
    g_string_append_printf (text, "%s is the process %s of another node: --system beam:%s",
                            process->pid, _grove_json_text (elsewhere, "pid"),
                            _grove_json_text (elsewhere, "node"));
  else if (exited == NULL)
    g_string_append_printf (text, "There is no process %s", process->pid);
  else
    g_string_append_printf (text, "%s has ended", process->pid);
  if (reason != NULL)
    g_string_append_printf (text, " with %s", reason);
  if (successor != NULL)
    g_string_append_printf (text, "; %s took its place", successor);
  g_clear_error (error);
  g_set_error_literal (error, GROVE_PROTOCOL_ERROR, GROVE_CODE_NO_PROCESS, text->str);
}

struct json_object *
cli_call_about (Cli                *cli,
                const char         *method,
                const CliProcess   *process,
                struct json_object *params,
                GError            **error)
{
  struct json_object *data = NULL;
  if (params == NULL)
    params = json_object_new_object ();
  json_object_object_add (params, "pid", json_object_new_string (process->pid));
  struct json_object *result = cli_call (cli, method, params, &data, error);
  if (result == NULL)
    cli_explain_gone (process, data, error);
  json_object_put (data);
  return result;
}

int
cli_run_info (Cli *cli, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_auto (CliProcess) process = { 0 };
  if (!cli_check_arguments (cli, argc, argv, 1, 1))
    return CLI_USAGE;
  if (!cli_connect (cli, CLI_OBSERVE, &error) || !cli_can (cli, "process.get", &error) ||
      !cli_process_find (cli, argv[0], &process, &error))
    return cli_complain (cli, error);
  struct json_object *info = cli_call_about (cli, "process.get", &process, NULL, &error);
  if (info == NULL)
    return cli_complain (cli, error);
  if (cli->json)
    cli_put_json (cli, info);
  else
    show_text (cli, info);
  json_object_put (info);
  return CLI_OK;
}
