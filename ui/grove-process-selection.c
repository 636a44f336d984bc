/* SPDX-License-Identifier: MIT
 *
 * GroveProcessSelection: a GtkSelectionModel keyed by pid.
 */
#include "ui/grove-process-selection.h"

struct _GroveProcessSelection
{
  GObject           parent_instance;
  GListModel       *model;
  GrovePidAtFunc    pid_at;
  GroveTargetAtFunc target_at;
  gpointer          user_data;
  GHashTable       *targets; /* pid of the value -> GroveTarget */
  char             *current;
};

enum
{
  CURRENT_CHANGED,
  ALL_SELECTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void list_model_init (GListModelInterface *iface);
static void selection_model_init (GtkSelectionModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GroveProcessSelection,
                               grove_process_selection,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init)
                                 G_IMPLEMENT_INTERFACE (GTK_TYPE_SELECTION_MODEL,
                                                        selection_model_init))

static GType
get_item_type (GListModel *list)
{
  return g_list_model_get_item_type (GROVE_PROCESS_SELECTION (list)->model);
}

static guint
get_n_items (GListModel *list)
{
  GroveProcessSelection *self = GROVE_PROCESS_SELECTION (list);

  return self->model != NULL ? g_list_model_get_n_items (self->model) : 0;
}

