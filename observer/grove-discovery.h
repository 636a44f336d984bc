/* SPDX-License-Identifier: MIT
 *
 * GroveDiscovery: the systems on this machine, a GListModel of GroveSystem kept current by watching
 * the socket directory: those of a cluster that is served together beside each other, by name
 * otherwise. Sockets nobody answers on are listed as not live, and so are nodes that are served and
 * not there just now.
 *
 * Main thread only.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define GROVE_TYPE_SYSTEM (grove_system_get_type ())
G_DECLARE_FINAL_TYPE (GroveSystem, grove_system, GROVE, SYSTEM, GObject)
/* Properties: name string r, path string r, live boolean r, trouble string r. */
const char *grove_system_get_name (GroveSystem *self);
const char *grove_system_get_path (GroveSystem *self);
gboolean    grove_system_get_live (GroveSystem *self);
/* Why a node that is served is not there, in a few words; else NULL. */
const char *grove_system_get_trouble (GroveSystem *self);
/* The cluster it is served with others of, by one of its nodes; NULL: it is not. It stays what it
 * is. */
const char *grove_system_get_cluster (GroveSystem *self);

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

/* Whether that Erlang node is served here, be it there or away. Since: 0.1 */
gboolean grove_discovery_serves_node (GroveDiscovery *self, const char *node);

/* Looks again now, without waiting for a change. Since: 0.1 */
void grove_discovery_refresh (GroveDiscovery *self);

G_END_DECLS
