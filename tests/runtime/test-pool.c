/* SPDX-License-Identifier: MIT
 *
 * Pools: runtime/otp/pool.c, pool-manager.c.
 */
#include "otp-test.h"

#include "runtime/otp/pool.h"
#include "runtime/otp/supervision.h"

/* ---- Workers and clients ---------------------------------------------------------------- */

static _Atomic int n_workers;    /* ever started */
static _Atomic int failing_from; /* the start of that one and of all later ones fails */

static void
worker (void *arg)
{
  struct grove_message *message;

  for (;;)
    if (grove_receive (GROVE_FOREVER, &message) == GROVE_OK)
      grove_message_free (message);
}

static enum grove_status
start_worker (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  g_assert_cmpint (*(const int *) arg, ==, 42);
  if (++n_workers >= failing_from)
    return grove_build (ret_reason, "no_more") == GROVE_OK ? GROVE_ERR_EXITED : GROVE_ERR_SYNTAX;
  *ret_pid = grove_spawn_link (worker, NULL);
  return GROVE_OK;
}

static enum grove_status
try_start (unsigned size, unsigned max_overflow, grove_pid *ret_pid)
{
  struct grove_pool_spec spec = GROVE_POOL_DEFAULTS;
  const int              arg = 42;

  spec.name = "pool";
  spec.size = size;
  spec.max_overflow = max_overflow;
  spec.start = start_worker;
  spec.arg = &arg;
  spec.arg_size = sizeof arg;
  return grove_pool_start (&spec, ret_pid, NULL);
}

static grove_pid
start (unsigned size, unsigned max_overflow)
{
  grove_pid pid;

  otp_begin ();
  n_workers = 0;
  failing_from = G_MAXINT;
  g_assert_cmpint (try_start (size, max_overflow, &pid), ==, GROVE_OK);
  return pid;
}

static void
expect_status (uint64_t n_free, uint64_t n_lent, uint64_t n_overflow, uint64_t n_waiting)
{
  struct grove_pool_status status;

  g_assert_cmpint (grove_pool_status ("pool", &status), ==, GROVE_OK);
  g_assert_cmpuint (status.free, ==, n_free);
  g_assert_cmpuint (status.lent, ==, n_lent);
  g_assert_cmpuint (status.overflow, ==, n_overflow);
  g_assert_cmpuint (status.waiting, ==, n_waiting);
}

/* Polls what nobody tells of: a replaced worker is told to the manager only. */
static void
await_status (uint64_t n_free, uint64_t n_lent)
{
  struct grove_pool_status status;

  do
    {
      grove_yield ();
      g_assert_cmpint (grove_pool_status ("pool", &status), ==, GROVE_OK);
    }
  while (status.free != n_free || status.lent != n_lent);
}

static grove_pid
check_out (void)
{
  grove_pid pid = 0;

  g_assert_cmpint (grove_pool_checkout ("pool", DEADLINE_NS, &pid), ==, GROVE_OK);
  g_assert_true (grove_is_alive (pid));
  return pid;
}

/* Takes a worker, says so, and gives it back when it is told. */
static void
client (void *arg)
{
  struct grove_message *message;
  grove_pid             pid;

  grove_send_name ("test", "{asks, ~p}", grove_self ());
  pid = check_out ();
  grove_send_name ("test", "{has, ~p, ~p}", grove_self (), pid);
  g_assert_cmpint (grove_receive (GROVE_FOREVER, &message), ==, GROVE_OK);
  grove_message_free (message);
  grove_pool_checkin ("pool", pid);
  grove_send_name ("test", "{gave, ~p}", grove_self ());
}

static grove_pid
start_waiting_client (uint64_t n_waiting)
{
  struct grove_pool_status status;
  grove_pid                pid = grove_spawn (client, NULL);

  otp_expect ("{asks, _}");
  do
    g_assert_cmpint (grove_pool_status ("pool", &status), ==, GROVE_OK);
  while (status.waiting != n_waiting);
  return pid;
}

/* ---- Lending ---------------------------------------------------------------------------- */

