/* SPDX-License-Identifier: MIT
 *
 * GroveProcessWatch: a table with an `in` filter on the pids asked for. Whoever was asked for and
 * is not in the answer has ended.
 */
#include "observer/grove-process-watch.h"

#include "observer/grove-table-mirror.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define PIDS_MAX      400
#define SYNC_DELAY_MS 8
#define NS_PER_S      1000000000

struct _GroveProcessWatch
{
  GObject            parent_instance;
  GroveSession      *session;
  GroveSubscription *subscription;
  guint              interval_ms;
  gboolean           active;
  gulong             reset_handler;
  gulong             sample_handler;

  GHashTable *items; /* pid -> GroveProcessItem */
  guint       set;   /* counts changes of the set */
  guint       sent_set;
  gboolean    set_under_way;
  gint64      min_rev;
  guint       sync_source;

  GroveColumnSet   columns; /* its rows are made of */
  GroveTableMirror mirror;
};

enum
{
  PROP_0,
  PROP_ACTIVE,
  PROP_REFUSAL,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

enum
{
  CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GroveProcessWatch, grove_process_watch, G_TYPE_OBJECT)

static struct json_object *
new_operation (const char *operator)
{
  struct json_object *array = json_object_new_array ();
  json_object_array_add (array, json_object_new_string (operator));
  return array;
}

/* Nothing but one `in`: a system answers that without a scan. */
static struct json_object *
make_filter (GroveProcessWatch *self)
{
  struct json_object *in = new_operation ("in");
  struct json_object *values = json_object_new_array ();
  GHashTableIter      iter;
  gpointer            key;

  g_hash_table_iter_init (&iter, self->items);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    json_object_array_add (values, json_object_new_string (key));
  json_object_array_add (in, json_object_new_string ("pid"));
  json_object_array_add (in, values);
  return in;
}

static struct json_object *
make_window (GroveProcessWatch *self)
{
  return _grove_table_window (0, g_hash_table_size (self->items));
}

static struct json_object *
open_params (gpointer owner)
{
  GroveProcessWatch *self = owner;
  self->sent_set = self->set;
  self->set_under_way = FALSE;
  self->columns = _grove_session_get_columns (self->session);
  struct json_object *params =
    _grove_table_open_params ("processes", _grove_columns_names (self->columns),
                              _grove_table_sort ("pid", FALSE), make_filter (self),
                              make_window (self), self->interval_ms);
  _grove_table_ask_history (params);
  return params;
}

static void
update_wanted (GroveProcessWatch *self)
{
  if (self->subscription != NULL)
    _grove_subscription_set_wanted (self->subscription,
                                    self->active && g_hash_table_size (self->items) > 0);
}

static void
sync_now (GroveProcessWatch *self)
{
  update_wanted (self);
  if (self->set_under_way || self->sent_set == self->set ||
      !_grove_subscription_is_open (self->subscription))
    return;
  struct json_object *params = json_object_new_object ();
  json_object_object_add (params, "filter", make_filter (self));
  json_object_object_add (params, "window", make_window (self));
  self->sent_set = self->set;
  self->set_under_way = TRUE;
  _grove_subscription_set (self->subscription, params);
}

static gboolean
sync_timeout (gpointer user_data)
{
  GroveProcessWatch *self = user_data;
  self->sync_source = 0;
  sync_now (self);
  return G_SOURCE_REMOVE;
}

static void
sync_later (GroveProcessWatch *self)
{
  if (self->sync_source == 0 && self->subscription != NULL)
    self->sync_source = g_timeout_add (SYNC_DELAY_MS, sync_timeout, self);
}

static gboolean
show (GroveProcessWatch      *self,
      const char             *pid,
      GroveProcessItem       *item,
      const GroveMirrorEntry *entry)
{
  const GroveProcessRow *row = grove_process_item_get_row (item);
  if (entry == NULL)
    {
      if (row != NULL && row->state == GROVE_PROCESS_GONE)
        return FALSE;
      _grove_process_item_set_gone (item, pid);
      return TRUE;
    }
  const GroveProcessRow *now = entry->row;
  guint                  n;
  gint64                 end_s;
  _grove_history_push (self->mirror.history, now->pid, now->messages,
                       grove_session_now_ns (self->session) / NS_PER_S);
  const guint32 *values = _grove_history_get (self->mirror.history, now->pid, &n, &end_s);
  return _grove_process_item_show (item, now, values, n, end_s,
                                   _grove_session_appeared_us (self->session, now));
}

/* @everyone_gone: no answer is needed, another run has begun. */
static gboolean
show_all (GroveProcessWatch *self, gboolean everyone_gone)
{
  /* Telling a view may make it change the set: the items are walked in a copy. */
  gboolean changed = FALSE;
  g_autoptr (GList) pids = g_hash_table_get_keys (self->items);
  for (GList *link = pids; link != NULL; link = link->next)
    link->data = g_strdup (link->data);
  for (GList *link = pids; link != NULL; link = link->next)
    {
      g_autofree char  *pid = link->data;
      GroveProcessItem *item = g_hash_table_lookup (self->items, pid);
      GroveMirrorEntry *entry =
        everyone_gone ? NULL : _grove_table_mirror_find (&self->mirror, pid);
      if (item == NULL || (entry != NULL && entry->row == NULL))
        continue;
      g_object_ref (item);
      changed |= show (self, pid, item, entry);
      g_object_unref (item);
    }
  return changed;
}

static gboolean
is_stale (GroveProcessWatch *self)
{
  return self->set_under_way || self->sent_set != self->set || self->mirror.rev < self->min_rev;
}

static gboolean
updated (gpointer owner, struct json_object *params, const char **ret_reason)
{
  GroveProcessWatch *self = owner;
  if (!_grove_table_mirror_take (&self->mirror, params, ret_reason))
    return FALSE;
  if (is_stale (self))
    return TRUE;
  g_object_ref (self);
  if (show_all (self, FALSE))
    g_signal_emit (self, signals[CHANGED], 0);
  g_object_unref (self);
  return TRUE;
}

/* Histories go on while nothing else changes. */
static void
sampled (GroveSession *session, GroveProcessWatch *self)
{
  if (!self->active || is_stale (self) || self->mirror.order->len == 0 ||
      !_grove_subscription_is_open (self->subscription))
    return;
  g_object_ref (self);
  if (show_all (self, FALSE))
    g_signal_emit (self, signals[CHANGED], 0);
  g_object_unref (self);
}

static void
opened (gpointer owner, struct json_object *result)
{
  GroveProcessWatch *self = owner;
  if (!_grove_table_mirror_open (&self->mirror, _grove_columns_names (self->columns), result))
    {
      _grove_session_break (self->session,
                            _ ("It opened a table with other columns than asked for."));
      return;
    }
  self->min_rev = 0;
  sync_later (self);
}

static void
was_set (gpointer owner, struct json_object *result)
{
  GroveProcessWatch *self = owner;
  self->set_under_way = FALSE;
  if (!_grove_json_get_int (result, "rev", 0, &self->min_rev))
    {
      _grove_session_break (self->session, _ ("It changed a table without saying its revision."));
      return;
    }
  sync_later (self);
}

static void
failed (gpointer owner, const GError *error)
{
  GroveProcessWatch *self = owner;
  self->set_under_way = FALSE;
}

static void
refusal_changed (gpointer owner)
{
  g_object_notify_by_pspec (owner, properties[PROP_REFUSAL]);
}

const char *
grove_process_watch_get_refusal (GroveProcessWatch *self)
{
  g_return_val_if_fail (GROVE_IS_PROCESS_WATCH (self), NULL);
  return self->subscription != NULL ? _grove_subscription_get_refusal (self->subscription) : NULL;
}

static void
was_reset (GroveSession *session, GroveProcessWatch *self)
{
  g_object_ref (self);
  _grove_table_mirror_clear (&self->mirror);
  self->min_rev = 0;
  if (show_all (self, TRUE))
    g_signal_emit (self, signals[CHANGED], 0);
  g_object_unref (self);
}

void
grove_process_watch_set_active (GroveProcessWatch *self, gboolean active)
{
  g_return_if_fail (GROVE_IS_PROCESS_WATCH (self));
  active = !!active;
  if (self->active == active || self->subscription == NULL)
    return;
  self->active = active;
  update_wanted (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ACTIVE]);
}

