/* SPDX-License-Identifier: MIT
 *
 * Applications by a person's hand: where one is shown it can be stopped, and where it does not run
 * started, after it was said what that will mean; and it is said why not where it cannot be.
 */
#include "tests/e2e/activity.h"

#include <string.h>

#define APPLICATION "billing"

/* What the system itself says, asked over another connection. */
static gboolean
runs (WindowFixture *fixture)
{
  json_object *info = grove_test_wire_call (fixture->wire, "system.info", NULL, "{}");
  json_object *names = grove_test_json_object (info, "applications");
  gboolean     found = FALSE;

  for (gsize i = 0; i < json_object_array_length (names); i++)
    found = found || g_str_equal (json_object_get_string (json_object_array_get_idx (names, i)),
                                  APPLICATION);
  json_object_put (info);
  return found;
}

static void
click (GtkWidget *widget)
{
  grove_ui_test_settle (widget);
  grove_ui_test_click (widget, GROVE_UI_TEST_LEFT);
}

static GtkWidget *
await_button (GtkWidget *below, const char *label)
{
  GtkWidget *button = NULL;

  GROVE_WAIT ((button = grove_ui_test_find (below, GTK_TYPE_BUTTON, label, NULL)) != NULL &&
                gtk_widget_is_sensitive (button),
              WINDOW_PATIENCE_MS);
  return button;
}

static void
test_in_its_table (WindowFixture *fixture, gconstpointer data)
{
  GroveActivityView *view = activity_open (fixture, "Applications");
  GtkWidget         *cell = activity_await_row (fixture, "name", APPLICATION);

  g_test_summary ("From the details of its row: stopped, shown as not running, started again");
  activity_select (fixture, cell);
  grove_ui_test_key (GTK_WIDGET (fixture->window), GDK_KEY_Return, 0);
  click (await_button (GTK_WIDGET (view), "S_top…"));
  window_answer (APPLICATION, "processes end", "Cancel");
  g_assert_true (runs (fixture));

  click (await_button (GTK_WIDGET (view), "S_top…"));
  window_answer (APPLICATION, "processes end", "Stop");
  GROVE_WAIT (window_has_toast (fixture, "Stopped " APPLICATION), WINDOW_PATIENCE_MS);
  g_assert_false (runs (fixture));
  GROVE_WAIT (window_shows (fixture, "Not running"), WINDOW_PATIENCE_MS);

  click (await_button (GTK_WIDGET (view), "S_tart…"));
  window_answer (APPLICATION, "All that it needs runs", "Start");
  GROVE_WAIT (window_has_toast (fixture, "Started " APPLICATION), WINDOW_PATIENCE_MS);
  g_assert_true (runs (fixture));
  await_button (GTK_WIDGET (view), "S_top…");

  /* Who did it is told like any other command. */
  activity_open (fixture, "What Was Done");
  activity_await_row (fixture, "command", "Stop application");
}

static void
test_in_the_processes (WindowFixture *fixture, gconstpointer data)
{
  static const char *const labels[] = { "Stop Application…", NULL };
  g_autofree char         *pid = grove_test_wire_find_pid (fixture->wire, APPLICATION);
  g_autofree char         *other = grove_test_wire_find_pid (fixture->wire, SHOP_COUNTER);
  GActionGroup            *actions = G_ACTION_GROUP (fixture->window);

  g_test_summary ("From the menu of its root, and of nothing else");
  window_select_in_graph (fixture, SHOP_COUNTER, other);
  g_assert_false (g_action_group_get_action_enabled (actions, "stop-selected-application"));
  window_choose_from_menu (window_select_in_table (fixture, "name:" APPLICATION, pid), labels);
  window_answer (APPLICATION, "processes end", "Stop");
  GROVE_WAIT (window_has_toast (fixture, "Stopped " APPLICATION), WINDOW_PATIENCE_MS);
  g_assert_false (runs (fixture));
}

static gboolean
stops_it (GtkWidget *widget, gpointer data)
{
  return GTK_IS_BUTTON (widget) &&
         g_strcmp0 (gtk_widget_get_tooltip_text (widget), "Stop " APPLICATION "…") == 0;
}

static gboolean
has_it_in_a_popover (GtkWidget **ret_button)
{
  GtkWidget *popover = grove_ui_test_find_anywhere (GTK_TYPE_POPOVER, NULL, NULL);

  *ret_button = popover != NULL ? grove_ui_test_find_if (popover, stops_it, NULL) : NULL;
  return *ret_button != NULL;
}

static void
test_in_the_graph (WindowFixture *fixture, gconstpointer data)
{
  GtkWidget *label = NULL, *button = NULL;

  g_test_summary ("Beside its name, where it is chosen which are drawn");
  grove_ui_test_key (GTK_WIDGET (fixture->window), GDK_KEY_2, GDK_CONTROL_MASK);
  GROVE_WAIT ((label = grove_ui_test_find (GTK_WIDGET (fixture->window), GTK_TYPE_LABEL,
                                           "All Applications", NULL)) != NULL,
              WINDOW_PATIENCE_MS);
  click (label);
  GROVE_WAIT (has_it_in_a_popover (&button), WINDOW_PATIENCE_MS);
  click (button);
  window_answer (APPLICATION, "processes end", "Stop");
  GROVE_WAIT (window_has_toast (fixture, "Stopped " APPLICATION), WINDOW_PATIENCE_MS);
  g_assert_false (runs (fixture));
}

static void
test_only_looked_at (WindowFixture *fixture, gconstpointer data)
{
  const char *const  argv[] = { GROVE_SHOP_PROGRAM, "--read-only", NULL };
  GroveActivityView *view;
  GtkWidget         *button = NULL;

  g_test_summary ("The button of one that may not be stopped says why");
  fixture->name = SHOP;
  fixture->system = grove_test_system_start (SHOP, argv);
  fixture->wire = grove_test_wire_connect_to (SHOP, "observe");
  window_fixture_open (fixture, SHOP);
  GROVE_WAIT (grove_session_get_state (fixture->session) == GROVE_SESSION_LIVE, WINDOW_PATIENCE_MS);
  view = activity_open (fixture, "Applications");
  activity_select (fixture, activity_await_row (fixture, "name", APPLICATION));
  grove_ui_test_key (GTK_WIDGET (fixture->window), GDK_KEY_Return, 0);
  GROVE_WAIT ((button = grove_ui_test_find (GTK_WIDGET (view), GTK_TYPE_BUTTON, "S_top…", NULL)) !=
                NULL,
              WINDOW_PATIENCE_MS);
  g_assert_false (gtk_widget_is_sensitive (button));
  g_assert_nonnull (strstr (gtk_widget_get_tooltip_text (button), "may only be observed"));
}

int
main (int argc, char **argv)
{
  window_tests_init (&argc, &argv);
  window_test_add ("/e2e/applications/in-its-table", test_in_its_table);
  window_test_add ("/e2e/applications/in-the-processes", test_in_the_processes);
  window_test_add ("/e2e/applications/in-the-graph", test_in_the_graph);
  window_test_add_bare ("/e2e/applications/only-looked-at", test_only_looked_at, NULL);
  return window_tests_run ();
}
