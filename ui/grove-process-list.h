/* SPDX-License-Identifier: MIT
 *
 * GroveProcessList: the flat shape of the table of processes. A title clicked sorts on the server.
 * Rows hold still while the pointer moves over them.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-process-table.h"
#include "ui/grove-column-layout.h"
#include "ui/grove-process-selection.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define GROVE_TYPE_PROCESS_LIST (grove_process_list_get_type ())
G_DECLARE_FINAL_TYPE (GroveProcessList, grove_process_list, GROVE, PROCESS_LIST, AdwBin)

GtkWidget             *grove_process_list_new (GroveSession *session, GroveProcessTable *table);
GroveProcessSelection *grove_process_list_get_selection (GroveProcessList *self);
/* Lets the rows go on, whatever the pointer does: after a command one wants to see what came of it.
 */
void grove_process_list_release (GroveProcessList *self);
/* Brings @pid into view if its row is known. */
gboolean grove_process_list_reveal (GroveProcessList *self, const char *pid);

/* Its columns. Borrowed. */
GroveColumnLayout *grove_process_list_get_layout (GroveProcessList *self);

G_END_DECLS
