/* SPDX-License-Identifier: MIT
 *
 * More than one window at a time: two on the same system, two on different ones, and the window of
 * a source. What is chosen, filtered, killed or lost in one is so in that one alone.
 */
#include "tests/e2e/window.h"

#include "ui/grove-source-file.h"
#include "ui/grove-source-window.h"

#include <string.h>

#define SLEEPERS_NAME "windows-sleepers"

static void
open_live (WindowFixture *fixture, const char *target)
{
  window_fixture_open (fixture, target);
  GROVE_WAIT (grove_session_get_state (fixture->session) == GROVE_SESSION_LIVE, WINDOW_PATIENCE_MS);
}

static void
count (GroveSession *session, guint *n)
{
  (*n)++;
}

static void
test_same_system (WindowFixture *fixture, gconstpointer data)
{
  g_autofree char *pid = grove_test_wire_find_pid (fixture->wire, "auditor_3");
  g_autofree char *counter = grove_test_wire_find_pid (fixture->wire, SHOP_COUNTER);
  WindowFixture    other = *fixture;

  g_test_summary ("Two windows on one system have each their own view, filter and selection");
  grove_window_show_view (fixture->window, "processes");
  GROVE_WAIT (window_count_rows (fixture) > 12, WINDOW_PATIENCE_MS);
  open_live (&other, SHOP);
  g_assert_true (other.session != fixture->session);
  window_select_in_table (&other, "auditor_3", pid);
  g_assert_cmpstr (grove_session_get_filter (fixture->session), ==, "");
  g_assert_null (grove_session_get_selected (fixture->session));

  gtk_widget_activate_action (GTK_WIDGET (other.window), "win.kill", NULL);
  GROVE_WAIT (window_has_toast (&other, "auditor_3"), WINDOW_PATIENCE_MS);
  g_assert_false (window_has_toast (fixture, "auditor_3"));

  /* Nor is one held still with the other. */
  grove_session_set_paused (other.session, TRUE);
  g_assert_false (grove_session_get_paused (fixture->session));
  window_fixture_close (&other);
  window_select_in_table (fixture, SHOP_COUNTER, counter);
}

static void
test_different_systems (WindowFixture *fixture, gconstpointer data)
{
  const char *const argv[] = { SLEEPERS, SLEEPERS_NAME, "20", NULL };
  g_autofree char  *counter = grove_test_wire_find_pid (fixture->wire, SHOP_COUNTER);
  WindowFixture     other = { 0 };
  guint             n_samples = 0;

  g_test_summary ("Two windows on two systems: one is lost, and the other goes on");
  window_fixture_start (&other, SLEEPERS_NAME, argv);
  open_live (&other, SLEEPERS_NAME);
  grove_window_show_view (other.window, "processes");
  GROVE_WAIT (window_count_rows (&other) > 12, WINDOW_PATIENCE_MS);
  g_assert_false (window_shows (&other, SHOP_COUNTER));
  g_assert_cmpstr (grove_session_get_system_name (other.session), ==, SLEEPERS_NAME);
  g_assert_cmpstr (grove_session_get_system_name (fixture->session), ==, SHOP);

  window_fixture_stop (&other);
  GROVE_WAIT (grove_session_get_state (other.session) == GROVE_SESSION_LOST, WINDOW_PATIENCE_MS);
  GROVE_WAIT (window_shows (&other, "was shut down"), WINDOW_PATIENCE_MS);
  /* Its rows stay, however short they were there. */
  g_assert_false (window_shows (&other, "Not Seen Before"));
  g_assert_cmpint (grove_session_get_state (fixture->session), ==, GROVE_SESSION_LIVE);
  g_assert_false (window_shows (fixture, "was shut down"));
  g_signal_connect (fixture->session, "sample", G_CALLBACK (count), &n_samples);
  GROVE_WAIT (n_samples >= 2, WINDOW_PATIENCE_MS);
  window_fixture_close (&other);
  window_select_in_table (fixture, SHOP_COUNTER, counter);
}

/* ---- Sources ------------------------------------------------------------------------------------
 */

