/* SPDX-License-Identifier: MIT
 *
 * GroveRowList: a GtkColumnView whose columns are made from what a table declares.
 */
#include "ui/grove-row-list.h"

#include "ui/grove-preferences.h"
#include "ui/grove-process-columns.h"
#include "ui/grove-row-cell.h"
#include "ui/grove-row-columns.h"
#include "ui/grove-tab-stop.h"

#include <glib/gi18n.h>

/* Rows keep their order this long after the pointer last moved over them. */
#define HOLD_MS    800
#define FIRST_PAGE 60

struct _GroveRowList
{
  AdwBin                 parent_instance;
  GListModel            *model;
  GroveTable            *table; /* the model, when the system sorts it; else NULL */
  char                  *name;
  GroveProcessSelection *selection;
  GtkWidget             *scrolled;
  GtkWidget             *view;
  GtkAdjustment         *adjustment;
  GtkSorter             *view_sorter;
  GSimpleActionGroup    *column_actions;
  GMenu                 *column_menu;
  GArray                *places;       /* GroveRowPlace, in their order */
  GPtrArray             *columns_made; /* GtkColumnViewColumn, one a place; some are in the view */
  GroveRowColumn        *columns;
  guint                  n_columns;
  guint                  hold_source;
  double                 pointer_x, pointer_y;
  gboolean               building;
};

enum
{
  SCROLLED,
  MENU,
  ACTIVATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GroveRowList, grove_row_list, ADW_TYPE_BIN)

/* ---- Rows ---------------------------------------------------------------------------------------
 */

/* Loaded, and borrowed: it is held by the model or by who shows it. */
static GroveRow *
row_at (GroveRowList *self, guint position)
{
  g_autoptr (GroveRow) row = NULL;

  if (self->table != NULL)
    return grove_table_peek (self->table, position);
  row = g_list_model_get_item (self->model, position);
  return row;
}

static const char *
key_at (GListModel *model, guint position, gpointer user_data)
{
  GroveRow *row = row_at (user_data, position);

  return row != NULL ? grove_row_get_key (row) : NULL;
}

static GroveTarget *
target_at (GListModel *model, guint position, gpointer user_data)
{
  return grove_target_new (key_at (model, position, user_data), "");
}

GroveRow *
grove_row_list_find (GroveRowList *self, const char *key)
{
  guint position;

  g_return_val_if_fail (GROVE_IS_ROW_LIST (self), NULL);
  if (key == NULL)
    return NULL;
  if (self->table != NULL)
    return grove_table_find (self->table, key, &position);
  for (guint i = 0; i < g_list_model_get_n_items (self->model); i++)
    if (g_strcmp0 (grove_row_get_key (row_at (self, i)), key) == 0)
      return row_at (self, i);
  return NULL;
}

static void
on_setup (GtkListItemFactory *factory, GtkListItem *list_item, GroveRowList *self)
{
  guint index = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (factory), "grove-column"));

  gtk_list_item_set_child (list_item, grove_row_cell_new (&self->columns[index], index));
}

static void
on_bind (GtkListItemFactory *factory, GtkListItem *list_item, GroveRowList *self)
{
  GroveRowCell *cell = GROVE_ROW_CELL (gtk_list_item_get_child (list_item));

  grove_row_cell_set_list_item (cell, list_item);
  grove_row_cell_set_row (cell, gtk_list_item_get_item (list_item));
}

static void
on_unbind (GtkListItemFactory *factory, GtkListItem *list_item, GroveRowList *self)
{
  GroveRowCell *cell = GROVE_ROW_CELL (gtk_list_item_get_child (list_item));

  grove_row_cell_set_list_item (cell, NULL);
  grove_row_cell_set_row (cell, NULL);
}

static void
on_refilled (GroveTable *table, guint first, guint n, gboolean moved, GroveRowList *self)
{
  if (moved)
    grove_process_selection_rows_moved (self->selection, first, n);
}

/* ---- Order --------------------------------------------------------------------------------------
 */

