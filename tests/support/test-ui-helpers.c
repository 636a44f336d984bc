/* SPDX-License-Identifier: MIT
 *
 * The helpers that window tests trust: that a click, a key and a picture are what they say.
 */
#include "tests/support/grove-ui-test.h"

static GtkApplication *application;

typedef struct
{
  GtkWidget *window, *button, *entry;
  guint      n_clicked, n_right, n_scrolled;
} Fixture;

static void
on_clicked (GtkButton *button, Fixture *fixture)
{
  fixture->n_clicked++;
}

static void
on_right (GtkGestureClick *gesture, int n_press, double x, double y, Fixture *fixture)
{
  fixture->n_right++;
}

static gboolean
on_scroll (GtkEventControllerScroll *controller, double dx, double dy, Fixture *fixture)
{
  fixture->n_scrolled++;
  return TRUE;
}

static void
fixture_set_up (Fixture *fixture, gconstpointer data)
{
  GtkWidget          *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkGesture         *right = gtk_gesture_click_new ();
  GtkEventController *scroll =
    gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);

  fixture->window = gtk_application_window_new (application);
  fixture->button = gtk_button_new_with_label ("Press me");
  fixture->entry = gtk_entry_new ();
  gtk_widget_add_css_class (fixture->button, "suggested-action");
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (right), GROVE_UI_TEST_RIGHT);
  g_signal_connect (right, "pressed", G_CALLBACK (on_right), fixture);
  gtk_widget_add_controller (fixture->button, GTK_EVENT_CONTROLLER (right));
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), fixture);
  gtk_widget_add_controller (fixture->button, scroll);
  g_signal_connect (fixture->button, "clicked", G_CALLBACK (on_clicked), fixture);
  gtk_box_append (GTK_BOX (box), fixture->button);
  gtk_box_append (GTK_BOX (box), fixture->entry);
  gtk_window_set_child (GTK_WINDOW (fixture->window), box);
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 400, 200);
  gtk_window_present (GTK_WINDOW (fixture->window));
  GROVE_WAIT (gtk_widget_get_mapped (fixture->button), GROVE_PATIENCE_MS);
  grove_ui_test_settle (fixture->window);
}

static void
fixture_tear_down (Fixture *fixture, gconstpointer data)
{
  g_object_add_weak_pointer (G_OBJECT (fixture->window), (gpointer *) &fixture->window);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  GROVE_WAIT (fixture->window == NULL, GROVE_PATIENCE_MS);
}

static void
test_click (Fixture *fixture, gconstpointer data)
{
  grove_ui_test_click (fixture->button, GROVE_UI_TEST_LEFT);
  GROVE_WAIT (fixture->n_clicked == 1, GROVE_PATIENCE_MS);
  grove_ui_test_click (fixture->button, GROVE_UI_TEST_RIGHT);
  GROVE_WAIT (fixture->n_right == 1, GROVE_PATIENCE_MS);
  g_assert_cmpuint (fixture->n_clicked, ==, 1);
}

static void
test_scroll (Fixture *fixture, gconstpointer data)
{
  grove_ui_test_move (fixture->button, 20, 10);
  grove_ui_test_scroll (fixture->button, 3);
  GROVE_WAIT (fixture->n_scrolled == 3, GROVE_PATIENCE_MS);
}

static void
test_keys (Fixture *fixture, gconstpointer data)
{
  GtkEditable *editable = GTK_EDITABLE (fixture->entry);

  grove_ui_test_click (fixture->entry, GROVE_UI_TEST_LEFT);
  grove_ui_test_type (fixture->window, "app:Shop messages>10");
  GROVE_WAIT (g_strcmp0 (gtk_editable_get_text (editable), "app:Shop messages>10") == 0,
              GROVE_PATIENCE_MS);
  grove_ui_test_key (fixture->window, GDK_KEY_a, GDK_CONTROL_MASK);
  grove_ui_test_key (fixture->window, GDK_KEY_Delete, 0);
  GROVE_WAIT (g_strcmp0 (gtk_editable_get_text (editable), "") == 0, GROVE_PATIENCE_MS);
}

static void
test_find (Fixture *fixture, gconstpointer data)
{
  GtkWidget *window = fixture->window;

  g_assert_true (grove_ui_test_find (window, GTK_TYPE_BUTTON, "Press me", NULL) == fixture->button);
  g_assert_true (grove_ui_test_find (window, GTK_TYPE_WIDGET, NULL, "suggested-action") ==
                 fixture->button);
  g_assert_true (grove_ui_test_find_anywhere (GTK_TYPE_ENTRY, "", NULL) == fixture->entry);
  g_assert_null (grove_ui_test_find (window, GTK_TYPE_BUTTON, "Press", NULL));
  g_assert_null (grove_ui_test_find (window, GTK_TYPE_SPINNER, NULL, NULL));
  g_assert_true (grove_ui_test_find_window (GTK_TYPE_APPLICATION_WINDOW) == GTK_WINDOW (window));
  gtk_widget_set_visible (fixture->entry, FALSE);
  g_assert_null (grove_ui_test_find (window, GTK_TYPE_ENTRY, NULL, NULL));
}

static void
test_pictures (Fixture *fixture, gconstpointer data)
{
  cairo_surface_t *before, *same, *after, *twice;

  before = grove_ui_test_capture (fixture->button, 1);
  same = grove_ui_test_capture (fixture->button, 1);
  g_assert_nonnull (before);
  g_assert_cmpfloat (grove_ui_test_difference (before, same, 0), ==, 0);
  g_assert_cmpint (cairo_image_surface_get_width (before), ==,
                   gtk_widget_get_width (fixture->button));

  gtk_button_set_label (GTK_BUTTON (fixture->button), "Something else");
  after = grove_ui_test_capture (fixture->button, 1);
  g_assert_cmpfloat (grove_ui_test_difference (before, after, 8), >, 0.001);

  twice = grove_ui_test_capture (fixture->button, 2);
  g_assert_cmpfloat (grove_ui_test_difference (before, twice, 8), ==, 1);
  cairo_surface_destroy (before);
  cairo_surface_destroy (same);
  cairo_surface_destroy (after);
  cairo_surface_destroy (twice);
}

/* A condition that never holds must fail the test that waits for it, and leave a picture. */
static void
test_timed_out (Fixture *fixture, gconstpointer data)
{
  if (g_test_subprocess ())
    {
      GROVE_WAIT (fixture->n_clicked == 99, 50);
      return;
    }
  g_test_trap_subprocess (NULL, 60 * G_TIME_SPAN_SECOND, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*not within 50 ms: fixture->n_clicked == 99*");
}

int
main (int argc, char **argv)
{
  int result;

  grove_ui_test_init (&argc, &argv);
  application = grove_ui_test_application_new ();
  g_test_add ("/support/ui/click", Fixture, NULL, fixture_set_up, test_click, fixture_tear_down);
  g_test_add ("/support/ui/scroll", Fixture, NULL, fixture_set_up, test_scroll, fixture_tear_down);
  g_test_add ("/support/ui/keys", Fixture, NULL, fixture_set_up, test_keys, fixture_tear_down);
  g_test_add ("/support/ui/find", Fixture, NULL, fixture_set_up, test_find, fixture_tear_down);
  g_test_add ("/support/ui/pictures", Fixture, NULL, fixture_set_up, test_pictures,
              fixture_tear_down);
  g_test_add ("/support/ui/timed-out", Fixture, NULL, fixture_set_up, test_timed_out,
              fixture_tear_down);
  result = g_test_run ();
  g_object_unref (application);
  return result;
}
