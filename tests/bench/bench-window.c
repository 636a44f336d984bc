/* SPDX-License-Identifier: MIT
 *
 * What a person waits for in the real window, on a screen of its own, painted without a GPU: a row
 * of the table at a time, as bench-observers.c. The system is a real one, in a process of its own;
 * the window is in this one, as grove-observer builds it.
 */
#include "bench-window.h"

#include "observer/grove-process-table.h"
#include "ui/grove-application.h"
#include "ui/grove-graph-private.h"
#include "ui/grove-mailbox-card.h"
#include "ui/grove-message-list.h"
#include "ui/grove-process-cell.h"
#include "ui/grove-process-tree-list.h"
#include "ui/grove-process-view.h"

#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <gdk/x11/gdkx.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SETTLE_MS 1500

/* ---- The tree ---------------------------------------------------------------------------------
 */

#define FOREST_NODES (OBSERVED_CHILDREN + 101) /* the application's supervisor, and a hundred */
#define PAN_MS       3000
#define CHURN_MS     10000
#define DEATH_MS     500
#define TYPING_MS    150

static GroveWindow *window;

static GroveGraph *
get_graph (void)
{
  return (GroveGraph *) bench_window_find (GTK_WIDGET (window), GROVE_TYPE_GRAPH);
}

static gboolean
graph_has_nodes (gpointer user_data)
{
  GroveGraph *graph = get_graph ();

  return graph != NULL && graph->scene->n_nodes >= GPOINTER_TO_UINT (user_data);
}

static void
pan (guint frame, gpointer user_data)
{
  GroveGraph *graph = user_data;

  /* As a hand does that drags it about. */
  grove_graph_camera_pan (&graph->camera, graph->scene, frame % 2 == 0 ? 2 : -2,
                          frame / 60 % 2 == 0 ? -9 : 9);
  _grove_graph_moved (graph);
}

static double
pan_at (GroveGraph *graph, const char *distance, double scale)
{
  g_autofree char *stem = g_strdup_printf ("tree-100k-frame-%s", distance);

  _grove_graph_zoom_at (graph, scale / graph->camera.scale, graph->camera.width / 2,
                        graph->camera.height / 2);
  bench_window_run_for (SETTLE_MS);
  bench_window_watch_frames (PAN_MS, pan, graph);
  return bench_window_print_frames (stem, BENCH_MEDIAN);
}

static gboolean
end_one (gpointer system)
{
  GroveGraph *graph = get_graph ();
  const guint node = g_random_int_range (200, (int) graph->scene->n_nodes);
  guint64     number = 0, serial = 0;

  if (sscanf (graph->scene->nodes[node].id, "<%" G_GUINT64_FORMAT ".%" G_GUINT64_FORMAT ".",
              &number, &serial) == 2)
    observed_end_process (system, number << 32 | serial);
  return G_SOURCE_CONTINUE;
}

static gboolean
is_turned (gpointer user_data)
{
  return ((GroveGraph *) user_data)->scene->axes->turned;
}

/* What a person does to all of it. */
static void
bench_wishes (GroveGraph *graph)
{
  static const char typed[] = "worker_ab";
  GroveGraphScene  *copy;

  bench_window_watch_stalls ();
  for (guint i = 1; i < sizeof typed; i++)
    {
      g_autofree char *text = g_strndup (typed, i);

      grove_graph_set_search (graph, text);
      bench_window_run_for (TYPING_MS);
    }
  bench_window_print_stall ("tree-100k-search-stall");
  grove_graph_set_search (graph, "");
  bench_window_run_for (SETTLE_MS);

  bench_window_watch_stalls ();
  copy = grove_graph_dup_scene (graph);
  bench_window_run_for (TYPING_MS);
  bench_window_print_stall ("tree-100k-copy-stall");
  grove_graph_scene_free (copy);

  bench_window_watch_stalls ();
  grove_graph_set_growth (graph, GROVE_GRAPH_DOWNWARDS);
  bench_window_run_until ("it is turned", is_turned, graph);
  bench_window_run_for (SETTLE_MS);
  bench_window_print_stall ("tree-100k-turn-stall");
}

