/* SPDX-License-Identifier: MIT
 *
 * Sending to a process that has ended is no error: it could have ended a moment later just as well.
 * Who needs to know monitors it, and is told even when it comes too late.
 */
#include "example.h"

#include <stdio.h>

static void
short_lived (void *arg)
{
}

static void
first (void *arg)
{
  grove_pid pid = grove_spawn (short_lived, NULL);

  grove_monitor (pid);
  example_show_next ("it ended");

  printf ("sending to it: %s\n",
          grove_status_text (grove_send (pid, "{hello, ~p}", grove_self ())));
  printf ("sending to a name nobody has: %s\n",
          grove_status_text (grove_send_name ("elvis", "hello")));
  printf ("alive: %s\n", grove_is_alive (pid) ? "yes" : "no");

  grove_monitor (pid);
  example_show_next ("asked again");
}

int
main (int argc, char **argv)
{
  return example_main (argc, argv, "dead-letter", first);
}
