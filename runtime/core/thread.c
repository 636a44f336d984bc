/* SPDX-License-Identifier: MIT
 *
 * See thread.h.
 */
#include "runtime/core/thread.h"

#include <signal.h>

bool
_grove_thread_start (pthread_t *ret_thread, void *(*run) (void *data), void *data)
{
  sigset_t all, before;
  int      error;

  sigfillset (&all);
  pthread_sigmask (SIG_SETMASK, &all, &before);
  error = pthread_create (ret_thread, NULL, run, data);
  pthread_sigmask (SIG_SETMASK, &before, NULL);
  return error == 0;
}
