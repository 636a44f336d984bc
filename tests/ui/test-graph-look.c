/* SPDX-License-Identifier: MIT
 *
 * How the supervision graph is drawn, as a person chooses: which way it grows, which applications,
 * in which colours, with motion or without, and as a file.
 */
#include "tests/support/grove-ui-test.h"
#include "tests/ui/toy-tree.h"
#include "ui/grove-graph-export.h"
#include "ui/grove-graph-private.h"
#include "ui/grove-preferences.h"
#include "ui/grove-root-chooser.h"
#include "ui/grove-supervision-view.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  GroveSession *session;
  GroveTree    *tree; /* the view's */
  GtkWidget    *window, *view;
  GroveGraph   *graph;
} Fixture;

static GtkApplication *application;

static void
add_application (GroveTree *tree, const char *name, guint number, guint n_workers)
{
  g_autofree char *pid = g_strdup_printf ("<0.%u.0>", number);

  toy_tree_add (tree, NULL, pid, name, GROVE_NODE_KIND_SUPERVISOR, 0);
  for (guint i = 0; i < n_workers; i++)
    {
      g_autofree char *child = g_strdup_printf ("<0.%u.0>", number + 1 + i);
      g_autofree char *label = g_strdup_printf ("%s_%c", name, 'a' + (int) i);

      toy_tree_add (tree, pid, child, label, GROVE_NODE_KIND_WORKER, 0);
    }
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->session = grove_session_new ();
  fixture->view = grove_supervision_view_new (fixture->session);
  fixture->tree = toy_tree_get_last ();
  add_application (fixture->tree, "shop", 10, 3);
  add_application (fixture->tree, "mail", 20, 4);
  add_application (fixture->tree, "log", 30, 2);
  toy_tree_commit (fixture->tree);
  fixture->window = gtk_application_window_new (application);
  gtk_window_set_child (GTK_WINDOW (fixture->window), fixture->view);
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 1000, 640);
  gtk_window_present (GTK_WINDOW (fixture->window));
  GROVE_WAIT (grove_ui_test_find (fixture->view, GROVE_TYPE_GRAPH, NULL, NULL) != NULL,
              GROVE_PATIENCE_MS);
  fixture->graph = GROVE_GRAPH (grove_ui_test_find (fixture->view, GROVE_TYPE_GRAPH, NULL, NULL));
  grove_ui_test_settle (fixture->window);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  GtkWidget *view = fixture->view;

  g_object_add_weak_pointer (G_OBJECT (view), (gpointer *) &view);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  GROVE_WAIT (view == NULL, GROVE_PATIENCE_MS);
  g_object_unref (fixture->session);
}

static gboolean
is_drawn (Fixture *fixture, const char *pid)
{
  graphene_rect_t rect;

  return grove_graph_locate (fixture->graph, pid, &rect);
}

static void
test_direction (Fixture *fixture, gconstpointer data)
{
  g_autofree char *remembered = NULL;
  graphene_rect_t  parent, child;

  g_test_summary ("Top down: children stand below, arrows go where they point, a click hits what "
                  "is seen, and it is remembered");
  g_assert_true (gtk_widget_activate_action (fixture->view, "graph.direction", "s", "downwards"));
  grove_ui_test_settle (fixture->window);
  g_assert_true (grove_graph_locate (fixture->graph, "<0.10.0>", &parent));
  g_assert_true (grove_graph_locate (fixture->graph, "<0.12.0>", &child));
  g_assert_cmpfloat (child.origin.y, >, parent.origin.y + parent.size.height);
  grove_ui_test_click_at (GTK_WIDGET (fixture->graph), child.origin.x + child.size.width / 2,
                          child.origin.y + child.size.height / 2, GROVE_UI_TEST_LEFT);
  g_assert_cmpstr (grove_session_get_selected (fixture->session), ==, "<0.12.0>");
  grove_ui_test_key (fixture->window, GDK_KEY_Right, 0);
  g_assert_cmpstr (grove_session_get_selected (fixture->session), ==, "<0.13.0>");
  grove_ui_test_key (fixture->window, GDK_KEY_Up, 0);
  g_assert_cmpstr (grove_session_get_selected (fixture->session), ==, "<0.10.0>");
  remembered = grove_preferences_dup_state_text (grove_preferences_get (), "supervision.direction");
  g_assert_cmpstr (remembered, ==, "downwards");
  gtk_widget_activate_action (fixture->view, "graph.direction", "s", "rightwards");
  g_assert_true (grove_graph_locate (fixture->graph, "<0.12.0>", &child));
  g_assert_true (grove_graph_locate (fixture->graph, "<0.10.0>", &parent));
  g_assert_cmpfloat (child.origin.x, >, parent.origin.x + parent.size.width);
}

