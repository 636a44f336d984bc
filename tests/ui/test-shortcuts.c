/* SPDX-License-Identifier: MIT
 *
 * The window of keyboard shortcuts names every key that does something, and no key that does
 * nothing.
 */
#include "tests/support/grove-ui-test.h"
#include "ui/grove-application.h"
#include "ui/grove-term-view.h"
#include "ui/grove-window.h"

#include <glib/gstdio.h>

static GtkApplication *application;

/* What widgets read themselves, key by key, which cannot be asked for. Whoever takes one away there
 * takes it away here. */
static const char *const read_by_widgets[] = {
  "Left",           "Right", "Up",     "Down",   "Home",   "End",           "space",
  "plus",           "minus", "0",      "1",      "Return", "<Shift>Return", "<Shift>Down",
  "<Control>space", "Tab",   "Escape", "Delete", "Menu",   "<Shift>F10",    "<Control>a",
};

/* The toolkit's own. */
static const char *const read_by_toolkit[] = { "F10", "<Control>question" };

static char *
normalize (const char *accelerator)
{
  guint           key = 0;
  GdkModifierType modifiers = 0;

  if (!gtk_accelerator_parse (accelerator, &key, &modifiers))
    g_error ("“%s” is no key", accelerator);
  return gtk_accelerator_name (gdk_keyval_to_lower (key), modifiers);
}

static void
add (GHashTable *keys, const char *accelerator)
{
  g_hash_table_add (keys, normalize (accelerator));
}

static void
add_all (GHashTable *keys, const char *const *accelerators, gsize n)
{
  for (gsize i = 0; i < n; i++)
    add (keys, accelerators[i]);
}

static void
add_accelerators (GHashTable *keys)
{
  g_auto (GStrv) actions = gtk_application_list_action_descriptions (application);

  for (char **action = actions; *action != NULL; action++)
    {
      g_auto (GStrv) accels = gtk_application_get_accels_for_action (application, *action);

      for (char **accel = accels; *accel != NULL; accel++)
        add (keys, *accel);
    }
}

/* The toolkit's classes have shortcuts of their own, which its widgets' heirs inherit. */
static gboolean
is_ours (GtkWidget *widget, GtkShortcut *shortcut)
{
  static const char *const groups[] = { "win.", "app.", "window.", "graph.", "term." };
  GtkShortcutAction       *action = gtk_shortcut_get_action (shortcut);

  if (GTK_IS_CALLBACK_ACTION (action))
    return g_str_has_prefix (G_OBJECT_TYPE_NAME (widget), "Grove");
  for (gsize i = 0; GTK_IS_NAMED_ACTION (action) && i < G_N_ELEMENTS (groups); i++)
    if (g_str_has_prefix (gtk_named_action_get_action_name (GTK_NAMED_ACTION (action)), groups[i]))
      return TRUE;
  return FALSE;
}

static void
add_trigger (GHashTable *keys, GtkShortcutTrigger *trigger)
{
  if (GTK_IS_ALTERNATIVE_TRIGGER (trigger))
    {
      add_trigger (keys, gtk_alternative_trigger_get_first (GTK_ALTERNATIVE_TRIGGER (trigger)));
      add_trigger (keys, gtk_alternative_trigger_get_second (GTK_ALTERNATIVE_TRIGGER (trigger)));
    }
  else if (GTK_IS_KEYVAL_TRIGGER (trigger))
    {
      g_autofree char *text = gtk_shortcut_trigger_to_string (trigger);

      /* The same key once more, on the number pad. */
      if (strstr (text, "KP_") == NULL)
        add (keys, text);
    }
}

static void
add_controllers (GHashTable *keys, GtkWidget *widget)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);
  guint n = g_list_model_get_n_items (controllers);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);
      guint n_shortcuts = GTK_IS_SHORTCUT_CONTROLLER (controller)
                            ? g_list_model_get_n_items (G_LIST_MODEL (controller))
                            : 0;

      for (guint k = 0; k < n_shortcuts; k++)
        {
          g_autoptr (GtkShortcut) shortcut = g_list_model_get_item (G_LIST_MODEL (controller), k);

          if (is_ours (widget, shortcut))
            add_trigger (keys, gtk_shortcut_get_trigger (shortcut));
        }
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    add_controllers (keys, child);
}

