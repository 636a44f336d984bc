/* SPDX-License-Identifier: MIT
 *
 * GroveFinder: the command palette. One field finds processes and applications of the system, the
 * views, everything that can be done, the preferences, and other systems.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* (transfer full) (element-type GroveFinderItem): what there is besides processes; asked for each
 * time it opens. */
typedef GPtrArray *(*GroveFinderCollect) (gpointer user_data);

#define GROVE_TYPE_FINDER (grove_finder_get_type ())
G_DECLARE_FINAL_TYPE (GroveFinder, grove_finder, GROVE, FINDER, GtkPopover)

GtkWidget *grove_finder_new (GroveSession *session, GroveFinderCollect collect, gpointer user_data);
/* Opens it under the top edge of its parent, @below pixels down. The focus returns where it was
 * when it closes, unless what was chosen takes it. */
void grove_finder_open (GroveFinder *self, int below);

G_END_DECLS
