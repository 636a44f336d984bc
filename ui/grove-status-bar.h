/* SPDX-License-Identifier: MIT
 *
 * GroveStatusBar: one line that says what one is connected to, how far away it is, how much comes
 * from it, what observing costs it, and what may not be done.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define GROVE_TYPE_STATUS_BAR (grove_status_bar_get_type ())
G_DECLARE_FINAL_TYPE (GroveStatusBar, grove_status_bar, GROVE, STATUS_BAR, GtkWidget)

GtkWidget *grove_status_bar_new (GroveSession *session);
void       grove_status_bar_set_n_selected (GroveStatusBar *self, guint n_selected);

G_END_DECLS
