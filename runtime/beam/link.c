/* SPDX-License-Identifier: MIT
 *
 * See link.h.
 */
#include "runtime/beam/link.h"

#include "runtime/beam/cookie.h"
#include "runtime/beam/epmd.h"
#include "runtime/beam/must.h"
#include "runtime/beam/transport.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

/* Each name we ever had is an atom on the node for ever, so there are few. */
#define N_NAMES    9
#define CLOSED_MAX 3 /* how often another name is tried for want of a reason */
#define OWN_NAME   "grove_beam"
#define NS         UINT64_C (1000000000)
#define TERM_FIRST 131 /* the version byte before each term on the wire */
#define QUEUED_MAX ((size_t) 64 << 20)

struct beam_link
{
  struct beam_name       name;
  ei_cnode               node;
  struct beam_setup      setup;
  struct beam_transport *transport;
  int                    fd;
  int                    epoll_fd; /* readable when there is anything to do */
  bool                   wants_write;
  int                    timer_fd;  /* wakes us when nothing else does */
  uint64_t               silent_ns; /* how long nothing may come; 0: for ever */
  uint64_t               heard_ns;
  struct grove_buffer    self_pid;
  struct grove_buffer    sending;
};

static uint64_t
now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (uint64_t) now.tv_sec * NS + (uint64_t) now.tv_nsec;
}

/* ---- What is wrong
 * -------------------------------------------------------------------------------
 */

static void
why_not_reached (const struct beam_link *self, struct beam_trouble *ret_trouble)
{
  const struct beam_setup *setup = &self->setup;
  const char              *node = self->name.node;

  switch (setup->error)
    {
    case EADDRNOTAVAIL:
      beam_trouble_set (ret_trouble, BEAM_NO_HOST, "The host \"%s\" of node %s cannot be found.",
                        self->name.host, node);
      break;
    case ECONNREFUSED:
      beam_trouble_set (ret_trouble, BEAM_UNREACHED,
                        "Nothing answers at %s port %d. The node %s may be stopping or starting.",
                        self->name.host, setup->port, node);
      break;
    case ETIMEDOUT:
      beam_trouble_set (ret_trouble, BEAM_UNREACHED,
                        "%s did not accept a connection at port %d within %.0f s. Does a firewall "
                        "keep it away?",
                        node, setup->port, setup->timeout_ms / 1000.0);
      break;
    default:
      beam_trouble_set (ret_trouble, BEAM_UNREACHED, "%s cannot be reached at port %d: %s.", node,
                        setup->port, strerror (setup->error));
      break;
    }
}

static void
why_not_named (const struct beam_link *self, struct beam_trouble *ret_trouble)
{
  const struct beam_setup *setup = &self->setup;

  if (strncmp (setup->status, "not_allowed", 11) == 0)
    beam_trouble_set (ret_trouble, BEAM_NOT_ALLOWED,
                      "%s does not let this observer in: its list of allowed nodes "
                      "(net_kernel:allow/1) keeps %s out.",
                      self->name.node, ei_thisnodename (&self->node));
  else
    beam_trouble_set (ret_trouble, BEAM_REFUSED, "%s refused us with \"%s\".", self->name.node,
                      setup->status);
}

static void
why_no_handshake (const struct beam_link *self, struct beam_trouble *ret_trouble)
{
  const struct beam_setup *setup = &self->setup;
  const char              *node = self->name.node;

  if (setup->stage == BEAM_STAGE_NONE)
    why_not_reached (self, ret_trouble);
  else if (setup->tls != NULL &&
           (setup->stage == BEAM_STAGE_CONNECTED || setup->stage == BEAM_STAGE_SECURED) &&
           (setup->stage == BEAM_STAGE_CONNECTED || setup->error != ETIMEDOUT))
    beam_trouble_set (ret_trouble, BEAM_TLS,
                      "TLS with %s failed: %s. Does the node run with -proto_dist inet_tls, and "
                      "are the certificates those of its cluster?",
                      node,
                      setup->tls_error[0] != '\0'            ? setup->tls_error
                      : setup->stage == BEAM_STAGE_CONNECTED ? "it did not answer"
                                                             : "it closed the connection");
  else if (setup->stage == BEAM_STAGE_STATUS && strncmp (setup->status, "ok", 2) != 0)
    why_not_named (self, ret_trouble);
  else if (setup->error == ETIMEDOUT)
    beam_trouble_set (ret_trouble, BEAM_SILENT,
                      "%s accepts connections but does not answer: it is suspended, overloaded, or "
                      "no Erlang node. Or it wants TLS (--tls).",
                      node);
  else if (setup->stage == BEAM_STAGE_CHALLENGED)
    beam_trouble_set (ret_trouble, BEAM_COOKIE,
                      "%s does not take our cookie. It must be the one the node was started with: "
                      "--cookie-file FILE names a file that holds it.",
                      node);
  else
    beam_trouble_set (ret_trouble, BEAM_CLOSED,
                      "%s closed the connection at once. If its cluster speaks TLS, say --tls; if "
                      "it does not, it may be at a limit of processes or ports.",
                      node);
}

