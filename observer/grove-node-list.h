/* SPDX-License-Identifier: MIT
 *
 * GroveNodeList: Erlang and Elixir nodes, a GListModel of GroveNode: those that epmd knows on this
 * machine, as `grove-beam --list` tells them, or those of the cluster of the node that a session
 * observes. It looks only while somebody watches, and without holding anybody up; where there is no
 * grove-beam, no epmd, or no cluster, there are none.
 *
 * Main thread only.
 */
#pragma once

#include "observer/grove-session.h"

G_BEGIN_DECLS

#define GROVE_TYPE_NODE (grove_node_get_type ())
G_DECLARE_FINAL_TYPE (GroveNode, grove_node, GROVE, NODE, GObject)
const char *grove_node_get_name (GroveNode *self);   /* shop@prod-3 */
const char *grove_node_get_target (GroveNode *self); /* as grove_session_open() takes it */

#define GROVE_TYPE_NODE_LIST (grove_node_list_get_type ())
G_DECLARE_FINAL_TYPE (GroveNodeList, grove_node_list, GROVE, NODE_LIST, GObject)

/* Signal: looked (), when it has looked, whether that changed anything or not.
 *
 * Returns: (transfer full). Since: 0.1 */
GroveNodeList *grove_node_list_new (void);

/* The others that the session's node is connected to. Their targets have what is special about the
 * way to that node, but for its port.
 *
 * Returns: (transfer full). Since: 0.1 */
GroveNodeList *grove_node_list_new_cluster (GroveSession *session);

/* Looks now, and again from time to time, until as many have unwatched. Since: 0.1 */
void grove_node_list_watch (GroveNodeList *self);
void grove_node_list_unwatch (GroveNodeList *self);

G_END_DECLS
