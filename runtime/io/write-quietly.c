/* SPDX-License-Identifier: MIT
 *
 * See write-quietly.h.
 */
#include "runtime/io/write-quietly.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>

ssize_t
_grove_write_quietly (int fd, const void *bytes, size_t size)
{
  static const struct timespec at_once = { 0, 0 };
  sigset_t                     pipe_signal, old, pending;
  ssize_t                      n;
  int                          error;

  sigemptyset (&pipe_signal);
  sigaddset (&pipe_signal, SIGPIPE);
  sigpending (&pending);
  pthread_sigmask (SIG_BLOCK, &pipe_signal, &old);
  n = write (fd, bytes, size);
  error = errno;
  if (n < 0 && error == EPIPE && !sigismember (&pending, SIGPIPE))
    while (sigtimedwait (&pipe_signal, NULL, &at_once) < 0 && errno == EINTR)
      ;
  pthread_sigmask (SIG_SETMASK, &old, NULL);
  errno = error;
  return n;
}
