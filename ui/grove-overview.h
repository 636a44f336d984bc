/* SPDX-License-Identifier: MIT
 *
 * GroveOverview: the system at a glance: a minute of its processes, messages, memory and run queue,
 * its schedulers, what needs a look, the fullest mailboxes, recent events, how near its limits are,
 * and what has happened since it started.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-findings.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define GROVE_TYPE_OVERVIEW (grove_overview_get_type ())
G_DECLARE_FINAL_TYPE (GroveOverview, grove_overview, GROVE, OVERVIEW, AdwBin)

GtkWidget *grove_overview_new (GroveSession *session, GroveFindings *findings);
gboolean   grove_overview_is_filled (GroveOverview *self);

G_END_DECLS
