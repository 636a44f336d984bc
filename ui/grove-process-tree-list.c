/* SPDX-License-Identifier: MIT
 *
 * GroveProcessTreeList: the tree shape of the table of processes. The forest comes from GroveTree,
 * its rows from GtkTreeListModel, the values of the rows on the screen from one GroveProcessWatch.
 */
#include "ui/grove-process-tree-list.h"

#include "observer/grove-process-watch.h"
#include "ui/grove-process-columns.h"
#include "ui/grove-refusal-page.h"
#include "ui/grove-tab-stop.h"

#include <glib/gi18n.h>

#define INTERVAL_MS 200
#define DEPTH       2
/* Rows above and below the screen that are watched too, so that scrolling does not show empty
 * cells. */
#define MARGIN 12
/* Supervisors this near the root open by themselves unless they have many children. */
#define OPEN_DEPTH    2
#define OPEN_CHILDREN 24

struct _GroveProcessTreeList
{
  AdwBin                 parent_instance;
  GroveSession          *session;
  GroveTree             *tree;
  GtkTreeListModel      *rows;
  GroveProcessWatch     *watch;
  GroveProcessSelection *selection;
  GroveColumnLayout     *layout;
  GtkStack              *stack;
  GroveRefusalPage      *refusal_page;
  GtkWidget             *scrolled;
  GtkWidget             *view;
  GtkAdjustment         *adjustment;
  GHashTable            *bound;  /* GroveProcessCell of the rows that exist */
  GHashTable            *opened; /* pids of supervisors that were opened by themselves */
  GHashTable            *open;   /* pids of what is open, shown or not */
  guint                  watch_source;
  guint                  open_source;
  gboolean               titles_aligned;
};

G_DEFINE_FINAL_TYPE (GroveProcessTreeList, grove_process_tree_list, ADW_TYPE_BIN)

static const GroveColumn shown_columns[] = {
  GROVE_COLUMN_NAME,    GROVE_COLUMN_PID,     GROVE_COLUMN_STATE,
  GROVE_COLUMN_MAILBOX, GROVE_COLUMN_HISTORY, GROVE_COLUMN_REDUCTIONS,
  GROVE_COLUMN_MEMORY,  GROVE_COLUMN_CURRENT, GROVE_COLUMN_RESTARTS,
};

static GroveTreeNode *
node_at (GListModel *model, guint position)
{
  g_autoptr (GtkTreeListRow) row =
    gtk_tree_list_model_get_row (GTK_TREE_LIST_MODEL (model), position);
  g_autoptr (GObject) item = row != NULL ? gtk_tree_list_row_get_item (row) : NULL;

  /* The tree holds its nodes; it is what the row came from. */
  return item != NULL ? GROVE_TREE_NODE (item) : NULL;
}

static const char *
pid_at (GListModel *model, guint position, gpointer user_data)
{
  GroveTreeNode *node = node_at (model, position);

  return node != NULL ? grove_tree_node_get_pid (node) : NULL;
}

static GroveTarget *
target_at (GListModel *model, guint position, gpointer user_data)
{
  GroveProcessTreeList  *self = user_data;
  GroveTreeNode         *node = node_at (model, position);
  const char            *pid = grove_tree_node_get_pid (node);
  GroveProcessItem      *item = grove_process_watch_get (self->watch, pid);
  const GroveProcessRow *row = item != NULL ? grove_process_item_get_row (item) : NULL;
  GroveTarget           *target;

  target = row != NULL && g_str_equal (row->pid, pid)
             ? grove_target_new_from_row (row)
             : grove_target_new (pid, grove_tree_node_get_name (node));
  grove_target_learn (target, self->tree);
  return target;
}

/* Asked for every row that is shown: cheap, and of no effect. */
static GListModel *
children_of (gpointer item, gpointer user_data)
{
  GroveTreeNode *node = item;

  if (grove_tree_node_get_n_children (node) == 0 &&
      grove_tree_node_get_kind (node) > GROVE_NODE_KIND_SUPERVISOR)
    return NULL;
  return G_LIST_MODEL (g_object_ref (node));
}

/* ---- Live values of what is on the screen -------------------------------------------------------
 */

static void
update_cells (GroveProcessTreeList *self)
{
  GHashTableIter iter;
  gpointer       cell;

  g_hash_table_iter_init (&iter, self->bound);
  while (g_hash_table_iter_next (&iter, &cell, NULL))
    {
      const char *pid = grove_process_cell_get_pid (cell);

      grove_process_cell_set_item (cell,
                                   pid != NULL ? grove_process_watch_get (self->watch, pid) : NULL);
    }
}

