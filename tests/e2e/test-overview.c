/* SPDX-License-Identifier: MIT
 *
 * The overview on a system in which everything goes wrong: what needs a look is listed, counted in
 * the view switcher, and leads to its process in its view; events and limits are told beside it.
 */
#include "tests/e2e/window.h"
#include "ui/grove-finding-row.h"

#include <string.h>

#define PATIENCE_MS 120000 /* some trouble takes its time to be told */

static gboolean
is_finding (GtkWidget *widget, gpointer title)
{
  return GROVE_IS_FINDING_ROW (widget) &&
         strstr (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget)), title) != NULL;
}

static GtkWidget *
find_row (WindowFixture *fixture, const char *title)
{
  return grove_ui_test_find_if (GTK_WIDGET (fixture->window), is_finding, (gpointer) title);
}

static AdwViewStack *
get_stack (WindowFixture *fixture)
{
  GtkWidget *view = grove_window_get_view (fixture->window, "overview");

  return ADW_VIEW_STACK (gtk_widget_get_ancestor (view, ADW_TYPE_VIEW_STACK));
}

static guint
get_badge (WindowFixture *fixture, const char *view)
{
  AdwViewStack *stack = get_stack (fixture);

  return adw_view_stack_page_get_badge_number (
    adw_view_stack_get_page (stack, adw_view_stack_get_child_by_name (stack, view)));
}

static gboolean
is_button (GtkWidget *widget, gpointer text)
{
  const char *label = GTK_IS_BUTTON (widget) ? gtk_button_get_label (GTK_BUTTON (widget)) : NULL;

  return label != NULL && g_str_has_prefix (label, text);
}

static GtkWidget *
find_button (WindowFixture *fixture, const char *text)
{
  return grove_ui_test_find_if (GTK_WIDGET (fixture->window), is_button, (gpointer) text);
}

static gboolean
count_row (GtkWidget *widget, gpointer n)
{
  if (GROVE_IS_FINDING_ROW (widget))
    (*(guint *) n)++;
  return FALSE;
}

static guint
count_rows (WindowFixture *fixture)
{
  guint n = 0;

  grove_ui_test_find_if (GTK_WIDGET (fixture->window), count_row, &n);
  return n;
}

static void
press (WindowFixture *fixture, GtkWidget *row)
{
  gtk_widget_grab_focus (row);
  grove_ui_test_key (GTK_WIDGET (fixture->window), GDK_KEY_Return, 0);
}

static void
test_findings (WindowFixture *fixture, gconstpointer data)
{
  const char *const argv[] = { GROVE_TROUBLED_PROGRAM, "--observe", NULL };
  g_autofree char  *slow = NULL;
  GtkWidget        *row, *button;

  window_fixture_start (fixture, "troubled", argv);
  slow = grove_test_wire_find_pid (fixture->wire, "slow_reader");
  window_fixture_open (fixture, "troubled");
  GROVE_WAIT (grove_session_get_state (fixture->session) == GROVE_SESSION_LIVE, WINDOW_PATIENCE_MS);
  grove_ui_test_key (GTK_WIDGET (fixture->window), GDK_KEY_1, GDK_CONTROL_MASK);
  g_assert_cmpuint (get_badge (fixture, "processes"), ==, 0);

  /* Each is listed, with its evidence. */
  GROVE_WAIT (find_row (fixture, "seem to wait for each other") != NULL, PATIENCE_MS);
  GROVE_WAIT (find_row (fixture, "flaky_sup restarts children again and again") != NULL,
              PATIENCE_MS);
  GROVE_WAIT (window_shows (fixture, "4 of the 5 restarts it allows"), PATIENCE_MS);
  GROVE_WAIT (find_row (fixture, "The mailbox of slow_reader grows") != NULL, PATIENCE_MS);
  GROVE_WAIT (window_shows (fixture, "At this rate it passes"), PATIENCE_MS);

  /* They are counted where they are to be looked at. */
  GROVE_WAIT (get_badge (fixture, "mailboxes") >= 1, PATIENCE_MS);
  GROVE_WAIT (get_badge (fixture, "supervision") >= 2, PATIENCE_MS);
  g_assert_cmpuint (get_badge (fixture, "overview"), >=, 3);

  /* What is told beside them. */
  GROVE_WAIT (window_shows (fixture, "flaky crashed: {flaky,4}"), PATIENCE_MS);
  GROVE_WAIT (window_shows (fixture, "flaky_sup: child flaky"), PATIENCE_MS);
  GROVE_WAIT (window_shows (fixture, "4 of 5 in 1 h 0 min"), PATIENCE_MS);

  /* One that is pressed leads to its process, in its view. */
  row = find_row (fixture, "The mailbox of slow_reader grows");
  press (fixture, row);
  GROVE_WAIT (g_strcmp0 (grove_session_get_selected (fixture->session), slow) == 0, PATIENCE_MS);
  g_assert_cmpstr (adw_view_stack_get_visible_child_name (get_stack (fixture)), ==, "mailboxes");

  /* More than a few are there when they are asked for. */
  grove_ui_test_key (GTK_WIDGET (fixture->window), GDK_KEY_1, GDK_CONTROL_MASK);
  GROVE_WAIT (get_badge (fixture, "overview") > 5, PATIENCE_MS);
  GROVE_WAIT ((button = find_button (fixture, "Show All ")) != NULL, PATIENCE_MS);
  g_assert_cmpuint (count_rows (fixture), ==, 5);
  press (fixture, button);
  GROVE_WAIT (count_rows (fixture) > 5, PATIENCE_MS);
  GROVE_WAIT (find_button (fixture, "Show Fewer") != NULL, PATIENCE_MS);
  window_fixture_close (fixture);
  window_fixture_stop (fixture);
}

