/* SPDX-License-Identifier: MIT
 *
 * grove state, dictionary, stack, crash: looking into a process, or at what is left of one.
 */
#include "observer/cli/cli.h"

#include <string.h>

#define STATE_BYTES_MAX 65536
#define PAGE_MAX        200

static double opt_timeout = 5;

const GOptionEntry cli_state_entries[] = {
  { "timeout", 't', 0, G_OPTION_ARG_DOUBLE, &opt_timeout,
    "Wait so long for its answer, up to 30 (5)", "SECONDS" },
  CLI_SYNTAX_ENTRIES,
  { NULL },
};

const GOptionEntry cli_term_entries[] = {
  CLI_SYNTAX_ENTRIES,
  { NULL },
};

gboolean cli_opt_elixir, cli_opt_erlang;

/* A term as it may be shown; transfer full. */
static char *
say_term (struct json_object *term)
{
  g_autofree char *clean = cli_clean (_grove_json_text (term, "text"));
  return g_strdup_printf ("%s%s", clean, _grove_json_boolean (term, "truncated") ? " ..." : "");
}

/* Connects and finds the process, if the system has such a method. */
static gboolean
begin (Cli *cli, const char *method, const char *text, CliProcess *process, GError **error)
{
  return cli_connect (cli, CLI_OBSERVE, error) && cli_can (cli, method, error) &&
         cli_process_find (cli, text, process, error);
}

/* ---- State ----------------------------------------------------------------------------------- */

static void
show_state (Cli *cli, struct json_object *result)
{
  struct json_object *state = _grove_json_object (result, "state");
  g_autofree char    *text = say_term (state);
  gint64              n_bytes = _grove_json_int (state, "size", 0);
  g_autofree char    *size = cli_say_bytes (n_bytes);
  g_autofree char    *title =
    g_strdup_printf ("%s %s: state of %s, %s%s%s", _grove_json_text (result, "name"),
                     _grove_json_text (result, "pid"), _grove_json_text (result, "module"), size,
                     n_bytes < 1024 ? " bytes" : "",
                     _grove_json_boolean (result, "suspended") ? ", suspended by sys" : "");
  g_autofree char *clean = cli_clean (g_strchug (title));
  cli_put_styled (cli, CLI_BOLD, clean);
  cli_printf (cli, "\n%s\n", text);
}

int
cli_run_state (Cli *cli, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_auto (CliProcess) process = { 0 };
  if (!cli_check_arguments (cli, argc, argv, 1, 1))
    return CLI_USAGE;
  if (!(opt_timeout >= 0.001 && opt_timeout <= 30))
    return cli_complain_usage (cli, "--timeout is 0.001 to 30 seconds, not %g", opt_timeout);
  if (!begin (cli, "process.state", argv[0], &process, &error))
    return cli_complain (cli, error);
  struct json_object *params = json_object_new_object ();
  json_object_object_add (params, "timeout_ms",
                          json_object_new_int64 ((gint64) (opt_timeout * 1000)));
  json_object_object_add (params, "max_bytes", json_object_new_int64 (STATE_BYTES_MAX));
  struct json_object *result = cli_call_about (cli, "process.state", &process, params, &error);
  if (result == NULL)
    return cli_complain (cli, error);
  if (cli->json)
    cli_put_json (cli, result);
  else
    show_state (cli, result);
  json_object_put (result);
  return CLI_OK;
}

/* ---- Dictionary ------------------------------------------------------------------------------ */

static void
show_pairs (Cli *cli, struct json_object *pairs)
{
  gsize n = json_object_array_length (pairs);
  if (n == 0)
    {
      cli_put (cli, "Its dictionary is empty.\n");
      return;
    }
  g_autoptr (CliGrid) grid = cli_grid_new (cli);
  cli_grid_add_column (grid, "key", CLI_LEFT);
  cli_grid_add_column (grid, "value", CLI_LEFT | CLI_ELASTIC);
  for (gsize i = 0; i < n; i++)
    {
      struct json_object *pair = json_object_array_get_idx (pairs, i);
      g_autofree char    *key = say_term (_grove_json_object (pair, "key"));
      g_autofree char    *value = say_term (_grove_json_object (pair, "value"));
      cli_grid_add (grid, CLI_NAME, key);
      cli_grid_add (grid, CLI_PLAIN, value);
    }
  cli_grid_print (grid, 0);
}

/* Page by page. */
static struct json_object *
fetch_pairs (Cli *cli, const CliProcess *process, GError **error)
{
  struct json_object *all = json_object_new_array ();
  for (gboolean more = TRUE; more;)
    {
      struct json_object *params = json_object_new_object ();
      json_object_object_add (params, "offset",
                              json_object_new_int64 ((gint64) json_object_array_length (all)));
      json_object_object_add (params, "limit", json_object_new_int64 (PAGE_MAX));
      json_object_object_add (params, "max_bytes", json_object_new_int64 (8192));
      struct json_object *result =
        cli_call_about (cli, "process.dictionary", process, params, error);
      if (result == NULL)
        {
          json_object_put (all);
          return NULL;
        }
      struct json_object *pairs = _grove_json_array (result, "pairs");
      gsize               n = pairs != NULL ? json_object_array_length (pairs) : 0;
      for (gsize i = 0; i < n; i++)
        json_object_array_add (all, json_object_get (json_object_array_get_idx (pairs, i)));
      more = n > 0 && _grove_json_boolean (result, "more");
      json_object_put (result);
    }
  return all;
}

