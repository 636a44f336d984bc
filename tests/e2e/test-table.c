/* SPDX-License-Identifier: MIT
 *
 * The table of processes in the real window: several are selected and what follows is said first;
 * rows are saved and copied.
 */
#include "tests/e2e/window.h"

#include "observer/grove-process-table.h"
#include "ui/grove-process-view.h"
#include "ui/grove-table-save.h"

#include <glib/gstdio.h>
#include <string.h>

#define AUDITORS "app:billing name~auditor"

/* The rows of the twelve auditors, all of them selected with the keyboard. */
static void
select_auditors (WindowFixture *fixture)
{
  GtkWidget             *window = GTK_WIDGET (fixture->window);
  GroveProcessView      *view;
  GroveProcessSelection *selection;

  grove_window_show_view (fixture->window, "processes");
  view = GROVE_PROCESS_VIEW (grove_window_get_view (fixture->window, "processes"));
  selection = grove_process_view_get_selection (view);
  GROVE_WAIT (window_count_rows (fixture) > 12, WINDOW_PATIENCE_MS);
  window_type_filter (fixture, AUDITORS);
  GROVE_WAIT (window_count_rows (fixture) == 12, WINDOW_PATIENCE_MS);
  GROVE_WAIT (grove_process_selection_get_n_selected (selection) == 0 &&
                window_shows (fixture, "auditor_12"),
              WINDOW_PATIENCE_MS);
  grove_ui_test_settle (window);
  gtk_selection_model_select_range (GTK_SELECTION_MODEL (selection), 0, 12, TRUE);
  grove_process_view_focus_rows (view);
  g_assert_cmpuint (grove_process_selection_get_n_selected (selection), ==, 12);
  grove_ui_test_settle (window);
}

/* What is not shown takes no room: the columns fill the table, and there is nothing beside them to
 * scroll to. */
static void
test_fills (WindowFixture *fixture, gconstpointer data)
{
  GtkWidget     *table = NULL;
  GtkAdjustment *across;

  grove_window_set_inspector_visible (fixture->window, FALSE);
  grove_window_show_view (fixture->window, "processes");
  GROVE_WAIT (window_count_rows (fixture) > 12, WINDOW_PATIENCE_MS);
  GROVE_WAIT ((table = grove_ui_test_find (GTK_WIDGET (fixture->window), GTK_TYPE_COLUMN_VIEW, NULL,
                                           "processes")) != NULL,
              WINDOW_PATIENCE_MS);
  grove_ui_test_settle (table);
  across = gtk_scrollable_get_hadjustment (GTK_SCROLLABLE (table));
  g_assert_cmpfloat (gtk_adjustment_get_upper (across), ==, gtk_adjustment_get_page_size (across));
  g_assert_cmpint (gtk_widget_get_width (gtk_widget_get_first_child (table)), ==,
                   gtk_widget_get_width (table));
}

static gboolean
is_body (GtkWidget *widget, gpointer part)
{
  return GTK_IS_LABEL (widget) && strstr (gtk_label_get_text (GTK_LABEL (widget)), part) != NULL;
}

static gboolean
dialog_says (const char *part)
{
  GtkWindow *dialog = grove_ui_test_find_window (ADW_TYPE_MESSAGE_DIALOG);

  return dialog != NULL &&
         grove_ui_test_find_if (GTK_WIDGET (dialog), is_body, (gpointer) part) != NULL;
}

