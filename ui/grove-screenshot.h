/* SPDX-License-Identifier: MIT
 *
 * GroveScreenshot: opens a window on a system, waits in each view until live data is on the screen,
 * and saves pictures of it. Needs a display (a virtual one will do), no window manager, no GL.
 *
 * Threads: main thread only.
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define GROVE_TYPE_SCREENSHOT (grove_screenshot_get_type ())
G_DECLARE_FINAL_TYPE (GroveScreenshot, grove_screenshot, GROVE, SCREENSHOT, GObject)

/* Signal: finished (gboolean success), once; what went wrong was written to stderr. */
GroveScreenshot      *
grove_screenshot_new (GtkApplication *application, const char *folder, int width, int height);
void grove_screenshot_set_schemes (GroveScreenshot *self, gboolean light, gboolean dark);
void grove_screenshot_start (GroveScreenshot *self, const char *target);

/* A picture of @widget, which must be painted and not waiting for another frame: call it in the
 * frame clock's "after-paint". */
gboolean grove_screenshot_save_widget (GtkWidget *widget, const char *path, GError **error);

G_END_DECLS
