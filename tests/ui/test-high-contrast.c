/* SPDX-License-Identifier: MIT
 *
 * The window where the desktop asks for high contrast: its style sheet is read, what is dim
 * elsewhere is not, and what is painted follows.
 */
#include "tests/support/grove-ui-test.h"
#include "ui/grove-application.h"
#include "ui/grove-palette.h"
#include "ui/grove-window.h"

#include <glib/gstdio.h>

static GtkApplication *application;

static GdkRGBA
get_colour (GtkWidget *widget)
{
  GdkRGBA colour;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &colour);
  return colour;
}

static void
test_high_contrast (void)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();
  GtkWidget       *window = grove_window_new (application);
  GtkWidget       *status = grove_window_get_view (GROVE_WINDOW (window), "status");
  GtkWidget       *label = gtk_widget_get_first_child (status);
  GroveColours     usual;
  GdkRGBA          colour;

  g_assert_true (adw_style_manager_get_high_contrast (manager));
  gtk_window_present (GTK_WINDOW (window));
  GROVE_WAIT (gtk_widget_get_mapped (window), GROVE_PATIENCE_MS);
  for (int dark = 0; dark <= 1; dark++)
    {
      adw_style_manager_set_color_scheme (manager, dark ? ADW_COLOR_SCHEME_FORCE_DARK
                                                        : ADW_COLOR_SCHEME_FORCE_LIGHT);
      grove_ui_test_settle (window);
      colour = get_colour (label);
      g_assert_cmpfloat_with_epsilon (colour.alpha, get_colour (window).alpha, 0.001);
      if (dark)
        grove_colours_init_dark (&usual);
      else
        grove_colours_init_light (&usual);
      /* Farther from what it stands on than usual. */
      g_assert_cmpfloat (grove_palette_get (window)->colours.grid.alpha, >, usual.grid.alpha);
    }
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  g_autofree char *runtime = g_dir_make_tmp ("grove-contrast-XXXXXX", NULL);
  g_autoptr (GError) error = NULL;
  int result;

  g_setenv ("XDG_RUNTIME_DIR", runtime, TRUE);
  /* As a desktop's setting would. */
  g_setenv ("ADW_DEBUG_HIGH_CONTRAST", "1", TRUE);
  grove_ui_test_init (&argc, &argv);
  application = GTK_APPLICATION (grove_application_new ());
  g_application_register (G_APPLICATION (application), NULL, &error);
  g_assert_no_error (error);
  g_test_add_func ("/ui/high-contrast/window", test_high_contrast);
  result = g_test_run ();
  g_clear_object (&application);
  g_rmdir (runtime);
  return result;
}
