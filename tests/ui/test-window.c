/* SPDX-License-Identifier: MIT
 *
 * The window without a system: what it says, what can be done, what cannot and why. With a system
 * it is tested end to end.
 */
#include "tests/support/grove-ui-test.h"
#include "ui/grove-application.h"
#include "ui/grove-menus.h"
#include "ui/grove-palette.h"
#include "ui/grove-preferences.h"
#include "ui/grove-spinner.h"
#include "ui/grove-term-dialog.h"
#include "ui/grove-window.h"

#include <glib/gstdio.h>

static GtkApplication *application;

typedef struct
{
  GroveWindow *window;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->window = GROVE_WINDOW (grove_window_new (application));
  gtk_window_present (GTK_WINDOW (fixture->window));
  GROVE_WAIT (gtk_widget_get_mapped (GTK_WIDGET (fixture->window)), GROVE_PATIENCE_MS);
  grove_ui_test_settle (GTK_WIDGET (fixture->window));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_object_add_weak_pointer (G_OBJECT (fixture->window), (gpointer *) &fixture->window);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  GROVE_WAIT (fixture->window == NULL, GROVE_PATIENCE_MS);
}

static GtkWidget *
find (Fixture *fixture, GType type, const char *text)
{
  return grove_ui_test_find (GTK_WIDGET (fixture->window), type, text, NULL);
}

static gboolean
is_enabled (Fixture *fixture, const char *action)
{
  return g_action_group_get_action_enabled (G_ACTION_GROUP (fixture->window), action);
}

static void
test_nothing_running (Fixture *fixture, gconstpointer data)
{
  g_test_summary ("With nothing to connect to the window says how to start something");
  g_assert_nonnull (find (fixture, GTK_TYPE_LABEL, "./ui/demo"));
  g_assert_nonnull (find (fixture, GTK_TYPE_LABEL, "Choose a System"));
}

static void
test_no_commands (Fixture *fixture, gconstpointer data)
{
  static const char *const actions[] = { "kill",        "exit",    "restart",      "priority",
                                         "copy-pid",    "inspect", "show-in-tree", "show-in-table",
                                         "pause",       "find",    "view",         "disconnect",
                                         "show-process" };

  for (gsize i = 0; i < G_N_ELEMENTS (actions); i++)
    g_assert_false (is_enabled (fixture, actions[i]));
  g_assert_true (is_enabled (fixture, "connect"));
}

static void
test_reason_in_tooltip (Fixture *fixture, gconstpointer data)
{
  GtkWidget *inspector = grove_window_get_view (fixture->window, "inspector");
  GtkWidget *button =
    GTK_WIDGET (gtk_widget_get_template_child (inspector, GROVE_TYPE_INSPECTOR, "kill_button"));

  g_test_summary ("A control that cannot be used says why");
  g_assert_false (gtk_widget_is_sensitive (button));
  g_assert_cmpstr (gtk_widget_get_tooltip_text (button), ==, "Select a process first");
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  GroveSession *session = grove_window_get_session (fixture->window);
  GtkWidget    *button;

  grove_window_open (fixture->window, "nobody-of-this-name");
  GROVE_WAIT (grove_session_get_state (session) == GROVE_SESSION_REFUSED, GROVE_PATIENCE_MS);
  GROVE_WAIT (find (fixture, GTK_TYPE_BUTTON, "_Try Again") != NULL ||
                find (fixture, GTK_TYPE_BUTTON, "Try Again") != NULL,
              GROVE_PATIENCE_MS);
  button = find (fixture, GTK_TYPE_BUTTON, "Choose _Another");
  if (button == NULL)
    button = find (fixture, GTK_TYPE_BUTTON, "Choose Another");
  g_assert_nonnull (button);
  grove_ui_test_settle (button);
  grove_ui_test_click (button, GROVE_UI_TEST_LEFT);
  GROVE_WAIT (grove_session_get_state (session) == GROVE_SESSION_IDLE, GROVE_PATIENCE_MS);
  GROVE_WAIT (find (fixture, GTK_TYPE_LABEL, "Choose a System") != NULL, GROVE_PATIENCE_MS);
}

static void
test_typed_target (Fixture *fixture, gconstpointer data)
{
  GtkWidget *entry = find (fixture, ADW_TYPE_ENTRY_ROW, NULL);

  g_assert_nonnull (entry);
  gtk_widget_grab_focus (entry);
  grove_ui_test_type (GTK_WIDGET (fixture->window), "nobody");
  grove_ui_test_key (GTK_WIDGET (fixture->window), GDK_KEY_Return, 0);
  GROVE_WAIT (grove_session_get_state (grove_window_get_session (fixture->window)) ==
                GROVE_SESSION_REFUSED,
              GROVE_PATIENCE_MS);
  g_assert_cmpstr (grove_session_get_target (grove_window_get_session (fixture->window)), ==,
                   "nobody");
}

