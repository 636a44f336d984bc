/* SPDX-License-Identifier: MIT
 *
 * GroveProcessTreeList: the tree shape of the table of processes: supervisors open to their
 * children, loaded when opened. Only rows on the screen have live values.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-tree.h"
#include "ui/grove-column-layout.h"
#include "ui/grove-process-selection.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define GROVE_TYPE_PROCESS_TREE_LIST (grove_process_tree_list_get_type ())
G_DECLARE_FINAL_TYPE (
  GroveProcessTreeList, grove_process_tree_list, GROVE, PROCESS_TREE_LIST, AdwBin)

GtkWidget             *grove_process_tree_list_new (GroveSession *session);
GroveProcessSelection *grove_process_tree_list_get_selection (GroveProcessTreeList *self);
GroveTree             *grove_process_tree_list_get_tree (GroveProcessTreeList *self);
/* Opens what is above @pid, as far as it is loaded, and brings its row into view. */
gboolean grove_process_tree_list_reveal (GroveProcessTreeList *self, const char *pid);
/* Whether a row on the screen shows live values. */
gboolean grove_process_tree_list_is_filled (GroveProcessTreeList *self);

/* Its columns. Borrowed. */
GroveColumnLayout *grove_process_tree_list_get_layout (GroveProcessTreeList *self);

G_END_DECLS
