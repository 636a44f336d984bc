/* SPDX-License-Identifier: MIT
 *
 * GroveRootChooser: which applications the supervision graph shows: a button that says it, and a
 * list to tick.
 *
 * Threads: main thread only.
 */
#pragma once

#include "ui/grove-graph.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define GROVE_TYPE_ROOT_CHOOSER (grove_root_chooser_get_type ())
G_DECLARE_FINAL_TYPE (GroveRootChooser, grove_root_chooser, GROVE, ROOT_CHOOSER, AdwBin)

/* Once. It is seen only while there is something to choose from. */
void grove_root_chooser_set_graph (GroveRootChooser *self, GroveGraph *graph);

G_END_DECLS
