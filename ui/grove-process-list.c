/* SPDX-License-Identifier: MIT
 *
 * GroveProcessList: the flat shape of the table of processes, over a model of slots that the server
 * sorts, filters and keeps live.
 */
#include "ui/grove-process-list.h"

#include "ui/grove-preferences.h"
#include "ui/grove-process-columns.h"
#include "ui/grove-tab-stop.h"

#include <glib/gi18n.h>

/* Rows keep their order this long after the pointer last moved over them. */
#define HOLD_MS 800
#define SORT    "processes.sort" /* as it is remembered */

struct _GroveProcessList
{
  AdwBin                 parent_instance;
  GroveSession          *session;
  GroveProcessTable     *table;
  GroveProcessSelection *selection;
  GtkWidget             *scrolled;
  GtkWidget             *view;
  GtkAdjustment         *adjustment;
  GtkSorter             *view_sorter;
  guint                  hold_source;
  double                 pointer_x, pointer_y;
  GroveColumnLayout     *layout;
  gboolean               titles_aligned, remembers_sort;
};

G_DEFINE_FINAL_TYPE (GroveProcessList, grove_process_list, ADW_TYPE_BIN)

/* At first; the others can be chosen. They fit into the window as it opens. */
static const GroveColumn shown_columns[] = {
  GROVE_COLUMN_PID,     GROVE_COLUMN_NAME,    GROVE_COLUMN_STATE,
  GROVE_COLUMN_MAILBOX, GROVE_COLUMN_HISTORY, GROVE_COLUMN_REDUCTIONS,
  GROVE_COLUMN_MEMORY,  GROVE_COLUMN_CURRENT, GROVE_COLUMN_INITIAL,
};

static const char *
pid_at (GListModel *model, guint position, gpointer user_data)
{
  GroveProcessItem      *item = grove_process_table_peek (GROVE_PROCESS_TABLE (model), position);
  const GroveProcessRow *row = item != NULL ? grove_process_item_get_row (item) : NULL;

  return row != NULL ? row->pid : NULL;
}

static GroveTarget *
target_at (GListModel *model, guint position, gpointer user_data)
{
  GroveProcessItem *item = grove_process_table_peek (GROVE_PROCESS_TABLE (model), position);

  return grove_target_new_from_row (grove_process_item_get_row (item));
}

static void
on_setup (GtkListItemFactory *factory, GtkListItem *list_item, GroveProcessList *self)
{
  GroveColumn column =
    (GroveColumn) GPOINTER_TO_INT (g_object_get_data (G_OBJECT (factory), "grove-column"));

  gtk_list_item_set_child (list_item, grove_process_cell_new (self->session, column));
}

static void
on_bind (GtkListItemFactory *factory, GtkListItem *list_item, GroveProcessList *self)
{
  GroveProcessCell *cell = GROVE_PROCESS_CELL (gtk_list_item_get_child (list_item));

  grove_process_cell_set_list_item (cell, list_item);
  grove_process_cell_set_item (cell, gtk_list_item_get_item (list_item));
}

static void
on_unbind (GtkListItemFactory *factory, GtkListItem *list_item, GroveProcessList *self)
{
  GroveProcessCell *cell = GROVE_PROCESS_CELL (gtk_list_item_get_child (list_item));

  grove_process_cell_set_list_item (cell, NULL);
  grove_process_cell_set_item (cell, NULL);
}

/* GTK 4.8 does not say which column it sorts by. The comparison of the one that leads is the one
 * that is called first, so one comparison of two dummies tells. */
static GroveColumn asked_column;

static int
ask_column (gconstpointer a, gconstpointer b, gpointer user_data)
{
  asked_column = (GroveColumn) GPOINTER_TO_INT (user_data);
  return -1;
}

