/* SPDX-License-Identifier: MIT
 *
 * See standard-io.h.
 */
#include "runtime/beam/standard-io.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* Copies until the end of either; then the other side of the socket hears of it. */
struct copier
{
  int from, to;
  int shut; /* what to shut at the end: a socket, or -1 */
};

static void *
copy (void *data)
{
  const struct copier *self = data;
  char                 bytes[16384];

  for (;;)
    {
      ssize_t n = read (self->from, bytes, sizeof bytes), put;

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        break;
      for (ssize_t done = 0; done < n; done += put)
        {
          put = write (self->to, bytes + done, (size_t) (n - done));
          if (put < 0 && errno == EINTR)
            put = 0;
          else if (put < 0)
            goto end;
        }
    }
end:
  if (self->shut >= 0)
    (void) shutdown (self->shut, SHUT_WR);
  return NULL;
}

int
beam_stdio_socket (void)
{
  static struct copier in, out;
  struct stat          input, output;
  pthread_t            thread;
  int                  ends[2];

  if (fstat (STDIN_FILENO, &input) == 0 && fstat (STDOUT_FILENO, &output) == 0 &&
      S_ISSOCK (input.st_mode) && input.st_dev == output.st_dev && input.st_ino == output.st_ino)
    return dup (STDIN_FILENO);
  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return -1;
  in = (struct copier){ STDIN_FILENO, ends[1], ends[1] };
  out = (struct copier){ ends[1], STDOUT_FILENO, -1 };
  if (pthread_create (&thread, NULL, copy, &in) != 0 || pthread_detach (thread) != 0 ||
      pthread_create (&thread, NULL, copy, &out) != 0 || pthread_detach (thread) != 0)
    return -1;
  return ends[0];
}
