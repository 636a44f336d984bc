/* SPDX-License-Identifier: MIT
 *
 * What observing costs and how soon it answers, over a real socket: a row of the table at a time,
 * as bench-runtime.c. What is lost is counted in processor time, so that the machine's other work
 * does not show in it: what the schedulers do in theirs, and what the thread that serves observers
 * takes from a machine that the system has for itself and fills.
 */
#include "observed.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define N_CLIENTS   4
#define N_PAIRS     6
#define SLICE_NS    UINT64_C (4000000000)
#define INTERVAL_NS UINT64_C (500000000)
#define N_REQUESTS  15
#define MAX_UPDATES 20000

#define COLUMNS                                                                                    \
  "\"pid\",\"name\",\"status\",\"messages\",\"mailbox_bytes\",\"reductions\",\"reductions/s\","    \
  "\"memory\",\"priority\",\"initial\",\"current\",\"app\""

/* ---- Figures ----------------------------------------------------------------------------------
 */

static void
print (const char *name, double value, const char *unit)
{
  printf ("bench %s %.*f %s\n", name, value < 10 ? 3 : 1, value, unit);
  fflush (stdout);
}

static uint64_t
now_ns (void)
{
  struct timespec time;

  clock_gettime (CLOCK_MONOTONIC, &time);
  return (uint64_t) time.tv_sec * 1000000000 + (uint64_t) time.tv_nsec;
}

