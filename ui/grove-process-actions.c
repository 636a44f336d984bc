/* SPDX-License-Identifier: MIT
 *
 * GroveProcessActions: the commands of a window on its processes. A command on one plain process
 * runs at once and its toast says what happened; on several, on a supervisor or on one of the
 * system's own processes it first says what will happen, unless the preferences wish otherwise.
 */
#include "ui/grove-process-actions.h"

#include "observer/grove-consequences.h"
#include "ui/grove-command-words.h"
#include "ui/grove-pins.h"
#include "ui/grove-preferences.h"
#include "ui/grove-term-dialog.h"

#include <glib/gi18n.h>

#define INVALID_PARAMS -32602

struct _GroveProcessActions
{
  GObject          parent_instance;
  GtkWindow       *window; /* borrowed until disposed */
  AdwToastOverlay *toasts;
  AdwToast        *toast; /* weak: the last one */
  GroveSession    *session;
  GroveTargetsFunc targets;
  gpointer         user_data;
  GCancellable    *cancellable;
  GPtrArray       *controls;     /* Control */
  char            *last_message; /* that was sent, NULL none */
  gboolean         gone;
};

typedef struct
{
  GtkWidget  *widget; /* weak */
  const char *action;
  char       *tooltip;
} Control;

/* A command on its way through its targets, one after the other. */
typedef struct
{
  GroveProcessActions *actions;
  GroveCommand         command;
  char                *argument;
  GPtrArray           *targets;
  guint                next;
  guint                n_done, n_failed;
  char                *first_error;
  GroveCommandOutcome *outcome;
  GroveTermDialog     *dialog; /* weak: the one that asked */
} Batch;

enum
{
  SHOW,
  ANSWERED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GroveProcessActions, grove_process_actions, G_TYPE_OBJECT)

static void
control_free (Control *self)
{
  g_clear_weak_pointer (&self->widget);
  g_free (self->tooltip);
  g_free (self);
}

/* ---- Answers ------------------------------------------------------------------------------------
 */

static void
on_show_clicked (AdwToast *toast, GroveProcessActions *self)
{
  g_signal_emit (self, signals[SHOW], 0, g_object_get_data (G_OBJECT (toast), "grove-pid"));
}

static void
say (GroveProcessActions *self, const char *text, const char *successor)
{
  /* Titles of toasts are markup, and every pid has angle brackets. */
  g_autofree char *markup = g_markup_escape_text (text, -1);
  AdwToast        *toast = adw_toast_new (markup);

  if (successor != NULL)
    {
      adw_toast_set_button_label (toast, _ ("Show"));
      g_object_set_data_full (G_OBJECT (toast), "grove-pid", g_strdup (successor), g_free);
      g_signal_connect_object (toast, "button-clicked", G_CALLBACK (on_show_clicked), self, 0);
    }
  /* The overlay would queue it, and say what was done now when it was done long ago. */
  if (self->toast != NULL)
    adw_toast_dismiss (self->toast);
  g_set_weak_pointer (&self->toast, toast);
  adw_toast_overlay_add_toast (self->toasts, toast);
  g_signal_emit (self, signals[ANSWERED], 0, text);
}

static void
batch_free (Batch *self)
{
  g_object_unref (self->actions);
  g_free (self->argument);
  g_ptr_array_unref (self->targets);
  g_free (self->first_error);
  grove_command_outcome_free (self->outcome);
  g_clear_weak_pointer (&self->dialog);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Batch, batch_free)

static void
batch_report (Batch *self)
{
  const char *successor = self->outcome != NULL ? self->outcome->successor : NULL;

  if (self->actions->window == NULL)
    return;
  if (self->targets->len == 1)
    say (self->actions, self->outcome != NULL ? self->outcome->summary : self->first_error,
         successor);
  else
    {
      g_autofree char *done =
        grove_command_words_say_done (self->command, self->n_done, self->targets->len);
      g_autofree char *failed =
        self->n_failed > 0
          ? g_strdup_printf (_ ("%s; %u failed: %s"), done, self->n_failed, self->first_error)
          : NULL;

      say (self->actions, failed != NULL ? failed : done, NULL);
    }
}

