/* SPDX-License-Identifier: MIT
 *
 * GroveFactsSection: what a process is and does: whose it is, what it runs, how much and for how
 * long.
 *
 * Threads: main thread only.
 */
#pragma once

#include "ui/grove-process-actions.h"
#include "ui/grove-section.h"

G_BEGIN_DECLS

#define GROVE_TYPE_FACTS_SECTION (grove_facts_section_get_type ())
G_DECLARE_FINAL_TYPE (GroveFactsSection, grove_facts_section, GROVE, FACTS_SECTION, GroveSection)

void grove_facts_section_set_actions (GroveFactsSection *self, GroveProcessActions *actions);

G_END_DECLS