static void
bench_tree (void)
{
  struct observed *system = observed_start (OBSERVED_FOREST);
  GroveGraph      *graph;
  gint64           started_us;
  static const struct
  {
    const char *distance;
    double      scale;
  } cameras[] = { { "heat", 0.04 }, { "mid", 0.2 }, { "close", 0.9 } };
  double worst = 0;
  guint  deaths;

  window = bench_window_open (observed_socket (system));
  grove_window_show_view (window, "overview");
  bench_window_run_for (SETTLE_MS);

  bench_window_watch_stalls ();
  started_us = g_get_monotonic_time ();
  grove_window_show_view (window, "supervision");
  bench_window_print ("tree-100k-first-nodes-ms",
                      (double) (bench_window_await_frame ("a node", graph_has_nodes,
                                                          GUINT_TO_POINTER (1)) -
                                started_us) /
                        1000,
                      "ms");
  bench_window_print ("tree-100k-first-paint-ms",
                      (double) (bench_window_await_frame ("all nodes", graph_has_nodes,
                                                          GUINT_TO_POINTER (FOREST_NODES)) -
                                started_us) /
                        1000,
                      "ms");
  bench_window_print_stall ("tree-100k-open-stall");

  graph = get_graph ();
  bench_window_run_for (SETTLE_MS);
  bench_window_watch_stalls ();
  for (guint i = 0; i < G_N_ELEMENTS (cameras); i++)
    {
      const double median = pan_at (graph, cameras[i].distance, cameras[i].scale);

      worst = MAX (worst, median);
    }
  bench_window_print ("tree-100k-frame-ms", worst, "ms");
  bench_window_print_stall ("tree-100k-pan-stall");

  deaths = g_timeout_add (DEATH_MS, end_one, system);
  bench_window_watch_stalls ();
  bench_window_watch_frames (CHURN_MS, pan, graph);
  bench_window_print_frames ("tree-100k-frame-restarts", BENCH_MEDIAN);
  bench_window_print_stall ("tree-100k-restarts-stall");
  g_source_remove (deaths);
  bench_wishes (graph);
  bench_window_print ("tree-100k-rss-mb", bench_window_resident_mb (), "MB");
  observed_end (system);
}

/* ---- The table --------------------------------------------------------------------------------
 */

#define SCROLL_MS   8000
#define SCROLL_STEP 120

/* A row with what it is about. */
static gboolean
shows_rows (gpointer user_data)
{
  GtkWidget *cell = bench_window_find (GTK_WIDGET (window), GROVE_TYPE_PROCESS_CELL);

  return cell != NULL && grove_process_cell_get_pid (GROVE_PROCESS_CELL (cell)) != NULL;
}

static void
scroll (guint frame, gpointer user_data)
{
  GtkAdjustment *adjustment = user_data;
  const double   value = gtk_adjustment_get_value (adjustment);

  gtk_adjustment_set_value (adjustment, value + SCROLL_STEP);
}

static void
jump (guint frame, gpointer user_data)
{
  GtkAdjustment *adjustment = user_data;

  /* As one does who drags the scroll bar. */
  gtk_adjustment_set_value (adjustment,
                            gtk_adjustment_get_upper (adjustment) * (frame % 600) / 600);
}

static void
bench_table (void)
{
  struct observed *system = observed_start (OBSERVED_MILLION);
  GtkAdjustment   *adjustment;
  GtkWidget       *list;
  gint64           started_us;

  observed_set_pace (system, OBSERVED_STROLLS);
  window = bench_window_open (observed_socket (system));
  grove_window_show_view (window, "overview");
  bench_window_run_for (SETTLE_MS);

  bench_window_watch_stalls ();
  started_us = g_get_monotonic_time ();
  grove_window_show_view (window, "processes");
  bench_window_print ("table-million-open-ms",
                      (double) (bench_window_await_frame ("rows", shows_rows, NULL) - started_us) /
                        1000,
                      "ms");
  list = bench_window_find (GTK_WIDGET (window), GTK_TYPE_COLUMN_VIEW);
  adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (list));
  bench_window_run_for (SETTLE_MS);

  bench_window_print_stall ("table-million-open-stall");
  bench_window_watch_stalls ();
  bench_window_watch_frames (SCROLL_MS / 2, NULL, NULL);
  bench_window_print_frames ("table-million-live", BENCH_MEDIAN_AND_P99);
  bench_window_watch_frames (SCROLL_MS, scroll, adjustment);
  bench_window_print_frames ("table-million-frame", BENCH_MEDIAN_AND_P99);
  bench_window_watch_frames (SCROLL_MS / 2, jump, adjustment);
  bench_window_print_frames ("table-million-jump", BENCH_MEDIAN_AND_P99);
  bench_window_print_stall ("table-million-stall");
  bench_window_print ("observer-rss-mb", bench_window_resident_mb (), "MB");
  observed_end (system);
}

