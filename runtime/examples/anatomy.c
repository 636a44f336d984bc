/* SPDX-License-Identifier: MIT
 *
 * What a process consists of, and how much of it there is: a control block that is there as long as
 * it lives, the frames of its stack, what it allocated, and the messages that wait. Anybody may
 * ask.
 */
#include "example.h"

#include <stdio.h>
#include <string.h>

static void
partner (void *arg)
{
  grove_sleep_ms (24 * 3600 * 1000);
}

static void
patient (void *arg)
{
  struct grove_message *message;
  char                 *page = grove_alloc (100000);

  memset (page, 'x', 100000);
  grove_trap_exit (true);
  grove_spawn_link (partner, NULL);
  grove_put ("favourite", "{colour, green}");
  grove_assert (grove_receive_pattern (GROVE_FOREVER, &message, "discharged") == GROVE_OK);
}

static void
show_info (grove_pid pid)
{
  struct grove_message *info;
  struct grove_cursor   cursor;
  struct grove_term     item;

  grove_assert (grove_process_info (pid, NULL, &info) == GROVE_OK);
  grove_assert (grove_cursor_init (&cursor, grove_message_term (info)));
  while (grove_cursor_next (&cursor, &item))
    example_show ("info", item);
  grove_message_free (info);
}

static void
show_sizes (grove_pid pid)
{
  struct grove_process_figures is;

  grove_assert (grove_process_figures (pid, &is) == GROVE_OK);
  printf ("stack:         %6d bytes\n", (int) is.stack_bytes);
  printf ("heap:          %6d bytes\n", (int) is.heap_bytes);
  printf ("mailbox:       %6d bytes for %d messages\n", (int) is.mailbox_bytes,
          (int) is.n_messages);
  printf ("control block: %6d bytes\n",
          (int) (is.memory_bytes - is.stack_bytes - is.heap_bytes - is.mailbox_bytes));
  printf ("pid:           %6d bytes\n", (int) sizeof pid);
}

static bool
waits_with (grove_pid pid, uint64_t n_messages)
{
  struct grove_process_figures is;

  return grove_process_figures (pid, &is) == GROVE_OK && is.status == GROVE_STATUS_WAITING &&
         is.n_messages == n_messages;
}

static void
first (void *arg)
{
  grove_pid pid = grove_spawn (patient, NULL);

  grove_assert (grove_register ("patient", pid) == GROVE_OK);
  grove_send (pid, "{flowers, 12}");
  grove_send (pid, "grapes");
  while (!waits_with (pid, 2))
    grove_yield ();
  show_info (pid);
  show_sizes (pid);
}

int
main (int argc, char **argv)
{
  return example_main (argc, argv, "anatomy", first);
}
