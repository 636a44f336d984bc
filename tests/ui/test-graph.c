/* SPDX-License-Identifier: MIT
 *
 * The supervision graph as a widget, over a tree that the test changes by hand: what mouse and keys
 * do, what survives an update, and what it costs when nothing changes.
 */
#include "tests/support/grove-ui-test.h"
#include "tests/ui/toy-tree.h"
#include "ui/grove-graph-private.h"

#include <math.h>

typedef struct
{
  GroveSession *session;
  GroveTree    *tree;
  GtkWidget    *window;
  GroveGraph   *graph;
  guint         n_inspected, n_killed;
  gint64        shown_us;
} Fixture;

static GtkApplication *application;

static void
on_inspect (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ((Fixture *) user_data)->n_inspected++;
}

static void
on_kill (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ((Fixture *) user_data)->n_killed++;
}

static void
add_workers (GroveTree *tree, const char *parent, const char *stem, guint first, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *pid = g_strdup_printf ("<0.%u.0>", first + i);
      g_autofree char *name = g_strdup_printf ("%s_%u", stem, i);

      toy_tree_add (tree, parent, pid, name, GROVE_NODE_KIND_WORKER, 0);
    }
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  static const GActionEntry actions[] = { { .name = "inspect", .activate = on_inspect },
                                          { .name = "kill", .activate = on_kill } };

  fixture->session = grove_session_new ();
  fixture->tree = grove_tree_new (fixture->session, 8);
  toy_tree_add (fixture->tree, NULL, "<0.1.0>", "top_sup", GROVE_NODE_KIND_SUPERVISOR, 0);
  toy_tree_set_budget (fixture->tree, "<0.1.0>", 3, 1);
  toy_tree_add (fixture->tree, "<0.1.0>", "<0.2.0>", "counter_sup", GROVE_NODE_KIND_SUPERVISOR, 0);
  toy_tree_add (fixture->tree, "<0.1.0>", "<0.3.0>", "conn_sup", GROVE_NODE_KIND_SUPERVISOR, 0);
  add_workers (fixture->tree, "<0.2.0>", "counter", 10, 4);
  add_workers (fixture->tree, "<0.3.0>", "conn", 100, 40);

  fixture->graph = GROVE_GRAPH (grove_graph_new (fixture->session, fixture->tree));
  fixture->window = gtk_application_window_new (application);
  g_action_map_add_action_entries (G_ACTION_MAP (fixture->window), actions, G_N_ELEMENTS (actions),
                                   fixture);
  gtk_window_set_child (GTK_WINDOW (fixture->window), GTK_WIDGET (fixture->graph));
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 900, 600);
  gtk_window_present (GTK_WINDOW (fixture->window));
  GROVE_WAIT (gtk_widget_get_mapped (GTK_WIDGET (fixture->graph)), GROVE_PATIENCE_MS);
  fixture->shown_us = g_get_monotonic_time ();
  grove_ui_test_settle (fixture->window);
  gtk_widget_grab_focus (GTK_WIDGET (fixture->graph));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  GroveGraph *graph = fixture->graph;
  GroveTree  *tree = fixture->tree;

  g_object_add_weak_pointer (G_OBJECT (graph), (gpointer *) &graph);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  GROVE_WAIT (graph == NULL, GROVE_PATIENCE_MS);
  g_object_add_weak_pointer (G_OBJECT (tree), (gpointer *) &tree);
  g_object_unref (fixture->tree);
  g_assert_null (tree);
  g_object_unref (fixture->session);
}

static graphene_rect_t
locate (Fixture *fixture, const char *pid)
{
  graphene_rect_t rect;

  g_assert_true (grove_graph_locate (fixture->graph, pid, &rect));
  return rect;
}

static void
click (Fixture *fixture, const char *pid, int button)
{
  const graphene_rect_t rect = locate (fixture, pid);

  grove_ui_test_click_at (GTK_WIDGET (fixture->graph), rect.origin.x + rect.size.width / 2,
                          rect.origin.y + rect.size.height / 2, button);
}

#define assert_selected(fixture, pid)                                                              \
  g_assert_cmpstr (grove_session_get_selected ((fixture)->session), ==, (pid))

