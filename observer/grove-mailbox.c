/* SPDX-License-Identifier: MIT
 *
 * GroveMailbox: one page of a mailbox, read again each second. A message that is still there is the
 * same object as before, with another age and place, so that a list keeps its scroll position.
 */
#include "observer/grove-mailbox.h"

#include "observer/grove-message-kind.h"
#include "observer/grove-poll.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define PAGE     100
#define PAGE_MAX 200
#define TEXT_MAX 2048

struct _GroveMailboxMessage
{
  GObject    parent_instance;
  guint64    index;
  gint64     age_ns;
  gint64     size;
  char      *from;
  char      *text;
  char      *kind;
  GroveTerm *term;
};

enum
{
  MESSAGE_PROP_0,
  MESSAGE_PROP_INDEX,
  MESSAGE_PROP_AGE_NS,
  MESSAGE_PROP_SIZE,
  MESSAGE_PROP_FROM,
  MESSAGE_PROP_TEXT,
  MESSAGE_N_PROPS
};
static GParamSpec *message_properties[MESSAGE_N_PROPS];

G_DEFINE_FINAL_TYPE (GroveMailboxMessage, grove_mailbox_message, G_TYPE_OBJECT)

guint64
grove_mailbox_message_get_index (GroveMailboxMessage *self)
{
  g_return_val_if_fail (GROVE_IS_MAILBOX_MESSAGE (self), 0);
  return self->index;
}

const char *
grove_mailbox_message_get_from (GroveMailboxMessage *self)
{
  g_return_val_if_fail (GROVE_IS_MAILBOX_MESSAGE (self), "");
  return self->from;
}

gint64
grove_mailbox_message_get_age_ns (GroveMailboxMessage *self)
{
  g_return_val_if_fail (GROVE_IS_MAILBOX_MESSAGE (self), -1);
  return self->age_ns;
}

gint64
grove_mailbox_message_get_size (GroveMailboxMessage *self)
{
  g_return_val_if_fail (GROVE_IS_MAILBOX_MESSAGE (self), 0);
  return self->size;
}

const char *
grove_mailbox_message_get_text (GroveMailboxMessage *self)
{
  g_return_val_if_fail (GROVE_IS_MAILBOX_MESSAGE (self), "");
  return self->text;
}

const char *
grove_mailbox_message_get_kind (GroveMailboxMessage *self)
{
  g_return_val_if_fail (GROVE_IS_MAILBOX_MESSAGE (self), "");
  return self->kind;
}

GroveTerm *
grove_mailbox_message_get_term (GroveMailboxMessage *self)
{
  g_return_val_if_fail (GROVE_IS_MAILBOX_MESSAGE (self), NULL);
  return self->term;
}

GroveMailboxMessage *
_grove_mailbox_message_read (struct json_object *object)
{
  gint64              index;
  struct json_object *term = _grove_json_object (object, "term");
  if (!_grove_json_get_int (object, "index", 0, &index) || term == NULL)
    return NULL;
  GroveMailboxMessage *self = g_object_new (GROVE_TYPE_MAILBOX_MESSAGE, NULL);
  char                 text[TEXT_MAX + 8], from[64];
  _grove_copy_text (text, TEXT_MAX + 1, _grove_json_text (term, "text"));
  if (_grove_json_boolean (term, "truncated"))
    strcat (text, "…");
  _grove_copy_text (from, sizeof from, _grove_json_text (object, "from"));
  self->index = (guint64) index;
  self->age_ns = _grove_json_int (object, "age_ns", -1);
  self->size = MAX (_grove_json_int (object, "size", 0), 0);
  self->from = g_strdup (from);
  self->text = g_strdup (text);
  self->kind = grove_message_kind (text);
  self->term = _grove_term_read (term);
  return self;
}

static gboolean
is_same_message (const GroveMailboxMessage *a, const GroveMailboxMessage *b)
{
  return a->size == b->size && strcmp (a->from, b->from) == 0 && strcmp (a->text, b->text) == 0;
}

static void
take_place_of (GroveMailboxMessage *self, const GroveMailboxMessage *newer)
{
  if (self->index != newer->index)
    {
      self->index = newer->index;
      g_object_notify_by_pspec (G_OBJECT (self), message_properties[MESSAGE_PROP_INDEX]);
    }
  if (self->age_ns != newer->age_ns)
    {
      self->age_ns = newer->age_ns;
      g_object_notify_by_pspec (G_OBJECT (self), message_properties[MESSAGE_PROP_AGE_NS]);
    }
}

