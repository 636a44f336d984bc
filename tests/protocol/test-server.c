/* SPDX-License-Identifier: MIT
 *
 * Tests protocol/server.c and socket.c: the real server in a thread, on a real socket in a
 * directory of its own.
 */
#include "protocol/server.h"
#include "tests/protocol/test-wire.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_MS 20000

struct fixture
{
  char                         *directory, *socket_path, *lock_path;
  struct test_source           *source;
  struct grove_protocol_server *server;
  pthread_t                     thread;
  uint32_t                      opening_ms; /* 0: as usual */
};

static void *
run (void *data)
{
  grove_protocol_server_run (data);
  return NULL;
}

static void
set_up (struct fixture *self, gconstpointer data)
{
  self->directory = g_dir_make_tmp ("grove-test-XXXXXX", NULL);
  g_assert_nonnull (self->directory);
  self->socket_path = g_build_filename (self->directory, "shop.sock", NULL);
  self->lock_path = g_build_filename (self->directory, "shop.lock", NULL);
  self->source = test_source_new ();
  test_source_spawn (self->source, NULL, 0, "shop_sup");
}

/* Listens, and serves nobody yet. */
static void
listen_only (struct fixture *self, gboolean read_only)
{
  struct grove_protocol_server_options options = { .directory = self->directory };
  char                                *error = NULL;

  options.read_only = read_only;
  options.opening_ms = self->opening_ms;
  g_assert_cmpint (grove_protocol_server_new (&self->source->source, "shop", &options,
                                              &self->server, &error),
                   ==, GROVE_LISTEN_OK);
}

static void
serve (struct fixture *self)
{
  g_assert_cmpint (pthread_create (&self->thread, NULL, run, self->server), ==, 0);
}

static void
start (struct fixture *self, gboolean read_only)
{
  listen_only (self, read_only);
  serve (self);
}

static void
stop (struct fixture *self)
{
  grove_protocol_server_stop (self->server);
  g_assert_cmpint (pthread_join (self->thread, NULL), ==, 0);
  grove_protocol_server_free (self->server);
  self->server = NULL;
}

static void
tear_down (struct fixture *self, gconstpointer data)
{
  if (self->server != NULL)
    stop (self);
  test_source_free (self->source);
  (void) g_unlink (self->socket_path);
  g_assert_cmpint (g_rmdir (self->directory), ==, 0);
  g_free (self->directory);
  g_free (self->socket_path);
  g_free (self->lock_path);
}

static int
dial (struct fixture *self)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int                fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_strlcpy (address.sun_path, self->socket_path, sizeof address.sun_path);
  g_assert_cmpint (connect (fd, (const struct sockaddr *) &address, sizeof address), ==, 0);
  return fd;
}

static void
say (int fd, const char *text)
{
  g_assert_cmpint (send (fd, text, strlen (text), MSG_NOSIGNAL), ==, strlen (text));
}

/* One line, or NULL at the end. */
static char *
hear (int fd)
{
  GString *line = g_string_new (NULL);

  for (;;)
    {
      struct pollfd polled = { .fd = fd, .events = POLLIN };
      char          c;

      g_assert_cmpint (poll (&polled, 1, PATIENCE_MS), ==, 1);
      if (recv (fd, &c, 1, 0) <= 0)
        {
          g_string_free (line, TRUE);
          return NULL;
        }
      if (c == '\n')
        return g_string_free (line, FALSE);
      g_string_append_c (line, c);
    }
}

static void
hear_about (int fd, const char *text)
{
  g_autofree char *line = hear (fd);

  g_assert_nonnull (line);
  if (strstr (line, text) == NULL)
    g_error ("“%s” is not in “%s”", text, line);
}

static void
hear_end (int fd)
{
  g_autofree char *line = hear (fd);

  g_assert_cmpstr (line, ==, NULL);
  close (fd);
}

#define OPEN(role)                                                                                 \
  "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"session.open\",\"params\":{\"major\":1,"             \
  "\"client\":{\"name\":\"t\",\"version\":\"1\"},\"role\":\"" role "\"}}\n"

static int
dial_and_open (struct fixture *self)
{
  int fd = dial (self);

  hear_about (fd, "\"method\":\"hello\"");
  say (fd, OPEN ("control"));
  hear_about (fd, "\"role\":\"control\"");
  return fd;
}

