/* SPDX-License-Identifier: MIT
 *
 * The server's loop: one poll over the listening socket, the stop descriptor, the source's
 * descriptor and the sessions; then whatever is due. It also watches what observing costs: above 2
 * % of one core over the last seconds, the intervals of all subscriptions are stretched, up to ten
 * times.
 *
 * Threads: everything runs in the thread that called grove_protocol_server_run(). Others may only
 * write to stop_fd and read the two atomics, which the loop stores and nobody else writes.
 */
#include "protocol/server.h"

#include "protocol/memory.h"
#include "protocol/session.h"
#include "protocol/socket.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define READ_SIZE 16384
#define SECOND    UINT64_C (1000000000)
/* How long a closing connection is given to take what it still gets. */
#define CLOSING_NS  (2 * SECOND)
#define SHUTDOWN_NS (SECOND / 5)
/* Who connects and says nothing takes a place that somebody else may want. */
#define OPENING_NS (10 * SECOND)
/* After the process ran out of descriptors. */
#define ACCEPT_PAUSE_NS (SECOND / 10)
#define BUDGET          0.02
#define STRETCH_MAX     10.0
#define N_COSTS         4

struct connection
{
  int                          fd;
  struct grove_server_session *session;
  uint64_t                     accepted_ns;
  uint64_t                     closing_ns; /* since when it closes; 0: it does not */
  bool                         counted;    /* its session is open */
};

/* CPU time used at the last few seconds' beginnings, the oldest first. */
struct costs
{
  uint64_t cpu_ns[N_COSTS];
  uint64_t at_ns[N_COSTS];
};

struct grove_protocol_server
{
  struct grove_source source;
  struct grove_host   host;
  struct grove_socket socket;
  int                 only_fd; /* its one connection, where there is no socket; else -1 */
  int                 stop_fd;
  struct connection   connections[GROVE_LIMIT_SESSIONS];
  size_t              n_connections;
  uint64_t            accept_ns; /* not before */
  uint64_t            opening_ns;
  struct costs        costs;

  _Atomic uint64_t cpu_ns;     /* the loop writes, any thread reads */
  _Atomic unsigned n_sessions; /* likewise */
};

static uint64_t
clock_ns (clockid_t clock)
{
  struct timespec now;

  clock_gettime (clock, &now);
  return (uint64_t) now.tv_sec * SECOND + (uint64_t) now.tv_nsec;
}

static void
set_up (struct grove_protocol_server               *self,
        const struct grove_source                  *source,
        const struct grove_protocol_server_options *options)
{
  self->source = *source;
  self->opening_ns = OPENING_NS;
  grove_host_init (&self->host, &self->source);
  if (options == NULL)
    return;
  self->host.read_only = options->read_only;
  self->host.hide_payloads = options->hide_payloads;
  if (options->opening_ms != 0)
    self->opening_ns = options->opening_ms * (SECOND / 1000);
}

