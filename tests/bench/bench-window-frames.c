/* SPDX-License-Identifier: MIT
 *
 * A window on an observed system, what its main loop and its frames take, and how figures are
 * printed.
 */
#include "bench-window.h"

#include "ui/grove-application.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define WIDTH      1360
#define HEIGHT     860
#define PATIENCE_S 60
#define MAX_FRAMES 8192

static GroveWindow *window;

/* ---- Figures ----------------------------------------------------------------------------------
 */

void
bench_window_print (const char *name, double value, const char *unit)
{
  printf ("bench %s %.*f %s\n", name, value < 10 ? 2 : 1, value, unit);
  fflush (stdout);
}

double
bench_window_ms_since (gint64 started_us)
{
  return (double) (g_get_monotonic_time () - started_us) / 1000;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

double
bench_window_percentile (double *values, guint n, double share)
{
  if (n == 0)
    g_error ("there is nothing to take a percentile of");
  qsort (values, n, sizeof *values, compare);
  return values[(guint) ((n - 1) * share)];
}

static double
read_clock_ms (clockid_t clock)
{
  struct timespec time;

  clock_gettime (clock, &time);
  return (double) time.tv_sec * 1e3 + (double) time.tv_nsec / 1e6;
}

double
bench_window_cpu_s (void)
{
  return read_clock_ms (CLOCK_PROCESS_CPUTIME_ID) / 1e3;
}

double
bench_window_resident_mb (void)
{
  g_autofree char *text = NULL;
  char            *end;

  if (!g_file_get_contents ("/proc/self/statm", &text, NULL, NULL))
    g_error ("/proc cannot be read");
  (void) g_ascii_strtoull (text, &end, 10);
  return (double) g_ascii_strtoull (end, NULL, 10) * (double) sysconf (_SC_PAGESIZE) / 1e6;
}

/* ---- The main loop ----------------------------------------------------------------------------
 */

static struct
{
  double left_ms, left_cpu_ms; /* when the last poll was over; 0: nobody watches */
  double longest_ms, longest_cpu_ms;
} stalls;

static int
poll_and_note (GPollFD *fds, guint n, int timeout)
{
  int result;

  if (stalls.left_ms > 0)
    {
      const double ms = read_clock_ms (CLOCK_MONOTONIC) - stalls.left_ms;
      const double cpu_ms = read_clock_ms (CLOCK_THREAD_CPUTIME_ID) - stalls.left_cpu_ms;

      stalls.longest_ms = MAX (stalls.longest_ms, ms);
      stalls.longest_cpu_ms = MAX (stalls.longest_cpu_ms, cpu_ms);
    }
  result = g_poll (fds, n, timeout);
  if (stalls.left_ms > 0)
    {
      stalls.left_ms = read_clock_ms (CLOCK_MONOTONIC);
      stalls.left_cpu_ms = read_clock_ms (CLOCK_THREAD_CPUTIME_ID);
    }
  return result;
}

void
bench_window_watch_stalls (void)
{
  g_main_context_set_poll_func (NULL, poll_and_note);
  stalls.left_ms = read_clock_ms (CLOCK_MONOTONIC);
  stalls.left_cpu_ms = read_clock_ms (CLOCK_THREAD_CPUTIME_ID);
  stalls.longest_ms = stalls.longest_cpu_ms = 0;
}

void
bench_window_print_stall (const char *stem)
{
  g_autofree char *name = g_strdup_printf ("%s-ms", stem);
  g_autofree char *cpu_name = g_strdup_printf ("%s-cpu-ms", stem);

  bench_window_print (name, stalls.longest_ms, "ms");
  bench_window_print (cpu_name, stalls.longest_cpu_ms, "ms");
}

static gboolean
on_timeout (gpointer over)
{
  *(gboolean *) over = TRUE;
  return G_SOURCE_REMOVE;
}

void
bench_window_run_until (const char *what, BenchCondition condition, gpointer user_data)
{
  gboolean    over = FALSE;
  const guint source = g_timeout_add_seconds (PATIENCE_S, on_timeout, &over);

  while (!condition (user_data))
    {
      if (over)
        {
          fprintf (stderr, "bench-window: not within %d seconds: %s\n", PATIENCE_S, what);
          exit (1);
        }
      g_main_context_iteration (NULL, TRUE);
    }
  g_source_remove (source);
}

void
bench_window_run_for (int ms)
{
  gboolean over = FALSE;

  g_timeout_add ((guint) ms, on_timeout, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
}

/* ---- Frames -----------------------------------------------------------------------------------
 */

static struct
{
  double    began_ms, began_cpu_ms;
  double    ms[MAX_FRAMES], cpu_ms[MAX_FRAMES];
  guint     n, n_moves;
  BenchMove move;
  gpointer  user_data;
} frames;

static void
on_before_paint (GdkFrameClock *clock, gpointer user_data)
{
  frames.began_ms = read_clock_ms (CLOCK_MONOTONIC);
  frames.began_cpu_ms = read_clock_ms (CLOCK_THREAD_CPUTIME_ID);
}

static void
on_after_paint (GdkFrameClock *clock, gpointer user_data)
{
  if (frames.n == MAX_FRAMES || frames.began_ms == 0)
    return;
  frames.ms[frames.n] = read_clock_ms (CLOCK_MONOTONIC) - frames.began_ms;
  frames.cpu_ms[frames.n++] = read_clock_ms (CLOCK_THREAD_CPUTIME_ID) - frames.began_cpu_ms;
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  frames.move (frames.n_moves++, frames.user_data);
  return G_SOURCE_CONTINUE;
}

void
bench_window_watch_frames (int ms, BenchMove move, gpointer user_data)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (window));
  const gulong   before =
    g_signal_connect (clock, "before-paint", G_CALLBACK (on_before_paint), NULL);
  const gulong after =
    g_signal_connect_after (clock, "after-paint", G_CALLBACK (on_after_paint), NULL);
  guint tick = 0;

  frames.n = frames.n_moves = 0;
  frames.began_ms = 0;
  frames.move = move;
  frames.user_data = user_data;
  if (move != NULL)
    tick = gtk_widget_add_tick_callback (GTK_WIDGET (window), on_tick, NULL, NULL);
  bench_window_run_for (ms);
  if (move != NULL)
    gtk_widget_remove_tick_callback (GTK_WIDGET (window), tick);
  g_signal_handler_disconnect (clock, before);
  g_signal_handler_disconnect (clock, after);
}

