/* SPDX-License-Identifier: MIT
 *
 * GroveCrashSection: how a process crashed: the reason, the frames, the message that did it, what
 * followed; and whose place it took: the crashes of those before it. Of a process of which the
 * system keeps no crash it shows nothing.
 *
 * Threads: main thread only.
 */
#pragma once

#include "ui/grove-section.h"

G_BEGIN_DECLS

#define GROVE_TYPE_CRASH_SECTION (grove_crash_section_get_type ())
G_DECLARE_FINAL_TYPE (GroveCrashSection, grove_crash_section, GROVE, CRASH_SECTION, GroveSection)

/* Whether it shows a crash of the process itself. */
gboolean grove_crash_section_has_crash (GroveCrashSection *self);

G_END_DECLS
