/* SPDX-License-Identifier: MIT
 *
 * The window around the views, by mouse and keyboard on the real shop: the palette that finds
 * anything, the preferences and what they change, other systems, and what is remembered.
 */
#include "tests/e2e/window.h"

#include "ui/grove-connect-dialog.h"
#include "ui/grove-finder.h"
#include "ui/grove-preferences-window.h"
#include "ui/grove-preferences.h"

#include <string.h>

/* ---- The palette --------------------------------------------------------------------------------
 */

static GtkWidget *
get_finder (WindowFixture *fixture)
{
  return grove_ui_test_find (GTK_WIDGET (fixture->window), GROVE_TYPE_FINDER, NULL, NULL);
}

static const char *
get_selected_title (WindowFixture *fixture)
{
  GtkWidget *finder = get_finder (fixture);
  GtkWidget *list =
    finder != NULL ? grove_ui_test_find (finder, GTK_TYPE_LIST_BOX, NULL, NULL) : NULL;
  GtkListBoxRow *row = list != NULL ? gtk_list_box_get_selected_row (GTK_LIST_BOX (list)) : NULL;
  GtkWidget     *label =
    row != NULL ? grove_ui_test_find (GTK_WIDGET (row), GTK_TYPE_LABEL, NULL, NULL) : NULL;

  return label != NULL ? gtk_label_get_text (GTK_LABEL (label)) : NULL;
}

/* Ctrl+K, types, and waits until @title is what Enter would choose. */
static void
find_in_palette (WindowFixture *fixture, const char *typed, const char *title)
{
  GtkWidget *window = GTK_WIDGET (fixture->window);

  GROVE_WAIT (gtk_window_is_active (GTK_WINDOW (window)), WINDOW_PATIENCE_MS);
  grove_ui_test_key (window, GDK_KEY_k, GDK_CONTROL_MASK);
  GROVE_WAIT (get_finder (fixture) != NULL &&
                GTK_IS_TEXT (gtk_root_get_focus (GTK_ROOT (window))) &&
                gtk_widget_is_ancestor (gtk_root_get_focus (GTK_ROOT (window)),
                                        get_finder (fixture)),
              WINDOW_PATIENCE_MS);
  grove_ui_test_type (window, typed);
  GROVE_WAIT (g_strcmp0 (get_selected_title (fixture), title) == 0, WINDOW_PATIENCE_MS);
}

static void
choose_in_palette (WindowFixture *fixture, const char *typed, const char *title)
{
  find_in_palette (fixture, typed, title);
  grove_ui_test_key (GTK_WIDGET (fixture->window), GDK_KEY_Return, 0);
  GROVE_WAIT (get_finder (fixture) == NULL, WINDOW_PATIENCE_MS);
}

static void
test_palette_process (WindowFixture *fixture, gconstpointer data)
{
  g_autofree char *pid = grove_test_wire_find_pid (fixture->wire, SHOP_COUNTER);

  g_test_summary ("A process is found by its name, by parts of it, and by its pid");
  choose_in_palette (fixture, SHOP_COUNTER, SHOP_COUNTER);
  GROVE_WAIT (g_strcmp0 (grove_session_get_selected (fixture->session), pid) == 0,
              WINDOW_PATIENCE_MS);
  GROVE_WAIT (gtk_widget_get_mapped (grove_window_get_view (fixture->window, "inspector")),
              WINDOW_PATIENCE_MS);
  grove_session_set_selected (fixture->session, NULL);
  choose_in_palette (fixture, "visits counter", SHOP_COUNTER);
  GROVE_WAIT (g_strcmp0 (grove_session_get_selected (fixture->session), pid) == 0,
              WINDOW_PATIENCE_MS);
  grove_session_set_selected (fixture->session, NULL);
  choose_in_palette (fixture, pid, SHOP_COUNTER);
  GROVE_WAIT (g_strcmp0 (grove_session_get_selected (fixture->session), pid) == 0,
              WINDOW_PATIENCE_MS);
}

static void
test_palette_application (WindowFixture *fixture, gconstpointer data)
{
  g_test_summary ("Applications are found beside the processes of that name");
  find_in_palette (fixture, "billing", "billing");
  GROVE_WAIT (grove_ui_test_find (get_finder (fixture), GTK_TYPE_LABEL, "Application", NULL) !=
                NULL,
              WINDOW_PATIENCE_MS);
  grove_ui_test_key (GTK_WIDGET (fixture->window), GDK_KEY_Escape, 0);
  GROVE_WAIT (get_finder (fixture) == NULL, WINDOW_PATIENCE_MS);
}

