/* SPDX-License-Identifier: MIT
 *
 * What is remembered from one run to the next: in GSettings where the schema is installed, in a key
 * file in the user's configuration directory where it is not.
 *
 * Threads: main thread only.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* "follow", "light" or "dark". (transfer full) */
char *grove_preferences_get_style (void);
void  grove_preferences_set_style (const char *style);
void  grove_preferences_restore_window (GtkWindow *window, gboolean *ret_inspector);
void  grove_preferences_save_window (GtkWindow *window, gboolean inspector);

G_END_DECLS
