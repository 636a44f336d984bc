/* SPDX-License-Identifier: MIT
 *
 * GroveSession, the object: its properties, its signals, its state, and the calls and subscriptions
 * that the models make through it. How it connects is in grove-session-link.c.
 */
#include "observer/grove-session-private.h"

#include "observer/grove-foreign-pid.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static GParamSpec *properties[GROVE_SESSION_N_PROPS];

enum
{
  SAMPLE,
  RESET,
  GONE,
  ELSEWHERE,
  UNDONE,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GroveSession, grove_session, G_TYPE_OBJECT)

GType
grove_session_state_get_type (void)
{
  static gsize type;
  if (g_once_init_enter (&type))
    {
      static const GEnumValue values[] = {
        { GROVE_SESSION_IDLE, "GROVE_SESSION_IDLE", "idle" },
        { GROVE_SESSION_CONNECTING, "GROVE_SESSION_CONNECTING", "connecting" },
        { GROVE_SESSION_LIVE, "GROVE_SESSION_LIVE", "live" },
        { GROVE_SESSION_LOST, "GROVE_SESSION_LOST", "lost" },
        { GROVE_SESSION_REFUSED, "GROVE_SESSION_REFUSED", "refused" },
        { 0, NULL, NULL },
      };
      g_once_init_leave (&type, g_enum_register_static ("GroveSessionState", values));
    }
  return type;
}

void
_grove_session_notify_prop (GroveSession *self, guint prop)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[prop]);
}

void
_grove_session_set_state (GroveSession *self, GroveSessionState state)
{
  if (self->state == state)
    return;
  self->state = state;
  _grove_session_notify_prop (self, GROVE_SESSION_PROP_STATE);
}

static void
set_text (GroveSession *self, char **field, const char *text, guint prop)
{
  if (g_strcmp0 (*field, text) == 0)
    return;
  char *copy = g_strdup (text);
  g_free (*field);
  *field = copy;
  _grove_session_notify_prop (self, prop);
}

void
_grove_session_set_error (GroveSession *self, const char *title, const char *detail)
{
  set_text (self, &self->error_title, title, GROVE_SESSION_PROP_ERROR_TITLE);
  set_text (self, &self->error_detail, detail, GROVE_SESSION_PROP_ERROR_DETAIL);
}

void
_grove_session_set_system_name (GroveSession *self, const char *name)
{
  set_text (self, &self->system_name, name, GROVE_SESSION_PROP_SYSTEM_NAME);
}

void
_grove_session_emit_sample (GroveSession *self)
{
  g_signal_emit (self, signals[SAMPLE], 0);
}

void
_grove_session_emit_reset (GroveSession *self)
{
  g_object_ref (self);
  _grove_session_sample_clear (self);
  _grove_history_clear (self->history);
  grove_session_set_selected (self, NULL);
  g_signal_emit (self, signals[RESET], 0);
  g_object_unref (self);
}

void
_grove_session_emit_gone (GroveSession *self, const char *pid, const char *successor)
{
  g_signal_emit (self, signals[GONE], 0, pid, successor);
}

void
_grove_session_emit_undone (GroveSession *self,
                            const char   *method,
                            const char   *pid,
                            const char   *why)
{
  g_signal_emit (self, signals[UNDONE], 0, method, pid, why);
}

typedef struct
{
  GroveReplyFunc func;
  gpointer       owner;
  gpointer       user_data;
} RefusedCall;

static void
answer_refused (GroveSession *self)
{
  g_autoptr (GError) error = g_error_new_literal (GROVE_PROTOCOL_ERROR, GROVE_PROTOCOL_ERROR_LOST,
                                                  _ ("There is no connection to a system"));
  GroveReply   reply = { .error = error };
  RefusedCall *call;
  while ((call = g_queue_pop_head (&self->refused_calls)) != NULL)
    {
      RefusedCall copy = *call;
      g_free (call);
      copy.func (copy.owner, &reply, copy.user_data);
    }
}

static gboolean
answer_refused_later (gpointer user_data)
{
  GroveSession *self = g_object_ref (user_data);
  self->refused_source = 0;
  answer_refused (self);
  g_object_unref (self);
  return G_SOURCE_REMOVE;
}

