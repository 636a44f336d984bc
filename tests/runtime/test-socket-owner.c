/* SPDX-License-Identifier: MIT
 *
 * Whose a socket is, who closes it, and trouble: peers that reset and refuse, no descriptor left,
 * calls that are wrong.
 */
#include "socket-test.h"

#include "runtime/core/timer.h"
#include "runtime/io/blocking.h"

#include <fcntl.h>
#include <sys/resource.h>

/* ---- Owners ------------------------------------------------------------------------------------
 */

static grove_socket given;

static void
takes (void *arg)
{
  core_expect ("take");
  socket_read_text (given, "from the first");
  socket_write_text (given, "from the second");
  g_assert_cmpint (grove_close (given), ==, GROVE_OK);
  grove_send (core_arg_pid (arg), "taken");
}

static void
test_give (void *arg)
{
  grove_socket ends[2];
  grove_pid    taker = _grove_process_spawn_on (1, takes, core_pid_arg (grove_self ()));

  (void) arg;
  socket_connected (ends);
  given = ends[1];
  socket_write_text (ends[0], "from the first");
  g_assert_cmpint (grove_socket_give (given, taker), ==, GROVE_OK);
  g_assert_cmpint (grove_close (given), ==, GROVE_ERR_BUSY);
  g_assert_cmpint (grove_socket_give (given, grove_self ()), ==, GROVE_ERR_BUSY);
  grove_send (taker, "take");
  core_expect ("taken");
  socket_read_text (ends[0], "from the second");
  socket_read_end (ends[0]);
  /* To oneself it changes nothing; to one that is gone it closes. */
  g_assert_cmpint (grove_socket_give (ends[0], grove_self ()), ==, GROVE_OK);
  core_expect_down (taker, "_");
  g_assert_cmpint (grove_socket_give (ends[0], taker), ==, GROVE_OK);
  socket_expect_closed (ends[0]);
}

static void
owns_and_waits (void *arg)
{
  grove_socket ends[2];

  socket_connected (ends);
  given = ends[0];
  grove_send (core_arg_pid (arg), "ready");
  core_idle (NULL);
}

/* Closed before anybody hears of the end. */
static void
test_owner_ends (void *arg)
{
  (void) arg;
  for (unsigned i = 0; i < 50; i++)
    {
      grove_pid owner =
        _grove_process_spawn_on (i % 2, owns_and_waits, core_pid_arg (grove_self ()));
      grove_ref             monitor = grove_monitor (owner);
      struct grove_message *down;

      core_expect ("ready");
      grove_exit_process (owner, "kill");
      g_assert_cmpint (grove_receive (CORE_DEADLINE_NS, &down), ==, GROVE_OK);
      grove_message_free (down);
      socket_expect_closed (given);
      (void) monitor;
    }
}

/* Killed in whatever it is doing. */
static void
does_all (void *arg)
{
  (void) arg;
  for (;;)
    {
      struct grove_address address;
      grove_socket         listener, ends[2], socket;
      char                 buffer[100];
      size_t               n;

      address = socket_any_port;
      if (grove_listen (&socket_any_port, &listener) != GROVE_OK ||
          grove_socket_port (listener, &address.port) != GROVE_OK ||
          grove_connect (&address, CORE_DEADLINE_NS, &ends[0]) != GROVE_OK ||
          grove_accept (listener, CORE_DEADLINE_NS, &ends[1]) != GROVE_OK)
        continue;
      (void) !grove_accept (listener, 50000, &socket);
      (void) !grove_write (ends[0], "some", 4, GROVE_FOREVER, NULL);
      (void) !grove_read (ends[1], buffer, sizeof buffer, GROVE_FOREVER, &n);
      (void) !grove_read (ends[1], buffer, sizeof buffer, 50000, &n);
      grove_close (listener);
      grove_close (ends[0]);
      grove_close (ends[1]);
    }
}

static void
test_killed_randomly (void *arg)
{
  guint32 seed = g_test_rand_int ();
  GRand  *rand = g_rand_new_with_seed (seed);

  (void) arg;
  g_test_message ("seed %u", seed);
  for (unsigned i = 0; i < (unsigned) CORE_MANY (500, 50); i++)
    {
      grove_pid pid = _grove_process_spawn_on (i % 2, does_all, NULL);
      grove_ref timer;

      g_assert_cmpint (grove_send_after (g_rand_int_range (rand, 0, 1000000), grove_self (), &timer,
                                         "now"),
                       ==, GROVE_OK);
      core_expect ("now");
      grove_exit_process (pid, "kill");
      core_expect_down (pid, "_");
    }
  g_rand_free (rand);
}