/* Where it listens, by epmd. */
static bool
find_port (struct beam_link *self, int timeout_ms, struct beam_trouble *ret_trouble)
{
  const struct beam_name *name = &self->name;

  switch (beam_epmd_find (name, timeout_ms, &self->setup.port))
    {
    case BEAM_EPMD_OK:
      return true;
    case BEAM_EPMD_NO_HOST:
      beam_trouble_set (ret_trouble, BEAM_NO_HOST, "The host \"%s\" of node %s cannot be found.",
                        name->host, name->node);
      return false;
    case BEAM_EPMD_SILENT:
      beam_trouble_set (ret_trouble, BEAM_NO_EPMD,
                        "Nothing answers at %s port %d (epmd). Does any Erlang node run there, "
                        "and does the firewall let it through? For a node without epmd: --port",
                        name->host, beam_epmd_own_port ());
      return false;
    case BEAM_EPMD_NO_NODE:
    default:
      beam_trouble_set (ret_trouble, BEAM_NO_NODE,
                        "There is no node called \"%s\" on %s. grove-beam --list %s lists "
                        "those there are.",
                        name->alive, name->host, name->host);
      return false;
    }
}

/* ---- Connecting
 * ----------------------------------------------------------------------------------
 */

/* OpenSSL's words are about its own parts; whoever named the file wants to know what it lacks. */
static SSL_CTX *
tls_unusable (SSL_CTX             *context,
              const char          *file,
              const char          *lacks,
              struct beam_trouble *ret_trouble)
{
  if (access (file, R_OK) != 0)
    beam_trouble_set (ret_trouble, BEAM_TLS, "%s cannot be read: %s.", file, strerror (errno));
  else
    beam_trouble_set (ret_trouble, BEAM_TLS, "%s holds no %s.", file, lacks);
  SSL_CTX_free (context);
  return NULL;
}

