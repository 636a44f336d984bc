/* SPDX-License-Identifier: MIT
 *
 * A server is a process that keeps a state: a struct of callbacks, and the state they are given.
 * It takes one message at a time, so a state needs no lock, however many ask for it.
 */
#include "example.h"

#include <stdio.h>

#define N_CALLERS  10000
#define N_COUNTERS 1000

/* ---- The server ------------------------------------------------------------------------- */

static enum grove_status
counter_init (const void *arg, void **state)
{
  int *count = grove_alloc (sizeof *count);

  *count = *(const int *) arg;
  *state = count;
  return GROVE_OK;
}

static enum grove_next
counter_cast (struct grove_term request, void *state)
{
  int *count = state, n;

  if (grove_match (request, "{add, ~i}", &n))
    *count += n;
  return GROVE_CONTINUE;
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

static void
counter_describe (const void *state, struct grove_buffer *out)
{
  (void) !grove_build (out, "~i", *(const int *) state);
}

static const struct grove_server_callbacks counter = {
  .module = "counter",
  .init = counter_init,
  .handle_cast = counter_cast,
  .handle_call = counter_call,
  .describe = counter_describe, /* shows the state to who looks at it */
};

static grove_pid
start_counter (const char *name, int begin)
{
  struct grove_server_options options = GROVE_SERVER_DEFAULTS;
  grove_pid                   pid;

  options.name = name;
  options.arg = &begin;
  options.arg_size = sizeof begin;
  grove_assert (grove_server_start (&counter, &options, &pid, NULL) == GROVE_OK);
  return pid;
}

/* ---- Its clients ------------------------------------------------------------------------ */

static int
ask (grove_pid server, const char *request)
{
  struct grove_message *reply;
  int                   count = 0;

  grove_assert (grove_call (server, GROVE_FOREVER, &reply, "~a", request) == GROVE_OK);
  grove_assert (grove_match (grove_message_term (reply), "~i", &count));
  grove_message_free (reply);
  return count;
}

static void
caller (void *arg)
{
  ask (grove_whereis ("counter"), "next");
  grove_send_name ("main", "called");
}

static void
call_from_many (void)
{
  struct grove_message *message;

  for (int i = 0; i < N_CALLERS; i++)
    grove_spawn (caller, NULL);
  for (int i = 0; i < N_CALLERS; i++)
    {
      grove_assert (grove_receive_pattern (GROVE_FOREVER, &message, "called") == GROVE_OK);
      grove_message_free (message);
    }
}

static void
start_many (void)
{
  static grove_pid counters[N_COUNTERS];
  int              n_right = 0;

  for (int i = 0; i < N_COUNTERS; i++)
    counters[i] = start_counter (NULL, i);
  for (int i = 0; i < N_COUNTERS; i += 2)
    grove_cast (counters[i], "{add, ~i}", i);
  for (int i = 0; i < N_COUNTERS; i++)
    n_right += ask (counters[i], "get") == (i % 2 == 0 ? 2 * i : i);
  printf ("%d of %d counters have their own count\n", n_right, N_COUNTERS);
}

static void
first (void *arg)
{
  grove_pid pid = start_counter ("counter", 10);

  grove_cast (pid, "{add, 1}");
  grove_cast (pid, "{add, 1}");
  printf ("10, 1 and 1: %d\n", ask (pid, "get"));

  call_from_many ();
  printf ("and %d callers at once: %d\n", N_CALLERS, ask (pid, "get"));

  start_many ();
  while (example_again (1000))
    grove_cast (pid, "{add, 1}");
}

int
main (int argc, char **argv)
{
  return example_main (argc, argv, "counter", first);
}
