/* SPDX-License-Identifier: MIT
 *
 * A process works on one message at a time; the others wait in its mailbox, where they can be seen.
 * A mailbox that only grows is the first thing to look for in a system that has become slow. The
 * number is how many milliseconds each message takes.
 */
#include "example.h"

#define N_PINGS 5

static void
worker (void *arg)
{
  struct grove_message *message;
  grove_pid             sender;

  while (grove_receive_pattern (GROVE_FOREVER, &message, "{~p, ping}", &sender) == GROVE_OK)
    {
      grove_sleep_ms ((uint64_t) example_number (example_observed () ? 20000 : 200));
      grove_send (sender, "{ok, pong}");
      grove_message_free (message);
    }
}

static uint64_t
messages_of (grove_pid pid)
{
  struct grove_process_figures figures;

  return grove_process_figures (pid, &figures) == GROVE_OK ? figures.n_messages : 0;
}

static void
first (void *arg)
{
  grove_pid             pid = grove_spawn (worker, NULL);
  struct grove_message *info;

  grove_assert (grove_register ("slow_worker", pid) == GROVE_OK);
  do
    {
      for (int i = 0; i < N_PINGS; i++)
        grove_send (pid, "{~p, ping}", grove_self ());

      /* It has taken one of them, and sleeps over it. */
      while (messages_of (pid) != N_PINGS - 1)
        grove_yield ();
      grove_assert (grove_process_info (pid, "[status, message_queue_len, messages]", &info) == 0);
      example_show ("the worker", grove_message_term (info));
      grove_message_free (info);

      for (int i = 0; i < N_PINGS; i++)
        example_show_next ("reply");
    }
  while (example_again (0));
}

int
main (int argc, char **argv)
{
  return example_main (argc, argv, "slow-worker", first);
}