/* ---- The table as a tree ----------------------------------------------------------------------
 */

#define OPEN_MS     50
#define OPENINGS_MS 8000

static gboolean
shows_tree (gpointer user_data)
{
  return grove_process_view_is_filled (user_data);
}

/* The last that is closed. */
static gboolean
open_one (gpointer rows)
{
  for (guint i = g_list_model_get_n_items (rows); i-- > 0;)
    {
      g_autoptr (GtkTreeListRow) row = g_list_model_get_item (rows, i);

      if (gtk_tree_list_row_is_expandable (row) && !gtk_tree_list_row_get_expanded (row))
        {
          GtkWidget *list = bench_window_find (GTK_WIDGET (window), GROVE_TYPE_PROCESS_TREE_LIST);
          g_autoptr (GroveTreeNode) node = gtk_tree_list_row_get_item (row);

          gtk_tree_list_row_set_expanded (row, TRUE);
          /* As the list does of a row in sight. */
          grove_tree_expand (grove_process_tree_list_get_tree (GROVE_PROCESS_TREE_LIST (list)),
                             grove_tree_node_get_pid (node));
          break;
        }
    }
  return G_SOURCE_CONTINUE;
}

/* One that stands in the rows. */
static gboolean
end_some (gpointer system)
{
  static guint n;
  GtkWidget   *list = bench_window_find (GTK_WIDGET (window), GTK_TYPE_COLUMN_VIEW);
  GListModel  *rows = G_LIST_MODEL (gtk_column_view_get_model (GTK_COLUMN_VIEW (list)));
  guint64      number = 0, serial = 0;

  for (guint i = 200 + 37 * n++; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (GtkTreeListRow) row = g_list_model_get_item (rows, i);
      g_autoptr (GroveTreeNode) node = gtk_tree_list_row_get_item (row);

      if (node == NULL || gtk_tree_list_row_is_expandable (row) ||
          sscanf (grove_tree_node_get_pid (node), "<%" G_GUINT64_FORMAT ".%" G_GUINT64_FORMAT ".",
                  &number, &serial) != 2)
        continue;
      observed_end_process (system, number << 32 | serial);
      break;
    }
  return G_SOURCE_CONTINUE;
}

static void
bench_process_tree (void)
{
  struct observed  *system = observed_start (OBSERVED_FOREST);
  GroveProcessView *view;
  GtkWidget        *list;
  GListModel       *rows;
  gint64            started_us;
  guint             source;

  window = bench_window_open (observed_socket (system));
  grove_window_show_view (window, "processes");
  bench_window_run_until ("rows", shows_rows, NULL);
  bench_window_run_for (SETTLE_MS);
  view = (GroveProcessView *) bench_window_find (GTK_WIDGET (window), GROVE_TYPE_PROCESS_VIEW);

  bench_window_watch_stalls ();
  started_us = g_get_monotonic_time ();
  grove_process_view_set_shape (view, GROVE_SHAPE_TREE);
  bench_window_print ("process-tree-open-ms",
                      (double) (bench_window_await_frame ("a tree", shows_tree, view) -
                                started_us) /
                        1000,
                      "ms");
  bench_window_run_for (SETTLE_MS);
  bench_window_print_stall ("process-tree-open-stall");

  list = bench_window_find (GTK_WIDGET (window), GTK_TYPE_COLUMN_VIEW);
  rows = G_LIST_MODEL (gtk_column_view_get_model (GTK_COLUMN_VIEW (list)));
  bench_window_watch_stalls ();
  source = g_timeout_add (OPEN_MS, open_one, rows);
  bench_window_run_for (OPENINGS_MS);
  g_source_remove (source);
  bench_window_run_for (SETTLE_MS);
  bench_window_print ("process-tree-rows", g_list_model_get_n_items (rows), "rows");
  bench_window_print_stall ("process-tree-expand-stall");

  bench_window_watch_stalls ();
  source = g_timeout_add (DEATH_MS, end_some, system);
  bench_window_run_for (CHURN_MS);
  g_source_remove (source);
  bench_window_print_stall ("process-tree-restarts-stall");
  bench_window_print ("process-tree-rss-mb", bench_window_resident_mb (), "MB");
  observed_end (system);
}

