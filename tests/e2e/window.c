/* SPDX-License-Identifier: MIT
 *
 * Opening the window, and finding one's way in it.
 */
#include "tests/e2e/window.h"

#include "ui/grove-application.h"
#include "ui/grove-graph-private.h"
#include "ui/grove-process-cell.h"

#include <signal.h>
#include <string.h>

static GtkApplication *application;

void
window_tests_init (int *argc, char ***argv)
{
  g_autoptr (GError) error = NULL;

  grove_test_runtime_directory_init ();
  grove_ui_test_init (argc, argv);
  application = GTK_APPLICATION (grove_application_new ());
  g_application_set_flags (G_APPLICATION (application),
                           g_application_get_flags (G_APPLICATION (application)) |
                             G_APPLICATION_NON_UNIQUE);
  g_application_register (G_APPLICATION (application), NULL, &error);
  g_assert_no_error (error);
}

int
window_tests_run (void)
{
  int result = g_test_run ();

  g_clear_object (&application);
  return result;
}

/* ---- The fixture -------------------------------------------------------------------------------
 */

void
window_fixture_start (WindowFixture *fixture, const char *name, const char *const *argv)
{
  fixture->name = name;
  fixture->system = grove_test_system_start (name, argv);
  fixture->wire = grove_test_wire_connect_to (name, "control");
}

void
window_fixture_start_shop (WindowFixture *fixture)
{
  const char *const argv[] = { GROVE_SHOP_PROGRAM, NULL };

  window_fixture_start (fixture, SHOP, argv);
}

void
window_fixture_stop (WindowFixture *fixture)
{
  g_clear_pointer (&fixture->wire, grove_test_wire_free);
  grove_test_system_stop (g_steal_pointer (&fixture->system), fixture->name);
}

static gboolean
on_key (GtkEventControllerKey *controller,
        guint                  keyval,
        guint                  keycode,
        GdkModifierType        state,
        gpointer               user_data)
{
  *(gboolean *) user_data = TRUE;
  return GDK_EVENT_PROPAGATE;
}

/* What is typed into a window that has just come may go elsewhere, although it is active already:
 * keys that do nothing, until one arrives. */
static void
await_keyboard (GtkWidget *window)
{
  GtkEventController *controller = gtk_event_controller_key_new ();
  gboolean            arrived = FALSE;
  gint64 deadline = g_get_monotonic_time () + WINDOW_PATIENCE_MS * G_TIME_SPAN_MILLISECOND;

  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  g_signal_connect (controller, "key-pressed", G_CALLBACK (on_key), &arrived);
  gtk_widget_add_controller (window, controller);
  GROVE_WAIT (gtk_window_is_active (GTK_WINDOW (window)), WINDOW_PATIENCE_MS);
  while (!arrived && g_get_monotonic_time () < deadline)
    {
      gint64 next = g_get_monotonic_time () + G_TIME_SPAN_SECOND;

      grove_ui_test_send_key (GDK_KEY_Shift_L, 0);
      while (!arrived && g_get_monotonic_time () < next)
        grove_ui_test_iterate ();
    }
  g_assert_true (arrived);
  gtk_widget_remove_controller (window, controller);
}

void
window_fixture_open (WindowFixture *fixture, const char *target)
{
  fixture->window = GROVE_WINDOW (grove_window_new (application));
  fixture->session = grove_window_get_session (fixture->window);
  gtk_window_present (GTK_WINDOW (fixture->window));
  grove_window_open (fixture->window, target);
  GROVE_WAIT (gtk_widget_get_mapped (GTK_WIDGET (fixture->window)), WINDOW_PATIENCE_MS);
  await_keyboard (GTK_WIDGET (fixture->window));
  grove_ui_test_settle (GTK_WIDGET (fixture->window));
}

static void
set_up (WindowFixture *fixture, gconstpointer data)
{
  window_fixture_start_shop (fixture);
  window_fixture_open (fixture, SHOP);
  GROVE_WAIT (grove_session_get_state (fixture->session) == GROVE_SESSION_LIVE, WINDOW_PATIENCE_MS);
}

void
window_fixture_close (WindowFixture *fixture)
{
  g_object_add_weak_pointer (G_OBJECT (fixture->window), (gpointer *) &fixture->window);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  GROVE_WAIT (fixture->window == NULL, WINDOW_PATIENCE_MS);
}

