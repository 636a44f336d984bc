/* SPDX-License-Identifier: MIT
 *
 * Let it crash. A process that writes through a null pointer ends, alone: its heap is given back,
 * what it deferred is released, the reason says where it happened, and its supervisor starts
 * another. Observers list the crash with its stack and the message that did it.
 */
#include "example.h"

#include <stdio.h>

/* ---- A server with a mistake in it ------------------------------------------------------ */

static void
close_log (void *log)
{
  fclose (log);
}

static enum grove_status
cook_init (const void *arg, void **state)
{
  FILE *log = fopen ("/dev/null", "w");

  if (log == NULL)
    return GROVE_ERR_IO;
  grove_defer (close_log, log); /* closed whatever happens */
  *state = log;
  return GROVE_OK;
}

static char *volatile recipe; /* nobody has set it */

/* Hidden from the sanitizers, which would take this mistake for one of ours. */
__attribute__ ((noinline, no_sanitize ("undefined"), no_sanitize_thread)) static void
taste_amanita (void)
{
  *recipe = 'x';
}

static enum grove_next
cook_call (struct grove_term request, struct grove_from from, void *state)
{
  fputs ("tasting\n", state);
  if (grove_match (request, "{taste, amanita}"))
    taste_amanita ();
  grove_reply (from, "delicious");
  return GROVE_CONTINUE;
}

static const struct grove_server_callbacks cook = {
  .module = "cook",
  .init = cook_init,
  .handle_call = cook_call,
};

static enum grove_status
start_cook (const void *name, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  struct grove_server_options options = GROVE_SERVER_DEFAULTS;

  options.name = name;
  options.link = true;
  return grove_server_start (&cook, &options, ret_pid, ret_reason);
}

/* ---- Its supervisor --------------------------------------------------------------------- */

static const struct grove_child_spec children[] = {
  { .id = "cook", .start = start_cook, .arg = "cook", .shutdown_ms = 5000 },
};

static const struct grove_supervisor_spec kitchen = {
  .name = "kitchen_sup",
  .strategy = GROVE_ONE_FOR_ONE,
  .intensity = 3,
  .period_s = 5,
  .children = children,
  .n_children = 1,
};

static enum grove_status
start_kitchen (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  return grove_supervisor_start (&kitchen, ret_pid, ret_reason);
}

static const struct grove_application_spec restaurant = {
  .name = "restaurant",
  .start = start_kitchen,
};

/* ---- A guest ---------------------------------------------------------------------------- */

static void
order (const char *dish)
{
  struct grove_message *reply;
  enum grove_status     status;

  status = grove_call (grove_whereis ("cook"), GROVE_FOREVER, &reply, "{taste, ~a}", dish);
  if (status == GROVE_OK)
    {
      example_show (dish, grove_message_term (reply));
      grove_message_free (reply);
    }
  else
    printf ("%s: %s\n", dish, grove_status_text (status));
}

static void
show_reason (void)
{
  struct grove_message *down;
  struct grove_text     signal, function;
  int                   line;

  grove_assert (grove_receive_pattern (GROVE_FOREVER, &down,
                                       "{'DOWN', _, process, _, "
                                       "{{signal, ~a, _}, [{~a, _, ~i} | _]}}",
                                       &signal, &function, &line) == GROVE_OK);
  printf ("the cook died of %.*s in %.*s\n", (int) signal.size, signal.bytes, (int) function.size,
          function.bytes);
  grove_message_free (down);
}

static void
first (void *arg)
{
  grove_pid master, old;

  grove_assert (grove_application_start (&restaurant, &master) == GROVE_OK);
  do
    {
      old = grove_whereis ("cook");
      grove_monitor (old);
      order ("soup");
      order ("amanita");
      show_reason ();
      while (grove_whereis ("cook") == old || grove_whereis ("cook") == 0)
        grove_yield ();
      order ("soup");
    }
  while (example_again (5000));
}

int
main (int argc, char **argv)
{
  return example_main (argc, argv, "poison", first);
}