static void batch_step (Batch *self);

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Batch) self = user_data;
  g_autoptr (GError) error = NULL;
  GroveCommandOutcome *outcome = grove_command_run_finish (GROVE_SESSION (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (outcome != NULL)
    {
      self->n_done++;
      grove_command_outcome_free (self->outcome);
      self->outcome = outcome;
    }
  else
    {
      if (self->dialog != NULL && self->n_done == 0 &&
          g_error_matches (error, GROVE_PROTOCOL_ERROR, INVALID_PARAMS))
        {
          /* Nothing was done: the term can be mended where it was typed. */
          grove_term_dialog_set_busy (self->dialog, FALSE);
          grove_term_dialog_set_error (self->dialog, error->message);
          return;
        }
      self->n_failed++;
      if (self->first_error == NULL)
        self->first_error = g_strdup (error->message);
    }
  batch_step (g_steal_pointer (&self));
}

static void
batch_step (Batch *self)
{
  const GroveTarget *target;

  if (self->next == self->targets->len)
    {
      if (self->dialog != NULL)
        gtk_window_destroy (GTK_WINDOW (self->dialog));
      batch_report (self);
      batch_free (self);
      return;
    }
  target = g_ptr_array_index (self->targets, self->next++);
  grove_command_run_async (self->actions->session, self->command, target->pid,
                           target->name[0] != '\0' ? target->name : NULL, target->started_ns,
                           self->argument, self->actions->cancellable, on_answer, self);
}

static Batch *
batch_new (GroveProcessActions *actions,
           GroveCommand         command,
           GPtrArray           *targets,
           const char          *argument)
{
  Batch *self = g_new0 (Batch, 1);

  self->actions = g_object_ref (actions);
  self->command = command;
  self->targets = g_ptr_array_ref (targets);
  self->argument = g_strdup (argument);
  return self;
}

/* ---- Asking first -------------------------------------------------------------------------------
 */

static gboolean
needs_asking (const GroveCommandWords *words, GPtrArray *targets)
{
  const GroveTarget *first = g_ptr_array_index (targets, 0);
  const char        *confirm = grove_preferences_get_confirm (grove_preferences_get ());

  if (words->command == GROVE_COMMAND_RESUME || words->command == GROVE_COMMAND_SEND ||
      g_str_equal (confirm, "never"))
    return FALSE;
  if (g_str_equal (confirm, "always") &&
      (grove_command_words_is_destructive (words) || words->command == GROVE_COMMAND_SUSPEND))
    return TRUE;
  if (targets->len > 1)
    return TRUE;
  /* It may be a supervisor: who is that quick is asked. */
  if (!first->known && grove_command_words_is_destructive (words))
    return TRUE;
  return words->command != GROVE_COMMAND_SET_PRIORITY && (first->supervisor || first->system);
}

/* What their supervisors will do about it is said as soon as the system has told. */
static void
on_consequences (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AdwMessageDialog) dialog = user_data;
  g_autofree char *sentences =
    grove_consequences_find_finish (GROVE_SESSION (source), result, NULL);
  g_autofree char *body = NULL;

  if (sentences == NULL || sentences[0] == '\0')
    return;
  body = g_strdup_printf ("%s\n\n%s", adw_message_dialog_get_body (dialog), sentences);
  adw_message_dialog_set_body (dialog, body);
}

static void
find_consequences (GroveProcessActions *self, Batch *batch, GtkWidget *dialog)
{
  g_autoptr (GPtrArray) pids = g_ptr_array_new ();

  for (guint i = 0; i < batch->targets->len; i++)
    g_ptr_array_add (pids, ((GroveTarget *) g_ptr_array_index (batch->targets, i))->pid);
  grove_consequences_find_async (self->session, (const char *const *) pids->pdata, pids->len,
                                 self->cancellable, on_consequences, g_object_ref (dialog));
}

