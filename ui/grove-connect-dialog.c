/* SPDX-License-Identifier: MIT
 *
 * GroveConnectDialog: four ways to reach a system, each with its own fields, which make one
 * address.
 */
#include "ui/grove-connect-dialog.h"

#include "observer/grove-address.h"

#include <glib/gi18n.h>

typedef enum
{
  HERE,
  SSH,
  NODE,
  COMMAND,
} Way;

struct _GroveConnectDialog
{
  AdwWindow    parent_instance;
  AdwComboRow *way_row;
  AdwEntryRow *place_row, *host_row, *name_row, *node_row, *command_row;
  GtkLabel    *hint_label, *error_label;
  GtkSwitch   *new_window_switch;
  GtkWidget   *connect_button;
};

enum
{
  CHOSEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GroveConnectDialog, grove_connect_dialog, ADW_TYPE_WINDOW)

static Way
get_way (GroveConnectDialog *self)
{
  return (Way) adw_combo_row_get_selected (self->way_row);
}

static char *
dup_text (AdwEntryRow *row)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (row))));
}

/* As grove_address_parse() reads it; NULL when what is needed is not there. */
static char *
dup_target (GroveConnectDialog *self)
{
  g_autofree char *place = dup_text (self->place_row), *host = dup_text (self->host_row);
  g_autofree char *name = dup_text (self->name_row), *command = dup_text (self->command_row);

  g_autofree char *node = dup_text (self->node_row);

  switch (get_way (self))
    {
    case NODE:
      return node[0] != '\0' ? g_strdup_printf ("beam:%s", node) : NULL;
    case SSH:
      if (host[0] == '\0')
        return NULL;
      return name[0] != '\0' ? g_strdup_printf ("ssh:%s/%s", host, name)
                             : g_strdup_printf ("ssh:%s", host);
    case COMMAND:
      return command[0] != '\0' ? g_strdup_printf ("exec:%s", command) : NULL;
    case HERE:
    default:
      return place[0] != '\0' ? g_steal_pointer (&place) : NULL;
    }
}

static void
show_error (GroveConnectDialog *self, const char *error)
{
  gtk_label_set_text (self->error_label, error != NULL ? error : "");
  gtk_widget_set_visible (GTK_WIDGET (self->error_label), error != NULL);
}

static const char *
get_hint (Way way)
{
  switch (way)
    {
    case SSH:
      return _ ("Runs “grove dial-stdio” there, as you. The machine must let you in without "
                "asking: with a key, or an agent that has it.");
    case NODE:
      return _ (
        "A running Erlang or Elixir node, through “grove-beam”. The cookie is the one in your "
        "home directory.");
    case COMMAND:
      return _ ("Its standard input and output must be connected to a system: for example "
                "podman exec -i shop grove dial-stdio");
    case HERE:
    default:
      return _ ("The name a system was started with, or the path of its socket.");
    }
}

static void
on_way_changed (GroveConnectDialog *self)
{
  Way way = get_way (self);

  gtk_widget_set_visible (GTK_WIDGET (self->place_row), way == HERE);
  gtk_widget_set_visible (GTK_WIDGET (self->host_row), way == SSH);
  gtk_widget_set_visible (GTK_WIDGET (self->name_row), way == SSH);
  gtk_widget_set_visible (GTK_WIDGET (self->node_row), way == NODE);
  gtk_widget_set_visible (GTK_WIDGET (self->command_row), way == COMMAND);
  gtk_label_set_text (self->hint_label, get_hint (way));
}

static void
on_changed (GroveConnectDialog *self)
{
  g_autofree char *target = dup_target (self);

  show_error (self, NULL);
  gtk_widget_set_sensitive (self->connect_button, target != NULL);
}

static void
on_way_selected (GroveConnectDialog *self)
{
  on_way_changed (self);
  on_changed (self);
}

static void
on_connect (GroveConnectDialog *self)
{
  g_autofree char *target = dup_target (self);
  g_autoptr (GError) error = NULL;
  g_autoptr (GroveAddress) address = target != NULL ? grove_address_parse (target, &error) : NULL;

  if (target == NULL)
    return;
  if (address == NULL)
    {
      show_error (self, error->message);
      return;
    }
  g_object_ref (self);
  g_signal_emit (self, signals[CHOSEN], 0, target, gtk_switch_get_active (self->new_window_switch));
  gtk_window_destroy (GTK_WINDOW (self));
  g_object_unref (self);
}

static void
grove_connect_dialog_class_init (GroveConnectDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/grove/Observer/grove-connect-dialog.ui");
#define BIND(child) gtk_widget_class_bind_template_child (widget_class, GroveConnectDialog, child)
  BIND (way_row);
  BIND (place_row);
  BIND (host_row);
  BIND (name_row);
  BIND (node_row);
  BIND (command_row);
  BIND (hint_label);
  BIND (error_label);
  BIND (new_window_switch);
  BIND (connect_button);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, on_way_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_connect);
  gtk_widget_class_bind_template_callback (widget_class, gtk_window_close);
  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_BOOLEAN);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
grove_connect_dialog_init (GroveConnectDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  on_way_changed (self);
}

/* Back into the fields it was made from. */
static void
set_target (GroveConnectDialog *self, const char *target)
{
  if (g_str_has_prefix (target, "ssh:"))
    {
      const char      *rest = target + strlen ("ssh:");
      const char      *slash = strchr (rest, '/');
      g_autofree char *host =
        slash != NULL ? g_strndup (rest, (gsize) (slash - rest)) : g_strdup (rest);

      adw_combo_row_set_selected (self->way_row, SSH);
      gtk_editable_set_text (GTK_EDITABLE (self->host_row), host);
      gtk_editable_set_text (GTK_EDITABLE (self->name_row), slash != NULL ? slash + 1 : "");
    }
  else if (g_str_has_prefix (target, "beam:"))
    {
      adw_combo_row_set_selected (self->way_row, NODE);
      gtk_editable_set_text (GTK_EDITABLE (self->node_row), target + strlen ("beam:"));
    }
  else if (g_str_has_prefix (target, "exec:"))
    {
      adw_combo_row_set_selected (self->way_row, COMMAND);
      gtk_editable_set_text (GTK_EDITABLE (self->command_row), target + strlen ("exec:"));
    }
  else
    gtk_editable_set_text (GTK_EDITABLE (self->place_row), target);
}

GroveConnectDialog *
grove_connect_dialog_new (GtkWindow *parent, const char *target)
{
  GroveConnectDialog *self =
    g_object_new (GROVE_TYPE_CONNECT_DIALOG, "transient-for", parent, NULL);
  AdwEntryRow *rows[] = { self->place_row, self->host_row, self->node_row, self->command_row };

  if (target != NULL)
    set_target (self, target);
  gtk_widget_grab_focus (GTK_WIDGET (rows[get_way (self)]));
  gtk_editable_select_region (GTK_EDITABLE (rows[get_way (self)]), 0, -1);
  return self;
}