/* ---- Accessibility ------------------------------------------------------------------------------
 */

static gboolean
has_words (GtkWidget *widget)
{
  const char *text = grove_ui_test_get_text (widget);

  if (text != NULL && text[0] != '\0')
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (has_words (child))
      return TRUE;
  return FALSE;
}

static void
check_labels (GtkWidget *widget)
{
  /* What GTK makes itself (the window's buttons, the parts of an entry) is GTK's to label. */
  if (g_type_is_a (G_OBJECT_TYPE (widget), GTK_TYPE_WINDOW_CONTROLS))
    return;
  if ((GTK_IS_BUTTON (widget) || GTK_IS_MENU_BUTTON (widget) || GTK_IS_SEARCH_ENTRY (widget) ||
       GTK_IS_SPINNER (widget) || GROVE_IS_SPINNER (widget) || GTK_IS_COLUMN_VIEW (widget)) &&
      !GTK_IS_MENU_BUTTON (gtk_widget_get_parent (widget)) &&
      !GROVE_IS_SPINNER (gtk_widget_get_parent (widget)))
    {
      if (!gtk_test_accessible_has_property (GTK_ACCESSIBLE (widget),
                                             GTK_ACCESSIBLE_PROPERTY_LABEL) &&
          !gtk_test_accessible_has_relation (GTK_ACCESSIBLE (widget),
                                             GTK_ACCESSIBLE_RELATION_LABELLED_BY) &&
          !has_words (widget))
        g_error ("%s '%s' has no accessible label", G_OBJECT_TYPE_NAME (widget),
                 gtk_buildable_get_buildable_id (GTK_BUILDABLE (widget)));
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    check_labels (child);
}

static void
test_labels (Fixture *fixture, gconstpointer data)
{
  static const char *const views[] = { "overview",  "processes", "mailboxes",
                                       "inspector", "status",    "connect" };

  g_test_summary ("Every control of every view has an accessible label");
  for (gsize i = 0; i < G_N_ELEMENTS (views); i++)
    {
      g_assert_nonnull (grove_window_get_view (fixture->window, views[i]));
      check_labels (grove_window_get_view (fixture->window, views[i]));
    }
}

/* ---- Dialogs and menus --------------------------------------------------------------------------
 */

static void
note_reason (GroveTermDialog *dialog, const char *reason, char **ret_reason)
{
  g_free (*ret_reason);
  *ret_reason = g_strdup (reason);
}

static void
test_term_dialog (Fixture *fixture, gconstpointer data)
{
  static const GroveTermQuestion question = {
    .title = "Exit",
    .prompt = "Reason",
    .text = "shutdown",
    .example = "Such as normal.",
    .empty = "A reason is needed, for example shutdown.",
    .button = "_Exit",
  };
  GroveTermDialog *dialog =
    grove_term_dialog_new (GTK_WINDOW (fixture->window), &question, "counter <0.1.0>");
  g_autofree char *reason = NULL;
  GtkWidget       *entry;

  g_signal_connect (dialog, "chosen", G_CALLBACK (note_reason), &reason);
  gtk_window_present (GTK_WINDOW (dialog));
  GROVE_WAIT (gtk_widget_get_mapped (GTK_WIDGET (dialog)), GROVE_PATIENCE_MS);
  entry = grove_ui_test_find (GTK_WIDGET (dialog), ADW_TYPE_ENTRY_ROW, NULL, NULL);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (entry)), ==, "shutdown");
  grove_ui_test_settle (GTK_WIDGET (dialog));
  g_assert_true (gtk_widget_is_ancestor (gtk_root_get_focus (GTK_ROOT (dialog)), entry));
  g_signal_emit_by_name (entry, "entry-activated");
  g_assert_cmpstr (reason, ==, "shutdown");

  g_clear_pointer (&reason, g_free);
  gtk_editable_set_text (GTK_EDITABLE (entry), "   ");
  g_signal_emit_by_name (entry, "entry-activated");
  g_assert_null (reason);
  g_assert_nonnull (grove_ui_test_find (GTK_WIDGET (dialog), GTK_TYPE_LABEL,
                                        "A reason is needed, for example shutdown.", NULL));

  grove_term_dialog_set_error (dialog, "no term: expected }");
  g_assert_nonnull (
    grove_ui_test_find (GTK_WIDGET (dialog), GTK_TYPE_LABEL, "no term: expected }", NULL));
  gtk_editable_set_text (GTK_EDITABLE (entry), "{a}");
  g_assert_null (
    grove_ui_test_find (GTK_WIDGET (dialog), GTK_TYPE_LABEL, "no term: expected }", NULL));
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
check_items (GMenuModel *menu, Fixture *fixture)
{
  for (int i = 0; i < g_menu_model_get_n_items (menu); i++)
    {
      g_autofree char *action = NULL;
      g_autoptr (GMenuModel) section = g_menu_model_get_item_link (menu, i, G_MENU_LINK_SECTION);
      g_autoptr (GMenuModel) submenu = g_menu_model_get_item_link (menu, i, G_MENU_LINK_SUBMENU);

      if (section != NULL)
        check_items (section, fixture);
      if (submenu != NULL)
        check_items (submenu, fixture);
      if (g_menu_model_get_item_attribute (menu, i, G_MENU_ATTRIBUTE_ACTION, "s", &action))
        {
          g_assert_true (g_str_has_prefix (action, "win."));
          g_assert_true (g_action_group_has_action (G_ACTION_GROUP (fixture->window), action + 4));
        }
    }
}

