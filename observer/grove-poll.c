/* SPDX-License-Identifier: MIT
 *
 * A timer that runs while it should, and one call at a time.
 */
#include "observer/grove-poll.h"

#define INTERVAL_MS 1000

static void update_timer (GrovePoll *self);

static void
answered (gpointer owner, const GroveReply *reply, gpointer user_data)
{
  GrovePoll *self = user_data;
  self->asking = FALSE;
  if (reply->error != NULL && reply->error->code == GROVE_CODE_NO_PROCESS)
    {
      self->ended = TRUE;
      update_timer (self);
    }
  self->kind->answered (owner, reply);
}

static void
ask (GrovePoll *self)
{
  if (self->asking)
    return;
  self->asking = TRUE;
  self->asked_us = g_get_monotonic_time ();
  _grove_session_call (self->session, self->kind->method, self->kind->params (self->owner),
                       answered, self->owner, self);
}

/* Where a slower pace is wished, some turns are passed by. */
static gboolean
ask_again (gpointer user_data)
{
  GrovePoll *self = user_data;
  gint64 pause_ms = (gint64) grove_session_get_min_interval_ms (self->session) - INTERVAL_MS / 2;
  if (g_get_monotonic_time () - self->asked_us >= pause_ms * 1000)
    ask (self);
  return G_SOURCE_CONTINUE;
}

static void
update_timer (GrovePoll *self)
{
  gboolean run = self->session != NULL && self->active && !self->ended &&
                 _grove_session_is_flowing (self->session);
  if (run && self->timer == 0)
    {
      self->timer = g_timeout_add (INTERVAL_MS, ask_again, self);
      ask (self);
    }
  else if (!run)
    g_clear_handle_id (&self->timer, g_source_remove);
}

static void
drop_call (GrovePoll *self)
{
  _grove_session_drop_calls (self->session, self->owner);
  self->asking = FALSE;
}

static void
was_reset (GrovePoll *self)
{
  if (self->ended)
    return;
  self->ended = TRUE;
  drop_call (self);
  update_timer (self);
  self->kind->reset (self->owner);
}

gboolean
_grove_poll_set_active (GrovePoll *self, gboolean active)
{
  active = !!active;
  if (self->active == active)
    return FALSE;
  self->active = active;
  update_timer (self);
  return TRUE;
}

void
_grove_poll_ask_anew (GrovePoll *self)
{
  if (self->session == NULL)
    return;
  drop_call (self);
  if (self->timer != 0)
    ask (self);
}

void
_grove_poll_init (GrovePoll *self, GroveSession *session, const GrovePollKind *kind, gpointer owner)
{
  self->kind = kind;
  self->session = session;
  self->owner = owner;
  self->state_handler =
    g_signal_connect_swapped (session, "notify::state", G_CALLBACK (update_timer), self);
  self->paused_handler =
    g_signal_connect_swapped (session, "notify::paused", G_CALLBACK (update_timer), self);
  self->reset_handler = g_signal_connect_swapped (session, "reset", G_CALLBACK (was_reset), self);
}

void
_grove_poll_finish (GrovePoll *self)
{
  self->active = FALSE;
  g_clear_handle_id (&self->timer, g_source_remove);
  if (self->session == NULL)
    return;
  drop_call (self);
  g_clear_signal_handler (&self->state_handler, self->session);
  g_clear_signal_handler (&self->paused_handler, self->session);
  g_clear_signal_handler (&self->reset_handler, self->session);
  self->session = NULL;
}
