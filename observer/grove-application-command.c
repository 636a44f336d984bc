/* SPDX-License-Identifier: MIT
 *
 * See grove-application-command.h.
 */
#include "observer/grove-application-command.h"

#include "observer/grove-format.h"
#include "observer/grove-observer-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define WAIT_MS 10000

/* Of a longer list the rest is counted. */
#define NAMES_MAX 8

typedef struct
{
  GroveApplicationCommand command;
  char                   *name;
} Request;

static void
free_request (gpointer data)
{
  Request *request = data;
  g_free (request->name);
  g_free (request);
}

const char *
grove_application_command_get_method (GroveApplicationCommand command)
{
  return command == GROVE_APPLICATION_COMMAND_START ? "application.start" : "application.stop";
}

/* ---- Lists of names --------------------------------------------------------------------------
 */

static char *
say_list (GPtrArray *names)
{
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < MIN (names->len, NAMES_MAX); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", (const char *) names->pdata[i]);
  if (names->len > NAMES_MAX)
    g_string_append_printf (text, ngettext (" and %u more", " and %u more", names->len - NAMES_MAX),
                            names->len - NAMES_MAX);
  return g_string_free (text, FALSE);
}

/* But for @without. (transfer container) */
static GPtrArray *
list_of_json (struct json_object *array, const char *without)
{
  GPtrArray *names = g_ptr_array_new ();
  for (gsize i = 0; array != NULL && i < json_object_array_length (array); i++)
    {
      const char *name = json_object_get_string (json_object_array_get_idx (array, i));
      if (name != NULL && g_strcmp0 (name, without) != 0)
        g_ptr_array_add (names, (gpointer) name);
    }
  return names;
}

/* ---- What it will mean -----------------------------------------------------------------------
 */

static GroveRow *
find_row (GroveRows *rows, const char *name)
{
  guint position;
  return grove_rows_find (rows, name, &position);
}

static gboolean
has_status (GroveRow *row, const char *status)
{
  return row != NULL && strcmp (grove_row_get_text (row, "status"), status) == 0;
}

char *
grove_application_command_get_obstacle (GroveSession           *session,
                                        GroveApplicationCommand command,
                                        GroveRow               *row)
{
  const char *why = NULL;
  g_return_val_if_fail (GROVE_IS_SESSION (session), NULL);
  if (!grove_session_can (session, grove_application_command_get_method (command), &why))
    return g_strdup (why);
  if (row == NULL || grove_row_get_key (row) == NULL)
    return g_strdup (_ ("No application is selected"));
  const char *name = grove_row_get_key (row);
  if (command == GROVE_APPLICATION_COMMAND_START)
    return has_status (row, "loaded") || has_status (row, "")
             ? NULL
             : g_strdup_printf (_ ("%s runs already"), name);
  if (grove_row_get_boolean (row, "system"))
    return g_strdup_printf (_ ("The system itself runs on %s"), name);
  return has_status (row, "loaded") ? g_strdup_printf (_ ("%s does not run"), name) : NULL;
}

static void
add_sentence (GString *text, char *sentence)
{
  if (sentence != NULL)
    g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", sentence);
  g_free (sentence);
}

/* Those that must be started first, each after what it needs itself. */
static void
find_needed (GroveRows *rows, const char *name, GPtrArray *found, guint left)
{
  GroveRow *row = find_row (rows, name);
  if (row == NULL || left == 0)
    return;
  g_auto (GStrv) needs = g_strsplit (grove_row_get_text (row, "needs"), " ", -1);
  for (char **need = needs; *need != NULL; need++)
    {
      GroveRow *other = find_row (rows, *need);
      gboolean  runs = other != NULL && !has_status (other, "loaded");
      if (runs || **need == '\0' ||
          g_ptr_array_find_with_equal_func (found, *need, g_str_equal, NULL))
        continue;
      find_needed (rows, *need, found, left - 1);
      if (!g_ptr_array_find_with_equal_func (found, *need, g_str_equal, NULL))
        g_ptr_array_add (found, g_strdup (*need));
    }
}

static char *
describe_start (GroveRows *rows, const char *name)
{
  g_autoptr (GPtrArray) needed = g_ptr_array_new_with_free_func (g_free);
  find_needed (rows, name, needed, 32);
  GString *text = g_string_new (NULL);
  if (needed->len > 0)
    {
      g_autofree char *list = say_list (needed);
      add_sentence (
        text, g_strdup_printf (ngettext ("%u application that it needs is started before it: %s.",
                                         "%u applications that it needs are started before it: %s.",
                                         needed->len),
                               needed->len, list));
    }
  else
    add_sentence (text, g_strdup (_ ("All that it needs runs.")));
  add_sentence (text, g_strdup (_ ("If it ends later, the system goes on without it.")));
  return g_string_free (text, FALSE);
}