static void
test_palette_commands (WindowFixture *fixture, gconstpointer data)
{
  g_autofree char *pid = grove_test_wire_find_pid (fixture->wire, SHOP_COUNTER), *now = NULL;
  GAction         *pause = g_action_map_lookup_action (G_ACTION_MAP (fixture->window), "pause");

  g_test_summary ("What menus, keys and buttons do can be found by name and done");
  choose_in_palette (fixture, "mailb", "Mailboxes");
  GROVE_WAIT (gtk_widget_get_mapped (grove_window_get_view (fixture->window, "mailboxes")),
              WINDOW_PATIENCE_MS);
  choose_in_palette (fixture, "pause", "Hold the Views Still, or Let Them Go On");
  GROVE_WAIT (grove_session_get_paused (fixture->session), WINDOW_PATIENCE_MS);
  g_action_change_state (pause, g_variant_new_boolean (FALSE));

  grove_session_set_selected (fixture->session, pid);
  choose_in_palette (fixture, "kill", "Kill");
  GROVE_WAIT (window_has_toast (fixture, SHOP_COUNTER), WINDOW_PATIENCE_MS);
  now = grove_test_wire_find_pid (fixture->wire, SHOP_COUNTER);
  g_assert_cmpstr (now, !=, pid);
}

static void
test_palette_reasons (WindowFixture *fixture, gconstpointer data)
{
  GtkWidget *window = GTK_WIDGET (fixture->window);

  g_test_summary ("What cannot be done is found too, and says why; Escape leaves");
  GROVE_WAIT (gtk_window_is_active (GTK_WINDOW (window)), WINDOW_PATIENCE_MS);
  grove_ui_test_key (window, GDK_KEY_k, GDK_CONTROL_MASK);
  GROVE_WAIT (get_finder (fixture) != NULL, WINDOW_PATIENCE_MS);
  grove_ui_test_type (window, "priority high");
  GROVE_WAIT (grove_ui_test_find (get_finder (fixture), GTK_TYPE_LABEL, "Select a process first",
                                  NULL) != NULL,
              WINDOW_PATIENCE_MS);
  g_assert_null (get_selected_title (fixture));
  grove_ui_test_key (window, GDK_KEY_Return, 0);
  g_assert_nonnull (get_finder (fixture));
  grove_ui_test_key (window, GDK_KEY_Escape, 0);
  GROVE_WAIT (get_finder (fixture) == NULL, WINDOW_PATIENCE_MS);
}

/* ---- Preferences --------------------------------------------------------------------------------
 */

static void
test_preferences (WindowFixture *fixture, gconstpointer data)
{
  GrovePreferences *preferences = grove_preferences_get ();
  GtkWindow        *window;
  GtkWidget        *spin;
  guint             interval_ms = 0;

  g_test_summary ("What is set in the preferences holds at once in the window");
  choose_in_palette (fixture, "once a second", "Update Rate: Once a Second");
  GROVE_WAIT (grove_preferences_get_update_interval_ms (preferences) == 1000, WINDOW_PATIENCE_MS);
  g_object_get (fixture->session, "min-interval-ms", &interval_ms, NULL);
  g_assert_cmpuint (interval_ms, ==, 1000);
  choose_in_palette (fixture, "terms elixir", "Terms: Elixir");
  GROVE_WAIT (g_str_equal (grove_session_get_syntax (fixture->session), "elixir"),
              WINDOW_PATIENCE_MS);

  grove_ui_test_key (GTK_WIDGET (fixture->window), GDK_KEY_comma, GDK_CONTROL_MASK);
  GROVE_WAIT ((window = grove_ui_test_find_window (GROVE_TYPE_PREFERENCES_WINDOW)) != NULL &&
                gtk_window_is_active (window),
              WINDOW_PATIENCE_MS);
  g_assert_nonnull (
    grove_ui_test_find (GTK_WIDGET (window), GTK_TYPE_LABEL, "Once a Second", NULL));
  spin = GTK_WIDGET (gtk_widget_get_template_child (GTK_WIDGET (window),
                                                    GROVE_TYPE_PREFERENCES_WINDOW, "warning_spin"));
  gtk_widget_grab_focus (spin);
  grove_ui_test_key (GTK_WIDGET (window), GDK_KEY_a, GDK_CONTROL_MASK);
  grove_ui_test_type (GTK_WIDGET (window), "70");
  grove_ui_test_key (GTK_WIDGET (window), GDK_KEY_Return, 0);
  GROVE_WAIT (grove_preferences_get_mailbox_warning (preferences) == 70, WINDOW_PATIENCE_MS);
  gtk_window_close (window);
  grove_preferences_reset (preferences);
}

