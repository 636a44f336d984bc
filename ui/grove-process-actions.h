/* SPDX-License-Identifier: MIT
 *
 * GroveProcessActions: the commands of a window on its processes, as actions `win.kill`,
 * `win.exit`, `win.restart`, `win.priority` (s), `win.suspend`, `win.resume`, `win.copy-pid`, and
 * `win.pin` of GrovePins.
 * Menus, keys and buttons all come here, so every surface enables, asks, acts and reports alike.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-session.h"
#include "ui/grove-target.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* (transfer full) (element-type GroveTarget): what commands act on now, the first foremost. */
typedef GPtrArray *(*GroveTargetsFunc) (gpointer user_data);

#define GROVE_TYPE_PROCESS_ACTIONS (grove_process_actions_get_type ())
G_DECLARE_FINAL_TYPE (GroveProcessActions, grove_process_actions, GROVE, PROCESS_ACTIONS, GObject)

/* Adds the actions to @window, which must be a GActionMap. Call dispose (g_object_run_dispose())
 * when the window is disposed of. Signals: show (const char *pid), a process to be shown was
 * chosen; answered (const char *summary), a command was answered with a toast. */
GroveProcessActions *grove_process_actions_new (GtkWindow       *window,
                                                AdwToastOverlay *toasts,
                                                GroveSession    *session,
                                                GroveTargetsFunc targets,
                                                gpointer         user_data);
/* Why the action of that name cannot be done to what is selected now; NULL: it can, or it is none
 * of these. Borrowed until the next call. */
const char *grove_process_actions_get_obstacle (GroveProcessActions *self, const char *action);
/* What is selected, or what may be done to it, has changed. @gone: the foremost has ended. */
void grove_process_actions_update (GroveProcessActions *self, gboolean gone);
/* What came of a command that is not one of these, as a toast like theirs. */
void grove_process_actions_say (GroveProcessActions *self, const char *text);
/* The control stands for another action from now on. */
void grove_process_actions_set_control (GroveProcessActions *self,
                                        GtkWidget           *control,
                                        const char          *action,
                                        const char          *tooltip);
/* Makes a control sensitive as the action is; its tooltip is @tooltip, or why it is not. */
void grove_process_actions_add_control (GroveProcessActions *self,
                                        GtkWidget           *control,
                                        const char          *action,
                                        const char          *tooltip);

G_END_DECLS
