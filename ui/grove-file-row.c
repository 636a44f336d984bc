/* SPDX-License-Identifier: MIT
 *
 * GroveFileRow: an entry row with a file chooser behind its button.
 */
#include "ui/grove-file-row.h"

#include <glib/gi18n.h>

struct _GroveFileRow
{
  AdwEntryRow           parent_instance;
  GtkLabel             *complaint; /* not counted: a sibling in the same window */
  GtkFileChooserNative *chooser;   /* while it is open */
};

enum
{
  PROP_0,
  PROP_COMPLAINT,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

enum
{
  CHOSEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GroveFileRow, grove_file_row, ADW_TYPE_ENTRY_ROW)

/* (transfer full): without spaces around it; "~/" is the home directory, as in a shell. */
static char *
dup_path (GroveFileRow *self)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self))));

  return g_str_has_prefix (text, "~/") ? g_build_filename (g_get_home_dir (), text + 2, NULL)
                                       : g_steal_pointer (&text);
}

static void
say (GroveFileRow *self, const char *text)
{
  GtkWidget *row = gtk_widget_get_ancestor (GTK_WIDGET (self->complaint), GTK_TYPE_LIST_BOX_ROW);

  if (text != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "error");
  gtk_label_set_text (self->complaint, text != NULL ? text : "");
  gtk_widget_set_visible (row, text != NULL);
}

gboolean
grove_file_row_is_empty (GroveFileRow *self)
{
  g_autofree char *path = NULL;

  g_return_val_if_fail (GROVE_IS_FILE_ROW (self), TRUE);
  path = dup_path (self);
  return path[0] == '\0';
}

gboolean
grove_file_row_check (GroveFileRow *self, GrovePemParts parts)
{
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  g_return_val_if_fail (GROVE_IS_FILE_ROW (self), FALSE);
  path = dup_path (self);
  if (path[0] == '\0' || grove_pem_check (path, parts, &error))
    say (self, NULL);
  else
    say (self, error->message);
  return error == NULL;
}

static void
on_changed (GroveFileRow *self)
{
  if (self->complaint != NULL)
    say (self, NULL);
}

/* ---- Choosing -----------------------------------------------------------------------------------
 */

static void
on_response (GtkNativeDialog *dialog, int response, GroveFileRow *self)
{
  g_autoptr (GFile) file =
    response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)) : NULL;
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

  gtk_native_dialog_destroy (dialog);
  g_clear_object (&self->chooser);
  if (path == NULL)
    return;
  gtk_editable_set_text (GTK_EDITABLE (self), path);
  gtk_editable_set_position (GTK_EDITABLE (self), -1);
  g_signal_emit (self, signals[CHOSEN], 0);
}

/* PEM has many suffixes: they are offered first, and all else. */
static void
add_filters (GtkFileChooser *chooser)
{
  static const char *const suffixes[] = { "pem", "crt", "cer", "key", "ca-bundle" };
  g_autoptr (GtkFileFilter) pem = gtk_file_filter_new ();
  g_autoptr (GtkFileFilter) all = gtk_file_filter_new ();

  gtk_file_filter_set_name (pem, _ ("Certificates and Keys"));
  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++)
    gtk_file_filter_add_suffix (pem, suffixes[i]);
  gtk_file_filter_set_name (all, _ ("All Files"));
  gtk_file_filter_add_pattern (all, "*");
  gtk_file_chooser_add_filter (chooser, pem);
  gtk_file_chooser_add_filter (chooser, all);
}

static void
on_choose (GroveFileRow *self)
{
  GtkRoot         *root = gtk_widget_get_root (GTK_WIDGET (self));
  g_autofree char *path = dup_path (self);

  if (self->chooser != NULL)
    return;
  self->chooser =
    gtk_file_chooser_native_new (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self)),
                                 GTK_WINDOW (root), GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Choose"),
                                 _ ("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  add_filters (GTK_FILE_CHOOSER (self->chooser));
  if (path[0] != '\0')
    {
      g_autoptr (GFile) file = g_file_new_for_path (path);

      gtk_file_chooser_set_file (GTK_FILE_CHOOSER (self->chooser), file, NULL);
    }
  g_signal_connect (self->chooser, "response", G_CALLBACK (on_response), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* ---- The object ---------------------------------------------------------------------------------
 */

static void
grove_file_row_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  if (prop_id == PROP_COMPLAINT)
    GROVE_FILE_ROW (object)->complaint = g_value_get_object (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
grove_file_row_dispose (GObject *object)
{
  GroveFileRow *self = GROVE_FILE_ROW (object);

  self->complaint = NULL;
  if (self->chooser != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->chooser, self);
      gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->chooser));
    }
  g_clear_object (&self->chooser);
  G_OBJECT_CLASS (grove_file_row_parent_class)->dispose (object);
}

static void
grove_file_row_class_init (GroveFileRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = grove_file_row_set_property;
  object_class->dispose = grove_file_row_dispose;
  properties[PROP_COMPLAINT] = g_param_spec_object ("complaint", NULL, NULL, GTK_TYPE_LABEL,
                                                    G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);
}

static void
grove_file_row_init (GroveFileRow *self)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("document-open-symbolic");

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, _ ("Choose a file"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Choose a file"), -1);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (on_choose), self);
  adw_entry_row_add_suffix (ADW_ENTRY_ROW (self), button);
  g_signal_connect (self, "changed", G_CALLBACK (on_changed), NULL);
}