static gpointer
get_item (GListModel *list, guint position)
{
  GroveProcessSelection *self = GROVE_PROCESS_SELECTION (list);

  return self->model != NULL ? g_list_model_get_item (self->model, position) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static gboolean
is_selected_at (GroveProcessSelection *self, guint position)
{
  const char *pid = self->pid_at (self->model, position, self->user_data);

  return pid != NULL && g_hash_table_contains (self->targets, pid);
}

static gboolean
is_selected (GtkSelectionModel *model, guint position)
{
  GroveProcessSelection *self = GROVE_PROCESS_SELECTION (model);

  return g_hash_table_size (self->targets) > 0 && is_selected_at (self, position);
}

static GtkBitset *
get_selection_in_range (GtkSelectionModel *model, guint first, guint n)
{
  GroveProcessSelection *self = GROVE_PROCESS_SELECTION (model);
  GtkBitset             *set = gtk_bitset_new_empty ();
  guint                  total = get_n_items (G_LIST_MODEL (self));

  if (g_hash_table_size (self->targets) == 0 || first >= total)
    return set;
  n = MIN (n, total - first);
  for (guint i = first; i < first + n; i++)
    if (is_selected_at (self, i))
      gtk_bitset_add (set, i);
  return set;
}

static void
emit_changed (GroveProcessSelection *self)
{
  guint n = get_n_items (G_LIST_MODEL (self));

  if (n > 0)
    gtk_selection_model_selection_changed (GTK_SELECTION_MODEL (self), 0, n);
  g_signal_emit (self, signals[CURRENT_CHANGED], 0);
}

static void
clear (GroveProcessSelection *self)
{
  g_hash_table_remove_all (self->targets);
  g_clear_pointer (&self->current, g_free);
}

static gboolean
add_at (GroveProcessSelection *self, guint position)
{
  const char  *pid = self->pid_at (self->model, position, self->user_data);
  GroveTarget *target;

  if (pid == NULL)
    return FALSE;
  g_free (self->current);
  self->current = g_strdup (pid);
  target = self->target_at (self->model, position, self->user_data);
  g_hash_table_replace (self->targets, target->pid, target);
  return TRUE;
}

static gboolean
remove_at (GroveProcessSelection *self, guint position)
{
  const char *pid = self->pid_at (self->model, position, self->user_data);

  if (pid == NULL || !g_hash_table_contains (self->targets, pid))
    return FALSE;
  if (g_strcmp0 (self->current, pid) == 0)
    g_clear_pointer (&self->current, g_free);
  g_hash_table_remove (self->targets, pid);
  if (self->current == NULL)
    {
      GHashTableIter iter;
      gpointer       key;

      g_hash_table_iter_init (&iter, self->targets);
      if (g_hash_table_iter_next (&iter, &key, NULL))
        self->current = g_strdup (key);
    }
  return TRUE;
}

static gboolean
select_item (GtkSelectionModel *model, guint position, gboolean unselect_rest)
{
  GroveProcessSelection *self = GROVE_PROCESS_SELECTION (model);

  /* A row that is still loading has no process yet to select. */
  if (self->pid_at (self->model, position, self->user_data) == NULL)
    return FALSE;
  if (unselect_rest)
    clear (self);
  add_at (self, position);
  emit_changed (self);
  return TRUE;
}

static gboolean
unselect_item (GtkSelectionModel *model, guint position)
{
  GroveProcessSelection *self = GROVE_PROCESS_SELECTION (model);

  if (remove_at (self, position))
    emit_changed (self);
  return TRUE;
}

static gboolean
select_range (GtkSelectionModel *model, guint first, guint n, gboolean unselect_rest)
{
  GroveProcessSelection *self = GROVE_PROCESS_SELECTION (model);
  guint                  total = get_n_items (G_LIST_MODEL (self));

  if (first >= total)
    return FALSE;
  if (unselect_rest)
    clear (self);
  n = MIN (n, total - first);
  for (guint i = first; i < first + n; i++)
    add_at (self, i);
  emit_changed (self);
  return TRUE;
}

static gboolean
unselect_range (GtkSelectionModel *model, guint first, guint n)
{
  GroveProcessSelection *self = GROVE_PROCESS_SELECTION (model);
  guint                  total = get_n_items (G_LIST_MODEL (self));

  if (first >= total)
    return FALSE;
  n = MIN (n, total - first);
  for (guint i = first; i < first + n; i++)
    remove_at (self, i);
  emit_changed (self);
  return TRUE;
}

/* Those that are known: rows that were never read have no processes to select, and "all-selected"
 * says how many they are. */
static gboolean
select_all (GtkSelectionModel *model)
{
  GroveProcessSelection *self = GROVE_PROCESS_SELECTION (model);
  const guint            total = get_n_items (G_LIST_MODEL (self));
  g_autofree char       *current = g_strdup (self->current);
  guint                  n_known = 0;

  for (guint i = 0; i < total; i++)
    n_known += add_at (self, i);
  if (n_known == 0)
    return FALSE;
  /* Whom the inspector shows stays. */
  if (current != NULL)
    {
      g_free (self->current);
      self->current = g_steal_pointer (&current);
    }
  emit_changed (self);
  g_signal_emit (self, signals[ALL_SELECTED], 0, n_known, total);
  return TRUE;
}

static gboolean
unselect_all (GtkSelectionModel *model)
{
  GroveProcessSelection *self = GROVE_PROCESS_SELECTION (model);

  if (g_hash_table_size (self->targets) == 0 && self->current == NULL)
    return TRUE;
  clear (self);
  emit_changed (self);
  return TRUE;
}

static gboolean
set_selection (GtkSelectionModel *model, GtkBitset *selected, GtkBitset *mask)
{
  GroveProcessSelection *self = GROVE_PROCESS_SELECTION (model);
  GtkBitsetIter          iter;
  guint                  position;

  if (gtk_bitset_get_size (mask) >= get_n_items (G_LIST_MODEL (self)))
    clear (self);
  else if (gtk_bitset_iter_init_first (&iter, mask, &position))
    do
      if (!gtk_bitset_contains (selected, position))
        remove_at (self, position);
    while (gtk_bitset_iter_next (&iter, &position));
  if (gtk_bitset_iter_init_first (&iter, selected, &position))
    do
      if (gtk_bitset_contains (mask, position))
        add_at (self, position);
    while (gtk_bitset_iter_next (&iter, &position));
  emit_changed (self);
  return TRUE;
}

static void
selection_model_init (GtkSelectionModelInterface *iface)
{
  iface->is_selected = is_selected;
  iface->get_selection_in_range = get_selection_in_range;
  iface->select_item = select_item;
  iface->unselect_item = unselect_item;
  iface->select_range = select_range;
  iface->unselect_range = unselect_range;
  iface->select_all = select_all;
  iface->unselect_all = unselect_all;
  iface->set_selection = set_selection;
}

static void
on_items_changed (
  GListModel *model, guint position, guint removed, guint added, GroveProcessSelection *self)
{
  g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
}

static void
grove_process_selection_dispose (GObject *object)
{
  GroveProcessSelection *self = GROVE_PROCESS_SELECTION (object);

  if (self->model != NULL)
    g_signal_handlers_disconnect_by_data (self->model, self);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (grove_process_selection_parent_class)->dispose (object);
}

static void
grove_process_selection_finalize (GObject *object)
{
  GroveProcessSelection *self = GROVE_PROCESS_SELECTION (object);

  g_hash_table_unref (self->targets);
  g_free (self->current);
  G_OBJECT_CLASS (grove_process_selection_parent_class)->finalize (object);
}

static void
grove_process_selection_class_init (GroveProcessSelectionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = grove_process_selection_dispose;
  G_OBJECT_CLASS (klass)->finalize = grove_process_selection_finalize;
  signals[CURRENT_CHANGED] = g_signal_new ("current-changed", G_TYPE_FROM_CLASS (klass),
                                           G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[ALL_SELECTED] =
    g_signal_new ("all-selected", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_UINT);
}

static void
grove_process_selection_init (GroveProcessSelection *self)
{
  self->targets =
    g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) grove_target_free);
}