/* As in the list of processes: the comparison of the column that leads is called first. */
static guint asked_column;

static int
ask_column (gconstpointer a, gconstpointer b, gpointer user_data)
{
  asked_column = GPOINTER_TO_UINT (user_data);
  return -1;
}

static void
on_sort_changed (GtkSorter *sorter, GtkSorterChange change, GroveRowList *self)
{
  g_autoptr (GObject) a = NULL;
  g_autoptr (GObject) b = NULL;
  GtkOrdering ordering;

  if (self->building || self->table == NULL)
    return;
  a = g_object_new (G_TYPE_OBJECT, NULL);
  b = g_object_new (G_TYPE_OBJECT, NULL);
  asked_column = G_MAXUINT;
  ordering = gtk_sorter_compare (sorter, a, b);
  if (asked_column >= self->n_columns)
    grove_table_set_sort (self->table, NULL, FALSE);
  else
    grove_table_set_sort (self->table, self->columns[asked_column].name,
                          ordering == GTK_ORDERING_LARGER);
}

static void
update_viewport (GroveRowList *self)
{
  guint first = 0, n = FIRST_PAGE;
  guint total = g_list_model_get_n_items (self->model);

  if (self->table != NULL)
    {
      if (!grove_process_columns_get_visible (GTK_SCROLLED_WINDOW (self->scrolled), total, &first,
                                              &n))
        {
          first = 0;
          n = FIRST_PAGE;
        }
      grove_table_set_viewport (self->table, first, n);
    }
}

static void
on_scrolled (GroveRowList *self)
{
  update_viewport (self);
  g_signal_emit (self, signals[SCROLLED], 0);
}

void
grove_row_list_release (GroveRowList *self)
{
  g_return_if_fail (GROVE_IS_ROW_LIST (self));
  g_clear_handle_id (&self->hold_source, g_source_remove);
  if (self->table != NULL)
    g_object_set (self->table, "frozen", FALSE, NULL);
}

static gboolean
on_hold_over (gpointer user_data)
{
  GroveRowList *self = user_data;

  self->hold_source = 0;
  grove_row_list_release (self);
  return G_SOURCE_REMOVE;
}

static void
on_motion (GtkEventControllerMotion *motion, double x, double y, GroveRowList *self)
{
  /* GTK makes up motions to the same place. */
  if (self->table == NULL || (x == self->pointer_x && y == self->pointer_y))
    return;
  self->pointer_x = x;
  self->pointer_y = y;
  g_clear_handle_id (&self->hold_source, g_source_remove);
  self->hold_source = g_timeout_add (HOLD_MS, on_hold_over, self);
  g_object_set (self->table, "frozen", TRUE, NULL);
}

/* ---- Pointer and keys ---------------------------------------------------------------------------
 */

static GroveRowCell *
find_cell (GtkWidget *widget)
{
  if (GROVE_IS_ROW_CELL (widget))
    return GROVE_ROW_CELL (widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GroveRowCell *cell = find_cell (child);

      if (cell != NULL)
        return cell;
    }
  return NULL;
}

static void
on_right_click (GtkGestureClick *gesture, int n_press, double x, double y, GroveRowList *self)
{
  GtkWidget    *row = gtk_widget_pick (self->view, x, y, GTK_PICK_DEFAULT);
  GroveRowCell *cell;
  guint         position;
  double        at_x, at_y;

  while (row != NULL && row != self->view && g_strcmp0 (gtk_widget_get_css_name (row), "row") != 0)
    row = gtk_widget_get_parent (row);
  cell = row != NULL && row != self->view ? find_cell (row) : NULL;
  position = cell != NULL ? grove_row_cell_get_position (cell) : G_MAXUINT;
  if (position == G_MAXUINT)
    return;
  if (!gtk_selection_model_is_selected (GTK_SELECTION_MODEL (self->selection), position))
    gtk_selection_model_select_item (GTK_SELECTION_MODEL (self->selection), position, TRUE);
  gtk_widget_grab_focus (row);
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  gtk_widget_translate_coordinates (self->view, GTK_WIDGET (self), x, y, &at_x, &at_y);
  g_signal_emit (self, signals[MENU], 0, at_x, at_y);
}

