/* SPDX-License-Identifier: MIT
 *
 * For the benchmarks of the real window: a window on an observed system, what its main loop and its
 * frames take, and how figures are printed. A row is a program run of its own: the system first,
 * which is a fork, then the window.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observed.h"
#include "ui/grove-window.h"

G_BEGIN_DECLS

/* Opens a window of 1360 x 860 on @target, and waits until it is live. */
GroveWindow *bench_window_open (const char *target);
/* Runs the main loop until @condition holds; ends the program with a message after a minute. */
typedef gboolean (*BenchCondition) (gpointer user_data);
void bench_window_run_until (const char *what, BenchCondition condition, gpointer user_data);
void bench_window_run_for (int ms);
/* The same until a frame is painted on which it holds; returns when that frame was done, by
 * g_get_monotonic_time(). */
gint64 bench_window_await_frame (const char *what, BenchCondition condition, gpointer user_data);
/* The first widget of that type on the screen, NULL. */
GtkWidget *bench_window_find (GtkWidget *root, GType type);

/* ---- Frames and stalls ------------------------------------------------------------------------
 *
 * A frame takes from the frame clock's "before-paint" to its "after-paint": what the main loop
 * cannot do anything else in. A stall is the time from one poll of the main loop to the next. Both
 * are told by the clock, and in this thread's processor time, in which what else this machine does
 * does not show.
 */

/* Called before each frame, to move something; NULL: nothing moves. */
typedef void (*BenchMove) (guint frame, gpointer user_data);
/* Counts the frames of so many milliseconds. */
void bench_window_watch_frames (int ms, BenchMove move, gpointer user_data);
/* Prints the medians STEM-ms and STEM-cpu-ms of the frames watched last, and if wanted STEM-p99-ms
 * and STEM-p99-cpu-ms; returns the first. */
typedef enum
{
  BENCH_MEDIAN,
  BENCH_MEDIAN_AND_P99,
} BenchFigures;
double bench_window_print_frames (const char *stem, BenchFigures figures);
guint  bench_window_count_frames (void); /* that were watched last */
/* From now on, the longest is kept. */
void bench_window_watch_stalls (void);
/* Prints STEM-ms and STEM-cpu-ms. */
void bench_window_print_stall (const char *stem);

void   bench_window_print (const char *name, double value, const char *unit);
double bench_window_ms_since (gint64 started_us);
/* The @share-th of @n values, which are sorted here. */
double bench_window_percentile (double *values, guint n, double share);
/* Processor time of this program: its window, nothing else. */
double bench_window_cpu_s (void);
double bench_window_resident_mb (void);

G_END_DECLS
