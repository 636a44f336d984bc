/* SPDX-License-Identifier: MIT
 *
 * The window that says what this program is.
 */
#include "ui/grove-about.h"

#include "ui/grove-application.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <locale.h>

/* Whoever looks into a fault asks for these first. English, so that they can read it. */
static char *
make_debug_info (GtkWidget *window)
{
  GdkDisplay            *display = gtk_widget_get_display (window);
  const char            *locale = setlocale (LC_MESSAGES, NULL);
  GskRenderer           *renderer = gtk_native_get_renderer (GTK_NATIVE (window));
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema =
    source != NULL ? g_settings_schema_source_lookup (source, GROVE_APPLICATION_ID, TRUE) : NULL;

  return g_strdup_printf ("Grove %s\n"
                          "GTK %u.%u.%u\n"
                          "libadwaita %u.%u.%u\n"
                          "GLib %u.%u.%u\n"
                          "Display: %s, %s\n"
                          "Language: %s\n"
                          "Settings: %s\n",
                          GROVE_VERSION, gtk_get_major_version (), gtk_get_minor_version (),
                          gtk_get_micro_version (), adw_get_major_version (),
                          adw_get_minor_version (), adw_get_micro_version (), glib_major_version,
                          glib_minor_version, glib_micro_version, G_OBJECT_TYPE_NAME (display),
                          renderer != NULL ? G_OBJECT_TYPE_NAME (renderer) : "no renderer",
                          locale != NULL ? locale : "C",
                          schema != NULL ? "GSettings" : "a key file");
}

GtkWidget *
grove_about_present (GtkWindow *parent)
{
  static const char *const developers[] = { "The Grove developers", NULL };
  GtkWidget               *window = adw_about_window_new ();
  AdwAboutWindow          *about = ADW_ABOUT_WINDOW (window);
  g_autofree char         *debug_info = NULL;

  gtk_window_set_transient_for (GTK_WINDOW (window), parent);
  adw_about_window_set_application_name (about, "Grove");
  adw_about_window_set_application_icon (about, GROVE_APPLICATION_ID);
  adw_about_window_set_version (about, GROVE_VERSION);
  adw_about_window_set_developer_name (about, _ ("The Grove developers"));
  adw_about_window_set_developers (about, (const char **) developers);
  adw_about_window_set_copyright (about, "© 2026 The Grove developers");
  adw_about_window_set_license_type (about, GTK_LICENSE_MIT_X11);
  adw_about_window_set_comments (about, _ ("See a system of processes while it runs: who "
                                           "supervises whom, whose mailbox is "
                                           "filling, and what came of acting on it."));
  /* TRANSLATORS: Your names, one a line. */
  adw_about_window_set_translator_credits (about, _ ("translator-credits"));
  gtk_window_present (GTK_WINDOW (window));
  debug_info = make_debug_info (window);
  adw_about_window_set_debug_info (about, debug_info);
  adw_about_window_set_debug_info_filename (about, "grove-observer.txt");
  return window;
}
