/* SPDX-License-Identifier: MIT
 *
 * GroveServerState: what the server in a process says its state is (`process.state`). It costs
 * that server a message, so it is asked when it is told to ask, and never by itself.
 *
 * Main thread only.
 */
#pragma once

#include "observer/grove-session.h"
#include "observer/grove-term.h"

G_BEGIN_DECLS

#define GROVE_TYPE_SERVER_STATE (grove_server_state_get_type ())
G_DECLARE_FINAL_TYPE (GroveServerState, grove_server_state, GROVE, SERVER_STATE, GObject)

/* Signal: changed. Returns: (transfer full): it has asked nothing. Since: 0.1 */
GroveServerState *grove_server_state_new (GroveSession *session, const char *pid);

/* Asks, and gives the server five seconds; nothing when it is asking already. What it said before
 * stays until it has answered. Since: 0.1 */
void grove_server_state_ask (GroveServerState *self);
/* Returns: whether an answer is under way. Since: 0.1 */
gboolean grove_server_state_is_busy (GroveServerState *self);

/* Returns: (nullable): the state of the last answer that had one. Since: 0.1 */
GroveTerm *grove_server_state_get_term (GroveServerState *self);
/* Returns: the module of the server, "" not known. Since: 0.1 */
const char *grove_server_state_get_module (GroveServerState *self);
/* Returns: whether the server is suspended by sys, and answers nobody else. Since: 0.1 */
gboolean grove_server_state_is_suspended (GroveServerState *self);
/* Returns: when the state was as it is shown, on the monotonic clock; 0 never. Since: 0.1 */
gint64 grove_server_state_get_time_us (GroveServerState *self);
/* Returns: (nullable): why the last question was not answered, for people. Since: 0.1 */
const char *grove_server_state_get_error (GroveServerState *self);

G_END_DECLS
