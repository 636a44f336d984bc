/* SPDX-License-Identifier: MIT
 *
 * GroveApplicationActions. The dialog stands at once, with what is always so; as soon as the system
 * has told which applications there are, it says what it will mean for them, and goes on to as long
 * as it is open.
 */
#include "ui/grove-application-actions.h"

#include "observer/grove-application-command.h"
#include "ui/grove-preferences.h"

#include <glib/gi18n.h>

#define INTERVAL_MS 1000
/* Of more applications those beyond are not spoken of. */
#define LISTED_MAX 256

struct _GroveApplicationActions
{
  GObject              parent_instance;
  GtkWindow           *window; /* borrowed until disposed */
  GroveSession        *session;
  GroveProcessActions *actions;
  char                *selected; /* whose root is selected; NULL none */
};

/* One that is asked about. */
typedef struct
{
  GroveApplicationActions *actions;
  GroveApplicationCommand  command;
  char                    *name;
  GroveRows               *rows;
  GPtrArray               *held; /* its rows, which are kept up to date for who holds them */
  AdwMessageDialog        *dialog;
} Question;

static const struct
{
  const char *body, *button;
} words[] = {
  [GROVE_APPLICATION_COMMAND_START] = { N_ ("What it needs is started before it."), N_ ("_Start") },
  [GROVE_APPLICATION_COMMAND_STOP] = { N_ ("All its processes end."), N_ ("_Stop") },
};

G_DEFINE_FINAL_TYPE (GroveApplicationActions, grove_application_actions, G_TYPE_OBJECT)

/* ---- Doing it ---------------------------------------------------------------------------------
 */

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GroveApplicationActions) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *said =
    grove_application_command_run_finish (GROVE_SESSION (source), result, &error);

  if (self->window != NULL)
    grove_process_actions_say (self->actions, error != NULL ? error->message : said);
}

static void
run (GroveApplicationActions *self, GroveApplicationCommand command, const char *name)
{
  grove_application_command_run_async (self->session, command, name, on_done, g_object_ref (self));
}

/* ---- Asking first -----------------------------------------------------------------------------
 */

static void
question_free (Question *self)
{
  g_signal_handlers_disconnect_by_data (self->rows, self);
  grove_table_set_active (GROVE_TABLE (self->rows), FALSE);
  g_ptr_array_unref (self->held);
  g_object_unref (self->rows);
  g_object_unref (self->actions);
  g_free (self->name);
  g_free (self);
}

static void
on_rows (Question *self)
{
  GroveRow        *row;
  guint            position;
  g_autofree char *obstacle = NULL;
  g_autofree char *meaning = NULL;
  guint            n = MIN (g_list_model_get_n_items (G_LIST_MODEL (self->rows)), LISTED_MAX);

  g_ptr_array_set_size (self->held, 0);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (self->held, g_list_model_get_item (G_LIST_MODEL (self->rows), i));
  row = grove_rows_find (self->rows, self->name, &position);
  if (row == NULL)
    return;
  obstacle = grove_application_command_get_obstacle (self->actions->session, self->command, row);
  meaning = grove_application_command_describe (self->command, self->rows, self->name);
  adw_message_dialog_set_body (self->dialog, obstacle != NULL ? obstacle : meaning);
  adw_message_dialog_set_response_enabled (self->dialog, "go", obstacle == NULL);
}

static void
on_response (AdwMessageDialog *dialog, const char *response, Question *question)
{
  if (g_str_equal (response, "go") && question->actions->window != NULL)
    run (question->actions, question->command, question->name);
  question_free (question);
}

