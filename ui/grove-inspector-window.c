/* SPDX-License-Identifier: MIT
 *
 * GroveInspectorWindow: one process in a window of its own.
 */
#include "ui/grove-inspector-window.h"

struct _GroveInspectorWindow
{
  AdwApplicationWindow parent_instance;
  GroveSession        *session;
  GroveProcessActions *actions;
  GroveInspector      *inspector;
  AdwToastOverlay     *toasts;
};

G_DEFINE_FINAL_TYPE (GroveInspectorWindow, grove_inspector_window, ADW_TYPE_APPLICATION_WINDOW)

static GPtrArray *
dup_targets (gpointer user_data)
{
  GroveInspectorWindow *self = user_data;
  GPtrArray   *targets = g_ptr_array_new_with_free_func ((GDestroyNotify) grove_target_free);
  GroveTarget *target = grove_inspector_dup_target (self->inspector);

  if (target != NULL)
    g_ptr_array_add (targets, target);
  return targets;
}

static void
on_navigate (GroveInspectorWindow *self, const char *pid)
{
  grove_inspector_set_pid (self->inspector, pid);
}

static void
on_changed (GroveInspectorWindow *self)
{
  g_autoptr (GroveTarget) target = grove_inspector_dup_target (self->inspector);
  g_autofree char *title = target != NULL ? grove_target_describe (target) : NULL;

  if (title != NULL && g_strcmp0 (gtk_window_get_title (GTK_WINDOW (self)), title) != 0)
    gtk_window_set_title (GTK_WINDOW (self), title);
  grove_process_actions_update (self->actions, grove_inspector_is_gone (self->inspector));
}

static void
grove_inspector_window_dispose (GObject *object)
{
  GroveInspectorWindow *self = GROVE_INSPECTOR_WINDOW (object);

  if (self->inspector != NULL)
    g_signal_handlers_disconnect_by_data (self->inspector, self);
  if (self->actions != NULL)
    g_object_run_dispose (G_OBJECT (self->actions));
  self->inspector = NULL;
  G_OBJECT_CLASS (grove_inspector_window_parent_class)->dispose (object);
  g_clear_object (&self->actions);
  g_clear_object (&self->session);
}

static void
grove_inspector_window_class_init (GroveInspectorWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = grove_inspector_window_dispose;
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Delete, 0, "win.kill", NULL);
}

static void
grove_inspector_window_init (GroveInspectorWindow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  self->toasts = ADW_TOAST_OVERLAY (adw_toast_overlay_new ());
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->toasts));
  gtk_widget_set_vexpand (GTK_WIDGET (self->toasts), TRUE);
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (self), box);
  /* Wide enough for two columns. */
  gtk_window_set_default_size (GTK_WINDOW (self), 760, 760);
}

GtkWidget *
grove_inspector_window_new (GtkApplication *application,
                            GtkWindow      *parent,
                            GroveSession   *session,
                            const char     *pid)
{
  GroveInspectorWindow *self =
    g_object_new (GROVE_TYPE_INSPECTOR_WINDOW, "application", application, NULL);

  self->session = g_object_ref (session);
  self->inspector = GROVE_INSPECTOR (grove_inspector_new (session));
  adw_toast_overlay_set_child (self->toasts, GTK_WIDGET (self->inspector));
  self->actions =
    grove_process_actions_new (GTK_WINDOW (self), self->toasts, session, dup_targets, self);
  grove_inspector_set_actions (self->inspector, self->actions);
  g_signal_connect_swapped (self->inspector, "navigate", G_CALLBACK (on_navigate), self);
  g_signal_connect_swapped (self->inspector, "notify::gone", G_CALLBACK (on_changed), self);
  g_signal_connect_object (self->actions, "show", G_CALLBACK (on_navigate), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (parent, "destroy", G_CALLBACK (gtk_window_destroy), self,
                           G_CONNECT_SWAPPED);
  grove_inspector_set_pid (self->inspector, pid);
  on_changed (self);
  return GTK_WIDGET (self);
}
