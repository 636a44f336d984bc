/* SPDX-License-Identifier: MIT
 *
 * GroveWindow: one system in one window: its views, the inspector at their side, and everything
 * that can be done by menu and key.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-session.h"
#include "ui/grove-inspector.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define GROVE_TYPE_WINDOW (grove_window_get_type ())
G_DECLARE_FINAL_TYPE (GroveWindow, grove_window, GROVE, WINDOW, AdwApplicationWindow)

/* Signal: answered (const char *text), a toast was shown. */
GtkWidget *grove_window_new (GtkApplication *application);
/* Connects to a system by its name or the path of its socket. */
void          grove_window_open (GroveWindow *self, const char *target);
GroveSession *grove_window_get_session (GroveWindow *self);
/* "overview", "supervision", "processes", "mailboxes" or "activity". */
void grove_window_show_view (GroveWindow *self, const char *name);
/* Selects it in all views and shows the inspector; the view stays. Also the action
 * `win.show-process` (s), for buttons and links. */
void grove_window_show_process (GroveWindow *self, const char *pid);
/* The widget of a view by that name, or "inspector", "status", "connect"; NULL when there is none.
 */
GtkWidget *grove_window_get_view (GroveWindow *self, const char *name);
void       grove_window_set_inspector_visible (GroveWindow *self, gboolean visible);
/* Whether a view shows live data: for pictures and tests. */
gboolean grove_window_is_filled (GroveWindow *self, const char *view);

G_END_DECLS
