/* SPDX-License-Identifier: MIT
 *
 * A term is unfolded and folded, with the mouse and with keys, and keeps its folds when a new value
 * of the same shape comes.
 */
#include "observer/grove-format.h"
#include "observer/grove-observer-private.h"
#include "tests/support/grove-ui-test.h"
#include "ui/grove-term-view.h"

typedef struct
{
  GtkWindow     *window;
  GroveTermView *view;
  char          *pid; /* that was chosen */
} Fixture;

static GroveTerm *
read_term (const char *json)
{
  g_autofree char    *copy = g_strdelimit (g_strdup (json), "'", '"');
  struct json_object *object = json_tokener_parse (copy);
  GroveTerm          *term = _grove_term_read (object);

  g_assert_nonnull (term);
  json_object_put (object);
  return term;
}

/* {order, 12, [<0.7.0>, 5 left out], #{colour => red, size => {1,2}}} */
#define ORDER(number)                                                                              \
  "{'text':'{order,12,[<0.7.0>],#{colour => red,size => "                                          \
  "{1,2}}}','size':90,'tree':[{'kind':'tuple','text':'{order,...}','n':4},"                        \
  "{'kind':'atom','text':'order'},{'kind':'integer','text':'" number                               \
  "'},{'kind':'list','text':'[<0.7.0>]','n':1,'left_out':5},{'kind':'pid','text':'<0.7.0>'},"      \
  "{'kind':'map','text':'a map','n':4},{'kind':'atom','text':'colour'},"                           \
  "{'kind':'atom','text':'red'},{'kind':'atom','text':'size'},"                                    \
  "{'kind':'tuple','text':'{1,2}','n':2},{'kind':'integer','text':'1'},"                           \
  "{'kind':'integer','text':'2'}]}"

static void
on_navigate (Fixture *self, const char *pid)
{
  g_free (self->pid);
  self->pid = g_strdup (pid);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->window = GTK_WINDOW (gtk_window_new ());
  self->view = GROVE_TERM_VIEW (grove_term_view_new ());
  grove_term_view_set_title (self->view, "State");
  g_signal_connect_swapped (self->view, "navigate", G_CALLBACK (on_navigate), self);
  gtk_window_set_default_size (self->window, 312, 400);
  gtk_window_set_child (self->window, GTK_WIDGET (self->view));
  gtk_window_present (self->window);
  grove_ui_test_settle (GTK_WIDGET (self->window));
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  gtk_window_destroy (self->window);
  g_free (self->pid);
}

static void
show (Fixture *self, const char *json)
{
  g_autoptr (GroveTerm) term = read_term (json);

  grove_term_view_set_term (self->view, term);
  grove_ui_test_settle (GTK_WIDGET (self->window));
}

static GtkWidget *
find (Fixture *self, const char *text)
{
  return grove_ui_test_find (GTK_WIDGET (self->view), GTK_TYPE_LABEL, text, NULL);
}

static void
click (Fixture *self, const char *text)
{
  GtkWidget *label = find (self, text);

  g_assert_nonnull (label);
  grove_ui_test_click (label, GROVE_UI_TEST_LEFT);
  grove_ui_test_settle (GTK_WIDGET (self->window));
}

static void
test_fold (Fixture *self, gconstpointer data)
{
  show (self, ORDER ("12"));
  g_assert_cmpuint (grove_term_view_get_n_lines (self->view), ==, 5);
  g_assert_nonnull (find (self, "tuple of 4"));
  g_assert_null (find (self, "colour"));

  /* A pair is a line, and what was not sent is said. */
  click (self, "a map");
  g_assert_cmpuint (grove_term_view_get_n_lines (self->view), ==, 7);
  g_assert_nonnull (find (self, "colour"));
  g_assert_nonnull (find (self, "map of 2 pairs"));
  click (self, "[<0.7.0>]");
  g_assert_cmpuint (grove_term_view_get_n_lines (self->view), ==, 9);
  g_assert_nonnull (find (self, "5 more are not shown"));
  g_assert_nonnull (find (self, "list of 6"));

  click (self, "{1,2}");
  g_assert_cmpuint (grove_term_view_get_n_lines (self->view), ==, 11);
  /* All below goes with it. */
  click (self, "map of 2 pairs");
  g_assert_cmpuint (grove_term_view_get_n_lines (self->view), ==, 7);
  click (self, "tuple of 4");
  g_assert_cmpuint (grove_term_view_get_n_lines (self->view), ==, 1);
}

