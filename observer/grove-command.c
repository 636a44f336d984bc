/* SPDX-License-Identifier: MIT
 *
 * Commands, and what came of them in one sentence each. All words are here, so that no surface says
 * it in others.
 */
#include "observer/grove-command.h"

#include "observer/grove-format.h"
#include "observer/grove-observer-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define WAIT_MS 1000

typedef struct
{
  GroveCommand command;
  char        *pid;
  char        *who; /* "counter_orders <0.91.0>" */
  char        *argument;
  gint64       started_us;
  gulong       cancelled_handler;
} Request;

static void
free_request (gpointer data)
{
  Request *request = data;
  g_free (request->pid);
  g_free (request->who);
  g_free (request->argument);
  g_free (request);
}

void
grove_command_outcome_free (GroveCommandOutcome *self)
{
  if (self == NULL)
    return;
  g_free (self->pid);
  g_free (self->summary);
  g_free (self->successor);
  g_free (self);
}

const char *
grove_command_get_method (GroveCommand command)
{
  switch (command)
    {
    case GROVE_COMMAND_KILL:
      return "process.kill";
    case GROVE_COMMAND_EXIT:
      return "process.exit";
    case GROVE_COMMAND_RESTART:
      return "process.restart";
    case GROVE_COMMAND_SET_PRIORITY:
      return "process.set_priority";
    case GROVE_COMMAND_SUSPEND:
      return "process.suspend";
    case GROVE_COMMAND_RESUME:
      return "process.resume";
    case GROVE_COMMAND_SEND:
      return "process.send";
    }
  g_return_val_if_reached ("");
}

static char *
who_is (const char *name, const char *pid)
{
  return name != NULL && name[0] != '\0' ? g_strdup_printf ("%s %s", name, pid) : g_strdup (pid);
}

static char *
say_duration (gint64 ns)
{
  if (ns < 1000000)
    return g_strdup_printf ("%" G_GINT64_FORMAT " µs", MAX (ns, 0) / 1000);
  if (ns < 1000000000)
    return g_strdup_printf ("%" G_GINT64_FORMAT " ms", ns / 1000000);
  return g_strdup_printf ("%.1f s", (double) ns / 1e9);
}

/* A supervisor by its name, or by its pid if it has none; NULL if there is none. */
static const char *
supervisor_name (struct json_object *holder)
{
  struct json_object *supervisor = _grove_json_object (holder, "supervisor");
  const char         *name = _grove_json_text (supervisor, "name");
  if (name[0] == '\0')
    name = _grove_json_text (supervisor, "pid");
  return name[0] != '\0' ? name : NULL;
}

/* "; counter_sup started <0.97.0> after 2 ms", or why nothing took its place, or "". */
static char *
say_successor (struct json_object *result)
{
  struct json_object *successor = _grove_json_object (result, "successor");
  if (successor != NULL)
    {
      const char      *supervisor = supervisor_name (successor);
      g_autofree char *after = say_duration (_grove_json_int (successor, "after_ns", 0));
      return g_strdup_printf (_ ("; %s started %s after %s"),
                              supervisor != NULL ? supervisor : _ ("its supervisor"),
                              _grove_json_text (successor, "pid"), after);
    }
  const char *supervisor = supervisor_name (result);
  if (supervisor == NULL)
    return g_strdup ("");
  if (_grove_json_boolean (result, "gave_up"))
    return g_strdup_printf (_ ("; %s gave up: it had restarted too often"), supervisor);
  return g_strdup_printf (_ ("; %s did not start another"), supervisor);
}

static char *
say_alive (const Request *request)
{
  if (request->command == GROVE_COMMAND_KILL)
    return g_strdup_printf (_ ("%s is alive: it has not ended yet"), request->who);
  if (g_strcmp0 (request->argument, "normal") == 0)
    return g_strdup_printf (_ ("%s is alive: the reason normal ends no other process"),
                            request->who);
  return g_strdup_printf (_ ("%s is alive: it traps exits"), request->who);
}

static char *
say_ended (const Request *request, struct json_object *result)
{
  g_autofree char *successor = say_successor (result);
  if (request->command == GROVE_COMMAND_KILL)
    return g_strdup_printf (_ ("Killed %s%s"), request->who, successor);
  const char *reason = _grove_json_text (_grove_json_object (result, "reason"), "text");
  char        cut[128];
  _grove_copy_text (cut, sizeof cut, reason[0] != '\0' ? reason : request->argument);
  return g_strdup_printf (_ ("%s ended with %s%s"), request->who, cut, successor);
}