static int
compare (const void *a, const void *b)
{
  const double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

/* The @share-th of @n values, which are sorted here. */
static double
percentile (double *values, size_t n, double share)
{
  if (n == 0)
    abort ();
  qsort (values, n, sizeof *values, compare);
  return values[(size_t) ((double) (n - 1) * share)];
}

/* ---- A million --------------------------------------------------------------------------------
 */

/* What four people look at. */
static const char *const sorts[N_CLIENTS] = { "messages", "memory", "reductions", "reductions/s" };

struct seen
{
  size_t   n;
  double   bytes[MAX_UPDATES], late_ms[MAX_UPDATES];
  uint64_t watched_ns;
};

static void
take_update (struct seen *seen, struct client *client, const char *line, size_t size)
{
  if (!client_is (line, "table.update"))
    return;
  client_acknowledge (client, "table.ack", line);
  if (seen == NULL || seen->n == MAX_UPDATES)
    return;
  seen->bytes[seen->n] = (double) size + 1;
  /* Ticks fall on multiples of the interval. */
  seen->late_ms[seen->n++] = (double) (now_ns () % INTERVAL_NS) / 1e6;
}

/* Serves the clients until @until_ns. @seen: (nullable). */
static void
watch (struct client **clients, uint64_t until_ns, struct seen *seen)
{
  const uint64_t started_ns = now_ns ();
  uint64_t       left_ns;

  while ((left_ns = until_ns - now_ns ()) < SLICE_NS * 2)
    {
      struct pollfd polled[N_CLIENTS];

      for (size_t i = 0; i < N_CLIENTS; i++)
        polled[i] = (struct pollfd){ .fd = client_fd (clients[i]), .events = POLLIN };
      if (poll (polled, N_CLIENTS, (int) (left_ns / 1000000)) <= 0)
        continue;
      for (size_t i = 0; i < N_CLIENTS; i++)
        {
          const char *line;
          size_t      size;

          while (polled[i].revents != 0 && (line = client_next (clients[i], false, &size)) != NULL)
            take_update (seen, clients[i], line, size);
        }
    }
  if (seen != NULL)
    seen->watched_ns += now_ns () - started_ns;
}

/* What there is of a machine that the system has for itself: its schedulers do so much work in a
 * second of their processor time, of which the thread that serves observers takes a share. So
 * neither figure follows from what else this machine does. */
struct slice
{
  double work;  /* a second of the schedulers' time */
  double share; /* of one core, by the wall clock */
};

static struct slice
run_slice (struct observed *system, struct client **clients, struct seen *seen)
{
  const uint64_t work = observed_work (system), started_ns = now_ns ();
  const uint64_t export_ns = observed_export_cpu_ns (system);
  const uint64_t cpu_ns = observed_cpu_ns (system) - export_ns;
  uint64_t       export_after_ns;

  watch (clients, now_ns () + SLICE_NS, seen);
  export_after_ns = observed_export_cpu_ns (system);
  return (struct slice){
    .work = (double) (observed_work (system) - work) * 1e9 /
            (double) (observed_cpu_ns (system) - export_after_ns - cpu_ns),
    .share = (double) (export_after_ns - export_ns) / (double) (now_ns () - started_ns),
  };
}

static void
open_tables (struct client **clients, int64_t *subs)
{
  for (size_t i = 0; i < N_CLIENTS; i++)
    {
      const int64_t id =
        client_ask (clients[i], "table.open",
                    "{\"table\":\"processes\",\"columns\":[" COLUMNS "],\"sort\":[[\"%s\",\"desc\"]"
                    "],\"window\":{\"offset\":0,\"limit\":60},\"interval_ms\":500}",
                    sorts[i]);

      subs[i] = client_number (client_answer (clients[i], id), "sub");
    }
  /* What opening costs is told apart. */
  watch (clients, now_ns () + 1000000000, NULL);
}

static void
close_tables (struct client **clients, const int64_t *subs)
{
  for (size_t i = 0; i < N_CLIENTS; i++)
    client_answer (clients[i],
                   client_ask (clients[i], "table.close", "{\"sub\":%lld}", (long long) subs[i]));
}

/* Milliseconds from the request until the line with its rows is there; the median of several, while
 * the system rests. Each asks for another order, so that nothing is left over from the one before.
 */
static void
time_opening (struct observed *system, const char *name, const char *cpu_name, const char *offset)
{
  static const char *const columns[] = { "memory", "messages", "reductions", "started_ns", "heap" };
  struct client           *client = client_new (system);
  double                   took_ms[N_REQUESTS];
  const uint64_t           cpu_ns = observed_export_cpu_ns (system);

  for (size_t i = 0; i < N_REQUESTS; i++)
    {
      const uint64_t started_ns = now_ns ();
      const char    *line;
      size_t         size;
      int64_t        id, sub;

      id = client_ask (client, "table.open",
                       "{\"table\":\"processes\",\"columns\":[" COLUMNS "],\"sort\":[[\"%s\","
                       "\"%s\"]],\"window\":{\"offset\":%s,\"limit\":60},\"interval_ms\":60000}",
                       columns[i % 5], i % 2 == 0 ? "desc" : "asc", offset);
      sub = client_number (client_answer (client, id), "sub");
      do
        line = client_next (client, true, &size);
      while (!client_is (line, "table.update"));
      took_ms[i] = (double) (now_ns () - started_ns) / 1e6;
      client_answer (client, client_ask (client, "table.close", "{\"sub\":%lld}", (long long) sub));
    }
  print (name, percentile (took_ms, N_REQUESTS, 0.5), "ms");
  print (cpu_name, (double) (observed_export_cpu_ns (system) - cpu_ns) / N_REQUESTS / 1e6, "ms");
  client_free (client);
}

static void
bench_million (void)
{
  static struct seen seen;
  struct observed   *system = observed_start (OBSERVED_MILLION);
  struct client     *clients[N_CLIENTS];
  int64_t            subs[N_CLIENTS];
  double             losses[N_PAIRS], shares[N_PAIRS], before_mb, most_mb = 0;
  const double       n_cores = (double) sysconf (_SC_NPROCESSORS_ONLN);

  time_opening (system, "top60-million-ms", "top60-million-cpu-ms", "0");
  time_opening (system, "middle60-million-ms", "middle60-million-cpu-ms", "500000");

  for (size_t i = 0; i < N_CLIENTS; i++)
    clients[i] = client_new (system);
  observed_set_pace (system, OBSERVED_WORKS);
  watch (clients, now_ns () + SLICE_NS, NULL);
  before_mb = observed_resident_mb (system);
  for (size_t i = 0; i < N_PAIRS; i++)
    {
      struct slice alone = { 0, 0 }, watched;

      if (i % 2 == 0)
        alone = run_slice (system, clients, NULL);
      open_tables (clients, subs);
      watched = run_slice (system, clients, &seen);
      if (observed_resident_mb (system) > most_mb)
        most_mb = observed_resident_mb (system);
      close_tables (clients, subs);
      /* Which of the two comes first alternates. */
      if (i % 2 == 1)
        alone = run_slice (system, clients, NULL);
      losses[i] = 100 * (1 - watched.work / alone.work * (1 - watched.share / n_cores));
      shares[i] = 100 * watched.share;
    }
  print ("observe-million-loss-percent", percentile (losses, N_PAIRS, 0.5), "%");
  print ("observe-million-core-percent", percentile (shares, N_PAIRS, 0.5), "%");
  print ("observe-million-updates", (double) seen.n * 1e9 / (double) seen.watched_ns / N_CLIENTS,
         "1/s");
  print ("observe-million-memory", most_mb - before_mb, "MB");
  print ("update-bytes", percentile (seen.bytes, seen.n, 1), "bytes");
  print ("update-bytes-median", percentile (seen.bytes, seen.n, 0.5), "bytes");
  print ("update-p99-ms", percentile (seen.late_ms, seen.n, 0.99), "ms");
  print ("update-p50-ms", percentile (seen.late_ms, seen.n, 0.5), "ms");
  for (size_t i = 0; i < N_CLIENTS; i++)
    client_free (clients[i]);
  observed_end (system);
}

/* ---- A long mailbox ---------------------------------------------------------------------------
 */

static double
ask_page (struct observed *system, struct client *client, uint64_t offset)
{
  const uint64_t target = observed_target (system);
  const uint64_t started_ns = now_ns ();

  client_answer (client, client_ask (client, "process.messages",
                                     "{\"pid\":\"<%llu.%llu.0>\",\"offset\":%llu,\"limit\":100,"
                                     "\"max_bytes\":200}",
                                     (unsigned long long) (target >> 32),
                                     (unsigned long long) (target & UINT32_MAX),
                                     (unsigned long long) offset));
  return (double) (now_ns () - started_ns) / 1e6;
}

/* What the owner receives in a second of processor time, while its pages are turned, or not. */
static double
receive_rate (struct observed *system, struct client *client, bool turning)
{
  const uint64_t work = observed_work (system);
  const uint64_t cpu_ns = observed_cpu_ns (system) - observed_export_cpu_ns (system);
  const uint64_t until_ns = now_ns () + SLICE_NS / 4;

  for (uint64_t i = 0; now_ns () < until_ns; i++)
    {
      const struct timespec tenth = { 0, 100000000 };

      if (turning)
        ask_page (system, client, i * 100 % OBSERVED_MESSAGES);
      nanosleep (&tenth, NULL);
    }
  return (double) (observed_work (system) - work) * 1e9 /
         (double) (observed_cpu_ns (system) - observed_export_cpu_ns (system) - cpu_ns);
}

static void
bench_mailbox (void)
{
  struct observed *system = observed_start (OBSERVED_MAILBOX);
  struct client   *client = client_new (system);
  double           first_ms[N_REQUESTS], last_ms[N_REQUESTS], losses[N_PAIRS];

  for (size_t i = 0; i < N_REQUESTS; i++)
    {
      first_ms[i] = ask_page (system, client, 0);
      last_ms[i] = ask_page (system, client, OBSERVED_MESSAGES - 100);
    }
  print ("messages-100k-first-page-ms", percentile (first_ms, N_REQUESTS, 0.5), "ms");
  print ("messages-100k-last-page-ms", percentile (last_ms, N_REQUESTS, 0.5), "ms");
  observed_set_pace (system, OBSERVED_WORKS);
  for (size_t i = 0; i < N_PAIRS; i++)
    {
      const double first = receive_rate (system, client, i % 2 == 0);
      const double second = receive_rate (system, client, i % 2 == 1);

      losses[i] = 100 * (i % 2 == 0 ? 1 - first / second : 1 - second / first);
    }
  print ("messages-100k-receive-loss-percent", percentile (losses, N_PAIRS, 0.5), "%");
  client_free (client);
  observed_end (system);
}

/* ---- A tree -----------------------------------------------------------------------------------
 */

/* Milliseconds until nothing more comes of a tree that was opened; *ret_nodes: how many came. */
static double
open_tree (struct client *client, int max_children, int64_t *ret_nodes)
{
  const uint64_t started_ns = now_ns ();
  const int64_t  id = client_ask (client, "tree.open",
                                  "{\"depth\":16,\"max_children\":%d,\"metric\":\"memory\","
                                   "\"interval_ms\":1000}",
                                  max_children);
  const char    *line;
  size_t         size;

  client_answer (client, id);
  /* The last part has the metrics. */
  do
    {
      line = client_next (client, true, &size);
      client_acknowledge (client, "tree.ack", line);
      *ret_nodes = client_number (line, "total");
    }
  while (strstr (line, "\"metrics\":[]") != NULL);
  return (double) (now_ns () - started_ns) / 1e6;
}

/* Reads and acknowledges for @ms. */
static void
follow_tree (struct client *client, int ms)
{
  const uint64_t until_ns = now_ns () + (uint64_t) ms * 1000000;
  uint64_t       now;

  while ((now = now_ns ()) < until_ns)
    {
      struct pollfd polled = { .fd = client_fd (client), .events = POLLIN };
      const char   *line;
      size_t        size;

      if (poll (&polled, 1, (int) ((until_ns - now) / 1000000) + 1) > 0)
        while ((line = client_next (client, false, &size)) != NULL)
          client_acknowledge (client, "tree.ack", line);
    }
}

static void
bench_tree (void)
{
  struct observed *system = observed_start (OBSERVED_TREE);
  double           took_ms[N_PAIRS];
  int64_t          n = 0;
  uint64_t         cpu_ns;
  struct client   *client;

  for (size_t i = 0; i < N_PAIRS; i++)
    {
      client = client_new (system);
      took_ms[i] = open_tree (client, 200, &n);
      client_free (client);
    }
  print ("tree-100k-open-ms", percentile (took_ms, N_PAIRS, 0.5), "ms");
  print ("tree-100k-open-nodes", (double) n, "nodes");
  for (size_t i = 0; i < N_PAIRS; i++)
    {
      client = client_new (system);
      took_ms[i] = open_tree (client, 1000, &n);
      if (i + 1 < N_PAIRS)
        client_free (client);
    }
  print ("tree-100k-open-all-ms", percentile (took_ms, N_PAIRS, 0.5), "ms");
  print ("tree-100k-open-all-nodes", (double) n, "nodes");
  /* The last is still open. Opening it cost more than the budget; that is forgotten by and by. */
  follow_tree (client, 20000);
  cpu_ns = observed_export_cpu_ns (system);
  follow_tree (client, 10000);
  print ("tree-100k-idle-core-percent",
         100 * (double) (observed_export_cpu_ns (system) - cpu_ns) / 10e9, "%");
  client_free (client);
  observed_end (system);
}

/* ---- Rows -------------------------------------------------------------------------------------
 */

static const struct
{
  const char *name;
  void (*run) (void);
  const char *beside;
} rows[] = {
  { "observe-million", bench_million, "beam" },
  { "observe-mailbox", bench_mailbox, "beam" },
  { "observe-tree", bench_tree, "alone" },
};

int
main (int argc, char **argv)
{
  const size_t n_rows = sizeof rows / sizeof *rows;

  if (argc < 2)
    for (size_t i = 0; i < n_rows; i++)
      printf ("%s 0 1 %s\n", rows[i].name, rows[i].beside);
  for (int i = 1; i < argc; i++)
    {
      size_t row = 0;

      while (row < n_rows && strcmp (rows[row].name, argv[i]) != 0)
        row++;
      if (row == n_rows)
        return 1;
      rows[row].run ();
    }
  return 0;
}
