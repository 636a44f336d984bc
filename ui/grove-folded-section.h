/* SPDX-License-Identifier: MIT
 *
 * GroveFoldedSection: a section that is folded until a person opens it, since what it shows has a
 * price for the process, or takes room. What is folded asks for nothing.
 *
 * Threads: main thread only.
 */
#pragma once

#include "ui/grove-section.h"

G_BEGIN_DECLS

#define GROVE_TYPE_FOLDED_SECTION (grove_folded_section_get_type ())
G_DECLARE_DERIVABLE_TYPE (
  GroveFoldedSection, grove_folded_section, GROVE, FOLDED_SECTION, GroveSection)

struct _GroveFoldedSectionClass
{
  GroveSectionClass parent_class;
  /* It is on the screen and open from now on, or not any more. */
  void (*set_active) (GroveFoldedSection *self, gboolean active);
};

/* For its heirs, once: what it is called, and what it shows when it is open. */
void grove_folded_section_set_up (GroveFoldedSection *self, const char *title, GtkWidget *content);
/* One line beside the title: how much there is in it, or why it cannot be opened. */
void grove_folded_section_set_subtitle (GroveFoldedSection *self, const char *subtitle);
/* One that cannot be opened is closed. */
void     grove_folded_section_set_enabled (GroveFoldedSection *self, gboolean enabled);
void     grove_folded_section_set_open (GroveFoldedSection *self, gboolean open);
gboolean grove_folded_section_is_active (GroveFoldedSection *self);

G_END_DECLS
