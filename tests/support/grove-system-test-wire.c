/* SPDX-License-Identifier: MIT
 *
 * The protocol by hand: lines out, lines in, JSON looked at with json-c. It knows nothing of the
 * project's own client, so that the two ends of the real one cannot agree on a mistake.
 */
#include "tests/support/grove-system-test.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define ANSWER_TIMEOUT_MS 30000

struct _GroveTestWire
{
  int      fd;
  gint64   last_id;
  GString *received;
};

GroveTestWire *
grove_test_wire_new (int fd)
{
  GroveTestWire *self = g_new0 (GroveTestWire, 1);

  self->fd = fd;
  self->received = g_string_new (NULL);
  return self;
}

GroveTestWire *
grove_test_wire_connect (const char *socket_path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int                fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpuint (strlen (socket_path), <, sizeof address.sun_path);
  strcpy (address.sun_path, socket_path);
  if (connect (fd, (const struct sockaddr *) &address, sizeof address) != 0)
    g_error ("cannot connect to %s: %s", socket_path, g_strerror (errno));
  return grove_test_wire_new (fd);
}

void
grove_test_wire_free (GroveTestWire *self)
{
  if (self == NULL)
    return;
  close (self->fd);
  g_string_free (self->received, TRUE);
  g_free (self);
}

/* A peer that closed is found out by the reader. */
void
grove_test_wire_send_bytes (GroveTestWire *self, const void *bytes, gsize size)
{
  const char *next = bytes;

  while (size > 0)
    {
      ssize_t n = send (self->fd, next, size, MSG_NOSIGNAL);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0 && (errno == EPIPE || errno == ECONNRESET))
        return;
      g_assert_cmpint (n, >, 0);
      next += n;
      size -= (gsize) n;
    }
}

void
grove_test_wire_send (GroveTestWire *self, const char *line)
{
  g_autofree char *whole = g_strconcat (line, "\n", NULL);

  grove_test_wire_send_bytes (self, whole, strlen (whole));
}

/* FALSE when the other side closed. */
static gboolean
receive_more (GroveTestWire *self)
{
  struct pollfd poll_fd = { .fd = self->fd, .events = POLLIN };
  char          bytes[65536];
  ssize_t       n;

  if (poll (&poll_fd, 1, ANSWER_TIMEOUT_MS) != 1)
    g_error ("no message came within %d ms", ANSWER_TIMEOUT_MS);
  n = recv (self->fd, bytes, sizeof bytes, 0);
  if (n < 0 && errno == EINTR)
    return TRUE;
  if (n <= 0)
    return FALSE;
  g_string_append_len (self->received, bytes, n);
  return TRUE;
}

struct json_object *
grove_test_wire_read (GroveTestWire *self)
{
  struct json_object *message;
  const char         *end;

  while ((end = memchr (self->received->str, '\n', self->received->len)) == NULL)
    if (!receive_more (self))
      return NULL;

  self->received->str[end - self->received->str] = '\0';
  message = json_tokener_parse (self->received->str);
  if (message == NULL)
    g_error ("not JSON: %.200s", self->received->str);
  g_assert_cmpstr (grove_test_json_string (message, "jsonrpc"), ==, "2.0");
  g_string_erase (self->received, 0, end - self->received->str + 1);
  return message;
}

struct json_object *
grove_test_wire_await (GroveTestWire *self, const char *method)
{
  struct json_object *message, *name, *params;

  while ((message = grove_test_wire_read (self)) != NULL)
    {
      if (json_object_object_get_ex (message, "method", &name) &&
          g_strcmp0 (json_object_get_string (name), method) == 0)
        {
          params = json_object_get (grove_test_json_object (message, "params"));
          json_object_put (message);
          return params;
        }
      json_object_put (message);
    }
  g_error ("the connection closed before %s", method);
}