static void
test_confirm (WindowFixture *fixture, gconstpointer data)
{
  g_autofree char *pid = grove_test_wire_find_pid (fixture->wire, SHOP_COUNTER);
  g_autofree char *supervisor = grove_test_wire_find_pid (fixture->wire, SHOP_COUNTER_SUPERVISOR);
  g_autofree char *now = NULL;
  GtkWindow       *dialog = NULL;

  g_test_summary ("Which commands ask first is as the preferences say");
  g_object_set (grove_preferences_get (), "confirm", "always", NULL);
  window_select_in_table (fixture, SHOP_COUNTER, pid);
  grove_ui_test_key (GTK_WIDGET (fixture->window), GDK_KEY_Delete, 0);
  GROVE_WAIT ((dialog = grove_ui_test_find_window (ADW_TYPE_MESSAGE_DIALOG)) != NULL &&
                gtk_window_is_active (dialog),
              WINDOW_PATIENCE_MS);
  grove_ui_test_key (GTK_WIDGET (dialog), GDK_KEY_Escape, 0);
  GROVE_WAIT (grove_ui_test_find_window (ADW_TYPE_MESSAGE_DIALOG) == NULL &&
                gtk_window_is_active (GTK_WINDOW (fixture->window)),
              WINDOW_PATIENCE_MS);
  now = grove_test_wire_find_pid (fixture->wire, SHOP_COUNTER);
  g_assert_cmpstr (now, ==, pid);

  g_object_set (grove_preferences_get (), "confirm", "never", NULL);
  window_select_in_table (fixture, SHOP_COUNTER_SUPERVISOR, supervisor);
  grove_ui_test_key (GTK_WIDGET (fixture->window), GDK_KEY_Delete, 0);
  GROVE_WAIT (window_has_toast (fixture, supervisor), WINDOW_PATIENCE_MS);
  g_assert_null (grove_ui_test_find_window (ADW_TYPE_MESSAGE_DIALOG));
  grove_preferences_reset (grove_preferences_get ());
}

/* ---- Systems ------------------------------------------------------------------------------------
 */

#define OTHER "shop-beside"

static void
wait_for_system (WindowFixture *fixture, const char *name)
{
  GROVE_WAIT (grove_session_get_state (fixture->session) == GROVE_SESSION_LIVE &&
                g_strcmp0 (grove_session_get_system_name (fixture->session), name) == 0,
              WINDOW_PATIENCE_MS);
}

static void
open_dialog (WindowFixture *fixture, GtkWindow **ret_dialog)
{
  GROVE_WAIT (gtk_window_is_active (GTK_WINDOW (fixture->window)), WINDOW_PATIENCE_MS);
  /* GDK takes a popover's grab for ended only when the pointer moves, as people's does. */
  grove_ui_test_move (GTK_WIDGET (fixture->window), 600, 500);
  grove_ui_test_key (GTK_WIDGET (fixture->window), GDK_KEY_o, GDK_CONTROL_MASK);
  GROVE_WAIT ((*ret_dialog = grove_ui_test_find_window (GROVE_TYPE_CONNECT_DIALOG)) != NULL &&
                gtk_window_is_active (*ret_dialog) &&
                GTK_IS_TEXT (gtk_root_get_focus (GTK_ROOT (*ret_dialog))),
              WINDOW_PATIENCE_MS);
}

static void
open_picker (WindowFixture *fixture, GtkWidget *button)
{
  GROVE_WAIT (gtk_window_is_active (GTK_WINDOW (fixture->window)) && gtk_widget_get_mapped (button),
              WINDOW_PATIENCE_MS);
  grove_ui_test_settle (button);
  grove_ui_test_click (button, GROVE_UI_TEST_LEFT);
  GROVE_WAIT (grove_ui_test_find (button, GTK_TYPE_POPOVER, NULL, NULL) != NULL,
              WINDOW_PATIENCE_MS);
}

