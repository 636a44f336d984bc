/* SPDX-License-Identifier: MIT
 *
 * Helpers for tests that open real windows: wait for what should be seen, find widgets, press keys
 * and mouse buttons as a person does (through the X server, with XTest), and take pictures. To be
 * run under tests/support/display. Main thread only; nothing here waits longer than it is told.
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* g_test_init(), libadwaita, and settings under which two pictures of the same thing are equal. */
void grove_ui_test_init (int *argc, char ***argv);

/* An application for windows to belong to, registered; no main loop runs. */
GtkApplication *grove_ui_test_application_new (void);

/* One turn of the main loop; returns after at most 5 ms without events. */
void grove_ui_test_iterate (void);

/* Runs the main loop until @condition holds. When it does not within @ms milliseconds the test
 * fails, and a picture of each open window is left in the build directory. */
#define GROVE_PATIENCE_MS 60000 /* only a failure takes as long */
#define GROVE_WAIT(condition, ms)                                                                  \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gint64 grove_deadline_ = g_get_monotonic_time () + (ms) *G_TIME_SPAN_MILLISECOND;              \
    while (!(condition))                                                                           \
      {                                                                                            \
        if (g_get_monotonic_time () >= grove_deadline_)                                            \
          grove_ui_test_timed_out (__FILE__, __LINE__, #condition, (ms));                          \
        grove_ui_test_iterate ();                                                                  \
      }                                                                                            \
  }                                                                                                \
  G_STMT_END

G_NORETURN void grove_ui_test_timed_out (const char *file, int line, const char *condition, int ms);

/* Runs the main loop until @widget's window has handled its events and drawn a frame. */
void grove_ui_test_settle (GtkWidget *widget);

/* ---- Finding --------------------------------------------------------------------------------- */

/* The text a widget shows (button, label, inscription, entry), NULL for others. Borrowed. */
const char *grove_ui_test_get_text (GtkWidget *widget);

/* Depth first from @root, itself included. @text: what it shows, NULL any; @css_class: one it has,
 * NULL any. Only mapped widgets count. NULL when there is none. */
GtkWidget *
grove_ui_test_find (GtkWidget *root, GType type, const char *text, const char *css_class);
/* The first mapped widget below @root that @accept takes. */
typedef gboolean (*GroveUiTestAccept) (GtkWidget *widget, gpointer user_data);
GtkWidget *grove_ui_test_find_if (GtkWidget *root, GroveUiTestAccept accept, gpointer user_data);
/* The first mapped widget in any window (popovers and dialogs too). */
GtkWidget *grove_ui_test_find_anywhere (GType type, const char *text, const char *css_class);
/* The open window of that type, NULL. */
GtkWindow *grove_ui_test_find_window (GType type);

/* ---- A person's hands -------------------------------------------------------------------------
 */

#define GROVE_UI_TEST_LEFT  1
#define GROVE_UI_TEST_RIGHT 3

/* Moves the pointer to that place in @widget, in small steps: GDK lets go of an ended grab only on
 * motion. */
void grove_ui_test_move (GtkWidget *widget, double x, double y);
void grove_ui_test_press (GtkWidget *widget, int button);
void grove_ui_test_release (GtkWidget *widget, int button);
void grove_ui_test_click_at (GtkWidget *widget, double x, double y, int button);
/* In the middle of @widget. */
void grove_ui_test_click (GtkWidget *widget, int button);
/* The wheel, over where the pointer is: @clicks > 0 is down. */
void grove_ui_test_scroll (GtkWidget *widget, int clicks);
/* Presses and lets go of a key, with modifiers of GDK_SHIFT_MASK, GDK_CONTROL_MASK, GDK_ALT_MASK.
 */
void grove_ui_test_key (GtkWidget *window, guint keyval, GdkModifierType modifiers);
/* The same without waiting for what the window does about it: for measuring how long that takes. */
void grove_ui_test_send_key (guint keyval, GdkModifierType modifiers);
/* ASCII text, key by key. */
void grove_ui_test_type (GtkWidget *window, const char *text);

/* ---- Pictures ---------------------------------------------------------------------------------
 */

/* What @widget draws, as of its next frame; NULL when it draws nothing within 20 seconds. A
 * window's picture does not contain its popovers: they are windows of their own. */
cairo_surface_t *grove_ui_test_capture (GtkWidget *widget, double scale);
gboolean         grove_ui_test_save_png (GtkWidget *widget, const char *path, double scale);
/* The part of the pixels that differ by more than @tolerance in a channel; 1 when sizes differ. */
double grove_ui_test_difference (cairo_surface_t *a, cairo_surface_t *b, guint tolerance);

G_END_DECLS