static gboolean
is_connected (GroveSession *self)
{
  return self->stage == GROVE_STAGE_OPEN && self->connection != NULL &&
         grove_connection_is_open (self->connection);
}

void
_grove_session_call (GroveSession       *self,
                     const char         *method,
                     struct json_object *params,
                     GroveReplyFunc      func,
                     gpointer            owner,
                     gpointer            user_data)
{
  if (is_connected (self))
    {
      _grove_session_add_syntax (self, method, params);
      grove_connection_call (self->connection, method, params, func, owner, user_data);
      return;
    }
  json_object_put (params);
  RefusedCall *call = g_new (RefusedCall, 1);
  *call = (RefusedCall){ func, owner, user_data };
  g_queue_push_tail (&self->refused_calls, call);
  if (self->refused_source == 0)
    self->refused_source = g_idle_add (answer_refused_later, self);
}

void
_grove_session_drop_calls (GroveSession *self, gpointer owner)
{
  if (self->connection != NULL)
    grove_connection_drop_calls (self->connection, owner);
  for (GList *link = self->refused_calls.head, *next; link != NULL; link = next)
    {
      next = link->next;
      RefusedCall *call = link->data;
      if (call->owner == owner)
        {
          g_free (call);
          g_queue_delete_link (&self->refused_calls, link);
        }
    }
}

void
_grove_session_notify (GroveSession *self, const char *method, struct json_object *params)
{
  if (is_connected (self))
    grove_connection_notify (self->connection, method, params);
  else
    json_object_put (params);
}

void
_grove_session_break (GroveSession *self, const char *reason)
{
  if (self->connection != NULL)
    grove_connection_break (self->connection, reason);
}

void
_grove_session_add_subscription (GroveSession *self, GroveSubscription *subscription)
{
  g_ptr_array_add (self->subscriptions, subscription);
}

void
_grove_session_remove_subscription (GroveSession *self, GroveSubscription *subscription)
{
  g_ptr_array_remove (self->subscriptions, subscription);
}

gboolean
_grove_session_is_flowing (GroveSession *self)
{
  return is_connected (self) && !self->paused;
}

void
_grove_session_sync (GroveSession *self)
{
  for (guint i = 0; i < self->subscriptions->len; i++)
    _grove_subscription_sync (self->subscriptions->pdata[i]);
}

GroveHistory *
_grove_session_get_history (GroveSession *self)
{
  return self->history;
}

GroveColumnSet
_grove_session_get_columns (GroveSession *self)
{
  return self->columns;
}

void
_grove_session_introduce (GroveSession *self,
                          const char   *name,
                          gboolean      only_observe,
                          gboolean      samples)
{
  self->client = name;
  self->only_observe = only_observe;
  _grove_subscription_set_wanted (self->watch, samples);
}

struct json_object *
_grove_session_get_hello (GroveSession *self)
{
  return self->hello;
}

struct json_object *
_grove_session_get_offered (GroveSession *self)
{
  return _grove_json_array (_grove_json_object (self->hello, "tables"), "processes");
}

gint64
grove_session_now_ns (GroveSession *self)
{
  g_return_val_if_fail (GROVE_IS_SESSION (self), 0);
  return g_get_monotonic_time () * 1000 + self->clock_offset_ns;
}

gint64
grove_session_get_utc_us (GroveSession *self, gint64 t_ns)
{
  g_return_val_if_fail (GROVE_IS_SESSION (self), -1);
  gint64 now_ns = _grove_json_int (self->hello, "now_ns", -1);
  gint64 utc_ms = _grove_json_int (self->hello, "now_utc_ms", -1);
  if (now_ns < 0 || utc_ms < 0)
    return -1;
  return utc_ms * 1000 + (t_ns - now_ns) / 1000;
}

gint64
_grove_session_appeared_us (GroveSession *self, const GroveProcessRow *row)
{
  if (row->started_ns <= self->first_seen_ns)
    return 0;
  return (row->started_ns - self->clock_offset_ns) / 1000;
}

