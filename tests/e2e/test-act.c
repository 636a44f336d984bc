/* SPDX-License-Identifier: MIT
 *
 * What a person does to a process in the window, by mouse and keyboard, and what comes of it: on
 * the screen, and in the shop itself, seen over a second session.
 */
#include "tests/e2e/window.h"

#include "ui/grove-graph-private.h"
#include "ui/grove-process-cell.h"
#include "ui/grove-process-view.h"
#include "ui/grove-term-dialog.h"

#include <string.h>

/* The siblings of the counter, which must stay who they are. */
static const char *const siblings[] = { "counter_lookups", "counter_orders", "counter_parcels",
                                        "counter_payments", "counter_errors" };

static void
get_siblings (WindowFixture *fixture, char *pids[G_N_ELEMENTS (siblings)])
{
  for (gsize i = 0; i < G_N_ELEMENTS (siblings); i++)
    {
      pids[i] = grove_test_wire_find_pid (fixture->wire, siblings[i]);
      g_assert_nonnull (pids[i]);
    }
}

static void
assert_siblings_untouched (WindowFixture *fixture, char *pids[G_N_ELEMENTS (siblings)])
{
  for (gsize i = 0; i < G_N_ELEMENTS (siblings); i++)
    {
      g_autofree char *now = grove_test_wire_find_pid (fixture->wire, siblings[i]);

      g_assert_cmpstr (now, ==, pids[i]);
      g_assert_cmpint (shop_get_restarts (fixture->wire, now), ==, 0);
      g_free (pids[i]);
    }
}

/* ---- Killing -----------------------------------------------------------------------------------
 */

typedef struct
{
  const char *old;
  char       *now; /* its successor, once a frame showed it */
} Succession;

/* A cell with the counter's name and another pid than before. */
static gboolean
is_cell_of_successor (GtkWidget *widget, gpointer user_data)
{
  Succession *succession = user_data;
  const char *pid, *text;

  if (!GROVE_IS_PROCESS_CELL (widget))
    return FALSE;
  pid = grove_process_cell_get_pid (GROVE_PROCESS_CELL (widget));
  text = grove_ui_test_get_text (gtk_widget_get_last_child (widget));
  if (pid == NULL || g_strcmp0 (text, SHOP_COUNTER) != 0 || g_strcmp0 (pid, succession->old) == 0)
    return FALSE;
  succession->now = g_strdup (pid);
  return TRUE;
}

static gboolean
sees_row_of_successor (WindowFixture *fixture, gpointer user_data)
{
  GtkWidget *view = grove_window_get_view (fixture->window, "processes");

  return grove_ui_test_find_if (view, is_cell_of_successor, user_data) != NULL;
}

/* In the graph: the node in the counter's place, marked as restarted once. */
static gboolean
sees_node_of_successor (WindowFixture *fixture, gpointer user_data)
{
  Succession *succession = user_data;
  GroveGraph *graph =
    GROVE_GRAPH (grove_ui_test_find (GTK_WIDGET (fixture->window), GROVE_TYPE_GRAPH, NULL, NULL));

  for (guint i = 0; i < graph->scene->n_nodes; i++)
    {
      const GroveGraphNode *node = &graph->scene->nodes[i];

      if (g_strcmp0 (node->name, SHOP_COUNTER) == 0 && g_strcmp0 (node->id, succession->old) != 0 &&
          node->restarts == 1 && window_graph_shows (fixture, node->id))
        {
          succession->now = g_strdup (node->id);
          return TRUE;
        }
    }
  return FALSE;
}

/* Presses Delete and follows what comes of it: on the screen, and in truth. */
static void
kill_and_check (WindowFixture *fixture, const char *old, WindowSeen is_seen)
{
  Succession       succession = { old, NULL };
  char            *pids[G_N_ELEMENTS (siblings)];
  g_autofree char *actual = NULL;
  gint64           started_us, seen_us;

  get_siblings (fixture, pids);
  started_us = g_get_monotonic_time ();
  grove_ui_test_send_key (GDK_KEY_Delete, 0);
  seen_us = window_await_frame (fixture, is_seen, &succession);
  g_print ("# kill-to-screen %.1f ms\n", (double) (seen_us - started_us) / 1000);

  actual = grove_test_wire_find_pid (fixture->wire, SHOP_COUNTER);
  g_assert_cmpstr (actual, ==, succession.now);
  g_assert_cmpint (shop_get_restarts (fixture->wire, actual), ==, 1);
  g_assert_cmpint (grove_test_wire_call_error (fixture->wire, "process.get", "{\"pid\":\"%s\"}",
                                               old),
                   ==, -32003);
  assert_siblings_untouched (fixture, pids);
  GROVE_WAIT (window_has_toast (fixture, succession.now), WINDOW_PATIENCE_MS);
  g_free (succession.now);
}

