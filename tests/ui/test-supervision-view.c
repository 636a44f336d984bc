/* SPDX-License-Identifier: MIT
 *
 * The supervision view around its graph: pages, search, metric and legend, and that it asks nothing
 * of the system while nobody looks.
 */
#include "tests/support/grove-ui-test.h"
#include "tests/ui/toy-tree.h"
#include "ui/grove-graph-legend.h"
#include "ui/grove-graph.h"
#include "ui/grove-supervision-view.h"

typedef struct
{
  GroveSession *session;
  GroveTree    *tree; /* the view's */
  GtkWidget    *window, *view;
} Fixture;

static GtkApplication *application;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->session = grove_session_new ();
  fixture->view = grove_supervision_view_new (fixture->session);
  fixture->tree = toy_tree_get_last ();
  fixture->window = gtk_application_window_new (application);
  gtk_window_set_child (GTK_WINDOW (fixture->window), fixture->view);
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 900, 600);
  toy_tree_set_loading (fixture->tree, TRUE);
  gtk_window_present (GTK_WINDOW (fixture->window));
  GROVE_WAIT (gtk_widget_get_mapped (fixture->view), GROVE_PATIENCE_MS);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  GtkWidget *view = fixture->view;

  g_object_add_weak_pointer (G_OBJECT (view), (gpointer *) &view);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  GROVE_WAIT (view == NULL, GROVE_PATIENCE_MS);
  /* The tree went with its view. */
  g_assert_null (toy_tree_get_last ());
  g_object_unref (fixture->session);
}

static void
grow (Fixture *fixture)
{
  toy_tree_add (fixture->tree, NULL, "<0.1.0>", "top_sup", GROVE_NODE_KIND_SUPERVISOR, 0);
  for (guint i = 0; i < 5; i++)
    {
      g_autofree char *pid = g_strdup_printf ("<0.%u.0>", 10 + i);
      g_autofree char *name = g_strdup_printf ("worker_%c", 'a' + (int) i);

      toy_tree_add (fixture->tree, "<0.1.0>", pid, name, GROVE_NODE_KIND_WORKER, 0);
    }
  toy_tree_commit (fixture->tree);
  toy_tree_set_loading (fixture->tree, FALSE);
  GROVE_WAIT (grove_ui_test_find (fixture->view, GROVE_TYPE_GRAPH, NULL, NULL) != NULL,
              GROVE_PATIENCE_MS);
  grove_ui_test_settle (fixture->window);
}

static void
test_pages (Fixture *fixture, gconstpointer data)
{
  GROVE_WAIT (grove_ui_test_find (fixture->view, GTK_TYPE_SPINNER, NULL, NULL) != NULL,
              GROVE_PATIENCE_MS);
  g_assert_null (grove_ui_test_find (fixture->view, GROVE_TYPE_GRAPH, NULL, NULL));
  toy_tree_set_loading (fixture->tree, FALSE);
  GROVE_WAIT (grove_ui_test_find (fixture->view, GTK_TYPE_LABEL, "No Supervised Processes", NULL) !=
                NULL,
              2000);
  grow (fixture);
  /* A tree that is read again leaves its picture standing. */
  toy_tree_remove (fixture->tree, "<0.1.0>");
  toy_tree_set_loading (fixture->tree, TRUE);
  toy_tree_commit (fixture->tree);
  g_assert_nonnull (grove_ui_test_find (fixture->view, GROVE_TYPE_GRAPH, NULL, NULL));
}

static void
test_active (Fixture *fixture, gconstpointer data)
{
  g_assert_true (toy_tree_get_active (fixture->tree));
  gtk_widget_set_visible (fixture->view, FALSE);
  g_assert_false (toy_tree_get_active (fixture->tree));
  gtk_widget_set_visible (fixture->view, TRUE);
  GROVE_WAIT (toy_tree_get_active (fixture->tree), GROVE_PATIENCE_MS);
}

