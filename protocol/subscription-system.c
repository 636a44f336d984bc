/* SPDX-License-Identifier: MIT
 *
 * system.watch: one sample of the whole system each interval. Samples are points of a line, so each
 * is sent whole.
 *
 * Threads: the server's.
 */
#include "protocol/memory.h"
#include "protocol/methods.h"
#include "protocol/subscription.h"

static void
tick (struct grove_subscription *self)
{
  struct grove_host   *host = grove_server_session_host (self->session);
  struct grove_writer *writer;

  grove_host_sample (host);
  writer = grove_subscription_begin (self, "system.sample");
  host->source->ops->system_sample (host->source->self, writer);
  (void) grove_subscription_send (self);
}

static void
destroy (struct grove_subscription *self)
{
  free (self);
}

static const struct grove_subscription_ops ops = {
  .kind = "system",
  .tick = tick,
  .free = destroy,
};

void
grove_handle_system_watch (struct grove_server_session *session,
                           int64_t                      id,
                           struct json_object          *params)
{
  struct grove_subscription *self = grove_must_zero (sizeof *self);
  struct grove_writer       *writer;

  grove_subscription_init (self, &ops, grove_params_int (params, "interval_ms", 1000));
  if (!grove_server_session_subscribe (session, self))
    {
      free (self);
      grove_subscription_refuse (session, id);
      return;
    }
  writer = grove_server_session_begin_reply (session, id);
  grove_writer_begin_object (writer);
  grove_writer_member_int (writer, "sub", self->id);
  grove_writer_end_object (writer);
  grove_server_session_end_reply (session);
}