static SSL_CTX *
make_tls (const struct beam_tls *tls, struct beam_trouble *ret_trouble)
{
  SSL_CTX    *context = SSL_CTX_new (TLS_client_method ());
  const char *key = tls->key != NULL ? tls->key : tls->certificate;

  if (context == NULL)
    abort ();
  SSL_CTX_set_mode (context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_min_proto_version (context, TLS1_2_VERSION);
  SSL_CTX_set_verify (context, SSL_VERIFY_PEER, NULL);
  if (tls->authorities == NULL)
    (void) SSL_CTX_set_default_verify_paths (context);
  else if (SSL_CTX_load_verify_locations (context, tls->authorities, NULL) != 1)
    return tls_unusable (context, tls->authorities, "certificate of an authority, in PEM form",
                         ret_trouble);
  if (tls->certificate == NULL)
    return context;
  if (SSL_CTX_use_certificate_chain_file (context, tls->certificate) != 1)
    return tls_unusable (context, tls->certificate, "certificate in PEM form", ret_trouble);
  if (SSL_CTX_use_PrivateKey_file (context, key, SSL_FILETYPE_PEM) != 1)
    return tls_unusable (context, key,
                         "private key in PEM form that needs no password and is the certificate's",
                         ret_trouble);
  return context;
}

static void
keep_own_pid (struct beam_link *self)
{
  ei_x_buff encoded;

  ei_x_new (&encoded);
  ei_x_encode_pid (&encoded, ei_self (&self->node));
  memcpy (grove_buffer_extend (&self->self_pid, (size_t) encoded.index), encoded.buff,
          (size_t) encoded.index);
  ei_x_free (&encoded);
}

/* Under the @i-th of our names. A C node's host part need not be ours: it is the node's, so that
 * both have the same form. */
static int
try_name (struct beam_link *self, const char *cookie, int i)
{
  struct beam_setup *setup = &self->setup;
  struct in_addr     unused = { 0 };
  char               alive[32], full[BEAM_NAME_SIZE + 32];

  (void) snprintf (alive, sizeof alive, OWN_NAME "%d", i);
  (void) snprintf (full, sizeof full, "%s@%s", alive, self->name.host);
  setup->stage = BEAM_STAGE_NONE;
  setup->n_seen = 0;
  setup->error = 0;
  setup->closed = false;
  setup->status[0] = setup->tls_error[0] = '\0';
  if (ei_connect_xinit_ussi (&self->node, self->name.host, alive, full, &unused, cookie,
                             (unsigned) (now_ns () / 1000000) & 0x7ffffff,
                             &beam_transport_callbacks, sizeof beam_transport_callbacks, setup) < 0)
    return -1;
  return ei_xconnect_host_port_tmo (&self->node, &unused, setup->port,
                                    (unsigned) setup->timeout_ms);
}

/* Somebody else has that name. */
static bool
is_taken (const struct beam_setup *setup)
{
  return strncmp (setup->status, "nok", 3) == 0 || strncmp (setup->status, "alive", 5) == 0;
}

/* Before it said anything else: whoever comes under the same name at the same time takes our place.
 */
static bool
was_closed (const struct beam_setup *setup)
{
  return setup->tls == NULL && setup->error == 0 &&
         (setup->stage == BEAM_STAGE_CONNECTED || setup->stage == BEAM_STAGE_STATUS) &&
         (setup->status[0] == '\0' || strncmp (setup->status, "ok", 2) == 0);
}

static bool
shake_hands (struct beam_link *self, const char *cookie, struct beam_trouble *ret_trouble)
{
  const int first = (int) getpid () % N_NAMES;
  int       n_closed = 0;

  /* Two that come at once under one name disturb each other, so each begins at another. */
  for (int i = 0; i < N_NAMES; i++)
    {
      self->fd = try_name (self, cookie, 1 + (first + i) % N_NAMES);
      if (self->fd >= 0)
        return true;
      beam_setup_look_back (&self->setup);
      if (!is_taken (&self->setup) && !(was_closed (&self->setup) && n_closed++ < CLOSED_MAX))
        {
          why_no_handshake (self, ret_trouble);
          return false;
        }
    }
  beam_trouble_set (ret_trouble, BEAM_FULL,
                    "%s is connected to %d observers already, which is as many as there may be.",
                    self->name.node, N_NAMES);
  return false;
}

static void
set_up (void)
{
  static bool done;

  if (done)
    return;
  done = true;
  /* They make libei print what it does. */
  unsetenv ("EI_TRACELEVEL");
  unsetenv ("ERL_DEBUG_DIST");
  ei_init ();
}

static bool
get_cookie (const struct beam_link_options *options,
            char                            cookie[BEAM_COOKIE_SIZE],
            struct beam_trouble            *ret_trouble)
{
  if (options->cookie == NULL)
    return beam_cookie_read (options->name.node, options->cookie_file, cookie, ret_trouble);
  (void) snprintf (cookie, BEAM_COOKIE_SIZE, "%s", options->cookie);
  return true;
}

struct beam_link *
beam_link_connect (const struct beam_link_options *options, struct beam_trouble *ret_trouble)
{
  struct beam_link *self = calloc (1, sizeof *self);
  char              cookie[BEAM_COOKIE_SIZE];
  bool              connected = false;

  if (self == NULL)
    abort ();
  set_up ();
  self->name = options->name;
  self->fd = self->epoll_fd = self->timer_fd = -1;
  self->setup.host = self->name.host;
  self->setup.port = options->port;
  self->setup.timeout_ms = options->timeout_ms;
  if (get_cookie (options, cookie, ret_trouble) &&
      (options->tls == NULL || (self->setup.tls = make_tls (options->tls, ret_trouble)) != NULL) &&
      (options->port != 0 || find_port (self, options->timeout_ms, ret_trouble)))
    connected = shake_hands (self, cookie, ret_trouble);
  explicit_bzero (cookie, sizeof cookie);
  if (!connected)
    {
      beam_link_close (self);
      return NULL;
    }
  self->transport = self->setup.transport;
  self->heard_ns = now_ns ();
  self->timer_fd = timerfd_create (CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  self->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  beam_must (self->epoll_fd >= 0 && epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, self->fd,
                                               &(struct epoll_event){ .events = EPOLLIN }) == 0);
  beam_must (self->timer_fd >= 0 && epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, self->timer_fd,
                                               &(struct epoll_event){ .events = EPOLLIN }) == 0);
  keep_own_pid (self);
  return self;
}