static gboolean
update_watch (gpointer user_data)
{
  GroveProcessTreeList *self = user_data;
  g_autoptr (GPtrArray) pids = g_ptr_array_new_with_free_func (g_free);
  guint n_rows = g_list_model_get_n_items (G_LIST_MODEL (self->rows));
  guint first = 0, n = 0;

  self->watch_source = 0;
  if (grove_process_columns_get_visible (GTK_SCROLLED_WINDOW (self->scrolled), n_rows, &first, &n))
    {
      guint from = first > MARGIN ? first - MARGIN : 0;
      guint to = MIN (first + n + MARGIN, n_rows);

      for (guint i = from; i < to; i++)
        g_ptr_array_add (pids, g_strdup (pid_at (G_LIST_MODEL (self->rows), i, self)));
    }
  grove_process_watch_set_pids (self->watch, (const char *const *) pids->pdata, pids->len);
  update_cells (self);
  return G_SOURCE_REMOVE;
}

static void
queue_watch (GroveProcessTreeList *self)
{
  if (self->watch_source == 0)
    self->watch_source = g_timeout_add (16, update_watch, self);
}

/* ---- Opening ------------------------------------------------------------------------------------
 */

static void
note_open (GroveProcessTreeList *self, const char *pid, gboolean open)
{
  if (!open)
    g_hash_table_remove (self->open, pid);
  else if (g_hash_table_add (self->open, g_strdup (pid)))
    grove_tree_expand (self->tree, pid);
}

static void
on_expanded (GtkTreeListRow *row, GParamSpec *pspec, GroveProcessTreeList *self)
{
  g_autoptr (GroveTreeNode) node = gtk_tree_list_row_get_item (row);

  if (node == NULL)
    return;
  if (gtk_tree_list_row_get_expanded (row))
    note_open (self, grove_tree_node_get_pid (node), TRUE);
  else if (gtk_tree_list_row_is_expandable (row)) /* not because it was taken from the tree */
    note_open (self, grove_tree_node_get_pid (node), FALSE);
  queue_watch (self);
}

/* The applications and their supervisors open once, when they are first seen; what the user closes
 * afterwards stays closed. What is open is so again when its row comes back: the tree is loaded
 * anew when its view is shown again, and when the one above was closed and opened. */
static gboolean
open_near_root (gpointer user_data)
{
  GroveProcessTreeList *self = user_data;

  self->open_source = 0;
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->rows)) && i < 2000; i++)
    {
      g_autoptr (GtkTreeListRow) row = gtk_tree_list_model_get_row (self->rows, i);
      g_autoptr (GroveTreeNode) node = gtk_tree_list_row_get_item (row);
      const char *pid = grove_tree_node_get_pid (node);

      if (g_hash_table_contains (self->open, pid))
        {
          if (!gtk_tree_list_row_get_expanded (row))
            {
              gtk_tree_list_row_set_expanded (row, TRUE);
              grove_tree_expand (self->tree, pid);
            }
          continue;
        }
      if (gtk_tree_list_row_get_depth (row) > OPEN_DEPTH ||
          grove_tree_node_get_kind (node) > GROVE_NODE_KIND_SUPERVISOR ||
          grove_tree_node_get_n_children (node) == 0 ||
          (gtk_tree_list_row_get_depth (row) > 0 &&
           grove_tree_node_get_n_children (node) > OPEN_CHILDREN) ||
          g_hash_table_contains (self->opened, pid))
        continue;
      g_hash_table_add (self->opened, g_strdup (pid));
      note_open (self, pid, TRUE);
      gtk_tree_list_row_set_expanded (row, TRUE);
    }
  return G_SOURCE_REMOVE;
}

static void
on_structure_changed (GroveProcessTreeList *self)
{
  if (self->open_source == 0)
    self->open_source = g_idle_add (open_near_root, self);
  queue_watch (self);
}

/* A restarted supervisor is another process in the same place: it stays as open as it was. */
static void
on_replaced (GroveTree            *tree,
             GroveTreeNode        *old,
             GroveTreeNode        *new_node,
             GroveProcessTreeList *self)
{
  g_hash_table_remove (self->opened, grove_tree_node_get_pid (new_node));
  if (g_hash_table_remove (self->open, grove_tree_node_get_pid (old)))
    g_hash_table_add (self->open, g_strdup (grove_tree_node_get_pid (new_node)));
  if (g_strcmp0 (grove_session_get_selected (self->session), grove_tree_node_get_pid (old)) == 0)
    queue_watch (self);
}