static char *
say_processes (GroveRow *row)
{
  gint64 n = grove_row_get_int (row, "processes");
  if (n == 0)
    return g_strdup (_ ("It has no processes."));
  g_autofree char *count = grove_format_count (n);
  return g_strdup_printf (ngettext ("Its %s process ends.", "Its %s processes end.",
                                    (gulong) MIN (n, G_MAXINT)),
                          count);
}

/* Those that run and need it; and of them those whose end is the system's. */
static void
add_who_needs_it (GString *text, GroveRows *rows, GroveRow *row)
{
  g_auto (GStrv) names = g_strsplit (grove_row_get_text (row, "needed_by"), " ", -1);
  g_autoptr (GPtrArray) needed_by = g_ptr_array_new ();
  g_autoptr (GPtrArray) permanent = g_ptr_array_new ();
  for (char **name = names; *name != NULL; name++)
    {
      GroveRow *other = find_row (rows, *name);
      if (**name == '\0')
        continue;
      g_ptr_array_add (needed_by, *name);
      if (other != NULL && strcmp (grove_row_get_text (other, "type"), "permanent") == 0 &&
          grove_row_get_int (other, "processes") > 0)
        g_ptr_array_add (permanent, *name);
    }
  if (needed_by->len == 0)
    return;
  g_autofree char *list = say_list (needed_by);
  add_sentence (text, g_strdup_printf (
                        ngettext ("%u application runs that needs it, and may fail without it: %s.",
                                  "%u applications run that need it, and may fail without it: %s.",
                                  needed_by->len),
                        needed_by->len, list));
  if (permanent->len == 0)
    return;
  g_autofree char *ending = say_list (permanent);
  add_sentence (text, g_strdup_printf (_ ("The system ends if one that is permanent fails: %s."),
                                       ending));
}

static char *
describe_stop (GroveRows *rows, const char *name)
{
  GroveRow *row = find_row (rows, name);
  GString  *text = g_string_new (NULL);
  if (row == NULL)
    return g_string_free (text, FALSE);
  add_sentence (text, say_processes (row));
  add_who_needs_it (text, rows, row);
  if (strcmp (grove_row_get_text (row, "type"), "permanent") == 0)
    add_sentence (text, g_strdup (_ ("It is permanent: its failing would end the system; stopping "
                                     "it does not.")));
  return g_string_free (text, FALSE);
}

char *
grove_application_command_describe (GroveApplicationCommand command,
                                    GroveRows              *rows,
                                    const char             *name)
{
  g_return_val_if_fail (GROVE_IS_ROWS (rows), NULL);
  g_return_val_if_fail (name != NULL, NULL);
  return command == GROVE_APPLICATION_COMMAND_START ? describe_start (rows, name)
                                                    : describe_stop (rows, name);
}

/* ---- What came of it -------------------------------------------------------------------------
 */

static char *
say_started (const char *name, struct json_object *result)
{
  const char *outcome = _grove_json_text (result, "outcome");
  if (strcmp (outcome, "running") == 0)
    return g_strdup_printf (_ ("%s runs already"), name);
  if (strcmp (outcome, "failed") == 0)
    {
      const char *failed = _grove_json_text (result, "failed");
      char        reason[256];
      _grove_copy_text (reason, sizeof reason,
                        _grove_json_text (_grove_json_object (result, "reason"), "text"));
      if (failed[0] == '\0' || strcmp (failed, name) == 0)
        return g_strdup_printf (_ ("%s did not start: %s"), name, reason);
      return g_strdup_printf (_ ("%s did not start, since %s, which it needs, did not: %s"), name,
                              failed, reason);
    }
  g_autoptr (GPtrArray) others = list_of_json (_grove_json_array (result, "started"), name);
  g_autofree char *list = say_list (others);
  return others->len == 0 ? g_strdup_printf (_ ("Started %s"), name)
                          : g_strdup_printf (_ ("Started %s, and before it %s"), name, list);
}

static char *
say_stopped (const char *name, struct json_object *result)
{
  if (strcmp (_grove_json_text (result, "outcome"), "not_running") == 0)
    return g_strdup_printf (_ ("%s does not run"), name);
  gint64           n = _grove_json_int (result, "processes", 0);
  g_autofree char *count = grove_format_count (n);
  GString         *text = g_string_new (NULL);
  if (n > 0)
    g_string_append_printf (text,
                            ngettext ("Stopped %s: %s process ended",
                                      "Stopped %s: %s processes ended", (gulong) MIN (n, G_MAXINT)),
                            name, count);
  else
    g_string_append_printf (text, _ ("Stopped %s"), name);
  g_autoptr (GPtrArray) needed_by = list_of_json (_grove_json_array (result, "needed_by"), NULL);
  g_autofree char *list = say_list (needed_by);
  if (needed_by->len > 0)
    g_string_append_printf (text,
                            ngettext ("; %s needs it and goes on", "; %s need it and go on",
                                      needed_by->len),
                            list);
  return g_string_free (text, FALSE);
}

