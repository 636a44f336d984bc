/* SPDX-License-Identifier: MIT
 *
 * Processes that talk: two, a ring of them, many to one. twin_talk.erl is the other side.
 */
#include "bench.h"

static grove_pid first;

/* ---- ping-pong: {Pid, ping} to another, which answers with pong -------------------------------
 */

#define N_PINGS 1000000

static void
pongs (void *arg)
{
  (void) arg;
  for (;;)
    {
      struct grove_message *message = bench_receive ();
      grove_pid             from;
      bool                  ping = grove_match (grove_message_term (message), "{~p, ping}", &from);
      grove_message_free (message);
      if (!ping)
        return;
      grove_send (from, "pong");
    }
}

/* Nanoseconds a round trip. */
void
bench_ping_pong (void *arg)
{
  grove_pid self = grove_self ();
  grove_pid pid = grove_spawn (pongs, NULL);
  uint64_t  started = grove_now_ns ();

  (void) arg;
  for (int i = 0; i < N_PINGS; i++)
    {
      struct grove_message *message;
      grove_send (pid, "{~p, ping}", self);
      message = bench_receive ();
      if (!grove_match (grove_message_term (message), "pong"))
        abort ();
      grove_message_free (message);
    }
  bench_print ("ping-pong", bench_seconds_since (started) * 1e9 / N_PINGS, "ns");
}

/* ---- ring, ring-2: a number goes round 503 processes and is counted down at each ---------------
 */

#define RING_SIZE 503
#define N_HOPS    2000000

static void
ring_member (void *arg)
{
  grove_pid next = bench_arg_pid (arg);

  for (;;)
    {
      struct grove_message *message = bench_receive ();
      int                   n;

      if (!grove_match (grove_message_term (message), "~i", &n))
        abort ();
      grove_message_free (message);
      if (n == 0)
        grove_send (first, "done");
      else
        grove_send (next, "~i", n - 1);
    }
}

/* The last member has the first as its next, which it learns from a message. */
static void
ring_closer (void *arg)
{
  struct grove_message *message = bench_receive ();
  grove_pid             next;

  (void) arg;
  if (!grove_match (grove_message_term (message), "{next, ~p}", &next))
    abort ();
  grove_message_free (message);
  ring_member (bench_pid_arg (next));
}

/* Nanoseconds a hop. */
void
bench_ring (void *arg)
{
  const char *name = arg;
  grove_pid   closer = grove_spawn (ring_closer, NULL);
  grove_pid   head = closer;
  uint64_t    started;

  first = grove_self ();
  for (int i = 1; i < RING_SIZE; i++)
    head = grove_spawn (ring_member, bench_pid_arg (head));
  grove_send (closer, "{next, ~p}", head);
  started = grove_now_ns ();
  grove_send (head, "~i", N_HOPS);
  bench_receive_and_free ();
  bench_print (name, bench_seconds_since (started) * 1e9 / N_HOPS, "ns");
}

/* ---- fan-in: four send {msg, Pid, Integer} to one, which looks at each -------------------------
 */

#define N_SENDERS 4
#define N_EACH    500000

static void
sends_many (void *arg)
{
  grove_pid self = grove_self ();

  (void) arg;
  for (int i = 0; i < N_EACH; i++)
    grove_send (first, "{msg, ~p, ~i}", self, i);
}

/* Millions of messages a second. */
void
bench_fan_in (void *arg)
{
  uint64_t started = grove_now_ns ();

  (void) arg;
  first = grove_self ();
  for (int i = 0; i < N_SENDERS; i++)
    grove_spawn (sends_many, NULL);
  for (int i = 0; i < N_SENDERS * N_EACH; i++)
    {
      struct grove_message *message = bench_receive ();
      grove_pid             from;
      int                   n;
      if (!grove_match (grove_message_term (message), "{msg, ~p, ~i}", &from, &n))
        abort ();
      grove_message_free (message);
    }
  bench_print ("fan-in", N_SENDERS * N_EACH / bench_seconds_since (started) / 1e6, "M/s");
}