static gboolean
is_control (const char *method)
{
  static const char *const methods[] = {
    "process.kill",
    "process.exit",
    "process.restart",
    "process.set_priority",
    "process.suspend",
    "process.resume",
    "process.send",
    "process.gc",
    "supervisor.start_child",
    "supervisor.terminate_child",
    "supervisor.restart_child",
    "supervisor.delete_child",
    "application.start",
    "application.stop",
    NULL,
  };
  return g_strv_contains (methods, method);
}

static gboolean
cannot (GroveSession *self, const char **ret_reason, char *reason)
{
  g_free (self->reason);
  self->reason = reason;
  if (ret_reason != NULL)
    *ret_reason = reason;
  return FALSE;
}

gboolean
grove_session_can (GroveSession *self, const char *method, const char **ret_reason)
{
  g_return_val_if_fail (GROVE_IS_SESSION (self), FALSE);
  g_return_val_if_fail (method != NULL, FALSE);
  if (self->state != GROVE_SESSION_LIVE)
    return cannot (self, ret_reason,
                   self->system_name != NULL
                     ? g_strdup_printf (_ ("There is no connection to “%s”"), self->system_name)
                     : g_strdup (_ ("No system is chosen")));
  if (!g_hash_table_contains (self->capabilities, method))
    {
      const char *why = g_hash_table_lookup (self->absent, method);
      return cannot (self, ret_reason,
                     why != NULL ? g_strdup (why)
                                 : g_strdup_printf (_ ("“%s” cannot do that"), self->system_name));
    }
  if (self->observing && is_control (method))
    return cannot (self, ret_reason,
                   g_strdup_printf (_ ("“%s” may only be observed"), self->system_name));
  return TRUE;
}

gboolean
grove_session_has_column (GroveSession *self, const char *column)
{
  g_return_val_if_fail (GROVE_IS_SESSION (self), FALSE);
  g_return_val_if_fail (column != NULL, FALSE);
  return _grove_columns_have (self->columns, column);
}

/* Forgets the system observed so far. */
static void
leave (GroveSession *self)
{
  gboolean knew = self->instance != NULL;
  _grove_session_link_stop (self);
  g_hash_table_remove_all (self->capabilities);
  g_hash_table_remove_all (self->absent);
  if (self->observing)
    {
      self->observing = FALSE;
      _grove_session_notify_prop (self, GROVE_SESSION_PROP_READ_ONLY);
    }
  if (knew)
    _grove_session_emit_reset (self);
}

void
grove_session_open (GroveSession *self, const char *target)
{
  g_return_if_fail (GROVE_IS_SESSION (self));
  g_return_if_fail (target != NULL);
  g_object_ref (self);
  g_object_freeze_notify (G_OBJECT (self));
  g_autofree char *copy = g_strdup (target);
  g_autofree char *valid = g_utf8_make_valid (target, -1);
  leave (self);
  g_clear_pointer (&self->address, grove_address_free);
  self->address = grove_address_parse (copy, NULL);
  set_text (self, &self->target, copy, GROVE_SESSION_PROP_TARGET);
  _grove_session_set_system_name (self, self->address != NULL ? self->address->name : valid);
  _grove_session_set_error (self, NULL, NULL);
  _grove_session_set_state (self, GROVE_SESSION_CONNECTING);
  _grove_session_link_start (self);
  g_object_thaw_notify (G_OBJECT (self));
  g_object_unref (self);
}

void
grove_session_close (GroveSession *self)
{
  g_return_if_fail (GROVE_IS_SESSION (self));
  g_object_ref (self);
  g_object_freeze_notify (G_OBJECT (self));
  leave (self);
  g_clear_pointer (&self->address, grove_address_free);
  set_text (self, &self->target, NULL, GROVE_SESSION_PROP_TARGET);
  _grove_session_set_system_name (self, NULL);
  _grove_session_set_error (self, NULL, NULL);
  _grove_session_set_state (self, GROVE_SESSION_IDLE);
  g_object_thaw_notify (G_OBJECT (self));
  g_object_unref (self);
}

