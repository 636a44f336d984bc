/* SPDX-License-Identifier: MIT
 *
 * Starting and ending observed programs. The wire is in grove-system-test-wire.c.
 */
#include "tests/support/grove-system-test.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* Generous: sanitizer builds on a busy machine take their time. */
#define START_TIMEOUT_US (60 * G_TIME_SPAN_SECOND)
#define END_TIMEOUT_MS   30000
#define INHERITED        "GROVE_TEST_RUNTIME_DIRECTORY"

struct _GroveTestSystem
{
  GPid  pid;
  int   pidfd;
  int   input;
  char *output_path;
};

static char *runtime_directory;
static GPid  runtime_directory_owner;

static void
remove_tree (const char *path)
{
  GDir *directory = g_dir_open (path, 0, NULL);

  if (directory != NULL)
    {
      const char *name;

      while ((name = g_dir_read_name (directory)) != NULL)
        {
          g_autofree char *child = g_build_filename (path, name, NULL);

          if (g_file_test (child, G_FILE_TEST_IS_DIR) &&
              !g_file_test (child, G_FILE_TEST_IS_SYMLINK))
            remove_tree (child);
          else
            g_unlink (child);
        }
      g_dir_close (directory);
    }
  g_rmdir (path);
}

static void
on_exit_remove (void)
{
  if (runtime_directory_owner == getpid ())
    remove_tree (runtime_directory);
}

void
grove_test_runtime_directory_init (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (runtime_directory);
  /* A test that runs itself as a subprocess lives in the first one's directory. */
  runtime_directory = g_strdup (g_getenv (INHERITED));
  if (runtime_directory != NULL)
    return;
  runtime_directory = g_dir_make_tmp ("grove-test-XXXXXX", &error);
  g_assert_no_error (error);
  g_assert_no_errno (g_chmod (runtime_directory, 0700));
  g_setenv ("XDG_RUNTIME_DIR", runtime_directory, TRUE);
  g_setenv (INHERITED, runtime_directory, TRUE);
  runtime_directory_owner = getpid ();
  atexit (on_exit_remove);
}

const char *
grove_test_socket_directory (void)
{
  static char *path;

  g_assert_nonnull (runtime_directory);
  if (path == NULL)
    path = g_build_filename (runtime_directory, "grove", NULL);
  return path;
}

char *
grove_test_socket_path (const char *name)
{
  g_autofree char *file = g_strconcat (name, ".sock", NULL);

  return g_build_filename (grove_test_socket_directory (), file, NULL);
}

/* In the child: a test that is killed takes what it started with it. */
static void
on_child_setup (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static gboolean
answers (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int                fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  gboolean           connected;

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpuint (strlen (path), <, sizeof address.sun_path);
  strcpy (address.sun_path, path);
  connected = connect (fd, (const struct sockaddr *) &address, sizeof address) == 0;
  close (fd);
  return connected;
}

static gboolean
ended_within (GroveTestSystem *self, int timeout_ms)
{
  struct pollfd poll_fd = { .fd = self->pidfd, .events = POLLIN };

  return poll (&poll_fd, 1, timeout_ms) == 1;
}

GroveTestSystem *
grove_test_system_start (const char *name, const char *const *argv)
{
  GroveTestSystem *self = g_new0 (GroveTestSystem, 1);
  g_autofree char *socket_path = grove_test_socket_path (name);
  g_autoptr (GError) error = NULL;
  gint64 deadline = g_get_monotonic_time () + START_TIMEOUT_US;
  int    output;

  self->output_path = g_build_filename (runtime_directory, "output-XXXXXX", NULL);
  output = g_mkstemp_full (self->output_path, O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
  g_assert_cmpint (output, >=, 0);
  g_spawn_async_with_pipes_and_fds (NULL, argv, NULL,
                                    G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_CLOEXEC_PIPES,
                                    on_child_setup, NULL, -1, output, output, NULL, NULL, 0,
                                    &self->pid, &self->input, NULL, NULL, &error);
  g_assert_no_error (error);
  close (output);
  self->pidfd = pidfd_open (self->pid, 0);
  g_assert_cmpint (self->pidfd, >=, 0);

  while (!answers (socket_path))
    {
      if (ended_within (self, 5) || g_get_monotonic_time () > deadline)
        {
          g_autofree char *text = grove_test_system_read_output (self);

          g_error ("%s did not open %s; it said: %s", argv[0], socket_path, text);
        }
    }
  return self;
}

GPid
grove_test_system_get_pid (GroveTestSystem *self)
{
  return self->pid;
}

gboolean
grove_test_system_is_running (GroveTestSystem *self)
{
  return !ended_within (self, 0);
}

char *
grove_test_system_read_output (GroveTestSystem *self)
{
  char *text = NULL;

  g_file_get_contents (self->output_path, &text, NULL, NULL);
  return text;
}

void
grove_test_system_type (GroveTestSystem *self, const char *text)
{
  const size_t size = strlen (text);

  g_assert_cmpint (write (self->input, text, size), ==, (ssize_t) size);
}

int
grove_test_system_end (GroveTestSystem *self, int signal)
{
  int status = -1;

  kill (self->pid, signal);
  if (!ended_within (self, END_TIMEOUT_MS))
    {
      kill (self->pid, SIGKILL);
      g_error ("the system did not end within %d ms of signal %d", END_TIMEOUT_MS, signal);
    }
  g_assert_cmpint (waitpid (self->pid, &status, 0), ==, self->pid);
  if (WIFEXITED (status) && WEXITSTATUS (status) != 0)
    {
      g_autofree char *text = grove_test_system_read_output (self);

      g_test_message ("it ended with %d and said: %s", WEXITSTATUS (status), text);
    }
  close (self->pidfd);
  close (self->input);
  g_unlink (self->output_path);
  g_free (self->output_path);
  g_free (self);
  return status;
}

void
grove_test_system_stop (GroveTestSystem *self, const char *name)
{
  g_autofree char *socket_path = grove_test_socket_path (name);
  int              status = grove_test_system_end (self, SIGINT);

  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);
  g_assert_false (g_file_test (socket_path, G_FILE_TEST_EXISTS));
}

int
grove_test_run (const char *const *argv, char **environment, char **ret_output, char **ret_errors)
{
  g_autoptr (GError) error = NULL;
  int status = 0;

  g_spawn_sync (NULL, (char **) argv, environment, G_SPAWN_DEFAULT, on_child_setup, NULL,
                ret_output, ret_errors, &status, &error);
  g_assert_no_error (error);
  return WIFEXITED (status) ? WEXITSTATUS (status) : 128 + WTERMSIG (status);
}
