/* SPDX-License-Identifier: MIT
 *
 * What happened and what was done, as the window tells it: a kill in the graph is found again in
 * the events and in the audit, a crash with all that is known of it, rows hold still while one
 * reads, and what is on the screen can be taken along.
 */
#include "tests/e2e/activity.h"

#include "observer/grove-command.h"
#include "ui/grove-activity-page.h"
#include "ui/grove-row-save.h"

#include <string.h>

static GroveActivityPage *
get_page (GroveActivityView *view)
{
  return GROVE_ACTIVITY_PAGE (
    grove_ui_test_find (GTK_WIDGET (view), GROVE_TYPE_ACTIVITY_PAGE, NULL, NULL));
}

/* ---- A kill ------------------------------------------------------------------------------------
 */

static void
test_kill_is_told (WindowFixture *fixture, gconstpointer data)
{
  g_autofree char *pid = grove_test_wire_find_pid (fixture->wire, SHOP_COUNTER);
  g_autofree char *filter = g_strdup_printf ("kind:exit pid:%s", pid);
  GtkWidget       *cell;

  window_select_in_graph (fixture, SHOP_COUNTER, pid);
  grove_ui_test_key (GTK_WIDGET (fixture->window), GDK_KEY_Delete, 0);
  GROVE_WAIT (window_has_toast (fixture, "illed"), WINDOW_PATIENCE_MS);

  activity_open (fixture, "Events");
  /* Until it is filtered, the table tells of more than its end. */
  activity_filter (fixture, filter);
  GROVE_WAIT (g_str_equal (grove_row_get_text (activity_get_row (
                                                 cell = activity_await_row (fixture, "pid", pid)),
                                               "kind"),
                           "exit"),
              WINDOW_PATIENCE_MS);
  g_assert_cmpstr (grove_row_get_text (activity_get_row (cell), "detail"), ==, "killed");

  activity_open (fixture, "What Was Done");
  cell = activity_await_row (fixture, "pid", pid);
  g_assert_cmpstr (grove_row_get_text (activity_get_row (cell), "command"), ==, "Kill");
  GROVE_WAIT (g_str_equal (grove_row_get_text (activity_get_row (cell), "answer"), "done"),
              WINDOW_PATIENCE_MS);
  g_assert_cmpstr (grove_row_get_text (activity_get_row (cell), "client"), ==, "grove-observer");
  g_assert_true (window_shows (fixture, "Done"));

  /* From there one walks to the process: what is left of it. */
  activity_select (fixture, cell);
  g_assert_cmpstr (grove_session_get_selected (fixture->session), ==, pid);
}

/* ---- A crash -----------------------------------------------------------------------------------
 */

/* The shop's card gateway crashes now and then: whichever is next will do. */
static void
test_crash_in_detail (WindowFixture *fixture, gconstpointer data)
{
  GroveActivityView *view = activity_open (fixture, "Crashes");
  g_autofree char   *successor = NULL;
  GtkWidget         *cell, *button;

  activity_filter (fixture, "card_gateway outcome:restarted");
  cell = activity_await_row (fixture, "name", "card_gateway");
  successor = g_strdup (grove_row_get_text (activity_get_row (cell), "successor"));
  g_assert_true (
    g_str_has_prefix (grove_row_get_text (activity_get_row (cell), "reason"), "{card_declined,"));
  activity_select (fixture, cell);
  GROVE_WAIT (activity_details_read (fixture, "Crash of card_gateway"), WINDOW_PATIENCE_MS);
  GROVE_WAIT (activity_details_read (fixture, "{card_declined,"), WINDOW_PATIENCE_MS);
  g_assert_true (activity_details_read (fixture, "Restarted, after "));
  g_assert_true (activity_details_read (fixture, "shop-billing.c:"));
  g_assert_true (activity_details_read (fixture, "{'$gen_cast',{charge,"));
  g_assert_true (activity_details_read (fixture, "gateway_sup"));
  g_assert_true (activity_details_read (fixture, "payment_sup"));

  button = grove_ui_test_find (GTK_WIDGET (view), GTK_TYPE_BUTTON, "Show _Successor", NULL);
  g_assert_nonnull (button);
  grove_ui_test_click (button, GROVE_UI_TEST_LEFT);
  GROVE_WAIT (g_strcmp0 (grove_session_get_selected (fixture->session), successor) == 0,
              WINDOW_PATIENCE_MS);
  /* The supervisor is a node of the graph: the view is another then. */
  button = grove_ui_test_find (GTK_WIDGET (view), GTK_TYPE_BUTTON, "_Open Supervisor", NULL);
  grove_ui_test_click (button, GROVE_UI_TEST_LEFT);
  GROVE_WAIT (gtk_widget_get_mapped (grove_window_get_view (fixture->window, "supervision")),
              WINDOW_PATIENCE_MS);
  g_assert_cmpstr (grove_session_get_selected (fixture->session), !=, successor);
}

