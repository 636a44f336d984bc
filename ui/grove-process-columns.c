/* SPDX-License-Identifier: MIT
 *
 * What the flat table and the tree have in common.
 */
#include "ui/grove-process-columns.h"

#include "ui/grove-menus.h"

#include <glib/gi18n.h>

GtkWidget *
grove_process_columns_new_view (const char *accessible_label)
{
  GtkWidget *view = gtk_column_view_new (NULL);

  gtk_widget_add_css_class (view, "processes");
  gtk_column_view_set_reorderable (GTK_COLUMN_VIEW (view), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  accessible_label, -1);
  return view;
}

GtkColumnViewColumn *
grove_process_columns_add (GtkColumnView *view, GroveColumn column, GtkListItemFactory *factory)
{
  const GroveColumnInfo *info = grove_column_get_info (column);
  GtkColumnViewColumn   *result = gtk_column_view_column_new (_ (info->title), factory);

  g_object_set_data (G_OBJECT (result), "grove-column", GINT_TO_POINTER (column));
  grove_process_columns_set_width (result, info->width);
  gtk_column_view_column_set_resizable (result, TRUE);
  gtk_column_view_append_column (view, result);
  g_object_unref (result);
  return result;
}

GroveColumn
grove_process_columns_get_column (GtkColumnViewColumn *column)
{
  return (GroveColumn) GPOINTER_TO_INT (g_object_get_data (G_OBJECT (column), "grove-column"));
}

int
grove_process_columns_get_width (GtkColumnViewColumn *column)
{
  return GPOINTER_TO_INT (g_object_get_data (G_OBJECT (column), "grove-width"));
}

void
grove_process_columns_set_width (GtkColumnViewColumn *column, int width)
{
  g_object_set_data (G_OBJECT (column), "grove-width", GINT_TO_POINTER (width));
  gtk_column_view_column_set_fixed_width (column, width);
}

static GroveProcessCell *
find_cell (GtkWidget *widget)
{
  if (GROVE_IS_PROCESS_CELL (widget))
    return GROVE_PROCESS_CELL (widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GroveProcessCell *cell = find_cell (child);

      if (cell != NULL)
        return cell;
    }
  return NULL;
}

/* The row that @widget is in; GTK 4.8 has no object for rows. */
static GtkWidget *
find_row (GtkWidget *widget, GtkWidget *view)
{
  for (; widget != NULL && widget != view; widget = gtk_widget_get_parent (widget))
    if (g_strcmp0 (gtk_widget_get_css_name (widget), "row") == 0)
      return widget;
  return NULL;
}

static gboolean
select_row (GroveProcessSelection *selection, GroveProcessCell *cell)
{
  guint position = cell != NULL ? grove_process_cell_get_position (cell) : G_MAXUINT;

  if (position == G_MAXUINT || grove_process_cell_get_pid (cell) == NULL)
    return FALSE;
  if (gtk_selection_model_is_selected (GTK_SELECTION_MODEL (selection), position))
    grove_process_selection_set_current (selection, grove_process_cell_get_pid (cell));
  else
    gtk_selection_model_select_item (GTK_SELECTION_MODEL (selection), position, TRUE);
  return TRUE;
}

static void
on_right_click (
  GtkGestureClick *gesture, int n_press, double x, double y, GroveProcessSelection *selection)
{
  GtkWidget *view = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture));
  GtkWidget *picked = gtk_widget_pick (view, x, y, GTK_PICK_DEFAULT);
  GtkWidget *row = find_row (picked, view);

  if (row == NULL || !select_row (selection, find_cell (row)))
    return;
  gtk_widget_grab_focus (row);
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  grove_process_menu_popup (view, x, y);
}

static gboolean
on_menu_key (GtkWidget *view, GVariant *args, gpointer selection)
{
  GtkRoot         *root = gtk_widget_get_root (view);
  GtkWidget       *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  graphene_point_t point = GRAPHENE_POINT_INIT (60, 60);

  if (grove_process_selection_get_n_selected (selection) == 0)
    return GDK_EVENT_PROPAGATE;
  if (focus != NULL && focus != view && gtk_widget_is_ancestor (focus, view) &&
      !gtk_widget_compute_point (focus, view,
                                 &GRAPHENE_POINT_INIT (60, gtk_widget_get_height (focus)), &point))
    point = GRAPHENE_POINT_INIT (60, 60);
  grove_process_menu_popup (view, point.x, point.y);
  return GDK_EVENT_STOP;
}