/* ---- Trouble -----------------------------------------------------------------------------------
 */

static void
test_reset (void *arg)
{
  grove_socket ends[2];
  int          pair[2];
  char         byte;
  size_t       n;

  (void) arg;
  /* A reset: what was sent is not read when the other side closes. */
  socket_connected (ends);
  socket_write_text (ends[0], "unread");
  while (grove_read (ends[1], &byte, 1, CORE_DEADLINE_NS, &n) != GROVE_OK)
    ;
  g_assert_cmpint (grove_close (ends[1]), ==, GROVE_OK);
  errno = 0;
  while (grove_read (ends[0], &byte, 1, CORE_DEADLINE_NS, &n) == GROVE_OK)
    g_assert_cmpuint (n, ==, 0);
  g_assert_cmpint (errno, ==, ECONNRESET);
  /* Writing then is an error, never a signal. */
  while (grove_write (ends[0], &byte, 1, CORE_DEADLINE_NS, NULL) == GROVE_OK)
    ;
  g_assert_true (errno == EPIPE || errno == ECONNRESET);
  g_assert_cmpint (pipe (pair), ==, 0);
  g_assert_cmpint (grove_socket_adopt (pair[0], &ends[0]), ==, GROVE_OK);
  g_assert_cmpint (grove_socket_adopt (pair[1], &ends[1]), ==, GROVE_OK);
  socket_write_text (ends[1], "through a pipe");
  socket_read_text (ends[0], "through a pipe");
  g_assert_cmpint (grove_shutdown (ends[1]), ==, GROVE_ERR_IO);
  g_assert_cmpint (errno, ==, ENOTSOCK);
  g_assert_cmpint (grove_close (ends[0]), ==, GROVE_OK);
  g_assert_cmpint (grove_write (ends[1], &byte, 1, CORE_DEADLINE_NS, &n), ==, GROVE_ERR_IO);
  g_assert_cmpint (errno, ==, EPIPE);
  g_assert_cmpuint (n, ==, 0);
}

static void
test_refused (void *arg)
{
  struct grove_address address;
  grove_socket         listener = socket_listen_somewhere (&address);
  grove_socket         socket = 7;
  struct grove_address path = { .path = "/nonexistent/socket" };

  (void) arg;
  g_assert_cmpint (grove_close (listener), ==, GROVE_OK);
  g_assert_cmpint (grove_connect (&address, CORE_DEADLINE_NS, &socket), ==, GROVE_ERR_IO);
  g_assert_cmpint (errno, ==, ECONNREFUSED);
  g_assert_cmpint (grove_connect (&path, CORE_DEADLINE_NS, &socket), ==, GROVE_ERR_IO);
  g_assert_cmpint (errno, ==, ENOENT);
  g_assert_cmpint (grove_listen (&path, &socket), ==, GROVE_ERR_IO);
  g_assert_cmpint (errno, ==, ENOENT);
  g_assert_cmpuint (socket, ==, 7);
}

/* No descriptor is left: the connection stays in line, and is accepted when there is one again. */
static void
test_no_descriptors (void *arg)
{
  struct grove_address address;
  grove_socket         listener = socket_listen_somewhere (&address);
  grove_socket         client = socket_connect_to (&address), accepted;
  struct rlimit        old, none;

  (void) arg;
  /* So that it is there to be accepted. */
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &old), ==, 0);
  none = (struct rlimit){ 0, old.rlim_max };
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &none), ==, 0);
  g_assert_cmpint (grove_accept (listener, CORE_DEADLINE_NS, &accepted), ==, GROVE_ERR_IO);
  g_assert_cmpint (errno, ==, EMFILE);
  g_assert_cmpint (grove_connect (&address, CORE_DEADLINE_NS, &accepted), ==, GROVE_ERR_IO);
  g_assert_cmpint (errno, ==, EMFILE);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &old), ==, 0);
  accepted = socket_accept_from (listener);
  socket_write_text (client, "late");
  socket_read_text (accepted, "late");
}