/* ---- Mailboxes --------------------------------------------------------------------------------
 */

static gboolean
has_cards (gpointer user_data)
{
  return bench_window_find (GTK_WIDGET (window), GROVE_TYPE_MAILBOX_CARD) != NULL;
}

static void
bench_mailboxes (void)
{
  struct observed *system = observed_start (OBSERVED_MILLION);
  gint64           started_us;

  observed_set_pace (system, OBSERVED_STROLLS);
  window = bench_window_open (observed_socket (system));
  grove_window_show_view (window, "overview");
  bench_window_run_for (SETTLE_MS);

  bench_window_watch_stalls ();
  started_us = g_get_monotonic_time ();
  grove_window_show_view (window, "mailboxes");
  bench_window_print ("mailboxes-million-open-ms",
                      (double) (bench_window_await_frame ("cards", has_cards, NULL) - started_us) /
                        1000,
                      "ms");
  bench_window_run_for (SETTLE_MS);
  bench_window_print_stall ("mailboxes-million-open-stall");
  bench_window_watch_stalls ();
  bench_window_watch_frames (SCROLL_MS, NULL, NULL);
  bench_window_print_frames ("mailboxes-million-frame", BENCH_MEDIAN_AND_P99);
  bench_window_print_stall ("mailboxes-million-stall");
  observed_end (system);
}

/* ---- Messages ---------------------------------------------------------------------------------
 */

static gboolean
shows_messages (gpointer user_data)
{
  GtkWidget *list = bench_window_find (GTK_WIDGET (window), GROVE_TYPE_MESSAGE_LIST);

  return list != NULL && grove_message_list_get_n_shown (GROVE_MESSAGE_LIST (list)) > 0;
}

static void
bench_messages (void)
{
  struct observed *system = observed_start (OBSERVED_MAILBOX);
  gint64           started_us;

  observed_set_pace (system, OBSERVED_STROLLS);
  window = bench_window_open (observed_socket (system));
  grove_window_show_view (window, "mailboxes");
  bench_window_run_until ("the mailbox is listed", has_cards, NULL);
  bench_window_run_for (SETTLE_MS);
  bench_window_watch_stalls ();
  started_us = g_get_monotonic_time ();
  gtk_widget_activate (bench_window_find (GTK_WIDGET (window), GROVE_TYPE_MAILBOX_CARD));
  bench_window_print ("messages-100k-open-ms",
                      (double) (bench_window_await_frame ("messages", shows_messages, NULL) -
                                started_us) /
                        1000,
                      "ms");
  bench_window_run_for (SETTLE_MS);
  bench_window_print_stall ("messages-100k-stall");
  bench_window_print ("messages-100k-rss-mb", bench_window_resident_mb (), "MB");
  observed_end (system);
}

/* ---- From the exit to the pixel ---------------------------------------------------------------
 */

#define N_EXITS 60
#define HEIGHT  860

typedef struct
{
  int     x, y, width, height; /* of the cell in its window */
  XImage *before;
  char    pid[64];
} Watched;

static XImage *
take_image (const Watched *watched)
{
  GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (window));

  return XGetImage (gdk_x11_display_get_xdisplay (gdk_surface_get_display (surface)),
                    gdk_x11_surface_get_xid (surface), watched->x, watched->y,
                    (unsigned) watched->width, (unsigned) watched->height, AllPlanes, ZPixmap);
}

