/* SPDX-License-Identifier: MIT
 *
 * GroveConnection: the file descriptor is non-blocking and read for at most READ_BUDGET_US a turn
 * of the main loop, so that a flood cannot keep the window from drawing. What is to be sent waits
 * in the client's output; the descriptor is watched for G_IO_OUT only while something waits.
 *
 * Any callback may close the connection: after each one `fd` tells whether it still is open.
 */
#include "observer/grove-connection.h"

#include "observer/grove-observer-private.h"
#include "protocol/client.h"

#include <errno.h>
#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/socket.h>

#define READ_BUDGET_US 4000
#define READ_SIZE      32768
/* A peer that takes nothing must not make us grow; requests are small and few. */
#define OUTPUT_MAX (1 << 20)

typedef struct
{
  GroveReplyFunc func; /* NULL: not wanted any more */
  gpointer       owner;
  gpointer       user_data;
} Call;

struct _GroveConnection
{
  GObject                parent_instance;
  GSocket               *socket;
  int                    fd;     /* -1 once it ended */
  gboolean               closed; /* by us: the handler hears no more */
  guint                  in_source;
  guint                  out_source;
  struct grove_client   *client;
  GHashTable            *calls; /* gint64 id -> Call */
  GroveConnectionHandler handler;
  gpointer               user_data;
  guint64                n_bytes;
  gint64                 heard_us;
  char                  *broken; /* what the client said */
};

G_DEFINE_FINAL_TYPE (GroveConnection, grove_connection, G_TYPE_OBJECT)

G_DEFINE_QUARK (grove - protocol - error - quark, grove_protocol_error)

static void
stop (GroveConnection *self)
{
  self->fd = -1;
  g_clear_handle_id (&self->in_source, g_source_remove);
  g_clear_handle_id (&self->out_source, g_source_remove);
  if (self->socket != NULL)
    g_socket_close (self->socket, NULL);
  g_clear_object (&self->socket);
}

/* Callers may do anything while they are told, also close us, so one is taken at a time. */
static void
answer_all (GroveConnection *self, const GError *error)
{
  GroveReply     reply = { .error = error };
  GHashTableIter iter;
  gpointer       value;
  while (g_hash_table_iter_init (&iter, self->calls), g_hash_table_iter_next (&iter, NULL, &value))
    {
      Call call = *(Call *) value;
      g_hash_table_iter_remove (&iter);
      if (call.func != NULL)
        call.func (call.owner, &reply, call.user_data);
    }
}

/* Takes @error. */
static void
fail (GroveConnection *self, GError *error)
{
  if (self->fd >= 0)
    {
      g_object_ref (self);
      stop (self);
      answer_all (self, error);
      if (!self->closed)
        self->handler.closed (self->user_data, error);
      g_object_unref (self);
    }
  g_error_free (error);
}

void
grove_connection_close (GroveConnection *self)
{
  g_return_if_fail (GROVE_IS_CONNECTION (self));
  g_autoptr (GError) error =
    g_error_new_literal (GROVE_PROTOCOL_ERROR, GROVE_PROTOCOL_ERROR_LOST,
                         _ ("The connection was closed before the answer"));
  g_object_ref (self);
  self->closed = TRUE;
  stop (self);
  answer_all (self, error);
  g_object_unref (self);
}

void
grove_connection_break (GroveConnection *self, const char *reason)
{
  g_return_if_fail (GROVE_IS_CONNECTION (self));
  fail (self, g_error_new_literal (GROVE_PROTOCOL_ERROR, GROVE_PROTOCOL_ERROR_BROKEN, reason));
}

static gboolean writable (int fd, GIOCondition condition, gpointer user_data);

static void
flush (GroveConnection *self)
{
  gsize       size;
  const char *bytes;
  while (self->fd >= 0 && (bytes = grove_client_output (self->client, &size), size > 0))
    {
      gssize n = send (self->fd, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (n > 0)
        {
          grove_client_consume (self->client, (gsize) n);
          continue;
        }
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0 && errno == EAGAIN)
        {
          if (size > OUTPUT_MAX)
            shutdown (self->fd, SHUT_RDWR); /* seen by the reader as an end */
          else if (self->out_source == 0)
            self->out_source = g_unix_fd_add (self->fd, G_IO_OUT, writable, self);
          return;
        }
      /* The peer is gone; what it said before it went is still to be read, and then the end. */
      grove_client_consume (self->client, size);
      return;
    }
  g_clear_handle_id (&self->out_source, g_source_remove);
}

static gboolean
writable (int fd, GIOCondition condition, gpointer user_data)
{
  GroveConnection *self = user_data;
  flush (self);
  return self->out_source != 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

gboolean
grove_connection_is_open (GroveConnection *self)
{
  g_return_val_if_fail (GROVE_IS_CONNECTION (self), FALSE);
  return self->fd >= 0;
}

void
grove_connection_call (GroveConnection    *self,
                       const char         *method,
                       struct json_object *params,
                       GroveReplyFunc      func,
                       gpointer            owner,
                       gpointer            user_data)
{
  g_return_if_fail (GROVE_IS_CONNECTION (self));
  g_return_if_fail (self->fd >= 0);
  gint64 *id = g_new (gint64, 1);
  Call   *call = g_new (Call, 1);
  *call = (Call){ func, owner, user_data };
  *id = grove_client_request (self->client, method,
                              params != NULL ? params : json_object_new_object ());
  g_hash_table_insert (self->calls, id, call);
  flush (self);
}

void
grove_connection_notify (GroveConnection *self, const char *method, struct json_object *params)
{
  g_return_if_fail (GROVE_IS_CONNECTION (self));
  g_return_if_fail (self->fd >= 0);
  grove_client_notify (self->client, method, params);
  flush (self);
}

void
grove_connection_drop_calls (GroveConnection *self, gpointer owner)
{
  g_return_if_fail (GROVE_IS_CONNECTION (self));
  GHashTableIter iter;
  gpointer       value;
  g_hash_table_iter_init (&iter, self->calls);
  /* They stay in the table: their answers are expected, and no sign of a broken peer. */
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((Call *) value)->owner == owner)
      ((Call *) value)->func = NULL;
}

