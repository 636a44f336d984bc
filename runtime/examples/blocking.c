/* SPDX-License-Identifier: MIT
 *
 * What blocks a thread (a file, a database, a library that waits by itself) would hold up all
 * processes of that thread's scheduler. grove_blocking() has it done by another thread: the process
 * waits for it, and the others go on.
 */
#include "example.h"

#include <semaphore.h>
#include <time.h>

#define N_GUESTS 4

static sem_t tea; /* stands for whatever blocks a thread */

struct order
{
  bool served;
};

/* Runs on a thread where it is no process: it knows nothing but what it is given. It does not wait
 * for ever, because the program cannot end before it. */
static void
wait_for_tea (void *data)
{
  struct order   *order = data;
  struct timespec until;

  clock_gettime (CLOCK_REALTIME, &until);
  until.tv_sec += 5;
  order->served = sem_timedwait (&tea, &until) == 0;
}

static void
guest (void *arg)
{
  struct order order = { .served = false };

  if (grove_blocking (wait_for_tea, &order, sizeof order, NULL, GROVE_FOREVER) == GROVE_OK)
    grove_send_name ("main", "{served, ~a}", order.served ? "true" : "false");
}

static void
echo (void *arg)
{
  struct grove_message *message;

  while (grove_receive (GROVE_FOREVER, &message) == GROVE_OK)
    {
      grove_send_name ("main", "echo");
      grove_message_free (message);
    }
}

static void
first (void *arg)
{
  grove_pid echoes = grove_spawn (echo, NULL);

  grove_assert (sem_init (&tea, 0, 0) == 0);
  do
    {
      for (int i = 0; i < N_GUESTS; i++)
        grove_spawn (guest, NULL);
      grove_send (echoes, "hello");
      example_show_next ("while they wait");

      for (int i = 0; i < N_GUESTS; i++)
        {
          sem_post (&tea);
          example_show_next ("a guest");
        }
    }
  while (example_again (2000));
}

int
main (int argc, char **argv)
{
  return example_main (argc, argv, "blocking", first);
}
