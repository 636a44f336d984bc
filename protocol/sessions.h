/* SPDX-License-Identifier: MIT
 *
 * The table `sessions`: who observes. It is the server's own, whatever the source is.
 *
 * Threads: the server's.
 */
#pragma once

#include "protocol/host.h"

/* Answers @query at once. */
void grove_sessions_query (const struct grove_host        *host,
                           const struct grove_table_query *query,
                           struct grove_rows              *rows);
