/* SPDX-License-Identifier: MIT
 *
 * Real sockets and pipes between processes of one runtime: what arrives, how much and to how many,
 * and who waits.
 */
#include "socket-test.h"

#include "runtime/core/scheduler.h"

#include <sys/resource.h>

/* ---- Both sides --------------------------------------------------------------------------------
 */

/* Each is told where the other comes from. */
static void
expect_peer (grove_socket end, grove_socket other, const struct grove_address *address)
{
  char             peer[GROVE_PEER_SIZE] = "untouched";
  const char      *host = address->host;
  g_autofree char *expected = NULL;
  uint16_t         port;

  if (address->path != NULL)
    {
      g_assert_cmpint (grove_socket_peer (end, peer), ==, GROVE_ERR_IO);
      g_assert_cmpint (errno, ==, EAFNOSUPPORT);
      g_assert_cmpstr (peer, ==, "untouched");
      return;
    }
  g_assert_cmpint (grove_socket_port (other, &port), ==, GROVE_OK);
  g_assert_cmpint (grove_socket_peer (end, peer), ==, GROVE_OK);
  if (host == NULL || g_ascii_isalpha (host[0])) /* whichever of the two there is */
    host = peer[0] == '[' ? "::1" : "127.0.0.1";
  expected = g_strdup_printf (strchr (host, ':') ? "[%s]:%u" : "%s:%u", host, port);
  g_assert_cmpstr (peer, ==, expected);
}

static void
talk (const struct grove_address *listen, struct grove_address *connect)
{
  grove_socket listener, ends[2];

  g_assert_cmpint (grove_listen (listen, &listener), ==, GROVE_OK);
  if (listen->path == NULL)
    g_assert_cmpint (grove_socket_port (listener, &connect->port), ==, GROVE_OK);
  ends[0] = socket_connect_to (connect);
  ends[1] = socket_accept_from (listener);
  expect_peer (ends[0], ends[1], connect);
  expect_peer (ends[1], ends[0], connect);
  socket_write_text (ends[0], "hello");
  socket_read_text (ends[1], "hello");
  socket_write_text (ends[1], "and back");
  socket_read_text (ends[0], "and back");
  /* Half closed: one direction still works. */
  g_assert_cmpint (grove_shutdown (ends[0]), ==, GROVE_OK);
  socket_read_end (ends[1]);
  socket_write_text (ends[1], "still");
  socket_read_text (ends[0], "still");
  g_assert_cmpint (grove_close (ends[1]), ==, GROVE_OK);
  socket_read_end (ends[0]);
  g_assert_cmpint (grove_close (ends[0]), ==, GROVE_OK);
  g_assert_cmpint (grove_close (listener), ==, GROVE_OK);
  socket_expect_closed (ends[0]);
}

static void
test_tcp4 (void *arg)
{
  struct grove_address to = socket_any_port;

  (void) arg;
  talk (&socket_any_port, &to);
}

static void
test_tcp6 (void *arg)
{
  struct grove_address to = { .host = "::1" };
  struct grove_address any = { .host = "::1" };
  grove_socket         probe;

  (void) arg;
  if (grove_listen (&any, &probe) != GROVE_OK)
    {
      g_test_skip ("no IPv6 here");
      return;
    }
  g_assert_cmpint (grove_close (probe), ==, GROVE_OK);
  talk (&any, &to);
}

static void
test_all_addresses (void *arg)
{
  struct grove_address any = { .host = NULL };
  struct grove_address to = { .host = NULL };

  (void) arg;
  talk (&any, &to);
  to = (struct grove_address){ .host = "127.0.0.1" };
  talk (&any, &to);
}

static void
test_name (void *arg)
{
  struct grove_address to = { .host = "localhost" };
  struct grove_address nowhere = { .host = "no-such-host.invalid", .port = 80 };
  grove_socket         socket;

  (void) arg;
  talk (&socket_any_port, &to);
  errno = 0;
  g_assert_cmpint (grove_connect (&nowhere, CORE_DEADLINE_NS, &socket), ==, GROVE_ERR_IO);
  g_assert_cmpint (errno, !=, 0);
}

