/* SPDX-License-Identifier: MIT
 *
 * What is set and remembered is there in the next run, with the schema and without; what is
 * nonsense is not taken, whoever wrote it.
 */
#include "observer/grove-format.h"
#include "ui/grove-preferences.h"

#include <glib/gstdio.h>

static char *scratch;

static char *
get_path (void)
{
  return g_build_filename (scratch, "config", "grove", "observer.ini", NULL);
}

static void
note (GrovePreferences *preferences, GParamSpec *pspec, GString *names)
{
  g_string_append_printf (names, "%s ", g_param_spec_get_name (pspec));
}

/* The same with either store. */
static void
check_kept (void)
{
  GrovePreferences *first = grove_preferences_new ();
  GrovePreferences *next;
  g_autoptr (GString) names = g_string_new (NULL);
  g_autofree char *text = NULL;
  g_autoptr (GVariant) size = NULL;

  g_assert_cmpuint (grove_preferences_get_update_interval_ms (first), ==, 100);
  g_assert_cmpstr (grove_preferences_get_term_syntax (first), ==, "system");
  g_assert_cmpstr (grove_preferences_get_units (first), ==, "iec");
  g_assert_cmpstr (grove_preferences_get_confirm (first), ==, "risky");
  g_assert_cmpstr (grove_preferences_get_colour_map (first), ==, "standard");
  g_signal_connect (first, "notify", G_CALLBACK (note), names);
  g_object_set (first, "update-interval-ms", 500, "term-syntax", "elixir", "confirm", "always",
                "colour-map", "colour-blind", "style", "dark", NULL);
  /* Those of one g_object_set() are told last to first. */
  g_assert_cmpstr (names->str, ==, "style colour-map confirm term-syntax update-interval-ms ");
  g_object_set (first, "update-interval-ms", 500, NULL);
  g_assert_cmpstr (names->str, ==, "style colour-map confirm term-syntax update-interval-ms ");
  grove_preferences_set_state (first, "window.size", g_variant_new ("(ii)", 800, 600));
  grove_preferences_set_state_text (first, "processes.sort", "messages =; [x]");
  grove_preferences_set_state_text (first, "forgotten", "x");
  grove_preferences_set_state_boolean (first, "window.inspector", TRUE);
  grove_preferences_set_state_text (first, "forgotten", NULL);
  g_object_unref (first);

  next = grove_preferences_new ();
  g_assert_cmpuint (grove_preferences_get_update_interval_ms (next), ==, 500);
  g_assert_cmpstr (grove_preferences_get_term_syntax (next), ==, "elixir");
  g_assert_cmpstr (grove_preferences_get_confirm (next), ==, "always");
  g_assert_cmpstr (grove_preferences_get_colour_map (next), ==, "colour-blind");
  g_assert_cmpstr (grove_preferences_get_style (next), ==, "dark");
  text = grove_preferences_dup_state_text (next, "processes.sort");
  g_assert_cmpstr (text, ==, "messages =; [x]");
  size = grove_preferences_dup_state (next, "window.size", G_VARIANT_TYPE ("(ii)"));
  g_assert_nonnull (size);
  g_assert_true (grove_preferences_get_state_boolean (next, "window.inspector", FALSE));
  g_assert_null (grove_preferences_dup_state_text (next, "forgotten"));
  g_assert_null (grove_preferences_dup_state (next, "window.size", G_VARIANT_TYPE_STRING));

  grove_preferences_reset (next);
  g_assert_cmpuint (grove_preferences_get_update_interval_ms (next), ==, 100);
  g_assert_cmpstr (grove_preferences_get_style (next), ==, "follow");
  g_assert_true (grove_preferences_get_state_boolean (next, "window.inspector", FALSE));
  g_object_unref (next);
}

/* Two programs write the state of different views: neither takes the other's away. */
static void
check_side_by_side (void)
{
  GrovePreferences *one = grove_preferences_new (), *two = grove_preferences_new (), *next;
  g_autofree char  *left = NULL, *right = NULL;

  grove_preferences_set_state_text (one, "one.text", "left");
  grove_preferences_set_state_text (two, "two.text", "right");
  g_object_unref (one);
  g_object_unref (two);
  next = grove_preferences_new ();
  left = grove_preferences_dup_state_text (next, "one.text");
  right = grove_preferences_dup_state_text (next, "two.text");
  g_assert_cmpstr (left, ==, "left");
  g_assert_cmpstr (right, ==, "right");
  g_object_unref (next);
}

