/* SPDX-License-Identifier: MIT
 *
 * The window on real nodes, by a person's hand: a node is picked, its cookie asked for, and one
 * goes on to another node of its cluster, to a process there. Run by node.py, with pair.erl.
 */
#include "tests/e2e/window.h"

#include "observer/grove-cookies.h"
#include "ui/grove-connect-dialog.h"

#include <signal.h>
#include <string.h>

#define COOKIE "a_secret_of_the_tests"

static const char *
node_name (void)
{
  return g_getenv ("GROVE_TEST_NODE");
}

static gboolean
is_live_on (WindowFixture *fixture, const char *node)
{
  return grove_session_get_state (fixture->session) == GROVE_SESSION_LIVE &&
         g_strcmp0 (grove_session_get_system_name (fixture->session), node) == 0;
}

/* "name@" whatever this machine is called. */
static gboolean
is_row_of (GtkWidget *widget, gpointer node)
{
  const char *at = strchr (node, '@');

  return ADW_IS_ACTION_ROW (widget) &&
         strncmp (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget)), node,
                  (gsize) (at + 1 - (const char *) node)) == 0;
}

static void
click (GtkWidget *widget)
{
  grove_ui_test_settle (widget);
  grove_ui_test_click (widget, GROVE_UI_TEST_LEFT);
}

static GtkWidget *
await_button (const char *label)
{
  GtkWidget *button;

  GROVE_WAIT ((button = grove_ui_test_find_anywhere (GTK_TYPE_BUTTON, label, NULL)) != NULL,
              WINDOW_PATIENCE_MS);
  return button;
}

static void
test_pick (WindowFixture *fixture, gconstpointer data)
{
  g_autofree char *home = g_strdup (g_getenv ("HOME"));
  GtkWidget       *page, *row, *dialog;

  g_test_summary (
    "A node of this machine is picked; it wants a cookie, which is typed, kept nowhere "
    "and shown nowhere");
  g_setenv ("HOME", "/nonexistent", TRUE);
  window_fixture_open (fixture, "nobody");
  grove_session_close (fixture->session);
  page = grove_window_get_view (fixture->window, "connect");
  GROVE_WAIT ((row = grove_ui_test_find_if (page, is_row_of, (gpointer) node_name ())) != NULL,
              WINDOW_PATIENCE_MS);
  click (row);
  GROVE_WAIT (grove_session_get_state (fixture->session) == GROVE_SESSION_REFUSED,
              WINDOW_PATIENCE_MS);
  g_assert_true (grove_session_wants_cookie (fixture->session));
  click (await_button ("_Enter the Cookie…"));
  GROVE_WAIT ((dialog = GTK_WIDGET (grove_ui_test_find_window (GROVE_TYPE_CONNECT_DIALOG))) != NULL,
              WINDOW_PATIENCE_MS);
  grove_ui_test_settle (dialog);
  grove_ui_test_type (dialog, COOKIE);
  grove_ui_test_settle (dialog);
  g_assert_false (grove_ui_test_find_anywhere (GTK_TYPE_LABEL, COOKIE, NULL) != NULL);
  grove_ui_test_key (dialog, GDK_KEY_Return, 0);
  GROVE_WAIT (is_live_on (fixture, node_name ()), WINDOW_PATIENCE_MS);
  g_assert_null (strstr (grove_session_get_target (fixture->session), COOKIE));
  g_setenv ("HOME", home, TRUE);
}

static void
open_node (WindowFixture *fixture)
{
  g_autofree char *target = g_strconcat ("beam:", node_name (), NULL);

  window_fixture_open (fixture, target);
  GROVE_WAIT (is_live_on (fixture, node_name ()), WINDOW_PATIENCE_MS);
}

static void
test_cluster (WindowFixture *fixture, gconstpointer data)
{
  GtkWidget *button, *heading, *row;

  g_test_summary ("The system's menu has the nodes of the cluster; one goes there, with the cookie "
                  "that was typed for the first");
  g_setenv ("HOME", "/nonexistent", TRUE);
  grove_cookie_set (node_name (), COOKIE);
  open_node (fixture);
  button = grove_ui_test_find (GTK_WIDGET (fixture->window), GTK_TYPE_LABEL, node_name (), NULL);
  g_assert_nonnull (button);
  click (button);
  GROVE_WAIT ((heading = grove_ui_test_find_anywhere (GTK_TYPE_LABEL, "Its Cluster", NULL)) != NULL,
              WINDOW_PATIENCE_MS);
  row = grove_ui_test_find_if (gtk_widget_get_parent (heading), is_row_of,
                               (gpointer) "other@127.0.0.1");
  g_assert_nonnull (row);
  click (row);
  GROVE_WAIT (is_live_on (fixture, "other@127.0.0.1"), WINDOW_PATIENCE_MS);
  grove_cookie_set (node_name (), NULL);
  grove_cookie_set ("other@127.0.0.1", NULL);
}

