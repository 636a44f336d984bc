/* SPDX-License-Identifier: MIT
 *
 * GroveAnatomySection: what a process consists of, each part with its size in bytes, and, where a
 * runtime has no counterpart of what Erlang tells of a process, the reason.
 *
 * Threads: main thread only.
 */
#pragma once

#include "ui/grove-section.h"

G_BEGIN_DECLS

#define GROVE_TYPE_ANATOMY_SECTION (grove_anatomy_section_get_type ())
G_DECLARE_FINAL_TYPE (
  GroveAnatomySection, grove_anatomy_section, GROVE, ANATOMY_SECTION, GroveSection)

G_END_DECLS