static gboolean
on_menu_key (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  GroveRowList *self = GROVE_ROW_LIST (widget);
  GtkRoot      *root = gtk_widget_get_root (widget);
  GtkWidget    *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  double        x = 60, y = 60;

  if (grove_process_selection_get_n_selected (self->selection) == 0)
    return GDK_EVENT_PROPAGATE;
  if (focus != NULL && focus != widget && gtk_widget_is_ancestor (focus, widget))
    gtk_widget_translate_coordinates (focus, widget, 60, gtk_widget_get_height (focus), &x, &y);
  g_signal_emit (self, signals[MENU], 0, x, y);
  return GDK_EVENT_STOP;
}

static void
on_activate (GtkColumnView *view, guint position, GroveRowList *self)
{
  gtk_selection_model_select_item (GTK_SELECTION_MODEL (self->selection), position, TRUE);
  g_signal_emit (self, signals[ACTIVATED], 0);
}

/* ---- Columns ------------------------------------------------------------------------------------
 */

static guint
index_of (GtkColumnViewColumn *column)
{
  return GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (column), "grove-column"));
}

static char *
state_name (GroveRowList *self)
{
  /* Of "objects/shelf" as of all that are of something. */
  return g_strdup_printf ("activity.%.*s.columns", (int) strcspn (self->name, "/"), self->name);
}

/* What was shown the last time, of what there is; NULL: as at first. */
static char **
recall_columns (GroveRowList *self)
{
  g_autofree char *name = state_name (self);
  g_autoptr (GVariant) state =
    grove_preferences_dup_state (grove_preferences_get (), name, G_VARIANT_TYPE_STRING_ARRAY);

  return state != NULL ? g_variant_dup_strv (state, NULL) : NULL;
}

char **
grove_row_list_dup_shown (GroveRowList *self)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  GListModel *columns;

  g_return_val_if_fail (GROVE_IS_ROW_LIST (self), NULL);
  columns = gtk_column_view_get_columns (GTK_COLUMN_VIEW (self->view));
  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i);

      g_strv_builder_add (names, self->columns[index_of (column)].name);
    }
  return g_strv_builder_end (names);
}

static void
remember_columns (GroveRowList *self)
{
  g_auto (GStrv) shown = grove_row_list_dup_shown (self);
  g_autofree char *name = state_name (self);

  grove_preferences_set_state (grove_preferences_get (), name,
                               g_variant_new_strv ((const char *const *) shown, -1));
}

/* A hidden column would keep its room in GTK 4.8: those that are not shown are not in the view. */
static gboolean
is_shown (GroveRowList *self, GtkColumnViewColumn *column)
{
  return gtk_column_view_column_get_column_view (column) == GTK_COLUMN_VIEW (self->view);
}

static void
show_column (GroveRowList *self, guint place, gboolean shown)
{
  GtkColumnViewColumn *column = g_ptr_array_index (self->columns_made, place);
  guint                position = 0;

  if (is_shown (self, column) == shown)
    return;
  for (guint i = 0; i < place; i++)
    if (is_shown (self, g_ptr_array_index (self->columns_made, i)))
      position++;
  if (shown)
    gtk_column_view_insert_column (GTK_COLUMN_VIEW (self->view), position, column);
  else
    gtk_column_view_remove_column (GTK_COLUMN_VIEW (self->view), column);
}

static void align_titles (GroveRowList *self);

static void
on_column_state (GSimpleAction *action, GVariant *state, GroveRowList *self)
{
  gboolean    shown = g_variant_get_boolean (state);
  GListModel *columns = gtk_column_view_get_columns (GTK_COLUMN_VIEW (self->view));

  /* A table without a column could not be got out of again. */
  if (!shown && g_list_model_get_n_items (columns) <= 1)
    return;
  for (guint i = 0; i < self->places->len; i++)
    if (g_str_equal (self->columns[g_array_index (self->places, GroveRowPlace, i).index].name,
                     g_action_get_name (G_ACTION (action))))
      show_column (self, i, shown);
  g_simple_action_set_state (action, state);
  remember_columns (self);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    align_titles (self);
}

