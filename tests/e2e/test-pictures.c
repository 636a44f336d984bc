/* SPDX-License-Identifier: MIT
 *
 * Every view, light and dark, in a large and in a small window, on the demo, on a system with
 * nothing in it, on one with a million processes, and on one that was lost: into screenshots/ in
 * the build directory, for people to look at. What a machine can tell of a picture is asserted:
 * that the window is as small as it was made, that something is in it, that dark is not light; and
 * a warning of GTK or libadwaita on the way fails it, as anywhere in these tests.
 */
#include "tests/e2e/window.h"

#include "ui/grove-process-view.h"

#include <signal.h>

/* Under sanitizers a million would take minutes. */
#ifdef GROVE_OWN_STACKS
#  define MANY "20000"
#else
#  define MANY "1000000"
#endif
/* Two a second: charts that have begun. */
#define SAMPLES 6

typedef struct
{
  const char *name; /* of the picture */
  const char *view;
  gboolean    tree, inspector;
} Shot;

static const Shot shots[] = {
  { "overview", "overview", FALSE, FALSE },   { "supervision", "supervision", FALSE, FALSE },
  { "processes", "processes", FALSE, FALSE }, { "processes-tree", "processes", TRUE, FALSE },
  { "mailboxes", "mailboxes", FALSE, FALSE }, { "activity", "activity", FALSE, FALSE },
  { "inspector", "processes", FALSE, TRUE },
};

static const struct
{
  int width, height;
} sizes[] = { { 1360, 860 }, { 800, 600 } };

/* ---- One picture ------------------------------------------------------------------------------
 */

static const guint32 *
get_row (cairo_surface_t *surface, int y)
{
  return (const guint32 *) (gconstpointer) (cairo_image_surface_get_data (surface) +
                                            (gsize) y *
                                              (gsize) cairo_image_surface_get_stride (surface));
}

/* The part of it that is not as its middle is. */
static double
count_drawn (cairo_surface_t *surface)
{
  const int width = cairo_image_surface_get_width (surface);
  const int height = cairo_image_surface_get_height (surface);
  guint32   ground;
  guint     n = 0;

  cairo_surface_flush (surface);
  ground = get_row (surface, height / 2)[width / 2];
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      n += get_row (surface, y)[x] != ground;
  return (double) n / ((double) width * height);
}

static void
save (cairo_surface_t *surface, const char *system, const char *shot, gboolean dark)
{
  g_autofree char *folder = g_test_build_filename (G_TEST_BUILT, "..", "screenshots", NULL);
  g_autofree char *file =
    g_strdup_printf ("%s-%s-%s-%dx%d.png", system, shot, dark ? "dark" : "light",
                     cairo_image_surface_get_width (surface),
                     cairo_image_surface_get_height (surface));
  g_autofree char *path = g_build_filename (folder, file, NULL);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  g_assert_cmpint (cairo_surface_write_to_png (surface, path), ==, CAIRO_STATUS_SUCCESS);
}

static cairo_surface_t *
take (WindowFixture *fixture, const char *system, const char *shot, gboolean dark)
{
  GtkWidget       *window = GTK_WIDGET (fixture->window);
  cairo_surface_t *surface;

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      dark ? ADW_COLOR_SCHEME_FORCE_DARK
                                           : ADW_COLOR_SCHEME_FORCE_LIGHT);
  grove_ui_test_settle (window);
  surface = grove_ui_test_capture (window, 1);
  g_assert_nonnull (surface);
  save (surface, system, shot, dark);
  g_assert_cmpfloat (count_drawn (surface), >, 0.01);
  return surface;
}

static void
take_both (WindowFixture *fixture, const char *system, const char *shot)
{
  cairo_surface_t *light = take (fixture, system, shot, FALSE);
  cairo_surface_t *dark = take (fixture, system, shot, TRUE);

  g_assert_cmpfloat (grove_ui_test_difference (light, dark, 60), >, 0.5);
  cairo_surface_destroy (light);
  cairo_surface_destroy (dark);
}

/* ---- All of them ------------------------------------------------------------------------------
 */

static void
set_size (WindowFixture *fixture, int width, int height)
{
  GtkWidget *window = GTK_WIDGET (fixture->window);

  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  /* No view is wider than a small window. */
  GROVE_WAIT (gtk_widget_get_width (window) == width && gtk_widget_get_height (window) == height,
              WINDOW_PATIENCE_MS);
}

static GroveProcessView *
get_processes (WindowFixture *fixture)
{
  return GROVE_PROCESS_VIEW (grove_window_get_view (fixture->window, "processes"));
}

/* One that nobody sees would have the window painted sixty times a second. */
static void
assert_spins_seen (GtkWidget *widget)
{
  gboolean spinning = FALSE;

  if (GTK_IS_SPINNER (widget))
    g_object_get (widget, "spinning", &spinning, NULL);
  g_assert_true (!spinning || gtk_widget_get_mapped (widget));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    assert_spins_seen (child);
}