void
grove_process_watch_set_pids (GroveProcessWatch *self, const char *const *pids, guint n)
{
  g_return_if_fail (GROVE_IS_PROCESS_WATCH (self));
  GHashTable *items = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  gboolean    same = TRUE;
  for (guint i = 0; i < n && g_hash_table_size (items) < PIDS_MAX; i++)
    {
      const char *pid = pids[i];
      if (pid == NULL || pid[0] == '\0' || strlen (pid) >= sizeof ((GroveProcessRow *) 0)->pid ||
          g_hash_table_contains (items, pid))
        continue;
      GroveProcessItem *item = g_hash_table_lookup (self->items, pid);
      same &= item != NULL;
      item = item != NULL ? g_object_ref (item) : grove_process_item_new ();
      g_hash_table_insert (items, g_strdup (pid), item);
    }
  same &= g_hash_table_size (items) == g_hash_table_size (self->items);
  GHashTable *old = self->items;
  self->items = items;
  g_hash_table_unref (old);
  if (same)
    return;
  self->set++;
  sync_later (self);
}

GroveProcessItem *
grove_process_watch_get (GroveProcessWatch *self, const char *pid)
{
  g_return_val_if_fail (GROVE_IS_PROCESS_WATCH (self), NULL);
  return pid != NULL ? g_hash_table_lookup (self->items, pid) : NULL;
}