static void
grove_mailbox_message_get_property (GObject    *object,
                                    guint       prop_id,
                                    GValue     *value,
                                    GParamSpec *pspec)
{
  GroveMailboxMessage *self = GROVE_MAILBOX_MESSAGE (object);
  switch (prop_id)
    {
    case MESSAGE_PROP_INDEX:
      g_value_set_uint64 (value, self->index);
      break;
    case MESSAGE_PROP_AGE_NS:
      g_value_set_int64 (value, self->age_ns);
      break;
    case MESSAGE_PROP_SIZE:
      g_value_set_int64 (value, self->size);
      break;
    case MESSAGE_PROP_FROM:
      g_value_set_string (value, self->from);
      break;
    case MESSAGE_PROP_TEXT:
      g_value_set_string (value, self->text);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
grove_mailbox_message_finalize (GObject *object)
{
  GroveMailboxMessage *self = GROVE_MAILBOX_MESSAGE (object);
  g_free (self->from);
  g_free (self->text);
  g_free (self->kind);
  g_clear_pointer (&self->term, grove_term_unref);
  G_OBJECT_CLASS (grove_mailbox_message_parent_class)->finalize (object);
}

static void
grove_mailbox_message_class_init (GroveMailboxMessageClass *klass)
{
  const GParamFlags read = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  GObjectClass     *object_class = G_OBJECT_CLASS (klass);
  object_class->get_property = grove_mailbox_message_get_property;
  object_class->finalize = grove_mailbox_message_finalize;
  message_properties[MESSAGE_PROP_INDEX] =
    g_param_spec_uint64 ("index", NULL, NULL, 0, G_MAXUINT64, 0, read);
  message_properties[MESSAGE_PROP_AGE_NS] =
    g_param_spec_int64 ("age-ns", NULL, NULL, -1, G_MAXINT64, -1, read);
  message_properties[MESSAGE_PROP_SIZE] =
    g_param_spec_int64 ("size", NULL, NULL, 0, G_MAXINT64, 0, read);
  message_properties[MESSAGE_PROP_FROM] = g_param_spec_string ("from", NULL, NULL, "", read);
  message_properties[MESSAGE_PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, "", read);
  g_object_class_install_properties (object_class, MESSAGE_N_PROPS, message_properties);
}

static void
grove_mailbox_message_init (GroveMailboxMessage *self)
{
  self->age_ns = -1;
}

struct _GroveMailbox
{
  GObject       parent_instance;
  GroveSession *session;
  char         *pid;
  GrovePoll     poll;
  guint64       offset;
  guint         page;

  GPtrArray *messages;
  guint64    total;
  char      *error;
  char      *cost;                 /* of reading it, NULL: little */
  gboolean   active, costly, read; /* read all the same, and the page has been */
};

enum
{
  PROP_0,
  PROP_ACTIVE,
  PROP_TOTAL,
  PROP_ERROR,
  PROP_OFFSET,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

enum
{
  REFRESHED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GroveMailbox,
                               grove_mailbox,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
set_error (GroveMailbox *self, const char *error)
{
  if (g_strcmp0 (self->error, error) == 0)
    return;
  g_free (self->error);
  self->error = g_strdup (error);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
}

static void
set_total (GroveMailbox *self, guint64 total)
{
  if (self->total == total)
    return;
  self->total = total;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TOTAL]);
}

/* How many at the front of what is shown have been taken out since, if the rest begins @newer. */
static guint
count_taken (GPtrArray *shown, GPtrArray *newer)
{
  for (guint taken = 0; taken < shown->len; taken++)
    {
      guint n = MIN (shown->len - taken, newer->len), i = 0;
      while (i < n && is_same_message (shown->pdata[taken + i], newer->pdata[i]))
        i++;
      if (i == n && n > 0)
        return taken;
    }
  return shown->len;
}

/* Only what differs is said to have changed: what was taken at the front, what came at the end. */
static void
show (GroveMailbox *self, GPtrArray *newer)
{
  guint taken = count_taken (self->messages, newer);
  if (taken > 0)
    {
      g_ptr_array_remove_range (self->messages, 0, taken);
      g_list_model_items_changed (G_LIST_MODEL (self), 0, taken, 0);
    }
  guint kept = MIN (self->messages->len, newer->len);
  for (guint i = 0; i < kept; i++)
    take_place_of (self->messages->pdata[i], newer->pdata[i]);
  guint removed = self->messages->len - kept;
  guint added = newer->len - kept;
  if (removed > 0)
    g_ptr_array_remove_range (self->messages, kept, removed);
  for (guint i = kept; i < newer->len; i++)
    g_ptr_array_add (self->messages, g_object_ref (newer->pdata[i]));
  if (removed > 0 || added > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), kept, removed, added);
}

/* Each page of a costly one is read once. */
static gboolean
update_poll (GroveMailbox *self)
{
  return _grove_poll_set_active (&self->poll, self->active && !(self->costly && self->read));
}

static void
read_anew (GroveMailbox *self)
{
  self->read = FALSE;
  /* It is asked as soon as the poll runs. */
  if (!update_poll (self))
    _grove_poll_ask_anew (&self->poll);
}

static gboolean
take_answer (GroveMailbox *self, struct json_object *result)
{
  struct json_object *cost = _grove_json_object (result, "cost");
  gint64              total;
  struct json_object *array = _grove_json_array (result, "messages");
  gsize               n = array != NULL ? json_object_array_length (array) : 0;
  if (!_grove_json_get_int (result, "total", 0, &total) || array == NULL || n > PAGE_MAX)
    return FALSE;
  g_autoptr (GPtrArray) newer = g_ptr_array_new_with_free_func (g_object_unref);
  for (gsize i = 0; i < n; i++)
    {
      GroveMailboxMessage *message =
        _grove_mailbox_message_read (json_object_array_get_idx (array, i));
      if (message == NULL)
        return FALSE;
      g_ptr_array_add (newer, message);
    }
  g_free (self->cost);
  self->cost = cost != NULL ? g_strdup (_grove_json_text (cost, "text")) : NULL;
  set_total (self, (guint64) total);
  set_error (self, NULL);
  show (self, newer);
  return TRUE;
}

static void
answered (gpointer owner, const GroveReply *reply)
{
  GroveMailbox *self = owner;
  g_object_ref (self);
  self->read = TRUE;
  update_poll (self);
  if (reply->error == NULL)
    {
      if (!take_answer (self, reply->result))
        _grove_session_break (self->session, _ ("It sent messages that make no sense."));
    }
  else if (reply->error->code < 0)
    {
      g_autofree char *error = _grove_trouble_of_inspection (reply->error);
      set_error (self, error);
    }
  g_signal_emit (self, signals[REFRESHED], 0);
  g_object_unref (self);
}

static struct json_object *
make_params (gpointer owner)
{
  GroveMailbox       *self = owner;
  struct json_object *params = json_object_new_object ();
  json_object_object_add (params, "pid", json_object_new_string (self->pid));
  json_object_object_add (params, "offset", json_object_new_int64 ((gint64) self->offset));
  json_object_object_add (params, "limit", json_object_new_int ((int) self->page));
  json_object_object_add (params, "max_bytes", json_object_new_int (TEXT_MAX));
  json_object_object_add (params, "form", json_object_new_string ("tree"));
  if (self->costly)
    json_object_object_add (params, "costly", json_object_new_boolean (TRUE));
  return params;
}

static void
was_reset (gpointer owner)
{
  set_error (owner, _ ("The process has ended"));
}

void
grove_mailbox_set_active (GroveMailbox *self, gboolean active)
{
  g_return_if_fail (GROVE_IS_MAILBOX (self));
  if (self->active == !!active)
    return;
  self->active = !!active;
  update_poll (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ACTIVE]);
}

