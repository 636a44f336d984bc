/* SPDX-License-Identifier: MIT
 *
 * GroveStateDot: eight pixels that say how a process, or a connection, is. Always beside a word.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-session.h"
#include "ui/grove-palette.h"

G_BEGIN_DECLS

#define GROVE_TYPE_STATE_DOT (grove_state_dot_get_type ())
G_DECLARE_FINAL_TYPE (GroveStateDot, grove_state_dot, GROVE, STATE_DOT, GtkWidget)

GtkWidget *grove_state_dot_new (void);
void       grove_state_dot_set_state (GroveStateDot *self, GroveProcessState state);
/* As the dot of a connection, as it is now: live is green, paused yellow, lost and refused red,
 * else grey, as one that does not answer. */
void grove_state_dot_set_connection (GroveStateDot *self, GroveSession *session);

G_END_DECLS