static void
clear_columns (GroveRowList *self)
{
  GListModel *columns = gtk_column_view_get_columns (GTK_COLUMN_VIEW (self->view));

  for (guint i = 0; i < self->n_columns; i++)
    g_action_map_remove_action (G_ACTION_MAP (self->column_actions), self->columns[i].name);
  g_menu_remove_all (self->column_menu);
  while (g_list_model_get_n_items (columns) > 0)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, 0);

      gtk_column_view_remove_column (GTK_COLUMN_VIEW (self->view), column);
    }
  g_ptr_array_set_size (self->columns_made, 0);
  g_clear_pointer (&self->places, g_array_unref);
  g_clear_pointer (&self->columns, g_free);
  self->n_columns = 0;
}

static void
make_column (GroveRowList *self, const GroveRowPlace *place, gboolean shown)
{
  const GroveRowColumn *info = &self->columns[place->index];
  GtkListItemFactory   *factory = gtk_signal_list_item_factory_new ();
  GtkColumnViewColumn  *column;
  g_autoptr (GSimpleAction) action = NULL;
  g_autofree char *action_name = g_strconcat ("columns.", info->name, NULL);

  g_object_set_data (G_OBJECT (factory), "grove-column", GUINT_TO_POINTER (place->index));
  g_signal_connect_object (factory, "setup", G_CALLBACK (on_setup), self, 0);
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_bind), self, 0);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (on_unbind), self, 0);
  column = gtk_column_view_column_new (info->title, factory);
  g_ptr_array_add (self->columns_made, column);
  g_object_set_data (G_OBJECT (column), "grove-column", GUINT_TO_POINTER (place->index));
  gtk_column_view_column_set_fixed_width (column, place->width);
  gtk_column_view_column_set_resizable (column, TRUE);
  gtk_column_view_column_set_expand (column, place->expand);
  if (self->table != NULL)
    {
      g_autoptr (GtkSorter) sorter =
        GTK_SORTER (gtk_custom_sorter_new (ask_column, GUINT_TO_POINTER (place->index), NULL));

      gtk_column_view_column_set_sorter (column, sorter);
    }
  action = g_simple_action_new_stateful (info->name, NULL, g_variant_new_boolean (shown));
  g_signal_connect_object (action, "change-state", G_CALLBACK (on_column_state), self, 0);
  g_action_map_add_action (G_ACTION_MAP (self->column_actions), G_ACTION (action));
  g_menu_append (self->column_menu, info->title, action_name);
  if (shown)
    gtk_column_view_append_column (GTK_COLUMN_VIEW (self->view), column);
}

/* GTK 4.8 cannot align titles; they are labels in boxes, there once the view is mapped. */
static void
align_titles (GroveRowList *self)
{
  GListModel *columns = gtk_column_view_get_columns (GTK_COLUMN_VIEW (self->view));
  GtkWidget  *header = gtk_widget_get_first_child (self->view);
  GtkWidget  *title = header != NULL ? gtk_widget_get_first_child (header) : NULL;

  for (guint i = 0; title != NULL; i++, title = gtk_widget_get_next_sibling (title))
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i);
      GtkWidget *box = gtk_widget_get_first_child (title);
      GtkWidget *label = box != NULL ? gtk_widget_get_first_child (box) : NULL;

      if (column == NULL || !self->columns[index_of (column)].numeric || !GTK_IS_LABEL (label))
        continue;
      gtk_widget_set_hexpand (label, TRUE);
      gtk_label_set_xalign (GTK_LABEL (label), 1);
    }
}

