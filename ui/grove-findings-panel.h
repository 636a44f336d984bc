/* SPDX-License-Identifier: MIT
 *
 * GroveFindingsPanel: what needs a look, the worst first, each leading to its process and its view;
 * and what was looked for, and what was not and why.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-findings.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define GROVE_TYPE_FINDINGS_PANEL (grove_findings_panel_get_type ())
G_DECLARE_FINAL_TYPE (GroveFindingsPanel, grove_findings_panel, GROVE, FINDINGS_PANEL, AdwBin)

/* Once; both are held. */
void grove_findings_panel_set_findings (GroveFindingsPanel *self,
                                        GroveFindings      *findings,
                                        GroveSession       *session);

G_END_DECLS
