/* SPDX-License-Identifier: MIT
 *
 * Wrong calls of io/: sockets that are none, not the caller's, or of another kind; addresses that
 * lead nowhere; blocking work that cannot be done. Each has an answer, and harms nobody else.
 */
#include "tests/runtime/misuse-test.h"

#include <errno.h>
#include <fcntl.h>

static const struct grove_address here = { .host = "127.0.0.1" };
static const struct grove_address there = { .host = "127.0.0.1", .port = 9 };
static grove_socket               socket_out;
static uint16_t                   port;
static size_t                     n_bytes;
static char                       buffer[16];

static void
work_nothing (void *data)
{
  (void) data;
}

/* ---- From a thread that is no process -------------------------------------------------------- */

MISUSE_CALL (grove_listen, !grove_listen (&here, &socket_out))
MISUSE_CALL (grove_accept, !grove_accept (1, 0, &socket_out))
MISUSE_CALL (grove_connect, !grove_connect (&there, 0, &socket_out))
MISUSE_CALL (grove_read, !grove_read (1, buffer, 1, 0, &n_bytes))
MISUSE_CALL (grove_write, !grove_write (1, buffer, 1, 0, &n_bytes))
MISUSE_CALL (grove_shutdown, grove_shutdown (1))
MISUSE_CALL (grove_close, grove_close (1))
MISUSE_CALL (grove_socket_give, !grove_socket_give (1, 1))
MISUSE_CALL (grove_socket_adopt, !grove_socket_adopt (0, &socket_out))
MISUSE_CALL (grove_socket_port, !grove_socket_port (1, &port))
MISUSE_CALL (grove_blocking, !grove_blocking (work_nothing, NULL, 0, NULL, 0))

static const struct misuse_outside outsides[] = {
  MISUSE_ROW (grove_listen),      MISUSE_ROW (grove_accept),      MISUSE_ROW (grove_connect),
  MISUSE_ROW (grove_read),        MISUSE_ROW (grove_write),       MISUSE_ROW (grove_shutdown),
  MISUSE_ROW (grove_close),       MISUSE_ROW (grove_socket_give), MISUSE_ROW (grove_socket_adopt),
  MISUSE_ROW (grove_socket_port), MISUSE_ROW (grove_blocking),
};

/* ---- Sockets --------------------------------------------------------------------------------- */

/* None, one that is closed, and numbers that never were. */
static void
check_no_socket (grove_socket closed)
{
  const grove_socket none[] = { 0, closed, UINT64_MAX, (grove_socket) 1 << 40 | 3 };

  for (unsigned i = 0; i < G_N_ELEMENTS (none); i++)
    {
      errno = 0;
      g_assert_cmpint (grove_accept (none[i], GROVE_FOREVER, &socket_out), ==, GROVE_ERR_IO);
      g_assert_cmpint (errno, ==, EBADF);
      g_assert_cmpint (grove_read (none[i], buffer, 1, GROVE_FOREVER, &n_bytes), ==, GROVE_ERR_IO);
      g_assert_cmpint (errno, ==, EBADF);
      n_bytes = 7;
      g_assert_cmpint (grove_write (none[i], "x", 1, GROVE_FOREVER, &n_bytes), ==, GROVE_ERR_IO);
      g_assert_cmpint (errno, ==, EBADF);
      g_assert_cmpuint (n_bytes, ==, 0);
      g_assert_cmpint (grove_shutdown (none[i]), ==, GROVE_ERR_IO);
      g_assert_cmpint (grove_close (none[i]), ==, GROVE_ERR_IO);
      g_assert_cmpint (errno, ==, EBADF);
      g_assert_cmpint (grove_socket_give (none[i], grove_self ()), ==, GROVE_ERR_IO);
      g_assert_cmpint (grove_socket_port (none[i], &port), ==, GROVE_ERR_IO);
    }
}

