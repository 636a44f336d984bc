/* SPDX-License-Identifier: MIT
 *
 * GroveApplicationActions: starting and stopping applications, as actions `win.start-application`
 * (s), `win.stop-application` (s), and `win.stop-selected-application`, which is enabled while what
 * is selected is the root of one. Before anything is done it is said what it will mean.
 *
 * Threads: main thread only.
 */
#pragma once

#include "ui/grove-process-actions.h"

G_BEGIN_DECLS

#define GROVE_TYPE_APPLICATION_ACTIONS (grove_application_actions_get_type ())
G_DECLARE_FINAL_TYPE (
  GroveApplicationActions, grove_application_actions, GROVE, APPLICATION_ACTIONS, GObject)

/* Adds the actions to @window, which must be a GActionMap. What came of them is said through
 * @actions. Call dispose (g_object_run_dispose()) when the window is disposed of. */
GroveApplicationActions *grove_application_actions_new (GtkWindow           *window,
                                                        GroveSession        *session,
                                                        GroveProcessActions *actions);
/* @application: (nullable): whose root is selected now. */
void grove_application_actions_update (GroveApplicationActions *self, const char *application);

G_END_DECLS
