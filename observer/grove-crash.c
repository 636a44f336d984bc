/* SPDX-License-Identifier: MIT
 *
 * GroveCrash: the last answer of `crash.get`, kept as it came. Each accessor checks what it reads.
 */
#include "observer/grove-crash.h"

#include "observer/grove-poll.h"
#include "observer/grove-process-link-private.h"

#include <string.h>

#define PAIRS_MAX 64
#define LINE_LONG 72 /* characters that are read at a glance */

struct _GroveCrash
{
  GObject       parent_instance;
  GroveSession *session;
  gint64        seq;
  GrovePoll     poll;

  struct json_object *answer; /* NULL until the first came */
  char               *error;
  GroveTerm          *reason, *message, *state;
  GArray             *frames;    /* GroveCrashFrame */
  GArray             *pairs;     /* GrovePair */
  GArray             *ancestors; /* GroveProcessLink */
  GArray             *links;
  GroveProcessLink    supervisor, successor;
};

enum
{
  CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GroveCrash, grove_crash, G_TYPE_OBJECT)

static gboolean
has_pid (const char *text)
{
  for (; *text != '\0'; text++)
    if (text[0] == '<' && g_ascii_isdigit (text[1]))
      return TRUE;
  return FALSE;
}

/* Terms come as text. What fits on a line and leads nowhere is read best as it is; the rest is
 * folded. */
static GroveTerm *
read_term (struct json_object *object)
{
  const char *text = object != NULL ? _grove_json_text (object, "text") : "";
  return strlen (text) > LINE_LONG || has_pid (text) ? _grove_term_read_text (object)
                                                     : _grove_term_read (object);
}

static void
take_answer (GroveCrash *self, struct json_object *answer)
{
  struct json_object *after = _grove_json_object (answer, "after");
  json_object_put (self->answer);
  self->answer = json_object_get (answer);
  g_clear_pointer (&self->error, g_free);
  g_clear_pointer (&self->reason, grove_term_unref);
  g_clear_pointer (&self->message, grove_term_unref);
  self->reason = read_term (_grove_json_object (answer, "reason"));
  self->message = read_term (_grove_json_object (_grove_json_object (answer, "message"), "term"));
  g_clear_pointer (&self->state, grove_term_unref);
  self->state = read_term (_grove_json_object (answer, "state"));
  g_array_unref (self->frames);
  g_array_unref (self->pairs);
  self->frames = _grove_frames_read (_grove_json_array (answer, "frames"));
  self->pairs = _grove_pairs_read (_grove_json_array (answer, "dictionary"), PAIRS_MAX);
  _grove_process_links_read (self->ancestors, _grove_json_array (answer, "ancestors"));
  _grove_process_links_read (self->links, _grove_json_array (answer, "links"));
  _grove_process_link_clear (&self->supervisor);
  _grove_process_link_clear (&self->successor);
  self->supervisor = _grove_process_link_read (_grove_json_object (after, "supervisor"));
  self->successor = _grove_process_link_read (_grove_json_object (after, "successor"));
}

static void
answered (gpointer owner, const GroveReply *reply)
{
  GroveCrash *self = owner;
  g_object_ref (self);
  if (reply->error == NULL)
    {
      gboolean other = !json_object_equal (self->answer, reply->result);
      take_answer (self, reply->result);
      /* What is decided stays as it is. */
      if (strcmp (grove_crash_get_text (self, "after.outcome"), "pending") != 0)
        _grove_poll_set_active (&self->poll, FALSE);
      if (other)
        g_signal_emit (self, signals[CHANGED], 0);
    }
  else if (reply->error->code != GROVE_PROTOCOL_ERROR_LOST &&
           reply->error->code != GROVE_PROTOCOL_ERROR_BROKEN)
    {
      _grove_poll_set_active (&self->poll, FALSE);
      g_free (self->error);
      self->error = g_strdup (reply->error->message);
      g_signal_emit (self, signals[CHANGED], 0);
    }
  g_object_unref (self);
}

static struct json_object *
make_params (gpointer owner)
{
  GroveCrash         *self = owner;
  struct json_object *params = json_object_new_object ();
  json_object_object_add (params, "seq", json_object_new_int64 (self->seq));
  return params;
}

/* Another run: it stays what was told of it. */
static void
was_reset (gpointer owner)
{
}

void
grove_crash_set_active (GroveCrash *self, gboolean active)
{
  g_return_if_fail (GROVE_IS_CRASH (self));
  gboolean decided =
    self->error != NULL ||
    (self->answer != NULL && strcmp (grove_crash_get_text (self, "after.outcome"), "pending") != 0);
  _grove_poll_set_active (&self->poll, active && !decided);
}

gint64
grove_crash_get_seq (GroveCrash *self)
{
  g_return_val_if_fail (GROVE_IS_CRASH (self), 0);
  return self->seq;
}

gboolean
grove_crash_is_loaded (GroveCrash *self)
{
  g_return_val_if_fail (GROVE_IS_CRASH (self), FALSE);
  return self->answer != NULL;
}