int
cli_run_dictionary (Cli *cli, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_auto (CliProcess) process = { 0 };
  if (!cli_check_arguments (cli, argc, argv, 1, 1))
    return CLI_USAGE;
  if (!begin (cli, "process.dictionary", argv[0], &process, &error))
    return cli_complain (cli, error);
  struct json_object *pairs = fetch_pairs (cli, &process, &error);
  if (pairs == NULL)
    return cli_complain (cli, error);
  if (cli->json)
    {
      struct json_object *document = json_object_new_object ();
      json_object_object_add (document, "pid", json_object_new_string (process.pid));
      json_object_object_add (document, "name", json_object_new_string (process.name));
      json_object_object_add (document, "pairs", json_object_get (pairs));
      cli_put_json (cli, document);
      json_object_put (document);
    }
  else
    show_pairs (cli, pairs);
  json_object_put (pairs);
  return CLI_OK;
}

/* ---- Stacks ---------------------------------------------------------------------------------- */

/* "worker-loop.c:42"; transfer full, "" when not known. */
static char *
say_place (struct json_object *frame)
{
  const char *file = _grove_json_text (frame, "file");
  gint64      line = _grove_json_int (frame, "line", 0);
  if (file[0] == '\0')
    return g_strdup ("");
  return line > 0 ? g_strdup_printf ("%s:%" G_GINT64_FORMAT, file, line) : g_strdup (file);
}

static void
show_frames (Cli *cli, struct json_object *frames, gboolean truncated)
{
  gsize n = frames != NULL ? json_object_array_length (frames) : 0;
  g_autoptr (CliGrid) grid = cli_grid_new (cli);
  cli_grid_add_column (grid, "#", CLI_RIGHT);
  cli_grid_add_column (grid, "function", CLI_LEFT);
  cli_grid_add_column (grid, "place", CLI_LEFT | CLI_ELASTIC);
  for (gsize i = 0; i < n; i++)
    {
      struct json_object *frame = json_object_array_get_idx (frames, i);
      const char         *function = _grove_json_text (frame, "function");
      g_autofree char    *place = say_place (frame);
      cli_grid_add_count (grid, (gint64) i);
      cli_grid_add (grid, CLI_NAME, function[0] != '\0' ? function : "?");
      cli_grid_add (grid, CLI_PLAIN, place);
    }
  cli_grid_print (grid, 0);
  if (truncated)
    cli_put_styled (cli, CLI_DIM, "there are more\n");
}

static void
show_stack (Cli *cli, struct json_object *result)
{
  struct json_object *frames = _grove_json_array (result, "frames");
  struct json_object *current = _grove_json_object (result, "current");
  if (frames != NULL && json_object_array_length (frames) > 0)
    {
      show_frames (cli, frames, _grove_json_boolean (result, "truncated"));
      return;
    }
  g_autofree char *place = say_place (current);
  g_autofree char *text =
    g_strdup_printf ("It waits without frames; it was last in %s%s%s",
                     _grove_json_text (current, "function"), place[0] != '\0' ? ", " : "", place);
  g_autofree char *clean = cli_clean (text);
  cli_printf (cli, "%s\n", clean);
}

int
cli_run_stack (Cli *cli, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_auto (CliProcess) process = { 0 };
  if (!cli_check_arguments (cli, argc, argv, 1, 1))
    return CLI_USAGE;
  if (!begin (cli, "process.stack", argv[0], &process, &error))
    return cli_complain (cli, error);
  struct json_object *result = cli_call_about (cli, "process.stack", &process, NULL, &error);
  if (result == NULL)
    return cli_complain (cli, error);
  if (cli->json)
    cli_put_json (cli, result);
  else
    show_stack (cli, result);
  json_object_put (result);
  return CLI_OK;
}

/* ---- One crash ------------------------------------------------------------------------------- */

/* Takes @text. */
static void
put_line (Cli *cli, const char *label, char *text)
{
  g_autofree char *padded = g_strdup_printf ("%-14s ", label);
  g_autofree char *clean = cli_clean (text);
  if (text[0] != '\0')
    {
      cli_put_styled (cli, CLI_BOLD, padded);
      cli_printf (cli, "%s\n", clean);
    }
  g_free (text);
}

static char *
say_pids (struct json_object *pids)
{
  GString *text = g_string_new (NULL);
  gsize    n = pids != NULL ? json_object_array_length (pids) : 0;
  for (gsize i = 0; i < n; i++)
    {
      struct json_object *pid = json_object_array_get_idx (pids, i);
      gboolean            plain = json_object_is_type (pid, json_type_string);
      g_string_append_printf (text, "%s%s%s%s", i > 0 ? ", " : "",
                              plain ? json_object_get_string (pid) : _grove_json_text (pid, "name"),
                              plain ? "" : " ", plain ? "" : _grove_json_text (pid, "pid"));
    }
  return g_string_free (text, FALSE);
}