static void
check_arguments (grove_socket own)
{
  g_assert_cmpint (grove_accept (own, -1, &socket_out), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_accept (own, 0, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_read (own, NULL, 1, 0, &n_bytes), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_read (own, buffer, 0, 0, &n_bytes), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_read (own, buffer, 1, -1, &n_bytes), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_read (own, buffer, 1, 0, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_write (own, NULL, 1, 0, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_write (own, "x", 1, INT64_MIN, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_socket_port (own, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_socket_adopt (-1, &socket_out), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_socket_adopt (0, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_socket_adopt (1 << 20, &socket_out), ==, GROVE_ERR_IO);
  g_assert_cmpint (errno, ==, EBADF);
}

static void
check_addresses (void)
{
  char                 long_text[400];
  struct grove_address bad = { .path = "" };

  memset (long_text, 'a', sizeof long_text);
  long_text[399] = 0;
  g_assert_cmpint (grove_listen (NULL, &socket_out), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_listen (&here, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_connect (NULL, 0, &socket_out), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_connect (&there, 0, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_connect (&there, -1, &socket_out), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_connect (&here, 0, &socket_out), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_listen (&bad, &socket_out), ==, GROVE_ERR_BADARG);
  bad.path = long_text;
  g_assert_cmpint (grove_listen (&bad, &socket_out), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_connect (&bad, 0, &socket_out), ==, GROVE_ERR_BADARG);
  bad = (struct grove_address){ .host = "", .port = 1 };
  g_assert_cmpint (grove_connect (&bad, 0, &socket_out), ==, GROVE_ERR_BADARG);
  bad.host = long_text;
  g_assert_cmpint (grove_connect (&bad, 0, &socket_out), ==, GROVE_ERR_BADARG);
  bad = (struct grove_address){ .path = "/no/such/folder/at/all" };
  g_assert_cmpint (grove_listen (&bad, &socket_out), ==, GROVE_ERR_IO);
  g_assert_cmpint (grove_connect (&bad, CORE_DEADLINE_NS, &socket_out), ==, GROVE_ERR_IO);
  g_assert_cmpint (errno, ==, ENOENT);
}

/* What the kind of a socket does not do. */
static void
check_kinds (grove_socket listener)
{
  grove_socket pipe_end;
  int          ends[2], file = open ("/proc/self/exe", O_RDONLY | O_CLOEXEC);

  g_assert_cmpint (grove_read (listener, buffer, 1, CORE_DEADLINE_NS, &n_bytes), ==, GROVE_ERR_IO);
  g_assert_cmpint (grove_write (listener, "x", 1, CORE_DEADLINE_NS, NULL), ==, GROVE_ERR_IO);
  g_assert_cmpint (pipe (ends), ==, 0);
  g_assert_cmpint (grove_socket_adopt (ends[0], &pipe_end), ==, GROVE_OK);
  g_assert_cmpint (grove_accept (pipe_end, CORE_DEADLINE_NS, &socket_out), ==, GROVE_ERR_IO);
  g_assert_cmpint (grove_write (pipe_end, "x", 1, CORE_DEADLINE_NS, NULL), ==, GROVE_ERR_IO);
  g_assert_cmpint (grove_shutdown (pipe_end), ==, GROVE_ERR_IO);
  g_assert_cmpint (errno, ==, ENOTSOCK);
  g_assert_cmpint (grove_socket_port (pipe_end, &port), ==, GROVE_ERR_IO);
  g_assert_cmpint (grove_close (pipe_end), ==, GROVE_OK);
  close (ends[1]);
  g_assert_cmpint (file, >=, 0);
  g_assert_cmpint (grove_socket_adopt (file, &socket_out), ==, GROVE_ERR_IO);
  g_assert_cmpint (errno, ==, EPERM);
  g_assert_cmpint (close (file), ==, 0);
}

static grove_socket _Atomic owned;

static void
meddles (void *arg)
{
  (void) arg;
  if (grove_close (owned) != GROVE_ERR_BUSY ||
      grove_socket_give (owned, grove_self ()) != GROVE_ERR_BUSY)
    grove_exit ("allowed");
}

static void
test_sockets (void *arg)
{
  grove_pid    by = misuse_bystander ();
  grove_pid    dead = grove_spawn (misuse_nothing, NULL);
  grove_socket listener, given;

  (void) arg;
  core_expect_down (dead, "_");
  g_assert_cmpint (grove_listen (&here, &listener), ==, GROVE_OK);
  g_assert_cmpint (grove_listen (&here, &given), ==, GROVE_OK);
  g_assert_cmpint (grove_close (given), ==, GROVE_OK);
  check_no_socket (given);
  check_arguments (listener);
  check_addresses ();
  check_kinds (listener);
  owned = listener;
  {
    struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;
    grove_pid                  meddler;
    grove_ref                  monitor;

    options.monitor = true;
    g_assert_cmpint (grove_spawn_opt (meddles, &options, &meddler, &monitor), ==, GROVE_OK);
    core_expect ("{'DOWN', _, process, _, normal}");
  }
  g_assert_cmpint (grove_socket_port (listener, &port), ==, GROVE_OK);
  /* Given to nobody, it is closed. */
  for (unsigned i = 0; i < 3; i++)
    {
      const grove_pid nobody[] = { dead, 0, UINT64_MAX };
      g_assert_cmpint (grove_listen (&here, &given), ==, GROVE_OK);
      g_assert_cmpint (grove_socket_give (given, nobody[i]), ==, GROVE_OK);
      g_assert_cmpint (grove_close (given), ==, GROVE_ERR_IO);
    }
  g_assert_cmpint (grove_close (listener), ==, GROVE_OK);
  core_expect_nothing ();
  misuse_expect_unharmed (by);
}

/* ---- Blocking -------------------------------------------------------------------------------- */

static void
test_blocking (void *arg)
{
  grove_pid by = misuse_bystander ();
  char      data[8] = "as was";

  (void) arg;
  g_assert_cmpint (grove_blocking (NULL, data, sizeof data, NULL, 0), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_blocking (work_nothing, NULL, 1, NULL, 0), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_blocking (work_nothing, data, 65537, NULL, 0), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_blocking (work_nothing, data, SIZE_MAX, NULL, 0), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_blocking (work_nothing, data, sizeof data, NULL, -1), ==,
                   GROVE_ERR_BADARG);
  g_assert_cmpint (grove_blocking (work_nothing, NULL, 0, NULL, GROVE_FOREVER), ==, GROVE_OK);
  g_assert_cmpstr (data, ==, "as was");
  core_expect_nothing ();
  misuse_expect_unharmed (by);
}

int
main (int argc, char **argv)
{
  static const struct core_case cases[] = {
    { "/runtime/misuse-io/sockets", test_sockets },
    { "/runtime/misuse-io/blocking", test_blocking },
  };

  g_test_init (&argc, &argv, NULL);
  misuse_add_outsides ("/runtime/misuse-io/outside", outsides, G_N_ELEMENTS (outsides));
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i], core_run);
  return g_test_run ();
}
