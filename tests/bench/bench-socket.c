/* SPDX-License-Identifier: MIT
 *
 * Sockets over loopback, each end a process. twin_socket.erl is the other side.
 */
#include "bench.h"
#include "runtime/io/socket.h"

#define SIZE    64
#define N_ALONE 20000
#define N_MANY  64
#define N_EACH  2000

static grove_socket         listener;
static struct grove_address address = { .host = "127.0.0.1" };

static void
echoes (void *arg)
{
  grove_socket socket = (grove_socket) (uintptr_t) arg;
  char         buffer[SIZE];
  size_t       n;

  while (grove_read (socket, buffer, sizeof buffer, GROVE_FOREVER, &n) == GROVE_OK && n > 0)
    if (grove_write (socket, buffer, n, GROVE_FOREVER, NULL) != GROVE_OK)
      return;
}

static void
serves (void *arg)
{
  grove_socket socket;

  (void) arg;
  if (grove_listen (&address, &listener) != GROVE_OK ||
      grove_socket_port (listener, &address.port) != GROVE_OK)
    abort ();
  grove_send (bench_arg_pid (arg), "ready");
  while (grove_accept (listener, GROVE_FOREVER, &socket) == GROVE_OK)
    if (grove_socket_give (socket, grove_spawn (echoes, (void *) (uintptr_t) socket)) != GROVE_OK)
      abort ();
}

static void
round_trip (grove_socket socket)
{
  char   buffer[SIZE] = "";
  size_t n_read = 0, n;

  if (grove_write (socket, buffer, SIZE, GROVE_FOREVER, NULL) != GROVE_OK)
    abort ();
  while (n_read < SIZE)
    {
      if (grove_read (socket, buffer, SIZE - n_read, GROVE_FOREVER, &n) != GROVE_OK || n == 0)
        abort ();
      n_read += n;
    }
}

static int
compare (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

static void
client (void *arg)
{
  grove_socket socket;

  if (grove_connect (&address, GROVE_FOREVER, &socket) != GROVE_OK)
    abort ();
  grove_send (bench_arg_pid (arg), "connected");
  bench_receive_and_free ();
  for (int i = 0; i < N_EACH; i++)
    round_trip (socket);
  grove_send (bench_arg_pid (arg), "done");
}

/* ---- socket-echo: 64 bytes there and back, one connection, then 64 at a time -------------------
 */

void
bench_socket_echo (void *arg)
{
  static double us[N_ALONE];
  grove_pid     clients[N_MANY];
  grove_socket  socket;
  uint64_t      started;

  (void) arg;
  grove_spawn (serves, bench_pid_arg (grove_self ()));
  bench_receive_and_free ();
  if (grove_connect (&address, GROVE_FOREVER, &socket) != GROVE_OK)
    abort ();
  for (int i = 0; i < N_ALONE; i++)
    {
      started = grove_now_ns ();
      round_trip (socket);
      us[i] = (double) (grove_now_ns () - started) / 1e3;
    }
  qsort (us, N_ALONE, sizeof *us, compare);
  bench_print ("socket-echo-p50", us[N_ALONE / 2], "us");
  bench_print ("socket-echo-p99", us[N_ALONE * 99 / 100], "us");
  for (int i = 0; i < N_MANY; i++)
    clients[i] = grove_spawn (client, bench_pid_arg (grove_self ()));
  for (int i = 0; i < N_MANY; i++)
    bench_receive_and_free ();
  started = grove_now_ns ();
  for (int i = 0; i < N_MANY; i++)
    grove_send (clients[i], "go");
  for (int i = 0; i < N_MANY; i++)
    bench_receive_and_free ();
  bench_print ("socket-echo-64", N_MANY * N_EACH / bench_seconds_since (started) / 1e6, "M/s");
}
