/* SPDX-License-Identifier: MIT
 *
 * A line of text that changes again and again: its room is told in characters and does not follow
 * the text, so that a change paints the line and nothing else. A label would have everything around
 * it measured anew.
 *
 * Threads: main thread only.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* (transfer floating): with room for @n_chars; a longer text ends with an ellipsis. */
GtkWidget *grove_fixed_text_new (guint n_chars, float xalign);
/* Takes @text. */
void grove_fixed_text_take (GtkInscription *self, char *text);

G_END_DECLS
