/* SPDX-License-Identifier: MIT
 *
 * A subscription as its owner wishes it: it is opened when the session can, opened anew after each
 * reconnection, closed while the session is paused. Each update is acknowledged once it was taken
 * in, which is what lets the system send the next.
 *
 * It is counted: an answer under way holds it, so that a subscription which was freed before its
 * opening was answered is still closed at the system.
 */
#include "observer/grove-observer-private.h"

#include <glib/gi18n-lib.h>

#define SLOWED_MAX_MS 3600000

typedef enum
{
  CLOSED,
  OPENING,
  OPEN,
  FAILED, /* refused; tried again once it was unwanted or the connection is another */
} State;

struct grove_subscription
{
  guint                        n_refs;
  GroveSession                *session; /* not counted: the owner holds it, and frees us before */
  const GroveSubscriptionKind *kind;
  gpointer                     owner; /* NULL once freed */
  gboolean                     wanted;
  State                        state;
  gint64                       sub;
  gint64                       seq;         /* of the last update taken in */
  gint64                       interval_ms; /* that its owner asked for, 0 not known */
  gint64                       asked_ms;    /* that we asked for instead, when it was opened */
  gint64                       slowed_ms;   /* that the system said of its last update, 0 none */
  char                        *refusal;     /* while it is FAILED: why, for people */
};

static GroveSubscription *
ref (GroveSubscription *self)
{
  self->n_refs++;
  return self;
}

static void
unref (GroveSubscription *self)
{
  if (--self->n_refs > 0)
    return;
  g_free (self->refusal);
  g_free (self);
}

/* Takes @refusal. */
static void
set_refusal (GroveSubscription *self, char *refusal)
{
  g_autofree char *old = self->refusal;
  self->refusal = refusal;
  if (g_strcmp0 (old, refusal) != 0 && self->owner != NULL && self->kind->refusal_changed != NULL)
    self->kind->refusal_changed (self->owner);
}

static struct json_object *
with_sub (GroveSubscription *self, struct json_object *params)
{
  if (params == NULL)
    params = json_object_new_object ();
  json_object_object_add (params, "sub", json_object_new_int64 (self->sub));
  return params;
}

static void
ignore_reply (gpointer owner, const GroveReply *reply, gpointer user_data)
{
}

static void
close_now (GroveSubscription *self)
{
  _grove_session_call (self->session, self->kind->close_method, with_sub (self, NULL), ignore_reply,
                       NULL, NULL);
  self->state = CLOSED;
}

/* A slow pace is wished of the session: nobody is told more often. */
static gint64
slow_down (GroveSubscription *self, gint64 interval_ms)
{
  return self->kind->fixed_pace || interval_ms == 0
           ? interval_ms
           : MAX (interval_ms, (gint64) grove_session_get_min_interval_ms (self->session));
}

static void
set_pace (GroveSubscription *self, struct json_object *params)
{
  if (!_grove_json_get_int (params, "interval_ms", 1, &self->interval_ms))
    return;
  self->asked_ms = slow_down (self, self->interval_ms);
  json_object_object_add (params, "interval_ms", json_object_new_int64 (self->asked_ms));
}

static void
opened (gpointer owner, const GroveReply *reply, gpointer user_data)
{
  GroveSubscription *self = user_data;
  gint64             sub;
  if (reply->error != NULL)
    {
      gboolean lost = reply->error->code == GROVE_PROTOCOL_ERROR_LOST ||
                      reply->error->code == GROVE_PROTOCOL_ERROR_BROKEN;
      self->state = lost ? CLOSED : FAILED;
      if (!lost && self->owner != NULL && self->kind->failed != NULL)
        self->kind->failed (self->owner, reply->error);
      /* Its owner may have asked otherwise. */
      if (self->state == FAILED && self->owner != NULL)
        set_refusal (self,
                     _grove_trouble_of_subscription (reply->error, grove_session_get_system_name (
                                                                     self->session)));
    }
  else if (!_grove_json_get_int (reply->result, "sub", 0, &sub))
    {
      self->state = FAILED;
      if (self->owner != NULL)
        _grove_session_break (self->session, _ ("It opened a subscription without a number."));
    }
  else
    {
      self->state = OPEN;
      self->sub = sub;
      self->seq = 0;
      self->slowed_ms = 0;
      if (self->owner == NULL || !self->wanted || !_grove_session_is_flowing (self->session))
        close_now (self);
      else if (self->asked_ms != slow_down (self, self->interval_ms))
        _grove_subscription_pace (self);
      else if (self->kind->opened != NULL)
        self->kind->opened (self->owner, reply->result);
    }
  unref (self);
}

