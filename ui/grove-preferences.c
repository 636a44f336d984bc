/* SPDX-License-Identifier: MIT
 *
 * What is remembered from one run to the next.
 */
#include "ui/grove-preferences.h"

#define SCHEMA "io.github.grove.Observer"
#define GROUP  "window"

static GSettings *
get_settings (void)
{
  static GSettings      *settings;
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema =
    source != NULL ? g_settings_schema_source_lookup (source, SCHEMA, TRUE) : NULL;

  /* g_settings_new() ends the program when the schema is missing. */
  if (settings == NULL && schema != NULL)
    settings = g_settings_new (SCHEMA);
  return settings;
}

static char *
get_path (void)
{
  return g_build_filename (g_get_user_config_dir (), "grove", "observer.ini", NULL);
}

static GKeyFile *
load (void)
{
  GKeyFile        *file = g_key_file_new ();
  g_autofree char *path = get_path ();

  /* A file that is missing or broken is an empty one. */
  g_key_file_load_from_file (file, path, G_KEY_FILE_KEEP_COMMENTS, NULL);
  return file;
}

static void
save (GKeyFile *file)
{
  g_autofree char *path = get_path ();
  g_autofree char *folder = g_path_get_dirname (path);

  /* Forgetting the size of a window is not worth a message. */
  if (g_mkdir_with_parents (folder, 0700) == 0)
    g_key_file_save_to_file (file, path, NULL);
}

static gboolean
is_style (const char *style)
{
  return style != NULL && (g_str_equal (style, "follow") || g_str_equal (style, "light") ||
                           g_str_equal (style, "dark"));
}

char *
grove_preferences_get_style (void)
{
  GSettings *settings = get_settings ();
  g_autoptr (GKeyFile) file = NULL;
  g_autofree char *style = NULL;

  if (settings != NULL)
    return g_settings_get_string (settings, "style");
  file = load ();
  style = g_key_file_get_string (file, GROUP, "style", NULL);
  return g_strdup (is_style (style) ? style : "follow");
}

void
grove_preferences_set_style (const char *style)
{
  GSettings *settings = get_settings ();

  g_return_if_fail (is_style (style));
  if (settings != NULL)
    g_settings_set_string (settings, "style", style);
  else
    {
      g_autoptr (GKeyFile) file = load ();

      g_key_file_set_string (file, GROUP, "style", style);
      save (file);
    }
}

void
grove_preferences_restore_window (GtkWindow *window, gboolean *ret_inspector)
{
  GSettings *settings = get_settings ();
  int        width = 0, height = 0;
  gboolean   maximized = FALSE;

  if (settings != NULL)
    {
      width = g_settings_get_int (settings, "width");
      height = g_settings_get_int (settings, "height");
      maximized = g_settings_get_boolean (settings, "maximized");
      *ret_inspector = g_settings_get_boolean (settings, "inspector");
    }
  else
    {
      g_autoptr (GKeyFile) file = load ();

      width = g_key_file_get_integer (file, GROUP, "width", NULL);
      height = g_key_file_get_integer (file, GROUP, "height", NULL);
      maximized = g_key_file_get_boolean (file, GROUP, "maximized", NULL);
      *ret_inspector = g_key_file_get_boolean (file, GROUP, "inspector", NULL);
    }
  if (width >= 320 && height >= 240 && width <= 16384 && height <= 16384)
    gtk_window_set_default_size (window, width, height);
  if (maximized)
    gtk_window_maximize (window);
}

void
grove_preferences_save_window (GtkWindow *window, gboolean inspector)
{
  GSettings *settings = get_settings ();
  gboolean   maximized = gtk_window_is_maximized (window);
  int        width, height;

  gtk_window_get_default_size (window, &width, &height);
  if (settings != NULL)
    {
      g_settings_set_int (settings, "width", width);
      g_settings_set_int (settings, "height", height);
      g_settings_set_boolean (settings, "maximized", maximized);
      g_settings_set_boolean (settings, "inspector", inspector);
    }
  else
    {
      g_autoptr (GKeyFile) file = load ();

      g_key_file_set_integer (file, GROUP, "width", width);
      g_key_file_set_integer (file, GROUP, "height", height);
      g_key_file_set_boolean (file, GROUP, "maximized", maximized);
      g_key_file_set_boolean (file, GROUP, "inspector", inspector);
      save (file);
    }
}