static void
test_unix (void *arg)
{
  char                *directory = g_dir_make_tmp ("grove-test-XXXXXX", NULL);
  char                *path = g_build_filename (directory, "socket", NULL);
  struct grove_address address = { .path = path };
  grove_socket         listener, other;

  (void) arg;
  talk (&address, &address);
  /* The file goes with the listener, so that the next can have it. */
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  talk (&address, &address);
  g_assert_cmpint (grove_listen (&address, &listener), ==, GROVE_OK);
  g_assert_cmpint (grove_listen (&address, &other), ==, GROVE_ERR_IO);
  g_assert_cmpint (errno, ==, EADDRINUSE);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_cmpint (grove_close (listener), ==, GROVE_OK);
  g_assert_cmpint (rmdir (directory), ==, 0);
  g_free (path);
  g_free (directory);
}

/* ---- Much, and many ----------------------------------------------------------------------------
 */

#define MUCH ((size_t) CORE_MANY (8, 2) * 1024 * 1024)

struct much
{
  grove_pid    parent;
  grove_socket socket;
};

static void
writes_much (void *arg)
{
  struct much *much = arg;
  uint32_t    *numbers = grove_alloc (MUCH);
  size_t       n = 0;

  for (size_t i = 0; i < MUCH / sizeof *numbers; i++)
    numbers[i] = (uint32_t) i;
  g_assert_cmpint (grove_write (much->socket, numbers, MUCH, CORE_DEADLINE_NS, &n), ==, GROVE_OK);
  g_assert_cmpuint (n, ==, MUCH);
  g_assert_cmpint (grove_shutdown (much->socket), ==, GROVE_OK);
}

static grove_pid
spawn_with (unsigned scheduler, grove_entry entry, grove_socket socket)
{
  struct much *much = g_new (struct much, 1);
  grove_pid    pid;

  /* Freed by whoever gets it. */
  *much = (struct much){ grove_self (), socket };
  pid = _grove_process_spawn_on (scheduler, entry, much);
  g_assert_cmpuint (pid, !=, 0);
  return pid;
}

static void
writes_much_and_frees (void *arg)
{
  grove_defer (g_free, arg);
  writes_much (arg);
}

/* More than the system takes at once, read in odd pieces, from the other scheduler. */
static void
test_much (void *arg)
{
  grove_socket ends[2];
  grove_pid    writer;
  char         buffer[4099];
  size_t       n_read = 0, n;
  uint32_t     number = 0, n_bytes = 0;

  (void) arg;
  socket_connected (ends);
  writer = spawn_with (1, writes_much_and_frees, ends[0]);
  while (grove_read (ends[1], buffer, sizeof buffer, CORE_DEADLINE_NS, &n) == GROVE_OK && n > 0)
    {
      for (size_t i = 0; i < n; i++)
        {
          number |= (uint32_t) (uint8_t) buffer[i] << (8 * n_bytes++);
          if (n_bytes == 4)
            {
              g_assert_cmpuint (GUINT32_FROM_LE (number), ==, (n_read + i) / 4);
              number = n_bytes = 0;
            }
        }
      n_read += n;
    }
  g_assert_cmpuint (n_read, ==, MUCH);
  core_expect_down (writer, "_");
}

static void
echoes (void *arg)
{
  struct much *much = arg;
  grove_socket socket = much->socket;
  char         buffer[512];
  size_t       n;

  g_free (much);
  while (grove_read (socket, buffer, sizeof buffer, GROVE_FOREVER, &n) == GROVE_OK && n > 0)
    if (grove_write (socket, buffer, n, CORE_DEADLINE_NS, NULL) != GROVE_OK)
      break;
}

/* Accepts, and gives each connection to a process of its own. */
static void
serves (void *arg)
{
  struct much *much = arg;
  grove_socket listener = much->socket, socket;
  unsigned     n = 0;

  g_free (much);
  while (grove_accept (listener, GROVE_FOREVER, &socket) == GROVE_OK)
    g_assert_cmpint (grove_socket_give (socket, spawn_with (n++ % 2, echoes, socket)), ==,
                     GROVE_OK);
}

static struct grove_address server_address;

static void
is_client (void *arg)
{
  grove_socket socket = socket_connect_to (&server_address);

  for (int i = 0; i < 10; i++)
    {
      char text[64];
      snprintf (text, sizeof text, "%d of %u", i, (unsigned) grove_self ());
      socket_write_text (socket, text);
      socket_read_text (socket, text);
    }
  grove_send (core_arg_pid (arg), "served");
}

static void
test_thousand_clients (void *arg)
{
  const int    n = CORE_MANY (1000, 100);
  grove_socket listener = socket_listen_somewhere (&server_address);
  grove_pid    server = spawn_with (0, serves, listener);

  (void) arg;
  g_assert_cmpint (grove_socket_give (listener, server), ==, GROVE_OK);
  for (int i = 0; i < n; i++)
    _grove_process_spawn_on ((unsigned) i % 2, is_client, core_pid_arg (grove_self ()));
  for (int i = 0; i < n; i++)
    core_expect ("served");
  grove_exit_process (server, "kill");
  core_expect_down (server, "_");
}