void
grove_row_list_set_columns (GroveRowList *self, const GroveRowColumn *columns, guint n_columns)
{
  g_auto (GStrv) recalled = NULL;

  g_return_if_fail (GROVE_IS_ROW_LIST (self));
  self->building = TRUE;
  clear_columns (self);
  if (n_columns > 0)
    self->columns = g_memdup2 (columns, n_columns * sizeof *columns);
  self->n_columns = n_columns;
  self->places = grove_row_columns_arrange (self->name, self->columns, n_columns);
  recalled = recall_columns (self);
  for (guint i = 0; i < self->places->len; i++)
    {
      const GroveRowPlace *place = &g_array_index (self->places, GroveRowPlace, i);
      gboolean             shown =
        recalled != NULL && recalled[0] != NULL
                      ? g_strv_contains ((const char *const *) recalled, self->columns[place->index].name)
                      : place->shown;

      make_column (self, place, shown);
    }
  self->building = FALSE;
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    align_titles (self);
}

GActionGroup *
grove_row_list_get_column_actions (GroveRowList *self)
{
  g_return_val_if_fail (GROVE_IS_ROW_LIST (self), NULL);
  return G_ACTION_GROUP (self->column_actions);
}

GMenuModel *
grove_row_list_get_column_menu (GroveRowList *self)
{
  g_return_val_if_fail (GROVE_IS_ROW_LIST (self), NULL);
  return G_MENU_MODEL (self->column_menu);
}

/* ---- What one may ask ---------------------------------------------------------------------------
 */

GroveProcessSelection *
grove_row_list_get_selection (GroveRowList *self)
{
  g_return_val_if_fail (GROVE_IS_ROW_LIST (self), NULL);
  return self->selection;
}

gboolean
grove_row_list_is_at_top (GroveRowList *self)
{
  g_return_val_if_fail (GROVE_IS_ROW_LIST (self), TRUE);
  return gtk_adjustment_get_value (self->adjustment) <= gtk_adjustment_get_lower (self->adjustment);
}

void
grove_row_list_scroll_to_top (GroveRowList *self)
{
  g_return_if_fail (GROVE_IS_ROW_LIST (self));
  gtk_adjustment_set_value (self->adjustment, gtk_adjustment_get_lower (self->adjustment));
}

static void
refresh_cells (GtkWidget *widget)
{
  if (GROVE_IS_ROW_CELL (widget))
    grove_row_cell_refresh (GROVE_ROW_CELL (widget));
  else
    for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
         child = gtk_widget_get_next_sibling (child))
      refresh_cells (child);
}

void
grove_row_list_refresh (GroveRowList *self)
{
  g_return_if_fail (GROVE_IS_ROW_LIST (self));
  for (guint i = 0; i < self->n_columns; i++)
    if (self->columns[i].kind == GROVE_CELL_SINCE || self->columns[i].kind == GROVE_CELL_DUE)
      {
        refresh_cells (self->view);
        return;
      }
}

static void
append_row (GroveRowList *self, GString *text, GroveRow *row)
{
  GListModel *columns = gtk_column_view_get_columns (GTK_COLUMN_VIEW (self->view));
  gboolean    first = TRUE;

  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i);
      g_autofree char *cell = NULL;

      cell = grove_row_say (row, index_of (column));
      g_string_append_printf (text, "%s%s", first ? "" : "\t", cell);
      first = FALSE;
    }
  g_string_append_c (text, '\n');
}

char *
grove_row_list_copy (GroveRowList *self, guint *ret_n)
{
  GString *text;
  guint    n;

  g_return_val_if_fail (GROVE_IS_ROW_LIST (self), NULL);
  text = g_string_new (NULL);
  *ret_n = 0;
  n = g_list_model_get_n_items (self->model);
  for (guint i = 0; i < n && *ret_n < grove_process_selection_get_n_selected (self->selection); i++)
    if (gtk_selection_model_is_selected (GTK_SELECTION_MODEL (self->selection), i))
      {
        append_row (self, text, row_at (self, i));
        (*ret_n)++;
      }
  return g_string_free (text, *ret_n == 0);
}

/* ---- The object ---------------------------------------------------------------------------------
 */

