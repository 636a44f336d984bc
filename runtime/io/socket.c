/* SPDX-License-Identifier: MIT
 *
 * Sockets for processes, see socket.h. Each call is tried first, and waited for only when the
 * system says that it would block. Nothing of the caller's is known to anybody while it waits.
 */
#include "runtime/io/socket.h"

#include "runtime/core/scheduler.h"
#include "runtime/io/socket-table.h"
#include "runtime/io/write-quietly.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* A turn for so much that was read or written; so a process that finds everything ready is
 * pre-empted all the same. */
#define BYTES_A_REDUCTION 256
#define CALL_REDUCTIONS   20

static enum grove_status
finish (enum grove_status status, size_t n)
{
  int saved_errno = errno;
  int reductions =
    CALL_REDUCTIONS + (int) (n / BYTES_A_REDUCTION < 1000 ? n / BYTES_A_REDUCTION : 1000);

  _grove_charge (reductions);
  errno = saved_errno;
  return status;
}

/* ---- Trying and waiting ------------------------------------------------------------------------
 */

struct attempt
{
  enum grove_direction direction;
  void                *buffer; /* reading */
  const void          *bytes;  /* writing */
  size_t               size;
};

static ssize_t
try_once (struct grove_socket_place *place, const struct attempt *attempt)
{
  if (attempt->direction == GROVE_DIRECTION_READ && attempt->buffer == NULL)
    return accept4 (place->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (attempt->direction == GROVE_DIRECTION_READ)
    return read (place->fd, attempt->buffer, attempt->size);
  return place->is_socket ? send (place->fd, attempt->bytes, attempt->size, MSG_NOSIGNAL)
                          : _grove_write_quietly (place->fd, attempt->bytes, attempt->size);
}

/* Until it succeeds or fails, or the deadline. GROVE_OK and what the system call answered. */
static enum grove_status
attempt_until (grove_socket          socket,
               const struct attempt *attempt,
               uint64_t              deadline_ns,
               ssize_t              *ret_n)
{
  bool last = deadline_ns == 0;

  for (;;)
    {
      struct grove_socket_place *place = _grove_socket_enter (socket);
      enum grove_status          status;
      ssize_t                    n;

      if (place == NULL)
        return GROVE_ERR_IO;
      atomic_fetch_and (&place->ready, ~(uint32_t) attempt->direction);
      n = try_once (place, attempt);
      _grove_socket_leave (place);
      if (n >= 0)
        {
          *ret_n = n;
          return GROVE_OK;
        }
      /* A connection that was taken back while it waited in line is none. */
      if (errno == EINTR || (errno == ECONNABORTED && attempt->size == 0))
        continue;
      if (errno != EAGAIN)
        return GROVE_ERR_IO;
      if (last)
        return GROVE_ERR_TIMEOUT;
      status = _grove_socket_wait (socket, attempt->direction, deadline_ns);
      if (status == GROVE_ERR_TIMEOUT)
        last = true;
      else if (status != GROVE_OK)
        return status;
    }
}

/* ---- Public ------------------------------------------------------------------------------------
 */

enum grove_status
grove_read (grove_socket socket, void *buffer, size_t size, int64_t timeout_ns, size_t *ret_n)
{
  struct grove_process *self = _grove_process_require ();
  struct attempt    attempt = { .direction = GROVE_DIRECTION_READ, .buffer = buffer, .size = size };
  enum grove_status status;
  ssize_t           n = 0;

  GROVE_SET (self->where, (uintptr_t) __builtin_return_address (0));
  if (buffer == NULL || size == 0 || ret_n == NULL || timeout_ns < 0)
    return GROVE_ERR_BADARG;
  status = attempt_until (socket, &attempt, _grove_socket_deadline (timeout_ns), &n);
  if (status == GROVE_OK)
    *ret_n = (size_t) n;
  return finish (status, (size_t) n);
}

enum grove_status
grove_write (grove_socket socket, const void *bytes, size_t size, int64_t timeout_ns, size_t *ret_n)
{
  struct grove_process *self = _grove_process_require ();
  struct attempt        attempt = { .direction = GROVE_DIRECTION_WRITE, .bytes = bytes };
  enum grove_status     status = GROVE_OK;
  size_t                n_written = 0;
  uint64_t              deadline;

  GROVE_SET (self->where, (uintptr_t) __builtin_return_address (0));
  if ((bytes == NULL && size > 0) || timeout_ns < 0)
    return GROVE_ERR_BADARG;
  deadline = _grove_socket_deadline (timeout_ns);
  while (n_written < size)
    {
      ssize_t n;
      attempt.bytes = (const char *) bytes + n_written;
      attempt.size = size - n_written;
      status = attempt_until (socket, &attempt, deadline, &n);
      if (status != GROVE_OK)
        break;
      n_written += (size_t) n;
    }
  if (ret_n != NULL)
    *ret_n = n_written;
  return finish (status, n_written);
}

enum grove_status
grove_accept (grove_socket listener, int64_t timeout_ns, grove_socket *ret_socket)
{
  struct grove_process *self = _grove_process_require ();
  struct attempt        attempt = { .direction = GROVE_DIRECTION_READ };
  const int             on = 1;
  enum grove_status     status;
  ssize_t               fd = -1;

  GROVE_SET (self->where, (uintptr_t) __builtin_return_address (0));
  if (ret_socket == NULL || timeout_ns < 0 || _grove_scheduler_self->deferring)
    return GROVE_ERR_BADARG;
  status = attempt_until (listener, &attempt, _grove_socket_deadline (timeout_ns), &fd);
  if (status != GROVE_OK)
    return finish (status, 0);
  /* Of a Unix socket this is refused, which is all the same. */
  setsockopt ((int) fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  status = _grove_socket_new ((int) fd, true, NULL, ret_socket);
  if (status != GROVE_OK)
    close ((int) fd);
  return finish (status, 0);
}

enum grove_status
grove_shutdown (grove_socket socket)
{
  struct grove_socket_place *place;
  int                        result;

  _grove_process_require ();
  place = _grove_socket_enter (socket);
  if (place == NULL)
    return GROVE_ERR_IO;
  result = shutdown (place->fd, SHUT_WR);
  _grove_socket_leave (place);
  return finish (result == 0 ? GROVE_OK : GROVE_ERR_IO, 0);
}

/* Enters a socket that is the caller's. */
static enum grove_status
enter_own (grove_socket socket, struct grove_socket_place **ret_place)
{
  struct grove_socket_place *place = _grove_socket_enter (socket);

  if (place == NULL)
    return GROVE_ERR_IO;
  if (atomic_load (&place->owner) != grove_self ())
    {
      _grove_socket_leave (place);
      return GROVE_ERR_BUSY;
    }
  *ret_place = place;
  return GROVE_OK;
}

enum grove_status
grove_close (grove_socket socket)
{
  struct grove_socket_place *place;
  enum grove_status          status;

  _grove_process_require ();
  status = enter_own (socket, &place);
  if (status != GROVE_OK)
    return status;
  _grove_hold_remove (&place->hold);
  _grove_socket_close (place);
  _grove_socket_leave (place);
  return finish (GROVE_OK, 0);
}

enum grove_status
grove_socket_give (grove_socket socket, grove_pid to)
{
  struct grove_socket_place *place;
  enum grove_status          status;

  _grove_process_require ();
  status = enter_own (socket, &place);
  if (status != GROVE_OK)
    return status;
  if (to != grove_self ())
    {
      atomic_store (&place->owner, 0);
      /* Left before: when nobody is there any more, it is closed by this. */
      _grove_socket_leave (place);
      _grove_hold_give (&place->hold, to);
    }
  else
    _grove_socket_leave (place);
  return finish (GROVE_OK, 0);
}

enum grove_status
grove_socket_adopt (int fd, grove_socket *ret_socket)
{
  enum grove_status status;
  int               flags, type;
  socklen_t         size = sizeof type;

  _grove_process_require ();
  if (fd < 0 || ret_socket == NULL || _grove_scheduler_self->deferring)
    return GROVE_ERR_BADARG;
  flags = fcntl (fd, F_GETFL);
  if (flags < 0 || fcntl (fd, F_SETFL, flags | O_NONBLOCK) < 0)
    return GROVE_ERR_IO;
  status = _grove_socket_new (fd, getsockopt (fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0, NULL,
                              ret_socket);
  if (status != GROVE_OK)
    {
      int saved_errno = errno;
      fcntl (fd, F_SETFL, flags);
      errno = saved_errno;
    }
  return finish (status, 0);
}

enum grove_status
grove_socket_port (grove_socket socket, uint16_t *ret_port)
{
  struct sockaddr_storage    address;
  socklen_t                  size = sizeof address;
  struct grove_socket_place *place;
  int                        result;

  _grove_process_require ();
  if (ret_port == NULL)
    return GROVE_ERR_BADARG;
  place = _grove_socket_enter (socket);
  if (place == NULL)
    return GROVE_ERR_IO;
  result = getsockname (place->fd, (struct sockaddr *) &address, &size);
  _grove_socket_leave (place);
  if (result != 0)
    return GROVE_ERR_IO;
  if (address.ss_family == AF_INET)
    *ret_port = ntohs (((struct sockaddr_in *) &address)->sin_port);
  else if (address.ss_family == AF_INET6)
    *ret_port = ntohs (((struct sockaddr_in6 *) &address)->sin6_port);
  else
    {
      errno = EAFNOSUPPORT;
      return GROVE_ERR_IO;
    }
  return finish (GROVE_OK, 0);
}

/* false: an address of no kind that has a port. */
static bool
print_address (const struct sockaddr_storage *address, char text[GROVE_PEER_SIZE])
{
  char number[INET6_ADDRSTRLEN];

  if (address->ss_family == AF_INET)
    {
      const struct sockaddr_in *in = (const struct sockaddr_in *) address;

      inet_ntop (AF_INET, &in->sin_addr, number, sizeof number);
      snprintf (text, GROVE_PEER_SIZE, "%s:%u", number, ntohs (in->sin_port));
      return true;
    }
  if (address->ss_family == AF_INET6)
    {
      const struct sockaddr_in6 *in = (const struct sockaddr_in6 *) address;

      inet_ntop (AF_INET6, &in->sin6_addr, number, sizeof number);
      /* Someone of IPv4 who came to a socket for both. */
      if (IN6_IS_ADDR_V4MAPPED (&in->sin6_addr))
        snprintf (text, GROVE_PEER_SIZE, "%s:%u", strrchr (number, ':') + 1, ntohs (in->sin6_port));
      else
        snprintf (text, GROVE_PEER_SIZE, "[%s]:%u", number, ntohs (in->sin6_port));
      return true;
    }
  return false;
}

enum grove_status
grove_socket_peer (grove_socket socket, char text[GROVE_PEER_SIZE])
{
  struct sockaddr_storage    address;
  socklen_t                  size = sizeof address;
  struct grove_socket_place *place;
  int                        result;

  _grove_process_require ();
  if (text == NULL)
    return GROVE_ERR_BADARG;
  place = _grove_socket_enter (socket);
  if (place == NULL)
    return GROVE_ERR_IO;
  result = getpeername (place->fd, (struct sockaddr *) &address, &size);
  _grove_socket_leave (place);
  if (result != 0)
    return GROVE_ERR_IO;
  if (!print_address (&address, text))
    {
      errno = EAFNOSUPPORT;
      return GROVE_ERR_IO;
    }
  return finish (GROVE_OK, 0);
}