static void
test_misuse (void *arg)
{
  char                 long_path[200];
  struct grove_address address = socket_any_port;
  struct grove_address bad_path = { .path = long_path };
  grove_socket         listener = socket_listen_somewhere (&address), socket = 7;
  char                 peer[GROVE_PEER_SIZE];
  uint16_t             port;
  char                 byte;
  size_t               n;
  int                  fd;

  (void) arg;
  memset (long_path, 'p', sizeof long_path);
  long_path[sizeof long_path - 1] = '\0';
  g_assert_cmpint (grove_listen (NULL, &socket), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_listen (&address, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_listen (&bad_path, &socket), ==, GROVE_ERR_BADARG);
  bad_path.path = "";
  g_assert_cmpint (grove_connect (&bad_path, 0, &socket), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_connect (&socket_any_port, 0, &socket), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_connect (&address, -1, &socket), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_connect (NULL, 0, &socket), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_accept (listener, -1, &socket), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_accept (listener, 0, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_read (listener, NULL, 1, 0, &n), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_read (listener, &byte, 0, 0, &n), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_read (listener, &byte, 1, -1, &n), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_read (listener, &byte, 1, 0, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_write (listener, NULL, 1, 0, &n), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_socket_adopt (-1, &socket), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_socket_adopt (99999, &socket), ==, GROVE_ERR_IO);
  g_assert_cmpint (errno, ==, EBADF);
  g_assert_cmpint (grove_socket_port (listener, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_socket_peer (listener, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_socket_peer (listener, peer), ==, GROVE_ERR_IO);
  g_assert_cmpint (errno, ==, ENOTCONN);
  /* A listener is not read from, and a connection not accepted from. */
  g_assert_cmpint (grove_read (listener, &byte, 1, 0, &n), ==, GROVE_ERR_IO);
  g_assert_cmpint (errno, ==, ENOTCONN);
  /* A regular file cannot be waited for; it stays the caller's. */
  fd = open ("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  g_assert_cmpint (grove_socket_adopt (fd, &socket), ==, GROVE_ERR_IO);
  g_assert_cmpint (errno, ==, EPERM);
  g_assert_cmpint (close (fd), ==, 0);
  g_assert_cmpuint (socket, ==, 7);
  /* Numbers of no socket. */
  g_assert_cmpint (grove_close (listener), ==, GROVE_OK);
  for (int i = 0; i < 3; i++)
    {
      grove_socket none = i == 0 ? 0 : i == 1 ? UINT64_MAX : listener;
      socket_expect_closed (none);
      g_assert_cmpint (grove_close (none), ==, GROVE_ERR_IO);
      g_assert_cmpint (errno, ==, EBADF);
      g_assert_cmpint (grove_write (none, "x", 1, 0, NULL), ==, GROVE_ERR_IO);
      g_assert_cmpint (grove_accept (none, 0, &socket), ==, GROVE_ERR_IO);
      g_assert_cmpint (grove_shutdown (none), ==, GROVE_ERR_IO);
      g_assert_cmpint (grove_socket_give (none, grove_self ()), ==, GROVE_ERR_IO);
      g_assert_cmpint (grove_socket_port (none, &port), ==, GROVE_ERR_IO);
      g_assert_cmpint (grove_socket_peer (none, peer), ==, GROVE_ERR_IO);
      g_assert_cmpint (errno, ==, EBADF);
    }
}

/* In a deferred release nothing waits. */
static void
uses_at_the_end (void *data)
{
  grove_socket *ends = data;
  char          byte;
  size_t        n;

  g_assert_cmpint (grove_write (ends[0], "bye", 3, GROVE_FOREVER, NULL), ==, GROVE_OK);
  g_assert_cmpint (grove_read (ends[0], &byte, 1, GROVE_FOREVER, &n), ==, GROVE_ERR_TIMEOUT);
  g_assert_cmpint (grove_accept (ends[0], 0, &ends[2]), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_blocking (uses_at_the_end, NULL, 0, NULL, 0), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_close (ends[1]), ==, GROVE_OK);
}

static void
defers_use (void *arg)
{
  grove_socket *ends = grove_alloc (3 * sizeof *ends);

  socket_connected (ends);
  grove_defer (uses_at_the_end, ends);
  grove_send (core_arg_pid (arg), "ready");
}

static void
test_release (void *arg)
{
  grove_pid pid = grove_spawn (defers_use, core_pid_arg (grove_self ()));

  (void) arg;
  core_expect ("ready");
  core_expect_down (pid, "_");
}

int
main (int argc, char **argv)
{
  static const struct core_case cases[] = {
    { "/runtime/socket-owner/give", test_give },
    { "/runtime/socket-owner/owner-ends-16", test_owner_ends },
    { "/runtime/socket-owner/killed-randomly", test_killed_randomly },
    { "/runtime/socket-owner/reset", test_reset },
    { "/runtime/socket-owner/refused", test_refused },
    { "/runtime/socket-owner/no-descriptors", test_no_descriptors },
    { "/runtime/socket-owner/misuse", test_misuse },
    { "/runtime/socket-owner/release", test_release },
  };

  return socket_main (argc, argv, cases, G_N_ELEMENTS (cases));
}