/* What is on the screen, not what the widget means to draw. */
static gboolean
looks_different (gpointer user_data)
{
  const Watched *watched = user_data;
  XImage        *now = take_image (watched);
  gboolean       different;

  if (now == NULL)
    g_error ("the screen cannot be read");
  different = memcmp (now->data, watched->before->data,
                      (gsize) now->bytes_per_line * (gsize) now->height) != 0;
  XDestroyImage (now);
  return different;
}

/* The first cell of the first row that begins below the upper third of the window. */
static GtkWidget *
find_cell (GtkWidget *root, graphene_rect_t *ret_bounds)
{
  if (!gtk_widget_get_mapped (root))
    return NULL;
  if (GROVE_IS_PROCESS_CELL (root))
    return grove_process_cell_get_pid (GROVE_PROCESS_CELL (root)) != NULL &&
               gtk_widget_compute_bounds (root, GTK_WIDGET (window), ret_bounds) &&
               ret_bounds->origin.y > HEIGHT / 3.0F
             ? root
             : NULL;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_cell (child, ret_bounds);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static gboolean
choose (Watched *watched)
{
  graphene_rect_t bounds;
  GtkWidget      *cell = find_cell (grove_window_get_view (window, "processes"), &bounds);
  double          x, y;

  if (cell == NULL)
    return FALSE;
  gtk_native_get_surface_transform (GTK_NATIVE (window), &x, &y);
  watched->x = (int) (bounds.origin.x + x);
  watched->y = (int) (bounds.origin.y + y);
  watched->width = (int) bounds.size.width;
  watched->height = (int) bounds.size.height;
  g_strlcpy (watched->pid, grove_process_cell_get_pid (GROVE_PROCESS_CELL (cell)),
             sizeof watched->pid);
  return TRUE;
}

static void
bench_exit (void)
{
  struct observed *system = observed_start (OBSERVED_MORTALS_KIND);
  double           took_ms[N_EXITS];
  Watched          watched = { 0 };

  window = bench_window_open (observed_socket (system));
  grove_window_show_view (window, "processes");
  bench_window_run_until ("rows", shows_rows, NULL);
  bench_window_run_for (SETTLE_MS);
  for (guint i = 0; i < N_EXITS; i++)
    {
      guint64 number = 0, serial = 0;
      gint64  seen_us;

      /* At no particular time between two updates. */
      bench_window_run_for (g_random_int_range (1100, 1200));
      if (!choose (&watched) ||
          sscanf (watched.pid, "<%" G_GUINT64_FORMAT ".%" G_GUINT64_FORMAT ".", &number, &serial) !=
            2)
        g_error ("there is no row to look at");
      watched.before = take_image (&watched);
      observed_end_process (system, number << 32 | serial);
      seen_us = bench_window_await_frame ("the exit is seen", looks_different, &watched);
      took_ms[i] = (double) seen_us / 1e3 - (double) observed_ended_ns (system) / 1e6;
      XDestroyImage (watched.before);
    }
  bench_window_print ("exit-to-pixel-p99-ms", bench_window_percentile (took_ms, N_EXITS, 0.99),
                      "ms");
  bench_window_print ("exit-to-pixel-p50-ms", bench_window_percentile (took_ms, N_EXITS, 0.5),
                      "ms");
  observed_end (system);
}

/* ---- Starting ---------------------------------------------------------------------------------
 */

#define N_STARTS 7

static gint64 begun_us;

/* Whether the view it opens with shows the system, and all that this window says of it is there. */
static gboolean
is_begun (GroveWindow *of)
{
  GroveSession *session = grove_window_get_session (of);
  GroveGraph   *graph = (GroveGraph *) bench_window_find (GTK_WIDGET (of), GROVE_TYPE_GRAPH);

  return grove_session_get_state (session) == GROVE_SESSION_LIVE &&
         grove_session_get_sample (session) != NULL && graph != NULL && graph->scene->n_nodes > 0;
}

static void
on_start_painted (GdkFrameClock *clock, GroveWindow *of)
{
  if (!is_begun (of))
    return;
  printf ("%.3f\n", bench_window_ms_since (begun_us));
  fflush (stdout);
  _exit (0);
}

static void
on_realize (GtkWidget *widget, gpointer user_data)
{
  g_signal_connect_after (gtk_widget_get_frame_clock (widget), "after-paint",
                          G_CALLBACK (on_start_painted), widget);
}

static void
on_window_added (GtkApplication *application, GtkWindow *added)
{
  g_signal_connect (added, "realize", G_CALLBACK (on_realize), NULL);
}

/* What main() of grove-observer does, and says when the first live data were on the screen. */
static int
run_started (const char *begun, char *target)
{
  char  name[] = "grove-observer";
  char *argv[] = { name, target, NULL };
  g_autoptr (GroveApplication) application = NULL;

  begun_us = g_ascii_strtoll (begun, NULL, 10);
  setlocale (LC_ALL, "");
  gtk_init_check ();
  application = grove_application_new ();
  g_signal_connect (application, "window-added", G_CALLBACK (on_window_added), NULL);
  return g_application_run (G_APPLICATION (application), 2, argv);
}

static double
time_start (const char *socket)
{
  g_autofree char *begun = g_strdup_printf ("%" G_GINT64_FORMAT, g_get_monotonic_time ());
  g_autofree char *output = NULL;
  const char      *argv[] = { "/proc/self/exe", "--started", begun, socket, NULL };
  int              status;

  if (!g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, NULL,
                     &status, NULL) ||
      status != 0)
    g_error ("it did not start");
  return g_ascii_strtod (output, NULL);
}