static void
test_kill_from_graph (WindowFixture *fixture, gconstpointer data)
{
  g_autofree char *old = grove_test_wire_find_pid (fixture->wire, SHOP_COUNTER);

  g_test_summary ("A click on a node and Delete; its successor is drawn in its place");
  window_select_in_graph (fixture, SHOP_COUNTER, old);
  kill_and_check (fixture, old, sees_node_of_successor);
}

/* Whether the tree has come as far as that process. */
static gboolean
is_in_tree (GtkWidget *view, const char *pid)
{
  g_autoptr (GroveTarget) target = grove_target_new (pid, "");

  grove_process_view_tell (GROVE_PROCESS_VIEW (view), target);
  return target->known;
}

static void
test_kill_from_tree (WindowFixture *fixture, gconstpointer data)
{
  GtkWidget       *view = grove_window_get_view (fixture->window, "processes");
  g_autofree char *old = grove_test_wire_find_pid (fixture->wire, SHOP_COUNTER);
  GtkWidget       *cell = NULL;

  grove_window_show_view (fixture->window, "processes");
  grove_process_view_set_shape (GROVE_PROCESS_VIEW (view), GROVE_SHAPE_TREE);
  GROVE_WAIT (grove_window_is_filled (fixture->window, "processes") && is_in_tree (view, old),
              WINDOW_PATIENCE_MS);
  grove_process_view_reveal (GROVE_PROCESS_VIEW (view), old);
  GROVE_WAIT ((cell = window_find_row (fixture, old)) != NULL, WINDOW_PATIENCE_MS);
  grove_ui_test_settle (cell);
  grove_ui_test_click (cell, GROVE_UI_TEST_LEFT);
  GROVE_WAIT (g_strcmp0 (grove_session_get_selected (fixture->session), old) == 0,
              WINDOW_PATIENCE_MS);
  kill_and_check (fixture, old, sees_row_of_successor);
}

static void
test_kill_from_table (WindowFixture *fixture, gconstpointer data)
{
  g_autofree char *old = grove_test_wire_find_pid (fixture->wire, SHOP_COUNTER);

  window_select_in_table (fixture, SHOP_COUNTER, old);
  /* Rows hold still while one points at them: point elsewhere. */
  grove_ui_test_move (grove_window_get_view (fixture->window, "status"), 20, 5);
  kill_and_check (fixture, old, sees_row_of_successor);
}

static void
test_kill_by_menu (WindowFixture *fixture, gconstpointer data)
{
  static const char *const path[] = { "Kill", NULL };
  g_autofree char         *old = grove_test_wire_find_pid (fixture->wire, SHOP_COUNTER);
  Succession               succession = { old, NULL };

  window_choose_from_menu (window_select_in_table (fixture, SHOP_COUNTER, old), path);
  window_await_frame (fixture, sees_row_of_successor, &succession);
  g_assert_cmpint (shop_get_restarts (fixture->wire, succession.now), ==, 1);
  g_free (succession.now);
}

