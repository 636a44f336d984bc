/* SPDX-License-Identifier: MIT
 *
 * What takes long is given to a process of its own: the dispatcher spawns a worker for each message
 * and is free again at once, so its mailbox stays empty and the work goes on side by side. The
 * number is how many milliseconds a job takes.
 */
#include "example.h"

#include <stdio.h>

#define N_JOBS 3

/* Answers whoever asked, not the dispatcher. */
static void
worker (void *arg)
{
  struct grove_message *job;
  grove_pid             client;
  int                   number;

  if (grove_receive_pattern (GROVE_FOREVER, &job, "{~p, {job, ~i}}", &client, &number) != GROVE_OK)
    return;
  grove_send (client, "{begun, ~i}", number);
  grove_sleep_ms ((uint64_t) example_number (example_observed () ? 5000 : 300));
  grove_send (client, "{done, ~i}", number);
}

static void
dispatcher (void *arg)
{
  struct grove_message *job;

  while (grove_receive (GROVE_FOREVER, &job) == GROVE_OK)
    {
      grove_forward (grove_spawn (worker, NULL), job);
      grove_message_free (job);
    }
}

static void
first (void *arg)
{
  grove_pid                    pid = grove_spawn (dispatcher, NULL);
  struct grove_process_figures figures;
  struct grove_message        *message;

  grove_assert (grove_register ("dispatcher", pid) == GROVE_OK);
  do
    {
      for (int i = 1; i <= N_JOBS; i++)
        grove_send (pid, "{~p, {job, ~i}}", grove_self (), i);

      for (int i = 1; i <= N_JOBS; i++)
        {
          grove_assert (grove_receive_pattern (GROVE_FOREVER, &message, "{begun, ^~i}", i) == 0);
          grove_message_free (message);
        }
      grove_assert (grove_process_figures (pid, &figures) == GROVE_OK);
      printf ("%d jobs begun, %d messages wait for the dispatcher\n", N_JOBS,
              (int) figures.n_messages);

      for (int i = 1; i <= N_JOBS; i++)
        {
          grove_assert (grove_receive_pattern (GROVE_FOREVER, &message, "{done, ^~i}", i) == 0);
          example_show ("reply", grove_message_term (message));
          grove_message_free (message);
        }
    }
  while (example_again (2000));
}

int
main (int argc, char **argv)
{
  return example_main (argc, argv, "dispatcher", first);
}
