/* SPDX-License-Identifier: MIT
 *
 * GroveConnectDialog: four ways to reach a system, each with its own fields, which make one
 * address.
 */
#include "ui/grove-connect-dialog.h"

#include "observer/grove-address.h"
#include "observer/grove-cookies.h"
#include "ui/grove-file-row.h"

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
  AdwWindow     parent_instance;
  AdwComboRow  *way_row;
  AdwEntryRow  *place_row, *host_row, *name_row, *node_row, *command_row;
  AdwEntryRow  *cookie_row, *port_row;
  GroveFileRow *authorities_row, *certificate_row, *key_row;
  GtkWidget    *keep_row, *more_row;
  GtkSwitch    *keep_switch, *tls_switch;
  char         *others; /* of an address's options: those without a field, with & before each */
  char         *node;   /* whose cookie the switch tells of; NULL: none */
  GtkLabel     *hint_label, *error_label;
  GtkSwitch    *new_window_switch;
  GtkWidget    *connect_button;
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

static void
add_option (GString *target, const char *name, AdwEntryRow *row)
{
  g_autofree char *value = dup_text (row);
  g_autofree char *escaped = g_uri_escape_string (value, "/", FALSE);

  if (value[0] != '\0')
    g_string_append_printf (target, "&%s=%s", name, escaped);
}

/* beam:node@host?tls&port=9100 */
static char *
dup_node_target (GroveConnectDialog *self)
{
  g_autofree char *node = dup_text (self->node_row);
  g_autoptr (GString) options = g_string_new (NULL);

  if (node[0] == '\0')
    return NULL;
  add_option (options, "port", self->port_row);
  if (gtk_switch_get_active (self->tls_switch))
    {
      g_string_append (options, "&tls");
      add_option (options, "ca", ADW_ENTRY_ROW (self->authorities_row));
      add_option (options, "cert", ADW_ENTRY_ROW (self->certificate_row));
      add_option (options, "key", ADW_ENTRY_ROW (self->key_row));
    }
  g_string_append (options, self->others);
  return options->len > 0 ? g_strdup_printf ("beam:%s?%s", node, options->str + 1)
                          : g_strdup_printf ("beam:%s", node);
}

