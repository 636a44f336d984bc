/* SPDX-License-Identifier: MIT
 *
 * GroveProcessTable: a million rows as a few hundred slots.
 *
 * Slot i is "whatever stands at position i of the system's order". A view makes slots by asking for
 * them and unmakes them by letting go: they are found through a hash and held weakly. What the
 * system sends rewrites the slots in place, so that sorting a million rows touches those on the
 * screen only.
 * What is asked of the system, and when, is in grove-process-table-query.c.
 */
#include "observer/grove-process-table-private.h"

#include "observer/grove-filter.h"

#include <string.h>

#define N_ITEMS_MAX     50000000u /* what a list of 20 px rows can hold */
#define DEFAULT_ROWS    50
#define INTERVAL_MIN_MS 50
#define INTERVAL_MAX_MS 60000

typedef struct
{
  GroveProcessTable *table;
  guint              position;
  GroveProcessItem  *item; /* weak */
} Slot;

enum
{
  PROP_0,
  PROP_ACTIVE,
  PROP_FILTER,
  PROP_FILTER_ERROR,
  PROP_SORT_COLUMN,
  PROP_SORT_DESCENDING,
  PROP_TOTAL,
  PROP_MATCHED,
  PROP_LOADING,
  PROP_FROZEN,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

enum
{
  REFILLED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GroveProcessTable,
                               grove_process_table,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
slot_let_go (gpointer user_data, GObject *where_it_was)
{
  Slot *slot = user_data;
  slot->item = NULL;
  g_hash_table_remove (slot->table->slots, GUINT_TO_POINTER (slot->position));
}

static void
free_slot (gpointer data)
{
  Slot *slot = data;
  if (slot->item != NULL)
    g_object_weak_unref (G_OBJECT (slot->item), slot_let_go, slot);
  g_free (slot);
}

static GroveProcessItem *
slot_at (GroveProcessTable *self, guint64 position)
{
  if (position > G_MAXUINT)
    return NULL;
  Slot *slot = g_hash_table_lookup (self->slots, GUINT_TO_POINTER ((guint) position));
  return slot != NULL ? slot->item : NULL;
}

/* Returns TRUE if another process than before is shown. */
static gboolean
fill (GroveProcessTable *self, GroveProcessItem *item, const GroveMirrorEntry *entry)
{
  const GroveProcessRow *before = grove_process_item_get_row (item);
  gboolean               moved = before == NULL || strcmp (before->pid, entry->row.pid) != 0;
  guint                  n;
  const guint32         *history =
    _grove_history_get (_grove_session_get_history (self->session), entry->row.pid, &n);
  _grove_process_item_show (item, &entry->row, history, n,
                            _grove_session_appeared_us (self->session, &entry->row));
  return moved;
}

static GroveMirrorEntry *
entry_at (GroveProcessTable *self, guint64 position)
{
  if (position < self->mirror.offset || position - self->mirror.offset >= self->mirror.order->len)
    return NULL;
  GroveMirrorEntry *entry = self->mirror.order->pdata[position - self->mirror.offset];
  return entry->loaded ? entry : NULL;
}

/* All slots, held, since telling a view of a change may make it let go of others. */
static GPtrArray *
collect_slots (GroveProcessTable *self, gboolean outside_window)
{
  GPtrArray     *items = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer       key, value;
  g_hash_table_iter_init (&iter, self->slots);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (!outside_window || entry_at (self, GPOINTER_TO_UINT (key)) == NULL)
      g_ptr_array_add (items, g_object_ref (((Slot *) value)->item));
  return items;
}

static void
clear_slots (GroveProcessTable *self, gboolean outside_window)
{
  g_autoptr (GPtrArray) items = collect_slots (self, outside_window);
  for (guint i = 0; i < items->len; i++)
    _grove_process_item_clear (items->pdata[i]);
}

static void
set_counts (GroveProcessTable *self, guint64 total, guint64 matched, gboolean loading)
{
  guint before = self->n_items;
  guint now = (guint) MIN (matched, N_ITEMS_MAX);
  self->n_items = now;
  g_object_freeze_notify (G_OBJECT (self));
  if (self->total != total)
    {
      self->total = total;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TOTAL]);
    }
  if (self->matched != matched)
    {
      self->matched = matched;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MATCHED]);
    }
  if (self->loading != loading)
    {
      self->loading = loading;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADING]);
    }
  if (now > before)
    g_list_model_items_changed (G_LIST_MODEL (self), before, 0, now - before);
  else if (now < before)
    g_list_model_items_changed (G_LIST_MODEL (self), now, before - now, 0);
  g_object_thaw_notify (G_OBJECT (self));
}

