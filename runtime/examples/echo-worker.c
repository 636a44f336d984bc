/* SPDX-License-Identifier: MIT
 *
 * Processes share nothing: they send each other copies. The sender never waits; who wants an answer
 * says who it is, and looks into its mailbox when it likes. What one process sends to another
 * arrives in the order in which it was sent.
 */
#include "example.h"

static void
worker (void *arg)
{
  struct grove_message *message;
  grove_pid             sender;

  while (grove_receive_pattern (GROVE_FOREVER, &message, "{~p, _}", &sender) == GROVE_OK)
    {
      example_show ("the worker got", grove_message_term (message));
      grove_send (sender, "{ok, pong}");
      grove_message_free (message);
    }
}

static void
first (void *arg)
{
  grove_pid pid = grove_spawn (worker, NULL);

  grove_assert (grove_register ("echo_worker", pid) == GROVE_OK);
  do
    {
      grove_send (pid, "{~p, ping_1}", grove_self ());
      grove_send (pid, "{~p, ping_2}", grove_self ());
      example_show_next ("reply");
      example_show_next ("reply");
    }
  while (example_again (2000));
}

int
main (int argc, char **argv)
{
  return example_main (argc, argv, "echo-worker", first);
}
