/* SPDX-License-Identifier: MIT
 *
 * What a person at the shop's shell (--shell) can spawn.
 */
#include "shop.h"

/* Answers every message with {echo, Message}, to who sent it; `stop` ends it. */
static void
echo (struct grove_term argument)
{
  struct grove_message *message;

  while (grove_receive (GROVE_FOREVER, &message) == GROVE_OK)
    {
      const struct grove_term term = grove_message_term (message);

      if (grove_term_is_atom (term, "stop"))
        return;
      grove_send (grove_message_sender (message), "{echo, ~t}", term);
      grove_message_free (message);
    }
}

/* Ends after so many milliseconds. */
static void
nap (struct grove_term argument)
{
  int ms;

  if (!grove_match (argument, "~i", &ms))
    grove_exit ("{bad_nap, ~t}", argument);
  grove_sleep_ms (ms > 0 ? (uint64_t) ms : 0);
}

/* Ends with that reason, as soon as it is told anything. */
static void
bomb (struct grove_term argument)
{
  struct grove_message *message;

  if (grove_receive (GROVE_FOREVER, &message) == GROVE_OK)
    grove_exit_term (argument);
}

static const struct grove_shell_function functions[] = {
  { "echo", "answers every message with {echo, Message}; stop ends it", echo },
  { "nap", "ends after TERM milliseconds", nap },
  { "bomb", "ends with the reason TERM as soon as it is told anything", bomb },
};

static const struct grove_shell_options options = {
  .functions = functions,
  .n_functions = sizeof functions / sizeof functions[0],
};

enum grove_status
shop_shell_start (void)
{
  return grove_shell_start (&options);
}