static gboolean
on_delete_key (GtkWidget *view, GVariant *args, gpointer selection)
{
  if (grove_process_selection_get_n_selected (selection) == 0)
    return GDK_EVENT_PROPAGATE;
  gtk_widget_activate_action (view, "win.kill", NULL);
  return GDK_EVENT_STOP;
}

static void
on_activate (GtkColumnView *view, guint position, GroveProcessSelection *selection)
{
  gtk_selection_model_select_item (GTK_SELECTION_MODEL (selection), position, TRUE);
  gtk_widget_activate_action (GTK_WIDGET (view), "win.inspect", NULL);
}

void
grove_process_columns_add_controls (GtkColumnView *view, GroveProcessSelection *selection)
{
  GtkGesture         *click = gtk_gesture_click_new ();
  GtkEventController *shortcut = gtk_shortcut_controller_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  /* On release: a popover that opens in between loses count of the button that is down. */
  g_signal_connect_object (click, "released", G_CALLBACK (on_right_click), selection, 0);
  gtk_widget_add_controller (GTK_WIDGET (view), GTK_EVENT_CONTROLLER (click));

  gtk_shortcut_controller_add_shortcut (
    GTK_SHORTCUT_CONTROLLER (shortcut),
    gtk_shortcut_new (gtk_shortcut_trigger_parse_string ("Menu|<Shift>F10"),
                      gtk_callback_action_new (on_menu_key, g_object_ref (selection),
                                               g_object_unref)));
  gtk_shortcut_controller_add_shortcut (
    GTK_SHORTCUT_CONTROLLER (shortcut),
    gtk_shortcut_new (gtk_shortcut_trigger_parse_string ("Delete|KP_Delete"),
                      gtk_callback_action_new (on_delete_key, g_object_ref (selection),
                                               g_object_unref)));
  gtk_widget_add_controller (GTK_WIDGET (view), shortcut);
  g_signal_connect_object (view, "activate", G_CALLBACK (on_activate), selection, 0);
}

void
grove_process_columns_align_titles (GtkColumnView *view)
{
  GListModel *columns = gtk_column_view_get_columns (view);
  GtkWidget  *header = gtk_widget_get_first_child (GTK_WIDGET (view));
  GtkWidget  *title = header != NULL ? gtk_widget_get_first_child (header) : NULL;

  /* There is a title for each column, in the same order, also for those that are not shown. */
  for (guint i = 0; i < g_list_model_get_n_items (columns) && title != NULL;
       i++, title = gtk_widget_get_next_sibling (title))
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i);
      GtkWidget *box = gtk_widget_get_first_child (title);
      GtkWidget *label = box != NULL ? gtk_widget_get_first_child (box) : NULL;

      if (!grove_column_get_info (grove_process_columns_get_column (column))->right ||
          !GTK_IS_LABEL (label))
        continue;
      gtk_widget_set_hexpand (label, TRUE);
      gtk_label_set_xalign (GTK_LABEL (label), 1);
    }
}

gboolean
grove_process_columns_get_visible (GtkScrolledWindow *scrolled,
                                   guint              n_items,
                                   guint             *ret_first,
                                   guint             *ret_n)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (scrolled);
  double         upper = gtk_adjustment_get_upper (adjustment);
  double         page = gtk_adjustment_get_page_size (adjustment);
  double         row_height;
  guint          first, end;

  if (n_items == 0 || upper <= 0 || page <= 0)
    return FALSE;
  /* Rows are alike in height. */
  row_height = upper / n_items;
  first = (guint) MAX (gtk_adjustment_get_value (adjustment) / row_height, 0);
  end = (guint) ((gtk_adjustment_get_value (adjustment) + page) / row_height) + 1;
  first = MIN (first, n_items - 1);
  *ret_first = first;
  *ret_n = MIN (end, n_items) - first;
  return TRUE;
}

void
grove_process_columns_scroll_to (GtkColumnView *view, guint position)
{
  /* The list inside the column view knows how; 4.8 has no public way. */
  gtk_widget_activate_action (gtk_widget_get_last_child (GTK_WIDGET (view)), "list.scroll-to-item",
                              "u", position);
}