static void
on_response (AdwMessageDialog *dialog, const char *response, Batch *batch)
{
  if (g_str_equal (response, "go") && batch->actions->window != NULL)
    batch_step (batch);
  else
    batch_free (batch);
}

static void
ask (GroveProcessActions *self, const GroveCommandWords *words, Batch *batch)
{
  g_autofree char *body = grove_command_words_say_consequences (words, batch->targets);
  g_autofree char *heading = grove_command_words_say_question (words->command, batch->targets->len);
  GtkWidget       *dialog;

  dialog = adw_message_dialog_new (self->window, heading, NULL);
  adw_message_dialog_set_body_use_markup (ADW_MESSAGE_DIALOG (dialog), FALSE);
  adw_message_dialog_set_body (ADW_MESSAGE_DIALOG (dialog), body);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "go",
                                    _ (words->button), NULL);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  if (grove_command_words_is_destructive (words))
    adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "go",
                                                ADW_RESPONSE_DESTRUCTIVE);
  if (words->command == GROVE_COMMAND_KILL)
    find_consequences (self, batch, dialog);
  g_signal_connect (dialog, "response", G_CALLBACK (on_response), batch);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* ---- Actions ------------------------------------------------------------------------------------
 */

static void
on_term_chosen (GroveTermDialog *dialog, const char *term, GroveProcessActions *self)
{
  const GroveCommandWords *words = g_object_get_data (G_OBJECT (dialog), "grove-command");
  GPtrArray               *targets = g_object_get_data (G_OBJECT (dialog), "grove-targets");
  Batch                   *batch = batch_new (self, words->command, targets, term);

  if (words->command == GROVE_COMMAND_SEND)
    {
      g_free (self->last_message);
      self->last_message = g_strdup (term);
    }
  g_set_weak_pointer (&batch->dialog, dialog);
  grove_term_dialog_set_busy (dialog, TRUE);
  batch_step (batch);
}

/* What is sent is often sent again. */
static void
ask_term (GroveProcessActions *self, const GroveCommandWords *words, GPtrArray *targets)
{
  g_autofree char  *who = grove_command_words_say_consequences (words, targets);
  GroveTermQuestion question = *grove_command_words_get_term (words);
  GroveTermDialog  *dialog;

  if (words->command == GROVE_COMMAND_SEND && self->last_message != NULL)
    question.text = self->last_message;
  dialog = grove_term_dialog_new (self->window, &question, who);
  g_object_set_data (G_OBJECT (dialog), "grove-command", (gpointer) words);
  g_object_set_data_full (G_OBJECT (dialog), "grove-targets", g_ptr_array_ref (targets),
                          (GDestroyNotify) g_ptr_array_unref);
  g_signal_connect_object (dialog, "chosen", G_CALLBACK (on_term_chosen), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_command (GSimpleAction *action, GVariant *parameter, GroveProcessActions *self)
{
  const GroveCommandWords *words = grove_command_words_find (g_action_get_name (G_ACTION (action)));
  g_autoptr (GPtrArray) targets = self->targets (self->user_data);
  Batch *batch;

  if (targets == NULL || targets->len == 0)
    return;
  if (grove_command_words_get_term (words) != NULL)
    {
      ask_term (self, words, targets);
      return;
    }
  batch = batch_new (self, words->command, targets,
                     parameter != NULL ? g_variant_get_string (parameter, NULL) : NULL);
  if (needs_asking (words, targets))
    ask (self, words, batch);
  else
    batch_step (batch);
}

static void
on_copy_pid (GSimpleAction *action, GVariant *parameter, GroveProcessActions *self)
{
  g_autoptr (GPtrArray) targets = self->targets (self->user_data);
  GString         *text = g_string_new (NULL);
  g_autofree char *said = NULL;

  for (guint i = 0; targets != NULL && i < targets->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "",
                            ((GroveTarget *) g_ptr_array_index (targets, i))->pid);
  if (text->len > 0)
    {
      gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self->window)), text->str);
      said = targets->len == 1
               ? g_strdup_printf (_ ("Copied %s"), text->str)
               : g_strdup_printf (ngettext ("Copied %u pid", "Copied %u pids", targets->len),
                                  targets->len);
      say (self, said, NULL);
    }
  g_string_free (text, TRUE);
}

