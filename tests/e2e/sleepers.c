/* SPDX-License-Identifier: MIT
 *
 * A system for tests that watch: `sleepers NAME N` is observed as NAME and has N processes that
 * wait for ever, of which some hold messages that nobody will ever take; with N 0 there is nothing
 * but what every system has. It ends when it is told to.
 */
#include "runtime/grove.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

/* The first of them hold 10 messages, 20, and so on. */
#define N_HOARDERS 8
#define EACH_HOLDS 10
/* The first of them have a supervisor: more than a tree shows at once. */
#define N_SUPERVISED 1200

static const char *name;
static size_t      n_sleepers;

static grove_pid crowd;

static void
sleeps (void *arg)
{
  struct grove_message *message;

  (void) arg;
  grove_assert (grove_receive_pattern (GROVE_FOREVER, &message, "never") == GROVE_OK);
}

static enum grove_status
start_sleeper (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  (void) arg;
  (void) ret_reason;
  *ret_pid = grove_spawn_link (sleeps, NULL);
  return GROVE_OK;
}

static enum grove_status
start_crowd (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  const struct grove_child_spec sleeper = { .start = start_sleeper, .restart = GROVE_TEMPORARY };
  const struct grove_supervisor_spec spec = { .name = "crowd_sup",
                                              .strategy = GROVE_SIMPLE_ONE_FOR_ONE,
                                              .intensity = 1,
                                              .period_s = 5,
                                              .children = &sleeper,
                                              .n_children = 1 };
  const enum grove_status            status = grove_supervisor_start (&spec, &crowd, ret_reason);

  (void) arg;
  *ret_pid = crowd;
  return status;
}

static void
start_sleepers (void)
{
  const struct grove_application_spec application = { .name = "crowd", .start = start_crowd };
  grove_pid                           master, pid;

  grove_assert (grove_application_start (&application, &master) == GROVE_OK);
  for (size_t i = 0; i < n_sleepers; i++)
    {
      if (i >= N_SUPERVISED)
        pid = grove_spawn (sleeps, NULL);
      else
        grove_assert (grove_supervisor_start_dynamic (crowd, NULL, 0, &pid, NULL) == GROVE_OK);
      for (size_t k = 0; i < N_HOARDERS && k < (i + 1) * EACH_HOLDS; k++)
        grove_send (pid, "{order, ~i, \"a jumper, two sizes too small\"}", (int) k);
    }
}

static void
on_signal (int number)
{
  (void) number;
  grove_stop ();
}

static void
first (void *arg)
{
  const struct grove_export_options options = { .name = name };
  char                             *error = NULL;

  (void) arg;
  if (n_sleepers > 0)
    start_sleepers ();
  if (grove_export_start (&options, &error) != GROVE_OK)
    {
      fprintf (stderr, "sleepers: %s\n", error);
      exit (1);
    }
  sleeps (NULL);
}

int
main (int argc, char **argv)
{
  const struct sigaction on_end = { .sa_handler = on_signal };
  struct grove_options   options = { 0 };

  if (argc != 3)
    {
      fprintf (stderr, "Usage: sleepers NAME N\n");
      return 2;
    }
  name = argv[1];
  n_sleepers = strtoul (argv[2], NULL, 10);
  options.name = name;
  sigaction (SIGINT, &on_end, NULL);
  sigaction (SIGTERM, &on_end, NULL);
  return grove_run (&options, first, NULL) == GROVE_OK ? 0 : 1;
}
