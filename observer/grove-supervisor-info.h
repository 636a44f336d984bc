/* SPDX-License-Identifier: MIT
 *
 * GroveSupervisorInfo: what a supervisor is and how many restarts it has left
 * (`supervisor.info`), asked for each second while active.
 *
 * Main thread only.
 */
#pragma once

#include "observer/grove-session.h"

G_BEGIN_DECLS

#define GROVE_TYPE_SUPERVISOR_INFO (grove_supervisor_info_get_type ())
G_DECLARE_FINAL_TYPE (GroveSupervisorInfo, grove_supervisor_info, GROVE, SUPERVISOR_INFO, GObject)

/* Signal: changed. Returns: (transfer full): not active. Since: 0.1 */
GroveSupervisorInfo *grove_supervisor_info_new (GroveSession *session, const char *pid);
/* Asks while active, and the session is live and not paused. Since: 0.1 */
void grove_supervisor_info_set_active (GroveSupervisorInfo *self, gboolean active);
/* Returns: whether it is a supervisor, or an application's master, as far as is known. Since: 0.1
 */
gboolean grove_supervisor_info_is_loaded (GroveSupervisorInfo *self);
/* Returns: "one_for_one" and the like; "" of an application. Since: 0.1 */
const char *grove_supervisor_info_get_strategy (GroveSupervisorInfo *self);
/* How many restarts in so many seconds it allows, and how many it had in the last of them. Since:
 * 0.1 */
void grove_supervisor_info_get_budget (GroveSupervisorInfo *self,
                                       gint64              *ret_intensity,
                                       gint64              *ret_period_s,
                                       gint64              *ret_recent);

G_END_DECLS
