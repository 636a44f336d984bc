/* SPDX-License-Identifier: MIT
 *
 * See transport.h.
 */
#include "runtime/beam/transport.h"

#include "runtime/beam/epmd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

/* What one turn takes in, so that a flood does not keep others waiting; and the largest packet: the
 * agent bounds its answers far below. */
#define TURN_BYTES (4u << 20)
#define PACKET_MAX (64u << 20)
#define CHUNK      65536
#define HEADER     4 /* the length before each packet */
#define IO_MAX     (1 << 30)

struct bytes
{
  unsigned char *data;
  size_t         begin, end, capacity;
};

struct beam_transport
{
  struct beam_setup *setup; /* during the handshake */
  int                fd;
  SSL               *ssl;
  bool               established;
  int                error;
  struct bytes       in, out;
};

/* ---- Buffers -----------------------------------------------------------------------------------
 */

static void
append (struct bytes *self, const void *data, size_t size)
{
  if (self->begin == self->end)
    self->begin = self->end = 0;
  if (self->end + size > self->capacity && self->begin > 0)
    {
      memmove (self->data, self->data + self->begin, self->end - self->begin);
      self->end -= self->begin;
      self->begin = 0;
    }
  if (self->end + size > self->capacity)
    {
      size_t capacity = self->capacity > 0 ? self->capacity : CHUNK;

      while (capacity < self->end + size)
        capacity *= 2;
      self->data = realloc (self->data, capacity);
      if (self->data == NULL)
        abort ();
      self->capacity = capacity;
    }
  memcpy (self->data + self->end, data, size);
  self->end += size;
}

/* ---- Reading and writing without waiting --------------------------------------------------------
 * Both return how much, 0 for the end, or a negative errno; -EAGAIN sets what to wait for. */

static ssize_t
ssl_outcome (SSL *ssl, int n, short *ret_events)
{
  const int saved = errno;

  switch (SSL_get_error (ssl, n))
    {
    case SSL_ERROR_WANT_READ:
      *ret_events = POLLIN;
      return -EAGAIN;
    case SSL_ERROR_WANT_WRITE:
      *ret_events = POLLOUT;
      return -EAGAIN;
    case SSL_ERROR_ZERO_RETURN:
      return 0;
    case SSL_ERROR_SYSCALL:
      return saved != 0 ? -saved : 0;
    default:
      return -EPROTO;
    }
}

static ssize_t
read_some (struct beam_transport *self, void *data, size_t size, short *ret_events)
{
  ssize_t n;

  if (self->ssl != NULL)
    {
      int got;

      ERR_clear_error ();
      errno = 0;
      got = SSL_read (self->ssl, data, size > IO_MAX ? IO_MAX : (int) size);
      return got > 0 ? got : ssl_outcome (self->ssl, got, ret_events);
    }
  *ret_events = POLLIN;
  n = recv (self->fd, data, size, 0);
  return n < 0 ? -errno : n;
}

static ssize_t
write_some (struct beam_transport *self, const void *data, size_t size, short *ret_events)
{
  ssize_t n;

  if (self->ssl != NULL)
    {
      int put;

      ERR_clear_error ();
      errno = 0;
      put = SSL_write (self->ssl, data, size > IO_MAX ? IO_MAX : (int) size);
      n = put > 0 ? put : ssl_outcome (self->ssl, put, ret_events);
      return n == 0 ? -EPIPE : n;
    }
  *ret_events = POLLOUT;
  n = send (self->fd, data, size, MSG_NOSIGNAL);
  return n < 0 ? -errno : n;
}

/* ---- libei's calls: an errno or 0 ---------------------------------------------------------------
 */

static int
open_socket (void **ret_self, void *setup)
{
  struct beam_transport *self = calloc (1, sizeof *self);

  if (self == NULL)
    return ENOMEM;
  self->setup = setup;
  self->fd = -1;
  *ret_self = self;
  return 0;
}

static int
close_socket (void *data)
{
  struct beam_transport *self = data;

  if (self->ssl != NULL)
    {
      (void) SSL_shutdown (self->ssl);
      SSL_free (self->ssl);
    }
  if (self->fd >= 0)
    close (self->fd);
  free (self->in.data);
  free (self->out.data);
  free (self);
  return 0;
}

static int
cannot_listen (void *self, void *address, int *size, int backlog)
{
  return ENOTSUP;
}

static int
cannot_accept (void **self, void *address, int *size, unsigned timeout_ms)
{
  return ENOTSUP;
}

static void
note_tls_error (struct beam_transport *self)
{
  const long          verified = SSL_get_verify_result (self->ssl);
  const unsigned long error = ERR_peek_last_error ();
  struct beam_setup  *setup = self->setup;

  if (verified != X509_V_OK)
    (void) snprintf (setup->tls_error, sizeof setup->tls_error, "%s",
                     X509_verify_cert_error_string (verified));
  else if (error != 0 && ERR_reason_error_string (error) != NULL)
    (void) snprintf (setup->tls_error, sizeof setup->tls_error, "%s",
                     ERR_reason_error_string (error));
  else
    (void) snprintf (setup->tls_error, sizeof setup->tls_error, "the node closed the connection");
}