static char *
say_failure (GroveApplicationCommand command, const char *name, const GError *error)
{
  gboolean starts = command == GROVE_APPLICATION_COMMAND_START;
  switch (error->code)
    {
    case GROVE_CODE_FORBIDDEN:
      return g_strdup_printf (starts ? _ ("%s was not started: this session may only observe")
                                     : _ ("%s was not stopped: this session may only observe"),
                              name);
    case GROVE_CODE_PROTECTED:
      return g_strdup_printf (_ ("%s was not stopped: the system itself runs on it"), name);
    case GROVE_CODE_SHUTTING_DOWN:
    case GROVE_PROTOCOL_ERROR_LOST:
    case GROVE_PROTOCOL_ERROR_BROKEN:
      return g_strdup_printf (starts ? _ ("The connection ended before the answer: whether %s was "
                                          "started is not known")
                                     : _ ("The connection ended before the answer: whether %s was "
                                          "stopped is not known"),
                              name);
    /* Its words name the application. */
    case GROVE_CODE_NOT_REACHED:
      return g_strdup (error->message);
    default:
      return g_strdup_printf (starts ? _ ("%s was not started: %s") : _ ("%s was not stopped: %s"),
                              name, error->message);
    }
}

char *
_grove_application_command_say (GroveApplicationCommand command,
                                const char             *name,
                                const GroveReply       *reply,
                                gboolean               *ret_had_effect)
{
  const char *outcome = _grove_json_text (reply->result, "outcome");
  *ret_had_effect =
    reply->error == NULL && (strcmp (outcome, "started") == 0 || strcmp (outcome, "stopped") == 0);
  if (reply->error != NULL)
    return say_failure (command, name, reply->error);
  return command == GROVE_APPLICATION_COMMAND_START ? say_started (name, reply->result)
                                                    : say_stopped (name, reply->result);
}

/* ---- Doing it --------------------------------------------------------------------------------
 */

struct json_object *
_grove_application_command_params (const char *name, const char *type, gint64 wait_ms)
{
  struct json_object *params = json_object_new_object ();
  json_object_object_add (params, "name", json_object_new_string (name));
  if (type != NULL)
    json_object_object_add (params, "type", json_object_new_string (type));
  json_object_object_add (params, "wait_ms", json_object_new_int64 (wait_ms));
  return params;
}

static void
answered (gpointer owner, const GroveReply *reply, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Request         *request = g_task_get_task_data (task);
  gboolean         had_effect;
  g_autofree char *said =
    _grove_application_command_say (request->command, request->name, reply, &had_effect);
  if (reply->error == NULL)
    {
      g_task_return_pointer (task, g_steal_pointer (&said), g_free);
      return;
    }
  if (reply->error->code == GROVE_PROTOCOL_ERROR_LOST ||
      reply->error->code == GROVE_PROTOCOL_ERROR_BROKEN)
    _grove_session_emit_undone (g_task_get_source_object (task),
                                grove_application_command_get_method (request->command), "", said);
  g_task_return_error (task, g_error_new_literal (GROVE_PROTOCOL_ERROR, reply->error->code, said));
}

void
grove_application_command_run_async (GroveSession           *session,
                                     GroveApplicationCommand command,
                                     const char             *name,
                                     GAsyncReadyCallback     callback,
                                     gpointer                user_data)
{
  g_return_if_fail (GROVE_IS_SESSION (session));
  g_return_if_fail (name != NULL && name[0] != '\0');
  g_autoptr (GTask) task = g_task_new (session, NULL, callback, user_data);
  Request *request = g_new0 (Request, 1);
  request->command = command;
  request->name = g_strdup (name);
  g_task_set_source_tag (task, grove_application_command_run_async);
  g_task_set_task_data (task, request, free_request);
  const char *why = NULL;
  if (!grove_session_can (session, grove_application_command_get_method (command), &why))
    {
      g_autoptr (GError) error =
        g_error_new_literal (GROVE_PROTOCOL_ERROR, GROVE_CODE_NOT_SUPPORTED, why);
      g_autofree char *said = say_failure (command, name, error);
      _grove_session_emit_undone (session, grove_application_command_get_method (command), "",
                                  said);
      g_task_return_new_error (task, GROVE_PROTOCOL_ERROR, GROVE_CODE_NOT_SUPPORTED, "%s", said);
      return;
    }
  gpointer owner = task;
  _grove_session_call (session, grove_application_command_get_method (command),
                       _grove_application_command_params (name, NULL, WAIT_MS), answered, owner,
                       g_steal_pointer (&task));
}

char *
grove_application_command_run_finish (GroveSession *session, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, session), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
