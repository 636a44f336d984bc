/* SPDX-License-Identifier: MIT
 *
 * See the header. Not compiled as process code: the thread is none of the runtime's.
 */
#include "stopper.h"

#include "runtime/grove.h"

#include <pthread.h>
#include <signal.h>

static struct
{
  sigset_t  signals;
  pthread_t thread;
  void (*also) (void);
  bool         started; /* by the first process; read by the main thread when that has ended */
  _Atomic bool ended;   /* set by the main thread, read by this thread */
} stopper;

void
stopper_block_signals (void)
{
  sigemptyset (&stopper.signals);
  sigaddset (&stopper.signals, SIGINT);
  sigaddset (&stopper.signals, SIGTERM);
  pthread_sigmask (SIG_BLOCK, &stopper.signals, NULL);
}

static void *
stopper_main (void *arg)
{
  int number;

  (void) arg;
  for (;;)
    {
      sigwait (&stopper.signals, &number);
      if (stopper.ended)
        return NULL;
      if (stopper.also != NULL)
        stopper.also ();
      grove_stop ();
    }
}

bool
stopper_start (void (*also) (void))
{
  stopper.also = also;
  stopper.started = pthread_create (&stopper.thread, NULL, stopper_main, NULL) == 0;
  return stopper.started;
}

void
stopper_end (void)
{
  if (!stopper.started)
    return;
  stopper.ended = true;
  pthread_kill (stopper.thread, SIGTERM);
  pthread_join (stopper.thread, NULL);
}
