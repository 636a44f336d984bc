/* SPDX-License-Identifier: MIT
 *
 * GroveSupervisorSection: what a supervisor does for its children: its strategy, how many restarts
 * it has left before it gives up, and each child with what was agreed about it. Of a process that
 * is no supervisor it shows nothing.
 *
 * Threads: main thread only.
 */
#pragma once

#include "ui/grove-section.h"

G_BEGIN_DECLS

#define GROVE_TYPE_SUPERVISOR_SECTION (grove_supervisor_section_get_type ())
G_DECLARE_FINAL_TYPE (
  GroveSupervisorSection, grove_supervisor_section, GROVE, SUPERVISOR_SECTION, GroveSection)

G_END_DECLS
