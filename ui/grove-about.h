/* SPDX-License-Identifier: MIT
 *
 * The window that says what this program is, and what one copies into a report of a fault.
 *
 * Threads: main thread only.
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* @parent: (nullable). Returns: (transfer none): the window, shown. */
GtkWidget *grove_about_present (GtkWindow *parent);

G_END_DECLS
