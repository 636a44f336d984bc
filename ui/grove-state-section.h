/* SPDX-License-Identifier: MIT
 *
 * GroveStateSection: what the server in a process says its state is. Opening it asks the server,
 * and so does "Ask Again"; nothing else does.
 *
 * Threads: main thread only.
 */
#pragma once

#include "ui/grove-folded-section.h"

G_BEGIN_DECLS

#define GROVE_TYPE_STATE_SECTION (grove_state_section_get_type ())
G_DECLARE_FINAL_TYPE (
  GroveStateSection, grove_state_section, GROVE, STATE_SECTION, GroveFoldedSection)

G_END_DECLS
