/* SPDX-License-Identifier: MIT
 *
 * Letting people in: a server that owns the socket they come to, so that it stays open when the
 * acceptor ends, and the acceptor, which has a process made for each of them.
 */
#include "web-shop.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Until it is tried again, when there are too many descriptors, or the listener has ended. */
#define AGAIN_MS 50

/* Of the listener, for the acceptor, which is started after it. */
static _Atomic grove_socket listening;

/* ---- The listener --------------------------------------------------------------------------- */

static enum grove_status
listener_init (const void *arg, void **state)
{
  const struct grove_address address = { .host = shop_settings.host, .port = shop_settings.port };
  grove_socket               socket;
  enum grove_status          status = grove_listen (&address, &socket);

  (void) arg;
  (void) state;
  if (status == GROVE_OK)
    status = grove_socket_port (socket, &shop_settings.port);
  if (status != GROVE_OK)
    {
      fprintf (stderr, "grove-web-shop: cannot listen on %s, port %u: %s\n", address.host,
               address.port, strerror (errno));
      grove_server_stop_reason ("{cannot_listen, ~s}", strerror (errno));
      return status;
    }
  atomic_store (&listening, socket);
  return GROVE_OK;
}

static void
listener_describe (const void *state, struct grove_buffer *out)
{
  (void) state;
  grove_assert (grove_build (out, "#{host => ~s, port => ~i}", shop_settings.host,
                             (int) shop_settings.port) == GROVE_OK);
}

static const struct grove_server_callbacks listener = {
  .module = "listener",
  .init = listener_init,
  .describe = listener_describe,
};

enum grove_status
shop_listener_start (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  struct grove_server_options options = GROVE_SERVER_DEFAULTS;

  (void) arg;
  options.name = "listener";
  options.link = true;
  return grove_server_start (&listener, &options, ret_pid, ret_reason);
}

/* ---- The acceptor --------------------------------------------------------------------------- */

/* Without reading what is asked: it would be too much. Whoever has gone already hears nothing. */
static void
turn_away (grove_socket socket)
{
  static const char text[] = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n"
                             "Retry-After: 1\r\nConnection: close\r\n\r\n";

  if (grove_write (socket, text, sizeof text - 1, 0, NULL) != GROVE_OK ||
      grove_shutdown (socket) != GROVE_OK)
    errno = 0;
  grove_close (socket);
}

static void
let_in (grove_socket socket)
{
  grove_pid pid;

  if (grove_supervisor_start_dynamic (grove_whereis (SHOP_CONNECTION_SUP), &socket, sizeof socket,
                                      &pid, NULL) != GROVE_OK)
    turn_away (socket);
  else if (grove_socket_give (socket, pid) == GROVE_OK)
    grove_send (pid, "go");
}

static void
acceptor (void *arg)
{
  (void) arg;
  for (;;)
    {
      grove_socket      socket;
      enum grove_status status = grove_accept (listening, GROVE_FOREVER, &socket);

      if (status == GROVE_OK)
        let_in (socket);
      else
        grove_sleep_ms (AGAIN_MS);
    }
}

enum grove_status
shop_acceptor_start (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;
  enum grove_status          status;

  (void) arg;
  (void) ret_reason;
  options.initial_call = "acceptor";
  options.link = true;
  status = grove_spawn_opt (acceptor, &options, ret_pid, NULL);
  if (status != GROVE_OK)
    return status;
  status = grove_register ("acceptor", *ret_pid);
  if (status != GROVE_OK)
    {
      grove_unlink (*ret_pid);
      grove_exit_process (*ret_pid, "kill");
    }
  return status;
}