static char *
say_restarted (const Request *request, struct json_object *result)
{
  const char      *supervisor = supervisor_name (result);
  g_autofree char *after = say_duration (_grove_json_int (result, "after_ns", 0));
  return g_strdup_printf (_ ("Restarted %s; %s started %s after %s"), request->who,
                          supervisor != NULL ? supervisor : _ ("its supervisor"),
                          _grove_json_text (result, "pid"), after);
}

static char *
say_priority (const Request *request, struct json_object *result)
{
  const char *old_priority = _grove_json_text (result, "old");
  const char *new_priority = _grove_json_text (result, "new");
  if (strcmp (old_priority, new_priority) == 0)
    return g_strdup_printf (_ ("Priority of %s was %s already"), request->who, new_priority);
  return g_strdup_printf (_ ("Priority of %s is now %s (was %s)"), request->who, new_priority,
                          old_priority);
}

static char *
say_suspended (const Request *request, struct json_object *result)
{
  if (_grove_json_boolean (result, "already"))
    return g_strdup_printf (_ ("%s was suspended already"), request->who);
  return g_strdup_printf (_ ("Suspended %s"), request->who);
}

static char *
say_resumed (const Request *request, struct json_object *result)
{
  if (_grove_json_boolean (result, "already"))
    return g_strdup_printf (_ ("%s was not suspended"), request->who);
  if (strcmp (_grove_json_text (result, "status"), "suspended") == 0)
    return g_strdup_printf (_ ("Resumed %s, but somebody else suspends it still"), request->who);
  return g_strdup_printf (_ ("Resumed %s"), request->who);
}

static char *
say_sent (const Request *request, struct json_object *result)
{
  gint64 n_messages = _grove_json_int (result, "messages", 0);
  char   cut[128];
  _grove_copy_text (cut, sizeof cut, request->argument);
  if (n_messages > 1)
    {
      g_autofree char *count = grove_format_count (n_messages);

      return g_strdup_printf (_ ("Sent %s to %s, where %s messages wait"), cut, request->who,
                              count);
    }
  return g_strdup_printf (_ ("Sent %s to %s"), cut, request->who);
}

/* "counter_orders <0.91.0> was not killed: @why". */
static char *
say_undone (const Request *request, const char *why)
{
  switch (request->command)
    {
    case GROVE_COMMAND_KILL:
      return g_strdup_printf (_ ("%s was not killed: %s"), request->who, why);
    case GROVE_COMMAND_EXIT:
      return g_strdup_printf (_ ("%s was not told to exit: %s"), request->who, why);
    case GROVE_COMMAND_RESTART:
      return g_strdup_printf (_ ("%s was not restarted: %s"), request->who, why);
    case GROVE_COMMAND_SET_PRIORITY:
      return g_strdup_printf (_ ("%s keeps its priority: %s"), request->who, why);
    case GROVE_COMMAND_SUSPEND:
      return g_strdup_printf (_ ("%s was not suspended: %s"), request->who, why);
    case GROVE_COMMAND_RESUME:
      return g_strdup_printf (_ ("%s was not resumed: %s"), request->who, why);
    case GROVE_COMMAND_SEND:
      return g_strdup_printf (_ ("%s was sent nothing: %s"), request->who, why);
    }
  g_return_val_if_reached (NULL);
}

static char *
say_had_ended (const Request *request, struct json_object *data)
{
  struct json_object *exited = _grove_json_object (data, "exited");
  g_autofree char    *reason = _grove_exited_reason (exited);
  g_autofree char    *successor = _grove_exited_successor (exited);
  GString            *text = g_string_new (NULL);
  g_string_append_printf (text, _ ("%s had already ended"), request->who);
  if (reason != NULL)
    {
      char cut[128];
      _grove_copy_text (cut, sizeof cut, reason);
      g_string_append_printf (text, _ (" with %s"), cut);
    }
  if (successor != NULL)
    g_string_append_printf (text, _ ("; %s took its place"), successor);
  return g_string_free (text, FALSE);
}

/* "@why: whether counter_orders <0.91.0> has ended is not known". */
static char *
say_unknown (const Request *request, const char *why)
{
  if (request->command == GROVE_COMMAND_SET_PRIORITY)
    return g_strdup_printf (_ ("%s: whether %s has another priority is not known"), why,
                            request->who);
  if (request->command == GROVE_COMMAND_SEND)
    return g_strdup_printf (_ ("%s: whether %s has got the message is not known"), why,
                            request->who);
  if (request->command >= GROVE_COMMAND_SUSPEND)
    return g_strdup_printf (_ ("%s: whether %s is suspended is not known"), why, request->who);
  return g_strdup_printf (_ ("%s: whether %s has ended is not known"), why, request->who);
}

