/* SPDX-License-Identifier: MIT
 *
 * A process is what it does with its messages. This one repeats what is whispered, changes its own
 * priority, and terminates; whoever knows its name can tell it to, and so can a person.
 */
#include "example.h"

#include <stdio.h>

static bool
set_priority (struct grove_term level)
{
  static const char *const names[] = { "low", "normal", "high", "max" };

  for (int i = GROVE_PRIORITY_LOW; i <= GROVE_PRIORITY_MAX; i++)
    if (grove_term_is_atom (level, names[i]))
      return grove_set_priority ((enum grove_priority) i, NULL) == GROVE_OK;
  return false;
}

static void
agent (void *arg)
{
  struct grove_message *message;
  struct grove_term     term, level;
  struct grove_text     text;

  while (grove_receive (GROVE_FOREVER, &message) == GROVE_OK)
    {
      term = grove_message_term (message);
      if (grove_match (term, "{whisper, ~s}", &text))
        printf ("the agent heard: %.*s\n", (int) text.size, text.bytes);
      else if (grove_match (term, "{set_priority, ~t}", &level))
        printf ("the agent changes its priority: %s\n", set_priority (level) ? "yes" : "no");
      else if (grove_match (term, "terminate"))
        grove_exit ("mission_accomplished");
      else
        example_show ("the agent knows nothing of", term);
      grove_message_free (message);
    }
}

static void
first (void *arg)
{
  grove_pid pid = grove_spawn (agent, NULL);

  grove_monitor (pid);
  grove_assert (grove_register ("agent", pid) == GROVE_OK);
  if (example_observed ())
    {
      printf ("send `agent` {whisper, <<\"hi\">>}, {set_priority, high} or terminate\n");
      return;
    }

  grove_send_name ("agent", "{whisper, ~s}", "the geese fly south");
  grove_send_name ("agent", "{set_priority, high}");
  grove_send_name ("agent", "{set_priority, ludicrous}");
  grove_send_name ("agent", "moscow");
  grove_send_name ("agent", "terminate");
  example_show_next ("it ended");
}

int
main (int argc, char **argv)
{
  return example_main (argc, argv, "secret-agent", first);
}