static gboolean
is_row (GtkWidget *widget, gpointer name)
{
  return GTK_IS_CHECK_BUTTON (widget) &&
         g_strcmp0 (gtk_check_button_get_label (GTK_CHECK_BUTTON (widget)), name) == 0;
}

static GtkWidget *
find_row (GtkWidget *chooser, const char *name)
{
  return grove_ui_test_find_if (chooser, is_row, (gpointer) name);
}

static void
test_applications (Fixture *fixture, gconstpointer data)
{
  GtkWidget *chooser = grove_ui_test_find (fixture->view, GROVE_TYPE_ROOT_CHOOSER, NULL, NULL);
  GtkWidget *mail, *log;
  g_autofree char *words = NULL;

  g_test_summary (
    "What is not ticked is not drawn, until it is selected elsewhere; the last stays");
  g_assert_nonnull (grove_ui_test_find (chooser, GTK_TYPE_LABEL, "All Applications", NULL));
  grove_ui_test_click (grove_ui_test_find (chooser, GTK_TYPE_MENU_BUTTON, NULL, NULL),
                       GROVE_UI_TEST_LEFT);
  GROVE_WAIT (find_row (chooser, "mail") != NULL, GROVE_PATIENCE_MS);
  mail = find_row (chooser, "mail");
  log = find_row (chooser, "log");
  gtk_check_button_set_active (GTK_CHECK_BUTTON (mail), FALSE);
  g_assert_false (is_drawn (fixture, "<0.20.0>"));
  g_assert_true (is_drawn (fixture, "<0.10.0>"));
  g_assert_nonnull (grove_ui_test_find (chooser, GTK_TYPE_LABEL, "2 of 3 Applications", NULL));
  gtk_check_button_set_active (GTK_CHECK_BUTTON (log), FALSE);
  g_assert_false (gtk_widget_get_sensitive (find_row (chooser, "shop")));
  words = grove_graph_describe (fixture->graph);
  g_assert_nonnull (strstr (words, "1 of 3 applications are drawn"));

  grove_session_set_selected (fixture->session, "<0.22.0>");
  g_assert_true (is_drawn (fixture, "<0.22.0>"));
  g_assert_false (is_drawn (fixture, "<0.30.0>"));
  /* One that ends while it is the only one leaves the others to be seen. */
  grove_graph_set_root_shown (fixture->graph, "mail", FALSE);
  toy_tree_remove (fixture->tree, "<0.10.0>");
  toy_tree_commit (fixture->tree);
  GROVE_WAIT (is_drawn (fixture, "<0.30.0>"), GROVE_PATIENCE_MS);
  grove_graph_show_all_roots (fixture->graph);
  g_assert_true (is_drawn (fixture, "<0.20.0>"));
}

static void
test_colours (Fixture *fixture, gconstpointer data)
{
  GrovePreferences *preferences = grove_preferences_get ();
  cairo_surface_t  *standard, *safe;

  g_test_summary ("Another colour map is another picture at once, and so are other limits");
  toy_tree_set_value (fixture->tree, "<0.11.0>", 5000);
  toy_tree_commit_values (fixture->tree);
  standard = grove_ui_test_capture (fixture->view, 1);
  g_object_set (preferences, "colour-map", "colour-blind", NULL);
  safe = grove_ui_test_capture (fixture->view, 1);
  g_assert_cmpfloat (grove_ui_test_difference (standard, safe, 8), >, 0.0005);
  cairo_surface_destroy (standard);
  cairo_surface_destroy (safe);
  g_assert_nonnull (grove_ui_test_find (fixture->view, GTK_TYPE_LABEL, "1000+", NULL));
  g_object_set (preferences, "mailbox-alarm", 7000, NULL);
  g_assert_nonnull (grove_ui_test_find (fixture->view, GTK_TYPE_LABEL, "7000+", NULL));
  g_assert_cmpint (fixture->graph->scene
                     ->nodes[grove_graph_scene_find (fixture->graph->scene, "<0.11.0>")]
                     .band,
                   ==, GROVE_GRAPH_BAND_HOT);
  grove_preferences_reset (preferences);
}

