/* SPDX-License-Identifier: MIT
 *
 * Typing a query: what may come next is offered, taken with keys and mouse without the focus ever
 * leaving the text, and what is wrong is marked where it is.
 */
#include "observer/grove-process-table.h"
#include "tests/support/grove-ui-test.h"
#include "ui/grove-query-entry.h"

#include <string.h>

typedef struct
{
  GroveSession      *session;
  GroveProcessTable *table;
  GtkWidget         *window;
  GroveQueryEntry   *query;
  GtkText           *text;
  guint              n_entered, n_left;
} Fixture;

static void
count (GroveQueryEntry *query, guint *n)
{
  (*n)++;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  GtkWidget *overlay = gtk_overlay_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *entry;

  self->session = grove_session_new ();
  self->table = grove_process_table_new (self->session, 100);
  self->window = gtk_window_new ();
  self->query = GROVE_QUERY_ENTRY (grove_query_entry_new ());
  entry = GTK_WIDGET (grove_query_entry_get_entry (self->query));
  self->text = GTK_TEXT (gtk_editable_get_delegate (GTK_EDITABLE (entry)));
  grove_query_entry_set_up (self->query, GROVE_TABLE (self->table), GTK_OVERLAY (overlay));
  g_signal_connect (self->query, "entered", G_CALLBACK (count), &self->n_entered);
  g_signal_connect (self->query, "left", G_CALLBACK (count), &self->n_left);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->query));
  gtk_box_append (GTK_BOX (box), gtk_button_new_with_label ("Elsewhere"));
  gtk_overlay_set_child (GTK_OVERLAY (overlay), box);
  gtk_window_set_child (GTK_WINDOW (self->window), overlay);
  gtk_window_set_default_size (GTK_WINDOW (self->window), 700, 400);
  gtk_window_present (GTK_WINDOW (self->window));
  GROVE_WAIT (gtk_widget_get_mapped (entry) && gtk_window_is_active (GTK_WINDOW (self->window)),
              GROVE_PATIENCE_MS);
  gtk_widget_grab_focus (GTK_WIDGET (self->query));
  grove_ui_test_settle (self->window);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (self->window));
  g_assert_finalize_object (self->table);
  g_assert_finalize_object (self->session);
}

static void
type (Fixture *self, const char *text)
{
  grove_ui_test_type (self->window, text);
  grove_ui_test_settle (self->window);
  g_assert_true (gtk_widget_has_focus (GTK_WIDGET (self->text)));
}

static void
press (Fixture *self, guint key, GdkModifierType modifiers)
{
  grove_ui_test_key (self->window, key, modifiers);
  grove_ui_test_settle (self->window);
}

static GtkWidget *
find_offer (Fixture *self, const char *offer)
{
  GtkWidget *list = grove_ui_test_find (self->window, GTK_TYPE_LIST_BOX, NULL, NULL);

  return list != NULL ? grove_ui_test_find (list, GTK_TYPE_LABEL, offer, NULL) : NULL;
}

static GtkWidget *
find_bubble (Fixture *self)
{
  return grove_ui_test_find (self->window, GTK_TYPE_LABEL, NULL, "filtererror");
}

#define ASSERT_TEXT(expected)                                                                      \
  g_assert_cmpstr (grove_query_entry_get_text (self->query), ==, (expected))

static void
test_keys (Fixture *self, gconstpointer data)
{
  type (self, "sta");
  g_assert_nonnull (find_offer (self, "status:"));
  g_assert_nonnull (find_offer (self, "stack>"));
  g_assert_null (find_offer (self, "messages>"));
  g_assert_null (find_offer (self, "supervisor:"));
  /* Tab takes the first, and its values are offered at once. */
  press (self, GDK_KEY_Tab, 0);
  ASSERT_TEXT ("status:");
  g_assert_nonnull (find_offer (self, "waiting"));
  type (self, "su");
  g_assert_null (find_offer (self, "waiting"));
  press (self, GDK_KEY_Down, 0);
  press (self, GDK_KEY_Return, 0);
  ASSERT_TEXT ("status:suspended ");
  g_assert_null (find_offer (self, "suspended"));
  g_assert_cmpuint (self->n_entered, ==, 0);
  /* In the middle of a text, too. */
  type (self, "mess");
  press (self, GDK_KEY_Down, 0);
  press (self, GDK_KEY_Down, 0);
  press (self, GDK_KEY_Return, 0);
  ASSERT_TEXT ("status:suspended messages_in/s>");
  type (self, "5");
  press (self, GDK_KEY_Return, 0);
  g_assert_cmpuint (self->n_entered, ==, 1);
}

static void
test_escape (Fixture *self, gconstpointer data)
{
  type (self, "sta");
  /* First the list goes, then the text. */
  press (self, GDK_KEY_Escape, 0);
  g_assert_null (find_offer (self, "status:"));
  ASSERT_TEXT ("sta");
  press (self, GDK_KEY_Escape, 0);
  ASSERT_TEXT ("");
  g_assert_cmpuint (self->n_left, ==, 1);
}