static void
reads_and_tells (void *arg)
{
  struct much *much = arg;
  grove_pid    parent = much->parent;
  grove_socket socket = much->socket;
  char         byte;
  size_t       n;

  g_free (much);
  grove_send (parent, "reading");
  g_assert_cmpint (grove_read (socket, &byte, 1, GROVE_FOREVER, &n), ==, GROVE_OK);
  grove_send (parent, "~i", n == 1 ? byte : -1);
}

/* As many connections as the system lets us have, up to 10,000, all waiting: no thread more. */
static void
test_many_parked (void *arg)
{
  struct rlimit limit;
  unsigned      n = CORE_MANY (10000, 200);
  unsigned      n_before = socket_count ("/proc/self/task");
  grove_socket *ends = grove_alloc (2 * n * sizeof *ends);
  int           sum = 0;

  (void) arg;
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  limit.rlim_cur = limit.rlim_max;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  if (limit.rlim_cur / 2 < n + 50)
    n = (unsigned) (limit.rlim_cur / 2 - 50);
  for (unsigned i = 0; i < n; i++)
    {
      int pair[2];
      g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), ==, 0);
      g_assert_cmpint (grove_socket_adopt (pair[0], &ends[2 * i]), ==, GROVE_OK);
      g_assert_cmpint (grove_socket_adopt (pair[1], &ends[2 * i + 1]), ==, GROVE_OK);
      spawn_with (i % 2, reads_and_tells, ends[2 * i]);
    }
  for (unsigned i = 0; i < n; i++)
    core_expect ("reading");
  g_assert_cmpuint (socket_count ("/proc/self/task"), ==, n_before);
  for (unsigned i = 0; i < n; i++)
    socket_write_text (ends[2 * i + 1], "\001");
  for (unsigned i = 0; i < n; i++)
    {
      int byte;
      core_expect ("~i", &byte);
      sum += byte;
    }
  g_assert_cmpint (sum, ==, (int) n);
}

/* ---- Waiting -----------------------------------------------------------------------------------
 */

static void
test_timeout (void *arg)
{
  struct grove_address address;
  grove_socket         listener = socket_listen_somewhere (&address);
  grove_socket         ends[2], none = 7;
  uint64_t             started = grove_now_ns ();
  char                 byte;
  size_t               n = 7;

  (void) arg;
  g_assert_cmpint (grove_accept (listener, 0, &none), ==, GROVE_ERR_TIMEOUT);
  g_assert_cmpint (grove_accept (listener, 3000000, &none), ==, GROVE_ERR_TIMEOUT);
  g_assert_cmpuint (none, ==, 7);
  socket_connected (ends);
  g_assert_cmpint (grove_read (ends[0], &byte, 1, 0, &n), ==, GROVE_ERR_TIMEOUT);
  g_assert_cmpint (grove_read (ends[0], &byte, 1, 3000000, &n), ==, GROVE_ERR_TIMEOUT);
  g_assert_cmpuint (n, ==, 7);
  g_assert_cmpuint (grove_now_ns () - started, >=, 6000000);
  /* Messages wait meanwhile, and are no reason to look. */
  grove_send (grove_self (), "x");
  g_assert_cmpint (grove_read (ends[0], &byte, 1, 3000000, &n), ==, GROVE_ERR_TIMEOUT);
  core_expect ("x");
  /* Nothing is left of all that: the next one is heard. */
  socket_write_text (ends[1], "y");
  socket_read_text (ends[0], "y");
}

static void
fill (grove_socket socket)
{
  static char zeros[65536];
  size_t      n;

  while (grove_write (socket, zeros, sizeof zeros, 0, &n) == GROVE_OK)
    ;
}

static void
test_write_timeout (void *arg)
{
  static char  zeros[65536];
  grove_socket ends[2];
  size_t       n = 7;

  (void) arg;
  socket_connected (ends);
  fill (ends[0]);
  g_assert_cmpint (grove_write (ends[0], zeros, sizeof zeros, 3000000, &n), ==, GROVE_ERR_TIMEOUT);
  g_assert_cmpuint (n, <, sizeof zeros);
  g_assert_cmpint (grove_write (ends[0], NULL, 0, 0, &n), ==, GROVE_OK);
  g_assert_cmpuint (n, ==, 0);
}

