/* SPDX-License-Identifier: MIT
 *
 * GroveProcessDetail: the last answer of `process.get`, kept as it came. Each accessor checks what
 * it reads, since any member may be absent or of another type.
 */
#include "observer/grove-process-detail.h"

#include "observer/grove-poll.h"
#include "observer/grove-process-link-private.h"

#include <string.h>

#define LINKS_MAX 100

enum
{
  LINKS,
  MONITORS,
  MONITORED_BY,
  SUSPENDING,
  PORTS,
  N_LISTS
};
static const char *const list_names[N_LISTS] = { "links", "monitors", "monitored_by", "suspending",
                                                 "ports" };

struct _GroveProcessDetail
{
  GObject       parent_instance;
  GroveSession *session;
  char         *pid;
  GrovePoll     poll;

  struct json_object *answer;         /* NULL until the first came */
  GArray             *lists[N_LISTS]; /* GroveProcessLink */
  GroveProcessLink    supervisor;
  GroveProcessLink    application;
  char               *exit_reason;
  char               *successor;
  char               *node, *pid_there; /* NULL: it is one of this system */
};

enum
{
  PROP_0,
  PROP_ACTIVE,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

enum
{
  CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GroveProcessDetail, grove_process_detail, G_TYPE_OBJECT)

void
_grove_process_link_clear (gpointer data)
{
  GroveProcessLink *link = data;
  g_clear_pointer (&link->pid, g_free);
  g_clear_pointer (&link->name, g_free);
}

GroveProcessLink
_grove_process_link_read (struct json_object *object)
{
  GroveProcessLink link = { NULL, NULL };
  const char      *pid = _grove_json_text (object, "pid");
  if (pid[0] == '\0')
    pid = _grove_json_text (object, "port");
  if (pid[0] != '\0')
    {
      link.pid = g_strdup (pid);
      link.name = g_strdup (_grove_json_text (object, "name"));
    }
  return link;
}

void
_grove_process_links_read (GArray *list, struct json_object *array)
{
  g_array_set_size (list, 0);
  gsize n = array != NULL ? json_object_array_length (array) : 0;
  for (gsize i = 0; i < MIN (n, LINKS_MAX); i++)
    {
      GroveProcessLink link = _grove_process_link_read (json_object_array_get_idx (array, i));
      if (link.pid != NULL)
        g_array_append_val (list, link);
    }
}

static void
take_answer (GroveProcessDetail *self, struct json_object *answer)
{
  json_object_put (self->answer);
  self->answer = json_object_get (answer);
  for (guint i = 0; i < N_LISTS; i++)
    _grove_process_links_read (self->lists[i], _grove_json_array (answer, list_names[i]));
  _grove_process_link_clear (&self->supervisor);
  _grove_process_link_clear (&self->application);
  self->supervisor = _grove_process_link_read (_grove_json_object (answer, "supervisor"));
  self->application = _grove_process_link_read (_grove_json_object (answer, "application"));
}

static void
take_end (GroveProcessDetail *self, struct json_object *data)
{
  struct json_object *exited = _grove_json_object (data, "exited");
  self->exit_reason = _grove_exited_reason (exited);
  self->successor = _grove_exited_successor (exited);
  struct json_object *elsewhere = _grove_json_object (data, "elsewhere");
  if (elsewhere == NULL)
    return;
  self->node = g_strdup (_grove_json_text (elsewhere, "node"));
  self->pid_there = g_strdup (_grove_json_text (elsewhere, "pid"));
}

static void
answered (gpointer owner, const GroveReply *reply)
{
  GroveProcessDetail *self = owner;
  g_object_ref (self);
  if (reply->error == NULL)
    take_answer (self, reply->result);
  else if (reply->error->code == GROVE_CODE_NO_PROCESS)
    take_end (self, reply->data);
  if (reply->error == NULL || self->poll.ended)
    g_signal_emit (self, signals[CHANGED], 0);
  g_object_unref (self);
}

static struct json_object *
make_params (gpointer owner)
{
  GroveProcessDetail *self = owner;
  struct json_object *params = json_object_new_object ();
  json_object_object_add (params, "pid", json_object_new_string (self->pid));
  return params;
}

/* Whatever has this pid now is not this process. */
static void
was_reset (gpointer owner)
{
  g_signal_emit (owner, signals[CHANGED], 0);
}

void
grove_process_detail_set_active (GroveProcessDetail *self, gboolean active)
{
  g_return_if_fail (GROVE_IS_PROCESS_DETAIL (self));
  if (_grove_poll_set_active (&self->poll, active))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ACTIVE]);
}

gboolean
grove_process_detail_is_loaded (GroveProcessDetail *self)
{
  g_return_val_if_fail (GROVE_IS_PROCESS_DETAIL (self), FALSE);
  return self->answer != NULL;
}

gboolean
grove_process_detail_is_gone (GroveProcessDetail *self)
{
  g_return_val_if_fail (GROVE_IS_PROCESS_DETAIL (self), FALSE);
  return self->poll.ended;
}

const char *
grove_process_detail_get_exit_reason (GroveProcessDetail *self)
{
  g_return_val_if_fail (GROVE_IS_PROCESS_DETAIL (self), NULL);
  return self->exit_reason;
}