static void
grove_process_watch_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  if (prop_id == PROP_ACTIVE)
    g_value_set_boolean (value, GROVE_PROCESS_WATCH (object)->active);
  else if (prop_id == PROP_REFUSAL)
    g_value_set_string (value, grove_process_watch_get_refusal (GROVE_PROCESS_WATCH (object)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
grove_process_watch_set_property (GObject      *object,
                                  guint         prop_id,
                                  const GValue *value,
                                  GParamSpec   *pspec)
{
  if (prop_id == PROP_ACTIVE)
    grove_process_watch_set_active (GROVE_PROCESS_WATCH (object), g_value_get_boolean (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
grove_process_watch_dispose (GObject *object)
{
  GroveProcessWatch *self = GROVE_PROCESS_WATCH (object);
  g_clear_handle_id (&self->sync_source, g_source_remove);
  g_clear_pointer (&self->subscription, _grove_subscription_free);
  if (self->session != NULL)
    {
      g_clear_signal_handler (&self->reset_handler, self->session);
      g_clear_signal_handler (&self->sample_handler, self->session);
    }
  self->active = FALSE;
  G_OBJECT_CLASS (grove_process_watch_parent_class)->dispose (object);
}

static void
grove_process_watch_finalize (GObject *object)
{
  GroveProcessWatch *self = GROVE_PROCESS_WATCH (object);
  g_hash_table_unref (self->items);
  _grove_table_mirror_finish (&self->mirror);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (grove_process_watch_parent_class)->finalize (object);
}

static void
grove_process_watch_class_init (GroveProcessWatchClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  object_class->get_property = grove_process_watch_get_property;
  object_class->set_property = grove_process_watch_set_property;
  object_class->dispose = grove_process_watch_dispose;
  object_class->finalize = grove_process_watch_finalize;
  properties[PROP_ACTIVE] =
    g_param_spec_boolean ("active", NULL, NULL, FALSE,
                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_REFUSAL] =
    g_param_spec_string ("refusal", NULL, NULL, NULL,
                         G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
grove_process_watch_init (GroveProcessWatch *self)
{
  self->items = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  _grove_table_mirror_init (&self->mirror, &_grove_process_mirror, &self->columns);
}

GroveProcessWatch *
grove_process_watch_new (GroveSession *session, guint interval_ms)
{
  static const GroveSubscriptionKind kind = {
    .open_method = "table.open",
    .set_method = "table.set",
    .close_method = "table.close",
    .ack_method = "table.ack",
    .update = "table.update",
    .open_params = open_params,
    .opened = opened,
    .updated = updated,
    .failed = failed,
    .refusal_changed = refusal_changed,
    .was_set = was_set,
  };
  g_return_val_if_fail (GROVE_IS_SESSION (session), NULL);
  GroveProcessWatch *self = g_object_new (GROVE_TYPE_PROCESS_WATCH, NULL);
  self->session = g_object_ref (session);
  self->mirror.history = _grove_session_get_history (session);
  self->interval_ms = CLAMP (interval_ms, 50, 60000);
  self->subscription = _grove_subscription_new (session, &kind, self);
  self->reset_handler = g_signal_connect (session, "reset", G_CALLBACK (was_reset), self);
  self->sample_handler = g_signal_connect (session, "sample", G_CALLBACK (sampled), self);
  return self;
}
