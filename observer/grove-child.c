/* SPDX-License-Identifier: MIT
 *
 * The child's end of a socket pair is its standard input and output, so that both ends of a
 * connection are sockets, whatever it goes through.
 */
#include "observer/grove-child.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SAID_MAX 2048 /* of its standard error: the last */
#define READ_MAX 1024
#define GRACE_MS 1000 /* between being asked to end, told to, and made to */

struct GroveChild
{
  guint        n_refs;
  char        *program;
  GSubprocess *process;
  GString     *said;
  gboolean     ended;     /* reaped */
  gboolean     all_said;  /* its standard error has ended */
  gboolean     abandoned; /* nobody is interested any more */
  guint        n_nudges;
  guint        nudge_source;
  guint        wait_source;
  void (*func) (gpointer);
  gpointer data;
};

static guint n_children;

static void
unref (GroveChild *self)
{
  if (--self->n_refs > 0)
    return;
  g_clear_handle_id (&self->nudge_source, g_source_remove);
  g_clear_handle_id (&self->wait_source, g_source_remove);
  g_object_unref (self->process);
  g_string_free (self->said, TRUE);
  g_free (self->program);
  g_free (self);
}

static void
tell (GroveChild *self)
{
  void (*func) (gpointer) = self->func;
  self->func = NULL;
  g_clear_handle_id (&self->wait_source, g_source_remove);
  if (func != NULL)
    func (self->data);
}

static gboolean
waited_enough (gpointer user_data)
{
  GroveChild *self = user_data;
  self->wait_source = 0;
  tell (self);
  return G_SOURCE_REMOVE;
}

static void
look (GroveChild *self)
{
  if (self->ended && self->all_said && self->func != NULL)
    tell (self);
}

static void
reaped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GroveChild *self = user_data;
  g_subprocess_wait_finish (G_SUBPROCESS (source), result, NULL);
  self->ended = TRUE;
  n_children--;
  g_clear_handle_id (&self->nudge_source, g_source_remove);
  look (self);
  unref (self);
}

static void
heard (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GroveChild *self = user_data;
  g_autoptr (GBytes) bytes =
    g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, NULL);
  gsize size = bytes != NULL ? g_bytes_get_size (bytes) : 0;
  if (size > 0 && !self->abandoned)
    {
      g_string_append_len (self->said, g_bytes_get_data (bytes, NULL), (gssize) size);
      if (self->said->len > SAID_MAX)
        g_string_erase (self->said, 0, (gssize) (self->said->len - SAID_MAX));
    }
  if (size > 0)
    {
      /* Also when nobody listens: a child must not stand still because its errors are not read. */
      g_input_stream_read_bytes_async (G_INPUT_STREAM (source), READ_MAX, G_PRIORITY_DEFAULT, NULL,
                                       heard, self);
      return;
    }
  self->all_said = TRUE;
  look (self);
  unref (self);
}

static GSubprocess *
spawn (char **argv, int fd, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDERR_PIPE);
  int copy = fcntl (fd, F_DUPFD_CLOEXEC, 3);
  if (copy < 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s", g_strerror (errno));
      close (fd);
      return NULL;
    }
  g_subprocess_launcher_take_stdin_fd (launcher, fd);
  g_subprocess_launcher_take_stdout_fd (launcher, copy);
  return g_subprocess_launcher_spawnv (launcher, (const char *const *) argv, error);
}

GroveChild *
_grove_child_new (char **argv, int *ret_fd, GError **error)
{
  int fds[2];
  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s", g_strerror (errno));
      return NULL;
    }
  GSubprocess *process = spawn (argv, fds[1], error);
  if (process == NULL)
    {
      close (fds[0]);
      return NULL;
    }
  fcntl (fds[0], F_SETFL, fcntl (fds[0], F_GETFL) | O_NONBLOCK);
  GroveChild *self = g_new0 (GroveChild, 1);
  self->n_refs = 3; /* the caller's, that of the reaping, and that of the reading */
  self->program = g_path_get_basename (argv[0]);
  self->process = process;
  self->said = g_string_new (NULL);
  n_children++;
  g_subprocess_wait_async (process, NULL, reaped, self);
  g_input_stream_read_bytes_async (g_subprocess_get_stderr_pipe (process), READ_MAX,
                                   G_PRIORITY_DEFAULT, NULL, heard, self);
  *ret_fd = fds[0];
  return self;
}

void
_grove_child_wait (GroveChild *self, guint patience_ms, void (*func) (gpointer), gpointer data)
{
  g_clear_handle_id (&self->wait_source, g_source_remove);
  self->func = func;
  self->data = data;
  self->wait_source = self->ended && self->all_said
                        ? g_idle_add (waited_enough, self)
                        : g_timeout_add (patience_ms, waited_enough, self);
}

char *
_grove_child_get_said (GroveChild *self)
{
  g_autofree char *said = g_utf8_make_valid (self->said->str, (gssize) self->said->len);
  g_strstrip (said);
  return said[0] != '\0' ? g_steal_pointer (&said) : NULL;
}

char *
_grove_child_get_complaint (GroveChild *self)
{
  g_autofree char *said = _grove_child_get_said (self);
  if (!self->ended)
    return g_steal_pointer (&said);
  g_autofree char *how = g_subprocess_get_if_exited (self->process)
                           ? g_strdup_printf (_ ("%s ended with status %d"), self->program,
                                              g_subprocess_get_exit_status (self->process))
                           : g_strdup_printf (_ ("%s was ended by signal %d"), self->program,
                                              g_subprocess_get_term_sig (self->process));
  return said != NULL ? g_strdup_printf ("%s (%s)", said, how) : g_steal_pointer (&how);
}

int
_grove_child_get_status (GroveChild *self)
{
  return self->ended && g_subprocess_get_if_exited (self->process)
           ? g_subprocess_get_exit_status (self->process)
           : -1;
}

static gboolean
nudge (gpointer user_data)
{
  GroveChild *self = user_data;
  if (self->n_nudges++ == 0)
    {
      g_subprocess_send_signal (self->process, SIGTERM);
      return G_SOURCE_CONTINUE;
    }
  g_subprocess_force_exit (self->process);
  self->nudge_source = 0;
  return G_SOURCE_REMOVE;
}

void
_grove_child_free (GroveChild *self)
{
  if (self == NULL)
    return;
  self->func = NULL;
  self->abandoned = TRUE;
  g_clear_handle_id (&self->wait_source, g_source_remove);
  if (!self->ended)
    self->nudge_source = g_timeout_add (GRACE_MS, nudge, self);
  unref (self);
}

guint
_grove_child_count (void)
{
  return n_children;
}