/* NULL: it may be done. */
static const char *
get_obstacle (GroveProcessActions *self, const char *action, guint n_targets)
{
  const GroveCommandWords *words = grove_command_words_find (action);
  const char              *reason = NULL;

  if (n_targets == 0)
    return _ ("Select a process first");
  if (words == NULL)
    return NULL;
  if (self->gone && n_targets == 1)
    return _ ("The process has ended");
  if (!grove_session_can (self->session, grove_command_get_method (words->command), &reason))
    return reason != NULL ? reason : _ ("The system does not offer this");
  return NULL;
}

static void
update_control (GroveProcessActions *self, Control *control, guint n_targets)
{
  const char *obstacle = get_obstacle (self, control->action, n_targets);

  if (control->widget == NULL)
    return;
  gtk_widget_set_sensitive (control->widget, obstacle == NULL);
  gtk_widget_set_tooltip_text (control->widget, obstacle != NULL ? obstacle : control->tooltip);
}

const char *
grove_process_actions_get_obstacle (GroveProcessActions *self, const char *action)
{
  g_autoptr (GPtrArray) targets = NULL;

  g_return_val_if_fail (GROVE_IS_PROCESS_ACTIONS (self), NULL);
  if (self->window == NULL ||
      (grove_command_words_find (action) == NULL && !g_str_equal (action, "copy-pid")))
    return NULL;
  targets = self->targets (self->user_data);
  return get_obstacle (self, action, targets != NULL ? targets->len : 0);
}

void
grove_process_actions_update (GroveProcessActions *self, gboolean gone)
{
  static const char *const names[] = { "kill",    "exit",   "restart", "priority",
                                       "suspend", "resume", "send",    "copy-pid" };
  g_autoptr (GPtrArray) targets = NULL;
  guint n;

  g_return_if_fail (GROVE_IS_PROCESS_ACTIONS (self));
  if (self->window == NULL)
    return;
  self->gone = gone;
  targets = self->targets (self->user_data);
  n = targets != NULL ? targets->len : 0;
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->window), names[i]);

      g_simple_action_set_enabled (G_SIMPLE_ACTION (action),
                                   get_obstacle (self, names[i], n) == NULL);
    }
  grove_pins_update_action (self->window);
  for (guint i = 0; i < self->controls->len; i++)
    update_control (self, g_ptr_array_index (self->controls, i), n);
}

static void
on_session_changed (GroveProcessActions *self)
{
  grove_process_actions_update (self, self->gone);
}

/* ---- The object ---------------------------------------------------------------------------------
 */

static void
grove_process_actions_dispose (GObject *object)
{
  GroveProcessActions *self = GROVE_PROCESS_ACTIONS (object);

  self->window = NULL;
  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (grove_pins_of (self->session), self);
  self->toasts = NULL;
  g_clear_weak_pointer (&self->toast);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  G_OBJECT_CLASS (grove_process_actions_parent_class)->dispose (object);
}

static void
grove_process_actions_finalize (GObject *object)
{
  GroveProcessActions *self = GROVE_PROCESS_ACTIONS (object);

  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  g_free (self->last_message);
  g_ptr_array_unref (self->controls);
  G_OBJECT_CLASS (grove_process_actions_parent_class)->finalize (object);
}

