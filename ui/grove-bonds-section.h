/* SPDX-License-Identifier: MIT
 *
 * GroveBondsSection: the processes a process is tied to: linked, monitored, monitoring, made to
 * stand still. Each leads there.
 *
 * Threads: main thread only.
 */
#pragma once

#include "ui/grove-section.h"

G_BEGIN_DECLS

#define GROVE_TYPE_BONDS_SECTION (grove_bonds_section_get_type ())
G_DECLARE_FINAL_TYPE (GroveBondsSection, grove_bonds_section, GROVE, BONDS_SECTION, GroveSection)

G_END_DECLS
