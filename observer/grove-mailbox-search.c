/* SPDX-License-Identifier: MIT
 *
 * GroveMailboxSearch: one page under way at a time, the next when it was answered.
 */
#include "observer/grove-mailbox-search.h"

#include "observer/grove-message-kind.h"
#include "observer/grove-observer-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define PAGE        200
#define TEXT_MAX    512
#define STRETCH     10000
#define MATCHES_MAX 1000

struct _GroveMailboxSearch
{
  GObject       parent_instance;
  GroveSession *session; /* NULL once disposed of */
  char         *pid;
  char         *text; /* folded */
  gboolean      busy;
  guint64       n_read, n_goal, total;
  char         *error;
  GArray       *matches; /* guint64 */
  GroveKinds   *kinds;
};

enum
{
  CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GroveMailboxSearch, grove_mailbox_search, G_TYPE_OBJECT)

static void ask (GroveMailboxSearch *self);

static gboolean
matches (GroveMailboxSearch *self, GroveMailboxMessage *message)
{
  g_autofree char *text = g_utf8_casefold (grove_mailbox_message_get_text (message), -1);
  return self->text[0] != '\0' &&
         (strstr (text, self->text) != NULL ||
          strcmp (grove_mailbox_message_get_from (message), self->text) == 0);
}

/* FALSE when there is nothing more to read. */
static gboolean
take_page (GroveMailboxSearch *self, struct json_object *result)
{
  struct json_object *array = _grove_json_array (result, "messages");
  gsize               n = array != NULL ? MIN (json_object_array_length (array), PAGE) : 0;
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GroveMailboxMessage) message =
        _grove_mailbox_message_read (json_object_array_get_idx (array, i));
      guint64 index = self->n_read + i;
      if (message == NULL)
        continue;
      _grove_kinds_add (self->kinds, grove_mailbox_message_get_kind (message));
      if (self->matches->len < MATCHES_MAX && matches (self, message))
        g_array_append_val (self->matches, index);
    }
  self->n_read += n;
  self->total = (guint64) MAX (_grove_json_int (result, "total", 0), 0);
  return n > 0 && self->n_read < self->total;
}

static void
answered (gpointer owner, const GroveReply *reply, gpointer user_data)
{
  GroveMailboxSearch *self = owner;
  gboolean            more = FALSE;
  if (reply->error == NULL && _grove_json_object (reply->result, "cost") != NULL)
    {
      g_free (self->error);
      self->error =
        g_strdup (_ ("So large a mailbox is not searched: each page is a copy of it all"));
    }
  else if (reply->error == NULL)
    more = take_page (self, reply->result);
  else
    {
      g_free (self->error);
      self->error = _grove_trouble_of_inspection (reply->error);
    }
  self->busy = more && self->n_read < self->n_goal;
  if (self->busy)
    ask (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
ask (GroveMailboxSearch *self)
{
  struct json_object *params = json_object_new_object ();
  json_object_object_add (params, "pid", json_object_new_string (self->pid));
  json_object_object_add (params, "offset", json_object_new_int64 ((gint64) self->n_read));
  json_object_object_add (params, "limit", json_object_new_int (PAGE));
  json_object_object_add (params, "max_bytes", json_object_new_int (TEXT_MAX));
  _grove_session_call (self->session, "process.messages", params, answered, self, NULL);
}

static void
begin (GroveMailboxSearch *self)
{
  self->n_goal = self->n_read + STRETCH;
  self->busy = TRUE;
  g_clear_pointer (&self->error, g_free);
  ask (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

void
grove_mailbox_search_start (GroveMailboxSearch *self, const char *text)
{
  g_return_if_fail (GROVE_IS_MAILBOX_SEARCH (self));
  g_return_if_fail (text != NULL);
  if (self->session == NULL)
    return;
  _grove_session_drop_calls (self->session, self);
  g_free (self->text);
  self->text = g_utf8_casefold (text, -1);
  self->n_read = 0;
  self->total = 0;
  g_array_set_size (self->matches, 0);
  _grove_kinds_free (self->kinds);
  self->kinds = _grove_kinds_new ();
  begin (self);
}

void
grove_mailbox_search_go_on (GroveMailboxSearch *self)
{
  g_return_if_fail (GROVE_IS_MAILBOX_SEARCH (self));
  if (self->session != NULL && !self->busy && self->n_read > 0 && self->n_read < self->total)
    begin (self);
}

void
grove_mailbox_search_stop (GroveMailboxSearch *self)
{
  g_return_if_fail (GROVE_IS_MAILBOX_SEARCH (self));
  if (!self->busy || self->session == NULL)
    return;
  _grove_session_drop_calls (self->session, self);
  self->busy = FALSE;
  g_signal_emit (self, signals[CHANGED], 0);
}

gboolean
grove_mailbox_search_is_busy (GroveMailboxSearch *self)
{
  g_return_val_if_fail (GROVE_IS_MAILBOX_SEARCH (self), FALSE);
  return self->busy;
}

guint64
grove_mailbox_search_get_n_read (GroveMailboxSearch *self, guint64 *ret_total)
{
  g_return_val_if_fail (GROVE_IS_MAILBOX_SEARCH (self), 0);
  *ret_total = self->total;
  return self->n_read;
}

const char *
grove_mailbox_search_get_error (GroveMailboxSearch *self)
{
  g_return_val_if_fail (GROVE_IS_MAILBOX_SEARCH (self), NULL);
  return self->error;
}

const guint64 *
grove_mailbox_search_get_matches (GroveMailboxSearch *self, guint *ret_n)
{
  g_return_val_if_fail (GROVE_IS_MAILBOX_SEARCH (self), NULL);
  *ret_n = self->matches->len;
  return (const guint64 *) (void *) self->matches->data;
}

char *
grove_mailbox_search_say_kinds (GroveMailboxSearch *self)
{
  g_return_val_if_fail (GROVE_IS_MAILBOX_SEARCH (self), NULL);
  return _grove_kinds_say (self->kinds);
}

static void
grove_mailbox_search_dispose (GObject *object)
{
  GroveMailboxSearch *self = GROVE_MAILBOX_SEARCH (object);
  if (self->session != NULL)
    _grove_session_drop_calls (self->session, self);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (grove_mailbox_search_parent_class)->dispose (object);
}

static void
grove_mailbox_search_finalize (GObject *object)
{
  GroveMailboxSearch *self = GROVE_MAILBOX_SEARCH (object);
  g_array_unref (self->matches);
  _grove_kinds_free (self->kinds);
  g_free (self->pid);
  g_free (self->text);
  g_free (self->error);
  G_OBJECT_CLASS (grove_mailbox_search_parent_class)->finalize (object);
}

static void
grove_mailbox_search_class_init (GroveMailboxSearchClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = grove_mailbox_search_dispose;
  G_OBJECT_CLASS (klass)->finalize = grove_mailbox_search_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
grove_mailbox_search_init (GroveMailboxSearch *self)
{
  self->matches = g_array_new (FALSE, FALSE, sizeof (guint64));
  self->kinds = _grove_kinds_new ();
  self->text = g_strdup ("");
}

GroveMailboxSearch *
grove_mailbox_search_new (GroveSession *session, const char *pid)
{
  g_return_val_if_fail (GROVE_IS_SESSION (session), NULL);
  g_return_val_if_fail (pid != NULL, NULL);
  GroveMailboxSearch *self = g_object_new (GROVE_TYPE_MAILBOX_SEARCH, NULL);
  self->session = g_object_ref (session);
  self->pid = g_strdup (pid);
  return self;
}
