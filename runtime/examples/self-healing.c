/* SPDX-License-Identifier: MIT
 *
 * A supervisor starts its children again when they end: with the state they began with, which is
 * known to be good. Its siblings are left alone. When that happens more often than it may (its
 * intensity), starting again is no cure, and the supervisor gives up and ends itself.
 */
#include "example.h"

#include <stdio.h>

/* ---- The child -------------------------------------------------------------------------- */

static enum grove_status
counter_init (const void *arg, void **state)
{
  int *count = grove_alloc (sizeof *count);

  *count = 10;
  *state = count;
  return GROVE_OK;
}

static enum grove_next
counter_call (struct grove_term request, struct grove_from from, void *state)
{
  int *count = state;

  if (grove_match (request, "next"))
    ++*count;
  grove_reply (from, "~i", *count);
  return GROVE_CONTINUE;
}

/* For those who look at it. */
static void
counter_describe (const void *state, struct grove_buffer *out)
{
  (void) !grove_build (out, "~i", *(const int *) state);
}

static const struct grove_server_callbacks counter = {
  .module = "counter",
  .init = counter_init,
  .handle_call = counter_call,
  .describe = counter_describe,
};

static enum grove_status
start_counter (const void *name, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  struct grove_server_options options = GROVE_SERVER_DEFAULTS;

  options.name = name;
  options.link = true;
  return grove_server_start (&counter, &options, ret_pid, ret_reason);
}

/* ---- The supervisor --------------------------------------------------------------------- */

static const struct grove_child_spec children[] = {
  { .id = "counter", .start = start_counter, .arg = "counter", .shutdown_ms = 5000 },
  { .id = "sibling", .start = start_counter, .arg = "sibling", .shutdown_ms = 5000 },
};

static const struct grove_supervisor_spec supervisor = {
  .name = "counter_sup",
  .strategy = GROVE_ONE_FOR_ONE,
  .intensity = 3, /* restarts */
  .period_s = 60,
  .children = children,
  .n_children = 2,
};

static enum grove_status
start_supervisor (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  return grove_supervisor_start (&supervisor, ret_pid, ret_reason);
}

static void
application_exited (const char *name, const char *reason)
{
  printf ("Application %s exited: %s\n", name, reason);
}

/* The tree as observers see it begins with an application. */
static const struct grove_application_spec application = {
  .name = "counting",
  .start = start_supervisor,
  .exited = application_exited,
};

/* ---- Somebody who breaks things --------------------------------------------------------- */

static int
next (void)
{
  struct grove_message *reply;
  int                   count = 0;

  grove_assert (grove_call (grove_whereis ("counter"), GROVE_FOREVER, &reply, "next") == GROVE_OK);
  grove_assert (grove_match (grove_message_term (reply), "~i", &count));
  grove_message_free (reply);
  return count;
}

/* Returns when another stands in its place, or nobody does any more. */
static void
kill_counter (grove_pid master)
{
  grove_pid old = grove_whereis ("counter");

  grove_exit_process (old, "kill");
  while (grove_is_alive (master) &&
         (grove_whereis ("counter") == old || grove_whereis ("counter") == 0))
    grove_yield ();
}

static void
first (void *arg)
{
  grove_pid master, sibling;

  grove_assert (grove_application_start (&application, &master) == GROVE_OK);
  sibling = grove_whereis ("sibling");
  next ();
  printf ("the counter is at %d\n", next ());
  if (example_observed ())
    {
      printf ("kill `counter`, and once more than three times in a minute\n");
      return;
    }

  kill_counter (master);
  printf ("killed, and there again: %d\n", next ());
  printf ("its sibling is the same: %s\n", grove_whereis ("sibling") == sibling ? "yes" : "no");

  for (int i = 2; grove_is_alive (master); i++)
    {
      printf ("killed %d times\n", i);
      kill_counter (master);
    }
}

int
main (int argc, char **argv)
{
  return example_main (argc, argv, "self-healing", first);
}