static char *
say_failure (const Request *request, const GroveReply *reply)
{
  switch (reply->error->code)
    {
    case GROVE_CODE_NO_PROCESS:
      return say_had_ended (request, reply->data);
    case GROVE_CODE_OTHER_PROCESS:
      return g_strdup_printf (_ ("%s is another process by now; nothing was done"), request->pid);
    case GROVE_CODE_PROTECTED:
      return say_undone (request, _ ("it is one of the system’s own processes"));
    case GROVE_CODE_FORBIDDEN:
      return say_undone (request, request->command == GROVE_COMMAND_RESUME
                                    ? _ ("somebody else suspends it")
                                    : _ ("this session may only observe"));
    case GROVE_CODE_NOT_REACHED:
      return say_undone (request,
                         _ ("it is busy and did not come to a point where it can be reached"));
    /* It ends with what it was asked to do done or not: the command may be why it ends. */
    case GROVE_CODE_SHUTTING_DOWN:
      return say_unknown (request, _ ("The system shut down before the answer"));
    case GROVE_PROTOCOL_ERROR_LOST:
    case GROVE_PROTOCOL_ERROR_BROKEN:
      return say_unknown (request, _ ("The connection ended before the answer"));
    default:
      return say_undone (request, reply->error->message);
    }
}

static GroveCommandOutcome *
make_outcome (const Request *request, struct json_object *result)
{
  GroveCommandOutcome *outcome = g_new0 (GroveCommandOutcome, 1);
  outcome->command = request->command;
  outcome->pid = g_strdup (request->pid);
  outcome->elapsed_us = g_get_monotonic_time () - request->started_us;
  outcome->had_effect = TRUE;
  const char *successor = "";
  if (request->command == GROVE_COMMAND_SET_PRIORITY)
    outcome->summary = say_priority (request, result);
  else if (request->command == GROVE_COMMAND_SEND)
    outcome->summary = say_sent (request, result);
  else if (request->command >= GROVE_COMMAND_SUSPEND)
    {
      outcome->summary = request->command == GROVE_COMMAND_SUSPEND ? say_suspended (request, result)
                                                                   : say_resumed (request, result);
      outcome->had_effect = !_grove_json_boolean (result, "already");
    }
  else if (request->command == GROVE_COMMAND_RESTART)
    {
      outcome->summary = say_restarted (request, result);
      successor = _grove_json_text (result, "pid");
    }
  else
    {
      const char *how = _grove_json_text (result, "outcome");
      outcome->had_effect = strcmp (how, "exited") == 0;
      if (outcome->had_effect)
        outcome->summary = say_ended (request, result);
      else if (strcmp (how, "pending") == 0)
        outcome->summary =
          g_strdup_printf (_ ("%s was told to exit and has not ended yet"), request->who);
      else
        outcome->summary = say_alive (request);
      successor = _grove_json_text (_grove_json_object (result, "successor"), "pid");
    }
  outcome->successor = successor[0] != '\0' ? g_strdup (successor) : NULL;
  return outcome;
}

char *
_grove_command_say (GroveCommand      command,
                    const char       *pid,
                    const char       *name,
                    const char       *argument,
                    const GroveReply *reply,
                    gboolean         *ret_had_effect)
{
  g_autofree char *copy = g_strdup (pid);
  g_autofree char *who = who_is (name, pid);
  g_autofree char *why = g_strdup (argument != NULL ? argument : "");
  const Request    request = { .command = command, .pid = copy, .who = who, .argument = why };
  if (reply->error != NULL)
    {
      *ret_had_effect = FALSE;
      return say_failure (&request, reply);
    }
  g_autoptr (GroveCommandOutcome) outcome = make_outcome (&request, reply->result);
  *ret_had_effect = outcome->had_effect;
  return g_steal_pointer (&outcome->summary);
}

static void
answered (gpointer owner, const GroveReply *reply, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Request *request = g_task_get_task_data (task);
  g_cancellable_disconnect (g_task_get_cancellable (task), request->cancelled_handler);
  if (reply->error == NULL)
    {
      g_task_return_pointer (task, make_outcome (request, reply->result),
                             (GDestroyNotify) grove_command_outcome_free);
      return;
    }
  char *sentence = say_failure (request, reply);
  if (reply->error->code == GROVE_PROTOCOL_ERROR_LOST ||
      reply->error->code == GROVE_PROTOCOL_ERROR_BROKEN)
    _grove_session_emit_undone (g_task_get_source_object (task),
                                grove_command_get_method (request->command), request->pid,
                                sentence);
  GError *error = g_error_new_literal (GROVE_PROTOCOL_ERROR, reply->error->code, sentence);
  g_free (sentence);
  g_task_return_error (task, error);
}

