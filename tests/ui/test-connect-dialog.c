/* SPDX-License-Identifier: MIT
 *
 * The files of TLS in the dialog that asks where a system is: what is wrong with one is said below
 * its field, and one can be chosen instead of typed.
 */
#include "tests/support/grove-ui-test.h"
#include "ui/grove-connect-dialog.h"
#include "ui/grove-file-row.h"

#include <glib/gstdio.h>
#include <string.h>

#define CERTIFICATE "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
#define KEY         "-----BEGIN PRIVATE KEY-----\nMHcC\n-----END PRIVATE KEY-----\n"

typedef struct
{
  char      *directory, *certificate, *key;
  GtkWidget *dialog;
  char      *target; /* that was chosen */
} Fixture;

static void
on_chosen (Fixture *self, const char *target)
{
  self->target = g_strdup (target);
}

static char *
write_file (Fixture *self, const char *name, const char *content)
{
  char *path = g_build_filename (self->directory, name, NULL);

  g_assert_true (g_file_set_contents (path, content, -1, NULL));
  return path;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->directory = g_dir_make_tmp (NULL, NULL);
  self->certificate = write_file (self, "ours.pem", CERTIFICATE);
  self->key = write_file (self, "ours.key", KEY);
  self->dialog =
    GTK_WIDGET (grove_connect_dialog_new (NULL, "beam:shop@127.0.0.1?tls&cert=/nonexistent/x.pem"));
  g_signal_connect_swapped (self->dialog, "chosen", G_CALLBACK (on_chosen), self);
  g_object_add_weak_pointer (G_OBJECT (self->dialog), (gpointer *) &self->dialog);
  gtk_window_present (GTK_WINDOW (self->dialog));
  GROVE_WAIT (gtk_window_is_active (GTK_WINDOW (self->dialog)), GROVE_PATIENCE_MS);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  if (self->dialog != NULL)
    gtk_window_destroy (GTK_WINDOW (self->dialog));
  GROVE_WAIT (self->dialog == NULL, GROVE_PATIENCE_MS);
  g_remove (self->certificate);
  g_remove (self->key);
  g_assert_cmpint (g_rmdir (self->directory), ==, 0);
  g_free (self->certificate);
  g_free (self->key);
  g_free (self->directory);
  g_free (self->target);
}

/* ---- The dialog --------------------------------------------------------------------------------
 */

static gboolean
is_row_titled (GtkWidget *widget, gpointer title)
{
  return GROVE_IS_FILE_ROW (widget) &&
         g_str_has_prefix (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget)), title);
}

static GtkWidget *
find_row (Fixture *self, const char *title)
{
  GtkWidget *row = NULL;

  GROVE_WAIT ((row = grove_ui_test_find_if (self->dialog, is_row_titled, (gpointer) title)) != NULL,
              GROVE_PATIENCE_MS);
  return row;
}

static gboolean
contains (GtkWidget *widget, gpointer text)
{
  const char *shown = grove_ui_test_get_text (widget);

  return GTK_IS_LABEL (widget) && shown != NULL && strstr (shown, text) != NULL;
}

static gboolean
says (Fixture *self, const char *text)
{
  return grove_ui_test_find_if (self->dialog, contains, (gpointer) text) != NULL;
}

static void
click (GtkWidget *widget)
{
  grove_ui_test_settle (widget);
  grove_ui_test_click (widget, GROVE_UI_TEST_LEFT);
}

static void
connect_it (Fixture *self)
{
  click (grove_ui_test_find (self->dialog, GTK_TYPE_BUTTON, "C_onnect", NULL));
}

static gboolean
is_chooser_button (GtkWidget *widget, gpointer user_data)
{
  return GTK_IS_BUTTON (widget) &&
         g_strcmp0 (gtk_button_get_icon_name (GTK_BUTTON (widget)), "document-open-symbolic") == 0;
}

/* Every five seconds until the file chooser has gone; whether it has. */
static gboolean
press_return (gint64 *again_us)
{
  GtkWindow *chooser = grove_ui_test_find_window (GTK_TYPE_FILE_CHOOSER_DIALOG);

  if (chooser != NULL && gtk_window_is_active (chooser) && g_get_monotonic_time () >= *again_us)
    {
      *again_us = g_get_monotonic_time () + 5 * G_USEC_PER_SEC;
      grove_ui_test_send_key (GDK_KEY_Return, 0);
    }
  return chooser == NULL;
}

