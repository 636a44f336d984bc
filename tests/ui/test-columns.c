/* SPDX-License-Identifier: MIT
 *
 * The columns of the table of processes are chosen, moved, made wider and sorted by, and are so
 * again in the next window.
 */
#include "tests/support/grove-ui-test.h"
#include "ui/grove-preferences.h"
#include "ui/grove-process-columns.h"
#include "ui/grove-process-view.h"

#include <string.h>

typedef struct
{
  GroveSession *session;
  GtkWidget    *window, *view;
} Fixture;

static void
open_window (Fixture *self)
{
  self->session = grove_session_new ();
  self->view = grove_process_view_new (self->session);
  self->window = gtk_window_new ();
  gtk_window_set_child (GTK_WINDOW (self->window), self->view);
  gtk_window_set_default_size (GTK_WINDOW (self->window), 1200, 700);
  gtk_window_present (GTK_WINDOW (self->window));
  GROVE_WAIT (gtk_widget_get_mapped (self->view), GROVE_PATIENCE_MS);
  grove_ui_test_settle (self->window);
}

static void
close_window (Fixture *self)
{
  gtk_window_destroy (GTK_WINDOW (self->window));
  g_assert_finalize_object (self->session);
}

static void
forget (void)
{
  grove_preferences_set_state (grove_preferences_get (), "processes.columns", NULL);
  grove_preferences_set_state (grove_preferences_get (), "processes.tree-columns", NULL);
  grove_preferences_set_state (grove_preferences_get (), "processes.sort", NULL);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  forget ();
  open_window (self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  close_window (self);
  forget ();
}

/* In all of the view, shown or not. */
static GtkWidget *
find_below (GtkWidget *root, GType type, const char *label)
{
  if (g_type_is_a (G_OBJECT_TYPE (root), type) &&
      (label == NULL || g_strcmp0 (grove_ui_test_get_text (root), label) == 0 ||
       (GTK_IS_CHECK_BUTTON (root) &&
        g_strcmp0 (gtk_check_button_get_label (GTK_CHECK_BUTTON (root)), label) == 0)))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_below (child, type, label);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static GtkColumnView *
get_table (Fixture *self)
{
  GtkWidget *flat = gtk_widget_get_first_child (self->view);

  flat = find_below (flat, GTK_TYPE_COLUMN_VIEW, NULL);
  g_assert_nonnull (flat);
  return GTK_COLUMN_VIEW (flat);
}

static int
find_position (Fixture *self, GroveColumn which)
{
  GListModel *columns = gtk_column_view_get_columns (get_table (self));

  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i);

      if (grove_process_columns_get_column (column) == which)
        return (int) i;
    }
  g_assert_not_reached ();
}

static GtkColumnViewColumn *
get_column (Fixture *self, GroveColumn which)
{
  GListModel          *columns = gtk_column_view_get_columns (get_table (self));
  GtkColumnViewColumn *column =
    g_list_model_get_item (columns, (guint) find_position (self, which));

  g_object_unref (column); /* the view holds it */
  return column;
}

static gboolean
is_shown (Fixture *self, GroveColumn which)
{
  return gtk_column_view_column_get_visible (get_column (self, which));
}

static gboolean
is_columns_button (GtkWidget *widget, gpointer user_data)
{
  return GTK_IS_MENU_BUTTON (widget) && gtk_widget_has_css_class (widget, "tool") &&
         g_strcmp0 (gtk_menu_button_get_icon_name (GTK_MENU_BUTTON (widget)),
                    "grove-columns-symbolic") == 0;
}

static void
open_chooser (Fixture *self)
{
  GtkWidget *button = grove_ui_test_find_if (self->view, is_columns_button, NULL);

  g_assert_nonnull (button);
  grove_ui_test_click (button, GROVE_UI_TEST_LEFT);
  GROVE_WAIT (grove_ui_test_find_anywhere (GTK_TYPE_CHECK_BUTTON, NULL, NULL) != NULL,
              GROVE_PATIENCE_MS);
  grove_ui_test_settle (self->window);
}

static GtkWidget *
find_check (Fixture *self, const char *title)
{
  return find_below (self->view, GTK_TYPE_CHECK_BUTTON, title);
}