static void
handle_reply (int64_t id, struct json_object *result, struct json_object *error, void *user_data)
{
  GroveConnection *self = user_data;
  if (self->fd < 0)
    return;
  gint64 key = id;
  Call  *found = g_hash_table_lookup (self->calls, &key);
  if (found == NULL)
    {
      if (self->broken == NULL)
        self->broken = g_strdup (_ ("It answered a question that was not asked."));
      return;
    }
  Call call = *found;
  g_hash_table_remove (self->calls, &key);
  if (call.func == NULL)
    return;

  GroveReply reply = { .result = result };
  g_autoptr (GError) converted = NULL;
  if (error != NULL)
    {
      const char *message = _grove_json_text (error, "message");
      gint64      code = _grove_json_int (error, "code", -32603);
      converted =
        g_error_new_literal (GROVE_PROTOCOL_ERROR, (int) CLAMP (code, G_MININT, -1),
                             message[0] != '\0' ? message : _ ("The system gave no reason"));
      reply.result = NULL;
      reply.data = _grove_json_object (error, "data");
      reply.error = converted;
    }
  call.func (call.owner, &reply, call.user_data);
}

static void
handle_notification (const char *method, struct json_object *params, void *user_data)
{
  GroveConnection *self = user_data;
  if (self->fd >= 0)
    self->handler.notification (self->user_data, method, params);
}

static void
handle_broken (const char *reason, void *user_data)
{
  GroveConnection *self = user_data;
  if (self->broken == NULL)
    self->broken = g_strdup (reason);
}

/* TRUE while there may be more to read now. */
static gboolean
read_some (GroveConnection *self)
{
  char   buffer[READ_SIZE];
  gssize n = recv (self->fd, buffer, sizeof buffer, MSG_DONTWAIT);
  if (n < 0 && errno == EINTR)
    return TRUE;
  if (n < 0 && errno == EAGAIN)
    return FALSE;
  if (n <= 0)
    {
      fail (self, g_error_new_literal (GROVE_PROTOCOL_ERROR, GROVE_PROTOCOL_ERROR_LOST,
                                       _ ("The connection ended before the answer")));
      return FALSE;
    }
  self->n_bytes += (guint64) n;
  self->heard_us = g_get_monotonic_time ();
  gboolean whole = grove_client_feed (self->client, buffer, (size_t) n);
  if (self->fd >= 0 && (!whole || self->broken != NULL))
    grove_connection_break (self, self->broken != NULL
                                    ? self->broken
                                    : _ ("It sent what is no message of the protocol."));
  return self->fd >= 0;
}

static gboolean
readable (int fd, GIOCondition condition, gpointer user_data)
{
  GroveConnection *self = g_object_ref (user_data);
  gint64           until = g_get_monotonic_time () + READ_BUDGET_US;
  while (read_some (self) && g_get_monotonic_time () < until)
    ;
  gboolean stay = self->fd >= 0;
  g_object_unref (self);
  /* stop() has removed the source already when it is closed; the answer is then of no matter. */
  return stay ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
grove_connection_finalize (GObject *object)
{
  GroveConnection *self = GROVE_CONNECTION (object);
  stop (self);
  g_hash_table_unref (self->calls);
  grove_client_free (self->client);
  g_free (self->broken);
  G_OBJECT_CLASS (grove_connection_parent_class)->finalize (object);
}

static void
grove_connection_class_init (GroveConnectionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = grove_connection_finalize;
}

static void
grove_connection_init (GroveConnection *self)
{
  static const struct grove_client_handler handler = {
    .reply = handle_reply,
    .notification = handle_notification,
    .broken = handle_broken,
  };
  self->fd = -1;
  self->client = grove_client_new (&handler, self);
  self->calls = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
}

GroveConnection *
grove_connection_new (GSocket *socket, const GroveConnectionHandler *handler, gpointer user_data)
{
  g_return_val_if_fail (G_IS_SOCKET (socket), NULL);
  GroveConnection *self = g_object_new (GROVE_TYPE_CONNECTION, NULL);
  self->socket = g_object_ref (socket);
  self->fd = g_socket_get_fd (socket);
  self->handler = *handler;
  self->user_data = user_data;
  self->in_source = g_unix_fd_add (self->fd, G_IO_IN | G_IO_HUP | G_IO_ERR, readable, self);
  return self;
}

guint64
grove_connection_get_n_bytes (GroveConnection *self)
{
  g_return_val_if_fail (GROVE_IS_CONNECTION (self), 0);
  return self->n_bytes;
}

gint64
grove_connection_get_heard_us (GroveConnection *self)
{
  g_return_val_if_fail (GROVE_IS_CONNECTION (self), 0);
  return self->heard_us;
}

int
grove_connection_get_peer_pid (GroveConnection *self)
{
  struct ucred credentials;
  socklen_t    size = sizeof credentials;
  g_return_val_if_fail (GROVE_IS_CONNECTION (self), 0);
  if (self->socket == NULL ||
      getsockopt (self->fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0)
    return 0;
  return credentials.pid;
}