void
beam_link_close (struct beam_link *self)
{
  if (self == NULL)
    return;
  if (self->epoll_fd >= 0)
    close (self->epoll_fd);
  if (self->timer_fd >= 0)
    close (self->timer_fd);
  if (self->fd >= 0)
    (void) ei_close_connection (self->fd);
  SSL_CTX_free (self->setup.tls);
  grove_buffer_finish (&self->self_pid);
  grove_buffer_finish (&self->sending);
  free (self);
}

/* ---- The loop's side
 * -----------------------------------------------------------------------------
 */

int
beam_link_fd (const struct beam_link *self)
{
  return self->epoll_fd;
}

/* Sends what goes now, and waits for room for the rest. */
static bool
flush (struct beam_link *self)
{
  const bool alive = beam_transport_write (self->transport);
  const bool wants_write = beam_transport_wants_write (self->transport);

  if (wants_write != self->wants_write)
    {
      self->wants_write = wants_write;
      (void) epoll_ctl (self->epoll_fd, EPOLL_CTL_MOD, self->fd,
                        &(struct epoll_event){ .events = EPOLLIN | (wants_write ? EPOLLOUT : 0) });
    }
  return alive;
}

static void
wake_in (struct beam_link *self, uint64_t ns)
{
  const struct itimerspec when = {
    .it_value = { .tv_sec = (time_t) (ns / NS), .tv_nsec = (long) (ns % NS) },
  };

  (void) timerfd_settime (self->timer_fd, 0, &when, NULL);
}

void
beam_link_expect (struct beam_link *self, int silent_ms)
{
  self->silent_ns = (uint64_t) silent_ms * 1000000;
  self->heard_ns = now_ns ();
  wake_in (self, self->silent_ns);
}

uint64_t
beam_link_silent_ns (const struct beam_link *self)
{
  return now_ns () - self->heard_ns;
}

/* Set once for each time of silence, not for each packet: it is looked at when it is over. */
static bool
is_silent (struct beam_link *self)
{
  uint64_t n, silent_ns;

  if (self->silent_ns == 0 || read (self->timer_fd, &n, sizeof n) != (ssize_t) sizeof n)
    return false;
  silent_ns = now_ns () - self->heard_ns;
  if (silent_ns >= self->silent_ns)
    return true;
  wake_in (self, self->silent_ns - silent_ns);
  return false;
}

/* Moves what goes; false when that is over. */
static bool
move (struct beam_link *self)
{
  const bool comes = beam_wait (self->fd, POLLIN, 0) == 0;

  if (!flush (self) || !beam_transport_read (self->transport))
    return false;
  /* A node that ticks lives; whoever speaks for it there may be gone all the same. */
  if (comes && beam_transport_has_more_than_ticks (self->transport))
    self->heard_ns = now_ns ();
  return true;
}

bool
beam_link_turn (struct beam_link *self, struct beam_trouble *ret_trouble)
{
  if (move (self))
    {
      if (is_silent (self))
        beam_trouble_set (ret_trouble, BEAM_HUNG,
                          "Nothing came from the agent on %s for %.0f s: the node is suspended or "
                          "overloaded, the network between is cut, or somebody ended the agent.",
                          self->name.node, (double) self->silent_ns / NS);
      else if (beam_transport_queued (self->transport) > QUEUED_MAX)
        beam_trouble_set (ret_trouble, BEAM_HUNG,
                          "%s does not read what it is asked: it is overloaded, or suspended.",
                          self->name.node);
      else
        return true;
      return false;
    }
  if (beam_transport_error (self->transport) == 0 ||
      beam_transport_error (self->transport) == ECONNRESET)
    beam_trouble_set (ret_trouble, BEAM_LOST,
                      "%s closed the connection: it stopped, crashed, or disconnected this "
                      "observer.",
                      self->name.node);
  else
    beam_trouble_set (ret_trouble, BEAM_LOST, "The connection to %s broke: %s.", self->name.node,
                      strerror (beam_transport_error (self->transport)));
  return false;
}

/* ---- Messages
 * ------------------------------------------------------------------------------------
 */