/* As grove_address_parse() reads it; NULL when what is needed is not there. */
static char *
dup_target (GroveConnectDialog *self)
{
  g_autofree char *place = dup_text (self->place_row), *host = dup_text (self->host_row);
  g_autofree char *name = dup_text (self->name_row), *command = dup_text (self->command_row);

  switch (get_way (self))
    {
    case NODE:
      return dup_node_target (self);
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
      return _ (
        "Runs “grove dial-stdio” there over SSH, as you. The machine must let you in without "
        "asking: with a key, or an agent that has it.");
    case NODE:
      return _ (
        "A running Erlang or Elixir node, through “grove-beam”. Nothing needs to be installed on "
        "it, and nothing stays there.");
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
  gtk_widget_set_visible (GTK_WIDGET (self->cookie_row), way == NODE);
  gtk_widget_set_visible (self->keep_row, way == NODE);
  gtk_widget_set_visible (self->more_row, way == NODE);
  gtk_widget_set_visible (GTK_WIDGET (self->command_row), way == COMMAND);
  gtk_label_set_text (self->hint_label, get_hint (way));
}

/* A cookie that is kept can be forgotten again without knowing it. */
static void
follow_node (GroveConnectDialog *self)
{
  g_autofree char *target = get_way (self) == NODE ? dup_target (self) : NULL;
  g_autoptr (GroveAddress) address = target != NULL ? grove_address_parse (target, NULL) : NULL;
  const char *node = address != NULL ? address->node : NULL;
  const char *typed = gtk_editable_get_text (GTK_EDITABLE (self->cookie_row));
  gboolean    kept = node != NULL && grove_cookie_is_kept (node);

  if (g_strcmp0 (self->node, node) != 0)
    gtk_switch_set_active (self->keep_switch, kept);
  gtk_widget_set_sensitive (self->keep_row, kept || typed[0] != '\0');
  g_free (self->node);
  self->node = g_strdup (node);
}

static void
on_changed (GroveConnectDialog *self)
{
  g_autofree char *target = dup_target (self);

  follow_node (self);

  show_error (self, NULL);
  gtk_widget_set_sensitive (self->connect_button, target != NULL);
}

static void
on_way_selected (GroveConnectDialog *self)
{
  on_way_changed (self);
  on_changed (self);
}

/* False: it says what is wrong. */
static gboolean
take_cookie (GroveConnectDialog *self, const char *node)
{
  const char *cookie = gtk_editable_get_text (GTK_EDITABLE (self->cookie_row));
  gboolean    keep = gtk_switch_get_active (self->keep_switch);
  g_autoptr (GError) error = NULL;

  if (cookie[0] != '\0' && !grove_cookie_is_valid (cookie))
    {
      show_error (self, _ ("A cookie is one line of at most 255 characters."));
      return FALSE;
    }
  if (cookie[0] != '\0')
    grove_cookie_set (node, cookie);
  if ((cookie[0] != '\0' && keep && !grove_cookie_keep (node, cookie, &error)) ||
      (!keep && !grove_cookie_keep (node, NULL, &error)))
    {
      g_autofree char *text = g_strdup_printf (_ ("The cookie is not kept: %s."), error->message);

      show_error (self, text);
      return FALSE;
    }
  return TRUE;
}

/* Whether the files of TLS hold what they are for; what is wrong stands below their fields. */
static gboolean
check_files (GroveConnectDialog *self)
{
  gboolean      own_key = !grove_file_row_is_empty (self->key_row);
  GrovePemParts parts = GROVE_PEM_CERTIFICATE | (own_key ? 0 : GROVE_PEM_KEY);
  gboolean      good = grove_file_row_check (self->authorities_row, GROVE_PEM_CERTIFICATE);

  good &= grove_file_row_check (self->certificate_row, parts);
  good &= grove_file_row_check (self->key_row, GROVE_PEM_KEY);
  return good;
}

/* Whoever pressed the button may have scrolled it away. */
static void
reveal_complaint (GroveConnectDialog *self)
{
  GroveFileRow *rows[] = { self->authorities_row, self->certificate_row, self->key_row };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (gtk_widget_has_css_class (GTK_WIDGET (rows[i]), "error"))
      {
        gtk_widget_grab_focus (GTK_WIDGET (rows[i]));
        return;
      }
}

static void
on_file_chosen (GroveConnectDialog *self)
{
  check_files (self);
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
  if (get_way (self) == NODE && gtk_switch_get_active (self->tls_switch) && !check_files (self))
    {
      adw_expander_row_set_expanded (ADW_EXPANDER_ROW (self->more_row), TRUE);
      reveal_complaint (self);
      return;
    }
  if (address->node != NULL && !take_cookie (self, address->node))
    return;
  g_object_ref (self);
  g_signal_emit (self, signals[CHOSEN], 0, target, gtk_switch_get_active (self->new_window_switch));
  gtk_window_destroy (GTK_WINDOW (self));
  g_object_unref (self);
}

static void
grove_connect_dialog_finalize (GObject *object)
{
  GroveConnectDialog *self = GROVE_CONNECT_DIALOG (object);

  g_free (self->others);
  g_free (self->node);
  G_OBJECT_CLASS (grove_connect_dialog_parent_class)->finalize (object);
}

static void
grove_connect_dialog_class_init (GroveConnectDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = grove_connect_dialog_finalize;
  g_type_ensure (GROVE_TYPE_FILE_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/grove/Observer/grove-connect-dialog.ui");
#define BIND(child) gtk_widget_class_bind_template_child (widget_class, GroveConnectDialog, child)
  BIND (way_row);
  BIND (place_row);
  BIND (host_row);
  BIND (name_row);
  BIND (node_row);
  BIND (command_row);
  BIND (cookie_row);
  BIND (keep_row);
  BIND (keep_switch);
  BIND (more_row);
  BIND (port_row);
  BIND (tls_switch);
  BIND (authorities_row);
  BIND (certificate_row);
  BIND (key_row);
  BIND (hint_label);
  BIND (error_label);
  BIND (new_window_switch);
  BIND (connect_button);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, on_way_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_file_chosen);
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
  self->others = g_strdup ("");
  on_way_changed (self);
}

/* Into its field, or FALSE: it has none. */
static gboolean
set_option (GroveConnectDialog *self, const char *option)
{
  const struct
  {
    const char  *name;
    AdwEntryRow *row;
  } fields[] = {
    { "port=", self->port_row },
    { "ca=", ADW_ENTRY_ROW (self->authorities_row) },
    { "cert=", ADW_ENTRY_ROW (self->certificate_row) },
    { "key=", ADW_ENTRY_ROW (self->key_row) },
  };

  if (g_str_equal (option, "tls"))
    {
      gtk_switch_set_active (self->tls_switch, TRUE);
      return TRUE;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    if (g_str_has_prefix (option, fields[i].name))
      {
        g_autofree char *value = g_uri_unescape_string (option + strlen (fields[i].name), NULL);

        gtk_editable_set_text (GTK_EDITABLE (fields[i].row), value != NULL ? value : "");
        return TRUE;
      }
  return FALSE;
}

static void
set_node (GroveConnectDialog *self, const char *rest)
{
  const char      *mark = strchr (rest, '?');
  g_autofree char *node = mark != NULL ? g_strndup (rest, (gsize) (mark - rest)) : g_strdup (rest);
  g_auto (GStrv) options = g_strsplit (mark != NULL ? mark + 1 : "", "&", -1);
  g_autoptr (GString) others = g_string_new (NULL);

  for (char **option = options; *option != NULL; option++)
    if (!set_option (self, *option))
      g_string_append_printf (others, "&%s", *option);
  g_free (self->others);
  self->others = g_strdup (others->str);
  adw_combo_row_set_selected (self->way_row, NODE);
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (self->more_row), mark != NULL);
  gtk_editable_set_text (GTK_EDITABLE (self->node_row), node);
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
    set_node (self, target + strlen ("beam:"));
  else if (g_str_has_prefix (target, "exec:"))
    {
      adw_combo_row_set_selected (self->way_row, COMMAND);
      gtk_editable_set_text (GTK_EDITABLE (self->command_row), target + strlen ("exec:"));
    }
  else
    gtk_editable_set_text (GTK_EDITABLE (self->place_row), target);
}

void
grove_connect_dialog_ask_cookie (GroveConnectDialog *self)
{
  g_return_if_fail (GROVE_IS_CONNECT_DIALOG (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->cookie_row));
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