static void
test_click (Fixture *fixture, gconstpointer data)
{
  click (fixture, "<0.11.0>", GROVE_UI_TEST_LEFT);
  assert_selected (fixture, "<0.11.0>");
  click (fixture, "<0.2.0>", GROVE_UI_TEST_LEFT);
  assert_selected (fixture, "<0.2.0>");
  /* Beside everything: nothing is selected. */
  grove_ui_test_click_at (GTK_WIDGET (fixture->graph), 4, 590, GROVE_UI_TEST_LEFT);
  assert_selected (fixture, NULL);
}

static void
test_keys (Fixture *fixture, gconstpointer data)
{
  grove_ui_test_key (fixture->window, GDK_KEY_Down, 0);
  assert_selected (fixture, "<0.1.0>");
  grove_ui_test_key (fixture->window, GDK_KEY_Right, 0);
  assert_selected (fixture, "<0.2.0>");
  grove_ui_test_key (fixture->window, GDK_KEY_Right, 0);
  assert_selected (fixture, "<0.11.0>");
  grove_ui_test_key (fixture->window, GDK_KEY_Down, 0);
  assert_selected (fixture, "<0.12.0>");
  grove_ui_test_key (fixture->window, GDK_KEY_Home, 0);
  assert_selected (fixture, "<0.10.0>");
  grove_ui_test_key (fixture->window, GDK_KEY_Left, 0);
  assert_selected (fixture, "<0.2.0>");
  grove_ui_test_key (fixture->window, GDK_KEY_Return, 0);
  g_assert_cmpuint (fixture->n_inspected, ==, 1);
  grove_ui_test_key (fixture->window, GDK_KEY_Delete, 0);
  g_assert_cmpuint (fixture->n_killed, ==, 1);
}

static void
test_selection_survives (Fixture *fixture, gconstpointer data)
{
  graphene_rect_t before, after;

  g_test_summary ("What is selected stays on its pixel while others come and go above it");
  click (fixture, "<0.3.0>", GROVE_UI_TEST_LEFT);
  grove_graph_zoom (fixture->graph, GROVE_GRAPH_ZOOM_NORMAL);
  before = locate (fixture, "<0.3.0>");
  toy_tree_add (fixture->tree, "<0.2.0>", "<0.50.0>", "extra", GROVE_NODE_KIND_WORKER, 0);
  toy_tree_remove (fixture->tree, "<0.10.0>");
  toy_tree_add (fixture->tree, "<0.2.0>", "<0.51.0>", "another", GROVE_NODE_KIND_WORKER, 0);
  toy_tree_commit (fixture->tree);
  GROVE_WAIT (grove_graph_locate (fixture->graph, "<0.51.0>", &after), GROVE_PATIENCE_MS);
  grove_ui_test_settle (fixture->window);
  after = locate (fixture, "<0.3.0>");
  assert_selected (fixture, "<0.3.0>");
  g_assert_cmpfloat_with_epsilon (before.origin.x, after.origin.x, 0.5);
  g_assert_cmpfloat_with_epsilon (before.origin.y, after.origin.y, 0.5);
  g_assert_cmpfloat_with_epsilon (before.size.height, after.size.height, 0.5);
}

static void
test_replaced (Fixture *fixture, gconstpointer data)
{
  graphene_rect_t before, after;

  g_test_summary ("A restarted worker takes the dead one's place, but not its selection: a second "
                  "Delete hits nobody");
  click (fixture, "<0.11.0>", GROVE_UI_TEST_LEFT);
  before = locate (fixture, "<0.11.0>");
  toy_tree_replace (fixture->tree, "<0.11.0>", "<0.99.0>");
  toy_tree_commit (fixture->tree);
  GROVE_WAIT (grove_graph_locate (fixture->graph, "<0.99.0>", &after), GROVE_PATIENCE_MS);
  g_assert_cmpfloat_with_epsilon (before.origin.y, after.origin.y, 0.5);
  g_assert_false (grove_graph_locate (fixture->graph, "<0.11.0>", &after));
  assert_selected (fixture, "<0.11.0>");
  grove_ui_test_key (fixture->window, GDK_KEY_Delete, 0);
  g_assert_cmpuint (fixture->n_killed, ==, 0);
  /* The keyboard goes on from there. */
  grove_ui_test_key (fixture->window, GDK_KEY_Down, 0);
  assert_selected (fixture, "<0.12.0>");
}

