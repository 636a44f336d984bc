/* SPDX-License-Identifier: MIT
 *
 * GroveSection: a part of the inspector with one subject. The inspector tells each of its sections
 * which process it shows and what comes of it; each shows its part, and asks for what it needs
 * besides while it is on the screen.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-process-detail.h"
#include "observer/grove-process-item.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define GROVE_TYPE_SECTION (grove_section_get_type ())
G_DECLARE_DERIVABLE_TYPE (GroveSection, grove_section, GROVE, SECTION, AdwBin)

struct _GroveSectionClass
{
  AdwBinClass parent_class;
  /* The inspector is on the screen from now on, or not any more. */
  void (*set_seen) (GroveSection *self, gboolean seen);
  /* Another process is shown from now on; @pid NULL: none. What was shown is of another. */
  void (*follow) (GroveSection *self, GroveSession *session, const char *pid);
  /* Each second, and once more when it has ended: what there is to know of it. */
  void (*fill) (GroveSection *self, GroveProcessDetail *detail);
  /* More often: what changes fast. */
  void (*live) (GroveSection *self, const GroveProcessRow *row);
};

/* Signal: navigate (const char *pid), another process was chosen in it. */
void grove_section_set_seen (GroveSection *self, gboolean seen);
void grove_section_follow (GroveSection *self, GroveSession *session, const char *pid);
void grove_section_fill (GroveSection *self, GroveProcessDetail *detail);
void grove_section_live (GroveSection *self, const GroveProcessRow *row);

gboolean grove_section_is_seen (GroveSection *self);
/* For its heirs: shows another process. NULL and "" are none. */
void grove_section_navigate (GroveSection *self, const char *pid);
/* Connects @instance's "navigate" to it. */
void grove_section_hand_on (GroveSection *self, gpointer instance);
/* Sets a label's text if it is another, and frees @text. */
void grove_section_take_label (GtkLabel *label, char *text);

G_END_DECLS