/* What takes others along is not done without asking. */
static void
test_kill_supervisor_asks (WindowFixture *fixture, gconstpointer data)
{
  g_autofree char *old = grove_test_wire_find_pid (fixture->wire, SHOP_COUNTER_SUPERVISOR);
  g_autofree char *still = NULL, *now = NULL;
  GtkWindow       *dialog = NULL;
  GtkWidget       *button;

  window_select_in_table (fixture, SHOP_COUNTER_SUPERVISOR, old);
  for (int i = 0; i < 2; i++)
    {
      grove_ui_test_key (GTK_WIDGET (fixture->window), GDK_KEY_Delete, 0);
      GROVE_WAIT ((dialog = grove_ui_test_find_window (ADW_TYPE_MESSAGE_DIALOG)) != NULL,
                  WINDOW_PATIENCE_MS);
      grove_ui_test_settle (GTK_WIDGET (dialog));
      button =
        grove_ui_test_find (GTK_WIDGET (dialog), GTK_TYPE_LABEL, i == 0 ? "Cancel" : "Kill", NULL);
      g_assert_nonnull (button);
      /* The second time round: cancelling had no effect. */
      g_free (still);
      still = grove_test_wire_find_pid (fixture->wire, SHOP_COUNTER_SUPERVISOR);
      g_assert_cmpstr (still, ==, old);
      grove_ui_test_click (button, GROVE_UI_TEST_LEFT);
      GROVE_WAIT (grove_ui_test_find_window (ADW_TYPE_MESSAGE_DIALOG) == NULL, WINDOW_PATIENCE_MS);
    }
  GROVE_WAIT (window_has_toast (fixture, SHOP_COUNTER_SUPERVISOR), WINDOW_PATIENCE_MS);
  now = grove_test_wire_find_pid (fixture->wire, SHOP_COUNTER_SUPERVISOR);
  g_assert_cmpstr (now, !=, old);
}

/* ---- Other ways to go --------------------------------------------------------------------------
 */

static char *
get_exit_reason (WindowFixture *fixture, const char *pid)
{
  struct json_object *error = NULL, *exited;
  char               *reason;

  g_assert_null (
    grove_test_wire_call (fixture->wire, "process.get", &error, "{\"pid\":\"%s\"}", pid));
  exited = grove_test_json_object (grove_test_json_object (error, "data"), "exited");
  reason = g_strdup (grove_test_json_string (exited, "reason"));
  json_object_put (error);
  return reason;
}

static void
test_exit_with_reason (WindowFixture *fixture, gconstpointer data)
{
  static const char *const path[] = { "Exit with Reason…", NULL };
  g_autofree char         *old = grove_test_wire_find_pid (fixture->wire, SHOP_COUNTER);
  g_autofree char         *reason = NULL;
  Succession               succession = { old, NULL };
  GtkWindow               *dialog = NULL;
  GtkWidget               *entry;

  window_choose_from_menu (window_select_in_table (fixture, SHOP_COUNTER, old), path);
  GROVE_WAIT ((dialog = grove_ui_test_find_window (GROVE_TYPE_TERM_DIALOG)) != NULL,
              WINDOW_PATIENCE_MS);
  grove_ui_test_settle (GTK_WIDGET (dialog));
  entry = grove_ui_test_find (GTK_WIDGET (dialog), GTK_TYPE_TEXT, NULL, NULL);
  g_assert_nonnull (entry);
  grove_ui_test_click (entry, GROVE_UI_TEST_LEFT);

  /* What is no term is refused, and one goes on typing where one was. */
  grove_ui_test_key (GTK_WIDGET (dialog), GDK_KEY_a, GDK_CONTROL_MASK);
  grove_ui_test_type (GTK_WIDGET (dialog), "{retired, 42");
  grove_ui_test_key (GTK_WIDGET (dialog), GDK_KEY_Return, 0);
  GROVE_WAIT (grove_ui_test_find (GTK_WIDGET (dialog), GTK_TYPE_LABEL, NULL, "error") != NULL,
              WINDOW_PATIENCE_MS);
  g_assert_cmpint (shop_get_restarts (fixture->wire, old), ==, 0);

  grove_ui_test_type (GTK_WIDGET (dialog), "}");
  grove_ui_test_key (GTK_WIDGET (dialog), GDK_KEY_Return, 0);
  window_await_frame (fixture, sees_row_of_successor, &succession);
  GROVE_WAIT (grove_ui_test_find_window (GROVE_TYPE_TERM_DIALOG) == NULL, WINDOW_PATIENCE_MS);
  GROVE_WAIT (window_has_toast (fixture, succession.now), WINDOW_PATIENCE_MS);
  reason = get_exit_reason (fixture, old);
  g_assert_cmpstr (reason, ==, "{retired,42}");
  g_free (succession.now);
}