/* What runs is in the picker, what does not any more is among the recent ones. */
static void
test_systems (WindowFixture *fixture, gconstpointer data)
{
  const char *const argv[] = { GROVE_SHOP_PROGRAM, "--name", OTHER, NULL };
  GroveTestSystem  *other = grove_test_system_start (OTHER, argv);
  GtkWidget        *button =
    GTK_WIDGET (gtk_widget_get_template_child (GTK_WIDGET (fixture->window), GROVE_TYPE_WINDOW,
                                               "system_button"));
  GtkWidget *row = NULL;
  GtkWindow *dialog;

  g_test_summary ("One goes from system to system by the picker, the dialog and the recent ones");
  open_picker (fixture, button);
  GROVE_WAIT ((row = grove_ui_test_find (button, GTK_TYPE_LABEL, OTHER, NULL)) != NULL,
              WINDOW_PATIENCE_MS);
  grove_ui_test_settle (row);
  grove_ui_test_click (row, GROVE_UI_TEST_LEFT);
  wait_for_system (fixture, OTHER);
  GROVE_WAIT (grove_ui_test_find (button, GTK_TYPE_POPOVER, NULL, NULL) == NULL,
              WINDOW_PATIENCE_MS);

  open_dialog (fixture, &dialog);
  grove_ui_test_key (GTK_WIDGET (dialog), GDK_KEY_a, GDK_CONTROL_MASK);
  grove_ui_test_type (GTK_WIDGET (dialog), SHOP);
  grove_ui_test_key (GTK_WIDGET (dialog), GDK_KEY_Return, 0);
  wait_for_system (fixture, SHOP);

  grove_test_system_stop (other, OTHER);
  open_picker (fixture, button);
  GROVE_WAIT (grove_ui_test_find (button, GTK_TYPE_LABEL, "Recent", NULL) != NULL,
              WINDOW_PATIENCE_MS);
  GROVE_WAIT ((row = grove_ui_test_find (button, ADW_TYPE_ACTION_ROW, NULL, NULL)) != NULL,
              WINDOW_PATIENCE_MS);
  g_assert_cmpstr (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)), ==, OTHER);
  grove_ui_test_settle (row);
  grove_ui_test_click (grove_ui_test_find (row, GTK_TYPE_BUTTON, NULL, NULL), GROVE_UI_TEST_LEFT);
  GROVE_WAIT (grove_ui_test_find (button, ADW_TYPE_ACTION_ROW, NULL, NULL) == NULL,
              WINDOW_PATIENCE_MS);
  gtk_menu_button_popdown (GTK_MENU_BUTTON (button));
}

static void
test_cancel (WindowFixture *fixture, gconstpointer data)
{
  GtkWindow *dialog;
  GtkWidget *cancel = NULL;

  g_test_summary ("A connection that takes its time says what it waits for, and can be given up");
  window_fixture_open (fixture, "exec:sleep 1000");
  GROVE_WAIT (window_shows (fixture, "Connecting to sleep…") &&
                window_shows (fixture, "Waiting for what the command connects to"),
              WINDOW_PATIENCE_MS);
  GROVE_WAIT ((cancel = grove_ui_test_find (GTK_WIDGET (fixture->window), GTK_TYPE_BUTTON,
                                            "_Cancel", NULL)) != NULL,
              WINDOW_PATIENCE_MS);
  grove_ui_test_settle (cancel);
  grove_ui_test_click (cancel, GROVE_UI_TEST_LEFT);
  GROVE_WAIT (grove_session_get_state (fixture->session) == GROVE_SESSION_IDLE, WINDOW_PATIENCE_MS);

  /* What is wrong with an address is said where it was typed. */
  open_dialog (fixture, &dialog);
  grove_ui_test_key (GTK_WIDGET (dialog), GDK_KEY_a, GDK_CONTROL_MASK);
  grove_ui_test_type (GTK_WIDGET (dialog), "say 'hello");
  grove_ui_test_key (GTK_WIDGET (dialog), GDK_KEY_Return, 0);
  GROVE_WAIT (grove_ui_test_find (GTK_WIDGET (dialog), GTK_TYPE_LABEL, NULL, "error") != NULL,
              WINDOW_PATIENCE_MS);
  grove_ui_test_key (GTK_WIDGET (dialog), GDK_KEY_Escape, 0);
  GROVE_WAIT (grove_ui_test_find_window (GROVE_TYPE_CONNECT_DIALOG) == NULL, WINDOW_PATIENCE_MS);
}