/* With its button, and in the dialog that comes by typing the path, as people who know it do. */
static void
choose (Fixture *self, const char *title, const char *path)
{
  GtkWidget *row = find_row (self, title);
  GtkWindow *chooser = NULL;
  gint64     again_us = 0;

  /* It may be scrolled out of sight. */
  gtk_widget_grab_focus (row);
  grove_ui_test_settle (row);
  click (grove_ui_test_find_if (row, is_chooser_button, NULL));
  GROVE_WAIT ((chooser = grove_ui_test_find_window (GTK_TYPE_FILE_CHOOSER_DIALOG)) != NULL &&
                gtk_window_is_active (chooser),
              GROVE_PATIENCE_MS);
  grove_ui_test_settle (GTK_WIDGET (chooser));
  grove_ui_test_type (GTK_WIDGET (chooser), path);
  GROVE_WAIT (grove_ui_test_find (GTK_WIDGET (chooser), GTK_TYPE_TEXT, path, NULL) != NULL,
              GROVE_PATIENCE_MS);
  /* While the folder is still being read the first may end what completes the path. */
  GROVE_WAIT (press_return (&again_us), GROVE_PATIENCE_MS);
  GROVE_WAIT (g_strcmp0 (gtk_editable_get_text (GTK_EDITABLE (row)), path) == 0, GROVE_PATIENCE_MS);
}

/* ---- What is told ------------------------------------------------------------------------------
 */

static void
test_refused (Fixture *self, gconstpointer data)
{
  GtkWidget *row = find_row (self, "File of our certificate");

  g_test_summary ("A file that is not there, or lacks the key, is refused below its field");
  connect_it (self);
  GROVE_WAIT (says (self, "There is no file “x.pem”."), GROVE_PATIENCE_MS);
  g_assert_true (gtk_widget_has_css_class (row, "error"));
  g_assert_null (self->target);

  /* Who types is not told again before it is done. */
  gtk_editable_set_text (GTK_EDITABLE (row), self->certificate);
  GROVE_WAIT (!says (self, "There is no file"), GROVE_PATIENCE_MS);
  connect_it (self);
  GROVE_WAIT (says (self, "There is no private key in “ours.pem”."), GROVE_PATIENCE_MS);
  g_assert_null (self->target);
}

G_GNUC_UNUSED static void
test_choose (Fixture *self, gconstpointer data)
{
  g_autofree char *expected = g_strdup_printf ("beam:shop@127.0.0.1?tls&ca=%s&cert=%s&key=%s",
                                               self->certificate, self->certificate, self->key);

  g_test_summary (
    "Files are chosen; the wrong one is told at once; the right ones go into the way");
  choose (self, "File of trusted", self->key);
  GROVE_WAIT (says (self, "There is no certificate in “ours.key”, only a key."), GROVE_PATIENCE_MS);
  choose (self, "File of trusted", self->certificate);
  GROVE_WAIT (!says (self, "There is no certificate in"), GROVE_PATIENCE_MS);
  choose (self, "File of our", self->certificate);
  GROVE_WAIT (says (self, "There is no private key in “ours.pem”."), GROVE_PATIENCE_MS);
  choose (self, "File of its key", self->key);
  GROVE_WAIT (!says (self, "There is no"), GROVE_PATIENCE_MS);
  connect_it (self);
  GROVE_WAIT (self->target != NULL, GROVE_PATIENCE_MS);
  g_assert_cmpstr (self->target, ==, expected);
}

int
main (int argc, char **argv)
{
  grove_ui_test_init (&argc, &argv);
  g_test_add ("/ui/connect-dialog/refused", Fixture, NULL, set_up, test_refused, tear_down);
  /* What GTK's file chooser leaks is known by whole stacks only (lsan.supp), which take too long
   * here to be walked. */
#ifndef __SANITIZE_ADDRESS__
  g_test_add ("/ui/connect-dialog/choose", Fixture, NULL, set_up, test_choose, tear_down);
#endif
  return g_test_run ();
}
