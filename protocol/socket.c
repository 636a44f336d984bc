/* SPDX-License-Identifier: MIT
 *
 * Binding, and telling live from stale. The order matters: first the lock, then the old socket
 * goes, then the new one is bound and made private, and only then it listens.
 *
 * Threads: any one thread at a time.
 */
#include "protocol/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* Whoever does not fit in here is turned away by the kernel, without a word. */
#define BACKLOG 128

static enum grove_listen
refuse (char **ret_error, enum grove_listen outcome, const char *format, ...)
  __attribute__ ((format (printf, 3, 4)));

static enum grove_listen
refuse (char **ret_error, enum grove_listen outcome, const char *format, ...)
{
  va_list arguments;

  if (ret_error == NULL)
    return outcome;
  va_start (arguments, format);
  if (vasprintf (ret_error, format, arguments) < 0)
    abort ();
  va_end (arguments);
  return outcome;
}

bool
grove_socket_directory (char *path, size_t size)
{
  const char *runtime = getenv ("XDG_RUNTIME_DIR");
  int         n;

  if (runtime != NULL && runtime[0] == '/')
    n = snprintf (path, size, "%s/grove", runtime);
  else
    n = snprintf (path, size, "/tmp/grove-%u", (unsigned) geteuid ());
  return n > 0 && (size_t) n < size;
}

bool
grove_socket_name_is_good (const char *name)
{
  size_t size = strlen (name);

  return size >= 1 && size <= 64 && name[0] != '.' &&
         strspn (name, GROVE_SOCKET_NAME_BYTES) == size;
}

/* Makes the directory if it is not there, and trusts it only if nobody else can reach into it. */
static enum grove_listen
claim_directory (const char *directory, char **ret_error)
{
  struct stat status;

  if (mkdir (directory, 0700) != 0 && errno != EEXIST)
    return refuse (ret_error, GROVE_LISTEN_FAILED, "The directory “%s” cannot be made: %s.",
                   directory, strerror (errno));
  if (lstat (directory, &status) != 0)
    return refuse (ret_error, GROVE_LISTEN_FAILED, "The directory “%s” cannot be read: %s.",
                   directory, strerror (errno));
  if (!S_ISDIR (status.st_mode))
    return refuse (ret_error, GROVE_LISTEN_FAILED, "“%s” is not a directory.", directory);
  if (status.st_uid != geteuid ())
    return refuse (ret_error, GROVE_LISTEN_FAILED, "The directory “%s” belongs to another user.",
                   directory);
  if ((status.st_mode & 077) != 0)
    return refuse (ret_error, GROVE_LISTEN_FAILED,
                   "The directory “%s” is open to other users; its mode must be 0700.", directory);
  return GROVE_LISTEN_OK;
}

/* A lock on a file that someone removed meanwhile holds nothing: then once more. */
static enum grove_listen
take_lock (struct grove_socket *self, const char *name, char **ret_error)
{
  for (;;)
    {
      struct stat held, named;

      self->lock_fd = open (self->lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
      if (self->lock_fd < 0)
        return refuse (ret_error, GROVE_LISTEN_FAILED, "The file “%s” cannot be opened: %s.",
                       self->lock_path, strerror (errno));
      if (flock (self->lock_fd, LOCK_EX | LOCK_NB) != 0)
        {
          int error = errno;

          close (self->lock_fd);
          self->lock_fd = -1;
          if (error == EWOULDBLOCK)
            return refuse (ret_error, GROVE_LISTEN_BUSY, "A system named “%s” is running already.",
                           name);
          return refuse (ret_error, GROVE_LISTEN_FAILED, "The file “%s” cannot be locked: %s.",
                         self->lock_path, strerror (error));
        }
      if (fstat (self->lock_fd, &held) == 0 && stat (self->lock_path, &named) == 0 &&
          held.st_dev == named.st_dev && held.st_ino == named.st_ino)
        return GROVE_LISTEN_OK;
      close (self->lock_fd);
      self->lock_fd = -1;
    }
}

/* With the lock in hand: whatever socket is there, and whatever the lock says, belongs to nobody
 * alive. */
static enum grove_listen
clear_place (struct grove_socket *self, char **ret_error)
{
  struct stat status;

  (void) !ftruncate (self->lock_fd, 0);
  if (lstat (self->socket_path, &status) != 0)
    return GROVE_LISTEN_OK;
  if (S_ISSOCK (status.st_mode) && unlink (self->socket_path) == 0)
    return GROVE_LISTEN_OK;
  (void) unlink (self->lock_path);
  return refuse (ret_error, GROVE_LISTEN_FAILED, "“%s” is in the way, and it is not a socket.",
                 self->socket_path);
}

static enum grove_listen
bind_socket (struct grove_socket *self, char **ret_error)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };

  if (strlen (self->socket_path) >= sizeof address.sun_path)
    return refuse (ret_error, GROVE_LISTEN_FAILED, "The path “%s” is too long for a socket.",
                   self->socket_path);
  strcpy (address.sun_path, self->socket_path);
  self->listen_fd = socket (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (self->listen_fd < 0 ||
      bind (self->listen_fd, (const struct sockaddr *) &address, sizeof address) != 0)
    return refuse (ret_error, GROVE_LISTEN_FAILED, "The socket “%s” cannot be made: %s.",
                   self->socket_path, strerror (errno));
  if (chmod (self->socket_path, 0600) != 0 || listen (self->listen_fd, BACKLOG) != 0)
    {
      int error = errno;

      (void) unlink (self->socket_path);
      return refuse (ret_error, GROVE_LISTEN_FAILED, "The socket “%s” cannot be opened: %s.",
                     self->socket_path, strerror (error));
    }
  return GROVE_LISTEN_OK;
}

