/* SPDX-License-Identifier: MIT
 *
 * A session and a client with nothing between them.
 *
 * Threads: any one.
 */
#include "tests/protocol/test-wire.h"

#include <string.h>

static void
on_reply (int64_t id, struct json_object *result, struct json_object *error, void *user_data)
{
  struct test_wire   *self = user_data;
  struct json_object *reply = json_object_new_object ();

  if (error != NULL)
    json_object_object_add (reply, "error", json_object_get (error));
  else
    json_object_object_add (reply, "result", json_object_get (result));
  g_hash_table_insert (self->replies, g_memdup2 (&id, sizeof id), reply);
}

static void
on_notification (const char *method, struct json_object *params, void *user_data)
{
  struct test_wire         *self = user_data;
  struct test_notification *notification = g_new0 (struct test_notification, 1);

  notification->method = g_strdup (method);
  notification->params = json_object_get (params);
  g_ptr_array_add (self->notifications, notification);
}

static void
on_broken (const char *reason, void *user_data)
{
  struct test_wire *self = user_data;

  g_free (self->broken);
  self->broken = g_strdup (reason);
}

static void
notification_free (gpointer data)
{
  struct test_notification *notification = data;

  g_free (notification->method);
  json_object_put (notification->params);
  g_free (notification);
}

static void
reply_free (gpointer data)
{
  json_object_put (data);
}

struct test_wire *
test_wire_new (struct test_source *source)
{
  static const struct grove_client_handler handler = {
    .reply = on_reply,
    .notification = on_notification,
    .broken = on_broken,
  };
  struct test_wire *self = g_new0 (struct test_wire, 1);

  self->source = source;
  grove_host_init (&self->host, &source->source);
  self->host.now_ns = G_GUINT64_CONSTANT (1000000000);
  self->session = grove_server_session_new (&self->host);
  self->client = grove_client_new (&handler, self);
  self->replies = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, reply_free);
  self->notifications = g_ptr_array_new_with_free_func (notification_free);
  return self;
}

void
test_wire_free (struct test_wire *self)
{
  grove_server_session_free (self->session);
  grove_host_finish (&self->host);
  grove_client_free (self->client);
  test_source_free (self->source);
  g_hash_table_unref (self->replies);
  g_ptr_array_unref (self->notifications);
  g_free (self->broken);
  g_free (self);
}

void
test_wire_feed (struct test_wire *self, const char *bytes, gsize size)
{
  while (size > 0)
    {
      gsize n = self->piece != 0 ? MIN (self->piece, size) : size;

      grove_server_session_feed (self->session, bytes, n);
      bytes += n;
      size -= n;
    }
}

static gboolean
pump_to_client (struct test_wire *self)
{
  gsize       size;
  const char *bytes = grove_server_session_output (self->session, &size);
  gsize       n = self->piece != 0 ? MIN (self->piece, size) : size;

  if (size == 0)
    return FALSE;
  grove_client_feed (self->client, bytes, n);
  grove_server_session_consume (self->session, n);
  return TRUE;
}

static gboolean
pump_to_session (struct test_wire *self)
{
  gsize       size;
  const char *bytes = grove_client_output (self->client, &size);

  if (size == 0 || !grove_server_session_wants_input (self->session))
    return FALSE;
  test_wire_feed (self, bytes, size);
  grove_client_consume (self->client, size);
  return TRUE;
}

void
test_wire_pump (struct test_wire *self)
{
  gboolean moved = TRUE;

  while (moved)
    {
      moved = pump_to_client (self);
      moved |= pump_to_session (self);
      if (grove_server_session_due_ns (self->session) <= self->host.now_ns)
        grove_server_session_tick (self->session);
    }
  self->closed = grove_server_session_is_closing (self->session);
}

void
test_wire_advance (struct test_wire *self, guint ms)
{
  self->host.now_ns += ms * G_GUINT64_CONSTANT (1000000);
  self->source->now_ns += ms * G_GUINT64_CONSTANT (1000000);
  grove_server_session_tick (self->session);
  test_wire_pump (self);
}

gint64
test_wire_send (struct test_wire *self, const char *method, const char *params)
{
  return grove_client_request (self->client, method,
                               params != NULL ? json_tokener_parse (params) : NULL);
}

static struct json_object *
exchange (struct test_wire *self, const char *method, const char *params)
{
  gint64              id = test_wire_send (self, method, params);
  struct json_object *reply;

  test_wire_pump (self);
  g_assert_cmpstr (self->broken, ==, NULL);
  reply = g_hash_table_lookup (self->replies, &id);
  g_assert_nonnull (reply);
  return reply;
}

struct json_object *
test_wire_ask (struct test_wire *self, const char *method, const char *params)
{
  struct json_object *reply = exchange (self, method, params);

  if (json_object_object_get_ex (reply, "error", NULL))
    g_error ("%s %s: %s", method, params, json_object_to_json_string (reply));
  return test_member (reply, "result");
}

gint
test_wire_ask_error (struct test_wire *self,
                     const char       *method,
                     const char       *params,
                     const char      **ret_message)
{
  struct json_object *reply = exchange (self, method, params);
  struct json_object *error;

  if (json_object_object_get_ex (reply, "result", NULL))
    g_error ("%s %s: %s", method, params, json_object_to_json_string (reply));
  error = test_member (reply, "error");
  if (ret_message != NULL)
    *ret_message = test_text (error, "message");
  return (gint) test_int (error, "code");
}

void
test_wire_open (struct test_wire *self, const char *role)
{
  g_autofree char *params =
    g_strdup_printf ("{\"major\":1,\"client\":{\"name\":\"t\",\"version\":\"1\"},\"role\":\"%s\"}",
                     role);

  test_wire_pump (self);
  g_assert_nonnull (test_wire_next (self, "hello"));
  test_wire_ask (self, "session.open", params);
}

struct json_object *
test_wire_next (struct test_wire *self, const char *method)
{
  struct test_notification *notification;

  if (self->next == self->notifications->len)
    return NULL;
  notification = self->notifications->pdata[self->next];
  if (!g_str_equal (notification->method, method))
    return NULL;
  self->next++;
  return notification->params;
}

void
test_wire_ack (struct test_wire *self, const char *method, gint64 sub, gint64 seq)
{
  struct json_object *params = json_object_new_object ();

  json_object_object_add (params, "sub", json_object_new_int64 (sub));
  json_object_object_add (params, "seq", json_object_new_int64 (seq));
  grove_client_notify (self->client, method, params);
  test_wire_pump (self);
}

struct json_object *
test_member (struct json_object *object, const char *name)
{
  struct json_object *value = NULL;

  g_assert_nonnull (object);
  if (!json_object_object_get_ex (object, name, &value))
    g_error ("no member %s in %s", name, json_object_to_json_string (object));
  return value;
}

gint64
test_int (struct json_object *object, const char *name)
{
  struct json_object *value = test_member (object, name);

  g_assert_cmpint (json_object_get_type (value), ==, json_type_int);
  return json_object_get_int64 (value);
}

const char *
test_text (struct json_object *object, const char *name)
{
  struct json_object *value = test_member (object, name);

  g_assert_cmpint (json_object_get_type (value), ==, json_type_string);
  return json_object_get_string (value);
}
