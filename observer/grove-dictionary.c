/* SPDX-License-Identifier: MIT
 *
 * GroveDictionary: the last answer of `process.dictionary`.
 */
#include "observer/grove-dictionary.h"

#include "observer/grove-poll.h"

#define PAIRS_MAX  GROVE_DICTIONARY_PAGE
#define TERM_MAX   4096
#define OFFSET_MAX 65536

struct _GroveDictionary
{
  GObject       parent_instance;
  GroveSession *session;
  char         *pid;
  GrovePoll     poll;
  guint         offset;
  gboolean      more;
  char         *error;
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
  g_clear_pointer (&pair->term, grove_term_unref);
}

GArray *
_grove_pairs_read (struct json_object *array, guint n_max)
{
  GArray *pairs = g_array_new (FALSE, FALSE, sizeof (GrovePair));
  gsize   n = array != NULL ? json_object_array_length (array) : 0;
  g_array_set_clear_func (pairs, clear_pair);
  for (gsize i = 0; i < MIN (n, n_max); i++)
    {
      struct json_object *object = json_object_array_get_idx (array, i);
      struct json_object *value = _grove_json_object (object, "value");
      const GrovePair     pair = {
            g_strdup (_grove_json_text (_grove_json_object (object, "key"), "text")),
            g_strdup (_grove_json_text (value, "text")),
        value != NULL ? _grove_term_read (value) : grove_term_new_text (""),
      };
      g_array_append_val (pairs, pair);
    }
  return pairs;
}

static void
answered (gpointer owner, const GroveReply *reply)
{
  GroveDictionary *self = owner;
  g_clear_pointer (&self->error, g_free);
  /* What it had when it ended stays. */
  if (reply->error == NULL)
    {
      g_array_unref (self->pairs);
      self->pairs = _grove_pairs_read (_grove_json_array (reply->result, "pairs"), PAIRS_MAX);
      self->more = _grove_json_boolean (reply->result, "more");
    }
  else
    self->error = _grove_trouble_of_inspection (reply->error);
  g_signal_emit (self, signals[CHANGED], 0);
}

static struct json_object *
make_params (gpointer owner)
{
  GroveDictionary    *self = owner;
  struct json_object *params = json_object_new_object ();
  json_object_object_add (params, "pid", json_object_new_string (self->pid));
  json_object_object_add (params, "offset", json_object_new_int ((int) self->offset));
  json_object_object_add (params, "form", json_object_new_string ("tree"));
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

void
grove_dictionary_set_offset (GroveDictionary *self, guint offset)
{
  g_return_if_fail (GROVE_IS_DICTIONARY (self));
  offset = MIN (offset, OFFSET_MAX);
  if (self->offset == offset)
    return;
  self->offset = offset;
  _grove_poll_ask_anew (&self->poll);
}

guint
grove_dictionary_get_offset (GroveDictionary *self)
{
  g_return_val_if_fail (GROVE_IS_DICTIONARY (self), 0);
  return self->offset;
}

gboolean
grove_dictionary_has_more (GroveDictionary *self)
{
  g_return_val_if_fail (GROVE_IS_DICTIONARY (self), FALSE);
  return self->more;
}

const char *
grove_dictionary_get_error (GroveDictionary *self)
{
  g_return_val_if_fail (GROVE_IS_DICTIONARY (self), NULL);
  return self->error;
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
  g_free (self->error);
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
  self->pairs = _grove_pairs_read (NULL, 0);
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