static bool
is_waiting (grove_pid pid)
{
  return GROVE_GET (_grove_table_block (pid)->state) == GROVE_STATE_WAITING;
}

static void
test_busy (void *arg)
{
  grove_socket ends[2];
  grove_pid    first;
  char         byte;
  size_t       n;
  int          got;

  (void) arg;
  socket_connected (ends);
  first = spawn_with (1, reads_and_tells, ends[0]);
  core_expect ("reading");
  while (!is_waiting (first))
    grove_yield ();
  /* Where it waits is noted, as of any process that waits. */
  g_assert_cmpuint (GROVE_GET (_grove_table_block (first)->where) - (uintptr_t) reads_and_tells, <,
                    4096);
  g_assert_cmpint (grove_read (ends[0], &byte, 1, CORE_DEADLINE_NS, &n), ==, GROVE_ERR_BUSY);
  /* One that only looks is in nobody's way; nor is one that writes. */
  g_assert_cmpint (grove_read (ends[0], &byte, 1, 0, &n), ==, GROVE_ERR_TIMEOUT);
  socket_write_text (ends[0], "there");
  socket_read_text (ends[1], "there");
  socket_write_text (ends[1], "\002");
  core_expect ("~i", &got);
  g_assert_cmpint (got, ==, 2);
  /* One that is killed while it waits makes room. */
  first = spawn_with (1, reads_and_tells, ends[0]);
  core_expect ("reading");
  while (!is_waiting (first))
    grove_yield ();
  grove_exit_process (first, "kill");
  core_expect_down (first, "_");
  g_assert_cmpint (grove_read (ends[0], &byte, 1, 1000000, &n), ==, GROVE_ERR_TIMEOUT);
  socket_write_text (ends[1], "z");
  socket_read_text (ends[0], "z");
}

/* Closed by its owner under one that waits in another process. */
static void
reads_until_closed (void *arg)
{
  struct much *much = arg;
  grove_pid    parent = much->parent;
  grove_socket socket = much->socket;
  char         byte;
  size_t       n;

  g_free (much);
  grove_send (parent, "reading");
  g_assert_cmpint (grove_read (socket, &byte, 1, GROVE_FOREVER, &n), ==, GROVE_ERR_IO);
  g_assert_cmpint (errno, ==, EBADF);
  grove_send (parent, "closed");
}

static void
test_close_under_reader (void *arg)
{
  (void) arg;
  for (unsigned i = 0; i < 20; i++)
    {
      grove_socket ends[2];
      grove_pid    reader;

      socket_connected (ends);
      reader = spawn_with (i % 2, reads_until_closed, ends[0]);
      core_expect ("reading");
      while (i % 3 != 0 && !is_waiting (reader))
        grove_yield ();
      g_assert_cmpint (grove_close (ends[0]), ==, GROVE_OK);
      core_expect ("closed");
    }
}

/* An idle runtime with sockets sleeps: nothing wakes it while nothing happens. */
static void
test_idle (void *arg)
{
  grove_socket ends[2];
  uint64_t     n_before, n_after;

  (void) arg;
  socket_connected (ends);
  grove_sleep_ms (20);
  n_before = GROVE_GET (_grove_runtime.schedulers[0].n_sleeps) +
             GROVE_GET (_grove_runtime.schedulers[1].n_sleeps);
  grove_sleep_ms (50);
  n_after = GROVE_GET (_grove_runtime.schedulers[0].n_sleeps) +
            GROVE_GET (_grove_runtime.schedulers[1].n_sleeps);
  g_assert_cmpuint (n_after - n_before, <=, 4);
}

int
main (int argc, char **argv)
{
  static const struct core_case cases[] = {
    { "/runtime/socket/tcp4", test_tcp4 },
    { "/runtime/socket/tcp6", test_tcp6 },
    { "/runtime/socket/all-addresses", test_all_addresses },
    { "/runtime/socket/name", test_name },
    { "/runtime/socket/unix", test_unix },
    { "/runtime/socket/much", test_much },
    { "/runtime/socket/thousand-clients", test_thousand_clients },
    { "/runtime/socket/many-parked", test_many_parked },
    { "/runtime/socket/timeout", test_timeout },
    { "/runtime/socket/write-timeout", test_write_timeout },
    { "/runtime/socket/busy", test_busy },
    { "/runtime/socket/close-under-reader", test_close_under_reader },
    { "/runtime/socket/idle", test_idle },
  };

  return socket_main (argc, argv, cases, G_N_ELEMENTS (cases));
}