static void
test_checkout (void *arg)
{
  grove_pid a, b, none = 7;

  start (2, 0);
  expect_status (2, 0, 0, 0);
  a = check_out ();
  b = check_out ();
  g_assert_cmpuint (a, !=, b);
  expect_status (0, 2, 0, 0);
  g_assert_cmpint (grove_pool_checkout ("pool", 0, &none), ==, GROVE_ERR_TIMEOUT);
  g_assert_cmpint (grove_pool_checkout ("pool", 1, &none), ==, GROVE_ERR_TIMEOUT);
  g_assert_cmpuint (none, ==, 7);
  expect_status (0, 2, 0, 0);
  grove_pool_checkin ("pool", a);
  /* What is not lent cannot be given back. */
  grove_pool_checkin ("pool", a);
  grove_pool_checkin ("pool", grove_self ());
  grove_pool_checkin ("pool", 0);
  expect_status (1, 1, 0, 0);
  g_assert_cmpuint (check_out (), ==, a);
  g_assert_cmpint (n_workers, ==, 2);
}

static void
test_line (void *arg)
{
  grove_pid a, first, second, pid, has;

  start (1, 0);
  a = check_out ();
  first = start_waiting_client (1);
  second = start_waiting_client (2);
  grove_pool_checkin ("pool", a);
  {
    struct grove_message *message;
    g_assert_cmpint (grove_receive_pattern (DEADLINE_NS, &message, "{has, ~p, ~p}", &pid, &has), ==,
                     GROVE_OK);
    grove_message_free (message);
  }
  g_assert_cmpuint (pid, ==, first);
  g_assert_cmpuint (has, ==, a);
  expect_status (0, 1, 0, 1);
  /* One that leaves the line is not served. */
  grove_exit_process (second, "kill");
  grove_send (first, "done");
  otp_expect ("{gave, _}");
  await_status (1, 0);
  otp_expect_nothing ();
}

static void
test_client_dies (void *arg)
{
  grove_pid pid;

  start (1, 0);
  pid = grove_spawn (client, NULL);
  otp_expect ("{asks, _}");
  otp_expect ("{has, _, _}");
  expect_status (0, 1, 0, 0);
  grove_exit_process (pid, "kill");
  check_out ();
  g_assert_cmpint (n_workers, ==, 1);
}

static void
test_worker_dies (void *arg)
{
  struct grove_supervision_node node;
  grove_pid                     a, b;

  start (1, 0);
  a = check_out ();
  grove_exit_process (a, "kill");
  /* Another stands in its place, and who waits gets that one. */
  b = check_out ();
  g_assert_cmpuint (a, !=, b);
  g_assert_true (_grove_supervision_find (b, NULL, &node));
  g_assert_cmpuint (node.restarts, ==, 1);
  /* Giving back what is gone does nothing. */
  grove_pool_checkin ("pool", a);
  expect_status (0, 1, 0, 0);
  grove_pool_checkin ("pool", b);
  grove_exit_process (b, "kill");
  otp_expect_down (b, "_");
  a = check_out ();
  g_assert_cmpuint (a, !=, b);
  grove_pool_checkin ("pool", a);
  await_status (1, 0);
}

static void
test_overflow (void *arg)
{
  grove_pid a, b, none;

  start (1, 1);
  a = check_out ();
  b = check_out ();
  g_assert_cmpuint (a, !=, b);
  expect_status (0, 2, 1, 0);
  g_assert_cmpint (grove_pool_checkout ("pool", 0, &none), ==, GROVE_ERR_TIMEOUT);
  grove_pool_checkin ("pool", a);
  otp_expect_down (a, "_");
  expect_status (0, 1, 0, 0);
  grove_pool_checkin ("pool", b);
  expect_status (1, 0, 0, 0);
  g_assert_true (grove_is_alive (b));
}

static void
work (grove_pid pid, void *arg)
{
  g_assert_true (grove_is_alive (pid));
  expect_status (0, 1, 0, 0);
  ++*(int *) arg;
}

static void
crash (grove_pid pid, void *arg)
{
  grove_exit ("crashed_in_transaction");
}

static void
crashes_in_transaction (void *arg)
{
  (void) !grove_pool_transaction ("pool", DEADLINE_NS, crash, NULL);
}

static void
test_transaction (void *arg)
{
  int n = 0;

  start (1, 0);
  g_assert_cmpint (grove_pool_transaction ("pool", DEADLINE_NS, work, &n), ==, GROVE_OK);
  g_assert_cmpint (n, ==, 1);
  otp_expect_down (grove_spawn (crashes_in_transaction, NULL), "_");
  check_out ();
  g_assert_cmpint (grove_pool_transaction ("pool", 0, work, &n), ==, GROVE_ERR_TIMEOUT);
  g_assert_cmpint (n, ==, 1);
}