void
grove_mailbox_set_offset (GroveMailbox *self, guint64 offset)
{
  g_return_if_fail (GROVE_IS_MAILBOX (self));
  offset = MIN (offset, (guint64) 1 << 52);
  if (self->offset == offset)
    return;
  self->offset = offset;
  /* What is under way is of the old page. */
  read_anew (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_OFFSET]);
}

guint64
grove_mailbox_get_offset (GroveMailbox *self)
{
  g_return_val_if_fail (GROVE_IS_MAILBOX (self), 0);
  return self->offset;
}

void
grove_mailbox_set_page (GroveMailbox *self, guint n)
{
  g_return_if_fail (GROVE_IS_MAILBOX (self));
  n = CLAMP (n, 1, PAGE_MAX);
  if (self->page == n)
    return;
  self->page = n;
  read_anew (self);
}

guint
grove_mailbox_get_page (GroveMailbox *self)
{
  g_return_val_if_fail (GROVE_IS_MAILBOX (self), 0);
  return self->page;
}

char *
grove_mailbox_say_kinds (GroveMailbox *self)
{
  g_return_val_if_fail (GROVE_IS_MAILBOX (self), NULL);
  g_autoptr (GroveKinds) kinds = _grove_kinds_new ();
  for (guint i = 0; i < self->messages->len; i++)
    _grove_kinds_add (kinds, GROVE_MAILBOX_MESSAGE (self->messages->pdata[i])->kind);
  return _grove_kinds_say (kinds);
}

