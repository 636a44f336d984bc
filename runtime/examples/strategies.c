/* SPDX-License-Identifier: MIT
 *
 * Who else is started again when one child ends: nobody (one_for_one), everybody (one_for_all), or
 * those that were started after it, because they may depend on it (rest_for_one). They are stopped
 * in the reverse of the order they are started in.
 */
#include "example.h"

#include <stdio.h>

/* ---- Children that tell when they come and go ------------------------------------------- */

static enum grove_status
child_init (const void *name, void **state)
{
  *state = grove_strdup (name);
  grove_trap_exit (true); /* so that terminate is called when the supervisor stops it */
  grove_send_name ("main", "{started, ~a}", (const char *) name);
  return GROVE_OK;
}

static void
child_terminate (struct grove_term reason, void *state)
{
  grove_send_name ("main", "{stopped, ~a}", (const char *) state);
}

static const struct grove_server_callbacks callbacks = {
  .module = "child",
  .init = child_init,
  .terminate = child_terminate,
};

static enum grove_status
start_child (const void *name, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  struct grove_server_options options = GROVE_SERVER_DEFAULTS;

  options.label = name;
  options.arg = name;
  options.link = true;
  return grove_server_start (&callbacks, &options, ret_pid, ret_reason);
}

static const struct grove_child_spec children[] = {
  { .id = "a", .start = start_child, .arg = "a", .shutdown_ms = 5000 },
  { .id = "b", .start = start_child, .arg = "b", .shutdown_ms = 5000 },
  { .id = "c", .start = start_child, .arg = "c", .shutdown_ms = 5000 },
};

/* ---- A supervisor of each kind ---------------------------------------------------------- */

static const struct grove_supervisor_spec one_for_one = {
  .strategy = GROVE_ONE_FOR_ONE,
  .intensity = 10,
  .period_s = 10,
  .children = children,
  .n_children = 3,
};

static const struct grove_supervisor_spec one_for_all = {
  .strategy = GROVE_ONE_FOR_ALL,
  .intensity = 10,
  .period_s = 10,
  .children = children,
  .n_children = 3,
};

static const struct grove_supervisor_spec rest_for_one = {
  .strategy = GROVE_REST_FOR_ONE,
  .intensity = 10,
  .period_s = 10,
  .children = children,
  .n_children = 3,
};

static enum grove_status
start_supervisor (const void *spec, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  return grove_supervisor_start (spec, ret_pid, ret_reason);
}

static const struct grove_application_spec applications[] = {
  { .name = "one_for_one", .start = start_supervisor, .arg = &one_for_one },
  { .name = "one_for_all", .start = start_supervisor, .arg = &one_for_all },
  { .name = "rest_for_one", .start = start_supervisor, .arg = &rest_for_one },
};

/* ---- Killing the one in the middle ------------------------------------------------------ */

/* Prints the next @n that come and go. Returns who is `b`, if it is among them. */
static grove_pid
show (const char *what, int n)
{
  struct grove_message *message;
  grove_pid             b = 0;

  for (int i = 0; i < n; i++)
    {
      grove_assert (grove_receive (GROVE_FOREVER, &message) == GROVE_OK);
      example_show (what, grove_message_term (message));
      if (grove_match (grove_message_term (message), "{started, b}"))
        b = grove_message_sender (message);
      grove_message_free (message);
    }
  return b;
}

static void
first (void *arg)
{
  static const int n_events[] = { 1, 5, 3 }; /* when b is killed, which does not notice */

  for (int i = 0; i < 3; i++)
    {
      grove_pid master, b;

      grove_assert (grove_application_start (&applications[i], &master) == GROVE_OK);
      b = show (applications[i].name, 3);
      printf ("b is killed\n");
      grove_exit_process (b, "kill");
      show (applications[i].name, n_events[i]);
    }
}

int
main (int argc, char **argv)
{
  return example_main (argc, argv, "strategies", first);
}
