/* SPDX-License-Identifier: MIT
 *
 * GroveFindingRow: one finding in a list: how bad, what, the evidence, for how long.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-findings.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define GROVE_TYPE_FINDING_ROW (grove_finding_row_get_type ())
G_DECLARE_FINAL_TYPE (GroveFindingRow, grove_finding_row, GROVE, FINDING_ROW, AdwActionRow)

GtkWidget    *grove_finding_row_new (GroveFinding *finding, GroveSession *session);
GroveFinding *grove_finding_row_get_finding (GroveFindingRow *self);
/* Says anew how long it has lasted. */
void grove_finding_row_tick (GroveFindingRow *self);

G_END_DECLS
