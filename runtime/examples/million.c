/* SPDX-License-Identifier: MIT
 *
 * Processes are cheap enough to have one for each thing that happens: here are a million, or as
 * many as the command line says, that wait for five seconds and leave. Everything else goes on
 * meanwhile.
 */
#include "example.h"

#include <stdio.h>

static grove_pid main_pid;

static void
waits (void *arg)
{
  struct grove_message *message;

  if (grove_receive (5000 * EXAMPLE_MS, &message) == GROVE_ERR_TIMEOUT)
    grove_send (main_pid, "left");
}

static void
echo (void *arg)
{
  struct grove_message *message;

  while (grove_receive (GROVE_FOREVER, &message) == GROVE_OK)
    {
      grove_forward (grove_message_sender (message), message);
      grove_message_free (message);
    }
}

static double
seconds_since (uint64_t begin_ns)
{
  return (double) (grove_now_ns () - begin_ns) / 1e9;
}

static void
show_size (grove_pid pid)
{
  struct grove_process_figures figures = { 0 };

  while (figures.status != GROVE_STATUS_WAITING)
    {
      grove_yield ();
      grove_assert (grove_process_figures (pid, &figures) == GROVE_OK);
    }
  printf ("one that waits takes %d bytes\n", (int) figures.memory_bytes);
}

static void
wave (grove_pid other, long n)
{
  struct grove_message *message;
  uint64_t              begin_ns = grove_now_ns ();

  for (long i = 0; i < n; i++)
    grove_spawn (waits, NULL);
  printf ("spawned %ld in %.2f s\n", n, seconds_since (begin_ns));

  begin_ns = grove_now_ns ();
  grove_send (other, "ping");
  grove_assert (grove_receive_pattern (GROVE_FOREVER, &message, "ping") == GROVE_OK);
  grove_message_free (message);
  printf ("an echo beside them took %.3f ms\n", seconds_since (begin_ns) * 1e3);

  for (long i = 0; i < n; i++)
    {
      grove_assert (grove_receive_pattern (GROVE_FOREVER, &message, "left") == GROVE_OK);
      grove_message_free (message);
    }
  printf ("all %ld have left\n", n);
}

static void
first (void *arg)
{
  grove_pid other = grove_spawn (echo, NULL);

  main_pid = grove_self ();
  show_size (other);
  do
    wave (other, example_number (1000000));
  while (example_again (5000));
}

int
main (int argc, char **argv)
{
  return example_main (argc, argv, "million", first);
}