/* ---- Many ------------------------------------------------------------------------------- */

#define N_CLIENTS 200
#define N_ROUNDS  20

static _Atomic int n_at_once, n_most;

static void
busy (grove_pid pid, void *arg)
{
  int n = ++n_at_once;

  if (n > n_most)
    n_most = n;
  grove_yield ();
  n_at_once--;
  /* Now and then a worker ends while somebody has it. */
  if (*(int *) arg % 50 == 0)
    grove_exit_process (pid, "kill");
}

static void
busy_client (void *arg)
{
  for (int i = 0; i < N_ROUNDS; i++)
    {
      int n = i;
      g_assert_cmpint (grove_pool_transaction ("pool", GROVE_FOREVER, busy, &n), ==, GROVE_OK);
    }
  grove_send_name ("test", "done");
}

static void
test_many (void *arg)
{
  struct grove_pool_spec spec = GROVE_POOL_DEFAULTS;
  const int              number = 42;
  grove_pid              pid;

  otp_begin ();
  n_at_once = n_most = 0;
  failing_from = G_MAXINT;
  spec.name = "pool";
  spec.start = start_worker;
  spec.arg = &number;
  spec.arg_size = sizeof number;
  spec.intensity = N_CLIENTS * 2;
  spec.period_s = 3600;
  g_assert_cmpint (grove_pool_start (&spec, &pid, NULL), ==, GROVE_OK);
  for (int i = 0; i < N_CLIENTS; i++)
    grove_spawn (busy_client, NULL);
  for (int i = 0; i < N_CLIENTS; i++)
    otp_expect ("done");
  /* Ten workers: no more work at once than that, but for those just killed. */
  g_assert_cmpint (n_most, >, 1);
  await_status (10, 0);
}

/* ---- Errors ----------------------------------------------------------------------------- */

static void
test_start_fails (void *arg)
{
  struct grove_pool_status status;
  grove_pid                pid;

  otp_begin ();
  grove_trap_exit (true);
  n_workers = 0;
  failing_from = 3;
  g_assert_cmpint (try_start (5, 0, &pid), ==, GROVE_ERR_EXITED);
  g_assert_cmpint (grove_pool_status ("pool", &status), ==, GROVE_ERR_NO_NAME);
  g_assert_cmpuint (grove_whereis ("pool_sup"), ==, 0);
  failing_from = G_MAXINT;
  g_assert_cmpint (try_start (0, 0, &pid), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (try_start (100001, 0, &pid), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (try_start (1, 0, &pid), ==, GROVE_OK);
  g_assert_cmpint (try_start (1, 0, &pid), ==, GROVE_ERR_NAME_TAKEN);
  otp_expect_nothing ();
}

static void
test_no_pool (void *arg)
{
  struct grove_pool_status status;
  grove_pid                pid;
  int                      n = 0;

  otp_begin ();
  g_assert_cmpint (grove_pool_checkout ("pool", 0, &pid), ==, GROVE_ERR_NO_NAME);
  g_assert_cmpint (grove_pool_checkout (NULL, 0, &pid), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_pool_checkout ("pool", -1, &pid), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_pool_transaction ("pool", 0, work, &n), ==, GROVE_ERR_NO_NAME);
  g_assert_cmpint (grove_pool_transaction ("pool", 0, NULL, &n), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_pool_status ("pool", &status), ==, GROVE_ERR_NO_NAME);
  grove_pool_checkin ("pool", grove_self ());
  grove_pool_checkin (NULL, grove_self ());
}

int
main (int argc, char **argv)
{
  static const struct otp_case cases[] = {
    { "/runtime/pool/checkout", test_checkout },
    { "/runtime/pool/line", test_line },
    { "/runtime/pool/client-dies", test_client_dies },
    { "/runtime/pool/worker-dies", test_worker_dies },
    { "/runtime/pool/overflow", test_overflow },
    { "/runtime/pool/transaction", test_transaction },
    { "/runtime/pool/many", test_many },
    { "/runtime/pool/start-fails", test_start_fails },
    { "/runtime/pool/no-pool", test_no_pool },
  };

  return otp_main (argc, argv, cases, G_N_ELEMENTS (cases));
}
