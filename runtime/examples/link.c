/* SPDX-License-Identifier: MIT
 *
 * Linked processes end together: when one crashes, so do those that are linked to it, unless they
 * trap exits; then they get a message instead, and can do something about it.
 */
#include "example.h"

static void
crashes_when_told (void *arg)
{
  struct grove_message *message;

  if (grove_receive_pattern (GROVE_FOREVER, &message, "crash") == GROVE_OK)
    {
      example_pause (5000);
      grove_exit ("{oops, ~s}", "spilled the tea");
    }
}

static void
fragile (void *arg)
{
  struct grove_message *message;

  grove_send (grove_spawn_link (crashes_when_told, NULL), "crash");
  while (grove_receive (GROVE_FOREVER, &message) == GROVE_OK)
    grove_message_free (message);
}

static void
careful (void *arg)
{
  grove_trap_exit (true);
  grove_send (grove_spawn_link (crashes_when_told, NULL), "crash");
  example_show_next ("the careful one got");
}

static void
first (void *arg)
{
  do
    {
      grove_monitor (grove_spawn (fragile, NULL));
      example_show_next ("the fragile one ended");
      grove_monitor (grove_spawn (careful, NULL));
      example_show_next ("the careful one ended");
    }
  while (example_again (2000));
}

int
main (int argc, char **argv)
{
  return example_main (argc, argv, "link", first);
}