static void
push_histories (GroveProcessTable *self)
{
  GroveHistory *history = _grove_session_get_history (self->session);
  gint64        now_us = g_get_monotonic_time ();
  for (guint i = 0; i < self->mirror.order->len; i++)
    {
      GroveMirrorEntry *entry = self->mirror.order->pdata[i];
      if (entry->loaded)
        _grove_history_push (history, entry->row.pid, entry->row.messages, now_us);
    }
}

/* Returns TRUE if any shows another process than before. */
static gboolean
rewrite_slots (GroveProcessTable *self)
{
  gboolean moved = FALSE;
  for (guint i = 0; i < self->mirror.order->len; i++)
    {
      GroveProcessItem *item = slot_at (self, self->mirror.offset + i);
      GroveMirrorEntry *entry = self->mirror.order->pdata[i];
      if (item == NULL || !entry->loaded)
        continue;
      g_object_ref (item);
      moved |= fill (self, item, entry);
      g_object_unref (item);
    }
  return moved;
}

static void
show (GroveProcessTable *self)
{
  gboolean moved = rewrite_slots (self);
  if (self->strangers)
    {
      self->strangers = FALSE;
      moved = TRUE;
      clear_slots (self, TRUE);
    }
  if (self->mirror.order->len > 0)
    g_signal_emit (self, signals[REFILLED], 0, (guint) MIN (self->mirror.offset, N_ITEMS_MAX),
                   self->mirror.order->len, moved);
}

gboolean
_grove_process_table_updated (gpointer owner, struct json_object *params, const char **ret_reason)
{
  GroveProcessTable *self = owner;
  if (!_grove_table_mirror_take (&self->mirror, params, ret_reason))
    return FALSE;
  if (_grove_process_table_is_stale (self))
    return TRUE;
  g_object_ref (self);
  if (self->waiting && self->mirror.rev >= self->wait_rev && !self->set_under_way)
    {
      self->waiting = FALSE;
      if (self->frozen)
        _grove_process_table_sync_later (self);
    }
  push_histories (self);
  set_counts (self, self->mirror.total, self->mirror.matched, FALSE);
  if (self->subscription != NULL)
    show (self);
  g_object_unref (self);
  return TRUE;
}

/* Histories go on while nothing else changes. */
static void
sampled (GroveSession *session, GroveProcessTable *self)
{
  if (!self->active || self->frozen || _grove_process_table_is_stale (self) ||
      !_grove_subscription_is_open (self->subscription))
    return;
  g_object_ref (self);
  push_histories (self);
  rewrite_slots (self);
  g_object_unref (self);
}

static void
was_reset (GroveSession *session, GroveProcessTable *self)
{
  g_object_ref (self);
  _grove_table_mirror_clear (&self->mirror);
  self->min_rev = 0;
  self->strangers = FALSE;
  clear_slots (self, FALSE);
  set_counts (self, 0, 0, TRUE);
  g_object_unref (self);
}

void
_grove_process_table_set_filter_error (GroveProcessTable *self, const char *error)
{
  if (g_strcmp0 (self->filter_error, error) == 0)
    return;
  char *copy = g_strdup (error);
  g_free (self->filter_error);
  self->filter_error = copy;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FILTER_ERROR]);
}

void
grove_process_table_set_active (GroveProcessTable *self, gboolean active)
{
  g_return_if_fail (GROVE_IS_PROCESS_TABLE (self));
  active = !!active;
  if (self->active == active || self->subscription == NULL)
    return;
  self->active = active;
  _grove_subscription_set_wanted (self->subscription, active);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ACTIVE]);
}

void
grove_process_table_set_sort (GroveProcessTable *self, const char *column, gboolean descending)
{
  g_return_if_fail (GROVE_IS_PROCESS_TABLE (self));
  if (column == NULL || !_grove_column_is_known (column))
    {
      column = "pid";
      descending = FALSE;
    }
  descending = !!descending;
  gboolean other_column = strcmp (self->sort_column, column) != 0;
  gboolean other_direction = self->sort_descending != descending;
  if (!other_column && !other_direction)
    return;
  char *copy = g_strdup (column);
  g_free (self->sort_column);
  self->sort_column = copy;
  self->sort_descending = descending;
  _grove_process_table_query_changed (self);
  if (other_column)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SORT_COLUMN]);
  if (other_direction)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SORT_DESCENDING]);
}

void
grove_process_table_set_filter (GroveProcessTable *self, const char *typed)
{
  g_return_if_fail (GROVE_IS_PROCESS_TABLE (self));
  typed = typed != NULL ? typed : "";
  if (strcmp (self->filter, typed) == 0)
    return;
  char *copy = g_strdup (typed);
  g_free (self->filter);
  self->filter = copy;

  struct json_object *json = NULL;
  g_autoptr (GError) error = NULL;
  const GroveFilterScope scope = { "processes", _grove_session_get_offered (self->session) };
  if (!grove_filter_parse (&scope, self->filter, &json, NULL, &error))
    _grove_process_table_set_filter_error (self, error->message);
  else
    {
      if (!json_object_equal (json, self->filter_json))
        {
          json_object_put (self->filter_json);
          self->filter_json = json_object_get (json);
          _grove_process_table_query_changed (self);
        }
      json_object_put (json);
      _grove_process_table_set_filter_error (self, NULL);
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FILTER]);
}

