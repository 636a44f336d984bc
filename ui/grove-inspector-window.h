/* SPDX-License-Identifier: MIT
 *
 * GroveInspectorWindow: one process in a window of its own, with the same commands as anywhere,
 * acting on that process whatever is selected elsewhere.
 *
 * Threads: main thread only.
 */
#pragma once

#include "ui/grove-inspector.h"

G_BEGIN_DECLS

#define GROVE_TYPE_INSPECTOR_WINDOW (grove_inspector_window_get_type ())
G_DECLARE_FINAL_TYPE (
  GroveInspectorWindow, grove_inspector_window, GROVE, INSPECTOR_WINDOW, AdwApplicationWindow)

/* @parent: closed together with it. */
GtkWidget *grove_inspector_window_new (GtkApplication *application,
                                       GtkWindow      *parent,
                                       GroveSession   *session,
                                       const char     *pid);

G_END_DECLS