static GroveSourceWindow *
open_source (WindowFixture *fixture, const char *file, int line)
{
  GtkWindow *window = NULL;

  grove_source_window_open (GTK_WINDOW (fixture->window), fixture->session, file, line, "worker");
  GROVE_WAIT ((window = grove_ui_test_find_window (GROVE_TYPE_SOURCE_WINDOW)) != NULL &&
                gtk_widget_get_mapped (GTK_WIDGET (window)),
              WINDOW_PATIENCE_MS);
  return GROVE_SOURCE_WINDOW (window);
}

static void
close_source (GroveSourceWindow *window)
{
  GROVE_WAIT (gtk_window_is_active (GTK_WINDOW (window)), WINDOW_PATIENCE_MS);
  grove_ui_test_key (GTK_WIDGET (window), GDK_KEY_Escape, 0);
  GROVE_WAIT (grove_ui_test_find_window (GROVE_TYPE_SOURCE_WINDOW) == NULL, WINDOW_PATIENCE_MS);
}

static void
test_source (WindowFixture *fixture, gconstpointer data)
{
  AdwStyleManager   *manager = adw_style_manager_get_default ();
  g_autofree char   *root = g_test_build_filename (G_TEST_DIST, "..", NULL);
  GroveSourceWindow *window;
  GtkWidget         *view;
  GtkTextBuffer     *buffer;
  GtkTextIter        cursor, end;
  g_autofree char   *line = NULL;

  g_test_summary ("A source is shown at its line, in light and dark; one that is nowhere says so");
  grove_source_file_add_folder (root);
  window = open_source (fixture, "runtime/examples/slow-worker.c", 3);
  GROVE_WAIT (grove_source_window_is_filled (window), WINDOW_PATIENCE_MS);
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (window)), ==, "slow-worker.c:3");
  view = grove_ui_test_find (GTK_WIDGET (window), GTK_TYPE_TEXT_VIEW, NULL, NULL);
  g_assert_nonnull (view);
  g_test_message ("it is a %s", G_OBJECT_TYPE_NAME (view));
#ifdef GROVE_HAVE_SOURCEVIEW
  g_assert_cmpstr (G_OBJECT_TYPE_NAME (view), ==, "GtkSourceView");
#endif
  g_assert_false (gtk_text_view_get_editable (GTK_TEXT_VIEW (view)));
  buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (view));
  gtk_text_buffer_get_iter_at_mark (buffer, &cursor, gtk_text_buffer_get_insert (buffer));
  g_assert_cmpint (gtk_text_iter_get_line (&cursor), ==, 2);
  gtk_text_buffer_get_start_iter (buffer, &cursor);
  end = cursor;
  gtk_text_iter_forward_to_line_end (&end);
  line = gtk_text_buffer_get_text (buffer, &cursor, &end, FALSE);
  g_assert_nonnull (strstr (line, "SPDX-License-Identifier"));
  adw_style_manager_set_color_scheme (manager, ADW_COLOR_SCHEME_FORCE_DARK);
  grove_ui_test_settle (GTK_WIDGET (window));
  adw_style_manager_set_color_scheme (manager, ADW_COLOR_SCHEME_FORCE_LIGHT);
  grove_ui_test_settle (GTK_WIDGET (window));
  close_source (window);

  window = open_source (fixture, "nowhere/that-is-not-there.c", 12);
  GROVE_WAIT (grove_ui_test_find (GTK_WIDGET (window), GTK_TYPE_LABEL, NULL, NULL) != NULL &&
                grove_ui_test_find (GTK_WIDGET (window), ADW_TYPE_STATUS_PAGE, NULL, NULL) != NULL,
              WINDOW_PATIENCE_MS);
  g_assert_false (grove_source_window_is_filled (window));
  close_source (window);
}

int
main (int argc, char **argv)
{
  window_tests_init (&argc, &argv);
  window_test_add ("/e2e/windows/same-system", test_same_system);
  window_test_add ("/e2e/windows/different-systems", test_different_systems);
  window_test_add ("/e2e/windows/source", test_source);
  return window_tests_run ();
}