const char *
grove_crash_get_error (GroveCrash *self)
{
  g_return_val_if_fail (GROVE_IS_CRASH (self), NULL);
  return self->error;
}

const char *
grove_crash_get_text (GroveCrash *self, const char *member)
{
  g_return_val_if_fail (GROVE_IS_CRASH (self), "");
  struct json_object *object = _grove_json_descend (self->answer, &member);
  return _grove_json_text (object, member);
}

gint64
grove_crash_get_int (GroveCrash *self, const char *member)
{
  g_return_val_if_fail (GROVE_IS_CRASH (self), 0);
  struct json_object *object = _grove_json_descend (self->answer, &member);
  return _grove_json_int (object, member, 0);
}

gboolean
grove_crash_get_boolean (GroveCrash *self, const char *member)
{
  g_return_val_if_fail (GROVE_IS_CRASH (self), FALSE);
  struct json_object *object = _grove_json_descend (self->answer, &member);
  return _grove_json_boolean (object, member);
}

GroveTerm *
grove_crash_get_reason (GroveCrash *self)
{
  g_return_val_if_fail (GROVE_IS_CRASH (self), NULL);
  return self->reason;
}

GroveTerm *
grove_crash_get_message (GroveCrash *self)
{
  g_return_val_if_fail (GROVE_IS_CRASH (self), NULL);
  return self->message;
}

GroveTerm *
grove_crash_get_state (GroveCrash *self)
{
  g_return_val_if_fail (GROVE_IS_CRASH (self), NULL);
  return self->state;
}

const GroveCrashFrame *
grove_crash_get_frames (GroveCrash *self, guint *ret_n)
{
  g_return_val_if_fail (GROVE_IS_CRASH (self), NULL);
  *ret_n = self->frames->len;
  return (const GroveCrashFrame *) (void *) self->frames->data;
}

const GrovePair *
grove_crash_get_pairs (GroveCrash *self, guint *ret_n)
{
  g_return_val_if_fail (GROVE_IS_CRASH (self), NULL);
  *ret_n = self->pairs->len;
  return (const GrovePair *) (void *) self->pairs->data;
}

const GroveProcessLink *
grove_crash_get_links (GroveCrash *self, const char *member, guint *ret_n)
{
  g_return_val_if_fail (GROVE_IS_CRASH (self), NULL);
  const GArray *list = strcmp (member, "ancestors") == 0 ? self->ancestors : self->links;
  *ret_n = list->len;
  return (const GroveProcessLink *) (void *) list->data;
}

GroveProcessLink
grove_crash_get_after (GroveCrash *self, const char *member)
{
  g_return_val_if_fail (GROVE_IS_CRASH (self), ((GroveProcessLink){ NULL, NULL }));
  return strcmp (member, "successor") == 0 ? self->successor : self->supervisor;
}

static void
grove_crash_dispose (GObject *object)
{
  _grove_poll_finish (&GROVE_CRASH (object)->poll);
  G_OBJECT_CLASS (grove_crash_parent_class)->dispose (object);
}

static void
grove_crash_finalize (GObject *object)
{
  GroveCrash *self = GROVE_CRASH (object);
  json_object_put (self->answer);
  g_free (self->error);
  g_clear_pointer (&self->reason, grove_term_unref);
  g_clear_pointer (&self->message, grove_term_unref);
  g_clear_pointer (&self->state, grove_term_unref);
  g_array_unref (self->frames);
  g_array_unref (self->pairs);
  g_array_unref (self->ancestors);
  g_array_unref (self->links);
  _grove_process_link_clear (&self->supervisor);
  _grove_process_link_clear (&self->successor);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (grove_crash_parent_class)->finalize (object);
}

static void
grove_crash_class_init (GroveCrashClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = grove_crash_dispose;
  G_OBJECT_CLASS (klass)->finalize = grove_crash_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static GArray *
new_list (gsize size, GDestroyNotify clear)
{
  GArray *list = g_array_new (FALSE, FALSE, (guint) size);
  g_array_set_clear_func (list, clear);
  return list;
}

static void
grove_crash_init (GroveCrash *self)
{
  self->frames = _grove_frames_read (NULL);
  self->pairs = _grove_pairs_read (NULL, 0);
  self->ancestors = new_list (sizeof (GroveProcessLink), _grove_process_link_clear);
  self->links = new_list (sizeof (GroveProcessLink), _grove_process_link_clear);
}

GroveCrash *
grove_crash_new (GroveSession *session, gint64 seq)
{
  static const GrovePollKind kind = {
    .method = "crash.get",
    .params = make_params,
    .answered = answered,
    .reset = was_reset,
  };
  g_return_val_if_fail (GROVE_IS_SESSION (session), NULL);
  GroveCrash *self = g_object_new (GROVE_TYPE_CRASH, NULL);
  self->session = g_object_ref (session);
  self->seq = seq;
  _grove_poll_init (&self->poll, session, &kind, self);
  return self;
}