static void
bench_start (void)
{
  struct observed *system = observed_start (OBSERVED_FOREST);
  double           took_ms[N_STARTS];

  for (guint i = 0; i < N_STARTS; i++)
    took_ms[i] = time_start (observed_socket (system));
  bench_window_print ("first-live-data-ms", bench_window_percentile (took_ms, N_STARTS, 0.5), "ms");
  observed_end (system);
}

/* ---- Nothing to do ----------------------------------------------------------------------------
 */

#define IDLE_MS 8000

static void
bench_idle (void)
{
  static const char *const views[] = { "overview", "supervision", "processes", "mailboxes",
                                       "activity" };
  struct observed         *system = observed_start (OBSERVED_MORTALS_KIND);
  double                   most = 0;

  window = bench_window_open (observed_socket (system));
  for (guint i = 0; i < G_N_ELEMENTS (views); i++)
    {
      g_autofree char *name = g_strdup_printf ("idle-cpu-%s", views[i]);
      double           before_s, percent;

      if (grove_window_get_view (window, views[i]) == NULL)
        continue;
      grove_window_show_view (window, views[i]);
      bench_window_run_for (2 * SETTLE_MS);
      before_s = bench_window_cpu_s ();
      bench_window_watch_frames (IDLE_MS, NULL, NULL);
      percent = 100 * (bench_window_cpu_s () - before_s) / (IDLE_MS / 1000.0);
      bench_window_print (name, percent, "%");
      g_free (name);
      name = g_strdup_printf ("idle-frames-%s", views[i]);
      bench_window_print (name, bench_window_count_frames () / (IDLE_MS / 1000.0), "1/s");
      most = MAX (most, percent);
    }
  bench_window_print ("idle-cpu-percent", most, "%");
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
  { "window-start", bench_start, "alone" },
  { "window-tree", bench_tree, "beam" },
  { "window-table", bench_table, "beam" },
  { "window-messages", bench_messages, "beam" },
  { "window-exit", bench_exit, "alone" },
  { "window-idle", bench_idle, "beam" },
  { "window-process-tree", bench_process_tree, "alone" },
  { "window-mailboxes", bench_mailboxes, "alone" },
};

int
main (int argc, char **argv)
{
  if (argc == 4 && strcmp (argv[1], "--started") == 0)
    return run_started (argv[2], argv[3]);
  if (argc < 2)
    for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
      printf ("%s 0 1 %s\n", rows[i].name, rows[i].beside);
  for (int i = 1; i < argc; i++)
    {
      gsize row = 0;

      while (row < G_N_ELEMENTS (rows) && strcmp (rows[row].name, argv[i]) != 0)
        row++;
      if (row == G_N_ELEMENTS (rows))
        return 1;
      rows[row].run ();
    }
  return 0;
}
