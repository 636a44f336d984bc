/* SPDX-License-Identifier: MIT
 *
 * A process may wait for one kind of message and leave the others where they are, in their order.
 * One that waits although its mailbox is not empty waits for something that is not what it has.
 */
#include "example.h"

/* Opens for the right key only; looks at the post afterwards. */
static void
safe (void *arg)
{
  struct grove_message *key, *post;

  grove_assert (grove_receive_pattern (GROVE_FOREVER, &key, "{key, 1234}") == GROVE_OK);
  example_show ("opened with", grove_message_term (key));
  grove_message_free (key);

  while (grove_receive (0, &post) == GROVE_OK)
    {
      example_show ("inside", grove_message_term (post));
      grove_message_free (post);
    }
}

static void
first (void *arg)
{
  grove_pid             pid = grove_spawn (safe, NULL);
  struct grove_message *info;

  grove_assert (grove_register ("safe", pid) == GROVE_OK);
  grove_monitor (pid);
  grove_send (pid, "letter");
  grove_send (pid, "{key, 1111}");
  grove_send (pid, "{parcel, ~s}", "a teapot");

  /* The question arrives behind the three, and the safe still waits when it is answered. */
  do
    grove_assert (grove_process_info (pid, "[status, messages]", &info) == GROVE_OK);
  while (!grove_match (grove_message_term (info), "[{status, waiting}, _]"));
  example_show ("the safe", grove_message_term (info));
  grove_message_free (info);

  if (example_observed ())
    grove_sleep_ms (24 * 3600 * 1000);
  grove_send (pid, "{key, 1234}");
  example_show_next ("it ended");
}

int
main (int argc, char **argv)
{
  return example_main (argc, argv, "selective-receive", first);
}