static void
add_shown (GHashTable *keys, GtkWidget *widget)
{
  if (GTK_IS_SHORTCUTS_SHORTCUT (widget))
    {
      g_autofree char *accelerator = NULL, *title = NULL;
      g_auto (GStrv) parts = NULL;

      g_object_get (widget, "accelerator", &accelerator, "title", &title, NULL);
      g_assert_nonnull (accelerator);
      g_assert_true (title != NULL && title[0] != '\0');
      parts = g_strsplit (accelerator, " ", -1);
      for (char **part = parts; *part != NULL; part++)
        add (keys, *part);
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    add_shown (keys, child);
}

static guint
complain_of_missing (GHashTable *keys, GHashTable *where, const char *what)
{
  GHashTableIter iter;
  gpointer       key;
  guint          n = 0;

  g_hash_table_iter_init (&iter, keys);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (!g_hash_table_contains (where, key))
      {
        g_test_message ("%s: %s", (const char *) key, what);
        n++;
      }
  return n;
}

static void
test_complete (void)
{
  GtkWidget *window = grove_window_new (application);
  g_autoptr (GHashTable) used = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) shown = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GtkWidget) term_view = NULL;
  guint n_wrong;

  add_accelerators (used);
  g_assert_cmpuint (g_hash_table_size (used), >, 10);
  add_controllers (used, window);
  term_view = g_object_ref_sink (grove_term_view_new ());
  add_controllers (used, term_view);
  add_all (used, read_by_widgets, G_N_ELEMENTS (read_by_widgets));
  add_all (used, read_by_toolkit, G_N_ELEMENTS (read_by_toolkit));
  add_shown (shown, GTK_WIDGET (
                      gtk_application_window_get_help_overlay (GTK_APPLICATION_WINDOW (window))));
  n_wrong = complain_of_missing (used, shown, "not in the window of shortcuts");
  n_wrong += complain_of_missing (shown, used, "shown, but does nothing");
  g_assert_cmpuint (n_wrong, ==, 0);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* Each accelerator names an action that there is. */
static void
test_actions (void)
{
  GtkWidget *window = grove_window_new (application);
  g_auto (GStrv) actions = gtk_application_list_action_descriptions (application);

  for (char **detailed = actions; *detailed != NULL; detailed++)
    {
      g_autofree char *name = NULL;
      g_autoptr (GVariant) target = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_true (g_action_parse_detailed_name (*detailed, &name, &target, &error));
      g_assert_no_error (error);
      if (g_str_has_prefix (name, "win."))
        g_assert_true (g_action_group_has_action (G_ACTION_GROUP (window), name + 4));
      else if (g_str_has_prefix (name, "app."))
        g_assert_true (g_action_group_has_action (G_ACTION_GROUP (application), name + 4));
      if (g_str_equal (name, "win.view"))
        g_assert_nonnull (
          grove_window_get_view (GROVE_WINDOW (window), g_variant_get_string (target, NULL)));
    }
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  g_autofree char *runtime = g_dir_make_tmp ("grove-shortcuts-XXXXXX", NULL);
  g_autoptr (GError) error = NULL;
  int result;

  g_setenv ("XDG_RUNTIME_DIR", runtime, TRUE);
  grove_ui_test_init (&argc, &argv);
  application = GTK_APPLICATION (grove_application_new ());
  g_application_register (G_APPLICATION (application), NULL, &error);
  g_assert_no_error (error);
  g_test_add_func ("/ui/shortcuts/complete", test_complete);
  g_test_add_func ("/ui/shortcuts/actions", test_actions);
  result = g_test_run ();
  g_clear_object (&application);
  g_rmdir (runtime);
  return result;
}