static char *
say_after (struct json_object *after)
{
  struct json_object *successor = _grove_json_object (after, "successor");
  struct json_object *supervisor = _grove_json_object (after, "supervisor");
  g_autofree char    *when = cli_say_duration (_grove_json_int (after, "after_ns", 0));
  const char         *outcome = _grove_json_text (after, "outcome");
  const char         *who = _grove_json_text (supervisor, "name");
  if (who[0] == '\0')
    who = supervisor != NULL ? _grove_json_text (supervisor, "pid") : "its supervisor";
  if (successor != NULL)
    return g_strdup_printf ("%s started %s after %s", who, _grove_json_text (successor, "pid"),
                            when);
  if (strcmp (outcome, "left") == 0)
    return g_strdup_printf ("%s does not start such a child again", who);
  if (strcmp (outcome, "gave_up") == 0)
    return g_strdup_printf ("%s gave up: it had restarted too often", who);
  if (strcmp (outcome, "pending") == 0)
    return g_strdup_printf ("%s tries to start another", who);
  return g_strdup (strcmp (outcome, "none") == 0 ? "nobody was to start another" : outcome);
}

static void
show_crash (Cli *cli, struct json_object *crash)
{
  struct json_object *message = _grove_json_object (crash, "message");
  struct json_object *pairs = _grove_json_array (crash, "dictionary");
  gint64              at_ns = _grove_json_int (crash, "at_ns", 0);
  gint64              lived_ns = at_ns - _grove_json_int (crash, "started_ns", 0);
  put_line (cli, "crash", g_strdup_printf ("%" G_GINT64_FORMAT, _grove_json_int (crash, "seq", 0)));
  put_line (cli, "at", cli_say_clock (cli_epoch_ms (cli) + at_ns / 1000000));
  const char *name = _grove_json_text (crash, "name");
  if (name[0] == '\0')
    name = _grove_json_text (crash, "label");
  put_line (cli, "process",
            g_strchug (g_strdup_printf ("%s %s", name, _grove_json_text (crash, "pid"))));
  put_line (cli, "started with", g_strdup (_grove_json_text (crash, "initial_call")));
  put_line (cli, "application", g_strdup (_grove_json_text (crash, "app")));
  if (lived_ns < at_ns)
    put_line (cli, "lived", cli_say_duration (lived_ns));
  put_line (cli, "reason", say_term (_grove_json_object (crash, "reason")));
  put_line (cli, "then", say_after (_grove_json_object (crash, "after")));
  put_line (cli, "ancestors", say_pids (_grove_json_array (crash, "ancestors")));
  put_line (cli, "links", say_pids (_grove_json_array (crash, "links")));
  put_line (cli, "heap", cli_say_bytes (_grove_json_int (crash, "heap_bytes", 0)));
  put_line (cli, "messages",
            g_strdup_printf ("%" G_GINT64_FORMAT " waited",
                             _grove_json_int (crash, "messages", 0)));
  if (message != NULL)
    put_line (cli, "last message", say_term (_grove_json_object (message, "term")));
  if (_grove_json_object (crash, "state") != NULL)
    put_line (cli, "state", say_term (_grove_json_object (crash, "state")));
  if (_grove_json_boolean (crash, "hidden"))
    put_line (cli, "withheld",
              g_strdup ("messages and dictionaries: the system shows no payloads"));
  cli_put (cli, "\n");
  show_frames (cli, _grove_json_array (crash, "frames"), _grove_json_boolean (crash, "frames_cut"));
  if (pairs != NULL && json_object_array_length (pairs) > 0)
    {
      cli_put (cli, "\n");
      show_pairs (cli, pairs);
    }
}

int
cli_run_crash (Cli *cli, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  guint64 number;
  if (!cli_check_arguments (cli, argc, argv, 1, 1))
    return CLI_USAGE;
  if (!g_ascii_string_to_unsigned (argv[0], 10, 1, G_MAXINT64, &number, NULL))
    return cli_complain_usage (cli, "a crash has a number, as grove crashes lists them, not “%s”",
                               argv[0]);
  if (!cli_connect (cli, CLI_OBSERVE, &error) || !cli_can (cli, "crash.get", &error))
    return cli_complain (cli, error);
  struct json_object *params = json_object_new_object ();
  json_object_object_add (params, "seq", json_object_new_int64 ((gint64) number));
  struct json_object *crash = cli_call (cli, "crash.get", params, NULL, &error);
  if (crash == NULL)
    {
      /* A number that could be one, of a crash that is not there. */
      int status = cli_complain (cli, error);
      return status == CLI_USAGE ? CLI_REFUSED : status;
    }
  if (cli->json)
    cli_put_json (cli, crash);
  else
    show_crash (cli, crash);
  json_object_put (crash);
  return CLI_OK;
}
