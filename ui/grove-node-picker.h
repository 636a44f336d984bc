/* SPDX-License-Identifier: MIT
 *
 * GroveNodePicker: the Erlang and Elixir nodes of a list under a heading, each to be opened here or
 * in a window of its own. It looks while it is watched, hides while there are none, and leaves out
 * the one that is shown.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-discovery.h"
#include "observer/grove-node-list.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define GROVE_TYPE_NODE_PICKER (grove_node_picker_get_type ())
G_DECLARE_FINAL_TYPE (GroveNodePicker, grove_node_picker, GROVE, NODE_PICKER, GtkBox)

/* Signal: opened (const char *target, gboolean in_new_window). */
GtkWidget *grove_node_picker_new (GroveSession *session, GroveNodeList *nodes, const char *heading);
/* Leaves out those of another list, too: they are to be picked there. */
void grove_node_picker_set_except (GroveNodePicker *self, GroveNodeList *except);
/* Leaves out those that are served here: they are to be picked among the systems. */
void grove_node_picker_set_served (GroveNodePicker *self, GroveDiscovery *served);
/* Whoever shows it says so: hidden for want of nodes it is not mapped. */
void grove_node_picker_watch (GroveNodePicker *self, gboolean watch);

G_END_DECLS
