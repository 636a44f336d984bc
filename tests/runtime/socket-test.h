/* SPDX-License-Identifier: MIT
 *
 * For the tests of sockets: connections of one runtime with itself, and main(), which counts that
 * no descriptor is left open around each test.
 */
#pragma once

#include "runtime/io/socket.h"

#include "core-test.h"

#include <dirent.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

/* Of a folder of /proc: descriptors or threads of this program, and a few more that do not change.
 */
static inline unsigned
socket_count (const char *folder)
{
  DIR     *dir = opendir (folder);
  unsigned n = 0;

  g_assert_nonnull (dir);
  while (readdir (dir) != NULL)
    n++;
  closedir (dir);
  return n;
}

static const struct grove_address socket_any_port = { .host = "127.0.0.1" };

static inline grove_socket
socket_listen_somewhere (struct grove_address *ret_address)
{
  grove_socket listener;

  *ret_address = socket_any_port;
  g_assert_cmpint (grove_listen (&socket_any_port, &listener), ==, GROVE_OK);
  g_assert_cmpint (grove_socket_port (listener, &ret_address->port), ==, GROVE_OK);
  g_assert_cmpuint (ret_address->port, !=, 0);
  return listener;
}

static inline grove_socket
socket_connect_to (const struct grove_address *address)
{
  grove_socket socket;

  g_assert_cmpint (grove_connect (address, CORE_DEADLINE_NS, &socket), ==, GROVE_OK);
  return socket;
}

static inline grove_socket
socket_accept_from (grove_socket listener)
{
  grove_socket socket;

  g_assert_cmpint (grove_accept (listener, CORE_DEADLINE_NS, &socket), ==, GROVE_OK);
  return socket;
}

/* Two ends of a connection; the listener is closed. */
static inline void
socket_connected (grove_socket ret_ends[2])
{
  struct grove_address address;
  grove_socket         listener = socket_listen_somewhere (&address);

  ret_ends[0] = socket_connect_to (&address);
  ret_ends[1] = socket_accept_from (listener);
  g_assert_cmpint (grove_close (listener), ==, GROVE_OK);
}

static inline void
socket_write_text (grove_socket socket, const char *text)
{
  g_assert_cmpint (grove_write (socket, text, strlen (text), CORE_DEADLINE_NS, NULL), ==, GROVE_OK);
}

static inline void
socket_read_text (grove_socket socket, const char *text)
{
  char   buffer[256];
  size_t n = 0, more;

  while (n < strlen (text))
    {
      g_assert_cmpint (grove_read (socket, buffer + n, strlen (text) - n, CORE_DEADLINE_NS, &more),
                       ==, GROVE_OK);
      g_assert_cmpuint (more, >, 0);
      n += more;
    }
  g_assert_cmpmem (buffer, n, text, strlen (text));
}

static inline void
socket_read_end (grove_socket socket)
{
  char   byte;
  size_t n = 7;

  g_assert_cmpint (grove_read (socket, &byte, 1, CORE_DEADLINE_NS, &n), ==, GROVE_OK);
  g_assert_cmpuint (n, ==, 0);
}

static inline void
socket_expect_closed (grove_socket socket)
{
  char   byte;
  size_t n;

  errno = 0;
  g_assert_cmpint (grove_read (socket, &byte, 1, 0, &n), ==, GROVE_ERR_IO);
  g_assert_cmpint (errno, ==, EBADF);
}
static inline void
socket_run (gconstpointer data)
{
  unsigned n = socket_count ("/proc/self/fd");

  core_run (data);
  g_assert_cmpuint (socket_count ("/proc/self/fd"), ==, n);
}

static inline int
socket_main (int argc, char **argv, const struct core_case *cases, gsize n)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < n; i++)
    g_test_add_data_func (cases[i].path, &cases[i], socket_run);
  return g_test_run ();
}