static void
tear_down (WindowFixture *fixture, gconstpointer data)
{
  if (fixture->window != NULL)
    window_fixture_close (fixture);
  if (fixture->system != NULL)
    window_fixture_stop (fixture);
}

void
window_test_add (const char *path, void (*test) (WindowFixture *fixture, gconstpointer data))
{
  g_test_add (path, WindowFixture, NULL, set_up, test, tear_down);
}

void
window_test_add_bare (const char *path,
                      void (*test) (WindowFixture *fixture, gconstpointer data),
                      gconstpointer data)
{
  g_test_add (path, WindowFixture, data, NULL, test, tear_down);
}

/* ---- Reading -----------------------------------------------------------------------------------
 */

static gboolean
contains_text (GtkWidget *widget, gpointer text)
{
  const char *shown = grove_ui_test_get_text (widget);

  return shown != NULL && strstr (shown, text) != NULL;
}

static gboolean
is_toast_with_text (GtkWidget *widget, gpointer text)
{
  return g_str_equal (G_OBJECT_TYPE_NAME (widget), "AdwToastWidget") &&
         grove_ui_test_find_if (widget, contains_text, text) != NULL;
}

gboolean
window_shows (WindowFixture *fixture, const char *text)
{
  return grove_ui_test_find_if (GTK_WIDGET (fixture->window), contains_text, (gpointer) text) !=
         NULL;
}

gboolean
window_has_toast (WindowFixture *fixture, const char *text)
{
  return grove_ui_test_find_if (GTK_WIDGET (fixture->window), is_toast_with_text,
                                (gpointer) text) != NULL;
}

#define SILENCE "does not answer; what is shown is its last state"

static gboolean
is_silent (WindowFixture *fixture)
{
  GtkWidget *flap = GTK_WIDGET (
    gtk_widget_get_template_child (GTK_WIDGET (fixture->window), GROVE_TYPE_WINDOW, "flap"));

  return window_shows (fixture, SILENCE) && window_shows (fixture, "Not answering") &&
         gtk_widget_has_css_class (flap, "stale");
}

void
window_check_silence (WindowFixture *fixture, int os_pid)
{
  gboolean said;

  /* After ten seconds it is lost: on a machine that stood still for so long, once more. */
  do
    {
      g_assert_cmpint (kill (os_pid, SIGSTOP), ==, 0);
      GROVE_WAIT (is_silent (fixture) ||
                    grove_session_get_state (fixture->session) == GROVE_SESSION_LOST,
                  WINDOW_PATIENCE_MS);
      said = is_silent (fixture);
      g_assert_cmpint (kill (os_pid, SIGCONT), ==, 0);
      GROVE_WAIT (grove_session_get_state (fixture->session) == GROVE_SESSION_LIVE &&
                    window_shows (fixture, "Connected") && !window_shows (fixture, SILENCE),
                  WINDOW_PATIENCE_MS);
    }
  while (!said);
}

static gboolean
is_cell_of_pid (GtkWidget *widget, gpointer pid)
{
  return GROVE_IS_PROCESS_CELL (widget) &&
         g_strcmp0 (grove_process_cell_get_pid (GROVE_PROCESS_CELL (widget)), pid) == 0;
}

GtkWidget *
window_find_row (WindowFixture *fixture, const char *pid)
{
  return grove_ui_test_find_if (GTK_WIDGET (fixture->window), is_cell_of_pid, (gpointer) pid);
}

static gboolean
note_pid_of_cell (GtkWidget *widget, gpointer user_data)
{
  if (GROVE_IS_PROCESS_CELL (widget) &&
      grove_process_cell_get_pid (GROVE_PROCESS_CELL (widget)) != NULL)
    g_hash_table_add (user_data,
                      (gpointer) grove_process_cell_get_pid (GROVE_PROCESS_CELL (widget)));
  return FALSE;
}

guint
window_count_rows (WindowFixture *fixture)
{
  g_autoptr (GHashTable) pids = g_hash_table_new (g_str_hash, g_str_equal);

  grove_ui_test_find_if (grove_window_get_view (fixture->window, "processes"), note_pid_of_cell,
                         pids);
  return g_hash_table_size (pids);
}

static GroveGraph *
get_graph (WindowFixture *fixture)
{
  return GROVE_GRAPH (
    grove_ui_test_find (GTK_WIDGET (fixture->window), GROVE_TYPE_GRAPH, NULL, NULL));
}

