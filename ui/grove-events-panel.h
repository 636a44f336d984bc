/* SPDX-License-Identifier: MIT
 *
 * GroveEventsPanel: the last lines of the system's log, a few, each leading to its process. It asks
 * the system only while it is mapped.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define GROVE_TYPE_EVENTS_PANEL (grove_events_panel_get_type ())
G_DECLARE_FINAL_TYPE (GroveEventsPanel, grove_events_panel, GROVE, EVENTS_PANEL, AdwBin)

/* Once; it is held. */
void grove_events_panel_set_session (GroveEventsPanel *self, GroveSession *session);
/* Says anew how long ago each was. */
void grove_events_panel_tick (GroveEventsPanel *self);

G_END_DECLS
