/* SPDX-License-Identifier: MIT
 *
 * GroveOverview: the system at a glance: a minute of its processes, messages, memory and run queue,
 * its schedulers, the fullest mailboxes, and what has happened since it started.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define GROVE_TYPE_OVERVIEW (grove_overview_get_type ())
G_DECLARE_FINAL_TYPE (GroveOverview, grove_overview, GROVE, OVERVIEW, AdwBin)

GtkWidget *grove_overview_new (GroveSession *session);
gboolean   grove_overview_is_filled (GroveOverview *self);

G_END_DECLS