static void
test_search (Fixture *fixture, gconstpointer data)
{
  GtkWidget *entry;

  grow (fixture);
  grove_supervision_view_find (GROVE_SUPERVISION_VIEW (fixture->view));
  grove_ui_test_type (fixture->window, "worker");
  GROVE_WAIT (grove_ui_test_find (fixture->view, GTK_TYPE_LABEL, "5 matches", NULL) != NULL,
              GROVE_PATIENCE_MS);
  grove_ui_test_key (fixture->window, GDK_KEY_Return, 0);
  g_assert_cmpstr (grove_session_get_selected (fixture->session), ==, "<0.10.0>");
  GROVE_WAIT (grove_ui_test_find (fixture->view, GTK_TYPE_LABEL, "1 of 5", NULL) != NULL,
              GROVE_PATIENCE_MS);
  grove_ui_test_key (fixture->window, GDK_KEY_Return, 0);
  g_assert_cmpstr (grove_session_get_selected (fixture->session), ==, "<0.11.0>");
  grove_ui_test_key (fixture->window, GDK_KEY_Return, GDK_SHIFT_MASK);
  g_assert_cmpstr (grove_session_get_selected (fixture->session), ==, "<0.10.0>");
  grove_ui_test_key (fixture->window, GDK_KEY_Return, GDK_SHIFT_MASK);
  g_assert_cmpstr (grove_session_get_selected (fixture->session), ==, "<0.14.0>");
  grove_ui_test_type (fixture->window, "zz");
  GROVE_WAIT (grove_ui_test_find (fixture->view, GTK_TYPE_LABEL, "no match", NULL) != NULL,
              GROVE_PATIENCE_MS);
  entry = grove_ui_test_find (fixture->view, GTK_TYPE_SEARCH_ENTRY, NULL, "error");
  g_assert_nonnull (entry);
  grove_ui_test_key (fixture->window, GDK_KEY_Escape, 0);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (entry)), ==, "");
  GROVE_WAIT (GROVE_IS_GRAPH (gtk_root_get_focus (GTK_ROOT (fixture->window))), GROVE_PATIENCE_MS);
}

static void
test_metric (Fixture *fixture, gconstpointer data)
{
  GtkWidget *drop_down;

  grow (fixture);
  g_assert_nonnull (grove_ui_test_find (fixture->view, GTK_TYPE_LABEL, "1000+", NULL));
  drop_down = grove_ui_test_find (fixture->view, GTK_TYPE_DROP_DOWN, NULL, NULL);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (drop_down), GROVE_GRAPH_METRIC_REDUCTIONS);
  g_assert_cmpstr (toy_tree_get_metric (fixture->tree), ==, "reductions/s");
  grove_ui_test_settle (fixture->window);
  g_assert_nonnull (grove_ui_test_find (fixture->view, GTK_TYPE_LABEL, "10M+", NULL));
  g_assert_null (grove_ui_test_find (fixture->view, GTK_TYPE_LABEL, "1000+", NULL));
}

static void
test_zoom_buttons (Fixture *fixture, gconstpointer data)
{
  GroveGraph     *graph;
  graphene_rect_t before, after;

  grow (fixture);
  graph = GROVE_GRAPH (grove_ui_test_find (fixture->view, GROVE_TYPE_GRAPH, NULL, NULL));
  g_assert_true (grove_graph_locate (graph, "<0.10.0>", &before));
  gtk_widget_activate_action (GTK_WIDGET (graph), "graph.zoom-in", NULL);
  g_assert_true (grove_graph_locate (graph, "<0.10.0>", &after));
  g_assert_cmpfloat_with_epsilon (after.size.height, before.size.height * 1.25, 0.01);
  gtk_widget_activate_action (GTK_WIDGET (graph), "graph.zoom-fit", NULL);
  g_assert_true (grove_graph_locate (graph, "<0.10.0>", &after));
  g_assert_cmpfloat_with_epsilon (after.size.height, before.size.height, 0.01);
}

/* The bar above the graph needs less room than all that would like to be in it. */
static void
test_legend_room (Fixture *fixture, gconstpointer data)
{
  GtkWidget *legend, *bar;
  int        natural = 0;

  grow (fixture);
  legend = grove_ui_test_find (fixture->view, GROVE_TYPE_GRAPH_LEGEND, NULL, NULL);
  g_assert_nonnull (legend);
  bar = gtk_widget_get_parent (gtk_widget_get_parent (legend));
  gtk_widget_measure (bar, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), natural + 40, 600);
  GROVE_WAIT (gtk_widget_get_width (bar) >= natural, GROVE_PATIENCE_MS);
  GROVE_WAIT (gtk_widget_get_mapped (legend), GROVE_PATIENCE_MS);
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), natural - 40, 600);
  GROVE_WAIT (!gtk_widget_get_mapped (legend), GROVE_PATIENCE_MS);
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), natural + 40, 600);
  GROVE_WAIT (gtk_widget_get_mapped (legend), GROVE_PATIENCE_MS);
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  int status;

  grove_ui_test_init (&argc, &argv);
  application = grove_ui_test_application_new ();
  ADD ("/ui/supervision-view/pages", test_pages);
  ADD ("/ui/supervision-view/active", test_active);
  ADD ("/ui/supervision-view/search", test_search);
  ADD ("/ui/supervision-view/metric", test_metric);
  ADD ("/ui/supervision-view/zoom-buttons", test_zoom_buttons);
  ADD ("/ui/supervision-view/legend-room", test_legend_room);
  status = g_test_run ();
  g_object_unref (application);
  return status;
}