/* Pids of another run mean nothing. */
static void
on_reset (GroveProcessTreeList *self)
{
  g_hash_table_remove_all (self->opened);
  g_hash_table_remove_all (self->open);
}

/* ---- Cells --------------------------------------------------------------------------------------
 */

static GroveProcessCell *
get_cell (GtkListItem *list_item)
{
  GtkWidget *child = gtk_list_item_get_child (list_item);

  if (GTK_IS_TREE_EXPANDER (child))
    child = gtk_tree_expander_get_child (GTK_TREE_EXPANDER (child));
  return GROVE_PROCESS_CELL (child);
}

static void
on_setup (GtkListItemFactory *factory, GtkListItem *list_item, GroveProcessTreeList *self)
{
  GroveColumn column =
    (GroveColumn) GPOINTER_TO_INT (g_object_get_data (G_OBJECT (factory), "grove-column"));
  GtkWidget *cell = grove_process_cell_new (self->session, column);

  if (column == GROVE_COLUMN_NAME)
    {
      GtkWidget *expander = gtk_tree_expander_new ();

      gtk_widget_set_hexpand (cell, TRUE);
      gtk_tree_expander_set_child (GTK_TREE_EXPANDER (expander), cell);
      gtk_list_item_set_child (list_item, expander);
    }
  else
    gtk_list_item_set_child (list_item, cell);
}

static void
on_bind (GtkListItemFactory *factory, GtkListItem *list_item, GroveProcessTreeList *self)
{
  GroveProcessCell *cell = get_cell (list_item);
  GtkWidget        *child = gtk_list_item_get_child (list_item);
  GtkTreeListRow   *row = gtk_list_item_get_item (list_item);
  g_autoptr (GroveTreeNode) node = gtk_tree_list_row_get_item (row);

  if (GTK_IS_TREE_EXPANDER (child))
    {
      gtk_tree_expander_set_list_row (GTK_TREE_EXPANDER (child), row);
      g_signal_connect_object (row, "notify::expanded", G_CALLBACK (on_expanded), self, 0);
    }
  g_hash_table_add (self->bound, cell);
  grove_process_cell_set_list_item (cell, list_item);
  grove_process_cell_set_node (cell, node);
  grove_process_cell_set_item (cell, node != NULL
                                       ? grove_process_watch_get (self->watch,
                                                                  grove_tree_node_get_pid (node))
                                       : NULL);
  queue_watch (self);
}

static void
on_unbind (GtkListItemFactory *factory, GtkListItem *list_item, GroveProcessTreeList *self)
{
  GroveProcessCell *cell = get_cell (list_item);
  GtkWidget        *child = gtk_list_item_get_child (list_item);

  if (GTK_IS_TREE_EXPANDER (child))
    {
      g_signal_handlers_disconnect_by_func (gtk_list_item_get_item (list_item), on_expanded, self);
      gtk_tree_expander_set_list_row (GTK_TREE_EXPANDER (child), NULL);
    }
  g_hash_table_remove (self->bound, cell);
  grove_process_cell_set_list_item (cell, NULL);
  grove_process_cell_set_item (cell, NULL);
  grove_process_cell_set_node (cell, NULL);
}

static void
add_column (GroveProcessTreeList *self, GroveColumn which)
{
  GtkListItemFactory  *factory = gtk_signal_list_item_factory_new ();
  GtkColumnViewColumn *column;

  g_object_set_data (G_OBJECT (factory), "grove-column", GINT_TO_POINTER (which));
  g_signal_connect_object (factory, "setup", G_CALLBACK (on_setup), self, 0);
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_bind), self, 0);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (on_unbind), self, 0);
  column = grove_process_columns_add (GTK_COLUMN_VIEW (self->view), which, factory);
  if (which == GROVE_COLUMN_NAME)
    grove_process_columns_set_width (column, 280);
}

/* The name first, which the tree hangs on. */
static void
add_columns (GroveProcessTreeList *self)
{
  add_column (self, GROVE_COLUMN_NAME);
  for (guint i = 0; i < GROVE_N_COLUMNS; i++)
    if (i != GROVE_COLUMN_NAME)
      add_column (self, (GroveColumn) i);
  self->layout =
    grove_column_layout_new (GTK_COLUMN_VIEW (self->view), self->session, "processes.tree-columns",
                             shown_columns, G_N_ELEMENTS (shown_columns));
}

/* ---- Keys --------------------------------------------------------------------------------------
 */

