/* SPDX-License-Identifier: MIT
 *
 * grove doctor: watches a system for a while, and says what needs a look, with the evidence, and
 * what it did not look for, and why. What it ends with tells a script how bad it is.
 */
#include "observer/cli/cli.h"

#include "observer/grove-findings.h"
#include "observer/grove-format.h"

#include <unistd.h>

#define SECONDS_DEFAULT 12
#define SECONDS_MAX     3600

static int    opt_seconds = SECONDS_DEFAULT;
static gint64 opt_limit;

const GOptionEntry cli_doctor_entries[] = {
  { "seconds", 't', 0, G_OPTION_ARG_INT, &opt_seconds, "Watch for so long (12)", "SECONDS" },
  { "mailbox-limit", 'm', 0, G_OPTION_ARG_INT64, &opt_limit,
    "From so many messages on a mailbox is an alarm (1000)", "N" },
  { NULL },
};

const char cli_doctor_more[] =
  "It ends with 0 when it found nothing, with 5 when something needs a look, and with 6 when it "
  "does "
  "at once.\nWhat takes longer to tell than it watches is not checked, and it says so.";

static GroveSeverity
worst (GroveFindings *findings)
{
  g_autoptr (GroveFinding) first = g_list_model_get_item (G_LIST_MODEL (findings), 0);
  return grove_finding_get_severity (first);
}

static int
status_of (GroveFindings *findings)
{
  if (g_list_model_get_n_items (G_LIST_MODEL (findings)) == 0)
    return CLI_OK;
  return worst (findings) == GROVE_SEVERITY_ALARM ? CLI_ALARM : CLI_FINDINGS;
}

/* ---- As JSON ----------------------------------------------------------------------------------
 */

static void
add_text (struct json_object *object, const char *member, const char *text)
{
  json_object_object_add (object, member, text != NULL ? json_object_new_string (text) : NULL);
}

static struct json_object *
make_finding (Cli *cli, GroveFinding *finding)
{
  struct json_object *object = json_object_new_object ();
  GroveFindingKind    kind = grove_finding_get_kind (finding);
  add_text (object, "kind", grove_finding_kind_get_name (kind));
  add_text (object, "severity", grove_severity_get_name (grove_finding_get_severity (finding)));
  add_text (object, "title", grove_finding_get_title (finding));
  add_text (object, "evidence", grove_finding_get_evidence (finding));
  add_text (object, "pid", grove_finding_get_pid (finding));
  json_object_object_add (object, "since_ns",
                          json_object_new_int64 (grove_finding_get_since_ns (finding)));
  return object;
}

static struct json_object *
make_check (GroveFindings *findings, GroveFindingKind kind)
{
  struct json_object *object = json_object_new_object ();
  g_autofree char    *note = NULL;
  gboolean            checked = grove_findings_is_checked (findings, kind, &note);
  add_text (object, "kind", grove_finding_kind_get_name (kind));
  json_object_object_add (object, "checked", json_object_new_boolean (checked));
  add_text (object, "note", note);
  return object;
}

static void
show_json (Cli *cli, GroveFindings *findings)
{
  struct json_object *document = json_object_new_object ();
  struct json_object *list = json_object_new_array ();
  struct json_object *checks = json_object_new_array ();
  guint               n = g_list_model_get_n_items (G_LIST_MODEL (findings));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GroveFinding) finding = g_list_model_get_item (G_LIST_MODEL (findings), i);
      json_object_array_add (list, make_finding (cli, finding));
    }
  for (guint kind = 0; kind < GROVE_N_FINDINGS; kind++)
    json_object_array_add (checks, make_check (findings, kind));
  add_text (document, "system", grove_session_get_system_name (cli->session));
  json_object_object_add (document, "watched_ns",
                          json_object_new_int64 (grove_findings_get_watched_ns (findings)));
  json_object_object_add (document, "findings", list);
  json_object_object_add (document, "checks", checks);
  cli_put_json (cli, document);
  json_object_put (document);
}

/* ---- As text ----------------------------------------------------------------------------------
 */

static void
put_wrapped (Cli *cli, int indent, const char *text)
{
  g_autofree char *clean = cli_clean (text);
  g_auto (GStrv) words = g_strsplit (clean, " ", -1);
  int width = cli->width > 0 ? MAX (cli->width, 40) : 100, at = indent;
  cli_printf (cli, "%*s", indent, "");
  for (char **word = words; *word != NULL; word++)
    {
      int length = cli_text_width (*word);
      if (word != words && at + 1 + length > width)
        {
          cli_printf (cli, "\n%*s", indent, "");
          at = indent;
        }
      else if (word != words)
        {
          cli_put (cli, " ");
          at++;
        }
      cli_put (cli, *word);
      at += length;
    }
  cli_put (cli, "\n");
}

