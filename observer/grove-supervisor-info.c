/* SPDX-License-Identifier: MIT
 *
 * GroveSupervisorInfo: the last answer of `supervisor.info`, without the children.
 */
#include "observer/grove-supervisor-info.h"

#include "observer/grove-poll.h"

struct _GroveSupervisorInfo
{
  GObject       parent_instance;
  GroveSession *session;
  char         *pid;
  GrovePoll     poll;
  char         *strategy; /* NULL until an answer came */
  gint64        intensity, period_s, recent;
};

enum
{
  CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GroveSupervisorInfo, grove_supervisor_info, G_TYPE_OBJECT)

static void
answered (gpointer owner, const GroveReply *reply)
{
  GroveSupervisorInfo *self = owner;
  /* What it was when it ended stays. */
  if (reply->error != NULL)
    return;
  g_free (self->strategy);
  self->strategy = g_strdup (_grove_json_text (reply->result, "strategy"));
  self->intensity = MAX (_grove_json_int (reply->result, "intensity", 0), 0);
  self->period_s = MAX (_grove_json_int (reply->result, "period_s", 0), 0);
  self->recent = MAX (_grove_json_int (reply->result, "recent_restarts", 0), 0);
  g_signal_emit (self, signals[CHANGED], 0);
}

static struct json_object *
make_params (gpointer owner)
{
  struct json_object *params = json_object_new_object ();
  json_object_object_add (params, "pid",
                          json_object_new_string (GROVE_SUPERVISOR_INFO (owner)->pid));
  json_object_object_add (params, "limit", json_object_new_int (0));
  return params;
}

static void
was_reset (gpointer owner)
{
}

void
grove_supervisor_info_set_active (GroveSupervisorInfo *self, gboolean active)
{
  g_return_if_fail (GROVE_IS_SUPERVISOR_INFO (self));
  (void) _grove_poll_set_active (&self->poll, active);
}

gboolean
grove_supervisor_info_is_loaded (GroveSupervisorInfo *self)
{
  g_return_val_if_fail (GROVE_IS_SUPERVISOR_INFO (self), FALSE);
  return self->strategy != NULL;
}

const char *
grove_supervisor_info_get_strategy (GroveSupervisorInfo *self)
{
  g_return_val_if_fail (GROVE_IS_SUPERVISOR_INFO (self), "");
  return self->strategy != NULL ? self->strategy : "";
}

void
grove_supervisor_info_get_budget (GroveSupervisorInfo *self,
                                  gint64              *ret_intensity,
                                  gint64              *ret_period_s,
                                  gint64              *ret_recent)
{
  g_return_if_fail (GROVE_IS_SUPERVISOR_INFO (self));
  *ret_intensity = self->intensity;
  *ret_period_s = self->period_s;
  *ret_recent = self->recent;
}

static void
grove_supervisor_info_dispose (GObject *object)
{
  _grove_poll_finish (&GROVE_SUPERVISOR_INFO (object)->poll);
  G_OBJECT_CLASS (grove_supervisor_info_parent_class)->dispose (object);
}

static void
grove_supervisor_info_finalize (GObject *object)
{
  GroveSupervisorInfo *self = GROVE_SUPERVISOR_INFO (object);
  g_free (self->pid);
  g_free (self->strategy);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (grove_supervisor_info_parent_class)->finalize (object);
}

static void
grove_supervisor_info_class_init (GroveSupervisorInfoClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = grove_supervisor_info_dispose;
  G_OBJECT_CLASS (klass)->finalize = grove_supervisor_info_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
grove_supervisor_info_init (GroveSupervisorInfo *self)
{
}

GroveSupervisorInfo *
grove_supervisor_info_new (GroveSession *session, const char *pid)
{
  static const GrovePollKind kind = {
    .method = "supervisor.info",
    .params = make_params,
    .answered = answered,
    .reset = was_reset,
  };
  g_return_val_if_fail (GROVE_IS_SESSION (session), NULL);
  g_return_val_if_fail (pid != NULL, NULL);
  GroveSupervisorInfo *self = g_object_new (GROVE_TYPE_SUPERVISOR_INFO, NULL);
  self->session = g_object_ref (session);
  self->pid = g_strdup (pid);
  _grove_poll_init (&self->poll, session, &kind, self);
  return self;
}