/* Where its node is drawn, in the graph's coordinates; FALSE when it is not in sight. */
static gboolean
get_node_middle (GroveGraph *graph, const char *pid, double *ret_x, double *ret_y)
{
  guint          node = grove_graph_scene_find (graph->scene, pid);
  GroveGraphRect rect;

  if (node == GROVE_GRAPH_NONE)
    return FALSE;
  rect = grove_graph_camera_get_rect (&graph->camera, graph->scene, node, g_get_monotonic_time ());
  *ret_x = rect.x + rect.width / 2;
  *ret_y = rect.y + rect.height / 2;
  return *ret_x > 0 && *ret_y > 0 && *ret_x < gtk_widget_get_width (GTK_WIDGET (graph)) &&
         *ret_y < gtk_widget_get_height (GTK_WIDGET (graph));
}

const GroveGraphNode *
window_get_node (WindowFixture *fixture, const char *pid)
{
  GroveGraph *graph = get_graph (fixture);
  guint       node = graph != NULL ? grove_graph_scene_find (graph->scene, pid) : GROVE_GRAPH_NONE;

  return node != GROVE_GRAPH_NONE ? &graph->scene->nodes[node] : NULL;
}

gboolean
window_graph_shows (WindowFixture *fixture, const char *pid)
{
  GroveGraph *graph = get_graph (fixture);
  double      x, y;

  return graph != NULL && get_node_middle (graph, pid, &x, &y);
}

typedef struct
{
  WindowFixture *fixture;
  WindowSeen     is_seen;
  gpointer       user_data;
  gint64         seen_us;
} FrameWatch;

static void
on_frame_painted (GdkFrameClock *clock, FrameWatch *watch)
{
  if (watch->seen_us == 0 && watch->is_seen (watch->fixture, watch->user_data))
    watch->seen_us = g_get_monotonic_time ();
}

gint64
window_await_frame (WindowFixture *fixture, WindowSeen is_seen, gpointer user_data)
{
  FrameWatch     watch = { fixture, is_seen, user_data, 0 };
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (fixture->window));
  gulong         handler =
    g_signal_connect_after (clock, "after-paint", G_CALLBACK (on_frame_painted), &watch);

  GROVE_WAIT (watch.seen_us != 0, WINDOW_PATIENCE_MS);
  g_signal_handler_disconnect (clock, handler);
  return watch.seen_us;
}

/* ---- Acting ------------------------------------------------------------------------------------
 */

static gboolean
has_text_focus (GtkWidget *window)
{
  return GTK_IS_TEXT (gtk_root_get_focus (GTK_ROOT (window)));
}

void
window_type_filter (WindowFixture *fixture, const char *filter)
{
  GtkWidget   *window = GTK_WIDGET (fixture->window);
  const gint64 deadline = g_get_monotonic_time () + WINDOW_PATIENCE_MS * G_TIME_SPAN_MILLISECOND;

  GROVE_WAIT (gtk_window_is_active (GTK_WINDOW (window)), WINDOW_PATIENCE_MS);
  /* The row that had the focus may leave just now, and GTK looks for another place for it after we
   * had it: a person presses again. */
  do
    {
      gint64 next = g_get_monotonic_time () + G_TIME_SPAN_SECOND;

      grove_ui_test_key (window, GDK_KEY_f, GDK_CONTROL_MASK);
      while (!has_text_focus (window) && g_get_monotonic_time () < next)
        grove_ui_test_iterate ();
    }
  while (!has_text_focus (window) && g_get_monotonic_time () < deadline);
  g_assert_true (has_text_focus (window));
  grove_ui_test_key (window, GDK_KEY_a, GDK_CONTROL_MASK);
  if (*filter == '\0')
    grove_ui_test_key (window, GDK_KEY_Delete, 0);
  grove_ui_test_type (window, filter);
  GROVE_WAIT (g_strcmp0 (grove_session_get_filter (fixture->session), filter) == 0,
              WINDOW_PATIENCE_MS);
}