static void
on_sort_changed (GtkSorter *sorter, GtkSorterChange change, GroveProcessList *self)
{
  g_autoptr (GObject) a = g_object_new (G_TYPE_OBJECT, NULL);
  g_autoptr (GObject) b = g_object_new (G_TYPE_OBJECT, NULL);
  GtkOrdering ordering;

  asked_column = GROVE_N_COLUMNS;
  ordering = gtk_sorter_compare (sorter, a, b);
  if (asked_column == GROVE_N_COLUMNS)
    grove_process_table_set_sort (self->table, "pid", FALSE);
  else
    grove_process_table_set_sort (self->table, grove_column_get_info (asked_column)->sort,
                                  ordering == GTK_ORDERING_LARGER);
  if (self->remembers_sort)
    grove_preferences_set_state (grove_preferences_get (), SORT,
                                 asked_column != GROVE_N_COLUMNS
                                   ? g_variant_new ("(sb)",
                                                    grove_column_get_info (asked_column)->id,
                                                    ordering == GTK_ORDERING_LARGER)
                                   : NULL);
}

static void
update_viewport (GroveProcessList *self)
{
  guint first, n;
  guint total = g_list_model_get_n_items (G_LIST_MODEL (self->table));

  if (!grove_process_columns_get_visible (GTK_SCROLLED_WINDOW (self->scrolled), total, &first, &n))
    {
      /* Nothing is known yet: ask for the first page. */
      first = 0;
      n = 60;
    }
  grove_process_table_set_viewport (self->table, first, n);
}

static void
on_refilled (GroveProcessTable *table, guint first, guint n, gboolean moved, GroveProcessList *self)
{
  if (moved)
    grove_process_selection_rows_moved (self->selection, first, n);
}

static gboolean
on_hold_over (gpointer user_data)
{
  GroveProcessList *self = user_data;

  self->hold_source = 0;
  g_object_set (self->table, "frozen", FALSE, NULL);
  return G_SOURCE_REMOVE;
}

static void
release_hold (GroveProcessList *self)
{
  g_clear_handle_id (&self->hold_source, g_source_remove);
  g_object_set (self->table, "frozen", FALSE, NULL);
}

static void
on_motion (GtkEventControllerMotion *motion, double x, double y, GroveProcessList *self)
{
  /* GTK makes up a motion to the same place whenever what is under the pointer was laid out anew.
   */
  if (x == self->pointer_x && y == self->pointer_y)
    return;
  self->pointer_x = x;
  self->pointer_y = y;
  g_clear_handle_id (&self->hold_source, g_source_remove);
  self->hold_source = g_timeout_add (HOLD_MS, on_hold_over, self);
  g_object_set (self->table, "frozen", TRUE, NULL);
}

static void
on_map (GroveProcessList *self)
{
  update_viewport (self);
  if (self->titles_aligned)
    return;
  grove_process_columns_align_titles (GTK_COLUMN_VIEW (self->view));
  self->titles_aligned = TRUE;
}

static void
grove_process_list_dispose (GObject *object)
{
  GroveProcessList *self = GROVE_PROCESS_LIST (object);

  g_clear_handle_id (&self->hold_source, g_source_remove);
  if (self->view_sorter != NULL)
    g_signal_handlers_disconnect_by_data (self->view_sorter, self);
  if (self->adjustment != NULL)
    g_signal_handlers_disconnect_by_data (self->adjustment, self);
  if (self->table != NULL)
    g_signal_handlers_disconnect_by_data (self->table, self);
  g_clear_object (&self->view_sorter);
  g_clear_object (&self->adjustment);
  g_clear_object (&self->layout);
  g_clear_object (&self->selection);
  g_clear_object (&self->table);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (grove_process_list_parent_class)->dispose (object);
}

static void
grove_process_list_class_init (GroveProcessListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = grove_process_list_dispose;
}

static void
grove_process_list_init (GroveProcessList *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();

  self->view = grove_process_columns_new_view (_ ("Processes"));
  self->scrolled = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scrolled), self->view);
  adw_bin_set_child (ADW_BIN (self), grove_tab_stop_new (self->scrolled));
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (release_hold), self);
  gtk_widget_add_controller (self->scrolled, motion);
  g_signal_connect (self, "map", G_CALLBACK (on_map), NULL);
}

static void
add_column (GroveProcessList *self, GroveColumn which)
{
  GtkListItemFactory  *factory = gtk_signal_list_item_factory_new ();
  GtkColumnViewColumn *column;

  g_object_set_data (G_OBJECT (factory), "grove-column", GINT_TO_POINTER (which));
  g_signal_connect_object (factory, "setup", G_CALLBACK (on_setup), self, 0);
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_bind), self, 0);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (on_unbind), self, 0);
  column = grove_process_columns_add (GTK_COLUMN_VIEW (self->view), which, factory);
  if (grove_column_get_info (which)->sort != NULL)
    {
      g_autoptr (GtkSorter) sorter =
        GTK_SORTER (gtk_custom_sorter_new (ask_column, GINT_TO_POINTER (which), NULL));

      gtk_column_view_column_set_sorter (column, sorter);
    }
}