static void
test_key_file (void)
{
  g_autofree char *path = get_path ();

  check_kept ();
  check_side_by_side ();
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
settings_in_subprocess (void)
{
  g_autofree char *path = get_path ();

  check_kept ();
  check_side_by_side ();
  /* It went where settings go. */
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
test_settings (void)
{
  g_autofree char  *schemas = g_build_filename (scratch, "schemas", NULL);
  const char *const argv[] = { "glib-compile-schemas", "--strict", "--targetdir", schemas,
                               SCHEMA_FOLDER,          NULL };
  g_autoptr (GError) error = NULL;
  int status = 0;

  g_assert_cmpint (g_mkdir (schemas, 0700), ==, 0);
  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status,
                &error);
  g_assert_no_error (error);
  g_assert_true (g_spawn_check_wait_status (status, NULL));
  g_setenv ("GSETTINGS_SCHEMA_DIR", schemas, TRUE);
  g_setenv ("GSETTINGS_BACKEND", "keyfile", TRUE);
  g_test_trap_subprocess ("/ui/preferences/settings/subprocess", 0,
                          G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
  g_unsetenv ("GSETTINGS_SCHEMA_DIR");
}

static void
test_nonsense (void)
{
  GrovePreferences *preferences;
  g_autofree char  *path = get_path ();
  g_autofree char  *folder = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_test_summary ("What was written by hand is put right, and does not stop the program");
  g_mkdir_with_parents (folder, 0700);
  g_file_set_contents (path,
                       "[preferences]\nupdate-interval-ms=uint32 1\nterm-syntax='klingon'\n"
                       "units=uint32 7\nstyle=[broken\nmailbox-warning=uint32 500\n"
                       "mailbox-alarm=uint32 20\n[state]\nwindow.size='large'\nrow=(1,\n",
                       -1, &error);
  g_assert_no_error (error);
  preferences = grove_preferences_new ();
  g_assert_cmpuint (grove_preferences_get_update_interval_ms (preferences), ==, 100);
  g_assert_cmpstr (grove_preferences_get_term_syntax (preferences), ==, "system");
  g_assert_cmpstr (grove_preferences_get_units (preferences), ==, "iec");
  g_assert_cmpstr (grove_preferences_get_style (preferences), ==, "follow");
  g_assert_cmpuint (grove_preferences_get_mailbox_alarm (preferences), ==, 500);
  g_assert_null (grove_preferences_dup_state (preferences, "window.size", G_VARIANT_TYPE ("(ii)")));
  g_object_set (preferences, "term-syntax", "klingon", "update-interval-ms", 5, NULL);
  g_assert_cmpstr (grove_preferences_get_term_syntax (preferences), ==, "system");
  g_assert_cmpuint (grove_preferences_get_update_interval_ms (preferences), ==, 100);
  g_object_unref (preferences);
}

static void
test_thresholds (void)
{
  GrovePreferences *preferences = grove_preferences_new ();
  g_autoptr (GString) names = g_string_new (NULL);

  g_test_summary ("Red never begins before yellow");
  g_signal_connect (preferences, "notify", G_CALLBACK (note), names);
  g_object_set (preferences, "mailbox-warning", 5000, NULL);
  g_assert_cmpuint (grove_preferences_get_mailbox_alarm (preferences), ==, 5000);
  g_object_set (preferences, "mailbox-alarm", 10, NULL);
  g_assert_cmpuint (grove_preferences_get_mailbox_warning (preferences), ==, 10);
  g_assert_nonnull (strstr (names->str, "mailbox-warning"));
  g_assert_nonnull (strstr (names->str, "mailbox-alarm"));
  grove_preferences_reset (preferences);
  g_assert_cmpuint (grove_preferences_get_mailbox_warning (preferences), ==, 100);
  g_assert_cmpuint (grove_preferences_get_mailbox_alarm (preferences), ==, 1000);
  g_object_unref (preferences);
}

static void
test_units (void)
{
  GrovePreferences *preferences = grove_preferences_new ();
  g_autofree char  *iec = grove_format_bytes (2560);
  g_autofree char  *si = NULL, *small = NULL;

  g_test_summary ("Sizes are said in the units that were chosen");
  g_assert_cmpstr (iec, ==, "2.5\u202fKiB");
  g_object_set (preferences, "units", "si", NULL);
  si = grove_format_bytes (2560);
  small = grove_format_bytes (1010);
  g_assert_cmpstr (si, ==, "2.6\u202fkB");
  g_assert_cmpstr (small, ==, "1.0\u202fkB");
  grove_preferences_reset (preferences);
  g_object_unref (preferences);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR))
        remove_tree (child);
      else
        g_unlink (child);
    }
  g_rmdir (path);
}

int
main (int argc, char **argv)
{
  g_autofree char *config = NULL;
  int              result;

  scratch = g_dir_make_tmp ("grove-preferences-XXXXXX", NULL);
  config = g_build_filename (scratch, "config", NULL);
  g_setenv ("XDG_CONFIG_HOME", config, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/preferences/key-file", test_key_file);
  g_test_add_func ("/ui/preferences/settings", test_settings);
  g_test_add_func ("/ui/preferences/settings/subprocess", settings_in_subprocess);
  g_test_add_func ("/ui/preferences/nonsense", test_nonsense);
  g_test_add_func ("/ui/preferences/thresholds", test_thresholds);
  g_test_add_func ("/ui/preferences/units", test_units);
  result = g_test_run ();
  remove_tree (scratch);
  g_free (scratch);
  return result;
}