enum grove_listen
grove_protocol_server_new (const struct grove_source                  *source,
                           const char                                 *name,
                           const struct grove_protocol_server_options *options,
                           struct grove_protocol_server              **ret_server,
                           char                                      **ret_error)
{
  struct grove_protocol_server *self = grove_must_zero (sizeof *self);
  enum grove_listen             outcome;

  outcome = grove_socket_listen (&self->socket, options != NULL ? options->directory : NULL, name,
                                 ret_error);
  if (outcome != GROVE_LISTEN_OK)
    {
      free (self);
      return outcome;
    }
  self->stop_fd = eventfd (0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (self->stop_fd < 0)
    {
      grove_socket_close (&self->socket);
      free (self);
      if (ret_error != NULL)
        *ret_error = grove_must_copy ("There are too many open files.");
      return GROVE_LISTEN_FAILED;
    }
  self->only_fd = -1;
  set_up (self, source, options);
  *ret_server = self;
  return GROVE_LISTEN_OK;
}

struct grove_protocol_server *
grove_protocol_server_new_on (const struct grove_source                  *source,
                              int                                         fd,
                              const struct grove_protocol_server_options *options)
{
  struct grove_protocol_server *self = grove_must_zero (sizeof *self);

  self->socket.listen_fd = -1;
  self->only_fd = fd;
  self->stop_fd = eventfd (0, EFD_NONBLOCK | EFD_CLOEXEC);
  set_up (self, source, options);
  return self;
}

void
grove_protocol_server_free (struct grove_protocol_server *self)
{
  if (self == NULL)
    return;
  if (self->only_fd < 0)
    grove_socket_close (&self->socket);
  close (self->stop_fd);
  grove_host_finish (&self->host);
  free (self);
}

void
grove_protocol_server_stop (struct grove_protocol_server *self)
{
  int      error = errno;
  uint64_t one = 1;

  (void) !write (self->stop_fd, &one, sizeof one);
  errno = error;
}

uint64_t
grove_protocol_server_cpu_ns (const struct grove_protocol_server *self)
{
  return atomic_load_explicit (&self->cpu_ns, memory_order_relaxed);
}

unsigned
grove_protocol_server_sessions (const struct grove_protocol_server *self)
{
  return atomic_load_explicit (&self->n_sessions, memory_order_relaxed);
}

static void
close_connection (struct grove_protocol_server *self, size_t i)
{
  struct connection connection = self->connections[i];

  self->connections[i] = self->connections[--self->n_connections];
  if (connection.counted)
    atomic_fetch_sub_explicit (&self->n_sessions, 1, memory_order_relaxed);
  close (connection.fd);
  grove_server_session_free (connection.session);
}

/* Sends what can be sent. False when the peer is gone. */
static bool
flush (struct connection *connection)
{
  for (;;)
    {
      size_t      size;
      const char *bytes = grove_server_session_output (connection->session, &size);
      ssize_t     n;

      if (size == 0)
        return true;
      n = send (connection->fd, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (n > 0)
        grove_server_session_consume (connection->session, (size_t) n);
      else if (n < 0 && errno == EAGAIN)
        return true;
      else if (n < 0 && errno != EINTR)
        return false;
    }
}

/* Reads once. False when the peer is gone. */
static bool
receive (struct connection *connection)
{
  char    bytes[READ_SIZE];
  ssize_t n = recv (connection->fd, bytes, sizeof bytes, MSG_DONTWAIT);

  if (n > 0)
    {
      grove_server_session_feed (connection->session, bytes, (size_t) n);
      return true;
    }
  return n < 0 && (errno == EAGAIN || errno == EINTR);
}

/* Everyone who is one too many hears why, if the socket takes it at once. */
static void
turn_away (int fd)
{
  struct grove_writer writer;

  grove_writer_init (&writer, 0);
  grove_server_session_write_goodbye (&writer, "limit",
                                      "This system has as many sessions as it allows.");
  (void) !send (fd, writer.bytes, writer.size, MSG_NOSIGNAL | MSG_DONTWAIT);
  (void) !send (fd, "\n", 1, MSG_NOSIGNAL | MSG_DONTWAIT);
  grove_writer_finish (&writer);
  close (fd);
}

static void
add_connection (struct grove_protocol_server *self, int fd)
{
  struct connection *connection = &self->connections[self->n_connections++];
  struct ucred       peer;
  socklen_t          size = sizeof peer;

  *connection = (struct connection){ .fd = fd,
                                     .session = grove_server_session_new (&self->host),
                                     .accepted_ns = self->host.now_ns };
  if (getsockopt (fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0)
    grove_server_session_set_os_pid (connection->session, peer.pid);
}

/* Those who find all places taken by others who came just now wait a turn: some of the others may
 * have gone again already. */
static void
accept_all (struct grove_protocol_server *self)
{
  bool full = self->n_connections == GROVE_LIMIT_SESSIONS, again = true;

  while (again && (full || self->n_connections < GROVE_LIMIT_SESSIONS))
    {
      int fd = grove_socket_accept (&self->socket, &again);

      if (fd < 0)
        {
          if (!again && errno != EAGAIN)
            self->accept_ns = self->host.now_ns + ACCEPT_PAUSE_NS;
          continue;
        }
      if (full)
        {
          turn_away (fd);
          continue;
        }
      add_connection (self, fd);
    }
}

static void
set_now (struct grove_protocol_server *self)
{
  self->host.now_ns = clock_ns (CLOCK_MONOTONIC);
  self->host.now_utc_ms = clock_ns (CLOCK_REALTIME) / 1000000;
  atomic_store_explicit (&self->cpu_ns, clock_ns (CLOCK_THREAD_CPUTIME_ID), memory_order_relaxed);
}

/* Once a second: what did the last few cost, and how far must intervals be stretched to stay in
 * budget. */
static void
watch_costs (struct grove_protocol_server *self)
{
  struct costs *costs = &self->costs;
  uint64_t      now_ns = self->host.now_ns;
  uint64_t      cpu_ns = grove_protocol_server_cpu_ns (self);
  double        load, stretch;

  if (costs->at_ns[N_COSTS - 1] == 0)
    {
      /* As if it had idled before, so that opening a big table is no reason to slow down. */
      for (unsigned i = 0; i < N_COSTS; i++)
        {
          costs->at_ns[i] = now_ns - (N_COSTS - 1 - i) * SECOND;
          costs->cpu_ns[i] = cpu_ns;
        }
      return;
    }
  if (now_ns - costs->at_ns[N_COSTS - 1] < SECOND)
    return;
  load = (double) (cpu_ns - costs->cpu_ns[0]) / (double) (now_ns - costs->at_ns[0]);
  stretch = self->host.stretch * load / BUDGET;
  /* Faster again only when there is room to spare, or it would swing. */
  if (stretch > self->host.stretch || load < BUDGET * 0.7)
    self->host.stretch = stretch < 1 ? 1 : stretch > STRETCH_MAX ? STRETCH_MAX : stretch;
  memmove (costs->at_ns, costs->at_ns + 1, (N_COSTS - 1) * sizeof costs->at_ns[0]);
  memmove (costs->cpu_ns, costs->cpu_ns + 1, (N_COSTS - 1) * sizeof costs->cpu_ns[0]);
  costs->at_ns[N_COSTS - 1] = now_ns;
  costs->cpu_ns[N_COSTS - 1] = cpu_ns;
}

/* One turn for a connection after poll. False when it is over. */
static bool
serve_connection (struct grove_protocol_server *self, struct connection *connection, short events)
{
  struct grove_server_session *session = connection->session;
  size_t                       size;

  if (grove_server_session_wants_input (session))
    {
      if ((events & (POLLIN | POLLHUP | POLLERR)) != 0 && !receive (connection))
        return false;
    }
  else if ((events & (POLLHUP | POLLERR)) != 0)
    return false;
  if (grove_server_session_is_open (session) && !connection->counted)
    {
      connection->counted = true;
      atomic_fetch_add_explicit (&self->n_sessions, 1, memory_order_relaxed);
    }
  if (!connection->counted && !grove_server_session_is_closing (session) &&
      self->host.now_ns - connection->accepted_ns >= self->opening_ns)
    grove_server_session_goodbye (session, "silent", "No session was opened in time.");
  grove_server_session_tick (session);
  if (!flush (connection))
    return false;
  if (!grove_server_session_is_closing (session))
    return true;
  (void) grove_server_session_output (session, &size);
  if (size == 0)
    return false;
  if (connection->closing_ns == 0)
    connection->closing_ns = self->host.now_ns;
  return self->host.now_ns - connection->closing_ns < CLOSING_NS;
}

static void
serve_connections (struct grove_protocol_server *self, const struct pollfd *polled, size_t n)
{
  /* Backwards, because a closed one is replaced by the last. Those accepted since come next time.
   */
  for (size_t i = n; i-- > 0;)
    if (!serve_connection (self, &self->connections[i], polled[i].revents))
      close_connection (self, i);
}

/* Milliseconds until the first thing is due; -1: nothing is. */
static int
poll_timeout (const struct grove_protocol_server *self, bool accepting)
{
  uint64_t due_ns = accepting ? GROVE_NEVER : self->accept_ns;
  uint64_t left_ns;

  for (size_t i = 0; i < self->n_connections; i++)
    {
      const struct connection *connection = &self->connections[i];
      uint64_t                 session_ns = grove_server_session_due_ns (connection->session);

      if (!connection->counted && connection->accepted_ns + self->opening_ns < session_ns)
        session_ns = connection->accepted_ns + self->opening_ns;
      if (connection->closing_ns != 0)
        session_ns = connection->closing_ns + CLOSING_NS;
      if (session_ns < due_ns)
        due_ns = session_ns;
    }
  if (due_ns == GROVE_NEVER)
    return -1;
  left_ns = due_ns > self->host.now_ns ? due_ns - self->host.now_ns : 0;
  left_ns = (left_ns + 999999) / 1000000;
  return left_ns > 60000 ? 60000 : (int) left_ns;
}

static void
poll_once (struct grove_protocol_server *self, bool *ret_stop)
{
  const struct grove_source_ops *ops = self->source.ops;
  struct pollfd                  polled[3 + GROVE_LIMIT_SESSIONS];
  size_t                         n = self->n_connections;
  bool                           accepting = self->accept_ns <= self->host.now_ns;

  polled[0] = (struct pollfd){ .fd = self->stop_fd, .events = POLLIN };
  polled[1] = (struct pollfd){ .fd = accepting ? self->socket.listen_fd : -1, .events = POLLIN };
  polled[2] = (struct pollfd){ .fd = -1, .events = POLLIN };
  if (ops->get_fd != NULL && ops->dispatch != NULL)
    polled[2].fd = ops->get_fd (self->source.self);
  for (size_t i = 0; i < n; i++)
    {
      struct grove_server_session *session = self->connections[i].session;
      size_t                       size;

      (void) grove_server_session_output (session, &size);
      polled[3 + i] = (struct pollfd){ .fd = self->connections[i].fd };
      polled[3 + i].events = (short) ((grove_server_session_wants_input (session) ? POLLIN : 0) |
                                      (size > 0 ? POLLOUT : 0));
    }
  if (poll (polled, 3 + n, poll_timeout (self, accepting)) < 0)
    {
      /* Interrupted: what the events say is not filled in, but time has passed. */
      for (size_t i = 0; i < 3 + n; i++)
        polled[i].revents = 0;
    }
  set_now (self);
  watch_costs (self);
  if (polled[0].revents != 0)
    {
      *ret_stop = true;
      return;
    }
  if (polled[2].revents != 0)
    ops->dispatch (self->source.self);
  serve_connections (self, polled + 3, n);
  if (polled[1].revents != 0)
    accept_all (self);
}

/* Says goodbye to everyone and gives them a moment to take it. */
static void
say_goodbye (struct grove_protocol_server *self)
{
  uint64_t end_ns = clock_ns (CLOCK_MONOTONIC) + SHUTDOWN_NS;

  for (size_t i = self->n_connections; i-- > 0;)
    grove_server_session_shut_down (self->connections[i].session);
  for (;;)
    {
      struct pollfd polled[GROVE_LIMIT_SESSIONS];
      uint64_t      now_ns = clock_ns (CLOCK_MONOTONIC);

      for (size_t i = self->n_connections; i-- > 0;)
        {
          size_t size;
          bool   alive = flush (&self->connections[i]);

          (void) grove_server_session_output (self->connections[i].session, &size);
          if (!alive || size == 0)
            close_connection (self, i);
        }
      if (self->n_connections == 0 || now_ns >= end_ns)
        break;
      for (size_t i = 0; i < self->n_connections; i++)
        polled[i] = (struct pollfd){ .fd = self->connections[i].fd, .events = POLLOUT };
      (void) poll (polled, self->n_connections, (int) ((end_ns - now_ns) / 1000000) + 1);
    }
  while (self->n_connections > 0)
    close_connection (self, self->n_connections - 1);
}

void
grove_protocol_server_run (struct grove_protocol_server *self)
{
  bool stop = false;

  set_now (self);
  watch_costs (self);
  if (self->only_fd >= 0)
    add_connection (self, self->only_fd);
  while (!stop && (self->only_fd < 0 || self->n_connections > 0))
    poll_once (self, &stop);
  say_goodbye (self);
}