GroveProcessSelection *
grove_process_selection_new (GListModel       *model,
                             GrovePidAtFunc    pid_at,
                             GroveTargetAtFunc target_at,
                             gpointer          user_data)
{
  GroveProcessSelection *self = g_object_new (GROVE_TYPE_PROCESS_SELECTION, NULL);

  self->model = g_object_ref (model);
  self->pid_at = pid_at;
  self->target_at = target_at;
  self->user_data = user_data;
  g_signal_connect (model, "items-changed", G_CALLBACK (on_items_changed), self);
  return self;
}

const char *
grove_process_selection_get_current (GroveProcessSelection *self)
{
  g_return_val_if_fail (GROVE_IS_PROCESS_SELECTION (self), NULL);
  return self->current;
}

void
grove_process_selection_set_current (GroveProcessSelection *self, const char *pid)
{
  g_return_if_fail (GROVE_IS_PROCESS_SELECTION (self));
  if (g_strcmp0 (self->current, pid) == 0)
    return;
  if (pid != NULL && g_hash_table_contains (self->targets, pid))
    {
      g_free (self->current);
      self->current = g_strdup (pid);
      g_signal_emit (self, signals[CURRENT_CHANGED], 0);
      return;
    }
  clear (self);
  if (pid != NULL)
    {
      GroveTarget *target = grove_target_new (pid, "");

      g_hash_table_replace (self->targets, target->pid, target);
      self->current = g_strdup (pid);
    }
  emit_changed (self);
}

guint
grove_process_selection_get_n_selected (GroveProcessSelection *self)
{
  g_return_val_if_fail (GROVE_IS_PROCESS_SELECTION (self), 0);
  return g_hash_table_size (self->targets);
}

const GroveTarget *
grove_process_selection_get_target (GroveProcessSelection *self, const char *pid)
{
  g_return_val_if_fail (GROVE_IS_PROCESS_SELECTION (self), NULL);
  return g_hash_table_lookup (self->targets, pid);
}

GPtrArray *
grove_process_selection_dup_targets (GroveProcessSelection *self)
{
  GPtrArray     *targets = g_ptr_array_new_with_free_func ((GDestroyNotify) grove_target_free);
  GHashTableIter iter;
  gpointer       value;

  g_return_val_if_fail (GROVE_IS_PROCESS_SELECTION (self), targets);
  g_hash_table_iter_init (&iter, self->targets);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      GroveTarget *copy = grove_target_copy (value);

      g_ptr_array_insert (targets, g_strcmp0 (copy->pid, self->current) == 0 ? 0 : -1, copy);
    }
  return targets;
}

void
grove_process_selection_rows_moved (GroveProcessSelection *self, guint first, guint n)
{
  guint total = get_n_items (G_LIST_MODEL (self));

  g_return_if_fail (GROVE_IS_PROCESS_SELECTION (self));
  if (g_hash_table_size (self->targets) > 0 && first < total && n > 0)
    gtk_selection_model_selection_changed (GTK_SELECTION_MODEL (self), first,
                                           MIN (n, total - first));
}