static void
test_fold (Fixture *fixture, gconstpointer data)
{
  graphene_rect_t rect;

  g_assert_false (grove_graph_locate (fixture->graph, "<0.117.0>", &rect));
  /* Selected elsewhere, say in the table: the fold that hides it opens. */
  grove_session_set_selected (fixture->session, "<0.117.0>");
  GROVE_WAIT (grove_graph_locate (fixture->graph, "<0.117.0>", &rect), GROVE_PATIENCE_MS);
  g_assert_true (grove_graph_locate (fixture->graph, "<0.139.0>", &rect));
  rect = locate (fixture, "<0.117.0>");
  g_assert_cmpfloat (rect.origin.y, >=, 0);
  g_assert_cmpfloat (rect.origin.y + rect.size.height, <=, 600);
  /* Space closes it again, Enter opens it. */
  grove_ui_test_key (fixture->window, GDK_KEY_space, 0);
  g_assert_false (grove_graph_locate (fixture->graph, "<0.117.0>", &rect));
  assert_selected (fixture, NULL);
  grove_ui_test_key (fixture->window, GDK_KEY_Return, 0);
  g_assert_true (grove_graph_locate (fixture->graph, "<0.117.0>", &rect));
  assert_selected (fixture, "<0.100.0>");
}

static void
test_selected_early (Fixture *fixture, gconstpointer data)
{
  graphene_rect_t rect;

  g_test_summary ("What was selected before the tree had come that far is shown when it has");
  grove_session_set_selected (fixture->session, "<0.777.0>");
  grove_ui_test_settle (fixture->window);
  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *sup = g_strdup_printf ("<0.%u.0>", 700 + i);
      g_autofree char *name =
        g_strdup_printf ("late_%c%c_sup", 'a' + (int) i / 8, 'a' + (int) i % 8);

      toy_tree_add (fixture->tree, "<0.1.0>", sup, name, GROVE_NODE_KIND_SUPERVISOR, 0);
    }
  add_workers (fixture->tree, "<0.739.0>", "late", 760, 30);
  toy_tree_commit (fixture->tree);
  GROVE_WAIT (grove_graph_locate (fixture->graph, "<0.777.0>", &rect) && rect.origin.y >= 0 &&
                rect.origin.y + rect.size.height <= 600 && rect.origin.x >= 0 &&
                rect.origin.x + rect.size.width <= 900,
              GROVE_PATIENCE_MS);
}

static void
test_clicked_early (Fixture *fixture, gconstpointer data)
{
  GroveGraph      *graph = fixture->graph;
  g_autofree char *beside = NULL;
  graphene_rect_t  before, after;
  guint            supervisor;

  g_test_summary ("What one looks at stays where it is while the tree is still being read, also "
                  "when the process that was clicked on has gone: what was beside it stays");
  toy_tree_add (fixture->tree, "<0.3.0>", "<0.200.0>", "lonely", GROVE_NODE_KIND_WORKER, 0);
  toy_tree_commit (fixture->tree);
  GROVE_WAIT (grove_graph_locate (graph, "<0.200.0>", &before), GROVE_PATIENCE_MS);
  grove_ui_test_settle (fixture->window);
  click (fixture, "<0.200.0>", GROVE_UI_TEST_LEFT);
  assert_selected (fixture, "<0.200.0>");
  /* However long that took on this machine, it is still being read. */
  graph->placed_us = g_get_monotonic_time ();
  supervisor = grove_graph_scene_find (graph->scene, "<0.3.0>");
  beside = g_strdup (graph->scene->nodes[graph->scene->places[supervisor].first_child].id);
  g_assert_cmpstr (beside, !=, "<0.200.0>");
  before = locate (fixture, beside);

  toy_tree_remove (fixture->tree, "<0.200.0>");
  for (guint i = 0; i < 60; i++)
    {
      g_autofree char *pid = g_strdup_printf ("<0.%u.0>", 700 + i);
      g_autofree char *name =
        g_strdup_printf ("%c%c_%c", 'a' + (int) i / 8, 'a' + (int) i % 8, 'z' - (int) i % 25);

      toy_tree_add (fixture->tree, "<0.2.0>", pid, name, GROVE_NODE_KIND_SUPERVISOR, 0);
    }
  toy_tree_commit (fixture->tree);
  GROVE_WAIT (grove_graph_scene_find (graph->scene, "<0.759.0>") != GROVE_GRAPH_NONE,
              GROVE_PATIENCE_MS);
  grove_ui_test_settle (fixture->window);
  after = locate (fixture, beside);
  g_assert_cmpfloat_with_epsilon (before.origin.y, after.origin.y, 0.5);
  g_assert_cmpfloat_with_epsilon (before.size.height, after.size.height, 0.5);
}