/* ---- Holding still -----------------------------------------------------------------------------
 */

static gint64
number_at (GroveActivityPage *page, guint position)
{
  GroveRow *row = grove_rows_peek (grove_activity_page_get_rows (page), position);

  return row != NULL ? grove_row_get_int (row, "seq") : -1;
}

static void
test_holds_still (WindowFixture *fixture, gconstpointer data)
{
  GroveActivityView *view = activity_open (fixture, "Events");
  GroveActivityPage *page = get_page (view);
  GtkWidget         *follow, *new_button = NULL;
  gint64             newest;

  GROVE_WAIT (number_at (page, 0) > 0, WINDOW_PATIENCE_MS);
  newest = number_at (page, 0);
  /* They come by themselves: the shop is never still. */
  GROVE_WAIT (number_at (page, 0) > newest, WINDOW_PATIENCE_MS);
  g_assert_true (grove_activity_page_is_following (page));

  follow = grove_ui_test_find (GTK_WIDGET (view), GTK_TYPE_TOGGLE_BUTTON, "Follow", NULL);
  g_assert_nonnull (follow);
  grove_ui_test_click (follow, GROVE_UI_TEST_LEFT);
  GROVE_WAIT (!grove_activity_page_is_following (page), WINDOW_PATIENCE_MS);
  GROVE_WAIT (number_at (page, 0) > 0, WINDOW_PATIENCE_MS);
  newest = number_at (page, 0);
  GROVE_WAIT (grove_activity_page_get_n_new (page) >= 3, WINDOW_PATIENCE_MS);
  g_assert_cmpint (number_at (page, 0), ==, newest);
  GROVE_WAIT ((new_button =
                 grove_ui_test_find (GTK_WIDGET (view), GTK_TYPE_BUTTON, NULL, "new-rows")) != NULL,
              WINDOW_PATIENCE_MS);
  grove_ui_test_settle (new_button);
  grove_ui_test_click (new_button, GROVE_UI_TEST_LEFT);
  GROVE_WAIT (grove_activity_page_is_following (page), WINDOW_PATIENCE_MS);
  GROVE_WAIT (number_at (page, 0) > newest, WINDOW_PATIENCE_MS);

  /* Who scrolls away reads. */
  GROVE_WAIT (g_list_model_get_n_items (grove_activity_page_get_model (page)) > 100,
              WINDOW_PATIENCE_MS);
  grove_ui_test_move (GTK_WIDGET (page), 200, 200);
  grove_ui_test_scroll (GTK_WIDGET (page), 5);
  GROVE_WAIT (!grove_activity_page_is_following (page), WINDOW_PATIENCE_MS);
}

/* ---- The tables --------------------------------------------------------------------------------
 */

static gint64
count_subscriptions (WindowFixture *fixture)
{
  struct json_object *result = grove_test_wire_call (
    fixture->wire, "table.open", NULL,
    "{\"table\":\"sessions\",\"columns\":[\"session\",\"client\",\"subscriptions\"],\"sort\":[],"
    "\"filter\":[\"eq\",\"client\",\"grove-observer\"],\"window\":{\"offset\":0,\"limit\":8},"
    "\"interval_ms\":1000}");
  gint64              sub = grove_test_json_int (result, "sub");
  struct json_object *update = grove_test_wire_await (fixture->wire, "table.update");
  struct json_object *rows, *row;
  gint64              n = -1;

  g_assert_true (json_object_object_get_ex (update, "rows", &rows));
  row = json_object_array_get_idx (rows, 0);
  n = json_object_get_int64 (json_object_array_get_idx (row, 2));
  json_object_put (update);
  json_object_put (result);
  json_object_put (grove_test_wire_call (fixture->wire, "table.close", NULL,
                                         "{\"sub\":%" G_GINT64_FORMAT "}", sub));
  return n;
}

static void
test_tables (WindowFixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *title, *table, *column, *text;
  } tables[] = {
    { "Applications", "applications", "name", "billing" },
    { "Names", "names", "name", "auditor_1" },
    { "Sessions", "sessions", "client", "grove-observer" },
    { "Log", "log", "source", "supervisor" },
  };
  gint64 before, after;

  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      GroveActivityView *view = activity_open (fixture, tables[i].title);

      g_assert_cmpstr (grove_activity_view_get_table (view), ==, tables[i].table);
      activity_await_row (fixture, tables[i].column, tables[i].text);
    }
  /* One that is not looked at is not asked for. */
  before = count_subscriptions (fixture);
  activity_open (fixture, "Timers");
  GROVE_WAIT (count_subscriptions (fixture) == before, WINDOW_PATIENCE_MS);
  grove_window_show_view (fixture->window, "overview");
  grove_window_show_view (fixture->window, "activity");
  activity_open (fixture, "What Was Done");
  GROVE_WAIT ((after = count_subscriptions (fixture)) == before - 1, WINDOW_PATIENCE_MS);
}