static void
test_chosen (Fixture *self, gconstpointer data)
{
  g_assert_false (is_shown (self, GROVE_COLUMN_HEAP));
  g_assert_true (is_shown (self, GROVE_COLUMN_MEMORY));
  open_chooser (self);
  g_assert_true (gtk_check_button_get_active (GTK_CHECK_BUTTON (find_check (self, "Memory"))));
  g_assert_false (gtk_check_button_get_active (GTK_CHECK_BUTTON (find_check (self, "Heap"))));
  /* What tells the rows apart stays. */
  g_assert_false (gtk_widget_is_sensitive (find_check (self, "Name")));
  grove_ui_test_click (find_check (self, "Memory"), GROVE_UI_TEST_LEFT);
  GROVE_WAIT (!is_shown (self, GROVE_COLUMN_MEMORY), GROVE_PATIENCE_MS);
  gtk_widget_grab_focus (find_check (self, "Heap"));
  grove_ui_test_key (self->window, GDK_KEY_space, 0);
  GROVE_WAIT (is_shown (self, GROVE_COLUMN_HEAP), GROVE_PATIENCE_MS);
  grove_ui_test_key (self->window, GDK_KEY_Escape, 0);

  close_window (self);
  open_window (self);
  g_assert_false (is_shown (self, GROVE_COLUMN_MEMORY));
  g_assert_true (is_shown (self, GROVE_COLUMN_HEAP));

  /* As it was at first. */
  gtk_widget_activate_action (GTK_WIDGET (get_table (self)), "columns.reset", NULL);
  g_assert_true (is_shown (self, GROVE_COLUMN_MEMORY));
  g_assert_false (is_shown (self, GROVE_COLUMN_HEAP));
  g_assert_null (grove_preferences_dup_state (grove_preferences_get (), "processes.columns",
                                              G_VARIANT_TYPE ("a(sib)")));
}

static void
test_moved (Fixture *self, gconstpointer data)
{
  int at = find_position (self, GROVE_COLUMN_MAILBOX);

  open_chooser (self);
  gtk_widget_grab_focus (find_check (self, "Mailbox"));
  grove_ui_test_key (self->window, GDK_KEY_Up, GDK_ALT_MASK);
  GROVE_WAIT (find_position (self, GROVE_COLUMN_MAILBOX) == at - 1, GROVE_PATIENCE_MS);
  g_assert_true (gtk_widget_has_focus (find_check (self, "Mailbox")));
  g_assert_true (gtk_widget_get_next_sibling (find_check (self, "Mailbox")) ==
                 find_check (self, "State"));
  grove_ui_test_key (self->window, GDK_KEY_Escape, 0);
  gtk_column_view_column_set_fixed_width (get_column (self, GROVE_COLUMN_STATE), 222);

  close_window (self);
  open_window (self);
  g_assert_cmpint (find_position (self, GROVE_COLUMN_MAILBOX), ==, at - 1);
  g_assert_cmpint (gtk_column_view_column_get_fixed_width (get_column (self, GROVE_COLUMN_STATE)),
                   ==, 222);
  gtk_widget_activate_action (GTK_WIDGET (get_table (self)), "columns.reset", NULL);
  g_assert_cmpint (find_position (self, GROVE_COLUMN_MAILBOX), ==, at);
}

static GtkWidget *
find_title (Fixture *self, const char *title)
{
  return find_below (gtk_widget_get_first_child (GTK_WIDGET (get_table (self))), GTK_TYPE_LABEL,
                     title);
}

static void
test_sorted (Fixture *self, gconstpointer data)
{
  g_autoptr (GVariant) state = NULL;
  const char *id;
  gboolean    descending;

  gtk_column_view_sort_by_column (get_table (self), get_column (self, GROVE_COLUMN_NAME),
                                  GTK_SORT_ASCENDING);
  state = grove_preferences_dup_state (grove_preferences_get (), "processes.sort",
                                       G_VARIANT_TYPE ("(sb)"));
  g_assert_nonnull (state);
  g_variant_get (state, "(&sb)", &id, &descending);
  g_assert_cmpstr (id, ==, "name");
  g_assert_false (descending);
  close_window (self);
  grove_preferences_set_state (grove_preferences_get (), "processes.sort",
                               g_variant_new ("(sb)", "memory", TRUE));
  open_window (self);
  /* The arrow beside a title says by what is sorted. */
  g_assert_true (
    gtk_widget_has_css_class (gtk_widget_get_next_sibling (find_title (self, "Memory")),
                              "descending"));
}

/* What another version or a person wrote is taken as far as it makes sense. */
static void
test_odd_memory (Fixture *self, gconstpointer data)
{
  GVariantBuilder builder;

  close_window (self);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(sib)"));
  g_variant_builder_add (&builder, "(sib)", "shoe-size", 100, TRUE);
  g_variant_builder_add (&builder, "(sib)", "memory", -7, TRUE);
  g_variant_builder_add (&builder, "(sib)", "memory", 2000000, TRUE);
  g_variant_builder_add (&builder, "(sib)", "name", 200, FALSE);
  grove_preferences_set_state (grove_preferences_get (), "processes.columns",
                               g_variant_builder_end (&builder));
  open_window (self);
  g_assert_true (is_shown (self, GROVE_COLUMN_NAME));
  g_assert_true (is_shown (self, GROVE_COLUMN_PID));
  g_assert_cmpint (gtk_column_view_column_get_fixed_width (get_column (self, GROVE_COLUMN_MEMORY)),
                   ==, grove_column_get_info (GROVE_COLUMN_MEMORY)->width);
}

#define TEST(name, func) g_test_add ("/ui/columns/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  grove_ui_test_init (&argc, &argv);
  TEST ("chosen", test_chosen);
  TEST ("moved", test_moved);
  TEST ("sorted", test_sorted);
  TEST ("odd-memory", test_odd_memory);
  return g_test_run ();
}
