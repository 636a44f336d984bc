/* SPDX-License-Identifier: MIT
 *
 * The one system a command talks to: which it is, connecting to it, and asking in turn. Waiting is
 * turning the main loop until the answer is there.
 */
#include "observer/cli/cli.h"

#include "observer/grove-child.h"
#include "observer/grove-discovery.h"

#include <signal.h>
#include <string.h>

/* What the error of a session that is not live says: what happened, and what to do about it. */
static void
set_session_error (Cli *cli, GError **error)
{
  g_autofree char *title = NULL, *detail = NULL;
  g_object_get (cli->session, "error-title", &title, "error-detail", &detail, NULL);
  g_set_error (error, CLI_ERROR, CLI_UNREACHABLE, "%s\n%s",
               title != NULL ? title : "The connection ended", detail != NULL ? detail : "");
}

static gboolean
is_lost (Cli *cli)
{
  GroveSessionState state = grove_session_get_state (cli->session);
  return state == GROVE_SESSION_REFUSED || state == GROVE_SESSION_LOST;
}

gboolean
cli_wait (Cli *cli, const gboolean *done, GError **error)
{
  while (!*done && !is_lost (cli))
    g_main_context_iteration (NULL, TRUE);
  if (*done)
    return TRUE;
  set_session_error (cli, error);
  return FALSE;
}

/* The live systems of this machine; an error names them, or says where it looked. */
char *
cli_choose_system (Cli *cli, GError **error)
{
  if (cli->target != NULL)
    return g_strdup (cli->target);
  const char *chosen = g_getenv ("GROVE_SYSTEM");
  if (chosen != NULL && chosen[0] != '\0')
    return g_strdup (chosen);
  g_autoptr (GroveDiscovery) discovery = grove_discovery_new (NULL);
  g_autoptr (GPtrArray) live = g_ptr_array_new_with_free_func (g_free);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (discovery));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GroveSystem) system = g_list_model_get_item (G_LIST_MODEL (discovery), i);
      if (grove_system_get_live (system))
        g_ptr_array_add (live, g_strdup (grove_system_get_name (system)));
    }
  if (live->len == 1)
    return g_ptr_array_steal_index (live, 0);
  if (live->len == 0)
    g_set_error (error, CLI_ERROR, CLI_UNREACHABLE,
                 "No system is running here\nLooked in %s. Start one, or name another place with "
                 "--system; grove(1) says what it takes.",
                 grove_discovery_get_directory (discovery));
  else
    {
      g_ptr_array_add (live, NULL);
      g_autofree char *names = g_strjoinv (", ", (char **) live->pdata);
      g_set_error (error, CLI_ERROR, CLI_UNREACHABLE,
                   "More than one system is running here: %s\nSay which with --system NAME, or in "
                   "the environment variable GROVE_SYSTEM.",
                   names);
    }
  return NULL;
}

gboolean
cli_connect (Cli *cli, CliRole role, GError **error)
{
  g_autofree char *target = cli_choose_system (cli, error);
  if (target == NULL)
    return FALSE;
  cli->session = grove_session_new ();
  _grove_session_introduce (cli->session, "grove", role == CLI_OBSERVE, cli->figures);
  if (cli_opt_elixir)
    grove_session_set_syntax (cli->session, "elixir");
  else if (cli_opt_erlang)
    grove_session_set_syntax (cli->session, "erlang");
  grove_session_open (cli->session, target);
  while (grove_session_get_state (cli->session) == GROVE_SESSION_CONNECTING)
    g_main_context_iteration (NULL, TRUE);
  /* GSocket has it ignored. Nothing is written to a socket that could raise it, and whoever reads
   * our output and has had enough is no error, and nothing to complain of. */
  signal (SIGPIPE, SIG_DFL);
  if (grove_session_get_state (cli->session) == GROVE_SESSION_LIVE)
    return TRUE;
  set_session_error (cli, error);
  return FALSE;
}

void
cli_disconnect (Cli *cli)
{
  if (cli->session != NULL)
    grove_session_close (cli->session);
  g_clear_object (&cli->session);
  /* The command that led there has been let go of: it ends, or is ended, and is reaped. */
  while (_grove_child_count () > 0)
    g_main_context_iteration (NULL, TRUE);
}

gint64
cli_epoch_ms (Cli *cli)
{
  struct json_object *hello = _grove_session_get_hello (cli->session);
  return _grove_json_int (hello, "now_utc_ms", 0) - _grove_json_int (hello, "now_ns", 0) / 1000000;
}

gboolean
cli_can (Cli *cli, const char *method, GError **error)
{
  const char *reason = NULL;
  if (grove_session_can (cli->session, method, &reason))
    return TRUE;
  g_set_error (error, CLI_ERROR, CLI_REFUSED, "%s: %s", method, reason);
  return FALSE;
}

typedef struct
{
  gboolean            done;
  struct json_object *result;
  struct json_object *data;
  GError             *error;
} Answer;

static void
answered (gpointer owner, const GroveReply *reply, gpointer user_data)
{
  Answer *answer = user_data;
  answer->done = TRUE;
  answer->result = json_object_get (reply->result);
  answer->data = json_object_get (reply->data);
  if (reply->error != NULL)
    answer->error = g_error_copy (reply->error);
}

struct json_object *
cli_call (Cli                 *cli,
          const char          *method,
          struct json_object  *params,
          struct json_object **ret_data,
          GError             **error)
{
  Answer answer = { 0 };
  _grove_session_call (cli->session, method, params, answered, cli, &answer);
  /* The answer comes in any case: also when the connection ends first. */
  while (!answer.done)
    g_main_context_iteration (NULL, TRUE);
  if (ret_data != NULL)
    *ret_data = answer.data;
  else
    json_object_put (answer.data);
  if (answer.error == NULL)
    return answer.result;
  if (answer.error->code > 0 && is_lost (cli))
    {
      g_error_free (answer.error);
      set_session_error (cli, error);
    }
  else
    g_propagate_error (error, answer.error);
  return NULL;
}

struct json_object *
cli_table_columns (Cli *cli, const char *table)
{
  struct json_object *tables =
    _grove_json_object (_grove_session_get_hello (cli->session), "tables");
  return _grove_json_array (tables, table);
}
