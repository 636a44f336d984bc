/* SPDX-License-Identifier: MIT
 *
 * GroveProcessStack: the last answer of `process.stack`.
 */
#include "observer/grove-process-stack.h"

#include "observer/grove-poll.h"

struct _GroveProcessStack
{
  GObject       parent_instance;
  GroveSession *session;
  char         *pid;
  GrovePoll     poll;
  GArray       *frames; /* NULL until an answer came */
  GroveFrame    current;
  gboolean      truncated;
  char         *error;
};

enum
{
  CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GroveProcessStack, grove_process_stack, G_TYPE_OBJECT)

static void
answered (gpointer owner, const GroveReply *reply)
{
  GroveProcessStack *self = owner;
  g_clear_pointer (&self->error, g_free);
  if (reply->error == NULL)
    {
      g_clear_pointer (&self->frames, g_array_unref);
      self->frames = _grove_frames_read (_grove_json_array (reply->result, "frames"));
      self->truncated = _grove_json_boolean (reply->result, "truncated");
      _grove_frame_read (&self->current, _grove_json_object (reply->result, "current"));
    }
  else
    self->error = _grove_trouble_of_inspection (reply->error);
  g_signal_emit (self, signals[CHANGED], 0);
}

static struct json_object *
make_params (gpointer owner)
{
  struct json_object *params = json_object_new_object ();
  json_object_object_add (params, "pid", json_object_new_string (GROVE_PROCESS_STACK (owner)->pid));
  return params;
}

static void
was_reset (gpointer owner)
{
}

void
grove_process_stack_set_active (GroveProcessStack *self, gboolean active)
{
  g_return_if_fail (GROVE_IS_PROCESS_STACK (self));
  (void) _grove_poll_set_active (&self->poll, active);
}

gboolean
grove_process_stack_is_loaded (GroveProcessStack *self)
{
  g_return_val_if_fail (GROVE_IS_PROCESS_STACK (self), FALSE);
  return self->frames != NULL;
}

const GroveFrame *
grove_process_stack_get_frames (GroveProcessStack *self, guint *ret_n)
{
  g_return_val_if_fail (GROVE_IS_PROCESS_STACK (self), NULL);
  *ret_n = self->frames != NULL ? self->frames->len : 0;
  return self->frames != NULL ? (const GroveFrame *) (void *) self->frames->data : NULL;
}

const GroveFrame *
grove_process_stack_get_current (GroveProcessStack *self)
{
  g_return_val_if_fail (GROVE_IS_PROCESS_STACK (self), NULL);
  return &self->current;
}

gboolean
grove_process_stack_is_truncated (GroveProcessStack *self)
{
  g_return_val_if_fail (GROVE_IS_PROCESS_STACK (self), FALSE);
  return self->truncated;
}

const char *
grove_process_stack_get_error (GroveProcessStack *self)
{
  g_return_val_if_fail (GROVE_IS_PROCESS_STACK (self), NULL);
  return self->error;
}

static void
grove_process_stack_dispose (GObject *object)
{
  _grove_poll_finish (&GROVE_PROCESS_STACK (object)->poll);
  G_OBJECT_CLASS (grove_process_stack_parent_class)->dispose (object);
}

static void
grove_process_stack_finalize (GObject *object)
{
  GroveProcessStack *self = GROVE_PROCESS_STACK (object);
  g_clear_pointer (&self->frames, g_array_unref);
  _grove_frame_clear (&self->current);
  g_free (self->pid);
  g_free (self->error);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (grove_process_stack_parent_class)->finalize (object);
}

static void
grove_process_stack_class_init (GroveProcessStackClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = grove_process_stack_dispose;
  G_OBJECT_CLASS (klass)->finalize = grove_process_stack_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
grove_process_stack_init (GroveProcessStack *self)
{
  _grove_frame_read (&self->current, NULL);
}

GroveProcessStack *
grove_process_stack_new (GroveSession *session, const char *pid)
{
  static const GrovePollKind kind = {
    .method = "process.stack",
    .params = make_params,
    .answered = answered,
    .reset = was_reset,
  };
  g_return_val_if_fail (GROVE_IS_SESSION (session), NULL);
  g_return_val_if_fail (pid != NULL, NULL);
  GroveProcessStack *self = g_object_new (GROVE_TYPE_PROCESS_STACK, NULL);
  self->session = g_object_ref (session);
  self->pid = g_strdup (pid);
  _grove_poll_init (&self->poll, session, &kind, self);
  return self;
}
