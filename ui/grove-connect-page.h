/* SPDX-License-Identifier: MIT
 *
 * GroveConnectPage: what a window shows while it has no system: those found on this machine, a
 * field for any other, and what became of the last attempt.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-discovery.h"
#include "observer/grove-node-list.h"
#include "observer/grove-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define GROVE_TYPE_CONNECT_PAGE (grove_connect_page_get_type ())
G_DECLARE_FINAL_TYPE (GroveConnectPage, grove_connect_page, GROVE, CONNECT_PAGE, AdwBin)

GtkWidget *
grove_connect_page_new (GroveSession *session, GroveDiscovery *discovery, GroveNodeList *nodes);
/* Puts the cursor where a name or path is typed. */
void grove_connect_page_focus (GroveConnectPage *self);

G_END_DECLS
