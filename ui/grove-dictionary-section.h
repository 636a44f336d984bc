/* SPDX-License-Identifier: MIT
 *
 * GroveDictionarySection: the dictionary of a process, a page of it at a time. Read each second
 * while it is open.
 *
 * Threads: main thread only.
 */
#pragma once

#include "ui/grove-folded-section.h"

G_BEGIN_DECLS

#define GROVE_TYPE_DICTIONARY_SECTION (grove_dictionary_section_get_type ())
G_DECLARE_FINAL_TYPE (
  GroveDictionarySection, grove_dictionary_section, GROVE, DICTIONARY_SECTION, GroveFoldedSection)

G_END_DECLS
