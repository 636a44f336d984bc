/* SPDX-License-Identifier: MIT
 *
 * Applications of a real node in the window: what is said before one is stopped that others need,
 * or started that needs others. Run by node.py, with grange.erl.
 */
#include "tests/e2e/activity.h"

#include <string.h>

static void
click (GtkWidget *widget)
{
  grove_ui_test_settle (widget);
  grove_ui_test_click (widget, GROVE_UI_TEST_LEFT);
}

/* Shows the details of that row, which has this button. */
static GtkWidget *
open_details (WindowFixture *fixture, GroveActivityView *view, const char *name, const char *label)
{
  GtkWidget *button = NULL;

  activity_select (fixture, activity_await_row (fixture, "name", name));
  grove_ui_test_key (GTK_WIDGET (fixture->window), GDK_KEY_Return, 0);
  GROVE_WAIT (activity_details_read (fixture, name) &&
                (button = grove_ui_test_find (GTK_WIDGET (view), GTK_TYPE_BUTTON, label, NULL)) !=
                  NULL,
              WINDOW_PATIENCE_MS);
  return button;
}

static void
test_window (WindowFixture *fixture, gconstpointer data)
{
  g_autofree char   *target = g_strconcat ("beam:", g_getenv ("GROVE_TEST_NODE"), NULL);
  GroveActivityView *view;
  GtkWidget         *button;

  g_test_summary ("Who needs it, and what it needs, is said first; what the node runs on stays");
  window_fixture_open (fixture, target);
  GROVE_WAIT (grove_session_get_state (fixture->session) == GROVE_SESSION_LIVE, WINDOW_PATIENCE_MS);
  view = activity_open (fixture, "Applications");

  button = open_details (fixture, view, "stdlib", "S_top…");
  g_assert_false (gtk_widget_is_sensitive (button));
  g_assert_nonnull (strstr (gtk_widget_get_tooltip_text (button), "system itself runs on stdlib"));

  click (open_details (fixture, view, "barn", "S_top…"));
  window_answer ("barn",
                 "Its 6 processes end. 1 application runs that needs it, and may fail without it: "
                 "hay. It "
                 "is permanent",
                 "Stop");
  GROVE_WAIT (window_has_toast (fixture, "Stopped barn: 6 processes ended; hay needs it"),
              WINDOW_PATIENCE_MS);

  click (open_details (fixture, view, "cow", "S_tart…"));
  window_answer ("cow", "All that it needs runs. If it ends later, the system goes on", "Start");
  GROVE_WAIT (window_has_toast (fixture, "Started cow"), WINDOW_PATIENCE_MS);

  click (open_details (fixture, view, "rider", "S_tart…"));
  window_answer ("rider", "1 application that it needs is started before it: rust.", "Start");
  GROVE_WAIT (window_has_toast (fixture, "rider did not start, since rust"), WINDOW_PATIENCE_MS);
}

int
main (int argc, char **argv)
{
  window_tests_init (&argc, &argv);
  window_test_add_bare ("/e2e/beam-application-window/window", test_window, NULL);
  return window_tests_run ();
}
