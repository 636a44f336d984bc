/* SPDX-License-Identifier: MIT
 *
 * GroveLimitsPanel: the limits of a system, and how near they are.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-findings.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define GROVE_TYPE_LIMITS_PANEL (grove_limits_panel_get_type ())
G_DECLARE_FINAL_TYPE (GroveLimitsPanel, grove_limits_panel, GROVE, LIMITS_PANEL, AdwBin)

/* @fullest: (nullable): who has the fullest mailbox, of @n_messages; @alarm: from so many on it is
 * one */
void grove_limits_panel_show (GroveLimitsPanel  *self,
                              const GroveSample *sample,
                              GroveFindings     *findings,
                              const char        *fullest,
                              gint64             n_messages,
                              gint64             alarm);

G_END_DECLS