static void
grove_row_list_dispose (GObject *object)
{
  GroveRowList *self = GROVE_ROW_LIST (object);

  g_clear_handle_id (&self->hold_source, g_source_remove);
  if (self->view_sorter != NULL)
    g_signal_handlers_disconnect_by_data (self->view_sorter, self);
  if (self->adjustment != NULL)
    g_signal_handlers_disconnect_by_data (self->adjustment, self);
  if (self->model != NULL)
    g_signal_handlers_disconnect_by_data (self->model, self);
  g_clear_object (&self->column_actions);
  g_clear_object (&self->column_menu);
  g_clear_object (&self->view_sorter);
  g_clear_object (&self->adjustment);
  G_OBJECT_CLASS (grove_row_list_parent_class)->dispose (object);
  g_clear_object (&self->selection);
  g_clear_object (&self->model);
}

static void
grove_row_list_finalize (GObject *object)
{
  GroveRowList *self = GROVE_ROW_LIST (object);

  g_clear_pointer (&self->places, g_array_unref);
  g_clear_pointer (&self->columns_made, g_ptr_array_unref);
  g_free (self->columns);
  g_free (self->name);
  G_OBJECT_CLASS (grove_row_list_parent_class)->finalize (object);
}

static void
grove_row_list_class_init (GroveRowListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = grove_row_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = grove_row_list_finalize;
  signals[SCROLLED] = g_signal_new ("scrolled", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[MENU] = g_signal_new ("menu", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 2, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
  signals[ACTIVATED] = g_signal_new ("activated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Menu, 0, on_menu_key, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, on_menu_key, NULL);
}

static void
add_controls (GroveRowList *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkGesture         *click = gtk_gesture_click_new ();

  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (grove_row_list_release), self);
  gtk_widget_add_controller (self->scrolled, motion);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  g_signal_connect (click, "released", G_CALLBACK (on_right_click), self);
  gtk_widget_add_controller (self->view, GTK_EVENT_CONTROLLER (click));
  g_signal_connect (self->view, "activate", G_CALLBACK (on_activate), self);
}

static void
grove_row_list_init (GroveRowList *self)
{
  self->view = grove_process_columns_new_view ("");
  self->scrolled = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scrolled), self->view);
  adw_bin_set_child (ADW_BIN (self), grove_tab_stop_new (self->scrolled));
  self->column_actions = g_simple_action_group_new ();
  self->column_menu = g_menu_new ();
  self->columns_made = g_ptr_array_new_with_free_func (g_object_unref);
  add_controls (self);
  g_signal_connect (self, "map", G_CALLBACK (align_titles), NULL);
}

GtkWidget *
grove_row_list_new (GListModel *model, const char *table, const char *title)
{
  GroveRowList *self = g_object_new (GROVE_TYPE_ROW_LIST, NULL);

  self->model = g_object_ref (model);
  self->table = GROVE_IS_TABLE (model) ? GROVE_TABLE (model) : NULL;
  self->name = g_strdup (table);
  self->selection = grove_process_selection_new (model, key_at, target_at, self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  -1);
  if (self->table != NULL)
    g_signal_connect (model, "refilled", G_CALLBACK (on_refilled), self);
  g_signal_connect_swapped (model, "items-changed", G_CALLBACK (update_viewport), self);
  self->adjustment =
    g_object_ref (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scrolled)));
  g_signal_connect_swapped (self->adjustment, "value-changed", G_CALLBACK (on_scrolled), self);
  g_signal_connect_swapped (self->adjustment, "changed", G_CALLBACK (update_viewport), self);
  self->view_sorter = g_object_ref (gtk_column_view_get_sorter (GTK_COLUMN_VIEW (self->view)));
  g_signal_connect (self->view_sorter, "changed", G_CALLBACK (on_sort_changed), self);
  gtk_column_view_set_model (GTK_COLUMN_VIEW (self->view), GTK_SELECTION_MODEL (self->selection));
  return GTK_WIDGET (self);
}
