/* SPDX-License-Identifier: MIT
 *
 * A process is a C function on a stack of its own. It lives until the function returns; whoever
 * monitors it is told, and why it ended.
 */
#include "example.h"

#include <stdio.h>

static void
greeter (void *arg)
{
  struct grove_message *message;
  struct grove_text     name;

  if (grove_receive_pattern (GROVE_FOREVER, &message, "{greet, ~s}", &name) != GROVE_OK)
    return;
  printf ("hello, %.*s\n", (int) name.size, name.bytes);
  grove_message_free (message);
}

static void
spawn_one (void)
{
  grove_pid pid = grove_spawn (greeter, NULL);

  grove_monitor (pid);
  printf ("alive: %s\n", grove_is_alive (pid) ? "yes" : "no");
  example_pause (3000);
  grove_send (pid, "{greet, ~s}", "world");
  example_show_next ("it ended");
  printf ("alive: %s\n", grove_is_alive (pid) ? "yes" : "no");
}

static void
first (void *arg)
{
  do
    spawn_one ();
  while (example_again (3000));
}

int
main (int argc, char **argv)
{
  return example_main (argc, argv, "spawn-and-die", first);
}
