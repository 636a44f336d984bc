/* SPDX-License-Identifier: MIT
 *
 * GroveApplication: the program `grove-observer`.
 */
#include "ui/grove-application.h"

#include "ui/grove-about.h"
#include "ui/grove-preferences-window.h"
#include "ui/grove-preferences.h"
#include "ui/grove-screenshot.h"
#include "ui/grove-window.h"

#include <glib/gi18n.h>
#include <stdio.h>

struct _GroveApplication
{
  AdwApplication parent_instance;
  int            exit_status;
};

G_DEFINE_FINAL_TYPE (GroveApplication, grove_application, ADW_TYPE_APPLICATION)

static const GOptionEntry options[] = {
  { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Print the version and end"), NULL },
  { "screenshot", 0, 0, G_OPTION_ARG_FILENAME, NULL,
    N_ ("Save a picture of each view of SYSTEM in DIR, and end"), "DIR" },
  { "size", 0, 0, G_OPTION_ARG_STRING, NULL, N_ ("Size of the window for the pictures"), "WxH" },
  { "dark", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Only dark pictures, or a dark window"), NULL },
  { "light", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Only light pictures, or a light window"), NULL },
  { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, NULL, NULL, "[SYSTEM]" },
  { NULL },
};

/* ---- Style --------------------------------------------------------------------------------------
 */

static void
apply_style (const char *style)
{
  AdwColorScheme scheme = ADW_COLOR_SCHEME_DEFAULT;

  if (g_str_equal (style, "dark"))
    scheme = ADW_COLOR_SCHEME_FORCE_DARK;
  else if (g_str_equal (style, "light"))
    scheme = ADW_COLOR_SCHEME_FORCE_LIGHT;
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), scheme);
}

/* Another window, or the preferences, may have set it. */
static void
on_style_changed (GApplication *application)
{
  const char *style = grove_preferences_get_style (grove_preferences_get ());
  GAction    *action = g_action_map_lookup_action (G_ACTION_MAP (application), "style");

  g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_string (style));
  apply_style (style);
}

static void
on_style (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  const char *style = g_variant_get_string (state, NULL);

  g_object_set (grove_preferences_get (), "style", style, NULL);
}

/* ---- Windows ------------------------------------------------------------------------------------
 */

static void
on_new_window (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gtk_window_present (GTK_WINDOW (grove_window_new (GTK_APPLICATION (user_data))));
}

static void
on_preferences (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  static GtkWindow *window; /* weak: one is enough */

  if (window == NULL)
    {
      GtkWindow *parent = gtk_application_get_active_window (GTK_APPLICATION (user_data));

      g_set_weak_pointer (&window, grove_preferences_window_new (parent));
    }
  gtk_window_present (window);
}

static void
on_about (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  grove_about_present (gtk_application_get_active_window (GTK_APPLICATION (user_data)));
}

static void
on_quit (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GList *windows = g_list_copy (gtk_application_get_windows (GTK_APPLICATION (user_data)));

  for (GList *l = windows; l != NULL; l = l->next)
    gtk_window_close (l->data);
  g_list_free (windows);
}

static void
grove_application_activate (GApplication *application)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (application));

  if (window == NULL)
    window = GTK_WINDOW (grove_window_new (GTK_APPLICATION (application)));
  gtk_window_present (window);
}

/* ---- Command line -------------------------------------------------------------------------------
 */

static int
complain (GApplicationCommandLine *line, const char *problem, const char *argument)
{
  g_application_command_line_printerr (line, "grove-observer: %s%s\n", problem, argument);
  return 1;
}

static void
on_pictures_taken (GroveScreenshot *screenshot, gboolean success, GroveApplication *self)
{
  self->exit_status = success ? 0 : 1;
  g_object_unref (screenshot);
  g_application_quit (G_APPLICATION (self));
}

static int
take_pictures (GroveApplication        *self,
               GApplicationCommandLine *line,
               GVariantDict            *dict,
               const char              *folder,
               const char              *target)
{
  int              width = 1360, height = 860;
  const char      *size = NULL;
  GroveScreenshot *screenshot;
  gboolean         dark = g_variant_dict_contains (dict, "dark");
  gboolean         light = g_variant_dict_contains (dict, "light");

  if (target == NULL)
    return complain (line, _ ("--screenshot needs the name of a system"), "");
  if (g_variant_dict_lookup (dict, "size", "&s", &size) &&
      (sscanf (size, "%dx%d", &width, &height) != 2 || width < 360 || height < 360 ||
       width > 8192 || height > 8192))
    return complain (line, _ ("a size is written as 1360x860, not as "), size);
  screenshot = grove_screenshot_new (GTK_APPLICATION (self), folder, width, height);
  grove_screenshot_set_schemes (screenshot, light || !dark, dark || !light);
  g_signal_connect (screenshot, "finished", G_CALLBACK (on_pictures_taken), self);
  grove_screenshot_start (screenshot, target);
  return 0;
}