void
grove_session_retry (GroveSession *self)
{
  g_return_if_fail (GROVE_IS_SESSION (self));
  if (self->state == GROVE_SESSION_LIVE)
    for (guint i = 0; i < self->subscriptions->len; i++)
      _grove_subscription_ask_again (self->subscriptions->pdata[i]);
  if (self->target == NULL || self->state == GROVE_SESSION_LIVE)
    return;
  if (self->state == GROVE_SESSION_REFUSED)
    {
      g_object_freeze_notify (G_OBJECT (self));
      _grove_session_set_error (self, NULL, NULL);
      _grove_session_set_state (self, GROVE_SESSION_CONNECTING);
      g_object_thaw_notify (G_OBJECT (self));
    }
  _grove_session_link_start (self);
}

gboolean
grove_session_wants_cookie (GroveSession *self)
{
  g_return_val_if_fail (GROVE_IS_SESSION (self), FALSE);
  return self->state == GROVE_SESSION_REFUSED && self->address != NULL &&
         self->address->node != NULL &&
         (self->node_trouble == GROVE_NODE_TROUBLE_COOKIE ||
          self->node_trouble == GROVE_NODE_TROUBLE_NO_COOKIE);
}

GroveSessionState
grove_session_get_state (GroveSession *self)
{
  g_return_val_if_fail (GROVE_IS_SESSION (self), GROVE_SESSION_IDLE);
  return self->state;
}

const char *
grove_session_get_system_name (GroveSession *self)
{
  g_return_val_if_fail (GROVE_IS_SESSION (self), NULL);
  return self->system_name;
}

const char *
grove_session_get_target (GroveSession *self)
{
  g_return_val_if_fail (GROVE_IS_SESSION (self), NULL);
  return self->target;
}

const char *
grove_session_get_instance (GroveSession *self)
{
  g_return_val_if_fail (GROVE_IS_SESSION (self), NULL);
  return self->instance;
}

gboolean
grove_session_get_paused (GroveSession *self)
{
  g_return_val_if_fail (GROVE_IS_SESSION (self), FALSE);
  return self->paused;
}

void
grove_session_set_paused (GroveSession *self, gboolean paused)
{
  g_return_if_fail (GROVE_IS_SESSION (self));
  paused = !!paused;
  if (self->paused == paused)
    return;
  self->paused = paused;
  _grove_session_sync (self);
  _grove_session_notify_prop (self, GROVE_SESSION_PROP_PAUSED);
}

const char *
grove_session_get_selected (GroveSession *self)
{
  g_return_val_if_fail (GROVE_IS_SESSION (self), NULL);
  return self->selected;
}

void
grove_session_go_elsewhere (GroveSession *self, const char *node, const char *pid)
{
  g_return_if_fail (GROVE_IS_SESSION (self));
  g_signal_emit (self, signals[ELSEWHERE], 0, node, pid);
}

void
grove_session_set_selected (GroveSession *self, const char *pid)
{
  g_return_if_fail (GROVE_IS_SESSION (self));
  g_autofree char *node = NULL, *there = NULL;
  if (pid != NULL && grove_foreign_pid_parse (pid, &node, &there))
    {
      grove_session_go_elsewhere (self, node, there);
      return;
    }
  if (pid != NULL && (pid[0] == '\0' || strlen (pid) >= sizeof ((GroveProcessRow *) 0)->pid))
    pid = NULL;
  if (g_strcmp0 (self->selected, pid) == 0)
    return;
  char *copy = g_strdup (pid);
  g_free (self->selected);
  self->selected = copy;
  _grove_session_selection_changed (self);
  _grove_session_notify_prop (self, GROVE_SESSION_PROP_SELECTED);
}

const char *
grove_session_get_filter (GroveSession *self)
{
  g_return_val_if_fail (GROVE_IS_SESSION (self), "");
  return self->filter;
}

void
grove_session_set_filter (GroveSession *self, const char *filter)
{
  g_return_if_fail (GROVE_IS_SESSION (self));
  set_text (self, &self->filter, filter != NULL ? filter : "", GROVE_SESSION_PROP_FILTER);
}

