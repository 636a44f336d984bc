/* SPDX-License-Identifier: MIT
 *
 * The popover of the header's system button: the systems found, which of them is shown, and the
 * ways to any other and to none.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-discovery.h"
#include "observer/grove-node-list.h"
#include "observer/grove-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define GROVE_TYPE_SYSTEM_MENU (grove_system_menu_get_type ())
G_DECLARE_FINAL_TYPE (GroveSystemMenu, grove_system_menu, GROVE, SYSTEM_MENU, GtkPopover)

GtkWidget *
grove_system_menu_new (GroveSession *session, GroveDiscovery *discovery, GroveNodeList *nodes);

G_END_DECLS
