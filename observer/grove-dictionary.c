/* SPDX-License-Identifier: MIT
 *
 * GroveDictionary: the last answer of `process.dictionary`.
 */
#include "observer/grove-dictionary.h"

#include "observer/grove-poll.h"

#define PAIRS_MAX 50
#define TERM_MAX  512

struct _GroveDictionary
{
  GObject       parent_instance;
  GroveSession *session;
  char         *pid;
  GrovePoll     poll;
  GArray       *pairs; /* GrovePair */
};

enum
{
  CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GroveDictionary, grove_dictionary, G_TYPE_OBJECT)

static void
clear_pair (gpointer data)
{
  GrovePair *pair = data;
  g_free (pair->key);
  g_free (pair->value);
}

static char *
read_term (struct json_object *pair, const char *member)
{
  return g_strdup (_grove_json_text (_grove_json_object (pair, member), "text"));
}

static void
answered (gpointer owner, const GroveReply *reply)
{
  GroveDictionary    *self = owner;
  struct json_object *pairs;
  gsize               n;
  /* What it had when it ended stays. */
  if (reply->error != NULL)
    return;
  pairs = _grove_json_array (reply->result, "pairs");
  n = pairs != NULL ? json_object_array_length (pairs) : 0;
  g_array_set_size (self->pairs, 0);
  for (gsize i = 0; i < MIN (n, PAIRS_MAX); i++)
    {
      struct json_object *object = json_object_array_get_idx (pairs, i);
      GrovePair           pair = { read_term (object, "key"), read_term (object, "value") };
      g_array_append_val (self->pairs, pair);
    }
  g_signal_emit (self, signals[CHANGED], 0);
}

static struct json_object *
make_params (gpointer owner)
{
  GroveDictionary    *self = owner;
  struct json_object *params = json_object_new_object ();
  json_object_object_add (params, "pid", json_object_new_string (self->pid));
  json_object_object_add (params, "limit", json_object_new_int (PAIRS_MAX));
  json_object_object_add (params, "max_bytes", json_object_new_int (TERM_MAX));
  return params;
}

static void
was_reset (gpointer owner)
{
}

void
grove_dictionary_set_active (GroveDictionary *self, gboolean active)
{
  g_return_if_fail (GROVE_IS_DICTIONARY (self));
  (void) _grove_poll_set_active (&self->poll, active);
}

const GrovePair *
grove_dictionary_get_pairs (GroveDictionary *self, guint *ret_n)
{
  g_return_val_if_fail (GROVE_IS_DICTIONARY (self), NULL);
  *ret_n = self->pairs->len;
  return (const GrovePair *) (void *) self->pairs->data;
}

static void
grove_dictionary_dispose (GObject *object)
{
  _grove_poll_finish (&GROVE_DICTIONARY (object)->poll);
  G_OBJECT_CLASS (grove_dictionary_parent_class)->dispose (object);
}

static void
grove_dictionary_finalize (GObject *object)
{
  GroveDictionary *self = GROVE_DICTIONARY (object);
  g_array_unref (self->pairs);
  g_free (self->pid);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (grove_dictionary_parent_class)->finalize (object);
}

static void
grove_dictionary_class_init (GroveDictionaryClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = grove_dictionary_dispose;
  G_OBJECT_CLASS (klass)->finalize = grove_dictionary_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
grove_dictionary_init (GroveDictionary *self)
{
  self->pairs = g_array_new (FALSE, FALSE, sizeof (GrovePair));
  g_array_set_clear_func (self->pairs, clear_pair);
}

GroveDictionary *
grove_dictionary_new (GroveSession *session, const char *pid)
{
  static const GrovePollKind kind = {
    .method = "process.dictionary",
    .params = make_params,
    .answered = answered,
    .reset = was_reset,
  };
  g_return_val_if_fail (GROVE_IS_SESSION (session), NULL);
  g_return_val_if_fail (pid != NULL, NULL);
  GroveDictionary *self = g_object_new (GROVE_TYPE_DICTIONARY, NULL);
  self->session = g_object_ref (session);
  self->pid = g_strdup (pid);
  _grove_poll_init (&self->poll, session, &kind, self);
  return self;
}