static void
test_mouse (Fixture *self, gconstpointer data)
{
  type (self, "prio");
  grove_ui_test_click (find_offer (self, "priority:"), GROVE_UI_TEST_LEFT);
  GROVE_WAIT (find_offer (self, "high") != NULL, GROVE_PATIENCE_MS);
  grove_ui_test_settle (self->window);
  g_assert_true (gtk_widget_has_focus (GTK_WIDGET (self->text)));
  grove_ui_test_click (find_offer (self, "high"), GROVE_UI_TEST_LEFT);
  GROVE_WAIT (strcmp (grove_query_entry_get_text (self->query), "priority:high ") == 0,
              GROVE_PATIENCE_MS);
  g_assert_true (gtk_widget_has_focus (GTK_WIDGET (self->text)));
  g_assert_null (find_offer (self, "high"));
}

static void
test_asked_for (Fixture *self, gconstpointer data)
{
  g_assert_null (find_offer (self, "messages>"));
  press (self, GDK_KEY_space, GDK_CONTROL_MASK);
  g_assert_nonnull (find_offer (self, "messages>"));
  press (self, GDK_KEY_Escape, 0);
  press (self, GDK_KEY_Down, 0);
  g_assert_nonnull (find_offer (self, "messages>"));
  /* Who leaves leaves the list behind. */
  gtk_widget_grab_focus (grove_ui_test_find (self->window, GTK_TYPE_BUTTON, "Elsewhere", NULL));
  grove_ui_test_settle (self->window);
  g_assert_null (find_offer (self, "messages>"));
}

/* Where the mark is. */
static gboolean
is_marked (Fixture *self, guint start, guint end)
{
  PangoAttrList     *marks = gtk_text_get_attributes (self->text);
  PangoAttrIterator *iter = marks != NULL ? pango_attr_list_get_iterator (marks) : NULL;
  gboolean           found = FALSE;

  if (iter == NULL)
    return FALSE;
  do
    {
      PangoAttribute *mark = pango_attr_iterator_get (iter, PANGO_ATTR_UNDERLINE);

      found |= mark != NULL && mark->start_index == start && mark->end_index == end;
    }
  while (pango_attr_iterator_next (iter));
  pango_attr_iterator_destroy (iter);
  return found;
}

static void
test_error (Fixture *self, gconstpointer data)
{
  GtkWidget       *entry = GTK_WIDGET (grove_query_entry_get_entry (self->query));
  graphene_rect_t  cursor;
  graphene_point_t at, bubble;

  /* Pasted, so that nothing is offered meanwhile. */
  grove_query_entry_set_text (self->query, "app:shop messages>many x");
  grove_ui_test_settle (self->window);
  g_assert_nonnull (find_bubble (self));
  g_assert_nonnull (strstr (grove_ui_test_get_text (find_bubble (self)), "many"));
  g_assert_true (gtk_widget_has_css_class (entry, "error"));
  g_assert_true (is_marked (self, 18, 22));
  /* The bubble begins at the word. */
  gtk_text_compute_cursor_extents (self->text, 18, &cursor, NULL);
  g_assert_true (
    gtk_widget_compute_point (GTK_WIDGET (self->text), self->window, &cursor.origin, &at));
  g_assert_true (gtk_widget_compute_point (find_bubble (self), self->window,
                                           &GRAPHENE_POINT_INIT (0, 0), &bubble));
  g_assert_cmpfloat (ABS (at.x - bubble.x), <=, 12);
  g_assert_cmpfloat (bubble.y, >, at.y);

  grove_query_entry_set_text (self->query, "app:shop");
  grove_ui_test_settle (self->window);
  g_assert_null (find_bubble (self));
  g_assert_false (gtk_widget_has_css_class (entry, "error"));
  g_assert_false (is_marked (self, 18, 22));

  /* What only the system knows to be wrong. */
  grove_query_entry_set_refusal (self->query, "It does not take that.");
  g_assert_cmpstr (grove_ui_test_get_text (find_bubble (self)), ==, "It does not take that.");
  grove_query_entry_set_refusal (self->query, NULL);
  g_assert_null (find_bubble (self));
}

/* What is only not finished is said, but is no error while it is typed. */
static void
test_unfinished (Fixture *self, gconstpointer data)
{
  GtkWidget *entry = GTK_WIDGET (grove_query_entry_get_entry (self->query));

  type (self, "messages>");
  g_assert_nonnull (find_bubble (self));
  g_assert_false (gtk_widget_has_css_class (entry, "error"));
  gtk_widget_grab_focus (grove_ui_test_find (self->window, GTK_TYPE_BUTTON, "Elsewhere", NULL));
  grove_ui_test_settle (self->window);
  g_assert_true (gtk_widget_has_css_class (entry, "error"));
  g_assert_true (is_marked (self, 8, 9));
}

/* Characters are not bytes. */
static void
test_characters (Fixture *self, gconstpointer data)
{
  grove_query_entry_set_text (self->query, "name~\xf0\x9f\x8c\xb3\xc3\xa4 sta");
  press (self, GDK_KEY_space, GDK_CONTROL_MASK);
  g_assert_nonnull (find_offer (self, "status:"));
  press (self, GDK_KEY_Tab, 0);
  ASSERT_TEXT ("name~\xf0\x9f\x8c\xb3\xc3\xa4 status:");
}

#define TEST(name, func)                                                                           \
  g_test_add ("/ui/query-entry/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  grove_ui_test_init (&argc, &argv);
  TEST ("keys", test_keys);
  TEST ("escape", test_escape);
  TEST ("mouse", test_mouse);
  TEST ("asked-for", test_asked_for);
  TEST ("error", test_error);
  TEST ("unfinished", test_unfinished);
  TEST ("characters", test_characters);
  return g_test_run ();
}