static void
grove_session_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  GroveSession *self = GROVE_SESSION (object);
  switch (prop_id)
    {
    case GROVE_SESSION_PROP_STATE:
      g_value_set_enum (value, (int) self->state);
      break;
    case GROVE_SESSION_PROP_TARGET:
      g_value_set_string (value, self->target);
      break;
    case GROVE_SESSION_PROP_SYSTEM_NAME:
      g_value_set_string (value, self->system_name);
      break;
    case GROVE_SESSION_PROP_ERROR_TITLE:
      g_value_set_string (value, self->error_title);
      break;
    case GROVE_SESSION_PROP_ERROR_DETAIL:
      g_value_set_string (value, self->error_detail);
      break;
    case GROVE_SESSION_PROP_READ_ONLY:
      g_value_set_boolean (value, self->observing);
      break;
    case GROVE_SESSION_PROP_ROUND_TRIP_US:
      g_value_set_int64 (value, self->round_trip_us);
      break;
    case GROVE_SESSION_PROP_SILENT_MS:
      g_value_set_uint (value, self->silent_ms);
      break;
    case GROVE_SESSION_PROP_UPDATE_RATE:
      g_value_set_double (value, self->update_rate);
      break;
    case GROVE_SESSION_PROP_BYTE_RATE:
      g_value_set_double (value, self->byte_rate);
      break;
    case GROVE_SESSION_PROP_SLOWED_MS:
      g_value_set_uint (value, self->slowed_ms);
      break;
    case GROVE_SESSION_PROP_COST:
      g_value_set_double (value, self->cost);
      break;
    case GROVE_SESSION_PROP_PAUSED:
      g_value_set_boolean (value, self->paused);
      break;
    case GROVE_SESSION_PROP_SELECTED:
      g_value_set_string (value, self->selected);
      break;
    case GROVE_SESSION_PROP_FILTER:
      g_value_set_string (value, self->filter);
      break;
    case GROVE_SESSION_PROP_MIN_INTERVAL_MS:
      g_value_set_uint (value, self->min_interval_ms);
      break;
    case GROVE_SESSION_PROP_SYNTAX:
      g_value_set_string (value, grove_session_get_syntax (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
grove_session_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  GroveSession *self = GROVE_SESSION (object);
  switch (prop_id)
    {
    case GROVE_SESSION_PROP_PAUSED:
      grove_session_set_paused (self, g_value_get_boolean (value));
      break;
    case GROVE_SESSION_PROP_SELECTED:
      grove_session_set_selected (self, g_value_get_string (value));
      break;
    case GROVE_SESSION_PROP_FILTER:
      grove_session_set_filter (self, g_value_get_string (value));
      break;
    case GROVE_SESSION_PROP_MIN_INTERVAL_MS:
      grove_session_set_min_interval_ms (self, g_value_get_uint (value));
      break;
    case GROVE_SESSION_PROP_SYNTAX:
      grove_session_set_syntax (self, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
grove_session_dispose (GObject *object)
{
  GroveSession *self = GROVE_SESSION (object);
  _grove_session_link_stop (self);
  self->state = GROVE_SESSION_IDLE;
  _grove_session_selection_finish (self);
  g_clear_pointer (&self->watch, _grove_subscription_free);
  g_clear_handle_id (&self->refused_source, g_source_remove);
  answer_refused (self);
  G_OBJECT_CLASS (grove_session_parent_class)->dispose (object);
}

static void
grove_session_finalize (GObject *object)
{
  GroveSession *self = GROVE_SESSION (object);
  /* What was still said between dispose and here was said to nobody. */
  g_clear_handle_id (&self->refused_source, g_source_remove);
  answer_refused (self);
  _grove_session_sample_finish (self);
  _grove_history_free (self->history);
  g_ptr_array_unref (self->subscriptions);
  g_hash_table_unref (self->capabilities);
  g_hash_table_unref (self->absent);
  json_object_put (self->hello);
  g_free (self->target);
  g_free (self->system_name);
  grove_address_free (self->address);
  g_free (self->error_title);
  g_free (self->error_detail);
  g_free (self->reason);
  g_free (self->selected);
  g_free (self->filter);
  G_OBJECT_CLASS (grove_session_parent_class)->finalize (object);
}

#define READ  (G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS)
#define WRITE (G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS)

static void
install_properties (GObjectClass *object_class)
{
  properties[GROVE_SESSION_PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL, GROVE_TYPE_SESSION_STATE, GROVE_SESSION_IDLE, READ);
  properties[GROVE_SESSION_PROP_TARGET] = g_param_spec_string ("target", NULL, NULL, NULL, READ);
  properties[GROVE_SESSION_PROP_SYSTEM_NAME] =
    g_param_spec_string ("system-name", NULL, NULL, NULL, READ);
  properties[GROVE_SESSION_PROP_ERROR_TITLE] =
    g_param_spec_string ("error-title", NULL, NULL, NULL, READ);
  properties[GROVE_SESSION_PROP_ERROR_DETAIL] =
    g_param_spec_string ("error-detail", NULL, NULL, NULL, READ);
  properties[GROVE_SESSION_PROP_READ_ONLY] =
    g_param_spec_boolean ("read-only", NULL, NULL, FALSE, READ);
  properties[GROVE_SESSION_PROP_ROUND_TRIP_US] =
    g_param_spec_int64 ("round-trip-us", NULL, NULL, -1, G_MAXINT64, -1, READ);
  properties[GROVE_SESSION_PROP_SILENT_MS] =
    g_param_spec_uint ("silent-ms", NULL, NULL, 0, G_MAXUINT, 0, READ);
  properties[GROVE_SESSION_PROP_UPDATE_RATE] =
    g_param_spec_double ("update-rate", NULL, NULL, 0, G_MAXDOUBLE, 0, READ);
  properties[GROVE_SESSION_PROP_BYTE_RATE] =
    g_param_spec_double ("byte-rate", NULL, NULL, 0, G_MAXDOUBLE, 0, READ);
  properties[GROVE_SESSION_PROP_SLOWED_MS] =
    g_param_spec_uint ("slowed-ms", NULL, NULL, 0, G_MAXUINT, 0, READ);
  properties[GROVE_SESSION_PROP_COST] =
    g_param_spec_double ("cost", NULL, NULL, -1, G_MAXDOUBLE, -1, READ);
  properties[GROVE_SESSION_PROP_PAUSED] = g_param_spec_boolean ("paused", NULL, NULL, FALSE, WRITE);
  properties[GROVE_SESSION_PROP_SELECTED] =
    g_param_spec_string ("selected", NULL, NULL, NULL, WRITE);
  properties[GROVE_SESSION_PROP_FILTER] = g_param_spec_string ("filter", NULL, NULL, "", WRITE);
  properties[GROVE_SESSION_PROP_MIN_INTERVAL_MS] =
    g_param_spec_uint ("min-interval-ms", NULL, NULL, 0, G_MAXUINT, 0, WRITE);
  properties[GROVE_SESSION_PROP_SYNTAX] =
    g_param_spec_string ("syntax", NULL, NULL, "system", WRITE);
  g_object_class_install_properties (object_class, GROVE_SESSION_N_PROPS, properties);
}

static void
grove_session_class_init (GroveSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  object_class->get_property = grove_session_get_property;
  object_class->set_property = grove_session_set_property;
  object_class->dispose = grove_session_dispose;
  object_class->finalize = grove_session_finalize;
  install_properties (object_class);

  GType type = G_TYPE_FROM_CLASS (klass);
  signals[SAMPLE] =
    g_signal_new ("sample", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[RESET] =
    g_signal_new ("reset", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[GONE] = g_signal_new ("gone", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                2, G_TYPE_STRING, G_TYPE_STRING);
  signals[ELSEWHERE] = g_signal_new ("elsewhere", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  signals[UNDONE] = g_signal_new ("undone", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING);
}

static void
grove_session_init (GroveSession *self)
{
  self->client = "grove-observer";
  self->round_trip_us = -1;
  self->filter = g_strdup ("");
  self->subscriptions = g_ptr_array_new ();
  self->capabilities = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->absent = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->history = _grove_history_new ();
  g_queue_init (&self->refused_calls);
  _grove_session_sample_init (self);
}

GroveSession *
grove_session_new (void)
{
  return g_object_new (GROVE_TYPE_SESSION, NULL);
}

int
grove_session_get_os_pid (GroveSession *self)
{
  g_return_val_if_fail (GROVE_IS_SESSION (self), 0);
  /* What is at the other end of a command is wherever the command leads. */
  return self->connection != NULL && self->child == NULL
           ? grove_connection_get_peer_pid (self->connection)
           : 0;
}
