/* SPDX-License-Identifier: MIT
 *
 * See epmd.h. The requests are PORT_PLEASE2_REQ (122) and NAMES_REQ (110) of the distribution
 * protocol.
 */
#include "runtime/beam/epmd.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define DEFAULT_PORT   4369
#define PORT_PLEASE    122
#define PORT_ANSWER    119
#define NAMES          110
#define NAMES_SIZE_MAX 65536

int
beam_epmd_own_port (void)
{
  const char *text = getenv ("ERL_EPMD_PORT");
  const long  port = text != NULL ? strtol (text, NULL, 10) : 0;

  return port > 0 && port < 65536 ? (int) port : DEFAULT_PORT;
}

int
beam_wait (int fd, short events, int timeout_ms)
{
  struct pollfd polled = { .fd = fd, .events = events };
  int           n;

  do
    n = poll (&polled, 1, timeout_ms);
  while (n < 0 && errno == EINTR);
  return n > 0 ? 0 : n == 0 ? ETIMEDOUT : errno;
}

static int
connect_to (const struct addrinfo *address, int timeout_ms)
{
  const int one = 1;
  int       fd = socket (address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  int       error = 0;

  if (fd < 0)
    return -1;
  if (connect (fd, address->ai_addr, address->ai_addrlen) != 0)
    {
      socklen_t size = sizeof error;

      error = errno;
      if (error == EINPROGRESS)
        error = beam_wait (fd, POLLOUT, timeout_ms);
      if (error == 0 && getsockopt (fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
        error = errno;
    }
  if (error != 0)
    {
      close (fd);
      errno = error;
      return -1;
    }
  (void) setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  (void) setsockopt (fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
  return fd;
}

/* -1 with errno set. */
static int
connect_to_any (const char *host, int port, int timeout_ms)
{
  const struct addrinfo wanted = { .ai_socktype = SOCK_STREAM };
  struct addrinfo      *addresses = NULL;
  char                  service[16];
  int                   fd = -1, error;

  (void) snprintf (service, sizeof service, "%d", port);
  if (getaddrinfo (host, service, &wanted, &addresses) != 0)
    {
      errno = EADDRNOTAVAIL;
      return -1;
    }
  for (const struct addrinfo *i = addresses; i != NULL && fd < 0; i = i->ai_next)
    fd = connect_to (i, timeout_ms);
  error = errno;
  freeaddrinfo (addresses);
  errno = error;
  return fd;
}

bool
beam_is_here (const char *host)
{
  char here[BEAM_NAME_SIZE];

  if (strcasecmp (host, "localhost") == 0)
    return true;
  if (gethostname (here, sizeof here) != 0)
    return false;
  here[sizeof here - 1] = '\0';
  if (strcasecmp (host, here) == 0)
    return true;
  here[strcspn (here, ".")] = '\0';
  return strcasecmp (host, here) == 0;
}

int
beam_connect (const char *host, int port, int timeout_ms)
{
  const int fd = connect_to_any (host, port, timeout_ms);

  /* This machine's name need not be known to it, nor lead to where its nodes listen. */
  if (fd < 0 && beam_is_here (host) && strcasecmp (host, "localhost") != 0)
    return connect_to_any ("localhost", port, timeout_ms);
  return fd;
}

/* Up to @size bytes, fewer when it closes or falls silent. */
static size_t
read_answer (int fd, unsigned char *bytes, size_t size, int timeout_ms)
{
  size_t n = 0;

  while (n < size && beam_wait (fd, POLLIN, timeout_ms) == 0)
    {
      const ssize_t more = recv (fd, bytes + n, size - n, 0);

      if (more > 0)
        n += (size_t) more;
      else if (more == 0 || (errno != EINTR && errno != EAGAIN))
        break;
    }
  return n;
}

static enum beam_epmd
ask (const char          *host,
     const unsigned char *request,
     size_t               request_size,
     unsigned char       *answer,
     size_t              *size,
     int                  timeout_ms)
{
  const int fd = beam_connect (host, beam_epmd_own_port (), timeout_ms);

  if (fd < 0)
    return errno == EADDRNOTAVAIL ? BEAM_EPMD_NO_HOST : BEAM_EPMD_SILENT;
  if (send (fd, request, request_size, MSG_NOSIGNAL) != (ssize_t) request_size)
    *size = 0;
  else
    *size = read_answer (fd, answer, *size, timeout_ms);
  close (fd);
  return BEAM_EPMD_OK;
}

enum beam_epmd
beam_epmd_find (const struct beam_name *name, int timeout_ms, int *ret_port)
{
  const size_t   alive_size = strlen (name->alive);
  unsigned char  request[3 + BEAM_NAME_SIZE], answer[4];
  size_t         size = sizeof answer;
  enum beam_epmd outcome;

  request[0] = (unsigned char) ((alive_size + 1) >> 8);
  request[1] = (unsigned char) (alive_size + 1);
  request[2] = PORT_PLEASE;
  memcpy (request + 3, name->alive, alive_size);
  outcome = ask (name->host, request, 3 + alive_size, answer, &size, timeout_ms);
  if (outcome != BEAM_EPMD_OK)
    return outcome;
  if (size < 2 || answer[0] != PORT_ANSWER)
    return BEAM_EPMD_SILENT;
  if (answer[1] != 0 || size < 4)
    return BEAM_EPMD_NO_NODE;
  *ret_port = answer[2] << 8 | answer[3];
  return BEAM_EPMD_OK;
}

enum beam_epmd
beam_epmd_list (const char *host,
                int         timeout_ms,
                void (*found) (const char *alive, int port, void *user_data),
                void *user_data)
{
  static const unsigned char request[3] = { 0, 1, NAMES };
  unsigned char             *answer = malloc (NAMES_SIZE_MAX + 1);
  size_t                     size = NAMES_SIZE_MAX;
  enum beam_epmd             outcome;

  if (answer == NULL)
    return BEAM_EPMD_SILENT;
  outcome = ask (host, request, sizeof request, answer, &size, timeout_ms);
  if (outcome == BEAM_EPMD_OK && size < 4)
    outcome = BEAM_EPMD_SILENT;
  if (outcome == BEAM_EPMD_OK)
    {
      char *line, *rest = (char *) answer + 4;

      answer[size] = '\0';
      while ((line = strsep (&rest, "\n")) != NULL)
        {
          char alive[BEAM_NAME_SIZE];
          int  port;

          if (sscanf (line, "name %255s at port %d", alive, &port) == 2)
            found (alive, port, user_data);
        }
    }
  free (answer);
  return outcome;
}