static void
set_frozen (GroveProcessTable *self, gboolean frozen)
{
  frozen = !!frozen;
  if (self->frozen == frozen)
    return;
  self->frozen = frozen;
  _grove_process_table_sync_later (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FROZEN]);
}

void
grove_process_table_set_viewport (GroveProcessTable *self, guint first, guint n)
{
  g_return_if_fail (GROVE_IS_PROCESS_TABLE (self));
  self->viewport_first = MIN (first, N_ITEMS_MAX);
  self->viewport_n = n;
  _grove_process_table_viewport_changed (self);
}

guint64
grove_process_table_get_total (GroveProcessTable *self)
{
  g_return_val_if_fail (GROVE_IS_PROCESS_TABLE (self), 0);
  return self->total;
}

guint64
grove_process_table_get_matched (GroveProcessTable *self)
{
  g_return_val_if_fail (GROVE_IS_PROCESS_TABLE (self), 0);
  return self->matched;
}

GroveProcessItem *
grove_process_table_peek (GroveProcessTable *self, guint position)
{
  g_return_val_if_fail (GROVE_IS_PROCESS_TABLE (self), NULL);
  GroveProcessItem *item = slot_at (self, position);
  return item != NULL && grove_process_item_get_row (item) != NULL ? item : NULL;
}

static gboolean
shows (GroveProcessItem *item, const char *pid)
{
  const GroveProcessRow *row = item != NULL ? grove_process_item_get_row (item) : NULL;
  return row != NULL && strcmp (row->pid, pid) == 0;
}

GroveProcessItem *
grove_process_table_find (GroveProcessTable *self, const char *pid, guint *ret_position)
{
  g_return_val_if_fail (GROVE_IS_PROCESS_TABLE (self), NULL);
  *ret_position = G_MAXUINT;
  if (pid == NULL)
    return NULL;
  /* The window first: outside it a slot may still show what has moved into it. */
  GroveMirrorEntry *entry = _grove_table_mirror_find (&self->mirror, pid);
  if (entry != NULL)
    {
      GroveProcessItem *item = slot_at (self, self->mirror.offset + entry->index);
      if (shows (item, pid))
        {
          *ret_position = (guint) (self->mirror.offset + entry->index);
          return item;
        }
    }
  GHashTableIter iter;
  gpointer       key, value;
  g_hash_table_iter_init (&iter, self->slots);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (shows (((Slot *) value)->item, pid))
      {
        *ret_position = GPOINTER_TO_UINT (key);
        return ((Slot *) value)->item;
      }
  return NULL;
}

static GType
get_item_type (GListModel *model)
{
  return GROVE_TYPE_PROCESS_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return GROVE_PROCESS_TABLE (model)->n_items;
}

