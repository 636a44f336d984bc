/* SPDX-License-Identifier: MIT
 *
 * GroveMessagesSection: the messages in a process's mailbox, a page of them at a time, each with
 * its age, sender, size and term. Read each second while it is open; nothing is taken.
 *
 * Threads: main thread only.
 */
#pragma once

#include "ui/grove-folded-section.h"

G_BEGIN_DECLS

#define GROVE_TYPE_MESSAGES_SECTION (grove_messages_section_get_type ())
G_DECLARE_FINAL_TYPE (
  GroveMessagesSection, grove_messages_section, GROVE, MESSAGES_SECTION, GroveFoldedSection)

G_END_DECLS