static void
test_restart (WindowFixture *fixture, gconstpointer data)
{
  g_autofree char *old = grove_test_wire_find_pid (fixture->wire, SHOP_COUNTER);
  Succession       succession = { old, NULL };
  char            *pids[G_N_ELEMENTS (siblings)];
  GtkWidget       *inspector, *button = NULL;

  get_siblings (fixture, pids);
  window_select_in_table (fixture, SHOP_COUNTER, old);
  grove_window_set_inspector_visible (fixture->window, TRUE);
  inspector = grove_window_get_view (fixture->window, "inspector");
  GROVE_WAIT (grove_window_is_filled (fixture->window, "inspector"), WINDOW_PATIENCE_MS);
  GROVE_WAIT ((button = grove_ui_test_find (inspector, GTK_TYPE_LABEL, "Restart", NULL)) != NULL,
              WINDOW_PATIENCE_MS);
  grove_ui_test_settle (button);
  grove_ui_test_click (button, GROVE_UI_TEST_LEFT);
  window_await_frame (fixture, sees_row_of_successor, &succession);
  GROVE_WAIT (window_has_toast (fixture, succession.now), WINDOW_PATIENCE_MS);
  assert_siblings_untouched (fixture, pids);
  g_free (succession.now);
}

/* ---- Priority ----------------------------------------------------------------------------------
 */

static char *
get_priority (WindowFixture *fixture, const char *pid)
{
  struct json_object *info = shop_get (fixture->wire, pid);
  char               *priority = g_strdup (grove_test_json_string (info, "priority"));

  json_object_put (info);
  return priority;
}

/* Whether the inspector's row reads @priority. */
static gboolean
row_shows (GtkWidget *row, const char *priority)
{
  GtkStringObject *item = adw_combo_row_get_selected_item (ADW_COMBO_ROW (row));

  return item != NULL && g_str_equal (gtk_string_object_get_string (item), priority);
}

static void
test_priority_from_inspector (WindowFixture *fixture, gconstpointer data)
{
  g_autofree char *pid = grove_test_wire_find_pid (fixture->wire, SHOP_COUNTER);
  g_autofree char *before = get_priority (fixture, pid);
  g_autofree char *after = NULL;
  GtkWidget       *inspector, *row = NULL, *popover = NULL, *choice = NULL;

  g_assert_cmpstr (before, ==, "normal");
  window_select_in_table (fixture, SHOP_COUNTER, pid);
  grove_window_set_inspector_visible (fixture->window, TRUE);
  inspector = grove_window_get_view (fixture->window, "inspector");
  GROVE_WAIT (grove_window_is_filled (fixture->window, "inspector"), WINDOW_PATIENCE_MS);
  GROVE_WAIT ((row = grove_ui_test_find (inspector, ADW_TYPE_COMBO_ROW, NULL, NULL)) != NULL,
              WINDOW_PATIENCE_MS);
  GROVE_WAIT (row_shows (row, "normal"), WINDOW_PATIENCE_MS);
  /* It may be further down than the pane shows. */
  g_assert_true (gtk_widget_grab_focus (row));
  grove_ui_test_settle (row);
  grove_ui_test_click (row, GROVE_UI_TEST_LEFT);
  GROVE_WAIT ((popover = grove_ui_test_find (row, GTK_TYPE_POPOVER, NULL, NULL)) != NULL &&
                (choice = grove_ui_test_find (popover, GTK_TYPE_LABEL, "high", NULL)) != NULL,
              WINDOW_PATIENCE_MS);
  grove_ui_test_settle (choice);
  grove_ui_test_click (choice, GROVE_UI_TEST_LEFT);
  GROVE_WAIT (window_has_toast (fixture, "high"), WINDOW_PATIENCE_MS);
  after = get_priority (fixture, pid);
  g_assert_cmpstr (after, ==, "high");
  GROVE_WAIT (row_shows (row, "high"), WINDOW_PATIENCE_MS);

  /* What somebody else makes of it is shown too. */
  json_object_put (grove_test_wire_call (fixture->wire, "process.set_priority", NULL,
                                         "{\"pid\":\"%s\",\"priority\":\"low\"}", pid));
  GROVE_WAIT (row_shows (row, "low"), WINDOW_PATIENCE_MS);
}

/* ---- Suspending --------------------------------------------------------------------------------
 */

static gboolean
has_status (WindowFixture *fixture, const char *pid, const char *status)
{
  struct json_object *info = shop_get (fixture->wire, pid);
  gboolean            has = g_str_equal (grove_test_json_string (info, "status"), status);

  json_object_put (info);
  return has;
}

