/* SPDX-License-Identifier: MIT
 *
 * How sockets come to be on either side: listening and connecting.
 */
#include "runtime/core/scheduler.h"
#include "runtime/io/address.h"
#include "runtime/io/socket-table.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

#define BACKLOG 4096

/* A Unix listener whose line is full does not tell when that has room. */
#define RETRY_MS 1

static int
open_socket (int family)
{
  return socket (family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

/* ---- Listening ---------------------------------------------------------------------------------
 */

/* -1: errno tells why. */
static int
listen_at (const struct sockaddr_storage *address, socklen_t size)
{
  const int on = 1, off = 0;
  int       fd = open_socket (address->ss_family);
  int       saved_errno;

  if (fd < 0)
    return -1;
  if (address->ss_family != AF_UNIX)
    setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (address->ss_family == AF_INET6)
    setsockopt (fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  if (bind (fd, (const struct sockaddr *) address, size) == 0)
    {
      if (listen (fd, BACKLOG) == 0)
        return fd;
    }
  saved_errno = errno;
  close (fd);
  errno = saved_errno;
  return -1;
}

/* No host: IPv6 first, which takes IPv4 as well. */
static int
listen_at_any (const struct grove_addresses *addresses)
{
  int fd = -1;

  for (int want_6 = 1; want_6 >= 0; want_6--)
    for (unsigned i = 0; i < addresses->n && fd < 0; i++)
      if ((addresses->items[i].address.ss_family == AF_INET6) == (want_6 != 0))
        fd = listen_at (&addresses->items[i].address, addresses->items[i].size);
  return fd;
}

enum grove_status
grove_listen (const struct grove_address *address, grove_socket *ret_socket)
{
  struct grove_addresses addresses;
  enum grove_status      status;
  int                    fd = -1;

  _grove_process_require ();
  if (address == NULL || ret_socket == NULL || _grove_scheduler_self->deferring)
    return GROVE_ERR_BADARG;
  status = _grove_address_resolve (address, true, GROVE_FOREVER, &addresses);
  if (status != GROVE_OK)
    return status;
  if (address->path == NULL && address->host == NULL)
    fd = listen_at_any (&addresses);
  else
    for (unsigned i = 0; i < addresses.n && fd < 0; i++)
      fd = listen_at (&addresses.items[i].address, addresses.items[i].size);
  if (fd < 0)
    return GROVE_ERR_IO;
  status = _grove_socket_new (fd, true, address->path, ret_socket);
  if (status != GROVE_OK)
    {
      int saved_errno = errno;
      close (fd);
      if (address->path != NULL)
        unlink (address->path);
      errno = saved_errno;
    }
  return status;
}

/* ---- Connecting --------------------------------------------------------------------------------
 */

/* One call; the answer of connect(). The last user of the place closes it. */
static int
connect_once (grove_socket socket, const struct sockaddr_storage *address, socklen_t size)
{
  struct grove_socket_place *place = _grove_socket_enter (socket);
  int                        result;

  if (place == NULL)
    return -1;
  atomic_fetch_and (&place->ready, ~(uint32_t) GROVE_DIRECTION_WRITE);
  result = connect (place->fd, (const struct sockaddr *) address, size);
  _grove_socket_leave (place);
  return result;
}

/* Asks again, after each announcement, how it stands: a socket that is not connected yet is
 * announced too. */
static enum grove_status
connect_until (grove_socket                   socket,
               const struct sockaddr_storage *address,
               socklen_t                      size,
               uint64_t                       deadline_ns)
{
  for (;;)
    {
      enum grove_status status = GROVE_OK;

      if (connect_once (socket, address, size) == 0 || errno == EISCONN)
        return GROVE_OK;
      if (errno == EAGAIN)
        {
          if (grove_now_ns () >= deadline_ns)
            return GROVE_ERR_TIMEOUT;
          grove_sleep_ms (RETRY_MS);
        }
      else if (errno == EINPROGRESS || errno == EALREADY)
        status = _grove_socket_wait (socket, GROVE_DIRECTION_WRITE, deadline_ns);
      else if (errno != EINTR)
        return GROVE_ERR_IO;
      if (status != GROVE_OK)
        return status;
    }
}

static enum grove_status
connect_to (const struct sockaddr_storage *address,
            socklen_t                      size,
            uint64_t                       deadline_ns,
            grove_socket                  *ret_socket)
{
  const int         on = 1;
  int               fd = open_socket (address->ss_family);
  grove_socket      socket;
  enum grove_status status;

  if (fd < 0)
    return GROVE_ERR_IO;
  if (address->ss_family != AF_UNIX)
    setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  /* Before it waits: whoever is killed then leaves nothing open. */
  status = _grove_socket_new (fd, true, NULL, &socket);
  if (status != GROVE_OK)
    {
      close (fd);
      return status;
    }
  status = connect_until (socket, address, size, deadline_ns);
  if (status == GROVE_OK)
    *ret_socket = socket;
  else
    {
      int saved_errno = errno;
      grove_close (socket);
      errno = saved_errno;
    }
  return status;
}

enum grove_status
grove_connect (const struct grove_address *address, int64_t timeout_ns, grove_socket *ret_socket)
{
  struct grove_process  *self = _grove_process_require ();
  uint64_t               deadline;
  struct grove_addresses addresses;
  enum grove_status      status;

  GROVE_SET (self->where, (uintptr_t) __builtin_return_address (0));
  if (address == NULL || ret_socket == NULL || timeout_ns < 0 || _grove_scheduler_self->deferring)
    return GROVE_ERR_BADARG;
  deadline = timeout_ns == GROVE_FOREVER ? UINT64_MAX : grove_now_ns () + (uint64_t) timeout_ns;
  status = _grove_address_resolve (address, false, timeout_ns, &addresses);
  if (status != GROVE_OK)
    return status;
  status = GROVE_ERR_IO;
  for (unsigned i = 0; i < addresses.n && status == GROVE_ERR_IO; i++)
    status =
      connect_to (&addresses.items[i].address, addresses.items[i].size, deadline, ret_socket);
  return status;
}
