/* SPDX-License-Identifier: MIT
 *
 * The window in German, whose words are longer: it can still be made as small as it is promised to
 * be, with every page there is.
 */
#include "observer/grove-locale.h"
#include "tests/support/grove-locale-test.h"
#include "tests/support/grove-ui-test.h"
#include "ui/grove-application.h"
#include "ui/grove-window.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#define WIDTH  800
#define HEIGHT 600

static GtkApplication *application;

static void
test_narrow (void)
{
  GtkWidget *window;
  int        width = 0, height = 0;

  if (g_str_equal (_ ("Processes"), "Processes"))
    {
      g_test_skip ("no German here: localedef has made no locale");
      return;
    }
  window = grove_window_new (application);
  gtk_window_set_default_size (GTK_WINDOW (window), WIDTH, HEIGHT);
  gtk_window_present (GTK_WINDOW (window));
  GROVE_WAIT (gtk_widget_get_mapped (window), GROVE_PATIENCE_MS);
  grove_ui_test_settle (window);
  /* The pages of a stack are as wide as the widest of them, shown or not. */
  gtk_widget_measure (window, GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL, NULL);
  gtk_widget_measure (window, GTK_ORIENTATION_VERTICAL, -1, &height, NULL, NULL, NULL);
  g_test_message ("at least %d x %d", width, height);
  g_assert_cmpint (width, <=, WIDTH);
  g_assert_cmpint (height, <=, HEIGHT);
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  g_autofree char *runtime = g_dir_make_tmp ("grove-german-XXXXXX", NULL);
  g_autoptr (GError) error = NULL;
  gboolean there = grove_locale_test_enter ();
  int      result;

  g_setenv ("XDG_RUNTIME_DIR", runtime, TRUE);
  g_setenv ("GROVE_LOCALE_DIR", GERMAN_CATALOGUES, TRUE);
  if (there)
    g_setenv ("LC_ALL", "de_DE.UTF-8", TRUE);
  grove_locale_init ();
  grove_ui_test_init (&argc, &argv);
  application = GTK_APPLICATION (grove_application_new ());
  g_application_register (G_APPLICATION (application), NULL, &error);
  g_assert_no_error (error);
  g_test_add_func ("/ui/german/narrow", test_narrow);
  result = g_test_run ();
  g_clear_object (&application);
  g_rmdir (runtime);
  grove_locale_test_leave ();
  return result;
}
