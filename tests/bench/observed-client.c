/* SPDX-License-Identifier: MIT
 *
 * A client that does as little as can be, so that what is measured is the server.
 */
#include "observed.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct client
{
  int     fd;
  int64_t last_id;
  char   *bytes;
  size_t  start, size, capacity; /* what counts is [start, size) */
};

int64_t
client_number (const char *line, const char *name)
{
  char        member[64];
  const char *at;

  snprintf (member, sizeof member, "\"%s\":", name);
  at = strstr (line, member);
  if (at == NULL)
    {
      fprintf (stderr, "no %s in %.200s\n", name, line);
      abort ();
    }
  return strtoll (at + strlen (member), NULL, 10);
}

bool
client_is (const char *line, const char *method)
{
  char member[80];

  snprintf (member, sizeof member, "{\"jsonrpc\":\"2.0\",\"method\":\"%s\"", method);
  return strncmp (line, member, strlen (member)) == 0;
}

static void
send_line (struct client *self, const char *line, size_t size)
{
  while (size > 0)
    {
      ssize_t n = send (self->fd, line, size, MSG_NOSIGNAL);

      if (n <= 0)
        abort ();
      line += n;
      size -= (size_t) n;
    }
}

int64_t
client_ask (struct client *self, const char *method, const char *params, ...)
{
  char    text[4096], line[4608];
  va_list arguments;
  int     n;

  va_start (arguments, params);
  vsnprintf (text, sizeof text, params, arguments);
  va_end (arguments);
  n = snprintf (line, sizeof line,
                "{\"jsonrpc\":\"2.0\",\"id\":%lld,\"method\":\"%s\",\"params\":%s}\n",
                (long long) ++self->last_id, method, text);
  send_line (self, line, (size_t) n);
  return self->last_id;
}

void
client_acknowledge (struct client *self, const char *method, const char *update)
{
  char line[160];
  int  n =
    snprintf (line, sizeof line,
              "{\"jsonrpc\":\"2.0\",\"method\":\"%s\",\"params\":{\"sub\":%lld,\"seq\":%lld}}\n",
              method, (long long) client_number (update, "sub"),
              (long long) client_number (update, "seq"));

  send_line (self, line, (size_t) n);
}

const char *
client_next (struct client *self, bool wait, size_t *ret_size)
{
  for (;;)
    {
      char   *line = self->bytes + self->start;
      char   *end = memchr (line, '\n', self->size - self->start);
      ssize_t n;

      if (end != NULL)
        {
          *end = '\0';
          self->start = (size_t) (end + 1 - self->bytes);
          *ret_size = (size_t) (end - line);
          return line;
        }
      if (self->start > 0)
        {
          memmove (self->bytes, line, self->size - self->start);
          self->size -= self->start;
          self->start = 0;
        }
      if (self->size == self->capacity)
        {
          self->capacity *= 2;
          self->bytes = realloc (self->bytes, self->capacity);
          if (self->bytes == NULL)
            abort ();
        }
      n = recv (self->fd, self->bytes + self->size, self->capacity - self->size,
                wait ? 0 : MSG_DONTWAIT);
      if (n == 0 || (n < 0 && wait))
        abort ();
      if (n < 0)
        return NULL;
      self->size += (size_t) n;
    }
}

const char *
client_answer (struct client *self, int64_t id)
{
  char   begin[64];
  size_t size;

  snprintf (begin, sizeof begin, "{\"jsonrpc\":\"2.0\",\"id\":%lld,\"result\":", (long long) id);
  for (;;)
    {
      const char *line = client_next (self, true, &size);

      if (strncmp (line, begin, strlen (begin)) == 0)
        return line;
      if (strstr (line, "\"error\":") != NULL)
        {
          fprintf (stderr, "%.400s\n", line);
          abort ();
        }
    }
}

struct client *
client_new (const struct observed *system)
{
  struct client     *self = calloc (1, sizeof *self);
  struct sockaddr_un address = { .sun_family = AF_UNIX };

  if (self == NULL)
    abort ();
  self->capacity = 1 << 16;
  self->bytes = malloc (self->capacity);
  self->fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  snprintf (address.sun_path, sizeof address.sun_path, "%s", observed_socket (system));
  if (self->bytes == NULL || self->fd < 0 ||
      connect (self->fd, (struct sockaddr *) &address, sizeof address) != 0)
    abort ();
  client_answer (self, client_ask (self, "session.open",
                                   "{\"major\":1,\"client\":{\"name\":\"bench\",\"version\":\"1\"},"
                                   "\"role\":\"observe\"}"));
  return self;
}

void
client_free (struct client *self)
{
  close (self->fd);
  free (self->bytes);
  free (self);
}

int
client_fd (const struct client *self)
{
  return self->fd;
}
