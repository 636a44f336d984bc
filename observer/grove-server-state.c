/* SPDX-License-Identifier: MIT
 *
 * GroveServerState: one question, and the last answer.
 */
#include "observer/grove-server-state.h"

#include "observer/grove-observer-private.h"

#define TIMEOUT_MS 5000
#define BYTES_MAX  65536

struct _GroveServerState
{
  GObject       parent_instance;
  GroveSession *session; /* NULL once disposed of */
  char         *pid;
  gboolean      busy;
  GroveTerm    *term;
  char         *module;
  gboolean      suspended;
  gint64        time_us;
  char         *error;
};

enum
{
  CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GroveServerState, grove_server_state, G_TYPE_OBJECT)

static void
take_answer (GroveServerState *self, struct json_object *result)
{
  g_clear_pointer (&self->term, grove_term_unref);
  g_free (self->module);
  self->term = _grove_term_read (_grove_json_object (result, "state"));
  self->module = g_strdup (_grove_json_text (result, "module"));
  self->suspended = _grove_json_boolean (result, "suspended");
  self->time_us = g_get_monotonic_time ();
}

static void
answered (gpointer owner, const GroveReply *reply, gpointer user_data)
{
  GroveServerState *self = owner;
  self->busy = FALSE;
  g_clear_pointer (&self->error, g_free);
  if (reply->error == NULL)
    take_answer (self, reply->result);
  else
    self->error = _grove_trouble_of_inspection (reply->error);
  g_signal_emit (self, signals[CHANGED], 0);
}

void
grove_server_state_ask (GroveServerState *self)
{
  g_return_if_fail (GROVE_IS_SERVER_STATE (self));
  if (self->busy || self->session == NULL)
    return;
  struct json_object *params = json_object_new_object ();
  json_object_object_add (params, "pid", json_object_new_string (self->pid));
  json_object_object_add (params, "timeout_ms", json_object_new_int (TIMEOUT_MS));
  json_object_object_add (params, "max_bytes", json_object_new_int (BYTES_MAX));
  json_object_object_add (params, "form", json_object_new_string ("tree"));
  self->busy = TRUE;
  _grove_session_call (self->session, "process.state", params, answered, self, NULL);
  g_signal_emit (self, signals[CHANGED], 0);
}

gboolean
grove_server_state_is_busy (GroveServerState *self)
{
  g_return_val_if_fail (GROVE_IS_SERVER_STATE (self), FALSE);
  return self->busy;
}

GroveTerm *
grove_server_state_get_term (GroveServerState *self)
{
  g_return_val_if_fail (GROVE_IS_SERVER_STATE (self), NULL);
  return self->term;
}

const char *
grove_server_state_get_module (GroveServerState *self)
{
  g_return_val_if_fail (GROVE_IS_SERVER_STATE (self), "");
  return self->module != NULL ? self->module : "";
}

gboolean
grove_server_state_is_suspended (GroveServerState *self)
{
  g_return_val_if_fail (GROVE_IS_SERVER_STATE (self), FALSE);
  return self->suspended;
}

gint64
grove_server_state_get_time_us (GroveServerState *self)
{
  g_return_val_if_fail (GROVE_IS_SERVER_STATE (self), 0);
  return self->time_us;
}

const char *
grove_server_state_get_error (GroveServerState *self)
{
  g_return_val_if_fail (GROVE_IS_SERVER_STATE (self), NULL);
  return self->error;
}

static void
grove_server_state_dispose (GObject *object)
{
  GroveServerState *self = GROVE_SERVER_STATE (object);
  if (self->session != NULL)
    _grove_session_drop_calls (self->session, self);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (grove_server_state_parent_class)->dispose (object);
}

static void
grove_server_state_finalize (GObject *object)
{
  GroveServerState *self = GROVE_SERVER_STATE (object);
  g_clear_pointer (&self->term, grove_term_unref);
  g_free (self->pid);
  g_free (self->module);
  g_free (self->error);
  G_OBJECT_CLASS (grove_server_state_parent_class)->finalize (object);
}

static void
grove_server_state_class_init (GroveServerStateClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = grove_server_state_dispose;
  G_OBJECT_CLASS (klass)->finalize = grove_server_state_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
grove_server_state_init (GroveServerState *self)
{
}

GroveServerState *
grove_server_state_new (GroveSession *session, const char *pid)
{
  g_return_val_if_fail (GROVE_IS_SESSION (session), NULL);
  g_return_val_if_fail (pid != NULL, NULL);
  GroveServerState *self = g_object_new (GROVE_TYPE_SERVER_STATE, NULL);
  self->session = g_object_ref (session);
  self->pid = g_strdup (pid);
  return self;
}