static void
put_finding (Cli *cli, GroveFinding *finding)
{
  gboolean         alarm = grove_finding_get_severity (finding) == GROVE_SEVERITY_ALARM;
  const char      *pid = grove_finding_get_pid (finding);
  g_autofree char *title = cli_clean (grove_finding_get_title (finding));
  g_autofree char *clean_pid = cli_clean (pid != NULL ? pid : "");
  cli_put_styled (cli, alarm ? CLI_BAD : CLI_WARN, alarm ? "alarm    " : "warning  ");
  cli_put_styled (cli, CLI_BOLD, title);
  if (pid != NULL)
    cli_printf (cli, "  %s", clean_pid);
  cli_put (cli, "\n");
  put_wrapped (cli, 9, grove_finding_get_evidence (finding));
}

static void
put_checks (Cli *cli, GroveFindings *findings, gboolean checked)
{
  gboolean any = FALSE;
  for (guint kind = 0; kind < GROVE_N_FINDINGS; kind++)
    {
      g_autofree char *note = NULL, *line = NULL;
      const char      *title = grove_finding_kind_get_title (kind);
      if (grove_findings_is_checked (findings, kind, &note) != checked)
        continue;
      if (!any)
        cli_put_styled (cli, CLI_BOLD, checked ? "\nLooked for\n" : "\nNot looked for\n");
      any = TRUE;
      line = note != NULL ? g_strdup_printf ("%s. %s", title, note) : g_strdup (title);
      put_wrapped (cli, 2, line);
    }
}

static void
show_text (Cli *cli, GroveFindings *findings)
{
  guint            n = g_list_model_get_n_items (G_LIST_MODEL (findings));
  g_autofree char *name = cli_clean (grove_session_get_system_name (cli->session));
  g_autofree char *span = cli_say_duration ((grove_findings_get_watched_ns (findings) + 500000000) /
                                            1000000000 * 1000000000);
  if (n == 0)
    cli_printf (cli, "%s: nothing found in %s\n", name, span);
  else
    cli_printf (cli, "%s: %u finding%s in %s\n\n", name, n, n == 1 ? "" : "s", span);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GroveFinding) finding = g_list_model_get_item (G_LIST_MODEL (findings), i);
      put_finding (cli, finding);
    }
  put_checks (cli, findings, TRUE);
  put_checks (cli, findings, FALSE);
}

/* ---- Watching ---------------------------------------------------------------------------------
 */

typedef struct
{
  gint64   needs_ns;
  gboolean done;
} Watch;

static void
looked (GroveFindings *findings, Watch *watch)
{
  watch->done = grove_findings_get_watched_ns (findings) >= watch->needs_ns;
}

int
cli_run_doctor (Cli *cli, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  if (!cli_take_system (cli, argc, argv))
    return CLI_USAGE;
  if (opt_seconds < 1 || opt_seconds > SECONDS_MAX)
    return cli_complain_usage (cli, "--seconds is 1 to %d, not %d", SECONDS_MAX, opt_seconds);
  if (opt_limit < 0 || opt_limit > G_MAXINT32)
    return cli_complain_usage (cli, "--mailbox-limit is 1 to %d, not %" G_GINT64_FORMAT, G_MAXINT32,
                               opt_limit);
  cli->figures = TRUE;
  if (!cli_connect (cli, CLI_OBSERVE, &error) || !cli_can (cli, "system.watch", &error))
    return cli_complain (cli, error);
  Watch watch = { .needs_ns = opt_seconds * G_GINT64_CONSTANT (1000000000) };
  g_autoptr (GroveFindings) findings = grove_findings_new (cli->session);
  if (opt_limit > 0)
    g_object_set (findings, "mailbox-limit", opt_limit, NULL);
  g_signal_connect (findings, "looked", G_CALLBACK (looked), &watch);
  grove_findings_set_active (findings, TRUE);
  if (cli->width > 0 && isatty (STDERR_FILENO))
    g_printerr ("Watching %s for %d s…\n", grove_session_get_system_name (cli->session),
                opt_seconds);
  if (!cli_wait (cli, &watch.done, &error))
    return cli_complain (cli, error);
  if (cli->json)
    show_json (cli, findings);
  else
    show_text (cli, findings);
  return status_of (findings);
}