static void
test_same_shape (Fixture *self, gconstpointer data)
{
  show (self, ORDER ("12"));
  click (self, "a map");
  show (self, ORDER ("13"));
  g_assert_cmpuint (grove_term_view_get_n_lines (self->view), ==, 7);
  g_assert_nonnull (find (self, "13"));
  g_assert_null (find (self, "12"));

  show (self, "{'text':'ok','tree':[{'kind':'atom','text':'ok'}]}");
  g_assert_cmpuint (grove_term_view_get_n_lines (self->view), ==, 1);
  /* A short one is one line until it is asked for more. */
  show (self, "{'text':'{a,b}','tree':[{'kind':'tuple','text':'{a,b}','n':2},"
              "{'kind':'atom','text':'a'},{'kind':'atom','text':'b'}]}");
  g_assert_cmpuint (grove_term_view_get_n_lines (self->view), ==, 1);
  click (self, "{a,b}");
  g_assert_cmpuint (grove_term_view_get_n_lines (self->view), ==, 3);
  grove_term_view_set_term (self->view, NULL);
  g_assert_cmpuint (grove_term_view_get_n_lines (self->view), ==, 0);
}

static void
test_keys (Fixture *self, gconstpointer data)
{
  GtkWidget *window = GTK_WIDGET (self->window);

  show (self, ORDER ("12"));
  gtk_widget_child_focus (GTK_WIDGET (self->view), GTK_DIR_TAB_FORWARD);
  grove_ui_test_key (window, GDK_KEY_End, 0);
  grove_ui_test_key (window, GDK_KEY_Right, 0);
  GROVE_WAIT (grove_term_view_get_n_lines (self->view) == 7, GROVE_PATIENCE_MS);
  grove_ui_test_key (window, GDK_KEY_Left, 0);
  GROVE_WAIT (grove_term_view_get_n_lines (self->view) == 5, GROVE_PATIENCE_MS);
  /* Once more leads to what it is in, and from there folds it. */
  grove_ui_test_key (window, GDK_KEY_Left, 0);
  grove_ui_test_key (window, GDK_KEY_Left, 0);
  GROVE_WAIT (grove_term_view_get_n_lines (self->view) == 1, GROVE_PATIENCE_MS);
  grove_ui_test_key (window, GDK_KEY_Return, 0);
  GROVE_WAIT (grove_term_view_get_n_lines (self->view) == 5, GROVE_PATIENCE_MS);
}

static void
test_pid (Fixture *self, gconstpointer data)
{
  show (self, ORDER ("12"));
  click (self, "[<0.7.0>]");
  click (self, "<0.7.0>");
  GROVE_WAIT (g_strcmp0 (self->pid, "<0.7.0>") == 0, GROVE_PATIENCE_MS);
}

static void
test_cut (Fixture *self, gconstpointer data)
{
  g_autofree char *bytes = grove_format_bytes (1 << 20);
  g_autofree char *note = g_strdup_printf ("Cut: all of it takes %s.", bytes);
  int              minimum, natural;

  show (self, "{'text':'<<\\\"a very long text without a space in it, of which this is the begin',"
              "'size':1048576,'truncated':true}");
  g_assert_nonnull (find (self, note));
  /* It never asks for more than the inspector has. */
  gtk_widget_measure (GTK_WIDGET (self->view), GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural,
                      NULL, NULL);
  g_assert_cmpint (minimum, <, 312);
  show (self, ORDER ("12345678901234567890123456789012345678901234567890123456789012345678901234"));
  gtk_widget_measure (GTK_WIDGET (self->view), GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural,
                      NULL, NULL);
  g_assert_cmpint (minimum, <, 312);
}

int
main (int argc, char **argv)
{
  grove_ui_test_init (&argc, &argv);
  g_autoptr (GtkApplication) application = grove_ui_test_application_new ();
#define ADD(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)
  ADD ("/ui/term-view/fold", test_fold);
  ADD ("/ui/term-view/same-shape", test_same_shape);
  ADD ("/ui/term-view/keys", test_keys);
  ADD ("/ui/term-view/pid", test_pid);
  ADD ("/ui/term-view/cut", test_cut);
#undef ADD
  return g_test_run ();
}