static double
print_frames (const char *stem, const char *suffix, double *values, double share)
{
  g_autofree char *name = g_strdup_printf ("%s%s", stem, suffix);
  const double     value = bench_window_percentile (values, frames.n, share);

  bench_window_print (name, value, "ms");
  return value;
}

double
bench_window_print_frames (const char *stem, BenchFigures figures)
{
  const double median = print_frames (stem, "-ms", frames.ms, 0.5);

  print_frames (stem, "-cpu-ms", frames.cpu_ms, 0.5);
  if (figures == BENCH_MEDIAN)
    return median;
  print_frames (stem, "-p99-ms", frames.ms, 0.99);
  print_frames (stem, "-p99-cpu-ms", frames.cpu_ms, 0.99);
  return median;
}

guint
bench_window_count_frames (void)
{
  return frames.n;
}

typedef struct
{
  BenchCondition condition;
  gpointer       user_data;
  gint64         seen_us;
} Awaited;

static void
on_awaited_paint (GdkFrameClock *clock, Awaited *awaited)
{
  if (awaited->seen_us == 0 && awaited->condition (awaited->user_data))
    awaited->seen_us = g_get_monotonic_time ();
}

static gboolean
is_seen (gpointer user_data)
{
  return ((Awaited *) user_data)->seen_us != 0;
}

gint64
bench_window_await_frame (const char *what, BenchCondition condition, gpointer user_data)
{
  Awaited        awaited = { condition, user_data, 0 };
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (window));
  const gulong   handler =
    g_signal_connect_after (clock, "after-paint", G_CALLBACK (on_awaited_paint), &awaited);

  bench_window_run_until (what, is_seen, &awaited);
  g_signal_handler_disconnect (clock, handler);
  return awaited.seen_us;
}

/* ---- The window -------------------------------------------------------------------------------
 */

static gboolean
is_live (gpointer user_data)
{
  GroveSession *session = grove_window_get_session (window);

  return gtk_widget_get_mapped (GTK_WIDGET (window)) &&
         grove_session_get_state (session) == GROVE_SESSION_LIVE &&
         grove_session_get_sample (session) != NULL;
}

GroveWindow *
bench_window_open (const char *target)
{
  g_autoptr (GError) error = NULL;
  GroveApplication *application = grove_application_new ();

  if (!gtk_init_check () || !g_application_register (G_APPLICATION (application), NULL, &error))
    g_error ("no window can be opened%s%s", error != NULL ? ": " : "",
             error != NULL ? error->message : "");
  window = GROVE_WINDOW (grove_window_new (GTK_APPLICATION (application)));
  gtk_window_set_default_size (GTK_WINDOW (window), WIDTH, HEIGHT);
  grove_window_open (window, target);
  gtk_window_present (GTK_WINDOW (window));
  bench_window_run_until ("the window is live", is_live, NULL);
  return window;
}

GtkWidget *
bench_window_find (GtkWidget *root, GType type)
{
  if (gtk_widget_get_mapped (root) && g_type_is_a (G_OBJECT_TYPE (root), type))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = bench_window_find (child, type);

      if (found != NULL)
        return found;
    }
  return NULL;
}