/* The certificate must be for that host, by name or by address. */
static bool
expect_host (SSL *ssl, const char *host)
{
  struct in6_addr address;

  if (inet_pton (AF_INET, host, &address) == 1 || inet_pton (AF_INET6, host, &address) == 1)
    return X509_VERIFY_PARAM_set1_ip_asc (SSL_get0_param (ssl), host) == 1;
  return SSL_set1_host (ssl, host) == 1 && SSL_set_tlsext_host_name (ssl, host) == 1;
}

static int
secure (struct beam_transport *self)
{
  self->ssl = SSL_new (self->setup->tls);
  if (self->ssl == NULL || SSL_set_fd (self->ssl, self->fd) != 1 ||
      !expect_host (self->ssl, self->setup->host))
    return ENOMEM;
  for (;;)
    {
      short   events = POLLIN;
      ssize_t outcome;
      int     n, error;

      ERR_clear_error ();
      errno = 0;
      n = SSL_connect (self->ssl);
      if (n == 1)
        return 0;
      outcome = ssl_outcome (self->ssl, n, &events);
      if (outcome != -EAGAIN)
        {
          note_tls_error (self);
          return EPROTO;
        }
      error = beam_wait (self->fd, events, self->setup->timeout_ms);
      if (error != 0)
        return error;
    }
}

/* The address is libei's, for IPv4 only: where to connect is in the setup. */
static int
connect_socket (void *data, void *address, int size, unsigned timeout_ms)
{
  struct beam_transport *self = data;
  struct beam_setup     *setup = self->setup;
  int                    error;

  self->fd = beam_connect (setup->host, setup->port, setup->timeout_ms);
  if (self->fd < 0)
    {
      setup->error = errno;
      return errno;
    }
  setup->stage = BEAM_STAGE_CONNECTED;
  if (setup->tls == NULL)
    return 0;
  error = secure (self);
  if (error == 0)
    setup->stage = BEAM_STAGE_SECURED;
  else
    setup->error = error;
  return error;
}

static int
read_socket (void *data, char *bytes, ssize_t *size, unsigned timeout_ms)
{
  struct beam_transport *self = data;
  struct beam_setup     *setup = self->setup;

  if (self->established)
    return ENOTSUP; /* it is no longer libei that reads */
  for (;;)
    {
      short         events;
      const ssize_t n = read_some (self, bytes, (size_t) *size, &events);

      if (n == 0)
        setup->closed = true;
      if (n >= 0)
        {
          const size_t room = sizeof setup->seen - setup->n_seen;
          const size_t kept = (size_t) n < room ? (size_t) n : room;

          memcpy (setup->seen + setup->n_seen, bytes, kept);
          setup->n_seen += kept;
          *size = n;
          return 0;
        }
      if (n == -EPROTO)
        note_tls_error (self);
      setup->error = n == -EAGAIN ? beam_wait (self->fd, events, setup->timeout_ms) : (int) -n;
      if (setup->error != 0 && setup->error != EINTR)
        return setup->error;
      setup->error = 0;
    }
}

/* Who closes on us may have said why before. */
static void
hear_why (struct beam_transport *self)
{
  char  bytes[64];
  short events;

  if (self->ssl != NULL && read_some (self, bytes, sizeof bytes, &events) == -EPROTO)
    note_tls_error (self);
}

static int
write_waiting (struct beam_transport *self, const char *data, size_t size)
{
  while (size > 0)
    {
      short         events;
      const ssize_t n = write_some (self, data, size, &events);

      if (n > 0)
        {
          data += n;
          size -= (size_t) n;
        }
      else if (n == -EAGAIN)
        {
          const int error = beam_wait (self->fd, events, self->setup->timeout_ms);

          if (error != 0)
            return error;
        }
      else if (n != -EINTR)
        {
          hear_why (self);
          return (int) -n;
        }
    }
  return 0;
}

static int
writev_socket (void *data, const void *iov, int n_iov, ssize_t *size, unsigned timeout_ms)
{
  struct beam_transport *self = data;
  const struct iovec    *parts = iov;
  ssize_t                total = 0;

  for (int i = 0; i < n_iov; i++)
    {
      int error = 0;

      if (self->established)
        append (&self->out, parts[i].iov_base, parts[i].iov_len);
      else
        error = write_waiting (self, parts[i].iov_base, parts[i].iov_len);
      if (error != 0)
        return error;
      total += (ssize_t) parts[i].iov_len;
    }
  *size = total;
  return 0;
}