static void
test_menu (Fixture *fixture, gconstpointer data)
{
  g_test_summary ("Each item of the process menu names an action that there is");
  g_assert_cmpint (g_menu_model_get_n_items (grove_process_menu ()), >, 0);
  check_items (grove_process_menu (), fixture);
}

/* ---- Palette ------------------------------------------------------------------------------------
 */

static void
assert_same_colours (const GroveColours *a, const GroveColours *b)
{
  const float *x = (const float *) a, *y = (const float *) b;

  for (gsize i = 0; i < offsetof (GroveColours, dark) / sizeof *x; i++)
    g_assert_cmpfloat_with_epsilon (x[i], y[i], 0.003);
  g_assert_cmpint (a->dark, ==, b->dark);
}

static void
test_palette (Fixture *fixture, gconstpointer data)
{
  AdwStyleManager    *manager = adw_style_manager_get_default ();
  const GrovePalette *palette;
  GdkRGBA             light;
  GroveColours        without_display;

  g_test_summary (
    "Colours are looked up anew when the style turns dark, and back, and are those of "
    "pictures drawn without a display");
  adw_style_manager_set_color_scheme (manager, ADW_COLOR_SCHEME_FORCE_LIGHT);
  grove_ui_test_settle (GTK_WIDGET (fixture->window));
  palette = grove_palette_get (GTK_WIDGET (fixture->window));
  g_assert_false (palette->dark);
  g_assert_cmpfloat (palette->fg.red, <, 0.5);
  grove_colours_init_light (&without_display);
  assert_same_colours (&palette->colours, &without_display);
  light = palette->view;
  g_assert_false (
    gdk_rgba_equal (grove_palette_get_mailbox (palette, 0),
                    grove_palette_get_mailbox (palette, GROVE_MAILBOX_ALARM_DEFAULT)));

  adw_style_manager_set_color_scheme (manager, ADW_COLOR_SCHEME_FORCE_DARK);
  grove_ui_test_settle (GTK_WIDGET (fixture->window));
  palette = grove_palette_get (GTK_WIDGET (fixture->window));
  g_assert_true (palette->dark);
  g_assert_cmpfloat (palette->fg.red, >, 0.5);
  grove_colours_init_dark (&without_display);
  assert_same_colours (&palette->colours, &without_display);
  g_assert_false (gdk_rgba_equal (&palette->view, &light));

  adw_style_manager_set_color_scheme (manager, ADW_COLOR_SCHEME_DEFAULT);
}

int
main (int argc, char **argv)
{
  g_autofree char *runtime = g_dir_make_tmp ("grove-window-XXXXXX", NULL);
  g_autoptr (GError) error = NULL;
  int result;

  /* Systems of the person who runs the tests are none of theirs. */
  g_setenv ("XDG_RUNTIME_DIR", runtime, TRUE);
  grove_ui_test_init (&argc, &argv);
  application = GTK_APPLICATION (grove_application_new ());
  g_application_register (G_APPLICATION (application), NULL, &error);
  g_assert_no_error (error);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/ui/window/nothing-running", test_nothing_running);
  ADD ("/ui/window/no-commands", test_no_commands);
  ADD ("/ui/window/reason-in-tooltip", test_reason_in_tooltip);
  ADD ("/ui/window/refused", test_refused);
  ADD ("/ui/window/typed-target", test_typed_target);
  ADD ("/ui/window/labels", test_labels);
  ADD ("/ui/window/term-dialog", test_term_dialog);
  ADD ("/ui/window/menu", test_menu);
  ADD ("/ui/palette/dark", test_palette);
  result = g_test_run ();
  g_clear_object (&application);
  g_rmdir (runtime);
  return result;
}
