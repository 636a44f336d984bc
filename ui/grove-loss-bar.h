/* SPDX-License-Identifier: MIT
 *
 * GroveLossBar: the line above the views that is there while what they show is not how it is now:
 * the system was lost and is being reached again, or it does not answer. Hidden else.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define GROVE_TYPE_LOSS_BAR (grove_loss_bar_get_type ())
G_DECLARE_FINAL_TYPE (GroveLossBar, grove_loss_bar, GROVE, LOSS_BAR, AdwBin)

/* Once. */
void grove_loss_bar_set_session (GroveLossBar *self, GroveSession *session);

G_END_DECLS