static void
test_modes (struct fixture *self, gconstpointer data)
{
  struct stat status;

  start (self, FALSE);
  g_assert_cmpint (stat (self->socket_path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
  g_assert_cmpint (stat (self->lock_path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
  stop (self);
  g_assert_cmpint (stat (self->socket_path, &status), !=, 0);
  g_assert_cmpint (stat (self->lock_path, &status), !=, 0);
}

static void
test_talk (struct fixture *self, gconstpointer data)
{
  int fd;

  start (self, FALSE);
  fd = dial_and_open (self);
  say (fd, "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"process.get\",\"params\":{\"pid\":\"<0.1.0>"
           "\"}}\n");
  hear_about (fd, "\"name\":\"shop_sup\"");
  say (fd, "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"system.watch\",\"params\":{\"interval_ms\":"
           "100}}\n");
  hear_about (fd, "\"sub\":1");
  hear_about (fd, "\"seq\":1");
  hear_about (fd, "\"seq\":2");
  say (fd, "{\"jsonrpc\":\"2.0\",\"method\":\"system.ack\",\"params\":{\"sub\":1,\"seq\":2}}\n");
  hear_about (fd, "\"seq\":3");
  g_assert_cmpuint (grove_protocol_server_sessions (self->server), ==, 1);
  g_assert_cmpuint (grove_protocol_server_cpu_ns (self->server), >, 0);
  say (fd, "{\"jsonrpc\":\"2.0\",\"id\":4,\"method\":\"session.close\"}\n");
  for (;;)
    {
      g_autofree char *line = hear (fd);

      g_assert_nonnull (line);
      if (strstr (line, "\"closed\":true") != NULL)
        break;
    }
  hear_end (fd);
}

/* Who never opens a session is told, and its place is free again; an open session may be silent. */
static void
test_silent (struct fixture *self, gconstpointer data)
{
  int open_fd, fd;

  self->opening_ms = 200;
  start (self, FALSE);
  open_fd = dial_and_open (self);
  fd = dial (self);
  hear_about (fd, "\"hello\"");
  hear_about (fd, "\"silent\"");
  hear_end (fd);
  say (open_fd, "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"session.ping\",\"params\":{}}\n");
  hear_about (open_fd, "now_ns");
  close (open_fd);
}

/* Answers that come through the source's descriptor wake the loop. */
static void
test_deferred (struct fixture *self, gconstpointer data)
{
  int fd;

  self->source->deferred = TRUE;
  start (self, FALSE);
  fd = dial_and_open (self);
  say (fd, "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"process.get\",\"params\":{\"pid\":\"<0.1.0>"
           "\"}}\n");
  hear_about (fd, "\"name\":\"shop_sup\"");
  close (fd);
}

static void
test_second (struct fixture *self, gconstpointer data)
{
  struct grove_protocol_server_options options = { .directory = self->directory };
  struct grove_protocol_server        *second = NULL;
  g_autofree char                     *error = NULL;
  int                                  fd;

  start (self, FALSE);
  g_assert_cmpint (grove_protocol_server_new (&self->source->source, "shop", &options, &second,
                                              &error),
                   ==, GROVE_LISTEN_BUSY);
  g_assert_null (second);
  g_assert_nonnull (strstr (error, "“shop” is running already"));
  /* The first is as it was. */
  fd = dial_and_open (self);
  close (fd);
}

/* A socket that a crash left behind is replaced. */
static void
test_stale (struct fixture *self, gconstpointer data)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int                fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_strlcpy (address.sun_path, self->socket_path, sizeof address.sun_path);
  g_assert_cmpint (bind (fd, (const struct sockaddr *) &address, sizeof address), ==, 0);
  close (fd);
  g_assert_true (g_file_set_contents (self->lock_path, "", 0, NULL));
  start (self, FALSE);
  close (dial_and_open (self));
}

static void
refused (struct fixture *self, const char *name, enum grove_listen outcome, const char *says)
{
  struct grove_protocol_server_options options = { .directory = self->directory };
  struct grove_protocol_server        *server = NULL;
  g_autofree char                     *error = NULL;

  g_assert_cmpint (grove_protocol_server_new (&self->source->source, name, &options, &server,
                                              &error),
                   ==, outcome);
  g_assert_null (server);
  if (strstr (error, says) == NULL)
    g_error ("“%s” does not say “%s”", error, says);
}

static void
test_names (struct fixture *self, gconstpointer data)
{
  g_autofree char *longest = g_strnfill (65, 'a');

  refused (self, "", GROVE_LISTEN_BAD_NAME, "1 to 64");
  refused (self, longest, GROVE_LISTEN_BAD_NAME, "1 to 64");
  refused (self, ".hidden", GROVE_LISTEN_BAD_NAME, "dot");
  refused (self, "../shop", GROVE_LISTEN_BAD_NAME, "1 to 64");
  refused (self, "a/b", GROVE_LISTEN_BAD_NAME, "1 to 64");
}

static void
test_directory (struct fixture *self, gconstpointer data)
{
  char *directory = self->directory;

  g_assert_cmpint (g_chmod (self->directory, 0755), ==, 0);
  refused (self, "shop", GROVE_LISTEN_FAILED, "0700");
  g_assert_cmpint (g_chmod (self->directory, 0700), ==, 0);
  g_assert_true (g_file_set_contents (self->socket_path, "mine", -1, NULL));
  refused (self, "shop", GROVE_LISTEN_FAILED, "not a socket");
  g_assert_false (g_file_test (self->lock_path, G_FILE_TEST_EXISTS));
  self->directory = g_build_filename (directory, "no", "where", NULL);
  refused (self, "shop", GROVE_LISTEN_FAILED, "No such file");
  g_free (self->directory);
  self->directory = directory;
}

static void
test_socket_directory (struct fixture *self, gconstpointer data)
{
  char             path[256], small[4];
  g_autofree char *wanted = g_strdup_printf ("/tmp/grove-%u", (guint) geteuid ());

  g_setenv ("XDG_RUNTIME_DIR", "/run/user/7", TRUE);
  g_assert_true (grove_socket_directory (path, sizeof path));
  g_assert_cmpstr (path, ==, "/run/user/7/grove");
  g_assert_false (grove_socket_directory (small, sizeof small));
  g_unsetenv ("XDG_RUNTIME_DIR");
  g_assert_true (grove_socket_directory (path, sizeof path));
  g_assert_cmpstr (path, ==, wanted);
}

static void
test_read_only (struct fixture *self, gconstpointer data)
{
  int fd;

  start (self, TRUE);
  fd = dial (self);
  hear_about (fd, "\"read_only\":true");
  say (fd, OPEN ("control"));
  hear_about (fd, "-32002");
  say (fd, OPEN ("observe"));
  hear_about (fd, "\"role\":\"observe\"");
  say (fd, "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"process.kill\",\"params\":{\"pid\":\"<0.1.0>"
           "\"}}\n");
  hear_about (fd, "-32002");
  close (fd);
}

static void
test_foreign (struct fixture *self, gconstpointer data)
{
  int fd;

  start (self, FALSE);
  fd = dial (self);
  hear_about (fd, "hello");
  say (fd, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  hear_end (fd);
}

/* The 33rd is told why, and there is room again when one leaves. */
static void
test_limit (struct fixture *self, gconstpointer data)
{
  int fds[GROVE_LIMIT_SESSIONS], fd;

  start (self, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    fds[i] = dial_and_open (self);
  g_assert_cmpuint (grove_protocol_server_sessions (self->server), ==, 32);
  fd = dial (self);
  hear_about (fd, "\"reason\":\"limit\"");
  hear_end (fd);
  say (fds[0], "{\"jsonrpc\":\"2.0\",\"id\":4,\"method\":\"session.close\"}\n");
  hear_about (fds[0], "closed");
  hear_end (fds[0]);
  fd = dial_and_open (self);
  close (fd);
  for (guint i = 1; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
}

/* Who comes behind a crowd that left again finds a place. */
static void
test_crowd (struct fixture *self, gconstpointer data)
{
  int fd;

  listen_only (self, FALSE);
  for (int i = 0; i < 100; i++)
    close (dial (self));
  fd = dial (self);
  serve (self);
  hear_about (fd, "\"method\":\"hello\"");
  close (fd);
}

static void
test_shut_down (struct fixture *self, gconstpointer data)
{
  int fd, idle;

  start (self, FALSE);
  fd = dial_and_open (self);
  idle = dial (self);
  hear_about (idle, "hello");
  stop (self);
  hear_about (fd, "\"reason\":\"shutdown\"");
  hear_end (fd);
  hear_about (idle, "\"reason\":\"shutdown\"");
  hear_end (idle);
}

/* What another user gets to see: 'e' an error of connect(), 'c' that it was closed without a word.
 */
static char
dial_as_nobody (struct fixture *self)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int                answer[2];
  char               seen = '?';
  pid_t              child;

  g_strlcpy (address.sun_path, self->socket_path, sizeof address.sun_path);
  g_assert_cmpint (pipe (answer), ==, 0);
  child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      int fd = socket (AF_UNIX, SOCK_STREAM, 0);

      if (setuid (65534) != 0)
        seen = '?';
      else if (connect (fd, (const struct sockaddr *) &address, sizeof address) != 0)
        seen = 'e';
      else
        seen = recv (fd, &seen, 1, 0) == 0 ? 'c' : 'h';
      (void) !write (answer[1], &seen, 1);
      _exit (0);
    }
  close (answer[1]);
  g_assert_cmpint (read (answer[0], &seen, 1), ==, 1);
  close (answer[0]);
  g_assert_cmpint (waitpid (child, NULL, 0), ==, child);
  return seen;
}

static void
test_other_user (struct fixture *self, gconstpointer data)
{
  if (geteuid () != 0)
    {
      g_test_skip ("only root can become another user");
      return;
    }
  start (self, FALSE);
  g_assert_cmpint (dial_as_nobody (self), ==, 'e');
  /* Even if someone opened the doors, the peer is looked at. */
  g_assert_cmpint (g_chmod (self->directory, 0711), ==, 0);
  g_assert_cmpint (g_chmod (self->socket_path, 0666), ==, 0);
  g_assert_cmpint (dial_as_nobody (self), ==, 'c');
  close (dial_and_open (self));
}

/* Asks for far more than fits and never reads: the server stops reading it, and serves others. */
static void
test_never_reads (struct fixture *self, gconstpointer data)
{
  static const char ask[] =
    "{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"process.messages\",\"params\":"
    "{\"pid\":\"<0.1.0>\",\"offset\":0,\"limit\":100,\"max_bytes\":8192}}\n";
  int fd, other;

  start (self, FALSE);
  fd = dial_and_open (self);
  g_assert_cmpint (fcntl (fd, F_SETFL, O_NONBLOCK), ==, 0);
  /* Until even the socket's buffer of requests is full. */
  for (;;)
    {
      struct pollfd polled = { .fd = fd, .events = POLLOUT };

      if (poll (&polled, 1, 300) == 0)
        break;
      if (send (fd, ask, sizeof ask - 1, MSG_NOSIGNAL) < 0)
        g_assert_cmpint (errno, ==, EAGAIN);
    }
  other = dial_and_open (self);
  say (other, "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"session.ping\"}\n");
  hear_about (other, "now_ns");
  close (other);
  close (fd);
}

/* A client that goes away in the middle of a line, with a call and subscriptions under way. */
static void
test_gone (struct fixture *self, gconstpointer data)
{
  int fd;

  start (self, FALSE);
  for (guint i = 0; i < 50; i++)
    {
      fd = dial_and_open (self);
      say (fd, "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tree.open\",\"params\":{\"depth\":3,"
               "\"max_children\":9,\"metric\":\"messages\",\"interval_ms\":50}}\n"
               "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"proce");
      close (fd);
    }
  fd = dial_and_open (self);
  close (fd);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func)                                                                            \
  g_test_add ("/protocol/server/" path, struct fixture, NULL, set_up, func, tear_down)
  ADD ("modes", test_modes);
  ADD ("talk", test_talk);
  ADD ("deferred", test_deferred);
  ADD ("silent", test_silent);
  ADD ("second", test_second);
  ADD ("stale", test_stale);
  ADD ("names", test_names);
  ADD ("directory", test_directory);
  ADD ("socket-directory", test_socket_directory);
  ADD ("read-only", test_read_only);
  ADD ("foreign", test_foreign);
  ADD ("limit", test_limit);
  ADD ("crowd", test_crowd);
  ADD ("shut-down", test_shut_down);
  ADD ("other-user", test_other_user);
  ADD ("never-reads", test_never_reads);
  ADD ("gone", test_gone);
  return g_test_run ();
}