static void
test_fold_keeps (Fixture *fixture, gconstpointer data)
{
  graphene_rect_t rect;

  g_test_summary ("A fold whose members dwindle does not open at once");
  for (guint i = 0; i < 30; i++)
    {
      g_autofree char *pid = g_strdup_printf ("<0.%u.0>", 100 + i);
      toy_tree_remove (fixture->tree, pid);
    }
  toy_tree_commit (fixture->tree);
  grove_ui_test_settle (fixture->window);
  g_assert_false (grove_graph_locate (fixture->graph, "<0.139.0>", &rect));
  for (guint i = 30; i < 35; i++)
    {
      g_autofree char *pid = g_strdup_printf ("<0.%u.0>", 100 + i);
      toy_tree_remove (fixture->tree, pid);
    }
  toy_tree_commit (fixture->tree);
  GROVE_WAIT (grove_graph_locate (fixture->graph, "<0.139.0>", &rect), GROVE_PATIENCE_MS);
}

static void
test_search (Fixture *fixture, gconstpointer data)
{
  graphene_rect_t rect;

  grove_graph_set_search (fixture->graph, "CONN_1");
  /* conn_1 and conn_10 to conn_19. */
  g_assert_cmpuint (grove_graph_get_n_matches (fixture->graph), ==, 11);
  g_assert_cmpint (grove_graph_get_match (fixture->graph), ==, -1);
  grove_graph_step_match (fixture->graph, GROVE_GRAPH_NEXT);
  assert_selected (fixture, "<0.101.0>");
  g_assert_true (grove_graph_locate (fixture->graph, "<0.101.0>", &rect));
  grove_graph_step_match (fixture->graph, GROVE_GRAPH_NEXT);
  assert_selected (fixture, "<0.110.0>");
  g_assert_cmpint (grove_graph_get_match (fixture->graph), ==, 1);
  grove_graph_step_match (fixture->graph, GROVE_GRAPH_PREVIOUS);
  grove_graph_step_match (fixture->graph, GROVE_GRAPH_PREVIOUS);
  assert_selected (fixture, "<0.119.0>");
  grove_graph_set_search (fixture->graph, "nobody");
  g_assert_cmpuint (grove_graph_get_n_matches (fixture->graph), ==, 0);
  grove_graph_step_match (fixture->graph, GROVE_GRAPH_NEXT);
  assert_selected (fixture, "<0.119.0>");
  grove_graph_set_search (fixture->graph, "");
  g_assert_cmpuint (grove_graph_get_n_matches (fixture->graph), ==, 0);
}

static void
test_wheel (Fixture *fixture, gconstpointer data)
{
  graphene_rect_t before, after;
  double          x, y;

  g_test_summary ("The wheel zooms, and what is under the pointer stays there");
  before = locate (fixture, "<0.11.0>");
  x = before.origin.x + before.size.width / 2;
  y = before.origin.y + before.size.height / 2;
  grove_ui_test_move (GTK_WIDGET (fixture->graph), x, y);
  grove_ui_test_scroll (GTK_WIDGET (fixture->graph), -2);
  grove_ui_test_settle (fixture->window);
  after = locate (fixture, "<0.11.0>");
  g_assert_cmpfloat (after.size.height, >, before.size.height * 1.2);
  g_assert_cmpfloat_with_epsilon (after.origin.y + after.size.height / 2, y, 2);
}

