/* SPDX-License-Identifier: MIT
 *
 * A system in which everything goes wrong that is looked for: see grove-findings.h. The number is
 * how many processes wait in peace beside that.
 */
#include "runtime/examples/example.h"

#include <stdatomic.h>

#define CRASHES 4

/* ---- One whose mailbox grows ------------------------------------------------------------------
 */

static void
slow_reader (void *arg)
{
  struct grove_message *message;

  while (grove_receive (GROVE_FOREVER, &message) == GROVE_OK)
    {
      grove_message_free (message);
      grove_sleep_ms (250);
    }
}

static void
fast_writer (void *arg)
{
  for (;;)
    {
      grove_send_name ("slow_reader", "work");
      grove_sleep_ms (20);
    }
}

/* ---- One that waits for what does not come ----------------------------------------------------
 */

static void
safe (void *arg)
{
  struct grove_message *key;

  if (grove_receive_pattern (GROVE_FOREVER, &key, "{key, 1234}") == GROVE_OK)
    grove_message_free (key);
}

/* ---- One that never rests ---------------------------------------------------------------------
 */

static void
cruncher (void *arg)
{
  volatile uint64_t sum = 0;

  for (uint64_t i = 0;; i++)
    sum += i;
}

/* ---- One that forgets nothing -----------------------------------------------------------------
 */

static void
hoarder (void *arg)
{
  for (int i = 0; i < 20000; i++)
    {
      char *thing = grove_alloc (16 * 1024);

      thing[0] = 1;
      grove_sleep_ms (40);
    }
  grove_sleep_ms (UINT32_MAX);
}

/* ---- One that crashes until it works, and its supervisor --------------------------------------
 */

static enum grove_status
flaky_init (const void *arg, void **state)
{
  *state = NULL;
  grove_send (grove_self (), "work");
  return GROVE_OK;
}

static enum grove_next
flaky_info (struct grove_term message, void *state)
{
  static _Atomic int n_crashed;

  if (atomic_fetch_add (&n_crashed, 1) < CRASHES)
    grove_exit ("{flaky, ~i}", n_crashed);
  return GROVE_CONTINUE;
}

static const struct grove_server_callbacks flaky = {
  .module = "flaky",
  .init = flaky_init,
  .handle_info = flaky_info,
};

static enum grove_status
start_flaky (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  struct grove_server_options options = GROVE_SERVER_DEFAULTS;

  options.name = "flaky";
  options.link = true;
  return grove_server_start (&flaky, &options, ret_pid, ret_reason);
}

static const struct grove_child_spec flaky_child[] = {
  { .id = "flaky", .start = start_flaky, .shutdown_ms = 5000 },
};

static const struct grove_supervisor_spec flaky_sup = {
  .name = "flaky_sup",
  .strategy = GROVE_ONE_FOR_ONE,
  .intensity = CRASHES + 1,
  .period_s = 3600,
  .children = flaky_child,
  .n_children = 1,
};

static enum grove_status
start_flaky_sup (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  return grove_supervisor_start (&flaky_sup, ret_pid, ret_reason);
}

static const struct grove_application_spec troubles = { .name = "troubles",
                                                        .start = start_flaky_sup };

/* ---- Two that call each other -----------------------------------------------------------------
 */

static enum grove_status
caller_init (const void *arg, void **state)
{
  *state = NULL;
  return GROVE_OK;
}

static void
call_other (const char *name)
{
  struct grove_message *reply;

  if (grove_call (grove_whereis (name), GROVE_FOREVER, &reply, "yours") == GROVE_OK)
    grove_message_free (reply);
}

static enum grove_next
caller_cast (struct grove_term request, void *state)
{
  call_other ("right");
  return GROVE_CONTINUE;
}

static enum grove_next
caller_call (struct grove_term request, struct grove_from from, void *state)
{
  call_other ("left");
  return GROVE_CONTINUE;
}

static const struct grove_server_callbacks caller = {
  .module = "caller",
  .init = caller_init,
  .handle_call = caller_call,
  .handle_cast = caller_cast,
};

static grove_pid
start_caller (const char *name)
{
  struct grove_server_options options = GROVE_SERVER_DEFAULTS;
  grove_pid                   pid = 0;

  options.name = name;
  grove_assert (grove_server_start (&caller, &options, &pid, NULL) == GROVE_OK);
  return pid;
}

/* ---- All of them ------------------------------------------------------------------------------
 */

static void
waits (void *arg)
{
  struct grove_message *message;

  while (grove_receive (GROVE_FOREVER, &message) == GROVE_OK)
    grove_message_free (message);
}

static void
start (const char *name, grove_entry entry)
{
  grove_pid pid = grove_spawn (entry, NULL);

  grove_assert (grove_register (name, pid) == GROVE_OK);
}

static void
first (void *arg)
{
  grove_pid master, left;

  for (long i = 0; i < example_number (1); i++)
    grove_spawn (waits, NULL);
  start ("slow_reader", slow_reader);
  start ("fast_writer", fast_writer);
  start ("safe", safe);
  for (int i = 0; i < 3; i++)
    grove_send_name ("safe", "{key, ~i}", i);
  start ("hoarder", hoarder);
  start ("beacon", waits);
  left = start_caller ("left");
  start_caller ("right");
  grove_cast (left, "begin");
  grove_assert (grove_application_start (&troubles, &master) == GROVE_OK);
  start ("cruncher", cruncher);
}

int
main (int argc, char **argv)
{
  return example_main (argc, argv, "troubled", first);
}