/* ---- Taken along -------------------------------------------------------------------------------
 */

static void
on_finished (GObject *save, gboolean saved, int *result)
{
  *result = saved;
}

static char *
save_as (WindowFixture *fixture, const char *suffix, GListModel *model)
{
  g_autofree char *name = g_strdup_printf ("rows.%s", suffix);
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), name, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  char *text = NULL;
  int   saved = -1;

  g_signal_connect (grove_row_save_to (NULL, file, suffix, fixture->session, model), "finished",
                    G_CALLBACK (on_finished), &saved);
  GROVE_WAIT (saved >= 0, WINDOW_PATIENCE_MS);
  g_assert_cmpint (saved, ==, TRUE);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_true (g_file_delete (file, NULL, NULL));
  return text;
}

static void
test_taken_along (WindowFixture *fixture, gconstpointer data)
{
  GroveActivityView *view = activity_open (fixture, "Names");
  GListModel        *model;
  guint              n;

  activity_filter (fixture, "name^auditor_");
  activity_await_row (fixture, "name", "auditor_12");
  model = grove_activity_page_get_model (get_page (view));
  GROVE_WAIT (g_list_model_get_n_items (model) == 12, WINDOW_PATIENCE_MS);
  n = g_list_model_get_n_items (model);

  g_autofree char *csv = save_as (fixture, "csv", model);
  g_auto (GStrv) lines = g_strsplit (csv, "\r\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, n + 2); /* the names before, nothing behind */
  g_assert_true (g_str_has_prefix (lines[0], "name,pid,status,"));
  g_assert_true (g_str_has_prefix (lines[1], "auditor_1,<0."));
  g_assert_cmpstr (lines[n + 1], ==, "");

  g_autofree char    *json = save_as (fixture, "json", model);
  struct json_object *array = json_tokener_parse (json);
  g_assert_true (json_object_is_type (array, json_type_array));
  g_assert_cmpuint (json_object_array_length (array), ==, n);
  g_assert_cmpstr (grove_test_json_string (json_object_array_get_idx (array, 0), "name"), ==,
                   "auditor_1");
  g_assert_cmpint (grove_test_json_int (json_object_array_get_idx (array, 0), "memory"), >, 0);
  json_object_put (array);

  /* And what is selected, by Ctrl+C. */
  grove_ui_test_click (activity_await_row (fixture, "name", "auditor_1"), GROVE_UI_TEST_LEFT);
  grove_ui_test_key (GTK_WIDGET (fixture->window), GDK_KEY_c, GDK_CONTROL_MASK);
  GROVE_WAIT (window_has_toast (fixture, "Copied 1 row"), WINDOW_PATIENCE_MS);
}

/* ---- Only to be looked at ----------------------------------------------------------------------
 */

static void
test_read_only (WindowFixture *fixture, gconstpointer data)
{
  const char *const  argv[] = { GROVE_SHOP_PROGRAM, "--read-only", NULL };
  g_autofree char   *pid = NULL;
  GroveActivityView *view;

  fixture->name = SHOP;
  fixture->system = grove_test_system_start (SHOP, argv);
  fixture->wire = grove_test_wire_connect_to (SHOP, "observe");
  window_fixture_open (fixture, SHOP);
  GROVE_WAIT (grove_session_get_state (fixture->session) == GROVE_SESSION_LIVE, WINDOW_PATIENCE_MS);

  view = activity_open (fixture, "What Was Done");
  GROVE_WAIT (window_shows (fixture, "Not to Be Read"), WINDOW_PATIENCE_MS);
  /* What one wanted all the same is told, with the reason. */
  pid = grove_test_wire_find_pid (fixture->wire, SHOP_COUNTER);
  grove_command_run_async (fixture->session, GROVE_COMMAND_KILL, pid, SHOP_COUNTER, 0, NULL, NULL,
                           NULL, NULL);
  activity_await_row (fixture, "pid", pid);
  g_assert_true (window_shows (fixture, "may only be observed"));
  g_assert_cmpstr (grove_activity_view_get_table (view), ==, "audit");
  /* The rest is as it is for all. */
  activity_open (fixture, "Names");
  activity_await_row (fixture, "name", "auditor_1");
}

int
main (int argc, char **argv)
{
  window_tests_init (&argc, &argv);
  window_test_add ("/e2e/activity/kill-is-told", test_kill_is_told);
  window_test_add ("/e2e/activity/crash-in-detail", test_crash_in_detail);
  window_test_add ("/e2e/activity/holds-still", test_holds_still);
  window_test_add ("/e2e/activity/tables", test_tables);
  window_test_add ("/e2e/activity/taken-along", test_taken_along);
  window_test_add_bare ("/e2e/activity/read-only", test_read_only, NULL);
  return window_tests_run ();
}