static void
test_consequences (WindowFixture *fixture, gconstpointer data)
{
  g_autofree char *before = grove_test_wire_find_pid (fixture->wire, "auditor_1");
  g_autofree char *after = NULL;

  g_test_summary ("Delete on twelve rows: it says that their supervisor will give up, and asks");
  select_auditors (fixture);
  grove_ui_test_key (GTK_WIDGET (fixture->window), GDK_KEY_Delete, 0);
  GROVE_WAIT (dialog_says ("audit_sup allows 10 restarts in 10 s and will give up"),
              WINDOW_PATIENCE_MS);
  g_assert_true (dialog_says ("12"));
  grove_ui_test_key (GTK_WIDGET (grove_ui_test_find_window (ADW_TYPE_MESSAGE_DIALOG)),
                     GDK_KEY_Escape, 0);
  GROVE_WAIT (grove_ui_test_find_window (ADW_TYPE_MESSAGE_DIALOG) == NULL, WINDOW_PATIENCE_MS);
  /* Nothing was done. */
  after = grove_test_wire_find_pid (fixture->wire, "auditor_1");
  g_assert_cmpstr (before, ==, after);
  window_type_filter (fixture, "");
}

/* Past the dialog that asks where, which test-save has. */
static char *
save_as (WindowFixture *fixture, const char *path, const char *suffix)
{
  g_autoptr (GroveProcessTable) table = grove_process_table_new (fixture->session, 1000);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  GtkWidget *toasts =
    grove_ui_test_find (GTK_WIDGET (fixture->window), ADW_TYPE_TOAST_OVERLAY, NULL, NULL);
  char *text = NULL;

  g_assert_nonnull (toasts);
  grove_process_table_set_filter (table, AUDITORS);
  grove_table_save_to (grove_save_new (ADW_TOAST_OVERLAY (toasts), file), GROVE_TABLE (table),
                       suffix, NULL, 0);
  GROVE_WAIT (g_file_get_contents (path, &text, NULL, NULL), WINDOW_PATIENCE_MS);
  GROVE_WAIT (window_has_toast (fixture, "Saved 12 rows"), WINDOW_PATIENCE_MS);
  g_remove (path);
  return text;
}

static void
test_save (WindowFixture *fixture, gconstpointer data)
{
  g_autofree char *folder = g_dir_make_tmp ("grove-table-XXXXXX", NULL);
  g_autofree char *csv_path = g_build_filename (folder, "rows.csv", NULL);
  g_autofree char *json_path = g_build_filename (folder, "rows.json", NULL);
  g_autofree char *csv = NULL, *json = NULL;
  g_auto (GStrv) lines = NULL;
  struct json_object *array, *app = NULL;

  csv = save_as (fixture, csv_path, "csv");
  lines = g_strsplit (csv, "\r\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 14); /* the last line ends, too */
  g_assert_true (g_str_has_prefix (lines[0], "pid,name,status,messages,"));
  g_assert_nonnull (strstr (csv, ",auditor_7,"));
  json = save_as (fixture, json_path, "json");
  array = json_tokener_parse (json);
  g_assert_nonnull (array);
  g_assert_cmpuint (json_object_array_length (array), ==, 12);
  g_assert_true (json_object_object_get_ex (json_object_array_get_idx (array, 0), "app", &app));
  g_assert_cmpstr (json_object_get_string (app), ==, "billing");
  json_object_put (array);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
on_text (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(char **) user_data = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
}

static void
test_copy (WindowFixture *fixture, gconstpointer data)
{
  GtkWidget       *window = GTK_WIDGET (fixture->window);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  select_auditors (fixture);
  grove_ui_test_key (window, GDK_KEY_c, GDK_CONTROL_MASK);
  GROVE_WAIT (window_has_toast (fixture, "Copied 12 rows"), WINDOW_PATIENCE_MS);
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (window), NULL, on_text, &text);
  GROVE_WAIT (text != NULL, WINDOW_PATIENCE_MS);
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 14);
  g_assert_true (g_str_has_prefix (lines[0], "pid\tname\t"));
  window_type_filter (fixture, "");
}

int
main (int argc, char **argv)
{
  window_tests_init (&argc, &argv);
  window_test_add ("/e2e/table/fills", test_fills);
  window_test_add ("/e2e/table/consequences", test_consequences);
  window_test_add ("/e2e/table/save", test_save);
  window_test_add ("/e2e/table/copy", test_copy);
  return window_tests_run ();
}