GtkWidget *
window_select_in_table (WindowFixture *fixture, const char *name, const char *pid)
{
  GtkWidget *cell = NULL;

  grove_window_show_view (fixture->window, "processes");
  window_type_filter (fixture, name);
  GROVE_WAIT (window_count_rows (fixture) == 1 && (cell = window_find_row (fixture, pid)) != NULL,
              WINDOW_PATIENCE_MS);
  grove_ui_test_settle (cell);
  grove_ui_test_click (cell, GROVE_UI_TEST_LEFT);
  GROVE_WAIT (g_strcmp0 (grove_session_get_selected (fixture->session), pid) == 0,
              WINDOW_PATIENCE_MS);
  return cell;
}

GtkWidget *
window_select_in_graph (WindowFixture *fixture, const char *name, const char *pid)
{
  GtkWidget  *window = GTK_WIDGET (fixture->window), *entry;
  GroveGraph *graph = NULL;
  double      x, y;

  grove_window_show_view (fixture->window, "supervision");
  GROVE_WAIT ((graph = get_graph (fixture)) != NULL &&
                grove_window_is_filled (fixture->window, "supervision"),
              WINDOW_PATIENCE_MS);
  if (!get_node_middle (graph, pid, &x, &y))
    {
      entry = grove_ui_test_find (window, GTK_TYPE_SEARCH_ENTRY, NULL, NULL);
      g_assert_nonnull (entry);
      /* A window that has just come may not have the keyboard yet, nor its last layout. */
      GROVE_WAIT (gtk_window_is_active (GTK_WINDOW (window)), WINDOW_PATIENCE_MS);
      grove_ui_test_key (window, GDK_KEY_f, GDK_CONTROL_MASK);
      GROVE_WAIT (gtk_root_get_focus (GTK_ROOT (window)) != NULL &&
                    gtk_widget_is_ancestor (gtk_root_get_focus (GTK_ROOT (window)), entry),
                  WINDOW_PATIENCE_MS);
      grove_ui_test_type (window, name);
      grove_ui_test_key (window, GDK_KEY_Return, 0);
      GROVE_WAIT (get_node_middle (graph, pid, &x, &y), WINDOW_PATIENCE_MS);
    }
  grove_ui_test_settle (GTK_WIDGET (graph));
  g_assert_true (get_node_middle (graph, pid, &x, &y));
  grove_ui_test_click_at (GTK_WIDGET (graph), x, y, GROVE_UI_TEST_LEFT);
  GROVE_WAIT (g_strcmp0 (grove_session_get_selected (fixture->session), pid) == 0,
              WINDOW_PATIENCE_MS);
  return GTK_WIDGET (graph);
}

static GtkWidget *
find_menu_item (const char *label)
{
  GListModel *windows = gtk_window_get_toplevels ();
  guint       n = g_list_model_get_n_items (windows);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);
      GtkWidget *popover = grove_ui_test_find (window, GTK_TYPE_POPOVER_MENU, NULL, NULL);
      GtkWidget *item =
        popover != NULL ? grove_ui_test_find (popover, GTK_TYPE_LABEL, label, NULL) : NULL;

      if (item != NULL)
        return item;
    }
  return NULL;
}

void
window_choose_from_menu (GtkWidget *widget, const char *const *labels)
{
  GtkWidget *item = NULL;

  grove_ui_test_click (widget, GROVE_UI_TEST_RIGHT);
  for (; *labels != NULL; labels++)
    {
      GROVE_WAIT ((item = find_menu_item (*labels)) != NULL, WINDOW_PATIENCE_MS);
      grove_ui_test_settle (item);
      grove_ui_test_click (item, GROVE_UI_TEST_LEFT);
    }
}

void
window_answer (const char *what, const char *meaning, const char *label)
{
  GtkWindow *dialog = NULL;
  GtkWidget *answer;

  GROVE_WAIT ((dialog = grove_ui_test_find_window (ADW_TYPE_MESSAGE_DIALOG)) != NULL &&
                strstr (adw_message_dialog_get_body (ADW_MESSAGE_DIALOG (dialog)), meaning) != NULL,
              WINDOW_PATIENCE_MS);
  g_assert_nonnull (strstr (adw_message_dialog_get_heading (ADW_MESSAGE_DIALOG (dialog)), what));
  answer = grove_ui_test_find (GTK_WIDGET (dialog), GTK_TYPE_LABEL, label, NULL);
  grove_ui_test_settle (answer);
  grove_ui_test_click (answer, GROVE_UI_TEST_LEFT);
  GROVE_WAIT (grove_ui_test_find_window (ADW_TYPE_MESSAGE_DIALOG) == NULL, WINDOW_PATIENCE_MS);
}
