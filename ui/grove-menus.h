/* SPDX-License-Identifier: MIT
 *
 * The menus that several surfaces share, and the popover that shows the one of a process. Every
 * item is a `win.` action that acts on the session's selection: select before popping up.
 *
 * Threads: main thread only.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What can be done to the selected process. (transfer none) */
GMenuModel *grove_process_menu (void);
/* Pops it up at a point of @parent; the focus returns where it was when it closes. */
void grove_process_menu_popup (GtkWidget *parent, double x, double y);
/* Likewise, any menu. */
void grove_menu_popup (GtkWidget *parent, GMenuModel *menu, double x, double y);

G_END_DECLS