static void
test_follow (WindowFixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (g_getenv ("GROVE_TEST_PLACE"), "pids", NULL);
  g_autofree char *content = NULL, *foreign = NULL;
  g_auto (GStrv) pids = NULL;

  g_test_summary ("A process of another node is followed there, however it is written");
  g_setenv ("HOME", g_getenv ("GROVE_TEST_PLACE"), TRUE);
  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  pids = g_strsplit (content, "\n", -1);
  open_node (fixture);
  grove_window_show_process (fixture->window, pids[0]);
  click (await_button ("_Go There…"));
  click (await_button ("_Go There"));
  GROVE_WAIT (is_live_on (fixture, "other@127.0.0.1"), WINDOW_PATIENCE_MS);
  GROVE_WAIT (g_strcmp0 (grove_session_get_selected (fixture->session), pids[1]) == 0,
              WINDOW_PATIENCE_MS);
  GROVE_WAIT (window_shows (fixture, "timer:sleep/1"), WINDOW_PATIENCE_MS);

  /* As it stands in a term. */
  foreign = g_strdup_printf ("#Pid<%s.0.0>", node_name ());
  grove_window_show_process (fixture->window, foreign);
  click (await_button ("_Go There"));
  GROVE_WAIT (is_live_on (fixture, node_name ()), WINDOW_PATIENCE_MS);
  GROVE_WAIT (g_strcmp0 (grove_session_get_selected (fixture->session), "<0.0.0>") == 0,
              WINDOW_PATIENCE_MS);
}

/* The bridge that serves both nodes, in this test's own place for sockets. */
static GSubprocess *
serve (void)
{
  /* What it says of the nodes it serves is no line of a test's. */
  g_autoptr (GSubprocessLauncher) launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
  g_autoptr (GError) error = NULL;
  GSubprocess *bridge;

  g_subprocess_launcher_setenv (launcher, "XDG_RUNTIME_DIR", g_getenv ("XDG_RUNTIME_DIR"), TRUE);
  bridge = g_subprocess_launcher_spawn (launcher, &error, g_getenv ("GROVE_BEAM"), "--serve",
                                        "--cluster", node_name (), NULL);
  g_assert_no_error (error);
  return bridge;
}

static gboolean
serves_both (void)
{
  g_autofree char *runtime = g_strconcat (g_getenv ("XDG_RUNTIME_DIR"), "/grove/", NULL);
  g_autofree char *one = g_strconcat (runtime, node_name (), ".sock", NULL);
  g_autofree char *other = g_strconcat (runtime, "other@127.0.0.1.sock", NULL);

  return g_file_test (one, G_FILE_TEST_EXISTS) && g_file_test (other, G_FILE_TEST_EXISTS);
}

static void
test_served (WindowFixture *fixture, gconstpointer data)
{
  g_autofree char *heading = g_strconcat ("Cluster of ", node_name (), NULL);
  g_autofree char *foreign = g_strdup_printf ("#Pid<%s.0.0>", node_name ());
  g_autoptr (GSubprocess) bridge = NULL;
  GtkWidget *row;

  g_test_summary ("A cluster that is served stands together among the systems; one moves within it "
                  "through its sockets, to a process too");
  g_setenv ("HOME", g_getenv ("GROVE_TEST_PLACE"), TRUE);
  bridge = serve ();
  GROVE_WAIT (serves_both (), WINDOW_PATIENCE_MS);
  window_fixture_open (fixture, node_name ());
  GROVE_WAIT (is_live_on (fixture, node_name ()), WINDOW_PATIENCE_MS);
  click (grove_ui_test_find (GTK_WIDGET (fixture->window), GTK_TYPE_LABEL, node_name (), NULL));
  GROVE_WAIT (grove_ui_test_find_anywhere (GTK_TYPE_LABEL, heading, NULL) != NULL,
              WINDOW_PATIENCE_MS);
  row = grove_ui_test_find_anywhere (GTK_TYPE_LABEL, "other@127.0.0.1", NULL);
  g_assert_nonnull (row);
  click (row);
  GROVE_WAIT (is_live_on (fixture, "other@127.0.0.1"), WINDOW_PATIENCE_MS);
  g_assert_true (g_str_has_suffix (grove_session_get_target (fixture->session), ".sock"));

  grove_window_show_process (fixture->window, foreign);
  click (await_button ("_Go There"));
  GROVE_WAIT (is_live_on (fixture, node_name ()), WINDOW_PATIENCE_MS);
  g_assert_true (g_str_has_suffix (grove_session_get_target (fixture->session), ".sock"));
  GROVE_WAIT (g_strcmp0 (grove_session_get_selected (fixture->session), "<0.0.0>") == 0,
              WINDOW_PATIENCE_MS);
  grove_session_close (fixture->session);
  g_subprocess_send_signal (bridge, SIGTERM);
  g_assert_true (g_subprocess_wait (bridge, NULL, NULL));
}

int
main (int argc, char **argv)
{
  window_tests_init (&argc, &argv);
  window_test_add_bare ("/e2e/beam-picker/pick", test_pick, NULL);
  window_test_add_bare ("/e2e/beam-picker/cluster", test_cluster, NULL);
  window_test_add_bare ("/e2e/beam-picker/follow", test_follow, NULL);
  window_test_add_bare ("/e2e/beam-picker/served", test_served, NULL);
  return window_tests_run ();
}