static void
test_drag (Fixture *fixture, gconstpointer data)
{
  GtkWidget            *widget = GTK_WIDGET (fixture->graph);
  const graphene_rect_t before = locate (fixture, "<0.1.0>");
  graphene_rect_t       after;

  grove_ui_test_move (widget, 300, 550);
  grove_ui_test_press (widget, GROVE_UI_TEST_LEFT);
  grove_ui_test_move (widget, 340, 500);
  grove_ui_test_release (widget, GROVE_UI_TEST_LEFT);
  grove_ui_test_settle (fixture->window);
  after = locate (fixture, "<0.1.0>");
  g_assert_cmpfloat_with_epsilon (after.origin.x - before.origin.x, 40, 2);
  g_assert_cmpfloat_with_epsilon (after.origin.y - before.origin.y, -50, 2);
  /* It was no click. */
  assert_selected (fixture, NULL);
}

static void
test_expand (Fixture *fixture, gconstpointer data)
{
  toy_tree_add (fixture->tree, "<0.1.0>", "<0.60.0>", "late_sup", GROVE_NODE_KIND_SUPERVISOR, 0);
  toy_tree_set_n_children (fixture->tree, "<0.60.0>", 7);
  toy_tree_commit (fixture->tree);
  grove_session_set_selected (fixture->session, "<0.60.0>");
  GROVE_WAIT (grove_graph_locate (fixture->graph, "<0.60.0>", &(graphene_rect_t){ 0 }),
              GROVE_PATIENCE_MS);
  g_assert_null (toy_tree_get_expanded (fixture->tree));
  grove_ui_test_key (fixture->window, GDK_KEY_space, 0);
  g_assert_cmpstr (toy_tree_get_expanded (fixture->tree), ==, "<0.60.0>");
}

