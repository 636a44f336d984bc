/* SPDX-License-Identifier: MIT
 *
 * Processes of other nodes of a cluster, as they stand in terms: #Pid<shop@b.91.0>, and #PID<...>
 * in Elixir's syntax.
 *
 * Threads: any thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * grove_foreign_pid_parse:
 * @ret_node: (out) (transfer full): the node whose it is
 * @ret_pid: (out) (transfer full): what it is called there: <0.91.0>
 *
 * Returns: whether @text is one; a node's own is not
 * Since: 0.1
 */
gboolean grove_foreign_pid_parse (const char *text, char **ret_node, char **ret_pid);

G_END_DECLS