static gboolean
on_key (
  GtkEventControllerKey *keys, guint key, guint code, GdkModifierType mods, gpointer user_data)
{
  GroveProcessTreeList *self = user_data;
  const char           *pid = grove_process_selection_get_current (self->selection);
  GroveTreeNode        *node = pid != NULL ? grove_tree_find (self->tree, pid) : NULL;
  gboolean              opens = key == GDK_KEY_Right || key == GDK_KEY_KP_Right;

  if ((!opens && key != GDK_KEY_Left && key != GDK_KEY_KP_Left) || node == NULL ||
      (mods & gtk_accelerator_get_default_mod_mask ()) != 0)
    return GDK_EVENT_PROPAGATE;
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->rows)); i++)
    if (node_at (G_LIST_MODEL (self->rows), i) == node)
      {
        g_autoptr (GtkTreeListRow) row = gtk_tree_list_model_get_row (self->rows, i);

        if (!gtk_tree_list_row_is_expandable (row))
          break;
        note_open (self, pid, opens);
        gtk_tree_list_row_set_expanded (row, opens);
        return GDK_EVENT_STOP;
      }
  return GDK_EVENT_PROPAGATE;
}

static void
add_keys (GroveProcessTreeList *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  /* Before the rows, which take the arrows and do nothing with them. */
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (self->view, keys);
}

/* ---- The object ---------------------------------------------------------------------------------
 */

static void
on_map (GroveProcessTreeList *self)
{
  grove_tree_set_active (self->tree, TRUE);
  grove_process_watch_set_active (self->watch, TRUE);
  queue_watch (self);
  if (self->titles_aligned)
    return;
  grove_process_columns_align_titles (GTK_COLUMN_VIEW (self->view));
  self->titles_aligned = TRUE;
}

static void
on_refusal (GroveProcessTreeList *self)
{
  const char *refusal = grove_tree_get_refusal (self->tree);

  if (refusal == NULL)
    refusal = grove_process_watch_get_refusal (self->watch);
  grove_refusal_page_set_refusal (self->refusal_page, refusal);
  gtk_stack_set_visible_child_name (self->stack, refusal != NULL ? "refused" : "rows");
}

static void
on_unmap (GroveProcessTreeList *self)
{
  if (self->tree != NULL)
    grove_tree_set_active (self->tree, FALSE);
  if (self->watch != NULL)
    grove_process_watch_set_active (self->watch, FALSE);
}

static void
grove_process_tree_list_dispose (GObject *object)
{
  GroveProcessTreeList *self = GROVE_PROCESS_TREE_LIST (object);

  g_clear_handle_id (&self->watch_source, g_source_remove);
  g_clear_handle_id (&self->open_source, g_source_remove);
  if (self->adjustment != NULL)
    g_signal_handlers_disconnect_by_data (self->adjustment, self);
  if (self->tree != NULL)
    g_signal_handlers_disconnect_by_data (self->tree, self);
  if (self->rows != NULL)
    g_signal_handlers_disconnect_by_data (self->rows, self);
  if (self->watch != NULL)
    g_signal_handlers_disconnect_by_data (self->watch, self);
  G_OBJECT_CLASS (grove_process_tree_list_parent_class)->dispose (object);
  g_clear_object (&self->adjustment);
  g_clear_object (&self->layout);
  g_clear_object (&self->selection);
  g_clear_object (&self->watch);
  g_clear_object (&self->rows);
  g_clear_object (&self->tree);
  g_clear_object (&self->session);
}

static void
grove_process_tree_list_finalize (GObject *object)
{
  GroveProcessTreeList *self = GROVE_PROCESS_TREE_LIST (object);

  g_hash_table_unref (self->bound);
  g_hash_table_unref (self->opened);
  g_hash_table_unref (self->open);
  G_OBJECT_CLASS (grove_process_tree_list_parent_class)->finalize (object);
}

static void
grove_process_tree_list_class_init (GroveProcessTreeListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = grove_process_tree_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = grove_process_tree_list_finalize;
}

static void
grove_process_tree_list_init (GroveProcessTreeList *self)
{
  self->bound = g_hash_table_new (NULL, NULL);
  self->opened = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->open = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->view = grove_process_columns_new_view (_ ("Processes as a tree"));
  self->scrolled = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scrolled), self->view);
  self->refusal_page = g_object_new (GROVE_TYPE_REFUSAL_PAGE, NULL);
  self->stack = GTK_STACK (gtk_stack_new ());
  gtk_stack_add_named (self->stack, grove_tab_stop_new (self->scrolled), "rows");
  gtk_stack_add_named (self->stack, GTK_WIDGET (self->refusal_page), "refused");
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->stack));
  g_signal_connect (self, "map", G_CALLBACK (on_map), NULL);
  g_signal_connect (self, "unmap", G_CALLBACK (on_unmap), NULL);
}

