/* SPDX-License-Identifier: MIT
 *
 * GroveChartsSection: the last minutes of a process: its mailbox, its memory, its reductions. It
 * begins with the minute the system has kept; what has ended keeps its charts.
 *
 * Threads: main thread only.
 */
#pragma once

#include "ui/grove-section.h"

G_BEGIN_DECLS

#define GROVE_TYPE_CHARTS_SECTION (grove_charts_section_get_type ())
G_DECLARE_FINAL_TYPE (GroveChartsSection, grove_charts_section, GROVE, CHARTS_SECTION, GroveSection)

/* Whether there is a line to see. */
gboolean grove_charts_section_is_filled (GroveChartsSection *self);

G_END_DECLS
