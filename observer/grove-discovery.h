/* SPDX-License-Identifier: MIT
 *
 * GroveDiscovery: the systems on this machine, a GListModel of GroveSystem kept current by watching
 * the socket directory. Sockets nobody answers on are listed as not live.
 *
 * Main thread only.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define GROVE_TYPE_SYSTEM (grove_system_get_type ())
G_DECLARE_FINAL_TYPE (GroveSystem, grove_system, GROVE, SYSTEM, GObject)
/* Properties: name string r, path string r, live boolean r. */
const char *grove_system_get_name (GroveSystem *self);
const char *grove_system_get_path (GroveSystem *self);
gboolean    grove_system_get_live (GroveSystem *self);

#define GROVE_TYPE_DISCOVERY (grove_discovery_get_type ())
G_DECLARE_FINAL_TYPE (GroveDiscovery, grove_discovery, GROVE, DISCOVERY, GObject)

/**
 * grove_discovery_new:
 * @directory: (nullable): NULL the user's
 *
 * Returns: (transfer full)
 * Since: 0.1
 */
GroveDiscovery *grove_discovery_new (const char *directory);
const char     *grove_discovery_get_directory (GroveDiscovery *self);

/* Looks again now, without waiting for a change. Since: 0.1 */
void grove_discovery_refresh (GroveDiscovery *self);

G_END_DECLS