GtkWidget *
grove_process_tree_list_new (GroveSession *session)
{
  GroveProcessTreeList *self = g_object_new (GROVE_TYPE_PROCESS_TREE_LIST, NULL);

  self->session = g_object_ref (session);
  self->tree = grove_tree_new (session, DEPTH);
  self->watch = grove_process_watch_new (session, INTERVAL_MS);
  g_signal_connect_swapped (self->tree, "notify::refusal", G_CALLBACK (on_refusal), self);
  g_signal_connect_swapped (self->watch, "notify::refusal", G_CALLBACK (on_refusal), self);
  self->rows = gtk_tree_list_model_new (G_LIST_MODEL (g_object_ref (self->tree)), FALSE, FALSE,
                                        children_of, self, NULL);
  self->selection =
    grove_process_selection_new (G_LIST_MODEL (self->rows), pid_at, target_at, self);
  g_signal_connect_swapped (self->tree, "structure-changed", G_CALLBACK (on_structure_changed),
                            self);
  g_signal_connect_object (session, "reset", G_CALLBACK (on_reset), self, G_CONNECT_SWAPPED);
  g_signal_connect (self->tree, "replaced", G_CALLBACK (on_replaced), self);
  g_signal_connect_swapped (self->rows, "items-changed", G_CALLBACK (on_structure_changed), self);
  self->adjustment =
    g_object_ref (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scrolled)));
  g_signal_connect_swapped (self->adjustment, "value-changed", G_CALLBACK (queue_watch), self);
  g_signal_connect_swapped (self->adjustment, "changed", G_CALLBACK (queue_watch), self);

  add_columns (self);
  add_keys (self);
  grove_process_columns_add_controls (GTK_COLUMN_VIEW (self->view), self->selection);
  gtk_column_view_set_model (GTK_COLUMN_VIEW (self->view), GTK_SELECTION_MODEL (self->selection));
  return GTK_WIDGET (self);
}

GroveProcessSelection *
grove_process_tree_list_get_selection (GroveProcessTreeList *self)
{
  g_return_val_if_fail (GROVE_IS_PROCESS_TREE_LIST (self), NULL);
  return self->selection;
}

GroveColumnLayout *
grove_process_tree_list_get_layout (GroveProcessTreeList *self)
{
  g_return_val_if_fail (GROVE_IS_PROCESS_TREE_LIST (self), NULL);
  return self->layout;
}

GroveTree *
grove_process_tree_list_get_tree (GroveProcessTreeList *self)
{
  g_return_val_if_fail (GROVE_IS_PROCESS_TREE_LIST (self), NULL);
  return self->tree;
}

static void
open_above (GroveProcessTreeList *self, GroveTreeNode *node)
{
  GroveTreeNode *parent = grove_tree_node_get_parent (node);

  if (parent == NULL)
    return;
  open_above (self, parent);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->rows)); i++)
    if (node_at (G_LIST_MODEL (self->rows), i) == parent)
      {
        g_autoptr (GtkTreeListRow) row = gtk_tree_list_model_get_row (self->rows, i);

        note_open (self, grove_tree_node_get_pid (parent), TRUE);
        gtk_tree_list_row_set_expanded (row, TRUE);
        return;
      }
}

gboolean
grove_process_tree_list_reveal (GroveProcessTreeList *self, const char *pid)
{
  GroveTreeNode *node = grove_tree_find (self->tree, pid);

  g_return_val_if_fail (GROVE_IS_PROCESS_TREE_LIST (self), FALSE);
  if (node == NULL)
    return FALSE;
  open_above (self, node);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->rows)); i++)
    if (node_at (G_LIST_MODEL (self->rows), i) == node)
      {
        grove_process_columns_scroll_to (GTK_COLUMN_VIEW (self->view), i);
        return TRUE;
      }
  return FALSE;
}

gboolean
grove_process_tree_list_is_filled (GroveProcessTreeList *self)
{
  GHashTableIter iter;
  gpointer       cell;
  guint          n_live = 0;

  g_return_val_if_fail (GROVE_IS_PROCESS_TREE_LIST (self), FALSE);
  g_hash_table_iter_init (&iter, self->bound);
  while (g_hash_table_iter_next (&iter, &cell, NULL))
    {
      const char       *pid = grove_process_cell_get_pid (cell);
      GroveProcessItem *item = pid != NULL ? grove_process_watch_get (self->watch, pid) : NULL;

      if (item != NULL && grove_process_item_get_row (item) != NULL)
        n_live++;
    }
  return n_live > 0;
}
