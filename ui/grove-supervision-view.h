/* SPDX-License-Identifier: MIT
 *
 * GroveSupervisionView: the supervision graph with its tools: what it is coloured by, the legend, a
 * search that leads from match to match, zoom. It observes the system only while it is mapped.
 *
 * Threads: main thread only.
 */
#pragma once

#include "ui/grove-target.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define GROVE_TYPE_SUPERVISION_VIEW (grove_supervision_view_get_type ())
G_DECLARE_FINAL_TYPE (GroveSupervisionView, grove_supervision_view, GROVE, SUPERVISION_VIEW, AdwBin)

/* Actions of its own, for the widgets in it: graph.zoom-in, graph.zoom-out, graph.zoom-fit,
 * graph.next-match, graph.previous-match, graph.find. */
GtkWidget *grove_supervision_view_new (GroveSession *session);
/* Puts the keyboard into the search: Ctrl+F. */
void grove_supervision_view_find (GroveSupervisionView *self);
/* Completes what is known of @target by what is drawn. */
void grove_supervision_view_tell (GroveSupervisionView *self, GroveTarget *target);

G_END_DECLS