static void
let_go (struct grove_socket *self)
{
  if (self->listen_fd >= 0)
    close (self->listen_fd);
  if (self->lock_fd >= 0)
    close (self->lock_fd);
  free (self->socket_path);
  free (self->lock_path);
}

static enum grove_listen
claim (struct grove_socket *self, const char *directory, const char *name, char **ret_error)
{
  char              standard[4096];
  enum grove_listen outcome;

  self->listen_fd = self->lock_fd = -1;
  self->socket_path = self->lock_path = NULL;
  if (!grove_socket_name_is_good (name))
    return refuse (ret_error, GROVE_LISTEN_BAD_NAME,
                   "A system's name has 1 to 64 of A-Z a-z 0-9 . _ @ - and does not begin with a "
                   "dot.");
  if (directory == NULL)
    {
      if (!grove_socket_directory (standard, sizeof standard))
        return refuse (ret_error, GROVE_LISTEN_FAILED, "$XDG_RUNTIME_DIR is too long.");
      directory = standard;
    }
  outcome = claim_directory (directory, ret_error);
  if (outcome != GROVE_LISTEN_OK)
    return outcome;
  if (asprintf (&self->socket_path, "%s/%s.sock", directory, name) < 0 ||
      asprintf (&self->lock_path, "%s/%s.lock", directory, name) < 0)
    abort ();
  outcome = take_lock (self, name, ret_error);
  if (outcome == GROVE_LISTEN_OK)
    outcome = clear_place (self, ret_error);
  return outcome;
}

enum grove_listen
grove_socket_claim (struct grove_socket *self,
                    const char          *directory,
                    const char          *name,
                    char               **ret_error)
{
  const enum grove_listen outcome = claim (self, directory, name, ret_error);

  if (outcome != GROVE_LISTEN_OK)
    let_go (self);
  return outcome;
}

enum grove_listen
grove_socket_listen (struct grove_socket *self,
                     const char          *directory,
                     const char          *name,
                     char               **ret_error)
{
  enum grove_listen outcome = claim (self, directory, name, ret_error);

  if (outcome == GROVE_LISTEN_OK)
    {
      outcome = bind_socket (self, ret_error);
      if (outcome != GROVE_LISTEN_OK)
        (void) unlink (self->lock_path);
    }
  if (outcome != GROVE_LISTEN_OK)
    let_go (self);
  return outcome;
}

void
grove_socket_close (struct grove_socket *self)
{
  /* The lock goes last: until then nobody else can have put a socket of that name there. */
  if (self->listen_fd >= 0)
    (void) unlink (self->socket_path);
  (void) unlink (self->lock_path);
  let_go (self);
}

int
grove_socket_accept (struct grove_socket *self, bool *ret_again)
{
  struct ucred peer;
  socklen_t    size = sizeof peer;
  int          fd = accept4 (self->listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

  if (fd < 0)
    {
      *ret_again = errno == EINTR || errno == ECONNABORTED;
      return -1;
    }
  *ret_again = true;
  if (getsockopt (fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 ||
      (peer.uid != geteuid () && peer.uid != 0))
    {
      close (fd);
      return -1;
    }
  return fd;
}
