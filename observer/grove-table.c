/* SPDX-License-Identifier: MIT
 *
 * GroveTable: a million rows as a few hundred slots.
 *
 * Slot i is "whatever stands at position i of the system's order". A view makes slots by asking for
 * them and unmakes them by letting go: they are found through a hash and held weakly. What the
 * system sends rewrites the slots in place, so that sorting a million rows touches those on the
 * screen only.
 * What is asked of the system, and when, is in grove-table-query.c.
 */
#include "observer/grove-table-private.h"

#include "observer/grove-filter.h"

#include <string.h>

#define N_ITEMS_MAX     50000000u /* what a list of 20 px rows can hold */
#define DEFAULT_ROWS    50
#define OFFERS_MAX      40
#define INTERVAL_MIN_MS 50
#define INTERVAL_MAX_MS 60000

typedef struct
{
  GroveTablePrivate *table;
  guint              position;
  GObject           *item; /* weak */
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
  PROP_LOST,
  PROP_LOADING,
  PROP_REFUSAL,
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

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (GroveTable,
                                  grove_table,
                                  G_TYPE_OBJECT,
                                  G_ADD_PRIVATE (GroveTable)
                                    G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

GroveTablePrivate *
_grove_table_get_private (GroveTable *self)
{
  return grove_table_get_instance_private (self);
}

static GroveTablePrivate *
get_private (gpointer table)
{
  return grove_table_get_instance_private (GROVE_TABLE (table));
}

/* ---- Slots --------------------------------------------------------------------------------------
 */

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
    g_object_weak_unref (slot->item, slot_let_go, slot);
  g_free (slot);
}

static GObject *
slot_at (GroveTablePrivate *self, guint64 position)
{
  if (position > G_MAXUINT)
    return NULL;
  Slot *slot = g_hash_table_lookup (self->slots, GUINT_TO_POINTER ((guint) position));
  return slot != NULL ? slot->item : NULL;
}

static GroveMirrorEntry *
entry_at (GroveTablePrivate *self, guint64 position)
{
  if (position < self->mirror.offset || position - self->mirror.offset >= self->mirror.order->len)
    return NULL;
  GroveMirrorEntry *entry = self->mirror.order->pdata[position - self->mirror.offset];
  return entry->row != NULL ? entry : NULL;
}

/* All slots, held, since telling a view of a change may make it let go of others. */
static GPtrArray *
collect_slots (GroveTablePrivate *self, gboolean outside_window)
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
clear_slots (GroveTablePrivate *self, gboolean outside_window)
{
  g_autoptr (GPtrArray) items = collect_slots (self, outside_window);
  for (guint i = 0; i < items->len; i++)
    self->kind->clear (items->pdata[i]);
}

/* Returns TRUE if any shows another row than before. */
static gboolean
rewrite_slots (GroveTablePrivate *self)
{
  gboolean moved = FALSE;
  for (guint i = 0; i < self->mirror.order->len; i++)
    {
      GObject          *item = slot_at (self, self->mirror.offset + i);
      GroveMirrorEntry *entry = self->mirror.order->pdata[i];
      if (item == NULL || entry->row == NULL)
        continue;
      g_object_ref (item);
      moved |= self->kind->fill (self->object, item, entry);
      g_object_unref (item);
    }
  return moved;
}

/* ---- What came ----------------------------------------------------------------------------------
 */

static void
set_count (GroveTablePrivate *self, guint64 *count, guint64 value, guint prop)
{
  if (*count == value)
    return;
  *count = value;
  g_object_notify_by_pspec (G_OBJECT (self->object), properties[prop]);
}

static void
set_counts (GroveTablePrivate *self, guint64 total, guint64 matched, gboolean loading)
{
  GListModel *model = G_LIST_MODEL (self->object);
  guint       before = self->n_items;
  guint       now = (guint) MIN (matched, N_ITEMS_MAX);
  self->n_items = now;
  g_object_freeze_notify (G_OBJECT (model));
  set_count (self, &self->total, total, PROP_TOTAL);
  set_count (self, &self->matched, matched, PROP_MATCHED);
  if (self->loading != loading)
    {
      self->loading = loading;
      g_object_notify_by_pspec (G_OBJECT (model), properties[PROP_LOADING]);
    }
  if (now > before)
    g_list_model_items_changed (model, before, 0, now - before);
  else if (now < before)
    g_list_model_items_changed (model, now, before - now, 0);
  g_object_thaw_notify (G_OBJECT (model));
}

static void
show (GroveTablePrivate *self)
{
  gboolean moved = rewrite_slots (self);
  if (self->strangers)
    {
      self->strangers = FALSE;
      moved = TRUE;
      clear_slots (self, TRUE);
    }
  if (self->mirror.order->len > 0)
    g_signal_emit (self->object, signals[REFILLED], 0,
                   (guint) MIN (self->mirror.offset, N_ITEMS_MAX), self->mirror.order->len, moved);
}

gboolean
_grove_table_updated (gpointer owner, struct json_object *params, const char **ret_reason)
{
  GroveTablePrivate *self = owner;
  if (!_grove_table_mirror_take (&self->mirror, params, ret_reason))
    return FALSE;
  if (_grove_table_is_stale (self))
    return TRUE;
  g_object_ref (self->object);
  if (self->waiting && self->mirror.rev >= self->wait_rev && !self->set_under_way)
    {
      self->waiting = FALSE;
      if (self->frozen)
        _grove_table_sync_later (self);
    }
  if (self->kind->came != NULL)
    self->kind->came (self->object);
  set_count (self, &self->lost, (guint64) MAX (_grove_json_int (params, "lost", 0), 0), PROP_LOST);
  set_counts (self, self->mirror.total, self->mirror.matched, FALSE);
  if (self->subscription != NULL)
    show (self);
  g_object_unref (self->object);
  return TRUE;
}

gboolean
_grove_table_is_shown (GroveTable *table)
{
  GroveTablePrivate *self = get_private (table);
  return self->active && !self->frozen && !_grove_table_is_stale (self) &&
         _grove_subscription_is_open (self->subscription);
}

void
_grove_table_refill (GroveTable *table)
{
  rewrite_slots (get_private (table));
}

static void
was_reset (GroveSession *session, GroveTablePrivate *self)
{
  g_object_ref (self->object);
  _grove_table_mirror_clear (&self->mirror);
  self->min_rev = 0;
  self->strangers = FALSE;
  clear_slots (self, FALSE);
  set_count (self, &self->lost, 0, PROP_LOST);
  set_counts (self, 0, 0, TRUE);
  g_object_unref (self->object);
}

/* ---- What is wanted -----------------------------------------------------------------------------
 */

void
_grove_table_set_filter_error (GroveTablePrivate *self, const char *error)
{
  if (g_strcmp0 (self->filter_error, error) == 0)
    return;
  char *copy = g_strdup (error);
  g_free (self->filter_error);
  self->filter_error = copy;
  g_object_notify_by_pspec (G_OBJECT (self->object), properties[PROP_FILTER_ERROR]);
}

void
_grove_table_refusal_changed (GroveTablePrivate *self)
{
  g_object_notify_by_pspec (G_OBJECT (self->object), properties[PROP_REFUSAL]);
}

const char *
grove_table_get_refusal (GroveTable *table)
{
  g_return_val_if_fail (GROVE_IS_TABLE (table), NULL);
  GroveTablePrivate *self = get_private (table);
  return self->subscription != NULL ? _grove_subscription_get_refusal (self->subscription) : NULL;
}

void
grove_table_set_active (GroveTable *table, gboolean active)
{
  g_return_if_fail (GROVE_IS_TABLE (table));
  GroveTablePrivate *self = get_private (table);
  active = !!active;
  if (self->active == active || self->subscription == NULL)
    return;
  self->active = active;
  _grove_subscription_set_wanted (self->subscription, active);
  g_object_notify_by_pspec (G_OBJECT (table), properties[PROP_ACTIVE]);
}

void
grove_table_set_sort (GroveTable *table, const char *column, gboolean descending)
{
  g_return_if_fail (GROVE_IS_TABLE (table));
  GroveTablePrivate *self = get_private (table);
  if (column == NULL || !self->kind->knows_column (table, column))
    {
      column = self->default_sort;
      descending = self->default_descending;
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
  _grove_table_query_changed (self);
  if (other_column)
    g_object_notify_by_pspec (G_OBJECT (table), properties[PROP_SORT_COLUMN]);
  if (other_direction)
    g_object_notify_by_pspec (G_OBJECT (table), properties[PROP_SORT_DESCENDING]);
}

void
_grove_table_read_filter (GroveTablePrivate *self)
{
  struct json_object *json = NULL;
  g_autoptr (GError) error = NULL;
  const GroveFilterScope scope = { self->name, self->kind->get_offered (self->object) };
  if (!grove_filter_parse (&scope, self->filter, &json, NULL, &error))
    {
      _grove_table_set_filter_error (self, error->message);
      return;
    }
  if (!json_object_equal (json, self->filter_json))
    {
      json_object_put (self->filter_json);
      self->filter_json = json_object_get (json);
      _grove_table_query_changed (self);
    }
  json_object_put (json);
  _grove_table_set_filter_error (self, NULL);
}

void
grove_table_set_filter (GroveTable *table, const char *typed)
{
  g_return_if_fail (GROVE_IS_TABLE (table));
  GroveTablePrivate *self = get_private (table);
  typed = typed != NULL ? typed : "";
  if (strcmp (self->filter, typed) == 0)
    return;
  char *copy = g_strdup (typed);
  g_free (self->filter);
  self->filter = copy;
  self->filter_refused = FALSE;
  _grove_table_read_filter (self);
  g_object_notify_by_pspec (G_OBJECT (table), properties[PROP_FILTER]);
}

gboolean
grove_table_check_filter (GroveTable *table, const char *typed, gsize *ret_position, GError **error)
{
  struct json_object *json = NULL;
  g_return_val_if_fail (GROVE_IS_TABLE (table), FALSE);
  GroveTablePrivate     *self = get_private (table);
  const GroveFilterScope scope = { self->name, self->kind->get_offered (self->object) };
  gboolean               good = grove_filter_parse (&scope, typed, &json, ret_position, error);
  if (good)
    json_object_put (json);
  return good;
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Quoted where a query would end it too soon. (transfer full) */
static char *
quote (const char *value)
{
  if (value[strcspn (value, " ,\"\\\t")] == '\0')
    return g_strdup (value);
  GString *text = g_string_new ("\"");
  for (; *value != '\0'; value++)
    {
      if (*value == '"' || *value == '\\')
        g_string_append_c (text, '\\');
      g_string_append_c (text, *value);
    }
  g_string_append_c (text, '"');
  return g_string_free (text, FALSE);
}

/* What the rows of the window have in @column that begins with @typed. */
static char **
complete_from_rows (GroveTablePrivate *self, const char *column, const char *typed)
{
  GPtrArray *offers = g_ptr_array_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < self->mirror.order->len && offers->len < OFFERS_MAX; i++)
    {
      const GroveMirrorEntry *entry = self->mirror.order->pdata[i];
      const char *text = entry->row != NULL ? self->kind->get_text (entry->row, column) : NULL;
      if (text != NULL && text[0] != '\0' && strcmp (text, typed) != 0 &&
          g_ascii_strncasecmp (text, typed, strlen (typed)) == 0 &&
          g_hash_table_add (seen, (gpointer) text))
        g_ptr_array_add (offers, quote (text));
    }
  g_ptr_array_sort (offers, compare_texts);
  g_ptr_array_add (offers, NULL);
  return (char **) g_ptr_array_free (offers, FALSE);
}

char **
grove_table_complete_filter (GroveTable *table, const char *typed, gsize *ret_start)
{
  g_return_val_if_fail (GROVE_IS_TABLE (table), NULL);
  GroveTablePrivate     *self = get_private (table);
  const GroveFilterScope scope = { self->name, self->kind->get_offered (self->object) };
  char                 **offers = grove_filter_complete (&scope, typed, ret_start);
  if (offers[0] != NULL || self->kind->get_text == NULL)
    return offers;
  gsize            start;
  g_autofree char *column = grove_filter_complete_column (&scope, typed, &start);
  if (column == NULL)
    return offers;
  g_strfreev (offers);
  *ret_start = start;
  return complete_from_rows (self, column, typed + start);
}

void
_grove_table_set_condition (GroveTable *table, struct json_object *condition)
{
  GroveTablePrivate *self = get_private (table);
  if (!json_object_equal (condition, self->condition))
    {
      struct json_object *before = self->condition;
      self->condition = json_object_get (condition);
      json_object_put (before);
      _grove_table_query_changed (self);
    }
  json_object_put (condition);
}

static void
set_frozen (GroveTablePrivate *self, gboolean frozen)
{
  frozen = !!frozen;
  if (self->frozen == frozen)
    return;
  self->frozen = frozen;
  _grove_table_sync_later (self);
  g_object_notify_by_pspec (G_OBJECT (self->object), properties[PROP_FROZEN]);
}

void
grove_table_set_viewport (GroveTable *table, guint first, guint n)
{
  g_return_if_fail (GROVE_IS_TABLE (table));
  GroveTablePrivate *self = get_private (table);
  self->viewport_first = MIN (first, N_ITEMS_MAX);
  self->viewport_n = n;
  _grove_table_viewport_changed (self);
}

/* ---- What is shown ------------------------------------------------------------------------------
 */

guint64
grove_table_get_total (GroveTable *self)
{
  g_return_val_if_fail (GROVE_IS_TABLE (self), 0);
  return get_private (self)->total;
}

guint64
grove_table_get_matched (GroveTable *self)
{
  g_return_val_if_fail (GROVE_IS_TABLE (self), 0);
  return get_private (self)->matched;
}

gpointer
grove_table_peek (GroveTable *table, guint position)
{
  g_return_val_if_fail (GROVE_IS_TABLE (table), NULL);
  GroveTablePrivate *self = get_private (table);
  GObject           *item = slot_at (self, position);
  return item != NULL && self->kind->get_key (item) != NULL ? item : NULL;
}

static gboolean
shows (GroveTablePrivate *self, GObject *item, const char *key)
{
  return item != NULL && g_strcmp0 (self->kind->get_key (item), key) == 0;
}

gpointer
grove_table_find (GroveTable *table, const char *key, guint *ret_position)
{
  g_return_val_if_fail (GROVE_IS_TABLE (table), NULL);
  GroveTablePrivate *self = get_private (table);
  *ret_position = G_MAXUINT;
  if (key == NULL)
    return NULL;
  /* The window first: outside it a slot may still show what has moved into it. */
  GroveMirrorEntry *entry = _grove_table_mirror_find (&self->mirror, key);
  if (entry != NULL)
    {
      GObject *item = slot_at (self, self->mirror.offset + entry->index);
      if (shows (self, item, key))
        {
          *ret_position = (guint) (self->mirror.offset + entry->index);
          return item;
        }
    }
  GHashTableIter iter;
  gpointer       position, value;
  g_hash_table_iter_init (&iter, self->slots);
  while (g_hash_table_iter_next (&iter, &position, &value))
    if (shows (self, ((Slot *) value)->item, key))
      {
        *ret_position = GPOINTER_TO_UINT (position);
        return ((Slot *) value)->item;
      }
  return NULL;
}

static GType
get_item_type (GListModel *model)
{
  return GROVE_TABLE_GET_CLASS (model)->kind->get_item_type ();
}

static guint
get_n_items (GListModel *model)
{
  return get_private (model)->n_items;
}

static gpointer
get_item (GListModel *model, guint position)
{
  GroveTablePrivate *self = get_private (model);
  if (position >= self->n_items)
    return NULL;
  GObject *item = slot_at (self, position);
  if (item != NULL)
    return g_object_ref (item);

  item = self->kind->new_item (self->object);
  Slot *slot = g_new0 (Slot, 1);
  slot->table = self;
  slot->position = position;
  slot->item = item;
  g_object_weak_ref (item, slot_let_go, slot);
  g_hash_table_insert (self->slots, GUINT_TO_POINTER (position), slot);
  GroveMirrorEntry *entry = _grove_table_is_stale (self) ? NULL : entry_at (self, position);
  if (entry != NULL)
    self->kind->fill (self->object, item, entry);
  return item;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/* ---- The object ---------------------------------------------------------------------------------
 */

static void
grove_table_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  GroveTablePrivate *self = get_private (object);
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
    case PROP_LOST:
      g_value_set_uint64 (value, self->lost);
      break;
    case PROP_LOADING:
      g_value_set_boolean (value, self->loading);
      break;
    case PROP_REFUSAL:
      g_value_set_string (value, grove_table_get_refusal (GROVE_TABLE (object)));
      break;
    case PROP_FROZEN:
      g_value_set_boolean (value, self->frozen);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
grove_table_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  GroveTable        *table = GROVE_TABLE (object);
  GroveTablePrivate *self = get_private (table);
  switch (prop_id)
    {
    case PROP_ACTIVE:
      grove_table_set_active (table, g_value_get_boolean (value));
      break;
    case PROP_FILTER:
      grove_table_set_filter (table, g_value_get_string (value));
      break;
    case PROP_SORT_COLUMN:
      grove_table_set_sort (table, g_value_get_string (value), self->sort_descending);
      break;
    case PROP_SORT_DESCENDING:
      grove_table_set_sort (table, self->sort_column, g_value_get_boolean (value));
      break;
    case PROP_FROZEN:
      set_frozen (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
grove_table_dispose (GObject *object)
{
  GroveTablePrivate *self = get_private (object);
  g_clear_handle_id (&self->sync_source, g_source_remove);
  g_clear_pointer (&self->subscription, _grove_subscription_free);
  if (self->session != NULL)
    g_clear_signal_handler (&self->reset_handler, self->session);
  self->active = FALSE;
  G_OBJECT_CLASS (grove_table_parent_class)->dispose (object);
}

static void
grove_table_finalize (GObject *object)
{
  GroveTablePrivate *self = get_private (object);
  g_hash_table_unref (self->slots);
  _grove_table_mirror_finish (&self->mirror);
  json_object_put (self->filter_json);
  json_object_put (self->condition);
  g_free (self->filter);
  g_free (self->filter_error);
  g_free (self->sort_column);
  g_free (self->name);
  g_free (self->of);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (grove_table_parent_class)->finalize (object);
}

#define READ  (G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS)
#define WRITE (G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS)

static void
grove_table_class_init (GroveTableClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  object_class->get_property = grove_table_get_property;
  object_class->set_property = grove_table_set_property;
  object_class->dispose = grove_table_dispose;
  object_class->finalize = grove_table_finalize;

  properties[PROP_ACTIVE] = g_param_spec_boolean ("active", NULL, NULL, FALSE, WRITE);
  properties[PROP_FILTER] = g_param_spec_string ("filter", NULL, NULL, "", WRITE);
  properties[PROP_FILTER_ERROR] = g_param_spec_string ("filter-error", NULL, NULL, NULL, READ);
  properties[PROP_SORT_COLUMN] = g_param_spec_string ("sort-column", NULL, NULL, NULL, WRITE);
  properties[PROP_SORT_DESCENDING] =
    g_param_spec_boolean ("sort-descending", NULL, NULL, FALSE, WRITE);
  properties[PROP_TOTAL] = g_param_spec_uint64 ("total", NULL, NULL, 0, G_MAXUINT64, 0, READ);
  properties[PROP_MATCHED] = g_param_spec_uint64 ("matched", NULL, NULL, 0, G_MAXUINT64, 0, READ);
  properties[PROP_LOST] = g_param_spec_uint64 ("lost", NULL, NULL, 0, G_MAXUINT64, 0, READ);
  properties[PROP_LOADING] = g_param_spec_boolean ("loading", NULL, NULL, TRUE, READ);
  properties[PROP_REFUSAL] = g_param_spec_string ("refusal", NULL, NULL, NULL, READ);
  properties[PROP_FROZEN] = g_param_spec_boolean ("frozen", NULL, NULL, FALSE, WRITE);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[REFILLED] =
    g_signal_new ("refilled", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 3, G_TYPE_UINT, G_TYPE_UINT, G_TYPE_BOOLEAN);
}

static void
grove_table_init (GroveTable *table)
{
  GroveTablePrivate *self = get_private (table);
  self->object = table;
  self->filter = g_strdup ("");
  self->viewport_n = DEFAULT_ROWS;
  self->loading = TRUE;
  self->slots = g_hash_table_new_full (NULL, NULL, NULL, free_slot);
}

void
_grove_table_set_up (GroveTable   *table,
                     GroveSession *session,
                     const char   *name,
                     const char   *of,
                     const char   *default_sort,
                     gboolean      default_descending,
                     guint         interval_ms)
{
  GroveTablePrivate *self = get_private (table);
  self->kind = GROVE_TABLE_GET_CLASS (table)->kind;
  self->session = g_object_ref (session);
  self->name = g_strdup (name);
  self->of = g_strdup (of);
  self->default_sort = default_sort;
  self->default_descending = default_descending;
  self->sort_column = g_strdup (default_sort);
  self->sort_descending = default_descending;
  self->interval_ms = CLAMP (interval_ms, INTERVAL_MIN_MS, INTERVAL_MAX_MS);
  _grove_table_mirror_init (&self->mirror, self->kind->mirror, table);
  self->subscription = _grove_table_subscribe (self);
  self->reset_handler = g_signal_connect (session, "reset", G_CALLBACK (was_reset), self);
}
