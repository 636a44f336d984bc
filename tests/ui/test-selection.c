/* SPDX-License-Identifier: MIT
 *
 * A selection of processes over rows that move: a list of strings plays the table.
 */
#include "ui/grove-process-selection.h"

typedef struct
{
  GtkStringList         *rows;
  GroveProcessSelection *selection;
  guint                  n_changed; /* "current-changed" */
} Fixture;

/* Rows named "-" are still loading. */
static const char *
pid_at (GListModel *model, guint position, gpointer user_data)
{
  const char *pid = gtk_string_list_get_string (GTK_STRING_LIST (model), position);

  return pid != NULL && !g_str_equal (pid, "-") ? pid : NULL;
}

static GroveTarget *
target_at (GListModel *model, guint position, gpointer user_data)
{
  return grove_target_new (gtk_string_list_get_string (GTK_STRING_LIST (model), position), "name");
}

static void
on_current_changed (GroveProcessSelection *selection, Fixture *fixture)
{
  fixture->n_changed++;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  const char *const rows[] = { "<0.1.0>", "<0.2.0>", "<0.3.0>", "-", "<0.5.0>", NULL };

  fixture->rows = gtk_string_list_new (rows);
  fixture->selection =
    grove_process_selection_new (G_LIST_MODEL (fixture->rows), pid_at, target_at, NULL);
  g_signal_connect (fixture->selection, "current-changed", G_CALLBACK (on_current_changed),
                    fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gpointer weak = fixture->selection;

  g_object_add_weak_pointer (G_OBJECT (fixture->selection), &weak);
  g_object_unref (fixture->selection);
  g_assert_null (weak);
  g_assert_finalize_object (fixture->rows);
}

static gboolean
is_selected (Fixture *fixture, guint position)
{
  return gtk_selection_model_is_selected (GTK_SELECTION_MODEL (fixture->selection), position);
}

static void
test_one (Fixture *fixture, gconstpointer data)
{
  GtkSelectionModel *model = GTK_SELECTION_MODEL (fixture->selection);

  g_assert_null (grove_process_selection_get_current (fixture->selection));
  g_assert_true (gtk_selection_model_select_item (model, 1, TRUE));
  g_assert_cmpstr (grove_process_selection_get_current (fixture->selection), ==, "<0.2.0>");
  g_assert_true (is_selected (fixture, 1));
  g_assert_true (gtk_selection_model_select_item (model, 2, TRUE));
  g_assert_false (is_selected (fixture, 1));
  g_assert_cmpuint (grove_process_selection_get_n_selected (fixture->selection), ==, 1);
  g_assert_cmpuint (fixture->n_changed, ==, 2);
}

static void
test_loading (Fixture *fixture, gconstpointer data)
{
  g_test_summary ("A row that is still loading cannot be selected, and takes nothing away");
  gtk_selection_model_select_item (GTK_SELECTION_MODEL (fixture->selection), 0, TRUE);
  g_assert_false (
    gtk_selection_model_select_item (GTK_SELECTION_MODEL (fixture->selection), 3, TRUE));
  g_assert_true (is_selected (fixture, 0));
}

static void
test_follows (Fixture *fixture, gconstpointer data)
{
  const char *const other[] = { "<0.3.0>", "<0.1.0>" };

  g_test_summary ("The selection stays with the process when rows change places");
  gtk_selection_model_select_item (GTK_SELECTION_MODEL (fixture->selection), 0, TRUE);
  gtk_string_list_splice (fixture->rows, 0, 2, (const char *const[]){ other[0], other[1], NULL });
  g_assert_false (is_selected (fixture, 0));
  g_assert_true (is_selected (fixture, 1));
  gtk_string_list_remove (fixture->rows, 1);
  g_assert_cmpstr (grove_process_selection_get_current (fixture->selection), ==, "<0.1.0>");
}

static void
test_several (Fixture *fixture, gconstpointer data)
{
  GtkSelectionModel *model = GTK_SELECTION_MODEL (fixture->selection);
  g_autoptr (GPtrArray) targets = NULL;
  g_autoptr (GtkBitset) set = NULL;

  g_assert_true (gtk_selection_model_select_range (model, 0, 5, TRUE));
  g_assert_cmpuint (grove_process_selection_get_n_selected (fixture->selection), ==, 4);
  g_assert_cmpuint (fixture->n_changed, ==, 1);
  set = gtk_selection_model_get_selection_in_range (model, 0, 100);
  g_assert_cmpuint (gtk_bitset_get_size (set), ==, 4);
  g_assert_false (gtk_bitset_contains (set, 3));
  targets = grove_process_selection_dup_targets (fixture->selection);
  g_assert_cmpuint (targets->len, ==, 4);
  g_assert_cmpstr (((GroveTarget *) targets->pdata[0])->pid, ==, "<0.5.0>");

  gtk_selection_model_unselect_item (model, 4);
  g_assert_cmpuint (grove_process_selection_get_n_selected (fixture->selection), ==, 3);
  g_assert_nonnull (grove_process_selection_get_current (fixture->selection));
  g_assert_true (gtk_selection_model_unselect_all (model));
  g_assert_null (grove_process_selection_get_current (fixture->selection));
}

static void
on_all_selected (GroveProcessSelection *selection, guint n_selected, guint n_rows, guint *counts)
{
  counts[0] = n_selected;
  counts[1] = n_rows;
}

static void
test_all (Fixture *fixture, gconstpointer data)
{
  guint counts[2] = { 0, 0 };

  g_test_summary ("Select All takes the rows that are known, and says how many there are");
  g_signal_connect (fixture->selection, "all-selected", G_CALLBACK (on_all_selected), counts);
  gtk_selection_model_select_item (GTK_SELECTION_MODEL (fixture->selection), 1, TRUE);
  g_assert_true (gtk_selection_model_select_all (GTK_SELECTION_MODEL (fixture->selection)));
  g_assert_cmpuint (grove_process_selection_get_n_selected (fixture->selection), ==, 4);
  g_assert_false (is_selected (fixture, 3));
  g_assert_cmpstr (grove_process_selection_get_current (fixture->selection), ==, "<0.2.0>");
  g_assert_cmpuint (counts[0], ==, 4);
  g_assert_cmpuint (counts[1], ==, 5);
  gtk_string_list_splice (fixture->rows, 0, 5, (const char *const[]){ "-", "-", NULL });
  g_assert_false (gtk_selection_model_select_all (GTK_SELECTION_MODEL (fixture->selection)));
}

static void
test_from_outside (Fixture *fixture, gconstpointer data)
{
  grove_process_selection_set_current (fixture->selection, "<0.3.0>");
  g_assert_true (is_selected (fixture, 2));
  g_assert_cmpuint (fixture->n_changed, ==, 1);
  grove_process_selection_set_current (fixture->selection, "<0.3.0>");
  g_assert_cmpuint (fixture->n_changed, ==, 1);
  grove_process_selection_set_current (fixture->selection, "<9.9.9>");
  g_assert_false (is_selected (fixture, 2));
  g_assert_cmpuint (grove_process_selection_get_n_selected (fixture->selection), ==, 1);
  grove_process_selection_set_current (fixture->selection, NULL);
  g_assert_cmpuint (grove_process_selection_get_n_selected (fixture->selection), ==, 0);
}

static void
test_one_of_several (Fixture *fixture, gconstpointer data)
{
  g_test_summary ("Another view that shows one of the selected does not let go of the others");
  gtk_selection_model_select_range (GTK_SELECTION_MODEL (fixture->selection), 0, 3, TRUE);
  grove_process_selection_set_current (fixture->selection, "<0.1.0>");
  g_assert_cmpuint (grove_process_selection_get_n_selected (fixture->selection), ==, 3);
  g_assert_cmpstr (grove_process_selection_get_current (fixture->selection), ==, "<0.1.0>");
}

static void
test_set (Fixture *fixture, gconstpointer data)
{
  GtkSelectionModel *model = GTK_SELECTION_MODEL (fixture->selection);
  g_autoptr (GtkBitset) selected = gtk_bitset_new_range (1, 1);
  g_autoptr (GtkBitset) mask = gtk_bitset_new_range (0, 2);

  gtk_selection_model_select_item (model, 0, TRUE);
  gtk_selection_model_select_item (model, 4, FALSE);
  g_assert_true (gtk_selection_model_set_selection (model, selected, mask));
  g_assert_false (is_selected (fixture, 0));
  g_assert_true (is_selected (fixture, 1));
  g_assert_true (is_selected (fixture, 4));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/ui/selection/one", test_one);
  ADD ("/ui/selection/loading", test_loading);
  ADD ("/ui/selection/follows", test_follows);
  ADD ("/ui/selection/several", test_several);
  ADD ("/ui/selection/all", test_all);
  ADD ("/ui/selection/from-outside", test_from_outside);
  ADD ("/ui/selection/one-of-several", test_one_of_several);
  ADD ("/ui/selection/set", test_set);
  return g_test_run ();
}