enum beam_packet
beam_link_receive (struct beam_link *self, struct grove_term *ret_term)
{
  const unsigned char *packet;
  size_t               size;

  /* What is no message, as links and monitors, which nobody has of us, is passed over. */
  while (beam_transport_take (self->transport, &packet, &size))
    if (size == 0)
      {
        beam_transport_tick (self->transport);
        (void) flush (self);
      }
    else
      {
        const enum beam_packet kind = beam_packet_read (packet, size, ret_term);

        if (kind != BEAM_PACKET_OTHER)
          return kind;
      }
  return BEAM_PACKET_OTHER;
}

struct grove_term
beam_link_self (const struct beam_link *self)
{
  return grove_buffer_term (&self->self_pid);
}

/* @message with the version byte before it, as libei sends it. */
static void
prepare (struct beam_link *self, struct grove_term message)
{
  self->sending.size = 0;
  *grove_buffer_extend (&self->sending, 1) = TERM_FIRST;
  memcpy (grove_buffer_extend (&self->sending, message.size), message.bytes, message.size);
}

bool
beam_link_send (struct beam_link *self, struct grove_term to, struct grove_term message)
{
  erlang_pid pid;
  int        index = 0;

  if (grove_term_type (to) != GROVE_TERM_PID ||
      ei_decode_pid ((const char *) to.bytes, &index, &pid) != 0)
    return false;
  prepare (self, message);
  if (ei_send (self->fd, &pid, (char *) self->sending.bytes, (int) self->sending.size) != 0)
    return false;
  (void) flush (self);
  return true;
}

static void
ask_rpc_server (struct beam_link *self,
                struct grove_term reference,
                const char       *module,
                const char       *function,
                struct grove_term arguments)
{
  static char         rpc_server[] = "rex";
  struct grove_buffer request = { NULL };

  /* As gen_server:call() does it: unlike what ei_rpc() sends, the answer names its question. */
  if (grove_build (&request, "{'$gen_call', {~t, ~t}, {call, ~a, ~a, ~t, user}}",
                   beam_link_self (self), reference, module, function, arguments) == GROVE_OK)
    {
      prepare (self, grove_buffer_term (&request));
      (void) ei_reg_send (&self->node, self->fd, rpc_server, (char *) self->sending.bytes,
                          (int) self->sending.size);
      (void) flush (self);
    }
  grove_buffer_finish (&request);
}

/* Waits for the answer to @reference. */
static bool
wait_for (struct beam_link    *self,
          struct grove_term    reference,
          uint64_t             end_ns,
          struct grove_term   *ret_result,
          struct beam_trouble *ret_trouble)
{
  for (;;)
    {
      struct grove_term message, answered;
      enum beam_packet  kind;
      uint64_t          now;
      bool              alive = beam_link_turn (self, ret_trouble);

      while ((kind = beam_link_receive (self, &message)) != BEAM_PACKET_OTHER)
        if (kind == BEAM_PACKET_MESSAGE &&
            grove_match (message, "{~t, ~t}", &answered, ret_result) &&
            grove_term_equal (answered, reference))
          {
            return true;
          }
      if (!alive)
        return false;
      now = now_ns ();
      if (now >= end_ns)
        {
          beam_trouble_set (ret_trouble, BEAM_SILENT,
                            "%s accepted us, but its rpc server did not answer in time: the "
                            "node is overloaded, or suspended.",
                            self->name.node);
          return false;
        }
      (void) beam_wait (self->epoll_fd, POLLIN, (int) ((end_ns - now) / 1000000) + 1);
    }
}

bool
beam_link_call (struct beam_link    *self,
                const char          *module,
                const char          *function,
                struct grove_term    arguments,
                int                  timeout_ms,
                struct grove_term   *ret_result,
                struct beam_trouble *ret_trouble)
{
  const uint64_t end_ns = now_ns () + (uint64_t) timeout_ms * UINT64_C (1000000);
  ei_x_buff      encoded;
  erlang_ref     reference;
  bool           done;

  ei_x_new (&encoded);
  (void) ei_make_ref (&self->node, &reference);
  ei_x_encode_ref (&encoded, &reference);
  {
    const struct grove_term term = { (const uint8_t *) encoded.buff, (size_t) encoded.index };

    ask_rpc_server (self, term, module, function, arguments);
    done = wait_for (self, term, end_ns, ret_result, ret_trouble);
  }
  ei_x_free (&encoded);
  return done;
}
