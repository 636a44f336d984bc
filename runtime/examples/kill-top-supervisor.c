/* SPDX-License-Identifier: MIT
 *
 * An application is a tree with one supervisor at its top. Below, everything is started again when
 * it ends; nobody watches over the top. When that ends the application is gone, all of it, and
 * whoever started it is told why.
 */
#include "example.h"

#include <stdio.h>

static enum grove_status
worker_init (const void *arg, void **state)
{
  return GROVE_OK;
}

static const struct grove_server_callbacks worker = { .module = "worker", .init = worker_init };

static enum grove_status
start_worker (const void *name, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  struct grove_server_options options = GROVE_SERVER_DEFAULTS;

  options.name = name;
  options.link = true;
  return grove_server_start (&worker, &options, ret_pid, ret_reason);
}

static const struct grove_child_spec workers[] = {
  { .id = "baker", .start = start_worker, .arg = "baker", .shutdown_ms = 5000 },
  { .id = "brewer", .start = start_worker, .arg = "brewer", .shutdown_ms = 5000 },
};

static const struct grove_supervisor_spec top = {
  .name = "village_sup",
  .strategy = GROVE_ONE_FOR_ONE,
  .intensity = 3,
  .period_s = 5,
  .children = workers,
  .n_children = 2,
};

static enum grove_status
start_top (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  return grove_supervisor_start (&top, ret_pid, ret_reason);
}

static void
application_exited (const char *name, const char *reason)
{
  printf ("Application %s exited: %s\n", name, reason);
}

static const struct grove_application_spec village = {
  .name = "village",
  .type = GROVE_APPLICATION_TEMPORARY, /* a permanent one would end the program with it */
  .start = start_top,
  .exited = application_exited,
};

static void
first (void *arg)
{
  grove_pid             master;
  struct grove_message *message;

  grove_assert (grove_application_start (&village, &master) == GROVE_OK);
  printf ("the village has a baker: %s\n", grove_whereis ("baker") ? "yes" : "no");
  if (example_observed ())
    {
      printf ("kill `village_sup`\n");
      return;
    }

  grove_monitor (master);
  grove_exit_process (grove_whereis ("village_sup"), "kill");
  grove_assert (grove_receive_pattern (GROVE_FOREVER, &message, "{'DOWN', _, _, _, _}") == 0);
  grove_message_free (message);
  printf ("the village has a baker: %s\n", grove_whereis ("baker") ? "yes" : "no");
}

int
main (int argc, char **argv)
{
  return example_main (argc, argv, "kill-top-supervisor", first);
}