static void
grove_process_actions_class_init (GroveProcessActionsClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = grove_process_actions_dispose;
  G_OBJECT_CLASS (klass)->finalize = grove_process_actions_finalize;
  signals[SHOW] = g_signal_new ("show", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                1, G_TYPE_STRING);
  signals[ANSWERED] = g_signal_new ("answered", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
grove_process_actions_init (GroveProcessActions *self)
{
  self->cancellable = g_cancellable_new ();
  self->controls = g_ptr_array_new_with_free_func ((GDestroyNotify) control_free);
}

static void
add_action (GroveProcessActions *self,
            const char          *name,
            const GVariantType  *type,
            GCallback            callback)
{
  g_autoptr (GSimpleAction) action = g_simple_action_new (name, type);

  g_signal_connect_object (action, "activate", callback, self, 0);
  g_action_map_add_action (G_ACTION_MAP (self->window), G_ACTION (action));
}

GroveProcessActions *
grove_process_actions_new (GtkWindow       *window,
                           AdwToastOverlay *toasts,
                           GroveSession    *session,
                           GroveTargetsFunc targets,
                           gpointer         user_data)
{
  GroveProcessActions *self = g_object_new (GROVE_TYPE_PROCESS_ACTIONS, NULL);

  self->window = window;
  self->toasts = toasts;
  self->session = g_object_ref (session);
  self->targets = targets;
  self->user_data = user_data;
  grove_pins_add_action (session, window, targets, user_data);
  g_signal_connect_swapped (grove_pins_of (session), "changed", G_CALLBACK (on_session_changed),
                            self);
  add_action (self, "kill", NULL, G_CALLBACK (on_command));
  add_action (self, "exit", NULL, G_CALLBACK (on_command));
  add_action (self, "restart", NULL, G_CALLBACK (on_command));
  add_action (self, "priority", G_VARIANT_TYPE_STRING, G_CALLBACK (on_command));
  add_action (self, "suspend", NULL, G_CALLBACK (on_command));
  add_action (self, "resume", NULL, G_CALLBACK (on_command));
  add_action (self, "send", NULL, G_CALLBACK (on_command));
  add_action (self, "copy-pid", NULL, G_CALLBACK (on_copy_pid));
  g_signal_connect_swapped (session, "notify::state", G_CALLBACK (on_session_changed), self);
  g_signal_connect_swapped (session, "notify::read-only", G_CALLBACK (on_session_changed), self);
  grove_process_actions_update (self, FALSE);
  return self;
}

void
grove_process_actions_say (GroveProcessActions *self, const char *text)
{
  g_return_if_fail (GROVE_IS_PROCESS_ACTIONS (self));
  if (self->window != NULL)
    say (self, text, NULL);
}

void
grove_process_actions_set_control (GroveProcessActions *self,
                                   GtkWidget           *widget,
                                   const char          *action,
                                   const char          *tooltip)
{
  g_return_if_fail (GROVE_IS_PROCESS_ACTIONS (self));
  for (guint i = 0; i < self->controls->len; i++)
    {
      Control *control = g_ptr_array_index (self->controls, i);

      if (control->widget != widget)
        continue;
      control->action = g_intern_string (action);
      g_free (control->tooltip);
      control->tooltip = g_strdup (tooltip);
    }
  grove_process_actions_update (self, self->gone);
}

void
grove_process_actions_add_control (GroveProcessActions *self,
                                   GtkWidget           *widget,
                                   const char          *action,
                                   const char          *tooltip)
{
  Control *control = g_new0 (Control, 1);
  g_autoptr (GPtrArray) targets = NULL;

  g_return_if_fail (GROVE_IS_PROCESS_ACTIONS (self));
  g_set_weak_pointer (&control->widget, widget);
  control->action = g_intern_string (action);
  control->tooltip = g_strdup (tooltip);
  g_ptr_array_add (self->controls, control);
  targets = self->targets (self->user_data);
  update_control (self, control, targets != NULL ? targets->len : 0);
}
