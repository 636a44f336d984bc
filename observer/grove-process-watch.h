/* SPDX-License-Identifier: MIT
 *
 * GroveProcessWatch: live values of processes named by pid (the visible rows of a tree, an
 * inspector, a pinned mailbox). A process that ends keeps its last values with state GONE.
 *
 * Main thread only.
 */
#pragma once

#include "observer/grove-process-item.h"
#include "observer/grove-session.h"

G_BEGIN_DECLS

#define GROVE_TYPE_PROCESS_WATCH (grove_process_watch_get_type ())
G_DECLARE_FINAL_TYPE (GroveProcessWatch, grove_process_watch, GROVE, PROCESS_WATCH, GObject)

/**
 * grove_process_watch_new:
 * @interval_ms: 50 to 60,000
 *
 * Signal: changed. Properties: active boolean rw, refusal string r (why the system does not tell
 * it, NULL: it does).
 *
 * Returns: (transfer full): not active, of no process
 * Since: 0.1
 */
GroveProcessWatch *grove_process_watch_new (GroveSession *session, guint interval_ms);

/* Subscribed to only while active. Since: 0.1 */
void grove_process_watch_set_active (GroveProcessWatch *self, gboolean active);

/* Replaces the set; at most 400 pids, the rest is left out. Since: 0.1 */
void grove_process_watch_set_pids (GroveProcessWatch *self, const char *const *pids, guint n);

/* Returns: (nullable): borrowed; the same object while it is watched. Since: 0.1 */
GroveProcessItem *grove_process_watch_get (GroveProcessWatch *self, const char *pid);

/* Borrowed, NULL. Since: 0.1 */
const char *grove_process_watch_get_refusal (GroveProcessWatch *self);

G_END_DECLS