/* By the inspector's button, which then offers the other; the chip counts, and shows, what stands
 * still. By the key and the menu it is the same. */
static void
test_suspend (WindowFixture *fixture, gconstpointer data)
{
  static const char *const path[] = { "Suspend", NULL };
  g_autofree char         *pid = grove_test_wire_find_pid (fixture->wire, SHOP_COUNTER);
  GtkWidget               *window = GTK_WIDGET (fixture->window);
  GtkWidget               *inspector, *button = NULL, *chip = NULL;

  window_select_in_table (fixture, SHOP_COUNTER, pid);
  grove_window_set_inspector_visible (fixture->window, TRUE);
  inspector = grove_window_get_view (fixture->window, "inspector");
  GROVE_WAIT (grove_window_is_filled (fixture->window, "inspector"), WINDOW_PATIENCE_MS);
  GROVE_WAIT ((button = grove_ui_test_find (inspector, GTK_TYPE_LABEL, "Suspend", NULL)) != NULL,
              WINDOW_PATIENCE_MS);
  grove_ui_test_settle (button);
  grove_ui_test_click (button, GROVE_UI_TEST_LEFT);
  GROVE_WAIT (window_has_toast (fixture, "Suspended " SHOP_COUNTER), WINDOW_PATIENCE_MS);
  g_assert_true (has_status (fixture, pid, "suspended"));
  GROVE_WAIT ((chip = grove_ui_test_find (window, GTK_TYPE_LABEL, "Suspended 1", NULL)) != NULL,
              WINDOW_PATIENCE_MS);
  window_type_filter (fixture, "");
  grove_ui_test_settle (chip);
  grove_ui_test_click (chip, GROVE_UI_TEST_LEFT);
  GROVE_WAIT (window_count_rows (fixture) == 1 && window_find_row (fixture, pid) != NULL,
              WINDOW_PATIENCE_MS);

  GROVE_WAIT ((button = grove_ui_test_find (inspector, GTK_TYPE_LABEL, "Resume", NULL)) != NULL,
              WINDOW_PATIENCE_MS);
  grove_ui_test_settle (button);
  grove_ui_test_click (button, GROVE_UI_TEST_LEFT);
  GROVE_WAIT (window_has_toast (fixture, "Resumed " SHOP_COUNTER), WINDOW_PATIENCE_MS);
  g_assert_false (has_status (fixture, pid, "suspended"));
  GROVE_WAIT (grove_ui_test_find (window, GTK_TYPE_LABEL, "Suspended", NULL) != NULL,
              WINDOW_PATIENCE_MS);
  chip = grove_ui_test_find (window, GTK_TYPE_LABEL, "All", NULL);
  grove_ui_test_click (chip, GROVE_UI_TEST_LEFT);

  window_choose_from_menu (window_select_in_table (fixture, SHOP_COUNTER, pid), path);
  GROVE_WAIT (has_status (fixture, pid, "suspended"), WINDOW_PATIENCE_MS);
  grove_ui_test_key (window, GDK_KEY_F8, GDK_SHIFT_MASK);
  GROVE_WAIT (!has_status (fixture, pid, "suspended"), WINDOW_PATIENCE_MS);
  grove_ui_test_key (window, GDK_KEY_F8, 0);
  GROVE_WAIT (has_status (fixture, pid, "suspended"), WINDOW_PATIENCE_MS);

  /* Who leaves the system lets go of all. */
  grove_session_close (fixture->session);
  GROVE_WAIT (!has_status (fixture, pid, "suspended"), WINDOW_PATIENCE_MS);
}

int
main (int argc, char **argv)
{
  window_tests_init (&argc, &argv);
  window_test_add ("/e2e/kill-from-graph", test_kill_from_graph);
  window_test_add ("/e2e/kill-from-tree", test_kill_from_tree);
  window_test_add ("/e2e/kill-from-table", test_kill_from_table);
  window_test_add ("/e2e/kill-by-menu", test_kill_by_menu);
  window_test_add ("/e2e/kill-supervisor-asks", test_kill_supervisor_asks);
  window_test_add ("/e2e/exit-with-reason", test_exit_with_reason);
  window_test_add ("/e2e/restart", test_restart);
  window_test_add ("/e2e/priority-from-inspector", test_priority_from_inspector);
  window_test_add ("/e2e/suspend", test_suspend);
  return window_tests_run ();
}