static gboolean
is_saying (GtkWidget *widget, gpointer text)
{
  const char *said = grove_ui_test_get_text (widget);

  return said != NULL && g_str_has_prefix (said, text);
}

static GtkWidget *
find_saying (WindowFixture *fixture, const char *text)
{
  return grove_ui_test_find_if (grove_window_get_view (fixture->window, "overview"), is_saying,
                                (gpointer) text);
}

/* Subtitles say what is looked for already, which changes after a while. */
static gboolean
note_label (GtkWidget *widget, gpointer texts)
{
  if (GTK_IS_LABEL (widget) && !gtk_widget_has_css_class (widget, "subtitle"))
    g_hash_table_insert (texts, g_object_ref (widget),
                         g_strdup (gtk_label_get_text (GTK_LABEL (widget))));
  return FALSE;
}

/* A label that changes has the page laid out anew, so what counts seconds must not be one. */
static void
assert_rests (WindowFixture *fixture)
{
  GtkWidget *watched = find_saying (fixture, "Watched for ");
  g_autoptr (GHashTable) texts =
    g_hash_table_new_full (NULL, NULL, g_object_unref, (GDestroyNotify) g_free);
  GHashTableIter iterator;
  gpointer       label, text;

  grove_ui_test_find_if (grove_window_get_view (fixture->window, "overview"), note_label, texts);
  g_assert_cmpuint (g_hash_table_size (texts), >, 5);
  for (int i = 0; i < 2; i++)
    {
      g_autofree char *before = g_strdup (grove_ui_test_get_text (watched));

      GROVE_WAIT (strcmp (grove_ui_test_get_text (watched), before) != 0, PATIENCE_MS);
    }
  g_hash_table_iter_init (&iterator, texts);
  while (g_hash_table_iter_next (&iterator, &label, &text))
    g_assert_cmpstr (gtk_label_get_text (label), ==, text);
}

static void
assert_beside (GtkWidget *one, GtkWidget *other)
{
  GtkWidget      *root = GTK_WIDGET (gtk_widget_get_root (one));
  graphene_rect_t bounds, other_bounds;

  g_assert_true (gtk_widget_compute_bounds (one, root, &bounds));
  g_assert_true (gtk_widget_compute_bounds (other, root, &other_bounds));
  g_assert_cmpfloat (bounds.origin.y, ==, other_bounds.origin.y);
  g_assert_cmpfloat (bounds.size.height, ==, other_bounds.size.height);
}

/* Where nothing is wrong, that is said, and for how long one has looked. */
static void
test_nothing (WindowFixture *fixture, gconstpointer data)
{
  const char *const argv[] = { GROVE_PEACEFUL_PROGRAM, "--observe", NULL };

  window_fixture_start (fixture, "dispatcher", argv);
  window_fixture_open (fixture, "dispatcher");
  GROVE_WAIT (grove_session_get_state (fixture->session) == GROVE_SESSION_LIVE, WINDOW_PATIENCE_MS);
  grove_ui_test_key (GTK_WIDGET (fixture->window), GDK_KEY_1, GDK_CONTROL_MASK);
  GROVE_WAIT (window_shows (fixture, "Nothing needs a look"), PATIENCE_MS);
  GROVE_WAIT (window_shows (fixture, "Watched for "), PATIENCE_MS);
  GROVE_WAIT (window_shows (fixture, "Not yet, or not at all: Mailboxes that grow"), PATIENCE_MS);
  GROVE_WAIT (window_shows (fixture, "Nothing has been logged"), PATIENCE_MS);
  g_assert_cmpuint (get_badge (fixture, "overview"), ==, 0);
  assert_rests (fixture);
  assert_beside (find_saying (fixture, "Findings"), find_saying (fixture, "Recent Events"));
  window_fixture_close (fixture);
  window_fixture_stop (fixture);
}

int
main (int argc, char **argv)
{
  window_tests_init (&argc, &argv);
  window_test_add_bare ("/e2e/overview/nothing", test_nothing, NULL);
  window_test_add_bare ("/e2e/overview/findings", test_findings, NULL);
  return window_tests_run ();
}
