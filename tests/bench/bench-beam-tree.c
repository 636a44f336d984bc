/* SPDX-License-Identifier: MIT
 *
 * bench-beam-tree NODE PID NODES: the real window on a real node, PID, whose forest has so many
 * NODES: until all of it is on the screen, and what the node spends while it is looked at and
 * rests. Run by bench-beam-tree.py, which has the node and OTP's observer.
 */
#include "bench-window.h"

#include "ui/grove-graph-private.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SETTLE_MS 3000
#define REST_MS   10000

static GroveWindow *window;

/* All of them are there; those that are alike it shows as one, which tells of all. */
static gboolean
graph_has_nodes (gpointer user_data)
{
  GroveGraph *graph = (GroveGraph *) bench_window_find (GTK_WIDGET (window), GROVE_TYPE_GRAPH);

  return graph != NULL && graph->scene->n_nodes > 0 &&
         grove_tree_get_n_nodes (graph->tree) >= GPOINTER_TO_UINT (user_data);
}

/* Of another process, from its line in /proc. */
static double
cpu_s_of (const char *pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%s/stat", pid);
  g_autofree char *line = NULL;
  unsigned long    user = 0, system = 0;
  const char      *rest;

  if (!g_file_get_contents (path, &line, NULL, NULL))
    g_error ("the node has ended");
  /* Its name, in parentheses, may hold anything. */
  rest = strrchr (line, ')');
  if (rest == NULL ||
      sscanf (rest, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2)
    g_error ("%s cannot be read", path);
  return (double) (user + system) / (double) sysconf (_SC_CLK_TCK);
}

int
main (int argc, char **argv)
{
  g_autofree char *target = NULL;
  gint64           started_us;
  double           before_s;

  if (argc != 4)
    return 2;
  setlocale (LC_ALL, "");
  target = g_strdup_printf ("beam:%s", argv[1]);
  window = bench_window_open (target);
  grove_window_show_view (window, "overview");
  bench_window_run_for (SETTLE_MS);

  started_us = g_get_monotonic_time ();
  grove_window_show_view (window, "supervision");
  bench_window_print ("beam-tree-100k-ms",
                      (double) (bench_window_await_frame ("all nodes", graph_has_nodes,
                                                          GUINT_TO_POINTER (atoi (argv[3]))) -
                                started_us) /
                        1000,
                      "ms");
  bench_window_run_for (2 * SETTLE_MS);
  before_s = cpu_s_of (argv[2]);
  bench_window_run_for (REST_MS);
  bench_window_print ("beam-tree-cost", 100 * (cpu_s_of (argv[2]) - before_s) / (REST_MS / 1000.0),
                      "%");
  return 0;
}