static int
grove_application_command_line (GApplication *application, GApplicationCommandLine *line)
{
  GroveApplication       *self = GROVE_APPLICATION (application);
  GVariantDict           *dict = g_application_command_line_get_options_dict (line);
  g_autofree const char **targets = NULL;
  const char             *target = NULL;
  const char             *folder = NULL;
  GtkWidget              *window;

  if (g_variant_dict_lookup (dict, G_OPTION_REMAINING, "^a&s", &targets))
    {
      if (targets[0] != NULL && targets[1] != NULL)
        return complain (line, _ ("one system at a time; what is this? "), targets[1]);
      target = targets[0];
    }
  if (g_variant_dict_lookup (dict, "screenshot", "^&ay", &folder))
    return take_pictures (self, line, dict, folder, target);
  if (g_variant_dict_contains (dict, "dark"))
    apply_style ("dark");
  else if (g_variant_dict_contains (dict, "light"))
    apply_style ("light");
  window = grove_window_new (GTK_APPLICATION (application));
  if (target != NULL)
    grove_window_open (GROVE_WINDOW (window), target);
  gtk_window_present (GTK_WINDOW (window));
  return 0;
}

static int
grove_application_handle_local_options (GApplication *application, GVariantDict *options_dict)
{
  if (g_variant_dict_contains (options_dict, "version"))
    {
      printf ("grove-observer %s\n", GROVE_VERSION);
      return 0;
    }
  return -1;
}

/* For the palette, where each can be set by its name. */
static void
add_preference_actions (GApplication *application)
{
  static const char *const names[] = { "update-interval-ms", "term-syntax", "units", "colour-map",
                                       "confirm" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GPropertyAction) action =
        g_property_action_new (names[i], grove_preferences_get (), names[i]);

      g_action_map_add_action (G_ACTION_MAP (application), G_ACTION (action));
    }
}

static void
grove_application_startup (GApplication *application)
{
  static const GActionEntry entries[] = {
    { .name = "new-window", .activate = on_new_window },
    { .name = "preferences", .activate = on_preferences },
    { .name = "about", .activate = on_about },
    { .name = "quit", .activate = on_quit },
    { .name = "style", .parameter_type = "s", .state = "'follow'", .change_state = on_style },
  };
  static const struct
  {
    const char *action;
    const char *keys[3];
  } accels[] = {
    { "win.palette", { "<Control>k", NULL } },
    { "win.view::overview", { "<Control>1", NULL } },
    { "win.view::supervision", { "<Control>2", NULL } },
    { "win.view::processes", { "<Control>3", NULL } },
    { "win.view::mailboxes", { "<Control>4", NULL } },
    { "win.view::activity", { "<Control>5", NULL } },
    { "win.find", { "<Control>f", NULL } },
    { "win.pause", { "<Control>p", NULL } },
    { "win.refresh", { "F5", "<Control>r", NULL } },
    { "win.inspector", { "F9", NULL } },
    { "win.suspend", { "F8", NULL } },
    { "win.resume", { "<Shift>F8", NULL } },
    { "win.send", { "<Control>m", NULL } },
    { "win.connect", { "<Control>o", NULL } },
    { "win.show-help-overlay", { "<Control>question", NULL } },
    { "app.new-window", { "<Control>n", NULL } },
    { "app.preferences", { "<Control>comma", NULL } },
    { "window.close", { "<Control>w", NULL } },
    { "app.quit", { "<Control>q", NULL } },
  };

  G_APPLICATION_CLASS (grove_application_parent_class)->startup (application);
  g_action_map_add_action_entries (G_ACTION_MAP (application), entries, G_N_ELEMENTS (entries),
                                   application);
  add_preference_actions (application);
  g_signal_connect_object (grove_preferences_get (), "notify::style", G_CALLBACK (on_style_changed),
                           application, G_CONNECT_SWAPPED);
  on_style_changed (application);
  for (gsize i = 0; i < G_N_ELEMENTS (accels); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (application), accels[i].action,
                                           accels[i].keys);
}

static void
grove_application_shutdown (GApplication *application)
{
  G_APPLICATION_CLASS (grove_application_parent_class)->shutdown (application);
  /* After it: windows tell what to remember when they are closed. */
  grove_preferences_flush (grove_preferences_get ());
}

static void
grove_application_class_init (GroveApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  application_class->startup = grove_application_startup;
  application_class->shutdown = grove_application_shutdown;
  application_class->activate = grove_application_activate;
  application_class->command_line = grove_application_command_line;
  application_class->handle_local_options = grove_application_handle_local_options;
}

static void
grove_application_init (GroveApplication *self)
{
  g_application_add_main_option_entries (G_APPLICATION (self), options);
  g_application_set_option_context_summary (
    G_APPLICATION (self), _ ("Shows a running system of processes live. SYSTEM is "
                             "the name of one on this machine, the\n"
                             "path of its socket, beam:node@host for an Erlang or Elixir node, "
                             "ssh:[user@]host/name,\n"
                             "or exec:command; without it a page lists those found."));
}

GroveApplication *
grove_application_new (void)
{
  /* Not unique: each call is a process of its own, so that one that hangs takes nobody along and a
   * session bus is not needed. */
  return g_object_new (GROVE_TYPE_APPLICATION, "application-id", GROVE_APPLICATION_ID, "flags",
                       G_APPLICATION_HANDLES_COMMAND_LINE | G_APPLICATION_NON_UNIQUE,
                       "resource-base-path", "/io/github/grove/Observer", NULL);
}

int
grove_application_get_exit_status (GroveApplication *self)
{
  g_return_val_if_fail (GROVE_IS_APPLICATION (self), 1);
  return self->exit_status;
}