static int
write_socket (void *data, const char *bytes, ssize_t *size, unsigned timeout_ms)
{
  const struct iovec part = { .iov_base = (void *) (uintptr_t) bytes, .iov_len = (size_t) *size };

  return writev_socket (data, &part, 1, size, timeout_ms);
}

/* With TLS the handshake's packets have longer headers, too. */
static int
get_header_size (void *data, int *ret_size)
{
  const struct beam_transport *self = data;

  *ret_size = self->ssl != NULL ? 4 : 2;
  return 0;
}

static int
complete (void *data)
{
  struct beam_transport *self = data;

  self->established = true;
  self->setup->transport = self;
  self->setup->stage = BEAM_STAGE_DONE;
  self->setup = NULL;
  return 0;
}

static int
get_fd (void *data, int *ret_fd)
{
  *ret_fd = ((struct beam_transport *) data)->fd;
  return 0;
}

ei_socket_callbacks beam_transport_callbacks = {
  .flags = EI_SCLBK_FLG_FULL_IMPL,
  .socket = open_socket,
  .close = close_socket,
  .listen = cannot_listen,
  .accept = cannot_accept,
  .connect = connect_socket,
  .writev = writev_socket,
  .write = write_socket,
  .read = read_socket,
  .handshake_packet_header_size = get_header_size,
  .connect_handshake_complete = complete,
  .accept_handshake_complete = complete,
  .get_fd = get_fd,
};

/* ---- For the loop -------------------------------------------------------------------------------
 */

void
beam_setup_look_back (struct beam_setup *self)
{
  const size_t header = self->tls != NULL ? 4 : 2;
  size_t       at = 0;

  while (at + header < self->n_seen)
    {
      const unsigned char *packet = self->seen + at;
      size_t               size = 0;

      for (size_t i = 0; i < header; i++)
        size = size << 8 | packet[i];
      if (size == 0 || size > self->n_seen - at - header)
        return;
      packet += header;
      if (packet[0] == 's')
        {
          const size_t kept = size - 1 < sizeof self->status ? size - 1 : sizeof self->status - 1;

          memcpy (self->status, packet + 1, kept);
          self->status[kept] = '\0';
          self->stage = BEAM_STAGE_STATUS;
        }
      else if (packet[0] == 'N' || packet[0] == 'n')
        self->stage = BEAM_STAGE_CHALLENGED;
      at += header + size;
    }
}

bool
beam_transport_read (struct beam_transport *self)
{
  unsigned char chunk[CHUNK];
  size_t        total = 0;

  if (self->error != 0)
    return false; /* a packet was too large */
  while (total < TURN_BYTES)
    {
      short         events;
      const ssize_t n = read_some (self, chunk, sizeof chunk, &events);

      if (n > 0)
        {
          append (&self->in, chunk, (size_t) n);
          total += (size_t) n;
        }
      else if (n == -EAGAIN)
        return true;
      else if (n != -EINTR)
        {
          self->error = (int) -n;
          return false;
        }
    }
  return true;
}

bool
beam_transport_write (struct beam_transport *self)
{
  while (self->out.begin < self->out.end)
    {
      short         events;
      const ssize_t n = write_some (self, self->out.data + self->out.begin,
                                    self->out.end - self->out.begin, &events);

      if (n > 0)
        self->out.begin += (size_t) n;
      else if (n == -EAGAIN)
        return true;
      else if (n != -EINTR)
        {
          self->error = (int) -n;
          return false;
        }
    }
  return true;
}

int
beam_transport_error (const struct beam_transport *self)
{
  return self->error;
}

bool
beam_transport_wants_write (const struct beam_transport *self)
{
  return self->out.begin < self->out.end;
}

size_t
beam_transport_queued (const struct beam_transport *self)
{
  return self->out.end - self->out.begin;
}

static size_t
read_length (const unsigned char *header)
{
  return (size_t) header[0] << 24 | (size_t) header[1] << 16 | (size_t) header[2] << 8 | header[3];
}

bool
beam_transport_take (struct beam_transport *self,
                     const unsigned char  **ret_packet,
                     size_t                *ret_size)
{
  const size_t there = self->in.end - self->in.begin;

  if (there < HEADER)
    return false;
  *ret_size = read_length (self->in.data + self->in.begin);
  if (*ret_size > PACKET_MAX)
    self->error = EMSGSIZE;
  if (*ret_size > PACKET_MAX || there - HEADER < *ret_size)
    return false;
  *ret_packet = self->in.data + self->in.begin + HEADER;
  self->in.begin += HEADER + *ret_size;
  return true;
}

bool
beam_transport_has_more_than_ticks (const struct beam_transport *self)
{
  size_t at = self->in.begin;

  while (self->in.end - at >= HEADER && read_length (self->in.data + at) == 0)
    at += HEADER;
  return self->in.end - at > HEADER;
}

void
beam_transport_tick (struct beam_transport *self)
{
  static const unsigned char nothing[HEADER];

  append (&self->out, nothing, sizeof nothing);
}
