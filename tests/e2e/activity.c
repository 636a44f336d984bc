/* SPDX-License-Identifier: MIT
 *
 * The view of what happened, as a person uses it.
 */
#include "tests/e2e/activity.h"

#include "ui/grove-row-cell.h"
#include "ui/grove-row-pane.h"

#include <string.h>

static GtkWidget *
get_view (WindowFixture *fixture)
{
  return grove_window_get_view (fixture->window, "activity");
}

static gboolean
is_table_row (GtkWidget *widget, gpointer title)
{
  return GTK_IS_LIST_BOX_ROW (widget) &&
         grove_ui_test_find (widget, GTK_TYPE_LABEL, title, NULL) != NULL;
}

GroveActivityView *
activity_open (WindowFixture *fixture, const char *title)
{
  GtkWidget *view = get_view (fixture), *row = NULL;

  GROVE_WAIT (gtk_window_is_active (GTK_WINDOW (fixture->window)), WINDOW_PATIENCE_MS);
  grove_ui_test_key (GTK_WIDGET (fixture->window), GDK_KEY_5, GDK_CONTROL_MASK);
  GROVE_WAIT (gtk_widget_get_mapped (view) &&
                (row = grove_ui_test_find_if (view, is_table_row, (gpointer) title)) != NULL,
              WINDOW_PATIENCE_MS);
  grove_ui_test_settle (row);
  grove_ui_test_click (row, GROVE_UI_TEST_LEFT);
  GROVE_WAIT (gtk_list_box_row_is_selected (GTK_LIST_BOX_ROW (row)), WINDOW_PATIENCE_MS);
  return GROVE_ACTIVITY_VIEW (view);
}

void
activity_filter (WindowFixture *fixture, const char *filter)
{
  GtkWidget *window = GTK_WIDGET (fixture->window);

  grove_ui_test_key (window, GDK_KEY_f, GDK_CONTROL_MASK);
  GROVE_WAIT (GTK_IS_TEXT (gtk_root_get_focus (GTK_ROOT (window))), WINDOW_PATIENCE_MS);
  grove_ui_test_key (window, GDK_KEY_a, GDK_CONTROL_MASK);
  if (*filter == '\0')
    grove_ui_test_key (window, GDK_KEY_Delete, 0);
  grove_ui_test_type (window, filter);
}

typedef struct
{
  const char *column, *text;
} Wanted;

static gboolean
is_cell_of (GtkWidget *widget, gpointer user_data)
{
  const Wanted *wanted = user_data;
  GroveRow     *row;

  if (!GROVE_IS_ROW_CELL (widget))
    return FALSE;
  row = grove_row_cell_get_row (GROVE_ROW_CELL (widget));
  return row != NULL && strstr (grove_row_get_text (row, wanted->column), wanted->text) != NULL;
}

gboolean
activity_has_row (WindowFixture *fixture, const char *column, const char *text)
{
  Wanted wanted = { column, text };

  return grove_ui_test_find_if (get_view (fixture), is_cell_of, &wanted) != NULL;
}

GtkWidget *
activity_await_row (WindowFixture *fixture, const char *column, const char *text)
{
  Wanted     wanted = { column, text };
  GtkWidget *cell = NULL;

  GROVE_WAIT ((cell = grove_ui_test_find_if (get_view (fixture), is_cell_of, &wanted)) != NULL,
              WINDOW_PATIENCE_MS);
  grove_ui_test_settle (cell);
  return cell;
}

GroveRow *
activity_get_row (GtkWidget *cell)
{
  return grove_row_cell_get_row (GROVE_ROW_CELL (cell));
}

void
activity_select (WindowFixture *fixture, GtkWidget *cell)
{
  g_autofree char *key = g_strdup (grove_row_get_key (activity_get_row (cell)));
  GroveRowList    *list = grove_activity_view_get_list (GROVE_ACTIVITY_VIEW (get_view (fixture)));

  grove_ui_test_click (cell, GROVE_UI_TEST_LEFT);
  GROVE_WAIT (g_strcmp0 (grove_process_selection_get_current (grove_row_list_get_selection (list)),
                         key) == 0,
              WINDOW_PATIENCE_MS);
  GROVE_WAIT (grove_activity_view_is_filled (GROVE_ACTIVITY_VIEW (get_view (fixture))),
              WINDOW_PATIENCE_MS);
}

static gboolean
contains_text (GtkWidget *widget, gpointer text)
{
  const char *shown = grove_ui_test_get_text (widget);

  return shown != NULL && strstr (shown, text) != NULL;
}

gboolean
activity_details_read (WindowFixture *fixture, const char *text)
{
  GtkWidget *pane = grove_ui_test_find (get_view (fixture), GROVE_TYPE_ROW_PANE, NULL, NULL);

  return pane != NULL && grove_ui_test_find_if (pane, contains_text, (gpointer) text) != NULL;
}
