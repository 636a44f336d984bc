/* SPDX-License-Identifier: MIT
 *
 * GroveQueryEntry: where a query is typed: `messages>100 app:shop`. It offers what may come next
 * below the word that is typed, and says what is wrong where it is wrong. What it offers floats in
 * an overlay of the view it belongs to: it is no window of its own, so it takes no focus and no
 * grab, and nothing moves when it comes and goes.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-table.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define GROVE_TYPE_QUERY_ENTRY (grove_query_entry_get_type ())
G_DECLARE_FINAL_TYPE (GroveQueryEntry, grove_query_entry, GROVE, QUERY_ENTRY, GtkWidget)

/* Signals: typed, a moment after the text changed or it was emptied; entered, Enter was pressed in
 * it; left, Escape was, and it is empty now. Its accessible label and its tooltip are those of the
 * entry in it: set them there. */
GtkWidget *grove_query_entry_new (void);
/* What it is a query of, and where it shows what it offers. Once. */
void grove_query_entry_set_up (GroveQueryEntry *self, GroveTable *table, GtkOverlay *overlay);
/* Borrowed. */
const char *grove_query_entry_get_text (GroveQueryEntry *self);
/* Offers nothing: nobody typed it. */
void grove_query_entry_set_text (GroveQueryEntry *self, const char *text);
/* What the system says against it; NULL: nothing. What is wrong by itself is said anyhow. */
void            grove_query_entry_set_refusal (GroveQueryEntry *self, const char *message);
GtkSearchEntry *grove_query_entry_get_entry (GroveQueryEntry *self);

G_END_DECLS
