/* SPDX-License-Identifier: MIT
 *
 * GroveTermView: a term one can fold: a line for each element, of what is folded one for all of it.
 * What came as text only is shown as text, and what the system has cut says so. It takes the height
 * it needs and never more than the width it is given; put it into what scrolls.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-term.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define GROVE_TYPE_TERM_VIEW (grove_term_view_get_type ())
G_DECLARE_FINAL_TYPE (GroveTermView, grove_term_view, GROVE, TERM_VIEW, GtkWidget)

/* Signal: navigate (const char *pid), a pid in the term was chosen. */
GtkWidget *grove_term_view_new (void);
/* NULL: none. What is unfolded stays so when the new one has the same shape. */
void grove_term_view_set_term (GroveTermView *self, GroveTerm *term);
/* What it is, for who cannot see it: "State". */
void grove_term_view_set_title (GroveTermView *self, const char *title);
/* Lines that are shown. */
guint grove_term_view_get_n_lines (GroveTermView *self);

G_END_DECLS