const char *
grove_process_detail_get_successor (GroveProcessDetail *self)
{
  g_return_val_if_fail (GROVE_IS_PROCESS_DETAIL (self), NULL);
  return self->successor;
}

gboolean
grove_process_detail_get_elsewhere (GroveProcessDetail *self,
                                    const char        **ret_node,
                                    const char        **ret_pid)
{
  g_return_val_if_fail (GROVE_IS_PROCESS_DETAIL (self), FALSE);
  if (self->node == NULL)
    return FALSE;
  *ret_node = self->node;
  *ret_pid = self->pid_there;
  return TRUE;
}

const char *
grove_process_detail_get_text (GroveProcessDetail *self, const char *member)
{
  g_return_val_if_fail (GROVE_IS_PROCESS_DETAIL (self), "");
  struct json_object *object = _grove_json_descend (self->answer, &member);
  return _grove_json_text (object, member);
}

gint64
grove_process_detail_get_int (GroveProcessDetail *self, const char *member)
{
  g_return_val_if_fail (GROVE_IS_PROCESS_DETAIL (self), 0);
  struct json_object *object = _grove_json_descend (self->answer, &member);
  return _grove_json_int (object, member, 0);
}

gboolean
grove_process_detail_get_boolean (GroveProcessDetail *self, const char *member)
{
  g_return_val_if_fail (GROVE_IS_PROCESS_DETAIL (self), FALSE);
  struct json_object *object = _grove_json_descend (self->answer, &member);
  return _grove_json_boolean (object, member);
}

const GroveProcessLink *
grove_process_detail_get_links (GroveProcessDetail *self, const char *member, guint *ret_n)
{
  g_return_val_if_fail (GROVE_IS_PROCESS_DETAIL (self), NULL);
  for (guint i = 0; i < N_LISTS; i++)
    if (strcmp (list_names[i], member) == 0)
      {
        *ret_n = self->lists[i]->len;
        return (const GroveProcessLink *) (void *) self->lists[i]->data;
      }
  *ret_n = 0;
  return NULL;
}

GroveProcessLink
grove_process_detail_get_supervisor (GroveProcessDetail *self)
{
  g_return_val_if_fail (GROVE_IS_PROCESS_DETAIL (self), ((GroveProcessLink){ NULL, NULL }));
  return self->supervisor;
}

GroveProcessLink
grove_process_detail_get_application (GroveProcessDetail *self)
{
  g_return_val_if_fail (GROVE_IS_PROCESS_DETAIL (self), ((GroveProcessLink){ NULL, NULL }));
  return self->application;
}

static void
grove_process_detail_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  if (prop_id == PROP_ACTIVE)
    g_value_set_boolean (value, GROVE_PROCESS_DETAIL (object)->poll.active);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
grove_process_detail_set_property (GObject      *object,
                                   guint         prop_id,
                                   const GValue *value,
                                   GParamSpec   *pspec)
{
  if (prop_id == PROP_ACTIVE)
    grove_process_detail_set_active (GROVE_PROCESS_DETAIL (object), g_value_get_boolean (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
grove_process_detail_dispose (GObject *object)
{
  GroveProcessDetail *self = GROVE_PROCESS_DETAIL (object);
  _grove_poll_finish (&self->poll);
  G_OBJECT_CLASS (grove_process_detail_parent_class)->dispose (object);
}

static void
grove_process_detail_finalize (GObject *object)
{
  GroveProcessDetail *self = GROVE_PROCESS_DETAIL (object);
  for (guint i = 0; i < N_LISTS; i++)
    g_array_unref (self->lists[i]);
  _grove_process_link_clear (&self->supervisor);
  _grove_process_link_clear (&self->application);
  json_object_put (self->answer);
  g_free (self->pid);
  g_free (self->exit_reason);
  g_free (self->successor);
  g_free (self->node);
  g_free (self->pid_there);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (grove_process_detail_parent_class)->finalize (object);
}

static void
grove_process_detail_class_init (GroveProcessDetailClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  object_class->get_property = grove_process_detail_get_property;
  object_class->set_property = grove_process_detail_set_property;
  object_class->dispose = grove_process_detail_dispose;
  object_class->finalize = grove_process_detail_finalize;
  properties[PROP_ACTIVE] =
    g_param_spec_boolean ("active", NULL, NULL, FALSE,
                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
grove_process_detail_init (GroveProcessDetail *self)
{
  for (guint i = 0; i < N_LISTS; i++)
    {
      self->lists[i] = g_array_new (FALSE, FALSE, sizeof (GroveProcessLink));
      g_array_set_clear_func (self->lists[i], _grove_process_link_clear);
    }
}

GroveProcessDetail *
grove_process_detail_new (GroveSession *session, const char *pid)
{
  static const GrovePollKind kind = {
    .method = "process.get",
    .params = make_params,
    .answered = answered,
    .reset = was_reset,
  };
  g_return_val_if_fail (GROVE_IS_SESSION (session), NULL);
  g_return_val_if_fail (pid != NULL, NULL);
  GroveProcessDetail *self = g_object_new (GROVE_TYPE_PROCESS_DETAIL, NULL);
  self->session = g_object_ref (session);
  self->pid = g_strdup (pid);
  _grove_poll_init (&self->poll, session, &kind, self);
  return self;
}