/* The system does what it was told all the same; only nobody waits for the answer any more. */
static void
cancelled (GCancellable *cancellable, GTask *task)
{
  Request *request = g_task_get_task_data (task);
  /* Not with g_cancellable_disconnect(), which waits for this very handler. */
  g_signal_handler_disconnect (cancellable, request->cancelled_handler);
  _grove_session_drop_calls (g_task_get_source_object (task), task);
  g_task_return_error_if_cancelled (task);
  g_object_unref (task);
}

static struct json_object *
make_params (const Request *request, const char *name, gint64 started_ns, gint64 wait_ms)
{
  struct json_object *params = json_object_new_object ();
  json_object_object_add (params, "pid", json_object_new_string (request->pid));
  struct json_object *expect = json_object_new_object ();
  if (name != NULL && name[0] != '\0')
    json_object_object_add (expect, "name", json_object_new_string (name));
  if (started_ns > 0)
    json_object_object_add (expect, "started_ns", json_object_new_int64 (started_ns));
  if (json_object_object_length (expect) > 0)
    json_object_object_add (params, "expect", expect);
  else
    json_object_put (expect);
  if (request->command == GROVE_COMMAND_SET_PRIORITY)
    json_object_object_add (params, "priority", json_object_new_string (request->argument));
  else if (request->command < GROVE_COMMAND_SUSPEND)
    json_object_object_add (params, "wait_ms", json_object_new_int64 (wait_ms));
  if (request->command == GROVE_COMMAND_EXIT)
    json_object_object_add (params, "reason", json_object_new_string (request->argument));
  if (request->command == GROVE_COMMAND_SEND)
    json_object_object_add (params, "message", json_object_new_string (request->argument));
  return params;
}

struct json_object *
_grove_command_params (GroveCommand command,
                       const char  *pid,
                       const char  *name,
                       gint64       started_ns,
                       const char  *argument,
                       gint64       wait_ms)
{
  g_autofree char *copy = g_strdup (pid);
  g_autofree char *why = g_strdup (argument != NULL ? argument : "");
  const Request    request = { .command = command, .pid = copy, .argument = why };
  return make_params (&request, name, started_ns, wait_ms);
}

/* What need not be asked to know that it cannot be done; NULL if it can. Transfer full. */
static char *
find_obstacle (GroveSession *session, const Request *request)
{
  const char *reason = NULL;
  const char *method = grove_command_get_method (request->command);
  if (!grove_session_can (session, method, &reason))
    return say_undone (request, reason);
  if (strlen (request->pid) >= sizeof ((GroveProcessRow *) 0)->pid)
    return g_strdup (_ ("That is no process identifier"));
  if (request->command == GROVE_COMMAND_EXIT &&
      request->argument[strspn (request->argument, " ")] == '\0')
    return say_undone (request, _ ("give a reason, such as shutdown"));
  if (request->command == GROVE_COMMAND_SEND &&
      request->argument[strspn (request->argument, " ")] == '\0')
    return say_undone (request, _ ("give a message, such as {ping, 1}"));
  if (strlen (request->argument) > 8000 || !g_utf8_validate (request->argument, -1, NULL))
    return say_undone (request, _ ("what you wrote is too long, or no text"));
  return NULL;
}

void
grove_command_run_async (GroveSession       *session,
                         GroveCommand        command,
                         const char         *pid,
                         const char         *name,
                         gint64              started_ns,
                         const char         *argument,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  g_return_if_fail (GROVE_IS_SESSION (session));
  g_return_if_fail (pid != NULL && pid[0] != '\0');
  g_autoptr (GTask) task = g_task_new (session, cancellable, callback, user_data);
  g_task_set_source_tag (task, grove_command_run_async);
  Request *request = g_new0 (Request, 1);
  request->command = command;
  request->pid = g_strdup (pid);
  request->who = who_is (name, pid);
  request->argument = g_strdup (argument != NULL ? argument : "");
  request->started_us = g_get_monotonic_time ();
  g_task_set_task_data (task, request, free_request);
  if (g_task_return_error_if_cancelled (task))
    return;
  char *obstacle = find_obstacle (session, request);
  if (obstacle != NULL)
    {
      _grove_session_emit_undone (session, grove_command_get_method (command), pid, obstacle);
      g_task_return_new_error (task, GROVE_PROTOCOL_ERROR, GROVE_CODE_NOT_SUPPORTED, "%s",
                               obstacle);
      g_free (obstacle);
      return;
    }
  if (cancellable != NULL)
    request->cancelled_handler =
      g_cancellable_connect (cancellable, G_CALLBACK (cancelled), task, NULL);
  gpointer owner = task;
  _grove_session_call (session, grove_command_get_method (command),
                       make_params (request, name, started_ns, WAIT_MS), answered, owner,
                       g_steal_pointer (&task));
}

GroveCommandOutcome *
grove_command_run_finish (GroveSession *session, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, session), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
