/* SPDX-License-Identifier: MIT
 *
 * Servers and supervisors. twin_otp.erl is the other side.
 */
#include "bench.h"

#include "runtime/otp/supervisor.h"

/* ---- gen-server-call: one client calls one server -----------------------------------------------
 */

#define N_CALLS 1000000

static enum grove_status
init (const void *arg, void **state)
{
  int64_t *n = grove_alloc (sizeof *n);

  (void) arg;
  *n = 0;
  *state = n;
  return GROVE_OK;
}

static enum grove_next
handle_call (struct grove_term request, struct grove_from from, void *state)
{
  int64_t *n = state;
  int64_t  i;

  if (!grove_match (request, "{add, ~l}", &i))
    return GROVE_STOP;
  *n += i;
  grove_reply (from, "{ok, ~l}", *n);
  return GROVE_CONTINUE;
}

static const struct grove_server_callbacks adder = {
  .module = "adder",
  .init = init,
  .handle_call = handle_call,
};

/* Nanoseconds a call, request and reply being tuples with a number. */
void
bench_gen_server_call (void *arg)
{
  struct grove_server_options options = GROVE_SERVER_DEFAULTS;
  grove_pid                   server;
  uint64_t                    started;
  int64_t                     sum = 0;

  (void) arg;
  if (grove_server_start (&adder, &options, &server, NULL) != GROVE_OK)
    abort ();
  started = grove_now_ns ();
  for (int i = 0; i < N_CALLS; i++)
    {
      struct grove_message *reply;
      if (grove_call (server, GROVE_FOREVER, &reply, "{add, ~i}", i) != GROVE_OK ||
          !grove_match (grove_message_term (reply), "{ok, ~l}", &sum))
        abort ();
      grove_message_free (reply);
    }
  bench_print ("gen-server-call", bench_seconds_since (started) * 1e9 / N_CALLS, "ns");
}

/* ---- supervised-100k: that many servers started by and stopped with a supervisor ---------------
 */

#define N_CHILDREN 100000

static enum grove_status
start_adder (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  struct grove_server_options options = GROVE_SERVER_DEFAULTS;

  (void) arg;
  options.link = true;
  return grove_server_start (&adder, &options, ret_pid, ret_reason);
}

/* Milliseconds; each child is asked for by a call, and all are stopped with `shutdown`. */
void
bench_supervised_100k (void *arg)
{
  const struct grove_child_spec kind = {
    .start = start_adder,
    .restart = GROVE_TEMPORARY,
    .shutdown_ms = 60000,
  };
  const struct grove_supervisor_spec spec = {
    .strategy = GROVE_SIMPLE_ONE_FOR_ONE,
    .intensity = 1,
    .period_s = 5,
    .children = &kind,
    .n_children = 1,
  };
  uint64_t  started = grove_now_ns ();
  grove_pid supervisor, pid;

  (void) arg;
  if (grove_supervisor_start (&spec, &supervisor, NULL) != GROVE_OK)
    abort ();
  for (int i = 0; i < N_CHILDREN; i++)
    if (grove_supervisor_start_dynamic (supervisor, NULL, 0, &pid, NULL) != GROVE_OK)
      abort ();
  grove_trap_exit (true);
  grove_exit_process (supervisor, "shutdown");
  bench_receive_and_free ();
  bench_print ("supervised-100k", bench_seconds_since (started) * 1e3, "ms");
}
