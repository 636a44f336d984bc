/* SPDX-License-Identifier: MIT
 *
 * GroveRecentList: the recent systems that are not among those found running, to open or to forget.
 * It is not there when there are none.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-discovery.h"
#include "observer/grove-node-list.h"
#include "observer/grove-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define GROVE_TYPE_RECENT_LIST (grove_recent_list_get_type ())
G_DECLARE_FINAL_TYPE (GroveRecentList, grove_recent_list, GROVE, RECENT_LIST, GtkBox)

/* Without the system @session is on. Signal: opened (const char *target), one was chosen. */
GtkWidget *
grove_recent_list_new (GroveSession *session, GroveDiscovery *discovery, GroveNodeList *nodes);

G_END_DECLS