G_GNUC_PRINTF (4, 0)
static struct json_object *
call_va (GroveTestWire       *self,
         const char          *method,
         struct json_object **ret_error,
         const char          *params_format,
         va_list              args)
{
  g_autofree char    *params = g_strdup_vprintf (params_format, args);
  gint64              id = ++self->last_id;
  g_autofree char    *line = g_strdup_printf ("{\"jsonrpc\":\"2.0\",\"id\":%" G_GINT64_FORMAT
                                              ",\"method\":\"%s\",\"params\":%s}",
                                              id, method, params);
  struct json_object *message, *member, *answer = NULL;

  grove_test_wire_send (self, line);
  for (;;)
    {
      message = grove_test_wire_read (self);
      if (message == NULL)
        g_error ("the connection closed before the answer to %s", line);
      if (json_object_object_get_ex (message, "id", &member) &&
          json_object_get_int64 (member) == id)
        break;
      json_object_put (message);
    }
  if (json_object_object_get_ex (message, "error", &member))
    {
      if (ret_error == NULL)
        g_error ("%s failed: %s", line, json_object_to_json_string (member));
      *ret_error = json_object_get (member);
    }
  else
    answer = json_object_get (grove_test_json_object (message, "result"));
  json_object_put (message);
  return answer;
}

struct json_object *
grove_test_wire_call (GroveTestWire       *self,
                      const char          *method,
                      struct json_object **ret_error,
                      const char          *params_format,
                      ...)
{
  struct json_object *answer;
  va_list             args;

  va_start (args, params_format);
  answer = call_va (self, method, ret_error, params_format, args);
  va_end (args);
  return answer;
}

int
grove_test_wire_call_error (GroveTestWire *self, const char *method, const char *params_format, ...)
{
  struct json_object *answer, *error = NULL;
  va_list             args;
  int                 code;

  va_start (args, params_format);
  answer = call_va (self, method, &error, params_format, args);
  va_end (args);
  if (answer != NULL)
    g_error ("%s did not fail: %s", method, json_object_to_json_string (answer));
  /* An error always says something to people. */
  g_assert_cmpstr (grove_test_json_string (error, "message"), !=, "");
  code = (int) grove_test_json_int (error, "code");
  json_object_put (error);
  return code;
}

struct json_object *
grove_test_wire_open (GroveTestWire *self, const char *role)
{
  struct json_object *greeting = grove_test_wire_await (self, "hello");

  json_object_put (
    grove_test_wire_call (self, "session.open", NULL,
                          "{\"major\":1,\"client\":{\"name\":\"test\",\"version\":\"1\"},"
                          "\"role\":\"%s\"}",
                          role));
  return greeting;
}

GroveTestWire *
grove_test_wire_connect_to (const char *name, const char *role)
{
  g_autofree char *socket_path = grove_test_socket_path (name);
  GroveTestWire   *wire = grove_test_wire_connect (socket_path);

  json_object_put (grove_test_wire_open (wire, role));
  return wire;
}

char *
grove_test_wire_find_pid (GroveTestWire *self, const char *name)
{
  struct json_object *opened, *update, *rows;
  char               *pid = NULL;

  opened = grove_test_wire_call (self, "table.open", NULL,
                                 "{\"table\":\"processes\",\"columns\":[\"pid\"],\"sort\":[],"
                                 "\"filter\":[\"eq\",\"name\",\"%s\"],"
                                 "\"window\":{\"offset\":0,\"limit\":1},\"interval_ms\":1000}",
                                 name);
  do
    update = grove_test_wire_await (self, "table.update");
  while (grove_test_json_int (update, "sub") != grove_test_json_int (opened, "sub") &&
         json_object_put (update));
  rows = grove_test_json_object (update, "rows");
  if (json_object_array_length (rows) == 1)
    pid = g_strdup (
      json_object_get_string (json_object_array_get_idx (json_object_array_get_idx (rows, 0), 0)));
  json_object_put (update);
  json_object_put (grove_test_wire_call (self, "table.close", NULL,
                                         "{\"sub\":%" G_GINT64_FORMAT "}",
                                         grove_test_json_int (opened, "sub")));
  json_object_put (opened);
  return pid;
}

struct json_object *
grove_test_json_object (struct json_object *object, const char *name)
{
  struct json_object *member;

  if (!json_object_object_get_ex (object, name, &member))
    g_error ("no member \"%s\" in %s", name, json_object_to_json_string (object));
  return member;
}

const char *
grove_test_json_string (struct json_object *object, const char *name)
{
  struct json_object *member = grove_test_json_object (object, name);

  if (!json_object_is_type (member, json_type_string))
    g_error ("\"%s\" is no string in %s", name, json_object_to_json_string (object));
  return json_object_get_string (member);
}

gint64
grove_test_json_int (struct json_object *object, const char *name)
{
  struct json_object *member = grove_test_json_object (object, name);

  if (!json_object_is_type (member, json_type_int))
    g_error ("\"%s\" is no integer in %s", name, json_object_to_json_string (object));
  return json_object_get_int64 (member);
}
