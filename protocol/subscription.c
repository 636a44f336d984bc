/* SPDX-License-Identifier: MIT
 *
 * Credit, numbering and time of a subscription.
 *
 * Threads: the server's.
 */
#include "protocol/subscription.h"

#include <stdio.h>

/* However many commands there are, their effects are not looked for more often than this. */
#define HURRY_NS UINT64_C (20000000)

void
grove_subscription_init (struct grove_subscription           *self,
                         const struct grove_subscription_ops *ops,
                         int64_t                              interval_ms)
{
  self->ops = ops;
  self->interval_ns = (uint64_t) interval_ms * 1000000;
}

void
grove_subscription_set_interval (struct grove_subscription *self, int64_t interval_ms)
{
  self->interval_ns = (uint64_t) interval_ms * 1000000;
  grove_subscription_wake (self);
}

void
grove_subscription_wake (struct grove_subscription *self)
{
  if (!self->paused && !self->starved)
    self->due_ns = 0;
}

void
grove_subscription_hurry (struct grove_subscription *self)
{
  uint64_t soon_ns = self->computed_ns + HURRY_NS;

  if (!self->paused && !self->starved && soon_ns < self->due_ns)
    self->due_ns = soon_ns;
}

bool
grove_subscription_has_credit (const struct grove_subscription *self)
{
  return self->seq - self->acked < GROVE_CREDIT;
}

static void
plan_next (struct grove_subscription *self, const struct grove_host *host)
{
  uint64_t earliest = host->now_ns + (uint64_t) ((double) self->interval_ns * (host->stretch - 1));

  self->due_ns = (earliest / self->interval_ns + 1) * self->interval_ns;
}

void
grove_subscription_start (struct grove_subscription *self)
{
  const struct grove_host *host = grove_server_session_host (self->session);

  self->computed_ns = host->now_ns;
  plan_next (self, host);
}

void
grove_subscription_run (struct grove_subscription *self)
{
  struct grove_host *host = grove_server_session_host (self->session);

  if (self->due_ns > host->now_ns || self->paused)
    return;
  if (!grove_subscription_has_credit (self) || !grove_server_session_has_room (self->session))
    {
      self->starved = true;
      self->due_ns = GROVE_NEVER;
      return;
    }
  plan_next (self, host);
  if (self->busy)
    return;
  if (self->computed_ns != 0)
    {
      uint64_t ticks = host->now_ns / self->interval_ns - self->computed_ns / self->interval_ns;

      if (ticks > 1)
        self->skipped += ticks - 1;
    }
  self->computed_ns = host->now_ns;
  self->ops->tick (self);
}

void
grove_subscription_feed (struct grove_subscription *self)
{
  if (!self->starved || !grove_subscription_has_credit (self) ||
      !grove_server_session_has_room (self->session))
    return;
  self->starved = false;
  self->due_ns = 0;
}

void
grove_subscription_acknowledge (struct grove_subscription *self, int64_t seq)
{
  if (seq <= self->acked || seq > self->seq)
    return;
  self->acked = seq;
  grove_subscription_feed (self);
}

struct grove_writer *
grove_subscription_begin (struct grove_subscription *self, const char *method)
{
  struct grove_writer     *writer = grove_server_session_scratch (self->session);
  const struct grove_host *host = grove_server_session_host (self->session);

  grove_envelope_begin_notification (writer, method);
  grove_writer_member_int (writer, "sub", self->id);
  grove_writer_member_int (writer, "seq", self->seq + 1);
  if (host->stretch >= 2)
    grove_writer_member_int (writer, "interval_ms",
                             (int64_t) (self->interval_ns / 1000000 * (uint64_t) host->stretch));
  return writer;
}

bool
grove_subscription_send (struct grove_subscription *self)
{
  struct grove_writer *writer = grove_server_session_scratch_current (self->session);

  grove_envelope_end_notification (writer);
  if (!grove_writer_ok (writer))
    return false;
  self->seq++;
  self->skipped = 0;
  grove_server_session_send (self->session, writer);
  return true;
}

void
grove_subscription_refuse (struct grove_server_session *session, int64_t id)
{
  char data[64];

  (void) snprintf (data, sizeof data, "{\"limit\":\"subscriptions\",\"value\":%d}",
                   GROVE_LIMIT_SUBSCRIPTIONS);
  grove_server_session_fail (session, id, GROVE_ERROR_LIMIT, data,
                             "a session has at most %d subscriptions", GROVE_LIMIT_SUBSCRIPTIONS);
}