/* What cannot be scrolled sideways is not cut off there, even beside a scroll bar that takes room.
 */
static void
assert_fits (GtkWidget *widget)
{
  GtkPolicyType sideways = GTK_POLICY_AUTOMATIC;
  GtkWidget    *viewport = NULL;

  if (!gtk_widget_get_mapped (widget))
    return;
  if (GTK_IS_SCROLLED_WINDOW (widget))
    {
      gtk_scrolled_window_get_policy (GTK_SCROLLED_WINDOW (widget), &sideways, NULL);
      viewport = gtk_scrolled_window_get_child (GTK_SCROLLED_WINDOW (widget));
    }
  if (sideways == GTK_POLICY_NEVER && GTK_IS_VIEWPORT (viewport))
    {
      int minimum;

      gtk_widget_measure (gtk_viewport_get_child (GTK_VIEWPORT (viewport)),
                          GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
      g_assert_cmpint (minimum, <=, gtk_widget_get_width (viewport));
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    assert_fits (child);
}

typedef enum
{
  FILLED, /* each view has something to show, and shows it */
  AS_IS,
} State;

static void
show (WindowFixture *fixture, const Shot *shot, State state)
{
  GtkSelectionModel *selection;

  grove_window_show_view (fixture->window, shot->view);
  grove_process_view_set_shape (get_processes (fixture),
                                shot->tree ? GROVE_SHAPE_TREE : GROVE_SHAPE_FLAT);
  grove_window_set_inspector_visible (fixture->window, shot->inspector);
  if (state != FILLED)
    return;
  GROVE_WAIT (grove_window_is_filled (fixture->window, shot->view), WINDOW_PATIENCE_MS);
  if (!shot->inspector)
    return;
  selection = GTK_SELECTION_MODEL (grove_process_view_get_selection (get_processes (fixture)));
  if (grove_session_get_selected (fixture->session) == NULL)
    gtk_selection_model_select_item (selection, 0, TRUE);
  GROVE_WAIT (grove_window_is_filled (fixture->window, "inspector"), WINDOW_PATIENCE_MS);
}

static void
take_all (WindowFixture *fixture, const char *system, State state)
{
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      set_size (fixture, sizes[i].width, sizes[i].height);
      for (guint k = 0; k < G_N_ELEMENTS (shots); k++)
        if (grove_window_get_view (fixture->window, shots[k].view) != NULL)
          {
            show (fixture, &shots[k], state);
            take_both (fixture, system, shots[k].name);
            assert_spins_seen (GTK_WIDGET (fixture->window));
            assert_fits (GTK_WIDGET (fixture->window));
          }
    }
}

static guint
count_samples (WindowFixture *fixture)
{
  return grove_series_get_n (grove_session_get_series (fixture->session, GROVE_METRIC_PROCESSES));
}

static void
test_demo (WindowFixture *fixture, gconstpointer data)
{
  grove_window_show_view (fixture->window, "processes");
  GROVE_WAIT (count_samples (fixture) >= SAMPLES, WINDOW_PATIENCE_MS);
  take_all (fixture, "demo", FILLED);

  /* Gone, and nobody says why. */
  g_clear_pointer (&fixture->wire, grove_test_wire_free);
  grove_test_system_end (g_steal_pointer (&fixture->system), SIGKILL);
  GROVE_WAIT (grove_session_get_state (fixture->session) == GROVE_SESSION_LOST, WINDOW_PATIENCE_MS);
  take_all (fixture, "lost", AS_IS);
}

static void
open_sleepers (WindowFixture *fixture, const char *name, const char *n)
{
  const char *const argv[] = { SLEEPERS, name, n, NULL };

  window_fixture_start (fixture, name, argv);
  window_fixture_open (fixture, name);
  GROVE_WAIT (grove_session_get_state (fixture->session) == GROVE_SESSION_LIVE, WINDOW_PATIENCE_MS);
  GROVE_WAIT (count_samples (fixture) >= 2, WINDOW_PATIENCE_MS);
}

static void
test_empty (WindowFixture *fixture, gconstpointer data)
{
  open_sleepers (fixture, "empty", "0");
  take_all (fixture, "empty", AS_IS);
}

static void
test_million (WindowFixture *fixture, gconstpointer data)
{
  open_sleepers (fixture, "million", MANY);
  take_all (fixture, "million", FILLED);
}

int
main (int argc, char **argv)
{
  window_tests_init (&argc, &argv);
  window_test_add ("/e2e/pictures/demo-and-lost", test_demo);
  window_test_add_bare ("/e2e/pictures/empty", test_empty, NULL);
  window_test_add_bare ("/e2e/pictures/million", test_million, NULL);
  return window_tests_run ();
}
