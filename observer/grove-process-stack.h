/* SPDX-License-Identifier: MIT
 *
 * GroveProcessStack: where a process is (`process.stack`), asked for each second while active.
 *
 * Main thread only.
 */
#pragma once

#include "observer/grove-frames.h"
#include "observer/grove-session.h"

G_BEGIN_DECLS

#define GROVE_TYPE_PROCESS_STACK (grove_process_stack_get_type ())
G_DECLARE_FINAL_TYPE (GroveProcessStack, grove_process_stack, GROVE, PROCESS_STACK, GObject)

/* Signal: changed. Returns: (transfer full): not active. Since: 0.1 */
GroveProcessStack *grove_process_stack_new (GroveSession *session, const char *pid);

/* Asks while active, and the session is live and not paused. Since: 0.1 */
void grove_process_stack_set_active (GroveProcessStack *self, gboolean active);

/* Returns: whether an answer came yet. Since: 0.1 */
gboolean grove_process_stack_is_loaded (GroveProcessStack *self);
/* Returns: (array length=ret_n): innermost first; none: it waits for its next message. Borrowed
 * until the next "changed". Since: 0.1 */
const GroveFrame *grove_process_stack_get_frames (GroveProcessStack *self, guint *ret_n);
/* Returns: where it last gave up its scheduler; borrowed likewise. Since: 0.1 */
const GroveFrame *grove_process_stack_get_current (GroveProcessStack *self);
/* Returns: whether there are more frames than were sent. Since: 0.1 */
gboolean grove_process_stack_is_truncated (GroveProcessStack *self);
/* Returns: (nullable): why it could not be asked, for people; what was known stays. Since: 0.1 */
const char *grove_process_stack_get_error (GroveProcessStack *self);

G_END_DECLS
