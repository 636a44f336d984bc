/* SPDX-License-Identifier: MIT
 *
 * process.watch: what one process is doing, each interval. When it has ended that is said once, and
 * nothing more: the subscription stays until it is closed.
 *
 * Threads: the server's.
 */
#include "protocol/memory.h"
#include "protocol/methods.h"
#include "protocol/subscription.h"

#include <stdio.h>
#include <string.h>

struct process_subscription
{
  struct grove_subscription   base;
  char                        pid[GROVE_SOURCE_PID_SIZE];
  struct grove_process_counts before; /* at_ns 0: none */
};

static double
rate (uint64_t now, uint64_t before, double passed_s)
{
  return now > before ? (double) (int64_t) ((double) (now - before) / passed_s * 10 + 0.5) / 10 : 0;
}

static void
tick (struct grove_subscription *base)
{
  struct process_subscription *self = (struct process_subscription *) base;
  struct grove_host           *host = grove_server_session_host (base->session);
  struct grove_writer         *writer;
  struct grove_process_counts  now = { 0 };
  double                       passed_s;
  bool                         alive;

  writer = grove_subscription_begin (base, "process.sample");
  grove_writer_member_text (writer, "pid", self->pid);
  alive = host->source->ops->process_sample (host->source->self, self->pid, writer, &now);
  passed_s = (double) (now.at_ns - self->before.at_ns) / 1e9;
  if (alive && self->before.at_ns != 0 && passed_s > 0)
    {
      grove_writer_member_real (writer, "reductions/s",
                                rate (now.reductions, self->before.reductions, passed_s));
      grove_writer_member_real (writer, "messages_in/s",
                                rate (now.received, self->before.received, passed_s));
    }
  self->before = now;
  base->paused = !alive;
  (void) grove_subscription_send (base);
}

static void
destroy (struct grove_subscription *self)
{
  free (self);
}

static const struct grove_subscription_ops ops = {
  .kind = "process",
  .tick = tick,
  .free = destroy,
};

/* Whether there is such a process, without telling anything of it. */
static bool
is_there (struct grove_server_session *session, const char *pid)
{
  const struct grove_source  *source = grove_server_session_host (session)->source;
  struct grove_process_counts counts;
  struct grove_writer         writer;
  bool                        alive;

  grove_writer_init (&writer, 0);
  grove_writer_begin_object (&writer);
  alive = source->ops->process_sample (source->self, pid, &writer, &counts);
  grove_writer_finish (&writer);
  return alive;
}

void
grove_handle_process_watch (struct grove_server_session *session,
                            int64_t                      id,
                            struct json_object          *params)
{
  const char                  *pid = grove_params_text (params, "pid");
  struct process_subscription *self;
  struct grove_writer         *writer;

  if (!is_there (session, pid))
    {
      grove_server_session_fail (session, id, GROVE_ERROR_NO_PROCESS, NULL,
                                 "there is no process %s", pid);
      return;
    }
  self = grove_must_zero (sizeof *self);
  (void) snprintf (self->pid, sizeof self->pid, "%s", pid);
  grove_subscription_init (&self->base, &ops, grove_params_int (params, "interval_ms", 1000));
  if (!grove_server_session_subscribe (session, &self->base))
    {
      free (self);
      grove_subscription_refuse (session, id);
      return;
    }
  writer = grove_server_session_begin_reply (session, id);
  grove_writer_begin_object (writer);
  grove_writer_member_int (writer, "sub", self->base.id);
  grove_writer_end_object (writer);
  grove_server_session_end_reply (session);
}
