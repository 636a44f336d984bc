/* SPDX-License-Identifier: MIT
 *
 * GroveStackSection: where a process is: its frames with file and line. Read each second while it
 * is open.
 *
 * Threads: main thread only.
 */
#pragma once

#include "ui/grove-folded-section.h"

G_BEGIN_DECLS

#define GROVE_TYPE_STACK_SECTION (grove_stack_section_get_type ())
G_DECLARE_FINAL_TYPE (
  GroveStackSection, grove_stack_section, GROVE, STACK_SECTION, GroveFoldedSection)

G_END_DECLS