static void
test_still (Fixture *fixture, gconstpointer data)
{
  GtkSettings    *settings = gtk_settings_get_default ();
  graphene_rect_t rect;

  g_test_summary ("Where the desktop wants no motion nothing glides, and the dead stand still "
                  "until they are gone");
  g_object_set (settings, "gtk-enable-animations", FALSE, NULL);
  toy_tree_remove (fixture->tree, "<0.11.0>");
  toy_tree_commit (fixture->tree);
  GROVE_WAIT (!grove_graph_locate (fixture->graph, "<0.11.0>", &rect), GROVE_PATIENCE_MS);
  g_assert_cmpfloat (fixture->graph->scene->max_move, ==, 0);
  g_assert_cmpuint (fixture->graph->tick, ==, 0);
  GROVE_WAIT (fixture->graph->scene->ghosts->len == 0, GROVE_PATIENCE_MS);

  g_object_set (settings, "gtk-enable-animations", TRUE, NULL);
  toy_tree_remove (fixture->tree, "<0.12.0>");
  toy_tree_commit (fixture->tree);
  GROVE_WAIT (!grove_graph_locate (fixture->graph, "<0.12.0>", &rect), GROVE_PATIENCE_MS);
  GROVE_WAIT (fixture->graph->scene->ghosts->len == 0, GROVE_PATIENCE_MS);
  g_object_set (settings, "gtk-enable-animations", FALSE, NULL);
}

static void
on_finished (GroveSave *save, gboolean saved, int *result)
{
  *result = saved ? 1 : 0;
}

static void
test_export (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *suffix, *begins;
  } formats[] = { { "svg", "<?xml" }, { "png", "\x89PNG" }, { "pdf", "%PDF" } };
  g_autofree char *folder = g_dir_make_tmp ("grove-export-XXXXXX", NULL);

  g_test_summary ("Pictures of three formats; a place that cannot be written to is told");
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/graph.%s", folder, formats[i].suffix);
      g_autofree char *contents = NULL;
      g_autoptr (GFile) file = g_file_new_for_path (path);
      GroveSave *save = grove_save_new (NULL, file);
      int        result = -1;
      gsize      length;

      g_signal_connect (save, "finished", G_CALLBACK (on_finished), &result);
      grove_graph_export (fixture->graph, save, formats[i].suffix);
      GROVE_WAIT (result >= 0, GROVE_PATIENCE_MS);
      g_assert_cmpint (result, ==, 1);
      g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
      g_assert_cmpuint (length, >, 1000);
      g_assert_cmpint (memcmp (contents, formats[i].begins, strlen (formats[i].begins)), ==, 0);
      g_unlink (path);
    }
  {
    g_autofree char *path = g_strdup_printf ("%s/no/such/folder.svg", folder);
    g_autoptr (GFile) file = g_file_new_for_path (path);
    GroveSave *save = grove_save_new (NULL, file);
    int        result = -1;

    g_signal_connect (save, "finished", G_CALLBACK (on_finished), &result);
    grove_graph_export (fixture->graph, save, "svg");
    GROVE_WAIT (result >= 0, GROVE_PATIENCE_MS);
    g_assert_cmpint (result, ==, 0);
  }
  g_rmdir (folder);
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  int status;

  grove_ui_test_init (&argc, &argv);
  application = grove_ui_test_application_new ();
  ADD ("/ui/graph-look/direction", test_direction);
  ADD ("/ui/graph-look/applications", test_applications);
  ADD ("/ui/graph-look/colours", test_colours);
  ADD ("/ui/graph-look/still", test_still);
  ADD ("/ui/graph-look/export", test_export);
  status = g_test_run ();
  g_object_unref (application);
  return status;
}