/* As it was sorted last; at first the fullest mailboxes stand at the top. */
static void
restore_sort (GroveProcessList *self)
{
  g_autoptr (GVariant) state =
    grove_preferences_dup_state (grove_preferences_get (), SORT, G_VARIANT_TYPE ("(sb)"));
  GroveColumn which = GROVE_COLUMN_MAILBOX;
  gboolean    descending = TRUE;

  if (state != NULL)
    {
      const char *id;

      g_variant_get (state, "(&sb)", &id, &descending);
      for (guint i = 0; i < GROVE_N_COLUMNS; i++)
        if (g_str_equal (grove_column_get_info ((GroveColumn) i)->id, id) &&
            grove_column_get_info ((GroveColumn) i)->sort != NULL)
          which = (GroveColumn) i;
    }
  gtk_column_view_sort_by_column (GTK_COLUMN_VIEW (self->view),
                                  grove_column_layout_find (self->layout, which),
                                  descending ? GTK_SORT_DESCENDING : GTK_SORT_ASCENDING);
}

static void
add_columns (GroveProcessList *self)
{
  for (guint i = 0; i < GROVE_N_COLUMNS; i++)
    add_column (self, (GroveColumn) i);
  self->layout =
    grove_column_layout_new (GTK_COLUMN_VIEW (self->view), self->session, "processes.columns",
                             shown_columns, G_N_ELEMENTS (shown_columns));
  self->view_sorter = g_object_ref (gtk_column_view_get_sorter (GTK_COLUMN_VIEW (self->view)));
  g_signal_connect (self->view_sorter, "changed", G_CALLBACK (on_sort_changed), self);
  restore_sort (self);
  self->remembers_sort = TRUE;
}

GtkWidget *
grove_process_list_new (GroveSession *session, GroveProcessTable *table)
{
  GroveProcessList *self = g_object_new (GROVE_TYPE_PROCESS_LIST, NULL);

  self->session = g_object_ref (session);
  self->table = g_object_ref (table);
  self->selection = grove_process_selection_new (G_LIST_MODEL (table), pid_at, target_at, NULL);
  g_signal_connect (table, "refilled", G_CALLBACK (on_refilled), self);
  g_signal_connect_swapped (table, "items-changed", G_CALLBACK (update_viewport), self);
  self->adjustment =
    g_object_ref (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scrolled)));
  g_signal_connect_swapped (self->adjustment, "value-changed", G_CALLBACK (update_viewport), self);
  g_signal_connect_swapped (self->adjustment, "changed", G_CALLBACK (update_viewport), self);

  /* Factories before the model: the other way round every row is made twice. */
  add_columns (self);
  grove_process_columns_add_controls (GTK_COLUMN_VIEW (self->view), self->selection);
  gtk_column_view_set_model (GTK_COLUMN_VIEW (self->view), GTK_SELECTION_MODEL (self->selection));
  update_viewport (self);
  return GTK_WIDGET (self);
}

GroveProcessSelection *
grove_process_list_get_selection (GroveProcessList *self)
{
  g_return_val_if_fail (GROVE_IS_PROCESS_LIST (self), NULL);
  return self->selection;
}

GroveColumnLayout *
grove_process_list_get_layout (GroveProcessList *self)
{
  g_return_val_if_fail (GROVE_IS_PROCESS_LIST (self), NULL);
  return self->layout;
}

void
grove_process_list_release (GroveProcessList *self)
{
  g_return_if_fail (GROVE_IS_PROCESS_LIST (self));
  release_hold (self);
}

gboolean
grove_process_list_reveal (GroveProcessList *self, const char *pid)
{
  guint position = G_MAXUINT;

  g_return_val_if_fail (GROVE_IS_PROCESS_LIST (self), FALSE);
  if (grove_process_table_find (self->table, pid, &position) == NULL)
    return FALSE;
  grove_process_columns_scroll_to (GTK_COLUMN_VIEW (self->view), position);
  return TRUE;
}