static void
ask (GroveApplicationActions *self, GroveApplicationCommand command, const char *name)
{
  Question        *question = g_new0 (Question, 1);
  g_autofree char *heading =
    g_strdup_printf (command == GROVE_APPLICATION_COMMAND_START ? _ ("Start “%s”?")
                                                                : _ ("Stop “%s”?"),
                     name);
  GtkWidget *dialog = adw_message_dialog_new (self->window, heading, NULL);

  question->actions = g_object_ref (self);
  question->command = command;
  question->name = g_strdup (name);
  question->dialog = ADW_MESSAGE_DIALOG (dialog);
  question->rows = grove_rows_new (self->session, "applications", NULL, INTERVAL_MS);
  question->held = g_ptr_array_new_with_free_func (g_object_unref);
  adw_message_dialog_set_body (question->dialog, _ (words[command].body));
  adw_message_dialog_add_responses (question->dialog, "cancel", _ ("_Cancel"), "go",
                                    _ (words[command].button), NULL);
  adw_message_dialog_set_default_response (question->dialog, "cancel");
  adw_message_dialog_set_close_response (question->dialog, "cancel");
  adw_message_dialog_set_response_appearance (question->dialog, "go",
                                              command == GROVE_APPLICATION_COMMAND_STOP
                                                ? ADW_RESPONSE_DESTRUCTIVE
                                                : ADW_RESPONSE_SUGGESTED);
  g_signal_connect (dialog, "response", G_CALLBACK (on_response), question);
  g_signal_connect_swapped (question->rows, "refilled", G_CALLBACK (on_rows), question);
  g_signal_connect_swapped (question->rows, "items-changed", G_CALLBACK (on_rows), question);
  grove_table_set_viewport (GROVE_TABLE (question->rows), 0, LISTED_MAX);
  grove_table_set_active (GROVE_TABLE (question->rows), TRUE);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* ---- Actions ----------------------------------------------------------------------------------
 */

static void
begin (GroveApplicationActions *self, GroveApplicationCommand command, const char *name)
{
  if (name[0] == '\0')
    return;
  if (g_str_equal (grove_preferences_get_confirm (grove_preferences_get ()), "never"))
    run (self, command, name);
  else
    ask (self, command, name);
}

static void
on_start (GSimpleAction *action, GVariant *parameter, GroveApplicationActions *self)
{
  begin (self, GROVE_APPLICATION_COMMAND_START, g_variant_get_string (parameter, NULL));
}

static void
on_stop (GSimpleAction *action, GVariant *parameter, GroveApplicationActions *self)
{
  begin (self, GROVE_APPLICATION_COMMAND_STOP, g_variant_get_string (parameter, NULL));
}

static void
on_stop_selected (GSimpleAction *action, GVariant *parameter, GroveApplicationActions *self)
{
  if (self->selected != NULL)
    begin (self, GROVE_APPLICATION_COMMAND_STOP, self->selected);
}

static void
set_enabled (GroveApplicationActions *self, const char *name, gboolean enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->window), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

static void
update (GroveApplicationActions *self)
{
  const gboolean can_stop = grove_session_can (self->session, "application.stop", NULL);

  if (self->window == NULL)
    return;
  set_enabled (self, "start-application",
               grove_session_can (self->session, "application.start", NULL));
  set_enabled (self, "stop-application", can_stop);
  set_enabled (self, "stop-selected-application", can_stop && self->selected != NULL);
}

void
grove_application_actions_update (GroveApplicationActions *self, const char *application)
{
  g_return_if_fail (GROVE_IS_APPLICATION_ACTIONS (self));
  if (g_strcmp0 (self->selected, application) != 0)
    {
      g_free (self->selected);
      self->selected = g_strdup (application);
    }
  update (self);
}

/* ---- The object -------------------------------------------------------------------------------
 */

static void
grove_application_actions_dispose (GObject *object)
{
  GroveApplicationActions *self = GROVE_APPLICATION_ACTIONS (object);

  self->window = NULL;
  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  G_OBJECT_CLASS (grove_application_actions_parent_class)->dispose (object);
}

static void
grove_application_actions_finalize (GObject *object)
{
  GroveApplicationActions *self = GROVE_APPLICATION_ACTIONS (object);

  g_clear_object (&self->session);
  g_clear_object (&self->actions);
  g_free (self->selected);
  G_OBJECT_CLASS (grove_application_actions_parent_class)->finalize (object);
}

static void
grove_application_actions_class_init (GroveApplicationActionsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = grove_application_actions_dispose;
  G_OBJECT_CLASS (klass)->finalize = grove_application_actions_finalize;
}

static void
grove_application_actions_init (GroveApplicationActions *self)
{
}

static void
add_action (GroveApplicationActions *self,
            const char              *name,
            const GVariantType      *type,
            GCallback                callback)
{
  g_autoptr (GSimpleAction) action = g_simple_action_new (name, type);

  g_signal_connect_object (action, "activate", callback, self, 0);
  g_action_map_add_action (G_ACTION_MAP (self->window), G_ACTION (action));
}

GroveApplicationActions *
grove_application_actions_new (GtkWindow           *window,
                               GroveSession        *session,
                               GroveProcessActions *actions)
{
  GroveApplicationActions *self = g_object_new (GROVE_TYPE_APPLICATION_ACTIONS, NULL);

  self->window = window;
  self->session = g_object_ref (session);
  self->actions = g_object_ref (actions);
  add_action (self, "start-application", G_VARIANT_TYPE_STRING, G_CALLBACK (on_start));
  add_action (self, "stop-application", G_VARIANT_TYPE_STRING, G_CALLBACK (on_stop));
  add_action (self, "stop-selected-application", NULL, G_CALLBACK (on_stop_selected));
  g_signal_connect_swapped (session, "notify::state", G_CALLBACK (update), self);
  g_signal_connect_swapped (session, "notify::read-only", G_CALLBACK (update), self);
  update (self);
  return self;
}
