/* SPDX-License-Identifier: MIT
 *
 * The real window on the real shop: how it is opened, what one reads on it, and how one gets
 * somewhere in it with mouse and keyboard.
 */
#pragma once

#include "observer/grove-graph-scene.h"
#include "observer/grove-process-item.h"
#include "tests/e2e/shop.h"
#include "tests/support/grove-ui-test.h"
#include "ui/grove-window.h"

G_BEGIN_DECLS

/* For what needs the system, a few frames, and a busy machine's mercy. */
#define WINDOW_PATIENCE_MS 60000

typedef struct
{
  const char      *name; /* what the system is known as; static */
  GroveTestSystem *system;
  GroveTestWire   *wire; /* a second session, to see what is really so */
  GroveWindow     *window;
  GroveSession    *session; /* the window's */
} WindowFixture;

/* For main(): the display, an application for the windows, and how tests are added. */
void window_tests_init (int *argc, char ***argv);
int  window_tests_run (void);
/* With a shop that runs and a window on it that is live. */
void window_test_add (const char *path, void (*test) (WindowFixture *fixture, gconstpointer data));
/* Without either; @data is handed on. */
void window_test_add_bare (const char *path,
                           void (*test) (WindowFixture *fixture, gconstpointer data),
                           gconstpointer data);

void window_fixture_start_shop (WindowFixture *fixture);
/* Any other program that is observed as @name. */
void window_fixture_start (WindowFixture *fixture, const char *name, const char *const *argv);
/* Ends it as Ctrl-C does; it must end well and take its socket away. */
void window_fixture_stop (WindowFixture *fixture);
/* Opens the window on @target, and waits until it is on the screen. */
void window_fixture_open (WindowFixture *fixture, const char *target);
/* Closes it; it lets go of all that it held. */
void window_fixture_close (WindowFixture *fixture);

/* Whether something in the window reads @text, or more. */
gboolean window_shows (WindowFixture *fixture, const char *text);
/* Whether a toast does. */
gboolean window_has_toast (WindowFixture *fixture, const char *text);
/* A cell on the screen of the row of @pid, NULL. */
GtkWidget *window_find_row (WindowFixture *fixture, const char *pid);
/* How many processes the table shows. */
guint window_count_rows (WindowFixture *fixture);
/* Whether the supervision graph draws @pid, within what one sees of it. */
gboolean window_graph_shows (WindowFixture *fixture, const char *pid);
/* What the supervision graph draws of @pid, in sight or not; NULL: nothing. Borrowed, of the
 * moment.
 */
const GroveGraphNode *window_get_node (WindowFixture *fixture, const char *pid);
/* Runs the main loop until a frame was painted on which @is_seen holds; returns when that was
 * (g_get_monotonic_time()). */
typedef gboolean (*WindowSeen) (WindowFixture *fixture, gpointer user_data);
gint64 window_await_frame (WindowFixture *fixture, WindowSeen is_seen, gpointer user_data);

/* The program @os_pid, which is what is observed, is stopped: the window says so as long as it is,
 * and not any more afterwards. */
void window_check_silence (WindowFixture *fixture, int os_pid);

/* Ctrl+F, and types. */
void window_type_filter (WindowFixture *fixture, const char *filter);
/* Filters the table of processes by @name, which one process has, and clicks on its row. Returns
 * the cell clicked.
 */
GtkWidget *window_select_in_table (WindowFixture *fixture, const char *name, const char *pid);
/* The same in the supervision graph: searches for @name there and clicks on its node. Returns the
 * graph. */
GtkWidget *window_select_in_graph (WindowFixture *fixture, const char *name, const char *pid);
/* Right click on @widget, then a click on each of @labels in the menus that open. */
void window_choose_from_menu (GtkWidget *widget, const char *const *labels);
/* Waits until a question about @what says @meaning, and clicks on its answer @label. */
void window_answer (const char *what, const char *meaning, const char *label);

G_END_DECLS