void
_grove_subscription_sync (GroveSubscription *self)
{
  gboolean want = self->wanted && _grove_session_is_flowing (self->session) &&
                  (self->kind->is_offered == NULL || self->kind->is_offered (self->owner));
  if (self->state == FAILED && !want)
    {
      self->state = CLOSED;
      set_refusal (self, NULL);
    }
  if (want && self->state == CLOSED)
    {
      struct json_object *params = self->kind->open_params (self->owner);
      self->state = OPENING;
      set_pace (self, params);
      _grove_session_call (self->session, self->kind->open_method, params, opened, self->session,
                           ref (self));
    }
  else if (!want && self->state == OPEN)
    close_now (self);
}

/* Opened anew, as after a pause, which every owner can do with. */
void
_grove_subscription_pace (GroveSubscription *self)
{
  if (self->state != OPEN || self->asked_ms == slow_down (self, self->interval_ms))
    return;
  close_now (self);
  _grove_subscription_sync (self);
}

void
_grove_subscription_lost (GroveSubscription *self)
{
  /* One that is being opened hears of it from the answer to its call. */
  if (self->state != OPENING)
    self->state = CLOSED;
  set_refusal (self, NULL);
}

void
_grove_subscription_ask_again (GroveSubscription *self)
{
  if (self->state != FAILED)
    return;
  self->state = CLOSED;
  set_refusal (self, NULL);
  _grove_subscription_sync (self);
}

const char *
_grove_subscription_get_refusal (GroveSubscription *self)
{
  return self->refusal;
}

gboolean
_grove_subscription_receive (GroveSubscription  *self,
                             const char         *method,
                             gint64              sub,
                             struct json_object *params)
{
  if (self->state != OPEN || self->sub != sub || g_strcmp0 (self->kind->update, method) != 0)
    return FALSE;
  gint64 seq;
  if (!_grove_json_get_int (params, "seq", self->seq + 1, &seq))
    {
      _grove_session_break (self->session, _ ("It sent an update out of its order."));
      return TRUE;
    }
  ref (self);
  self->seq = seq;
  self->slowed_ms = CLAMP (_grove_json_int (params, "interval_ms", 0), 0, SLOWED_MAX_MS);
  const char *reason = _ ("It sent an update that makes no sense.");
  if (!self->kind->updated (self->owner, params, &reason))
    {
      if (self->owner != NULL)
        _grove_session_break (self->session, reason);
    }
  else if (self->state == OPEN && self->sub == sub)
    {
      struct json_object *ack = with_sub (self, NULL);
      json_object_object_add (ack, "seq", json_object_new_int64 (seq));
      _grove_session_notify (self->session, self->kind->ack_method, ack);
    }
  unref (self);
  return TRUE;
}

GroveSubscription *
_grove_subscription_new (GroveSession *session, const GroveSubscriptionKind *kind, gpointer owner)
{
  GroveSubscription *self = g_new0 (GroveSubscription, 1);
  self->n_refs = 1;
  self->session = session;
  self->kind = kind;
  self->owner = owner;
  _grove_session_add_subscription (session, self);
  return self;
}

void
_grove_subscription_free (GroveSubscription *self)
{
  if (self == NULL)
    return;
  self->owner = NULL;
  self->wanted = FALSE;
  if (self->state == OPEN)
    close_now (self);
  _grove_session_remove_subscription (self->session, self);
  unref (self);
}

void
_grove_subscription_set_wanted (GroveSubscription *self, gboolean wanted)
{
  self->wanted = wanted;
  _grove_subscription_sync (self);
}

guint
_grove_subscription_get_slowed_ms (GroveSubscription *self)
{
  return self->state == OPEN && self->slowed_ms > self->asked_ms ? (guint) self->slowed_ms : 0;
}

gboolean
_grove_subscription_is_open (GroveSubscription *self)
{
  return self->state == OPEN;
}

typedef struct
{
  GroveSubscription *self; /* counted */
  gint64             sub;  /* as it was when asked: it may have been opened anew since */
} SetCall;

static void
was_set (gpointer owner, const GroveReply *reply, gpointer user_data)
{
  SetCall           *call = user_data;
  GroveSubscription *self = call->self;
  if (self->owner != NULL && self->state == OPEN && self->sub == call->sub)
    {
      if (reply->error == NULL && self->kind->was_set != NULL)
        self->kind->was_set (self->owner, reply->result);
      else if (reply->error != NULL && self->kind->failed != NULL)
        self->kind->failed (self->owner, reply->error);
    }
  unref (self);
  g_free (call);
}

void
_grove_subscription_set (GroveSubscription *self, struct json_object *params)
{
  if (self->state != OPEN)
    {
      json_object_put (params);
      return;
    }
  set_pace (self, params);
  SetCall *call = g_new (SetCall, 1);
  *call = (SetCall){ ref (self), self->sub };
  _grove_session_call (self->session, self->kind->set_method, with_sub (self, params), was_set,
                       self->session, call);
}

void
_grove_subscription_send (GroveSubscription *self, const char *method, struct json_object *params)
{
  if (self->state != OPEN)
    json_object_put (params);
  else
    _grove_session_call (self->session, method, with_sub (self, params), ignore_reply, NULL, NULL);
}
