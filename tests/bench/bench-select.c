/* SPDX-License-Identifier: MIT
 *
 * Selective receive. twin_select.erl is the other side.
 */
#include "bench.h"

/* ---- receive-marked: calls to a server by one whose mailbox holds 500,000 other messages -------
 */

#define N_FOREIGN 500000
#define N_CALLS   100000

static void
serves (void *arg)
{
  (void) arg;
  for (;;)
    {
      struct grove_message *message = bench_receive ();
      struct grove_buffer   reply = { NULL };
      grove_pid             from;
      grove_ref             alias;

      if (!grove_match (grove_message_term (message), "{call, ~p, ~r}", &from, &alias) ||
          grove_build (&reply, "{~r, ok}", alias) != GROVE_OK)
        abort ();
      grove_message_free (message);
      grove_send_alias (from, alias, grove_buffer_term (&reply));
      grove_buffer_finish (&reply);
    }
}

/* Nanoseconds a call: an alias is made, sent along, waited for and taken back. The BEAM's own way
 * to skip what was there before the reference was made. */
void
bench_receive_marked (void *arg)
{
  grove_pid self = grove_self ();
  grove_pid server = grove_spawn (serves, NULL);
  uint64_t  started;

  (void) arg;
  for (int i = 0; i < N_FOREIGN; i++)
    grove_send (self, "{foreign, ~i}", i);
  started = grove_now_ns ();
  for (int i = 0; i < N_CALLS; i++)
    {
      grove_ref             alias = grove_alias ();
      struct grove_message *reply;
      grove_send (server, "{call, ~p, ~r}", self, alias);
      if (grove_receive_alias (alias, 0, GROVE_FOREVER, &reply) != GROVE_OK)
        abort ();
      grove_message_free (reply);
      grove_unalias (alias);
    }
  bench_print ("receive-marked", bench_seconds_since (started) * 1e9 / N_CALLS, "ns");
}
