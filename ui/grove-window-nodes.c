/* SPDX-License-Identifier: MIT
 *
 * How a window goes to another node of the cluster, to a process there: it asks whether here or in
 * a window of its own, and shows the process once that node is reached.
 */
#include "observer/grove-address.h"
#include "observer/grove-cookies.h"
#include "ui/grove-window-private.h"

#include <glib/gi18n.h>

static void
open_node (GroveWindow *self, const char *target, const char *pid)
{
  grove_window_open (self, target);
  g_free (self->awaited_pid);
  self->awaited_pid = g_strdup (pid);
}

static void
on_response (AdwMessageDialog *dialog, const char *response, GroveWindow *self)
{
  const char      *node = g_object_get_data (G_OBJECT (dialog), "grove-node");
  const char      *pid = g_object_get_data (G_OBJECT (dialog), "grove-pid");
  const char      *here = grove_session_get_target (self->session);
  g_autofree char *target = grove_address_dup_sibling (here, node);
  GtkWidget       *window = GTK_WIDGET (self);

  if (g_str_equal (response, "cancel") || target == NULL)
    return;
  grove_cookie_share (here, target);
  if (g_str_equal (response, "apart"))
    window = grove_window_new (gtk_window_get_application (GTK_WINDOW (self)));
  open_node (GROVE_WINDOW (window), target, pid);
  gtk_window_present (GTK_WINDOW (window));
}

static void
on_elsewhere (GroveWindow *self, const char *node, const char *pid)
{
  g_autofree char *target =
    grove_address_dup_sibling (grove_session_get_target (self->session), node);
  /* TRANSLATORS: %s is the name of an Erlang node. */
  g_autofree char *heading = g_strdup_printf (_ ("Go to %s?"), node);
  g_autofree char *body = g_strdup_printf (_ ("The process %s runs on another node of the cluster. "
                                              "This window can show that node, or a "
                                              "new one."),
                                           pid);
  GtkWidget       *dialog = adw_message_dialog_new (GTK_WINDOW (self), heading, body);

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "apart",
                                    _ ("In a _New Window"), "here", _ ("_Go There"), NULL);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "here");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "here",
                                              ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_response_enabled (ADW_MESSAGE_DIALOG (dialog), "here", target != NULL);
  adw_message_dialog_set_response_enabled (ADW_MESSAGE_DIALOG (dialog), "apart", target != NULL);
  g_object_set_data_full (G_OBJECT (dialog), "grove-node", g_strdup (node), g_free);
  g_object_set_data_full (G_OBJECT (dialog), "grove-pid", g_strdup (pid), g_free);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_response), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* What was awaited is of the node that was opened, not of one that is opened instead. */
static void
on_state_changed (GroveWindow *self)
{
  GroveSessionState state = grove_session_get_state (self->session);
  g_autofree char  *pid = NULL;

  if (state == GROVE_SESSION_CONNECTING || state == GROVE_SESSION_REFUSED)
    return;
  pid = g_steal_pointer (&self->awaited_pid);
  if (state == GROVE_SESSION_LIVE && pid != NULL)
    grove_window_show_process (self, pid);
}

static void
on_target_changed (GroveWindow *self)
{
  g_clear_pointer (&self->awaited_pid, g_free);
}

void
_grove_window_nodes_init (GroveWindow *self)
{
  g_signal_connect_swapped (self->session, "elsewhere", G_CALLBACK (on_elsewhere), self);
  g_signal_connect_swapped (self->session, "notify::state", G_CALLBACK (on_state_changed), self);
  g_signal_connect_swapped (self->session, "notify::target", G_CALLBACK (on_target_changed), self);
}

void
_grove_window_nodes_finish (GroveWindow *self)
{
  g_clear_pointer (&self->awaited_pid, g_free);
}