guint64
grove_mailbox_get_total (GroveMailbox *self)
{
  g_return_val_if_fail (GROVE_IS_MAILBOX (self), 0);
  return self->total;
}

const char *
grove_mailbox_get_error (GroveMailbox *self)
{
  g_return_val_if_fail (GROVE_IS_MAILBOX (self), NULL);
  return self->error;
}

const char *
grove_mailbox_get_cost (GroveMailbox *self)
{
  g_return_val_if_fail (GROVE_IS_MAILBOX (self), NULL);
  return self->cost;
}

void
grove_mailbox_read_costly (GroveMailbox *self)
{
  g_return_if_fail (GROVE_IS_MAILBOX (self));
  self->costly = TRUE;
  read_anew (self);
}

static GType
get_item_type (GListModel *model)
{
  return GROVE_TYPE_MAILBOX_MESSAGE;
}

static guint
get_n_items (GListModel *model)
{
  return GROVE_MAILBOX (model)->messages->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  GroveMailbox *self = GROVE_MAILBOX (model);
  return position < self->messages->len ? g_object_ref (self->messages->pdata[position]) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
grove_mailbox_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  GroveMailbox *self = GROVE_MAILBOX (object);
  switch (prop_id)
    {
    case PROP_ACTIVE:
      g_value_set_boolean (value, self->active);
      break;
    case PROP_TOTAL:
      g_value_set_uint64 (value, self->total);
      break;
    case PROP_ERROR:
      g_value_set_string (value, self->error);
      break;
    case PROP_OFFSET:
      g_value_set_uint64 (value, self->offset);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
grove_mailbox_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  GroveMailbox *self = GROVE_MAILBOX (object);
  switch (prop_id)
    {
    case PROP_ACTIVE:
      grove_mailbox_set_active (self, g_value_get_boolean (value));
      break;
    case PROP_OFFSET:
      grove_mailbox_set_offset (self, g_value_get_uint64 (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
grove_mailbox_dispose (GObject *object)
{
  GroveMailbox *self = GROVE_MAILBOX (object);
  _grove_poll_finish (&self->poll);
  G_OBJECT_CLASS (grove_mailbox_parent_class)->dispose (object);
}

static void
grove_mailbox_finalize (GObject *object)
{
  GroveMailbox *self = GROVE_MAILBOX (object);
  g_ptr_array_unref (self->messages);
  g_free (self->pid);
  g_free (self->error);
  g_free (self->cost);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (grove_mailbox_parent_class)->finalize (object);
}

static void
grove_mailbox_class_init (GroveMailboxClass *klass)
{
  const GParamFlags read = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  const GParamFlags write = read | G_PARAM_WRITABLE;
  GObjectClass     *object_class = G_OBJECT_CLASS (klass);
  object_class->get_property = grove_mailbox_get_property;
  object_class->set_property = grove_mailbox_set_property;
  object_class->dispose = grove_mailbox_dispose;
  object_class->finalize = grove_mailbox_finalize;
  properties[PROP_ACTIVE] = g_param_spec_boolean ("active", NULL, NULL, FALSE, write);
  properties[PROP_TOTAL] = g_param_spec_uint64 ("total", NULL, NULL, 0, G_MAXUINT64, 0, read);
  properties[PROP_ERROR] = g_param_spec_string ("error", NULL, NULL, NULL, read);
  properties[PROP_OFFSET] = g_param_spec_uint64 ("offset", NULL, NULL, 0, G_MAXUINT64, 0, write);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[REFRESHED] = g_signal_new ("refreshed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
grove_mailbox_init (GroveMailbox *self)
{
  self->messages = g_ptr_array_new_with_free_func (g_object_unref);
  self->page = PAGE;
}

GroveMailbox *
grove_mailbox_new (GroveSession *session, const char *pid)
{
  static const GrovePollKind kind = {
    .method = "process.messages",
    .params = make_params,
    .answered = answered,
    .reset = was_reset,
  };
  g_return_val_if_fail (GROVE_IS_SESSION (session), NULL);
  g_return_val_if_fail (pid != NULL, NULL);
  GroveMailbox *self = g_object_new (GROVE_TYPE_MAILBOX, NULL);
  self->session = g_object_ref (session);
  self->pid = g_strdup (pid);
  _grove_poll_init (&self->poll, session, &kind, self);
  return self;
}
