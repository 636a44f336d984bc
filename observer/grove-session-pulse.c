/* SPDX-License-Identifier: MIT
 *
 * The pulse of a session while it is live: once a second how long a round trip takes, how much
 * comes, and since when the system says nothing. One that says nothing for too long is lost.
 *
 * Silence is heard in two ways. What we are connected to does not answer a ping; or it does, and
 * says in its answer that the system behind it has fallen silent.
 */
#include "observer/grove-session-private.h"

#define TICK_MS 1000
#define SILENT_US                                                                                  \
  (3 * G_USEC_PER_SEC) /* a bridge hears from its node every two seconds at least                  \
                        */
#define HUNG_US (10 * G_USEC_PER_SEC)

static void
set_round_trip (GroveSession *self, gint64 round_trip_us)
{
  if (self->round_trip_us == round_trip_us)
    return;
  self->round_trip_us = round_trip_us;
  _grove_session_notify_prop (self, GROVE_SESSION_PROP_ROUND_TRIP_US);
}

static void
set_silent (GroveSession *self, gint64 silent_us)
{
  guint silent_ms = silent_us >= SILENT_US ? (guint) MIN (silent_us / 1000, G_MAXUINT) : 0;
  if (self->silent_ms == silent_ms)
    return;
  self->silent_ms = silent_ms;
  _grove_session_notify_prop (self, GROVE_SESSION_PROP_SILENT_MS);
}

static void
set_slowed (GroveSession *self)
{
  guint slowed_ms = 0;
  for (guint i = 0; i < self->subscriptions->len; i++)
    slowed_ms = MAX (slowed_ms, _grove_subscription_get_slowed_ms (self->subscriptions->pdata[i]));
  if (self->slowed_ms == slowed_ms)
    return;
  self->slowed_ms = slowed_ms;
  _grove_session_notify_prop (self, GROVE_SESSION_PROP_SLOWED_MS);
}

static void
set_rates (GroveSession *self, double updates, double bytes)
{
  set_slowed (self);
  if (self->update_rate != updates)
    {
      self->update_rate = updates;
      _grove_session_notify_prop (self, GROVE_SESSION_PROP_UPDATE_RATE);
    }
  if (self->byte_rate != bytes)
    {
      self->byte_rate = bytes;
      _grove_session_notify_prop (self, GROVE_SESSION_PROP_BYTE_RATE);
    }
}

static void
ponged (gpointer owner, const GroveReply *reply, gpointer user_data)
{
  GroveSession *self = owner;
  if (reply->error != NULL || self->ping_sent_us == 0)
    return;
  gint64 now_us = g_get_monotonic_time ();
  gint64 round_trip_us = now_us - self->ping_sent_us;
  self->ping_sent_us = 0;
  gint64 now_ns = _grove_json_int (reply->result, "now_ns", 0);
  if (now_ns > 0)
    self->clock_offset_ns = now_ns - now_us * 1000;
  gint64 silent_ms = CLAMP (_grove_json_int (reply->result, "silent_ms", 0), 0, G_MAXINT);
  g_object_ref (self);
  g_object_freeze_notify (G_OBJECT (self));
  set_round_trip (self, round_trip_us);
  set_silent (self, silent_ms * 1000);
  g_object_thaw_notify (G_OBJECT (self));
  g_object_unref (self);
}

static void
count_rates (GroveSession *self, gint64 now_us)
{
  double  seconds = (double) MAX (now_us - self->last_tick_us, 1) / G_USEC_PER_SEC;
  guint64 n_bytes = grove_connection_get_n_bytes (self->connection);
  double  updates = self->n_updates / seconds;
  double  bytes = (double) (n_bytes - self->last_n_bytes) / seconds;
  self->n_updates = 0;
  self->last_n_bytes = n_bytes;
  self->last_tick_us = now_us;
  set_rates (self, updates, bytes);
}

static void
ping (GroveSession *self)
{
  self->ping_sent_us = g_get_monotonic_time ();
  self->ping_n_bytes = grove_connection_get_n_bytes (self->connection);
  _grove_session_call (self, "session.ping", NULL, ponged, self, NULL);
}

/* TRUE if nothing at all came for too long since the last ping. */
static gboolean
is_hung (GroveSession *self, gint64 now_us)
{
  guint64 n_bytes = grove_connection_get_n_bytes (self->connection);
  if (now_us - self->ping_sent_us < HUNG_US)
    return FALSE;
  gboolean hung = n_bytes == self->ping_n_bytes;
  self->ping_n_bytes = n_bytes;
  return hung;
}

/* The last ping is still under way: the round trip is at least this long. */
static void
wait_on (GroveSession *self, gint64 now_us)
{
  gint64 heard_us = grove_connection_get_heard_us (self->connection);
  set_round_trip (self, now_us - self->ping_sent_us);
  /* Else it is as the last answer said. */
  if (now_us - heard_us >= SILENT_US || heard_us > self->ping_sent_us)
    set_silent (self, now_us - heard_us);
}

static gboolean
tick (gpointer user_data)
{
  GroveSession *self = user_data;
  gint64        now_us = g_get_monotonic_time ();
  /* While we are held up ourselves, what came has not been read. */
  gboolean late = now_us - self->last_tick_us > 2 * TICK_MS * 1000;
  gboolean hung = !late && self->ping_sent_us != 0 && is_hung (self, now_us);
  g_object_ref (self);
  /* Whoever is told of the figures may close the session, at once or when the thaw tells them. */
  g_object_freeze_notify (G_OBJECT (self));
  count_rates (self, now_us);
  if (hung)
    _grove_session_trouble (self, GROVE_TROUBLE_HUNG, NULL);
  else if (self->ping_sent_us == 0)
    ping (self);
  else if (!late)
    wait_on (self, now_us);
  g_object_thaw_notify (G_OBJECT (self));
  gboolean stay = self->tick_source != 0;
  g_object_unref (self);
  return stay ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

void
_grove_session_pulse_start (GroveSession *self)
{
  self->n_updates = 0;
  self->last_n_bytes = grove_connection_get_n_bytes (self->connection);
  self->last_tick_us = g_get_monotonic_time ();
  self->tick_source = g_timeout_add (TICK_MS, tick, self);
  ping (self);
}

void
_grove_session_pulse_stop (GroveSession *self)
{
  g_clear_handle_id (&self->tick_source, g_source_remove);
  self->ping_sent_us = 0;
  set_round_trip (self, -1);
  set_silent (self, 0);
  set_rates (self, 0, 0);
}