static void
test_words (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = NULL;

  g_test_summary ("What is drawn can be read");
  toy_tree_set_value (fixture->tree, "<0.12.0>", 321);
  toy_tree_commit_values (fixture->tree);
  click (fixture, "<0.12.0>", GROVE_UI_TEST_LEFT);
  text = grove_graph_describe (fixture->graph);
  g_test_message ("%s", text);
  g_assert_nonnull (strstr (text, "47 processes"));
  g_assert_nonnull (strstr (text, "3 supervisors"));
  g_assert_nonnull (strstr (text, "counter_2 <0.12.0>, child of counter_sup"));
  g_assert_nonnull (strstr (text, "Mailbox 321"));
  gtk_test_accessible_assert_role (GTK_WIDGET (fixture->graph), GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (GTK_WIDGET (fixture->graph), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Supervision graph");
}

static void
test_tooltip (Fixture *fixture, gconstpointer data)
{
  GroveGraph           *graph = fixture->graph;
  const graphene_rect_t rect = locate (fixture, "<0.1.0>");
  g_autoptr (GtkTooltip) tooltip = g_object_new (GTK_TYPE_TOOLTIP, NULL);
  g_autofree char *supervisor = NULL;
  g_autofree char *fold = NULL;
  gboolean         shown = FALSE;
  guint            node;

  g_test_summary ("Every number has its words");
  g_signal_emit_by_name (graph, "query-tooltip", (int) rect.origin.x + 4, (int) rect.origin.y + 4,
                         FALSE, tooltip, &shown);
  g_assert_true (shown);
  g_signal_emit_by_name (graph, "query-tooltip", 2, 590, FALSE, tooltip, &shown);
  g_assert_false (shown);

  node = grove_graph_scene_find (graph->scene, "<0.1.0>");
  supervisor = _grove_graph_describe_node (graph, node);
  g_assert_cmpstr (supervisor, ==,
                   "top_sup\n<0.1.0>\nwaiting\none_for_one, 2 children\n"
                   "1 of 3 restarts in 5 s used\nMailbox: 0");
  toy_tree_set_value (fixture->tree, "<0.105.0>", 160);
  toy_tree_set_value (fixture->tree, "<0.106.0>", 2);
  toy_tree_commit_values (fixture->tree);
  node = graph->scene->places[grove_graph_scene_find (graph->scene, "<0.3.0>")].first_child;
  fold = _grove_graph_describe_node (graph, node);
  g_assert_cmpstr (fold, ==,
                   "40 × conn\n38 × empty\n1 × 1+\n1 × 100+\nEnter or a double click opens it\n"
                   "Mailbox: at most 160");
}

static void
count_frame (GdkFrameClock *clock, guint *n)
{
  (*n)++;
}

static gboolean
set_flag (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Runs until the main loop has nothing more urgent than an idle. */
static void
drain (void)
{
  gboolean idle = FALSE;

  g_idle_add_full (G_PRIORITY_LOW, set_flag, &idle, NULL);
  GROVE_WAIT (idle, GROVE_PATIENCE_MS);
}

static void
test_no_needless_frames (Fixture *fixture, gconstpointer data)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (fixture->graph));
  guint          n = 0;
  gulong         handler;

  g_test_summary ("Values that look the same paint nothing; another colour paints one frame");
  grove_ui_test_settle (fixture->window);
  drain ();
  handler = g_signal_connect (clock, "paint", G_CALLBACK (count_frame), &n);
  for (guint i = 0; i < 20; i++)
    {
      toy_tree_commit_values (fixture->tree);
      drain ();
    }
  g_assert_cmpuint (n, ==, 0);
  toy_tree_set_value (fixture->tree, "<0.12.0>", 5000);
  toy_tree_commit_values (fixture->tree);
  GROVE_WAIT (n > 0, GROVE_PATIENCE_MS);
  g_signal_handler_disconnect (clock, handler);
}

static void
test_painted (Fixture *fixture, gconstpointer data)
{
  cairo_surface_t *before, *after;
  double           difference;

  g_test_summary ("A full mailbox is seen, and little else changes");
  grove_ui_test_move (GTK_WIDGET (fixture->graph), 4, 4);
  before = grove_ui_test_capture (GTK_WIDGET (fixture->graph), 1);
  toy_tree_set_value (fixture->tree, "<0.12.0>", 5000);
  toy_tree_commit_values (fixture->tree);
  after = grove_ui_test_capture (GTK_WIDGET (fixture->graph), 1);
  difference = grove_ui_test_difference (before, after, 4);
  g_test_message ("%.3f %% of the pixels", difference * 100);
  g_assert_cmpfloat (difference, >, 0.001);
  g_assert_cmpfloat (difference, <, 0.05);
  cairo_surface_destroy (before);
  cairo_surface_destroy (after);
}

/* How much of the picture changes while the worker that was just restarted stops to flash. */
static double
difference_of_flash (Fixture *fixture)
{
  const gint64     restarted_us = g_get_monotonic_time ();
  GtkWidget       *widget = GTK_WIDGET (fixture->graph);
  cairo_surface_t *flashing, *over;
  double           difference;

  toy_tree_replace (fixture->tree, "<0.11.0>", "<0.11.0>");
  toy_tree_commit (fixture->tree);
  flashing = grove_ui_test_capture (widget, 1);
  GROVE_WAIT (g_get_monotonic_time () > restarted_us + 2 * GROVE_GRAPH_FLASH_US, GROVE_PATIENCE_MS);
  over = grove_ui_test_capture (widget, 1);
  difference = grove_ui_test_difference (flashing, over, 4);
  cairo_surface_destroy (flashing);
  cairo_surface_destroy (over);
  return difference;
}

static void
test_restarted (Fixture *fixture, gconstpointer data)
{
  cairo_surface_t *before, *after;
  double           difference = 0;

  g_test_summary ("A restarted worker flashes, and how often it was restarted stays on its card");
  grove_ui_test_move (GTK_WIDGET (fixture->graph), 4, 4);
  GROVE_WAIT (g_get_monotonic_time () > fixture->shown_us + 2 * GROVE_GRAPH_FLASH_US,
              GROVE_PATIENCE_MS);
  before = grove_ui_test_capture (GTK_WIDGET (fixture->graph), 1);
  /* A machine that holds its breath for a second misses one. */
  for (int i = 0; i < 8 && difference == 0; i++)
    difference = difference_of_flash (fixture);
  g_test_message ("%.3f %% of the pixels flash", difference * 100);
  g_assert_cmpfloat (difference, >, 0.0001);
  after = grove_ui_test_capture (GTK_WIDGET (fixture->graph), 1);
  difference = grove_ui_test_difference (before, after, 4);
  g_test_message ("%.3f %% of the pixels stay changed", difference * 100);
  g_assert_cmpfloat (difference, >, 0.00001);
  g_assert_cmpfloat (difference, <, 0.005);
  cairo_surface_destroy (before);
  cairo_surface_destroy (after);
}

static void
test_patched (Fixture *fixture, gconstpointer data)
{
  GtkWidget *widget = GTK_WIDGET (fixture->graph);

  g_test_summary ("A picture mended node by node is the same as one painted anew");
  grove_session_set_selected (fixture->session, "<0.13.0>");
  for (guint i = 0; i < 12; i++)
    {
      static const char *const pids[] = { "<0.10.0>", "<0.11.0>", "<0.12.0>", "<0.13.0>",
                                          "<0.2.0>",  "<0.3.0>",  "<0.1.0>",  "<0.104.0>" };
      cairo_surface_t         *mended, *anew;

      toy_tree_set_value (fixture->tree, pids[i % G_N_ELEMENTS (pids)], pow (7, i % 5) - 1);
      toy_tree_set_value (fixture->tree, pids[(i + 3) % G_N_ELEMENTS (pids)], pow (3, i % 7));
      toy_tree_commit_values (fixture->tree);
      grove_ui_test_settle (fixture->window);
      mended = grove_ui_test_capture (widget, 1);
      _grove_graph_redraw (fixture->graph);
      anew = grove_ui_test_capture (widget, 1);
      /* A letter that falls between two pixels may fall to either side; a node is far larger. */
      g_assert_cmpfloat (grove_ui_test_difference (mended, anew, 2), <, 1e-4);
      cairo_surface_destroy (mended);
      cairo_surface_destroy (anew);
      if (i % 3 == 2)
        grove_graph_zoom (fixture->graph, GROVE_GRAPH_ZOOM_IN);
    }
}

static void
test_metric (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpstr (toy_tree_get_metric (fixture->tree), ==, "messages");
  grove_graph_set_metric (fixture->graph, GROVE_GRAPH_METRIC_MEMORY);
  g_assert_cmpstr (toy_tree_get_metric (fixture->tree), ==, "memory");
  g_assert_cmpint (grove_graph_get_metric (fixture->graph), ==, GROVE_GRAPH_METRIC_MEMORY);
}

static void
test_gone (Fixture *fixture, gconstpointer data)
{
  graphene_rect_t rect;

  g_test_summary ("A tree that vanishes whole, and comes again, is drawn again");
  toy_tree_remove (fixture->tree, "<0.1.0>");
  toy_tree_commit (fixture->tree);
  GROVE_WAIT (!grove_graph_locate (fixture->graph, "<0.1.0>", &rect), GROVE_PATIENCE_MS);
  grove_ui_test_settle (fixture->window);
  toy_tree_add (fixture->tree, NULL, "<0.1.1>", "top_sup", GROVE_NODE_KIND_SUPERVISOR, 0);
  toy_tree_commit (fixture->tree);
  GROVE_WAIT (grove_graph_locate (fixture->graph, "<0.1.1>", &rect), GROVE_PATIENCE_MS);
  g_assert_cmpfloat (rect.origin.x, >=, 0);
  g_assert_cmpfloat (rect.origin.x + rect.size.width, <=, 900);
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  int status;

  grove_ui_test_init (&argc, &argv);
  application = grove_ui_test_application_new ();
  ADD ("/ui/graph/click", test_click);
  ADD ("/ui/graph/keys", test_keys);
  ADD ("/ui/graph/selection-survives", test_selection_survives);
  ADD ("/ui/graph/replaced", test_replaced);
  ADD ("/ui/graph/fold", test_fold);
  ADD ("/ui/graph/selected-early", test_selected_early);
  ADD ("/ui/graph/clicked-early", test_clicked_early);
  ADD ("/ui/graph/fold-keeps", test_fold_keeps);
  ADD ("/ui/graph/search", test_search);
  ADD ("/ui/graph/wheel", test_wheel);
  ADD ("/ui/graph/drag", test_drag);
  ADD ("/ui/graph/expand", test_expand);
  ADD ("/ui/graph/words", test_words);
  ADD ("/ui/graph/tooltip", test_tooltip);
  ADD ("/ui/graph/no-needless-frames", test_no_needless_frames);
  ADD ("/ui/graph/painted", test_painted);
  ADD ("/ui/graph/restarted", test_restarted);
  ADD ("/ui/graph/patched", test_patched);
  ADD ("/ui/graph/metric", test_metric);
  ADD ("/ui/graph/gone", test_gone);
  status = g_test_run ();
  g_object_unref (application);
  return status;
}