static gpointer
get_item (GListModel *model, guint position)
{
  GroveProcessTable *self = GROVE_PROCESS_TABLE (model);
  if (position >= self->n_items)
    return NULL;
  GroveProcessItem *item = slot_at (self, position);
  if (item != NULL)
    return g_object_ref (item);

  item = grove_process_item_new ();
  Slot *slot = g_new0 (Slot, 1);
  slot->table = self;
  slot->position = position;
  slot->item = item;
  g_object_weak_ref (G_OBJECT (item), slot_let_go, slot);
  g_hash_table_insert (self->slots, GUINT_TO_POINTER (position), slot);
  GroveMirrorEntry *entry = _grove_process_table_is_stale (self) ? NULL : entry_at (self, position);
  if (entry != NULL)
    fill (self, item, entry);
  return item;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
grove_process_table_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  GroveProcessTable *self = GROVE_PROCESS_TABLE (object);
  switch (prop_id)
    {
    case PROP_ACTIVE:
      g_value_set_boolean (value, self->active);
      break;
    case PROP_FILTER:
      g_value_set_string (value, self->filter);
      break;
    case PROP_FILTER_ERROR:
      g_value_set_string (value, self->filter_error);
      break;
    case PROP_SORT_COLUMN:
      g_value_set_string (value, self->sort_column);
      break;
    case PROP_SORT_DESCENDING:
      g_value_set_boolean (value, self->sort_descending);
      break;
    case PROP_TOTAL:
      g_value_set_uint64 (value, self->total);
      break;
    case PROP_MATCHED:
      g_value_set_uint64 (value, self->matched);
      break;
    case PROP_LOADING:
      g_value_set_boolean (value, self->loading);
      break;
    case PROP_FROZEN:
      g_value_set_boolean (value, self->frozen);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
grove_process_table_set_property (GObject      *object,
                                  guint         prop_id,
                                  const GValue *value,
                                  GParamSpec   *pspec)
{
  GroveProcessTable *self = GROVE_PROCESS_TABLE (object);
  switch (prop_id)
    {
    case PROP_ACTIVE:
      grove_process_table_set_active (self, g_value_get_boolean (value));
      break;
    case PROP_FILTER:
      grove_process_table_set_filter (self, g_value_get_string (value));
      break;
    case PROP_SORT_COLUMN:
      grove_process_table_set_sort (self, g_value_get_string (value), self->sort_descending);
      break;
    case PROP_SORT_DESCENDING:
      grove_process_table_set_sort (self, self->sort_column, g_value_get_boolean (value));
      break;
    case PROP_FROZEN:
      set_frozen (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
grove_process_table_dispose (GObject *object)
{
  GroveProcessTable *self = GROVE_PROCESS_TABLE (object);
  g_clear_handle_id (&self->sync_source, g_source_remove);
  g_clear_pointer (&self->subscription, _grove_subscription_free);
  if (self->session != NULL)
    {
      g_clear_signal_handler (&self->reset_handler, self->session);
      g_clear_signal_handler (&self->sample_handler, self->session);
    }
  self->active = FALSE;
  G_OBJECT_CLASS (grove_process_table_parent_class)->dispose (object);
}

static void
grove_process_table_finalize (GObject *object)
{
  GroveProcessTable *self = GROVE_PROCESS_TABLE (object);
  g_hash_table_unref (self->slots);
  _grove_table_mirror_finish (&self->mirror);
  json_object_put (self->filter_json);
  g_free (self->filter);
  g_free (self->filter_error);
  g_free (self->sort_column);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (grove_process_table_parent_class)->finalize (object);
}

#define READ  (G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS)
#define WRITE (G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS)

static void
grove_process_table_class_init (GroveProcessTableClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  object_class->get_property = grove_process_table_get_property;
  object_class->set_property = grove_process_table_set_property;
  object_class->dispose = grove_process_table_dispose;
  object_class->finalize = grove_process_table_finalize;

  properties[PROP_ACTIVE] = g_param_spec_boolean ("active", NULL, NULL, FALSE, WRITE);
  properties[PROP_FILTER] = g_param_spec_string ("filter", NULL, NULL, "", WRITE);
  properties[PROP_FILTER_ERROR] = g_param_spec_string ("filter-error", NULL, NULL, NULL, READ);
  properties[PROP_SORT_COLUMN] = g_param_spec_string ("sort-column", NULL, NULL, "pid", WRITE);
  properties[PROP_SORT_DESCENDING] =
    g_param_spec_boolean ("sort-descending", NULL, NULL, FALSE, WRITE);
  properties[PROP_TOTAL] = g_param_spec_uint64 ("total", NULL, NULL, 0, G_MAXUINT64, 0, READ);
  properties[PROP_MATCHED] = g_param_spec_uint64 ("matched", NULL, NULL, 0, G_MAXUINT64, 0, READ);
  properties[PROP_LOADING] = g_param_spec_boolean ("loading", NULL, NULL, TRUE, READ);
  properties[PROP_FROZEN] = g_param_spec_boolean ("frozen", NULL, NULL, FALSE, WRITE);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[REFILLED] =
    g_signal_new ("refilled", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 3, G_TYPE_UINT, G_TYPE_UINT, G_TYPE_BOOLEAN);
}

static void
grove_process_table_init (GroveProcessTable *self)
{
  self->filter = g_strdup ("");
  self->sort_column = g_strdup ("pid");
  self->viewport_n = DEFAULT_ROWS;
  self->loading = TRUE;
  self->slots = g_hash_table_new_full (NULL, NULL, NULL, free_slot);
  _grove_table_mirror_init (&self->mirror);
}

GroveProcessTable *
grove_process_table_new (GroveSession *session, guint interval_ms)
{
  g_return_val_if_fail (GROVE_IS_SESSION (session), NULL);
  GroveProcessTable *self = g_object_new (GROVE_TYPE_PROCESS_TABLE, NULL);
  self->session = g_object_ref (session);
  self->interval_ms = CLAMP (interval_ms, INTERVAL_MIN_MS, INTERVAL_MAX_MS);
  self->subscription = _grove_process_table_subscribe (self);
  self->reset_handler = g_signal_connect (session, "reset", G_CALLBACK (was_reset), self);
  self->sample_handler = g_signal_connect (session, "sample", G_CALLBACK (sampled), self);
  return self;
}
