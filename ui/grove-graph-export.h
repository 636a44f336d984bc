/* SPDX-License-Identifier: MIT
 *
 * Saving the supervision graph as a picture: SVG, PNG or PDF, drawn in a thread as it stands, folds
 * and choices and all.
 *
 * Threads: main thread only.
 */
#pragma once

#include "ui/grove-graph.h"
#include "ui/grove-save.h"

G_BEGIN_DECLS

/* Asks where. @name: suggested for the file, without an ending. */
void grove_graph_export_ask (GroveGraph *graph, const char *name);
/* For who knows the place. @suffix: "svg", "png" or "pdf". */
void grove_graph_export (GroveGraph *graph, GroveSave *save, const char *suffix);

G_END_DECLS