static void
note_sample (GroveSession *session, gboolean *came)
{
  *came = TRUE;
}

static void
wait_for_sample (WindowFixture *fixture)
{
  gboolean came = FALSE;
  gulong   handler =
    g_signal_connect_after (fixture->session, "sample", G_CALLBACK (note_sample), &came);

  GROVE_WAIT (came, WINDOW_PATIENCE_MS);
  g_signal_handler_disconnect (fixture->session, handler);
}

static void
test_lost (WindowFixture *fixture, gconstpointer data)
{
  GtkWidget *page = GTK_WIDGET (
    gtk_widget_get_template_child (GTK_WIDGET (fixture->window), GROVE_TYPE_WINDOW, "unseen_page"));

  g_test_summary ("When the system is lost what was seen stays; what was not says so until it is "
                  "back");
  grove_window_show_view (fixture->window, "overview");
  GROVE_WAIT (grove_window_is_filled (fixture->window, "overview"), WINDOW_PATIENCE_MS);
  wait_for_sample (fixture);
  window_fixture_stop (fixture);
  GROVE_WAIT (grove_session_get_state (fixture->session) == GROVE_SESSION_LOST, WINDOW_PATIENCE_MS);
  GROVE_WAIT (window_shows (fixture, "Reconnecting…"), WINDOW_PATIENCE_MS);
  g_assert_false (gtk_widget_get_visible (page));
  grove_window_show_view (fixture->window, "processes");
  g_assert_true (gtk_widget_get_visible (page));
  window_fixture_start_shop (fixture);
  wait_for_system (fixture, SHOP);
  g_assert_false (gtk_widget_get_visible (page));
  GROVE_WAIT (grove_window_is_filled (fixture->window, "processes"), WINDOW_PATIENCE_MS);
}

static void
test_silent (WindowFixture *fixture, gconstpointer data)
{
  g_test_summary ("A system that is stopped has not answered for so long; it does again");
  window_check_silence (fixture, (int) grove_test_system_get_pid (fixture->system));
}

/* ---- Memory -------------------------------------------------------------------------------------
 */

static void
test_memory (WindowFixture *fixture, gconstpointer data)
{
  int width = 0, height = 0;

  g_test_summary ("The next window opens as the last was closed, on what one was on");
  grove_window_show_view (fixture->window, "mailboxes");
  grove_window_set_inspector_visible (fixture->window, TRUE);
  grove_session_set_filter (fixture->session, "name~counter");
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 1111, 777);
  grove_ui_test_settle (GTK_WIDGET (fixture->window));
  g_object_add_weak_pointer (G_OBJECT (fixture->window), (gpointer *) &fixture->window);
  gtk_window_close (GTK_WINDOW (fixture->window));
  GROVE_WAIT (fixture->window == NULL, WINDOW_PATIENCE_MS);

  window_fixture_open (fixture, SHOP);
  wait_for_system (fixture, SHOP);
  gtk_window_get_default_size (GTK_WINDOW (fixture->window), &width, &height);
  g_assert_cmpint (width, ==, 1111);
  g_assert_cmpint (height, ==, 777);
  GROVE_WAIT (gtk_widget_get_mapped (grove_window_get_view (fixture->window, "mailboxes")) &&
                gtk_widget_get_mapped (grove_window_get_view (fixture->window, "inspector")),
              WINDOW_PATIENCE_MS);
  g_assert_cmpstr (grove_session_get_filter (fixture->session), ==, "name~counter");
}

int
main (int argc, char **argv)
{
  window_tests_init (&argc, &argv);
  window_test_add ("/e2e/frame/palette-process", test_palette_process);
  window_test_add ("/e2e/frame/palette-application", test_palette_application);
  window_test_add ("/e2e/frame/palette-commands", test_palette_commands);
  window_test_add ("/e2e/frame/palette-reasons", test_palette_reasons);
  window_test_add ("/e2e/frame/preferences", test_preferences);
  window_test_add ("/e2e/frame/confirm", test_confirm);
  window_test_add ("/e2e/frame/systems", test_systems);
  window_test_add_bare ("/e2e/frame/cancel", test_cancel, NULL);
  window_test_add ("/e2e/frame/lost", test_lost);
  window_test_add ("/e2e/frame/silent", test_silent);
  window_test_add ("/e2e/frame/memory", test_memory);
  return window_tests_run ();
}
