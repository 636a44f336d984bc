/* SPDX-License-Identifier: MIT
 *
 * GroveTermRow: one line of a term: a value, or the key it belongs to and the value. Private to
 * GroveTermView.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-term.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define GROVE_TYPE_TERM_ROW (grove_term_row_get_type ())
G_DECLARE_FINAL_TYPE (GroveTermRow, grove_term_row, GROVE, TERM_ROW, GtkListBoxRow)

/* A line is of the node @index. @key: of the map it is in, -1: it is in none. @more: it says how
 * many elements of that node are left out. */
GtkWidget *grove_term_row_new (GroveTerm *term, guint index, int key, gboolean more);
/* Of the same shape as the one before. */
void grove_term_row_set_term (GroveTermRow *self, GroveTerm *term);
void grove_term_row_set_open (GroveTermRow *self, gboolean open);

guint    grove_term_row_get_index (GroveTermRow *self);
gboolean grove_term_row_is_more (GroveTermRow *self);
/* Whether there is something to unfold: elements, or a text that is longer than the line. */
gboolean grove_term_row_can_open (GroveTermRow *self);
gboolean grove_term_row_is_open (GroveTermRow *self);
guint    grove_term_row_get_depth (GroveTermRow *self);

G_END_DECLS
